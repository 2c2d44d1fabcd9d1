"""A folder of parts: what a long computation writes before its result is whole.

Arrays are in ``.npz`` files, everything else is JSON; nothing in the folder is ever executed.
"""

import contextlib
import errno
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .files import exclusive, replacing

__all__ = ["PartsFolder"]

# Everything that is ever written there; other files are somebody else's and are left alone.
_OWN = re.compile(r"\.?(lock|[a-z]+(-[0-9a-f]+)?\.(npz|json|nc))(\.part)?")
LOCK = "lock"
# What the machine, and not the file, is to blame for.
_TROUBLE = (errno.EIO, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ESTALE)


class PartsFolder:
    """A folder of arrays and descriptions, each file written whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        The folder; made when it is claimed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     parts = PartsFolder(Path(place) / "life.nc.parts")
    ...     with parts.claimed():
    ...         parts.write_arrays("part-00000001.npz", {"a/b": np.arange(3)})
    ...         parts.read_arrays("part-00000001.npz")["a/b"].tolist()
    [0, 1, 2]
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether the folder is there."""
        return self.path.is_dir()

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Make the folder if it is missing, and keep other processes out of it.

        Folders that were made for it and are empty at the end are removed.

        Raises
        ------
        BlockingIOError
            If another process has claimed it.
        FileExistsError
            If there is something else at its path.
        """
        refusal = (
            f"simulate.store: expected a life that nothing else simulates, got "
            f"{str(self.path)!r}, which another process is writing; wait for it"
        )
        self._refuse_strangers()
        missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            with exclusive(self.path / LOCK, refusal):
                yield
        finally:
            for folder in missing or [self.path]:
                with contextlib.suppress(OSError):  # only empty folders go
                    folder.rmdir()

    def _refuse_strangers(self) -> None:
        if self.path.exists() and not self.exists:
            raise FileExistsError(
                f"simulate.store: expected a folder for parts at {str(self.path)!r}, got a file; "
                f"remove it or choose another name"
            )
        strange = [name for name in self.names() if not _OWN.fullmatch(name)]
        if strange:
            raise FileExistsError(
                f"simulate.store: expected the parts of a life in {str(self.path)!r}, got other "
                f"files, such as {strange[0]!r}; move them away or choose another name"
            )

    def names(self, stem: str = "") -> list[str]:
        """Return the names of the files that begin with `stem`, sorted."""
        if not self.exists:
            return []
        return sorted(file.name for file in self.path.iterdir() if file.name.startswith(stem))

    def write_json(self, name: str, value: Any) -> None:
        """Write a value as JSON."""
        with replacing(self.path / name) as file:
            file.write(json.dumps(value, indent=1).encode())

    def read_json(self, name: str) -> Any:
        """Read a value.

        Raises
        ------
        ValueError
            If the file is damaged.
        """
        path = self.path / name
        try:
            return json.loads(path.read_bytes())
        except (FileNotFoundError, ValueError) as error:
            raise _damaged(path, error) from error

    def write_arrays(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Write arrays by name."""
        with replacing(self.path / name) as file:
            save: Any = np.savez
            save(file, **{key: np.asarray(values) for key, values in arrays.items()})

    def read_arrays(self, name: str, only: tuple[str, ...] = ("",)) -> dict[str, np.ndarray]:
        """Read the arrays whose names begin with one of `only`.

        Raises
        ------
        ValueError
            If the file is missing or damaged; sums of all that is read are checked.
        """
        with self._opened(name) as stored:
            return {key: stored[key] for key in stored.files if key.startswith(only)}

    def array_names(self, name: str) -> list[str]:
        """Return the names of the arrays in a file.

        Raises
        ------
        ValueError
            If the file is missing or damaged.
        """
        with self._opened(name) as stored:
            return list(stored.files)

    def check(self, name: str) -> None:
        """Read a file to its end and compare its sums.

        Raises
        ------
        ValueError
            If the file is missing or damaged.
        """
        with self._opened(name) as stored:
            damaged = stored.zip.testzip()
            if damaged is not None:
                raise ValueError(f"bad sum of {damaged}")

    @contextmanager
    def _opened(self, name: str) -> Iterator[Any]:
        path = self.path / name
        try:
            with np.load(path, allow_pickle=False) as stored:
                yield stored
        # Garbage makes the readers of zip files and arrays fail in every way there is.
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _TROUBLE:
                raise
            raise _damaged(path, error) from error

    def remove_files(self, stem: str = "") -> None:
        """Remove the own files that begin with `stem`, the lock excepted."""
        for name in self.names(stem):
            if name != LOCK and _OWN.fullmatch(name):
                (self.path / name).unlink(missing_ok=True)


def _damaged(path: Path, error: Exception) -> ValueError:
    found = str(error) or type(error).__name__
    return ValueError(
        f"simulate.store: expected a whole file at {str(path)!r}, got a damaged or missing one "
        f"({found}); remove the folder to begin afresh"
    )
