"""Measures on plain arrays: NumPy in, NumPy out, always along the last axes."""

import numpy as np
import numpy.typing as npt
from scipy.special import entr

Floats = npt.NDArray[np.float64]


def angle(a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    r"""
    Measure the angle between vectors along the last axis.

    For the unit vectors :math:`u = a/|a|` and :math:`v = b/|b|`,

    .. math:: \theta = 2 \arctan \frac{|u - v|}{|u + v|},

    which equals :math:`\arccos \langle u, v \rangle` but keeps all digits near 0 and 180 degrees,
    where the arccosine loses half of them (W. Kahan, "How futile are mindless assessments of
    roundoff in floating-point computation?", 2006, section 12).

    Parameters
    ----------
    a, b : array_like, (..., n)
        Vectors; leading axes broadcast.

    Returns
    -------
    numpy.ndarray, (...)
        Angles in degrees, 0 to 180; NaN where a vector is zero or not finite.

    Raises
    ------
    ValueError
        If the vectors differ in length or are single numbers.

    Examples
    --------
    >>> float(angle([1.0, 0.0], [0.0, 2.0]))
    90.0
    >>> angle([[3.0, 0.0], [0.0, 0.0]], [5.0, 0.0])
    array([ 0., nan])
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.ndim < 1 or b.ndim < 1 or a.shape[-1] != b.shape[-1]:
        raise ValueError(
            f"angle.a, b: expected vectors of equal length along the last axis, "
            f"got shapes {a.shape} and {b.shape}"
        )
    u, v = _unit(a), _unit(b)
    radians = 2 * np.arctan2(np.linalg.norm(u - v, axis=-1), np.linalg.norm(u + v, axis=-1))
    return np.asarray(np.degrees(radians))


def matrix_angle(a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    r"""
    Measure the angle between matrices, taken as flattened vectors, on the last two axes.

    :math:`\theta = \arccos (\langle A, B \rangle_F / |A|_F |B|_F)`.

    Parameters
    ----------
    a, b : array_like, (..., m, n)
        Matrices of the same shape; leading axes broadcast.

    Returns
    -------
    numpy.ndarray, (...)
        Angles in degrees, 0 to 180; NaN where a matrix is zero or not finite.

    Raises
    ------
    ValueError
        If the matrices differ in shape.

    Examples
    --------
    >>> float(matrix_angle([[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]))
    90.0
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.ndim < 2 or a.shape[-2:] != b.shape[-2:]:
        raise ValueError(
            f"matrix_angle.a, b: expected matrices of equal shape on the last two axes, "
            f"got shapes {a.shape} and {b.shape}"
        )
    entries = a.shape[-2] * a.shape[-1]
    return angle(a.reshape(*a.shape[:-2], entries), b.reshape(*b.shape[:-2], entries))


def effective_rank(matrix: npt.ArrayLike) -> Floats:
    r"""
    Measure how many singular values a matrix effectively has, on the last two axes.

    With the singular values :math:`s_i` (not their squares) and :math:`p_i = s_i / \sum_j s_j`,

    .. math:: \mathrm{erank} = \exp \Bigl( - \sum_i p_i \ln p_i \Bigr)

    (O. Roy and M. Vetterli, "The effective rank: a measure of effective dimensionality",
    EUSIPCO 2007).

    Parameters
    ----------
    matrix : array_like, (..., m, n)
        Matrices.

    Returns
    -------
    numpy.ndarray, (...)
        Effective ranks, 1 to min(m, n); NaN where a matrix is zero or not finite.

    Raises
    ------
    ValueError
        If there are fewer than two axes.

    Examples
    --------
    >>> round(float(effective_rank([[1.0, 0.0], [0.0, 1.0]])), 12)
    2.0
    >>> round(float(effective_rank([[2.0, 0.0], [0.0, 1.0]])), 3)
    1.89
    """
    matrices = np.asarray(matrix)
    if matrices.ndim < 2:
        raise ValueError(
            f"effective_rank.matrix: expected at least two axes, got shape {matrices.shape}"
        )
    ranks = np.empty(matrices.shape[:-2])
    # One by one, so that the copies in double precision never fill the memory.
    for index in np.ndindex(ranks.shape):
        ranks[index] = _effective_rank(matrices[index].astype(np.float64))
    return ranks


def norm_ratio(a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    """
    Divide the Frobenius norms of matrices on the last two axes.

    Parameters
    ----------
    a, b : array_like, (..., m, n)
        Matrices; leading axes broadcast.

    Returns
    -------
    numpy.ndarray, (...)
        Norm of a over norm of b; NaN where b is zero or one of them is not finite.

    Examples
    --------
    >>> float(norm_ratio([[3.0, 4.0]], [[0.0, 2.0]]))
    2.5
    """
    over, under = (np.linalg.norm(np.asarray(x, np.float64), axis=(-2, -1)) for x in (a, b))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = over / under
    return np.asarray(np.where(np.isfinite(ratio), ratio, np.nan))


def sign_concordance(a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    """
    Measure the share of entries that have the same sign, on the last two axes.

    Parameters
    ----------
    a, b : array_like, (..., m, n)
        Matrices; leading axes broadcast.

    Returns
    -------
    numpy.ndarray, (...)
        Shares among the entries that are zero in neither, 0 to 1; NaN where there is none, or an
        entry is not finite.

    Examples
    --------
    >>> float(sign_concordance([[1.0, -2.0, 3.0]], [[2.0, 1.0, 0.0]]))
    0.5
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        signs = np.sign(np.asarray(a, np.float64)) * np.sign(np.asarray(b, np.float64))
        # NaN spreads through the sum, and 0 is divided by 0 where no pair has signs.
        return np.asarray((1 + signs.sum((-2, -1)) / np.abs(signs).sum((-2, -1))) / 2)


def pseudo_inverse(matrix: Floats, epsilon: float) -> Floats:
    """
    Compute the Moore-Penrose inverse of a matrix that was stored in another precision.

    Singular values up to ``max(matrix.shape)*epsilon`` of the largest count as 0: they may be
    nothing but the rounding of what was stored.

    Parameters
    ----------
    matrix : numpy.ndarray, (row, column)
        Finite numbers.
    epsilon : float
        Machine epsilon of the type that they were stored in.

    Returns
    -------
    numpy.ndarray, (column, row)
        The inverse.

    Examples
    --------
    >>> pseudo_inverse(np.array([[2.0, 0.0], [0.0, 1e-9]]), 1e-7).tolist()
    [[0.5, 0.0], [0.0, 0.0]]
    """
    inverse = np.linalg.pinv(matrix, rcond=max(matrix.shape) * epsilon)
    return np.asarray(inverse, np.float64)


def _effective_rank(matrix: Floats) -> float:
    # LAPACK fails on NaN, which pads joined lives.
    if not np.isfinite(matrix).all() or not matrix.any():
        return np.nan
    values = np.linalg.svd(matrix, compute_uv=False)
    return float(np.exp(entr(values / values.sum()).sum()))


def _unit(vectors: Floats) -> Floats:
    # Scaling by the largest entry first keeps the norm of very large or small vectors finite.
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = vectors / np.abs(vectors).max(axis=-1, keepdims=True, initial=0.0)
        return scaled / np.linalg.norm(scaled, axis=-1, keepdims=True)
