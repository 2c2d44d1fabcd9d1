"""How conditions look in the figures of this study: each has one colour, mark and stroke."""

from collections.abc import Sequence

import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes

from .. import look
from ..look import PALETTE

__all__ = ["COLOURS", "UNTRAINED", "curve", "dots"]

COLOURS = {
    "BP": PALETTE["blue"],
    "FA": PALETTE["vermilion"],
    "FA, noise": PALETTE["green"],
    "BP, noise": PALETTE["purple"],
}
#: Of networks before they have lived.
UNTRAINED = "#777777"
_MARKS = {"BP": "s", "FA": "o", "FA, noise": "D", "BP, noise": "^"}
_STROKES = {"BP": "--", "BP, noise": ":"}


def curve(
    axes: Axes,
    x: npt.ArrayLike,
    values: xr.DataArray,
    condition: str,
    *,
    label: str | None = None,
    colour: str | None = None,
) -> None:
    """Draw the mean over networks against x, with its 95 % interval.

    Parameters
    ----------
    axes, x, values, label
        As in `ontogeny.studies.look`; the label is the condition by default.
    condition : str
        Decides on colour, mark and stroke.
    colour : str, optional
        In place of the condition's.
    """
    look.curve(
        axes,
        x,
        values,
        label=condition if label is None else label,
        colour=colour or COLOURS.get(condition, UNTRAINED),
        mark=_MARKS.get(condition, "o"),
        stroke=_STROKES.get(condition, "-"),
    )


def dots(
    axes: Axes,
    positions: Sequence[float],
    values: xr.DataArray,
    condition: str,
    *,
    label: str | None = None,
    colour: str | None = None,
) -> None:
    """Draw means over networks as marks, and every network as a small point.

    Parameters
    ----------
    axes, positions, values, label
        As in `ontogeny.studies.look`; the label is the condition by default.
    condition : str
        Decides on colour and mark.
    colour : str, optional
        In place of the condition's.
    """
    look.dots(
        axes,
        positions,
        values,
        label=condition if label is None else label,
        colour=colour or COLOURS.get(condition, UNTRAINED),
        mark=_MARKS.get(condition, "o"),
    )
