"""One entry recorded, amended or voided by a call or at the prompt: all of it in one transaction, every problem at its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from bangfu.catalogue import Kind, Label
from bangfu.ledger import catalogue
from bangfu.ledger.models import Ended, Entry, Programme
from bangfu.ledger.post import Draft, PostingRefused, drafts_of, post
from bangfu.office.entering import enter, texts


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: at a field, or (field "") with the whole."""

    field: str
    why: Label


class NotWritten(ValueError):  # noqa: N818 - a sentence, as people read it
    """Nothing was written. `faults` are all of them, at once; `ended`: somebody else has amended or voided the entry meanwhile."""

    def __init__(self, faults: list[Fault], *, ended: bool = False) -> None:
        self.faults = faults
        self.ended = ended
        super().__init__("\n".join(f"{f.field}: {f.why}" if f.field else str(f.why) for f in faults))


def named_fields(kind: Kind, given: Mapping[str, str]) -> dict[str, str]:
    """Texts by field name; a field may be named by its label. Raises NotWritten for names that the kind does not have."""
    names = (
        {f.label.zh: f.name for f in kind.fields.values()}
        | {f.label.en: f.name for f in kind.fields.values()}
        | {n: n for n in kind.fields}
    )
    known = "、".join(f"{f.name}（{f.label.zh}）" for f in kind.fields.values())
    unknown = [name for name in given if name not in names]
    if unknown:
        why = Label(f"“{kind.label.zh}”没有这个字段；有：{known}", f"{kind.label.en} has no such field; it has: {known}")
        raise NotWritten([Fault(name, why) for name in unknown])
    return {names[name]: text for name, text in given.items()}


def kind_of(code: str) -> Kind:
    """Raises NotWritten where the catalogue has no such kind."""
    found = catalogue().kinds.get(code)
    if found is None:
        why = Label(f"没有类别“{code}”：目录（bangfu catalogue）列出全部", f"There is no kind {code!r}: the catalogue lists them")
        raise NotWritten([Fault("kind", why)])
    return found


def record(programme: Programme, code: str, given: Mapping[str, str], *, by: User) -> int:
    """Record one entry of the kind `code` from texts by field; gives its id. Raises NotWritten."""
    kind = kind_of(code)
    return _write(programme, kind, named_fields(kind, given), by=by)


def amend(entry: Entry, changes: Mapping[str, str], *, by: User, reason: str) -> int:
    """Put a corrected entry in the place of `entry`: `changes` over its own texts, an empty one clears; gives the new id. Raises NotWritten."""
    if Ended.objects.filter(entry=entry).exists():
        raise NotWritten(
            [Fault("", Label("这一笔已被更正或作废，请打开最新的一笔", "This entry was amended or voided: open the newest one"))],
            ended=True,
        )
    kind = kind_of(entry.kind)
    kept = drafts_of([entry.pk])[entry.pk]
    return _write(entry.programme, kind, texts(kind, kept) | named_fields(kind, changes), by=by, amended=entry, kept=kept, reason=reason)


def _write(
    programme: Programme,
    kind: Kind,
    given: Mapping[str, str],
    *,
    by: User,
    amended: Entry | None = None,
    kept: Draft | None = None,
    reason: str = "",
) -> int:
    with transaction.atomic():  # where something is wrong, no person stays behind either
        read = enter(programme, kind, given, supersedes=amended.pk if amended else None, kept=kept)
        if read.draft is None:
            raise NotWritten([Fault(name, why) for name, why in read.problems.items()])
        try:
            posting = post(programme, [read.draft], by=by, verb="amend" if amended else "record", reason=reason)
        except PostingRefused as refused:
            raise NotWritten([Fault("", why) for why in refused.problems]) from None
    return Entry.objects.values_list("pk", flat=True).get(programme=programme, mark=posting.mark)
