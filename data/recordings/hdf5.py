"""Datasets of HDF5 files that may be anybody's: looked at before they are read."""

from pathlib import Path
from typing import Any

import numpy as np

from ..extras import needed
from .origin import Origin

__all__ = ["array_at", "opened", "scalar_at", "texts_at"]

_CACHE = 64 * 2**20  # many files have all spikes in one compressed chunk: unpack it once
_LARGEST_CHUNK = 2**30
_LARGEST_PACKING = 1100  # what deflate reaches at most is 1032


def opened(path: Path, where: str) -> Any:
    """Open an HDF5 file for reading.

    Raises
    ------
    ValueError
        If it is truncated, damaged, or no HDF5 file.
    """
    h5py = needed("h5py", where)
    with Origin(where=where, place=str(path)).reading("a whole HDF5 file"):
        return h5py.File(path, "r", rdcc_nbytes=_CACHE)


def array_at(
    file: Any, name: str, kinds: str, origin: Origin, *, largest: int | None = None
) -> Any:
    """Return a dataset of a file, not read yet, if it is one that can be read safely.

    Parameters
    ----------
    file : h5py.File
        The file.
    name : str
        Name of the dataset.
    kinds : str
        Kinds of NumPy dtype that it may have; "O" stands for text of varying length.
    origin : Origin
        For messages.
    largest : int, optional
        How many elements it may have.

    Returns
    -------
    h5py.Dataset
        Its values lie in this file, and the file is large enough for what it declares.

    Raises
    ------
    ValueError
        If there is no such dataset, or it is another kind of thing.
    """
    h5py = needed("h5py", origin.where)
    link = file.get(name, getlink=True)
    found = None if isinstance(link, h5py.ExternalLink) else file.get(name)
    if not isinstance(found, h5py.Dataset) or found.is_virtual or found.external:
        got = "none" if link is None else "a group, a link, or values of another file"
        raise origin.refusal(name, "a dataset with values in this file", got)
    text = h5py.check_string_dtype(found.dtype) is not None
    if found.dtype.kind not in kinds or (found.dtype.kind == "O" and not text):
        raise origin.refusal(name, f"values of kind {' or '.join(kinds)}", f"{found.dtype}")
    if largest is not None and found.size is not None and found.size > largest:
        raise origin.refusal(name, f"at most {largest} values", f"a declared shape {found.shape}")
    _check_size(found, file, name, origin)
    return found


def texts_at(file: Any, name: str, origin: Origin, *, largest: int) -> list[str]:
    """Read texts, whether bytes of fixed length or strings of any.

    Raises
    ------
    ValueError
        If the dataset has no texts in UTF-8.
    """
    found = array_at(file, name, "SOU", origin, largest=largest)
    try:
        values = np.atleast_1d(found[()]).ravel().tolist()
        return [each.decode("utf-8") if isinstance(each, bytes) else str(each) for each in values]
    except UnicodeDecodeError as error:
        raise origin.refusal(name, "text in UTF-8", f"other bytes ({error})") from error


def scalar_at(file: Any, name: str, origin: Origin) -> str | float | None:
    """Read one number or text, whether a scalar or an array of one element; none where none is.

    Raises
    ------
    ValueError
        If there are several.
    """
    if name not in file:
        return None
    found = array_at(file, name, "SOUiuf", origin, largest=1)
    if found.size != 1:
        raise origin.refusal(name, "one value", f"a dataset of shape {found.shape}")
    if found.dtype.kind in "SOU":
        return texts_at(file, name, origin, largest=1)[0]
    return float(np.ravel(found[()])[0])


def _check_size(found: Any, file: Any, name: str, origin: Origin) -> None:
    """Refuse shapes that the file has no room for: reading them would only ask for memory."""
    declared = int(np.prod(found.shape or (), dtype=object)) * found.dtype.itemsize
    room = Path(file.filename).stat().st_size * _LARGEST_PACKING
    if found.shape is None or declared > room:
        raise origin.refusal(
            name,
            "no more values than the file has room for",
            f"a declared shape {found.shape} of {found.dtype}",
        )
    chunk = int(np.prod(found.chunks or (), dtype=object)) * found.dtype.itemsize
    if found.chunks and chunk > _LARGEST_CHUNK:
        raise origin.refusal(
            name, f"chunks of at most {_LARGEST_CHUNK} bytes", f"chunks of {chunk} bytes"
        )
