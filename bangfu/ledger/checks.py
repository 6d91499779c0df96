"""What the ledger alone can tell of its own faults (domain.md 6.8): one rule, one function; a plain list is the registry.

A rule looks at the records and yields findings; it changes nothing, and what it finds is a question to a person, never a correction.
Rules speak of fields by name: a kind that has the fields is looked at, whether it came with Bangfu or with the office's own catalogue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any

from bangfu.catalogue import Kind, Label
from bangfu.catalogue.reading import Problem, read_identity
from bangfu.figures import Fact
from bangfu.ledger import catalogue, facts
from bangfu.ledger.loading import AT_ONCE
from bangfu.ledger.models import Entry, Evidence, Person, Place, Programme
from bangfu.quantities import from_parts


class Severity(StrEnum):
    """How bad it is if the finding is right."""

    ERROR = "error"  # a number or a duty is wrong
    WARNING = "warning"  # likely wrong: look at it
    NOTICE = "notice"  # something is missing or due


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: its number in domain.md, a sentence in both languages, and the entries it is about."""

    rule: str
    severity: Severity
    message: Label
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """An entry with its details, and whether a voucher file proves it."""

    fact: Fact
    details: Mapping[str, Any]
    proved: bool = False

    def amount(self, name: str = "amount") -> int | None:
        return self.fact.measures.get(name)


@dataclass(frozen=True)
class Ledger:
    """What the rules look at: the standing entries of a programme, on a day."""

    programme: Programme
    records: Sequence[Record]
    today: date

    @cached_property
    def by_kind(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = defaultdict(list)
        for record in self.records:
            found[record.fact.kind].append(record)
        return found

    def of(self, *kinds: str) -> list[Record]:
        """The records of these kinds, oldest first."""
        return sorted((r for kind in kinds for r in self.by_kind.get(kind, ())), key=lambda r: (r.fact.begin, r.fact.id))

    def having(self, *names: str) -> Iterator[tuple[Kind, list[Record]]]:
        """The kinds that have all of these fields, with their records."""
        for code, records in self.by_kind.items():
            kind = catalogue().kinds.get(code)
            if kind and all(name in kind.fields for name in names):
                yield kind, records

    @cached_property
    def money(self) -> list[Record]:
        return self.of(*(kind.code for kind in catalogue().kinds.values() if kind.money))

    @cached_property
    def places(self) -> dict[int, str]:
        return dict(Place.objects.values_list("pk", "name"))


def check(programme: Programme, *, today: date | None = None, mark: int | None = None) -> list[Finding]:
    """Everything that the rules find in the entries that stand, the gravest first."""
    facts_ = list(facts.facts(programme, mark))
    more: dict[int, Mapping[str, Any]] = {}
    proved: set[int] = set()
    for at in range(0, len(facts_), AT_ONCE):
        ids = [f.id for f in facts_[at : at + AT_ONCE]]
        more.update(Entry.objects.filter(pk__in=ids).values_list("pk", "details"))
        proved.update(Evidence.objects.filter(entry__in=ids).values_list("entry", flat=True))
    ledger = Ledger(programme, [Record(f, more[f.id], f.id in proved) for f in facts_], today or date.today())  # noqa: DTZ011 - a local day
    order = list(Severity)
    return sorted((finding for rule in RULES for finding in rule(ledger)), key=lambda f: (order.index(f.severity), f.rule, f.entries))


def _ids(records: Iterable[Record]) -> tuple[int, ...]:
    return tuple(r.fact.id for r in records)


def _yuan(parts: int) -> str:
    return f"{from_parts(parts, 'CNY'):,}"


def _day(value: Any) -> date | None:
    """A date of the details (ISO text), None where it is missing or was not read as one."""
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


# --- the rules


def above_approval(ledger: Ledger) -> Iterator[Finding]:
    """C01: more was paid than was approved."""
    for _, records in ledger.having("approved", "amount"):
        for r in records:
            paid, approved = r.amount(), r.amount("approved")
            if paid is not None and approved is not None and paid > approved:
                zh = f"支付 {_yuan(paid)} 元，超过批准的 {_yuan(approved)} 元"
                yield Finding("C01", Severity.ERROR, Label(zh, f"{_yuan(paid)} yuan paid, {_yuan(approved)} approved"), _ids([r]))


def without_approval(ledger: Ledger) -> Iterator[Finding]:
    """C01: a payment that names neither project nor minutes nor document."""
    for _, records in ledger.having("approved", "minutes", "document"):
        for r in records:
            if r.fact.project is None and not r.details.get("minutes") and not r.details.get("document"):
                zh = "没有对应的项目、会议纪要或文件"
                yield Finding("C01", Severity.NOTICE, Label(zh, "Names no project, minutes or document"), _ids([r]))


def never_accepted(ledger: Ledger, days: int = 365) -> Iterator[Finding]:
    """C03: a project was started long ago, and nobody recorded that it was accepted."""
    steps: dict[Any, list[Record]] = defaultdict(list)
    for r in ledger.of("project"):
        steps[r.fact.project or (r.fact.title, r.fact.place)].append(r)
    over = {"accepted", "settled", "handed_over"}
    for records in steps.values():
        started = [r for r in records if r.fact.category == "started"]
        done = any(r.fact.category in over or r.fact.facets.get("progress") in over for r in records)
        if started and not done and ledger.today - started[0].fact.begin > timedelta(days):
            day, title = started[0].fact.begin, started[0].fact.title
            zh, en = f"“{title}”{day} 开工，超过 {days} 天没有验收记录", f"{title}: started {day}, no acceptance in {days} days"
            yield Finding("C03", Severity.WARNING, Label(zh, en), _ids(records))


UNIQUE = ("voucher", "invoice", "order_number", "contract", "asset_code")
"""Numbers that belong to one entry of a kind."""


def number_used_twice(ledger: Ledger) -> Iterator[Finding]:
    """C05: the same voucher, invoice, order or contract number on two entries of a kind."""
    for name in UNIQUE:
        for kind, records in ledger.having(name):
            same: dict[str, list[Record]] = defaultdict(list)
            for r in records:
                if number := "".join(str(r.details.get(name) or "").split()).upper():
                    same[number].append(r)
            label = kind.fields[name].label
            for number, twice in same.items():
                if len(twice) > 1:
                    zh, en = f"{label.zh} {number} 用了 {len(twice)} 次", f"{label.en} {number} is used {len(twice)} times"
                    yield Finding("C05", Severity.WARNING, Label(zh, en), _ids(twice))


def paid_twice(ledger: Ledger, days: int = 3) -> Iterator[Finding]:
    """C05: the same payee and amount within a few days."""
    same: dict[tuple[str, int, int], list[Record]] = defaultdict(list)
    for r in ledger.money:
        amount = r.amount()
        if amount and r.fact.party is not None:
            same[r.fact.kind, r.fact.party, amount].append(r)
    for (_, _, amount), records in same.items():
        for one, other in pairwise(records):
            if other.fact.begin - one.fact.begin <= timedelta(days):
                zh = f"{days} 天内向同一收款方两次支付 {_yuan(amount)} 元"
                en = f"{_yuan(amount)} yuan to the same payee twice within {days} days"
                yield Finding("C05", Severity.WARNING, Label(zh, en), _ids([one, other]))


def counted_twice(ledger: Ledger, days: int = 3) -> Iterator[Finding]:
    """C06: what looks like one payment counts to two indicators: same amount, place and unit within a few days, or the same voucher."""
    same: dict[Any, list[Record]] = defaultdict(list)
    for r in ledger.money:
        f, amount = r.fact, r.amount()
        if not amount or f.counts_to in {"", "none"}:
            continue
        if f.place is not None and f.unit is not None:
            same[amount, f.place, f.unit].append(r)
        if voucher := str(r.details.get("voucher") or "").strip():
            same[amount, voucher].append(r)
    seen: set[tuple[int, ...]] = set()
    for (amount, *what), records in same.items():
        for one, other in pairwise(records):
            near = len(what) == 1 or other.fact.begin - one.fact.begin <= timedelta(days)
            ids = _ids([one, other])
            if near and one.fact.counts_to != other.fact.counts_to and ids not in seen:
                seen.add(ids)
                names = [_indicator(r) for r in (one, other)]
                zh = f"同一笔 {_yuan(amount)} 元疑似计入两个指标：{names[0].zh}、{names[1].zh}"
                en = f"{_yuan(amount)} yuan seem to count to two indicators: {names[0].en} and {names[1].en}"
                yield Finding("C06", Severity.ERROR, Label(zh, en), ids)


def _indicator(record: Record) -> Label:
    kind = catalogue().kinds[record.fact.kind]
    choice = kind.fields["counts_to"].choice(record.fact.counts_to) if "counts_to" in kind.fields else None
    return choice.label if choice else Label(record.fact.counts_to, record.fact.counts_to)


def identity_number(ledger: Ledger) -> Iterator[Finding]:
    """C11: an identity number whose length, date or check digit is wrong."""
    entries: dict[int, list[Record]] = defaultdict(list)
    for r in ledger.records:
        for person in r.fact.persons:
            entries[person].append(r)
    people = Person.objects.filter(programme=ledger.programme, id_number__isnull=False).only("id_number")
    for one in people.iterator(chunk_size=2_000):
        if one.pk in entries:
            try:
                read_identity(one.id_number or "")
            except Problem as problem:
                yield Finding("C11", Severity.WARNING, Label(problem.zh, problem.en), _ids(entries[one.pk]))


def nobody_after_a_term(ledger: Ledger) -> Iterator[Finding]:
    """C23: a designated village has nobody posted to it, or people but no first secretary."""
    posted: dict[int | None, list[Record]] = defaultdict(list)
    for r in ledger.of("posting"):
        posted[r.fact.place].append(r)
    for village in _standing(ledger, ledger.of("designation")):
        place = village.fact.place
        name = ledger.places.get(place or 0, "")
        ever, now = posted[place], _standing(ledger, posted[place])
        if ever and not now:
            last = max(ever, key=lambda r: r.fact.end or r.fact.begin)
            day = (last.fact.end or ledger.today) - timedelta(1)
            zh, en = f"{name}的驻村干部 {day} 期满，没有接任者", f"{name}: the posting ended {day}, nobody has followed"
            yield Finding("C23", Severity.WARNING, Label(zh, en), _ids([last]))
        elif not any(r.fact.category == "first_secretary" for r in now):
            zh, en = f"{name}没有在任第一书记的记录", f"{name} has no first secretary on record"
            yield Finding("C23", Severity.NOTICE, Label(zh, en), _ids([village]))


def _standing(ledger: Ledger, records: Iterable[Record]) -> list[Record]:
    return [r for r in records if r.fact.begin <= ledger.today and (r.fact.end is None or r.fact.end > ledger.today)]


def in_two_villages(ledger: Ledger) -> Iterator[Finding]:
    """C23: one person is posted to two places at the same time."""
    of: dict[int, list[Record]] = defaultdict(list)
    for r in ledger.of("posting"):
        for person in r.fact.persons:
            of[person].append(r)
    for records in of.values():
        for one, other in pairwise(records):
            if one.fact.place != other.fact.place and (one.fact.end is None or one.fact.end > other.fact.begin):
                names = [ledger.places.get(r.fact.place or 0, "") for r in (one, other)]
                zh = f"同一人同时派驻{names[0]}和{names[1]}（{other.fact.begin} 起）"
                en = f"One person is posted to {names[0]} and {names[1]} at once (from {other.fact.begin})"
                yield Finding("C23", Severity.WARNING, Label(zh, en), _ids([one, other]))


def fewer_attendances_than_people(ledger: Ledger) -> Iterator[Finding]:
    """C24: 人次 below 人: every person attends at least once."""
    for _, records in ledger.having("people", "attendances"):
        for r in records:
            people, attendances = r.amount("people"), r.amount("attendances")
            if people is not None and attendances is not None and attendances < people:
                zh, en = f"{attendances} 人次少于 {people} 人", f"{attendances} attendances of {people} people"
                yield Finding("C24", Severity.ERROR, Label(zh, en), _ids([r]))


def bought_elsewhere(ledger: Ledger) -> Iterator[Finding]:
    """C25: a purchase whose origin is not said, so that nobody can tell whether it comes from an assisted place."""
    records = [r for r in ledger.of("purchase") if r.fact.place is None]
    if records:
        zh, en = f"{len(records)} 笔采购没有写明产地", f"{len(records)} purchases do not say where the produce comes from"
        yield Finding("C25", Severity.NOTICE, Label(zh, en), _ids(records))


def adopted_and_not_delivered(ledger: Ledger) -> Iterator[Finding]:
    """C26: an adoption is past its end without delivery, and nobody recorded a loss."""
    for _, records in ledger.having("delivered", "loss"):
        for r in records:
            end = r.fact.end
            if end is not None and end <= ledger.today and not r.details.get("delivered") and not r.details.get("loss"):
                day = end - timedelta(1)
                zh, en = f"“{r.fact.title}”{day} 到期，没有交付或损失处理的记录", f"{r.fact.title}: due {day}, neither delivered nor lost"
                yield Finding("C26", Severity.WARNING, Label(zh, en), _ids([r]))


GIFTS = frozenset({"subsidy", "gift"})


def growth_by_subsidy(ledger: Ledger) -> Iterator[Finding]:
    """C27: a collective's income grew by subsidies and gifts alone; or operating income contains a subsidy."""
    years: dict[int, dict[int, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for r in ledger.of("collective_income"):
        if r.fact.category == "operating" and r.amount("subsidy"):
            zh, en = "经营收入里含补助收入", "Operating income that contains a subsidy"
            yield Finding("C27", Severity.WARNING, Label(zh, en), _ids([r]))
        if r.fact.place is not None:
            years[r.fact.place][r.fact.begin.year].append(r)
    for place, by_year in years.items():
        for before, after in pairwise(sorted(by_year)):
            whole = [sum(r.amount() or 0 for r in by_year[y]) for y in (before, after)]
            given = [sum(_given(r) for r in by_year[y]) for y in (before, after)]
            if after == before + 1 and whole[1] > whole[0] and whole[1] - given[1] <= whole[0] - given[0]:
                name = ledger.places.get(place, "")
                zh = f"{name} {after} 年集体收入的增长全部来自补助和捐赠"
                en = f"{name}: the growth of {after} comes from subsidies and gifts alone"
                yield Finding("C27", Severity.WARNING, Label(zh, en), _ids([*by_year[before], *by_year[after]]))


def _given(record: Record) -> int:
    return (record.amount() or 0) if record.fact.category in GIFTS else (record.amount("subsidy") or 0)


def award_without_document(ledger: Ledger) -> Iterator[Finding]:
    """C29: an honour without the number of its document."""
    for _, records in ledger.having("authority", "document", "prize"):
        for r in records:
            if not r.details.get("document") and not r.proved:
                zh, en = f"“{r.fact.title}”没有表彰文号或佐证", f"{r.fact.title}: neither a document number nor evidence"
                yield Finding("C29", Severity.NOTICE, Label(zh, en), _ids([r]))


def overdue_rectification(ledger: Ledger) -> Iterator[Finding]:
    """C30: a finding is past its deadline and open; or closed without anything that shows it."""
    for _, records in ledger.having("deadline", "status"):
        for r in records:
            due, closed = _day(r.details.get("deadline")), r.fact.facets.get("status") == "closed"
            if not closed and due is not None and due < ledger.today:
                zh, en = f"“{r.fact.title}”整改时限 {due} 已过，尚未完成", f"{r.fact.title}: due {due}, still open"
                yield Finding("C30", Severity.WARNING, Label(zh, en), _ids([r]))
            elif closed and not r.proved and not any(r.details.get(n) for n in ("completed", "recheck", "evidence")):
                zh, en = f"“{r.fact.title}”已销号，没有完成时间、复查或佐证", f"{r.fact.title}: closed without date, recheck or evidence"
                yield Finding("C30", Severity.NOTICE, Label(zh, en), _ids([r]))


def found_again(ledger: Ledger, days: int = 365) -> Iterator[Finding]:
    """C30: the same problem at the same unit again within twelve months."""
    same: dict[tuple[str, int | None], list[Record]] = defaultdict(list)
    for r in ledger.of("rectification"):
        same["".join(r.fact.title.split()), r.fact.unit].append(r)
    for records in same.values():
        for one, other in pairwise(records):
            if timedelta(0) < other.fact.begin - one.fact.begin <= timedelta(days):
                zh = f"“{one.fact.title}”一年内再次发现（{one.fact.begin}、{other.fact.begin}）"
                en = f"{one.fact.title}: found again within a year ({one.fact.begin}, {other.fact.begin})"
                yield Finding("C30", Severity.WARNING, Label(zh, en), _ids([one, other]))


def impossible_days(ledger: Ledger) -> Iterator[Finding]:
    """C35: an entry of a day to come, or of a day before the programme began."""
    context = {k.code for k in catalogue().kinds.values() if k.chapter == "context" or k.state}
    for r in ledger.records:
        begin = r.fact.begin
        if begin > ledger.today:
            zh, en = f"日期 {begin} 在今天之后", f"{begin} is still to come"
            yield Finding("C35", Severity.ERROR, Label(zh, en), _ids([r]))
        elif begin < ledger.programme.begin and r.fact.kind not in context:
            since = ledger.programme.begin
            zh, en = f"日期 {begin} 早于项目开始（{since}）", f"{begin} is before the programme began ({since})"
            yield Finding("C35", Severity.WARNING, Label(zh, en), _ids([r]))


RULES: list[Callable[[Ledger], Iterator[Finding]]] = [
    above_approval,
    without_approval,
    never_accepted,
    number_used_twice,
    paid_twice,
    counted_twice,
    identity_number,
    nobody_after_a_term,
    in_two_villages,
    fewer_attendances_than_people,
    bought_elsewhere,
    adopted_and_not_delivered,
    growth_by_subsidy,
    award_without_document,
    overdue_rectification,
    found_again,
    impossible_days,
]
