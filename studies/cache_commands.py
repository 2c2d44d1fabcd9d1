"""The commands ``ontogeny cache list`` and ``ontogeny cache clear``."""

import time
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from .terminal import errors_in_one_line

__all__ = ["cache_app"]

cache_app = typer.Typer(
    help="List or clear the programs that device cpp has compiled.", no_args_is_help=True
)

_UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60}


@cache_app.command("list")
def show() -> None:
    """List compiled programs: what they simulate, their size, when they were last used."""
    with errors_in_one_line():
        from ontogeny.engine.cache import cache_folder, entries, most_bytes

        found = entries()
        folder, most = cache_folder(), most_bytes()
    table = Table("program", "simulates", "size", "last used", box=box.SIMPLE_HEAD)
    for entry in found:
        table.add_row(
            entry.folder.name[:12],
            "\n".join(entry.structures) or _nameless(entry.folder.name),
            f"{entry.size / 1e6:.1f} MB",
            _ago(time.time() - entry.used),
        )
    console = Console()
    if found:
        console.print(table)
    size = sum(entry.size for entry in found)
    console.print(
        f"{len(found)} {'program' if len(found) == 1 else 'programs'}, {size / 1e6:.1f} of at most "
        f"{most / 1e6:.0f} MB, in {folder}",
        soft_wrap=True,
    )


@cache_app.command()
def clear(
    older_than: Annotated[
        float, typer.Option(help="Only what was not used for so many days.", min=0)
    ] = 0.0,
) -> None:
    """Remove compiled programs that nothing uses; they are compiled again when they are needed."""
    with errors_in_one_line():
        from ontogeny.engine.cache import clear as clear_cache

        removed = clear_cache(older_than=older_than * _UNITS["days"])
    typer.echo(f"Removed {removed} {'program' if removed == 1 else 'programs'}")


def _nameless(program: str) -> str:
    from ontogeny.engine.cache import BUILDING

    return "(being built)" if program.startswith(BUILDING) else "(of an earlier version)"


def _ago(seconds: float) -> str:
    """Say how long ago something was.

    Examples
    --------
    >>> _ago(7200), _ago(30)
    ('2 hours ago', 'just now')
    """
    for unit, length in _UNITS.items():
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit} ago"
    return "just now"
