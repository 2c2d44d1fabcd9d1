"""The search for waves of the model that are like recorded ones."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np

from .wave_measures import WaveStatistics
from .waves import RetinalWaves

__all__ = ["Guess", "distance_of", "first_guess", "searched", "waves_of"]

#: What is searched for: initiation, radius, mean of refractory periods, and their spread.
Guess = tuple[float, float, float, float]

_STEP, _SMALLEST = 0.4, 0.08  # of the search, in logarithms
_REFRACTORY = 0.5, 0.9  # as shares of the interval: below, waves may go round for ever


def first_guess(
    target: WaveStatistics, active: int, bin_width: float, pixel: float, shape: tuple[int, int]
) -> Guess:
    """Return where the search begins; `fit_retinal_waves` has the formulas."""
    interval = target.interval / bin_width
    half = target.half_distance / pixel if np.isfinite(target.half_distance) else 1.0
    initiation = 1 / (0.4 * interval * math.prod(shape) * target.participation)
    refractory = max(1.0, 0.6 * interval)
    return min(0.5, initiation), max(1.0, half / (0.8 * active)), refractory, 0.5


def waves_of(guess: Guess, active: int, shape: tuple[int, int]) -> RetinalWaves:
    """Return the waves of a guess."""
    initiation, radius, refractory, spread = guess
    bounds = (refractory * (1 - spread), refractory * (1 + spread))
    least, greatest = (max(1, round(bound)) for bound in bounds)
    waves = RetinalWaves(
        # Few digits: what is fitted has no more.
        initiation=float(f"{min(1.0, initiation):.3g}"),
        radius=float(f"{min(max(1.0, radius), max(shape)):.3g}"),
        active=active,
        refractory=(least, greatest),
        shape=shape,
    )
    return replace(waves, episode=max(waves.episode, 2 * (active + greatest)))


def distance_of(found: WaveStatistics, target: WaveStatistics) -> float:
    """Return the sum of squared logarithms of what is attained over what is wanted."""
    total = 0.0
    for name in ("interval", "correlation", "half_distance", "participation"):
        one, other = getattr(found, name), getattr(target, name)
        if not np.isfinite(other) or other <= 0:
            continue
        total += math.log(one / other) ** 2 if one > 0 else 100.0
    return total


def searched(
    badness: Callable[[Guess], float], first: Guess, evaluations: int, interval: float
) -> Guess:
    """Move one number at a time, by smaller steps when none makes it better."""
    best, point = badness(first), first
    step, left = _STEP, evaluations - 1
    while step > _SMALLEST and left > 0:
        before = best
        for which, sign in product(range(len(point)), (1, -1)):
            other = _moved(point, which, sign * step, interval)
            if left <= 0 or other == point:
                continue
            left -= 1
            found = badness(other)
            if found < best:
                best, point = found, other
        if best == before:
            step /= 2
    return point


def _moved(point: Guess, which: int, step: float, interval: float) -> Guess:
    values = list(point)
    values[which] *= math.exp(step)
    initiation, radius, refractory, spread = values
    low, high = (share * interval for share in _REFRACTORY)
    refractory = max(1.0, min(max(refractory, low), high))
    return min(1.0, initiation), max(1.0, radius), refractory, min(0.95, spread)
