"""The care of Brian2's global state."""

import importlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from brian2.core.network import Network
from brian2.core.preferences import prefs
from numpy.typing import DTypeLike

__all__ = ["activated"]

# The package rebinds the name `brian2.devices.device`, so the module is fetched by its path.
brian2_devices: Any = importlib.import_module("brian2.devices.device")

# Brian2 has one device and one set of preferences for all threads of a process.
_LOCK = threading.RLock()


@contextmanager
def activated(device: Any, preferences: Mapping[str, Any], dtype: DTypeLike) -> Iterator[None]:
    """Make a Brian2 device active, and put all of Brian2's global state back on exit.

    The user's own device, preferences, default clock and run flags are untouched by what happens
    inside, so that a Brian2 script around it goes on undisturbed. Threads wait for each other.

    Parameters
    ----------
    device : brian2.devices.device.Device
        A device of our own, never the user's.
    preferences : mapping
        Brian2 preferences for the time being.
    dtype : dtype
        Default float type for the time being.
    """
    wanted = {
        **preferences,
        "core.default_float_dtype": np.dtype(dtype).type,
        # Brian2 would end the run quietly in the middle of a segment; Python raises instead.
        "core.stop_on_keyboard_interrupt": False,
    }
    with _LOCK:
        yield from _exchanged(device, wanted)


def _exchanged(device: Any, wanted: Mapping[str, Any]) -> Iterator[None]:
    """Exchange the global state around one yield."""
    saved = {key: prefs[key] for key in wanted}
    previous = brian2_devices.active_device
    running, stopped = Network._globally_running, Network._globally_stopped
    try:
        brian2_devices.active_device = device
        device.activate(build_on_run=False)
        for key, value in wanted.items():
            prefs[key] = value
        yield
    finally:
        for key, value in saved.items():
            prefs[key] = value
        brian2_devices.active_device = previous
        Network._globally_running, Network._globally_stopped = running, stopped
