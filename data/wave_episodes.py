"""Episodes of travelling waves, frame by frame."""

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .frames import Draws, sheet_of

if TYPE_CHECKING:
    from .waves import RetinalWaves

__all__ = ["WaveEpisode", "wave_episode"]

# Purpose of random numbers.
_CELLS = 1
_WORDS = 2**20  # random words that are held at a time


class WaveEpisode:
    """An episode of all trials, which is lived as far as it is asked for.

    Parameters
    ----------
    waves : RetinalWaves
        Their description.
    draws : list of Draws
        Random numbers of each trial.
    number : int
        Which episode of a realisation.
    """

    def __init__(self, waves: "RetinalWaves", draws: list[Draws], number: int) -> None:
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
        try:
            self._live_until(self.waves.burn_in + begin + count)
        except BaseException:
            # An interrupt may have come in the middle of a frame: nobody goes on from there.
            wave_episode.cache_clear()
            raise
        bits = np.stack(self.kept[begin : begin + count])
        return np.unpackbits(bits, axis=-1, count=self.cells).view(bool)

    def _live_until(self, end: int) -> None:
        while self.lived < end:
            active = self._live()
            if self.lived > self.waves.burn_in:
                self.kept.append(np.packbits(active, axis=-1))

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
def wave_episode(
    waves: "RetinalWaves", *, seed: int, stream: int, trials: int, units: int, number: int
) -> WaveEpisode:
    """Return an episode; the last one is kept, since frames are mostly asked for in order."""
    draws = [Draws(seed=seed, stream=stream, trial=trial, units=units) for trial in range(trials)]
    return WaveEpisode(waves, draws, number)
