"""The office's places and departments, and how a cell's words find them: short names, prefixes, variants, abbreviations. No database here.

A register comes from a set-up file (samples: registers.json) or from the ledger (`of_programme` in recording.py).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from bangfu.catalogue.reading import is_blank, norm

LEVELS = ("province", "prefecture", "county", "township", "village", "site")
_SUFFIX = {
    "province": r"(?:省|市|自治区|壮族自治区|回族自治区|维吾尔自治区)$",
    "prefecture": r"(?:藏族羌族自治州|藏族自治州|彝族自治州|自治州|州|市|地区|盟)$",
    "county": r"(?:族?自治县|县|区|市|旗)$",
    "township": r"(?:民族乡|乡|镇|街道办事处|街道|办事处)$",
    "village": r"(?:行政村|社区居委会|社区|村民委员会|村委会|村|嘎查|居委会)$",
    "site": r"$",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place that the office's workbooks may name: one of the programme's own, or one that only lies above one of them (`own` is False)."""

    name: str
    level: str
    county: str = ""
    township: str = ""
    prefecture: str = ""
    province: str = ""
    designated: bool = False
    variants: tuple[str, ...] = ()
    id: int | None = None
    own: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """A department of the helper organisation."""

    name: str
    short: tuple[str, ...] = ()
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a text was found to be: the places or units it may mean (one: it is that one), and how it was found, for the reason shown.

    `how` is one of exact, prefix, contains, short, abbreviation, part, several; empty `options` mean that nobody knows it.
    """

    options: tuple[Any, ...] = ()
    how: str = ""

    @property
    def one(self) -> Any:
        return self.options[0] if len(self.options) == 1 else None


NOTHING = Found()
_JOINTS = re.compile(r"[、，,;；/／+＋&\n]|(?<=[村县乡镇部处系室会院])[和及与](?=.)")
_TRIM = re.compile(r"[（(].*?[)）]|[\s·\-—_.:：“”\"'《》]+")


@dataclass(slots=True)
class Registers:
    """The places and departments of one helper organisation's programme."""

    organisation: str
    places: tuple[Place, ...] = ()
    units: tuple[Unit, ...] = ()
    variants: tuple[str, ...] = ()
    id: int | None = None
    _places: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    _units: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    _prefixes: list[tuple[str, str]] = field(default_factory=list)
    _found_places: dict[tuple[str, str], Found] = field(default_factory=dict)
    _found_units: dict[tuple[str, tuple[str, ...]], Found] = field(default_factory=dict)
    heads: tuple[str, ...] = ()  # beginnings that names of several departments share

    def __post_init__(self) -> None:
        above: dict[str, str] = {}
        for place in self.places:
            for word in {place.name, *place.variants}:
                self._add(self._places, norm(word), place)
                short = re.sub(_SUFFIX.get(place.level, "$"), "", norm(word))
                if len(short) >= 2 or (place.level == "county" and len(norm(word)) == 2):
                    self._add(self._places, short, place)
            for level in ("province", "prefecture", "county", "township"):
                name = place.name if place.level == level else getattr(place, level, "")
                if name:
                    above[norm(name)] = level
                    short = re.sub(_SUFFIX[level], "", norm(name))
                    if len(short) >= 2:
                        above.setdefault(short, level)
        self._prefixes = sorted(above.items(), key=lambda pair: -len(pair[0]))
        for unit in self.units:
            for word in (unit.name, *unit.short):
                self._add(self._units, norm(word), unit)
        shared = Counter(norm(u.name)[:n] for u in self.units for n in range(3, len(norm(u.name)) - 1))
        self.heads = tuple(sorted((h for h, n in shared.items() if n > 1 and norm(self.organisation) != h), key=len, reverse=True))

    def knows(self, word: str) -> bool:
        """Whether a word (as `norm` gives it) is just the name or short name of a place or department."""
        return word in self._places or word in self._units

    @staticmethod
    def _add(index: dict[str, list[Any]], word: str, thing: Any) -> None:
        if word and thing not in index[word]:
            index[word].append(thing)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> list[Registers]:
        """The registers of a set-up file: one for each organisation; only names and kinds are required."""
        out = []
        for one in data.get("organisations", [data]):
            places = tuple(
                Place(
                    p["name"],
                    p.get("kind", "village"),
                    p.get("county", "") or "",
                    p.get("township", "") or "",
                    p.get("prefecture", "") or "",
                    p.get("province", "") or "",
                    bool(p.get("designated")),
                    tuple(p.get("variants", ()) or ()),
                )
                for p in one.get("places", [])
            )
            counties = {p.name: p for p in places if p.level == "county"}
            places = tuple(_completed(p, counties) for p in places)
            units = tuple(
                Unit(u["name"], tuple(u.get("short", ()) or ()) + tuple(u.get("variants", ()) or ())) for u in one.get("units", [])
            )
            out.append(cls(one["organisation"], places, units, tuple(one.get("organisation_variants", ()) or ())))
        return out

    # ── places ──

    def place(self, text: str, near: str = "") -> Found:
        """The place a text means. `near` names a county (of the band or title) that settles which of two villages of one name is meant."""
        key = (text, near)
        found = self._found_places.get(key)
        if found is None:
            found = self._place(text, near)
            if len(self._found_places) < 50_000:
                self._found_places[key] = found
        return found

    def _place(self, text: str, near: str) -> Found:
        if is_blank(text):
            return NOTHING
        whole = self._one_place(text, near)
        if whole.options:
            return whole
        parts = [p for p in _JOINTS.split(text) if p.strip()]
        if len(parts) < 2:
            parts = text.split()  # 大湾 孙三
        if len(parts) < 2:
            return NOTHING
        found = [f for f in (self._one_place(p, near) for p in parts) if f.one is not None]
        return self._joined([f.one for f in found]) if found else NOTHING

    def _joined(self, places: list[Place]) -> Found:
        """Several places in one cell: the finest of a chain (县/村), else the county they share."""
        finest = max(places, key=lambda p: LEVELS.index(p.level))
        if all(p == finest or p.name in {finest.county, finest.township, finest.prefecture} for p in places):
            return Found((finest,), "prefix")
        counties = {p.county or p.name for p in places}
        shared = [p for p in self.places if p.level == "county" and {p.name} == counties]
        return Found(tuple(shared) if shared else tuple(dict.fromkeys(places)), "several")

    def _one_place(self, text: str, near: str) -> Found:
        word = norm(_TRIM.sub("", norm(text)))
        if not word:
            word = norm(text).strip("（）()")
        if word in self._places:
            return Found(self._narrowed(self._places[word], near), "exact")
        rest, county, stripped = word, near, False
        last = ""
        while rest:
            for prefix, level in self._prefixes:
                if rest.startswith(prefix):
                    rest, stripped = rest[len(prefix) :], True
                    rest = (
                        re.sub(r"^(?:藏族自治州|自治州|省|州|市|县|区|乡|镇)(?=.)", "", rest)
                        if not prefix.endswith(("省", "州", "市", "县", "区", "乡", "镇"))
                        else rest
                    )
                    if level == "county":
                        county = prefix
                    if level in {"county", "township"}:
                        last = prefix
                    break
            else:
                break
            if rest in self._places:
                options = self._narrowed(self._places[rest], county)
                return Found(options, "prefix")
        if not rest and last:
            return Found(self._narrowed(self._above(last), near), "prefix")
        return self._contained(word, rest if stripped else word, county if stripped else near)

    def _above(self, name: str) -> list[Place]:
        """What a bare county or township name means: the county itself, or the county of the township."""
        if name in self._places:
            return self._places[name]
        counties = {
            p.county for p in self.places if name in {norm(p.township), re.sub(_SUFFIX["township"], "", norm(p.township))} and p.township
        }
        return [p for p in self.places if p.level == "county" and p.name in counties]

    def _contained(self, word: str, rest: str, near: str) -> Found:
        inside = [
            p for p in self.places if p.level not in {"county", "prefecture", "province"} and len(p.name) >= 3 and norm(p.name) in word
        ]
        if not inside:
            inside = [
                p
                for p in self.places
                if p.level == "village"
                and rest.startswith(short := re.sub(_SUFFIX["village"], "", norm(p.name)))
                and len(short) >= 2
                and _after_place(rest[len(short) :])
            ]
        if not inside:  # what stands before it is a division the register does not name: 青河县上寨
            bare = _DIVISION.sub("", word)
            inside = list(self._places.get(bare, [])) if bare and bare != word else []
        if inside:
            options = self._narrowed(inside, near)
            return Found(options, "contains") if len(options) == 1 else self._joined(list(options))
        county = [
            p
            for p in self.places
            if p.level == "county"
            and (norm(p.name) in word or (word.startswith(re.sub(_SUFFIX["county"], "", norm(p.name))) and len(p.name) > 2))
        ]
        if len(county) == 1 and not re.search(r"(?:局|公司|银行|协会|合作社|中心|委员会)$", word):
            return Found((county[0],), "contains")
        return NOTHING

    def seat(self, text: str) -> Found:
        """The county whose name begins that of an institution (临江县疾控中心): for a column that is known to tell places."""
        word = norm(_TRIM.sub("", norm(text)))
        counties = [p for p in self.places if p.level == "county" and len(p.name) > 2 and norm(p.name) in word]
        return Found((counties[0],), "contains") if len(counties) == 1 else NOTHING

    @staticmethod
    def _narrowed(options: Iterable[Place], near: str) -> tuple[Place, ...]:
        found = tuple(dict.fromkeys(options))
        if len(found) > 1 and near:
            close = tuple(p for p in found if near in {norm(p.county), norm(p.name)} or (p.county and norm(p.county).startswith(near)))
            found = close or found
        if len(found) > 1:
            found = tuple(p for p in found if p.level == "village") or found
            found = tuple(p for p in found if p.designated) or found if len(found) > 1 else found
        return found

    def like(self, text: str, what: str) -> tuple[str, ...]:
        """Names of places (or units) that a text nobody knows may mean, likeliest first."""
        names = [p.name for p in self.places] if what == "place" else [u.name for u in self.units]
        return tuple(get_close_matches(norm(text), names, 3, 0.34))

    # ── units ──

    def unit(self, text: str, heads: tuple[str, ...] = ()) -> Found:
        """The department a text means: its name, short name, a Party branch of it, an abbreviation that fits only one.

        `heads` are beginnings of names (`heads_in`) that stand beside it: 护理部 under 康复医院 is 康复医院护理部, where there is one.
        """
        key = (text, heads)
        found = self._found_units.get(key)
        if found is None:
            whole = [u for h in heads for u in self._units.get(h + norm(text), ())]
            found = Found((whole[0],), "part") if whole else self._unit(text)
            if len(self._found_units) < 50_000:
                self._found_units[key] = found
        return found

    def heads_in(self, text: str) -> tuple[str, ...]:
        """The beginnings that names of several departments share (a branch, a campus) and that the text has, the longest first."""
        plain = norm(text)
        return tuple(h for h in self.heads if h in plain)

    def _unit(self, text: str) -> Found:
        if is_blank(text):
            return NOTHING
        found = self._one_unit(norm(text))
        if found.options:
            return found
        parts = [p for p in _JOINTS.split(text) if p.strip()]
        if len(parts) > 1:
            known = [f.one for f in (self._one_unit(norm(p)) for p in parts) if f.one is not None]
            if known:
                return Found((known[0],), "several")
        return NOTHING

    def _one_unit(self, word: str) -> Found:
        for form in _forms(word, self.organisation, self.variants):
            if form in self._units:
                return Found(tuple(self._units[form]), "exact" if form == word else "part")
        for form in _forms(word, self.organisation, self.variants):
            options = self._abbreviated(form)
            if options:
                return Found(options, "abbreviation")
        inside = [u for u in self.units if any(len(w) >= 3 and norm(w) in word for w in (u.name, *u.short))]
        longest = max((len(u.name) for u in inside), default=0)
        inside = [u for u in inside if len(u.name) == longest]
        return Found((inside[0],), "contains") if len(inside) == 1 else NOTHING

    def _abbreviated(self, word: str) -> tuple[Unit, ...]:
        """Units whose name holds the word's signs in order, beginning with its first: 计财处 → 计划财务处; only if one alone does."""
        if not 2 <= len(word) <= 8:
            return ()
        hits = [u for u in self.units if len(u.name) > len(word) and norm(u.name)[0] == word[0] and _within(word, norm(u.name))]
        if not hits:
            hits = [u for u in self.units if len(u.name) > len(word) >= 3 and norm(u.name)[-1] == word[-1] and _within(word, norm(u.name))]
        if not hits and len(word) >= 3 and re.search(r"[部处系室会院馆科办]$", word):
            stem = re.sub(r"(?:办公室|[部处系室会院馆科办])$", "", word)
            hits = [u for u in self.units if len(stem) >= 2 and norm(u.name).startswith(stem)]
        return tuple(hits) if len(hits) == 1 else ()


def _completed(place: Place, counties: Mapping[str, Place]) -> Place:
    county = counties.get(place.county)
    if county is None:
        return place
    return replace(place, prefecture=place.prefecture or county.prefecture, province=place.province or county.province)


_DIVISION = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区|自治州|州|地区|盟))?(?:[\u4e00-\u9fff]{1,4}市)?"
    r"(?:[\u4e00-\u9fff]{1,6}?(?:县|区|旗))?(?:[\u4e00-\u9fff]{1,5}?(?:乡|镇|街道))?"
)


def _after_place(rest: str) -> bool:
    return _OF_A_VILLAGE.fullmatch(rest) is not None


_OF_A_VILLAGE = re.compile(
    r"(?:村.*|[一二三四五六七八九十\d]+[组社队].*|(?:希望|中心)?(?:小学|学校|幼儿园|教学点|完小|校)|(?:农家)?(?:书屋|图书[角室馆]|阅览室)|文化(?:室|站|广场|大院|礼堂|活动中心)"
    r"|卫生[室所站]|(?:便民|党群|综合|为民|电商)?服务(?:中心|站|点|室)|(?:党员|老年|儿童|妇女|群众)?活动(?:室|中心|阵地)|幸福院|敬老院|养老院|日间照料中心|(?:帮扶|扶贫)车间"
    r"|(?:驻村)?工作队|两委|(?:党总?)?支部|委会|各组|全村)?"
)
"""What may stand behind a village's short name in the name of something that is the village's own: 花桥农家书屋."""


_BRANCH = re.compile(
    r"(?:直属|教工|教师|学生|机关|离退休|联合|在职|第?[一二三四五六七八九十])*(?:党总支|党支部|基层党支部|支部|总支|党委|团总支|团支部|分工会|工会小组|工会分会|分会|部门工会)(?:委员会)?(?:第?[一二三四五六七八九十]支部)?$"
)


def _forms(word: str, organisation: str, variants: Iterable[str]) -> list[str]:
    """The word as it is, without the organisation's own name before it, without the branch after it, without remarks."""
    forms = [word]
    plain = bare = re.sub(r"[（(].*?[)）]", "", word)
    for name in sorted({norm(organisation), *map(norm, variants)}, key=len, reverse=True):
        if name and bare.startswith(name) and len(bare) > len(name) + 1:
            bare = bare[len(name) :]
            break
    forms.append(bare)
    forms.append(re.sub(r"^(?:我校|我院|本校|学校|学院|本院|校|院|局|厅|公司|集团|机关)(?=.{2,})", "", bare))
    for whole in dict.fromkeys((plain, bare)):  # 厅办党支部 is the branch of 厅办, though 厅 is the organisation
        branch = _BRANCH.sub("", whole)
        if branch and branch != whole:
            forms.extend((branch, re.sub(r"^(?:我校|学校|校|院)(?=.{2,})", "", branch)))
    forms.append(re.sub(r"(?:负责人|牵头|等)$", "", bare))
    return list(dict.fromkeys(f for f in forms if f))


def _within(short: str, long: str) -> bool:
    signs = iter(long)
    return all(sign in signs for sign in short)


def choose(registers: Iterable[Registers], texts: Iterable[str]) -> tuple[Registers | None, bool]:
    """The organisation whose places and units the cells of a workbook name most; and whether that was decided clearly."""
    pool = list(registers)
    if len(pool) <= 1:
        return (pool[0] if pool else None), True
    words = [t for t in dict.fromkeys(texts) if 1 < len(t) <= 40][:20_000]
    joined = "\n".join(words)
    scores = []
    for one in pool:
        score = sum(3 for w in words if norm(w) in one._places or norm(w) in one._units)  # noqa: SLF001 - its own class
        score += sum(40 for name in (one.organisation,) if name and name in joined)
        score += sum(2 for p in one.places if p.name in joined)
        scores.append(score)
    ranked = sorted(range(len(pool)), key=lambda i: -scores[i])
    best, second = ranked[0], ranked[1]
    return pool[best], scores[best] > 0 and scores[best] >= 1.2 * scores[second]
