"""Lives of figures 4e to 4h: few images, learned until they are known, with and without noise."""

from collections.abc import Iterable

import xarray as xr

from .. import look
from ..claims import Comparison
from ..comparisons import differs
from ..recipe import Recipe
from ..study import Key
from .lives import learning, sizes_of
from .settings import INFERRED, Settings

__all__ = [
    "CONDITIONS",
    "DEPTH",
    "DIMS",
    "LEARNED",
    "PAIR",
    "STATED",
    "noise_lowers",
    "recipes_of_depths",
    "recipes_of_one",
    "recipes_of_sizes",
    "told",
]

CONDITIONS = ("BP", "FA", "FA, noise")
# Panels of many lives have the two conditions that the paper compares.
PAIR = ("FA", "FA, noise")
DEPTH = 3
DIMS = ("condition", "size", "depth", "network")
LEARNED = (
    "784-100-100-10 (depth 3), 100 neurons in every hidden population",
    "learning until the training images are known: as many epochs as take the training error "
    "below 0.5 % under every condition, in a pilot with other seeds",
    INFERRED["optimiser"],
    INFERRED["noise"],
    INFERRED["pixels"],
)
STATED = "lower with noise; n = 10, t test, P < 0.001"


def _life(settings: Settings, condition: str, size: int, depth: int, seed: int) -> Recipe:
    return learning(
        settings,
        condition,
        settings.data,
        sizes_of(settings, settings.data, depth),
        seed,
        size=size,
        epochs=settings.epochs_of(size),
        tested=False,
        checkpoints=12,
    )


def _lives(
    settings: Settings, sizes: Iterable[int], depths: Iterable[int], conditions: Iterable[str]
) -> dict[Key, Recipe]:
    return {
        (condition, size, depth, seed): _life(settings, condition, size, depth, seed)
        for size in sizes
        for depth in depths
        for condition in conditions
        for seed in settings.seeds
    }


def recipes_of_one(settings: Settings) -> dict[Key, Recipe]:
    """Return the lives with the largest training set: condition, size, depth, seed."""
    return _lives(settings, settings.sizes[-1:], (DEPTH,), CONDITIONS)


def recipes_of_sizes(settings: Settings) -> dict[Key, Recipe]:
    """Return the lives with all training sets: condition, size, depth, seed."""
    return _lives(settings, settings.sizes, (DEPTH,), PAIR)


def recipes_of_depths(settings: Settings) -> dict[Key, Recipe]:
    """Return the lives at all depths: condition, size, depth, seed."""
    return _lives(settings, settings.sizes[-1:], settings.depths, PAIR)


def noise_lowers(values: xr.DataArray, label: str, unit: str = "", **where: object) -> Comparison:
    """Compare a measure with and without noise, under feedback alignment."""
    at = values.sel(where) if where else values
    return differs(
        f"{label}: FA with less without noise",
        at.sel(condition="FA, noise", drop=True),
        at.sel(condition="FA", drop=True),
        expected="less",
        unit=unit,
    )


def told(values: xr.DataArray, unit: str) -> str:
    """Say a measure under every condition."""
    return ", ".join(
        f"{name} {look.said(values.sel(condition=name), 2, unit)}"
        for name in values["condition"].values
    )
