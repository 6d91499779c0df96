"""台账体检: what the ledger's own rules find (domain.md 6.8), what people replied to it, and how targets were divided (C31).

A finding is a question to a person, never a correction. A reply closes it for just these entries: amended, they are looked at anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from django.contrib.auth.models import User
from django.db import connections

from bangfu.catalogue import Label
from bangfu.ledger import catalogue, checks
from bangfu.ledger.checks import Finding, Severity
from bangfu.ledger.models import Entry, Posting, Programme
from bangfu.office import targets
from bangfu.office.models import FindingReply

RULES: Mapping[str, Label] = {
    "C01": Label("拨付没有依据或超出批准", "Paid without or above approval"),
    "C03": Label("项目开工后久未验收", "Started long ago, not accepted"),
    "C05": Label("凭证重号、重复支付", "A number used twice, paid twice"),
    "C06": Label("一笔资金计入两个指标", "Counted to two indicators"),
    "C11": Label("身份证号有误", "Wrong identity numbers"),
    "C23": Label("驻村接续与兼任", "Postings without successor, or to two villages"),
    "C24": Label("人次少于人数", "Fewer attendances than people"),
    "C25": Label("采购没有产地", "Purchases without an origin"),
    "C26": Label("认养到期未交付", "Adopted and not delivered"),
    "C27": Label("集体收入靠补助增长", "Collective income grown by subsidy"),
    "C29": Label("表彰没有文号", "Honours without a document"),
    "C30": Label("整改超期或问题重犯", "Rectification overdue, or found again"),
    "C31": Label("任务分解与总目标不符", "Shares that do not come to the target"),
    "C35": Label("日期不可能", "Impossible days"),
}
"""What each rule is about, by its number in domain.md 6.8."""

AT_ONCE = 20_000
"""A ledger of so many entries is examined while a page is made (some 100 µs an entry); a larger one beside it, while the page waits and asks again."""

LARGEST = 300_000
"""A ledger of more entries is left to the command: some 3 kB an entry are held while it is examined."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody said to a finding."""

    closed: bool
    said: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with its key and the replies to it, oldest first."""

    key: str
    finding: Finding
    replies: tuple[Reply, ...] = ()

    @property
    def closed(self) -> bool:
        return bool(self.replies) and self.replies[-1].closed


class StillLooking(Exception):  # noqa: N818 - a sentence, as people read it
    """The examination is under way; ask again."""


class LedgerTooLarge(Exception):  # noqa: N818 - a sentence, as people read it
    """The ledger is examined by the command, not while somebody waits."""


def find(programme: Programme, today: date, *, units: frozenset[int] | None = None, waiting: bool = False) -> list[Found]:
    """Everything that is found, the gravest first; with `units` only what concerns entries of these units alone.

    With `waiting` (for a page) a large ledger is examined beside it: raises StillLooking until that is done, and LedgerTooLarge.
    """
    programme.refresh_from_db(fields=["mark"])
    posted = Posting.objects.filter(programme=programme, mark=programme.mark).values_list("at", flat=True).first()
    asked = (programme.pk, programme.mark, posted, today, id(catalogue()))
    many = Entry.objects.filter(programme=programme).count() if waiting else 0
    if many > LARGEST:
        raise LedgerTooLarge
    if many > AT_ONCE:
        _look_beside(asked)
    found = list(_examined(*asked))
    if units is None:
        found += _divided(programme)
    else:
        own = dict(Entry.objects.filter(pk__in={e for f in found for e in f.entries}).values_list("pk", "unit"))
        found = [f for f in found if f.entries and all(own.get(e) in units for e in f.entries)]
    order = list(Severity)
    found.sort(key=lambda f: (order.index(f.severity), f.rule, f.entries))
    replies = _replies(programme)
    return [Found(key, f, tuple(replies.get(key, ()))) for f in found for key in [key_of(f)]]


@lru_cache(maxsize=8)
def _examined(programme: int, mark: int, posted: datetime | None, today: date, of: int) -> tuple[Finding, ...]:  # noqa: ARG001 - they are the key
    """What the rules find at a mark on a day: examined once, as nothing they look at changes without a posting."""
    return tuple(checks.check(Programme.objects.get(pk=programme), today=today))


Asked = tuple[int, int, datetime | None, date, int]

_beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="check-up")
_under_way: dict[Asked, Future[None]] = {}


def _look_beside(asked: Asked) -> None:
    """See that what is asked is examined by the one thread for it; returns once it is. Raises StillLooking, and what went wrong there."""
    future = _under_way.get(asked)
    if future is None:
        future = _under_way[asked] = _beside.submit(_look, asked)
    try:
        future.result(timeout=0.5)
    except TimeoutError:
        raise StillLooking from None
    except Exception:
        _under_way.pop(asked, None)
        raise
    for other in [key for key in _under_way if key != asked and _under_way[key].done()]:
        del _under_way[other]


def _look(asked: Asked) -> None:
    try:
        _examined(*asked)
    finally:
        connections.close_all()


def _divided(programme: Programme) -> Iterable[Finding]:
    """C31: the shares of a target do not come to it."""
    for one in targets.divisions(targets.standing(programme)):
        if not one.fits and one.target is not None:
            zh, en = (f"{targets.said(programme, one.whole, lang)}{colon}{one.say(lang)}" for lang, colon in (("zh", "："), ("en", ": ")))
            yield Finding("C31", Severity.WARNING, Label(zh, en), ())


def key_of(finding: Finding) -> str:
    """By what a finding is known again: its rule, what it says and the entries it is about."""
    told = f"{finding.rule}|{finding.message.zh}|{','.join(map(str, finding.entries))}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _replies(programme: Programme) -> dict[str, list[Reply]]:
    found: dict[str, list[Reply]] = {}
    for row in FindingReply.objects.filter(programme=programme).select_related("by").order_by("pk"):
        found.setdefault(row.finding, []).append(Reply(row.closed, row.said, row.by.get_full_name() or row.by.username, row.at))
    return found


def reply(programme: Programme, key: str, said: str, *, closed: bool, by: User, today: date) -> Found | None:
    """Close a finding with an explanation, or open it again; None where nothing of that key is found. Raises ValueError without words."""
    if not said.strip():
        raise ValueError("说明不能为空 (say why)")
    one = next((f for f in find(programme, today) if f.key == key), None)
    if one is None:
        return None
    row = FindingReply.objects.create(programme=programme, finding=key, closed=closed, said=said.strip()[:2000], by=by)
    return replace(one, replies=(*one.replies, Reply(closed, row.said, by.get_full_name() or by.username, row.at)))
