"""Send descriptions to workers without the images in them."""

import io
import json
import pickle
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import cloudpickle

from ontogeny.data import Stimuli
from ontogeny.data.parts import PartsFolder
from ontogeny.models.description import describe
from ontogeny.models.given import keep_stimuli
from ontogeny.models.resuming import stimuli_again

__all__ = ["Packer", "unpacked"]

# Sets of stimuli that a worker holds: lives of a study share a few.
KEPT = 8
# Seconds between two looks whether another run has done with the folder.
PAUSE = 0.1


class Packer:
    """Turn values into bytes in which stimuli are only named.

    Workers load stimuli again from where they came, once in each process. Stimuli that came from
    nowhere are written into a folder first.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where stimuli of unknown origin are written; without it they travel with the values.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = None if folder is None else PartsFolder(folder)
        # By identity; the stimuli are held so that no other ones get their identity.
        self.known: dict[int, tuple[Stimuli, str]] = {}

    def pack(self, value: Any) -> bytes:
        """Return a value as bytes for `unpacked`."""
        file = io.BytesIO()
        _Pickler(file, self).dump(value)
        return file.getvalue()

    def name(self, stimuli: Stimuli) -> str | None:
        """Return what stimuli are known by, or None if they have to travel."""
        if stimuli.origin is None and self.folder is None:
            return None
        if id(stimuli) not in self.known:
            description = describe(stimuli)
            place = None
            if stimuli.origin is None and self.folder is not None:
                _keep(self.folder, stimuli)
                place = str(self.folder.path)
            self.known[id(stimuli)] = stimuli, json.dumps([description, place], sort_keys=True)
        return self.known[id(stimuli)][1]


def _keep(folder: PartsFolder, stimuli: Stimuli) -> None:
    """Write stimuli into a folder; while another run does, wait."""
    while True:
        try:
            with folder.claimed():
                return keep_stimuli(folder, stimuli)
        except BlockingIOError:
            time.sleep(PAUSE)


class _Pickler(cloudpickle.Pickler):
    def __init__(self, file: io.BytesIO, packer: Packer) -> None:
        super().__init__(file)
        self.packer = packer

    def persistent_id(self, item: Any) -> str | None:
        return self.packer.name(item) if isinstance(item, Stimuli) else None


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, name: str) -> Stimuli:
        return _stimuli(name)


def unpacked(packed: bytes) -> Any:
    """Return the value that was packed.

    Raises
    ------
    FileNotFoundError
        If a data set, or a file of stimuli, is not to be found here.
    ValueError
        If stimuli are not here what they were where they were named.
    """
    return _Unpickler(io.BytesIO(packed)).load()


@lru_cache(maxsize=KEPT)
def _stimuli(name: str) -> Stimuli:
    description, place = json.loads(name)
    stimuli = stimuli_again(description, PartsFolder(Path(place or ".")))
    _check(stimuli, description)
    return stimuli


def _check(stimuli: Stimuli, description: Mapping[str, Any]) -> None:
    if describe(stimuli) != description:
        raise ValueError(
            f"live_all.recipes: expected on the worker the same {description['name']!r} as here, "
            f"got other stimuli; give all machines the same data sets and version of ontogeny"
        )
