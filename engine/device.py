"""The targets that a network can run on, and the care of Brian2's global state."""

import importlib
import platform
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from brian2.core.network import Network
from brian2.core.preferences import prefs
from numpy.typing import DTypeLike

from .build import compiler
from .cuda import cuda_hardware, cuda_preferences, cuda_problem, make_cuda_device
from .program import Program, RuntimeProgram
from .projection import DenseProjection
from .standalone import StandaloneDevice, StandaloneProgram, compiler_preferences
from .stock import stock_projection

__all__ = ["DEVICES", "Device", "activated", "find_device"]

# The package rebinds the name `brian2.devices.device`, so the module is fetched by its path.
brian2_devices: Any = importlib.import_module("brian2.devices.device")


@dataclass(frozen=True, kw_only=True)
class Device:
    """One target that networks run on.

    Parameters
    ----------
    name : str
        What users call it.
    summary : str
        One line for tables.
    make : callable
        Returns a fresh Brian2 device.
    program : callable
        Wraps a built network into a `Program`.
    preferences : callable
        Returns the Brian2 preferences that the target needs.
    problem : callable
        Returns what keeps the target from working on this machine, with the cure; "" if nothing.
    projection : callable
        What projections are made of.
    most_trials : int, optional
        Most trials that the target can run side by side.
    hardware : callable
        Returns what programs run on, for the record of a life.
    """

    name: str
    summary: str
    make: Callable[[], Any]
    program: Callable[..., Program]
    preferences: Callable[[], Mapping[str, Any]] = field(default=lambda: {})
    problem: Callable[[], str] = field(default=lambda: "")
    projection: Callable[..., Any] = DenseProjection
    most_trials: int | None = None
    hardware: Callable[[], str] = field(default=lambda: f"{platform.machine()} CPU")

    def check_trials(self, trials: int, where: str) -> None:
        """Refuse more trials than the target can run side by side.

        Raises
        ------
        ValueError
            Begins with `where`, what was given the number.
        """
        if self.most_trials is not None and trials > self.most_trials:
            raise ValueError(
                f"{where}.trials: expected at most {self.most_trials} on device {self.name!r}, "
                f"got {trials}"
            )


def _compiler_problem() -> str:
    """Say what the C++ target misses."""
    missing = [tool for tool in (compiler()[0], "make") if shutil.which(tool) is None]
    if not missing:
        return ""
    return (
        f"{' and '.join(missing)} not found; install a C++ compiler and make "
        f"(Debian and Ubuntu: apt-get install g++ make; conda: conda install cxx-compiler make)"
    )


#: All devices by name.
DEVICES = {
    device.name: device
    for device in (
        Device(
            name="numpy",
            summary="Brian2 runtime with NumPy code; needs no compiler",
            make=brian2_devices.RuntimeDevice,
            program=RuntimeProgram,
            preferences=lambda: {"codegen.target": "numpy"},
        ),
        Device(
            name="cpp",
            summary="Brian2 C++ standalone, compiled once per structure",
            make=StandaloneDevice,
            program=StandaloneProgram,
            preferences=compiler_preferences,
            problem=_compiler_problem,
        ),
        Device(
            name="cuda",
            summary="CUDA by brian2cuda, compiled once per structure; untried on a GPU",
            make=make_cuda_device,
            program=StandaloneProgram,
            preferences=cuda_preferences,
            problem=cuda_problem,
            hardware=cuda_hardware,
        ),
        Device(
            name="synapses",
            summary="stock Brian2 Synapses, one trial: the slow reference",
            make=brian2_devices.RuntimeDevice,
            program=RuntimeProgram,
            preferences=lambda: {"codegen.target": "numpy"},
            projection=stock_projection,
            most_trials=1,
        ),
    )
}


def find_device(name: str) -> Device:
    """Return a device by name, if it works here.

    Raises
    ------
    ValueError
        If there is no such device; names the choices.
    RuntimeError
        If the device cannot work on this machine; says why and how to mend it.
    """
    if not isinstance(name, str) or name not in DEVICES:
        raise ValueError(f"device: expected one of {', '.join(DEVICES)}, got {name!r}")
    problem = DEVICES[name].problem()
    if problem:
        raise RuntimeError(
            f"device {name!r}: {problem}, or use device='numpy', which needs no compiler"
        )
    return DEVICES[name]


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
