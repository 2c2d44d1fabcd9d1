"""How many threads matrix products take, and how many processors there are."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["processors", "single_thread"]

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
    saved = {name: os.environ.get(name) for name in VARIABLES}
    os.environ.update(dict.fromkeys(VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in saved.items():
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
