"""Divide images for training and testing where the publishers did not."""

import numpy as np
import numpy.typing as npt

Part = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


def last_of_each_class(
    images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8], count: int
) -> tuple[Part, Part]:
    """Take the last images of each class for the test part; nothing is drawn at random.

    Parameters
    ----------
    images : ndarray, (sample, ...)
        Images.
    labels : ndarray, (sample,)
        Their classes.
    count : int
        Number of test images of each class.

    Returns
    -------
    tuple
        Images and labels of the training part and of the test part, in the order they had.

    Examples
    --------
    >>> labels = np.array([0, 1, 1, 0, 0], np.uint8)
    >>> train, test = last_of_each_class(np.arange(5, dtype=np.uint8), labels, 1)
    >>> train[0], test[0]
    (array([0, 1, 3], dtype=uint8), array([2, 4], dtype=uint8))
    """
    chosen = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        chosen[np.flatnonzero(labels == label)[-count:]] = True
    return (images[~chosen], labels[~chosen]), (images[chosen], labels[chosen])
