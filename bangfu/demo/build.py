"""The demonstration programme: set up, imported from its own workbooks, with a history to look at. What is there already is kept.

Every step looks whether it was taken before, so that a build that was broken off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from bangfu.demo import article, papers, plans, workbooks
from bangfu.demo.cast import COLLEGE, registers
from bangfu.demo.ledgers import ledgers
from bangfu.ledger import crypt, setup
from bangfu.ledger.models import Batch, Entry, Party, Posting, Programme, Voucher
from bangfu.ledger.post import Draft, drafts_of, post, void
from bangfu.office import assessing, catalogue, targets
from bangfu.office.books import Books
from bangfu.office.intake.recording import preview, record
from bangfu.office.models import Account, Judged, Membership, Report
from bangfu.office.reports.issue import issue, known_outlines, report
from bangfu.office.tasks import read_tasks

ACCOUNTS = {"demo-clerk": "经办人", "demo-leader": "分管领导", "demo-liaison": "院系联络员"}
"""The accounts of the demonstration and who they are; the liaison belongs to `LIAISON_UNIT`."""

PASSWORD = "kan-kan-zhang-ben"  # noqa: S105 - of invented people over invented records; no account outside the demonstration has it
LIAISON_UNIT = "食品工程系"
ROLES = {"demo-clerk": "clerk", "demo-leader": "leader", "demo-liaison": "liaison"}

SIX_YEARS = (date(2015, 1, 1), date(2021, 1, 1))
TWICE = "手工补登一笔拨付"
FOUND = "与财务凭证核对，该笔拨付重复登记"
MISCOUNTED = "与入库单核对，数量更正"
PROVED = "补充佐证材料"
"""Why the demonstration's history was written; each step is known again by its reason."""

Progress = Callable[[str, int, int], None]
"""Hears what is being done, and how many of how many rows are behind us."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was built: the programme, what became of each workbook's rows, and where the files lie."""

    programme: Programme
    counts: tuple[tuple[str, dict[str, int]], ...]
    folder: Path
    article: Path


def build(folder: Path, progress: Progress) -> Demonstration:
    """Build the demonstration, or what is missing of it; its workbooks are written to `folder`. Raises as `intake.record` does."""
    files = workbooks(folder)
    copy = folder / "article.txt"
    copy.write_bytes(article().read_bytes())
    clerk = _account("demo-clerk")
    programme = _programme(clerk)
    _members(programme)
    counts = _imported(programme, files, clerk, progress)
    _history(programme, clerk)
    _tasks(programme, plans.tasks(folder / "tasks"), clerk)
    programme.refresh_from_db()
    return Demonstration(programme, counts, folder, copy)


def _account(name: str) -> User:
    """The account of that name; a new one gets the demonstration's password, one that is there keeps its own."""
    user, fresh = User.objects.get_or_create(username=name, defaults={"first_name": ACCOUNTS[name]})
    if fresh:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        Account.objects.create(user=user, must_change=False)
    return user


def _programme(by: User) -> Programme:
    """The demonstration programme. Where a real programme of an organisation of that name exists, it is left alone."""
    found = Programme.objects.filter(demonstration=True, helper__name=COLLEGE).first()
    if found is not None:
        return found
    with transaction.atomic():
        real = Programme.objects.filter(helper__name=COLLEGE).exists()
        (made,) = setup.setup(registers(), by=by)
        if real:
            return setup.programme(
                made.helper, "定点帮扶（演示）", begin=SIX_YEARS[0], slug="demo", among=made.places.all(), demonstration=True
            )
        made.demonstration, made.slug = True, "demo"
        made.save(update_fields=["demonstration", "slug"])
        return made


def _members(programme: Programme) -> None:
    unit = Party.objects.get(parent=programme.helper, name=LIAISON_UNIT)
    for name, role in ROLES.items():
        mine = {"role": role, "unit": unit if role == "liaison" else None}
        Membership.objects.get_or_create(user=_account(name), programme=programme, defaults=mine)


def _imported(programme: Programme, files: Sequence[Path], by: User, progress: Progress) -> tuple[tuple[str, dict[str, int]], ...]:
    """Import every workbook that is not in yet; its counts, or those of its earlier import."""
    rows = [sum(len(table.rows) for table in workbook.tables) for workbook in ledgers()]
    known = dict(Batch.objects.filter(programme=programme).values_list("filename", "counts"))
    found = []
    for number, path in enumerate(files):
        before = sum(rows[:number])
        progress(path.name, before, sum(rows))
        if path.name not in known:
            known[path.name] = record(preview(path, programme), programme, by=by).counts
        found.append((path.name, dict(known[path.name])))
    progress("", sum(rows), sum(rows))
    return tuple(found)


def _tasks(programme: Programme, path: Path, by: User) -> None:
    """The targets of the table of tasks, the one that was raised within its year, and what was judged of the departments."""
    if not targets.standing(programme):
        read = read_tasks(path, programme)
        if read.problems:
            raise targets.TargetsRefused(read.problems)
        with transaction.atomic():
            targets.set_targets(programme, read.wishes, by=by, reason="年度责任书")
            figure, year, value, why = plans.RAISED
            targets.set_targets(programme, [targets.Wish(targets.Key(figure, year), value)], by=by, reason=why)
    if not Judged.objects.filter(programme=programme).exists():
        scheme = catalogue().schemes[plans.SCHEME]
        units = dict(Party.objects.filter(parent=programme.helper, kind="unit").values_list("name", "pk"))
        with transaction.atomic():
            for unit, item, text in plans.judged():
                assessing.enter(programme, scheme, plans.JUDGED_YEAR, units[unit], item, text, by=by)
            for item, (points, why) in plans.OWN.items():
                own = units[LIAISON_UNIT], item, points
                assessing.claim(programme, scheme, plans.JUDGED_YEAR, *own, by=_account("demo-liaison"), reason=why)


# ── a history to look at ─────────────────────────────────────────────────────────────────────────────────────────────


def _history(programme: Programme, by: User) -> None:
    """A payment recorded twice and found out after a report had been issued, a number put right, and evidence added."""
    if not _done(programme, TWICE):
        payment = _entries(programme, "payment", year=2020, place="吉汝村")[-1]
        again = replace(drafts_of([payment])[payment], sheet="", row=None, row_hash=None)
        post(programme, [again], by=by, reason=TWICE)
    if not Report.objects.filter(programme=programme).exists():
        outline = known_outlines()["annual"]
        issue(programme, outline, SIX_YEARS, report(Books(programme), outline, SIX_YEARS), by=by)
    if not _done(programme, FOUND):
        twice = Entry.objects.get(programme=programme, mark=Posting.objects.get(programme=programme, reason=TWICE).mark)
        void(programme, [twice.pk], by=by, reason=FOUND)
    if not _done(programme, MISCOUNTED):
        bought = _entries(programme, "purchase", year=2021)[0]
        draft = drafts_of([bought])[bought]
        post(
            programme,
            [replace(draft, measures={**draft.measures, "quantity": 280}, supersedes=bought)],
            by=by,
            verb="amend",
            reason=MISCOUNTED,
        )
    if not _done(programme, PROVED):
        with transaction.atomic():
            post(programme, _proved(programme, by), by=by, verb="amend", reason=PROVED)


def _done(programme: Programme, reason: str) -> bool:
    return Posting.objects.filter(programme=programme, reason=reason).exists()


def _entries(programme: Programme, kind: str, *, year: int, place: str = "") -> list[int]:
    """The standing entries of a kind that begin in a year (in a place), in the order of their recording."""
    found = Entry.objects.filter(programme=programme, kind=kind, begin__year=year, ended=None).order_by("pk")
    return list((found.filter(place__name=place) if place else found).values_list("pk", flat=True))


def _proved(programme: Programme, by: User) -> list[Draft]:
    """The same entries again, with a voucher each: payment orders as PDF, photographs, signed lists."""
    proved: list[tuple[int, str, bytes]] = []
    for entry in _entries(programme, "payment", year=2018)[:6]:
        code = f"{entry:05d}"
        proved.append((entry, f"拨付凭证-{code}.pdf", papers.pdf(f"Payment order {code}", ("Payee and amount as recorded",))))
    proved += [(entry, f"现场照片-{entry:05d}.png", papers.picture(entry)) for entry in _entries(programme, "visit", year=2019)[:6]]
    proved += [
        (entry, f"物资签收单-{entry:05d}.txt", papers.note("捐赠物资签收单", (f"台账记录第{entry}号", "清点人：两人")))
        for entry in _entries(programme, "donation", year=2018)[:3]
    ]
    drafts = drafts_of([entry for entry, _, _ in proved])
    return [
        replace(drafts[entry], vouchers=(*drafts[entry].vouchers, _voucher(programme, name, content, by)), supersedes=entry)
        for entry, name, content in proved
    ]


TYPES = {"pdf": "application/pdf", "png": "image/png", "txt": "text/plain"}


def _voucher(programme: Programme, name: str, content: bytes, by: User) -> int:
    kept, _ = Voucher.objects.get_or_create(
        programme=programme,
        sha256=crypt.store(content),
        defaults={"filename": name, "size": len(content), "media_type": TYPES[name.rpartition(".")[2]], "by": by},
    )
    return kept.pk
