"""How the figures of all studies look: their colours, and means with intervals."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.analysis import mean_interval

__all__ = ["PALETTE", "curve", "dots", "figure", "interval", "legend", "said"]

#: Colours that people who see fewer colours tell apart (M. Okabe and K. Ito, 2008).
PALETTE = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky blue": "#56B4E9",
    "green": "#009E73",
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
}


def figure(columns: int = 1, rows: int = 1, *, height: float = 3.2) -> tuple[Figure, list[Axes]]:
    """Return an empty figure of the usual width and its axes, row by row.

    Parameters
    ----------
    columns, rows : int
        Of axes.
    height : float
        In inches.
    """
    drawn = Figure(figsize=(6.5, height), layout="constrained")
    axes = list(np.ravel(drawn.subplots(rows, columns, squeeze=False)))
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
    return drawn, axes


def interval(
    values: xr.DataArray, dim: str = "network"
) -> tuple[xr.DataArray, xr.DataArray, xr.DataArray]:
    """Return mean and 95 % t interval over networks; the mean alone where there is one network.

    Parameters
    ----------
    values : xarray.DataArray, (..., network)
        The measure.
    dim : str
        Dim of the networks.

    Returns
    -------
    mean, low, high : xarray.DataArray, (...)

    Examples
    --------
    >>> mean, low, high = interval(xr.DataArray([1.0, 2.0, 3.0], dims="network"))
    >>> [round(float(value), 3) for value in (mean, low, high)]
    [2.0, -0.484, 4.484]
    """
    found = mean_interval(values, dim)
    mean = found["mean"]
    # Equal values have no interval but themselves; one value of several networks has none.
    alone = mean.where(found["n"] > 1) if values.sizes[dim] > 1 else mean
    return mean, found["low"].fillna(alone), found["high"].fillna(alone)


def curve(
    axes: Axes,
    x: npt.ArrayLike,
    values: xr.DataArray,
    *,
    label: str,
    colour: str,
    mark: str = "o",
    stroke: str = "-",
) -> None:
    """Draw the mean over networks against x, and its 95 % interval as a band.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    x : array_like
        Along the horizontal axis.
    values : xarray.DataArray, (network, ...)
        The measure, one other dim.
    label : str
        In the legend.
    colour, mark, stroke : str
        As matplotlib has them.
    """
    mean, low, high = (part.values for part in interval(values))
    axes.fill_between(np.asarray(x), low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(
        np.asarray(x),
        mean,
        color=colour,
        marker=mark,
        linestyle=stroke,
        markersize=3.5,
        markevery=max(1, len(mean) // 12),
        label=label,
    )


def dots(
    axes: Axes,
    positions: Sequence[float],
    values: xr.DataArray,
    *,
    label: str,
    colour: str,
    mark: str = "o",
) -> None:
    """Draw means over networks as marks with 95 % intervals, and every network as a small point.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    positions : sequence of float
        Along the horizontal axis.
    values : xarray.DataArray, (network, ...)
        The measure, at most one other dim.
    label : str
        In the legend.
    colour, mark : str
        As matplotlib has them.
    """
    mean, low, high = (np.atleast_1d(part.values) for part in interval(values))
    networks = values.transpose("network", ...).values.reshape(values.sizes["network"], -1)
    for row in networks:
        axes.plot(positions, row, ".", color=colour, alpha=0.25, markersize=3)
    axes.errorbar(
        positions,
        mean,
        yerr=[mean - low, high - mean],
        color=colour,
        marker=mark,
        markersize=4.5,
        linestyle="none",
        capsize=2.5,
        label=label,
    )


def legend(axes: Axes, **options: Any) -> None:
    """Put a small legend without a frame."""
    axes.legend(frameon=False, fontsize="small", **options)


def said(values: xr.DataArray, digits: int = 3, unit: str = "") -> str:
    """Say the mean over networks and its 95 % interval.

    Examples
    --------
    >>> said(xr.DataArray([1.0, 2.0, 3.0], dims="network"), 1, "nat")
    '2.0 nat (95 % interval -0.5 to 4.5)'
    """
    mean, low, high = (float(part) for part in interval(values))
    text = f"{mean:.{digits}f}{' ' if unit else ''}{unit}"
    if values.sizes["network"] < 2:
        return text
    return f"{text} (95 % interval {low:.{digits}f} to {high:.{digits}f})"
