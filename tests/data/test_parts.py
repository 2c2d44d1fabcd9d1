import errno
import os
import subprocess
import sys

import numpy as np
import pytest

from ontogeny.data.files import exclusive, replacing
from ontogeny.data.parts import PartsFolder


@pytest.fixture
def parts(tmp_path):
    folder = PartsFolder(tmp_path / "new" / "life.nc.parts")
    with folder.claimed():
        yield folder


def test_arrays_and_json_come_back(parts):
    arrays = {"state/w": np.arange(6.0).reshape(2, 3), "empty": np.zeros((0, 2), np.int16)}
    parts.write_arrays("part-1.npz", arrays)
    found = parts.read_arrays("part-1.npz")
    assert parts.array_names("part-1.npz") == ["state/w", "empty"]
    for name, values in arrays.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)
    assert set(parts.read_arrays("part-1.npz", only=("state/",))) == {"state/w"}
    parts.write_json("a.json", {"loss": 0.1 + 0.2, "text": "ä"})
    assert parts.read_json("a.json") == {"loss": 0.1 + 0.2, "text": "ä"}


def test_objects_are_never_unpickled(parts):
    np.savez(parts.path / "evil-1.npz", a=np.array([print], dtype=object))
    with pytest.raises(ValueError, match="expected a whole file"):
        parts.read_arrays("evil-1.npz")


def test_a_folder_without_content_goes(tmp_path):
    with PartsFolder(tmp_path / "new" / "life.nc.parts").claimed():
        assert (tmp_path / "new" / "life.nc.parts" / "lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_only_own_files_are_removed(parts):
    parts.write_json("description.json", 1)
    (parts.path / ".part-00000001.npz.part").write_bytes(b"half")
    (parts.path / "notes.txt").write_text("mine")
    parts.remove_files()
    assert sorted(os.listdir(parts.path)) == ["lock", "notes.txt"]


def test_a_file_is_whole_or_the_old_one(tmp_path):
    path = tmp_path / "file"
    with replacing(path) as file:
        file.write(b"old")
    with pytest.raises(KeyError), replacing(path) as file:
        file.write(b"new")
        raise KeyError
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_want_of_room_is_named_also_where_another_error_hides_it(tmp_path):
    with pytest.raises(OSError, match="expected room to write .*free space there") as caught:
        with replacing(tmp_path / "file"):
            try:
                raise OSError(errno.ENOSPC, "full")
            finally:
                raise ValueError("cannot close")
    assert caught.value.errno == errno.ENOSPC
    assert os.listdir(tmp_path) == []


def test_a_lock_dies_with_its_process(tmp_path):
    code = (
        "import sys, time, pathlib\n"
        "from ontogeny.data.files import exclusive\n"
        "with exclusive(pathlib.Path(sys.argv[1]), 'taken'):\n"
        "    print('mine', flush=True)\n"
        "    time.sleep(60)\n"
    )
    lock = tmp_path / "lock"
    child = subprocess.Popen([sys.executable, "-c", code, lock], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "mine\n"
    with pytest.raises(BlockingIOError, match="taken"), exclusive(lock, "taken"):
        pass
    child.kill()
    child.wait()
    assert lock.exists()
    with exclusive(lock, "taken"):
        pass
    assert not lock.exists()
