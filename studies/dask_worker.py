"""What happens in the processes of a cluster."""

import signal
import time
from importlib import import_module
from importlib.metadata import version
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker
from threadpoolctl import threadpool_limits

from .tasks import Report, Stopped

__all__ = ["Prepare", "stop", "work"]

# Seconds between two reports of one task.
INTERVAL = 0.5

# Runs that somebody wants to end.
_stopped: set[str] = set()
# Runs that this process is prepared for, and what the first of them has changed.
_prepared: list["Prepare"] = []
_limits: list[threadpool_limits] = []


class Prepare(WorkerPlugin):
    """Make a process ready to simulate: one BLAS thread, and Brian2 imported.

    Parameters
    ----------
    deaf : bool
        Ignore Ctrl-C, which a terminal sends to all processes: the first one decides what it means.
    """

    def __init__(self, *, deaf: bool) -> None:
        self.deaf = deaf

    def setup(self, worker: Worker) -> None:
        """Prepare; in the main thread, where alone Brian2 can be imported."""
        # Only libraries that are loaded now are limited.
        for name in ("scipy.linalg", "brian2", "ontogeny.models"):
            import_module(name)
        _prepared.append(self)
        if not _limits:
            _limits.append(threadpool_limits(1, user_api="blas"))
        if self.deaf:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def teardown(self, worker: Worker) -> None:
        """Leave a process as it was, unless another run has lives there."""
        if self in _prepared:
            _prepared.remove(self)
        if _limits and not _prepared:
            _limits.pop().restore_original_limits()


def stop(run: str) -> None:
    """Let the tasks of a run end at their next report."""
    _stopped.add(run)


def work(packed: bytes, run: str, number: int, wanted: str) -> Any:
    """Do a packed task.

    Parameters
    ----------
    packed : bytes
        What `Packer` made of a callable.
    run : str
        Topic that is reported to.
    number : int
        What reports call the task.
    wanted : str
        Version of this package that has sent it.

    Raises
    ------
    RuntimeError
        If this process has another version.
    """
    found = version("ontogeny")
    if found != wanted:
        raise RuntimeError(
            f"worker: expected ontogeny {wanted} as in the process that asked, got {found}; "
            f"install the same version on all machines"
        )
    # Imported here: unpickling needs the layers above, which `Prepare` has imported.
    from .packing import unpacked

    return unpacked(packed)(_reporter(run, number))


def _reporter(run: str, number: int) -> Report:
    worker = get_worker()
    last = float("-inf")

    def tell(done: int, total: int, phase: str) -> None:
        nonlocal last
        if run in _stopped:
            raise Stopped(run)
        now = time.monotonic()
        if now - last >= INTERVAL:
            last = now
            worker.log_event(run, [number, int(done), int(total), phase])

    return tell
