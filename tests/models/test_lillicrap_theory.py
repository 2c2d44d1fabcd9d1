"""The theory of Lillicrap et al. (arXiv:1411.0247, supplement) as laws of simulated lives.

A linear network h = A x, y = W h learns y* = T x with feedback B, from batches with <x x^T> = I:
one step is A <- A + rate B E, W <- W + rate E A^T with E = T - W A. Theorems hold for small steps:
lives of the same duration with ever smaller steps are extrapolated to steps of 0 (Romberg).
"""

import numpy as np
import pytest

from ontogeny.data import Stimuli
from ontogeny.models import Learning, Record, Schedule, layered, simulate
from ontogeny.plasticity import SGD, Backpropagation, FeedbackAlignment

SIZES = [6, 4, 2]


def drawn(seed, *shape):
    return np.random.default_rng(seed).uniform(-1, 1, shape)


TASK, FEEDBACK = drawn(1, SIZES[2], SIZES[0]), drawn(2, SIZES[1], SIZES[2])


def batch(task, seed=0):
    """Return inputs whose covariance is exactly the identity, and their targets."""
    inputs = task.shape[1]
    generator = np.random.default_rng(seed)
    rows = np.linalg.qr(generator.standard_normal((inputs, inputs)))[0] * np.sqrt(inputs)
    return Stimuli.from_arrays(rows, targets=rows @ task.T)


def live(stimuli, weights, rate, steps, *, trials=None, rule=None, every_step=False):
    """Return A and W, (checkpoint, target, source), of a life of whole batches, or of trials."""
    hidden, inputs = np.shape(weights["forward_1"])
    outputs = len(weights["forward_2"])
    network = layered(
        [inputs, hidden, outputs],
        rule=FeedbackAlignment() if rule is None else rule,
        optimiser=SGD(rate=rate),
        transfer="linear",
        readout="linear",
        bias=False,
    )
    trials = len(stimuli) if trials is None else trials
    life = simulate(
        network,
        Schedule(Learning(stimuli, epochs=steps * trials // len(stimuli))),
        trials=trials,
        dtype="float64",
        weights=weights,
        record=Record(checkpoints=range(trials, trials * steps + 1, trials) if every_step else 1),
        progress=False,
    )
    return tuple(life["weights"][name].values for name in ("forward_1", "forward_2"))


def born(task=TASK, feedback=FEEDBACK, scale=0.0, seed=3):
    hidden = len(feedback)
    return {
        "forward_1": scale * drawn([seed, 0], hidden, task.shape[1]),
        "forward_2": scale * drawn([seed, 1], len(task), hidden),
        "feedback_2": feedback,
    }


def extrapolated(values):
    """Return the limit of values of which each belongs to half the step of the one before."""
    table = list(values)
    for order in range(1, len(table)):
        table = [
            (2**order * finer - coarser) / (2**order - 1)
            for coarser, finer in zip(table[:-1], table[1:], strict=True)
        ]
    return table[0]


def quantity(a, w, b, sign=1):
    """Return B W + W^T B^T - A A^T."""
    return b @ w + (b @ w).T - sign * a @ a.T


@pytest.fixture(scope="module")
def ends():
    """Weights at birth and after two units of time, in 16, 32, ... 256 steps."""
    found = []
    for steps in 2 ** np.arange(4, 9):
        a, w = live(batch(TASK), born(scale=0.5), 2 / steps, int(steps))
        found.append(((a[0], w[0]), (a[-1], w[-1])))
    return found


def drifts(ends, sign=1):
    return [
        quantity(*end, FEEDBACK, sign) - quantity(*start, FEEDBACK, sign) for start, end in ends
    ]


def test_the_conserved_quantity_is_conserved(ends):
    found = drifts(ends)
    sizes = np.array([np.abs(drift).max() for drift in found])
    # Of first order in the step: half the rate, half the drift.
    np.testing.assert_allclose(sizes[1:-1] / sizes[2:], 2, rtol=0.03)
    assert sizes[-1] > 1e-2  # so that it is the limit which is small
    assert np.abs(extrapolated(found)).max() < 1e-6
    # Much has been learned meanwhile, and another combination is not conserved.
    (a0, w0), (a, w) = ends[-1]
    assert np.linalg.norm(TASK - w @ a) < 0.5 * np.linalg.norm(TASK - w0 @ a0)
    assert np.abs(extrapolated(drifts(ends, sign=-1))).max() > 0.1


def test_steps_small_enough_conserve_it_without_extrapolation():
    # The drift is rate^2 times a sum of squared teaching signals: a small task drifts less.
    rate, steps = 2.0**-9, 2**9
    small = 0.01
    a, w = live(batch(small * TASK), born(small * TASK, scale=small), rate, steps)
    change = quantity(a[-1], w[-1], FEEDBACK) - quantity(a[0], w[0], FEEDBACK)
    assert np.abs(change).max() < 1e-6
    moved = quantity(a[-1], w[-1], FEEDBACK, -1) - quantity(a[0], w[0], FEEDBACK, -1)
    assert np.abs(moved).max() > 500 * np.abs(change).max()


def lyapunov(a, w):
    return np.linalg.norm(FEEDBACK @ (TASK - w @ a), axis=(1, 2)) ** 2


def test_the_error_vanishes_from_zero_and_its_feedback_never_rises():
    a, w = live(batch(TASK), born(), 0.1, 400, every_step=True)
    falling = lyapunov(a, w)
    assert (np.diff(falling) <= 1e-15 * falling[0]).all()
    assert np.linalg.norm(TASK - w[-1] @ a[-1]) < 1e-6 * np.linalg.norm(TASK)
    # Hidden neurons had to learn: outputs alone cannot, from hidden rates of zero.
    assert np.linalg.matrix_rank(a[-1]) >= 2


def test_the_feedback_of_the_error_may_rise_from_elsewhere():
    # Outputs that take the teaching signal the wrong way round: e^T W B e < 0.
    weights = born() | {"forward_2": -np.linalg.pinv(FEEDBACK), "forward_1": np.eye(4, 6)}
    a, w = live(batch(TASK), weights, 0.02, 30, every_step=True)
    assert (np.diff(lyapunov(a, w)) > 0).any()


def single_pair(seed=5):
    """One input of length 1, so that both rates of the theorem are the same, and its target."""
    x, y = (np.random.default_rng([seed, k]).standard_normal(SIZES[2 * k]) for k in (0, 1))
    x /= np.linalg.norm(x)
    return x, y, Stimuli.from_arrays(x[np.newaxis], targets=y[np.newaxis])


def signals(a, w, x, y):
    """Return teaching signals of feedback alignment and pseudo-backpropagation, and their angle."""
    e = y - w @ a @ x
    one, other = FEEDBACK @ e, np.linalg.pinv(w) @ e
    return one, other, one @ other / (np.linalg.norm(one) * np.linalg.norm(other))


def test_parallel_updates():
    x, y, stimuli = single_pair()
    rate = 0.05
    a, w = live(stimuli, born(), rate, 40, every_step=True)
    by = FEEDBACK @ y
    s_h = s_w = 0.0
    for step in range(41):
        np.testing.assert_allclose(a[step] @ x, s_h * by, atol=1e-12)
        np.testing.assert_allclose(w[step], s_w * np.outer(y, by), atol=1e-12)
        s_y = s_w * s_h * (by @ by)
        s_h, s_w = s_h + rate * (1 - s_y), s_w + rate * (1 - s_y) * s_h
        if step > 1:  # before, outputs have no weights
            assert signals(a[step], w[step], x, y)[2] > 1 - 1e-12
    assert 0.5 < s_y < 0.999  # far from birth, and some error is left


def test_updates_are_not_parallel_from_elsewhere():
    x, y, stimuli = single_pair()
    a, w = live(stimuli, born(scale=0.5), 0.05, 5)
    assert signals(a[-1], w[-1], x, y)[2] < 0.99


def scalar(w0, w, rate, steps):
    """Return the course of the smallest network, 1-1-1, with T = B = 1."""
    stimuli = Stimuli.from_arrays(np.ones((steps, 1)), targets=np.ones((steps, 1)))
    weights = {"forward_1": [[w0]], "forward_2": [[w]], "feedback_2": [[1.0]]}
    found = live(stimuli, weights, rate, steps, trials=1)
    return tuple(float(values[-1, 0, 0]) for values in found)


@pytest.mark.parametrize("start", [(0.0, 0.0), (-1.5, 0.5), (1.0, -1.0), (0.5, 1.9), (-0.5, -0.5)])
def test_scalar_trajectories_are_parabolas(start):
    # W - W_0^2/2 of figure 3, over one unit of time in 16, 32, ... 256 steps.
    found = [scalar(*start, 1 / steps, int(steps)) for steps in 2 ** np.arange(4, 9)]
    drift = [(w - w0**2 / 2) - (start[1] - start[0] ** 2 / 2) for w0, w in found]
    assert abs(extrapolated(drift)) < 1e-6
    assert abs(drift[-1]) < 0.6 * abs(drift[-2])
    other = [(w + w0**2 / 2) - (start[1] + start[0] ** 2 / 2) for w0, w in found]
    assert abs(extrapolated(other)) > 1e-2


def test_scalar_networks_learn_from_zero_on_the_good_branch():
    w0, w = scalar(0.0, 0.0, 0.05, 300)
    assert abs(w0 * w - 1) < 1e-6
    assert w > 0


def test_feedback_alignment_is_backpropagation_where_feedback_is_the_transpose():
    weights = born(scale=0.8)
    weights["feedback_2"] = weights["forward_2"].T
    stimuli = batch(TASK)
    one, other = (
        live(stimuli, weights, 0.1, 2, rule=rule, every_step=True)
        for rule in (FeedbackAlignment(), Backpropagation())
    )
    for mine, yours in zip(one, other, strict=True):
        np.testing.assert_allclose(mine[1], yours[1], atol=1e-14)
        assert np.abs(mine[1] - mine[0]).max() > 1e-2
    # After a step the transpose is another one.
    assert np.abs(one[0][2] - other[0][2]).max() > 1e-3
