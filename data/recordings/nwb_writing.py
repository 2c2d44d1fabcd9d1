"""Recordings as NWB files."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ..extras import needed
from .nwb_form import FORM, form_of
from .nwb_saving import begun, check_target, save, streamed, table_columns
from .nwb_units import FromZero
from .ragged import Origin, spike_extent
from .recording import spike_trains

__all__ = ["write_nwb"]

_WHERE = "write_nwb"
_NAME = re.compile(r"[^/:\s.][^/:]*")
# Columns that NWB gives a meaning of its own, or that are written otherwise.
_RESERVED = {
    "colnames", "description", "electrode_group", "electrodes", "id", "namespace", "neurodata_type",
    "object_id", "obs_intervals", "resolution", "spike_times", "start_time", "stop_time", "tags",
    "timeseries", "unit_name", "waveform_mean", "waveform_sd", "waveforms",
}  # fmt: skip
_TABLES = {"trial": "trials", "epoch": "epochs"}


def write_nwb(recording: xr.Dataset, path: str | Path, *, replace: bool = False) -> None:
    """
    Write a recording as an NWB file, which `open_recording` gives back identically.

    Units have spike times, electrodes with their positions, and the columns `unit_<column>`;
    trials, epochs and other intervals are tables, `<name>` along `<name>_time` is a time series.
    What has no place in NWB, with the dims, types and attributes of all, lies in its scratch space:
    arrays, and the JSON `ontogeny_recording`. `age_days`, `species` and `session_start_time` are
    written where NWB has them as well; the time of a session that is not known is 1970-01-01.

    Parameters
    ----------
    recording : xarray.Dataset
        As `recording_of` or `open_recording` make it; what is not in memory is copied some at a
        time.
    path : path
        File to write, `.nwb`; its folder is made where it is missing. It is written under a
        temporary name, flushed and renamed.
    replace : bool
        A file that is there already is replaced; otherwise it is refused.

    Raises
    ------
    FileExistsError
        If there is a file and it must not be replaced.
    ImportError
        If pynwb is missing.
    ValueError
        If the recording has negative or descending times, or something that is neither numbers
        nor text.
    """
    pynwb = needed("pynwb", _WHERE)
    target = check_target(path, replace, _WHERE)
    _check(recording)
    attrs = recording.attrs
    file = pynwb.NWBFile(
        session_description=str(attrs.get("description") or attrs.get("name") or "recording"),
        identifier=_identifier(recording),
        session_start_time=begun(attrs.get("session_start_time")),
        session_id=str(attrs["name"]) if attrs.get("name") else None,
        related_publications=[str(attrs["citation"])] if attrs.get("citation") else None,
        subject=_subject(pynwb, attrs),
    )
    places = {name: "" for name, each in recording.variables.items() if not each.size}
    for write in (_write_units, _write_intervals, _write_series, _write_rest):
        places |= write(pynwb, file, recording, places)
    file.add_scratch(
        data=form_of(recording, {str(name): place for name, place in places.items()}),
        name=FORM,
        description="Dims, types and attributes of the dataset that was written, as JSON.",
    )
    save(file, target, replace=replace, where=_WHERE)


def _check(recording: xr.Dataset) -> None:
    for name, variable in recording.variables.items():
        kind = variable.dtype.kind
        text = kind == "O" and all(isinstance(each, str) for each in variable.values.ravel())
        if kind not in "biufU" and not text:
            raise ValueError(
                f"{_WHERE}.recording: expected numbers or text, got {variable.dtype} as {name!r}; "
                f"leave it out with drop_vars()"
            )
    if "spike_time" not in recording and "spike_count" not in recording:
        return
    next(spike_trains(recording))  # refuses what is no recording
    origin, counts = Origin(where=_WHERE), recording["spike_count"].values.astype(np.int64)
    if counts.any():
        times = FromZero(recording["spike_time"].variable, origin)
        spike_extent(origin, times, counts, [str(name) for name in range(len(counts))])


def _identifier(recording: xr.Dataset) -> str:
    told = json.dumps([str(recording.attrs.get("name", "")), sorted(map(str, recording.sizes))])
    digest = hashlib.sha256(told.encode())
    if "spike_count" in recording:
        digest.update(np.ascontiguousarray(recording["spike_count"].values).tobytes())
    return f"{recording.attrs.get('name') or 'recording'}-{digest.hexdigest()[:16]}"


def _subject(pynwb: Any, attrs: Any) -> Any:
    if not {"species", "age_days"} & set(attrs):
        return None
    days = attrs.get("age_days")
    known = isinstance(days, int | float | np.number) and np.isfinite(days) and days >= 0
    return pynwb.file.Subject(
        subject_id=str(attrs.get("subject_id") or attrs.get("name") or "unknown"),
        species=str(attrs["species"]) if attrs.get("species") else None,
        age=f"P{days:g}D" if known else None,
        sex=str(attrs["sex"]) if attrs.get("sex") in ("M", "F", "U", "O") else "U",
        description="the animal that was recorded from",
    )


def _write_units(
    pynwb: Any, file: Any, recording: xr.Dataset, places: dict[Any, str]
) -> dict[Any, str]:
    if "spike_count" not in recording:
        return {}
    core = needed("hdmf.common", _WHERE)
    counts = recording["spike_count"].values.astype(np.int64)
    names = recording["unit"].values if "unit" in recording.coords else np.arange(len(counts))
    found = {"spike_count": "read:spike_count", "spike_time": "read:spike_time"}
    held = [
        core.VectorData(
            name="unit_name", description="name of the unit", data=[str(name) for name in names]
        )
    ]
    if "unit" in recording.coords and names.dtype.kind in "UO":
        found["unit"] = "read:unit"
    spikes = core.VectorData(
        name="spike_times",
        description="times of the spikes in seconds",
        data=streamed(recording["spike_time"].variable),
    )
    index = core.VectorIndex(
        name="spike_times_index", data=np.cumsum(counts).astype(np.uint64), target=spikes
    )
    held += [spikes, index, *_observed(core, recording, len(counts))]
    found |= _write_positions(file, recording, held, core)
    for name, column in _columns(recording, "unit", found, pynwb.misc.Units):
        held.append(
            core.VectorData(
                name=column, description=_about(recording[name]), data=_data(recording[name])
            )
        )
        found[name] = f"read:unit_{column}"
    file.units = pynwb.misc.Units(
        name="units",
        description="units of the recording",
        id=list(range(len(counts))),
        columns=held,
        electrode_table=file.electrodes,
    )
    return found


def _observed(core: Any, recording: xr.Dataset, units: int) -> list[Any]:
    """Return the columns that say what the recording lasted from and to."""
    start, stop = (recording.attrs.get(bound) for bound in ("start", "stop"))
    if not all(isinstance(bound, int | float | np.number) for bound in (start, stop)):
        return []
    bounds = np.tile(np.array([[start, stop]], dtype=np.float64), (units, 1))
    column = core.VectorData(
        name="obs_intervals", description="start and stop of the recording, s", data=bounds
    )
    ends = np.arange(1, units + 1, dtype=np.uint64)
    return [column, core.VectorIndex(name="obs_intervals_index", data=ends, target=column)]


def _write_positions(
    file: Any, recording: xr.Dataset, held: list[Any], core: Any
) -> dict[str, str]:
    known = recording.get("position")
    if known is None or known.dims != ("unit", "axis") or "axis" not in recording.coords:
        return {}
    axes = [str(axis) for axis in recording["axis"].values]
    if axes not in (["x", "y"], ["x", "y", "z"]) or not np.isfinite(known.values).all():
        return {}
    device = file.create_device(name="electrodes", description="not known")
    group = file.create_electrode_group(
        name="electrodes", description="electrodes of the units", location="unknown", device=device
    )
    for place in known.values.astype(np.float64):
        coordinates = dict(zip(axes, map(float, place), strict=True))
        file.add_electrode(location="unknown", group=group, **coordinates)
    rows = np.arange(len(known))
    region = core.DynamicTableRegion(
        name="electrodes", description="electrode of the unit", data=rows, table=file.electrodes
    )
    ends = (rows + 1).astype(np.uint64)
    held += [region, core.VectorIndex(name="electrodes_index", data=ends, target=region)]
    return {"position": "read:position", "axis": "read:axis"}


def _write_intervals(
    pynwb: Any, file: Any, recording: xr.Dataset, places: dict[Any, str]
) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for prefix in _prefixes(recording, places):
        table = _TABLES.get(prefix, prefix)
        bounds = {
            f"{bound}_time": (f"{bound}, s", recording[f"{prefix}_{bound}"].values)
            for bound in ("start", "stop")
        }
        taken = {**places, f"{prefix}_start": "", f"{prefix}_stop": ""}
        further = dict(_columns(recording, prefix, taken, pynwb.epoch.TimeIntervals))
        told = {
            column: (_about(recording[name]), _data(recording[name]))
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


def _write_series(
    pynwb: Any, file: Any, recording: xr.Dataset, places: dict[Any, str]
) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for name in map(str, recording.data_vars):
        dim, values = f"{name}_time", recording[name].variable
        if name in places or dim in found or dim in places or values.dims[:1] != (dim,):
            continue
        times = recording.variables.get(dim)
        usable = times is not None and times.dims == (dim,) and times.dtype == np.float64
        if not usable or values.dtype.kind not in "iuf" or not _NAME.fullmatch(name):
            continue
        series = pynwb.TimeSeries(
            name=name,
            description=_about(recording[name]),
            data=streamed(values),
            timestamps=streamed(times),
            unit=str(values.attrs.get("units", "1")),
        )
        file.add_acquisition(series)
        found |= {name: f"read:{name}", dim: f"read:{dim}"}
    return found


def _write_rest(
    pynwb: Any, file: Any, recording: xr.Dataset, places: dict[Any, str]
) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for name, variable in recording.variables.items():
        if name in places:
            continue
        key = f"array_{len(found)}"
        data = streamed(variable if variable.ndim else xr.Variable(("one",), variable.values[None]))
        file.add_scratch(data=data, name=key, description=f"{name}: {_about(variable)}")
        found[name] = f"scratch:{key}"
    return found


def _columns(
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


def _data(variable: xr.DataArray) -> Any:
    return variable.values.tolist() if variable.dtype.kind in "UO" else variable.values


def _about(variable: Any) -> str:
    return str(variable.attrs.get("long_name") or "not described")
