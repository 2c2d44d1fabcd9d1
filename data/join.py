"""Join the trajectories of several lives along a new dim."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .checks import check_trajectory, joined_dims
from .lives import joined_attributes
from .schema import GROUPS, POPULATION

RESERVED = ("checkpoint", "test", "presentation")


def join_trajectories(
    lives: Mapping[str, xr.DataTree] | Mapping[int, xr.DataTree] | Mapping[float, xr.DataTree],
    dim: str,
    *,
    weights: bool = True,
) -> xr.DataTree:
    """Join trajectories along a new leading dim.

    Lives that are shorter than the longest one, or lack a test or a variable, are padded by NaN;
    integer variables become float64 where that happens. Coordinates that are the same in all
    lives (as a rule ``presentation``) do not get the new dim, so that they survive a mean over
    it. Joined trajectories can be joined again: first ``network``, then ``condition``.

    Parameters
    ----------
    lives : mapping of str, int or float to xarray.DataTree
        Trajectories by the label that they get along the new dim.
    dim : str
        Name of the new dim. Measures and figures know ``network`` and ``condition``.
    weights : bool
        Without them, and without activity, networks of different sizes can be joined: what remains
        is loss and accuracy.

    Returns
    -------
    xarray.DataTree
        The joined trajectory. Attributes in which the lives differ move into the root attribute
        ``lives``, a JSON list of ``{"labels": {dim: label}, "attributes": {...}}``.

    Raises
    ------
    TypeError
        If labels are neither all strings nor all finite numbers, or a life is no tree.
    ValueError
        If there is nothing to join, the dim is already there, or the lives do not fit together.

    Examples
    --------
    Five networks, then a figure of all of them::

        lives = {seed: simulate(network, schedule, seed=seed) for seed in range(5)}
        plot.development(join_trajectories(lives, "network"))
    """
    if not isinstance(lives, Mapping):
        raise TypeError(
            f"join_trajectories.lives: expected a mapping from labels to lives, got "
            f"{type(lives).__name__}; for a list: dict(enumerate(lives))"
        )
    labels, trees = list(lives), list(lives.values())
    _check_labels(labels, dim)
    for tree in trees:
        check_trajectory(tree)
    outer = joined_dims(trees[0])
    _check_dim(dim, labels, trees, outer)
    groups = {}
    for group in GROUPS:
        members = [_member(tree, group, weights=weights) for tree in trees]
        if not any(member is not None for member in members):
            continue
        groups[group] = _join_group(group, members, dim, labels, outer)
    root = xr.Dataset(attrs=joined_attributes(labels, trees, dim, outer))
    joined = xr.DataTree.from_dict({"/": root, **groups})
    check_trajectory(joined)
    return joined


def _member(tree: xr.DataTree, group: str, *, weights: bool) -> xr.Dataset | None:
    if group not in tree.children or (group == "activity" and not weights):
        return None
    dataset = tree[group].to_dataset()
    # When checkpoints were is told also where there are none.
    return dataset if weights or group != "weights" else dataset[["presentation"]]


def _check_labels(labels: Sequence[Any], dim: str) -> None:
    if not labels:
        raise ValueError("join_trajectories.lives: expected at least one life, got none")
    if not all(map(_is_number, labels)) and not all(isinstance(label, str) for label in labels):
        raise TypeError(
            f"join_trajectories.lives: expected labels that are all str or all finite numbers, got "
            f"{labels}"
        )
    if not isinstance(dim, str) or not dim.isidentifier():
        raise ValueError(f"join_trajectories.dim: expected a name, got {dim!r}")


def _is_number(label: Any) -> bool:
    number = isinstance(label, int | float) and not isinstance(label, bool)
    return number and math.isfinite(label)


def _check_dim(
    dim: str, labels: Sequence[Any], trees: Sequence[xr.DataTree], outer: tuple[str, ...]
) -> None:
    variables = [
        node.to_dataset()[name]
        for tree in trees
        for node in tree.subtree
        for name in node.variables
        if name == dim
    ]
    # A label that was left behind by a selection (no dims) makes room for the new one.
    if dim in RESERVED or POPULATION.fullmatch(dim) or any(known.dims for known in variables):
        raise ValueError(
            f"join_trajectories.dim: expected a new dim, got {dim!r}, which the lives have; "
            "choose another name, such as 'network' or 'condition'"
        )
    for label, tree in zip(labels, trees, strict=True):
        if joined_dims(tree) != outer:
            raise ValueError(
                f"join_trajectories.lives[{label!r}]: expected joined dims {outer} as in "
                f"{labels[0]!r}, got {joined_dims(tree)}"
            )


def _join_group(
    group: str,
    members: Sequence[xr.Dataset | None],
    new: str,
    labels: Sequence[Any],
    outer: tuple[str, ...],
) -> xr.Dataset:
    present = [member for member in members if member is not None]
    indexes = _indexes(group, present)
    names = dict.fromkeys(name for member in present for name in member.variables)
    variables: dict[Hashable, xr.Variable] = {
        new: xr.Variable((new,), np.asarray(labels), {"units": "1", "long_name": new})
    }
    for name in names:
        if name == new:
            continue
        path = f"{group}.{name}"
        attrs = _joined_attrs(path, [m[name].attrs for m in present if name in m.variables])
        if name in indexes:
            variables[name] = xr.Variable((name,), indexes[name].values, attrs)
            continue
        arrays = [None if m is None or name not in m.variables else m[name] for m in members]
        first = next(array for array in arrays if array is not None)
        if name in first.coords and _is_shared(arrays, indexes):
            variables[name] = first.variable.copy(deep=False)
            continue
        leading = [d for d in outer if any(a is not None and d in a.dims for a in arrays)]
        trailing = [d for d in first.dims if d not in outer]
        values = _stack(arrays, (*leading, *trailing), indexes)
        variables[name] = xr.Variable((new, *leading, *trailing), values, attrs)
    coords = [name for name in variables if name == new or name in indexes]
    coords += [n for m in present for n in m.coords if n not in coords]
    return xr.Dataset(variables).set_coords(list(dict.fromkeys(coords)))


def _indexes(group: str, members: Sequence[xr.Dataset]) -> dict[Hashable, Any]:
    # Along time and along joined dims the union of all labels; populations must be the same.
    indexes: dict[Hashable, Any] = {}
    for member in members:
        for dim, index in member.indexes.items():
            known = indexes.setdefault(dim, index)
            if known.equals(index):
                continue
            if POPULATION.fullmatch(str(dim)):
                raise ValueError(
                    f"join_trajectories.lives: expected populations of one size in "
                    f"{group}.{dim}, got {len(known)} and {len(index)} units"
                )
            union = known.append(index.difference(known, sort=False))
            indexes[dim] = union.sort_values() if dim in RESERVED else union
    return indexes


def _is_shared(arrays: Sequence[xr.DataArray | None], indexes: Mapping[Hashable, Any]) -> bool:
    first = arrays[0]
    return first is not None and all(
        array is not None
        and array.variable.equals(first.variable)
        and all(array.indexes[dim].equals(indexes[dim]) for dim in array.dims)
        for array in arrays
    )


def _stack(
    arrays: Sequence[xr.DataArray | None],
    dims: tuple[Hashable, ...],
    indexes: Mapping[Hashable, Any],
) -> npt.NDArray[Any]:
    # Filled life by life, so that beside the result only one life has to be in memory.
    present = [array for array in arrays if array is not None]
    shape = tuple(len(indexes[dim]) for dim in dims)
    dtype = np.result_type(*(array.dtype for array in present))
    gaps = len(present) < len(arrays) or any(
        array.sizes[dim] != len(indexes[dim]) for array in present for dim in array.dims
    )
    if gaps and dtype.kind != "f":
        dtype = np.dtype(np.float64)
    values = np.full((len(arrays), *shape), np.nan if gaps else 0, dtype=dtype)
    for number, array in enumerate(arrays):
        if array is None:
            continue
        places = [
            indexes[dim].get_indexer(array.indexes[dim])
            if dim in array.dims
            else np.arange(len(indexes[dim]))
            for dim in dims
        ]
        own = array.variable.set_dims({dim: len(p) for dim, p in zip(dims, places, strict=True)})
        values[number, ...][np.ix_(*places)] = own.transpose(*dims).values
    return values


def _joined_attrs(path: str, lives: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    joined = dict(lives[0])
    for attrs in lives[1:]:
        for name in {*joined, *attrs}:
            one: Any = joined.get(name)
            other: Any = attrs.get(name)
            if np.array_equal(one, other):
                continue
            if name == "partner" and "" in (one, other):
                joined[name] = one or other
            elif name in ("plastic", "read"):
                joined[name] = max(one or 0, other or 0)
            else:
                raise ValueError(
                    f"join_trajectories.lives: expected the same {path}.{name} in all lives, "
                    f"got {one!r} and {other!r}{_cure(name, joined)}"
                )
    return joined


def _cure(name: str, attrs: Mapping[str, Any]) -> str:
    if attrs.get("kind") != "feedback" or name not in ("source", "target"):
        return ""
    return (
        "; their feedback joins other populations, as that of direct and of layered rules does: "
        "compare such lives one by one, or use networks with one hidden population"
    )
