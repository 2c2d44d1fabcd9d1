"""Measures of activity as plain numbers, of plain arrays."""

import numpy as np
import xarray as xr

from ..activity import effective_dimension, participation_ratio, subspace_alignment
from ..activity.estimates import estimator
from ..activity.sparseness import treves_rolls
from ..activity.words import binary, block_counts, pack
from ..array import Floats
from ..spikes.events import population_events

__all__ = [
    "activity_of",
    "alignment",
    "dimension",
    "divergences",
    "event_participations",
    "participation",
    "population_sparseness",
]

#: A neuron is active this many standard deviations above its mean; an event has this share active.
ACTIVE, EVENT = 2.0, 0.2


def activity_of(rates: Floats) -> xr.DataArray:
    """Label rates, (sample, neuron)."""
    return xr.DataArray(rates, dims=("sample", "neuron"))


def changing(rates: Floats) -> Floats:
    """Return the neurons that change."""
    return rates[:, np.ptp(rates, axis=0) > 0]


def participation(rates: Floats) -> float:
    """Return the participation ratio; NaN where nothing changes."""
    some = changing(rates)
    return float(participation_ratio(activity_of(some))) if some.shape[1] else float("nan")


def dimension(rates: Floats) -> float:
    """Return the effective dimension; NaN where nothing changes."""
    some = changing(rates)
    return float(effective_dimension(activity_of(some))) if some.shape[1] else float("nan")


def population_sparseness(rates: Floats) -> float:
    """Return the mean over samples of the population sparseness of rectified rates."""
    found = treves_rolls(np.maximum(rates, 0.0))
    found = found[np.isfinite(found)]
    return float(found.mean()) if len(found) else float("nan")


def alignment(spontaneous: Floats, evoked: Floats, components: int) -> float:
    """Return how far the subspaces of spontaneous and evoked activity are the same."""
    count = min(components, spontaneous.shape[1], len(spontaneous) - 1, len(evoked) - 1)
    found = subspace_alignment(activity_of(spontaneous), activity_of(evoked), components=count)
    return float(found)


def event_participations(rates: Floats) -> Floats:
    """
    Return the shares of neurons that take part in events.

    A neuron is active two standard deviations above its mean, an event is an unbroken run of
    samples in each of which at least a fifth of the neurons is.

    Parameters
    ----------
    rates : numpy.ndarray, (sample, neuron)
        Samples that follow each other.
    """
    if not changing(rates).shape[1]:
        return np.empty(0)
    threshold = xr.DataArray(rates.mean(axis=0) + ACTIVE * rates.std(axis=0), dims="neuron")
    events = population_events(
        activity_of(rates),
        active=threshold,
        threshold=EVENT,
        samples="sample",
        neurons="neuron",
    )
    return np.asarray(events["participation"].values, float)


def divergences(spontaneous: Floats, evoked: Floats) -> tuple[float, float]:
    """
    Return the divergence of evoked from spontaneous words, and that from independent neurons.

    As `spontaneous_evoked_divergence` estimates them, without its interval.

    Parameters
    ----------
    spontaneous, evoked : numpy.ndarray, (sample, neuron)
        Rates of the few neurons that words are made of, which are active above 0.
    """
    words = pack(binary(np.concatenate([spontaneous, evoked]), 0.0))
    seen = np.unique(words)
    rest = block_counts(words[: len(spontaneous)], seen, 1)
    driven = block_counts(words[len(spontaneous) :], seen, 1)
    found = estimator("coverage", seen, spontaneous.shape[1])(driven, rest)
    return float(found[0]), float(found[1])
