"""Lives of files and folders, chosen and joined to be set beside recordings."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import xarray as xr

from ontogeny.data import join_trajectories, open_trajectory

__all__ = ["lives_beside"]

_JOINED = "lives.nc"


@contextmanager
def lives_beside(paths: Sequence[Path], condition: str | None = None) -> Iterator[xr.DataTree]:
    """Open lives, and join those of several files as networks.

    Parameters
    ----------
    paths : sequence of path
        Files of lives, or folders of ``ontogeny run``, whose joined lives are taken.
    condition : str, optional
        Which condition of joined lives is taken; by default the last one that has a spontaneous
        phase, or else the last one.

    Yields
    ------
    xarray.DataTree
        One life, or several joined along ``network``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If there is no such condition, or lives cannot be joined.
    """
    if not paths:
        raise ValueError("compare.lives: expected the file of at least one life, got none")
    with ExitStack() as stack:
        trees = []
        for path in paths:
            tree = stack.enter_context(open_trajectory(_file(path)))
            trees.append(_of_condition(tree, condition, path))
        yield trees[0] if len(trees) == 1 else _joined(trees)


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    if not (path / _JOINED).is_file():
        found = sorted(file.name for file in path.glob("*.nc"))
        told = f"; it has {', '.join(found[:4])}" if found else ""
        raise FileNotFoundError(
            f"compare.lives: expected the file of a life, or a folder with {_JOINED}, as 'ontogeny "
            f"run' leaves it, got {str(path)!r}{told}"
        )
    return path / _JOINED


def _of_condition(tree: xr.DataTree, condition: str | None, path: Path) -> xr.DataTree:
    progress = tree["progress"].to_dataset()
    if "condition" not in progress.dims:
        if condition is not None:
            raise ValueError(
                f"compare.condition: expected none for {str(path)!r}, whose lives are not joined "
                f"along conditions, got {condition!r}"
            )
        return tree
    names = [str(name) for name in progress["condition"].values]
    chosen = _spontaneous(tree, names) if condition is None else condition
    if chosen not in names:
        raise ValueError(f"compare.condition: expected one of {names}, got {chosen!r}")
    return tree.isel(condition=names.index(chosen))


def _spontaneous(tree: xr.DataTree, names: Sequence[str]) -> str:
    """Return the last condition with a spontaneous phase, or else the last one."""
    told = json.loads(tree.attrs.get("lives", "[]"))
    noisy = [
        str(life["labels"].get("condition"))
        for life in told
        if any(phase.get("noise") for phase in _phases(life["attributes"].get("schedule", "{}")))
    ]
    return next((name for name in reversed(names) if name in noisy), names[-1])


def _phases(text: str) -> list[dict]:
    return list(json.loads(text).get("phases", []))


def _joined(trees: Sequence[xr.DataTree]) -> xr.DataTree:
    several = [number for number, tree in enumerate(trees) if "network" in tree["progress"].dims]
    if several:
        raise ValueError(
            "compare.lives: expected one network in each of several files, got joined lives in "
            f"file {several[0] + 1}; give joined lives alone"
        )
    seeds = [int(tree.attrs.get("seed", number)) for number, tree in enumerate(trees)]
    labels = seeds if len(set(seeds)) == len(seeds) else list(range(len(trees)))
    return join_trajectories(dict(zip(labels, trees, strict=True)), "network")
