"""Lives over a grid of parameters, as one labelled tree."""

import itertools
import math
import os
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import join_trajectories
from ontogeny.data.schema import GROUPS, POPULATION, SYNAPSES
from ontogeny.engine import find_device
from ontogeny.models import Network, Record, Schedule
from ontogeny.models.checks import check_simulation
from ontogeny.models.life import stored_bytes

from .archive import Archive
from .cluster import live_all
from .recipe import Recipe
from .tasks import Report

__all__ = ["Sweep", "sweep"]

NETWORK = "network"
# What lives are made of has these names, and dims cannot have them.
_TAKEN = {name for variables in GROUPS.values() for name in variables} | {NETWORK}
_PARTS = f"{POPULATION.pattern}|{SYNAPSES.pattern}"
Make = Callable[..., tuple[Network, Schedule]]
Values = Sequence[float] | Sequence[str] | Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Describe lives over a grid.

    Parameters
    ----------
    recipes : mapping of Recipe
        By the labels along `dims`.
    dims : mapping
        Labels of each dim: those of the grid in order, then `network` (the seed).
    budget : int
        Most bytes of lives that are joined with their weights.

    Attributes
    ----------
    obstacle : str
        Why weights cannot be joined; empty if they can.
    """

    recipes: Mapping[tuple[Any, ...], Recipe]
    dims: Mapping[str, Sequence[Any]]
    budget: int
    obstacle: str = field(init=False)

    def __post_init__(self) -> None:
        """Find out whether weights fit together, and into the budget."""
        object.__setattr__(self, "obstacle", self._obstacle())

    def _obstacle(self) -> str:
        if len({_structure(recipe.network) for recipe in self.recipes.values()}) > 1:
            return "networks of the grid have other populations, or paths of feedback"
        needed = sum(map(_bytes, self.recipes.values()))
        if needed > self.budget:
            return f"lives have {needed:,} bytes and the budget is {self.budget:,}"
        return ""

    def joined(self, archive: Archive, *, weights: bool) -> xr.DataTree:
        """Return all lives as one tree.

        Parameters
        ----------
        archive : Archive
            Where they are.
        weights : bool
            With their weights, and activity.
        """

        def at(labels: tuple[Any, ...]) -> xr.DataTree:
            if len(labels) == len(self.dims):
                recipe = self.recipes[labels]
                life = archive.open(recipe)
                life.attrs["life"] = recipe.name
                return life
            dim = list(self.dims)[len(labels)]
            members = {one: at((*labels, one)) for one in self.dims[dim]}
            return join_trajectories(members, dim, weights=weights)

        return at(())


def sweep(
    make: Make,
    grid: Mapping[str, Values],
    *,
    networks: int = 1,
    seed: int = 0,
    folder: str | os.PathLike,
    device: str = "numpy",
    trials: int = 64,
    dtype: str = "float32",
    record: Record | None = None,
    weights: bool | None = None,
    budget: int = 2_000_000_000,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Report | None = None,
) -> xr.DataTree:
    """Have networks lived at every point of a grid, and return all lives as one tree.

    Lives are kept below `folder`, addressed by what they are: a grid that grows, or a sweep that
    was stopped, has only those lived that are missing.

    Parameters
    ----------
    make : callable
        Takes the values of a point by name, and returns the network and its schedule. It is called
        in this process; stimuli that are loaded once, outside of it, save time.
    grid : mapping
        Values by name: numbers, texts, or a mapping from texts to anything, such as rules.
    networks : int
        How many networks live at every point.
    seed : int
        Seed of the first network; the others follow on.
    folder : path
        Where lives are kept, in ``lives``.
    device, trials, dtype
        As in `simulate`.
    record : Record, optional
        What is stored of every life.
    weights : bool, optional
        Join weights too; by default where networks have equal shapes and `budget` holds the lives.
        They are in the archive in any case.
    budget : int
        Most bytes of lives that are joined with weights. Joining takes about twice as much memory.
    workers, scheduler, progress
        As in `live_all`.

    Returns
    -------
    xarray.DataTree
        The joined trajectory with the grid as leading dims, numbers as numbers, and `network`, the
        seed. The root attribute ``lives`` has the labels and the name, ``life``, of each.

    Raises
    ------
    TypeError, ValueError, MemoryError
        If something does not fit; before any life.
    FloatingPointError, OSError, RuntimeError, LifeInterrupted
        As `live_all`.

    Examples
    --------
    >>> import tempfile
    >>> from ontogeny.data import gaussian_noise
    >>> from ontogeny.models import Spontaneous, layered
    >>> from ontogeny.plasticity import Adam
    >>> def make(rate, presentations):
    ...     noise = Spontaneous(gaussian_noise(), presentations=presentations)
    ...     return layered([20, 10, 5], optimiser=Adam(rate=rate)), Schedule(noise)
    >>> grid = {"rate": [1e-4, 1e-3], "presentations": [640]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lives = sweep(make, grid, networks=2, folder=folder, workers=1)
    >>> lives["progress"]["loss"].dims
    ('rate', 'presentations', 'network', 'checkpoint')
    >>> lives["progress"]["rate"].values.tolist()
    [0.0001, 0.001]
    """
    planned = _planned(
        make,
        grid,
        seeds=[seed + number for number in range(_checked("networks", networks, 1))],
        budget=budget,
        device=device,
        trials=trials,
        dtype=dtype,
        record=record or Record(),
    )
    if weights and planned.obstacle:
        raise MemoryError(
            f"sweep.weights: expected lives that can be joined, got none ({planned.obstacle}); "
            f"use weights=False, store fewer checkpoints, or raise the budget"
        )
    archive = Archive(Path(folder) / "lives")
    live_all(
        list(planned.recipes.values()),
        archive,
        workers=workers,
        scheduler=scheduler,
        progress=progress,
    )
    if weights is None and planned.obstacle:
        warnings.warn(
            f"sweep.weights: left out, since {planned.obstacle}; each life has its own in "
            f"{str(archive.folder)!r}",
            stacklevel=2,
        )
    return planned.joined(archive, weights=not planned.obstacle and weights is not False)


def _planned(
    make: Make, grid: Mapping[str, Values], *, seeds: Sequence[int], budget: int, **how: Any
) -> Sweep:
    """Make all lives, checked so that they can begin."""
    find_device(how["device"]).check_trials(how["trials"], "sweep")
    values = {name: _labelled(name, given) for name, given in grid.items()}
    recipes = {}
    for labels in itertools.product(*values.values()):
        point = {name: values[name][label] for name, label in zip(values, labels, strict=True)}
        network, schedule = _made(make, point)
        text = ", ".join(f"{name}={label}" for name, label in zip(values, labels, strict=True))
        for seed in seeds:
            given = {key: how[key] for key in ("trials", "dtype", "record")}
            check_simulation(network, schedule, seed=seed, **given)
            recipes[*labels, seed] = Recipe(
                label=f"{text}, network {seed}" if text else f"network {seed}",
                network=network,
                schedule=schedule,
                seed=seed,
                **how,
            )
    dims = {**{name: list(labels) for name, labels in values.items()}, NETWORK: list(seeds)}
    return Sweep(recipes=recipes, dims=dims, budget=budget)


def _made(make: Make, point: Mapping[str, Any]) -> tuple[Network, Schedule]:
    made = make(**point)
    kinds = (Network, Schedule)
    pair = isinstance(made, tuple) and len(made) == 2
    if not pair or not all(map(isinstance, made, kinds)):
        raise TypeError(
            f"sweep.make: expected a function that returns (network, schedule), got {made!r} at "
            f"{dict(point)}"
        )
    return made


def _labelled(name: str, given: Values) -> dict[Any, Any]:
    """Return the values of a dim by their labels."""
    if not name.isidentifier() or name in _TAKEN or re.fullmatch(_PARTS, name):
        raise ValueError(
            f"sweep.grid: expected names of parameters that lives do not have, got {name!r}; "
            f"choose another name for it"
        )
    if isinstance(given, Mapping):
        values: dict[Any, Any] = dict(given)
    elif isinstance(given, Iterable) and not isinstance(given, str):
        plain = [value.item() if isinstance(value, np.generic) else value for value in given]
        values = {value: value for value in plain if not isinstance(value, bool)}
        values = values if len(values) == len(plain) else {}
    else:
        values = {}
    if not values or not (_are(values, str) or (_are(values, Real) and _finite(values))):
        raise ValueError(
            f"sweep.grid[{name!r}]: expected different numbers, different texts, or a mapping from "
            f"texts to values, got {given!r}"
        )
    return values


def _are(values: Iterable[Any], kind: type) -> bool:
    return all(isinstance(value, kind) for value in values)


def _finite(values: Iterable[float]) -> bool:
    return all(math.isfinite(value) for value in values)


def _checked(what: str, value: Any, low: int) -> int:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < low:
        raise ValueError(f"sweep.{what}: expected an integer from {low} on, got {value!r}")
    return int(value)


def _structure(network: Network) -> tuple[Any, ...]:
    # Between more than one hidden population, feedback may join others.
    return *network.sizes, network.rule.path if len(network.sizes) > 3 else ""


def _bytes(recipe: Recipe) -> int:
    return stored_bytes(
        recipe.network, recipe.schedule, recipe.record, recipe.trials, np.dtype(recipe.dtype)
    )
