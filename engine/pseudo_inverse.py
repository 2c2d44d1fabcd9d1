"""The Moore-Penrose inverse as networks use it; its C++ twin is ``include/pseudo_inverse.h``."""

import numpy as np

__all__ = ["pseudo_inverse"]


def pseudo_inverse(matrix: np.ndarray) -> np.ndarray:
    """Return the Moore-Penrose inverse, computed in double precision.

    Singular values up to ``max(matrix.shape)*epsilon`` of the largest, with the `epsilon` of the
    matrix's own type, count as 0.

    Parameters
    ----------
    matrix : ndarray of float
        (row, column).

    Returns
    -------
    ndarray
        (column, row); NaN throughout where the matrix has a value that is not finite.

    Examples
    --------
    >>> pseudo_inverse(np.array([[2.0, 0.0], [0.0, 0.0]])).tolist()
    [[0.5, 0.0], [0.0, 0.0]]
    """
    if not np.isfinite(matrix).all():
        return np.full(matrix.T.shape, np.nan, matrix.dtype)
    cut = max(matrix.shape) * np.finfo(matrix.dtype).eps
    return np.linalg.pinv(matrix.astype(np.float64), rcond=cut).astype(matrix.dtype)
