"""考核: a scheme scored for the programme or a department and a year (domain.md 5): figures from the books, targets as set, the rest as people entered it.

What a person enters (points, cases, ballots) is kept: who, when, why; entered anew it does not overwrite, the newest counts. Beside the score stand
the points that the department gave itself (自评, domain.md 5.14 k); they never enter it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.contrib.auth.models import User
from django.utils import timezone

from bangfu import scoring
from bangfu.catalogue import Figure, Label
from bangfu.catalogue.shapes import How, Rule, Scheme
from bangfu.figures import Slice, Value
from bangfu.ledger import catalogue
from bangfu.ledger.models import Party, Programme
from bangfu.office import targets
from bangfu.office.books import Books
from bangfu.office.models import Judged, SelfScore
from bangfu.quantities import plain
from bangfu.scoring import Judgement, Layers, Marking, Placing, Reached, Score, State

OF_PROGRAMME = frozenset({"unit", "helper"})
OF_DEPARTMENT = frozenset({"department"})
"""What a scheme assesses, and for whom it can be scored here. The others are of teams and persons, for whom the books hold no slice."""

MOST_CASES = 10_000


class NotJudged(ValueError):  # noqa: N818 - a sentence, as people read it
    """Nothing was kept. `why` is the sentence, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.why = Label(zh, en)
        super().__init__(zh)


@dataclass(frozen=True, slots=True)
class Given:
    """What a person entered for an item; `value` None: taken back."""

    item: str
    value: Reached | None
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the scheme, scored. `figure`, `target` and `reached` where the books answer for it; `given` where a person does."""

    rule: Rule
    score: Score
    depth: int
    figure: Figure | None = None
    target: Decimal | None = None
    reached: Value | None = None
    given: Given | None = None
    layers: Layers = field(default_factory=Layers)

    @property
    def asks(self) -> bool:
        """Whether a person has to say what was reached."""
        return self.rule.how is not How.SUM and self.rule.figure is None


@dataclass(frozen=True, slots=True)
class Assessed:
    """A scheme filled in for a year and (for a department) a unit."""

    scheme: Scheme
    year: int
    unit: int | None
    slice: Slice
    marking: Marking
    lines: tuple[Line, ...]

    @property
    def full(self) -> Decimal:
        return self.marking.total.full

    @property
    def points(self) -> Decimal:
        return self.marking.total.points

    @property
    def self_score(self) -> Decimal | None:
        """What the department gave itself in all; None where it said nothing."""
        own = [line.layers.self_score.points for line in self.lines if line.layers.self_score]
        return sum(own, Decimal(0)) if own else None

    @property
    def open(self) -> tuple[Line, ...]:
        """The items that are not yet known: the points so far are no result."""
        codes = set(self.marking.total.open)
        return tuple(line for line in self.lines if line.rule.code in codes)


def schemes(year: int) -> list[Scheme]:
    """The schemes that can be scored here, those that hold in a year first; the others can be tried out on it."""
    known = [s for s in catalogue().schemes.values() if s.assesses in OF_PROGRAMME | OF_DEPARTMENT]
    return sorted(known, key=lambda s: (not holds(s, year), s.assesses in OF_DEPARTMENT, s.code))


def holds(scheme: Scheme, year: int) -> bool:
    """Whether a scheme is meant for a year."""
    begin, end = scheme.valid_from, scheme.valid_to
    return (begin is None or begin.year <= year) and (end is None or year <= end.year)


def assess(books: Books, scheme: Scheme, year: int, unit: int | None = None) -> Assessed:
    """Score `scheme` for the programme, or for the unit of a department's scheme."""
    slice_ = books.slice((date(year, 1, 1), date(year + 1, 1, 1)), unit=unit)
    rules = {rule.code: rule for rule in scoring.leaves(scheme.items)}
    values = books.values({r.figure for r in rules.values() if r.figure}, slice_)
    stands = targets.standing(books.programme, [year])
    set_ = {code: stands[key].value for code, r in rules.items() if r.figure and (key := targets.Key(r.figure, year, unit)) in stands}
    given = entered(books.programme, scheme, year, unit)
    known = scoring.answers(scheme, values.__getitem__, set_, {i: g.value for i, g in given.items() if g.value is not None})
    marking = scoring.mark(scheme, known)
    own = self_scores(books.programme, scheme, year, unit)

    def lines(items: Mapping[str, Score], rules_: tuple[Rule, ...], depth: int) -> Iterator[Line]:
        for rule in rules_:
            figure = books.catalogue.figures[rule.figure] if rule.figure else None
            target = set_.get(rule.code, rule.target)
            score = items.get(rule.code) or scoring.Score(Decimal(0), rule.points, marking.items[rule.code].working)
            final = Judgement(score.points, "") if score.state is State.SCORED and not rule.parts else None
            layers = Layers(self_score=own.get(rule.code), final_score=final)
            yield Line(rule, score, depth, figure, target, values[rule.figure] if rule.figure else None, given.get(rule.code), layers)
            yield from lines(score.parts or _nothing(rule, score), rule.parts, depth + 1)

    return Assessed(scheme, year, unit, slice_, marking, tuple(lines(marking.items, scheme.items, 0)))


def _nothing(rule: Rule, of: Score) -> dict[str, Score]:
    """The parts of an item that a veto brought to nothing."""
    return {part.code: Score(Decimal(0), part.points, of.working) for part in rule.parts}


def ranked(books: Books, scheme: Scheme, year: int) -> list[tuple[Party, Assessed, Placing | None]]:
    """A department's scheme for each department that had a task or was judged, best first; without placing while something of it is open."""
    keys = {key.unit for key in targets.standing(books.programme, [year]) if key.unit}
    keys |= set(
        Judged.objects.filter(programme=books.programme, scheme=scheme.code, year=year).exclude(unit=None).values_list("unit", flat=True)
    )
    units = list(Party.objects.filter(pk__in=keys, path__startswith=books.programme.helper.path).order_by("path"))
    found = {unit.pk: assess(books, scheme, year, unit.pk) for unit in units}
    done = {str(pk): one.points for pk, one in found.items() if not one.open}
    barred = frozenset(str(pk) for pk, one in found.items() if one.marking.vetoed)
    placed = scoring.place(done, scheme.grades, barred) if done else {}
    rows = [(unit, found[unit.pk], placed.get(str(unit.pk))) for unit in units]
    return sorted(rows, key=lambda row: (row[2].rank if row[2] else len(rows) + 1, -row[1].points))


def graded(books: Books, scheme: Scheme, year: int, unit: int | None = None) -> tuple[Assessed, Placing | None]:
    """A scheme scored, and where that places it: a department among the others, by points and quotas; the programme by points alone.

    No placing while something is open.
    """
    if scheme.assesses in OF_DEPARTMENT:
        found = next(((one, placing) for party, one, placing in ranked(books, scheme, year) if party.pk == unit), None)
        return found or (assess(books, scheme, year, unit), None)
    one = assess(books, scheme, year)
    if one.open:
        return one, None
    alone = tuple(replace(grade, quota=None) for grade in scheme.grades)
    return one, scoring.place({"": one.points}, alone, frozenset({""} if one.marking.vetoed else ()))[""]


# --- what people enter


def entered(programme: Programme, scheme: Scheme, year: int, unit: int | None) -> dict[str, Given]:
    """What stands of what was entered, by item."""
    return {one.item: one for one in reversed(steps(programme, scheme, year, unit))}


def steps(programme: Programme, scheme: Scheme, year: int, unit: int | None) -> list[Given]:
    """All that was entered, the newest first."""
    rows = Judged.objects.filter(programme=programme, scheme=scheme.code, year=year, unit=unit).select_related("by").order_by("-pk")
    return [Given(row.item, _value(row.value), row.by.get_full_name() or row.by.username, row.at, row.reason) for row in rows]


def _value(kept: object) -> Reached | None:
    if isinstance(kept, dict):
        return {str(word): int(count) for word, count in kept.items()}
    return None if kept is None else Decimal(str(kept))


def enter(programme: Programme, scheme: Scheme, year: int, unit: int | None, item: str, text: str, *, by: User, reason: str = "") -> Given:
    """Keep what a person says of an item: points, a number of cases, or ballots (“满意=80，不满意=5”); an empty text takes it back.

    Raises NotJudged for an item that is none, or that the books answer for, and for what cannot be read or is out of range; a value that
    stands needs a `reason` to be changed.
    """
    rule = next((r for r in scoring.leaves(scheme.items) if r.code == item), None)
    if rule is None or rule.figure is not None:
        raise NotJudged(f"“{item}”不是要录入的考核项", f"{item!r} is no item that a person enters")
    if (scheme.assesses in OF_DEPARTMENT) != (unit is not None):
        raise NotJudged(
            "请指明考核的部门" if unit is None else "这个考核办法不考核部门",
            "say which department" if unit is None else "this scheme is not for departments",
        )
    value = read_judged(rule, text) if text.strip() else None
    before = entered(programme, scheme, year, unit).get(item)
    if before is not None and before.value is not None and not reason.strip():
        raise NotJudged("改动或撤回已录入的，请写明原因", "say why what was entered is changed or taken back")
    kept = None if value is None else dict(value) if isinstance(value, Mapping) else str(value)
    row = Judged.objects.create(
        programme=programme,
        scheme=scheme.code,
        year=year,
        unit_id=unit,
        item=item,
        value=kept,
        by=by,
        at=timezone.now(),
        reason=reason.strip()[:500],
    )
    return Given(item, value, by.get_full_name() or by.username, row.at, row.reason)


def self_scores(programme: Programme, scheme: Scheme, year: int, unit: int | None) -> dict[str, Judgement]:
    """The points that stand of what a department gave itself, by item."""
    rows = SelfScore.objects.filter(programme=programme, scheme=scheme.code, year=year, unit=unit).select_related("by").order_by("pk")
    latest = {row.item: row for row in rows}
    return {
        item: Judgement(Decimal(row.points).scaleb(-2), row.by.get_full_name() or row.by.username, row.reason)
        for item, row in latest.items()
        if row.points is not None
    }


def claim(programme: Programme, scheme: Scheme, year: int, unit: int | None, item: str, text: str, *, by: User, reason: str = "") -> None:
    """Keep the points that a department gives itself for an item; an empty text takes them back. Raises NotJudged."""
    rule = next((r for r in scoring.leaves(scheme.items) if r.code == item), None)
    if rule is None or (scheme.assesses in OF_DEPARTMENT) != (unit is not None):
        raise NotJudged(f"“{item}”不是这个办法的考核项", f"{item!r} is no item of this scheme")
    points: int | None = None
    if text.strip():
        try:
            value = Decimal(unicodedata.normalize("NFKC", text).strip())
        except InvalidOperation:
            raise NotJudged(f"{rule.label.zh}：“{text}”不是数", f"{rule.label.en}: {text!r} is not a number") from None
        most = rule.cap if rule.how is How.BONUS and rule.cap is not None else rule.points * (rule.cap or 1)
        if not value.is_finite() or not 0 <= value <= most or value != value.quantize(scoring.CENT):
            up_to = plain(most)
            raise NotJudged(
                f"{rule.label.zh}：自评 {text} 应在 0 到 {up_to} 之间，最多两位小数",
                f"{rule.label.en}: {text} should be 0 to {up_to}, to two places",
            )
        points = int(value.scaleb(2))
    SelfScore.objects.create(
        programme=programme, scheme=scheme.code, year=year, unit_id=unit, item=item, points=points, by=by, reason=reason.strip()[:500]
    )


_BALLOTS = re.compile(r"([^\d=:：，,、;；\s]+)\s*[=:：]?\s*(\d{1,6})\s*票?")


def read_judged(rule: Rule, text: str) -> Reached:
    """What a text says for an item. Raises NotJudged."""
    if rule.how is How.VOTE:
        ballots = {word: int(count) for word, count in _BALLOTS.findall(unicodedata.normalize("NFKC", text))}
        if not ballots:
            words = "、".join(f"{word}=票数" for word in rule.weights)
            raise NotJudged(f"{rule.label.zh}：请写成 {words}", f"{rule.label.en}: write it as {words}")
        value: Reached = ballots
    else:
        try:
            value = Decimal(unicodedata.normalize("NFKC", text).strip())
        except InvalidOperation:
            raise NotJudged(f"{rule.label.zh}：“{text}”不是数", f"{rule.label.en}: {text!r} is not a number") from None
        if not value.is_finite() or not 0 <= value <= MOST_CASES or (rule.how is not How.JUDGED and value != value.to_integral_value()):
            raise NotJudged(
                f"{rule.label.zh}：“{text}”应是不小于 0 的{'数' if rule.how is How.JUDGED else '整数'}",
                f"{rule.label.en}: {text!r} should be a {'number' if rule.how is How.JUDGED else 'whole number'} of at least 0",
            )
    try:
        scoring.score(rule, value)
    except ValueError as error:
        most = plain(rule.points)
        raise NotJudged(
            str(error), f"{rule.label.en}: {text!r} does not fit (points up to {most}, votes for {', '.join(rule.weights) or '-'})"
        ) from None
    return value


def said(value: Reached | None) -> str:
    """What was entered, as a text that is read back."""
    if value is None:
        return ""
    return "，".join(f"{word}={count}" for word, count in value.items()) if isinstance(value, Mapping) else plain(Decimal(value))
