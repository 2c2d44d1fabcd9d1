"""A scorecard on the terminal."""

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from .words import chosen_tests, count_sentence, parts_text, probability_text, value_text

__all__ = ["scorecard_table"]

_STYLES = {
    "reproduced": "green",
    "direction only": "yellow",
    "not reproduced": "red",
    "not run": "dim",
}


def scorecard_table(scorecard: Mapping[str, Any]) -> Table:
    """Lay out a scorecard, one row per claim, for a terminal of 100 columns or more.

    Parameters
    ----------
    scorecard : mapping
        What `ontogeny.studies.scorecards.check_scorecard` lets through.

    Returns
    -------
    rich.table.Table
        Claim, panel, statement, value with its 95 % interval, the paired P (the other one where
        there is none), and the verdict.
    """
    table = Table(
        title=Text(scorecard["title"]),
        caption=count_sentence(scorecard),
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("", max_width=6, overflow="fold")
    table.add_column("Panel", max_width=6, overflow="fold")
    ours = scorecard.get("ours", False)
    table.add_column("Statement" if ours else "The paper's statement", ratio=1)
    table.add_column("Found here", max_width=18)
    table.add_column("P", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    for claim in scorecard["claims"]:
        verdict = claim["verdict"]
        # The interval below the mean, so that it is not broken anywhere else.
        value = value_text(claim).replace(" (", "\n(")
        if parts_text(claim):
            value += f"\n{parts_text(claim).partition(':')[0]}"
        cells = (claim["id"], claim["panel"], claim["claim"], value, _probability(claim))
        table.add_row(*map(Text, cells), Text(verdict, style=_STYLES[verdict]))
    return table


def _probability(claim: Mapping[str, Any]) -> str:
    tests = [*chosen_tests(claim, True), *chosen_tests(claim, False)]
    known = [test["p_value"] for test in tests if test["p_value"] is not None]
    return probability_text(known[0]).removeprefix("= ") if known else ""
