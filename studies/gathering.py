"""Put the measures of many lives together by what their keys say."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xarray as xr

__all__ = ["gathered", "with_units"]


def gathered(
    lives: Mapping[Any, xr.DataTree],
    dims: Sequence[str],
    measure: Callable[[xr.DataTree], xr.Dataset],
    *,
    where: Callable[[Any], bool] = lambda key: True,
) -> xr.Dataset:
    """Measure lives one after another, and join the measures along the parts of their keys.

    Parameters
    ----------
    lives : mapping of xarray.DataTree
        By keys that have one part for each dim; a `Lives` reads each life when it is its turn.
    dims : sequence of str
        Names of the parts of the keys, such as ``("condition", "network")``.
    measure : callable
        Takes a life, returns a dataset.
    where : callable
        Takes a key, says whether its life is measured.

    Returns
    -------
    xarray.Dataset, (*dims, ...)
        With the parts of the keys as coords, in the order in which they first come; NaN where a
        combination has no life.

    Examples
    --------
    >>> lives = {("a", 0): xr.DataTree(), ("a", 1): xr.DataTree(), ("b", 0): xr.DataTree()}
    >>> found = gathered(lives, ("condition", "network"), lambda life: xr.Dataset({"one": 1.0}))
    >>> found["one"].values
    array([[ 1.,  1.],
           [ 1., nan]])
    """
    measured = {key: measure(lives[key]) for key in lives if where(key)}
    # How a life was written does not decide how its measures are: padding makes integers NaN.
    return _joined(measured, list(dims)).drop_encoding()


def _joined(measured: Mapping[Any, xr.Dataset], dims: list[str]) -> xr.Dataset:
    """Join datasets along the first part of their keys, and inside along the others."""
    dim, *others = dims
    parts: dict[Any, dict[Any, xr.Dataset]] = {}
    for (value, *rest), data in measured.items():
        parts.setdefault(value, {})[tuple(rest)] = data
    inside = [
        _joined(part, others) if others else next(iter(part.values())) for part in parts.values()
    ]
    return xr.concat(inside, dim, join="outer", combine_attrs="override").assign_coords(
        {dim: list(parts)}
    )


def with_units(data: xr.Dataset, **told: tuple[str, str]) -> xr.Dataset:
    """Give variables their units and long names.

    Parameters
    ----------
    data : xarray.Dataset
        What is told of.
    **told : tuple of (str, str)
        Units and long name, by the name of the variable.
    """
    for name, (units, long_name) in told.items():
        data[name].attrs = {"units": units, "long_name": long_name}
    return data
