"""A recording that is written as NWB and read back is the same, and others can read it."""

import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ontogeny.data.recordings import recording_of, write_nwb
from ontogeny.data.recordings.nwb import open_nwb

pynwb = pytest.importorskip("pynwb")
pytestmark = pytest.mark.filterwarnings("ignore:recording_of")  # of toys, and of any numbers
WAVES = Path(os.environ.get("ONTOGENY_DATA", "none")) / "neural" / "retinal_waves"


@pytest.fixture
def recording():
    made = recording_of(
        [[0.1, 0.5], [], [0.2]],
        position=[[0, 0], [1, 2], [3, 4.5]],
        unit=["a", "b", "µ"],
        start=0,
        stop=2.0,
        attributes={"name": "made", "age_days": 9, "species": "Mus musculus", "numbers": [1, 0.5]},
    )
    made["unit_quality"] = ("unit", np.array([1, 2, 3], "int16"), {"units": "1"})
    made["unit_kind"] = ("unit", np.array(["on", "off", "both"]))
    made["unit_waveform"] = (("unit", "sample"), np.ones((3, 4), "float32"))
    made["unit_description"] = ("unit", [1.0, 2.0, 3.0])
    made["trial_start"], made["trial_stop"] = ("trial", [0.0, 1.0]), ("trial", [1.0, np.nan])
    made["trial_label"] = ("trial", ["x", "yy"])
    made["trial_right"] = ("trial", [True, False])
    made["epoch_start"], made["epoch_stop"] = ("epoch", [0.0]), ("epoch", [1.0])
    made["wave_start"], made["wave_stop"] = ("wave", [0.0]), ("wave", [1.0])
    values = np.arange(6, dtype="float32").reshape(3, 2)
    made["field"] = (("field_time", "channel"), values, {"units": "V", "long_name": "potential"})
    made = made.assign_coords(field_time=("field_time", [0.0, 0.1, 0.2], {"units": "s"}))
    made["one"], made["none"] = 3.5, ("nothing", np.zeros(0))
    made["words"] = (("p", "q"), [["a", "b"], ["c", "é"]])
    made["a/b"] = ("p", [1, 2], {"units": "1"})
    return made


def test_a_recording_comes_back_as_it_was(recording, tmp_path):
    write_nwb(recording, tmp_path / "a.nwb")
    found = open_nwb(tmp_path / "a.nwb")
    xr.testing.assert_identical(found, recording)
    assert all(
        found[name].dtype.kind == values.dtype.kind for name, values in recording.variables.items()
    )
    assert found["unit_quality"].dtype == np.int16
    assert pynwb.validate(path=str(tmp_path / "a.nwb")) == []


def test_others_read_it(recording, tmp_path):
    write_nwb(recording, tmp_path / "a.nwb")
    with pynwb.NWBHDF5IO(str(tmp_path / "a.nwb"), "r") as io:
        file = io.read()
        assert file.units["spike_times"][0].tolist() == [0.1, 0.5]
        assert file.units["unit_name"][:].tolist() == ["a", "b", "µ"]
        assert file.electrodes["x"][:].tolist() == [0.0, 1.0, 3.0]
        assert file.units["electrodes"][2]["y"].tolist() == [4.5]
        assert file.units["obs_intervals"][1].tolist() == [[0.0, 2.0]]
        assert file.trials["label"][:].tolist() == ["x", "yy"]
        assert file.acquisition["field"].unit == "V"
        assert file.subject.age == "P9D" and file.subject.species == "Mus musculus"


def test_pynapple_reads_it(recording, tmp_path):
    nap = pytest.importorskip("pynapple")
    write_nwb(recording, tmp_path / "a.nwb")
    units = nap.load_file(str(tmp_path / "a.nwb"))["units"]
    assert units[0].t.tolist() == [0.1, 0.5]
    assert units["kind"].tolist() == ["on", "off", "both"]


def test_what_was_read_is_written_again(recording, tmp_path):
    write_nwb(recording, tmp_path / "a.nwb")
    write_nwb(open_nwb(tmp_path / "a.nwb"), tmp_path / "b.nwb")
    xr.testing.assert_identical(open_nwb(tmp_path / "b.nwb"), recording)


def test_large_recordings_are_copied_from_file_to_file(tmp_path):
    times = np.arange(2_500_000) / 100
    large = recording_of([times], attributes={"name": "large"})
    write_nwb(large, tmp_path / "a.nwb")
    with open_nwb(tmp_path / "a.nwb") as lazy:
        assert not lazy["spike_time"].variable._in_memory
        write_nwb(lazy, tmp_path / "b.nwb")
    with open_nwb(tmp_path / "b.nwb") as found:
        xr.testing.assert_identical(found.load(), large)


def trains():
    times = st.floats(0, 1e6, allow_nan=False)
    return st.lists(st.lists(times, max_size=5).map(sorted), min_size=1, max_size=4)


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6)
values = st.one_of(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.integers(-9, 9),
                   st.floats(allow_nan=False), st.booleans())  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), spikes=trains(), attributes=st.dictionaries(names, values, max_size=3))
def test_any_recording_comes_back(tmp_path_factory, data, spikes, attributes):
    count = len(spikes)
    unit = data.draw(st.lists(names, min_size=count, max_size=count, unique=True))
    axes = data.draw(st.sampled_from([0, 2, 3]))
    place = st.lists(st.floats(-1e4, 1e4), min_size=axes, max_size=axes)
    position = data.draw(st.lists(place, min_size=count, max_size=count)) if axes else None
    limits = {"start": 0.0, "stop": 1e6}
    made = recording_of(spikes, unit=unit, position=position, **limits, attributes=attributes)
    path = tmp_path_factory.mktemp("any") / "a.nwb"
    write_nwb(made, path)
    xr.testing.assert_identical(open_nwb(path), made)


@pytest.mark.skipif(not WAVES.is_dir(), reason="needs the retinal waves")
@pytest.mark.parametrize("name", ["Demas2003/Demas2003_P9_CTRL_MY1_1A", "Wong1993/Wong1993_P0"])
def test_a_real_recording_comes_back(name, tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(WAVES / f"{name}.h5") as file:
        counts = file["sCount"][:].ravel().astype(int)
        spikes = np.split(file["spikes"][:].ravel(), np.cumsum(counts)[:-1])
        position = file["epos"][:]
    position = position if len(position) == len(counts) else position.T
    attributes = {"name": name}
    made = recording_of(spikes, position=position[:, :2], attributes=attributes)
    write_nwb(made, tmp_path / "wave.nwb")
    xr.testing.assert_identical(open_nwb(tmp_path / "wave.nwb"), made)
    assert pynwb.validate(path=str(tmp_path / "wave.nwb")) == []


def test_nothing_is_overwritten_unless_asked(recording, tmp_path):
    path = tmp_path / "a.nwb"
    write_nwb(recording, path)
    with pytest.raises(FileExistsError, match="write_nwb.path: expected a path where nothing is"):
        write_nwb(recording, path)
    write_nwb(recording.assign_attrs(name="other"), path, replace=True)
    assert open_nwb(path).attrs["name"] == "other"


def test_nothing_is_left_where_writing_fails(recording, tmp_path, monkeypatch):
    path = tmp_path / "a.nwb"
    write_nwb(recording, path)
    before = path.read_bytes()

    def fail(*_):
        raise OSError("no more")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no more"):
        write_nwb(recording, path, replace=True)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["a.nwb"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"spike_time": ("spike", [-1.0, 0.5, 0.2])}, "spike times from 0 s on, got -1.0 s"),
        ({"spike_time": ("spike", [0.5, 0.1, 0.2])}, "ascending times"),
        ({"spike_time": ("spike", [0.5, np.nan, 0.2])}, "finite seconds"),
        ({"when": ("p", np.array(["2020-01-01", "2021-01-01"], "M8[ns]"))}, "numbers or text"),
        ({"thing": ("p", np.array([{}, []], object))}, "numbers or text, got object as 'thing'"),
    ],
)
def test_what_cannot_be_written(recording, tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        write_nwb(recording.assign(change), tmp_path / "a.nwb")
    assert not os.listdir(tmp_path)


def test_attributes_are_text_and_numbers(recording, tmp_path):
    with pytest.raises(ValueError, match="expected text and numbers as attributes, got object"):
        write_nwb(recording.assign_attrs(thing=object()), tmp_path / "a.nwb")
