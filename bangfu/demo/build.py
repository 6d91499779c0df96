"""The demonstration programme, made as an office would make it: set up, then its workbooks brought in one after the other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from bangfu.demo import article, workbooks
from bangfu.demo.cast import registers
from bangfu.ledger.models import Batch, Party, Programme
from bangfu.ledger.setup import setup
from bangfu.office.intake import recording
from bangfu.office.models import Membership

PASSWORD = "bangfu-demo"  # noqa: S105 - printed at every start, and given to nobody outside the demonstration
ACCOUNTS = {"clerk": "经办人", "leader": "分管领导", "liaison": "联络员"}
"""User name and role in one → who that is in the office."""
LIAISON_OF = "继续教育学院"

Progress = Callable[[str, int, int], None]
"""Hears what is being done, and how many of how many steps are behind."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The programme, the folder of its workbooks and article, and for each workbook what became of its rows."""

    programme: Programme
    folder: Path
    counts: tuple[tuple[str, dict[str, int]], ...]

    @property
    def article(self) -> Path:
        return self.folder / article().name


def build(folder: Path, progress: Progress) -> Demonstration:
    """Make the demonstration in an empty ledger, or finish and find again what an earlier run has made. `folder` gets the workbooks."""
    progress(folder.name, 0, 1)
    files = workbooks(folder)
    (folder / "registers.json").write_text(json.dumps(registers(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    shutil.copy(article(), folder)
    with transaction.atomic():
        programme = Programme.objects.filter(demonstration=True).first() or _set_up()
    clerk = User.objects.get(username="clerk")
    known = {b.filename: b.counts for b in Batch.objects.filter(programme=programme)}
    for done, path in enumerate(files, 1):
        if path.name not in known:
            known[path.name] = recording.record(recording.preview(path, programme, name=path.name), programme, by=clerk).counts
        progress(path.name, done, len(files))
    programme.refresh_from_db()
    return Demonstration(programme, folder, tuple((p.name, known[p.name]) for p in files))


def _set_up() -> Programme:
    """The office with its accounts, before anything is in its ledger."""
    accounts = {name: User.objects.create_user(name, password=PASSWORD, last_name=word) for name, word in ACCOUNTS.items()}
    (programme,) = setup(registers(), by=accounts["clerk"])
    programme.demonstration = True
    programme.save(update_fields=["demonstration"])
    unit = Party.objects.get(parent=programme.helper, name=LIAISON_OF)
    for name, user in accounts.items():
        Membership.objects.create(user=user, programme=programme, role=name, unit=unit if name == "liaison" else None)
    return programme
