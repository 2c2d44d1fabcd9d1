"""Lines, bands, shading and legends that all figures share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import xarray as xr

from .statistics import summary
from .trajectory import LEARNING, SPONTANEOUS, learning_onset

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, which colour-blind readers can tell apart, darkest first.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_SHADE, GREY = "#ECECEC", "#6A6A6A"
_LABEL, _TICK = 10, 9
# Points of width that one label of the time axis needs.
_TICK_SPACE = 45
# Letters of a condition's name, up to which three of them stand in a row.
_SHORT_NAME = 14
# Height of legends that leave room for the names of the phases, in fractions of the axes.
_RAISED = 1.1


def draw(
    ax: "Axes", time: xr.DataArray, values: xr.DataArray, *, band: bool = True, **style: Any
) -> None:
    """Draw one line per condition: mean and range over networks, or every network."""
    time, values = xr.broadcast(time, values)
    if not values.notnull().any():
        return
    for index, condition in _conditions(values):
        colour = COLOURS[index % len(COLOURS)]
        x, y = (array.isel(condition) for array in (time, values))
        line = {"color": colour, "linewidth": 1.4, **style}
        if "network" not in y.dims:
            ax.plot(x, y, **line)
        elif _same_times(x):
            over_networks, x = summary(y), x.max("network")
            ax.plot(x, over_networks["mean"], **line)
            if band:
                limits = over_networks["low"], over_networks["high"]
                ax.fill_between(x, *limits, color=colour, alpha=0.22, linewidth=0)
        else:
            line = {**line, "linewidth": 0.8, "alpha": 0.6}
            for network in range(y.sizes["network"]):
                ax.plot(x.isel(network=network), y.isel(network=network), **line)


def draw_chance(ax: "Axes", level: float) -> None:
    """Draw the level of chance, named at the right of the axes."""
    ax.axhline(level, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.text(
        1.01,
        level,
        "chance",
        transform=ax.get_yaxis_transform(),
        va="center",
        fontsize=_TICK,
        color=GREY,
    )


def finish(ax: "Axes", progress: xr.Dataset, label: str) -> None:
    """Shade spontaneous phases; label and scale the axes."""
    from matplotlib.ticker import EngFormatter, MaxNLocator

    for start, stop in _spontaneous_spans(progress):
        ax.axvspan(start, stop, color=_SHADE, linewidth=0, zorder=0)
    learned = bool((progress["phase"] == LEARNING).any())
    since = "the start of learning" if learned else "birth"
    ax.set_xlabel(f"Presentations since {since}", fontsize=_LABEL)
    ax.set_ylabel(label, fontsize=_LABEL)
    points = ax.get_window_extent().width / ax.figure.dpi * 72
    intervals = int(np.clip(points / _TICK_SPACE, 2, 7))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=intervals, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    ax.tick_params(labelsize=_TICK)
    ax.spines[["top", "right"]].set_visible(False)
    ax.margins(x=0.01)


def name_phases(ax: "Axes", progress: xr.Dataset) -> None:
    """Write "spontaneous" above the shaded stretches."""
    for start, _ in _spontaneous_spans(progress):
        ax.text(
            start,
            1.01,
            "spontaneous",
            transform=ax.get_xaxis_transform(),
            ha="left",
            va="bottom",
            fontsize=_TICK,
            color=GREY,
        )


def name_conditions(ax: "Axes", progress: xr.Dataset, *, one_column: bool = False) -> None:
    """Add a legend of the conditions, and of what line and band are."""
    from matplotlib.lines import Line2D

    spread = _spread(progress)
    if "condition" in progress.dims:
        names = [str(name) for name in progress["condition"].values]
    elif spread:
        names, spread = [spread], None
    else:
        return
    columns = 1 if one_column or max(map(len, names)) > _SHORT_NAME else 3
    handles = [
        Line2D([], [], color=COLOURS[index % len(COLOURS)], linewidth=2, label=name)
        for index, name in enumerate(names)
    ]
    _add_legend(ax, handles, above=_RAISED, side="left", columns=columns, title=spread)


def name_styles(ax: "Axes", styles: dict[str, dict[str, Any]], *, beside: bool = False) -> None:
    """Add a legend of line styles, in black; `beside` that of the conditions on the same axes."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color="black", linewidth=1.4, label=name, **style)
        for name, style in styles.items()
    ]
    above, columns = (_RAISED, 1) if beside else (1.0, len(handles))
    _add_legend(ax, handles, above=above, side="right", columns=columns)


def _add_legend(
    ax: "Axes",
    handles: list[Any],
    *,
    above: float,
    side: Literal["left", "right"],
    columns: int,
    title: str | None = None,
) -> None:
    """Add a legend above the axes, where no curve can run beneath it, beside earlier ones."""
    from matplotlib.legend import Legend

    legend = Legend(
        ax,
        handles,
        [handle.get_label() for handle in handles],
        title=title,
        loc="lower left" if side == "left" else "lower right",
        bbox_to_anchor=(0.0 if side == "left" else 1.0, above),
        ncols=columns,
        frameon=False,
        fontsize=_TICK,
        title_fontsize=_TICK,
        alignment="left",
        borderpad=0.0,
        borderaxespad=0.2,
        handlelength=1.8,
    )
    legend.set_clip_on(False)
    ax.add_artist(legend)


def _conditions(values: xr.DataArray) -> Iterator[tuple[int, dict[str, int]]]:
    if "condition" not in values.dims:
        yield 0, {}
        return
    for index in range(values.sizes["condition"]):
        yield index, {"condition": index}


def _spread(progress: xr.Dataset) -> str | None:
    networks = progress.sizes.get("network", 0)
    if networks < 2:
        return None
    time = progress["presentation"] - learning_onset(progress)
    same = "network" not in time.dims or _same_times(time)
    return f"mean and range of {networks} networks" if same else f"{networks} networks"


def _same_times(time: xr.DataArray) -> bool:
    return bool(((time == time.max("network")) | time.isnull()).all())


def _spontaneous_spans(progress: xr.Dataset) -> list[tuple[float, float]]:
    """Return where one of the lives is spontaneous, in time since the start of learning."""
    time = progress["presentation"] - learning_onset(progress)
    phase_index = progress["phase_index"]
    spontaneous = progress["phase"] == SPONTANEOUS
    spans: list[tuple[float, float]] = []
    for index in np.unique(phase_index.where(spontaneous)):
        inside = spontaneous & (phase_index == index)
        if not inside.any():
            continue
        stop = time.where(inside).max("checkpoint")
        start = time.where(phase_index < index).max("checkpoint")
        start = start.fillna(time.where(inside).min("checkpoint")).where(stop.notnull())
        spans.append((float(start.min()), float(stop.max())))
    return [(start, stop) for start, stop in spans if stop > start]
