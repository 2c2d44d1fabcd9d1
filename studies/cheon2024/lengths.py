"""How long noise should be: one long life, and what is learned from its checkpoints."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.figure import Figure

from ..claims import Claim, Comparison
from ..comparisons import differs, not_run
from ..gathering import gathered, with_units
from ..look import figure, legend
from ..recipe import Branch, Recipe
from ..study import Panel
from .drawing import curve
from .figure_2 import CHECKPOINTS, LEARNING
from .lives import learning, noise_life, sizes_of
from .measures import TOLD, measures_of_learning
from .settings import Settings

__all__ = ["PANELS", "best_of_others", "listed"]

Lives = Mapping[Any, xr.DataTree]


def _recipes(settings: Settings) -> dict[tuple, Recipe]:
    """Return lives that learn after noise of various lengths, which is one long life."""
    sizes = sizes_of(settings, settings.data)
    lives: dict[tuple, Recipe] = {}
    for seed in settings.seeds:
        lives[0, seed] = learning(
            settings, "FA", settings.data, sizes, seed, checkpoints=CHECKPOINTS
        )
        for length in settings.lengths:
            longer = noise_life(settings, "FA", sizes, seed, presentations=max(settings.lengths))
            # The life of the standard length is that of the other panels.
            birth = None if length == settings.noise else Branch(life=longer, presentation=length)
            lives[length, seed] = learning(
                settings,
                "FA, noise",
                settings.data,
                sizes,
                seed,
                checkpoints=CHECKPOINTS,
                birth=birth,
            )
    return lives


def _measure(settings: Settings, lives: Lives) -> xr.Dataset:
    data = gathered(lives, ("length", "network"), measures_of_learning)
    return with_units(data, length=("1", "noise patterns before learning"), **TOLD)


def best_of_others(angle: xr.DataArray) -> xr.DataArray:
    """Return the position of the length at which the other networks are aligned most, (network,).

    The network that is tested does not take part in the choice of what it is tested for.
    """
    others = (angle.sum("network", skipna=False) - angle).transpose("length", "network")
    return xr.DataArray(np.argmin(others.values, axis=0), dims="network")


def listed(lengths: npt.NDArray[Any]) -> str:
    """Say which lengths are the best ones."""
    return " or ".join(f"{int(length):,}" for length in np.unique(lengths))


def _compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    angle, speed = data["before"], data["speed"]
    last = int(data["length"][-1])
    if data.sizes["network"] < 2:
        return {"E5": [not_run("the best length for a network is that of others: it has none")]}
    best = best_of_others(angle)
    where = f"after {listed(data['length'].values[best])}, where that of the others is smallest"
    smallest = angle.isel(length=best).drop_vars("length")
    return {
        "E5": [
            differs(
                f"angle after {last:,} patterns minus {where}",
                angle.isel(length=-1, drop=True),
                smallest,
                expected="greater",
                unit="degree",
            ),
            differs(
                f"angle {where}, minus untrained",
                smallest,
                angle.isel(length=0, drop=True),
                expected="less",
                unit="degree",
            ),
            differs(
                f"speed of learning after {last:,} patterns minus {where}",
                speed.isel(length=-1, drop=True),
                speed.isel(length=best).drop_vars("length"),
                expected="less",
            ),
        ]
    }


def _figure(data: xr.Dataset) -> Figure:
    drawing, (left, right) = figure(2)
    x = data["length"].values / 1000
    curve(left, x, data["before"], "FA, noise", label="before learning")
    curve(left, x, data["after"], "FA", label="after learning")
    curve(right, x, 100 * data["speed"], "FA, noise")
    for ax in (left, right):
        ax.set_xscale("symlog", linthresh=float(x[1]))
        ax.set(xlabel="Thousands of noise patterns")
    left.set(ylabel="Angle (degrees)")
    legend(left)
    right.set(ylabel="Mean test accuracy over epochs (%)")
    return drawing


def _alt(data: xr.Dataset) -> str:
    mean = data.mean("network")
    parts = "; ".join(
        f"{int(length):,}: {float(row['before']):.1f} degrees, {100 * float(row['speed']):.1f} %"
        for length in data["length"].values
        for row in [mean.sel(length=length)]
    )
    return f"Angle before learning and speed of learning by the length of pretraining. {parts}."


PANELS = (
    Panel(
        name="lengths",
        title="Length of pretraining",
        rows=(
            Claim(
                id="E5",
                claim="Ours: alignment has an optimum in the length of pretraining; longer noise "
                "undoes it.",
                published="the paper reports an asymptotic decrease of the angle",
                inferred=LEARNING,
                note="Not a claim of the paper, whose angle falls asymptotically.",
            ),
        ),
        recipes=_recipes,
        measure=_measure,
        compare=_compare,
        figure=_figure,
        alt=_alt,
    ),
)
