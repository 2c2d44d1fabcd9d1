"""Recorded waves and those of the model, seen in the same places: who is active when."""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from .noise import positive_integer
from .recorded_bins import bin_count
from .recorded_checks import positive
from .recorded_sheet import pixel_places
from .recorded_spikes import RecordedSpikes
from .wave_measures import in_bursts, pair_correlations
from .waves import RetinalWaves

__all__ = ["cells_of", "correlation_curves", "simulated", "states_of"]

_CLASSES = 6  # of distances


def states_of(
    where: str, spikes: RecordedSpikes, bin_width: float, gap: float, least: int
) -> npt.NDArray[np.bool_]:
    """Return who is in a burst, (bin, unit), if anybody is."""
    for what, value in (("bin_width", bin_width), ("gap", gap)):
        positive(f"{where}.{what}", value)
    positive_integer(f"{where}.least", least)
    bin_count(spikes, bin_width, where)
    states = in_bursts(spikes, bin_width=bin_width, gap=gap, least=least)
    if not states.any() or states.any(axis=0).sum() < 2:
        raise ValueError(
            f"{where}.recording: expected bursts of two units at least, of {least} spikes without "
            f"a pause of {gap:g} s, got those of {states.any(axis=0).sum()}; change gap or least"
        )
    return states


def cells_of(spikes: RecordedSpikes, shape: tuple[int, int], margin: float) -> npt.NDArray[np.intp]:
    """Return the pixel of each unit."""
    electrodes = np.unique(spikes.positions, axis=0)
    places = pixel_places(electrodes, shape, margin)
    square = ((spikes.positions[:, None] - places) ** 2).sum(axis=-1)
    return square.argmin(axis=1)


def simulated(
    waves: RetinalWaves, cells: npt.NDArray[np.intp], *, frames: int, trials: int, seed: int
) -> list[npt.NDArray[np.bool_]]:
    """Return who is active at the units' pixels in each trial, (frame, unit)."""
    assert waves.shape is not None  # noqa: S101 - given
    plain = replace(waves, baseline=0.0, amplitude=1.0, episode=frames)
    rates = plain.frames(
        seed=seed, stream=0, first=0, steps=frames, trials=trials, units=math.prod(waves.shape)
    )
    return list(np.moveaxis(rates[:, :, cells] > 0, 1, 0))


def correlation_curves(
    spikes: RecordedSpikes, *states: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], list[npt.NDArray[np.float64]]]:
    """Return mean distances of classes of pairs, and mean correlations in them."""
    used = np.logical_and.reduce([each.any(axis=0) & ~each.all(axis=0) for each in states])
    pairs = [pair_correlations(each[:, used], spikes.positions[used]) for each in states]
    groups = np.array_split(np.argsort(pairs[0][0], kind="stable"), _CLASSES)
    groups = [group for group in groups if len(group)]
    means = [[values[group].mean() for group in groups] for _, values in pairs]
    return np.array([pairs[0][0][group].mean() for group in groups]), list(map(np.array, means))
