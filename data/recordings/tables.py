"""Spikes in tables of text: one row per spike, with columns that are declared."""

import csv
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import xarray as xr

from .origin import Origin
from .ragged import AXES, MAXIMUM_UNITS, ordered, ragged_recording, spike_extent

__all__ = ["TIME_UNITS", "open_table", "per_second"]

TIME_UNITS = {"s": 1.0, "ms": 1e3, "us": 1e6}
_LONGEST_LINE = 1 << 16
_DELIMITERS = {".tsv": "\t"}
_OTHER_DELIMITERS = ";\t|,"  # of a header that is not separated at them
_ROLES = ("unit", "time", *AXES)


def open_table(
    path: Path,
    *,
    columns: Mapping[str, str | int] | None = None,
    positions: Path | None = None,
    time_unit: str = "s",
    sort: bool = False,
    start: float | None = None,
    stop: float | None = None,
) -> xr.Dataset:
    """Read a table of spikes, with commas or (``.tsv``) tabs between its columns.

    Rows are read one after another: memory holds the times, never the text.

    Parameters
    ----------
    path : pathlib.Path
        Table with one row per spike.
    columns : mapping of str to str or int, optional
        Which column is ``unit`` (name of the unit) and ``time``, and which are ``x``, ``y`` and
        ``z`` (micrometres) if there are any: by names in the first row, or by numbers from 0 on,
        for tables without names. By default columns have these names.
    positions : pathlib.Path, optional
        Second table, with one row per unit: ``unit``, ``x``, ``y`` and perhaps ``z``. Units that
        are only there have no spike.
    time_unit : str
        "s", "ms" or "us".
    sort : bool
        Whether to sort the spikes of each unit.
    start, stop : float, optional
        What the recording lasted from and to, in seconds; by default the first and the last spike.

    Returns
    -------
    xarray.Dataset
        As `recording_of` makes it, with units in the order in which they first appear, or that of
        `positions`.

    Raises
    ------
    ValueError
        If a column is missing, or a row is not as declared; says which line.
    """
    origin = Origin(where="open_recording", place=str(path))
    in_second = per_second(origin, time_unit)
    declared = _declared(origin, columns)
    places = {} if positions is None else _read_positions(positions, declared)
    trains = _read_spikes(path, origin, declared, places, fixed=positions is not None)
    unit = list(trains)
    counts = np.array([len(train) for train in trains.values()], dtype=np.int64)
    if not len(counts):
        raise origin.refusal("path", "at least one row below the names of columns", "none")
    times = np.concatenate([np.array(train) for train in trains.values()]) / in_second
    if sort:
        times = ordered(times, counts)
    start, stop = spike_extent(origin, times, counts, unit, start=start, stop=stop)
    return ragged_recording(
        origin,
        times,
        counts,
        unit=unit,
        position=[places[name] for name in unit] if places else None,
        attributes={"start": start, "stop": stop, "name": path.stem, "source": path.name},
    )


def per_second(origin: Origin, time_unit: str) -> float:
    """Return how many units of time a second has: a quotient is the nearest number of seconds."""
    if time_unit not in TIME_UNITS:
        raise origin.refusal("time_unit", f"one of {', '.join(TIME_UNITS)}", repr(time_unit))
    return TIME_UNITS[time_unit]


def _declared(origin: Origin, columns: Mapping[str, str | int] | None) -> dict[str, str | int]:
    """Return columns by role; all of them have names, or all of them have numbers."""
    declared = dict(columns or {})
    numbers = [isinstance(column, int) for column in declared.values()]
    whole = not any(numbers) or (all(numbers) and {"unit", "time"} <= set(declared))
    if set(declared) - set(_ROLES) or not whole:
        raise origin.refusal(
            "columns",
            f"columns for {', '.join(_ROLES)}, all by name, or all by number with unit and time",
            f"{declared}",
        )
    if any(isinstance(column, int) and column < 0 for column in declared.values()):
        raise origin.refusal("columns", "numbers from 0 on", f"{declared}")
    return declared


def _read_spikes(
    path: Path,
    origin: Origin,
    columns: dict[str, str | int],
    places: dict[str, tuple[float, ...]],
    *,
    fixed: bool,
) -> dict[str, Any]:
    """Return the times of each unit; fill in places where the table has them."""
    trains: dict[str, Any] = {name: array("d") for name in places}
    with _rows(path, origin, columns, ("unit", "time"), () if fixed else AXES) as rows:
        for line, name, numbers in rows:
            train = trains.get(name)
            if train is None:
                if fixed or len(trains) == MAXIMUM_UNITS:
                    expected = "a unit of positions" if fixed else f"at most {MAXIMUM_UNITS} units"
                    raise origin.refusal("unit", expected, f"{name!r} in line {line}")
                train = trains[name] = array("d")
            train.append(numbers[0])
            if len(numbers) > 1 and places.setdefault(name, numbers[1:]) != numbers[1:]:
                raise origin.refusal(
                    "position",
                    "one position of each unit",
                    f"{numbers[1:]} in line {line} for unit {name!r}, {places[name]} before",
                )
    return trains


def _read_positions(path: Path, columns: dict[str, str | int]) -> dict[str, tuple[float, ...]]:
    origin = Origin(where="open_recording", place=str(path))
    places: dict[str, tuple[float, ...]] = {}
    with _rows(path, origin, columns, ("unit", "x", "y"), ("z",)) as rows:
        for line, name, numbers in rows:
            if name in places or len(places) == MAXIMUM_UNITS:
                raise origin.refusal(
                    "unit", "one row for each unit", f"another one for {name!r} in line {line}"
                )
            places[name] = numbers
    if not places:
        raise origin.refusal("positions", "at least one row below the names of columns", "none")
    return places


@contextmanager
def _rows(
    path: Path,
    origin: Origin,
    columns: dict[str, str | int],
    needed: tuple[str, ...],
    optional: tuple[str, ...],
) -> Iterator[Iterator[tuple[int, str, tuple[float, ...]]]]:
    """Give the rows of a table: the number of the line, the unit, and the numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = _DELIMITERS.get(path.suffix.lower(), ",")
            rows = csv.reader(
                _lines(file, origin), delimiter=delimiter, skipinitialspace=True, strict=True
            )
            where = _columns(origin, rows, columns, needed, optional)
            yield _numbers(rows, origin, where)
    except (UnicodeDecodeError, csv.Error) as error:
        raise origin.refusal("path", "a table of text in UTF-8", str(error)) from error


def _lines(file: IO[str], origin: Origin) -> Iterator[str]:
    while line := file.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise origin.refusal(
                "path", f"lines shorter than {_LONGEST_LINE} characters", "a longer one"
            )
        yield line


def _columns(
    origin: Origin,
    rows: Iterator[list[str]],
    columns: dict[str, str | int],
    needed: tuple[str, ...],
    optional: tuple[str, ...],
) -> list[int]:
    """Return the places of the columns of a row: those needed, then those of optional ones."""
    roles = (*needed, *optional)
    if any(isinstance(column, int) for column in columns.values()):
        found = {role: int(columns[role]) for role in roles if role in columns}
        header: list[str] = []
    else:
        header = next(rows, [])
        names = {role: str(columns.get(role, role)) for role in roles}
        found = {role: header.index(name) for role, name in names.items() if name in header}
        _refuse_twice(origin, header, [names[role] for role in found])
    missing = [role for role in roles if role not in found and (role in needed or role in columns)]
    axes = tuple(axis for axis in AXES if axis in found)
    if len(header) == 1 and any(mark in header[0] for mark in _OTHER_DELIMITERS):
        raise origin.refusal(
            "columns",
            "columns separated by commas, or by tabs in a file whose name ends in .tsv",
            f"one column {header[0][:100]!r}",
            "write it with one of these, or pass the spike times to recording_of()",
        )
    if missing or axes not in ((), AXES[:2], AXES):
        raise origin.refusal(
            "columns",
            f"columns for {' and '.join(missing or AXES[:2])}",
            f"{header[:20] or columns}",
            'columns={"unit": ..., "time": ...} says which is which',
        )
    return [found[role] for role in roles if role in found]


def _refuse_twice(origin: Origin, header: list[str], names: list[str]) -> None:
    twice = sorted(name for name in names if header.count(name) > 1)
    if twice:
        raise origin.refusal("columns", "one column of each name", f"several of {twice}")


def _numbers(
    rows: Iterator[list[str]], origin: Origin, where: list[int]
) -> Iterator[tuple[int, str, tuple[float, ...]]]:
    lines: Any = rows
    for row in rows:
        if not row:
            continue
        try:
            name = row[where[0]]
            numbers = tuple([_number(row[column]) for column in where[1:]])
        except (IndexError, ValueError) as error:
            raise origin.refusal(
                "path",
                "a unit and numbers in every row",
                f"{row[:10]} in line {lines.line_num}",
            ) from error
        if not name:
            raise origin.refusal("unit", "a name", f"none in line {lines.line_num}")
        yield lines.line_num, name, numbers


def _number(text: str) -> float:
    if "_" in text:  # in Python, and nowhere else, between digits
        raise ValueError(text)
    return float(text)
