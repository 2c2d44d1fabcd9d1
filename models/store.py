"""Keep a life on disk while it is lived, so that it can go on after anything that stops it."""

import json
import os
import signal
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli, open_trajectory
from ontogeny.data.parts import PartsFolder
from ontogeny.data.trajectory import write_streams

from .assembly import SMALL, assembled, streams
from .description import digest_of
from .differences import differences, other_versions
from .interrupts import LifeInterrupted
from .life import Life
from .plan import total_presentations
from .run import Run
from .schedule import Schedule

__all__ = [
    "DESCRIPTION",
    "GIVEN",
    "Store",
    "discard",
    "finished_life",
    "opened_life",
    "opened_store",
    "parts_of",
    "stimuli_file",
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
# Lives up to this size are returned in memory, larger ones are read from their file when needed.
IN_MEMORY = 64_000_000


def parts_of(path: Path) -> PartsFolder:
    """Return the folder in which a store grows."""
    return PartsFolder(path.with_name(f"{path.name}.parts"))


def discard(folder: PartsFolder) -> None:
    """Remove the parts of a life, first of all what says that they are one."""
    folder.remove_files(DESCRIPTION)
    folder.remove_files()


def stimuli_file(sha256: str) -> str:
    """Return the name of the file that keeps stimuli of this hash."""
    return f"stimuli-{sha256}.npz"


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
        for name, stimuli in _own_stimuli(self.life.schedule).items():
            self.folder.write_arrays(
                name, {"images": stimuli.images.values, "labels": stimuli.labels.values}
            )
        if "given_weights" in self.life.attributes:
            self.folder.write_arrays(GIVEN, given)
        # The last digits of a matrix product depend on the number of threads.
        threads = {name: os.environ[name] for name in os.environ if name.endswith("_NUM_THREADS")}
        description = {"format": _FORMAT, "life": self.life.attributes, "threads": threads}
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
        missing = set(map(_part, range(1, self.parts + 1))) - set(self.folder.names("part-"))
        if missing:
            raise ValueError(
                f"simulate.resume: expected {self.parts} parts in {str(self.folder.path)!r}, got "
                f"none called {sorted(missing)[0]!r}; remove the folder to begin afresh"
            )
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
                    f"{damage}. The checkpoint before it is taken", UserWarning, stacklevel=2
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
            self.folder.write_arrays(_part(self.parts + 1), rows)
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
        small, counts = self._survey()
        tree = assembled(
            self.life.network,
            {**self.life.attributes, "status": status},
            small,
            dict.fromkeys(counts),
        )
        large = streams(self.life.network, self.life.attributes["dtype"], counts, self._blocks)
        write_streams(tree, large, self.path, temporary=self.folder.path / "tree.nc.part")
        discard(self.folder)
        self.checkpoints = 0
        return opened_life(self.path)

    def _survey(self) -> tuple[dict[str, np.ndarray], dict[str, int]]:
        """Read what is small, and count the rows of what is large."""
        columns: dict[str, list[np.ndarray]] = {}
        counts: dict[str, int] = {}
        for number in range(1, self.parts + 1):
            small = self.folder.read_arrays(_part(number), only=(*SMALL, "activity/phase_index"))
            shown = small.pop("activity/phase_index", np.zeros(0))
            for name, values in small.items():
                columns.setdefault(name, []).append(values)
            kept = len(small.get("progress/loss", ()))
            for name in self.folder.array_names(_part(number)):
                if not name.startswith(SMALL):
                    rows = kept if name.startswith("weights/") else len(shown)
                    counts[name] = counts.get(name, 0) + rows
        if "activity/target" in counts:
            counts["activity/presentation"] = counts["activity/target"]
        return {name: np.concatenate(values) for name, values in columns.items()}, counts

    def _blocks(self, path: str) -> Iterator[np.ndarray]:
        """Return the rows of a large variable, part by part."""
        first = 0
        for number in range(1, self.parts + 1):
            wanted = "activity/phase_index" if path == "activity/presentation" else path
            values = self.folder.read_arrays(_part(number), only=(wanted,)).get(wanted)
            if values is None:
                continue
            if path == "activity/presentation":
                values = np.arange(first, first + len(values))
            first += len(values)
            yield values


def _part(number: int) -> str:
    return f"part-{number:08d}.npz"


def _checkpoint(number: int) -> str:
    return f"checkpoint-{number:08d}.npz"


def _own_stimuli(schedule: Schedule) -> dict[str, Stimuli]:
    """Return the stimuli that cannot be loaded again, by the name of their file."""
    found = {}
    for phase in schedule.phases:
        for what in ("stimuli", "test"):
            stimuli = getattr(phase, what, None)
            if stimuli is not None and stimuli.origin is None:
                digest = digest_of(stimuli.images.values, stimuli.labels.values.astype(np.int64))
                found[stimuli_file(digest)] = stimuli
    return found


def refuse_another(place: Path, stored: Mapping[Any, Any], given: Mapping[Any, Any]) -> None:
    """Refuse to go on with a life that is not the one that was asked for.

    Raises
    ------
    ValueError
        Spells out every difference.
    """
    found = differences(stored, given)
    if found:
        raise ValueError(
            f"simulate.resume: expected the life that is in {str(place)!r}, got another one "
            f"({'; '.join(found)}); give what the store has, or choose another store"
        )


def opened_life(path: Path) -> xr.DataTree:
    """Open a stored life; a small one is read and its file closed."""
    tree = open_trajectory(path)
    size = sum(node.to_dataset(inherit=False).nbytes for node in tree.subtree)
    if size <= IN_MEMORY:
        tree.load()
        tree.close()
    return tree


def finished_life(path: Path, life: Life) -> xr.DataTree:
    """Return the life that a store holds already.

    Raises
    ------
    ValueError
        If it is another one.
    """
    tree = opened_life(path)
    try:
        refuse_another(path, tree.attrs, life.attributes)
    except ValueError:
        tree.close()
        raise
    return tree


@contextmanager
def opened_store(
    path: Path, life: Life, given: Mapping[str, np.ndarray], *, resume: bool
) -> Iterator[Store | None]:
    """Claim the store of a life; nothing is left of one that had no checkpoint.

    Parameters
    ----------
    path : pathlib.Path
        The file that the life will be in.
    life : Life
        What is to be lived.
    given : mapping of ndarray
        Weights at birth that were not drawn.
    resume : bool
        Go on with what is there.

    Yields
    ------
    Store or None
        None if the life is finished and in its file.

    Raises
    ------
    FileExistsError
        If there is an unfinished life and it is not to be resumed.
    BlockingIOError
        If another process is at work.
    ValueError
        If the life that is there is another one, or damaged.
    """
    folder = parts_of(path)
    with folder.claimed():
        store = Store(path, life, folder)
        unfinished = DESCRIPTION in folder.names()
        if unfinished and not resume:
            raise FileExistsError(
                f"simulate.store: expected a path where nothing is, got {str(path)!r}, of which an "
                f"unfinished life is in {str(folder.path)!r}; {advice(path)}, or remove the folder"
            )
        if path.exists():
            # Another process finished it, just now or before it could remove the parts.
            if not resume:
                raise FileExistsError(
                    f"simulate.store: expected a path where nothing is, got {str(path)!r}, which "
                    f"another process has just written"
                )
            yield None
            discard(folder)
            return
        if unfinished:
            store.restore(given)
        else:
            store.begin(given)
        try:
            yield store
        except BaseException as error:
            if store.checkpoints:
                _tell_how_to_go_on(error, store)
            raise
        finally:
            if not store.checkpoints and not unfinished:
                discard(folder)


def _tell_how_to_go_on(error: BaseException, store: Store) -> None:
    if isinstance(error, KeyboardInterrupt) and not isinstance(error, LifeInterrupted):
        raise store.interrupted() from error
    if isinstance(error, Exception):
        error.add_note(f"The life is kept up to presentation {store.kept:,}; {advice(store.path)}")
