"""What of a life is stored."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

__all__ = ["Record"]


MOST_CHECKPOINTS = 100_000


@dataclass(frozen=True, kw_only=True)
class Record:
    """Say what is stored of a life.

    Parameters
    ----------
    checkpoints : int or iterable of int
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

    checkpoints: int | Iterable[int] = 12
    activity: bool = False
    budget: int = 2_000_000_000

    def __post_init__(self) -> None:
        """Check the fields, and keep given checkpoints as a tuple."""
        given = self.checkpoints
        if _is_count(given) and int(given) > MOST_CHECKPOINTS:  # type: ignore[arg-type]
            raise ValueError(
                f"Record.checkpoints: expected at most {MOST_CHECKPOINTS} a phase, got {given!r}"
            )
        kept: Any = int(given) if _is_count(given) else _counts(given)  # type: ignore[arg-type]
        if kept is None:
            raise ValueError(
                f"Record.checkpoints: expected a positive integer, or positive presentations, "
                f"got {given!r}"
            )
        object.__setattr__(self, "checkpoints", kept)
        if not isinstance(self.activity, bool):
            raise ValueError(f"Record.activity: expected True or False, got {self.activity!r}")
        number = isinstance(self.budget, Real) and not isinstance(self.budget, bool)
        if not number or not 0 < self.budget < math.inf:
            raise ValueError(
                f"Record.budget: expected a positive number of bytes, got {self.budget!r}"
            )


def _is_count(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and 1 <= int(value) <= 10**15


def _counts(values: Any) -> tuple[int, ...] | None:
    """Return presentations as a tuple, or None where they are something else."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        return None
    try:
        found = list(values)
    except TypeError:
        return None
    return tuple(int(value) for value in found) if all(map(_is_count, found)) else None
