"""Simulate many lives side by side, one process each."""

import queue
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context, parent_process
from numbers import Integral
from pathlib import Path
from typing import Any

from ontogeny.models import Network, Record, Schedule, simulate
from ontogeny.models.plan import total_presentations

from .tasks import Report, Stopped
from .threads import processors, single_thread

__all__ = ["Job", "Report", "run_lives"]

# What may go wrong in a life without being a fault of the program: the first family that fits is
# raised, since a DivergenceError carries a whole life, which does not go from process to process.
_FAMILIES = (FloatingPointError, MemoryError, OSError, ValueError, TypeError, RuntimeError)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One life that is to be simulated and stored.

    Parameters
    ----------
    label : str
        What errors and the progress bar call it.
    network : Network
        What lives.
    schedule : Schedule
        What it lives through.
    store : pathlib.Path
        File that is written.
    seed, trials : int
        As in `simulate`.
    device, dtype : str
        As in `simulate`.
    record : Record
        What is stored.
    resume : bool
        Go on with what is in the store.

    Raises
    ------
    TypeError
        If network or schedule are none.
    """

    label: str
    network: Network
    schedule: Schedule
    store: Path
    seed: int = 0
    trials: int = 64
    device: str = "numpy"
    dtype: str = "float32"
    record: Record = field(default_factory=Record)
    resume: bool = False

    def __post_init__(self) -> None:
        """Check the descriptions."""
        for what, kind in (("network", Network), ("schedule", Schedule)):
            if not isinstance(getattr(self, what), kind):
                raise TypeError(
                    f"Job.{what}: expected a {kind.__name__}, got {getattr(self, what)!r}"
                )

    @property
    def presentations(self) -> int:
        """Plastic presentations of the life."""
        return total_presentations(self.schedule)


def run_lives(
    jobs: Sequence[Job], *, workers: int | None = None, progress: Report | None = None
) -> None:
    """Simulate lives, several at a time, and store each in its file.

    Workers are fresh processes with one BLAS thread each: a script that calls this needs the usual
    ``if __name__ == "__main__":``. A single worker is this process itself; its results are the same
    to the last bit if it imported NumPy inside `single_thread`.

    Parameters
    ----------
    jobs : sequence of Job
        The lives.
    workers : int, optional
        How many processes; by default as many as there are processors, or lives.
    progress : callable, optional
        Takes the presentations done, all presentations, and what is running.

    Raises
    ------
    ValueError
        If `workers` is no positive integer.
    FloatingPointError, MemoryError, OSError, RuntimeError, TypeError, ValueError
        If a life fails: names it. Lives that have not begun are cancelled, lives that run are
        stopped and can be resumed, and what is stored is whole.
    """
    count = checked_workers(workers, len(jobs), "run_lives")
    tally = _Tally(jobs, progress)
    # The longest first, so that no worker ends long after the others.
    ordered = sorted(range(len(jobs)), key=lambda number: -jobs[number].presentations)
    if count == 1:
        for number in ordered:
            _live(jobs[number], partial(tally, number))
        return
    with single_thread():
        _run_in_processes(jobs, ordered, count, tally)


def checked_workers(workers: int | None, lives: int, where: str) -> int:
    """Return the number of workers for so many lives.

    Raises
    ------
    ValueError
        If `workers` is no positive integer.

    Examples
    --------
    >>> checked_workers(8, 3, "run_lives")
    3
    """
    if workers is not None and (
        isinstance(workers, bool) or not isinstance(workers, Integral) or workers < 1
    ):
        raise ValueError(f"{where}.workers: expected a positive integer, got {workers!r}")
    return max(1, min(workers or processors(), lives))


class _Tally:
    """Add up the progress of all lives."""

    def __init__(self, jobs: Sequence[Job], progress: Report | None) -> None:
        self.jobs, self.progress = jobs, progress
        self.totals = [job.presentations for job in jobs]
        self.done = [0] * len(jobs)

    def __call__(self, number: int, done: int, total: int, phase: str) -> None:
        # A life may turn out shorter than it was planned.
        self.done[number], self.totals[number] = done, total
        if self.progress is not None:
            what = f"{self.jobs[number].label}: {phase}"
            self.progress(sum(self.done), sum(self.totals), what)


def _live(job: Job, tell: Report) -> None:
    """Simulate one life."""
    with named_errors(job.label):
        simulate(
            job.network,
            job.schedule,
            device=job.device,
            trials=job.trials,
            seed=job.seed,
            record=job.record,
            store=job.store,
            dtype=job.dtype,
            resume=job.resume,
            progress=tell,
        ).close()


@contextmanager
def named_errors(label: str) -> Iterator[None]:
    """Let what goes wrong in a life name it, as an error that can travel between processes."""
    try:
        yield
    except _FAMILIES as error:
        family = next(family for family in _FAMILIES if isinstance(error, family))
        named = family(" ".join([f"{label}: {error}", *getattr(error, "__notes__", ())]))
        raise named from error.__cause__


# Of a worker process: where it reports to, and the sign to stop.
_channel: Any = None
_stop: Any = None


def _begin_worker(channel: Any, stop: Any) -> None:
    global _channel, _stop
    _channel, _stop = channel, stop
    # The first process decides what an interrupt means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _live_in_worker(number: int, job: Job) -> None:
    parent = parent_process()

    def tell(done: int, total: int, phase: str) -> None:
        _channel.put((number, done, total, phase))
        if _stop.is_set() or not (parent and parent.is_alive()):
            raise Stopped(job.label)

    _live(job, tell)


def _run_in_processes(
    jobs: Sequence[Job], ordered: Sequence[int], workers: int, tally: _Tally
) -> None:
    context = get_context("spawn")
    channel, stop = context.Queue(), context.Event()
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin_worker, initargs=(channel, stop)
    ) as pool:
        try:
            pending = {pool.submit(_live_in_worker, number, jobs[number]) for number in ordered}
            while pending:
                done, pending = wait(pending, timeout=0.1, return_when=FIRST_COMPLETED)
                _forward(channel, tally)
                _raise_failures(done)
        except BaseException:
            stop.set()
            # Waited for: nobody else may go on with a life that is still being written.
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _forward(channel: Any, tally: _Tally) -> None:
    try:
        while True:
            tally(*channel.get_nowait())
    except queue.Empty:
        return


def _raise_failures(done: set[Future]) -> None:
    for future in done:
        try:
            future.result()
        except BrokenProcessPool as error:
            raise RuntimeError(
                "run_lives: expected workers that end by themselves, got one that was killed, "
                "perhaps for want of memory; try fewer workers"
            ) from error
