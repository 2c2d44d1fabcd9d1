"""How alike two populations represent the same samples, whatever their neurons."""

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import stats

from ..arguments import check_axes
from ..array import Floats
from ..statistics import labelled

_SHUFFLES, _GROUPS = 100, 20
_TAILS = (2.5, 97.5)


def cka(a: npt.ArrayLike, b: npt.ArrayLike, *, debiased: bool = False) -> float:
    r"""Measure the linear centred kernel alignment of two matrices.

    Parameters
    ----------
    a, b : array_like, (sample, neuron)
        Activity; samples are the same, neurons need not be.
    debiased : bool
        Estimate without bias; see `linear_cka`.

    Returns
    -------
    float
        The alignment; NaN where one of them does not change.

    Examples
    --------
    >>> a = np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 2.0], [5.0, 4.0]])
    >>> round(cka(a, 3 * a[:, ::-1] + 1), 12)
    1.0
    """
    return _alignment(_compact(np.asarray(a, float)), _compact(np.asarray(b, float)), debiased)


def linear_cka(
    a: xr.DataArray,
    b: xr.DataArray,
    *,
    debiased: bool = False,
    samples: str = "sample",
    neurons: str | tuple[str, str] = "neuron",
    seed: int = 0,
) -> xr.Dataset:
    r"""Measure the linear centred kernel alignment of two populations over the same samples.

    For activity :math:`X` and :math:`Y` (sample, neuron) without the means of neurons,

    .. math:: \mathrm{CKA} = \frac{|X^T Y|_F^2}{|X^T X|_F \, |Y^T Y|_F},

    0 to 1, which no rotation of neurons and no common factor changes (S. Kornblith et al., ICML
    2019). With few samples and many neurons it is large for unrelated activity as well. The
    debiased estimate replaces each product, with the squared length :math:`d_s` of sample
    :math:`s` in :math:`X` and :math:`e_s` in :math:`Y`, by

    .. math:: |X^T Y|_F^2 - \frac{n}{n - 2} \sum_s d_s e_s
        + \frac{\sum_s d_s \sum_s e_s}{(n - 1)(n - 2)},

    the unbiased estimate of the Hilbert-Schmidt independence criterion of L. Song et al. (Journal
    of Machine Learning Research 13:1393, 2012) for linear kernels, as T. Nguyen, M. Raghu and S.
    Kornblith use it (ICLR 2021). It is 0 on average for unrelated activity, and so sometimes
    negative.

    The interval comes from leaving out a twentieth of the samples at a time (jackknife of 20
    groups, t distribution): resampling with copies makes any two populations alike. The control
    permutes the samples of one population, 100 times.

    Parameters
    ----------
    a, b : xarray.DataArray, (..., samples, neurons)
        Activity; samples are the same and in the same order, neurons need not be.
    debiased : bool
        Estimate without bias.
    samples : str
        Name of the dim.
    neurons : str or tuple of two str
        Name of the dim in both, or in each.
    seed : int
        Seed of groups and permutations.

    Returns
    -------
    xarray.Dataset, (...)
        `linear_cka` with `low` and `high`, the ends of its 95 % interval; `control`, the mean of
        the permutations, with `control_low` and `control_high`, between which 95 % of them lie.
        NaN where a population does not change. The interval is NaN for fewer than 40 samples.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing, numbers of samples differ, or there are fewer than 4.

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> a, b = (xr.DataArray(generator.normal(size=(50, 40)), dims=("sample", "neuron"))
    ...         for _ in range(2))
    >>> bool(linear_cka(a, b)["linear_cka"] > 0.4)
    True
    >>> bool(abs(linear_cka(a, b, debiased=True)["linear_cka"]) < 0.1)
    True
    """
    first, second = (neurons, neurons) if isinstance(neurons, str) else neurons
    for name, activity, dim in (("a", a, first), ("b", b, second)):
        check_axes(activity, f"linear_cka.{name}", samples=samples, neurons=dim)
    if a.sizes[samples] != b.sizes[samples] or a.sizes[samples] < 4:
        raise ValueError(
            f"linear_cka.a, b: expected the same samples, at least 4, got {a.sizes[samples]} and "
            f"{b.sizes[samples]}"
        )
    columns = xr.apply_ufunc(
        _measured,
        a.rename({first: "neuron_a"}),
        b.rename({second: "neuron_b"}),
        input_core_dims=[[samples, "neuron_a"], [samples, "neuron_b"]],
        output_core_dims=[[]] * 6,
        vectorize=True,
        kwargs={"debiased": debiased, "seed": seed},
    )
    what = f"linear centred kernel alignment{', debiased' if debiased else ''}"
    told = {
        "linear_cka": what,
        "low": f"lower end of the 95 % jackknife interval (samples) of the {what}",
        "high": f"upper end of the 95 % jackknife interval (samples) of the {what}",
        "control": f"{what}, samples of one permuted",
        "control_low": f"2.5th percentile of the {what}, samples of one permuted",
        "control_high": f"97.5th percentile of the {what}, samples of one permuted",
    }
    return labelled(
        {name: (column, "1", told[name]) for name, column in zip(told, columns, strict=True)}
    )


def _measured(a: Floats, b: Floats, *, debiased: bool, seed: int) -> tuple[float, ...]:
    a, b = _compact(np.asarray(a, float)), _compact(np.asarray(b, float))
    value = _alignment(a, b, debiased)
    if np.isnan(value):
        return (np.nan,) * 6
    generator = np.random.default_rng(seed)
    error = _jackknife_error(a, b, debiased, generator)
    half = stats.t.ppf(0.975, _GROUPS - 1) * error
    shuffled = [_alignment(a, generator.permutation(b), debiased) for _ in range(_SHUFFLES)]
    control_low, control_high = np.percentile(shuffled, _TAILS)
    return value, value - half, value + half, float(np.mean(shuffled)), control_low, control_high


def _compact(activity: Floats) -> Floats:
    """Return activity of at most as many neurons as samples, with the same products of samples."""
    if activity.shape[1] <= activity.shape[0] or not np.isfinite(activity).all():
        return activity
    return np.asarray(np.linalg.qr(activity.T).R.T)


def _alignment(a: Floats, b: Floats, debiased: bool) -> float:
    a, b = _centred(a), _centred(b)
    scale = _product(a, a, debiased) * _product(b, b, debiased)
    if not scale > 0:
        return np.nan
    return float(_product(a, b, debiased) / np.sqrt(scale))


def _centred(activity: Floats) -> Floats:
    """Remove means and the scale, of which a power would leave the range of numbers."""
    centred = activity - activity.mean(axis=0)
    size = np.linalg.norm(centred)
    if not size > 1e-12 * np.linalg.norm(activity):
        return np.full_like(centred, np.nan)
    return np.asarray(centred / size)


def _product(a: Floats, b: Floats, debiased: bool) -> float:
    product = float(np.sum((a.T @ b) ** 2))
    if not debiased:
        return product
    n = len(a)
    d, e = np.sum(a**2, axis=1), np.sum(b**2, axis=1)
    return product - n / (n - 2) * float(d @ e) + float(d.sum() * e.sum()) / ((n - 1) * (n - 2))


def _jackknife_error(a: Floats, b: Floats, debiased: bool, generator: np.random.Generator) -> float:
    if len(a) < 2 * _GROUPS:
        return np.nan
    group = generator.permutation(len(a)) % _GROUPS
    left = [_alignment(a[group != g], b[group != g], debiased) for g in range(_GROUPS)]
    return float(np.sqrt((_GROUPS - 1) * np.var(left)))
