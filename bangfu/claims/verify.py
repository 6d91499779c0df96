"""A text's claims against a ledger and against each other → a report. Pure: the ledger is a function `ask`, the names a `Gazetteer`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bangfu.catalogue.shapes import Catalogue, Figure, Fold
from bangfu.claims import tables as in_tables
from bangfu.claims.around import Layout, dateline
from bangfu.claims.binding import Binder, Binding, SliceWords
from bangfu.claims.consistency import Contradiction, Read, contradictions
from bangfu.claims.extract import Claim, Reading
from bangfu.claims.gazetteer import Gazetteer
from bangfu.claims.tables import Table
from bangfu.claims.verdicts import Ask, Judgement, People, Target, Verdict, judge
from bangfu.quantities import plain

__all__ = ["Ask", "Binding", "Earlier", "Finding", "Gazetteer", "Recalled", "Report", "SliceWords", "Verdict", "check"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim with its binding and verdict. `clause` is the clause it stands in, as repaired, without the mark that ends it; `signature` what a correction is kept under."""

    claim: Claim
    binding: Binding
    judgement: Judgement
    clause: str
    signature: str

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict

    @property
    def figure(self) -> Figure | None:
        return self.binding.figure


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier, checked report said of a figure: `low`–`high` in `unit`, for `asked`; `title` names that report."""

    title: str
    figure: str
    asked: SliceWords
    unit: str
    per: str | None
    low: Decimal | None
    high: Decimal | None
    quote: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """Claim `index` against what an earlier report said."""

    index: int
    earlier: Earlier
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Report:
    """The check of one text: a finding for each claim of `reading`, the text's contradictions with itself and with earlier reports."""

    reading: Reading
    findings: tuple[Finding, ...]
    contradictions: tuple[Contradiction, ...]
    recalled: tuple[Recalled, ...] = ()
    dated: date | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many claims got each verdict, all five named."""
        counted = Counter(f.verdict for f in self.findings)
        return {v.value: counted[v] for v in Verdict}

    @property
    def exit_status(self) -> int:
        """0 nothing contradicted; 1 a claim is contradicted or the text contradicts itself."""
        return int(bool(self.contradictions) or any(f.verdict is Verdict.contradicted for f in self.findings))

    def claimed(self, title: str) -> tuple[Earlier, ...]:
        """What this text says of figures, to hold later reports against it."""
        return tuple(
            Earlier(
                title,
                f.figure.code,
                f.judgement.asked,
                f.claim.quantity.unit,
                f.claim.per,
                f.claim.quantity.bounds().low,
                f.claim.quantity.bounds().high,
                f.claim.quote,
            )
            for f in self.findings
            if f.figure is not None and f.binding.told_whole and f.claim.quantity.readable and f.verdict is not Verdict.ambiguous
        )


def check(
    reading: Reading,
    catalogue: Catalogue,
    gazetteer: Gazetteer,
    ask: Ask,
    *,
    remembered: Mapping[str, str] | None = None,
    earlier: Iterable[Earlier] = (),
    until: date | None = None,
    tables: Sequence[Table] = (),
    target: Target | None = None,
    people: People | None = None,
) -> Report:
    """Check a text that has been read.

    `ask(figure code, slice)` answers for the ledger; `remembered` holds people's corrections (signature → figure code); `earlier` what
    earlier reports said; `until` the day after the last day the text can speak of, by default the day after its own dateline. `tables` are
    the text's tables, with spans of the original; `target(figure code, slice)` answers for what was to be reached,
    `people(figure code, slice)` for the people whom the entries of a figure in 人次 record.
    """
    reading = none_where_denied(without_names(reading, gazetteer))
    binder = Binder(catalogue, gazetteer, remembered)
    dated = dateline(reading.text)
    until = until or (dated + timedelta(days=1) if dated is not None else None)
    reads = in_tables.parts(read_claims(reading, binder, until), tables)
    partners = _partners(catalogue)
    answers: dict[tuple[str, SliceWords], Any] = {}

    def once(code: str, asked: SliceWords) -> Any:
        if (code, asked) not in answers:
            answers[code, asked] = ask(code, asked)
        return answers[code, asked]

    findings = []
    for read, claim in zip(reads, reading.claims, strict=True):
        figure = read.binding.figure
        partner = partners.get(figure.code) if figure is not None else None
        judgement = judge(claim.quantity, read.binding, once, partner=partner, target=target, people=people)
        clause = " ".join(read.context.clause_text.split()).rstrip("，,、；;：:。")
        findings.append(Finding(claim, read.binding, judgement, clause, binder.signature(claim, read.context)))
    recalled = tuple(_recalled(findings, earlier))
    quarrels = [
        *(c for c in contradictions(reads) if not _both_hold(c, findings)),
        *in_tables.contradictions(tables, [c.span for c in reading.claims]),
    ]
    return Report(reading, tuple(findings), tuple(quarrels), recalled, dated)


def _both_hold(told: Contradiction, findings: Sequence[Finding]) -> bool:
    """Whether the ledger has both numbers, each for another slice: then they are not one thing told twice, nor one a part of the other."""
    judgements = [findings[i].judgement for i in told.claims]
    apart = len({j.asked for j in judgements}) == len(judgements) > 1
    return (
        apart
        and told.rule in {"same_thing", "within_wider", "part_above_whole"}
        and all(j.verdict is Verdict.supported for j in judgements)
    )


def without_names(reading: Reading, gazetteer: Gazetteer) -> Reading:
    """The reading without numbers that stand inside a name the ledger knows (二瓦槽村, 第三中学): a name claims nothing."""
    names = [(m.start, m.end) for m in gazetteer.mentions(reading.text) if any(c in _NUMERALS for c in reading.text[m.start : m.end])]
    if not names:
        return reading
    starts = [start for start, _ in names]

    def in_name(claim: Claim) -> bool:
        at = bisect_right(starts, claim.at[0]) - 1
        return at >= 0 and claim.at[1] <= names[at][1]

    kept = [i for i, claim in enumerate(reading.claims) if not in_name(claim)]
    place: dict[int | None, int] = {old: new for new, old in enumerate(kept)}
    return replace(reading, claims=tuple(c._replace(whole=place.get(c.whole)) for c in (reading.claims[i] for i in kept)))


def none_where_denied(reading: Reading) -> Reading:
    """«没有一户返贫», «未发生1起» claim that there was none."""

    def told(claim: Claim) -> Claim:
        quantity = claim.quantity
        if (
            quantity.low != 1
            or quantity.high != 1
            or quantity.word
            or not _DENIED.search(reading.text[max(claim.at[0] - 6, 0) : claim.at[0]])
        ):
            return claim
        return claim._replace(quantity=replace(quantity, low=Decimal(0), high=Decimal(0)))

    return replace(reading, claims=tuple(map(told, reading.claims)))


_DENIED = re.compile("(?:没有?|无|未有|未发生|未出现|没发生|没出现|不存在|杜绝)(?:任何)?$")
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿0123456789")


def read_claims(reading: Reading, binder: Binder, until: date | None) -> list[Read]:
    """Every claim of the text with its surroundings and its binding."""
    layout = Layout(reading.text, [c.at for c in reading.claims])
    reads: list[Read] = []
    for index, claim in enumerate(reading.claims):
        context = layout.context(index, claim.subject or "")
        mentions = binder.gazetteer.mentions(reading.text, *context.clause)
        names = frozenset(n.id for m in mentions if m.what != "helper" for n in m.named)
        place = claim.place if claim.place and claim.place in context.clause_text else None
        last = reads[-1] if reads and reads[-1].context.sentence == context.sentence else None
        binding = binder.bind(claim, context, until, last.binding if last is not None else None)
        whole = _whole(claim, reads)
        if whole is not None:
            binding = binder.part_of(binding, whole.binding, claim, context)
        reads.append(Read(index, claim, claim.quote, claim.at, context, binding, names, place))
    return reads


def _whole(claim: Claim, reads: Sequence[Read]) -> Read | None:
    """What a part («其中…») is a part of: the claim that the reading names, else the last one before it in the same unit that is no part itself."""
    if claim.whole is not None and claim.whole < len(reads):
        return reads[claim.whole]
    around = _before_bracket(claim, reads)
    if around is not None:
        return around
    if claim.relation != "part":
        return None
    near = reversed(reads[-_LOOKING_BACK:])
    return next(
        (r for r in near if r.claim.quantity.unit == claim.quantity.unit and r.claim.relation != "part" and r.claim.per == claim.per), None
    )


def _before_bracket(claim: Claim, reads: Sequence[Read]) -> Read | None:
    """«3人（第一书记1人、队员2人）»: what stands in brackets right behind a number, in its unit, is a part of it."""
    last = reads[-1] if reads else None
    if last is None:
        return None
    text = last.context.text
    opened = max(text.rfind(mark, last.context.sentence[0], claim.at[0]) for mark in "（(")
    if opened < 0 or any(mark in text[opened : claim.at[0]] for mark in "）)"):
        return None
    near = (r for r in reversed(reads[-_LOOKING_BACK:]) if r.at[1] <= opened)
    whole = next(near, None)
    if whole is None or opened - whole.at[1] > _NOUN or whole.claim.quantity.unit != claim.quantity.unit or whole.claim.per != claim.per:
        return None
    return whole


_LOOKING_BACK = 5
_NOUN = 8  # signs between a number and the bracket behind it


def _partners(catalogue: Catalogue) -> dict[str, Figure]:
    """Figure → the one that counts the same in 人 where it counts 人次, or the reverse."""
    people: dict[object, dict[str, Figure]] = {}
    for figure in catalogue.figures.values():
        if figure.unit in {"person", "person-time"} and figure.kinds:
            key = (figure.kinds, tuple(sorted(figure.where.items())), figure.scope)
            people.setdefault(key, {}).setdefault(figure.unit, figure)
    found = {}
    for pair in people.values():
        if len(pair) == 2:
            found[pair["person"].code], found[pair["person-time"].code] = pair["person-time"], pair["person"]
    return found


def _recalled(findings: Sequence[Finding], earlier: Iterable[Earlier]) -> Iterable[Recalled]:
    """Last year's report said 42: the same figure and slice with another number, a total that has shrunk, or a part above the total told before."""
    by_figure: dict[tuple[str, str, str | None], list[Earlier]] = {}
    for said in earlier:
        by_figure.setdefault((said.figure, said.unit, said.per), []).append(said)
    for index, finding in enumerate(findings):
        figure = finding.figure
        if figure is None or not finding.claim.quantity.readable or not finding.binding.told_whole:
            continue
        known = by_figure.get((figure.code, finding.claim.quantity.unit, finding.claim.per), ())
        found = next((r for said in known if (r := _quarrel(index, finding, figure, said)) is not None), None)
        if found is not None:
            yield found


def _quarrel(index: int, finding: Finding, figure: Figure, said: Earlier) -> Recalled | None:
    """What of a claim cannot be true together with what an earlier report said of the same figure."""
    bounds, quote = finding.claim.quantity.bounds(), finding.claim.quote
    less, more = _below(bounds.low, bounds.high, said.low, said.high), _below(said.low, said.high, bounds.low, bounds.high)
    if not (less or more):
        return None
    asked = {finding.judgement.asked}
    if finding.verdict is not Verdict.supported:  # for what it is true of is what it says
        asked.add(finding.binding.slices[0])
    if any(now == said.asked and now.end is not None for now in asked):
        zh = f"同一时段，《{said.title}》写的是“{said.quote}”，这里是“{quote}”"
        en = f"For the same period “{said.title}” said “{said.quote}”, this text says “{quote}”"
    elif _grows(figure) and less and all(_holds(now, said.asked) for now in asked):
        zh = f"累计数变小：《{said.title}》已写“{said.quote}”，这里却是“{quote}”"
        en = f"A cumulative number shrank: “{said.title}” already said “{said.quote}”, this text says “{quote}”"
    elif _grows(figure) and more and all(_holds(said.asked, now) for now in asked):
        zh = f"部分大于全部：《{said.title}》的累计数是“{said.quote}”，这里一部分就有“{quote}”"
        en = f"A part above the whole: “{said.title}” said “{said.quote}” in all, this text says “{quote}” of a part"
    else:
        return None
    return Recalled(index, said, zh, en)


def _below(low: Decimal | None, high: Decimal | None, other_low: Decimal | None, other_high: Decimal | None) -> bool:
    """Whether every number of the first interval is below the second; rounded numbers that only touch (5万, 6万) are told apart."""
    if high is None or other_low is None:
        return False
    rounded = low is not None and other_high is not None and low < high and other_low < other_high
    return high < other_low or (high == other_low and rounded)


def _grows(figure: Figure) -> bool:
    return figure.fold in {Fold.SUM, Fold.COUNT, Fold.DISTINCT}


def _holds(wide: SliceWords, narrow: SliceWords) -> bool:
    """Whether all that counts for the narrow slice counts for the wide one too, and it is another."""
    if wide == narrow or wide.project not in {None, narrow.project} or narrow.end is None:
        return False
    if (wide.places and wide.places != narrow.places) or (wide.units and wide.units != narrow.units):
        return False
    first = wide.begin is None or (narrow.begin is not None and wide.begin <= narrow.begin)
    return first and (wide.end is None or narrow.end <= wide.end)


def number(value: Decimal | None) -> int | float | None:
    """A number as JSON has it: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(plain(value))
