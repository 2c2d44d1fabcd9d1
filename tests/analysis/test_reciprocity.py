import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import weight_alignment
from ontogeny.analysis.activity import reciprocity
from ontogeny.analysis.activity.strengths import curveball, matched_strengths, residual


def measured(forward, feedback, seed=0):
    forward = xr.DataArray(forward, dims=("target", "source"))
    return reciprocity(forward, xr.DataArray(feedback, dims=("source", "target")), seed=seed)


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def strong_neurons(seed, targets=10, sources=60):
    """Weights of two directions that share nothing but means and scales of their neurons."""
    generator = np.random.default_rng(seed)
    mean = generator.normal(size=(targets, 1)) + generator.normal(size=(1, sources))
    scale = np.exp(generator.normal(0, 0.5, (targets, 1)) + generator.normal(0, 0.5, (1, sources)))
    forward, back = mean + scale * generator.normal(size=(2, targets, sources))
    return forward, back.T


def sparse(seed, shape=(20, 25)):
    """Synapses of which some neurons have more, in both directions."""
    generator = np.random.default_rng(seed)
    chance = generator.random((shape[0], 1)) * generator.random((1, shape[1]))
    there, back = generator.random((2, *shape)) < chance
    return there * generator.normal(size=shape), (back * generator.normal(size=shape)).T


def test_agrees_with_the_reference(reference):
    forward, feedback = sparse(0)
    found = measured(forward, feedback)
    expected = reference.representations.reciprocity(forward, feedback)
    np.testing.assert_allclose(found["reciprocity"], expected)
    ratio = reference.representations.reciprocity_ratio(forward, feedback)
    np.testing.assert_allclose(found["ratio"], ratio)
    assert found["pairs"] == np.count_nonzero(forward * feedback.T)
    assert all({"units", "long_name"} <= set(found[name].attrs) for name in found)


def test_copies_and_their_opposites():
    weights = normal(0, 8, 12)
    for factor in (2.0, -2.0):
        found = measured(weights, factor * weights.T + 5)
        np.testing.assert_allclose(found["reciprocity"], np.sign(factor))
        np.testing.assert_allclose(found["specific"], np.sign(factor))


def test_cosine_of_the_matrix_angle_where_means_are_0(make_life):
    life = make_life(sizes=(6, 7, 5))
    for name in ("forward_2", "feedback_2"):
        values = life["weights"][name]
        life["weights"][name][:] = values - values.mean(values.dims[-2:])
    angle = weight_alignment(life, matrix=True)
    np.testing.assert_allclose(reciprocity(life)["reciprocity"], np.cos(np.radians(angle)))


def test_shares_of_specific_and_control_in_independent_noise():
    # Of a correlation of pairs, estimated strengths take about 1/targets + 1/sources.
    found = [
        measured(weights := normal(seed, 10, 60), weights.T + normal(seed + 50, 60, 10))
        for seed in range(20)
    ]
    values = xr.concat(found, "network").mean("network")
    assert abs(values["reciprocity"] - np.sqrt(0.5)) < 0.02
    assert abs(values["specific"] - np.sqrt(0.5)) < 0.04
    assert abs(values["control"] - np.sqrt(0.5) * (1 / 10 + 1 / 60)) < 0.02


def test_strengths_alone_are_within_their_control():
    found = [measured(*strong_neurons(seed), seed=seed) for seed in range(40)]
    values = xr.concat(found, "network")
    assert values["reciprocity"].mean() > 0.4
    inside = (values["control_low"] <= values["reciprocity"]) & (
        values["reciprocity"] <= values["control_high"]
    )
    assert inside.sum() >= 34
    assert abs(values["specific"].mean()) < 0.02


def test_specific_pairs_exceed_the_control_of_strong_neurons():
    forward, feedback = strong_neurons(0)
    found = measured(forward + feedback.T, 2 * feedback)
    assert found["reciprocity"] > found["control_high"]


def test_numbers_of_synapses_alone_explain_the_ratio():
    values = xr.concat([measured(*sparse(seed), seed=seed) for seed in range(10)], "network")
    assert values["ratio"].mean() > 1.3
    inside = (values["ratio_control_low"] <= values["ratio"]) & (
        values["ratio"] <= values["ratio_control_high"]
    )
    assert inside.sum() >= 8
    forward, _ = sparse(0)
    both = measured(forward, forward.T)
    assert both["ratio"] > both["ratio_control_high"]


def test_full_matrices_have_ratio_1():
    found = measured(normal(0, 4, 5), normal(1, 5, 4))
    for name in ("ratio", "ratio_control", "ratio_control_low", "ratio_control_high"):
        assert found[name] == 1


def test_shuffled_weights_keep_means_and_scales_in_expectation():
    weights, _ = strong_neurons(3)
    there = np.ones(weights.shape, bool)
    drawn = np.array(list(matched_strengths(weights, there, np.random.default_rng(0), 400)))
    scale = residual(weights, there).scale
    for axis in (0, 1):
        # Five standard errors of the mean over all draws and entries.
        error = np.sqrt((scale**2).mean(axis=axis) / (400 * weights.shape[axis]))
        found = drawn.mean(axis=(0, axis + 1))
        assert (abs(found - weights.mean(axis=axis)) < 5 * error).all()
    np.testing.assert_allclose(drawn.std(axis=0), scale, rtol=0.3)


def test_residuals_have_no_strengths():
    weights, _ = sparse(1)
    there = weights != 0
    parts = residual(weights, there)
    np.testing.assert_allclose(parts.common + parts.scale * parts.left, weights, atol=1e-9)
    for axis in (0, 1):
        means = (parts.scale * parts.left).sum(axis=axis)
        np.testing.assert_allclose(means, 0, atol=1e-6)


def test_trades_keep_the_number_of_synapses_of_each_neuron():
    there = sparse(2)[0] != 0
    drawn = list(curveball(there, np.random.default_rng(0), 20))
    for other in drawn:
        np.testing.assert_array_equal(other.sum(axis=0), there.sum(axis=0))
        np.testing.assert_array_equal(other.sum(axis=1), there.sum(axis=1))
    assert min((other != there).sum() for other in drawn) > 0.2 * there.sum()


def test_dims_of_lives(make_life, joined):
    found = reciprocity(make_life(sizes=(6, 5, 4, 3)))
    assert found["reciprocity"].dims == ("checkpoint", "synapses")
    assert found["synapses"].values.tolist() == ["forward_2", "forward_3"]
    assert found["reciprocity"][-1, 0] > found["reciprocity"][0, 0]
    before = joined.copy(deep=True)
    several = reciprocity(joined)
    assert several["reciprocity"].dims == ("condition", "network", "checkpoint", "synapses")
    ended = several.sel(condition="plain").isel(checkpoint=slice(4, None))
    assert ended["reciprocity"].isnull().all() and ended["pairs"].isnull().all()
    assert several.sel(condition="noise")["reciprocity"].notnull().all()
    xr.testing.assert_identical(joined, before)


@pytest.mark.filterwarnings("error")
def test_too_few_pairs_or_no_differences_have_none():
    few = measured(np.diag([1.0, 2.0]), np.diag([1.0, 3.0]))
    assert np.isnan(few["reciprocity"]) and few["pairs"] == 2
    assert np.isnan(measured(np.ones((3, 4)), normal(0, 4, 3))["reciprocity"])
    silent = measured(np.zeros((3, 4)), normal(0, 4, 3))
    assert np.isnan(silent["ratio"]) and silent["pairs"] == 0


def test_errors(life, make_life):
    forward = life["weights"]["forward_2"]
    with pytest.raises(TypeError, match=r"reciprocity\.feedback: expected an xarray.DataArray"):
        reciprocity(forward)
    with pytest.raises(TypeError, match=r"expected none beside a life"):
        reciprocity(life, forward)
    with pytest.raises(ValueError, match=r"expected \(\.\.\., source, target\) of forward weights"):
        reciprocity(forward, life["weights"]["forward_1"])
    with pytest.raises(ValueError, match=r"reciprocity.life: expected forward synapses with a"):
        reciprocity(make_life(feedback=False))
