"""The folder of a run."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ontogeny.data.files import exclusive

__all__ = ["claimed_folder"]

#: File in the folder of a run that is locked while it is going on.
MARK = ".running"


@contextmanager
def claimed_folder(path: str | os.PathLike, *, resume: bool = False) -> Iterator[Path]:
    """Make the folder of a run, and take it away again if nothing comes into it.

    Parameters
    ----------
    path : path
        A folder, which may be there already as long as it holds no run.
    resume : bool
        It may hold a run, which goes on.

    Yields
    ------
    pathlib.Path
        The folder, which was proved to be writable.

    Raises
    ------
    FileExistsError
        If the folder holds a run.
    BlockingIOError
        If another process is running there.
    NotADirectoryError
        If the path, or a part of it, is a file.
    PermissionError
        If the folder cannot be made or written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with claimed_folder(Path(place) / "runs" / "one") as folder:
    ...         inside = folder.is_dir()
    ...     inside, (Path(place) / "runs").exists()
    (True, False)
    """
    folder = Path(path)
    if not resume:
        _refuse_run(folder)
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    try:
        _make_writable(folder)
        refusal = (
            f"run.folder: expected a folder where nothing runs, got {str(folder)!r}, in which "
            f"another process runs; choose another name"
        )
        with exclusive(folder / MARK, refusal):
            yield folder
    finally:
        for part in missing:
            # Only empty folders go.
            if part.is_dir() and not any(part.iterdir()):
                part.rmdir()


def _refuse_run(folder: Path) -> None:
    if not folder.is_dir():
        return
    patterns = ("*.nc", "*.png", "*.parts")
    found = sorted(file.name for pattern in patterns for file in folder.glob(pattern))
    if found:
        raise FileExistsError(
            f"run.folder: expected a folder without a run, got {str(folder)!r}, which holds "
            f"{found[0]!r} and {len(found) - 1} more; go on with it by --resume (resume=True in "
            f"Python), remove it or choose another name"
        )


def _make_writable(folder: Path) -> None:
    existing = next(
        (part for part in (folder, *folder.absolute().parents) if part.exists()), folder
    )
    if not existing.is_dir():
        raise NotADirectoryError(
            f"run.folder: expected a folder, got {str(folder)!r}, whose part {str(existing)!r} "
            f"is a file"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise PermissionError(
            f"run.folder: expected a folder that can be made and written, got {str(folder)!r} "
            f"({error.strerror}); choose another folder"
        ) from error
