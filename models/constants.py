"""The scalars of a network's program that stay the same through its life."""

from collections.abc import Mapping

import numpy as np

from .dynamics import Leaky
from .network import Network

__all__ = ["constants"]


def constants(
    network: Network, weights: Mapping[str, np.ndarray], masks: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Return the parameters of rule, optimiser and dynamics by the names of the program's scalars.

    Parameters
    ----------
    network : Network
        The description.
    weights, masks : mapping of ndarray
        Weights at birth, and who is joined, by the name of the projection.
    """
    found = {"hold": 1.0, **network.rule.parameters, **network.optimiser.parameters}
    for name, values in weights.items():
        kind, layer = name.split("_")
        if kind == "feedback":
            joined = values[masks[name]] if name in masks else values
            square = float(np.mean(np.square(joined, dtype=np.float64))) if joined.size else 0.0
            found[f"spread_{layer}"] = square**0.5
    if isinstance(network.dynamics, Leaky):
        found |= _times(network, network.dynamics)
        # A whole stimulus has the learning rate, however many updates it is made of.
        found["rate"] = found["rate"] / network.dynamics.learning_steps
    return found


def _times(network: Network, leaky: Leaky) -> dict[str, float]:
    found = {
        f"tau_{population.name}": network.time_constant(population)
        for population in network.populations[1:]
    }
    found |= {
        "step": leaky.dt,
        "hold": leaky.hold_steps,
        "held": leaky.hold_steps - 1,
        "closed": leaky.hold_steps - leaky.learning_steps,
        # Times that no equation names are 1 s.
        "tau_feedback": leaky.feedback or 1.0,
        "tau_trace": leaky.trace or 1.0,
        "tau_highpass": leaky.highpass,
        "tau_noise": leaky.noise.time_constant if leaky.noise else 1.0,
        "tau_spikes": leaky.spiking.trace if leaky.spiking else 1.0,
        "tonic_rate": leaky.spiking.tonic_rate if leaky.spiking else 0.0,
        "error_gain": leaky.spiking.gain if leaky.spiking else 1.0,
    }
    return found
