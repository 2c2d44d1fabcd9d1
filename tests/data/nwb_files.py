"""NWB files as pynwb writes them, for tests."""

from datetime import UTC, datetime

import numpy as np
import pynwb
from pynwb.file import Subject

TRAINS = [[0.5, 1.0, 2.5], [], [0.25, 2.75]]


def empty(**more):
    return pynwb.NWBFile(
        session_description="a test",
        identifier="test",
        session_start_time=datetime(2020, 1, 1, tzinfo=UTC),
        **more,
    )


def with_electrodes(file, **coordinates):
    """Add electrodes; each coordinate has one value for each."""
    device = file.create_device(name="array")
    group = file.create_electrode_group(
        name="array", description="array", location="retina", device=device
    )
    for values in zip(*coordinates.values(), strict=True):
        place = dict(zip(coordinates, map(float, values), strict=True))
        file.add_electrode(location="retina", group=group, **place)
    return group


def full():
    """Return a file with something of everything."""
    subject = Subject(subject_id="m1", species="Mus musculus", age="P1W2D", sex="F")
    file = empty(subject=subject, session_id="session 7", related_publications=["Somebody 2020"])
    with_electrodes(file, x=[0, 10, 20, 30], y=[0, 0, 5, 5], z=[1, 1, 1, 1])
    file.add_unit_column(name="quality", description="how good")
    for number, (train, electrodes) in enumerate(zip(TRAINS, [[0], [1, 2], [3]], strict=True)):
        file.add_unit(
            spike_times=train,
            electrodes=electrodes,
            quality=f"q{number}",
            obs_intervals=[[0.0, 1.5], [2.0, 4.0]],
            id=10 + number,
        )
    file.add_trial_column(name="contrast", description="contrast")
    file.add_trial(start_time=0.0, stop_time=1.0, contrast=0.5)
    file.add_trial(start_time=1.0, stop_time=np.nan, contrast=1.0)
    file.add_epoch(start_time=0.0, stop_time=3.0, tags=["dark", "first"])
    blinks = pynwb.epoch.TimeIntervals(name="blinks", description="eye shut")
    blinks.add_row(start_time=0.5, stop_time=0.75)
    file.add_time_intervals(blinks)
    region = file.create_electrode_table_region(region=[2, 0], description="two of them")
    file.add_acquisition(
        pynwb.ecephys.ElectricalSeries(
            name="voltage",
            data=np.arange(12, dtype=np.int16).reshape(6, 2),
            electrodes=region,
            rate=4.0,
            starting_time=1.0,
            conversion=0.5,
            offset=1.0,
            channel_conversion=[1.0, 10.0],
        )
    )
    module = file.create_processing_module(name="behavior", description="behaviour")
    position = pynwb.behavior.SpatialSeries(
        name="place", data=np.ones((3, 2)), timestamps=[0.0, 0.5, 2.0], unit="m"
    )
    module.add(pynwb.behavior.Position(name="Position", spatial_series=position))
    return file


def write(file, path):
    with pynwb.NWBHDF5IO(str(path), "w") as io:
        io.write(file)
    return path


def units(path, *trains, **more):
    """Write a file of units alone."""
    file = empty()
    for train in trains:
        file.add_unit(spike_times=train)
    return write(file, path)
