import shutil
import subprocess
import sys

import pytest

from ontogeny.engine import DEVICES
from ontogeny.studies.doctor import Finding, diagnosis, works


def test_names_versions_and_devices(invoke):
    said = invoke("doctor")
    assert said.exit_code == 0
    for words in ("ontogeny", "brian2", "numpy", "xarray", "netCDF4", "g++", "BLAS of numpy"):
        assert words in said.stdout
    for device in DEVICES:
        assert f"device {device}" in said.stdout
    assert "mnist-5k" in said.stdout and "feedback-alignment" in said.stdout


def test_missing_compiler_is_named_with_the_cure(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    findings = {finding.what: finding for finding in diagnosis()}
    assert findings["g++"].good is False and findings["device cpp"].good is False
    assert "install" in findings["device cpp"].detail
    assert works(list(findings.values()))


def test_runs_a_life_on_every_device(monkeypatch):
    # Compilers are tested elsewhere.
    kept = {name: DEVICES[name] for name in ("numpy", "synapses")}
    monkeypatch.setattr("ontogeny.engine.DEVICES", kept)
    findings = [finding for finding in diagnosis(run=True) if finding.what.startswith("device")]
    assert len(findings) == len(kept)
    assert all(finding.good and "ran a life" in finding.detail for finding in findings)


def test_a_device_that_fails_is_found_out(invoke, monkeypatch):
    def broken(*arguments, **keywords):
        raise RuntimeError("the machine\nis on fire")

    monkeypatch.setattr("ontogeny.models.simulate", broken)
    said = invoke("doctor", "--run")
    assert said.exit_code == 1
    assert "a tiny life failed" in said.stdout and "on fire" in " ".join(said.stdout.split())


def test_brian2_that_cannot_be_imported_is_a_finding():
    code = (
        "import sys; sys.modules['brian2'] = None\n"
        "from ontogeny.studies.command_line import app\n"
        "app(['doctor'])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 1
    assert "Brian2 cannot be imported" in " ".join(result.stdout.split())
    assert not result.stderr


def test_finding_says_something():
    with pytest.raises(ValueError, match="Finding: expected what and detail, got 'numpy', ''"):
        Finding(what="numpy", good=True, detail="")


def test_a_wrong_blas_is_a_finding_of_the_device(monkeypatch):
    monkeypatch.setenv("ONTOGENY_BLAS", "/nowhere.so")
    found = {finding.what: finding for finding in diagnosis()}
    for what in ("BLAS of device cpp", "device cpp"):
        assert found[what].good is False
        assert found[what].detail.startswith("ONTOGENY_BLAS: expected the path of a library")


def test_packages_and_files_of_recordings(monkeypatch, tmp_path):
    monkeypatch.setattr("ontogeny.studies.doctor.BIOLOGY", ("numpy", "no-such-package"))
    monkeypatch.setattr("ontogeny.data.recordings.collection.cache_folder", lambda: tmp_path)
    monkeypatch.delenv("ONTOGENY_DATA", raising=False)
    found = {finding.what: finding for finding in diagnosis()}
    assert found["no-such-package"].good is None
    assert found["no-such-package"].detail.endswith('pip install ".[biology]" in the checkout')
    assert found["recordings"].detail == "0 of 33 found; load_recording() downloads the rest"


def test_packages_of_recordings_are_not_imported():
    code = (
        "import sys; from ontogeny.studies.doctor import BIOLOGY, diagnosis\n"
        "assert {each.what for each in diagnosis()} > set(BIOLOGY)\n"
        "loaded = {name.replace('-', '_') for name in BIOLOGY} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
