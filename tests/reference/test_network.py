"""The oracle checks itself: finite differences, hand-computed steps, limits."""

import numpy as np
import pytest

TRANSFERS = ["linear", "relu", "tanh", "sigmoid"]
READOUTS = ["softmax", "linear", "sigmoid"]
SIZES = (5, 7, 6, 4)
TRIALS = 9


def parameters(seed=0, sizes=SIZES):
    generator = np.random.default_rng(seed)
    pairs = list(zip(sizes[:-1], sizes[1:], strict=True))
    weights = [generator.normal(0, source**-0.5, (target, source)) for source, target in pairs]
    biases = [generator.normal(0, 0.3, target) for target in sizes[1:]]
    feedback = [None] + [generator.normal(0, 0.5, (lower, upper)) for lower, upper in pairs[1:]]
    return weights, biases, feedback


def batch(seed=1, trials=TRIALS, sizes=SIZES):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(trials, sizes[0]))
    return x, np.eye(sizes[-1])[generator.integers(sizes[-1], size=trials)]


def build(reference, *, transfer="tanh", readout="softmax", rule="backpropagation", **changes):
    weights, biases, feedback = parameters()
    given = {"weights": weights, "biases": biases, "feedback": feedback} | changes
    given.setdefault("optimiser", reference.network.ReferenceSGD(0.1))
    return reference.network.ReferenceNetwork(
        transfer=transfer, readout=readout, rule=rule, **given
    )


def scalar(reference, optimiser, *, weight=2.0, bias=None):
    """Return one linear unit: with input 1 and target 0 the gradient is w + b."""
    return reference.network.ReferenceNetwork(
        [[[weight]]],
        [None if bias is None else [bias]],
        [None],
        "linear",
        "linear",
        "feedback_alignment",
        optimiser,
    )


def slopes(network, array, x, t, width=1e-5):
    """Return the central finite differences of the loss along every element of ``array``."""
    result = np.empty_like(array)
    for index in np.ndindex(array.shape):
        middle = array[index]
        array[index] = middle + width
        above = network.loss(x, t)
        array[index] = middle - width
        below = network.loss(x, t)
        array[index] = middle
        result[index] = (above - below) / (2 * width)
    return result


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("transfer", TRANSFERS)
def test_backpropagation_is_the_gradient(reference, transfer, readout):
    network = build(reference, transfer=transfer, readout=readout)
    x, t = batch()
    for drive in network.drives(x)[:-1]:
        # no kink of the rectifier within a finite difference
        assert np.abs(drive).min() > 1e-4
    for layer, (weight_gradient, bias_gradient) in enumerate(network.gradients(x, t)):
        for gradient, array in (
            (weight_gradient, network.weights[layer]),
            (bias_gradient, network.biases[layer]),
        ):
            expected = slopes(network, array, x, t)
            assert np.linalg.norm(gradient - expected) < 1e-6 * np.linalg.norm(expected)


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("transfer", TRANSFERS)
def test_feedback_alignment_with_transposed_weights_is_backpropagation(
    reference, transfer, readout
):
    weights = parameters()[0]
    transposed = [None] + [w.T for w in weights[1:]]
    choice = {"transfer": transfer, "readout": readout, "feedback": transposed}
    x, t = batch()
    aligned = build(reference, rule="feedback_alignment", **choice).gradients(x, t)
    exact = build(reference, rule="backpropagation", **choice).gradients(x, t)
    for (dw, db), (expected_dw, expected_db) in zip(aligned, exact, strict=True):
        np.testing.assert_allclose(dw, expected_dw, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(db, expected_db, rtol=1e-12, atol=1e-15)


def test_feedback_alignment_follows_the_formula_trial_by_trial(reference):
    weights, biases, feedback = parameters()
    network = build(reference, rule="feedback_alignment")
    x, t = batch()
    expected = [np.zeros_like(w) for w in weights]
    for stimulus, target in zip(x, t, strict=True):
        first = np.tanh(weights[0] @ stimulus + biases[0])
        second = np.tanh(weights[1] @ first + biases[1])
        powers = np.exp(weights[2] @ second + biases[2])
        delta_3 = powers / powers.sum() - target
        delta_2 = feedback[2] @ delta_3 * (1 - second**2)
        delta_1 = feedback[1] @ delta_2 * (1 - first**2)
        expected[0] += np.outer(delta_1, stimulus) / TRIALS
        expected[1] += np.outer(delta_2, first) / TRIALS
        expected[2] += np.outer(delta_3, second) / TRIALS
    for (gradient, _), wanted in zip(network.gradients(x, t), expected, strict=True):
        np.testing.assert_allclose(gradient, wanted, rtol=1e-12, atol=1e-15)


def test_rectifier_has_no_slope_at_zero(reference):
    slope = reference.network.TRANSFERS["relu"][1]
    assert slope(np.array([-1.0, -0.0, 0.0, 1e-300])).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("rule", ["feedback_alignment", "backpropagation"])
def test_step_updates_all_layers_from_the_state_before_it(reference, rule):
    network = build(reference, rule=rule)
    x, t = batch()
    before = [w.copy() for w in network.weights]
    biases_before = [b.copy() for b in network.biases]
    feedback_before = [None if b is None else b.copy() for b in network.feedback]
    loss, gradients = network.loss(x, t), network.gradients(x, t)
    assert network.step(x, t) == loss
    for layer, (dw, db) in enumerate(gradients):
        np.testing.assert_array_equal(network.weights[layer], before[layer] - 0.1 * dw)
        np.testing.assert_array_equal(network.biases[layer], biases_before[layer] - 0.1 * db)
    for now, then in zip(network.feedback[1:], feedback_before[1:], strict=True):
        np.testing.assert_array_equal(now, then)
    assert network.loss(x, t) < loss


def test_layers_without_bias(reference):
    network = build(reference, biases=None)
    x, t = batch()
    network.step(x, t)
    assert network.biases == [None] * 3
    assert all(db is None for _, db in network.gradients(x, t))


def test_sgd_by_hand(reference):
    network = scalar(reference, reference.network.ReferenceSGD(0.1, momentum=0.5))
    # w = 2: v = 2, w = 1.8; then v = 0.5 * 2 + 1.8 = 2.8, w = 1.52
    assert network.step([[1.0]], [[0.0]]) == 2.0
    assert network.weights[0].item() == pytest.approx(1.8, rel=1e-14)
    network.step([[1.0]], [[0.0]])
    assert network.weights[0].item() == pytest.approx(1.52, rel=1e-14)
    assert network.optimiser.weight_velocities[0].item() == pytest.approx(2.8, rel=1e-14)
    network.optimiser.reset()
    network.step([[1.0]], [[0.0]])
    assert network.weights[0].item() == pytest.approx(1.52 * 0.9, rel=1e-14)


@pytest.mark.parametrize(("decay_biases", "bias"), [(False, 0.8), (True, 0.75)])
def test_sgd_decay_by_hand(reference, decay_biases, bias):
    optimiser = reference.network.ReferenceSGD(0.1, weight_decay=0.5, decay_biases=decay_biases)
    network = scalar(reference, optimiser, weight=1.0, bias=1.0)
    # gradient 2 for both; the weight's with decay is 2.5
    network.step([[1.0]], [[0.0]])
    assert network.weights[0].item() == pytest.approx(0.75, rel=1e-14)
    assert network.biases[0].item() == pytest.approx(bias, rel=1e-14)


def test_adam_by_hand(reference):
    optimiser = reference.network.ReferenceAdam(rate=0.1, beta1=0.5, beta2=0.75, epsilon=0.5)
    network = scalar(reference, optimiser)
    # g = 2: m = 1, v = 1; corrected 2 and 4; w = 2 - 0.1 * 2 / 2.5 = 1.92
    network.step([[1.0]], [[0.0]])
    assert network.weights[0].item() == pytest.approx(1.92, rel=1e-14)
    # g = 1.92: m = 1.46, v = 0.75 + 0.25 * 3.6864 = 1.6716; divided by 0.75 and 0.4375
    network.step([[1.0]], [[0.0]])
    expected = 1.92 - 0.1 * (1.46 / 0.75) / ((1.6716 / 0.4375) ** 0.5 + 0.5)
    assert network.weights[0].item() == pytest.approx(expected, rel=1e-14)
    assert optimiser.weight_means[0].item() == pytest.approx(1.46, rel=1e-14)
    assert optimiser.weight_squares[0].item() == pytest.approx(1.6716, rel=1e-14)
    assert optimiser.count == 2


def test_adam_decays_weights_and_not_biases(reference):
    optimiser = reference.network.ReferenceAdam(rate=0.1, weight_decay=0.5)
    network = scalar(reference, optimiser, weight=1.0, bias=1.0)
    network.step([[1.0]], [[0.0]])
    assert optimiser.weight_means[0].item() == pytest.approx(0.25, rel=1e-12)
    assert optimiser.bias_means[0].item() == pytest.approx(0.2, rel=1e-12)
    # the first step of Adam is the rate, whatever the gradient
    assert network.weights[0].item() == pytest.approx(0.9, abs=1e-8)
    assert network.biases[0].item() == pytest.approx(0.9, abs=1e-8)


def test_adam_reset_forgets(reference):
    network = scalar(reference, reference.network.ReferenceAdam(rate=0.1))
    for _ in range(3):
        network.step([[1.0]], [[0.0]])
    network.optimiser.reset()
    assert network.optimiser.count == 0
    assert network.optimiser.weight_means is None
    before = network.weights[0].item()
    network.step([[1.0]], [[0.0]])
    assert network.weights[0].item() == pytest.approx(before - 0.1, abs=1e-8)


@pytest.mark.filterwarnings("error")
def test_softmax_is_stable_for_large_drives(reference):
    large = 1e4 * np.array([[1.0, -1.0], [0.0, 0.5], [-1.0, 0.25]])
    network = build(reference, weights=[large], biases=None, feedback=[None])
    x = np.array([[1.0, 0.0], [0.0, 1.0]])
    rates = network.forward(x)[-1]
    np.testing.assert_allclose(rates, [[1, 0, 0], [0, 1, 0]], atol=1e-300)
    # the loss of a target that the readout excludes is the gap between the drives
    assert network.loss(x, [[0, 1, 0], [1, 0, 0]]) == pytest.approx((1e4 + 1.5e4) / 2)
    assert all(np.isfinite(dw).all() for dw, _ in network.gradients(x, [[0, 1, 0], [1, 0, 0]]))


@pytest.mark.filterwarnings("error")
def test_sigmoid_is_stable_for_large_drives(reference):
    values = reference.network.sigmoid(np.array([-1e4, 0.0, 1e4]))
    assert values.tolist() == [0, 0.5, 1]


def test_network_leaves_the_arrays_of_the_caller_alone(reference):
    weights, biases, feedback = parameters()
    kept = [w.copy() for w in weights]
    network = build(reference, weights=weights, biases=biases, feedback=feedback)
    network.step(*batch())
    for now, then in zip(weights, kept, strict=True):
        np.testing.assert_array_equal(now, then)


def test_unknown_names_are_refused(reference):
    with pytest.raises(ValueError, match="expected one of .*'relu'.* got 'swish'"):
        build(reference, transfer="swish")
    with pytest.raises(ValueError, match="expected 3 entries, got 1"):
        build(reference, feedback=[None])
