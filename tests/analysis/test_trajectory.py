import numpy as np
import pytest

from ontogeny.analysis.trajectory import feedback_partners, forward_synapses, group, learning_onset
from ontogeny.data import check_trajectory


def test_lives_of_these_tests_keep_to_the_schema(life, make_life):
    check_trajectory(life)
    check_trajectory(make_life(noise=0, sizes=(6, 5, 4, 3)))
    check_trajectory(make_life(feedback=False, tests=False))


def test_synapses_and_their_partners(make_life):
    weights = make_life(sizes=(6, 5, 4, 3))["weights"].to_dataset()
    assert forward_synapses(weights) == ["forward_1", "forward_2", "forward_3"]
    assert feedback_partners(weights) == {"forward_2": "feedback_2", "forward_3": "feedback_3"}


def test_feedback_without_a_partner_is_no_pair(life):
    weights = life["weights"].to_dataset()
    weights["feedback_2"].attrs["partner"] = ""
    assert feedback_partners(weights) == {}


def test_learning_starts_where_spontaneous_activity_ends(life, joined, make_life):
    assert learning_onset(life["progress"].to_dataset()) == 400
    assert learning_onset(make_life(noise=0)["progress"].to_dataset()) == 0
    onset = learning_onset(joined["progress"].to_dataset())
    np.testing.assert_array_equal(onset.sel(condition="noise"), 400)
    np.testing.assert_array_equal(onset.sel(condition="plain"), 0)


def test_life_that_never_learns_starts_at_birth(make_life):
    assert learning_onset(make_life(epochs=0)["progress"].to_dataset()) == 0


def test_spontaneous_activity_after_learning_does_not_count(life):
    progress = life["progress"].to_dataset()
    # The order of phases is reversed: first learning, then noise.
    progress["phase"] = ("checkpoint", np.repeat([1, 0], [5, 3]))
    assert learning_onset(progress) == 0


def test_group_that_is_missing(life):
    with pytest.raises(ValueError, match=r"where.life: .* group 'activity', got groups \['progr"):
        group(life, "activity", "where")
