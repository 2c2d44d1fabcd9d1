"""Assemble what was recorded of a life into a trajectory."""

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data.schema import ACTIVITY, GROUPS, WEIGHTS
from ontogeny.data.trajectory import Stream
from ontogeny.engine.expressions import names as identifiers

from .network import Network
from .readout import READOUTS

__all__ = ["SMALL", "assembled", "streams"]

#: Beginnings of the names of arrays that fit into the memory, however long a life is.
SMALL = ("progress/", "tests/")


def assembled(
    network: Network,
    attributes: Mapping[str, Any],
    small: Mapping[str, np.ndarray],
    large: Mapping[str, np.ndarray | None],
) -> xr.DataTree:
    """Return a trajectory.

    Parameters
    ----------
    network : Network
        What lived.
    attributes : mapping
        Attributes of the root; the time of creation is added.
    small : mapping
        Arrays by ``group/variable``: progress and tests.
    large : mapping
        Arrays by ``group/variable``: weights and activity; `None` leaves a variable out, for it to
        be written from a stream.
    """
    created = datetime.now(UTC).isoformat(timespec="seconds")
    groups = {
        "/": xr.Dataset(attrs={**attributes, "created": created}),
        "/progress": _table(network, "progress", "checkpoint", small),
        "/weights": _weights(network, small, large),
    }
    if any(name.startswith("tests/") for name in small):
        groups["/tests"] = _table(network, "tests", "test", small)
    if any(name.startswith("activity/") for name in large):
        groups["/activity"] = _activity(network, large)
    return xr.DataTree.from_dict(groups)


def streams(
    network: Network,
    dtype: str,
    rows: Mapping[str, int],
    blocks: Callable[[str], Iterable[np.ndarray]],
) -> dict[str, dict[str, Stream]]:
    """Return the large variables of a trajectory as streams: group -> name -> stream.

    Parameters
    ----------
    network : Network
        What lived.
    dtype : str
        Float type of the life.
    rows : mapping
        Rows of each large variable by ``group/variable``.
    blocks : callable
        Returns the blocks of rows of a variable.
    """
    found: dict[str, dict[str, Stream]] = {}
    for path, count in rows.items():
        group, name = path.split("/")
        dims, attributes = _declared(network, path, rows)
        integer = group == "activity" and ACTIVITY[name].dtype.startswith("int")
        found.setdefault(group, {})[name] = Stream(
            dims=dims,
            dtype=ACTIVITY[name].dtype if integer else dtype,
            attrs=attributes,
            rows=count,
            blocks=partial(blocks, path),
        )
    return found


def _declared(
    network: Network, path: str, paths: Container[str]
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return dims and attributes of a large variable."""
    group, name = path.split("/")
    if group == "activity":
        return ACTIVITY[name].dims, ACTIVITY[name].attrs
    return ("checkpoint", *_ends(network, name)), _weight_attributes(network, name, paths)


def _table(network: Network, group: str, dim: str, small: Mapping[str, np.ndarray]) -> xr.Dataset:
    names = [name.split("/")[1] for name in small if name.startswith(f"{group}/")]
    columns = {name: small[f"{group}/{name}"] for name in names}
    variables = {}
    for name, values in {dim: np.arange(len(columns["loss"])), **columns}.items():
        declared = GROUPS[group][name]
        attrs = declared.attrs
        if name == "loss":
            attrs["units"] = READOUTS[network.readout].units
        variables[name] = (dim, np.asarray(values, declared.dtype), attrs)
    return xr.Dataset(variables).set_coords("presentation")


def _weights(
    network: Network, small: Mapping[str, np.ndarray], large: Mapping[str, np.ndarray | None]
) -> xr.Dataset:
    progress = _table(network, "progress", "checkpoint", small)
    coords = {name: progress[name] for name in WEIGHTS}
    return xr.Dataset(
        _variables(network, "weights/", large), coords={**coords, **_populations(network)}
    )


def _activity(network: Network, large: Mapping[str, np.ndarray | None]) -> xr.Dataset:
    shown = {key: _populations(network)[key] for key in ("inputs", "outputs")}
    variables = _variables(network, "activity/", large)
    if not variables:
        return xr.Dataset(coords=shown)
    number = ACTIVITY["presentation"]
    numbers = np.arange(len(variables["target"][1]))
    return xr.Dataset(
        variables, coords={"presentation": (*number.dims, numbers, number.attrs)} | shown
    )


def _variables(
    network: Network, group: str, large: Mapping[str, np.ndarray | None]
) -> dict[str, Any]:
    """Return the large variables of a group that are given as arrays."""
    variables = {}
    for path, values in large.items():
        if path.startswith(group) and values is not None:
            dims, attributes = _declared(network, path, large)
            variables[path.split("/")[1]] = (dims, values, attributes)
    return variables


def _populations(network: Network) -> dict[str, Any]:
    return {
        population.name: (
            population.name,
            np.arange(population.size, dtype=np.int32),
            {"units": "1", "long_name": f"neuron of {population.name}"},
        )
        for population in network.populations
    }


def _ends(network: Network, name: str) -> tuple[str, ...]:
    kind, layer = name.split("_")
    if kind == "feedback":
        synapses = network.feedback[int(layer) - 2]
        return synapses.target, synapses.source
    forward = network.forward[int(layer) - 1]
    return (forward.target,) if kind == "bias" else (forward.target, forward.source)


def _partner(network: Network, kind: str, layer: str) -> str:
    """Return the projection between the same populations, the other way round."""
    forward, feedback = f"forward_{layer}", f"feedback_{layer}"
    shapes = network.shapes
    if kind == "bias" or feedback not in shapes:
        return ""
    same = _ends(network, forward) == _ends(network, feedback)[::-1]
    return {"forward": feedback, "feedback": forward}[kind] if same else ""


def _weight_attributes(network: Network, name: str, paths: Container[str]) -> dict[str, Any]:
    kind, layer = name.split("_")
    ends = _ends(network, name)
    partner = _partner(network, kind, layer)
    noun = "biases" if kind == "bias" else f"{kind} weights"
    unread = kind == "feedback" and "w" not in identifiers(network.rule.signal)
    attributes = {
        "units": "1",
        "long_name": f"{noun} of layer {layer}",
        "read": int(not unread),
        "kind": kind,
        "target": ends[0],
        "partner": partner if f"weights/{partner}" in paths else "",
        "layer": int(layer),
        "plastic": int(_is_plastic(network, kind, int(layer))),
    }
    return attributes if kind == "bias" else {**attributes, "source": ends[1]}


def _is_plastic(network: Network, kind: str, layer: int) -> bool:
    """Say whether the weights ever change."""
    if kind == "feedback":
        return bool(network.rule.feedback_gradient or network.rule.feedback_weights)
    return layer == len(network.forward) or bool(network.rule.delta)
