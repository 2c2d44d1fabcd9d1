"""Studies as frozen descriptions: panels, what lives for them, what is claimed of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from .claims import Claim, Comparison
from .recipe import Recipe

__all__ = ["STUDIES", "Panel", "Study", "find_study"]

Key = tuple[Any, ...]

#: Name of a study -> module that has it as ``STUDY``.
STUDIES = {
    "cheon2024": "cheon2024",
    "development2026": "development2026",
    "lillicrap2014": "lillicrap2014",
    "structured-noise": "structured_noise",
}


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel of a paper, or of what stands in its place.

    Parameters
    ----------
    name : str
        Such as ``"2b"``.
    title : str
        What it shows.
    rows : tuple of Claim
        What is claimed of it.
    recipes : callable
        Takes the settings, returns the lives by key: condition, ..., seed.
    measure : callable
        Takes the settings and the lives by the same keys, returns a small dataset: networks along
        ``network``, units and long names on everything.
    compare : callable
        Takes the settings and that dataset, returns the comparisons by the id of the claim.
    figure : callable
        Takes the dataset, returns the figure.
    alt : callable
        Takes the dataset, says what the figure shows to those who do not see it.
    """

    name: str
    title: str
    rows: tuple[Claim, ...]
    recipes: Callable[[Any], Mapping[Key, Recipe]]
    measure: Callable[[Any, Mapping[Key, xr.DataTree]], xr.Dataset]
    compare: Callable[[Any, xr.Dataset], Mapping[str, Sequence[Comparison]]]
    figure: Callable[[xr.Dataset], Figure]
    alt: Callable[[xr.Dataset], str]


def _nothing(settings: Any) -> str:
    """Miss nothing."""
    return ""


@dataclass(frozen=True, kw_only=True)
class Study:
    """Everything that a paper shows, as it is done here.

    Parameters
    ----------
    name : str
        What the command line calls it.
    title, citation, link : str
        Of the paper.
    settings : dataclass
        All numbers; has ``networks``, ``seed`` and ``device``.
    quick : dataclass
        The same with small numbers: proves that everything works, and nothing else.
    panels : tuple of Panel
        In the order of the paper.
    absent : tuple of (Claim, str)
        Rows that cannot be run, and why.
    ours : bool
        Whether no paper claims anything of this.
    missing : callable
        Takes the settings, says in one line which data are missing and how to get them; nothing
        where none are.
    """

    name: str
    title: str
    citation: str
    link: str
    settings: Any
    quick: Any
    panels: tuple[Panel, ...]
    absent: tuple[tuple[Claim, str], ...] = field(default=())
    ours: bool = False
    missing: Callable[[Any], str] = _nothing

    def panel(self, name: str) -> Panel:
        """Return a panel by its name.

        Raises
        ------
        ValueError
            If there is none of that name.
        """
        for panel in self.panels:
            if panel.name == name:
                return panel
        known = ", ".join(panel.name for panel in self.panels)
        raise ValueError(f"study.panel: expected one of {known}, got {name!r}")

    def chosen(self, names: Sequence[str]) -> tuple[Panel, ...]:
        """Return the panels of these names, all if there are none, in the study's order."""
        wanted = {self.panel(name).name for name in names}
        return tuple(panel for panel in self.panels if not wanted or panel.name in wanted)


def find_study(name: str) -> Study:
    """Return a study by its name.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in STUDIES:
        raise ValueError(f"study.name: expected one of {', '.join(STUDIES)}, got {name!r}")
    return import_module(f".{STUDIES[name]}", __package__).STUDY
