"""Run a study: have its lives lived, measure its panels, and put the scorecard together."""

import json
import os
import platform
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import xarray as xr

from ontogeny.data.files import replacing, write_text
from ontogeny.engine import find_device
from ontogeny.models.description import describe

from .archive import Archive, Lives
from .bench.machine import machine
from .claims import Outcome
from .cluster import live_all, run_tasks, usable_workers
from .comparisons import not_run
from .recipe import Recipe, digest_of_json, with_ancestors
from .study import Panel, Study, find_study

__all__ = ["Measured", "figures_of", "measured_panels", "run_study", "scorecard_of", "settings_of"]

# Beside the measures: how long all runs took.
_SECONDS = "seconds.json"
_QUICK = " (quick: tiny numbers, so that verdicts mean nothing)"
_FULL = (
    "Quick run: numbers under 'Inferred' are those of the full study; its own settings are under "
    "'How it was run'."
)


class Measured:
    """What was measured for a panel, as it is kept on disk.

    Parameters
    ----------
    data : xarray.Dataset
        The measures; attributes tell the lives by key, and the seconds that measuring took.
    """

    def __init__(self, data: xr.Dataset) -> None:
        self.data = data
        self.lives: dict[str, str] = json.loads(data.attrs["lives"])
        self.seconds = float(data.attrs["seconds"])


def settings_of(
    study: Study,
    *,
    quick: bool = False,
    networks: int | None = None,
    seed: int | None = None,
    device: str | None = None,
) -> Any:
    """Return the settings of a study with some of them changed.

    Parameters
    ----------
    study : Study
        Which.
    quick : bool
        Begin with the small numbers.
    networks, seed, device
        In place of the study's.

    Raises
    ------
    ValueError
        If a number cannot be.
    """
    given: dict[str, Any] = {"networks": networks, "seed": seed, "device": device}
    changed = {name: value for name, value in given.items() if value is not None}
    for name, low in (("networks", 1), ("seed", 0)):
        if name in changed and changed[name] < low:
            raise ValueError(f"study.{name}: expected an integer from {low}, got {changed[name]}")
    return replace(study.quick if quick else study.settings, **changed)


def place_of(study: Study, settings: Any, folder: Path) -> Path:
    """Return the folder of what is measured with these settings."""
    return folder / study.name / digest_of_json(describe(settings))[:8]


def run_study(
    study: Study,
    settings: Any,
    folder: str | os.PathLike,
    *,
    panels: Sequence[str] = (),
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Any = None,
) -> float:
    """Have all lives lived that are missing, and measure the panels.

    Parameters
    ----------
    study : Study
        Which.
    settings : dataclass
        Its settings.
    folder : path
        Lives are kept in ``folder/lives``, shared by all studies, and measures in
        ``folder/<study>/<digest of the settings>``.
    panels : sequence of str
        Names of panels; all by default.
    workers, scheduler, progress
        As in `live_all`.

    Returns
    -------
    float
        Seconds that all runs with these settings took until now, stopped ones too.

    Raises
    ------
    ValueError
        If a panel is unknown.
    RuntimeError
        If several workers are asked for, and Dask is not installed.
    FloatingPointError, MemoryError, OSError, RuntimeError, TypeError, ValueError
        If a life fails: names it. What was lived is kept.
    """
    find_device(settings.device)
    workers = usable_workers(workers, scheduler)
    place = Path(folder)
    chosen = study.chosen(panels)
    lives: dict[str, Recipe] = {}
    for panel in chosen:
        for recipe in panel.recipes(settings).values():
            lives |= {one.name: one for one in with_ancestors(recipe)}
    spread = {"workers": workers, "scheduler": scheduler, "progress": progress}
    archive = Archive(place / "lives")
    where = place_of(study, settings, place)
    where.mkdir(parents=True, exist_ok=True)
    begin = time.time()
    try:
        live_all(list(lives.values()), archive, **spread)
        _measure(study, settings, chosen, archive, where, spread)
    finally:
        seconds = _spent(where) + time.time() - begin
        write_text(where / _SECONDS, json.dumps(seconds))
    return seconds


def _measure(
    study: Study,
    settings: Any,
    chosen: Sequence[Panel],
    archive: Archive,
    where: Path,
    spread: dict[str, Any],
) -> None:
    """Measure panels, and keep what was measured."""
    # Panels that look at the same measures of the same lives share them.
    groups: dict[Any, list[str]] = {}
    for panel in chosen:
        groups.setdefault((panel.recipes, panel.measure), []).append(panel.name)
    tasks = [(study.name, names[0], settings, str(archive.folder)) for names in groups.values()]
    found = run_tasks(measure_panel, tasks, **spread)
    for names, data in zip(groups.values(), found, strict=True):
        for name in names:
            with replacing(where / f"{name}.nc") as file:
                file.write(bytes(data.to_netcdf()))


def _spent(where: Path) -> float:
    """Return the seconds of the runs before."""
    path = where / _SECONDS
    return float(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else 0.0


def measure_panel(study: str, name: str, settings: Any, lives: str) -> xr.Dataset:
    """Measure one panel; in whatever process.

    Parameters
    ----------
    study, name : str
        Of the study and the panel.
    settings : dataclass
        The settings.
    lives : str
        Folder of the archive.
    """
    begin = time.time()
    panel = find_study(study).panel(name)
    recipes = panel.recipes(settings)
    data = panel.measure(settings, Lives(recipes, Archive(lives)))
    return data.assign_attrs(lives=json.dumps(_names(recipes)), seconds=time.time() - begin)


def _names(recipes: Mapping[Any, Recipe]) -> dict[str, str]:
    return {text_of_key(key): recipe.name for key, recipe in recipes.items()}


def text_of_key(key: Iterable[Any]) -> str:
    """Return a key as people read it.

    Examples
    --------
    >>> text_of_key(("FA, noise", 1600, 3))
    'FA, noise / 1600 / 3'
    """
    return " / ".join(str(part) for part in key)


def measured_panels(study: Study, settings: Any, folder: str | os.PathLike) -> dict[str, Measured]:
    """Return what was measured with these settings, by the name of the panel.

    Measures of other lives than those that the study describes today, such as those of an earlier
    version, are none.
    """
    place = place_of(study, settings, Path(folder))
    found = {}
    for panel in study.panels:
        path = place / f"{panel.name}.nc"
        if path.is_file():
            with xr.open_dataset(path) as data:
                measured = Measured(data.load())
            if measured.lives == _names(panel.recipes(settings)):
                found[panel.name] = measured
    return found


def figures_of(study: Study, measured: Mapping[str, Measured]) -> dict[str, str]:
    """Return the figures of the panels that were measured, as SVG."""
    from .scorecards import svg_of

    return {
        panel.name: svg_of(panel.figure(measured[panel.name].data), f"{study.name}-{panel.name}")
        for panel in study.panels
        if panel.name in measured
    }


def scorecard_of(
    study: Study,
    settings: Any,
    measured: Mapping[str, Measured],
    *,
    archive: Archive,
    run: Mapping[str, Any],
) -> dict[str, Any]:
    """Put together what the scorecard tells.

    Parameters
    ----------
    study : Study
        Which.
    settings : dataclass
        Its settings.
    measured : mapping of Measured
        What `measured_panels` returns; rows of other panels count as not run.
    archive : Archive
        Where the lives are, for the time that they took.
    run : mapping
        What may differ from run to run: command, seconds, workers.

    Returns
    -------
    dict
        As JSON can hold it; all that may differ from run to run is in ``run``.
    """
    claims: list[dict[str, Any]] = []
    panels: list[dict[str, Any]] = []
    lives: dict[str, Any] = {}
    descriptions: dict[str, Any] = {}
    seconds = {}
    lived: dict[str, Recipe] = {}
    for panel in study.panels:
        known = measured.get(panel.name)
        claims += [
            _claim(study, settings, panel, outcome, known)
            for outcome in _outcomes(settings, panel, known)
        ]
        told: dict[str, Any] = {"name": panel.name, "title": panel.title}
        told |= {"rows": [row.id for row in panel.rows], "alt": "", "lives": {}}
        if known is not None:
            told |= {"alt": panel.alt(known.data), "lives": known.lives}
            recipes = panel.recipes(settings)
            own = {one.name: one for recipe in recipes.values() for one in with_ancestors(recipe)}
            lives |= {name: _told(one, descriptions) for name, one in own.items()}
            lived |= own
            seconds[panel.name] = _seconds(own.values(), archive, known)
        panels.append(told)
    for claim, reason in study.absent:
        outcome = Outcome(claim=claim, comparisons=(not_run(reason),))
        claims.append({**outcome.as_json(), "panel": "", "command": "", "lives": []})
    claims.sort(key=lambda claim: _order(claim["id"]))
    packages = ("ontogeny", "brian2", "numpy", "scipy", "xarray")
    return {
        "study": study.name,
        "title": study.title + (_QUICK if _is_quick(study, settings) else ""),
        "citation": study.citation,
        "link": study.link,
        "ours": study.ours,
        "notes": _notes(study, settings, measured),
        "settings": describe(settings),
        "claims": claims,
        "panels": panels,
        "lives": lives,
        "descriptions": descriptions,
        "run": {
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "machine": machine(),
            "versions": {"python": platform.python_version()}
            | {name: version(name) for name in packages},
            "sources": sorted({_kept_beside(one, archive, "source", "") for one in lived.values()}),
            "seconds_by_panel": seconds,
            "seconds_of_lives": round(
                sum(_kept_beside(one, archive, "seconds", 0.0) for one in lived.values()), 1
            ),
            **run,
        },
    }


def _notes(study: Study, settings: Any, measured: Mapping[str, Measured]) -> list[str]:
    """Return what a reader must know first."""
    quick = _FULL if _is_quick(study, settings) else ""
    missing = study.missing(settings) if measured else ""
    return [note for note in (quick, missing) if note]


def _outcomes(settings: Any, panel: Panel, known: Measured | None) -> list[Outcome]:
    if known is None:
        reason = not_run("its panel was not run, or other lives for it; the command runs it")
        return [Outcome(claim=row, comparisons=(reason,)) for row in panel.rows]
    found = panel.compare(settings, known.data)
    return [Outcome(claim=row, comparisons=tuple(found[row.id])) for row in panel.rows]


def _claim(
    study: Study, settings: Any, panel: Panel, outcome: Outcome, known: Measured | None
) -> dict[str, Any]:
    names = sorted(set(known.lives.values())) if known is not None else []
    return {
        **outcome.as_json(),
        "panel": panel.name,
        "command": _command(study, settings, panel),
        "lives": names,
    }


def _command(study: Study, settings: Any, panel: Panel) -> str:
    """Return the command that has a panel run with these settings."""
    text = f"ontogeny study run {study.name} --panel {panel.name} "
    text += f"--networks {settings.networks} --device {settings.device}"
    if settings.seed != study.settings.seed:
        text += f" --seed {settings.seed}"
    return f"{text} --quick" if _is_quick(study, settings) else text


def _is_quick(study: Study, settings: Any) -> bool:
    """Say whether settings are the small ones."""
    given = {name: getattr(settings, name) for name in ("networks", "seed", "device")}
    return settings == settings_of(study, quick=True, **given)


def _told(recipe: Recipe, descriptions: dict[str, Any]) -> dict[str, Any]:
    """Tell a life; what many lives share is told once, in `descriptions`."""
    description = dict(recipe.description)
    description.pop("seed")
    birth = description["birth"]
    parents = []
    if birth is not None:
        parents = [birth["life"][:16]]
        description["birth"] = {key: birth[key] for key in ("presentation", "feedback")}
    for part in ("network", "schedule", "record"):
        description[part] = _kept(description[part], descriptions)
    return {
        "label": recipe.label,
        "digest": recipe.digest,
        "seed": int(recipe.seed),
        "description": _kept(description, descriptions),
        "parents": parents,
    }


def _kept(description: Any, descriptions: dict[str, Any]) -> str:
    """Keep a description under its digest, which is returned."""
    digest = digest_of_json(description)[:16]
    descriptions[digest] = description
    return digest


def _seconds(recipes: Iterable[Recipe], archive: Archive, known: Measured) -> float:
    """Return what a panel cost, on one worker; lives that it shares with others count in each."""
    spent = sum(_kept_beside(recipe, archive, "seconds", 0.0) for recipe in recipes)
    return round(spent + known.seconds, 1)


def _kept_beside(recipe: Recipe, archive: Archive, what: str, otherwise: Any) -> Any:
    """Return what stands beside a life; a report needs no lives, and tells less without."""
    return archive.sidecar(recipe).get(what, otherwise) if recipe in archive else otherwise


def _order(name: str) -> tuple[str, int, str]:
    """Sort A2 before A10."""
    letters = name.rstrip("0123456789.abcdefghijklmnopqrstuvwxyz")
    digits = "".join(mark for mark in name[len(letters) :] if mark.isdigit())
    return letters, int(digits or 0), name
