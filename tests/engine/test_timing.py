"""When operations run within a segment, and how long a step is, on every target."""

import numpy as np
import pytest

from ontogeny.engine import STEP, Correlate, Propagate, Update

DEVICES = [
    "numpy",
    "synapses",
    pytest.param("cpp", marks=pytest.mark.compiler),
    pytest.param("cuda", marks=[pytest.mark.compiler, pytest.mark.cuda]),
]
WINDOW = ("period", "closed")
OPERATIONS = [
    Update("w += 1", order=1),
    Update("v += w", order=2, window=WINDOW),
    Correlate("x_pre*y_post", into="g", order=3, window=WINDOW, update="v += 100*g"),
    Propagate("v*x_pre", into="a_post", order=4, window=WINDOW),
    Propagate("v*tanh(y_post + 0*x_pre)", into="b_pre", order=4, window=WINDOW, gate="open"),
]
SCALARS = {"open": int, "period": int, "closed": int, "count": int}


def count_open_steps(made):
    made.settings.step("count += 1", order=0, window=WINDOW)
    made.state["count"] = (made.settings, "count")


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    ("period", "closed"), [(4, 1), (3, 2), (0, 0), (1, 0), (2, 5), (5, 0), (-1, 1)]
)
def test_windows_skip_the_first_steps_of_every_period(runner, device, period, closed):
    made = runner(
        device,
        runner.pair,
        shape=(1, 1, 1),
        forwards=OPERATIONS if device != "synapses" else OPERATIONS[:4],
        scalars=SCALARS,
        more=count_open_steps,
    )
    steps = 11
    given = {"x": [1.0], "y": [0.5], "count": [0]}
    found = made.run(given, steps, period=period, closed=closed, open=0)
    ran = [step for step in range(steps) if step % max(period, 1) >= closed]
    assert found["count"][0] == len(ran)
    assert found["up_w"][0] == steps
    v = sum(step + 1 for step in ran) + 50 * len(ran)
    np.testing.assert_allclose(found["up_v"], v, rtol=1e-12)
    if device != "synapses":  # whose sums have no gates
        np.testing.assert_allclose(found["a"], v, rtol=1e-12)
    assert found["b"][0] == 0


@pytest.mark.parametrize("dt", [STEP, 1 / 8192, 0.25])
@pytest.mark.parametrize("device", DEVICES)
def test_the_clock_of_the_network_says_how_long_a_step_is(runner, device, dt):
    forwards = [Update("w += dt/second; v = t/second", order=1)]
    made = runner(device, runner.pair, shape=(1, 1, 1), forwards=forwards, dt=dt)
    found = made.run({}, 1000)
    assert found["up_w"][0] == 1000 * dt
    assert found["up_v"][0] == 999 * dt
