"""Keep a life on disk while it is lived, so that it can go on after anything that stops it."""

import json
import signal
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data.parts import PartsFolder

from .consolidation import consolidate, opened_life, part_name
from .differences import other_versions, refuse_another
from .given import keep_given
from .interrupts import LifeInterrupted
from .life import Life
from .plan import total_presentations
from .run import Run

__all__ = [
    "DESCRIPTION",
    "GIVEN",
    "Store",
    "advice",
    "discard",
    "parts_of",
]

DESCRIPTION = "description.json"
GIVEN = "weights.npz"
# Of the folder and its files, which may change without the trajectory.
_FORMAT = 1
# A checkpoint at most so often, in seconds, and never so often that writing takes more than 1/20 of
# the time; or when so many bytes wait in memory. Results do not depend on these.
INTERVAL = 1.0
SHARE = 20
WAITING = 32_000_000


def parts_of(path: Path) -> PartsFolder:
    """Return the folder in which a store grows."""
    return PartsFolder(path.with_name(f"{path.name}.parts"))


def discard(folder: PartsFolder) -> None:
    """Remove the parts of a life, first of all what says that they are one."""
    folder.remove_files(DESCRIPTION)
    folder.remove_files()


def advice(path: Path) -> str:
    """Say how to go on with a life."""
    return (
        f"go on with simulate(..., store={str(path)!r}, resume=True) or with: "
        f"ontogeny resume {path}"
    )


class Store:
    """The store of one life, whose folder of parts this process has claimed.

    Parameters
    ----------
    path : pathlib.Path
        The file that the life will be in.
    life : Life
        Where the record comes from.
    folder : PartsFolder
        Claimed.
    """

    def __init__(self, path: Path, life: Life, folder: PartsFolder) -> None:
        self.path, self.life, self.folder = path, life, folder
        self.checkpoints = 0
        self.parts = 0
        self.numbers: dict[str, Any] | None = None
        self.arrays: dict[str, np.ndarray] = {}
        self.written = time.monotonic()
        self.cost = 0.0

    @property
    def finished(self) -> bool:
        """Whether everything was lived through, and only the file is missing."""
        return self.numbers is not None and self.numbers["finished"]

    @property
    def kept(self) -> int:
        """Presentations at the last checkpoint."""
        return 0 if self.numbers is None else self.numbers["run"]["total"]

    def begin(self, given: Mapping[str, np.ndarray]) -> None:
        """Write down what lives, and what of it cannot be had elsewhere."""
        self.folder.remove_files()
        keep_given(self.folder, self.life.schedule)
        if "given_weights" in self.life.attributes:
            self.folder.write_arrays(GIVEN, given)
        description = {"format": _FORMAT, "life": self.life.attributes}
        # The last one: its presence says that the others are there.
        self.folder.write_json(DESCRIPTION, description)

    def restore(self, given: Mapping[str, np.ndarray]) -> None:
        """Take up what a process before has kept.

        Raises
        ------
        ValueError
            If it was another life, or is damaged.
        """
        described = self.folder.read_json(DESCRIPTION)
        if described.get("format") != _FORMAT:
            raise ValueError(
                f"simulate.resume: expected parts of format {_FORMAT} in {str(self.folder.path)!r},"
                f" got {described.get('format')!r}; resume with the version that wrote them"
            )
        stored = described["life"]
        refuse_another(self.folder.path, stored, self.life.attributes)
        found = self._newest()
        if found is None:
            self.begin(given)
            return
        now = json.loads(self.life.attributes["versions"])
        others = other_versions(stored, self.life.attributes)
        # What was written first is what the finished life says.
        self.life.attributes = dict(stored)
        self._take_up(*found)
        if others and not self.finished:
            self._note_versions(now, others)

    def _take_up(self, number: int, arrays: dict[str, np.ndarray], meta: dict[str, Any]) -> None:
        self.checkpoints, self.parts = number, meta["parts"]
        self.numbers, self.arrays = meta, arrays
        self.life.kept = meta["kept"]
        missing = set(map(part_name, range(1, self.parts + 1))) - set(self.folder.names("part-"))
        if missing:
            raise ValueError(
                f"simulate.resume: expected {self.parts} parts in {str(self.folder.path)!r}, got "
                f"none called {sorted(missing)[0]!r}; remove the folder to begin afresh"
            )
        for number in range(1, self.parts + 1):
            self.folder.check(part_name(number))  # now, and not when the life has been lived
        if meta["versions"]:
            self.life.attributes["resumed_with_versions"] = json.dumps(meta["versions"])

    def _note_versions(self, now: dict[str, str], others: list[str]) -> None:
        known = json.loads(self.life.attributes.get("resumed_with_versions", "[]"))
        if now not in known[-1:]:
            self.life.attributes["resumed_with_versions"] = json.dumps([*known, now])
        warnings.warn(
            f"simulate.resume: the life was begun with other versions ({'; '.join(others)}); it "
            f"goes on, and its last digits may be those of neither",
            UserWarning,
            stacklevel=2,
        )

    def _newest(self) -> tuple[int, dict[str, np.ndarray], dict[str, Any]] | None:
        """Return the newest whole checkpoint, or none if there is none at all."""
        names = self.folder.names("checkpoint-")[::-1]
        damage: ValueError | None = None
        for name in names:
            try:
                arrays = self.folder.read_arrays(name)
                meta = json.loads(arrays.pop("meta").tobytes())
            except (ValueError, KeyError) as error:
                damage = damage or ValueError(f"{error}")
                continue
            if damage is not None:
                warnings.warn(
                    f"{str(damage).split('; ')[0]}. The checkpoint before it is taken",
                    UserWarning,
                    stacklevel=2,
                )
                # Parts that follow will not be those that it counts on.
                for damaged in names[: names.index(name)]:
                    (self.folder.path / damaged).unlink()
            return int(name[11:19]), arrays, meta
        if damage is not None:
            raise damage
        return None

    def hand_over(self, run: Run) -> None:
        """Let a run begin where the last checkpoint is."""
        if self.numbers is not None:
            run.restore(self.arrays, self.numbers["run"])
        self.arrays = {}
        self.written = time.monotonic()

    def keep(self, run: Run) -> None:
        """Write a checkpoint if it is time."""
        waited = time.monotonic() - self.written
        if waited >= max(INTERVAL, SHARE * self.cost) or self.life.nbytes > WAITING:
            self.commit(run)

    def commit(self, run: Run, *, finished: bool = False) -> None:
        """Write what was recorded, and then the checkpoint that makes it count."""
        begun = time.monotonic()
        self._write_rows()
        arrays, numbers = run.capture()
        meta = {
            "finished": finished,
            "parts": self.parts,
            "kept": self.life.kept,
            "versions": json.loads(self.life.attributes.get("resumed_with_versions", "[]")),
            "run": numbers,
        }
        text = np.frombuffer(json.dumps(meta).encode(), np.uint8)
        self.folder.write_arrays(_checkpoint(self.checkpoints + 1), {**arrays, "meta": text})
        self.checkpoints += 1
        self.numbers = meta
        # One older checkpoint stays, in case this one is damaged.
        (self.folder.path / _checkpoint(self.checkpoints - 2)).unlink(missing_ok=True)
        self.written = time.monotonic()
        self.cost = self.written - begun

    def _write_rows(self) -> None:
        rows = self.life.take()
        if rows:
            self.folder.write_arrays(part_name(self.parts + 1), rows)
            self.parts += 1

    def interrupted(self, number: int = signal.SIGINT) -> LifeInterrupted:
        """Make the interrupt that says how to go on."""
        total = total_presentations(self.life.schedule)
        return LifeInterrupted(
            f"simulate: interrupted; the life is kept up to presentation {self.kept:,} of "
            f"{total:,}; {advice(self.path)}",
            number,
        )

    def stopped(self, run: Run, number: int) -> LifeInterrupted:
        """Write a last checkpoint, and make the interrupt that says how to go on."""
        if self.numbers is None or self.numbers["run"]["done"] != run.done:
            self.commit(run)
        return self.interrupted(number)

    def finish(self, status: str) -> xr.DataTree:
        """Make the one file of all parts, remove them, and return the life.

        Parameters
        ----------
        status : {"complete", "diverged"}
            How the life ended.
        """
        self._write_rows()
        consolidate(self.life, status, self.folder, self.parts, self.path)
        discard(self.folder)
        self.checkpoints = 0
        return opened_life(self.path)


def _checkpoint(number: int) -> str:
    return f"checkpoint-{number:08d}.npz"
