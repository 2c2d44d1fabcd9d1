"""Contestant: this package, on the device that ``case.device`` names."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, Record, Schedule, Spontaneous, layered, simulate
from ontogeny.plasticity import SGD, Adam

__all__ = ["Contestant", "versions"]


def versions() -> dict[str, str]:
    """Return the versions that matter."""
    found = {}
    for name in ("ontogeny", "brian2", "numpy", "scipy-openblas32"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


class Contestant:
    """A life through the public face of the package; every `run` is a life of its own.

    Parameters
    ----------
    case, images, labels, weights
        As in `ontogeny.studies.bench.numpy_contestant.Contestant`.
    """

    def __init__(
        self, case: Any, images: np.ndarray, labels: np.ndarray, weights: dict[str, np.ndarray]
    ) -> None:
        self.case, self.images, self.labels = case, images, labels
        optimiser = {"SGD": SGD, "Adam": Adam}[case.optimiser](rate=case.rate)
        self.network = layered(case.sizes, optimiser=optimiser)
        self.birth = weights
        self.life: Any = None

    def run(self, presentations: int) -> int:
        """Simulate a life of about so many presentations; return how many."""
        trials = self.case.trials
        presentations = max(1, presentations // trials) * trials
        if self.case.phase == "noise":
            schedule = Schedule(Spontaneous(gaussian_noise(), presentations=presentations))
        else:
            count = min(presentations, len(self.images))
            epochs = max(1, round(presentations / count))
            presentations = count * epochs
            stimuli = Stimuli.from_arrays(
                self.images[:count],
                self.labels[:count],
                classes=self.case.sizes[-1],
                scale=self.case.scale,
            )
            schedule = Schedule(Learning(stimuli, epochs=epochs))
        self.life = simulate(
            self.network,
            schedule,
            device=self.case.device,
            trials=trials,
            seed=self.case.seed,
            record=Record(checkpoints=1),
            weights=self.birth,
            progress=False,
        )
        return presentations

    def weights(self) -> dict[str, np.ndarray]:
        """Return the plastic weights and biases at the end of the last life."""
        last = self.life["weights"].isel(checkpoint=-1)
        return {name: last[name].values for name in self.birth if "feedback" not in name}
