"""Numbers in the report: set as in print, in tables that become cards on a narrow screen."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .html_elements import Html, anchor, joined, tag
from .words import (
    chosen_tests,
    effect_text,
    interval_text,
    parts_text,
    value_text,
    words_of_test,
)

__all__ = ["badge", "cards", "found_cells", "heads_of", "numbers"]

#: Marks of different shapes, for those who tell colours badly; words stand beside them.
MARKS = {"reproduced": "●", "direction only": "◐", "not reproduced": "○", "not run": "–"}
_TYPESET = (
    (re.compile(r"(?<=\d)e([+-])0*(\d+)"), r" × 10<sup>\1\2</sup>"),
    (re.compile(r"(?<![\w])-(?=[\d.])|(?<=<sup>)-"), "−"),
    (re.compile(r"(?<=<sup>)\+"), ""),
    (re.compile(r"\b([A-Za-z])_(\w)\b"), r"<i>\1</i><sub>\2</sub>"),
    (re.compile(r"\b([A-Za-z])(?= (?:=|&lt;) | test\b)"), r"<i>\1</i>"),
)


def numbers(text: str) -> Html:
    """Set numbers as in print: minus signs, powers of ten, symbols in italics.

    Examples
    --------
    >>> numbers("d_z = -3.1, P = 4e-05")
    '<i>d</i><sub>z</sub> = −3.1, <i>P</i> = 4 × 10<sup>−5</sup>'
    """
    text = html.escape(text, quote=False)
    for pattern, replacement in _TYPESET:
        text = pattern.sub(replacement, text)
    return Html(text)


def badge(verdict: str) -> Html:
    """Return a verdict in words, with a mark and a colour beside them."""
    mark = tag("span", MARKS[verdict], aria_hidden="true")
    return tag("span", mark, f" {verdict}", class_=f"verdict {verdict.replace(' ', '-')}")


def heads_of(scorecard: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the heads of what `found_cells` returns."""
    test = "Unpaired test" if scorecard.get("ours", False) else "Paper’s test"
    return ("Found here", "Effect size", test, "Paired test", "Verdict")


def found_cells(found: Mapping[str, Any], claim: Mapping[str, Any]) -> list[Html]:
    """Return the cells of what was found, which leads to the lives that it comes from.

    Parameters
    ----------
    found : mapping
        A claim, or a part of it.
    claim : mapping
        The claim, which knows the lives.
    """
    value = Html("")
    if found["value"] is not None:
        value = tag("span", numbers(value_text(found, interval=False)), class_="value")
        if claim["lives"]:
            value = tag("a", value, href=f"#{anchor('from', claim['id'])}", class_="number")
        ends = interval_text(found)
        if ends:
            value = joined(value, " ", tag("span", numbers(ends), class_="line"))
    if parts_text(found):
        value = joined(value, " ", tag("small", parts_text(found)))
    return [
        value,
        tag("span", numbers(effect_text(found))) if effect_text(found) else Html(""),
        *(joined(*map(_test, chosen_tests(found, paired))) for paired in (False, True)),
        badge(found["verdict"]),
    ]


def _test(test: Mapping[str, Any]) -> Html:
    """Return a test, one thing on a line: P, what it comes from, and the name."""
    name, _, rest = words_of_test(test).rpartition(": ")
    words = rest.split(", ")
    first = [word for word in words if word.startswith("P ")]
    others = ", ".join(word for word in words if word not in first)
    lines = [tag("span", numbers(text), class_="line") for text in (*first, others) if text]
    lines.append(tag("span", numbers(name), class_="line quiet"))
    return tag("span", *(joined(line, " ") for line in lines), class_="test")


def cards(
    heads: Sequence[str],
    rows: Iterable[tuple[Html, Sequence[Html], str]],
    *,
    caption: str = "",
    label: str | bool = False,
) -> Html:
    """Return a table whose rows are laid out as cards where the screen is narrow.

    Parameters
    ----------
    heads : sequence of str
        Heads of the columns.
    rows : iterable of tuple
        The head of the row, its cells, and its verdict.
    caption : str
        Shown above the table, if there is one.
    label : str or False
        What a table without a caption is called.
    """
    # A table that is none to the style sheet is none to a screen reader, unless roles say so.
    top = [tag("th", text, scope="col", role="columnheader") for text in heads]
    body = []
    for first, cells, verdict in rows:
        told = [
            tag("td", tag("div", cell), role="cell", data_label=head, class_=not cell and "empty")
            for head, cell in zip(heads[1:], cells, strict=True)
        ]
        header = tag("th", first, scope="row", role="rowheader")
        body.append(tag("tr", header, *told, role="row", data_verdict=verdict.replace(" ", "-")))
    return tag(
        "table",
        *([tag("caption", caption)] if caption else []),
        tag("thead", tag("tr", *top, role="row"), role="rowgroup"),
        tag("tbody", *body, role="rowgroup"),
        role="table",
        aria_label=label,
    )
