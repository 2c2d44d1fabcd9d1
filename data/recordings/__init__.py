"""Recordings of neurons: their form, and the files that they come from."""

from .nwb_writing import write_nwb
from .recording import recording_of, spike_trains

__all__ = ["recording_of", "spike_trains", "write_nwb"]
