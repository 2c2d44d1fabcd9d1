"""Statistics of one sample and of two independent ones, by the tests of SciPy."""

import warnings

import numpy as np
import xarray as xr
from scipy import stats
from scipy.special import gammaln

from .statistics import aligned, check_dim, is_spread, labelled

TESTS = ("t", "wilcoxon")


def unpaired_contrast(
    a: xr.DataArray, b: xr.DataArray, dim: str = "network", *, equal_variance: bool = True
) -> xr.Dataset:
    r"""
    Compare two conditions by the means of independent networks.

    The two-sample t test of `scipy.stats.ttest_ind`, two-sided, with its interval of 95 %; with
    ``equal_variance=False`` that of Welch (Biometrika 34:28, 1947). Effect sizes are Cohen's

    .. math:: d = \frac{\bar a - \bar b}{s}, \qquad
       s^2 = \frac{(n_a - 1) s_a^2 + (n_b - 1) s_b^2}{\nu}, \quad \nu = n_a + n_b - 2

    (J. Cohen, "Statistical power analysis for the behavioral sciences", 1988, section 2.2), and
    Hedges' :math:`g = d \, \Gamma(\nu/2) / (\sqrt{\nu/2} \; \Gamma((\nu - 1)/2))`, which is not
    biased in small samples (L. V. Hedges, Journal of Educational Statistics 6:107, 1981).

    Parameters
    ----------
    a, b : xarray.DataArray, (..., dim, ...)
        A measure of networks in two conditions; equal labels along every dim but `dim`, along which
        sizes may differ. NaN is left out.
    dim : str
        The dim of the networks.
    equal_variance : bool
        Whether both conditions have the same variance.

    Returns
    -------
    xarray.Dataset, (...)
        `difference` (of means), `low` and `high` (95 % interval of it), `effect_size` (Cohen's d),
        `hedges_g`, `n_a`, `n_b`, `n` (both together), `degrees_of_freedom`, `statistic` (t) and
        `p_value`. All but `difference` and numbers are NaN where neither condition has values that
        differ by more than rounding.

    Raises
    ------
    ValueError
        If labels differ, the dim is missing, or a condition has fewer than two networks.

    See Also
    --------
    paired_contrast : for networks that share their first weights, which tells small effects better.

    Examples
    --------
    >>> import xarray as xr
    >>> a = xr.DataArray([3.0, 5.0, 4.0], dims="network")
    >>> b = xr.DataArray([1.0, 2.0, 3.0, 2.0], dims="network")
    >>> result = unpaired_contrast(a, b)
    >>> float(result["difference"]), int(result["n"]), round(float(result["p_value"]), 4)
    (2.0, 7, 0.0327)
    """
    where = "unpaired_contrast"
    for name, values in (("a", a), ("b", b)):
        check_dim(values, dim, f"{where}.{name}")
    a, b = aligned(where, a, b, exclude=(dim,))
    n_a, n_b = a.count(dim), b.count(dim)
    fewest = min(int(n_a.min()), int(n_b.min()))
    if fewest < 2:
        raise ValueError(
            f"{where}.a, b: expected at least 2 values along '{dim}' in both, got {fewest}"
        )
    size, low, high, freedom, statistic, p_value = xr.apply_ufunc(
        _two_samples,
        a,
        b,
        input_core_dims=[[dim], [dim]],
        output_core_dims=[[]] * 6,
        exclude_dims={dim},
        kwargs={"equal_variance": equal_variance},
    )
    units = a.attrs.get("units", "1")
    kind = "two-sample" if equal_variance else "Welch's"
    pooled = n_a + n_b - 2
    return labelled(
        {
            "difference": (a.mean(dim) - b.mean(dim), units, "difference of means"),
            "low": (low, units, "lower end of the 95 % interval of the difference"),
            "high": (high, units, "upper end of the 95 % interval of the difference"),
            "effect_size": (size, "1", "Cohen's d, with the pooled standard deviation"),
            "hedges_g": (size * _unbiased(pooled), "1", "Hedges' g"),
            "n": (n_a + n_b, "1", f"number of values along {dim} in both"),
            "n_a": (n_a, "1", f"number of values along {dim} in a"),
            "n_b": (n_b, "1", f"number of values along {dim} in b"),
            "degrees_of_freedom": (freedom, "1", f"degrees of freedom of the {kind} t test"),
            "statistic": (statistic, "1", f"t statistic of the {kind} t test"),
            "p_value": (p_value, "1", f"P of the {kind} t test, two-sided"),
        }
    )


def one_sample(
    values: xr.DataArray, constant: float, dim: str = "network", *, test: str = "t"
) -> xr.Dataset:
    r"""
    Compare values with a constant.

    With the differences :math:`d` of values and constant, their mean and its interval of 95 % by
    the t distribution, and a two-sided test: ``"t"`` is `scipy.stats.ttest_1samp`, with the effect
    size :math:`\bar d / s_d`; ``"wilcoxon"`` is the signed-rank test `scipy.stats.wilcoxon`, which
    leaves out values that equal the constant, with the effect size
    :math:`(W_+ - W_-)/(W_+ + W_-)`, the rank-biserial correlation (D. S. Kerby, Comprehensive
    Psychology 3, 2014).

    Parameters
    ----------
    values : xarray.DataArray, (..., dim, ...)
        Values; NaN is left out.
    constant : float
        What the values would be around if there were no effect.
    dim : str
        The dim of the values.
    test : {"t", "wilcoxon"}
        Which test.

    Returns
    -------
    xarray.Dataset, (...)
        `difference` (mean of the values less the constant), `low` and `high` (its 95 % interval),
        `effect_size`, `n`, `statistic` (t, or the smaller of the sums of ranks) and `p_value`. NaN
        where values are equal but for rounding; with ranks statistic, effect size and P are NaN
        only where all values equal the constant.

    Raises
    ------
    ValueError
        If the dim is missing, there are fewer than two values, the constant is no finite number, or
        the test is unknown.

    Examples
    --------
    Angles of single neurons against chance::

        one_sample(neuron_alignment(life).isel(checkpoint=0), 90, "hidden_1")

    >>> import xarray as xr
    >>> result = one_sample(xr.DataArray([1.0, 2.0, 3.0], dims="network"), 1.0)
    >>> float(result["difference"]), float(result["effect_size"]), int(result["n"])
    (1.0, 1.0, 3)
    """
    where = "one_sample"
    check_dim(values, dim, f"{where}.values")
    if test not in TESTS:
        raise ValueError(f"{where}.test: expected one of {', '.join(TESTS)}, got {test!r}")
    if not np.isfinite(constant):
        raise ValueError(f"{where}.constant: expected a finite number, got {constant!r}")
    n = values.count(dim)
    if n.min() < 2:
        raise ValueError(
            f"{where}.values: expected at least 2 values along '{dim}', got {int(n.min())}"
        )
    low, high, size, statistic, p_value = xr.apply_ufunc(
        _one_sample,
        values,
        input_core_dims=[[dim]],
        output_core_dims=[[]] * 5,
        kwargs={"constant": constant, "ranks": test == "wilcoxon"},
    )
    units = values.attrs.get("units", "1")
    kind = "t test" if test == "t" else "Wilcoxon signed-rank test"
    effect = "Cohen's d" if test == "t" else "rank-biserial correlation"
    of_what = "t statistic" if test == "t" else "smaller sum of ranks"
    return labelled(
        {
            "difference": (values.mean(dim) - constant, units, f"mean less {constant:g}"),
            "low": (low, units, "lower end of the 95 % interval of the difference"),
            "high": (high, units, "upper end of the 95 % interval of the difference"),
            "effect_size": (size, "1", effect),
            "n": (n, "1", f"number of values along {dim}"),
            "statistic": (statistic, "1", f"{of_what} of the one-sample {kind}"),
            "p_value": (p_value, "1", f"P of the one-sample {kind}, two-sided"),
        }
    )


def _two_samples(a: np.ndarray, b: np.ndarray, *, equal_variance: bool) -> tuple[np.ndarray, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of values that are equal
        result = stats.ttest_ind(a, b, axis=-1, equal_var=equal_variance, nan_policy="omit")
        interval = result.confidence_interval(0.95)
        counts = [np.isfinite(values).sum(axis=-1) - 1 for values in (a, b)]
        squares = [np.nanvar(values, axis=-1, ddof=1) for values in (a, b)]
        pooled = (counts[0] * squares[0] + counts[1] * squares[1]) / (counts[0] + counts[1])
        size = (np.nanmean(a, axis=-1) - np.nanmean(b, axis=-1)) / np.sqrt(pooled)
    columns = size, interval.low, interval.high, result.df, result.statistic, result.pvalue
    spread = is_spread(a) | is_spread(b)
    return tuple(np.where(spread, column, np.nan) for column in columns)


def _one_sample(values: np.ndarray, *, constant: float, ranks: bool) -> tuple[np.ndarray, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of values that are equal
        result = stats.ttest_1samp(values, constant, axis=-1, nan_policy="omit")
        interval = result.confidence_interval(0.95)
        mean, deviation = np.nanmean(values, axis=-1), np.nanstd(values, axis=-1, ddof=1)
        size = (mean - constant) / deviation
    columns = interval.low - constant, interval.high - constant, size
    spread = is_spread(values)
    low, high, size = (np.where(spread, column, np.nan) for column in columns)
    if ranks:
        return low, high, *_signed_ranks(values - constant)
    tested = (np.where(spread, column, np.nan) for column in (result.statistic, result.pvalue))
    return low, high, size, *tested


def _signed_ranks(differences: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return effect size, statistic and P of the signed-rank test, sample by sample."""
    found = np.full((3, *differences.shape[:-1]), np.nan)
    for index in np.ndindex(differences.shape[:-1]):
        given = differences[index]
        given = given[np.isfinite(given) & (given != 0)]
        if given.size:
            both = stats.wilcoxon(given)
            total = given.size * (given.size + 1) / 2
            # The statistic of the one-sided test is the sum of the positive ranks.
            positive = stats.wilcoxon(given, alternative="greater").statistic
            found[(slice(None), *index)] = 2 * positive / total - 1, both.statistic, both.pvalue
    return found[0], found[1], found[2]


def _unbiased(freedom: xr.DataArray) -> xr.DataArray:
    """Return the factor from Cohen's d to Hedges' g."""
    logarithm = gammaln(freedom / 2) - gammaln((freedom - 1) / 2)
    return np.exp(logarithm) / np.sqrt(freedom / 2)
