"""Laws of the rules, checked on the oracle itself: limits, signs, gaps, gradients, theory."""

import copy

import numpy as np
import pytest

SIZES = (5, 7, 6, 4)
DIRECT = ("direct_feedback_alignment", "direct_random_target_projection")
TRIALS = 9


def batch(seed=1, trials=TRIALS, sizes=SIZES):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(trials, sizes[0]))
    return x, np.eye(sizes[-1])[generator.integers(sizes[-1], size=trials)]


def build(reference, rule, *, sizes=SIZES, transfer="tanh", readout="softmax", **changes):
    generator = np.random.default_rng(0)
    pairs = list(zip(sizes[:-1], sizes[1:], strict=True))
    given = {
        "weights": [generator.normal(0, below**-0.5, (above, below)) for below, above in pairs],
        "biases": [generator.normal(0, 0.3, above) for _, above in pairs],
        "feedback": [None]
        + [
            generator.normal(0, 0.5, (below, sizes[-1] if rule in DIRECT else above))
            for below, above in pairs[1:]
        ],
        "optimiser": reference.network.ReferenceSGD(0.1),
    } | changes
    return reference.rules.ReferenceLearner(rule=rule, transfer=transfer, readout=readout, **given)


def noises(network, trials=TRIALS, seed=2, std=1.0):
    generator = np.random.default_rng(seed)
    return [generator.normal(0, std, (trials, len(w))) for w in network.weights]


def live(network, steps=3, **arguments):
    for seed in range(steps):
        network.step(*batch(seed), **arguments)
    return network


def assert_same(one, other):
    for mine, theirs in zip(one.weights + one.biases, other.weights + other.biases, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-13)


@pytest.mark.parametrize("make", ["ReferenceSGD", "ReferenceAdam"])
@pytest.mark.parametrize("readout", ["softmax", "linear", "sigmoid"])
@pytest.mark.parametrize("transfer", ["linear", "relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("rule", ["feedback_alignment", "backpropagation"])
def test_learner_is_the_older_reference(reference, rule, transfer, readout, make):
    optimiser = getattr(reference.network, make)(0.01, weight_decay=1e-2)
    network = build(reference, rule, transfer=transfer, readout=readout, optimiser=optimiser)
    older = reference.network.ReferenceNetwork(
        network.weights, network.biases, network.feedback, transfer, readout, rule,
        copy.deepcopy(optimiser),
    )  # fmt: skip
    assert_same(live(network), live(older))


def test_feedback_alignment_with_transposed_weights_is_backpropagation(reference):
    exact = build(reference, "backpropagation")
    feedback = [None] + [w.T for w in exact.weights[1:]]
    assert_same(live(exact, 1), live(build(reference, "feedback_alignment", feedback=feedback), 1))


def test_direct_and_layered_feedback_agree_with_one_hidden_layer(reference):
    x, t = batch(sizes=(5, 7, 4))
    networks = [
        build(reference, f"{kind}feedback_alignment", sizes=(5, 7, 4)) for kind in ("", "direct_")
    ]
    for network in networks:
        network.step(x, t)
    assert_same(*networks)


def test_direct_rules_send_error_and_target_past_the_layers(reference):
    x, t = batch()
    network = build(reference, "direct_feedback_alignment", transfer="linear")
    error = network.forward(x)[-1] - t
    np.testing.assert_allclose(network.deltas(x, t)[0], error @ network.feedback[1].T)
    network = build(reference, "direct_random_target_projection", transfer="linear")
    deltas = network.deltas(x, t)
    np.testing.assert_allclose(deltas[0], t @ network.feedback[1].T)
    np.testing.assert_allclose(deltas[-1], error)


def test_shallow_changes_the_last_layer_only(reference):
    optimiser = reference.network.ReferenceAdam(0.1, weight_decay=0.1)
    network = build(reference, "shallow", optimiser=optimiser)
    before = copy.deepcopy(network)
    live(network)
    for layer in range(2):
        np.testing.assert_array_equal(network.weights[layer], before.weights[layer])
        np.testing.assert_array_equal(network.biases[layer], before.biases[layer])
    assert np.abs(network.weights[2] - before.weights[2]).min() > 0


@pytest.mark.parametrize("magnitude", ["uniform", "batch-random", "fixed-random"])
def test_sign_symmetry_has_the_signs_of_the_weights_it_saw(reference, magnitude):
    network = build(reference, "sign_symmetry", magnitude=magnitude)
    network.weights[1][0, 0] = 0.0
    birth = copy.deepcopy(network.feedback)
    for seed in range(4):
        generator = np.random.default_rng(seed)
        draws = [None] + [generator.normal(size=b.shape) for b in birth[1:]]
        seen = [w.T >= 0 for w in network.weights]
        network.step(*batch(seed), draws=draws)
        for layer in (1, 2):
            np.testing.assert_array_equal(network.feedback[layer] > 0, seen[layer])
            expected = {
                "uniform": np.ones_like(birth[layer]),
                "fixed-random": np.abs(birth[layer]),
                "batch-random": np.abs(draws[layer]) * np.sqrt(np.mean(birth[layer] ** 2)),
            }[magnitude]
            np.testing.assert_allclose(np.abs(network.feedback[layer]), expected)


@pytest.mark.parametrize("make", ["ReferenceSGD", "ReferenceAdam"])
def test_kolen_pollack_gap_falls_geometrically(reference, make):
    decay, steps = 0.03, 20
    optimiser = getattr(reference.network, make)(0.01)
    network = build(reference, "kolen_pollack", decay=decay, optimiser=optimiser)
    before = [w - b.T for w, b in zip(network.weights[1:], network.feedback[1:], strict=True)]
    live(network, steps)
    for layer, gap in enumerate(before, start=1):
        after = network.weights[layer] - network.feedback[layer].T
        np.testing.assert_allclose(after, (1 - decay) ** steps * gap, atol=1e-13)


def test_weight_mirror_approaches_the_transposed_weights_and_stays_bounded(reference):
    std, mean, decay, trials = 0.5, 0.3, 0.25, 200
    network = build(
        reference, "weight_mirror", transfer="linear", rate=0.02, decay=decay, biases=None
    )
    before, norms = copy.deepcopy(network), []
    generator = np.random.default_rng(3)
    for step in range(4000):
        noise = [generator.normal(mean, std, (trials, size)) for size in SIZES[1:-1]]
        network.mirror(noise, mean)
        norms += [np.linalg.norm(network.feedback[1])] if step > 2000 else []
    for layer in (1, 2):
        np.testing.assert_array_equal(network.weights[layer], before.weights[layer])
        goal = std**2 / decay * network.weights[layer].T
        gap = np.linalg.norm(network.feedback[layer] - goal) / np.linalg.norm(goal)
        assert gap < 0.05
    assert max(norms) < 1.1 * np.linalg.norm(std**2 / decay * network.weights[1])


def test_mirrored_populations_answer_with_rates_and_outputs_with_drives(reference):
    network = build(reference, "weight_mirror", transfer="relu", rate=1.0, decay=1.0)
    noise = [np.full((2, size), 0.5) for size in SIZES[1:-1]]
    network.mirror(noise, mean=0.2)
    w, b = network.weights, network.biases
    answers = [np.maximum(w[1] @ noise[0][0] + b[1], 0), w[2] @ noise[1][0] + b[2]]
    for feedback, y in zip(network.feedback[1:], answers, strict=True):
        np.testing.assert_allclose(feedback, 0.3 * np.tile(y, (len(feedback), 1)), atol=1e-15)


def test_magnitudes_are_scaled_by_the_synapses_that_exist(reference):
    mask = np.arange(6)[:, None] % 2 * np.ones(4)
    network = build(
        reference, "sign_symmetry", magnitude="batch-random", feedback_masks=[None, None, mask]
    )
    expected = np.sqrt(np.mean(network.feedback[2][1::2] ** 2))
    network.set_feedback([None] + [np.ones_like(b) for b in network.feedback[1:]])
    np.testing.assert_allclose(np.abs(network.feedback[2]), expected * mask)


@pytest.mark.parametrize("readout", ["softmax", "linear", "sigmoid"])
def test_node_perturbation_is_the_gradient_on_average(reference, readout):
    repeats, std = 40_000, 1e-3
    network = build(reference, "node_perturbation", readout=readout, std=std)
    exact = build(reference, "backpropagation", readout=readout)
    x, t = (np.repeat(rows[:1], repeats, axis=0) for rows in batch())
    found = network.perturbed_deltas(x, t, noises(network, repeats, std=std))
    gradients = exact.deltas(x[:1], t[:1])
    length = sum(np.sum(gradient**2) for gradient in gradients)
    for estimate, gradient in zip(found, gradients, strict=True):
        # (g . xi) xi_i / std^2 has the variance |g|^2 + g_i^2
        np.testing.assert_allclose(
            estimate.var(axis=0), length + gradient[0] ** 2, rtol=4.5 * np.sqrt(8 / repeats)
        )
        error = (estimate.mean(axis=0) - gradient[0]) / (estimate.std(axis=0) / repeats**0.5)
        assert np.abs(error).max() < 4.5
        assert 0.5 < np.sqrt(np.mean(error**2)) < 1.8


def test_pseudo_backpropagation_sends_the_pseudoinverse_of_the_weights_before_the_step(reference):
    network = build(reference, "pseudo_backpropagation")
    before = copy.deepcopy(network.weights)
    live(network, 1)
    for layer in (1, 2):
        w, b = before[layer], network.feedback[layer]
        np.testing.assert_allclose(w @ b @ w, w, atol=1e-12)
        np.testing.assert_allclose((b @ w).T, b @ w, atol=1e-12)


def arguments_of(network, rule):
    if rule == "node_perturbation":
        return {"xi": noises(network, std=1e-3)}
    return {}


@pytest.mark.parametrize("rule", [
    "shallow", "backpropagation", "feedback_alignment", *DIRECT, "sign_symmetry", "kolen_pollack",
    "weight_mirror", "node_perturbation", "pseudo_backpropagation",
])  # fmt: skip
def test_masked_weights_are_zero_for_ever(reference, rule):
    generator = np.random.default_rng(5)
    whole = build(reference, rule)
    forward = [generator.integers(0, 2, w.shape) for w in whole.weights]
    backward = [None] + [generator.integers(0, 2, b.shape) for b in whole.feedback[1:]]
    network = build(
        reference, rule, optimiser=reference.network.ReferenceAdam(0.01),
        forward_masks=forward, feedback_masks=backward,
    )  # fmt: skip
    live(network, **arguments_of(network, rule))
    if rule == "weight_mirror":
        network.mirror([generator.normal(size=(TRIALS, size)) for size in SIZES[1:-1]])
    for layer in range(3):
        assert not network.weights[layer][forward[layer] == 0].any()
        if layer:
            assert not network.feedback[layer][backward[layer] == 0].any()
            there = backward[layer] == 1
            if rule == "sign_symmetry":
                there &= forward[layer].T == 1  # no sign without a forward synapse
            assert network.feedback[layer][there].all()


@pytest.mark.parametrize("rule", ["kolen_pollack", "node_perturbation", *DIRECT])
def test_silent_trials_count_for_nothing(reference, rule):
    x, t = batch()
    active = np.arange(TRIALS) % 3 > 0
    some, few = build(reference, rule), build(reference, rule)
    whole = arguments_of(some, rule)
    part = {name: [noise[active] for noise in value] for name, value in whole.items()}
    loss = some.step(x, t, active=active, **whole)
    assert loss == few.step(x[active], t[active], **part)
    assert_same(some, few)
