"""Node perturbation."""

from dataclasses import dataclass
from typing import ClassVar

from .parameters import parameter
from .rule import Rule

__all__ = ["NodePerturbation"]


@dataclass(frozen=True, kw_only=True)
class NodePerturbation(Rule):
    r"""Perturb all neurons, and reinforce what made the loss smaller.

    .. math:: \delta_l = \frac{L(o + \sigma\xi) - L(o)}{\sigma}\, \xi_l, \qquad
              \xi_l \sim N(0, 1)

    for hidden and output neurons, whose mean is the gradient of the loss as :math:`\sigma \to 0`.
    The teaching signal is one number for all (Williams 1992; Werfel, Xie & Seung 2005, equation 8;
    "reinforcement" in Lillicrap et al. 2016).

    Parameters
    ----------
    std : float
        Standard deviation :math:`\sigma` of the perturbation of a drive.
    outputs : bool
        Perturb the outputs too. If not, they learn from their own error, as if each of them saw
        its target; hidden neurons then learn faster, from a change of the loss that others blur
        less.
    """

    path: ClassVar[str] = "perturbation"
    perturbation: ClassVar[str] = "std*deviate"
    delta: ClassVar[str] = "(perturbed_loss - loss)*deviate/std*share"
    citation: ClassVar[str] = (
        "Werfel J, Xie X, Seung HS (2005). Learning curves for stochastic gradient descent in "
        "linear feedforward networks. Neural Computation 17:2699-2718"
    )
    std: float = parameter(0.1, "standard deviation of the perturbation", low=0, strict=True)
    outputs: bool = True

    def __post_init__(self) -> None:
        """Check the kind of outputs, and what every rule checks."""
        if not isinstance(self.outputs, bool):
            raise ValueError(
                f"NodePerturbation.outputs: expected True or False, got {self.outputs!r}"
            )
        super().__post_init__()

    @property
    def output_delta(self) -> str:  # type: ignore[override]
        """How outputs make their errors."""
        return self.delta if self.outputs else ""
