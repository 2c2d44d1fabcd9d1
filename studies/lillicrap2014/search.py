"""Settings that the paper searched by hand: small grids, judged by networks of their own."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from ..bounds import near
from ..claims import Claim, Comparison

__all__ = ["best", "found", "row"]


def best(errors: xr.DataArray) -> str:
    """Return the setting with the smallest mean, of (setting, network).

    Examples
    --------
    >>> errors = xr.DataArray([[2.0], [1.0]], dims=("setting", "network"))
    >>> best(errors.assign_coords(setting=["a", "b"]))
    'b'
    """
    return str(errors["setting"].values[int(np.argmin(errors.mean("network").values))])


def found(
    errors: xr.DataArray, kept: Mapping[str, str], *, tolerance: float, unit: str
) -> list[Comparison]:
    """Compare the settings that the descriptions have with the best of the search.

    Parameters
    ----------
    errors : xarray.DataArray, (setting, network)
        What was to become small; settings are called ``<what>, <value>``.
    kept : mapping of str
        The setting of the descriptions for each what.
    tolerance : float
        How much worse than the best one it may be.
    unit : str
        Of the errors.
    """
    comparisons = []
    for what, setting in kept.items():
        own = [name for name in errors["setting"].values if str(name).startswith(f"{what}, ")]
        tried = errors.sel(setting=own)
        winner = best(tried)
        values = ", ".join(
            f"{name.removeprefix(f'{what}, ')}: {float(value):.3g}"
            for name, value in zip(own, tried.mean("network").values, strict=True)
        )
        excess = tried.sel(setting=f"{what}, {setting}") - tried.sel(setting=winner)
        label = f"{what}: {setting} minus the best of the search ({values})"
        comparisons.append(near(label, excess, 0.0, tolerance=tolerance, unit=unit))
    return comparisons


def row(name: str, what: str, grid: Sequence[str]) -> Claim:
    """Return the row of a search."""
    return Claim(
        id=name,
        claim=f"{what} were chosen by a manual search",
        published="values not published",
        inferred=tuple(grid),
        note="The search is by networks of seeds from 1 000 000, which nothing else uses; the row "
        "says whether the descriptions have what it finds.",
    )
