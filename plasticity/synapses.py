"""Forward and feedback synapses: separate objects, each with its own weights and seed."""

from dataclasses import dataclass, field
from numbers import Integral, Real

import numpy as np

from .weights import He, InitialWeights

__all__ = ["FeedbackSynapses", "ForwardSynapses"]


def _check(synapses: "ForwardSynapses | FeedbackSynapses") -> None:
    where = type(synapses).__name__
    for end in ("source", "target"):
        name = getattr(synapses, end)
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"{where}.{end}: expected the name of a population, got {name!r}")
    if not isinstance(synapses.weights, InitialWeights):
        raise TypeError(
            f"{where}.weights: expected He(), Gaussian(), Uniform() or Orthogonal(), "
            f"got {synapses.weights!r}"
        )
    density = synapses.density
    number = isinstance(density, Real) and not isinstance(density, bool)
    if not number or not 0 < density <= 1:
        raise ValueError(
            f"{where}.density: expected a share above 0, at most 1, of all pairs of neurons, got "
            f"{density!r}"
        )
    object.__setattr__(synapses, "density", float(density))
    seed = synapses.seed
    if seed is None:
        return
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise ValueError(f"{where}.seed: expected None or a non-negative integer, got {seed!r}")
    object.__setattr__(synapses, "seed", int(seed))


def _mask(
    synapses: "ForwardSynapses | FeedbackSynapses", shape: tuple[int, int], key: list[int]
) -> np.ndarray | None:
    """Draw which pairs of neurons have a synapse; None where all have."""
    if synapses.density == 1:
        return None
    return np.random.default_rng(key).random(shape) < synapses.density


@dataclass(frozen=True, kw_only=True)
class ForwardSynapses:
    """Plastic synapses that carry rates from one population to the next.

    Parameters
    ----------
    source, target : str
        Names of the populations.
    weights : InitialWeights
        Distribution of the initial weights.
    bias : bool
        The target has a plastic bias, 0 at first.
    density : float
        Probability that two neurons are joined, the same for all pairs and fixed at birth.
    seed : int, optional
        Seed of the initial weights, and of who is joined; by default it follows from the life's
        seed and the layer, and from nothing else, so that conditions are paired.
    """

    source: str
    target: str
    weights: InitialWeights = field(default_factory=He)
    bias: bool = True
    density: float = 1.0
    seed: int | None = None

    def __post_init__(self) -> None:
        """Check the fields."""
        _check(self)
        if not isinstance(self.bias, bool):
            raise ValueError(f"ForwardSynapses.bias: expected True or False, got {self.bias!r}")

    def generator(self, seed: int, layer: int) -> np.random.Generator:
        """Return the generator of the initial weights in a life of this seed."""
        own = seed if self.seed is None else self.seed
        return np.random.default_rng([own, 0, layer])

    def mask(self, seed: int, layer: int, shape: tuple[int, int]) -> np.ndarray | None:
        """Return who is joined in a life of this seed, (target, source); None if all are."""
        own = seed if self.seed is None else self.seed
        return _mask(self, shape, [own, 3, layer])


@dataclass(frozen=True, kw_only=True)
class FeedbackSynapses:
    """Synapses that carry errors back: to the population below, or from the outputs to any.

    Parameters
    ----------
    source, target : str
        Names of the populations; the source lies above.
    weights : InitialWeights
        Distribution of the initial weights; `He` takes the fan-in of the forward projection beside,
        so that both have one scale.
    density : float
        Probability that two neurons are joined, independent of the forward synapses beside.
    seed : int, optional
        Seed of the initial weights, and of who is joined; by default it follows from the life's
        seed and the layer.
    """

    source: str
    target: str
    weights: InitialWeights = field(default_factory=He)
    density: float = 1.0
    seed: int | None = None

    def __post_init__(self) -> None:
        """Check the fields."""
        _check(self)

    def generator(self, seed: int, layer: int) -> np.random.Generator:
        """Return the generator of the initial weights in a life of this seed."""
        own = seed if self.seed is None else self.seed
        return np.random.default_rng([own, 1, layer])

    def mask(self, seed: int, layer: int, shape: tuple[int, int]) -> np.ndarray | None:
        """Return who is joined in a life of this seed, (target, source); None if all are."""
        own = seed if self.seed is None else self.seed
        return _mask(self, shape, [own, 4, layer])
