"""Laws have no exception, and no gap no share."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.comparisons import every, share_of_gap


def over(values):
    return xr.DataArray(np.asarray(values, float), dims="network")


def test_one_exception_breaks_a_law():
    kept = [-1.0] * 9
    assert every("rise", [*kept, -0.1], 0, expected="less").verdict == "reproduced"
    broken = every("rise", [*kept, 0.1], 0, expected="less")
    assert (broken.verdict, broken.value, broken.tests) == ("not reproduced", 0.1, ())
    assert every("cosine", [1.0, 0.1], 0, expected="greater").value == 0.1
    assert every("rise", [-1.0, np.nan], 0, expected="less").verdict == "not reproduced"


def test_what_cannot_be_a_law():
    with pytest.raises(
        ValueError, match=r"every\.expected: expected 'greater' or 'less', got 'up'"
    ):
        every("rise", [1.0], 0, expected="up")
    with pytest.raises(ValueError, match=r"every\.values: expected at least one value"):
        every("rise", [], 0, expected="less")


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
