"""Find the files of an image set on this machine, or download them into the user's cache."""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

import pooch

from .idx import read_payload
from .sources import ImageSource

ENVIRONMENT = "ONTOGENY_DATA"
SYSTEM = Path("/usr/share/datasets")


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
        One of its files, by official name without ``.gz``.
    data_dir : path, optional
        Folder with the files, or with a folder of the set's name.

    Returns
    -------
    bytes
        Content whose SHA-256 is the published one.

    Raises
    ------
    FileNotFoundError
        If the file is in none of the places and cannot be downloaded.
    ValueError
        If the file that was found is not the published one.
    """
    folders = _folders(source, data_dir)
    for folder in folders:
        for name in _spellings(file):
            if (folder / name).is_file():
                return verified_payload(folder / name, source, file)
    return _download(source, file, folders)


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
    try:
        payload = read_payload(path)
        found = hashlib.sha256(payload).hexdigest()
    except ValueError as error:
        whole = hashlib.sha256(path.read_bytes()).hexdigest()
        found = f"a truncated or damaged gzip file (the file itself has sha256 {whole})"
        raise ValueError(_damaged(path, source, file, found)) from error
    if found != expected:
        raise ValueError(_damaged(path, source, file, found))
    return payload


def _damaged(path: Path, source: ImageSource, file: str, found: str) -> str:
    return (
        f"load_images.{source.name}: expected unpacked content with sha256 "
        f"{source.files[file].payload} in {str(path)!r}, got {found}; delete the file and "
        f"load again, or get it from {source.mirrors[0]}{file}.gz"
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
    names = dict.fromkeys((source.name, source.folder))
    # The sets share their file names: a folder of the set's own name goes before the root.
    inside = [folder for root in roots for folder in (*(root / name for name in names), root)]
    return [*inside, _cache(source), SYSTEM / source.name]


def _cache(source: ImageSource) -> Path:
    return Path(pooch.os_cache("ontogeny")) / source.name


def _spellings(file: str) -> tuple[str, ...]:
    # Some distributions of MNIST unpack to names with a dot before "idx".
    return (f"{file}.gz", file, file.replace("-idx", ".idx"))


def _download(source: ImageSource, file: str, folders: list[Path]) -> bytes:
    reasons = []
    for mirror in source.mirrors:
        try:
            return _fetch(source, file, f"{mirror}{file}.gz")
        except (OSError, ValueError) as error:
            reasons.append(f"{mirror}: {error}")
    raise FileNotFoundError(
        f"load_images.{source.name}: expected the file {file + '.gz'!r} in one of "
        f"{[str(folder) for folder in folders]}, got no such file, and no download "
        f"({'; '.join(reasons)}); put the four files of the set into a folder and pass it as "
        f"data_dir or in {ENVIRONMENT}, or use the embedded set 'mnist-5k'"
    )


def _fetch(source: ImageSource, file: str, url: str) -> bytes:
    cache = _cache(source)
    cache.mkdir(parents=True, exist_ok=True)
    try:
        return _fetch_into(cache, source, file, url)
    finally:
        with contextlib.suppress(OSError):  # goes only if it is empty
            cache.rmdir()


def _fetch_into(cache: Path, source: ImageSource, file: str, url: str) -> bytes:
    with tempfile.TemporaryDirectory(dir=cache, prefix=".download-") as folder:
        archive = f"sha256:{source.files[file].archive}"
        path = Path(pooch.retrieve(url, archive, fname=f"{file}.gz", path=folder))
        payload = verified_payload(path, source, file)
        os.replace(path, cache / f"{file}.gz")
    return payload
