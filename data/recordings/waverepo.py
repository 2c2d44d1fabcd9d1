"""Recordings of retinal waves in the HDF5 layout of the waverepo collection."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .hdf5 import array_at, opened, scalar_at, texts_at
from .origin import Origin
from .ragged import MAXIMUM_UNITS, checked_counts, ordered, ragged_recording, spike_extent

__all__ = ["LAYOUT", "LICENCE", "STUDIES", "open_waverepo"]

LAYOUT = ("spikes", "sCount")
LICENCE = "CC0 1.0"
_COLLECTION = (
    "Eglen SJ, Weeks M, Jessop M, Simonotto J, Jackson T, Sernagor E (2014) A data repository and "
    "analysis framework for spontaneous neural activity recordings in developing retina. "
    "GigaScience 3:3"
)
STUDIES = {
    "Demas2003": (
        "Demas J, Eglen SJ, Wong ROL (2003) Developmental loss of synchronous spontaneous activity "
        "in the mouse retina is independent of visual experience. Journal of Neuroscience "
        "23:2851-2860"
    ),
    "Wong1993": (
        "Wong ROL, Meister M, Shatz CJ (1993) Transient period of correlated bursting activity "
        "during development of the mammalian retina. Neuron 11:923-938"
    ),
}
_FACTS = {
    "species": "meta/species",
    "age_days": "meta/age",
    "condition": "meta/cond",
    "genotype": "meta/genotype",
    "study": "meta/key",
    "array": "array",
    "duration": "summary/duration",
}
_NUMBERS = ("age_days", "duration")


def open_waverepo(
    path: Path, *, sort: bool = False, start: float | None = None, stop: float | None = None
) -> xr.Dataset:
    """Open a recording in the layout of the waverepo collection.

    ``/spikes`` has the times of all units in seconds, one unit after another, ``/sCount`` how many
    belong to each, ``/epos`` (axis, unit) the electrodes in micrometres, ``/names`` the units,
    ``/meta`` and ``/summary`` single facts [1]_. Spikes are checked once, a piece at a time, and
    read when they are needed; ``recording.close()`` closes the file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    sort : bool
        Whether to sort the spikes of each unit, which needs them in memory.
    start, stop : float, optional
        What the recording lasted from and to; by default the first and the last spike.

    Returns
    -------
    xarray.Dataset
        As `recording_of` makes it; the attribute ``duration`` is that of ``/summary``, in seconds.

    Raises
    ------
    ValueError
        If the file is damaged, or something in it is not as the layout has it.
    ImportError
        If h5py is not installed.

    References
    ----------
    .. [1] Eglen SJ et al. (2014) GigaScience 3:3.
    """
    origin = Origin(where="open_recording", place=str(path))
    file = opened(path, origin.where)
    try:
        with origin.reading("a whole HDF5 file"):
            recording = _read(file, path, origin, sort, start, stop)
    except BaseException:
        file.close()
        raise
    if sort:
        file.close()
    else:
        recording.set_close(file.close)
    return recording


def _read(
    file: Any, path: Path, origin: Origin, sort: bool, start: float | None, stop: float | None
) -> xr.Dataset:
    spikes = array_at(file, "spikes", "f", origin)
    stored = array_at(file, "sCount", "iuf", origin, largest=MAXIMUM_UNITS)
    if spikes.ndim != 1:
        raise origin.refusal("spikes", "times along one axis", f"shape {spikes.shape}")
    counts = checked_counts(origin, stored[()], len(spikes))
    unit = _names(file, origin, len(counts))
    times = ordered(spikes, counts) if sort else spikes
    start, stop = spike_extent(origin, times, counts, unit, start=start, stop=stop)
    return ragged_recording(
        origin,
        times,
        counts,
        unit=unit,
        position=_places(file, origin, len(counts)),
        attributes={"start": start, "stop": stop, **_facts(file, path, origin)},
    )


def _names(file: Any, origin: Origin, units: int) -> list[str]:
    if "names" not in file:
        return [str(number) for number in range(units)]
    return texts_at(file, "names", origin, largest=MAXIMUM_UNITS)


def _places(file: Any, origin: Origin, units: int) -> npt.NDArray[np.float64] | None:
    if "epos" not in file:
        return None
    found = array_at(file, "epos", "iuf", origin, largest=3 * MAXIMUM_UNITS)
    if found.ndim != 2 or found.shape[0] not in (2, 3) or found.shape[1] != units:
        raise origin.refusal(
            "epos", f"(axis, unit) with 2 or 3 axes and {units} units", f"shape {found.shape}"
        )
    return np.asarray(found[()].T, dtype=np.float64)


def _facts(file: Any, path: Path, origin: Origin) -> dict[str, str | float]:
    """Return what the file says of the recording, and the publications of known studies."""
    facts: dict[str, str | float] = {"name": path.stem, "source": path.name}
    for name, place in _FACTS.items():
        value = scalar_at(file, place, origin)
        if value is None:
            continue
        if isinstance(value, str) == (name in _NUMBERS):
            kind = "a number" if name in _NUMBERS else "text"
            raise origin.refusal(place, kind, repr(value))
        facts[name] = value
    study = str(facts.get("study", ""))
    if study in STUDIES:
        facts |= {"citation": f"{STUDIES[study]}; {_COLLECTION}", "licence": LICENCE}
    return facts
