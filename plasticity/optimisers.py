"""How update directions become weight changes."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from .parameters import check_parameters, parameter, parameters_of

__all__ = ["SGD", "Adam", "Optimiser"]


@dataclass(frozen=True, kw_only=True)
class Optimiser(ABC):
    """Base of the optimisers: element-wise equations of a synapse, as data.

    Equations may name the synapse's ``w`` and ``g``, the optimiser's own synaptic variables and
    parameters, and ``count``.

    Attributes
    ----------
    decay : str
        Runs before the other equations where `weight_decay` is not 0, on weights and not on biases.
    """

    decay: ClassVar[str] = "g += weight_decay*w"

    def __post_init__(self) -> None:
        """Check the parameters."""
        check_parameters(self)

    @property
    def parameters(self) -> dict[str, float]:
        """The declared parameters with their values."""
        return parameters_of(self)

    @property
    @abstractmethod
    def moments(self) -> tuple[str, ...]:
        """Names of the synaptic variables that the optimiser keeps."""

    def equations(self, *, bias: bool = False, before: str = "") -> str:
        """Return the update as Brian2 code.

        Parameters
        ----------
        bias : bool
            The update of a bias, which does not decay.
        before : str
            Statements of a rule that change the weight before its step, once the optimiser's own
            decay has read it.
        """
        decays = self.parameters.get("weight_decay", 0.0) != 0 and not bias
        parts = (self.decay if decays else "", before, self._update())
        return "\n".join(part for part in parts if part)

    @abstractmethod
    def _update(self) -> str:
        """Return the equations without decay."""


@dataclass(frozen=True, kw_only=True)
class SGD(Optimiser):
    r"""Descend along the update direction, with momentum and weight decay if wanted.

    .. math:: v \leftarrow \mu v + g + \lambda w, \qquad w \leftarrow w - \eta v

    Parameters
    ----------
    rate : float
        Learning rate :math:`\eta`.
    momentum : float
        :math:`\mu`.
    weight_decay : float
        :math:`\lambda`, for weights; biases do not decay.

    Examples
    --------
    >>> SGD(rate=0.1).equations()
    'w -= rate*g'
    """

    rate: float = parameter(0.1, "learning rate", low=0, high=float("inf"), strict=True, paced=True)
    momentum: float = parameter(0.0, "share of the last change that is kept", low=0, high=1)
    weight_decay: float = parameter(0.0, "pull of weights towards 0", low=0)

    @property
    def moments(self) -> tuple[str, ...]:
        """The velocity, if there is momentum."""
        return ("velocity",) if self.momentum else ()

    def _update(self) -> str:
        if not self.momentum:
            return "w -= rate*g"
        return "velocity = momentum*velocity + g\nw -= rate*velocity"


@dataclass(frozen=True, kw_only=True)
class Adam(Optimiser):
    r"""Scale the step of every synapse by the history of its update directions.

    .. math:: m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad
              v \leftarrow \beta_2 v + (1 - \beta_2) g^2

    .. math:: w \leftarrow w - \eta \frac{m/(1 - \beta_1^t)}{\sqrt{v/(1 - \beta_2^t)} + \epsilon}

    Parameters
    ----------
    rate : float
        Learning rate :math:`\eta`.
    beta1, beta2 : float
        Decay of the two moments in each update.
    epsilon : float
        Keeps the division finite.
    weight_decay : float
        :math:`\lambda`: adds :math:`\lambda w` to ``g`` of weights; biases do not decay.

    References
    ----------
    Kingma DP, Ba J (2015). Adam: a method for stochastic optimization. ICLR.
    """

    rate: float = parameter(
        1e-4, "learning rate", low=0, high=float("inf"), strict=True, paced=True
    )
    beta1: float = parameter(0.9, "decay of the first moment", low=0, high=0.999999)
    beta2: float = parameter(0.999, "decay of the second moment", low=0, high=0.999999)
    epsilon: float = parameter(1e-8, "keeps the division finite", low=0, high=1, strict=True)
    weight_decay: float = parameter(0.0, "pull of weights towards 0", low=0)

    @property
    def moments(self) -> tuple[str, ...]:
        """The two moments."""
        return ("m", "v")

    def _update(self) -> str:
        return (
            "m = beta1*m + (1 - beta1)*g\n"
            "v = beta2*v + (1 - beta2)*g*g\n"
            "w -= rate/(1 - beta1**count)*m/(sqrt(v/(1 - beta2**count)) + epsilon)"
        )
