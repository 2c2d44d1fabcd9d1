"""Panels and claims in the report: a figure with its words, what the paper says, what was found."""

from collections.abc import Mapping, Sequence
from typing import Any

from .html_elements import Html, anchor, joined, tag
from .html_numbers import badge, cards, found_cells, heads_of
from .words import lives_by_condition, own_rule

__all__ = ["panel_section"]


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
        tag("details", tag("summary", "The figure in words"), tag("p", panel["alt"], id=words)),
    )
    return tag("figure", plate, caption)


def _article(claim: Mapping[str, Any], scorecard: Mapping[str, Any]) -> Html:
    heading = tag("h4", tag("span", claim["id"], class_="id"), " ", badge(claim["verdict"]))
    facts = [("Published", joined(claim["published"] or "not published"))]
    if claim["rule"] != claim["verdict"]:
        facts.append(("Rule", joined(claim["rule"])))
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
        *([_parts(claim, scorecard)] if claim["parts"] else []),
        tag("dl", *entries, class_="facts"),
        *([_lives(claim, scorecard)] if claim["lives"] else []),
        id=anchor("claim", claim["id"]),
        class_=f"claim {claim['verdict'].replace(' ', '-')}",
    )


def _parts(claim: Mapping[str, Any], scorecard: Mapping[str, Any]) -> Html:
    rows = []
    for part in claim["parts"]:
        rule = own_rule(part, claim)
        label = joined(part["label"], *([tag("small", rule)] if rule else []))
        rows.append((label, found_cells(part, claim), part["verdict"]))
    heads = ("Comparison", *heads_of(scorecard))
    return cards(heads, rows, label=f"Comparisons of {claim['id']}")


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
