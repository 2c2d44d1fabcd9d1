"""Recordings as NWB files."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ..extras import needed
from .nwb_form import FORM, form_of
from .nwb_saving import begun, check_target, save
from .nwb_units import FromZero
from .nwb_written_tables import write_intervals, write_rest, write_series
from .nwb_written_units import write_units
from .origin import Origin
from .ragged import spike_extent
from .recording import check_recording, spike_trains

__all__ = ["write_nwb"]

_WHERE = "write_nwb"


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
    for write in (write_units, write_intervals, write_series, write_rest):
        places |= write(pynwb, file, recording, places)
    file.add_scratch(
        data=form_of(recording, {str(name): place for name, place in places.items()}),
        name=FORM,
        description="Dims, types and attributes of the dataset that was written, as JSON.",
    )
    save(file, target, replace=replace, where=_WHERE)


def _check(recording: xr.Dataset) -> None:
    if not isinstance(recording, xr.Dataset):
        check_recording(recording, _WHERE)
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
