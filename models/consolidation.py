"""Make the one file of a life from its parts."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from ontogeny.data import open_trajectory
from ontogeny.data.parts import PartsFolder
from ontogeny.data.trajectory import write_streams

from .assembly import SMALL, assembled, streams
from .life import Life

__all__ = ["consolidate", "opened_life", "part_name"]

# Lives up to this size are returned in memory, larger ones are read from their file when needed.
IN_MEMORY = 64_000_000


def part_name(number: int) -> str:
    """Return the name of a part, counted from 1."""
    return f"part-{number:08d}.npz"


def consolidate(life: Life, status: str, folder: PartsFolder, parts: int, path: Path) -> None:
    """Write the trajectory of a life, part by part.

    Parameters
    ----------
    life : Life
        What lived.
    status : {"complete", "diverged"}
        How the life ended.
    folder : PartsFolder
        Holds the parts; claimed.
    parts : int
        Their number.
    path : pathlib.Path
        File to write.

    Raises
    ------
    FileExistsError
        If there is a file.
    ValueError
        If a part is damaged.
    OSError
        If the disk has no room.
    """
    small, counts = _survey(folder, parts)
    tree = assembled(
        life.network, {**life.attributes, "status": status}, small, dict.fromkeys(counts)
    )

    def blocks(variable: str) -> Iterator[np.ndarray]:
        return _blocks(folder, parts, variable)

    large = streams(life.network, life.attributes["dtype"], counts, blocks)
    write_streams(tree, large, path, temporary=folder.path / "tree.nc.part")


def _survey(folder: PartsFolder, parts: int) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """Read what is small, and count the rows of what is large."""
    columns: dict[str, list[np.ndarray]] = {}
    counts: dict[str, int] = {}
    for number in range(1, parts + 1):
        small = folder.read_arrays(part_name(number), only=(*SMALL, "activity/phase_index"))
        shown = small.pop("activity/phase_index", np.zeros(0))
        for name, values in small.items():
            columns.setdefault(name, []).append(values)
        kept = len(small.get("progress/loss", ()))
        for name in folder.array_names(part_name(number)):
            if not name.startswith(SMALL):
                rows = kept if name.startswith("weights/") else len(shown)
                counts[name] = counts.get(name, 0) + rows
    if "activity/target" in counts:
        counts["activity/presentation"] = counts["activity/target"]
    return {name: np.concatenate(values) for name, values in columns.items()}, counts


def _blocks(folder: PartsFolder, parts: int, path: str) -> Iterator[np.ndarray]:
    """Return the rows of a large variable, part by part."""
    first = 0
    for number in range(1, parts + 1):
        wanted = "activity/phase_index" if path == "activity/presentation" else path
        values = folder.read_arrays(part_name(number), only=(wanted,)).get(wanted)
        if values is None:
            continue
        if path == "activity/presentation":
            values = np.arange(first, first + len(values))
        first += len(values)
        yield values


def opened_life(path: Path) -> xr.DataTree:
    """Open a stored life; a small one is read and its file closed."""
    tree = open_trajectory(path)
    size = sum(node.to_dataset(inherit=False).nbytes for node in tree.subtree)
    if size <= IN_MEMORY:
        tree.load()
        tree.close()
    return tree
