"""Collect the life of a network."""

import json
import platform
from importlib.metadata import version
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import PHASES, SCHEMA, SCHEMA_VERSION
from ontogeny.data.schema import GROUPS

from .assembly import SMALL, assembled
from .description import to_json
from .network import Network
from .plan import Place, checkpoint_presentations, total_presentations
from .record import Record
from .schedule import Schedule

__all__ = ["Life", "stored_bytes"]


def stored_bytes(
    network: Network, schedule: Schedule, record: Record, trials: int, dtype: np.dtype
) -> int:
    """Return how many bytes of a life will be stored, before compression."""
    points = checkpoint_presentations(schedule, record, trials)
    checkpoints = 1 + sum(len(found) for found in points)
    sizes = network.sizes
    weights = sum(below * above for below, above in network.shapes.values())
    weights += sum(
        size for size, synapses in zip(sizes[1:], network.forward, strict=True) if synapses.bias
    )
    values = checkpoints * weights
    if record.activity:
        presented = total_presentations(schedule)
        values += presented * (sizes[0] + sizes[-1])
    return values * dtype.itemsize


class Life:
    """The growing record of a life.

    Parameters
    ----------
    network, schedule, record
        The descriptions.
    attributes : dict
        More root attributes: seed, trials, device, dtype.

    Attributes
    ----------
    kept : int
        Presentation of the last checkpoint.
    """

    def __init__(
        self, network: Network, schedule: Schedule, record: Record, attributes: dict[str, Any]
    ) -> None:
        self.network, self.schedule, self.record = network, schedule, record
        # Written down before the life, so that what cannot be written stops it before any work.
        self.attributes = self._describe(attributes)
        self.kept = 0
        self._forget()

    def _forget(self) -> None:
        self.progress: list[dict[str, Any]] = []
        self.tests: list[dict[str, Any]] = []
        self.weights: dict[str, list[np.ndarray]] = {}
        self.activity: list[tuple[int, np.ndarray, np.ndarray]] = []

    def checkpoint(
        self, place: Place, weights: dict[str, np.ndarray], loss: float, accuracy: float
    ) -> None:
        """Keep the weights, (target, source) each, and the means since the last checkpoint."""
        self.kept = place.total
        self.progress.append({**self._row(place), "loss": loss, "accuracy": accuracy})
        for name, values in weights.items():
            self.weights.setdefault(name, []).append(np.array(values))

    def test(self, place: Place, loss: float, accuracy: float, size: int) -> None:
        """Keep the result of an evaluation."""
        row = {**self._row(place), "loss": loss, "accuracy": accuracy, "size": size}
        self.tests.append(row)

    def _row(self, place: Place) -> dict[str, Any]:
        kind = self.schedule.phases[place.phase_index].kind
        return {
            "presentation": place.total,
            "phase": PHASES.index(kind),
            "phase_index": place.phase_index,
            "epoch": place.epoch,
        }

    @property
    def nbytes(self) -> int:
        """Bytes of the large variables that are in memory."""
        weights = sum(values.nbytes for kept in self.weights.values() for values in kept)
        return weights + sum(rates.nbytes + targets.nbytes for _, rates, targets in self.activity)

    def rows(self) -> dict[str, np.ndarray]:
        """Return what is in memory as arrays by ``group/variable``, with rows along the first dim.

        Groups in which nothing was recorded have no arrays.
        """
        rows = {**_columns("progress", self.progress), **_columns("tests", self.tests)}
        rows |= {f"weights/{name}": np.stack(values) for name, values in self.weights.items()}
        if self.activity:
            indices, rates, targets = zip(*self.activity, strict=True)
            lengths = [len(shown) for shown in rates]
            rows["activity/input_rate"] = np.concatenate(rates)
            rows["activity/target"] = np.concatenate(targets)
            rows["activity/phase_index"] = np.repeat(np.asarray(indices, np.int16), lengths)
        return rows

    def take(self) -> dict[str, np.ndarray]:
        """Return what is in memory, and forget it."""
        rows = self.rows()
        self._forget()
        return rows

    def tree(self, status: str) -> xr.DataTree:
        """Return the trajectory so far, if nothing of it was taken.

        Parameters
        ----------
        status : {"complete", "diverged"}
            How the life ended.
        """
        rows = self.rows()
        return assembled(
            self.network,
            {**self.attributes, "status": status},
            {name: rows[name] for name in rows if name.startswith(SMALL)},
            {name: rows[name] for name in rows if not name.startswith(SMALL)},
        )

    def _describe(self, attributes: dict[str, Any]) -> dict[str, Any]:
        packages = ("ontogeny", "brian2", "numpy", "xarray")
        versions = {package: version(package) for package in packages}
        return {
            "title": "Life of a neural network: weights at checkpoints, loss and accuracy, tests",
            "schema": SCHEMA,
            "schema_version": SCHEMA_VERSION,
            "network": to_json(self.network),
            "schedule": to_json(self.schedule),
            "record": to_json(self.record),
            "versions": json.dumps({"python": platform.python_version(), **versions}),
            **attributes,
        }


def _columns(group: str, rows: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    if not rows:
        return {}
    return {
        f"{group}/{name}": np.asarray([row[name] for row in rows], GROUPS[group][name].dtype)
        for name in rows[0]
    }
