"""Published experiments as runnable studies, their report, and the command line."""

if __name__ != "ontogeny.studies":
    raise ImportError("import ontogeny.studies; the folder is not a package of its own")

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .first_life import FirstLife, run_first_life
    from .lives import Job, run_lives
    from .noises import find_noise
    from .report import gap_sentence, results
    from .rules import find_rule

__all__ = [
    "FirstLife",
    "Job",
    "find_noise",
    "find_rule",
    "gap_sentence",
    "results",
    "run_first_life",
    "run_lives",
]

_HOMES = {
    "FirstLife": "first_life",
    "Job": "lives",
    "gap_sentence": "report",
    "results": "report",
    "find_noise": "noises",
    "find_rule": "rules",
    "run_first_life": "first_life",
    "run_lives": "lives",
}


def __getattr__(name: str) -> Any:
    # Brian2 takes seconds to import: `ontogeny --help` must not wait for it.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
