"""The units of a recording, written as NWB."""

from typing import Any

import numpy as np
import xarray as xr

from ..extras import needed
from .nwb_saving import streamed
from .nwb_written_tables import about, columns_of, data_of

__all__ = ["write_units"]

_WHERE = "write_nwb"


def write_units(
    pynwb: Any, file: Any, recording: xr.Dataset, places: dict[Any, str]
) -> dict[Any, str]:
    """Add the units with spikes, names, places and further columns; return what was placed."""
    if "spike_count" not in recording:
        return {}
    core = needed("hdmf.common", _WHERE)
    counts = recording["spike_count"].values.astype(np.int64)
    names = recording["unit"].values if "unit" in recording.coords else np.arange(len(counts))
    found = {"spike_count": "read:spike_count", "spike_time": "read:spike_time"}
    held = [
        core.VectorData(
            name="unit_name", description="name of the unit", data=[str(name) for name in names]
        )
    ]
    if "unit" in recording.coords and names.dtype.kind in "UO":
        found["unit"] = "read:unit"
    spikes = core.VectorData(
        name="spike_times",
        description="times of the spikes in seconds",
        data=streamed(recording["spike_time"].variable),
    )
    index = core.VectorIndex(
        name="spike_times_index", data=np.cumsum(counts).astype(np.uint64), target=spikes
    )
    # The index comes first: hdmf misses the times, where they are blocks, after they came.
    held += [index, spikes, *_observed(core, recording, len(counts))]
    found |= _write_positions(file, recording, held, core)
    for name, column in columns_of(recording, "unit", found, pynwb.misc.Units):
        held.append(
            core.VectorData(
                name=column, description=about(recording[name]), data=data_of(recording[name])
            )
        )
        found[name] = f"read:unit_{column}"
    file.units = pynwb.misc.Units(
        name="units",
        description="units of the recording",
        id=list(range(len(counts))),
        columns=held,
        electrode_table=file.electrodes,
    )
    return found


def _observed(core: Any, recording: xr.Dataset, units: int) -> list[Any]:
    """Return the columns that say what the recording lasted from and to."""
    start, stop = (recording.attrs.get(bound) for bound in ("start", "stop"))
    if not all(isinstance(bound, int | float | np.number) for bound in (start, stop)):
        return []
    bounds = np.tile(np.array([[start, stop]], dtype=np.float64), (units, 1))
    column = core.VectorData(
        name="obs_intervals", description="start and stop of the recording, s", data=bounds
    )
    ends = np.arange(1, units + 1, dtype=np.uint64)
    return [column, core.VectorIndex(name="obs_intervals_index", data=ends, target=column)]


def _write_positions(
    file: Any, recording: xr.Dataset, held: list[Any], core: Any
) -> dict[str, str]:
    known = recording.get("position")
    if known is None or known.dims != ("unit", "axis") or "axis" not in recording.coords:
        return {}
    axes = [str(axis) for axis in recording["axis"].values]
    if axes not in (["x", "y"], ["x", "y", "z"]) or not np.isfinite(known.values).all():
        return {}
    device = file.create_device(name="electrodes", description="not known")
    group = file.create_electrode_group(
        name="electrodes", description="electrodes of the units", location="unknown", device=device
    )
    for place in known.values.astype(np.float64):
        coordinates = dict(zip(axes, map(float, place), strict=True))
        file.add_electrode(location="unknown", group=group, **coordinates)
    rows = np.arange(len(known))
    region = core.DynamicTableRegion(
        name="electrodes", description="electrode of the unit", data=rows, table=file.electrodes
    )
    ends = (rows + 1).astype(np.uint64)
    held += [region, core.VectorIndex(name="electrodes_index", data=ends, target=region)]
    return {"position": "read:position", "axis": "read:axis"}
