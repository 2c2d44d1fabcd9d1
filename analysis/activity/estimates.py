"""Estimates of the spontaneous-evoked divergence from counts of words, and their spread."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from .coverage import Counts, cross_entropy, entropy
from .words import unpack

Floats = npt.NDArray[np.float64]
Correction = Literal["coverage", "quadratic"]
Estimator = Callable[[Counts, Counts], Floats]

PSEUDOCOUNT = 0.5  # the prior of R. Krichevsky and V. Trofimov (1981)

_SPLITS = 20
# Variances fall with the number of samples as 1/N where words are well sampled, and up to as
# 1/N^2 where rare words decide; what two sizes say of it is trusted within these bounds.
_FALL = (1 / 3, 1 / 2)


def estimator(correction: Correction, seen: npt.NDArray[np.int64], units: int) -> Estimator:
    """
    Return the function of counts in blocks that estimates three divergences.

    It takes evoked and spontaneous counts, (block, word), and returns the divergence, that to
    independent units of the spontaneous rates, and that of independent units to independent ones.
    """
    bits = unpack(seen, units)
    if correction == "coverage":
        return lambda evoked, spontaneous: _coverage(evoked.sum(0), spontaneous.sum(0), bits)
    return lambda evoked, spontaneous: _quadratic(evoked, spontaneous, bits)


def _coverage(evoked: Counts, spontaneous: Counts, bits: Counts) -> Floats:
    own = entropy(evoked)
    between = cross_entropy(evoked, spontaneous)
    pairs = list(zip(_marginals(evoked, bits), _marginals(spontaneous, bits), strict=True))
    independent = sum(cross_entropy(*pair) for pair in pairs)
    rates = independent - sum(entropy(unit) for unit, _ in pairs)
    return np.array([between - own, independent - own, rates])


def plug_in(evoked: Counts, spontaneous: Counts, bits: Counts) -> Floats:
    """Compute the three divergences of frequencies, without correction."""
    own = _plug_in(evoked, evoked, 0, 1)
    between = _plug_in(evoked, spontaneous, PSEUDOCOUNT, 2 ** bits.shape[1])
    pairs = list(zip(_marginals(evoked, bits), _marginals(spontaneous, bits), strict=True))
    independent = sum(_plug_in(*pair, PSEUDOCOUNT, 2) for pair in pairs)
    rates = independent - sum(_plug_in(unit, unit, 0, 1) for unit, _ in pairs)
    return np.array([between - own, independent - own, rates])


def _plug_in(evoked: Counts, other: Counts, pseudocount: float, words: int) -> float:
    seen = evoked > 0
    share = (other[seen] + pseudocount) / (other.sum() + pseudocount * words)
    return float(-evoked[seen] @ np.log(share) / evoked.sum())


def _quadratic(evoked: Counts, spontaneous: Counts, bits: Counts) -> Floats:
    """Extrapolate frequencies of all, half and quarter of the blocks, quadratic in 1/N."""
    sizes, values = [], []
    for parts in (1, 2, 4):
        found = [
            plug_in(evoked[first::parts].sum(0), spontaneous[first::parts].sum(0), bits)
            for first in range(parts)
        ]
        sizes.append(parts)
        values.append(np.mean(found, axis=0))
    return np.asarray(np.polyfit(sizes, np.array(values), 2)[-1])


def _marginals(counts: Counts, bits: Counts) -> list[Counts]:
    """Return how often each unit is active, and how often not."""
    active = counts @ bits
    return list(np.stack([active, counts.sum() - active], axis=1))


def standard_errors(
    estimate: Callable[[Counts, Counts], Floats], blocks: int, random: np.random.Generator
) -> Floats:
    r"""
    Estimate standard errors from halves and quarters of the blocks that share no sample.

    Estimates from two halves are independent, so that half their squared difference is the
    variance at half the size, without the upward bias of the jackknife for what depends on rare
    words (B. Efron and C. Stein, Annals of Statistics 9:586, 1981). The variance at the full size
    follows from its fall between quarters and halves, averaged over 20 random splits.

    Parameters
    ----------
    estimate : callable
        Takes positions of evoked and of spontaneous blocks, returns estimates.
    blocks : int
        Number of blocks, at least 8.
    random : numpy.random.Generator
        Draws the splits.
    """
    halves, quarters = [], []
    for _ in range(_SPLITS):
        evoked, spontaneous = (random.permutation(blocks) for _ in range(2))
        fourths = [estimate(evoked[i::4], spontaneous[i::4]) for i in range(4)]
        one, other = (estimate(evoked[i::2], spontaneous[i::2]) for i in range(2))
        quarters.append(np.var(fourths, axis=0, ddof=1))
        halves.append((one - other) ** 2 / 2)
    half, quarter = np.mean(halves, axis=0), np.mean(quarters, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        fall = np.where(quarter > 0, half / quarter, _FALL[1])
    return np.asarray(np.sqrt(half * np.clip(fall, *_FALL)))
