"""How numbers, days and names are shown: grouped digits, the last day of a period, masked persons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from bangfu.quantities import from_parts, unit, write
from bangfu.web.filter import write_period
from bangfu.web.words import say

_SPLIT = re.compile(r"(?P<lead>CNY )?(?P<digits>[-−]?[\d,.]+[万亿]?)\s*(?P<unit>.*)", re.DOTALL)

_LONG = re.compile(r"(?<![\d.,])\d{5,}(?![\d.])")


def number(value: Decimal | int | None, code: str | None = None) -> str:
    """Digits grouped by thousands, without a unit; money always with two places. None is shown as a dash."""
    if value is None:
        return "—"
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,d}"
    if code == "CNY":
        return f"{Decimal(value):,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: Decimal | None, code: str, lang: str = "zh") -> str:
    """A number with its unit, as a report would say it: 739.7万元, 60人次; long ones grouped by thousands, as a column is easier to read so."""
    return "—" if value is None else _LONG.sub(lambda digits: f"{int(digits[0]):,d}", write(value, code, lang=lang))


def big(value: Decimal | None, code: str, lang: str = "zh") -> tuple[str, str]:
    """A number for large type: (digits, unit), the scale (万, 亿) with the unit. A figure that has nothing to say: ("—", "")."""
    if value is None:
        return "—", ""
    found = _SPLIT.fullmatch(write(value, code, lang=lang))
    if not found:
        return write(value, code, lang=lang), ""
    digits, after = found["digits"], found["unit"]
    if digits[-1] in "万亿":
        digits, after = digits[:-1], digits[-1] + after
    if "," not in digits and "." not in digits:
        digits = f"{int(digits):,d}"
    return digits, (found["lead"] or "").strip() + after


def parts(value: int | None, code: str) -> str:
    """A measure as the database holds it (smallest parts), shown in its unit: 121090 分 → 1,210.90."""
    return "—" if value is None else number(from_parts(value, code), code)


def unit_word(code: str, lang: str = "zh") -> str:
    known = unit(code)
    return known.en if lang == "en" else known.zh


def day(value: date | datetime | None) -> str:
    """2019-03-05; a moment with its hour and minute, in the office's own time."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}"


def days(begin: date, end: date | None, lang: str = "zh", *, state: bool = False) -> str:
    """A half-open period as people say it, by its first and last day: 2019-03-05 至 2019-03-09. An open state goes on: 至今."""
    if end is None:
        return f"{begin:%Y-%m-%d} {say('show.until_now', lang)}" if state else f"{begin:%Y-%m-%d}"
    last = end - timedelta(days=1)
    return f"{begin:%Y-%m-%d}" if last <= begin else f"{begin:%Y-%m-%d} {say('show.to', lang)} {last:%Y-%m-%d}"


def period(begin: date | None, end: date | None, lang: str = "zh") -> str:
    """The filter's period in words: 2019年, 2015年至2020年, 2019-03-01 至 2019-06-30, 全部期间."""
    if begin is None and end is None:
        return say("filter.all_time", lang)
    text = write_period(begin, end)
    left, _, right = text.partition("..")
    if ".." not in text:
        return _year(text, lang)
    if not right:
        return say("show.since", lang, day=_year(left, lang))
    if not left:
        return say("show.up_to", lang, day=_year(right, lang))
    return f"{_year(left, lang)} {say('show.to', lang)} {_year(right, lang)}"


def _year(text: str, lang: str) -> str:
    return f"{text}年" if lang == "zh" and len(text) == 4 else text


def spark(values: Sequence[Decimal | None], width: int = 96, height: int = 24) -> str:
    """The points of a small trend line, for an SVG polyline: "0,20 10,4 …". Empty where fewer than two values are known."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return ""
    low, high = min(*known, Decimal(0)), max(known)
    span = (high - low) or Decimal(1)
    step = Decimal(width - 4) / (len(values) - 1)
    points = []
    for at, value in enumerate(values):
        if value is not None:
            x = 2 + step * at
            y = height - 3 - (value - low) / span * (height - 6)
            points.append(f"{x:.1f},{y:.1f}")
    return " ".join(points)
