"""Panels and claims in the report: a figure with its words, what the paper says, what was found."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .html import Html, anchor, joined, tag
from .scorecard_words import effect_text, lives_by_condition, value_text, words_of_test

__all__ = ["badge", "numbers", "panel_section", "tests", "to_lives"]

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


def tests(found: Iterable[Mapping[str, Any]], brief: bool = False) -> Html:
    """Return tests, one below the other; only n, statistic and P where it must be brief."""
    lines = []
    for test in found:
        name, _, rest = words_of_test(test).partition(": ")
        told = [tag("span", part) for part in map(numbers, rest.split(", "))]
        spaced = [joined(part, " ") for part in told]
        title = tag("span", numbers(name), class_="test-name")
        lines.append(tag("span", *(() if brief else (title, " ")), *spaced, class_="test"))
    return joined(*lines)


def to_lives(claim: Mapping[str, Any], number: Html) -> Html:
    """Make a number lead to the lives that it comes from."""
    if not claim["lives"]:
        return number
    return tag("a", number, href=f"#{anchor('from', claim['id'])}", class_="number")


def panel_section(
    panel: Mapping[str, Any] | None,
    scorecard: Mapping[str, Any],
    figures: Mapping[str, str],
    claims: Sequence[Mapping[str, Any]] = (),
) -> Html:
    """Return a panel: its figure, and its claims.

    Parameters
    ----------
    panel : mapping or None
        Of the scorecard; None for claims that belong to none of its panels.
    scorecard : mapping
        All of it.
    figures : mapping
        SVG by names of panels.
    claims : sequence of mapping
        The claims where there is no panel.
    """
    if panel is None:
        articles = [_article(claim, scorecard) for claim in claims]
        return tag("section", tag("h3", "Beyond the panels that were run"), *articles)
    chosen = [claim for claim in scorecard["claims"] if claim["panel"] == panel["name"]]
    articles = [_article(claim, scorecard) for claim in chosen]
    svg = figures.get(panel["name"])
    drawn = [_figure(panel, svg)] if svg else []
    name = tag("span", f"Panel {panel['name']}", class_="panel-name")
    heading = tag("h3", name, " ", panel["title"])
    return tag(
        "section", heading, *drawn, *articles, id=anchor("panel", panel["name"]), class_="panel"
    )


def _figure(panel: Mapping[str, Any], svg: str) -> Html:
    words = anchor("words", panel["name"])
    title = f"Figure {panel['name']}: {panel['title']}"
    image = tag("div", Html(svg), role="img", aria_label=title, aria_describedby=words)
    plate = tag("div", image, class_="plate", tabindex=0, role="group", aria_label=title)
    count = len(panel["lives"])
    caption = tag(
        "figcaption",
        tag("strong", f"Figure {panel['name']}."),
        f" {panel['title']}. From {count} {'life' if count == 1 else 'lives'}.",
        tag(
            "details", tag("summary", "The figure in words"), tag("p", panel["alt"], id=words)
        ),
    )
    return tag("figure", plate, caption)


def _article(claim: Mapping[str, Any], scorecard: Mapping[str, Any]) -> Html:
    heading = tag("h4", tag("span", claim["id"], class_="id"), " ", badge(claim["verdict"]))
    facts = [("Published", joined(claim["published"] or "not published"))]
    if claim["rule"]:
        facts.append(("Verdict", joined(claim["verdict"], "; ", claim["rule"])))
    if claim["inferred"]:
        items = [tag("li", setting) for setting in claim["inferred"]]
        facts.append(("Inferred", tag("ul", *items)))
    if claim["note"]:
        facts.append(("Note", joined(claim["note"])))
    if claim["command"]:
        facts.append(("Command", tag("code", claim["command"])))
    entries = [joined(tag("dt", name), tag("dd", fact)) for name, fact in facts]
    return tag(
        "article",
        heading,
        tag("p", claim["claim"], class_="statement"),
        *([_parts(claim)] if claim["parts"] else []),
        tag("dl", *entries, class_="facts"),
        *([_lives(claim, scorecard)] if claim["lives"] else []),
        id=anchor("claim", claim["id"]),
        class_=f"claim {claim['verdict'].replace(' ', '-')}",
    )


def _parts(claim: Mapping[str, Any]) -> Html:
    heads = ("Comparison", "Found here", "Effect size", "Tests", "Verdict")
    rows = []
    for part in claim["parts"]:
        rule = part["rule"] if part["rule"] != claim["rule"] else ""
        label = joined(part["label"], *([tag("small", rule)] if rule else []))
        value = value_text(part)
        cells = (
            to_lives(claim, numbers(value)) if value else Html("–"),
            numbers(effect_text(part)) or Html("–"),
            tests(part["tests"]) or Html("–"),
            badge(part["verdict"]),
        )
        rows.append(
            tag("tr", tag("th", label, scope="row"), *(tag("td", cell) for cell in cells))
        )
    head = tag("thead", tag("tr", *(tag("th", text, scope="col") for text in heads)))
    table = tag("table", head, tag("tbody", *rows), class_="parts")
    label = f"Comparisons of {claim['id']}"
    return tag("div", table, class_="scroll", tabindex=0, role="group", aria_label=label)


def _lives(claim: Mapping[str, Any], scorecard: Mapping[str, Any]) -> Html:
    conditions = lives_by_condition(claim["lives"], scorecard, claim["panel"])
    entries = []
    for condition, lives in conditions.items():
        links = [
            joined(tag("a", network, href=f"#{anchor('life', name)}", title=name), " ")
            for network, name in lives.items()
        ]
        entries.append(joined(tag("dt", condition), tag("dd", *links)))
    count = len(claim["lives"])
    return tag(
        "details",
        tag("summary", f"From {count} {'life' if count == 1 else 'lives'}"),
        tag("dl", *entries, class_="facts conditions"),
        id=anchor("from", claim["id"]),
        class_="from",
    )
