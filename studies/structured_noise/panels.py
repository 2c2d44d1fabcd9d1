"""Lives that begin with noise of some kind, and learn digits afterwards.

They are those of `ontogeny.studies.cheon2024` but for the noise. Its lives, settings and measures
are shared on purpose: what both studies need is lived once.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.data import (
    FrameNoise,
    Noise,
    binary_noise,
    correlated_noise,
    gaussian_noise,
    ornstein_uhlenbeck_noise,
    retinal_waves,
    sparse_noise,
)

from ..cheon2024.lives import learning, noise_life, sizes_of
from ..cheon2024.measures import TOLD, measures_of_learning
from ..cheon2024.settings import INFERRED, Settings
from ..claims import Claim, Comparison
from ..comparisons import against, differs, share_of_gap
from ..gathering import gathered, with_units
from ..look import PALETTE, dots, figure
from ..recipe import Branch, Recipe
from ..study import Panel

__all__ = ["KINDS", "PANELS", "WHITE"]

Lives = Mapping[Any, xr.DataTree]
#: Kinds of noise with structure, all with the parameters that the package gives them by default.
KINDS: dict[str, Callable[[], Noise | FrameNoise]] = {
    "correlated": correlated_noise,
    "Ornstein-Uhlenbeck": ornstein_uhlenbeck_noise,
    "binary": binary_noise,
    "sparse": sparse_noise,
    "retinal waves": retinal_waves,
}
#: Kind -> mean and standard deviation of its pixels; white noise with the same is its control.
#: Measured over 2 000 frames of 784 pixels, ``gaussian_noise`` stands for those with 0 and 1.
MOMENTS = {
    "correlated": (0.0, 1.0),
    "Ornstein-Uhlenbeck": (0.0, 1.0),
    "binary": (0.5, 0.5),
    "sparse": (0.05, 0.245),
    "retinal waves": (0.041, 0.199),
}
WHITE = "white"
_MARKS = 8


def control_of(kind: str) -> str:
    """Return the name of the white noise with the moments of a kind."""
    return WHITE if MOMENTS[kind] == (0.0, 1.0) else f"white like {kind}"


def noises() -> dict[str, Noise | FrameNoise]:
    """Return all noises that networks live through: white ones, and those with structure."""
    found: dict[str, Noise | FrameNoise] = {WHITE: gaussian_noise()}
    for kind, make in KINDS.items():
        found[kind] = make()
        mean, std = MOMENTS[kind]
        if control_of(kind) != WHITE:
            found[control_of(kind)] = gaussian_noise(mean=mean, std=std)
    return found


def _recipes(settings: Settings) -> dict[tuple, Recipe]:
    sizes = sizes_of(settings, settings.data)
    lives: dict[tuple, Recipe] = {}
    for seed in settings.seeds:
        for condition in ("BP", "FA"):
            lives[condition, seed] = learning(
                settings, condition, settings.data, sizes, seed, checkpoints=12
            )
        # The life of white noise is that of the study of random noise.
        lives[WHITE, seed] = learning(
            settings, "FA, noise", settings.data, sizes, seed, checkpoints=12
        )
        for kind, noise in noises().items():
            if kind == WHITE:
                continue
            before = noise_life(settings, "FA", sizes, seed, noise=noise, checkpoints=_MARKS)
            life = learning(
                settings,
                f"FA, {kind}",
                settings.data,
                sizes,
                seed,
                checkpoints=12,
                birth=Branch(life=before),
            )
            lives[kind, seed] = life
    return lives


def _measure(settings: Settings, lives: Lives) -> xr.Dataset:
    data = gathered(lives, ("condition", "network"), measures_of_learning)
    return with_units(data, **TOLD)


def _compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    def of(condition: str, name: str) -> xr.DataArray:
        return data[name].sel(condition=condition)

    kinds = [kind for kind in KINDS if kind in data["condition"].values]
    return {
        "S1": [
            differs(
                f"{kind}: angle after noise minus untrained",
                of(kind, "before"),
                of("FA", "before"),
                expected="less",
                unit="degree",
            )
            for kind in kinds
        ],
        "S2": [
            differs(
                f"{kind}: angle minus that of white noise with the same mean and deviation",
                of(kind, "before"),
                of(control_of(kind), "before"),
                expected="less",
                alpha=0.05,
                unit="degree",
            )
            for kind in kinds
        ],
        "S3": [
            differs(
                f"{kind}: speed of learning minus that without noise",
                of(kind, "speed"),
                of("FA", "speed"),
                expected="greater",
            )
            for kind in kinds
        ],
        "S4": [
            against(
                f"{kind}: speed of learning after white noise (0, 1) minus after it",
                of(WHITE, "speed") - of(kind, "speed"),
                0,
                expected="not greater",
            )
            for kind in kinds
        ],
        "S5": [
            share_of_gap(
                f"{kind}: share of the gap to backpropagation that it closes",
                of(kind, "speed"),
                of("FA", "speed"),
                of("BP", "speed"),
                alpha=0.001,
            )
            for kind in (WHITE, *kinds)
        ],
        "S6": [
            differs(
                f"{kind}: final accuracy minus that without noise",
                of(kind, "final"),
                of("FA", "final"),
                expected="greater",
            )
            for kind in kinds
        ],
    }


def _figure(data: xr.Dataset) -> Figure:
    drawing, axes = figure(2, height=4.2)
    names = data["condition"].values.tolist()
    for ax, name, scale, label in (
        (axes[0], "before", 1, "Angle before learning (degrees)"),
        (axes[1], "speed", 100, "Mean test accuracy over epochs (%)"),
    ):
        for place, condition in enumerate(names):
            values = scale * data[name].sel(condition=condition)
            mark = "s" if condition == "BP" else "o"
            dots(ax, [place], values, label=condition, colour=_colour(condition), mark=mark)
        ax.set_xticks(np.arange(len(names)), names, rotation=60, ha="right")
        ax.set(ylabel=label)
    return drawing


def _colour(condition: str) -> str:
    if condition in KINDS:
        return PALETTE["green"]
    return {"BP": PALETTE["blue"], "FA": PALETTE["vermilion"]}.get(condition, PALETTE["purple"])


def _alt(data: xr.Dataset) -> str:
    mean = data.mean("network")
    parts = "; ".join(
        f"{name}: {float(row['before']):.1f} degrees, {100 * float(row['speed']):.1f} %"
        for name in data["condition"].values.tolist()
        for row in [mean.sel(condition=name)]
    )
    return f"Angle before learning and mean test accuracy over epochs by kind of noise. {parts}."


_SETTINGS = (*INFERRED.values(), "noises with the default parameters of this package")

PANELS = (
    Panel(
        name="kinds",
        title="Kinds of noise as pretraining",
        rows=(
            Claim(
                id="S1",
                claim="Ours: noise with structure aligns forward with feedback weights.",
                inferred=_SETTINGS,
            ),
            Claim(
                id="S2",
                claim="Ours: structure helps: it aligns more than white noise with the same mean "
                "and standard deviation.",
                inferred=_SETTINGS,
            ),
            Claim(
                id="S3",
                claim="Ours: learning after noise with structure is faster than without noise.",
                inferred=_SETTINGS,
            ),
            Claim(
                id="S4",
                claim="Ours: noise with structure pretrains as well as white noise of mean 0 and "
                "standard deviation 1.",
                inferred=_SETTINGS,
                note="Not greater: the white noise brings no more than the other. Noises differ in "
                "mean and variance too, whence the controls of S2.",
            ),
            Claim(
                id="S5",
                claim="Ours: each kind closes a part of the gap between feedback alignment and "
                "backpropagation.",
                inferred=_SETTINGS,
            ),
            Claim(
                id="S6",
                claim="Ours: the final accuracy is higher than without noise.",
                inferred=_SETTINGS,
            ),
        ),
        recipes=_recipes,
        measure=_measure,
        compare=_compare,
        figure=_figure,
        alt=_alt,
    ),
)
