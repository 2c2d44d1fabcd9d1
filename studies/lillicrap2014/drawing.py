"""How rules look in the figures of this study, and networks one by one."""

from collections.abc import Sequence
from typing import Any

import xarray as xr
from matplotlib.axes import Axes

from ..look import PALETTE
from .lives import log10

__all__ = ["COLOURS", "band", "finish", "publish"]

COLOURS = {
    "BP": PALETTE["black"],
    "FA": PALETTE["green"],
    "shallow": PALETTE["orange"],
    "node perturbation": PALETTE["purple"],
    "sparse FA": PALETTE["sky blue"],
    "direct FA": PALETTE["vermilion"],
}
_LABEL, _TICK = 9, 8


def band(
    ax: Axes,
    x: xr.DataArray,
    values: xr.DataArray,
    *,
    label: str,
    colour: Any,
    log: bool = False,
    style: str = "-",
) -> None:
    """Draw the mean of (presentation, network) in front of every network."""
    values = values.transpose(..., "network")
    middle = log10(values).mean("network") if log else values.mean("network")
    ax.plot(x, values, color=colour, linewidth=0.5, alpha=0.35, linestyle=style)
    mean = 10**middle if log else middle
    ax.plot(x, mean, color=colour, linewidth=1.6, label=label, linestyle=style)


def publish(ax: Axes, values: Sequence[tuple[float, str]]) -> None:
    """Mark published values at the right edge."""
    for value, colour in values:
        ax.plot(
            [1.0],
            [value],
            marker="<",
            color=colour,
            markeredgecolor="white",
            markersize=7,
            clip_on=False,
            transform=ax.get_yaxis_transform(),
        )


def finish(ax: Axes, xlabel: str, ylabel: str, *, legend: bool = True) -> None:
    """Label axes."""
    ax.set_xlabel(xlabel, fontsize=_LABEL)
    ax.set_ylabel(ylabel, fontsize=_LABEL)
    ax.tick_params(labelsize=_TICK)
    if legend:
        ax.legend(fontsize=_TICK, frameon=False)
