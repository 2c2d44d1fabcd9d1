"""Claims are only as good as their worst part."""

import pytest

from ontogeny.studies.claims import Claim, Comparison, Outcome
from ontogeny.studies.comparisons import not_run


def test_the_worst_part_decides():
    claim = Claim(id="A1", claim="more")
    good, bad = (Comparison(label="", verdict=v, rule="") for v in ("reproduced", "direction only"))
    worst = Comparison(label="", verdict="not reproduced", rule="")
    assert Outcome(claim=claim, comparisons=(good, bad)).verdict == "direction only"
    assert Outcome(claim=claim, comparisons=(good, worst, bad)).verdict == "not reproduced"
    assert Outcome(claim=claim, comparisons=(good, not_run("no data"))).verdict == "reproduced"
    assert Outcome(claim=claim, comparisons=(not_run("no data"),)).verdict == "not run"


def test_verdicts_are_checked():
    with pytest.raises(ValueError, match=r"Comparison\.verdict: expected one of"):
        Comparison(label="", verdict="fine", rule="")
