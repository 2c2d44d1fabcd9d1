import numpy as np
import pytest

from ontogeny.analysis import synapses
from ontogeny.analysis.synapses import Projection

SAMPLES, POST, PRE = 7, 4, 3


@pytest.fixture
def projection():
    random = np.random.default_rng(0)
    return Projection(
        pre={name: random.normal(size=(SAMPLES, PRE)) for name in ("r_pre", "delta_pre")},
        post={"r_post": random.normal(size=(SAMPLES, POST))},
        weights={name: random.normal(size=(POST, PRE)) for name in ("w", "forward_w")},
        parameters={"scale": 0.5},
    )


def everything(projection, expression):
    """The expression of every synapse in every sample, written by hand."""
    values = {name: value[:, None, :] for name, value in projection.pre.items()}
    values |= {name: value[:, :, None] for name, value in projection.post.items()}
    values |= {**projection.weights, **projection.parameters}
    return np.broadcast_to(expression(**values), (SAMPLES, POST, PRE))


EXPRESSIONS = {
    "w*delta_pre": lambda w, delta_pre, **_: w * delta_pre,
    "-w*delta_pre/scale": lambda w, delta_pre, scale, **_: -w * delta_pre / scale,
    "delta_pre*r_post - (scale - w)*r_pre": lambda delta_pre, r_post, scale, w, r_pre, **_: (
        delta_pre * r_post - (scale - w) * r_pre
    ),
    "delta_pre/(r_post/r_pre)/w": lambda delta_pre, r_post, r_pre, w, **_: (
        delta_pre / (r_post / r_pre) / w
    ),
    "-(w - -delta_pre)": lambda w, delta_pre, **_: -(w + delta_pre),
    "tanh(w*r_pre)*delta_pre": lambda w, r_pre, delta_pre, **_: np.tanh(w * r_pre) * delta_pre,
    "w*abs(r_pre - r_post)*delta_pre + 1": lambda w, r_pre, r_post, delta_pre, **_: (
        w * np.abs(r_pre - r_post) * delta_pre + 1
    ),
    "tanh(w*r_pre)*delta_pre + tanh(r_pre*r_post)": lambda w, r_pre, r_post, delta_pre, **_: (
        np.tanh(w * r_pre) * delta_pre + np.tanh(r_pre * r_post)
    ),
    "r_post**2": lambda r_post, **_: r_post**2,
    "scale": lambda scale, **_: scale,
}


@pytest.mark.parametrize("code", EXPRESSIONS)
@pytest.mark.parametrize("block", [1, 30, 10**6])
def test_sums(projection, code, block, monkeypatch):
    monkeypatch.setattr(synapses, "_BLOCK", block)
    expected = everything(projection, EXPRESSIONS[code])
    np.testing.assert_allclose(
        projection.sum_over_pre(code, "rule"), expected.sum(axis=2), rtol=1e-12, atol=1e-12
    )
    np.testing.assert_allclose(
        projection.sum_over_samples(code, "rule"), expected.sum(axis=0), rtol=1e-12, atol=1e-12
    )


def test_products_of_sides_need_no_blocks(projection, monkeypatch):
    monkeypatch.delattr(Projection, "_blocks")
    projection.sum_over_pre("w*tanh(r_post)*delta_pre*r_pre/scale", "rule")
    with pytest.raises(AttributeError, match="_blocks"):
        projection.sum_over_pre("tanh(r_post*r_pre)", "rule")


def test_unknown_name(projection):
    with pytest.raises(ValueError, match=r"signal: expected names among .*, got 'target_pre'"):
        projection.sum_over_pre("w*target_pre", "signal")
