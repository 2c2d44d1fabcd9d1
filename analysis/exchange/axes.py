"""What conversions of activity have in common: its axes, its times and its names."""

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..array import Floats


def matrix(activity: xr.DataArray, samples: str, neurons: str, where: str) -> xr.DataArray:
    """
    Return activity as (sample, neuron).

    Raises
    ------
    TypeError
        If it is no DataArray.
    ValueError
        If it has other dims.
    """
    if not isinstance(activity, xr.DataArray):
        raise TypeError(f"{where}.activity: expected a DataArray, got {type(activity).__name__}")
    if set(activity.dims) != {samples, neurons} or samples == neurons:
        raise ValueError(
            f"{where}.activity: expected the dims {samples!r} and {neurons!r}, got "
            f"{tuple(map(str, activity.dims))}; name them with samples= and neurons=, and select "
            f"one along any others"
        )
    return activity.transpose(samples, neurons)


def times_of(activity: xr.DataArray, samples: str, interval: float | None, where: str) -> Floats:
    """
    Return the times of samples in seconds: their coordinate, or multiples of an interval.

    Raises
    ------
    ValueError
        If there is neither, or times do not ascend.
    """
    if interval is not None:
        if not (np.isfinite(interval) and interval > 0):
            raise ValueError(f"{where}.interval: expected seconds above 0, got {interval!r}")
        return np.arange(activity.sizes[samples], dtype=np.float64) * float(interval)
    coordinate = activity.coords.get(samples)
    if coordinate is None or coordinate.attrs.get("units") != "s":
        raise ValueError(
            f"{where}.interval: expected seconds from one sample to the next, got none, and "
            f"{samples!r} has no coordinate in units of s; pass interval="
        )
    times = np.asarray(coordinate.values, dtype=np.float64)
    if not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise ValueError(
            f"{where}.activity: expected ascending times of the samples, got others along "
            f"{samples!r}; sort them with sortby({samples!r}), or pass interval="
        )
    return times


def along(array: xr.DataArray | xr.Dataset, dim: str) -> dict[str, npt.NDArray[Any]]:
    """Return the coordinates that lie along one dim."""
    return {
        str(name): values.values for name, values in array.coords.items() if values.dims == (dim,)
    }


def places_of(recording: xr.Dataset) -> dict[str, npt.NDArray[Any]]:
    """Return the coordinates of units in micrometres, by axis."""
    if "position" not in recording:
        return {}
    position = recording["position"].transpose("unit", "axis")
    names = [str(axis) for axis in recording["axis"].values]
    return dict(zip(names, position.values.T, strict=True))


def extent_of(recording: xr.Dataset, where: str) -> tuple[float, float]:
    """
    Return start and stop of a recording, in seconds.

    Raises
    ------
    ValueError
        If it does not say them, or has no spikes.
    """
    missing = [name for name in ("spike_time", "spike_count", "unit") if name not in recording]
    missing += [name for name in ("start", "stop") if name not in recording.attrs]
    if missing:
        raise ValueError(
            f"{where}.activity: expected a recording, got a Dataset without {', '.join(missing)}; "
            f"open_recording() and recording_of() make recordings, and rates are DataArrays"
        )
    return float(recording.attrs["start"]), float(recording.attrs["stop"])
