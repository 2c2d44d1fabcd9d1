import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import batches, gram_rank
from ontogeny.analysis.features import gram_matrix
from ontogeny.data import Stimuli

ROWS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


def stimuli_of(images):
    return Stimuli.from_arrays(images, np.zeros(len(images), dtype=int), classes=2)


def ranked(make_network, hidden, images=ROWS, **more):
    forward = [np.asarray(hidden, float), np.ones((2, len(hidden)))]
    return gram_rank(make_network(forward, {}, **more), stimuli_of(images))


@pytest.mark.parametrize(
    ("hidden", "rank"),
    [
        ([[1, 0, 0], [0, 5, 0], [0, 0, 2]], 3),
        ([[1, 0, 0], [2, 0, 0], [3, 0, 0]], 1),
        ([[1, 0, 0], [-2, 0, 0], [0, 3, 0], [0, 1, 0]], 2),
        # Cosine 1/2: eigenvalues 3/2 and 1/2, shares 3/4 and 1/4.
        ([[1, 1, 0], [0, 1, 1]], np.exp(-0.75 * np.log(0.75) - 0.25 * np.log(0.25))),
    ],
)
def test_known_ranks(make_network, hidden, rank):
    found = ranked(make_network, hidden)
    assert found.dims == ("checkpoint", "population")
    assert found["population"].values.tolist() == ["hidden_1"]
    np.testing.assert_allclose(found, rank, rtol=1e-9)


@pytest.mark.filterwarnings("error")
def test_silent_neurons_are_left_out(make_network):
    hidden = [[1, 0, 0], [0, 1, 0], [-1, -1, -1], [0, 0, 0]]
    np.testing.assert_allclose(ranked(make_network, hidden, transfer="relu"), 2, rtol=1e-9)
    silent = ranked(make_network, -np.eye(3), transfer="relu")
    assert silent.isnull().all()


def test_agreement_with_the_reference(reference, make_network):
    random = np.random.default_rng(0)
    forward = [random.normal(size=shape) for shape in ((8, 5), (6, 8), (2, 6))]
    images = random.normal(size=(20, 5))
    found = gram_rank(make_network(forward, {}, transfer="relu"), stimuli_of(images))
    rates = images
    for number, matrix in enumerate(forward[:-1]):
        rates = np.maximum(rates @ matrix.T, 0)
        expected = reference.measures.gram_rank(rates)
        np.testing.assert_allclose(found.isel(checkpoint=0, population=number), expected)


def test_parts_give_what_the_whole_gives(make_network, monkeypatch):
    random = np.random.default_rng(1)
    life = make_network([random.normal(size=(6, 5)), random.normal(size=(2, 6))], {})
    stimuli = stimuli_of(random.normal(size=(33, 5)))
    whole = gram_rank(life, stimuli)
    monkeypatch.setattr(batches, "_ENTRIES", 6 * 4)
    np.testing.assert_allclose(gram_rank(life, stimuli), whole, rtol=1e-10)


def test_joined_lives(make_network, join):
    lives = [make_network([scale * np.eye(3), np.ones((2, 3))], {}) for scale in (1.0, 2.0)]
    found = gram_rank(join(lives, "network", [0, 1]), stimuli_of(ROWS), checkpoints=-1)
    assert found.dims == ("network", "population")
    np.testing.assert_allclose(found, 3)


def test_gram_matrix_of_many_matrices():
    features = np.random.default_rng(0).normal(size=(2, 7, 4))
    found = gram_matrix(features)
    np.testing.assert_allclose(found[1], gram_matrix(features[1]))
    np.testing.assert_allclose(np.diagonal(found, axis1=-2, axis2=-1), 1)
    with pytest.raises(ValueError, match=r"gram_matrix.features: expected at least two axes"):
        gram_matrix([1.0])


def test_no_hidden_population(make_network):
    life = make_network([np.eye(3)], {})
    with pytest.raises(ValueError, match=r"gram_rank.life: expected a hidden population"):
        gram_rank(life, stimuli_of(ROWS))


def test_life_is_not_written_to(make_network):
    life = make_network([np.eye(3), np.ones((2, 3))], {})
    before = life.copy(deep=True)
    gram_rank(life, stimuli_of(ROWS))
    xr.testing.assert_identical(life, before)
