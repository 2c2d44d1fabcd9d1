"""Figures of studies as SVG that can stand within a page of HTML, beside others."""

import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

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
        Begins every id within, so that figures of different names do not take each other's
        markers and clips.

    Returns
    -------
    str
        One ``<svg>`` element, without a declaration.

    Raises
    ------
    ValueError
        If the name holds other characters than letters, digits, ``_`` and ``-``.
    """
    import matplotlib

    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise ValueError(
            f"svg_of.name: expected letters, digits, '_' and '-', as ids are made of it, got "
            f"{name!r}"
        )
    buffer = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": f"ontogeny {name}"}):
        figure.savefig(buffer, format="svg", metadata=nothing)
    root = ElementTree.fromstring(buffer.getvalue())
    _inline(root, name)
    return ElementTree.tostring(root, encoding="unicode")


def _inline(root: ElementTree.Element, name: str) -> None:
    """Take away what would reach beyond the figure: namespaces, ids, a style for everything."""
    for parent in list(root.iter()):
        for child in list(parent):
            if _LOCAL.sub("", child.tag) in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        element.tag = _LOCAL.sub("", element.tag)
        for key, value in list(element.attrib.items()):
            del element.attrib[key]
            element.attrib[_LOCAL.sub("", key)] = _within(_LOCAL.sub("", key), value, name)
    # In place of matplotlib's style, whose '*' would mean every element of the page.
    root.attrib.update({"xmlns": _SVG, "stroke-linejoin": "round", "stroke-linecap": "butt"})


def _within(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    if key == "href" and value.startswith("#"):
        return f"#{name}-{value[1:]}"
    return _REFERENCE.sub(rf"url(#{name}-\1)", value)
