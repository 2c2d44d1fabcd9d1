"""Figures of comparisons; they draw what `compare` returns."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from .legend import name_marks
from .panels import draw_ages, draw_curves, draw_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["comparison_axes", "plot_comparison"]

_Panel = Callable[["Axes"], None]
_COLUMNS = 2


def plot_comparison(found: xr.Dataset, axes: "np.ndarray | None" = None) -> np.ndarray:
    """
    Draw what a comparison found.

    The life is blue, its control (the same network at birth; of the input, shuffled frames) grey, a
    square or a broken line, the surrogate an open grey circle, and the reference black; bars and
    bands are intervals of 95 %.

    Parameters
    ----------
    found : xarray.Dataset
        What `compare` returns.
    axes : numpy.ndarray of matplotlib.axes.Axes, optional
        Where to draw, as many as there are panels; by default a new figure.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One for each panel: two for ``retinal-waves``, ``it-rdm`` and ``v1v2``, six for
        ``v1-development``, two or, with positions, four for a recording.

    Raises
    ------
    ValueError
        If `found` is something else, or there are not as many axes as panels.

    Examples
    --------
    >>> axes = plot_comparison(compare(life, "retinal-waves"))              # doctest: +SKIP
    >>> axes[0].figure.savefig("waves.png", dpi=200)                        # doctest: +SKIP
    """
    panels = _panels(found)
    if axes is None:
        from matplotlib import pyplot

        axes = comparison_axes(pyplot.figure(layout="constrained"), found)
    axes = np.asarray(axes, dtype=object).ravel()
    if axes.size != len(panels):
        raise ValueError(f"plot_comparison.axes: expected {len(panels)} axes, got {axes.size}")
    for ax, panel in zip(axes, panels, strict=True):
        panel(ax)
    name_marks(axes[0], found)
    return axes


def comparison_axes(figure: "Figure", found: xr.Dataset) -> np.ndarray:
    """
    Give a figure its size, and axes for the panels of a comparison.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        An empty one.
    found : xarray.Dataset
        What `compare` returns.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One for each panel.
    """
    count = len(_panels(found))
    rows = -(-count // _COLUMNS)
    figure.set_size_inches(7.5, 0.4 + 3.1 * rows)
    axes = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for ax in axes[count:]:
        ax.remove()
    return np.asarray(axes[:count], dtype=object)


def _panels(found: xr.Dataset) -> list[_Panel]:
    kind = found.attrs.get("comparison")
    if kind not in _PANELS:
        raise ValueError(
            f"plot_comparison.found: expected what compare() returns, of {', '.join(_PANELS)}, got "
            f"{kind!r}"
        )
    return _PANELS[kind](found)


def _waves(found: xr.Dataset) -> list[_Panel]:
    return [
        partial(draw_curves, found=found, name="correlation_index", label="Correlation index"),
        partial(draw_curves, found=found, name="correlation", label="Correlation"),
    ]


def _development(found: xr.Dataset) -> list[_Panel]:
    labels = {
        "spontaneous-evoked divergence": "Divergence of evoked from\nspontaneous words (nat)",
        "subspace alignment": "Alignment of spontaneous\nand evoked subspaces",
        "participation ratio, evoked": "Dimensions of evoked\nactivity",
        "population sparseness, spontaneous": "Sparseness of\nspontaneous activity",
        "events per frame": "Events per frame of\nspontaneous activity",
    }
    changes = found["stage"].values == "end - birth"
    rows = [
        partial(
            draw_rows,
            found=_of(found.isel(quantity=~changes), measure),
            names=("population", "stage"),
            label=label,
        )
        for measure, label in labels.items()
    ]
    return [rows[0], partial(draw_ages, found=found), *rows[1:]]


def _it(found: xr.Dataset) -> list[_Panel]:
    return [
        partial(
            draw_rows,
            found=_of(found, f"Spearman correlation with {brain} IT"),
            names=("population", "stage"),
            label=f"Rank correlation of dissimilarities\nwith {brain} IT",
        )
        for brain in ("monkey", "human")
    ]


def _v1v2(found: xr.Dataset) -> list[_Panel]:
    stages = list(dict.fromkeys(found["stage"].values))
    last = found.isel(quantity=found["stage"].values == stages[-1])
    parts = np.char.partition(last["measure"].values.astype(str), " of ")
    last = last.assign_coords(kind=("quantity", parts[:, 0]), area=("quantity", parts[:, 2]))
    return [
        partial(
            draw_rows,
            found=last.isel(quantity=last["kind"].values == kind),
            names=("population", "area"),
            label=f"{kind.capitalize()}, {stages[-1]}",
        )
        for kind in dict.fromkeys(parts[:, 0])
    ]


def _recording(found: xr.Dataset) -> list[_Panel]:
    shares = ("correlation", "lifetime sparseness", "population sparseness")
    uppermost = found["population"].values[-1]
    above = found.isel(quantity=found["population"].values == uppermost)
    panels: list[_Panel] = [
        partial(
            draw_rows,
            found=_of(above, *shares, "participation in events"),
            names=("measure",),
            label=f"Of {uppermost}",
        ),
        partial(
            draw_rows,
            found=_of(found, "participation ratio"),
            names=("population",),
            label="Participation ratio",
        ),
    ]
    if "recorded_correlation_index" in found:
        panels = [*_waves(found), *panels]
    return panels


def _of(found: xr.Dataset, *measures: str) -> xr.Dataset:
    return found.isel(quantity=np.isin(found["measure"].values, measures))


_PANELS: dict[str, Callable[[xr.Dataset], list[_Panel]]] = {
    "retinal-waves": _waves,
    "v1-development": _development,
    "it-rdm": _it,
    "v1v2": _v1v2,
    "recording": _recording,
}
