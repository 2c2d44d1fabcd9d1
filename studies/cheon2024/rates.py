"""How fast noise should be learned from: alignment by length and learning rate."""

from collections.abc import Mapping
from typing import Any

import xarray as xr
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from ontogeny.analysis import weight_alignment

from ..claims import Claim, Comparison
from ..comparisons import differs, not_run
from ..gathering import gathered, with_units
from ..look import figure, legend
from ..recipe import Recipe
from ..study import Panel
from .drawing import curve
from .figure_2 import LEARNING
from .lengths import best_of_others, listed
from .lives import noise_life, sizes_of
from .settings import Settings

__all__ = ["PANELS"]

Lives = Mapping[Any, xr.DataTree]


def _recipes(settings: Settings) -> dict[tuple, Recipe]:
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


def _measure(settings: Settings, lives: Lives) -> xr.Dataset:
    def measures(life: xr.DataTree) -> xr.Dataset:
        angle = weight_alignment(life).isel(synapses=-1, drop=True)
        lengths = life["progress"].dataset["presentation"].values.astype(int)
        found = {"angle": angle.drop_vars("presentation", errors="ignore")}
        return xr.Dataset(found).rename(checkpoint="length").assign_coords(length=lengths)

    data = gathered(lives, ("rate", "network"), measures)
    return with_units(data, angle=("degree", "angle between forward and feedback weights"))


def _compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    found = []
    if data.sizes["network"] < 2:
        return {"E7": [not_run("the best length for a network is that of others: it has none")]}
    for rate in data["rate"].values:
        angle = data["angle"].sel(rate=rate, drop=True)
        best = best_of_others(angle)
        found.append(
            differs(
                f"rate {rate:g}: angle after {listed(data['length'].values[best])} patterns, "
                f"where that of the others is smallest, minus untrained",
                angle.isel(length=best).drop_vars("length"),
                angle.isel(length=0, drop=True),
                expected="less",
                alpha=0.05,
                unit="degree",
            )
        )
    return {"E7": found}


def _figure(data: xr.Dataset) -> Figure:
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


def _alt(data: xr.Dataset) -> str:
    mean = data["angle"].mean("network")
    parts = "; ".join(
        f"rate {float(rate):g}: smallest {float(mean.sel(rate=rate).min()):.1f}, at the end "
        f"{float(mean.sel(rate=rate)[-1]):.1f}"
        for rate in data["rate"].values
    )
    return f"Angle in degrees by length of pretraining, one line for each learning rate. {parts}."


PANELS = (
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
        recipes=_recipes,
        measure=_measure,
        compare=_compare,
        figure=_figure,
        alt=_alt,
    ),
)
