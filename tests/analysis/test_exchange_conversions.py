"""Recordings and activity as objects of pynapple, Neo and rsatoolbox."""

import sys

import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis.exchange import to_neo, to_pynapple, to_rsatoolbox
from ontogeny.data.recordings import recording_of

TRAINS = [[0.1, 0.5], [], [0.2]]


@pytest.fixture
def recording():
    return recording_of(
        TRAINS,
        position=[[0, 0], [1, 2], [3, 9.5]],
        unit=["a", "b", "c"],
        start=0,
        stop=2.0,
        attributes={"name": "made", "age_days": 9},
    )


@pytest.fixture
def counts():
    return xr.DataArray(
        np.arange(6.0).reshape(3, 2),
        dims=("time", "unit"),
        coords={
            "time": ("time", [1.0, 1.1, 1.2], {"units": "s"}),
            "unit": ["a", "b"],
            "depth": ("unit", [1.0, 2.0]),
            "label": ("time", [0, 1, 0]),
        },
        name="counts",
        attrs={"units": "1"},
    )


NAMES = {"samples": "time", "neurons": "unit"}


def test_recordings_are_groups_of_pynapple(recording):
    pytest.importorskip("pynapple")
    group = to_pynapple(recording)
    assert [group[number].t.tolist() for number in range(3)] == TRAINS
    assert group["unit"].tolist() == ["a", "b", "c"] and group["y"].tolist() == [0, 2, 9.5]
    assert group.time_support.values.tolist() == [[0.0, 2.0]]
    assert group.rates.tolist() == [1.0, 0.0, 0.5]


def test_activity_is_a_frame_of_pynapple(counts):
    pytest.importorskip("pynapple")
    frame = to_pynapple(counts.T, **NAMES)
    np.testing.assert_array_equal(frame.d, counts.values)
    np.testing.assert_allclose(frame.t, [1.0, 1.1, 1.2])
    assert list(frame.columns) == ["a", "b"] and frame["depth"].tolist() == [1.0, 2.0]


def test_samples_without_times_need_an_interval(counts):
    pytest.importorskip("pynapple")
    plain = xr.DataArray(np.ones((3, 2)), dims=("sample", "neuron"))
    with pytest.raises(ValueError, match=r"to_pynapple.interval: .* pass interval="):
        to_pynapple(plain)
    assert to_pynapple(plain, interval=0.5).t.tolist() == [0.0, 0.5, 1.0]
    with pytest.raises(ValueError, match="interval: expected seconds above 0, got -1"):
        to_pynapple(plain, interval=-1)


def test_recordings_are_blocks_of_neo(recording):
    pytest.importorskip("neo")
    block = to_neo(recording)
    (segment,) = block.segments
    assert block.name == "made" and block.annotations["age_days"] == 9
    assert [train.magnitude.tolist() for train in segment.spiketrains] == TRAINS
    last = segment.spiketrains[2]
    assert (last.name, last.units.dimensionality.string) == ("c", "s")
    assert last.annotations == {"x": 3.0, "y": 9.5}
    assert (float(last.t_start), float(last.t_stop)) == (0.0, 2.0)


def test_activity_is_a_signal_of_neo(counts):
    pytest.importorskip("neo")
    (signal,) = to_neo(counts, **NAMES).segments[0].analogsignals
    np.testing.assert_array_equal(signal.magnitude, counts.values)
    assert float(signal.sampling_period.rescale("s")) == pytest.approx(0.1)
    assert float(signal.t_start) == 1.0 and signal.units.dimensionality.string == "dimensionless"
    assert signal.array_annotations["unit"].tolist() == ["a", "b"]
    uneven = counts.assign_coords(time=("time", [0.0, 0.1, 0.5], {"units": "s"}))
    (signal,) = (
        to_neo(uneven.assign_attrs(units="Hz"), **NAMES).segments[0].irregularlysampledsignals
    )
    assert signal.times.magnitude.tolist() == [0.0, 0.1, 0.5]
    assert signal.units.dimensionality.string == "Hz"


def test_elephant_takes_the_trains(recording):
    pytest.importorskip("neo")
    statistics = pytest.importorskip("elephant.statistics")
    rates = [
        float(statistics.mean_firing_rate(train).rescale("Hz"))
        for train in to_neo(recording).segments[0].spiketrains
    ]
    assert rates == [1.0, 0.0, 0.5]


def test_activity_is_a_data_set_of_rsatoolbox(counts):
    rsatoolbox = pytest.importorskip("rsatoolbox")
    data = to_rsatoolbox(counts, **NAMES, descriptors={"network": 3})
    np.testing.assert_array_equal(data.measurements, counts.values)
    assert data.descriptors["network"] == 3
    assert list(data.obs_descriptors["label"]) == [0, 1, 0]
    assert list(data.channel_descriptors["unit"]) == ["a", "b"]
    distances = rsatoolbox.rdm.calc_rdm(data, method="euclidean", descriptor="label")
    np.testing.assert_allclose(distances.dissimilarities, [[0.0]])
    single = rsatoolbox.rdm.calc_rdm(to_rsatoolbox(counts, **NAMES), method="euclidean")
    np.testing.assert_allclose(single.dissimilarities, [[4.0, 16.0, 4.0]])


@pytest.mark.parametrize("convert", [to_pynapple, to_neo, to_rsatoolbox])
def test_other_dims_are_refused(convert, counts):
    with pytest.raises(ValueError, match=r"activity: expected the dims 'sample' and 'neuron'"):
        convert(counts)
    with pytest.raises((TypeError, ValueError), match="activity: expected a (recording|DataArray)"):
        convert(xr.Dataset({"a": 1}))


@pytest.mark.parametrize(
    ("convert", "package"),
    [(to_pynapple, "pynapple"), (to_neo, "neo"), (to_rsatoolbox, "rsatoolbox")],
)
def test_missing_packages_are_named(convert, package, counts, monkeypatch):
    for name in [package, *(name for name in sys.modules if name.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=rf'the package {package}, .*"\.\[biology\]" in'):
        convert(counts, **NAMES)


@pytest.mark.parametrize("convert", [to_pynapple, to_neo])
@pytest.mark.parametrize("order", [[2, 1, 0], [0, 0, 1]], ids=["falling", "twice"])
def test_times_that_do_not_ascend_are_refused(convert, order, counts):
    """A signal would have a negative or an infinite sampling rate."""
    with pytest.raises(ValueError, match=r"\.activity: expected ascending times .* along 'time'"):
        convert(counts.isel(time=order), **NAMES)


@pytest.mark.parametrize(("units", "told"), [("spikes/s", "1/s"), ("Hz", "Hz"), ("1", "")])
def test_units_of_signals(units, told, counts):
    pq = pytest.importorskip("quantities")
    (signal,) = to_neo(counts.assign_attrs(units=units), **NAMES).segments[0].analogsignals
    assert signal.units == (pq.Quantity(1, told) if told else pq.dimensionless)
    assert signal.magnitude.tolist() == counts.values.tolist()


def test_units_that_nobody_knows_are_refused(counts):
    pytest.importorskip("neo")
    with pytest.raises(ValueError, match=r"^to_neo\.activity: expected units that .* got 'F/F0'; "):
        to_neo(counts.assign_attrs(units="F/F0"), **NAMES)
