"""A programme's reports: composed from its books, issued (frozen), and compared with the books of a later day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from bangfu.ledger import catalogue
from bangfu.ledger.models import Ended, Place, Programme
from bangfu.office.books import Books
from bangfu.office.models import Report
from bangfu.office.reports.compose import About, Period, Village, compose
from bangfu.office.reports.difference import Change, difference
from bangfu.office.reports.document import Document, from_data, to_data
from bangfu.office.reports.outline import Outline, outlines

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def known_outlines() -> dict[str, Outline]:
    """The outlines that come with Bangfu and the office's own (BANGFU_DATA/catalogue/outlines). Raises CatalogueError."""
    return outlines(catalogue(), settings.DATA / "catalogue" / "outlines")


def about(books: Books, period: Period) -> About:
    """Whose report it is: the helper organisation and the villages designated in the period, in the order of their designation."""
    programme = books.programme
    chosen = [place for subtree in books.slice(period).compared for place in Place.objects.filter(pk__in=subtree).order_by("path")[:1]]
    return About(
        helper=programme.helper.name,
        programme=programme.name,
        villages=tuple(Village(place.pk, place.name, _county(place)) for place in chosen),
        demonstration=programme.demonstration,
        made=timezone.localdate(),
    )


def _county(place: Place) -> str:
    above: Place | None = place
    while above is not None and above.level != "county":
        above = above.parent
    return above.name if above else ""


def report(books: Books, outline: Outline, period: Period, *, lang: str = "zh", options: frozenset[str] | None = None) -> Document:
    """The report of a programme as its books stand: `compose`, told whose report it is."""
    return compose(books, outline, period, catalogue=books.catalogue, about=about(books, period), lang=lang, options=options)


def issue(programme: Programme, outline: Outline, period: Period, document: Document, *, by: User) -> Report:
    """Freeze a composed document: what is issued can be shown again as it was, and compared with later books."""
    begin, end = period
    return Report.objects.create(
        programme=programme,
        outline=outline.code,
        lang=document.lang,
        begin=begin,
        end=end,
        mark=document.mark,
        title=document.title,
        document=to_data(document),
        by=by,
    )


def issued(report: Report) -> Document:
    """The document as it was issued."""
    return from_data(report.document)


def changes(report: Report, mark: int | None = None) -> tuple[Change, ...]:
    """Why numbers of an issued report are others now (or at `mark`): see `difference`."""
    before, after = Books(report.programme, report.mark), Books(report.programme, mark)
    ended = Ended.objects.filter(entry__programme=report.programme, mark__gt=before.mark, mark__lte=after.mark).exclude(successor=None)
    return difference(issued(report), before, after, before.catalogue, dict(ended.values_list("entry", "successor")))
