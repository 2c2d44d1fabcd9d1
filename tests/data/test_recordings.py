"""Recordings are what their files say, and files that contradict themselves are refused."""

import copy
import os
import pickle
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ontogeny.data.recordings import open_recording, recording_of, spike_trains

h5py = pytest.importorskip("h5py")

TRAINS = [[0.5, 1.0, 1.0, 7.25], [], [0.25, 3.0]]
PLACES = [[100.0, 200.0], [100.0, 300.0], [-50.0, 0.0]]


def write(path: Path, **changes) -> Path:
    """Write a file in the layout of the collection; None leaves something out."""
    content = {
        "spikes": np.concatenate([np.array(train, float) for train in TRAINS]),
        "sCount": np.array([len(train) for train in TRAINS], np.int32),
        "epos": np.array(PLACES).T,
        "names": np.array([b"ch_1", b"ch_2", b"ch_3"]),
        "array": np.array([b"MCS_8x8_100um"]),
        "meta/age": np.array([9], np.int32),
        "meta/species": np.array([b"mouse"]),
        "meta/key": np.array([b"Demas2003"]),
        "summary/duration": np.array([8.0]),
        **changes,
    }
    with h5py.File(path, "w") as file:
        for name, values in content.items():
            if values is not None:
                file.create_dataset(name, data=values)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "wave.h5"


def assert_holds(recording: xr.Dataset, trains) -> None:
    for found, expected in zip(spike_trains(recording), trains, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_what_is_read(path):
    with open_recording(write(path)) as recording:
        assert_holds(recording, TRAINS)
        np.testing.assert_array_equal(recording["position"], PLACES)
        assert recording["unit"].values.tolist() == ["ch_1", "ch_2", "ch_3"]
        assert recording["axis"].values.tolist() == ["x", "y"]
        assert recording["spike_time"].attrs["units"] == "s"
        assert recording["position"].attrs["units"] == "um"
        citation = recording.attrs.pop("citation")
        assert citation.startswith("Demas J, Eglen SJ, Wong ROL (2003)")
        assert "Eglen SJ, Weeks M" in citation and "GigaScience 3:3" in citation
        assert recording.attrs == {
            "start": 0.25,
            "stop": 7.25,
            "name": "wave",
            "source": "wave.h5",
            "species": "mouse",
            "age_days": 9.0,
            "study": "Demas2003",
            "array": "MCS_8x8_100um",
            "duration": 8.0,
            "licence": "CC0 1.0",
        }


def test_scalars_do_as_well_as_arrays_of_one(path):
    write(path, array="MCS", **{"meta/age": 9, "meta/species": "mouse", "summary/duration": 8.0})
    with open_recording(path) as recording:
        assert recording.attrs["species"] == "mouse" and recording.attrs["array"] == "MCS"
        assert recording.attrs["age_days"] == 9.0 and recording.attrs["duration"] == 8.0


def test_what_may_be_missing(path):
    optional = ("epos", "names", "array", "meta/age", "meta/species", "meta/key")
    write(path, **dict.fromkeys(optional))
    with open_recording(path) as recording:
        assert recording["unit"].values.tolist() == ["0", "1", "2"]
        assert "position" not in recording
        assert set(recording.attrs) == {"start", "stop", "name", "source", "duration"}


def test_texts_of_any_length(path):
    write(path, names=np.array(["a", "bé", "c"], dtype=object))
    with open_recording(path) as recording:
        assert recording["unit"].values.tolist() == ["a", "bé", "c"]


def test_spikes_stay_in_the_file(path):
    recording = open_recording(write(path))
    with pytest.raises(Exception):  # noqa: B017 - HDF5 holds the file open for reading
        h5py.File(path, "w")
    part = recording["spike_time"][4:]
    recording.close()
    with pytest.raises(Exception, match="identifier"):
        part.values
    with h5py.File(path, "r+"):
        pass


@pytest.mark.parametrize("copied", [pickle.dumps, copy.deepcopy])
def test_open_files_are_not_sent_to_other_processes(path, copied):
    with open_recording(write(path)) as recording:
        with pytest.raises(TypeError, match=r"lies in an open file; read it before, with load\(\)"):
            copied(recording["spike_time"])
        loaded = recording.load()
    assert loaded.identical(pickle.loads(pickle.dumps(loaded)))
    copied(loaded)


@pytest.mark.parametrize("piece", [1, 2, 3, 4, 100])
def test_pieces_that_are_checked_make_no_difference(path, monkeypatch, piece):
    monkeypatch.setattr("ontogeny.data.recordings.ragged._PIECE", piece)
    with open_recording(write(path)) as recording:
        assert (recording.attrs["start"], recording.attrs["stop"]) == (0.25, 7.25)
    times = spikes(0, 0.5)
    for at, unit in ((1, "ch_1"), (2, "ch_1"), (3, "ch_1"), (5, "ch_3")):
        write(path, spikes=np.where(np.arange(6) == at, 0.125, times))
        with pytest.raises(ValueError, match=f"ascending times .* others for unit '{unit}'"):
            open_recording(path)
        write(path, spikes=np.where(np.arange(6) == at, np.nan, times))
        with pytest.raises(ValueError, match=f"finite seconds, got nan of unit '{unit}'"):
            open_recording(path)


def test_sorting(path):
    write(path, spikes=np.array([7.0, 1.0, 1.5, 1.0, 9.0, 2.0]))
    with pytest.raises(
        ValueError,
        match=r"times: expected ascending times of each unit, got others for unit 'ch_1' in .*wave"
        r".h5'; sort=True sorts them",
    ):
        open_recording(path)
    recording = open_recording(path, sort=True)
    h5py.File(path, "r+").close()  # nothing holds it any more
    assert_holds(recording, [[1.0, 1.0, 1.5, 7.0], [], [2.0, 9.0]])


def test_start_and_stop(path):
    with open_recording(write(path), start=-1.0, stop=10.0) as recording:
        assert (recording.attrs["start"], recording.attrs["stop"]) == (-1.0, 10.0)
    with pytest.raises(ValueError, match=r"times: expected seconds from 0.4 to inf, got 0.25 of"):
        open_recording(path, start=0.4)
    with pytest.raises(ValueError, match=r"start, stop: expected start before stop"):
        open_recording(path, start=4.0, stop=2.0)
    with pytest.raises(ValueError, match=r"start, stop: expected finite seconds, got nan"):
        open_recording(path, start=np.nan)
    write(path, spikes=np.empty(0), sCount=np.zeros(3, int))
    with pytest.raises(ValueError, match=r"start, stop: expected both where no unit has a spike"):
        open_recording(path)
    with open_recording(path, start=0, stop=5) as recording:
        assert_holds(recording, [[], [], []])


def spikes(at: int, value: float) -> np.ndarray:
    found = np.concatenate([np.array(train, float) for train in TRAINS])
    found[at] = value
    return found


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spikes": spikes(3, np.nan)}, r"times: expected finite seconds, got nan of unit 'ch_1'"),
        ({"spikes": spikes(5, np.inf)}, r"times: expected finite seconds, got inf of unit 'ch_3'"),
        ({"spikes": spikes(4, -0.5)}, r"times: expected seconds from 0.0 to inf, got -0.5 of unit"),
        ({"spikes": spikes(3, 0.0)}, r"times: expected ascending times of each unit, got others"),
        (
            {"spikes": np.zeros((2, 3))},
            r"spikes: expected times along one axis, got shape \(2, 3\)",
        ),
        ({"spikes": np.array([b"1"] * 6)}, r"spikes: expected values of kind f, got \|S1"),
        ({"spikes": np.arange(6)}, r"spikes: expected values of kind f, got int64"),
        (
            {"sCount": [4, 0, 1]},
            r"counts: expected counts that sum to the number of spikes, 6, got",
        ),
        (
            {"sCount": [4, -1, 3]},
            r"counts: expected numbers of spikes, 0 or more, got -1 for unit 1",
        ),
        ({"sCount": [4.5, 0, 1.5]}, r"counts: expected numbers of spikes, 0 or more, got 4.5 for"),
        (
            {"sCount": np.array([2**63, 2**63, 6], np.uint64)},
            r"counts: expected .*, got the sum 18",
        ),
        ({"sCount": 6}, r"counts: expected whole numbers along one axis, got int64 of shape \(\)"),
        ({"sCount": [[4, 0, 2]]}, r"counts: expected whole numbers along one axis"),
        ({"sCount": ["4", "0", "2"]}, r"sCount: expected values of kind i or u or f, got object"),
        ({"epos": np.zeros((2, 4))}, r"epos: expected \(axis, unit\) with 2 or 3 axes and 3 units"),
        ({"epos": np.zeros((1, 3))}, r"epos: expected \(axis, unit\) with 2 or 3 axes and 3 units"),
        ({"epos": np.full((2, 3), np.nan)}, r"position: expected finite micrometres, got NaN"),
        (
            {"names": np.array([b"a", b"b", b"a"])},
            r"unit: expected 3 different .* got \['a'\] more",
        ),
        ({"names": np.array([b"a", b"b"])}, r"unit: expected 3 different names, .* got 2 names"),
        ({"names": np.array([b"\xff", b"b", b"c"])}, r"names: expected text in UTF-8, got other"),
        ({"names": np.arange(3)}, r"names: expected values of kind S or O or U, got int64"),
        ({"meta/age": [1, 2]}, r"meta/age: expected at most 1 values, got a declared shape"),
        ({"meta/age": b"old"}, r"meta/age: expected a number, got 'old'"),
        ({"meta/species": 3}, r"meta/species: expected text, got 3.0"),
        (
            {"spikes": None, "spikes/x": [1.0]},
            r"spikes: expected a dataset with values in this file",
        ),
        ({"spikes": None}, r"path: expected HDF5 with spikes and sCount \(waverepo\) or the attri"),
    ],
)
def test_contradictions_are_refused(path, changes, message):
    write(path, **changes)
    with pytest.raises(ValueError, match=rf"open_recording\.{message}") as caught:
        open_recording(path)
    assert str(path) in str(caught.value)
    path.unlink()  # nothing holds it
    write(path)
    open_recording(path).close()


@pytest.mark.parametrize("name", ["spikes", "sCount", "names", "epos"])
def test_huge_declarations_take_no_memory(path, name):
    write(path, **{name: None})
    shape = (2, 2**45) if name == "epos" else (2**45,)
    dtype = "S64" if name == "names" else "f8"
    with h5py.File(path, "r+") as file:
        file.create_dataset(name, shape, dtype, chunks=(1, 1024)[-len(shape) :], compression="gzip")
    with pytest.raises(ValueError, match=rf"{name}: expected .*, got a declared shape .*35184372"):
        open_recording(path)


def test_huge_chunks_are_refused(path):
    write(path, spikes=None)
    with h5py.File(path, "r+") as file:
        file.create_dataset("spikes", (6,), "f8", chunks=(2**28,), maxshape=(None,))
    with pytest.raises(ValueError, match=r"spikes: expected chunks of at most 1073741824 bytes"):
        open_recording(path)


def test_values_of_other_files_are_refused(path, tmp_path):
    write(tmp_path / "other.h5")
    write(path, spikes=None)
    with h5py.File(path, "r+") as file:
        file["spikes"] = h5py.ExternalLink(tmp_path / "other.h5", "/spikes")
    with pytest.raises(ValueError, match=r"spikes: expected a dataset with values in this file"):
        open_recording(path)
    write(path, spikes=None)
    layout = h5py.VirtualLayout((6,), "f8")
    layout[:] = h5py.VirtualSource(tmp_path / "other.h5", "spikes", (6,))
    with h5py.File(path, "r+") as file:
        file.create_virtual_dataset("spikes", layout)
    with pytest.raises(ValueError, match=r"spikes: expected a dataset with values in this file"):
        open_recording(path)


def test_damaged_files_never_do_more_than_raise(path):
    """Every kind of damage gives a recording or an error of ours."""
    rng = np.random.default_rng(6)
    whole = write(path, spikes=np.sort(rng.random(6))).read_bytes()
    refused = 0
    for _ in range(300):
        damaged = bytearray(whole)
        for at in rng.integers(len(whole), size=8):
            damaged[at] = rng.integers(256)
        path.write_bytes(bytes(damaged))
        try:
            open_recording(path).close()
        except ValueError as error:
            assert "open_recording." in str(error)
            refused += 1
    assert refused > 10


@pytest.mark.parametrize("kept", [9, 100, 0.5, 0.99])
def test_truncated(path, kept):
    whole = write(path, spikes=None).read_bytes()
    path.write_bytes(whole[: int(kept if kept > 1 else kept * len(whole))])
    with pytest.raises(ValueError, match=r"path: expected a whole HDF5 file, got a damaged one"):
        open_recording(path)


def test_what_is_no_recording(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"open_recording\.path: expected a file, got '.*ab"
    ):
        open_recording(tmp_path / "absent.h5")
    with pytest.raises(ValueError, match=r"path: expected a file, got a folder in .*; pass one of"):
        open_recording(tmp_path)
    (tmp_path / "empty.h5").touch()
    with pytest.raises(ValueError, match=r"path: expected a recording, got an empty file in"):
        open_recording(tmp_path / "empty.h5")
    (tmp_path / "text.h5").write_text("spikes")
    with pytest.raises(ValueError, match=r"path: expected a whole HDF5 file, got a damaged one"):
        open_recording(tmp_path / "text.h5")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(ValueError, match=r"path: expected a file, got a device or a pipe"):
        open_recording(tmp_path / "pipe.csv")


def test_arguments_go_with_their_kind(path):
    write(path)
    with pytest.raises(
        ValueError, match=r"open_recording\.columns, segment: expected none for a f"
    ):
        open_recording(path, columns={"unit": "a"}, segment=0)
    with pytest.raises(ValueError, match=r"kind: expected nwb, waverepo, csv, npz, neo, or a read"):
        open_recording(path, kind="hdf5")
    with pytest.raises(ValueError, match=r"path: expected a table of text in UTF-8"):
        open_recording(path, kind="csv")


@pytest.mark.parametrize("name", ["a.nwb", "a.h5"])
def test_nwb_is_known_by_its_content(tmp_path, monkeypatch, name):
    module = types.ModuleType("nwb")
    module.open_nwb = lambda path: xr.Dataset(attrs={"read": path})
    monkeypatch.setitem(sys.modules, "ontogeny.data.recordings.nwb", module)
    with h5py.File(tmp_path / name, "w") as file:
        file.attrs["nwb_version"] = "2.8.0"
    assert open_recording(tmp_path / name).attrs["read"] == tmp_path / name
    store = tmp_path / "a.nwb.zarr"
    store.mkdir()
    (store / ".zgroup").write_text("{}")
    assert open_recording(store).attrs["read"] == store


def test_real_files_hold_what_h5py_finds(official):
    folder = official / "neural" / "retinal_waves"
    paths = sorted(folder.glob("*/*.h5"))
    if not paths:
        pytest.skip("needs recordings: ONTOGENY_DATA has no neural/retinal_waves/")
    for path in paths:
        with h5py.File(path) as file, open_recording(path) as recording:
            times, counts = file["spikes"][()], file["sCount"][()]
            np.testing.assert_array_equal(recording["spike_time"], times)
            np.testing.assert_array_equal(recording["spike_count"], counts)
            np.testing.assert_array_equal(recording["position"], file["epos"][()].T)
            assert recording["unit"].values.tolist() == [n.decode() for n in file["names"]]
            assert recording.attrs["start"] == times.min()
            assert recording.attrs["stop"] == times.max()
            assert recording.attrs["duration"] == file["summary/duration"][0]
            assert recording.attrs["age_days"] == file["meta/age"][0]
            assert recording.attrs["species"] == file["meta/species"][0].decode()


def test_recording_of_refuses():
    with pytest.raises(ValueError, match=r"recording_of\.unit: expected 2 different names"):
        recording_of([[1.0], [2.0]], unit=["a", "a"])
    with pytest.raises(ValueError, match=r"recording_of\.position: expected \(unit, axis\) with 1"):
        recording_of([[1.0]], position=[[0.0]])


def test_files_of_ones_own_are_cured(tmp_path):
    path = tmp_path / "own.h5"
    with h5py.File(path, "w") as file:
        file["my_spikes"] = [0.1, 0.2]
    with pytest.raises(
        ValueError, match=r"got \['my_spikes'\] .*; recording_of\(trains, \.\.\.\) "
    ):
        open_recording(path)
