"""Ablations and extra claims: what noise does elsewhere, and how long and fast it should be."""

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from ontogeny.analysis import error_alignment, weight_alignment
from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, Record, Schedule

from ..claims import Claim, Comparison
from ..comparisons import against, differs, not_run
from ..gathering import gathered, with_units
from ..look import figure, legend
from ..recipe import Branch, Recipe
from ..study import Panel
from .drawing import curve, dots
from .figure_2 import CHECKPOINTS, LEARNING
from .lives import images_of, learning, network_of, noise_life, pretrained, sizes_of
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


def _recipes_lengths(settings: Settings) -> dict[tuple, Recipe]:
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


def _measure_lengths(settings: Settings, lives: Lives) -> xr.Dataset:
    data = gathered(lives, ("length", "network"), measures_of_learning)
    return with_units(data, length=("1", "noise patterns before learning"), **TOLD)


def _best_of_others(angle: xr.DataArray) -> xr.DataArray:
    """Return the position of the length at which the other networks are aligned most, (network,).

    The network that is tested does not take part in the choice of what it is tested for.
    """
    others = (angle.sum("network", skipna=False) - angle).transpose("length", "network")
    return xr.DataArray(np.argmin(others.values, axis=0), dims="network")


def _listed(lengths: npt.NDArray[Any]) -> str:
    return " or ".join(f"{int(length):,}" for length in np.unique(lengths))


def _compare_lengths(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    angle, speed = data["before"], data["speed"]
    last = int(data["length"][-1])
    if data.sizes["network"] < 2:
        return {"E5": [not_run("the best length for a network is that of others: it has none")]}
    best = _best_of_others(angle)
    where = f"after {_listed(data['length'].values[best])}, where that of the others is smallest"
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


def _figure_lengths(data: xr.Dataset) -> Figure:
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


def _alt_lengths(data: xr.Dataset) -> str:
    mean = data.mean("network")
    parts = "; ".join(
        f"{int(length):,}: {float(row['before']):.1f} degrees, {100 * float(row['speed']):.1f} %"
        for length in data["length"].values
        for row in [mean.sel(length=length)]
    )
    return f"Angle before learning and speed of learning by the length of pretraining. {parts}."


def _recipes_rates(settings: Settings) -> dict[tuple, Recipe]:
    sizes = sizes_of(settings, settings.data)
    return {
        (rate, seed): noise_life(
            settings,
            "FA",
            sizes,
            seed,
            presentations=max(settings.lengths),
            checkpoints=settings.lengths,
            rate=rate,
        )
        for rate in settings.rates
        for seed in settings.few_seeds
    }


def _measure_rates(settings: Settings, lives: Lives) -> xr.Dataset:
    def measures(life: xr.DataTree) -> xr.Dataset:
        angle = weight_alignment(life).isel(synapses=-1, drop=True)
        lengths = life["progress"].dataset["presentation"].values.astype(int)
        found = {"angle": angle.drop_vars("presentation", errors="ignore")}
        return xr.Dataset(found).rename(checkpoint="length").assign_coords(length=lengths)

    data = gathered(lives, ("rate", "network"), measures)
    return with_units(data, angle=("degree", "angle between forward and feedback weights"))


def _compare_rates(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    found = []
    if data.sizes["network"] < 2:
        return {"E7": [not_run("the best length for a network is that of others: it has none")]}
    for rate in data["rate"].values:
        angle = data["angle"].sel(rate=rate, drop=True)
        best = _best_of_others(angle)
        found.append(
            differs(
                f"rate {rate:g}: angle after {_listed(data['length'].values[best])} patterns, "
                f"where that of the others is smallest, minus untrained",
                angle.isel(length=best).drop_vars("length"),
                angle.isel(length=0, drop=True),
                expected="less",
                alpha=0.05,
                unit="degree",
            )
        )
    return {"E7": found}


def _figure_rates(data: xr.Dataset) -> Figure:
    drawing, (ax,) = figure(1)
    x = data["length"].values / 1000
    shades = [0.1 + 0.8 * k / max(1, data.sizes["rate"] - 1) for k in range(data.sizes["rate"])]
    for shade, rate in zip(shades, data["rate"].values, strict=True):
        angle, colour = data["angle"].sel(rate=rate), to_hex(colormaps["viridis"](shade))
        curve(ax, x, angle, "FA, noise", label=f"rate {rate:g}", colour=colour)
    ax.axhline(90, color="0.4", linestyle=":")
    ax.set_xscale("symlog", linthresh=float(x[1]))
    ax.set(xlabel="Thousands of noise patterns", ylabel="Angle (degrees)")
    legend(ax)
    return drawing


def _alt_rates(data: xr.Dataset) -> str:
    mean = data["angle"].mean("network")
    parts = "; ".join(
        f"rate {float(rate):g}: smallest {float(mean.sel(rate=rate).min()):.1f}, at the end "
        f"{float(mean.sel(rate=rate)[-1]):.1f}"
        for rate in data["rate"].values
    )
    return f"Angle in degrees by length of pretraining, one line for each learning rate. {parts}."


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
        recipes=_recipes_lengths,
        measure=_measure_lengths,
        compare=_compare_lengths,
        figure=_figure_lengths,
        alt=_alt_lengths,
    ),
    Panel(
        name="rates",
        title="Learning rate of pretraining",
        rows=(
            Claim(
                id="E7",
                claim="Ours: there is a length of pretraining that aligns, at every learning rate.",
                inferred=LEARNING,
                note="Three networks at each rate.",
            ),
        ),
        recipes=_recipes_rates,
        measure=_measure_rates,
        compare=_compare_rates,
        figure=_figure_rates,
        alt=_alt_rates,
    ),
)
