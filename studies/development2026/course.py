"""Alignment along life: through the spontaneous phase, and through learning."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import weight_alignment

from ..claims import Claim, Comparison
from ..comparisons import differs
from ..gathering import gathered, with_units
from ..look import figure
from ..recipe import Recipe
from ..study import Panel
from .comparing import compared, with_absent
from .conditions import (
    NOTHING,
    SIMULATED,
    WHITE,
    inputs_of,
    learning_lives,
    marks_of,
    spontaneous_life,
    waves_of,
)
from .drawing import along, described
from .settings import Settings, inferred

__all__ = ["PANELS", "compare", "measure"]

Lives = Mapping[Any, xr.DataTree]
_DIMS = ("phase", "condition", "network")
_SPONTANEOUS, _LEARNING = "spontaneous", "learning"


def _recipes(settings: Settings) -> dict[tuple, Recipe]:
    lives: dict[tuple, Recipe] = {
        (_SPONTANEOUS, condition, seed): spontaneous_life(settings, condition, seed)
        for condition in inputs_of(settings).noises
        for seed in settings.seeds
    }
    return lives | {(_LEARNING, *key): life for key, life in learning_lives(settings).items()}


def measure(settings: Settings, lives: Lives) -> xr.Dataset:
    """Measure the angle at marks along both phases."""
    wanted = np.array([0, *marks_of(settings)])

    def angles(life: xr.DataTree) -> tuple[xr.DataArray, np.ndarray]:
        angle = weight_alignment(life).isel(synapses=-1, drop=True)
        return angle.drop_vars(set(angle.coords)), life["progress"].dataset["presentation"].values

    def spontaneous(life: xr.DataTree) -> xr.Dataset:
        # The life of white noise has more checkpoints, for another study.
        angle, lived = angles(life)
        nearest = np.abs(lived[:, None] - wanted).argmin(0)
        angle = angle.isel(checkpoint=nearest).rename(checkpoint="mark")
        return xr.Dataset({"spontaneous": angle, "lived": ("mark", lived[nearest])})

    def learning(life: xr.DataTree) -> xr.Dataset:
        angle, lived = angles(life)
        return xr.Dataset({"learning": angle, "learned": ("checkpoint", lived)})

    before = gathered(lives, _DIMS, spontaneous, where=lambda key: key[0] == _SPONTANEOUS)
    after = gathered(lives, _DIMS, learning, where=lambda key: key[0] == _LEARNING)
    after = after.isel(phase=0, drop=True)
    before = before.isel(phase=0, drop=True).reindex(condition=after["condition"])
    what = "angle between forward and feedback weights along"
    found = with_units(
        after.merge(before),
        spontaneous=("degree", f"{what} the spontaneous phase"),
        learning=("degree", f"{what} learning"),
        lived=("1", "presentations of the spontaneous phase"),
        learned=("1", "presentations of learning"),
    )
    return with_absent(settings, found)


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the ends of lives, and the way to them."""
    ends = data["learning"].isel(checkpoint=-1)
    start, half, end = (data["spontaneous"].isel(mark=at) for at in (0, settings.before // 2, -1))
    lived = [*(waves_of(age) for age in settings.ages), SIMULATED, WHITE]
    return {
        "D8": compared(
            data,
            [(one, NOTHING) for one in lived],
            lambda one, other: differs(
                f"angle after learning: {one} minus {other}",
                ends.sel(condition=one),
                ends.sel(condition=other),
                expected="less",
                alpha=0.001,
                unit="degree",
            ),
        ),
        "D9": compared(
            data,
            [(one,) for one in lived],
            lambda one: differs(
                f"{one}: fall of the angle in the second half of the phase minus that in the first",
                (half - end).sel(condition=one),
                (start - half).sel(condition=one),
                expected="less",
                alpha=0.05,
                unit="degree",
            ),
        ),
    }


def draw(data: xr.Dataset) -> Figure:
    """Draw the angle along both phases."""
    drawn, (left, right) = figure(2, height=4.6)
    for condition in data["condition"].values.tolist():
        one = data.sel(condition=condition).isel(network=0)
        values = data.sel(condition=condition)
        along(right, (one["learned"].values / 1000).tolist(), values["learning"], condition)
        if not bool(values["spontaneous"].isnull().all()):
            along(left, (one["lived"].values / 1000).tolist(), values["spontaneous"], condition)
    left.set(xlabel="Spontaneous presentations (thousands)", ylabel="Angle (degrees)")
    right.set(xlabel="Presentations of digits (thousands)")
    limits = [ax.get_ylim() for ax in (left, right)]
    for ax in (left, right):
        ax.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
    handles, labels = right.get_legend_handles_labels()
    drawn.legend(
        handles, labels, frameon=False, fontsize="small", ncols=3, loc="outside lower center"
    )
    return drawn


def describe(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    ends = xr.Dataset(
        {
            "before": data["learning"].isel(checkpoint=0),
            "after": data["learning"].isel(checkpoint=-1),
        }
    )
    parts = described(
        ends, [("before", 1.0, "degrees before learning"), ("after", 1.0, "after it")]
    )
    return (
        f"Angle between forward and feedback weights of {data.sizes['network']} networks along the "
        f"spontaneous phase and along learning. {parts}."
    )


_INFERRED = inferred("lives", "recordings", "frames")

PANELS = (
    Panel(
        name="course",
        title="Alignment along life",
        rows=(
            Claim(
                id="D8",
                claim="Ours: what spontaneous activity aligned stays aligned: after learning the "
                "angle is still smaller than in networks without it.",
                published="Cheon et al. (2024): so with white noise; no number for waves",
                inferred=_INFERRED,
            ),
            Claim(
                id="D9",
                claim="Ours: alignment saturates: the angle falls less in the second half of the "
                "spontaneous phase than in the first.",
                inferred=_INFERRED,
            ),
        ),
        recipes=_recipes,
        measure=measure,
        compare=compare,
        figure=draw,
        alt=describe,
    ),
)
