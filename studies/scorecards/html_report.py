"""The report of a study: one file of HTML with everything in it, to be read anywhere."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..claims import VERDICTS
from .html_claims import panel_section
from .html_document import document
from .html_elements import Html, anchor, joined, tag
from .html_lives import description_sections, life_entries
from .html_numbers import cards, found_cells, heads_of
from .words import count_sentence, duration, reason, workers_text

__all__ = ["html_report"]


def html_report(scorecard: Mapping[str, Any], figures: Mapping[str, str]) -> str:
    """Write the report of a study.

    The page asks nothing of the network and runs no script. Every number leads to the lives that
    it comes from, and every life to its description and the command that shows it.

    Parameters
    ----------
    scorecard : mapping
        What `ontogeny.studies.scorecards.check_scorecard` lets through.
    figures : mapping
        SVG by names of panels, as `ontogeny.studies.scorecards.svg_of` returns it; it is trusted.

    Returns
    -------
    str
        HTML; equal scorecards and figures give equal text.
    """
    return document(
        f"{scorecard['title']}: scorecard",
        tag("a", "Skip to the claims", class_="skip", href="#claims"),
        _header(scorecard),
        tag("main", *_sections(scorecard, figures)),
        tag("footer", tag("p", "Written by Ontogeny. Verdicts are computed, none by hand.")),
    )


def _sections(scorecard: Mapping[str, Any], figures: Mapping[str, str]) -> Iterable[Html]:
    claims, panels = scorecard["claims"], scorecard["panels"]
    yield _section("claims", "Claims", _filter(claims), _claims(scorecard))
    known = {panel["name"] for panel in panels}
    others = [claim for claim in claims if claim["panel"] not in known]
    shown = [panel_section(panel, scorecard, figures) for panel in panels]
    if others:
        shown.append(panel_section(None, scorecard, {}, others))
    yield _section("panels", "Panels", *shown)
    yield _section("absent", "Rows that were not run", _absent(claims))
    yield _section("run", "How it was run", _run(scorecard))
    way = tag(
        "p",
        "Every number above comes from stored lives. A life is stored under its name, the first "
        "16 digits of the SHA-256 digest of everything that decides its result; ",
        tag("code", "ontogeny study life NAME"),
        " shows where it is stored, the description that made it, and its parents, with whose "
        "weights it began.",
    )
    yield _section("lives", f"Lives ({len(scorecard['lives'])})", way, life_entries(scorecard))
    yield _section("descriptions", "Descriptions", description_sections(scorecard))


def _section(name: str, title: str, *children: Html) -> Html:
    return tag("section", tag("h2", title, id=f"{name}-title"), *children, id=name)


def _header(scorecard: Mapping[str, Any]) -> Html:
    run, link = scorecard["run"], scorecard["link"]
    cited = joined(scorecard["citation"])
    if link:
        cited = joined(cited, " ", tag("a", link, href=link))
    panels = [
        tag("li", tag("a", panel["name"], href=f"#{anchor('panel', panel['name'])}"))
        for panel in scorecard["panels"]
    ]
    places = {
        "absent": "Not run",
        "run": "How it was run",
        "lives": "Lives",
        "descriptions": "Descriptions",
    }
    links = [tag("li", tag("a", text, href=f"#{name}")) for name, text in places.items()]
    contents = tag(
        "ul",
        tag("li", tag("a", "Claims", href="#claims")),
        tag("li", tag("a", "Panels", href="#panels"), tag("ul", *panels)),
        *links,
    )
    return tag(
        "header",
        tag("p", "Scorecard of a study", class_="kicker"),
        tag("h1", scorecard["title"]),
        tag("p", cited, class_="citation"),
        *(tag("p", tag("strong", note)) for note in scorecard.get("notes", [])),
        tag("p", tag("strong", count_sentence(scorecard)), class_="counts"),
        _bar(scorecard["claims"]),
        tag(
            "p",
            f"Computed, until {run['date']}, in {duration(run['seconds'])} with "
            f"{workers_text(run)} ({duration(run['seconds_of_lives'])} of one process), by",
            class_="made",
        ),
        tag("pre", tag("code", run["command"]), tabindex=0),
        tag("nav", contents, aria_label="Contents"),
    )


def _counts(claims: Iterable[Mapping[str, Any]]) -> Counter[str]:
    return Counter(claim["verdict"] for claim in claims)


def _bar(claims: Iterable[Mapping[str, Any]]) -> Html:
    """Draw the shares of the verdicts, which the sentence above tells in words."""
    counts = _counts(claims)
    parts = [
        tag("span", class_=_slug(verdict), style=f"flex-grow:{counts[verdict]}")
        for verdict in VERDICTS
        if counts[verdict]
    ]
    return tag("div", *parts, class_="bar", aria_hidden="true")


def _slug(verdict: str) -> str:
    return verdict.replace(" ", "-")


def _filter(claims: Iterable[Mapping[str, Any]]) -> Html:
    """Let a reader choose a verdict; the style sheet does it, so that no script is needed."""
    counts = _counts(claims)
    choices = {"all": ("all", counts.total())}
    choices |= {_slug(verdict): (verdict, counts[verdict]) for verdict in VERDICTS}
    labels = [
        tag(
            "label",
            tag(
                "input",
                type="radio",
                name="only",
                id=f"only-{name}",
                **({"checked": "checked"} if name == "all" else {}),
            ),
            f" {text} ({count})",
        )
        for name, (text, count) in choices.items()
    ]
    return tag("fieldset", tag("legend", "Show"), *labels, class_="filter")


def _claims(scorecard: Mapping[str, Any]) -> Html:
    rows = []
    for claim in scorecard["claims"]:
        panel = f" panel {claim['panel']}" if claim["panel"] else ""
        first = joined(
            tag("a", claim["id"], href=f"#{anchor('claim', claim['id'])}"),
            tag("span", panel, class_="where"),
        )
        published = claim["published"] or "not published"
        statement = joined(claim["claim"], " ", tag("span", published, class_="published"))
        rows.append((first, [statement, *found_cells(claim, claim)], claim["verdict"]))
    caption = "Values are means with 95 % intervals over networks; each leads to its lives."
    says = "Statement" if scorecard.get("ours", False) else "The paper says"
    return cards(("Claim", says, *heads_of(scorecard)), rows, caption=caption)


def _absent(claims: Iterable[Mapping[str, Any]]) -> Html:
    rows = [
        joined(
            tag("dt", tag("a", claim["id"], href=f"#{anchor('claim', claim['id'])}")),
            tag("dd", claim["claim"], " ", tag("em", f"{reason(claim)}. {claim['note']}".strip())),
        )
        for claim in claims
        if claim["verdict"] == "not run"
    ]
    return tag("dl", *rows, class_="facts") if rows else tag("p", "None: all were.")


def _run(scorecard: Mapping[str, Any]) -> Html:
    run = scorecard["run"]
    facts: list[Html] = []
    for title, what in (
        ("Machine", run["machine"]),
        ("Versions", run["versions"]),
        ("Digest of the code", ", ".join(run["sources"])),
        ("Seconds by panel", run["seconds_by_panel"]),
        ("Settings", scorecard["settings"]),
    ):
        pairs = what.items() if isinstance(what, Mapping) else [("", what)]
        entries = [joined(tag("dt", str(name)), tag("dd", _fact(fact))) for name, fact in pairs]
        facts.append(tag("div", tag("h3", title), tag("dl", *entries, class_="facts")))
    return tag("div", *facts, class_="columns")


def _fact(fact: Any) -> str:
    return f"{fact:.1f}" if isinstance(fact, float) and abs(fact) >= 10 else str(fact)
