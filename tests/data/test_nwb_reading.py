"""NWB files that others wrote are recordings, from HDF5 and from Zarr."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ontogeny.data.recordings import spike_trains, write_nwb
from ontogeny.data.recordings.nwb import open_nwb

pytest.importorskip("pynwb")
spec = importlib.util.spec_from_file_location("nwb_files", Path(__file__).with_name("nwb_files.py"))
nwb_files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(nwb_files)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("nwb")


@pytest.fixture(scope="module")
def hdf5(folder):
    return nwb_files.write(nwb_files.full(), folder / "full.nwb")


@pytest.fixture(scope="module")
def zarr(folder, hdf5):
    import pynwb

    zarr_io = pytest.importorskip("hdmf_zarr").NWBZarrIO
    target = folder / "full.nwb.zarr"
    with pynwb.NWBHDF5IO(str(hdf5), "r") as source, zarr_io(str(target), "w") as io:
        io.export(src_io=source, write_args={"link_data": False})
    return target


@pytest.fixture(params=["hdf5", "zarr"])
def recording(request):
    return open_nwb(request.getfixturevalue(request.param))


def test_spikes_and_names(recording):
    assert recording["unit"].values.tolist() == ["10", "11", "12"]
    assert recording["spike_count"].values.tolist() == [3, 0, 2]
    assert [train.tolist() for train in spike_trains(recording)] == nwb_files.TRAINS
    assert recording["spike_time"].attrs["units"] == "s"


def test_position_is_the_mean_of_the_electrodes_of_a_unit(recording):
    expected = [[0, 0, 1], [15, 2.5, 1], [30, 5, 1]]
    np.testing.assert_array_equal(recording["position"].values, expected)
    assert recording["axis"].values.tolist() == ["x", "y", "z"]
    assert recording["position"].attrs["units"] == "um"


def test_columns_of_units_and_electrodes(recording):
    assert recording["unit_quality"].values.tolist() == ["q0", "q1", "q2"]
    assert recording["unit_electrodes"].values.tolist() == [0, 1, 2, 3]
    assert recording["unit_electrodes_count"].values.tolist() == [1, 2, 1]
    assert recording["electrode_location"].values.tolist() == ["retina"] * 4


def test_start_and_stop_are_those_of_the_observation(recording):
    assert (recording.attrs["start"], recording.attrs["stop"]) == (0.0, 4.0)


def test_intervals(recording):
    assert recording["trial_start"].values.tolist() == [0.0, 1.0]
    assert recording["trial_stop"].values[0] == 1.0 and np.isnan(recording["trial_stop"].values[1])
    assert recording["trial_contrast"].values.tolist() == [0.5, 1.0]
    assert recording["epoch_stop"].values.tolist() == [3.0]
    assert recording["epoch_tags"].values.tolist() == ["dark", "first"]
    assert recording["epoch_tags_count"].values.tolist() == [2]
    assert recording["blinks_start"].values.tolist() == [0.5]


def test_time_series_have_times_units_and_conversions(recording):
    voltage = recording["voltage"]
    assert voltage.attrs["units"] == "volts"
    np.testing.assert_allclose(voltage["voltage_time"], 1 + np.arange(6) / 4)
    raw = np.arange(12).reshape(6, 2)
    np.testing.assert_allclose(voltage.values, raw * [0.5, 5.0] + 1.0)
    assert recording["voltage_electrodes"].values.tolist() == [2, 0]
    assert recording["place"].dims == ("place_time", "place_1")
    assert recording["place_time"].values.tolist() == [0.0, 0.5, 2.0]


def test_attributes(recording):
    attrs = recording.attrs
    assert attrs["species"] == "Mus musculus" and attrs["age_days"] == 9
    assert attrs["citation"] == "Somebody 2020" and attrs["name"] == "session 7"
    assert attrs["source"] in ("full.nwb", "full.nwb.zarr")


def test_the_recording_of_a_zarr_store_is_that_of_the_file(hdf5, zarr):
    other = open_nwb(zarr).assign_attrs(source="full.nwb")
    one = open_nwb(hdf5)
    # of Zarr it is said what is pickled, and what is not
    other.attrs.pop("left_out", None)
    one.attrs.pop("left_out", None)
    xr.testing.assert_identical(one, other)


def test_relative_places_where_others_are_missing(tmp_path):
    file = nwb_files.empty()
    nwb_files.with_electrodes(file, rel_x=[1, 2], rel_y=[3, 4])
    file.add_unit(spike_times=[1.0], electrodes=[1])
    found = open_nwb(nwb_files.write(file, tmp_path / "a.nwb"))
    assert found["position"].values.tolist() == [[2.0, 4.0]]


def test_no_position_where_one_is_not_known(tmp_path):
    file = nwb_files.empty()
    nwb_files.with_electrodes(file, x=[1, np.nan], y=[3, 4])
    file.add_unit(spike_times=[1.0], electrodes=[0])
    file.add_unit(spike_times=[1.0], electrodes=[1])
    found = open_nwb(nwb_files.write(file, tmp_path / "a.nwb"))
    assert "position" not in found and "position" in found.attrs["left_out"]


@pytest.mark.parametrize(
    ("age", "days"), [("P9D", 9), ("P2W", 14), ("P1DT12H", 1.5), ("P3M", None), ("P1D/P3D", None)]
)
def test_ages_in_days(tmp_path, age, days):
    from pynwb.file import Subject

    file = nwb_files.empty(subject=Subject(subject_id="a", age=age, species="Mus musculus"))
    file.add_unit(spike_times=[1.0])
    attrs = open_nwb(nwb_files.write(file, tmp_path / "a.nwb")).attrs
    assert attrs.get("age_days") == days and attrs.get("age") == (None if days else age)


def test_series_of_one_name_are_told_apart(tmp_path):
    import pynwb

    file = nwb_files.empty()
    for module in ("one", "two"):
        made = file.create_processing_module(name=module, description="d")
        made.add(pynwb.TimeSeries(name="rate", data=[1.0, 2.0], unit="Hz", rate=1.0))
    found = open_nwb(nwb_files.write(file, tmp_path / "a.nwb"))
    assert {"rate", "processing_two_rate"} <= set(found)


def test_series_with_names_that_recordings_use(tmp_path):
    """A series that is called position is no position of units, nor are its times spikes."""
    import pynwb

    file = nwb_files.empty()
    for number in range(3):
        file.add_unit(spike_times=[0.5, 1.0 + number])
    for name, data in (("position", np.ones((3, 2))), ("spike", [1.0, 2.0, 3.0])):
        file.add_acquisition(
            pynwb.TimeSeries(name=name, data=data, unit="m", timestamps=[0.0, 1.0, 2.0])
        )
    path = nwb_files.write(file, tmp_path / "a.nwb")
    with open_nwb(path) as found:
        assert "position" not in found and "spike" not in found.coords
        assert found["acquisition_position"].dims[0] == "acquisition_position_time"
        assert found["acquisition_spike"].values.tolist() == [1, 2, 3]
        assert [len(train) for train in spike_trains(found)] == [2, 2, 2]
        write_nwb(found, tmp_path / "b.nwb")
        assert open_nwb(tmp_path / "b.nwb").identical(found)


def test_series_with_the_name_of_the_times_of_another(tmp_path):
    import pynwb

    file = nwb_files.empty()
    file.add_acquisition(pynwb.TimeSeries(name="v_time", data=[1.0, 2.0], unit="m", rate=1.0))
    module = file.create_processing_module(name="one", description="d")
    module.add(pynwb.TimeSeries(name="v", data=[3.0, 4.0, 5.0], unit="m", rate=2.0))
    found = open_nwb(nwb_files.write(file, tmp_path / "a.nwb"))
    assert found["v_time"].values.tolist() == [1, 2]
    assert found["processing_one_v"].values.tolist() == [3, 4, 5]
    assert found["processing_one_v_time"].values.tolist() == [0, 0.5, 1]


def test_large_arrays_stay_in_the_file_until_it_is_closed(tmp_path, monkeypatch):
    import pynwb

    count = 50_000
    # pynwb takes long to write more.
    for module in ("nwb_tables", "nwb_units"):
        monkeypatch.setattr(f"ontogeny.data.recordings.{module}.LIMIT", count - 1)
    file = nwb_files.empty()
    file.add_unit(spike_times=np.arange(count) / 1000)
    series = pynwb.TimeSeries(name="v", data=np.zeros(count, "i2"), unit="V", rate=1000.0)
    file.add_acquisition(series)
    found = open_nwb(nwb_files.write(file, tmp_path / "large.nwb"))
    for name in ("spike_time", "v", "v_time"):
        assert not found[name].variable._in_memory, name
    last = found["v_time"].isel(v_time=-1).item()
    some = found["spike_time"].isel(spike=slice(10, 12)).values
    assert not found["spike_time"].variable._in_memory and some.tolist() == [0.010, 0.011]
    assert last == pytest.approx((count - 1) / 1000) and found.attrs["stop"] == last
    found.close()
    with pytest.raises((ValueError, OSError, RuntimeError)):
        found["spike_time"].isel(spike=0).load()
