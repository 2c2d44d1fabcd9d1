"""Describe the file of a life, or of joined lives; needs no Brian2."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ontogeny.analysis import final_accuracy, learning_speed
from ontogeny.data import open_trajectory
from ontogeny.plasticity.vocabulary import DERIVED

from .report import alignment_at_ends, results, results_table

__all__ = ["information"]

ATTRIBUTES = ("schema_version", "status", "created", "device", "dtype", "trials", "seed")


def information(path: str | os.PathLike) -> RenderableType:
    """Describe what a file holds.

    Parameters
    ----------
    path : path
        A stored life, or lives joined along any dims; or the store of an unfinished life.

    Returns
    -------
    rich.console.RenderableType
        Attributes, phases, populations, projections, and what the measures say; of an unfinished
        life, how to go on with it.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it is no trajectory.
    """
    store = _unfinished(Path(path))
    if store is not None:
        return Text(f"The life is unfinished; this goes on with it: ontogeny resume {store}")
    with open_trajectory(os.fspath(path)) as tree:
        parts = [_attributes(tree), _phases(tree), *_populations(tree), _projections(tree)]
        return Group(*parts, *_measures(tree))


def _unfinished(path: Path) -> Path | None:
    """Return the store of the unfinished life that a path means, if it means one."""
    store = path.with_name(path.name.removesuffix(".parts"))
    parts = store.with_name(f"{store.name}.parts")
    meant = path == parts or not path.exists()
    return store if meant and (parts / "description.json").is_file() else None


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left", box=box.SIMPLE_HEAD)


def _lives(tree: xr.DataTree) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the labels and all attributes of every life."""
    shared = {str(name): value for name, value in tree.attrs.items() if name != "lives"}
    joined = json.loads(tree.attrs.get("lives", "[]"))
    if not joined:
        return [({}, shared)]
    return [(life["labels"], {**shared, **life["attributes"]}) for life in joined]


def _attributes(tree: xr.DataTree) -> Table:
    lives = _lives(tree)
    table = _table("Life" if len(lives) == 1 else f"{len(lives)} lives", "attribute", "value")
    progress = tree["progress"].to_dataset()
    for dim in lives[0][0]:
        table.add_row(dim, _several(np.atleast_1d(progress[dim].values).tolist()))
    for name in ATTRIBUTES:
        table.add_row(name, _several([attributes.get(name) for _, attributes in lives]))
    for what in ("rule", "optimiser", "dynamics"):
        table.add_row(what, _several([_call(attributes, what) for _, attributes in lives]))
    if len(lives) == 1:
        table.add_row("equations", _equations(lives[0][1]))
    table.add_row("versions", _several([_versions(attributes) for _, attributes in lives]))
    points = progress["presentation"].values
    table.add_row(
        "checkpoints",
        f"{progress.sizes['checkpoint']}, up to {int(np.nanmax(points))} presentations",
    )
    for synapses, values in tree["weights"].data_vars.items():
        if not values.attrs.get("read", 1):
            table.add_row("control", f"{synapses}: the rule does not read these weights")
    table.add_row("groups", ", ".join(str(name) for name in tree.children))
    return table


def _several(values: list[Any]) -> str:
    different = list(dict.fromkeys(str(value) for value in values))
    if len(different) > 6:
        return f"{different[0]} ... {different[-1]} ({len(different)} different ones)"
    return "; ".join(different)


def _call(attributes: dict[str, Any], what: str) -> str:
    """Write a rule, an optimiser or dynamics as it is written in Python."""
    return _written(json.loads(attributes["network"]).get(what, {}))


def _written(description: dict[str, Any]) -> str:
    name = description.get("type", "Static")  # before there were dynamics, all was static
    fields = {k: v for k, v in description.items() if k != "type" and k not in DERIVED}
    told = {k: _written(v) if isinstance(v, dict) else v for k, v in fields.items()}
    return f"{name}({', '.join(f'{key}={value}' for key, value in told.items())})"


def _equations(attributes: dict[str, Any]) -> str:
    network = json.loads(attributes["network"])
    return "\n".join(network.get(what, {}).get("equations", "") for what in ("rule", "optimiser"))


def _versions(attributes: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in json.loads(attributes["versions"]).items())


def _phases(tree: xr.DataTree) -> Table:
    lives = _lives(tree)
    schedules: dict[str, dict[str, None]] = {}
    for labels, attributes in lives:
        # Where conditions were joined, they are what schedules differ in.
        named = str(labels.get("condition", "" if len(lives) == 1 else "all lives"))
        schedules.setdefault(attributes["schedule"], {})[named] = None
    table = _table("Phases", "condition", "phase", "what is lived through")
    for text, names in schedules.items():
        for number, phase in enumerate(json.loads(text).get("phases", [])):
            described = _phase(phase)
            table.add_row("; ".join(names) if number == 0 else "", f"{number}", described)
    return table


def _phase(phase: dict[str, Any]) -> str:
    parts = [str(phase.get("type", "unknown")).lower()]
    noise, stimuli, test = (phase.get(name) for name in ("noise", "stimuli", "test"))
    if noise:
        parts.append(f"{phase.get('presentations')} presentations{_until(phase.get('until'))}")
        parts.append(_noise(noise))
    if stimuli:
        epochs = f"{phase['epochs']} epochs of " if "epochs" in phase else ""
        parts.append(f"{epochs}{stimuli.get('size')} stimuli ({stimuli.get('name')})")
    if test:
        parts.append(f"tested on {test.get('size')} stimuli ({test.get('name')})")
    return ", ".join(parts)


def _noise(noise: dict[str, Any]) -> str:
    if noise.get("type") == "Noise":
        kind = f"{noise.get('distribution')} noise"
        return f"{kind} (mean {noise.get('mean')}, standard deviation {noise.get('std')})"
    given = {name: value for name, value in noise.items() if name != "type" and value is not None}
    return f"{noise.get('type')}({', '.join(f'{name}={value}' for name, value in given.items())})"


def _until(criterion: dict[str, Any] | None) -> str:
    if not criterion:
        return ""
    value, window = criterion.get("value"), criterion.get("window")
    return f" at most, until the loss over {window} of them is below {value}"


def _networks(tree: xr.DataTree) -> list[dict[str, Any]]:
    return [json.loads(attributes["network"]) for _, attributes in _lives(tree)]


def _populations(tree: xr.DataTree) -> list[Table]:
    """Lay out the populations where some have membranes of their own."""
    times: dict[str, list[Any]] = {}
    for network in _networks(tree):
        for part in network.get("populations", []):
            times.setdefault(part["name"], []).append(part.get("membrane"))
    if all(time is None for own in times.values() for time in own):
        return []
    table = _table("Populations", "name", "membrane")
    for name, own in times.items():
        told = ["-" if time is None else f"{1000 * time:g} ms" for time in own]
        table.add_row(name, _several(told))
    return [table]


def _densities(tree: xr.DataTree) -> dict[tuple[str, str], str]:
    """Return the densities of projections by source and target, where one is below 1."""
    found: dict[tuple[str, str], list[float]] = {}
    for network in _networks(tree):
        for part in (*network.get("forward", []), *network.get("feedback", [])):
            ends = part["source"], part["target"]
            found.setdefault(ends, []).append(part.get("density", 1.0))
    return {ends: _several(own) for ends, own in found.items() if min(own) < 1}


def _projections(tree: xr.DataTree) -> Table:
    weights = tree["weights"].to_dataset()
    densities = _densities(tree)
    columns = ["name", "from", "to", "size", "plastic", *(["density"] if densities else [])]
    table = _table("Projections", *columns)
    for name, values in weights.data_vars.items():
        attrs = values.attrs
        ends = [end for end in (attrs.get("target"), attrs.get("source")) if end]
        size = " x ".join(str(weights.sizes[end]) for end in ends)
        plastic = {"1": "yes", "0": "no"}.get(str(attrs.get("plastic")), "")
        source, target = attrs.get("source", ""), attrs.get("target", "")
        density = densities.get((source, target), "1" if source else "")
        table.add_row(*[str(name), source, target, size, plastic, density][: len(columns)])
    return table


def _measures(tree: xr.DataTree) -> list[RenderableType]:
    try:
        found = results(tree)
        if {"condition", "network"} <= set(found.dims):
            return [_tests(tree), results_table(found)]
    except ValueError:
        # Some measures do not exist for this life; below, each one speaks for itself.
        pass
    table = _table("Measures", "measure", "value")
    for name, measure in (
        ("alignment at birth", lambda: _degrees(alignment_at_ends(tree)[0])),
        ("alignment at the end", lambda: _degrees(alignment_at_ends(tree)[1])),
        ("learning speed", lambda: _numbers(100 * learning_speed(tree), "%")),
        ("final accuracy", lambda: _numbers(100 * final_accuracy(tree), "%")),
    ):
        table.add_row(name, _measured(measure))
    return [_tests(tree), table]


def _tests(tree: xr.DataTree) -> str:
    if "tests" not in tree.children:
        return "Tests: none"
    tests = tree["tests"].to_dataset()
    sizes = _several([int(size) for size in np.unique(tests["size"].values) if np.isfinite(size)])
    return f"Tests: {tests.sizes['test']}, of {sizes} stimuli each"


def _measured(measure: Callable[[], str]) -> str:
    try:
        return measure()
    except ValueError as error:
        return f"none ({error})"


def _degrees(angles: xr.DataArray) -> str:
    names = angles["synapses"].values.tolist()
    return "; ".join(f"{name} {_numbers(angles.sel(synapses=name), 'degrees')}" for name in names)


def _numbers(values: xr.DataArray, unit: str) -> str:
    numbers = values.values.ravel()
    if numbers.size == 1:
        return f"{numbers[0]:.1f} {unit}"
    return (
        f"{np.nanmean(numbers):.1f} ({np.nanmin(numbers):.1f} to {np.nanmax(numbers):.1f}) {unit}"
    )
