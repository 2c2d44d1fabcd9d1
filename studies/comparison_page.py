"""What a comparison found, in words: tables for a terminal, a repository and a reader."""

import math
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import xarray as xr
from rich import box
from rich.table import Column, Table

from .scorecards.html_document import document
from .scorecards.html_elements import Html, joined, tag
from .scorecards.html_numbers import cards, numbers
from .scorecards.words import number_text

__all__ = ["comparison_html", "comparison_json", "comparison_markdown", "comparison_table"]

_HEADS = {
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


def title_of(found: xr.Dataset) -> str:
    """Return what a comparison is called."""
    return _TITLES.get(
        found.attrs["comparison"], f"Activity beside the recording {found.attrs.get('recording')}"
    )


def comparison_table(found: xr.Dataset) -> Table:
    """Lay out a comparison for a terminal.

    Parameters
    ----------
    found : xarray.Dataset
        What `ontogeny.analysis.compare` returns.
    """
    roles = _roles(found)
    table = Table(
        Column("Quantity", overflow="fold", min_width=12),
        *(_HEADS[role] for role in roles),
        title=f"{title_of(found)}\n({found.attrs['interval']})",
        title_justify="left",
        box=box.SIMPLE_HEAD,
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for row in _rows(found):
        table.add_row(_quantity(row), *(_cell(row, role, "\n") for role in roles))
    return table


def comparison_json(found: xr.Dataset) -> dict[str, Any]:
    """Return a comparison as JSON can hold it; NaN is null.

    Parameters
    ----------
    found : xarray.Dataset
        What `ontogeny.analysis.compare` returns.
    """
    curves = {
        str(name): {"dims": list(map(str, values.dims)), "values": _plain(values.values.tolist())}
        for name, values in found.variables.items()
        if "quantity" not in values.dims
    }
    quantities = [_plain(row) for row in _rows(found)]
    return {"title": title_of(found), **found.attrs, "quantities": quantities, "curves": curves}


def comparison_markdown(found: xr.Dataset, figure: str) -> str:
    """Write a comparison for a repository.

    Parameters
    ----------
    found : xarray.Dataset
        What `ontogeny.analysis.compare` returns.
    figure : str
        Name of the file of the figure, beside the page.
    """
    roles = _roles(found)
    lines = [
        f"# {title_of(found)}",
        "",
        *([f"    {found.attrs['command']}", ""] if found.attrs.get("command") else []),
        found.attrs["citation"],
        "",
        f"**What cannot be concluded.** {found.attrs['caution']}",
        "",
        f"![{figure_in_words(found)}]({quote(figure)})",
        "",
        "| quantity | " + " | ".join(_HEADS[role].lower() for role in roles) + " | note |",
        "|---|" + "---|" * (len(roles) + 1),
    ]
    for row in _rows(found):
        cells = [_cell(row, role, " ") for role in roles]
        lines.append(f"| {_quantity(row)} | {' | '.join(cells)} | {row['note']} |")
    lines += ["", *(f"- {name}: {fact}" for name, fact in _facts(found))]
    return "\n".join(lines) + "\n"


def comparison_html(found: xr.Dataset, svg: str) -> str:
    """Write a comparison for a reader: one page that stands alone.

    Parameters
    ----------
    found : xarray.Dataset
        What `ontogeny.analysis.compare` returns.
    svg : str
        Its figure, as `ontogeny.studies.scorecards.svg_of` returns it; it is trusted.
    """
    title = title_of(found)
    command = found.attrs.get("command", "")
    header = tag(
        "header",
        tag("p", "A life beside biology", class_="kicker"),
        tag("h1", title),
        tag("p", found.attrs["citation"], class_="citation"),
        tag("p", tag("strong", "What cannot be concluded. "), found.attrs["caution"]),
        *([tag("pre", tag("code", command), tabindex=0)] if command else []),
    )
    facts = [joined(tag("dt", name), tag("dd", fact)) for name, fact in _facts(found)]
    main = tag(
        "main",
        _section("figure", "Figure", _figure(found, svg)),
        _section("quantities", "Quantities", _cards(found)),
        _section("facts", "What was compared", tag("dl", *facts, class_="facts")),
    )
    skip = tag("a", "Skip to the quantities", class_="skip", href="#quantities")
    footer = tag("footer", tag("p", "Written by Ontogeny. Numbers are computed, none by hand."))
    return document(title, skip, header, main, footer)


def figure_in_words(found: xr.Dataset) -> str:
    """Say what a figure shows, for those who do not see it."""
    told = [
        f"{_quantity(row)} {number_text(row['value'])}"
        + (f" (control {number_text(row['control'])})" if math.isfinite(row["control"]) else "")
        for row in _rows(found)
        if math.isfinite(row["value"])
    ]
    more = f"; and {len(told) - 6} more, in the table" if len(told) > 6 else ""
    return f"{title_of(found)}: {'; '.join(told[:6])}{more}"


def _section(name: str, title: str, *children: Html) -> Html:
    return tag("section", tag("h2", title), *children, id=name)


def _figure(found: xr.Dataset, svg: str) -> Html:
    title = title_of(found)
    image = tag("div", Html(svg), role="img", aria_label=title, aria_describedby="words")
    plate = tag("div", image, class_="plate", tabindex=0, role="group", aria_label=title)
    words = tag("p", figure_in_words(found), id="words")
    caption = tag(
        "figcaption",
        "Blue: the life. Grey squares or broken lines: the control. Open circles: the surrogate. "
        f"Black: the reference. Bars and bands: {found.attrs['interval']}.",
        tag("details", tag("summary", "The figure in words"), words),
    )
    return tag("figure", plate, caption)


def _cards(found: xr.Dataset) -> Html:
    roles = _roles(found)
    heads = ("Quantity", *(_HEADS[role] for role in roles), "Note")
    rows = []
    for row in _rows(found):
        cells = [numbers(_cell(row, role, " ")) for role in roles]
        rows.append((joined(_quantity(row)), [*cells, joined(row["note"])], ""))
    return cards(heads, rows, caption=f"Values with {found.attrs['interval']}.")


def _rows(found: xr.Dataset) -> list[dict[str, Any]]:
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


def _roles(found: xr.Dataset) -> list[str]:
    return [role for role in _HEADS if bool(found[role].notnull().any())]


def _quantity(row: Mapping[str, Any]) -> str:
    unit = "" if row["unit"] == "1" else f" ({row['unit'].replace('um', 'µm')})"
    return f"{row['quantity']}{unit}"


def _cell(row: Mapping[str, Any], role: str, between: str) -> str:
    if not math.isfinite(row[role]):
        return ""
    start = "" if role == "value" else f"{role}_"
    low, high = (float(row.get(f"{start}{end}", math.nan)) for end in ("low", "high"))
    width = high - low
    if role == "published" or not width > 0:
        return number_text(row[role])
    ends = f"{number_text(low, width)} to {number_text(high, width)}"
    return f"{number_text(row[role], width)}{between}({ends})"


def _facts(found: xr.Dataset) -> Sequence[tuple[str, str]]:
    return [(name, str(found.attrs[key])) for key, name in _FACTS.items() if found.attrs.get(key)]


def _plain(value: Any) -> Any:
    """Return what JSON can hold: no NaN."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
