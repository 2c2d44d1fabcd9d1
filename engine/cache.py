"""The folder of compiled programs: found by content, shared by processes, bounded in size.

``builds/<hash>`` holds a program, named by the hash of its generated source, of the compiler and of
the processor. ``structures/<hash>.json`` tells, for the structure of a network, which program it is
and what goes in and out: with it a program is run without generating its source again. Entries
appear by renaming, so that they are whole or absent; locks are freed by the system when a process
dies.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

__all__ = [
    "Entry",
    "Use",
    "cache_folder",
    "clear",
    "entries",
    "find_structure",
    "is_whole",
    "locked",
    "most_bytes",
    "seal",
    "trim",
    "write_structure",
]

_SEAL, _USE = "digest", "in-use"
#: What the names of folders begin with in which programs are being built.
BUILDING = "build-"


def cache_folder() -> Path:
    """Return the folder (``$ONTOGENY_CACHE`` or the user's cache).

    Raises
    ------
    OSError
        If it cannot be made.
    """
    given = os.environ.get("ONTOGENY_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(given) if given else Path(base) / "ontogeny"
    try:
        for part in ("builds", "structures", "locks"):
            (folder / part).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(
            f"engine.cache: expected a folder for compiled programs that can be made, got "
            f"{str(folder)!r} ({error.strerror}); set ONTOGENY_CACHE to another one"
        ) from error
    return folder


def most_bytes() -> int:
    """Return how large the cache may grow (``$ONTOGENY_CACHE_BYTES``, 1 GB by default).

    Raises
    ------
    ValueError
        If the variable holds no number.
    """
    given = os.environ.get("ONTOGENY_CACHE_BYTES", "1e9")
    try:
        return int(float(given))
    except (ValueError, OverflowError):
        raise ValueError(
            f"ONTOGENY_CACHE_BYTES: expected a number of bytes such as 1e9, got {given!r}"
        ) from None


def lock(file: IO[Any], operation: int) -> None:
    """Lock a file; where the file system knows no locks, go on without.

    Raises
    ------
    BlockingIOError
        If another process has the lock, and waiting is not wanted.
    """
    try:
        fcntl.flock(file, operation)
    except OSError as error:
        if error.errno not in (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK, errno.EINVAL):
            raise


@contextlib.contextmanager
def locked(key: str) -> Iterator[None]:
    """Keep other processes out of a key; they wait."""
    with open(cache_folder() / "locks" / key, "w") as file:
        lock(file, fcntl.LOCK_EX)
        yield


def _content(program: Path) -> str:
    """Hash what a program needs when it runs."""
    digest = hashlib.sha256()
    for path in [program / "main", *sorted((program / "static_arrays").glob("*"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def seal(program: Path) -> None:
    """Note what a finished program consists of, so that damage can be told."""
    (program / _USE).touch()
    (program / _SEAL).write_text(_content(program))


def is_whole(program: Path) -> bool:
    """Say whether an entry holds a program as it was built."""
    try:
        return (
            os.access(program / "main", os.X_OK)
            and _content(program) == (program / _SEAL).read_text()
        )
    except OSError:
        return False


def find_structure(key: str) -> dict[str, Any] | None:
    """Return the manifest of a structure, if its program is there and whole."""
    folder = cache_folder()
    try:
        manifest = json.loads((folder / "structures" / f"{key}.json").read_text())
        whole = is_whole(folder / "builds" / manifest["program"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return manifest if whole else None


def write_structure(key: str, manifest: dict[str, Any]) -> None:
    """Keep the manifest of a structure."""
    path = cache_folder() / "structures" / f"{key}.json"
    temporary = path.with_suffix(f".{os.getpid()}.part")
    temporary.write_text(json.dumps(manifest))
    os.replace(temporary, path)


class Use:
    """Keep a program from being removed while it is used.

    Parameters
    ----------
    program : pathlib.Path
        Its folder.

    Raises
    ------
    FileNotFoundError
        If the program is not there, or not any more.
    """

    def __init__(self, program: Path) -> None:
        self.file: IO[bytes] = open(program / _USE, "rb")  # noqa: SIM115 - closed by `close`
        try:
            lock(self.file, fcntl.LOCK_SH)
            # It may have been removed before the lock was to be had.
            if not os.path.samestat(os.fstat(self.file.fileno()), (program / _USE).stat()):
                raise FileNotFoundError(errno.ENOENT, "removed meanwhile", str(program))
        except BaseException:
            self.file.close()
            raise
        with contextlib.suppress(OSError):  # a cache that others own may be read-only
            os.utime(program / _USE)

    def close(self) -> None:
        """Let it go."""
        self.file.close()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A compiled program in the cache.

    Parameters
    ----------
    folder : pathlib.Path
        Where it is.
    size : int
        Bytes on disk.
    used : float
        When it was last used, in seconds since the epoch.
    structures : tuple of str
        What it simulates, in words.
    """

    folder: Path
    size: int
    used: float
    structures: tuple[str, ...]


def entries() -> list[Entry]:
    """Return all programs, the most recently used first."""
    folder = cache_folder()
    named: dict[str, list[str]] = {}
    for path in sorted((folder / "structures").glob("*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            manifest = json.loads(path.read_text())
            named.setdefault(manifest["program"], []).append(manifest["title"])
    found = []
    for program in (folder / "builds").iterdir():
        with contextlib.suppress(OSError):  # another process may be removing it
            used = program / _USE
            found.append(
                Entry(
                    folder=program,
                    size=sum(p.stat().st_size for p in program.rglob("*") if p.is_file()),
                    used=(used if used.exists() else program).stat().st_mtime,
                    structures=tuple(named.get(program.name, ())),
                )
            )
    return sorted(found, key=lambda entry: -entry.used)


def clear(*, older_than: float = 0.0) -> int:
    """Remove programs that nothing uses.

    Parameters
    ----------
    older_than : float
        Only those that were not used for so many seconds.

    Returns
    -------
    int
        How many were removed.
    """
    limit = time.time() - older_than
    removed = sum(_remove(entry) for entry in entries() if entry.used <= limit)
    _forget_structures()
    return removed


def trim() -> None:
    """Remove what was not used for longest, until the cache is small enough."""
    found, limit = entries(), most_bytes()
    size = sum(entry.size for entry in found)
    for entry in reversed(found):
        if size <= limit:
            break
        if _remove(entry):
            size -= entry.size
    _forget_structures()


def _remove(entry: Entry) -> bool:
    """Remove a program unless it is being used or built."""
    unfinished = entry.folder.name.startswith(BUILDING) or not (entry.folder / _USE).exists()
    if unfinished and time.time() - entry.used < 3600:
        return False  # old ones were left by processes that were killed
    try:
        if not unfinished:
            with open(entry.folder / _USE, "rb") as file:
                lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(entry.folder)
        else:
            shutil.rmtree(entry.folder)
    except OSError:
        return False
    return True


def _forget_structures() -> None:
    """Remove manifests whose program is gone."""
    folder = cache_folder()
    for path in (folder / "structures").glob("*.json"):
        with contextlib.suppress(OSError):
            try:
                program = json.loads(path.read_text())["program"]
            except (ValueError, KeyError, TypeError):
                program = ""
            if not program or not (folder / "builds" / program).is_dir():
                path.unlink()
