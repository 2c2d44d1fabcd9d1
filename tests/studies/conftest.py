"""Tiny runs of the first life that tests share, and modules that lie beside the tests."""

import importlib.util
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
import xarray as xr
from typer.testing import CliRunner

from ontogeny.studies.command_line import app

TINY = {
    "--trials": "16",
    "--noise-presentations": "320",
    "--epochs": "2",
    "--training-size": "200",
    "--networks": "2",
    "--hidden": "20",
}


def load(name):
    """Load a module that lies beside the tests, by its path."""
    key = f"ontogeny_studies_{name}"
    if key not in sys.modules:
        path = Path(__file__).parent / f"{name}.py"
        spec = importlib.util.spec_from_file_location(key, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[key] = module
    return sys.modules[key]


@pytest.fixture(scope="session")
def sample():
    """Return `scorecard()`, with every kind of claim, and `figures()`."""
    return load("sample_scorecard")


def command(*arguments, cwd=None):
    """Run the command line in a process of its own."""
    environment = {**os.environ, "COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1"}
    code = "from ontogeny.studies.command_line import app; app()"
    # Not -c: worker processes import the main module again, by its file.
    script = Path(cwd) / "ontogeny_command.py"
    script.write_text(f"if __name__ == '__main__':\n    {code}\n")
    result = subprocess.run(
        [sys.executable, str(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=environment,
    )
    script.unlink()
    return result


def tiny_run(folder, **options):
    arguments = [part for pair in TINY.items() for part in pair]
    arguments += [part for key, value in options.items() for part in (f"--{key}", str(value))]
    done = command("run", *arguments, cwd=folder)
    told = {"returncode": done.returncode, "stdout": done.stdout, "stderr": done.stderr}
    (folder / "told.json").write_text(json.dumps(told))


def found_run(folder):
    result = SimpleNamespace(**json.loads((folder / "told.json").read_text()))
    return SimpleNamespace(result=result, cwd=folder, folder=folder / "runs" / "first-life")


@pytest.fixture(scope="session")
def run_with_two_workers(once):
    return found_run(once("two-workers", partial(tiny_run, workers=2)))


@pytest.fixture(scope="session")
def run_with_one_worker(once):
    return found_run(once("one-worker", partial(tiny_run, workers=1)))


@pytest.fixture(scope="session")
def lives(run_with_two_workers):
    # Closed at once: the netCDF library does not bear one file that is opened again and again.
    with xr.open_datatree(run_with_two_workers.folder / "lives.nc") as tree:
        return tree.load()


@pytest.fixture
def invoke(monkeypatch, tmp_path):
    """Run the command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*arguments):
        return CliRunner().invoke(app, list(arguments))

    return run


@pytest.fixture(scope="session")
def options():
    """All options by command, as the parser knows them."""
    commands = typer.main.get_command(app).commands
    return {
        name: [option for parameter in found.params for option in parameter.opts]
        for name, found in commands.items()
    }


@pytest.fixture(scope="session")
def browser():
    """Return a Chromium without windows, or skip."""
    chromium = load("chromium")
    found = chromium.find()
    if found is None:
        pytest.skip("no Chromium: apt-get install --no-install-recommends chromium")
    with chromium.Browser(found) as running:
        yield running
