"""Networks of rate populations with separate forward and feedback synapses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ontogeny.plasticity import (
    FeedbackSynapses,
    ForwardSynapses,
    Optimiser,
    Rule,
)

from .dynamics import Dynamics, Leaky, Static
from .population import Population, population_names
from .readout import READOUTS
from .transfer import TRANSFERS

__all__ = ["Network"]


@dataclass(frozen=True, kw_only=True)
class Network:
    """A chain of populations; `layered` makes one in a line.

    Parameters
    ----------
    populations : tuple of Population
        From inputs to outputs.
    forward : tuple of ForwardSynapses
        From each population to the next, in order.
    feedback : tuple of FeedbackSynapses
        One to each hidden population, from below upwards: from the population above it, or from
        the outputs where the rule sends errors directly.
    rule : Rule
        How errors travel and what synapses make of them.
    optimiser : Optimiser
        How update directions become weight changes.
    readout : str
        A name of `READOUTS`.
    dynamics : Dynamics
        `Static` or `Leaky`.

    Raises
    ------
    ValueError, TypeError
        If synapses do not join the populations in order, a name is unknown, or the rule needs
        other dynamics.
    """

    populations: tuple[Population, ...]
    forward: tuple[ForwardSynapses, ...]
    feedback: tuple[FeedbackSynapses, ...]
    rule: Rule
    optimiser: Optimiser
    readout: str = "softmax"
    dynamics: Dynamics = field(default_factory=Static)

    def __post_init__(self) -> None:
        """Check that the parts fit."""
        if not isinstance(self.readout, str) or self.readout not in READOUTS:
            raise ValueError(
                f"Network.readout: expected one of {', '.join(READOUTS)}, got {self.readout!r}"
            )
        if not isinstance(self.rule, Rule):
            raise TypeError(
                f"Network.rule: expected a rule such as FeedbackAlignment(), got {self.rule!r}"
            )
        if not isinstance(self.optimiser, Optimiser):
            raise TypeError(
                f"Network.optimiser: expected an optimiser such as Adam(), got {self.optimiser!r}"
            )
        names = [population.name for population in self.populations]
        wanted = population_names(len(names))
        if names != wanted or len(names) < 2:
            raise ValueError(
                f"Network.populations: expected at least inputs and outputs, named {wanted}, "
                f"got {names}"
            )
        self._check_synapses(
            "forward", ForwardSynapses, list(zip(names[:-1], names[1:], strict=True))
        )
        sources = names[2:]
        if self.rule.path == "direct":
            sources = names[-1:] * len(sources)
        self._check_synapses(
            "feedback", FeedbackSynapses, list(zip(sources, names[1:-1], strict=True))
        )
        self._check_dynamics()

    def _check_dynamics(self) -> None:
        """Refuse dynamics that rule or populations do not fit."""
        if not isinstance(self.dynamics, Static | Leaky):
            raise TypeError(
                f"Network.dynamics: expected Static() or Leaky(), got {self.dynamics!r}"
            )
        rule = type(self.rule).__name__
        if self.rule.needs_time and not self.dynamics.in_time:
            raise ValueError(
                f"Network.dynamics: expected Leaky() for {rule}, whose synapses read what only "
                f"leaky neurons have, got {self.dynamics!r}"
            )
        own = [item.name for item in self.populations if item.membrane is not None]
        if own and not self.dynamics.in_time:
            raise ValueError(
                f"Network.dynamics: expected Leaky() for populations with membrane time constants, "
                f"which are {', '.join(own)}, got {self.dynamics!r}"
            )
        if isinstance(self.dynamics, Leaky):
            for population in self.populations[1:]:
                time = self.time_constant(population)
                self.dynamics.check_solver(f"Population.membrane of {population.name}", time)
            read = self.rule.reads()["feedback synapse"]
            if "noise_post" in read and self.dynamics.noise is None:
                raise ValueError(
                    f"Network.dynamics: expected Leaky(noise=NeuronNoise(...)) for {rule}, whose "
                    f"synapses read the noise of neurons, got no noise"
                )
            if self.dynamics.spiking is not None:
                self._check_spiking()

    def _check_spiking(self) -> None:
        rates = {population.transfer for population in self.populations[1:-1]} - {"sigmoid"}
        if rates or self.readout == "linear":
            got = ", ".join(sorted(rates)) or "linear outputs"
            raise ValueError(
                f"Leaky.spiking: expected rates between 0 and 1, since they are probabilities, got "
                f"{got}; use transfer='sigmoid' and readout='sigmoid' or 'softmax'"
            )

    def _check_synapses(self, direction: str, kind: type, expected: list[tuple[str, str]]) -> None:
        for synapses in getattr(self, direction):
            if not isinstance(synapses, kind):
                raise TypeError(
                    f"Network.{direction}: expected {kind.__name__} only, got {synapses!r}"
                )
        joined = [(synapses.source, synapses.target) for synapses in getattr(self, direction)]
        if joined != expected:
            raise ValueError(
                f"Network.{direction}: expected synapses that join {expected}, got {joined}"
            )

    @property
    def sizes(self) -> list[int]:
        """Sizes of the populations."""
        return [int(population.size) for population in self.populations]

    def time_constant(self, population: Population) -> float:
        """Return the membrane time constant of a population in seconds; 0 where all is static."""
        if not isinstance(self.dynamics, Leaky):
            return 0.0
        own = population.membrane
        return float(self.dynamics.membrane if own is None else own)

    def membrane_equations(self, population: Population) -> list[str]:
        """Return how the drive of a population follows its inputs, as Brian2 writes equations."""
        if not isinstance(self.dynamics, Leaky):
            return ["drive = current + bias"]
        return self.dynamics.equations(hidden=population is not self.populations[-1])

    def masks(self, seed: int) -> dict[str, np.ndarray]:
        """Draw who is joined, for the projections in which not all are.

        Parameters
        ----------
        seed : int
            Seed of the life.

        Returns
        -------
        dict of ndarray
            By name (``forward_1``, ``feedback_2``, ...), bool, (target, source).
        """
        masks = {
            name: synapses.mask(seed, layer, shape)
            for name, layer, synapses, shape in self._projections()
        }
        return {name: mask for name, mask in masks.items() if mask is not None}

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """Shapes (target, source) of all weights, by the name of the projection."""
        return {name: shape for name, _, _, shape in self._projections()}

    def _projections(
        self,
    ) -> Iterator[tuple[str, int, ForwardSynapses | FeedbackSynapses, tuple[int, int]]]:
        """Return name, layer, description and shape (target, source) of every projection."""
        sizes = {population.name: population.size for population in self.populations}
        chains: tuple[tuple[str, int, Sequence[Any]], ...] = (
            ("forward", 1, self.forward),
            ("feedback", 2, self.feedback),
        )
        for kind, first, chain in chains:
            for layer, synapses in enumerate(chain, start=first):
                shape = sizes[synapses.target], sizes[synapses.source]
                yield f"{kind}_{layer}", layer, synapses, shape

    def initial_weights(self, seed: int) -> dict[str, np.ndarray]:
        """Draw all weights at birth.

        Forward and feedback weights depend on the seed and the layer only: networks that differ in
        rule or optimiser start alike.

        Parameters
        ----------
        seed : int
            Seed of the life.

        Returns
        -------
        dict of ndarray
            ``forward_1``, ..., ``feedback_2``, ... as (target, source); ``bias_1``, ... as
            (target,).
        """
        weights: dict[str, np.ndarray] = {}
        masks = self.masks(seed)
        for name, layer, synapses, shape in self._projections():
            weights[name] = synapses.weights.draw(
                *shape, fan_in=self.sizes[layer - 1], generator=synapses.generator(seed, layer)
            )
            if name in masks:
                weights[name] *= masks[name]
            if isinstance(synapses, ForwardSynapses) and synapses.bias:
                weights[f"bias_{layer}"] = np.zeros(shape[0])
        return weights

    def equations(self, *, values: bool = True) -> str:
        """Return every equation of the network as text.

        Parameters
        ----------
        values : bool
            Tell the time constants of leaky neurons too.
        """
        parts = []
        for population in self.populations[1:]:
            last = population is self.populations[-1]
            law = READOUTS[self.readout] if last else TRANSFERS[population.transfer]
            lines = [*self.membrane_equations(population), law.equations()]
            if values and isinstance(self.dynamics, Leaky):
                lines += self.dynamics.values(self.time_constant(population), hidden=not last)
            parts.append("\n".join([f"{population.name} ({population.size})", *lines]))
        parts.append(f"rule\n{self.rule.equations()}")
        parts.append(f"optimiser\n{self.optimiser.equations()}")
        if isinstance(self.dynamics, Leaky):
            parts.append("\n".join(["time", *self.dynamics.told(self.rule, values=values)]))
        return "\n\n".join(parts)
