"""Recordings of retinal waves by name: found on this machine, or downloaded into the cache."""

import csv
import os
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import xarray as xr

from ..fetching import ENVIRONMENT, cache_folder, digest, fetch
from .waverepo import LICENCE, open_waverepo

__all__ = ["found_recordings", "load_recording", "recording_names"]

_ADDRESS = "https://raw.githubusercontent.com/sje30/waverepo/master/hdf5/"
_FOLDERS = ("neural/retinal_waves", "retinal_waves", "")


@dataclass(frozen=True, kw_only=True)
class _Known:
    """One row of the index."""

    name: str
    study: str
    species: str
    age_days: float
    sha256: str

    @property
    def file(self) -> str:
        return f"{self.study}/{self.name}.h5"


def recording_names(
    *,
    study: str | None = None,
    age_days: float | tuple[float, float] | None = None,
    species: str | None = None,
) -> list[str]:
    """Return the names of the recordings that `load_recording` knows, by age.

    Parameters
    ----------
    study : str, optional
        Only those of one study: "Demas2003" (mouse) or "Wong1993" (ferret).
    age_days : float or (float, float), optional
        Only those of one age, or from one to another, in days after birth.
    species : str, optional
        Only those of "mouse" or "ferret".

    Returns
    -------
    list of str
        Such as "Demas2003_P9_CTRL_MY1_1A".

    Raises
    ------
    ValueError
        If the study or the species is not in the collection.

    Examples
    --------
    >>> recording_names(study="Demas2003", age_days=9)
    ['Demas2003_P9_CTRL_MY1_1A', 'Demas2003_P9_CTRL_MY1_2A']
    >>> len(recording_names(species="ferret", age_days=(0, 10)))
    4
    """
    known = list(_index().values())
    for what, wanted in (("study", study), ("species", species)):
        there = sorted({getattr(each, what) for each in known})
        if wanted is not None and wanted not in there:
            raise ValueError(
                f"recording_names.{what}: expected one of {', '.join(there)}, got {wanted!r}"
            )
    youngest, oldest = age_days if isinstance(age_days, tuple) else (age_days, age_days)
    return [
        each.name
        for each in known
        if study in (None, each.study)
        and species in (None, each.species)
        and (youngest is None or each.age_days >= youngest)
        and (oldest is None or each.age_days <= oldest)
    ]


def found_recordings() -> list[str]:
    """Return the names of the recordings that need no download; their files are not read.

    Returns
    -------
    list of str
        Some of `recording_names`.

    Examples
    --------
    >>> set(found_recordings()) <= set(recording_names())
    True
    """
    folders = _places(None)
    return [known.name for known in _index().values() if _there(known, folders) is not None]


def load_recording(name: str, *, data_dir: str | Path | None = None) -> xr.Dataset:
    """Load a recording of retinal waves, by name.

    The file is looked for in `data_dir`, in the folder named by the environment variable
    ``ONTOGENY_DATA`` (``neural/retinal_waves/<study>/``, ``retinal_waves/<study>/`` or
    ``<study>/``, or without the folder of the study), and in the user's cache; if it is in none of
    them, it is downloaded into the cache from the repository of the collection [1]_. Wherever it
    was, its SHA-256 is verified.

    Parameters
    ----------
    name : str
        One of `recording_names`.
    data_dir : path, optional
        Folder to look in first.

    Returns
    -------
    xarray.Dataset
        As `open_recording` gives it, in memory; the file is closed.

    Raises
    ------
    ValueError
        If there is no recording of this name, or the file that was found is another one.
    FileNotFoundError
        If the file is nowhere and cannot be downloaded.
    ImportError
        If h5py is not installed.

    References
    ----------
    .. [1] Eglen SJ, Weeks M, Jessop M, Simonotto J, Jackson T, Sernagor E (2014) A data repository
       and analysis framework for spontaneous neural activity recordings in developing retina.
       GigaScience 3:3.

    Examples
    --------
    >>> recording = load_recording("Demas2003_P9_CTRL_MY1_1A")  # doctest: +SKIP
    >>> recording.sizes["unit"], recording.attrs["age_days"]  # doctest: +SKIP
    (26, 9.0)
    """
    known = _index().get(name)
    if known is None:
        raise ValueError(
            f"load_recording.name: expected one of recording_names() such as "
            f"{next(iter(_index()))!r}, got {name!r}; open_recording() opens files"
        )
    with open_waverepo(_find(known, data_dir)) as recording:
        return recording.load()


@cache
def _index() -> dict[str, _Known]:
    text = files(__package__).joinpath("waverepo.csv").read_text(encoding="utf-8")
    rows = [
        _Known(
            name=row["name"],
            study=row["study"],
            species=row["species"],
            age_days=float(row["age_days"]),
            sha256=row["sha256"],
        )
        for row in csv.DictReader(text.splitlines())
    ]
    return {row.name: row for row in rows}


def _find(known: _Known, data_dir: str | Path | None) -> Path:
    folders = _places(data_dir)
    path = _there(known, folders)
    if path is not None:
        _verify(path, known)
        return path
    target = folders[-1] / known.file
    url = f"{_ADDRESS}{known.file}"
    try:
        fetch(url, f"sha256:{known.sha256}", target, lambda path: _verify(path, known))
    except (OSError, ValueError) as error:
        raise FileNotFoundError(
            f"load_recording.name: expected the file {known.file!r} in one of "
            f"{[str(folder) for folder in folders]}, got no such file, and no download "
            f"({url}: {error}); put it ({LICENCE}) into a folder, below {known.study}/ or not, and "
            f"pass that as data_dir or in {ENVIRONMENT}"
        ) from error
    return target


def _there(known: _Known, folders: list[Path]) -> Path | None:
    """Return the first file of a recording, in the folder of its study or beside it."""
    files = (folder / file for folder in folders for file in (known.file, f"{known.name}.h5"))
    return next((path for path in files if path.is_file()), None)


def _places(data_dir: str | Path | None) -> list[Path]:
    """Return the folders that may hold folders of studies; the last one is the cache."""
    roots = []
    if data_dir is not None:
        roots.append(Path(data_dir).expanduser())
        if not roots[0].is_dir():
            raise FileNotFoundError(
                f"load_recording.data_dir: expected a folder, got {str(data_dir)!r}, which is "
                f"none; leave data_dir out to use the cache"
            )
    if os.environ.get(ENVIRONMENT):
        roots.append(Path(os.environ[ENVIRONMENT]).expanduser())
    return [*(root / name for root in roots for name in _FOLDERS), cache_folder() / _FOLDERS[1]]


def _verify(path: Path, known: _Known) -> None:
    found = digest(path)
    if found != known.sha256:
        raise ValueError(
            f"load_recording.name: expected the file of {known.name!r} with sha256 {known.sha256} "
            f"in {str(path)!r}, got {found}; delete the file and load again, or get it from "
            f"{_ADDRESS}{known.file}"
        )
