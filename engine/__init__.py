"""Dense synapses with a trial axis for Brian2: devices, noise without state, builds."""

if __name__ != "ontogeny.engine":
    raise ImportError("import ontogeny.engine; the folder is not a package of its own")

from .device import DEVICES, Device, activated, find_device
from .operations import Correlate, Operation, Propagate, Update
from .philox import NOISE_KINDS, draw_labels, draw_noise
from .program import STEP, Program
from .projection import DenseProjection
from .runner import OperationRunner
from .settings import Settings
from .source import SOURCE_SETTINGS, Source
from .stock import stock_projection

__all__ = [
    "DEVICES",
    "NOISE_KINDS",
    "SOURCE_SETTINGS",
    "STEP",
    "Correlate",
    "DenseProjection",
    "Device",
    "Operation",
    "OperationRunner",
    "Program",
    "Propagate",
    "Settings",
    "Source",
    "Update",
    "activated",
    "draw_labels",
    "draw_noise",
    "find_device",
    "stock_projection",
]
