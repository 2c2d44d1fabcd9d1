"""Claims are only as good as their worst part."""

from dataclasses import replace

import pytest

from ontogeny.studies.claims import Claim, Comparison, Outcome
from ontogeny.studies.comparisons import not_run
from ontogeny.studies.scorecards.words import reason


def test_the_worst_part_decides():
    claim = Claim(id="A1", claim="more")
    good, bad = (Comparison(label="", verdict=v, rule="") for v in ("reproduced", "direction only"))
    worst = Comparison(label="", verdict="not reproduced", rule="")
    assert Outcome(claim=claim, comparisons=(good, bad)).verdict == "direction only"
    assert Outcome(claim=claim, comparisons=(good, worst, bad)).verdict == "not reproduced"
    assert Outcome(claim=claim, comparisons=(good, not_run("no data"))).verdict == "reproduced"
    assert Outcome(claim=claim, comparisons=(not_run("no data"),)).verdict == "not run"


def test_a_claim_is_not_run_without_its_own_parts():
    claim = Claim(id="A1", claim="more with waves")
    other = Comparison(label="control", verdict="direction only", rule="")
    missing = replace(not_run("no data"), essential=True)
    own = Comparison(label="", verdict="reproduced", rule="", essential=True)
    without = Outcome(claim=claim, comparisons=(missing, other))
    assert without.verdict == "not run"
    assert "if any of the 1 that the claim is about was" in without.as_json()["rule"]
    assert reason(without.as_json()) == "no data"
    assert Outcome(claim=claim, comparisons=(missing, own, other)).verdict == "direction only"


def test_verdicts_are_checked():
    with pytest.raises(ValueError, match=r"Comparison\.verdict: expected one of"):
        Comparison(label="", verdict="fine", rule="")
