"""The file that a compiled program shares with Python: what goes in and out of a segment.

Nothing here needs Brian2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["Exchange", "StoredArray"]

# Arrays begin at multiples of so many bytes: of cache lines, and of every type.
_APART = 64


@dataclass(frozen=True, kw_only=True)
class StoredArray:
    """An array of a compiled program, as it lies in the shared file.

    Parameters
    ----------
    offset : int
        Where it begins, in bytes.
    size : int
        How many numbers it holds.
    dtype : str
        Their type.
    """

    offset: int
    size: int
    dtype: str

    @property
    def end(self) -> int:
        """Where it ends, in bytes."""
        return self.offset + self.size * np.dtype(self.dtype).itemsize

    @property
    def following(self) -> int:
        """Where the next one may begin.

        Examples
        --------
        >>> StoredArray(offset=64, size=20, dtype="float32").following
        192
        """
        return -(-self.end // _APART) * _APART


class Exchange:
    """The shared file, mapped.

    Parameters
    ----------
    path : pathlib.Path
        Where it is made.
    arrays : iterable of StoredArray
        What lies in it.

    Raises
    ------
    OSError
        If there is no room for it.
    """

    def __init__(self, path: Path, arrays: Iterable[StoredArray]) -> None:
        try:
            # Written, not only given a length: a disk without room is noticed here, and not when
            # somebody writes to the memory that the file is mapped to.
            path.write_bytes(bytes(max(array.end for array in arrays)))
        except OSError as error:
            raise OSError(
                error.errno,
                f"CompiledProgram: expected room for what a program and Python share, got "
                f"{error.strerror!r}; free some there, or set TMPDIR to another folder",
                str(path),
            ) from error
        self._bytes: np.ndarray = np.memmap(path, np.uint8, "r+").view(np.ndarray)

    def view(self, array: StoredArray) -> np.ndarray:
        """Return an array as it is in the file, now and later."""
        return self._bytes[array.offset : array.end].view(array.dtype)
