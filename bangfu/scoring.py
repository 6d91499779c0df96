"""Figure × target × rule → score, with its working: the scoring primitives of real assessment schemes (domain.md 5.14).

Points are Decimals with two places, rounded half up. What is not known is open, not zero; what has no task this year is left out and the other
items are scaled up. Every score says in both languages how it came about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from bangfu.catalogue.shapes import Grade, How, Label, Rule, Scheme
from bangfu.figures import Value
from bangfu.quantities import plain

ZERO = Decimal(0)
CENT = Decimal("0.01")

Reached = Decimal | int | Mapping[str, int]
"""What was reached: a number, or for a vote how many chose each word."""


class State(StrEnum):
    SCORED = "scored"
    OPEN = "open"  # something is still missing
    LEFT_OUT = "left_out"  # no task this year (缺项)


@dataclass(frozen=True, slots=True)
class Score:
    """What an item came to. `points` are 0 while it is open or left out; `parts` are the scores of a sum, by code."""

    points: Decimal
    full: Decimal
    working: Label
    state: State = State.SCORED
    parts: Mapping[str, Score] = field(default_factory=dict)

    @property
    def open(self) -> tuple[str, ...]:
        """The codes of the items in it that are still open."""
        return tuple(c for code, part in self.parts.items() if part.state is State.OPEN for c in (part.open or (code,)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known for an item: what was reached, and the target set for this object and year (None: the rule's own)."""

    reached: Reached | None = None
    target: Decimal | None = None


def score(rule: Rule, reached: Reached | None, target: Decimal | None = None) -> Score:
    """The points of one item.

    `reached` in the unit of its figure (a vote: word → ballots), `target` likewise; None where it is not known. A rule that needs a target
    and has none is left out when it is optional, else open. Raises ValueError for a sum (it is scored from its parts), for a vote with
    words the rule does not have and for points beyond the full mark.
    """
    target = rule.target if target is None else target
    if rule.how is How.SUM:
        raise ValueError(f"{rule.code} is the sum of its parts: score those")
    if rule.how in {How.THRESHOLD, How.RATIO, How.SHORTFALL} and not target:
        if rule.optional:
            return Score(ZERO, rule.points, Label("本年度没有任务，按缺项计", "no task this year; left out"), State.LEFT_OUT)
        return Score(ZERO, rule.points, Label("还没有下达目标", "no target has been set"), State.OPEN)
    if reached is None:
        return Score(ZERO, rule.points, Label("还没有完成数", "not known what was reached"), State.OPEN)
    if rule.how is How.VOTE:
        return _vote(rule, reached)
    if isinstance(reached, Mapping):
        raise ValueError(f"{rule.code} is no vote: it takes one number")  # noqa: TRY004 - the caller's data, not its type, is wrong
    return SCORERS[rule.how](rule, Decimal(reached), target or ZERO)


def _threshold(rule: Rule, reached: Decimal, target: Decimal) -> Score:
    met = reached <= target if rule.at_most else reached >= target
    word = ("不高于", "at most") if rule.at_most else ("达到", "at least")
    return _scored(
        rule,
        rule.points if met else ZERO,
        f"要求{word[0]} {plain(target)}，实际 {plain(reached)}，{'得满分' if met else '不得分'}",
        f"required {word[1]} {plain(target)}, reached {plain(reached)}: {'full points' if met else 'no points'}",
    )


def _ratio(rule: Rule, reached: Decimal, target: Decimal) -> Score:
    share = min(reached / target, rule.cap or Decimal(1))
    percent = plain((share * 100).quantize(CENT, ROUND_HALF_UP))
    return _scored(
        rule,
        rule.points * share,
        f"{plain(rule.points)} × {plain(reached)} ÷ {plain(target)}（按 {percent}% 计）",
        f"{plain(rule.points)} × {plain(reached)} ÷ {plain(target)} (counted as {percent}%)",
    )


def _shortfall(rule: Rule, reached: Decimal, target: Decimal) -> Score:
    steps = (max(target - reached, ZERO) / rule.step).to_integral_value(ROUND_DOWN)
    return _scored(
        rule,
        rule.points - rule.each * steps,
        f"目标 {plain(target)}，实际 {plain(reached)}，每低 {plain(rule.step)} 扣 {plain(rule.each)}，扣 {plain(rule.each * steps)}",
        f"target {plain(target)}, reached {plain(reached)}: {plain(rule.each)} off per {plain(rule.step)}, {plain(rule.each * steps)} off",
    )


def _cases(rule: Rule, reached: Decimal, _target: Decimal) -> Score:
    return _scored(
        rule,
        rule.points - rule.each * reached,
        f"{plain(reached)} 处，每处扣 {plain(rule.each)}，扣 {plain(rule.each * reached)}",
        f"{plain(reached)} cases, {plain(rule.each)} off for each, {plain(rule.each * reached)} off",
    )


def _bonus(rule: Rule, reached: Decimal, _target: Decimal) -> Score:
    most = rule.cap if rule.cap is not None else rule.each * reached
    return _scored(
        rule,
        min(rule.each * reached, most),
        f"{plain(reached)} 项，每项加 {plain(rule.each)}，最多 {plain(most)}",
        f"{plain(reached)} times {plain(rule.each)} more, at most {plain(most)}",
    )


def _veto(rule: Rule, reached: Decimal, _target: Decimal) -> Score:
    if not reached:
        return _scored(rule, ZERO, "没有发现", "none found")
    return _scored(
        rule,
        -rule.each * reached,
        f"发现 {plain(reached)} 起，每起再扣 {plain(rule.each)}",
        f"{plain(reached)} found, {plain(rule.each)} more off for each",
    )


def _judged(rule: Rule, reached: Decimal, _target: Decimal) -> Score:
    if not ZERO <= reached <= rule.points:
        raise ValueError(f"{rule.label.zh}：评分 {plain(reached)} 应在 0 到 {plain(rule.points)} 之间 (points between 0 and the full mark)")
    return _scored(rule, reached, f"评审 {plain(reached)}", f"judged {plain(reached)}")


def _vote(rule: Rule, reached: Reached) -> Score:
    ballots = reached if isinstance(reached, Mapping) else {}
    unknown = sorted(set(ballots) - set(rule.weights))
    if unknown or not isinstance(reached, Mapping):
        raise ValueError(
            f"{rule.label.zh}：票只能投给 {'、'.join(rule.weights)}，不能投给 {'、'.join(unknown) or reached} (a ballot for an unknown word)"
        )
    cast = sum(ballots.values())
    if not cast:
        return Score(ZERO, rule.points, Label("还没有收到测评票", "no ballots yet"), State.OPEN)
    share = sum((rule.weights[word] * count for word, count in ballots.items()), ZERO) / cast
    percent = plain((share * 100).quantize(CENT, ROUND_HALF_UP))
    return _scored(rule, rule.points * share, f"{cast} 票，折合 {percent}%", f"{cast} ballots, worth {percent}%")


def _scored(rule: Rule, points: Decimal, zh: str, en: str) -> Score:
    if rule.floor is not None and points < rule.floor:
        points, zh, en = rule.floor, f"{zh}，最低 {plain(rule.floor)}", f"{en}, but not below {plain(rule.floor)}"
    points = points.quantize(CENT, ROUND_HALF_UP)
    return Score(points, rule.points, Label(f"{zh}，得 {plain(points)} 分", f"{en}: {plain(points)} points"))


SCORERS: dict[How, Callable[[Rule, Decimal, Decimal], Score]] = {
    How.THRESHOLD: _threshold,
    How.RATIO: _ratio,
    How.SHORTFALL: _shortfall,
    How.CASES: _cases,
    How.BONUS: _bonus,
    How.VETO: _veto,
    How.JUDGED: _judged,
}


# ── a whole scheme ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Marking:
    """A scheme filled in for one object: the score of each item by code, the total, and whether a veto fell."""

    items: Mapping[str, Score]
    total: Score
    vetoed: bool = False


def answers(
    scheme: Scheme, ask: Callable[[str], Value], targets: Mapping[str, Decimal], entered: Mapping[str, Reached]
) -> dict[str, Answer]:
    """What is known for each item: figures from the ledger, targets as set for this object and year, the rest as entered; by code."""
    found = {}
    for rule in leaves(scheme.items):
        reached: Reached | None = ask(rule.figure).value if rule.figure else entered.get(rule.code)
        found[rule.code] = Answer(reached, targets.get(rule.code))
    return found


def leaves(rules: Iterable[Rule]) -> Iterable[Rule]:
    """The items that are scored themselves, those inside sums included."""
    for rule in rules:
        if rule.how is How.SUM:
            yield from leaves(rule.parts)
        else:
            yield rule


def mark(scheme: Scheme, known: Mapping[str, Answer]) -> Marking:
    """Score a whole scheme: items, parts left out scaled up, bonuses and vetoes on top of that.

    The total is what is known so far while `total.open` names items. Raises what `score` raises.
    """
    items = {rule.code: _item(rule, known) for rule in scheme.items}
    fallen = [rule for rule in scheme.items if rule.how is How.VETO and known.get(rule.code, Answer()).reached]
    nothing = Label("被一票否决，计 0 分", "vetoed: no points")
    for code in {code for rule in fallen for code in rule.zeroes}:
        items = {name: _zeroed(one, code, name, nothing) for name, one in items.items()}
    main = {r.code: items[r.code] for r in scheme.items if r.how not in {How.BONUS, How.VETO}}
    extra = {r.code: items[r.code] for r in scheme.items if r.how in {How.BONUS, How.VETO}}
    total = _sum(main)
    more = sum((one.points for one in extra.values()), ZERO)
    if more:
        working = Label(f"{total.working.zh}，加减分 {plain(more)}", f"{total.working.en}, bonus and deductions {plain(more)}")
        total = replace(total, points=total.points + more, working=working)
    return Marking(items, replace(total, parts=main | extra), bool(fallen))


def _item(rule: Rule, known: Mapping[str, Answer]) -> Score:
    if rule.how is How.SUM:
        return _sum({part.code: _item(part, known) for part in rule.parts})
    answer = known.get(rule.code, Answer())
    return score(rule, answer.reached, answer.target)


def _sum(parts: Mapping[str, Score]) -> Score:
    """Parts added up; what was left out is made good by scaling the others (缺项折算)."""
    full = sum((p.full for p in parts.values()), ZERO)
    left = sum((p.full for p in parts.values() if p.state is State.LEFT_OUT), ZERO)
    points = sum((p.points for p in parts.values()), ZERO)
    if left == full:
        return Score(ZERO, full, Label("各项都没有任务，按缺项计", "no task in any part; left out"), State.LEFT_OUT, parts)
    zh, en = f"各项合计 {plain(points)}", f"parts add up to {plain(points)}"
    if left:
        points = (points * full / (full - left)).quantize(CENT, ROUND_HALF_UP)
        zh = f"{zh}，缺项 {plain(left)} 分，× {plain(full)} ÷ {plain(full - left)} = {plain(points)}"
        en = f"{en}, {plain(left)} points left out, × {plain(full)} ÷ {plain(full - left)} = {plain(points)}"
    state = State.OPEN if any(p.state is State.OPEN for p in parts.values()) else State.SCORED
    return Score(points, full, Label(zh, en), state, parts)


def _zeroed(one: Score, code: str, name: str, why: Label) -> Score:
    if name == code:
        return replace(one, points=ZERO, working=why, state=State.SCORED, parts={})
    if code not in one.parts:
        return one
    return _sum({part: _zeroed(inner, code, part, why) for part, inner in one.parts.items()})


# ── who scored, and where it places ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one side says of an item: points, by whom, why, and the vouchers (ids) that prove it."""

    points: Decimal
    by: str
    reason: str = ""
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Layers:
    """自评, 初评 and 终评 side by side: each keeps its own reason and evidence, and none overwrites another."""

    self_score: Judgement | None = None
    review_score: Judgement | None = None
    final_score: Judgement | None = None

    @property
    def standing(self) -> Judgement | None:
        """The one that counts: the final, else the review, else the organisation's own."""
        return self.final_score or self.review_score or self.self_score

    @property
    def changed(self) -> Decimal:
        """How far the standing score is from the organisation's own; 0 while there is nothing to compare."""
        return self.standing.points - self.self_score.points if self.standing and self.self_score else ZERO


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an object stands: rank (equal points share one), grade, and why not a better one."""

    rank: int
    grade: Grade
    working: Label


def place(totals: Mapping[str, Decimal], grades: tuple[Grade, ...], barred: frozenset[str] = frozenset()) -> dict[str, Placing]:
    """Rank and grade of each object by its total, best first.

    A grade takes those with enough points, up to its quota (in a hundred of all objects, rounded down; objects with equal points are
    not torn apart, so a group that does not fit goes to the next grade as a whole). `barred` objects (vetoed) come to the last grade.
    `grades` stand from the best to the worst, as the loader made sure.
    """
    order = sorted(totals, key=lambda name: (-totals[name], name))
    room = [None if g.quota is None else int(len(order) * g.quota / 100) for g in grades]
    placed: dict[str, Placing] = {}
    for points in dict.fromkeys(totals[name] for name in order):
        group = [name for name in order if totals[name] == points]
        rank = 1 + sum(totals[name] > points for name in order)
        fit = [name for name in group if name not in barred]
        at, why = _grade_for(points, len(fit), grades, room)
        for name in group:
            placed[name] = Placing(rank, grades[at], why) if name in fit else Placing(rank, grades[-1], Label("一票否决", "vetoed"))
        if fit and room[at] is not None:
            room[at] = (room[at] or 0) - len(fit)
    return placed


def _grade_for(points: Decimal, many: int, grades: tuple[Grade, ...], room: list[int | None]) -> tuple[int, Label]:
    """The best grade with enough points and room for the whole group; nothing better has room for those below."""
    why_zh, why_en = f"{plain(points)} 分", f"{plain(points)} points"
    for at, grade in enumerate(grades):
        if points < grade.least:
            continue
        left = room[at]
        if left is None or many <= left or at == len(grades) - 1:
            return at, Label(why_zh, why_en)
        room[at] = 0
        why_zh, why_en = f"{why_zh}，{grade.label.zh}名额已满", f"{why_en}, no room left for {grade.label.en}"
    return len(grades) - 1, Label(why_zh, why_en)
