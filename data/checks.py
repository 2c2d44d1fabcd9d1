"""The check of a trajectory, from the root down to its groups."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from numbers import Integral
from typing import Any

import xarray as xr

from . import schema
from .group_checks import check_group
from .violation import expect, parse_json, violation
from .weight_checks import check_weights

_LIFE = ("labels", "attributes")


def check_trajectory(tree: xr.DataTree, *, values: bool = True) -> None:
    """Check that a tree keeps the contract of a trajectory.

    Parameters
    ----------
    tree : xarray.DataTree
        Trajectory of one life, or of joined lives.
    values : bool
        Also look for NaN and Inf among the weights of a single life, which reads all of them.

    Raises
    ------
    TypeError
        If this is no tree.
    ValueError
        At the first violation, with its path, what was expected, and what is there.

    Examples
    --------
    >>> check_trajectory(xr.DataTree())
    Traceback (most recent call last):
        ...
    ValueError: Trajectory.schema: expected 'ontogeny.trajectory', got no such attribute
    """
    if not isinstance(tree, xr.DataTree):
        raise TypeError(
            f"Trajectory: expected an xarray.DataTree, got {type(tree).__name__}; "
            "files are read by open_trajectory(path)"
        )
    check_root(tree)
    check_groups(tree)
    weights = tree["weights"].to_dataset()
    check_weights(weights, joined_dims(tree), values=values and not is_joined(tree))


def is_joined(tree: xr.DataTree) -> bool:
    """Tell whether a trajectory holds, or was cut out of, several lives.

    Parameters
    ----------
    tree : xarray.DataTree
        The trajectory.

    Returns
    -------
    bool
        Whether its variables may be padded by NaN.
    """
    return "lives" in tree.attrs or bool(joined_dims(tree))


def joined_dims(tree: xr.DataTree) -> tuple[str, ...]:
    """Return the leading dims along which lives were joined, the outermost first.

    Parameters
    ----------
    tree : xarray.DataTree
        The trajectory.

    Returns
    -------
    tuple of str
        Names of the dims; none for a single life.
    """
    dataset = tree["progress"].to_dataset()
    dims = dataset["loss"].dims if "loss" in dataset else ()
    return tuple(str(dim) for dim in dims if dim != "checkpoint")


def check_root(tree: xr.DataTree) -> None:
    """Check the attributes of the root.

    Parameters
    ----------
    tree : xarray.DataTree
        The trajectory.

    Raises
    ------
    ValueError
        If an attribute is missing, of another type, or has a value that cannot be.
    """
    attrs = tree.attrs
    expect(attrs, "schema", schema.SCHEMA)
    version = attrs.get("schema_version", "no such attribute")
    if version != schema.SCHEMA_VERSION:
        newer = isinstance(version, Integral) and int(version) > schema.SCHEMA_VERSION
        cure = "update ontogeny to read it" if newer else "write it again with this ontogeny"
        raise violation("schema_version", str(schema.SCHEMA_VERSION), f"{version}; {cure}")
    lives = _lives(attrs)
    if lives is None:
        _check_description("", attrs)
        return
    for number, life in enumerate(lives):
        _check_description(f"lives[{number}].", {**attrs, **life["attributes"]})


def check_groups(tree: xr.DataTree) -> None:
    """Check that the groups are there, and each of them.

    Parameters
    ----------
    tree : xarray.DataTree
        The trajectory.

    Raises
    ------
    ValueError
        At the first violation.
    """
    for group in schema.REQUIRED_GROUPS:
        if group not in tree.children:
            raise violation(group, "this group", f"only {tuple(tree.children)}")
    for group in schema.GROUPS:
        if group in tree.children:
            dataset = tree[group].to_dataset()
            check_group(group, dataset, joined_dims(tree), padded=is_joined(tree))
    _check_same_checkpoints(tree)


def _lives(attrs: Mapping[Any, Any]) -> list[dict[str, Any]] | None:
    if "lives" not in attrs:
        return None
    lives = parse_json("lives", attrs["lives"])
    form = "a JSON list of {'labels': {...}, 'attributes': {...}}"
    if not isinstance(lives, list) or not lives:
        raise violation("lives", form, repr(lives))
    for number, life in enumerate(lives):
        parts = [life.get(key) if isinstance(life, dict) else None for key in _LIFE]
        if not all(isinstance(part, dict) for part in parts):
            raise violation(f"lives[{number}]", form, repr(life))
    return lives


def _check_description(where: str, attrs: Mapping[Any, Any]) -> None:
    for name, kind in schema.ROOT_ATTRIBUTES.items():
        if name not in attrs:
            raise violation(where + name, "this attribute", f"only {tuple(attrs)}")
        value = attrs[name]
        wanted = Integral if kind is int else str
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise violation(where + name, f"a value of type {kind.__name__}", repr(value))
    for name in schema.JSON_ATTRIBUTES:
        parse_json(where + name, attrs[name])
    if attrs["status"] not in schema.STATUSES:
        raise violation(where + "status", f"one of {schema.STATUSES}", repr(attrs["status"]))
    try:
        offset = datetime.fromisoformat(attrs["created"]).utcoffset()
    except ValueError:
        offset = None
    if offset != timedelta(0):
        raise violation(
            where + "created", "a time in UTC, as 2026-01-31T12:00:00+00:00", repr(attrs["created"])
        )


def _check_same_checkpoints(tree: xr.DataTree) -> None:
    progress, weights = (tree[group].to_dataset() for group in ("progress", "weights"))
    lengths = [dataset.sizes["checkpoint"] for dataset in (progress, weights)]
    if lengths[0] != lengths[1]:
        raise violation(
            "weights.checkpoint",
            f"as many checkpoints as in progress ({lengths[0]})",
            str(lengths[1]),
        )
    if not progress["presentation"].equals(weights["presentation"]):
        raise violation(
            "weights.presentation",
            f"the presentations of progress ({progress['presentation'].values})",
            str(weights["presentation"].values),
        )
