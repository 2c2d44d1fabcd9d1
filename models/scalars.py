"""The scalars of a network's program, whose values come with each segment."""

from typing import Any

from brian2 import hertz, second

from ontogeny.engine import SOURCE_SETTINGS
from ontogeny.engine.expressions import names
from ontogeny.plasticity.parameters import units_of

from .dynamics import Leaky
from .network import Network
from .passes import mirror_variables

__all__ = ["dimensions_of", "scalars_of"]


def scalars_of(network: Network) -> dict[str, type]:
    """Return every scalar of the program with its kind."""
    taken = ["w", "g", "t", "dt", "t_in_timesteps", "N", "N_pre", "N_post", "i", "j", "mask"]
    taken += network.optimiser.moments
    scalars: dict[str, type] = {
        **{"steps": int, "plastic": int, "count": float, "elapsed": int},
        **SOURCE_SETTINGS,
        **_rule_scalars(network),
        **_time_scalars(network),
    }
    for owner in (network.rule, network.optimiser):
        for name in owner.parameters:
            if name in scalars or name in taken:
                raise ValueError(
                    f"{type(owner).__name__}.{name}: expected a name of its own, got one that is "
                    f"taken; taken are {', '.join([*scalars, *taken])}"
                )
            scalars[name] = float
    return scalars


def dimensions_of(network: Network) -> dict[str, Any]:
    """Return the dimensions of the scalars that have any."""
    units = {**units_of(network.rule), **units_of(network.optimiser)}
    found = {name: hertz.dim for name, unit in units.items() if unit == "1/s"}
    times = {name: second.dim for name in _time_scalars(network) if name[:4] in ("tau_", "step")}
    return {**found, **times}


def _rule_scalars(network: Network) -> dict[str, type]:
    scalars: dict[str, type] = {}
    if network.rule.feedback_gradient:
        scalars["feedback_plastic"] = int
    if "spread" in names(network.rule.feedback_weights or "0"):
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
