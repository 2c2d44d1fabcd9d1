"""Theory of feedback alignment in linear networks, and its first task, on the oracle.

Source: Lillicrap et al. 2014, arXiv:1411.0247: equations 12-14, theorems 1 and 2, figures 1 and 3.
A is the first, W the second forward matrix, T the target map, E = T - W A.
"""

import numpy as np
import pytest

INPUTS, HIDDEN, OUTPUTS = 8, 6, 3


def linear(reference, weights, feedback, rate, rule="feedback_alignment", **parameters):
    optimiser = reference.network.ReferenceSGD(rate)
    return reference.rules.ReferenceLearner(
        weights, None, [None, feedback], "linear", "linear", rule, optimiser, **parameters
    )


def white(size):
    """Return trials with the mean of x x^T = I exactly."""
    return np.sqrt(size) * np.eye(size)


def matrices(seed=0):
    generator = np.random.default_rng(seed)
    a = generator.normal(0, 0.3, (HIDDEN, INPUTS))
    w = generator.normal(0, 0.3, (OUTPUTS, HIDDEN))
    b = generator.uniform(-0.5, 0.5, (HIDDEN, OUTPUTS))
    return a, w, b, generator.uniform(-1, 1, (OUTPUTS, INPUTS))


def conserved(network):
    (a, w), b = network.weights, network.feedback[1]
    return b @ w + (b @ w).T - a @ a.T


def test_forward_weights_conserve_a_symmetric_matrix(reference):
    a, w, b, target = matrices()
    x, drifts = white(INPUTS), []
    for rate in (1e-3, 5e-4):
        network = linear(reference, [a, w], b, rate)
        before = conserved(network)
        for _ in range(round(4 / rate)):
            network.step(x, x @ target.T)
        drifts.append(conserved(network) - before)
    assert np.abs(network.weights[0] - a).max() > 0.1
    # of the first order in the step: the limit is extrapolated from two steps
    assert np.abs(drifts[0]).max() < 5e-3
    assert np.abs(2 * drifts[1] - drifts[0]).max() < 1e-6


def test_squared_feedback_of_the_error_never_rises_from_zero_weights(reference):
    a, w, b, target = matrices()
    network = linear(reference, [0 * a, 0 * w], b, 0.02)
    x, values = white(INPUTS), []
    for _ in range(6000):
        error = target - network.weights[1] @ network.weights[0]
        values.append(np.sum((b @ error) ** 2))
        network.step(x, x @ target.T)
    assert np.diff(values).max() <= 1e-14
    assert np.linalg.norm(error) < 1e-6 * np.linalg.norm(target)


def test_updates_are_parallel_to_pseudobackpropagation_for_a_single_pair(reference):
    a, w, b, _ = matrices()
    generator = np.random.default_rng(1)
    x, y = generator.normal(size=INPUTS), generator.normal(size=OUTPUTS)
    x, rate = x / np.linalg.norm(x), 0.05
    network = linear(reference, [0 * a, 0 * w], b, rate)
    s_h = s_w = 0.0
    for step in range(60):
        error = y - network.weights[1] @ network.weights[0] @ x
        if step > 1:
            sent, pseudo = b @ error, np.linalg.pinv(network.weights[1], rcond=1e-9) @ error
            cosine = sent @ pseudo / np.linalg.norm(sent) / np.linalg.norm(pseudo)
            assert cosine == pytest.approx(1, abs=1e-12)
        network.step(x[None], y[None])
        rest = 1 - s_w * s_h * np.sum((b @ y) ** 2)
        s_h, s_w = s_h + rate * rest, s_w + rate * rest * s_h
        np.testing.assert_allclose(network.weights[0] @ x, s_h * b @ y, atol=1e-14)
        np.testing.assert_allclose(network.weights[1], s_w * np.outer(y, b @ y), atol=1e-14)


@pytest.mark.parametrize("start", [(0.0, 0.0), (-1.0, 1.5), (0.7, -0.3)])
def test_scalar_weights_move_on_parabolas(reference, start):
    drifts = []
    for rate in (2e-3, 1e-3):
        network = linear(reference, [[[start[0]]], [[start[1]]]], [[1.0]], rate)
        for _ in range(round(6 / rate)):
            network.step(np.ones((1, 1)), np.ones((1, 1)))
        (a,), (w,) = network.weights[0][0], network.weights[1][0]
        drifts.append((w - a**2 / 2) - (start[1] - start[0] ** 2 / 2))
    assert abs(drifts[0]) < 5e-3
    assert abs(2 * drifts[1] - drifts[0]) < 5e-6
    assert a * w == pytest.approx(1, abs=1e-2)


def first_task(reference, rule, rate, *, examples, seed, **parameters):
    """Return the geometric mean of the normalised error of the last 50 of 30-20-10 on-line."""
    generator = np.random.default_rng(seed)
    target = generator.uniform(-1, 1, (10, 30))
    weights = [generator.uniform(-0.01, 0.01, shape) for shape in ((20, 30), (10, 20))]
    feedback = generator.uniform(-0.5, 0.5, (20, 10))
    network = linear(reference, weights, feedback, rate, rule, **parameters)
    logarithms = []
    for x in generator.normal(size=(examples, 1, 30)):
        y = x @ target.T
        xi = [generator.normal(0, 0.1, (1, size)) for size in (20, 10)]
        loss = network.step(x, y, **({"xi": xi} if rule == "node_perturbation" else {}))
        logarithms.append(np.log(2 * loss / np.sum(y**2)))
    return np.mean(logarithms[-50:])


@pytest.mark.parametrize(
    ("rule", "rate", "examples", "parameters", "expected"),
    [
        ("feedback_alignment", 1e-3, 2000, {}, 5.3e-4),
        ("feedback_alignment", 5e-3, 1000, {}, 9.3e-6),
        ("backpropagation", 5e-3, 1000, {}, 1.8e-5),
        ("node_perturbation", 2e-3, 2000, {"std": 0.1, "outputs": False}, 1.1e-2),
        ("shallow", 3e-2, 2000, {}, 9.2e-1),
    ],
)
def test_first_task_is_learnt_at_the_known_pace(
    reference, rule, rate, examples, parameters, expected
):
    found = [
        first_task(reference, rule, rate, examples=examples, seed=seed, **parameters)
        for seed in range(5)
    ]
    assert abs(np.mean(found) - np.log(expected)) < np.log(3)
