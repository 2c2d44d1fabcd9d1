"""Whole lives agree on all targets, for every transfer, readout, rule and optimiser."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.engine import DEVICES
from ontogeny.models import (
    READOUTS,
    TRANSFERS,
    Learning,
    Schedule,
    Spontaneous,
    Test,
    layered,
    simulate,
)
from ontogeny.plasticity import SGD, Adam, Backpropagation, FeedbackAlignment

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
RULES = (FeedbackAlignment(), Backpropagation())
OPTIMISERS = (
    SGD(rate=0.1),
    SGD(rate=0.1, momentum=0.9, weight_decay=1e-3),
    # Steps of synapses whose direction is mere rounding must not be blown up to the full rate.
    Adam(rate=1e-3, epsilon=1e-3, weight_decay=1e-3),
)
COMPILED = ["cpp", pytest.param("cuda", marks=pytest.mark.cuda)]
ALL = list(itertools.product(TRANSFERS, READOUTS, RULES, OPTIMISERS))
# Every transfer, readout, rule and optimiser at least once.
SOME = [
    ("tanh", "softmax", RULES[0], OPTIMISERS[2]),
    ("relu", "linear", RULES[1], OPTIMISERS[1]),
    ("sigmoid", "sigmoid", RULES[0], OPTIMISERS[0]),
    ("linear", "softmax", RULES[1], OPTIMISERS[0]),
]


def life_on(device, sizes, trials, dtype, transfer, readout, rule, optimiser):
    network = layered(sizes, transfer=transfer, readout=readout, rule=rule, optimiser=optimiser)
    generator = np.random.default_rng(0)
    count = 2 * trials + 1  # the last step is not full
    images = generator.integers(0, 256, (count, 1, sizes[0]), dtype=np.uint8)
    images[:, :, ::3] = 0
    labels = generator.integers(0, sizes[-1], count)
    stimuli = Stimuli.from_arrays(images, labels, classes=sizes[-1], name="random", scale=1 / 255)
    schedule = Schedule(
        Spontaneous(gaussian_noise(), presentations=2 * trials),
        Learning(stimuli, epochs=1),
        Test(stimuli),
    )
    return simulate(
        network, schedule, device=device, trials=trials, dtype=dtype, seed=1, progress=False
    )


def agree(device, sizes, trials, dtype, *choices):
    if DEVICES[device].problem():
        pytest.skip(DEVICES[device].problem())
    lives = [life_on(name, sizes, trials, dtype, *choices) for name in ("numpy", device)]
    for group, names in (
        ("weights", lives[0]["weights"].data_vars),
        ("progress", ("loss", "accuracy")),
        ("tests", ("loss", "accuracy")),
    ):
        for name in names:
            first, second = (life[group][name].values for life in lives)
            scale = max(1.0, np.nanmax(np.abs(first)))
            np.testing.assert_allclose(
                second, first, rtol=0, atol=TOLERANCE[dtype] * scale, err_msg=f"{group}/{name}"
            )
    moved = lives[0]["weights"]["forward_1"]
    assert float(abs(moved[-1] - moved[0]).max()) > 1e-4


@pytest.mark.compiler
@pytest.mark.parametrize("device", COMPILED)
@pytest.mark.parametrize(("number", "dtype"), [(0, "float64"), (1, "float32"), (2, "float32")])
def test_lives_agree(device, number, dtype):
    agree(device, [11, 7, 5, 3], 17, dtype, *SOME[number])


@pytest.mark.slow
@pytest.mark.compiler
@pytest.mark.parametrize("device", COMPILED)
@pytest.mark.parametrize("choices", ALL, ids=str)
def test_all_lives_agree(device, choices):
    agree(device, [11, 7, 3], 17, "float64", *choices)


@pytest.mark.slow
@pytest.mark.compiler
@pytest.mark.parametrize("device", COMPILED)
@pytest.mark.parametrize("dtype", TOLERANCE)
@settings(max_examples=6, deadline=None, derandomize=True)
@given(
    sizes=st.lists(st.integers(1, 70), min_size=2, max_size=4),
    trials=st.integers(1, 40),
    choices=st.sampled_from(SOME),
)
@example(sizes=[1, 1, 2], trials=1, choices=SOME[0])
@example(sizes=[131, 67, 1], trials=3, choices=SOME[1])
def test_lives_agree_at_any_sizes(device, dtype, sizes, trials, choices):
    agree(device, sizes, trials, dtype, *choices)
