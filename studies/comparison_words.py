"""What a comparison found, in words: its cells, its figure and what it is told beside them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr

from .scorecards.words import number_text

__all__ = [
    "HEADS",
    "cell_text",
    "facts_of",
    "figure_in_words",
    "footer_of",
    "marks_in_words",
    "quantity_text",
    "roles_of",
    "rows_of",
    "title_of",
]

HEADS = {
    "value": "Life",
    "control": "Control",
    "surrogate": "Surrogate",
    "reference": "Reference",
    "published": "Published",
}
_TITLES = {
    "retinal-waves": "Spontaneous input beside retinal waves",
    "v1-development": "Activity along life beside the developing visual cortex",
    "it-rdm": "Representations beside inferior temporal cortex",
    "v1v2": "Shared variability beside V1 and V2",
}
_FACTS = {
    "reference": "Reference",
    "control": "Control",
    "surrogate": "Surrogate",
    "interval": "Intervals",
    "seeds": "Seeds of the lives",
    "input": "Spontaneous input",
    "stimuli": "Stimuli",
    "spacing": "Micrometres between inputs",
    "input_noise_std": "Standard deviation of the input noise",
    "bin_width": "Seconds of a bin",
    "origin": "Origin of the reference",
}


#: What each role is drawn as: along distance, and side by side.
_CURVES = {
    "value": "blue lines with bands of their intervals",
    "control": "grey broken lines",
    "reference": "black lines",
}
_MARKS = {
    "value": "blue circles",
    "control": "grey squares",
    "surrogate": "open circles",
    "reference": "black diamonds",
}


_ALONG = {role: text for role, text in _MARKS.items() if role != "reference"}


def title_of(found: xr.Dataset) -> str:
    """Return what a comparison is called."""
    return _TITLES.get(
        found.attrs["comparison"], f"Activity beside the recording {found.attrs.get('recording')}"
    )


def figure_in_words(found: xr.Dataset) -> str:
    """Say what a figure shows, for those who do not see it."""
    told = [
        f"{quantity_text(row)} {number_text(row['value'])}"
        + (f" (control {number_text(row['control'])})" if math.isfinite(row["control"]) else "")
        for row in rows_of(found)
        if math.isfinite(row["value"])
    ]
    more = f"; and {len(told) - 6} more, in the table" if len(told) > 6 else ""
    return f"{title_of(found)}: {'; '.join(told[:6])}{more}"


def marks_in_words(found: xr.Dataset) -> str:
    """Say what the marks of a figure are, of those that are drawn."""
    ages = found.attrs["comparison"] == "v1-development"
    kinds = {
        "Along distance": _CURVES if "correlation_index" in found else {},
        "Side by side": (_ALONG if ages else _MARKS)
        if found.attrs["comparison"] != "retinal-waves"
        else {},
    }
    roles = roles_of(found)
    sentences = [
        f"{where}: "
        + "; ".join(f"{text}, the {HEADS[role].lower()}" for role, text in words.items())
        + "."
        for where, drawn in kinds.items()
        if (words := {role: text for role, text in drawn.items() if role in roles})
    ]
    if ages:
        sentences.append("Black, in a panel of its own: ferrets.")
    return " ".join(sentences)


def footer_of(found: xr.Dataset) -> str:
    """Say in three lines what columns are, and what cannot be concluded."""
    roles = roles_of(found)
    told = {role: found.attrs.get(role) for role in ("control", "surrogate", "reference")}
    columns = [f"{HEADS[role]}: {text}" for role, text in told.items() if text and role in roles]
    first = found.attrs["caution"].split(". ")[0].removesuffix(".")
    return "\n".join(
        (
            f"Life: what was measured in it. {columns[0] if columns else ''}.",
            ". ".join([*columns[1:], "Blank: the note on the page says why"]) + ".",
            f"Caution: {first}. The page has all of it.",
        )
    )


def rows_of(found: xr.Dataset) -> list[dict[str, Any]]:
    """Return quantities as dictionaries."""
    table = found[[name for name in found if found[name].dims == ("quantity",)]]
    return [
        {
            "quantity": str(table["quantity"].values[number]),
            **{
                str(name): values.values[number].item()
                for name, values in table.variables.items()
                if name != "quantity"
            },
        }
        for number in range(table.sizes["quantity"])
    ]


def roles_of(found: xr.Dataset) -> list[str]:
    """Return the columns that have numbers."""
    return [role for role in HEADS if bool(found[role].notnull().any())]


def quantity_text(row: Mapping[str, Any]) -> str:
    """Return a quantity with its unit."""
    unit = "" if row["unit"] == "1" else f" ({row['unit'].replace('um', 'µm')})"
    return f"{row['quantity']}{unit}"


def cell_text(row: Mapping[str, Any], role: str, between: str) -> str:
    """Return a number with its interval; empty where it is not known."""
    if not math.isfinite(row[role]):
        return ""
    start = "" if role == "value" else f"{role}_"
    low, high = (float(row.get(f"{start}{end}", math.nan)) for end in ("low", "high"))
    width = high - low
    if role == "published" or not width > 0:
        return number_text(row[role])
    ends = f"{number_text(low, width)} to {number_text(high, width)}"
    return f"{number_text(row[role], width)}{between}({ends})"


def facts_of(found: xr.Dataset) -> Sequence[tuple[str, str]]:
    """Return what was compared, by name."""
    return [(name, str(found.attrs[key])) for key, name in _FACTS.items() if found.attrs.get(key)]
