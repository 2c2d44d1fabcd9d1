"""NWB files that are whole or not there."""

import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..extras import needed
from ..files import flush
from .nwb_notes import LIMIT

__all__ = ["begun", "check_target", "save", "streamed", "table_columns"]


def check_target(path: str | Path, replace: bool, where: str) -> Path:
    """
    Return the path of a file to write, if it may be written.

    Parameters
    ----------
    path : path
        The file.
    replace : bool
        Whether a file that is there may be replaced.
    where : str
        The function that asks, for messages.

    Raises
    ------
    FileExistsError
        If there is something that must not be replaced.
    """
    target = Path(path)
    if target.is_dir() or (target.exists() and not replace):
        raise FileExistsError(
            f"{where}.path: expected a path where nothing is, got {str(path)!r}; choose another "
            f"name, or pass replace=True to replace a file"
        )
    return target


def begun(started: str | None) -> datetime:
    """Return the time of a session, midnight of 1970-01-01 in UTC where it is not known."""
    try:
        found = datetime.fromisoformat(started or "1970-01-01")
    except ValueError:
        found = datetime(1970, 1, 1, tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def save(file: Any, target: Path, *, replace: bool, where: str) -> None:
    """
    Write an NWB file under a temporary name, flush it, and rename it.

    Parameters
    ----------
    file : pynwb.NWBFile
        What is written.
    target : pathlib.Path
        The file; its folder is made where it is missing.
    replace : bool
        Whether a file that is there may be replaced.
    where : str
        The function that asks, for messages.
    """
    pynwb = needed("pynwb", where)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.stem}.{uuid.uuid4().hex}.part.nwb")
    try:
        with pynwb.NWBHDF5IO(str(temporary), "w") as io:
            io.write(file)
        flush(temporary)
        check_target(target, replace, where)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush(target.parent)


def streamed(array: Any) -> Any:
    """
    Return what pynwb writes of an array: itself, or its blocks where it stays in a file.

    Parameters
    ----------
    array : xarray.Variable
        Numbers, booleans or text.
    """
    if array.dtype.kind in "UO":
        return np.asarray(array.values).astype(object)
    if array._in_memory or array.size <= LIMIT:
        return array.values
    iterator = needed("hdmf.data_utils", "write_nwb").GenericDataChunkIterator

    class Blocks(iterator):  # type: ignore[misc, valid-type]
        """Blocks of an array that is larger than memory may be."""

        shape = tuple(array.shape)

        def _get_data(self, selection: tuple[slice, ...]) -> npt.NDArray[Any]:
            return np.asarray(array[selection].values)

        def _get_maxshape(self) -> tuple[int, ...]:
            return tuple(array.shape)

        def _get_dtype(self) -> np.dtype:
            return np.dtype(array.dtype)

    return Blocks(buffer_gb=0.064)


def table_columns(columns: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    """
    Return what a dynamic table is made of: its columns, and an id for each row.

    Parameters
    ----------
    columns : mapping
        Name -> description and values.
    """
    vector = needed("hdmf.common", "write_nwb").VectorData
    made = [
        vector(name=name, description=description, data=values)
        for name, (description, values) in columns.items()
    ]
    rows = len(next(iter(columns.values()))[1])
    return {"columns": made, "id": list(range(rows)), "colnames": list(columns)}
