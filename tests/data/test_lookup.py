import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from ontogeny.data import load_images
from ontogeny.data.lookup import find_payload
from ontogeny.data.source import TEST_LABELS, SourceFile
from ontogeny.data.sources import MNIST

PAYLOAD = bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4])
PACKED = gzip.compress(PAYLOAD, mtime=0)


@pytest.fixture
def source():
    """A set whose files are all three labels."""
    file = SourceFile(
        archive=hashlib.sha256(PACKED).hexdigest(), payload=hashlib.sha256(PAYLOAD).hexdigest()
    )
    mirrors = ("https://one.invalid/", "https://two.invalid/")
    return replace(MNIST, files=dict.fromkeys(MNIST.files, file), mirrors=mirrors)


def put(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def content(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", [f"{TEST_LABELS}.gz", TEST_LABELS, "t10k-labels.idx1-ubyte"])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("inside", ["", "mnist"])
def test_data_dir(nowhere, tmp_path, source, name, packed, inside):
    put(tmp_path / "mine" / inside, name, PACKED if packed else PAYLOAD)
    assert find_payload(source, TEST_LABELS, data_dir=tmp_path / "mine") == PAYLOAD


def test_environment(nowhere, tmp_path, source, monkeypatch):
    put(tmp_path / "shared" / "mnist", TEST_LABELS, PAYLOAD)
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path / "shared"))
    assert find_payload(source, TEST_LABELS) == PAYLOAD


def test_folder_with_underscore(nowhere, tmp_path, source):
    put(tmp_path / "shared" / "fashion_mnist", TEST_LABELS, PAYLOAD)
    fashion = replace(source, folders=("fashion-mnist", "fashion_mnist"))
    assert find_payload(fashion, TEST_LABELS, data_dir=tmp_path / "shared") == PAYLOAD


def test_cache_and_system(nowhere, tmp_path, source):
    put(tmp_path / "system" / "mnist", TEST_LABELS, PAYLOAD)
    assert find_payload(source, TEST_LABELS) == PAYLOAD
    put(nowhere / "mnist", TEST_LABELS, PAYLOAD + b"other")
    with pytest.raises(ValueError, match="cache"):
        find_payload(source, TEST_LABELS)


def test_explicit_folder_goes_first(nowhere, tmp_path, source, monkeypatch):
    put(tmp_path / "mine", TEST_LABELS, PAYLOAD)
    put(tmp_path / "shared", TEST_LABELS, b"other")
    monkeypatch.setenv("ONTOGENY_DATA", str(tmp_path / "shared"))
    assert find_payload(source, TEST_LABELS, data_dir=tmp_path / "mine") == PAYLOAD


def test_folder_of_the_set_goes_before_the_root(nowhere, tmp_path, source):
    put(tmp_path / "mine", TEST_LABELS, b"of another set with the same file names")
    put(tmp_path / "mine" / "mnist", TEST_LABELS, PAYLOAD)
    assert find_payload(source, TEST_LABELS, data_dir=tmp_path / "mine") == PAYLOAD


def test_wrong_content(nowhere, tmp_path, source):
    path = put(tmp_path / "mine", TEST_LABELS, b"something else")
    found = hashlib.sha256(b"something else").hexdigest()
    expected = source.files[TEST_LABELS].payload
    with pytest.raises(ValueError, match=f"sha256 {expected} in '{path}', got {found}; delete"):
        find_payload(source, TEST_LABELS, data_dir=tmp_path / "mine")


def test_truncated(nowhere, tmp_path, source):
    put(tmp_path / "mine", f"{TEST_LABELS}.gz", PACKED[:-4])
    whole = hashlib.sha256(PACKED[:-4]).hexdigest()
    with pytest.raises(
        ValueError,
        match=rf"got a truncated or damaged gzip file \(the file itself has sha256 {whole}\); "
        r"delete the file and load again, or get it from https://one\.invalid/t10k-labels",
    ):
        find_payload(source, TEST_LABELS, data_dir=tmp_path / "mine")


def test_data_dir_must_exist(nowhere, tmp_path, source):
    with pytest.raises(FileNotFoundError, match=r"load_images\.data_dir: expected a folder, got"):
        find_payload(source, TEST_LABELS, data_dir=tmp_path / "typo")


def test_no_network(nowhere, tmp_path, monkeypatch):
    def retrieve(url, known_hash, fname, path):
        (Path(path) / "half").write_bytes(PACKED[:3])
        raise ConnectionError(f"no route to {url}")

    monkeypatch.setattr("pooch.retrieve", retrieve)
    with pytest.raises(FileNotFoundError) as caught:
        load_images("mnist", data_dir=tmp_path)
    message = str(caught.value)
    for part in (
        "load_images.mnist: expected the file 'train-images-idx3-ubyte.gz' in one of",
        str(tmp_path / "mnist"),
        str(nowhere / "mnist"),
        str(tmp_path / "system" / "mnist"),
        *(f"{mirror}: no route to {mirror}" for mirror in MNIST.mirrors),
        "ONTOGENY_DATA",
        "'mnist-5k'",
    ):
        assert part in message
    assert not (nowhere / "mnist").exists()


def test_second_mirror(nowhere, source, monkeypatch):
    asked = []

    def retrieve(url, known_hash, fname, path):
        asked.append((url, known_hash))
        target = put(Path(path), fname, PACKED if "two" in url else PACKED[:-5])
        if "one" in url:
            raise ValueError("hash of downloaded file does not match")
        return str(target)

    monkeypatch.setattr("pooch.retrieve", retrieve)
    assert find_payload(source, TEST_LABELS) == PAYLOAD
    archive = f"sha256:{source.files[TEST_LABELS].archive}"
    assert asked == [(f"{mirror}{TEST_LABELS}.gz", archive) for mirror in source.mirrors]
    assert content(nowhere) == [f"{TEST_LABELS}.gz"]
    assert [path.name for path in (nowhere / "mnist").iterdir()] == [f"{TEST_LABELS}.gz"]

    monkeypatch.setattr("pooch.retrieve", None)
    assert find_payload(source, TEST_LABELS) == PAYLOAD


def test_damaged_download_stays_out_of_the_cache(nowhere, source, monkeypatch):
    def retrieve(url, known_hash, fname, path):
        return str(put(Path(path), fname, PACKED[:-5]))

    monkeypatch.setattr("pooch.retrieve", retrieve)
    with pytest.raises(FileNotFoundError, match="truncated or damaged"):
        find_payload(source, TEST_LABELS)
    assert not (nowhere / "mnist").exists()


def test_interrupted_download_stays_out_of_the_cache(nowhere, source, monkeypatch):
    def retrieve(url, known_hash, fname, path):
        put(Path(path), fname, PACKED[:-5])
        raise KeyboardInterrupt

    monkeypatch.setattr("pooch.retrieve", retrieve)
    with pytest.raises(KeyboardInterrupt):
        find_payload(source, TEST_LABELS)
    assert not (nowhere / "mnist").exists()


def test_real_pooch_from_a_server(nowhere, source, tmp_path):
    import functools
    import http.server
    import threading

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    put(tmp_path / "served" / "good", f"{TEST_LABELS}.gz", PACKED)
    put(tmp_path / "served" / "bad", f"{TEST_LABELS}.gz", PACKED[:-3])
    handler = functools.partial(Handler, directory=tmp_path / "served")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}"
        mirrors = (f"{root}/missing/", f"{root}/bad/", f"{root}/good/")
        try:
            assert find_payload(replace(source, mirrors=mirrors), TEST_LABELS) == PAYLOAD
        finally:
            server.shutdown()
    assert content(nowhere) == [f"{TEST_LABELS}.gz"]
