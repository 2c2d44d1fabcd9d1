import ast
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from ontogeny.models import READOUTS, TRANSFERS, Network, Population, layered
from ontogeny.plasticity import (
    SGD,
    Adam,
    Backpropagation,
    FeedbackAlignment,
    FeedbackSynapses,
    ForwardSynapses,
    Gaussian,
    He,
    Optimiser,
    Orthogonal,
    Rule,
)

DEPTHS = [[5, 3], [5, 4, 3], [6, 5, 4, 3], [7, 6, 5, 4, 3]]


def with_seed(network, name, seed):
    """Return the network with an own seed for the synapses called forward_1, feedback_2, ..."""
    direction, layer = name.split("_")
    first = {"forward": 1, "feedback": 2}[direction]
    synapses = list(getattr(network, direction))
    synapses[int(layer) - first] = replace(synapses[int(layer) - first], seed=seed)
    return replace(network, **{direction: tuple(synapses)})


def assert_same(one, other):
    assert list(one) == list(other)
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.parametrize("sizes", DEPTHS, ids=str)
def test_layered_is_a_chain(sizes):
    network = layered(sizes)
    names = ["inputs", *(f"hidden_{k}" for k in range(1, len(sizes) - 1)), "outputs"]
    assert [population.name for population in network.populations] == names
    assert network.sizes == sizes
    assert [(s.source, s.target) for s in network.forward] == list(zip(names, names[1:]))  # noqa: B905
    upwards = [(s.target, s.source) for s in network.feedback]
    assert upwards == list(zip(names[1:], names[2:]))  # noqa: B905


@pytest.mark.parametrize("sizes", DEPTHS, ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_initial_weights_have_names_and_shapes(sizes, bias):
    layers = range(1, len(sizes))
    shapes = {f"forward_{k}": (sizes[k], sizes[k - 1]) for k in layers}
    shapes |= {f"bias_{k}": (sizes[k],) for k in layers if bias}
    shapes |= {f"feedback_{k}": (sizes[k - 1], sizes[k]) for k in layers if k > 1}
    weights = layered(sizes, bias=bias).initial_weights(0)
    assert {name: values.shape for name, values in weights.items()} == shapes
    assert all(not values.any() for name, values in weights.items() if name.startswith("bias"))
    assert all(values.all() for name, values in weights.items() if not name.startswith("bias"))


def test_defaults():
    network = layered([5, 4, 3])
    assert network.rule == FeedbackAlignment()
    assert network.optimiser == Adam(rate=1e-4)
    assert network.readout == "softmax"
    assert {population.transfer for population in network.populations} == {"relu"}
    assert all(synapses.bias and synapses.weights == He() for synapses in network.forward)
    assert all(synapses.weights == He() for synapses in network.feedback)


def test_options_reach_the_parts():
    network = layered(
        (5, 4, 3),
        rule=Backpropagation(),
        optimiser=SGD(rate=0.5),
        transfer="tanh",
        readout="linear",
        weights=Orthogonal(),
        feedback_weights=Gaussian(std=0.5),
        bias=False,
    )
    assert (network.rule, network.optimiser) == (Backpropagation(), SGD(rate=0.5))
    assert (network.readout, network.populations[1].transfer) == ("linear", "tanh")
    assert {(s.weights, s.bias) for s in network.forward} == {(Orthogonal(), False)}
    assert {s.weights for s in network.feedback} == {Gaussian(std=0.5)}


@pytest.mark.parametrize(
    "options",
    [
        {"rule": Backpropagation()},
        {"optimiser": SGD(rate=0.5, momentum=0.9)},
        {"transfer": "tanh"},
        {"readout": "sigmoid"},
    ],
    ids=str,
)
def test_lives_of_one_seed_are_paired_across(options):
    sizes = [6, 5, 4, 3]
    assert_same(layered(sizes).initial_weights(3), layered(sizes, **options).initial_weights(3))


def test_forward_weights_do_not_depend_on_bias_or_feedback():
    reference = layered([6, 5, 4]).initial_weights(3)
    for options in ({"bias": False}, {"feedback_weights": Gaussian()}):
        weights = layered([6, 5, 4], **options).initial_weights(3)
        for name in ("forward_1", "forward_2"):
            np.testing.assert_array_equal(weights[name], reference[name])


def test_a_layer_does_not_depend_on_those_above():
    shallow, deep = (layered(sizes).initial_weights(3) for sizes in ([6, 5, 4], [6, 5, 4, 3]))
    assert_same(shallow, {name: deep[name] for name in shallow})


def test_seeds_decide():
    network = layered([6, 5, 4])
    one, again, other = (network.initial_weights(seed) for seed in (1, 1, 2))
    assert_same(one, again)
    for name in ("forward_1", "forward_2", "feedback_2"):
        assert not np.array_equal(one[name], other[name])


def test_seed_may_be_an_integer_of_numpy():
    network = layered([6, 5, 4])
    assert_same(network.initial_weights(np.int64(4)), network.initial_weights(4))


@pytest.mark.parametrize(
    "name", ["forward_1", "forward_2", "forward_3", "feedback_2", "feedback_3"]
)
def test_own_seed_overrides_the_seed_of_the_life(name):
    network = layered([6, 5, 4, 3])
    own = with_seed(network, name, 7)
    np.testing.assert_array_equal(own.initial_weights(0)[name], network.initial_weights(7)[name])
    np.testing.assert_array_equal(own.initial_weights(0)[name], own.initial_weights(1)[name])
    others = network.initial_weights(0)
    del others[name]
    assert_same(others, {key: own.initial_weights(0)[key] for key in others})


@pytest.mark.parametrize("seed", [0, 1, 12345])
@pytest.mark.parametrize("layer", [2, 3])
def test_forward_and_feedback_weights_are_independent(seed, layer):
    weights = layered([60, 50, 50, 50]).initial_weights(seed)
    forward, feedback = weights[f"forward_{layer}"], weights[f"feedback_{layer}"]
    bound = 5 / np.sqrt(forward.size)
    for mirrored in (feedback, feedback.T):
        assert abs(np.corrcoef(forward.ravel(), mirrored.ravel())[0, 1]) < bound


def test_own_seeds_that_are_equal_leave_forward_and_feedback_independent():
    network = with_seed(with_seed(layered([60, 50, 50]), "forward_2", 7), "feedback_2", 7)
    weights = network.initial_weights(0)
    forward, feedback = weights["forward_2"], weights["feedback_2"]
    for mirrored in (feedback, feedback.T):
        assert abs(np.corrcoef(forward.ravel(), mirrored.ravel())[0, 1]) < 5 / 50


def test_feedback_shares_the_scale_of_the_forward_weights_beside_it():
    weights = layered([784, 400, 50]).initial_weights(0)
    expected = np.sqrt(2 / 400)
    error = 5 / np.sqrt(2 * 400 * 50)
    assert weights["forward_2"].std() == pytest.approx(expected, rel=error)
    assert weights["feedback_2"].std() == pytest.approx(expected, rel=error)
    assert weights["forward_1"].std() == pytest.approx(np.sqrt(2 / 784), rel=error)


@pytest.mark.parametrize("integer", [np.int64, np.int32, np.uint8])
def test_sizes_may_be_integers_of_numpy(integer):
    network = layered([integer(size) for size in (200, 150, 100)])
    assert network.sizes == [200, 150, 100]
    assert all(type(size) is int for size in network.sizes)
    assert_same(network.initial_weights(0), layered([200, 150, 100]).initial_weights(0))
    assert "hidden_1 (150)" in network.equations()


@pytest.mark.parametrize("size", [0, -1, 4.0, 4.5, True, "4", None, np.nan])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_size_must_be_a_positive_integer(size, place):
    sizes = [5, 4, 3]
    sizes[place] = size
    name = ("inputs", "hidden_1", "outputs")[place]
    with pytest.raises(
        ValueError, match=rf"^Population\.size: expected a positive integer for '{name}', got "
    ):
        layered(sizes)


@pytest.mark.parametrize("sizes", [[], [5], "54", 5, None, {5, 4}], ids=str)
def test_sizes_must_be_inputs_and_outputs_at_least(sizes):
    with pytest.raises(
        ValueError,
        match=r"^layered\.sizes: expected at least inputs and outputs, such as \[784, 100, 10\]",
    ):
        layered(sizes)


@pytest.mark.parametrize("name", ["", "Hidden", "hidden 1", "1st", None, 3])
def test_a_population_has_a_name_of_the_trajectory(name):
    with pytest.raises(ValueError, match=r"^Population\.name: expected inputs, hidden_1, "):
        Population(name=name, size=3)


@pytest.mark.parametrize("transfer", ["ReLU", "", None])
def test_transfer_must_be_known(transfer):
    with pytest.raises(
        ValueError,
        match=r"^Population\.transfer: expected one of linear, relu, tanh, sigmoid, got ",
    ):
        layered([5, 4, 3], transfer=transfer)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        (
            {"readout": "argmax"},
            ValueError,
            r"^Network\.readout: expected one of softmax, linear, sigmoid, got 'argmax'$",
        ),
        (
            {"rule": "FeedbackAlignment"},
            TypeError,
            r"^Network\.rule: expected a rule such as FeedbackAlignment\(\), got 'Feedback",
        ),
        ({"rule": FeedbackAlignment}, TypeError, r"^Network\.rule: expected a rule such as"),
        (
            {"optimiser": 0.1},
            TypeError,
            r"^Network\.optimiser: expected an optimiser such as Adam\(\), got 0\.1$",
        ),
        ({"optimiser": Adam}, TypeError, r"^Network\.optimiser: expected an optimiser such as"),
        ({"weights": 0.1}, TypeError, r"^ForwardSynapses\.weights: expected He\(\)"),
        ({"feedback_weights": 0.1}, TypeError, r"^FeedbackSynapses\.weights: expected He\(\)"),
    ],
    ids=str,
)
def test_parts_of_another_kind_are_refused(options, error, match):
    with pytest.raises(error, match=match):
        layered([5, 4, 3], **options)


@pytest.mark.parametrize(("name", "base"), [("rule", Rule), ("optimiser", Optimiser)])
def test_bases_without_equations_are_refused(name, base):
    with pytest.raises(TypeError, match="expected|abstract"):
        layered([5, 4, 3], **{name: base()})


def test_populations_must_be_two_at_least():
    network = layered([5, 3])
    with pytest.raises(
        ValueError, match=r"^Network\.populations: expected at least inputs and outputs, named "
    ):
        replace(network, populations=network.populations[:1], forward=())


def test_populations_must_have_different_names():
    network = layered([5, 4, 3])
    twice = (*network.populations[:2], replace(network.populations[2], name="hidden_1"))
    with pytest.raises(
        ValueError, match=r"^Network\.populations: expected at least inputs and outputs, named "
    ):
        replace(network, populations=twice)


def mangled(change):
    """Change the lists of forward and feedback synapses of a network of four populations."""
    network = layered([6, 5, 4, 3])
    parts = {"forward": list(network.forward), "feedback": list(network.feedback)}
    change(parts)
    return replace(network, **{name: tuple(part) for name, part in parts.items()})


@pytest.mark.parametrize("direction", ["forward", "feedback"])
@pytest.mark.parametrize(
    "change",
    [
        lambda part: part.pop(),
        lambda part: part.pop(0),
        lambda part: part.reverse(),
        lambda part: part.append(part[-1]),
        lambda part: part.clear(),
        lambda part: part.append(replace(part.pop(), source="elsewhere")),
        lambda part: part.append(
            replace(part[-1], source=part[-1].target, target=part.pop().source)
        ),
    ],
    ids=["one less", "first lost", "disordered", "one more", "none", "stray end", "backwards"],
)
def test_wrong_chains_are_refused(direction, change):
    with pytest.raises(
        ValueError, match=rf"^Network\.{direction}: expected synapses that join \[.*\], got \["
    ):
        mangled(lambda parts: change(parts[direction]))


def test_feedback_into_the_inputs_is_refused():
    extra = FeedbackSynapses(source="hidden_1", target="inputs")
    with pytest.raises(ValueError, match=r"^Network\.feedback: expected synapses that join"):
        mangled(lambda parts: parts["feedback"].insert(0, extra))


@pytest.mark.parametrize("direction", ["forward", "feedback"])
def test_synapses_of_the_other_kind_are_refused(direction):
    # Forward synapses in the place of feedback would draw B from the generator of W.
    kind = {"forward": FeedbackSynapses, "feedback": ForwardSynapses}[direction]

    def change(parts):
        old = parts[direction].pop()
        parts[direction].append(kind(source=old.source, target=old.target))

    with pytest.raises((TypeError, ValueError), match=rf"^Network\.{direction}: expected "):
        mangled(change)


@pytest.mark.parametrize("transfer", TRANSFERS)
@pytest.mark.parametrize("readout", READOUTS)
def test_equations_hold_every_part(transfer, readout):
    network = layered([5, 4, 4, 3], transfer=transfer, readout=readout, optimiser=SGD(rate=0.5))
    text = network.equations()
    for part in (
        "drive = current + bias",
        TRANSFERS[transfer].equations(),
        READOUTS[readout].equations(),
        network.rule.equations(),
        network.optimiser.equations(),
    ):
        assert part in text
    assert [block.splitlines()[0] for block in text.split("\n\n")] == [
        "hidden_1 (4)",
        "hidden_2 (4)",
        "outputs (3)",
        "rule",
        "optimiser",
    ]


@pytest.mark.parametrize("name", TRANSFERS)
def test_slope_is_the_derivative_of_the_rate(name):
    def evaluate(drive):
        space = {"drive": drive, "tanh": np.tanh, "int": lambda x: x.astype(float)}
        exec(TRANSFERS[name].equations(), space)
        return space["r"], space["slope"] * np.ones_like(drive)

    drive = np.linspace(-3, 3, 60)  # 0 is not among them, where relu has a corner
    step = 1e-6
    numeric = (evaluate(drive + step)[0] - evaluate(drive - step)[0]) / (2 * step)
    np.testing.assert_allclose(evaluate(drive)[1], numeric, atol=1e-8)


@pytest.mark.parametrize("name", READOUTS)
def test_error_is_the_derivative_of_the_loss(name):
    readout = READOUTS[name]
    target = np.eye(4)[[2]]

    def evaluate(drive):
        peak = drive.max(axis=1, keepdims=True)
        total = np.exp(drive - peak).sum(axis=1, keepdims=True)
        space = {"exp": np.exp, "tanh": np.tanh, "log": np.log, "total": total}
        for side in ("pre", "post"):
            space |= {f"drive_{side}": drive, f"target_{side}": target}
            space |= {f"peak_{side}": peak, f"total_{side}": total}
        rate = eval(readout.rate, space)
        space |= {"r_pre": rate, "r_post": rate}
        space["mismatch"] = eval(readout.mismatch, space).sum(axis=1, keepdims=True)
        return eval(readout.loss, space).item(), eval(readout.error, space)

    drive = np.random.default_rng(0).standard_normal((1, 4))
    step = 1e-6 * np.eye(4)
    numeric = [
        (evaluate(drive + step[[k]])[0] - evaluate(drive - step[[k]])[0]) / 2e-6 for k in range(4)
    ]
    np.testing.assert_allclose(evaluate(drive)[1][0], numeric, atol=1e-8)


@pytest.mark.parametrize("name", [*TRANSFERS, *READOUTS])
def test_equations_have_no_hidden_numbers(name):
    known = TRANSFERS.get(name) or READOUTS[name]
    parts = ("rate", "slope") if name in TRANSFERS else ("rate", "mismatch", "loss", "error")
    for part in parts:
        code = ast.parse(getattr(known, part))
        numbers = {node.value for node in ast.walk(code) if isinstance(node, ast.Constant)}
        assert numbers <= {0, 1, 2}


def test_are_values():
    network = layered([5, 4, 3])
    assert network == layered([5, 4, 3]) != layered([5, 4, 2])
    assert hash(network) == hash(layered([5, 4, 3]))
    with pytest.raises(FrozenInstanceError):
        network.readout = "linear"
    with pytest.raises(TypeError):
        Network(network.populations)
