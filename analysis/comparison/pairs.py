"""Pairs of units: what is measured of them, by their distance."""

from collections.abc import Mapping

import numpy as np

from ..activity.noise_correlation import scores
from ..array import Floats
from ..spikes.correlation_fit import line
from ..spikes.correlation_index import index_of_rates

__all__ = ["CENTRES", "FAR", "NEAR", "binned", "index_and_correlation", "log_fit", "summaries"]

#: Micrometres between near pairs, and between far ones.
NEAR, FAR = (0.0, 110.0), (300.0, 500.0)
_WIDTH = 50.0
#: Centres of the bins of distance, in micrometres.
CENTRES = np.arange(_WIDTH / 2, 1000, _WIDTH)


def index_and_correlation(rates: Floats) -> tuple[Floats, Floats]:
    r"""
    Measure correlation index and correlation of all pairs of units.

    The index is :math:`\overline{r_i r_j} / (\bar r_i \bar r_j)` of rates that are not negative, 1
    for independent units; the correlation is Pearson's. NaN where a unit is silent, or constant.

    Parameters
    ----------
    rates : numpy.ndarray, (sample, unit)
        Rates, or counts of spikes.

    Returns
    -------
    index, correlation : numpy.ndarray, (pair,)
        In the order of ``numpy.triu_indices(units, 1)``.
    """
    standard = scores(rates)
    correlation = (standard.T @ standard)[np.triu_indices(rates.shape[-1], 1)]
    return index_of_rates(rates), correlation


def binned(values: Floats, distance: Floats) -> Floats:
    """
    Return the mean over the pairs of each bin of distance.

    Parameters
    ----------
    values : numpy.ndarray, (pair,)
        What was measured of pairs; NaN is left out.
    distance : numpy.ndarray, (pair,)
        In micrometres; NaN, of units whose place is not known, is left out.

    Returns
    -------
    numpy.ndarray, (bin,)
        One for each of `CENTRES`; NaN where there are no pairs.
    """
    good = np.isfinite(values) & (distance < _WIDTH * len(CENTRES))
    number = np.floor(distance[good] / _WIDTH).astype(int)
    total = np.bincount(number, values[good], minlength=len(CENTRES))
    count = np.bincount(number, minlength=len(CENTRES))
    with np.errstate(invalid="ignore"):
        return total / count


def log_fit(index: Floats, distance: Floats) -> tuple[float, float]:
    r"""
    Fit the fall of the correlation index with distance as Demas, Eglen & Wong (2003) do.

    Least squares of :math:`\ln C = a - d/b` over all pairs with :math:`C > 0`.

    Parameters
    ----------
    index, distance : numpy.ndarray, (pair,)
        Of pairs, distances in micrometres.

    Returns
    -------
    intercept, half_maximum : float
        exp(a), and b ln 2 in micrometres: NaN where the index does not fall by more than 1 % over
        the longest distance, as that of independent units.
    """
    with np.errstate(invalid="ignore"):
        good = (index > 0) & np.isfinite(distance)
    if good.sum() < 3 or np.ptp(distance[good]) == 0:
        return float("nan"), float("nan")
    ones = np.ones((1, int(good.sum())))
    intercept, half = line(distance[good], np.log(index[good]), ones)
    falls = half[0] * 0.01 < np.log(2) * distance[good].max()
    return float(intercept[0]), float(half[0]) if falls else float("nan")


def summaries(index: Floats, correlation: Floats, distance: Floats) -> Mapping[str, float]:
    """
    Return the numbers that tables have of pairs.

    Parameters
    ----------
    index, correlation, distance : numpy.ndarray, (pair,)
        Of pairs, distances in micrometres.
    """
    intercept, half = log_fit(index, distance)
    found = {"intercept": intercept, "half maximum": half}
    for what, values in (("correlation index", index), ("correlation", correlation)):
        for pairs, (low, high) in (("near", NEAR), ("far", FAR)):
            chosen = values[(distance >= low) & (distance <= high)]
            chosen = chosen[np.isfinite(chosen)]
            found[f"{what} of {pairs} pairs"] = float(chosen.mean()) if len(chosen) else np.nan
    return found
