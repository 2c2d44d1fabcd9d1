"""Backpropagation."""

from dataclasses import dataclass
from typing import ClassVar

from .rule import Rule

__all__ = ["Backpropagation"]


@dataclass(frozen=True, kw_only=True)
class Backpropagation(Rule):
    r"""Follow the gradient: errors come back through the forward weights themselves.

    .. math:: \delta_l = (W_{l+1}^T \delta_{l+1}) \circ f'(o_l), \qquad
              \Delta W_l \propto -\delta_l r_{l-1}^T

    This transports weights, which no biological synapse can; it is the oracle that other rules are
    compared with. The network's feedback synapses keep their own weights, which the rule does not
    read, so that alignment to them can be measured as a control (Rumelhart, Hinton & Williams
    1986).
    """

    signal: ClassVar[str] = "forward_w*delta_pre"
    nonlocal_reads: ClassVar[tuple[str, ...]] = ("forward_w",)
    citation: ClassVar[str] = (
        "Rumelhart DE, Hinton GE, Williams RJ (1986). Learning representations by "
        "back-propagating errors. Nature 323:533-536"
    )
