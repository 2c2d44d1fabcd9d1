import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy.io import loadmat

from ontogeny.analysis.activity import noise_correlation
from ontogeny.analysis.activity.noise_correlation import mean_pair_correlation, scores


def shared(seed, *, samples=500, neurons=12, strength=0.5):
    """Residuals with one source in common: every pair has the correlation `strength`."""
    generator = np.random.default_rng(seed)
    common = generator.normal(size=(samples, 1))
    own = generator.normal(size=(samples, neurons))
    values = np.sqrt(strength) * common + np.sqrt(1 - strength) * own
    return xr.DataArray(values, dims=("sample", "neuron"))


def test_agrees_with_the_reference(reference):
    residuals = shared(0, samples=30, neurons=5)
    found = noise_correlation(residuals)
    expected = reference.representations.mean_pair_correlation(residuals.values)
    np.testing.assert_allclose(found["noise_correlation"], expected)
    assert all(found[name].attrs["units"] == "1" for name in found)


def test_known_correlation_and_its_control():
    found = noise_correlation(shared(1, samples=20_000, strength=0.3))
    assert abs(found["noise_correlation"] - 0.3) < 0.02
    assert found["low"] < found["noise_correlation"] < found["high"]
    assert abs(found["control"]) < 0.002
    assert found["control_low"] < 0 < found["control_high"] < found["low"]


def test_independent_neurons_are_within_their_control():
    inside = 0
    for seed in range(20):
        found = noise_correlation(shared(seed, strength=0.0), seed=seed)
        inside += bool(found["control_low"] <= found["noise_correlation"] <= found["control_high"])
    assert inside >= 16


def test_intervals_over_neurons_hold_the_truth_about_as_often_as_they_say():
    loadings = np.random.default_rng(99).normal(0.3, 0.2, size=10**6)
    truth = np.mean(loadings / np.sqrt(1 + loadings**2)) ** 2
    held = 0
    for seed in range(40):
        generator = np.random.default_rng(seed)
        drawn = generator.normal(0.3, 0.2, size=30)
        values = generator.normal(size=(400, 1)) * drawn + generator.normal(size=(400, 30))
        found = noise_correlation(xr.DataArray(values, dims=("sample", "neuron")), seed=seed)
        held += bool(found["low"] < truth < found["high"])
    assert 33 <= held


def test_copies_of_a_neuron_are_no_pairs(reference):
    standard = scores(shared(3, neurons=4).values)
    weights = np.array([2.0, 0.0, 1.0, 1.0])
    pair = {(i, j): standard[:, i] @ standard[:, j] for i in range(4) for j in range(4)}
    expected = (2 * pair[0, 2] + 2 * pair[0, 3] + pair[2, 3]) / 5
    np.testing.assert_allclose(mean_pair_correlation(standard, weights), expected)


@pytest.mark.filterwarnings("error")
def test_silent_neurons_are_left_out_and_counted():
    residuals = shared(4, neurons=6)
    with_silent = residuals.copy()
    with_silent[:, 2], with_silent[:, 4] = 0.1, np.nan
    found = noise_correlation(with_silent)
    kept = noise_correlation(residuals.isel(neuron=[0, 1, 3, 5]))
    np.testing.assert_allclose(found["noise_correlation"], kept["noise_correlation"])
    assert (found["neurons"], found["silent"]) == (4, 2)
    none = noise_correlation(with_silent.isel(neuron=[0, 2, 4]))
    assert np.isnan(none["noise_correlation"]) and np.isnan(none["control"])


@pytest.mark.filterwarnings("error")
def test_two_neurons_have_an_estimate():
    found = noise_correlation(shared(5, neurons=2, samples=10_000))
    assert abs(found["noise_correlation"] - 0.5) < 0.05


def test_other_dims_are_broadcast_and_seeds_repeat():
    residuals = xr.concat([shared(0), shared(1, strength=0.1)], "area").rename(
        sample="time", neuron="unit"
    )
    found = noise_correlation(residuals, samples="time", neurons="unit", seed=3)
    assert found["noise_correlation"].dims == ("area",)
    again = noise_correlation(residuals[1], samples="time", neurons="unit", seed=3)
    xr.testing.assert_identical(found.isel(area=1), again)


def test_errors():
    with pytest.raises(ValueError, match=r"residuals: expected dim 'neuron', got \['sample', 'x'"):
        noise_correlation(shared(0).rename(neuron="x"))
    with pytest.raises(ValueError, match=r"expected at least 2 along 'sample', got 1"):
        noise_correlation(shared(0).isel(sample=[0]))


@pytest.mark.parametrize(
    ("name", "neurons", "expected"), [("X", 79, 0.099), ("Y_V1", 31, 0.047), ("Y_V2", 31, 0.115)]
)
def test_semedo_2019(name, neurons, expected):
    path = Path(os.environ.get("ONTOGENY_DATA", "")) / "neural/v1v2_semedo2019/sample_data.mat"
    if not path.is_file():
        pytest.skip("needs the recordings: set ONTOGENY_DATA")
    residuals = xr.DataArray(loadmat(path)[name].astype(float), dims=("sample", "neuron"))
    found = noise_correlation(residuals)
    assert abs(found["noise_correlation"] - expected) < 0.0006
    assert found["neurons"] == neurons
    assert found["control_high"] < 0.002 < 0.03 < found["low"]
