"""Direct feedback alignment."""

from dataclasses import dataclass
from typing import ClassVar

from .rule import Rule

__all__ = ["DirectFeedbackAlignment"]


@dataclass(frozen=True, kw_only=True)
class DirectFeedbackAlignment(Rule):
    r"""Send the error of the outputs straight to every hidden population.

    .. math:: \delta_l = (B_{l+1} \delta_L) \circ f'(o_l)

    with :math:`B_{l+1}` random and fixed, from the outputs to population :math:`l` (Nokland 2016,
    equation 7). With one hidden population this is feedback alignment.
    """

    path: ClassVar[str] = "direct"
    signal: ClassVar[str] = "w*delta_pre"
    citation: ClassVar[str] = (
        "Nokland A (2016). Direct feedback alignment provides learning in deep neural networks. "
        "Advances in Neural Information Processing Systems 29:1037-1045"
    )
