"""Who is who in the figures of comparisons."""

from typing import TYPE_CHECKING, Any

import xarray as xr

from ..drawing import COLOURS, GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LINES", "MARKS", "name_marks"]

_SIZE = 9
_LIGHT = "#9A9A9A"
#: How each number is drawn, and how far beside the middle of its place.
MARKS: dict[str, tuple[float, dict[str, Any]]] = {
    "surrogate": (0.18, {"color": _LIGHT, "marker": "o", "markerfacecolor": "white"}),
    "control": (-0.18, {"color": GREY, "marker": "s"}),
    "reference": (0.34, {"color": "black", "marker": "D"}),
    "value": (0.0, {"color": COLOURS[0], "marker": "o"}),
}
#: How curves are drawn; the surrogate has none.
LINES: dict[str, Any] = {
    "value": "solid",
    "control": (0, (4, 2)),
    "surrogate": "none",
    "reference": "solid",
}
_NAMES = {
    "value": "life",
    "control": "control",
    "surrogate": "surrogate",
    "reference": "reference",
}


def name_marks(ax: "Axes", found: xr.Dataset) -> None:
    """
    Add a legend of who is who above the axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The first one.
    found : xarray.Dataset
        A comparison.
    """
    from matplotlib.lines import Line2D

    curves, rows = "correlation_index" in found, found.attrs["comparison"] != "retinal-waves"
    handles = []
    for role, line in LINES.items():
        # Along life no row that is drawn has a reference; the panel of ferrets names its own.
        drawn = role != "reference" or found.attrs["comparison"] != "v1-development"
        if drawn and found[role].notnull().any():
            style = {"linestyle": line if curves else "none", **MARKS[role][1]}
            if not rows:
                style["marker"] = "none"
            handles.append(
                Line2D([], [], linewidth=1.4, markersize=4.5, label=_NAMES[role], **style)
            )
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=2,
        handlelength=2.6 if curves else 1.2,
        frameon=False,
        fontsize=_SIZE,
        columnspacing=1.2,
        handletextpad=0.4,
        borderaxespad=0.2,
    )
