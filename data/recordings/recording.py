"""The form of a recording: spikes of units, unit after unit, as a labelled dataset."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .origin import Origin
from .plausible import doubt_units
from .ragged import ragged_recording

__all__ = ["check_recording", "recording_of", "spike_trains"]


def recording_of(
    trains: Sequence[npt.ArrayLike],
    *,
    position: npt.ArrayLike | None = None,
    unit: Sequence[str] | None = None,
    start: float | None = None,
    stop: float | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Make a recording from spike trains.

    Parameters
    ----------
    trains : sequence of array-like, (spike,)
        Times of the spikes of every unit, in seconds, ascending.
    position : array-like, (unit, axis), optional
        Where units were recorded, in micrometres; two or three axes.
    unit : sequence of str, optional
        Names of the units, each its own; "0", "1", ... by default.
    start, stop : float, optional
        What the recording lasted from and to, in seconds; by default the first and the last spike.
    attributes : mapping, optional
        What else is known, such as ``name``, ``species``, ``age_days`` and ``citation``: text and
        numbers.

    Returns
    -------
    xarray.Dataset
        ``spike_time`` (spike), unit after unit; ``spike_count`` (unit), how many of them belong to
        each unit (the contiguous ragged array of the CF conventions); ``position`` (unit, axis)
        where it is known. Attributes ``start`` and ``stop``, in seconds, and those given.

    Warns
    -----
    UserWarning
        If the mean rate is below 0.001 Hz, or positions lie within 5 um, as if times were in
        milliseconds or positions in millimetres.

    Raises
    ------
    TypeError
        If trains are a mapping.
    ValueError
        If a time is not finite, times of a unit descend, a spike lies outside start and stop,
        there are no units, or names or positions do not fit them.

    Examples
    --------
    >>> recording = recording_of([[0.1, 0.5], [0.2]], position=[[0, 0], [100, 0]], stop=1.0)
    >>> recording.sizes["spike"], recording["spike_count"].values.tolist()
    (3, [2, 1])
    """
    where = "recording_of"
    if isinstance(trains, Mapping):
        raise TypeError(
            f"{where}.trains: expected the trains of the units one after another, got "
            f"{type(trains).__name__}; recording_of(list(trains.values()), unit=list(trains)) "
            "takes trains by name"
        )
    times = [_checked(where, number, train) for number, train in enumerate(trains)]
    if not times:
        raise ValueError(f"{where}.trains: expected at least one unit, got none")
    spikes = np.concatenate(times)
    start, stop = _extent(where, spikes, start, stop)
    recording = ragged_recording(
        Origin(where=where),
        spikes,
        np.array([len(each) for each in times], dtype=np.int64),
        unit=[str(number) for number in range(len(times))] if unit is None else unit,
        position=position,
        attributes={"start": start, "stop": stop, **(attributes or {})},
    )
    doubt_units(recording, where)
    return recording


def spike_trains(recording: xr.Dataset) -> Iterator[npt.NDArray[np.float64]]:
    """Yield the spike times of one unit after another, in seconds.

    What is not in memory is read unit by unit.

    Parameters
    ----------
    recording : xarray.Dataset
        Spikes as `recording_of` has them.

    Yields
    ------
    ndarray, (spike,)
        Times in seconds, ascending.

    Raises
    ------
    TypeError
        If it is no dataset.
    ValueError
        If the dataset is no recording.

    Examples
    --------
    >>> [len(train) for train in spike_trains(recording_of([[0.1, 0.5], [0.2]]))]
    [2, 1]
    """
    check_recording(recording, "spike_trains")
    counts = recording["spike_count"].values
    ends = np.cumsum(counts)
    if len(ends) and ends[-1] != recording.sizes["spike"]:
        raise ValueError(
            f"spike_trains.recording: expected as many spikes as the units have together, "
            f"{ends[-1]}, got {recording.sizes['spike']}; select units with select_units()"
        )
    for end, count in zip(ends, counts, strict=True):
        part = recording["spike_time"].isel(spike=slice(int(end - count), int(end)))
        yield np.asarray(part.values, dtype=np.float64)


def check_recording(recording: object, where: str) -> None:
    """Refuse what is no recording.

    Parameters
    ----------
    recording : object
        What a function was given.
    where : str
        That function, for messages.

    Raises
    ------
    TypeError
        If it is no `xarray.Dataset`.
    ValueError
        If it has no spikes of units.
    """
    if not isinstance(recording, xr.Dataset):
        cure = "open_recording() and recording_of() make recordings"
        if isinstance(recording, xr.DataArray):
            cure = "pairwise_correlation takes counts"
        raise TypeError(
            f"{where}.recording: expected a recording (xarray.Dataset with spike_time and "
            f"spike_count), got {type(recording).__name__}; {cure}"
        )
    if "spike_time" not in recording or "spike_count" not in recording:
        raise ValueError(
            f"{where}.recording: expected the variables spike_time and spike_count, got "
            f"{sorted(map(str, recording))}; open_recording() and recording_of() make recordings"
        )


def _checked(where: str, number: int, train: npt.ArrayLike) -> npt.NDArray[np.float64]:
    times = np.asarray(train, dtype=np.float64)
    if times.ndim != 1 or not np.isfinite(times).all():
        raise ValueError(
            f"{where}.trains: expected finite times along one axis, got shape {times.shape} for "
            f"unit {number}" + (", with NaN or infinity" if times.ndim == 1 else "")
        )
    if (np.diff(times) < 0).any():
        raise ValueError(f"{where}.trains: expected ascending times, unit {number} has others")
    return times


def _extent(
    where: str, spikes: npt.NDArray[np.float64], start: float | None, stop: float | None
) -> tuple[float, float]:
    """Return start and stop, those of the spikes where they are not given."""
    if not len(spikes) and (start is None or stop is None):
        raise ValueError(f"{where}.start, stop: expected both where no unit has a spike, got none")
    first = float(start) if start is not None else float(spikes.min())
    last = float(stop) if stop is not None else float(spikes.max())
    inside = not len(spikes) or (spikes.min() >= first and spikes.max() <= last)
    if not (np.isfinite(first) and np.isfinite(last) and first <= last and inside):
        raise ValueError(
            f"{where}.start, stop: expected seconds between which all spikes lie, got {first} and "
            f"{last}"
        )
    return first, last
