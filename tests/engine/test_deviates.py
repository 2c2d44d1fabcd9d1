"""Deviates are the same numbers on every target, however steps are cut into segments."""

import numpy as np
import pytest

from ontogeny.engine import (
    DEVIATES_SETTINGS,
    NOISE_KINDS,
    Deviates,
    Settings,
    Update,
    draw_noise,
)

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
DEVICES = [
    "numpy",
    "synapses",
    pytest.param("cpp", marks=pytest.mark.compiler),
    pytest.param("cuda", marks=[pytest.mark.compiler, pytest.mark.cuda]),
]
SCALARS = {"open": int, "period": int, "closed": int, "elapsed": int}
SUMS = [Update("v += w*w", order=2), Update("g += 0", order=3)]


def noisy(made):
    """Add deviates of every sort to a pair of projections."""
    dense, below, above = made.objects[5], made.objects[3], made.objects[4]
    trials = len(made.objects[2])
    common = {"settings": made.settings, "order": 1}
    made.objects += [
        Deviates(dense, "w", kind="gaussian", stream=0, rows=1, name="d0", **common),
        Deviates(dense, "g", kind="uniform", stream=1, rows=1, gate="open", name="d1", **common),
        Deviates(below, "x", kind="uniform", stream=2**32 - 1, rows=trials, name="d2", **common),
        Deviates(
            above,
            "y",
            kind="gaussian",
            stream=7,
            rows=trials,
            window=("period", "closed"),
            name="d3",
            **common,
        ),
    ]


def drawn(kind, stream, step, rows, units, dtype):
    return draw_noise(
        NOISE_KINDS[kind],
        seed=5,
        stream=2**32 + stream,
        first=step * rows,
        count=rows,
        units=units,
        dtype=dtype,
    ).ravel()


@pytest.mark.parametrize(
    ("shape", "dtype"), [((1, 13, 7), "float64"), ((6, 37, 11), "float64"), ((3, 5, 64), "float32")]
)
@pytest.mark.parametrize("device", DEVICES)
def test_all_targets_draw_the_numbers_of_the_step(runner, device, shape, dtype):
    trials, pre, post = shape
    if device == "synapses" and trials > 1:
        pytest.skip("stock synapses have one trial")
    made = runner(
        device, runner.pair, dtype, shape=shape, forwards=SUMS, scalars=SCALARS, more=noisy
    )
    given = {"seed": 5, "elapsed": 1000, "period": 4, "closed": 3, "open": 0}
    found = made.run({"up_g": np.full(pre * post, 7.0, dtype)}, 6, **given)
    expected = {
        "up_w": drawn("gaussian", 0, 1005, 1, pre * post, dtype),
        "up_v": sum(
            drawn("gaussian", 0, 1000 + k, 1, pre * post, dtype).astype(float) ** 2
            for k in range(6)
        ),
        "up_g": np.full(pre * post, 7.0),
        "x": drawn("uniform", 2**32 - 1, 1005, trials, pre, dtype),
        "y": drawn("gaussian", 7, 1003, trials, post, dtype),  # the last open step
    }
    for key, values in expected.items():
        scale = max(1.0, np.abs(values).max())
        assert found[key].dtype == dtype
        np.testing.assert_allclose(
            found[key], values, rtol=0, atol=TOLERANCE[dtype] * scale, err_msg=key
        )


@pytest.mark.parametrize("device", DEVICES)
def test_segments_do_not_matter(runner, device):
    make = {"shape": (1, 13, 7), "forwards": SUMS, "scalars": SCALARS, "more": noisy}
    made = runner(device, runner.pair, **make)
    given = {"seed": 5, "open": 1}
    whole = made.run({}, 5, **given)
    first = made.run({}, 2, **given)
    second = made.run(first, 3, **{**given, "elapsed": 2})
    for key, values in whole.items():
        np.testing.assert_array_equal(second[key], values, err_msg=key)
    assert np.abs(whole["up_g"]).max() > 1


def test_deviates_have_mean_0_and_standard_deviation_1(runner):
    shape = (4, 2_000, 3_000)
    made = runner("numpy", runner.pair, shape=shape, scalars=SCALARS, more=noisy)
    found = made.run({}, 1, seed=5, open=1)
    for key in ("up_w", "up_g", "x", "y"):
        count = found[key].size
        assert abs(found[key].mean()) < 5 / np.sqrt(count)
        assert abs(found[key].std() - 1) < 5 / np.sqrt(count)
    assert np.abs(found["up_g"]).max() < np.sqrt(3) < found["up_w"].max()
    assert abs(np.corrcoef(found["up_w"], found["up_g"])[0, 1]) < 5 / np.sqrt(found["up_w"].size)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "poisson"}, "Deviates.kind: expected one of gaussian, uniform, got 'poisson'"),
        ({"stream": -1}, r"Deviates.stream: expected 0..2\*\*32 - 1, got -1"),
        ({"variable": "q"}, "Deviates.variable: expected a variable of 'below' .* got 'q'"),
        ({"variable": "i"}, "Deviates.variable: expected a variable of 'below' .* got 'i'"),
        ({"rows": 4}, "Deviates.rows: expected a divisor of 6, the size of 'below', got 4"),
        ({"settings": {}}, "Deviates.settings: .* got none of .'elapsed', 'seed'.; add them"),
    ],
)
def test_what_cannot_be_filled_is_refused(wrong, message):
    from brian2 import NeuronGroup, defaultclock

    given = {"variable": "x", "kind": "uniform", "stream": 0, "rows": 2, "order": 0}
    given |= {"settings": DEVIATES_SETTINGS} | wrong
    settings = Settings(given.pop("settings"), clock=defaultclock)
    with pytest.raises(ValueError, match=message):
        Deviates(
            NeuronGroup(6, "x : 1", name="below"), given.pop("variable"), settings=settings, **given
        )
