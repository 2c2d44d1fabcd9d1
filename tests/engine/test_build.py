"""A structure is compiled once; what is an input of the program compiles nothing."""

import pytest

from ontogeny.data import gaussian_noise, uniform_noise
from ontogeny.engine import DEVICES, build, standalone
from ontogeny.models import Schedule, Spontaneous, layered, simulate
from ontogeny.plasticity import SGD, Gaussian

pytestmark = pytest.mark.skipif(bool(DEVICES["cpp"].problem()), reason="needs a C++ compiler")


@pytest.fixture
def compilations(monkeypatch):
    counted = []
    original = build._compile
    monkeypatch.setattr(build, "_compile", lambda *given: counted.append(original(*given)))
    return counted


def run(sizes=(6, 5, 4), *, seed=0, rate=0.1, noise=None, presentations=40, weights=None):
    network = layered(list(sizes), optimiser=SGD(rate=rate), weights=weights)
    schedule = Schedule(Spontaneous(noise or gaussian_noise(), presentations=presentations))
    return simulate(network, schedule, device="cpp", trials=4, seed=seed, progress=False)


def test_inputs_of_the_program_do_not_compile(compilations):
    run()
    assert len(compilations) == 1
    run(seed=5)
    run(rate=0.2)
    run(noise=uniform_noise(std=0.3))
    run(presentations=17)
    run(weights=Gaussian(std=0.01))
    assert len(compilations) == 1
    run(sizes=(6, 7, 4))
    assert len(compilations) == 2


def test_failing_compiler_is_reported_and_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("ONTOGENY_CACHE", str(tmp_path))
    monkeypatch.setenv("CXX", "false")
    with pytest.raises(RuntimeError, match="the compiler failed.*ontogeny doctor"):
        run(sizes=(3, 2, 2))
    assert list((tmp_path / "builds").iterdir()) == []


def test_failing_program_is_reported(monkeypatch):
    original = standalone.StandaloneProgram._call

    def call(self, arguments):
        original(self, [*arguments, "settings.nonsense=1"])

    monkeypatch.setattr(standalone.StandaloneProgram, "_call", call)
    with pytest.raises(RuntimeError, match="failed with exit status 1.*nonsense"):
        run()


@pytest.mark.parametrize("damage", ["removed", "empty"])
def test_damaged_entry_is_built_again(compilations, damage):
    run(sizes=(5, 3, 2))
    program = max(build.cache_folder().glob("*/main"), key=lambda path: path.stat().st_mtime)
    program.unlink()
    if damage == "empty":
        program.touch()
    before = len(compilations)
    run(sizes=(5, 3, 2))
    assert len(compilations) == before + 1
    run(sizes=(5, 3, 2))
    assert len(compilations) == before + 1
