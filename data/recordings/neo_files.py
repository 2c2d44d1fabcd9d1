"""Spikes in the files of recording systems, as far as Neo reads them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..extras import needed
from .neo_labels import (
    attributes_of,
    epochs_of,
    names_of,
    positions_of,
    seconds_of,
    units_of,
)
from .origin import Origin
from .ragged import checked_counts, ordered, ragged_recording, spike_extent

__all__ = ["neo_readers", "open_neo"]

_UNSAFE = ("PickleIO",)  # unpickling runs what the file says
_BY_NAME = ("NeoMatlabIO",)  # SciPy's reader of MATLAB files can crash at damaged ones


class _Trains:
    """Spike trains one after another, as an array that slices are read from.

    Parameters
    ----------
    trains : sequence
        Spike trains of Neo, or its proxies of those in a file.
    """

    def __init__(self, trains: Sequence[Any]) -> None:
        self.trains = trains
        self.ends = np.cumsum([train.shape[0] for train in trains])
        self.shape = (int(self.ends[-1]),)
        self.dtype = np.dtype(np.float64)

    def __getitem__(self, key: tuple[Any, ...]) -> npt.NDArray[np.float64]:
        """Read the trains that a slice, or one place, touches."""
        (wanted,) = key
        if not isinstance(wanted, slice):
            return self[(slice(int(wanted), int(wanted) + 1),)].reshape(())
        start, stop, step = wanted.indices(self.shape[0])
        parts = [np.empty(0)]
        begin = 0
        for train, end in zip(self.trains, self.ends.tolist(), strict=True):
            if begin < stop and end > start:
                parts.append(seconds_of(train)[max(start - begin, 0) : stop - begin])
            begin = end
        return np.concatenate(parts)[::step]


def neo_readers(where: str = "open_recording") -> list[str]:
    """Return the names of Neo's readers of files with spikes, those that unpickle left out."""
    io = needed("neo.io", where)
    return sorted({each.__name__ for each in io.iolist} - set(_UNSAFE))


def open_neo(
    path: Path, *, reader: str | None = None, segment: int | None = None, sort: bool = False
) -> xr.Dataset:
    """Open the spikes of a file that Neo reads.

    Where Neo's reader can, spikes stay in the file until they are needed; they are checked once.

    Parameters
    ----------
    path : pathlib.Path
        File, or folder where the recording system writes such.
    reader : str, optional
        Name of Neo's class, such as "PlexonIO"; by default the first one for the suffix that finds
        spike trains. MATLAB files must be asked for, by "NeoMatlabIO": SciPy's reader can crash at
        damaged ones.
    segment : int, optional
        Which segment, from 0 on, of all segments of all blocks; needed if there are several.
    sort : bool
        Whether to sort the spikes of each unit, which needs them in memory.

    Returns
    -------
    xarray.Dataset
        As `recording_of` makes it, in seconds; ``position`` where every spike train has an
        annotation "position" or "coordinates" of two or three micrometres, or the annotations "x",
        "y" and perhaps "z"; ``unit_<annotation>``
        for what all trains are annotated with; ``epoch_start``, ``epoch_stop`` and
        ``epoch_label`` where there are epochs; texts and numbers that the segment is annotated with
        as attributes.

    Raises
    ------
    ValueError
        If no reader finds spikes, or there are several segments and none is named.
    ImportError
        If Neo is not installed.
    """
    origin = Origin(where="open_recording", place=str(path))
    found, close = _found(path, reader, segment, origin)
    try:
        with origin.reading("spikes that Neo reads"):
            recording = _read(found, path, origin, sort)
    except BaseException:
        close()
        raise
    recording.set_close(close)
    return recording


def _read(found: Any, path: Path, origin: Origin, sort: bool) -> xr.Dataset:
    trains = list(found.spiketrains)
    sizes = [train.shape[0] for train in trains]
    counts = checked_counts(origin, sizes, sum(sizes))
    unit = names_of(trains)
    times = _times(trains, counts, sort)
    start, stop = spike_extent(
        origin,
        times,
        counts,
        unit,
        start=min(float(train.t_start.rescale("s")) for train in trains),
        stop=max(float(train.t_stop.rescale("s")) for train in trains),
    )
    own = {"start": start, "stop": stop, "name": found.name or path.stem, "source": path.name}
    recording = ragged_recording(
        origin,
        times,
        counts,
        unit=unit,
        position=positions_of(trains),
        attributes={**attributes_of(found.annotations), **own},
    )
    return recording.assign(**units_of(trains), **epochs_of(found))


def _times(trains: Sequence[Any], counts: npt.NDArray[np.int64], sort: bool) -> Any:
    together = _Trains(trains)
    if sort:
        return ordered(together, counts)
    in_memory = all(not hasattr(train, "load") for train in trains)
    return together[(slice(None),)] if in_memory else together


def _found(
    path: Path, reader: str | None, segment: int | None, origin: Origin
) -> tuple[Any, Callable[[], None]]:
    """Return the segment with spikes, and what closes the file."""
    reasons = []
    for kind in _candidates(path, reader, origin):
        try:
            source = kind(str(path))
            blocks = _blocks(source)
        except Exception as error:  # Neo's readers raise what they like at files of others
            reasons.append(f"{kind.__name__}: {type(error).__name__}: {error}"[:200])
            continue
        close = getattr(source, "close", _nothing)
        segments = [each for block in blocks for each in block.segments]
        if not any(len(each.spiketrains) for each in segments):
            reasons.append(f"{kind.__name__}: no spike trains")
            close()
            continue
        try:
            return _chosen(segments, segment, origin), close
        except ValueError:
            close()
            raise
    raise origin.refusal(
        "path",
        "spike trains that Neo reads",
        f"none ({'; '.join(reasons)})",
        'kind="PlexonIO", or another reader of Neo, says what the file is',
    )


def _blocks(source: Any) -> list[Any]:
    """Return all blocks of a file; readers that can leave the spikes there give one at a time."""
    if not source.support_lazy:
        return list(source.read())
    if not hasattr(source, "block_count"):
        return list(source.read(lazy=True))
    return [
        source.read_block(block_index=number, lazy=True) for number in range(source.block_count())
    ]


def _chosen(segments: Sequence[Any], segment: int | None, origin: Origin) -> Any:
    if segment is None and len(segments) > 1:
        raise origin.refusal(
            "segment",
            "the number of a segment",
            f"none, and {len(segments)} segments",
            f"pass segment=0 to segment={len(segments) - 1}",
        )
    number = 0 if segment is None else segment
    if not 0 <= number < len(segments) or not len(segments[number].spiketrains):
        raise origin.refusal(
            "segment", f"one of {len(segments)} segments, with spike trains", number
        )
    return segments[number]


def _candidates(path: Path, reader: str | None, origin: Origin) -> list[Any]:
    io = needed("neo.io", origin.where)
    if reader is not None:
        if reader not in neo_readers(origin.where):
            raise origin.refusal(
                "kind", f"a reader of Neo ({', '.join(neo_readers())})", repr(reader)
            )
        return [getattr(io, reader)]
    suffix = path.suffix[1:].lower()
    kinds = io.io_by_extension.get(suffix, []) if suffix else []
    named = [each.__name__ for each in kinds if each.__name__ in _BY_NAME]
    if named:
        raise origin.refusal(
            "kind",
            f"{named[0]!r} for files of this suffix that are trusted",
            "none",
            "a damaged one can end the process",
        )
    kinds = [each for each in kinds if each.__name__ not in _UNSAFE]
    if not kinds:
        raise origin.refusal(
            "path",
            "a file of waverepo, NWB, CSV or npz, or one with a suffix that Neo knows",
            f"the suffix {path.suffix!r}",
            'kind="csv" and the like say what the file is',
        )
    return kinds


def _nothing() -> None:
    """Close nothing."""
