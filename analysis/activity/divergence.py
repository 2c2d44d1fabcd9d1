"""How different evoked activity is from spontaneous activity, as words of a few units."""

from typing import Any, Literal

import numpy as np
import xarray as xr
from scipy import stats

from ..arguments import check_axes, check_independent
from ..statistics import aligned
from .estimates import Correction, Floats, estimator, plug_in, standard_errors
from .words import Threshold, binary, block_counts, check_threshold, pack, unpack

_LARGEST = 24  # units; a word of more is hardly ever met twice
_FEWEST = 8  # blocks, for quarters of two
_COLUMNS = {
    "divergence": ("nat", "divergence of evoked from spontaneous words"),
    "low": ("nat", "lower end of the 95 % interval of the divergence"),
    "high": ("nat", "upper end of the 95 % interval of the divergence"),
    "uncorrected": ("nat", "divergence of evoked from spontaneous words, of plain frequencies"),
    "surrogate": ("nat", "divergence of evoked words from independent units of spontaneous rates"),
    "surrogate_low": ("nat", "lower end of the 95 % interval of the surrogate"),
    "surrogate_high": ("nat", "upper end of the 95 % interval of the surrogate"),
    "rates": ("nat", "divergence of evoked from spontaneous rates, of independent units"),
    "unseen": ("1", "share of evoked samples whose word spontaneous activity never shows"),
}


def spontaneous_evoked_divergence(
    spontaneous: xr.DataArray,
    evoked: xr.DataArray,
    *,
    samples: str = "sample",
    neurons: str = "neuron",
    units: int = 16,
    groups: int | None = None,
    threshold: Threshold = 0.0,
    correction: Correction = "coverage",
    blocks: int = 32,
    seed: int = 0,
) -> xr.Dataset:
    r"""
    Measure how much evoked activity differs from spontaneous activity, as binary words.

    .. math:: D(P_E \| P_S) = \sum_r P_E(r) \ln \frac{P_E(r)}{P_S(r)}

    over the words :math:`r` of which units are active together in a sample (see `binary_words`).
    Source: P. Berkes, G. Orban, M. Lengyel and J. Fiser, Science 331:83, 2011, who took 16 units
    in bins of 2 ms, and a rate in bit/s: this number, divided by ln 2 and by the bin width in
    seconds. In their ferrets it falls with age for movies.

    Few samples make plain frequencies differ by far too much. The default correction sums the
    series :math:`-\ln q = \sum_v (1-q)^v / v` without bias up to the number of samples, by the
    estimator of Zhang and Grabchak (2014), and extrapolates its rest from the words that were met
    0, 1 and 2 times, by the gamma-Poisson model of Good and Toulmin (1956). With "quadratic",
    divergences of frequencies (with half a count added to each spontaneous word) of all, half and
    quarter of the samples are extrapolated, quadratic in 1/N (S. Strong, R. Koberle, R. de Ruyter
    van Steveninck and W. Bialek, Physical Review Letters 80:197, 1998): it needs some ten samples
    per word.

    A word that is evoked but can never occur spontaneously makes the divergence infinite, which
    no sample can show: then the result is finite, grows with the number of samples, and is a lower
    bound; `unseen` tells how much evoked activity it depends on. Where that is nearly all of it
    (1000 samples of 16 units that are active half of the time), the extrapolation can be far off
    in single recordings; there, take fewer units. Only differences of estimates are
    taken, so that a divergence of 0 is found slightly below 0 as often as above.

    Parameters
    ----------
    spontaneous, evoked : xarray.DataArray, (..., samples, neurons)
        Rates or counts of the same neurons; numbers of samples may differ. Samples of one must be
        independent of those of the other: where both hold the same ones, even in part, the
        interval is of something else, and can exclude a divergence of 0.
    samples, neurons : str
        Names of the dims.
    units : int
        Length of the words, 1 to 24; all neurons if there are fewer.
    groups : int, optional
        How many random draws of units to average over; 1 where all neurons fit into a word, 10
        otherwise.
    threshold : float or "median"
        What activity must exceed to count as active; "median" stands for every neuron's median
        over spontaneous and evoked samples together.
    correction : "coverage" or "quadratic"
        How to correct for few samples.
    blocks : int
        In how many runs of consecutive samples to cut each recording for the interval, at least
        8; a run must be longer than activity is correlated in time.
    seed : int
        Seed of the draws of units and of the splits of the blocks.

    Returns
    -------
    xarray.Dataset, (...)
        `divergence` with the 95 % interval `low` to `high`, for the drawn units; `uncorrected`, by
        frequencies; `surrogate` with `surrogate_low` and `surrogate_high`, the divergence of
        evoked words from independent units with the spontaneous rates: where it is larger than
        `divergence`, spontaneous activity shares correlations with evoked activity; `rates`, that
        of independent units on both sides: what rates alone do. All in nat. `unseen` is the share
        of evoked samples whose word never occurs spontaneously. NaN where activity is NaN.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If dims are missing, neurons differ, both hold the same samples, there are fewer samples
        than blocks, or an option is something else.

    Examples
    --------
    >>> import numpy as np
    >>> import xarray as xr
    >>> random = np.random.default_rng(0)
    >>> dims = ("sample", "neuron")
    >>> spontaneous = xr.DataArray(random.random((20000, 4)) < 0.2, dims=dims)
    >>> evoked = xr.DataArray(random.random((20000, 4)) < 0.3, dims=dims)
    >>> found = spontaneous_evoked_divergence(spontaneous, evoked)
    >>> truth = 4 * (0.3 * np.log(0.3 / 0.2) + 0.7 * np.log(0.7 / 0.8))
    >>> bool(found["low"] < truth < found["high"])
    True
    """
    where = "spontaneous_evoked_divergence"
    given = {"spontaneous": spontaneous, "evoked": evoked}
    for name, values in given.items():
        check_axes(values, f"{where}.{name}", samples=samples, neurons=neurons)
    check_threshold(threshold, where)
    _check_options(where, given, samples, neurons, units, groups, correction, blocks)
    check_independent(spontaneous, evoked, f"{where}.spontaneous, evoked")
    spontaneous, evoked = aligned(where, spontaneous, evoked, exclude=(samples,))
    total = spontaneous.sizes[neurons]
    units = min(units, total)
    if groups is None:
        groups = 1 if units == total else 10
    columns = xr.apply_ufunc(
        _over_leading_axes,
        spontaneous.drop_vars(samples, errors="ignore").rename({samples: "_spontaneous"}),
        evoked.drop_vars(samples, errors="ignore").rename({samples: "_evoked"}),
        input_core_dims=[["_spontaneous", neurons], ["_evoked", neurons]],
        output_core_dims=[[]] * len(_COLUMNS),
        kwargs={
            "drawn": _draws(total, units, groups, seed),
            "threshold": threshold,
            "correction": correction,
            "blocks": blocks,
            "seed": seed,
        },
    )
    result = xr.Dataset(dict(zip(_COLUMNS, columns, strict=True)))
    for name, (unit, long_name) in _COLUMNS.items():
        result[name].attrs = {"units": unit, "long_name": long_name}
    result.attrs = {"word_length": units, "groups": groups, "correction": correction}
    return result


def _check_options(
    where: str,
    given: dict[str, xr.DataArray],
    samples: str,
    neurons: str,
    units: int,
    groups: int | None,
    correction: str,
    blocks: int,
) -> None:
    sizes = [values.sizes[neurons] for values in given.values()]
    if sizes[0] != sizes[1] or sizes[0] == 0:
        raise ValueError(f"{where}: expected the same neurons in both, got {sizes} of them")
    if not 1 <= units <= _LARGEST:
        raise ValueError(f"{where}.units: expected 1 to {_LARGEST}, got {units!r}")
    if groups is not None and groups < 1:
        raise ValueError(f"{where}.groups: expected at least 1, got {groups!r}")
    if correction not in ("coverage", "quadratic"):
        raise ValueError(
            f"{where}.correction: expected 'coverage' or 'quadratic', got {correction!r}"
        )
    if blocks < _FEWEST:
        raise ValueError(f"{where}.blocks: expected at least {_FEWEST}, got {blocks!r}")
    for name, values in given.items():
        if values.sizes[samples] < blocks:
            raise ValueError(
                f"{where}.{name}: expected at least one sample per block, {blocks}, got "
                f"{values.sizes[samples]}; record more of them"
            )


def _draws(total: int, units: int, groups: int, seed: int) -> list[np.ndarray]:
    if units == total:
        return [np.arange(total)] * groups
    random = np.random.default_rng([seed, 0])
    return [np.sort(random.choice(total, units, replace=False)) for _ in range(groups)]


def _over_leading_axes(
    spontaneous: np.ndarray, evoked: np.ndarray, **options: Any
) -> tuple[np.ndarray, ...]:
    leading = np.broadcast_shapes(spontaneous.shape[:-2], evoked.shape[:-2])
    spontaneous = np.broadcast_to(spontaneous, leading + spontaneous.shape[-2:])
    evoked = np.broadcast_to(evoked, leading + evoked.shape[-2:])
    found = np.full((len(_COLUMNS), *leading), np.nan)
    for index in np.ndindex(leading):
        pair = spontaneous[index], evoked[index]
        if not any(np.isnan(values).any() for values in pair):
            found[(slice(None), *index)] = _measured(*pair, **options)
    return tuple(found)


def _measured(
    spontaneous: np.ndarray,
    evoked: np.ndarray,
    *,
    drawn: list[np.ndarray],
    threshold: float | Literal["median"],
    correction: Correction,
    blocks: int,
    seed: int,
) -> Floats:
    """Return the columns, averaged over the drawn groups of units."""
    tables, plain, unseen = [], [], []
    for chosen in drawn:
        both = np.concatenate([spontaneous[:, chosen], evoked[:, chosen]])
        words = pack(binary(both, threshold))
        seen = np.unique(words)
        rest = block_counts(words[: len(spontaneous)], seen, blocks)
        driven = block_counts(words[len(spontaneous) :], seen, blocks)
        tables.append((estimator(correction, seen, chosen.size), driven, rest))
        totals = driven.sum(0), rest.sum(0)
        plain.append(plug_in(*totals, unpack(seen, chosen.size))[0])
        unseen.append(totals[0][totals[1] == 0].sum() / len(evoked))

    def estimate(first: np.ndarray, second: np.ndarray) -> Floats:
        found = [function(driven[first], rest[second]) for function, driven, rest in tables]
        return np.asarray(np.mean(found, axis=0))

    divergence, surrogate, rates = estimate(np.arange(blocks), np.arange(blocks))
    errors = standard_errors(estimate, blocks, np.random.default_rng([seed, 1]))
    reach = stats.t.ppf(0.975, blocks - 1) * errors
    return np.array(
        [
            divergence,
            divergence - reach[0],
            divergence + reach[0],
            np.mean(plain),
            surrogate,
            surrogate - reach[1],
            surrogate + reach[1],
            rates,
            np.mean(unseen),
        ]
    )
