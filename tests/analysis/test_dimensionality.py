import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import loadmat

from ontogeny.analysis.activity import effective_dimension, participation_ratio

path = Path(__file__).parents[1] / "reference" / "activity.py"
spec = importlib.util.spec_from_file_location("ontogeny_reference_activity", path)
slow_way = importlib.util.module_from_spec(spec)
spec.loader.exec_module(slow_way)

RECORDED = Path(os.environ.get("ONTOGENY_DATA", "")) / "neural/v1v2_semedo2019/sample_data.mat"
MEASURES = [participation_ratio, effective_dimension]


def sampled(values):
    return xr.DataArray(np.asarray(values, dtype=float), dims=("sample", "neuron"))


def with_spectrum(variances, neurons, samples=200, seed=0):
    """Return samples whose covariance has exactly these eigenvalues."""
    random = np.random.default_rng(seed)
    scores = random.normal(size=(samples, len(variances)))
    scores = np.linalg.qr(scores - scores.mean(0))[0]
    axes = np.linalg.qr(random.normal(size=(neurons, len(variances))))[0]
    return sampled(scores * np.sqrt(variances) @ axes.T + random.normal(size=neurons))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("count", [1, 4, 12])
def test_equal_variances_count(measure, count):
    assert measure(with_spectrum([2.0] * count, 12)) == pytest.approx(count)


def test_power_laws_in_closed_form():
    variances = 1 / np.arange(1, 31)
    activity = with_spectrum(variances, 30)
    expected = variances.sum() ** 2 / (variances**2).sum()
    assert participation_ratio(activity) == pytest.approx(expected)
    share = variances / variances.sum()
    assert effective_dimension(activity) == pytest.approx(np.exp(-share @ np.log(share)))


@settings(max_examples=30, deadline=None)
@given(st.integers(3, 8), st.integers(2, 6), st.integers(0, 10**6))
def test_as_the_reference(samples, neurons, seed):
    values = np.random.default_rng(seed).normal(2, 3, size=(samples, neurons))
    activity = sampled(values)
    assert participation_ratio(activity) == pytest.approx(slow_way.participation_ratio(values))
    assert effective_dimension(activity) == pytest.approx(slow_way.effective_dimension(values))


@settings(max_examples=8, deadline=None)
@given(st.integers(5, 7), st.integers(0, 10**6))
def test_unbiased_traces_average_over_all_quadruples(samples, seed):
    values = np.random.default_rng(seed).gamma(1.0, size=(samples, 2))
    expected = slow_way.unbiased_participation_ratio(values)
    found = participation_ratio(sampled(values), unbiased=True)
    assert found.isnull() or found == pytest.approx(expected)
    assert not found.isnull() or expected < 0


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 20), st.integers(1, 12), st.integers(0, 10**6), st.floats(0.01, 100))
def test_laws(samples, neurons, seed, scale):
    random = np.random.default_rng(seed)
    values = random.normal(size=(samples, neurons))
    rotation = np.linalg.qr(random.normal(size=(neurons, neurons)))[0]
    for measure in MEASURES:
        found = measure(sampled(values))
        assert 1 - 1e-9 <= found <= min(neurons, samples - 1) + 1e-9
        assert measure(sampled(scale * values @ rotation + 3)) == pytest.approx(float(found))


def test_few_samples_have_few_dimensions_as_theory_says():
    random = np.random.default_rng(0)
    for samples, neurons in ((21, 40), (101, 40), (501, 40)):
        stack = xr.DataArray(
            random.normal(size=(40, samples, neurons)), dims=("draw", "sample", "neuron")
        )
        n = samples - 1
        expected = n * neurons / (n + neurons + 1)
        found = participation_ratio(stack)
        assert float(found.mean()) == pytest.approx(expected, rel=0.02)
        corrected = participation_ratio(stack, unbiased=True)
        assert float(corrected.mean()) == pytest.approx(neurons, rel=0.06)


def test_matched_sampling_makes_recordings_comparable():
    random = np.random.default_rng(1)
    mixing = random.normal(size=(10, 50))
    long, short = (
        sampled(random.normal(size=(n, 10)) @ mixing[:, :m] + 0.5 * random.normal(size=(n, m)))
        for n, m in ((2000, 50), (60, 20))
    )
    assert participation_ratio(long) > 1.15 * participation_ratio(short)
    matched = participation_ratio(long, matched=(60, 20), draws=50)
    assert matched == pytest.approx(float(participation_ratio(short)), rel=0.1)
    again = participation_ratio(long, matched=(60, 20), draws=50)
    assert matched == again
    assert matched != participation_ratio(long, matched=(60, 20), draws=50, seed=1)
    whole = participation_ratio(short, matched=(60, 20), draws=2)
    assert whole == pytest.approx(float(participation_ratio(short)))


def test_shuffled_neurons_are_independent():
    activity = with_spectrum([1.0], 20, samples=2000)
    variances = activity.var("sample").values
    expected = variances.sum() ** 2 / (variances**2).sum()
    found = participation_ratio(activity, shuffled=True)
    assert found == pytest.approx(expected, rel=0.03)
    assert "shuffled" in found.attrs["long_name"]


@pytest.mark.parametrize("measure", MEASURES)
def test_other_dims_and_missing_values(measure):
    values = np.random.default_rng(2).normal(size=(2, 3, 30, 5))
    values[0, 1, 4, 2] = np.nan
    values[1, 2] = np.arange(5)  # constant
    lives = xr.DataArray(
        values, dims=("network", "checkpoint", "time", "cell"), coords={"network": [5, 6]}
    )
    before = lives.copy(deep=True)
    found = measure(
        lives.transpose("cell", "network", "time", "checkpoint"), samples="time", neurons="cell"
    )
    assert found.dims == ("network", "checkpoint")
    assert np.argwhere(found.isnull().values).tolist() == [[0, 1], [1, 2]]
    one = measure(lives[1, 1], samples="time", neurons="cell")
    assert found.sel(network=6).isel(checkpoint=1) == pytest.approx(float(one))
    assert found.attrs["units"] == "1"
    xr.testing.assert_identical(lives, before)


@pytest.mark.skipif(not RECORDED.is_file(), reason="needs the sample of Semedo 2019")
@pytest.mark.parametrize(
    ("name", "neurons", "ratio"), [("X", 79, 28.8), ("Y_V1", 31, 14.7), ("Y_V2", 31, 9.3)]
)
def test_recorded_populations(name, neurons, ratio):
    activity = sampled(loadmat(RECORDED)[name])
    assert activity.shape == (4000, neurons)
    found = participation_ratio(activity)
    assert found == pytest.approx(ratio, abs=0.05)
    assert found < participation_ratio(activity, unbiased=True) < 1.02 * found
    assert found < participation_ratio(activity, shuffled=True, draws=3)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"samples": "time"}, r"participation_ratio.activity: expected dim 'time', got"),
        ({"draws": 0}, r"participation_ratio.draws: expected at least 1, got 0"),
        ({"matched": (4, 2)}, r"matched: expected \(2, 1\) to \(3, 2\) samples and neurons, got"),
        ({"matched": (1, 2)}, r"matched: expected \(2, 1\) to"),
        ({"unbiased": True}, r"activity: expected at least 4 along 'sample', got 3"),
    ],
)
def test_wrong_options(options, match):
    with pytest.raises(ValueError, match=match):
        participation_ratio(sampled(np.eye(3)[:, :2]), **options)


def test_one_sample_has_no_dimensions():
    with pytest.raises(ValueError, match=r"effective_dimension.activity: expected at least 2 alo"):
        effective_dimension(sampled([[1.0, 2.0]]))
