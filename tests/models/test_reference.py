"""The package against plain NumPy: same numbers in, same weights, moments and biases out."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.engine import DEVICES
from ontogeny.models import Learning, Record, Schedule, Spontaneous, Test, layered, simulate
from ontogeny.plasticity import SGD, Adam, Backpropagation, FeedbackAlignment

SIZES = [23, 13, 11, 7]
LAYERS = len(SIZES) - 1
TRIALS = 17
EPOCH = 9 * TRIALS + 5  # ten steps, the last of 5 trials
RULES = {"feedback_alignment": FeedbackAlignment(), "backpropagation": Backpropagation()}


def device_parameters(*names):
    """Mark devices that cannot work here as skipped, with the reason."""
    problems = {name: DEVICES[name].problem() for name in names}
    return [
        pytest.param(
            name, marks=pytest.mark.skipif(bool(problems[name]), reason=problems[name] or "works")
        )
        for name in names
    ]


def make_stimuli(count, seed=5):
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 256, (count, 1, SIZES[0]), dtype=np.uint8)
    return Stimuli(
        images=xr.DataArray(images, dims=("sample", "row", "column")),
        labels=xr.DataArray(generator.integers(0, SIZES[-1], count), dims="sample"),
        classes=SIZES[-1],
        name="random",
        scale=1 / 255,
    )


def live(network, schedule, device, trials):
    return simulate(
        network,
        schedule,
        device=device,
        trials=trials,
        seed=3,
        dtype="float64",
        record=Record(activity=True),
        progress=False,
    )


def oracle_of(reference, network, optimiser, rule, transfer, readout):
    """Make a reference network with the same weights at birth."""
    weights = network.initial_weights(3)
    return reference.network.ReferenceNetwork(
        [weights[f"forward_{k}"] for k in range(1, LAYERS + 1)],
        [weights[f"bias_{k}"] for k in range(1, LAYERS + 1)],
        [None] + [weights[f"feedback_{k}"] for k in range(2, LAYERS + 1)],
        transfer,
        readout,
        rule,
        optimiser,
    )


def step_ends(phases, trials):
    """Return where steps end: after `trials` presentations, or where the phase or epoch ends."""
    noise = int((phases == 0).sum())
    ends = [*range(trials, noise, trials), *([noise] if noise else [])]
    for begin in range(noise, len(phases), EPOCH):
        ends += [*range(begin + trials, begin + EPOCH, trials), begin + EPOCH]
    return ends


def replay(oracle, life, trials):
    """Feed the recorded activity to the oracle; return the loss of every presentation's step."""
    activity = life["activity"]
    rates = activity["input_rate"].values.astype(float)
    targets = activity["target"].values.astype(float)
    phases = activity["phase_index"].values
    losses = np.full(len(rates), np.nan)
    start = 0
    for stop in step_ends(phases, trials):
        if start and phases[start] != phases[start - 1]:
            oracle.optimiser.reset()
        losses[start:stop] = oracle.step(rates[start:stop], targets[start:stop])
        start = stop
    assert start == len(rates)
    return losses


def assert_same_weights(life, oracle, tolerance=1e-10):
    weights = life["weights"].isel(checkpoint=-1)
    for k in range(1, LAYERS + 1):
        pairs = [(f"forward_{k}", oracle.weights[k - 1]), (f"bias_{k}", oracle.biases[k - 1])]
        for name, expected in pairs:
            np.testing.assert_allclose(weights[name], expected, rtol=0, atol=tolerance)
        if k > 1:
            np.testing.assert_array_equal(weights[f"feedback_{k}"], oracle.feedback[k - 1])


def assert_same_moments(state, names, of_weights, of_biases, tolerance=1e-10):
    for name, weights, biases in zip(names, of_weights, of_biases, strict=True):
        for k in range(1, LAYERS + 1):
            found = state[f"forward_{k}.{name}"].reshape(SIZES[k - 1], SIZES[k]).T
            np.testing.assert_allclose(found, weights[k - 1], rtol=0, atol=tolerance)
            np.testing.assert_allclose(
                state[f"bias_{k}.{name}"], biases[k - 1], rtol=0, atol=tolerance
            )


def assert_same_losses(life, losses):
    progress = life["progress"]
    ends = progress["presentation"].values
    means = [losses[a:b].mean() for a, b in zip(ends[:-1], ends[1:], strict=True)]
    np.testing.assert_allclose(progress["loss"].values[1:], means, rtol=1e-10)


@pytest.mark.parametrize("device", device_parameters("numpy", "cpp"))
@pytest.mark.parametrize("rule", RULES)
def test_200_noise_and_200_data_steps(reference, states, device, rule):
    network = layered(SIZES, rule=RULES[rule], optimiser=Adam(rate=1e-3), transfer="tanh")
    schedule = Schedule(
        Spontaneous(gaussian_noise(), presentations=200 * TRIALS),
        Learning(make_stimuli(EPOCH), epochs=20),
    )
    life = live(network, schedule, device, TRIALS)
    adam = reference.network.ReferenceAdam(rate=1e-3)
    oracle = oracle_of(reference, network, adam, rule, "tanh", "softmax")
    losses = replay(oracle, life, TRIALS)
    assert adam.count == 200  # of 400 steps: learning starts with fresh moments
    assert states[-1]["settings.count"][0] == 200
    assert_same_weights(life, oracle)
    assert_same_moments(
        states[-1],
        ("m", "v"),
        (adam.weight_means, adam.weight_squares),
        (adam.bias_means, adam.bias_squares),
    )
    assert_same_losses(life, losses)


@pytest.mark.parametrize("rule", RULES)
def test_stock_synapses_with_one_trial(reference, states, rule):
    network = layered(SIZES, rule=RULES[rule], optimiser=Adam(rate=1e-3), transfer="tanh")
    schedule = Schedule(
        Spontaneous(gaussian_noise(), presentations=200),
        Learning(make_stimuli(EPOCH).sample(100), epochs=2),
    )
    lives = {device: live(network, schedule, device, 1) for device in ("synapses", "numpy")}
    adam = reference.network.ReferenceAdam(rate=1e-3)
    oracle = oracle_of(reference, network, adam, rule, "tanh", "softmax")
    replay_one_by_one(oracle, lives["synapses"])
    for life in lives.values():
        assert_same_weights(life, oracle)
    assert_same_moments(
        states[-1],
        ("m", "v"),
        (adam.weight_means, adam.weight_squares),
        (adam.bias_means, adam.bias_squares),
    )


def replay_one_by_one(oracle, life):
    activity = life["activity"]
    phases = activity["phase_index"].values
    rates, targets = activity["input_rate"].values, activity["target"].values
    for k in range(len(rates)):
        if k and phases[k] != phases[k - 1]:
            oracle.optimiser.reset()
        oracle.step(rates[k : k + 1].astype(float), targets[k : k + 1].astype(float))


COMBINATIONS = [
    ("relu", "linear", {"momentum": 0.9, "weight_decay": 1e-2}),
    ("sigmoid", "sigmoid", {"weight_decay": 1e-2}),
    ("linear", "softmax", {}),
    ("relu", "softmax", {"momentum": 0.5}),
]


@pytest.mark.parametrize("device", device_parameters("numpy", "cpp"))
@pytest.mark.parametrize(("transfer", "readout", "options"), COMBINATIONS[:2])
def test_transfers_readouts_and_sgd(reference, states, device, transfer, readout, options):
    check_sgd(reference, states, device, transfer, readout, options)


@pytest.mark.parametrize(("transfer", "readout", "options"), COMBINATIONS[2:])
def test_more_transfers_readouts_and_sgd(reference, states, transfer, readout, options):
    check_sgd(reference, states, "numpy", transfer, readout, options)


def check_sgd(reference, states, device, transfer, readout, options):
    network = layered(
        SIZES, optimiser=SGD(rate=0.01, **options), transfer=transfer, readout=readout
    )
    schedule = Schedule(
        Spontaneous(gaussian_noise(std=0.5), presentations=3 * TRIALS + 2),
        Learning(make_stimuli(EPOCH), epochs=2),
    )
    life = live(network, schedule, device, TRIALS)
    sgd = reference.network.ReferenceSGD(rate=0.01, **options)
    oracle = oracle_of(reference, network, sgd, "feedback_alignment", transfer, readout)
    assert_same_losses(life, replay(oracle, life, TRIALS))
    assert_same_weights(life, oracle)
    if "momentum" in options:
        assert_same_moments(
            states[-1], ("velocity",), (sgd.weight_velocities,), (sgd.bias_velocities,)
        )


def test_no_layer_moves_before_all_directions_are_known(reference):
    """One step with a large rate: every layer's change comes from the weights before it."""
    network = layered(SIZES, rule=Backpropagation(), optimiser=SGD(rate=1.0), transfer="tanh")
    stimuli = make_stimuli(TRIALS)
    life = live(network, Schedule(Learning(stimuli, epochs=1)), "numpy", TRIALS)
    rates = life["activity"]["input_rate"].values
    targets = life["activity"]["target"].values
    at_once = oracle_of(reference, network, None, "backpropagation", "tanh", "softmax")
    one_by_one = oracle_of(reference, network, None, "backpropagation", "tanh", "softmax")
    gradients = at_once.gradients(rates, targets)
    weights = life["weights"].isel(checkpoint=-1)
    for k in reversed(range(LAYERS)):
        moved = at_once.weights[k] - gradients[k][0]
        np.testing.assert_allclose(weights[f"forward_{k + 1}"], moved, atol=1e-12)
        one_by_one.weights[k] -= one_by_one.gradients(rates, targets)[k][0]
    # The test can tell the two orders apart.
    assert np.abs(one_by_one.weights[0] - weights["forward_1"].values).max() > 1e-3


@pytest.mark.parametrize("readout", ["softmax", "linear", "sigmoid"])
def test_backpropagation_is_the_gradient_by_finite_differences(readout):
    """Central differences of the package's own test loss, at random weights of every layer."""
    network = layered(
        SIZES, rule=Backpropagation(), optimiser=SGD(rate=1.0), transfer="tanh", readout=readout
    )
    stimuli = make_stimuli(TRIALS)
    birth = network.initial_weights(3)
    life = live(network, Schedule(Learning(stimuli, epochs=1)), "numpy", TRIALS)
    generator = np.random.default_rng(0)
    step = 1e-5

    def loss(weights):
        tested = simulate(
            network,
            Schedule(Test(stimuli)),
            trials=TRIALS,
            dtype="float64",
            weights=weights,
            progress=False,
        )
        return float(tested["tests"]["loss"].values[0])

    for name in ("forward_1", "forward_2", "forward_3", "bias_1", "bias_3"):
        change = birth[name] - life["weights"][name].isel(checkpoint=-1).values
        index = tuple(generator.integers(0, size) for size in birth[name].shape)
        moved = {sign: {key: w.copy() for key, w in birth.items()} for sign in (1, -1)}
        for sign in (1, -1):
            moved[sign][name][index] += sign * step
        slope = (loss(moved[1]) - loss(moved[-1])) / (2 * step)
        assert change[index] == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_feedback_alignment_with_transposed_weights_is_backpropagation():
    """The law that joins both rules, for one step from B = W^T."""
    changes = {}
    for rule in RULES:
        network = layered(SIZES, rule=RULES[rule], optimiser=SGD(rate=0.1), transfer="tanh")
        birth = network.initial_weights(3)
        for k in range(2, LAYERS + 1):
            birth[f"feedback_{k}"] = birth[f"forward_{k}"].T.copy()
        life = simulate(
            network,
            Schedule(Learning(make_stimuli(TRIALS), epochs=1)),
            trials=TRIALS,
            dtype="float64",
            weights=birth,
            progress=False,
        )
        changes[rule] = [life["weights"][f"forward_{k}"].values for k in range(1, LAYERS + 1)]
    for ours, oracle in zip(*changes.values(), strict=True):
        np.testing.assert_allclose(ours, oracle, atol=1e-14)


@pytest.mark.parametrize("device", device_parameters("numpy", "cpp"))
def test_float64_stimuli_keep_their_digits(reference, device):
    """Pixels that are no float32 numbers reach a float64 network as they are."""
    generator = np.random.default_rng(9)
    stimuli = Stimuli(
        images=xr.DataArray(
            generator.standard_normal((EPOCH, 1, SIZES[0])), dims=("sample", "row", "column")
        ),
        labels=xr.DataArray(generator.integers(0, SIZES[-1], EPOCH), dims="sample"),
        classes=SIZES[-1],
        name="real",
    )
    network = layered(SIZES, optimiser=Adam(rate=1e-3), transfer="tanh")
    life = live(network, Schedule(Learning(stimuli, epochs=1)), device, TRIALS)
    seen = life["activity"]["input_rate"].values
    np.testing.assert_array_equal(np.sort(seen.ravel()), np.sort(stimuli.rates().ravel()))
