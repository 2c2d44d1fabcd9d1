"""Comparisons for what the usual tests do not fit: laws without exception, and shares of a gap."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from ontogeny.analysis import gap_closed

from .claims import Comparison, against, not_run

__all__ = ["every", "share_of_gap"]


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


def share_of_gap(
    label: str,
    treated: xr.DataArray,
    baseline: xr.DataArray,
    reference: xr.DataArray,
    *,
    alpha: float,
) -> Comparison:
    """Ask whether a treatment closes a part of a gap, network by network.

    Parameters
    ----------
    label : str
        What is compared.
    treated, baseline, reference : xarray.DataArray, (network,)
        As in `gap_closed`; what is better is larger.
    alpha : float
        The level.

    Returns
    -------
    Comparison
        The share against 0. Not run where the reference is not better than the baseline in every
        network: there is no gap then, and a share of it would have the wrong sign.
    """
    gap = reference.values - baseline.values
    without = int((~(gap > 0)).sum())
    if without:
        return not_run(
            f"{label}: there is no gap in {without} of {gap.size} networks, where the reference "
            f"is not better than the baseline"
        )
    share = gap_closed(treated, baseline, reference)
    return against(label, share, 0.0, expected="greater", alpha=alpha)
