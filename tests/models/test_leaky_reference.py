"""Leaky networks against plain NumPy, step by step: same weights, drives, rates and noise."""

import numpy as np
import pytest

from ontogeny.engine import DEVICES

TOLERANCE = 1e-10
NAMES = (
    "gated", "continuous", "windowed", "backpropagation", "Kolen-Pollack", "sign-symmetry",
    "target projection", "pseudo-backpropagation", "shallow", "noise", "PAL", "spiking",
    "everything",
)  # fmt: skip


def on(device, name):
    problem = DEVICES[device].problem()
    marks = [getattr(pytest.mark, {"cpp": "compiler"}.get(device, device))]
    marks.append(pytest.mark.skipif(bool(problem), reason=problem or "works"))
    return pytest.param(device, name, marks=marks, id=f"{device}-{name}")


# Programs that have, together, whatever the others have.
COMPILED = [on("cpp", name) for name in ("everything", "spiking")]
COMPILED.append(on("cuda", "everything"))


@pytest.mark.parametrize(("device", "name"), [*(("numpy", name) for name in NAMES), *COMPILED])
def test_every_dynamics_agrees_with_plain_numpy(leaky_life, reference, states, device, name):
    network = leaky_life.network_of(name)
    life = leaky_life.live(network, device)
    oracle = leaky_life.replay(reference, name)
    found, born = life["weights"].isel(checkpoint=-1), network.initial_weights(leaky_life.SEED)
    for layer in leaky_life.LAYERS:
        pairs = {"forward": oracle.weights[layer - 1], "bias": oracle.biases[layer - 1]}
        if layer > 1 and name != "backpropagation":
            pairs["feedback"] = oracle.feedback[layer - 1]
        for kind, expected in pairs.items():
            values = found[f"{kind}_{layer}"].values
            np.testing.assert_allclose(values, expected, rtol=0, atol=TOLERANCE)
            learns = kind != "feedback" or name in ("Kolen-Pollack", "PAL", "everything")
            if learns and name != "shallow":
                assert np.abs(values - born[f"{kind}_{layer}"]).max() > 1e-4
    assert_same_neurons(states[-1], oracle, leaky_life)


def assert_same_neurons(state, oracle, leaky_life):
    for layer in leaky_life.LAYERS:
        last = layer == leaky_life.LAYERS[-1]
        population = "outputs" if last else f"hidden_{layer}"
        expected = {
            "drive": oracle.drives[layer - 1],
            "r": oracle.rates[layer],
            "delta": oracle.deltas_now[layer - 1],
            "noise": oracle.noises[layer - 1],
            "filtered": oracle.traces[layer],
            "sent": oracle.traces[layer],
        }
        if not last:
            expected["apical"] = oracle.apical[layer - 1]
        kept = {key.split(".")[1] for key in state if key.startswith(f"{population}.")}
        assert kept >= {"drive", "r", "delta"}
        for name in kept & set(expected):
            values = state[f"{population}.{name}"].reshape(leaky_life.TRIALS, -1)
            np.testing.assert_allclose(values, expected[name], rtol=0, atol=TOLERANCE)
