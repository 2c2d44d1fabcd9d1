"""Open a recording, whatever file it is in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from .array_files import open_arrays
from .hdf5 import opened
from .neo_files import open_neo
from .origin import Origin
from .plausible import doubt_units
from .tables import open_table
from .waverepo import LAYOUT, open_waverepo

__all__ = ["open_recording"]

_HDF5 = b"\x89HDF\r\n\x1a\n"
_HDF5_SUFFIXES = (".h5", ".hdf5", ".nwb")
_SUFFIXES = {".csv": "csv", ".tsv": "csv", ".npz": "npz"}
_READERS = {"waverepo": open_waverepo, "csv": open_table, "npz": open_arrays}
_TABLE = {"columns", "time_unit", "sort", "start", "stop"}
_TAKES = {
    "nwb": set(),
    "waverepo": {"sort", "start", "stop"},
    "csv": _TABLE | {"positions"},
    "npz": _TABLE,
    "neo": {"segment", "sort"},
}


def open_recording(
    path: str | Path,
    *,
    kind: str | None = None,
    columns: Mapping[str, str | int] | None = None,
    positions: str | Path | None = None,
    time_unit: str | None = None,
    segment: int | None = None,
    sort: bool = False,
    start: float | None = None,
    stop: float | None = None,
) -> xr.Dataset:
    r"""Open a file with spikes of neurons.

    Large arrays of HDF5, Zarr, and of files that Neo reads lazily stay where they are until they
    are needed; ``recording.close()`` closes the file, ``recording.load()`` reads all of it. Files
    may come from anywhere: what they declare is compared with what they hold before memory is
    taken, nothing is unpickled, and all spikes are checked, a piece at a time.

    Parameters
    ----------
    path : path
        The file; a folder for Zarr stores of NWB, and for systems whose readers in Neo take one.
    kind : str, optional
        "waverepo" (HDF5 of the waverepo collection), "nwb", "csv", "npz", "neo", or the name of a
        reader of Neo such as "PlexonIO"; by default found by content and suffix. MATLAB files that
        Neo wrote are only read when asked for, by "NeoMatlabIO", as SciPy's reader of them can
        crash at damaged ones.
    columns : mapping of str to str or int, optional
        For "csv" and "npz": which column or array is ``unit``, ``time`` and so on; tables without
        names of columns take numbers from 0 on. By default they have these names.

        =============  ==========================================================================
        csv            ``unit``, ``time``, and perhaps ``x``, ``y`` and ``z`` in micrometres
        npz            ``time`` (spike); ``unit`` (spike) or ``count`` (unit); perhaps ``name``
                       (unit) and ``position`` (unit, axis) in micrometres
        =============  ==========================================================================
    positions : path, optional
        For "csv": second table with one row per unit, ``unit``, ``x``, ``y`` and perhaps ``z``.
        `columns` holds for both.
    time_unit : str, optional
        For "csv" and "npz": "s" (default), "ms" or "us".
    segment : int, optional
        For "neo": which segment of the file, from 0 on.
    sort : bool
        Whether to sort the spikes of each unit, in memory; otherwise they must ascend.
    start, stop : float, optional
        For "waverepo", "csv" and "npz": what the recording lasted from and to, in seconds; by
        default the first and the last spike, and no time may be negative.

    Returns
    -------
    xarray.Dataset
        As `recording_of` makes it.

    Warns
    -----
    UserWarning
        If times or positions are hardly in these units, as `recording_of` does.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no recording, is damaged, or contradicts itself; or if an argument does not go
        with its kind.
    ImportError
        If a package of the extra "biology" is needed and not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = tempfile.TemporaryDirectory()
    >>> table = Path(folder.name) / "spikes.csv"
    >>> _ = table.write_text("cell,ms\na,100\nb,200\na,500\n")
    >>> recording = open_recording(table, columns={"unit": "cell", "time": "ms"}, time_unit="ms")
    >>> recording["unit"].values.tolist(), recording["spike_time"].values.tolist()
    (['a', 'b'], [0.1, 0.5, 0.2])
    >>> folder.cleanup()
    """
    place = Path(path).expanduser()
    origin = Origin(where="open_recording", place=str(place))
    _refuse_nothing(place, origin, kind)
    if kind is not None and kind not in _TAKES and not kind.endswith("IO"):
        raise origin.refusal(
            "kind", f"{', '.join(_TAKES)}, or a reader of Neo such as 'PlexonIO'", repr(kind)
        )
    chosen = kind or _kind(place, origin)
    given: dict[str, Any] = {
        "columns": columns,
        "positions": None if positions is None else Path(positions).expanduser(),
        "time_unit": time_unit,
        "segment": segment,
        "sort": sort or None,
        "start": start,
        "stop": stop,
    }
    options = {name: value for name, value in given.items() if value is not None}
    if "positions" in options:
        _refuse_nothing(
            options["positions"], Origin(where=origin.where, place=str(options["positions"])), None
        )
    others = sorted(set(options) - _TAKES.get(chosen, _TAKES["neo"]))
    if others:
        raise origin.refusal(", ".join(others), f"none for a file of kind {chosen!r}", f"{others}")
    recording = _opened(place, chosen, options)
    doubt_units(recording, origin.where)
    return recording


def _opened(place: Path, kind: str, options: dict[str, Any]) -> xr.Dataset:
    if kind == "nwb":
        from .nwb import open_nwb

        return open_nwb(place)
    if kind in _READERS:
        return _READERS[kind](place, **options)
    return open_neo(place, reader=None if kind == "neo" else kind, **options)


def _refuse_nothing(path: Path, origin: Origin, kind: str | None) -> None:
    """Refuse what is no file or an empty one, and folders that nothing reads."""
    if not path.exists():
        raise FileNotFoundError(
            f"{origin.where}.path: expected a file, got {str(path)!r}, which is not there"
        )
    if path.is_dir():
        if kind in ("csv", "npz", "waverepo") or (kind is None and not _is_zarr(path)):
            raise origin.refusal(
                "path",
                "a file",
                "a folder",
                'pass one of its files, or say whose it is, such as kind="OpenEphysBinaryIO"',
            )
    elif not path.is_file():
        raise origin.refusal("path", "a file", "a device or a pipe")
    elif not path.stat().st_size:
        raise origin.refusal("path", "a recording", "an empty file")


def _is_zarr(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (".zgroup", ".zattrs", "zarr.json"))


def _kind(path: Path, origin: Origin) -> str:
    """Find out what kind of file this is: by its content where it is HDF5, else by its suffix."""
    if path.is_dir():
        return "nwb"
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        begins = file.read(len(_HDF5)) == _HDF5
    if begins or suffix in _HDF5_SUFFIXES:
        return _kind_of_hdf5(path, origin)
    return _SUFFIXES.get(suffix, "neo")


def _kind_of_hdf5(path: Path, origin: Origin) -> str:
    with opened(path, origin.where) as file, origin.reading("a whole HDF5 file"):
        if "nwb_version" in file.attrs:
            return "nwb"
        names = sorted(file)[:20]
        if set(LAYOUT) <= set(file):
            return "waverepo"
    if path.suffix.lower() not in _HDF5_SUFFIXES:
        return "neo"
    raise origin.refusal(
        "path",
        f"HDF5 with {' and '.join(LAYOUT)} (waverepo) or the attribute nwb_version (NWB)",
        f"{names}",
        "recording_of(trains, ...) takes spike times that h5py reads from a file of your own; "
        'kind="neo" tries the readers of Neo',
    )
