"""What theory says about each rule, in whole lives."""

import numpy as np
import pytest

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, Record, Schedule, Spontaneous
from ontogeny.plasticity import (
    SGD,
    Adam,
    Backpropagation,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    Gaussian,
    KolenPollack,
    NodePerturbation,
    Shallow,
    SignSymmetry,
    WeightMirror,
)

SIZES = [9, 7, 6, 4]
OPTIMISERS = [SGD(rate=0.05, momentum=0.8), Adam(rate=1e-2)]
HEAVY = [
    SGD(rate=0.05, weight_decay=0.1),
    SGD(rate=0.05, momentum=0.8, weight_decay=0.1),
    Adam(rate=1e-2, weight_decay=0.1),
]


def weights_of(life, name):
    return life["weights"][name].values


def make_learning(trials, steps=1):
    generator = np.random.default_rng(1)
    rates = generator.normal(size=(trials * steps, SIZES[0]))
    labels = generator.integers(0, SIZES[-1], trials * steps)
    stimuli = Stimuli.from_arrays(rates, labels, classes=SIZES[-1])
    return Schedule(Learning(stimuli, epochs=1)), rates, np.eye(SIZES[-1])[labels]


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=repr)
def test_the_gap_of_kolen_and_pollack_falls_geometrically(side_by_side, optimiser):
    """(W - B^T)_t = (1 - decay)^t (W - B^T)_0, however the optimiser steps."""
    decay, steps, trials = 0.05, 30, 8
    network = side_by_side.make_network(KolenPollack(decay_rate=decay), optimiser, SIZES)
    schedule = make_learning(trials, steps)[0]
    record = Record(checkpoints=range(trials, trials * steps, trials))
    life = side_by_side.live(network, schedule=schedule, record=record)
    for k in (2, 3):
        forward, feedback = weights_of(life, f"forward_{k}"), weights_of(life, f"feedback_{k}")
        gap = forward - feedback.transpose(0, 2, 1)
        expected = (1 - decay) ** np.arange(steps + 1)[:, None, None] * gap[0]
        np.testing.assert_allclose(gap, expected, rtol=0, atol=1e-13)
        moved = forward[-1] - (1 - decay) ** steps * forward[0]
        assert np.abs(moved).max() > 0.02  # beside the decay


def test_a_mirror_shows_the_forward_weights(side_by_side):
    """In a linear network B goes to std^2 W^T/decay; forward weights rest."""
    std, decay, rate, trials = 0.7, 0.5, 0.05, 400
    network = side_by_side.make_network(
        WeightMirror(mirror_rate=rate, mirror_decay=decay),
        SGD(rate=0.05),
        SIZES,
        transfer="linear",
        weights=Gaussian(std=0.4),
    )
    noise = Spontaneous(gaussian_noise(mean=0.3, std=std), presentations=400 * trials)
    life = side_by_side.live(
        network, schedule=Schedule(noise), trials=trials, record=Record(checkpoints=20)
    )
    for k in (1, 2, 3):
        assert (weights_of(life, f"forward_{k}") == weights_of(life, f"forward_{k}")[0]).all()
        assert not weights_of(life, f"bias_{k}").any()
    for k in (2, 3):
        forward, feedback = weights_of(life, f"forward_{k}")[0], weights_of(life, f"feedback_{k}")
        goal = std**2 * forward.T / decay
        # The sum of 1/(rate*decay) steps of `trials` emissions; a weight of the sum of squares
        # of what a neuron above hears bounds the variance of one product.
        drive = std**2 * (forward**2).sum(axis=1).max() + (0.3 * forward.sum(axis=1)).max() ** 2
        error = np.sqrt(2 * std**2 * drive * rate / (2 * decay * trials))
        assert np.abs(feedback[-1] - goal).max() < 5 * error < 0.2 * np.abs(goal).max()
        # Without the noise of emissions B would go straight from birth to the goal.
        norms = np.linalg.norm(feedback, axis=(1, 2))
        assert norms.max() < norms[0] + np.linalg.norm(goal)
        assert np.abs(feedback[0] - goal).max() > 10 * error


@pytest.mark.parametrize("outputs", [True, False])
def test_the_mean_of_node_perturbation_is_the_gradient(side_by_side, reference, outputs):
    """Steps so small that weights stay where they are: z of the mean direction of every weight."""
    steps, trials, rate = 400, 256, 1e-9
    network = side_by_side.make_network(
        NodePerturbation(std=1e-3, outputs=outputs), SGD(rate=rate), SIZES
    )
    generator = np.random.default_rng(1)
    rates = np.tile(generator.normal(size=(8, SIZES[0])), (trials // 8, 1))
    labels = np.tile(generator.integers(0, SIZES[-1], 8), trials // 8)
    stimuli = Stimuli.from_arrays(rates, labels, classes=SIZES[-1])
    oracle = side_by_side.make_oracle(
        reference.rules.ReferenceLearner,
        network,
        "backpropagation",
        reference.network.ReferenceSGD(1),
    )
    gradients = oracle.gradients(rates, np.eye(SIZES[-1])[labels])
    life = side_by_side.live(
        network,
        schedule=Schedule(Learning(stimuli, epochs=steps)),
        trials=trials,
        record=Record(checkpoints=range(trials, trials * steps, trials)),
    )
    for name in [f"{kind}_{k}" for kind in ("forward", "bias") for k in (1, 2, 3)]:
        gradient = gradients[int(name[-1]) - 1][name.startswith("bias")]
        directions = -np.diff(weights_of(life, name), axis=0) / rate
        assert len(directions) == steps
        if name.endswith("3") and not outputs:
            np.testing.assert_allclose(
                directions, np.broadcast_to(gradient, directions.shape), atol=1e-6
            )
            continue
        error = directions.std(axis=0, ddof=1) / np.sqrt(steps)
        assert np.abs((directions.mean(axis=0) - gradient) / error).max() < 4.5
        assert np.abs(gradient / error).max() > 10  # a wrong mean would be found out


@pytest.mark.parametrize("magnitude", ["uniform", "batch-random", "fixed-random"])
def test_signs_agree_at_every_step(side_by_side, magnitude):
    """Errors of step k travel through B of the signs that W had before that step."""
    trials, steps = 8, 40
    network = side_by_side.make_network(
        SignSymmetry(magnitude=magnitude), SGD(rate=0.5), SIZES, weights=Gaussian(std=0.1)
    )
    schedule = make_learning(trials, steps)[0]
    record = Record(checkpoints=range(trials, trials * steps, trials))
    life = side_by_side.live(network, schedule=schedule, record=record)
    for k in (2, 3):
        forward, feedback = weights_of(life, f"forward_{k}"), weights_of(life, f"feedback_{k}")
        assert len(forward) == steps + 1
        signs = np.sign(forward).transpose(0, 2, 1)
        np.testing.assert_array_equal(np.sign(feedback[1:]), signs[:-1])
        # Signs did change on the way, so that those of another step would be wrong.
        assert (signs[0] != signs[-1]).any()
        assert (np.sign(feedback[1:]) != signs[1:]).any()
        sizes = np.abs(feedback[1:])
        if magnitude == "batch-random":
            assert len(np.unique(sizes)) == sizes.size
        else:
            expected = 1.0 if magnitude == "uniform" else np.abs(feedback[0])
            np.testing.assert_array_equal(sizes, np.broadcast_to(expected, sizes.shape))


def transposed(network):
    birth = network.initial_weights(3)
    for k in range(2, len(network.sizes)):
        birth[f"feedback_{k}"] = birth[f"forward_{k}"].T.copy()
    return birth


def test_feedback_alignment_through_transposes_is_backpropagation(side_by_side):
    found = {}
    for rule in (FeedbackAlignment(), Backpropagation()):
        network = side_by_side.make_network(rule, SGD(rate=0.1), SIZES)
        schedule, birth = make_learning(8)[0], transposed(network)
        found[rule] = side_by_side.live(network, schedule=schedule, weights=birth)
        assert np.abs(weights_of(found[rule], "forward_1")[-1] - birth["forward_1"]).max() > 1e-3
    for k in (1, 2, 3):
        one, other = (weights_of(life, f"forward_{k}")[-1] for life in found.values())
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-15)


def test_direct_feedback_is_feedback_alignment_below_the_outputs(side_by_side):
    """With one hidden population they are one rule, over a whole life."""
    lives = [
        side_by_side.live(side_by_side.make_network(rule, Adam(rate=1e-2), [9, 7, 4]))
        for rule in (FeedbackAlignment(), DirectFeedbackAlignment())
    ]
    for name in ("forward_1", "forward_2", "bias_1", "bias_2", "feedback_2"):
        one, other = (weights_of(life, name) for life in lives)
        np.testing.assert_array_equal(one, other)
    assert np.abs(weights_of(lives[0], "forward_1") - weights_of(lives[0], "forward_1")[0]).any()


@pytest.mark.parametrize("optimiser", HEAVY, ids=repr)
def test_shallow_leaves_all_but_the_last_layer(side_by_side, optimiser):
    life = side_by_side.live(side_by_side.make_network(Shallow(), optimiser, SIZES))
    for name, weights in life["weights"].data_vars.items():
        if name.startswith(("forward", "bias")):
            changed = (weights.values != weights.values[0]).any()
            assert changed == name.endswith("_3"), name
