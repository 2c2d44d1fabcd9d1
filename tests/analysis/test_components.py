import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import feedback_distance, weight_trajectory
from ontogeny.analysis.features import principal_components


def with_weights(life, **values):
    life = life.copy(deep=True)
    for name, entries in values.items():
        life["weights"][name][:] = entries
    return life


def vectors(life):
    weights = life["weights"]
    forward = weights["forward_2"].values
    feedback = weights["feedback_2"].values.swapaxes(-1, -2)
    return forward.reshape(len(forward), -1), feedback.reshape(len(feedback), -1)


def test_a_line_has_one_component(life):
    # Weights move from 0 to twice the feedback weights, in equal steps.
    target = life["weights"]["feedback_2"].values[0].T
    steps = np.linspace(0, 2, 8)
    straight = with_weights(life, forward_2=steps[:, None, None] * target)
    found = weight_trajectory(straight)
    length = np.linalg.norm(target)
    sign = np.sign(target.flat[np.abs(target).argmax()])
    np.testing.assert_allclose(found["weights"].sel(component=1), sign * (steps - 1) * length)
    np.testing.assert_allclose(found["weights"].sel(component=2), 0, atol=1e-12)
    np.testing.assert_allclose(found["feedback"], 0, atol=1e-12)
    np.testing.assert_allclose(found["explained_variance"], [1, 0], atol=1e-12)
    assert found.attrs["synapses"] == "forward_2"


def test_agreement_with_the_reference(make_life, reference):
    lives = {"noise": make_life(seed=0), "plain": make_life(seed=1, noise=0)}
    found = weight_trajectory(lives, components=3)
    assert found["weights"].dims == ("condition", "checkpoint", "component")
    pairs = {label: vectors(life) for label, life in lives.items()}
    points = np.concatenate([pair[0] for pair in pairs.values()])
    directions, shares = reference.measures.principal_plane(points, 3)
    np.testing.assert_allclose(found["explained_variance"], shares)
    for label, (forward, feedback) in pairs.items():
        for name, values in (("weights", forward), ("feedback", feedback)):
            expected = (values - points.mean(axis=0)) @ directions.T
            one = found[name].sel(condition=label)[: len(values)]
            np.testing.assert_allclose(np.abs(one), np.abs(expected), atol=1e-9)
    assert found["weights"].sel(condition="plain")[4:].isnull().all()
    present = found["presentation"].sel(condition="plain")
    np.testing.assert_array_equal(present[:4], lives["plain"]["weights"]["presentation"])


def test_joined_lives_are_the_same_as_a_mapping(make_life, join):
    lives = {"noise": make_life(seed=0), "plain": make_life(seed=1, noise=0)}
    joined = join(list(lives.values()), "condition", list(lives))
    before = joined.copy(deep=True)
    found, expected = weight_trajectory(joined), weight_trajectory(lives)
    for name in ("weights", "feedback", "explained_variance"):
        np.testing.assert_allclose(found[name], expected[name])
    xr.testing.assert_identical(joined, before)


def test_signs_do_not_depend_on_the_decomposition():
    points = np.random.default_rng(0).normal(size=(9, 4))
    _, directions, _ = principal_components(points, 2)
    _, mirrored, _ = principal_components(-points, 2)
    np.testing.assert_allclose(directions, mirrored)
    largest = np.abs(directions).argmax(axis=1)
    assert (directions[[0, 1], largest] > 0).all()
    np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-12)


@pytest.mark.parametrize("components", [0, 21])
def test_components_that_are_not_there(life, components):
    match = rf"weight_trajectory.components: expected at most .*, got {components} for 8 and 20"
    with pytest.raises(ValueError, match=match):
        weight_trajectory(life, components=components)


def test_lives_that_cannot_be_compared(life, make_life):
    with pytest.raises(ValueError, match=r"weight_trajectory.lives: expected the same synapses"):
        weight_trajectory({"a": life, "b": make_life(sizes=(6, 7, 4))})
    with pytest.raises(ValueError, match=r"weight_trajectory.lives: expected at least one life"):
        weight_trajectory({})
    with pytest.raises(TypeError, match=r"weight_trajectory.lives: expected a DataTree, or a map"):
        weight_trajectory([life])
    with pytest.raises(ValueError, match=r"weight_trajectory.synapses: .* got 'forward_1'"):
        weight_trajectory(life, "forward_1")


def test_distance_by_hand(life):
    target = life["weights"]["feedback_2"].values[0].T
    apart = with_weights(life, forward_2=target + 0.5)
    found = feedback_distance(apart)
    assert found.dims == ("checkpoint", "synapses")
    np.testing.assert_allclose(found, 0.5 * np.sqrt(20))
    at_feedback = with_weights(life, forward_2=target)
    np.testing.assert_array_equal(feedback_distance(at_feedback), 0)


def test_distance_on_all_components_is_the_distance(make_life):
    # Ten checkpoints of four weights: four components show everything.
    life = make_life(sizes=(3, 2, 2), epochs=5)
    whole = feedback_distance(life)
    np.testing.assert_allclose(feedback_distance(life, components=4), whole)
    assert (feedback_distance(life, components=1) < whole).all()


@pytest.mark.filterwarnings("error")
def test_distance_of_joined_lives(joined):
    before = joined.copy(deep=True)
    for found in (feedback_distance(joined), feedback_distance(joined, components=2)):
        assert found.dims == ("condition", "network", "checkpoint", "synapses")
        assert found.sel(condition="plain").isel(checkpoint=slice(4, None)).isnull().all()
        assert found.sel(condition="noise").notnull().all()
    xr.testing.assert_identical(joined, before)


def test_no_feedback(make_life):
    for measure in (feedback_distance, weight_trajectory):
        with pytest.raises(ValueError, match=rf"{measure.__name__}.life.*feedback partner"):
            measure(make_life(feedback=False))
