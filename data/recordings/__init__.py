"""Recordings of neurons: their form, and the files that they come from."""

from .nwb_writing import write_nwb
from .opening import open_recording
from .recording import recording_of, spike_trains
from .selection import select_units, spike_counts

__all__ = [
    "open_recording",
    "recording_of",
    "select_units",
    "spike_counts",
    "spike_trains",
    "write_nwb",
]
