"""The table of population events of the developing visual cortex, as its authors laid it out."""

import csv
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

__all__ = ["open_events"]

_WHERE = "open_events"
_COLUMNS = (
    "Fraction_cells",
    "Start_frame",
    "End_frame",
    "Duration",
    "Jitter",
    "Amplitude",
    "Participation_rate",
    "Animal_name",
    "Animal_age",
    "Factor_frame",
)
_NUMBERS = tuple(name for name in _COLUMNS if not name.startswith("Animal"))


def open_events(path: str | PathLike[str]) -> xr.Dataset:
    """
    Read a table of population events in the layout of Siegel 2012.

    F. Siegel, J. A. Heimel, J. Peters and C. Lohmann, Current Biology 22:253, 2012; the table was
    deposited with M. E. Wosniack et al., eLife 10:e61619, 2021, as ``table_siegel_2012.csv``. Its
    peculiarities are put right as its authors do it: the name and the age of a recording stand in
    its first row only, ages are written in either case, and shares above 100 % (of cells counted
    twice) are 100 %. The animal is the name without the last two digits, the number of the
    recording. Frames become seconds by the duration of a frame in the last column.

    Parameters
    ----------
    path : path-like
        The CSV file.

    Returns
    -------
    xarray.Dataset, (event)
        `start`, `stop`, `duration` and `jitter` in seconds, `participation` (share of the cells, 0
        to 1), `amplitude` (mean F/F0 of the cells that take part), `cells` (how many take part);
        coords `recording`, `animal` and `age_days`. Starts count from the start of each recording.
        In the table a duration is mostly, but not always, that from the first to the last frame.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If columns are missing, a row is no numbers or none that can be, or the first row names no
        recording.
    """
    rows = list(_rows(Path(path)))
    if not rows:
        raise ValueError(f"{_WHERE}.path: expected at least one event, {Path(path).name} has none")
    table = {name: np.array([row[0][name] for row in rows]) for name in _NUMBERS}
    recording = np.array([row[1] for row in rows], dtype=str)
    age = np.array([row[2] for row in rows], dtype=np.int64)
    frame = table["Factor_frame"]
    columns = {
        "start": (table["Start_frame"] * frame, "s", "start of the event"),
        "stop": (table["End_frame"] * frame, "s", "end of the event"),
        "duration": (table["Duration"] * frame, "s", "duration of the event"),
        "jitter": (table["Jitter"] * frame, "s", "standard deviation of when cells start"),
        "participation": (
            np.minimum(table["Participation_rate"] / 100, 1.0),
            "1",
            "share of the cells that take part",
        ),
        "amplitude": (table["Amplitude"], "1", "mean F/F0 of the cells that take part"),
        "cells": (table["Fraction_cells"].astype(np.int64), "1", "number of cells that take part"),
    }
    variables: dict[str, Any] = {
        name: ("event", values, {"units": units, "long_name": text})
        for name, (values, units, text) in columns.items()
    }
    animal = np.array([name[:-2] for name in recording], dtype=str)
    coords: dict[str, Any] = {
        "recording": ("event", recording, {"units": "1", "long_name": "recording"}),
        "animal": ("event", animal, {"units": "1", "long_name": "animal"}),
        "age_days": ("event", age, {"units": "day", "long_name": "postnatal age"}),
    }
    return xr.Dataset(variables, coords=coords, attrs={"source": Path(path).name})


def _rows(path: Path) -> Iterator[tuple[dict[str, float], str, int]]:
    """Yield the numbers, the recording and the age of every event."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(
                f"{_WHERE}.path: expected the columns {', '.join(_COLUMNS)}, {path.name} has no "
                f"{', '.join(missing)}"
            )
        name, age = "", 0
        for row in reader:
            text = f"{path.name}, line {reader.line_num}"
            if (row["Animal_name"] or "").strip():
                name, age = row["Animal_name"].strip(), _age(row["Animal_age"], text)
            if not name:
                raise ValueError(f"{_WHERE}.path: expected Animal_name in the first row of {text}")
            yield _numbers(row, text), name, age


def _age(value: str | None, text: str) -> int:
    """Return days from such as P9 or p9."""
    age = (value or "").strip().upper()
    if not (age.startswith("P") and age[1:].isascii() and age[1:].isdigit()):
        raise ValueError(
            f"{_WHERE}.path: expected an Animal_age such as 'P9', got {value!r} in {text}"
        )
    return int(age[1:])


def _numbers(row: dict[str, Any], text: str) -> dict[str, float]:
    found = {}
    for name in _NUMBERS:
        try:
            found[name] = float(row[name])
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{_WHERE}.path: expected a number for {name}, got {row[name]!r} in {text}"
            ) from error
    good = all(np.isfinite(list(found.values()))) and found["Participation_rate"] >= 0
    if not good or found["Factor_frame"] <= 0:
        raise ValueError(
            f"{_WHERE}.path: expected finite numbers, a share of at least 0 and a frame that "
            f"lasts, got {found} in {text}"
        )
    return found
