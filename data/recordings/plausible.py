"""Warnings of recordings whose units of time or length are hardly those that are expected."""

import warnings

import numpy as np
import xarray as xr

__all__ = ["doubt_units"]

# Recordings of retinal waves have 0.14 Hz at least, and arrays of 490 um at least.
_SLOWEST = 0.001
_SMALLEST = 5.0


def doubt_units(recording: xr.Dataset, where: str) -> None:
    """Warn of times that are hardly seconds, and of places that are hardly micrometres.

    Parameters
    ----------
    recording : xarray.Dataset
        Spikes as `recording_of` has them; other datasets pass.
    where : str
        The public function that calls this one, for messages.

    Warns
    -----
    UserWarning
        If the mean rate over all units is below 0.001 Hz, or units lie within 5 um, but not all
        of them in one place.
    """
    for doubt in (_of_times(recording), _of_places(recording)):
        if doubt:
            warnings.warn(f"{where}.{doubt}", stacklevel=3)


def _of_times(recording: xr.Dataset) -> str:
    if not {"start", "stop"} <= set(recording.attrs) or "spike_count" not in recording:
        return ""
    duration = float(recording.attrs["stop"]) - float(recording.attrs["start"])
    spikes, units = int(recording["spike_count"].sum()), recording["spike_count"].size
    if not spikes or not spikes / units < _SLOWEST * duration:
        return ""
    return (
        f"times: expected seconds, got a mean rate of {spikes / units / duration:.2g} Hz over "
        f"{units} units; are times in milliseconds? time_unit='ms' of open_recording() reads "
        "such tables and arrays, and recording_of() takes times / 1000"
    )


def _of_places(recording: xr.Dataset) -> str:
    place = recording.get("position")
    if place is None or place.dims != ("unit", "axis") or not place.size:
        return ""
    extent = float(np.ptp(place.values, axis=0).max())
    if not 0 < extent < _SMALLEST:
        return ""
    return (
        f"position: expected micrometres, got units within {extent:.3g} um; are positions in "
        "millimetres? multiply them by 1000"
    )
