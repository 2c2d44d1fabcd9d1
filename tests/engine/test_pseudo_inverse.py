"""The Moore-Penrose inverse of a partner's weights, on every target."""

import numpy as np
import pytest
from brian2 import NeuronGroup

from ontogeny.engine import DenseProjection, PseudoInverse, Update

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
DEVICES = [
    "numpy",
    "synapses",
    pytest.param("cpp", marks=pytest.mark.compiler),
    pytest.param("cuda", marks=[pytest.mark.compiler, pytest.mark.cuda]),
]
BACKWARDS = [PseudoInverse("forward_w", into="w", gate="open"), Update("v += 1")]


def matrices(pre, post, dtype):
    """Return matrices (pre, post) by their names."""
    generator = np.random.default_rng(pre * 100 + post)
    full = generator.standard_normal((pre, post))
    left, right = (np.linalg.qr(generator.standard_normal((n, n)))[0] for n in (pre, post))
    graded = left[:, : min(pre, post)] * np.geomspace(1, 1e-3, min(pre, post))
    poor = np.outer(full[:, 0], full[0])
    poor[:, : post // 2] = 0
    small = full * 1e-20
    found = {"full": full, "graded": graded @ right[: min(pre, post)], "poor": poor}
    found |= {"small": small, "zero": 0 * full, "equal": np.ones((pre, post))}
    return {key: matrix.astype(dtype) for key, matrix in found.items()}


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((1, 1), "float64"), ((31, 17), "float64"), ((17, 31), "float64"), ((40, 23), "float32")],
)
@pytest.mark.parametrize("device", DEVICES)
def test_weights_become_the_inverse_of_the_partners(runner, device, shape, dtype):
    make = {"shape": (1, *shape), "backwards": BACKWARDS, "scalars": {"open": int}}
    made = runner(device, runner.pair, dtype, **make)
    for name, matrix in matrices(*shape, dtype).items():
        found = made.run({"up_w": matrix}, open=1)["down_w"]
        cut = max(shape) * np.finfo(dtype).eps
        expected = np.linalg.pinv(matrix.astype(np.float64), rcond=cut)
        scale = max(np.abs(expected).max(), 1e-300)
        assert found.dtype == dtype
        np.testing.assert_allclose(
            found, expected.ravel(), rtol=0, atol=TOLERANCE[dtype] * scale, err_msg=name
        )
        assert np.abs(expected).max() > 0 or name == "zero"


@pytest.mark.parametrize("device", DEVICES)
def test_values_that_are_not_finite_give_nan(runner, device):
    make = {"shape": (1, 5, 3), "backwards": BACKWARDS, "scalars": {"open": int}}
    made = runner(device, runner.pair, **make)
    matrix = np.ones((5, 3))
    for value in (np.nan, np.inf):
        matrix[2, 1] = value
        assert np.isnan(made.run({"up_w": matrix}, open=1)["down_w"]).all()
        closed = made.run({"up_w": matrix, "down_w": np.ones(15)}, open=0)
        assert (closed["down_w"] == 1).all() and (closed["down_v"] == 1).all()


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (
            PseudoInverse("w", into="w"),
            "PseudoInverse.code: expected one of the partner's variables forward_w, got 'w'",
        ),
        (
            PseudoInverse("forward_w", into="r_pre"),
            "PseudoInverse.into: expected one of the synaptic variables w, got 'r_pre'",
        ),
    ],
)
def test_wrong_names_are_refused(operation, message):
    one, two = (NeuronGroup(2, "r : 1") for _ in range(2))
    up = DenseProjection(one, two)
    with pytest.raises(ValueError, match=message):
        DenseProjection(two, one, partner=up, operations=[operation])
