"""Noise without state: against the generator's definition, and against statistics."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from ontogeny.data import Stimuli, gaussian_noise, uniform_noise
from ontogeny.engine import DEVICES, NOISE_KINDS, draw_labels, draw_noise
from ontogeny.models import Learning, Record, Schedule, Spontaneous, layered, simulate


def explicit(reference, *, seed, stream, presentation, units):
    """Follow the docstring of the module, one unit at a time, in plain Python numbers."""
    half = (units + 1) // 2
    blocks = -(-half // 4)
    words = []
    for block in range(blocks):
        counter = presentation * blocks + block
        words += reference.philox.philox4x64((counter, 0, 0, 0), (seed, stream))
    values = [0.0] * (2 * half)
    for i in range(half):
        one = ((words[i] >> 32) + 0.5) / 2**32
        two = ((words[i] & 0xFFFFFFFF) + 0.5) / 2**32
        radius = np.sqrt(-2 * np.log(one))
        values[i] = radius * np.cos(2 * np.pi * two)
        values[half + i] = radius * np.sin(2 * np.pi * two)
    return values[:units]


@pytest.mark.parametrize("units", [1, 2, 7, 8, 9, 784])
@pytest.mark.parametrize("presentation", [0, 1, 2**33])
def test_noise_follows_its_definition(reference, units, presentation):
    drawn = draw_noise(1, seed=11, stream=4, first=presentation, count=1, units=units)
    expected = explicit(reference, seed=11, stream=4, presentation=presentation, units=units)
    np.testing.assert_allclose(drawn[0], expected, rtol=1e-13, atol=1e-15)


def test_labels_follow_their_definition(reference):
    drawn = draw_labels(seed=3, stream=1, first=5, count=20, classes=10)
    words = [reference.philox.philox4x64((p, 0, 0, 0), (3, 1))[0] for p in range(5, 25)]
    assert drawn.tolist() == [(word >> 32) * 10 >> 32 for word in words]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_noise_does_not_depend_on_grouping(dtype):
    options = {"seed": 1, "stream": 2, "units": 13, "dtype": dtype}
    together = draw_noise(1, first=0, count=12, **options)
    parts = [draw_noise(1, first=first, count=3, **options) for first in (0, 3, 6, 9)]
    np.testing.assert_array_equal(together, np.concatenate(parts))


def test_seeds_and_streams_differ():
    options = {"first": 0, "count": 50, "units": 40}
    drawn = [
        draw_noise(1, seed=seed, stream=stream, **options).ravel()
        for seed, stream in ((0, 0), (1, 0), (0, 1), (1, 1))
    ]
    correlation = np.corrcoef(drawn) - np.eye(4)
    assert np.abs(correlation).max() < 4 / np.sqrt(drawn[0].size)


@pytest.mark.parametrize("name", NOISE_KINDS)
def test_distribution(name):
    drawn = draw_noise(
        NOISE_KINDS[name], seed=5, stream=0, first=0, count=500, units=99, mean=2.0, std=3.0
    ).ravel()
    half_width = 3 * np.sqrt(3)
    ideal = {
        "gaussian": stats.norm(2, 3),
        "uniform": stats.uniform(2 - half_width, 2 * half_width),
    }[name]
    assert stats.kstest(drawn, ideal.cdf).pvalue > 1e-3


def test_labels_are_uniform():
    drawn = draw_labels(seed=0, stream=0, first=0, count=20_000, classes=7)
    assert stats.chisquare(np.bincount(drawn, minlength=7)).pvalue > 1e-3


def inputs_of(device, trials, dtype):
    """Return what a short life saw, as the device itself recorded it."""
    images = np.random.default_rng(0).integers(0, 256, (30, 3, 5), dtype=np.uint8)
    stimuli = Stimuli(
        images=xr.DataArray(images, dims=("sample", "row", "column")),
        labels=xr.DataArray(np.arange(30) % 4, dims="sample"),
        classes=4,
        name="random",
        scale=0.3,
        shift=-1.0,
    )
    life = simulate(
        layered([15, 6, 4]),
        Schedule(
            Spontaneous(gaussian_noise(), presentations=50),
            Learning(stimuli, epochs=2),
            Spontaneous(uniform_noise(mean=1.0, std=2.0), presentations=31),
        ),
        device=device,
        trials=trials,
        dtype=dtype,
        record=Record(activity=True),
        progress=False,
    )
    return life["activity"]


@pytest.mark.skipif(bool(DEVICES["cpp"].problem()), reason="needs a C++ compiler")
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-13), ("float32", 2e-6)])
def test_all_targets_see_the_same_numbers(dtype, tolerance):
    seen = {device: inputs_of(device, 8, dtype) for device in ("numpy", "cpp")}
    assert len(seen["numpy"]["presentation"]) == 50 + 60 + 31
    np.testing.assert_allclose(
        seen["cpp"]["input_rate"], seen["numpy"]["input_rate"], rtol=tolerance, atol=tolerance
    )
    np.testing.assert_array_equal(seen["cpp"]["target"], seen["numpy"]["target"])


def test_number_of_trials_does_not_change_what_is_seen():
    few, many = (inputs_of("numpy", trials, "float64") for trials in (1, 30))
    np.testing.assert_array_equal(few["input_rate"], many["input_rate"])
    np.testing.assert_array_equal(few["target"], many["target"])
