"""Pairs of units: which there are, how far they lie apart, and means of a measure by distance."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ontogeny.data.recordings import spike_trains
from ontogeny.data.recordings.recording import check_recording

from ..arguments import check_table
from ..array import Floats

__all__ = ["MEASURES", "by_distance", "distances", "pair_dataset", "trains_of", "unit_pairs"]

MEASURES = ("correlation_index", "spike_time_tiling", "pairwise_correlation")
_RESAMPLES = 1000
_LONG = 1.0  # seconds: many windows that are usual


def by_distance(
    pairs: xr.Dataset,
    edges: npt.ArrayLike,
    *,
    measure: str | None = None,
    resamples: int = _RESAMPLES,
    seed: int = 0,
) -> xr.Dataset:
    """
    Average a measure of pairs by the distance between their units.

    Pairs that share a unit are not independent, so intervals come from resampling units, not pairs:
    a pair counts as often as the product of how often its two units were drawn (T. A. B. Snijders
    and S. P. Borgatti, Connections 22:161, 1999). 95 % percentile intervals.

    Parameters
    ----------
    pairs : xarray.Dataset, (..., pair)
        Result of `correlation_index`, `correlation_index_of_rates`, `spike_time_tiling` or
        `pairwise_correlation`, with distances.
    edges : array_like, (bin + 1)
        Ascending edges of the bins, in the unit of `distance`; a bin holds its lower edge, the last
        one both.
    measure : str, optional
        Which variable to average; by default the one of the function that made the pairs.
    resamples : int
        How often units are drawn for the interval; 0 for none (NaN).
    seed : int
        Seed of the resampling.

    Returns
    -------
    xarray.Dataset, (..., distance)
        The mean under the name of the measure, `low`, `high`, and `pairs`, the number of pairs in
        the bin whose measure is defined; `distance` is the middle of the bin, beside `lower_edge`
        and `upper_edge`. NaN where a bin has no pairs.

    Raises
    ------
    TypeError
        If pairs are no dataset.
    ValueError
        If there are no distances, no such measure, or edges do not ascend.

    Examples
    --------
    >>> from ontogeny.analysis.spikes import correlation_index
    >>> from ontogeny.data.recordings import recording_of
    >>> trains, places = [[0.1, 0.9], [0.1, 0.9], [0.5]], [[0, 0], [30, 0], [90, 0]]
    >>> pairs = correlation_index(recording_of(trains, position=places))
    >>> by_distance(pairs, [0, 50, 100])["correlation_index"].values.tolist()
    [4.0, 0.0]
    """
    where = "by_distance"
    check_table(pairs, f"{where}.pairs", "pairs", f"{', '.join(MEASURES)} make such")
    name = _measure(pairs, measure, where)
    if "distance" not in pairs:
        raise ValueError(
            f"{where}.pairs: expected the variable distance, got {sorted(map(str, pairs))}; "
            "give positions of the units to the function that makes the pairs"
        )
    limits = np.asarray(edges, dtype=np.float64)
    if limits.ndim != 1 or limits.size < 2 or not (np.diff(limits) > 0).all():
        raise ValueError(f"{where}.edges: expected at least 2 ascending edges, got {edges!r}")
    values = pairs[name].transpose(..., "pair")
    units = [np.asarray(pairs[f"unit_{side}"].values) for side in (1, 2)]
    mean, low, high, count = _binned(
        values.values, pairs["distance"].values, limits, units, resamples, seed
    )
    dims = (*(str(dim) for dim in values.dims[:-1]), "distance")
    attrs, length = values.attrs, pairs["distance"].attrs.get("units", "um")
    what = attrs.get("long_name", name)
    units_of = attrs.get("units", "1")

    def column(array: Floats, units: str, long_name: str) -> tuple[Any, ...]:
        return dims, array, {"units": units, "long_name": long_name}

    variables = {
        name: column(mean, units_of, f"mean of {what}"),
        "low": column(low, units_of, f"lower end of the 95 % interval of the mean of {what}"),
        "high": column(high, units_of, f"upper end of the 95 % interval of the mean of {what}"),
        "pairs": column(count, "1", "number of pairs"),
    }
    places = {
        "distance": ((limits[:-1] + limits[1:]) / 2, "middle of the bin"),
        "lower_edge": (limits[:-1], "lower edge of the bin"),
        "upper_edge": (limits[1:], "upper edge of the bin"),
    }
    coords: dict[str, Any] = {
        key: ("distance", array, {"units": length, "long_name": text})
        for key, (array, text) in places.items()
    }
    outer = {key: pairs[key] for key in values.dims[:-1] if key in pairs.coords}
    return xr.Dataset(variables, coords={**coords, **outer})


def unit_pairs(number: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the first and the second units of all pairs, (0, 1), (0, 2), ..., (1, 2), ..."""
    return np.triu_indices(number, 1)


def distances(position: npt.ArrayLike) -> Floats:
    """
    Compute the distances between the units of all pairs.

    Parameters
    ----------
    position : array_like, (unit, axis)
        Where units are.

    Returns
    -------
    numpy.ndarray, (pair,)
        In the unit of the positions.
    """
    places = np.asarray(position, dtype=np.float64)
    first, second = unit_pairs(len(places))
    return np.asarray(np.linalg.norm(places[first] - places[second], axis=-1))


def pair_dataset(
    variables: dict[str, Any],
    names: npt.ArrayLike,
    position: npt.ArrayLike | None,
    coords: Any = None,
    length: str = "um",
) -> xr.Dataset:
    """
    Return variables over pairs as a Dataset that tells units and distances.

    Parameters
    ----------
    variables : dict
        Variables, as xarray takes them; their last dim is pair.
    names : array_like, (unit,)
        Names of the units.
    position : array_like, (unit, axis), optional
        Where they are.
    coords : mapping, optional
        Coordinates of further dims.
    length : str
        Unit of the positions.
    """
    labels = np.asarray(names).astype(str)
    found: dict[str, Any] = dict(variables)
    if position is not None:
        attrs = {"units": length, "long_name": "distance between the two units"}
        found["distance"] = ("pair", distances(position), attrs)
    sides: dict[str, Any] = {}
    for side, index, text in zip((1, 2), unit_pairs(len(labels)), ("first", "second"), strict=True):
        attrs = {"units": "1", "long_name": f"{text} unit of the pair"}
        sides[f"unit_{side}"] = ("pair", labels[index], attrs)
    return xr.Dataset(found, coords={**sides, **(coords or {})})


def trains_of(recording: xr.Dataset, window: float, where: str) -> list[Floats]:
    """Return the spike trains of a recording of at least two units; refuse windows without width.

    Parameters
    ----------
    recording : xarray.Dataset
        The recording.
    window : float
        How far apart spikes may be, in seconds.
    where : str
        The function that asks, for messages.
    """
    check_recording(recording, where)
    if not (np.isfinite(window) and window > 0):
        raise ValueError(f"{where}.window: expected seconds above 0, got {window!r}")
    if window > _LONG:
        warnings.warn(
            f"{where}.window: expected a fraction of a second, got {window:g} s; is it in "
            "milliseconds? 50 ms are window=0.05",
            stacklevel=3,
        )
    trains = list(spike_trains(recording))
    if len(trains) < 2:
        raise ValueError(f"{where}.recording: expected at least 2 units, got {len(trains)}")
    return trains


def positions_of(recording: xr.Dataset) -> npt.NDArray[np.float64] | None:
    """Return the positions of a recording, None where they are not known."""
    if "position" not in recording:
        return None
    return np.asarray(recording["position"].transpose("unit", "axis").values, dtype=np.float64)


def _measure(pairs: xr.Dataset, measure: str | None, where: str) -> str:
    if measure is None:
        measure = next((name for name in MEASURES if name in pairs), None)
    if measure is None or measure not in pairs or "pair" not in pairs[measure].dims:
        raise ValueError(
            f"{where}.measure: expected a variable over dim 'pair', got {measure!r} of "
            f"{sorted(map(str, pairs))}"
        )
    return measure


def _binned(
    values: Floats,
    distance: Floats,
    edges: Floats,
    units: list[npt.NDArray[Any]],
    resamples: int,
    seed: int,
) -> tuple[Floats, ...]:
    """Return mean, low, high and number of pairs, (..., bin)."""
    place = np.searchsorted(edges, distance, "right") - 1
    place[distance == edges[-1]] = len(edges) - 2
    there = (place >= 0) & (place < len(edges) - 1)
    order = np.flatnonzero(there)[np.argsort(place[there], kind="stable")]
    values, place = values[..., order], place[order]
    _, members = np.unique(np.concatenate(units), return_inverse=True)
    first, second = (part[order] for part in np.split(members, 2))
    defined = np.isfinite(values)
    given = np.where(defined, values, 0.0)
    found, starts = np.unique(place, return_index=True)
    shape = (*values.shape[:-1], len(edges) - 1)

    def mean(weights: Any) -> tuple[Floats, Floats]:
        sums, total = np.full(shape, np.nan), np.zeros(shape)
        if len(starts):
            total[..., found] = np.add.reduceat(weights * defined, starts, axis=-1)
            sums[..., found] = np.add.reduceat(weights * given, starts, axis=-1)
        return sums / np.where(total > 0, total, np.nan), total

    estimate, count = mean(np.ones(len(order)))
    random = np.random.default_rng(seed)
    number = int(members.max()) + 1
    drawn = np.full((max(resamples, 1), *shape), np.nan)
    for index in range(resamples):
        times = drawings(number, random)
        drawn[index] = mean((times[first] * times[second]).astype(np.float64))[0]
    low, high = percentiles(drawn)
    return estimate, low, high, count.astype(np.int64)


def drawings(number: int, random: np.random.Generator) -> npt.NDArray[np.intp]:
    """Return how often each of so many is drawn, in as many draws with replacement."""
    return np.bincount(random.integers(number, size=number), minlength=number)


def percentiles(drawn: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % interval along the first axis, leaving NaN out."""
    found = np.full((2, *drawn.shape[1:]), np.nan)
    for index in np.ndindex(drawn.shape[1:]):
        values = drawn[(slice(None), *index)]
        values = values[~np.isnan(values)]
        if values.size:
            # An inner value, since infinity cannot be interpolated.
            found[(slice(None), *index)] = np.quantile(
                values, [0.025, 0.975], method="inverted_cdf"
            )
    return found[0], found[1]
