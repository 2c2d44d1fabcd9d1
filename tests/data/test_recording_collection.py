"""Recordings are found by name, and are the published ones wherever they lie."""

import csv
import functools
import hashlib
import http.server
import subprocess
import sys
import threading
from importlib.resources import files

import numpy as np
import pytest

from ontogeny.data.recordings import collection, load_recording, recording_names, spike_trains

h5py = pytest.importorskip("h5py")

NAME = "Demas2003_P9_CTRL_MY1_1A"
FILE = f"Demas2003/{NAME}.h5"


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Let a small file be the published one; return its content."""
    with h5py.File(tmp_path / "made.h5", "w") as file:
        file["spikes"], file["sCount"] = [1.0, 2.0, 1.5], [2, 1]
    content = (tmp_path / "made.h5").read_bytes()
    known = collection._Known(
        name=NAME,
        study="Demas2003",
        species="mouse",
        age_days=9.0,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    monkeypatch.setattr(collection, "_index", lambda: {NAME: known})
    return content


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_names():
    assert len(recording_names()) == len(set(recording_names())) == 33
    assert recording_names(study="Demas2003", age_days=9) == [NAME, f"{NAME[:-2]}2A"]
    assert len(recording_names(species="ferret")) == 11
    assert recording_names(species="ferret", age_days=(0, 4)) == [
        "Wong1993_P0",
        "Wong1993_P1",
        "Wong1993_P4",
    ]
    assert recording_names(study="Wong1993", species="mouse") == []


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"study": "Demas"}, "study: expected one of Demas2003, Wong1993, got 'Demas'"),
        ({"species": "cat"}, "species: expected one of ferret, mouse, got 'cat'"),
    ],
)
def test_filters_that_are_refused(filters, message):
    with pytest.raises(ValueError, match=rf"recording_names\.{message}"):
        recording_names(**filters)


@pytest.mark.parametrize("inside", ["neural/retinal_waves", "retinal_waves", ""])
@pytest.mark.parametrize("by", ["data_dir", "environment"])
def test_places(nowhere, tmp_path, published, monkeypatch, inside, by):
    folder = tmp_path / "mine"
    put(folder / inside / FILE, published)
    if by == "environment":
        monkeypatch.setenv("ONTOGENY_DATA", str(folder))
    recording = load_recording(NAME, data_dir=folder if by == "data_dir" else None)
    (folder / inside / FILE).unlink()
    assert [train.tolist() for train in spike_trains(recording)] == [[1.0, 2.0], [1.5]]


def test_other_files_are_refused(nowhere, tmp_path, published):
    put(tmp_path / "mine" / FILE, published + b"x")
    with pytest.raises(
        ValueError, match=rf"load_recording\.name: .* of '{NAME}' with sha256 .*dele"
    ):
        load_recording(NAME, data_dir=tmp_path / "mine")


def test_names_and_folders_that_are_refused(tmp_path):
    with pytest.raises(
        ValueError, match=r"load_recording\.name: expected one of recording_names\("
    ):
        load_recording("Demas2003_P99")
    with pytest.raises(
        FileNotFoundError, match=r"load_recording\.data_dir: expected a folder, got"
    ):
        load_recording(NAME, data_dir=tmp_path / "typo")


def test_download(nowhere, tmp_path, published, monkeypatch):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    put(tmp_path / "served" / FILE, published)
    handler = functools.partial(Handler, directory=tmp_path / "served")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr(collection, "_ADDRESS", address)
        try:
            assert load_recording(NAME).sizes["spike"] == 3
        finally:
            server.shutdown()
    found = [path for path in nowhere.rglob("*") if path.is_file()]
    assert found == [nowhere / "retinal_waves" / FILE]
    monkeypatch.setattr("pooch.retrieve", None)
    assert load_recording(NAME).sizes["spike"] == 3


@pytest.mark.parametrize("error", [ConnectionError("no route"), ValueError("another hash")])
def test_no_download(nowhere, tmp_path, published, monkeypatch, error):
    asked = []

    def retrieve(url, known_hash, fname, path):
        asked.append((url, known_hash))
        raise error

    monkeypatch.setattr("pooch.retrieve", retrieve)
    with pytest.raises(FileNotFoundError) as caught:
        load_recording(NAME, data_dir=tmp_path)
    url = f"https://raw.githubusercontent.com/sje30/waverepo/master/hdf5/{FILE}"
    assert asked == [(url, f"sha256:{hashlib.sha256(published).hexdigest()}")]
    for part in (str(error), FILE, str(tmp_path / "neural"), "ONTOGENY_DATA", "CC0"):
        assert part in str(caught.value)
    assert not list(nowhere.rglob("*.h5"))


def test_the_index_is_that_of_the_files(official):
    if not (official / "neural" / "retinal_waves").is_dir():
        pytest.skip("needs recordings: ONTOGENY_DATA has no neural/retinal_waves/")
    index = files("ontogeny.data.recordings").joinpath("waverepo.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(index.splitlines()):
        recording = load_recording(row["name"])
        assert recording.attrs["name"] == row["name"]
        for name in ("study", "species", "array"):
            assert recording.attrs[name] == row[name]
        assert recording.attrs["age_days"] == float(row["age_days"])
        assert recording.attrs["duration"] == float(row["duration_s"])
        assert recording.sizes["unit"] == int(row["units"])
        assert recording.sizes["spike"] == int(row["spikes"])
        assert {"citation", "licence"} <= set(recording.attrs)
        assert np.isfinite(recording["position"]).all()


def test_nothing_optional_is_imported():
    code = (
        "import sys, ontogeny.data.recordings as r; r.recording_names();"
        "print(sorted({'h5py', 'neo', 'pynwb', 'hdmf', 'zarr', 'quantities'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_files_without_the_folder_of_their_study(published, tmp_path, monkeypatch):
    monkeypatch.setattr(collection, "fetch", None)
    monkeypatch.setattr(collection, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path / "data"))
    assert collection.found_recordings() == []
    put(tmp_path / "data" / f"{NAME}.h5", published)
    assert collection.found_recordings() == [NAME]
    assert load_recording(NAME).sizes["spike"] == 3
    monkeypatch.delenv("ONTOGENY_DATA")
    assert load_recording(NAME, data_dir=tmp_path / "data").sizes["unit"] == 2
