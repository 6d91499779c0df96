"""From an outline and the books to a document: every number in it is a figure asked for a slice, and keeps saying which.

Pure: the books are asked through `values` and `slice` only, so that a ledger in memory will do as well as a database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from bangfu import quantities
from bangfu.catalogue.shapes import Catalogue, Figure, Fold
from bangfu.figures import Slice, Value
from bangfu.office.reports.document import Asked, Document, Paragraph, Run, Section, Source, Table
from bangfu.office.reports.outline import SLOT, Annex, Clause, Outline, Part, Sentence

Period = tuple[date | None, date | None]
"""Half-open; None is open on that side."""

MANY_YEARS = 12
"""Beyond so many years a table shows the whole period only."""

_ZH = "零一二三四五六七八九十"
_MEASURED = re.compile("|".join(sorted((*map(re.escape, quantities.UNIT_WORDS), *"个项种篇条"), key=len, reverse=True)))


class Books(Protocol):
    """What composition needs of the books."""

    mark: int

    def slice(self, period: Period | None = None, place: int | None = None) -> Slice: ...

    def values(self, codes: Iterable[str], slice_: Slice) -> Mapping[str, Value]: ...


@dataclass(frozen=True, slots=True)
class Village:
    """A designated village: the id of its place, its name and its county's."""

    id: int
    name: str
    county: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """Whose report it is. `made` is the day of composition, `villages` the designated ones in their usual order."""

    helper: str
    programme: str
    villages: tuple[Village, ...] = ()
    demonstration: bool = False
    made: date = date.min


def compose(
    books: Books,
    outline: Outline,
    period: Period,
    *,
    catalogue: Catalogue,
    about: About,
    lang: str = "zh",
    options: frozenset[str] | None = None,
) -> Document:
    """The report of `outline` for `period` (half-open) in `lang`, "zh" or "en".

    `options` are the keys of the optional parts to include (None: all). What has no record is left out of a sentence; a part of which nothing is
    left says so. Raises KeyError where the outline names a figure that the catalogue does not have.
    """
    return _Composer(books, outline, period, catalogue, about, lang, options).document()


@dataclass
class _Composer:
    books: Books
    outline: Outline
    period: Period
    catalogue: Catalogue
    about: About
    lang: str
    options: frozenset[str] | None
    sources: list[Source] = field(default_factory=list)
    known: dict[tuple[str, Asked], int] = field(default_factory=dict)
    values: dict[Asked, dict[str, Value]] = field(default_factory=dict)

    def document(self) -> Document:
        parts = [part for part in self.outline.parts if not part.key or self.options is None or part.key in self.options]
        return Document(
            title=self.words(self.outline.title.say(self.lang)),
            lang=self.lang,
            helper=self.about.helper,
            programme=self.about.programme,
            period=period_words(self.period, self.lang),
            mark=self.books.mark,
            made=self.about.made,
            demonstration=self.about.demonstration,
            sections=tuple(self.section(part, (n,)) for n, part in enumerate(parts, 1)),
            tables=tuple(self.table(annex) for annex in self.outline.annexes),
            sources=tuple(self.sources),
        )

    # ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def section(self, part: Part, at: tuple[int, ...]) -> Section:
        spoken = (run for sentence in part.sentences for run in self.sentences(sentence))
        runs = tuple(spoken)
        if part.sentences and not runs:
            runs = (Run("本期无台账记录。" if self.lang == "zh" else "No record in this period."),)
        return Section(
            level=len(at),
            number=heading_number(at, self.lang),
            heading=part.heading.say(self.lang),
            paragraphs=(Paragraph(_joined(runs)),) if runs else (),
            sections=tuple(self.section(inner, (*at, n)) for n, inner in enumerate(part.parts, 1)),
        )

    def sentences(self, sentence: Sentence) -> Iterator[Run]:
        if not sentence.each:
            yield from self.sentence(sentence, self.asked())
            return
        for village in self.about.villages:
            yield from self.sentence(sentence, self.asked(village=village), village.name)

    def sentence(self, sentence: Sentence, asked: Asked, place: str = "") -> list[Run]:
        """The runs of a sentence: clauses without a record are left out, and all of it where no clause with a figure is left."""
        said: list[tuple[Clause, list[Run]]] = []
        last = True
        for clause in sentence.clauses:
            leaning = clause.text.zh.startswith(("其中", "、"))  # says part of what the clause before says
            runs = self.clause(clause, asked, place) if last or not leaning else None
            last = runs is not None
            if runs is not None:
                said.append((clause, runs))
        if not said or (any(c.codes() for c in sentence.clauses) and not any(c.codes() for c, _ in said)):
            return []
        out: list[Run] = []
        for _, runs in said:
            out += [Run(self.between(out[-1].text, runs[0].text)), *runs] if out else runs
        return [*out, Run("。" if self.lang == "zh" else ". ")]

    def between(self, before: str, after: str) -> str:
        """What joins two clauses: a comma, unless one of them brings its own mark."""
        own = before.endswith(("，", "：", "；", ":", ";")) or after.startswith(("、", "，", "；", "（", ",", ";", "("))
        if self.lang == "zh":
            return "" if own else "，"
        return "" if after.startswith((",", ";")) else " " if own else ", "

    def clause(self, clause: Clause, asked: Asked, place: str) -> list[Run] | None:
        """The runs of a clause, or None where a figure in it has no record."""
        text = self.words(clause.text.say(self.lang), place)
        runs: list[Run] = []
        end = 0
        for slot in SLOT.finditer(text):
            figure = self.catalogue.figures[slot["code"]]
            said = self.said(figure, asked, slot, text[slot.end() :])
            if said is None:
                return None
            runs += [Run(text[end : slot.start()]), *said]
            end = slot.end()
        return [run for run in (*runs, Run(text[end:])) if run.text]

    def said(self, figure: Figure, asked: Asked, slot: re.Match[str], following: str) -> list[Run] | None:
        """A figure's own sentence with its number, or the number alone; None where there is no record.

        `following` is the text after the slot: a measure word there stands in for the unit's own.
        """
        value = self.value(figure.code, asked)
        if value.value is None or not value.entries:
            return None
        alone = bool(slot["form"]) or self.lang != "zh"
        before, after = ("", "") if alone else figure.says[0].split("{n}")
        measured = slot["form"] != "d"
        number = write_number(
            figure, value.value, lang=self.lang, hedge=slot["hedge"] or "", following=after or following, measured=measured
        )
        return [run for run in (Run(before), self.run(figure, asked, value, number), Run(after)) if run.text]

    def words(self, text: str, place: str = "") -> str:
        """The text with its slots for words filled."""
        counties = list(dict.fromkeys(v.county for v in self.about.villages if v.county))
        join = "、" if self.lang == "zh" else ", "
        filled = {
            "helper": self.about.helper,
            "programme": self.about.programme,
            "period": period_words(self.period, self.lang),
            "villages": join.join(self.villages()),
            "counties": join.join(counties),
            "place": place,
        }
        return re.sub(r"\{([a-z]+)\}", lambda m: filled.get(m[1], m[0]), text)

    def villages(self) -> Iterator[str]:
        """The names of the villages; in Chinese the first of each county with the county before it."""
        county = ""
        for village in self.about.villages:
            yield village.name if self.lang != "zh" or village.county == county else village.county + village.name
            county = village.county

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def asked(self, period: Period | None = None, village: Village | None = None) -> Asked:
        begin, end = period or self.period
        words = period_words((begin, end), self.lang)
        return Asked(begin, end, village.id if village else None, f"{words} · {village.name}" if village else words)

    def value(self, code: str, asked: Asked) -> Value:
        if asked not in self.values:
            self.values[asked] = dict(self.books.values(self.outline.codes(), self.books.slice((asked.begin, asked.end), asked.place)))
        return self.values[asked][code]

    def run(self, figure: Figure, asked: Asked, value: Value, text: str) -> Run:
        """A number as a run that points to its line of the table of sources; the same figure for the same slice is one line."""
        key = (figure.code, asked)
        if key not in self.known:
            self.known[key] = len(self.sources) + 1
            written = "" if value.value is None else write_number(figure, value.value, lang=self.lang)
            self.sources.append(
                Source(
                    index=len(self.sources) + 1,
                    code=figure.code,
                    label=figure.label.say(self.lang),
                    caliber=figure.caliber.say(self.lang),
                    asked=asked,
                    unit=figure.unit,
                    value=value.value,
                    entries=value.entries,
                    text=written,
                ),
            )
        return Run(text, self.known[key])

    # ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def table(self, annex: Annex) -> Table:
        zh = self.lang == "zh"
        columns: list[tuple[str, Asked]] = []
        if annex.columns == "years":
            columns = [(period_words(year, self.lang), self.asked(year)) for year in years(self.period)]
        elif annex.columns == "villages":
            columns = [(village.name, self.asked(village=village)) for village in self.about.villages]
        if len(columns) != 1:
            columns.append(("合计" if zh else "Total", self.asked()))
        rows = []
        for number, code in enumerate(annex.figures, 1):
            figure = self.catalogue.figures[code]
            cells = [self.cell(figure, asked) for _, asked in columns]
            rows.append((Run(str(number)), Run(figure.label.say(self.lang)), Run(unit_words(figure, self.lang)), *cells))
        return Table(
            title=annex.title.say(self.lang),
            units="" if not zh else f"填报单位：{self.about.helper}",
            header=(*(("序号", "指标", "单位") if zh else ("No.", "Figure", "Unit")), *(name for name, _ in columns)),
            rows=tuple(rows),
        )

    def cell(self, figure: Figure, asked: Asked) -> Run:
        value = self.value(figure.code, asked)
        if value.value is None or not value.entries:
            return Run("—")
        amount = value.value
        if figure.unit == "CNY" and not figure.per and self.lang == "zh":
            amount = (amount / quantities.WAN).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return self.run(figure, asked, value, f"{amount.normalize():,f}" if amount else "0")


def write_number(figure: Figure, value: Decimal, *, lang: str, hedge: str = "", following: str = "", measured: bool = True) -> str:
    """The number of a figure as a sentence says it, with its unit unless what follows brings a measure word (培训{n}期).

    Not `measured`: the digits alone. A measure word that English does not have (篇, 项) is left out there.
    """
    if lang == "en" and (not measured or figure.unit.startswith("other:")):
        return f"{value:,f}"
    bare = not measured or _MEASURED.match(following)
    return quantities.write(value, figure.unit, word=hedge, lang=lang, measure="" if bare else None)


def unit_words(figure: Figure, lang: str) -> str:
    """The unit of a figure's column in a table: money in 万元, but for averages."""
    known = quantities.unit(figure.unit)
    if lang != "zh":
        return known.en
    return "万元" if figure.unit == "CNY" and not figure.per else known.zh[:1] if known.zh.startswith("个") else known.zh


def years(period: Period) -> list[Period]:
    """The natural years of a bounded period, the first and last as far as they lie in it; none where there are too many."""
    begin, end = period
    if begin is None or end is None or end.year - begin.year > MANY_YEARS:
        return []
    starts = [begin, *(date(y, 1, 1) for y in range(begin.year + 1, end.year + 1))]
    starts = [s for s in starts if s < end]
    return list(zip(starts, [*starts[1:], end], strict=True))


def period_words(period: Period, lang: str) -> str:
    """A half-open period as a report says it: «2019年», «2015—2020年», «2015年以来», else with its first and last day."""
    begin, end = period
    last = end - timedelta(days=1) if end else None
    zh = lang == "zh"
    if begin is None:
        if last is None:
            return "历年" if zh else "all years"
        return f"截至{_day(last)}" if zh else f"to {last.isoformat()}"
    if last is None or end is None:
        start = f"{begin.year}年" if (begin.month, begin.day) == (1, 1) else _day(begin)
        return f"{start}以来" if zh else f"since {begin.isoformat() if (begin.month, begin.day) != (1, 1) else begin.year}"
    if (begin.month, begin.day, end.month, end.day) == (1, 1, 1, 1):
        if begin.year == last.year:
            return f"{begin.year}年" if zh else str(begin.year)
        return f"{begin.year}—{last.year}年" if zh else f"{begin.year}–{last.year}"
    return f"{_day(begin)}至{_day(last)}" if zh else f"{begin.isoformat()} to {last.isoformat()}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def heading_number(at: tuple[int, ...], lang: str) -> str:
    """The number of a heading: 一、 / （一） / 1. in Chinese (GB/T 9704), 1 / 1.1 / 1.1.1 in English."""
    if lang != "zh":
        return ".".join(map(str, at)) + " "
    number = at[-1]
    if len(at) == 1:
        return f"{chinese(number)}、"
    return f"（{chinese(number)}）" if len(at) == 2 else f"{number}."


def chinese(number: int) -> str:
    """1–99 in Chinese numerals: 十二. Raises ValueError beyond."""
    if not 0 < number < 100:
        raise ValueError(f"{number}: a report has at most 99 parts")
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else _ZH[tens] + "十"
    return lead + (_ZH[ones] if ones else "")


def _joined(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Neighbouring pieces of plain text as one run."""
    out: list[Run] = []
    for run in runs:
        if out and run.source is None and out[-1].source is None:
            out[-1] = replace(out[-1], text=out[-1].text + run.text)
        else:
            out.append(run)
    if out and out[-1].source is None:
        out[-1] = replace(out[-1], text=out[-1].text.rstrip(" "))
    return tuple(out)


__all__ = ["About", "Books", "Fold", "Village", "compose", "period_words", "years"]
