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
    """

    path: ClassVar[str] = "perturbation"
    perturbation: ClassVar[str] = "std*deviate"
    delta: ClassVar[str] = "(perturbed_loss - loss)*deviate/std*share"
    output_delta: ClassVar[str] = "(perturbed_loss - loss)*deviate/std*share"
    citation: ClassVar[str] = (
        "Werfel J, Xie X, Seung HS (2005). Learning curves for stochastic gradient descent in "
        "linear feedforward networks. Neural Computation 17:2699-2718"
    )
    std: float = parameter(0.1, "standard deviation of the perturbation", low=0, strict=True)
