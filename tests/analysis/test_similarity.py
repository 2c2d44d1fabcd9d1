import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.analysis.activity import linear_cka
from ontogeny.analysis.activity.similarity import cka


def activity(seed, *, samples=40, neurons=6, name="neuron"):
    values = np.random.default_rng(seed).normal(size=(samples, neurons))
    return xr.DataArray(values, dims=("sample", name))


@pytest.mark.parametrize("neurons", [3, 30])
def test_agrees_with_the_reference(reference, neurons):
    a, b = activity(0, samples=9, neurons=neurons).values + 2, activity(1, samples=9).values
    b[:, 0] += a[:, 0]
    np.testing.assert_allclose(cka(a, b), reference.representations.cka(a, b))
    expected = reference.representations.unbiased_cka(a, b)
    np.testing.assert_allclose(cka(a, b, debiased=True), expected)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.floats(1e-100, 1e100), st.booleans())
def test_rotations_and_common_factors_change_nothing(seed, factor, debiased):
    a, b = activity(seed).values, activity(seed + 1, neurons=4).values
    b[:, 0] += a[:, 1]
    rotation = np.linalg.qr(np.random.default_rng(seed).normal(size=(6, 6)))[0]
    found = cka(a, b, debiased=debiased)
    np.testing.assert_allclose(cka(factor * a @ rotation, b, debiased=debiased), found, rtol=1e-9)
    np.testing.assert_allclose(cka(b, a, debiased=debiased), found)
    np.testing.assert_allclose(cka(a, factor * a @ rotation, debiased=debiased), 1)
    if not debiased:
        assert 0 <= found <= 1


def test_unrelated_activity_has_0_only_without_bias():
    pairs = [
        (activity(seed, neurons=50).values, activity(seed + 500, neurons=80).values)
        for seed in range(60)
    ]
    biased = [cka(a, b) for a, b in pairs]
    debiased = [cka(a, b, debiased=True) for a, b in pairs]
    assert min(biased) > 0.5
    error = np.std(debiased) / np.sqrt(len(pairs))
    assert abs(np.mean(debiased)) < 4 * error < 0.03


def test_the_control_tells_bias():
    a, b = activity(0, neurons=50), activity(1, neurons=80)
    biased = linear_cka(a, b)
    assert biased["control_low"] < biased["linear_cka"] < biased["control_high"]
    assert biased["control"] > 0.5
    b[:, :50] += 2 * a.values
    debiased = linear_cka(a, b, debiased=True)
    assert abs(debiased["control"]) < 0.05
    assert debiased["control_high"] < debiased["low"] < debiased["linear_cka"] < debiased["high"]


def test_intervals_over_samples_hold_the_truth_about_as_often_as_they_say():
    generator = np.random.default_rng(0)
    to_a, to_b = generator.normal(size=(5, 12)), generator.normal(size=(5, 9))

    def draw(seed, samples):
        random = np.random.default_rng(seed)
        latent = random.normal(size=(samples, 5))
        return (
            xr.DataArray(
                latent @ mixing + random.normal(size=(samples, mixing.shape[1])),
                dims=("sample", "neuron"),
            )
            for mixing in (to_a, to_b)
        )

    truth = cka(*(part.values for part in draw(0, 50_000)))
    held = 0
    for seed in range(1, 41):
        found = linear_cka(*draw(seed, 100), debiased=True, seed=seed)
        held += bool(found["low"] < truth < found["high"])
    assert 34 <= held


def test_names_of_neurons_and_other_dims():
    a = xr.concat([activity(0), activity(1)], "checkpoint").rename(neuron="hidden_1_neuron")
    b = activity(1, neurons=6)
    found = linear_cka(a, b, neurons=("hidden_1_neuron", "neuron"))
    assert found["linear_cka"].dims == ("checkpoint",)
    np.testing.assert_allclose(found["linear_cka"][1], 1)
    assert found["linear_cka"].attrs["units"] == "1"
    xr.testing.assert_identical(found.isel(checkpoint=0), linear_cka(activity(0), b))


@pytest.mark.filterwarnings("error")
def test_what_does_not_change_has_none():
    flat = activity(0) * 0 + 0.1
    for other in (flat, flat * np.nan):
        assert np.isnan(linear_cka(other, activity(1))["linear_cka"])
    few = linear_cka(activity(0, samples=10), activity(1, samples=10))
    assert np.isnan(few["low"]) and np.isfinite(few["linear_cka"])


def test_errors():
    with pytest.raises(ValueError, match=r"linear_cka\.b: expected dim 'neuron'"):
        linear_cka(activity(0), activity(1, name="unit"))
    with pytest.raises(ValueError, match=r"the same samples, at least 4, got 40 and 39"):
        linear_cka(activity(0), activity(1, samples=39))
    with pytest.raises(ValueError, match=r"at least 4, got 3 and 3"):
        linear_cka(activity(0, samples=3), activity(1, samples=3))
