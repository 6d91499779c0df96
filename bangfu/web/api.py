"""The API: OpenAPI 3 with its own interactive documentation, tokens, problem details (RFC 9457); the same verbs as the pages.

A token acts as its user. Who is a stranger to a programme is told that it does not exist. Answers are JSON in UTF-8, Chinese as Chinese.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated, Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from ninja import NinjaAPI, Query, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder
from ninja.security import HttpBearer
from pydantic import Field

from bangfu import __version__
from bangfu.catalogue import Figure
from bangfu.figures import Slice
from bangfu.office import catalogue, tokens
from bangfu.office.books import Books
from bangfu.web import answers
from bangfu.web.access import Access, programme_for, programmes_of
from bangfu.web.filter import UnreadablePeriod, read_period

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


# --- what is asked


def visitor(request: HttpRequest) -> User:
    user: User = request.auth  # type: ignore[attr-defined] - ninja puts it there
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
    roles = dict(user.memberships.values_list("programme", "role"))  # type: ignore[attr-defined] - the related name
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
    books = Books(access.programme, asked.mark)
    slice_ = slice_of(access, books, asked)
    wanted = [named(books, code.strip()) for code in codes.split(",")] if codes else list(books.catalogue.figures.values())
    return answers.figures(wanted, slice_, books.values([f.code for f in wanted], slice_), books.mark)


@api.get("/programmes/{slug}/figures/{code}", response=FigureAnswer, tags=["figures"], summary="一个指标 One figure")
def figure(request: HttpRequest, slug: str, code: str, asked: Query[Asked]) -> Any:
    access = standing(request, slug)
    books = Books(access.programme, asked.mark)
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
    books = Books(access.programme, asked.mark)
    found = named(books, code)
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
    books = Books(access.programme, asked.mark)
    named(books, code)
    try:
        page = books.trace(code, slice_of(access, books, asked), after=after, limit=limit)
    except ValueError:
        raise Problem(
            422, "after 不是上一页给出的 (after is not the one that a page gave)", [{"where": "query.after", "why": "bad_bookmark"}]
        ) from None
    return answers.trace(page, books.catalogue, books.mark)
