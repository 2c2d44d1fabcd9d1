"""Comparisons over conditions of which some may not have been lived."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

from ..claims import Comparison
from ..comparisons import against, not_run
from .conditions import inputs_of, is_recorded
from .settings import Settings

__all__ = ["compared", "slopes", "trend", "with_absent"]

_FEWEST = 3  # ages that make a trend


def with_absent(settings: Settings, data: xr.Dataset) -> xr.Dataset:
    """Keep with measures which conditions are not among them, and why."""
    return data.assign_attrs(absent=json.dumps(inputs_of(settings).absent))


def compared(
    data: xr.Dataset,
    cases: Iterable[Sequence[str]],
    compare: Callable[..., Comparison],
) -> list[Comparison]:
    """Compare the conditions of every case, or say why one of them was not lived.

    What the study claims, it claims of recorded waves: without these there is no verdict.

    Parameters
    ----------
    data : xarray.Dataset, (condition, ...)
        Measures, as `with_absent` returns them.
    cases : iterable of sequences of str
        Conditions of each comparison.
    compare : callable
        Takes the conditions of a case.
    """
    lived = set(data["condition"].values.tolist())
    absent = json.loads(data.attrs["absent"])

    def one(case: Sequence[str]) -> Comparison:
        lacking = [condition for condition in case if condition not in lived]
        if lacking:
            reason = absent.get(lacking[0], "its input is not among those of these settings")
            return not_run(f"{lacking[0]}: {reason}")
        return compare(*case)

    return [replace(one(case), essential=any(map(is_recorded, case))) for case in cases]


def slopes(values: xr.DataArray, conditions: Sequence[str], ages: Sequence[int]) -> xr.DataArray:
    """Fit a line against the logarithm of age to every network.

    Parameters
    ----------
    values : xarray.DataArray, (condition, network)
        The measure.
    conditions : sequence of str
        One for each age.
    ages : sequence of int
        In days.

    Returns
    -------
    xarray.DataArray, (network,)
        What is added for each doubling of age.

    Examples
    --------
    >>> values = xr.DataArray([[1.0], [2.0], [3.0]], dims=("condition", "network"))
    >>> float(slopes(values.assign_coords(condition=[*"abc"]), [*"abc"], [9, 18, 36])[0])
    1.0
    """
    chosen = values.sel(condition=list(conditions)).transpose("condition", "network")
    slope = np.polyfit(np.log2(ages), chosen.values, 1)[0]
    return xr.DataArray(np.round(slope, 12), dims="network", coords={"network": values["network"]})


def trend(
    label: str,
    data: xr.Dataset,
    found: Callable[[Sequence[int]], xr.DataArray],
    named: Callable[[int], str],
    ages: Sequence[int],
    *,
    expected: str,
    unit: str = "",
) -> Comparison:
    """Compare a slope over ages with none.

    Parameters
    ----------
    label : str
        What is compared.
    data : xarray.Dataset, (condition, ...)
        Measures.
    found : callable
        Takes the ages that were lived, returns the slope of every network.
    named : callable
        Takes an age, returns its condition.
    ages : sequence of int
        All ages.
    expected : {"greater", "less"}
        The claimed sign.
    unit : str
        Of the slope.
    """
    lived = [age for age in ages if named(age) in data["condition"].values]
    if len(lived) < _FEWEST:
        return not_run(f"{label}: a trend needs {_FEWEST} ages, and {len(lived)} were lived")
    return against(label, found(lived), 0.0, expected=expected, unit=unit)
