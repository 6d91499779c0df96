"""The strict loader: TOML files → Catalogue. Every fault is collected and named by file and key before anything is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from bangfu.catalogue.shapes import (
    COLUMNS,
    EXPORTS,
    KEYS,
    Catalogue,
    Choice,
    Field,
    FieldType,
    Figure,
    Fold,
    Grade,
    How,
    Kind,
    Label,
    Rule,
    Scheme,
)
from bangfu.quantities import UNITS

HERE = Path(__file__).parent

COMBINATIONS = ("ratio", "difference", "total", "least", "most", "reached")
"""Named functions of `figures.py` that combine other figures."""

PARTS = {"ratio": (2, 2), "difference": (2, 99), "total": (2, 99)}
"""How many figures a combination takes; the others take one."""

PER = ("person", "household", "village", "county", "organisation", "year", "month", "day", "mu")
"""What an average may be of: the words of a claim's `per`."""

ASSESSED = ("unit", "department", "village_team", "first_secretary", "member", "helper")
"""For what a scheme may be (domain.md 5.6, 5.14)."""

EVERY = ("remark", "evidence")
"""Fields that every kind has without saying so (备注, 佐证材料: the last two columns of any ledger, domain.md 2)."""

COLUMN_TYPES = {
    "title": {FieldType.TEXT},
    "begin": {FieldType.DATE},
    "end": {FieldType.DATE},
    "place": {FieldType.PLACE},
    "unit": {FieldType.UNIT},
    "party": {FieldType.PARTY},
    "person": {FieldType.PERSON},
    "household": {FieldType.HOUSEHOLD},
    "project": {FieldType.PROJECT},
    "category": {FieldType.CHOICE},
    "counts_to": {FieldType.CHOICE},
}


class CatalogueError(ValueError):
    """The catalogue cannot be used. `faults` lists every fault as "file: key: what is wrong"."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class Table:
    """One TOML table being read: takes keys out, and at the end names whatever was left or missing."""

    def __init__(self, data: Mapping[str, Any], at: str, faults: list[str]) -> None:
        self.data = dict(data)
        self.at = at
        self.faults = faults

    def fault(self, key: str, what: str) -> None:
        self.faults.append(f"{self.at}: {key}: {what}")

    def take(self, key: str, expected: type, default: Any = ...) -> Any:
        if key not in self.data:
            if default is ...:
                self.fault(key, "missing")
                return expected()
            return default
        value = self.data.pop(key)
        if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            self.fault(key, f"should be {expected.__name__}, is {value!r}")
            return expected() if default is ... else default
        return value

    def number(self, key: str, default: Any = ...) -> Any:
        """A number as a Decimal: TOML's 5 and 0.1 alike, never a float."""
        if default is not ... and key not in self.data:
            return default
        value = self.data.pop(key, None)
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            self.fault(key, "missing" if value is None else f"should be a number, is {value!r}")
            return Decimal(0)
        return Decimal(value)

    def words(self, key: str) -> tuple[str, ...]:
        value = self.take(key, list, [])
        if any(not isinstance(w, str) or not w for w in value):
            self.fault(key, "should be a list of words")
            return ()
        if len(set(value)) < len(value):
            self.fault(key, "names a word twice")
        return tuple(value)

    def label(self, prefix: str = "", *, optional: bool = False) -> Label:
        zh, en = (f"{prefix}_zh", f"{prefix}_en") if prefix else ("zh", "en")
        if optional and zh not in self.data and en not in self.data:
            return Label("", "")
        return Label(self.take(zh, str), self.take(en, str))

    def one_of(self, key: str, options: Iterable[str], default: Any = ...) -> Any:
        """The word under `key`; where it is none of `options`, that is a fault and reading goes on with the first of them."""
        before = len(self.faults)
        value = self.take(key, str, default)
        options = tuple(options)
        if value == default or value in options:
            return value
        if len(self.faults) == before:
            self.fault(key, f"{value!r} is not one of {', '.join(options)}")
        return options[0] if options else ""

    def tables(self, key: str) -> list[Table]:
        listed = self.take(key, list, [])
        if any(not isinstance(one, dict) for one in listed):
            self.fault(key, "should be a list of tables { code = …, zh = …, en = … }")
        return [Table(one, f"{self.at} {key}[{n}]", self.faults) for n, one in enumerate(listed, 1) if isinstance(one, dict)]

    def table(self, key: str, *, optional: bool = False) -> Table:
        return Table(self.take(key, dict, {} if optional else ...), f"{self.at} [{key}]", self.faults)

    def done(self) -> None:
        for key in self.data:
            self.fault(key, "unknown key")


def load(*folders: Path) -> Catalogue:
    """Load the catalogue that comes with Bangfu, then the office's own `folders` (each with kinds/, figures/ and rules/) on top.

    A file of the office's own replaces a kind, figure or scheme of the same code.
    Raises CatalogueError with every fault, named by file and key.
    """
    own, words, found = _own()
    faults = list(found)
    kinds, figures, schemes = dict(own.kinds), dict(own.figures), dict(own.schemes)
    for folder in folders:
        more = _folder(folder, own.chapters, words, figures, faults)
        kinds |= more.kinds
        figures |= more.figures
        schemes |= more.schemes
    for figure in figures.values():
        _check_against(figure, kinds, figures, faults)
    _check_core(figures.values(), faults)
    if faults:
        raise CatalogueError(faults)
    return Catalogue(own.chapters, kinds, figures, schemes)


class Words(NamedTuple):
    """What kinds and figures of every folder draw on: the topics of texts, and what is usual for a field of a name."""

    topics: frozenset[str]
    usual: Mapping[str, Any]


@lru_cache(maxsize=1)
def _own() -> tuple[Catalogue, Words, tuple[str, ...]]:
    """What comes with Bangfu and its faults, read once: the files of a package do not change under a process."""
    faults: list[str] = []
    chapters = _chapters(HERE / "chapters.toml", faults)
    words = Words(frozenset(_read(HERE / "topics.toml", faults)), _read(HERE / "usual.toml", faults))
    return _folder(HERE, chapters, words, {}, faults), words, tuple(faults)


def _folder(folder: Path, chapters: dict[str, Label], words: Words, known: Mapping[str, Figure], faults: list[str]) -> Catalogue:
    """What one folder declares; its schemes may also use figures `known` from the folders before."""
    kinds = {path.stem: _kind(path, faults, chapters, words) for path in sorted((folder / "kinds").glob("*.toml"))}
    figures = _figures(folder, faults, chapters, words.topics)
    usable = known.keys() | figures.keys()
    schemes = {path.stem: _scheme(path, faults, usable) for path in sorted((folder / "rules").glob("*.toml"))}
    return Catalogue(chapters, kinds, figures, schemes)


def _figures(folder: Path, faults: list[str], chapters: Iterable[str], topics: Iterable[str]) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for path in sorted((folder / "figures").glob("*.toml")):
        for code, data in _read(path, faults).items():
            if code in figures:
                faults.append(f"{path.name}: {code}: another file of this folder declares it already")
            if isinstance(data, dict):
                figures[code] = _figure(code, Table(data, f"{path.name} [{code}]", faults), chapters, topics)
            else:
                faults.append(f"{path.name}: {code}: should be a table [figure_code]")
    return figures


def _read(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{path.name}: not TOML: {error}")
    except UnicodeDecodeError as error:
        faults.append(f"{path.name}: not UTF-8: {error.reason} at byte {error.start}")
    except OSError as error:
        faults.append(f"{path.name}: cannot be read: {error.strerror}")
    return {}


def _chapters(path: Path, faults: list[str]) -> dict[str, Label]:
    chapters = {}
    for code, data in _read(path, faults).items():
        table = Table(data, f"{path.name} [{code}]", faults)
        chapters[code] = table.label()
        table.done()
    return chapters


def _kind(path: Path, faults: list[str], chapters: Iterable[str], words: Words) -> Kind:
    table = Table(_read(path, faults), path.name, faults)
    fields_table = table.table("fields")
    own = {name: fields_table.table(name) for name in list(fields_table.data)}
    for name in EVERY:
        own.setdefault(name, Table({}, f"{fields_table.at} [{name}]", faults))
    claimed = frozenset(h for part in own.values() for h in (*_listed(part.data.get("headers")), *_listed([part.data.get("zh")])))
    fields = {name: _field(name, part, words.usual.get(name, {}), claimed) for name, part in own.items()}
    if "begin" not in fields:
        table.fault("fields", "every kind needs a field begin: when it happened")
    kind = Kind(
        code=path.stem,
        label=table.label(),
        chapter=table.one_of("chapter", chapters),
        ledger=table.take("ledger", str),
        topic=table.one_of("topic", words.topics),
        note=table.label("note"),
        fields=fields,
        state=table.take("state", bool, default=False),
        money=table.take("money", bool, default=False),
        titles=table.words("titles"),
    )
    table.done()
    if not kind.code.isidentifier() or kind.code != kind.code.lower():
        table.fault("file", "the file's name is the kind's code: a lower-case identifier")
    _check_fields(kind, table)
    return kind


def _check_fields(kind: Kind, table: Table) -> None:
    """What only the fields together can say: each header points to one of them, and each name in a field is a field."""
    first: dict[str, str] = {}
    earlier: dict[str, Field] = {}
    for one in kind.fields.values():
        key = f"fields.{one.name}"
        for header in one.headers:
            if first.setdefault(header, one.name) != one.name:
                table.fault(key, f"the header {header} already points to {first[header]}")
        if one.about and one.about not in kind.fields:
            table.fault(key, f"is about {one.about}, which is not a field of this kind")
        for name in one.names:
            if name not in kind.fields:
                table.fault(key, f"names {name}, which is not a field of this kind")
        for choice in one.choices:
            for name, code in choice.implies.items():
                if name not in kind.fields or kind.fields[name].choice(code) is None:
                    table.fault(key, f"{choice.code} implies {name} = {code}, which this kind does not have")
        if one.part_of and (one.part_of not in earlier or earlier[one.part_of].unit != one.unit):
            table.fault(key, f"is part of {one.part_of}, which should be a number in {one.unit} declared before it")
        earlier[one.name] = one
        if one.default and not _default_fits(one, kind):
            table.fault(key, f"the default {one.default} is neither a value of this field nor =another field")


def _default_fits(one: Field, kind: Kind) -> bool:
    if one.default.startswith("="):
        return one.default[1:] in kind.fields
    if one.type is FieldType.NUMBER:
        return one.default.isdecimal()
    return one.default in {"yes", "no"} if one.type is FieldType.FLAG else one.choice(one.default) is not None


def _listed(value: Any) -> list[str]:
    return [w for w in value if isinstance(w, str)] if isinstance(value, list) else []


def _field(name: str, table: Table, usual: Mapping[str, Any], claimed: frozenset[str]) -> Field:
    """A field: what its kind says of it, over what is usual for a field of that name (usual.toml).

    The usual headers come after its own, without those that another field of the kind claims for itself.
    """
    if not name.isidentifier() or name != name.lower():
        table.fault(name, "a field's name is a lower-case identifier")
    own = table.words("headers")
    named = "zh" in table.data
    table.data = {**usual, **table.data}
    usual_headers = tuple(h for h in (*_listed([usual.get("zh")]), *_listed(usual.get("headers"))) if h not in claimed)
    table.data.pop("headers", None)
    label = table.label()
    type_ = FieldType(table.one_of("type", [t.value for t in FieldType]))
    if name in COLUMNS and type_ not in COLUMN_TYPES[name]:
        table.fault("type", f"{name} is a column of the entry and must be {', '.join(COLUMN_TYPES[name])}")
    unit = table.take("unit", str, None)
    if (type_ is FieldType.NUMBER) != (unit is not None):
        table.fault("unit", "a number, and only a number, has a unit")
    if unit is not None and unit not in UNITS and not unit.startswith("other:"):
        table.fault("unit", f"{unit!r} is not a unit of quantities.UNITS")
    choices = tuple(_choice(one) for one in table.tables("choices"))
    if (type_ is FieldType.CHOICE) != bool(choices):
        table.fault("choices", "a choice, and only a choice, has choices")
    said = [word for choice in choices for word in {choice.code, choice.label.zh, *choice.words}]
    if len(set(said)) < len(said):
        table.fault("choices", "two choices share a word")
    field = Field(
        name=name,
        type=type_,
        label=label,
        headers=tuple(dict.fromkeys((*([label.zh] if named or label.zh not in claimed else []), *own, *usual_headers))),
        unit=unit,
        required=table.take("required", bool, default=False),
        personal=table.take("personal", bool, default=False),
        choices=choices,
        note=table.label("note", optional=True),
        example=table.take("example", str, ""),
        about=table.one_of("about", ("person", "household"), ""),
        export=table.one_of("export", EXPORTS, ""),
        part_of=table.take("part_of", str, ""),
        default=table.take("default", str, ""),
        names=table.words("names"),
        adds=table.take("adds", bool, default=True),
    )
    if field.personal != bool(field.about):
        table.fault("about", "a personal field, and only a personal field, says whether it is about the person or the household")
    table.done()
    return field


def _choice(table: Table) -> Choice:
    choice = Choice(
        code=table.take("code", str),
        label=table.label(),
        words=table.words("words"),
        implies=table.take("implies", dict, {}),
        valid_from=table.take("valid_from", date, None),
        valid_to=table.take("valid_to", date, None),
    )
    table.done()
    return choice


def _figure(code: str, table: Table, chapters: Iterable[str], topics: Iterable[str]) -> Figure:
    fold = table.one_of("fold", [f.value for f in Fold], None)
    combine = table.one_of("combine", COMBINATIONS, None)
    if (fold is None) == (combine is None):
        table.fault("fold", "a figure has either a fold or a combine")
    where = table.table("where", optional=True)
    figure = Figure(
        code=code,
        label=table.label(),
        chapter=table.one_of("chapter", chapters),
        topic=table.one_of("topic", topics),
        unit=table.take("unit", str),
        caliber=table.label("caliber"),
        says=table.words("says"),
        cues=table.words("cues"),
        core=table.take("core", int, None),
        fold=Fold(fold) if fold in {f.value for f in Fold} else None,
        kinds=table.words("kinds"),
        measure=table.take("measure", str, None),
        of=table.words("of"),
        where={key: where.words(key) for key in list(where.data)},
        scope=table.one_of("scope", ("any", "designated", "outside"), "any"),
        free_of_overlap=table.take("free_of_overlap", bool, default=False),
        combine=combine,
        parts=table.words("parts"),
        per=table.one_of("per", PER, None),
        part=table.take("part", bool, default=False),
    )
    if figure.unit not in UNITS and not figure.unit.startswith("other:"):
        table.fault("unit", f"{figure.unit!r} is not a unit of quantities.UNITS")
    for pattern in (p for p in figure.says if p.count("{n}") != 1):
        table.fault("says", f"{pattern!r} should hold {{n}} once")
    if not figure.says:
        table.fault("says", "a figure says at least one sentence")
    table.done()
    return figure


def _check_core(figures: Iterable[Figure], faults: list[str]) -> None:
    first: dict[int, str] = {}
    core = [(f, first.setdefault(f.core, f.code)) for f in figures if f.core is not None]
    faults.extend(f"figure {figure.code}: core: {figure.core} is already {other}" for figure, other in core if figure.code != other)


def _check_against(figure: Figure, kinds: Mapping[str, Kind], figures: Mapping[str, Figure], faults: list[str]) -> None:
    def fault(key: str, what: str) -> None:
        faults.append(f"figure {figure.code}: {key}: {what}")

    if figure.combine:
        least, most = PARTS.get(figure.combine, (1, 1))
        if not least <= len(figure.parts) <= most:
            fault("parts", f"{figure.combine} takes {least if least == most else f'{least} or more'}, not {len(figure.parts)}")
        for part in figure.parts:
            if part not in figures:
                fault("parts", f"{part!r} is not a figure")
            elif figures[part].combine and figure.combine not in {"least", "most"}:
                fault("parts", f"{part!r} is itself a combination; only least and most compare combinations")
            elif figures[part].unit != figure.unit and figure.combine not in {"ratio", "reached"}:
                fault("unit", f"{figure.unit} is not the unit of {part} ({figures[part].unit})")
        if figure.kinds or figure.measure or figure.of or figure.where:
            fault("combine", "a combination never reads entries: kinds, measure, of and where have no place here")
        return
    if not figure.kinds:
        fault("kinds", "missing")
    for key in figure.of:
        if key not in KEYS:
            fault("of", f"{key!r} is not one of {', '.join(KEYS)}")
    if figure.fold in {Fold.DISTINCT, Fold.LAST} and not figure.of:
        fault("of", f"{figure.fold} needs to know of what")
    if (figure.fold in {Fold.SUM, Fold.LAST}) != (figure.measure is not None) and figure.fold is not Fold.STANDING:
        fault("measure", f"{figure.fold} {'needs a' if figure.fold in {Fold.SUM, Fold.LAST} else 'takes no'} measure")
    if figure.fold is Fold.SUM and figure.unit == "person" and not figure.free_of_overlap:
        fault("free_of_overlap", "a sum in 人 must declare that it counts nobody twice, and its caliber must say why")
    for code in figure.kinds:
        if code not in kinds:
            fault("kinds", f"{code!r} is not a kind")
            continue
        fields = kinds[code].fields
        if figure.measure is not None:
            field = fields.get(figure.measure)
            if field is None or field.home != "measure":
                fault("measure", f"{figure.measure!r} is not a measure of {code}")
            elif field.unit != figure.unit:
                fault("unit", f"{figure.unit} is not the unit of {code}.{figure.measure} ({field.unit})")
        for key, codes in figure.where.items():
            field = fields.get(key)
            if field is None or field.type not in {FieldType.CHOICE, FieldType.FLAG}:
                fault("where", f"{key!r} is not a choice or flag of {code}")
                continue
            known = {"yes", "no"} if field.type is FieldType.FLAG else {c.code for c in field.choices}
            for word in codes:
                if word not in known:
                    fault("where", f"{word!r} is not a choice of {code}.{key}")


def _scheme(path: Path, faults: list[str], figures: Iterable[str]) -> Scheme:
    table = Table(_read(path, faults), path.name, faults)
    items = tuple(_rule(one, frozenset(figures)) for one in table.tables("items"))
    scheme = Scheme(
        code=path.stem,
        label=table.label(),
        assesses=table.one_of("assesses", ASSESSED),
        note=table.label("note"),
        items=items,
        grades=tuple(_grade(one) for one in table.tables("grades")),
        valid_from=table.take("valid_from", date, None),
        valid_to=table.take("valid_to", date, None),
    )
    codes = [r.code for item in items for r in (item, *item.parts)]
    for code in {c for c in codes if codes.count(c) > 1}:
        table.fault("items", f"two items are called {code}")
    for item in items:
        for code in item.zeroes:
            if code not in codes:
                table.fault(f"items {item.code}", f"zeroes {code}, which is no item of this scheme")
    full, points = table.number("points"), sum((i.points for i in items if i.how not in {How.BONUS, How.VETO}), Decimal(0))
    if full != points:
        table.fault("points", f"the scheme says {full}, its items add up to {points}")
    if list(scheme.grades) != sorted(scheme.grades, key=lambda g: -g.least):
        table.fault("grades", "should stand from the best to the worst")
    if not scheme.grades or scheme.grades[-1].least > 0:
        table.fault("grades", "the last should begin at 0, so that every score has a grade")
    table.done()
    return scheme


def _rule(table: Table, figures: frozenset[str]) -> Rule:
    how = How(table.one_of("how", [h.value for h in How]))
    parts = tuple(_rule(one, figures) for one in table.tables("parts"))
    weights = table.table("weights", optional=True)
    rule = Rule(
        code=table.take("code", str),
        label=table.label(),
        how=how,
        points=table.number("points", Decimal(0)) if how in {How.BONUS, How.VETO} else table.number("points"),
        figure=table.one_of("figure", figures, None),
        target=table.number("target", None),
        each=table.number("each") if how in {How.SHORTFALL, How.CASES, How.BONUS, How.VETO} else Decimal(0),
        step=table.number("step", Decimal(1)),
        floor=None if table.take("no_floor", bool, default=False) else table.number("floor", None if how is How.VETO else Decimal(0)),
        cap=table.number("cap") if how is How.BONUS else table.number("cap", None),
        at_most=table.take("at_most", bool, default=False),
        optional=table.take("optional", bool, default=False),
        weights={word: weights.number(word) for word in list(weights.data)},
        zeroes=table.words("zeroes"),
        parts=parts,
    )
    if (how is How.SUM) != bool(parts):
        table.fault("parts", "a sum, and only a sum, has parts")
    if how is How.SUM and sum((p.points for p in parts), Decimal(0)) != rule.points:
        table.fault("points", f"the item has {rule.points}, its parts add up to {sum((p.points for p in parts), Decimal(0))}")
    if (how is How.VOTE) != bool(rule.weights):
        table.fault("weights", "a vote, and only a vote, has weights")
    if rule.step <= 0:
        table.fault("step", "should be more than 0")
    table.done()
    return rule


def _grade(table: Table) -> Grade:
    grade = Grade(code=table.take("code", str), label=table.label(), least=table.number("least"), quota=table.number("quota", None))
    table.done()
    return grade
