"""Scorecards as files: JSON for programs, Markdown for a repository, HTML for a reader."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ontogeny.data.files import write_text

from .check import check_scorecard
from .html_report import html_report
from .page import page

__all__ = ["read_scorecard", "same_science", "write_scorecard"]


def write_scorecard(
    scorecard: Mapping[str, Any], figures: Mapping[str, str], folder: Path
) -> list[Path]:
    """Write ``<study>.json``, ``<study>.md`` and ``<study>.html``, each whole.

    Parameters
    ----------
    scorecard : mapping
        What a study found.
    figures : mapping
        SVG of panels by their names, as `ontogeny.studies.scorecards.svg_of` returns it; a panel
        without one has none in the report.
    folder : path
        Where; must exist.

    Returns
    -------
    list of pathlib.Path
        The three files.

    Raises
    ------
    NotADirectoryError
        If the folder does not exist.
    ValueError
        If the scorecard is not what `check_scorecard` asks for, or a figure belongs to no panel.
    """
    if not folder.is_dir():
        raise NotADirectoryError(
            f"write_scorecard.folder: expected a folder that exists, got {str(folder)!r}"
        )
    check_scorecard(scorecard)
    panels = [panel["name"] for panel in scorecard["panels"]]
    strange = sorted(set(figures) - set(panels))
    if strange:
        raise ValueError(f"write_scorecard.figures: expected panels of {panels}, got {strange}")
    contents = {
        "json": json.dumps(scorecard, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
        "md": page(scorecard),
        "html": html_report(scorecard, figures),
    }
    written = {folder / f"{scorecard['study']}.{end}": text for end, text in contents.items()}
    for path, text in written.items():
        write_text(path, text)
    return list(written)


def read_scorecard(path: Path) -> dict[str, Any]:
    """Read a scorecard, and check it.

    Parameters
    ----------
    path : path
        The ``.json`` of `write_scorecard`.

    Raises
    ------
    ValueError
        If it is no JSON, or not what `check_scorecard` asks for.
    """
    try:
        scorecard = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"read_scorecard.path: expected the JSON of a scorecard, got {str(path)!r}: {error}"
        ) from error
    check_scorecard(scorecard)
    return scorecard


def same_science(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Tell whether two scorecards say the same, whenever and wherever they were made.

    Parameters
    ----------
    first, second : mapping
        Scorecards, from memory or from files.

    Returns
    -------
    bool
        Whether all but `run` is equal, to the last digit.

    Examples
    --------
    >>> same_science({"claims": (1.5,), "run": 1}, {"claims": [1.5], "run": 2})
    True
    """
    return _science(first) == _science(second)


def _science(scorecard: Mapping[str, Any]) -> dict[str, Any]:
    # Through JSON, which knows no tuples, so that what was read equals what was written.
    stored = json.loads(json.dumps(scorecard))
    return {name: value for name, value in stored.items() if name != "run"}
