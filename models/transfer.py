"""Transfer functions of hidden populations: rate and slope as equations of the drive."""

from dataclasses import dataclass

__all__ = ["TRANSFERS", "Transfer"]


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """A transfer function.

    Parameters
    ----------
    rate : str
        The rate ``r`` as an expression of ``drive``.
    slope : str
        Its derivative by the drive, as an expression of ``drive`` and ``r``.
    rest : float
        The rate where the drive is 0.
    """

    rate: str
    slope: str
    rest: float = 0.0

    def equations(self) -> str:
        """Return rate and slope as Brian2 code."""
        return f"r = {self.rate}\nslope = {self.slope}"


#: Transfer functions by name. The slope of relu at 0 is 0.
TRANSFERS = {
    "linear": Transfer(rate="drive", slope="1"),
    "relu": Transfer(rate="drive*int(drive > 0)", slope="int(drive > 0)"),
    "tanh": Transfer(rate="tanh(drive)", slope="1 - r*r"),
    # By tanh, since exp(-drive) overflows; integer literals keep float32 code in float32.
    "sigmoid": Transfer(rate="(1 + tanh(drive/2))/2", slope="r*(1 - r)", rest=0.5),
}
