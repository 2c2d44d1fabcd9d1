"""The recording whose spikes a life was spontaneous on, found and verified again."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from ontogeny.data import load_recording, recording_names
from ontogeny.data.recorded_spikes import RecordedSpikes, spikes_of
from ontogeny.data.recordings import open_recording

__all__ = ["spikes_again"]

_WHERE = "noise_of_life"
_CURE = (
    "give the recording with recording=..., compare(..., noise_recording=...) or --noise-recording"
)
_TOLD = ("name", "source", "start", "stop", "sha256")


def spikes_again(
    told: Mapping[str, Any], recording: xr.Dataset | str | os.PathLike | None = None
) -> RecordedSpikes:
    """
    Find the spikes that a life tells of.

    Parameters
    ----------
    told : mapping
        What the life tells of its recording: name, source, start, stop and SHA-256.
    recording : xarray.Dataset, str or path, optional
        The recording, its file, or its name among `recording_names`; by default the one of
        `recording_names` that the life tells of.

    Raises
    ------
    TypeError
        If it is no recording.
    ValueError
        If nothing is known of it, or its spikes have another SHA-256.
    FileNotFoundError
        If it is not there.
    """
    missing = [name for name in _TOLD if name not in told]
    if missing:
        raise ValueError(
            f"{_WHERE}.life: expected {', '.join(_TOLD)} of the recording, got no "
            f"{' and no '.join(missing)}"
        )
    found = _spikes(_known(told) if recording is None else recording)
    if found.sha256 != told["sha256"]:
        raise ValueError(
            f"{_WHERE}.recording: expected the spikes that the life saw, of {told['name']!r} with "
            f"SHA-256 {told['sha256'][:12]}..., got those of {found.name!r} with "
            f"{found.sha256[:12]}...; {_CURE}, with the units, times and positions it had then"
        )
    # Bins begin where the recording was said to: files of tables do not tell.
    named = {name: told[name] for name in _TOLD if name != "sha256"}
    return RecordedSpikes(**named, held=found.arrays())


def _known(told: Mapping[str, Any]) -> str:
    """Return which recording of the collection a life tells of."""
    names = recording_names()
    for name in (str(told["name"]), Path(str(told["source"])).stem):
        if name in names:
            return name
    raise ValueError(
        f"{_WHERE}.life: expected waves of a recording that load_recording() knows, got those of "
        f"{told['name']!r} from {told['source'] or 'no file'!r}; {_CURE}"
    )


def _spikes(recording: xr.Dataset | str | os.PathLike) -> RecordedSpikes:
    """Read the spikes, and close what was opened for them."""
    where = f"{_WHERE}.recording"
    if isinstance(recording, xr.Dataset):
        return spikes_of(_WHERE, recording)
    if not isinstance(recording, str | os.PathLike):
        raise TypeError(
            f"{where}: expected a recording, the path of one, or one of recording_names(), got "
            f"{type(recording).__name__}"
        )
    if isinstance(recording, str) and recording in recording_names():
        return spikes_of(_WHERE, load_recording(recording))
    if not os.path.exists(recording):
        raise FileNotFoundError(
            f"{where}: expected the file of a recording, or one of recording_names(), got "
            f"{os.fspath(recording)!r}, which is not there"
        )
    with open_recording(os.fspath(recording)) as opened:
        return spikes_of(_WHERE, opened)
