"""Learning in the last synapses only."""

from dataclasses import dataclass
from typing import ClassVar

from .rule import Rule

__all__ = ["Shallow"]


@dataclass(frozen=True, kw_only=True)
class Shallow(Rule):
    r"""Let only the synapses onto the outputs learn, by the delta rule; all others stay.

    .. math:: \Delta W_L \propto -\delta_L r_{L-1}^T, \qquad \Delta W_l = 0 \quad (l < L)

    The control that says what hidden populations add by learning (Lillicrap et al. 2016, "shallow";
    Widrow & Hoff 1960).
    """

    path: ClassVar[str] = "none"
    delta: ClassVar[str] = ""
    citation: ClassVar[str] = (
        "Widrow B, Hoff ME (1960). Adaptive switching circuits. IRE WESCON Convention Record "
        "4:96-104"
    )
