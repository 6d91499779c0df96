"""The catalogue as documentation, made from its TOML: kinds with their fields and header words, figures with their 口径; and the help page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bangfu.catalogue import Figure, Kind
from bangfu.web.desk import desk_for, page


@require_safe
def catalogue(request: HttpRequest, slug: str) -> HttpResponse:
    """All kinds and figures by chapter; the filter's text narrows them."""
    desk = desk_for(request, slug)
    text = desk.filter.text.casefold()

    def wanted(thing: Kind | Figure) -> bool:
        words = [thing.label.zh, thing.label.en, thing.code]
        words += (
            [w for f in thing.fields.values() for w in (f.label.zh, *f.headers)] if isinstance(thing, Kind) else [*thing.says, *thing.cues]
        )
        return not text or any(text in w.casefold() for w in words)

    known = desk.catalogue
    chapters = [
        (label, [k for k in known.kinds.values() if k.chapter == code and wanted(k)], [f for f in known.in_chapter(code) if wanted(f)])
        for code, label in known.chapters.items()
    ]
    return desk.page("catalogue.html", at="catalogue", chapters=[c for c in chapters if c[1] or c[2]])


@require_safe
def kind(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    desk = desk_for(request, slug)
    found = desk.catalogue.kinds.get(code)
    if found is None:
        raise Http404
    return desk.page("kind.html", at="catalogue", kind=found, figures=desk.catalogue.figures_of(code))


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return page(request, "help.html")
