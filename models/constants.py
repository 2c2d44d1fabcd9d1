"""The scalars of a network's program that stay the same through its life."""

from collections.abc import Mapping

import numpy as np

from ontogeny.engine import NOISE_KINDS, draw_noise
from ontogeny.plasticity.parameters import parameters_of

from .dynamics import Leaky
from .network import Network
from .transfer import TRANSFERS

__all__ = ["MAGNITUDES", "constants", "first_magnitudes", "rest"]

#: Streams of the random magnitudes of feedback weights, plus the layer.
MAGNITUDES = 1000
# The stream of Deviates number 0, and a place in it where no life comes.
_FIRST_STREAM, _BEFORE_LIFE = 2**32, 2**36 - 1


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
    leaky = network.dynamics if isinstance(network.dynamics, Leaky) else None
    updates = leaky.learning_steps if leaky else 1
    found = {"hold": 1.0}
    for owner in (network.rule, network.optimiser):
        found |= parameters_of(owner, updates=updates)
    for name, values in weights.items():
        kind, layer = name.split("_")
        if kind == "feedback":
            joined = values[masks[name]] if name in masks else values
            square = float(np.mean(np.square(joined, dtype=np.float64))) if joined.size else 0.0
            found[f"spread_{layer}"] = square**0.5
    return found | (_times(network, leaky) if leaky else {})


def first_magnitudes(name: str, size: int, *, seed: int) -> np.ndarray:
    """Draw what feedback synapses have drawn for the first stimulus of a life.

    Parameters
    ----------
    name : str
        Name of the projection.
    size : int
        Number of synapses.
    seed : int
        Seed of the life.
    """
    stream = _FIRST_STREAM + MAGNITUDES + int(name.split("_")[1])
    kind = NOISE_KINDS["gaussian"]
    return draw_noise(
        kind, seed=seed, stream=stream, first=_BEFORE_LIFE, count=1, units=size
    ).reshape(-1)


def rest(network: Network) -> dict[str, float]:
    """Return what neurons that live in time are at before any input, where that is not 0.

    By names such as ``hidden_1.r``: some are part of the state of a program, some are not.
    """
    found: dict[str, float] = {}
    for population in network.populations[1:-1]:
        rate = TRANSFERS[population.transfer].rest
        found |= {f"{population.name}.{name}": rate for name in ("r", "before")}
    spiking = getattr(network.dynamics, "spiking", None)
    if spiking is not None:
        found[f"{network.populations[-1].name}.error_filtered"] = spiking.tonic_rate
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
