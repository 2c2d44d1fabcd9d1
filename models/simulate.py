"""Simulate the life of a network."""

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import xarray as xr

from ontogeny.engine import Device, find_device

from .checks import check_integer, check_simulation, check_store, checked_weights
from .description import digest_of, to_json
from .interrupts import Request, StopLife, postponed_interrupts
from .life import Life
from .network import Network
from .opening import finished_life, opened_store
from .plan import Evaluation, Segment, total_presentations
from .progress import progress_bar
from .record import Record
from .run import DivergenceError, NotFinite, Run
from .schedule import Schedule
from .store import Store, parts_of

__all__ = ["simulate"]


def simulate(
    network: Network,
    schedule: Schedule,
    *,
    device: str = "numpy",
    trials: int = 64,
    seed: int = 0,
    record: Record | None = None,
    store: str | os.PathLike | None = None,
    resume: bool = False,
    dtype: str = "float32",
    weights: Mapping[str, np.ndarray] | None = None,
    threads: int = 1,
    progress: bool | Callable[[int, int, str], None] = True,
) -> xr.DataTree:
    """Let a network live through a schedule.

    Order inside a step: stimulus; forward, layer by layer; readout and error; feedback, layer by
    layer; plasticity; recording.

    Parameters
    ----------
    network : Network
        What lives.
    schedule : Schedule
        What it lives through.
    device : str
        ``"numpy"`` needs no compiler, ``"cpp"`` compiles each structure once and is faster,
        ``"cuda"`` does so for GPUs (untried on one),
        ``"synapses"`` is stock Brian2 with one trial.
    trials : int
        Presentations in one step, whose update directions are averaged.
    seed : int
        Seed of initial weights, noise and the order of stimuli. Lives of one seed are paired: they
        share all three, whatever their rule or optimiser.
    record : Record, optional
        What is stored.
    store : path, optional
        netCDF file that is written at the end, or when the life diverges. Meanwhile the folder
        ``<store>.parts`` keeps what was recorded, and every second or so a checkpoint from which a
        life that was stopped can go on. Ctrl-C, or SIGTERM, ends the running segment and writes a
        checkpoint; a second Ctrl-C interrupts at once.
    resume : bool
        Go on with the life in `store`: from its last checkpoint, from its beginning if there is
        nothing yet, or not at all if it is complete. The result is, bit for bit, that of a life
        that nothing has stopped.
    dtype : str
        ``"float32"`` or ``"float64"``.
    weights : mapping of array_like, optional
        Weights at birth, by name (``forward_1``, ``bias_1``, ``feedback_2``, ...) as
        (target, source), instead of drawn ones.
    threads : int
        Threads of a matrix product. The last bits of a life depend on their number; many lives side
        by side, one thread each, get more done than one life on many threads.
    progress : bool or callable
        Show a progress bar where there is a terminal; or call this with the presentations done, all
        presentations, and the kind of the phase.

    Returns
    -------
    xarray.DataTree
        The trajectory: groups ``progress``, ``weights``, ``tests`` and ``activity``. With a store,
        what would take more than 64 MB is read from the file when it is needed.

    Raises
    ------
    TypeError, ValueError, MemoryError, FileExistsError, PermissionError
        If something does not fit, such as a store that holds another life; before any work.
    BlockingIOError
        If another process simulates the life in `store`.
    OSError
        If a disk is full; the life can be resumed.
    DivergenceError
        If the network diverges. What was good is written to `store`.
    LifeInterrupted
        If a life with a store is interrupted: a `KeyboardInterrupt` that says how to go on.

    Examples
    --------
    >>> from ontogeny.data import gaussian_noise
    >>> from ontogeny.models import Schedule, Spontaneous, layered, simulate
    >>> life = simulate(layered([20, 10, 5]), Schedule(Spontaneous(gaussian_noise(),
    ...                 presentations=640)), progress=False)
    >>> life["weights"]["forward_2"].dims
    ('checkpoint', 'outputs', 'hidden_1')
    """
    record = record if record is not None else Record()
    target = find_device(device)
    check_simulation(network, schedule, trials=trials, seed=seed, dtype=dtype, record=record)
    target.check_trials(trials, "simulate")
    check_integer("threads", threads, low=1)
    if not isinstance(progress, bool) and not callable(progress):
        raise TypeError(f"simulate.progress: expected True, False or a callable, got {progress!r}")
    path = check_store(store, resume=resume)
    attributes = {
        "seed": int(seed),
        "trials": int(trials),
        "device": device,
        "dtype": dtype,
        "threads": int(threads),
        "hardware": target.hardware(),
    }
    birth = checked_weights(network, seed, weights, dtype)
    if weights is not None:
        # Drawn weights follow from the description and the seed; given ones are told by their hash.
        hashes = {name: {"sha256": digest_of(birth[name])} for name in weights}
        attributes["given_weights"] = to_json(hashes)
    life = Life(network, schedule, record, attributes)
    if path is None:
        try:
            _live(life, target, birth, progress)
        except NotFinite as error:
            raise DivergenceError(str(error), life.tree("diverged")) from None
        return life.tree("complete")
    if resume and path.is_file() and not parts_of(path).exists:
        return _complete(path, life)
    given = {name: birth[name] for name in weights or {}}
    with opened_store(path, life, given, resume=resume) as kept:
        if kept is None:
            return _complete(path, life)
        try:
            if not kept.finished:
                _live(life, target, birth, progress, kept)
        except NotFinite as error:
            message = f"{error}; it is stored in {str(path)!r}"
            raise DivergenceError(message, kept.finish("diverged")) from None
        return kept.finish("complete")


def _live(
    life: Life,
    target: Device,
    birth: dict[str, np.ndarray],
    progress: bool | Callable[[int, int, str], None],
    store: Store | None = None,
) -> None:
    """Live through all that remains of a life."""
    total = total_presentations(life.schedule)
    report = progress_bar(total) if progress is True else nullcontext(progress or _silent)
    interrupts = nullcontext(Request()) if store is None else postponed_interrupts()
    with report as tell:
        run = Run(life, target, birth)
        try:
            if store is not None:
                store.hand_over(run)
            with interrupts as request:
                for part in run.remaining():
                    _perform(run, part, request, store)
                    place = part.end if isinstance(part, Segment) else part.place
                    kind = life.schedule.phases[place.phase_index].kind
                    try:
                        tell(run.total, run.expected, kind)
                    except StopLife:
                        if store is not None:
                            store.commit(run)
                        raise
                    if request.number and store is not None:
                        raise store.stopped(run, request.number)
                if store is not None:
                    store.commit(run, finished=True)
                    if request.number:
                        raise store.interrupted(request.number)
        finally:
            run.program.close()


def _perform(run: Run, part: Segment | Evaluation, request: Request, store: Store | None) -> None:
    """Do one part of the plan, and keep what must be kept."""
    try:
        run.perform(part)
    except RuntimeError as error:
        # A signal to all processes of a job ends the compiled program too.
        if store is not None and request.number:
            raise store.interrupted(request.number) from error
        raise
    if store is not None:
        store.keep(run)


def _complete(path: Path, life: Life) -> xr.DataTree:
    """Return the life that a store holds already."""
    tree = finished_life(path, life)
    if tree.attrs["status"] == "diverged":
        raise DivergenceError(
            f"simulate: expected a life that goes on, got {str(path)!r}, which has diverged; make "
            f"rates or weights smaller, and choose another store",
            tree,
        )
    return tree


def _silent(done: int, total: int, phase: str) -> None:
    """Report to nobody."""
