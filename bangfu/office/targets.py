"""What is to be reached: targets a year, divided among units and places (任务分解, domain.md 4.13), held against the books.

A target is of one figure and one year, for the programme, a unit or a place. It is never overwritten: each setting is a row of its own (who, when,
why, before → after), the newest counts, and a withdrawal is a row too. What was reached is always the figure of the books for that very slice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from bangfu.catalogue import Catalogue, Figure, Label
from bangfu.catalogue.shapes import Fold
from bangfu.figures import Slice, Value
from bangfu.ledger import catalogue
from bangfu.ledger.models import Party, Place, Programme
from bangfu.ledger.places import subtrees
from bangfu.office.books import Books
from bangfu.office.models import Target
from bangfu.quantities import from_parts, plain, to_parts, unit, write

YEARS = range(1990, 2100)
LARGEST = (1 << 63) - 1
HUNDRED = Decimal(100)
TENTH = Decimal("0.1")


class Key(NamedTuple):
    """What a target is for: a figure, a year, and a unit or a place (neither: the programme as a whole)."""

    figure: str
    year: int
    unit: int | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A target that stands, in its figure's unit; `number` is that of the row that set it."""

    key: Key
    value: Decimal
    due: date | None
    number: int


@dataclass(frozen=True, slots=True)
class Wish:
    """A target as somebody wants it: `value` in the figure's unit, None to withdraw it. `where` is the cell it was written in, for messages."""

    key: Key
    value: Decimal | None
    due: date | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a wish changes: the target before (None: there was none) and the wish."""

    before: Standing | None
    wish: Wish


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the history: who set what in whose place, when and why. `after` None: withdrawn."""

    key: Key
    before: Decimal | None
    after: Decimal | None
    due: date | None
    by: str
    at: datetime
    reason: str


class TargetsRefused(ValueError):  # noqa: N818 - sentences, as people read them
    """Nothing was set. `problems` are all that is wrong, in both languages, each with where it is."""

    def __init__(self, problems: Sequence[Label]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(p.zh for p in problems))


# --- what stands


def standing(programme: Programme, years: Iterable[int] | None = None, *, figure: str | None = None) -> dict[Key, Standing]:
    """The targets that stand, in the order in which their figures come in the catalogue; those of figures that are gone are left out."""
    known = catalogue().figures
    latest = {Key(t.figure, t.year, t.unit_id, t.place_id): t for t in _rows(programme, years, figure)}
    found = {
        key: Standing(key, from_parts(t.value, known[key.figure].unit), t.due, t.pk)
        for key, t in latest.items()
        if t.value is not None and key.figure in known
    }
    order = {code: (f.core or 99, at) for at, (code, f) in enumerate(known.items())}
    return dict(sorted(found.items(), key=lambda pair: (pair[0].year, order[pair[0].figure], pair[0].unit or 0, pair[0].place or 0)))


def history(programme: Programme, years: Iterable[int] | None = None, *, figure: str | None = None) -> list[Step]:
    """Every setting and withdrawal, the newest first."""
    known = catalogue().figures
    steps: list[Step] = []
    last: dict[Key, Decimal | None] = {}
    for row in _rows(programme, years, figure):
        if row.figure in known:
            key = Key(row.figure, row.year, row.unit_id, row.place_id)
            after = None if row.value is None else from_parts(row.value, known[row.figure].unit)
            by = row.by.get_full_name() or row.by.username
            steps.append(Step(key, last.get(key), after, row.due, by, row.at, row.reason))
            last[key] = after
    return steps[::-1]


def years_with_targets(programme: Programme) -> list[int]:
    return sorted({key.year for key in standing(programme)})


def value_of(programme: Programme, key: Key, number: int) -> Decimal | None:
    """What the row of that number set for `key`; None where it withdrew, or is not one of them."""
    row = Target.objects.filter(pk=number, programme=programme, figure=key.figure, year=key.year, unit=key.unit, place=key.place).first()
    return None if row is None or row.value is None else from_parts(row.value, catalogue().figures[key.figure].unit)


def seen_by(targets: Mapping[Key, Standing], units: frozenset[int] | None) -> dict[Key, Standing]:
    """Of the targets those of these units (None: all of them)."""
    return {key: one for key, one in targets.items() if units is None or key.unit in units}


def _rows(programme: Programme, years: Iterable[int] | None, figure: str | None) -> Iterable[Target]:
    found = Target.objects.filter(programme=programme).select_related("by").order_by("pk")
    if years is not None:
        found = found.filter(year__in=list(years))
    return found.filter(figure=figure) if figure else found


def target(programme: Programme, figure_code: str, slice_: Slice) -> Decimal | None:
    """The target of a figure for a slice, in the figure's unit; None where none was set for exactly that.

    The slice begins with a year (or with the programme) and ends in or with one: its target is that of the years it touches, added up where
    the figure adds up over years (a sum or a count), else that of the last one. A part of the first year, a project, or a unit or place that
    has no target of its own has none. Raises KeyError for a figure that is not in the catalogue.
    """
    figure = catalogue().figures[figure_code]
    years = _years_of(programme, slice_)
    if not years or slice_.project is not None:
        return None
    stands = standing(programme, years, figure=figure_code)
    who = _who(programme, slice_, stands)
    if who is None:
        return None
    of_years = [stands.get(Key(figure_code, year, *who)) for year in (years if adds_up(catalogue(), figure) else years[-1:])]
    values = [one.value for one in of_years if one is not None]
    return sum(values, Decimal(0)) if values and len(values) == len(of_years) else None


def _years_of(programme: Programme, slice_: Slice) -> list[int]:
    begin = slice_.begin or programme.begin
    if slice_.end is None or (begin.month, begin.day) != (1, 1) or slice_.end <= begin:
        return []
    return list(range(begin.year, (slice_.end - timedelta(days=1)).year + 1))


def _who(programme: Programme, slice_: Slice, stands: Iterable[Key]) -> tuple[int | None, int | None] | None:
    """The unit and the place whose subtrees the slice holds; None where no target is for such."""
    units, places = slice_.units, slice_.places
    if units is not None and units == subtrees(Party, [programme.helper_id])[0]:
        units = None
    if units is None and places is None:
        return None, None
    if units is not None and places is not None:
        return None
    if units is not None:
        of = {key.unit for key in stands if key.unit is not None and key.unit in units}
        return next(((pk, None) for pk in of if subtrees(Party, [pk])[0] == units), None)
    of = {key.place for key in stands if key.place is not None and places is not None and key.place in places}
    return next(((None, pk) for pk in of if subtrees(Place, [pk])[0] == places), None)


def adds_up(known: Catalogue, figure: Figure) -> bool:
    """Whether the figure of a whole is the sum of its parts': sums and counts do, rates, persons told apart and states that hold do not."""
    if figure.combine:
        return figure.combine in {"total", "difference"} and all(adds_up(known, known.figures[part]) for part in figure.parts)
    return figure.fold in {Fold.SUM, Fold.COUNT}


# --- setting them


def changes(programme: Programme, wishes: Iterable[Wish]) -> list[Change]:
    """What the wishes would change; those that stand already are left out. Raises TargetsRefused with all that is wrong."""
    wishes = [replace(w, key=w.key._replace(unit=None)) if w.key.unit == programme.helper_id else w for w in wishes]
    units = set(Party.objects.filter(path__startswith=programme.helper.path).values_list("pk", flat=True))
    places = {int(step) for path in programme.places.values_list("path", flat=True) for step in path.strip("/").split("/")}
    problems = [problem for wish in wishes for problem in _faults(wish, units, places)]
    first: dict[Key, Wish] = {}
    for wish in wishes:
        other = first.setdefault(wish.key, wish)
        if (other.value, other.due) != (wish.value, wish.due) and wish.key.figure in catalogue().figures:
            zh, en = said(programme, wish.key, "zh"), said(programme, wish.key, "en")
            were = (other.value, wish.value)
            told = [
                ("—" if v is None else plain(v)) + (f"（{w.where}）" if w.where else "") for v, w in zip(were, (other, wish), strict=True)
            ]
            problems.append(Label(f"{zh}写了两次：{told[0]}、{told[1]}", f"{en} is given twice: {told[0]} and {told[1]}"))
    if problems:
        raise TargetsRefused(problems)
    stands = standing(programme, {wish.key.year for wish in wishes})
    found = [Change(stands.get(wish.key), wish) for wish in first.values()]
    return [
        c
        for c in found
        if (c.before and (c.before.value, c.before.due)) != (c.wish.value, c.wish.due) and (c.before or c.wish.value is not None)
    ]


def set_targets(
    programme: Programme, wishes: Iterable[Wish], *, by: User, reason: str = "", seen: Mapping[Key, int] | None = None
) -> list[Change]:
    """Set and withdraw targets, all of them or none; gives what was changed.

    What stands already needs a `reason` to be changed. With `seen` (the numbers of the targets that the person had before them) a target that
    somebody else has set meanwhile is not overwritten. Raises TargetsRefused.
    """
    wishes = list(wishes)
    with transaction.atomic():
        Programme.objects.select_for_update().get(pk=programme.pk)  # one hand at a time
        made = changes(programme, wishes)
        problems = []
        if not reason.strip() and any(c.before for c in made):
            problems.append(Label("改动或撤回已下达的目标，请写明原因", "Say why: targets that were set are changed or withdrawn"))
        for one in made:
            number = one.before.number if one.before else 0
            if seen is not None and seen.get(one.wish.key, 0) != number:
                now = plain(one.before.value) if one.before else "—"
                problems.append(
                    Label(
                        f"{said(programme, one.wish.key, 'zh')}刚被别人改为 {now}，请重新打开再改",
                        f"{said(programme, one.wish.key, 'en')} was meanwhile set to {now} by somebody else: open the page again",
                    )
                )
        if problems:
            raise TargetsRefused(problems)
        at = timezone.now()
        for one in made:
            key, value = one.wish.key, one.wish.value
            Target.objects.create(
                programme=programme,
                figure=key.figure,
                year=key.year,
                unit_id=key.unit,
                place_id=key.place,
                value=None if value is None else to_parts(value, catalogue().figures[key.figure].unit),
                due=one.wish.due,
                by=by,
                at=at,
                reason=reason.strip()[:500],
            )
    return made


def _faults(wish: Wish, units: set[int], places: set[int]) -> Iterable[Label]:
    """What is wrong with one wish; `units` and `places` are those of the programme."""
    key, at = wish.key, f"{wish.where}：" if wish.where else ""
    at_en = f"{wish.where}: " if wish.where else ""
    figure = catalogue().figures.get(key.figure)
    if figure is None or figure.part:
        yield Label(f"{at}没有可以下达目标的指标“{key.figure}”", f"{at_en}there is no figure {key.figure!r} for which a target can be set")
        return
    if key.year not in YEARS:
        yield Label(f"{at}年度“{key.year}”不对，请写四位年份", f"{at_en}{key.year} is not a year: write its four digits")
    if key.unit is not None and key.place is not None:
        yield Label(f"{at}目标或按部门分解，或按地点分解，不能同时", f"{at_en}a target is for a unit or for a place, not for both")
    if key.unit is not None and key.unit not in units:
        yield Label(f"{at}没有编号 {key.unit} 的部门", f"{at_en}there is no unit {key.unit}")
    if key.place is not None and key.place not in places:
        yield Label(f"{at}没有编号 {key.place} 的地点", f"{at_en}there is no place {key.place}")
    if wish.due is not None and wish.due.year != key.year:
        yield Label(f"{at}完成时限 {wish.due} 不在 {key.year} 年内", f"{at_en}the deadline {wish.due} is not in {key.year}")
    if wish.value is None:
        return
    if not wish.value.is_finite() or wish.value > LARGEST:
        yield Label(f"{at}目标太大，请核对单位", f"{at_en}the target is too large: check its unit")
        return
    if wish.value <= 0:
        yield Label(
            f"{at}目标“{plain(wish.value)}”应大于 0；没有任务就留空", f"{at_en}a target is more than 0; leave it empty where there is none"
        )
        return
    try:
        parts = to_parts(wish.value, figure.unit)
    except ValueError as error:
        yield Label(f"{at}{error}", f"{at_en}{plain(wish.value)} is finer than the smallest part of {unit(figure.unit).en}")
    else:
        if parts > LARGEST:
            yield Label(f"{at}目标“{plain(wish.value)}”太大", f"{at_en}the target {plain(wish.value)} is too large")


def said(programme: Programme, key: Key, lang: str) -> str:
    """What a target is for, in words: 2020年食品工程系投入帮扶资金."""
    figure = catalogue().figures[key.figure].label.say(lang)
    names = [
        n for model, pk in ((Party, key.unit), (Place, key.place)) if pk for n in model.objects.filter(pk=pk).values_list("name", flat=True)
    ]
    who = names[0] if names else ""
    return f"{figure}, {who or programme.helper.name}, {key.year}" if lang == "en" else f"{key.year}年{who}{figure}"


# --- held against the books


class Sign(StrEnum):
    """How a target stands on a day: the marks of the table, each with its word."""

    REACHED = "reached"  # 已完成
    ON_TIME = "on_time"  # 达到时序进度
    SLOW = "slow"  # 略慢于时序进度
    BEHIND = "behind"  # 滞后
    MISSED = "missed"  # 到期未完成
    OPEN = "open"  # 还没有数据


SLOW = Decimal(10)
"""So many points of a hundred behind the time gone by are «略慢», more are «滞后»."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A target held against the books on a day. `rate` and `time` are in a hundred; `time` is None for what is a state and grows with no calendar."""

    target: Standing
    figure: Figure
    slice: Slice
    reached: Value
    rate: Decimal | None
    time: Decimal | None
    sign: Sign

    @property
    def missing(self) -> Decimal:
        """What is still to be done, 0 once it is reached."""
        return max(self.target.value - (self.reached.value or Decimal(0)), Decimal(0))


def progress(books: Books, targets: Iterable[Standing], today: date) -> list[Progress]:
    """Each target with what was reached of it as booked, and how it stands on `today`."""
    targets = list(targets)
    slices = {who: books.slice(_year(who[0]), who[2], who[1]) for who in {(t.key.year, t.key.unit, t.key.place) for t in targets}}
    codes: dict[tuple[int, int | None, int | None], list[str]] = {}
    for one in targets:
        codes.setdefault((one.key.year, one.key.unit, one.key.place), []).append(one.key.figure)
    values = {who: books.values(some, slices[who]) for who, some in codes.items()}
    found = []
    for one in targets:
        who = (one.key.year, one.key.unit, one.key.place)
        figure = books.catalogue.figures[one.key.figure]
        reached = values[who][figure.code]
        rate = completion(reached.value, one.value)
        gone = time_gone(one.key.year, one.due, today)
        time = gone if adds_up(books.catalogue, figure) else None
        found.append(Progress(one, figure, slices[who], reached, rate, time, _sign(rate, time, over=gone == HUNDRED)))
    return found


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year + 1, 1, 1)


def completion(reached: Decimal | None, target: Decimal) -> Decimal | None:
    """完成率 in a hundred, to one place, rounded half up; what is not quite reached is never shown as 100. None where nothing is known."""
    if reached is None:
        return None
    rate = (reached * HUNDRED / target).quantize(TENTH, ROUND_HALF_UP)
    return min(rate, HUNDRED - TENTH) if reached < target else rate


def time_gone(year: int, due: date | None, today: date) -> Decimal:
    """时序进度 in a hundred, to one place: the days gone by of those from New Year to the deadline (the year's end where there is none)."""
    first, last = date(year, 1, 1), due or date(year, 12, 31)
    days = min(max((today - first).days + 1, 0), (last - first).days + 1)
    return (HUNDRED * days / ((last - first).days + 1)).quantize(TENTH, ROUND_HALF_UP)


def _sign(rate: Decimal | None, time: Decimal | None, *, over: bool) -> Sign:
    if rate is None:
        return Sign.OPEN
    if rate >= HUNDRED:
        return Sign.REACHED
    if over:
        return Sign.MISSED
    if time is None:
        return Sign.SLOW
    if rate >= time:
        return Sign.ON_TIME
    return Sign.SLOW if rate >= time - SLOW else Sign.BEHIND


# --- the parts against the whole


@dataclass(frozen=True, slots=True)
class Division:
    """How a target was divided: its parts, what they come to, and how far that is from the whole (None: the whole has no target).

    `exact` is False where the figure of a whole is less than the sum of its parts' (persons told apart): the parts may come to more.
    """

    figure: Figure
    year: int
    among: str  # unit place
    whole: Key
    target: Decimal | None
    parts: tuple[Standing, ...] = field(default=())
    exact: bool = True

    @property
    def total(self) -> Decimal:
        return sum((p.value for p in self.parts), Decimal(0))

    @property
    def gap(self) -> Decimal | None:
        """What the parts come to less the whole: below 0 something was not divided, above 0 too much was."""
        return None if self.target is None else self.total - self.target

    @property
    def fits(self) -> bool:
        return self.gap is not None and (self.gap == 0 if self.exact else self.gap >= 0)

    def say(self, lang: str) -> str:
        """The comparison as a sentence."""
        total = write(self.total, self.figure.unit, lang=lang, style="digits" if lang == "zh" else "auto")
        if self.target is None or self.gap is None:
            return f"分解合计 {total}，没有总目标" if lang == "zh" else f"the parts come to {total}, and the whole has no target"
        whole = write(self.target, self.figure.unit, lang=lang, style="digits" if lang == "zh" else "auto")
        if self.fits:
            return f"分解合计 {total}，与总目标相符" if lang == "zh" else f"the parts come to {total}, as the whole does"
        gap = write(abs(self.gap), self.figure.unit, lang=lang, style="digits" if lang == "zh" else "auto")
        if lang == "zh":
            return f"分解合计 {total}，与总目标 {whole}不符，{'多' if self.gap > 0 else '少'} {gap}"
        return f"the parts come to {total}, the whole is {whole}: {gap} {'too much' if self.gap > 0 else 'not divided'}"


def divisions(targets: Mapping[Key, Standing]) -> list[Division]:
    """Each target that was divided, among units and among places, with its parts: the targets next below it in the tree.

    Figures whose parts say nothing about the whole (rates, states) are left out.
    """
    known = catalogue()
    paths = {
        "unit": dict(Party.objects.filter(pk__in={k.unit for k in targets if k.unit}).values_list("pk", "path")),
        "place": dict(Place.objects.filter(pk__in={k.place for k in targets if k.place}).values_list("pk", "path")),
    }
    found: dict[tuple[str, Key], list[Standing]] = {}
    for key, one in targets.items():
        among = "unit" if key.unit else "place" if key.place else ""
        figure = known.figures[key.figure]
        if not among or not (adds_up(known, figure) or figure.fold is Fold.DISTINCT):
            continue
        own = key.unit or key.place or 0
        above = _above(own, {pk for k in targets if k[:2] == key[:2] and (pk := k.unit if among == "unit" else k.place)}, paths[among])
        whole = Key(key.figure, key.year, above if among == "unit" else None, above if among == "place" else None)
        found.setdefault((among, whole), []).append(one)
    return [
        Division(
            figure=known.figures[whole.figure],
            year=whole.year,
            among=among,
            whole=whole,
            target=targets[whole].value if whole in targets else None,
            parts=tuple(parts),
            exact=known.figures[whole.figure].fold is not Fold.DISTINCT,
        )
        for (among, whole), parts in found.items()
    ]


def _above(own: int, others: set[int], paths: Mapping[int, str]) -> int | None:
    """The nearest of `others` that `own` lies below; None for the programme itself."""
    steps = [int(step) for step in paths[own].strip("/").split("/")][:-1]
    return next((step for step in reversed(steps) if step in others), None)
