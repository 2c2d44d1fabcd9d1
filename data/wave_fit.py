"""Simulated waves that are like those of a recording."""

import math
from dataclasses import fields, replace

import numpy as np
import numpy.typing as npt
import xarray as xr

from .frames import checked_shape
from .noise import positive_integer
from .recorded_bins import placed
from .recorded_checks import checked_scale
from .recorded_sheet import pixel_size
from .recorded_spikes import RecordedSpikes, spikes_of
from .wave_measures import WaveStatistics, wave_statistics
from .wave_search import Guess, distance_of, first_guess, searched, waves_of
from .wave_views import cells_of, correlation_curves, simulated, states_of
from .waves import RetinalWaves

__all__ = ["fit_retinal_waves", "wave_fit"]

_TRIALS = 6
_MANY = 16  # trials of the last simulations, in which time is calibrated
_INTERVALS = 12  # between waves at a cell, for which waves are simulated in the search
_CALIBRATIONS = 2
_FRAMES = 500, 4000  # but at least and at most so many frames
_NAMES = tuple(item.name for item in fields(WaveStatistics))
_UNITS = {"duration": "s", "interval": "s", "half_distance": "um"}


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
    scale = checked_scale("fit_retinal_waves", scale)
    positive_integer("fit_retinal_waves.evaluations", evaluations)
    states = states_of("fit_retinal_waves", spikes, bin_width, gap, least)
    target = wave_statistics(states, spikes.positions, bin_width)
    pixel = pixel_size(spikes.positions, found_shape, margin)
    cells = cells_of(spikes, found_shape, margin)
    active = max(1, round(target.duration / bin_width))

    frames = int(np.clip(_INTERVALS * target.interval / bin_width, *_FRAMES))

    def measured(guess: Guess, trials: int = _TRIALS) -> WaveStatistics:
        waves = waves_of(guess, active, found_shape)
        seen = simulated(waves, cells, frames=frames, trials=trials, seed=seed)
        return wave_statistics(np.concatenate(seen), spikes.positions, bin_width)

    first = first_guess(target, active, bin_width, pixel, found_shape)
    interval = target.interval / bin_width
    guess = searched(
        lambda point: distance_of(measured(point), target), first, evaluations, interval
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
    waves = waves_of(guess, active, found_shape)
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
        As `fit_retinal_waves`; if waves have no shape, or there is one trial only.
    """
    spikes = spikes_of("wave_fit", recording)
    if positive_integer("wave_fit.trials", trials) < 2:
        raise ValueError(f"wave_fit.trials: expected 2 or more, which differ, got {trials!r}")
    if not isinstance(waves, RetinalWaves) or waves.shape is None:
        raise TypeError(f"wave_fit.waves: expected RetinalWaves with a shape, got {waves!r}")
    states = states_of("wave_fit", spikes, bin_width, gap, least)
    cells = cells_of(spikes, waves.shape, margin)
    frames = min(len(states), _FRAMES[1])
    seen = simulated(waves, cells, frames=frames, trials=trials, seed=seed)
    each = [wave_statistics(state, spikes.positions, bin_width).values() for state in seen]
    recorded, model = (
        wave_statistics(state, spikes.positions, bin_width).values()
        for state in (states, np.concatenate(seen))
    )
    centres, curves = correlation_curves(spikes, states, np.concatenate(seen))
    numbers = ("initiation", "radius", "active", "refractory", "baseline", "amplitude")
    units = [_UNITS.get(name, "1") for name in _NAMES]
    one = {"units": "1"}
    return xr.Dataset(
        {
            "recorded": ("statistic", recorded, {"long_name": "of recorded waves"}),
            "simulated": ("statistic", model, {"long_name": "of simulated waves"}),
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
    unit, place = placed(spikes, bin_width)
    outside = int((~states[place, unit]).sum())
    baseline = outside / (bin_width * max(1, int((~states).sum())))
    mean = len(place) / (bin_width * states.size)
    return baseline / hertz, (mean - baseline) / fraction / hertz
