"""Stimuli made from stimuli: shifted, turned, larger or smaller, and without colour.

Whatever is drawn for an image is a function of the seed and of its place among the stimuli alone.
Numbers are drawn in NumPy; the map from pixel values to rates stays what it was.
"""

from collections.abc import Callable
from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .noise import finite_number, positive_integer
from .resampling import as_type, mapped, overlap, parts, resampled, turn
from .stimuli import Stimuli
from .stimuli_checks import COLOUR_DIMS

Values = npt.NDArray[np.float64]

#: ITU-R Recommendation BT.601: luma of red, green and blue.
LUMA = (0.299, 0.587, 0.114)


def translated(stimuli: Stimuli, *, pixels: int, seed: int = 0) -> Stimuli:
    """Shift each image by whole pixels.

    The offsets of an image are two independent integers, uniform in ``-pixels..pixels``, one along
    rows and one along columns. What moves out is lost; what is laid bare is background, 0.

    Parameters
    ----------
    stimuli : Stimuli
        What to shift.
    pixels : int
        Largest offset, less than the number of rows and of columns.
    seed : int
        Seed of the offsets.

    Returns
    -------
    Stimuli
        Images of the same shape and type, with the same labels or targets.

    Raises
    ------
    ValueError
        If `pixels` or `seed` cannot be.

    Examples
    --------
    >>> translated(Stimuli.from_arrays(np.ones((3, 9, 9)), [0, 1, 1]), pixels=2)
    Stimuli('own stimuli, translated by up to 2 pixels (seed 0)': 3 images of 9x9, 2 classes, \
rate = 1 * image + 0)
    """
    most = min(stimuli.shape[:2]) - 1
    pixels = _whole("translated.pixels", pixels, 0, most)
    seed = _whole("translated.seed", seed, 0)
    drawn = _uniform(seed, 1, (len(stimuli), 2))
    offsets = np.floor(drawn * (2 * pixels + 1)).astype(int) - pixels
    images = np.zeros_like(stimuli.images.values)
    for image, before, offset in zip(images, stimuli.images.values, offsets, strict=True):
        (rows, old_rows), (columns, old_columns) = (
            overlap(int(shift), length)
            for shift, length in zip(offset, image.shape[:2], strict=True)
        )
        image[rows, columns] = before[old_rows, old_columns]
    name = f"translated by up to {pixels} pixels (seed {seed})"
    return _made(stimuli, images, name, "translated", pixels=pixels, seed=seed)


def rotated(stimuli: Stimuli, *, degrees: float, seed: int = 0) -> Stimuli:
    """Turn each image about its centre.

    The angle of an image is uniform in ``[-degrees, degrees]``, counter-clockwise where it is
    positive, rows running downwards. Values between pixels are bilinear (order 1), with background,
    0, around the image; uint8 values are rounded.

    Parameters
    ----------
    stimuli : Stimuli
        What to turn.
    degrees : float
        Largest angle, 0 to 180 degrees.
    seed : int
        Seed of the angles.

    Returns
    -------
    Stimuli
        Images of the same shape and type, with the same labels or targets.

    Raises
    ------
    ValueError
        If `degrees` or `seed` cannot be.

    Examples
    --------
    >>> turned = rotated(Stimuli.from_arrays(np.ones((3, 9, 9)), [0, 1, 1]), degrees=15, seed=2)
    >>> turned.name
    'own stimuli, rotated by up to 15 degrees (seed 2)'
    """
    degrees = finite_number("rotated.degrees", degrees, low=0, high=180)
    seed = _whole("rotated.seed", seed, 0)
    angles = degrees * (2 * _uniform(seed, 2, (len(stimuli),)) - 1)
    images = mapped(stimuli.images.values, map(turn, angles))
    name = f"rotated by up to {degrees:g} degrees (seed {seed})"
    return _made(stimuli, images, name, "rotated", degrees=degrees, seed=seed)


def scaled(stimuli: Stimuli, *, low: float, high: float, seed: int = 0) -> Stimuli:
    """Make what each image shows larger or smaller about its centre.

    The factor of an image is uniform in ``[low, high]``, the same for rows and columns; above 1
    it grows and is cut off at the border, below 1 it shrinks within background, 0. Values between
    pixels are bilinear (order 1); uint8 values are rounded.

    Parameters
    ----------
    stimuli : Stimuli
        What to scale.
    low, high : float
        Range of the factor, within 0.01 to 100.
    seed : int
        Seed of the factors.

    Returns
    -------
    Stimuli
        Images of the same shape and type, with the same labels or targets.

    Raises
    ------
    ValueError
        If `low`, `high` or `seed` cannot be.

    See Also
    --------
    resized : another number of rows and columns.

    Examples
    --------
    >>> scaled(Stimuli.from_arrays(np.ones((3, 9, 9)), [0, 1, 1]), low=0.8, high=1.2).name
    'own stimuli, scaled by 0.8 to 1.2 (seed 0)'
    """
    low = finite_number("scaled.low", low, low=0.01)
    high = finite_number("scaled.high", high, low=low, high=100)
    seed = _whole("scaled.seed", seed, 0)
    factors = low + (high - low) * _uniform(seed, 3, (len(stimuli),))
    images = mapped(stimuli.images.values, (np.eye(2) / factor for factor in factors))
    name = f"scaled by {low:g} to {high:g} (seed {seed})"
    return _made(stimuli, images, name, "scaled", low=low, high=high, seed=seed)


def resized(stimuli: Stimuli, rows: int, columns: int) -> Stimuli:
    """Give images another number of rows and columns.

    Old and new pixels are squares that divide the same area. Along an axis that gets more
    pixels, values are bilinear between the centres of the old pixels, and constant beyond the
    outermost of them; along one that gets fewer, each new pixel is the mean of the old ones
    below it, weighted by the part of it that they cover, so that the mean of an image stays what
    it was (but for the rounding of uint8 values).

    Parameters
    ----------
    stimuli : Stimuli
        What to resize.
    rows, columns : int
        New size.

    Returns
    -------
    Stimuli
        Images of the new size and the same type, with the same labels or targets.

    Raises
    ------
    ValueError
        If rows or columns are no positive integers.

    Examples
    --------
    >>> image = np.array([[[0.0, 2.0], [4.0, 6.0]]])
    >>> resized(Stimuli.from_arrays(image, [0]), 1, 2).rates()
    array([[2., 4.]])
    >>> resized(Stimuli.from_arrays(image, [0]), 1, 4).rates()
    array([[2. , 2.5, 3.5, 4. ]])
    """
    rows = positive_integer("resized.rows", rows)
    columns = positive_integer("resized.columns", columns)
    before = stimuli.images.values
    images = np.empty((len(before), rows, columns, *before.shape[3:]), before.dtype)
    for part in parts(len(before)):
        values = resampled(before[part].astype(np.float64), 1, rows)
        images[part] = as_type(before.dtype, resampled(values, 2, columns))
    name = f"resized to {rows}x{columns}"
    return _made(stimuli, images, name, "resized", rows=rows, columns=columns)


def grey(stimuli: Stimuli) -> Stimuli:
    r"""Take the colour out of images.

    .. math:: Y = 0.299 R + 0.587 G + 0.114 B

    These are the weights of ITU-R Recommendation BT.601; uint8 values are rounded.

    Parameters
    ----------
    stimuli : Stimuli
        Images with three channels, red, green and blue.

    Returns
    -------
    Stimuli
        Images without channels, of the same type, with the same labels or targets.

    Raises
    ------
    ValueError
        If the images do not have three channels.

    References
    ----------
    ITU-R (2011). Recommendation BT.601-7: studio encoding parameters of digital television.

    Examples
    --------
    >>> grey(Stimuli.from_arrays(np.ones((2, 4, 4, 3)), [0, 1]))
    Stimuli('own stimuli, grey': 2 images of 4x4, 2 classes, rate = 1 * image + 0)
    """
    if stimuli.shape[2:] != (3,):
        raise ValueError(
            f"grey.stimuli: expected images of 3 channels (red, green, blue), got "
            f"{'x'.join(map(str, stimuli.shape))}"
        )
    colours = stimuli.images.values
    images = np.empty(colours.shape[:-1], colours.dtype)
    for part in parts(len(colours)):
        planes = (weight * colours[part][..., k] for k, weight in enumerate(LUMA))
        images[part] = as_type(colours.dtype, sum(planes, np.zeros(1)))
    return _made(stimuli, images, "grey", "grey")


#: What can have been done to stimuli, by the name that origins have.
TRANSFORMS: dict[str, Callable[..., Stimuli]] = {
    "sample": Stimuli.sample,
    "translated": translated,
    "rotated": rotated,
    "scaled": scaled,
    "resized": resized,
    "grey": grey,
}


def _made(
    stimuli: Stimuli, images: npt.NDArray[Any], what: str, step: str, **parameters: int | float
) -> Stimuli:
    """Put other images into stimuli, and say how they came about."""
    array = xr.DataArray(images, dims=COLOUR_DIMS[: images.ndim])
    made = replace(stimuli, images=array, name=f"{stimuli.name}, {what}")
    return made.made_from(stimuli, step, **parameters)


def _uniform(seed: int, stream: int, shape: tuple[int, ...]) -> Values:
    """Draw from [0, 1); the first rows do not depend on how many there are."""
    return np.random.default_rng([seed, stream]).random(shape)


def _whole(where: str, value: Any, low: int, high: int | None = None) -> int:
    if isinstance(value, Integral) and not isinstance(value, bool):
        if int(value) >= low and (high is None or int(value) <= high):
            return int(value)
    wanted = f"in {low}..{high}" if high is not None else f"of at least {low}"
    raise ValueError(f"{where}: expected an integer {wanted}, got {value!r}")
