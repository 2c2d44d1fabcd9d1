"""The scalars of a network's program, whose values come with each segment."""

from typing import Any

from brian2 import hertz, second

from ontogeny.engine import SOURCE_SETTINGS
from ontogeny.engine.expressions import names
from ontogeny.plasticity.parameters import units_of
from ontogeny.plasticity.vocabulary import VOCABULARY, bare

from .dynamics import Leaky
from .membranes import membrane_variables
from .network import Network
from .passes import mirror_variables, perturbation_variables
from .stages import VARIABLES

__all__ = ["dimensions_of", "scalars_of"]


def scalars_of(network: Network) -> dict[str, type]:
    """Return every scalar of the program with its kind.

    Raises
    ------
    ValueError
        If a parameter of rule or optimiser has a name that something else has.
    """
    taken = _taken(network)
    scalars: dict[str, type] = {
        **{"steps": int, "plastic": int, "count": float, "elapsed": int},
        **SOURCE_SETTINGS,
        **_rule_scalars(network),
        **_time_scalars(network),
    }
    for owner in (network.rule, network.optimiser):
        for name in owner.parameters:
            if name in scalars or name in taken or name.startswith("spread_"):
                raise ValueError(
                    f"{type(owner).__name__}.{name}: expected a name of its own, got one that is "
                    f"taken; taken are {', '.join(sorted({*scalars, *taken}))}"
                )
            scalars[name] = float
    return scalars


def _taken(network: Network) -> set[str]:
    """Return the names that variables of synapses, neurons and trials may have."""
    taken = {"w", "g", "t", "dt", "t_in_timesteps", "N", "N_pre", "N_post", "i", "j", "mask"}
    taken |= {bare(name) for known in VOCABULARY.values() for name in known}
    taken |= set(network.optimiser.moments)
    for kind, variables in VARIABLES.items():
        taken |= {*variables, *perturbation_variables(network, kind)}
        taken |= {*mirror_variables(network, kind), *membrane_variables(network, kind)}
    return taken


def dimensions_of(network: Network) -> dict[str, Any]:
    """Return the dimensions of the scalars that have any."""
    units = {**units_of(network.rule), **units_of(network.optimiser)}
    found = {name: hertz.dim for name, unit in units.items() if unit == "1/s"}
    times = {name: second.dim for name in _time_scalars(network) if name[:4] in ("tau_", "step")}
    return {**found, **times}


def _rule_scalars(network: Network) -> dict[str, type]:
    scalars: dict[str, type] = {}
    if network.rule.feedback_gradient:
        scalars |= {"forward_plastic": int, "feedback_plastic": int}
    if "spread" in names(network.rule.feedback_weights):
        scalars |= {f"spread_{layer}": float for layer in range(2, len(network.sizes))}
    if mirror_variables(network, "hidden"):
        scalars |= {"emission_mean": float, "emission_std": float}
    return scalars


def _time_scalars(network: Network) -> dict[str, type]:
    if not isinstance(network.dynamics, Leaky):
        return {}
    times = [f"tau_{population.name}" for population in network.populations[1:]]
    times += ["tau_feedback", "tau_trace", "tau_highpass", "tau_noise", "tau_spikes"]
    scalars: dict[str, type] = dict.fromkeys(
        ("step", *times, "noise_in_neurons", "tonic_rate", "error_gain"), float
    )
    return {"held": int, "closed": int, **scalars}
