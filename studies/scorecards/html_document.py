"""The frame of all pages of HTML: what the head says, and the style sheet."""

from importlib.resources import files

from .html_elements import Html, tag

__all__ = ["document"]

# Nothing is asked of any server, and nothing in the page can run, whatever it quotes.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def document(title: str, *body: Html) -> str:
    """Return a page that stands alone: one file, without scripts, which asks nothing of a network.

    Parameters
    ----------
    title : str
        Of the page.
    *body : Html
        What it shows.
    """
    style = Html(files(__package__).joinpath("report.css").read_text(encoding="utf-8"))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        # An empty icon, or browsers ask for one.
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", style),
    )
    return "<!DOCTYPE html>\n" + tag("html", head, "\n", tag("body", *body), lang="en") + "\n"
