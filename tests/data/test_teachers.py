"""Teachers: what they say, what they compute, and that it can be made again."""

import json
from dataclasses import replace

import numpy as np
import pytest

from ontogeny.data import Stimuli, linear_teacher, load_origin, nonlinear_teacher

TEACHERS = {"linear": linear_teacher, "nonlinear": nonlinear_teacher}


def test_linear():
    task = linear_teacher(30, 10, examples=4000, test_examples=50, seed=3)
    matrix = task.teacher["T"]
    assert matrix.shape == (10, 30)
    assert 0.9 < np.abs(matrix).max() <= 1
    for part in (task.train, task.test):
        np.testing.assert_allclose(part.targets.values, part.rates() @ matrix.T, atol=1e-12)
    inputs = task.train.rates()
    assert inputs.shape == (4000, 30)
    covariance = inputs.T @ inputs / len(inputs)
    # The standard error of an element is 1/sqrt(4000), of those on the diagonal sqrt(2) times it.
    np.testing.assert_allclose(covariance, np.eye(30), atol=5 * np.sqrt(2 / 4000))
    assert abs(inputs.mean()) < 5 / np.sqrt(inputs.size)


def test_nonlinear():
    task = nonlinear_teacher(examples=20, hidden=(7, 5), weight_scale=0.5, bias_scale=2, seed=1)
    w, x = task.teacher, task.test.rates()
    assert [w[f"W_{k}"].shape for k in range(3)] == [(7, 30), (5, 7), (10, 5)]
    assert np.abs(w["W_0"]).max() <= 0.5 < np.abs(w["b_0"]).max() <= 2
    hidden = np.tanh(np.tanh(x @ w["W_0"].T + w["b_0"]) @ w["W_1"].T + w["b_1"])
    expected = hidden @ w["W_2"].T + w["b_2"]
    np.testing.assert_allclose(task.test.targets.values, expected, atol=1e-12)
    assert len(task.test) == 5000


@pytest.mark.parametrize("teacher", TEACHERS.values(), ids=TEACHERS)
def test_seeds(teacher):
    one, more, other = (
        teacher(examples=count, test_examples=9, seed=seed)
        for count, seed in ((20, 0), (30, 0), (20, 1))
    )
    # More examples begin with the same ones, and have the same teacher.
    np.testing.assert_array_equal(one.train.targets.values, more.train.targets.values[:20])
    np.testing.assert_array_equal(one.test.rates(), more.test.rates())
    assert not np.isin(one.train.rates(), one.test.rates()).any()
    assert not np.isin(one.train.rates(), other.train.rates()).any()
    first, last = (next(iter(task.teacher.values())) for task in (one, other))
    assert not np.isin(first, last).any()


@pytest.mark.parametrize("teacher", TEACHERS.values(), ids=TEACHERS)
def test_origin(teacher):
    task = teacher(12, 4, examples=40, test_examples=30, seed=2)
    for stimuli in (task.train, task.test, task.test.sample(11, seed=5)):
        again = load_origin(json.loads(json.dumps(stimuli.origin)))
        assert again.targets.equals(stimuli.targets)
        assert again.images.equals(stimuli.images)
        assert again.name == stimuli.name


def test_origin_keeps_every_parameter():
    task = nonlinear_teacher(
        12, 4, examples=9, test_examples=8, hidden=(3, 2), weight_scale=2, bias_scale=1, seed=7
    )
    again = load_origin(json.loads(json.dumps(task.train.origin)))
    assert again.targets.equals(task.train.targets)


def test_refusals():
    with pytest.raises(ValueError, match=r"linear_teacher\.examples: expected a positive integer"):
        linear_teacher(examples=0)
    with pytest.raises(ValueError, match=r"linear_teacher\.inputs: expected a positive integer"):
        linear_teacher(2.5, examples=1)
    with pytest.raises(ValueError, match=r"nonlinear_teacher\.seed: expected an integer >= 0"):
        nonlinear_teacher(examples=1, seed=-1)
    with pytest.raises(ValueError, match=r"nonlinear_teacher\.hidden\[1\]: expected a positive"):
        nonlinear_teacher(examples=1, hidden=(3, 0))
    with pytest.raises(ValueError, match=r"nonlinear_teacher\.hidden: expected two sizes, got 3"):
        nonlinear_teacher(examples=1, hidden=3)
    with pytest.raises(ValueError, match=r"bias_scale: expected a finite number >= 0, got -1"):
        nonlinear_teacher(examples=1, bias_scale=-1)
    with pytest.raises(ValueError, match="load_origin.origin: expected set and normalisation, or"):
        load_origin({"teacher": "cubic", "parameters": {}, "part": "train", "steps": []})


def test_representation_is_one_line():
    task = nonlinear_teacher(12, 4, examples=9, test_examples=8, seed=7)
    assert repr(task) == (
        "TeacherSet('nonlinear teacher (seed 7)': 12 inputs, 4 targets, 9 training and 8 test "
        "examples)"
    )


def test_parts_must_fit():
    task = linear_teacher(examples=5, test_examples=5)
    other = Stimuli.from_arrays(np.zeros((5, 30)), targets=np.zeros((5, 3)))
    with pytest.raises(ValueError, match=r"TeacherSet\.test: expected as many outputs .*\(10\)"):
        replace(task, test=other)
