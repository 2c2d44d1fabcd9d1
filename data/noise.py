"""Random input without structure, the spontaneous activity of the pretraining."""

import math
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
import numpy.typing as npt
import xarray as xr

from .stimuli import IMAGE_DIMS, Stimuli

DISTRIBUTIONS = ("gaussian", "uniform")


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Describe noise that is independent in every unit and presentation.

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
        for what in ("mean", "std"):
            value = getattr(self, what)
            if not isinstance(value, Real) or not math.isfinite(value):
                raise ValueError(f"Noise.{what}: expected a finite number, got {value!r}")
        if self.std < 0:
            raise ValueError(f"Noise.std: expected a number >= 0, got {self.std!r}")

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw rates from the distribution.

        Parameters
        ----------
        generator : numpy.random.Generator
            Source of randomness.
        shape : tuple of int
            Shape of the result.

        Returns
        -------
        numpy.ndarray
            Rates, unit "1".
        """
        if self.distribution == "gaussian":
            return generator.normal(self.mean, self.std, shape)
        half_width = math.sqrt(3) * self.std
        return generator.uniform(self.mean - half_width, self.mean + half_width, shape)

    def stimuli(self, count: int, *, units: int, classes: int, seed: int) -> Stimuli:
        """Draw frozen noise with random labels, to test a network on noise it has not seen.

        Parameters
        ----------
        count : int
            Number of stimuli.
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
            If count, units or classes are no positive integers.

        Examples
        --------
        >>> gaussian_noise().stimuli(100, units=784, classes=10, seed=0)
        Stimuli('gaussian noise (seed 0)': 100 images of 1x784, 10 classes, rate = 1 * image + 0)
        """
        for what, value in (("count", count), ("units", units), ("classes", classes)):
            if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
                raise ValueError(
                    f"Noise.stimuli.{what}: expected a positive integer, got {value!r}"
                )
        generator = np.random.default_rng(seed)
        rates = self.draw(generator, (count, 1, units)).astype(np.float32)
        labels = generator.integers(0, classes, size=count)
        return Stimuli(
            images=xr.DataArray(rates, dims=IMAGE_DIMS),
            labels=xr.DataArray(labels, dims="sample"),
            classes=classes,
            name=f"{self.distribution} noise (seed {seed})",
        )


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
