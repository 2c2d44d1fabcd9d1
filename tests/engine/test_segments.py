"""One process takes all segments of a program; it ends with the process that started it."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from ontogeny.data import Stimuli, binary_noise, gaussian_noise
from ontogeny.engine import DEVICES, Correlate, Propagate, compiled
from ontogeny.models import (
    Leaky,
    Learning,
    NeuronNoise,
    Record,
    Schedule,
    Spontaneous,
    Test,
    layered,
    simulate,
)
from ontogeny.plasticity import SGD, Adam

COMPILED = [
    pytest.param(
        name,
        marks=[
            *([pytest.mark.cuda] if name == "cuda" else []),
            pytest.mark.skipif(bool(DEVICES[name].problem()), reason=f"needs the device {name}"),
        ],
    )
    for name in ("cpp", "cuda")
]
pytestmark = [pytest.mark.compiler, pytest.mark.parametrize("device", COMPILED)]
FOREVER = 10**9
forwards = [Propagate("w*x_pre", into="a_post", order=1), Correlate("x_pre*a_post", "g", order=2)]


@pytest.fixture
def one(runner, device):
    """A program of two projections, and a state that differs everywhere."""
    made = runner(device, runner.pair, shape=(2, 5, 4), forwards=forwards)
    generator = np.random.default_rng(0)
    sizes = {key: array.size for key, array in made.program.variables.items()}
    made.state = {key: generator.standard_normal(size) for key, size in sizes.items()}
    yield made
    made.program._end()


def same(one, other):
    assert set(one) == set(other)
    for key, values in one.items():
        np.testing.assert_array_equal(other[key], values, err_msg=key)


def number(program):
    return program.process.child.pid


def lives(pid):
    """Say whether a process runs; one that nobody has waited for has ended."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(said.stdout.strip()) and not said.stdout.startswith("Z")


def wait_for_end(pid):
    limit = time.monotonic() + 60
    while lives(pid) and time.monotonic() < limit:
        time.sleep(0.02)
    return not lives(pid)


def test_one_process_takes_all_segments(one):
    first = one.run(one.state, steps=3)
    pid = number(one.program)
    assert lives(pid)
    for _ in range(3):
        same(one.run(one.state, steps=3), first)
    assert number(one.program) == pid
    one.program.close()
    assert not lives(pid)


def test_a_program_that_was_ended_while_it_waited_is_started_again(one):
    first = one.run(one.state)
    pid = number(one.program)
    one.program.process.child.kill()
    assert wait_for_end(pid)
    same(one.run(one.state), first)
    assert number(one.program) != pid


def test_a_program_that_is_killed_in_a_segment_is_told(one):
    first = one.run(one.state)
    process = one.program.process
    killer = threading.Timer(0.3, process.child.kill)
    killer.start()
    with pytest.raises(RuntimeError, match="compiled program in .* failed with exit status -9"):
        one.run(one.state, steps=FOREVER)
    assert not lives(process.child.pid)
    same(one.run(one.state), first)


def test_an_error_in_a_segment_is_told(one):
    first = one.run(one.state)
    bank = one.program.add_bank(np.zeros((2, 5)), np.zeros(2, np.int64))
    (one.program.work / f"bank_{bank}").unlink()
    with pytest.raises(RuntimeError, match=r"failed with exit status 1: Cannot open '.*bank_0'"):
        one.run(one.state, bank=bank, presentations=2)
    same(one.run(one.state), first)


def test_a_second_interrupt_ends_the_segment(one):
    first = one.run(one.state)
    pid = number(one.program)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        one.run(one.state, steps=FOREVER)
    assert not lives(pid)
    same(one.run(one.state), first)


def test_an_interrupt_from_the_terminal_does_not_reach_the_program(one):
    one.run(one.state)
    assert os.getpgid(number(one.program)) == number(one.program)


def test_arrays_of_another_size_are_refused(one):
    state = {key: values.copy() for key, values in one.state.items()}
    for given in (np.zeros(1), np.zeros(19)):
        with pytest.raises(ValueError, match=r"expected 20 numbers for 'up_w', got .*shape"):
            one.run({**state, "up_w": given})


def test_stimuli_may_be_replaced(one):
    """By larger ones, by smaller ones, and by others of the same size."""
    generator, found = np.random.default_rng(1), []
    number = one.program.add_bank(np.zeros((2, 5)), np.zeros(2, np.int64))
    settings = dict.fromkeys(one.program.scalars, 0)
    settings |= {"bank": number, "presentations": 2, "scale": 1, "record": 1}
    for count in (3000, 2, 2, 3000):
        images = generator.random((count, 5))
        one.program.add_bank(images, np.zeros(count, np.int64), replaces=number)
        order = generator.permutation(count)[:2]
        one.program.run(1, settings, one.state, order)
        found.append((one.program.recorded()[0], images[order]))
    for shown, expected in found:
        np.testing.assert_array_equal(shown, expected)


def test_memory_does_not_grow(one):
    if not Path("/proc/self/maps").exists():
        pytest.skip("needs /proc")

    def live(segments):
        for _ in range(segments):
            one.program.add_bank(np.zeros((900, 5)), np.zeros(900, np.int64), replaces=0)
            settings = dict.fromkeys(one.program.scalars, 0) | {"presentations": 2}
            one.program.run(1, settings, one.state, np.zeros(2, np.int64))
        folder = Path(f"/proc/{number(one.program)}")
        maps = len((folder / "maps").read_text().splitlines())
        return maps, len(list((folder / "fd").iterdir()))

    assert live(3) == live(40)


ALONE = """
    import os, signal, sys
    from ontogeny.data import gaussian_noise
    from ontogeny.engine import compiled
    from ontogeny.models import Schedule, Spontaneous, layered, simulate
    from ontogeny.plasticity import Adam

    original = compiled._Process.call
    def call(self):
        sys.stdout.write(f"{self.child.pid}\\n")
        sys.stdout.flush()
        if sys.argv[2] == "waiting":
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self)
    compiled._Process.call = call
    simulate(layered([12, 7, 4], optimiser=Adam(rate=1e-2)),
             Schedule(Spontaneous(gaussian_noise(), presentations=100_000_000)),
             device=sys.argv[1], trials=8, progress=False)
"""


@pytest.mark.parametrize("when", ["waiting", "running"])
def test_the_program_ends_when_python_is_killed(device, when):
    """At once if it waits, else with its segment."""
    command = [sys.executable, "-c", textwrap.dedent(ALONE), device, when]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as python:
        pid = int(python.stdout.readline())
        with contextlib.suppress(ProcessLookupError):
            python.kill()
    assert wait_for_end(pid)


def stimuli(count, seed):
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 255, (count, 12)).astype(np.uint8)
    return Stimuli.from_arrays(
        images, np.arange(count) % 4, classes=4, name=f"random {seed}", scale=1 / 255
    )


DYNAMICS = {
    "static": None,
    "leaky": Leaky(hold=0.015, noise=NeuronNoise(std=0.1, time_constant=0.01)),
}


@pytest.mark.parametrize(("dynamics", "trials"), [("static", 8), ("leaky", 1)])
def test_lives_are_those_of_one_process_for_each_segment(device, dynamics, trials, monkeypatch):
    """Learning, tests of two kinds, noise that the program draws and noise that it is given."""
    learning = Learning(stimuli(20, 1), epochs=3, test=stimuli(9, 3))
    schedule = Schedule(
        Spontaneous(gaussian_noise(), presentations=30, test=stimuli(9, 3)),
        learning,
        Spontaneous(binary_noise(), presentations=30),
        Test(stimuli(7, 5)),
        learning,
    )
    optimiser = Adam(rate=1e-2) if dynamics == "static" else SGD(rate=0.05, momentum=0.5)
    network = layered([12, 7, 4], optimiser=optimiser, dynamics=DYNAMICS[dynamics])

    def live():
        record = Record(checkpoints=9, activity=True)
        return simulate(
            network, schedule, device=device, trials=trials, record=record, seed=2, progress=False
        )

    started = []
    original = compiled._Process.__init__

    def counted(self, *arguments):
        started.append(arguments)
        original(self, *arguments)

    monkeypatch.setattr(compiled._Process, "__init__", counted)
    kept = live()
    assert len(started) == 1
    run = compiled.CompiledProgram.run

    def afresh(self, *arguments):
        self._end()
        return run(self, *arguments)

    monkeypatch.setattr(compiled.CompiledProgram, "run", afresh)
    fresh = live()
    assert len(started) > 20
    for group in ("progress", "weights", "tests", "activity"):
        for key, values in kept[group].data_vars.items():
            np.testing.assert_array_equal(fresh[group][key], values, err_msg=f"{group}/{key}")
