"""Seconds of a life, which counts presentations."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..array import Floats


@dataclass(frozen=True, kw_only=True)
class Clock:
    """
    Tell the time of presentations.

    Parameters
    ----------
    seconds : float
        What one presentation takes.
    reason : str
        Why.
    presentations : int
        Presentations in the whole life.
    """

    seconds: float
    reason: str
    presentations: int

    @classmethod
    def of(
        cls, life: xr.DataTree, progress: xr.Dataset, seconds: float | None, where: str
    ) -> "Clock":
        """
        Return the clock of a life.

        Raises
        ------
        ValueError
            If `seconds` is no time.
        """
        presentations = int(progress["presentation"].max())
        if seconds is not None:
            if not (np.isreal(seconds) and np.isfinite(seconds) and seconds > 0):
                raise ValueError(
                    f"{where}.presentation_time: expected seconds above 0, got {seconds!r}"
                )
            return cls(seconds=float(seconds), reason="as asked for", presentations=presentations)
        network = json.loads(life.attrs.get("network", "{}"))
        hold = (network.get("dynamics") or {}).get("hold")
        if hold is not None:
            reason = "the time that a stimulus is held"
            return cls(seconds=float(hold), reason=reason, presentations=presentations)
        reason = "chosen freely, for static networks have no time of their own"
        return cls(seconds=1.0, reason=reason, presentations=presentations)

    @property
    def end(self) -> float:
        """Return when the life ended, in seconds."""
        return self.presentations * self.seconds

    def times(self, presentations: npt.ArrayLike | Any) -> Floats:
        """Return seconds of numbers of presentations."""
        return np.asarray(presentations, dtype=np.float64) * self.seconds
