"""Events of each class: how many, how large, how far apart."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..arguments import check_table
from ..array import Floats
from .events import CLASSES, event_classes
from .pairs import drawings, percentiles

__all__ = ["event_summary", "intervals_between"]

_MEANS = ("participation", "amplitude", "duration")
_UNITS = {"interval": "s", "participation": "1", "amplitude": "1", "duration": "s"}


def event_summary(
    events: xr.Dataset, *, over: str | None = None, resamples: int = 2000, seed: int = 0
) -> xr.Dataset:
    """
    Summarise events by class, with intervals over animals.

    Events of an animal resemble each other, so intervals come from drawing animals with all their
    events, not events (95 % percentile intervals). From few animals they are too narrow.

    Parameters
    ----------
    events : xarray.Dataset, (event)
        Result of `population_events` or `open_events`: `start`, `duration`, `participation` and
        `amplitude`; a coordinate `recording` where there are several.
    over : str, optional
        The coordinate whose values are drawn; by default ``animal``, or ``recording`` where there
        is no animal. None of both draws single events, as if they were independent.
    resamples : int
        How often.
    seed : int
        Seed of the drawing.

    Returns
    -------
    xarray.Dataset, (event_class)
        For "L" and "H": `count`; the means `participation`, `amplitude` and `duration`. Over both:
        `interval`, the median time from the start of an L or H event to that of the next one in
        the recording. Each but `count` with `_low` and `_high`. `animals` and `recordings` with an
        L or H event. NaN where there are none.

    Raises
    ------
    TypeError
        If events are no dataset.
    ValueError
        If a variable or the coordinate is missing.

    Examples
    --------
    >>> events = xr.Dataset({
    ...     "start": ("event", [0.0, 10.0, 30.0]), "duration": ("event", [1.0, 1.0, 2.0]),
    ...     "participation": ("event", [0.3, 0.9, 0.5]), "amplitude": ("event", [1.0, 2.0, 1.2]),
    ... })
    >>> found = event_summary(events)
    >>> found["count"].values.tolist(), found["amplitude"].values.tolist(), float(found["interval"])
    ([2, 1], [1.1, 2.0], 15.0)
    """
    where = "event_summary"
    classes, recording, member = prepared(events, over, where)
    values = {name: np.asarray(events[name].values, dtype=np.float64) for name in _MEANS}
    gap, owner = intervals_between(
        np.asarray(events["start"].values, dtype=np.float64), classes != "none", recording
    )
    counts = np.array([(classes == name).sum() for name in CLASSES])
    attrs = {name: str(events[name].attrs.get("units", _UNITS[name])) for name in _MEANS}
    attrs["interval"] = str(events["start"].attrs.get("units", "s"))
    variables: dict[str, Any] = {
        "count": ("event_class", counts, {"units": "1", "long_name": "number of events"})
    }
    for name in _MEANS:
        columns = [
            _interval(values[name][classes == each], member[classes == each], member, np.mean,
                      resamples, seed)
            for each in CLASSES
        ]  # fmt: skip
        variables |= _columns(name, "event_class", np.array(columns).T, f"mean {name}", attrs)
    found = _interval(gap, member[owner], member, np.median, resamples, seed)
    what = "median time from one L or H event to the next"
    variables |= _columns("interval", (), np.array(found), what, attrs)
    shown = classes != "none"
    for name, of in (("animals", "animal"), ("recordings", "recording")):
        if of in events.coords:
            number = len(np.unique(events[of].values[shown]))
            text = {"units": "1", "long_name": f"{name} with an L or H event"}
            variables[name] = (), number, text
    return xr.Dataset(variables, coords={"event_class": list(CLASSES)})


def prepared(
    events: xr.Dataset, over: str | None, where: str
) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """
    Return of every event its class, the number of its recording, and of what is drawn.

    Parameters
    ----------
    events : xarray.Dataset, (event)
        The events.
    over : str, optional
        The coordinate that is drawn.
    where : str
        The function that asks, for messages.
    """
    check_table(
        events, f"{where}.events", "events", "population_events() and open_events() make such"
    )
    missing = [name for name in ("start", *_MEANS) if name not in events]
    if missing:
        raise ValueError(
            f"{where}.events: expected the variables start, {', '.join(_MEANS)}, got "
            f"{sorted(map(str, events))}"
        )
    if over is None:
        over = next((name for name in ("animal", "recording") if name in events.coords), None)
    elif over not in events.coords:
        raise ValueError(
            f"{where}.over: expected a coordinate of the events, got {over!r} of "
            f"{sorted(map(str, events.coords))}"
        )
    number = events.sizes["event"]

    def index(name: str | None, default: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        if name is None or name not in events.coords:
            return default
        return np.unique(events[name].values, return_inverse=True)[1].reshape(-1)

    recording = index("recording", np.zeros(number, dtype=np.intp))
    return event_classes(events["participation"]).values, recording, index(over, np.arange(number))


def intervals_between(
    start: Floats, chosen: npt.NDArray[np.bool_], recording: npt.NDArray[np.intp]
) -> tuple[Floats, npt.NDArray[np.intp]]:
    """
    Compute the times between the starts of successive events of the same recording.

    Parameters
    ----------
    start : numpy.ndarray, (event,)
        Starts of the events.
    chosen : numpy.ndarray of bool, (event,)
        Which events count.
    recording : numpy.ndarray of int, (event,)
        Number of the recording of each.

    Returns
    -------
    tuple of numpy.ndarray, (interval,)
        Times, and the number of the event that each one ends with.
    """
    order = np.lexsort((start, recording))
    order = order[chosen[order]]
    same = recording[order][1:] == recording[order][:-1]
    return np.diff(start[order])[same], order[1:][same]


def _interval(
    values: Floats,
    member: npt.NDArray[np.intp],
    members: npt.NDArray[np.intp],
    statistic: Callable[..., Any],
    resamples: int,
    seed: int,
) -> tuple[float, float, float]:
    """Return a statistic and its interval from drawing the members that values belong to."""
    if not len(values):
        return np.nan, np.nan, np.nan
    random = np.random.default_rng(seed)
    number = int(members.max()) + 1
    drawn = np.full(resamples, np.nan)
    for index in range(resamples):
        sample = np.repeat(values, drawings(number, random)[member])
        drawn[index] = statistic(sample) if len(sample) else np.nan
    low, high = percentiles(drawn)
    return float(statistic(values)), float(low), float(high)


def _columns(
    name: str, dims: Any, found: Floats, text: str, attrs: dict[str, str]
) -> dict[str, tuple[Any, ...]]:
    """Return a value and both ends of its interval as variables."""
    ends = (("", ""), ("_low", "lower end of the 95 % interval of the "),
            ("_high", "upper end of the 95 % interval of the "))  # fmt: skip
    return {
        f"{name}{suffix}": (dims, column, {"units": attrs[name], "long_name": before + text})
        for (suffix, before), column in zip(ends, found, strict=True)
    }
