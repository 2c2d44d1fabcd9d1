import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.analysis.activity import sparseness
from ontogeny.analysis.activity.sparseness import treves_rolls


@pytest.fixture
def rates():
    values = np.random.default_rng(1).gamma(0.7, size=(3, 6, 5))
    return xr.DataArray(values, dims=("checkpoint", "sample", "neuron"))


@pytest.mark.parametrize(("over", "left"), [("neurons", "sample"), ("samples", "neuron")])
def test_agrees_with_the_reference(rates, reference, over, left):
    found = sparseness(rates, over=over)
    assert found.dims == ("checkpoint", left)
    vectors = rates.values if over == "neurons" else rates.values.swapaxes(1, 2)
    for place in np.ndindex(found.shape):
        expected = reference.representations.sparseness(vectors[place])
        np.testing.assert_allclose(found.values[place], expected)


def test_names_units_and_dims_of_recordings(rates):
    counts = rates.isel(checkpoint=0).rename(sample="time", neuron="unit")
    found = sparseness(counts, over="samples", samples="time", neurons="unit")
    assert (found.name, found.dims) == ("sparseness", ("unit",))
    assert found.attrs == {"units": "1", "long_name": "lifetime sparseness (Treves-Rolls)"}


def test_known_answers():
    # k of n neurons with equal rates: (1 - k/n) / (1 - 1/n)
    for k in (1, 3, 10):
        values = np.r_[np.full(k, 2.5), np.zeros(10 - k)]
        np.testing.assert_allclose(treves_rolls(values), (1 - k / 10) / (1 - 1 / 10), atol=1e-12)


def test_exponential_rates_have_one_half():
    many = np.random.default_rng(0).exponential(3.0, size=400_000)
    assert abs(treves_rolls(many) - 0.5) < 0.01


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.floats(0, 1e200, allow_subnormal=False), min_size=2, max_size=6),
    st.floats(1e-3, 1e3),
)
def test_between_0_and_1_and_blind_to_scale(values, factor):
    values = np.array(values)
    found = treves_rolls(values)
    if not values.any():
        assert np.isnan(found)
        return
    assert 0 <= found <= 1
    np.testing.assert_allclose(treves_rolls(factor * values), found, atol=1e-9)


@pytest.mark.filterwarnings("error")
def test_silence_and_missing_values_have_none(rates):
    rates = rates.copy()
    rates[0, 0], rates[1, 2, 3] = 0, np.nan
    found = sparseness(rates)
    assert np.isnan(found[0, 0]) and np.isnan(found[1, 2])
    assert found.isnull().sum() == 2


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda x: x - 1, {}, r"sparseness\.activity: expected rates or counts of at least 0"),
        (lambda x: x, {"over": "time"}, r"over: expected 'neurons' or 'samples', got 'time'"),
        (lambda x: x.rename(neuron="unit"), {}, r"activity: expected dim 'neuron', got \["),
        (lambda x: x.isel(neuron=[0]), {}, r"expected at least 2 along 'neuron', got 1"),
    ],
)
def test_errors(rates, change, options, message):
    with pytest.raises(ValueError, match=message):
        sparseness(change(rates), **options)
