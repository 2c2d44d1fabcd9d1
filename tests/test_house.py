"""The rules of the house: who imports whom, what is installed, what is documented."""

import ast
import configparser
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "engine": set(),
    "data": set(),
    "plasticity": {"engine"},
    "models": {"engine", "data", "plasticity"},
    "analysis": {"data"},
    "studies": {"engine", "data", "plasticity", "models", "analysis"},
}
LAYERS = sorted(ALLOWED)
WITHOUT_BRIAN2 = ("data", "analysis")
OUTSIDE = {"tests", "examples", "benchmarks", "docs", "build", "dist"}


def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    return parser


def sources(layer):
    return sorted((ROOT / layer).rglob("*.py"))


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(path):
    """Return the dotted names that a file imports, also those given to functions as text."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            depth = len(path.relative_to(ROOT).parts) - 1
            assert node.level <= depth, f"{path}: relative imports stay within a layer"
            if node.level == 0:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            layer = re.fullmatch(r"ontogeny\.(\w+)(\.\w+)*", node.value)
            if node.value.startswith("brian2.") or (layer and layer.group(1) in ALLOWED):
                found.add(node.value)
    return found


def run(code, folder=ROOT):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_down_only(layer):
    for path in sources(layer):
        layers = {name.split(".")[1] for name in imported(path) if name.startswith("ontogeny.")}
        upwards = layers - ALLOWED[layer] - {layer}
        assert not upwards, f"{path.relative_to(ROOT)} imports {sorted(upwards)}"


@pytest.mark.parametrize("layer", LAYERS)
def test_modules_of_a_layer_are_imported_relatively(layer):
    for path in sources(layer):
        for node in ast.walk(tree(path)):
            absolute = isinstance(node, ast.ImportFrom) and node.level == 0
            own = absolute and f"{node.module}.".startswith(f"ontogeny.{layer}.")
            assert not own, f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize("layer", WITHOUT_BRIAN2)
def test_no_import_of_brian2(layer):
    for path in sources(layer):
        assert not {name for name in imported(path) if name.split(".")[0] == "brian2"}, path


def test_data_and_analysis_work_without_brian2():
    code = """
import sys
sys.modules["brian2"] = None
import numpy as np, xarray as xr
from ontogeny.analysis import effective_rank, plot, weight_alignment
from ontogeny.data import check_trajectory, gaussian_noise, load_images, open_trajectory
assert len(load_images("mnist-5k").train) == 4000
eye = (("checkpoint", "outputs", "hidden_1"), np.eye(3)[None], {"kind": "forward", "layer": 2})
life = xr.DataTree.from_dict({"/weights": xr.Dataset({"forward_2": eye})})
assert abs(effective_rank(life) - 3).max() < 1e-6
assert not [name for name in sys.modules if name.startswith(("brian2.", "ontogeny.engine"))]
"""
    result = run(code)
    assert result.returncode == 0, result.stderr


def test_every_package_is_installed():
    folders = {
        str(path.parent.relative_to(ROOT))
        for path in ROOT.glob("[!.]*/**/__init__.py")
        if path.relative_to(ROOT).parts[0] not in OUTSIDE | {".venv"}
    }
    mapped = setup()["options"]["package_dir"].split("\n")
    places = dict(line.replace(" ", "").split("=") for line in mapped if line)
    listed = setup()["options"]["packages"].split()
    assert sorted(places) == sorted(listed)
    assert set(places.values()) == folders
    assert {folder for folder in folders if "/" not in folder} == set(LAYERS)
    assert all(name == f"ontogeny.{folder.replace('/', '.')}" for name, folder in places.items())


def test_every_folder_with_code_is_a_layer_or_stands_outside():
    known = set(LAYERS) | OUTSIDE
    for path in ROOT.glob("[!.]*/*.py"):
        assert path.parent.name in known, path


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_are_typed_and_their_files_installed(layer):
    package = importlib.import_module(f"ontogeny.{layer}")
    installed = Path(package.__file__).parent
    patterns = setup()["options.package_data"]
    wanted = [ROOT / layer / "py.typed"]
    for pattern in patterns.get(f"ontogeny.{layer}", "").split(","):
        found = list((ROOT / layer).glob(pattern.strip())) if pattern.strip() else []
        assert found or not pattern.strip(), f"{pattern} matches nothing in {layer}"
        wanted += [path for path in found if path.is_file()]
    for path in wanted:
        assert (installed / path.relative_to(ROOT / layer)).is_file(), path


@pytest.mark.parametrize("layer", LAYERS)
def test_every_data_file_is_declared(layer):
    declared = setup()["options.package_data"].get(f"ontogeny.{layer}", "").split(",")
    for path in (ROOT / layer).rglob("*"):
        name = path.relative_to(ROOT / layer)
        if path.is_dir() or "__pycache__" in name.parts or name.name == "py.typed":
            continue
        if path.suffix != ".py":
            assert any(name.match(pattern.strip()) for pattern in declared if pattern), path


@pytest.mark.parametrize("layer", LAYERS)
def test_folder_is_not_importable_by_itself(layer):
    result = run(f"import {layer}")
    assert result.returncode != 0
    expected = f"ImportError: import ontogeny.{layer}; the folder is not a package of its own"
    assert expected in result.stderr


@pytest.mark.parametrize("layer", LAYERS)
def test_every_public_name_is_there_and_documented(layer):
    package = importlib.import_module(f"ontogeny.{layer}")
    assert package.__doc__ and package.__doc__.strip()
    for name in package.__all__:
        item = getattr(package, name)
        if not (inspect.isclass(item) or inspect.isroutine(item) or inspect.ismodule(item)):
            continue
        text = item.__dict__.get("__doc__") if inspect.isclass(item) else item.__doc__
        assert text and text.strip(), f"{name} has no docstring"
        # A dataclass without a docstring gets its signature for one.
        assert not text.startswith(f"{name}("), f"{name} has no docstring"


@pytest.mark.parametrize("layer", LAYERS)
def test_no_print(layer):
    for path in sources(layer):
        for node in ast.walk(tree(path)):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            assert not (called and node.func.id == "print"), f"{path}:{node.lineno}"


def test_conda_environment_has_the_same_dependencies():
    required = setup()["options"]["install_requires"].split("\n")
    pip = {re.match(r"[\w-]+", line)[0].lower() for line in required if line and line[0] != "#"}
    text = (ROOT / "environment.yml").read_text()
    conda = set(re.findall(r"^  - ([\w-]+)", text.split("dependencies:")[1], flags=re.M))
    assert conda - {"python", "pip"} == pip


def test_versions_agree():
    version = setup()["metadata"]["version"]
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {version}\n" in citation
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()
