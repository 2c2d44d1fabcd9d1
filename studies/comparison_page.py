"""What a comparison found, as tables for a terminal, a repository and a reader."""

import math
from typing import Any
from urllib.parse import quote

import xarray as xr
from rich import box
from rich.table import Column, Table

from .comparison_words import (
    HEADS,
    cell_text,
    facts_of,
    figure_in_words,
    marks_in_words,
    quantity_text,
    roles_of,
    rows_of,
    title_of,
)
from .scorecards.html_document import document
from .scorecards.html_elements import Html, joined, tag
from .scorecards.html_numbers import cards, numbers

__all__ = ["comparison_html", "comparison_json", "comparison_markdown", "comparison_table"]


def comparison_table(found: xr.Dataset) -> Table:
    """Lay out a comparison for a terminal.

    Parameters
    ----------
    found : xarray.Dataset
        What `ontogeny.analysis.compare` returns.
    """
    roles = roles_of(found)
    table = Table(
        Column("Quantity", overflow="fold", min_width=12),
        *(HEADS[role] for role in roles),
        title=f"{title_of(found)}\n({found.attrs['interval']})",
        title_justify="left",
        box=box.SIMPLE_HEAD,
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows_of(found):
        table.add_row(quantity_text(row), *(cell_text(row, role, "\n") for role in roles))
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
    quantities = [_plain(row) for row in rows_of(found)]
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
    roles = roles_of(found)
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
        "| quantity | " + " | ".join(HEADS[role].lower() for role in roles) + " | note |",
        "|---|" + "---|" * (len(roles) + 1),
    ]
    for row in rows_of(found):
        cells = [cell_text(row, role, " ") for role in roles]
        lines.append(f"| {quantity_text(row)} | {' | '.join(cells)} | {row['note']} |")
    lines += ["", *(f"- {name}: {fact}" for name, fact in facts_of(found))]
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
    facts = [joined(tag("dt", name), tag("dd", fact)) for name, fact in facts_of(found)]
    main = tag(
        "main",
        _section("figure", "Figure", _figure(found, svg)),
        _section("quantities", "Quantities", _cards(found)),
        _section("facts", "What was compared", tag("dl", *facts, class_="facts")),
    )
    skip = tag("a", "Skip to the quantities", class_="skip", href="#quantities")
    footer = tag("footer", tag("p", "Written by Ontogeny. Numbers are computed, none by hand."))
    return document(title, skip, header, main, footer)


def _section(name: str, title: str, *children: Html) -> Html:
    return tag("section", tag("h2", title), *children, id=name)


def _figure(found: xr.Dataset, svg: str) -> Html:
    title = title_of(found)
    image = tag("div", Html(svg), role="img", aria_label=title, aria_describedby="words")
    plate = tag("div", image, class_="plate", tabindex=0, role="group", aria_label=title)
    words = tag("p", figure_in_words(found), id="words")
    caption = tag(
        "figcaption",
        f"{marks_in_words(found)} Intervals: {found.attrs['interval']}.",
        tag("details", tag("summary", "The figure in words"), words),
    )
    return tag("figure", plate, caption)


def _cards(found: xr.Dataset) -> Html:
    roles = roles_of(found)
    heads = ("Quantity", *(HEADS[role] for role in roles), "Note")
    rows = []
    for row in rows_of(found):
        cells = [numbers(cell_text(row, role, " ")) for role in roles]
        rows.append((joined(quantity_text(row)), [*cells, joined(row["note"])], ""))
    return cards(heads, rows, caption=f"Values with {found.attrs['interval']}.")


def _plain(value: Any) -> Any:
    """Return what JSON can hold: no NaN."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
