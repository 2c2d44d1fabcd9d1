"""Populations, networks, schedules, recording, and the simulation of a life."""

if __name__ != "ontogeny.models":
    raise ImportError("import ontogeny.models; the folder is not a package of its own")

from .build import Built, build
from .interrupts import LifeInterrupted
from .network import Network, Population, layered
from .readout import READOUTS, Readout
from .record import Record
from .resuming import resume
from .run import DivergenceError
from .schedule import Learning, LossBelow, Schedule, Spontaneous, Test
from .simulate import simulate
from .transfer import TRANSFERS, Transfer

__all__ = [
    "READOUTS",
    "TRANSFERS",
    "Built",
    "DivergenceError",
    "Learning",
    "LifeInterrupted",
    "LossBelow",
    "Network",
    "Population",
    "Readout",
    "Record",
    "Schedule",
    "Spontaneous",
    "Test",
    "Transfer",
    "build",
    "layered",
    "resume",
    "simulate",
]
