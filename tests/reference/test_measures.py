"""The measures on cases with known answers."""

import math

import numpy as np
import pytest


def test_angles_of_known_vectors(reference):
    measures = reference.measures
    assert measures.angle([1, 0], [0, 2]) == pytest.approx(90)
    assert measures.angle([1, 0], [3, 3]) == pytest.approx(45)
    assert measures.angle([1, 2], [-2, -4]) == pytest.approx(180)
    assert math.isnan(measures.angle([0, 0], [1, 0]))


def test_neuron_angles_pair_columns_with_rows(reference):
    forward = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]])
    feedback = np.array([[5.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    angles = reference.measures.neuron_angles(forward, feedback)
    assert angles == pytest.approx([0, 45, 90])


def test_matrix_angle(reference):
    forward = np.random.default_rng(0).normal(size=(4, 6))
    matrix_angle = reference.measures.matrix_angle
    # acos loses half the digits at a cosine of 1
    assert matrix_angle(forward, 3 * forward.T) == pytest.approx(0, abs=1e-5)
    assert matrix_angle(forward, -forward.T) == pytest.approx(180, abs=1e-5)
    assert matrix_angle(np.array([[1.0, 1.0]]), np.array([[1.0], [0.0]])) == pytest.approx(45)


@pytest.mark.parametrize(
    ("singular_values", "rank"),
    [((1, 1, 1), 3), ((2, 2, 0), 2), ((5, 0, 0), 1), ((2, 1, 1), 2**1.5)],
)
def test_effective_rank_of_known_spectra(reference, singular_values, rank):
    generator = np.random.default_rng(1)
    left = np.linalg.qr(generator.normal(size=(5, 5)))[0][:, :3]
    right = np.linalg.qr(generator.normal(size=(3, 3)))[0]
    matrix = left @ np.diag(singular_values) @ right
    assert reference.measures.effective_rank(matrix) == pytest.approx(rank, rel=1e-9)


def test_accuracy_shares_credit_among_ties(reference):
    readout = [[0.1, 0.8, 0.1], [0.4, 0.4, 0.2], [1, 1, 1], [0.2, 0.4, 0.4]]
    accuracy = reference.measures.accuracy(readout, [1, 0, 2, 0])
    assert accuracy == pytest.approx((1 + 1 / 2 + 1 / 3 + 0) / 4)


def test_gram_rank_leaves_silent_columns_out(reference):
    rates = np.array([[1.0, 0.0, 0.0, 2.0], [0.0, 3.0, 0.0, 0.0]])
    # Two columns along the first axis, one along the second: eigenvalues 2 and 1.
    expected = math.exp(-2 / 3 * math.log(2 / 3) - 1 / 3 * math.log(1 / 3))
    assert reference.measures.gram_rank(rates) == pytest.approx(expected)


def test_centred_angles_do_not_see_a_common_offset(reference):
    forward = np.array([[1.0], [2.0], [6.0]])
    feedback = np.array([[101.0, 102.0, 106.0]])
    angles = reference.measures.neuron_angles_centred(forward, feedback)
    assert angles == pytest.approx(0, abs=1e-5)


def test_calibration_of_known_bins(reference):
    # Four answers with 0.75, two right: gaps 0.25; two bins, centre 0.75 too.
    given = [[0.75, 0.25]] * 4
    assert reference.measures.calibration(given, [0, 0, 1, 1], 2) == (0.25, 0.25, 0.25)


def test_area_under_curve_of_known_scores(reference):
    area = reference.measures.area_under_curve
    assert area([2, 3], [0, 1]) == 1
    assert area([1, 1], [1]) == 0.5
    assert area([0], [1, -1]) == 0.5


def test_principal_plane_of_a_known_cloud(reference):
    points = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]]) + 7
    vectors, shares = reference.measures.principal_plane(points, 1)
    assert np.abs(vectors[0]) == pytest.approx([1, 0])
    assert shares == pytest.approx([0.9])
