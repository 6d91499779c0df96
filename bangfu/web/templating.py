"""The Jinja2 environment of all pages: strict about names, with the words, numbers and addresses a template needs."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Any

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from bangfu.ledger.people import masked_name
from bangfu.web import shown
from bangfu.web.words import say


def environment(**options: Any) -> Environment:
    """Made once by Django. A name that no view gave is an error, not an empty place."""
    options["undefined"] = StrictUndefined
    made = Environment(**options, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - Django gives autoescape=True
    made.globals |= {
        "asset": asset,
        "url": address,
        "say": _say,
        "icon": icon,
        "spark": shown.spark,
        "period_words": _period,
        "quantity": _quantity,
        "big": _big,
        "days": _days,
        "unit_word": _unit_word,
        "label": _label,
    }
    made.filters |= {
        "number": shown.number,
        "parts": shown.parts,
        "day": shown.day,
        "masked": masked_name,
        "short": short,
        "whole_days": whole_days,
        "blank_lines": blank_lines,
    }
    return made


@cache
def asset(path: str) -> str:
    """The address of a static file, with a mark of its content, so that a browser keeps it until it changes."""
    found = finders.find(path)
    if found is None or isinstance(found, list):
        raise LookupError(f"no static file {path}")
    with open(found, "rb") as file:  # noqa: PTH123
        mark = hashlib.sha256(file.read()).hexdigest()[:10]
    return f"{static(path)}?v={mark}"


def address(name: str, *args: object, query: str = "") -> str:
    return reverse(name, args=args) + query


def icon(name: str, extra: str = "") -> Markup:
    """An icon of the vendored sprite; it says nothing by itself and is hidden from screen readers."""
    mark = '<svg class="ico {}" width="20" height="20" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    return Markup(mark).format(extra, asset("vendor/tabler-icons/icons.svg"), name)  # noqa: S704 - our own text; what is put in is escaped


def short(text: str, length: int = 36) -> str:
    """A long title cut for a heading; the whole stands elsewhere."""
    return text if len(text) <= length else text[: length - 1] + "…"


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def whole_days(text: str) -> Markup:
    """A text in which no day is broken over two lines."""
    return Markup(_DAY.sub(r'<span class="nowrap">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped before


_BLANK_LINES = re.compile(r"\n\s*\n")


def blank_lines(text: str) -> Markup:
    """A text of paragraphs in which blank lines take less room than written ones; spaces that begin a paragraph stay."""
    return Markup(_BLANK_LINES.sub('\n<span class="blank">\n</span>', str(escape(text))))  # noqa: S704 - escaped before


def _lang(context: Context) -> str:
    return str(context.get("lang", "zh"))


@pass_context
def _say(context: Context, key: str, **details: object) -> str:
    return say(key, _lang(context), **details)


@pass_context
def _period(context: Context, begin: Any, end: Any) -> str:
    return shown.period(begin, end, _lang(context))


@pass_context
def _quantity(context: Context, value: Any, code: str) -> str:
    return shown.quantity(value, code, _lang(context))


@pass_context
def _big(context: Context, value: Any, code: str) -> tuple[str, str]:
    return shown.big(value, code, _lang(context))


@pass_context
def _days(context: Context, begin: Any, end: Any, *, state: bool = False) -> Markup:
    text = shown.days(begin, end, _lang(context), state=state)
    return whole_days(text.replace(" ", "\u00a0", 1))  # 至 stays with the first day


@pass_context
def _unit_word(context: Context, code: str) -> str:
    return shown.unit_word(code, _lang(context))


@pass_context
def _label(context: Context, thing: Any) -> str:
    """The label of a kind, figure, field or choice (or a Label itself) in the page's language."""
    word = getattr(thing, "label", thing)
    return str(word.say(_lang(context)))
