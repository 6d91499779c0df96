"""Read a report: every quantified claim in it, with what it is about.

`read(text)` repairs the text, finds the quantified expressions, and tells of each its kind (topic), subject, period, place, what it is counted per, and how it
stands to its neighbours (whole and part, each, growth). It knows no ledger; the `places` and `organisations` of one may be passed as hints.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bangfu.claims.context import Clause, Organisations, Periods, Places, Sentence, comparison, group, per, relation, subject, year_of
from bangfu.claims.numbers import Found, find, unreadable
from bangfu.claims.text import Damage, Text, repair
from bangfu.claims.topics import LISTED, REACHED, SAME, Cue, Spot, topics
from bangfu.quantities import Quantity


class Claim(NamedTuple):
    """A quantified statement of a text.

    `span` counts code points of the original and `quote` is what stands there; `at` and `clause` are spans of the repaired text. `quantity.low` and `.high` are
    None where the number cannot be read. `kind` is a word of `catalogue/topics.toml` ("other" where none fits), `points` how clearly it was told.
    `per`: person, household, year …; `period`: "2017", "2015/" (since), "2014/2019", taken from `period_from`: "sentence", "section" or "title".
    `relation`: "total" (累计, 共), "part" (其中, 分别), "each" (各), else ""; `whole` is the place in `Reading.claims` of the claim it is a part of.
    `group` are the things a count lists (新龙、丹巴、开江、道孚4县); `comparison` says what it is measured against («同比增长»); `attained` that a target was reached.
    """

    span: tuple[int, int]
    quote: str
    quantity: Quantity
    kind: str
    subject: str | None
    per: str | None
    period: str | None
    place: str | None
    organisation: str | None
    at: tuple[int, int]
    clause: tuple[int, int]
    sentence: tuple[int, int]
    measure: str = ""
    section: str = ""
    period_from: str = ""
    relation: str = ""
    whole: int | None = None
    group: tuple[str, ...] = ()
    comparison: str = ""
    attained: bool = False
    points: int = 0

    @property
    def unit(self) -> str:
        return self.quantity.unit

    @property
    def hedge(self) -> str:
        return str(self.quantity.hedge)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that was read: `original`, `text` as it should read, its claims in order, the damaged runs of the original, and its dateline."""

    repaired: Text
    claims: tuple[Claim, ...]
    dateline: str | None = None
    title: str = ""

    @property
    def original(self) -> str:
        return self.repaired.original

    @property
    def text(self) -> str:
        return self.repaired.text

    @property
    def damaged(self) -> tuple[Damage, ...]:
        return self.repaired.damaged

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that a span of the repaired text came from."""
        return self.repaired.back(start, end)


def read(text: str, *, places: Iterable[str] = (), organisations: Iterable[str] = (), kinds: Iterable[str] = ()) -> Reading:
    """Every quantified claim of a text. Never raises; linear in the length of the text.

    `places` and `organisations` are names that the reader's ledger knows (villages, counties, units): they are then found even where no grammar shows them.
    `kinds` are the topics the reader asks for, words of `catalogue/topics.toml`; a claim about another is then told as "other".
    """
    repaired = repair(text)
    reader = _Reader(repaired, tuple(dict.fromkeys(places)), tuple(dict.fromkeys(organisations)), frozenset(kinds))
    return Reading(repaired, tuple(reader.claims()), reader.periods.dateline, reader.title)


_WHOM = frozenset({"person", "household", "village", "town", "county", "organisation", "other:省", "other:市", "batch"})
"""Units of those to or by whom a thing is done."""
_LONGEST = 200  # signs of a sentence to either side of its first number
_SENTENCE = re.compile(r"[。！？!?；;\n]+")
_HEADING = re.compile(
    r"^[ \t\u3000\xa0]*(?P<mark>第[一二三四五六七八九十\d]{1,3}[章节部分篇]{1,2}|[一二三四五六七八九十]{1,3}[、．.]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、．.](?!\d))(?P<words>[^。\n]{0,60})",
    re.MULTILINE,
)


class _Heading:
    """A heading: where it begins, its words without the mark, and the year that they name."""

    def __init__(self, start: int, words: str) -> None:
        self.start, self.words = start, words
        self.year = year_of(words) if start > 0 else ""  # at the very beginning it is the title


_NO_HEADING = _Heading(-1, "")


class _Reader:
    """One reading of one text. Sentences, clauses and cue words are looked up once for each sentence that has a number."""

    def __init__(self, repaired: Text, places: tuple[str, ...], organisations: tuple[str, ...], kinds: frozenset[str]) -> None:
        self.repaired, self.text = repaired, repaired.text
        self.topics = topics()
        self.kinds = kinds
        self.places = Places(self.text, places)
        self.organisations = Organisations(self.text, organisations)
        self.title = next((line.strip() for line in self.text[:2000].split("\n") if len(line.strip()) > 3), "")[:80]
        self.headings = [_NO_HEADING, *(_Heading(m.start(), m["words"].strip()) for m in _HEADING.finditer(self.text))]
        self.heading_starts = [heading.start for heading in self.headings]
        self.periods = Periods(self.text, self.title)
        self.lost = [d for d in repaired.damaged if d.repaired is None]

    def claims(self) -> Iterator[Claim]:
        text = self.text
        recent: list[tuple[int, Claim]] = []
        sentence, cues = Sentence(text, 0, 0), []
        ahead = find(text)
        following = next(ahead, None)
        count = -1
        while following is not None:
            found, following, count = following, next(ahead, None), count + 1
            if found.digits >= sentence.end:
                sentence = Sentence(text, *self._sentence(found.digits, sentence.end))
                cues = self.topics.cues(text, *sentence.bounds)
                recent = []
            claim = self._claim(found, sentence, cues, recent, following)
            recent.append((count, claim))
            yield claim

    def _sentence(self, at: int, floor: int) -> tuple[int, int]:
        """The sentence around a number, and of an endless one no more than what stands near, so that all of them cost one pass."""
        start = max(floor, at - _LONGEST)
        for stop in _SENTENCE.finditer(self.text, start, at):
            start = stop.end()
        after = _SENTENCE.search(self.text, at, at + _LONGEST)
        return start, min(len(self.text), at + _LONGEST) if after is None else after.start()

    def _claim(
        self,
        found: Found,
        sentence: Sentence,
        cues: Sequence[Cue],
        recent: Sequence[tuple[int, Claim]],
        following: Found | None,
    ) -> Claim:
        text = self.text
        span = self.repaired.back(found.start, found.end)
        quantity = found.quantity
        if self.lost and self._is_lost(span):
            quantity = unreadable(quantity)
        last = recent[-1][1] if recent else None
        bounds = sentence.clause(found.digits)
        floor = last.at[1] if last is not None and last.at[1] > bounds[0] else bounds[0]
        clause = Clause(text, bounds, sentence, found, floor, text[floor : found.start])
        listed = last is not None and last.at[1] > bounds[0] and text[last.at[1] : last.at[1] + 1] == "、"
        spent = clause.spent()
        against = comparison(clause)
        follows = clause.follows(None if last is None else last.quantity.unit) or (bool(against) and quantity.unit == "percent")
        related = relation(clause)
        beside = floor > bounds[0] and len(clause.before) < 3 and "、" not in clause.before
        kind, points = self.topics.kind(
            cues,
            Spot(
                found.start,
                found.after,
                (last.at[1] if last is not None and listed else bounds[0], max(bounds[1], spent)),
                (floor, len(text) if following is None else following.start),
                "" if clause.lasting() else quantity.unit,
                None if last is None else last.kind,
                REACHED if follows else LISTED if listed or related == "part" or beside else SAME,
                spent > 0,
                clause.traded(),
                following.quantity.unit if following is not None and following.start < bounds[1] and quantity.unit in _WHOM else "",
            ),
        )
        heading = self.headings[bisect_right(self.heading_starts, found.start) - 1]
        period, source = self.periods.of(found.start, sentence, heading.year)
        # in the order of the fields: so many by name would cost as much as finding some of them
        return Claim(
            span,
            self.repaired.original[span[0] : span[1]],
            quantity,
            kind if not self.kinds or kind in self.kinds else "other",
            subject(clause),
            per(clause, last.quantity.unit if last is not None else None),
            period,
            self.places.near(found.start, found.end, sentence),
            self.organisations.near(found.start, sentence),
            (found.start, found.end),
            bounds,
            sentence.bounds,
            found.measure or found.noun,
            heading.words,
            source,
            related,
            _whole(related, quantity, recent, text, found.start),
            group(clause, self.places),
            against,
            clause.attained(),
            points,
        )

    def _is_lost(self, span: tuple[int, int]) -> bool:
        at = bisect_right(self.lost, span[1], key=lambda d: d.start)
        return at > 0 and self.lost[at - 1].end >= span[0]


def _whole(related: str, quantity: Quantity, recent: Sequence[tuple[int, Claim]], text: str, start: int) -> int | None:
    """The claim before «其中» in the same unit, of which this one is a part."""
    if related != "part" or not recent:
        return None
    mark = text.rfind("其中", recent[0][1].at[0], start)
    for index, claim in reversed(recent):
        if claim.at[0] < mark and claim.quantity.unit == quantity.unit and claim.relation != "part":
            return index
    return None
