"""A Word document → its text: body, tables, text boxes, footnotes, with each character's paragraph and run.

Deleted text of tracked changes, hidden text, field codes and comments are not what the document says and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.office.documents.packages import Element, unpack, xml
from bangfu.office.documents.shapes import Builder, DocumentRefused, Where
from bangfu.office.documents.tables import Cell, lay

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SAID = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_UNSAID = {f"{W}del", f"{W}moveFrom", f"{W}rt", _FALLBACK}
BODY = "word/document.xml"
NOTES = (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote"))

Piece = tuple[str, int | None, int | None, Where, Element]


def read(content: bytes) -> Builder:
    """The text of a docx; the handle of each piece is the element (w:t) it stands in. Raises DocumentRefused."""
    parts = unpack(content)
    return read_parts(parts, {name: xml(parts[name]) for name in (BODY, *(n for n, _ in NOTES)) if name in parts})


def read_parts(parts: dict[str, bytes], trees: dict[str, Element]) -> Builder:
    """As `read`, over trees already parsed, so that a caller can write into them where the pieces' handles point."""
    body = trees[BODY].find(f"{W}body") if BODY in trees else None
    if body is None:
        what = "旧版 Word" if "WordDocument" in parts else "Word"
        raise DocumentRefused(
            f"这不是可读的{what}文档（docx）：请用 Word/WPS 另存为 docx 再交",
            "This is not a readable Word document (docx): save it as docx and hand it in",
        )
    out = Builder()
    _Reader(_numbers(trees[BODY]), "body").blocks(body, out)
    for name, part in NOTES:
        if name in trees:
            reader = _Reader(_numbers(trees[name]), part)
            for note in trees[name]:
                if note.get(f"{W}type") not in {"separator", "continuationSeparator", "continuationNotice"}:
                    reader.blocks(note, out)
    return out


def _numbers(root: Element) -> dict[Element, int]:
    return {p: i for i, p in enumerate(root.iter(f"{W}p"))}


class _Reader:
    """Reads blocks of one part; `numbers` tells each paragraph's place in it."""

    def __init__(self, numbers: dict[Element, int], part: str) -> None:
        self.part = part
        self.numbers = numbers

    def blocks(self, home: Element, out: Builder) -> None:
        for block in home:
            if block.tag == f"{W}p":
                self._paragraph(block, out)
            elif block.tag == f"{W}tbl":
                self._table(block, out)
            elif block.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}moveTo"}:
                self.blocks(block, out)

    def _paragraph(self, paragraph: Element, out: Builder) -> None:
        out.line()
        for text, at, until, where, handle in self._pieces(paragraph, self.part):
            out.add(text, where, at, until, handle)
        out.line()
        for box in _boxes(paragraph):
            _Reader(self.numbers, "textbox").blocks(box, out)

    def _pieces(self, paragraph: Element, part: str) -> Iterator[Piece]:
        index = self.numbers.get(paragraph)
        for run_index, run in enumerate(_runs(paragraph)):
            if run.find(f"{W}rPr/{W}vanish") is not None:
                continue
            where = Where(part, paragraph=index, run=run_index)
            for item in run:
                if item.tag == f"{W}t" and item.text:
                    yield item.text, None, None, where, item
                elif item.tag in _SAID:
                    yield _SAID[item.tag], None, None, where, item

    def _table(self, table: Element, out: Builder) -> None:
        grid: list[list[Cell]] = []
        above: dict[int, Cell] = {}
        for row in table.iterchildren(f"{W}tr", f"{W}sdt", f"{W}ins"):
            grid.extend(self._table_row(tr, above) for tr in ([row] if row.tag == f"{W}tr" else row.iter(f"{W}tr")))
        if len(grid) == 1 or max((len(r) for r in grid), default=0) == 1 or any(len(c.text) > 200 for r in grid for c in r):
            # A table that lays out the page: its cells are paragraphs as elsewhere.
            for cell in table.iter(f"{W}tc"):
                self.blocks(cell, out)
            return
        lay(grid, out)

    def _table_row(self, row: Element, above: dict[int, Cell]) -> list[Cell]:
        cells: list[Cell] = []
        for tc in _cells(row):
            span = tc.find(f"{W}tcPr/{W}gridSpan")
            down = tc.find(f"{W}tcPr/{W}vMerge")
            at = len(cells)
            if down is not None and down.get(f"{W}val") != "restart" and at in above:
                cell = Cell(above[at].pieces, merged=True)
            else:
                cell = Cell([])
                for paragraph in tc.iterchildren(f"{W}p"):
                    cell.pieces.extend(self._pieces(paragraph, "table"))
            above[at] = cell
            cells.append(cell)
            width = int(span.get(f"{W}val") or 1) if span is not None and (span.get(f"{W}val") or "").isdecimal() else 1
            for extra in range(1, min(width, 64)):
                above[at + extra] = cell
                cells.append(Cell(cell.pieces, merged=True))
        return cells


def _runs(paragraph: Element) -> Iterator[Element]:
    """The runs of a paragraph in order, those of hyperlinks, insertions and fields too; not those of text boxes in it."""
    stack = list(reversed(paragraph))
    while stack:
        item = stack.pop()
        if item.tag == f"{W}r":
            yield item
        elif item.tag not in _UNSAID and item.tag != f"{W}pPr" and isinstance(item.tag, str):
            stack.extend(reversed(item))


def _cells(row: Element) -> Iterator[Element]:
    """The cells of a row, those in content controls too; not those of tables inside a cell."""
    for item in row:
        if item.tag == f"{W}tc":
            yield item
        elif item.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"}:
            yield from _cells(item)


def _boxes(paragraph: Element) -> Iterator[Element]:
    stack = [c for c in reversed(paragraph) if c.tag != f"{W}pPr"]
    while stack:
        item = stack.pop()
        if item.tag == f"{W}txbxContent":
            yield item
        elif item.tag not in _UNSAID:
            stack.extend(reversed(item))
