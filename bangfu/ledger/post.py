"""The only writer of the ledger: drafts in, one posting out, all of it or nothing.

Every posting takes the next mark of its programme under a lock on the programme's row, so marks have no gaps and two people can never
amend the same entry at once. Rows go in by executemany (SQLite) or COPY (PostgreSQL), with ids taken beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from bangfu.catalogue import Field, FieldType, Kind, Label
from bangfu.figures import Fact
from bangfu.ledger import catalogue
from bangfu.ledger.crypt import seal_json
from bangfu.ledger.lines import Keeper, facets_text
from bangfu.ledger.loading import AT_ONCE, facts_of
from bangfu.ledger.models import (
    Batch,
    Ended,
    Entry,
    Evidence,
    Household,
    Party,
    Person,
    Place,
    Posting,
    Programme,
    Project,
    Voucher,
)
from bangfu.ledger.rows import insert, new_ids, rows

CHUNK = 10_000
SHOWN = 1_000
"""So many problems are told one by one; the number of all is told in any case."""

WITH_REASON = ("amend", "void", "take_back")


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry to be written: plain data, ids resolved, `begin` and `end` half-open, measures in smallest parts.

    `details` are JSON values and are kept encrypted. `supersedes` is the entry that this one amends. `row_hash` (16 bytes) is the keyed
    hash of the row as read.
    """

    kind: str
    begin: date
    end: date | None = None
    title: str = ""
    category: str = ""
    counts_to: str = ""
    unit: int | None = None
    place: int | None = None
    party: int | None = None
    project: int | None = None
    household: int | None = None
    persons: tuple[int, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, int] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    vouchers: tuple[int, ...] = ()
    sheet: str = ""
    row: int | None = None
    row_hash: bytes | None = None
    supersedes: int | None = None


class PostingRefused(ValueError):  # noqa: N818 - the contract's word
    """Nothing was written. `problems` says why, all at once, each in both languages (`Label`)."""

    def __init__(self, problems: Sequence[Label], count: int | None = None) -> None:
        self.problems = list(problems)
        self.count = len(self.problems) if count is None else count
        if self.count > len(self.problems):
            more = self.count - len(self.problems)
            self.problems.append(Label(f"另有 {more} 个问题未列出", f"and {more} further problems"))
        super().__init__("\n".join(str(p) for p in self.problems))


def post(
    programme: Programme,
    drafts: Iterable[Draft],
    *,
    by: Any,
    verb: str = "record",
    reason: str = "",
    batch: Batch | None = None,
    progress: Callable[[int], None] | None = None,
    written: Callable[[Sequence[int]], None] | None = None,
) -> Posting:
    """Write all drafts under one new mark; `progress` hears how many are written, `written` as which entries, in the order of the drafts.
    Raises PostingRefused with every problem.

    A draft that `supersedes` an entry ends that entry at this mark.
    """
    with transaction.atomic():
        act = _Act(programme, by, verb, reason, batch)
        act.told = written
        for done in act.write(drafts):
            if progress:
                progress(done)
        if not act.written:
            raise PostingRefused([Label("没有可记的内容", "There is nothing to record")])
        return act.close()


def void(
    programme: Programme, entry_ids: Iterable[int], *, by: Any, reason: str, verb: str = "void", batch: Batch | None = None
) -> Posting:
    """End entries without successor, under one new mark. Raises PostingRefused."""
    with transaction.atomic():
        act = _Act(programme, by, verb, reason, batch)
        ids = list(dict.fromkeys(entry_ids))
        problems = [] if ids else [Label("没有选定任何记录", "No entry was chosen")]
        live = _live(programme, ids)
        problems += [_not_live(programme, e) for e in ids if e not in live]
        if problems:
            raise PostingRefused(problems[:SHOWN], len(problems))
        act.end([(e, None) for e in ids])
        return act.close()


def take_back(programme: Programme, batch: Batch, *, by: Any, reason: str) -> Posting:
    """Undo an import: its entries are voided, and what they had amended stands again as a new entry with the old values.

    Raises PostingRefused where an entry of the batch has been amended since, as that work would be lost.
    """
    with transaction.atomic():
        act = _Act(programme, by, "take_back", reason, batch)
        if done := Batch.objects.values_list("taken_back", flat=True).get(pk=batch.pk):
            when = f"{timezone.localtime(done):%Y-%m-%d %H:%M}"
            raise PostingRefused([Label(f"“{batch.filename}”已于 {when} 撤回", f"{batch.filename} was taken back at {when}")])
        formers = dict(Entry.objects.filter(programme=programme, batch=batch).values_list("id", "supersedes"))
        ended = dict(Ended.objects.filter(entry__programme=programme, entry__batch=batch).values_list("entry", "successor"))
        amended = [e for e, successor in ended.items() if successor is not None and successor not in formers]
        if amended:
            raise PostingRefused([_amended_since(e) for e in amended[:SHOWN]], len(amended))
        live = [e for e in formers if e not in ended]
        if not live:
            zh, en = f"“{batch.filename}”没有仍然有效的记录可以撤回", f"{batch.filename} has no standing entries to take back"
            raise PostingRefused([Label(zh, en)])
        restore = {e: f for e in live if (f := formers[e]) is not None and f not in formers}
        act.end([(e, None) for e in live if e not in restore])
        for former_batch, drafts in _as_they_were(restore).items():
            for _ in act.write(drafts, former_batch):
                pass
        Batch.objects.filter(pk=batch.pk).update(taken_back=act.posting.at)
        batch.taken_back = act.posting.at
        return act.close()


def drafts_of(entry_ids: Iterable[int]) -> dict[int, Draft]:
    """Stored entries as the drafts they could be written from (for a form, or to be written again): id → draft, without `supersedes`."""
    wanted = list(entry_ids)
    found: dict[int, Draft] = {}
    for at in range(0, len(wanted), AT_ONCE):
        some = wanted[at : at + AT_ONCE]
        rest = {e: more for e, *more in Entry.objects.filter(pk__in=some).values_list("pk", "details", "sheet", "row", "row_hash")}
        vouchers = _many(Evidence.objects.filter(entry__in=some).order_by("voucher").values_list("entry", "voucher"))
        for fact in facts_of([e for e in some if e in rest]):
            details, sheet, row, row_hash = rest[fact.id]
            found[fact.id] = Draft(
                **{name: getattr(fact, name) for name in SHARED},
                details=details,
                vouchers=vouchers.get(fact.id, ()),
                sheet=sheet,
                row=row,
                row_hash=None if row_hash is None else bytes(row_hash),
            )
    return found


SHARED = [name for name in Fact.__slots__ if name != "id"]
"""What a draft and a fact both have."""


def _many(pairs: Iterable[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for one, other in pairs:
        found[one] = (*found.get(one, ()), other)
    return found


def _as_they_were(restore: Mapping[int, int]) -> dict[int | None, list[Draft]]:
    """For each entry to be undone the draft of the one it had amended, by the batch that had brought it."""
    drafts = drafts_of(restore.values())
    batches = dict(Entry.objects.filter(pk__in=restore.values()).values_list("id", "batch"))
    grouped: dict[int | None, list[Draft]] = {}
    for entry, former in restore.items():
        grouped.setdefault(batches[former], []).append(replace(drafts[former], supersedes=entry))
    return grouped


# --- one posting


class _Act:
    """One posting in the making, inside a transaction: takes the programme's lock and its next mark, writes, and keeps the lines in step.

    The first problem stops the writing, but not the looking for further problems.
    """

    def __init__(self, programme: Programme, by: Any, verb: str, reason: str, batch: Batch | None) -> None:
        problems = []
        if not getattr(by, "is_authenticated", False):
            problems.append(Label("未登录不能记账：请先登录", "An anonymous user cannot write: sign in first"))
        if verb in WITH_REASON and not reason.strip():
            problems.append(
                Label("更正、作废和撤回都要写明原因", "Give a reason: an amendment, a withdrawal and an undone import need one")
            )
        if batch is not None and batch.programme_id != programme.pk:
            problems.append(Label("这一批导入属于另一个项目", "This import belongs to another programme"))
        if problems:
            raise PostingRefused(problems)
        self.programme = programme
        Programme.objects.filter(pk=programme.pk).update(mark=F("mark") + 1)  # the lock: everybody else waits here
        locked = Programme.objects.get(pk=programme.pk)
        mark = locked.mark
        self.posting = Posting.objects.create(
            programme=programme, mark=mark, verb=verb, by=by, reason=reason.replace("\0", "").strip(), batch=batch
        )
        self.keeper = Keeper(locked) if locked.kept == mark - 1 else None
        self.rules: dict[str, _Rule | None] = {}
        self.known = _Known(programme)
        self.problems: list[Label] = []
        self.count = 0  # problems in all
        self.read = 0
        self.written = 0
        self.told: Callable[[Sequence[int]], None] | None = None  # hears which entries were written

    def end(self, ends: Sequence[tuple[int, int | None]]) -> None:
        """Entries with their successors end at this posting's mark."""
        insert("ledger_ended", ("entry_id", "mark", "successor_id"), [(entry, self.posting.mark, successor) for entry, successor in ends])
        if self.keeper and ends:
            self.keeper.flush()
            self.keeper.remove([entry for entry, _ in ends])

    def close(self) -> Posting:
        """The posting, done."""
        if self.keeper:
            self.keeper.close(self.posting.mark)
        self.programme.mark = self.posting.mark
        return self.posting

    def write(self, drafts: Iterable[Draft], batch: int | None = None) -> Iterator[int]:
        """Check and write everything, telling how much is written after each chunk. Raises PostingRefused at the end, if at all."""
        stream = iter(drafts)
        while chunk := [d if len(d.persons) + len(d.vouchers) < 2 else _once(d) for d in islice(stream, CHUNK)]:
            self._check(chunk)
            if not self.count:
                self._write(chunk, batch)
                yield self.written
            self.read += len(chunk)
        if self.count:
            raise PostingRefused(self.problems, self.count)

    def _check(self, chunk: list[Draft]) -> None:
        for number, draft in enumerate(chunk, self.read + 1):
            rule = self.rules[draft.kind] if draft.kind in self.rules else self._rule(draft.kind)
            if rule is None:
                self._refuse(number, draft, Label(f"没有“{draft.kind}”这个类别", f"There is no kind {draft.kind!r}"))
                continue
            for problem in rule.problems(draft):
                self._refuse(number, draft, problem)
        if self.known.lacks(chunk):
            for number, draft in enumerate(chunk, self.read + 1):
                for problem in self.known.problems(draft):
                    self._refuse(number, draft, problem)

    def _rule(self, code: str) -> _Rule | None:
        kind = catalogue().kinds.get(code)
        self.rules[code] = _Rule(kind) if kind else None
        return self.rules[code]

    def _refuse(self, number: int, draft: Draft, problem: Label) -> None:
        self.count += 1
        if len(self.problems) >= SHOWN:
            return
        kind = catalogue().kinds.get(draft.kind)
        label = kind.label if kind else Label(draft.kind, draft.kind)
        zh = f"{draft.sheet}!{draft.row}行" if draft.row else f"第{number}条"
        en = f"{draft.sheet}!row {draft.row}" if draft.row else f"No. {number}"
        self.problems.append(Label(f"{zh}（{label.zh} {draft.begin}）：{problem.zh}", f"{en} ({label.en} {draft.begin}): {problem.en}"))

    def _write(self, chunk: list[Draft], batch: int | None) -> None:
        posting, programme, mark = self.posting, self.programme.pk, self.posting.mark
        batch = posting.batch_id if batch is None else batch
        ids = new_ids("ledger_entry", len(chunk))
        keeper = self.keeper
        measures: list[tuple[int, str, int]] = []
        persons: list[tuple[int, int]] = []
        vouchers: list[tuple[int, int, int]] = []
        ends: list[tuple[int, int | None]] = []
        if keeper:
            keeper.learn(chunk)

        def entries() -> Iterator[tuple[Any, ...]]:
            """The rows of the entries; what belongs to each is made while the database takes them in."""
            for entry, d in zip(ids, chunk, strict=True):
                yield (
                    entry,
                    programme,
                    mark,
                    d.kind,
                    d.begin.isoformat(),
                    d.end and d.end.isoformat(),
                    d.title,
                    d.category,
                    d.counts_to,
                    d.unit,
                    d.place,
                    d.party,
                    d.project,
                    d.household,
                    facets_text(d.facets),
                    seal_json(d.details, DETAILS) if d.details else b"",
                    d.supersedes,
                    batch,
                    d.sheet,
                    d.row,
                    d.row_hash,
                )
                for name, value in d.measures.items():
                    measures.append((entry, name, value))
                persons.extend([(entry, person) for person in d.persons])
                vouchers.extend([(entry, voucher, mark) for voucher in d.vouchers])
                if d.supersedes is not None:
                    ends.append((d.supersedes, entry))
                if keeper:
                    keeper.add(entry, d)

        insert("ledger_entry", ENTRY_COLUMNS, entries())
        insert("ledger_measure", ("entry_id", "name", "value"), measures)
        insert("ledger_participation", ("entry_id", "person_id"), persons)
        insert("ledger_evidence", ("entry_id", "voucher_id", "mark"), vouchers)
        self.end(ends)
        if keeper and keeper.full:
            keeper.flush()
        self.written += len(chunk)
        if self.told:
            self.told(ids)


def _once(draft: Draft) -> Draft:
    """The draft with each person and voucher named once."""
    return replace(draft, persons=tuple(dict.fromkeys(draft.persons)), vouchers=tuple(dict.fromkeys(draft.vouchers)))


DETAILS = "entry.details"
ENTRY_COLUMNS = (
    "id",
    "programme_id",
    "mark",
    "kind",
    "begin",
    "end",
    "title",
    "category",
    "counts_to",
    "unit_id",
    "place_id",
    "party_id",
    "project_id",
    "household_id",
    "facets",
    "details",
    "supersedes_id",
    "batch_id",
    "sheet",
    "row",
    "row_hash",
)


# --- what a draft must be


class _Rule:
    """What a kind admits, prepared once: sets instead of searches."""

    def __init__(self, kind: Kind) -> None:
        fields = kind.fields
        self.kind = kind
        self.titled = "title" in fields
        self.measures = frozenset(f.name for f in kind.measures())
        self.facets = {f.name: _codes(f) for f in fields.values() if f.home == "facet"}
        self.categories = _codes(fields.get("category"))
        self.counts_to = _codes(fields.get("counts_to"))
        self.personal = frozenset(f.name for f in fields.values() if f.home == "person")
        self.required = [(f, _present(f)) for f in fields.values() if f.required and f.home != "person" and f.name != "begin"]

    def problems(self, d: Draft) -> Iterator[Label]:
        """Everything about the draft that its kind does not admit."""
        for name, value in d.measures.items():
            if name not in self.measures:
                yield self._foreign(name)
            elif type(value) is not int or not -LARGEST <= value <= LARGEST:
                label = self._label(name)
                zh = f"“{label.zh}”应是最小计量的整数（至多 18 位），不是 {value!r}"
                yield Label(zh, f"{label.en} should be a whole number of smallest parts (of at most 18 digits), not {value!r}")
        for name, word in d.facets.items():
            if name not in self.facets:
                yield self._foreign(name)
            elif word not in self.facets[name]:
                yield self._not_a_choice(name, word)
        if d.category and d.category not in self.categories:
            yield self._not_a_choice("category", d.category)
        if d.counts_to:
            if not self.kind.money:
                kind = self.kind.label
                yield Label(f"“{kind.zh}”的金额不计入任何指标", f"The amounts of {kind.en} count to no indicator")
            elif d.counts_to not in self.counts_to:
                yield self._not_a_choice("counts_to", d.counts_to)
        if d.end is not None and d.end <= d.begin:
            yield Label(f"结束（{d.end}）不晚于开始（{d.begin}）", f"It ends ({d.end}) no later than it begins ({d.begin})")
        if d.title:
            yield from self._title(d.title)
        if d.details:
            for name in sorted(self.personal & d.details.keys()):
                label = self._label(name)
                yield Label(
                    f"“{label.zh}”是个人信息，只能记在人员或农户名下", f"{label.en} is personal: it belongs to the person or household"
                )
        for field_, present in self.required:
            if not present(d):
                yield Label(f"缺少“{field_.label.zh}”", f"{field_.label.en} is missing")

    def _title(self, title: str) -> Iterator[Label]:
        if not self.titled:
            zh = f"“{self.kind.label.zh}”没有名称一栏：人名应关联到人员或农户"
            yield Label(zh, f"{self.kind.label.en} has no title: a person's name belongs to the person or household")
        if len(title) > LONGEST_TITLE or "\0" in title:
            yield Label(f"名称超过 {LONGEST_TITLE} 字或含空字符", f"The title is longer than {LONGEST_TITLE} characters or holds a NUL")

    def _label(self, name: str) -> Label:
        return self.kind.fields[name].label if name in self.kind.fields else Label(name, name)

    def _foreign(self, name: str) -> Label:
        kind = self.kind.label
        return Label(f"“{kind.zh}”没有“{self._label(name).zh}”这一项", f"{kind.en} has no {self._label(name).en}")

    def _not_a_choice(self, name: str, word: str) -> Label:
        label = self._label(name)
        field_ = self.kind.fields.get(name)
        choices = field_.choices if field_ else ()
        zh = f"“{label.zh}”没有“{word}”这个选项" + (f"，可选：{'、'.join(c.label.zh for c in choices)}" if choices else "")
        en = f"{word!r} is not a choice of {label.en}" + (f"; choose from {', '.join(c.label.en for c in choices)}" if choices else "")
        return Label(zh, en)


LONGEST_TITLE = 200
LARGEST = 10**18 - 1


def _codes(field_: Field | None) -> frozenset[str]:
    if field_ is None:
        return frozenset()
    if field_.type is FieldType.FLAG:
        return frozenset({"yes", "no"})
    return frozenset(c.code for c in field_.choices)


def _present(field_: Field) -> Callable[[Draft], Any]:
    """How to see whether a draft has the field."""
    name = field_.name
    if field_.home == "column":
        return attrgetter("persons" if name == "person" else name)
    if field_.home == "measure":
        return lambda d: name in d.measures
    if field_.home == "facet":
        return lambda d: name in d.facets
    return lambda d: d.details.get(name) not in {None, ""}


class _Known:
    """The records that drafts of a programme may refer to: looked up once each, never one by one."""

    def __init__(self, programme: Programme) -> None:
        own = {"programme": programme}
        helper = Party.objects.get(pk=programme.helper_id)
        self.programme = programme
        self.found: dict[str, set[int]] = {name: set() for name in ("unit", "place", "party", "project", "household", "person", "voucher")}
        self.sources: dict[str, QuerySet[Any]] = {
            "unit": Party.objects.filter(path__startswith=helper.path),
            "place": Place.objects.all(),
            "party": Party.objects.all(),
            "project": Project.objects.filter(**own),
            "household": Household.objects.filter(**own),
            "person": Person.objects.filter(**own),
            "voucher": Voucher.objects.filter(**own),
        }
        self.live: set[int] = set()  # of the entries that the chunk at hand amends
        self.amended: set[int] = set()

    def lacks(self, chunk: Sequence[Draft]) -> bool:
        """Whether some draft refers to what is not there, or amends what cannot be amended."""
        wanted: dict[str, set[int | None]] = {
            "unit": {d.unit for d in chunk},
            "place": {d.place for d in chunk},
            "party": {d.party for d in chunk},
            "project": {d.project for d in chunk},
            "household": {d.household for d in chunk},
            "person": {p for d in chunk for p in d.persons},
            "voucher": {v for d in chunk for v in d.vouchers},
        }
        lacking = False
        for name, ids in wanted.items():
            missing = {i for i in ids if i is not None} - self.found[name]
            found = _existing(self.sources[name], missing, hold=True)
            self.found[name] |= found
            lacking = lacking or len(found) < len(missing)
        amended = [d.supersedes for d in chunk if d.supersedes is not None]
        self.live = _live(self.programme, amended)
        return lacking or len(self.live) < len(amended)

    def problems(self, d: Draft) -> Iterator[Label]:
        """What this draft refers to in vain."""
        refers: dict[str, tuple[int | None, ...]] = {
            "unit": (d.unit,),
            "place": (d.place,),
            "party": (d.party,),
            "project": (d.project,),
            "household": (d.household,),
            "person": d.persons,
            "voucher": d.vouchers,
        }
        for name, ids in refers.items():
            missing: int | None
            for missing in ids:
                if missing is not None and missing not in self.found[name]:
                    zh, en = REFERENCES[name]
                    yield Label(f"本项目没有编号 {missing} 的{zh}", f"This programme has no {en} {missing}")
        if d.supersedes is not None:
            if d.supersedes not in self.live:
                yield _not_live(self.programme, d.supersedes)
            elif d.supersedes in self.amended:
                yield Label(f"记录 {d.supersedes} 在这一批里已更正过一次", f"This posting amends entry {d.supersedes} twice")
            self.amended.add(d.supersedes)


REFERENCES = {
    "unit": ("部门", "unit"),
    "place": ("地点", "place"),
    "party": ("单位", "party"),
    "project": ("项目", "project"),
    "household": ("农户", "household"),
    "person": ("人员", "person"),
    "voucher": ("佐证材料", "voucher"),
}

SLICE = 10_000  # ids in one query


def _existing(source: QuerySet[Any], ids: Iterable[int], *, hold: bool = False) -> set[int]:
    """Those of the ids that the source has; with `hold` nobody can delete them until this transaction is over."""
    wanted = list(ids)
    found: set[int] = set()
    for at in range(0, len(wanted), SLICE):
        sql, params = source.filter(pk__in=wanted[at : at + SLICE]).values_list("pk").query.sql_with_params()
        if hold and connection.vendor == "postgresql":
            sql += " FOR KEY SHARE"
        found.update(row[0] for row in rows(sql, params))
    return found


def _live(programme: Programme, ids: Iterable[int]) -> set[int]:
    """Those of the entries that are this programme's and stand."""
    return _existing(Entry.objects.filter(programme=programme, ended__isnull=True), ids)


def _not_live(programme: Programme, entry: int) -> Label:
    """Why an entry cannot be amended or voided, and what to do."""
    ended = Ended.objects.filter(entry=entry, entry__programme=programme).select_related("entry").first()
    if ended is None:
        return Label(f"本项目没有编号 {entry} 的记录", f"This programme has no entry {entry}")
    posting = Posting.objects.select_related("by").get(programme=programme, mark=ended.mark)
    who, when = posting.by.get_username(), f"{timezone.localtime(posting.at):%Y-%m-%d %H:%M}"
    if ended.successor_id is None:
        zh, en = f"记录 {entry} 已由 {who} 于 {when} 作废", f"Entry {entry} was voided by {who} at {when}"
        return Label(zh, en)
    zh = f"记录 {entry} 已由 {who} 于 {when} 更正为记录 {ended.successor_id}：请在新记录上更正"
    return Label(zh, f"Entry {entry} was amended by {who} at {when}: amend entry {ended.successor_id} instead")


def _amended_since(entry: int) -> Label:
    return Label(
        f"记录 {entry} 导入后又被更正过：请先处理这条更正", f"Entry {entry} has been amended since the import: deal with that first"
    )
