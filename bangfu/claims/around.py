"""What stands around a number: its own few words, its clause, its sentence, the headings above it. Near words say more than far ones."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

_CLAUSE_END = re.compile("[，,。；;！？!?\n：:]")
_SENTENCE_END = re.compile("[。！？!?\n]")
_HEADINGS = (  # from the outermost inwards
    re.compile(r"\s*(?:第[一二三四五六七八九十]{1,3}[章部]分?|[一二三四五六七八九十]{1,3}、|附[件表录]\s*\d{0,2}[：:]?)"),
    re.compile(r"\s*[（(][一二三四五六七八九十]{1,3}[)）]"),
    re.compile(r"\s*\d{1,2}[.．、](?!\d)"),
)
_BETWEEN_NUMBERS = re.compile(r"\s*[、和及与]\s*")
_BRACKET = re.compile("[（(]")
_THINGS = re.compile("[、和及与]")
_LISTED = frozenset("、和及与")
_LONGEST_HEADING = 60
_FAR = 400  # signs beyond which a clause of one long sentence says nothing of a number
_ENDLESS = 600  # signs from which on a sentence is cut into stretches
_IDEOGRAPHS = re.compile("[\u3400-\u9fffA-Za-z0-9+]+")
_DATE = r"(?P<year>(?:19|20)\d\d)\s*[年/.-]\s*(?P<month>\d{1,2})\s*[月/.-]\s*(?P<day>\d{1,2})\s*日?"
_HEAD_DATE = re.compile(
    rf"[^\w]*(?:(?:发布|更新|发表|印发|成文|报送|供稿)?(?:时间|日期|日|于)?\s*[:：]?\s*){_DATE}"
    r"(?!\s*日?\s*[至到—–~～-])(?!\S*(?:报告|总结|方案|情况))(?!.*[，。；])",  # a span of days, a title, a sentence
)
_SIGNED = re.compile(_DATE)
_EMPTY = re.compile(r"[\s共约近超逾达有为了已的计总合、(（]*")

NEAR, CLAUSE, BEYOND, BESIDE, SENTENCE, HEADING = 1.0, 0.4, 0.25, 0.4, 0.3, 0.2
TAKEN = 0.5  # words of a clause that has a number of its own speak of that number first: they count by so much


def pairs(text: str) -> Iterator[str]:
    """The pairs of neighbouring characters in each run of words: what is compared instead of words, as Chinese does not part them."""
    for run in _IDEOGRAPHS.finditer(text):
        word = run[0]
        if len(word) == 1:
            yield word
        for i in range(len(word) - 1):
            yield word[i : i + 2]


@dataclass(frozen=True, slots=True)
class Context:
    """The words around one claim. `before` and `after` reach to the neighbouring numbers of its clause; positions are of the repaired text."""

    at: tuple[int, int]
    before: str
    after: str
    clause: tuple[int, int]
    sentence: tuple[int, int]
    headings: tuple[str, ...]
    title: str = ""
    regions: tuple[tuple[float, str], ...] = field(repr=False, default=())
    weights: dict[str, float] = field(repr=False, default_factory=dict)
    text: str = field(repr=False, default="")

    @property
    def clause_text(self) -> str:
        return self.text[self.clause[0] : self.clause[1]]

    @property
    def sentence_text(self) -> str:
        return self.text[self.sentence[0] : self.sentence[1]]

    def has(self, word: str) -> float:
        """How near the word stands: NEAR … HEADING, 0 where it does not."""
        return next((weight for weight, text in self.regions if word in text), 0.0)


class Layout:
    """The sentences, clauses and headings of a text, found once; `context` of any of its claims is then cheap."""

    def __init__(self, text: str, spans: Sequence[tuple[int, int]]) -> None:
        """`spans` are the claims' own, in order."""
        self.text = text
        self.spans = spans
        self._starts = [start for start, _ in spans]
        self._clauses = [0, *(m.end() for m in _CLAUSE_END.finditer(text) if not _inside_number(text, m.start()))]
        self._sentences = [0, *(m.end() for m in _SENTENCE_END.finditer(text))]
        self._headings = list(_headings(text))
        self._heads = [h[0] for h in self._headings]
        self.title = next((line.strip() for line in text[:2000].split("\n") if len(line.strip()) > 4), "")[:120]

    def context(self, index: int, subject: str = "") -> Context:
        start, end = self.spans[index]
        clause = self._around(self._clauses, start, end)
        sentence = self._around(self._sentences, start, end)
        before, after = self._near(index, clause)
        before = self._respectively(index, clause) or before
        headings = self._above(start)
        near = [
            (NEAR, before),
            (NEAR, after),
            (NEAR, subject),
            (CLAUSE, self.text[clause[0] : start][-300:]),
            (BEYOND, self.text[end : clause[1]][:300]),
        ]
        regions = sorted([*near, *self._others(clause, sentence), *((HEADING, h) for h in (*headings, self.title))], key=lambda r: -r[0])
        weights: dict[str, float] = {}
        for weight, text in reversed(regions):
            weights.update(dict.fromkeys(pairs(text), weight))
        return Context((start, end), before, after, clause, sentence, headings, self.title, tuple(regions), weights, self.text)

    @staticmethod
    def _bounds(bounds: list[int], start: int, end: int, last: int) -> tuple[int, int]:
        at = bisect_right(bounds, max(end - 1, start))
        first, last = bounds[bisect_right(bounds, start) - 1], bounds[at] if at < len(bounds) else last
        if last - first <= _ENDLESS:
            return first, last
        # Of what never ends, the stretch the number stands in: all that is asked of a sentence then costs no more than its share.
        first += (start - first) // _ENDLESS * _ENDLESS
        return first, min(last, max(first + _ENDLESS, end))

    def _around(self, bounds: list[int], start: int, end: int) -> tuple[int, int]:
        return self._bounds(bounds, start, end, len(self.text))

    def _others(self, clause: tuple[int, int], sentence: tuple[int, int]) -> Iterator[tuple[float, str]]:
        """The other clauses of the sentence, the one right before with more weight; clauses with numbers of their own count less."""
        at = bisect_left(self._clauses, sentence[0])
        while at < len(self._clauses) and self._clauses[at] < sentence[1]:
            begin = self._clauses[at]
            end = self._clauses[at + 1] if at + 1 < len(self._clauses) else sentence[1]
            at += 1
            if begin == clause[0] or abs(begin - clause[0]) > _FAR:
                continue
            i = bisect_left(self._starts, begin)
            taken = i < len(self._starts) and self._starts[i] < end
            yield (BESIDE if end == clause[0] else SENTENCE) * (TAKEN if taken else 1), self.text[begin:end][:200]

    def _near(self, index: int, clause: tuple[int, int]) -> tuple[str, str]:
        """Between the neighbouring numbers; where there is nothing between two numbers (9期近2000人次), what stands around both."""
        start, end = self.spans[index]
        i, begin = index, start
        # «206名第一书记、243名队员»: what stands before the comma is the first number's own; both share what stands before that.
        while i and self.text[begin - 1 : begin] in _LISTED and self.spans[i - 1][1] > clause[0] and self.spans[i - 1][1] < begin - 1:
            i, begin = i - 1, self.spans[i - 1][0]
        while True:
            left = max(clause[0], self.spans[i - 1][1] if i else 0)
            if not _EMPTY.fullmatch(self.text, min(left, begin), begin) or left <= clause[0] or not i:
                break
            i, begin = i - 1, self.spans[i - 1][0]
        before = self.text[min(left, begin) : begin][-80:]
        i, begin = index, end
        while True:
            right = max(min(clause[1], self.spans[i + 1][0] if i + 1 < len(self.spans) else clause[1]), begin)
            if not _EMPTY.fullmatch(self.text, begin, right) or right >= clause[1]:
                break
            i, begin = i + 1, self.spans[i + 1][1]
        after = self.text[begin:right][:80]
        # «干部623名、技术人才5635名», «14人次（主要负责人6人次）»: what follows a comma of the list, or stands in the bracket, belongs to the next number.
        if right < clause[1]:
            after = "" if after[:1] in _LISTED else _BRACKET.split(after, maxsplit=1)[0]
        return before, after

    def _respectively(self, index: int, clause: tuple[int, int]) -> str:
        """「干部、技术人员分别为105人次、80人次」: the words before the second number are the second of the list. "" where there is no such list."""
        start = self.spans[index][0]
        mark = self.text.rfind("分别", clause[0], start)
        if mark < 0:
            return ""
        first = bisect_left(self._starts, mark)
        last = first
        while last + 1 < len(self.spans) and _BETWEEN_NUMBERS.fullmatch(self.text, self.spans[last][1], self.spans[last + 1][0]):
            last += 1
        things = _THINGS.split(self.text[max(clause[0], mark - 120) : mark])
        return things[index - first] if last - first + 1 == len(things) > 1 and index <= last else ""

    def _above(self, at: int) -> tuple[str, ...]:
        """The headings over a position, outermost first."""
        found: dict[int, str] = {}
        limit = len(_HEADINGS)
        i = bisect_right(self._heads, at) - 1
        while i >= 0 and limit > 0:
            _, level, words = self._headings[i]
            if level < limit:
                found[level], limit = words, level
            i -= 1
        return tuple(found[k] for k in sorted(found))


def _inside_number(text: str, at: int) -> bool:
    return text[at] in ",，" and text[at - 1 : at].isdecimal() and re.match(r"\d{3}(?!\d)", text[at + 1 : at + 5]) is not None


def _headings(text: str) -> Iterator[tuple[int, int, str]]:
    at = 0
    for line in text.split("\n"):
        for level, opening in enumerate(_HEADINGS):
            mark = opening.match(line)
            if mark is not None:
                words = re.split("[。：:；]", line[mark.end() : mark.end() + _LONGEST_HEADING], maxsplit=1)[0]
                yield at, level, words
                break
        at += len(line) + 1


def dateline(text: str) -> date | None:
    """The day a text was written or published: its head says so on a short line that begins with it, or a signature is nothing but it.

    A title that names the days it reports on («2015年1月1日至…工作报告») is no dateline.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for line in lines[:12]:
        found = _HEAD_DATE.match(line) if len(line) < _LONGEST_HEADING else None
        if found is not None and (day := _day(found)) is not None:
            return day
    signed = [day for line in lines if (found := _SIGNED.fullmatch(line)) is not None and (day := _day(found)) is not None]
    return signed[-1] if signed else None


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
