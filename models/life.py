"""Collect the life of a network into a trajectory."""

import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import PHASES, SCHEMA, SCHEMA_VERSION
from ontogeny.data.schema import ACTIVITY, PROGRESS, TESTS, WEIGHTS, Variable
from ontogeny.engine.expressions import names as identifiers

from .description import to_json
from .network import Network
from .plan import Place, checkpoint_presentations, total_presentations
from .readout import READOUTS
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
    weights = sum(below * above for below, above in zip(sizes[:-1], sizes[1:], strict=True))
    weights += sum(
        size for size, synapses in zip(sizes[1:], network.forward, strict=True) if synapses.bias
    )
    weights += sum(below * above for below, above in zip(sizes[1:-1], sizes[2:], strict=True))
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
    """

    def __init__(
        self, network: Network, schedule: Schedule, record: Record, attributes: dict[str, Any]
    ) -> None:
        self.network, self.schedule, self.record = network, schedule, record
        # Written down before the life, so that what cannot be written stops it before any work.
        self.attributes = self._describe(attributes)
        self.progress: list[dict[str, Any]] = []
        self.tests: list[dict[str, Any]] = []
        self.weights: dict[str, list[np.ndarray]] = {}
        self.activity: list[tuple[int, np.ndarray, np.ndarray]] = []

    def checkpoint(
        self, place: Place, weights: dict[str, np.ndarray], loss: float, accuracy: float
    ) -> None:
        """Keep the weights, (target, source) each, and the means since the last checkpoint."""
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

    def tree(self, status: str) -> xr.DataTree:
        """Return the trajectory so far.

        Parameters
        ----------
        status : {"complete", "diverged"}
            How the life ended.
        """
        groups = {
            "/": xr.Dataset(
                attrs={
                    **self.attributes,
                    "created": datetime.now(UTC).isoformat(timespec="seconds"),
                    "status": status,
                }
            ),
            "/progress": self._table(self.progress, PROGRESS, "checkpoint"),
            "/weights": self._weights(),
        }
        if self.tests:
            groups["/tests"] = self._table(self.tests, TESTS, "test")
        if self.activity:
            groups["/activity"] = self._activity()
        return xr.DataTree.from_dict(groups)

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

    def _table(
        self, rows: list[dict[str, Any]], declared: dict[str, Variable], dim: str
    ) -> xr.Dataset:
        table = {dim: np.arange(len(rows)), **{key: [row[key] for row in rows] for key in rows[0]}}
        variables = {}
        for name, values in table.items():
            attrs = declared[name].attrs
            if name == "loss":
                attrs["units"] = READOUTS[self.network.readout].units
            variables[name] = (dim, np.asarray(values, declared[name].dtype), attrs)
        return xr.Dataset(variables).set_coords("presentation")

    def _populations(self) -> dict[str, Any]:
        return {
            population.name: (
                population.name,
                np.arange(population.size, dtype=np.int32),
                {"units": "1", "long_name": f"neuron of {population.name}"},
            )
            for population in self.network.populations
        }

    def _weights(self) -> xr.Dataset:
        progress = self._table(self.progress, PROGRESS, "checkpoint")
        coords = {name: progress[name] for name in WEIGHTS}
        variables = {
            name: (
                ("checkpoint", *self._ends(name)),
                np.stack(values),
                self._weight_attributes(name),
            )
            for name, values in self.weights.items()
        }
        return xr.Dataset(variables, coords={**coords, **self._populations()})

    def _ends(self, name: str) -> tuple[str, ...]:
        kind, layer = name.split("_")
        above = self.network.populations[int(layer)].name
        below = self.network.populations[int(layer) - 1].name
        return {"forward": (above, below), "feedback": (below, above), "bias": (above,)}[kind]

    def _weight_attributes(self, name: str) -> dict[str, Any]:
        kind, layer = name.split("_")
        ends = self._ends(name)
        partner = {"forward": f"feedback_{layer}", "feedback": f"forward_{layer}", "bias": ""}[kind]
        noun = "biases" if kind == "bias" else f"{kind} weights"
        unread = kind == "feedback" and "w" not in identifiers(self.network.rule.signal)
        attributes = {
            "units": "1",
            "long_name": f"{noun} of layer {layer}",
            "read": int(not unread),
            "kind": kind,
            "target": ends[0],
            "partner": partner if partner in self.weights else "",
            "layer": int(layer),
            "plastic": int(kind != "feedback"),
        }
        return attributes if kind == "bias" else {**attributes, "source": ends[1]}

    def _activity(self) -> xr.Dataset:
        rates = np.concatenate([rates for _, rates, _ in self.activity])
        targets = np.concatenate([targets for _, _, targets in self.activity])
        phases = [np.full(len(rates), index) for index, rates, _ in self.activity]
        values = {
            "presentation": np.arange(len(rates)),
            "input_rate": rates,
            "target": targets,
            "phase_index": np.concatenate(phases).astype(np.int16),
        }
        return xr.Dataset(
            {
                name: (ACTIVITY[name].dims, values[name], ACTIVITY[name].attrs)
                for name in ("input_rate", "target", "phase_index")
            },
            coords={
                "presentation": (
                    "presentation",
                    values["presentation"],
                    ACTIVITY["presentation"].attrs,
                ),
                **{key: self._populations()[key] for key in ("inputs", "outputs")},
            },
        )
