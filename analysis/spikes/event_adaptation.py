"""Whether large events are the larger the more activity came before them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..array import Floats
from .event_summary import prepared
from .pairs import drawings, percentiles

__all__ = ["event_adaptation"]


def event_adaptation(
    events: xr.Dataset,
    *,
    window: float = 300.0,
    decay: float = 1000.0,
    minimum: int = 1,
    over: str | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> xr.Dataset:
    r"""
    Correlate the amplitude of H events with that of the events before them.

    .. math:: p_k = \frac{1}{n_k} \sum_{j} a_j \, e^{-(t_k - e_j) / \tau}

    over the :math:`n_k` events L and H of the same recording that start before the H event
    :math:`k`, which starts at :math:`t_k`, and end, at :math:`e_j`, within the window before it;
    :math:`a` are amplitudes. M. E. Wosniack et al., eLife 10:e61619, 2021, use such a leaky mean
    and report a positive correlation in the table that `open_events` reads. Two things differ
    here: they put recordings with successive numbers together, as if each lasted 300 s without a
    pause, which the table does not tell; and amplitudes differ between animals for other reasons
    (age, dye, depth), which alone correlate amplitudes of one animal with each other. So
    `correlation` is over all events, as published, and `within` over what is left when the means
    of every animal are subtracted; only the latter can speak for adaptation.
    In the table there is none within animals, and the correlation over all events is what shuffling
    amplitudes within animals gives as well.

    Parameters
    ----------
    events : xarray.Dataset, (event)
        Result of `open_events` or `population_events`.
    window : float
        How far back, in the unit of `start`.
    decay : float
        The time constant :math:`\tau` of forgetting.
    minimum : int
        Animals with fewer such H events are left out.
    over : str, optional
        The coordinate that tells animals, as in `event_summary`.
    resamples : int
        How often animals are drawn for intervals, and amplitudes shuffled for the control.
    seed : int
        Seed of both.

    Returns
    -------
    xarray.Dataset
        `correlation` and `within` (Pearson), each with `_low` and `_high` (95 %, animals drawn) and
        `_null_low` and `_null_high` (95 %, amplitudes of H events shuffled within every animal);
        `events` and `animals` that were used. NaN from fewer than three events.

    Raises
    ------
    TypeError
        If events are no dataset.
    ValueError
        If a variable or the coordinate is missing, or the window or decay is not above 0.
    """
    where = "event_adaptation"
    if not (window > 0 and decay > 0):
        raise ValueError(f"{where}.window, decay: expected above 0, got {window!r}, {decay!r}")
    classes, recording, member = prepared(events, over, where)
    start = np.asarray(events["start"].values, dtype=np.float64)
    stop = start + np.asarray(events["duration"].values, dtype=np.float64)
    if "stop" in events:
        stop = np.asarray(events["stop"].values, dtype=np.float64)
    amplitude = np.asarray(events["amplitude"].values, dtype=np.float64)
    before = preceding(start, stop, amplitude, classes, recording, window, decay)
    used = np.isfinite(before)
    times = np.bincount(member[used], minlength=1)
    used[used] = times[member[used]] >= minimum
    x, y = before[used], amplitude[used]
    animal = np.unique(member[used], return_inverse=True)[1].reshape(-1)
    values = _found(x, y, animal, resamples, seed)
    texts = {
        "correlation": "correlation of amplitudes of H events with preceding activity",
        "within": "correlation of the two within animals",
    }
    ends = {
        "": "",
        "_low": "lower end of the 95 % interval of the ",
        "_high": "upper end of the 95 % interval of the ",
        "_null_low": "lower end of the 95 % interval of shuffled amplitudes of the ",
        "_null_high": "upper end of the 95 % interval of shuffled amplitudes of the ",
    }
    variables: dict[str, Any] = {
        name + end: ((), values[name + end], {"units": "1", "long_name": before_text + text})
        for name, text in texts.items()
        for end, before_text in ends.items()
    }
    variables["events"] = (), len(x), {"units": "1", "long_name": "number of H events"}
    variables["animals"] = (), len(np.unique(animal)), {"units": "1", "long_name": "their animals"}
    return xr.Dataset(variables, attrs={"window": window, "decay": decay, "minimum": minimum})


def preceding(
    start: Floats,
    stop: Floats,
    amplitude: Floats,
    classes: npt.NDArray[Any],
    recording: npt.NDArray[np.intp],
    window: float,
    decay: float,
) -> Floats:
    """
    Compute the leaky mean amplitude of the events before each H event.

    Parameters
    ----------
    start, stop, amplitude, classes, recording : numpy.ndarray, (event,)
        What is known of the events.
    window, decay : float
        As in `event_adaptation`.

    Returns
    -------
    numpy.ndarray, (event,)
        NaN for other events, and where none came before.
    """
    found = np.full(len(start), np.nan)
    shown = classes != "none"
    for event in np.flatnonzero(classes == "H"):
        since = start[event] - stop
        chosen = shown & (recording == recording[event]) & (start < start[event])
        chosen &= since <= window
        if chosen.any():
            found[event] = np.mean(amplitude[chosen] * np.exp(-since[chosen] / decay))
    return found


def _found(
    x: Floats, y: Floats, animal: npt.NDArray[np.intp], resamples: int, seed: int
) -> dict[str, float]:
    """Return both correlations, with the intervals of drawn animals and of shuffled amplitudes."""
    random = np.random.default_rng(seed)
    number = int(animal.max(initial=-1)) + 1
    groups = [np.flatnonzero(animal == each) for each in range(number)]
    drawn, null = np.full((resamples, 2), np.nan), np.full((resamples, 2), np.nan)
    everything = np.arange(len(x))
    within_x, within_y = _centred(x, groups), _centred(y, groups)
    for index in range(resamples if number else 0):
        chosen = np.repeat(everything, drawings(number, random)[animal])
        drawn[index] = _pearson(x[chosen], y[chosen]), _pearson(within_x[chosen], within_y[chosen])
        shuffled = np.empty(len(y), dtype=np.intp)
        for group in groups:
            shuffled[group] = random.permutation(group)
        null[index] = _pearson(x, y[shuffled]), _pearson(within_x, within_y[shuffled])
    (low, high), (null_low, null_high) = percentiles(drawn), percentiles(null)
    found: dict[str, float] = {}
    for column, (name, value) in enumerate(
        (("correlation", _pearson(x, y)), ("within", _pearson(within_x, within_y)))
    ):
        found[name] = value
        found[f"{name}_low"], found[f"{name}_high"] = low[column], high[column]
        found[f"{name}_null_low"] = null_low[column]
        found[f"{name}_null_high"] = null_high[column]
    return found


def _centred(values: Floats, groups: list[npt.NDArray[np.intp]]) -> Floats:
    """Subtract the mean of each group."""
    result = values.copy()
    for group in groups:
        result[group] -= values[group].mean()
    return result


def _pearson(x: Floats, y: Floats) -> float:
    if len(x) < 3:
        return np.nan
    x, y = x - x.mean(), y - y.mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 0 else np.nan
