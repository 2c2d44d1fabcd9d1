"""Gaussian noise with correlations in space, in time, or in both."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from .frames import Draws, FrameNoise, check_frames, checked_shape, fill_trials, sheet_of
from .noise import finite_number

__all__ = ["CorrelatedNoise", "correlated_noise", "ornstein_uhlenbeck_noise"]

# exp(-37) is less than half of the last bit of 1: what lies further back is lost in rounding.
_MEMORY = 37.0
# Purposes of random numbers.
_FRAME, _ANCHOR, _PATH = 1, 2, 3


@dataclass(frozen=True, kw_only=True)
class CorrelatedNoise(FrameNoise):
    """Describe a stationary Gaussian process on a sheet of units.

    Units lie on a grid of rows and columns, one apart, row by row. Two rates whose units are `d`
    apart (Euclidean) and whose frames are `k` apart have the correlation

        exp(-d^2/(2 length^2)) exp(-k/time_constant),

    where a factor whose parameter is 0 is 1 for d = 0, or k = 0, and otherwise 0. The first factor
    is a product over rows and columns, so a frame is R Z C, with white Z and the symmetric roots R
    and C of the two covariances. The second one is that of the process of Ornstein and Uhlenbeck,
    stationary from the first frame on.

    Parameters
    ----------
    mean, std : float
        Mean and standard deviation of every rate, unit "1".
    length : float
        Length of the correlation in space, in distances between neighbours; 0: independent units.
    time_constant : float
        That of the correlation in time, in presentations of a trial; 0: independent frames.
    shape : tuple of int, optional
        Rows and columns of the sheet; a square by default. Without `length` it is not needed.

    Raises
    ------
    ValueError
        If a number is not finite, or negative where it cannot be.

    Notes
    -----
    The process in time is drawn first at anchors and then between them, as bridges, given the
    two anchors at their ends. Anchors lie about sqrt(37 time_constant) frames apart and follow
    from each other; every now and then they start anew, 37 time constants before they are used,
    where exp(-37) is below the rounding of a double. Frame `k` therefore costs at most as much
    as some 4 sqrt(37 time_constant) frames, wherever it lies, and the same numbers come out.

    References
    ----------
    Uhlenbeck GE, Ornstein LS (1930). On the theory of the Brownian motion. Physical Review 36.
    """

    mean: float = 0.0
    std: float = 1.0
    length: float = 0.0
    time_constant: float = 0.0
    shape: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        """Check the fields."""
        object.__setattr__(self, "mean", finite_number("CorrelatedNoise.mean", self.mean))
        for what in ("std", "length", "time_constant"):
            value = finite_number(f"CorrelatedNoise.{what}", getattr(self, what), low=0)
            object.__setattr__(self, what, value)
        object.__setattr__(self, "shape", checked_shape("CorrelatedNoise", self.shape))

    def frames(
        self, *, seed: int, stream: int, first: int, steps: int, trials: int, units: int
    ) -> npt.NDArray[np.float64]:
        """Return consecutive frames of parallel realisations; see `FrameNoise.frames`.

        Examples
        --------
        >>> noise = correlated_noise(length=1.5, time_constant=10)
        >>> place = {"seed": 0, "stream": 0, "trials": 2, "units": 16}
        >>> whole = noise.frames(first=0, steps=8, **place)
        >>> bool((whole[5:] == noise.frames(first=5, steps=3, **place)).all())
        True
        """
        place = {"seed": seed, "stream": stream, "first": first, "steps": steps}
        place |= {"trials": trials, "units": units}
        check_frames("CorrelatedNoise", **place)
        self.check_units(units)
        # One thread: the last bits must not depend on the number of them.
        with threadpool_limits(limits=1, user_api="blas"):
            return fill_trials(self._frames, **place)

    def _frames(self, draws: Draws, first: int, steps: int) -> npt.NDArray[np.float64]:
        """Return frames of one trial, (step, unit)."""
        if self.time_constant:
            found = _in_time(draws.normals, first, steps, self.time_constant)
        else:
            found = draws.normals(_FRAME, first, steps)
        if self.length:
            rows, columns = sheet_of("CorrelatedNoise", self.shape, draws.units)
            # A product for each frame: its bits do not depend on how many frames there are.
            sheets = np.ascontiguousarray(found).reshape(steps, rows, columns)
            sheets = _root(rows, self.length) @ sheets @ _root(columns, self.length)
            found = sheets.reshape(steps, draws.units)
        return self.mean + self.std * found

    def correlation(self, distance: npt.ArrayLike, lag: npt.ArrayLike = 0) -> npt.NDArray:
        """Return the correlation of two rates.

        Parameters
        ----------
        distance : array_like
            Between their units.
        lag : array_like
            Frames between them.

        Examples
        --------
        >>> correlated_noise(length=2.0).correlation([0, 2, 4]).round(3)
        array([1.   , 0.607, 0.135])
        """
        apart, later = np.asarray(distance, float), np.abs(np.asarray(lag, float))
        space = np.exp(-0.5 * (apart / self.length) ** 2) if self.length else apart == 0
        time = np.exp(-later / self.time_constant) if self.time_constant else later == 0
        return np.asarray(space * time, float)

    def numbers(self) -> Mapping[str, float]:
        """Return mean and standard deviation."""
        return {"mean": self.mean, "std": self.std}

    def moments(self) -> tuple[float, float]:
        """Return mean and standard deviation of a rate."""
        return self.mean, self.std

    def check_units(self, units: int) -> None:
        """Refuse units that make no sheet, where there is need of one."""
        if self.length or self.shape is not None:
            sheet_of("CorrelatedNoise", self.shape, units)

    def title(self) -> str:
        """Return which correlations the noise has."""
        space = f" of length {self.length:g}" if self.length else ""
        time = f" of time constant {self.time_constant:g}" if self.time_constant else ""
        return f"correlated noise{space}{time}"


@lru_cache(maxsize=8)
def _root(size: int, length: float) -> npt.NDArray[np.float64]:
    """Return the symmetric root of the covariance of units in a line."""
    place = np.arange(size)
    covariance = np.exp(-0.5 * ((place[:, None] - place) / length) ** 2)
    values, vectors = np.linalg.eigh(covariance)
    # Below this there is nothing but rounding, which the root would enlarge.
    values[values < size * np.finfo(float).eps * values[-1]] = 0
    root: npt.NDArray[np.float64] = (vectors * np.sqrt(values)) @ vectors.T
    root.flags.writeable = False
    return root


_Normals = Callable[[int, int, int], npt.NDArray[np.float64]]


def _in_time(
    normals: _Normals, first: int, steps: int, time_constant: float
) -> npt.NDArray[np.float64]:
    """Return the process of Ornstein and Uhlenbeck with unit variance, (step, unit)."""
    stride = max(1, round(math.sqrt(_MEMORY * time_constant)))
    begin, end = first // stride, (first + steps - 1) // stride + 1
    anchors = _anchors(normals, begin, end + 1, stride, time_constant)
    shocks = normals(_PATH, begin * stride, (end - begin) * stride)
    shocks = shocks.reshape(end - begin, stride, -1)
    decay, scale = math.exp(-1 / time_constant), math.sqrt(-math.expm1(-2 / time_constant))
    paths = np.empty((end - begin, stride + 1, shocks.shape[-1]))
    paths[:, 0] = anchors[:-1]
    for frame in range(stride):
        paths[:, frame + 1] = decay * paths[:, frame] + scale * shocks[:, frame]
    # A free path becomes a bridge if the rest that it misses the next anchor by is spread over it.
    rest = anchors[1:] - paths[:, stride]
    place = np.arange(stride)
    gain = np.expm1(-2 * place / time_constant) / math.expm1(-2 * stride / time_constant)
    gain *= np.exp((place - stride) / time_constant)
    paths = paths[:, :stride] + gain[:, None] * rest[:, None]
    inside = first - begin * stride
    return paths.reshape(-1, paths.shape[-1])[inside : inside + steps]


def _anchors(
    normals: _Normals, first: int, last: int, stride: int, time_constant: float
) -> npt.NDArray[np.float64]:
    """Return the process at every `stride`-th frame, from anchor `first` to before `last`."""
    warm_up = math.ceil(_MEMORY * time_constant / stride)
    decay = math.exp(-stride / time_constant)
    scale = math.sqrt(-math.expm1(-2 * stride / time_constant))
    found = []
    for block in range(first // warm_up, (last - 1) // warm_up + 1):
        begin, end = (block - 1) * warm_up, min(last, (block + 1) * warm_up)
        shocks = normals(_ANCHOR, begin + warm_up, end - begin)
        value = shocks[0]
        for place in range(begin + 1, end):
            value = decay * value + scale * shocks[place - begin]
            if place >= max(first, block * warm_up):
                found.append(value)
    return np.stack(found)


def correlated_noise(
    mean: float = 0.0,
    std: float = 1.0,
    length: float = 2.0,
    shape: tuple[int, int] | None = None,
    *,
    time_constant: float = 0.0,
) -> CorrelatedNoise:
    """Describe Gaussian noise whose correlation falls as exp(-d^2/(2 length^2)) over the sheet.

    Parameters
    ----------
    mean, std : float
        Mean and standard deviation of a rate, unit "1".
    length : float
        Length of the correlation, in distances between neighbouring units.
    shape : tuple of int, optional
        Rows and columns of the input sheet; a square by default.
    time_constant : float
        Of a correlation in time, in presentations; 0: frames are independent.

    Returns
    -------
    CorrelatedNoise
        The description.

    Examples
    --------
    >>> correlated_noise(length=3, shape=(20, 30)).title()
    'correlated noise of length 3'
    """
    return CorrelatedNoise(
        mean=mean, std=std, length=length, time_constant=time_constant, shape=shape
    )


def ornstein_uhlenbeck_noise(
    mean: float = 0.0, std: float = 1.0, time_constant: float = 10.0
) -> CorrelatedNoise:
    """Describe the process of Ornstein and Uhlenbeck, independent in every unit.

    Its correlation falls as exp(-lag/time_constant) over the presentations of a trial.

    Parameters
    ----------
    mean, std : float
        Mean and standard deviation of a rate, unit "1".
    time_constant : float
        In presentations.

    Returns
    -------
    CorrelatedNoise
        The description.

    Examples
    --------
    >>> float(ornstein_uhlenbeck_noise(time_constant=5).correlation(0, lag=5).round(3))
    0.368
    """
    return CorrelatedNoise(mean=mean, std=std, time_constant=time_constant)
