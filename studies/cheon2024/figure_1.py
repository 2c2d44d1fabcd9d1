"""Figure 1: noise turns forward weights towards their feedback."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import neuron_alignment, weight_alignment
from ontogeny.data import gaussian_noise, uniform_noise

from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..gathering import gathered, with_units
from ..look import figure, legend
from ..recipe import Recipe
from ..study import Panel
from .drawing import COLOURS, UNTRAINED, curve
from .lives import noise_life, noise_lives, sizes_of
from .settings import INFERRED, SETTINGS, Settings

__all__ = ["PANELS"]

Lives = Mapping[Any, xr.DataTree]
_NOISE = (INFERRED["optimiser"], INFERRED["noise"], INFERRED["weights"])
KINDS = {"normal": gaussian_noise, "uniform": uniform_noise}
_GRID = (
    f"{' and '.join(KINDS)} noise of means {', '.join(f'{mean:g}' for mean in SETTINGS.means)} and "
    f"standard deviations {', '.join(f'{std:g}' for std in SETTINGS.stds)}"
)


def _recipes(settings: Settings) -> dict[tuple, Recipe]:
    return noise_lives(settings, ("FA",))


def _measure(settings: Settings, lives: Lives) -> xr.Dataset:
    def measures(life: xr.DataTree) -> xr.Dataset:
        neurons = neuron_alignment(life).drop_vars("presentation", errors="ignore")
        found = {
            "loss": life["progress"]["loss"],
            "alignment": weight_alignment(life).isel(synapses=-1, drop=True),
            "neurons": neurons.isel(checkpoint=[0, -1]).rename(
                {neurons.dims[-1]: "neuron", "checkpoint": "moment"}
            ),
        }
        found["step"] = life["progress"]["presentation"] / settings.trials
        data = xr.Dataset(found).drop_vars("presentation", errors="ignore")
        return data.assign_coords(moment=["birth", "end"])

    data = gathered(lives, ("condition", "network"), measures).isel(condition=0, drop=True)
    return with_units(
        data,
        loss=("nat", "cross-entropy on fresh noise, mean since the checkpoint before"),
        alignment=("degree", "angle between forward and feedback weights, mean over neurons"),
        neurons=("degree", "angle between forward and feedback weights of a neuron"),
        step=("1", "steps of 64 noise patterns"),
    )


def _compare_1d(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    loss = data["loss"]
    return {
        "A1": [
            differs(
                "loss on noise, end minus beginning",
                loss.isel(checkpoint=-1),
                loss.isel(checkpoint=1),
                expected="less",
                unit="nat",
            )
        ]
    }


def _compare_1e(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    angle, neurons = data["alignment"], data["neurons"]
    first = int(data["network"][0])
    one = neurons.sel(network=first, drop=True).rename(neuron="network")
    before, after = one.sel(moment="birth"), one.sel(moment="end")
    birth, end = angle.isel(checkpoint=0), angle.isel(checkpoint=-1)
    return {
        "A2": [
            against("untrained, mean over networks", birth, 90, expected="equal", unit="degree"),
            against(
                f"untrained, the neurons of network {first}",
                before,
                90,
                expected="equal",
                unit="degree",
            ),
        ],
        "A3": [
            differs("after noise minus untrained", end, birth, expected="less", unit="degree"),
            differs(
                f"after noise minus untrained, the neurons of network {first}",
                after,
                before,
                expected="less",
                unit="degree",
            ),
        ],
    }


def _figure_1d(data: xr.Dataset) -> Figure:
    drawing, (ax,) = figure(1)
    step = data["step"].isel(network=0).values
    curve(ax, step[1:], data["loss"].isel(checkpoint=slice(1, None)), "FA, noise", label="loss")
    ax.axhline(np.log(10), color="0.4", linestyle=":", label="ln 10")
    ax.set(xlabel="Step of noise pretraining", ylabel="Cross-entropy (nat)")
    legend(ax)
    return drawing


def _alt_1d(data: xr.Dataset) -> str:
    loss = data["loss"].mean("network").values
    return (
        f"Line: the cross-entropy on fresh noise, from {loss[1]:.2f} to {loss[-1]:.2f} nat within "
        f"{float(data['step'].max()):,.0f} steps. A dotted line marks ln 10 = 2.30."
    )


def _figure_1e(data: xr.Dataset) -> Figure:
    drawing, (left, right) = figure(2)
    bins = [10.0 * edge for edge in range(19)]
    colours = {"birth": UNTRAINED, "end": COLOURS["FA, noise"]}
    for moment, label in (("birth", "untrained"), ("end", "after noise")):
        values = data["neurons"].sel(moment=moment).values.ravel()
        left.hist(values, bins, density=True, alpha=0.6, color=colours[moment], label=label)
    left.axvline(90, color="0.4", linestyle=":")
    left.set(xlabel="Angle of a neuron (degrees)", ylabel="Density (per degree)")
    legend(left)
    curve(right, data["step"].isel(network=0).values, data["alignment"], "FA, noise")
    right.axhline(90, color="0.4", linestyle=":")
    right.set(xlabel="Step of noise pretraining", ylabel="Mean angle (degrees)")
    return drawing


def _alt_1e(data: xr.Dataset) -> str:
    angle = data["alignment"].mean("network").values
    before, after = (float(data["neurons"].sel(moment=at).median()) for at in ("birth", "end"))
    return (
        f"Left: histograms of the angles of single neurons, with the median {before:.1f} degrees "
        f"before and {after:.1f} after noise. Right: the mean angle along noise, from "
        f"{angle[0]:.1f} to {angle[-1]:.1f} degrees, at least {angle.min():.1f}."
    )


def _recipes_1f(settings: Settings) -> dict[tuple, Recipe]:
    sizes = sizes_of(settings, settings.data)
    grid = product(KINDS, settings.means, settings.stds, settings.few_seeds)
    return {
        (kind, mean, std, seed): noise_life(
            settings,
            "FA",
            sizes,
            seed,
            checkpoints=1,
            noise=KINDS[kind](mean=mean, std=std),
        )
        for kind, mean, std, seed in grid
    }


def _measure_1f(settings: Settings, lives: Lives) -> xr.Dataset:
    def measures(life: xr.DataTree) -> xr.Dataset:
        angle = weight_alignment(life).isel(synapses=-1, drop=True)
        return xr.Dataset(
            {
                "before": angle.isel(checkpoint=0, drop=True),
                "after": angle.isel(checkpoint=-1, drop=True),
            }
        ).drop_vars("presentation", errors="ignore")

    data = gathered(lives, ("kind", "mean", "std", "network"), measures)
    what = "angle between forward and feedback weights"
    return with_units(
        data, before=("degree", f"{what} at birth"), after=("degree", f"{what} after noise")
    )


def _compare_1f(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    return {
        "A4": [
            differs(
                f"{kind}, mean {mean:g}, sd {std:g}: after noise minus untrained",
                data["after"].sel(kind=kind, mean=mean, std=std),
                data["before"].sel(kind=kind, mean=mean, std=std),
                expected="less",
                alpha=0.05,
                unit="degree",
            )
            for kind, mean, std in product(
                data["kind"].values.tolist(), data["mean"].values, data["std"].values
            )
        ]
    }


def _figure_1f(data: xr.Dataset) -> Figure:
    drawing, axes = figure(data.sizes["kind"])
    angle = data["after"].mean("network")
    low, high = float(angle.min()), float(angle.max())
    for ax, kind in zip(axes, data["kind"].values.tolist(), strict=True):
        values = angle.sel(kind=kind).transpose("mean", "std").values
        image = ax.imshow(values, vmin=low, vmax=high, cmap="viridis", aspect="auto")
        for (row, column), value in np.ndenumerate(values):
            light = (value - low) < 0.5 * (high - low)
            colour = "white" if light else "black"
            ax.text(column, row, f"{value:.0f}", ha="center", va="center", color=colour)
        ax.set_xticks(range(data.sizes["std"]), [f"{value:g}" for value in data["std"].values])
        ax.set_yticks(range(data.sizes["mean"]), [f"{value:g}" for value in data["mean"].values])
        ax.set(xlabel="Standard deviation", ylabel="Mean", title=f"{kind} noise")
    drawing.colorbar(image, ax=list(axes), label="Angle (degrees)")
    return drawing


def _alt_1f(data: xr.Dataset) -> str:
    angle = data["after"].mean("network")
    return (
        f"Maps of the final angle over mean and standard deviation of normal and uniform noise: "
        f"{float(angle.min()):.0f} to {float(angle.max()):.0f} degrees."
    )


PANELS = (
    Panel(
        name="1d",
        title="Loss during training on random noise",
        rows=(
            Claim(
                id="A1",
                claim="The loss decreases noticeably during training on random noise and labels.",
                published="no number",
                inferred=_NOISE,
                note="Labels are independent of inputs: in expectation the loss can only fall to "
                "ln 10 = 2.303.",
            ),
        ),
        recipes=_recipes,
        measure=_measure,
        compare=_compare_1d,
        figure=_figure_1d,
        alt=_alt_1d,
    ),
    Panel(
        name="1e",
        title="Alignment of forward with feedback weights",
        rows=(
            Claim(
                id="A2",
                claim="In untrained networks the angles do not differ from 90 degrees.",
                published="one-sample t test, n = 100 neurons, not significant, P = 0.492",
                inferred=(INFERRED["weights"],),
            ),
            Claim(
                id="A3",
                claim="Training on random noise decreases the angles.",
                published="two-sample t test, n = 100 neurons, P < 0.001",
                inferred=_NOISE,
                note="Row E5 asks whether longer training undoes it.",
            ),
        ),
        recipes=_recipes,
        measure=_measure,
        compare=_compare_1e,
        figure=_figure_1e,
        alt=_alt_1e,
    ),
    Panel(
        name="1f",
        title="Alignment under various distributions of the noise",
        rows=(
            Claim(
                id="A4",
                claim="Alignment arises under all conditions of the random input.",
                published="no number",
                inferred=(*_NOISE, _GRID),
                note="P < 0.05, since no level is stated and there are "
                f"{SETTINGS.networks_few} networks in each condition. The grid of the paper is not "
                "known.",
            ),
        ),
        recipes=_recipes_1f,
        measure=_measure_1f,
        compare=_compare_1f,
        figure=_figure_1f,
        alt=_alt_1f,
    ),
)
