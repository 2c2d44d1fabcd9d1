"""What Neo reads is a recording in seconds, with what is said of its units."""

import pickle

import numpy as np
import pytest

from ontogeny.data.recordings import open_recording, recording_of, spike_trains
from ontogeny.data.recordings.neo_labels import epochs_of

neo = pytest.importorskip("neo")
pq = pytest.importorskip("quantities")


def train(times, units="s", stop=10.0, **annotations):
    return neo.SpikeTrain(times * pq.Quantity(1, units), t_stop=stop, units=units, **annotations)


def segment(*trains, **annotations):
    made = neo.Segment(name="first", **annotations)
    made.spiketrains.extend(trains)
    return made


@pytest.fixture
def written(tmp_path):
    def write(*segments):
        block = neo.Block()
        block.segments.extend(segments)
        path = tmp_path / "spikes.mat"
        neo.io.NeoMatlabIO(str(path)).write_block(block)
        return path

    return write


def open_matlab(path, **options):
    return open_recording(path, kind="NeoMatlabIO", **options)


def held(recording):
    return [train.tolist() for train in spike_trains(recording)]


def test_written_by_neo(written):
    path = written(
        segment(
            train([1.0, 2.5], name="a", position=[0.0, 30.0], depth=1.5, area="V1"),
            train([500.0, 2000.0], "ms", 9000.0, name="b", position=[10.0, 40.0], depth=2.0),
            species="mouse",
        )
    )
    recording = open_matlab(path)
    assert held(recording) == [[1.0, 2.5], [0.5, 2.0]]
    assert recording["unit"].values.tolist() == ["a", "b"]
    assert recording["position"].values.tolist() == [[0, 30], [10, 40]]
    assert recording["unit_depth"].values.tolist() == [1.5, 2.0]
    assert "unit_area" not in recording
    assert recording.attrs == {
        "start": 0.0,
        "stop": 10.0,
        "name": "first",
        "source": "spikes.mat",
        "species": "mouse",
    }


def test_names_that_units_share_become_numbers(written):
    path = written(segment(train([1.0], name="a"), train([2.0], name="a")))
    assert open_matlab(path)["unit"].values.tolist() == ["0", "1"]


def test_names_from_zero_on_are_names(written):
    path = written(segment(train([1.0], id=0), train([2.0], id=7)))
    assert open_matlab(path)["unit"].values.tolist() == ["0", "7"]


def test_what_is_written_by_to_neo_keeps_its_places(tmp_path):
    from ontogeny.analysis.exchange import to_neo

    trains, places = [[0.1, 0.5], [0.2]], [[0.0, 5.0], [90.0, 10.0]]
    recording = recording_of(trains, position=places, unit=["a", "b"], start=0, stop=1)
    neo.io.NeoMatlabIO(str(tmp_path / "a.mat")).write_block(to_neo(recording))
    found = open_matlab(tmp_path / "a.mat")
    assert found["position"].values.tolist() == places and held(found) == trains


def test_epochs_without_labels(written):
    made = segment(train([1.0], name="a"))
    made.epochs.append(neo.Epoch([1, 2] * pq.s, durations=[1, 1] * pq.s))
    assert epochs_of(made)["epoch_label"][1].tolist() == ["", ""]
    assert open_matlab(written(made))["epoch_start"].values.tolist() == [1, 2]


def test_epochs(written):
    made = segment(train([1.0], name="a"))
    made.epochs.append(
        neo.Epoch([1000, 2000] * pq.ms, durations=[500, 250] * pq.ms, labels=["one", "two"])
    )
    recording = open_matlab(written(made))
    assert recording["epoch_start"].values.tolist() == [1, 2]
    assert recording["epoch_stop"].values.tolist() == [1.5, 2.25]
    assert recording["epoch_label"].values.tolist() == ["one", "two"]
    assert recording["epoch_stop"].attrs["units"] == "s"


def test_segments_are_chosen(written):
    path = written(segment(train([1.0])), segment(train([2.0])))
    with pytest.raises(
        ValueError,
        match=r"open_recording\.segment: expected the number of a segment, got none, and 2 segm"
        r"ents in .*spikes.mat'; pass segment=0 to segment=1",
    ):
        open_matlab(path)
    assert held(open_matlab(path, segment=1)) == [[2.0]]
    for wrong in (2, -1):
        with pytest.raises(
            ValueError, match=rf"segment: expected one of 2 segments, .* got {wrong}"
        ):
            open_matlab(path, segment=wrong)


def test_sorting(written):
    path = written(segment(train([2.0, 1.0], name="a")))
    with pytest.raises(
        ValueError, match=r"times: expected ascending .* unit 'a' .*; sort=True sorts"
    ):
        open_matlab(path)
    assert held(open_matlab(path, sort=True)) == [[1.0, 2.0]]


def test_text_is_read_by_the_reader_that_finds_spikes(tmp_path):
    path = tmp_path / "spikes.txt"
    path.write_text("0.5\t1.5\n0.25\t2.0\n")
    assert held(open_recording(path, kind="AsciiSpikeTrainIO")) == [[0.5, 1.5], [0.25, 2.0]]
    assert held(open_recording(path)) == [[0.5, 1.5], [0.25, 2.0]]


def test_spikes_stay_in_files_that_can_be_read_lazily(tmp_path):
    path = tmp_path / "made.fake"
    path.write_text("spikes")
    recording = open_recording(path, segment=3)
    source = neo.io.ExampleIO(str(path)).read_block(block_index=1).segments[1].spiketrains
    assert not recording["spike_time"].variable._in_memory
    expected = [each.rescale("s").magnitude.tolist() for each in source]
    assert held(recording) == expected
    together = np.concatenate(expected)
    first = len(expected[0])
    np.testing.assert_array_equal(
        recording["spike_time"][first - 2 : first + 2], together[first - 2 : first + 2]
    )
    assert float(recording["spike_time"][first]) == together[first]
    np.testing.assert_array_equal(recording["spike_time"][::-3], together[::-3])
    assert recording["spike_time"][4:4].size == 0
    recording.close()


def test_nothing_is_unpickled(tmp_path):
    class Touch:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    path = tmp_path / "spikes.pkl"
    path.write_bytes(pickle.dumps(Touch()))
    with pytest.raises(ValueError, match=r"path: expected a file of waverepo, NWB, CSV or npz, or"):
        open_recording(path)
    with pytest.raises(ValueError, match=r"kind: expected a reader of Neo \(.*\), got 'PickleIO'"):
        open_recording(path, kind="PickleIO")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["a.plx", "a.txt", "a.nex", "a.nix"])
def test_files_of_nothing(tmp_path, name):
    (tmp_path / name).write_bytes(b"no recording at all \x00\xff" * 20)
    with pytest.raises(
        ValueError, match=r"open_recording\.path: expected spike trains that Neo re"
    ):
        open_recording(tmp_path / name)


def test_files_of_unknown_kind(tmp_path):
    for name in ("a.unknown", "a"):
        (tmp_path / name).write_text("1")
        with pytest.raises(
            ValueError, match=r"path: expected a file of waverepo, .* got the suffix"
        ):
            open_recording(tmp_path / name)


def test_matlab_files_must_be_asked_for(written):
    path = written(segment(train([1.0])))
    with pytest.raises(
        ValueError, match=r"kind: expected 'NeoMatlabIO' for files .* trusted, got no"
    ):
        open_recording(path)


@pytest.mark.parametrize("text", ["0.5\tnan\n", "0.5\tsoon\n", "2.0\t1.0\n", "-1.0\t1.0\n"])
def test_times_that_are_refused(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(ValueError, match=r"open_recording\."):
        open_recording(tmp_path / "a.txt", kind="AsciiSpikeTrainIO")
