"""Studies run, stop, go on, and tell where every number comes from."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from ontogeny.studies.archive import Archive
from ontogeny.studies.command_line import app
from ontogeny.studies.scorecards import read_scorecard, same_science
from ontogeny.studies.study import STUDIES, find_study
from ontogeny.studies.study_run import measured_panels, scorecard_of, settings_of

COMMAND = [sys.executable, "-c", "from ontogeny.studies.command_line import app; app()"]
PANELS = ["--panel", "1d", "--panel", "1e", "--panel", "2b"]


def arguments(folder, out, *more):
    folders = ["--folder", str(folder), "--out", str(out)]
    return ["study", "run", "cheon2024", "--quick", *PANELS, *folders, *more]


def run(folder, *more):
    given = arguments(folder / "runs", folder / "results", *more)
    found = subprocess.run([*COMMAND, *given], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return read_scorecard(folder / "results" / "cheon2024.json")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    return folder, run(folder, "--workers", "1")


def test_the_number_of_workers_changes_nothing(alone, tmp_path):
    _, scorecard = alone
    assert same_science(scorecard, run(tmp_path, "--workers", "2"))


def test_a_run_that_was_stopped_goes_on(alone, tmp_path):
    _, scorecard = alone
    given = arguments(tmp_path / "runs", tmp_path / "results", "--workers", "1")
    process = subprocess.Popen([*COMMAND, *given], stderr=subprocess.PIPE, text=True)
    lives = tmp_path / "runs" / "lives"
    begin = time.monotonic()
    while not list(lives.glob("*/*.json")) and time.monotonic() - begin < 120:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=120)
    lived = {path: path.stat().st_mtime_ns for path in lives.glob("*/*.json")}
    assert lived
    assert same_science(scorecard, run(tmp_path, "--workers", "1"))
    # What had been lived was not lived again.
    assert lived == {path: path.stat().st_mtime_ns for path in lived}


def test_all_that_may_differ_is_in_run(alone):
    folder, scorecard = alone
    other = json.loads(json.dumps(scorecard))
    other["run"] = {**other["run"], "seconds": 1e9, "command": "another"}
    assert same_science(scorecard, other)
    other["claims"][0]["value"] = 1e9
    assert not same_science(scorecard, other)


def test_rows_that_were_not_run_are_told(alone):
    _, scorecard = alone
    study = find_study("cheon2024")
    rows = {row.id for panel in study.panels for row in panel.rows}
    rows |= {row.id for row, _ in study.absent}
    verdicts = {claim["id"]: claim["verdict"] for claim in scorecard["claims"]}
    assert set(verdicts) == rows
    assert verdicts["A10"] == "not run"
    assert verdicts["A1"] != "not run"


def test_from_a_number_to_its_life(alone):
    folder, scorecard = alone
    claim = next(claim for claim in scorecard["claims"] if claim["id"] == "A6")
    options = "--panel 2b --networks 2 --device numpy --quick"
    assert claim["command"] == f"ontogeny study run cheon2024 {options}"
    for name in claim["lives"]:
        life = scorecard["lives"][name]
        described = scorecard["descriptions"][life["description"]]
        assert described["network"] in scorecard["descriptions"]
        assert all(parent in scorecard["lives"] for parent in life["parents"])
    found = CliRunner().invoke(app, ["study", "life", name, "--folder", str(folder / "runs")])
    assert found.exit_code == 0, found.output
    assert life["label"].split(",")[0] in found.output
    assert life["digest"][:40] in found.output.replace("\n", "")


def test_a_report_needs_no_lives(alone, tmp_path):
    folder, scorecard = alone
    given = ["study", "report", "cheon2024", "--quick", "--folder", str(folder / "runs")]
    found = CliRunner().invoke(app, [*given, "--out", str(tmp_path)])
    assert found.exit_code == 0, found.output
    again = read_scorecard(tmp_path / "cheon2024.json")
    assert same_science(scorecard, again)
    assert again["run"]["seconds"] == scorecard["run"]["seconds"]
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".md", ".html"}


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ({}, ""),
        ({"seed": 7}, " --seed 7"),
        ({"quick": True, "networks": 3}, " --quick"),
        ({"quick": True, "seed": 7}, " --seed 7 --quick"),
    ],
)
@pytest.mark.parametrize("name", STUDIES)
def test_commands_of_claims_have_all_that_was_chosen(name, given, options, tmp_path):
    study = find_study(name)
    settings = settings_of(study, **given)
    found = scorecard_of(study, settings, {}, archive=Archive(tmp_path), run={})
    panel = study.panels[0]
    claim = next(claim for claim in found["claims"] if claim["panel"] == panel.name)
    assert claim["command"] == (
        f"ontogeny study run {name} --panel {panel.name} --networks {settings.networks} "
        f"--device {settings.device}{options}"
    )


def test_measures_of_other_lives_are_none(alone):
    folder, _ = alone
    study = find_study("cheon2024")
    settings = settings_of(study, quick=True)
    assert set(measured_panels(study, settings, folder / "runs")) == {"1d", "1e", "2b"}
    panel = study.panel("2b")
    other = replace(panel, recipes=lambda settings: panel.recipes(replace(settings, epochs=3)))
    changed = replace(study, panels=(study.panel("1d"), other))
    assert set(measured_panels(changed, settings, folder / "runs")) == {"1d"}


def test_nothing_measured_is_an_error(tmp_path):
    found = CliRunner().invoke(app, ["study", "report", "cheon2024", "--folder", str(tmp_path)])
    assert found.exit_code == 1
    assert "expected measures of cheon2024 with these settings" in found.output


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["nothing"], "study.name: expected one of cheon2024"),
        (["cheon2024", "--panel", "9z"], "study.panel: expected one of 1d"),
        (["cheon2024", "--networks", "0"], "study.networks: expected an integer from 1"),
        (["cheon2024", "--device", "abacus"], "expected one of"),
    ],
)
def test_what_cannot_be_run(given, message, tmp_path):
    command = ["study", "run", *given, "--quick", "--folder", str(tmp_path / "runs")]
    found = CliRunner().invoke(app, command)
    assert found.exit_code == 1
    assert message in found.output.replace("\n", " ")
    assert not (tmp_path / "runs").exists()


def test_several_workers_without_dask_are_refused_before_work(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    given = ["study", "run", "development2026", "--quick", "--folder", str(tmp_path / "runs")]
    found = CliRunner().invoke(app, [*given, "--workers", "2"])
    assert found.exit_code == 1
    assert "--workers 1" in found.output and 'pip install ".[cluster]"' in found.output
    assert not (tmp_path / "runs").exists()


def test_by_default_one_worker_does_without_dask(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    given = ["study", "run", "lillicrap2014", "--quick", "--folder", str(tmp_path)]
    panel = find_study("lillicrap2014").panels[0].name
    found = CliRunner().invoke(app, [*given, "--panel", panel])
    assert found.exit_code == 0, found.output
    assert "One worker, as dask.distributed is not installed" in found.output
    assert "Quick run: numbers under 'Inferred' are those of the full study" in found.output
    (path,) = tmp_path.glob("lillicrap2014/*/lillicrap2014.json")
    assert read_scorecard(path)["run"]["workers"] == 1


def test_list_has_every_study():
    found = CliRunner().invoke(app, ["study", "list"])
    assert found.exit_code == 0
    assert all(name in found.output for name in STUDIES)


@pytest.mark.parametrize("name", STUDIES)
def test_descriptions_of_studies(name):
    study = find_study(name)
    assert study.name == name
    names = [panel.name for panel in study.panels]
    rows = [row.id for panel in study.panels for row in panel.rows]
    rows += [row.id for row, _ in study.absent]
    assert len(set(names)) == len(names)
    assert len(set(rows)) == len(rows)
    assert type(study.settings) is type(study.quick)
    # Networks are paired: lives of all conditions and of one seed begin with the same weights.
    settings = replace(settings_of(study, quick=True), networks=2)
    for panel in study.panels:
        recipes = panel.recipes(settings)
        for recipe in recipes.values():
            assert recipe.device in (settings.device, "numpy")
            # Numbers that are searched for are found by networks of other seeds.
            assert recipe.seed in settings.seeds or recipe.seed >= 1_000_000
