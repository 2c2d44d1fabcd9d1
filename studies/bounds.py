"""Comparisons with a number or a bound, without a test."""

import math

import numpy as np
import numpy.typing as npt
import xarray as xr

from .claims import Comparison
from .verdicts import interval_of, not_defined

__all__ = ["every", "near"]


def near(
    label: str, values: xr.DataArray, published: float, *, tolerance: float, unit: str = ""
) -> Comparison:
    """Compare a mean over networks with a published number.

    Parameters
    ----------
    label : str
        What is compared.
    values : xarray.DataArray, (network,)
        The measure.
    published : float
        The number.
    tolerance : float
        How far away the mean may be.
    unit : str
        Of the measure.

    Returns
    -------
    Comparison
        Reproduced: the mean is within the tolerance; direction only: the published number is
        within the mean's interval, which is wide.
    """
    x = np.asarray(values, float).reshape(-1)
    value = float(x.mean())
    rule = (
        f"reproduced: the mean of {len(x)} is within {tolerance:g} of {published:g}; direction "
        f"only: {published:g} is within its 95 % interval; else not"
    )
    if not math.isfinite(value):
        return not_defined(label, rule, x, unit)
    interval = interval_of(x)
    inside = interval is not None and interval[0] <= published <= interval[1]
    close = abs(value - published) <= tolerance
    return Comparison(
        label=label,
        verdict="reproduced" if close else "direction only" if inside else "not reproduced",
        rule=rule,
        value=value,
        unit=unit,
        interval=interval,
    )


def every(
    label: str, values: npt.ArrayLike, bound: float, *, expected: str, unit: str = ""
) -> Comparison:
    """Compare all values with a bound, where a law allows no exception.

    Parameters
    ----------
    label : str
        What is compared.
    values : array_like, one dim
        Networks, or starts of one network.
    bound : float
        Which none may reach.
    expected : {"greater", "less"}
        Where they are claimed to be.
    unit : str
        Of the values.

    Returns
    -------
    Comparison
        The value that is closest to the bound, or farthest beyond it. Reproduced: it is on the
        claimed side; no test, as the mean of values would not tell of a single exception.

    Raises
    ------
    ValueError
        If there is no value, or `expected` is unknown.

    Examples
    --------
    >>> every("rise", [-1.0, -1.0, 0.5], 0, expected="less").verdict
    'not reproduced'
    """
    if expected not in ("greater", "less"):
        raise ValueError(f"every.expected: expected 'greater' or 'less', got {expected!r}")
    x = np.asarray(values, float).reshape(-1)
    if not len(x):
        raise ValueError("every.values: expected at least one value, got none")
    worst = float(x.min() if expected == "greater" else x.max())
    kept = worst > bound if expected == "greater" else worst < bound
    side = "smallest" if expected == "greater" else "largest"
    return Comparison(
        label=f"{label}, {side} of {len(x)}",
        verdict="reproduced" if kept else "not reproduced",
        rule=f"reproduced: every one of {len(x)} is {expected} than {bound:g}; else not",
        value=worst,
        unit=unit,
    )
