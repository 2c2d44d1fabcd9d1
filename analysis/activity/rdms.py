"""How alike two representations are, and how alike they could be."""

import warnings
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import xarray as xr
from scipy import stats

from ontogeny.data.extras import needed

from ..arguments import check_axes
from ..array import Floats
from ..statistics import labelled
from .dissimilarity import square, stimulus_count

Method = Literal["pearson", "spearman", "kendall"]

_RESAMPLES = _SHUFFLES = 1000
_TAILS = (2.5, 97.5)


def _pearson(a: Floats, b: Floats) -> float:
    a_centred, b_centred = a - a.mean(), b - b.mean()
    lengths = np.sqrt([a_centred @ a_centred, b_centred @ b_centred])
    # What rounding leaves of equal values is no spread.
    if not (lengths > 1e-12 * np.sqrt([a @ a, b @ b])).all():
        return np.nan
    return float(a_centred @ b_centred / lengths.prod())


def _spearman(a: Floats, b: Floats) -> float:
    return _pearson(stats.rankdata(a), stats.rankdata(b))


def _kendall(a: Floats, b: Floats) -> float:
    return float(stats.kendalltau(a, b)[0])


#: Of each method: its name, what rsatoolbox calls it, and the function.
_METHODS: dict[str, tuple[str, str, Callable[[Floats, Floats], float]]] = {
    "pearson": ("Pearson correlation", "corr", _pearson),
    "spearman": ("Spearman rank correlation", "spearman", _spearman),
    "kendall": ("Kendall rank correlation (tau-b)", "tau-b", _kendall),
}


def rdm_correlation(
    a: xr.DataArray, b: xr.DataArray, method: Method = "spearman", *, seed: int = 0
) -> xr.Dataset:
    r"""Correlate the dissimilarities of two representations of the same stimuli.

    The correlation runs over pairs of stimuli. As pairs that share a stimulus are not independent,
    the interval is that of percentiles from 1 000 resamples of stimuli, in which no stimulus is
    paired with a copy of itself, and the control permutes the stimuli of one representation,
    1 000 times (N. Kriegeskorte, M. Mur and P. Bandettini, Frontiers in Systems Neuroscience 2:4,
    2008; H. Nili et al., PLoS Computational Biology 10:e1003553, 2014).

    Parameters
    ----------
    a, b : xarray.DataArray, (..., pair)
        Dissimilarities, as `representational_dissimilarity` returns them; other dims broadcast.
        Pairs for which one is NaN are left out.
    method : {"pearson", "spearman", "kendall"}
        Which correlation; Kendall's is tau-b. Ranks do not need dissimilarities on one scale.
    seed : int
        Seed of resamples and permutations.

    Returns
    -------
    xarray.Dataset, (...)
        `rdm_correlation` with `low` and `high`, the ends of its 95 % interval; `control`, the mean
        of the permutations, with `control_low` and `control_high`, between which 95 % of them lie;
        `pairs`, how many were used. NaN where fewer than 3 pairs are left or have no spread.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If dims or lengths are wrong, the stimuli differ, or there is no such method.

    Examples
    --------
    >>> a = xr.DataArray([0.1, 0.5, 0.9, 0.2, 0.7, 0.4], dims="pair")
    >>> float(rdm_correlation(a, a**2)["rdm_correlation"].round(6))
    1.0
    """
    where = "rdm_correlation"
    _check_method(method, where)
    stimuli = stimulus_count(a, f"{where}.a")
    if stimulus_count(b, f"{where}.b") != stimuli:
        raise ValueError(
            f"{where}.a, b: expected the same stimuli, got pairs of {stimuli} and of "
            f"{stimulus_count(b, where)}"
        )
    for label in ("stimulus_1", "stimulus_2"):
        if label in a.coords and label in b.coords:
            if not np.array_equal(a[label].values, b[label].values):
                raise ValueError(f"{where}.a, b: expected the same {label} in both, got others")
    columns = xr.apply_ufunc(
        _compared,
        a,
        b,
        input_core_dims=[["pair"], ["pair"]],
        output_core_dims=[[]] * 7,
        vectorize=True,
        kwargs={"method": method, "stimuli": stimuli, "seed": seed},
    )
    what = f"{_METHODS[method][0]} of dissimilarities"
    told = {
        where: what,
        "low": f"lower end of the 95 % bootstrap interval (stimuli) of the {what}",
        "high": f"upper end of the 95 % bootstrap interval (stimuli) of the {what}",
        "control": f"{what}, stimuli of one permuted",
        "control_low": f"2.5th percentile of the {what}, stimuli of one permuted",
        "control_high": f"97.5th percentile of the {what}, stimuli of one permuted",
        "pairs": "pairs of stimuli used",
    }
    return labelled(
        {name: (column, "1", told[name]) for name, column in zip(told, columns, strict=True)}
    )


def noise_ceiling(
    rdms: xr.DataArray, method: Method = "spearman", *, subjects: str = "subject"
) -> xr.Dataset:
    """Estimate how well the best model could explain the dissimilarities of several subjects.

    The upper bound is the mean correlation of each subject with the mean of all, the lower one
    that with the mean of all others, by `rsatoolbox.inference.boot_noise_ceiling` (H. Nili et al.,
    PLoS Computational Biology 10:e1003553, 2014). Means are those of standard scores for
    "pearson" and of ranks otherwise, which for Kendall's correlation is an approximation.

    Parameters
    ----------
    rdms : xarray.DataArray, (..., subjects, pair)
        Dissimilarities of each subject. Pairs for which one is NaN are left out.
    method : {"pearson", "spearman", "kendall"}
        Which correlation; that of the models to be judged.
    subjects : str
        Name of the dim.

    Returns
    -------
    xarray.Dataset, (...)
        `lower` and `upper`, and `subjects`, how many there are.

    Raises
    ------
    ImportError
        If rsatoolbox is not installed.
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing, there are fewer than two subjects, or there is no such method.

    Examples
    --------
    >>> pairs = xr.DataArray([[0.1, 0.5, 0.9], [0.2, 0.4, 0.8]], dims=("subject", "pair"))
    >>> float(noise_ceiling(pairs)["lower"].round(6))
    1.0
    """
    where = "noise_ceiling"
    _check_method(method, where)
    stimulus_count(rdms, f"{where}.rdms")
    check_axes(rdms, f"{where}.rdms", subjects=subjects)
    if rdms.sizes[subjects] < 2:
        raise ValueError(
            f"{where}.rdms: expected at least 2 along {subjects!r}, got {rdms.sizes[subjects]}"
        )
    toolbox = needed("rsatoolbox", where)
    lower, upper = xr.apply_ufunc(
        _ceiling,
        rdms,
        input_core_dims=[[subjects, "pair"]],
        output_core_dims=[[], []],
        vectorize=True,
        kwargs={"method": _METHODS[method][1], "toolbox": toolbox},
    )
    what = f"mean {_METHODS[method][0]} of a subject's dissimilarities with the mean of"
    count = xr.full_like(lower, rdms.sizes[subjects], dtype=np.int64)
    return labelled(
        {
            "lower": (lower, "1", f"{what} all others"),
            "upper": (upper, "1", f"{what} all"),
            "subjects": (count, "1", "subjects"),
        }
    )


def _check_method(method: str, where: str) -> None:
    if method not in _METHODS:
        raise ValueError(f"{where}.method: expected one of {list(_METHODS)}, got {method!r}")


def _compared(a: Floats, b: Floats, *, method: str, stimuli: int, seed: int) -> tuple[float, ...]:
    known = np.isfinite(a) & np.isfinite(b)
    pairs = int(known.sum())
    value = _correlation(a[known], b[known], method)
    if np.isnan(value):
        return (np.nan,) * 6 + (pairs,)
    generator = np.random.default_rng(seed)
    low, high = np.nanpercentile(_resampled(a, b, method, stimuli, generator), _TAILS)
    shuffled = _permuted(a, b, method, stimuli, generator)
    control_low, control_high = np.nanpercentile(shuffled, _TAILS)
    return value, low, high, float(np.nanmean(shuffled)), control_low, control_high, pairs


def _correlation(a: Floats, b: Floats, method: str) -> float:
    return _METHODS[method][2](a, b) if len(a) > 2 else np.nan


def _resampled(
    a: Floats, b: Floats, method: str, stimuli: int, generator: np.random.Generator
) -> Floats:
    first, second = np.triu_indices(stimuli, 1)
    known = np.isfinite(a) & np.isfinite(b)
    found = np.empty(_RESAMPLES)
    for number in range(_RESAMPLES):
        times = np.bincount(generator.integers(stimuli, size=stimuli), minlength=stimuli)
        # A pair is there as often as its two stimuli are; a stimulus and its copy are no pair.
        copies = times[first] * times[second] * known
        found[number] = _correlation(np.repeat(a, copies), np.repeat(b, copies), method)
    return found


def _permuted(
    a: Floats, b: Floats, method: str, stimuli: int, generator: np.random.Generator
) -> Floats:
    if method == "spearman" and np.isfinite(a).all() and np.isfinite(b).all():
        # Ranks of all pairs stay the same in any order.
        a, b, method = stats.rankdata(a), stats.rankdata(b), "pearson"
    matrix = square(b, stimuli, np.nan)
    triangle = np.triu_indices(stimuli, 1)
    found = np.empty(_SHUFFLES)
    for number in range(_SHUFFLES):
        order = generator.permutation(stimuli)
        other = matrix[np.ix_(order, order)][triangle]
        known = np.isfinite(a) & np.isfinite(other)
        found[number] = _correlation(a[known], other[known], method)
    return found


def _ceiling(rdms: Floats, *, method: str, toolbox: Any) -> tuple[float, float]:
    values = rdms[:, np.isfinite(rdms).all(axis=0)]
    if values.shape[1] < 3:
        return np.nan, np.nan
    # Pairs that are left out leave no square, but correlations do not need one.
    filled = np.full(rdms.shape, np.nan)
    filled[:, np.isfinite(rdms).all(axis=0)] = values
    with warnings.catch_warnings():
        # The documentation says what is approximate.
        warnings.filterwarnings("ignore", message="Noise ceiling for tau")
        lower, upper = toolbox.inference.boot_noise_ceiling(toolbox.rdm.RDMs(filled), method=method)
    return float(lower), float(upper)
