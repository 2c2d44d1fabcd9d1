"""Distributions of initial weights."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from .parameters import check_parameters, parameter

__all__ = ["Gaussian", "He", "InitialWeights", "Orthogonal", "Uniform"]


@dataclass(frozen=True, kw_only=True)
class InitialWeights(ABC):
    """Base of the initial weights."""

    def __post_init__(self) -> None:
        """Check the parameters."""
        check_parameters(self)

    @abstractmethod
    def draw(
        self, target: int, source: int, *, fan_in: int, generator: np.random.Generator
    ) -> np.ndarray:
        """Draw a weight matrix.

        Parameters
        ----------
        target, source : int
            Sizes of the populations.
        fan_in : int
            Inputs to a neuron of the forward projection: of this one, or, for feedback, of the
            forward projection beside it, whose scale the feedback weights share by default.
        generator : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        ndarray
            Weights in float64, (target, source).
        """


@dataclass(frozen=True, kw_only=True)
class He(InitialWeights):
    r"""Normal weights of variance :math:`2/n_{in}` (He, Zhang, Ren & Sun 2015).

    Parameters
    ----------
    gain : float
        Factor on the standard deviation.
    """

    gain: float = parameter(1.0, "factor on the standard deviation", low=0, strict=True)

    def draw(
        self, target: int, source: int, *, fan_in: int, generator: np.random.Generator
    ) -> np.ndarray:
        """Draw a weight matrix, (target, source)."""
        return generator.standard_normal((target, source)) * self.gain * np.sqrt(2 / fan_in)


@dataclass(frozen=True, kw_only=True)
class Gaussian(InitialWeights):
    """Normal weights of a given standard deviation.

    Parameters
    ----------
    std, mean : float
        Standard deviation and mean.
    """

    std: float = parameter(0.1, "standard deviation", low=0)
    mean: float = parameter(0.0, "mean")

    def draw(
        self, target: int, source: int, *, fan_in: int, generator: np.random.Generator
    ) -> np.ndarray:
        """Draw a weight matrix, (target, source)."""
        return self.mean + self.std * generator.standard_normal((target, source))


@dataclass(frozen=True, kw_only=True)
class Uniform(InitialWeights):
    """Uniform weights.

    Parameters
    ----------
    low, high : float
        Bounds.

    Raises
    ------
    ValueError
        If `low` is above `high`.
    """

    low: float = parameter(-0.01, "lower bound")
    high: float = parameter(0.01, "upper bound")

    def __post_init__(self) -> None:
        """Check the parameters and their order."""
        super().__post_init__()
        if self.low > self.high:
            raise ValueError(
                f"Uniform.low: expected at most Uniform.high = {self.high}, got {self.low}"
            )

    def draw(
        self, target: int, source: int, *, fan_in: int, generator: np.random.Generator
    ) -> np.ndarray:
        """Draw a weight matrix, (target, source)."""
        return generator.uniform(self.low, self.high, (target, source))


@dataclass(frozen=True, kw_only=True)
class Orthogonal(InitialWeights):
    """Weights whose rows (or columns, where there are fewer) are orthogonal and of equal length.

    Parameters
    ----------
    gain : float
        Length of the rows (columns).

    References
    ----------
    Saxe AM, McClelland JL, Ganguli S (2014). Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks. ICLR.
    """

    gain: float = parameter(1.0, "length of rows or columns", low=0, strict=True)

    def draw(
        self, target: int, source: int, *, fan_in: int, generator: np.random.Generator
    ) -> np.ndarray:
        """Draw a weight matrix, (target, source)."""
        tall = generator.standard_normal((max(target, source), min(target, source)))
        orthogonal, triangle = np.linalg.qr(tall)
        # The signs that QR leaves open are fixed so that the matrix is uniformly distributed.
        orthogonal *= np.sign(np.diag(triangle))
        return self.gain * (orthogonal if target >= source else orthogonal.T)
