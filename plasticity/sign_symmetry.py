"""Sign-symmetry."""

from dataclasses import dataclass
from typing import ClassVar

from .parameters import parameter
from .rule import Rule

__all__ = ["SignSymmetry"]

# The sign of a weight; that of 0 counts as +, so that no feedback weight is lost.
_SIGN = "(1 - 2*int(forward_w < 0))"
_MAGNITUDES = {
    "uniform": f"w = strength*{_SIGN}",
    "batch-random": f"w = abs(deviate)*spread*{_SIGN}",
    "fixed-random": f"w = abs(w)*{_SIGN}",
}


@dataclass(frozen=True, kw_only=True)
class SignSymmetry(Rule):
    r"""Send errors back through synapses that share only the signs of the forward synapses.

    .. math:: \delta_l = (V_{l+1} \delta_{l+1}) \circ f'(o_l), \qquad
              V = M \circ \operatorname{sign}(W^T)

    The magnitudes :math:`M` are all `strength`; or those of normal deviates, times the root mean
    square of the feedback weights at birth, drawn afresh in every step (leaky neurons: for every
    stimulus); or those of the feedback weights at birth (Liao, Leibo & Poggio 2016, who call them
    uSF, brSF and frSF). Signs follow the forward weights at every step, so that synapses have to
    know one bit of each other. Where there is no forward synapse there is no sign, and no feedback.

    Parameters
    ----------
    magnitude : {"uniform", "batch-random", "fixed-random"}
        Where magnitudes come from.
    strength : float
        Magnitude of all feedback weights where it is uniform.

    Raises
    ------
    ValueError
        If the magnitude is none of these.
    """

    signal: ClassVar[str] = "w*delta_pre"
    nonlocal_reads: ClassVar[tuple[str, ...]] = ("forward_w",)
    citation: ClassVar[str] = (
        "Liao Q, Leibo JZ, Poggio T (2016). How important is weight symmetry in backpropagation? "
        "AAAI Conference on Artificial Intelligence 30:1837-1844"
    )
    magnitude: str = "uniform"
    strength: float = parameter(1.0, "magnitude of uniform feedback weights", low=0, strict=True)

    def __post_init__(self) -> None:
        """Check the kind of magnitude, and what every rule checks."""
        if not isinstance(self.magnitude, str) or self.magnitude not in _MAGNITUDES:
            raise ValueError(
                f"SignSymmetry.magnitude: expected one of {', '.join(_MAGNITUDES)}, got "
                f"{self.magnitude!r}"
            )
        super().__post_init__()

    @property
    def feedback_weights(self) -> str:  # type: ignore[override]
        """How the weights follow the forward ones."""
        return _MAGNITUDES[self.magnitude]
