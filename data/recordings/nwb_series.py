"""The time series of an NWB file, as variables with their times."""

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from xarray import Variable

from .nwb_notes import Notes
from .nwb_stores import Group, StoredArray
from .nwb_tables import variable_of

__all__ = ["OWN", "series_of"]

_PLACES = (("acquisition",), ("processing",), ("stimulus", "presentation"), ("analysis",))
_DEPTH = 8
#: What a recording has by these names is something else.
OWN = ("spike_time", "spike_count", "spike", "unit", "position", "axis")


class _Regular:
    """Times at a rate, which are computed when they are needed."""

    def __init__(self, start: float, rate: float, size: int) -> None:
        self.start, self.rate, self.size = start, rate, size
        self.shape, self.dtype = (size,), np.dtype(np.float64)

    def __getitem__(self, key: Any) -> npt.NDArray[np.float64]:
        part = key[0] if isinstance(key, tuple) else key
        if isinstance(part, slice):
            part = np.arange(*part.indices(self.size))
        return np.asarray(self.start + part / self.rate)


class _Converted:
    """Data times a conversion, plus an offset: in the units that the file names."""

    def __init__(self, data: StoredArray, factor: npt.NDArray[np.float64], offset: float) -> None:
        self.data, self.factor, self.offset = data, factor, offset
        self.shape, self.size, self.dtype = data.shape, data.size, np.dtype(np.float64)

    def __getitem__(self, key: Any) -> npt.NDArray[np.float64]:
        keys = key if isinstance(key, tuple) else (key,)
        factor = self.factor
        if factor.ndim:
            factor = factor[keys[1]] if len(keys) > 1 else factor
            # channels lie along the second axis of the data, before those that remain
            trailing = sum(isinstance(each, slice) for each in keys[2:])
            trailing += len(self.shape) - max(len(keys), 2)
            factor = factor.reshape(factor.shape + (1,) * trailing)
        return np.asarray(self.data[key] * factor + self.offset, dtype=np.float64)


def series_of(root: Group, notes: Notes, taken: Collection[str] = ()) -> dict[str, Variable]:
    """
    Return the time series of acquisition, processing, stimulation and analysis.

    Parameters
    ----------
    root : Group
        The file.
    notes : Notes
        Of the file.
    taken : collection of str
        Names of other variables and dims.

    Returns
    -------
    dict of Variable
        `<name>` (`<name>_time`, ...) in the units of the file, with conversion and offset, and
        `<name>_time` in seconds. A name that is taken, that a recording gives a meaning of its own,
        or that is there twice, is preceded by that of its group.

    Raises
    ------
    ValueError
        If times are missing, or do not fit the data.
    """
    found: dict[str, Variable] = {}
    for place in _PLACES:
        group = root.at(*place)
        if group is None:
            continue
        for path, series in _all(group, place, set(), notes):
            names = (path[-1], "_".join(path))
            free = [each for each in names if not {each, f"{each}_time"} & {*taken, *OWN, *found}]
            if not free:
                notes.leave("/".join(path), "another variable has its name")
                continue
            name = free[0]
            found |= _series(series, name, notes)
    return found


def _all(
    group: Group, path: tuple[str, ...], visited: set[Any], notes: Notes
) -> Iterator[tuple[tuple[str, ...], Group]]:
    """Yield groups that have data and times."""
    if group.identity in visited:
        return
    visited.add(group.identity)
    arrays = group.arrays()
    if "data" in arrays and ("timestamps" in arrays or "starting_time" in arrays):
        yield path, group
        return
    if len(path) >= _DEPTH:
        notes.leave("/".join(path), "it lies too deep")
        return
    if "timestamps" in arrays or "data" in arrays:
        notes.leave("/".join(path), "it has data or times alone")
    for name in group.groups():
        inner = group.group(name)
        if inner is not None:
            yield from _all(inner, (*path, name), visited, notes)


def _series(series: Group, name: str, notes: Notes) -> dict[str, Variable]:
    data = series.array("data")
    if data is None or not data.shape or not data.size:
        notes.leave(name, "it has no data")
        return {}
    dims = (f"{name}_time", *(f"{name}_{axis}" for axis in range(1, len(data.shape))))
    attrs = {
        "units": str(data.attr("unit") or "1"),
        "long_name": str(series.attr("description") or name),
    }
    found = {
        name: variable_of(dims, _converted(series, data, name, notes), attrs, notes),
        dims[0]: _times(series, data.shape[0], dims[0], notes),
    }
    electrodes = series.array("electrodes")
    if electrodes is not None and len(dims) > 1 and electrodes.shape == data.shape[1:2]:
        rows = {"units": "1", "long_name": "rows of the table of electrodes"}
        found[f"{name}_electrodes"] = variable_of(dims[1:2], electrodes, rows, notes)
    return found


def _converted(series: Group, data: StoredArray, name: str, notes: Notes) -> Any:
    factor, offset = data.attr("conversion"), data.attr("offset")
    scale = np.asarray(1.0 if factor is None else factor, dtype=np.float64)
    shift = 0.0 if offset is None else float(offset)
    channels = series.numbers("channel_conversion")
    if channels is not None and len(data.shape) > 1:
        if channels.shape != data.shape[1:2]:
            raise notes.refusal(
                f"a conversion for each of the {data.shape[1]} channels of {name!r}",
                f"shape {channels.shape}",
            )
        scale = scale * channels
    if data.text or ((scale == 1).all() and shift == 0):
        return data
    return _Converted(data, scale, shift)


def _times(series: Group, length: int, dim: str, notes: Notes) -> Variable:
    attrs = {"units": "s", "long_name": "time"}
    stamps = series.array("timestamps")
    if stamps is not None:
        if stamps.shape != (length,) or stamps.dtype.kind not in "fiu":
            raise notes.refusal(
                f"{length:,} times in {stamps.name}", f"{stamps.dtype} of shape {stamps.shape}"
            )
        return variable_of((dim,), stamps, attrs, notes)
    start = series.array("starting_time")
    begin = None if start is None or start.size != 1 else np.ravel(start.values(notes))[0]
    rate = None if start is None else start.attr("rate")
    if not isinstance(rate, float | int) or not rate > 0 or not np.isfinite(begin or 0.0):
        raise notes.refusal(f"times, or a beginning and a rate, for {dim!r}", f"a rate of {rate!r}")
    return variable_of((dim,), _Regular(float(begin or 0.0), float(rate), length), attrs, notes)
