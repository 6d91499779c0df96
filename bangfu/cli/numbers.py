"""Verbs about numbers: figures, trace, report, check."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.cli import ground
from bangfu.cli.say import Stop, emit, language, note, say, table
from bangfu.cli.thinking import document

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from bangfu.catalogue import Figure
    from bangfu.cli.door import Verbs
    from bangfu.office.checking import Checked


def add(verbs: Verbs) -> None:
    parser = verbs.add(
        "figures",
        "算指标：不写代码就是全部；期间、地点、部门、工程可任意限定",
        "figures: all of them, or those named, for any period, place, unit and project",
        "bangfu figures training_sessions --period 2015-2020 --place 新龙县",
        figures,
    )
    parser.add_argument("codes", nargs="*", metavar="FIGURE")
    parser.add_argument("--all", action="store_true", help=say("没有台账的指标也列出", "also those with no entry behind them"))
    slicing(parser)

    parser = verbs.add(
        "trace",
        "一个指标背后的每一笔台账；合计等于指标",
        "the entries behind a figure; they add up to it",
        "bangfu trace training_sessions --period 2019",
        trace,
    )
    parser.add_argument("code", metavar="FIGURE")
    parser.add_argument("--limit", type=ground.positive, help=say("只要前若干笔", "the first so many only"))
    slicing(parser)

    parser = verbs.add(
        "report",
        "按提纲写出报告：Word（每个数字带书签）或网页",
        "a report from its outline: Word, with a bookmark on every number, or a page",
        "bangfu report --period 2015-2020 --output 总结.docx",
        report,
    )
    parser.add_argument("--outline", default="annual", help=say("提纲", "outline"))
    parser.add_argument("--period", required=True, help=say("期间：2020、2015-2020", "period: 2020, 2015-2020"))
    parser.add_argument("--output", metavar="FILE", help=say("写到哪个文件（.docx、.html）", "the file to write (.docx, .html)"))
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    of_programme(parser)

    parser = verbs.add(
        "check",
        "逐个数字核对文件：相符、不符、无记录、待定、读不出；并查自相矛盾",
        "check a file number by number against the ledger, and against itself (exit status 1: contradicted)",
        "bangfu check 总结.docx --output 总结-核验.docx",
        check,
    )
    parser.add_argument("file", metavar="FILE", help="txt, html, docx, pdf, xlsx")
    parser.add_argument(
        "--output",
        metavar="FILE",
        help=say("把结论写进 .docx（批注）或 .xlsx（清单）", "write the verdicts as .docx (comments) or .xlsx (list)"),
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help=say("留存这次核验，以后的报告与它对照", "keep this check: later reports are held against what the text said"),
    )
    ground.acting(parser)
    of_programme(parser)
    redrafting(verbs)


def redrafting(verbs: Verbs) -> None:
    parser = verbs.add(
        "draft",
        "由上期报告（Word）起草本期：每个查得到的数换成本期的，说法和版式不变",
        "this period's report from the last one's Word file: every number the ledger knows is renewed, wording and layout stay",
        "bangfu draft 2019年总结.docx --period 2020",
        draft,
    )
    parser.add_argument("file", metavar="FILE", help="docx")
    parser.add_argument("--period", required=True, help=say("本期：2020", "the new period: 2020"))
    parser.add_argument("--was", help=say("上期（默认是本期的前一年）", "the period of the file (default: the year before)"))
    parser.add_argument("--output", metavar="FILE", help=say("写到哪个文件", "the file to write"))
    of_programme(parser)


def of_programme(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--programme", metavar="NAME", help=say("项目（短名或名称）", "the programme (slug or name)"))
    parser.add_argument("--mark", type=int, help=say("按第几次记账时的台账（默认当前）", "as the ledger stood at this mark (default: now)"))


def slicing(parser: argparse.ArgumentParser) -> None:
    """The arguments that say for what a figure is asked."""
    of_programme(parser)
    parser.add_argument("--period", help=say("期间：2019、2019-03、2015-2020、2019..", "period: 2019, 2019-03, 2015-2020, 2019.."))
    parser.add_argument("--place", help=say("地点，含其下各级", "a place with all below it"))
    parser.add_argument("--unit", help=say("部门，含其下各级", "a unit with all below it"))
    parser.add_argument("--project", help=say("工程", "a project"))


def written(value: Decimal | None, figure: Figure, lang: str) -> str:
    """A figure's number as a report would write it."""
    from bangfu.quantities import write

    return "—" if value is None else write(value, figure.unit, lang=lang)


def figures(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from bangfu.web import answers

    books = ground.books(arguments)
    slice_ = ground.asked(arguments, books)
    wanted = [ground.figure(books.catalogue, code) for code in arguments.codes] or list(books.catalogue.figures.values())
    values = books.values([f.code for f in wanted], slice_)
    if not arguments.codes and not arguments.all:
        wanted = [f for f in wanted if values[f.code].entries and values[f.code].value is not None]
    if arguments.json:
        emit(answers.figures(wanted, slice_, values, books.mark))
        return 0
    lang = language()
    rows = [(f.code, f.label.say(lang), written(values[f.code].value, f, lang), values[f.code].entries) for f in wanted]
    table(rows, say("代码 指标 数值 台账笔数", "code figure value entries").split(), right=[2, 3])
    note(say(f"按第 {books.mark} 次记账时的台账。", f"As the ledger stood at mark {books.mark}."))
    return 0


def trace(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from bangfu.web import answers

    books = ground.books(arguments)
    figure = ground.figure(books.catalogue, arguments.code)
    slice_ = ground.asked(arguments, books)
    most = arguments.limit or sys.maxsize
    page = books.trace(figure.code, slice_, limit=min(most, 500))
    whole = answers.trace(page, books.catalogue, books.mark)
    while page.after and len(whole["trace"]) < most:
        page = books.trace(figure.code, slice_, after=page.after, limit=min(most - len(whole["trace"]), 500))
        whole["trace"] += answers.trace(page, books.catalogue, books.mark)["trace"]
        whole["after"] = page.after
    if arguments.json:
        emit(whole)
        return 0
    lang = language()
    if whole["of"]:
        parts = [(o["figure"], o["label"][lang], o["begin"], o["end"], o["value"], o["entries"]) for o in whole["of"]]
        table(parts, say("代码 指标 自 至 数值 台账笔数", "code figure from to value entries").split(), right=[4, 5])
    else:
        kinds = books.catalogue.kinds
        rows = [
            (e["id"], e["begin"], kinds[e["kind"]].label.say(lang), e["title"], e["place"], e["unit"], e["adds"]) for e in whole["trace"]
        ]
        table(rows, say("编号 日期 类别 名称 地点 部门 计入", "id date kind title place unit adds").split(), right=[6])
    if whole["after"]:
        shown = len(whole["trace"])
        note(say(f"只列出前 {shown} 笔；合计是全部的。", f"The first {shown} entries only; the total is of all."))
    total = written(page.value.value, figure, lang)
    print(say(f"{figure.label.zh}：{total}，{page.value.entries} 笔", f"{figure.label.en}: {total}, {page.value.entries} entries"))
    return 0


# --- report and check


def report(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from bangfu.office.reports import docx, html, issue

    books = ground.books(arguments)
    outlines = issue.known_outlines()
    outline = outlines.get(arguments.outline)
    if outline is None:
        names = "、".join(f"{o.code} {o.label.say(language())}" for o in outlines.values())
        raise Stop(f"没有提纲“{arguments.outline}”；现有：{names}。", f"There is no outline {arguments.outline!r}; there are: {names}.")
    composed = issue.report(books, outline, ground.period(arguments.period), lang=arguments.language)
    name = arguments.output or f"{composed.title}.docx"
    kind = Path(name).suffix.lower()
    if kind == ".docx":
        content = docx.write(composed)
    elif kind in {".html", ".htm"}:
        content = html.write(composed).encode()
    else:
        raise Stop(f"只能写成 .docx 或 .html，不能写成“{name}”。", f"A report is written as .docx or .html, not as {name!r}.")
    Path(name).write_bytes(content)
    numbers = sum(1 for _ in composed.numbers())
    if arguments.json:
        emit({"file": name, "title": composed.title, "numbers": numbers, "sources": len(composed.sources), "mark": composed.mark})
    else:
        print(
            say(f"{name}：{numbers} 个数字，{len(composed.sources)} 条来源", f"{name}: {numbers} numbers, {len(composed.sources)} sources")
        )
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Exit status 0: nothing contradicted; 1: a claim is contradicted or the text contradicts itself; 2: it could not be read."""
    read = document(arguments.file)
    ground.open_database()
    from bangfu.office import checking

    programme = ground.programme(arguments.programme)
    checked = checking.check(programme, read, ground.reached(programme, arguments.mark))
    if arguments.keep:
        checking.keep(programme, checked, by=ground.actor(arguments.by))
    if arguments.output:
        write_back(checked, Path(arguments.output))
    if arguments.json:
        emit(checking.as_json(checked))
        return checked.report.exit_status
    show_checked(checked)
    return checked.report.exit_status


def write_back(checked: Checked, path: Path) -> None:
    """The document with its verdicts: as Word with comments, or as a list in Excel."""
    from bangfu.office import checking
    from bangfu.office.documents import DocumentRefused

    write = {".docx": checking.as_docx, ".xlsx": checking.as_xlsx}.get(path.suffix.lower())
    if write is None:
        raise Stop(f"只能写成 .docx 或 .xlsx，不能写成“{path}”。", f"Verdicts are written as .docx or .xlsx, not as {path}.")
    try:
        path.write_bytes(write(checked))
    except DocumentRefused as refused:
        raise Stop(f"{refused.zh}。", f"{refused.en}.") from None
    note(say(f"已写出 {path}", f"Written: {path}"))


def show_checked(checked: Checked) -> None:
    """The verdicts as a table, the contradictions below it, the counts last."""
    from bangfu.claims.verdicts import Verdict
    from bangfu.office import checking
    from bangfu.quantities import write

    english = language() == "en"
    rows = []
    for number, finding in enumerate(checked.findings, 1):
        judgement = finding.judgement
        unit = finding.claim.quantity.unit
        ledger = "" if judgement.ledger is None else write(judgement.ledger, unit, lang=language(), style="digits")
        quote = " ".join(finding.claim.quote.split())[:24]
        label = finding.figure.label.say(language()) if finding.figure else ""
        rows.append((number, quote, checking.VERDICTS[finding.verdict][english], label, ledger, judgement.en if english else judgement.zh))
    table(rows, say("序 原文 结论 指标 台账 说明", "no. quote verdict figure ledger why").split(), right=[0])
    for quarrel in checked.report.contradictions:
        which = "、".join(str(i + 1) for i in quarrel.claims) or say("表", "table")
        print(say(f"文中矛盾（{which}）：{quarrel.zh}", f"The text contradicts itself ({which}): {quarrel.en}"))
    for one in checked.report.recalled:
        print(say(f"与以往报告不一致（{one.index + 1}）：{one.zh}", f"Not what an earlier report said ({one.index + 1}): {one.en}"))
    counted = [f"{checking.VERDICTS[Verdict(v)][english]} {n}" for v, n in checked.report.counts.items()]
    print(say("合计：", "In all: ") + say("，", ", ").join(counted))


# --- draft


def draft(arguments: argparse.Namespace) -> int:
    """Exit status 0: every number was renewed; 1: a person has to look at some, which are highlighted."""
    source = ground.readable(arguments.file)
    if source.suffix.lower() != ".docx":
        raise Stop(
            f"只能由 Word 文档（.docx）起草，不能由“{source.name}”。", f"A draft is made from a Word file (.docx), not from {source.name}."
        )
    ground.open_database()
    from bangfu.office.documents import DocumentRefused
    from bangfu.office.drafting import draft as redraft

    new = closed(ground.period(arguments.period))
    old = closed(ground.period(arguments.was)) if arguments.was else a_year_before(new)
    programme = ground.programme(arguments.programme)
    try:
        made = redraft(programme, source.read_bytes(), source.name, old, new, ground.reached(programme, arguments.mark))
    except DocumentRefused as refused:
        raise Stop(f"{refused.zh}。", f"{refused.en}.") from None
    target = Path(arguments.output or f"{source.stem}-{arguments.period}.docx")
    if target.resolve() == source.resolve():
        raise Stop("不能写在原文件上：请用 --output 另指一个。", "The file would be overwritten: name another with --output.")
    target.write_bytes(made.content)
    left = [line for line in made.lines if line.highlight]
    if arguments.json:
        rows = [{"old": line.old, "new": line.new, "why": line.why[0], "look": bool(line.highlight)} for line in made.lines]
        emit({"file": str(target), "numbers": rows, "renewed": len(made.lines) - len(left), "left": len(left)})
        return int(bool(left))
    table([(line.old, line.new or "—", line.why[language() == "en"]) for line in made.lines], say("上期 本期 依据", "was now why").split())
    renewed = len(made.lines) - len(left)
    print(
        say(
            f"{target}：换了 {renewed} 个数，另有 {len(left)} 个待人工核实（已标出）",
            f"{target}: {renewed} renewed, {len(left)} left for a person to look at (highlighted)",
        )
    )
    return int(bool(left))


def closed(period: tuple[date | None, date | None]) -> tuple[date, date]:
    """A period that has both its ends. Raises Stop for an open one."""
    begin, end = period
    if begin is None or end is None:
        raise Stop("请写明起止，例如 --period 2020。", "Give the period both its ends, as in --period 2020.")
    return begin, end


def a_year_before(new: tuple[date, date]) -> tuple[date, date]:
    """The period of the last report: the same days a year earlier."""

    def before(day: date) -> date:
        return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)

    return before(new[0]), before(new[1])
