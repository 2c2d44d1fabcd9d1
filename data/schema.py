"""The contract of a trajectory: its groups, variables, dims and attributes, and the check.

A trajectory is an `xarray.DataTree` that holds the life of a network. Its groups are ``progress``,
``weights``, ``tests`` (absent when nothing was tested) and ``activity`` (optional). Trajectories
of several lives may be joined: every variable then has further, leading dims such as ``network``
or ``condition``, shorter lives are padded by NaN, and attributes in which the lives differ are
in the root attribute ``lives``, a JSON list of ``{"labels": {dim: label}, "attributes": {...}}``.
Lives of networks of different sizes are joined without weights: their group then has coordinates
only.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

SCHEMA = "ontogeny.trajectory"
SCHEMA_VERSION = 1
PHASES = ("spontaneous", "learning", "test")
STATUSES = ("complete", "diverged")
JSON_ATTRIBUTES = ("network", "schedule", "record", "versions")
ROOT_ATTRIBUTES: dict[str, type] = {
    "network": str,
    "schedule": str,
    "record": str,
    "versions": str,
    "seed": int,
    "trials": int,
    "device": str,
    "dtype": str,
    "created": str,
    "status": str,
}
POPULATION = re.compile(r"inputs|hidden_[1-9][0-9]*|outputs")
SYNAPSES = re.compile(r"(forward|feedback|bias)_([1-9][0-9]*)")


@dataclass(frozen=True, kw_only=True)
class Variable:
    """Declare a variable or coordinate of a trajectory.

    Parameters
    ----------
    dims : tuple of str
        Its dims in one life, in order.
    dtype : str
        Type that it is written with.
    units : tuple of str
        Units that it may have.
    long_name : str
        Meaning, the text that plots put on the axis.
    flags : tuple of str
        Meanings of the values 0, 1, ... where it is a category.
    """

    dims: tuple[str, ...]
    dtype: str
    units: tuple[str, ...] = ("1",)
    long_name: str
    flags: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.units or not self.long_name:
            raise ValueError(
                f"Variable.units: expected units and a long_name, got {self.units} "
                f"and {self.long_name!r}"
            )

    @property
    def attrs(self) -> dict[str, Any]:
        """Return the attributes that a writer gives to the variable."""
        attrs: dict[str, Any] = {"units": self.units[0], "long_name": self.long_name}
        if self.flags:
            attrs["flag_values"] = np.arange(len(self.flags), dtype=self.dtype)
            attrs["flag_meanings"] = " ".join(self.flags)
        return attrs


def _history(dim: str) -> dict[str, Variable]:
    # What checkpoints and tests have in common.
    return {
        dim: Variable(dims=(dim,), dtype="int64", long_name=dim),
        "presentation": Variable(
            dims=(dim,), dtype="int64", long_name="plastic presentations since birth"
        ),
        "phase": Variable(dims=(dim,), dtype="int8", long_name="phase", flags=PHASES),
        "phase_index": Variable(
            dims=(dim,), dtype="int16", long_name="position of the phase in the schedule"
        ),
        "epoch": Variable(
            dims=(dim,), dtype="int32", long_name="completed epochs of the learning phase"
        ),
        "loss": Variable(dims=(dim,), dtype="float64", units=("nat", "1"), long_name="mean loss"),
        "accuracy": Variable(dims=(dim,), dtype="float64", long_name="accuracy"),
    }


PROGRESS = _history("checkpoint")
TESTS = {
    **_history("test"),
    "size": Variable(dims=("test",), dtype="int64", long_name="number of test stimuli"),
}
ACTIVITY = {
    "presentation": Variable(
        dims=("presentation",), dtype="int64", long_name="number of the presentation, from 0"
    ),
    "input_rate": Variable(
        dims=("presentation", "inputs"), dtype="float32", long_name="rate of the inputs"
    ),
    "target": Variable(
        dims=("presentation", "outputs"), dtype="float32", long_name="target of the outputs"
    ),
    "phase_index": Variable(
        dims=("presentation",), dtype="int16", long_name="position of the phase in the schedule"
    ),
}
WEIGHTS = {name: PROGRESS[name] for name in ("checkpoint", "presentation")}
GROUPS = {"progress": PROGRESS, "weights": WEIGHTS, "tests": TESTS, "activity": ACTIVITY}
REQUIRED_GROUPS = ("progress", "weights")

# Attributes of the variables in `weights` beside units and long_name.
SYNAPSES_ATTRIBUTES = {
    "forward": ("kind", "source", "target", "partner", "layer", "plastic"),
    "feedback": ("kind", "source", "target", "partner"),
    "bias": ("kind", "target", "partner"),
}
