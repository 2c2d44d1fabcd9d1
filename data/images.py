"""Image sets by name."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xarray as xr

from .image_set import ImageSet
from .readers import read_source
from .sources import MNIST, SOURCES
from .splits import Part
from .stimuli import Stimuli
from .stimuli_checks import COLOUR_DIMS

Bytes = npt.NDArray[np.uint8]

EMBEDDED = "mnist-5k"
NAMES = (EMBEDDED, *SOURCES)
NORMALISATIONS = ("unit", "standard")


def load_images(
    name: str, normalisation: str = "unit", *, data_dir: str | Path | None = None
) -> ImageSet:
    """Load an image set, from the package, this machine or the network.

    ``"mnist-5k"`` is embedded: 5 000 digits of the MNIST training set, 400 per class to train and
    100 per class to test. The others are looked for in `data_dir`, in the folder named by the
    environment variable ``ONTOGENY_DATA``, in the user's cache and in ``/usr/share/datasets``, and
    downloaded into the cache otherwise; what is read is always compared with what is published:
    checksums, or sizes and numbers of each class where there are none.

    ============= ============== =======================================================
    name          train, test    images
    ============= ============== =======================================================
    mnist         60 000, 10 000 28x28, digits (IDX files)
    fashion-mnist 60 000, 10 000 28x28, articles of clothing (IDX files)
    kmnist        60 000, 10 000 28x28, Japanese characters (IDX files)
    kmnist-10k    8 000, 2 000   the test images of kmnist alone, divided once more
    usps          7 291, 2 007   16x16, digits (LIBSVM's files, or ``usps.npz``)
    cifar-10      50 000, 10 000 32x32 in colour (binary archive, or its folder)
    cifar-10-4k   3 000, 1 000   the first 4 000 training images of cifar-10 alone
    cifar-100     50 000, 10 000 32x32 in colour, 100 classes (binary archive, or its folder)
    stl-10        5 000, 8 000   96x96 in colour (binary archive of 2.6 GB, or its folder)
    ============= ============== =======================================================

    ``"kmnist-10k"`` and ``"cifar-10-4k"`` are not the published divisions, and results with them
    are not comparable with those: of each class the last 200, or 100, are the test images, and the
    others, in the order of the file, the training images.

    Parameters
    ----------
    name : str
        Which set: ``"mnist-5k"`` or one of the table.
    normalisation : {"unit", "standard"}
        Map from pixel value x in 0..255 to rate: ``"unit"`` is x / 255, ``"standard"`` is
        (x - mean) / std, where mean and std are averages over the training images of the mean and
        standard deviation of each image (Cheon, Lee & Paik 2024, code of the authors). Test images
        get the mean and std of the training images.
    data_dir : path, optional
        Folder with the files of the set, or with a folder of its name.

    Returns
    -------
    ImageSet
        With ``train`` and ``test`` stimuli; images stay uint8.

    Raises
    ------
    FileNotFoundError
        If the set is nowhere to be found and cannot be downloaded.
    ValueError
        If name or normalisation are unknown, or a file is damaged.

    Examples
    --------
    >>> load_images("mnist-5k").test
    Stimuli('mnist-5k test': 1000 images of 28x28, 10 classes, rate = 0.00392157 * image + 0)
    """
    if name not in NAMES:
        raise ValueError(f"load_images.name: expected one of {NAMES}, got {name!r}")
    if normalisation not in NORMALISATIONS:
        raise ValueError(
            f"load_images.normalisation: expected one of {NORMALISATIONS}, got {normalisation!r}"
        )
    if name == EMBEDDED:
        source = MNIST
        train, test = _embedded()
    else:
        source = SOURCES[name]
        train, test = read_source(source, data_dir)
    scale, shift = _unit() if normalisation == "unit" else _standard(train[0])

    def stimuli(part: str, images: Bytes, labels: Bytes) -> Stimuli:
        origin = {"set": name, "normalisation": normalisation, "part": part, "steps": []}
        loaded = Stimuli(
            images=xr.DataArray(images, dims=COLOUR_DIMS[: images.ndim]),
            labels=xr.DataArray(labels, dims="sample"),
            classes=source.classes,
            name=f"{name} {part}",
            scale=scale,
            shift=shift,
        )
        return loaded.of_origin(origin)

    return ImageSet(
        train=stimuli("train", *train),
        test=stimuli("test", *test),
        name=name,
        licence=source.licence,
        citation=source.citation,
    )


def _embedded() -> tuple[Part, Part]:
    with (files(__package__) / "embedded" / "mnist_5k.npz").open("rb") as file:
        with np.load(file, allow_pickle=False) as stored:
            images, labels = stored["images"], stored["labels"]
            train, test = stored["train"], stored["test"]
    return (images[train], labels[train]), (images[test], labels[test])


def _unit() -> tuple[float, float]:
    return 1 / 255, 0.0


def _standard(images: Bytes) -> tuple[float, float]:
    flat = images.reshape(len(images), -1)
    # In parts: as float64 all training images of MNIST would take 376 MB.
    parts = [flat[start : start + 4096] for start in range(0, len(flat), 4096)]
    mean = float(np.mean(np.concatenate([part.mean(axis=1) for part in parts])))
    std = float(np.mean(np.concatenate([part.std(axis=1) for part in parts])))
    return 1 / std, -mean / std
