"""Find the files of an image set on this machine, or download them into the user's cache."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from .fetching import ENVIRONMENT, cache_folder, digest, fetch
from .idx import read_payload
from .source import ImageSource

SYSTEM = Path("/usr/share/datasets")

Content = TypeVar("Content")


def find_payload(source: ImageSource, file: str, *, data_dir: str | Path | None = None) -> bytes:
    """Return the verified, unpacked content of one file of an image set.

    Places are tried in this order: `data_dir`, the folder named by the environment variable
    ``ONTOGENY_DATA``, the user's cache, ``/usr/share/datasets`` (Debian), and the mirrors of the
    set, from which the file is downloaded into the cache.

    Parameters
    ----------
    source : ImageSource
        The set.
    file : str
        One of its files, by official name without suffix.
    data_dir : path, optional
        Folder with the files, or with a folder of the set's name.

    Returns
    -------
    bytes
        Content whose SHA-256 is the published one, or that of a file whose checksum is.

    Raises
    ------
    FileNotFoundError
        If the file is in none of the places and cannot be downloaded.
    ValueError
        If the file that was found is not the published one.
    """
    folders = _folders(source, data_dir)
    for folder in folders:
        for name in _spellings(source, file):
            if (folder / name).is_file():
                return verified_payload(folder / name, source, file)
    _, payload = _download(source, file, folders, lambda path: verified_payload(path, source, file))
    return payload


def find_file(
    source: ImageSource,
    file: str,
    *,
    others: tuple[str, ...] = (),
    data_dir: str | Path | None = None,
) -> Path:
    """Return where one file of an image set lies, or something else that can be read for it.

    Places are those of `find_payload`.

    Parameters
    ----------
    source : ImageSource
        The set.
    file : str
        One of its files, by official name without suffix.
    others : tuple of str
        Names of files or folders that do as well; they come after the official file of the same
        place, and are returned unverified.
    data_dir : path, optional
        Folder with the files, or with a folder of the set's name.

    Returns
    -------
    pathlib.Path
        The official file, verified, or one of the others.

    Raises
    ------
    FileNotFoundError
        If there is nothing in any of the places and the file cannot be downloaded.
    ValueError
        If the file that was found is not the published one.
    """
    folders = _folders(source, data_dir)
    for folder in folders:
        official = folder / (file + source.suffix)
        if official.is_file():
            verify_file(official, source, file)
            return official
        for name in others:
            if (folder / name).exists():
                return folder / name
    path, _ = _download(source, file, folders, lambda path: verify_file(path, source, file), others)
    return path


def verified_payload(path: Path, source: ImageSource, file: str) -> bytes:
    """Read a file of an image set and compare its content with the published checksum.

    Parameters
    ----------
    path : pathlib.Path
        Where the file lies, compressed or not.
    source : ImageSource
        The set.
    file : str
        Which of its files this is.

    Returns
    -------
    bytes
        The unpacked content.

    Raises
    ------
    ValueError
        If the file is damaged or another one.
    """
    expected = source.files[file].payload
    if expected is None:
        verify_file(path, source, file)
        return read_payload(path)
    try:
        payload = read_payload(path)
        found = hashlib.sha256(payload).hexdigest()
    except ValueError as error:
        whole = digest(path, "sha256")
        found = f"a truncated or damaged gzip file (the file itself has sha256 {whole})"
        raise ValueError(_damaged(path, source, file, "unpacked content", found)) from error
    if found != expected:
        raise ValueError(_damaged(path, source, file, "unpacked content", found))
    return payload


def verify_file(path: Path, source: ImageSource, file: str) -> None:
    """Compare a compressed file, as it lies there, with the published checksum.

    Raises
    ------
    ValueError
        If the file is damaged or another one.
    """
    known = source.files[file]
    found = digest(path, known.algorithm)
    if found != known.archive:
        raise ValueError(_damaged(path, source, file, "the official file", found))


def _damaged(path: Path, source: ImageSource, file: str, what: str, found: str) -> str:
    known = source.files[file]
    payload = known.payload is not None
    expected = f"sha256 {known.payload}" if payload else f"{known.algorithm} {known.archive}"
    return (
        f"load_images.{source.name}: expected {what} with {expected} in {str(path)!r}, got {found};"
        f" delete the file and load again, or get it from "
        f"{source.mirrors[0]}{file}{source.suffix}"
    )


def _folders(source: ImageSource, data_dir: str | Path | None) -> list[Path]:
    roots = []
    if data_dir is not None:
        root = Path(data_dir).expanduser()
        if not root.is_dir():
            raise FileNotFoundError(
                f"load_images.data_dir: expected a folder, got {str(data_dir)!r}, which is none; "
                "leave data_dir out to use the cache"
            )
        roots.append(root)
    if os.environ.get(ENVIRONMENT):
        roots.append(Path(os.environ[ENVIRONMENT]).expanduser())
    # The sets share their file names: a folder of the set's own name goes before the root.
    inside = [
        folder for root in roots for folder in (*(root / name for name in source.folders), root)
    ]
    return [*inside, _cache(source), SYSTEM / source.folders[0]]


def _cache(source: ImageSource) -> Path:
    return cache_folder() / source.folders[0]


def _spellings(source: ImageSource, file: str) -> tuple[str, ...]:
    # Some distributions of MNIST unpack to names with a dot before "idx".
    return (file + source.suffix, file, file.replace("-idx", ".idx"))


def _download(
    source: ImageSource,
    file: str,
    folders: list[Path],
    check: Callable[[Path], Content],
    others: tuple[str, ...] = (),
) -> tuple[Path, Content]:
    name = file + source.suffix
    reasons = []
    for mirror in source.mirrors:
        try:
            return _fetch(source, file, f"{mirror}{name}", check)
        except (OSError, ValueError) as error:
            reasons.append(f"{mirror}: {error}")
    needed = ", ".join(other + source.suffix for other in source.files)
    wanted = " or ".join(repr(known) for known in (name, *others))
    raise FileNotFoundError(
        f"load_images.{source.name}: expected the file {wanted} in one of "
        f"{[str(folder) for folder in folders]}, got no such file, and no download "
        f"({'; '.join(reasons)}); put the files of the set ({needed}; licence: {source.licence}) "
        f"into a folder and pass it as data_dir or in {ENVIRONMENT}, or use the set "
        f"{source.instead!r}"
    )


def _fetch(
    source: ImageSource, file: str, url: str, check: Callable[[Path], Content]
) -> tuple[Path, Content]:
    known = source.files[file]
    target = _cache(source) / (file + source.suffix)
    return target, fetch(url, f"{known.algorithm}:{known.archive}", target, check)
