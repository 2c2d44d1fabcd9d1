"""Load the oracle by path: this folder is no package and is never installed."""

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

FOLDER = Path(__file__).parent


def load(name):
    key = f"ontogeny_reference_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, FOLDER / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[key] = module
    return sys.modules[key]


@pytest.fixture(scope="session")
def reference():
    return SimpleNamespace(**{name: load(name) for name in ("network", "measures", "philox")})
