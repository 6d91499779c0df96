"""An office's set-up: organisations with their variants, units and places, from one JSON file or by hand; each with a default programme.

The file's form is that of a register (`organisation`, `places[].name`, `places[].kind`, `units[].name` are required, all else may be
missing; docs/tutorial.md shows one); saying the same again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from bangfu.catalogue import Label
from bangfu.ledger import catalogue, places
from bangfu.ledger.models import Entry, Party, Place, Programme
from bangfu.ledger.post import Draft, post

BEGIN = date(2012, 1, 1)
"""When a programme of unknown beginning begins: in 2012 every poor county was given its helpers."""

_SLUG = re.compile(r"[A-Za-z0-9_-]{1,50}")

LEVEL_WORDS = {
    word: level
    for level, words in {
        "province": "省 自治区 直辖市",
        "prefecture": "市 州 盟 地区 市州 地级市",
        "county": "县 区 旗 县区 市县 县级市",
        "township": "乡 镇 乡镇 街道",
        "village": "村 行政村 社区",
        "site": "点",
    }.items()
    for word in (level, *words.split())
}
"""What the `kind` of a place may be called."""

DESIGNATION = "designation"
"""The kind whose entries say which places are a programme's designated villages, and for how long."""


class SetupRefused(ValueError):  # noqa: N818 - a sentence, as people read it
    """Nothing was set up. `problems` names every fault of the file, in both languages."""

    def __init__(self, problems: Iterable[Label]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(p.zh for p in self.problems))


def setup(data: Mapping[str, Any], *, by: Any) -> list[Programme]:
    """Set up every organisation of a register, each with one default programme; `by` records the designated villages.

    `data` is `{"organisations": [{…}]}` or one organisation alone. Raises SetupRefused with every fault.
    """
    reader = _Reader()
    organisations = reader.organisations(data)
    if reader.problems:
        raise SetupRefused(reader.problems)
    with transaction.atomic():
        return [_organisation(one, by) for one in organisations]


def programme(
    helper: Party,
    name: str,
    *,
    begin: date = BEGIN,
    end: date | None = None,
    slug: str = "",
    among: Iterable[Place] | None = None,
    demonstration: bool = False,
) -> Programme:
    """A new programme of a helper organisation, with the places its workbooks may name (`among`; None: those of its other programmes).

    Raises SetupRefused where the name or the short name is taken, or the end is not after the beginning.
    """
    problems = []
    if not name.strip():
        problems.append(Label("项目没有名称", "The programme has no name"))
    if Programme.objects.filter(helper=helper, name=name.strip()).exists():
        problems.append(Label(f"“{helper.name}”已有名为“{name}”的项目", f"{helper.name} already has a programme {name}"))
    if slug and not _SLUG.fullmatch(slug):
        problems.append(
            Label(
                f"短名“{slug}”只能用字母、数字和 - _，最多 50 个", f"The short name {slug!r} may hold letters, digits, - and _, 50 at most"
            )
        )
    if slug and Programme.objects.filter(slug=slug).exists():
        problems.append(Label(f"短名 {slug} 已被使用，请另取", f"The short name {slug} is taken: choose another"))
    if end is not None and end <= begin:
        problems.append(Label(f"结束（{end}）不晚于开始（{begin}）", f"It ends ({end}) no later than it begins ({begin})"))
    if problems:
        raise SetupRefused(problems)
    others = list(Programme.objects.filter(helper=helper))
    fresh = Programme.objects.create(
        slug=slug or _free_slug(), name=name.strip(), helper=helper, begin=begin, end=end, demonstration=demonstration
    )
    fresh.places.set(Place.objects.filter(programmes__in=others).distinct() if among is None else among)
    return fresh


def _free_slug() -> str:
    taken = set(Programme.objects.values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := f"p{n}") not in taken)


def designate(of: Programme, villages: Iterable[Place], *, by: Any, begin: date | None = None, end: date | None = None) -> int:
    """Record villages as the programme's designated ones, where they are not yet; gives how many entries were written."""
    if DESIGNATION not in catalogue().kinds:
        return 0
    known = set(Entry.objects.filter(programme=of, kind=DESIGNATION, ended=None).values_list("place", flat=True))
    fresh = [v for v in villages if v.pk not in known]
    if fresh:
        titled = "title" in catalogue().kinds[DESIGNATION].fields
        post(
            of,
            [Draft(DESIGNATION, begin or of.begin, end or of.end, title=v.name if titled else "", place=v.pk) for v in fresh],
            by=by,
            reason="建立单位时登记",
        )
    return len(fresh)


# --- a register as read


@dataclass(frozen=True, slots=True)
class _Site:
    name: str
    level: str
    above: Mapping[str, str]  # level → name, as far as the register says
    designated: bool = False
    variants: tuple[str, ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class _Unit:
    name: str
    variants: tuple[str, ...] = ()
    above: str = ""


@dataclass(frozen=True, slots=True)
class _Organisation:
    name: str
    variants: tuple[str, ...] = ()
    sites: tuple[_Site, ...] = ()
    units: tuple[_Unit, ...] = ()
    programme: str = ""
    begin: date | None = None
    end: date | None = None


@dataclass(slots=True)
class _Reader:
    """Reads a register, collecting every fault with the place where it stands."""

    problems: list[Label] = field(default_factory=list)

    def fault(self, at: str, zh: str, en: str) -> None:
        self.problems.append(Label(f"{at}：{zh}", f"{at}: {en}"))

    def organisations(self, data: Any) -> list[_Organisation]:
        if isinstance(data, Mapping) and "organisations" not in data and "organisation" in data:
            data = {"organisations": [data]}
        listed = data.get("organisations") if isinstance(data, Mapping) else None
        if not isinstance(listed, list) or not listed:
            self.fault("organisations", "应是单位的列表，每个单位有 organisation、places、units", "should be a list of organisations")
            return []
        found = [self.organisation(one, f"organisations[{n}]") for n, one in enumerate(listed)]
        return [one for one in found if one is not None]

    def organisation(self, data: Any, at: str) -> _Organisation | None:
        if not isinstance(data, Mapping):
            self.fault(at, "应是一个对象", "should be an object")
            return None
        span = data.get("programme", {})
        span = {"name": span} if isinstance(span, str) else span if isinstance(span, Mapping) else {}
        return _Organisation(
            name=self.name(data, "organisation", at),
            variants=self.words(data, "organisation_variants", at),
            sites=tuple(self.sites(self.listed(data, "places", at), f"{at}.places")),
            units=tuple(self.units(self.listed(data, "units", at), f"{at}.units")),
            programme=str(span.get("name", "")).strip(),
            begin=self.day(span.get("begin", data.get("begin")), f"{at}.begin"),
            end=self.day(span.get("end", data.get("end")), f"{at}.end"),
        )

    def sites(self, rows: list[Any], at: str) -> Iterator[_Site]:
        for n, row in enumerate(rows):
            here = f"{at}[{n}]"
            if not isinstance(row, Mapping):
                self.fault(
                    here,
                    '一个地点应写成 {"name": "柳坝村", "kind": "村", "county": "青石县"}',
                    'a place is written {"name": …, "kind": "village", "county": …}',
                )
                continue
            level = LEVEL_WORDS.get(str(row.get("kind", "")).strip())
            if level is None:
                said = f"“{row['kind']}”" if row.get("kind") else "没有填："
                self.fault(
                    f"{here}.kind",
                    f"{said}应是省、市、县、乡镇、村之一（{'、'.join(places.LEVELS)}）",
                    f"should be one of {', '.join(places.LEVELS)}",
                )
                continue
            above = {up: str(row[up]).strip() for up in places.LEVELS[: places.LEVELS.index(level)] if row.get(up)}
            variants = (*self.words(row, "variants", here), *self.words(row, "short", here))
            code = str(row["code"]) if row.get("code") else None
            yield _Site(self.name(row, "name", here), level, above, bool(row.get("designated")), variants, code)

    def units(self, rows: list[Any], at: str) -> Iterator[_Unit]:
        for n, row in enumerate(rows):
            here = f"{at}[{n}]"
            if isinstance(row, str):
                row = {"name": row}  # noqa: PLW2901 - a name alone is a whole unit
            if not isinstance(row, Mapping):
                self.fault(here, '一个部门应写成 {"name": "财务科"}，或只写名称', 'a unit is written {"name": …}, or as its name alone')
                continue
            variants = (*self.words(row, "short", here), *self.words(row, "variants", here))
            yield _Unit(self.name(row, "name", here), variants, str(row.get("parent", "") or "").strip())

    def name(self, data: Mapping[str, Any], key: str, at: str) -> str:
        value = data.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault(f"{at}.{key}", "缺少名称", "a name is missing")
            return ""
        return value.strip()

    def listed(self, data: Mapping[str, Any], key: str, at: str) -> list[Any]:
        value = data.get(key, [])
        if not isinstance(value, list):
            self.fault(f"{at}.{key}", "应是列表", "should be a list")
            return []
        return value

    def words(self, data: Mapping[str, Any], key: str, at: str) -> tuple[str, ...]:
        value = data.get(key) or []
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(w, str) for w in value):
            self.fault(f"{at}.{key}", "应是文字的列表", "should be a list of words")
            return ()
        return tuple(w.strip() for w in value if w.strip())

    def day(self, value: Any, at: str) -> date | None:
        if value in {None, ""}:
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fault(at, f"“{value}”不是日期，请写成 2015-08-01", f"{value!r} is not a date: write 2015-08-01")
            return None


# --- a register as kept


def _organisation(one: _Organisation, by: Any) -> Programme:
    helper = places.party(one.name, "organisation", variants=[v for v in one.variants if v != one.name])
    _units(one.units, helper)
    known = [(_site(site, one.sites), site.designated) for site in _from_the_top(one.sites)]
    mine = Programme.objects.filter(helper=helper).order_by("pk").first()
    if mine is None:
        name = one.programme or "定点帮扶"
        mine = programme(helper, name, begin=one.begin or BEGIN, end=one.end, among=())
    mine.places.add(*(place for place, _ in known))
    designate(mine, [place for place, designated in known if designated], by=by)
    return mine


def _units(units: Iterable[_Unit], helper: Party) -> None:
    made: dict[str, Party] = {}
    waiting = list(units)
    while waiting:
        ready = [u for u in waiting if u.above in made or u.above not in {w.name for w in waiting}]
        for unit in ready or waiting[:1]:  # a circle of parents hangs under the organisation
            made[unit.name] = places.party(unit.name, "unit", made.get(unit.above, helper), variants=unit.variants)
            waiting.remove(unit)


def _from_the_top(sites: Iterable[_Site]) -> list[_Site]:
    return sorted(sites, key=lambda s: places.LEVELS.index(s.level))


def _site(site: _Site, sites: Iterable[_Site]) -> Place:
    """The place with everything above it that the register says, here or in the line of the place above."""
    parent: Place | None = None
    for level, name in _above(site, sites):
        parent = places.place(name, level, parent)
    return places.place(site.name, site.level, parent, variants=site.variants, code=site.code)


def _above(site: _Site, sites: Iterable[_Site]) -> list[tuple[str, str]]:
    """Levels and names above a place, from the top. What its own line leaves out, the line of the place above it may say."""
    above = dict(site.above)
    for level in reversed(places.LEVELS[: places.LEVELS.index(site.level)]):
        if level in above:
            lines = [s for s in sites if s.level == level and s.name == above[level]]
            if len(lines) == 1:
                above = {**lines[0].above, **above}
    return [(level, above[level]) for level in places.LEVELS if level in above]
