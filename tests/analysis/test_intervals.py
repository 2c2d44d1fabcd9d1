import numpy as np
import pytest
import xarray as xr
from scipy import stats

from ontogeny.analysis import bootstrap_interval, mean_interval


def networks(values, **attributes):
    values = np.asarray(values, dtype=float)
    return xr.DataArray(values, dims=("condition", "network")[-values.ndim :], attrs=attributes)


def test_mean_interval_by_hand():
    result = mean_interval(networks([1.0, 2.0, 3.0], units="degree", long_name="angle"))
    # t(2) at 97.5 % is 4.302653.
    assert result["high"] == pytest.approx(2 + 4.302653 / np.sqrt(3), rel=1e-6)
    assert result["low"] == pytest.approx(4 - float(result["high"]))
    assert list(result) == ["mean", "low", "high", "n", "standard_error"]
    assert result["mean"].attrs == {"units": "degree", "long_name": "mean of angle"}
    assert "95 % interval" in result["low"].attrs["long_name"]


def test_wider_levels_have_wider_intervals():
    values = networks([1.0, 2.0, 3.0, 7.0])
    for measure in (mean_interval, bootstrap_interval):
        narrow, wide = measure(values, level=0.5), measure(values, level=0.99)
        assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("measure", [mean_interval, bootstrap_interval])
def test_where_nothing_can_be_told_there_is_no_interval(measure):
    nan = np.nan
    values = networks(
        [[1.0, 3.0, 4.0, 6.0], [nan, nan, nan, 5.0], [nan] * 4, [0.1 + 0.2, *[0.3] * 3]]
    )
    result = measure(values)
    np.testing.assert_array_equal(result["n"], [4, 1, 0, 4])
    np.testing.assert_array_equal(result["low"].isnull(), [False, True, True, True])
    np.testing.assert_array_equal(result["high"].isnull(), [False, True, True, True])
    center = result["mean" if measure is mean_interval else "estimate"]
    np.testing.assert_allclose(center, [3.5, 5, nan, 0.3])
    np.testing.assert_array_equal(result["low"][0], measure(values[0])["low"])


@pytest.mark.parametrize("level", [0, 1, 95])
def test_levels_are_probabilities(level):
    with pytest.raises(ValueError, match=r"mean_interval.level: expected a number between 0 and 1"):
        mean_interval(networks([1.0, 2.0]), level=level)
    with pytest.raises(ValueError, match=r"bootstrap_interval.level: expected a number between"):
        bootstrap_interval(networks([1.0, 2.0]), level=level)


def test_without_the_dim():
    for measure in (mean_interval, bootstrap_interval):
        with pytest.raises(ValueError, match=rf"{measure.__name__}.values: expected dim 'network'"):
            measure(xr.DataArray([1.0], dims="seed"))


def test_bootstrap_interval_is_that_of_scipy():
    values = np.random.default_rng(0).gamma(2.0, size=12)
    result = bootstrap_interval(networks(values), seed=3)
    expected = stats.bootstrap(
        (values,), np.mean, method="BCa", random_state=np.random.default_rng(3)
    ).confidence_interval
    assert (result["low"], result["high"]) == (expected.low, expected.high)
    assert result["estimate"] == pytest.approx(values.mean())


def test_seeds_decide():
    values = networks(np.random.default_rng(1).normal(size=9))
    one, again, other = (bootstrap_interval(values, seed=seed) for seed in (0, 0, 1))
    xr.testing.assert_identical(one, again)
    assert one["low"] != other["low"] or one["high"] != other["high"]


def test_bootstrap_of_another_statistic():
    values = networks([1.0, 2.0, 3.0, 4.0, 100.0])
    result = bootstrap_interval(values, statistic=np.median)
    assert result["estimate"] == 3
    assert "median" in result["estimate"].attrs["long_name"]
    plain = bootstrap_interval(values, statistic=lambda sample: float(np.max(sample)))
    assert plain["estimate"] == 100


def test_about_the_right_share_of_intervals_hold_the_mean():
    samples = networks(np.random.default_rng(5).normal(2, 3, size=(2000, 6)))
    result = mean_interval(samples)
    held = ((result["low"] < 2) & (result["high"] > 2)).mean()
    # Binomial: standard deviation 0.005.
    assert abs(float(held) - 0.95) < 0.02
