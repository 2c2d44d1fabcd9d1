"""Lives of task 1, and what is measured of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.analysis import normalised_error
from ontogeny.plasticity import NodePerturbation, Rule

from ..recipe import Recipe
from .lives import angles, labelled, learning, linear_task, marks, presented
from .networks import linear
from .settings import Settings

__all__ = ["GRID", "RATES", "measure", "recipes"]

#: Rates that were found by the search.
RATES = {"shallow": 10.0, "node perturbation": 2e-3, "BP": 1e-2, "FA": 1e-2}
#: What is searched, by rule. At 1.5 times the largest rate of feedback alignment, and at twice the
#: largest of backpropagation and of node perturbation, networks of the search diverge.
GRID: dict[str, dict[str, tuple[Rule | str, float]]] = {
    "shallow": {f"rate {rate:g}": ("shallow", rate) for rate in (1.0, 3.0, 10.0, 30.0)},
    "node perturbation": {
        f"rate {rate:g}, sd {std:g}": (NodePerturbation(std=std, outputs=False), rate)
        for rate in (1e-3, 2e-3)
        for std in (0.01, 0.1)
    },
    "BP": {f"rate {rate:g}": ("BP", rate) for rate in (2e-3, 5e-3, 1e-2)},
    "FA": {f"rate {rate:g}": ("FA", rate) for rate in (2e-3, 5e-3, 1e-2)},
}
_SHARES = (0.0125, 0.025, 0.05, 0.1, 0.15, 0.25, 0.4, 0.55, 0.75, 1)


def recipes(settings: Settings) -> dict[tuple[Any, ...], Recipe]:
    """Describe the lives: (rule, seed), and ("search", rule, setting, seed)."""
    found: dict[tuple[Any, ...], Recipe] = {}
    total = settings.linear_examples
    for rule, rate in RATES.items():
        for seed in settings.seeds:
            task = linear_task(total, settings.tested, seed)
            found[rule, seed] = learning(
                settings,
                f"task 1, {rule}",
                linear(rule, rate),
                task.train,
                seed,
                checkpoints=marks(_SHARES, total),
            )
    for rule, grid in GRID.items():
        for setting, (tried, rate) in grid.items():
            for seed in settings.search_seeds:
                task = linear_task(total, settings.tested, seed)
                label = f"task 1, {rule}, {setting}"
                network = linear(tried, rate)
                found["search", rule, setting, seed] = learning(
                    settings, label, network, task.train, seed
                )
    return found


def measure(settings: Settings, lives: Mapping[tuple[Any, ...], xr.DataTree]) -> xr.Dataset:
    """Measure errors and angles along the lives."""
    seeds, total = settings.seeds, settings.linear_examples
    errors, courses = [], []
    times = np.array([0, *marks(_SHARES, total)], dtype=float)
    for rule in RATES:
        for seed in seeds:
            life = lives[rule, seed]
            test = linear_task(total, settings.tested, seed).test
            errors.append(normalised_error(life, test).values)
            if rule == "FA":
                courses.append(angles(life, test))
                times = presented(life)
    searched = [
        float(normalised_error(lives["search", rule, setting, seed], _test_of(settings, seed))[-1])
        for rule, grid in GRID.items()
        for setting in grid
        for seed in settings.search_seeds
    ]
    names = [f"{rule}, {setting}" for rule, grid in GRID.items() for setting in grid]
    course = ("network", "presentation")
    shape = (len(RATES), len(seeds), len(times))
    degrees = "angle of teaching signals, feedback alignment to"
    return labelled(
        {
            "error": (
                ("rule", *course),
                np.reshape(errors, shape),
                "1",
                "normalised squared error",
            ),
            "angle_bp": (
                course,
                [one["angle_bp"] for one in courses],
                "degree",
                f"{degrees} backpropagation",
            ),
            "angle_pbp": (
                course,
                [one["angle_pbp"] for one in courses],
                "degree",
                f"{degrees} pseudo-backpropagation",
            ),
            "searched": (
                ("setting", "search_network"),
                np.reshape(searched, (len(names), -1)),
                "1",
                "final normalised squared error",
            ),
        },
        {
            "rule": list(RATES),
            "network": seeds,
            "presentation": times,
            "setting": names,
            "search_network": settings.search_seeds,
        },
    )


def _test_of(settings: Settings, seed: int) -> Any:
    """Return the examples that a network is tested with."""
    return linear_task(settings.linear_examples, settings.tested, seed).test
