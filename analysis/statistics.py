"""Statistics over networks: summaries, paired contrasts, and the share of a gap that closes."""

import warnings

import numpy as np
import xarray as xr
from scipy import stats

from .arguments import check_array


def summary(values: xr.DataArray, dim: str = "network") -> xr.Dataset:
    """
    Summarise a measure over networks.

    Parameters
    ----------
    values : xarray.DataArray, (..., dim, ...)
        One value per network; NaN is left out.
    dim : str
        The dim to summarise over.

    Returns
    -------
    xarray.Dataset, (...)
        `mean`, `low` and `high` (smallest and largest value), `n` (values that are not NaN) and
        `standard_error` (standard deviation with n - 1, divided by the root of n; NaN for n = 1).

    Raises
    ------
    ValueError
        If `values` does not have the dim.

    Examples
    --------
    >>> import xarray as xr
    >>> result = summary(xr.DataArray([1.0, 2.0, 3.0], dims="network"))
    >>> float(result["mean"]), float(result["high"]), int(result["n"])
    (2.0, 3.0, 3)
    """
    check_dim(values, dim, "summary.values")
    n = values.count(dim)
    deviation = values.std(dim, ddof=1).where(n > 1)
    units = values.attrs.get("units", "1")
    what = values.attrs.get("long_name", values.name or "values")
    columns = {
        "mean": (values.mean(dim), units, f"mean of {what}"),
        "low": (values.min(dim), units, f"smallest of {what}"),
        "high": (values.max(dim), units, f"largest of {what}"),
        "n": (n, "1", f"number of values along {dim}"),
        "standard_error": (deviation / np.sqrt(n), units, f"standard error of {what}"),
    }
    return labelled(columns)


def gap_closed(
    treated: xr.DataArray, baseline: xr.DataArray, reference: xr.DataArray
) -> xr.DataArray:
    r"""
    Measure the share of a gap that a treatment closes, network by network.

    .. math:: \frac{\mathrm{treated} - \mathrm{baseline}}{\mathrm{reference} - \mathrm{baseline}}

    With the learning speed of feedback alignment as baseline, that of backpropagation as
    reference and that of feedback alignment after random noise as treated, this is the share of
    the gap between the two rules that spontaneous activity closes: 0 is none, 1 is all of it.

    Parameters
    ----------
    treated, baseline, reference : xarray.DataArray
        The same measure of the same networks (equal labels along every dim).

    Returns
    -------
    xarray.DataArray
        Fraction, dims as given; NaN where there is no gap (reference equals baseline). The share
        is unsteady where the gap is small: report the gap with it.

    Raises
    ------
    ValueError
        If the networks differ.

    Examples
    --------
    >>> import xarray as xr
    >>> speed = xr.DataArray([0.5, 0.8, 0.9], coords={"condition": ["fa", "noise", "bp"]})
    >>> round(float(gap_closed(speed[1], speed[0], speed[2])), 12)
    0.75
    """
    treated, baseline, reference = aligned("gap_closed", treated, baseline, reference)
    gap = reference - baseline
    share = ((treated - baseline) / gap.where(gap != 0)).rename("gap_closed")
    share.attrs = {"units": "1", "long_name": "share of the gap that is closed"}
    return share


def paired_contrast(a: xr.DataArray, b: xr.DataArray, dim: str = "network") -> xr.Dataset:
    r"""
    Compare two conditions by the differences within networks.

    With the differences :math:`d = a - b`, their mean :math:`\bar d` and standard deviation
    :math:`s_d` (with n - 1): the t test of `scipy.stats.ttest_rel`, two-sided, with its interval
    of 95 %, and the effect size :math:`d_z = \bar d / s_d` (J. Cohen, "Statistical power
    analysis for the behavioral sciences", 1988, section 2.3.5).

    Parameters
    ----------
    a, b : xarray.DataArray, (..., dim, ...)
        The same measure of the same networks in two conditions (equal labels along every dim). A
        pair with a NaN is left out.
    dim : str
        The dim of the pairs.

    Returns
    -------
    xarray.Dataset, (...)
        `difference` (mean), `low` and `high` (95 % interval of the mean), `effect_size` (Cohen's
        d_z), `n` (pairs), `statistic` (t with n - 1 degrees of freedom) and `p_value`. All but
        `difference` and `n` are NaN where differences are equal but for rounding: there is nothing
        to estimate their spread from.

    Raises
    ------
    ValueError
        If the networks differ, the dim is missing, or there are fewer than two pairs.

    Examples
    --------
    >>> import xarray as xr
    >>> a = xr.DataArray([3.0, 5.0, 4.0], dims="network")
    >>> b = xr.DataArray([2.0, 2.0, 2.0], dims="network")
    >>> result = paired_contrast(a, b)
    >>> float(result["difference"]), float(result["effect_size"]), int(result["n"])
    (2.0, 2.0, 3)
    """
    for name, values in (("a", a), ("b", b)):
        check_dim(values, dim, f"paired_contrast.{name}")
    a, b = xr.broadcast(*aligned("paired_contrast", a, b))
    difference = a - b
    n = difference.count(dim)
    if n.min() < 2:
        raise ValueError(
            f"paired_contrast.a, b: expected at least 2 pairs along '{dim}', got {int(n.min())}"
        )
    low, high, size, statistic, p_value = xr.apply_ufunc(
        _t_test, a, b, input_core_dims=[[dim], [dim]], output_core_dims=[[]] * 5
    )
    units = a.attrs.get("units", "1")
    columns = {
        "difference": (difference.mean(dim), units, "mean difference within pairs"),
        "low": (low, units, "lower end of the 95 % interval of the mean difference"),
        "high": (high, units, "upper end of the 95 % interval of the mean difference"),
        "effect_size": (size, "1", "Cohen's d_z"),
        "n": (n, "1", f"number of pairs along {dim}"),
        "statistic": (statistic, "1", "t statistic of the paired t test, n - 1 degrees of freedom"),
        "p_value": (p_value, "1", "P of the paired t test, two-sided"),
    }
    return labelled(columns)


def _t_test(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of differences that are equal
        result = stats.ttest_rel(a, b, axis=-1, nan_policy="omit")
        interval = result.confidence_interval(0.95)
        difference = a - b
        deviation = np.asarray(np.nanstd(difference, axis=-1, ddof=1))
        size = np.nanmean(difference, axis=-1) / deviation
    scale = np.maximum(np.abs(a), np.abs(b))
    spread = is_spread(difference, scale=np.where(np.isnan(difference), np.nan, scale))
    columns = interval.low, interval.high, size, result.statistic, result.pvalue
    return tuple(np.where(spread, column, np.nan) for column in columns)


def aligned(
    where: str, *values: xr.DataArray, exclude: tuple[str, ...] = ()
) -> tuple[xr.DataArray, ...]:
    """
    Return the arguments, unless their labels differ, without what is told differently of each.

    Parameters
    ----------
    where : str
        The function that asks, for the message.
    *values : xarray.DataArray
        Its arguments.
    exclude : tuple of str
        Dims along which labels may differ.

    Raises
    ------
    ValueError
        If labels differ along another dim.
    """
    try:
        found = xr.align(*values, join="exact", exclude=exclude)
    except ValueError as error:
        sizes = [dict(array.sizes) for array in values]
        raise ValueError(
            f"{where}: expected the same networks in every argument, got sizes {sizes} "
            f"with different labels; select the shared ones first"
        ) from error
    first, *others = found
    # Two checkpoints, or two conditions, compare: results are of neither.
    differing = {
        name
        for name, values in first.coords.items()
        if name not in first.dims
        and not all(
            name in other.coords and other[name].variable.equals(values.variable)
            for other in others
        )
    }
    return tuple(value.drop_vars(differing, errors="ignore") for value in found)


def is_spread(values: np.ndarray, scale: np.ndarray | None = None) -> np.ndarray:
    """
    Tell whether values differ by more than rounding, along the last axis.

    Tests that divide by a standard deviation mean nothing where it is made of rounding errors.

    Parameters
    ----------
    values : numpy.ndarray, (..., n)
        A sample; NaN is left out.
    scale : numpy.ndarray, (..., n), optional
        Size of the numbers that they were computed from; their own by default.

    Returns
    -------
    numpy.ndarray of bool, (...)
        False too where there are no values.

    Examples
    --------
    >>> is_spread(np.array([[0.3, 0.1 + 0.2], [0.3, 0.4]]))
    array([False,  True])
    """
    epsilon = np.finfo(np.result_type(values, np.float16)).eps
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of slices that are all NaN
        size = np.nanmax(np.abs(values if scale is None else scale), axis=-1)
        width = np.nanmax(values, axis=-1) - np.nanmin(values, axis=-1)
    return np.asarray(width > 16 * epsilon * size)


def check_dim(values: xr.DataArray, dim: str, where: str) -> None:
    """Refuse what is no array, and values without a dim."""
    check_array(values, where, (dim,))
    if dim not in values.dims:
        raise ValueError(f"{where}: expected dim '{dim}', got {list(values.dims)}")


def labelled(columns: dict[str, tuple[xr.DataArray, str, str]]) -> xr.Dataset:
    """Return columns (values, units, long_name) as a Dataset."""
    variables = {}
    for name, (values, units, long_name) in columns.items():
        variables[name] = values.copy(deep=False)
        variables[name].attrs = {"units": units, "long_name": long_name}
    return xr.Dataset(variables)
