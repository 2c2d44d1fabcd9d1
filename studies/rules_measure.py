"""Measure every rule in one run: ``ontogeny rules --measure``."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ontogeny.data import ImageSet, Stimuli, load_images
from ontogeny.engine import find_device

from .bench.machine import machine
from .bench.ontogeny_contestant import versions
from .lives import Report
from .rules_cases import MIRRORING, SIZES, TRANSFER, TRIALS, Entry, entries, parts
from .rules_costs import measured_costs
from .rules_lives import RATES, Runs

__all__ = ["Comparison", "compare_rules"]

#: Networks by which rates are chosen have other seeds than those that are reported.
OTHER_SEEDS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What `compare_rules` does.

    Parameters
    ----------
    networks : int
        Networks of each rule that are reported; those of one seed are paired.
    choosing : int
        Other networks, by which each rule's learning rate is chosen.
    epochs : int
        Length of learning.
    training_size : int, optional
        Learn from so many of the training stimuli.
    seed : int
        Seed of the first network.
    repeats : int
        Times that costs are measured.
    seconds : float
        Length of a timed life, about.
    device : str
        Where lives run.
    command : str
        What was typed, for the page.

    Raises
    ------
    ValueError, RuntimeError
        If a number cannot be, or the device does not work here.
    """

    networks: int = 5
    choosing: int = 2
    epochs: int = 10
    training_size: int | None = None
    seed: int = 0
    repeats: int = 9
    seconds: float = 0.5
    device: str = "cpp"
    command: str = "ontogeny rules --measure"

    def __post_init__(self) -> None:
        """Check what no other description checks."""
        for name in ("networks", "choosing", "epochs", "repeats"):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"Comparison.{name}: expected a positive integer, got {getattr(self, name)!r}"
                )
        if not 0 <= self.seed < OTHER_SEEDS:
            raise ValueError(
                f"Comparison.seed: expected an integer from 0 to {OTHER_SEEDS - 1}, got "
                f"{self.seed!r}"
            )
        if not 0 < self.seconds <= 60:
            raise ValueError(
                f"Comparison.seconds: expected a time of 0 to 60 seconds, got {self.seconds!r}"
            )
        find_device(self.device).check_trials(TRIALS, "Comparison")

    @property
    def seeds(self) -> range:
        """Seeds of the networks that are reported."""
        return range(self.seed, self.seed + self.networks)

    @property
    def other_seeds(self) -> range:
        """Seeds of the networks by which rates are chosen."""
        return range(self.seed + OTHER_SEEDS, self.seed + OTHER_SEEDS + self.choosing)


def compare_rules(
    comparison: Comparison,
    *,
    workers: int | None = None,
    progress: Report | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Choose a rate for every rule, let networks live, measure them, and time the rules.

    Parameters
    ----------
    comparison : Comparison
        How.
    workers : int, optional
        How many lives at a time, see `run_lives`; costs are measured with nothing beside.
    progress, tell : callable
        Take the progress of lives, and lines on what happens.

    Returns
    -------
    dict
        The results as they are written to JSON.

    Raises
    ------
    FloatingPointError, RuntimeError, ValueError
        If a life fails: names it.
    """
    begin = time.time()
    images = load_images("mnist-5k")
    train = images.train
    if comparison.training_size is not None:
        train = train.sample(comparison.training_size, seed=0)
    compared = entries()
    results: dict[str, Any] = {
        "command": comparison.command,
        "date": time.strftime("%Y-%m-%d", time.gmtime(begin)),
        "machine": machine(),
        "versions": versions(),
        "settings": _settings(comparison, train, images),
    }
    found = {entry.name: _described(entry) for entry in compared}
    runs = Runs(comparison.device, comparison.epochs, workers, progress)
    # Timed first: what is compiled here is there for all lives.
    costs = measured_costs(
        compared,
        train,
        device=comparison.device,
        repeats=comparison.repeats,
        seconds=comparison.seconds,
        tell=tell,
    )
    tell("lives by which rates are chosen")
    chosen = runs.choose(compared, *parts(train), seeds=comparison.other_seeds)
    tell("lives that are reported")
    measured = runs.report(compared, chosen, train, images.test, seeds=comparison.seeds)
    for name, row in found.items():
        row |= {"cost": costs[name], **chosen[name], **measured[name]}
    return {**results, "rules": found, "seconds": time.time() - begin}


def _settings(comparison: Comparison, train: Stimuli, images: ImageSet) -> dict[str, Any]:
    names = ("networks", "choosing", "epochs", "repeats", "seconds", "seed", "device")
    return {
        **{name: getattr(comparison, name) for name in names},
        "sizes": list(SIZES),
        "transfer": TRANSFER,
        "trials": TRIALS,
        "rates": list(RATES),
        "mirroring": MIRRORING,
        "training": len(train),
        "test": len(images.test),
    }


def _described(entry: Entry) -> dict[str, Any]:
    rule = entry.rule
    return {
        "rule": type(rule).__name__,
        "leaky": entry.dynamics.in_time,
        "dynamics": repr(entry.dynamics),
        "mirrors": entry.mirrors,
        "parameters": rule.parameters,
        "texts": rule.texts(),
        "equations": rule.equations(),
        "reads": {who: list(names) for who, names in rule.reads().items()},
        "nonlocal": list(rule.nonlocal_reads),
        "summary": (type(rule).__doc__ or "").strip().splitlines()[0],
        "citation": rule.citation,
    }
