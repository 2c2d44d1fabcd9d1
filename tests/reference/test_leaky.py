"""Laws of the leaky oracle: the static limit, decay, order, noise, phaseless alignment, spikes."""

import numpy as np
import pytest

SIZES = (5, 7, 6, 4)
TRIALS, DT, TAU = 9, 1.0, 8.0
LONG = int(20 * TAU / DT)


DIRECT = ("direct_feedback_alignment", "direct_random_target_projection")


def parts(seed=0, sizes=SIZES, biases=True, rule=None):
    generator = np.random.default_rng(seed)
    pairs = list(zip(sizes[:-1], sizes[1:], strict=True))
    weights = [generator.normal(0, below**-0.5, (above, below)) for below, above in pairs]
    offsets = [generator.normal(0, 0.3, above) for _, above in pairs] if biases else None
    shapes = [(below, sizes[-1] if rule in DIRECT else above) for below, above in pairs[1:]]
    feedback = [None] + [generator.normal(0, 0.5, shape) for shape in shapes]
    return weights, offsets, feedback


def batch(seed=1, trials=TRIALS, sizes=SIZES):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(trials, sizes[0]))
    return x, np.eye(sizes[-1])[generator.integers(sizes[-1], size=trials)]


def leaky(reference, *, transfer="tanh", readout="softmax", network=None, **changes):
    given = {
        "rule": "feedback_alignment", "optimiser": reference.network.ReferenceSGD(0.1),
        "trials": TRIALS, "dt": DT, "tau": TAU, "hold": LONG,
    } | changes  # fmt: skip
    network = network or parts(rule=given["rule"])
    return reference.leaky.ReferenceLeaky(*network, transfer, readout, **given)


def static(reference, *, transfer="tanh", readout="softmax", rule="feedback_alignment"):
    optimiser = reference.network.ReferenceSGD(0.1)
    return reference.rules.ReferenceLearner(*parts(rule=rule), transfer, readout, rule, optimiser)


@pytest.mark.parametrize("solver", ["exact", "exponential_euler", "euler"])
@pytest.mark.parametrize("readout", ["softmax", "linear", "sigmoid"])
@pytest.mark.parametrize("transfer", ["linear", "relu", "tanh", "sigmoid"])
def test_stimuli_held_long_give_the_static_rates(reference, transfer, readout, solver):
    network = leaky(reference, transfer=transfer, readout=readout, solver=solver)
    x, t = batch()
    network.present(x, t, learning=False)
    expected = static(reference, transfer=transfer, readout=readout).forward(x)
    # three layers of one time constant: the tail of an Erlang distribution, and room for the drives
    bound = 10 * np.exp(-20) * (1 + 20 + 20**2 / 2)
    for mine, theirs in zip(network.rates, expected, strict=True):
        assert np.abs(mine - theirs).max() < bound


@pytest.mark.parametrize(
    "rule",
    ["feedback_alignment", "backpropagation", "kolen_pollack", "sign_symmetry", "shallow", *DIRECT],
)
@pytest.mark.parametrize("tau_feedback", [0.0, 2.0])
def test_gated_learning_is_the_static_step_of_a_long_presentation(reference, rule, tau_feedback):
    network = leaky(reference, rule=rule, tau_feedback=tau_feedback, hold=2 * LONG)
    still = static(reference, rule=rule)
    before = [w.copy() for w in still.weights]
    network.present(*batch())
    still.step(*batch())
    for mine, theirs, old in zip(network.weights, still.weights, before, strict=True):
        assert np.abs(mine - theirs).max() <= 1e-7 * np.abs(theirs - old).max()


@pytest.mark.parametrize("tau_trace", [None, 5.0])
def test_continuous_learning_has_the_same_rate_for_a_presentation(reference, tau_trace):
    optimiser = reference.network.ReferenceSGD(1e-5)
    network = leaky(reference, closed=0, optimiser=optimiser, tau_trace=tau_trace)
    x, t = batch()
    network.present(x, t, learning=False)
    network.present(x, t, learning=False)
    gradients = static(reference).gradients(x, t)
    before = [w.copy() for w in network.weights]
    network.present(x, t)
    for old, new, (gradient, _) in zip(before, network.weights, gradients, strict=True):
        assert np.abs(old - new - 1e-5 * gradient).max() < 1e-4 * np.abs(1e-5 * gradient).max()


@pytest.mark.parametrize("tau_trace", [None, 5.0])
def test_plasticity_uses_the_rates_or_traces_and_the_errors_at_the_end_of_the_step(
    reference, tau_trace
):
    network = leaky(reference, hold=1, tau_trace=tau_trace)
    for seed in range(5):
        before = [w.copy() for w in network.weights]
        network.present(*batch(seed))
        pre = network.rates if tau_trace is None else network.traces
        for layer in range(3):
            step = before[layer] - network.weights[layer]
            expected = 0.1 * network.deltas_now[layer].T @ pre[layer]
            np.testing.assert_allclose(step, expected, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    ("solver", "factor"), [("exact", np.exp(-DT / TAU)), ("euler", 1 - DT / TAU)]
)
def test_drives_apical_signals_and_traces_decay_by_their_law(reference, solver, factor):
    network = leaky(
        reference, network=([[[2.0]], [[0.0]]], None, [None, [[3.0]]]), transfer="linear",
        readout="linear", trials=1, tau_feedback=TAU, tau_trace=4.0, solver=solver,
    )  # fmt: skip
    network.begin(np.ones((1, 1)), np.ones((1, 1)))
    for step in range(1, 12):
        network.advance(learning=False)
        np.testing.assert_allclose(network.drives[0], 2 * (1 - factor**step))
        # the error -1 is there from the end of the first step on
        np.testing.assert_allclose(network.apical[0], -3 * (1 - factor ** (step - 1)), atol=1e-15)
        np.testing.assert_allclose(network.traces[0], 1 - np.exp(-step * DT / 4.0))


def test_signals_need_one_step_for_each_layer_up_and_down(reference):
    network = leaky(
        reference, network=parts(biases=False), transfer="linear", readout="linear", hold=20
    )
    x, t = batch()
    network.begin(x, np.zeros_like(t))
    rates, deltas = [], []
    for _ in range(7):
        network.advance(learning=False)
        rates.append([bool(r.any()) for r in network.rates[1:]])
        deltas.append([bool(d.any()) for d in network.deltas_now])
    np.testing.assert_array_equal(np.argmax(rates, axis=0), [0, 1, 2])
    np.testing.assert_array_equal(np.argmax(deltas, axis=0), [4, 3, 2])


def test_direct_feedback_reaches_all_hidden_layers_at_once(reference):
    network = leaky(reference, rule="direct_feedback_alignment")
    network.begin(*batch())
    network.advance(learning=False)
    assert not any(delta.any() for delta in network.deltas_now[:-1])
    network.advance(learning=False)
    assert all(delta.all() for delta in network.deltas_now)


def test_state_lasts_between_presentations_and_silent_trials_teach_nothing(reference):
    x, t = batch()
    once, twice = leaky(reference, hold=20), leaky(reference, hold=10)
    once.present(x, t, learning=False)
    twice.present(x, t, learning=False)
    twice.present(x, t, learning=False)
    for mine, theirs in zip(once.drives, twice.drives, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    active = np.arange(TRIALS) < 4
    some, few = leaky(reference, hold=12), leaky(reference, hold=12, trials=4)
    some.present(x, t, active=active)
    few.present(x[:4], t[:4])
    for mine, theirs in zip(some.weights, few.weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-15)


def test_noise_is_stationary_with_its_variance_and_correlation_time(reference):
    std, tau_noise, trials = 0.7, 6.0, 4000
    network = leaky(
        reference, network=([[[0.0]]], None, [None]), transfer="linear", readout="linear",
        trials=trials, noise_std=std, tau_noise=tau_noise, hold=90,
    )  # fmt: skip
    generator = np.random.default_rng(4)
    zero, history = np.zeros((trials, 1)), []
    network.begin(zero, zero)
    for _ in range(90):
        network.advance(normals=[generator.normal(size=(trials, 1))], learning=False)
        history.append(network.noises[0][:, 0])
    end = history[-1]
    # the spread of a variance over n samples is sqrt(2/n) of it
    assert abs(end.var() / std**2 - 1) < 4.5 * np.sqrt(2 / trials)
    for lag in (1, 5, 15):
        expected = np.exp(-lag * DT / tau_noise)
        found = np.mean(end * history[-1 - lag]) / std**2
        assert abs(found - expected) < 4.5 * np.sqrt((1 + expected**2) / trials)


def response(dt, tau_noise, tau, tau_highpass):
    """Return c of ``E[xi_l hp_(l+1)^T] = sigma^2 c W^T`` with linear units, in discrete time.

    The correlation of the noise over k steps is a^k, so c is the transfer function from the noise
    to the high-passed rate above, with a for the shift by one step: two membranes, of which the
    upper sees the lower one step late, and the high-pass.
    """
    a, g = np.exp(-dt / tau_noise), -np.expm1(-dt / tau)
    lower = g / (1 - (1 - g) * a)
    return lower * (a * lower) * (1 - a) / (1 - (1 - dt / tau_highpass) * a)


def test_phaseless_alignment_finds_the_transposed_weights(reference):
    sizes, trials, std, alpha, rate = (2, 4, 5, 3), 400, 0.5, 0.25, 0.05
    weights, biases, feedback = parts(sizes=sizes)
    network = reference.leaky.ReferencePAL(
        weights, biases, feedback, "linear", "linear", trials=trials, hold=2500,
        optimiser=reference.network.ReferenceSGD(0.0), dt=1.0, tau=3.0, tau_noise=5.0,
        tau_highpass=4.0, noise_std=[std, std, 0.0], rate=rate, alpha=alpha,
    )  # fmt: skip
    generator = np.random.default_rng(6)
    network.begin(np.zeros((trials, 2)), np.zeros((trials, 3)))
    means = [np.zeros_like(b) for b in network.feedback[1:]]
    for step in range(2500):
        normals = [generator.normal(size=(trials, size)) for size in sizes[1:]]
        network.advance(normals=normals)
        if step >= 500:
            means = [m + b / 2000 for m, b in zip(means, network.feedback[1:], strict=True)]
    scale = std**2 / alpha * response(1.0, 5.0, 3.0, 4.0)
    for mean, weight in zip(means, weights[1:], strict=True):
        assert np.linalg.norm(mean - scale * weight.T) < 0.05 * np.linalg.norm(scale * weight)


def spiking(reference, *, weight, trials, readout="sigmoid", **changes):
    given = {
        "rule": "feedback_alignment", "optimiser": reference.network.ReferenceSGD(0.1),
        "trials": trials, "dt": 1.0, "tau": 0.0, "tau_trace": 5.0, "hold": 60,
        "tonic": 0.5, "slope": 0.25,
    } | changes  # fmt: skip
    return reference.leaky.ReferenceSpiking(
        [[[weight]], [[0.0]]], None, [None, [[1.0]]], "sigmoid", readout, **given
    )


def test_traces_of_spikes_are_rates_with_the_variance_of_filtered_coins(reference):
    trials, generator = 20_000, np.random.default_rng(7)
    network = spiking(reference, weight=2.0, trials=trials, readout="linear", error_of="rate")
    network.begin(np.full((trials, 1), 0.3), np.full((trials, 1), -0.6))
    for _ in range(60):
        network.advance(uniforms=list(generator.random((4, trials, 1))), learning=False)
        assert set(np.unique(network.spikes[1])) <= {0.0, 1.0}
    g = -np.expm1(-1 / 5.0)
    for trace, rate in ((network.traces[0], 0.3), (network.traces[2], 0.0)):
        variance = rate * (1 - rate) * g / (2 - g)
        assert abs(trace.mean() - rate) < 4.5 * np.sqrt(variance / trials) + 1e-12
        assert abs(trace.var() - variance) < 0.05 * variance + 1e-12
    # the hidden rate is the transfer of a fluctuating trace: between its bounds, mean kept
    assert abs(network.traces[1].mean() - network.rates[1].mean()) < 0.01
    # error 0.6 is read from spikes of probability 0.5 + 0.25 * 0.6
    decoded = network.deltas_now[-1] * trials
    spread = np.sqrt(0.65 * 0.35 * g / (2 - g)) / 0.25
    assert abs(decoded.mean() - 0.6) < 4.5 * spread / np.sqrt(trials)


def test_errors_beyond_the_range_of_the_tonic_rate_are_clipped(reference):
    network = spiking(reference, weight=2.0, trials=1, readout="linear", slope=1.0)
    network.begin(np.ones((1, 1)), np.full((1, 1), -40.0))
    for _ in range(60):
        network.advance(uniforms=[np.full((1, 1), 0.999)] * 4, learning=False)
    np.testing.assert_allclose(network.deltas_now[-1], 0.5, rtol=1e-4)
