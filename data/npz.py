"""Read arrays of bytes from .npz files of others, as far as they are what is expected."""

import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

# What zipfile and the parser of headers raise at content that is not theirs.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,
    SyntaxError,
    tokenize.TokenError,
)


def read_bytes(
    path: Path, shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, npt.NDArray[np.uint8]]:
    """Read arrays of uint8 whose shapes are known.

    Headers are compared before anything is allocated, so that a file cannot ask for memory; objects
    are never unpickled.

    Parameters
    ----------
    path : pathlib.Path
        A file that `numpy.savez` or `numpy.savez_compressed` wrote.
    shapes : mapping of str to tuple of int
        Shape of each array to read, by name; others are ignored.

    Returns
    -------
    dict of str to ndarray
        Read-only arrays.

    Raises
    ------
    ValueError
        If an array is missing, is another one, or the file is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: _array(archive, path, name, shape) for name, shape in shapes.items()}
    except _DAMAGE as error:
        raise ValueError(
            f"load_images: expected a whole .npz file, got a damaged one at {str(path)!r} ({error})"
        ) from error


def _array(
    archive: zipfile.ZipFile, path: Path, name: str, shape: tuple[int, ...]
) -> npt.NDArray[np.uint8]:
    member = f"{name}.npy"
    if member not in archive.namelist():
        raise ValueError(
            f"load_images: expected the array {name!r} in {str(path)!r}, got {archive.namelist()}"
        )
    size = int(np.prod(shape))
    with archive.open(member) as file:
        version = npy.read_magic(file)
        if version != (1, 0):
            raise ValueError(
                f"load_images: expected {name!r} in .npy version (1, 0) in {str(path)!r}, got "
                f"{version}"
            )
        found, by_columns, dtype = npy.read_array_header_1_0(file)
        if found != shape or dtype != np.uint8 or by_columns:
            raise ValueError(
                f"load_images: expected {name!r} to be uint8 of shape {shape} in {str(path)!r}, "
                f"got {dtype} of shape {found}"
            )
        content = file.read(size + 1)
    if len(content) != size:
        raise ValueError(
            f"load_images: expected {size} bytes of {name!r} in {str(path)!r}, got {len(content)}"
        )
    return np.frombuffer(content, np.uint8).reshape(shape)
