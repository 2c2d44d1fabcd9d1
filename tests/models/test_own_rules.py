"""Rules of ten lines, as a user writes them in a script."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from ontogeny.data import Stimuli
from ontogeny.engine import DEVICES
from ontogeny.models import Learning, Schedule
from ontogeny.plasticity import SGD, Rule, parameter

SIZES, TRIALS, RATE = [7, 5, 4, 3], 6, 0.3


@dataclass(frozen=True, kw_only=True)
class SignOfError(Rule):
    """Feedback carries only the sign of each output's error."""

    path: ClassVar[str] = "direct"
    signal: ClassVar[str] = "w*sign(target_pre - r_pre)*share_pre"
    delta: ClassVar[str] = "-feedback*slope"
    citation: ClassVar[str] = "Nobody (2000). A rule of ten lines"


@dataclass(frozen=True, kw_only=True)
class Drawn(Rule):
    """Feedback synapses follow the rates of the neurons that they join."""

    signal: ClassVar[str] = "w*delta_pre"
    feedback_gradient: ClassVar[str] = "r_post*r_pre*share_pre"
    feedback_update: ClassVar[str] = "w += pull*(g - w)"
    citation: ClassVar[str] = "Nobody (2000). A rule with plastic feedback"
    pull: float = parameter(0.2, "how fast feedback weights follow rates", low=0)


def expected(birth, rates, targets, rule):
    """Take one step in plain NumPy: weights, biases and feedback weights after it."""
    w = [birth[f"forward_{k}"] for k in (1, 2, 3)]
    b = [None, *(birth[f"feedback_{k}"] for k in (2, 3))]
    r = [rates]
    for k in (0, 1):
        r.append(np.tanh(r[-1] @ w[k].T))
    drive = r[-1] @ w[2].T
    r.append(np.exp(drive) / np.exp(drive).sum(axis=1, keepdims=True))
    delta = [None, None, (r[3] - targets) / TRIALS]
    for k in (1, 0):
        sent = np.sign(r[3] - targets) / TRIALS if rule is SignOfError else delta[k + 1]
        delta[k] = (sent @ b[k + 1].T) * (1 - r[k + 1] ** 2)
    found = {f"forward_{k + 1}": w[k] - RATE * delta[k].T @ r[k] for k in range(3)}
    found |= {f"bias_{k + 1}": -RATE * delta[k].sum(axis=0) for k in range(3)}
    for k in (1, 2):
        pulled = 0.2 * (r[k].T @ r[k + 1] / TRIALS - b[k]) if rule is Drawn else 0
        found[f"feedback_{k + 1}"] = b[k] + pulled
    return found


@pytest.mark.parametrize("device", ["numpy", pytest.param("cpp", marks=pytest.mark.compiler)])
@pytest.mark.parametrize("rule", [SignOfError, Drawn])
def test_a_rule_of_ten_lines(side_by_side, rule, device):
    if problem := DEVICES[device].problem():
        pytest.skip(problem)
    network = side_by_side.make_network(rule(), SGD(rate=RATE), SIZES)
    generator = np.random.default_rng(0)
    rates, labels = generator.normal(size=(TRIALS, 7)), generator.integers(0, 3, TRIALS)
    stimuli = Stimuli.from_arrays(rates, labels, classes=3)
    schedule = Schedule(Learning(stimuli, epochs=1))
    life = side_by_side.live(network, schedule=schedule, trials=TRIALS, device=device)
    birth = network.initial_weights(3)
    wanted = expected(birth, rates, np.eye(3)[labels], rule)
    for name, values in wanted.items():
        ours = life["weights"][name].values[-1]
        np.testing.assert_allclose(ours, values, rtol=0, atol=1e-14, err_msg=name)
        if rule is Drawn or not name.startswith("feedback"):
            assert np.abs(ours - birth[name]).max() > 1e-3, name


def test_rules_tell_what_synapses_and_neurons_read():
    assert SignOfError().reads() == {
        "forward synapse": ("delta_post", "r_pre"),
        "feedback synapse": ("r_pre", "share_pre", "target_pre", "w"),
        "neuron": ("feedback", "slope"),
    }
    assert Drawn().reads()["feedback synapse"] == ("delta_pre", "r_post", "r_pre", "share_pre", "w")


def test_what_is_not_local_has_to_be_declared():
    @dataclass(frozen=True, kw_only=True)
    class Transporting(Rule):
        signal: ClassVar[str] = "0.5*(w + forward_w)*delta_pre"
        citation: ClassVar[str] = "Nobody (2000). A rule that keeps quiet about what it reads"

    @dataclass(frozen=True, kw_only=True)
    class Open(Transporting):
        nonlocal_reads: ClassVar[tuple[str, ...]] = ("forward_w",)

    with pytest.raises(
        ValueError,
        match=r"^Transporting\.nonlocal_reads: expected \('forward_w',\), what its synapses read .*"
        r"got \(\); a rule that is not local says so$",
    ):
        Transporting()
    assert "forward_w" in Open().reads()["feedback synapse"]
