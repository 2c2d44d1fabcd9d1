"""Travelling waves of activity, as in the retina before the eyes open."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .frames import Draws, FrameNoise, check_frames, checked_shape, sheet_of
from .noise import finite_number, positive_integer
from .sparks import probability

__all__ = ["RetinalWaves", "retinal_waves"]

# Purpose of random numbers.
_CELLS = 1
_WORDS = 2**20  # random words that are held at a time


@dataclass(frozen=True, kw_only=True)
class RetinalWaves(FrameNoise):
    """Describe waves that start spontaneously, travel over a sheet, and leave cells refractory.

    Cells lie on a grid of rows and columns, one apart. In every frame a cell that is ready becomes
    active if a cell within `radius` (Euclidean) was active in the frame before, or else with the
    probability `initiation`. It stays active for `active` frames, and is then refractory for
    a number of frames that is drawn anew each time, uniformly from the two bounds of
    `refractory`, both included. Its rate is baseline + amplitude while it is active, otherwise
    baseline. Waves therefore end at the edges of the sheet and where too many cells have not
    recovered, at places that change.

    From the definition follow laws: no cell becomes active again before active + the lower bound
    frames; activity spreads by at most `radius` per frame; of the cells that are ready and have
    no active neighbour, a fraction `initiation` becomes active; the mean interval of waves at a
    cell is active + the mean refractory period + the mean time that a ready cell waits, and the
    fraction of active cells is active divided by this interval. The waiting time, and
    with it activity and correlations, have no formula here: `noise_statistics` measures them.

    Parameters
    ----------
    initiation : float
        Probability that a ready cell becomes active by itself, for each cell and frame.
    radius : float
        How far activity spreads in a frame, in distances between neighbours; at least 1.
    active : int
        Frames for which a cell is active.
    refractory : tuple of int
        Least and greatest number of frames for which a cell is refractory.
    baseline, amplitude : float
        Rate at rest, and what activity adds to it, unit "1".
    shape : tuple of int, optional
        Rows and columns of the sheet; a square by default.
    episode : int
        Frames after which a realisation starts anew.

    Attributes
    ----------
    burn_in : int
        Frames of an episode that come before its first one and are not shown:
        5 (active + upper bound).

    Raises
    ------
    ValueError
        If a parameter cannot be.

    Notes
    -----
    The trial's life consists of independent episodes, so that frame `k` is a pure function
    of seed, stream, trial and `k`: at most one episode and its burn-in have to be lived again for
    it. An episode begins with cells at random places of their refractory period. The
    last one is kept as bits, (burn_in + episode) trials cells/8 bytes at most.

    The idea of cells that are excited by their neighbours, of spontaneous starts and of waves
    bounded by refractory cells is that of Feller et al. (1997) and Butts et al. (1999); that
    refractory periods vary, those of Godfrey & Swindale (2007), where they depend on
    activity, which is not so here. The automaton is of the kind of Greenberg & Hastings (1978).
    Defaults are ours: with 28 x 28 cells they give separate waves.

    References
    ----------
    Butts DA, Feller MB, Shatz CJ, Rokhsar DS (1999). Retinal waves are governed by collective
    network properties. Journal of Neuroscience 19.
    Feller MB, Butts DA, Aaron HL, Rokhsar DS, Shatz CJ (1997). Dynamic processes shape
    spatiotemporal properties of retinal waves. Neuron 19.
    Godfrey KB, Swindale NV (2007). Retinal wave behavior through activity-dependent refractory
    periods. PLoS Computational Biology 3.
    Greenberg JM, Hastings SP (1978). Spatial patterns for discrete models of diffusion in excitable
    media. SIAM Journal on Applied Mathematics 34.
    """

    initiation: float = 5e-5
    radius: float = 2.0
    active: int = 4
    refractory: tuple[int, int] = (30, 90)
    baseline: float = 0.0
    amplitude: float = 1.0
    shape: tuple[int, int] | None = None
    episode: int = 1000

    def __post_init__(self) -> None:
        """Check the fields."""
        chance = probability("RetinalWaves.initiation", self.initiation)
        object.__setattr__(self, "initiation", chance)
        radius = finite_number("RetinalWaves.radius", self.radius, low=1)
        object.__setattr__(self, "radius", radius)
        for what in ("baseline", "amplitude"):
            value = finite_number(f"RetinalWaves.{what}", getattr(self, what))
            object.__setattr__(self, what, value)
        for what in ("active", "episode"):
            count = positive_integer(f"RetinalWaves.{what}", getattr(self, what))
            object.__setattr__(self, what, count)
        bounds = self.refractory
        if not isinstance(bounds, tuple | list) or len(bounds) != 2:
            raise ValueError(
                f"RetinalWaves.refractory: expected (least, greatest) number of frames, got "
                f"{bounds!r}"
            )
        least, greatest = (positive_integer("RetinalWaves.refractory", bound) for bound in bounds)
        if least > greatest:
            raise ValueError(
                f"RetinalWaves.refractory: expected the least number of frames first, got {bounds}"
            )
        object.__setattr__(self, "refractory", (least, greatest))
        object.__setattr__(self, "shape", checked_shape("RetinalWaves", self.shape))

    @property
    def burn_in(self) -> int:
        """Frames that are not shown."""
        return 5 * (self.active + self.refractory[1])

    def frames(
        self, *, seed: int, stream: int, first: int, steps: int, trials: int, units: int
    ) -> npt.NDArray[np.float64]:
        """Return consecutive frames of parallel realisations; see `FrameNoise.frames`.

        Examples
        --------
        >>> waves = retinal_waves(shape=(6, 8))
        >>> found = waves.frames(seed=0, stream=0, first=10, steps=3, trials=2, units=48)
        >>> found.shape, sorted(set(found.ravel().tolist()) - {0.0, 1.0})
        ((3, 2, 48), [])
        """
        place = {"seed": seed, "stream": stream, "trials": trials, "units": units}
        check_frames("RetinalWaves", first=first, steps=steps, **place)
        self.check_units(units)
        result = np.empty((steps, trials, units))
        shown = 0
        while shown < steps:
            number, begin = divmod(first + shown, self.episode)
            count = min(steps - shown, self.episode - begin)
            active = _episode(self, number=number, **place).shown(begin, count)
            result[shown : shown + count] = np.where(
                active, self.baseline + self.amplitude, self.baseline
            )
            shown += count
        return result

    def numbers(self) -> Mapping[str, float]:
        """Return baseline and amplitude."""
        return {"baseline": self.baseline, "amplitude": self.amplitude}

    def check_units(self, units: int) -> None:
        """Refuse units that make no sheet."""
        sheet_of("RetinalWaves", self.shape, units)

    def title(self) -> str:
        """Return what reports call the noise."""
        return "retinal waves"


class _Episode:
    """An episode of all trials, which is lived as far as it is asked for."""

    def __init__(self, waves: RetinalWaves, draws: list[Draws], number: int) -> None:
        self.waves = waves
        self.rows, self.columns = sheet_of("RetinalWaves", waves.shape, draws[0].units)
        self.sources = [each.source(_CELLS, number << 64) for each in draws]
        self.cells = draws[0].units
        self.ahead: list[npt.NDArray[np.uint64]] = []
        words = self._words()
        # When each cell becomes ready, and when it rests.
        self.ready = self._periods(words) * (words >> np.uint64(24)) // np.uint64(2**40)
        self.ready = self.ready.astype(np.int64)
        self.rests = np.full_like(self.ready, -1)
        self.reach = [
            (down, math.isqrt(int(waves.radius**2) - down**2))
            for down in range(-int(waves.radius), int(waves.radius) + 1)
        ]
        self.lived = 0
        self.kept: list[npt.NDArray[np.uint8]] = []

    def shown(self, begin: int, count: int) -> npt.NDArray[np.bool_]:
        """Return who is active in frames after the burn-in, (frame, trial, cell)."""
        while self.lived < self.waves.burn_in + begin + count:
            active = self._live()
            if self.lived > self.waves.burn_in:
                self.kept.append(np.packbits(active, axis=-1))
        bits = np.stack(self.kept[begin : begin + count])
        return np.unpackbits(bits, axis=-1, count=self.cells).view(bool)

    def _live(self) -> npt.NDArray[np.bool_]:
        """Live through one frame, and return who is active, (trial, cell)."""
        now, waves = self.lived, self.waves
        words = self._words()
        fires = (words >> np.uint64(24)) < np.uint64(round(waves.initiation * 2**40))
        fires |= self._near(self.rests >= now)
        fires &= self.ready <= now
        self.rests[fires] = now + waves.active
        self.ready[fires] = now + waves.active + self._periods(words[fires]).astype(np.int64)
        self.lived += 1
        return self.rests > now

    def _periods(self, words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Return refractory periods from the lower 24 bits of random words."""
        least, greatest = self.waves.refractory
        low = words & np.uint64(2**24 - 1)
        return np.uint64(least) + (low * np.uint64(greatest - least + 1) >> np.uint64(24))

    def _words(self) -> npt.NDArray[np.uint64]:
        """Return one random word for each cell, (trial, cell)."""
        if not self.ahead:
            frames = max(1, _WORDS // (len(self.sources) * self.cells))
            drawn = [source.random_raw(frames * self.cells) for source in self.sources]
            words = np.stack(drawn).reshape(len(drawn), frames, self.cells)
            self.ahead = [words[:, frame] for frame in reversed(range(frames))]
        return self.ahead.pop()

    def _near(self, active: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return which cells have an active one within the radius."""
        sheets = active.reshape(-1, self.rows, self.columns)
        near = sheets.copy()
        for down, across in self.reach:
            lower, upper = max(0, down), self.rows + min(0, down)
            here, there = slice(lower, upper), slice(lower - down, upper - down)
            if lower >= upper:
                continue
            for right in range(-min(across, self.columns - 1), min(across, self.columns - 1) + 1):
                left, end = max(0, right), self.columns + min(0, right)
                near[:, here, left:end] |= sheets[:, there, left - right : end - right]
        return near.reshape(active.shape)


@lru_cache(maxsize=1)
def _episode(
    waves: RetinalWaves, *, seed: int, stream: int, trials: int, units: int, number: int
) -> _Episode:
    """Return an episode; the last one is kept, since frames are mostly asked for in order."""
    draws = [Draws(seed=seed, stream=stream, trial=trial, units=units) for trial in range(trials)]
    return _Episode(waves, draws, number)


def retinal_waves(
    *,
    initiation: float = 5e-5,
    radius: float = 2.0,
    active: int = 4,
    refractory: tuple[int, int] = (30, 90),
    baseline: float = 0.0,
    amplitude: float = 1.0,
    shape: tuple[int, int] | None = None,
    episode: int = 1000,
) -> RetinalWaves:
    """Describe travelling waves with a refractory period; `RetinalWaves` explains every parameter.

    Parameters
    ----------
    initiation : float
        Probability that a ready cell becomes active by itself, for each cell and frame.
    radius : float
        How far activity spreads in a frame.
    active : int
        Frames for which a cell is active.
    refractory : tuple of int
        Least and greatest number of frames for which a cell is refractory.
    baseline, amplitude : float
        Rate at rest, and what activity adds to it, unit "1".
    shape : tuple of int, optional
        Rows and columns of the input sheet; a square by default.
    episode : int
        Frames after which a realisation starts anew.

    Returns
    -------
    RetinalWaves
        The description.

    Examples
    --------
    >>> retinal_waves(active=2, refractory=(10, 20)).burn_in
    110
    """
    return RetinalWaves(
        initiation=initiation,
        radius=radius,
        active=active,
        refractory=refractory,
        baseline=baseline,
        amplitude=amplitude,
        shape=shape,
        episode=episode,
    )
