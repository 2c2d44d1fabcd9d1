"""Published numbers are met or not, and laws have no exception."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.bounds import every, near

BASE = np.random.default_rng(0).normal(size=10)


def over(values):
    values = np.asarray(values, float)
    return xr.DataArray(values, dims="network", coords={"network": range(len(values))})


def test_published_numbers():
    values = over(BASE - BASE.mean() + 2.4)
    assert near("error", values, 2.5, tolerance=0.5).verdict == "reproduced"
    assert near("error", over([2.4, 2.41, 2.39]), 5, tolerance=0.5).verdict == "not reproduced"
    # Far from the mean, but within its interval.
    assert near("error", over([0.0, 10.0]), 9, tolerance=0.5).verdict == "direction only"


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
