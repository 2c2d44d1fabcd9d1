"""What the figures share."""

from collections.abc import Sequence
from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .lives import log10

__all__ = ["COLOURS", "band", "finish", "new_figure", "publish"]

#: Okabe and Ito's colours, which colour-blind readers can tell apart.
COLOURS = {
    "BP": "#000000",
    "FA": "#009E73",
    "shallow": "#E69F00",
    "node perturbation": "#CC79A7",
    "sparse FA": "#56B4E9",
    "direct FA": "#D55E00",
}
_LABEL, _TICK = 9, 8


def new_figure(columns: int = 2, *, height: float = 3.2) -> tuple[Figure, list[Axes]]:
    """Return a figure of panels side by side."""
    figure = Figure(figsize=(6.5, height), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False)[0]
    return figure, list(axes)


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
    ax.spines[["top", "right"]].set_visible(False)
    if legend:
        ax.legend(fontsize=_TICK, frameon=False)
