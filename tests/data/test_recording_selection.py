"""Units that are selected keep their spikes; bins hold what lies in them."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.data.recordings import (
    open_recording,
    recording_of,
    select_units,
    spike_counts,
    spike_trains,
)

TRAINS = {"a": [0.0, 0.1, 0.9], "b": [], "c": [0.5], "d": [0.2, 0.3, 0.3, 1.0]}


@pytest.fixture
def recording():
    found = recording_of(
        list(TRAINS.values()),
        unit=list(TRAINS),
        position=np.arange(8.0).reshape(4, 2),
        attributes={"name": "made"},
    )
    return found.assign(unit_depth=("unit", [1.0, 2.0, 3.0, 4.0]))


@pytest.mark.parametrize(
    ("units", "names"),
    [
        ("c", "c"),
        (["d", "a"], "da"),
        ([0, -1], "ad"),
        (3, "d"),
        (np.array([False, True, True, True]), "bcd"),
        (np.array(["b", "c"]), "bc"),
    ],
)
def test_selected(recording, units, names):
    found = select_units(recording, units)
    assert found["unit"].values.tolist() == list(names)
    for name, train in zip(names, spike_trains(found), strict=True):
        assert train.tolist() == TRAINS[name]
    places = ["abcd".index(name) for name in names]
    np.testing.assert_array_equal(found["position"], recording["position"][places])
    np.testing.assert_array_equal(found["unit_depth"], recording["unit_depth"][places])
    assert found.attrs == recording.attrs


@pytest.mark.parametrize(
    ("units", "message"),
    [
        (["a", "z"], r"expected units of the recording \(a, b, c, d, ...\), got \['z'\]"),
        ([4], "expected positions among 4 units, got 4"),
        ([-5], "expected positions among 4 units, got -5"),
        (["a", "a"], "expected different units, at least one, got one more than once"),
        ([0, -4], "expected different units, at least one, got one more than once"),
        ([], "expected different units, at least one, got none"),
        (np.zeros(4, bool), "expected different units, at least one, got none"),
        ([True], "expected names, positions, or a mask of 4 units, got bool of shape"),
        ([0.5], "expected names, positions, or a mask of 4 units, got float64 of shape"),
    ],
)
def test_units_that_are_refused(recording, units, message):
    with pytest.raises(ValueError, match=rf"select_units\.units: {message}"):
        select_units(recording, units)


def test_selection_reads_nothing_but_its_units(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["spikes"], file["sCount"] = np.arange(30.0), [10, 5, 15]
    with open_recording(tmp_path / "a.h5") as recording:
        part = select_units(recording, [1, 2])
        assert not part["spike_time"].variable._in_memory
        assert [train.tolist() for train in spike_trains(part)] == [
            list(range(10, 15)),
            list(range(15, 30)),
        ]
        other = select_units(recording, [2, 0])
        assert [len(train) for train in spike_trains(other)] == [15, 10]
        assert next(spike_trains(other)).tolist() == list(range(15, 30))


def test_ragged_columns_go_with_their_units(recording):
    """As NWB has them: entries of all units along one dim, and how many each unit has."""
    entries = ("unit_seen_entry", "unit_seen_1")
    told = {"sample_dimension": entries[0]}
    ragged = recording.assign(
        unit_seen=(entries, np.arange(12.0).reshape(6, 2)),
        unit_seen_count=("unit", [1, 0, 3, 2], told),
    )
    found = select_units(ragged, ["d", "a"])
    assert found["unit_seen_count"].values.tolist() == [2, 1]
    assert found["unit_seen"].values.tolist() == [[8, 9], [10, 11], [0, 1]]
    found = select_units(ragged, ["b", "c"])
    assert found["unit_seen"].values.tolist() == [[2, 3], [4, 5], [6, 7]]


def test_counts(recording):
    counts = spike_counts(recording, 0.25)
    assert counts.dims == ("time", "unit")
    assert counts.transpose().values.tolist() == [
        [2, 0, 0, 1],
        [0, 0, 0, 0],
        [0, 0, 1, 0],
        [1, 2, 0, 0],  # the spike at 1.0 is at the very end
    ]
    np.testing.assert_allclose(counts["time"], [0.125, 0.375, 0.625, 0.875])
    assert counts["unit"].values.tolist() == list("abcd")
    assert counts.attrs["bin_width"] == 0.25 and counts.attrs["units"] == "1"
    assert counts["time"].attrs["units"] == "s"


def test_only_whole_bins(recording):
    assert spike_counts(recording, 0.3).sizes["time"] == 3
    assert spike_counts(recording, 0.3, stop=1.2).sum("time").values.tolist() == [3, 0, 1, 4]
    assert spike_counts(recording, 0.1, start=0.0, stop=0.3).sizes["time"] == 3
    assert spike_counts(recording, 0.1, start=0.1, stop=0.3).values.T.tolist() == [
        [1, 0],
        [0, 0],
        [0, 0],
        [0, 1],
    ]


@settings(max_examples=100, deadline=None)
@given(
    times=st.lists(st.integers(0, 4096), min_size=2),
    start=st.integers(0, 2048),
    width=st.integers(1, 999),
)
def test_every_spike_is_in_its_bin(times, start, width):
    """On a grid of 1/64 s, on which sums are exact, bins follow from integers."""
    recording = recording_of([np.sort(times) / 64], start=0, stop=64)
    counts = spike_counts(recording, width / 64, start=start / 64)
    bins = (4096 - start) // width
    expected = [sum(start + k * width <= t < start + (k + 1) * width for t in times)
                for k in range(bins)]  # fmt: skip
    assert counts.values[:, 0].tolist() == expected


@pytest.mark.parametrize(
    ("width", "options", "message"),
    [
        (0, {}, "bin_width: expected positive seconds, got 0.0"),
        (np.nan, {}, "bin_width: expected positive seconds, got nan"),
        (2, {}, "bin_width: expected at least one bin between start 0.0 and stop 1.0, got bins of"),
        (0.1, {"start": 2}, "bin_width: expected at least one bin between start 2.0 and stop 1.0"),
        (0.1, {"stop": np.inf}, "start, stop: expected seconds, got 0.0 and inf"),
        (1e-12, {}, r"bin_width: expected at most 2147483648 counts, got 1e\+12 bins of 4 units"),
    ],
)
def test_bins_that_are_refused(recording, width, options, message):
    with pytest.raises(ValueError, match=rf"spike_counts\.{message}"):
        spike_counts(recording, width, **options)


@pytest.mark.parametrize("function", [select_units, spike_counts])
def test_what_is_no_recording(recording, function):
    for other in (xr.Dataset(), recording.drop_attrs(), recording.drop_vars("spike_time")):
        with pytest.raises(ValueError, match=rf"{function.__name__}\.recording: expected the vari"):
            function(other, 1)
