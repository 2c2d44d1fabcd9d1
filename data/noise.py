"""Random input, the spontaneous activity before learning: what all kinds share, and white noise."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .stimuli import Stimuli
from .stimuli_checks import IMAGE_DIMS

DISTRIBUTIONS = ("gaussian", "uniform")


def finite_number(
    where: str, value: Any, *, low: float = -math.inf, high: float = math.inf
) -> float:
    """Return a number of a description as float.

    Raises
    ------
    ValueError
        If it is no finite number, below `low` or above `high`.
    """
    if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f"{where}: expected a finite number, got {value!r}")
    if value < low:
        raise ValueError(f"{where}: expected a number >= {low:g}, got {value!r}")
    if float(value) > high:
        raise ValueError(f"{where}: expected a number <= {high:g}, got {value!r}")
    return float(value)


def positive_integer(where: str, value: Any) -> int:
    """Return a count as int.

    Raises
    ------
    ValueError
        If it is no positive integer.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{where}: expected a positive integer, got {value!r}")
    return int(value)


class NoiseProcess(ABC):
    """Base of all noises: what `Spontaneous` presents, and frozen test noise."""

    @abstractmethod
    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw patterns that are independent of each other.

        Parameters
        ----------
        generator : numpy.random.Generator
            Source of randomness.
        shape : tuple of int
            Shape of the result; the last axis holds the units of one pattern.

        Returns
        -------
        numpy.ndarray
            Rates, unit "1".
        """

    @abstractmethod
    def numbers(self) -> Mapping[str, float]:
        """Return the parameters that rates are made of, which a float type must be able to hold."""

    def moments(self) -> tuple[float, float] | None:
        """Return mean and standard deviation of a rate; None where they follow from no formula."""
        return None

    @abstractmethod
    def check_units(self, units: int) -> None:
        """Refuse a number of input units that the noise does not fit.

        Raises
        ------
        ValueError
            Names the cure.
        """

    @abstractmethod
    def title(self) -> str:
        """Return what reports call the noise."""

    def stimuli(self, count: int, *, units: int, classes: int, seed: int) -> Stimuli:
        """Draw frozen noise with random labels, to test a network on noise it has not seen.

        Parameters
        ----------
        count : int
            Number of stimuli, which are independent of each other.
        units : int
            Number of input units.
        classes : int
            Labels are uniform in 0..classes-1.
        seed : int
            Seed of rates and labels.

        Returns
        -------
        Stimuli
            float32 images of one row, (sample, row=1, column=units), with scale 1 and shift 0.

        Raises
        ------
        ValueError
            If count, units or classes are no positive integers, or the noise does not fit units.

        Examples
        --------
        >>> gaussian_noise().stimuli(100, units=784, classes=10, seed=0)
        Stimuli('gaussian noise (seed 0)': 100 images of 1x784, 10 classes, rate = 1 * image + 0)
        """
        for what, value in (("count", count), ("units", units), ("classes", classes)):
            positive_integer(f"Noise.stimuli.{what}", value)
        self.check_units(units)
        generator = np.random.default_rng(seed)
        rates = self.draw(generator, (count, 1, units)).astype(np.float32)
        labels = generator.integers(0, classes, size=count)
        return Stimuli(
            images=xr.DataArray(rates, dims=IMAGE_DIMS),
            labels=xr.DataArray(labels, dims="sample"),
            classes=classes,
            name=f"{self.title()} (seed {seed})",
        )


@dataclass(frozen=True, kw_only=True)
class Noise(NoiseProcess):
    """Describe white noise: independent in every unit and presentation.

    Parameters
    ----------
    distribution : {"gaussian", "uniform"}
        Shape of the distribution of one rate.
    mean, std : float
        Its mean and standard deviation, unit "1".

    Raises
    ------
    ValueError
        If the distribution is unknown, a number is not finite, or std is negative.

    Examples
    --------
    >>> Noise(distribution="gaussian", mean=0.0, std=1.0)
    Noise(distribution='gaussian', mean=0.0, std=1.0)
    """

    distribution: str
    mean: float = 0.0
    std: float = 1.0

    def __post_init__(self) -> None:
        if self.distribution not in DISTRIBUTIONS:
            raise ValueError(
                f"Noise.distribution: expected one of {DISTRIBUTIONS}, got {self.distribution!r}"
            )
        finite_number("Noise.mean", self.mean)
        finite_number("Noise.std", self.std, low=0)

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw rates from the distribution; see `NoiseProcess.draw`."""
        if self.distribution == "gaussian":
            return generator.normal(self.mean, self.std, shape)
        half_width = math.sqrt(3) * self.std
        return generator.uniform(self.mean - half_width, self.mean + half_width, shape)

    def numbers(self) -> Mapping[str, float]:
        """Return mean and standard deviation."""
        return {"mean": float(self.mean), "std": float(self.std)}

    def moments(self) -> tuple[float, float]:
        """Return mean and standard deviation of a rate."""
        return float(self.mean), float(self.std)

    def check_units(self, units: int) -> None:
        """Accept any number of units."""

    def title(self) -> str:
        """Return the distribution's name."""
        return f"{self.distribution} noise"


def gaussian_noise(mean: float = 0.0, std: float = 1.0) -> Noise:
    """Describe Gaussian noise, N(mean, std^2), as in Cheon, Lee & Paik 2024.

    Parameters
    ----------
    mean, std : float
        Mean and standard deviation of a rate, unit "1".

    Returns
    -------
    Noise
        The description.

    Examples
    --------
    >>> gaussian_noise(std=0.5).std
    0.5
    """
    return Noise(distribution="gaussian", mean=mean, std=std)


def uniform_noise(mean: float = 0.0, std: float = 1.0) -> Noise:
    """Describe uniform noise, U[mean - sqrt(3) std, mean + sqrt(3) std].

    The half-width sqrt(3) std gives the distribution the standard deviation std.

    Parameters
    ----------
    mean, std : float
        Mean and standard deviation of a rate, unit "1".

    Returns
    -------
    Noise
        The description.

    Examples
    --------
    >>> uniform_noise(mean=0.5).distribution
    'uniform'
    """
    return Noise(distribution="uniform", mean=mean, std=std)
