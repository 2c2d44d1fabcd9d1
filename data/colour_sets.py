"""The sets of colour images: CIFAR-10, CIFAR-100 and STL-10, from their binary archives."""

import hashlib
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .archives import Member, Stream, exactly, read_members
from .lookup import find_file
from .npz import read_bytes
from .resampling import parts
from .source import ImageSource
from .splits import Part, last_of_each_class

Bytes = npt.NDArray[np.uint8]

FIRST = 4000
FIRST_ARRAYS = "cifar10_train_first4000_lossless.npz"
#: SHA-256 of these images (sample, row, column, channel) and of their labels, as bytes.
FIRST_IMAGES = "bac45b45504ed1289a3f437be4bfbefece248abbc094a428a0b4dfab00e776ae"
FIRST_LABELS = "2c365f60663d4e0eae47b2e7e1f85bef4375b295095eff8ce46a32be9415473c"

_BATCH = 10_000
_TEN = "cifar-10-batches-bin"
_HUNDRED = "cifar-100-binary"
_STL = "stl10_binary"


def read_cifar(source: ImageSource, data_dir: str | Path | None) -> tuple[Part, Part]:
    """Read CIFAR-10 or CIFAR-100 from its archive, or from the folder that this unpacks to.

    An image is one byte for the label (two for CIFAR-100, the second of which, the fine one, is
    taken), and rows of red, then of green, then of blue.

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
    folder = _TEN if source.classes == 10 else _HUNDRED
    path = find_file(source, next(iter(source.files)), others=(folder,), data_dir=data_dir)
    train, test = _empty(source, source.train), _empty(source, source.test)
    if source.classes == 10:
        size = source.train // 5
        members = {
            f"data_batch_{k + 1}.bin": _records(_cut(train, k * size, (k + 1) * size), 1)
            for k in range(5)
        }
        members["test_batch.bin"] = _records(test, 1)
    else:
        members = {"train.bin": _records(train, 2), "test.bin": _records(test, 2)}
    read_members(path, folder, members)
    _check_balance(source, path, train, test)
    return train, test


def read_first_of_cifar(source: ImageSource, data_dir: str | Path | None) -> tuple[Part, Part]:
    """Read the first 4 000 training images of CIFAR-10, and divide them.

    The last 100 of each class are the test part. They are read from the archive of CIFAR-10, from
    its folder, or from a file with these images alone, ``cifar10_train_first4000_lossless.npz``
    (arrays ``x`` and ``y`` of uint8); their checksum is compared in any case.

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
    others = (FIRST_ARRAYS, _TEN)
    path = find_file(source, next(iter(source.files)), others=others, data_dir=data_dir)
    if path.name == FIRST_ARRAYS:
        arrays = read_bytes(path, {"x": (FIRST, *source.shape), "y": (FIRST,)})
        images, labels = arrays["x"], arrays["y"]
    else:
        batch = _empty(source, _BATCH)
        read_members(path, _TEN, {"data_batch_1.bin": _records(batch, 1)})
        images, labels = batch[0][:FIRST], batch[1][:FIRST]
    for what, array, known in (("images", images, FIRST_IMAGES), ("labels", labels, FIRST_LABELS)):
        found = hashlib.sha256(array.tobytes()).hexdigest()
        if found != known:
            raise ValueError(
                f"load_images.{source.name}: expected {what} with sha256 {known} at {str(path)!r}, "
                f"got {found}; the file is damaged or another one"
            )
    return last_of_each_class(images, labels, source.test // source.classes)


def read_stl(source: ImageSource, data_dir: str | Path | None) -> tuple[Part, Part]:
    """Read the labelled images of STL-10 from its archive, or from the folder it unpacks to.

    Images are columns of red, then of green, then of blue; labels 1 to 10 become 0 to 9. The
    unlabelled images, most of the archive, are passed over where they come first, and never kept.

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
    (file, known), *_ = source.files.items()
    path = find_file(source, file, others=(_STL,), data_dir=data_dir)
    train, test = _empty(source, source.train), _empty(source, source.test)
    members = {}
    for name, (images, labels) in (("train", train), ("test", test)):
        size = images.size
        for member, bytes_, consume in (
            (f"{name}_X.bin", size, _columns(images)),
            (f"{name}_y.bin", labels.size, _labels(labels)),
        ):
            members[member] = Member(size=bytes_, consume=consume, md5=known.members.get(member))
    read_members(path, _STL, members)
    for _, labels in (train, test):
        labels -= 1  # 0 becomes 255, which is no class
    _check_balance(source, path, train, test)
    return train, test


def _empty(source: ImageSource, count: int) -> Part:
    return np.empty((count, *source.shape), np.uint8), np.empty(count, np.uint8)


def _cut(part: Part, start: int, stop: int) -> Part:
    return part[0][start:stop], part[1][start:stop]


def _records(part: Part, label_bytes: int) -> Member:
    """Describe a file of records: label, then planes of rows."""
    images, labels = part
    rows, columns, channels = images.shape[1:]
    size = label_bytes + math.prod(images.shape[1:])

    def consume(stream: Stream) -> None:
        for piece in parts(len(images)):
            count = piece.stop - piece.start
            read = np.frombuffer(exactly(stream, count * size), np.uint8).reshape(count, size)
            labels[piece] = read[:, label_bytes - 1]
            planes = read[:, label_bytes:].reshape(count, channels, rows, columns)
            images[piece] = planes.transpose(0, 2, 3, 1)

    return Member(size=size * len(images), consume=consume)


def _columns(images: Bytes) -> Callable[[Stream], None]:
    """Fill images from planes of columns."""
    rows, columns, channels = images.shape[1:]

    def consume(stream: Stream) -> None:
        for piece in parts(len(images)):
            count = piece.stop - piece.start
            read = np.frombuffer(exactly(stream, count * images[0].size), np.uint8)
            images[piece] = read.reshape(count, channels, columns, rows).transpose(0, 3, 2, 1)

    return consume


def _labels(labels: Bytes) -> Callable[[Stream], None]:
    def consume(stream: Stream) -> None:
        labels[:] = np.frombuffer(exactly(stream, labels.size), np.uint8)

    return consume


def _check_balance(source: ImageSource, path: Path, train: Part, test: Part) -> None:
    """Refuse files that do not have every class equally often, as the official ones do."""
    for name, (_, labels) in (("training", train), ("test", test)):
        wanted = len(labels) // source.classes
        found = np.bincount(labels, minlength=source.classes)
        if len(found) != source.classes or (found != wanted).any():
            raise ValueError(
                f"load_images.{source.name}: expected {wanted} {name} images of each of "
                f"{source.classes} classes at {str(path)!r}, got {found.tolist()[:20]}; the files "
                f"are damaged or others"
            )
