"""Matrices of dissimilarities, of which parts can be taken, and how alike they are."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from ..activity.noise_correlation import scores
from ..array import Floats

__all__ = ["alike", "all_alike", "dissimilarities"]


def dissimilarities(rates: Floats) -> Floats:
    """
    Return 1 - Pearson correlation of all patterns, (stimulus, stimulus); NaN of those without any.

    As `representational_dissimilarity`, but as a matrix, of which parts can be taken, and without
    a package that only some users have.

    Parameters
    ----------
    rates : numpy.ndarray, (stimulus, neuron)
        One pattern for each stimulus.
    """
    standard = scores(rates.T)
    return np.asarray(1 - standard.T @ standard)


def alike(a: Floats, b: Floats, chosen: npt.NDArray[np.intp] | slice, method: str) -> float:
    """
    Return the correlation of two matrices of dissimilarities over all pairs of chosen stimuli.

    Parameters
    ----------
    a, b : numpy.ndarray, (stimulus, stimulus)
        Dissimilarities; pairs without one are left out.
    chosen : numpy.ndarray of int, or slice
        Stimuli.
    method : {"pearson", "spearman"}
        Of the numbers or of their ranks.
    """
    first, second = (matrix[chosen][:, chosen] for matrix in (a, b))
    upper = np.triu_indices(len(first), 1)
    pairs = np.stack([first[upper], second[upper]])
    pairs = pairs[:, np.isfinite(pairs).all(axis=0)]
    if pairs.shape[1] < 3 or (np.ptp(pairs, axis=1) == 0).any():
        return float("nan")
    ranked = rankdata(pairs, axis=1) if method == "spearman" else pairs
    return float(np.corrcoef(ranked)[0, 1])


def all_alike(
    own: Sequence[Floats],
    theirs: Sequence[Floats],
    chosen: npt.NDArray[np.intp] | slice,
    method: str,
) -> Floats:
    """
    Return `alike` of each of some matrices with each of others, ranking each of them once.

    Parameters
    ----------
    own, theirs : sequence of numpy.ndarray, (stimulus, stimulus)
        Dissimilarities.
    chosen, method
        As in `alike`.

    Returns
    -------
    numpy.ndarray, (own, theirs)
        Correlations.
    """
    sides = []
    for matrices in (own, theirs):
        some = [matrix[chosen][:, chosen] for matrix in matrices]
        upper = np.triu_indices(len(some[0]), 1)
        pairs = np.stack([matrix[upper] for matrix in some])
        if not np.isfinite(pairs).all() or (np.ptp(pairs, axis=1) == 0).any():
            # Which pairs are left out depends on both.
            return np.array([[alike(a, b, chosen, method) for b in theirs] for a in own])
        sides.append(scores((rankdata(pairs, axis=1) if method == "spearman" else pairs).T))
    return np.asarray(sides[0].T @ sides[1])
