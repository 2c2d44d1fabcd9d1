r"""
Divergence of two distributions of words from counts of few samples, (word) each.

For a word of probability :math:`q` the logarithm is the series
:math:`-\ln q = \sum_{v \ge 1} (1 - q)^v / v`. Averaged over evoked words,

.. math:: -\sum_r p_r \ln q_r = \sum_{v \ge 1} C(v) / v, \qquad C(v) = \sum_r p_r (1 - q_r)^v :

:math:`C(v)` is the probability that an evoked word is missing among :math:`v` spontaneous samples.
Of :math:`M` samples each term up to :math:`v = M` has an unbiased estimate, and their sum is
:math:`\sum_r \hat p_r [\psi(M + 1) - \psi(m_r + 1)]` with the digamma function (Z. Zhang and
M. Grabchak, Neural Computation 26:2570, 2014; the entropy in the same way with the other
:math:`N - 1` evoked samples, T. Schuermann, Neural Computation 27:2097, 2015). What is left out is
:math:`\sum_{v > M} C(v) / v`. It is extrapolated: with :math:`F_k` the share of evoked words that
occur :math:`k` times among the spontaneous ones, :math:`C(M) = F_0`, and a gamma distribution of
the rare probabilities (I. J. Good and G. H. Toulmin, Biometrika 43:45, 1956; B. Efron and
R. Thisted, Biometrika 63:435, 1976) gives

.. math:: C(M + xM) = F_0 (1 + x/\beta)^{-s}, \quad s/\beta = F_1/F_0, \quad
   (s + 1)/s = 2 F_2 F_0 / F_1^2, \quad \beta \ge 1 .
"""

import numpy as np
import numpy.typing as npt
from scipy.special import digamma

Counts = npt.NDArray[np.int64]

_LAST = 40.0  # exp(-40) is below rounding
_POINTS = 257


def cross_entropy(evoked: Counts, spontaneous: Counts) -> float:
    """Estimate the cross-entropy (nat) of evoked words under the spontaneous distribution."""
    count, size = evoked.sum(), spontaneous.sum()
    seen = evoked > 0
    evoked, spontaneous = evoked[seen], spontaneous[seen]
    series = digamma(size + 1) - evoked @ digamma(spontaneous + 1) / count
    first = np.bincount(np.minimum(spontaneous, 3), evoked, 4)[:3] / count
    return float(series + tail(first[0], max(first[1], 1 / count), first[2]))


def entropy(counts: Counts) -> float:
    """Estimate the entropy (nat) of words."""
    size = counts.sum()
    counts = counts[counts > 0]
    series = digamma(size) - counts @ digamma(counts) / size
    # Each sample among the others: a word that occurs k + 1 times is met k times more.
    first = np.bincount(np.minimum(counts, 4), minlength=5)[1:4] * np.arange(1, 4) / size
    return float(series + tail(first[0], max(first[1], 1 / size), first[2]))


def tail(zero: float, one: float, two: float) -> float:
    r"""
    Extrapolate the rest of the series, from the shares of words met 0, 1 and 2 times.

    .. math:: F_0 \int_0^\infty \frac{(1 + x/\beta)^{-s}}{1 + x} dx
       = F_0 \int_0^\infty \frac{e^{-w} \, dw}{s (1 - e^{-w/s}) + (s/\beta) e^{-w/s}}

    by :math:`e^{-w/s} = (1 + x/\beta)^{-1}`, on a grid even in
    :math:`\ln(1 + w \beta / s)`; where :math:`s` is infinite the decay is exponential.
    """
    if zero <= 0:
        return 0.0
    slope = one / zero
    excess = 2 * two * zero / one**2 - 1
    # A decay that starts before the first sample belongs to no distribution: s >= slope.
    shape = max(slope, 1 / excess) if excess > 0 else np.inf
    grid = np.linspace(0, np.log1p(_LAST / slope), _POINTS)
    w = slope * np.expm1(grid)
    # 0 x infinity: the limit for an infinite shape is w.
    spread = w if np.isinf(shape) else -shape * np.expm1(-w / shape)
    below = spread + slope * np.exp(-w / shape)
    return float(zero * np.trapezoid(np.exp(-w) * (w + slope) / below, grid))
