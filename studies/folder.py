"""The folder of a run."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["claimed_folder"]

#: File that a run keeps in its folder while it is going on.
MARK = ".running"


@contextmanager
def claimed_folder(path: str | os.PathLike) -> Iterator[Path]:
    """Make the folder of a run, and take it away again if nothing comes into it.

    Parameters
    ----------
    path : path
        A folder, which may be there already as long as it holds no run.

    Yields
    ------
    pathlib.Path
        The folder, which was proved to be writable.

    Raises
    ------
    FileExistsError
        If the folder holds a run.
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
    _refuse_run(folder)
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    try:
        _make_writable(folder)
        with _marked(folder):
            yield folder
    finally:
        for part in missing:
            # Only empty folders go.
            if part.is_dir() and not any(part.iterdir()):
                part.rmdir()


@contextmanager
def _marked(folder: Path) -> Iterator[None]:
    """Keep other processes out while a run is going on."""
    mark = folder / MARK
    try:
        mark.touch(exist_ok=False)
    except FileExistsError as error:
        raise FileExistsError(
            f"run.folder: expected a folder where nothing runs, got {str(folder)!r}, which holds "
            f"{MARK!r}; choose another name, or remove that file if the run was killed"
        ) from error
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def _refuse_run(folder: Path) -> None:
    if not folder.is_dir():
        return
    found = sorted(file.name for pattern in ("*.nc", "*.png") for file in folder.glob(pattern))
    if found:
        raise FileExistsError(
            f"run.folder: expected a folder without a run, got {str(folder)!r}, which holds "
            f"{found[0]!r} and {len(found) - 1} more; remove it or choose another name"
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
