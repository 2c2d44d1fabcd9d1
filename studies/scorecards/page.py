"""The page of a scorecard, in Markdown: every claim, what was found, and the way to its lives."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..bench.page import table
from .words import (
    chosen_tests,
    count_sentence,
    duration,
    effect_text,
    lives_by_condition,
    own_rule,
    parts_text,
    reason,
    value_text,
    words_of_test,
    workers_text,
)

__all__ = ["page"]

TEMPLATE = """# {title}

{citation}
{notes}
Every number on this page is computed by

{command}

which wrote this page, [the same with figures]({study}.html) and [all numbers]({study}.json), on
{date}. All runs of it, as often as it was stopped or repeated, took {duration} with {workers}; the
lives took {lives_duration} of one process.

**{counts}**

Values are means with 95 % intervals over networks. Verdicts are computed: that of a claim is the
worst of its comparisons, by the rules below.

{claims}

## Each claim

{details}

## Rows that were not run

{absent}

## How it was run

{run}

## Lives

Every number comes from stored lives. A life is stored under its name, the first 16 digits of the
SHA-256 digest of everything that decides its result.

```sh
ontogeny study life NAME
```

shows where it is stored, the description that made it, and its parents: lives whose weights it
began with.

<details><summary>All {number} lives</summary>

{lives}

</details>
"""

_MARKS = re.compile(r"([\\`*\[\]|~$])|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|&(?=#?\w+;)")


def page(scorecard: Mapping[str, Any]) -> str:
    """Write the page.

    Parameters
    ----------
    scorecard : mapping
        What `ontogeny.studies.scorecards.check_scorecard` lets through.
    """
    run, lives = scorecard["run"], scorecard["lives"]
    return TEMPLATE.format(
        title=plain(scorecard["title"]),
        citation=_citation(scorecard),
        notes="".join(f"\n**{plain(note)}**\n" for note in scorecard.get("notes", [])),
        date=plain(run["date"]),
        command=_block(run["command"]),
        study=scorecard["study"],
        duration=duration(run["seconds"]),
        lives_duration=duration(run["seconds_of_lives"]),
        workers=workers_text(run),
        counts=count_sentence(scorecard),
        claims=table(_heads(scorecard), map(_row, scorecard["claims"])),
        details="\n\n".join(_claim(claim, scorecard) for claim in scorecard["claims"]),
        absent=_absent(scorecard["claims"]),
        run=_run(scorecard),
        number=len(lives),
        lives=table(("name", "label", "digest", "parents"), _lives(lives)),
    )


def plain(text: Any) -> str:
    r"""Return text that means itself in Markdown, in one line.

    Examples
    --------
    >>> plain("a|b, P < 0.001, d_z, *not* <b>")
    'a\\|b, P < 0.001, d_z, \\*not\\* \\<b>'
    """
    return _MARKS.sub(lambda mark: f"\\{mark[0]}", " ".join(str(text).split()))


def _code(text: str) -> str:
    line = " ".join(text.split())
    fence = "``" if "`" in line else "`"
    space = " " if "`" in line else ""
    return f"{fence}{space}{line}{space}{fence}"


def _block(command: str) -> str:
    """Return a block of code that nothing in it can end."""
    longest = max(map(len, re.findall("`+", command)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}sh\n{command}\n{fence}"


def _citation(scorecard: Mapping[str, Any]) -> str:
    link = scorecard["link"]
    return plain(scorecard["citation"]) + (f" <{link}>" if link else "")


def _heads(scorecard: Mapping[str, Any]) -> tuple[str, ...]:
    ours = scorecard.get("ours", False)
    return (
        *("claim", "panel", "statement" if ours else "the paper's statement", "published"),
        *("found here (95 % interval)", "effect size"),
        *("unpaired test" if ours else "the paper's test", "paired test", "verdict"),
    )


def _row(claim: Mapping[str, Any]) -> list[str]:
    cells = [
        claim["id"],
        claim["panel"],
        claim["claim"],
        claim["published"] or "not published",
        "; ".join(filter(None, (value_text(claim), parts_text(claim)))) or "-",
        effect_text(claim) or "-",
        *("; ".join(map(words_of_test, chosen_tests(claim, p))) or "-" for p in (False, True)),
    ]
    return [*map(plain, cells), f"**{claim['verdict']}**"]


def _claim(claim: Mapping[str, Any], scorecard: Mapping[str, Any]) -> str:
    """Write a claim with its parts, what was inferred for it, and the way to its lives."""
    lines = [
        f"### {plain(claim['id'])}",
        plain(claim["claim"]),
        f"- **Published**: {plain(claim['published'] or 'not published')}",
        f"- **Verdict**: {claim['verdict']}",
    ]
    if claim["rule"] != claim["verdict"]:
        lines.append(f"- **Rule**: {plain(claim['rule'])}")
    lines += [f"- **Inferred**: {plain(setting)}" for setting in claim["inferred"]]
    if claim["note"]:
        lines.append(f"- **Note**: {plain(claim['note'])}")
    if claim["command"]:
        lines.append(f"- **Command**: {_code(claim['command'])}")
    text = "\n".join(lines).replace("\n", "\n\n", 2)
    if claim["parts"]:
        heads = ("comparison", "found here (95 % interval)", "effect size", "tests", "verdict")
        text += "\n\n" + table(heads, (_part(part, claim) for part in claim["parts"]))
    if claim["lives"]:
        text += "\n\n" + _folded(claim, scorecard)
    return text


def _part(part: Mapping[str, Any], claim: Mapping[str, Any]) -> list[str]:
    tests = "; ".join(map(words_of_test, part["tests"]))
    rule = own_rule(part, claim)
    label = f"{part['label']} ({rule})" if rule else part["label"]
    cells = (label, value_text(part), effect_text(part), tests, part["verdict"])
    return [plain(cell) or "-" for cell in cells]


def _folded(claim: Mapping[str, Any], scorecard: Mapping[str, Any]) -> str:
    conditions = lives_by_condition(claim["lives"], scorecard, claim["panel"])
    lines = []
    for condition, lives in conditions.items():
        told = (
            f"`{name}`" if network == name else f"{plain(network)} `{name}`"
            for network, name in lives.items()
        )
        lines.append(f"- {plain(condition)}: {', '.join(told)}")
    number = len(claim["lives"])
    summary = "1 life" if number == 1 else f"{number} lives"
    return "\n".join([f"<details><summary>{summary}</summary>\n", *lines, "\n</details>"])


def _absent(claims: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        [plain(claim["id"]), plain(claim["claim"]), plain(reason(claim)), plain(claim["note"])]
        for claim in claims
        if claim["verdict"] == "not run"
    ]
    return table(("claim", "statement", "why", "note"), rows) if rows else "None: all were."


def _run(scorecard: Mapping[str, Any]) -> str:
    run = scorecard["run"]
    rows = [
        [plain(name), plain(value)]
        for what in ("machine", "versions")
        for name, value in _pairs(what, run[what])
    ]
    rows += [["digest of the code", plain(", ".join(run["sources"]))]]
    rows += [
        [f"seconds, panel {plain(name)}", f"{seconds:.0f}"]
        for name, seconds in run["seconds_by_panel"].items()
    ]
    rows += [[f"`{name}`", plain(value)] for name, value in scorecard["settings"].items()]
    return table(["", ""], rows)


def _pairs(name: str, value: Any) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, Mapping) else [(name, value)]


def _lives(lives: Mapping[str, Any]) -> Iterable[list[str]]:
    for name, life in lives.items():
        parents = ", ".join(f"`{parent}`" for parent in life["parents"])
        yield [f"`{name}`", plain(life["label"]), f"`{life['digest']}`", parents or "-"]
