"""Laws of leaky networks: the static limit, noise, phaseless alignment, spikes."""

import numpy as np
import pytest
from scipy.special import softmax as softmax_of

from ontogeny.data import Stimuli
from ontogeny.models import Leaky, Learning, NeuronNoise, Record, Schedule, Spiking, layered
from ontogeny.plasticity import SGD, FeedbackAlignment, Gaussian, PhaselessAlignment

TAU, DT = 0.01, 1 / 1024
LAWS = {"relu": lambda drive: np.maximum(drive, 0), "tanh": np.tanh}


def softmax(drive):
    return softmax_of(drive, axis=1)


def unit(state, name, trials):
    return state[name].reshape(trials, -1)


@pytest.mark.parametrize("solver", ["exact", "euler", "exponential_euler"])
@pytest.mark.parametrize("transfer", ["relu", "tanh"])
@pytest.mark.parametrize("hidden", [[7], [7, 6]], ids=["one hidden layer", "two hidden layers"])
def test_stimuli_held_long_give_the_rates_and_changes_of_a_static_network(
    leaky_life, states, hidden, transfer, solver
):
    sizes, count = [9, *hidden, 4], 5
    # What is still missing after k equal membranes in a row is the tail of an Erlang distribution:
    # exp(-20)*(1 + 20 + 200) = 5e-7 of the drives of a third layer.
    leaky = Leaky(membrane=TAU, hold=20 * TAU, solver=solver, dt=DT)
    networks = [
        layered(sizes, transfer=transfer, optimiser=SGD(rate=0.1), dynamics=dynamics)
        for dynamics in (None, leaky)
    ]
    schedule = Schedule(Learning(leaky_life.stimuli(count), epochs=1))
    lives = [leaky_life.live(network, schedule=schedule)["weights"] for network in networks]
    born = networks[0].initial_weights(leaky_life.SEED)
    generator = np.random.default_rng([leaky_life.SEED, 2, 0, 0])
    expected = leaky_life.make_data(count)[0][generator.permutation(count)]
    for layer in range(1, len(sizes)):
        last = layer == len(sizes) - 1
        drive = expected @ born[f"forward_{layer}"].T
        expected = (softmax if last else LAWS[transfer])(drive)
        found = unit(states[-1], "outputs.r" if last else f"hidden_{layer}.r", leaky_life.TRIALS)
        assert np.abs(found - expected).max() < 1e-6
    for name in born:
        if not name.startswith("feedback"):
            static, leaky = (life[name].values[-1] - born[name] for life in lives)
            assert np.abs(static).max() > 1e-3
            assert np.abs(leaky - static).max() < 0.01 * np.abs(static).max()


def test_noise_of_neurons_is_stationary_with_its_spread_and_correlation(leaky_life, states):
    std, time_constant, trials, lag = 0.7, 0.02, 2000, 8
    noise = NeuronNoise(std=std, time_constant=time_constant)
    network = layered(
        [1, 5, 1],
        readout="linear",
        dynamics=Leaky(hold=lag * DT, noise=noise),
        optimiser=SGD(rate=1e-9),
    )
    presentations = 30
    shown = Stimuli.from_arrays(
        np.zeros((trials * presentations, 1)), targets=np.zeros((trials * presentations, 1))
    )
    points = [trials * k for k in range(1, presentations + 1)]
    leaky_life.live(
        network,
        schedule=Schedule(Learning(shown, epochs=1)),
        trials=trials,
        record=Record(checkpoints=points),
    )
    assert len(states) == presentations
    found = np.array([state["hidden_1.noise"] for state in states])
    samples = found.shape[1]
    # The spread of a variance over n samples is sqrt(2/n) of it.
    for late in found[15:]:
        assert abs(late.var() / std**2 - 1) < 4.5 * np.sqrt(2 / samples)
        assert abs(late.mean()) < 4.5 * std / np.sqrt(samples)
    for apart in (1, 2, 5):
        expected = np.exp(-apart * lag * DT / time_constant)
        correlation = np.mean(found[-1] * found[-1 - apart]) / std**2
        assert abs(correlation - expected) < 4.5 * np.sqrt((1 + expected**2) / samples)
    other = np.corrcoef(found[-1].reshape(trials, 5).T)
    assert np.abs(other - np.eye(5)).max() < 4.5 / np.sqrt(trials)
    # It begins at rest: after t the variance is 1 - exp(-2 t/tau) of its own.
    expected = std**2 * -np.expm1(-2 * lag * DT / time_constant)
    assert abs(found[0].var() / expected - 1) < 4.5 * np.sqrt(2 / samples)


def response(dt, tau_noise, tau, tau_highpass):
    """Return c of ``E[noise_l highpass_(l+1)^T] = std^2 c W^T`` of linear neurons.

    The correlation of the noise over k steps is a^k: c is the transfer function, with a for a
    shift by one step, of two membranes, the upper of which hears the lower one a step late, and of
    the high-pass filter.
    """
    a, g = np.exp(-dt / tau_noise), -np.expm1(-dt / tau)
    lower = g / (1 - (1 - g) * a)
    return lower * (a * lower) * (1 - a) / (1 - (1 - dt / tau_highpass) * a)


def test_phaseless_alignment_finds_the_transposed_weights(leaky_life):
    tau_noise, highpass, decay, trials, count = 0.005, 0.004, 0.25, 400, 12
    std, tau = 0.5, 0.003
    network = layered(
        [2, 4, 5, 3],
        rule=PhaselessAlignment(alignment_rate=50.0, alignment_decay=decay),
        optimiser=SGD(rate=1e-9),
        transfer="linear",
        readout="linear",
        weights=Gaussian(std=0.5),
        dynamics=Leaky(
            membrane=tau,
            hold=0.1,
            highpass=highpass,
            noise=NeuronNoise(std=std, time_constant=tau_noise),
        ),
    )
    shown = Stimuli.from_arrays(
        np.zeros((trials * count, 2)), targets=np.zeros((trials * count, 3))
    )
    life = leaky_life.live(
        network,
        schedule=Schedule(Learning(shown, epochs=1)),
        trials=trials,
        record=Record(checkpoints=[trials * k for k in range(1, count + 1)]),
    )["weights"]
    scale = std**2 / decay * response(DT, tau_noise, tau, highpass)
    for layer in (2, 3):
        # The forgotten part of the weights at birth is exp(-50*0.25*0.6) = 6e-4.
        found = life[f"feedback_{layer}"].isel(checkpoint=slice(7, None)).mean("checkpoint").values
        wanted = scale * life[f"forward_{layer}"].values[-1].T
        assert np.linalg.norm(found - wanted) < 0.05 * np.linalg.norm(wanted)


def test_traces_of_spikes_have_the_mean_of_the_rate_and_the_spread_of_filtered_coins(
    leaky_life, states
):
    trials, trace = 4000, 0.005
    network = layered(
        [1, 5, 2],
        rule=FeedbackAlignment(),
        transfer="sigmoid",
        readout="sigmoid",
        optimiser=SGD(rate=1e-9),
        dynamics=Leaky(hold=0.2, spiking=Spiking(trace=trace)),
    )
    shown = Stimuli.from_arrays(np.ones((trials, 1)), targets=np.full((trials, 2), 0.5))
    leaky_life.live(network, schedule=Schedule(Learning(shown, epochs=1)), trials=trials)
    rates, traces = (unit(states[-1], f"hidden_1.{name}", trials) for name in ("r", "sent"))
    assert np.ptp(rates, axis=0).max() < 1e-12 and np.ptp(rates[0]) > 0.05
    g = -np.expm1(-DT / trace)
    rate = rates[0]
    variance = rate * (1 - rate) * g / (2 - g)
    assert (abs(traces.mean(axis=0) - rate) < 4.5 * np.sqrt(variance / trials)).all()
    assert (abs(traces.var(axis=0) / variance - 1) < 0.12).all()
    # Errors: the mean of (trace - tonic rate)/gain is the mean of (sent - target)*r*(1 - r).
    rates, traces = (unit(states[-1], f"outputs.{name}", trials) for name in ("r", "sent"))
    error = ((traces - 0.5) * rates * (1 - rates)).mean(axis=0)
    decoded = unit(states[-1], "outputs.delta", trials).sum(axis=0)
    spread = np.sqrt(0.25 * g / (2 - g)) / 0.5
    assert (abs(decoded - error) < 4.5 * spread / np.sqrt(trials) + 2e-3).all()
