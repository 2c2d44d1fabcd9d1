"""What single samples cost, and whether they were answered rightly."""

import numpy as np

from .array import Floats
from .oracle import READOUTS


def losses(readout: str, drives: Floats, targets: Floats) -> Floats:
    r"""
    Compute the loss of every sample.

    The cross-entropy :math:`-\sum_j r^*_j \ln r_j` of a softmax readout, for targets that sum
    to 1, and half the squared error :math:`\tfrac12 \sum_j (r_j - r^*_j)^2` of others.

    Parameters
    ----------
    readout : str
        A name of `READOUTS`.
    drives : numpy.ndarray, (sample, output)
        Drives of the outputs.
    targets : numpy.ndarray, (sample, output)
        What the outputs should do.

    Returns
    -------
    numpy.ndarray, (sample,)
        Losses, in nat for softmax.

    Examples
    --------
    >>> losses("softmax", np.zeros((1, 2)), np.array([[1.0, 0.0]])) / np.log(2)
    array([1.])
    >>> losses("linear", np.array([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
    array([2.])
    """
    with np.errstate(all="ignore"):
        if readout == "softmax":
            below = drives.max(axis=1, keepdims=True) - drives
            return (targets * below).sum(axis=1) + np.log(np.exp(-below).sum(axis=1))
        rate, _ = READOUTS[readout]
        return np.asarray(((rate(drives) - targets) ** 2).sum(axis=1) / 2)


def credits(drives: Floats, targets: Floats) -> Floats:
    """
    Compute the share in the accuracy of every sample.

    A class that ties with others for the largest drive earns one share among them.

    Parameters
    ----------
    drives : numpy.ndarray, (sample, output)
        Drives of the outputs.
    targets : numpy.ndarray, (sample, output)
        1 for the class of the sample, and 0 else.

    Returns
    -------
    numpy.ndarray, (sample,)
        1 where the class has the largest drive, 0 where another one has.

    Examples
    --------
    >>> credits(np.array([[0.1, 0.3], [0.2, 0.2]]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    array([1. , 0.5])
    """
    best = drives == drives.max(axis=1, keepdims=True)
    return (best * targets).sum(axis=1) / np.maximum(best.sum(axis=1), 1)
