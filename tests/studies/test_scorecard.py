"""Scorecards are whole or refused, and their files say the same."""

import copy
import io
import json
import math
import re

import pytest
import xarray as xr
from rich.console import Console

from ontogeny.data import files
from ontogeny.studies import bounds, claims, comparisons
from ontogeny.studies.scorecards.check import check_scorecard
from ontogeny.studies.scorecards.files import read_scorecard, same_science, write_scorecard
from ontogeny.studies.scorecards.html_report import html_report
from ontogeny.studies.scorecards.page import page
from ontogeny.studies.scorecards.table import scorecard_table
from ontogeny.studies.scorecards.words import count_sentence, duration, number_text, value_text


@pytest.fixture
def scorecard(sample):
    return sample.scorecard()


def test_three_files_are_written_and_read_back(scorecard, sample, tmp_path):
    written = write_scorecard(scorecard, sample.figures(), tmp_path)
    assert [path.name for path in written] == ["sample.json", "sample.md", "sample.html"]
    assert sorted(tmp_path.iterdir()) == sorted(written)
    again = read_scorecard(written[0])
    assert same_science(again, scorecard) and again["run"] == scorecard["run"]
    assert written[1].read_text(encoding="utf-8") == page(again)


def test_claims_as_studies_make_them_are_taken(scorecard):
    values = xr.DataArray([0.3, 0.5, 0.4], dims="network", coords={"network": [0, 1, 2]})
    made = (
        comparisons.differs("more", values + [0.25, 0.25, 0.5], values, expected="greater"),
        comparisons.differs("less", values, values + [0.1, 0.3, 0.1], expected="less", unit="nat"),
        bounds.near("close", values, 0.4, tolerance=0.01),
        comparisons.against("above", values, 0.1, expected="greater"),
        comparisons.same("alike", values, values + [0.1, -0.1, 0.0]),
        bounds.near("few", values[:1], 0.4, tolerance=0.01),
        comparisons.not_run("no such data here"),
    )
    for chosen in (made, made[::-1]):
        told = claims.Outcome(claim=claims.Claim(id="A1", claim="All."), comparisons=chosen)
        rest = {"panel": "1d", "command": "", "lives": []}
        scorecard["claims"][1] = {**told.as_json(), **rest}
        scorecard["panels"][1]["rows"] = ["A1"]
        check_scorecard(scorecard)
        assert "no such data here" in page(scorecard)


def test_nothing_is_written_of_what_is_refused(scorecard, sample, tmp_path):
    with pytest.raises(ValueError, match=r"write_scorecard.figures: expected panels of \['1d'"):
        write_scorecard(scorecard, {"9z": "<svg/>"}, tmp_path)
    with pytest.raises(NotADirectoryError, match="write_scorecard.folder: expected a folder"):
        write_scorecard(scorecard, {}, tmp_path / "missing")
    scorecard["claims"][0]["value"] = math.nan
    with pytest.raises(ValueError, match=r"scorecard.claims\[0\].value: expected a finite number"):
        write_scorecard(scorecard, {}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_files(scorecard, tmp_path, monkeypatch):
    write_scorecard(scorecard, {}, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(descriptor):
        raise OSError(28, "No space left on device")

    scorecard["title"] = "Another"
    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="expected room to write"):
        write_scorecard(scorecard, {}, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("claims", 1, "verdict"), "good", r"claims\[1\].verdict: expected one of reproduced, dir"),
        (
            ("claims", 1, "verdict"),
            "not run",
            r"claims\[1\].verdict: expected the worst of its p",
        ),
        (("claims", 1, "value"), 3.0, r"claims\[1\].value: expected that of its first part, 11.4"),
        (("claims", 1, "value"), "3", r"claims\[1\].value: expected a finite number or None"),
        (("claims", 1, "id"), "A2", r"claims\[1\].id: expected a name that no other has, got 'A2'"),
        (("claims", 1, "lives"), ["f00"], r"claims\[1\].lives: expected names of lives that are"),
        (("claims", 1, "interval"), [2.0, 1.0], r"interval: expected the lower end first"),
        (("claims", 1, "interval"), [2.0], r"interval: expected two numbers or None"),
        (("claims", 1, "interval"), [None, 1.0], r"interval\[0\]: expected a finite number"),
        (("claims", 1, "effect_size"), {"name": "d"}, r"effect_size: expected value, too; got nam"),
        (("claims", 0, "parts", 1, "value"), math.inf, r"parts\[1\].value: expected a finite num"),
        (("claims", 0, "tests", 0, "p_value"), 2.0, r"tests\[0\].p_value: expected a probability"),
        (("panels", 0, "rows"), ["A99"], r"panels\[0\].rows: expected ids of claims, A19, A2, A5"),
        (("panels", 0, "lives"), {"k": "f00"}, r"panels\[0\].lives: expected names of lives"),
        (("panels", 0, "name"), "2b", r"panels\[1\].name: expected a name that no other has"),
        (("study",), "../other", "study: expected letters, digits, '_' and '-'"),
        (("link",), "javascript:alert(1)", "link: expected an address that begins with https://"),
        (("run",), {}, "run: expected command, date, machine, seconds, .*, too; got nothing"),
        (("settings",), {"device": object()}, "settings.device: expected text, a number, True"),
        (("settings",), {"rates": [1.0, math.nan]}, r"settings.rates\[1\]: expected a finite"),
    ],
)
def test_a_fault_is_named_with_its_place(scorecard, place, value, message):
    check_scorecard(scorecard)
    *way, last = place
    found = scorecard
    for name in way:
        found = found[name]
    found[last] = value
    with pytest.raises(ValueError, match=rf"^scorecard\..*{message}"):
        check_scorecard(scorecard)


def test_lives_have_known_parents_and_descriptions(scorecard):
    name, life = next(iter(scorecard["lives"].items()))
    life["parents"] = ["nobody"]
    with pytest.raises(ValueError, match=f"scorecard.lives.{name}.parents: expected names of"):
        check_scorecard(scorecard)
    life |= {"parents": [], "description": "unknown"}
    with pytest.raises(ValueError, match=f"scorecard.lives.{name}.description: expected a name"):
        check_scorecard(scorecard)


def test_what_is_no_scorecard_cannot_be_read(tmp_path):
    path = tmp_path / "sample.json"
    path.write_text("{")
    with pytest.raises(ValueError, match="read_scorecard.path: expected the JSON of a scorecard"):
        read_scorecard(path)
    path.write_text("{}")
    with pytest.raises(ValueError, match="scorecard: expected citation, claims, .*; got nothing"):
        read_scorecard(path)


def test_science_is_all_but_the_run(scorecard):
    other = copy.deepcopy(scorecard)
    other["run"]["seconds"] += 1
    assert same_science(scorecard, other)
    assert same_science(scorecard, json.loads(json.dumps(other)))
    other["claims"][0]["parts"][0]["value"] *= 1 + 1e-15
    assert not same_science(scorecard, other)


def rows(text, heads):
    """Return the cells of the table with these heads."""
    lines = text[text.index(f"| {heads}") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_the_page_has_a_row_for_every_claim_and_life(scorecard):
    text = page(scorecard)
    told = rows(text, "claim | panel")
    assert [row[0] for row in told] == [claim["id"] for claim in scorecard["claims"]]
    assert {len(row) for row in told} == {9}
    for row, claim in zip(told, scorecard["claims"], strict=True):
        assert row[-1] == f"**{claim['verdict']}**"
    assert told[0][4] == "-22.8 (-24.4 to -21.3)°; first of 2 parts: 2 reproduced"
    assert told[0][6] == "two-sample t test: n = 10 + 10, t = -31.2, P = 3.2e-17"
    assert told[0][7].startswith("paired t test: n = 10,")
    lives = rows(text, "name | label")
    assert len(lives) == 300
    for row, (name, life) in zip(lives, scorecard["lives"].items(), strict=True):
        assert row[0] == f"`{name}`" and life["digest"] in row[2]
    assert len(rows(text, "claim | statement | why")) == 2
    assert f"**{count_sentence(scorecard)}**" in text


def test_what_is_quoted_stays_text_in_markdown(scorecard):
    text = page(scorecard)
    assert not re.search(r"(?<!\\)<(script|b|angles)", text)
    assert r"\<script>" in text and r"\*d\* \_e\_ \[f\](g) \$h\$" in text


def terminal(scorecard):
    console = Console(width=100, record=True, color_system=None, file=io.StringIO())
    console.print(scorecard_table(scorecard))
    return console.export_text()


def test_where_no_paper_speaks_none_is_named(scorecard):
    writers = (page, lambda given: html_report(given, {}), terminal)
    paper = re.compile("the paper says|paper.s (test|statement)", re.IGNORECASE)
    assert all(paper.search(write(scorecard)) for write in writers)
    scorecard["ours"] = True
    assert not any(paper.search(write(scorecard)) for write in writers)


def test_notes_stand_at_the_top(scorecard):
    scorecard["notes"] = ["Quick: numbers of others", "Data are missing"]
    check_scorecard(scorecard)
    for text in (page(scorecard), html_report(scorecard, {})):
        for note in scorecard["notes"]:
            assert text.count(note) == 1
            assert text.index(note) < text.index(count_sentence(scorecard))


def test_a_command_cannot_leave_its_block(scorecard):
    scorecard["run"]["command"] = "ontogeny 'x\n```\n<b>'"
    assert "\n````sh\nontogeny 'x\n```\n<b>'\n````\n" in page(scorecard)


def test_workers_are_told_where_nobody_counted_them(scorecard, sample):
    scorecard["run"]["workers"] = None
    for text in (page(scorecard), html_report(scorecard, sample.figures())):
        assert "with as many workers as there were processors" in text


def test_the_table_fits_into_100_columns(scorecard):
    console = Console(width=100, record=True, color_system=None, file=io.StringIO())
    console.print(scorecard_table(scorecard))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 100
    for claim in scorecard["claims"]:
        assert claim["id"] in text
    assert text.count("not run") == 3 and "…" in text and "-22.8" in text
    assert "(-24.4 to -21.3)°" in text and "<1e-300" in text.replace(" ", "")
    assert "alert('no')" in text


@pytest.mark.parametrize(
    ("number", "width", "text"),
    [
        (91.2345, None, "91.2"),
        (0.0, None, "0.00"),
        (1234.5, None, "1234"),
        (100.0, None, "100"),
        (91.2345, 0.05, "91.234"),
        (91.2345, 12, "91"),
        (912345.0, 1200, "912345"),
        (1.2e-9, 1e-10, "1.20e-09"),
    ],
)
def test_digits_follow_the_interval(number, width, text):
    assert number_text(number, width) == text


def test_units_are_written_as_people_do():
    found = {"value": 0.5, "interval": None}
    units = {"1": "0.500", "degree": "0.500°", "%": "0.500 %", "nat": "0.500 nat", "": "0.500"}
    assert {unit: value_text({**found, "unit": unit}) for unit in units} == units
    assert value_text({"value": None, "interval": None, "unit": "1"}) == ""
    assert duration(7199) == "120.0 minutes"
