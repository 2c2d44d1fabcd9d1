import importlib.util
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis.activity import power_law_exponent
from ontogeny.analysis.activity.eigenspectrum import exponent

path = Path(__file__).parents[1] / "reference" / "activity.py"
spec = importlib.util.spec_from_file_location("ontogeny_reference_activity", path)
slow_way = importlib.util.module_from_spec(spec)
spec.loader.exec_module(slow_way)

DIMS = ("repeat", "sample", "neuron")


def signal(random, alpha, stimuli, neurons):
    """Return responses whose variances fall exactly as a power law, and their axes."""
    ranks = min(stimuli, neurons) - 1
    scores = random.normal(size=(stimuli, ranks))
    scores = np.linalg.qr(scores - scores.mean(0))[0] * np.sqrt(stimuli)
    axes = np.linalg.qr(random.normal(size=(neurons, ranks)))[0]
    scaled = np.arange(1, ranks + 1) ** (-alpha / 2) * axes
    return scores @ scaled.T, scaled


def with_noise(random, alpha, stimuli, neurons, kind):
    responses, scaled = signal(random, alpha, stimuli, neurons)
    if kind == "even":
        noise = 0.1 * responses.std() * random.normal(size=(2, stimuli, neurons))
    else:
        noise = 0.5 * random.normal(size=(2, stimuli, scaled.shape[1])) @ scaled.T
    return xr.DataArray(responses + noise, dims=DIMS)


@pytest.mark.parametrize("kind", ["even", "alike"])
@pytest.mark.parametrize("shape", [(500, 600), (600, 480)])
@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_known_exponents_are_recovered(alpha, shape, kind):
    repeats = with_noise(np.random.default_rng(0), alpha, *shape, kind)
    found = power_law_exponent(repeats, shuffles=3)
    assert found["exponent"] == pytest.approx(alpha, abs=0.05)
    assert found["low"] < found["exponent"] < found["high"] < found["low"] + 0.1
    assert found["negative"] == 0
    assert found.sizes["order"] == min(500, min(shape) - 2)


def test_noise_bends_plain_variances_more():
    repeats = with_noise(np.random.default_rng(1), 2.0, 300, 350, "even")
    found = power_law_exponent(repeats, shuffles=2, ranks=(11, 200))
    assert abs(found["in_sample_exponent"] - 2) > 5 * abs(found["exponent"] - 2)


def test_noise_alone_is_told():
    repeats = xr.DataArray(np.random.default_rng(2).normal(size=(2, 80, 60)), dims=DIMS)
    found = power_law_exponent(repeats, ranks=(5, 40), shuffles=2)
    assert found["negative"] > 0.2


@pytest.mark.parametrize("shape", [(30, 14), (14, 30)])
def test_as_the_reference(shape):
    random = np.random.default_rng(3)
    responses = random.normal(size=shape) / np.arange(1, shape[1] + 1)
    # Of equal repeats it does not matter which is first.
    repeats = xr.DataArray(np.stack([responses, responses]), dims=DIMS)
    found = power_law_exponent(repeats, ranks=(2, 10), shuffles=2, folds=3)
    expected = slow_way.cross_validated_spectrum(responses, responses, 10)
    whole = np.sum((responses - responses.mean(0)) ** 2)
    np.testing.assert_allclose(found["spectrum"], expected / whole)
    assert found["exponent"] == pytest.approx(slow_way.power_law(expected, 2, 10))
    assert found["in_sample_exponent"] == pytest.approx(float(found["exponent"]))


@pytest.mark.parametrize("shape", [(30, 14), (14, 30)])
def test_repeats_are_crossed_as_in_the_reference(shape, monkeypatch):
    random = np.random.default_rng(4)
    both = random.normal(size=shape) / np.arange(1, shape[1] + 1) + 0.1 * random.normal(
        size=(2, *shape)
    )

    class Never(np.random.Generator):
        def random(self, size):
            return np.ones(size)

    monkeypatch.setattr(np.random, "default_rng", lambda seed: Never(np.random.PCG64(seed)))
    found = power_law_exponent(xr.DataArray(both, dims=DIMS), ranks=(1, 6), shuffles=1, folds=5)
    expected = slow_way.cross_validated_spectrum(both[0], both[1], 6)
    np.testing.assert_allclose(
        found["spectrum"] / found["spectrum"].sum(), expected / expected.sum()
    )


def test_fits_of_exact_power_laws():
    ranks = np.arange(1, 101)
    spectra = 3.0 * ranks ** -np.array([[0.5], [1.04], [3.5]])
    np.testing.assert_allclose(exponent(spectra, 11, 90), [0.5, 1.04, 3.5])
    noisy = spectra[1] * np.exp(0.3 * np.sin(ranks))
    assert exponent(noisy, 11, 90) == pytest.approx(slow_way.power_law(noisy, 11, 90))


def test_spontaneous_activity_scales_and_is_removed():
    random = np.random.default_rng(5)
    responses, _ = signal(random, 1.0, 150, 120)
    repeats = responses + 0.02 * random.normal(size=(2, 150, 120))
    gains, means = random.uniform(0.1, 10, 120), random.normal(size=120)
    shared = random.normal(size=(1, 120))
    rest = random.normal(size=(4000, 120)) + 20 * random.normal(size=(4000, 1)) * shared
    scale = rest.std(0)
    # Fluctuations along one spontaneous dimension, in both repeats, and gains of every neuron.
    driven = repeats + 30 * random.normal(size=(150, 1)) * shared / scale
    plain = power_law_exponent(xr.DataArray(repeats, dims=DIMS), ranks=(5, 100), shuffles=2)
    found = power_law_exponent(
        xr.DataArray(gains * scale * driven + means, dims=DIMS),
        spontaneous=xr.DataArray(gains * rest + means, dims=DIMS[1:]),
        spontaneous_components=1,
        ranks=(5, 100),
        shuffles=2,
    )
    assert found["exponent"] == pytest.approx(float(plain["exponent"]), abs=0.05)
    left = power_law_exponent(xr.DataArray(driven, dims=DIMS), ranks=(5, 100), shuffles=2)
    assert left["spectrum"][0] > 3 * found["spectrum"][0]


def test_neurons_that_are_silent_in_rest_are_left_out():
    random = np.random.default_rng(6)
    repeats = xr.DataArray(random.normal(size=(2, 40, 20)), dims=DIMS)
    rest = xr.DataArray(random.normal(size=(50, 20)), dims=DIMS[1:])
    rest[:, 3] = 0.5
    options = {"ranks": (2, 10), "spontaneous_components": 4, "shuffles": 1}
    found = power_law_exponent(repeats, spontaneous=rest, **options)
    fewer = power_law_exponent(
        repeats.drop_isel(neuron=3), spontaneous=rest.drop_isel(neuron=3), **options
    )
    xr.testing.assert_allclose(found, fewer)


def test_other_dims_and_missing_values():
    random = np.random.default_rng(7)
    lives = xr.DataArray(
        random.normal(size=(2, 3, 2, 30, 20)),
        dims=("network", "checkpoint", "half", "image", "cell"),
        coords={"network": [8, 9], "image": np.arange(30)},
    )
    lives[1, 1, 0, 2, 2] = np.nan
    before = lives.copy(deep=True)
    options = {"repeat": "half", "samples": "image", "neurons": "cell", "ranks": (2, 10)}
    found = power_law_exponent(lives, shuffles=2, **options)
    assert found["exponent"].dims == ("network", "checkpoint")
    assert found["spectrum"].dims == ("network", "checkpoint", "order")
    assert found["exponent"].isnull().values.tolist() == [[False] * 3, [False, True, False]]
    one = power_law_exponent(lives[1, 2], shuffles=2, **options)
    xr.testing.assert_allclose(found.isel(network=1, checkpoint=2), one)
    assert all(found[name].attrs["units"] == "1" for name in found)
    xr.testing.assert_identical(lives, before)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({}, r"ranks: expected at least 5 ranks from 1 up, got 11 to 6, which is what stimuli"),
        ({"ranks": (0, 6)}, r"ranks: expected at least 5 ranks from 1 up, got 0 to 6"),
        ({"ranks": (1, 6), "shuffles": 0}, r"shuffles: expected at least 1, got 0"),
        ({"ranks": (1, 6), "folds": 13}, r"folds: expected 2 to the number of stimuli, 12, got 13"),
        ({"repeat": "half"}, r"power_law_exponent.repeats: expected dim 'half', got"),
    ],
)
def test_wrong_options(options, match):
    with pytest.raises(ValueError, match=match):
        power_law_exponent(xr.DataArray(np.ones((2, 12, 8)), dims=DIMS), **options)


def test_wrong_activity():
    three = xr.DataArray(np.ones((3, 12, 8)), dims=DIMS)
    with pytest.raises(ValueError, match=r"repeats: expected 2 along 'repeat', got 3; average"):
        power_law_exponent(three, ranks=(1, 6))
    two, rest = three[:2], three[0]
    for spontaneous, match in (
        (rest[:, :7], r"spontaneous: expected the 8 neurons of the repeats, got 7"),
        (rest, r"spontaneous_components: expected fewer than spontaneous samples and neurons"),
        (rest.rename(neuron="cell"), r"power_law_exponent.spontaneous: expected dim 'neuron'"),
    ):
        with pytest.raises(ValueError, match=match):
            power_law_exponent(two, ranks=(1, 6), spontaneous=spontaneous, folds=3)
