"""Lives under every rule: some to choose its learning rate by, others to report."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ontogeny.analysis import error_alignment, final_accuracy, weight_alignment
from ontogeny.data import Stimuli, open_trajectory
from ontogeny.models import Record

from .lives import Job, Report, run_lives
from .rules_cases import TRIALS, Entry

__all__ = ["RATES", "Runs"]

#: Learning rates of Adam that each rule chooses from.
RATES = (1e-4, 3e-4, 1e-3, 3e-3)


class Runs:
    """Lives of all entries.

    Parameters
    ----------
    device : str
        Where they run.
    epochs : int
        How long they learn.
    workers, progress
        As in `run_lives`.
    """

    def __init__(
        self, device: str, epochs: int, workers: int | None, progress: Report | None
    ) -> None:
        self.device, self.epochs = device, epochs
        self.workers, self.progress = workers, progress

    def choose(
        self, compared: Sequence[Entry], train: Stimuli, judge: Stimuli, *, seeds: Sequence[int]
    ) -> dict[str, dict[str, Any]]:
        """Return rates and accuracies, and the rate with the best mean, by name.

        Leaky networks take the rate that feedback alignment has in the static network.
        """
        wanted = {
            (entry.name, rate, seed): (entry, rate)
            for entry in compared
            if not entry.dynamics.in_time
            for rate in RATES
            for seed in seeds
        }
        found = self._live(wanted, train, judge, _accuracy)
        chosen: dict[str, dict[str, Any]] = {}
        for entry in compared:
            name = compared[0].name if entry.dynamics.in_time else entry.name
            means = [float(np.mean([found[name, rate, seed] for seed in seeds])) for rate in RATES]
            chosen[entry.name] = {"judged": means, "rate": RATES[int(np.argmax(means))]}
        return chosen

    def report(
        self,
        compared: Sequence[Entry],
        chosen: dict[str, dict[str, Any]],
        train: Stimuli,
        test: Stimuli,
        *,
        seeds: Sequence[int],
    ) -> dict[str, dict[str, Any]]:
        """Return lists over networks: accuracy, alignment and error_alignment, by name."""
        wanted = {
            (entry.name, chosen[entry.name]["rate"], seed): (entry, chosen[entry.name]["rate"])
            for entry in compared
            for seed in seeds
        }
        found = self._live(wanted, train, test, lambda life, entry: _measures(life, entry, test))
        rows: dict[str, dict[str, Any]] = {}
        for (name, _, _), measures in found.items():
            row = rows.setdefault(name, {what: [] for what in measures})
            for what, value in measures.items():
                row[what].append(value)
        return rows

    def _live(
        self,
        wanted: dict[tuple[str, float, int], tuple[Entry, float]],
        train: Stimuli,
        test: Stimuli,
        measure: Callable[[Any, Entry], Any],
    ) -> dict[tuple[str, float, int], Any]:
        """Simulate lives, and return a measure of each."""
        with tempfile.TemporaryDirectory(prefix="ontogeny-rules-") as folder:
            jobs = {
                key: Job(
                    label=f"{key[0]}, rate {key[1]:g}, network {key[2]}",
                    network=entry.network(rate),
                    schedule=entry.schedule(train, test, self.epochs),
                    store=Path(folder) / f"{number}.nc",
                    seed=key[2],
                    trials=TRIALS,
                    device=self.device,
                    record=Record(checkpoints=1),
                )
                for number, (key, (entry, rate)) in enumerate(wanted.items())
            }
            run_lives(list(jobs.values()), workers=self.workers, progress=self.progress)
            found = {}
            for key, job in jobs.items():
                with open_trajectory(job.store) as life:
                    found[key] = measure(life, wanted[key][0])
        return found


def _accuracy(life: Any, entry: Entry) -> float:
    return float(final_accuracy(life))


def _measures(life: Any, entry: Entry, test: Stimuli) -> dict[str, float | None]:
    """Return accuracy and angles at the end; None where a rule has no such angle."""
    last = life.map_over_datasets(_at_the_end)
    angle = error = None
    if entry.rule.path in ("layered", "direct"):
        angle = float(weight_alignment(last)[-1, -1])
    if entry.rule.path != "perturbation":
        value = float(error_alignment(last, test)[-1, 0])
        error = None if np.isnan(value) else value
    return {"accuracy": _accuracy(life, entry), "alignment": angle, "error_alignment": error}


def _at_the_end(dataset: Any) -> Any:
    return dataset.isel(checkpoint=[-1]) if "checkpoint" in dataset.dims else dataset
