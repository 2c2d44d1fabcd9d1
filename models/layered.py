"""Networks of layers in one line."""

from collections.abc import Sequence
from typing import Any

import numpy as np

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

from .dynamics import Dynamics, Static
from .network import Network
from .population import Population, population_names

__all__ = ["layered"]


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
    density: float = 1.0,
    feedback_density: float = 1.0,
    dynamics: Dynamics | None = None,
    membrane: Any = None,
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
    density, feedback_density : float
        Probability that two neurons are joined by a forward, and by a feedback, synapse.
    dynamics : Dynamics, optional
        `Static` by default; `Leaky` neurons live in time.
    membrane : sequence of Quantity, optional
        Time constants of the populations above the inputs, where they differ.

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
    names = population_names(len(sizes))
    weights = He() if weights is None else weights
    feedback_weights = He() if feedback_weights is None else feedback_weights
    rule = FeedbackAlignment() if rule is None else rule
    sources = names[2:]
    if isinstance(rule, Rule) and rule.path == "direct":
        sources = names[-1:] * len(sources)
    return Network(
        populations=tuple(
            Population(name=name, size=size, transfer=transfer, membrane=time)
            for name, size, time in zip(names, sizes, _membranes(membrane, names), strict=True)
        ),
        forward=tuple(
            ForwardSynapses(source=below, target=above, weights=weights, bias=bias, density=density)
            for below, above in zip(names[:-1], names[1:], strict=True)
        ),
        feedback=tuple(
            FeedbackSynapses(
                source=above, target=below, weights=feedback_weights, density=feedback_density
            )
            for below, above in zip(names[1:-1], sources, strict=True)
        ),
        rule=rule,
        optimiser=Adam() if optimiser is None else optimiser,
        readout=readout,
        dynamics=Static() if dynamics is None else dynamics,
    )


def _membranes(given: Any, names: list[str]) -> list[Any]:
    """Return the time constant of each population, None where it has none of its own."""
    if given is None:
        return [None] * len(names)
    times = list(given)
    if len(times) != len(names) - 1:
        raise ValueError(
            f"layered.membrane: expected a time for each of {', '.join(names[1:])}, got "
            f"{len(times)}; one time for all is Leaky(membrane=...)"
        )
    return [None, *times]
