"""What a study found: its numbers, a table, a sentence, and a figure."""

import os
from pathlib import Path

import numpy as np
import xarray as xr
from rich import box
from rich.table import Table

from ontogeny.analysis import (
    final_accuracy,
    gap_closed,
    learning_speed,
    plot,
    summary,
    weight_alignment,
)
from ontogeny.data.files import replacing

__all__ = [
    "alignment_at_ends",
    "gap_sentence",
    "results",
    "results_table",
    "save_figure",
    "text_of",
]


def results(lives: xr.DataTree) -> xr.Dataset:
    """Measure every life of a study.

    Parameters
    ----------
    lives : xarray.DataTree
        Lives joined along `condition` and `network`, or any other dims.

    Returns
    -------
    xarray.Dataset, (..., synapses)
        `alignment_before` (at birth) and `alignment_after` (at the end), in degrees, by forward
        synapses; `learning_speed` and `final_accuracy`, fractions, without that dim.

    Raises
    ------
    ValueError
        If lives have no feedback synapses, or no learning phase was tested.
    """
    before, after = alignment_at_ends(lives)
    measured = {
        "alignment_before": before,
        "alignment_after": after,
        "learning_speed": learning_speed(lives),
        "final_accuracy": final_accuracy(lives),
    }
    return xr.Dataset(measured)


def alignment_at_ends(lives: xr.DataTree) -> tuple[xr.DataArray, xr.DataArray]:
    """Measure the alignment of forward and feedback weights at birth and at the end of each life.

    Parameters
    ----------
    lives : xarray.DataTree
        One life, or several joined along any dims.

    Returns
    -------
    tuple of xarray.DataArray, (..., synapses)
        Degrees, at birth and at the last checkpoint.

    Raises
    ------
    ValueError
        If lives have no feedback synapses.
    """
    angles = weight_alignment(lives)
    # Shorter lives are padded by NaN: every life has its own last checkpoint.
    position = xr.DataArray(np.arange(angles.sizes["checkpoint"]), dims="checkpoint")
    lived = lives["progress"]["presentation"].notnull()
    last = position.where(lived, 0).max("checkpoint").astype(int)
    chosen = angles.isel(checkpoint=0), angles.isel(checkpoint=last)
    before, after = (
        angle.drop_vars(("checkpoint", "presentation"), errors="ignore") for angle in chosen
    )
    return before, after


def text_of(values: xr.DataArray, scale: float = 1.0, digits: int = 1) -> str:
    """Write the mean of some networks, and their range.

    Parameters
    ----------
    values : xarray.DataArray, (network,)
        A measure.
    scale : float
        What it is multiplied by, such as 100 for per cent.
    digits : int
        Digits after the point.

    Examples
    --------
    >>> text_of(xr.DataArray([0.25, 0.5, 0.75], dims="network"), scale=100)
    '50.0 (25.0 to 75.0)'
    """
    found = summary(values * scale)
    mean, low, high = (float(found[name]) for name in ("mean", "low", "high"))
    return f"{mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def results_table(found: xr.Dataset) -> Table:
    """Lay out the results of a study: one row per condition, mean and range over networks.

    Parameters
    ----------
    found : xarray.Dataset, (condition, network, synapses)
        What `results` returns. Of several synapses the last are shown, as in the literature.

    Raises
    ------
    ValueError
        If the lives are not joined along `condition` and `network`.
    """
    missing = {"condition", "network"} - set(found.dims)
    if missing:
        raise ValueError(
            f"results_table.found: expected dims condition and network, got {list(found.dims)}"
        )
    synapses = str(found["synapses"].values[-1])
    table = Table(
        *("Condition", "Alignment\nat birth", "Alignment\nat the end", "Learning\nspeed"),
        "Final\naccuracy",
        title=f"Mean and range over networks (n = {found.sizes['network']}): angle between "
        f"{synapses} and its feedback in degrees, accuracies in per cent",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        leading=1,
    )
    for column in table.columns[1:]:
        column.justify, column.no_wrap = "right", True
    for condition in found["condition"].values.tolist():
        row = found.sel(condition=condition, synapses=synapses)
        cells = [
            text_of(row["alignment_before"]),
            text_of(row["alignment_after"]),
            text_of(row["learning_speed"], scale=100),
            text_of(row["final_accuracy"], scale=100),
        ]
        # The range below the mean, so that the table fits into 80 columns.
        table.add_row(condition, *(cell.replace(" (", "\n").rstrip(")") for cell in cells))
    return table


def gap_sentence(found: xr.Dataset) -> str:
    """Say which share of the gap in learning speed the noise closed.

    Parameters
    ----------
    found : xarray.Dataset, (condition, network, synapses)
        What `results` returns, with the reference, the baseline and the treated condition in order.

    Returns
    -------
    str
        One sentence; says so where there are no three conditions.
    """
    conditions = found["condition"].values.tolist()
    if len(conditions) != 3:
        return f"The rule is {conditions[0]} itself: there is no gap that noise could close."
    speed = found["learning_speed"]
    reference, baseline, treated = (speed.sel(condition=name) for name in conditions)
    share = gap_closed(treated, baseline, reference)
    return (
        f"Noise closed {text_of(share, 100, 0)} % of the gap in learning speed between "
        f"{conditions[1]} and {conditions[0]}, which is {text_of(reference - baseline, 100)} "
        f"percentage points."
    )


def save_figure(lives: xr.DataTree, path: str | os.PathLike) -> None:
    """Write the figure of the development of lives as PNG.

    Parameters
    ----------
    lives : xarray.DataTree
        One life, or several joined along `network`, `condition` or both.
    path : path
        File that is written, whole or not at all.

    Raises
    ------
    ValueError
        If the lives have other dims.
    """
    # A figure of its own, not one of pyplot's: needs no display, and leaves the user's alone.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 7.5), layout="constrained")
    axes = figure.subplots(3, 1, sharex=True)
    plot.development(lives, axes=axes)
    for ax in axes:
        ax.label_outer()
    figure.align_ylabels()
    with replacing(Path(path)) as file:
        figure.savefig(file, dpi=200, format="png")
