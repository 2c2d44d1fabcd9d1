"""How much the variability of neurons is shared between them."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..arguments import check_axes
from ..array import Floats
from ..statistics import labelled

_RESAMPLES, _SHUFFLES = 2000, 100
_TAILS = (2.5, 97.5)
# Products of resamples and samples to hold at once: 32 MB.
_BLOCK = 2**22


def scores(residuals: npt.ArrayLike) -> Floats:
    """Give columns zero mean and unit length, so that their products are correlations.

    Parameters
    ----------
    residuals : array_like, (sample, neuron)
        Values of each neuron.

    Returns
    -------
    numpy.ndarray, (sample, neuron)
        Scores; NaN for neurons that never change.
    """
    values = np.asarray(residuals, dtype=np.float64)
    centred = values - values.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    # Rounding leaves something of what never changes.
    still = length <= 1e-12 * np.linalg.norm(values, axis=0)
    return centred / np.where(still, np.nan, length)


def mean_pair_correlation(standard: Floats, weights: Floats) -> Floats:
    r"""Average the correlations of all pairs of neurons that differ.

    For a neuron that was drawn :math:`w_i` times, and scores :math:`z_i` of unit length,

    .. math:: \bar r = \frac{|\sum_i w_i z_i|^2 - \sum_i w_i^2}
        {(\sum_i w_i)^2 - \sum_i w_i^2},

    so that no neuron is paired with a copy of itself.

    Parameters
    ----------
    standard : numpy.ndarray, (sample, neuron)
        Scores, as `scores` gives them, without NaN.
    weights : numpy.ndarray, (..., neuron)
        How often each neuron counts.

    Returns
    -------
    numpy.ndarray, (...)
        Mean correlations; NaN where only one neuron counts.
    """
    length = np.sum((weights @ standard.T) ** 2, axis=-1)
    same = np.sum(weights**2, axis=-1)
    pairs = weights.sum(axis=-1) ** 2 - same
    # A draw of one neuron alone, likely where there are two or three, has no pairs.
    return np.asarray((length - same) / np.where(pairs == 0, np.nan, pairs))


def noise_correlation(
    residuals: xr.DataArray, *, samples: str = "sample", neurons: str = "neuron", seed: int = 0
) -> xr.Dataset:
    r"""Measure the mean correlation of pairs of neurons, with its interval and a control.

    .. math:: \bar r = \frac{2}{n (n - 1)} \sum_{i<j} \mathrm{corr}(x_i, x_j)

    of residuals: responses less the mean response to their stimulus. Correlations of responses
    themselves mix in what the stimuli have in common (M. R. Cohen and A. Kohn, Nature Neuroscience
    14:811, 2011). The interval is that of percentiles from 2 000 resamples of neurons, in which
    no neuron is paired with a copy of itself: pairs that share a neuron are not independent, and
    resamples of pairs would give too narrow an interval. The control is the same measure after the
    samples of each neuron are shuffled, 100 times.

    Parameters
    ----------
    residuals : xarray.DataArray, (..., samples, neurons)
        Responses without their mean per stimulus.
    samples, neurons : str
        Names of the dims.
    seed : int
        Seed of resamples and shuffles.

    Returns
    -------
    xarray.Dataset, (...)
        `noise_correlation` with `low` and `high`, the ends of its 95 % interval; `control`, the
        mean of the shuffles, with `control_low` and `control_high`, between which 95 % of them
        lie; `neurons`, how many were used, and `silent`, how many were left out as they never
        change or have NaN. NaN where fewer than two neurons are used.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing or has fewer than two entries.

    Examples
    --------
    >>> common = np.array([-1.0, 1.0, 2.0, -2.0])
    >>> both = xr.DataArray(np.stack([common, 2 * common]), dims=("neuron", "sample"))
    >>> float(noise_correlation(both)["noise_correlation"])
    1.0
    """
    check_axes(residuals, "noise_correlation.residuals", samples=samples, neurons=neurons)
    for dim in (samples, neurons):
        if residuals.sizes[dim] < 2:
            raise ValueError(
                f"noise_correlation.residuals: expected at least 2 along {dim!r}, got "
                f"{residuals.sizes[dim]}"
            )
    columns = xr.apply_ufunc(
        _measured,
        residuals,
        input_core_dims=[[samples, neurons]],
        output_core_dims=[[]] * 8,
        vectorize=True,
        kwargs={"seed": seed},
    )
    what = "mean correlation of pairs of neurons"
    told = {
        "noise_correlation": what,
        "low": f"lower end of the 95 % bootstrap interval (neurons) of the {what}",
        "high": f"upper end of the 95 % bootstrap interval (neurons) of the {what}",
        "control": f"{what}, samples of each shuffled",
        "control_low": f"2.5th percentile of the {what}, samples of each shuffled",
        "control_high": f"97.5th percentile of the {what}, samples of each shuffled",
        "neurons": "neurons used",
        "silent": "neurons left out: they never change, or have NaN",
    }
    return labelled(
        {name: (column, "1", told[name]) for name, column in zip(told, columns, strict=True)}
    )


def _measured(residuals: Floats, *, seed: int) -> tuple[float, ...]:
    standard = scores(residuals)
    changing = np.isfinite(standard).all(axis=0)
    standard = standard[:, changing]
    used, silent = standard.shape[1], int((~changing).sum())
    if used < 2:
        return (np.nan,) * 6 + (used, silent)
    generator = np.random.default_rng(seed)
    value = mean_pair_correlation(standard, np.ones(used))
    low, high = np.nanpercentile(_resampled(standard, generator), _TAILS)
    shuffled = [
        mean_pair_correlation(generator.permuted(standard, axis=0), np.ones(used))
        for _ in range(_SHUFFLES)
    ]
    control_low, control_high = np.percentile(shuffled, _TAILS)
    control = float(np.mean(shuffled))
    return float(value), low, high, control, control_low, control_high, used, silent


def _resampled(standard: Floats, generator: np.random.Generator) -> Floats:
    samples, neurons = standard.shape
    found = []
    step = max(1, _BLOCK // samples)
    for start in range(0, _RESAMPLES, step):
        count = min(step, _RESAMPLES - start)
        weights = generator.multinomial(neurons, np.full(neurons, 1 / neurons), size=count)
        found.append(mean_pair_correlation(standard, weights.astype(np.float64)))
    return np.concatenate(found)
