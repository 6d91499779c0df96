"""One entry: look at it with its history, vouchers and source; write, amend, void it; open its personal data; keep drafts of forms."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bangfu.catalogue import Field, FieldType, Kind
from bangfu.catalogue.reading import Problem, Value, read_field
from bangfu.ledger import people
from bangfu.ledger.crypt import FileDamaged, load, store
from bangfu.ledger.models import Batch, Ended, Entry, Evidence, Party, Project, Voucher
from bangfu.ledger.post import Draft, PostingRefused, drafts_of, post, void
from bangfu.ledger.rows import row_id
from bangfu.office.entering import Entered, enter, form_fields, texts
from bangfu.office.models import FormDraft
from bangfu.web.desk import Desk, desk_for
from bangfu.web.export import attachment
from bangfu.web.history import HIDDEN, Names, Shown, Version, choice_word, opened_fields, shown, versions, voided

BIGGEST_VOUCHER = 20 * 1024 * 1024
SCALES = {"CNY": ("元", "万元")}
"""Units between which a form lets one choose."""


def _entry(desk: Desk, pk: int) -> Entry:
    """The entry, if it is of this programme and may be seen."""
    entry = get_object_or_404(Entry, pk=pk, programme=desk.programme)
    if not desk.access.admits(entry.unit_id):
        raise Http404
    return entry


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The entry's page. A POST with a reason opens its personal data for this one answer, and is recorded."""
    desk = desk_for(request, slug)
    found = _entry(desk, pk)
    draft = drafts_of([pk])[pk]
    kind = desk.catalogue.kinds[found.kind]
    names = Names.of([draft])
    opened, wrong = False, ""
    if request.method == "POST":
        if not desk.access.manages:
            raise PermissionDenied
        reason = request.POST.get("reason", "").strip()
        if reason:
            with transaction.atomic():
                for holder, field in opened_fields(kind, draft, names):
                    people.reveal(holder, field, by=desk.user, reason=reason)
            opened = True
        else:
            wrong = desk.say("entry.say_why")
    fields = list(shown(kind, draft, names, desk.lang, opened=opened))
    evidence = Evidence.objects.filter(entry=pk).select_related("voucher__by").order_by("voucher__at")
    history = versions(desk, found)
    ended = voided(history_end(found, history), desk)
    stands = history[-1].entry == pk and ended is None
    return desk.page(
        "entry.html",
        at="ledger",
        status=422 if wrong else 200,
        entry=found,
        kind=kind,
        title=_title(fields, kind, desk),
        fields=fields,
        has_personal=any(f.personal for f in fields),
        opened=opened,
        wrong=wrong,
        vouchers=[e.voucher for e in evidence],
        may_have=found.batch is not None and may_have(desk, found.batch),
        history=history,
        latest=history[-1].entry,
        voided=ended,
        figures=desk.books.resting_on(pk) if stands else [],
    )


def history_end(entry: Entry, history: list[Version]) -> Entry:
    """The last version of the entry."""
    last = history[-1].entry
    return entry if last == entry.pk else Entry.objects.get(pk=last)


def _title(fields: list[Shown], kind: Kind, desk: Desk) -> str:
    """What the entry is called by: its title, the household or person it is about, else what else it names."""
    said = {f.name: f.text for f in fields}
    names = ("title", "household", "person", "project", "party", "category")
    return next((said[name] for name in names if said.get(name)), kind.label.say(desk.lang))


def may_have(desk: Desk, batch: Batch) -> bool:
    """Whether the workbook may be had: it holds every unit's rows and their personal data unmasked, so that only those who may unmask have
    it, and whoever handed it in (domain.md 10.4, 10.6).
    """
    return bool(batch.sha256) and (desk.access.manages or batch.by_id == desk.user.pk)


@require_safe
def source(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The office's own workbook from which the entry came."""
    desk = desk_for(request, slug)
    found = _entry(desk, pk)
    if found.batch is None or not may_have(desk, found.batch):
        raise Http404
    try:
        content = load(found.batch.sha256)
    except (FileNotFoundError, FileDamaged):
        raise Http404 from None
    desk.took("workbook", found.batch.filename)
    return attachment(content, found.batch.filename, mimetypes.guess_type(found.batch.filename)[0] or "application/octet-stream")


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose the kind of the new entry."""
    desk = desk_for(request, slug, writing=True)
    chapters = [(label, [k for k in desk.catalogue.kinds.values() if k.chapter == code]) for code, label in desk.catalogue.chapters.items()]
    mine = Entry.objects.filter(programme=desk.programme).order_by("-mark").values_list("kind", flat=True)[:200]
    often = [desk.catalogue.kinds[code] for code in dict.fromkeys(mine) if code in desk.catalogue.kinds][:6]
    drafts = FormDraft.objects.filter(user=desk.user, programme=desk.programme, entry=None).order_by("-at")
    return desk.page("new.html", at="new", chapters=[c for c in chapters if c[1]], often=often, drafts=drafts)


@require_http_methods(["GET", "HEAD", "POST"])
def new_entry(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    desk = desk_for(request, slug, writing=True)
    kind = desk.catalogue.kinds.get(code)
    if kind is None:
        raise Http404
    if request.method == "POST":
        return _record(desk, kind)
    typed, kept = _kept(desk, kind.code, None)
    copied = row_id(request.GET.get("copy"))
    if copied is not None and not kept:
        like = _entry(desk, copied)
        typed = _like(kind, drafts_of([like.pk])[like.pk])
    if not typed:
        typed = {"unit": str(desk.filter.unit or ""), "place": str(desk.filter.place or "")}
    return _form(desk, kind, typed, kept=kept)


def _like(kind: Kind, draft: Draft) -> dict[str, str]:
    """The texts of an entry to begin a new one with: all but its date, its people and what was numbered or counted once."""
    once = {"begin", "end", "person", "household"}
    return {
        name: text
        for name, text in texts(kind, draft).items()
        if name not in once and kind.fields[name].home != "person" and kind.fields[name].type is not FieldType.CODE
    }


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    desk = desk_for(request, slug, writing=True)
    found = _entry(desk, pk)
    if Ended.objects.filter(entry=pk).exists():
        messages.warning(request, desk.say("entry.ended"), extra_tags="warn")
        return HttpResponseRedirect(desk.to("entry", pk))
    kind = desk.catalogue.kinds[found.kind]
    stored = drafts_of([pk])[pk]
    plain = texts(kind, stored)
    if request.method == "POST":
        return _record(desk, kind, amended=found, stored=stored, plain=plain)
    typed, kept = _kept(desk, kind.code, found)
    return _form(desk, kind, typed or _covered(kind, plain), amended=found, kept=kept, before=_covered(kind, plain))


def _covered(kind: Kind, plain: dict[str, str]) -> dict[str, str]:
    """The texts with what is personal masked: a form may be amended without seeing it."""
    return {name: _mask(kind.fields[name], text) for name, text in plain.items()}


def _mask(fld: Field, text: str) -> str:
    if fld.type in {FieldType.PERSON, FieldType.HOUSEHOLD} and fld.home == "column":
        return "、".join(people.masked_name(name) for name in text.split("、"))
    if fld.home != "person":
        return text
    if fld.name.endswith("id_number"):
        return people.masked_id(text)
    return people.masked_phone(text) if fld.name.endswith("phone") else HIDDEN


def _record(
    desk: Desk, kind: Kind, *, amended: Entry | None = None, stored: Draft | None = None, plain: dict[str, str] | None = None
) -> HttpResponse:
    """Read the form; post it, or show every problem at its field."""
    request = desk.request
    typed = {name: request.POST.get(f"f.{name}", "") for name in kind.fields}
    scales = {name: request.POST.get(f"scale.{name}", "") for name in kind.fields if request.POST.get(f"scale.{name}")}
    reason = request.POST.get("reason", "").strip()
    covered = _covered(kind, plain or {})
    given = {name: (plain or {})[name] if text and text == covered.get(name) else text for name, text in typed.items()}
    if desk.access.role == "liaison" and not desk.access.admits(row_id(given.get("unit"))):
        given["unit"] = typed["unit"] = str(desk.access.unit.pk if desk.access.unit else "")
    problems: list[str] = []
    if amended is not None and not reason:
        problems.append(desk.say("entry.why_amend"))
    files, wrong = _files(desk)
    problems += wrong
    read = Entered()
    with transaction.atomic():
        if not problems:
            vouchers = [_voucher(desk, name, content).pk for name, content in files]
            read = enter(
                desk.programme,
                kind,
                given,
                scales=scales,
                supersedes=amended.pk if amended else None,
                vouchers=vouchers,
                kept=stored,
            )
        if read.draft is not None:
            try:
                with transaction.atomic():
                    post(desk.programme, [read.draft], by=desk.user, verb="amend" if amended else "record", reason=reason)
            except PostingRefused as refused:
                problems += [p.say(desk.lang) for p in refused.problems]
        if problems or read.draft is None:
            transaction.set_rollback(True)  # neither a voucher nor a person stays behind
    if problems or read.draft is None:
        if not read.problems and amended is not None and not reason:
            read = _only_problems(desk, kind, given, scales, stored)
        wrongs = {name: label.say(desk.lang) for name, label in read.problems.items()}
        return _form(
            desk,
            kind,
            typed,
            amended=amended,
            scales=scales,
            wrong=wrongs,
            problems=problems,
            reason=reason,
            before=covered if amended else None,
        )
    FormDraft.objects.filter(user=desk.user, programme=desk.programme, kind=kind.code, entry=amended).delete()
    fresh = Entry.objects.filter(programme=desk.programme, mark=desk.programme.mark).values_list("pk", flat=True).first()
    messages.success(request, desk.say("entry.amended" if amended else "entry.recorded", mark=desk.programme.mark), extra_tags="good")
    if request.POST.get("again"):
        return HttpResponseRedirect(desk.to("new_entry", kind.code, copy=fresh))
    return HttpResponseRedirect(desk.to("entry", fresh))


def _only_problems(desk: Desk, kind: Kind, given: dict[str, str], scales: dict[str, str], stored: Draft | None) -> Entered:
    """What else is wrong with the form, without writing anything: all problems are told at once."""
    with transaction.atomic():
        read = enter(desk.programme, kind, given, scales=scales, kept=stored)
        transaction.set_rollback(True)
    return read


def _form(
    desk: Desk,
    kind: Kind,
    typed: dict[str, str],
    *,
    amended: Entry | None = None,
    scales: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    problems: list[str] | None = None,
    reason: str = "",
    kept: FormDraft | None = None,
    before: dict[str, str] | None = None,
) -> HttpResponse:
    first, more = form_fields(kind)
    scales = scales or (kept.data.get("scales", {}) if kept else {})
    projects = Project.objects.filter(programme=desk.programme).order_by("name").values_list("name", flat=True)[:500]
    parties = Party.objects.exclude(kind__in=("unit", "organisation")).order_by("name").values_list("name", flat=True)[:500]
    return desk.page(
        "entry_form.html",
        at="new",
        status=422 if wrong or problems else 200,
        kind=kind,
        fields=first,
        more=more,
        opened=any(typed.get(f.name) or (wrong or {}).get(f.name) for f in more),
        typed=typed,
        scales=scales,
        scale_of=SCALES,
        wrong=wrong or {},
        problems=problems or [],
        reason=reason or (kept.data.get("reason", "") if kept else ""),
        amended=amended,
        kept=kept,
        was=_changed(desk, kind, typed, scales, before) if before is not None else {},
        projects=projects if "project" in kind.fields else [],
        parties=parties if "party" in kind.fields else [],
        today=timezone.localdate(),
    )


def _changed(desk: Desk, kind: Kind, typed: dict[str, str], scales: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """What the fields that now say something else said before, in the words of the form."""
    found = {}
    for name, fld in kind.fields.items():
        was, now = before.get(name, ""), typed.get(name, "")
        if was != now or scales.get(name):
            meant = _meant(fld, was)
            if meant != _meant(fld, now, scales.get(name, "")):
                found[name] = _in_words(desk, fld, was, meant)
    return found


def _meant(fld: Field, text: str, scale: str = "") -> Value:
    """The value of a text of the form; what cannot be read means what it says."""
    try:
        return read_field(fld, text, scale=scale)
    except Problem:
        return text


def _in_words(desk: Desk, fld: Field, text: str, value: Value) -> str:
    if not text:
        return "—"
    if fld.type in {FieldType.FLAG, FieldType.CHOICE}:
        return choice_word(fld, str(value), desk.lang)
    if fld.name in {"place", "unit"}:
        known = desk.places if fld.name == "place" else desk.units
        return next((thing.name for thing, _ in known if str(thing.pk) == text), text)
    return text


def _kept(desk: Desk, kind: str, entry: Entry | None) -> tuple[dict[str, str], FormDraft | None]:
    """The texts of a draft that waits for this form."""
    kept = FormDraft.objects.filter(user=desk.user, programme=desk.programme, kind=kind, entry=entry).first()
    return (dict(kept.data.get("texts", {})), kept) if kept else ({}, None)


@require_POST
def keep_draft(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Keep what is typed so far (asked for in the background), or throw the draft away."""
    desk = desk_for(request, slug, writing=True)
    kind = desk.catalogue.kinds.get(code)
    if kind is None:
        raise Http404
    about = row_id(request.GET.get("entry"))
    entry_ = _entry(desk, about) if about is not None else None
    own: dict[str, Any] = {"user": desk.user, "programme": desk.programme, "kind": kind.code, "entry": entry_}
    if request.POST.get("verb") == "discard":
        FormDraft.objects.filter(**own).delete()
        return HttpResponseRedirect(desk.to("amend", entry_.pk) if entry_ else desk.to("new_entry", kind.code))
    data = {
        "texts": {name: request.POST.get(f"f.{name}", "")[:5000] for name in kind.fields if request.POST.get(f"f.{name}")},
        "scales": {name: request.POST.get(f"scale.{name}", "")[:10] for name in kind.fields if request.POST.get(f"scale.{name}")},
        "reason": request.POST.get("reason", "")[:500],
    }
    FormDraft.objects.update_or_create(**own, defaults={"data": data})
    return JsonResponse({"kept": True})


@require_http_methods(["GET", "HEAD", "POST"])
def void_entry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    desk = desk_for(request, slug, writing=True)
    found = _entry(desk, pk)
    kind = desk.catalogue.kinds[found.kind]
    draft = drafts_of([pk])[pk]
    problems: list[str] = []
    if request.method == "POST":
        try:
            void(desk.programme, [pk], by=desk.user, reason=request.POST.get("reason", ""))
        except PostingRefused as refused:
            problems = [p.say(desk.lang) for p in refused.problems]
        else:
            messages.success(request, desk.say("entry.voided", mark=desk.programme.mark), extra_tags="good")
            return HttpResponseRedirect(desk.to("entry", pk))
    fields = list(shown(kind, draft, Names.of([draft]), desk.lang))
    return desk.page(
        "void.html",
        at="ledger",
        status=422 if problems else 200,
        entry=found,
        kind=kind,
        fields=fields,
        title=_title(fields, kind, desk),
        problems=problems,
    )


# ── vouchers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _files(desk: Desk) -> tuple[list[tuple[str, bytes]], list[str]]:
    """The files of the form, read; and what is wrong with them."""
    good, wrong = [], []
    for file in desk.request.FILES.getlist("vouchers"):
        name = (file.name or "").rsplit("/", 1)[-1].rsplit("\\", 1)[-1][:255]
        if (file.size or 0) > BIGGEST_VOUCHER:
            wrong.append(desk.say("voucher.too_big", name=name))
        elif not file.size:
            wrong.append(desk.say("voucher.blank", name=name))
        else:
            good.append((name, file.read()))
    return good, wrong


def _voucher(desk: Desk, name: str, content: bytes) -> Voucher:
    sha256 = store(content)
    voucher, _ = Voucher.objects.get_or_create(
        programme=desk.programme,
        sha256=sha256,
        defaults={
            "filename": name,
            "size": len(content),
            "media_type": mimetypes.guess_type(name)[0] or "application/octet-stream",
            "by": desk.user,
        },
    )
    return voucher


@require_POST
def add_vouchers(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Add evidence to an entry: an amendment that changes nothing else."""
    desk = desk_for(request, slug, writing=True)
    found = _entry(desk, pk)
    files, wrong = _files(desk)
    if not files and not wrong:
        wrong = [desk.say("voucher.none_chosen")]
    target = pk
    if not wrong:
        stored = drafts_of([found.pk])[found.pk]
        try:
            with transaction.atomic():
                added = [_voucher(desk, name, content).pk for name, content in files]
                whole = tuple(dict.fromkeys([*stored.vouchers, *added]))
                fields = {name: getattr(stored, name) for name in Draft.__dataclass_fields__}
                draft = Draft(**{**fields, "vouchers": whole, "supersedes": found.pk})
                post(desk.programme, [draft], by=desk.user, verb="amend", reason=desk.say("voucher.added", n=len(files)))
            fresh = Entry.objects.filter(programme=desk.programme, mark=desk.programme.mark).values_list("pk", flat=True).first()
            target = fresh or pk
            messages.success(request, desk.say("voucher.added", n=len(files)), extra_tags="good")
        except PostingRefused as refused:
            wrong = [p.say(desk.lang) for p in refused.problems]
    for line in wrong:
        messages.error(request, line, extra_tags="bad")
    return HttpResponseRedirect(desk.to("entry", target))


@require_safe
def voucher(request: HttpRequest, slug: str, pk: int, sha256: str) -> HttpResponse:
    """A voucher of an entry that may be seen; always as a file to keep, never opened inside our pages."""
    desk = desk_for(request, slug)
    found = _entry(desk, pk)
    proof = get_object_or_404(Evidence.objects.select_related("voucher"), entry=found, voucher__sha256=sha256).voucher
    try:
        content = load(proof.sha256)
    except (FileNotFoundError, FileDamaged):
        raise Http404 from None
    desk.took("voucher", proof.filename)
    return attachment(content, proof.filename, "application/octet-stream")
