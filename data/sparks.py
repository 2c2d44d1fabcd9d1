"""Noise of few values: binary, and sparse with log-normal amplitudes."""

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .frames import Draws, FrameNoise, check_frames, fill_trials
from .noise import finite_number

__all__ = ["BinaryNoise", "SparseNoise", "binary_noise", "sparse_noise"]

# Purposes of random numbers.
_GATE, _AMPLITUDE = 1, 2


def probability(where: str, value: object) -> float:
    """Return a probability as float.

    Raises
    ------
    ValueError
        If it is no number from 0 to 1.
    """
    number = finite_number(where, value)
    if not 0 <= number <= 1:
        raise ValueError(f"{where}: expected a number from 0 to 1, got {value!r}")
    return number


class _Sparks(FrameNoise):
    """Base of noises that are independent in every unit and presentation."""

    def frames(
        self, *, seed: int, stream: int, first: int, steps: int, trials: int, units: int
    ) -> npt.NDArray[np.float64]:
        """Return consecutive frames of parallel realisations; see `FrameNoise.frames`."""
        place = {"seed": seed, "stream": stream, "first": first, "steps": steps}
        place |= {"trials": trials, "units": units}
        check_frames(type(self).__name__, **place)
        return fill_trials(self._frames, **place)

    @abstractmethod
    def _frames(self, draws: Draws, first: int, steps: int) -> npt.NDArray[np.float64]:
        """Return the frames of one trial."""

    def check_units(self, units: int) -> None:
        """Accept any number of units."""


@dataclass(frozen=True, kw_only=True)
class BinaryNoise(_Sparks):
    """Describe noise of two rates, independent in every unit and presentation.

    A rate is `high` with the given probability p and `low` otherwise: its mean is
    low + p (high - low), its standard deviation abs(high - low) sqrt(p (1 - p)).

    Parameters
    ----------
    probability : float
        That of `high`.
    low, high : float
        The two rates, unit "1".

    Raises
    ------
    ValueError
        If the probability is not within 0..1, or a rate is not finite.
    """

    probability: float = 0.5
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        """Check the fields."""
        chance = probability("BinaryNoise.probability", self.probability)
        object.__setattr__(self, "probability", chance)
        for what in ("low", "high"):
            value = finite_number(f"BinaryNoise.{what}", getattr(self, what))
            object.__setattr__(self, what, value)

    def _frames(self, draws: Draws, first: int, steps: int) -> npt.NDArray[np.float64]:
        gate = draws.uniforms(_GATE, first, steps) < self.probability
        return np.where(gate, self.high, self.low)

    def numbers(self) -> Mapping[str, float]:
        """Return the two rates."""
        return {"low": self.low, "high": self.high}

    def moments(self) -> tuple[float, float]:
        """Return mean and standard deviation of a rate."""
        step, chance = self.high - self.low, self.probability
        return self.low + chance * step, abs(step) * math.sqrt(chance * (1 - chance))

    def title(self) -> str:
        """Return what reports call the noise."""
        return f"binary noise of probability {self.probability:g}"


@dataclass(frozen=True, kw_only=True)
class SparseNoise(_Sparks):
    """Describe noise of few active units, independent in every unit and presentation.

    A unit is active with the probability f = `active_fraction`, and its rate is then log-normal
    with the given mean m and standard deviation s, otherwise 0. A rate has the mean f m and the
    variance f (s^2 + m^2) - (f m)^2.

    Parameters
    ----------
    active_fraction : float
        Probability that a unit is active.
    mean, std : float
        Mean and standard deviation of the rate of an active unit, unit "1".

    Raises
    ------
    ValueError
        If the fraction is not within 0..1, the mean not positive, or std negative.
    """

    active_fraction: float = 0.05
    mean: float = 1.0
    std: float = 0.5

    def __post_init__(self) -> None:
        """Check the fields."""
        fraction = probability("SparseNoise.active_fraction", self.active_fraction)
        object.__setattr__(self, "active_fraction", fraction)
        for what in ("mean", "std"):
            value = finite_number(f"SparseNoise.{what}", getattr(self, what), low=0)
            object.__setattr__(self, what, value)
        if not self.mean:
            raise ValueError(
                f"SparseNoise.mean: expected a number > 0, as of all that is log-normal, got "
                f"{self.mean!r}"
            )

    def _frames(self, draws: Draws, first: int, steps: int) -> npt.NDArray[np.float64]:
        gate = draws.uniforms(_GATE, first, steps) < self.active_fraction
        variance = math.log1p((self.std / self.mean) ** 2)
        exponents = math.sqrt(variance) * draws.normals(_AMPLITUDE, first, steps)
        exponents += math.log(self.mean) - variance / 2
        return np.where(gate, np.exp(exponents), 0.0)

    def numbers(self) -> Mapping[str, float]:
        """Return mean and standard deviation of active units."""
        return {"mean": self.mean, "std": self.std}

    def moments(self) -> tuple[float, float]:
        """Return mean and standard deviation of a rate, of active and silent units together."""
        mean = self.active_fraction * self.mean
        square = self.active_fraction * (self.std**2 + self.mean**2)
        return mean, math.sqrt(max(0.0, square - mean**2))

    def title(self) -> str:
        """Return what reports call the noise."""
        return f"sparse noise of active fraction {self.active_fraction:g}"


def binary_noise(probability: float = 0.5, low: float = 0.0, high: float = 1.0) -> BinaryNoise:
    """Describe noise that is `high` with a probability and `low` otherwise.

    Parameters
    ----------
    probability : float
        That of `high`.
    low, high : float
        The two rates, unit "1".

    Returns
    -------
    BinaryNoise
        The description.

    Examples
    --------
    >>> binary_noise(0.5, low=-1).moments()
    (0.0, 1.0)
    """
    return BinaryNoise(probability=probability, low=low, high=high)


def sparse_noise(active_fraction: float = 0.05, mean: float = 1.0, std: float = 0.5) -> SparseNoise:
    """Describe noise of few active units with log-normal rates.

    Parameters
    ----------
    active_fraction : float
        Probability that a unit is active.
    mean, std : float
        Mean and standard deviation of the rate of an active unit, unit "1".

    Returns
    -------
    SparseNoise
        The description.

    Examples
    --------
    >>> sparse_noise(0.1, mean=2).moments()[0]
    0.2
    """
    return SparseNoise(active_fraction=active_fraction, mean=mean, std=std)
