"""What Neo says of spike trains and segments: names, places, annotations and epochs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .ragged import AXES

__all__ = [
    "attributes_of",
    "epochs_of",
    "names_of",
    "positions_of",
    "seconds_of",
    "units_of",
]

_PLACES = ("position", "coordinates")


def seconds_of(train: Any) -> npt.NDArray[np.float64]:
    """Return the times of a spike train, read from its file where they are there."""
    loaded = train.load() if hasattr(train, "load") else train
    return np.asarray(loaded.rescale("s").magnitude, dtype=np.float64)


def names_of(trains: Sequence[Any]) -> list[str]:
    """Return names of the trains, their numbers where some have none or share theirs."""
    names = [train.name or train.annotations.get("id") for train in trains]
    names = ["" if name is None else str(name) for name in names]
    if all(names) and len(set(names)) == len(names):
        return names
    return [str(number) for number in range(len(trains))]


def positions_of(trains: Sequence[Any]) -> list[Any] | None:
    """Return where units are, in micrometres, if all trains say so."""
    for name in _PLACES:
        places = [train.annotations.get(name) for train in trains]
        if all(place is not None for place in places):
            return [_micrometres(place) for place in places]
    axes = [axis for axis in AXES if all(axis in train.annotations for train in trains)]
    if axes[:2] != ["x", "y"]:
        return None
    # As `to_neo` writes them.
    return [
        np.array([float(_micrometres(train.annotations[axis])) for axis in axes])
        for train in trains
    ]


def _micrometres(place: Any) -> npt.NDArray[np.float64]:
    if hasattr(place, "rescale") and not place.dimensionality.string == "dimensionless":
        place = place.rescale("um").magnitude
    return np.asarray(place, dtype=np.float64)


def attributes_of(annotations: Mapping[str, Any]) -> dict[str, str | float]:
    """Return the annotations that are texts and numbers."""
    return {
        str(name): value
        for name, value in annotations.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }


def units_of(trains: Sequence[Any]) -> dict[str, Any]:
    """Return what all trains are annotated with, as variables of units."""
    each = [attributes_of(train.annotations) for train in trains]
    shared = [name for name in each[0] if all(name in other for other in each)]
    columns = {name: [own[name] for own in each] for name in shared}
    return {
        f"unit_{name}": ("unit", np.array(values), {"long_name": name})
        for name, values in columns.items()
        if len({isinstance(value, str) for value in values}) == 1
    }


def epochs_of(segment: Any) -> dict[str, Any]:
    """Return variables of the epochs of a segment, if there are any."""
    starts, stops, labels = [np.empty(0)], [np.empty(0)], [np.empty(0, dtype=str)]
    for epoch in _loaded(segment.epochs):
        begin = np.asarray(epoch.times.rescale("s").magnitude, dtype=np.float64)
        starts.append(begin)
        stops.append(begin + np.asarray(epoch.durations.rescale("s").magnitude, dtype=np.float64))
        told = np.asarray(epoch.labels).astype(str)
        labels.append(told if len(told) == len(begin) else np.full(len(begin), ""))
    if len(np.concatenate(starts)) == 0:
        return {}
    return {
        "epoch_start": (
            "epoch",
            np.concatenate(starts),
            {"units": "s", "long_name": "start of the epoch"},
        ),
        "epoch_stop": (
            "epoch",
            np.concatenate(stops),
            {"units": "s", "long_name": "end of the epoch"},
        ),
        "epoch_label": ("epoch", np.concatenate(labels), {"long_name": "label of the epoch"}),
    }


def _loaded(parts: Sequence[Any]) -> Iterator[Any]:
    for part in parts:
        yield part.load() if hasattr(part, "load") else part
