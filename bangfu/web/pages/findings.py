"""台账体检: what the ledger's own rules find, each opening its entries, with what was replied; and the flags on the overview."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bangfu.catalogue import Label
from bangfu.ledger.checks import Severity
from bangfu.ledger.loading import facts_of
from bangfu.ledger.models import Entry
from bangfu.office import findings as examined
from bangfu.office import targets as plans
from bangfu.office.findings import RULES, Found, LedgerTooLarge, StillLooking
from bangfu.office.targets import Sign
from bangfu.web.desk import Desk, desk_for
from bangfu.web.export import attachment, workbook
from bangfu.web.pages.targets import TONES as SIGN_TONES
from bangfu.web.pages.targets import of_desk, year_of
from bangfu.web.rows import Row, rows

MOST = 300
"""So many findings are shown; the number of all is told, and the export holds them."""
ENTRIES = 5
"""So many entries of a finding are linked."""
TONES = {Severity.ERROR: ("bad", "circle-x"), Severity.WARNING: ("warn", "alert-triangle"), Severity.NOTICE: ("info", "info-circle")}


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding with the first of its entries as rows."""

    found: Found
    rows: list[Row]

    @property
    def more(self) -> int:
        return len(self.found.finding.entries) - len(self.rows)


def found_for(desk: Desk) -> list[Found]:
    """What is found in the entries that the visitor may see and the filter asks for. Raises LedgerTooLarge, StillLooking."""
    found = examined.find(desk.programme, timezone.localdate(), units=desk.access.units(), waiting=True)
    if not (desk.filter.begin or desk.filter.end or desk.filter.place or desk.filter.unit or desk.filter.text):
        return found
    ids = {e for one in found for e in one.finding.entries}
    inside = Entry.objects.filter(pk__in=ids)
    if desk.filter.begin:
        inside = inside.filter(begin__gte=desk.filter.begin)
    if desk.filter.end:
        inside = inside.filter(begin__lt=desk.filter.end)
    if desk.slice.places is not None:
        inside = inside.filter(place__in=desk.slice.places)
    if desk.filter.unit and desk.slice.units is not None:
        inside = inside.filter(unit__in=desk.slice.units)
    kept, text = set(inside.values_list("pk", flat=True)), desk.filter.text.casefold()
    return [f for f in found if kept & set(f.finding.entries) and text in f.finding.message.say(desk.lang).casefold()]


def counts(found: Iterable[Found]) -> list[tuple[Severity, int]]:
    """How many findings of each severity are open, the gravest first; those without any left out."""
    still = [f.finding.severity for f in found if not f.closed]
    return [(severity, still.count(severity)) for severity in Severity if severity in still]


def rule_word(rule: str) -> Label:
    return RULES.get(rule, Label(rule, rule))


@require_safe
def findings(request: HttpRequest, slug: str) -> HttpResponse:
    desk = desk_for(request, slug)
    try:
        every = found_for(desk)
    except (LedgerTooLarge, StillLooking) as why:
        return desk.page("findings.html", at="findings", too_large=isinstance(why, LedgerTooLarge), looking=isinstance(why, StillLooking))
    asked = request.GET.get("rule", "")
    found = [f for f in every if not asked or f.finding.rule == asked]
    still = [f for f in found if not f.closed]
    shown = _shown(desk, still[:MOST])
    groups: dict[str, list[Shown]] = {}
    for one in shown:
        groups.setdefault(one.found.finding.rule, []).append(one)
    rules = sorted({f.finding.rule for f in every if not f.closed})
    return desk.page(
        "findings.html",
        at="findings",
        too_large=False,
        looking=False,
        counts=counts(found),
        rules=[(rule, rule_word(rule), sum(f.finding.rule == rule and not f.closed for f in every)) for rule in rules],
        asked=asked,
        groups=[(rule, rule_word(rule), ones) for rule, ones in groups.items()],
        left=len(still) - len(shown),
        closed=_shown(desk, [f for f in found if f.closed][:MOST]),
        tones=TONES,
        word=rule_word,
        examined=len(RULES),
    )


def _shown(desk: Desk, found: list[Found]) -> list[Shown]:
    ids = list(dict.fromkeys(e for f in found for e in f.finding.entries[:ENTRIES]))
    known = {row.id: row for row in rows(desk, facts_of(ids), with_source=False)}
    return [Shown(f, [known[e] for e in f.finding.entries[:ENTRIES]]) for f in found]


@require_POST
def finding_reply(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Close a finding with an explanation, or open it again."""
    desk = desk_for(request, slug, managing=True)
    closed = request.POST.get("verb") != "open"
    try:
        one = examined.reply(desk.programme, key, request.POST.get("said", ""), closed=closed, by=desk.user, today=timezone.localdate())
    except ValueError:
        messages.error(request, desk.say("findings.say_why"), extra_tags="bad")
    else:
        if one is None:
            raise Http404
        messages.success(request, desk.say("findings.was_closed" if closed else "findings.was_opened"), extra_tags="good")
    return HttpResponseRedirect(desk.to("findings", rule=request.GET.get("rule")))


@require_safe
def findings_export(request: HttpRequest, slug: str) -> HttpResponse:
    desk = desk_for(request, slug)
    try:
        found = found_for(desk)
    except (LedgerTooLarge, StillLooking):
        return HttpResponseRedirect(desk.to("findings"))
    table = [
        [
            one.finding.rule,
            rule_word(one.finding.rule).say(desk.lang),
            desk.say(f"severity.{one.finding.severity}"),
            one.finding.message.say(desk.lang),
            "、".join(map(str, one.finding.entries)),
            desk.say("findings.closed" if one.closed else "findings.open"),
            "\n".join(f"{r.at:%Y-%m-%d} {r.by}：{r.said}" for r in one.replies),
        ]
        for one in found
    ]
    head = [desk.say(f"findings.{w}") for w in ("rule", "what", "severity", "message", "entries", "state", "replies")]
    title = desk.say("nav.findings")
    desk.took("findings")
    notes = [f"{desk.programme.helper.name} · {desk.programme.name} · {desk.say('show.as_at_mark', mark=desk.programme.mark)}"]
    return attachment(workbook(title, notes, head, table), f"{title}-{timezone.localdate():%Y%m%d}.xlsx")


@require_safe
def flags(request: HttpRequest, slug: str) -> HttpResponse:
    """The flags of the overview, asked for once it has come: how the year's targets stand, and what the examination finds."""
    desk = desk_for(request, slug)
    year = year_of(desk)
    targets = of_desk(desk, year)
    whole = [t for t in targets.values() if not t.key.unit and not t.key.place] or list(targets.values())
    progress = plans.progress(desk.books, whole, timezone.localdate())
    found: list[Found] = []
    too_large = looking = False
    try:
        found = [f for f in found_for(desk) if not f.closed]
    except LedgerTooLarge:
        too_large = True
    except StillLooking:
        looking = True
    rules = dict.fromkeys(f.finding.rule for f in found)  # the gravest first
    return desk.page(
        "flags.html",
        year=year,
        signs=[(sign, n) for sign in Sign if (n := sum(p.sign is sign for p in progress))],
        behind=[p for p in progress if p.sign in {Sign.BEHIND, Sign.MISSED}],
        faulty=[d for d in plans.divisions(targets) if not d.fits and d.target is not None],
        counts=counts(found),
        rules=[(rule, rule_word(rule), sum(f.finding.rule == rule for f in found)) for rule in rules],
        too_large=too_large,
        looking=looking,
        tones=SIGN_TONES,
        severities=TONES,
    )
