"""Populations, networks, schedules, recording, and the simulation of a life."""

if __name__ != "ontogeny.models":
    raise ImportError("import ontogeny.models; the folder is not a package of its own")

import importlib
from typing import TYPE_CHECKING, Any

from .dynamics import Dynamics, Leaky, NeuronNoise, Spiking, Static
from .interrupts import LifeInterrupted
from .layered import layered
from .network import Network
from .population import Population
from .readout import READOUTS, Readout
from .record import Record
from .resuming import resume
from .run import DivergenceError
from .schedule import Learning, LossBelow, Schedule, Spontaneous, Test
from .simulate import simulate
from .transfer import TRANSFERS, Transfer

if TYPE_CHECKING:
    from .builder import Built, build


def __getattr__(name: str) -> Any:
    """Import what needs Brian2 when it is first asked for."""
    if name not in ("Built", "build"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(".builder", __name__), name)


__all__ = [
    "READOUTS",
    "TRANSFERS",
    "Built",
    "DivergenceError",
    "Dynamics",
    "Leaky",
    "Learning",
    "LifeInterrupted",
    "LossBelow",
    "Network",
    "NeuronNoise",
    "Population",
    "Readout",
    "Record",
    "Schedule",
    "Spiking",
    "Spontaneous",
    "Static",
    "Test",
    "Transfer",
    "build",
    "layered",
    "resume",
    "simulate",
]
