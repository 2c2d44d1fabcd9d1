"""Spikes of a recording, and of its controls, counted in bins."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from .frames import Draws
from .recorded_spikes import RecordedSpikes
from .recordings.bins import bins_of, whole_bins

__all__ = ["CONTROLS", "BinnedSpikes", "bin_count", "binned_spikes", "placed"]

CONTROLS = (None, "times", "shifted", "places", "independent")
MAXIMUM_BINS = 2**27
LARGEST = 2**31  # bytes of the counts of one description
_PART = 2**22  # counts that are smoothed at a time
# Purposes of random numbers; they have no trial.
_TIMES, _SHIFTS, _PLACES = 1, 2, 3


@dataclass(frozen=True)
class BinnedSpikes:
    """Hold the counts of electrodes in the bins that have any.

    Parameters
    ----------
    rows : ndarray, (bin,)
        Which row of counts belongs to each bin that is shown; 0 is the row of silence.
    counts : ndarray, (row, electrode)
        Spikes of all units at an electrode, smoothed or not.
    electrodes : ndarray, (electrode, axis)
        x and y in micrometres.
    units : ndarray, (electrode,)
        Number of units at each electrode.
    """

    rows: npt.NDArray[np.int32]
    counts: npt.NDArray
    electrodes: npt.NDArray[np.float64]
    units: npt.NDArray[np.int64]


@lru_cache(maxsize=4)
def binned_spikes(
    recording: RecordedSpikes,
    *,
    bin_width: float,
    smoothing: float | None = None,
    control: str | None = None,
    control_seed: int = 0,
    silence: str = "kept",
) -> BinnedSpikes:
    """Count the spikes of a recording in bins; the last few that were asked for are kept.

    Parameters
    ----------
    recording : RecordedSpikes
        What is counted.
    bin_width, smoothing, control, control_seed, silence
        As in `RecordedWaves`.

    Returns
    -------
    BinnedSpikes
        Counts, as small integers where they are not smoothed.
    """
    bins = bin_count(recording, bin_width)
    unit, place = placed(recording, bin_width)
    positions = recording.positions
    draws = Draws(seed=control_seed, stream=0, trial=0, units=max(len(place), recording.units))
    if control == "times":
        place = draws.integers(_TIMES, 0, 1, bins)[0, : len(place)].astype(np.int64)
    elif control == "shifted":
        shifts = draws.integers(_SHIFTS, 0, 1, bins)[0, : recording.units].astype(np.int64)
        place = (place + shifts[unit]) % bins
    elif control == "places":
        uniform = draws.uniforms(_PLACES, 0, 1)[0, : recording.units]
        positions = positions[np.argsort(uniform, kind="stable")]
    electrodes, electrode, units = np.unique(
        positions, axis=0, return_inverse=True, return_counts=True
    )
    electrode = electrode.reshape(-1)[unit]
    rows, counts = _counted(place, electrode, bins, len(electrodes))
    if smoothing:
        _refuse_more((bins + 1) * len(electrodes) * 8, "without smoothing, ")
        rows, counts = _smoothed(rows, counts, smoothing / bin_width)
    if silence == "dropped":
        rows = rows[rows > 0]
    return BinnedSpikes(rows, counts, electrodes, units)


def bin_count(recording: RecordedSpikes, bin_width: float, where: str = "RecordedWaves") -> int:
    """Return how many whole bins a recording has.

    Raises
    ------
    ValueError
        If there are none, or too many.
    """
    bins = whole_bins(recording.start, recording.stop, bin_width)
    lasts = recording.stop - recording.start
    if bins < 1:
        raise ValueError(
            f"{where}.bin_width: expected at most the {lasts:g} s that the recording lasts, got "
            f"{bin_width:g}"
        )
    if bins > MAXIMUM_BINS:
        raise ValueError(
            f"{where}.bin_width: expected seconds of which the recording has at most "
            f"{MAXIMUM_BINS:,}, got {bin_width:g}, of which its {lasts:g} s have {bins:.3g}; take "
            f"wider bins"
        )
    return int(bins)


def placed(
    recording: RecordedSpikes, bin_width: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the unit and the bin of each spike in the whole bins of a recording."""
    bins = bin_count(recording, bin_width)
    place = bins_of(recording.times, recording.start, bin_width)
    inside = (place >= 0) & (place < bins)
    return np.repeat(np.arange(recording.units), recording.counts)[inside], place[inside]


def _refuse_more(size: int, cure: str = "") -> None:
    """Refuse counts that memory is not for."""
    if size > LARGEST:
        raise ValueError(
            f"RecordedWaves.bin_width: expected bins whose counts take at most {LARGEST:,} bytes, "
            f"got {size:,}; {cure}with wider bins, or with fewer electrodes (select_units) it is "
            f"less"
        )


def _counted(
    place: npt.NDArray[np.int64], electrode: npt.NDArray[np.int64], bins: int, electrodes: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray]:
    active, row = np.unique(place, return_inverse=True)
    flat, number = np.unique((row.reshape(-1) + 1) * electrodes + electrode, return_counts=True)
    kind = np.min_scalar_type(int(number.max(initial=0)))
    _refuse_more((len(active) + 1) * electrodes * kind.itemsize)
    counts = np.zeros((len(active) + 1, electrodes), kind)
    counts.reshape(-1)[flat] = number
    rows = np.zeros(bins, np.int32)
    rows[active] = np.arange(1, len(active) + 1)
    return rows, counts


def _smoothed(
    rows: npt.NDArray[np.int32], counts: npt.NDArray, width: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray]:
    """Smooth along the bins, the last of which is followed by the first."""
    found = np.zeros((len(rows) + 1, counts.shape[1]))
    some = max(1, _PART // len(rows))
    for begin in range(0, counts.shape[1], some):
        part = np.s_[begin : begin + some]
        series = counts[:, part][rows].astype(float)
        ndimage.gaussian_filter1d(series, width, axis=0, mode="wrap", output=found[1:, part])
    active = np.flatnonzero(found[1:].any(axis=1))
    rows = np.zeros(len(rows), np.int32)
    rows[active] = np.arange(1, len(active) + 1)
    return rows, found if len(active) == len(rows) else found[np.r_[0, active + 1]]
