"""What a scorecard must hold: found out before anything is written, with the place of the fault."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from ..claims import VERDICTS, verdict_of

__all__ = ["check_scorecard"]

KEYS = {
    *("study", "title", "citation", "link", "settings", "claims", "panels", "lives"),
    *("descriptions", "run"),
}
NUMBERS = ("value", "unit", "interval", "effect_size", "tests")
PART = {*NUMBERS, "label", "verdict", "rule"}
CLAIM = {
    *NUMBERS,
    *("id", "panel", "claim", "published", "verdict", "rule", "parts", "inferred", "note"),
    *("command", "lives"),
}
PANEL = {"name", "title", "rows", "alt", "lives"}
LIFE = {"label", "digest", "description", "parents", "seed"}
RUN = {
    *("command", "date", "seconds", "machine", "versions", "workers", "seconds_by_panel"),
    *("seconds_of_lives", "sources"),
}
TEST = {"test", "paired", "n", "statistic", "p_value"}


def check_scorecard(scorecard: Mapping[str, Any]) -> None:
    """Check that a scorecard is whole, and that its names lead somewhere.

    Parameters
    ----------
    scorecard : mapping
        What a study found, ready to be stored as JSON.

    Raises
    ------
    ValueError
        If something is missing or not what it must be: ``scorecard.claims[2].verdict: expected
        ...``. Every claim and panel has a name of its own, every verdict is one of the four, that
        of a claim follows from its parts, every number is finite or None, and the
        names of lives, panels' rows, parents and descriptions are known.

    Examples
    --------
    >>> check_scorecard({"study": "lillicrap2014"})
    Traceback (most recent call last):
    ...
    ValueError: scorecard: expected citation, claims, descriptions, link, lives, panels, run, \
settings, title, too; got study
    """
    _has(scorecard, KEYS, "")
    _check_plain(scorecard, "")
    if not re.fullmatch(r"\w[\w-]*", scorecard["study"]):
        _wrong(".study", "letters, digits, '_' and '-', as it names files", scorecard["study"])
    if not re.fullmatch(r"(https?://[^\s<>]+)?", scorecard["link"]):
        _wrong(".link", "an address that begins with https:// or http://", scorecard["link"])
    _has(scorecard["run"], RUN, ".run")
    for number, claim in enumerate(scorecard["claims"]):
        _check_claim(claim, f".claims[{number}]", scorecard["lives"])
    _check_unique((claim["id"] for claim in scorecard["claims"]), ".claims", "id")
    _check_panels(scorecard)
    _check_lives(scorecard)


def _wrong(place: str, expected: str, found: Any) -> NoReturn:
    raise ValueError(f"scorecard{place}: expected {expected}, got {found!r}")


def _has(found: Any, keys: set[str], place: str) -> None:
    if not isinstance(found, Mapping):
        _wrong(place, "a mapping", found)
    missing = sorted(keys - set(found))
    if missing:
        there = ", ".join(sorted(map(str, found))) or "nothing"
        raise ValueError(f"scorecard{place}: expected {', '.join(missing)}, too; got {there}")


def _check_plain(value: Any, place: str) -> None:
    """Let through what JSON can hold: no NaN, no infinity, no arrays."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if not isinstance(name, str):
                _wrong(place, "names that are text", name)
            _check_plain(item, f"{place}.{name}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            _check_plain(item, f"{place}[{number}]")
    elif isinstance(value, float):
        if not math.isfinite(value):
            _wrong(place, "a finite number or None", value)
    elif not (value is None or isinstance(value, str | int)):
        _wrong(place, "text, a number, True, False or None", value)


def _check_unique(names: Iterable[str], place: str, what: str) -> None:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if not isinstance(name, str) or not name or name in seen:
            _wrong(f"{place}[{number}].{what}", "a name that no other has", name)
        seen.add(name)


def _check_claim(claim: Any, place: str, lives: Mapping[str, Any]) -> None:
    _has(claim, CLAIM, place)
    _check_numbers(claim, place)
    parts = claim["parts"]
    for number, part in enumerate(parts):
        _has(part, PART, f"{place}.parts[{number}]")
        _check_numbers(part, f"{place}.parts[{number}]")
    # Scorecards of earlier versions do not tell what is essential.
    worst = verdict_of([(part["verdict"], part.get("essential", False)) for part in parts])
    if claim["verdict"] != worst:
        _wrong(f"{place}.verdict", f"the worst of its parts, {worst!r}", claim["verdict"])
    for name in NUMBERS if parts else ():
        if claim[name] != parts[0][name]:
            _wrong(f"{place}.{name}", f"that of its first part, {parts[0][name]!r}", claim[name])
    _check_names(claim["lives"], lives, f"{place}.lives")


def _check_numbers(found: Mapping[str, Any], place: str) -> None:
    if found["verdict"] not in VERDICTS:
        _wrong(f"{place}.verdict", f"one of {', '.join(VERDICTS)}", found["verdict"])
    _check_number(found["value"], f"{place}.value")
    if found["interval"] is not None:
        _check_interval(found["interval"], f"{place}.interval")
    if found["effect_size"] is not None:
        _has(found["effect_size"], {"name", "value"}, f"{place}.effect_size")
        _check_number(found["effect_size"]["value"], f"{place}.effect_size.value")
    for number, test in enumerate(found["tests"]):
        where = f"{place}.tests[{number}]"
        _has(test, TEST, where)
        _check_number(test["statistic"], f"{where}.statistic")
        _check_number(test["p_value"], f"{where}.p_value")
        if test["p_value"] is not None and not 0 <= test["p_value"] <= 1:
            _wrong(f"{where}.p_value", "a probability or None", test["p_value"])


def _check_number(value: Any, place: str) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        _wrong(place, "a finite number or None", value)


def _check_interval(interval: Any, place: str) -> None:
    if not isinstance(interval, list | tuple) or len(interval) != 2:
        _wrong(place, "two numbers or None", interval)
    for number, end in enumerate(interval):
        if end is None:
            _wrong(f"{place}[{number}]", "a finite number", end)
        _check_number(end, f"{place}[{number}]")
    if interval[0] > interval[1]:
        _wrong(place, "the lower end first", interval)


def _check_names(names: Iterable[str], known: Mapping[str, Any], place: str) -> None:
    for name in names:
        if name not in known:
            _wrong(place, "names of lives that are in scorecard.lives", name)


def _check_panels(scorecard: Mapping[str, Any]) -> None:
    ids = {claim["id"] for claim in scorecard["claims"]}
    for number, panel in enumerate(scorecard["panels"]):
        place = f".panels[{number}]"
        _has(panel, PANEL, place)
        for row in panel["rows"]:
            if row not in ids:
                _wrong(f"{place}.rows", f"ids of claims, {', '.join(sorted(ids))}", row)
        _check_names(panel["lives"].values(), scorecard["lives"], f"{place}.lives")
    _check_unique((panel["name"] for panel in scorecard["panels"]), ".panels", "name")


def _check_lives(scorecard: Mapping[str, Any]) -> None:
    for name, life in scorecard["lives"].items():
        place = f".lives.{name}"
        _has(life, LIFE, place)
        _check_names(life["parents"], scorecard["lives"], f"{place}.parents")
        if life["description"] not in scorecard["descriptions"]:
            _wrong(f"{place}.description", "a name in scorecard.descriptions", life["description"])
