"""How many threads matrix products take, and how many processors there are."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

__all__ = ["processors", "single_thread", "threads_of"]

#: Environment variables that BLAS libraries read when NumPy is imported.
VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def single_thread() -> Iterator[None]:
    """Give one BLAS thread to the processes that start, or import NumPy first, in this block.

    Lives run side by side: more threads would only compete. And the last bits of a matrix product
    depend on the number of threads: with one, results are the same on any number of processors.

    Examples
    --------
    >>> with single_thread():
    ...     os.environ["OMP_NUM_THREADS"]
    '1'
    """
    with _exchanged(dict.fromkeys(VARIABLES, "1")):
        yield


@contextmanager
def threads_of(store: Path) -> Iterator[None]:
    """Give an interrupted life as many BLAS threads as it was begun with.

    Parameters
    ----------
    store : pathlib.Path
        What was given to `simulate`, or the folder of parts beside it.
    """
    folder = store if store.name.endswith(".parts") else store.with_name(f"{store.name}.parts")
    try:
        threads = dict(json.loads((folder / "description.json").read_bytes())["threads"])
    except (OSError, ValueError, KeyError):
        threads = {}  # whoever resumes the life says what is wrong
    with _exchanged({**dict.fromkeys(VARIABLES), **threads}):
        yield


@contextmanager
def _exchanged(wanted: Mapping[str, str | None]) -> Iterator[None]:
    """Set environment variables, or unset them, for a while."""
    saved = {name: os.environ.get(name) for name in wanted}
    try:
        _set(wanted)
        yield
    finally:
        _set(saved)


def _set(wanted: Mapping[str, str | None]) -> None:
    for name, value in wanted.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def processors() -> int:
    """Return how many processors this process may use.

    Examples
    --------
    >>> processors() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
