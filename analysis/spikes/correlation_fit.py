"""How the correlation index falls with distance."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from ontogeny.data.recordings.recording import check_recording

from ..array import Floats
from .correlation_index import correlation_index
from .pairs import drawings, percentiles

__all__ = ["correlation_index_fit"]

Resampled = Literal["recordings", "units", "pairs"]
_RESAMPLED = ("recordings", "units", "pairs")
_CHUNK = 50
_COLUMNS = {
    "intercept": ("1", "correlation index at no distance"),
    "half_maximum": ("um", "distance over which the correlation index falls by half"),
    "pairs": ("1", "number of pairs that were fitted"),
    "silent_pairs": ("1", "number of pairs left out: no spikes that come together"),
    "undefined_pairs": ("1", "number of pairs left out: a unit without spikes or position"),
    "units": ("1", "number of units"),
    "recordings": ("1", "number of recordings"),
}


def correlation_index_fit(
    recordings: xr.Dataset | Sequence[xr.Dataset] | Mapping[str, Any],
    *,
    window: float = 0.05,
    bootstrap: Resampled | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> xr.Dataset:
    r"""
    Fit the fall of the correlation index with the distance between units.

    .. math:: \log \mathrm{CI} = a - d / b

    by ordinary least squares over all pairs of all recordings of a group (J. Demas, S. J. Eglen and
    R. O. L. Wong, Journal of Neuroscience 23:2851, 2003, table 1): intercept :math:`e^a`, and
    half-maximum distance :math:`b \log 2`. As published, pairs with CI = 0 are left out, since they
    have no logarithm. They are mostly far apart, or of units with few spikes, so without them the
    index seems to fall more slowly than it does, and independent units with few spikes seem to have
    an index above 1: compare groups only where `silent_pairs` are few, and see `by_distance`, whose
    means hold them.

    Parameters
    ----------
    recordings : xarray.Dataset, sequence or mapping
        One recording, several that are pooled, or groups of them by name, such as ages.
    window : float
        As in `correlation_index`.
    bootstrap : {"recordings", "units", "pairs"}, optional
        What is drawn with replacement for 95 % percentile intervals. "recordings" tells how well
        other animals are foretold, and needs several; "units" draws units within every recording (a
        pair counts as often as the product of how often its two units were drawn, T. A. B. Snijders
        and S. P. Borgatti, Connections 22:161, 1999); "pairs" takes pairs for independent, which
        those that share a unit are not, and is too narrow.
    resamples : int
        How often.
    seed : int
        Seed of the drawing.

    Returns
    -------
    xarray.Dataset, () or (group)
        `intercept`; `half_maximum` in micrometres, infinite where the index does not fall; `pairs`
        that were fitted, `silent_pairs` and `undefined_pairs` that were not; `units` and
        `recordings`. With `bootstrap` also `intercept_low`, `intercept_high`, `half_maximum_low`
        and `half_maximum_high`. NaN where there are not two distances to fit.

    Raises
    ------
    TypeError
        If what is given are no datasets.
    ValueError
        If a recording has no positions, there is none, or there are too few to draw from.

    Examples
    --------
    >>> from ontogeny.data.recordings import recording_of
    >>> trains = [[0.0, 1.0, 2.0, 4.0], [0.0, 1.0, 2.0, 4.0], [0.0, 1.5, 3.5, 4.0]]
    >>> recording = recording_of(trains, position=[[0, 0], [100, 0], [200, 0]])
    >>> fit = correlation_index_fit(recording)
    >>> round(float(fit["intercept"]), 3), round(float(fit["half_maximum"]), 3)
    (10.0, 200.0)
    """
    where = "correlation_index_fit"
    if bootstrap is not None and bootstrap not in _RESAMPLED:
        raise ValueError(
            f"{where}.bootstrap: expected one of {_RESAMPLED} or None, got {bootstrap!r}"
        )
    if isinstance(recordings, Mapping) and not isinstance(recordings, xr.Dataset):
        if not recordings:
            raise ValueError(f"{where}.recordings: expected at least one group, got none")
        random = np.random.default_rng(seed)
        checked = {
            str(name): _listed(group, bootstrap, where) for name, group in recordings.items()
        }
        fits = [_fit(group, window, bootstrap, resamples, random) for group in checked.values()]
        names = xr.DataArray(list(checked), dims="group", name="group")
        names.attrs = {"units": "1", "long_name": "group of recordings"}
        return xr.concat(fits, names)
    listed = _listed(recordings, bootstrap, where)
    return _fit(listed, window, bootstrap, resamples, np.random.default_rng(seed))


def _listed(group: Any, bootstrap: str | None, where: str) -> list[xr.Dataset]:
    """Return the recordings of a group, unless they cannot be fitted."""
    single = isinstance(group, xr.Dataset | xr.DataArray)
    recordings: list[xr.Dataset] = [group] if single else list(group)
    if not recordings:
        raise ValueError(f"{where}.recordings: expected at least one recording, got none")
    for number, recording in enumerate(recordings):
        check_recording(recording, where)
        if "position" not in recording:
            name = recording.attrs.get("name", f"number {number}")
            raise ValueError(
                f"{where}.recordings: expected positions of the units, recording {name} has none; "
                'positions="table.csv" of open_recording(), or columns x and y, give them, as '
                "position= of recording_of() does; or take correlation_index(), which "
                "needs none"
            )
    if bootstrap == "recordings" and len(recordings) < 2:
        raise ValueError(
            f"{where}.bootstrap: expected at least 2 recordings to draw from, got 1; draw 'units'"
        )
    return recordings


def _fit(
    recordings: list[xr.Dataset],
    window: float,
    bootstrap: str | None,
    resamples: int,
    random: np.random.Generator,
) -> xr.Dataset:
    pairs = [correlation_index(recording, window=window) for recording in recordings]
    sizes = [recording.sizes["unit"] for recording in recordings]
    index = np.concatenate([each["correlation_index"].values for each in pairs])
    distance = np.concatenate([each["distance"].values for each in pairs])
    defined = np.isfinite(index) & np.isfinite(distance)
    used = defined & (index > 0)
    x, y = distance[used], np.log(index[used])
    values: dict[str, Any] = dict(zip(_COLUMNS, line(x, y, np.ones((1, len(x)))), strict=False))
    values = {name: value[0] for name, value in values.items()}
    values |= {
        "pairs": int(used.sum()),
        "silent_pairs": int((defined & (index == 0)).sum()),
        "undefined_pairs": int((~defined).sum()),
        "units": sum(sizes),
        "recordings": len(recordings),
    }
    labels = dict(_COLUMNS)
    if bootstrap is not None:
        drawn = _drawn(x, y, used, sizes, bootstrap, resamples, random)
        for name, column in zip(("intercept", "half_maximum"), drawn, strict=True):
            for side, text, end in zip(
                ("low", "high"), ("lower", "upper"), percentiles(column), strict=True
            ):
                units, what = _COLUMNS[name]
                values[f"{name}_{side}"] = end
                labels[f"{name}_{side}"] = units, f"{text} end of the 95 % interval of the {what}"
    return xr.Dataset(
        {
            name: ((), value, dict(zip(("units", "long_name"), labels[name], strict=True)))
            for name, value in values.items()
        }
    )


def line(x: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """
    Fit lines with weights, and return intercepts and half-maximum distances.

    Parameters
    ----------
    x, y : numpy.ndarray, (pair,)
        Distances, and logarithms of the index.
    weights : numpy.ndarray, (resample, pair)
        How often every pair counts.

    Returns
    -------
    tuple of numpy.ndarray, (resample,)
        exp(a) and b log 2; NaN where there are not two distances.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        total = weights.sum(axis=1)
        mean_x, mean_y = weights @ x / total, weights @ y / total
        from_mean = x - mean_x[:, np.newaxis]
        spread = (weights * from_mean**2).sum(axis=1)
        slope = (weights * from_mean) @ y / np.where(spread > 0, spread, np.nan)
        half = np.where(slope < 0, -np.log(2) / slope, np.where(np.isnan(slope), np.nan, np.inf))
    return np.exp(mean_y - slope * mean_x), half


def _drawn(
    x: Floats,
    y: Floats,
    used: npt.NDArray[np.bool_],
    sizes: list[int],
    bootstrap: str,
    resamples: int,
    random: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Return intercepts and half-maximum distances of all resamples, in pieces of memory."""
    found = np.full((2, resamples), np.nan)
    for start in range(0, resamples, _CHUNK):
        count = min(_CHUNK, resamples - start)
        weights = [_weights(sizes, used, bootstrap, random) for _ in range(count)]
        found[:, start : start + count] = line(x, y, np.array(weights))
    return found[0], found[1]


def _weights(
    sizes: list[int], used: npt.NDArray[np.bool_], bootstrap: str, random: np.random.Generator
) -> Floats:
    """Return how often each used pair counts in one resample."""
    if bootstrap == "pairs":
        return drawings(int(used.sum()), random).astype(np.float64)
    if bootstrap == "recordings":
        pairs = [size * (size - 1) // 2 for size in sizes]
        return np.repeat(drawings(len(sizes), random), pairs)[used].astype(np.float64)
    parts = []
    for size in sizes:
        times = drawings(size, random)
        first, second = np.triu_indices(size, 1)
        parts.append(times[first] * times[second])
    return np.concatenate(parts)[used].astype(np.float64)
