"""Some units of a recording, and their spikes counted in bins."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .bins import bins_of, whole_bins
from .recording import check_recording, spike_trains

__all__ = ["select_units", "spike_counts"]

_LARGEST = 2**31  # counts in one array


def select_units(recording: xr.Dataset, units: str | Sequence[Any] | npt.ArrayLike) -> xr.Dataset:
    """Return some units of a recording, with their spikes.

    Parameters
    ----------
    recording : xarray.Dataset
        Spikes as `recording_of` has them; what is not in memory stays in its file.
    units : str, sequence of str, sequence of int, or array of bool
        Names of the units, their positions, or a mask over all of them; in this order.

    Returns
    -------
    xarray.Dataset
        The same variables and attributes, ``start`` and ``stop`` too; of ragged columns, which
        have several entries for a unit, those of these units. It reads from the file of the
        recording, which must stay open.

    Raises
    ------
    TypeError
        If it is no dataset.
    ValueError
        If a unit is not there, is named twice, or there are none.

    Examples
    --------
    >>> from ontogeny.data import recording_of
    >>> recording = recording_of([[0.1, 0.5], [0.2], [0.3]], unit=["a", "b", "c"])
    >>> some = select_units(recording, ["c", "a"])
    >>> some["unit"].values.tolist(), some["spike_time"].values.tolist()
    (['c', 'a'], [0.3, 0.1, 0.5])
    >>> select_units(recording, recording["spike_count"] > 1)["unit"].values.tolist()
    ['a']
    """
    _refuse_others(recording, "select_units")
    chosen = _positions(recording, units)
    parts: dict[str, Any] = {
        "unit": chosen,
        "spike": _entries(recording["spike_count"].values, chosen),
    }
    for variable in recording.data_vars.values():
        dim = str(variable.attrs.get("sample_dimension", ""))
        if variable.dims == ("unit",) and dim in recording.dims and dim not in parts:
            parts[dim] = _entries(variable.values, chosen)
    return recording.isel(parts)


def _entries(counts: npt.NDArray[np.int64], chosen: npt.NDArray[np.int64]) -> Any:
    """Return where the entries of some units are, which lie one unit after another."""
    ends = np.cumsum(counts)
    starts = ends - counts
    if (np.diff(chosen) == 1).all():
        # A slice of the file, rather than a list of every entry.
        return slice(int(starts[chosen[0]]), int(ends[chosen[-1]]))
    return np.concatenate([np.arange(starts[each], ends[each]) for each in chosen])


def spike_counts(
    recording: xr.Dataset,
    bin_width: float,
    *,
    start: float | None = None,
    stop: float | None = None,
) -> xr.DataArray:
    """Count the spikes of every unit in bins of equal width.

    Bin k holds the spikes from start + k w up to, but not at, start + (k + 1) w; a spike less than
    a millionth of a bin before an edge is at the edge, as rounding puts 0.3 before 3 times 0.1.
    Only whole bins are made: what comes after the last one, less than a bin before stop, is left
    out, and so is a spike at the very end of the last bin.

    Parameters
    ----------
    recording : xarray.Dataset
        Spikes as `recording_of` has them; read unit by unit.
    bin_width : float
        Width w of a bin, in seconds.
    start, stop : float, optional
        Where to begin and end, in seconds; by default where the recording does.

    Returns
    -------
    xarray.DataArray, (time, unit)
        Numbers of spikes; ``time`` has the centres of the bins, in seconds, and the attribute
        ``bin_width`` their width.

    Raises
    ------
    TypeError
        If it is no dataset.
    ValueError
        If the width is not positive, or no whole bin lies between start and stop.

    Examples
    --------
    >>> from ontogeny.data import recording_of
    >>> recording = recording_of([[0.1, 0.5, 0.9], [0.2]], start=0.0, stop=1.2)
    >>> counts = spike_counts(recording, 0.5)
    >>> counts.values.tolist(), counts["time"].values.tolist()
    ([[1, 1], [2, 0]], [0.25, 0.75])
    """
    _refuse_others(recording, "spike_counts")
    begin = float(recording.attrs["start"] if start is None else start)
    end = float(recording.attrs["stop"] if stop is None else stop)
    width = float(bin_width)
    bins = _bins(begin, end, width, recording.sizes["unit"])
    counts = np.empty((bins, recording.sizes["unit"]), dtype=np.int64)
    for unit, train in enumerate(spike_trains(recording)):
        place = bins_of(train, begin, width)
        inside = (place >= 0) & (place < bins)
        counts[:, unit] = np.bincount(place[inside], minlength=bins)
    centres = begin + width * (np.arange(bins) + 0.5)
    time = ("time", centres, {"units": "s", "long_name": "centre of the bin"})
    return xr.DataArray(
        counts,
        dims=("time", "unit"),
        coords={"time": time, "unit": recording["unit"]},
        name="spike_counts",
        attrs={"units": "1", "long_name": "number of spikes", "bin_width": width},
    )


def _refuse_others(recording: xr.Dataset, where: str) -> None:
    check_recording(recording, where)
    missing = {"spike_time", "spike_count", "unit"} - set(map(str, recording.variables))
    if missing or not {"start", "stop"} <= set(recording.attrs):
        raise ValueError(
            f"{where}.recording: expected the variables spike_time and spike_count of units, and "
            f"the attributes start and stop, got {sorted(map(str, recording.variables))} and "
            f"{sorted(recording.attrs)}; open_recording() and recording_of() make recordings"
        )


def _positions(recording: xr.Dataset, units: Any) -> npt.NDArray[np.int64]:
    size = recording.sizes["unit"]
    wanted = np.atleast_1d(np.asarray(units))
    if wanted.ndim == 1 and wanted.dtype.kind == "b" and len(wanted) == size:
        chosen = np.flatnonzero(wanted)
    elif wanted.ndim == 1 and wanted.dtype.kind in "iu":
        outside = wanted[(wanted < -size) | (wanted >= size)]
        if len(outside):
            raise ValueError(
                f"select_units.units: expected positions among {size} units, got {outside[0]}"
            )
        chosen = np.asarray(wanted, dtype=np.int64) % size
    elif wanted.ndim == 1 and wanted.dtype.kind == "U":
        chosen = _named(recording["unit"].values.tolist(), wanted.tolist())
    elif not wanted.size:
        chosen = np.empty(0, dtype=np.int64)
    else:
        raise ValueError(
            f"select_units.units: expected names, positions, or a mask of {size} units, got "
            f"{wanted.dtype} of shape {wanted.shape}"
        )
    if not len(chosen) or len(np.unique(chosen)) != len(chosen):
        got = "one more than once" if len(chosen) else "none"
        raise ValueError(f"select_units.units: expected different units, at least one, got {got}")
    return chosen


def _named(names: list[str], wanted: list[str]) -> npt.NDArray[np.int64]:
    places = {name: place for place, name in enumerate(names)}
    missing = [name for name in wanted if name not in places]
    if missing:
        raise ValueError(
            f"select_units.units: expected units of the recording ({', '.join(names[:5])}, ...), "
            f"got {missing[:5]}"
        )
    return np.array([places[name] for name in wanted], dtype=np.int64)


def _bins(start: float, stop: float, width: float, units: int) -> int:
    if not (np.isfinite(width) and width > 0):
        raise ValueError(f"spike_counts.bin_width: expected positive seconds, got {width}")
    if not (np.isfinite(start) and np.isfinite(stop)):
        raise ValueError(f"spike_counts.start, stop: expected seconds, got {start} and {stop}")
    bins = whole_bins(start, stop, width)
    if bins < 1:
        raise ValueError(
            f"spike_counts.bin_width: expected at least one bin between start {start} and stop "
            f"{stop}, got bins of {width} s"
        )
    if bins * units > _LARGEST:
        raise ValueError(
            f"spike_counts.bin_width: expected at most {_LARGEST} counts, got {bins:.3g} bins of "
            f"{units} units; take wider bins, or a part with start= and stop="
        )
    return int(bins)
