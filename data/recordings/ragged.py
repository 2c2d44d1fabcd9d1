"""Spikes of units, one after another along one dim: checked, and put together as a dataset."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .lazy import lazy_variable
from .origin import Origin, Refusal

__all__ = ["AXES", "checked_counts", "ordered", "ragged_recording", "spike_extent"]

AXES = ("x", "y", "z")
MAXIMUM_UNITS = 1_000_000
_PIECE = 1 << 20  # spikes that are in memory at once while they are checked
_VARIABLES = {
    "spike_time": {"units": "s", "long_name": "time of the spike"},
    "spike_count": {
        "units": "1",
        "long_name": "number of spikes of the unit",
        "sample_dimension": "spike",
    },
    "position": {"units": "um", "long_name": "position of the unit's electrode"},
}


def ragged_recording(
    origin: Origin,
    times: Any,
    counts: npt.NDArray[np.int64],
    *,
    unit: Sequence[str],
    position: npt.ArrayLike | None = None,
    attributes: Mapping[str, Any],
) -> xr.Dataset:
    """Put a recording together from checked spikes.

    Parameters
    ----------
    origin : Origin
        For messages.
    times : ndarray or array-like of a file, (spike,)
        Seconds; what is no ndarray is read when it is needed.
    counts : ndarray, (unit,)
        Number of spikes of each unit.
    unit : sequence of str
        Names of the units.
    position : array-like, (unit, axis), optional
        Micrometres.
    attributes : mapping
        ``start`` and ``stop``, and what else is known.

    Returns
    -------
    xarray.Dataset
        As `recording_of` makes it.

    Raises
    ------
    ValueError
        If names or positions do not fit the units.
    """
    names = list(map(str, unit))
    if len(names) != len(counts) or len(set(names)) != len(names):
        raise origin.refusal(
            "unit", f"{len(counts)} different names, one for each unit", _wrong_names(names)
        )
    labels = _VARIABLES["spike_time"]
    variables: dict[str, Any] = {
        "spike_time": ("spike", times, labels)
        if isinstance(times, np.ndarray)
        else lazy_variable(("spike",), times, dict(labels)),
        "spike_count": ("unit", counts, _VARIABLES["spike_count"]),
    }
    coords: dict[str, Any] = {"unit": ("unit", np.array(names, dtype=str))}
    if position is not None:
        places = _checked_places(origin, position, len(counts))
        variables["position"] = (("unit", "axis"), places, _VARIABLES["position"])
        coords["axis"] = list(AXES[: places.shape[1]])
    return xr.Dataset(variables, coords=coords, attrs=dict(attributes))


def checked_counts(origin: Origin, counts: npt.ArrayLike, spikes: int) -> npt.NDArray[np.int64]:
    """Return numbers of spikes, if they are such and belong to this many spikes.

    Raises
    ------
    ValueError
        If they are no whole numbers from 0 on, there are none, or their sum is another one.
    """
    found = np.asarray(counts)
    if found.dtype.kind not in "iuf" or found.ndim != 1 or not len(found):
        raise origin.refusal(
            "counts", "whole numbers along one axis", f"{found.dtype} of shape {found.shape}"
        )
    wrong = ~np.isfinite(found) | (found < 0) | (found != np.floor(found))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise origin.refusal(
            "counts", "numbers of spikes, 0 or more", f"{found[first]} for unit {first}"
        )
    total = sum(int(each) for each in found.tolist())
    if total != spikes:
        raise origin.refusal(
            "counts", f"counts that sum to the number of spikes, {spikes}", f"the sum {total}"
        )
    return found.astype(np.int64)


def spike_extent(
    origin: Origin,
    times: Any,
    counts: npt.NDArray[np.int64],
    unit: Sequence[str],
    *,
    start: float | None = None,
    stop: float | None = None,
) -> tuple[float, float]:
    """Check all spikes, piece by piece, and return what the recording lasted from and to.

    Parameters
    ----------
    origin : Origin
        For messages.
    times : array-like, (spike,)
        Seconds; slices of it are read.
    counts : ndarray, (unit,)
        Number of spikes of each unit.
    unit : sequence of str
        Names of the units, for messages.
    start, stop : float, optional
        What is known; no spike may lie outside. By default the first and the last spike, and no
        time may be negative.

    Returns
    -------
    tuple of float
        Start and stop.

    Raises
    ------
    ValueError
        If a time is not finite or outside, or times of a unit descend.
    """
    ends = np.cumsum(counts)
    starts = ends - counts
    lowest, highest = _declared(origin, start, stop, bool(ends[-1]))
    first, last, before = np.inf, -np.inf, -np.inf
    for begin in range(0, int(ends[-1]), _PIECE):
        piece = np.asarray(times[(slice(begin, min(begin + _PIECE, int(ends[-1]))),)], np.float64)
        outside = ~((piece >= lowest) & (piece <= highest) & np.isfinite(piece))
        if outside.any():
            at = int(np.argmax(outside))
            name = unit[int(np.searchsorted(ends, begin + at, side="right"))]
            raise _outside(origin, float(piece[at]), name, lowest, highest)
        falls = begin + np.flatnonzero(np.diff(piece, prepend=before) < 0)
        owners = np.searchsorted(ends, falls, side="right")
        owners = owners[starts[owners] != falls]  # a unit may begin before the last one's end
        if len(owners):
            raise origin.refusal(
                "times",
                "ascending times of each unit",
                f"others for unit {unit[int(owners[0])]!r}",
                "sort=True sorts them",
            )
        first, last = min(first, float(piece.min())), max(last, float(piece.max()))
        before = piece[-1]
    return (first if start is None else lowest), (last if stop is None else highest)


def ordered(times: Any, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Read all spikes into memory and sort those of every unit."""
    spikes = np.array(times[(slice(None),)], dtype=np.float64)
    for part in np.split(spikes, np.cumsum(counts)[:-1]):
        part.sort()  # in place: the parts are views
    return spikes


def _declared(
    origin: Origin, start: float | None, stop: float | None, spikes: bool
) -> tuple[float, float]:
    lowest = 0.0 if start is None else float(start)
    highest = np.inf if stop is None else float(stop)
    if not spikes and (start is None or stop is None):
        raise origin.refusal(
            "start, stop", "both where no unit has a spike", f"{start} and {stop}", "pass both"
        )
    if not np.isfinite(lowest) or (stop is not None and not np.isfinite(highest)):
        raise origin.refusal("start, stop", "finite seconds", f"{start} and {stop}")
    if lowest > highest:
        raise origin.refusal(
            "start, stop",
            "start before stop, from 0 s on if no start is given",
            f"{start} and {stop}",
        )
    return lowest, highest


def _outside(origin: Origin, time: float, name: str, lowest: float, highest: float) -> Refusal:
    if not np.isfinite(time):
        return origin.refusal("times", "finite seconds", f"{time} of unit {name!r}")
    return origin.refusal(
        "times",
        f"seconds from {lowest} to {highest}",
        f"{time} of unit {name!r}",
        "pass start= and stop= of the recording if it lasted longer",
    )


def _wrong_names(names: Sequence[str]) -> str:
    twice = sorted(name for name, number in Counter(names).items() if number > 1)
    return f"{twice[:5]} more than once" if twice else f"{len(names)} names"


def _checked_places(origin: Origin, position: npt.ArrayLike, units: int) -> npt.NDArray[np.float64]:
    places = np.asarray(position, dtype=np.float64)
    if places.ndim != 2 or len(places) != units or places.shape[1] not in (2, 3):
        raise origin.refusal(
            "position",
            f"(unit, axis) with {units} units and 2 or 3 axes",
            f"an array of shape {places.shape}",
        )
    if not np.isfinite(places).all():
        raise origin.refusal("position", "finite micrometres", "NaN or infinity")
    return places
