"""Measures of confidence on plain arrays: NumPy in, NumPy out."""

import numpy as np
import numpy.typing as npt
from scipy import stats

from .array import Floats


def roc_auc(inside: npt.ArrayLike, outside: npt.ArrayLike) -> Floats:
    r"""
    Measure how well a score tells two samples apart, along the last axis.

    .. math:: \mathrm{AUC} = \frac{U}{n m} = P(x > y) + \tfrac12 P(x = y)

    with the statistic :math:`U` of `scipy.stats.mannwhitneyu`.

    Parameters
    ----------
    inside : array_like, (..., n)
        Scores that should be large.
    outside : array_like, (..., m)
        Scores that should be small.

    Returns
    -------
    numpy.ndarray, (...)
        Area under the receiver operating characteristic: 0.5 is chance, 1 is never wrong; NaN where
        a score is NaN.

    Examples
    --------
    >>> float(roc_auc([3.0, 2.0], [1.0, 2.0]))
    0.875
    """
    x, y = np.asarray(inside, dtype=np.float64), np.asarray(outside, dtype=np.float64)
    # Only the statistic is taken, whatever the distribution of it.
    statistic = stats.mannwhitneyu(x, y, axis=-1, method="asymptotic").statistic
    known = np.isfinite(x).all(axis=-1) & np.isfinite(y).all(axis=-1)
    return np.asarray(np.where(known, statistic, np.nan) / (x.shape[-1] * y.shape[-1]))


def reliability(confidence: Floats, correct: Floats, bins: int) -> Floats:
    """
    Sum confidence and success over bins of confidence.

    Bins have the same width and are closed on the right: the first holds 0 to 1/bins.

    Parameters
    ----------
    confidence : numpy.ndarray, (sample,)
        Probabilities.
    correct : numpy.ndarray, (sample,)
        1 for right answers, 0 for wrong ones.
    bins : int
        Number of bins.

    Returns
    -------
    numpy.ndarray, (3, bin)
        Number of samples, sum of confidence, sum of right answers.

    Examples
    --------
    >>> reliability(np.array([0.4, 0.9, 0.8]), np.array([1.0, 1.0, 0.0]), 2)
    array([[1. , 2. ],
           [0.4, 1.7],
           [1. , 1. ]])
    """
    edges = np.linspace(0, 1, bins + 1)[1:-1]
    number = np.searchsorted(edges, confidence, side="left")
    return np.array(
        [
            np.bincount(number, weights=weights, minlength=bins)
            for weights in (np.ones_like(confidence), confidence, correct)
        ]
    )


def expected_calibration_error(
    size: npt.ArrayLike, accuracy: npt.ArrayLike, confidence: npt.ArrayLike
) -> Floats:
    r"""
    Average how far accuracy is from confidence over bins, on the last axis.

    .. math:: \mathrm{ECE} = \sum_b \frac{n_b}{\sum_c n_c} \, | a_b - c_b |

    Parameters
    ----------
    size : array_like, (..., bin)
        Number, or share, of samples of each bin.
    accuracy, confidence : array_like, (..., bin)
        Accuracy and confidence of each bin; those of empty bins do not matter.

    Returns
    -------
    numpy.ndarray, (...)
        The error, 0 to 1; NaN where sizes are.

    Examples
    --------
    >>> float(expected_calibration_error([3, 1, 0], [0.5, 1.0, float("nan")], [0.25, 0.5, 0.75]))
    0.3125
    """
    sizes = np.asarray(size, dtype=np.float64)
    gaps = np.abs(np.asarray(accuracy, np.float64) - np.asarray(confidence, np.float64))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(sizes == 0, 0.0, sizes * gaps).sum(-1) / sizes.sum(-1))
