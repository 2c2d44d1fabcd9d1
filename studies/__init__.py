"""Published experiments as runnable studies, their report, and the command line."""

if __name__ != "ontogeny.studies":
    raise ImportError("import ontogeny.studies; the folder is not a package of its own")

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .archive import Archive
    from .cluster import live_all
    from .first_life import FirstLife, run_first_life
    from .lives import Job, run_lives
    from .noises import find_noise
    from .recipe import Branch, Recipe
    from .report import gap_sentence, results
    from .rules import find_rule
    from .sweeps import sweep

__all__ = [
    "Archive",
    "Branch",
    "FirstLife",
    "Job",
    "Recipe",
    "find_noise",
    "find_rule",
    "gap_sentence",
    "live_all",
    "results",
    "run_first_life",
    "run_lives",
    "sweep",
]

_HOMES = {
    "Archive": "archive",
    "Branch": "recipe",
    "Recipe": "recipe",
    "live_all": "cluster",
    "FirstLife": "first_life",
    "Job": "lives",
    "gap_sentence": "report",
    "results": "report",
    "find_noise": "noises",
    "find_rule": "rules",
    "run_first_life": "first_life",
    "run_lives": "lives",
    "sweep": "sweeps",
}


def __getattr__(name: str) -> Any:
    # Brian2 takes seconds to import: `ontogeny --help` must not wait for it.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
