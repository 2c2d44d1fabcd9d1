"""The units of an NWB file: their spikes, names and positions."""

from typing import Any

import numpy as np
import numpy.typing as npt
from xarray import Variable

from .nwb_notes import LIMIT, Notes
from .nwb_stores import Group, StoredArray
from .nwb_tables import columns, ends_of, row_count
from .origin import Origin
from .ragged import AXES, ragged_recording, spike_extent

__all__ = ["FromZero", "units_of"]

_INFLATION = 2000  # deflate packs at most 1032 bytes in one


def units_of(root: Group, notes: Notes) -> tuple[dict[str, Variable], dict[str, float]]:
    """
    Return what the table of units tells.

    Parameters
    ----------
    root : Group
        The file.
    notes : Notes
        Of the file.

    Returns
    -------
    variables, extent
        Variables of a recording, with the columns of the table; and `start` and `stop`.

    Raises
    ------
    ValueError
        If spikes or names are not those of a recording.
    """
    table = root.group("units")
    if table is None:
        return {}, {}
    rows = row_count(table, "units", notes)
    if not rows:
        raise notes.refusal("at least one unit", "a table of units without rows")
    times = table.array("spike_times")
    ends = None if times is None else ends_of(table, "spike_times", "units", notes)
    if times is None or ends is None:
        raise notes.refusal(
            "the columns 'spike_times' and 'spike_times_index' of numbers in the table of units",
            f"{sorted(table.arrays())}",
        )
    _check_stored(times, notes)
    counts, names = np.diff(ends, prepend=0), _names(table, notes)
    extent = _extent(notes, times, counts, names)
    position, axes = _positions(root, table, rows, notes)
    spikes = times if times.size > LIMIT else np.asarray(times[:])
    recording = ragged_recording(
        notes.origin, spikes, counts, unit=names, position=position, attributes={}
    )
    variables = {str(name): each for name, each in recording.variables.items()}
    if position is not None:
        variables["axis"] = Variable(("axis",), np.array(axes, dtype=str))
    told = columns(
        table, "units", "unit", notes, skip=("spike_times", "unit_name", "electrode_group")
    )
    return {**variables, **told}, _observed(told.get("unit_obs_intervals"), extent)


def _names(table: Group, notes: Notes) -> list[str]:
    column = "unit_name" if "unit_name" in table.arrays() else "id"
    array = table.array(column)
    assert array is not None
    names = [str(name) for name in np.ravel(array.values(notes))]
    return names


def _check_stored(times: StoredArray, notes: Notes) -> None:
    if times.dtype.kind not in "fiu" or len(times.shape) != 1:
        raise notes.refusal(
            "spike times as numbers along one axis", f"{times.dtype} of shape {times.shape}"
        )
    declared = times.size * times.dtype.itemsize
    if times.size > LIMIT and declared > _INFLATION * times.stored:
        raise notes.refusal(
            f"spike times that are in the file, {declared:,} bytes", f"{times.stored:,} bytes"
        )


def _extent(
    notes: Notes, times: StoredArray, counts: npt.NDArray[np.int64], names: list[str]
) -> tuple[float, float]:
    """Look at all spikes, some at a time, and return the first and the last."""
    if not counts.any():
        return 0.0, 0.0
    return spike_extent(notes.origin, FromZero(times, notes.origin), counts, names)


class FromZero:
    """
    Spike times of which none is negative, or an error when it is read.

    Parameters
    ----------
    times : array-like
        Seconds.
    origin : Origin
        For messages.
    """

    def __init__(self, times: Any, origin: Origin) -> None:
        self._times, self._origin = times, origin

    def __getitem__(self, key: Any) -> npt.NDArray[Any]:
        """Read a part."""
        part = np.asarray(self._times[key])
        if (part < 0).any():
            raise self._origin.refusal(
                "times",
                "spike times from 0 s on",
                f"{part.min()} s",
                "count time from the beginning of the recording: add the same number of seconds to "
                "all its times",
            )
        return part


def _observed(observed: Variable | None, extent: tuple[float, float]) -> dict[str, float]:
    """Return start and stop: of the intervals of observation too, where they are told."""
    bounds = list(extent)
    if observed is not None and observed.ndim == 2 and observed.size <= LIMIT:
        seen = np.asarray(observed.values, dtype=np.float64)
        seen = seen[np.isfinite(seen)]
        bounds = [*bounds, *seen.tolist()] if extent != (0.0, 0.0) else seen.tolist() or bounds
    return {"start": min(bounds), "stop": max(bounds)}


def _positions(
    root: Group, table: Group, rows: int, notes: Notes
) -> tuple[npt.NDArray[np.float64] | None, list[str]]:
    """Return the mean position of the electrodes of every unit, where all are known."""
    electrodes = root.at("general", "extracellular_ephys", "electrodes")
    region = table.array("electrodes")
    if electrodes is None or region is None:
        return None, []
    count = row_count(electrodes, "electrodes", notes)
    chosen = np.asarray(region.values(notes))
    ends = ends_of(table, "electrodes", "units", notes)
    counts = np.ones(rows, int) if ends is None else np.diff(ends, prepend=0)
    if chosen.dtype.kind not in "iu" or chosen.shape != (counts.sum(),):
        raise notes.refusal("rows of the table of electrodes for every unit", f"{chosen.dtype}")
    if len(chosen) and not (0 <= int(chosen.min()) and int(chosen.max()) < count):
        raise notes.refusal(f"electrodes in 0..{count - 1} for every unit", f"{int(chosen.max())}")
    places, axes = _places(electrodes, count)
    if not axes or not counts.all():
        notes.leave("position", "units without electrodes, or electrodes without two coordinates")
        return None, []
    starts = np.cumsum(counts) - counts
    mean = np.add.reduceat(places[chosen], starts, axis=0) / counts[:, np.newaxis]
    if not np.isfinite(mean).all():
        notes.leave("position", "coordinates of some electrodes are not finite")
        return None, []
    return mean, axes


def _places(electrodes: Group, count: int) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Return coordinates of electrodes, of the brain, or in their group where these are missing."""
    for prefix in ("", "rel_"):
        known = {axis: electrodes.numbers(f"{prefix}{axis}") for axis in AXES}
        there = {
            axis: np.asarray(values, dtype=np.float64)
            for axis, values in known.items()
            if values is not None and values.shape == (count,) and np.isfinite(values).any()
        }
        if "x" in there and "y" in there:
            return np.stack(list(there.values()), axis=-1), list(there)
    return np.empty((count, 0)), []
