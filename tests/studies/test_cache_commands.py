"""The cache on the command line."""

import pytest
from typer.testing import CliRunner

from ontogeny.engine import cache
from ontogeny.studies.command_line import app


@pytest.fixture
def command(monkeypatch, tmp_path):
    monkeypatch.setenv("ONTOGENY_CACHE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")
    return lambda *words: CliRunner().invoke(app, ["cache", *words])


def make(name):
    program = cache.cache_folder() / "builds" / name
    program.mkdir()
    (program / "main").write_bytes(b"x" * 2_000_000)
    cache.seal(program)
    cache.write_structure(name, {"program": name, "title": "784-100-10, FeedbackAlignment"})


def test_an_empty_cache(command, tmp_path):
    assert f"0 programs, 0.0 of at most 1000 MB, in {tmp_path}" in command("list").output


def test_programs_are_listed_and_cleared(command):
    make("0123456789abcdef")
    listed = command("list").output
    for words in ("0123456789ab", "784-100-10, FeedbackAlignment", "2.0 MB", "just now"):
        assert words in listed
    assert "Removed 0 programs" in command("clear", "--older-than", "1").output
    assert "Removed 1 program\n" in command("clear").output
    assert cache.entries() == []


def test_a_wrong_bound_is_one_line(command, monkeypatch):
    monkeypatch.setenv("ONTOGENY_CACHE_BYTES", "lots")
    done = command("list")
    assert done.exit_code == 1 and "ONTOGENY_CACHE_BYTES: expected" in done.output
