"""Direct random target projection."""

from dataclasses import dataclass
from typing import ClassVar

from .rule import Rule

__all__ = ["DirectRandomTargetProjection"]


@dataclass(frozen=True, kw_only=True)
class DirectRandomTargetProjection(Rule):
    r"""Send the target, not the error, straight to every hidden population.

    .. math:: \delta_l = (B_{l+1} y^*) \circ f'(o_l)

    with :math:`B_{l+1}` random and fixed and :math:`y^*` what the outputs should do: hidden neurons
    learn without waiting for the outputs. The outputs learn from their error (Frenkel, Lefebvre &
    Bol 2021, table 1). Hidden drives are pushed without end along the projected targets: a rule
    for saturating transfer functions.
    """

    path: ClassVar[str] = "direct"
    signal: ClassVar[str] = "w*target_pre*share_pre"
    citation: ClassVar[str] = (
        "Frenkel C, Lefebvre M, Bol D (2021). Learning without feedback: fixed random learning "
        "signals allow for feedforward training of deep neural networks. Frontiers in "
        "Neuroscience 15:629892"
    )
