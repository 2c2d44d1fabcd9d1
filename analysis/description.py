"""What a stored life tells of its network in words: rule, transfer functions, readout."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xarray as xr

from .oracle import READOUTS, TRANSFERS

# What a description leaves out where it was written before rules had more than two equations.
_DEFAULTS = {
    "path": "layered",
    "signal": "",
    "delta": "feedback*slope",
    "output_delta": "",
    "gradient": "r_pre*delta_post",
    "feedback_weights": "",
}


@dataclass(frozen=True, kw_only=True)
class StoredRule:
    """
    A learning rule as its texts tell it.

    Parameters
    ----------
    name : str
        Its type, for messages.
    path, signal, delta, output_delta, gradient, feedback_weights : str
        Its equations; `ontogeny.plasticity` has what they mean.
    parameters : dict of float
        Values of its parameters.
    """

    name: str
    path: str
    signal: str
    delta: str
    output_delta: str
    gradient: str
    feedback_weights: str
    parameters: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Description:
    """
    What arrays do not tell of a network.

    Parameters
    ----------
    rule : StoredRule
        How it learns.
    transfers : tuple of str
        Transfer functions of the hidden populations, from below upwards.
    readout : str
        Its readout.
    dynamics : str
        Type of its dynamics: "Static", or "Leaky".
    """

    rule: StoredRule
    transfers: tuple[str, ...]
    readout: str
    dynamics: str


def description_of(
    life: xr.DataTree, one: xr.Dataset, hidden: list[str], where: str
) -> Description:
    """
    Return what the attributes of a tree tell of the network of one life.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    one : xarray.Dataset
        A group of one of them, with the labels that it has in joined lives.
    hidden : list of str
        Names of the hidden populations, from below upwards.
    where : str
        The function that asks, for messages.

    Raises
    ------
    ValueError
        If the description is missing, or tells of something that is not known.
    """
    network = _network(life, one, where)
    return Description(
        rule=_rule(network.get("rule"), where),
        transfers=_transfers(network, hidden, where),
        readout=_known(network.get("readout"), READOUTS, "readout", where),
        # Before there were others, descriptions did not tell that dynamics are static.
        dynamics=(network.get("dynamics") or {}).get("type", "Static"),
    )


def _network(life: xr.DataTree, one: xr.Dataset, where: str) -> Mapping[str, Any]:
    if "network" in life.attrs:
        texts = [life.attrs["network"]]
    else:
        texts = [
            member["attributes"].get("network")
            for member in json.loads(life.attrs.get("lives", "[]"))
            if all(
                one.coords[dim].item() == label
                for dim, label in member["labels"].items()
                if dim in one.coords
            )
        ]
    if not texts or None in texts:
        raise ValueError(
            f"{where}.life: expected an attribute 'network' that describes rule, transfer "
            f"functions and readout, got {sorted(map(str, life.attrs))}; is this the tree that "
            f"simulate() returned?"
        )
    if len(set(texts)) > 1:
        raise ValueError(
            f"{where}.life: expected one network for each life, got {len(set(texts))} for the same "
            f"labels; select lives without drop=True"
        )
    found = json.loads(texts[0])
    return found if isinstance(found, dict) else {}


def _known(name: Any, choices: Mapping[str, Any], what: str, where: str) -> str:
    if name not in choices:
        raise ValueError(
            f"{where}.life: expected a {what} among {', '.join(choices)} in the description of the "
            f"network, got {name!r}"
        )
    return str(name)


def _transfers(network: Mapping[str, Any], hidden: list[str], where: str) -> tuple[str, ...]:
    told = {part.get("name"): part.get("transfer") for part in network.get("populations", [])}
    return tuple(
        _known(told.get(name), TRANSFERS, f"transfer function of {name}", where) for name in hidden
    )


def _rule(told: Any, where: str) -> StoredRule:
    if not isinstance(told, dict) or not {"type", "gradient"} <= set(told):
        raise ValueError(
            f"{where}.life: expected the equations of the rule in the description of the network, "
            f"got {told!r}"
        )
    parameters = {
        name: float(value)
        for name, value in told.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    texts = {name: str(told.get(name, default)) for name, default in _DEFAULTS.items()}
    return StoredRule(name=str(told["type"]), parameters=parameters, **texts)
