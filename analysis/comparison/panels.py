"""Panels of the figures of comparisons: rows of marks, and curves by distance."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from ..array import Floats
from ..drawing import COLOURS, GREY
from .legend import LINES, MARKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_ages", "draw_curves", "draw_rows"]

_LABEL, _TICK = 10, 9
# Points along an axis, and the sizes that labels may have there before they are turned.
_ROOM = 185.0
_SIZES = (_TICK, 7.5, 6.0)
_WIDTH = 0.58  # of a letter, over its size


def draw_rows(ax: "Axes", *, found: xr.Dataset, names: Sequence[str], label: str) -> None:
    """
    Draw quantities side by side: the life, its controls and the reference.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    found : xarray.Dataset, (quantity)
        Some of the rows of a comparison.
    names : sequence of str
        Coordinates that tell the rows apart.
    label : str
        Of the vertical axis.
    """
    places = np.arange(found.sizes["quantity"], dtype=float)
    for role, (shift, style) in MARKS.items():
        low, high = _ends(found, role)
        middle = found[role].values
        known = np.isfinite(middle)
        if known.any():
            drawn = {
                "linestyle": "none",
                "markersize": 4.5,
                "capsize": 2,
                "linewidth": 1.1,
                **style,
            }
            ax.errorbar(
                places[known] + shift,
                middle[known],
                yerr=_bars(middle, low, high)[:, known],
                **drawn,
            )
    labels = _labels(found, names)
    size = _label_size(labels)
    if size is None:
        ax.set_xticks(places, [text.replace("\n", " ") for text in labels], rotation=90)
    else:
        ax.set_xticks(places, labels)
    ax.set_xlim(-0.6, len(places) - 0.4)
    _finish(ax, label)
    ax.tick_params(axis="x", labelsize=size or _SIZES[-1])


def draw_curves(ax: "Axes", *, found: xr.Dataset, name: str, label: str) -> None:
    """
    Draw a curve by distance: of the life, of its control, and of the reference.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    found : xarray.Dataset, (distance, ...)
        A comparison.
    name : str
        Of the curve.
    label : str
        Of the vertical axis.
    """
    distance = found["distance"].values
    references = _references(found, name)
    for number, (text, curve) in enumerate(references):
        known = np.flatnonzero(np.isfinite(curve))
        shade = 0.85 - 0.11 * min(number, 6)
        ax.plot(distance[known], curve[known], color="black", alpha=shade, linewidth=1.0)
        if text and len(known):
            ax.annotate(
                text,
                (distance[known[0]], curve[known[0]]),
                xytext=(-3, 0),
                fontsize=7,
                textcoords="offset points",
                ha="right",
                va="center",
            )
    control = f"control_{name}"
    ax.plot(distance, found[control], color=GREY, linestyle=LINES["control"], linewidth=1.4)
    ends = found[f"{name}_low"], found[f"{name}_high"]
    ax.fill_between(distance, *ends, color=COLOURS[0], alpha=0.22, linewidth=0)
    ax.plot(distance, found[name], color=COLOURS[0], linewidth=1.8)
    curves = [found[name].values, *(curve for text, curve in references if not text)]
    reached = distance[np.isfinite(np.stack(curves)).any(axis=0)]
    furthest = float(reached.max() if len(reached) else distance[-1])
    ax.set_xlim(-0.17 * furthest, 1.04 * furthest)
    ax.set_xlabel("Distance (µm)", fontsize=_LABEL)
    if name == "correlation_index":
        ax.set_yscale("log")
    _finish(ax, label)


def draw_ages(ax: "Axes", *, found: xr.Dataset) -> None:
    """
    Draw the divergence that was measured along the life of ferrets.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    found : xarray.Dataset, (age, shown)
        A comparison.
    """
    from matplotlib.ticker import MaxNLocator

    ages = np.arange(found.sizes["age"])
    for number, shown in enumerate(found["shown"].values):
        own = found.sel(shown=shown)
        style: dict[str, Any] = {
            "color": "black",
            "alpha": 1 - 0.3 * number,
            "marker": "Dsv^"[number % 4],
        }
        error = own["divergence_by_age_error"]
        ax.errorbar(
            ages,
            own["divergence_by_age"],
            yerr=error,
            capsize=2,
            markersize=4,
            linewidth=1.0,
            label=str(shown),
            **style,
        )
    ax.set_xticks(ages, [f"P{age}" for age in found["age"].values])
    ax.legend(frameon=False, fontsize=8)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5))
    _finish(ax, "Divergence in ferrets\n(digitised, scale unknown)")


def _references(found: xr.Dataset, name: str) -> list[tuple[str, Floats]]:
    """Return the curves of the reference with their names."""
    if f"recorded_{name}" in found:
        curves = np.atleast_2d(found[f"recorded_{name}"].transpose(..., "distance").values)
        return [("", curve) for curve in curves]
    if name == "correlation_index" and "published_index" in found:
        groups = [str(group) for group in found["group"].values]
        return list(zip(groups, found["published_index"].values, strict=True))
    return []


def _ends(found: xr.Dataset, role: str) -> tuple[Floats, Floats]:
    start = "" if role == "value" else f"{role}_"
    return found[f"{start}low"].values, found[f"{start}high"].values


def _bars(middle: Floats, low: Floats, high: Floats) -> Floats:
    """Return lengths of bars; none where there is no interval."""
    return np.nan_to_num(np.clip(np.stack([middle - low, high - middle]), 0, None))


def _labels(found: xr.Dataset, names: Sequence[str]) -> list[str]:
    """Return what tells rows apart, leaving out what is the same in all."""
    columns = [found[name].values.astype(str) for name in names]
    told = [column for column in columns if len(set(column)) > 1] or columns[-1:]
    # One word on a line: labels stay upright and narrow.
    return [
        "\n".join(part.replace(" ", "\n") for part in parts if part)
        for parts in zip(*told, strict=True)
    ]


def _label_size(labels: Sequence[str]) -> float | None:
    """Return the largest size in which labels fit side by side, None where none does."""
    widths = [max(map(len, text.split("\n"))) for text in labels]
    widest = max((a + b) / 2 for a, b in zip(widths, [*widths[1:], widths[-1]], strict=True))
    room = _ROOM / (len(labels) + 0.2)
    return next((size for size in _SIZES if widest * _WIDTH * size <= room), None)


def _finish(ax: "Axes", label: str) -> None:
    ax.set_ylabel(label, fontsize=_LABEL)
    ax.tick_params(labelsize=_TICK)
    ax.spines[["top", "right"]].set_visible(False)
