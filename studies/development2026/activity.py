"""Activity of stored networks: what test digits evoke, and what spontaneous input does."""

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.analysis import responses
from ontogeny.data import FrameNoise, NoiseProcess, Stimuli

from ..cheon2024.lives import images_of
from .conditions import NOTHING, SIMULATED, WHITE, inputs_of, waves_of
from .settings import SIMULATED_WIDTH, Settings

__all__ = [
    "BIRTH",
    "LEARNED",
    "LIVED",
    "MOMENTS",
    "NEURON",
    "SAMPLE",
    "Activity",
    "along_life",
    "nothing_with",
    "presented",
]

Lives = Mapping[Any, xr.DataTree]
BIRTH, LIVED, LEARNED = MOMENTS = ("at birth", "before learning", "after learning")
SAMPLE, NEURON = "sample", "neuron"
_POPULATION = "hidden_1"
# No network has such a seed: its own input is another draw.
_SEED = 2_000_000


class Activity:
    """Hidden rates of a network at one moment, computed when they are asked for.

    Parameters
    ----------
    life : xarray.DataTree
        The network's life.
    checkpoint : int
        The moment.
    digits : Stimuli
        What evokes activity.
    frames : callable
        Returns spontaneous input, realisation after realisation.
    seconds : float
        How long a frame lasts.
    """

    def __init__(
        self,
        life: xr.DataTree,
        checkpoint: int,
        *,
        digits: Stimuli,
        frames: Callable[[], Stimuli],
        seconds: float,
    ) -> None:
        self._life, self._checkpoint = life, checkpoint
        self._digits, self._frames = digits, frames
        self.seconds = seconds

    @cached_property
    def evoked(self) -> xr.DataArray:
        """Rates that digits evoke, (sample, neuron)."""
        return self._rates(self._digits)

    @cached_property
    def spontaneous(self) -> xr.DataArray:
        """Rates under spontaneous input, (sample, neuron)."""
        return self._rates(self._frames())

    def _rates(self, stimuli: Stimuli) -> xr.DataArray:
        found = responses(self._life, stimuli, checkpoints=self._checkpoint)[_POPULATION]
        found = found.rename({f"{_POPULATION}_neuron": NEURON})
        return found.drop_vars(set(found.coords) - set(found.dims))


def nothing_with(condition: str) -> str:
    """Return what networks without a spontaneous phase are called under such an input.

    Examples
    --------
    >>> nothing_with("waves P9")
    'nothing (input: waves P9)'
    """
    return f"{NOTHING} (input: {condition})"


def views(settings: Settings) -> dict[str, tuple[str, str]]:
    """Return condition and spontaneous input of everything that is measured, by its name.

    Networks are measured under the input that they lived through; those that lived through none,
    under white noise and under the first recording.
    """
    noises = inputs_of(settings).noises
    found = {NOTHING: (NOTHING, WHITE)}
    first = waves_of(settings.ages[0])
    if first in noises:
        found[nothing_with(first)] = (NOTHING, first)
    return found | {condition: (condition, condition) for condition in noises}


def presented(settings: Settings, noise: NoiseProcess, seed: int, units: int) -> np.ndarray:
    """Return spontaneous input, (realisation, step, unit), as many frames as there are stimuli."""
    trials = settings.realisations
    steps = settings.stimuli // trials
    if isinstance(noise, FrameNoise):
        place = {"seed": _SEED + seed, "stream": 0, "first": 0}
        frames = noise.frames(**place, steps=steps, trials=trials, units=units)
        return np.moveaxis(frames, 1, 0)
    return noise.draw(np.random.default_rng(_SEED + seed), (trials, steps, units))


def along_life(
    settings: Settings, lives: Lives, measure: Callable[[Activity], xr.Dataset]
) -> xr.Dataset:
    """Measure activity at birth, before and after learning.

    Parameters
    ----------
    settings : Settings
        The numbers.
    lives : mapping of xarray.DataTree
        Lives that learn, by condition and seed.
    measure : callable
        Takes the activity, returns a dataset.

    Returns
    -------
    xarray.Dataset, (condition, network, moment, ...)
        Conditions are those of `views`.
    """
    digits = images_of(settings.base.data, "test", settings.stimuli)
    told = views(settings)

    def network(condition: str, own: str, seed: int) -> xr.Dataset:
        noise = inputs_of(settings).noises[own]
        frames = cache(lambda: _stimuli(presented(settings, noise, seed, digits.units)))
        seconds = SIMULATED_WIDTH if own == SIMULATED else settings.bin_width
        learned = lives[condition, seed]
        # Networks of a seed are born with the same weights.
        places = ((lives[NOTHING, seed], 0), (learned, 0), (learned, -1))
        measured = [
            measure(Activity(*place, digits=digits, frames=frames, seconds=seconds))
            for place in places
        ]
        return xr.concat(measured, "moment", combine_attrs="override")

    found = [
        xr.concat(
            [network(condition, own, seed) for seed in settings.seeds],
            "network",
            combine_attrs="override",
        )
        for condition, own in told.values()
    ]
    return xr.concat(found, "condition", combine_attrs="override").assign_coords(
        condition=list(told), network=settings.seeds, moment=list(MOMENTS)
    )


def _stimuli(frames: np.ndarray) -> Stimuli:
    """Return frames as stimuli, whose labels nobody looks at."""
    rows = frames.reshape(-1, 1, frames.shape[-1])
    return Stimuli.from_arrays(rows, np.zeros(len(rows), dtype=np.int64), classes=10, name="input")
