"""A PDF with a text layer → its text: wrapped lines joined into paragraphs, tables read as tables, page numbers and running heads dropped."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from bangfu.office.documents.shapes import Builder, DocumentRefused, Where
from bangfu.office.documents.tables import Cell, is_number, lay

MOST_PAGES = 500
_PAGE_NUMBER = re.compile(r"[-—–·\s第]*\d{1,4}\s*(?:/\s*\d{1,4})?[-—–·\s页]*")
_OPENING = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、](?!\d)|第[一二三四五六七八九十]{1,3}[章节条]"
)


def read(content: bytes) -> tuple[Builder, tuple[str, ...]]:
    """The text and notes for the reader. Raises DocumentRefused for a scan, a locked or damaged file, or more than MOST_PAGES pages."""
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise DocumentRefused(
                    f"PDF 有 {len(pdf.pages)} 页，一次最多核验 {MOST_PAGES} 页：请拆开再交",
                    f"The PDF has {len(pdf.pages)} pages, at most {MOST_PAGES} are checked at once: split it",
                )
            pages = [_page(page) for page in pdf.pages]
            empty = [i + 1 for i, page in enumerate(pdf.pages) if not pages[i] and page.images]
    except (
        PDFPasswordIncorrect,
        PdfminerException,
        PDFException,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        # pdfminer answers a damaged file with whatever its parser stumbled over.
        if isinstance(error, DocumentRefused):
            raise
        raise DocumentRefused(
            "PDF 已损坏或加了密码，读不出来：请重新导出一份不加密的 PDF，或交 Word 原件",
            "The PDF is damaged or locked and cannot be read: export it again without a password, or hand in the Word file",
        ) from error
    if not any(pages):
        raise DocumentRefused(
            "这是扫描件，没有文字层，无法核验：请交 Word 原件，或先做文字识别（OCR）",
            "This is a scan without a text layer and cannot be checked: hand in the Word file, or run text recognition (OCR) first",
        )
    repeated = Counter(_still(line.text) for items in pages for line in _edges(items))
    heads = {text for text, times in repeated.items() if times > 1 and times * 2 > len(pages)}
    out = Builder()
    lines: list[Line] = []
    grid: list[list[Cell]] = []
    begun = 0  # the page on which the table at hand began
    for number, items in enumerate(pages, 1):
        edges = {id(line) for line in _edges(items)}
        for item in items:
            if isinstance(item, Line):
                if id(item) in edges and (_PAGE_NUMBER.fullmatch(item.text) or _still(item.text) in heads):
                    continue
                _table(grid, out)
                item.page = number
                lines.append(item)
                continue
            _paragraphs(lines, out)
            lines = []
            rows = [[Cell([(c or "", None, None, Where("table", page=number), None)]) for c in row] for row in item]
            said_again = _repeated(grid, rows)
            goes_on = begun != number and (said_again or any(is_number(c.word) for c in rows[0]))  # over the page's end
            if grid and (not goes_on or len(grid[0]) != len(rows[0])):
                _table(grid, out)
                said_again = 0
            grid += rows[said_again:]
            begun = number
    _table(grid, out)
    _paragraphs(lines, out)
    notes = (f"第 {'、'.join(map(str, empty))} 页是图片，没有文字，未核验",) if empty else ()
    return out, notes


def _repeated(grid: list[list[Cell]], rows: list[list[Cell]]) -> int:
    """How many heading lines of the table are said again at the top of the next page."""
    same = 0
    while same < min(len(grid), len(rows)) and [c.word for c in rows[same]] == [c.word for c in grid[same]]:
        same += 1
    return same


def _table(grid: list[list[Cell]], out: Builder) -> None:
    if grid:
        lay(grid, out)
        grid.clear()


class Line:
    """One printed line: its text, where it begins and ends across the page, and how high its letters are."""

    __slots__ = ("left", "page", "right", "size", "text", "top", "width")

    def __init__(self, raw: dict[str, Any], width: float) -> None:
        self.text: str = _close_up(raw["text"])
        self.left, self.right, self.top, self.width = float(raw["x0"]), float(raw["x1"]), float(raw["top"]), width
        self.size = max((float(c["size"]) for c in raw.get("chars", [])), default=10.0)
        self.page = 0


def _page(page: Any) -> list[Line | list[list[str | None]]]:
    """Lines and tables of one page, from top to bottom."""
    tables = page.find_tables()
    tables = [t for t in tables if len(t.rows) > 1 and max((len(r.cells) for r in t.rows), default=0) > 1]
    boxes = [t.bbox for t in tables]

    def outside(thing: dict[str, Any]) -> bool:
        if thing.get("object_type") != "char":
            return True
        x, y = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
        return not any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in boxes)

    rest = page.filter(outside) if boxes else page
    placed: list[tuple[float, Line | list[list[str | None]]]] = [
        (float(raw["top"]), Line(raw, float(page.width))) for raw in rest.extract_text_lines(return_chars=True) if raw["text"].strip()
    ]
    placed += [(float(t.bbox[1]), [[_close_up(c) if c else c for c in row] for row in t.extract()]) for t in tables]
    return [item for _, item in sorted(placed, key=lambda p: p[0])]


_GAP = re.compile(r"(?<=[^\x00-\x7f])[ \n]+(?=\S)|(?<=\S)[ \n]+(?=[^\x00-\x7f])")


def _close_up(text: str) -> str:
    """Spaces that the layout put between Chinese characters are no part of the text."""
    return _GAP.sub("", text.strip())


def _edges(items: list[Any]) -> list[Line]:
    lines = [i for i in items if isinstance(i, Line)]
    return lines[:1] + lines[-1:] if lines else []


def _still(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _paragraphs(lines: list[Line], out: Builder) -> None:
    """Join lines that the page wrapped: a line that ran to the right edge goes on in the next, unless that one begins a paragraph."""
    if not lines:
        return
    right: dict[int, float] = {}
    left: dict[int, float] = {}
    for line in lines:  # pages may be turned, so each has its own edges
        right[line.page] = max(right.get(line.page, 0.0), line.right)
        left[line.page] = min(left.get(line.page, line.left), line.left)
    previous: Line | None = None
    for line in lines:
        full = previous is not None and previous.right > right[previous.page] - 2.5 * previous.size
        indented = line.left > left[line.page] + 1.2 * line.size
        opening = indented or _OPENING.match(line.text) is not None
        if previous is None or not full or (opening and previous.text[-1:] in "。！？：；”") or abs(line.size - previous.size) > 1.5:
            out.line()
        elif previous.text[-1:].isascii() and line.text[:1].isascii() and previous.text[-1:].isalpha():
            out.say(" ")
        out.add(line.text, Where("body", page=line.page))
        previous = line
    out.line()
