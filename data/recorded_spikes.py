"""The spikes of a recording, held by a description that tells only what they are."""

import hashlib
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .noise import finite_number
from .recordings import spike_trains

__all__ = ["RecordedSpikes", "spikes_of"]

_TYPES = {"times": "<f8", "counts": "<i8", "positions": "<f8"}


@dataclass(frozen=True, kw_only=True)
class RecordedSpikes:
    """Hold spikes of units on an electrode array, and describe them by their hash.

    Spikes, counts and positions are no fields: a description in JSON does not have them. Two are
    equal if start, stop and hash are, whatever they are called.

    Parameters
    ----------
    name, source : str
        What people call the recording, and the file it comes from.
    start, stop : float
        What the recording lasted from and to, in seconds.
    held : mapping of str to ndarray
        ``times`` (spike) in seconds, unit after unit, ``counts`` (unit) and ``positions``
        (unit, axis), x and y in micrometres.

    Attributes
    ----------
    sha256 : str
        SHA-256 of times, counts and positions, as little-endian numbers of 64 bits.
    units, spikes : int
        How many.

    Raises
    ------
    ValueError
        If there is no spike, one is not between start and stop, numbers are not finite, or shapes
        do not fit each other.
    """

    name: str = field(compare=False)
    source: str = field(compare=False)
    start: float
    stop: float
    sha256: str = field(init=False)
    units: int = field(init=False)
    spikes: int = field(init=False)
    held: InitVar[Mapping[str, npt.ArrayLike]]

    def __post_init__(self, held: Mapping[str, npt.ArrayLike]) -> None:
        """Check the arrays, and hash them."""
        for what in ("start", "stop"):
            number = finite_number(f"RecordedSpikes.{what}", getattr(self, what))
            object.__setattr__(self, what, number)
        arrays = {name: np.array(held[name], dtype=kind) for name, kind in _TYPES.items()}
        _check(arrays, self.start, self.stop)
        digest = hashlib.sha256()
        for values in arrays.values():
            values.setflags(write=False)
            digest.update(str(values.shape).encode())
            digest.update(values.tobytes())
        object.__setattr__(self, "_arrays", arrays)
        object.__setattr__(self, "sha256", digest.hexdigest())
        object.__setattr__(self, "units", len(arrays["counts"]))
        object.__setattr__(self, "spikes", len(arrays["times"]))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return times, counts and positions, of which the recording can be made again."""
        found: dict[str, npt.NDArray[Any]] = vars(self)["_arrays"]
        return dict(found)

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """Times of spikes in seconds, unit after unit, (spike,)."""
        return self.arrays()["times"]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Number of spikes of each unit, (unit,)."""
        return self.arrays()["counts"]

    @property
    def positions(self) -> npt.NDArray[np.float64]:
        """Places of units, x and y in micrometres, (unit, axis)."""
        return self.arrays()["positions"]


def _check(arrays: dict[str, npt.NDArray[Any]], start: float, stop: float) -> None:
    times, counts, positions = arrays.values()
    if positions.shape != (len(counts), 2) or times.shape != (counts.sum(),):
        raise ValueError(
            f"RecordedSpikes: expected as many times as the counts tell, and x and y of each unit, "
            f"got {times.shape} times, {counts.shape} counts and positions {positions.shape}"
        )
    if not len(times):
        raise ValueError("RecordedSpikes.times: expected at least one spike, got none")
    for name, values in (("times", times), ("positions", positions)):
        if not np.isfinite(values).all():
            raise ValueError(
                f"RecordedSpikes.{name}: expected finite numbers, got NaN or infinity; "
                f"select units that have them with select_units()"
            )
    if times.min() < start or times.max() > stop:
        raise ValueError(
            f"RecordedSpikes.start, stop: expected seconds between which all spikes lie, got "
            f"{start:g} and {stop:g}, and spikes from {times.min():g} to {times.max():g}"
        )


def spikes_of(where: str, recording: xr.Dataset, name: str | None = None) -> RecordedSpikes:
    """Read the spikes of a recording, which may still lie in its file.

    Parameters
    ----------
    where : str
        Who needs it, for messages.
    recording : xarray.Dataset
        As `open_recording` and `recording_of` have it, with positions.
    name : str, optional
        By default that of the recording.

    Returns
    -------
    RecordedSpikes
        They are in memory, and the file may be closed.

    Raises
    ------
    TypeError
        If it is no dataset.
    ValueError
        If there are no positions, no start and stop, or no spikes.
    """
    if not isinstance(recording, xr.Dataset):
        raise TypeError(
            f"{where}.recording: expected a recording, as open_recording() and recording_of() "
            f"make it, got {type(recording).__name__}"
        )
    if "position" not in recording:
        raise ValueError(
            f"{where}.recording: expected the variable position, where each unit was recorded, got "
            f"{sorted(map(str, recording))}; give recording_of(..., position=...), or "
            'open_recording() a table with columns x and y, or positions="table.csv"'
        )
    missing = [what for what in ("start", "stop") if what not in recording.attrs]
    if missing:
        raise ValueError(
            f"{where}.recording: expected the attributes start and stop in seconds, got no "
            f"{' and no '.join(missing)}"
        )
    trains = list(spike_trains(recording))
    return RecordedSpikes(
        name=str(recording.attrs.get("name", "recording") if name is None else name),
        source=str(recording.attrs.get("source", "")),
        start=float(recording.attrs["start"]),
        stop=float(recording.attrs["stop"]),
        held={
            "times": np.concatenate(trains) if trains else (),
            "counts": [len(train) for train in trains],
            "positions": _places(where, recording["position"]),
        },
    )


def _places(where: str, position: xr.DataArray) -> npt.NDArray[np.float64]:
    """Return x and y of each unit, whatever the order of the dims and axes."""
    units = str(position.attrs.get("units", "um"))
    if set(position.dims) != {"unit", "axis"} or units != "um":
        raise ValueError(
            f"{where}.recording: expected the variable position (unit, axis) in um, got "
            f"{tuple(map(str, position.dims))} in {units}; give recording_of(..., position=...)"
        )
    position = position.transpose("unit", "axis")
    if "axis" in position.coords:
        axes = position["axis"].values.tolist()
        if not {"x", "y"} <= set(axes):
            raise ValueError(
                f"{where}.recording: expected the axes x and y of position, got {axes}"
            )
        position = position.sel(axis=["x", "y"])
    return np.asarray(position.values[:, :2], dtype=np.float64)
