"""The folder of programs: bounded, and never emptied under a program that runs."""

import errno
import os
import shutil
import time

import pytest

from ontogeny.engine import cache


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("ONTOGENY_CACHE", str(tmp_path / "cache"))
    return cache.cache_folder()


def make(folder, name, *, size=1000, age=0.0):
    program = folder / "builds" / name
    program.mkdir()
    (program / "main").write_bytes(b"x" * size)
    (program / "main").chmod(0o755)
    cache.seal(program)
    os.utime(program / "in-use", (time.time() - age,) * 2)
    cache.write_structure(f"of-{name}", {"program": name, "title": f"network {name}"})
    return program


def names():
    return [entry.folder.name for entry in cache.entries()]


def test_entries_are_listed_by_their_last_use(folder):
    make(folder, "old", age=100)
    make(folder, "young", size=5000)
    found = cache.entries()
    assert [entry.folder.name for entry in found] == ["young", "old"]
    assert found[0].structures == ("network young",)
    assert found[0].size > 5000 > found[1].size > 1000


def test_what_was_not_used_for_longest_makes_room(folder, monkeypatch):
    for age, name in enumerate(["a", "b", "c", "d"]):
        make(folder, name, age=100 * age)
    monkeypatch.setenv("ONTOGENY_CACHE_BYTES", "2500")
    cache.trim()
    assert names() == ["a", "b"]
    assert sorted(p.stem for p in (folder / "structures").iterdir()) == ["of-a", "of-b"]


def test_a_program_in_use_stays(folder, monkeypatch):
    used = cache.Use(make(folder, "used", age=100))
    make(folder, "free")
    monkeypatch.setenv("ONTOGENY_CACHE_BYTES", "0")
    cache.trim()
    assert names() == ["used"]
    assert cache.find_structure("of-used") is not None
    used.close()
    cache.trim()
    assert names() == []


def test_use_renews_a_program(folder):
    program = make(folder, "a", age=1000)
    make(folder, "b", age=100)
    cache.Use(program).close()
    assert names() == ["a", "b"]


def test_clearing_by_age(folder):
    make(folder, "old", age=5000)
    make(folder, "young")
    assert cache.clear(older_than=1000) == 1
    assert names() == ["young"]
    assert cache.clear() == 1
    assert names() == [] and list((folder / "structures").iterdir()) == []


def test_what_is_being_built_is_not_removed(folder):
    (folder / "builds" / "build-x").mkdir()
    assert cache.clear() == 0
    long_ago = time.time() - 10_000
    os.utime(folder / "builds" / "build-x", (long_ago, long_ago))
    assert cache.clear() == 1


def test_a_build_that_was_just_finished_is_not_removed(folder):
    program = folder / "builds" / "build-x"
    program.mkdir()
    (program / "main").write_bytes(b"x")
    cache.seal(program)
    assert cache.clear() == 0 and program.exists()


def test_manifests_that_others_are_writing_stay(folder):
    part = folder / "structures" / "a.1.part"
    part.write_text("{")
    cache.clear()
    assert part.exists()


def test_a_program_that_is_removed_while_its_lock_is_awaited(folder, monkeypatch):
    program = make(folder, "a")
    original = cache.lock

    def late(file, operation):
        original(file, operation)
        shutil.rmtree(program)

    monkeypatch.setattr(cache, "lock", late)
    with pytest.raises(FileNotFoundError):
        cache.Use(program)


def test_a_file_system_without_locks_will_do(folder, monkeypatch):
    def refuse(file, operation):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(cache.fcntl, "flock", refuse)
    with cache.locked("key"):
        cache.Use(make(folder, "a")).close()
    assert cache.clear() == 1


def test_a_wrong_bound_is_refused(monkeypatch):
    monkeypatch.setenv("ONTOGENY_CACHE_BYTES", "much")
    with pytest.raises(ValueError, match="ONTOGENY_CACHE_BYTES: expected a number of bytes"):
        cache.most_bytes()


def test_a_cache_that_cannot_be_made_is_refused(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ONTOGENY_CACHE", str(tmp_path / "file"))
    with pytest.raises(OSError, match="set ONTOGENY_CACHE to another one"):
        cache.cache_folder()
