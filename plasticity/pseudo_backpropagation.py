"""Pseudo-backpropagation."""

from dataclasses import dataclass
from typing import ClassVar

from .rule import Rule

__all__ = ["PseudoBackpropagation"]


@dataclass(frozen=True, kw_only=True)
class PseudoBackpropagation(Rule):
    r"""Send errors back through the pseudo-inverses of the forward weights.

    .. math:: \delta_l = (W_{l+1}^+ \delta_{l+1}) \circ f'(o_l)

    with the Moore-Penrose inverse :math:`W^+`; close to steps of Gauss and Newton, and what
    feedback alignment tends to where forward weights are small at birth (Lillicrap et al. 2016,
    "pseudobackprop", and supplementary proof 2). An oracle, not a model of a brain.
    """

    signal: ClassVar[str] = "w*delta_pre"
    feedback_weights: ClassVar[str] = "w = pseudo_inverse"
    nonlocal_reads: ClassVar[tuple[str, ...]] = ("pseudo_inverse",)
    citation: ClassVar[str] = (
        "Lillicrap TP, Cownden D, Tweed DB, Akerman CJ (2016). Random synaptic feedback weights "
        "support error backpropagation for deep learning. Nature Communications 7:13276"
    )
