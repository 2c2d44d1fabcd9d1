"""Recordings of neurons: their form, and the files that they come from."""

from .collection import load_recording, recording_names
from .opening import open_recording
from .recording import recording_of, spike_trains
from .selection import select_units, spike_counts

__all__ = [
    "load_recording",
    "open_recording",
    "recording_names",
    "recording_of",
    "select_units",
    "spike_counts",
    "spike_trains",
]
