"""Weights in which neurons keep their strengths, and pairs of neurons lose theirs."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..array import Floats

Mask = npt.NDArray[np.bool_]

_SWEEPS = 50


class Strengths(NamedTuple):
    """Weights taken apart: ``common + scale * left``; all (target, source), 0 without a synapse."""

    common: Floats
    scale: Floats
    left: Floats


def residual(weights: Floats, there: Mask) -> Strengths:
    r"""Take weights apart into what is due to their neurons, and what is left.

    .. math:: W_{ki} = a_k + b_i + s_k t_i E_{ki}

    with residuals :math:`E` whose mean over the synapses of every source and of every target is 0
    before, and whose mean square is 1 after, they are divided by the scales.

    Parameters
    ----------
    weights : numpy.ndarray, (target, source)
        The weights.
    there : numpy.ndarray of bool, (target, source)
        Which synapses there are.

    Returns
    -------
    Strengths
        The parts.

    Examples
    --------
    >>> parts = residual(np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((2, 2), bool))
    >>> parts.common
    array([[1., 2.],
           [3., 4.]])
    """
    left = np.where(there, weights, 0.0)
    scale = np.ones_like(left)
    # In a full matrix one sweep is exact; gaps tie rows and columns to each other.
    for _ in range(_SWEEPS):
        for axis in (0, 1):
            left -= _mean(left, there, axis) * there
    common = np.where(there, weights, 0.0) - left
    # What rounding leaves of weights that strengths explain altogether is no residual.
    left[np.abs(left) <= 1e-12 * np.abs(weights).max(initial=0)] = 0
    for _ in range(_SWEEPS):
        for axis in (0, 1):
            size = np.sqrt(_mean(left**2, there, axis))
            size[size == 0] = 1
            left, scale = left / size, scale * size
    return Strengths(common, scale * there, left)


def matched_strengths(
    weights: Floats, there: Mask, generator: np.random.Generator, draws: int
) -> Iterator[Floats]:
    """Yield weights with the same strengths of neurons, the rest shuffled over synapses.

    Parameters
    ----------
    weights : numpy.ndarray, (target, source)
        The weights.
    there : numpy.ndarray of bool, (target, source)
        Which synapses there are; others stay 0.
    generator : numpy.random.Generator
        Draws the orders.
    draws : int
        How many to yield.

    Yields
    ------
    numpy.ndarray, (target, source)
        Other weights.
    """
    parts = residual(weights, there)
    values = parts.left[there]
    values -= values.mean() if len(values) else 0
    for _ in range(draws):
        drawn = np.zeros_like(parts.left)
        drawn[there] = generator.permutation(values)
        yield parts.common + parts.scale * drawn


def curveball(there: Mask, generator: np.random.Generator, draws: int) -> Iterator[Mask]:
    """Yield random synapses of which every neuron has as many as before.

    Two neurons trade, at random, the partners that only one of them has: five times as many trades
    as there are neurons before the first draw, and one for each neuron between one draw and the
    next (G. Strona et al., Nature Communications 5:4114, 2014).

    Parameters
    ----------
    there : numpy.ndarray of bool, (target, source)
        Which synapses there are.
    generator : numpy.random.Generator
        Draws the trades.
    draws : int
        How many to yield.

    Yields
    ------
    numpy.ndarray of bool, (target, source)
        Other synapses.
    """
    turned = there.shape[0] > there.shape[1]
    rows = (there.T if turned else there).copy()
    trades = len(rows) if len(rows) > 1 else 0
    for draw in range(draws):
        for _ in range(trades if draw else 5 * trades):
            first = generator.integers(len(rows))
            second = (first + generator.integers(1, len(rows))) % len(rows)
            traded = np.flatnonzero(rows[first] != rows[second])
            given = generator.permutation(traded)[: rows[first, traded].sum()]
            rows[first, traded], rows[second, traded] = False, True
            rows[first, given], rows[second, given] = True, False
        yield (rows.T if turned else rows).copy()


def _mean(values: Floats, there: Mask, axis: int) -> Floats:
    count = there.sum(axis=axis, keepdims=True)
    return np.asarray(values.sum(axis=axis, keepdims=True) / np.maximum(count, 1))
