import itertools
import json
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import error_alignment, update_alignment
from ontogeny.analysis.array import angle, pseudo_inverse
from ontogeny.data import Stimuli, join_trajectories
from ontogeny.models import Learning, Record, Schedule, layered, simulate
from ontogeny.plasticity import SGD, Adam, Backpropagation, FeedbackAlignment, NodePerturbation

SHAPES = [(5, 4), (5, 4, 3), (6, 5, 4, 3), (6, 5, 4, 4, 3)]
TRANSFERS = ["linear", "relu", "tanh", "sigmoid"]
READOUTS = ["softmax", "linear", "sigmoid"]
BOTH = [error_alignment, update_alignment]


def stimuli_of(inputs, classes, samples=9, seed=3):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, samples)
    return Stimuli.from_arrays(random.normal(size=(samples, inputs)), labels, classes=classes)


def one_hot(stimuli):
    return np.eye(stimuli.classes)[stimuli.labels.values]


def drawn(sizes, seed=0, direct=False):
    """Forward weights, biases and feedback weights of a random network."""
    random = np.random.default_rng(seed)
    pairs = list(itertools.pairwise(sizes))
    forward = [random.normal(size=(above, below)) for below, above in pairs]
    biases = [random.normal(size=above) for _, above in pairs]
    feedback = {
        layer: random.normal(size=(sizes[layer - 1], sizes[-1] if direct else sizes[layer]))
        for layer in range(2, len(sizes))
    }
    return forward, biases, feedback


def references(reference, sizes, transfer, readout, seed=0):
    """The independent network, with feedback alignment and with backpropagation."""
    forward, biases, feedback = drawn(sizes, seed)
    matrices = [None, *feedback.values()]
    make = reference.network.ReferenceNetwork
    return [
        make(forward, biases, matrices, transfer, readout, rule, optimiser=None)
        for rule in ("feedback_alignment", "backpropagation")
    ]


def values(measured):
    return measured.isel(checkpoint=0).values


@pytest.mark.parametrize("sizes", SHAPES[1:])
@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("transfer", TRANSFERS)
def test_errors_agree_with_the_reference(reference, make_network, sizes, transfer, readout):
    forward, biases, feedback = drawn(sizes)
    life = make_network(forward, feedback, biases=biases, transfer=transfer, readout=readout)
    stimuli = stimuli_of(sizes[0], sizes[-1])
    pair = references(reference, sizes, transfer, readout)
    rule, gradient = (net.deltas(stimuli.rates(), one_hot(stimuli)) for net in pair)
    found = values(error_alignment(life, stimuli, slope=True, samples=True))
    for layer in range(len(sizes) - 2):
        np.testing.assert_allclose(found[layer], angle(rule[layer], gradient[layer]), atol=1e-9)
        sent = [
            deltas[layer + 1] @ matrix.T
            for deltas, matrix in ((rule, feedback[layer + 2]), (gradient, forward[layer + 1].T))
        ]
        raw = values(error_alignment(life, stimuli, samples=True))[layer]
        np.testing.assert_allclose(raw, angle(*sent), atol=1e-9)


@pytest.mark.parametrize("sizes", SHAPES)
@pytest.mark.parametrize("readout", READOUTS)
def test_updates_agree_with_the_reference(reference, make_network, sizes, readout):
    forward, biases, feedback = drawn(sizes)
    life = make_network(forward, feedback, biases=biases, transfer="tanh", readout=readout)
    stimuli = stimuli_of(sizes[0], sizes[-1])
    pair = references(reference, sizes, "tanh", readout)
    rule, gradient = (
        [g.ravel() for g, _ in net.gradients(stimuli.rates(), one_hot(stimuli))] for net in pair
    )
    expected = [angle(a, b) for a, b in zip(rule, gradient, strict=True)]
    together = angle(np.concatenate(rule), np.concatenate(gradient))
    found = update_alignment(life, stimuli)
    np.testing.assert_allclose(values(found), [*expected, together], atol=1e-9)
    if len(sizes) > 2:
        hidden = angle(np.concatenate(rule[:-1]), np.concatenate(gradient[:-1]))
        only = update_alignment(life, stimuli, hidden=True)
        np.testing.assert_allclose(values(only), [*expected[:-1], hidden], atol=1e-9)


@pytest.mark.parametrize("transfer", ["tanh", "sigmoid"])
@pytest.mark.parametrize("readout", READOUTS)
def test_reference_is_the_gradient_of_the_loss(reference, make_network, transfer, readout):
    sizes, step = (5, 4, 3, 3), 1e-6
    forward, biases, feedback = drawn(sizes)
    stimuli = stimuli_of(sizes[0], sizes[-1])

    def loss(matrices):
        make = reference.network.ReferenceNetwork
        network = make(matrices, biases, None, transfer, readout, "backpropagation", None)
        return network.loss(stimuli.rates(), one_hot(stimuli))

    slopes = []
    for layer, matrix in enumerate(forward):
        slopes.append(np.empty_like(matrix))
        for place in np.ndindex(matrix.shape):
            moved = [[m.copy() for m in forward] for _ in range(2)]
            moved[0][layer][place] += step
            moved[1][layer][place] -= step
            slopes[-1][place] = (loss(moved[0]) - loss(moved[1])) / (2 * step)
    life = make_network(forward, feedback, biases=biases, transfer=transfer, readout=readout)
    # The rule's direction comes from the independent network, the gradient from differences.
    rule = references(reference, sizes, transfer, readout)[0]
    given = [g for g, _ in rule.gradients(stimuli.rates(), one_hot(stimuli))]
    expected = [angle(g.ravel(), s.ravel()) for g, s in zip(given, slopes, strict=True)]
    np.testing.assert_allclose(values(update_alignment(life, stimuli))[:-1], expected, atol=1e-4)


@pytest.mark.parametrize("transfer", TRANSFERS)
def test_feedback_that_is_the_transpose_is_backpropagation(make_network, make_rule, transfer):
    forward, biases, _ = drawn((6, 5, 4, 3))
    transposes = {layer: forward[layer - 1].T for layer in (2, 3)}
    stimuli = stimuli_of(6, 3)
    transported = make_rule(signal="forward_w*delta_pre")
    for life in (
        make_network(forward, transposes, biases=biases, transfer=transfer),
        make_network(forward, {}, biases=biases, transfer=transfer, rule=transported),
    ):
        np.testing.assert_allclose(error_alignment(life, stimuli), 0, atol=1e-6)
        np.testing.assert_allclose(error_alignment(life, stimuli, slope=True), 0, atol=1e-6)
        np.testing.assert_allclose(update_alignment(life, stimuli), 0, atol=1e-6)


def test_orthogonal_and_opposite_feedback(make_network):
    # W^T e and B e are orthogonal for every e where W B = 0.
    forward = [np.ones((2, 3)), np.array([[1.0, 0.0]])]
    stimuli = stimuli_of(3, 1)
    life = make_network(forward, {2: np.array([[0.0], [2.0]])})
    np.testing.assert_allclose(error_alignment(life, stimuli), 90)
    np.testing.assert_allclose(values(update_alignment(life, stimuli))[0], 90)
    life = make_network(forward, {2: -forward[1].T})
    np.testing.assert_allclose(error_alignment(life, stimuli), 180)


def test_pseudo_backpropagation_by_hand(make_network, make_rule):
    # W = [[2, 0, 0], [0, 1, 1]] has the Moore-Penrose inverse [[1/2, 0], [0, 1/2], [0, 1/2]].
    forward = [np.zeros((3, 2)), np.array([[2.0, 0.0, 0.0], [0.0, 1.0, 1.0]])]
    inverse = np.array([[0.5, 0.0], [0.0, 0.5], [0.0, 0.5]])
    stimuli = Stimuli.from_arrays(np.ones((2, 2)), [0, 1])
    life = make_network(forward, {2: inverse})
    other = error_alignment(life, stimuli, reference="pseudo-backpropagation")
    np.testing.assert_allclose(other, 0, atol=1e-6)
    # Rates are 0, so that errors are minus the targets: each is an eigenvector, angle 0 with both.
    np.testing.assert_allclose(error_alignment(life, stimuli), 0, atol=1e-6)
    biased = make_network(forward, {2: inverse}, biases=[np.zeros(3), np.array([2.0, 1.0])])
    found = values(error_alignment(biased, stimuli, samples=True))
    errors = np.array([[1.0, 1.0], [2.0, 0.0]])
    np.testing.assert_allclose(found[0], angle(errors @ inverse.T, errors @ forward[1]), atol=1e-9)
    np.testing.assert_allclose(found[0, 0], np.degrees(np.arccos(2 / np.sqrt(4.5))))


def test_rounding_of_stored_weights_is_not_inverted(make_network, make_rule):
    random = np.random.default_rng(4)
    above, below = random.normal(size=4), random.normal(size=6)
    rounded = np.outer(above, below).astype(np.float32)
    exact = np.outer(below, above) / (above @ above) / (below @ below)
    assert np.abs(np.linalg.pinv(rounded.astype(np.float64))).max() > 1e4
    found = pseudo_inverse(rounded.astype(np.float64), np.finfo(np.float32).eps)
    np.testing.assert_allclose(found, exact, atol=1e-6)
    # The rule computes its feedback from the weights, and the reference does: both cut alike.
    forward = [random.normal(size=(6, 3)), rounded]
    stimuli = stimuli_of(3, 4)
    rules = {"stored": make_rule(), "follows": make_rule(feedback_weights="w = pseudo_inverse")}
    for rule in rules.values():
        life = make_network(forward, {2: exact}, rule=rule)
        life["weights"] = life["weights"].to_dataset().astype(np.float32)
        angles = error_alignment(life, stimuli, reference="pseudo-backpropagation", samples=True)
        np.testing.assert_allclose(angles, 0, atol=1e-3)


def test_feedback_that_follows_is_that_of_the_checkpoint(make_network, make_rule):
    forward, _, feedback = drawn((6, 5, 4, 3))
    stimuli = stimuli_of(6, 3)
    rule = make_rule(feedback_weights="w = pseudo_inverse")
    life = make_network(forward, feedback, rule=rule)
    other = error_alignment(life, stimuli, reference="pseudo-backpropagation")
    np.testing.assert_allclose(other, 0, atol=1e-5)
    signs = make_rule(feedback_weights="w = scale*(1 - 2*int(forward_w < 0))", scale=0.5)
    found = error_alignment(make_network(forward, feedback, rule=signs), stimuli)
    by_hand = {layer: np.sign(forward[layer - 1].T) for layer in feedback}
    xr.testing.assert_allclose(found, error_alignment(make_network(forward, by_hand), stimuli))


@pytest.mark.parametrize(
    "statements", ["w = abs(deviate)*spread", "w *= 2", "w = forward_w\nw = 2*w"]
)
def test_feedback_that_cannot_be_told_is_that_stored(make_network, make_rule, statements):
    forward, _, feedback = drawn((6, 5, 4, 3))
    stimuli = stimuli_of(6, 3)
    life = make_network(forward, feedback, rule=make_rule(feedback_weights=statements))
    expected = error_alignment(make_network(forward, feedback), stimuli)
    xr.testing.assert_equal(error_alignment(life, stimuli), expected)


def test_absent_feedback_synapses_stay_absent(make_network, make_rule):
    forward, _, feedback = drawn((6, 5, 3))
    feedback[2][1:] = 0.0
    rule = make_rule(feedback_weights="w = sign(forward_w)")
    found = error_alignment(make_network(forward, feedback, rule=rule), stimuli_of(6, 3))
    by_hand = np.where(feedback[2] != 0, np.sign(forward[1].T), 0.0)
    expected = error_alignment(make_network(forward, {2: by_hand}), stimuli_of(6, 3))
    xr.testing.assert_allclose(found, expected)


def test_direct_feedback_in_two_layers_is_feedback_alignment(make_network, make_rule):
    forward, biases, feedback = drawn((6, 5, 3))
    stimuli = stimuli_of(6, 3)
    layers, direct = (
        make_network(forward, feedback, biases=biases, transfer="relu", rule=make_rule(path=path))
        for path in ("layered", "direct")
    )
    for measure in BOTH:
        xr.testing.assert_equal(measure(layers, stimuli), measure(direct, stimuli))


def test_direct_feedback_and_direct_targets(make_network, make_rule):
    sizes = (6, 5, 4, 3)
    forward, _, feedback = drawn(sizes, direct=True)
    stimuli = stimuli_of(6, 3)
    rates = stimuli.rates() @ forward[0].T @ forward[1].T @ forward[2].T
    errors = rates - one_hot(stimuli)
    wanted = {2: errors @ forward[2] @ forward[1], 3: errors @ forward[2]}
    for signal, source in (
        ("w*delta_pre", errors),
        ("w*target_pre*share_pre", one_hot(stimuli)),
    ):
        rule = make_rule(path="direct", signal=signal)
        found = values(
            error_alignment(make_network(forward, feedback, rule=rule), stimuli, samples=True)
        )
        for layer in (2, 3):
            expected = angle(source @ feedback[layer].T, wanted[layer])
            np.testing.assert_allclose(found[layer - 2], expected, atol=1e-9)


@pytest.mark.filterwarnings("error")
def test_neurons_that_are_not_taught_have_no_angle(make_network, make_rule):
    forward, _, _ = drawn((6, 5, 3))
    rule = make_rule(path="none", signal="", delta="")
    life, stimuli = make_network(forward, {}, rule=rule), stimuli_of(6, 3)
    assert error_alignment(life, stimuli).isnull().all()
    assert error_alignment(life, stimuli, slope=True).isnull().all()
    first, last, together = values(update_alignment(life, stimuli))
    assert np.isnan(first) and last == 0 and 0 < together < 90
    # The gradient's share onto the outputs is all that is followed.
    rates = stimuli.rates() @ forward[0].T
    errors = rates @ forward[1].T - one_hot(stimuli)
    onto = [(errors @ forward[1]).T @ stimuli.rates(), errors.T @ rates]
    share = np.linalg.norm(onto[1]) / np.hypot(*map(np.linalg.norm, onto))
    np.testing.assert_allclose(together, np.degrees(np.arccos(share)))


def test_rules_with_equations_of_their_own(make_network, make_rule):
    forward, _, feedback = drawn((6, 5, 3))
    stimuli = stimuli_of(6, 3)
    rates = stimuli.rates() @ forward[0].T
    errors = (rates @ forward[1].T - one_hot(stimuli)) / len(stimuli)
    rule = make_rule(
        signal="gain*sign(w)*delta_pre*int(r_post > 0)",
        delta="tanh(feedback)",
        output_delta="sign(r - target)*share",
        gradient="r_pre*delta_post - leak*w*share_post",
        gain=2,
        leak=0.1,
    )
    life = make_network(forward, feedback, rule=rule)
    sent = 2 * np.sign(errors) / len(stimuli) @ np.sign(feedback[2]).T * (rates > 0)
    found = values(error_alignment(life, stimuli, samples=True))
    np.testing.assert_allclose(found[0], angle(sent, errors @ forward[1]), atol=1e-9)
    direction = np.tanh(sent).T @ stimuli.rates() - 0.1 * forward[0]
    gradient = (errors @ forward[1]).T @ stimuli.rates()
    expected = angle(direction.ravel(), gradient.ravel())
    np.testing.assert_allclose(values(update_alignment(life, stimuli))[0], expected, atol=1e-9)


def test_errors_carry_the_share_of_a_sample(make_network, make_rule):
    forward, _, feedback = drawn((6, 5, 3))
    stimuli = stimuli_of(6, 3)
    life = make_network(forward, feedback, rule=make_rule(delta="tanh(feedback)"))
    errors = (stimuli.rates() @ forward[0].T @ forward[1].T - one_hot(stimuli)) / len(stimuli)
    found = values(error_alignment(life, stimuli, slope=True, samples=True))
    expected = angle(np.tanh(errors @ feedback[2].T), errors @ forward[1])
    np.testing.assert_allclose(found[0], expected, atol=1e-9)


@pytest.mark.parametrize(("path", "name"), [("direct", "forward_w"), ("layered", "target_pre")])
def test_synapses_read_only_what_is_beside_them(make_network, make_rule, path, name):
    # Only outputs have targets, and no forward synapse lies beside one from outputs to depth.
    forward, _, feedback = drawn((6, 5, 4, 3), direct=path == "direct")
    life = make_network(forward, feedback, rule=make_rule(path=path, signal=f"{name}*share_pre"))
    with pytest.raises(ValueError, match=rf"signal of Tested: expected names .*, got '{name}'"):
        error_alignment(life, stimuli_of(6, 3))


def test_real_targets_are_taken_where_stimuli_have_them(make_network):
    forward, _, feedback = drawn((6, 5, 3))
    stimuli = stimuli_of(6, 3)
    plain = error_alignment(make_network(forward, feedback), stimuli)
    targets = stimuli.rates() @ forward[0].T @ forward[1].T
    # No error is left where targets are what the network does.
    object.__setattr__(stimuli, "targets", xr.DataArray(targets, dims=("sample", "output")))
    taught = error_alignment(make_network(forward, feedback), stimuli)
    assert plain.notnull().all() and taught.isnull().all()


def test_dims_coordinates_and_units(make_network):
    forward, _, feedback = drawn((6, 5, 4, 3))
    life, stimuli = make_network(forward, feedback), stimuli_of(6, 3)
    angles = error_alignment(life, stimuli)
    assert angles.dims == ("checkpoint", "population")
    assert angles["population"].values.tolist() == ["hidden_1", "hidden_2"]
    every = error_alignment(life, stimuli, samples=True)
    assert every.dims == ("checkpoint", "population", "sample")
    xr.testing.assert_allclose(every.mean("sample"), angles)
    updates = update_alignment(life, stimuli)
    assert updates.dims == ("checkpoint", "synapses")
    assert updates["synapses"].values.tolist() == ["forward_1", "forward_2", "forward_3", "all"]
    hidden = update_alignment(life, stimuli, hidden=True)
    assert hidden["synapses"].values.tolist() == ["forward_1", "forward_2", "all"]
    for measured, name in ((angles, "error_alignment"), (updates, "update_alignment")):
        assert measured.name == name
        assert measured.attrs["units"] == "degree"
        for coordinate in (*measured.coords.values(), measured):
            assert {"units", "long_name"} <= set(coordinate.attrs)


@pytest.fixture(scope="module")
def lives():
    """Simulated lives of two rules and three networks, of unequal length."""
    stimuli = stimuli_of(7, 3, samples=40)
    found = {}
    for label, rule in (("fa", FeedbackAlignment()), ("bp", Backpropagation())):
        for seed in range(2):
            network = layered([7, 6, 5, 3], rule=rule, transfer="tanh", optimiser=Adam(rate=0.01))
            schedule = Schedule(Learning(stimuli, epochs=2 + seed))
            record = Record(checkpoints=3 + seed)
            found[label, seed] = simulate(network, schedule, trials=8, seed=seed, record=record)
    conditions = {
        label: join_trajectories({seed: found[label, seed] for seed in range(2)}, "network")
        for label in ("fa", "bp")
    }
    joined = join_trajectories(conditions, "condition")
    return SimpleNamespace(alone=found, joined=joined, stimuli=stimuli)


@pytest.mark.parametrize("measure", BOTH)
def test_joined_lives_are_measured_by_their_own_rules(lives, measure):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = measure(lives.joined, lives.stimuli)
    assert found.dims[:3] == ("condition", "network", "checkpoint")
    for (label, seed), life in lives.alone.items():
        alone = measure(life, lives.stimuli)
        part = found.sel(condition=label, network=seed)
        count = life["weights"].sizes["checkpoint"]
        np.testing.assert_array_equal(part[:count], alone)
        assert part[count:].isnull().all()
        selected = measure(lives.joined.sel(condition=label), lives.stimuli)
        np.testing.assert_array_equal(selected.sel(network=seed), part)
    assert (found.sel(condition="bp").fillna(0) < 1e-4).all()
    assert (found.sel(condition="fa").isel({"checkpoint": 0, found.dims[-1]: 0}) > 1).all()


@pytest.mark.parametrize("measure", BOTH)
def test_lives_of_perturbations_have_no_angle_among_others(measure):
    stimuli, lives = stimuli_of(7, 3, samples=16), {}
    for label, rule in (("np", NodePerturbation()), ("fa", FeedbackAlignment())):
        network = layered([7, 6, 3], rule=rule, transfer="tanh")
        lives[label] = simulate(network, Schedule(Learning(stimuli, epochs=1)), trials=8)
    joined = join_trajectories(lives, "condition")
    found = measure(joined, stimuli)
    assert found.sel(condition="np").isnull().all()
    np.testing.assert_array_equal(found.sel(condition="fa"), measure(lives["fa"], stimuli))
    refused = r"life: expected a rule whose teaching .* got NodePerturbation with the path 'pert"
    for alone in (lives["np"], joined.sel(condition="np"), joined.isel(condition=[0])):
        with pytest.raises(ValueError, match=refused):
            measure(alone, stimuli)


@pytest.mark.parametrize("measure", BOTH)
def test_the_life_is_never_written_to(lives, measure):
    before = lives.joined.copy(deep=True)
    measure(lives.joined, lives.stimuli)
    xr.testing.assert_identical(lives.joined, before)


def test_lives_take_the_steps_that_are_compared(lives):
    stimuli = lives.stimuli.sample(8, seed=1)
    born, steps = None, []
    for rule in (FeedbackAlignment(), Backpropagation()):
        # Large steps, since weights are stored in single precision.
        network = layered([7, 6, 5, 3], transfer="tanh", optimiser=SGD(rate=1.0), rule=rule)
        life = simulate(network, Schedule(Learning(stimuli, epochs=1)), trials=8, seed=0)
        born = life if born is None else born
        weights = life["weights"].to_dataset()
        steps.append(weights.isel(checkpoint=-1) - weights.isel(checkpoint=0))
    found = update_alignment(born, stimuli).isel(checkpoint=0)
    for name in ("forward_1", "forward_2"):
        taken = angle(*(step[name].values.ravel() for step in steps))
        assert taken > 10
        np.testing.assert_allclose(found.sel(synapses=name), taken, atol=1e-3)


def test_dropped_labels_leave_a_choice(lives):
    dropped = lives.joined.isel(condition=0, drop=True)
    with pytest.raises(ValueError, match=r"life: expected one network for each life, got 2 for"):
        error_alignment(dropped, lives.stimuli)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            {"path": "perturbation", "signal": ""},
            r"expected a rule whose teaching signal .* got Tested with the path 'perturbation'",
        ),
        ({"signal": "w*delta"}, r"signal of Tested: expected names among .*, got 'delta'"),
        ({"signal": "w[0]"}, r"signal of Tested: expected numbers, names"),
        ({"delta": "noise"}, r"delta of Tested: expected names among .*, got 'noise'"),
        ({"output_delta": "loss"}, r"output_delta of Tested: expected names .*, got 'loss'"),
        (
            {"feedback_weights": "w = __import__('os')"},
            r"feedback_weights of Tested: expected functions among",
        ),
        ({"feedback_weights": "w = )"}, r"feedback_weights of Tested: expected an expression"),
    ],
)
@pytest.mark.parametrize("measure", BOTH)
def test_rules_that_are_not_understood(make_network, make_rule, measure, texts, message):
    forward, _, feedback = drawn((6, 5, 3))
    life = make_network(forward, feedback, rule=make_rule(**texts))
    with pytest.raises(ValueError, match=rf"{measure.__name__}.life: {message}"):
        measure(life, stimuli_of(6, 3))


def test_gradient_that_is_not_understood(make_network, make_rule):
    forward, _, feedback = drawn((6, 5, 3))
    life = make_network(forward, feedback, rule=make_rule(gradient="r_pre*error"))
    with pytest.raises(ValueError, match=r"gradient of Tested: expected names among .* 'error'"):
        update_alignment(life, stimuli_of(6, 3))


def test_feedback_weights_that_are_missing(make_network):
    forward, _, _ = drawn((6, 5, 3))
    with pytest.raises(ValueError, match=r"signal of Tested: expected names among .*, got 'w'"):
        error_alignment(make_network(forward, {}), stimuli_of(6, 3))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rule": None}, r"expected the equations of the rule in the description .*, got None"),
        ({"readout": "max"}, r"expected a readout among softmax, linear, sigmoid .*, got 'max'"),
        ({"populations": []}, r"expected a transfer function of hidden_1 among .*, got None"),
    ],
)
@pytest.mark.parametrize("measure", BOTH)
def test_descriptions_that_are_not_understood(make_network, measure, change, message):
    forward, _, feedback = drawn((6, 5, 3))
    life = make_network(forward, feedback)
    life.attrs["network"] = json.dumps({**json.loads(life.attrs["network"]), **change})
    with pytest.raises(ValueError, match=rf"{measure.__name__}.life: {message}"):
        measure(life, stimuli_of(6, 3))


@pytest.mark.parametrize("measure", BOTH)
def test_wrong_arguments(make_network, measure):
    forward, _, feedback = drawn((6, 5, 3))
    life, stimuli, name = make_network(forward, feedback), stimuli_of(6, 3), measure.__name__
    with pytest.raises(TypeError, match=rf"{name}.stimuli: expected Stimuli, got ndarray"):
        measure(life, stimuli.rates())
    with pytest.raises(ValueError, match=rf"{name}.stimuli: expected rates of 6 inputs, got 5"):
        measure(life, stimuli_of(5, 3))
    with pytest.raises(ValueError, match=rf"{name}.stimuli: expected targets of 3 outputs, got 4"):
        measure(life, stimuli_of(6, 4))
    with pytest.raises(TypeError, match=rf"{name}.life: expected an xarray.DataTree, got Dataset"):
        measure(life["weights"].to_dataset(), stimuli)
    life.attrs.clear()
    with pytest.raises(ValueError, match=rf"{name}.life: expected an attribute 'network'"):
        measure(life, stimuli)


def test_wrong_choices(make_network):
    forward, _, feedback = drawn((6, 5, 3))
    stimuli = stimuli_of(6, 3)
    with pytest.raises(ValueError, match=r"error_alignment.reference: expected one of backprop"):
        error_alignment(make_network(forward, feedback), stimuli, reference="adjoint")
    shallow = make_network(*drawn((6, 3))[::2])
    with pytest.raises(ValueError, match=r"error_alignment.life: expected a hidden population"):
        error_alignment(shallow, stimuli)
    with pytest.raises(ValueError, match=r"update_alignment.hidden: expected a hidden population"):
        update_alignment(shallow, stimuli, hidden=True)
    assert values(update_alignment(shallow, stimuli)).tolist() == [0, 0]
