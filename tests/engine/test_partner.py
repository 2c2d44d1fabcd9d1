"""Operations that read the synapses running the other way, on every target."""

import numpy as np
import pytest
from brian2 import NeuronGroup

from ontogeny.engine import Correlate, DenseProjection, Propagate, Update, stock_projection

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
DEVICES = [
    "numpy",
    "synapses",
    pytest.param("cpp", marks=pytest.mark.compiler),
    pytest.param("cuda", marks=[pytest.mark.compiler, pytest.mark.cuda]),
]
SHAPES = [(1, 1, 1), (1, 13, 7), (1, 211, 131), (6, 17, 33)]

UPDATES = [
    Update("w = forward_w - 2*v", order=1),
    Update("v = clip(forward_w, -0.5, 0.5) + sign(forward_v)", order=2),
    Correlate("y_pre*x_post", into="g", order=3, update="v += 0.5*g*forward_w"),
    Correlate("forward_w*tanh(y_pre)*x_post", into="g", order=4),
    Propagate("forward_w*y_pre", into="b_post", order=5),
]
SUMS = [*UPDATES, Propagate("tanh(forward_v + w*x_post)", into="a_pre", order=6)]


def draw(shape, dtype):
    trials, pre, post = shape
    generator = np.random.default_rng(trials * 10_000 + pre * 100 + post)
    sizes = {"x": (trials, pre), "y": (trials, post), "down_v": (post, pre)}
    sizes |= {"up_w": (pre, post), "up_v": (pre, post)}
    return {key: generator.standard_normal(size).astype(dtype) for key, size in sizes.items()}


def expected(x, y, down_v, up_w, up_v):
    w, forward_v = up_w.T, up_v.T
    new = w - 2 * down_v
    v = np.clip(w, -0.5, 0.5) + np.sign(forward_v) + 0.5 * (y.T @ x) * w
    general = np.tanh(forward_v + new * x[:, None, :])
    return {
        "down_w": new,
        "down_v": v,
        "down_g": w * (np.tanh(y).T @ x),
        "b": y @ w,
        "a": general.sum(axis=2),
        "up_w": up_w,
        "up_v": up_v,
    }


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("device", DEVICES)
def test_partners_are_read_at_the_same_two_units(runner, device, shape, dtype):
    if device == "synapses" and shape[0] > 1:
        pytest.skip("stock synapses have one trial")
    if device in ("cpp", "cuda") and (dtype == "float32") != (shape == SHAPES[-1]):
        pytest.skip("one compiled program for each shape is enough")
    given = draw(shape, dtype)
    found = runner(device, runner.pair, dtype, shape=shape, backwards=SUMS).run(given)
    arrays = {key: value.astype(np.float64) for key, value in given.items()}
    for key, values in expected(**arrays).items():
        scale = max(1.0, np.abs(values).max())
        assert found[key].dtype == dtype
        np.testing.assert_allclose(
            found[key], values.ravel(), rtol=0, atol=TOLERANCE[dtype] * scale, err_msg=key
        )


def test_partners_are_read_anew_in_every_step(runner):
    forwards = [Update("w += 1", order=0)]
    backwards = [Update("w = forward_w", order=1), Update("v += w", order=2)]
    made = runner("numpy", runner.pair, shape=(1, 2, 3), forwards=forwards, backwards=backwards)
    weights = np.arange(6.0).reshape(2, 3)
    found = made.run({"up_w": weights}, steps=3)
    np.testing.assert_array_equal(found["down_v"].reshape(3, 2), 3 * weights.T + 6)


@pytest.mark.parametrize("projection", [DenseProjection, stock_projection])
def test_other_populations_are_refused(projection):
    one, two = (NeuronGroup(2, "r : 1\ndrive : 1") for _ in range(2))
    up = projection(one, two)
    message = f"{projection.__name__}.partner: expected a projection from '{two.name}' to"
    with pytest.raises(ValueError, match=message):
        projection(one, two, partner=up)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        (
            {"operations": [Update("forward_w += 1")]},
            r"Update.code: .* only reads the partner's .*, got one that sets \['forward_w'\]",
        ),
        (
            {"operations": [Correlate("r_pre*r_post", into="forward_w")]},
            "Correlate.into: expected one of the synaptic variables w, got 'forward_w'",
        ),
        ({"variables": ["forward_w"]}, "DenseProjection.partner: expected 'forward_w' to be free"),
    ],
)
def test_partners_cannot_be_changed(keywords, message):
    one, two = (NeuronGroup(2, "r : 1\ndrive : 1") for _ in range(2))
    up = DenseProjection(one, two)
    with pytest.raises(ValueError, match=message):
        DenseProjection(two, one, partner=up, **keywords)
