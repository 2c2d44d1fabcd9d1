"""Numbers of a scorecard in words: the same in Markdown, in HTML and on the terminal."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..claims import VERDICTS

__all__ = [
    "chosen_tests",
    "count_sentence",
    "duration",
    "effect_text",
    "interval_text",
    "lives_by_condition",
    "number_text",
    "own_rule",
    "probability_text",
    "reason",
    "parts_text",
    "value_text",
    "words_of_test",
    "workers_text",
]

_UNITS = {"1": "", "degree": "°", "degrees": "°", "percent": " %"}
_MOST_DIGITS = 6


def number_text(number: float, width: float | None = None) -> str:
    """Write a number with as many digits as it deserves.

    Parameters
    ----------
    number : float
        What is written.
    width : float, optional
        How uncertain it is; two digits of this are written. Three digits of the number, or all
        before its point, without.

    Examples
    --------
    >>> number_text(-12.4321, width=1.7), number_text(-12.4321), number_text(0.00004)
    ('-12.4', '-12.4', '4.00e-05')
    """
    digits = 1 - math.floor(math.log10(width)) if width else None
    if digits is None and 1e3 <= abs(number) < 1e6:
        digits = 0
    if digits is None or digits > _MOST_DIGITS:
        return f"{number:#.3g}".rstrip(".")
    return f"{number:.{max(digits, 0)}f}"


def value_text(found: Mapping[str, Any], interval: bool = True) -> str:
    """Write a value with its 95 % interval and unit; nothing where there is no value.

    Parameters
    ----------
    found : mapping
        A claim, or a part of one.
    interval : bool
        Whether the interval is written, too.

    Examples
    --------
    >>> value_text({"value": -12.4321, "interval": [-14.1, -10.7], "unit": "degree"})
    '-12.4 (-14.1 to -10.7)°'
    """
    if found["value"] is None:
        return ""
    text = number_text(found["value"], _width(found))
    if interval and found["interval"]:
        text += f" ({interval_text(found)})"
    return text + _UNITS.get(found["unit"], f" {found['unit']}" if found["unit"] else "")


def interval_text(found: Mapping[str, Any]) -> str:
    """Write the 95 % interval of a value; nothing where there is none."""
    if not found["interval"]:
        return ""
    return " to ".join(number_text(end, _width(found)) for end in found["interval"])


def _width(found: Mapping[str, Any]) -> float:
    low, high = found["interval"] or (0.0, 0.0)
    return (high - low) / 2


def effect_text(found: Mapping[str, Any]) -> str:
    """Write an effect size with its name; nothing where there is none."""
    effect = found["effect_size"]
    if effect is None or effect["value"] is None:
        return ""
    return f"{effect['name']} = {number_text(effect['value'])}"


def chosen_tests(found: Mapping[str, Any], paired: bool) -> list[Mapping[str, Any]]:
    """Return the paired tests, or the others."""
    return [test for test in found["tests"] if bool(test["paired"]) is paired]


def words_of_test(test: Mapping[str, Any]) -> str:
    """Write a test of a claim or part: its name, n, statistic and P.

    Examples
    --------
    >>> words_of_test({"test": "paired t test", "n": 10, "statistic": -8.13, "p_value": 2e-5})
    'paired t test: n = 10, t = -8.13, P = 2e-05'
    """
    count = test["n"]
    counts = " + ".join(map(str, count)) if isinstance(count, list | tuple) else str(count)
    words = [f"n = {counts}"] if count is not None else []
    if test["statistic"] is not None:
        words.append(f"{_symbol(test['test'])} = {number_text(test['statistic'])}")
    if test["p_value"] is not None:
        words.append(f"P {probability_text(test['p_value'])}")
    return f"{test['test']}: {', '.join(words)}"


def _symbol(test: str) -> str:
    words = test.lower().replace("-", " ").split()
    if "t" in words:
        return "t"
    return "W" if "wilcoxon" in words else "statistic"


def probability_text(value: float) -> str:
    """Write what follows P.

    Examples
    --------
    >>> probability_text(0.012345), probability_text(0.0)
    ('= 0.012', '< 1e-300')
    """
    return f"= {value:.2g}" if value >= 1e-300 else "< 1e-300"


def own_rule(part: Mapping[str, Any], claim: Mapping[str, Any]) -> str:
    """Return the rule of a part, unless its claim has told it already."""
    told = claim["rule"].endswith(part["rule"]) or part["rule"] == part["verdict"]
    return "" if told else part["rule"]


def reason(claim: Mapping[str, Any]) -> str:
    """Say why a claim was not run: what its parts are called tells it."""
    lacking = [part["label"] for part in claim["parts"] if part["verdict"] == VERDICTS[-1]]
    return "; ".join(dict.fromkeys(lacking)) or claim["rule"]


def count_sentence(scorecard: Mapping[str, Any]) -> str:
    """Say how many claims have which verdict.

    Examples
    --------
    >>> count_sentence({"claims": [{"verdict": "not run"}, {"verdict": "reproduced"}]})
    '2 claims: 1 reproduced, 0 direction only, 0 not reproduced, 1 not run.'
    """
    counts = Counter(claim["verdict"] for claim in scorecard["claims"])
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)
    return f"{len(scorecard['claims'])} claims: {told}."


def parts_text(claim: Mapping[str, Any]) -> str:
    """Say of how many parts the numbers of a claim are the first; nothing where it is the only one.

    Examples
    --------
    >>> parts_text({"parts": [{"verdict": "reproduced"}, {"verdict": "not run"}]})
    'first of 2 parts: 1 reproduced, 1 not run'
    """
    parts = claim.get("parts", [])
    if len(parts) < 2:
        return ""
    counts = Counter(part["verdict"] for part in parts)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
    return f"first of {len(parts)} parts: {told}"


def duration(seconds: float) -> str:
    """Write a duration in the unit that people would use.

    Examples
    --------
    >>> duration(8.25), duration(540), duration(9000)
    ('8.2 s', '9.0 minutes', '2 h 30 min')
    """
    if seconds < 120:
        return f"{seconds:.1f} s"
    if seconds < 7200:
        return f"{seconds / 60:.1f} minutes"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min"


def workers_text(run: Mapping[str, Any]) -> str:
    """Say how many lives were lived at a time.

    Examples
    --------
    >>> workers_text({"workers": 1}), workers_text({"workers": 4}), workers_text({"workers": None})
    ('one worker', '4 workers', 'as many workers as there were processors')
    """
    count = run["workers"]
    if count is None:
        return "as many workers as there were processors"
    return "one worker" if count == 1 else f"{count} workers"


def lives_by_condition(
    names: Iterable[str], scorecard: Mapping[str, Any], panel: str
) -> dict[str, dict[str, str]]:
    """Sort lives by condition, as a panel knows them.

    Parameters
    ----------
    names : iterable of str
        Names of lives.
    scorecard : mapping
        The scorecard.
    panel : str
        The panel whose keys, such as ``FA, noise / 1600 / 3``, tell conditions and networks;
        other lives go by their labels.

    Returns
    -------
    dict
        Names of lives by condition and by network within it.
    """
    known = (p["lives"] for p in scorecard["panels"] if p["name"] == panel)
    keys = {name: key for lives in known for key, name in lives.items()}
    found: dict[str, dict[str, str]] = {}
    for name in names:
        condition, _, network = keys.get(name, "").rpartition(" / ")
        if not condition:
            condition, network = scorecard["lives"][name]["label"], name
        found.setdefault(condition, {})[network] = name
    return found
