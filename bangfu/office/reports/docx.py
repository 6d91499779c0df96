"""A document as Word, laid out as GB/T 9704-2012 asks: A4, 22 lines of 28 signs, the four typefaces, page numbers at the outer edge.

Every number is a bookmark and a link to its line in the table of sources at the end; from there a link leads back. The file only names
its typefaces (they are on the user's machine); nothing of them is shipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bangfu.office.reports.document import Document, Paragraph, Run, Section, Source, Table

TITLE, HEI, KAI, FANG, SONG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
LATIN = "Times New Roman"
LINE = Pt(28.95)  # 22 lines in 225 mm
PITCH = "579"  # the same in twentieths of a point
BODY = Pt(16)  # 3 号
SMALL = Pt(10.5)  # 5 号, tables
CONDENSED = "-5"  # a quarter of a point off each sign, so that 28 of them fill 156 mm

FIGURE_COLUMNS = (1, 2)
"""Of the table of sources: what belongs to the figure and is written once for all of its lines."""

WIDE = 7
"""A table of more columns than this is set on a page turned on its side (横排)."""


def write(document: Document) -> bytes:
    """The .docx file. The same document gives the same text, bookmarks and links on every run."""
    return _Writer(document).file()


@dataclass
class _Writer:
    document: Document
    word: Any = field(default_factory=docx.Document)
    bookmarks: int = 0
    first_use: dict[int, str] = field(default_factory=dict)
    fresh: bool = True

    def file(self) -> bytes:
        self.properties()
        self.styles()
        self.page(self.word.sections[0])
        self.body()
        for number, table in enumerate(self.document.tables, 1):
            self.annex(number, table)
        self.table_of_sources()
        self.word.settings.odd_and_even_pages_header_footer = True
        out = BytesIO()
        self.word.save(out)
        return out.getvalue()

    @property
    def zh(self) -> bool:
        return self.document.lang == "zh"

    # ── frame ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def properties(self) -> None:
        core = self.word.core_properties
        made = datetime.combine(self.document.made, datetime.min.time())
        core.title, core.author, core.subject = self.document.title, self.document.helper, self.document.programme
        core.comments = f"mark {self.document.mark}" + (" · 演示数据，非真实记录" if self.document.demonstration else "")
        core.created = core.modified = made
        core.last_modified_by = self.document.helper
        core.language = "zh-CN" if self.zh else "en"

    def styles(self) -> None:
        styles = self.word.styles
        normal = styles["Normal"]
        _font(normal.element.get_or_add_rPr(), FANG, BODY)
        _format(normal.paragraph_format, LINE)
        for name, size, face in (("Title", Pt(22), TITLE), ("Heading 1", BODY, HEI), ("Heading 2", BODY, KAI), ("Heading 3", BODY, FANG)):
            style = styles[name]
            style.base_style = normal
            properties = style.element.get_or_add_rPr()
            for old in list(properties):
                properties.remove(old)
            _font(properties, face, size)
            style.font.color.rgb = RGBColor(0, 0, 0)
            style.font.bold = name == "Heading 3"
            _format(style.paragraph_format, Pt(36) if name == "Title" else LINE)
            style.paragraph_format.keep_with_next = name != "Title"
            border = style.element.pPr.find(qn("w:pBdr"))
            if border is not None:
                style.element.pPr.remove(border)
        for name, size, line in (("Cell", SMALL, Pt(16)), ("Source", Pt(9), Pt(12)), ("Page", Pt(14), Pt(20))):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = normal
            _font(style.element.get_or_add_rPr(), SONG, size)
            _format(style.paragraph_format, line)
            _set(style.element.get_or_add_pPr(), "w:snapToGrid", "0")

    def page(self, section: Any, *, wide: bool = False) -> None:
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
        if wide:  # the sheet is turned, its head to the left: the binding edge lies on top
            section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = Mm(28), Mm(35), Mm(26), Mm(37)
        else:
            section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = Mm(37), Mm(26), Mm(35), Mm(28)
        section.header_distance, section.footer_distance = Mm(15), Mm(16 if wide else 25)
        grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 - python-docx has no face for the grid
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)  # noqa: SLF001
        grid.set(qn("w:type"), "lines")
        grid.set(qn("w:linePitch"), PITCH)
        if self.fresh:
            self.fresh = False
            self.running(section)

    def running(self, section: Any) -> None:
        """Page numbers «— 1 —» at the outer edge, and what marks a demonstration."""
        for footer, edge in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]
            paragraph.style = "Page"
            paragraph.alignment = edge
            side = "right" if edge is WD_ALIGN_PARAGRAPH.RIGHT else "left"
            _inset(paragraph, side, 100, 14)
            paragraph.add_run("— ")
            _page_number(paragraph)
            paragraph.add_run(" —")
        if self.document.demonstration:
            for header in (section.header, section.even_page_header):
                header.is_linked_to_previous = False
                paragraph = header.paragraphs[0]
                paragraph.style = "Cell"
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                run = paragraph.add_run("演示数据 · 非真实记录" if self.zh else "Demonstration data · not real records")
                run.font.color.rgb = RGBColor(0xC0, 0x00, 0x00)

    # ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def body(self) -> None:
        title = self.word.add_paragraph(style="Title")
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for number, line in enumerate(title_lines(self.document.title)):
            if number:
                title.add_run().add_break()
            title.add_run(line)
        self.line("")
        for section in self.document.sections:
            self.section(section)
        self.annex_list()
        self.signature()

    def section(self, section: Section) -> None:
        first, *rest = section.paragraphs or (None,)
        if section.level < 3:
            heading = self.word.add_paragraph(style=f"Heading {section.level}")
            _indent(heading)
            heading.add_run(section.number + section.heading)
            if first is not None:
                self.paragraph(first)
        else:  # the third level runs into its paragraph
            paragraph = self.line("", indent=True)
            run = paragraph.add_run(section.number + section.heading + ("。" if self.zh else ". "))
            run.bold = True
            if first is not None:
                self.runs(paragraph, first.runs)
        for more in rest:
            self.paragraph(more)
        for inner in section.sections:
            self.section(inner)

    def paragraph(self, paragraph: Paragraph) -> None:
        self.runs(self.line("", indent=True), paragraph.runs)

    def line(self, text: str, *, indent: bool = False) -> Any:
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if indent else None
        if indent:
            _indent(paragraph)
        if text:
            paragraph.add_run(text)
        return paragraph

    def runs(self, paragraph: Any, runs: tuple[Run, ...]) -> None:
        for run in runs:
            if run.source is None:
                paragraph.add_run(run.text)
            else:
                self.number(paragraph, run)

    def number(self, paragraph: Any, run: Run) -> None:
        """A number: a bookmark of its own, and a link to its line of the table of sources."""
        name = f"n{self.bookmarks + 1}"
        with_link = self.link(paragraph, f"s{run.source}", run.text)
        self.bookmark(with_link, name)
        self.first_use.setdefault(run.source or 0, name)

    def link(self, paragraph: Any, anchor: str, text: str) -> Any:
        run = paragraph.add_run(text)
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), anchor)
        link.set(qn("w:history"), "1")
        run._r.addprevious(link)  # noqa: SLF001 - python-docx has no face for links within a document
        link.append(run._r)  # noqa: SLF001
        return link

    def bookmark(self, around: Any, name: str) -> None:
        self.bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(self.bookmarks))
        start.set(qn("w:name"), name)
        around.addprevious(start)
        around.addnext(end)

    def annex_list(self) -> None:
        """The annexes, one line under the text (附件说明). Text, list and signature stay on one page: none of them may end up alone."""
        self.word.paragraphs[-1].paragraph_format.keep_with_next = True
        titles = [*(table.title for table in self.document.tables), self.sources_title]
        lines = [self.line("")]
        for number, title in enumerate(titles, 1):
            lead = (f"附件：{number}." if number == 1 else f"　　　{number}.") if self.zh else f"Annex {number}: "
            lines.append(self.line(lead + title))
            _indent(lines[-1])
        lines.append(self.line(""))
        for line in lines:
            line.paragraph_format.keep_with_next = True

    def signature(self) -> None:
        made = self.document.made
        day = f"{made.year}年{made.month}月{made.day}日" if self.zh else made.isoformat()
        # The date stands four signs from the edge; the name above is centred over it (domain.md 8.3).
        widths = (len(self.document.helper), sum(0.5 if c.isascii() else 1 for c in day))
        inset = max(200, int(100 * (4 + (widths[1] - widths[0]) / 2)))
        for text, chars in ((self.document.helper, inset), (day, 400)):
            paragraph = self.line(text)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.keep_with_next = text != day
            _inset(paragraph, "right", chars, 16)

    # ── annexes ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def annex_head(self, number: int, title: str, *, wide: bool) -> None:
        self.page(self.word.add_section(), wide=wide)
        mark = self.line("")
        run = mark.add_run(f"附件{number}" if self.zh else f"Annex {number}")
        _font(run._r.get_or_add_rPr(), HEI, BODY)  # noqa: SLF001
        head = self.word.add_paragraph(style="Title")
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        head.add_run(title)

    def annex(self, number: int, table: Table) -> None:
        wide = len(table.header) > WIDE
        self.annex_head(number, table.title, wide=wide)
        self.note(table.units, self.document.period, at=225 if wide else 156)
        widths = column_widths(table, 225 if wide else 156)
        grid = self.grid(table.header, widths)
        for row in table.rows:
            cells = grid.add_row().cells
            for column, (cell, run) in enumerate(zip(cells, row, strict=True)):
                paragraph = self.cell(cell, "", left=column == 1, width=widths[column])
                self.runs(paragraph, (run,))
        if self.zh:
            self.note("填表人：　　　　　审核人：　　　　　单位负责人：　　　　　联系电话：")

    @property
    def sources_title(self) -> str:
        return "数据来源表" if self.zh else "Table of sources"

    def table_of_sources(self) -> None:
        self.annex_head(len(self.document.tables) + 1, self.sources_title, wide=False)
        mark = self.document.mark
        self.note(
            f"台账截至第{mark}号记账。正文和附表中的每个数都链接到本表的一行，点击编号回到它第一次出现的地方。"
            if self.zh
            else f"The ledger as of posting {mark}. Every number of the text and the tables links to a line here; an index leads back to its first use.",
        )
        header = (
            ("编号", "指标", "口径", "范围", "数值", "台账笔数", "记账号")
            if self.zh
            else ("No.", "Figure", "Caliber", "For", "Value", "Entries", "Mark")
        )
        widths = [11, 25, 44, 31, 21, 12, 12]
        grid = self.grid(header, widths)
        for group in self.document.sources_by_figure():
            for number, source in enumerate(group):
                line = grid.add_row()
                _set(line._tr.get_or_add_trPr(), "w:cantSplit", "1")  # noqa: SLF001 - a line stays on one page
                cells = line.cells
                for column, text in enumerate(self.source_cells(source)):
                    again = number > 0 and column in FIGURE_COLUMNS
                    paragraph = self.cell(cells[column], "", left=column in {1, 2, 3}, width=widths[column], style="Source")
                    if len(group) > 1 and column in FIGURE_COLUMNS:
                        _set(cells[column]._tc.get_or_add_tcPr(), "w:vMerge", "continue" if again else "restart")  # noqa: SLF001
                    if column == 0:
                        link = self.link(paragraph, self.first_use.get(source.index, f"s{source.index}"), text)
                        self.bookmark(link, f"s{source.index}")
                    elif not again:
                        paragraph.add_run(text)

    def source_cells(self, source: Source) -> Iterator[str]:
        yield str(source.index)
        yield source.label
        yield source.caliber
        yield source.asked.words
        yield source.text or "—"
        yield str(source.entries)
        yield str(self.document.mark)

    def note(self, text: str, right: str = "", *, at: int = 0) -> None:
        """A small line over or under a table; `right` ends at `at` mm."""
        paragraph = self.word.add_paragraph(style="Cell")
        paragraph.add_run(text)
        if right:
            paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(at), WD_TAB_ALIGNMENT.RIGHT)
            paragraph.add_run("\t" + right)

    def grid(self, header: tuple[str, ...], widths: list[int]) -> Any:
        table = self.word.add_table(rows=1, cols=len(header))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        row = table.rows[0]
        _set(row._tr.get_or_add_trPr(), "w:tblHeader", "1")  # noqa: SLF001 - repeated on every page
        for column, (cell, text) in enumerate(zip(row.cells, header, strict=True)):
            paragraph = self.cell(cell, "", width=widths[column])
            run = paragraph.add_run(text)
            _font(run._r.get_or_add_rPr(), HEI, SMALL)  # noqa: SLF001
        return table

    def cell(self, cell: Any, text: str, *, left: bool = False, width: int, style: str = "Cell") -> Any:
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph._p.style = style  # noqa: SLF001 - by its id, as looking a style up by name takes longer than all else
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
        _set(cell._tc.get_or_add_tcPr(), "w:vAlign", "center")  # noqa: SLF001
        if text:
            paragraph.add_run(text)
        return paragraph


def title_lines(title: str, width: int = 20) -> list[str]:
    """A long title in lines that grow shorter or stay even, broken before a word of the trade where there is one (GB/T 9704: 梯形 or 菱形)."""
    if len(title) <= width or title.isascii():
        return [title]
    cuts = [title.find(word) for word in ("定点帮扶", "对口帮扶", "驻村帮扶", "帮扶工作") if title.find(word) > 0]
    cut = min(cuts, default=-(-len(title) // 2), key=lambda c: abs(c - len(title) / 2))
    return [title[:cut], title[cut:]]


def column_widths(table: Table, whole: int) -> list[int]:
    """Column widths in mm that fill `whole`: the index narrow, the figure's name as wide as what is left, numbers alike."""
    numbers = len(table.header) - 3
    each = min(26, max(15, (whole - 12 - 40 - 18) // max(1, numbers)))
    return [12, whole - 12 - 18 - each * numbers, 18, *([each] * numbers)]


def _font(properties: Any, face: str, size: Any) -> None:
    fonts = _element(properties, "w:rFonts")
    for script, name in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", face)):
        fonts.set(qn(f"w:{script}"), name)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    if size == BODY:
        _set(properties, "w:spacing", CONDENSED)
    for tag in ("w:sz", "w:szCs"):
        _set(properties, tag, str(int(size.pt * 2)))
    language = _element(properties, "w:lang")  # without it some programs take the glyphs of another script's fonts
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")


def _format(form: Any, line: Any) -> None:
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = line
    form.space_before = form.space_after = Pt(0)
    form.keep_with_next = False


def _indent(paragraph: Any) -> None:
    """Two signs in from the left, by signs and not by length, as Word counts."""
    indent = _element(paragraph._p.get_or_add_pPr(), "w:ind")  # noqa: SLF001
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "640")


_ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap "
    "overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc "
    "textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden color spacing w kern "
    "position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
}
"""The order in which Word wants the properties of a paragraph, a run and a cell (ECMA-376, part 1, annex A)."""


def _inset(paragraph: Any, side: str, hundredths: int, points: int) -> None:
    """In from one side by hundredths of a sign; the length in twentieths of a point beside it, for programs that do not count by signs."""
    indent = _element(paragraph._p.get_or_add_pPr(), "w:ind")  # noqa: SLF001
    indent.set(qn(f"w:{side}Chars"), str(hundredths))
    indent.set(qn(f"w:{side}"), str(hundredths * points // 5))


def _element(parent: Any, tag: str) -> Any:
    """The child of that tag, made in its right place where there is none."""
    found = parent.find(qn(tag))
    if found is None:
        found = OxmlElement(tag)
        order = _ORDER.get(parent.tag.rpartition("}")[2], "").split()
        name = tag.removeprefix("w:")
        later = [f"w:{t}" for t in order[order.index(name) + 1 :]] if name in order else []
        parent.insert_element_before(found, *later)
    return found


def _set(parent: Any, tag: str, value: str) -> None:
    _element(parent, tag).set(qn("w:val"), value)


def _page_number(paragraph: Any) -> None:
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("", "1"), ("end", "")):
        if kind:
            char = OxmlElement("w:fldChar")
            char.set(qn("w:fldCharType"), kind)
            run._r.append(char)  # noqa: SLF001
        else:
            part = OxmlElement("w:instrText" if text == "PAGE" else "w:t")
            part.text = text
            run._r.append(part)  # noqa: SLF001
