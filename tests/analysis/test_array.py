import numpy as np
import pytest

from ontogeny.analysis import array


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], 0),
        ([1, 2, 3], [-2, -4, -6], 180),
        ([1, 0], [0, 5], 90),
        ([1, 0], [1, 1], 45),
        ([1, 0], [3, 4], np.degrees(np.arccos(3 / 5))),
        ([4, 3], [3, 4], np.degrees(np.arccos(24 / 25))),
    ],
)
def test_angle_of_known_vectors(a, b, expected):
    assert array.angle(a, b) == pytest.approx(expected, abs=1e-12)


def test_small_angles_keep_their_digits():
    # The arccosine of the cosine would give 0 here.
    assert array.angle([1.0, 0.0], [1.0, 1e-10]) == pytest.approx(np.degrees(1e-10), rel=1e-9)


@pytest.mark.parametrize("scale", [1e-200, 1e-3, 7.0, 1e200])
def test_angle_does_not_depend_on_length(scale):
    assert array.angle(scale * np.array([1.0, 0.0]), [3, 4]) == pytest.approx(53.13010235415598)


def test_angle_does_not_depend_on_rotation():
    random = np.random.default_rng(1)
    a, b = random.normal(size=(2, 20, 10))
    rotation, _ = np.linalg.qr(random.normal(size=(10, 10)))
    np.testing.assert_allclose(array.angle(a @ rotation, b @ rotation), array.angle(a, b))


def test_random_vectors_of_ten_entries_are_orthogonal_on_average():
    a, b = np.random.default_rng(0).normal(size=(2, 40_000, 10))
    angles = array.angle(a, b)
    assert angles.mean() == pytest.approx(90, abs=0.5)
    # The density of the angle is proportional to sin(angle)**8, and its cosine has variance 1/10.
    assert angles.std() == pytest.approx(19.06, abs=0.2)
    assert np.cos(np.radians(angles)).std() == pytest.approx(1 / np.sqrt(10), abs=0.005)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("vector", [[0.0, 0.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_angle_of_no_direction_is_nan(vector):
    assert np.isnan(array.angle(vector, [1.0, 0.0]))


def test_angle_broadcasts_over_leading_axes():
    assert array.angle(np.ones((3, 1, 2)), np.ones((4, 2))).shape == (3, 4)


def test_angle_refuses_vectors_of_unequal_length():
    with pytest.raises(ValueError, match=r"angle.a, b: expected vectors of equal length"):
        array.angle([1.0, 2.0], [1.0, 2.0, 3.0])


def test_matrix_angle_is_the_angle_of_the_flattened_matrices():
    a, b = np.random.default_rng(2).normal(size=(2, 5, 3, 4))
    expected = array.angle(a.reshape(5, 12), b.reshape(5, 12))
    np.testing.assert_array_equal(array.matrix_angle(a, b), expected)


def test_matrix_angle_refuses_matrices_of_unequal_shape():
    with pytest.raises(ValueError, match=r"matrix_angle.a, b: expected matrices of equal shape"):
        array.matrix_angle(np.ones((2, 3)), np.ones((3, 2)))


@pytest.mark.parametrize("size", [1, 2, 7])
def test_effective_rank_of_the_identity_is_its_size(size):
    assert array.effective_rank(np.eye(size)) == pytest.approx(size)


def test_effective_rank_of_an_outer_product_is_one():
    assert array.effective_rank(np.outer([1.0, 2.0, 3.0], [4.0, 5.0])) == pytest.approx(1)


def test_effective_rank_of_two_to_one():
    by_hand = np.exp(-(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3)))
    assert array.effective_rank(np.diag([2.0, 1.0])) == pytest.approx(by_hand)


def test_effective_rank_is_bounded():
    ranks = array.effective_rank(np.random.default_rng(3).normal(size=(200, 4, 6)))
    assert ranks.shape == (200,)
    assert (ranks >= 1).all()
    assert (ranks <= 4).all()


def test_effective_rank_does_not_depend_on_scale_rotation_or_transposition():
    random = np.random.default_rng(4)
    matrix = random.normal(size=(6, 4))
    rotation, _ = np.linalg.qr(random.normal(size=(6, 6)))
    expected = pytest.approx(float(array.effective_rank(matrix)))
    assert array.effective_rank(1e-3 * matrix) == expected
    assert array.effective_rank(rotation @ matrix) == expected
    assert array.effective_rank(matrix.T) == expected


@pytest.mark.filterwarnings("error")
def test_effective_rank_is_nan_only_where_it_must_be():
    batch = np.stack([np.eye(2), np.zeros((2, 2)), np.full((2, 2), np.nan), np.eye(2)])
    batch[3, 0, 0] = np.inf
    np.testing.assert_allclose(array.effective_rank(batch), [2, np.nan, np.nan, np.nan])


def test_effective_rank_refuses_vectors():
    with pytest.raises(ValueError, match=r"effective_rank.matrix: expected at least two axes"):
        array.effective_rank([1.0, 2.0])


def test_single_precision_is_measured_in_double():
    vectors = np.random.default_rng(5).normal(size=(2, 10)).astype(np.float32)
    assert array.angle(*vectors).dtype == np.float64
    assert array.effective_rank(vectors).dtype == np.float64
