"""What goes back to the office: its own workbook with the problems marked in their cells, empty templates of every kind, and a ledger in the same form.

Whatever people typed is written as text: a cell that begins with = + - @ never becomes a formula.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from bangfu.catalogue import Field, FieldType, Kind
from bangfu.ledger import post
from bangfu.ledger.models import Household, Party, Person, Place, Project
from bangfu.ledger.people import masked_id, masked_name, masked_phone
from bangfu.office.entering import form_fields, personal
from bangfu.office.intake.cells import letters, number_text
from bangfu.office.intake.preview import Preview, SheetPreview
from bangfu.office.intake.reading import place_of
from bangfu.office.intake.registers import Registers
from bangfu.office.intake.rows import Issue
from bangfu.quantities import from_parts, unit

LIST = "问题清单"
MARKED_AT_MOST = 20_000
REFUSED = PatternFill("solid", fgColor="FFC7CE")
ASKED = PatternFill("solid", fgColor="FFEB9C")
WORDS = {
    "not_a_number": "读不出数",
    "negative": "负数",
    "bad_date": "日期有误",
    "missing": "缺填",
    "duplicate": "可能重复",
    "alike": "可能重复",
    "corrected": "按备注改",
    "required": "缺填",
    "checksum": "身份证校验",
    "total_mismatch": "合计不符",
    "lossy_code": "号码失真",
    "too_small": "小于最小计量",
    "unknown_place": "地点不认识",
    "unknown_unit": "部门不认识",
    "ambiguous_place": "地点不唯一",
    "ambiguous_unit": "部门不唯一",
    "unknown_choice": "不在可选词中",
    "not_a_flag": "看不出是否",
    "no_date": "没有日期",
}
"""What kind of problem, in the office's words."""


def given_back(found: Preview) -> bytes:
    """The office's own workbook (.xlsx) with every problem as fill and note in its cell, and all of them listed on an added sheet.

    An .xlsx keeps its layout; of another format the texts are laid out again in the same cells, and the list says what was lost. Of more than MARKED_AT_MOST problems the first are marked.
    """
    problems = [(s, i) for s in found.sheets for i in s.issues()][:MARKED_AT_MOST]
    own = _own(found)
    book = own or _again(found)
    for sheet, issue in problems:
        if sheet.sheet.name in book.sheetnames:
            _mark(book[sheet.sheet.name], issue)
    _list(book, problems, "" if own else _lost(found))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _own(found: Preview) -> Any:
    """The office's file itself, where it can be written again."""
    if found.path is None or not _is_xlsx(found.path) or found.path.stat().st_size > 20 << 20:
        return None
    try:
        return openpyxl.load_workbook(found.path)
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        return None  # readable for its cells, but not for openpyxl: laid out again


def _is_xlsx(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK" and openpyxl_reads(path)


def openpyxl_reads(path: Path) -> bool:
    """Whether the package is an .xlsx (an .ods or .xlsb is not)."""
    with zipfile.ZipFile(path) as pack:
        return "xl/workbook.xml" in pack.namelist()


def _again(found: Preview) -> Any:
    """The texts laid out again: every cell where it was, merged as it was, hidden what was hidden, columns as wide as they were or as their texts are."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    widths = ods_widths(found.path) if found.path is not None else []
    for number, one in enumerate(found.sheets):
        sheet = book.create_sheet(one.sheet.name[:31] or "Sheet")
        for row, cells in enumerate(one.sheet.rows, 1):
            for column, text in enumerate(cells, 1):
                if text:
                    _lay(sheet.cell(row, column), text)
        for top, left, bottom, right in one.sheet.merges[:5000]:
            if top < len(one.sheet.rows):
                sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        told = widths[number] if number < len(widths) else {}
        for column, width in _wide(one).items():
            sheet.column_dimensions[letters(column)].width = told.get(column, width)
        for column in one.sheet.hidden_columns:
            sheet.column_dimensions[letters(column)].hidden = True
        for row in one.sheet.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
        sheet.sheet_state = "hidden" if one.sheet.hidden else "visible"
    if all(sheet.sheet_state == "hidden" for sheet in book.worksheets) and book.worksheets:
        book.worksheets[0].sheet_state = "visible"
    return book


_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?")


def _lay(cell: Any, text: str) -> None:
    """A number as a number, where nothing of how it was written is lost by that; anything else as text."""
    if _NUMBER.fullmatch(text) and number_text(float(text)) == text:
        cell.value = float(text) if "." in text else int(text)
    else:
        _put(cell, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _wide(one: SheetPreview) -> dict[int, float]:
    """How wide the columns must be for their texts, titles over several columns apart."""
    over = {(top, left) for top, left, _, right in one.sheet.merges if right > left}
    found: dict[int, float] = {}
    for row, cells in enumerate(one.sheet.rows[:500]):
        alone = sum(1 for c in cells if c) == 1
        for column, text in enumerate(cells):
            if text and not alone and (row, column) not in over:
                signs = max(sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in text.split("\n"))
                found[column] = max(found.get(column, 6.0), min(signs + 2.0, 40.0))
    return found


_ODS_STYLE = re.compile(
    rb'<style:style [^>]*?style:name="([^"]+)"[^>]*>\s*<style:table-column-properties [^>]*?style:column-width="([\d.]+)(cm|in|mm|pt)"'
)
_ODS_COLUMN = re.compile(rb"<table:(table|table-column)(\s[^>]*)?/?>")
_CHARACTERS = {b"cm": 4.6, b"in": 11.7, b"mm": 0.46, b"pt": 0.162}
"""Characters of Excel's usual letter in one unit of length."""


def ods_widths(path: Path) -> list[dict[int, float]]:
    """For each sheet of an .ods: column → its width in characters; nothing for any other file."""
    if not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as pack:
        if "content.xml" not in pack.namelist() or pack.getinfo("content.xml").file_size > 64 << 20:
            return []
        data = pack.read("content.xml")
    styles = {name: float(size) * _CHARACTERS[unit] for name, size, unit in _ODS_STYLE.findall(data)}
    found: list[dict[int, float]] = []
    column = 0
    for match in _ODS_COLUMN.finditer(data):
        about = match[2] or b""
        if match[1] == b"table":
            found.append({})
            column = 0
            continue
        style = re.search(rb'table:style-name="([^"]+)"', about)
        times = re.search(rb'number-columns-repeated="(\d{1,5})"', about)
        for _ in range(min(int(times[1]) if times else 1, 200)):
            if found and style is not None and style[1] in styles:
                found[-1][column] = styles[style[1]]
            column += 1
    return found


def _lost(found: Preview) -> str:
    """What could not be kept of a file that was laid out again, in one sentence."""
    ending = found.file.rpartition(".")[2].lower()
    cut = max((s.sheet.height - len(s.sheet.rows) for s in found.sheets), default=0)
    short = f"只写出每张表的前 {max(len(s.sheet.rows) for s in found.sheets)} 行；" if cut > 0 else ""
    kept = "单元格的位置" if ending == "csv" else "单元格的位置、合并和隐藏行列"
    width = "列宽" if ending == "ods" else "列宽按内容估计，"
    kept += f"和{width}照旧，" if ending == "ods" else f"照旧，{width}"
    return f"原文件是 .{ending}，这里另存为 .xlsx：{short}{kept}字体、颜色、边框、行高和公式没有保留；原文件没有改动。"


def _put(cell: Any, text: str) -> None:
    """A text as text, whatever it begins with."""
    cell.value = "".join(c for c in text if c >= " " or c in "\n\t")[:32_000]
    if text[:1] in "=+-@":
        cell.data_type = "s"
        cell.quotePrefix = True


def _mark(sheet: Worksheet, issue: Issue) -> None:
    cell = sheet.cell(issue.row + 1, issue.column + 1)
    if isinstance(cell, MergedCell):
        span = next((r for r in sheet.merged_cells.ranges if cell.coordinate in r), None)
        if span is None:
            return
        cell = sheet.cell(span.min_row, span.min_col)
    assert isinstance(cell, Cell)
    cell.fill = REFUSED if issue.refuses else ASKED
    former = f"{cell.comment.text}\n" if cell.comment is not None else ""
    cell.comment = Comment(f"{former}{issue.zh}", "Bangfu", height=90, width=280)


def _list(book: Any, problems: Sequence[tuple[SheetPreview, Issue]], lost: str) -> None:
    name = LIST
    while name in book.sheetnames:
        name += "2"
    sheet = book.create_sheet(name)
    for column, (title, width) in enumerate([("序号", 6), ("位置", 18), ("栏目", 14), ("问题", 14), ("说明", 70), ("处理", 22)], 1):
        head = sheet.cell(1, column, title)
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = width
    sheet.freeze_panes = "A2"
    for number, (one, issue) in enumerate(problems, 1):
        row = number + 1
        sheet.cell(row, 1, number)
        place = sheet.cell(row, 2)
        _put(place, f"{one.sheet.name}!{issue.cell}")
        if one.sheet.name in book.sheetnames:
            place.hyperlink = f"#'{one.sheet.name}'!{issue.cell}"
            place.font = Font(color="0563C1", underline="single")
        _put(sheet.cell(row, 3), _column_title(one, issue))
        _put(sheet.cell(row, 4), WORDS.get(issue.why, issue.why))
        _put(sheet.cell(row, 5), issue.zh)
        _put(sheet.cell(row, 6), "改正后重新上传" if issue.refuses else "请核对，可照记")
    if not problems:
        sheet.cell(2, 2, "没有发现问题")
    if lost:
        sheet.cell(len(problems) + 4, 1, lost).font = Font(italic=True)


def _column_title(one: SheetPreview, issue: Issue) -> str:
    for part in one.parts:
        for meaning in part.understood.meanings:
            if meaning.column.index == issue.column and not hasattr(part.understood.source, "cells"):
                return meaning.column.title
    return issue.field


# ── templates ────────────────────────────────────────────────────────────────────────────────────────────────────────

ROWS = 500
"""Rows of a template that have drop-down lists."""


def template(kind: Kind, registers: Registers | None = None) -> bytes:
    """An empty workbook for a kind: headers, drop-down lists, explanations at the headers, an example row (not read), and a sheet that explains."""
    out = io.BytesIO()
    book = _book(out)
    sheet = book.add_worksheet(kind.label.zh[:31])
    fields = _in_order(kind)
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center"})
    must = book.add_format({"bold": True, "bg_color": "#FCE4D6", "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center"})
    text = book.add_format({"num_format": "@"})
    faint = book.add_format({"font_color": "#808080", "italic": True, "num_format": "@"})
    title = book.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, f"{kind.label.zh}台账", title)
    sheet.write_string(1, 0, "序号", head)
    sheet.set_column(0, 0, 6)
    sheet.write_string(2, 0, "示例", faint)
    options = book.add_worksheet("选项")
    options.hide()
    for column, fld in enumerate(fields, 1):
        sheet.write_string(1, column, _header(fld), must if fld.required else head)
        sheet.write_comment(1, column, _explained(fld), {"x_scale": 2})
        sheet.set_column(column, column, 24 if fld.type is FieldType.NOTE else 14, None if fld.type is FieldType.NUMBER else text)
        sheet.write_string(2, column, _example(fld, registers), faint)
        words = _options(fld, registers)
        if words:
            for row, word in enumerate(words):
                options.write_string(row, column, word)
            letter = place_of(0, column)[:-1]
            sheet.data_validation(
                3,
                column,
                3 + ROWS,
                column,
                {
                    "validate": "list",
                    "source": f"=选项!${letter}$1:${letter}${len(words)}",
                    "error_type": "warning",
                    "error_title": "不在列表中",
                    "error_message": "可以照填，上传时会请您确认",
                },
            )
    sheet.freeze_panes(2, 1)
    _explain(book, kind, fields)
    book.close()
    return out.getvalue()


def _in_order(kind: Kind) -> list[Field]:
    """The fields in the order of the forms."""
    usual, seldom = form_fields(kind)
    return [*usual, *seldom]


def _book(out: io.BytesIO) -> Any:
    return xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )


def _header(fld: Field) -> str:
    if fld.type is not FieldType.NUMBER or not fld.unit:
        return fld.label.zh
    word = unit(fld.unit).zh
    return f"{fld.label.zh}（{word}）" if word and word not in fld.label.zh else fld.label.zh


def _explained(fld: Field) -> str:
    lines = ["必填" if fld.required else "可不填"]
    if fld.type is FieldType.DATE:
        lines.append("写成 2020-3-5、2020年3月，或 2020-3-5至2020-3-8")
    elif fld.type is FieldType.NUMBER:
        lines.append(f"填数字，单位{unit(fld.unit or 'other').zh or '不限'}")
    elif fld.type is FieldType.CHOICE:
        lines.append("可选：" + "、".join(c.label.zh for c in fld.choices))
    elif fld.type is FieldType.FLAG:
        lines.append("填“是”或“否”")
    elif fld.type is FieldType.CODE:
        lines.append("按文本填写，原样保存")
    if fld.note is not None and fld.note.zh:
        lines.append(fld.note.zh)
    return "\n".join(lines)


def _options(fld: Field, registers: Registers | None) -> list[str]:
    if fld.type is FieldType.CHOICE:
        return [c.label.zh for c in fld.choices]
    if fld.type is FieldType.FLAG:
        return ["是", "否"]
    if registers is not None and fld.type is FieldType.PLACE:
        return [p.name for p in registers.places][:2000]
    if registers is not None and fld.type is FieldType.UNIT:
        return [u.name for u in registers.units][:2000]
    return []


def _example(fld: Field, registers: Registers | None) -> str:
    if fld.example:
        return fld.example
    words = _options(fld, registers)
    if words:
        return words[-1] if fld.type is FieldType.PLACE else words[0]
    return {FieldType.DATE: "2020-3-5", FieldType.NUMBER: "1", FieldType.PERSON: "张三", FieldType.HOUSEHOLD: "李四"}.get(fld.type, "")


def _explain(book: Any, kind: Kind, fields: Iterable[Field]) -> None:
    sheet = book.add_worksheet("填写说明")
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, "填写说明", bold)
    sheet.write_string(1, 0, kind.note.zh, wrap)
    sheet.write_string(2, 0, "一行一条，不要合并单元格；“示例”一行不会导入，可删去；用不到的列可以删去，自己的列可以加在后面，会原样保存。")
    for row, fld in enumerate(fields, 4):
        sheet.write_string(row, 0, fld.label.zh, bold if fld.required else None)
        sheet.write_string(row, 1, _explained(fld).replace("\n", "；"), wrap)


# ── a ledger in the same form ────────────────────────────────────────────────────────────────────────────────────────

SLICE = 2000


def export(kind: Kind, entry_ids: Sequence[int], *, reveal: bool = False) -> bytes:
    """Entries of one kind as a workbook in the template's form, which can be read back. Names and numbers of persons are masked unless `reveal`."""
    out = io.BytesIO()
    book = _book(out)
    sheet = book.add_worksheet(kind.label.zh[:31])
    bold = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True})
    fields = _in_order(kind)
    sheet.write_string(0, 0, f"{kind.label.zh}台账")
    for column, title in enumerate(["序号", *map(_header, fields)]):
        sheet.write_string(1, column, title, bold)
    row = 2
    sums: dict[int, int] = {}
    for at in range(0, len(entry_ids), SLICE):
        for texts, parts in _texts(fields, entry_ids[at : at + SLICE], reveal=reveal):
            sheet.write_number(row, 0, row - 1)
            for column, fld in enumerate(fields, 1):
                if fld.name in parts:
                    sums[column] = sums.get(column, 0) + parts[fld.name]
                    sheet.write_number(row, column, float(from_parts(parts[fld.name], fld.unit or "other")))
                elif texts.get(fld.name):
                    sheet.write_string(row, column, texts[fld.name])
            row += 1
    if sums and row > 2:
        sheet.write_string(row, 0, "合计", bold)
        for column, total in sums.items():
            fld = fields[column - 1]
            if fld.adds:
                sheet.write_number(row, column, float(from_parts(total, fld.unit or "other")), bold)
    sheet.freeze_panes(2, 1)
    sheet.autofilter(1, 0, max(row - 1, 1), len(fields))
    book.close()
    return out.getvalue()


def _texts(fields: Sequence[Field], ids: Sequence[int], *, reveal: bool) -> Iterable[tuple[dict[str, str], Mapping[str, int]]]:
    """What each entry says, field by field, with a handful of queries for all of them."""
    drafts = post.drafts_of(ids)
    names: dict[str, dict[int, str]] = {
        "place": dict(Place.objects.filter(pk__in={d.place for d in drafts.values()}).values_list("pk", "name")),
        "unit": dict(Party.objects.filter(pk__in={d.unit for d in drafts.values()}).values_list("pk", "name")),
        "party": dict(Party.objects.filter(pk__in={d.party for d in drafts.values()}).values_list("pk", "name")),
        "project": dict(Project.objects.filter(pk__in={d.project for d in drafts.values()}).values_list("pk", "name")),
    }
    persons = {p.pk: p for p in Person.objects.filter(pk__in={p for d in drafts.values() for p in d.persons})}
    homes = {h.pk: h for h in Household.objects.filter(pk__in={d.household for d in drafts.values()})}
    for entry in ids:
        draft = drafts.get(entry)
        if draft is not None:
            holders = [persons[p] for p in draft.persons if p in persons]
            yield {f.name: _say(f, draft, names, holders, homes.get(draft.household or 0), reveal=reveal) for f in fields}, draft.measures


def _say(
    fld: Field, draft: Any, names: Mapping[str, Mapping[int, str]], persons: Sequence[Person], home: Household | None, *, reveal: bool
) -> str:
    if fld.name in names:
        return names[fld.name].get(getattr(draft, fld.name) or 0, "")
    if fld.name == "begin":
        return str(draft.begin.isoformat())
    if fld.name == "end":
        return _day_before(draft.end)
    if fld.name == "person":
        return "、".join(p.name if reveal else masked_name(p.name) for p in persons)
    if fld.name == "household":
        return "" if home is None else home.head if reveal else masked_name(home.head)
    if fld.home == "person":
        holder = home if fld.about == "household" else (persons[0] if persons else None)
        value = personal(fld.name, holder) if holder is not None else ""
        return (
            value
            if reveal or not value
            else masked_id(value)
            if "id_number" in fld.name
            else masked_phone(value)
            if "phone" in fld.name
            else "***"
        )
    if fld.name in {"title", "category", "counts_to"} or fld.home == "facet":
        code = getattr(draft, fld.name) if fld.home == "column" else draft.facets.get(fld.name, "")
        chosen = fld.choice(code) if fld.choices else None
        return (
            chosen.label.zh
            if chosen is not None
            else {"yes": "是", "no": "否"}.get(code, code)
            if fld.type is FieldType.FLAG
            else str(code)
        )
    value = draft.details.get(fld.name)
    return "" if value is None else str(value)


def _day_before(end: date | None) -> str:
    return "" if end is None else (end - timedelta(days=1)).isoformat()
