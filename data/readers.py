"""Read image sets from their files: what `load_images` does for each form."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .colour_sets import read_cifar, read_first_of_cifar, read_stl
from .idx import parse_idx
from .lookup import find_payload
from .source import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, ImageSource
from .splits import Part, last_of_each_class
from .usps import read_usps

Place = str | Path | None


def read_source(source: ImageSource, data_dir: Place) -> tuple[Part, Part]:
    """Return the training part and the test part of an image set.

    Parameters
    ----------
    source : ImageSource
        The set.
    data_dir : path, optional
        Where to look first.

    Returns
    -------
    tuple
        Images and labels of each part, uint8.

    Raises
    ------
    FileNotFoundError
        If the set is nowhere to be found and cannot be downloaded.
    ValueError
        If a file is damaged, or is another one.
    """
    train, test = _READERS[source.form](source, data_dir)
    for name, (images, labels), count in (
        ("train", train, source.train),
        ("test", test, source.test),
    ):
        wanted = (count, *source.shape)
        if images.shape != wanted or labels.shape != (count,):
            raise ValueError(
                f"load_images.{source.name}: expected {name} images of shape {wanted} and "
                f"{count} labels, got {images.shape} and {labels.shape}"
            )
        if int(labels.max()) >= source.classes:
            raise ValueError(
                f"load_images.{source.name}: expected {name} labels in 0..{source.classes - 1}, "
                f"got {labels.max()}"
            )
    return train, test


def _read_idx(source: ImageSource, data_dir: Place) -> tuple[Part, Part]:
    train = _idx_part(source, TRAIN_IMAGES, TRAIN_LABELS, data_dir)
    return train, _idx_part(source, TEST_IMAGES, TEST_LABELS, data_dir)


def _read_idx_test(source: ImageSource, data_dir: Place) -> tuple[Part, Part]:
    images, labels = _idx_part(source, TEST_IMAGES, TEST_LABELS, data_dir)
    return last_of_each_class(images, labels, source.test // source.classes)


def _idx_part(source: ImageSource, images: str, labels: str, data_dir: Place) -> Part:
    def array(file: str) -> npt.NDArray[np.uint8]:
        return parse_idx(find_payload(source, file, data_dir=data_dir))

    return array(images), array(labels)


_READERS: dict[str, Callable[[ImageSource, Place], tuple[Part, Part]]] = {
    "idx": _read_idx,
    "idx-test": _read_idx_test,
    "usps": read_usps,
    "cifar": read_cifar,
    "cifar-first": read_first_of_cifar,
    "stl": read_stl,
}
