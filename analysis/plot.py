"""Figures of the life of a network; they draw what the measures return."""

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from .alignment import weight_alignment
from .comparison.figures import plot_comparison as comparison
from .drawing import GREY, draw, draw_chance, finish, name_conditions, name_phases, name_styles
from .trajectory import LEARNING, SPONTANEOUS, feedback_partners, group, learning_onset

__all__ = ["alignment", "comparison", "development"]

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STYLES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)))


def development(life: xr.DataTree, *, axes: "np.ndarray | None" = None) -> np.ndarray:
    """
    Draw loss, accuracy and alignment over the life of a network.

    Time is counted in presentations from the start of learning, so that spontaneous activity lies
    at negative times and conditions with and without it start to learn together. It is shaded
    wherever one of the lives is in a spontaneous phase. Of several networks the mean is drawn
    with a band from the smallest to the largest value, or every one by itself where their
    checkpoints differ in time. Dashed grey lines are chance: a uniform guess, or 90 degrees.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along `network`, `condition` or both.
    axes : numpy.ndarray of matplotlib.axes.Axes, (3,), optional
        Where to draw; by default a new figure.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, (3,)
        Loss, accuracy and alignment. Accuracy says so where stimuli have no categories, alignment
        where there are no feedback weights.

    Raises
    ------
    ValueError
        If there are not three axes, or the life has other dims than `network` and `condition`.

    Examples
    --------
    >>> axes = development(life)                                            # doctest: +SKIP
    >>> axes[0].figure.savefig("development.png", dpi=200)                  # doctest: +SKIP
    """
    progress = group(life, "progress", "plot.development")
    _check_dims(progress, "plot.development")
    stacked = axes is None
    axes = _new_axes(3) if axes is None else np.asarray(axes, dtype=object).ravel()
    if axes.size != 3:
        raise ValueError(f"plot.development.axes: expected 3 axes, got {axes.size}")
    _draw_loss(axes[0], life, progress)
    _draw_accuracy(axes[1], life, progress)
    if _has_feedback(life):
        styles = _draw_alignment(axes[2], life, progress)
        if len(styles) > 1:
            name_styles(axes[2], styles)
    else:
        axes[2].text(
            0.5, 0.5, "no feedback weights", transform=axes[2].transAxes, ha="center", color=GREY
        )
        finish(axes[2], progress, "Alignment (degrees)")
    if stacked:
        for ax in axes:
            ax.label_outer()
        axes[0].figure.align_ylabels()
    name_phases(axes[0], progress)
    name_conditions(axes[0], progress)
    return axes


def alignment(life: xr.DataTree, *, ax: "Axes | None" = None) -> "Axes":
    """
    Draw the angle between forward and feedback weights over the life of a network.

    The time axis, shading and bands are those of `development`; line styles tell layers apart.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along `network`, `condition` or both.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, in degrees over presentations.

    Raises
    ------
    ValueError
        If no forward synapses have a feedback partner, or the life has other dims than `network`
        and `condition`.

    Examples
    --------
    >>> ax = alignment(life)                                                # doctest: +SKIP
    >>> ax.figure.savefig("alignment.png", dpi=200)                         # doctest: +SKIP
    """
    progress = group(life, "progress", "plot.alignment")
    _check_dims(progress, "plot.alignment")
    ax = _new_axes(1)[0] if ax is None else ax
    styles = _draw_alignment(ax, life, progress)
    several = len(styles) > 1
    if several:
        name_styles(ax, styles, beside=True)
    name_phases(ax, progress)
    name_conditions(ax, progress, one_column=several)
    return ax


def _draw_loss(ax: "Axes", life: xr.DataTree, progress: xr.Dataset) -> None:
    time = progress["presentation"] - learning_onset(progress)
    # Losses on noise and on stimuli are no one curve: each kind of phase has its own line.
    for kind in (SPONTANEOUS, LEARNING):
        draw(ax, time, progress["loss"].where(progress["phase"] == kind))
    units = progress["loss"].attrs.get("units", "1")
    classes = _classes(life, progress)
    if classes:
        draw_chance(ax, float(np.log(classes)))
    finish(ax, progress, "Loss" if units == "1" else f"Loss ({units})")


def _draw_accuracy(ax: "Axes", life: xr.DataTree, progress: xr.Dataset) -> None:
    from matplotlib.ticker import PercentFormatter

    onset = learning_onset(progress)
    for kind in (SPONTANEOUS, LEARNING):
        training = progress["accuracy"].where(progress["phase"] == kind)
        draw(ax, progress["presentation"] - onset, training, band=False, linestyle=":")
    styles: dict[str, dict[str, Any]] = {"training": {"linestyle": ":"}}
    defined = bool(progress["accuracy"].notnull().any())
    if "tests" in life.children:
        tests = group(life, "tests", "plot.development")
        tested = tests["accuracy"].where(tests["phase"] == LEARNING)
        marked: dict[str, Any] = {"linestyle": "-", "marker": "o", "markersize": 2.5}
        draw(ax, tests["presentation"] - onset, tested, **marked)
        defined |= bool(tests["accuracy"].notnull().any())
        styles = {"test": marked, **styles}
    classes = _classes(life, progress)
    if not defined:
        ax.text(0.5, 0.5, "no categories", transform=ax.transAxes, ha="center", color=GREY)
    elif classes:
        draw_chance(ax, 1 / classes)
    ax.yaxis.set_major_formatter(PercentFormatter(xmax=1, symbol=""))
    finish(ax, progress, "Accuracy (%)")
    if defined:
        name_styles(ax, styles)


def _draw_alignment(
    ax: "Axes", life: xr.DataTree, progress: xr.Dataset
) -> dict[str, dict[str, Any]]:
    angles = weight_alignment(life)
    time = angles["presentation"] - learning_onset(progress)
    # The last synapses, which the published figures show, get the solid line.
    names = list(reversed(angles["synapses"].values.tolist()))
    styles = {
        str(name): {"linestyle": _STYLES[index % len(_STYLES)]} for index, name in enumerate(names)
    }
    for name, style in styles.items():
        draw(ax, time, angles.sel(synapses=name), **style)
    draw_chance(ax, 90.0)
    finish(ax, progress, "Alignment (degrees)")
    return styles


def _classes(life: xr.DataTree, progress: xr.Dataset) -> int | None:
    """Return the number of outputs of a classifier, which sets the level of chance."""
    if progress["loss"].attrs.get("units") != "nat" or "weights" not in life.children:
        return None
    return life["weights"].sizes.get("outputs")


def _has_feedback(life: xr.DataTree) -> bool:
    return "weights" in life.children and bool(feedback_partners(life["weights"].to_dataset()))


def _check_dims(progress: xr.Dataset, where: str) -> None:
    others = [
        str(dim) for dim in progress.dims if dim not in ("checkpoint", "network", "condition")
    ]
    if others:
        raise ValueError(
            f"{where}.life: expected no dims but 'network' and 'condition', got {others}; "
            f"select one life along the others with life.isel({others[0]}=0)"
        )


def _new_axes(rows: int) -> np.ndarray:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        rows,
        1,
        figsize=(6.3, 1.0 + 2.0 * rows if rows > 1 else 3.4),
        sharex=True,
        squeeze=False,
        layout="constrained",
    )
    return axes.ravel()
