"""Events in which many units are active at once, and their classes."""

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..arguments import check_array
from ..array import Floats
from .correlation_index import matrix_of
from .pairs import percentiles
from .pairwise import shift_units

__all__ = ["event_classes", "event_control", "population_events"]

CLASSES = ("L", "H")
LOW, HIGH = 0.2, 0.8


def population_events(
    activity: xr.DataArray,
    *,
    active: float | xr.DataArray = 0.0,
    threshold: float = 0.0,
    samples: str = "time",
    neurons: str = "unit",
) -> xr.Dataset:
    """
    Find events: unbroken epochs in which more than a share of the units is active.

    F. Siegel, J. A. Heimel, J. Peters and C. Lohmann (Current Biology 22:253, 2012) found events in
    calcium imaging of the visual cortex of mice before eye opening. Known from their table of
    events: every event has a start, an end, a share of cells that take part, a jitter and an
    amplitude, events of a single cell are listed, so that no share is asked for (`threshold` 0),
    and classes go by the share alone (`event_classes`). Inferred from its values: the jitter is the
    standard deviation (with n - 1) of the frames in which cells start. Not known here: how they
    found a cell's activity; `active` stands for it.

    Parameters
    ----------
    activity : xarray.DataArray, (samples, neurons)
        Counts, rates or fluorescence; its samples follow each other evenly.
    active : float or xarray.DataArray, (neurons)
        A unit is active where its activity is above this: 0 for counts; for rates, which are seldom
        0, such as ``activity.mean("time") + 2 * activity.std("time")``.
    threshold : float
        The share of active units that an event exceeds at every sample, 0 to below 1. Where units
        are active at random it has to lie above the share that chance gives, or events run into
        each other: see `event_control`.
    samples, neurons : str
        Names of the dims.

    Returns
    -------
    xarray.Dataset, (event)
        `start`, `stop` and `duration` in the unit of the samples' coordinate (samples lie in the
        middle of their bin; 1 each where there is no coordinate); `participation`, the share of
        units that are active at least once, 0 to 1; `amplitude`, the mean over these of their
        largest activity in the event; `jitter`, the standard deviation of when they are first
        active (NaN of a single one). Attributes `length`, how long the activity lasts, and `units`.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If there are further dims, samples do not follow each other evenly, the threshold is no
        share, or activity is not finite.

    Examples
    --------
    >>> counts = xr.DataArray([[0, 0], [2, 0], [1, 4], [0, 0], [0, 1]], dims=("time", "unit"))
    >>> events = population_events(counts)
    >>> events["start"].values.tolist(), events["stop"].values.tolist()
    ([1.0, 4.0], [3.0, 5.0])
    >>> events["participation"].values.tolist(), events["amplitude"].values.tolist()
    ([1.0, 0.5], [3.0, 1.0])
    """
    where = "population_events"
    values = _checked(activity, threshold, samples, neurons, where)
    begin, step, units = _grid(values, samples, where)
    above = (values > active).transpose(samples, neurons).values
    starts, stops = epochs(above.mean(axis=1) > threshold)
    columns = _measures(np.asarray(values.values, dtype=np.float64), above, starts, stops)
    what = activity.attrs.get("units", "1")
    length = values.sizes[samples] * step
    attrs = {
        "start": (begin + starts * step, units, "start of the event"),
        "stop": (begin + stops * step, units, "end of the event"),
        "duration": ((stops - starts) * step, units, "duration of the event"),
        "participation": (columns[0], "1", "share of the units that take part"),
        "amplitude": (columns[1], what, "mean largest activity of the units that take part"),
        "jitter": (columns[2] * step, units, "standard deviation of when units start"),
    }
    variables: dict[str, Any] = {
        name: ("event", column, {"units": unit, "long_name": text})
        for name, (column, unit, text) in attrs.items()
    }
    told = {"length": length, "number_of_units": values.sizes[neurons], "threshold": threshold}
    return xr.Dataset(variables, attrs=told)


def event_classes(participation: xr.DataArray) -> xr.DataArray:
    """
    Tell the class of events by the share of units that take part.

    Of at least 80 % of the units is H, with high synchronicity; from 20 % to below 80 % is L, with
    low synchronicity; below is none (F. Siegel, J. A. Heimel, J. Peters and C. Lohmann, Current
    Biology 22:253, 2012).

    Parameters
    ----------
    participation : xarray.DataArray
        Shares, 0 to 1.

    Returns
    -------
    xarray.DataArray of str
        "H", "L" or "none".

    Raises
    ------
    TypeError
        If it is no `xarray.DataArray`.
    ValueError
        If values are no shares.

    Examples
    --------
    >>> event_classes(xr.DataArray([0.1, 0.2, 0.79, 0.8], dims="event")).values.tolist()
    ['none', 'L', 'L', 'H']
    """
    check_array(
        participation,
        "event_classes.participation",
        ("event",),
        "pass events['participation']",
    )
    values = np.asarray(participation.values, dtype=np.float64)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            f"event_classes.participation: expected shares between 0 and 1, got {values.min():g} "
            f"to {values.max():g}; divide percentages by 100"
        )
    found = np.where(values >= HIGH, "H", np.where(values >= LOW, "L", "none"))
    result = participation.copy(data=found).rename("event_class")
    result.attrs = {"units": "1", "long_name": "class of the event"}
    return result


def event_control(
    activity: xr.DataArray,
    *,
    active: float | xr.DataArray = 0.0,
    threshold: float = 0.0,
    samples: str = "time",
    neurons: str = "unit",
    shuffles: int = 100,
    seed: int = 0,
) -> xr.Dataset:
    """
    Compare how often events of each class come with what units do that are shifted in time.

    Parameters
    ----------
    activity, active, threshold, samples, neurons
        As in `population_events`.
    shuffles : int
        How many copies are made by `shift_units`; at least 40 for an interval of 95 %.
    seed : int
        Seed of the shifts; copy k has seed + k.

    Returns
    -------
    xarray.Dataset, (event_class)
        For "L" and "H": `count` of events, and among the copies `null_mean`, `null_low` and
        `null_high` (95 %). More events than chance gives are above the interval; where chance
        gives as many, they tell nothing of how units depend on each other.

    Raises
    ------
    ValueError
        As `population_events` does, or if there are no shuffles.
    """
    if shuffles < 1:
        raise ValueError(f"event_control.shuffles: expected at least 1, got {shuffles!r}")

    def counts(values: xr.DataArray) -> Floats:
        events = population_events(
            values, active=active, threshold=threshold, samples=samples, neurons=neurons
        )
        classes = event_classes(events["participation"]).values
        return np.array([(classes == name).sum() for name in CLASSES], dtype=np.float64)

    observed = counts(activity)
    copies = range(seed, seed + shuffles)
    null = np.array(
        [counts(shift_units(activity, samples=samples, neurons=neurons, seed=k)) for k in copies]
    )
    low, high = percentiles(null)
    columns = {
        "count": (observed, "number of events"),
        "null_mean": (null.mean(axis=0), "mean number of events of shifted units"),
        "null_low": (low, "lower end of the 95 % interval of that of shifted units"),
        "null_high": (high, "upper end of the 95 % interval of that of shifted units"),
    }
    variables: dict[str, Any] = {
        name: ("event_class", column, {"units": "1", "long_name": text})
        for name, (column, text) in columns.items()
    }
    return xr.Dataset(variables, coords={"event_class": list(CLASSES)})


def epochs(
    inside: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """
    Return where unbroken runs of True begin, and where they have ended.

    Parameters
    ----------
    inside : numpy.ndarray of bool, (sample,)
        The sequence.

    Returns
    -------
    tuple of numpy.ndarray of int, (epoch,)
        Of every run the first sample, and the first one after it.

    Examples
    --------
    >>> [edge.tolist() for edge in epochs(np.array([True, False, True, True]))]
    [[0, 2], [1, 4]]
    """
    change = np.diff(inside.astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(change == 1), np.flatnonzero(change == -1)


def _measures(
    values: Floats,
    above: npt.NDArray[np.bool_],
    starts: npt.NDArray[np.intp],
    stops: npt.NDArray[np.intp],
) -> Floats:
    """Return participation, amplitude and jitter (in samples) of every event."""
    found = np.full((3, len(starts)), np.nan)
    for event, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        inside = above[start:stop]
        taking_part = inside.any(axis=0)
        first = inside.argmax(axis=0)[taking_part]
        peak = np.where(inside, values[start:stop], -np.inf).max(axis=0)[taking_part]
        jitter = first.std(ddof=1) if len(first) > 1 else np.nan
        found[:, event] = taking_part.mean(), peak.mean(), jitter
    return found


def _checked(
    activity: xr.DataArray, threshold: float, samples: str, neurons: str, where: str
) -> xr.DataArray:
    values = matrix_of(activity, samples, neurons, f"{where}.activity")
    if values.ndim != 2:
        raise ValueError(
            f"{where}.activity: expected dims '{samples}' and '{neurons}' alone, got "
            f"{list(activity.dims)}; select one of the others with isel()"
        )
    if not np.isfinite(values.values).all():
        raise ValueError(f"{where}.activity: expected finite values, got NaN or infinity")
    if not 0 <= threshold < 1:
        raise ValueError(
            f"{where}.threshold: expected a share of the units from 0 to below 1, got {threshold!r}"
        )
    return values


def _grid(values: xr.DataArray, samples: str, where: str) -> tuple[float, float, str]:
    """Return where the first bin begins, how wide bins are, and in which unit."""
    if samples not in values.coords:
        return 0.0, 1.0, "1"
    middle = np.asarray(values[samples].values, dtype=np.float64)
    width = values.attrs.get("bin_width")
    steps = np.diff(middle) if len(middle) > 1 else np.array([1.0 if width is None else width])
    step = float(np.median(steps))
    if step <= 0 or not np.allclose(steps, step, rtol=1e-6, atol=1e-9 * np.abs(middle).max()):
        raise ValueError(
            f"{where}.activity: expected '{samples}' to ascend in even steps, got steps of "
            f"{steps.min():g} to {steps.max():g}"
        )
    return float(middle[0] - step / 2), step, str(values[samples].attrs.get("units", "1"))
