"""Sparse synapses: who is joined, and that nobody else ever is."""

import numpy as np
import pytest

from ontogeny.models import layered
from ontogeny.plasticity import (
    SGD,
    Adam,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    KolenPollack,
    NodePerturbation,
    PseudoBackpropagation,
    Shallow,
    SignSymmetry,
    WeightMirror,
)

SIZES = [9, 7, 6, 4]
RULES = [
    FeedbackAlignment(),
    DirectFeedbackAlignment(),
    KolenPollack(decay_rate=0.01),
    NodePerturbation(),
    PseudoBackpropagation(),
    Shallow(),
    *(SignSymmetry(magnitude=name) for name in ("uniform", "batch-random", "fixed-random")),
    WeightMirror(mirror_rate=0.1),
]
OPTIMISERS = [SGD(rate=0.05, momentum=0.8, weight_decay=0.1), Adam(rate=1e-2, weight_decay=0.1)]
BIG = layered([200, 150, 120], density=0.3, feedback_density=0.6)


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_masked_weights_stay_zero_for_ever(side_by_side, rule, optimiser):
    network = side_by_side.make_network(rule, optimiser, SIZES, density=0.6)
    life, masks = side_by_side.live(network), network.masks(3)
    assert set(masks) == {"forward_1", "forward_2", "forward_3", "feedback_2", "feedback_3"}
    for name, mask in masks.items():
        weights = life["weights"][name].values
        assert not mask.all() and not weights[:, ~mask].any(), name
        there = mask
        if isinstance(rule, SignSymmetry) and name.startswith("feedback"):
            # No sign without a forward synapse, but for weights at birth.
            there = mask & masks[name.replace("feedback", "forward")].T
            weights = weights[1:]
        assert weights[:, there].all() and not weights[:, ~there].any(), name
    last = life["weights"]["forward_3"].values
    assert (last[-1] != last[0])[masks["forward_3"]].any()


@pytest.mark.parametrize(("name", "density"), [("forward_1", 0.3), ("feedback_2", 0.6)])
@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_density_is_the_share_of_synapses(name, density, seed):
    mask = BIG.masks(seed)[name]
    error = np.sqrt(density * (1 - density) / mask.size)
    assert abs(mask.mean() - density) < 4.5 * error
    # Neurons differ as independent draws do, and not more.
    inputs = mask.sum(axis=1)
    assert inputs.var() == pytest.approx(mask.shape[1] * density * (1 - density), rel=0.6)


@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_masks_forwards_and_backwards_are_independent(seed):
    masks = layered([90, 100, 100], density=0.5, feedback_density=0.5).masks(seed)
    forward, feedback = masks["forward_2"].astype(float), masks["feedback_2"].astype(float)
    other = layered([90, 100, 100], density=0.5).masks(seed + 1)["forward_2"].astype(float)
    for mask in (feedback, feedback.T, other):
        assert abs(np.corrcoef(forward.ravel(), mask.ravel())[0, 1]) < 4.5 / 100
    weights = layered([90, 100, 100]).initial_weights(seed)["forward_2"]
    assert abs(np.corrcoef(forward.ravel(), weights.ravel())[0, 1]) < 4.5 / 100


def test_masks_are_paired_across_rules_and_optimisers():
    one = layered(SIZES, density=0.5).masks(4)
    other = layered(SIZES, density=0.5, feedback_density=0.5, rule=Shallow(), optimiser=SGD())
    assert set(one) == {"forward_1", "forward_2", "forward_3"}
    for name, mask in one.items():
        np.testing.assert_array_equal(mask, other.masks(4)[name])
    assert layered(SIZES).masks(4) == {}


@pytest.mark.parametrize("name", ["forward_2", "feedback_2"])
def test_weights_where_no_synapse_is_are_refused(side_by_side, name):
    network = side_by_side.make_network(FeedbackAlignment(), SGD(), SIZES, density=0.6)
    birth, mask = network.initial_weights(3), network.masks(3)[name]
    side_by_side.live(network, weights=birth)
    row, column = np.argwhere(~mask)[0]
    birth[name][row, column] = 0.1
    with pytest.raises(
        ValueError,
        match=rf"^simulate\.weights: expected 0 in {name} where no synapse is, got 1 other weights;"
        r" Network\.masks\(seed\) says who is joined$",
    ):
        side_by_side.live(network, weights=birth)
