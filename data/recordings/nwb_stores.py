"""Groups and arrays of an NWB file, in HDF5 or Zarr, as plain numbers and text.

An array is taken only if it lies in the file itself, holds numbers, booleans or text, and is stored
in pieces that fit into memory. References to objects, compound types, virtual and external arrays
and whatever would have to be unpickled are left out.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from .nwb_notes import LIMIT, Notes

__all__ = ["Group", "StoredArray", "attribute_of", "fault_of"]

_PIECE = 2**28  # bytes of a chunk, which is unpacked as a whole
_TEXT = 2**30  # bytes of a text array in memory
_KINDS = "biuf"


class StoredArray:
    """
    An array in a file, of numbers, booleans or text.

    Parameters
    ----------
    name : str
        Its path in the file.
    shape : tuple of int
        Its shape as declared.
    dtype : dtype
        Type of what is read; object for text.
    read : callable
        Takes a key and returns the part.
    attrs : callable
        Takes the name of an attribute and returns its value, or None.
    stored : int
        Bytes that it takes in the file.
    width : int
        Bytes of an entry.
    """

    def __init__(
        self,
        name: str,
        shape: tuple[int, ...],
        dtype: np.dtype,
        read: Callable[[Any], Any],
        attrs: Callable[[str], Any],
        stored: int,
        width: int,
    ) -> None:
        self.name, self.shape, self.dtype = name, shape, dtype
        self.attr, self.stored, self.width = attrs, stored, width
        self._read = read

    @property
    def size(self) -> int:
        """Return the number of entries."""
        return math.prod(self.shape)

    @property
    def text(self) -> bool:
        """Return whether it holds text."""
        return self.dtype == object

    def __getitem__(self, key: Any) -> Any:
        """Read a part; text as an array of strings."""
        values = np.asarray(self._read(key))
        if not self.text:
            return values
        plain = [
            each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each)
            for each in values.ravel()
        ]
        # Every text takes as much room as the longest.
        if 4 * len(plain) * max(map(len, plain), default=0) > _TEXT:
            raise ValueError(f"texts of {self.name} that take more than {_TEXT:,} bytes")
        return np.array(plain, dtype=str).reshape(values.shape)

    def values(self, notes: Notes) -> Any:
        """Read all of it, if that is not more than `LIMIT` entries."""
        if self.size > LIMIT or self.size * self.width > _TEXT:
            raise notes.refusal(
                f"at most {LIMIT:,} entries in {self.name}", f"{self.size:,}", "is it damaged?"
            )
        return self[()] if not self.shape else self[tuple(slice(None) for _ in self.shape)]


class Group(ABC):
    """A group of a file; what is not there, or is not taken, is None."""

    notes: Notes

    @abstractmethod
    def arrays(self) -> list[str]:
        """Return the names of arrays."""

    @abstractmethod
    def groups(self) -> list[str]:
        """Return the names of groups that lie in the file itself."""

    @abstractmethod
    def attr(self, name: str) -> Any:
        """Return an attribute as text, number, or list of these."""

    @abstractmethod
    def group(self, name: str) -> "Group | None":
        """Return a group."""

    @abstractmethod
    def array(self, name: str) -> StoredArray | None:
        """Return an array."""

    @property
    @abstractmethod
    def identity(self) -> Any:
        """Return what no other group has, however it is reached."""

    def at(self, *names: str) -> "Group | None":
        """Return a group further down."""
        found: Group | None = self
        for name in names:
            found = None if found is None else found.group(name)
        return found

    def text(self, name: str) -> str | None:
        """Return a text of one entry."""
        array = self.array(name)
        if array is None or array.size != 1 or not array.text:
            return None
        return str(np.asarray(array.values(self.notes)).ravel()[0])

    def numbers(self, name: str) -> Any:
        """Return the values of a small array of numbers."""
        array = self.array(name)
        return None if array is None or array.text else array.values(self.notes)


def attribute_of(attrs: Any, name: str) -> Any:
    """Return an attribute as text, a number, or a list of these; None where it is not there."""
    value = attrs[name] if name in attrs else None
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list):
        return [
            each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in value
        ]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def fault_of(shape: Any, dtype: Any, chunks: Any, text: bool) -> str | None:
    """Return why an array is not taken, or None."""
    if shape is None:
        return "it is empty"
    if not text and (dtype.kind not in _KINDS or dtype.subdtype is not None):
        return f"its type {dtype} is neither numbers nor text"
    piece = math.prod(chunks or ()) * dtype.itemsize
    if piece > _PIECE:
        return f"it is stored in pieces of {piece:,} bytes, more than {_PIECE:,}"
    return None
