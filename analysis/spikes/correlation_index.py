"""How much more often than by chance two units spike together."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..arguments import check_axes
from ..array import Floats
from .coincidences import coincidence_counts
from .pairs import pair_dataset, positions_of, trains_of, unit_pairs

__all__ = ["correlation_index", "correlation_index_of_rates"]

_WHAT = "correlation index"


def correlation_index(recording: xr.Dataset, *, window: float = 0.05) -> xr.Dataset:
    r"""
    Compute the correlation index of all pairs of units of a recording.

    .. math:: \mathrm{CI} = \frac{N_{AB}(\pm w) \; T}{N_A N_B \; 2 w}

    with the number :math:`N_{AB}` of pairs of spikes, one of each unit, at most the window
    :math:`w` apart, and the time :math:`T` from the first to the last spike of the recording. By
    chance it is 1: independent Poisson units have 1 at every distance. It depends on the rates of
    units that are correlated (C. S. Cutts and S. J. Eglen, Journal of Neuroscience 34:14288, 2014;
    `spike_time_tiling` does less). Sources: R. O. L. Wong, M. Meister and C. J. Shatz, Neuron
    11:923, 1993; J. Demas, S. J. Eglen and R. O. L. Wong, Journal of Neuroscience 23:2851, 2003.

    Parameters
    ----------
    recording : xarray.Dataset
        Spikes of at least two units, such as `recording_of` makes; positions are not needed.
    window : float
        How far apart spikes may be to come together, in seconds.

    Returns
    -------
    xarray.Dataset, (pair)
        `correlation_index`, NaN where a unit has no spikes; `coincidences`; `distance` in
        micrometres where positions are known; and the names `unit_1` and `unit_2`.

    Warns
    -----
    UserWarning
        If the window is longer than a second.

    Raises
    ------
    TypeError
        If it is no dataset.
    ValueError
        If this is no recording of at least two units, or the window has no width.

    See Also
    --------
    correlation_index_fit : how it falls with distance.
    correlation_index_of_rates : the same for rates.

    Examples
    --------
    Over one second, two coincidences of units with two spikes each:

    >>> from ontogeny.data.recordings import recording_of
    >>> recording = recording_of([[0.0, 1.0], [0.02, 0.98]], position=[[0, 0], [100, 0]])
    >>> pairs = correlation_index(recording)
    >>> float(pairs["correlation_index"][0]), float(pairs["distance"][0])
    (5.0, 100.0)
    """
    trains = trains_of(recording, window, "correlation_index")
    counts = coincidence_counts(trains, window)
    first, second = unit_pairs(len(trains))
    number = np.array([len(train) for train in trains], dtype=np.float64)
    spikes = [edge for train in trains if len(train) for edge in (train[0], train[-1])]
    duration = float(max(spikes) - min(spikes)) if spikes else np.nan
    expected = number[first] * number[second] * 2 * window
    with np.errstate(divide="ignore", invalid="ignore"):
        index = counts * duration / np.where(expected > 0, expected, np.nan)
    attrs = {"units": "1", "long_name": _WHAT, "window": float(window), "duration": duration}
    together = {"units": "1", "long_name": "number of pairs of spikes that come together"}
    return pair_dataset(
        {"correlation_index": ("pair", index, attrs), "coincidences": ("pair", counts, together)},
        recording["unit"].values,
        positions_of(recording),
    )


def correlation_index_of_rates(
    activity: xr.DataArray,
    *,
    position: xr.DataArray | npt.ArrayLike | None = None,
    samples: str = "time",
    neurons: str = "unit",
) -> xr.Dataset:
    r"""
    Compute the correlation index that Poisson spikes with given rates are expected to have.

    .. math:: \mathrm{CI}_{ij} = \frac{\langle r_i r_j \rangle}
                                      {\langle r_i \rangle \langle r_j \rangle}

    with means over samples. For, given their rates, two Poisson units have on average

    .. math:: N_{AB} = \iint_{|s - t| \le w} r_i(s) \, r_j(t) \, ds \, dt
              \approx 2 w T \langle r_i r_j \rangle, \quad N_A = T \langle r_i \rangle

    where rates hardly change within the window :math:`w`, and what `correlation_index` divides
    leaves the ratio. Where a sample lasts :math:`\Delta \ge w` and the next one has nothing to do
    with it, spikes keep only the share :math:`1 - w / 2\Delta` of :math:`\mathrm{CI} - 1`.

    Independent units have 1 at every distance; found from :math:`n` independent samples it scatters
    by about :math:`c_i c_j / \sqrt n`, with the coefficients of variation :math:`c` of the rates.

    Parameters
    ----------
    activity : xarray.DataArray, (..., samples, neurons)
        Rates or counts, not below 0, in any unit.
    position : array_like, (neurons, axis), optional
        Where neurons are; an array with units in its attributes, or micrometres.
    samples, neurons : str
        Names of the dims.

    Returns
    -------
    xarray.Dataset, (..., pair)
        `correlation_index`, NaN where a neuron is silent; `distance` where positions are given;
        and the names `unit_1` and `unit_2`.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing, rates are negative, or positions do not fit.

    Examples
    --------
    >>> rates = xr.DataArray([[1.0, 1.0], [0.0, 0.0]], dims=("time", "unit"))
    >>> correlation_index_of_rates(rates)["correlation_index"].values.tolist()
    [2.0]
    """
    where = "correlation_index_of_rates"
    values = matrix_of(activity, samples, neurons, f"{where}.activity")
    if (values.values < 0).any():
        raise ValueError(
            f"{where}.activity: expected rates of at least 0, got {float(values.min())!r}; noise "
            "around 0 is no rate: shift or rectify it first"
        )
    index = index_of_rates(np.asarray(values.values, dtype=np.float64))
    attrs = {"units": "1", "long_name": f"expected {_WHAT} of Poisson spikes"}
    return pairs_of(
        "correlation_index", index, attrs, values, positions_for(values, position, where), neurons
    )


def index_of_rates(rates: Floats) -> Floats:
    """
    Compute the correlation index of rates on the last two axes.

    Parameters
    ----------
    rates : numpy.ndarray, (..., sample, neuron)
        Not below 0.

    Returns
    -------
    numpy.ndarray, (..., pair)
        One number for each pair.
    """
    first, second = unit_pairs(rates.shape[-1])
    together = np.swapaxes(rates, -1, -2) @ rates / rates.shape[-2]
    mean = rates.mean(axis=-2)
    expected = mean[..., first] * mean[..., second]
    return np.asarray(together[..., first, second] / np.where(expected > 0, expected, np.nan))


def matrix_of(activity: xr.DataArray, samples: str, neurons: str, where: str) -> xr.DataArray:
    """Return activity with samples and neurons last; refuse what is no such thing.

    Parameters
    ----------
    activity : xarray.DataArray
        The activity.
    samples, neurons : str
        Names of the dims.
    where : str
        The argument, with the function that asks, for messages.
    """
    check_axes(activity, where, samples=samples, neurons=neurons)
    if activity.sizes[neurons] < 2 or not activity.sizes[samples]:
        raise ValueError(
            f"{where}: expected samples of at least 2 neurons, got "
            f"{activity.sizes[samples]} of {activity.sizes[neurons]}"
        )
    return activity.transpose(..., samples, neurons)


def positions_for(
    values: xr.DataArray, position: xr.DataArray | npt.ArrayLike | None, where: str
) -> xr.DataArray | None:
    """Return positions as an array (neurons, axis) with units; refuse those that do not fit.

    Parameters
    ----------
    values : xarray.DataArray, (..., neurons)
        The activity.
    position : array_like, optional
        Where its neurons are.
    where : str
        The function that asks, for messages.
    """
    if position is None:
        return None
    neurons = str(values.dims[-1])
    if not isinstance(position, xr.DataArray):
        position = xr.DataArray(np.asarray(position, dtype=np.float64))
    elif neurons in position.dims:
        position = position.transpose(neurons, ...)
    if position.ndim != 2 or len(position) != values.sizes[neurons]:
        raise ValueError(
            f"{where}.position: expected (neurons, axis) for {values.sizes[neurons]} neurons, got "
            f"shape {position.shape}"
        )
    return position


def pairs_of(
    name: str,
    found: Floats,
    attrs: Mapping[str, Any],
    values: xr.DataArray,
    position: xr.DataArray | None,
    neurons: str,
) -> xr.Dataset:
    """
    Return a measure of pairs of neurons as a Dataset.

    Parameters
    ----------
    name : str
        Name of the measure.
    found : numpy.ndarray, (..., pair)
        Its values.
    attrs : mapping
        Its units and long name.
    values : xarray.DataArray, (..., samples, neurons)
        The activity.
    position : xarray.DataArray, (neurons, axis), optional
        Where neurons are.
    neurons : str
        Name of their dim.
    """
    outer = values.dims[:-2]
    labels = values[neurons].values if neurons in values.coords else range(values.sizes[neurons])
    coords = {dim: values[dim] for dim in outer if dim in values.coords}
    length = "um" if position is None else str(position.attrs.get("units", "um"))
    return pair_dataset({name: ((*outer, "pair"), found, attrs)}, labels, position, coords, length)
