"""Bins of equal width in time: how many there are, and which one a spike is in."""

import numpy as np
import numpy.typing as npt

__all__ = ["bins_of", "whole_bins"]

# Much more than rounding takes from a whole number of bins, and no time in an experiment: times in
# decimal digits often lie on edges, but 0.3/0.1 is less than 3.
_ROUNDING = 1e-6
_FAR = 2.0**62


def bins_of(times: npt.ArrayLike, start: float, width: float) -> npt.NDArray[np.int64]:
    """Return the number of the bin that each time is in.

    Bin k has the times from start + k w up to, but not at, start + (k + 1) w. What is less than a
    millionth of a bin before an edge is at the edge, which rounding had moved.

    Parameters
    ----------
    times : array-like
        In seconds.
    start, width : float
        Where bin 0 begins, and the width w, in seconds.

    Examples
    --------
    >>> bins_of([0.0, 0.299, 0.3, 0.6, 0.7], 0.0, 0.1).tolist()
    [0, 2, 3, 6, 7]
    """
    place = np.floor((np.asarray(times, dtype=np.float64) - start) / width + _ROUNDING)
    return np.clip(place, -_FAR, _FAR).astype(np.int64)


def whole_bins(start: float, stop: float, width: float) -> float:
    """Return how many whole bins there are, infinity where a float cannot tell.

    Examples
    --------
    >>> whole_bins(0.0, 0.3, 0.1), whole_bins(0.0, 1.0, 1e-320)
    (3.0, inf)
    """
    with np.errstate(over="ignore"):
        return float(np.floor(np.float64(stop - start) / width + _ROUNDING))
