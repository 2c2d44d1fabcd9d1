"""Labelled stimuli: images with a linear map from pixel values to rates."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

IMAGE_DIMS = ("sample", "row", "column")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Stimuli:
    """Describe a set of labelled images and the input rates that they evoke.

    The rate of input unit ``u`` for an image ``x`` is ``scale * x[u] + shift``; images keep their
    own type, so that 60 000 images of 28 by 28 bytes take 47 MB and not 376 MB.

    Parameters
    ----------
    images : xarray.DataArray, (sample, row, column)
        Pixel values, uint8 or floating.
    labels : xarray.DataArray, (sample,)
        Class of each image, integers in 0..classes-1.
    classes : int
        Number of classes.
    name : str
        What the stimuli are called in reports and files.
    scale, shift : float
        Map from pixel value to rate (unit "1").

    Attributes
    ----------
    origin : mapping or None
        Where the stimuli can be loaded from again, for `load_origin`; known for those of
        `load_images` and samples of them, and forgotten by `dataclasses.replace`.

    Raises
    ------
    TypeError
        If images or labels are no DataArrays, or of a type that cannot be a pixel or a label.
    ValueError
        If dims, lengths, labels or values do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> images = xr.DataArray(np.arange(8, dtype="uint8").reshape(2, 2, 2), dims=IMAGE_DIMS)
    >>> labels = xr.DataArray([1, 0], dims="sample")
    >>> stimuli = Stimuli(images=images, labels=labels, classes=2, name="ramp", scale=0.5)
    >>> stimuli
    Stimuli('ramp': 2 images of 2x2, 2 classes, rate = 0.5 * image + 0)
    >>> stimuli.rates()[1]
    array([2. , 2.5, 3. , 3.5])
    """

    images: xr.DataArray
    labels: xr.DataArray
    classes: int
    name: str
    scale: float = 1.0
    shift: float = 0.0
    origin: Mapping[str, Any] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        _check_images(self.images)
        _check_numbers(self)
        _check_labels(self)

    @classmethod
    def from_arrays(
        cls,
        images: npt.ArrayLike,
        labels: npt.ArrayLike,
        *,
        classes: int | None = None,
        name: str = "own stimuli",
        scale: float = 1.0,
        shift: float = 0.0,
    ) -> "Stimuli":
        """Make stimuli from plain arrays.

        Parameters
        ----------
        images : array_like, (sample, row, column) or (sample, unit)
            Pixel values, uint8 or floating; stimuli that are no images have one row.
        labels : array_like, (sample,)
            Class of each stimulus, integers from 0 on.
        classes : int, optional
            Number of classes; one more than the largest label by default.
        name, scale, shift
            As above.

        Examples
        --------
        >>> Stimuli.from_arrays(np.zeros((3, 5)), [0, 1, 1])
        Stimuli('own stimuli': 3 images of 1x5, 2 classes, rate = 1 * image + 0)
        """
        pixels, chosen = np.asarray(images), np.asarray(labels)
        if pixels.ndim == 2:
            pixels = pixels[:, np.newaxis, :]
        if pixels.ndim != 3 or chosen.ndim != 1:
            raise ValueError(
                f"Stimuli.from_arrays: expected images (sample, unit) or (sample, row, column) and "
                f"labels (sample,), got shapes {pixels.shape} and {chosen.shape}"
            )
        if classes is None and np.issubdtype(chosen.dtype, np.integer) and chosen.size:
            classes = int(chosen.max()) + 1
        return cls(
            images=xr.DataArray(pixels, dims=IMAGE_DIMS),
            labels=xr.DataArray(chosen, dims="sample"),
            classes=1 if classes is None else classes,
            name=name,
            scale=scale,
            shift=shift,
        )

    def __len__(self) -> int:
        return self.images.sizes["sample"]

    def __repr__(self) -> str:
        rows, columns = self.images.sizes["row"], self.images.sizes["column"]
        return (
            f"Stimuli({self.name!r}: {len(self)} images of {rows}x{columns}, {self.classes} "
            f"classes, rate = {self.scale:g} * image + {self.shift:g})"
        )

    @property
    def units(self) -> int:
        """Return the number of input units: rows times columns."""
        return self.images.sizes["row"] * self.images.sizes["column"]

    def rates(self, index: npt.ArrayLike | slice | None = None) -> npt.NDArray[np.float64]:
        """Return input rates, ``scale * image + shift``.

        Parameters
        ----------
        index : int, array of int or bool, or slice, optional
            Which stimuli; all by default.

        Returns
        -------
        numpy.ndarray, (sample, unit)
            Rates in row-major order of the pixels, unit "1".
        """
        if index is None:
            index = slice(None)
        chosen = index if isinstance(index, slice) else np.atleast_1d(np.asarray(index))
        pixels = self.images.values[chosen]
        rates = pixels.reshape(len(pixels), self.units).astype(np.float64)
        rates *= self.scale
        rates += self.shift
        return rates

    def sample(self, n: int, *, seed: int = 0) -> "Stimuli":
        """Draw a random, class-balanced subset without replacement.

        Classes get equal shares as far as they have members; what remains goes to classes drawn
        at random. The order of the subset is random too, and fixed by the seed.

        Parameters
        ----------
        n : int
            Number of stimuli to draw.
        seed : int
            Seed of the drawing.

        Returns
        -------
        Stimuli
            The subset, with the same map to rates.

        Raises
        ------
        ValueError
            If n is not in 1..len(self).
        """
        if not isinstance(n, Integral) or isinstance(n, bool) or not 1 <= n <= len(self):
            raise ValueError(f"Stimuli.sample.n: expected an integer in 1..{len(self)}, got {n!r}")
        order = _balanced_order(self.labels.values, np.random.default_rng(seed))
        chosen = order[: int(n)]
        drawn = replace(
            self,
            images=self.images.isel(sample=chosen),
            labels=self.labels.isel(sample=chosen),
            name=f"{self.name}, {n} of {len(self)} (seed {seed})",
        )
        if self.origin is None or not isinstance(seed, Integral):
            return drawn
        samples = [*self.origin["samples"], [int(n), int(seed)]]
        return drawn.of_origin({**self.origin, "samples": samples})

    def of_origin(self, origin: Mapping[str, Any]) -> "Stimuli":
        """Return the same stimuli with the place that they can be loaded from again."""
        known = replace(self)
        object.__setattr__(known, "origin", dict(origin))
        return known


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageSet:
    """Describe a data set that is divided into training and test stimuli.

    Parameters
    ----------
    train, test : Stimuli
        Disjoint stimuli of the same shape, classes and map to rates.
    name : str
        Name that `load_images` knows the set by.
    licence : str
        Terms under which the images are distributed.
    citation : str
        Publication to cite.

    Raises
    ------
    ValueError
        If training and test stimuli differ in image size or in number of classes.
    """

    train: Stimuli
    test: Stimuli
    name: str
    licence: str
    citation: str

    def __post_init__(self) -> None:
        for what in ("units", "classes"):
            train, test = getattr(self.train, what), getattr(self.test, what)
            if train != test:
                raise ValueError(
                    f"ImageSet.test: expected as many {what} as in train ({train}), got {test}"
                )


def _balanced_order(
    labels: npt.NDArray[np.integer], generator: np.random.Generator
) -> npt.NDArray[np.intp]:
    # The k-th members of all classes come before the k+1-th ones, so every prefix is balanced.
    shuffled = generator.permutation(len(labels))
    rank = np.empty(len(labels), dtype=np.intp)
    for label in np.unique(labels):
        members = np.flatnonzero(labels[shuffled] == label)
        rank[members] = np.arange(len(members))
    return shuffled[np.lexsort((generator.permutation(len(labels)), rank))]


def _check_images(images: xr.DataArray) -> None:
    if not isinstance(images, xr.DataArray):
        raise TypeError(
            f"Stimuli.images: expected a DataArray, got {type(images).__name__}; use "
            "Stimuli.from_arrays(images, labels)"
        )
    if images.dims != IMAGE_DIMS:
        raise ValueError(f"Stimuli.images: expected dims {IMAGE_DIMS}, got {images.dims}")
    if images.size == 0:
        raise ValueError(
            f"Stimuli.images: expected at least one image, got sizes {dict(images.sizes)}"
        )
    if images.dtype != np.uint8 and not np.issubdtype(images.dtype, np.floating):
        raise TypeError(f"Stimuli.images: expected uint8 or floating values, got {images.dtype}")
    if images.dtype != np.uint8 and not np.isfinite(images.values).all():
        bad = int(np.count_nonzero(~np.isfinite(images.values)))
        raise ValueError(f"Stimuli.images: expected finite values, got {bad} NaN or Inf")


def _check_numbers(stimuli: Stimuli) -> None:
    if not isinstance(stimuli.name, str) or not stimuli.name:
        raise ValueError(f"Stimuli.name: expected a non-empty string, got {stimuli.name!r}")
    classes = stimuli.classes
    if not isinstance(classes, Integral) or isinstance(classes, bool) or classes < 1:
        raise ValueError(f"Stimuli.classes: expected a positive integer, got {classes!r}")
    for what in ("scale", "shift"):
        value = getattr(stimuli, what)
        if not isinstance(value, Real) or not math.isfinite(value):
            raise ValueError(f"Stimuli.{what}: expected a finite number, got {value!r}")


def _check_labels(stimuli: Stimuli) -> None:
    labels = stimuli.labels
    if not isinstance(labels, xr.DataArray):
        raise TypeError(
            f"Stimuli.labels: expected a DataArray, got {type(labels).__name__}; use "
            "Stimuli.from_arrays(images, labels)"
        )
    if labels.dims != ("sample",):
        raise ValueError(f"Stimuli.labels: expected dims ('sample',), got {labels.dims}")
    if labels.sizes["sample"] != len(stimuli):
        raise ValueError(
            f"Stimuli.labels: expected one label for each of {len(stimuli)} images, "
            f"got {labels.sizes['sample']}"
        )
    wanted = f"integers in 0..{stimuli.classes - 1}"
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(
            f"Stimuli.labels: expected {wanted}, got values of type {labels.dtype}; convert them: "
            "labels.astype(int)"
        )
    outside = np.flatnonzero((labels.values < 0) | (labels.values >= stimuli.classes))
    if outside.size:
        first = int(outside[0])
        raise ValueError(
            f"Stimuli.labels: expected {wanted}, got {labels.values[first]} at sample {first}; "
            "mend the label or raise classes"
        )
