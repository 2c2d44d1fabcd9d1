"""Words for a violated contract, and the checks that all parts of it share."""

import json
from collections.abc import Mapping
from typing import Any

import xarray as xr


def violation(path: str, expected: str, got: str) -> ValueError:
    """Make the error that names a path, what was expected, and what is there."""
    return ValueError(f"Trajectory.{path}: expected {expected}, got {got}")


def expect(attrs: Mapping[Any, Any], name: str, wanted: Any, where: str = "") -> None:
    """Check that an attribute is there and has the wanted value."""
    if name not in attrs:
        raise violation(where + name, repr(wanted), "no such attribute")
    if attrs[name] != wanted:
        raise violation(where + name, repr(wanted), repr(attrs[name]))


def parse_json(name: str, text: Any) -> Any:
    """Read an attribute that must be JSON."""
    try:
        return json.loads(text)
    except (TypeError, ValueError) as error:
        raise violation(name, "a JSON string", f"{text!r} ({error})") from error


def check_dims(
    path: str, array: xr.DataArray, dims: tuple[str, ...], joined: tuple[str, ...]
) -> None:
    """Check the dims of a variable after the leading dims of joined lives."""
    own = array.dims[-len(dims) :]
    leading = array.dims[: -len(dims)]
    ordered = tuple(dim for dim in joined if dim in leading)
    if own != dims or leading != ordered:
        before = f" after dims of {joined}" if joined else ""
        raise violation(path, f"dims {dims}{before}", str(array.dims))


def check_labelled(path: str, array: xr.DataArray) -> None:
    """Check that a variable has units and a long_name."""
    for name in ("units", "long_name"):
        if not isinstance(array.attrs.get(name), str):
            raise violation(f"{path}.{name}", "a string", repr(array.attrs.get(name)))
