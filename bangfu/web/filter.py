"""The one filter of all pages — period · place · unit · text — kept in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from bangfu.ledger.rows import row_id

_DAY = re.compile(
    r"(?P<year>(?:19|20)\d\d)年?"
    r"(?:(?:(?<=年)|[-./])(?P<month>1[0-2]|0?[1-9])月?(?:(?:(?<=月)|[-./])(?P<day>3[01]|[12]\d|0?[1-9])日?)?"
    r"|(?:[-./]?[Qq]|(?<=年)第?)(?P<quarter>[1-4一二三四])(?:季度?)?"
    r"|(?P<month2>1[0-2]|0[1-9])(?P<day2>3[01]|[12]\d|0[1-9])?)?"
)
_BETWEEN = re.compile(r"\s*(?:\.\.|至|到|~|—|–|～)\s*")
_YEARS = re.compile(r"((?:19|20)\d\d)年?\s*-\s*((?:19|20)\d\d)年?")
_DECEMBER = 12


class UnreadablePeriod(ValueError):  # noqa: N818 - the page's own word for it
    """“{}”读不出期间。可写 2019、2019-03、2019年三季度、2015..2020 或 2019-03-01..2019-06-30。"""


def read_period(text: str) -> tuple[date | None, date | None]:
    """A period as typed → half-open [begin, end); an open side is None; the empty text is all time.

    2019 · 2019-03 · 2019年3月 · 2019Q3 · 2015-2020 · 2015..2020 · 2019-03-01至2019-06-30 · 2019.. · ..2019. Raises UnreadablePeriod.
    """
    text = text.strip()
    if not text:
        return None, None
    years = _YEARS.fullmatch(text)
    sides = [years[1], years[2]] if years else _BETWEEN.split(text)
    if len(sides) > 2 or not any(sides):
        raise UnreadablePeriod(text)
    begin = _one(sides[0], text)[0] if sides[0] else None
    end = _one(sides[-1], text)[1] if sides[-1] else None
    if begin and end and begin >= end:
        raise UnreadablePeriod(text)
    return begin, end


def _one(side: str, whole: str) -> tuple[date, date]:
    found = _DAY.fullmatch(side.replace(" ", ""))
    if not found:
        raise UnreadablePeriod(whole)
    year = int(found["year"])
    if found["quarter"]:
        first = 3 * (int("一二三四".find(found["quarter"]) + 1 or found["quarter"]) - 1) + 1
        return date(year, first, 1), _next_month(year, first + 2)
    written, last = found["month"] or found["month2"], found["day"] or found["day2"]
    if not written:
        return date(year, 1, 1), date(year + 1, 1, 1)
    month = int(written)
    if not last:
        return date(year, month, 1), _next_month(year, month)
    try:
        day = date(year, month, int(last))
    except ValueError:
        raise UnreadablePeriod(whole) from None
    return day, day + timedelta(days=1)


def _next_month(year: int, month: int) -> date:
    return date(year + 1, 1, 1) if month == _DECEMBER else date(year, month + 1, 1)


def write_period(begin: date | None, end: date | None) -> str:
    """The shortest way of typing the same period: `read_period(write_period(b, e)) == (b, e)`."""
    if begin is None and end is None:
        return ""
    left, right = _short(begin) if begin else "", _short(end, last=True) if end else ""
    if begin and end:
        for text in (f"{begin:%Y}", f"{begin:%Y-%m}", f"{begin:%Y-%m-%d}"):
            if read_period(text) == (begin, end):
                return text
    return f"{left}..{right}"


def _short(day: date, *, last: bool = False) -> str:
    if day.month == 1 and day.day == 1:
        return str(day.year - 1 if last else day.year)
    if day.day == 1:
        return f"{day - timedelta(days=1):%Y-%m}" if last else f"{day:%Y-%m}"
    return f"{day - timedelta(days=1) if last else day:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a page is asked to show. `begin` and `end` are half-open; `typed` is the period as somebody wrote it where it could not be read.

    `mark` asks for the books as they were known at that posting (None: now).
    """

    begin: date | None = None
    end: date | None = None
    place: int | None = None
    unit: int | None = None
    text: str = ""
    typed: str = ""
    mark: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filter:
        """From the address: period, place, unit, q. What cannot be read is left out and, for the period, kept in `typed`."""
        typed = query.get("period", "")[:60]
        try:
            begin, end = read_period(typed)
        except UnreadablePeriod:
            begin = end = None
        else:
            typed = ""
        return cls(
            begin,
            end,
            row_id(query.get("place")),
            row_id(query.get("unit")),
            query.get("q", "").replace("\0", "").strip()[:100],
            typed,
            row_id(query.get("mark")),
        )

    @property
    def period(self) -> str:
        return self.typed or write_period(self.begin, self.end)

    @property
    def any(self) -> bool:
        return bool(self.period or self.place or self.unit or self.text or self.mark is not None)

    def query(self, **more: object) -> str:
        """The query part of an address, with its "?": the filter's own words first, then `more` (None takes a word out)."""
        own: dict[str, object] = {"period": self.period, "place": self.place, "unit": self.unit, "q": self.text, "mark": self.mark}
        own.update(more)
        pairs = {name: value for name, value in own.items() if value not in {None, ""}}
        return f"?{urlencode(pairs)}" if pairs else ""

    def during(self, begin: date | None, end: date | None) -> Filter:
        return replace(self, begin=begin, end=end, typed="")
