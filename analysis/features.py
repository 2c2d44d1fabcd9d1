"""Measures of features and components on plain arrays: NumPy in, NumPy out."""

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


def singular_values(matrix: npt.ArrayLike) -> Floats:
    """
    Compute the singular values of matrices on the last two axes.

    Parameters
    ----------
    matrix : array_like, (..., m, n)
        Matrices.

    Returns
    -------
    numpy.ndarray, (..., min(m, n))
        Values from the largest down; NaN where a matrix is not finite.

    Examples
    --------
    >>> singular_values([[0.0, 2.0], [3.0, 0.0]])
    array([3., 2.])
    """
    matrices = np.asarray(matrix)
    values = np.full((*matrices.shape[:-2], min(matrices.shape[-2:])), np.nan)
    # One by one, so that the copies in double precision never fill the memory.
    for index in np.ndindex(matrices.shape[:-2]):
        one = matrices[index].astype(np.float64)
        if np.isfinite(one).all():
            values[index] = np.linalg.svd(one, compute_uv=False)
    return values


def centred(vectors: npt.ArrayLike) -> Floats:
    """
    Remove the mean from vectors along the last axis.

    Parameters
    ----------
    vectors : array_like, (..., n)
        Vectors.

    Returns
    -------
    numpy.ndarray, (..., n)
        What is left; exactly 0 where it is nothing but rounding.

    Examples
    --------
    >>> centred([[1.0, 3.0], [0.1, 0.1]]).tolist()
    [[-1.0, 1.0], [0.0, 0.0]]
    """
    values = np.asarray(vectors, dtype=np.float64)
    left = values - values.mean(axis=-1, keepdims=True)
    size = np.abs(values).max(axis=-1, keepdims=True)
    rounding = values.shape[-1] * np.finfo(np.float64).eps * size
    # A direction made of rounding errors would have an angle.
    nothing = np.abs(left).max(axis=-1, keepdims=True) <= rounding
    return np.asarray(np.where(nothing, 0.0, left))


def principal_components(points: npt.ArrayLike, components: int) -> tuple[Floats, Floats, Floats]:
    r"""
    Find the directions in which points are spread most.

    The singular value decomposition :math:`X - \bar X = U S V^T`: directions are the first rows of
    :math:`V^T`, and :math:`S_k^2 / \sum_j S_j^2` is the share of variance along each. The sign of a
    direction is such that its largest entry is positive.

    Parameters
    ----------
    points : array_like, (point, n)
        Finite numbers.
    components : int
        How many directions.

    Returns
    -------
    centre : numpy.ndarray, (n,)
        Mean of the points.
    directions : numpy.ndarray, (component, n)
        Unit vectors.
    shares : numpy.ndarray, (component,)
        Shares of variance; NaN where all points are the same.

    Raises
    ------
    ValueError
        If there are not as many directions.

    Examples
    --------
    >>> _, directions, shares = principal_components([[0.0, 1.0], [0.0, -1.0], [0.0, 3.0]], 1)
    >>> directions.tolist(), shares.tolist()
    ([[0.0, 1.0]], [1.0])
    """
    values = np.asarray(points, dtype=np.float64)
    most = min(values.shape)
    if not 1 <= components <= most:
        raise ValueError(
            f"principal_components.components: expected 1 to {most} for {values.shape[0]} points "
            f"of {values.shape[1]} entries, got {components}"
        )
    centre = values.mean(axis=0)
    _, sizes, directions = np.linalg.svd(values - centre, full_matrices=False)
    directions = directions[:components]
    largest = np.take_along_axis(
        directions, np.abs(directions).argmax(axis=1, keepdims=True), axis=1
    )
    with np.errstate(invalid="ignore"):
        shares = sizes[:components] ** 2 / (sizes**2).sum()
    return centre, directions * np.sign(largest), shares
