"""Import: hand files in, look at them as in Excel with every problem at its cell, answer, correct, confirm; take a batch back."""

from __future__ import annotations

import csv
import io
import mimetypes
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bangfu.ledger import places
from bangfu.ledger.crypt import FileDamaged, load
from bangfu.ledger.loading import facts_of
from bangfu.ledger.models import Batch, Entry
from bangfu.ledger.post import PostingRefused, void
from bangfu.office.intake import giving_back
from bangfu.office.intake.checking import sentence
from bangfu.office.intake.earlier import told as told_entries
from bangfu.office.intake.preview import Preview, SheetPreview
from bangfu.office.intake.recording import registers_of, take_back
from bangfu.office.intake.rows import Issue
from bangfu.office.models import Upload
from bangfu.web import staging
from bangfu.web.desk import Desk, desk_for
from bangfu.web.export import attachment
from bangfu.web.grid import grid, kinds_by_chapter, standing_rows
from bangfu.web.pages.entry import may_have
from bangfu.web.rows import rows

BIGGEST_FILE = 200 * 1024 * 1024
MOST_FILES = 30
TOLD = 300
"""So many problems are listed; the number of all is told."""
PAGE = 50
FIRST_GONE = 20
GONE_AT_ONCE = 500
"""Entries that a corrected workbook no longer has: so many stand on the result, and so many are voided at once."""


def _intake_desk(request: HttpRequest, slug: str) -> Desk:
    return desk_for(request, slug, writing=True)


@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand files in or paste a block; files that wait; batches that came in."""
    desk = _intake_desk(request, slug)
    wrong: list[str] = []
    if request.method == "POST":
        kept, wrong = _handed_in(desk)
        if len(kept) == 1 and not wrong:
            return HttpResponseRedirect(desk.to("preview", kept[0].pk))
        if kept and not wrong:
            messages.success(request, desk.say("intake.kept", n=len(kept)), extra_tags="good")
            return HttpResponseRedirect(desk.to("intake"))
    waiting = Upload.objects.filter(programme=desk.programme, done=None).select_related("by").order_by("-at")
    if not desk.access.manages:
        waiting = waiting.filter(by=desk.user)
    batches = Batch.objects.filter(programme=desk.programme).select_related("by").order_by("-pk")
    if desk.filter.text:
        batches = batches.filter(filename__icontains=desk.filter.text)
    return desk.page("intake.html", at="intake", wrong=wrong, waiting=waiting[:50], batches=batches[:100], status=422 if wrong else 200)


def _handed_in(desk: Desk) -> tuple[list[Upload], list[str]]:
    """The files of the form, and a pasted block, kept; and what is wrong with them."""
    kept, wrong = [], []
    files = desk.request.FILES.getlist("files")
    if len(files) > MOST_FILES:
        return [], [desk.say("intake.too_many", n=MOST_FILES)]
    for file in files:
        name = (file.name or "").rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
        if (file.size or 0) > BIGGEST_FILE:
            wrong.append(desk.say("intake.too_big", name=name))
        elif not file.size:
            wrong.append(desk.say("voucher.blank", name=name))
        else:
            kept.append(staging.keep(desk.programme, name, file.read(), by=desk.user))
    pasted = desk.request.POST.get("paste", "")
    if pasted.strip():
        kept.append(staging.keep(desk.programme, desk.say("intake.pasted_name") + ".csv", _as_csv(pasted), by=desk.user))
    if not kept and not wrong:
        wrong.append(desk.say("intake.nothing"))
    return kept, wrong


def _as_csv(pasted: str) -> bytes:
    """A block copied from Excel (tabs between cells, quotes around cells with line breaks) as a CSV in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(pasted.replace("\r\n", "\n")), delimiter="\t"):
        writer.writerow([cell.strip() for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


# ── the preview ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _upload(desk: Desk, pk: int) -> Upload:
    upload = get_object_or_404(Upload.objects.select_related("by", "batch"), pk=pk, programme=desk.programme)
    if not desk.access.manages and upload.by_id != desk.user.pk:
        raise Http404
    return upload


@require_safe
def preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What recording the file would do; nothing is written yet."""
    desk = _intake_desk(request, slug)
    upload = _upload(desk, pk)
    if upload.done:
        return HttpResponseRedirect(desk.to("imported", pk))
    return _preview(desk, upload)


def _preview(desk: Desk, upload: Upload) -> HttpResponse:
    job = staging.previewed(upload)
    piece = desk.request.headers.get("HX-Target") in {"preview", "waiting"}
    if not job.finished.is_set():
        return desk.page(
            "waiting.html" if piece else "preview.html", at="intake", upload=upload, rows=job.rows, again="preview", ready=False
        )
    if job.broken:
        raise RuntimeError("the preview could not be made; see the log")
    refused = [en if desk.lang == "en" else zh for zh, en in job.refused]
    if refused:
        return desk.page("preview.html", at="intake", upload=upload, refused=refused, ready=True, status=422)
    context = _shown(desk, upload, job.result)
    return desk.page("preview_body.html" if piece else "preview.html", at="intake", ready=True, refused=[], **context)


def _number(desk: Desk, name: str) -> int:
    text = desk.request.GET.get(name, "") or desk.request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _shown(desk: Desk, upload: Upload, found: Preview) -> dict[str, Any]:
    answers = staging.answers_of(upload)
    same = standing_rows(found, desk.programme)
    first_table = next((n for n, s in enumerate(found.sheets) if any(p.count for p in s.parts)), 0)
    chosen = "sheet" in desk.request.GET or "sheet" in desk.request.POST
    at = min(_number(desk, "sheet") if chosen else first_table, max(len(found.sheets) - 1, 0))
    only = (desk.request.GET.get("only") or desk.request.POST.get("only")) == "1"
    first = _number(desk, "from")
    sheet = found.sheets[at] if found.sheets else None
    told = [(n, s, i) for n, s in enumerate(found.sheets) for i in s.issues()]
    earlier = _earlier(desk, {i.entry for _, _, i in told[:TOLD] if i.entry is not None})
    counts = {
        "read": found.read,
        "same": sum(len(r) for r in same.values()),
        "refused": found.refused,
        "skipped": found.skipped,
    }
    counts["new"] = counts["read"] - counts["refused"] - counts["skipped"] - counts["same"]
    return {
        "upload": upload,
        "found": found,
        "at_sheet": at,
        "sheet": sheet,
        "grid": grid(sheet, answers, same.get(sheet.sheet.name, set()), first=first, only_problems=only, lang=desk.lang) if sheet else None,
        "only": only,
        "problems": [(n, s, i, sentence(s.sheet.name, i, desk.lang), _pair(s, i, earlier)) for n, s, i in told[:TOLD]],
        "problem_count": len(told),
        "grave": sum(i.refuses for _, _, i in told),
        "by_sheet": Counter(n for n, _, _ in told),
        "counts": counts,
        "questions": [(n, s, p, q) for n, s in enumerate(found.sheets) for p in s.parts for q in p.understood.questions],
        "kinds": kinds_by_chapter(desk.catalogue.kinds, desk.catalogue.chapters),
        "left_out": sum(len(said.get("rows", ())) for said in answers.values()),
        "before": Batch.objects.filter(programme=desk.programme, sha256=upload.sha256).order_by("-pk").first(),
        "remarks": [en if desk.lang == "en" else zh for zh, en in found.remarks],
    }


def _pair(sheet: SheetPreview, issue: Issue, earlier: Mapping[int, str]) -> tuple[str, str] | None:
    """Of a likely duplicate both rows, or the entry and the row, to be looked at side by side."""
    if issue.entry is not None and issue.entry in earlier:
        return earlier[issue.entry], sheet.text(issue.row)
    if issue.same_as is None:
        return None
    return sheet.text(issue.same_as), sheet.text(issue.row)


def _earlier(desk: Desk, entries: set[int]) -> dict[int, str]:
    """What the entries say that rows may repeat: those that this person may see."""
    seen = Entry.objects.filter(programme=desk.programme, pk__in=entries)
    own = desk.access.units()
    seen = seen.filter(unit__in=own) if own is not None else seen
    return told_entries(seen.values_list("pk", flat=True), desk.lang) if entries else {}


@require_POST
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One answer or correction in the preview; the file is understood anew."""
    desk = _intake_desk(request, slug)
    upload = _upload(desk, pk)
    if upload.done:
        raise Http404
    change = ANSWERS.get(request.POST.get("verb", ""))
    if change is None:
        raise Http404
    change(desk, upload)
    if request.headers.get("HX-Request"):
        return _preview(desk, upload)
    return HttpResponseRedirect(desk.to("preview", pk, sheet=_number(desk, "sheet") or None))


def _table(desk: Desk) -> tuple[str, int]:
    return desk.request.POST.get("name", ""), _number(desk, "part")


def _say_kind(desk: Desk, upload: Upload) -> None:
    kind = desk.request.POST.get("kind", "")

    def change(said: dict[str, Any]) -> None:
        said.pop("columns", None)
        said["skip"] = kind == "-"
        said["kind"] = kind if kind in desk.catalogue.kinds else ""

    staging.answer(upload, *_table(desk), change)


def _say_column(desk: Desk, upload: Upload) -> None:
    column, name, kind = str(_number(desk, "column")), desk.request.POST.get("field", ""), desk.request.POST.get("kind", "")

    def change(said: dict[str, Any]) -> None:
        said.setdefault("columns", {})[column] = name
        if kind in desk.catalogue.kinds and not said.get("kind"):  # the column was given its meaning as one of this kind
            said["kind"] = kind

    staging.answer(upload, *_table(desk), change)


def _say_cells(desk: Desk, upload: Upload) -> None:
    """One cell, or a block pasted from Excel with its upper left corner there."""
    row, column, text = _number(desk, "row"), _number(desk, "column"), desk.request.POST.get("text", "")[:20_000]
    block = (
        list(csv.reader(io.StringIO(text.replace("\r\n", "\n")), delimiter="\t")) if "\t" in text or "\n" in text.strip("\n") else [[text]]
    )
    fresh = [(row + r, column + c, cell.strip()[:2000]) for r, cells in enumerate(block[:500]) for c, cell in enumerate(cells[:60])]

    def change(said: dict[str, Any]) -> None:
        known = {(r, c): t for r, c, t in said.get("cells", [])}
        known.update({(r, c): t for r, c, t in fresh})
        said["cells"] = [[r, c, t] for (r, c), t in sorted(known.items())]

    staging.answer(upload, *_table(desk), change)


def _leave_out(desk: Desk, upload: Upload) -> None:
    row = _number(desk, "row")

    def change(said: dict[str, Any]) -> None:
        left = set(said.get("rows", []))
        said["rows"] = sorted(left ^ {row})

    staging.answer(upload, *_table(desk), change)


def _add_unit(desk: Desk, upload: Upload) -> None:
    """A unit nobody knew: it is set up, and the file understood anew."""
    name = desk.request.POST.get("text", "").strip()[:200]
    if desk.access.manages and name:
        places.party(name, "unit", desk.programme.helper)
        staging.answer(upload, *_table(desk), lambda said: said.update(units=[*said.get("units", []), name]))


ANSWERS = {"kind": _say_kind, "column": _say_column, "cell": _say_cells, "leave": _leave_out, "unit": _add_unit}


@require_POST
def confirm(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Record everything that can be recorded, in one transaction; or throw the file away."""
    desk = _intake_desk(request, slug)
    upload = _upload(desk, pk)
    if request.POST.get("verb") == "discard":
        if not upload.done:
            staging.throw_away(upload)
            messages.success(request, desk.say("intake.thrown_away", name=upload.filename), extra_tags="good")
        return HttpResponseRedirect(desk.to("intake"))
    if not upload.done:
        staging.confirm(upload, by=desk.user)
    return HttpResponseRedirect(desk.to("imported", pk))


@require_safe
def imported(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What became of every row, and which figures changed; while it is written, how far it is."""
    desk = _intake_desk(request, slug)
    upload = _upload(desk, pk)
    waits = request.headers.get("HX-Target") == "waiting"
    if not upload.done and upload.started is None:
        if not upload.result.get("refused"):  # nobody confirmed it yet
            return HttpResponseRedirect(desk.to("preview", pk))
        refused = [en if desk.lang == "en" else zh for zh, en in upload.result["refused"]]
        return desk.page("preview.html", at="intake", upload=upload, refused=refused, ready=True, again=True, status=422)
    if not upload.done:
        rows_ = staging.written.get(upload.pk, 0)
        return desk.page("waiting.html" if waits else "preview.html", at="intake", upload=upload, rows=rows_, again="imported", ready=False)
    if waits:
        answered = HttpResponse(status=204)
        answered["HX-Redirect"] = desk.to("imported", pk)
        return answered
    result = upload.result
    known = desk.catalogue.figures
    figures = [
        (known[code], None if before is None else Decimal(before), None if after is None else Decimal(after))
        for code, before, after in result.get("figures", [])
        if code in known
    ]
    labels = {name: fld.label.say(desk.lang) for kind in desk.catalogue.kinds.values() for name, fld in kind.fields.items()}
    return desk.page(
        "imported.html",
        at="intake",
        upload=upload,
        counts=result.get("counts", {}),
        changes=result.get("changes", []),
        unlisted=result.get("changed", 0) - len(result.get("changes", [])),
        gone=len(there := _still_there(desk, upload)),
        rows=rows(desk, facts_of(there[:FIRST_GONE])),
        figures=figures,
        labels=labels,
    )


def _still_there(desk: Desk, upload: Upload) -> list[int]:
    """The entries of the former workbook that are no longer in this one, still stand, and may be seen."""
    found = Entry.objects.filter(programme=desk.programme, pk__in=upload.result.get("gone", []), ended=None)
    own = desk.access.units()
    return list((found.filter(unit__in=own) if own is not None else found).order_by("pk").values_list("pk", flat=True))


@require_http_methods(["GET", "HEAD", "POST"])
def gone(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What a corrected workbook no longer has: void those chosen, with a reason. Nothing is voided by itself."""
    desk = _intake_desk(request, slug)
    upload = _upload(desk, pk)
    there = _still_there(desk, upload)
    left, there = len(there) - GONE_AT_ONCE, there[:GONE_AT_ONCE]
    chosen, wrong = there, []
    if request.method == "POST":
        chosen = [e for e in there if str(e) in request.POST.getlist("entry")]
        try:
            posting = void(desk.programme, chosen, by=desk.user, reason=request.POST.get("reason", ""))
        except PostingRefused as refused:
            wrong = [p.say(desk.lang) for p in refused.problems]
        else:
            messages.success(request, desk.say("intake.gone_voided", n=len(chosen), mark=posting.mark), extra_tags="good")
            return HttpResponseRedirect(desk.to("imported", pk))
    return desk.page(
        "gone.html",
        at="intake",
        upload=upload,
        rows=rows(desk, facts_of(there)),
        chosen=set(chosen),
        left=left,
        reason=request.POST.get("reason", ""),
        wrong=wrong,
        status=422 if wrong else 200,
    )


# ── batches ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
def batch(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One import: its counts, its entries, its workbook."""
    desk = desk_for(request, slug)
    found = get_object_or_404(Batch.objects.select_related("by"), pk=pk, programme=desk.programme)
    mine = Entry.objects.filter(batch=found)
    own = desk.access.units()
    if own is not None:
        mine = mine.filter(unit__in=own)
    after = _number(desk, "after")
    ids = list(mine.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[: PAGE + 1])
    return desk.page(
        "batch.html",
        at="intake",
        batch=found,
        rows=rows(desk, facts_of(ids[:PAGE])),
        may_have=may_have(desk, found),
        after=ids[PAGE - 1] if len(ids) > PAGE else None,
        first=not after,
    )


@require_safe
def batch_file(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The office's own workbook, as it was handed in."""
    desk = desk_for(request, slug)
    found = get_object_or_404(Batch, pk=pk, programme=desk.programme)
    if not may_have(desk, found):
        raise Http404
    try:
        content = load(found.sha256)
    except (FileNotFoundError, FileDamaged):
        raise Http404 from None
    desk.took("workbook", found.filename)
    return attachment(content, found.filename, mimetypes.guess_type(found.filename)[0] or "application/octet-stream")


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a whole import back, with a reason."""
    desk = desk_for(request, slug, managing=True)
    found = get_object_or_404(Batch.objects.select_related("by", "programme"), pk=pk, programme=desk.programme)
    wrong: list[str] = []
    if request.method == "POST":
        try:
            changed = take_back(found, by=desk.user, reason=request.POST.get("reason", ""))
        except PostingRefused as refused:
            wrong = [p.say(desk.lang) for p in refused.problems]
        else:
            messages.success(request, desk.say("intake.taken_back", name=found.filename, n=len(changed)), extra_tags="good")
            return HttpResponseRedirect(desk.to("batch", pk))
    count = Entry.objects.filter(batch=found, ended=None).count()
    return desk.page(
        "undo.html", at="intake", batch=found, count=count, wrong=wrong, status=422 if wrong else 200, today=timezone.localdate()
    )


@require_safe
def templates(request: HttpRequest, slug: str) -> HttpResponse:
    desk = desk_for(request, slug)
    return desk.page("templates.html", at="intake", kinds=kinds_by_chapter(desk.catalogue.kinds, desk.catalogue.chapters))


@require_safe
def template(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The empty workbook of a kind; filled in, it can be imported as it is."""
    desk = desk_for(request, slug)
    kind = desk.catalogue.kinds.get(code)
    if kind is None:
        raise Http404
    desk.took("template", kind.label.zh)
    return attachment(
        giving_back.template(kind, registers_of(desk.programme)), f"{kind.label.say(desk.lang)}-{desk.say('intake.template_name')}.xlsx"
    )


@require_safe
def marked(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The office's own workbook with its problems marked in the cells and listed on a sheet of their own."""
    desk = _intake_desk(request, slug)
    upload = _upload(desk, pk)
    job = staging.previewed(upload)
    if not job.finished.is_set() or job.result is None:
        return HttpResponseRedirect(desk.to("preview", pk))
    with staging.opened(upload) as path:
        job.result.path = path
        content = giving_back.given_back(job.result)
    desk.took("marked", upload.filename)
    return attachment(content, f"{upload.filename.rpartition('.')[0] or upload.filename}-{desk.say('intake.marked_name')}.xlsx")
