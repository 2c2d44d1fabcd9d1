"""Populations of rate neurons."""

from dataclasses import dataclass
from numbers import Integral
from typing import Any

from ontogeny.data.schema import POPULATION

from .dynamics import seconds
from .transfer import TRANSFERS

__all__ = ["Population", "population_names"]


@dataclass(frozen=True, kw_only=True)
class Population:
    """A population of rate neurons.

    Parameters
    ----------
    name : str
        Its name in equations and in the stored life.
    size : int
        Number of neurons.
    transfer : str
        A name of `TRANSFERS`; inputs and outputs do not use it.
    membrane : Quantity, optional
        Time constant of leaky neurons; by default that of the network's dynamics.

    Raises
    ------
    ValueError
        If the size is no positive integer, the transfer function is unknown or the time constant
        is no time.
    """

    name: str
    size: int
    transfer: str = "relu"
    membrane: Any = None

    def __post_init__(self) -> None:
        """Check the fields."""
        if not isinstance(self.name, str) or not POPULATION.fullmatch(self.name):
            raise ValueError(
                f"Population.name: expected inputs, hidden_1, hidden_2, ... or outputs, the names "
                f"that a trajectory has, got {self.name!r}"
            )
        integer = isinstance(self.size, Integral) and not isinstance(self.size, bool)
        if not integer or self.size < 1:
            raise ValueError(
                f"Population.size: expected a positive integer for {self.name!r}, got {self.size!r}"
            )
        object.__setattr__(self, "size", int(self.size))
        if not isinstance(self.transfer, str) or self.transfer not in TRANSFERS:
            raise ValueError(
                f"Population.transfer: expected one of {', '.join(TRANSFERS)}, "
                f"got {self.transfer!r}"
            )
        if self.membrane is not None:
            time = seconds("Population.membrane", self.membrane)
            object.__setattr__(self, "membrane", time)


def population_names(count: int) -> list[str]:
    """Return the names of the populations of a chain, from inputs to outputs."""
    return ["inputs", *(f"hidden_{k}" for k in range(1, count - 1)), "outputs"]
