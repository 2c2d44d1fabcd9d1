"""A structure is compiled once; what is an input of the program compiles nothing."""

import errno
import fcntl
import json
import os
import shutil
import stat
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from ontogeny.data import gaussian_noise, uniform_noise
from ontogeny.engine import DEVICES, cache, compiled
from ontogeny.engine.compiler import compile_project
from ontogeny.models import Schedule, Spontaneous, layered, simulate
from ontogeny.plasticity import SGD, FeedbackAlignment, Gaussian

pytestmark = [
    pytest.mark.compiler,
    pytest.mark.skipif(bool(DEVICES["cpp"].problem()), reason="needs a C++ compiler"),
]


@pytest.fixture
def compiler(monkeypatch, tmp_path):
    """A cache of its own, and a compiler that writes down every file that it compiles."""
    log, wrapper = tmp_path / "calls", tmp_path / "compiler"
    log.touch()
    wrapper.write_text(
        f'#!/bin/sh\ncase "$*" in *.cpp*) echo "$@" >> {log};; esac\nexec g++ "$@"\n'
    )
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("CXX", str(wrapper))
    monkeypatch.setenv("ONTOGENY_CACHE", str(tmp_path / "cache"))
    return lambda: len(log.read_text().splitlines())


def run(sizes=(6, 5, 4), *, seed=0, rate=0.1, noise=None, presentations=40, **options):
    network = layered(list(sizes), optimiser=SGD(rate=rate), weights=options.get("weights"))
    schedule = Schedule(Spontaneous(noise or gaussian_noise(), presentations=presentations))
    return simulate(network, schedule, device="cpp", trials=4, seed=seed, progress=False)


def test_inputs_of_the_program_do_not_compile(compiler):
    run()
    calls = compiler()
    assert 0 < calls < 6  # whatever the number of operations
    run(seed=5)
    run(rate=0.2)
    run(noise=uniform_noise(std=0.3))
    run(presentations=17)
    run(weights=Gaussian(std=0.01))
    assert compiler() == calls
    run(sizes=(6, 7, 4))
    assert compiler() == 2 * calls


ALONE = """
    import sys
    from ontogeny.data import gaussian_noise
    from ontogeny.models import Schedule, Spontaneous, layered, simulate
    from ontogeny.plasticity import SGD
    life = simulate(layered([6, 5, 4], optimiser=SGD(rate=0.1)),
                    Schedule(Spontaneous(gaussian_noise(), presentations=40)),
                    device="cpp", trials=4, progress=False)
    print("brian2" in sys.modules, repr(float(life["weights"]["forward_1"][-1].sum())))
"""


def alone():
    return [sys.executable, "-c", textwrap.dedent(ALONE)]


def test_a_known_structure_needs_no_brian2(compiler):
    printed = [
        subprocess.run(alone(), capture_output=True, text=True, check=True).stdout.split()
        for _ in range(2)
    ]
    assert [words[0] for words in printed] == ["True", "False"]
    assert printed[0][1] == printed[1][1]


def test_processes_that_build_at_the_same_time_share_one_build(compiler):
    started = [subprocess.Popen(alone(), stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = [process.communicate()[0].split() for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert printed[0][1] == printed[1][1]
    shared = compiler()
    shutil.rmtree(cache.cache_folder())
    run()
    assert compiler() == 2 * shared


def test_failing_compiler_is_reported_and_leaves_nothing(compiler, monkeypatch):
    monkeypatch.setenv("CXX", "false")
    with pytest.raises(RuntimeError, match="the compiler failed.*ontogeny doctor"):
        run(sizes=(3, 2, 2))
    assert list((cache.cache_folder() / "builds").iterdir()) == []
    assert list((cache.cache_folder() / "structures").iterdir()) == []


def test_failing_program_is_reported(monkeypatch):
    original = compiled.CompiledProgram._call

    def call(self):
        os.truncate(self.work / "exchange", 64)
        original(self)

    monkeypatch.setattr(compiled.CompiledProgram, "_call", call)
    with pytest.raises(RuntimeError, match="failed with exit status 1: Unexpected size of"):
        run()
    monkeypatch.undo()
    run()


def _empty(entry):
    (entry / "main").write_bytes(b"")


def _truncate(entry):
    whole = (entry / "main").read_bytes()
    (entry / "main").write_bytes(whole[: len(whole) // 2])


def _flip(entry):
    whole = bytearray((entry / "main").read_bytes())
    whole[len(whole) // 2] ^= 255
    (entry / "main").write_bytes(whole)


def _remove(entry):
    (entry / "main").unlink()


def _mark_away(entry):
    (entry / "in-use").unlink()
    (entry / "digest").unlink()


@pytest.mark.parametrize("damage", [_empty, _truncate, _flip, _remove, _mark_away])
def test_damaged_program_is_built_again(compiler, damage):
    life = run(sizes=(5, 3, 2))
    calls = compiler()
    (entry,) = (cache.cache_folder() / "builds").iterdir()
    damage(entry)
    again = run(sizes=(5, 3, 2))
    assert compiler() == 2 * calls
    run(sizes=(5, 3, 2))
    assert compiler() == 2 * calls
    assert bool((life["weights"]["forward_1"] == again["weights"]["forward_1"]).all())


def test_damaged_manifest_is_written_again_without_compiling(compiler):
    run(sizes=(5, 3, 2))
    calls = compiler()
    (manifest,) = (cache.cache_folder() / "structures").glob("*.json")
    for content in ("", "{}", json.dumps({"program": "../../elsewhere"}), "[1]"):
        manifest.write_text(content)
        run(sizes=(5, 3, 2))
        assert json.loads(manifest.read_text())["title"].startswith("5-3-2, FeedbackAlignment")
    assert compiler() == calls


def test_a_disk_without_room_is_told(monkeypatch, tmp_path):
    def full(path, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="expected room.*set TMPDIR to another.*exchange"):
        run()
    assert list(tmp_path.iterdir()) == []


def test_folders_of_killed_processes_are_swept(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folders = [tmp_path / f"ontogeny-run-{name}" for name in ("dead", "alive", "young")]
    for folder in folders:
        folder.mkdir()
        (folder / "lock").touch()
        (folder / "bank_0").touch()
    for folder in folders[:2]:
        os.utime(folder, (time.time() - 1000,) * 2)
    with open(folders[1] / "lock", "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        run()
        assert sorted(tmp_path.glob("ontogeny-run-*")) == sorted(folders[1:])


@dataclass(frozen=True, kw_only=True)
class Secretive(FeedbackAlignment):
    def equations(self):
        return "what it wants"


@dataclass(frozen=True, kw_only=True)
class Other(Secretive):
    gradient: ClassVar[str] = "(r_pre - w)*delta_post"


Other.__name__ = "Secretive"


def test_rules_of_one_text_are_told_apart(compiler):
    first, second = (
        simulate(
            layered([6, 5, 4], rule=rule, optimiser=SGD(rate=0.5)),
            Schedule(Spontaneous(gaussian_noise(), presentations=40)),
            device="cpp",
            trials=4,
            progress=False,
        )
        for rule in (Secretive(), Other())
    )
    difference = first["weights"]["forward_1"] - second["weights"]["forward_1"]
    assert float(abs(difference).max()) > 1e-3


def test_flags_of_a_make_around_it_are_not_for_programs(tmp_path, monkeypatch):
    (tmp_path / "makefile").write_text("CXXFLAGS = -c\nall:\n\t@echo '$(CXXFLAGS)' > told\n")
    monkeypatch.setenv("MAKEFLAGS", "s -- CXXFLAGS=-O2")
    compile_project(tmp_path)
    assert (tmp_path / "told").read_text() == "-c\n"
