"""Verbs that need no database: claims, catalogue."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.cli import ground
from bangfu.cli.say import Stop, emit, language, note, say, table

if TYPE_CHECKING:
    from bangfu.catalogue import Catalogue, Figure, Kind
    from bangfu.cli.door import Verbs
    from bangfu.office.documents import Document


def add(verbs: Verbs) -> None:
    parser = verbs.add(
        "claims",
        "读出文件里的每个数字说法（不需要数据库）",
        "every quantified statement of a file (needs no database)",
        "bangfu claims 总结.txt --json",
        claims,
    )
    parser.add_argument("file", metavar="FILE", help="txt, html, docx, pdf, xlsx")

    parser = verbs.add(
        "catalogue",
        "台账类别与指标：有什么、怎么算；检查自己的目录",
        "the kinds and figures: what there is and how it is counted; checks your own folder",
        "bangfu catalogue training",
        catalogue,
    )
    parser.add_argument(
        "name", nargs="?", metavar="KIND|FIGURE", help=say("一个类别或指标的代码或名称", "the code or name of a kind or a figure")
    )
    parser.add_argument(
        "--folder", help=say("自己的目录（默认是数据文件夹里的 catalogue/）", "your own folder (default: catalogue/ in the data folder)")
    )


# --- claims


def document(name: str) -> Document:
    """The file as a document. Raises Stop where it cannot be read, with the document's own sentence."""
    from bangfu.office import documents

    try:
        return documents.open(ground.readable(name))
    except documents.DocumentRefused as refused:
        raise Stop(f"{Path(name).name}：{refused.zh}。", f"{Path(name).name}: {refused.en}.") from None


def claims(arguments: argparse.Namespace) -> int:
    read = document(arguments.file)
    from bangfu.claims import read as read_claims
    from bangfu.office.said import claims_json

    answer = claims_json(read, read_claims(read.text))
    if arguments.json:
        emit(answer)
        return 0
    rows = [
        (
            " ".join(c["quote"].split()),
            between(c["low"], c["high"]),
            c["unit"],
            c["hedge"],
            c["kind"],
            c["subject"],
            c["period"],
            c["place"],
        )
        for c in answer["claims"]
    ]
    table(rows, say("原文 数 单位 约数 类别 对象 期间 地点", "quote number unit hedge kind subject period place").split(), right=[1])
    note(say(f"{len(rows)} 个说法，{len(answer['damaged'])} 处损坏。", f"{len(rows)} claims, {len(answer['damaged'])} damaged runs."))
    return 0


def between(low: object, high: object) -> str:
    """A number, or both ends of a range; a dash where it could not be read."""
    if low is None:
        return "—"
    return str(low) if low == high else f"{low}–{high}"


# --- catalogue


def loaded(folder: str | None) -> Catalogue:
    """The catalogue with the office's own folder on top. Raises CatalogueError."""
    from bangfu.catalogue import load

    return load(Path(folder)) if folder else load(own_folder())


def own_folder() -> Path:
    ground.start()
    from django.conf import settings

    return Path(settings.DATA) / "catalogue"


def catalogue(arguments: argparse.Namespace) -> int:
    if arguments.folder and not Path(arguments.folder).is_dir():
        raise Stop(f"没有文件夹 {arguments.folder}。", f"There is no folder {arguments.folder}.")
    known = loaded(arguments.folder)
    ground.start()
    from bangfu.web import answers

    lang = language()
    kinds, figures = list(known.kinds.values()), list(known.figures.values())
    if arguments.name:
        named = {arguments.name}
        kinds = [k for k in kinds if named & {k.code, k.label.zh, k.label.en}]
        figures = [f for f in figures if named & {f.code, f.label.zh, f.label.en}]
        if not kinds and not figures:
            raise Stop(f"没有类别或指标“{arguments.name}”。", f"There is no kind or figure {arguments.name!r}.")
    if arguments.json:
        emit({"kinds": [answers.kind(k) for k in kinds], "figures": [answers.definition(f) for f in figures]})
    elif arguments.name:
        for kind in kinds:
            show_kind(kind, known, lang)
        for figure in figures:
            show_figure(figure, lang)
    else:
        table(
            [(k.code, k.label.say(lang), len(k.fields), k.ledger) for k in kinds],
            say("类别 名称 字段 台账", "kind name fields ledger").split(),
            right=[2],
        )
        print()
        table([(f.code, f.label.say(lang), f.unit) for f in figures], say("指标 名称 单位", "figure name unit").split())
        note(say(f"{len(kinds)} 类台账，{len(figures)} 项指标。", f"{len(kinds)} kinds, {len(figures)} figures."))
    return 0


def show_kind(kind: Kind, known: Catalogue, lang: str) -> None:
    print(f"{kind.code}  {kind.label.say(lang)}\n{kind.note.say(lang)}\n")
    rows = [
        (f.name, f.label.say(lang), f.unit or f.type, say("必填", "required") if f.required else "", "、".join(f.headers[:6]))
        for f in kind.fields.values()
    ]
    table(rows, say("字段 名称 类型 必填 表头写法", "field name type required headers").split())
    for field in kind.fields.values():
        if field.choices:
            words = say("、", ", ").join(f"{c.code} {c.label.say(lang)}" for c in field.choices)
            print(f"\n{field.name} {field.label.say(lang)}{say('：', ': ')}{words}")
    print()
    table([(f.code, f.label.say(lang), f.unit) for f in known.figures_of(kind.code)], say("指标 名称 单位", "figure name unit").split())


def show_figure(figure: Figure, lang: str) -> None:
    print(f"{figure.code}  {figure.label.say(lang)} ({figure.unit})\n{figure.caliber.say(lang)}")
    rests = figure.kinds or figure.parts
    print(say("来自：", "from: ") + "、".join(rests))
    print(say("写法：", "said as: ") + " / ".join(figure.says))
