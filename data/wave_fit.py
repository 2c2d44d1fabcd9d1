"""Simulated waves that are like those of a recording."""

import math
from collections.abc import Callable
from dataclasses import fields, replace
from itertools import product

import numpy as np
import numpy.typing as npt
import xarray as xr

from .frames import checked_shape
from .noise import finite_number, positive_integer
from .recorded_bins import bin_count
from .recorded_sheet import pixel_places, pixel_size
from .recorded_spikes import RecordedSpikes, spikes_of
from .recorded_waves import SCALES
from .wave_measures import WaveStatistics, in_bursts, pair_correlations, wave_statistics
from .waves import RetinalWaves

__all__ = ["fit_retinal_waves", "wave_fit"]

# What is searched for: initiation, radius, mean of refractory periods, and their spread.
_Guess = tuple[float, float, float, float]

_TRIALS = 6
_MANY = 16  # trials of the last simulations, in which time is calibrated
_INTERVALS = 12  # between waves at a cell, for which waves are simulated in the search
_CALIBRATIONS = 2
_FRAMES = 500, 4000  # but at least and at most so many frames
_STEP, _SMALLEST = 0.4, 0.08  # of the search, in logarithms
_REFRACTORY = 0.5, 0.9  # as shares of the interval: below, waves may go round for ever
_NAMES = tuple(item.name for item in fields(WaveStatistics))
_UNITS = {"duration": "s", "interval": "s", "half_distance": "um"}
_CLASSES = 6  # of distances


def fit_retinal_waves(
    recording: xr.Dataset,
    *,
    shape: tuple[int, int],
    bin_width: float = 0.5,
    scale: str | float = "standard",
    margin: float = 0.0,
    gap: float = 1.0,
    least: int = 3,
    evaluations: int = 30,
    seed: int = 0,
) -> RetinalWaves:
    """Fit simulated waves to the rate, the correlation and the extent of recorded ones.

    A unit of the recording is active in a burst: spikes without a pause of more than `gap`, at
    least `least` of them. A frame of the waves stands for `bin_width`, a cell for a pixel of the
    sheet that `recorded_waves` has around the electrodes. First guesses follow from what is
    measured, with D the duration of activity and T its interval in frames, H the half distance of
    correlation in pixels, P the participation, and N cells:

        active = D,  radius = H/(0.8 D),  mean refractory period = 0.6 T,
        initiation = 1/(0.4 T N P),

    the last one for cells that wait for 0.4 T. Initiation, radius, mean and spread of refractory
    periods are then moved, one at a time and by ever smaller factors, as long as this makes the sum
    of squares of log(simulated/recorded) smaller, over interval, correlation, half distance and
    participation; the mean period stays within 0.5 T ... 0.9 T, and the duration is `active`,
    rounded. Simulated waves are seen at the pixels of the units, so that both are measured in the
    same places. Then, twice, more waves are simulated, and the initiation is multiplied by the time
    that cells wait over that which they should. Last, amplitude and baseline are chosen.

    `wave_fit` tells how alike they are. Waves of the model have one duration and one speed, of at
    least one pixel in a frame: where recorded ones are slower, a larger `bin_width` or fewer pixels
    fit better, and 0.5 s is why it is larger here than for recorded waves.

    Parameters
    ----------
    recording : xarray.Dataset
        With positions.
    shape : tuple of int
        Rows and columns of the sheet.
    bin_width : float
        Seconds that a frame stands for.
    scale : {"standard", "unit", "hertz"} or float
        Rates: with mean 0 and standard deviation 1, as measured in the search; 1 for active cells
        and 0 for others; spikes per second; or in units of so many spikes per second. The last two
        have the mean rate of the recording, and at rest that outside of bursts.
    margin : float
        As for `recorded_waves`, in micrometres.
    gap, least : float, int
        Longest pause in a burst in seconds, and its least number of spikes.
    evaluations : int
        Simulations of the search, at most.
    seed : int
        Of the simulations; the search draws no other numbers.

    Returns
    -------
    RetinalWaves
        The description. Its episodes are at least twice as long as the longest refractory period.

    Raises
    ------
    TypeError, ValueError
        If it is no recording with positions, has no bursts, or a parameter cannot be.

    Examples
    --------
    >>> from ontogeny.data import recording_of
    >>> times = [[k * 20 + 0.3 * x + 0.1 * i for k in range(9) for i in range(9)] for x in range(4)]
    >>> retina = recording_of(times, position=[[100 * x, 0] for x in range(4)])
    >>> fit_retinal_waves(retina, shape=(3, 9), bin_width=0.5, evaluations=2).active
    2
    """
    spikes = spikes_of("fit_retinal_waves", recording)
    found_shape = checked_shape("fit_retinal_waves", shape)
    if found_shape is None:
        raise ValueError("fit_retinal_waves.shape: expected (rows, columns), got None")
    if isinstance(scale, str) and scale not in SCALES:
        raise ValueError(f"fit_retinal_waves.scale: expected one of {SCALES}, got {scale!r}")
    positive_integer("fit_retinal_waves.evaluations", evaluations)
    states = _states("fit_retinal_waves", spikes, bin_width, gap, least)
    target = wave_statistics(states, spikes.positions, bin_width)
    pixel = pixel_size(spikes.positions, found_shape, margin)
    cells = _cells(spikes, found_shape, margin)
    active = max(1, round(target.duration / bin_width))

    frames = int(np.clip(_INTERVALS * target.interval / bin_width, *_FRAMES))

    def measured(guess: _Guess, trials: int = _TRIALS) -> WaveStatistics:
        waves = _waves(guess, active, found_shape)
        seen = _simulated(waves, cells, frames=frames, trials=trials, seed=seed)
        return wave_statistics(np.concatenate(seen), spikes.positions, bin_width)

    first = _first_guess(target, active, bin_width, pixel, found_shape)
    interval = target.interval / bin_width
    guess = _searched(
        lambda point: _distance(measured(point), target), first, evaluations, interval
    )
    found = measured(guess, _MANY)
    for _ in range(_CALIBRATIONS):
        rest = active + guess[2]
        waited = found.interval / bin_width - rest
        # Waits that are twice as long need half as many initiations.
        factor = float(np.clip(max(0.0, waited) / max(1.0, interval - rest), 0.25, 4))
        guess = (min(1.0, guess[0] * factor), *guess[1:])
        found = measured(guess, _MANY)
    baseline, amplitude = _rates(spikes, states, bin_width, found.active_fraction, scale)
    waves = _waves(guess, active, found_shape)
    return replace(waves, baseline=baseline, amplitude=amplitude)


def wave_fit(
    recording: xr.Dataset,
    waves: RetinalWaves,
    *,
    bin_width: float = 0.5,
    margin: float = 0.0,
    gap: float = 1.0,
    least: int = 3,
    trials: int = 8,
    seed: int = 1,
) -> xr.Dataset:
    """Measure how alike recorded and simulated waves are.

    Both are measured at the places of the units, the simulated ones in independent realisations
    as long as the recording, or 4000 frames.

    Parameters
    ----------
    recording : xarray.Dataset
        With positions.
    waves : RetinalWaves
        With a shape; other parameters as in `fit_retinal_waves`.
    bin_width, margin, gap, least
        As in `fit_retinal_waves`.
    trials, seed : int
        Number of realisations, and their seed.

    Returns
    -------
    xarray.Dataset
        ``recorded``, ``simulated`` and ``error`` (statistic): duration and interval (s), active
        fraction, correlation, half distance (um) and participation, as `WaveStatistics` has them,
        with the standard deviation of one realisation as error: what another recording of such
        waves would differ by. ``recorded_correlation`` and ``simulated_correlation`` (distance):
        means over pairs, in classes of equally many pairs. Attributes: parameters of the waves.

    Raises
    ------
    TypeError, ValueError
        As `fit_retinal_waves`; if waves have no shape.
    """
    spikes = spikes_of("wave_fit", recording)
    if not isinstance(waves, RetinalWaves) or waves.shape is None:
        raise TypeError(f"wave_fit.waves: expected RetinalWaves with a shape, got {waves!r}")
    states = _states("wave_fit", spikes, bin_width, gap, least)
    cells = _cells(spikes, waves.shape, margin)
    frames = min(len(states), _FRAMES[1])
    seen = _simulated(waves, cells, frames=frames, trials=trials, seed=seed)
    each = [wave_statistics(state, spikes.positions, bin_width).values() for state in seen]
    recorded, simulated = (
        wave_statistics(state, spikes.positions, bin_width).values()
        for state in (states, np.concatenate(seen))
    )
    centres, curves = _curves(spikes, states, np.concatenate(seen))
    numbers = ("initiation", "radius", "active", "refractory", "baseline", "amplitude")
    units = [_UNITS.get(name, "1") for name in _NAMES]
    one = {"units": "1"}
    return xr.Dataset(
        {
            "recorded": ("statistic", recorded, {"long_name": "of recorded waves"}),
            "simulated": ("statistic", simulated, {"long_name": "of simulated waves"}),
            "error": (
                "statistic",
                np.nanstd(each, axis=0, ddof=1),
                {"long_name": "standard deviation of one realisation"},
            ),
            "recorded_correlation": ("distance", curves[0], one),
            "simulated_correlation": ("distance", curves[1], one),
        },
        coords={
            "statistic": list(_NAMES),
            "unit_of_statistic": ("statistic", units),
            "distance": ("distance", centres, {"units": "um", "long_name": "mean distance"}),
        },
        attrs={name: getattr(waves, name) for name in numbers}
        | {"bin_width": bin_width, "pixel_um": pixel_size(spikes.positions, waves.shape, margin)},
    )


def _states(
    where: str, spikes: RecordedSpikes, bin_width: float, gap: float, least: int
) -> npt.NDArray[np.bool_]:
    """Return who is in a burst, (bin, unit), if anybody is."""
    for what, value in (("bin_width", bin_width), ("gap", gap)):
        if not finite_number(f"{where}.{what}", value, low=0):
            raise ValueError(f"{where}.{what}: expected a number > 0, got {value!r}")
    positive_integer(f"{where}.least", least)
    states = in_bursts(spikes, bin_width=bin_width, gap=gap, least=least)
    if not states.any() or states.any(axis=0).sum() < 2:
        raise ValueError(
            f"{where}.recording: expected bursts of two units at least, of {least} spikes without "
            f"a pause of {gap:g} s, got those of {states.any(axis=0).sum()}; change gap or least"
        )
    return states


def _cells(spikes: RecordedSpikes, shape: tuple[int, int], margin: float) -> npt.NDArray[np.intp]:
    """Return the pixel of each unit."""
    electrodes = np.unique(spikes.positions, axis=0)
    places = pixel_places(electrodes, shape, margin)
    square = ((spikes.positions[:, None] - places) ** 2).sum(axis=-1)
    return square.argmin(axis=1)


def _simulated(
    waves: RetinalWaves, cells: npt.NDArray[np.intp], *, frames: int, trials: int, seed: int
) -> list[npt.NDArray[np.bool_]]:
    """Return who is active at the units' pixels in each trial, (frame, unit)."""
    assert waves.shape is not None  # noqa: S101 - given
    plain = replace(waves, baseline=0.0, amplitude=1.0, episode=frames)
    rates = plain.frames(
        seed=seed, stream=0, first=0, steps=frames, trials=trials, units=math.prod(waves.shape)
    )
    return list(np.moveaxis(rates[:, :, cells] > 0, 1, 0))


def _first_guess(
    target: WaveStatistics, active: int, bin_width: float, pixel: float, shape: tuple[int, int]
) -> _Guess:
    interval = target.interval / bin_width
    half = target.half_distance / pixel if np.isfinite(target.half_distance) else 1.0
    initiation = 1 / (0.4 * interval * math.prod(shape) * target.participation)
    refractory = max(1.0, 0.6 * interval)
    return min(0.5, initiation), max(1.0, half / (0.8 * active)), refractory, 0.5


def _waves(guess: _Guess, active: int, shape: tuple[int, int]) -> RetinalWaves:
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


def _distance(found: WaveStatistics, target: WaveStatistics) -> float:
    """Return the sum of squared logarithms of what is attained over what is wanted."""
    total = 0.0
    for name in ("interval", "correlation", "half_distance", "participation"):
        one, other = getattr(found, name), getattr(target, name)
        if not np.isfinite(other) or other <= 0:
            continue
        total += math.log(one / other) ** 2 if one > 0 else 100.0
    return total


def _searched(
    badness: Callable[[_Guess], float], first: _Guess, evaluations: int, interval: float
) -> _Guess:
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


def _moved(point: _Guess, which: int, step: float, interval: float) -> _Guess:
    values = list(point)
    values[which] *= math.exp(step)
    initiation, radius, refractory, spread = values
    low, high = (share * interval for share in _REFRACTORY)
    refractory = max(1.0, min(max(refractory, low), high))
    return min(1.0, initiation), max(1.0, radius), refractory, min(0.95, spread)


def _rates(
    spikes: RecordedSpikes,
    states: npt.NDArray[np.bool_],
    bin_width: float,
    fraction: float,
    scale: str | float,
) -> tuple[float, float]:
    """Return baseline and amplitude."""
    if scale == "unit":
        return 0.0, 1.0
    if scale == "standard":
        amplitude = 1 / math.sqrt(fraction * (1 - fraction))
        return -fraction * amplitude, amplitude
    hertz = 1.0 if isinstance(scale, str) else float(scale)
    unit = np.repeat(np.arange(spikes.units), spikes.counts)
    place = np.floor((spikes.times - spikes.start) / bin_width).astype(int)
    inside = (place >= 0) & (place < bin_count(spikes, bin_width))
    outside = int((~states[place[inside], unit[inside]]).sum())
    baseline = outside / (bin_width * max(1, int((~states).sum())))
    mean = inside.sum() / (bin_width * states.size)
    return baseline / hertz, (mean - baseline) / fraction / hertz


def _curves(
    spikes: RecordedSpikes, *states: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], list[npt.NDArray[np.float64]]]:
    """Return mean distances of classes of pairs, and mean correlations in them."""
    used = np.logical_and.reduce([each.any(axis=0) & ~each.all(axis=0) for each in states])
    pairs = [pair_correlations(each[:, used], spikes.positions[used]) for each in states]
    groups = np.array_split(np.argsort(pairs[0][0], kind="stable"), _CLASSES)
    groups = [group for group in groups if len(group)]
    means = [[values[group].mean() for group in groups] for _, values in pairs]
    return np.array([pairs[0][0][group].mean() for group in groups]), list(map(np.array, means))
