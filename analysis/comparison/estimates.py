"""Estimates with their intervals: over networks, or over samples of one network."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import stats

from ..array import Floats
from ..intervals import mean_interval

__all__ = ["GROUPS", "Estimate", "Measurement", "estimated", "interval_text", "jackknifed", "kept"]

#: Value, and both ends of its interval of 95 %.
Estimate = tuple[Floats, Floats, Floats]
#: What is measured in one network, of all samples (None) or without one group of them.
Measurement = Callable[[int | None], Mapping[str, Floats]]
#: Which samples.
Positions = npt.NDArray[np.intp]
#: Groups of samples, one of which is left out at a time.
GROUPS = 20


def estimated(measurements: Sequence[Measurement], groups: int = GROUPS) -> dict[str, Estimate]:
    """
    Estimate what was measured in one network or in several.

    Parameters
    ----------
    measurements : sequence of callable
        One for each network.
    groups : int
        Groups of samples that a single network is measured without.

    Returns
    -------
    dict of tuple of numpy.ndarray
        Of several networks mean and t interval over networks, of one its value and the interval of
        `jackknifed`.
    """
    if len(measurements) == 1:
        return jackknifed(measurements[0], groups)
    found = [measurement(None) for measurement in measurements]
    return {name: _over_networks([one[name] for one in found]) for name in found[0]}


def _over_networks(values: Sequence[Floats]) -> Estimate:
    stacked = np.stack([np.asarray(value, float) for value in values])
    dims = ("network", *(f"axis_{axis}" for axis in range(stacked.ndim - 1)))
    found = mean_interval(xr.DataArray(stacked, dims=dims))
    mean = found["mean"].values
    # Values that are all equal have no interval but themselves.
    same = np.isfinite(mean) & (np.ptp(stacked, axis=0) <= 1e-12 * np.abs(mean))
    low, high = (np.where(same, mean, found[end].values) for end in ("low", "high"))
    return mean, low, high


def jackknifed(measurement: Measurement, groups: int = GROUPS) -> dict[str, Estimate]:
    r"""
    Estimate what was measured of samples, by leaving out one group of them at a time.

    The jackknife with groups (B. Efron and C. Stein, Annals of Statistics 9:586, 1981): with the
    estimates :math:`\theta_{(g)}` without group g of G, and their mean :math:`\bar\theta`,

    .. math:: \theta \pm t_{G-1, 0.975} \sqrt{\tfrac{G-1}{G} \sum_g (\theta_{(g)} - \bar\theta)^2}.

    Resampling with repeats would make patterns more alike than they are, and with it bias what is
    measured here: dimensionality, divergence of patterns and dissimilarities.

    Parameters
    ----------
    measurement : callable
        What is measured, without a group of samples.
    groups : int
        Their number.
    """
    whole = measurement(None)
    parts = [measurement(number) for number in range(groups)]
    found = {}
    for name, value in whole.items():
        value = np.asarray(value, float)
        without = np.stack([np.asarray(part[name], float) for part in parts])
        spread = np.sqrt((groups - 1) * np.mean((without - without.mean(axis=0)) ** 2, axis=0))
        half = stats.t.ppf(0.975, groups - 1) * spread
        found[name] = (value, value - half, value + half)
    return found


def kept(count: int, group: int | None, groups: int = GROUPS) -> slice | Positions:
    """
    Return which samples remain without one group.

    Parameters
    ----------
    count : int
        Number of samples, every G-th of which is of the same group.
    group : int or None
        The group that is left out; None is all samples.
    groups : int
        Number of groups.

    Examples
    --------
    >>> kept(5, 1, groups=2)
    array([0, 2, 4])
    """
    if group is None:
        return slice(None)
    return np.flatnonzero(np.arange(count) % groups != group)


def interval_text(networks: int, groups: int = GROUPS, samples: str = "samples") -> str:
    """
    Say what intervals are.

    Parameters
    ----------
    networks : int
        Number of networks.
    groups : int
        Groups of samples of a single network.
    samples : str
        What they consist of.
    """
    if networks > 1:
        return (
            f"95 % t intervals of the mean over {networks} networks, without those in which a "
            f"quantity is not defined"
        )
    return f"95 % intervals of one network, from the jackknife over {groups} groups of {samples}"
