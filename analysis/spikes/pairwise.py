"""Correlation of binned activity, and what of it is left when units are shifted in time."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..array import Floats
from ..statistics import is_spread
from .correlation_index import matrix_of, pairs_of, positions_for
from .pairs import percentiles, unit_pairs

__all__ = ["pairwise_correlation", "shift_units"]


def pairwise_correlation(
    counts: xr.DataArray,
    *,
    samples: str = "time",
    neurons: str = "unit",
    position: xr.DataArray | npt.ArrayLike | None = None,
    shuffles: int = 0,
    seed: int = 0,
) -> xr.Dataset:
    r"""
    Compute Pearson's correlation of all pairs of units over bins or samples.

    .. math:: \rho_{ij} = \frac{\langle (n_i - \bar n_i)(n_j - \bar n_j) \rangle}{s_i s_j}

    It grows with the width of bins where units are correlated for longer than a bin; say the width
    with it. Slow changes that each unit has for itself do not bias it, but scatter it; the control
    turns every unit's activity round the recording by an amount of its own, which keeps all that a
    unit does and undoes when it does so. A mean outside the null interval is not from that.

    Parameters
    ----------
    counts : xarray.DataArray, (..., samples, neurons)
        Counts or rates.
    samples, neurons : str
        Names of the dims.
    position : array_like, (neurons, axis), optional
        Where neurons are; an array with units in its attributes, or micrometres.
    shuffles : int
        How many shifted copies the control is made of; 0 for none. At least 40 for an interval of
        95 %. Sense only where samples follow each other in time.
    seed : int
        Seed of the shifts.

    Returns
    -------
    xarray.Dataset, (..., pair)
        `pairwise_correlation`, NaN where a unit never changes or has NaN; `silent_units`, how
        many do;
        `mean`, of the pairs that are defined; with `shuffles`, `null_mean`, `null_low` and
        `null_high`, the mean and the 95 % interval of that mean among shifted copies; `distance`
        where positions are given; and the names `unit_1` and `unit_2`.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing, or positions do not fit.

    Examples
    --------
    >>> counts = xr.DataArray([[0, 0, 1], [2, 1, 1], [1, 2, 1]], dims=("time", "unit"))
    >>> found = pairwise_correlation(counts)
    >>> found["pairwise_correlation"].values.round(3).tolist(), int(found["silent_units"])
    ([0.5, nan, nan], 1)
    """
    where = "pairwise_correlation"
    values = matrix_of(counts, samples, neurons, f"{where}.counts")
    scores, spread = standardised(np.asarray(values.values, dtype=np.float64))
    first, second = unit_pairs(scores.shape[-1])
    found = (np.swapaxes(scores, -1, -2) @ scores / scores.shape[-2])[..., first, second]
    found = np.where(spread[..., first] & spread[..., second], np.clip(found, -1, 1), np.nan)
    attrs = {"units": "1", "long_name": "pairwise correlation"}
    place = positions_for(values, position, where)
    result = pairs_of(where, found, attrs, values, place, neurons)
    outer = values.dims[:-2]
    columns = {
        "silent_units": ((~spread).sum(axis=-1), "number of units that never change, or have NaN"),
        "mean": (mean_correlation(scores, spread), "mean pairwise correlation"),
    }
    if shuffles:
        null = _null(scores, spread, shuffles, seed)
        low, high = percentiles(null)
        columns |= {
            "null_mean": (null.mean(axis=0), "mean pairwise correlation of shifted units"),
            "null_low": (low, "lower end of the 95 % interval of that of shifted units"),
            "null_high": (high, "upper end of the 95 % interval of that of shifted units"),
        }
    for name, (column, text) in columns.items():
        result[name] = outer, column, {"units": "1", "long_name": text}
    return result


def shift_units(
    activity: xr.DataArray, *, samples: str = "time", neurons: str = "unit", seed: int = 0
) -> xr.DataArray:
    """
    Turn every unit's activity round the recording by an amount of its own.

    The control for whatever several units do at once: each unit keeps its values and their order,
    but for the seam, and loses when they come relative to others.

    Parameters
    ----------
    activity : xarray.DataArray, (..., samples, neurons)
        Counts or rates.
    samples, neurons : str
        Names of the dims.
    seed : int
        Seed of the shifts, which are uniform over the samples.

    Returns
    -------
    xarray.DataArray
        As given, with values moved along samples.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing.

    Examples
    --------
    >>> activity = xr.DataArray([[1, 0], [2, 0], [3, 1]], dims=("time", "unit"))
    >>> shift_units(activity, seed=3).values.T.tolist()
    [[2, 3, 1], [0, 0, 1]]
    """
    values = matrix_of(activity, samples, neurons, "shift_units.activity")
    shifted = shifted_values(values.values, np.random.default_rng(seed))
    return values.copy(data=shifted).transpose(*activity.dims)


def shifted_values(values: npt.NDArray, random: np.random.Generator) -> npt.NDArray:
    """
    Turn every neuron's values round along the samples.

    Parameters
    ----------
    values : numpy.ndarray, (..., sample, neuron)
        Activity.
    random : numpy.random.Generator
        Draws the shifts, the same for all leading axes.

    Returns
    -------
    numpy.ndarray, (..., sample, neuron)
        A copy.
    """
    number, neurons = values.shape[-2:]
    rows = (np.arange(number)[:, np.newaxis] - random.integers(number, size=neurons)) % number
    return values[..., rows, np.arange(neurons)]


def standardised(values: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """
    Subtract means over samples and divide by standard deviations.

    Parameters
    ----------
    values : numpy.ndarray, (..., sample, neuron)
        Activity.

    Returns
    -------
    tuple of numpy.ndarray
        Scores, 0 where a neuron never changes or has NaN; and which neurons change and have
        none, (..., neuron).
    """
    spread = is_spread(np.swapaxes(values, -1, -2)) & np.isfinite(values).all(axis=-2)
    deviation = values.std(axis=-2)
    scale = np.where(spread, deviation, 1.0)[..., np.newaxis, :]
    scores = (values - values.mean(axis=-2, keepdims=True)) / scale
    return np.where(spread[..., np.newaxis, :], scores, 0.0), spread


def mean_correlation(scores: Floats, spread: npt.NDArray[np.bool_]) -> Floats:
    """
    Compute the mean correlation of pairs from the variance of the sum of scores.

    Parameters
    ----------
    scores : numpy.ndarray, (..., sample, neuron)
        Standardised activity.
    spread : numpy.ndarray of bool, (..., neuron)
        Which neurons change.

    Returns
    -------
    numpy.ndarray, (...)
        NaN where fewer than two neurons change.
    """
    number = spread.sum(axis=-1).astype(np.float64)
    together = (scores.sum(axis=-1) ** 2).mean(axis=-1)
    return np.asarray((together - number) / np.where(number > 1, number * (number - 1), np.nan))


def _null(scores: Floats, spread: npt.NDArray[np.bool_], shuffles: int, seed: int) -> Floats:
    """Return mean correlations of shifted copies, (shuffle, ...)."""
    random = np.random.default_rng(seed)
    copies = (shifted_values(scores, random) for _ in range(shuffles))
    return np.array([mean_correlation(copy, spread) for copy in copies])
