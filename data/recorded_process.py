"""The process that shows the spikes of a recording, bin after bin, on the sheet of inputs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .frames import Draws, FrameNoise, check_frames, fill_trials, sheet_of
from .recorded_bins import BinnedSpikes, binned_spikes
from .recorded_checks import checked
from .recorded_frames import SheetFrames, sheet_frames
from .recorded_sheet import pixel_size
from .recorded_spikes import RecordedSpikes

__all__ = ["RecordedWaves"]

_WORDS = {
    None: "",
    "times": ", times shuffled",
    "shifted": ", units shifted in time",
    "places": ", places shuffled",
    "independent": ", independent",
}
# Purposes of random numbers.
_START, _BINS = 1, 2


@dataclass(frozen=True, kw_only=True)
class RecordedWaves(FrameNoise):
    """Describe recorded spikes that are shown as rates on the sheet of inputs.

    Time is cut into whole bins of the width w = `bin_width` from the start of the recording on;
    what is left at its end is not shown. The rate of an electrode e in bin k is the mean over the
    units at this place,

        r_e(k) = (spikes of the n_e units at e in bin k)/(n_e w)   [spikes/s],

    smoothed, where it is asked for, by a Gaussian over bins of standard deviation `smoothing`, cut
    at four of them and normalised, with the first bin after the last one. A pixel p shows

        y_p(k) = sum_e W_pe r_e(k),   sum_e W_pe = 1,   W_pe >= 0.

    "linear": within the triangle of electrodes around the pixel (Delaunay) the linear function
    that has the rates of its corners; beyond all triangles, that of the nearest point of their
    hull. "nearest": the nearest electrode, of equally near ones the one with the smallest x, then
    y. "gaussian": W_pe is proportional to exp(-d^2/(2 width^2)) over the distance d of pixel and
    electrode.

    The sheet covers the box around the electrodes and `margin` with the smallest square pixels, of
    `pixel_um` micrometres, about the same centre: x along columns, y along rows, both ascending.
    What the sheet has beyond the box, where their shapes differ, is filled by interpolation too.

    Scale "standard" shows (y - mean)/std, with mean and standard deviation over all pixels and
    bins, as white noise has them; "unit" divides by the largest rate of an electrode, so that rates
    lie in 0..1; "hertz" shows spikes per second; a number is the rate in spikes per second that is
    shown as 1.

    Each trial begins at a bin of its own, uniformly drawn from seed, stream and trial, and goes on
    bin by bin; the last bin is followed by the first one. A presentation lasts as long as a bin.

    Controls are made of the same spikes. Random numbers of the first three are drawn once, from
    `control_seed`. Each has its own mean and standard deviation in scale "standard".

    - "times": every spike of a unit comes in a bin of its own, uniformly drawn. Counts and mean
      rates of units remain; bursts, and correlations of units, do not.
    - "shifted": every unit is shifted by a number of bins of its own, uniformly drawn, its end
      followed by its beginning. What a unit does remains, as do mean and variance at electrodes of
      one unit; correlations of units do not.
    - "places": units change places, by a permutation. Correlations of units remain, but do not
      depend on their distance.
    - "independent": every pixel shows in every frame its own rate in a bin that is drawn uniformly,
      for itself. All pixels have the distribution, and with it mean and variance, that they have in
      the recording; there is no correlation in space or in time.

    Parameters
    ----------
    recording : RecordedSpikes
        The spikes; in descriptions their name, source and SHA-256.
    bin_width : float
        In seconds.
    smoothing : float, optional
        Standard deviation in seconds, at most what the recording lasts; none by default.
    control : {None, "times", "shifted", "places", "independent"}
        What is destroyed.
    control_seed : int
        Seed of the control.
    interpolation : {"linear", "nearest", "gaussian"}
        How pixels follow from electrodes.
    width : float, optional
        Standard deviation of the Gaussian in micrometres.
    scale : {"standard", "unit", "hertz"} or float
        What rates are divided by.
    silence : {"kept", "dropped"}
        Whether bins without any rate are shown. In recordings most bins may be silent; without
        them neither pauses between waves nor their lengths are what they were.
    shape : tuple of int, optional
        Rows and columns of the sheet; a square by default.
    margin : float
        Micrometres that the sheet has around the electrodes; negative: only a part is shown.

    Raises
    ------
    ValueError
        If a parameter cannot be, or the recording has no spike in a whole bin. When frames are
        asked for: if rates do not differ in scale "standard", or counts need more than 2 GiB.

    Notes
    -----
    In memory are the spikes and, for each of the last four descriptions, the counts of electrodes
    in bins that have any: for an hour of 60 electrodes in bins of 0.1 s at most 2 MB, and 17 MB
    where they are smoothed; of 4096 electrodes 148 MB, and 1.2 GB. More than 2 GiB are refused.
    Pixels are made when they are asked for.

    Which diagonal cuts four electrodes at the corners of a square is the choice of Qhull.
    """

    recording: RecordedSpikes
    bin_width: float = 0.1
    smoothing: float | None = None
    control: str | None = None
    control_seed: int = 0
    interpolation: str = "linear"
    width: float | None = None
    scale: str | float = "standard"
    silence: str = "kept"
    shape: tuple[int, int] | None = None
    margin: float = 0.0

    def __post_init__(self) -> None:
        """Check the fields."""
        for name, value in checked(self).items():
            object.__setattr__(self, name, value)

    @property
    def binned(self) -> BinnedSpikes:
        """Counts in bins."""
        return binned_spikes(
            self.recording,
            bin_width=self.bin_width,
            smoothing=self.smoothing,
            control=self.control,
            control_seed=self.control_seed,
            silence=self.silence,
        )

    @property
    def pixel_um(self) -> float:
        """Side of a pixel in micrometres.

        Raises
        ------
        ValueError
            If the shape of the sheet is not known.
        """
        if self.shape is None:
            raise ValueError(
                "RecordedWaves.shape: expected rows and columns, without which pixels have no "
                "size, got None; give shape=(rows, columns)"
            )
        return pixel_size(self.recording.positions, self.shape, self.margin)

    @property
    def rate_of_one(self) -> float:
        """Spikes per second that are shown as 1, in all scales but "standard"."""
        if isinstance(self.scale, str):
            return self._greatest() if self.scale == "unit" else 1.0
        return self.scale

    def _greatest(self) -> float:
        """Return the greatest rate of an electrode in spikes per second."""
        counts = self.binned.counts.max(axis=0) / (self.binned.units * self.bin_width)
        return float(counts.max()) or 1.0

    def frames(
        self, *, seed: int, stream: int, first: int, steps: int, trials: int, units: int
    ) -> npt.NDArray[np.float64]:
        """Return consecutive frames of parallel realisations; see `FrameNoise.frames`.

        Examples
        --------
        >>> from ontogeny.data import recorded_waves, recording_of
        >>> place = [[0, 0], [100, 0], [0, 100], [100, 100]]
        >>> trains = [[0.05, 0.15], [0.15], [0.35], [0.95]]
        >>> waves = recorded_waves(recording_of(trains, position=place, start=0, stop=1))
        >>> found = waves.frames(seed=0, stream=0, first=0, steps=10, trials=2, units=25)
        >>> found.shape, abs(float(found.mean())) < 1e-9, round(float(found.std()), 9)
        ((10, 2, 25), True, 1.0)
        """
        place = {"seed": seed, "stream": stream, "first": first, "steps": steps}
        place |= {"trials": trials, "units": units}
        check_frames("RecordedWaves", **place)
        sheet = self._sheet(units)

        def trial(draws: Draws, begin: int, count: int) -> npt.NDArray[np.float64]:
            if self.control == "independent":
                return sheet.scattered(draws.integers(_BINS, begin, count, sheet.bins))
            one = Draws(seed=seed, stream=stream, trial=draws.trial, units=1)
            start = int(one.integers(_START, 0, 1, sheet.bins)[0, 0])
            return sheet.consecutive((start + begin) % sheet.bins, count)

        return fill_trials(trial, **place)

    def _sheet(self, units: int) -> SheetFrames:
        return sheet_frames(self, sheet_of("RecordedWaves", self.shape, units))

    def numbers(self) -> Mapping[str, float]:
        """Return the greatest rate, where the scale does not bound it."""
        return {} if isinstance(self.scale, str) else {"scale": self._greatest() / self.scale}

    def moments(self) -> tuple[float, float] | None:
        """Return mean and standard deviation of a rate, which depend on the shape of the sheet."""
        if self.scale == "standard":
            return 0.0, 1.0
        if self.shape is None:
            return None
        sheet = sheet_frames(self, self.shape)
        return sheet.mean * sheet.gain, sheet.std * sheet.gain

    def check_units(self, units: int) -> None:
        """Refuse units that make no sheet."""
        sheet_of("RecordedWaves", self.shape, units)

    def title(self) -> str:
        """Return which recording is shown, or which of its controls."""
        return f"recorded waves of {self.recording.name}{_WORDS[self.control]}"
