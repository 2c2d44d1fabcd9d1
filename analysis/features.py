"""Measures of what neurons have in common, on plain arrays: NumPy in, NumPy out."""

import numpy as np
import numpy.typing as npt

from .array import Floats, effective_rank


def gram_matrix(features: npt.ArrayLike) -> Floats:
    r"""
    Compute the cosine similarity of neurons across stimuli, on the last two axes.

    For the rates :math:`F` (sample, neuron),

    .. math:: G_{ij} = \frac{\langle F_{:i}, F_{:j} \rangle}{|F_{:i}| \, |F_{:j}|}

    (J. Cheon, S. W. Lee and S.-B. Paik, NeurIPS 2024, figure 4g).

    Parameters
    ----------
    features : array_like, (..., sample, neuron)
        Rates.

    Returns
    -------
    numpy.ndarray, (..., neuron, neuron)
        Similarities, -1 to 1; NaN for silent neurons, which are similar to none.

    Raises
    ------
    ValueError
        If there are fewer than two axes.

    Examples
    --------
    >>> gram_matrix([[3.0, 4.0, 0.0], [3.0, 0.0, 0.0]]).round(3)
    array([[1.   , 0.707,   nan],
           [0.707, 1.   ,   nan],
           [  nan,   nan,   nan]])
    """
    rates = np.asarray(features, dtype=np.float64)
    if rates.ndim < 2:
        raise ValueError(
            f"gram_matrix.features: expected at least two axes, got shape {rates.shape}"
        )
    return similarity(np.swapaxes(rates, -1, -2) @ rates)


def similarity(products: Floats) -> Floats:
    """
    Turn scalar products of vectors with each other into cosines.

    Parameters
    ----------
    products : numpy.ndarray, (..., n, n)
        Scalar products.

    Returns
    -------
    numpy.ndarray, (..., n, n)
        Cosines; NaN for vectors that are zero.

    Examples
    --------
    >>> similarity(np.array([[4.0, 2.0], [2.0, 4.0]]))
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    lengths = np.sqrt(np.diagonal(products, axis1=-2, axis2=-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        inverse = np.where(lengths > 0, 1 / lengths, np.nan)
        return products * inverse[..., np.newaxis] * inverse[..., np.newaxis, :]


def gram_rank(similarities: npt.ArrayLike) -> float:
    """
    Measure the effective rank of one matrix of cosines, without the neurons that are silent.

    Parameters
    ----------
    similarities : array_like, (neuron, neuron)
        What `gram_matrix` returns.

    Returns
    -------
    float
        Effective rank, 1 to the number of neurons that are not silent; NaN where all are.

    Examples
    --------
    >>> round(gram_rank(gram_matrix([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])), 6)
    2.0
    """
    matrix = np.asarray(similarities, dtype=np.float64)
    active = np.flatnonzero(np.isfinite(np.diagonal(matrix)))
    return float(effective_rank(matrix[np.ix_(active, active)])) if active.size else np.nan
