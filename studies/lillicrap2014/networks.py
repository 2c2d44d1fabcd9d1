"""The networks of the paper, and its rules."""

from dataclasses import dataclass, replace
from typing import ClassVar

from ontogeny.models import Network, layered
from ontogeny.plasticity import (
    SGD,
    Backpropagation,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    NodePerturbation,
    Rule,
    Shallow,
    Uniform,
)

__all__ = [
    "PLAIN",
    "RULES",
    "PlainBackpropagation",
    "PlainFeedbackAlignment",
    "PlainShallow",
    "digits",
    "linear",
    "nonlinear",
    "scalar",
]

#: Rules by the name that figures give them. Hidden neurons are perturbed alone: where outputs are
#: too, and learn from the loss only, learning is slower still.
RULES: dict[str, Rule] = {
    "shallow": Shallow(),
    "node perturbation": NodePerturbation(std=0.01, outputs=False),
    "BP": Backpropagation(),
    "FA": FeedbackAlignment(),
    "direct FA": DirectFeedbackAlignment(),
}
_ERROR = "(r - target)*share"


@dataclass(frozen=True, kw_only=True)
class PlainBackpropagation(Backpropagation):
    """Send back what outputs lack, and not what a sigmoid's slope makes of it."""

    output_delta: ClassVar[str] = _ERROR


@dataclass(frozen=True, kw_only=True)
class PlainFeedbackAlignment(FeedbackAlignment):
    """The same through fixed random feedback: e = y* - y, as the paper writes it."""

    output_delta: ClassVar[str] = _ERROR


@dataclass(frozen=True, kw_only=True)
class PlainShallow(Shallow):
    """The same, of which only outputs learn."""

    output_delta: ClassVar[str] = _ERROR


#: Rules whose outputs learn from e = y* - y.
PLAIN: dict[str, Rule] = {
    "BP": PlainBackpropagation(),
    "FA": PlainFeedbackAlignment(),
    "shallow": PlainShallow(),
}


def linear(
    rule: str | Rule, rate: float, *, omega: float = 0.01, sizes: tuple[int, ...] = (30, 20, 10)
) -> Network:
    """Return the network of task 1: linear, without biases.

    Parameters
    ----------
    rule : str or Rule
        A rule, or its name in `RULES`.
    rate : float
        Learning rate.
    omega : float
        Largest weight at birth.
    sizes : tuple of int
        Of the populations.
    """
    return layered(
        sizes,
        rule=RULES[rule] if isinstance(rule, str) else rule,
        optimiser=SGD(rate=rate),
        transfer="linear",
        readout="linear",
        weights=Uniform(low=-omega, high=omega),
        feedback_weights=Uniform(low=-0.5, high=0.5),
        bias=False,
    )


def digits(rule: Rule, hidden: int, *, omega: float, beta: float, density: float = 1.0) -> Network:
    """Return the network of task 2: sigmoid hidden neurons and outputs, and biases.

    Parameters
    ----------
    rule : Rule
        How it learns.
    hidden : int
        Hidden neurons; 1 000 in the paper.
    omega, beta : float
        Largest forward and feedback weight at birth.
    density : float
        Share of the synapses between hidden neurons and outputs, and of those back, that are there.
    """
    network = layered(
        [784, hidden, 10],
        rule=rule,
        # The paper's weight decay of 1e-6, times the rate, is less than the last bit of a weight.
        optimiser=SGD(rate=1e-3),
        transfer="sigmoid",
        readout="sigmoid",
        weights=Uniform(low=-omega, high=omega),
        feedback_weights=Uniform(low=-beta, high=beta),
        feedback_density=density,
    )
    below, above = network.forward
    return replace(network, forward=(below, replace(above, density=density)))


def nonlinear(rule: str, layers: int, *, beta: float) -> Network:
    """Return a student of task 3: tanh hidden neurons, linear outputs, biases.

    Parameters
    ----------
    rule : str
        Its name in `RULES`.
    layers : {3, 4}
        Populations.
    beta : float
        Largest feedback weight.
    """
    return layered(
        [30, 20, 10] if layers == 3 else [30, 20, 10, 10],
        rule=RULES[rule],
        optimiser=SGD(rate=1e-3),
        transfer="tanh",
        readout="linear",
        weights=Uniform(low=-0.01, high=0.01),
        feedback_weights=Uniform(low=-beta, high=beta),
    )


def scalar(below: float, above: float, rate: float) -> Network:
    """Return the network of figure 3: 1-1-1, linear, with feedback of 1.

    Parameters
    ----------
    below, above : float
        Its two weights at birth.
    rate : float
        Learning rate.
    """
    network = linear("FA", rate, sizes=(1, 1, 1))
    values = (below, above)
    return replace(
        network,
        forward=tuple(
            replace(synapses, weights=Uniform(low=value, high=value))
            for synapses, value in zip(network.forward, values, strict=True)
        ),
        feedback=(replace(network.feedback[0], weights=Uniform(low=1.0, high=1.0)),),
    )
