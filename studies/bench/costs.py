"""Medians and spreads of times, and of ratios of times taken side by side."""

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["cost", "paired_ratios", "spread"]


def cost(short: dict[str, Any], long: dict[str, Any]) -> float:
    r"""Return the time of one presentation, in seconds, without what every run takes to start.

    .. math:: (T_{long} - T_{short}) / (N_{long} - N_{short})

    Parameters
    ----------
    short, long : dict
        ``seconds`` and ``presentations`` of two runs.

    Raises
    ------
    ValueError
        If the second is not longer than the first.

    Examples
    --------
    >>> cost({"seconds": 1.5, "presentations": 10}, {"seconds": 2.5, "presentations": 30})
    0.05
    """
    more = long["presentations"] - short["presentations"]
    if more <= 0:
        raise ValueError(
            f"cost.long: expected more presentations than {short['presentations']}, "
            f"got {long['presentations']}"
        )
    return (long["seconds"] - short["seconds"]) / more


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median and the quartiles.

    Examples
    --------
    >>> spread([1.0, 2.0, 3.0, 4.0, 100.0])
    {'median': 3.0, 'low': 2.0, 'high': 4.0, 'count': 5}
    """
    low, median, high = (float(x) for x in np.percentile(values, [25, 50, 75]))
    return {"median": median, "low": low, "high": high, "count": len(values)}


def paired_ratios(values: Sequence[float], reference: Sequence[float]) -> dict[str, float]:
    """Return the spread of the ratios of times that were taken in the same repeat.

    Parameters
    ----------
    values, reference : sequence of float
        Times by repeat; what slows the machine in one repeat slows both.

    Raises
    ------
    ValueError
        If the numbers of repeats differ.

    Examples
    --------
    >>> paired_ratios([2.0, 6.0, 4.0], [1.0, 2.0, 2.0])["median"]
    2.0
    """
    if len(values) != len(reference):
        raise ValueError(
            f"paired_ratios.reference: expected {len(values)} repeats, got {len(reference)}"
        )
    return spread([a / b for a, b in zip(values, reference, strict=True)])
