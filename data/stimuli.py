"""Stimuli: images with a linear map from pixel values to rates, and what they should evoke."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .stimuli_checks import (
    COLOUR_DIMS,
    TARGET_DIMS,
    check_images,
    check_labels,
    check_numbers,
    check_targets,
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Stimuli:
    """Describe a set of images, the input rates that they evoke, and the outputs wanted for them.

    The rate of input unit ``u`` for an image ``x`` is ``scale * x[u] + shift``; images keep their
    own type, so that 60 000 images of 28 by 28 bytes take 47 MB and not 376 MB. Outputs are wanted
    either as classes, of which one output unit each should be active, or as real numbers.

    Parameters
    ----------
    images : xarray.DataArray, (sample, row, column) or (sample, row, column, channel)
        Pixel values, uint8 or floating; images in colour have channels.
    labels : xarray.DataArray, (sample,), optional
        Class of each image, integers in 0..classes-1.
    classes : int, optional
        Number of classes; given with labels, and only with them.
    targets : xarray.DataArray, (sample, output), optional
        In place of labels: what each output should be for each image, floating.
    name : str
        What the stimuli are called in reports and files.
    scale, shift : float
        Map from pixel value to rate (unit "1"); targets are not mapped.

    Attributes
    ----------
    origin : mapping or None
        Where the stimuli can be loaded from again, for `load_origin`; known for those of
        `load_images`, of teachers, of samples of them and of `translated`, `rotated`, `scaled`,
        `resized` and `grey` ones, and forgotten by `dataclasses.replace`.

    Raises
    ------
    TypeError
        If images, labels or targets are no DataArrays, or of a type that they cannot have.
    ValueError
        If dims, lengths, labels or values do not fit together, or there are both labels and
        targets, or neither.

    Examples
    --------
    >>> import numpy as np
    >>> pixels = np.arange(8, dtype="uint8").reshape(2, 2, 2)
    >>> images = xr.DataArray(pixels, dims=("sample", "row", "column"))
    >>> labels = xr.DataArray([1, 0], dims="sample")
    >>> stimuli = Stimuli(images=images, labels=labels, classes=2, name="ramp", scale=0.5)
    >>> stimuli
    Stimuli('ramp': 2 images of 2x2, 2 classes, rate = 0.5 * image + 0)
    >>> stimuli.rates()[1]
    array([2. , 2.5, 3. , 3.5])
    """

    images: xr.DataArray
    labels: xr.DataArray | None = None
    classes: int | None = None
    targets: xr.DataArray | None = None
    name: str
    scale: float = 1.0
    shift: float = 0.0
    origin: Mapping[str, Any] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        check_images(self.images)
        check_numbers(self)
        if (self.labels is None) == (self.targets is None):
            raise ValueError(
                f"Stimuli.targets: expected either labels (classes) or targets (real numbers), got "
                f"{'neither' if self.targets is None else 'both'}"
            )
        if self.targets is None:
            check_labels(self)
        else:
            check_targets(self, self.targets)

    @classmethod
    def from_arrays(
        cls,
        images: npt.ArrayLike,
        labels: npt.ArrayLike | None = None,
        *,
        classes: int | None = None,
        targets: npt.ArrayLike | None = None,
        name: str = "own stimuli",
        scale: float = 1.0,
        shift: float = 0.0,
    ) -> "Stimuli":
        """Make stimuli from plain arrays.

        Parameters
        ----------
        images : array_like, (sample, row, column), (sample, row, column, channel) or (sample, unit)
            Pixel values, uint8 or floating; stimuli that are no images have one row.
        labels : array_like, (sample,), optional
            Class of each stimulus, integers from 0 on.
        classes : int, optional
            Number of classes; one more than the largest label by default.
        targets : array_like, (sample, output), optional
            In place of labels: real numbers, one for each output.
        name, scale, shift
            As above.

        Examples
        --------
        >>> Stimuli.from_arrays(np.zeros((3, 5)), [0, 1, 1])
        Stimuli('own stimuli': 3 images of 1x5, 2 classes, rate = 1 * image + 0)
        >>> Stimuli.from_arrays(np.zeros((3, 5)), targets=np.ones((3, 2)))
        Stimuli('own stimuli': 3 images of 1x5, 2 targets, rate = 1 * image + 0)
        """
        pixels = np.asarray(images)
        if pixels.ndim == 2:
            pixels = pixels[:, np.newaxis, :]
        chosen = None if labels is None else np.asarray(labels)
        wanted = None if targets is None else np.asarray(targets)
        given = [pixels] + [values for values in (chosen, wanted) if values is not None]
        dims = [4 if pixels.ndim == 4 else 3]
        dims += [dim for values, dim in ((chosen, 1), (wanted, 2)) if values is not None]
        if [values.ndim for values in given] != dims:
            raise ValueError(
                f"Stimuli.from_arrays: expected images (sample, unit), (sample, row, column) or "
                f"{COLOUR_DIMS} and labels (sample,) or targets (sample, output), got shapes "
                f"{' and '.join(str(values.shape) for values in given)}"
            )
        if chosen is not None and classes is None:
            whole = np.issubdtype(chosen.dtype, np.integer) and chosen.size
            classes = int(chosen.max()) + 1 if whole else 1
        if wanted is not None and np.issubdtype(wanted.dtype, np.integer):
            wanted = wanted.astype(np.float64)
        return cls(
            images=xr.DataArray(pixels, dims=COLOUR_DIMS[: pixels.ndim]),
            labels=None if chosen is None else xr.DataArray(chosen, dims="sample"),
            classes=classes,
            targets=None if wanted is None else xr.DataArray(wanted, dims=TARGET_DIMS),
            name=name,
            scale=scale,
            shift=shift,
        )

    def __len__(self) -> int:
        return self.images.sizes["sample"]

    def __repr__(self) -> str:
        return (
            f"Stimuli({self.name!r}: {len(self)} images of {'x'.join(map(str, self.shape))}, "
            f"{self.outputs} "
            f"{'classes' if self.targets is None else 'targets'}, "
            f"rate = {self.scale:g} * image + {self.shift:g})"
        )

    @property
    def shape(self) -> tuple[int, ...]:
        """Return rows and columns of each image, and channels where it has them."""
        return self.images.shape[1:]

    @property
    def units(self) -> int:
        """Return the number of input units: rows times columns, times channels."""
        return math.prod(self.shape)

    @property
    def outputs(self) -> int:
        """Return the number of output units: of classes, or of targets."""
        if self.targets is not None:
            return self.targets.sizes["output"]
        assert self.classes is not None
        return int(self.classes)

    @property
    def wanted(self) -> npt.NDArray[Any]:
        """Return what is wanted of the outputs: labels (sample,), or targets (sample, output)."""
        wanted = self.labels if self.targets is None else self.targets
        assert wanted is not None
        return wanted.values

    def rates(self, index: npt.ArrayLike | slice | None = None) -> npt.NDArray[np.float64]:
        """Return input rates, ``scale * image + shift``.

        Parameters
        ----------
        index : int, array of int or bool, or slice, optional
            Which stimuli; all by default.

        Returns
        -------
        numpy.ndarray, (sample, unit)
            Rates in row-major order of the pixels, the channels of each together; unit "1".
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
        at random. Stimuli with targets have no classes and are drawn alike. The order of the subset
        is random too, and fixed by the seed.

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
        generator = np.random.default_rng(seed)
        if self.labels is None:
            order = generator.permutation(len(self))
        else:
            order = _balanced_order(self.labels.values, generator)
        chosen = order[: int(n)]
        drawn = replace(
            self,
            images=self.images.isel(sample=chosen),
            labels=None if self.labels is None else self.labels.isel(sample=chosen),
            targets=None if self.targets is None else self.targets.isel(sample=chosen),
            name=f"{self.name}, {n} of {len(self)} (seed {seed})",
        )
        if not isinstance(seed, Integral):
            return drawn
        return drawn.made_from(self, "sample", n=int(n), seed=int(seed))

    def made_from(self, stimuli: "Stimuli", step: str, **parameters: int | float) -> "Stimuli":
        """Return the same stimuli, made in one more step from where others came.

        Parameters
        ----------
        stimuli : Stimuli
            What these were made from; if its origin is not known, neither is the new one.
        step : str
            What was done, by a name that `load_origin` knows.
        **parameters
            With what numbers.
        """
        if stimuli.origin is None:
            return self
        steps = [*stimuli.origin["steps"], {"step": step, **parameters}]
        return self.of_origin({**stimuli.origin, "steps": steps})

    def of_origin(self, origin: Mapping[str, Any]) -> "Stimuli":
        """Return the same stimuli with the place that they can be loaded from again."""
        known = replace(self)
        object.__setattr__(known, "origin", dict(origin))
        return known


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
