"""Figure 6a: the meta-loss along noise."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from .. import look
from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..gathering import with_units
from ..study import Key, Panel
from . import drawing
from .figure_6_lives import ADAPTED, LEVEL, measure_adaptation, recipes_along
from .settings import Settings

__all__ = ["PANELS"]


def measure_meta(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the meta-loss: the sum over tasks of the loss after, and along, adaptation."""
    found = measure_adaptation(settings, lives)
    loss = found["loss"]
    found["meta_loss"] = loss.isel(epoch=-1, drop=True).sum("task", skipna=False)
    found["meta_loss_along"] = loss.isel(epoch=slice(1, None)).sum(["task", "epoch"], skipna=False)
    return with_units(
        found,
        meta_loss=("nat", "sum over tasks of the test loss after adaptation"),
        meta_loss_along=("nat", "sum over tasks and epochs of the test loss during adaptation"),
    )


def _falls(values: xr.DataArray, what: str) -> list[Comparison]:
    """Compare the end with birth, and ask whether the way there leads downwards."""
    after = values["presentation"].values
    rows = values.transpose("network", "presentation").values
    slopes = np.polyfit(after / 100_000, rows.T, 1)[0]
    return [
        differs(
            f"{what}: after {after[-1]:,} noise patterns less after none",
            values.isel(presentation=-1, drop=True),
            values.isel(presentation=0, drop=True),
            expected="less",
            alpha=0.05,
            unit="nat",
        ),
        against(
            f"{what}: slope against noise patterns, fitted to the snapshots of each network",
            slopes,
            0.0,
            expected="less",
            unit="nat per 100,000 patterns",
        ),
    ]


def compare_meta(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the meta-loss along noise."""
    return {
        "A21": _falls(found["meta_loss"], "meta-loss after adaptation"),
        "A21.b": _falls(found["meta_loss_along"], "meta-loss summed along adaptation"),
    }


def draw_meta(found: xr.Dataset) -> Figure:
    """Draw both meta-losses against noise."""
    drawn, axes = look.figure(2)
    thousands = found["presentation"] / 1000
    labels = ("after adaptation", "summed along adaptation")
    for place, name, label in zip(axes, ("meta_loss", "meta_loss_along"), labels, strict=True):
        drawing.curve(place, thousands, found[name].transpose("network", ...), "FA, noise")
        place.set_xlabel("noise patterns before (thousands)")
        place.set_title(label, fontsize="medium")
        place.set_ylabel("meta-loss (nat)")
    return drawn


def describe_meta(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    loss = found["meta_loss"]
    parts = [
        f"{int(after):,} patterns: {look.said(loss.sel(presentation=after), 2, 'nat')}"
        for after in found["presentation"].values
    ]
    tasks = ", ".join(map(str, found["task"].values))
    return (
        f"Meta-loss over {tasks} against the noise patterns before adaptation: on the left after "
        f"adaptation, on the right summed along it. After adaptation: {'; '.join(parts)}."
    )


META_ROWS = (
    Claim(
        id="A21",
        claim="The meta-loss over three tasks falls gradually during noise",
        published="no test stated",
        inferred=(*ADAPTED, "meta-loss: sum over tasks of the test loss after adaptation"),
        note=LEVEL,
    ),
    Claim(
        id="A21.b",
        claim="The losses measured during adaptation, summed over three tasks, fall gradually "
        "during noise",
        published="no test stated",
        inferred=(*ADAPTED, "sum over tasks and epochs of the test loss"),
        note=f"The wording of the figure's caption. {LEVEL}",
    ),
)


PANELS = (
    Panel(
        name="6a",
        title="Meta-loss along noise",
        rows=META_ROWS,
        recipes=recipes_along,
        measure=measure_meta,
        compare=compare_meta,
        figure=draw_meta,
        alt=describe_meta,
    ),
)
