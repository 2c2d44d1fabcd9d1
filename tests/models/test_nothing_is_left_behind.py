"""Whatever a segment needs of the one before is in the state: all else may be forgotten.

Before every segment, all arrays of a network that are no state are filled with NaN. A life in many
segments, each with its tests, must not see it.
"""

import numpy as np
import pytest

from ontogeny import plasticity
from ontogeny.data import gaussian_noise
from ontogeny.engine.runtime import RuntimeProgram
from ontogeny.models import (
    Leaky,
    Learning,
    NeuronNoise,
    Schedule,
    Spiking,
    Spontaneous,
    layered,
    simulate,
)
from ontogeny.plasticity import SGD, Rule, SignSymmetry

RULES = [
    found()
    for found in (getattr(plasticity, name) for name in plasticity.__all__)
    if isinstance(found, type) and issubclass(found, Rule) and found is not Rule
]
RULES += [SignSymmetry(magnitude=name) for name in ("batch-random", "fixed-random")]
LEAKY = {
    "continuous": {"learning": "continuous", "feedback": 0.005, "trace": 0.01},
    "spiking": {"feedback": 0.005, "spiking": Spiking(trace=0.01)},
}


@pytest.fixture
def forgetful(monkeypatch):
    """Let programs forget all that is no state before every segment, and count segments."""
    segments = []
    original = RuntimeProgram.run

    def run(self, *arguments):
        segments.append(arguments[0])
        kept = {id(variable) for variable in self.arrays.values()}
        for thing in self.network.objects:
            for variable in getattr(thing, "variables", {}).values():
                array = getattr(variable, "array", None) and not variable.scalar
                writable = array and variable.owner is thing and not variable.read_only
                if writable and id(variable) not in kept and variable.dtype.kind == "f":
                    variable.get_value()[:] = np.nan
        return original(self, *arguments)

    monkeypatch.setattr(RuntimeProgram, "run", run)
    return segments


@pytest.mark.parametrize("dynamics", [None, *LEAKY])
@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_lives_are_the_same_without_it(rule, dynamics, tiny, monkeypatch, request):
    if rule.needs_time and dynamics is None:
        pytest.skip("a rule of leaky neurons")
    noise = NeuronNoise(std=0.1, time_constant=0.01)
    leaky = None if dynamics is None else Leaky(hold=0.015, noise=noise, **LEAKY[dynamics])
    network = layered(
        [12, 7, 6, 4],
        rule=rule,
        optimiser=SGD(rate=0.05, momentum=0.5),
        transfer="sigmoid",
        dynamics=leaky,
        density=0.8,
        feedback_density=0.8,
    )
    learning = Learning(tiny.make_stimuli(20, 1), epochs=2, test=tiny.make_stimuli(9, 3))
    schedule = Schedule(learning, Spontaneous(gaussian_noise(), presentations=20), learning)

    def live():
        return simulate(network, schedule, trials=4, dtype="float64", progress=False)

    whole = live()
    segments = request.getfixturevalue("forgetful")
    monkeypatch.setattr(tiny.plan, "_OPERATIONS_PER_SEGMENT", 1)
    monkeypatch.setattr(tiny.plan, "steps_per_segment", lambda *arguments: 2)
    cut = live()
    assert len(segments) > 20
    for name, values in whole["weights"].data_vars.items():
        np.testing.assert_array_equal(cut["weights"][name], values, err_msg=str(name))
        assert np.isfinite(values).all()
