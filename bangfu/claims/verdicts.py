"""Claim × ledger → verdict: what the ledger's number says of a statement, and what kind of slip a wrong one looks like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum

from bangfu import quantities
from bangfu.catalogue.shapes import Figure
from bangfu.claims.binding import Binding, SliceWords
from bangfu.figures import Value
from bangfu.quantities import WAN, YI, Hedge, Quantity, plain, write


class Verdict(StrEnum):
    supported = "supported"
    contradicted = "contradicted"
    no_record = "no_record"
    ambiguous = "ambiguous"
    unreadable = "unreadable"


class Slip(StrEnum):
    """What a wrong number looks like the result of (domain.md 6.8 C32)."""

    none = ""
    wan = "wan"  # 元 for 万元, or the other way round
    people = "people"  # 人 for 人次, or the other way round
    tenfold = "tenfold"  # a nought too many or too few
    digits = "digits"  # two digits swapped
    hedge = "hedge"  # the number is right, the hedge denies it


SURE = 0.5  # a binding less sure than this contradicts nobody
NOWHERE = SliceWords()
Ask = Callable[[str, SliceWords], Value]
People = Callable[[str, SliceWords], Value]
"""The people recorded in the entries of a figure that counts 人次, for a slice."""
Target = Callable[[str, SliceWords], Decimal | None]
"""The target of a figure for a slice, in the figure's unit; None where none was set."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the ledger says of one claim.

    `ledger` is the figure's number in the claim's own unit, `asked` the slice it was asked for, `difference` ledger − text and `factor`
    text ÷ ledger where the claim is contradicted. `zh` and `en` say why in one sentence.
    """

    verdict: Verdict
    zh: str
    en: str
    ledger: Decimal | None = None
    entries: int = 0
    asked: SliceWords = NOWHERE
    difference: Decimal | None = None
    factor: Decimal | None = None
    slip: Slip = Slip.none


def judge(
    quantity: Quantity,
    binding: Binding,
    ask: Ask,
    *,
    partner: Figure | None = None,
    target: Target | None = None,
    people: People | None = None,
) -> Judgement:
    """The verdict on a claim bound as `binding`.

    `partner` is the figure that counts the same thing in 人 where this one counts 人次, or the reverse. Never supported without a readable
    number and an entry of the ledger; never contradicted by the whole where a share is claimed. `target` answers for what was to be reached,
    `people` for the people whom the entries of a figure in 人次 record.
    """
    if binding.figure is not None and quantity.readable and (binding.change == "completion" or binding.aim in {"target", "plan"}):
        against = _completion if binding.change == "completion" else _aim
        told = against(quantity, binding.figure, binding, ask, target or _no_target)
        if told is not None:
            return told
    found = _judged(quantity, binding, ask, partner)
    if people is not None and binding.figure is not None and not binding.change:
        found = _as_people(quantity, binding.figure, found, people)
    if found.verdict is Verdict.supported and binding.aim in {"reached", "exceeded"} and target is not None:
        return _as_reached(quantity, found, binding, target)
    limit = binding.limit
    if (
        limit is None
        or found.verdict is Verdict.no_record
        or (limit.proves and (found.verdict is Verdict.supported or found.slip in _OF_THE_WHOLE))
    ):
        return found
    figure, each = binding.figure, None
    if figure is not None and found.ledger is not None and not binding.change:
        each = quantities.factor(quantity.unit, figure.unit)
    zh, en = (found.zh, found.en) if figure is None or found.ledger is None or each is None else _told(figure, found.ledger * each)
    return replace(
        found, verdict=Verdict.ambiguous, zh=f"{limit.zh}；{zh}", en=f"{limit.en}; {en}", difference=None, factor=None, slip=Slip.none
    )


_OF_THE_WHOLE = frozenset({Slip.wan, Slip.people, Slip.tenfold, Slip.digits})
"""Slips that only happen to the whole number: who writes 121.09元 where the ledger has 1,210,900 means all of it."""


def _judged(quantity: Quantity, binding: Binding, ask: Ask, partner: Figure | None) -> Judgement:
    if not quantity.readable:
        return Judgement(
            Verdict.unreadable, "原文此处已损坏，数读不出来，请对照原件", "The text is damaged here and the number cannot be read"
        )
    figure = binding.figure
    if figure is None:
        return Judgement(Verdict.no_record, "没有与这句话对应的指标", "No figure of the catalogue speaks of this")
    if binding.change:
        return _change(quantity, figure, binding, ask)
    found = _against(quantity, figure, binding.slices, ask, partner)
    if found.verdict is Verdict.contradicted and binding.confidence < SURE:
        return replace(
            found,
            verdict=Verdict.ambiguous,
            zh=f"可能指“{figure.label.zh}”，但把握不大：{found.zh}，请人工选定",
            en=f"May mean “{figure.label.en}”, but not surely: {found.en}; choose the figure",
        )
    if found.verdict is Verdict.contradicted:
        for other in binding.rivals:
            rival = _against(quantity, other, binding.slices, ask, None)
            if rival.verdict is Verdict.supported:
                return replace(
                    found,
                    verdict=Verdict.ambiguous,
                    zh=f"若指“{figure.label.zh}”则不符，若指“{other.label.zh}”则相符，请人工选定：{found.zh}；{rival.zh}",
                    en=f"Contradicted if “{figure.label.en}” is meant, supported if “{other.label.en}” is: choose one. {found.en}; {rival.en}",
                )
    for other in binding.close:
        if found.verdict in {Verdict.ambiguous, Verdict.unreadable}:
            break
        rival = _against(quantity, other, binding.slices, ask, None)
        if Verdict.no_record in {found.verdict, rival.verdict} and found.verdict is not Verdict.no_record:
            continue
        if rival.verdict is not found.verdict:
            return Judgement(
                Verdict.ambiguous,
                f"可能指“{figure.label.zh}”，也可能指“{other.label.zh}”，两者结论不同，请人工选定",
                f"May mean “{figure.label.en}” or “{other.label.en}”, which disagree: choose one",
                found.ledger,
                found.entries,
                found.asked,
            )
    return found


def _change(quantity: Quantity, figure: Figure, binding: Binding, ask: Ask) -> Judgement:
    """«同比增长20%», «比上年增加30人次»: the figure of the period against that of the year before."""
    asked = binding.slices[0]
    before = a_year_earlier(asked, binding.against)
    if before is None:
        return Judgement(Verdict.no_record, "没有说明是哪一年与哪一年相比", "Which years are compared is not said", asked=asked)
    now, then = ask(figure.code, asked), ask(figure.code, before)
    if now.value is None or then.value is None or not now.entries or not then.entries or (binding.change == "rate" and not then.value):
        zh, en = f"台账里没有两年的“{figure.label.zh}”可比", f"The ledger does not have “{figure.label.en}” for both years"
        return Judgement(Verdict.no_record, zh, en, asked=asked)
    entries = now.entries + then.entries
    change = now.value - then.value
    number = change * 100 / then.value if binding.change == "rate" else change * (quantities.factor(figure.unit, quantity.unit) or 1)
    went_zh, went_en = (f"{a} → {b}" for a, b in zip(_written(then.value, figure.unit), _written(now.value, figure.unit), strict=True))
    shown = plain(number.quantize(Decimal("0.01"))) + ("%" if binding.change == "rate" else "")
    zh = f"台账“{figure.label.zh}”两年为 {went_zh}，变化 {shown}"
    en = f"The ledger's “{figure.label.en}” went {went_en}, a change of {shown}"
    # A fall may be told as «下降10%», without a sign.
    near = quantity.bounds()
    place = (quantity.step or Decimal(1)) if binding.change == "rate" else Decimal(0)
    agrees = any(n in near if not place else _rounds_to(quantity, n, place) for n in (number, abs(number)))
    verdict = Verdict.supported if agrees else Verdict.contradicted
    stated = _stated(quantity)
    return Judgement(verdict, zh, en, number.quantize(Decimal("0.01")), entries, asked, None if agrees else number - stated)


def _rounds_to(quantity: Quantity, number: Decimal, place: Decimal) -> bool:
    """Whether a percentage told to this place admits the number: what rounds to it, and for a hedge what lies within half a place of its bounds."""
    if quantity.hedge is Hedge.exact and quantity.low == quantity.high:
        return (number / place).quantize(Decimal(1), ROUND_HALF_UP) * place == quantity.low
    near = quantity.bounds()
    return any(n in near for n in (number, number - place / 2, number + place / 2))


def _no_target(_code: str, _asked: SliceWords) -> None:
    return None


def _goal(figure: Figure, binding: Binding, target: Target) -> tuple[SliceWords, Decimal] | None:
    """The first of the slices a text may mean for which a target was set, and that target."""
    return next(((s, goal) for s in binding.slices if (goal := target(figure.code, s)) is not None), None)


def _completion(quantity: Quantity, figure: Figure, binding: Binding, ask: Ask, target: Target) -> Judgement | None:
    """«完成年度任务的120%»: what was reached of the figure, in a hundred of its target (domain.md 4.13)."""
    found = _goal(figure, binding, target)
    if found is None or not found[1]:
        zh, en = (
            f"没有定过“{figure.label.zh}”的任务，完成率无从核对",
            f"No target of “{figure.label.en}” was set, so there is nothing to hold this against",
        )
        return Judgement(Verdict.no_record, zh, en, asked=binding.slices[0])
    asked, goal = found
    reached = ask(figure.code, asked)
    if reached.value is None or not reached.entries:
        zh, en = f"台账里没有“{figure.label.zh}”的记录", f"The ledger has no record of “{figure.label.en}”"
        return Judgement(Verdict.no_record, zh, en, asked=asked)
    whole = Decimal(100 if quantity.unit == "percent" else 1)
    rate = reached.value * whole / goal
    beyond = rate - whole  # «超额完成20%»
    place = quantity.step or (Decimal(1) if quantity.unit == "percent" else Decimal("0.1"))
    stated = rate if binding.aim != "beyond" else beyond
    agrees = _rounds_to(quantity, stated, place)
    sign = ("%", "%") if quantity.unit == "percent" else ("倍", " times")
    working = [f"{reached.value:,f} ÷ {goal:,f} = {plain(rate.quantize(Decimal('0.01')))}{s}" for s in sign]
    if binding.aim == "beyond":
        over = plain(beyond.quantize(Decimal("0.01")))
        working = [f"{working[0]}，超出 {over}{sign[0]}", f"{working[1]}, {over}{sign[1]} beyond it"]
    (goal_zh, goal_en), (reached_zh, reached_en) = _written(goal, figure.unit), _written(reached.value, figure.unit)
    zh = f"“{figure.label.zh}”的任务为{goal_zh}，台账为{reached_zh}：{working[0]}"
    en = f"The target of “{figure.label.en}” is {goal_en}, the ledger has {reached_en}: {working[1]}"
    verdict = Verdict.supported if agrees else Verdict.contradicted
    number = stated.quantize(Decimal("0.01"))
    return Judgement(verdict, zh, en, number, reached.entries, asked, None if agrees else number - _stated(quantity))


def _aim(quantity: Quantity, figure: Figure, binding: Binding, _ask: Ask, target: Target) -> Judgement | None:
    """«年度任务100万元»: the target itself. None where none was set: then it is a plan like others."""
    found = _goal(figure, binding, target)
    each = quantities.factor(figure.unit, quantity.unit)
    if found is None or each is None:
        return None
    asked, goal = found
    number, stated = goal * each, _stated(quantity)
    goal_zh, goal_en = _written(goal, figure.unit, stated / each)
    zh, en = f"“{figure.label.zh}”的任务为{goal_zh}", f"The target of “{figure.label.en}” is {goal_en}"
    if quantity.admits(number):
        return Judgement(Verdict.supported, zh, en, number, 0, asked)
    verdict = Verdict.contradicted if binding.aim == "target" else Verdict.ambiguous
    apart_zh, apart_en = _apart(number - stated, quantity.unit)
    return Judgement(verdict, f"{zh}，{apart_zh}", f"{en}, {apart_en}", number, 0, asked)


def _as_reached(quantity: Quantity, found: Judgement, binding: Binding, target: Target) -> Judgement:
    """«96.8万元，超额完成任务»: the number is right; whether the target was reached is seen from the target."""
    figure = binding.figure
    goal = target(figure.code, found.asked) if figure is not None else None
    each = quantities.factor(quantity.unit, figure.unit) if figure is not None else None
    if figure is None or goal is None or each is None or found.ledger is None:
        return found
    reached = found.ledger * each
    enough = reached > goal if binding.aim == "exceeded" else reached >= goal
    goal_zh, goal_en = _written(goal, figure.unit, reached)
    zh = f"{found.zh}；任务{goal_zh}，{'已' if enough else '没有'}{'超额' if binding.aim == 'exceeded' else ''}完成"
    en = f"{found.en}; the target {goal_en} was {'' if enough else 'not '}{'exceeded' if binding.aim == 'exceeded' else 'reached'}"
    return replace(found, verdict=found.verdict if enough else Verdict.contradicted, zh=zh, en=en)


def a_year_earlier(asked: SliceWords, year: int | None = None) -> SliceWords | None:
    """The same days of the year before, or of `year`; None where the period is open or longer than a year, or is no later than that one."""
    if asked.begin is None or asked.end is None or (asked.end - asked.begin).days > 366:
        return None
    back = 1 if year is None else asked.begin.year - year
    if back < 1:
        return None
    try:
        return replace(asked, begin=asked.begin.replace(year=asked.begin.year - back), end=asked.end.replace(year=asked.end.year - back))
    except ValueError:  # 29 February
        return None


def _against(quantity: Quantity, figure: Figure, slices: tuple[SliceWords, ...], ask: Ask, partner: Figure | None) -> Judgement:
    tried: list[Judgement] = []
    for asked in slices:
        value = ask(figure.code, asked)
        judgement = _one(quantity, figure, asked, value)
        if judgement.verdict is Verdict.supported:
            return judgement
        if value.entries and value.value is not None:
            tried.append(judgement)
        elif value.value is not None and quantity.low == quantity.high == 0 and ask(figure.code, NOWHERE).entries:
            # «0名»: the ledger keeps such entries, and has none of them there.
            zh, en = _told(figure, Decimal(0))
            zh, en = f"{zh}（这一范围内没有记录）", f"{en} (nothing is recorded there)"
            return Judgement(Verdict.supported, zh, en, Decimal(0), 0, asked)
    if not tried and slices[0].project is not None:
        # None of these entries was recorded with the project; where all of them come to what the text says, they are the ones it means.
        whole = replace(slices[0], project=None)
        judgement = _one(quantity, figure, whole, ask(figure.code, whole))
        if judgement.verdict is Verdict.supported:
            return judgement
    if not tried:
        zh, en = f"台账里没有“{figure.label.zh}”的记录", f"The ledger has no record of “{figure.label.en}”"
        return Judgement(Verdict.no_record, zh, en, asked=slices[0])
    # Where the text leaves the slice open, the one that explains the wrong number best is told.
    first = next((t for t in tried if t.slip is not Slip.none), tried[0])
    if first.slip is Slip.none and all(t.asked != slices[0] for t in tried):
        # For what is most likely meant nothing is recorded; that the number is not that of all the time or of everywhere does not make it wrong.
        zh, en = f"台账里没有这一范围“{figure.label.zh}”的记录", f"The ledger has no record of “{figure.label.en}” there"
        return Judgement(Verdict.no_record, zh, en, asked=slices[0])
    if first.slip is Slip.none and partner is not None:
        value = ask(partner.code, first.asked)
        if value.value is not None and value.entries and quantity.admits(value.value):
            return _people(first, figure, partner, value.value)
    return first


def _one(quantity: Quantity, figure: Figure, asked: SliceWords, value: Value) -> Judgement:
    if value.value is None or not value.entries:
        return Judgement(Verdict.no_record, "", "", asked=asked)
    each = quantities.factor(figure.unit, quantity.unit)
    number = value.value * (each or 1)
    if each is None and {quantity.unit, figure.unit} == {"person", "person-time"}:
        return _mixed_people(quantity, figure, asked, value, number)
    if quantity.low == quantity.high == 0 and quantity.hedge is not Hedge.exact and number:
        zh, en = _told(figure, value.value)
        zh, en = f"{zh}，是否算“{quantity.word}”零请人工判断", f"{en}; whether that is next to nothing is for a person to say"
        return Judgement(Verdict.ambiguous, zh, en, number, value.entries, asked)
    if quantity.admits(number) or not (number or quantity.low or quantity.high) or _quotient(quantity, figure, number):
        zh, en = _told(figure, value.value, _stated(quantity) / (each or 1))
        zh, en = f"{zh}（{value.entries} 条记录）", f"{en} ({value.entries} {'entry' if value.entries == 1 else 'entries'})"
        return Judgement(Verdict.supported, zh, en, number, value.entries, asked)
    return _contradiction(quantity, figure, asked, number, value)


def _quotient(quantity: Quantity, figure: Figure, number: Decimal) -> bool:
    """A quotient written as a whole number (人均1176元 for 1176.47) is rounded, or cut off; a percentage is only rounded."""
    whole = quantity.hedge is Hedge.exact and not quantity.step and quantity.low is not None and quantity.low == quantity.high
    share = figure.unit == "percent"  # 12.9% is never told as 12%
    ways = (number.to_integral_value(rounding) for rounding in ((ROUND_HALF_UP,) if share else (ROUND_HALF_UP, ROUND_FLOOR)))
    return (share or figure.combine == "ratio") and whole and any(quantity.low == n for n in ways)


def _told(figure: Figure, number: Decimal, stated: Decimal | None = None) -> tuple[str, str]:
    """What the ledger says, in both languages; `number`, and what the text states, in the figure's own unit."""
    zh, en = _written(number, figure.unit, stated)
    return f"台账“{figure.label.zh}”为{zh}", f"The ledger's “{figure.label.en}” is {en}"


def _written(number: Decimal, code: str, against: Decimal | None = None) -> tuple[str, str]:
    """The number as a report says it, in both languages; beside it every digit where rounding would hide by how much `against` differs.

    Only money from 10,000 yuan on is rounded, and only in Chinese (quantities.write).
    """
    zh, en = (write(number, code, lang=lang) for lang in ("zh", "en"))
    place = YI / WAN if abs(number) >= YI else WAN / 100
    if code == "CNY" and against is not None and abs(number) >= WAN and number % place and abs(number - against) < place * 100:
        zh = f"{zh}，即{number:,f}元"
    return zh, en


def _apart(difference: Decimal, code: str) -> tuple[str, str]:
    """By how much the ledger lies above or below what the text states, in both languages."""
    zh, en = _written(abs(difference), code)
    return f"比文中{'多' if difference > 0 else '少'}{zh}", f"{en} {'more' if difference > 0 else 'less'} than the text"


def _contradiction(quantity: Quantity, figure: Figure, asked: SliceWords, number: Decimal, value: Value) -> Judgement:
    stated = _stated(quantity)
    factor = (stated / number).quantize(Decimal("0.0001")) if number else None
    slip = _slip(quantity, number)
    why_zh, why_en = (
        says.format(word=quantity.word) for says in _SLIPS[slip if quantity.unit == "CNY" or slip is not Slip.wan else Slip.tenfold]
    )
    each = quantities.factor(figure.unit, quantity.unit) or Decimal(1)
    zh, en = _told(figure, value.value or Decimal(0), stated / each)
    apart_zh, apart_en = _apart(number - stated, quantity.unit)
    zh, en = f"{zh}，{apart_zh}{why_zh}", f"{en}, {apart_en}{why_en}"
    return Judgement(Verdict.contradicted, zh, en, number, value.entries, asked, number - stated, factor, slip)


_SLIPS = {
    Slip.none: ("", ""),
    Slip.wan: ("；正好差一万倍，疑为“元”“万元”混写", "; off by ten thousand exactly: 元 for 万元?"),
    Slip.people: ("；疑为“人”“人次”混写", "; 人 (people) for 人次 (attendances)?"),
    Slip.tenfold: ("；差十倍、百倍或万倍，疑为多写、少写了零或“万”", "; off by a power of ten: a nought, or a 万, too many or too few?"),
    Slip.digits: ("；数字相同而次序不同，疑为数字颠倒", "; the same digits in another order: swapped?"),
    Slip.hedge: ("；数相近，但所用的“{word}”与台账不合", "; the number is near, but “{word}” denies it"),
}


def _stated(quantity: Quantity) -> Decimal:
    low, high = quantity.low or Decimal(0), quantity.high or Decimal(0)
    return low if low == high else (low + high) / 2


def _slip(quantity: Quantity, number: Decimal) -> Slip:
    if _near(quantity, number):
        return Slip.hedge if quantity.word else Slip.none if not _swapped(quantity, number) else Slip.digits
    if _near(quantity, number * 10_000) or _near(quantity, number / 10_000):
        return Slip.wan
    if any(_near(quantity, number * n) or _near(quantity, number / n) for n in (10, 100)):
        return Slip.tenfold
    return Slip.digits if _swapped(quantity, number) else Slip.none


def _near(quantity: Quantity, number: Decimal) -> bool:
    """Whether the number written is this one, but for its hedge: an open «超9» admits any number above, so `admits` would not tell."""
    if not quantity.word:
        # 1万元 is no 6800: so few digits admit what nobody would have written so.
        return quantity.admits(number) and abs(_stated(quantity) - number) * 20 <= number
    return abs(_stated(quantity) - number) * 10 <= number


def _swapped(quantity: Quantity, number: Decimal) -> bool:
    digits = sorted(plain(quantity.low or Decimal(0)).strip("0."))
    return len(digits) > 1 and quantity.low == quantity.high != number and digits == sorted(plain(number).strip("0."))


def _mixed_people(quantity: Quantity, figure: Figure, asked: SliceWords, value: Value, number: Decimal) -> Judgement:
    """The text says 人 and only 人次 are recorded, or the reverse. People are never more than attendances."""
    if quantity.admits(number):
        return _people(Judgement(Verdict.contradicted, "", "", number, value.entries, asked), figure, figure, number)
    stated = _stated(quantity)
    impossible = stated > number if figure.unit == "person-time" else stated < number
    if impossible:
        found = _contradiction(quantity, figure, asked, number, value)
        slip = Slip.people if found.slip is Slip.none else found.slip
        return Judgement(Verdict.contradicted, found.zh, found.en, number, value.entries, asked, found.difference, found.factor, slip)
    zh, en = _told(figure, number)
    zh, en = f"{zh}，文中的“{quantities.unit(quantity.unit).zh}”数核不出", f"{en}; the text counts in another way"
    return Judgement(Verdict.ambiguous, zh, en, number, value.entries, asked)


def _as_people(quantity: Quantity, figure: Figure, found: Judgement, people: People) -> Judgement:
    """«培训基层干部38名»: as all the entries of a figure in 人次 record their people too, these may be told (domain.md I3: 人次 or 名)."""
    if (quantity.unit, figure.unit) != ("person", "person-time") or found.verdict not in {Verdict.contradicted, Verdict.ambiguous}:
        return found
    value = people(figure.code, found.asked)
    if value.value is None or value.entries != found.entries or not found.entries or not quantity.admits(value.value):
        return found
    (zh, en), number = _told(figure, found.ledger or value.value), f"{value.value:,f}"
    zh, en = f"{zh}，这些记录的人数为{number}人（{value.entries} 条记录）", f"{en}; the people of these entries are {number}"
    return Judgement(Verdict.supported, zh, en, value.value, value.entries, found.asked)


def _people(found: Judgement, figure: Figure, other: Figure, number: Decimal) -> Judgement:
    zh, en = _told(other, number)
    mine = "" if other is figure else f"（“{figure.label.zh}”为{write(found.ledger or Decimal(0), figure.unit)}）"
    zh, en = f"{zh}，文中把“人次”和“人”混写了{mine}", f"{en}: the text mixes 人 (people) and 人次 (attendances)"
    return Judgement(Verdict.contradicted, zh, en, found.ledger, found.entries, found.asked, found.difference, found.factor, Slip.people)
