"""Intervals, time series and what is left of a recording, written as NWB."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from .nwb_saving import streamed, table_columns
from .nwb_series import OWN

__all__ = ["about", "columns_of", "data_of", "write_intervals", "write_rest", "write_series"]

_NAME = re.compile(r"[^/:\s.][^/:]*")
# Columns that NWB gives a meaning of its own, or that are written otherwise.
_RESERVED = {
    "colnames", "description", "electrode_group", "electrodes", "id", "namespace", "neurodata_type",
    "object_id", "obs_intervals", "resolution", "spike_times", "start_time", "stop_time", "tags",
    "timeseries", "unit_name", "waveform_mean", "waveform_sd", "waveforms",
}  # fmt: skip
_TABLES = {"trial": "trials", "epoch": "epochs"}


def write_intervals(
    pynwb: Any, file: Any, recording: xr.Dataset, places: dict[Any, str]
) -> dict[Any, str]:
    """Add tables of intervals; return where variables were placed."""
    found: dict[Any, str] = {}
    for prefix in _prefixes(recording, places):
        table = _TABLES.get(prefix, prefix)
        bounds = {
            f"{bound}_time": (f"{bound}, s", recording[f"{prefix}_{bound}"].values)
            for bound in ("start", "stop")
        }
        taken = {**places, f"{prefix}_start": "", f"{prefix}_stop": ""}
        further = dict(columns_of(recording, prefix, taken, pynwb.epoch.TimeIntervals))
        told = {
            column: (about(recording[name]), data_of(recording[name]))
            for name, column in further.items()
        }
        intervals = pynwb.epoch.TimeIntervals(
            name=table, description=f"intervals: {table}", **table_columns({**bounds, **told})
        )
        found |= {name: f"read:{prefix}_{column}" for name, column in further.items()}
        for bound in ("start", "stop"):
            found[f"{prefix}_{bound}"] = f"read:{prefix}_{bound}"
        if table == "trials":
            file.trials = intervals
        elif table == "epochs":
            file.epochs = intervals
        else:
            file.add_time_intervals(intervals)
    return found


def _prefixes(recording: xr.Dataset, places: dict[Any, str]) -> Iterator[str]:
    for name in map(str, recording.data_vars):
        prefix = name.removesuffix("_start")
        start, stop = recording[name], recording.get(f"{prefix}_stop")
        paired = stop is not None and prefix != name and start.dims == stop.dims == (prefix,)
        numbers = stop is not None and start.dtype.kind == stop.dtype.kind == "f"
        named = _NAME.fullmatch(prefix) and prefix not in ("trials", "epochs", "unit")
        if paired and numbers and named and name not in places:
            yield prefix


def write_series(
    pynwb: Any, file: Any, recording: xr.Dataset, places: dict[Any, str]
) -> dict[Any, str]:
    """Add time series; return where variables were placed."""
    found: dict[Any, str] = {}
    for name in map(str, recording.data_vars):
        dim, values = f"{name}_time", recording[name].variable
        if name in places or dim in found or dim in places or values.dims[:1] != (dim,):
            continue
        times = recording.variables.get(dim)
        usable = times is not None and times.dims == (dim,) and times.dtype == np.float64
        named = _NAME.fullmatch(name) and name not in OWN and not name.startswith("electrode_")
        if not usable or values.dtype.kind not in "iuf" or not named:
            continue
        series = pynwb.TimeSeries(
            name=name,
            description=about(recording[name]),
            data=streamed(values),
            timestamps=streamed(times),
            unit=str(values.attrs.get("units", "1")),
        )
        file.add_acquisition(series)
        found |= {name: f"read:{name}", dim: f"read:{dim}"}
    return found


def write_rest(
    pynwb: Any, file: Any, recording: xr.Dataset, places: dict[Any, str]
) -> dict[Any, str]:
    """Add what has no place in NWB to the scratch space; return where it was placed."""
    found: dict[Any, str] = {}
    for name, variable in recording.variables.items():
        if name in places:
            continue
        key = f"array_{len(found)}"
        data = streamed(variable if variable.ndim else xr.Variable(("one",), variable.values[None]))
        file.add_scratch(data=data, name=key, description=f"{name}: {about(variable)}")
        found[name] = f"scratch:{key}"
    return found


def columns_of(
    recording: xr.Dataset, prefix: str, taken: dict[Any, str], table: type
) -> Iterator[tuple[str, str]]:
    """Yield variables that are columns of the table of a prefix, and their names in it."""
    for name in map(str, recording.data_vars):
        column = name.removeprefix(f"{prefix}_")
        fits = recording[name].dims == (prefix,) and column != name and name not in taken
        own = column in _RESERVED or hasattr(table, column)
        named = _NAME.fullmatch(column) and not own
        if fits and named and not column.endswith("_index") and recording[name].size:
            yield name, column


def data_of(variable: xr.DataArray) -> Any:
    """Return the values of a column."""
    return variable.values.tolist() if variable.dtype.kind in "UO" else variable.values


def about(variable: Any) -> str:
    """Return what a variable is, in words."""
    return str(variable.attrs.get("long_name") or "not described")
