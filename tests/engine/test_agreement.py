"""Every operation, on every target, at any sizes: one body of tests."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ontogeny.engine import DEVICES

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
# One, primes, and more than a vector register, a warp or a block of rows holds.
SIZES = st.integers(1, 70)
SHAPES = st.tuples(SIZES, SIZES, SIZES)
COMPILED = ["cpp", pytest.param("cuda", marks=pytest.mark.cuda)]


def examples(count):
    # Module-wide fixtures are reset by nothing between examples, which is what they are for.
    return settings(max_examples=count, deadline=None, derandomize=True)


def agree(laboratory, device, shape, dtype):
    """Run every operation once, and compare with NumPy."""
    if DEVICES[device].problem():
        pytest.skip(DEVICES[device].problem())
    trials, pre, post = shape
    generator = np.random.default_rng(trials * 10_000 + pre * 100 + post)
    x, y, w, v = (
        generator.standard_normal(size).astype(dtype)
        for size in ((trials, pre), (trials, post), (pre, post), (pre, post))
    )
    x[:, : 3 * pre // 4] = 0  # silent sources take a short cut
    found = laboratory(device, *shape, dtype=dtype).run(x, y, w, v)
    arrays = (values.astype(np.float64) for values in (x, y, w, v))
    for key, values in laboratory.expected(*arrays).items():
        scale = max(1.0, np.abs(values).max())
        assert found[key].dtype == dtype
        np.testing.assert_allclose(
            found[key],
            values.ravel(),
            rtol=0,
            atol=TOLERANCE[dtype] * scale,
            err_msg=f"{key} on {device}, trials, sources and targets {shape}",
        )


@pytest.mark.parametrize("dtype", TOLERANCE)
@examples(25)
@given(shape=SHAPES)
@example(shape=(1, 1, 1))
@example(shape=(1, 13, 7))
@example(shape=(5, 1, 3))
@example(shape=(9, 17, 1))
@example(shape=(2, 211, 131))  # more synapses than a block of element-wise code
def test_operations_agree_on_numpy(laboratory, dtype, shape):
    agree(laboratory, "numpy", shape, dtype)


@pytest.mark.compiler
@pytest.mark.parametrize("device", COMPILED)
@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ((1, 13, 7), "float64"),
        ((19, 31, 23), "float64"),
        ((33, 1, 17), "float32"),
        ((20, 40, 300), "float64"),
    ],
)
def test_operations_agree_on_compiled_targets(laboratory, device, shape, dtype):
    agree(laboratory, device, shape, dtype)


# Every shape is a program of its own, so that many shapes take minutes.
@pytest.mark.slow
@pytest.mark.compiler
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("device", COMPILED)
@examples(10)
@given(shape=SHAPES)
@example(shape=(1, 1, 1))
@example(shape=(5, 1, 3))
@example(shape=(9, 17, 1))
@example(shape=(2, 211, 131))
def test_operations_agree_on_compiled_targets_at_any_sizes(laboratory, device, dtype, shape):
    agree(laboratory, device, shape, dtype)


@pytest.mark.compiler
def test_without_a_blas_loops_do_the_same(laboratory, monkeypatch):
    monkeypatch.setenv("ONTOGENY_BLAS", "none")
    agree(laboratory, "cpp", (19, 37, 23), "float64")
