"""What of a network decides the program that simulates it."""

import functools
import hashlib
from pathlib import Path
from typing import Any

from ontogeny.plasticity import Optimiser, Rule

from .description import describe
from .network import Network

__all__ = ["structure"]

# What is an input of the program; all else of a description is part of its structure.
_INPUTS = frozenset(
    "weights seed citation rule optimiser membrane hold highpass learning window time_constant std "
    "phases tonic_rate gain".split()
)
# Of what decides only whether something is there at all.
_PRESENCE = {"density": lambda value: value < 1, "feedback": bool, "trace": bool}
# What a network is built by.
_BUILDERS = "builder scalars synapses passes membranes stages transfer readout".split()


def structure(network: Network, trials: int) -> dict[str, Any]:
    """Return everything that decides the objects that `build` makes, as JSON can hold it.

    Networks that differ only in initial weights, seeds or the values of parameters have the same
    structure, unless a value changes the equations.

    Parameters
    ----------
    network : Network
        The network.
    trials : int
        Number of parallel trials.
    """
    sizes = "-".join(map(str, network.sizes))
    return {
        "title": f"{sizes}, {type(network.rule).__name__}, {type(network.optimiser).__name__}, "
        f"{trials} {'trial' if trials == 1 else 'trials'}",
        "network": _reduced(describe(network)),
        "equations": network.equations(values=False),
        "rule": {
            **_law(network.rule),
            **network.rule.texts(),
        },
        "optimiser": {
            **_law(network.optimiser),
            "moments": list(network.optimiser.moments),
            "of biases": network.optimiser.equations(bias=True),
        },
        "trials": trials,
        "builder": _builder(),
    }


def _law(law: Rule | Optimiser) -> dict[str, Any]:
    return {"equations": law.equations(), "parameters": sorted(law.parameters)}


def _reduced(value: Any) -> Any:
    """Leave out what is an input; rule and optimiser are told by their equations."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in _INPUTS}
        return {
            key: _PRESENCE[key](item)
            if key in _PRESENCE and not isinstance(item, list)
            else _reduced(item)
            for key, item in kept.items()
        }
    return [_reduced(item) for item in value] if isinstance(value, list) else value


@functools.cache
def _builder() -> str:
    """Hash the code that makes the objects."""
    folder = Path(__file__).parent
    texts = [(folder / f"{name}.py").read_bytes() for name in _BUILDERS]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()
