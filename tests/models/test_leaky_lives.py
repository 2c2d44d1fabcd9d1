"""Leaky lives: interrupted and resumed, tested in the middle, with noise in some phases only."""

import numpy as np
import pytest

from ontogeny.data import gaussian_noise
from ontogeny.engine import DEVICES
from ontogeny.models import (
    Leaky,
    Learning,
    NeuronNoise,
    Record,
    Schedule,
    Spiking,
    Spontaneous,
    Test,
    layered,
    resume,
)

NOISE = NeuronNoise(std=0.3, time_constant=0.02)
ALIVE = Leaky(
    hold=0.01, feedback=0.005, trace=0.005, learning="continuous", noise=NOISE,
    spiking=Spiking(trace=0.015),
)  # fmt: skip
DEVICE_NAMES = [
    "numpy",
    pytest.param(
        "cpp",
        marks=[
            pytest.mark.compiler,
            pytest.mark.skipif(bool(DEVICES["cpp"].problem()), reason="needs a C++ compiler"),
        ],
    ),
]


class Stop(Exception):
    """Something goes wrong between two segments."""


def stop_at(presentation):
    def tell(done, total, phase):
        if done >= presentation:
            raise Stop

    return tell


def schedule(leaky_life, *, tests=True):
    shown = leaky_life.stimuli(12)
    between = (Test(leaky_life.stimuli(7, seed=2)),) if tests else ()
    return Schedule(
        Spontaneous(gaussian_noise(), presentations=12),
        *between,
        Learning(shown, epochs=3, test=leaky_life.stimuli(6, seed=1) if tests else None),
    )


def network_of(leaky_life, dynamics=ALIVE):
    return layered(leaky_life.SIZES, transfer="sigmoid", dynamics=dynamics)


# Resuming


@pytest.mark.parametrize("device", DEVICE_NAMES)
def test_an_interrupted_leaky_life_goes_on_to_the_bit(hasty, leaky_life, tmp_path, same, device):
    path, told = tmp_path / "life.nc", []
    given = {"schedule": schedule(leaky_life), "record": Record(checkpoints=8)}
    network = network_of(leaky_life)
    with pytest.raises(Stop):
        leaky_life.live(network, device, store=path, **given | {"progress": stop_at(30)})
    given["progress"] = lambda done, *_: told.append(done)
    resumed = leaky_life.live(network, device, store=path, resume=True, **given)
    assert 24 <= told[0] < 40
    same(resumed, leaky_life.live(network, device, **given))


def test_an_interrupted_leaky_life_goes_on_from_the_store_alone(hasty, leaky_life, tmp_path, same):
    path = tmp_path / "life.nc"
    given = {"schedule": schedule(leaky_life), "record": Record(checkpoints=8)}
    network = network_of(leaky_life)
    with pytest.raises(Stop):
        leaky_life.live(network, store=path, **given | {"progress": stop_at(30)})
    same(resume(path, progress=False), leaky_life.live(network, **given))


def test_segments_do_not_change_a_leaky_life(leaky_life, states):
    """Neurons go on from one segment to the next where they were."""
    lives, ends, counts = [], [], []
    for checkpoints in (1, 20):
        before = len(states)
        lives.append(
            leaky_life.live(
                network_of(leaky_life),
                schedule=schedule(leaky_life, tests=False),
                record=Record(checkpoints=checkpoints),
            )["weights"]
        )
        ends.append(states[-1])
        counts.append(len(states) - before)
    assert counts[1] > counts[0]
    for name, values in lives[0].data_vars.items():
        np.testing.assert_array_equal(values[-1], lives[1][name][-1])
    for name, values in ends[0].items():
        if not name.startswith("trial."):
            np.testing.assert_array_equal(values, ends[1][name], err_msg=name)


# Tests


def test_tests_do_not_disturb_a_leaky_life(leaky_life):
    """Neurons, and their random numbers, go on after a test as if there had been none."""
    one, other = (
        leaky_life.live(network_of(leaky_life), schedule=schedule(leaky_life, tests=tests))
        for tests in (True, False)
    )
    assert "tests" in one.children and "tests" not in other.children
    for name, values in one["weights"].data_vars.items():
        np.testing.assert_array_equal(values[-1], other["weights"][name][-1])


def test_tests_begin_at_rest(leaky_life):
    """The same test of the same weights gives the same loss, whatever was seen before."""
    shown, other = leaky_life.stimuli(6, seed=1), leaky_life.stimuli(7)
    phases = Schedule(Test(other), Test(shown), Test(shown))
    losses = leaky_life.live(network_of(leaky_life), schedule=phases)["tests"]["loss"].values
    assert losses[1] == losses[2] != losses[0]


# Noise in neurons


@pytest.mark.parametrize(("phases", "noisy"), [("all", True), ("spontaneous", False)])
def test_noise_of_neurons_acts_in_its_phases(leaky_life, states, phases, noisy):
    noise = NeuronNoise(std=0.3, time_constant=0.002, phases=phases)
    network = network_of(leaky_life, Leaky(hold=0.1, noise=noise))
    leaky_life.live(network, schedule=schedule(leaky_life, tests=False))
    spontaneous, learning = states[0], states[-1]
    assert 0.1 < spontaneous["hidden_1.noise"].std() < 0.6
    # What is left of it has decayed.
    assert (np.abs(learning["hidden_1.noise"]).max() > 1e-3) == noisy
