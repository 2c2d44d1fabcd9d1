"""How few neurons, or how few samples, carry most of the activity."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..arguments import check_axes
from ..array import Floats

_WHAT = {"samples": "lifetime sparseness", "neurons": "population sparseness"}


def treves_rolls(rates: npt.ArrayLike) -> Floats:
    r"""Measure the sparseness of rates along the last axis.

    .. math:: S = \frac{1 - (\sum_i r_i / n)^2 / (\sum_i r_i^2 / n)}{1 - 1/n}

    Parameters
    ----------
    rates : array_like, (..., n)
        Rates, none of them negative; n of at least 2.

    Returns
    -------
    numpy.ndarray, (...)
        0 where all rates are equal, 1 where only one is not 0, NaN where all are 0 or one is NaN.

    Examples
    --------
    >>> treves_rolls([[1.0, 1.0, 1.0], [0.0, 0.0, 5.0]])
    array([0., 1.])
    """
    values = np.asarray(rates, dtype=np.float64)
    n = values.shape[-1]
    # The measure does not see a common factor; squares of very small or large rates are no numbers.
    largest = values.max(axis=-1, keepdims=True)
    scaled = values / np.where(largest == 0, np.nan, largest)
    activity = scaled.mean(axis=-1) ** 2 / np.mean(scaled**2, axis=-1)
    return np.asarray((1 - activity) / (1 - 1 / n)).clip(0, 1)


def sparseness(
    activity: xr.DataArray,
    *,
    over: Literal["neurons", "samples"] = "neurons",
    samples: str = "sample",
    neurons: str = "neuron",
) -> xr.DataArray:
    r"""Measure how sparse activity is, over neurons or over samples.

    .. math:: S = \frac{1 - (\sum_i r_i / n)^2 / (\sum_i r_i^2 / n)}{1 - 1/n}

    0 where all rates are equal and 1 where only one of them is not 0. Over the neurons of each
    sample it is population sparseness, over the samples of each neuron lifetime sparseness.
    Exponential rates have 0.5 on average, as long as there are many of them.

    The fraction is the activity ratio of A. Treves and E. T. Rolls (Network 2:371, 1991), the
    scale from 0 to 1 that of W. E. Vinje and J. L. Gallant (Science 287:1273, 2000).

    Parameters
    ----------
    activity : xarray.DataArray, (..., samples, neurons)
        Rates or counts, none of them negative.
    over : {"neurons", "samples"}
        What to sum over.
    samples, neurons : str
        Names of the dims.

    Returns
    -------
    xarray.DataArray, (..., samples) or (..., neurons)
        Sparseness, 0 to 1. NaN where all rates are 0, or one is NaN.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing or has fewer than two entries to sum over, a rate is negative, or
        `over` is neither.

    Examples
    --------
    >>> rates = xr.DataArray([[2.0, 2.0], [0.0, 3.0]], dims=("sample", "neuron"))
    >>> sparseness(rates).values
    array([0., 1.])
    >>> sparseness(rates, over="samples").values.round(3)
    array([1.   , 0.077])
    """
    where = "sparseness"
    check_axes(activity, f"{where}.activity", samples=samples, neurons=neurons)
    if over not in _WHAT:
        raise ValueError(f"{where}.over: expected 'neurons' or 'samples', got {over!r}")
    summed = neurons if over == "neurons" else samples
    if activity.sizes[summed] < 2:
        raise ValueError(
            f"{where}.activity: expected at least 2 along {summed!r}, got {activity.sizes[summed]}"
        )
    if (activity < 0).any():
        raise ValueError(
            f"{where}.activity: expected rates or counts of at least 0, got "
            f"{float(activity.min())!r}; signed activity has no sparseness of this kind"
        )
    found = xr.apply_ufunc(treves_rolls, activity, input_core_dims=[[summed]])
    found.attrs = {"units": "1", "long_name": f"{_WHAT[over]} (Treves-Rolls)"}
    return found.rename(where)
