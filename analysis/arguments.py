"""What measures are given: arrays and tables of the right kind, with the dims that are named."""

import numpy as np
import xarray as xr

__all__ = ["check_array", "check_axes", "check_independent", "check_table"]


def check_array(values: object, where: str, dims: tuple[str, ...], cure: str = "") -> None:
    """
    Refuse what is no labelled array, and say how to make one.

    Parameters
    ----------
    values : object
        What a measure was given.
    where : str
        The argument, with the function that asks, for messages.
    dims : tuple of str
        The dims that it needs.
    cure : str
        What else to say of a Dataset.

    Raises
    ------
    TypeError
        If it is anything but an `xarray.DataArray`.

    Examples
    --------
    >>> check_array([1.0], "measure.activity", ("network",))
    Traceback (most recent call last):
        ...
    TypeError: measure.activity: expected an xarray.DataArray with the dim 'network', got list; \
xr.DataArray(x, dims=('network',)) makes one
    """
    if isinstance(values, xr.DataArray):
        return
    told = ", ".join(map(repr, dims))
    if isinstance(values, xr.Dataset):
        kind = "a Dataset"
        recording = "spike_time" in values
        cure = cure or (
            "spike_counts(recording, bin_width) counts the spikes of a recording"
            if recording
            else "pass one of its variables, such as dataset['name']"
        )
    else:
        kind = type(values).__name__
        cure = f"xr.DataArray(x, dims={dims!r}) makes one"
    raise TypeError(
        f"{where}: expected an xarray.DataArray with the dim{'s' if len(dims) > 1 else ''} {told}, "
        f"got {kind}; {cure}"
    )


def check_axes(values: object, where: str, **axes: str) -> None:
    """
    Refuse what is no array with these dims, and say which arguments name them.

    Parameters
    ----------
    values : object
        What a measure was given.
    where : str
        The argument, with the function that asks, for messages.
    **axes : str
        Names of dims, by the arguments that name them.

    Raises
    ------
    TypeError
        If it is no `xarray.DataArray`.
    ValueError
        If a dim is missing.

    Examples
    --------
    >>> check_axes(xr.DataArray([0.0], dims="x"), "measure.activity", samples="x", neurons="y")
    Traceback (most recent call last):
        ...
    ValueError: measure.activity: expected dim 'y', got ['x']; name them with samples= and neurons=
    """
    check_array(values, where, tuple(axes.values()))
    assert isinstance(values, xr.DataArray)
    for dim in axes.values():
        if dim not in values.dims:
            *first, last = (f"{name}=" for name in axes)
            named = f"{', '.join(first)} and {last}" if first else last
            raise ValueError(
                f"{where}: expected dim {dim!r}, got {list(values.dims)}; name them with {named}"
            )


def check_table(values: object, where: str, what: str, cure: str) -> None:
    """
    Refuse what is no Dataset.

    Parameters
    ----------
    values : object
        What a measure was given.
    where : str
        The argument, with the function that asks, for messages.
    what : str
        What the Dataset holds.
    cure : str
        What makes one.

    Raises
    ------
    TypeError
        If it is anything but an `xarray.Dataset`.
    """
    if not isinstance(values, xr.Dataset):
        raise TypeError(
            f"{where}: expected an xarray.Dataset of {what}, got {type(values).__name__}; {cure}"
        )


def check_independent(first: xr.DataArray, second: xr.DataArray, where: str) -> None:
    """
    Refuse the same samples twice: intervals and ceilings take them for independent.

    Parameters
    ----------
    first, second : xarray.DataArray
        Samples; such as never vary are the same in any recording.
    where : str
        The two arguments, with the function that asks, for messages.

    Raises
    ------
    ValueError
        If both have the same values, which vary.
    """
    one = first.values
    same = first.dims == second.dims and one.shape == second.shape
    if same and one.size and np.array_equal(one, second.values) and (one != one.flat[0]).any():
        raise ValueError(
            f"{where}: expected samples of their own in each, got the same ones twice; samples "
            "must be independent: take two recordings, or two halves of one"
        )
