from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from ontogeny.models import Record


def test_defaults():
    record = Record()
    assert (record.checkpoints, record.activity, record.budget) == (12, False, 2_000_000_000)


@pytest.mark.parametrize(
    "checkpoints",
    [1, 1000, np.int64(3), [1], [64, 640], (5, 3, 5), [], range(10, 100, 10), np.array([1, 20])],
    ids=repr,
)
def test_checkpoints_are_a_number_or_presentations(checkpoints):
    np.testing.assert_array_equal(Record(checkpoints=checkpoints).checkpoints, checkpoints)


@pytest.mark.parametrize(
    "checkpoints",
    [0, -1, True, "12", [0], [5, -5], [1.5], [1.0], [True], ["1"], np.array([0.5]), [np.nan]],
    ids=repr,
)
def test_checkpoints_must_be_positive_integers(checkpoints):
    with pytest.raises(
        ValueError,
        match=r"^Record\.checkpoints: expected a positive integer, or positive presentations, got ",
    ):
        Record(checkpoints=checkpoints)


@pytest.mark.parametrize("checkpoints", [12.0, 2.5, None, np.float64(3), np.array(5)], ids=repr)
def test_checkpoints_of_another_kind_are_refused_with_the_same_words(checkpoints):
    with pytest.raises((TypeError, ValueError), match=r"^Record\.checkpoints: expected "):
        Record(checkpoints=checkpoints)


@pytest.mark.parametrize("activity", [0, 1, None, "yes"])
def test_activity_must_be_true_or_false(activity):
    with pytest.raises(ValueError, match=r"^Record\.activity: expected True or False, got "):
        Record(activity=activity)


@pytest.mark.parametrize("budget", [0, -1, True, np.nan])
def test_budget_must_be_positive(budget):
    with pytest.raises(
        ValueError, match=r"^Record\.budget: expected a positive number of bytes, got "
    ):
        Record(budget=budget)


@pytest.mark.parametrize("budget", ["2GB", None], ids=repr)
def test_budget_of_another_kind_is_refused_with_the_same_words(budget):
    with pytest.raises(
        (TypeError, ValueError), match=r"^Record\.budget: expected a positive number of bytes, got "
    ):
        Record(budget=budget)


@pytest.mark.parametrize("budget", [1, 2e9, np.int64(10)])
def test_budget_may_be_any_positive_number(budget):
    assert Record(budget=budget).budget == budget


def test_is_a_frozen_value():
    assert Record(checkpoints=3) == Record(checkpoints=3) != Record(checkpoints=4)
    with pytest.raises(FrozenInstanceError):
        Record().activity = True
    with pytest.raises(TypeError):
        Record(3)
