"""Files that are damaged, of another kind or hostile are refused: clearly, and in little memory."""

import importlib.util
import json
import os
import pickle
import shutil
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from ontogeny.data.recordings.nwb import open_nwb

pytest.importorskip("pynwb")
h5py = pytest.importorskip("h5py")

spec = importlib.util.spec_from_file_location("nwb_files", Path(__file__).with_name("nwb_files.py"))
nwb_files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(nwb_files)

MEMORY = 60_000_000
TIMES = "units/spike_times"
INDEX = "units/spike_times_index"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return nwb_files.write(nwb_files.full(), tmp_path_factory.mktemp("hostile") / "whole.nwb")


@pytest.fixture
def path(whole, tmp_path):
    return Path(shutil.copy(whole, tmp_path / "file.nwb"))


def replace(file, name, values=None, **options):
    """Put another dataset in the place of one, with its attributes."""
    attrs = dict(file[name].attrs)
    del file[name]
    if values is not None:
        options["data"] = values
    file.create_dataset(name, **options).attrs.update(attrs)


def refused(path, message):
    """Open a file, which must fail with a clear error in little memory, and be closed again."""
    before = set(os.listdir("/proc/self/fd"))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=message) as caught:
            open_nwb(path)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert str(path) in str(caught.value) and str(caught.value).startswith("open_nwb.")
    left = {os.readlink(f"/proc/self/fd/{number}") for number in _still_open(before)}
    assert str(path) not in left


def _still_open(before):
    now = set(os.listdir("/proc/self/fd")) - before
    return [number for number in now if os.path.exists(f"/proc/self/fd/{number}")]


def test_nothing_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="open_nwb.path: expected an NWB file"):
        open_nwb(tmp_path / "none.nwb")


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_truncated_files(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    refused(path, "expected an NWB file in HDF5 or Zarr, got one that is damaged")


def test_other_kinds_of_files(path):
    path.write_bytes(pickle.dumps({"a": 1}))
    refused(path, "damaged or of another kind")


def test_folders_of_another_kind(tmp_path):
    refused(tmp_path, "damaged or of another kind")


@pytest.mark.parametrize("seed", range(12))
def test_damaged_bytes_never_crash(path, seed):
    generator = np.random.default_rng(seed)
    content = bytearray(path.read_bytes())
    for place in generator.integers(0, len(content), 200):
        content[place] = generator.integers(256)
    path.write_bytes(content)
    try:
        open_nwb(path).close()
    except ValueError as error:
        assert str(error).startswith("open_nwb.")


@pytest.mark.parametrize("version", [None, "1.0.6", 2, "other"])
def test_other_schemas(path, version):
    with h5py.File(path, "a") as file:
        del file.attrs["nwb_version"]
        if version is not None:
            file.attrs["nwb_version"] = version
    refused(path, "the attribute nwb_version of NWB 2")


def test_an_empty_file_of_the_right_schema(tmp_path):
    path = nwb_files.write(nwb_files.empty(), tmp_path / "empty.nwb")
    refused(path, "units, intervals or time series, got none of them")


@pytest.mark.parametrize("name", [TIMES, INDEX, "units/id", "units/quality"])
def test_missing_columns(path, name):
    with h5py.File(path, "a") as file:
        del file[name]
    refused(path, f"column.*'{'id' if name.endswith('id') else name[6:11]}")


def test_missing_times_of_trials(path):
    with h5py.File(path, "a") as file:
        del file["intervals/trials/stop_time"]
        file["intervals/trials"].attrs["colnames"] = ["start_time", "contrast"]
    refused(path, "the columns 'start_time' and 'stop_time' of the intervals 'trials'")


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([0.5, np.nan, 2.5, 0.25, 2.75], "finite seconds, got nan of unit '10'"),
        ([0.5, np.inf, 2.5, 0.25, 2.75], "finite seconds, got inf"),
        ([-0.5, 1.0, 2.5, 0.25, 2.75], "spike times from 0 s on, got -0.5 s.*add the same number"),
        ([0.5, 1.0, 2.5, 2.75, 0.25], "ascending times of each unit, got others for unit '12'"),
        ([0.5, 1.0, 2.5, 0.25], "within 4 entries, got 5, beyond the end"),
        ([0.5, 1.0, 2.5, 0.25, 2.75, 3.0], "to reach all 6 entries, got an end at 5"),
        (np.ones((5, 2)), "numbers along one axis"),
        ([b"0.5", b"1", b"2", b"3", b"4"], "numbers along one axis"),
        (np.ones(5, "c8"), "the columns 'spike_times' and 'spike_times_index' of numbers"),
    ],
)
def test_wrong_spikes(path, times, message):
    with h5py.File(path, "a") as file:
        replace(file, TIMES, times)
    refused(path, message)


def test_spikes_that_are_objects(path):
    with h5py.File(path, "a") as file:
        ragged = h5py.vlen_dtype(np.float64)
        replace(file, TIMES, shape=(5,), dtype=ragged)
    refused(path, "the columns 'spike_times' and 'spike_times_index' of numbers")


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ([3, 2, 5], "to ascend from 0, got numbers that descend"),
        ([3, 3, 2**62], "beyond the end"),
        (np.array([3, 3, 2**64 - 1], "u8"), "beyond the end"),
        ([-1, 3, 5], "to ascend from 0"),
        ([3, 5], "3 integers as the index of 'spike_times'"),
        ([3.0, 3.0, 5.0], "3 integers as the index"),
    ],
)
def test_wrong_indices(path, index, message):
    with h5py.File(path, "a") as file:
        replace(file, INDEX, np.asarray(index))
    refused(path, message)


@pytest.mark.parametrize("column", ["id", "unit_name"])
def test_units_of_one_name(path, column):
    with h5py.File(path, "a") as file:
        if column == "id":
            replace(file, "units/id", [1, 2, 1])
        else:
            file["units"].create_dataset("unit_name", data=["a", "b", "a"])
    refused(path, "different names, one for each unit, got .* more than once")


@pytest.mark.parametrize("regions", [[0, 1, 2, 99], [0, 1, 2, -1]])
def test_electrodes_that_are_not_there(path, regions):
    with h5py.File(path, "a") as file:
        replace(file, "units/electrodes", regions)
    refused(path, r"electrodes in 0\.\.3 for every unit")


@pytest.mark.parametrize("chunks", [(2**20,), (2**40,), None])
def test_spikes_that_are_declared_and_not_there(path, chunks):
    with h5py.File(path, "a") as file:
        options = {"chunks": chunks} if chunks and chunks[0] < 2**29 else {}
        replace(file, TIMES, shape=(10**12,), dtype="f8", **options)
        replace(file, INDEX, np.array([3, 3, 10**12]))
    refused(path, "spike times that are in the file, 8,000,000,000,000 bytes, got 0 bytes")


def test_pieces_that_do_not_fit_into_memory(path):
    with h5py.File(path, "a") as file:
        replace(
            file, TIMES, shape=(5,), maxshape=(None,), chunks=(2**28,), dtype="f8",
            compression="gzip",
        )  # fmt: skip
    refused(path, "the columns 'spike_times' and 'spike_times_index' of numbers")


@pytest.mark.parametrize("name", ["units/id", "intervals/trials/id", "units/quality"])
def test_tables_of_a_million_million_rows(path, name):
    with h5py.File(path, "a") as file:
        kind = h5py.string_dtype() if name.endswith("quality") else "i8"
        replace(file, name, shape=(10**12,), dtype=kind, chunks=(2**16,))
    refused(path, "at most 1,048,576 rows|entries in /units/quality")


def test_series_of_a_million_million_samples_are_not_read(path):
    with h5py.File(path, "a") as file:
        replace(file, "acquisition/voltage/data", shape=(10**12, 2), dtype="i2", chunks=(2**16, 2))
    tracemalloc.start()
    try:
        with open_nwb(path) as found:
            assert found["voltage"].shape == (10**12, 2)
            assert found["voltage"].isel(voltage_time=-1).values.tolist() == [1.0, 1.0]
            assert found["voltage_time"].isel(voltage_time=-1).item() == 1 + (10**12 - 1) / 4
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


def test_series_without_a_rate(path):
    with h5py.File(path, "a") as file:
        file["acquisition/voltage/starting_time"].attrs["rate"] = np.nan
    refused(path, "times, or a beginning and a rate, for 'voltage_time'")


def test_series_with_fewer_times_than_data(path):
    with h5py.File(path, "a") as file:
        replace(file, "processing/behavior/Position/place/timestamps", [0.0, 1.0])
    refused(path, "3 times in /processing/behavior/Position/place/timestamps")


def test_groups_that_hold_themselves(path):
    with h5py.File(path, "a") as file:
        for name in ("a", "b", "c"):
            file["acquisition"][name] = file["acquisition"]
            file["processing/behavior"][name] = file["processing"]
    with open_nwb(path) as found:
        assert "voltage" in found


def test_other_files_are_not_opened(path, tmp_path):
    other = tmp_path / "other.nwb"
    shutil.copy(path, other)
    raw = tmp_path / "secret"
    raw.write_bytes(b"12345678")
    with h5py.File(path, "a") as file:
        file["acquisition/linked"] = h5py.ExternalLink("other.nwb", "/acquisition/voltage")
        outside = file["acquisition"].create_group("outside")
        outside.create_dataset("data", (8,), "i1", external=[(str(raw), 0, 8)])
        outside.create_dataset("timestamps", data=np.arange(8.0))
    found = open_nwb(path)
    assert "linked" not in found and "outside" not in found
    assert "it lies in another file" in found.attrs["left_out"]
    assert "its values lie in another file" in found.attrs["left_out"]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("{", "a description of the recording"),
        ("[]", "a description of the recording"),
        (json.dumps({"version": 9, "attributes": {}, "variables": {}}), "version 1 of"),
        (
            json.dumps(
                {
                    "version": 1,
                    "attributes": {},
                    "variables": {
                        "a": {
                            "place": "", "dims": ["x"], "shape": [10**12], "dtype": "<f8",
                            "attributes": {}, "coordinate": False,
                        }
                    },
                }
            ),
            "a place of 'a'",
        ),
        (
            json.dumps(
                {
                    "version": 1,
                    "attributes": {},
                    "variables": {
                        "a": {
                            "place": "read:spike_time", "dims": ["x"], "shape": [5], "dtype": "O",
                            "attributes": {}, "coordinate": False,
                        }
                    },
                }
            ),
            "numbers or text as 'a', got the type object",
        ),
    ],
)  # fmt: skip
def test_forms_that_do_not_fit(path, form, message):
    with h5py.File(path, "a") as file:
        file.create_group("scratch").create_dataset("ontogeny_recording", data=form)
    refused(path, message)


def test_nothing_is_unpickled(whole, tmp_path):
    pynwb = pytest.importorskip("pynwb")
    zarr_io = pytest.importorskip("hdmf_zarr").NWBZarrIO
    store, trap = tmp_path / "file.zarr", tmp_path / "sprung"
    with pynwb.NWBHDF5IO(str(whole), "r") as source, zarr_io(str(store), "w") as io:
        io.export(src_io=source, write_args={"link_data": False})

    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(trap),))

    places = [path for path in store.rglob(".zarray") if "pickle" in path.read_text()]
    quality = store / "units" / "quality"
    described = json.loads((quality / ".zarray").read_text())
    described |= {"filters": [{"id": "pickle", "protocol": 5}], "compressor": None}
    (quality / ".zarray").write_text(json.dumps(described))
    (quality / "0").write_bytes(pickle.dumps(Trap()))
    for place in places:
        (place.parent / "0").write_bytes(pickle.dumps(Trap()))
    found = open_nwb(store)
    assert "quality" in found.attrs["left_out"] and "unit_quality" not in found
    assert places and not trap.exists()
