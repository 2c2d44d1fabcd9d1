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
