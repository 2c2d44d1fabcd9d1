"""When units take part in waves, and what waves are like: the same for recordings and models."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from .recorded_bins import bin_count
from .recorded_spikes import RecordedSpikes
from .recordings.bins import bins_of

__all__ = ["WaveStatistics", "in_bursts", "pair_correlations", "wave_statistics"]

States = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class WaveStatistics:
    """Hold what is measured of waves.

    Parameters
    ----------
    duration : float
        Mean time for which a cell is active, in seconds.
    interval : float
        Cells x time/onsets: mean time from onset to onset, in seconds.
    active_fraction : float
        Share of the time that cells are active.
    correlation : float
        Mean correlation of the activity of pairs, of the quarter that lies nearest.
    half_distance : float
        Distance in micrometres at which the correlation is half of that at distance 0, of the
        exponential a exp(-d/b) with the least squares over pairs at different places.
    participation : float
        Share of the cells that are active in an event, on the average over the cells in it: the sum
        of squared shares over the sum of shares. An event lasts while any cell is active.
    """

    duration: float
    interval: float
    active_fraction: float
    correlation: float
    half_distance: float
    participation: float

    def values(self) -> Values:
        """Return all of them, in their order."""
        return np.array([getattr(self, item.name) for item in fields(self)])


def in_bursts(
    recording: RecordedSpikes, *, bin_width: float, gap: float = 1.0, least: int = 3
) -> States:
    """Return in which bins units are in a burst, (bin, unit).

    Parameters
    ----------
    recording : RecordedSpikes
        The spikes.
    bin_width : float
        In seconds.
    gap : float
        A burst has no longer pause between spikes, in seconds.
    least : int
        And at least so many spikes. It lasts from the first one to the last one.
    """
    bins = bin_count(recording, bin_width)
    change = np.zeros((bins + 1, recording.units), np.int32)
    ends = np.cumsum(recording.counts)
    for unit, (end, count) in enumerate(zip(ends, recording.counts, strict=True)):
        times = np.sort(recording.times[end - count : end])
        cuts = np.flatnonzero(np.diff(times) > gap) + 1
        begin, stop = np.r_[0, cuts], np.r_[cuts, count]
        long = (stop - begin) >= least
        first = bins_of(times[begin[long]], recording.start, bin_width)
        last = bins_of(times[stop[long] - 1], recording.start, bin_width)
        np.add.at(change[:, unit], np.minimum(first, bins), 1)
        np.add.at(change[:, unit], np.minimum(last + 1, bins), -1)
    return np.cumsum(change[:-1], axis=0, dtype=np.int32) > 0


def pair_correlations(states: States, places: Values) -> tuple[Values, Values]:
    """Return distances and correlations of all pairs of active cells at different places."""
    used = states.any(axis=0) & ~states.all(axis=0)
    states, places = states[:, used], places[used]
    if used.sum() < 2:
        return np.zeros(0), np.zeros(0)
    one, other = np.triu_indices(len(places), 1)
    distance = np.hypot(*(places[one] - places[other]).T)
    correlation = np.corrcoef(states.T.astype(float))[one, other]
    return distance[distance > 0], correlation[distance > 0]


def wave_statistics(states: States, places: Values, bin_width: float) -> WaveStatistics:
    """Measure waves.

    Parameters
    ----------
    states : ndarray, (bin, cell)
        Whether a cell is active.
    places : ndarray, (cell, axis)
        x and y in micrometres.
    bin_width : float
        In seconds.

    Returns
    -------
    WaveStatistics
        Not a number where there is no activity.
    """
    onsets = int((states[1:] & ~states[:-1]).sum() + states[0].sum())
    if not onsets:
        return WaveStatistics(**dict.fromkeys(WaveStatistics.__dataclass_fields__, np.nan))
    distance, correlation = pair_correlations(states, places)
    near = correlation[distance <= np.quantile(distance, 0.25)] if len(distance) else np.zeros(0)
    return WaveStatistics(
        duration=bin_width * float(states.sum()) / onsets,
        interval=bin_width * states.size / onsets,
        active_fraction=float(states.mean()),
        correlation=float(near.mean()) if len(near) else np.nan,
        half_distance=_half_distance(distance, correlation),
        participation=_participation(states),
    )


def _half_distance(distance: Values, correlation: Values) -> float:
    """Return b ln 2 of a exp(-d/b), of 400 lengths b the one with the least squares."""
    if not len(distance) or not correlation.any():
        return np.nan
    lengths = np.geomspace(distance.min() / 4, distance.max() * 20, 400)
    # On a grid many pairs have one distance; what the squares need of them are two sums.
    places, group, pairs = np.unique(distance, return_inverse=True, return_counts=True)
    sums = np.bincount(group.reshape(-1), correlation)
    gains = np.empty(len(lengths))
    for number, length in enumerate(lengths):
        decays = np.exp(-places / length)
        # Of sum (h e - c)^2, with the best height h, the part that depends on the length.
        gains[number] = (decays @ sums) ** 2 / (decays**2 @ pairs)
    return float(lengths[gains.argmax()] * np.log(2))


def _participation(states: States) -> float:
    busy = np.r_[False, states.any(axis=1), False]
    begin = np.flatnonzero(~busy[:-1] & busy[1:])
    # Also cells of the quiet bins up to the next event, which have no one.
    shares = np.logical_or.reduceat(states, begin, axis=0).mean(axis=1)
    return float((shares**2).sum() / shares.sum())
