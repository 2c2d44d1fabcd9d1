"""What happened in a life, for NWB: phases, progress, tests, recorded inputs."""

import json
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data.extras import needed
from ontogeny.data.recordings.nwb_saving import streamed, table_columns

from .clock import Clock


def add_history(file: Any, life: xr.DataTree, progress: xr.Dataset, clock: Clock) -> None:
    """
    Add phases as epochs, progress and tests as time series, and recorded inputs as stimuli.

    Parameters
    ----------
    file : pynwb.NWBFile
        What is added to.
    life : xarray.DataTree
        One life.
    progress : xarray.Dataset
        Its group of that name.
    clock : Clock
        Its time.
    """
    pynwb = needed("pynwb", "to_nwb")
    _add_phases(pynwb, file, life, progress, clock)
    module = file.create_processing_module(
        name="progress", description="loss and accuracy, of the phases and of tests"
    )
    for prefix, name in (("", "progress"), ("test_", "tests")):
        if name not in life.children or not life[name].data_vars:
            continue
        measured = life[name].to_dataset()
        for what in ("loss", "accuracy"):
            units = str(measured[what].attrs.get("units", "1"))
            module.add(
                pynwb.TimeSeries(
                    name=f"{prefix}{what}",
                    description=f"{measured[what].attrs.get('long_name', what)} ({name})",
                    data=measured[what].values,
                    unit=units,
                    timestamps=clock.times(measured["presentation"]),
                )
            )
    if "activity" in life.children and life["activity"].data_vars:
        _add_inputs(pynwb, file, life["activity"].to_dataset(), clock)


def _add_phases(
    pynwb: Any, file: Any, life: xr.DataTree, progress: xr.Dataset, clock: Clock
) -> None:
    numbers, indices = progress["presentation"].values, progress["phase_index"].values
    names = str(progress["phase"].attrs.get("flag_meanings", "")).split()
    told = json.loads(life.attrs.get("schedule", "{}")).get("phases", [])
    begin, rows = 0, []
    for index in np.unique(indices):
        here = indices == index
        end, kind = int(numbers[here].max()), int(progress["phase"].values[here][-1])
        label = names[kind] if kind < len(names) else str(kind)
        description = json.dumps(told[index]) if index < len(told) else "not described"
        rows.append((begin, end, label, int(index), description))
        begin = end
    starts, stops, labels, phases, descriptions = (list(each) for each in zip(*rows, strict=True))
    lengths = [stop - start for start, stop in zip(starts, stops, strict=True)]
    file.epochs = pynwb.epoch.TimeIntervals(
        name="epochs",
        description="phases of the life; tests take no time",
        **table_columns(
            {
                "start_time": ("start, s", clock.times(starts)),
                "stop_time": ("stop, s", clock.times(stops)),
                "phase": ("kind of the phase", labels),
                "phase_number": ("position in the schedule", phases),
                "presentations": ("presentations of the phase", lengths),
                "phase_description": ("the phase as JSON", descriptions),
            }
        ),
    )


def _add_inputs(pynwb: Any, file: Any, activity: xr.Dataset, clock: Clock) -> None:
    """Add what the inputs and the targets were at every presentation."""
    times = clock.times(activity["presentation"])
    for name in ("input_rate", "target"):
        if name in activity:
            file.add_stimulus(
                pynwb.TimeSeries(
                    name=f"activity_{name}",
                    description=str(activity[name].attrs.get("long_name", name)),
                    data=streamed(activity[name].variable),
                    unit=str(activity[name].attrs.get("units", "1")),
                    timestamps=times,
                )
            )
