"""How figures of the study look: one colour for each condition."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

__all__ = ["COLOURS", "band", "figure"]

#: Of Okabe and Ito's palette, which people with colour blindness can tell apart.
COLOURS = {
    "BP": "#000000",
    "BP, noise": "#56B4E9",
    "FA": "#D55E00",
    "FA, noise": "#0072B2",
    "untrained": "#8A8A8A",
}


def figure(columns: int = 1, *, sharey: bool = False) -> tuple[Figure, tuple[Axes, ...]]:
    """Make a figure with so many axes beside each other."""
    drawing = Figure(figsize=(3.4 if columns == 1 else 3.4 * columns, 3.0), layout="constrained")
    axes = drawing.subplots(1, columns, squeeze=False, sharey=sharey)[0]
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
    return drawing, tuple(axes)


def band(
    ax: Axes, x: np.ndarray, values: xr.DataArray, colour: object, label: str | None = None
) -> None:
    """Draw the mean over networks with its 95 % t interval.

    Parameters
    ----------
    ax : Axes
        Where.
    x : array, (n,)
        Places.
    values : xarray.DataArray, (network, n)
        Their dims may have any order.
    colour : colour
        Of line and band.
    label : str, optional
        For the legend.
    """
    other = next(dim for dim in values.dims if dim != "network")
    found = values.transpose("network", other).values
    mean = found.mean(0)
    ax.plot(x, mean, color=colour, label=label)  # type: ignore[arg-type]
    if len(found) > 1:
        half = stats.sem(found, axis=0) * stats.t.ppf(0.975, len(found) - 1)
        ax.fill_between(x, mean - half, mean + half, color=colour, alpha=0.25, linewidth=0)  # type: ignore[arg-type]
