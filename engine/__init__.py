"""Dense synapses with a trial axis for Brian2: devices, noise without state, builds.

What needs Brian2 is imported when it is first asked for: a process that only runs programs that
were compiled before does without.
"""

if __name__ != "ontogeny.engine":
    raise ImportError("import ontogeny.engine; the folder is not a package of its own")

import importlib
from typing import TYPE_CHECKING, Any

from .device import DEVICES, Device, find_device
from .operations import Correlate, Operation, Propagate, PseudoInverse, Update
from .philox import NOISE_KINDS, draw_labels, draw_noise
from .program import STEP, Program

if TYPE_CHECKING:
    from .activation import activated
    from .deviates import DEVIATES_SETTINGS, Deviates
    from .projection import DenseProjection
    from .runner import OperationRunner
    from .settings import Settings
    from .source import SOURCE_SETTINGS, Source
    from .stock import stock_projection

_MODULES = {
    "activated": "activation",
    "DEVIATES_SETTINGS": "deviates",
    "Deviates": "deviates",
    "DenseProjection": "projection",
    "OperationRunner": "runner",
    "Settings": "settings",
    "SOURCE_SETTINGS": "source",
    "Source": "source",
    "stock_projection": "stock",
}


def __getattr__(name: str) -> Any:
    """Import what needs Brian2."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)


__all__ = [
    "DEVIATES_SETTINGS",
    "DEVICES",
    "NOISE_KINDS",
    "SOURCE_SETTINGS",
    "STEP",
    "Correlate",
    "DenseProjection",
    "Deviates",
    "Device",
    "Operation",
    "OperationRunner",
    "Program",
    "Propagate",
    "PseudoInverse",
    "Settings",
    "Source",
    "Update",
    "activated",
    "draw_labels",
    "draw_noise",
    "find_device",
    "stock_projection",
]
