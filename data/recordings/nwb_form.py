"""The form of a recording beside its values, as JSON in the scratch of an NWB file.

NWB has no place for dims, types and attributes of xarray; with them a file gives back exactly the
dataset that was written. What the JSON says is checked against the arrays that are there.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from xarray import Variable

from .nwb_notes import Notes
from .nwb_stores import Group
from .nwb_tables import variable_of

__all__ = ["FORM", "dataset_of", "form_of", "in_own_form"]

#: Name of the text in the scratch space.
FORM = "ontogeny_recording"
_VERSION = 1


def form_of(recording: xr.Dataset, places: Mapping[str, str]) -> str:
    """
    Return the form of a recording as JSON.

    Parameters
    ----------
    recording : xarray.Dataset
        The recording.
    places : mapping
        Where each variable is written: ``read:<name>`` where reading the file gives it by that
        name, ``scratch:<name>`` in the scratch space, and "" where it has no entries.
    """
    variables = {
        str(name): {
            "place": places[str(name)],
            "dims": list(map(str, variable.dims)),
            "shape": list(variable.shape),
            "dtype": variable.dtype.str,
            "coordinate": name in recording.coords,
            "attributes": _plain(variable.attrs),
        }
        for name, variable in recording.variables.items()
    }
    told = {"version": _VERSION, "attributes": _plain(recording.attrs), "variables": variables}
    return json.dumps(told)


def in_own_form(
    text: str, variables: Mapping[str, Variable], scratch: Group, notes: Notes
) -> xr.Dataset:
    """
    Return what was written, from what is read.

    Parameters
    ----------
    text : str
        The JSON.
    variables : mapping
        What is read of the file by the standard.
    scratch : Group
        The scratch space.
    notes : Notes
        Of the file.

    Raises
    ------
    ValueError
        If the JSON is damaged, or does not fit the arrays.
    """
    try:
        told = json.loads(text)
        version, attrs, listed = told["version"], dict(told["attributes"]), told["variables"]
        found = {
            str(name): (_restored(str(name), each, variables, scratch, notes), each["coordinate"])
            for name, each in listed.items()
        }
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise notes.refusal(
            f"a description of the recording in {FORM!r}", f"one that is damaged ({error})"
        ) from error
    if version != _VERSION:
        raise notes.refusal(
            f"version {_VERSION} of {FORM!r}", f"{version!r}", "a newer version of this reads it"
        )
    labels = {name for name, (_, coordinate) in found.items() if coordinate}
    return dataset_of({name: variable for name, (variable, _) in found.items()}, labels, attrs)


def dataset_of(
    variables: Mapping[str, Variable], labels: set[str], attrs: Mapping[str, Any]
) -> xr.Dataset:
    """
    Put variables together, without reading those that stay in the file.

    Parameters
    ----------
    variables : mapping
        Coordinates and others.
    labels : set of str
        Which of them are coordinates.
    attrs : mapping
        Attributes of the dataset.
    """
    plain = {name: value for name, value in variables.items() if name not in labels}
    coords = {name: variables[name] for name in variables if name in labels}
    # An index would read its labels into memory.
    lazy = {name: value for name, value in coords.items() if not value._in_memory}
    ready = {name: value for name, value in coords.items() if name not in lazy}
    recording = xr.Dataset(plain, coords=ready, attrs=attrs)
    return recording.assign_coords(xr.Coordinates(lazy, indexes={})) if lazy else recording


def _restored(
    name: str, told: Any, variables: Mapping[str, Variable], scratch: Group, notes: Notes
) -> Variable:
    dims, place = tuple(map(str, told["dims"])), told["place"]
    dtype, attrs = np.dtype(told["dtype"]), dict(told["attributes"])
    if dtype.kind not in "biufU":
        raise notes.refusal(f"numbers or text as {name!r}", f"the type {dtype}")
    if not place:
        shape = tuple(map(int, told["shape"]))
        if 0 not in shape:
            raise notes.refusal(f"a place of {name!r}", "none")
        return Variable(dims, np.zeros(shape, dtype), attrs)
    kind, _, key = place.partition(":")
    found = variables.get(key) if kind == "read" else _of_scratch(scratch, key, dims, notes)
    if found is None or found.ndim != len(dims):
        raise notes.refusal(
            f"{name!r} along {dims}", "nothing" if found is None else f"{found.ndim} dims"
        )
    if not found._in_memory:
        return Variable(dims, found._data, attrs)
    values = found.values
    return Variable(dims, values.astype(dtype) if dtype.kind != "U" else values, attrs)


def _of_scratch(scratch: Group, key: str, dims: tuple[str, ...], notes: Notes) -> Variable | None:
    array = scratch.array(key)
    if array is None:
        return None
    axes = tuple(f"axis_{number}" for number in range(len(array.shape)))
    found = variable_of(axes, array, {}, notes)
    # A single number is written as an array of one.
    return found[0] if not dims and array.shape == (1,) else found


def _plain(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _value(name, value) for name, value in attrs.items()}


def _value(name: Any, value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_value(name, each) for each in value]
    if isinstance(value, dict):
        return _plain(value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise ValueError(
        f"write_nwb.recording: expected text and numbers as attributes, got "
        f"{type(value).__name__} as {str(name)!r}"
    )
