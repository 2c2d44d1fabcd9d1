"""Ablations: noise under backpropagation, during learning, and with shuffled feedback."""

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import error_alignment
from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, Record, Schedule

from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..gathering import gathered, with_units
from ..look import figure
from ..recipe import Recipe
from ..study import Panel
from .drawing import dots
from .figure_2 import CHECKPOINTS, LEARNING
from .lives import images_of, learning, network_of, pretrained, sizes_of
from .measures import TOLD, measures_of_learning
from .settings import Settings

__all__ = ["PANELS"]

Lives = Mapping[Any, xr.DataTree]
#: Seed of the noise patterns that are mixed with data: the same for all networks, as data are.
_MIXED_SEED = 0
_ORDER = ("BP", "BP, noise", "FA", "FA, noise", "FA, shuffled", "FA, mixed")


@cache
def _mixture(data: str, size: int) -> Stimuli:
    """Return training images and as many noise patterns with random labels, in one set."""
    train = images_of(data, "train", size)
    noise = gaussian_noise().stimuli(
        len(train), units=train.units, classes=train.outputs, seed=_MIXED_SEED
    )
    return Stimuli.from_arrays(
        np.concatenate([train.rates(), noise.rates()]).astype(np.float32),
        np.concatenate([train.wanted, noise.wanted]),
        classes=train.outputs,
        name=f"{train.name}, and as many noise patterns",
    )


def _recipes(settings: Settings) -> dict[tuple, Recipe]:
    sizes = sizes_of(settings, settings.data)
    lives: dict[tuple, Recipe] = {}
    for condition, seed in product(_ORDER, settings.seeds):
        rule, _, before = condition.partition(", ")
        birth = None
        if before == "shuffled":
            birth = pretrained(settings, rule, sizes, seed, feedback="shuffled")
        if before == "mixed":
            test = images_of(settings.data, "test", settings.test_size)
            mixture = _mixture(settings.data, settings.training_size)
            # As many presentations of data as in the other conditions, and as many of noise.
            phase = Learning(mixture, epochs=settings.epochs, test=test)
            lives[condition, seed] = Recipe(
                label=f"FA: {settings.data} mixed with noise, network {seed}",
                network=network_of(settings, rule, sizes),
                schedule=Schedule(phase),
                seed=seed,
                trials=settings.trials,
                device=settings.device,
                record=Record(checkpoints=CHECKPOINTS),
            )
            continue
        lives[condition, seed] = learning(
            settings,
            condition,
            settings.data,
            sizes,
            seed,
            checkpoints=CHECKPOINTS,
            birth=birth,
        )
    return lives


def _measure(settings: Settings, lives: Lives) -> xr.Dataset:
    probe = images_of(settings.data, "test", 200)

    def measures(life: xr.DataTree) -> xr.Dataset:
        error = error_alignment(life, probe).isel(checkpoint=0, population=-1, drop=True)
        found = measures_of_learning(life)[["speed", "final", "after"]]
        error = error.drop_vars("presentation", errors="ignore")
        return found.rename(after="alignment").assign(error_angle=error)

    data = gathered(lives, ("condition", "network"), measures)
    return with_units(
        data,
        speed=TOLD["speed"],
        final=TOLD["final"],
        alignment=TOLD["after"],
        error_angle=("degree", "angle of teaching signals with those of BP, before learning"),
    )


def _compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    def of(condition: str, name: str = "speed") -> xr.DataArray:
        return data[name].sel(condition=condition)

    speed = "speed of learning"
    return {
        "E1": [
            differs(
                f"{speed}, BP with minus without noise",
                of("BP, noise"),
                of("BP"),
                expected="greater",
                alpha=0.05,
            ),
            differs(
                "final accuracy, BP with minus without noise",
                of("BP, noise", "final"),
                of("BP", "final"),
                expected="greater",
                alpha=0.05,
            ),
        ],
        "E3": [
            against(
                f"{speed}, data mixed with noise minus data alone, without noise before",
                of("FA, mixed") - of("FA"),
                0,
                expected="not greater",
            ),
            differs(
                f"{speed}, data mixed with noise minus data after noise",
                of("FA, mixed"),
                of("FA, noise"),
                expected="less",
            ),
        ],
        "E4": [
            differs(
                f"{speed}, feedback shuffled after noise, minus kept",
                of("FA, shuffled"),
                of("FA, noise"),
                expected="less",
            ),
            against(
                f"{speed}, feedback shuffled after noise, minus no noise",
                of("FA, shuffled") - of("FA"),
                0,
                expected="not greater",
            ),
        ],
        "E6": [
            differs(
                "angle of teaching signals with those of BP before learning, with minus without "
                "noise",
                of("FA, noise", "error_angle"),
                of("FA", "error_angle"),
                expected="less",
                unit="degree",
            ),
            against(
                "angle of teaching signals with those of BP, untrained",
                of("FA", "error_angle"),
                90,
                expected="equal",
                unit="degree",
            ),
        ],
    }


def _figure(data: xr.Dataset) -> Figure:
    drawing, (left, right) = figure(2)
    names = data["condition"].values.tolist()
    for ax, variable, scale, label in (
        (left, "speed", 100, "Mean test accuracy over epochs (%)"),
        (right, "alignment", 1, "Angle at the end (degrees)"),
    ):
        for place, condition in enumerate(names):
            dots(ax, [place], scale * data[variable].sel(condition=condition), condition)
        ax.set_xticks(range(len(names)), names, rotation=30, ha="right")
        ax.set(ylabel=label)
    return drawing


def _alt(data: xr.Dataset) -> str:
    speeds = "; ".join(
        f"{name} {100 * float(data['speed'].sel(condition=name).mean()):.1f} %"
        for name in data["condition"].values.tolist()
    )
    return f"Mean test accuracy over epochs, and final angle, of every network. Speeds: {speeds}."


PANELS = (
    Panel(
        name="ablations",
        title="Noise under backpropagation, during learning, and with shuffled feedback",
        rows=(
            Claim(
                id="E1",
                claim="Noise before learning helps backpropagation too.",
                published="mentioned without numbers",
                inferred=LEARNING,
            ),
            Claim(
                id="E3",
                claim="Noise during learning, without pretraining, brings no gain.",
                published="cited, no number",
                inferred=LEARNING,
                note="One half of the training set is noise patterns with random labels, which "
                "stay the same in all epochs.",
            ),
            Claim(
                id="E4",
                claim="Ablation: shuffling the feedback after pretraining destroys its benefit.",
                inferred=LEARNING,
            ),
            Claim(
                id="E6",
                claim="Teaching signals are closer to those of backpropagation after noise.",
                published="no number",
                inferred=LEARNING,
                note="On 200 test images, before the first step of learning.",
            ),
        ),
        recipes=_recipes,
        measure=_measure,
        compare=_compare,
        figure=_figure,
        alt=_alt,
    ),
)
