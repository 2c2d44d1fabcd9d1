"""What of a life is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Record"]


@dataclass(frozen=True, kw_only=True)
class Record:
    """Say what is stored of a life.

    Parameters
    ----------
    checkpoints : int or sequence of int
        How many checkpoints each phase has, spaced evenly in the logarithm of its presentations; or
        the checkpoints themselves in presentations since birth. Birth and the end of every phase
        are always stored; a checkpoint falls on the end of a step.
    activity : bool
        Store the input rates and targets of every plastic presentation, so that the life can be
        replayed elsewhere.
    budget : int
        Most bytes that may be stored (before compression); a larger life is refused at the start.

    Raises
    ------
    ValueError
        If a number is not positive.
    """

    checkpoints: int | Sequence[int] = 12
    activity: bool = False
    budget: int = 2_000_000_000

    def __post_init__(self) -> None:
        """Check the fields."""
        given = self.checkpoints
        points = [given] if isinstance(given, int | np.integer) else list(given)
        whole = all(isinstance(p, int | np.integer) and not isinstance(p, bool) for p in points)
        if not whole or any(point < 1 for point in points):
            raise ValueError(
                f"Record.checkpoints: expected a positive integer, or positive presentations, "
                f"got {given!r}"
            )
        if not isinstance(self.activity, bool):
            raise ValueError(f"Record.activity: expected True or False, got {self.activity!r}")
        if isinstance(self.budget, bool) or not self.budget > 0:
            raise ValueError(
                f"Record.budget: expected a positive number of bytes, got {self.budget!r}"
            )
