"""Rules of a user's own, and what the builder makes of them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, Schedule, Spontaneous, layered, simulate
from ontogeny.models.synapses import _reversed
from ontogeny.plasticity import SGD, Adam, Rule, parameter


@dataclass(frozen=True, kw_only=True)
class SignFeedback(Rule):
    """Signs of the forward weights, all of one strength; strong synapses learn less."""

    strength: float = parameter(0.3, "size of every feedback weight", low=0)
    restraint: float = parameter(0.1, "how far strong rates and weights learn less", low=0)
    signal: ClassVar[str] = "strength*sign(forward_w)*delta_pre"
    gradient: ClassVar[str] = "r_pre*delta_post - restraint*abs(w)*delta_post*r_post"
    nonlocal_reads: ClassVar[tuple[str, ...]] = ("forward_w",)
    citation: ClassVar[str] = "Liao Q, Leibo JZ, Poggio T (2016). AAAI 30"


def test_signals_are_rewritten_for_the_forward_synapse():
    assert _reversed("forward_w*delta_pre") == "w*delta_post"
    assert _reversed("sign(forward_w)*(delta_pre - r_post)") == "sign(w)*(delta_post - r_pre)"


@pytest.mark.parametrize("trials", [1, 6])
def test_a_rule_of_a_users_own(trials):
    """One step by hand, layer by layer."""
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (trials, 1, 7), dtype=np.uint8)
    labels = generator.integers(0, 3, trials)
    stimuli = Stimuli(
        images=xr.DataArray(pixels, dims=("sample", "row", "column")),
        labels=xr.DataArray(labels, dims="sample"),
        classes=3,
        name="random",
        scale=0.01,
    )
    network = layered([7, 5, 4, 3], rule=SignFeedback(), optimiser=SGD(rate=0.5), transfer="tanh")
    life = simulate(
        network,
        Schedule(Learning(stimuli, epochs=1)),
        trials=trials,
        dtype="float64",
        progress=False,
    )
    birth = network.initial_weights(0)
    w = [birth[f"forward_{k}"] for k in (1, 2, 3)]
    r = [stimuli.rates()]
    for k in (0, 1):
        r.append(np.tanh(r[-1] @ w[k].T))
    drive = r[-1] @ w[2].T
    p = np.exp(drive) / np.exp(drive).sum(1, keepdims=True)
    delta = [None, None, (p - np.eye(3)[labels]) / trials]
    for k in (1, 0):
        delta[k] = delta[k + 1] @ (0.3 * np.sign(w[k + 1])) * (1 - r[k + 1] ** 2)
    for k in range(3):
        upper = p if k == 2 else r[k + 1]
        restrained = 0.1 * np.abs(w[k]) * np.sum(delta[k] * upper, axis=0)[:, None]
        expected = w[k] - 0.5 * (delta[k].T @ r[k] - restrained)
        found = life["weights"][f"forward_{k + 1}"].values[-1]
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_parameters_that_share_a_name_are_refused():
    @dataclass(frozen=True, kw_only=True)
    class Clash(SignFeedback):
        rate: float = parameter(0.1, "taken by the optimiser")

    with pytest.raises(ValueError, match="Adam.rate: expected a name of its own"):
        simulate(
            layered([7, 3], rule=Clash(), optimiser=Adam()),
            Schedule(Learning(make_tiny(), epochs=1)),
            trials=1,
            progress=False,
        )


@pytest.mark.parametrize("name", ["drive", "bias", "r", "slope", "spread_2", "share", "noise"])
def test_parameters_with_names_of_variables_are_refused(name):
    attributes = {
        name: parameter(2.0, "taken by neurons"),
        "__annotations__": {name: float},
        "signal": "w*delta_pre",
        "citation": "nobody",
        "__module__": "x",
    }
    clash = dataclass(frozen=True, kw_only=True)(type("Clash", (Rule,), attributes))
    with pytest.raises(ValueError, match=f"Clash.{name}: expected a name of its own"):
        simulate(
            layered([7, 4, 3], rule=clash()),
            Schedule(Learning(make_tiny(), epochs=1)),
            trials=1,
            progress=False,
        )


def test_feedback_may_learn_alone(tiny):
    attributes = {
        "signal": "w*delta_pre",
        "feedback_gradient": "r_post*delta_pre",
        "learns": {"spontaneous": ("feedback",), "learning": ("forward",)},
        "citation": "nobody",
        "__module__": "x",
    }
    rule = type("Alone", (Rule,), attributes)()
    network = layered([12, 6, 4], rule=rule, optimiser=Adam(rate=0.01))
    phases = Schedule(Spontaneous(gaussian_noise(), presentations=40))
    weights = simulate(network, phases, trials=8, progress=False)["weights"]
    moved = {name: float(abs(w[-1] - w[0]).max()) for name, w in weights.data_vars.items()}
    assert moved.pop("feedback_2") > 1e-3
    assert set(moved.values()) == {0.0}


def make_tiny():
    return Stimuli(
        images=xr.DataArray(np.zeros((2, 1, 7), np.uint8), dims=("sample", "row", "column")),
        labels=xr.DataArray([0, 1], dims="sample"),
        classes=3,
        name="dark",
    )


def test_parameters_with_names_of_synaptic_variables_are_refused():
    """A moment of Adam would win silently over a parameter of the rule."""

    @dataclass(frozen=True, kw_only=True)
    class Clash(SignFeedback):
        m: float = parameter(0.1, "taken by a moment")

    with pytest.raises(ValueError, match="Clash.m: expected a name of its own"):
        simulate(
            layered([7, 3], rule=Clash()),
            Schedule(Learning(make_tiny(), epochs=1)),
            trials=1,
            progress=False,
        )
