"""Files of trajectories: netCDF4, one group per group, written whole or not at all."""

import errno
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import netCDF4
import numpy as np
import xarray as xr

from .checks import check_trajectory
from .files import flush, no_room

ENGINE: Literal["netcdf4"] = "netcdf4"


def write_trajectory(tree: xr.DataTree, path: str | Path, *, replace: bool = True) -> None:
    """Write a trajectory to a netCDF4 file that any netCDF reader opens.

    The file is written under a temporary name in the same folder, flushed to disk, and renamed:
    at every moment `path` is absent, the old file, or the whole new one. Weights are compressed
    (zlib, level 1) with one chunk per checkpoint.

    Parameters
    ----------
    tree : xarray.DataTree
        Trajectory of one life, or of joined lives.
    path : path
        File to write; its folder is made where it is missing.
    replace : bool
        A file that is there already is replaced; otherwise it is kept and refused.

    Raises
    ------
    FileExistsError
        If there is a file and it must not be replaced.
    TypeError
        If this is no tree.
    ValueError
        If the tree breaks the contract of a trajectory.
    OSError
        If the disk has no room.

    See Also
    --------
    open_trajectory : read it back
    """
    check_trajectory(tree)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    clean = _without_encoding(tree)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    with _placed(temporary, target, replace):
        clean.to_netcdf(
            temporary, mode="w", engine=ENGINE, encoding={"/weights": _compression(clean)}
        )


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A variable that is too large for the memory, as blocks of rows.

    Parameters
    ----------
    dims : tuple of str
        Its dims; rows lie along the first.
    dtype : str
        Its type.
    attrs : mapping
        Its attributes.
    rows : int
        Number of rows in all blocks.
    blocks : callable
        Returns the blocks in order.
    """

    dims: tuple[str, ...]
    dtype: str
    attrs: Mapping[str, Any]
    rows: int
    blocks: Callable[[], Iterable[np.ndarray]]


def write_streams(
    skeleton: xr.DataTree,
    streams: Mapping[str, Mapping[str, Stream]],
    path: Path,
    *,
    temporary: Path,
) -> None:
    """Write a trajectory whose large variables come block by block.

    The file is what `write_trajectory` makes of the whole tree, with the same guarantees, and it is
    checked before it is renamed. A file that is there already is kept and refused.

    Parameters
    ----------
    skeleton : xarray.DataTree
        The trajectory without its large variables, with the coordinates of their other dims.
    streams : mapping
        The large variables: group -> name -> stream.
    path : pathlib.Path
        File to write; its folder must be there.
    temporary : pathlib.Path
        Where it is written first, on the same file system.

    Raises
    ------
    FileExistsError
        If there is a file.
    ValueError
        If the tree breaks the contract of a trajectory.
    OSError
        If the disk has no room.
    """
    with _placed(temporary, path, replace=False):
        _without_encoding(skeleton).to_netcdf(temporary, mode="w", engine=ENGINE)
        with netCDF4.Dataset(temporary, "a") as file:
            for group, variables in streams.items():
                for name, stream in variables.items():
                    _append(file[group], name, stream, compressed=group == "weights")
        with xr.open_datatree(temporary, engine=ENGINE) as tree:
            check_trajectory(tree)


def _append(group: Any, name: str, stream: Stream, *, compressed: bool) -> None:
    """Write one large variable."""
    if stream.dims[0] not in group.dimensions:
        group.createDimension(stream.dims[0], stream.rows)
    options: dict[str, Any] = {}
    if compressed:
        trailing = [len(group.dimensions[dim]) for dim in stream.dims[1:]]
        options = {"zlib": True, "complevel": 1, "chunksizes": (1, *trailing)}
    if np.dtype(stream.dtype).kind == "f":
        options["fill_value"] = np.nan  # as xarray does
    variable = group.createVariable(name, stream.dtype, stream.dims, **options)
    variable.setncatts(stream.attrs)
    written = 0
    for block in stream.blocks():
        variable[written : written + len(block)] = block
        written += len(block)
    if written != stream.rows:
        raise ValueError(
            f"write_streams.streams: expected {stream.rows} rows of {name!r}, got {written}"
        )


def open_trajectory(path: str | Path) -> xr.DataTree:
    """Open the file of a trajectory.

    Values are read when they are needed; the tree can be used as a context manager that closes
    the file. Groups, dims, attributes and time axes are checked, the weights are not searched for
    NaN, because that would read all of them (`check_trajectory` does).

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    xarray.DataTree
        The trajectory.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or no trajectory.

    See Also
    --------
    write_trajectory : write one
    """
    source = Path(path)
    if not source.is_file():
        raise FileNotFoundError(
            f"open_trajectory.path: expected the file of a trajectory, got {str(path)!r}, "
            "which is no file"
        )
    try:
        tree = xr.open_datatree(source, engine=ENGINE)
    except (OSError, RuntimeError) as error:
        raise ValueError(
            f"open_trajectory.path: expected a netCDF4 file, got {str(path)!r}, which is "
            f"damaged or of another kind ({error}); write it again"
        ) from error
    try:
        check_trajectory(tree, values=False)
    except ValueError as error:
        tree.close()
        raise ValueError(f"{error} (in the file {str(path)!r})") from error
    except (OSError, RuntimeError) as error:
        tree.close()
        raise ValueError(
            f"open_trajectory.path: expected a whole file, got {str(path)!r}, which is damaged "
            f"({error}); write it again"
        ) from error
    return tree


@contextmanager
def _placed(temporary: Path, target: Path, replace: bool) -> Iterator[None]:
    """Flush and rename what was written to a temporary file, or remove it."""
    try:
        with _clear_errors(target):
            yield
            flush(temporary)
        _rename(temporary, target, replace)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush(target.parent)


@contextmanager
def _clear_errors(target: Path) -> Iterator[None]:
    """Say what the errors of the netCDF library mean: they name neither the file nor the reason."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if isinstance(error, OSError) and (error.errno or -1) > 0:
            raise
        if "NetCDF" not in str(error):
            raise
        free = shutil.disk_usage(target.parent).free
        raise no_room(target, errno.EIO, f"{error}, with {free:,} bytes free") from error


def _rename(temporary: Path, target: Path, replace: bool) -> None:
    if replace:
        os.replace(temporary, target)
        return
    try:
        # A link, unlike a rename, fails where another process has been faster.
        os.link(temporary, target)
    except FileExistsError as error:
        raise FileExistsError(
            f"write_trajectory.path: expected a path where nothing is, got {str(target)!r}, which "
            "something else has written meanwhile; choose another name"
        ) from error
    except OSError:  # a file system without links
        os.replace(temporary, target)
        return
    temporary.unlink()


def _without_encoding(tree: xr.DataTree) -> xr.DataTree:
    # What a variable remembers of the file it came from need not fit the one to be written.
    return xr.DataTree.from_dict(
        {
            node.relative_to(tree): node.to_dataset(inherit=False).drop_encoding()
            for node in tree.subtree
        }
    )


def _compression(tree: xr.DataTree) -> dict[str, dict[str, Any]]:
    encoding = {}
    for name, weights in tree["weights"].to_dataset().data_vars.items():
        sizes = [weights.sizes[dim] for dim in weights.dims]
        trailing = sizes[list(weights.dims).index("checkpoint") + 1 :]
        encoding[str(name)] = {
            "zlib": True,
            "complevel": 1,
            "chunksizes": (*[1] * (len(sizes) - len(trailing)), *trailing),
        }
    return encoding
