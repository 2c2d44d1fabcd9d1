"""Feedback alignment."""

from dataclasses import dataclass
from typing import ClassVar

from .rule import Rule

__all__ = ["FeedbackAlignment"]


@dataclass(frozen=True, kw_only=True)
class FeedbackAlignment(Rule):
    r"""Send errors back through fixed random synapses of their own.

    .. math:: \delta_l = (B_{l+1} \delta_{l+1}) \circ f'(o_l), \qquad
              \Delta W_l \propto -\delta_l r_{l-1}^T

    with :math:`B_{l+1}` random and fixed (Lillicrap, Cownden, Tweed & Akerman 2016, equation for
    :math:`\Delta h_{FA}`; Cheon, Lee & Paik 2024, section 2).

    Examples
    --------
    >>> print(FeedbackAlignment().equations())
    feedback = w*delta_pre : 1 (summed over the population above)
    delta = feedback*slope : 1
    g = r_pre*delta_post : 1 (summed over trials)
    """

    signal: ClassVar[str] = "w*delta_pre"
    citation: ClassVar[str] = (
        "Lillicrap TP, Cownden D, Tweed DB, Akerman CJ (2016). Random synaptic feedback weights "
        "support error backpropagation for deep learning. Nature Communications 7:13276"
    )
