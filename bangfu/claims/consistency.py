"""The text against itself: statements that cannot all be true, whatever the ledger says.

Each rule is one function; `RULES` is the registry. A rule speaks only where the text leaves no other reading: two numbers of different
things (42 households paired with cadres, more than 60 that got out of poverty) are not one thing told twice, so statements are compared only
where figure, period, place and «per» are the same and the words around them are too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bangfu.catalogue.shapes import Fold
from bangfu.claims.around import Context, pairs
from bangfu.claims.binding import Binding, SliceWords
from bangfu.claims.extract import Claim
from bangfu.quantities import Bounds, Hedge, plain, unit

SURE = 0.6  # bindings less sure than this are not held against each other
ALIKE = 0.25  # share of words in common from which two statements of one figure tell the same thing
ALIKE_UNBOUND = 0.75  # the same where the catalogue has no figure for them
NEAR = 0.15  # beyond the hedge's own bounds, so that two roundings of one number do not quarrel


@dataclass(frozen=True, slots=True)
class Read:
    """A claim with all that is known of it before the ledger is asked."""

    index: int
    claim: Claim
    quote: str
    at: tuple[int, int]
    context: Context
    binding: Binding
    names: frozenset[int]  # ids of places and units named in its clause, even openly
    place: str | None = None  # a place its clause names, known to the ledger or not
    table: int | None = None  # the table it stands in: its rows tell of different things in the same words

    @property
    def bounds(self) -> Bounds:
        return self.claim.quantity.bounds()

    @property
    def asked(self) -> SliceWords:
        return self.binding.slices[0]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Claims (by index) that cannot all be true; `rule` names the check; `zh` and `en` quote them and show the working.

    `cells` are the spans of a table's cells where the quarrel is between these, claims or not.
    """

    claims: tuple[int, ...]
    rule: str
    zh: str
    en: str
    cells: tuple[tuple[int, int], ...] = ()


Rule = Callable[[Sequence[Read]], Iterator[Contradiction]]


def contradictions(reads: Sequence[Read]) -> list[Contradiction]:
    """Every contradiction of a text with itself; each set of claims is told once, by the first rule that finds it."""
    readable = [r for r in reads if r.claim.quantity.readable]
    found: dict[tuple[int, ...], Contradiction] = {}
    for rule in RULES:
        for one in rule(readable):
            found.setdefault(tuple(sorted(set(one.claims))), one)
    return sorted(found.values(), key=lambda c: c.claims)


# ── one thing, two numbers ──


def same_thing(reads: Sequence[Read]) -> Iterator[Contradiction]:
    """The same figure for the same period, place and «per» with two numbers of which no value satisfies both (13个党总支, 14个党支部)."""
    groups: dict[object, list[Read]] = {}
    for read in reads:
        groups.setdefault(_thing(read), []).append(read)
    for group in (_distinct(told) for key, told in groups.items() if key is not None):
        for i, first in enumerate(group):
            for second in group[i + 1 :]:
                if (
                    first.context.sentence == second.context.sentence
                    or (first.table is not None and first.table == second.table)
                    or _meet(first.bounds, second.bounds)
                    or _of_other_years(first, second)
                    or not _told_twice(first, second)
                ):
                    continue
                yield _two(first, second, "same_thing", "前后说的是同一件事，数却不一样", "tell the same thing with two numbers")


def _of_other_years(first: Read, second: Read) -> bool:
    """Whether one of the two may speak of several years («三年来，累计…») and the other of its year alone."""
    told = [
        len({(s.begin, s.end) for s in read.binding.slices}) > 1 and _REACHING_BACK.search(read.context.clause_text)
        for read in (first, second)
    ]
    return bool(told[0]) != bool(told[1])


_REACHING_BACK = re.compile("累计|历年|以来|年来|年间|至今|迄今")
_MOST = 100


def _distinct(group: Sequence[Read]) -> list[Read]:
    """The first of each number told for each slice, not more than `_MOST`: a text that repeats itself thousands of times costs no more."""
    first = {(read.asked, read.bounds): read for read in reversed(group)}
    return sorted(first.values(), key=lambda r: r.index)[:_MOST]


def _thing(read: Read) -> object:
    claim, figure = read.claim, read.binding.figure
    if figure is None:
        return claim.kind, claim.quantity.unit, claim.per, claim.period
    if read.binding.confidence < SURE or not read.binding.told_whole:
        return None
    return figure.code, read.asked, claim.per, claim.quantity.unit


def _told_twice(first: Read, second: Read) -> bool:
    """Whether the words of two statements are those of one thing told twice, and not of two events or of a change."""
    if (
        first.names != second.names
        or (first.place and second.place and first.place != second.place)
        or _EVENT.search(first.context.sentence_text + second.context.sentence_text)
    ):
        return False
    if first.binding.figure is None:
        mine, theirs = (set(pairs(r.context.before)) for r in (first, second))
        return len(mine & theirs) > 2 and len(mine & theirs) >= ALIKE_UNBOUND * min(len(mine), len(theirs))
    mine, theirs = (set(pairs(r.context.clause_text)) for r in (first, second))
    return len(mine & theirs) >= ALIKE * max(min(len(mine), len(theirs)), 1)


_EVENT = re.compile(r"\d{1,2}月\d{1,2}日|当[天日场]|此次|本次|这次|该[期次批]|首[期次批]|第[一二三四五六七八九十\d]+[期次批]")


def _meet(first: Bounds, second: Bounds) -> bool:
    """Whether some number satisfies both."""
    low = max((b.low for b in (first, second) if b.low is not None), default=None)
    high = min((b.high for b in (first, second) if b.high is not None), default=None)
    if low is None or high is None or low < high:
        return True
    return low == high and low in first and low in second


# ── a part is not more than the whole ──


def within_wider(reads: Sequence[Read]) -> Iterator[Contradiction]:
    """A sum of one year or place is not more than that of all years or places; a cumulative number does not shrink."""
    groups: dict[tuple[str, str | None, str], list[Read]] = {}
    for read in reads:
        figure = read.binding.figure
        if (
            figure is not None
            and figure.fold in {Fold.SUM, Fold.COUNT, Fold.DISTINCT}
            and read.binding.confidence >= SURE
            and read.binding.told_whole
        ):
            groups.setdefault((figure.code, read.claim.per, read.claim.quantity.unit), []).append(read)
    for group in map(_distinct, groups.values()):
        for narrow in group:
            for wide in group:
                # What the text only may limit so (several slices) is no part of anything for sure.
                if len(narrow.binding.slices) > 1 or not _lies_in(narrow.asked, wide.asked) or _names_more(wide, narrow):
                    continue
                low, high = narrow.bounds.low, wide.bounds.high
                if low is not None and high is not None and low > high:
                    yield _two(
                        narrow,
                        wide,
                        "within_wider",
                        "部分（或较早）之数大于整体（或较晚累计）之数",
                        "the part, or the earlier total, is more than the whole",
                    )


def _names_more(wide: Read, narrow: Read) -> bool:
    """The wide one names a place that does not limit it in the ledger (新龙等地): it may still speak of something narrower."""
    return bool(wide.names - narrow.names)


def _lies_in(narrow: SliceWords, wide: SliceWords) -> bool:
    if narrow == wide or narrow.project != wide.project or (wide.units and wide.units != narrow.units):
        return False
    if wide.places and wide.places != narrow.places:
        return False
    first = wide.begin is None or (narrow.begin or date.min) >= wide.begin
    last = wide.end is None or (narrow.end or date.max) <= wide.end
    return first and last


# ── parts and wholes, as the sentence says ──

_OF_THESE = re.compile("(?:其中|当中|包括|包含|含(?!量))[^）)；;]*$")  # not one that a bracket or semicolon has closed
_TOTAL = re.compile("合计|共计|总计|总共|一共|总额|总数|总投资|共有|(?<![公其])共(?![同建产青享])")
_SUM_UP = re.compile("合计|共计|总计|总共|一共")
_EACH = re.compile("分别|依次")
_ACROSS = re.compile("女|党员|少数民族|残疾|老人|儿童|妇女|青年|学生|大专|本科|占|最|超|人均|户均")
_MORE = re.compile("等(?![地级])|主要|另|此外|还|以及其他")


def parts_and_whole(reads: Sequence[Read]) -> Iterator[Contradiction]:
    """«…100万元，其中…60万元、…50万元»: a part above the whole, or parts that together are more. Where the parts are said to make up the whole
    (分别…, 合计…), they must add up to it. Attributes that overlap (女, 党员) are not added.
    """
    for sentence in _sentences(reads):
        yield from _of_these(sentence)
        yield from _summed_up(sentence)
        yield from _respectively(sentence)


def _of_these(sentence: list[Read]) -> Iterator[Contradiction]:
    whole: dict[str, Read] = {}
    parts: dict[str, list[Read]] = {}
    inside = False
    for i, read in enumerate(sentence):
        between = _between(sentence, i)
        kind = _counted_as(read.claim.quantity.unit, whole)
        if inside and re.search("[）)；;]", between):
            yield from _check_parts(whole, parts)
            whole, parts, inside = {}, {}, False
        if _OF_THESE.search(between):
            # A new «其中» speaks of the number right before it.
            yield from _check_parts(whole, parts)
            whole, parts, inside = {}, {}, True
            for earlier in sentence[:i]:
                if not earlier.claim.per:
                    # Of several that it may be a part of, the largest: the others it may well exceed.
                    known = whole.get(earlier.claim.quantity.unit)
                    whole[earlier.claim.quantity.unit] = earlier if known is None else max(known, earlier, key=_most)
            kind = _counted_as(read.claim.quantity.unit, whole)
        if inside and kind in whole and not read.claim.per and kind != "percent":
            if _SUM_UP.search(between):
                inside = False
            else:
                parts.setdefault(kind, []).append(read)
    yield from _check_parts(whole, parts)


def _most(read: Read) -> Decimal:
    high = read.bounds.high
    return Decimal("Infinity") if high is None else high


_NOUNS = frozenset({"project", "organisation", "village", "town", "county", "branch"})


def _counted_as(kind: str, whole: dict[str, Read]) -> str:
    """«项目12个，其中产业类15个»: the part's bare 个 counts what the whole does."""
    if kind in whole or kind not in {"other:个", "other:项", "item"}:
        return kind
    nouns = [unit for unit in whole if unit in _NOUNS]
    return nouns[0] if len(nouns) == 1 else kind


def _check_parts(whole: dict[str, Read], parts: dict[str, list[Read]]) -> Iterator[Contradiction]:
    for kind, some in parts.items():
        total = whole[kind]
        high = total.bounds.high
        if high is None:
            continue
        for part in some:
            low = part.bounds.low
            if low is not None and low > high:
                yield _two(total, part, "part_above_whole", "部分大于整体", "the part is more than the whole")
                return
        words = "".join(p.context.before + p.context.after for p in some)
        if len(some) > 1 and not _ACROSS.search(words):
            low = sum((p.bounds.low or Decimal(0) for p in some), Decimal(0))
            if low > high:
                yield _sum(total, some, "各部分相加大于整体", "the parts add up to more than the whole")


def _summed_up(sentence: list[Read]) -> Iterator[Contradiction]:
    for i, total in enumerate(sentence):
        if total.claim.per or not _SUM_UP.search(_between(sentence, i)[-12:]):
            continue
        parts = [
            r
            for r in sentence[:i]
            if r.claim.quantity.unit == total.claim.quantity.unit and not r.claim.per and not _MORE.search(r.context.before)
        ]
        cut = max((k for k, r in enumerate(sentence[:i]) if _TOTAL.search(_between(sentence, k))), default=-1)
        if len(parts) > 1 and cut < 0 and not re.search("其中|当中|包括|包含", _said(total)) and not _adds_up(parts, total):
            yield _sum(total, parts, "各部分相加与合计不符", "the parts do not add up to the total")


def _respectively(sentence: list[Read]) -> Iterator[Contradiction]:
    for i in range(1, len(sentence)):
        if not _EACH.search(_between(sentence, i)):
            continue
        first = sentence[i]
        kind = first.claim.quantity.unit
        parts = [first]
        for k in range(i + 1, len(sentence)):
            between = _between(sentence, k)
            if sentence[k].claim.quantity.unit != kind or re.search("[，,；;]", between) or _TOTAL.search(between):
                break
            parts.append(sentence[k])
        wholes = [
            r
            for k, r in enumerate(sentence[:i])
            if r.claim.quantity.unit == kind and _TOTAL.search(_between(sentence, k)) and not r.claim.per
        ]
        if len(parts) > 1 and wholes and not first.claim.per and kind != "percent" and not _adds_up(parts, wholes[-1]):
            yield _sum(wholes[-1], parts, "各部分相加与总数不符", "the parts do not add up to the total")


def _adds_up(parts: Sequence[Read], whole: Read) -> bool:
    lows, highs = [p.bounds.low for p in parts], [p.bounds.high for p in parts]
    low = None if None in lows else sum((x for x in lows if x is not None), Decimal(0))
    high = None if None in highs else sum((x for x in highs if x is not None), Decimal(0))
    return _meet(Bounds(low, high, closed_low=True, closed_high=True), whole.bounds)


# ── averages, shares, growth ──

_SHARE = re.compile(
    "占比?|比例|比重|覆盖率|参保率|参合率|入学率|合格率|满意[度率]|普及率|入户率|到位率|出勤率|发生率|及格率|通过率|巩固率|签约率|受益率|脱贫率"
)
_PART_OF = re.compile("占|比例|比重|率")
_COUNTS = {
    "household": "household",
    "person": "person",
    "village": "village",
    "county": "county",
    "mu": "mu",
    "session": "session",
    "organisation": "organisation",
}
_FROM_TO = re.compile("(?:增[加长至]?|提[高升]|上升|扩大|发展|跃升|下降|减少|降)(?:到|至|为)")
_GROWN = re.compile("增长|增幅|提高|上升|下降|减少|降幅|降低|增加|增收")


def averages(reads: Sequence[Read]) -> Iterator[Contradiction]:
    """«300户，户均2000元，共60万元»: average × count is the total. Only where the sentence has one of each."""
    for sentence in _sentences(reads):
        for average in sentence:
            per = _COUNTS.get(average.claim.per or "")
            if per is None:
                continue
            kind = average.claim.quantity.unit
            counts = [r for r in sentence if r.claim.quantity.unit == per and not r.claim.per]
            totals = [
                r
                for k, r in enumerate(sentence)
                if r.claim.quantity.unit == kind
                and not r.claim.per
                and (_TOTAL.search(_between(sentence, k)) or "总" in _between(sentence, k))
            ]
            if len(counts) != 1 or len(totals) != 1 or not _same_noun(average, totals[0]):
                continue
            count, total = counts[0], totals[0]
            low, high = _times(average.bounds, count.bounds)
            if not _meet(Bounds(low, high, closed_low=True, closed_high=True), total.bounds):
                yield Contradiction(
                    (average.index, count.index, total.index),
                    "average",
                    f"“{average.quote}”乘以“{count.quote}”约为 {_interval(low, high)}，与“{total.quote}”不符",
                    f"“{average.quote}” times “{count.quote}” is about {_interval(low, high)}, not “{total.quote}”",
                )


def _same_noun(average: Read, total: Read) -> bool:
    mine, theirs = (set(pairs(r.context.before + (r.claim.subject or ""))) for r in (average, total))
    return bool(mine & theirs)


def _times(first: Bounds, second: Bounds) -> tuple[Decimal | None, Decimal | None]:
    low = None if first.low is None or second.low is None else first.low * second.low
    high = None if first.high is None or second.high is None else first.high * second.high
    return low, high


def impossible_shares(reads: Sequence[Read]) -> Iterator[Contradiction]:
    """A share of more than a hundred per cent; shares that do not follow from the part and the whole beside them."""
    for sentence in _sentences(reads):
        for i, read in enumerate(sentence):
            if read.claim.quantity.unit != "percent":
                continue
            before = _between(sentence, i)[-14:]
            low = read.bounds.low
            if read.claim.attained:
                continue  # a plan may be more than fulfilled
            if _SHARE.search(before) and not _GROWN.search(before) and low is not None and low > 100:
                zh = f"“{before.strip()}{read.quote}”：占比不能超过 100%"
                yield Contradiction((read.index,), "share_above_all", zh, f"“{read.quote}”: a share cannot exceed 100 per cent")
            elif _PART_OF.search(before) and not _GROWN.search(before):
                yield from _share_of(sentence, i)


def _share_of(sentence: list[Read], i: int) -> Iterator[Contradiction]:
    read = sentence[i]
    earlier = [r for r in sentence[:i] if r.claim.quantity.unit not in {"percent", "CNY"} and not r.claim.per]
    if len(earlier) != 2 or earlier[0].claim.quantity.unit != earlier[1].claim.quantity.unit:
        return
    whole, part = earlier
    if whole.claim.quantity.hedge is not Hedge.exact or part.claim.quantity.hedge is not Hedge.exact:
        return
    w, p = whole.claim.quantity.low, part.claim.quantity.low
    if not w or p is None or p > w:
        return
    yield from _percent(p * 100 / w, read, (whole, part), f"{plain(p)} ÷ {plain(w)}")


def growth(reads: Sequence[Read]) -> Iterator[Contradiction]:
    """«由10万元增加到15万元，增长50%»: the rate follows from the two."""
    for sentence in _sentences(reads):
        for i in range(2, len(sentence)):
            rate, new, old = sentence[i], sentence[i - 1], sentence[i - 2]
            if (
                rate.claim.quantity.unit != "percent"
                or new.claim.quantity.unit != old.claim.quantity.unit
                or new.claim.quantity.unit == "percent"
            ):
                continue
            if not _FROM_TO.search(_between(sentence, i - 1)) or not _GROWN.search(_between(sentence, i)):
                continue
            a, b = old.claim.quantity.low, new.claim.quantity.low
            exact = old.claim.quantity.hedge is Hedge.exact and new.claim.quantity.hedge is Hedge.exact
            if a and b is not None and exact:
                yield from _percent(abs(b - a) * 100 / a, rate, (old, new), f"({plain(b)} − {plain(a)}) ÷ {plain(a)}")


def _percent(really: Decimal, read: Read, others: tuple[Read, Read], working: str) -> Iterator[Contradiction]:
    bounds = read.bounds
    slack = Decimal("0.6") if read.claim.quantity.step in {0, 1} else read.claim.quantity.step
    if (bounds.low is not None and really < bounds.low - slack) or (bounds.high is not None and really > bounds.high + slack):
        shown = plain(really.quantize(Decimal("0.01")))
        yield Contradiction(
            (*(o.index for o in others), read.index),
            "rate",
            f"按“{others[0].quote}”“{others[1].quote}”算得 {working} = {shown}%，与“{read.quote}”不符",
            f"From “{others[0].quote}” and “{others[1].quote}”: {working} = {shown}%, not “{read.quote}”",
        )


RULES: tuple[Rule, ...] = (same_thing, within_wider, parts_and_whole, averages, impossible_shares, growth)


# ── telling ──


def _sentences(reads: Sequence[Read]) -> Iterator[list[Read]]:
    sentence: list[Read] = []
    for read in reads:
        if sentence and sentence[-1].context.sentence != read.context.sentence:
            yield sentence
            sentence = []
        sentence.append(read)
    if sentence:
        yield sentence


def _between(sentence: Sequence[Read], i: int) -> str:
    """The words between a claim and the one before it in its sentence."""
    read = sentence[i]
    begin = sentence[i - 1].at[1] if i else read.context.sentence[0]
    return read.context.text[min(begin, read.at[0]) : read.at[0]]


def _said(until: Read) -> str:
    return until.context.text[until.context.sentence[0] : until.at[0]]


def _two(first: Read, second: Read, rule: str, zh: str, en: str) -> Contradiction:
    return Contradiction(
        (first.index, second.index),
        rule,
        f"“{_quote(first)}”与“{_quote(second)}”：{zh}（{_interval_of(first)}，{_interval_of(second)}）",
        f"“{_quote(first)}” and “{_quote(second)}” {en} ({_interval_of(first)}, {_interval_of(second)})",
    )


def _sum(whole: Read, parts: Sequence[Read], zh: str, en: str) -> Contradiction:
    lows, highs = [p.claim.quantity.low or Decimal(0) for p in parts], [p.claim.quantity.high or Decimal(0) for p in parts]
    working = " + ".join(_number(p) for p in parts)
    total = _interval(sum(lows, Decimal(0)), sum(highs, Decimal(0)))
    return Contradiction(
        (whole.index, *(p.index for p in parts)),
        "parts_and_whole",
        f"{zh}：{working} = {total}，而“{whole.quote}”",
        f"{en}: {working} = {total}, but “{whole.quote}”",
    )


def _quote(read: Read) -> str:
    return " ".join(read.context.clause_text.strip(" \n，,。；;").split())[:60]


def _number(read: Read) -> str:
    return _interval(read.claim.quantity.low, read.claim.quantity.high)


def _interval(low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return f"≥{plain(low)}" if low is not None else f"≤{plain(high)}" if high is not None else "?"
    return plain(low) if low == high else f"{plain(low)}–{plain(high)}"


def _interval_of(read: Read) -> str:
    return f"{_number(read)}{unit(read.claim.quantity.unit).zh}"
