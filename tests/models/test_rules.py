"""Every static rule against plain NumPy: same numbers in, same weights out."""

import numpy as np
import pytest

from ontogeny.engine import DEVICES
from ontogeny.plasticity import (
    SGD,
    Adam,
    Backpropagation,
    DirectFeedbackAlignment,
    DirectRandomTargetProjection,
    FeedbackAlignment,
    KolenPollack,
    NodePerturbation,
    PseudoBackpropagation,
    Shallow,
    SignSymmetry,
    WeightMirror,
)

DEEP = [9, 7, 6, 4]
PLAIN = {"rate": 0.05}
HEAVY = {"rate": 0.05, "momentum": 0.8, "weight_decay": 1e-2}
# Steps of synapses whose direction is mere rounding must not be blown up to the full rate.
ADAM = {"rate": 1e-2, "epsilon": 1e-3, "weight_decay": 1e-2}

# By name: the rule, what the reference calls it, and its parameters there.
CASES = {
    "shallow": (Shallow(), "shallow", {}),
    "backpropagation": (Backpropagation(), "backpropagation", {}),
    "feedback alignment": (FeedbackAlignment(), "feedback_alignment", {}),
    "direct": (DirectFeedbackAlignment(), "direct_feedback_alignment", {}),
    "targets": (DirectRandomTargetProjection(), "direct_random_target_projection", {}),
    "uniform signs": (
        SignSymmetry(strength=0.3),
        "sign_symmetry",
        {"magnitude": "uniform", "scale": 0.3},
    ),
    "batch-random signs": (
        SignSymmetry(magnitude="batch-random"),
        "sign_symmetry",
        {"magnitude": "batch-random"},
    ),
    "fixed-random signs": (
        SignSymmetry(magnitude="fixed-random"),
        "sign_symmetry",
        {"magnitude": "fixed-random"},
    ),
    "kolen-pollack": (KolenPollack(decay_rate=0.01), "kolen_pollack", {"decay": 0.01}),
    "weight mirror": (
        WeightMirror(mirror_rate=0.1, mirror_decay=0.5),
        "weight_mirror",
        {"rate": 0.1, "decay": 0.5},
    ),
    "node perturbation": (NodePerturbation(std=0.1), "node_perturbation", {"std": 0.1}),
    "hidden perturbation": (
        NodePerturbation(std=0.1, outputs=False),
        "node_perturbation",
        {"std": 0.1, "outputs": False},
    ),
    "pseudo-inverse": (PseudoBackpropagation(), "pseudo_backpropagation", {}),
}
# By name: sizes, optimiser and options of the network.
COMBINATIONS = {
    "dense": (DEEP, (SGD, HEAVY), {}),
    "sparse": (DEEP, (Adam, ADAM), {"density": 0.6}),
    "no hidden population": ([9, 4], (Adam, ADAM), {}),
    "one hidden population": ([9, 7, 4], (SGD, PLAIN), {"transfer": "relu", "readout": "linear"}),
    "three, without biases": ([9, 7, 6, 5, 4], (SGD, PLAIN), {"bias": False}),
    "sparse sigmoids": (
        DEEP,
        (SGD, HEAVY),
        {"density": 0.6, "transfer": "sigmoid", "readout": "sigmoid"},
    ),
}


def oracles_optimiser(reference, kind, values):
    kinds = {SGD: reference.network.ReferenceSGD, Adam: reference.network.ReferenceAdam}
    return kinds[kind](**values)


def compare(side_by_side, reference, case, combination, *, other=None, **options):
    """Live, replay, and return life, network and the differences by name of the weights."""
    sizes, (optimiser, values), given = COMBINATIONS[combination]
    rule = CASES[case][0]
    network = side_by_side.make_network(rule, optimiser(**values), sizes, **given)
    life = side_by_side.live(network, **options)
    _, name, parameters = CASES[other or case]
    oracle = side_by_side.make_oracle(
        reference.rules.ReferenceLearner,
        network,
        name,
        oracles_optimiser(reference, optimiser, values),
        **parameters,
    )
    side_by_side.replay(oracle, life, sizes)
    differences = side_by_side.differences(life, oracle)
    if name == "backpropagation":  # its feedback synapses are a control that nothing reads
        differences = {k: v for k, v in differences.items() if not k.startswith("feedback")}
    return life, network, differences


def plastic(case, network):
    """Return the names of the weights that the rule moves."""
    last = len(network.sizes) - 1
    layers = [last] if case == "shallow" else range(1, last + 1)
    names = [f"forward_{k}" for k in layers]
    if network.forward[0].bias:
        names += [f"bias_{k}" for k in layers]
    if case in ("kolen-pollack", "weight mirror", "pseudo-inverse") or case.endswith("signs"):
        names += [f"feedback_{k}" for k in range(2, last + 1)]
    return names


def assert_agreement(case, life, network, differences, tolerance):
    assert len(differences) >= len(network.forward) * (2 if network.forward[0].bias else 1)
    worst = max(differences, key=differences.get)
    assert differences[worst] < tolerance, (worst, differences[worst])
    for name in plastic(case, network):
        weights = life["weights"][name].values
        assert np.abs(weights[-1] - weights[0]).max() > 1e-4, name


@pytest.mark.parametrize("combination", COMBINATIONS)
@pytest.mark.parametrize("case", CASES)
def test_rules_agree_with_plain_numpy(side_by_side, reference, case, combination):
    found = compare(side_by_side, reference, case, combination)
    assert_agreement(case, *found, 1e-10)


@pytest.mark.parametrize("case", CASES)
def test_rules_agree_in_single_precision(side_by_side, reference, case):
    found = compare(side_by_side, reference, case, "dense", dtype="float32")
    assert_agreement(case, *found, 1e-5)


def compiled():
    """Pair every rule with the compiled devices; most of those for CUDA take long to build."""
    quick = ("batch-random signs", "hidden perturbation", "pseudo-inverse", "weight mirror")
    for case in CASES:
        yield pytest.param(case, "cpp", marks=pytest.mark.compiler)
        slow = [] if case in quick else [pytest.mark.slow]
        yield pytest.param(case, "cuda", marks=[pytest.mark.cuda, *slow])


@pytest.mark.parametrize(("case", "device"), list(compiled()))
def test_compiled_rules_agree_with_plain_numpy(side_by_side, reference, case, device):
    if problem := DEVICES[device].problem():
        pytest.skip(problem)
    found = compare(side_by_side, reference, case, "sparse", device=device)
    assert_agreement(case, *found, 1e-10)


@pytest.mark.parametrize("case", CASES)
def test_the_comparison_tells_rules_apart(side_by_side, reference, case):
    """Replayed by another rule, no life comes out alike."""
    direct = {"direct": "targets", "targets": "direct"}
    others = [name for name in CASES if name not in direct]
    other = direct.get(case) or others[(others.index(case) + 1) % len(others)]
    differences = compare(side_by_side, reference, case, "dense", other=other)[2]
    assert max(v for k, v in differences.items() if k.startswith("forward")) > 1e-4
