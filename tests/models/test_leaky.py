"""Descriptions of leaky dynamics: units, errors, JSON and equations."""

import json
import math

import pytest
from brian2 import ms, second, volt

from ontogeny.models import Leaky, NeuronNoise, Population, Spiking, layered
from ontogeny.models.dynamics import Dynamics
from ontogeny.plasticity import PhaselessAlignment

NOISE = NeuronNoise(std=0.3, time_constant=0.02)


# Units


def test_times_are_quantities_or_seconds():
    given = Leaky(
        membrane=20 * ms, hold=100 * ms, feedback=5 * ms, trace=0 * ms, highpass=1 * ms,
        learning="gated", window=50 * ms, dt=second / 2048,
    )  # fmt: skip
    plain = Leaky(
        membrane=0.02, hold=0.1, feedback=0.005, trace=0, highpass=0.001, window=0.05, dt=1 / 2048
    )
    assert given == plain
    assert type(given.membrane) is float and given.membrane == 0.02
    assert Leaky() == Leaky(membrane=10 * ms, hold=200 * ms, dt=second / 1024)
    assert NeuronNoise(std=0.3, time_constant=20 * ms) == NOISE
    assert Spiking(trace=5 * ms).trace == 0.005
    assert Population(name="outputs", size=3, membrane=5 * ms).membrane == 0.005


def test_steps_of_a_stimulus():
    assert (Leaky(hold=0.1).hold_steps, Leaky(hold=1 / 1024).hold_steps) == (102, 1)
    assert Leaky(hold=0.1).learning_steps == 1
    assert Leaky(hold=0.1, window=0.05).learning_steps == 51
    assert Leaky(hold=0.1, window=0.1).learning_steps == 102
    assert Leaky(hold=0.1, learning="continuous").learning_steps == 102


def test_populations_have_time_constants_of_their_own():
    network = layered([3, 4, 5, 2], dynamics=Leaky(), membrane=[20 * ms, None, 0.005])
    times = [network.time_constant(population) for population in network.populations[1:]]
    assert times == [0.02, 0.01, 0.005]
    assert layered([3, 2]).time_constant(network.populations[1]) == 0
    with pytest.raises(ValueError, match=r"layered.membrane: .*hidden_1, outputs, got 1"):
        layered([3, 4, 2], dynamics=Leaky(), membrane=[10 * ms])


# Errors


@pytest.mark.parametrize(
    "name", ["membrane", "hold", "feedback", "trace", "highpass", "dt", "window"]
)
@pytest.mark.parametrize(
    "value", [3 * volt, -1 * ms, -0.01, "10 ms", True, math.nan, math.inf, [1, 2] * ms], ids=repr
)
def test_what_is_no_time_is_refused(name, value):
    with pytest.raises(ValueError, match=rf"Leaky.{name}: expected a time .*0\*ms.* got"):
        Leaky(**{name: value})


@pytest.mark.parametrize("name", ["membrane", "hold", "highpass", "dt"])
def test_some_times_may_not_be_0(name):
    with pytest.raises(ValueError, match=rf"Leaky.{name}: expected a time above 0\*ms"):
        Leaky(**{name: 0 * ms})


@pytest.mark.parametrize("dt", [1 * ms, 0.001, 1 / 1000, 3 / 1024, 2.0])
def test_time_steps_are_binary_fractions_of_a_second(dt):
    words = (
        r"Leaky.dt: expected a binary fraction of a second, such as 1/1024\*second, got .* drift"
    )
    with pytest.raises(ValueError, match=words):
        Leaky(dt=dt, hold=10)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hold": 0.5 * ms}, "Leaky.hold: expected at least one time step of 0.0009765625 s, got"),
        ({"hold": 0.1, "window": 0.2}, "Leaky.window: expected a time between dt = .* and hold"),
        ({"window": 0.1 * ms}, "Leaky.window: expected a time between dt"),
        (
            {"window": 50 * ms, "learning": "continuous"},
            "Leaky.window: .* with gated learning, got 0.05 s and continuous learning",
        ),
        ({"learning": "always"}, "Leaky.learning: expected one of gated, continuous, got 'always'"),
        ({"highpass": 0.4 * ms}, "Leaky.highpass: expected at least one time step of 0.00097"),
        (
            {"solver": "euler", "membrane": 0.2 * ms},
            "Leaky.membrane: expected at least one time step of .* with the solver 'euler', got",
        ),
        ({"solver": "euler", "feedback": 0.2 * ms}, "Leaky.feedback: expected at least one time"),
        ({"solver": "rk4"}, "Leaky.solver: expected one of exact, euler, exponential_euler, got"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        Leaky(**options)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Leaky(noise=0.3), TypeError, "Leaky.noise: expected NeuronNoise or None, got 0.3"),
        (lambda: Leaky(spiking=True), TypeError, "Leaky.spiking: expected Spiking or None, got T"),
        (
            lambda: NeuronNoise(std=-1, time_constant=20 * ms),
            ValueError,
            "NeuronNoise.std: expected a finite number above 0, got -1",
        ),
        (
            lambda: NeuronNoise(std=1, time_constant=0),
            ValueError,
            "NeuronNoise.time_constant: expected a time above 0",
        ),
        (
            lambda: NeuronNoise(std=1, time_constant=1, phases="learning"),
            ValueError,
            "NeuronNoise.phases: expected 'all' or 'spontaneous', got 'learning'",
        ),
        (lambda: Spiking(trace=1 * volt), ValueError, "Spiking.trace: expected a time above 0"),
        (
            lambda: Spiking(trace=5 * ms, tonic_rate=0.2),
            ValueError,
            "Spiking.gain: expected tonic_rate - gain and .* between 0 and 1, got -0.3 and 0.7",
        ),
        (
            lambda: Population(name="outputs", size=2, membrane=3 * volt),
            ValueError,
            r"Population.membrane: expected a time above 0\*ms, such as 10\*ms, got 3. \* volt",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"dynamics": Leaky(spiking=Spiking(trace=5 * ms)), "readout": "sigmoid"},
            "Leaky.spiking: expected rates between 0 and 1, .* got relu; use transfer='sigmoid'",
        ),
        (
            {
                "dynamics": Leaky(spiking=Spiking(trace=5 * ms)),
                "transfer": "sigmoid",
                "readout": "linear",
            },
            "Leaky.spiking: expected rates between 0 and 1, .* got linear outputs",
        ),
        (
            {"rule": PhaselessAlignment()},
            r"Network.dynamics: expected Leaky\(\) for PhaselessAlignment, .* got Static\(\)",
        ),
        (
            {"rule": PhaselessAlignment(), "dynamics": Leaky()},
            r"expected Leaky\(noise=NeuronNoise\(...\)\) for PhaselessAlignment, .* got no noise",
        ),
    ],
)
def test_networks_that_do_not_fit_their_dynamics_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        layered([3, 4, 2], **options)


@pytest.mark.parametrize("dynamics", ["leaky", Dynamics(), Leaky])
def test_dynamics_are_static_or_leaky(dynamics):
    with pytest.raises(TypeError, match=r"Network.dynamics: expected Static\(\) or Leaky\(\), got"):
        layered([3, 2], dynamics=dynamics)


# What is recorded


def test_a_life_tells_its_dynamics(leaky_life):
    dynamics = Leaky(
        membrane=20 * ms, hold=4 / 1024, trace=5 * ms, noise=NOISE, spiking=Spiking(trace=5 * ms)
    )
    network = layered(leaky_life.SIZES, transfer="sigmoid", dynamics=dynamics)
    told = json.loads(leaky_life.live(network).attrs["network"])
    assert told["dynamics"] == {
        "type": "Leaky",
        "membrane": 0.02,
        "hold": 4 / 1024,
        "feedback": 0.0,
        "trace": 0.005,
        "highpass": 0.01,
        "learning": "gated",
        "window": None,
        "solver": "exact",
        "noise": {"type": "NeuronNoise", "std": 0.3, "time_constant": 0.02, "phases": "all"},
        "spiking": {"type": "Spiking", "trace": 0.005, "tonic_rate": 0.5, "gain": 0.5},
        "dt": 1 / 1024,
    }
    assert [each["membrane"] for each in told["populations"]] == [None] * 4
    static = leaky_life.live(layered(leaky_life.SIZES))
    assert json.loads(static.attrs["network"])["dynamics"] == {"type": "Static"}


def test_equations_tell_time_constants_with_their_unit():
    dynamics = Leaky(noise=NOISE, trace=5 * ms, feedback=2 * ms)
    text = layered([3, 4, 2], dynamics=dynamics).equations()
    # Outputs have no compartment for feedback.
    assert text.count("tau_feedback = 0.002 s") == text.count("dapical/dt") == 1
    for line in (
        "ddrive/dt = (current + bias + noise - drive)/tau : 1",
        "dnoise/dt = -noise/tau_noise + std*sqrt(2/tau_noise)*xi : 1",
        "dfiltered/dt = (r - filtered)/tau_trace : 1",
        "tau = 0.01 s",
        "tau_noise = 0.02 s, std = 0.3",
        "tau_trace = 0.005 s",
    ):
        assert line in text.splitlines()


def test_time_constants_of_populations_need_time():
    with pytest.raises(ValueError, match="Network.dynamics: expected Leaky.. for populations with"):
        layered([5, 4, 3], membrane=[10 * ms, 5 * ms])
    with pytest.raises(ValueError, match="Population.membrane of hidden_1: expected at least one"):
        layered([5, 4, 3], membrane=[0.1 * ms, 5 * ms], dynamics=Leaky(solver="euler"))
