"""The API: OpenAPI 3 with its own interactive documentation, tokens, problem details (RFC 9457); the same verbs as the pages.

A token acts as its user. Who is a stranger to a programme is told that it does not exist. Answers are JSON in UTF-8, Chinese as Chinese.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils import timezone
from ninja import NinjaAPI, Query, Schema, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder
from ninja.security import HttpBearer
from pydantic import Field

from bangfu import __version__
from bangfu.catalogue import Figure
from bangfu.catalogue.shapes import Scheme
from bangfu.claims import read as read_claims
from bangfu.figures import Slice
from bangfu.ledger import post
from bangfu.ledger.listing import listed
from bangfu.ledger.models import Ended, Entry, Party, Place
from bangfu.office import assessing, catalogue, checking, documents, tasks, tokens
from bangfu.office import findings as examined
from bangfu.office import targets as plans
from bangfu.office.books import Books, MarkNotReached, reached
from bangfu.office.documents import Document
from bangfu.office.entering import find_unit
from bangfu.office.said import claims_json
from bangfu.web import answers, writing
from bangfu.web.access import Access, programme_for, programmes_of
from bangfu.web.filter import UnreadablePeriod, read_period
from bangfu.web.writing import NotWritten

PROBLEM = "application/problem+json"


class Json(BaseRenderer):
    """JSON as people read it: UTF-8, nothing escaped that need not be."""

    media_type = "application/json"
    charset = "utf-8"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:  # noqa: ARG002 - the interface of a renderer
        return json.dumps(data, cls=NinjaJSONEncoder, ensure_ascii=False, separators=(",", ":"))


class Documentation(DocsBase):
    """Swagger UI from our own files: nothing inline but data, nothing from elsewhere, so the strict policy holds here too."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:  # noqa: ARG002 - the interface of the docs
        settings = json.dumps({"layout": "BaseLayout", "deepLinking": True, "url": self.get_openapi_url(api, kwargs), "validatorUrl": None})
        page = (
            "<!DOCTYPE html><html lang='zh'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
            f"<title>{api.title}</title><link rel='stylesheet' href='{static('ninja/swagger-ui.css')}'>"
            f"<link rel='icon' href='{static('ninja/favicon.png')}'></head><body data-csrf-token='' data-api-csrf=''>"
            f"<script type='application/json' id='swagger-settings'>{settings}</script><div id='swagger-ui'></div>"
            f"<script src='{static('ninja/swagger-ui-bundle.js')}'></script><script src='{static('ninja/swagger-ui-init.js')}'></script>"
            "</body></html>"
        )
        return HttpResponse(page)


class Bearer(HttpBearer):
    """`Authorization: Bearer bangfu_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:  # noqa: ARG002 - the interface of ninja
        return tokens.holder(token)


api = NinjaAPI(
    title="帮扶 Bangfu",
    version=__version__,
    description=(
        "台账、指标、溯源、核验，与页面同一套动作。令牌：`bangfu token 用户名 --for 用途`。\n\n"
        "Entries, figures, traces and claims: the same verbs as the pages. A token comes from `bangfu token NAME --for PURPOSE`; send it as "
        "`Authorization: Bearer …`. Periods are written 2019, 2019-03, 2015-2020 or 2019-03-01..2019-06-30, and `end` is a last day. "
        "Errors are problem details (RFC 9457)."
    ),
    auth=Bearer(),
    renderer=Json(),
    docs=Documentation(),
    urls_namespace="api",
)


# --- problems


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """Something is wrong with the call. `detail` is one sentence; `errors` are all faults, each with where it is."""

    def __init__(self, status: int, detail: str, errors: list[dict[str, Any]] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors or []


def problem(request: HttpRequest, status: int, detail: str, errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """An answer as problem details: type, title, status, detail, instance and, where there are several faults, errors."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
    }
    if errors:
        body["errors"] = errors
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem(request, error.status, error.detail, error.errors)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return problem(request, 401, "令牌缺失、有误或已失效 (the token is missing, wrong or expired)")


@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
    return problem(request, 403, "您的角色在这个项目里只能看 (your role in this programme only reads)")


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(request, 404, "没有这个地址，或不在您的项目里 (there is nothing here, or not in your programmes)")


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [
        {"where": ".".join(str(step) for step in fault["loc"]), "why": fault["type"], "message": fault["msg"]} for fault in error.errors
    ]
    return problem(request, 422, "参数有误，见 errors (the call is not understood: see errors)", faults)


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code, str(error))


def problems(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware: what Django itself answers below /api/ (a wrong method, a body too large, a fault of ours) is a problem too, not a page."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            not request.path.startswith("/api/")
            or response.status_code < HTTPStatus.BAD_REQUEST
            or "json" in response.get("Content-Type", "")
        ):
            return response
        made = problem(request, response.status_code, DETAILS.get(response.status_code, HTTPStatus(response.status_code).phrase))
        if response.has_header("Allow"):
            made["Allow"] = response["Allow"]
        return made

    return answer


DETAILS = {
    400: "请求有误 (the request is not understood)",
    405: "这个地址不支持这种方法，见 Allow (this address does not know this method: see Allow)",
    413: "内容太大 (the body is too large)",
    500: "系统出错，已记入日志 (a fault of ours; it is in the log)",
}


# --- what is asked


def visitor(request: HttpRequest) -> User:
    user: User = request.auth  # type: ignore[attr-defined]  # ninja puts it there
    return user


def standing(request: HttpRequest, slug: str, *, writing: bool = False) -> Access:
    return programme_for(visitor(request), slug, writing=writing)


class Asked(Schema):
    """For what figures are asked. A liaison's own unit is always kept."""

    period: Annotated[str, Field(description="2019, 2019-03, 2015-2020, 2019-03-01..2019-06-30", max_length=60)] = ""
    place: Annotated[int | None, Field(description="id of a place; all below it are included")] = None
    unit: Annotated[int | None, Field(description="id of a unit; all below it are included")] = None
    project: int | None = None
    mark: Annotated[int | None, Field(description="as the ledger stood at this mark; now, where left out", ge=0)] = None


BAD_BOOKMARK = Problem(
    422, "after 不是上一页给出的 (after is not the one that a page gave)", [{"where": "query.after", "why": "bad_bookmark"}]
)


def mark_of(access: Access, mark: int | None) -> int | None:
    """The mark that a call asks for. Raises Problem for one that the ledger has not reached."""
    try:
        return reached(access.programme, mark)
    except MarkNotReached as refused:
        raise Problem(422, f"{refused.why.zh} ({refused.why.en})", [{"where": "query.mark", "why": "not_reached"}]) from None


def slice_of(access: Access, books: Books, asked: Asked) -> Slice:
    """Raises Problem for a period that cannot be read, Http404 for a unit that is not the liaison's."""
    try:
        period = read_period(asked.period)
    except UnreadablePeriod:
        raise Problem(422, f"读不出期间“{asked.period}” (cannot read the period)", [{"where": "query.period", "why": "bad_date"}]) from None
    unit = asked.unit
    if access.role == "liaison":
        if unit is not None and not access.admits(unit):
            raise Http404
        unit = unit if unit is not None or access.unit is None else access.unit.pk
    return books.slice(period=period, place=asked.place, unit=unit, project=asked.project)


def named(books: Books, code: str) -> Figure:
    found = books.catalogue.figures.get(code)
    if found is None:
        raise Http404
    return found


# --- answers


class Words(Schema):
    zh: str
    en: str


class ProgrammeAnswer(Schema):
    slug: str
    name: str
    helper: str
    begin: str
    end: str | None
    mark: int
    role: str
    demonstration: bool


class FigureAnswer(Schema):
    figure: str
    label: Words
    value: int | float | None
    unit: str
    entries: int
    begin: str | None
    end: str | None
    mark: int


class YearAnswer(Schema):
    year: int
    value: int | float | None
    entries: int


class SeriesAnswer(Schema):
    figure: str
    label: Words
    unit: str
    mark: int
    years: list[YearAnswer]


class MeasureAnswer(Schema):
    value: int | float | None
    unit: str


class EndedAnswer(Schema):
    mark: int
    successor: int | None


class SourceAnswer(Schema):
    file: str
    sheet: str
    row: int | None


class EntryAnswer(Schema):
    id: int
    kind: str
    begin: str
    end: str | None
    title: str
    category: str | None
    counts_to: str | None
    place: str | None
    unit: str | None
    party: str | None
    project: str | None
    persons: list[str]
    measures: dict[str, MeasureAnswer]
    facets: dict[str, str]
    mark: int
    supersedes: int | None
    ended: EndedAnswer | None
    source: SourceAnswer | None


class ShareAnswer(EntryAnswer):
    adds: int | float | None


class TraceAnswer(FigureAnswer):
    carried: int | float | None
    trace: list[ShareAnswer]
    after: str | None
    of: list[FigureAnswer]


# --- the catalogue


@api.get("/kinds", tags=["catalogue"], summary="台账类别 Kinds")
def kinds(request: HttpRequest) -> list[dict[str, Any]]:  # noqa: ARG001 - the interface of ninja
    return [answers.kind(k) for k in catalogue().kinds.values()]


@api.get("/figures", tags=["catalogue"], summary="指标与口径 What can be counted")
def definitions(request: HttpRequest) -> list[dict[str, Any]]:  # noqa: ARG001 - the interface of ninja
    return [answers.definition(f) for f in catalogue().figures.values()]


# --- programmes


@api.get("/programmes", response=list[ProgrammeAnswer], tags=["programmes"], summary="我的项目 The programmes of this token's user")
def programmes(request: HttpRequest) -> list[dict[str, Any]]:
    user = visitor(request)
    roles = dict(user.memberships.values_list("programme", "role"))
    return [
        {
            "slug": p.slug,
            "name": p.name,
            "helper": p.helper.name,
            "begin": p.begin.isoformat(),
            "end": answers.last_day(p.end),
            "mark": p.mark,
            "role": "clerk" if user.is_superuser else roles.get(p.pk, ""),
            "demonstration": p.demonstration,
        }
        for p in programmes_of(user).select_related("helper")
    ]


# --- figures and traces


@api.get("/programmes/{slug}/figures", response=list[FigureAnswer], tags=["figures"], summary="指标 Figures for a slice")
def figures(request: HttpRequest, slug: str, asked: Query[Asked], codes: str = "") -> Any:
    """All figures, or those named in `codes` (separated by commas)."""
    access = standing(request, slug)
    books = Books(access.programme, mark_of(access, asked.mark))
    slice_ = slice_of(access, books, asked)
    wanted = [named(books, code.strip()) for code in codes.split(",")] if codes else list(books.catalogue.figures.values())
    return answers.figures(wanted, slice_, books.values([f.code for f in wanted], slice_), books.mark)


@api.get("/programmes/{slug}/figures/{code}", response=FigureAnswer, tags=["figures"], summary="一个指标 One figure")
def figure(request: HttpRequest, slug: str, code: str, asked: Query[Asked]) -> Any:
    access = standing(request, slug)
    books = Books(access.programme, mark_of(access, asked.mark))
    found = named(books, code)
    slice_ = slice_of(access, books, asked)
    return answers.figure(found, slice_, books.value(code, slice_), books.mark)


@api.get("/programmes/{slug}/figures/{code}/series", response=SeriesAnswer, tags=["figures"], summary="逐年 A figure year by year")
def series(
    request: HttpRequest,
    slug: str,
    code: str,
    asked: Query[Asked],
    first: Annotated[int, Query(ge=1900, le=2200)],
    last: Annotated[int, Query(ge=1900, le=2200)],
) -> Any:
    """For each calendar year from `first` to `last`; the slice's own period is not looked at."""
    access = standing(request, slug)
    books = Books(access.programme, mark_of(access, asked.mark))
    found = named(books, code)
    if first > last:
        raise Problem(422, "first 晚于 last (first is later than last)", [{"where": "query.first", "why": "reversed"}])
    years = books.series(code, slice_of(access, books, asked), range(first, last + 1))
    return {
        "figure": code,
        "label": answers.label(found.label),
        "unit": found.unit,
        "mark": books.mark,
        "years": [{"year": year, "value": answers.number(value.value), "entries": value.entries} for year, value in years],
    }


@api.get("/programmes/{slug}/figures/{code}/trace", response=TraceAnswer, tags=["figures"], summary="溯源 The entries behind a figure")
def trace(
    request: HttpRequest,
    slug: str,
    code: str,
    asked: Query[Asked],
    after: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """Oldest first, a page at a time: `after` of one page asks for the next. `carried` and all `adds` add up to `value`."""
    access = standing(request, slug)
    books = Books(access.programme, mark_of(access, asked.mark))
    named(books, code)
    try:
        page = books.trace(code, slice_of(access, books, asked), after=after, limit=limit)
    except ValueError:
        raise BAD_BOOKMARK from None
    return answers.trace(page, books.catalogue, books.mark)


# --- entries


class PlaceAnswer(Schema):
    id: int
    name: str
    level: str
    parent: int | None


class UnitAnswer(Schema):
    id: int
    name: str
    kind: str
    parent: int | None


@api.get("/programmes/{slug}/places", response=list[PlaceAnswer], tags=["programmes"], summary="地点 Places")
def places(request: HttpRequest, slug: str) -> Any:
    """The programme's places with all above them, parents first."""
    access = standing(request, slug)
    ids = {int(step) for path in access.programme.places.values_list("path", flat=True) for step in path.strip("/").split("/")}
    return [
        {"id": p.pk, "name": p.name, "level": p.level, "parent": p.parent_id} for p in Place.objects.filter(pk__in=ids).order_by("path")
    ]


@api.get("/programmes/{slug}/units", response=list[UnitAnswer], tags=["programmes"], summary="部门 Units")
def units(request: HttpRequest, slug: str) -> Any:
    """The helper organisation and its units; a liaison's own subtree only."""
    access = standing(request, slug)
    root = access.unit if access.role == "liaison" and access.unit else access.programme.helper
    below = Party.objects.filter(path__startswith=root.path).order_by("path")
    return [{"id": p.pk, "name": p.name, "kind": p.kind, "parent": p.parent_id} for p in below]


class NewEntry(Schema):
    kind: Annotated[str, Field(description="code of a kind, see /kinds", max_length=40)]
    fields: Annotated[dict[str, str], Field(description="texts by field name, as written in a cell")]


class Amendment(Schema):
    fields: Annotated[dict[str, str], Field(description="the fields that change; an empty text clears one")]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class Withdrawal(Schema):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class WrittenAnswer(Schema):
    mark: int
    entry: EntryAnswer


def entry_of(access: Access, number: int) -> Entry:
    """Raises Http404 for an entry of another programme, or of another unit than the liaison's."""
    found = Entry.objects.select_related("programme").filter(pk=number, programme=access.programme).first()
    if found is None or not access.admits(found.unit_id):
        raise Http404
    return found


def own_unit(access: Access, fields: dict[str, str], *, fresh: bool) -> dict[str, str]:
    """A liaison writes for the own unit only: it is filled in, and no other is accepted."""
    if access.role != "liaison" or access.unit is None or (not fresh and "unit" not in fields):
        return fields
    given = find_unit(access.programme, fields["unit"]) if fields.get("unit") else access.unit.pk
    if not access.admits(given):
        raise Problem(422, "联络员只能填本部门 (a liaison writes for the own unit only)", [{"where": "unit", "why": "not_yours"}])
    return {**fields, "unit": str(given)}


def not_written(refused: NotWritten) -> Problem:
    if refused.ended:
        return Problem(409, str(refused.faults[0].why))
    faults = [{"where": f.field or "entry", "why": "refused", "message": f.why.zh, "message_en": f.why.en} for f in refused.faults]
    return Problem(422, f"有 {len(faults)} 处要改，什么也没有记 ({len(faults)} things to mend; nothing was recorded)", faults)


def written(access: Access, number: int) -> dict[str, Any]:
    access.programme.refresh_from_db(fields=["mark"])
    return {"mark": access.programme.mark, "entry": answers.entries([number], catalogue())[0]}


class EntriesAnswer(Schema):
    mark: int
    entries: list[EntryAnswer]
    after: str | None


@api.get("/programmes/{slug}/entries", response=EntriesAnswer, tags=["entries"], summary="台账 Entries")
def entries(
    request: HttpRequest,
    slug: str,
    asked: Query[Asked],
    kind: Annotated[str, Query(max_length=40)] = "",
    q: Annotated[str, Query(max_length=100, description="part of a title, a project's or a party's name")] = "",
    after: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """Newest first, a page at a time: `after` of one page asks for the next."""
    access = standing(request, slug)
    books = Books(access.programme, mark_of(access, asked.mark))
    slice_ = slice_of(access, books, asked)
    if kind and kind not in books.catalogue.kinds:
        raise Problem(422, f"没有“{kind[:40]}”这个类别 (there is no such kind)", [{"where": "query.kind", "why": "unknown"}])
    try:
        page = listed(access.programme, slice_, kind=kind, text=q.replace("\0", ""), mark=books.mark, after=after, limit=limit)
    except ValueError:
        raise BAD_BOOKMARK from None
    return {"mark": books.mark, "entries": answers.entries(page.ids, books.catalogue), "after": page.after}


@api.get(
    "/programmes/{slug}/entries/{number}",
    response=list[EntryAnswer],
    tags=["entries"],
    summary="一笔台账及其历次更正 An entry with its versions",
)
def entry(request: HttpRequest, slug: str, number: int) -> Any:
    """All versions of the entry, oldest first; the last one stands unless it has ended."""
    found = entry_of(standing(request, slug), number)
    chain = [found.pk]
    former = found.supersedes_id
    while former is not None:
        chain.insert(0, former)
        former = Entry.objects.values_list("supersedes", flat=True).get(pk=former)
    later = Ended.objects.filter(entry=found).values_list("successor", flat=True).first()
    while later is not None:
        chain.append(later)
        later = Ended.objects.filter(entry=later).values_list("successor", flat=True).first()
    return answers.entries(chain, catalogue())


@api.post("/programmes/{slug}/entries", response={201: WrittenAnswer}, tags=["entries"], summary="记一笔 Record an entry")
def record(request: HttpRequest, slug: str, body: NewEntry) -> Any:
    access = standing(request, slug, writing=True)
    try:
        number = writing.record(access.programme, body.kind, own_unit(access, body.fields, fresh=True), by=visitor(request))
    except NotWritten as refused:
        raise not_written(refused) from None
    return Status(201, written(access, number))


@api.post("/programmes/{slug}/entries/{number}/amend", response=WrittenAnswer, tags=["entries"], summary="更正 Amend an entry")
def amend(request: HttpRequest, slug: str, number: int, body: Amendment) -> Any:
    """The old entry stays, the new one takes its place."""
    access = standing(request, slug, writing=True)
    found = entry_of(access, number)
    try:
        fresh = writing.amend(found, own_unit(access, body.fields, fresh=False), by=visitor(request), reason=body.reason)
    except NotWritten as refused:
        raise not_written(refused) from None
    return written(access, fresh)


@api.post("/programmes/{slug}/entries/{number}/void", response=WrittenAnswer, tags=["entries"], summary="作废 Void an entry")
def void(request: HttpRequest, slug: str, number: int, body: Withdrawal) -> Any:
    """The entry no longer counts, but can still be looked up."""
    access = standing(request, slug, writing=True)
    found = entry_of(access, number)
    try:
        post.void(access.programme, [found.pk], by=visitor(request), reason=body.reason)
    except post.PostingRefused as refused:
        if Ended.objects.filter(entry=found).exists():
            raise Problem(409, str(refused.problems[0])) from None
        raise not_written(NotWritten([writing.Fault("", why) for why in refused.problems])) from None
    return written(access, found.pk)


# --- targets


class TargetAnswer(Schema):
    figure: str
    label: Words
    year: int
    unit_id: int | None
    unit: str | None
    place_id: int | None
    place: str | None
    measure: str
    target: int | float | None
    due: str | None
    reached: int | float | None
    entries: int
    rate: int | float | None
    time: int | float | None
    state: str
    missing: int | float | None
    mark: int


class DivisionAnswer(Schema):
    figure: str
    among: str
    year: int
    unit_id: int | None
    unit: str | None
    place_id: int | None
    place: str | None
    measure: str
    target: int | float | None
    total: int | float | None
    gap: int | float | None
    fits: bool
    said: Words


class TargetsAnswer(Schema):
    mark: int
    targets: list[TargetAnswer]
    divisions: list[DivisionAnswer]


class StepAnswer(Schema):
    figure: str
    year: int
    unit_id: int | None
    unit: str | None
    place_id: int | None
    place: str | None
    before: int | float | None
    after: int | float | None
    due: str | None
    by: str
    at: str
    reason: str


class NewTarget(Schema):
    figure: Annotated[str, Field(description="code or name of a figure, see /figures", max_length=100)]
    year: Annotated[int, Field(ge=1990, le=2099)]
    unit: Annotated[int | str | None, Field(description="id or name of a unit; none: the programme's own target")] = None
    place: Annotated[int | str | None, Field(description="id or name of a place")] = None
    value: Annotated[Decimal | str | None, Field(description="in the figure's unit, or as written in a cell (50万元); null withdraws")]
    due: Annotated[str | None, Field(description="the last day for it, where that is not the year's", max_length=20)] = None


class NewTargets(Schema):
    targets: Annotated[list[NewTarget], Field(min_length=1, max_length=2000)]
    reason: Annotated[str, Field(max_length=500, description="needed where a target that was set is changed or withdrawn")] = ""


def planned(access: Access, years: list[int] | None) -> dict[plans.Key, plans.Standing]:
    """The targets that this user may see: a liaison's own unit and all below it."""
    return plans.seen_by(plans.standing(access.programme, years), access.units())


def plan_answer(access: Access, years: list[int] | None) -> dict[str, Any]:
    books = Books(access.programme)
    found = planned(access, years)
    return {
        "mark": books.mark,
        "targets": answers.targets(plans.progress(books, found.values(), timezone.localdate()), books.mark),
        "divisions": answers.divisions(plans.divisions(found)),
    }


Year = Annotated[int | None, Query(ge=1990, le=2099)]


@api.get("/programmes/{slug}/targets", response=TargetsAnswer, tags=["targets"], summary="目标与完成 Targets and what was reached")
def targets(request: HttpRequest, slug: str, year: Year = None) -> Any:
    """The targets that stand, of one year or of all, with what the books say was reached; and whether the parts come to the whole."""
    return plan_answer(standing(request, slug), None if year is None else [year])


@api.put("/programmes/{slug}/targets", response=TargetsAnswer, tags=["targets"], summary="下达、改动、撤回目标 Set targets")
def set_targets(request: HttpRequest, slug: str, body: NewTargets) -> Any:
    """Those named are set, changed (with a reason) or withdrawn (value null), all or none; what stood before stays in the history."""
    access = programme_for(visitor(request), slug, managing=True)
    wanted = tasks.listed(access.programme, [t.dict() for t in body.targets])
    problems = list(wanted.problems)
    if not problems:
        try:
            plans.set_targets(access.programme, wanted.wishes, by=visitor(request), reason=body.reason)
        except plans.TargetsRefused as refused:
            problems = list(refused.problems)
    if problems:
        faults = [{"where": "body.targets", "why": "refused", "message": p.zh, "message_en": p.en} for p in problems]
        raise Problem(422, f"有 {len(faults)} 处要改，什么也没有下达 ({len(faults)} things to mend; nothing was set)", faults)
    return plan_answer(access, sorted({w.key.year for w in wanted.wishes}))


@api.get("/programmes/{slug}/targets/history", response=list[StepAnswer], tags=["targets"], summary="目标的历次改动 How targets were set")
def targets_history(request: HttpRequest, slug: str, year: Year = None) -> Any:
    """Who set what in whose place, when and why; the newest first."""
    access = standing(request, slug)
    own = access.units()
    steps = plans.history(access.programme, None if year is None else [year])
    return answers.steps([s for s in steps if own is None or s.key.unit in own])


# --- findings


class ReplyAnswer(Schema):
    closed: bool
    said: str
    by: str
    at: str


class FindingAnswer(Schema):
    key: str
    rule: str
    severity: str
    message: Words
    entries: list[int]
    closed: bool
    replies: list[ReplyAnswer]


@api.get("/programmes/{slug}/findings", response=list[FindingAnswer], tags=["findings"], summary="台账体检 What the ledger itself shows")
def findings(request: HttpRequest, slug: str) -> Any:
    """What the rules find in the entries that stand, the gravest first; a liaison's own unit's."""
    access = standing(request, slug)
    try:
        found = examined.find(access.programme, timezone.localdate(), units=access.units(), waiting=True)
    except examined.StillLooking:
        raise Problem(503, "正在体检，请稍后再问 (the ledger is being looked through: ask again in a while)") from None
    except examined.LedgerTooLarge:
        raise Problem(
            503, "台账很大，请在服务器上运行 bangfu findings (the ledger is large: run `bangfu findings` on the server)"
        ) from None
    return answers.findings(found)


class FindingReply(Schema):
    said: Annotated[str, Field(min_length=1, max_length=2000)]
    closed: bool = True


@api.post("/programmes/{slug}/findings/{key}", response=FindingAnswer, tags=["findings"], summary="说明 Reply to a finding")
def reply(request: HttpRequest, slug: str, key: str, body: FindingReply) -> Any:
    """Close a finding with an explanation, or open it again; an amendment of its entries brings it up anew. Clerks only."""
    access = programme_for(visitor(request), slug, managing=True)
    try:
        found = examined.reply(access.programme, key, body.said, closed=body.closed, by=visitor(request), today=timezone.localdate())
    except ValueError as error:
        raise Problem(422, str(error), [{"where": "body.said", "why": "missing"}]) from None
    if found is None:
        raise Http404
    return answers.findings([found])[0]


# --- assessments


class SchemeAnswer(Schema):
    scheme: str
    label: Words
    assesses: str
    holds: bool


class GivenAnswer(Schema):
    value: int | float | dict[str, int] | None
    by: str
    at: str
    reason: str


class ItemAnswer(Schema):
    item: str
    label: Words
    how: str
    depth: int
    points: int | float | None
    full: int | float | None
    state: str
    working: Words
    figure: str | None
    target: int | float | None
    reached: int | float | None
    entered: GivenAnswer | None
    self_score: int | float | None


class AssessedAnswer(Schema):
    scheme: str
    label: Words
    year: int
    unit_id: int | None
    points: int | float | None
    full: int | float | None
    self_score: int | float | None
    working: Words
    open: list[str]
    vetoed: bool
    rank: int | None
    grade: Words | None
    mark: int
    items: list[ItemAnswer]


class Judgement(Schema):
    item: Annotated[str, Field(max_length=60)]
    value: Annotated[str, Field(description="points, a number of cases, or ballots (优秀=8，称职=2); empty takes it back", max_length=300)]
    reason: Annotated[str, Field(max_length=500, description="needed where what was entered is changed")] = ""


OneYear = Annotated[int, Query(ge=1990, le=2099)]


def scheme_of(access: Access, code: str, year: int, unit: int | None) -> Scheme:
    """The scheme, for a unit that this user may see. Raises Http404, and Problem where a department is missing or too many."""
    found = next((s for s in assessing.schemes(year) if s.code == code), None)
    helper = access.programme.helper
    if found is None or (unit is not None and not Party.objects.filter(pk=unit, path__startswith=helper.path).exists()):
        raise Http404
    if access.role == "liaison" and (unit is None or not access.admits(unit)):
        raise Http404
    if (found.assesses in assessing.OF_DEPARTMENT) != (unit is not None):
        why = "请用 unit 指明部门 (say which unit)" if unit is None else "这个考核办法不考核部门 (this scheme is not for departments)"
        raise Problem(422, why, [{"where": "query.unit", "why": "wrong_subject"}])
    return found


def assessed(access: Access, scheme: Scheme, year: int, unit: int | None) -> dict[str, Any]:
    books = Books(access.programme)
    one, placing = assessing.graded(books, scheme, year, unit)
    return answers.assessed(one, books.mark, placing)


@api.get("/programmes/{slug}/assessments", response=list[SchemeAnswer], tags=["assessments"], summary="考核办法 Schemes")
def assessment_schemes(request: HttpRequest, slug: str, year: OneYear) -> Any:
    standing(request, slug)
    return [
        {"scheme": s.code, "label": answers.label(s.label), "assesses": s.assesses, "holds": assessing.holds(s, year)}
        for s in assessing.schemes(year)
    ]


@api.get("/programmes/{slug}/assessments/{scheme}", response=AssessedAnswer, tags=["assessments"], summary="考核得分 A scheme scored")
def assessment(request: HttpRequest, slug: str, scheme: str, year: OneYear, unit: int | None = None) -> Any:
    """For the programme, or with `unit` for a department by a department's scheme; figures from the books, targets as set, the rest as entered."""
    access = standing(request, slug)
    return assessed(access, scheme_of(access, scheme, year, unit), year, unit)


@api.put("/programmes/{slug}/assessments/{scheme}", response=AssessedAnswer, tags=["assessments"], summary="录入考核项 Enter an item")
def judge(request: HttpRequest, slug: str, scheme: str, body: Judgement, year: OneYear, unit: int | None = None) -> Any:
    """What no figure answers: kept with who, when and why; what was entered before stays on record."""
    access = programme_for(visitor(request), slug, managing=True)
    found = scheme_of(access, scheme, year, unit)
    try:
        assessing.enter(access.programme, found, year, unit, body.item, body.value, by=visitor(request), reason=body.reason)
    except assessing.NotJudged as refused:
        raise not_judged(body.item, refused) from None
    return assessed(access, found, year, unit)


def not_judged(item: str, refused: assessing.NotJudged) -> Problem:
    """Why an item of an assessment does not take what was entered."""
    faults = [{"where": f"body.{item}", "why": "refused", "message": refused.why.zh, "message_en": refused.why.en}]
    return Problem(422, f"{refused.why.zh} ({refused.why.en})", faults)


class SelfScore(Schema):
    item: Annotated[str, Field(max_length=60)]
    points: Annotated[str, Field(description="points; empty takes them back", max_length=20)]
    reason: Annotated[str, Field(max_length=500)] = ""


@api.put("/programmes/{slug}/assessments/{scheme}/self", response=AssessedAnswer, tags=["assessments"], summary="自评 Score oneself")
def score_oneself(request: HttpRequest, slug: str, scheme: str, body: SelfScore, year: OneYear, unit: int | None = None) -> Any:
    """The points that a department gives itself, by its liaison or a clerk; they stand beside the score and never enter it."""
    access = standing(request, slug, writing=True)
    found = scheme_of(access, scheme, year, unit)
    try:
        assessing.claim(access.programme, found, year, unit, body.item, body.points, by=visitor(request), reason=body.reason)
    except assessing.NotJudged as refused:
        raise not_judged(body.item, refused) from None
    return assessed(access, found, year, unit)


# --- claims


class TextBody(Schema):
    text: Annotated[str, Field(max_length=2_000_000)]


@api.post("/claims", tags=["claims"], summary="读出说法 The claims of a text")
def claims(request: HttpRequest, body: TextBody) -> dict[str, Any]:  # noqa: ARG001 - the interface of ninja
    """Every quantified statement, with its number, unit, hedge and what it is about; needs no ledger."""
    return claims_json(document_of(body.text), read_claims(body.text))


@api.post("/programmes/{slug}/check", tags=["claims"], summary="核验 Check a text against the ledger")
def check(request: HttpRequest, slug: str, body: TextBody, mark: Annotated[int | None, Query(ge=0)] = None) -> dict[str, Any]:
    """Each claim with its verdict, and where the text contradicts itself. Nothing is kept."""
    access = standing(request, slug)
    if access.role == "liaison":
        raise PermissionDenied
    return checking.as_json(checking.check(access.programme, document_of(body.text), mark_of(access, mark)))


def document_of(text: str) -> Document:
    try:
        return documents.text(text)
    except documents.DocumentRefused as refused:
        raise Problem(422, f"{refused.zh} ({refused.en})", [{"where": "body.text", "why": "unreadable"}]) from None


@api.api_operation(["GET", "POST", "PUT", "PATCH", "DELETE"], "/{path:rest}", auth=None, include_in_schema=False)
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001 - the interface of ninja
    """Any other address below /api/: a problem, not a page."""
    raise Http404
