"""Have many lives lived, and much measured, side by side."""

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ontogeny.models.interrupts import LifeInterrupted

from .archive import Archive, live
from .lives import checked_workers, named_errors
from .recipe import Recipe
from .tasks import Report, Tally, Task, perform_here

__all__ = ["live_all", "run_tasks", "usable_workers"]

# Folder in an archive for stimuli that come from nowhere else.
STIMULI = "stimuli"
# Seconds: how often one looks whether another process has done with a life, and how long files may
# take to be seen on other machines.
PAUSE = 1.0
DELAY = 60.0
_INSTALL = 'pip install ".[cluster]" in the folder of the checkout'


def live_all(
    recipes: Sequence[Recipe],
    archive: Archive,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Report | None = None,
) -> None:
    """Have all lives lived that an archive lacks, parents before children.

    Results are the same, to the last bit, whatever the number of workers and whatever stops them:
    a life whose worker dies goes on from its last checkpoint on another one. A script that calls
    this with several workers needs the usual ``if __name__ == "__main__":``.

    Parameters
    ----------
    recipes : sequence of Recipe
        The lives; those that they begin from need not be named.
    archive : Archive
        Where they are kept; with a cluster of several machines, on a file system that all share.
    workers : int, optional
        How many lives at a time; by default as many as there are processors, or one where Dask is
        not installed. One is this process itself, and needs no Dask.
    scheduler : str, optional
        Address of a Dask cluster; by default one is started on this machine, with a process for
        each worker.
    progress : callable, optional
        Takes the presentations done, all presentations, and what is running.

    Raises
    ------
    ValueError
        If `workers` is no positive integer.
    RuntimeError
        If Dask is needed and not installed, or workers die again and again.
    LifeInterrupted
        If it is interrupted; lives that run have been stopped, and the same call goes on.
    FloatingPointError, MemoryError, OSError, RuntimeError, TypeError, ValueError
        If a life fails: names it. Lives that have not begun are left, lives that run are stopped
        and can be resumed, and what is stored is whole.

    Examples
    --------
    >>> import tempfile
    >>> from ontogeny.data import gaussian_noise
    >>> from ontogeny.models import Schedule, Spontaneous, layered
    >>> noise = Schedule(Spontaneous(gaussian_noise(), presentations=640))
    >>> network = layered([20, 10, 5])
    >>> lives = [
    ...     Recipe(label=f"network {n}", network=network, schedule=noise, seed=n, device="numpy")
    ...     for n in range(3)
    ... ]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     archive = Archive(folder)
    ...     live_all(lives, archive, workers=1)
    ...     [life in archive for life in lives]
    [True, True, True]
    """
    workers = usable_workers(workers, scheduler)
    missing = _missing(recipes, archive)
    places = {name: place for place, name in enumerate(missing)}
    tasks = [
        Task(
            label=recipe.label,
            call=partial(_live, recipe, archive),
            size=recipe.presentations,
            after=_parents(recipe, places),
        )
        for recipe in missing.values()
    ]
    _perform(
        tasks,
        Tally(tasks, progress, "lives"),
        workers=checked_workers(workers, len(tasks), "live_all"),
        most=workers,
        scheduler=scheduler,
        folder=archive.folder / STIMULI,
    )
    _check_all_are_seen(missing.values(), archive)


def run_tasks(
    function: Callable[..., Any],
    arguments: Sequence[tuple[Any, ...]],
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Report | None = None,
    labels: Sequence[str] | None = None,
) -> list[Any]:
    """Call a function for many arguments, side by side.

    Parameters
    ----------
    function : callable
        Of a module, without side effects; what it returns should be small.
    arguments : sequence of tuple
        What it is called with, each time.
    workers, scheduler : optional
        As in `live_all`.
    progress : callable, optional
        Takes the calls done, all calls, and which was done last.
    labels : sequence of str, optional
        What the progress calls them; by default their first two arguments that are texts.

    Returns
    -------
    list
        What the calls returned, in their order.

    Raises
    ------
    ValueError
        If `workers` is no positive integer.
    RuntimeError
        If Dask is needed and not installed, or workers die again and again.
    LifeInterrupted
        If it is interrupted.
    Exception
        What the function raises.

    Examples
    --------
    >>> run_tasks(pow, [(2, 3), (3, 2)], workers=1)
    [8, 9]
    """
    workers = usable_workers(workers, scheduler, where="run_tasks")
    known = labels or [_label(function, given) for given in arguments]
    tasks = [
        Task(label=label, call=partial(_call, function, given))
        for label, given in zip(known, arguments, strict=True)
    ]
    return _perform(
        tasks,
        Tally(tasks, progress, "calls"),
        workers=checked_workers(workers, len(tasks), "run_tasks"),
        most=workers,
        scheduler=scheduler,
    )


def usable_workers(
    workers: int | None,
    scheduler: str | None = None,
    *,
    where: str = "live_all",
    tell: Callable[[str], object] | None = None,
) -> int | None:
    """Return how many workers can be had: without Dask one, unless more are asked for.

    Parameters
    ----------
    workers, scheduler : optional
        As in `live_all`.
    where : str
        Who asks, for messages.
    tell : callable, optional
        Takes what there is to be told if there is only one; by default it is warned of.

    Returns
    -------
    int or None
        The workers as they were given; one where none were, and Dask is not installed.

    Raises
    ------
    ValueError
        If `workers` is no positive integer.
    RuntimeError
        If several workers, or a cluster, are asked for, and Dask is not installed.

    Examples
    --------
    >>> usable_workers(1)
    1
    """
    # Several need no Dask where there is one life only, but nobody knows that beforehand.
    checked_workers(workers, 1, where)
    if find_spec("distributed") is not None or (workers == 1 and scheduler is None):
        return workers
    if workers is not None or scheduler is not None:
        what = "several workers" if scheduler is None else "a cluster"
        raise RuntimeError(
            f"{where}.workers: expected dask.distributed for {what}, got none; run: {_INSTALL}, "
            f"or take workers=1 (on the command line: --workers 1)"
        )
    text = f"One worker, as dask.distributed is not installed; for several: {_INSTALL}"
    if tell is None:
        warnings.warn(text, stacklevel=3)
    else:
        tell(text)
    return 1


def _missing(recipes: Sequence[Recipe], archive: Archive) -> dict[str, Recipe]:
    """Return what has to be lived, by name, parents before children."""
    missing: dict[str, Recipe] = {}

    def add(recipe: Recipe) -> None:
        if recipe.name in missing or recipe in archive:
            return
        if recipe.birth is not None:
            add(recipe.birth.life)
        missing[recipe.name] = recipe

    for recipe in recipes:
        add(recipe)
    return missing


def _parents(recipe: Recipe, places: dict[str, int]) -> tuple[int, ...]:
    name = None if recipe.birth is None else recipe.birth.life.name
    return (places[name],) if name in places else ()


def _live(recipe: Recipe, archive: Archive, tell: Report) -> None:
    """Have one life lived, by whatever process."""
    with named_errors(recipe.label):
        while recipe not in archive:
            try:
                live(recipe, archive, tell)
            except BlockingIOError:
                # Another run shares the life, or a worker that was given up lives on.
                tell(0, recipe.presentations, "waits for another process")
                time.sleep(PAUSE)


def _call(function: Callable[..., Any], given: tuple[Any, ...], tell: Report) -> Any:
    return function(*given)


def _label(function: Callable[..., Any], given: tuple[Any, ...]) -> str:
    texts = [value for value in given if isinstance(value, str)][:2]
    return " ".join(texts) or function.__name__


def _perform(
    tasks: Sequence[Task],
    tally: Tally,
    *,
    workers: int,
    most: int | None,
    scheduler: str | None,
    folder: Path | None = None,
) -> list[Any]:
    with _interrupts_explained(tally):
        if not tasks:
            return []
        if workers == 1 and scheduler is None:
            return perform_here(tasks, tally)
        # Dask takes a second to import, and need not be there.
        from .dask_tasks import Dispatch, connected, local_client
        from .packing import Packer

        client = local_client(workers) if scheduler is None else connected(scheduler)
        with client as cluster:
            limit = workers if scheduler is None else most
            return Dispatch(cluster, tasks, tally, Packer(folder), limit).perform()


@contextmanager
def _interrupts_explained(tally: Tally) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt as error:
        message = f"interrupted; {tally}, and the same command, or call, goes on with the rest"
        raise LifeInterrupted(message, getattr(error, "number", 2)) from None


def _check_all_are_seen(recipes: Sequence[Recipe] | Any, archive: Archive) -> None:
    """Refuse workers that have written elsewhere; files of other machines may come late."""
    deadline = time.monotonic() + DELAY
    for recipe in recipes:
        while recipe not in archive:
            if time.monotonic() > deadline:
                raise FileNotFoundError(
                    f"{recipe.label}: expected its file in {str(archive.folder)!r}, got none "
                    f"though a worker has written it; all machines need to share this folder"
                )
            time.sleep(PAUSE)
