from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from ontogeny.plasticity import FeedbackSynapses, ForwardSynapses, He, Uniform

BOTH = [ForwardSynapses, FeedbackSynapses]


def drawn(synapses, seed, layer):
    return synapses.generator(seed, layer).standard_normal(2000)


@pytest.mark.parametrize("kind", BOTH)
def test_defaults(kind):
    synapses = kind(source="one", target="other")
    assert synapses.weights == He()
    assert synapses.seed is None


def test_only_forward_synapses_have_biases():
    assert ForwardSynapses(source="one", target="other").bias is True
    with pytest.raises(TypeError, match="bias"):
        FeedbackSynapses(source="one", target="other", bias=True)


@pytest.mark.parametrize("kind", BOTH)
def test_generator_follows_from_seed_and_layer(kind):
    one, same = kind(source="a", target="b"), kind(source="c", target="d", weights=Uniform())
    np.testing.assert_array_equal(drawn(one, 3, 1), drawn(same, 3, 1))
    assert not np.array_equal(drawn(one, 3, 1), drawn(one, 4, 1))
    assert not np.array_equal(drawn(one, 3, 1), drawn(one, 3, 2))


@pytest.mark.parametrize("kind", BOTH)
def test_own_seed_overrides_the_seed_of_the_life(kind):
    own, plain = kind(source="a", target="b", seed=7), kind(source="a", target="b")
    np.testing.assert_array_equal(drawn(own, 0, 2), drawn(own, 1, 2))
    np.testing.assert_array_equal(drawn(own, 0, 2), drawn(plain, 7, 2))
    assert not np.array_equal(drawn(own, 0, 2), drawn(plain, 0, 2))


@pytest.mark.parametrize("kind", BOTH)
def test_own_seed_may_be_zero(kind):
    own, plain = kind(source="a", target="b", seed=0), kind(source="a", target="b")
    np.testing.assert_array_equal(drawn(own, 5, 1), drawn(plain, 0, 1))


@pytest.mark.parametrize("own", [None, 11])
def test_streams_of_seeds_layers_and_directions_are_independent(own):
    seeds = [5] if own is not None else [0, 1, 2**32, 2**63 - 1]
    streams = np.array(
        [
            drawn(kind(source="a", target="b", seed=own), seed, layer)
            for kind in BOTH
            for seed in seeds
            for layer in (1, 2, 3)
        ]
    )
    correlations = np.corrcoef(streams)[np.triu_indices(len(streams), k=1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(2000)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("end", ["source", "target"])
@pytest.mark.parametrize("name", ["", "two words", "1st", None, 3])
def test_ends_must_be_names(kind, end, name):
    ends = {"source": "a", "target": "b", end: name}
    with pytest.raises(
        ValueError, match=rf"^{kind.__name__}\.{end}: expected the name of a population, got "
    ):
        kind(**ends)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("weights", [None, He, 0.1, "he", np.zeros((2, 2))], ids=str)
def test_weights_must_be_a_distribution(kind, weights):
    with pytest.raises(
        TypeError,
        match=rf"^{kind.__name__}\.weights: expected He\(\), Gaussian\(\), Uniform\(\) or ",
    ):
        kind(source="a", target="b", weights=weights)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("seed", [-1, 1.0, True, "1", np.nan])
def test_seed_must_be_a_non_negative_integer(kind, seed):
    with pytest.raises(
        ValueError, match=rf"^{kind.__name__}\.seed: expected None or a non-negative integer, got "
    ):
        kind(source="a", target="b", seed=seed)


@pytest.mark.parametrize("kind", BOTH)
def test_seed_may_be_an_integer_of_numpy(kind):
    # As the seed of a life may be.
    own, plain = kind(source="a", target="b", seed=np.int64(7)), kind(source="a", target="b")
    np.testing.assert_array_equal(drawn(own, 0, 1), drawn(plain, 7, 1))


@pytest.mark.parametrize("bias", ["no", None, 1, 0.5])
def test_bias_must_be_true_or_false(bias):
    with pytest.raises((TypeError, ValueError), match=r"^ForwardSynapses\.bias: expected "):
        ForwardSynapses(source="a", target="b", bias=bias)


@pytest.mark.parametrize("kind", BOTH)
def test_are_values(kind):
    synapses = kind(source="a", target="b")
    assert synapses == kind(source="a", target="b") != kind(source="a", target="c")
    with pytest.raises(FrozenInstanceError):
        synapses.source = "c"
