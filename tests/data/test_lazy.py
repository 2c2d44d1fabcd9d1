"""Arrays of files give what NumPy gives, and read no more than is asked for."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.data.recordings.lazy import lazy_variable


class Counting:
    """An array that counts what is read of it, and refuses to be read backwards as HDF5 does."""

    def __init__(self, values):
        self.values, self.read = values, 0
        self.shape, self.dtype = values.shape, values.dtype

    def __getitem__(self, key):
        assert all(part.step is None or part.step > 0 for part in key if isinstance(part, slice))
        found = self.values[key]
        self.read += found.size
        return found


@pytest.fixture
def counting():
    return Counting(np.arange(60.0).reshape(12, 5))


@pytest.mark.parametrize(
    "key",
    [
        (slice(None, None, -1), slice(None)),
        (slice(8, 2, -2), 1),
        (3, slice(None, None, -1)),
        (slice(5, 5), slice(None)),
        (slice(1, 9, 3), slice(1, 4, 2)),
        ([3, 1, 1], slice(None)),
    ],
)
def test_indexing_is_that_of_numpy(counting, key):
    lazy = xr.Dataset({"a": lazy_variable(("time", "channel"), counting, {})})["a"]
    np.testing.assert_array_equal(lazy[key].values, counting.values[key])


def test_no_more_is_read_than_asked_for(counting):
    lazy = xr.Dataset({"a": lazy_variable(("time", "channel"), counting, {"units": "mV"})})["a"]
    assert lazy.attrs["units"] == "mV" and counting.read == 0
    assert lazy.isel(time=slice(2, 4)).values.size == 10
    assert counting.read == 10
