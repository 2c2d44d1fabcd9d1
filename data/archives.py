"""Read single files out of archives, or out of the folders that these unpack to.

Nothing is written to the disk, files are read in pieces, and only those of a known name and size.
"""

import hashlib
import tarfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol


class Stream(Protocol):
    """Something to read bytes from."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, or fewer at the end."""
        ...


@dataclass(frozen=True, kw_only=True)
class Member:
    """Describe a file in an archive that is to be read.

    Parameters
    ----------
    size : int
        How many bytes it has.
    consume : callable
        Reads all of them from the stream that it is given.
    md5 : str, optional
        Its published checksum.
    """

    size: int
    consume: Callable[[Stream], None]
    md5: str | None = None


def read_members(path: Path, folder: str, members: Mapping[str, Member]) -> None:
    """Read files of a compressed tar archive, in the order in which they lie there.

    Parameters
    ----------
    path : pathlib.Path
        The archive, or a folder with the files.
    folder : str
        Folder in the archive that has the files.
    members : mapping of str to Member
        What to read, by name.

    Raises
    ------
    ValueError
        If a file is missing, has another size or checksum, or cannot be read.
    """
    if path.is_dir():
        for name, member in members.items():
            _read_from_folder(path / name, member)
        return
    missing = {f"{folder}/{name}": member for name, member in members.items()}
    try:
        with tarfile.open(path, "r|gz") as archive:
            for entry in archive:
                name = entry.name.removeprefix("./")
                if name in missing:
                    content = archive.extractfile(entry) if entry.isreg() else None
                    _read(f"{path}:{name}", content, entry.size, missing.pop(name))
                if not missing:
                    return
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ValueError(
            f"load_images: expected a whole .tar.gz archive, got a damaged one at {str(path)!r} "
            f"({error}); delete it and load again"
        ) from error
    raise ValueError(
        f"load_images: expected {tuple(missing)} in the archive {str(path)!r}, got no such files"
    )


def exactly(stream: Stream, size: int) -> bytes:
    """Return the next bytes of a stream.

    Raises
    ------
    EOFError
        If there are fewer.
    """
    content = stream.read(size)
    if len(content) != size:
        raise EOFError(f"expected {size} more bytes, got {len(content)}")
    return content


def _read_from_folder(path: Path, member: Member) -> None:
    if not path.is_file():
        raise ValueError(
            f"load_images: expected the file {path.name!r} in the folder {str(path.parent)!r}, got "
            f"no such file; unpack the archive again, or use the archive itself"
        )
    with path.open("rb") as content:
        _read(str(path), content, path.stat().st_size, member)


def _read(where: str, content: IO[bytes] | None, size: int, member: Member) -> None:
    if content is None or size != member.size:
        found = "no regular file" if content is None else f"{size} bytes"
        raise ValueError(
            f"load_images: expected a file of {member.size} bytes at {where!r}, got {found}; it is "
            f"truncated or another one"
        )
    stream = _Hashing(content)
    member.consume(stream)
    if member.md5 is not None and stream.hash.hexdigest() != member.md5:
        raise ValueError(
            f"load_images: expected content with md5 {member.md5} at {where!r}, got "
            f"{stream.hash.hexdigest()}; delete it and load again"
        )


class _Hashing:
    """Read from a file, and keep the checksum of what was read."""

    def __init__(self, content: IO[bytes]) -> None:
        self.content = content
        self.hash = hashlib.md5(usedforsecurity=False)

    def read(self, size: int, /) -> bytes:
        found = self.content.read(size)
        self.hash.update(found)
        return found
