"""Networks of rate populations with separate forward and feedback synapses."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from ontogeny.data.schema import POPULATION
from ontogeny.plasticity import (
    Adam,
    FeedbackAlignment,
    FeedbackSynapses,
    ForwardSynapses,
    He,
    InitialWeights,
    Optimiser,
    Rule,
)

from .readout import READOUTS
from .transfer import TRANSFERS

__all__ = ["Network", "Population", "layered"]


@dataclass(frozen=True, kw_only=True)
class Population:
    """A population of rate neurons.

    Parameters
    ----------
    name : str
        Its name in equations and in the stored life.
    size : int
        Number of neurons.
    transfer : str
        A name of `TRANSFERS`; inputs and outputs do not use it.

    Raises
    ------
    ValueError
        If the size is no positive integer or the transfer function is unknown.
    """

    name: str
    size: int
    transfer: str = "relu"

    def __post_init__(self) -> None:
        """Check the fields."""
        if not isinstance(self.name, str) or not POPULATION.fullmatch(self.name):
            raise ValueError(
                f"Population.name: expected inputs, hidden_1, hidden_2, ... or outputs, the names "
                f"that a trajectory has, got {self.name!r}"
            )
        integer = isinstance(self.size, Integral) and not isinstance(self.size, bool)
        if not integer or self.size < 1:
            raise ValueError(
                f"Population.size: expected a positive integer for {self.name!r}, got {self.size!r}"
            )
        object.__setattr__(self, "size", int(self.size))
        if not isinstance(self.transfer, str) or self.transfer not in TRANSFERS:
            raise ValueError(
                f"Population.transfer: expected one of {', '.join(TRANSFERS)}, "
                f"got {self.transfer!r}"
            )

    def equations(self) -> str:
        """Return the population's dynamics at its steady state."""
        return f"drive = current + bias\n{TRANSFERS[self.transfer].equations()}"


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
        From each population above the first hidden one to the one below it, from below upwards.
    rule : Rule
        How errors travel and what synapses make of them.
    optimiser : Optimiser
        How update directions become weight changes.
    readout : str
        A name of `READOUTS`.

    Raises
    ------
    ValueError, TypeError
        If synapses do not join the populations in order, or a name is unknown.
    """

    populations: tuple[Population, ...]
    forward: tuple[ForwardSynapses, ...]
    feedback: tuple[FeedbackSynapses, ...]
    rule: Rule
    optimiser: Optimiser
    readout: str = "softmax"

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
        wanted = _names(len(names))
        if names != wanted or len(names) < 2:
            raise ValueError(
                f"Network.populations: expected at least inputs and outputs, named {wanted}, "
                f"got {names}"
            )
        self._check_synapses(
            "forward", ForwardSynapses, list(zip(names[:-1], names[1:], strict=True))
        )
        self._check_synapses(
            "feedback", FeedbackSynapses, list(zip(names[2:], names[1:-1], strict=True))
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
        sizes = self.sizes
        for layer, synapses in enumerate(self.forward, start=1):
            below, above = sizes[layer - 1], sizes[layer]
            generator = synapses.generator(seed, layer)
            weights[f"forward_{layer}"] = synapses.weights.draw(
                above, below, fan_in=below, generator=generator
            )
            if synapses.bias:
                weights[f"bias_{layer}"] = np.zeros(above)
        for layer, backward in enumerate(self.feedback, start=2):
            below, above = sizes[layer - 1], sizes[layer]
            weights[f"feedback_{layer}"] = backward.weights.draw(
                below, above, fan_in=below, generator=backward.generator(seed, layer)
            )
        return weights

    def equations(self) -> str:
        """Return every equation of the network as text."""
        parts = [
            f"{population.name} ({population.size})\n{population.equations()}"
            for population in self.populations[1:-1]
        ]
        outputs = self.populations[-1]
        parts.append(
            f"{outputs.name} ({outputs.size})\ndrive = current + bias\n"
            f"{READOUTS[self.readout].equations()}"
        )
        parts.append(f"rule\n{self.rule.equations()}")
        parts.append(f"optimiser\n{self.optimiser.equations()}")
        return "\n\n".join(parts)


def _names(count: int) -> list[str]:
    """Return the names of the populations of a chain."""
    return ["inputs", *(f"hidden_{k}" for k in range(1, count - 1)), "outputs"]


def layered(
    sizes: Sequence[int],
    *,
    rule: Rule | None = None,
    optimiser: Optimiser | None = None,
    transfer: str = "relu",
    readout: str = "softmax",
    weights: InitialWeights | None = None,
    feedback_weights: InitialWeights | None = None,
    bias: bool = True,
) -> Network:
    """Describe a network of layers, of any depth.

    Parameters
    ----------
    sizes : sequence of int
        Neurons from inputs to outputs, such as ``[784, 100, 10]``.
    rule : Rule, optional
        Feedback alignment by default.
    optimiser : Optimiser, optional
        ``Adam(rate=1e-4)`` by default.
    transfer : str
        Transfer function of the hidden populations.
    readout : str
        ``"softmax"`` (cross-entropy), ``"linear"`` or ``"sigmoid"`` (squared error).
    weights, feedback_weights : InitialWeights, optional
        `He` by default.
    bias : bool
        Neurons have plastic biases.

    Returns
    -------
    Network
        Populations are called ``inputs``, ``hidden_1``, ..., ``outputs``.

    Raises
    ------
    ValueError
        If there are fewer than two sizes or one is no positive integer.

    Examples
    --------
    >>> network = layered([784, 100, 10])
    >>> [population.name for population in network.populations]
    ['inputs', 'hidden_1', 'outputs']
    >>> layered([784, 0, 10])
    Traceback (most recent call last):
        ...
    ValueError: Population.size: expected a positive integer for 'hidden_1', got 0
    """
    listed = isinstance(sizes, Sequence | np.ndarray) and not isinstance(sizes, str | bytes)
    if not listed or len(sizes) < 2:
        raise ValueError(
            f"layered.sizes: expected at least inputs and outputs, such as [784, 100, 10], "
            f"got {sizes!r}"
        )
    names = _names(len(sizes))
    weights = He() if weights is None else weights
    feedback_weights = He() if feedback_weights is None else feedback_weights
    return Network(
        populations=tuple(
            Population(name=name, size=size, transfer=transfer)
            for name, size in zip(names, sizes, strict=True)
        ),
        forward=tuple(
            ForwardSynapses(source=below, target=above, weights=weights, bias=bias)
            for below, above in zip(names[:-1], names[1:], strict=True)
        ),
        feedback=tuple(
            FeedbackSynapses(source=above, target=below, weights=feedback_weights)
            for below, above in zip(names[1:-1], names[2:], strict=True)
        ),
        rule=FeedbackAlignment() if rule is None else rule,
        optimiser=Adam() if optimiser is None else optimiser,
        readout=readout,
    )
