"""HTML as values that escape what they are given."""

import html
import re

__all__ = ["Html", "anchor", "joined", "tag"]

_VOID = {"meta", "link", "input", "br", "hr"}


class Html(str):
    """Text that is HTML already; every other text is escaped where it becomes part of a page."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: str | int | bool) -> Html:
    """Return an element.

    Parameters
    ----------
    name : str
        Such as ``p``.
    *children : str
        Elements, which are `Html`, and text, which is escaped.
    **attributes : str, int or bool
        Names as in HTML, with ``_`` for ``-`` and none at the end; False leaves one out.

    Examples
    --------
    >>> tag("p", "1 < 2 ", tag("b", "&"), class_="note", hidden=False)
    '<p class="note">1 &lt; 2 <b>&amp;</b></p>'
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{told}>")
    return Html(f"<{name}{told}>{joined(*children)}</{name}>")


def joined(*children: str) -> Html:
    """Return elements and escaped text one after the other."""
    escaped = (
        child if isinstance(child, Html) else html.escape(child, quote=False) for child in children
    )
    return Html("".join(escaped))


def anchor(kind: str, name: str) -> str:
    """Return an id of HTML for a name with any characters.

    Examples
    --------
    >>> anchor("claim", "A5 (b)")
    'claim-A5.20..28.b.29.'
    """
    return f"{kind}-" + re.sub(r"[^A-Za-z0-9_-]", lambda mark: f".{ord(mark[0]):x}.", name)
