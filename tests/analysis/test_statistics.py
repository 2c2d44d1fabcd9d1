import numpy as np
import pytest
import xarray as xr
from scipy import stats

from ontogeny.analysis import gap_closed, paired_contrast, summary


def networks(values, **attributes):
    values = np.asarray(values, dtype=float)
    labels = np.arange(values.shape[-1])
    dims = ("condition", "network")[-values.ndim :]
    return xr.DataArray(values, dims=dims, coords={"network": labels}, attrs=attributes)


def test_summary_of_known_values():
    result = summary(networks([2.0, 4.0, 4.0, 6.0], units="degree", long_name="angle"))
    assert list(result) == ["mean", "low", "high", "n", "standard_error"]
    assert [float(result[name]) for name in ("mean", "low", "high", "n")] == [4, 2, 6, 4]
    assert result["standard_error"] == pytest.approx(stats.sem([2, 4, 4, 6]))
    assert result["mean"].attrs == {"units": "degree", "long_name": "mean of angle"}
    assert result["n"].attrs["units"] == "1"


@pytest.mark.filterwarnings("error")
def test_summary_leaves_nan_out_and_keeps_other_dims():
    nan = np.nan
    result = summary(networks([[1.0, 3.0, nan], [nan, nan, 5.0], [nan, nan, nan]]))
    assert result["mean"].dims == ("condition",)
    np.testing.assert_array_equal(result["n"], [2, 1, 0])
    np.testing.assert_array_equal(result["mean"], [2, 5, nan])
    np.testing.assert_array_equal(result["standard_error"], [1, nan, nan])


def test_summary_over_another_dim():
    assert summary(networks([[1.0, 2.0], [3.0, 6.0]]), "condition")["mean"].values.tolist() == [
        2,
        4,
    ]


def test_summary_without_the_dim():
    with pytest.raises(ValueError, match=r"summary.values: expected dim 'network', got \['seed'\]"):
        summary(xr.DataArray([1.0], dims="seed"))


def test_gap_closed_network_by_network():
    baseline, reference = networks([0.5, 0.6]), networks([0.9, 1.0])
    share = gap_closed(networks([0.8, 0.6]), baseline, reference)
    np.testing.assert_allclose(share, [0.75, 0.0])
    np.testing.assert_allclose(gap_closed(reference, baseline, reference), 1)
    assert set(share.attrs) == {"units", "long_name"}


def test_gap_closed_of_conditions_of_one_joined_measure():
    speed = networks([[0.5, 0.6], [0.7, 0.7], [0.9, 1.0]]).assign_coords(
        condition=["fa", "noise", "bp"]
    )
    fa, noise, bp = (speed.sel(condition=name) for name in ("fa", "noise", "bp"))
    np.testing.assert_allclose(gap_closed(noise, fa, bp), [0.5, 0.25])


def test_no_gap_has_no_share():
    one = networks([0.5])
    assert np.isnan(gap_closed(networks([0.7]), one, one))


def test_gap_closed_of_other_networks():
    one, other = networks([0.1, 0.2]), networks([0.1, 0.2]).assign_coords(network=[5, 6])
    with pytest.raises(ValueError, match=r"gap_closed: expected the same networks"):
        gap_closed(one, one, other)


def test_paired_contrast_is_the_paired_t_test():
    a, b = np.random.default_rng(0).normal(size=(2, 10)) + [[1.0], [0.0]]
    result = paired_contrast(networks(a, units="degree"), networks(b))
    expected = stats.ttest_rel(a, b)
    interval = expected.confidence_interval(0.95)
    difference = a - b
    assert result["statistic"] == pytest.approx(expected.statistic)
    assert result["p_value"] == pytest.approx(expected.pvalue)
    assert result["difference"] == pytest.approx(difference.mean())
    assert (result["low"], result["high"]) == pytest.approx((interval.low, interval.high))
    # t = d_z * sqrt(n) for pairs
    assert result["effect_size"] * np.sqrt(10) == pytest.approx(expected.statistic)
    assert result["n"] == 10
    assert result["low"].attrs["units"] == "degree"
    assert result["p_value"].attrs["units"] == "1"


def test_paired_contrast_interval_by_hand():
    result = paired_contrast(networks([3.0, 5.0, 4.0]), networks([2.0, 2.0, 2.0]))
    # t(2) at 97.5 % is 4.302653, the standard error 1/sqrt(3).
    assert result["high"] == pytest.approx(2 + 4.302653 / np.sqrt(3), rel=1e-6)


def test_paired_contrast_keeps_other_dims_and_leaves_incomplete_pairs_out():
    a = networks([[1.0, 2.0, 4.0, np.nan], [2.0, 1.0, 5.0, 3.0]])
    b = networks([[0.0, 0.5, 1.0, 7.0], [1.0, 1.5, 0.0, 2.5]])
    result = paired_contrast(a, b.transpose())
    assert result["difference"].dims == ("condition",)
    np.testing.assert_array_equal(result["n"], [3, 4])
    alone = paired_contrast(a[0, :3], b[0, :3])
    for name in result:
        np.testing.assert_allclose(result[name][0], alone[name])


def test_exchange_changes_the_sign():
    a, b = networks([3.0, 5.0, 4.0]), networks([2.0, 2.5, 2.0])
    there, back = paired_contrast(a, b), paired_contrast(b, a)
    assert there["effect_size"] == -back["effect_size"]
    assert there["p_value"] == back["p_value"]


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1.0], [2.0], r"at least 2 pairs along 'network', got 1"),
        ([1.0, np.nan], [2.0, 1.0], r"at least 2 pairs along 'network', got 1"),
        ([1.0, 2.0, 3.0], [2.0, 1.0], r"paired_contrast: expected the same networks"),
    ],
)
def test_paired_contrast_refuses(a, b, message):
    with pytest.raises(ValueError, match=message):
        paired_contrast(networks(a), networks(b))


def test_paired_contrast_without_the_dim():
    with pytest.raises(ValueError, match=r"paired_contrast.b: expected dim 'network'"):
        paired_contrast(networks([1.0, 2.0]), xr.DataArray(1.0))


def test_arguments_are_never_written_to():
    a, b = networks([1.0, 2.0], units="1"), networks([0.0, 3.0])
    before = a.copy(deep=True), b.copy(deep=True)
    summary(a)
    paired_contrast(a, b)
    gap_closed(a, b, a + 1)
    xr.testing.assert_identical(a, before[0])
    xr.testing.assert_identical(b, before[1])
