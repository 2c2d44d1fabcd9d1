"""How conditions look in the figures of this study."""

from collections.abc import Sequence

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..look import PALETTE, curve, dots, figure, interval
from .conditions import BP, CONTROLS, NOTHING, SIMULATED, WHITE

__all__ = ["GREY", "along", "by_condition", "colour_of", "described"]

GREY = "#777777"
_COLOURS = {
    BP: PALETTE["blue"],
    NOTHING: PALETTE["vermilion"],
    WHITE: PALETTE["purple"],
    SIMULATED: PALETTE["orange"],
}
_MARKS = {BP: "s", NOTHING: "o", WHITE: "^", SIMULATED: "v"}


def _is_control(condition: str) -> bool:
    return condition.endswith(tuple(CONTROLS.values()))


def colour_of(condition: str) -> str:
    """Return the colour of a condition: recordings are green, their controls grey."""
    return GREY if _is_control(condition) else _COLOURS.get(condition, PALETTE["green"])


def mark_of(condition: str) -> str:
    """Return the mark of a condition."""
    return "x" if _is_control(condition) else _MARKS.get(condition, "D")


def by_condition(data: xr.Dataset, shown: Sequence[tuple[str, float, str]]) -> Figure:
    """Draw measures against conditions, one below the other.

    Parameters
    ----------
    data : xarray.Dataset, (condition, network[, moment])
        The measures; marks of several moments stand side by side.
    shown : sequence of (str, float, str)
        Variable, what it is multiplied by, and the label of its axis.
    """
    names = data["condition"].values.tolist()
    drawn, axes = figure(1, len(shown), height=1.9 * len(shown) + 1.6)
    for ax, (name, scale, label) in zip(axes, shown, strict=True):
        values = scale * data[name]
        moments = values["moment"].values.tolist() if "moment" in values.dims else [None]
        for place, condition in enumerate(names):
            for number, moment in enumerate(moments):
                one = values.sel(condition=condition)
                one = one if moment is None else one.sel(moment=moment)
                if bool(one.isnull().all()):
                    continue
                at = place + 0.25 * (number - (len(moments) - 1) / 2)
                mark = mark_of(condition) if moment is None else "os^"[number]
                told = "" if place or moment is None else str(moment)
                dots(ax, [at], one, label=told, colour=colour_of(condition), mark=mark)
        ax.set(ylabel=label)
        ax.set_xticks(range(len(names)), names if ax is axes[-1] else [], rotation=60, ha="right")
    if "moment" in data.dims:
        handles, labels = axes[0].get_legend_handles_labels()
        axes[0].legend(
            handles,
            labels,
            frameon=False,
            fontsize="small",
            ncols=3,
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
        )
    return drawn


def along(
    ax: Axes, x: Sequence[float], values: xr.DataArray, condition: str, *, label: str | None = None
) -> None:
    """Draw the mean over networks of a condition against x.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    x : sequence of float
        Along the horizontal axis.
    values : xarray.DataArray, (network, ...)
        The measure, one other dim.
    condition : str
        Decides on colour and mark.
    label : str, optional
        In the legend; the condition by default.
    """
    curve(
        ax,
        x,
        values.transpose("network", ...),
        label=condition if label is None else label,
        colour=colour_of(condition),
        mark=mark_of(condition),
        stroke=":" if _is_control(condition) else "-",
    )


def described(data: xr.Dataset, shown: Sequence[tuple[str, float, str]]) -> str:
    """Say the means over networks of measures, condition by condition.

    Parameters
    ----------
    data : xarray.Dataset, (condition, network)
        The measures.
    shown : sequence of (str, float, str)
        Variable, what it is multiplied by, and its unit in words.
    """
    parts = []
    for condition in data["condition"].values.tolist():
        told = [
            f"{scale * float(interval(data[name].sel(condition=condition))[0]):.3g} {unit}"
            for name, scale, unit in shown
            if not bool(data[name].sel(condition=condition).isnull().all())
        ]
        parts.append(f"{condition}: {', '.join(told) or 'not measured'}")
    return "; ".join(parts)
