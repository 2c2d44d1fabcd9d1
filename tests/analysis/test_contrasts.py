import math

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from ontogeny.analysis import one_sample, paired_contrast, unpaired_contrast

TENTHS = [0.1 + 0.2, 0.3, 0.3]


def networks(values, dims=("condition", "network"), **attributes):
    values = np.asarray(values, dtype=float)
    return xr.DataArray(values, dims=dims[-values.ndim :], attrs=attributes)


@pytest.mark.parametrize("equal", [True, False])
def test_unpaired_contrast_is_the_two_sample_t_test(equal):
    random = np.random.default_rng(0)
    a, b = random.normal(1, 1, 10), random.normal(0, 3, 7)
    result = unpaired_contrast(networks(a, units="degree"), networks(b), equal_variance=equal)
    expected = stats.ttest_ind(a, b, equal_var=equal)
    interval = expected.confidence_interval(0.95)
    assert result["statistic"] == pytest.approx(expected.statistic)
    assert result["p_value"] == pytest.approx(expected.pvalue)
    assert result["degrees_of_freedom"] == pytest.approx(expected.df)
    assert (result["low"], result["high"]) == pytest.approx((interval.low, interval.high))
    assert (result["n"], result["n_a"], result["n_b"]) == (17, 10, 7)
    assert result["difference"].attrs["units"] == "degree"
    assert result["p_value"].attrs["units"] == "1"


def test_effect_sizes_by_hand():
    # Means 4 and 2, variances 1 and 2/3, pooled (2 + 2)/5.
    result = unpaired_contrast(networks([3.0, 5.0, 4.0]), networks([1.0, 2.0, 3.0, 2.0]))
    d = 2 / math.sqrt(4 / 5)
    assert result["effect_size"] == pytest.approx(d)
    gamma = math.gamma
    assert result["hedges_g"] == pytest.approx(d * gamma(2.5) / (math.sqrt(2.5) * gamma(2)))
    # Hedges' approximation of the same factor
    assert result["hedges_g"] == pytest.approx(d * (1 - 3 / (4 * 5 - 1)), rel=0.01)


def test_t_follows_from_d_in_samples_of_one_size():
    a, b = np.random.default_rng(1).normal(size=(2, 8))
    result = unpaired_contrast(networks(a), networks(b))
    assert result["statistic"] == pytest.approx(float(result["effect_size"]) * 2)


def test_exchange_changes_the_sign():
    a, b = networks([3.0, 5.0, 4.0]), networks([1.0, 2.0])
    there, back = unpaired_contrast(a, b), unpaired_contrast(b, a)
    for name in ("difference", "effect_size", "hedges_g", "statistic"):
        assert there[name] == -back[name]
    assert there["low"] == -back["high"]
    assert there["p_value"] == back["p_value"]


def test_other_dims_are_kept_and_nan_left_out():
    a = networks([[1.0, 2.0, 4.0, np.nan], [2.0, 1.0, 5.0, 3.0]])
    b = networks([[0.0, 0.5, 1.0], [1.0, 1.5, np.nan]])
    result = unpaired_contrast(a, b.transpose())
    assert result["difference"].dims == ("condition",)
    np.testing.assert_array_equal(result["n_a"], [3, 4])
    np.testing.assert_array_equal(result["n_b"], [3, 2])
    alone = unpaired_contrast(a[1], b[1, :2])
    for name in result:
        np.testing.assert_allclose(result[name][1], alone[name])


def test_networks_need_not_be_the_same_but_conditions_do():
    a = networks([[1.0, 2.0]]).assign_coords(network=[0, 1], condition=["fa"])
    b = networks([[3.0, 5.0]]).assign_coords(network=[5, 6], condition=["fa"])
    assert unpaired_contrast(a, b)["difference"] == -2.5
    with pytest.raises(ValueError, match=r"unpaired_contrast: expected the same networks"):
        unpaired_contrast(a, b.assign_coords(condition=["bp"]))


@pytest.mark.parametrize("values", [[1.0], [1.0, np.nan]])
def test_one_value_is_refused(values):
    many = networks([1.0, 2.0, 3.0])
    for a, b in ((networks(values), many), (many, networks(values))):
        with pytest.raises(ValueError, match=r"at least 2 values along 'network' in both, got 1"):
            unpaired_contrast(a, b)
    with pytest.raises(ValueError, match=r"one_sample.values: expected at least 2 values"):
        one_sample(networks(values), 0.0)


def test_without_the_dim():
    with pytest.raises(ValueError, match=r"unpaired_contrast.b: expected dim 'network'"):
        unpaired_contrast(networks([1.0, 2.0]), xr.DataArray(1.0))
    with pytest.raises(ValueError, match=r"one_sample.values: expected dim 'network'"):
        one_sample(xr.DataArray(1.0), 0.0)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("a", "b"), [([2.0] * 3, [1.0] * 3), (TENTHS, [0.1] * 3)])
def test_values_without_spread_have_no_p(a, b):
    for contrast in (unpaired_contrast, paired_contrast):
        result = contrast(networks(a), networks(b))
        assert result["difference"] > 0
        for name in ("low", "high", "effect_size", "statistic", "p_value"):
            assert np.isnan(result[name])
    result = one_sample(networks(a), 0.1)
    assert np.isnan([result[name] for name in ("low", "high", "statistic", "p_value")]).all()


@pytest.mark.filterwarnings("error")
def test_paired_differences_that_are_equal_but_for_rounding_have_no_p():
    a = np.arange(10) / 1000 + 0.8
    result = paired_contrast(networks(a + 0.002), networks(a))
    assert result["difference"] == pytest.approx(0.002)
    assert np.isnan(result["p_value"]) and np.isnan(result["effect_size"])
    real = paired_contrast(networks(a + 0.002 + 1e-6 * np.arange(10)), networks(a))
    assert real["p_value"] < 1e-9


def test_one_sample_is_the_t_test():
    values = np.random.default_rng(2).normal(1, 2, 12)
    result = one_sample(networks(values, units="degree"), 0.5)
    expected = stats.ttest_1samp(values, 0.5)
    interval = expected.confidence_interval(0.95)
    assert result["statistic"] == pytest.approx(expected.statistic)
    assert result["p_value"] == pytest.approx(expected.pvalue)
    assert result["low"] == pytest.approx(interval.low - 0.5)
    assert result["high"] == pytest.approx(interval.high - 0.5)
    assert result["effect_size"] * np.sqrt(12) == pytest.approx(expected.statistic)
    assert result["difference"].attrs == {"units": "degree", "long_name": "mean less 0.5"}


def test_one_sample_by_ranks_by_hand():
    # Ranks 1, 2, 3, 4; the negative one is 2: W- = 2, W+ = 8; P counts 2^4 signs: 2*3/16.
    result = one_sample(networks([1.0, -2.0, 3.0, 4.0, np.nan]), 0.0, test="wilcoxon")
    assert result["statistic"] == 2
    assert result["p_value"] == pytest.approx(6 / 16)
    assert result["effect_size"] == pytest.approx((8 - 2) / 10)
    assert result["n"] == 4
    assert result["difference"] == 1.5


def test_one_sample_by_ranks_leaves_the_constant_out():
    result = one_sample(networks([0.1, 1.1, -1.9, 3.1, 4.1]), 0.1, test="wilcoxon")
    assert result["effect_size"] == pytest.approx(0.6)
    assert result["n"] == 5


@pytest.mark.filterwarnings("error")
def test_values_that_equal_the_constant_have_no_rank():
    result = one_sample(networks([0.1] * 6), 0.1, test="wilcoxon")
    assert np.isnan([result[name] for name in ("p_value", "statistic", "effect_size")]).all()


@pytest.mark.parametrize("test", ["t", "wilcoxon"])
def test_one_sample_of_many_samples(test):
    values = networks(np.random.default_rng(3).normal(size=(3, 9)))
    values[1, :4] = np.nan
    result = one_sample(values.transpose(), 0.2, test=test)
    assert result["p_value"].dims == ("condition",)
    for number in range(3):
        alone = one_sample(values[number], 0.2, test=test)
        for name in result:
            np.testing.assert_allclose(result[name][number], alone[name])


def test_one_sample_over_neurons():
    angles = xr.DataArray([80.0, 90.0, 70.0], dims="hidden_1")
    assert one_sample(angles, 90, "hidden_1")["difference"] == -10


@pytest.mark.parametrize(
    ("constant", "options", "message"),
    [
        (0.0, {"test": "sign"}, r"one_sample.test: expected one of t, wilcoxon, got 'sign'"),
        (np.nan, {}, r"one_sample.constant: expected a finite number, got nan"),
    ],
)
def test_one_sample_refuses(constant, options, message):
    with pytest.raises(ValueError, match=message):
        one_sample(networks([1.0, 2.0]), constant, **options)
