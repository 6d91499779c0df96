"""Files between upload and confirmation: kept encrypted, previewed (a large one in the background, with its progress), recorded on a person's word."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Q
from django.utils import timezone

from bangfu.ledger.crypt import load, store, stored
from bangfu.ledger.models import Batch, Programme, Voucher
from bangfu.ledger.post import PostingRefused
from bangfu.office.intake.cells import Refused
from bangfu.office.intake.preview import Preview
from bangfu.office.intake.recording import Result, preview, record, remember_answers
from bangfu.office.models import Review, Upload

AT_ONCE = 700_000
"""A file up to this many bytes is read while the page is made; a larger one in the background."""
HELD = 6
"""So many previews are held by a process."""
GIVEN_UP = timedelta(minutes=30)
"""After so long a recording that never came to its end may be begun anew."""

log = logging.getLogger(__name__)

Answers = dict[tuple[str, int], dict[str, Any]]


def keep(programme: Programme, filename: str, content: bytes, *, by: Any) -> Upload:
    """Keep an uploaded file until it is confirmed or thrown away."""
    return Upload.objects.create(programme=programme, by=by, filename=filename[:255], sha256=store(content), size=len(content))


def answers_of(upload: Upload) -> Answers:
    """What a person said of the file, as the intake takes it."""
    found: Answers = {}
    for key, said in upload.answers.items():
        sheet, _, number = key.rpartition("|")
        answer: dict[str, Any] = {name: said[name] for name in ("kind", "skip") if said.get(name)}
        answer["columns"] = {int(column): name for column, name in said.get("columns", {}).items()}
        answer["rows"] = [int(row) for row in said.get("rows", [])]
        answer["cells"] = {(int(row), int(column)): text for row, column, text in said.get("cells", [])}
        found[sheet, int(number)] = answer
    return found


def answer(upload: Upload, sheet: str, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what is said of one table of the file."""
    with transaction.atomic():
        mine = Upload.objects.select_for_update().get(pk=upload.pk)
        said = mine.answers.setdefault(f"{sheet}|{number}", {})
        change(said)
        mine.save(update_fields=["answers"])
    upload.answers = mine.answers


@contextmanager
def opened(upload: Upload) -> Iterator[Path]:
    """The file in the clear, for as long as it is read, where only we can see it."""
    folder = Path(settings.DATA) / "work"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=Path(upload.filename).suffix[:10].lower())
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(load(upload.sha256))
        yield path
    finally:
        path.unlink(missing_ok=True)


# ── work in the background ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Job:
    """Something that takes its time. `rows` says how far it is; at the end `result` or `refused` is there."""

    rows: int = 0
    result: Any = None
    refused: list[tuple[str, str]] = field(default_factory=list)  # (Chinese, English)
    finished: threading.Event = field(default_factory=threading.Event)

    def run(self, work: Callable[[Callable[[int], None]], Any]) -> None:
        try:
            self.result = work(self._progress)
        except Refused as refused:
            self.refused = [(refused.zh, refused.en)]
        except PostingRefused as refused:
            self.refused = [(p.zh, p.en) for p in refused.problems]
        finally:
            self.finished.set()

    def _progress(self, rows: int) -> None:
        self.rows = rows

    @property
    def broken(self) -> bool:
        """It ended with neither: a fault of ours, told in the log."""
        return self.finished.is_set() and self.result is None and not self.refused


_jobs: dict[tuple[str, int, str], Job] = {}
_lock = threading.Lock()


def _job(key: tuple[str, int, str], work: Callable[[Callable[[int], None]], Any], *, here: bool) -> Job:
    """The job of that key: the one that is there, else a new one, run here or in a thread of its own."""
    with _lock:
        job = _jobs.get(key)
        if job is not None and not job.broken:
            return job
        job = _jobs[key] = Job()
        while len(_jobs) > HELD:
            _jobs.pop(next(iter(_jobs)))
    if here:
        job.run(work)
        return job

    def apart() -> None:
        try:
            job.run(work)
        except Exception:
            log.exception("background work failed")
            raise
        finally:
            connections.close_all()

    threading.Thread(target=apart, daemon=True).start()
    job.finished.wait(0.2)  # many are done by then; who waits for the others is told so
    return job


def _key(what: str, upload: Upload) -> tuple[str, int, str]:
    """The same file with the same answers, against the same places and ledger."""
    said = json.dumps(upload.answers, sort_keys=True)
    programme = upload.programme
    return what, upload.pk, f"{upload.sha256}|{upload.at.isoformat()}|{said}|{programme.places.count()}|{programme.mark}"


def previewed(upload: Upload) -> Job:
    """The preview of an upload with the answers given so far: a job whose result is a Preview."""

    def work(progress: Callable[[int], None]) -> Preview:
        with opened(upload) as path:
            return preview(path, upload.programme, name=upload.filename, answers=answers_of(upload), progress=progress)

    return _job(_key("preview", upload), work, here=upload.size <= AT_ONCE)


def confirm(upload: Upload, *, by: Any) -> None:
    """Record what the preview shows, once, whoever else confirms it at the same time; `upload.result` says what came of it.

    A recording that was broken off (the machine was switched off) may be begun anew after a while: what is recorded already is known again.
    """
    now = timezone.now()
    mine = Upload.objects.filter(pk=upload.pk, done=None).filter(Q(started=None) | Q(started__lt=now - GIVEN_UP))
    if not mine.update(started=now, result={}):
        return
    upload.started = now
    job = _job(("record", upload.pk, now.isoformat()), lambda progress: _record(upload, by, progress), here=upload.size <= AT_ONCE)
    if job.refused:
        _refused(upload, job.refused)


def _record(upload: Upload, by: Any, progress: Callable[[int], None]) -> dict[str, Any]:
    answers = answers_of(upload)
    known = _jobs.get(_key("preview", upload))
    try:
        with opened(upload) as path:
            found = known.result if known is not None and known.result is not None else None
            if found is None:
                found = preview(path, upload.programme, name=upload.filename, answers=answers, progress=progress)
            found.path = path
            result = record(found, upload.programme, by=by, answers=answers, progress=lambda rows: _tell(upload, rows, progress))
    except Refused as refused:
        _refused(upload, [(refused.zh, refused.en)])
        raise
    except PostingRefused as refused:
        _refused(upload, [(p.zh, p.en) for p in refused.problems])
        raise
    remember_answers(upload.programme, found, answers, by=by)
    kept = result_of(result)
    mine = Upload.objects.get(pk=upload.pk)
    mine.result, mine.done, mine.batch = kept, timezone.now(), result.batch
    mine.save(update_fields=["result", "done", "batch"])
    return kept


def _tell(upload: Upload, rows: int, progress: Callable[[int], None]) -> None:
    progress(rows)
    written[upload.pk] = rows


written: dict[int, int] = {}
"""Upload → rows written so far, by this process."""


def _refused(upload: Upload, why: list[tuple[str, str]]) -> None:
    """Nothing was written: the file waits again, and the reasons are told."""
    mine = Upload.objects.get(pk=upload.pk)
    mine.result, mine.started = {"refused": [list(pair) for pair in why[:50]]}, None
    mine.save(update_fields=["result", "started"])


MOST_GONE = 20_000
"""So many entries that a corrected workbook no longer has are remembered, to be looked through and voided."""


def result_of(result: Result) -> dict[str, Any]:
    """What an import came to, as JSON: counts that add up, corrected rows before → after, figures before → after."""
    return {
        "counts": result.counts,
        "changes": [
            {"entry": c.entry, "sheet": c.sheet, "row": c.row, "fields": {n: list(p) for n, p in c.fields.items()}}
            for c in result.changes[:500]
        ],
        "changed": len(result.changes),
        "gone": result.gone[:MOST_GONE],
        "figures": [[code, *(None if v is None else str(v) for v in (before, after))] for code, before, after in result.figures],
    }


def throw_away(upload: Upload) -> None:
    """Forget a file that was not recorded; its stored bytes go too, unless something else needs them."""
    sha256 = upload.sha256
    upload.delete()
    if not any(model._default_manager.filter(sha256=sha256).exists() for model in (Upload, Batch, Voucher, Review)):  # noqa: SLF001 - Django's own name for it
        stored(sha256).unlink(missing_ok=True)
