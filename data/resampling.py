"""The arithmetic of images that are shifted, turned, or drawn at another size."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage, special

Values = npt.NDArray[np.float64]

_PART = 1024


def parts(count: int) -> Iterator[slice]:
    """Yield slices of images to work on at a time, which bounds the memory."""
    return (slice(start, min(start + _PART, count)) for start in range(0, count, _PART))


def overlap(shift: int, length: int) -> tuple[slice, slice]:
    """Return where the rest of an axis lies after a shift, and where it lay before."""
    return (
        slice(max(shift, 0), length + min(shift, 0)),
        slice(max(-shift, 0), length - max(shift, 0)),
    )


def turn(angle: float) -> Values:
    """Return the map of (row, column) from the turned image to that before; exact at 90 degrees."""
    cosine, sine = special.cosdg(angle), special.sindg(angle)
    return np.array([[cosine, sine], [-sine, cosine]])


def mapped(images: npt.NDArray[Any], matrices: Iterator[Values]) -> npt.NDArray[Any]:
    """Draw each image anew, with a linear map of coordinates about the centre."""
    centre = (np.array(images.shape[1:3]) - 1) / 2
    drawn = np.empty(images.shape, images.dtype)
    planes = images.reshape(*images.shape[:3], -1)
    new_planes = drawn.reshape(planes.shape)
    for before, after, matrix in zip(planes, new_planes, matrices, strict=True):
        for channel in range(planes.shape[3]):
            values = ndimage.affine_transform(
                before[..., channel].astype(np.float64),
                matrix,
                offset=centre - (matrix * centre).sum(axis=1),
                order=1,
                mode="grid-constant",
                cval=0.0,
            )
            after[..., channel] = as_type(images.dtype, values)
    return drawn


def resampled(values: Values, axis: int, new: int) -> Values:
    """Give an axis another number of pixels.

    Summed pixel by pixel: libraries of linear algebra would give other last digits on other
    machines, and bytes that are rounded otherwise.
    """
    before = np.moveaxis(values, axis, 0)
    after = np.zeros((new, *before.shape[1:]))
    weights = _weights(len(before), new)
    for target, source in np.argwhere(weights):
        after[target] += weights[target, source] * before[source]
    return np.moveaxis(after, 0, axis)


def _weights(old: int, new: int) -> Values:
    """Return how much each old pixel is part of each new one, (new, old)."""
    if new >= old:
        place = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
        return np.clip(1 - np.abs(place[:, np.newaxis] - np.arange(old)), 0, None)
    ends = np.arange(new + 1) * old / new
    low, high = ends[:-1, np.newaxis], ends[1:, np.newaxis]
    covered = np.minimum(high, np.arange(1, old + 1)) - np.maximum(low, np.arange(old))
    return np.clip(covered, 0, None) * new / old


def as_type(dtype: np.dtype[Any], values: Values) -> npt.NDArray[Any]:
    """Return values in the type that images have; bytes are rounded."""
    return (np.rint(values) if dtype == np.uint8 else values).astype(dtype)
