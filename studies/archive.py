"""A folder of lives in which every life has its place by what it is."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import open_trajectory
from ontogeny.data.files import exclusive, replacing
from ontogeny.models import simulate

from .provenance import source_digest
from .recipe import Branch, Recipe
from .tasks import Report

__all__ = ["Archive", "Lives", "live"]


class Archive:
    """Lives that are addressed by their content.

    A life is the file ``<first two digits>/<name>.nc``; beside it ``<name>.json`` tells its label,
    its whole description, the digest of the code, and how long it took. The latter is written last:
    a life is there when both are.

    Parameters
    ----------
    folder : path
        Where; made when the first life comes.

    Raises
    ------
    NotADirectoryError
        If the path is a file.
    """

    def __init__(self, folder: str | os.PathLike) -> None:
        self.folder = Path(folder).absolute()
        if self.folder.exists() and not self.folder.is_dir():
            raise NotADirectoryError(
                f"Archive.folder: expected a folder, got the file {str(self.folder)!r}"
            )

    def path(self, recipe: Recipe) -> Path:
        """Return where a life is, or will be."""
        return self.folder / recipe.name[:2] / f"{recipe.name}.nc"

    def __contains__(self, recipe: object) -> bool:
        if not isinstance(recipe, Recipe):
            return False
        path = self.path(recipe)
        return path.is_file() and path.with_suffix(".json").is_file()

    def sidecar(self, recipe: Recipe) -> dict[str, Any]:
        """Return what stands beside a life.

        Raises
        ------
        KeyError
            If the life is not there.
        """
        if recipe not in self:
            raise KeyError(f"Archive.sidecar: expected a life that was lived, got {recipe.label}")
        return json.loads(self.path(recipe).with_suffix(".json").read_text(encoding="utf-8"))

    def open(self, recipe: Recipe) -> xr.DataTree:
        """Read a life into memory.

        Raises
        ------
        KeyError
            If it is not there.
        """
        if recipe not in self:
            raise KeyError(
                f"Archive.open: expected a life that was lived, got {recipe.label}, which is not "
                f"in {str(self.folder)!r}; live_all has it lived"
            )
        # Closed at once: a study reads hundreds of lives.
        with open_trajectory(self.path(recipe)) as life:
            return life.load()

    def find(self, name: str) -> Path:
        """Return the file of a life by its name, or the first digits of it.

        Raises
        ------
        ValueError
            If no life, or more than one, has such a name.
        """
        found = sorted(self.folder.glob(f"{name[:2]}/{name}*.nc")) if len(name) >= 2 else []
        whole = [path for path in found if path.with_suffix(".json").is_file()]
        if len(whole) != 1:
            raise ValueError(
                f"Archive.find: expected the name of one life, got {name!r}, which fits "
                f"{len(whole)} lives in {str(self.folder)!r}; give at least two of its first digits"
            )
        return whole[0]


class Lives(Mapping[Any, xr.DataTree]):
    """Lives by key, read from an archive when they are asked for.

    Parameters
    ----------
    recipes : mapping of Recipe
        What is behind each key.
    archive : Archive
        Where they are.
    """

    def __init__(self, recipes: Mapping[Any, Recipe], archive: Archive) -> None:
        self.recipes, self.archive = dict(recipes), archive

    def __getitem__(self, key: Any) -> xr.DataTree:
        return self.archive.open(self.recipes[key])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.recipes)

    def __len__(self) -> int:
        return len(self.recipes)


def live(recipe: Recipe, archive: Archive, progress: Report | None = None) -> None:
    """Have one life lived, from its last checkpoint if it was stopped before.

    Parameters
    ----------
    recipe : Recipe
        Which; nothing happens if it is there already.
    archive : Archive
        Where it is kept, and where the life that it begins from is.
    progress : callable, optional
        Takes the presentations done, all presentations, and the kind of the phase.

    Raises
    ------
    BlockingIOError
        If another process lives it.
    KeyError
        If the life that it begins from has not been lived.
    ValueError
        If that life has no such checkpoint, or something does not fit.
    DivergenceError, LifeInterrupted, OSError, RuntimeError
        As `simulate`.
    """
    if recipe in archive:
        return
    path = archive.path(recipe)
    refusal = (
        f"live: expected a life that nothing else lives, got {recipe.label}, which another process "
        f"is writing to {str(path)!r}; wait for it"
    )
    # Until both files are there: a second process would find the life whole, and tell of it too.
    with exclusive(path.with_suffix(".lock"), refusal):
        if recipe not in archive:
            _lived(recipe, archive, path, progress)


def _lived(recipe: Recipe, archive: Archive, path: Path, progress: Report | None) -> None:
    """Have a life lived that no other process lives, and tell of it."""
    weights = None if recipe.birth is None else _born(recipe.birth, recipe.seed, archive)
    begin = time.time()
    simulate(
        recipe.network,
        recipe.schedule,
        device=recipe.device,
        trials=recipe.trials,
        seed=recipe.seed,
        record=recipe.record,
        store=path,
        resume=True,
        dtype=recipe.dtype,
        weights=weights,
        progress=progress or False,
    ).close()
    told = {
        "label": recipe.label,
        "digest": recipe.digest,
        "description": recipe.description,
        "source": source_digest(),
        "seconds": time.time() - begin,
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    with replacing(path.with_suffix(".json")) as file:
        file.write((json.dumps(told, indent=1) + "\n").encode())


def _born(birth: Branch, seed: int, archive: Archive) -> dict[str, np.ndarray]:
    """Return the weights that a life begins with."""
    parent = archive.open(birth.life)
    lived = parent["progress"].dataset["presentation"].values.astype(np.int64)
    at = len(lived) - 1
    if birth.presentation is not None:
        found = np.flatnonzero(lived == birth.presentation)
        if not len(found):
            raise ValueError(
                f"Branch.presentation: expected a checkpoint of {birth.life.label}, one of "
                f"{lived.tolist()}, got {birth.presentation}; Record(checkpoints=...) sets them"
            )
        at = int(found[-1])
    stored = parent["weights"].dataset.isel(checkpoint=at)
    weights = {str(name): stored[name].values for name in stored.data_vars}
    if birth.feedback == "shuffled":
        random = np.random.default_rng(seed)
        for name, values in weights.items():
            if stored[name].attrs.get("kind") == "feedback":
                weights[name] = random.permuted(values.reshape(-1)).reshape(values.shape)
    return weights
