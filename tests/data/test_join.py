import json

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import check_trajectory, join_trajectories


def test_equal_lengths_keep_values_and_types(make_life):
    lives = {seed: make_life(seed, active=True) for seed in (3, 5)}
    joined = join_trajectories(lives, "network")
    assert joined["weights"].network.values.tolist() == [3, 5]
    for seed, life in lives.items():
        for name in ("forward_1", "forward_2", "feedback_2", "bias_1"):
            found = joined["weights"].to_dataset()[name].sel(network=seed, drop=True)
            xr.testing.assert_identical(found, life["weights"].to_dataset()[name])
            assert found.dtype == np.float32
        for name in ("phase", "epoch", "loss"):
            found = joined["progress"].to_dataset()[name].sel(network=seed, drop=True)
            xr.testing.assert_identical(found, life["progress"].to_dataset()[name])
            assert found.dtype == life["progress"][name].dtype
    assert joined["activity"].input_rate.dims == ("network", "presentation", "inputs")
    assert joined["activity"].input_rate.dtype == np.float32


def test_shared_presentations_survive_a_mean(make_life):
    joined = join_trajectories({0: make_life(0), 1: make_life(1)}, "network")
    assert joined["progress"].presentation.dims == ("checkpoint",)
    assert "presentation" in joined["progress"].loss.mean("network").coords


def test_shorter_lives_are_padded(make_life):
    joined = join_trajectories({"short": make_life(0, 3), "long": make_life(1, 5)}, "network")
    progress = joined["progress"].to_dataset()
    assert progress.presentation.dims == ("network", "checkpoint")
    assert progress.presentation.dtype == progress.phase.dtype == np.float64
    np.testing.assert_array_equal(
        progress.presentation, [[0, 64, 640, np.nan, np.nan], [0, 64, 640, 6400, 64000]]
    )
    forward = joined["weights"].forward_1
    assert forward.dtype == np.float32
    assert np.isnan(forward.sel(network="short")[3:]).all()
    assert np.isfinite(forward.sel(network="short")[:3]).all()
    assert np.isfinite(forward.sel(network="long")).all()
    np.testing.assert_array_equal(
        joined["tests"]["size"].values, [[100, 100, np.nan, np.nan], [100, 100, 100, 100]]
    )


def test_join_twice(make_life):
    conditions = {
        name: join_trajectories({s: make_life(s + 10 * i, 3 + s) for s in range(2)}, "network")
        for i, name in enumerate(("noise", "none"))
    }
    joined = join_trajectories(conditions, "condition")
    assert joined["weights"].forward_2.dims == (
        "condition",
        "network",
        "checkpoint",
        "outputs",
        "hidden_1",
    )
    for name, tree in conditions.items():
        found = joined["weights"].forward_2.sel(condition=name, drop=True)
        xr.testing.assert_identical(
            found.drop_vars("presentation"), tree["weights"].forward_2.drop_vars("presentation")
        )
    lives = json.loads(joined.attrs["lives"])
    assert [life["labels"] for life in lives] == [
        {"condition": condition, "network": network}
        for condition in ("noise", "none")
        for network in (0, 1)
    ]
    assert [life["attributes"]["seed"] for life in lives] == [0, 1, 10, 11]


def test_different_networks_in_each_condition(make_life):
    conditions = {
        "noise": join_trajectories({s: make_life(s) for s in (0, 1)}, "network"),
        "none": join_trajectories({s: make_life(s) for s in (1, 2)}, "network"),
    }
    joined = join_trajectories(conditions, "condition")
    assert joined["progress"].network.values.tolist() == [0, 1, 2]
    loss = joined["progress"].accuracy.isel(checkpoint=1)
    np.testing.assert_array_equal(np.isnan(loss), [[False, False, True], [True, False, False]])
    assert len(json.loads(joined.attrs["lives"])) == 4


def test_attributes(make_life):
    joined = join_trajectories({0: make_life(7), 1: make_life(8, status="diverged")}, "network")
    assert joined.attrs["trials"] == 64
    assert "seed" not in joined.attrs and "status" not in joined.attrs
    assert json.loads(joined.attrs["lives"]) == [
        {"labels": {"network": 0}, "attributes": {"seed": 7, "status": "complete"}},
        {"labels": {"network": 1}, "attributes": {"seed": 8, "status": "diverged"}},
    ]


def test_one_life(make_life):
    joined = join_trajectories({"only": make_life()}, "condition")
    assert joined["progress"].loss.dims == ("condition", "checkpoint")


def test_inputs_are_left_alone(make_life):
    lives = {0: make_life(0, 3), 1: make_life(1)}
    copies = {label: life.copy(deep=True) for label, life in lives.items()}
    join_trajectories(lives, "network")["weights"].forward_1.values[:] = 0
    for label, life in lives.items():
        xr.testing.assert_identical(life, copies[label])


def test_rules_with_and_without_feedback(make_life):
    lone = make_life(1)
    weights = lone["weights"].to_dataset().drop_vars("feedback_2")
    weights["forward_2"] = weights.forward_2.assign_attrs(partner="", plastic=0)
    lone["weights"] = xr.DataTree(weights)
    check_trajectory(lone)
    joined = join_trajectories({"backpropagation": lone, "alignment": make_life(0)}, "condition")
    assert np.isnan(joined["weights"].feedback_2.sel(condition="backpropagation")).all()
    assert np.isfinite(joined["weights"].feedback_2.sel(condition="alignment")).all()
    assert joined["weights"].forward_2.attrs["partner"] == "feedback_2"
    assert joined["weights"].forward_2.attrs["plastic"] == 1


def test_untested_life(make_life):
    joined = join_trajectories({0: make_life(0, tested=False), 1: make_life(1)}, "network")
    assert np.isnan(joined["tests"].accuracy.sel(network=0)).all()
    assert np.isfinite(joined["tests"].accuracy.sel(network=1)).all()


def test_other_sizes(make_life):
    other = make_life(1)
    small = other["weights"].to_dataset().isel(hidden_1=slice(2))
    other["weights"] = xr.DataTree(small)
    with pytest.raises(ValueError, match=r"one size in weights\.hidden_1, got 4 and 2 units"):
        join_trajectories({0: make_life(), 1: other}, "network")


def test_other_units(make_life):
    other = make_life(1)
    other["progress/loss"].attrs["units"] = "1"
    with pytest.raises(ValueError, match=r"the same progress\.loss\.units in all lives, got 'nat'"):
        join_trajectories({0: make_life(), 1: other}, "network")


def test_feedback_of_other_populations(make_life):
    other = make_life(1)
    weights = other["weights"].to_dataset()
    attrs = {**weights.feedback_2.attrs, "source": "inputs", "partner": ""}
    weights["feedback_2"] = weights.forward_1.transpose("checkpoint", "hidden_1", "inputs")
    weights["feedback_2"].attrs = attrs
    weights["forward_2"].attrs["partner"] = ""
    other["weights"] = xr.DataTree(weights)
    match = (
        r"same weights\.feedback_2\.source in all lives, got .* and 'inputs'; their feedback "
        r"joins other populations, .* one by one, or use networks with one hidden population"
    )
    with pytest.raises(ValueError, match=match):
        join_trajectories({"layered": make_life(), "direct": other}, "condition")


def test_nothing():
    with pytest.raises(ValueError, match=r"join_trajectories\.lives: expected at least one life"):
        join_trajectories({}, "network")


@pytest.mark.parametrize("dim", ["checkpoint", "test", "hidden_1", "presentation", "loss"])
def test_dim_that_is_there(life, dim):
    with pytest.raises(ValueError, match=rf"expected a new dim, got '{dim}'"):
        join_trajectories({0: life}, dim)


def test_dim_that_was_joined_before(life):
    with pytest.raises(ValueError, match="expected a new dim, got 'network', which the lives have"):
        join_trajectories({0: join_trajectories({0: life}, "network")}, "network")


def test_mixed_depths(life):
    with pytest.raises(
        ValueError, match=r"lives\[1\]: expected joined dims \(\) as in 0, got \('n"
    ):
        join_trajectories({0: life, 1: join_trajectories({0: life}, "network")}, "condition")


def test_labels_may_be_numbers(life):
    joined = join_trajectories({1e-4: life, 1: life}, "rate")
    assert joined["progress"]["rate"].values.tolist() == [1e-4, 1.0]
    with pytest.raises(TypeError, match="all str or all finite numbers"):
        join_trajectories({float("nan"): life}, "rate")


def test_lives_are_joined_without_weights(life):
    inner = join_trajectories({0: life, 1: life}, "network", weights=False)
    joined = join_trajectories({"one": inner, "other": inner}, "condition", weights=False)
    check_trajectory(joined)
    assert not joined["weights"].data_vars
    assert "activity" not in joined.children
    np.testing.assert_array_equal(
        joined["progress"]["loss"].sel(condition="other", network=1), life["progress"]["loss"]
    )


def test_mixed_labels(life):
    with pytest.raises(TypeError, match="expected labels that are all str or all finite"):
        join_trajectories({0: life, "one": life}, "network")


def test_not_a_life(life):
    with pytest.raises(TypeError, match=r"Trajectory: expected an xarray\.DataTree, got Dataset"):
        join_trajectories({0: xr.Dataset()}, "network")


def test_selected_lives_can_be_joined_again(make_life):
    first = join_trajectories({seed: make_life(seed) for seed in range(4)}, "network")
    second = join_trajectories(
        {"one": first.sel(network=2), "other": first.sel(network=3)}, "condition"
    )
    assert second["progress"].loss.dims == ("condition", "checkpoint")
    assert second["progress"].network.values.tolist() == [2, 3]
    assert [
        (life["labels"], life["attributes"]["seed"]) for life in json.loads(second.attrs["lives"])
    ] == [({"condition": "one"}, 2), ({"condition": "other"}, 3)]
    again = join_trajectories({"a": first.sel(network=0), "b": first.sel(network=1)}, "network")
    assert again["weights"].network.values.tolist() == ["a", "b"]


def test_life_with_bad_weights(make_life):
    bad = make_life(1)
    bad["weights/forward_1"].values[1] = np.nan
    with pytest.raises(ValueError, match=r"weights\.forward_1: expected finite weights"):
        join_trajectories({0: make_life(), 1: bad}, "network")
