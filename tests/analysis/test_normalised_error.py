import numpy as np
import pytest

from ontogeny.analysis import normalised_error
from ontogeny.data import Stimuli, linear_teacher
from ontogeny.models import Learning, Record, Schedule, layered, simulate
from ontogeny.plasticity import SGD, Uniform


@pytest.fixture(scope="module")
def task():
    return linear_teacher(6, 3, examples=40, test_examples=20)


@pytest.fixture(scope="module")
def life(task):
    network = layered(
        [6, 4, 3],
        optimiser=SGD(rate=0.05),
        transfer="tanh",
        readout="linear",
        weights=Uniform(low=-0.3, high=0.3),
    )
    schedule = Schedule(Learning(task.train, epochs=1))
    record = Record(checkpoints=2)
    return simulate(network, schedule, trials=1, record=record, dtype="float64", progress=False)


def test_error_is_that_of_the_forward_pass(life, task):
    found = normalised_error(life, task.test)
    x, wanted = task.test.rates(), task.test.targets.values
    assert found.dims == ("checkpoint",)
    assert found.attrs["units"] == "1"
    for index, value in enumerate(found.values):
        w1, w2, b1, b2 = (
            life["weights"][name].values[index]
            for name in ("forward_1", "forward_2", "bias_1", "bias_2")
        )
        y = np.tanh(x @ w1.T + b1) @ w2.T + b2
        expected = np.mean(((wanted - y) ** 2).sum(axis=1) / (wanted**2).sum(axis=1))
        assert value == pytest.approx(expected, rel=1e-12)
    assert found[-1] < found[0]


def test_samples_that_want_nothing_do_not_count(life, task):
    x, wanted = task.test.rates(), task.test.targets.values.copy()
    wanted[5:] = 0
    few = normalised_error(life, Stimuli.from_arrays(x[:5], targets=wanted[:5]))
    all_of_them = normalised_error(life, Stimuli.from_arrays(x, targets=wanted))
    np.testing.assert_allclose(all_of_them, few, rtol=1e-12)


def test_stimuli_that_do_not_fit_are_refused(life, task):
    with pytest.raises(ValueError, match=r"normalised_error\.stimuli: expected targets of 3"):
        normalised_error(life, Stimuli.from_arrays(task.test.rates(), targets=np.ones((20, 2))))
