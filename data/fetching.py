"""Download files into the user's cache, whole and verified or not at all."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pooch

from .files import flush

__all__ = ["ENVIRONMENT", "cache_folder", "digest", "fetch"]

ENVIRONMENT = "ONTOGENY_DATA"

Content = TypeVar("Content")


def cache_folder() -> Path:
    """Return the folder that downloads of this user go to."""
    return Path(pooch.os_cache("ontogeny"))


def digest(path: Path, algorithm: str = "sha256") -> str:
    """Return the checksum of a file, in hexadecimal digits."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, algorithm).hexdigest()


def fetch(url: str, known_hash: str, target: Path, check: Callable[[Path], Content]) -> Content:
    """Download a file; it gets its name when it has passed all checks.

    Parameters
    ----------
    url : str
        Where it is.
    known_hash : str
        Algorithm and checksum, such as ``"sha256:..."``.
    target : pathlib.Path
        Where it goes; its folder is made, and removed again if nothing comes.
    check : callable
        Called with the path of the whole file, under another name; raises if it is not as it
        should be.

    Returns
    -------
    object
        What `check` returned.

    Raises
    ------
    OSError, ValueError
        If it cannot be downloaded, or is another file.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".download-") as folder:
            path = Path(pooch.retrieve(url, known_hash, fname=target.name, path=folder))
            content = check(path)
            flush(path)
            os.replace(path, target)
            flush(target.parent)
        return content
    finally:
        with contextlib.suppress(OSError):  # goes only if it is empty
            target.parent.rmdir()
