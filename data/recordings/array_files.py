"""Spikes in arrays of .npz files, with names that are declared."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from numpy.lib import format as npy

from .origin import Origin
from .ragged import MAXIMUM_UNITS, checked_counts, ordered, ragged_recording, spike_extent
from .tables import per_second

__all__ = ["open_arrays"]

_ROLES = {"time": "iuf", "unit": "iuSU", "count": "iuf", "name": "iuSU", "position": "iuf"}
_LARGEST_PACKING = 1100  # what deflate reaches at most is 1032


def open_arrays(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    time_unit: str = "s",
    sort: bool = False,
    start: float | None = None,
    stop: float | None = None,
) -> xr.Dataset:
    """Read spikes from the arrays of a file of `numpy.savez`.

    Parameters
    ----------
    path : pathlib.Path
        The file; objects in it are never unpickled.
    columns : mapping of str to str, optional
        Which array is ``time`` (spike), and which says whose the spikes are: either ``unit``
        (spike), the name or number of the unit of every spike, or ``count`` (unit), how many
        spikes each has, one unit after another. Further ``name`` (unit), the names of all units in
        order, and ``position`` (unit, axis), micrometres. By default arrays have these names.
    time_unit : str
        "s", "ms" or "us".
    sort : bool
        Whether to sort the spikes of each unit.
    start, stop : float, optional
        What the recording lasted from and to, in seconds; by default the first and the last spike.

    Returns
    -------
    xarray.Dataset
        As `recording_of` makes it. Without ``name``, units are in the order of their first spikes
        in the file.

    Raises
    ------
    ValueError
        If an array is missing or does not fit the others, or the file is damaged.
    """
    origin = Origin(where="open_recording", place=str(path))
    in_second = per_second(origin, time_unit)
    arrays = _read(path, origin, dict(columns or {}))
    times = arrays["time"].astype(np.float64) / in_second
    if times.ndim != 1:
        raise origin.refusal("time", "times along one axis", f"shape {times.shape}")
    if ("unit" in arrays) == ("count" in arrays):
        raise origin.refusal(
            "columns",
            "either unit (of every spike) or count (of every unit)",
            f"{sorted(arrays)}",
            'columns={"unit": ...} or columns={"count": ...} says which',
        )
    name = None if "name" not in arrays else _texts(origin, "name", arrays["name"])
    if "unit" in arrays:
        times, counts, name = _grouped(origin, times, arrays["unit"], name)
    else:
        counts = checked_counts(origin, arrays["count"], len(times))
    unit = [str(number) for number in range(len(counts))] if name is None else name
    if len(unit) != len(counts):
        raise origin.refusal("name", f"{len(counts)} names", f"{len(unit)}")
    if sort:
        times = ordered(times, counts)
    start, stop = spike_extent(origin, times, counts, unit, start=start, stop=stop)
    return ragged_recording(
        origin,
        times,
        counts,
        unit=unit,
        position=arrays.get("position"),
        attributes={"start": start, "stop": stop, "name": path.stem, "source": path.name},
    )


def _grouped(
    origin: Origin, times: npt.NDArray[np.float64], labels: npt.NDArray[Any], name: list[str] | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], list[str]]:
    """Bring spikes together unit by unit, each in the order of the file."""
    if labels.shape != times.shape:
        raise origin.refusal("unit", f"one unit for each of {len(times)} spikes", labels.shape)
    found, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    texts = _texts(origin, "unit", found)
    if name is None:
        name = [texts[at] for at in np.argsort(first)]
    places = {each: number for number, each in enumerate(name)}
    missing = [each for each in texts if each not in places]
    if missing:
        raise origin.refusal("name", "the names of all units", f"none for {missing[:5]}")
    owner = np.array([places[each] for each in texts], dtype=np.int64)[inverse.ravel()]
    order = np.argsort(owner, kind="stable")
    counts = np.bincount(owner, minlength=len(name)).astype(np.int64)
    return times[order], checked_counts(origin, counts, len(times)), name


def _texts(origin: Origin, what: str, values: npt.NDArray[Any]) -> list[str]:
    if values.ndim != 1 or len(values) > MAXIMUM_UNITS:
        raise origin.refusal(
            what, f"at most {MAXIMUM_UNITS} names along one axis", f"shape {values.shape}"
        )
    try:
        return [
            each.decode("utf-8") if isinstance(each, bytes) else str(each)
            for each in values.tolist()
        ]
    except UnicodeDecodeError as error:
        raise origin.refusal(what, "text in UTF-8", f"other bytes ({error})") from error


def _read(path: Path, origin: Origin, columns: dict[str, str]) -> dict[str, npt.NDArray[Any]]:
    wrong = set(columns) - set(_ROLES)
    if wrong:
        raise origin.refusal("columns", f"arrays for {', '.join(_ROLES)}", f"{sorted(wrong)}")
    with origin.reading("a whole .npz file"), zipfile.ZipFile(path) as archive:
        members = set(archive.namelist())
        names = {role: f"{columns.get(role, role)}.npy" for role in _ROLES}
        for role in {"time", *columns}:
            if names[role] not in members:
                raise origin.refusal(
                    "columns",
                    f"an array {names[role][:-4]!r} for the {role}",
                    f"{sorted(member.removesuffix('.npy') for member in members)[:20]}",
                    'columns={"time": ..., "unit": ...} says which is which',
                )
        return {
            role: _member(archive, name, _ROLES[role], origin)
            for role, name in names.items()
            if name in members
        }


def _member(archive: zipfile.ZipFile, name: str, kinds: str, origin: Origin) -> npt.NDArray[Any]:
    """Read one array, if its header fits its size: nothing is allocated before."""
    what = name.removesuffix(".npy")
    known = archive.getinfo(name)
    with archive.open(name) as file:
        try:
            reader = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
            shape, by_columns, dtype = reader[npy.read_magic(file)](file)
        except (ValueError, KeyError) as error:
            raise origin.refusal(what, "a header of .npy", f"another one ({error})") from error
        if dtype.kind not in kinds:
            raise origin.refusal(what, f"values of kind {' or '.join(kinds)}", f"{dtype}")
        size = int(np.prod(shape, dtype=object)) * dtype.itemsize
        if size != known.file_size - file.tell() or size > known.compress_size * _LARGEST_PACKING:
            raise origin.refusal(
                what,
                f"as many bytes as shape {shape} of {dtype} has",
                f"{known.file_size} bytes, {known.compress_size} in the file",
            )
        content = file.read(size)
    values = np.frombuffer(content, dtype)
    return values.reshape(shape[::-1]).T if by_columns else values.reshape(shape)
