"""The lines of the ledger: the entries that stand at the current mark as narrow rows of numbers, in the order in which figures read them,
and their totals by year and place.

An index that can be dropped (`drop`) and made again (`rebuild`). It is kept inside the posting's transaction: lines of new entries come,
lines of ended entries go. `Programme.kept` tells for which mark it holds; figures at any other mark read the entries (`matching.py`).

A line belongs to a variety: kind, category, counts_to, facets and one measure. Which varieties a figure reads is decided here in Python,
by the same words as `figures.matches`, so the queries compare numbers only.
"""
# ruff: noqa: S608 - the texts of the queries are made of our own names; values travel as parameters

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from bangfu.catalogue import Figure, Fold
from bangfu.figures import Fact, Slice, Value
from bangfu.ledger.loading import AT_ONCE, facts_of, standing_facts
from bangfu.ledger.models import Entry, Party, Programme, Project, Title, Variety
from bangfu.ledger.rows import insert, new_ids, rows, within
from bangfu.quantities import from_parts, unit

if TYPE_CHECKING:
    from bangfu.ledger.post import Draft

ENTRY, PERSON = "", "@person"
"""What a variety holds instead of a measure: the entries themselves, or the people in them."""

PROJECT, PARTY = "@project", "@party"
"""Varieties without lines, that say no more than that some entry of these codes has, or had, a project or a party."""

NAMES = ("title", "project", "party")
"""What an entry is found by, when a text is looked for: columns of a line."""

EVERYWHERE = -1
"""The place of a total over all places, 0 being the place of what has none."""

FLUSH = 300_000
"""So many lines are sorted and written together: in the order of the table they go in several times as fast."""

TYPES = ("int4", "int2", "int4", "int4", "int8", "int8", "int4", "int4", "int4", "int4", "int4", "int4")
COLUMNS = ("variety_id", "year", "place", "begin", "entry", "value", "end", "unit", "household", *NAMES)
Row = tuple[int, int, int, int, int, int, int | None, int | None, int | None, int | None, int | None, int | None]
Codes = tuple[str, str, str, str]
"""kind, category, counts_to, facets as text"""


def facets_text(facets: Mapping[str, str]) -> str:
    """Facets as stored: one text for the same facets, whatever their order."""
    return _facets_text(tuple(sorted(facets.items()))) if facets else "{}"


@lru_cache(maxsize=10_000)
def _facets_text(facets: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(dict(facets), separators=(",", ":"), ensure_ascii=False)


def _codes(one: Fact | Draft) -> Codes:
    return one.kind, one.category, one.counts_to, facets_text(one.facets)


def _measures(one: Fact | Draft) -> tuple[Codes, tuple[str, ...]]:
    """Of which varieties an entry is: its codes and what a variety holds of them."""
    held = (ENTRY, *one.measures)
    if one.persons:
        held += (PERSON,)
    if one.project:
        held += (PROJECT,)
    if one.party:
        held += (PARTY,)
    return _codes(one), held


# --- kept in step


def _from_nothing() -> dict[tuple[int, int], list[int]]:
    return defaultdict(lambda: [0, 0])


class Keeper:
    """Keeps the lines of a programme in step with a posting, inside its transaction."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.varieties: dict[Codes, dict[str, int]] = {}
        self.waiting: dict[int, list[Row]] = defaultdict(list)
        self.count = 0  # of waiting lines
        self.titles: dict[tuple[str, str], int] = {}  # by kind and text
        self.people: set[int] = set()  # varieties of persons, who are not added up
        self.totals: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(_from_nothing)  # by variety, then by year and place

    def named(self, codes: Codes) -> dict[str, int]:
        """The varieties of these codes by measure, as far as they are known (see `learn`)."""
        found = self.varieties.get(codes)
        if found is None:
            self._load(codes[0])
            found = self.varieties.setdefault(codes, {})
        return found

    def _load(self, kind: str) -> None:
        if any(codes[0] == kind for codes in self.varieties):
            return
        for variety in Variety.objects.filter(programme=self.programme, kind=kind):
            self._know((kind, variety.category, variety.counts_to, variety.facets), variety.measure, variety.pk)

    def learn(self, several: Sequence[Fact | Draft]) -> None:
        """Look up the titles and the varieties of entries that will be added, and write those that are new."""
        self._learn_titles({(one.kind, one.title) for one in several if one.title} - self.titles.keys())
        self._learn_varieties({_measures(one) for one in several})

    def _learn_titles(self, unknown: set[tuple[str, str]]) -> None:
        texts = sorted({text for _, text in unknown})
        for at in range(0, len(texts), AT_ONCE):
            among, params = within("text", texts[at : at + AT_ONCE], "varchar")
            sql = f"SELECT kind, text, id FROM ledger_title WHERE programme_id = %s AND {among}"
            self.titles |= {(kind, text): pk for kind, text, pk in rows(sql, [self.programme.pk, *params])}
        fresh = sorted(unknown - self.titles.keys())
        if fresh:
            ids = new_ids("ledger_title", len(fresh))
            self.titles |= zip(fresh, ids, strict=True)
            written = [(pk, self.programme.pk, kind, text) for pk, (kind, text) in zip(ids, fresh, strict=True)]
            insert("ledger_title", ("id", "programme_id", "kind", "text"), written)

    def _learn_varieties(self, wanted: set[tuple[Codes, tuple[str, ...]]]) -> None:
        unknown = sorted({(codes, name) for codes, names in wanted for name in names if name not in self.named(codes)})
        if unknown:
            ids = new_ids("ledger_variety", len(unknown))
            for pk, (codes, measure) in zip(ids, unknown, strict=True):
                self._know(codes, measure, pk)
            written = [(pk, self.programme.pk, *codes, measure) for pk, (codes, measure) in zip(ids, unknown, strict=True)]
            insert("ledger_variety", ("id", "programme_id", "kind", "category", "counts_to", "facets", "measure"), written)

    def _know(self, codes: Codes, measure: str, pk: int) -> None:
        self.varieties.setdefault(codes, {})[measure] = pk
        if measure == PERSON:
            self.people.add(pk)

    def add(self, entry: int, one: Fact | Draft) -> None:
        """The lines of a new entry, whose title and varieties have been learnt; they wait for `flush`."""
        known = self.varieties[_codes(one)]
        begin, end, persons = one.begin, one.end, one.persons
        where = (begin.year, one.place or 0, begin.toordinal(), entry)
        title = self.titles[one.kind, one.title] if one.title else None
        rest = (None if end is None else end.toordinal(), one.unit, one.household, title, one.project, one.party)
        waiting = self.waiting
        variety = known[ENTRY]
        waiting[variety].append((variety, *where, 0, *rest))
        for name, value in one.measures.items():
            variety = known[name]
            waiting[variety].append((variety, *where, value, *rest))
        if persons:
            variety = known[PERSON]
            waiting[variety] += [(variety, *where, person, *rest) for person in persons]
        self.count += 1 + len(one.measures) + len(persons)

    @property
    def full(self) -> bool:
        """Whether so many lines wait that it is time for a `flush`."""
        return self.count >= FLUSH

    def flush(self) -> None:
        """Write what is waiting, in the order of the table."""
        if self.count:
            insert("ledger_line", COLUMNS, self._in_order(), TYPES)
        self.waiting.clear()
        self.count = 0

    def _in_order(self) -> Iterator[Row]:
        """The waiting lines, added up on their way."""
        for variety, lines in sorted(self.waiting.items()):
            lines.sort()
            if variety not in self.people:
                totals = self.totals[variety]
                for line in lines:
                    total = totals[line[1:3]]
                    total[0] += 1
                    total[1] += line[5]
            yield from lines

    def remove(self, entries: Sequence[int]) -> None:
        """Take away the lines of entries that have ended."""
        gone = []
        for at in range(0, len(entries), AT_ONCE):
            for one in facts_of(entries[at : at + AT_ONCE]):
                known = self.named(_codes(one))
                where = (one.begin.year, one.place or 0, one.begin.toordinal(), one.id)
                held = {ENTRY: [0], **{name: [value] for name, value in one.measures.items()}, PERSON: one.persons}
                for name, values in held.items():
                    if values:
                        gone.append((known[name], *where))
                    if values and name != PERSON:
                        total = self.totals[known[name]][one.begin.year, one.place or 0]
                        total[0] -= len(values)
                        total[1] -= sum(values)
        sql = "DELETE FROM ledger_line WHERE variety_id = %s AND year = %s AND place = %s AND begin = %s AND entry = %s"
        with connection.cursor() as cursor:
            cursor.executemany(sql, gone)

    def close(self, mark: int) -> None:
        """The lines hold for this mark."""
        self.flush()
        self._add_up()
        self.programme.kept = mark
        self.programme.save(update_fields=["kept"])

    def _add_up(self) -> None:
        added = []
        for variety, totals in sorted(self.totals.items()):
            everywhere: dict[int, list[int]] = {}
            for (year, place), (lines, value) in sorted(totals.items()):
                if lines or value:
                    added.append((variety, year, place, lines, value))
                    whole = everywhere.setdefault(year, [0, 0])
                    whole[0] += lines
                    whole[1] += value
            added += [(variety, year, EVERYWHERE, lines, value) for year, (lines, value) in everywhere.items()]
        into = "INSERT INTO ledger_total (variety_id, year, place, lines, value)"
        found = " ON CONFLICT (variety_id, year, place) DO UPDATE SET"
        found += " lines = ledger_total.lines + excluded.lines, value = ledger_total.value + excluded.value"
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql" and len(added) > AT_ONCE:
                cursor.execute("CREATE TEMPORARY TABLE ledger_added (LIKE ledger_total) ON COMMIT DROP")
                insert("ledger_added", ("variety_id", "year", "place", "lines", "value"), added, ("int8", "int2", "int4", "int8", "int8"))
                cursor.execute(f"{into} SELECT variety_id, year, place, lines, value FROM ledger_added{found}")
                cursor.execute("DROP TABLE ledger_added")
            else:
                cursor.executemany(f"{into} VALUES (%s, %s, %s, %s, %s){found}", added)


def drop(programme: Programme) -> None:
    """Throw the lines away; figures are read from the entries until `rebuild`."""
    with transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(kept=-1)
        varieties = list(Variety.objects.filter(programme=programme).values_list("pk", flat=True))
        text, params = within("variety_id", varieties)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM ledger_line WHERE {text}", params)
            cursor.execute(f"DELETE FROM ledger_total WHERE {text}", params)


def rebuild(programme: Programme) -> int:
    """Make the lines anew from the entries; gives the mark for which they hold."""
    with transaction.atomic():
        programme = Programme.objects.select_for_update().get(pk=programme.pk)
        drop(programme)
        keeper = Keeper(programme)
        facts = standing_facts(programme, programme.mark)
        while some := list(islice(facts, AT_ONCE)):
            keeper.learn(some)
            for one in some:
                keeper.add(one.id, one)
            if keeper.full:
                keeper.flush()
        keeper.close(programme.mark)
        return programme.mark


# --- read


@dataclass(frozen=True, slots=True)
class Varieties:
    """The varieties of a programme by kind and measure, each with its codes, and the years in which it has entries."""

    by_measure: dict[tuple[str, str], list[tuple[int, dict[str, str]]]]
    first: int
    last: int


@lru_cache(maxsize=16)
def varieties(programme: int, since: datetime) -> Varieties:  # noqa: ARG001 - new ones come with a new posting only
    """What the lines of a programme hold since its last posting; varieties stay when lines are dropped, so it holds until the next."""
    found: dict[tuple[str, str], list[tuple[int, dict[str, str]]]] = {}
    columns = ("pk", "kind", "category", "counts_to", "facets", "measure")
    for pk, kind, category, counts_to, facets, measure in Variety.objects.filter(programme=programme).values_list(*columns):
        words = {**json.loads(facets), "category": category, "counts_to": counts_to}
        found.setdefault((kind, measure), []).append((pk, words))
    begins = Entry.objects.filter(programme=programme).order_by("begin").values_list("begin", flat=True)
    first, last = begins.first(), begins.last()
    return Varieties(found, first.year if first else 1, last.year if last else 0)


@dataclass(frozen=True, slots=True)
class Said:
    """Where a text is found: in titles, by kind, and in the names of projects and parties, all by id."""

    titles: dict[str, list[int]]
    projects: list[int]
    parties: list[int]

    def __bool__(self) -> bool:
        return bool(self.titles or self.projects or self.parties)

    def condition(self) -> tuple[str, list[Any]]:
        """That a line's entry says it."""
        names = {"title": [pk for some in self.titles.values() for pk in some], "project": self.projects, "party": self.parties}
        found = [within(f"l.{name}", ids, "int") for name, ids in names.items() if ids]
        return f"({' OR '.join(text for text, _ in found)})", [p for _, params in found for p in params]


def said(programme: Programme, text: str, kind: str = "") -> Said:
    """Where in a programme a text is found, whatever the case of its letters; `kind`: in titles of this kind only."""
    titles: dict[str, list[int]] = {}
    own = {"programme": programme, "kind": kind} if kind else {"programme": programme}
    for of, pk in Title.objects.filter(text__icontains=text, **own).values_list("kind", "pk"):
        titles.setdefault(of, []).append(pk)
    projects = Project.objects.filter(programme=programme, name__icontains=text)
    parties = Party.objects.filter(name__icontains=text)
    return Said(titles, *(list(named.values_list("pk", flat=True)) for named in (projects, parties)))


class Reader:
    """Reads figures from the lines of a programme."""

    def __init__(self, programme: Programme, since: datetime) -> None:
        self.varieties = varieties(programme.pk, since)
        self.counted: dict[tuple[Slice, str], dict[int, tuple[int, int]]] = {}

    def of(self, figure: Figure, measure: str | None = None) -> list[int]:
        """The varieties that a figure reads, of its own measure or of another."""
        name = measure if measure is not None else figure.measure if figure.measure is not None else ENTRY
        where = figure.where.items()
        return [
            pk
            for kind in figure.kinds
            for pk, words in self.varieties.by_measure.get((kind, name), ())
            if all(words.get(key) in codes for key, codes in where)
        ]

    def all_of(self, kind: str, measure: str = ENTRY) -> dict[int, str]:
        """The varieties of a kind ("" is every kind) and measure, each with its kind."""
        listed = self.varieties.by_measure.items()
        return {pk: k for (k, name), same in listed if name == measure and kind in {k, ""} for pk, _ in same}

    def measures(self, kind: str) -> list[str]:
        """What lists of a kind add up: the entries, and for one kind its measures."""
        return [ENTRY, *(name for k, name in self.varieties.by_measure if k == kind and name and not name.startswith("@"))]

    def can_say(self, kind: str, asked: Said) -> bool:
        """Whether some entry of this kind may say it."""
        known = self.varieties.by_measure
        return kind in asked.titles or bool(asked.projects and (kind, PROJECT) in known) or bool(asked.parties and (kind, PARTY) in known)

    def can(self, figure: Figure) -> bool:
        """Whether the lines say enough: they know not which person a measure belongs to."""
        return figure.measure is None or "person" not in figure.of

    def counts(self, varieties: Iterable[int], slice_: Slice, scope: str = "any", said: Said | None = None) -> dict[int, tuple[int, int]]:
        """How many lines each variety has in a slice, and what their values add up to; those that have none are left out."""
        listed = sorted(varieties)
        if not listed:
            return {}
        conditions, params = self.conditions(listed, slice_, scope, said=said)
        lines, table = "COUNT(*)", "ledger_line"
        if slice_.units is None and slice_.project is None and said is None and _whole_years(slice_):
            lines, table = "SUM(lines)", "ledger_total"
            everywhere = slice_.places is None and scope == "any"
            conditions += f" AND l.place {'=' if everywhere else '<>'} {EVERYWHERE}"
        sql = f"SELECT variety_id, {lines}, SUM(value) FROM {table} l WHERE {conditions} GROUP BY variety_id"
        return {variety: (int(count), int(total)) for variety, count, total in rows(sql, params) if count}

    def years(self, begin: date | None, end: date | None) -> range:
        """The years with entries in which a day of the half-open period lies."""
        first, last = self.varieties.first, self.varieties.last
        if end is not None:
            last = min(last, date.fromordinal(max(1, end.toordinal() - 1)).year)
        return range(first if begin is None else max(first, begin.year), last + 1)

    def together(self, figures: Iterable[Figure], slice_: Slice) -> None:
        """Count and add up all that these figures will ask for in this slice, by one query for each scope."""
        for scope in ("any", "designated", "outside"):
            asked = [f for f in figures if f.scope == scope and self.can(f) and f.fold in {Fold.SUM, Fold.COUNT, Fold.DISTINCT}]
            wanted = sorted({v for f in asked for v in self.of(f)})
            if wanted:
                found = self.counts(wanted, slice_, scope)
                nothing = dict.fromkeys(wanted, (0, 0))
                self.counted.setdefault((slice_, scope), {}).update(nothing | found)

    def value(self, figure: Figure, slice_: Slice) -> Value:
        """The number of a folded figure, equal to `figures.evaluate`."""
        parts, entries = FOLDS[figure.fold or Fold.COUNT](self, figure, slice_)
        return Value(from_parts(parts, figure.unit), entries)

    def count(self, figure: Figure, slice_: Slice) -> tuple[int, int]:
        """The sum and the number of the lines of a figure (those of a standing one: on the slice's last day)."""
        varieties = self.of(figure)
        if not varieties:
            return 0, 0
        if figure.fold is Fold.STANDING:
            conditions, params = self.conditions(varieties, slice_, figure.scope, figure.fold)
            ((total, count),) = rows(f"SELECT COALESCE(SUM(value), 0), COUNT(*) FROM ledger_line l WHERE {conditions}", params)
            return int(total), int(count)
        found = self.counted.get((slice_, figure.scope), {})
        if any(v not in found for v in varieties):
            found = self.counts(varieties, slice_, figure.scope)
        return sum(found.get(v, (0, 0))[1] for v in varieties), sum(found.get(v, (0, 0))[0] for v in varieties)

    def keys(self, figure: Figure, slice_: Slice) -> int:
        """How many different keys the lines of a figure name."""
        keys, keyed, params = self.keyed(figure, slice_)
        return int(rows(f"SELECT COUNT(*) FROM (SELECT DISTINCT {keys} FROM ({keyed}) k) d", params)[0][0])

    def keyed(self, figure: Figure, slice_: Slice, until: int | None = None) -> tuple[str, str, list[Any]]:
        """The names of the keys (k0, k1 …), and the query for the lines that have all of them: entry, begin, value, keys.

        With `until` only those that begin on that day or before.
        """
        columns = {f"k{n}": _KEYS[name] for n, name in enumerate(figure.of)}
        varieties = self.of(figure, PERSON if "person" in figure.of else None)
        conditions, params = self.conditions(varieties, slice_, figure.scope, figure.fold or Fold.COUNT)
        listed = ", ".join(f"{column} AS {key}" for key, column in columns.items())
        if until is not None:
            text, years = within("l.year", range(self.varieties.first, date.fromordinal(until).year + 1), "smallint")
            conditions += f" AND {text} AND l.begin <= %s"
            params += [*years, until]
        lines = f"SELECT l.entry, l.begin, l.value, {listed} FROM ledger_line l WHERE {conditions}"
        known = " AND ".join(f"{key} IS NOT NULL" for key in columns)
        return ", ".join(columns), f"SELECT * FROM ({lines}) a WHERE {known}", params

    def latest(self, figure: Figure, slice_: Slice) -> tuple[str, list[Any]]:
        """The query for the last entry of each key: entry, begin, value."""
        keys, keyed, params = self.keyed(figure, slice_)
        order = f"PARTITION BY {keys} ORDER BY begin DESC, entry DESC"
        ranked = f"SELECT entry, begin, value, ROW_NUMBER() OVER ({order}) AS nth FROM ({keyed}) k"
        return f"SELECT entry, begin, value FROM ({ranked}) r WHERE nth = 1", params

    def new_keys(self, figure: Figure, slice_: Slice, first: tuple[int, int], last: tuple[int, int]) -> dict[int, int]:
        """How many keys are seen for the first time at each entry from `first` to `last`, both as (begin, entry)."""
        keys, keyed, params = self.keyed(figure, slice_, last[0])
        order = f"PARTITION BY {keys} ORDER BY begin, entry"
        ranked = f"SELECT entry, begin, ROW_NUMBER() OVER ({order}) AS nth FROM ({keyed}) k WHERE (begin, entry) <= (%s, %s)"
        sql = f"SELECT entry, COUNT(*) FROM ({ranked}) r WHERE nth = 1 AND (begin, entry) >= (%s, %s) GROUP BY entry"
        return dict(rows(sql, [*params, *last, *first]))

    def page(self, figure: Figure, slice_: Slice, start: tuple[int, int] | None, limit: int) -> list[tuple[int, int, int]]:
        """So many lines of a figure after `start`, oldest first: entry, begin, value."""
        if figure.fold is Fold.LAST:
            sql, params = self.latest(figure, slice_)
        else:
            conditions, params = self.conditions(self.of(figure), slice_, figure.scope, figure.fold or Fold.COUNT)
            sql = f"SELECT l.entry, l.begin, l.value FROM ledger_line l WHERE {conditions}"
        later = " WHERE (begin, entry) > (%s, %s)" if start else ""
        return rows(f"SELECT entry, begin, value FROM ({sql}) p{later} ORDER BY begin, entry LIMIT {limit}", [*params, *(start or ())])

    def conditions(
        self, varieties: Sequence[int], slice_: Slice, scope: str, fold: Fold = Fold.SUM, said: Said | None = None
    ) -> tuple[str, list[Any]]:
        """The lines of these varieties in a slice, as a condition that follows the table's order: variety, year, place."""
        begin = None if fold in {Fold.LAST, Fold.STANDING} else slice_.begin
        end = slice_.end
        placed = slice_.places is not None or scope == "designated"
        found = [within("l.variety_id", varieties, "int")]
        if placed or (begin, end) != (None, None):
            found.append(within("l.year", self.years(begin, end), "smallint"))
        if begin is not None and (begin.month, begin.day) != (1, 1):
            found.append(("l.begin >= %s", [begin.toordinal()]))
        if end is not None and (end.month, end.day) != (1, 1):
            found.append(("l.begin < %s", [end.toordinal()]))
        if fold is Fold.STANDING:
            found.append(('l."end" IS NULL', []) if end is None else ('(l."end" IS NULL OR l."end" >= %s)', [end.toordinal()]))
        if slice_.places is not None:
            found.append(within("l.place", slice_.places, "int"))
        if scope != "any":
            text, params = within("l.place", slice_.designated, "int")
            found.append((text, params) if scope == "designated" else (f"NOT ({text})", params))
        if slice_.units is not None:
            found.append(within("l.unit", slice_.units, "int"))
        if slice_.project is not None:
            found.append(("l.project = %s", [slice_.project]))
        if said is not None:
            found.append(said.condition())
        return " AND ".join(text for text, _ in found), [p for _, params in found for p in params]


def _whole_years(slice_: Slice) -> bool:
    return all(day is None or (day.month, day.day) == (1, 1) for day in (slice_.begin, slice_.end))


_KEYS = {
    "entry": "l.entry",
    "person": "l.value",
    "household": "l.household",
    "unit": "l.unit",
    "party": "l.party",
    "place": "NULLIF(l.place, 0)",
    "project": "l.project",
    "title": "(SELECT t.text FROM ledger_title t WHERE t.id = l.title)",
    "category": "(SELECT NULLIF(v.category, '') FROM ledger_variety v WHERE v.id = l.variety_id)",
}


def _sum(reader: Reader, figure: Figure, slice_: Slice) -> tuple[int, int]:
    return reader.count(figure, slice_)


def _count(reader: Reader, figure: Figure, slice_: Slice) -> tuple[int, int]:
    _, entries = reader.count(figure, slice_)
    return entries * unit(figure.unit).parts, entries


def _distinct(reader: Reader, figure: Figure, slice_: Slice) -> tuple[int, int]:
    _, entries = reader.count(figure, slice_)
    return reader.keys(figure, slice_) * unit(figure.unit).parts if entries else 0, entries


def _last(reader: Reader, figure: Figure, slice_: Slice) -> tuple[int, int]:
    latest, params = reader.latest(figure, slice_)
    ((total, entries),) = rows(f"SELECT COALESCE(SUM(value), 0), COUNT(*) FROM ({latest}) l", params)
    return int(total), int(entries)


def _standing(reader: Reader, figure: Figure, slice_: Slice) -> tuple[int, int]:
    total, entries = reader.count(figure, slice_)
    if figure.measure:
        return total, entries
    return (reader.keys(figure, slice_) if figure.of else entries) * unit(figure.unit).parts, entries


FOLDS = {Fold.SUM: _sum, Fold.COUNT: _count, Fold.DISTINCT: _distinct, Fold.LAST: _last, Fold.STANDING: _standing}
