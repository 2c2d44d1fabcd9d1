"""Modules beside the tests, what programs return, and the comparison of two lives."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from ontogeny.engine.compiled import CompiledProgram
from ontogeny.engine.runtime import RuntimeProgram


def load(name):
    """Load a module that lies beside the tests, by its path."""
    key = f"ontogeny_{name}"
    if key not in sys.modules:
        path = Path(__file__).parent / f"{name}.py"
        spec = importlib.util.spec_from_file_location(key, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[key] = module
    return sys.modules[key]


@pytest.fixture(scope="session")
def tiny():
    return load("tiny_life")


@pytest.fixture(scope="session")
def side_by_side():
    return load("side_by_side")


@pytest.fixture(scope="session")
def leaky_life():
    return load("leaky_life")


@pytest.fixture
def states(monkeypatch):
    """Collect what segments return: weights, moments, and all that neurons keep."""
    collected = []
    for program in (RuntimeProgram, CompiledProgram):

        def run(self, steps, settings, state, order=None, *, original=program.run):
            collected.append(original(self, steps, settings, state, order))
            return collected[-1]

        monkeypatch.setattr(program, "run", run)
    return collected


@pytest.fixture
def hasty(tiny, monkeypatch):
    """The tiny life, in many segments with a checkpoint after each."""
    tiny.hasten(monkeypatch.setattr)
    return tiny


def plain(attributes):
    return {name: np.asarray(value).tolist() for name, value in attributes.items()}


def assert_same(one, other, *, but=("created",)):
    """Compare all groups, variables and attributes, values to the bit."""
    assert set(one.groups) == set(other.groups)
    for path in one.groups:
        mine, yours = (tree[path].to_dataset(inherit=False) for tree in (one, other))
        attributes = [
            {name: value for name, value in plain(data.attrs).items() if name not in but}
            for data in (mine, yours)
        ]
        assert attributes[0] == attributes[1], path
        assert set(mine.variables) == set(yours.variables), path
        assert set(mine.coords) == set(yours.coords), path
        for name, values in mine.variables.items():
            found = yours.variables[name]
            assert (values.dims, values.dtype) == (found.dims, found.dtype), (path, name)
            assert values.values.tobytes() == found.values.tobytes(), (path, name)
            assert plain(values.attrs) == plain(found.attrs), (path, name)


@pytest.fixture
def same():
    return assert_same
