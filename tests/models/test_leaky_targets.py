"""Leaky networks on numpy and cpp, over so long a time that clocks would drift."""

import dataclasses

import numpy as np
import pytest

from ontogeny.engine import DEVICES
from ontogeny.models import Learning, Schedule

pytestmark = [
    pytest.mark.compiler,
    pytest.mark.skipif(bool(DEVICES["cpp"].problem()), reason="needs a C++ compiler"),
]


@pytest.mark.parametrize("duration", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_targets_agree_over_a_long_time(leaky_life, states, duration):
    network = leaky_life.network_of("everything")
    leaky = dataclasses.replace(network.dynamics, hold=1 / 16)
    network = dataclasses.replace(network, dynamics=leaky)
    assert leaky.hold_steps == 64
    # 20 presentations in an epoch, of which the last is of two trials.
    shown, epochs = leaky_life.stimuli(19 * leaky_life.TRIALS + 2), duration * 16 // 20
    schedule = Schedule(Learning(shown, epochs=epochs))
    weights, last = [], []
    for device in ("numpy", "cpp"):
        weights.append(leaky_life.live(network, device, schedule=schedule)["weights"])
        last.append(states[-1])
    assert set(last[0]) == set(last[1])
    for name, values in last[0].items():
        np.testing.assert_allclose(last[1][name], values, rtol=1e-10, atol=1e-10, err_msg=name)
    for name, values in weights[0].data_vars.items():
        assert np.abs(values[-1] - values[0]).max() > 1e-3
        np.testing.assert_allclose(weights[1][name], values, rtol=0, atol=1e-10)
