"""Verbs about single entries: entries, record, amend, void."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bangfu.cli import ground, numbers
from bangfu.cli.say import Stop, emit, language, note, say, table

if TYPE_CHECKING:
    from bangfu.cli.door import Verbs
    from bangfu.ledger.models import Entry, Programme
    from bangfu.web.writing import NotWritten


def add(verbs: Verbs) -> None:
    parser = verbs.add(
        "entries",
        "列出台账，新的在前；类别、期间、地点、部门、文字可任意限定",
        "list entries, newest first, by kind, period, place, unit and text",
        "bangfu entries --kind training --period 2019 --place 新龙县",
        entries,
    )
    listing(parser)

    parser = verbs.add(
        "record",
        "记一笔：类别和“字段=值”，值照单元格里的写法",
        "record one entry: its kind and field=value, written as in a cell",
        "bangfu record training title=兽医技术培训班 begin=2019-03-05 place=新龙县 people=60",
        record,
    )
    parser.add_argument("kind", metavar="KIND")
    parser.add_argument("fields", nargs="+", metavar="FIELD=VALUE")
    parser.add_argument("--programme", metavar="NAME")
    ground.acting(parser)

    parser = verbs.add(
        "amend",
        "更正一笔：旧的留着，新的代替它；须写原因",
        "correct an entry: the old one stays, the new one takes its place; give a reason",
        "bangfu amend 1024 people=62 --reason 漏计2人",
        amend,
    )
    parser.add_argument("entry", type=int, metavar="ID")
    parser.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help=say("空值即清除", "an empty value clears the field"))
    parser.add_argument("--reason", required=True, help=say("原因", "why"))
    ground.acting(parser)

    parser = verbs.add(
        "void",
        "作废：不再计入，但仍可查到；须写原因",
        "take entries out: they no longer count, but can still be looked up; give a reason",
        "bangfu void 1024 1025 --reason 重复登记",
        void,
    )
    parser.add_argument("entries", type=int, nargs="+", metavar="ID")
    parser.add_argument("--reason", required=True, help=say("原因", "why"))
    ground.acting(parser)


def listing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", help=say("类别（代码或名称）", "a kind (its code or name)"))
    parser.add_argument("--text", help=say("名称、工程、单位里的字", "part of a title, a project's or a party's name"))
    parser.add_argument("--limit", type=ground.positive, default=50, help=say("几笔", "how many"))
    parser.add_argument("--after", help=say("接着上一页", "go on after the page before"))
    numbers.slicing(parser)


def texts_of(pairs: list[str]) -> dict[str, str]:
    """`people=62` → field name and text. Raises Stop."""
    found = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise Stop(f"“{pair}”应写成 字段=值。", f"{pair!r} should be FIELD=VALUE.")
        found[name.strip()] = text
    return found


def not_written(refused: NotWritten) -> Stop:
    """Every fault on a line of its own, at its field."""
    return Stop(
        "\n".join(f"{f.field}：{f.why.zh}" if f.field else f.why.zh for f in refused.faults),
        "\n".join(f"{f.field}: {f.why.en}" if f.field else f.why.en for f in refused.faults),
    )


def told(arguments: argparse.Namespace, programme: Programme, entries: list[int]) -> int:
    programme.refresh_from_db(fields=["mark"])
    if arguments.json:
        emit({"programme": programme.slug, "mark": programme.mark, "entries": entries})
    else:
        numbers = "、".join(map(str, entries))
        print(say(f"已记入，序号 {programme.mark}，编号 {numbers}", f"Written at mark {programme.mark}: entry {numbers}"))
    return 0


def record(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from bangfu.ledger import catalogue
    from bangfu.web import writing

    programme = ground.programme(arguments.programme)
    given, kind = texts_of(arguments.fields), ground.kind(catalogue(), arguments.kind)
    try:
        fresh = writing.record(programme, kind.code, given, by=ground.actor(arguments.by))
    except writing.NotWritten as refused:
        raise not_written(refused) from None
    return told(arguments, programme, [fresh])


def stored(number: int) -> Entry:
    """The entry of that number. Raises Stop."""
    from bangfu.ledger.models import Entry

    entry = Entry.objects.select_related("programme").filter(pk=number).first()
    if entry is None:
        raise Stop(f"没有编号为 {number} 的台账。", f"There is no entry number {number}.")
    return entry


def amend(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from bangfu.web import writing

    entry = stored(arguments.entry)
    try:
        fresh = writing.amend(entry, texts_of(arguments.fields), by=ground.actor(arguments.by), reason=arguments.reason)
    except writing.NotWritten as refused:
        raise not_written(refused) from None
    return told(arguments, entry.programme, [fresh])


def void(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from bangfu.ledger import post

    programmes = {e.programme_id: e.programme for e in map(stored, arguments.entries)}
    if len(programmes) > 1:
        raise Stop("这些台账属于不同的项目，请分开作废。", "These entries belong to several programmes: void them one programme at a time.")
    (programme,) = programmes.values()
    try:
        post.void(programme, arguments.entries, by=ground.actor(arguments.by), reason=arguments.reason)
    except post.PostingRefused as refused:
        raise ground.refused(refused.problems) from None
    return told(arguments, programme, arguments.entries)


def entries(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from bangfu.ledger.listing import listed
    from bangfu.web import answers

    books = ground.books(arguments)
    slice_ = ground.asked(arguments, books)
    try:
        page = listed(
            books.programme,
            slice_,
            kind=ground.kind(books.catalogue, arguments.kind).code if arguments.kind else "",
            text=arguments.text or "",
            mark=books.mark,
            after=arguments.after,
            limit=arguments.limit,
        )
    except ValueError:
        raise Stop("--after 要用上一页给出的那个。", "--after takes what the page before gave.") from None
    shown = answers.entries(page.ids, books.catalogue)
    if arguments.json:
        emit({"mark": books.mark, "entries": shown, "after": page.after})
        return 0
    rows = [
        (
            e["id"],
            e["begin"],
            books.catalogue.kinds[e["kind"]].label.say(language()),
            e["title"],
            e["place"],
            e["unit"],
            amounts(e["measures"]),
        )
        for e in shown
    ]
    table(rows, say("编号 日期 类别 名称 地点 部门 数", "id date kind title place unit numbers").split())
    if page.after:
        note(say(f"还有更早的：加 --after {page.after}", f"There are earlier ones: add --after {page.after}"))
    return 0


def amounts(measures: dict[str, dict[str, object]]) -> str:
    """The measures of an entry on one line: people 60, attendances 62."""
    return ", ".join(f"{name} {m['value']}" for name, m in measures.items())
