"""The check of one group of a trajectory: variables, flags and time axes."""

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from . import schema
from .schema import Variable
from .violation import check_dims, check_labelled, expect, violation


def check_group(group: str, dataset: xr.Dataset, joined: tuple[str, ...], *, padded: bool) -> None:
    """Check the variables of a group with dims, types and attributes, and its time axis.

    Parameters
    ----------
    group : str
        Name of the group.
    dataset : xarray.Dataset
        Its content.
    joined : tuple of str
        Leading dims along which lives were joined.
    padded : bool
        Whether lives may be padded by NaN.

    Raises
    ------
    ValueError
        At the first violation.
    """
    for name, variable in schema.GROUPS[group].items():
        path = f"{group}.{name}"
        if name not in dataset.variables:
            raise violation(path, "this variable", f"only {tuple(dataset.variables)}")
        _check_variable(path, dataset[name], variable, joined, padded=padded)
    for dim in dataset.dims:
        if dim not in dataset.coords:
            raise violation(f"{group}.{dim}", "an index coordinate", "none")
    for known in dataset.variables:
        check_labelled(f"{group}.{known}", dataset[known])
    if "presentation" not in dataset.coords:
        raise violation(f"{group}.presentation", "a coordinate", "a data variable")
    _check_time(group, dataset, padded=padded)


def _check_variable(
    path: str, array: xr.DataArray, declared: Variable, joined: tuple[str, ...], *, padded: bool
) -> None:
    check_dims(path, array, declared.dims, joined)
    kind = np.dtype(declared.dtype).kind
    if array.dtype.kind != kind and not (padded and array.dtype.kind == "f"):
        raise violation(path, f"type {declared.dtype}", str(array.dtype))
    check_labelled(path, array)
    if array.attrs["units"] not in declared.units:
        raise violation(f"{path}.units", f"one of {declared.units}", repr(array.attrs["units"]))
    if declared.flags:
        _check_flags(path, array, declared.flags)


def _check_flags(path: str, array: xr.DataArray, flags: tuple[str, ...]) -> None:
    values = list(range(len(flags)))
    found = np.atleast_1d(array.attrs.get("flag_values", ())).tolist()
    if found != values:
        raise violation(f"{path}.flag_values", str(values), str(found))
    expect(array.attrs, "flag_meanings", " ".join(flags), where=f"{path}.")
    present = array.values[~np.isnan(array.values)]
    if not np.isin(present, values).all():
        raise violation(path, f"values in {values}", str(np.unique(present).tolist()))


def _check_time(group: str, dataset: xr.Dataset, *, padded: bool) -> None:
    presentation = dataset["presentation"]
    path = f"{group}.presentation"
    dim = presentation.dims[-1]
    if group != "activity":
        expected = np.arange(dataset.sizes[dim])
        if dataset.sizes[dim] == 0 or not np.array_equal(dataset[dim].values, expected):
            raise violation(f"{group}.{dim}", "0, 1, 2, ...", str(dataset[dim].values))
    for life in presentation.values.reshape(-1, dataset.sizes[dim]):
        _check_clock(path, life, padded=padded, born=group in ("progress", "weights"))


def _check_clock(path: str, life: npt.NDArray[Any], *, padded: bool, born: bool) -> None:
    present = ~np.isnan(life)
    length = int(present.sum())
    if (padded and not present[:length].all()) or (not padded and length < life.size):
        raise violation(path, "NaN only after the end of a joined life", str(life))
    clock = life[:length]
    if (np.diff(clock) < 0).any() or (clock < 0).any():
        raise violation(path, "counts that never fall", str(clock))
    if born and length and clock[0] != 0:
        raise violation(path, "checkpoint 0 at presentation 0", f"presentation {clock[0]}")
