"""Verbs about what is to be reached, and how the ledger and the work stand: targets, findings, assess."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bangfu.cli import ground, numbers
from bangfu.cli.say import Stop, emit, language, note, say, table

if TYPE_CHECKING:
    from bangfu.cli.door import Verbs
    from bangfu.ledger.models import Programme
    from bangfu.office.tasks import Tasks


def add(verbs: Verbs) -> None:
    parser = verbs.add(
        "targets",
        "目标与完成：列出；写“指标=目标”或 --file 任务分解表即下达，不覆盖旧的",
        "targets and what was reached; FIGURE=VALUE or --file sets them, and what stood before stays in the history",
        "bangfu targets direct_input=50万元 --year 2020 --unit 食品工程系",
        targets,
    )
    parser.add_argument("pairs", nargs="*", metavar="FIGURE=VALUE", help=say("空值即撤回", "an empty value withdraws it"))
    parser.add_argument("--year", type=int, help=say("年度", "the year"))
    parser.add_argument("--unit", help=say("部门", "a unit"))
    parser.add_argument("--place", help=say("地点", "a place"))
    parser.add_argument("--due", metavar="DAY", help=say("完成时限", "the last day for it"))
    parser.add_argument("--file", metavar="FILE", help=say("任务分解表（xlsx 等）或 JSON", "a table of tasks (xlsx …), or JSON"))
    parser.add_argument("--figure", default="", help=say("文件里没写指标时，整张表是哪个指标", "the figure of a file that names none"))
    parser.add_argument("--dry-run", action="store_true", help=say("只看会改什么", "only say what would change"))
    parser.add_argument("--history", action="store_true", help=say("历次改动", "how they were set"))
    parser.add_argument("--reason", default="", help=say("改动或撤回的原因", "why targets are changed or withdrawn"))
    parser.add_argument("--programme", metavar="NAME", help=say("项目（短名或名称）", "the programme (slug or name)"))
    ground.acting(parser)

    parser = verbs.add(
        "findings",
        "台账体检：台账自身能看出的问题（有“错误”未核实时退出码 1）",
        "what the ledger itself shows to be wrong or missing (exit status 1: an error is open)",
        "bangfu findings --rule C05",
        findings,
    )
    parser.add_argument("--rule", help=say("只看这一条规则", "one rule only"))
    parser.add_argument("--all", action="store_true", help=say("已核实的也列出", "also those that were looked at"))
    parser.add_argument(
        "--close", metavar="KEY", help=say("收起一条（键见 --json），须写 --reason", "close one (--json has its key), with a --reason")
    )
    parser.add_argument("--reopen", metavar="KEY", help=say("重新打开一条", "open one again"))
    parser.add_argument("--reason", default="", help=say("核实情况", "what was found"))
    parser.add_argument("--programme", metavar="NAME", help=say("项目（短名或名称）", "the programme (slug or name)"))
    ground.acting(parser)

    parser = verbs.add(
        "assess",
        "考核：按办法给项目或部门打分，逐项写明怎么来的；--enter 录入指标以外的项",
        "an assessment: the programme or a unit scored by a scheme, each item with its working; --enter keeps what no figure answers",
        "bangfu assess department_annual --year 2020 --unit 食品工程系 --enter vote=优秀=8，称职=2",
        assess,
    )
    parser.add_argument("scheme", nargs="?", metavar="SCHEME", help=say("考核办法（不写则列出）", "the scheme (left out: list them)"))
    parser.add_argument("--year", type=int, help=say("年度", "the year"))
    parser.add_argument("--unit", help=say("部门（不写则各部门并列）", "a unit (left out: all of them side by side)"))
    parser.add_argument(
        "--enter", action="append", default=[], metavar="ITEM=VALUE", help=say("录入一项；空值即撤回", "enter an item; empty takes it back")
    )
    parser.add_argument(
        "--self", dest="own", action="append", default=[], metavar="ITEM=POINTS", help=say("自评一项", "score oneself for an item")
    )
    parser.add_argument("--reason", default="", help=say("改动的原因", "why what was entered is changed"))
    parser.add_argument("--programme", metavar="NAME", help=say("项目（短名或名称）", "the programme (slug or name)"))
    ground.acting(parser)


SIGNS = {
    "reached": ("已完成", "reached"),
    "on_time": ("达到时序进度", "on time"),
    "slow": ("略慢", "a little slow"),
    "behind": ("滞后", "behind"),
    "missed": ("到期未完成", "missed"),
    "open": ("暂无数据", "nothing known"),
}


def targets(arguments: argparse.Namespace) -> int:
    """Exit status 0; with --dry-run 1 where something cannot be read."""
    file = ground.readable(arguments.file) if arguments.file else None
    ground.open_database()
    from bangfu.office import targets as plans

    programme = ground.programme(arguments.programme)
    if file or arguments.pairs:
        return set_them(arguments, programme)
    if arguments.history:
        return show_history(arguments, programme)
    return show(arguments, programme, plans.standing(programme, [arguments.year] if arguments.year else None))


def set_them(arguments: argparse.Namespace, programme: Programme) -> int:
    from bangfu.office import targets as plans

    wanted = wishes(arguments, programme)
    for word in wanted.unread:
        note(say(f"没有读的列：{word}", f"A column that was not read: {word}"))
    if wanted.problems:
        raise ground.refused(wanted.problems)
    try:
        if arguments.dry_run:
            made = plans.changes(programme, wanted.wishes)
        else:
            made = plans.set_targets(programme, wanted.wishes, by=ground.actor(arguments.by), reason=arguments.reason)
    except plans.TargetsRefused as refused:
        raise ground.refused(refused.problems) from None
    from bangfu.web.answers import number

    rows = [(plans.said(programme, c.wish.key, language()), c.before.value if c.before else None, c.wish.value) for c in made]
    if arguments.json:
        emit(
            {
                "read": len(wanted.wishes),
                "changed": [{"target": who, "before": number(was), "after": number(now)} for who, was, now in rows],
                "unread": wanted.unread,
                "dry_run": arguments.dry_run,
            }
        )
        return 0
    table(
        [(who, as_text(was) or "—", as_text(now) or "—") for who, was, now in rows],
        say("目标 原 现", "target was now").split(),
        right=[1, 2],
    )
    n, of = len(rows), len(wanted.wishes)
    if arguments.dry_run:
        print(say(f"读到 {of} 个目标，会改动 {n} 个；什么也没有写。", f"{of} targets read, {n} would change; nothing was written."))
    else:
        print(say(f"读到 {of} 个目标，下达或改动 {n} 个。", f"{of} targets read, {n} set or changed."))
    return 0


def as_text(value: Decimal | None) -> str | None:
    from bangfu.quantities import plain

    return None if value is None else plain(value)


def wishes(arguments: argparse.Namespace, programme: Programme) -> Tasks:
    """What the file holds, else what the pairs say. Raises Stop."""
    from bangfu.office import tasks
    from bangfu.office.intake.cells import Refused

    if arguments.file:
        if arguments.pairs or arguments.unit or arguments.place or arguments.due:
            raise Stop(
                "有 --file 时部门、地点、时限都从文件里读，请去掉其余的。",
                "With --file units, places and deadlines come from the file: leave the others out.",
            )
        path = ground.readable(arguments.file)
        if path.suffix.lower() == ".json":
            return tasks.listed(programme, json_rows(path))
        try:
            return tasks.read_tasks(path, programme, year=arguments.year, figure=arguments.figure)
        except Refused as refused:
            raise Stop(f"{path.name}：{refused.zh}", f"{path.name}: {refused.en}") from None
    if not arguments.year:
        raise Stop("请用 --year 写明年度。", "Say for which year: --year.")
    rows = []
    for pair in arguments.pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise Stop(f"“{pair}”应写成 指标=目标。", f"{pair!r} should be FIGURE=VALUE.")
        rows.append(
            {
                "figure": name.strip(),
                "year": arguments.year,
                "unit": arguments.unit,
                "place": arguments.place,
                "value": text.strip() or None,
                "due": arguments.due,
            }
        )
    return tasks.listed(programme, rows)


def json_rows(path: Any) -> list[dict[str, Any]]:
    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Stop(
            f"{path.name} 不是 UTF-8 的 JSON（{error}）：请检查文件。", f"{path.name} is not JSON in UTF-8 ({error}): check the file."
        ) from None
    rows = found.get("targets") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        zh = f"{path.name} 应是一列目标：[{{figure, year, unit, place, value, due}}, …]。"
        raise Stop(zh, f"{path.name} should be a list of targets: [{{figure, year, unit, place, value, due}}, …].")
    return rows


def show(arguments: argparse.Namespace, programme: Programme, standing: Any) -> int:
    from django.utils import timezone

    from bangfu.ledger.models import Party, Place
    from bangfu.office import targets as plans
    from bangfu.office.books import Books
    from bangfu.web import answers

    unit = ground.named(arguments.unit, Party.objects.filter(path__startswith=programme.helper.path), "部门", "unit", variants=True)
    place = ground.named(arguments.place, Place.objects.all(), "地点", "place", variants=True)
    found = {k: t for k, t in standing.items() if (unit is None or k.unit == unit) and (place is None or k.place == place)}
    books = Books(programme)
    progress = plans.progress(books, found.values(), timezone.localdate())
    divided = plans.divisions(found) if unit is None and place is None else []
    if arguments.json:
        emit({"mark": books.mark, "targets": answers.targets(progress, books.mark), "divisions": answers.divisions(divided)})
        return 0
    lang, english = language(), language() == "en"
    units, places = answers.names(found)
    rows = [
        (
            p.target.key.year,
            p.figure.label.say(lang),
            units.get(p.target.key.unit or 0) or places.get(p.target.key.place or 0) or say("全单位", "whole"),
            numbers.written(p.target.value, p.figure, lang),
            numbers.written(p.reached.value, p.figure, lang),
            "—" if p.rate is None else f"{p.rate}%",
            "—" if p.time is None else f"{p.time}%",
            SIGNS[p.sign][english],
        )
        for p in progress
    ]
    table(
        rows,
        say("年度 指标 部门或地点 目标 完成 完成率 时序进度 状态", "year figure whose target reached rate time state").split(),
        right=[3, 4, 5, 6],
    )
    for one in divided:
        if not one.fits:
            print(f"{plans.said(programme, one.whole, lang)}{say('：', ': ')}{one.say(lang)}")
    if not rows:
        note(
            say(
                "还没有目标：bangfu targets direct_input=50万元 --year 2020",
                "No targets yet: bangfu targets direct_input=500000 --year 2020",
            )
        )
    return 0


def show_history(arguments: argparse.Namespace, programme: Programme) -> int:
    from bangfu.office import targets as plans
    from bangfu.web import answers

    steps = plans.history(programme, [arguments.year] if arguments.year else None)
    if arguments.json:
        emit(answers.steps(steps))
        return 0
    rows = [
        (
            ground.moment(s.at),
            s.by,
            plans.said(programme, s.key, language()),
            as_text(s.before) or "—",
            as_text(s.after) or "—",
            s.reason,
        )
        for s in steps
    ]
    table(rows, say("时间 经办 目标 原 现 原因", "when by target was now why").split(), right=[3, 4])
    return 0


SEVERITIES = {"error": ("错误", "error"), "warning": ("疑点", "doubtful"), "notice": ("缺漏", "missing")}


def findings(arguments: argparse.Namespace) -> int:
    """Exit status 0: no error is open; 1: there is one."""
    ground.open_database()
    from django.utils import timezone

    from bangfu.office import findings as examined
    from bangfu.web import answers

    programme = ground.programme(arguments.programme)
    if arguments.close or arguments.reopen:
        return answer_finding(arguments, programme)
    every = examined.find(programme, timezone.localdate())
    found = [f for f in every if (arguments.all or not f.closed) and arguments.rule in {None, f.finding.rule}]
    status = int(any(f.finding.severity == "error" and not f.closed for f in found))
    if arguments.json:
        emit(answers.findings(found))
        return status
    english = language() == "en"
    rows = [
        (
            f.finding.rule,
            SEVERITIES[f.finding.severity][english],
            f.finding.message.say(language()),
            "、".join(map(str, f.finding.entries[:6])) + ("…" if len(f.finding.entries) > 6 else ""),
            f.replies[-1].said if f.replies else "",
        )
        for f in found
    ]
    table(rows, say("规则 程度 发现 台账编号 说明", "rule severity finding entries reply").split())
    print(say(f"共 {len(found)} 条。", f"{len(found)} in all."))
    return status


def answer_finding(arguments: argparse.Namespace, programme: Programme) -> int:
    """Close one finding, or open it again. Raises Stop for a key of none and without a reason."""
    from django.utils import timezone

    from bangfu.office import findings as examined
    from bangfu.web import answers

    key, closed = arguments.close or arguments.reopen, bool(arguments.close)
    if not arguments.reason.strip():
        raise Stop("请用 --reason 写明核实情况。", "Say what was found: --reason.")
    found = examined.reply(programme, key, arguments.reason, closed=closed, by=ground.actor(arguments.by), today=timezone.localdate())
    if found is None:
        raise Stop(
            f"没有键为 {key} 的发现：bangfu findings --json 列出各条的键。",
            f"No finding has the key {key}: `bangfu findings --json` lists them.",
        )
    if arguments.json:
        emit(answers.findings([found])[0])
    else:
        done = say("已收起", "closed") if closed else say("已重新打开", "open again")
        print(f"{done}{say('：', ': ')}{found.finding.message.say(language())}")
    return 0


def assess(arguments: argparse.Namespace) -> int:
    """Exit status 0; 1 where items are still open."""
    ground.open_database()
    from django.utils import timezone

    from bangfu.ledger.models import Party
    from bangfu.office import assessing
    from bangfu.office.books import Books
    from bangfu.web import answers

    programme = ground.programme(arguments.programme)
    year = arguments.year or timezone.localdate().year
    known = assessing.schemes(year)
    if not arguments.scheme:
        listed = [
            {"scheme": s.code, "label": answers.label(s.label), "assesses": s.assesses, "holds": assessing.holds(s, year)} for s in known
        ]
        if arguments.json:
            emit(listed)
        else:
            table([(s.code, s.label.say(language()), s.assesses) for s in known], say("办法 名称 考核对象 ", "scheme name of ").split())
        return 0
    scheme = next((s for s in known if arguments.scheme in {s.code, s.label.zh, s.label.en}), None)
    if scheme is None:
        codes = "、".join(s.code for s in known)
        raise Stop(f"没有考核办法“{arguments.scheme}”；现有：{codes}。", f"There is no scheme {arguments.scheme!r}; there are: {codes}.")
    unit = ground.named(arguments.unit, Party.objects.filter(path__startswith=programme.helper.path), "部门", "unit", variants=True)
    for keep, pair in [(assessing.enter, p) for p in arguments.enter] + [(assessing.claim, p) for p in arguments.own]:
        item, _, text = pair.partition("=")
        try:
            keep(programme, scheme, year, unit, item.strip(), text, by=ground.actor(arguments.by), reason=arguments.reason)
        except assessing.NotJudged as refused:
            raise ground.refused([refused.why]) from None
    books = Books(programme)
    if scheme.assesses in assessing.OF_DEPARTMENT and unit is None:
        return show_ranked(arguments, books, scheme, year)
    if scheme.assesses in assessing.OF_PROGRAMME and unit is not None:
        raise Stop("这个考核办法不考核部门，请去掉 --unit。", "This scheme is not for departments: leave out --unit.")
    one, placing = assessing.graded(books, scheme, year, unit)
    if arguments.json:
        emit(answers.assessed(one, books.mark, placing))
        return int(bool(one.open))
    lang = language()
    rows = [
        (
            "  " * line.depth + line.rule.code,
            line.rule.label.say(lang),
            line.rule.points,
            line.layers.self_score.points if line.layers.self_score else "",
            line.score.points,
            line.score.working.say(lang),
        )
        for line in one.lines
    ]
    table(rows, say("代码 考核项 满分 自评 得分 依据", "item what full own points working").split(), right=[2, 3, 4])
    total = f"{one.points} / {one.full}"
    grade = placing.grade.label.say(lang) if placing else say(f"还有 {len(one.open)} 项未定", f"{len(one.open)} items are open")
    print(say(f"合计：{total}，{grade}", f"In all: {total}, {grade}"))
    return int(bool(one.open))


def show_ranked(arguments: argparse.Namespace, books: Any, scheme: Any, year: int) -> int:
    from bangfu.office import assessing
    from bangfu.web import answers

    rows = assessing.ranked(books, scheme, year)
    status = int(any(one.open for _, one, _ in rows))
    if arguments.json:
        emit([{**answers.assessed(one, books.mark, placing), "unit": unit.name} for unit, one, placing in rows])
        return status
    lang = language()
    shown = [
        (
            placing.rank if placing else "—",
            unit.name,
            one.points,
            placing.grade.label.say(lang) if placing else say(f"还有 {len(one.open)} 项未定", f"{len(one.open)} open"),
        )
        for unit, one, placing in rows
    ]
    table(shown, say("名次 部门 得分 等次", "rank unit points grade").split(), right=[0, 2])
    return status
