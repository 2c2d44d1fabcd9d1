"""Recordings from NWB files, in HDF5 or Zarr."""

import math
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import xarray as xr

from ..extras import needed
from .nwb_form import FORM, dataset_of, in_own_form
from .nwb_hdf5 import HdfGroup
from .nwb_notes import Notes
from .nwb_series import series_of
from .nwb_stores import Group
from .nwb_tables import columns, row_count
from .nwb_units import units_of
from .nwb_zarr import ZarrGroup

__all__ = ["open_nwb"]

_INTERVALS = {"trials": "trial", "epochs": "epoch"}
_AGE = re.compile(r"P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?)?")


def open_nwb(path: str | Path) -> xr.Dataset:
    """
    Open an NWB file as a recording.

    The layout of NWB 2 is read as the standard tells it, in HDF5 or Zarr, from the file alone: no
    schema that is cached in it is loaded, no class is made of it, nothing is unpickled, and no
    other file that it points to is opened. Types of extensions are read as what they extend. What
    cannot be read is told in the attribute `left_out`.

    Arrays of more than 2**20 entries stay in the file until they are needed; `close()` of the
    recording closes it. Spikes are looked through once, some at a time.

    Parameters
    ----------
    path : path
        A file, or the folder of a Zarr store.

    Returns
    -------
    xarray.Dataset
        Spikes, names and further columns (`unit_<column>`) of units; `position`, the mean of
        their electrodes' x, y and z, or rel_x and rel_y where these are missing, in micrometres;
        `trial_start`, `trial_stop`, `trial_<column>`, the same of `epoch` and other intervals;
        `electrode_<column>`; every time series `<name>` with `<name>_time`, in the units of the
        file after conversion and offset. A file that `write_nwb` wrote gives what was written.

        Units are named by the column `unit_name` where there is one, and by their id. `start` and
        `stop` are those of the intervals of observation and the spikes.

    Raises
    ------
    FileNotFoundError
        If there is nothing of that name.
    ValueError
        If it is damaged or something else, or spikes cannot be those of a recording: NaN,
        negative or descending times, an index beyond the end, names that are there twice.
    """
    source = Path(path)
    if not (source.is_file() or source.is_dir()):
        raise FileNotFoundError(
            f"open_nwb.path: expected an NWB file, or the folder of a Zarr store, got "
            f"{str(path)!r}, where there is none"
        )
    notes = Notes(path=str(path))
    root, close = _opened(source, notes)
    try:
        _check_version(root, notes)
        recording = _recording(root, source.name, notes)
    except Exception as error:
        with suppress(OSError, RuntimeError):
            close()
        if isinstance(error, ImportError) or str(error).startswith("open_nwb"):
            raise
        # Whatever a library says of a damaged file, it is the file that is damaged.
        raise notes.refusal(
            "a whole NWB file", f"{type(error).__name__}: {error}", "it is damaged; get it again"
        ) from error
    if any(not variable._in_memory for variable in recording.variables.values()):
        recording.set_close(close)
    else:
        close()
    return recording


def _opened(source: Path, notes: Notes) -> tuple[Group, Callable[[], None]]:
    root: Group
    close: Callable[[], None]
    try:
        if source.is_dir():
            zarr = needed("zarr", "open_nwb")
            root, close = ZarrGroup(zarr.open_group(str(source), mode="r"), source, notes), _nothing
        else:
            file = needed("h5py", "open_nwb").File(source, "r")
            root, close = HdfGroup(file, notes), file.close
    except ImportError:
        raise
    except Exception as error:
        raise notes.refusal(
            "an NWB file in HDF5 or Zarr",
            f"one that is damaged or of another kind ({error})",
            "get it again",
        ) from error
    return root, close


def _check_version(root: Group, notes: Notes) -> None:
    version = root.attr("nwb_version")
    if not isinstance(version, str) or not version.lstrip("vV").startswith("2"):
        raise notes.refusal(
            "the attribute nwb_version of NWB 2",
            f"{version!r}",
            "open_recording() reads other layouts by their own names",
        )


def _nothing() -> None:
    """Close what need not be closed."""


def _recording(root: Group, name: str, notes: Notes) -> xr.Dataset:
    variables, attrs = units_of(root, notes)
    electrodes = root.at("general", "extracellular_ephys", "electrodes")
    if electrodes is not None:
        row_count(electrodes, "electrodes", notes)
        variables |= columns(
            electrodes, "electrodes", "electrode", notes, skip=("group", "group_name")
        )
    variables |= _intervals(root, notes)
    taken = {*variables, *(str(dim) for each in variables.values() for dim in each.dims)}
    variables |= series_of(root, notes, taken)
    if not variables:
        raise notes.refusal(
            "units, intervals or time series", "none of them", "is it the file that was meant?"
        )
    form = root.at("scratch")
    own = None if form is None else form.text(FORM)
    if own is not None and form is not None:
        return in_own_form(own, variables, form, notes)
    labels = {label for label, variable in variables.items() if variable.dims == (label,)}
    return dataset_of(variables, labels, {**attrs, **_described(root, name), **_left(notes)})


def _intervals(root: Group, notes: Notes) -> dict[str, xr.Variable]:
    group = root.group("intervals")
    found: dict[str, xr.Variable] = {}
    for name in [] if group is None else group.groups():
        table = None if group is None else group.group(name)
        if table is None:
            continue
        prefix = _INTERVALS.get(name, name)
        labelled = columns(table, name, prefix, notes, skip=("timeseries",))
        bounds = {"start": f"{prefix}_start_time", "stop": f"{prefix}_stop_time"}
        missing = sorted(column for column in bounds.values() if column not in labelled)
        if missing:
            raise notes.refusal(
                f"the columns 'start_time' and 'stop_time' of the intervals {name!r}",
                f"none for {', '.join(missing)}",
            )
        for bound, column in bounds.items():
            times = labelled.pop(column)
            attrs = {"units": "s", "long_name": f"{bound} of the {prefix}"}
            found[f"{prefix}_{bound}"] = xr.Variable(times.dims, times._data, attrs)
        found |= labelled
    return found


def _described(root: Group, name: str) -> dict[str, Any]:
    general = root.group("general")
    subject = root.at("general", "subject")
    told = {
        "name": (general.text("session_id") if general else None) or root.text("identifier"),
        "description": root.text("session_description"),
        "session_start_time": root.text("session_start_time"),
        "institution": general.text("institution") if general else None,
        "species": subject.text("species") if subject else None,
        "age": subject.text("age") if subject else None,
        "sex": subject.text("sex") if subject else None,
    }
    attrs: dict[str, Any] = {"source": name, **{key: text for key, text in told.items() if text}}
    reference = None if subject is None else subject.array("age")
    birth = reference is None or reference.attr("reference") in (None, "birth")
    days = _days(attrs.get("age", "")) if birth else None
    if days is not None:
        attrs["age_days"] = days
        del attrs["age"]
    related = None if general is None else general.array("related_publications")
    if related is not None and related.text:
        attrs["citation"] = "; ".join(map(str, related.values(root.notes).ravel()))
    return attrs


def _days(age: str) -> float | None:
    """Return days of an ISO 8601 duration in weeks, days and hours; months have no one length."""
    found = _AGE.fullmatch(age)
    if not found or not any(found.groups()):
        return None
    weeks, days, hours = (float(part or 0) for part in found.groups())
    total = 7 * weeks + days + hours / 24
    return int(total) if math.isfinite(total) and total == int(total) else total


def _left(notes: Notes) -> dict[str, str]:
    return {"left_out": "; ".join(notes.left_out)} if notes.left_out else {}
