"""The names a ledger knows — places, units, projects — and where a text mentions them.

What a mention means is read from what stands around it: «新龙、丹巴等地» is an open list and limits nothing, «新龙中学» is a school and not
the county, «四川省委» is a committee.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

_SUFFIXES = ("自治县", "自治州", "特别行政区", "自治区", "地区", "街道", "省", "市", "州", "盟", "县", "区", "旗", "乡", "镇", "村", "寨")
_LEVELS = {"province": 0, "prefecture": 1, "county": 2, "township": 3, "village": 4, "site": 5}
# A name followed by these is part of the name of an organisation, not the place where something happened.
_ORGANISED = re.compile(
    "[第一二三四五六七八九十城关职业技术工商师范农林民族理科医×]{0,10}(?:省?委(?!托)|人民?政府|政府|政协|人大|纪委|党委|级|籍|大学|学院|中学|小学|中心校|学校|医院|研究院|研究所|公司|集团|银行|局|厅|商会|协会|日报|频道|电视台)",
)
_COUNTED = r"(?:[\d一二两三四五六七八九十]{1,3}个?(?:[省市州县区旗乡镇村寨]|定点|贫困|帮扶){0,5})?"
_JOINT = re.compile(rf"{_COUNTED}\s*(?:、|，|,|和|及|与|以及|\s)\s*")
_OPEN = re.compile(rf"{_COUNTED}\s*(?:等地|等(?!级|次|额|量|值)|以及|及其他)")


@dataclass(frozen=True, slots=True)
class Named:
    """Something the ledger knows by name. `above` are the ids of what it lies in, outermost first; `names` as people write it."""

    id: int
    what: str  # place unit project helper
    names: tuple[str, ...]
    level: str = ""
    above: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names one of `named` (several where a name alone does not tell which).

    `open` — the list it stands in goes on with 等; `organised` — it is part of an organisation's name.
    """

    start: int
    end: int
    named: tuple[Named, ...]
    open: bool = False
    organised: bool = False

    @property
    def what(self) -> str:
        return self.named[0].what


@dataclass(frozen=True)
class Gazetteer:
    """All names known. `designated` are the ids of the designated villages."""

    known: tuple[Named, ...] = ()
    designated: frozenset[int] = frozenset()
    by_name: dict[str, tuple[Named, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        short: dict[str, list[Named]] = {}
        for one in self.known:
            for name in dict.fromkeys(_forms(one)):
                short.setdefault(name, []).append(one)
        for name, several in short.items():
            # A full name wins over a shortened one: 「城关镇」 over a village 「城关」.
            full = [n for n in several if name in n.names]
            self.by_name[name] = tuple(full or several)

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        """First character → the lengths of the names that begin with it, longest first: a province knows tens of thousands of names."""
        lengths: dict[str, set[int]] = {}
        for name in self.by_name:
            lengths.setdefault(name[0], set()).add(len(name))
        return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}

    def _names(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, tuple[Named, ...]]]:
        at = start
        while at < end:
            for size in self._lengths.get(text[at], ()):
                if at + size <= end and (named := self.by_name.get(text[at : at + size])):
                    yield at, at + size, named
                    at += size
                    break
            else:
                at += 1

    def mentions(self, text: str, start: int = 0, end: int | None = None) -> list[Mention]:
        """Every mention in `text[start:end]`, the longest name at each place, positions in `text`."""
        end = len(text) if end is None else end
        found = list(self._names(text, start, end))
        mentions: list[Mention] = []
        opened = False
        for i in range(len(found) - 1, -1, -1):
            at, until, named = found[i]
            named = _nearest(named, found[i - 1][2] if i and found[i - 1][1] == at else ())
            joined = i + 1 < len(found) and _joins(text, until, found[i + 1][0])
            opened = opened if joined else _OPEN.match(text, until, end) is not None
            mentions.append(Mention(at, until, named, opened, _ORGANISED.match(text, until) is not None and named[0].what == "place"))
        return list(reversed(_merged(mentions)))

    @cached_property
    def everywhere(self) -> frozenset[int]:
        """The places that hold every designated village."""
        above = [frozenset(n.above) for n in self.known if n.what == "place" and n.id in self.designated]
        return frozenset.intersection(*above) if above else frozenset()

    def named(self, what: str) -> Iterator[Named]:
        return (n for n in self.known if n.what == what)


def _forms(one: Named) -> Iterator[str]:
    for name in one.names:
        if len(name) > 1:
            yield name
        if one.what == "place":
            bare = next((name.removesuffix(s) for s in _SUFFIXES if name.endswith(s)), name)
            if len(bare) > 1:
                yield bare


def _nearest(named: tuple[Named, ...], before: tuple[Named, ...]) -> tuple[Named, ...]:
    """Of several places of one name, those that lie in the place named right before (新龙县德麦巴村)."""
    around = {n.id for n in before}
    inside = tuple(n for n in named if around.intersection(n.above))
    if inside:
        return inside
    if len(named) > 1 and named[0].what == "place":
        # A county and a village of one short name: people mean the higher one.
        top = min(_LEVELS.get(n.level, 9) for n in named)
        return tuple(n for n in named if _LEVELS.get(n.level, 9) == top)
    return named


def _merged(mentions: list[Mention]) -> list[Mention]:
    """Of «新龙县德麦巴村» keep the village: the county only says where it is. (Given from right to left.)"""
    kept: list[Mention] = []
    for mention in mentions:
        inner = kept[-1] if kept else None
        if (
            inner is not None
            and inner.start == mention.end
            and inner.what == "place"
            and mention.what == "place"
            and all(any(m.id in n.above for m in mention.named) for n in inner.named)
        ):
            kept[-1] = Mention(mention.start, inner.end, inner.named, inner.open, inner.organised)
        else:
            kept.append(mention)
    return kept


def _joins(text: str, end: int, start: int) -> bool:
    return 0 <= start - end <= 12 and _JOINT.fullmatch(text, end, start) is not None


def listed(mentions: Iterable[Mention], text: str) -> Iterator[tuple[Mention, ...]]:
    """Mentions gathered into the lists they stand in: 「新龙、丹巴」 is one of two."""
    group: list[Mention] = []
    for mention in mentions:
        if group and not (mention.what == group[-1].what and _joins(text, group[-1].end, mention.start)):
            yield tuple(group)
            group = []
        group.append(mention)
    if group:
        yield tuple(group)
