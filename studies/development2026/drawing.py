"""How conditions look in the figures of this study."""

from collections.abc import Sequence

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..look import PALETTE, curve, dots, figure, interval
from .activity import nothing_with
from .conditions import BP, CONTROLS, NOTHING, SIMULATED, WHITE, waves_of
from .settings import AGES

__all__ = ["GREY", "along", "by_condition", "colour_of", "described"]

GREY = "#777777"
_COLOURS = {
    BP: PALETTE["blue"],
    NOTHING: PALETTE["vermilion"],
    WHITE: PALETTE["purple"],
    SIMULATED: PALETTE["orange"],
}
_MARKS = {BP: "s", NOTHING: "o", WHITE: "^", SIMULATED: "v"}


#: From young to old: dark to light.
_RAMP = ("#00204D", "#00483A", "#00735C", "#009E73", "#56B98F", "#9AD3B5")
_CONTROL_MARKS = dict(zip(CONTROLS.values(), ("x", "+", "1", "*"), strict=True))


def _control(condition: str) -> str | None:
    """Return which control a condition is."""
    return next((name for name in CONTROLS.values() if condition.endswith(f" {name}")), None)


def colour_of(condition: str) -> str:
    """Return the colour of a condition: of recordings and their controls, that of the age."""
    for age, colour in zip(AGES, _RAMP, strict=True):
        if condition in (waves_of(age), nothing_with(waves_of(age))):
            return colour
        if any(condition == waves_of(age, control) for control in CONTROLS):
            return colour
    return _COLOURS.get(condition, GREY)


def mark_of(condition: str) -> str:
    """Return the mark of a condition."""
    control = _control(condition)
    return _MARKS.get(condition, "D") if control is None else _CONTROL_MARKS[control]


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
                dots(ax, [at], one, label="", colour=colour_of(condition), mark=mark)
        ax.set(ylabel=label)
        ax.set_xticks(range(len(names)), names if ax is axes[-1] else [], rotation=60, ha="right")
    if "moment" in data.dims:
        handles = [
            Line2D([], [], color=GREY, linestyle="none", marker=mark, label=str(moment))
            for mark, moment in zip("os^", data["moment"].values, strict=True)
        ]
        drawn.legend(
            handles=handles, frameon=False, fontsize="small", ncols=3, loc="outside upper center"
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
        stroke=":" if _control(condition) else "-",
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
