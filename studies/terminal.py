"""What the command line shows: a progress bar over all lives, and errors in one line."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column

__all__ = ["bar_of_lives", "errors_in_one_line"]

# What a user, or the machine, can do wrong; anything else is a fault of the program and shows its
# traceback. ArithmeticError holds divergence, RuntimeError a compiler that is missing.
EXPECTED = (ValueError, TypeError, OSError, MemoryError, ArithmeticError, RuntimeError)


@contextmanager
def errors_in_one_line(stopped: str = "Stopped") -> Iterator[None]:
    """Print an expected error as one line on the error stream, and exit.

    Parameters
    ----------
    stopped : str
        What is said of an interrupt that says nothing itself.

    Raises
    ------
    typer.Exit
        Instead of the error, with status 1; wrong usage of the command itself has status 2, an
        interrupt 130, a termination 143.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        typer.echo(f"Stopped: {error}" if str(error) else stopped, err=True)
        raise typer.Exit(128 + getattr(error, "number", signal.SIGINT)) from None
    except (*EXPECTED, ImportError) as error:
        if isinstance(error, ImportError) and not _is_missing(error):
            raise
        words = [str(error) or type(error).__name__, *getattr(error, "__notes__", ())]
        typer.echo(f"Error: {' '.join(' '.join(words).split())}", err=True)
        raise typer.Exit(1) from None


def _is_missing(error: ImportError) -> bool:
    """Tell whether a package is missing that only some functions need."""
    # Here, as whoever imports the command should not wait for what this imports.
    from ontogeny.data.extras import PackageMissing

    return isinstance(error, PackageMissing)


@contextmanager
def bar_of_lives() -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar over the presentations of all lives, where the error stream is a terminal.

    Yields
    ------
    callable
        Takes the presentations done, all presentations, and what is running.
    """
    console = Console(stderr=True)
    # In 80 columns the longest description has room beside this bar.
    running = TextColumn("{task.description}", table_column=Column(no_wrap=True, ratio=1))
    columns = (running, BarColumn(bar_width=10), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, expand=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting", total=None)

        def tell(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what)

        yield tell
