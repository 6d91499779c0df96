"""A document as a page: the same text, every number a link to where it comes from.

`write` gives a page that stands alone (a file to keep or send, nothing loaded from elsewhere); `fragment` the part that a page of the
programme puts into its own frame, with `report.css` beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import count
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bangfu.office.reports.document import Document, Source

Link = Callable[[Source], str]
"""The address of a source's trace."""

HERE = Path(__file__).parent


def write(document: Document, link: Link | None = None) -> str:
    """The document as one HTML file. Without `link` a number leads to its line in the table of sources only."""
    return _environment().get_template("report.html.jinja").render(document=document, link=link, css=style(), anchor=_anchors())


def fragment(document: Document, link: Link | None = None) -> str:
    """The document as an <article>, to be put into a page that loads `report.css` (see `style`)."""
    return _environment().get_template("article.html.jinja").render(document=document, link=link, anchor=_anchors())


def style() -> str:
    """The style sheet of both."""
    return (HERE / "report.css").read_text(encoding="utf-8")


def _anchors() -> Callable[[], str]:
    """Names for the numbers as they come, in reading order, as in the Word file: n1, n2 …"""
    numbers = count(1)
    return lambda: f"n{next(numbers)}"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
