"""Figures of studies as SVG that can stand within a page of HTML, beside others."""

import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from .html_elements import anchor

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["svg_of"]

_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LOCAL = re.compile(r"\{[^}]*\}")
_SVG = "http://www.w3.org/2000/svg"


def svg_of(figure: "Figure", name: str) -> str:
    """Draw a figure as SVG to be put into a page.

    Text becomes paths, so that a figure looks the same where its font is missing; what it says in
    words belongs beside it. Equal figures give equal bytes: there is no date in them.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What is drawn.
    name : str
        Such as that of a panel; begins every id within, so that figures of different names do not
        take each other's markers and clips.

    Returns
    -------
    str
        One ``<svg>`` element, without a declaration.
    """
    import matplotlib

    buffer = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": f"ontogeny {name}"}):
        figure.savefig(buffer, format="svg", metadata=nothing)
    root = ElementTree.fromstring(buffer.getvalue())
    _inline(root, anchor("figure", name))
    return ElementTree.tostring(root, encoding="unicode")


def _inline(root: ElementTree.Element, start: str) -> None:
    """Take away what would reach beyond the figure: namespaces, ids, a style for everything."""
    for parent in list(root.iter()):
        for child in list(parent):
            if _LOCAL.sub("", child.tag) in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        element.tag = _LOCAL.sub("", element.tag)
        for key, value in list(element.attrib.items()):
            del element.attrib[key]
            element.attrib[_LOCAL.sub("", key)] = _within(_LOCAL.sub("", key), value, start)
    # In place of matplotlib's style, whose '*' would mean every element of the page.
    root.attrib.update({"xmlns": _SVG, "stroke-linejoin": "round", "stroke-linecap": "butt"})


def _within(key: str, value: str, start: str) -> str:
    if key == "id":
        return f"{start}-{value}"
    if key == "href" and value.startswith("#"):
        return f"#{start}-{value[1:]}"
    return _REFERENCE.sub(rf"url(#{start}-\1)", value)
