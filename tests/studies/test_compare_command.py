"""``ontogeny compare``: lives of files and folders, pages that stand alone, no network."""

import json
import re
import socket
from html.parser import HTMLParser

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from ontogeny.data import (
    Stimuli,
    gaussian_noise,
    join_trajectories,
    recorded_waves,
    write_trajectory,
)
from ontogeny.data.recordings import recording_of, write_nwb
from ontogeny.models import Learning, Record, Schedule, Spontaneous, layered, simulate
from ontogeny.plasticity import Adam
from ontogeny.studies.command_line import app
from ontogeny.studies.compare_command import _name
from ontogeny.studies.comparison_page import comparison_json, comparison_table
from ontogeny.studies.comparison_words import footer_of

ENDS = ("html", "json", "md", "png", "svg")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Lives of 6x6 inputs, as files of their own and joined as 'ontogeny run' joins them."""
    place = tmp_path_factory.mktemp("first-life")
    random = np.random.default_rng(0)
    images = random.random((60, 6, 6))
    learning = Learning(Stimuli.from_arrays(images, np.arange(60) % 3), epochs=1)
    noise = Spontaneous(gaussian_noise(), presentations=320)
    conditions = {}
    for name, phases in {"noise": (noise, learning), "none": (learning,)}.items():
        lives = {}
        for seed in (0, 1):
            network = layered([36, 12, 3], optimiser=Adam(rate=0.01))
            record = Record(checkpoints=2)
            life = simulate(network, Schedule(*phases), seed=seed, trials=8, record=record)
            write_trajectory(life, place / f"{name}-{seed}.nc")
            lives[seed] = life
        conditions[name] = join_trajectories(lives, "network")
    write_trajectory(join_trajectories(conditions, "condition"), place / "lives.nc")
    return place


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    """No network, no folder of data, and a folder of its own for what is written."""

    def refuse(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.delenv("ONTOGENY_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


def run(*words):
    return CliRunner().invoke(app, ["compare", *map(str, words)], catch_exceptions=False)


def test_a_folder_beside_retinal_waves(folder, tmp_path):
    result = run(folder, "--with", "retinal-waves", "--out", "out", "--seed", 2)
    assert result.exit_code == 0, result.output
    assert "Spontaneous input beside retinal waves" in result.stdout
    assert "Caution: A frame of the life has no duration" in result.stdout.replace("\n", " ")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        f"retinal-waves.{end}" for end in ENDS
    }
    numbers = json.loads((tmp_path / "out" / "retinal-waves.json").read_text())
    assert numbers["command"] == (
        f"ontogeny compare {folder} --with retinal-waves --out out --seed 2"
    )
    # The condition with a spontaneous phase, and both of its networks.
    assert numbers["seeds"] == "[0, 1]" and "2 networks" in numbers["interval"]
    first = numbers["quantities"][0]
    assert first["quantity"] == "intercept, input" and first["published"] == 69.04
    assert first["value"] == pytest.approx(1, abs=0.1)


def test_pages_stand_alone_and_say_what_figures_show(folder, tmp_path):
    assert run(folder / "noise-0.nc", "--with", "it-rdm").exit_code == 0
    place = tmp_path / "runs" / "comparisons"
    html = (place / "it-rdm.html").read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', html)
    assert "<script" not in html and "default-src &#x27;none&#x27;" in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in re.findall(r'href="(#[^"]+)"', html)} <= set(ids)
    HTMLParser().feed(html)
    for text in ("What cannot be concluded", "hidden_1", 'role="img"', "The figure in words"):
        assert text in html
    page = (place / "it-rdm.md").read_text(encoding="utf-8")
    assert "](it-rdm.svg)" in page and "Kriegeskorte" in page
    assert (place / "it-rdm.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (place / "it-rdm.png").read_bytes().startswith(b"\x89PNG")


def test_lives_of_several_files_are_networks(folder, tmp_path):
    files = folder / "noise-0.nc", folder / "noise-1.nc"
    assert run(*files, "--with", "it-rdm", "--out", "a").exit_code == 0
    assert run(folder, "--with", "it-rdm", "--condition", "noise", "--out", "b").exit_code == 0
    one, other = (json.loads((tmp_path / at / "it-rdm.json").read_text()) for at in "ab")
    assert one["quantities"] == other["quantities"]


def test_what_is_replaced_is_said(folder, tmp_path):
    words = folder / "noise-0.nc", "--with", "retinal-waves", "--out", "out"
    assert "Replaced" not in run(*words).stdout + run(*words).stdout
    other = run(folder / "noise-1.nc", *words[1:]).stdout
    told = f"ontogeny compare {words[0]} --with retinal-waves --out out"
    assert f"Replaced what this had written: {told}" in other.replace("\n", " ")
    (tmp_path / "out" / "retinal-waves.json").write_text("no JSON")
    assert run(*words).exit_code == 0


def test_a_life_on_recorded_waves(tmp_path):
    random = np.random.default_rng(0)
    trains = [np.sort(random.uniform(0, 30, 60)) for _ in range(5)]
    places = [[60.0 * number, 10.0 * number**2] for number in range(5)]
    recording = recording_of(trains, position=places, start=0, stop=30)
    write_nwb(recording, tmp_path / "cells.nwb")
    learning = Learning(Stimuli.from_arrays(random.random((20, 6, 6)), np.arange(20) % 3), epochs=1)
    noise = Spontaneous(recorded_waves(recording, name="mine"), presentations=64)
    network = layered([36, 12, 3], optimiser=Adam(rate=0.01))
    record = Record(checkpoints=1)
    life = simulate(network, Schedule(noise, learning), seed=0, trials=4, record=record)
    write_trajectory(life, tmp_path / "life.nc")
    words = "life.nc", "--with", "retinal-waves", "--out", "out"
    asked = run(*words)
    assert asked.exit_code == 1 and "--noise-recording" in asked.stderr
    given = run(*words, "--noise-recording", "cells.nwb")
    assert given.exit_code == 0, given.output
    numbers = json.loads((tmp_path / "out" / "retinal-waves.json").read_text())
    assert numbers["input"] == "recorded waves of mine"
    assert numbers["command"].endswith("--out out --noise-recording cells.nwb")


def test_pages_of_recordings_name_them(folder, tmp_path):
    random = np.random.default_rng(0)
    trains = [np.sort(random.uniform(0, 30, 60)) for _ in range(5)]
    recording = recording_of(trains, position=[[60.0 * k, 0.0] for k in range(5)], start=0, stop=30)
    write_nwb(recording.assign_attrs(name="slice 7"), tmp_path / "cells.nwb")
    words = folder, "--with", "retinal-waves", "--recording", "cells.nwb", "--out", "out"
    assert run(*words).exit_code == 0
    for end in ("html", "md", "json"):
        page = (tmp_path / "out" / f"retinal-waves.{end}").read_text(encoding="utf-8")
        assert "slice 7" in page and "Demas" not in page and "in bins of 0.1 s" in page
    html = (tmp_path / "out" / "retinal-waves.html").read_text(encoding="utf-8")
    assert "grey broken lines, the control" in html and "open circles" not in html


def test_a_recording_in_nwb(folder, tmp_path):
    random = np.random.default_rng(0)
    trains = [np.sort(random.uniform(0, 30, 60)) for _ in range(5)]
    places = [[60.0 * number, 0.0] for number in range(5)]
    recording = recording_of(trains, position=places, start=0, stop=30)
    write_nwb(recording, tmp_path / "some cells.nwb")
    result = run(folder, "--with", tmp_path / "some cells.nwb", "--out", "out")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "some cells.html").is_file()
    # A space would end the address of the figure.
    assert "](some%20cells.svg)" in (tmp_path / "out" / "some cells.md").read_text()


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("it-rdm", "it-rdm"),
        ("a/day.1.nwb", "day.1"),
        ("it-rdm.nwb", "it-rdm-recording"),
    ],
)
def test_files_of_recordings_are_called_like_them(reference, name):
    assert _name(reference) == name


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{folder}", "--with", "nobody"], "expected one of retinal-waves, v1-development"),
        (["{folder}", "--with", "v1v2"], "expected rates of 36 inputs, got 784"),
        (["{folder}", "--with", "v1v2", "--recording", "x.nwb"], "it as the reference"),
        (["{folder}", "--with", "retinal-waves", "--noise-recording", "x.nwb"], "leave it out"),
        (["{folder}/none-0.nc", "--with", "retinal-waves"], "a spontaneous phase, got none"),
        (["{folder}", "--with", "it-rdm", "--condition", "x"], "expected one of ['noise', 'none']"),
        (["{folder}/noise-0.nc", "--with", "it-rdm", "--condition", "x"], "are not joined along"),
        (["{folder}", "{folder}", "--with", "it-rdm"], "give joined lives alone"),
        (
            ["{folder}/noise-0.nc", "{folder}/none-1.nc", "--with", "it-rdm"],
            "different descriptions of their schedule",
        ),
        (["{folder}/noise-0.nc"] * 2 + ["--with", "it-rdm"], "got seed 0 twice"),
        (["{folder}/..", "--with", "it-rdm"], "or a folder with lives.nc"),
        (["nowhere.nc", "--with", "it-rdm"], "nowhere.nc"),
        (["{folder}", "--with", "v1v2", "--data", "digits"], "digits"),
    ],
)
def test_errors_are_one_line(folder, words, message):
    result = run(*(word.format(folder=folder) for word in words))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ") and len(result.stderr.splitlines()) == 1
    assert message in result.stderr


def test_tables_leave_out_columns_without_numbers(folder):
    from ontogeny.analysis.comparison import compare
    from ontogeny.studies.beside import lives_beside

    with lives_beside([folder]) as life:
        found = compare(life, "retinal-waves")
    heads = [column.header for column in comparison_table(found).columns]
    assert heads == ["Quantity", "Life", "Control", "Reference", "Published"]
    footer = footer_of(found).splitlines()
    assert len(footer) == 3 and "Control: the same input with the frames" in footer[0]
    assert "Reference: published for mice of nine days" in footer[1]
    assert "Surrogate" not in footer[1] and footer[2].startswith("Caution: A frame of the life has")
    names = [f"spontaneous-evoked number {k}" for k in range(found.sizes["quantity"])]
    narrow = Console(width=80)
    with narrow.capture() as written:
        narrow.print(comparison_table(found.assign_coords(quantity=names)))
    assert "\N{HORIZONTAL ELLIPSIS}" not in written.get()
    text = json.dumps(comparison_json(found), allow_nan=False)
    assert '"half_maximum"' not in text and '"published_index"' in text
