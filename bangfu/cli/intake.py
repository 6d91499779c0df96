"""The verb import: the office's own workbooks into the ledger, or what that would do; and an import taken back."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bangfu.cli import ground
from bangfu.cli.say import Progress, Stop, emit, language, note, say, table

if TYPE_CHECKING:
    from bangfu.cli.door import Verbs
    from bangfu.ledger.models import Programme
    from bangfu.office.intake.preview import Preview, SheetPreview
    from bangfu.office.intake.recording import Result
    from bangfu.office.intake.rows import Issue

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".csv"}
LARGE = 1_000_000
"""A file of so many bytes is recorded as it is read, and says at once that it is being opened."""

TOLD = 1_000
"""So many problems of a file are told in words."""

COUNTS = ("read", "recorded", "amended", "unchanged", "skipped", "refused")


def add(verbs: Verbs) -> None:
    parser = verbs.add(
        "import",
        "导入台账工作簿；--dry-run 只看不记；--take-back 撤回一次导入",
        "bring workbooks in; --dry-run only looks; --take-back undoes an import",
        "bangfu import 台账/*.xlsx --dry-run",
        bring_in,
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help=say("工作簿，或装着工作簿的文件夹", "workbooks, or a folder of them"))
    parser.add_argument(
        "--programme",
        metavar="NAME",
        help=say("记入哪个项目（默认按表里的地名、部门判断）", "into which programme (default: the one it names)"),
    )
    parser.add_argument(
        "--dry-run", action="store_true", help=say("只报告会记什么、哪里有问题", "report what would be recorded, and every problem")
    )
    parser.add_argument("--batches", action="store_true", help=say("列出历次导入", "list the imports so far"))
    parser.add_argument("--take-back", type=int, metavar="BATCH", help=say("撤回这一次导入", "undo this import"))
    parser.add_argument(
        "--void-gone",
        action="store_true",
        help=say(
            "更正过的工作簿里不再有的记录，一并作废（要 --reason）",
            "void the entries that a corrected workbook no longer has (needs --reason)",
        ),
    )
    parser.add_argument("--reason", default="", help=say("撤回或作废的原因", "why it is undone or voided"))
    parser.add_argument("--lang", choices=("zh", "en"), help=say("用哪种语言说问题（默认随系统）", "in which language to answer"))
    ground.acting(parser)


@dataclass(slots=True)
class Outcome:
    """What became of all files together, for the sum and the exit status."""

    counts: list[tuple[str, dict[str, int]]] = field(default_factory=list)
    unread: int = 0
    undecided: int = 0

    @property
    def status(self) -> int:
        """0: all is in; 1: rows were refused; 2: a file could not be read, or nobody knows where it belongs."""
        if self.unread or self.undecided:
            return 2
        return int(any(counts["refused"] for _, counts in self.counts))


def bring_in(arguments: argparse.Namespace) -> int:
    if arguments.lang:
        os.environ["BANGFU_LANG"] = arguments.lang
    looks = arguments.take_back is not None or arguments.batches
    files = [] if looks else list(workbooks(arguments.files))
    if arguments.void_gone and not arguments.reason.strip():
        raise Stop("作废要写明原因：请加 --reason。", "Voiding needs a reason: add --reason.")
    bar = opening(files[0]) if files else None  # before anything else: whoever waits is told so at once
    ground.open_database()
    if arguments.take_back is not None:
        return take_back(arguments)
    if arguments.batches:
        return batches(arguments)
    from bangfu.ledger.models import Programme

    if arguments.programme or Programme.objects.count() < 2:
        programmes = [ground.programme(arguments.programme)]
    else:
        programmes = list(Programme.objects.select_related("helper").order_by("slug"))
    outcome = Outcome()
    for path in files:
        one(path, programmes, arguments, outcome, bar or opening(path))
        bar = None
    if not arguments.json:
        add_up(outcome, dry=arguments.dry_run)
    return 0 if arguments.dry_run and not outcome.unread else outcome.status


def opening(path: Path) -> Progress:
    """The bar of one file, which begins by saying that it is opened, and how large it is."""
    size = path.stat().st_size
    bar = Progress(path.name)
    if bar.live or size >= LARGE:
        large = f" {size / 1e6:,.1f} MB" if size >= LARGE else ""
        bar.begin(say(f"正在打开{large}", f"opening{large}"))
    return bar


def workbooks(names: list[str]) -> Iterator[Path]:
    """The files named; a folder stands for the workbooks in it, and a pattern that the shell left alone for what it matches. Raises Stop."""
    if not names:
        raise Stop("请写出要导入的文件或文件夹。", "Name the files or the folder to bring in.")
    for name in names:
        path = Path(name)
        if path.is_dir():
            found = sorted(p for p in path.iterdir() if p.suffix.lower() in WORKBOOKS and not p.name.startswith(("~$", ".")))
            if not found:
                raise Stop(f"文件夹 {name} 里没有工作簿。", f"There is no workbook in the folder {name}.")
            yield from found
        elif not path.exists() and "*" in path.name:  # a prompt that leaves patterns to the program, as on Windows
            yield from sorted(path.parent.glob(path.name))
        else:
            yield ground.readable(name)


def one(path: Path, programmes: list[Programme], arguments: argparse.Namespace, outcome: Outcome, progress: Progress) -> None:
    """One file: looked at, and unless it is a dry run recorded; told as JSON on a line of its own, or in words."""
    from bangfu.ledger.post import PostingRefused
    from bangfu.office.intake import recording
    from bangfu.office.intake.cells import Refused

    try:
        if arguments.dry_run:
            look(path, programmes, arguments, outcome, progress)
            return
        large = path.stat().st_size >= LARGE  # read once, and recorded as it is read
        found = (
            recording.owner_among(path, programmes, name=path.name)
            if large
            else recording.preview_among(path, programmes, name=path.name, progress=progress)
        )
        progress.done()
        into = destination(found, programmes, arguments)
        if into is None:
            outcome.undecided += 1
            undecided(path, programmes, arguments)
            return
        by = ground.actor(arguments.by)
        if large:
            found, result = recording.bring_in(path, into, by=by, name=path.name, progress=progress)
        else:
            result = recording.record(found, into, by=by, progress=progress)
        progress.done()
        tell_result(found, into, result, arguments, outcome)
    except Refused as refused:
        outcome.unread += 1
        unread(path, say(refused.zh, refused.en), arguments)
    except PostingRefused as refused:
        outcome.unread += 1
        unread(path, "\n".join(say(p.zh, p.en) for p in refused.problems), arguments)


def look(path: Path, programmes: list[Programme], arguments: argparse.Namespace, outcome: Outcome, progress: Progress) -> None:
    """A dry run: what would be recorded, what is no entry, what is wrong."""
    from bangfu.office.intake import recording

    if arguments.json:
        found, answer = recording.answer_among(path, programmes, name=path.name, progress=progress)
        progress.done()
        emit(answer)
    else:
        found = recording.preview_among(path, programmes, name=path.name, progress=progress)
        progress.done()
        tell_problems(found, all_of_them=True)
    new = found.read - found.skipped - found.refused
    outcome.counts.append((found.file, {"read": found.read, "recorded": new, "skipped": found.skipped, "refused": found.refused}))
    if found.undecided and not arguments.json:
        note(
            say(
                f"  {found.file} 看不出属于哪个项目：导入时请加 --programme。",
                f"  {found.file}: not clear to which programme it belongs: add --programme.",
            )
        )


def unread(path: Path, why: str, arguments: argparse.Namespace) -> None:
    note(f"{path.name}: {why}")
    if arguments.json:
        emit({"file": path.name, "rows": [], "skipped": [], "errors": [], "refused": why})


def destination(found: Preview, programmes: list[Programme], arguments: argparse.Namespace) -> Programme | None:
    """The programme whose places and units the file names; where that is not clear it is asked, if there is anybody to ask."""
    if len(programmes) == 1:
        return programmes[0]
    if found.registers is not None and not found.undecided:
        return next(p for p in programmes if p.pk == found.registers.id)
    if arguments.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    for number, programme in enumerate(programmes, 1):
        note(f"  {number}  {programme.helper.name} {programme.name}")
    print(
        say(f"{found.file} 记入哪个项目？（序号，回车跳过）", f"Into which programme does {found.file} go? (number; return skips) "),
        end="",
        file=sys.stderr,
        flush=True,
    )
    answer = sys.stdin.readline().strip()
    return programmes[int(answer) - 1] if answer.isdecimal() and 0 < int(answer) <= len(programmes) else None


def undecided(path: Path, programmes: list[Programme], arguments: argparse.Namespace) -> None:
    names = "、".join(p.slug for p in programmes)
    note(
        say(
            f"{path.name}：看不出属于哪个项目，没有记；请加 --programme（{names}）。",
            f"{path.name}: it is not clear to which programme it belongs; nothing was recorded. Add --programme ({names}).",
        )
    )
    if arguments.json:
        emit({"file": path.name, "undecided": True, "programmes": [p.slug for p in programmes]})


def tell_result(found: Preview, into: Programme, result: Result, arguments: argparse.Namespace, outcome: Outcome) -> None:
    """What was recorded, the figures that changed by it, and what is no longer in the workbook."""
    from bangfu.office.intake.preview import problems_of

    outcome.counts.append((found.file, result.counts))
    if not arguments.json:
        tell_problems(found, all_of_them=False)
    voided = void_gone(found, into, result, arguments) if result.gone else []
    if arguments.json:
        emit(
            {
                "file": found.file,
                "programme": into.slug,
                "batch": result.batch.pk if result.batch else None,
                "counts": result.counts,
                "changes": [{"entry": c.entry, "sheet": c.sheet, "excel_row": c.row, "fields": c.fields} for c in result.changes],
                "gone": result.gone,
                "voided": voided,
                "errors": problems_of(found),
                "figures": moved(result.figures),
            }
        )


def void_gone(found: Preview, into: Programme, result: Result, arguments: argparse.Namespace) -> list[int]:
    """The entries whose rows are no longer in a corrected workbook: told, and voided where that was asked for and is confirmed."""
    from bangfu.ledger import post
    from bangfu.office.intake.earlier import told

    if not arguments.json:
        n = len(result.gone)
        note(say(f"  {found.file} 里不再有的台账 {n} 条，仍然有效：", f"  {n} entries are no longer in {found.file}, but still stand:"))
        for entry, line in told(result.gone[:TOLD], language()).items():
            note(f"    {entry}  {line}")
        if n > TOLD:
            note(say(f"    …… 另有 {n - TOLD} 条", f"    … and {n - TOLD} more"))
    if not arguments.void_gone:
        if not arguments.json:
            note(
                say(
                    "  确已不存在的，请再导入一次并加 --void-gone --reason 原因。",
                    "  If they are really gone, import once more with --void-gone --reason WHY.",
                )
            )
        return []
    if sys.stdin.isatty() and sys.stderr.isatty():
        print(say("  作废以上记录？[y/N] ", "  Void these entries? [y/N] "), end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in {"y", "yes", "是"}:
            return []
    posting = post.void(into, result.gone, by=ground.actor(arguments.by), reason=arguments.reason)
    if not arguments.json:
        note(
            say(
                f"  已作废 {len(result.gone)} 条（记账号 {posting.mark}）。",
                f"  {len(result.gone)} entries were voided (mark {posting.mark}).",
            )
        )
    return result.gone


def moved(figures: Sequence[tuple[str, Decimal | None, Decimal | None]]) -> list[dict[str, Any]]:
    """The figures that changed, as JSON."""
    from bangfu.web.answers import number

    return [{"figure": code, "before": number(was), "after": number(now)} for code, was, now in figures]


def tell_problems(found: Preview, *, all_of_them: bool) -> None:
    """What is wrong in a file, under its name, in the language of the person, and what was understood without being sure; what is unsure in
    single cells only with `all_of_them`, else how many there are. A row that may be recorded twice stands with the row or the entry that
    it may repeat. What is to be said of many cells of a column is said once.
    """
    from bangfu.office.intake.checking import sentence
    from bangfu.office.intake.earlier import told
    from bangfu.office.intake.preview import is_error

    lang = language()
    unsure = 0
    cells: dict[tuple[str, int, str], list[tuple[SheetPreview, Issue]]] = {}
    for sheet in found.sheets:
        for issue in sheet.issues():
            if all_of_them or is_error(issue):
                cells.setdefault((sheet.sheet.name, issue.column, issue.zh), []).append((sheet, issue))
            else:
                unsure += 1
    problems = [(*same[0], len(same)) for same in cells.values()]
    lines = [f"{s}: {q.zh if lang == 'zh' else q.en}" for s, q in found.questions()]
    if lines:
        lines.append(
            say(
                "以上是推断：不对的请在网页的“导入”里改，已记入的先 --take-back 撤回",
                "these were guessed: where they are wrong, say so on the import page; what is recorded is first undone with --take-back",
            )
        )
    if unsure:
        lines.append(say(f"另有 {unsure} 处存疑（--dry-run 逐条列出）", f"{unsure} more cells are unsure (--dry-run lists them)"))
    if problems or lines:
        note(found.file)
    beside = told({i.entry for _, i, _ in problems[:TOLD] if i.entry is not None}, lang)
    for sheet, issue, count in problems[:TOLD]:
        often = say(f"（这一列共 {count} 处）", f" ({count} cells of the column)") if count > 1 else ""
        note(f"  {sentence(sheet.sheet.name, issue, lang)}{often}")
        other = beside.get(issue.entry, "") if issue.entry is not None else sheet.text(issue.same_as) if issue.same_as is not None else ""
        if other:
            own = sheet.text(issue.row)  # "" far down in a long file, whose rows are not held
            note(f"    = {other}" + (f"\n    ? {own}" if own else ""))
    if len(problems) > TOLD:
        more = len(problems) - TOLD
        note(say(f"  …… 另有 {more} 个问题（--json 列出全部）", f"  … and {more} further problems (--json lists them all)"))
    for line in lines:
        note(f"  {line}")


def add_up(outcome: Outcome, *, dry: bool) -> None:
    """One line a file and the sum: rows read = recorded + amended + unchanged + skipped + refused."""
    if not outcome.counts:
        return
    sums = {name: sum(counts.get(name, 0) for _, counts in outcome.counts) for name in COUNTS}
    rows = [(file, *(counts.get(name, 0) for name in COUNTS)) for file, counts in outcome.counts]
    rows.append((say("合计", "in all"), *sums.values()))
    head = say("文件 读到 记入 更正 未变 略过 拒绝", "file read recorded amended unchanged skipped refused").split()
    table(rows, head, right=range(1, 7))
    for file, counts in outcome.counts:
        if counts["read"] == counts["skipped"]:
            note(
                say(
                    f"{file} 里没有认出一条台账：请核对是不是这个文件，或在网页的“导入”里指定它是哪类。",
                    f"{file}: no entry was recognised. Is it the right file? On the import page you can say of what kind it is.",
                )
            )
    if dry:
        note(say("只是查看，什么也没有记。", "This was a dry run: nothing was recorded."))


def batches(arguments: argparse.Namespace) -> int:
    from bangfu.ledger.models import Batch

    found = Batch.objects.select_related("programme", "by").order_by("pk")
    if arguments.programme:
        found = found.filter(programme=ground.programme(arguments.programme))
    rows = [
        {
            "batch": b.pk,
            "file": b.filename,
            "programme": b.programme.slug,
            "by": b.by.username,
            "at": b.at,
            "counts": b.counts,
            "taken_back": b.taken_back,
        }
        for b in found
    ]
    if arguments.json:
        emit(rows)
        return 0
    shown = [
        (
            r["batch"],
            r["file"],
            r["programme"],
            r["by"],
            ground.moment(r["at"]),
            r["counts"].get("recorded", 0),
            say("已撤回", "taken back") if r["taken_back"] else "",
        )
        for r in rows
    ]
    table(shown, say("批次 文件 项目 谁 何时 记入 状态", "batch file programme by at recorded state").split(), right=[0, 5])
    return 0


def take_back(arguments: argparse.Namespace) -> int:
    from bangfu.ledger.models import Batch
    from bangfu.ledger.post import PostingRefused
    from bangfu.office.intake import recording

    batch = Batch.objects.select_related("programme").filter(pk=arguments.take_back).first()
    if batch is None:
        raise Stop(
            f"没有编号为 {arguments.take_back} 的导入：bangfu import --batches 列出全部。",
            f"There is no import number {arguments.take_back}: `bangfu import --batches` lists them.",
        )
    try:
        figures = recording.take_back(batch, by=ground.actor(arguments.by), reason=arguments.reason)
    except PostingRefused as refused:
        raise ground.refused(refused.problems) from None
    if arguments.json:
        emit(
            {
                "batch": batch.pk,
                "file": batch.filename,
                "figures": moved(figures),
            }
        )
    else:
        print(
            say(f"已撤回 {batch.filename}，{len(figures)} 项指标随之变动", f"{batch.filename} taken back; {len(figures)} figures changed")
        )
    return 0
