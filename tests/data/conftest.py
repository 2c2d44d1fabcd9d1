import json
import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import SCHEMA, SCHEMA_VERSION
from ontogeny.data.schema import ACTIVITY, PROGRESS, TESTS, Variable

SIZES = {"inputs": 6, "hidden_1": 4, "outputs": 3}


def declared(variable: Variable, values) -> xr.Variable:
    return xr.Variable(variable.dims, np.asarray(values, variable.dtype), variable.attrs)


def progress(checkpoints: int, presentations) -> xr.Dataset:
    loss = np.linspace(2.5, 0.5, checkpoints)
    loss[0] = np.nan
    values = {
        "checkpoint": np.arange(checkpoints),
        "presentation": presentations,
        "phase": np.minimum(np.arange(checkpoints), 1),
        "phase_index": np.minimum(np.arange(checkpoints), 1),
        "epoch": np.maximum(np.arange(checkpoints) - 1, 0),
        "loss": loss,
        "accuracy": np.where(np.isnan(loss), np.nan, 0.1),
    }
    variables = {name: declared(PROGRESS[name], value) for name, value in values.items()}
    return xr.Dataset(variables).set_coords("presentation")


def weights(checkpoints: int, presentations, seed: int) -> xr.Dataset:
    generator = np.random.default_rng(seed)
    labels = {"units": "1", "long_name": "weight"}

    def synapses(target, source, **attrs):
        shape = (checkpoints, SIZES[target], SIZES[source])
        return xr.Variable(
            ("checkpoint", target, source),
            generator.normal(size=shape).astype("float32"),
            {**labels, "source": source, "target": target, **attrs},
        )

    forward = {"kind": "forward", "plastic": 1}
    variables = {
        name: declared(PROGRESS[name], value)
        for name, value in (("checkpoint", range(checkpoints)), ("presentation", presentations))
    }
    for population, size in SIZES.items():
        unit = {"units": "1", "long_name": f"unit of {population}"}
        variables[population] = xr.Variable((population,), np.arange(size, dtype="int32"), unit)
    variables["forward_1"] = synapses("hidden_1", "inputs", **forward, layer=1, partner="")
    variables["forward_2"] = synapses(
        "outputs", "hidden_1", **forward, layer=2, partner="feedback_2"
    )
    variables["feedback_2"] = synapses("hidden_1", "outputs", kind="feedback", partner="forward_2")
    variables["bias_1"] = xr.Variable(
        ("checkpoint", "hidden_1"),
        np.zeros((checkpoints, SIZES["hidden_1"]), "float32"),
        {**labels, "kind": "bias", "target": "hidden_1", "partner": ""},
    )
    return xr.Dataset(variables).set_coords("presentation")


def tests(presentations) -> xr.Dataset:
    count = len(presentations)
    values = {
        "test": range(count),
        "presentation": presentations,
        "phase": np.ones(count),
        "phase_index": np.ones(count),
        "epoch": range(count),
        "loss": np.linspace(2, 1, count),
        "accuracy": np.linspace(0.1, 0.9, count),
        "size": np.full(count, 100),
    }
    variables = {name: declared(TESTS[name], value) for name, value in values.items()}
    return xr.Dataset(variables).set_coords("presentation")


def activity(count: int, seed: int) -> xr.Dataset:
    generator = np.random.default_rng(seed)
    values = {
        "presentation": range(count),
        "input_rate": generator.normal(size=(count, SIZES["inputs"])),
        "target": np.eye(3)[generator.integers(3, size=count)],
        "phase_index": np.zeros(count),
    }
    variables = {name: declared(ACTIVITY[name], value) for name, value in values.items()}
    for population in ("inputs", "outputs"):
        variables[population] = xr.Variable(
            (population,),
            np.arange(SIZES[population], dtype="int32"),
            {"units": "1", "long_name": f"unit of {population}"},
        )
    return xr.Dataset(variables)


@pytest.fixture
def make_life():
    """Make a small trajectory of 6-4-3 units."""

    def make(seed=0, checkpoints=4, *, tested=True, active=False, **attrs):
        presentations = [0, 64, 640, 6400, 64000][:checkpoints]
        root = {
            "schema": SCHEMA,
            "schema_version": SCHEMA_VERSION,
            "network": json.dumps({"sizes": list(SIZES.values())}),
            "schedule": json.dumps([]),
            "record": json.dumps({}),
            "versions": json.dumps({"numpy": np.__version__}),
            "seed": seed,
            "trials": 64,
            "device": "numpy",
            "dtype": "float32",
            "created": "2026-01-31T12:00:00+00:00",
            "status": "complete",
            **attrs,
        }
        groups = {
            "/": xr.Dataset(attrs=root),
            "progress": progress(checkpoints, presentations),
            "weights": weights(checkpoints, presentations, seed),
        }
        if tested:
            groups["tests"] = tests(presentations[1:])
        if active:
            groups["activity"] = activity(5, seed)
        return xr.DataTree.from_dict(groups)

    return make


@pytest.fixture
def life(make_life):
    return make_life()


@pytest.fixture(scope="session")
def official():
    """Folder with the official files of the image sets."""
    folder = os.environ.get("ONTOGENY_DATA")
    if not folder:
        pytest.skip("needs the official files: set ONTOGENY_DATA to the folder that has mnist/")
    return Path(folder)


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """Hide every place where image sets could lie; return the empty cache."""
    cache = tmp_path / "cache"
    monkeypatch.delenv("ONTOGENY_DATA", raising=False)
    monkeypatch.setattr("pooch.os_cache", lambda name: cache / name)
    monkeypatch.setattr("ontogeny.data.lookup.SYSTEM", tmp_path / "system")
    return cache / "ontogeny"
