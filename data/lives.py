"""The attributes of joined lives: what they share, and what each has of its own."""

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr


def joined_attributes(
    labels: Sequence[Any], trees: Sequence[xr.DataTree], dim: str, outer: tuple[str, ...]
) -> dict[str, Any]:
    """Return the root attributes of joined trajectories.

    Parameters
    ----------
    labels : sequence of str, int or float
        Label of each trajectory along the new dim.
    trees : sequence of xarray.DataTree
        The trajectories.
    dim : str
        The new dim.
    outer : tuple of str
        Dims along which the trajectories were joined before.

    Returns
    -------
    dict
        Attributes that all lives share, and ``lives``, a JSON list of the labels and the other
        attributes of each life.
    """
    lives = [
        ({dim: label, **inner}, attributes)
        for label, tree in zip(labels, trees, strict=True)
        for inner, attributes in _members(tree, outer)
    ]
    names = dict.fromkeys(name for _, attributes in lives for name in attributes)
    shared = {
        name: lives[0][1][name]
        for name in names
        if all(name in own and own[name] == lives[0][1].get(name) for _, own in lives)
    }
    listed = [
        {
            "labels": own,
            "attributes": {name: value for name, value in rest.items() if name not in shared},
        }
        for own, rest in lives
    ]
    return {**shared, "lives": json.dumps(listed)}


def _members(
    tree: xr.DataTree, outer: tuple[str, ...]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    own: dict[str, Any] = {
        str(name): plain(value) for name, value in tree.attrs.items() if name != "lives"
    }
    if "lives" in tree.attrs:
        # A selection leaves the list as it was, so it may name lives that are no longer there.
        coords = tree["progress"].to_dataset().coords
        return [
            (_kept(life["labels"], outer), {**own, **life["attributes"]})
            for life in json.loads(tree.attrs["lives"])
            if all(
                label in np.atleast_1d(coords[dim].values).tolist()
                for dim, label in life["labels"].items()
                if dim in coords
            )
        ]
    # Lives that were joined by other means: every combination of labels has the same attributes.
    indexes: Mapping[Any, Any] = tree["progress"].to_dataset().indexes
    combinations = itertools.product(*(indexes[dim].tolist() for dim in outer))
    return [(dict(zip(outer, labels, strict=True)), own) for labels in combinations]


def _kept(labels: dict[str, Any], outer: tuple[str, ...]) -> dict[str, Any]:
    return {dim: label for dim, label in labels.items() if dim in outer}


def plain(value: Any) -> Any:
    """Return an attribute as a type that JSON knows.

    Parameters
    ----------
    value : object
        Attribute, as a file gives it.

    Returns
    -------
    object
        Python's own number, string or list of these.
    """
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
