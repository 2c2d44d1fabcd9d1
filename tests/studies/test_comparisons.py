"""Verdicts follow from tests, and change with the numbers."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from ontogeny.studies.bounds import near
from ontogeny.studies.comparisons import against, differs, same, share_of_gap

RANDOM = np.random.default_rng(0)
BASE = RANDOM.normal(size=10)


def over(values):
    values = np.asarray(values, float)
    return xr.DataArray(values, dims="network", coords={"network": range(len(values))})


def test_a_clear_difference():
    a, b = over(BASE + 9), over(BASE + RANDOM.normal(size=10) / 10)
    found = differs("difference", a, b, expected="greater")
    assert found.verdict == "reproduced"
    assert found.value == pytest.approx(float((a - b).mean()))
    two_sample, paired = found.tests
    assert two_sample.p_value == pytest.approx(stats.ttest_ind(a, b).pvalue)
    assert paired.p_value == pytest.approx(stats.ttest_rel(a, b).pvalue)
    assert (two_sample.paired, paired.paired, paired.n) == (False, True, 10)
    low, high = found.interval
    assert low < found.value < high
    size = float((a - b).mean() / (a - b).std(ddof=1))
    assert found.effect_size == ("Cohen's d_z", pytest.approx(size))
    assert differs("difference", a, b, expected="less").verdict == "not reproduced"


def test_a_difference_of_either_sign():
    near_b = over(BASE + RANDOM.normal(size=10) / 10)
    for a, verdict in (
        (BASE + 9, "reproduced"),
        (BASE - 9, "reproduced"),
        (BASE, "not reproduced"),
    ):
        assert differs("d", over(a), near_b, expected="different").verdict == verdict


def test_a_difference_that_only_pairs_show_is_a_direction():
    a, b = over(100 * BASE + 1 + RANDOM.normal(size=10) / 10), over(100 * BASE)
    found = differs("difference", a, b, expected="greater")
    assert found.tests[1].p_value < 0.001 < found.tests[0].p_value
    assert found.verdict == "direction only"


def test_networks_must_be_the_same():
    with pytest.raises(ValueError, match="align"):
        differs("difference", over(BASE), over(BASE)[1:], expected="less")
    with pytest.raises(ValueError, match=r"differs\.expected: expected one of .*, got 'up'"):
        differs("difference", over(BASE), over(BASE), expected="up")


def test_equal_conditions():
    noise = RANDOM.normal(size=10) / 100
    noise -= noise.mean()
    noisy = over(BASE + noise)
    assert same("equal", over(BASE), noisy).verdict == "reproduced"
    assert same("equal", over(BASE + 9), noisy).verdict == "not reproduced"
    # A difference that only pairs show is one.
    shifted = over(BASE + noise + 0.1)
    assert same("equal", over(BASE), shifted).verdict == "direction only"


@pytest.mark.parametrize(
    ("shift", "expected", "verdict"),
    [
        (9, "greater", "reproduced"),
        (9, "less", "not reproduced"),
        (9, "different", "reproduced"),
        (9, "equal", "not reproduced"),
        (9, "not greater", "not reproduced"),
        (-9, "not greater", "reproduced"),
        (0.1, "greater", "direction only"),
        (0.1, "different", "not reproduced"),
        (0.1, "equal", "reproduced"),
        (0.1, "not greater", "reproduced"),
    ],
)
@pytest.mark.parametrize("test", ["t", "wilcoxon"])
def test_against_a_constant(shift, expected, verdict, test):
    centred = BASE - BASE.mean()
    values = over(centred - np.median(centred) * (test == "wilcoxon") + shift)
    assert against("value", values, 0, expected=expected, test=test).verdict == verdict


def test_one_network_proves_nothing():
    one = over([1.0])
    for found in (
        differs("d", one, one + 1, expected="less"),
        same("d", one, one),
        against("d", one, 0, expected="greater"),
    ):
        assert found.verdict == "not run"
        assert "at least 2 networks" in found.label
        assert found.interval is None


def test_what_json_cannot_hold_is_null():
    found = differs("d", over([1.0, 1.0]), over([0.0, 0.0]), expected="greater")
    told = found.as_json()
    assert told["value"] == 1.0
    assert told["effect_size"]["value"] is None
    # Without spread no test is defined, and only the sign is known.
    assert found.verdict == "direction only"


def test_a_network_that_failed_reproduces_nothing():
    failed = over([np.nan, *BASE[1:]])
    for found in (
        differs("d", failed, over(BASE) - 9, expected="greater"),
        same("d", failed, over(BASE)),
        against("d", failed, 0, expected="equal"),
        against("d", failed, 9, expected="different"),
        near("d", failed, float(BASE.mean()), tolerance=5),
        against("d", failed.where(failed.network > 9), 9, expected="less"),
    ):
        assert found.verdict == "not reproduced"
        assert found.as_json()["value"] is None
        assert "(not defined in 1" in found.label


@pytest.mark.parametrize(
    ("treated", "reference", "verdict"),
    [
        ([1.0, 1.1, 0.9], [2.0, 2.0, 2.0], "reproduced"),
        ([-1.0, -1.1, -0.9], [2.0, 2.0, 2.0], "not reproduced"),
        ([-1.0, -1.1, -0.9], [2.0, -2.0, 2.0], "not run"),
        ([1.0, 1.1, 0.9], [2.0, np.nan, 2.0], "not run"),
    ],
)
def test_share_of_a_gap(treated, reference, verdict):
    baseline = over([0.0, 0.0, 0.0])
    found = share_of_gap("share", over(treated), baseline, over(reference), alpha=0.05)
    assert found.verdict == verdict
    assert verdict != "not run" or "no gap in 1 of 3 networks" in found.label
