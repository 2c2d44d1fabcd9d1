"""A progress bar for one life."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar on the error stream while the block runs, if that is a terminal or a notebook.

    Parameters
    ----------
    total : int
        All presentations of the life.

    Yields
    ------
    callable
        Takes the presentations done, all presentations, and the kind of the phase.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:>12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("presentations"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    shown = console.is_terminal or console.is_jupyter
    with Progress(*columns, console=console, disable=not shown) as bar:
        task = bar.add_task("starting", total=max(total, 1))

        def tell(done: int, total: int, phase: str) -> None:
            bar.update(task, completed=done, total=max(total, 1), description=phase)

        yield tell
