"""Measures of activity as plain numbers, of plain arrays."""

import numpy as np
import xarray as xr

from ..activity import effective_dimension, participation_ratio
from ..activity.sparseness import treves_rolls
from ..array import Floats
from ..spikes.events import population_events

__all__ = [
    "activity_of",
    "alignment",
    "components_of",
    "dimension",
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
    if rates.shape[1] < 2:
        return float("nan")
    found = treves_rolls(np.maximum(rates, 0.0))
    found = found[np.isfinite(found)]
    return float(found.mean()) if len(found) else float("nan")


def alignment(spontaneous: Floats, evoked: Floats, components: int) -> float:
    """
    Return the share that the principal subspaces of spontaneous and evoked activity have in common.

    As `subspace_alignment`, without its draws.

    Parameters
    ----------
    spontaneous, evoked : numpy.ndarray, (sample, neuron)
        Rates of the same neurons.
    components : int
        Dimensions of the subspaces, at most those of `components_of`; NaN where activity has
        fewer.
    """
    count = components_of(spontaneous.shape[1], components)
    if not count:
        return float("nan")
    own, other = (_subspace(values, count) for values in (spontaneous, evoked))
    return float(np.sum((own.T @ other) ** 2) / count)


def components_of(neurons: int, components: int) -> int:
    """Return how many components are compared: of more than half, any two share most."""
    return min(components, neurons // 2)


def _subspace(activity: Floats, count: int) -> Floats:
    """Return the first principal components, (neuron, component)."""
    variances, components = np.linalg.eigh(
        np.cov(activity, rowvar=False).reshape((activity.shape[1],) * 2)
    )
    if variances[-count] <= len(variances) * np.finfo(float).eps * variances[-1]:
        return np.full((len(variances), count), np.nan)
    return np.asarray(components[:, -count:])


def event_participations(rates: Floats) -> Floats:
    """
    Return the shares of neurons that take part in events.

    A neuron is active two standard deviations above its mean, an event is an unbroken run of
    samples in each of which more than a fifth of the neurons is; one neuron alone has none.

    Parameters
    ----------
    rates : numpy.ndarray, (sample, neuron)
        Samples that follow each other.
    """
    if rates.shape[1] < 2 or not changing(rates).shape[1]:
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
