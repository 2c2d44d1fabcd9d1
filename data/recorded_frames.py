"""Frames of a recording on the sheet of inputs."""

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import sparse

from .recorded_bins import BinnedSpikes
from .recorded_sheet import interpolation_weights, pixel_places

if TYPE_CHECKING:
    from .recorded_process import RecordedWaves

__all__ = ["SheetFrames", "sheet_frames"]

Values = npt.NDArray[np.float64]

_PART = 2**17  # rates that are made at a time
_SCATTERED = 2**14  # the same, for rates of random bins
_MOMENTS = 2**20  # the same, for mean and standard deviation


class SheetFrames:
    """Make the rates of pixels from the counts of electrodes.

    Every rate is made of the same few products and sums of numbers, element by element, so that
    its bits depend neither on what else is asked for nor on a library of linear algebra.

    Parameters
    ----------
    waves : RecordedWaves
        What is shown.
    shape : tuple of int
        Rows and columns of the sheet.

    Attributes
    ----------
    bins : int
        Number of frames before the first one comes again.
    mean, std : float
        Of a rate over all pixels and bins, before the scale, in spikes per second; 12 digits.
    """

    def __init__(self, waves: "RecordedWaves", shape: tuple[int, int]) -> None:
        self.binned: BinnedSpikes = waves.binned
        self.bins, self.pixels = len(self.binned.rows), shape[0] * shape[1]
        places = pixel_places(self.binned.electrodes, shape, waves.margin)
        self.parts, weights = interpolation_weights(
            self.binned.electrodes, places, waves.interpolation, waves.width
        )
        hertz = 1 / (self.binned.units * waves.bin_width)
        self.weights = weights * hertz[self.parts]
        self.mean, self.std = self._moments()
        if waves.scale == "standard":
            if not self.std:
                raise ValueError(
                    f"RecordedWaves.scale: expected rates that differ for scale 'standard', got "
                    f"{self.mean:g} spikes/s in every pixel and bin; choose another scale"
                )
            self.gain, self.offset = 1 / self.std, -self.mean / self.std
        else:
            self.gain, self.offset = 1 / waves.rate_of_one, 0.0

    def consecutive(self, first: int, count: int) -> Values:
        """Return frames from one on, the last of the recording followed by its first."""
        rows = self.binned.rows[(first + np.arange(count)) % self.bins]
        result = np.full((count, self.pixels), self.offset)
        active = np.flatnonzero(rows)
        some = max(1, _PART // self.pixels)
        for begin in range(0, len(active), some):
            part = active[begin : begin + some]
            # Electrodes first: what is taken are whole rows.
            series = self.binned.counts[rows[part]].T.astype(float)
            found = series[self.parts[0]] * self.weights[0, :, None]
            for indices, weights in zip(self.parts[1:], self.weights[1:], strict=True):
                found += series[indices] * weights[:, None]
            found *= self.gain
            found += self.offset
            result[part] = found.T
        return result

    def scattered(self, bins: npt.NDArray[np.uint64]) -> Values:
        """Return rates of pixels, each in a bin of its own.

        Parameters
        ----------
        bins : ndarray, (frame, pixel)
            Bin of each rate.
        """
        result = np.empty(bins.shape)
        some = max(1, _SCATTERED // self.pixels)
        for begin in range(0, len(bins), some):
            self._scatter(bins[begin : begin + some], result[begin : begin + some].reshape(-1))
        return result

    def _scatter(self, bins: npt.NDArray[np.uint64], result: Values) -> None:
        rows = self.binned.rows.take(bins.ravel())
        result[:] = self.offset
        active = np.flatnonzero(rows)
        pixel = active % self.pixels
        row = rows[active].astype(np.intp) * len(self.binned.electrodes)
        counts = self.binned.counts.reshape(-1)
        found = counts.take(row + self.parts[0].take(pixel)) * self.weights[0].take(pixel)
        for indices, weights in zip(self.parts[1:], self.weights[1:], strict=True):
            found += counts.take(row + indices.take(pixel)) * weights.take(pixel)
        found *= self.gain
        found += self.offset
        result[active] = found

    def _moments(self) -> tuple[float, float]:
        """Return mean and standard deviation over all pixels and bins, in spikes per second."""
        counts = self.binned.counts
        times = np.bincount(self.binned.rows, minlength=len(counts)).astype(float)
        # Sparse: three electrodes make a pixel, of thousands.
        pixel = np.broadcast_to(np.arange(self.pixels), self.parts.shape)
        entries = (self.weights.ravel(), (pixel.ravel(), self.parts.ravel()))
        share = sparse.coo_array(entries, (self.pixels, counts.shape[1])).tocsr()
        share.eliminate_zeros()
        total = squares = 0.0
        some = max(1, _MOMENTS // max(self.pixels, counts.shape[1]))
        for begin in range(0, len(counts), some):
            part = share @ counts[begin : begin + some].T.astype(float)
            often = part * times[begin : begin + some]
            total += float(often.sum())
            squares += float((often * part).sum())
        number = self.bins * self.pixels
        mean = total / number
        std = math.sqrt(max(0.0, squares / number - mean**2))
        # Twelve digits: the last ones depend on the order of the sums.
        return float(f"{mean:.12g}"), float(f"{std:.12g}") if std > 1e-9 * mean else 0.0


@lru_cache(maxsize=4)
def sheet_frames(waves: "RecordedWaves", shape: tuple[int, int]) -> SheetFrames:
    """Return the frames of a recording; the last few that were asked for are kept."""
    return SheetFrames(waves, shape)
