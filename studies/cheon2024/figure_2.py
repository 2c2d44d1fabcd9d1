"""Figure 2b: learning with and without noise before."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ..claims import Claim, Comparison
from ..comparisons import differs, share_of_gap
from ..gathering import gathered, with_units
from ..look import figure, legend
from ..recipe import Recipe
from ..study import Panel
from .drawing import curve, dots
from .lives import learning, sizes_of
from .measures import TOLD, measures_of_learning
from .settings import INFERRED, Settings

__all__ = ["CHECKPOINTS", "LEARNING", "PANELS", "learning_lives", "measure_learning"]

Lives = Mapping[Any, xr.DataTree]
LEARNING = tuple(INFERRED.values())
#: Of lives that learn.
CHECKPOINTS = 12


def learning_lives(
    settings: Settings, conditions: tuple[str, ...] = ("BP", "FA", "FA, noise")
) -> dict[tuple, Recipe]:
    """Return the lives that learn the data of figure 2, by condition and seed."""
    sizes = sizes_of(settings, settings.data)
    return {
        (condition, seed): learning(
            settings, condition, settings.data, sizes, seed, checkpoints=CHECKPOINTS
        )
        for condition in conditions
        for seed in settings.seeds
    }


def measure_learning(settings: Settings, lives: Lives) -> xr.Dataset:
    """Measure accuracy by epoch, the speed of learning, and alignment at its end."""

    def measures(life: xr.DataTree) -> xr.Dataset:
        found = measures_of_learning(life)[["speed", "final", "after"]]
        accuracy = life["tests"]["accuracy"].rename(test="epoch")
        return found.rename(after="alignment").assign(accuracy=accuracy)

    data = gathered(lives, ("condition", "network"), measures)
    return with_units(
        data,
        accuracy=("1", "test accuracy"),
        speed=TOLD["speed"],
        final=TOLD["final"],
        alignment=TOLD["after"],
    )


def _compare_2b(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    def of(name: str, condition: str) -> xr.DataArray:
        return data[name].sel(condition=condition)

    early = data["accuracy"].isel(epoch=1)
    return {
        "A5": [
            differs(
                "final accuracy, with minus without noise",
                of("final", "FA, noise"),
                of("final", "FA"),
                expected="greater",
            ),
            differs(
                "accuracy after one epoch, with minus without noise",
                early.sel(condition="FA, noise"),
                early.sel(condition="FA"),
                expected="greater",
            ),
        ],
        "A6": [
            differs(
                "speed of learning, with minus without noise",
                of("speed", "FA, noise"),
                of("speed", "FA"),
                expected="greater",
            ),
        ],
        "A6.b": [
            differs(
                "speed of learning, backpropagation minus with noise",
                of("speed", "BP"),
                of("speed", "FA, noise"),
                expected="different",
            ),
        ],
        "E8": [
            share_of_gap(
                "share of the gap to backpropagation that noise closes",
                of("speed", "FA, noise"),
                of("speed", "FA"),
                of("speed", "BP"),
                alpha=0.001,
            ),
        ],
    }


def _figure_2b(data: xr.Dataset) -> Figure:
    drawing, (left, right) = figure(2)
    epochs = np.arange(data.sizes["epoch"])
    names = data["condition"].values.tolist()
    for place, condition in enumerate(names):
        curve(left, epochs, 100 * data["accuracy"].sel(condition=condition), condition)
        dots(right, [place], 100 * data["speed"].sel(condition=condition), condition)
    left.set(xlabel="Epoch", ylabel="Test accuracy (%)")
    legend(left)
    right.set_xticks(range(len(names)), names)
    right.set(ylabel="Mean test accuracy over epochs (%)")
    return drawing


def _alt_2b(data: xr.Dataset) -> str:
    parts = [
        f"{condition}: mean over epochs {100 * float(row['speed'].mean()):.1f} %, at the end "
        f"{100 * float(row['final'].mean()):.1f} %"
        for condition in data["condition"].values.tolist()
        for row in [data.sel(condition=condition)]
    ]
    return f"Test accuracy by epoch, and its mean over epochs for every network. {'; '.join(parts)}"


PANELS = (
    Panel(
        name="2b",
        title="Learning with and without noise before",
        rows=(
            Claim(
                id="A5",
                claim="After noise, networks learn faster and reach a higher accuracy.",
                published="no number",
                inferred=LEARNING,
            ),
            Claim(
                id="A6",
                claim="After noise, learning is faster than without.",
                published="t test, n = 10, P < 0.001",
                inferred=LEARNING,
                note="Speed is the mean test accuracy over the epochs (the area under the curve).",
            ),
            Claim(
                id="A6.b",
                claim="After noise, learning is comparable with backpropagation, though still "
                "different.",
                published="t test, n = 10, P < 0.001",
                inferred=LEARNING,
                note="Comparable has no criterion: the difference is tested, and E8 tells how much "
                "of it noise closes.",
            ),
            Claim(
                id="E8",
                claim="Ours: noise closes a share of the gap in speed between feedback alignment "
                "and backpropagation.",
                inferred=LEARNING,
            ),
        ),
        recipes=learning_lives,
        measure=measure_learning,
        compare=_compare_2b,
        figure=_figure_2b,
        alt=_alt_2b,
    ),
)
