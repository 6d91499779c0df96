"""Claim → figure and slice: which number of the ledger a statement speaks of.

A statement and a figure are compared by the words they share. A word counts by how few figures use it (培训 says little, 致富带头人 much)
and by how near it stands to the number; words that a figure's phrase needs and the text lacks count against it. Topic, unit and «per»
add to that. The number itself is never looked at: a binding must not depend on whether it turns out true.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol

from bangfu import quantities
from bangfu.catalogue.shapes import Catalogue, Figure, Fold
from bangfu.claims.around import Context, pairs
from bangfu.claims.gazetteer import Gazetteer, Mention, listed
from bangfu.claims.numbers import PLAN
from bangfu.claims.shares import OF_A_WHOLE, PERHAPS_A_PROJECT, Limit, limit
from bangfu.quantities import Hedge, Quantity

MISSING = 0.45  # what a word that the figure's phrase needs and the text lacks costs, of what it would have brought
TOPIC, OTHER_TOPIC = 2.0, -1.2
SAME_UNIT, ALIKE_UNIT, OTHER_COUNT, MIXED_PEOPLE = 1.5, 0.5, -0.5, -7.0
SAME_PER, OTHER_PER = 2.0, -4.0
ADJACENT = 1.2
CHANGE = 6.0  # 「18万元，比上年增长80%」: the change is that of the number before it
COMPANION = 1.5  # counts the same entries as the number before it in the sentence (9期 … 2000人次)
OTHER_WHO = -4.0  # «专家68人次» are not the patients they saw
BEYOND = -8.0  # 「全县现有贫困村35个」 is no work of the office
EXTREME = 3.0
STOCK = 2.0  # 目前, 现有: what stands at the end, not what happened
ENOUGH = 4.0  # a figure that reaches less has not been spoken of
UNSURE = 0.6  # a part bound less surely than this takes its whole's figure
OF_WHOLE = 0.8  # how sure a part is that takes its whole's figure
PART_BEHIND = 4.0  # how far behind its whole's figure another may be for a part to be bound to it
CLEARLY = 6.0  # from what score on a figure in 人次 is surely spoken of, although the text says 人
BETTER = 0.1  # a part bound that much more surely than its whole keeps its figure
KIN = 6.0  # how far behind a figure may be that counts some of the same
POSSIBLE, CERTAIN = 2.5, 0.9  # how far behind another figure may be to be meant after all, and how sure a binding is that none may
CLOSE = 0.75  # two figures nearer than this cannot be told apart by the words


class Stated(Protocol):
    """What a claim must say of itself to be bound; `bangfu.claims.extract.Claim` does."""

    @property
    def quantity(self) -> Quantity: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def per(self) -> str | None: ...
    @property
    def period(self) -> str | None: ...
    @property
    def period_from(self) -> str: ...
    @property
    def comparison(self) -> str: ...
    @property
    def attained(self) -> bool: ...
    @property
    def place(self) -> str | None: ...
    @property
    def organisation(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class SliceWords:
    """For what a figure is asked, as a text limits it: a half-open period and the subtrees of places, units, a project (ids of the ledger)."""

    begin: date | None = None
    end: date | None = None
    places: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    project: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    figure: Figure
    score: float


@dataclass(frozen=True, slots=True)
class Binding:
    """The figure a claim speaks of, the slices it may mean (likeliest first), how sure that is (0–1), and the next best figures.

    `figure` is None where nothing in the catalogue fits. `by_person` says that somebody settled it; `limit` that it speaks of a share of the figure
    which no slice tells.
    """

    figure: Figure | None
    slices: tuple[SliceWords, ...] = (SliceWords(),)
    confidence: float = 0.0
    runners_up: tuple[Candidate, ...] = ()
    by_person: bool = False
    change: str = ""  # "rate" (同比增长…%), "difference" (比上年增加…人次): how the figure has changed; "completion" (完成任务的…%): its share of the target
    rivals: tuple[
        Figure, ...
    ] = ()  # figures less likely meant, but not so much less that a number which fits one of them could be called wrong
    aim: str = ""  # what is claimed is the "target" itself (年度任务100万元) or a "plan"; or it is said that it was "reached" or "exceeded" besides, or how
    # far "beyond" it (超额20%)
    against: int | None = None  # the year it is compared with, where that is said
    limit: Limit | None = None

    @property
    def close(self) -> tuple[Figure, ...]:
        """The figures that the words do not tell from the one bound."""
        return tuple(c.figure for c in self.runners_up if self.figure is not None and c.score >= -CLOSE) if not self.by_person else ()

    @property
    def told_whole(self) -> bool:
        """Whether the figure's own number is claimed: not a change, a target or a share of it."""
        return self.figure is not None and not self.change and self.limit is None and self.aim not in {"target", "plan"}

    def part_of(self, whole: Binding, *, of_a_year: bool = False) -> Binding:
        """The binding of a part («其中…»).

        It is not the figure of its whole for the same slice, but the next best where that is not far behind. Where its own words name no figure but
        another place or period («其中甲村30万元»), it is its whole's figure for these. `of_a_year` says that it names
        a year of its own, which is another period than that of a whole that may be of all the time.
        """
        unsure = self.figure is None or self.confidence < UNSURE
        other = self.slices[0] != whole.slices[0] or (of_a_year and any(s != self.slices[0] for s in whole.slices))
        if unsure and whole.figure is not None and other and not self.by_person:
            return replace(
                self, figure=whole.figure, slices=_fit(self.slices, whole.figure), confidence=round(whole.confidence * OF_WHOLE, 3)
            )
        if self.by_person or self.figure is None or other:
            return self
        if self.figure is not whole.figure:  # and it is not all of that either
            others = tuple(c for c in self.runners_up if c.figure is not whole.figure)
            return replace(self, runners_up=others, rivals=tuple(f for f in self.rivals if f is not whole.figure))
        if self.confidence > whole.confidence + BETTER:
            return self  # «就业17人，其中推荐就业12人»: it is the whole that was taken for something else
        following = next((c for c in self.runners_up if c.score >= -PART_BEHIND), None)
        if following is None:
            return replace(self, figure=None, confidence=0.0, runners_up=(Candidate(self.figure, 0.0), *self.runners_up))
        others = tuple(
            Candidate(c.figure, c.score - following.score) for c in self.runners_up if c is not following and c.score <= following.score
        )
        limit = self.limit or OF_A_WHOLE
        return replace(self, figure=following.figure, slices=_fit(self.slices, following.figure), runners_up=others, limit=limit)


# Counted things whose measure words people interchange: 3000册 or 3000本, 5个 or 5项.
_GENERAL = frozenset({"item", "copy", "other", "project", "organisation"})
_VAGUE = frozenset({"item", "other", "other:个", "other:项"})
_ALIKE = frozenset(
    {("session", "batch"), ("batch", "session"), ("branch", "organisation"), ("organisation", "branch"), ("household", "organisation")}
)
_PEOPLE = frozenset({"person", "person-time"})
_MEASURED = frozenset(
    {"CNY", "percent", "mu", "km", "metre", "kg", "year", "month", "day", "hour"}
    | {
        f"other:{word}"
        for word in (
            "平方米",
            "平方公里",
            "立方米",
            "立方",
            "方",
            "吨",
            "千瓦",
            "兆瓦",
            "千瓦时",
            "度",
            "倍",
            "岁",
            "分钟",
            "级",
            "分",
            "里",
        )
    }
)
# What a unit counts, as a phrase names it: 「4个村」 is a number of villages only for a figure that speaks of villages.
_NOUNS = {"village": "村", "town": "乡镇", "county": "县", "household": "户", "branch": "支部组织", "batch": "批队"}


@lru_cache(maxsize=4096)
def units_meet(claimed: str, counted: str) -> float | None:
    """How well a claim's unit fits a figure's: SAME_UNIT … OTHER_COUNT, None where they measure different things.

    人 and 人次 meet here although they differ: a text that says one for the other must find its figure to be told so.
    """
    if quantities.factor(counted, claimed) is not None:
        return SAME_UNIT
    pair = (quantities.unit(claimed).code, quantities.unit(counted).code)
    if set(pair) <= _PEOPLE:
        return MIXED_PEOPLE
    if pair in _ALIKE:
        return ALIKE_UNIT
    general = [u in _GENERAL or u.startswith("other:") for u in pair]
    if set(pair) & _MEASURED:
        return None
    if all(general):
        return ALIKE_UNIT
    return OTHER_COUNT if any(u in _VAGUE for u in pair) and not set(pair) & _PEOPLE else None


NO_PHRASE: tuple[float, frozenset[str]] = (0.0, frozenset())


class Phrase(NamedTuple):
    """One phrase of a figure: its pairs of characters, what they are worth together, and what its length divides by."""

    figure: str
    pairs: frozenset[str]
    whole: float
    length: float  # long phrases would win by length alone


class Words:
    """The catalogue's phrases, taken apart once: for each pair of characters the phrases that hold it, and what it is worth."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.figures = tuple(catalogue.figures.values())
        taken: list[tuple[str, list[str]]] = []
        used: Counter[str] = Counter()
        for figure in self.figures:
            phrases = [list(dict.fromkeys(pairs(_unplaced(p)))) for p in (*figure.says, figure.label.zh)]
            taken += [(figure.code, p) for p in phrases if p]
            used.update({pair for phrase in phrases for pair in phrase} | {pair for cue in figure.cues for pair in pairs(cue)})
        said = ["\n".join((*f.says, *f.cues, f.label.zh)) for f in self.figures]
        for cue in {cue for figure in self.figures for cue in figure.cues}:
            used[f"cue {cue}"] = sum(cue in words for words in said)
        self.cues = {f.code: [(cue, frozenset(pairs(cue))) for cue in f.cues] for f in self.figures}
        total = max(len(self.figures), 1)
        self.worth = {pair: math.log(1 + total / times) for pair, times in used.items()}
        self.phrases = [
            Phrase(figure, frozenset(phrase), sum(self.worth[p] for p in phrase), math.sqrt(max(len(phrase), 3) / 3))
            for figure, phrase in taken
        ]
        self.holding: dict[str, list[int]] = defaultdict(list)
        for number, (_, phrase) in enumerate(taken):
            for pair in phrase:
                self.holding[pair].append(number)

    def phrases_in(self, context: Context) -> dict[str, tuple[float, frozenset[str]]]:
        """For each figure that has one here, its best phrase: what its words bring at the distance they stand, less what is missing of it;
        and which of its pairs are there.
        """
        gains: dict[int, float] = defaultdict(float)
        for pair, near in context.weights.items():
            for number in self.holding.get(pair, ()):
                gains[number] += near * self.worth[pair]
        best: dict[str, tuple[float, frozenset[str]]] = {}
        for number in sorted(gains):
            phrase = self.phrases[number]
            score = (gains[number] - MISSING * (phrase.whole - gains[number])) / phrase.length
            if score > best.get(phrase.figure, NO_PHRASE)[0]:
                best[phrase.figure] = score, frozenset(pair for pair in phrase.pairs if pair in context.weights)
        return best

    def score(self, figure: Figure, claim: Stated, context: Context, change: str, phrase: tuple[float, frozenset[str]]) -> float | None:
        """How well the words around the claim fit the figure, whose best phrase here is `phrase` (`phrases_in`); None where unit or «per» rule
        it out or no word of it is there.
        """
        unit = units_meet(claim.quantity.unit, figure.unit)
        if change == "rate":
            unit = ALIKE_UNIT
        elif change == "completion":
            unit = SAME_UNIT if figure.unit != "percent" else unit if _rate_of(figure, context) else None
        if unit is None or (unit == OTHER_COUNT and not _speaks_of(figure, claim.quantity.unit)):
            return None
        words = max(phrase[0] + self._cues(figure, context, phrase[1]), self._cues(figure, context, frozenset()))
        if words <= 0:
            return None
        topic = TOPIC if claim.kind == figure.topic else 0.0 if "other" in {claim.kind, figure.topic} else OTHER_TOPIC
        per = (SAME_PER if figure.per else 0.0) if (claim.per or None) == figure.per else OTHER_PER
        stock = STOCK if figure.fold in {Fold.LAST, Fold.STANDING} and _NOW.search(context.clause_text) else 0.0
        clash = OTHER_WHO if _who_clash(figure, context) else 0.0
        extreme = EXTREME if _says_all(claim, context, figure.combine) else 0.0
        others = BEYOND if _OF_OTHERS.match(context.clause_text) and figure.topic != "award" else 0.0
        return words + topic + unit + per + stock + extreme + others + clash + self._adjacent(figure, context)

    def _cues(self, figure: Figure, context: Context, said: frozenset[str]) -> float:
        """What the two best cues bring beyond the phrase; cues that share a pair of characters (后备, 后备干部) are one piece of evidence."""
        there = context.weights.keys()
        found = [
            (near * self.worth[f"cue {cue}"] * min(len(cue), 4) / 3, cue, mine)
            for cue, mine in self.cues[figure.code]
            if not mine <= said and (mine <= there or min(map(len, mine)) == 1) and (near := context.has(cue))
        ]
        counted: list[frozenset[str]] = []
        total = 0.0
        for worth, _, mine in sorted(found, key=lambda f: (-f[0], f[1])):
            if len(counted) < _CUES and not any(mine & other for other in counted):
                counted.append(mine)
                total += worth
        return total

    def _adjacent(self, figure: Figure, context: Context) -> float:
        """Words of a phrase that stand right at the number, as the phrase has them (培训{n}期)."""
        best = 0.0
        before, after = context.before.rstrip(_LOOSE), context.after.lstrip(_LOOSE)
        for says in figure.says:
            left, _, right = says.partition("{n}")
            left, right = left.rstrip(_LOOSE), right.lstrip(_LOOSE)
            shared = _common_end(left, before) + _common_end(right[::-1], after[::-1])
            best = max(best, min(shared, 4) / 4 if shared > 1 else 0.0)
        return ADJACENT * best


@lru_cache(maxsize=4)
def words_of(catalogue: Catalogue) -> Words:
    """The phrases of a catalogue, which every text is held against."""
    return Words(catalogue)


def _rate_of(figure: Figure, context: Context) -> bool:
    """Whether a rate of the catalogue (整改完成率) is meant, and not that of a target: the clause says of what."""
    of = _COMPLETION.sub("，", figure.label.zh)
    return any(pair in context.clause_text for pair in pairs(of))


def _who_clash(figure: Figure, context: Context) -> bool:
    """Whether the number counts those who help, and the figure those who are helped, or the reverse; or one role and the figure another."""
    near = context.before[-8:] + "\n" + context.after[:5]
    own = "\n".join(figure.says)
    here, there = (bool(_HELPERS.search(w)) - bool(_HELPED.search(w)) for w in (near, own))
    role = next((r for r in _ROLES if r in context.after[:8]), None)
    other_role = role is not None and role not in own and any(r in own for r in _ROLES)
    return figure.unit in _PEOPLE and (here * there < 0 or other_role)


def _speaks_of(figure: Figure, unit: str) -> bool:
    """Whether a figure in a general unit (个, 项) counts what a claim's own unit says it counts."""
    nouns = _NOUNS.get(unit)
    return nouns is None or any(noun in says for noun in nouns for says in (figure.label.zh, *figure.says))


_HELPERS = re.compile("专家|医生|医护|护士|教师|师生|志愿者|职工|员工|队员|科技人员|大学生|领导|班子成员")
_ROLES = ("第一书记", "队员", "队长")
_HELPED = re.compile("群众|村民|农户|农民|患者|病人|百姓|学员|贫困户|脱贫户|老乡")
_CUES = 2
_OF_OTHERS = re.compile(r"[\s　]*(?:目前|截至目前|到目前|当时|据统计)?[，,]?全(?:国|省|市|州|县|区|乡|镇)(?!优秀|先进|示范)")
_ALL = re.compile("[都均皆各每]|全部|无一")


def _says_all(claim: Stated, context: Context, combine: str | None) -> bool:
    """«都在3000米以上» speaks of the least, «均不超过5公里» of the most."""
    wanted = {Hedge.over: "least", Hedge.under: "most"}.get(claim.quantity.hedge)
    return wanted is not None and combine == wanted and _ALL.search(context.clause_text) is not None


_NOW = re.compile("目前|现有|现在|如今|[年期]末|在校|在岗|在册")


def _by_neighbour(figure: Figure, beside: Figure | None, change: str) -> float:
    """What the number before it in the sentence adds: companions count the same entries; a change without a subject is the change of that number."""
    if change and figure is beside:
        return CHANGE
    return COMPANION if _companions(figure, beside) else 0.0


def _companions(figure: Figure, beside: Figure | None) -> bool:
    """Whether two figures count the same entries in different measures."""
    return (
        beside is not None and figure is not beside and bool(figure.kinds) and (figure.kinds, figure.where) == (beside.kinds, beside.where)
    )


_LOOSE = " 共约近超逾达了为有的计、，,（(）)"


def _mixed(figure: Figure, claim: Stated) -> float:
    return MIXED_PEOPLE if {figure.unit, claim.quantity.unit} == _PEOPLE else 0.0


def _rival(best: Candidate, other: Candidate, confidence: float) -> bool:
    """Whether the other figure may be meant after all: it is hardly behind, or counts the same measure of some of the same entries (拨付 and 投入)."""
    behind = best.score - other.score
    kin = best.figure.unit == other.figure.unit and best.figure.measure == other.figure.measure
    kin = kin and bool(set(best.figure.kinds) & set(other.figure.kinds)) and best.figure.scope == other.figure.scope
    return (behind <= POSSIBLE and confidence < CERTAIN) or (kin and behind <= KIN)


def _unplaced(says: str) -> str:
    return says.replace("{n}", "，")


def _common_end(left: str, right: str) -> int:
    count = 0
    while count < min(len(left), len(right)) and left[-1 - count] == right[-1 - count]:
        count += 1
    return count


class Binder:
    """Binds the claims of texts to a catalogue and the names a ledger knows.

    `remembered` maps what `signature` says of a claim to the figure a person chose for it ("" — none of ours).
    """

    def __init__(self, catalogue: Catalogue, gazetteer: Gazetteer, remembered: Mapping[str, str] | None = None) -> None:
        self.catalogue = catalogue
        self.gazetteer = gazetteer
        self.words = words_of(catalogue)
        self.remembered = remembered or {}

    def bind(self, claim: Stated, context: Context, until: date | None, last: Binding | None = None) -> Binding:
        """The figure and slices for a claim.

        `until` is the day after the text's own, which closes what it leaves open; `last` what the number before it in the sentence was bound to.
        """
        beside = last.figure if last is not None else None
        slices = self.slices(claim, context, until)
        chosen = self.remembered.get(self.signature(claim, context)) if self.remembered else None
        if chosen is not None:
            figure = self.catalogue.figures.get(chosen)
            change = "" if figure is not None and figure.unit == "percent" else change_of(claim, context)
            limited = self.limit(claim, context, figure, slices)
            return Binding(figure, slices, 1.0, by_person=True, change=change, aim=aim_of(claim, context), limit=limited)
        change = change_of(claim, context)
        said = self.words.phrases_in(context)
        found = [
            Candidate(f, s + _by_neighbour(f, beside, change))
            for f in self.words.figures
            if (s := self.words.score(f, claim, context, change, said.get(f.code, NO_PHRASE))) is not None
        ]
        found = [c for c in found if not self._of_another_unit(c.figure, slices[0].units, context)]
        if change and beside is not None:
            # «96万元，比上年增长61%» says nothing more of what has grown.
            mine = next((c.score for c in found if c.figure is beside), 0.0)
            found = [*(c for c in found if c.figure is not beside), Candidate(beside, max(mine, ENOUGH + CHANGE))]
        ranked = sorted(found, key=lambda c: (-c.score, c.figure.code))
        if ranked and ranked[0].score < ENOUGH:
            # Nothing counts this in 人, and what counts it in 人次 is spoken of clearly: the text says one for the other.
            ranked.sort(key=lambda c: (-c.score + _mixed(c.figure, claim), c.figure.code))
            if _mixed(ranked[0].figure, claim) and ranked[0].score - MIXED_PEOPLE >= CLEARLY:
                ranked[0] = Candidate(ranked[0].figure, ENOUGH)
        if not ranked or ranked[0].score < ENOUGH:
            return Binding(None, slices, 0.0, tuple(ranked[:3]))
        best = ranked[0]
        if change == "completion" and best.figure.unit == "percent":
            change = ""  # 整改完成率 is a figure of its own
        others = tuple(Candidate(c.figure, c.score - best.score) for c in ranked[1:4])
        margin = -others[0].score if others else best.score
        confidence = (1 - math.exp(-best.score / 5)) * (1 - 0.5 * math.exp(-margin / 1.5))
        against = _AGAINST_YEAR.search(context.clause_text) if change else None
        if change:
            slices = self._changed(slices, last if last is not None and best.figure is last.figure else None, context)
        limited = self.limit(claim, context, best.figure, slices)
        rivals = tuple(c.figure for c in ranked[1:] if _rival(best, c, confidence))
        year = int(against[1]) if against is not None else None
        if self._named_by(best.figure, slices[0].units):
            slices = tuple(dict.fromkeys((*(replace(s, units=()) for s in slices), *slices)))
        return Binding(
            best.figure,
            _fit(slices, best.figure),
            round(confidence, 3),
            others,
            change=change,
            against=year,
            rivals=rivals,
            aim=aim_of(claim, context),
            limit=limited,
        )

    def part_of(self, part: Binding, whole: Binding, claim: Stated, context: Context) -> Binding:
        """The binding of a part («其中2023年投入26万元») whose whole is bound so: `Binding.part_of`, its limits seen anew for its whole's figure."""
        bound = part.part_of(whole, of_a_year=_OWN_YEAR.search(context.clause_text) is not None)
        if part.figure is None and bound.figure is not None and not bound.limit:
            bound = replace(bound, limit=self.limit(claim, context, bound.figure, bound.slices))
        return bound

    @cached_property
    def _units_in(self) -> dict[str, list[tuple[int, str]]]:
        """Figure → the units that its own words name, by id and name."""
        names = [(n.id, name) for n in self.gazetteer.named("unit") for name in n.names]
        said = {f.code: "".join((*f.says, *f.cues)) for f in self.words.figures}
        return {code: found for code, own in said.items() if (found := [one for one in names if one[1] in own])}

    def _of_another_unit(self, figure: Figure, units: tuple[int, ...], context: Context) -> bool:
        """Whether the figure's own words name a unit (工会采购) that is not among those that act here, and is not named in the clause."""
        named = self._units_in.get(figure.code, ()) if units else ()
        return bool(named) and not any(i in units or name in context.clause_text for i, name in named)

    @staticmethod
    def _changed(slices: tuple[SliceWords, ...], beside: Binding | None, context: Context) -> tuple[SliceWords, ...]:
        """Of which year a change is told: of its clause's own («2023年比2022年增长»: not the one it is compared with), else of the number before it."""
        own = _OWN_YEAR.search(context.clause_text)
        if own is None:
            return slices if beside is None else beside.slices
        if slices[0].begin is not None and slices[0].begin.year == int(own[1]):
            return slices
        year = date(int(own[1]), 1, 1), date(int(own[1]) + 1, 1, 1)
        return tuple(dict.fromkeys(replace(s, begin=year[0], end=year[1]) for s in slices))

    def _named_by(self, figure: Figure, units: tuple[int, ...]) -> bool:
        """Whether the figure's own words name one of these units (工会采购): then it need not limit it."""
        own = "".join((*figure.says, *figure.cues))
        return bool(units) and any(name in own for n in self.gazetteer.named("unit") if n.id in units for name in n.names)

    def limit(self, claim: Stated, context: Context, figure: Figure | None, slices: tuple[SliceWords, ...]) -> Limit | None:
        """The share of the figure that the claim speaks of, where no slice tells it."""
        if figure is None:
            return None
        if slices[0].project is not None:
            return PERHAPS_A_PROJECT if any(s.project is None for s in slices) else None
        first = slices[0]
        open_ended = first.begin is None and first.end is None and figure.fold not in {Fold.LAST, Fold.STANDING}
        speaks_of_years = _A_YEAR.search(context.text) is not None and _CUMULATIVE.search(context.sentence_text) is None
        undated = open_ended and (speaks_of_years or _A_DAY.search(context.text, context.sentence[0], context.at[0]) is not None)
        return limit(
            context, self.gazetteer, figure, claim.quantity.unit, place=claim.place, organisation=claim.organisation, undated=undated
        )

    def signature(self, claim: Stated, context: Context) -> str:
        """What a correction is remembered by: unit, «per», and the words at the number without names and digits."""
        clause = context.clause_text
        for mention in reversed(self.gazetteer.mentions(clause)):
            clause = clause[: mention.start] + clause[mention.end :]
        words = "".join(re.findall("[\u3400-\u9fffA-Za-z]+", clause))
        return f"{claim.quantity.unit}|{claim.per or ''}|{claim.subject or ''}|{words}"[:300]

    # ── slices ──

    def slices(self, claim: Stated, context: Context, until: date | None) -> tuple[SliceWords, ...]:
        """What the text limits the number to. What stands in the clause itself holds; what is only inherited may or may not be meant."""
        begin, end, stated = self._period(claim, context, until)
        places, near = self._places(claim, context)
        units, own = self._units(context)
        first = SliceWords(begin, end, places, units)
        found = [first]
        if places and not near:
            found.append(replace(first, places=()))
        if units and not own:
            found += [replace(s, units=()) for s in found]
        project, named_here = self._project(claim, context)
        if project is not None:
            alone = SliceWords(begin, end, project=project)
            found = [alone] if named_here else [alone, *found]
        together = _years_together(context)
        if together is not None:
            found = [*(replace(s, begin=together[0], end=together[1]) for s in found), *found]  # «2022年…，2023年…，两年共…»
        if begin is None and end is not None and claim.period and "/" not in claim.period:
            found += [replace(s, begin=days(claim.period)[0]) for s in found]  # «截至2019年底，全年投入» is of the year all the same
        if not stated:
            # A period inherited from another clause may not be meant, and «累计», «先后» may speak of all the time.
            found += [replace(s, begin=None, end=until) for s in found]
        return tuple(dict.fromkeys(found))

    def _period(self, claim: Stated, context: Context, until: date | None) -> tuple[date | None, date | None, bool]:
        exact = _within_year(context, claim, until)
        if exact is None and claim.period_from == "title":
            named = _DAYS.search(context.title)
            exact = _between(named.groupdict(), None) if named is not None else None
        begin, end = exact or days(claim.period)
        years = _SEVERAL_YEARS.search(context.text, context.sentence[0], context.at[0])
        if exact is None and years is not None and claim.period_from != "sentence" and end is not None:
            # «三年来» of a text of 2023: the year of the title is the last of them.
            first = (end - timedelta(days=1)).year - (_COUNT.get(years[1]) or int(years[1])) + 1
            return date(first, 1, 1), min(end, until or end), False
        since = _SINCE.search(context.text, context.sentence[0], context.at[0])
        if exact is None and since is not None and claim.period == since[1]:
            end = None  # «自2022年承担任务以来»
        till = _TILL.search(context.text, context.sentence[0], context.at[0])
        if exact is None and till is not None and claim.period == till[1]:
            begin = None  # «截至2019年底»
        if until is not None and (end is None or end > until):
            end = until
        reaching_back = _CUMULATIVE.search(context.clause_text) is not None
        here = (claim.period_from in {"title", "section"} or _DATED.search(context.clause_text) is not None) and not reaching_back
        # 「2019年，……」 at the head speaks of the whole sentence.
        return begin, end, exact is not None or here or _LEADING.match(context.sentence_text) is not None

    def _places(self, claim: Stated, context: Context) -> tuple[tuple[int, ...], bool]:
        """The places that limit a claim, and whether they stand in its own clause."""
        listed_before = self._counted(claim, context)
        if listed_before:
            return listed_before, True
        part = max(context.text.rfind(stop, context.sentence[0], context.clause[0]) for stop in "；;") + 1
        clause, at, whole = context.clause, context.at, context.text
        for text, start, end, near in (
            (context.before, 0, len(context.before), True),  # 「石桥村30万元、柳坪村15万元」: each its own
            (whole, clause[0], at[0], True),
            (whole, at[1], clause[1], True),
            (whole, max(context.sentence[0], part), clause[0], False),
        ):
            mentions = [m for m in self.gazetteer.mentions(text, start, end) if m.what == "place"]
            groups = [g for g in listed(mentions, text) if not _open(g)]
            nearest = (groups[0] if start == at[1] else groups[-1]) if groups else ()
            if nearest and (limits := self._limits(nearest)):
                return limits, near
            if mentions:
                return (), True  # a place is named, but openly: 新龙等地
        for heading in reversed(context.headings):
            mentions = [m for m in self.gazetteer.mentions(heading) if m.what == "place"]
            if mentions and not _open(mentions) and (limits := self._limits(mentions)):
                return limits, False
        return (), True

    def _counted(self, claim: Stated, context: Context) -> tuple[int, ...]:
        """The places that a number of places counts up: 「新龙、丹巴、开江、道孚4县」 speaks of these, whatever follows."""
        if claim.quantity.unit not in {"county", "town", "village"}:
            return ()
        text = context.text
        groups = list(listed((m for m in self.gazetteer.mentions(text, context.clause[0], context.at[0]) if m.what == "place"), text))
        return _ids(groups[-1]) if groups and not text[groups[-1][-1].end : context.at[0]].strip() else ()

    def _limits(self, group: Sequence[Mention]) -> tuple[int, ...]:
        """The places of a list, but for those in which all designated villages lie: 四川省 only says where the whole work is done."""
        everywhere = self.gazetteer.everywhere
        return tuple(place for place in _ids(group) if place not in everywhere)

    def _project(self, claim: Stated, context: Context) -> tuple[int | None, bool]:
        """The one project that the number is said of, and whether its own clause names it."""
        if claim.quantity.unit == "project" or _ANEW.search(context.before):
            return None, True
        text, (begin, end), at = context.text, context.clause, context.at
        part = max(context.sentence[0], *(text.rfind(stop, context.sentence[0], at[0]) + 1 for stop in "；;"))
        for start, stop, here in ((begin, at[0], True), (at[1], end, True), (part, begin, False)):
            mentions = [m for m in self.gazetteer.mentions(text, start, stop) if m.what == "project"]
            if mentions:
                group = list(listed(mentions, text))[0 if start == at[1] else -1]
                return (group[0].named[0].id, here) if len(group) == 1 and not _open(group) else (None, True)
        return None, True

    def _units(self, context: Context) -> tuple[tuple[int, ...], bool]:
        """Units that act, named before anything else is said: between the numbers, in the clause, or at the head of the sentence (then not surely)."""
        text, (start, _), (_, at) = context.text, context.sentence, (0, context.at[0])
        begins = max(context.clause[0], at - len(context.before)) if text.endswith(context.before, 0, at) else context.clause[0]
        for begin, end in dict.fromkeys(((begins, at), (context.clause[0], at), context.clause, (start, context.clause[0]))):
            mentions = [m for m in self.gazetteer.mentions(text, begin, end) if m.what == "unit"]
            for group in listed(mentions, text):
                if not _open(group) and self._acts(text[begin : group[0].start]):
                    return _ids(group), begin != start or end == at
        return (), True

    def _acts(self, before: str) -> bool:
        """Whether a unit named after these words is who acts: nothing is said yet but when, and to whom it belongs."""
        for mention in reversed(self.gazetteer.mentions(before)):
            if mention.what == "helper":
                before = before[: mention.start] + before[mention.end :]
        return len(_WHEN.sub("", before)) <= 2


_ANEW = re.compile("全年|累计|总计|合计|共计|总共|一共")
_WHEN = re.compile(
    r"(?:19|20)\d\d年(?:以来|底|末|初)?(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月(?:\d{1,2}日)?|[今本去上]年|其中|期间|[“”\"、，,。；;：:\s]|由|在|春节|中秋|国庆|元旦|组织|通过|[一二三四五六七八九十]{2,3}"
)


_GROWTH = re.compile("增长|增加|提高|上升|增幅|下降|减少|降低|降幅|多了|少了|提升")
_AGAINST = re.compile("同比|环比|[比较](?:上年|去年|上一年|往年|20|19)")
_AGAINST_YEAR = re.compile(r"[比较](?:之|于)?((?:19|20)\d\d)年?")
_OWN_YEAR = re.compile(r"(?<![比较之于])((?:19|20)\d\d)年")
_UP_TO = re.compile("[到至为]了?$")


def change_of(claim: Stated, context: Context) -> str:
    """Whether the number says how something changed or what share of its target was reached, not how much there is: as `Binding.change`."""
    if claim.attained and claim.quantity.unit in _RATES:
        return "completion"
    if not claim.comparison or _UP_TO.search(context.before.rstrip()):
        return ""
    if claim.quantity.unit == "percent":
        return "rate" if _GROWTH.search(claim.comparison) else ""
    return "difference" if _AGAINST.search(claim.comparison) or _AGAINST.search(context.before) else ""


def aim_of(claim: Stated, context: Context) -> str:
    """Whether the number is a target or a plan, or is said to have reached one: as `Binding.aim`."""
    if claim.quantity.unit in _RATES:
        low = claim.quantity.low
        less = low is not None and low < (100 if claim.quantity.unit == "percent" else 1)
        return "beyond" if less and "超额" in context.clause_text else ""
    if _TARGET.search(context.before):
        return "target"
    if _PLAN.search(context.text, context.clause[0], context.at[0]):
        return "plan"
    reached = _REACHED.match(context.text, context.at[1], context.sentence[1])
    return "" if reached is None else "exceeded" if "超" in reached[0] else "reached"


_COMPLETION = re.compile("完成率?|率")
_RATES = frozenset({"percent", "other:倍"})
_TARGET = re.compile("(?:任务|目标|指标|计划)(?:任务|目标|数额?|值|总额)?(?:共|为|是|[:：])?\\s*$")
_PLAN = re.compile(
    "^(?:[^，,。]{0,12}?)(?:计划|目标|任务)(?:数|值)?(?!完成)|(?:年初|年度|全年)?计划(?:投入|引进|购买|采购|帮销|培训|举办|开展)"
)
_REACHED = re.compile(
    r"[^\d。；;！]{0,24}?(?:超额完成|超[过出]?(?:了)?(?:年度|全年|既定|预定)?(?:目标|任务|计划)|(?<!未)完成了?(?:年度|全年|既定|预定|上级下达的)?(?:目标|任务|计划)(?:任务)?)(?![^，,。；;]{0,12}[\d百])"
)
_DAYS = re.compile(
    r"(?P<till>截至|截止|截止到|截至到|到)?(?:(?P<y1>(?:19|20)\d\d)年)?(?P<m1>\d{1,2})(?:月份?|(?=[-—–－~～至到]{1,2}\d{1,2}月))(?:底|末|初)?(?:(?P<d1>\d{1,2})日)?"
    r"(?:[-—–－~～至到]{1,2}(?:(?P<y2>(?:19|20)\d\d)年)?(?P<m2>\d{1,2})月份?(?:底|末|初)?(?:(?P<d2>\d{1,2})日)?)?(?P<since>以来|起|至今|开始)?|"
    r"(?:(?P<y3>(?:19|20)\d\d)年)?(?:(?P<half>[上下])半年|第?(?P<quarter>[一二三四1-4])季度|前(?P<quarters>[二三两23])个?季度)",
)
_COUNT = {"一": 1, "二": 2, "两": 2, **{sign: n for n, sign in enumerate("三四五六七八九十", 3)}}
_SEVERAL_YEARS = re.compile("(?<![\\d一二三四五六七八九十])([两二三四五六七八九十]|[2-9]|1\\d)个?年(?:来|间|以来)")


def _within_year(context: Context, claim: Stated, until: date | None) -> tuple[date | None, date | None] | None:
    """Days, months or quarters that the sentence names before the number: 9月5日 · 1—9月 · 2016年5月至2018年9月 · 截至6月底 · 上半年 · 前三季度.

    The year may stand elsewhere: in the claim's period, else the text's own is meant. None where nothing of the kind is said.
    """
    said = list(_DAYS.finditer(context.text, context.sentence[0], context.at[0]))
    if not said:
        return None
    period = claim.period or ""
    year = int(period[:4]) if period and "/" not in period else (until - timedelta(days=1)).year if until is not None else None
    return _between(said[-1].groupdict(), year)


def _between(found: Mapping[str, str | None], year: int | None) -> tuple[date | None, date | None] | None:
    """The half-open days of a match of `_DAYS`; `year` is meant where it names none. None where there is no such year or day."""
    year = int(found["y1"] or found["y3"] or year or 0)
    if not year:
        return None
    try:
        return _between_days(found, year)
    except ValueError:
        return None


def _between_days(found: Mapping[str, str | None], year: int) -> tuple[date | None, date | None]:
    """The half-open days of a match of `_DAYS` in `year`. Raises ValueError for a day that does not exist."""
    if found["m1"] is None:
        if found["half"]:
            return (date(year, 1, 1), date(year, 7, 1)) if found["half"] == "上" else (date(year, 7, 1), date(year + 1, 1, 1))
        many = found["quarter"] or found["quarters"] or ""
        last = 3 * (_COUNT.get(many) or int(many))
        return date(year, last - 2 if found["quarter"] else 1, 1), _next_month(year, last)
    month, day = int(found["m1"]), found["d1"]
    begin = date(year, month, int(day or 1))
    end = begin + timedelta(days=1) if day else _next_month(year, month)
    if found["till"]:
        return None, end
    if found["since"]:
        return begin, None
    if found["m2"]:
        last_year, last = int(found["y2"] or year), int(found["m2"])
        end = date(last_year, last, int(found["d2"])) + timedelta(days=1) if found["d2"] else _next_month(last_year, last)
    return begin, end


def _next_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


_FIVE_YEARS = rf"[“\"]?{PLAN}[”\"]?(?:规划)?(?:期间|时期)"
_DATED = re.compile(rf"(?:19|20)\d\d|{_FIVE_YEARS}|今年|本年|去年|上年|前年|年来|年间|连续")
_SINCE = re.compile(r"(?:自|从)?((?:19|20)\d\d)年(?:\d{1,2}月)?[^，,。；;\d]{1,16}(?:以来|至今|迄今|开始)")
_TILL = re.compile(r"(?:截至|截止到?)((?:19|20)\d\d)年(?:底|末)")
_LEADING = re.compile(
    rf"[\s　]*(?:[在至到自从]|截至|截止)?(?:(?:19|20)\d\d|[一二〇零]{{2}}[〇零一二三四五六七八九]{{2}}|{_FIVE_YEARS}|今年|本年|去年|上年|前年)[^，,。；]{{0,12}}[，,](?!.{{0,6}}累计)",
)
_TOGETHER = re.compile("[两二三四五六七八九]年(?:来|间|时间)?[^，,。；;\\d]{0,4}(?:共|合计|总计|累计)|合计|共计|总计|一共")


def _years_together(context: Context) -> tuple[date, date] | None:
    """From the first to the last of the years that the sentence has named one by one, where the clause adds them up."""
    text, at = context.text, context.at[0]
    if _TOGETHER.search(text, context.clause[0], at) is None:
        return None
    years = sorted({int(found[0][:4]) for found in _A_YEAR.finditer(text, context.sentence[0], context.clause[0])})
    return (date(years[0], 1, 1), date(years[-1] + 1, 1, 1)) if len(years) > 1 else None


_A_DAY = re.compile(r"\d{1,2}月\d{1,2}日|今年|本年|去年|上年|前年")
_A_YEAR = re.compile(r"(?:19|20)\d\d年")
_CUMULATIVE = re.compile("累计|以来|至今|迄今|截至|截止|历年|先后|现有|目前")


def _open(group: Sequence[Mention]) -> bool:
    return any(m.open or m.organised for m in group)


def _ids(group: Sequence[Mention]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(n.id for m in group for n in m.named))


def _fit(slices: tuple[SliceWords, ...], figure: Figure) -> tuple[SliceWords, ...]:
    """Stocks look at the last day only, so where their period begins says nothing."""
    if figure.fold in {Fold.LAST, Fold.STANDING}:
        slices = tuple(dict.fromkeys(replace(s, begin=None) for s in slices))
    return slices


def days(period: str | None) -> tuple[date | None, date | None]:
    """The half-open days of a claim's period word: 2019 · 2015/ · 2014/2019 · 2019-03 · 2019-03-05; (None, None) for none."""
    if not period:
        return None, None
    first, slash, last = period.partition("/")
    begin = _day(first)
    if not slash:
        return begin, _after(first)
    return begin, _after(last)


def _day(word: str) -> date | None:
    numbers = _numbers(word)
    try:
        return date(*(*numbers, 1, 1)[:3]) if numbers else None
    except ValueError:
        return None


def _after(word: str) -> date | None:
    """The day after the last one of a year, month or day."""
    numbers, first = _numbers(word), _day(word)
    if first is None:
        return None
    if len(numbers) == 1:
        return date(first.year + 1, 1, 1)
    if len(numbers) == 2:
        return _next_month(first.year, first.month)
    return first + timedelta(days=1)


def _numbers(word: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", word)[:3])
