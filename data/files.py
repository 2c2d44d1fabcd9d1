"""Files that are whole or not there, and locks that die with their process."""

import errno
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_TAKEN = (errno.EWOULDBLOCK, errno.EACCES)


def flush(path: Path) -> None:
    """Make the operating system write a file, or the entries of a folder, to the disk."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Write a file under a temporary name, flush it, and rename it at the end of the block.

    At every moment `path` is absent, the old file, or the whole new one, also if the machine stops.
    One process at a time may write one path.

    Parameters
    ----------
    path : pathlib.Path
        File to write; its folder must be there.

    Yields
    ------
    file object
        Open for writing bytes.

    Raises
    ------
    OSError
        If the disk has no room: says which file, and how to go on.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        with open(temporary, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        flush(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        number = _missing_room(error)
        if number is not None:
            raise no_room(path, number, os.strerror(number)) from error
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all, in UTF-8.

    Parameters
    ----------
    path : pathlib.Path
        File to write; its folder must be there.
    text : str
        What it holds afterwards.

    Raises
    ------
    OSError
        If the disk has no room.
    """
    with replacing(path) as file:
        file.write(text.encode("utf-8"))


def no_room(path: Path, number: int, reason: str) -> OSError:
    """Make the error of a file that could not be written, with the cure."""
    return OSError(
        number,
        f"expected room to write {str(path)!r}, got {reason!r}; free space there, or raise the "
        f"quota or limit, and run it again",
    )


def _missing_room(error: BaseException) -> int | None:
    """Return the number of the error that began a chain, if the disk had no room."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OSError) and found.errno in _NO_ROOM:
            return found.errno
        found = found.__context__
    return None


@contextmanager
def exclusive(path: Path, refusal: str) -> Iterator[None]:
    """Keep other processes out of a block; the file at `path` carries the lock.

    The kernel takes the lock back when its process ends, however that ends; a file that is left
    behind locks nothing. The file is removed at the end of the block.

    Parameters
    ----------
    path : pathlib.Path
        File of the lock; its folder is made where it is missing.
    refusal : str
        Message of the error.

    Raises
    ------
    BlockingIOError
        If another process, or another block of this one, has the lock.
    """
    descriptor = _locked(path, refusal)
    try:
        yield
    finally:
        try:
            # Removed while it is locked: nobody else can have taken it meanwhile.
            if os.name != "nt":
                path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _locked(path: Path, refusal: str) -> int:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:
            continue  # the process before has just removed the folder
        try:
            _take(descriptor, path, refusal)
            # The process before may have removed its file between the two calls.
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _take(descriptor: int, path: Path, refusal: str) -> None:
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            raise BlockingIOError(refusal) from None
        warnings.warn(
            f"{str(path)!r}: this file system has no locks ({error.strerror}); take care that no "
            f"two processes work on it at once",
            stacklevel=2,
        )
