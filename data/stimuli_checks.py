"""What stimuli must be: the checks of their construction."""

import math
from numbers import Integral, Real
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

if TYPE_CHECKING:
    from .stimuli import Stimuli

IMAGE_DIMS = ("sample", "row", "column")
COLOUR_DIMS = (*IMAGE_DIMS, "channel")
TARGET_DIMS = ("sample", "output")


def check_images(images: xr.DataArray) -> None:
    """Refuse images of other dims or types, none at all, and values that are not finite."""
    if not isinstance(images, xr.DataArray):
        raise TypeError(
            f"Stimuli.images: expected a DataArray, got {type(images).__name__}; use "
            "Stimuli.from_arrays(images, labels)"
        )
    if images.dims not in (IMAGE_DIMS, COLOUR_DIMS):
        raise ValueError(
            f"Stimuli.images: expected dims {IMAGE_DIMS} or {COLOUR_DIMS}, got {images.dims}"
        )
    if images.size == 0:
        raise ValueError(
            f"Stimuli.images: expected at least one image, got sizes {dict(images.sizes)}"
        )
    if images.dtype != np.uint8 and not np.issubdtype(images.dtype, np.floating):
        raise TypeError(f"Stimuli.images: expected uint8 or floating values, got {images.dtype}")
    if images.dtype != np.uint8 and not np.isfinite(images.values).all():
        bad = int(np.count_nonzero(~np.isfinite(images.values)))
        raise ValueError(f"Stimuli.images: expected finite values, got {bad} NaN or Inf")


def check_numbers(stimuli: "Stimuli") -> None:
    """Refuse a name, a number of classes or a map to rates that cannot be."""
    if not isinstance(stimuli.name, str) or not stimuli.name:
        raise ValueError(f"Stimuli.name: expected a non-empty string, got {stimuli.name!r}")
    classes = stimuli.classes
    if stimuli.labels is None:
        if classes is not None:
            raise ValueError(
                f"Stimuli.classes: expected none where there are no labels, got {classes!r}"
            )
    elif not isinstance(classes, Integral) or isinstance(classes, bool) or classes < 1:
        raise ValueError(f"Stimuli.classes: expected a positive integer, got {classes!r}")
    for what in ("scale", "shift"):
        value = getattr(stimuli, what)
        if not isinstance(value, Real) or not math.isfinite(value):
            raise ValueError(f"Stimuli.{what}: expected a finite number, got {value!r}")


def check_labels(stimuli: "Stimuli") -> None:
    """Refuse labels that are not one class for each image."""
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
    wanted = f"integers in 0..{stimuli.outputs - 1}"
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(
            f"Stimuli.labels: expected {wanted}, got values of type {labels.dtype}; convert them: "
            "labels.astype(int)"
        )
    outside = np.flatnonzero((labels.values < 0) | (labels.values >= stimuli.outputs))
    if outside.size:
        first = int(outside[0])
        raise ValueError(
            f"Stimuli.labels: expected {wanted}, got {labels.values[first]} at sample {first}; "
            "mend the label or raise classes"
        )


def check_targets(stimuli: "Stimuli", targets: xr.DataArray) -> None:
    """Refuse targets that are not finite real numbers for each image."""
    if not isinstance(targets, xr.DataArray):
        raise TypeError(
            f"Stimuli.targets: expected a DataArray, got {type(targets).__name__}; use "
            "Stimuli.from_arrays(images, targets=targets)"
        )
    if targets.dims != TARGET_DIMS:
        raise ValueError(f"Stimuli.targets: expected dims {TARGET_DIMS}, got {targets.dims}")
    sizes = targets.sizes["sample"], targets.sizes["output"]
    if sizes[0] != len(stimuli) or not sizes[1]:
        raise ValueError(
            f"Stimuli.targets: expected at least one target for each of {len(stimuli)} images, "
            f"got sizes {dict(targets.sizes)}"
        )
    if not np.issubdtype(targets.dtype, np.floating):
        raise TypeError(
            f"Stimuli.targets: expected floating values, got {targets.dtype}; classes are given as "
            "labels"
        )
    if not np.isfinite(targets.values).all():
        bad = int(np.count_nonzero(~np.isfinite(targets.values)))
        raise ValueError(f"Stimuli.targets: expected finite values, got {bad} NaN or Inf")
