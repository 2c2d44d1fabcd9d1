"""Lives in the report: each with its digest, parents, description and command."""

import json
import re
from collections.abc import Mapping
from typing import Any

from .html_elements import Html, anchor, joined, tag

__all__ = ["description_sections", "life_entries"]

_QUOTED = re.compile(r'"([^"\\]+)"')


def life_entries(scorecard: Mapping[str, Any]) -> Html:
    """Return the list of all lives; what is known of each unfolds.

    Parameters
    ----------
    scorecard : mapping
        All of it.
    """
    used: dict[str, list[str]] = {}
    for claim in scorecard["claims"]:
        for name in claim["lives"]:
            used.setdefault(name, []).append(claim["id"])
    entries = [_life(name, life, used.get(name, [])) for name, life in scorecard["lives"].items()]
    return tag("ul", *entries, class_="lives")


def _life(name: str, life: Mapping[str, Any], claims: list[str]) -> Html:
    facts = [
        ("Digest", tag("code", life["digest"])),
        ("Seed", joined(str(life["seed"]))),
        ("Parents", _links("life", life["parents"]) or Html("none: it was born anew")),
        ("Description", _link(life["description"])),
        ("Claims", _links("claim", claims) or Html("none by itself: later lives began with it")),
        ("Command", tag("code", f"ontogeny study life {name}")),
    ]
    entries = [joined(tag("dt", what), tag("dd", fact)) for what, fact in facts]
    summary = tag("summary", tag("code", name), " ", life["label"])
    told = tag("details", summary, tag("dl", *entries, class_="facts"))
    return tag("li", told, id=anchor("life", name))


def _links(kind: str, names: list[str]) -> Html:
    links = [tag("a", name, href=f"#{anchor(kind, name)}") for name in names]
    return joined(*(joined(", " if number else "", link) for number, link in enumerate(links)))


def _link(name: str) -> Html:
    return tag("a", tag("code", name[:16]), href=f"#{anchor('description', name)}", title=name)


def description_sections(scorecard: Mapping[str, Any]) -> Html:
    """Return the descriptions that lives share, as JSON that unfolds.

    Parameters
    ----------
    scorecard : mapping
        All of it.
    """
    entries = []
    for name, described in scorecard["descriptions"].items():
        text = joined(json.dumps(described, indent=1, ensure_ascii=False))
        # Descriptions name others that they share.
        linked = Html(_QUOTED.sub(lambda quoted: _linked(quoted, scorecard), text))
        summary = tag("summary", tag("code", name[:16]), " ", _kind(described))
        told = tag("details", summary, tag("pre", tag("code", linked), tabindex=0))
        entries.append(tag("li", told, id=anchor("description", name)))
    return tag("ul", *entries, class_="lives")


def _linked(quoted: re.Match[str], scorecard: Mapping[str, Any]) -> str:
    name = quoted[1]
    return f'"{_link(name)}"' if name in scorecard["descriptions"] else quoted[0]


def _kind(described: Any) -> str:
    """Say in a few words what is described."""
    if not isinstance(described, Mapping):
        return "a description"
    return "with " + ", ".join(map(str, list(described)[:6]))
