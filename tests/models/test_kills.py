"""Real kills: SIGKILL at random moments and inside writes, and disks without room."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ontogeny.data import open_trajectory
from ontogeny.engine import DEVICES

SCRIPT = Path(__file__).parent / "tiny_life.py"
needs_compiler = pytest.mark.skipif(bool(DEVICES["cpp"].problem()), reason="needs a C++ compiler")
DEVICE_NAMES = ["numpy", pytest.param("cpp", marks=needs_compiler)]


def begin(*arguments):
    """Start the tiny life in a process of its own, and wait until it is about to live."""
    child = subprocess.Popen(
        [sys.executable, str(SCRIPT), *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "begun\n"
    return child


def end(child):
    said, _ = child.communicate(timeout=300)
    return child.returncode, said


# Of the tiny life: inside the first checkpoint, a later one, and the making of the one file.
@pytest.mark.parametrize("call", [20, 60, 190])
def test_killed_inside_a_write(hasty, tmp_path, same, call):
    path = tmp_path / "life.nc"
    code, said = end(begin("numpy", path, 1, call))
    assert (code, said) == (-signal.SIGKILL, "")
    assert path.with_name("life.nc.parts").is_dir()
    same(hasty.live(path, resume=True), hasty.live())
    assert [file.name for file in tmp_path.iterdir()] == ["life.nc"]


@pytest.mark.slow
@pytest.mark.parametrize("device", DEVICE_NAMES)
def test_killed_at_twenty_random_moments(hasty, tmp_path, same, device):
    """Kills are spread over the life, and a life that ends is begun again."""
    length, generator = 20, random.Random(1)
    hasty.live(length=0, device=device)  # compiles what the measured life finds compiled
    begun = time.monotonic()
    undisturbed = hasty.live(tmp_path / "undisturbed.nc", length=length, device=device)
    duration = time.monotonic() - begun
    kills = lives = 0
    while kills < 20:
        path = tmp_path / f"{lives}.nc"
        child = begin(device, path, length)
        time.sleep(generator.uniform(0, 0.4 * duration))
        child.kill()
        code, _ = end(child)
        kills += code == -signal.SIGKILL
        if kills == 20 or path.exists():
            same(hasty.live(path, resume=True, length=length, device=device), undisturbed)
            assert not path.with_name(f"{lives}.nc.parts").exists()
            lives += 1
    assert lives >= 1
    sys.stderr.write(f"{device}: {kills} kills, {lives} lives of {duration:.1f} s\n")


LIMITED = """
    import resource, runpy, signal, sys

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
    del sys.argv[:2]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except OSError as error:
        print("refused", error, getattr(error, "__notes__", ""))
"""


# The first limit is met by the description, the second by a checkpoint, the third by the one file.
@pytest.mark.parametrize("limit", [3_000, 5_000, 40_000])
def test_files_that_may_not_grow(hasty, tmp_path, same, limit):
    """A limit on the size of files fails as a full disk does, on every system."""
    path = tmp_path / "life.nc"
    script = textwrap.dedent(LIMITED)
    done = subprocess.run(
        [sys.executable, "-c", script, str(limit), str(SCRIPT), "numpy", str(path), "1"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "refused" in done.stdout, done.stderr
    assert "expected room to write" in done.stdout and "free space there" in done.stdout
    assert not path.exists()
    assert (tmp_path / "life.nc.parts").exists() == (limit > 5_000)
    same(hasty.live(path, resume=True), hasty.live())


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 700 kB, where the tests may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(folder)]
    if not hasattr(os, "geteuid") or os.geteuid() or subprocess.run(mount).returncode:
        pytest.skip("mounting a small disk takes root; the limit on files stands in for it")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("room", [30_000, 250_000])
def test_a_full_disk(hasty, small_disk, same, room):
    """Once a checkpoint has no room, once the one file."""
    ballast, path = small_disk / "ballast", small_disk / "life.nc"
    ballast.write_bytes(bytes(700 * 1024 - room))
    with pytest.raises(OSError, match=r"expected room to write .*life\.nc.*free space there"):
        hasty.live(path)
    assert not path.exists()
    ballast.unlink()
    same(hasty.live(path, resume=True), hasty.live())
    with open_trajectory(path) as life:
        assert life.attrs["status"] == "complete"
    assert [file.name for file in small_disk.iterdir()] == ["life.nc"]
