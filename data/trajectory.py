"""Files of trajectories: netCDF4, one group per group, written whole or not at all."""

import os
import uuid
from pathlib import Path
from typing import Any, Literal

import xarray as xr

from .checks import check_trajectory

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

    See Also
    --------
    open_trajectory : read it back
    """
    check_trajectory(tree)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    clean = _without_encoding(tree)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        clean.to_netcdf(
            temporary, mode="w", engine=ENGINE, encoding={"/weights": _compression(clean)}
        )
        _flush(temporary)
        _rename(temporary, target, replace)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush(target.parent)


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


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
