"""The USPS digits: text in LIBSVM's format, or one .npz file."""

import bz2
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .lookup import find_file
from .npz import read_bytes
from .source import ImageSource
from .splits import Part

ARRAYS = "usps.npz"

#: Digits 0 to 9 among the training and the test images.
COUNTS = {
    "train": (1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644),
    "test": (359, 264, 198, 166, 200, 160, 170, 147, 166, 177),
}

_LINE = 1 << 14  # bytes; a line of the official files has about 4 000


def read_usps(source: ImageSource, data_dir: str | Path | None) -> tuple[Part, Part]:
    """Read the digits from ``usps.bz2`` and ``usps.t.bz2``, or from ``usps.npz``.

    The .npz file is a convenience: arrays ``x_train``, ``y_train``, ``x_test`` and ``y_test`` of
    uint8, known by their shapes and by the number of images of each class. Where it was made from
    the values with three decimals of the other distribution of the set, pixels may differ by one
    level.

    Parameters
    ----------
    source : ImageSource
        The set.
    data_dir : path, optional
        Where to look first.

    Returns
    -------
    tuple
        Images and labels of the training and of the test part.

    Raises
    ------
    FileNotFoundError
        If there are no files, and no download.
    ValueError
        If a file is damaged, or is another one.
    """
    sizes = {"train": source.train, "test": source.test}
    path = find_file(source, "usps", others=(ARRAYS,), data_dir=data_dir)
    if path.name == ARRAYS:
        parts = _from_arrays(path, sizes, source.shape)
    else:
        test = find_file(source, "usps.t", data_dir=data_dir)
        parts = {
            part: read_libsvm(place, sizes[part], source.shape)
            for part, place in (("train", path), ("test", test))
        }
    for part, (_, labels) in parts.items():
        found = tuple(np.bincount(labels, minlength=source.classes).tolist())
        if found != COUNTS[part]:
            raise ValueError(
                f"load_images.usps: expected {COUNTS[part]} {part} images of the digits 0 to 9 at "
                f"{str(path)!r}, got {found}"
            )
    return parts["train"], parts["test"]


def read_libsvm(path: Path, count: int, shape: tuple[int, ...]) -> Part:
    """Read images from a compressed file in LIBSVM's text format.

    A line is a label and ``index:value`` for each pixel that is not 0; indices begin at 1. Labels
    1 to 10 are the digits 0 to 9. A value v in [-1, 1] becomes the byte floor((v + 1) / 2 * 255),
    computed in single precision, as torchvision does.

    Parameters
    ----------
    path : pathlib.Path
        File compressed by bzip2.
    count : int
        How many images it has.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    tuple
        Images and labels.

    Raises
    ------
    ValueError
        If the file is damaged, or not of this format.
    """
    values = np.zeros((count, int(np.prod(shape))), np.float32)
    labels = np.zeros(count, np.uint8)
    number = -1
    for number, line in enumerate(_lines(path)):
        if number == count:
            raise ValueError(f"{_where(path)}: expected {count} images, got more")
        try:
            labels[number], where, found = _image(line, values.shape[1])
        except ValueError as error:
            raise ValueError(
                f"{_where(path)}: expected a label in 1..10 and index:value with values in "
                f"[-1, 1] in line {number + 1}, got {line[:40]!r} ({error})"
            ) from error
        values[number, where] = found
    if number + 1 != count:
        raise ValueError(f"{_where(path)}: expected {count} images, got {number + 1}")
    return ((values + 1) / 2 * 255).astype(np.uint8).reshape(count, *shape), labels


def _from_arrays(path: Path, sizes: dict[str, int], shape: tuple[int, ...]) -> dict[str, Part]:
    shapes: dict[str, tuple[int, ...]] = {}
    for part, count in sizes.items():
        shapes |= {f"x_{part}": (count, *shape), f"y_{part}": (count,)}
    arrays = read_bytes(path, shapes)
    return {part: (arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in sizes}


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with bz2.open(path) as file:
            while line := file.readline(_LINE):
                yield line
    except (EOFError, OSError) as error:
        raise ValueError(
            f"{_where(path)}: expected a whole bzip2 file, got a truncated or damaged one ({error})"
        ) from error


def _image(line: bytes, units: int) -> tuple[int, npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    label, *pairs = line.split()
    numbers = np.array([pair.split(b":") for pair in pairs], dtype=np.float64).reshape(-1, 2)
    where = numbers[:, 0].astype(np.intp) - 1
    inside = len(set(where.tolist())) == len(where) and ((where >= 0) & (where < units)).all()
    if not 1 <= int(label) <= 10:
        raise ValueError("label outside")
    if not inside or not (np.abs(numbers[:, 1]) <= 1).all():
        raise ValueError("index or value outside")
    return int(label) - 1, where, numbers[:, 1].astype(np.float32)


def _where(path: Path) -> str:
    return f"load_images.usps at {str(path)!r}"
