"""Spikes of two trains that come together: NumPy in, NumPy out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..array import Floats
from .pairs import unit_pairs

__all__ = ["coincidence_counts", "coincidences", "share_near", "share_tiled", "tiling"]


def coincidences(a: Floats, b: Floats, window: float) -> int:
    """
    Count the pairs of spikes, one of each train, that are at most a window apart.

    Parameters
    ----------
    a, b : numpy.ndarray, (spike,)
        Ascending times in seconds.
    window : float
        Seconds. Times that are a window apart but for rounding count as such.

    Returns
    -------
    int
        Number of pairs.

    Examples
    --------
    >>> coincidences(np.array([0.1, 0.2]), np.array([0.15, 0.9]), 0.05)
    2
    """
    few, many = (a, b) if len(a) <= len(b) else (b, a)
    low, high = _neighbours(few, many, window)
    return int((high - low).sum())


def coincidence_counts(trains: Sequence[Floats], window: float) -> npt.NDArray[np.int64]:
    """
    Count the coincidences of every pair of trains.

    Parameters
    ----------
    trains : sequence of numpy.ndarray, (spike,)
        Ascending times in seconds.
    window : float
        Seconds.

    Returns
    -------
    numpy.ndarray of int, (pair,)
        One number for each pair, in the order of `unit_pairs`.
    """
    pairs = zip(*unit_pairs(len(trains)), strict=True)
    return np.array([coincidences(trains[i], trains[j], window) for i, j in pairs], dtype=np.int64)


def share_near(a: Floats, b: Floats, window: float) -> float:
    """Return the share of the spikes of a that have one of b at most a window away."""
    low, high = _neighbours(a, b, window)
    return float((high > low).mean())


def share_tiled(train: Floats, window: float, start: float, stop: float) -> float:
    """Return the share of the time from start to stop at most a window from a spike."""
    inner = np.minimum(np.diff(train), 2 * window).sum()
    outer = min(train[0] - start, window) + min(stop - train[-1], window)
    return float((inner + outer) / (stop - start))


def tiling(a: Floats, b: Floats, window: float, start: float, stop: float) -> float:
    r"""
    Compute the spike-time tiling coefficient of two trains.

    Parameters
    ----------
    a, b : numpy.ndarray, (spike,)
        Ascending times in seconds.
    window : float
        Seconds.
    start, stop : float
        What the recording lasted from and to, in seconds.

    Returns
    -------
    float
        -1 to 1; NaN where a train has no spikes, or the recording no duration.
    """
    if not len(a) or not len(b) or stop <= start:
        return np.nan
    tiled = [share_tiled(train, window, start, stop) for train in (a, b)]
    near = share_near(a, b, window), share_near(b, a, window)
    return (_half(near[0], tiled[1]) + _half(near[1], tiled[0])) / 2


def _half(near: float, tiled: float) -> float:
    """Return what one train adds: 1 where it and the tiles of the other are everywhere."""
    return 1.0 if near * tiled == 1 else (near - tiled) / (1 - near * tiled)


def _neighbours(
    a: Floats, b: Floats, window: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return from and up to which spike of b those lie that are near each spike of a."""
    if len(a) and len(b):
        window += 4 * np.finfo(np.float64).eps * max(abs(a[0]), abs(a[-1]), abs(b[0]), abs(b[-1]))
    return np.searchsorted(b, a - window, "left"), np.searchsorted(b, a + window, "right")
