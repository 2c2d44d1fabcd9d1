"""Tables and arrays of spikes: what is declared is read, what is not is refused."""

import io
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ontogeny.data.recordings import open_recording, spike_trains

TABLE = "unit,time\nb,0.5\na,0.25\nb,0.75\na,3\n"


@pytest.fixture
def csv(tmp_path):
    def write(text, name="spikes.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def npz(tmp_path):
    def write(**arrays):
        np.savez_compressed(tmp_path / "spikes.npz", **arrays)
        return tmp_path / "spikes.npz"

    return write


def held(recording):
    trains = [train.tolist() for train in spike_trains(recording)]
    return dict(zip(recording["unit"].values.tolist(), trains, strict=True))


def test_table(csv):
    recording = open_recording(csv(TABLE))
    assert list(held(recording).items()) == [("b", [0.5, 0.75]), ("a", [0.25, 3.0])]
    assert recording.attrs == {"start": 0.25, "stop": 3.0, "name": "spikes", "source": "spikes.csv"}


@pytest.mark.parametrize(
    ("text", "name", "options"),
    [
        ("\ufeffunit, time\r\nb, 0.5\r\n\r\na,0.25\r\n", "s.csv", {}),
        ("time\tdepth\tunit\n0.5\t1\tb\n0.25\t1\ta\n", "s.tsv", {}),
        ("b,0.5\na,0.25\n", "s.csv", {"columns": {"unit": 0, "time": 1}}),
        (
            "t,cell\n500,b\n250,a\n",
            "s.csv",
            {"columns": {"unit": "cell", "time": "t"}, "unit": 1e3},
        ),
        ('unit,time\n"b",0.5\n"a",0.25', "s.table", {"kind": "csv"}),
    ],
)
def test_forms_of_tables(csv, text, name, options):
    factor = options.pop("unit", None)
    found = open_recording(csv(text, name), time_unit="ms" if factor else None, **options)
    assert held(found) == {"b": [0.5], "a": [0.25]}


@pytest.mark.parametrize(("unit", "per_second"), [("ms", 1000), ("us", 1_000_000)])
def test_times_are_the_nearest_numbers_of_seconds(csv, npz, unit, per_second):
    """9 ms are 0.009 s, and not a little more, which would be behind a stop of 0.009 s."""
    ticks = list(range(1, 2000, 4))
    rows = "".join(f"a,{tick}\n" for tick in ticks)
    options = {"time_unit": unit, "start": 0, "stop": ticks[-1] / per_second}
    expected = {"a": [tick / per_second for tick in ticks]}
    assert held(open_recording(csv(f"unit,time\n{rows}"), **options)) == expected
    arrays = {"time": np.array(ticks), "unit": np.array(["a"] * len(ticks))}
    assert held(open_recording(npz(**arrays), **options)) == expected


def test_numbers_as_python_alone_writes_them_are_refused(csv):
    with pytest.raises(ValueError, match=r"a unit and numbers in every row, got .*'1_0'"):
        open_recording(csv("unit,time\na,1_0\n"))


def test_positions_in_the_table(csv):
    text = "unit,time,x,y\na,1,0,100\nb,2,50,0\na,3,0,100\n"
    recording = open_recording(csv(text))
    assert recording["position"].values.tolist() == [[0, 100], [50, 0]]
    numbers = {"unit": 0, "time": 1, "x": 3, "y": 2}
    recording = open_recording(csv(text.split("\n", 1)[1]), columns=numbers)
    assert recording["position"].values.tolist() == [[100, 0], [0, 50]]


@pytest.mark.filterwarnings("ignore:open_recording.position")
def test_positions_in_a_second_table(csv):
    places = csv("z,unit,y,x\n7,silent,2,1\n8,b,4,3\n9,a,6,5\n", "places.csv")
    recording = open_recording(csv(TABLE), positions=places)
    assert list(held(recording)) == ["silent", "b", "a"]
    assert held(recording)["silent"] == []
    assert recording["position"].values.tolist() == [[1, 2, 7], [3, 4, 8], [5, 6, 9]]
    assert recording["axis"].values.tolist() == ["x", "y", "z"]


def test_sorting_and_extent(csv):
    path = csv("unit,time\na,2\nb,-0.5\na,1\n")
    with pytest.raises(
        ValueError, match=r"times: expected seconds from 0.0 to inf, got -0.5 of uni"
    ):
        open_recording(path, sort=True)
    with pytest.raises(ValueError, match=r"times: expected ascending .* got others for unit 'a'"):
        open_recording(path, start=-1)
    recording = open_recording(path, sort=True, start=-1, stop=4)
    assert held(recording) == {"a": [1, 2], "b": [-0.5]}
    assert (recording.attrs["start"], recording.attrs["stop"]) == (-1, 4)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            "unit,time\n",
            {},
            r"path: expected at least one row below the names of columns, got none",
        ),
        ("a,b\n1,2\n", {}, r"columns: expected columns for unit and time, got \['a', 'b'\]"),
        ("unit,time,time\na,1,2\n", {}, r"columns: expected one column of each name, got several"),
        ("unit,time,x\na,1,2\n", {}, r"columns: expected columns for x and y, got"),
        (
            "unit,time\na,soon\n",
            {},
            r"path: expected a unit and numbers in every row, got \['a', 's",
        ),
        ("unit,time\na,1\na\n", {}, r"path: expected a unit and numbers .*\['a'\] in line 3"),
        ("unit,time\n,1\n", {}, r"unit: expected a name, got none in line 2"),
        ("unit,time\na,nan\n", {}, r"times: expected finite seconds, got nan of unit 'a'"),
        ("unit,time\na,1e400\n", {}, r"times: expected finite seconds, got inf of unit 'a'"),
        ('unit,time\n"a"b,1\n', {}, r"path: expected a table of text in UTF-8, got"),
        (b"unit,time\n\xff,1\n", {}, r"path: expected a table of text in UTF-8, got"),
        ("unit,time\n" + 70000 * "a", {}, r"path: expected lines shorter than 65536 characters"),
        ("unit,time,x,y\na,1,2,3\na,2,2,4\n", {}, r"position: expected one position of each unit"),
        ("unit,time,x,y\na,1,2,nan\n", {}, r"position: expected finite micrometres"),
        (
            TABLE,
            {"columns": {"unit": 0}},
            r"columns: expected columns for unit, time, x, y, z, all",
        ),
        (TABLE, {"columns": {"unit": 0, "time": "t"}}, r"columns: expected columns for unit, time"),
        (TABLE, {"columns": {"unit": 0, "time": -1}}, r"columns: expected numbers from 0 on"),
        (
            TABLE,
            {"columns": {"cell": "unit"}},
            r"columns: expected columns for unit, time, x, y, z",
        ),
        (TABLE, {"columns": {"x": "lost"}}, r"columns: expected columns for x, got"),
        (TABLE, {"time_unit": "minutes"}, r"time_unit: expected one of s, ms, us, got 'minutes'"),
    ],
)
def test_tables_are_refused(csv, text, options, message):
    with pytest.raises(ValueError, match=rf"open_recording\.{message}"):
        open_recording(csv(text), **options)


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ("unit,x,y\na,0,1\n", r"unit: expected a unit of positions, got 'b' in line 2 in .*spikes"),
        (
            "unit,x,y\na,0,1\na,0,1\n",
            r"unit: expected one row for each unit, got another one for 'a",
        ),
        ("unit,x\na,0\n", r"columns: expected columns for y, got \['unit', 'x'\] in .*places"),
        ("unit,x,y\n", r"positions: expected at least one row .* in .*places"),
        ("", r"path: expected a recording, got an empty file in .*places"),
    ],
)
def test_second_tables_are_refused(csv, places, message):
    with pytest.raises(ValueError, match=rf"open_recording\.{message}"):
        open_recording(csv(TABLE), positions=csv(places, "places.csv"))


def test_a_long_table_leaves_no_text_in_memory(csv):
    count = 100_000
    path = csv("unit,time,remark\n" + "".join(f"a,{k},{'long ' * 20}\n" for k in range(count)))
    open_recording(path)  # what is imported is imported
    tracemalloc.start()
    try:
        recording = open_recording(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert recording.sizes["spike"] == count
    assert peak < 6 * 8 * count < path.stat().st_size / 2


spikes = st.lists(
    st.tuples(st.sampled_from("abcd"), st.floats(0, 1e6, allow_subnormal=False)), min_size=1
)


@pytest.mark.filterwarnings("ignore:open_recording.times")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=spikes)
def test_tables_and_arrays_agree(tmp_path, rows):
    expected = {name: sorted(t for each, t in rows if each == name) for name, _ in rows}
    text = "unit,time\n" + "".join(f"{name},{time!r}\n" for name, time in rows)
    (tmp_path / "s.csv").write_text(text)
    units, times = zip(*rows, strict=True)
    np.savez(tmp_path / "s.npz", unit=np.array(units), time=np.array(times))
    for name in ("s.csv", "s.npz"):
        found = held(open_recording(tmp_path / name, sort=True))
        assert found == expected and list(found) == list(expected)


@pytest.mark.filterwarnings("ignore:open_recording.position")
def test_arrays_with_counts(npz):
    path = npz(t=[1000, 2000, 500], n=[2, 0, 1], who=["x", "y", "z"], where=np.eye(3)[:, :2])
    roles = {"time": "t", "count": "n", "name": "who", "position": "where"}
    recording = open_recording(path, columns=roles, time_unit="ms")
    assert held(recording) == {"x": [1, 2], "y": [], "z": [0.5]}
    assert recording["position"].values.tolist() == [[1, 0], [0, 1], [0, 0]]


def test_arrays_with_units(npz):
    path = npz(time=[1.0, 2.0, 0.5], unit=[7, 3, 7], name=[3, 5, 7])
    with pytest.raises(ValueError, match="ascending times of each unit, got others for unit '7'"):
        open_recording(path)
    assert held(open_recording(path, sort=True)) == {"3": [2], "5": [], "7": [0.5, 1]}


def objects():
    return np.array([{}, 1.0], dtype=object)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"t": [1.0]}, r"columns: expected an array 'time' for the time, got \['t'\]"),
        ({"time": [1.0]}, r"columns: expected either unit \(of every spike\) or count \(of every"),
        ({"time": [1.0], "unit": [0], "count": [1]}, r"columns: expected either unit"),
        (
            {"time": objects(), "unit": [0, 1]},
            r"time: expected values of kind i or u or f, got obj",
        ),
        ({"time": ["1"], "unit": [0]}, r"time: expected values of kind i or u or f, got <U1"),
        (
            {"time": [[1.0]], "unit": [[0]]},
            r"time: expected times along one axis, got shape \(1, 1",
        ),
        (
            {"time": [1.0], "unit": [0, 1]},
            r"unit: expected one unit for each of 1 spikes, got \(2,",
        ),
        (
            {"time": [1.0], "count": [2]},
            r"counts: expected counts that sum to the number of spikes",
        ),
        (
            {"time": [1.0], "count": [-1, 2]},
            r"counts: expected numbers of spikes, 0 or more, got -",
        ),
        ({"time": [1.0], "count": [1], "name": ["a", "b"]}, r"name: expected 1 names, got 2"),
        ({"time": [1.0], "count": [1, 0], "name": ["a", "a"]}, r"unit: expected 2 different names"),
        (
            {"time": [1.0], "unit": [2], "name": [3]},
            r"name: expected the names of all units, got no",
        ),
        ({"time": [1.0], "unit": [b"\xff"]}, r"unit: expected text in UTF-8"),
        (
            {"time": [1.0], "count": [1], "position": [1.0, 2.0]},
            r"position: expected \(unit, axis\)",
        ),
        ({"time": [np.nan], "count": [1]}, r"times: expected finite seconds, got nan of unit '0'"),
        ({"time": np.empty(0), "unit": np.empty(0, int)}, r"counts: expected whole numbers along"),
    ],
)
def test_arrays_are_refused(npz, arrays, message):
    with pytest.raises(ValueError, match=rf"open_recording\.{message}"):
        open_recording(npz(**arrays))


def header(shape, dtype="<f8"):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": dtype, "fortran_order": False, "shape": shape}
    )
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            header((2**45,)),
            r"time: expected as many bytes as shape \(35184372088832,\) of float64 ha",
        ),
        (header((3,)) + bytes(16), r"time: expected as many bytes as shape \(3,\)"),
        (b"\x93NUMPY\x09\x00", r"time: expected a header of .npy, got another one"),
        (b"spikes", r"time: expected a header of .npy, got another one"),
        (header((1,), "|O") + b"cos\nsystem\n", r"time: expected values of kind"),
    ],
)
def test_hostile_arrays_take_no_memory(tmp_path, content, message):
    with zipfile.ZipFile(tmp_path / "s.npz", "w") as archive:
        archive.writestr("time.npy", content)
    with pytest.raises(ValueError, match=rf"open_recording\.{message}"):
        open_recording(tmp_path / "s.npz")


def test_damaged_arrays(npz):
    path = npz(time=np.arange(500.0), count=[500])
    whole = path.read_bytes()
    rng = np.random.default_rng(2)
    for _ in range(200):
        damaged = bytearray(whole)
        for at in rng.integers(len(whole), size=4):
            damaged[at] = rng.integers(256)
        path.write_bytes(bytes(damaged))
        try:
            open_recording(path)
        except ValueError as error:
            assert "open_recording." in str(error)
    path.write_bytes(whole[:-30])
    with pytest.raises(ValueError, match=r"path: expected a whole .npz file, got a damaged one"):
        open_recording(path)


def test_other_separators_are_named(csv):
    path = csv("unit;time\na;0.5\n")
    with pytest.raises(ValueError, match=r"separated by commas, or by tabs in a file .*\.tsv, got"):
        open_recording(path)
    with pytest.raises(ValueError, match=r"got one column 'unit\\ttime' in"):
        open_recording(csv("unit\ttime\na\t0.5\n"))
    with pytest.raises(ValueError, match=r"columns for time, got \['unit'\]"):
        open_recording(csv("unit\na\n"))
