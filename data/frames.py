"""Noise that is made frame by frame as a pure function of the counter (seed, stream, step, trial).

The generator is Philox4x64-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy
as 1, 2, 3", SC11), keyed by (seed, stream). Of the four words of its counter, the highest holds the
purpose of a number, the next one the trial, and the lower two the block within them, so that no
two numbers share a block, nor one with white noise, whose highest word is 0.
"""

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .noise import NoiseProcess, positive_integer

__all__ = ["Draws", "FrameNoise", "check_frames", "fill_trials", "sheet_of"]

_BLOCK = 4  # 64-bit words that one value of the counter gives
_SLAB = 2**20  # numbers of one trial that are made at a time


class FrameNoise(NoiseProcess):
    """Base of the noises that have structure in space or time.

    Time runs along the steps within each parallel trial: trial `j` of step `k` shows frame `k` of
    the `j`-th of `trials` independent realisations.
    """

    @abstractmethod
    def frames(
        self, *, seed: int, stream: int, first: int, steps: int, trials: int, units: int
    ) -> npt.NDArray[np.float64]:
        """Return consecutive frames of parallel realisations.

        Every frame is a function of the description, seed, stream, step and trial alone: frames
        are the same, bit for bit, however they are asked for, in pieces or at once.

        Parameters
        ----------
        seed, stream : int
            Key of the generator, each within 0..2**64 - 1.
        first, steps : int
            The steps ``first ... first + steps - 1``.
        trials : int
            Number of realisations.
        units : int
            Number of input units.

        Returns
        -------
        ndarray, (step, trial, unit)
            Rates, unit "1".

        Raises
        ------
        ValueError
            If a number cannot be, or the noise does not fit units.
        """

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Draw the first frames of independent realisations; see `NoiseProcess.draw`."""
        *lead, units = shape
        seed = int(generator.integers(2**63))
        trials = math.prod(lead)
        found = self.frames(seed=seed, stream=0, first=0, steps=1, trials=trials, units=units)
        return found.reshape(shape)


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Random numbers of one trial, as a function of their purpose and place.

    Parameters
    ----------
    seed, stream, trial : int
        Whose numbers.
    units : int
        How many numbers each frame has.
    """

    seed: int
    stream: int
    trial: int
    units: int

    def source(self, purpose: int, block: int) -> np.random.Philox:
        """Return the generator at a block; `purpose` is positive."""
        # NumPy moves the counter before it produces a block.
        counter = (block + (self.trial << 128) + (purpose << 192) - 1) % 2**256
        return np.random.Philox(counter=counter, key=self.seed + (self.stream << 64))

    def _words(self, purpose: int, first: int, count: int, width: int) -> npt.NDArray[np.uint64]:
        blocks = -(-width // _BLOCK)
        source = self.source(purpose, first * blocks)
        words: npt.NDArray[np.uint64] = source.random_raw(count * blocks * _BLOCK)
        return words.reshape(count, blocks * _BLOCK)[:, :width]

    def uniforms(self, purpose: int, first: int, count: int) -> npt.NDArray[np.float64]:
        """Return numbers that are uniform in [0, 1), in steps of 2**-53, (frame, unit)."""
        words = self._words(purpose, first, count, self.units)
        return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def integers(self, purpose: int, first: int, count: int, bound: int) -> npt.NDArray[np.uint64]:
        """Return integers below a bound of at most 2**32, (frame, unit).

        They are made of 32 bits each: no one is more likely than another by more than a factor of
        1 + bound/2**32.
        """
        words = self._words(purpose, first, count, -(-self.units // 2))
        halves = np.ascontiguousarray(words, "<u8").view("<u4")[:, : self.units]
        return (halves * np.uint64(bound)) >> np.uint64(32)

    def normals(self, purpose: int, first: int, count: int) -> npt.NDArray[np.float64]:
        """Return standard normal numbers by the method of Box and Muller (1958), (frame, unit)."""
        half = -(-self.units // 2)
        words = self._words(purpose, first, count, half)
        # Contiguous, whatever the number of frames: one code path, and the same last bits.
        radius, angle = np.empty((count, half)), np.empty((count, half))
        np.copyto(radius, words >> np.uint64(32))
        np.copyto(angle, words & np.uint64(2**32 - 1))
        for uniform in (radius, angle):
            uniform += 0.5
            uniform *= 2.0**-32
        np.log(radius, out=radius)
        radius *= -2
        np.sqrt(radius, out=radius)
        angle *= 2 * np.pi
        result = np.empty((count, 2 * half))
        np.multiply(radius, np.cos(angle), out=result[:, :half])
        np.multiply(radius, np.sin(angle), out=result[:, half:])
        return result[:, : self.units]


def check_frames(
    where: str, *, seed: int, stream: int, first: int, steps: int, trials: int, units: int
) -> None:
    """Refuse frames that cannot be.

    Raises
    ------
    ValueError
        If a number is negative or too large for the counter, or there are no trials or units.
    """
    for what, value in (("seed", seed), ("stream", stream), ("first", first), ("steps", steps)):
        integer = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not integer or not 0 <= value < 2**64:
            raise ValueError(
                f"{where}.frames.{what}: expected an integer from 0 to 2**64 - 1, got {value!r}"
            )
    for what, value in (("trials", trials), ("units", units)):
        positive_integer(f"{where}.frames.{what}", value)


def fill_trials(
    make: Callable[[Draws, int, int], npt.NDArray[np.float64]],
    *,
    seed: int,
    stream: int,
    first: int,
    steps: int,
    trials: int,
    units: int,
) -> npt.NDArray[np.float64]:
    """Make frames trial by trial, some at a time, so that what is made on the way stays small.

    Parameters
    ----------
    make : callable
        Takes `Draws`, the first step and the number of steps; returns (step, unit).
    seed, stream, first, steps, trials, units : int
        As in `FrameNoise.frames`.

    Returns
    -------
    ndarray, (step, trial, unit)
        What `make` returned.
    """
    result = np.empty((steps, trials, units))
    some = max(1, _SLAB // units)
    for trial in range(trials):
        draws = Draws(seed=seed, stream=stream, trial=trial, units=units)
        for begin in range(0, steps, some):
            count = min(some, steps - begin)
            result[begin : begin + count, trial] = make(draws, first + begin, count)
    return result


def sheet_of(where: str, shape: tuple[int, int] | None, units: int) -> tuple[int, int]:
    """Return rows and columns of the input sheet.

    Raises
    ------
    ValueError
        If units are not as many as the sheet has, or no square where it is not given.
    """
    if shape is None:
        side = math.isqrt(units)
        if side * side != units:
            raise ValueError(
                f"{where}.shape: expected rows and columns of a sheet of {units} units, which is "
                f"no square, got None; give shape=(rows, columns)"
            )
        return side, side
    if shape[0] * shape[1] != units:
        raise ValueError(
            f"{where}.shape: expected rows and columns of a sheet of {units} units, one for each "
            f"neuron of the inputs, got {shape[0]} x {shape[1]} = {shape[0] * shape[1]}; make the "
            f"network's first size {shape[0] * shape[1]}, or give another shape"
        )
    return shape


def checked_shape(where: str, shape: object) -> tuple[int, int] | None:
    """Return rows and columns as a pair of int, or None.

    Raises
    ------
    ValueError
        If there are not two positive integers.
    """
    if shape is None:
        return None
    if not isinstance(shape, tuple | list) or len(shape) != 2:
        raise ValueError(f"{where}.shape: expected (rows, columns) or None, got {shape!r}")
    rows, columns = (positive_integer(f"{where}.shape", side) for side in shape)
    return rows, columns
