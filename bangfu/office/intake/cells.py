"""One file → its cells, as texts. Runs alone in a child process (`reading.py` starts it), because a broken or hostile file may take its reader down.

Only the standard library and python-calamine are imported here. What is written to standard output is a sequence of marshalled tuples:

    ("at", 0)                                       still at it: no rows yet
    ("remark", zh, en)                              something left aside: macros, links to other files
    ("sheet", name, hidden, merges, hidden_rows, hidden_columns, struck_rows, height)
    ("rows", [[text, …], …])                        rows from the top, every cell a text, "" where empty
    ("refused", zh, en)                             the file cannot be read; nothing follows
    ("end",)

A number is written as a spreadsheet shows it (15 significant digits, without exponent below 10^15), a date as ISO text.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import lzma
import marshal
import math
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

MAX_FILE = 200 << 20
MAX_UNFOLDED = 1 << 30  # all parts of a zipped workbook together
MAX_PART = 700 << 20
MAX_RATIO = 200  # a part larger than this many times its packed size is a bomb, if it is large at all
MAX_AREA = 24_000_000  # cells of the rectangle a sheet spans, empty ones included (the reader allocates all of it)
MAX_SHEETS = 300
MAX_COLUMNS = 1000
MAX_MEMORY = 3 << 29
MAX_CELL = 20_000  # characters of one cell kept
BATCH = 500

Emit = Callable[[tuple[Any, ...]], None]


class Refused(Exception):  # noqa: N818 - the trade's word
    """The file cannot be read, said in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en


def read(path: Path, emit: Emit) -> None:
    """Read the file at `path` and `emit` its parts. Raises Refused."""
    size = path.stat().st_size
    if size > MAX_FILE:
        raise Refused(
            f"文件有 {size >> 20} MB，超过 {MAX_FILE >> 20} MB 的上限，请拆成几个文件",
            f"the file has {size >> 20} MB; the limit is {MAX_FILE >> 20} MB",
        )
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\x00\r\n\t "):
        raise Refused("文件是空的", "the file is empty")
    if head.startswith(b"PK"):
        _zipped(path, emit)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        _workbook(path, emit, scan_xls(path))
    elif head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise Refused("这不是 Excel 或 CSV 文件", "this is not an Excel or CSV file")
    else:
        _text(path, emit)


# ── text files ───────────────────────────────────────────────────────────────────────────────────────────────────────


def encoding_of(path: Path) -> str:
    """utf-8-sig, utf-16 or gb18030: the first one in which the whole file is valid. Raises Refused."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for name in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=name) as file:
                while file.read(1 << 20):
                    pass
        except UnicodeError:
            continue
        else:
            return name
    raise Refused(
        "读不出文件的文字：既不是 UTF-8 也不是 GB18030，请另存为 Excel 或 UTF-8 CSV",
        "the file's text is neither UTF-8 nor GB18030; save it as Excel or UTF-8 CSV",
    )


def _text(path: Path, emit: Emit) -> None:
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(64 << 10)
    if "\x00" in sample:
        raise Refused("这不是文本文件，也不是认识的 Excel 文件", "this is neither a text file nor a known Excel file")
    if re.search(r"<table[\s>]", sample, re.IGNORECASE):
        _html(path.read_text(encoding=encoding, errors="replace"), path.stem, emit)
        return
    emit(("sheet", path.stem, False, [], [], [], [], 0))
    with path.open(encoding=encoding, newline="") as file:
        try:
            _rows(csv.reader((line.replace("\x00", "") for line in file), delimiter=_delimiter(sample)), emit, _clean_row, spans=True)
        except csv.Error as error:
            raise Refused(f"CSV 读不下去：{error}（多半是引号没有配对）", f"the CSV cannot be read on: {error}") from error


def _delimiter(sample: str) -> str:
    lines = [line for line in sample.splitlines()[:50] if line.strip()]
    return max(
        ",\t;|，",
        key=lambda mark: (
            sum(1 for line in lines if line.count(mark) >= 1),
            sum(line.count(mark) for line in lines),
            -",\t;|，".index(mark),
        ),
    )


class _Tables(HTMLParser):
    """An «xls» that is a web page: the rows of its tables, one under another."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.cell: list[str] | None = None
        self.taken: set[tuple[int, int]] = set()
        self.span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            values = dict(attrs)
            self.cell = []
            self.span = tuple(min(int(v), 200) if (v := values.get(k) or "1").isdecimal() else 1 for k in ("rowspan", "colspan"))  # type: ignore[assignment]
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"td", "th"} or self.cell is None:
            return
        row = len(self.rows) - 1
        line = self.rows[row]
        while (row, len(line)) in self.taken:
            line.append("")
        column = len(line)
        down, across = self.span
        line.append("".join(self.cell).strip())
        line.extend([""] * (across - 1))
        if down > 1 or across > 1:
            self.merges.append((row, column, row + down - 1, column + across - 1))
            self.taken.update((row + i, column + j) for i in range(1, down) for j in range(across))
        self.cell = None


def _html(text: str, name: str, emit: Emit) -> None:
    parser = _Tables()
    parser.feed(text)
    emit(("sheet", name, False, parser.merges, [], [], [], len(parser.rows)))
    _rows(parser.rows, emit, _clean_row)


# ── workbooks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _zipped(path: Path, emit: Emit) -> None:
    try:
        with zipfile.ZipFile(path) as pack:
            parts = pack.infolist()
            names = {p.filename for p in parts}
            if sum(p.file_size for p in parts) > MAX_UNFOLDED or any(
                p.file_size > MAX_PART or (p.file_size > 50 << 20 and p.file_size > MAX_RATIO * max(p.compress_size, 1)) for p in parts
            ):
                raise Refused("文件解开后过大，疑似压缩炸弹，没有读取", "the file unfolds to an unreasonable size and was not read")
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                emit(("remark", "文件带宏，宏已忽略，只读取单元格", "the file has macros; they were ignored"))
            if any("externallinks/" in name.lower() for name in names):
                emit(
                    (
                        "remark",
                        "文件引用了别的工作簿，引用不会打开，只取存下的结果",
                        "the file refers to other workbooks; only the stored results were read",
                    )
                )
            _check_entities(pack, parts)
            if "xl/workbook.xml" in names:
                struck = _struck_styles(pack)
                extras = {n: scan(pack, part, emit, struck) for n, part in _sheet_parts(pack).items()}
            elif "content.xml" in names:
                extras = scan_ods(pack)
            elif any(name.startswith("xl/") and name.endswith(".bin") for name in names):
                extras = {}
            else:
                raise Refused("这个压缩包不是 Excel 工作簿", "this zip file is not an Excel workbook")
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        EOFError,
        OSError,
        KeyError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise Refused("文件已损坏，打不开", "the file is damaged and cannot be opened") from error
    _workbook(path, emit, extras)


def _check_entities(pack: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Entities are declared at the head of a part or nowhere."""
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with pack.open(part) as file:
                head = file.read(2048)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"<\x00!\x00D" in head:
                raise Refused("文件里有不该有的实体声明，没有读取", "the file declares XML entities and was not read")


class Extra:
    """What calamine does not tell about a sheet: hidden rows and columns, rows struck through, formulas whose result is not stored, error values."""

    def __init__(self) -> None:
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self.struck: list[int] = []
        self.formulas: dict[tuple[int, int], str] = {}
        self.errors: dict[tuple[int, int], str] = {}
        self.merges: list[tuple[int, int, int, int]] = []


_REL = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_ATTR = re.compile(rb'([\w:.-]+)\s*=\s*"([^"]*)"|([\w:.-]+)\s*=\s*\'([^\']*)\'')


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        (m[1] or m[3]).decode("ascii", "replace").split(":")[-1]: (m[2] if m[1] else m[4]).decode("utf-8", "replace")
        for m in _ATTR.finditer(tag)
    }


def _sheet_parts(pack: zipfile.ZipFile) -> dict[int, str]:
    """Sheet position in the workbook → its part in the package."""
    book = _part(pack, "xl/workbook.xml")
    try:
        relations = {
            a.get("Id", ""): a.get("Target", "") for a in map(_attributes, _REL.findall(_part(pack, "xl/_rels/workbook.xml.rels")))
        }
    except KeyError:
        relations = {}
    found: dict[int, str] = {}
    names = set(pack.namelist())
    for position, tag in enumerate(_SHEET.findall(book)):
        target = relations.get(_attributes(tag).get("id", ""), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            found[position] = part
    if len(found) > MAX_SHEETS:
        raise Refused(f"工作表超过 {MAX_SHEETS} 张，请拆成几个文件", f"more than {MAX_SHEETS} sheets; split the file")
    return found


def _part(pack: zipfile.ZipFile, name: str) -> bytes:
    with pack.open(name) as file:
        data = file.read(8 << 20)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused("文件里有不该有的实体声明，没有读取", "the file declares XML entities and was not read")
    return data


_WIDE = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{2,3})\d+"[^>]*>(?!\s*</)(?:<(?:\w+:)?(?:v|is|f)[ >])')
_HIDDEN = re.compile(rb'<(?:\w+:)?(row|col)\s[^>]*\bhidden="(?:1|true)"[^>]*>')
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f(\s[^>]*?)?(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)</")
_REF = re.compile(r"([A-Z]{1,3})(\d{1,7})")


_FONT = re.compile(rb"<(?:\w+:)?font(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?font>)", re.DOTALL)
_STRIKE = re.compile(rb'<(?:\w+:)?strike(?:\s+val="(?:1|true)")?\s*/>')
_STYLE = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")


def _struck_styles(pack: zipfile.ZipFile) -> set[bytes]:
    """The numbers of the cell styles whose letters are struck through."""
    try:
        styles = _part(pack, "xl/styles.xml")
    except KeyError:
        return set()
    if b"strike" not in styles:
        return set()
    fonts = styles.partition(b"fonts")[2].partition(b"fonts>")[0]
    struck = {str(n) for n, m in enumerate(_FONT.finditer(fonts)) if m[1] and _STRIKE.search(m[1])}
    formats = styles.partition(b"cellXfs")[2].partition(b"cellXfs>")[0]
    return {str(n).encode() for n, tag in enumerate(_STYLE.findall(formats)) if _attributes(tag).get("fontId") in struck}


_VALUED = re.compile(rb"<(?:\w+:)?(?:v|is|f)[ >]")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)


def _note_struck(chunk: bytes, struck: set[bytes], extra: Extra) -> None:
    """Rows whose filled cells are all (but perhaps one) struck through."""
    style = re.compile(rb'<(?:\w+:)?c\s[^>]*?\bs="(?:' + b"|".join(sorted(struck)) + rb')"')
    at = 0
    while (match := style.search(chunk, at)) is not None:
        begin = max(chunk.rfind(b"<row", 0, match.start()), chunk.rfind(b":row ", 0, match.start()))
        end = chunk.find(b"row>", match.end())
        at = end if end > 0 else len(chunk)
        head = re.compile(rb'row\s[^>]*?\br="(\d+)"').search(chunk, max(begin, 0), match.end())
        filled = [m[1] for m in _ANY_CELL.finditer(chunk, match.start() if begin < 0 else begin, at) if m[2] and _VALUED.search(m[2])]
        lined = sum(1 for tag in filled if (s := re.search(rb'\bs="(\d+)"', tag)) is not None and s[1] in struck)
        if head is not None and lined >= 2 and lined >= len(filled) - 1:
            extra.struck.append(int(head[1]) - 1)


def scan(pack: zipfile.ZipFile, name: str, emit: Emit, struck: set[bytes]) -> Extra:
    """Go once through a sheet's XML without building anything: refuse what would unfold, note what calamine leaves out."""
    extra = Extra()
    high, wide = 0, 26
    shared: dict[str, tuple[str, int, int]] = {}
    for chunk in _chunks(pack, name):
        emit(("at", 0))
        if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
            raise Refused("文件里有不该有的实体声明，没有读取", "the file declares XML entities and was not read")
        for match in _WIDE.finditer(chunk):
            wide = max(wide, column_of(match[1].decode()) + 1)
        for match in _HIDDEN.finditer(chunk):
            _note_hidden(match, extra)
        if struck:
            _note_struck(chunk, struck, extra)
        if b"<f" in chunk or b":f" in chunk or b't="e"' in chunk:
            _note_special(chunk, extra, shared)
        for number in _rows_with_content(chunk):
            high = max(high, number)
    if high * wide > MAX_AREA or wide > MAX_COLUMNS * 4:
        raise Refused(
            f"有一张表在第 {high} 行、第 {wide} 列还有内容，范围过大；请删去表格以外的内容再传",
            f"a sheet has content as far as row {high}, column {wide}; delete what lies outside the table",
        )
    return extra


def _rows_with_content(chunk: bytes) -> Iterator[int]:
    """The last row number of the chunk that holds a value (styled empty rows do not count)."""
    end = max(chunk.rfind(b"</v>"), chunk.rfind(b"</is>"), chunk.rfind(b":v>"), chunk.rfind(b"</f>"), chunk.rfind(b"</t>"))
    if end < 0:
        return
    last = chunk.rfind(b"<row ", 0, end)
    last = chunk.rfind(b":row ", 0, end) if last < 0 else last
    match = re.compile(rb'row\s[^>]*?\br="(\d+)"').search(chunk, max(last - 1, 0))
    if match is not None and last >= 0:
        yield int(match[1])
    cell = chunk.rfind(b"<c ", 0, end)
    match = re.compile(rb'\br="[A-Z]{1,3}(\d+)"').search(chunk, max(cell, 0))
    if match is not None:
        yield int(match[1])


def _note_hidden(match: re.Match[bytes], extra: Extra) -> None:
    attributes = _attributes(match[0])
    if match[1] == b"row":
        number = attributes.get("r", "")
        if number.isdecimal():
            extra.hidden_rows.append(int(number) - 1)
    else:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if first.isdecimal() and last.isdecimal():
            extra.hidden_columns.extend(range(int(first) - 1, min(int(last), MAX_COLUMNS)))


def _note_special(chunk: bytes, extra: Extra, shared: dict[str, tuple[str, int, int]]) -> None:
    for match in _CELL.finditer(chunk):
        tag, body = match[1], match[2]
        has_formula = b"<f" in body or b":f" in body
        if not has_formula and b't="e"' not in tag:
            continue
        place = _REF.fullmatch(_attributes(tag).get("r", ""))
        if place is None:
            continue
        at = int(place[2]) - 1, column_of(place[1])
        value = _VALUE.search(body)
        if b't="e"' in tag and value is not None:
            extra.errors[at] = value[1].decode("utf-8", "replace")[:20]
        elif has_formula:
            text = _formula(body, at, shared)
            if value is None and text:
                extra.formulas[at] = text


def _formula(body: bytes, at: tuple[int, int], shared: dict[str, tuple[str, int, int]]) -> str:
    match = _FORMULA.search(body)
    if match is None:
        return ""
    attributes = _attributes(match[1] or b"")
    text = (
        (match[2] or b"").decode("utf-8", "replace").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    )
    key = attributes.get("si", "")
    if attributes.get("t") == "shared" and key:
        if text:
            shared[key] = (text, *at)
        elif key in shared:
            master, row, column = shared[key]
            return shifted(master, at[0] - row, at[1] - column)
    return text[:2000]


_CELL_REF = re.compile(r"(?<![A-Za-z0-9_.])(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(?![A-Za-z0-9_(])")


def shifted(formula: str, down: int, across: int) -> str:
    """A formula as it reads `down` rows and `across` columns further (relative references move)."""

    def move(match: re.Match[str]) -> str:
        column = column_of(match[2]) + (0 if match[1] else across)
        row = int(match[4]) + (0 if match[3] else down)
        return f"{match[1]}{letters(max(column, 0))}{match[3]}{max(row, 1)}"

    return _CELL_REF.sub(move, formula)


def column_of(name: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


def letters(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _chunks(pack: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The part in pieces that end after a row, so that no cell is cut."""
    rest = b""
    with pack.open(name) as file:
        while True:
            data = file.read(1 << 20)
            if not data:
                break
            data = rest + data
            cut = data.rfind(b"</row>")
            cut = cut + 6 if cut >= 0 else (data.rfind(b">") + 1 if len(data) > 8 << 20 else 0)
            rest = data[cut:]
            if cut:
                yield data[:cut]
    if rest:
        yield rest


_ODS = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^>]*?)(/?)>")
_ODS_CONTENT = re.compile(rb"<text:p")


def scan_ods(pack: zipfile.ZipFile) -> dict[int, Extra]:
    """Go once through an .ods: merged cells, which calamine does not tell, and refuse what would unfold beyond the limit."""
    extras: dict[int, Extra] = {}
    sheet, row, column, high, wide = -1, 0, 0, 0, 0
    repeat = 1
    filled_cells = lined_cells = 0
    with pack.open("content.xml") as file:
        data = file.read(MAX_PART)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused("文件里有不该有的实体声明，没有读取", "the file declares XML entities and was not read")
    styles = re.findall(rb'<style:style [^>]*?style:name="([^"]+)"[^>]*>(.*?)</style:style>', data.partition(b"<office:body")[0], re.DOTALL)
    struck = {name for name, body in styles if re.search(rb'text-line-through-style="(?!none)', body)}
    for match in _ODS.finditer(data):
        closing, name, tag = bool(match[1]), match[2], match[3]
        if name == b"table":
            if not closing:
                sheet, row, high, wide = sheet + 1, 0, 0, 0
                extras[sheet] = Extra()
        elif name == b"table-row":
            if closing or match[4]:
                if closing and lined_cells >= 2 and lined_cells >= filled_cells - 1:
                    extras[sheet].struck.append(row)
                row += repeat if closing else _repeated(tag, "rows")
            else:
                repeat, column = _repeated(tag, "rows"), 0
            filled_cells = lined_cells = 0
        elif not closing and sheet >= 0:
            times = _repeated(tag, "columns")
            filled = not match[4] and data[match.end() : match.end() + 200].lstrip().startswith(b"<text:p")
            if filled:
                filled_cells += 1
                if struck:
                    lined_cells += _attributes(tag).get("style-name", "").encode() in struck
                high, wide = max(high, row + repeat), max(wide, column + times)
                if high * wide > MAX_AREA:
                    raise Refused("文件解开后过大，没有读取", "the file unfolds to an unreasonable size and was not read")
            if b"-spanned" in tag:
                about = _attributes(tag)
                down, across = (int(about.get(f"number-{n}-spanned", "1") or 1) for n in ("rows", "columns"))
                if (down > 1 or across > 1) and len(extras[sheet].merges) < 100_000:
                    extras[sheet].merges.append((row, column, row + down - 1, column + across - 1))
            column += times
    return extras


# ── .xls: which rows are struck through (MS-CFB 2.2–2.6, MS-XLS 2.4.122 Font, 2.4.353 XF) ─────────────────────────────

_CELL_RECORDS = frozenset(
    {0x0006, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E}
)  # formula, text of the table, number, label, truth, packed number


def scan_xls(path: Path) -> dict[int, Extra]:
    """Sheet position in the workbook → its rows struck through. Nothing where the file is not built as it should be: calamine judges that."""
    try:
        return _struck_xls(_workbook_stream(path.read_bytes()))
    except (struct.error, IndexError, ValueError):
        return {}


def _workbook_stream(data: bytes) -> bytes:
    """The stream «Workbook» of a compound file (those of 4 KB and more; a smaller one holds no ledger)."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if not 512 <= size <= 4096:
        raise ValueError

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    tables = [n for n in struct.unpack_from("<109I", data, 76) if n < 0xFFFFFFFA]
    more = struct.unpack_from("<I", data, 68)[0]
    most = len(data) // size + 1  # no chain is longer than the file
    for _ in range(most):
        if more >= 0xFFFFFFFA or len(tables) > most:
            break
        *entries, more = struct.unpack(f"<{size // 4}I", sector(more))
        tables.extend(n for n in entries if n < 0xFFFFFFFA)
    following = [n for table in tables for n in struct.unpack(f"<{size // 4}I", sector(table))]

    def chain(number: int) -> bytes:
        out: list[bytes] = []
        while number < 0xFFFFFFFA and len(out) <= most:
            out.append(sector(number))
            number = following[number]
        return b"".join(out)

    directory = chain(struct.unpack_from("<I", data, 48)[0])
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        start, count = struct.unpack_from("<II", directory, at + 116)
        if name == "Workbook" and count >= 4096:
            return chain(start)[:count]
    raise ValueError


def _struck_xls(book: bytes) -> dict[int, Extra]:
    fonts: list[bool] = []
    formats: list[int] = []
    sheets: list[int] = []
    for kind, at, length in _records(book, 0):
        if kind == 0x0031 and length >= 4:
            fonts.append(bool(struct.unpack_from("<H", book, at + 2)[0] & 8))
        elif kind == 0x00E0 and length >= 2:
            formats.append(struct.unpack_from("<H", book, at)[0])
        elif kind == 0x0085 and length >= 4:
            sheets.append(struct.unpack_from("<I", book, at)[0])
    if not any(fonts):
        return {}
    lined = [fonts[f - (f > 4)] if f - (f > 4) < len(fonts) else False for f in formats]  # there is no font of number 4
    return {position: _struck_sheet(book, start, lined) for position, start in enumerate(sheets)}


def _struck_sheet(book: bytes, start: int, lined: list[bool]) -> Extra:
    extra = Extra()
    rows: dict[int, list[int]] = {}  # row → filled cells, those struck through
    for kind, at, length in _records(book, start):
        if kind in _CELL_RECORDS:
            row, _, *styles = struct.unpack_from("<HHH", book, at)
        elif kind == 0x00BD:  # several packed numbers
            row = struct.unpack_from("<H", book, at)[0]
            styles = [struct.unpack_from("<H", book, at + 4 + 6 * n)[0] for n in range((length - 6) // 6)]
        else:
            continue
        counts = rows.setdefault(row, [0, 0])
        counts[0] += len(styles)
        counts[1] += sum(style < len(lined) and lined[style] for style in styles)
    extra.struck = [row for row, (filled, struck) in rows.items() if struck >= 2 and struck >= filled - 1]
    return extra


def _records(book: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """(kind, where its contents begin, their length) of every record up to the end of the substream that begins at `at`."""
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, at + 4, length
        depth += (kind == 0x0809) - (kind == 0x000A)
        at += 4 + length
        if depth <= 0:
            return


def _repeated(tag: bytes, what: str) -> int:
    match = re.search(rb"number-" + what.encode() + rb'-repeated="(\d{1,9})"', tag)
    return int(match[1]) if match else 1


def _workbook(path: Path, emit: Emit, extras: dict[int, Extra]) -> None:
    import python_calamine  # noqa: PLC0415 - text files need not wait for it

    try:
        with path.open("rb") as file:
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        metadata = book.sheets_metadata
        for position, about in enumerate(metadata[:MAX_SHEETS]):
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_index(position)
            _sheet(sheet, about.visible != python_calamine.SheetVisibleEnum.Visible, extras.get(position) or Extra(), emit)
    except python_calamine.PasswordError as error:
        raise Refused("文件有打开密码，请去掉密码后再传", "the file has a password; remove it and upload again") from error
    except (python_calamine.CalamineError, ValueError, OSError, IndexError) as error:
        raise Refused("文件已损坏，打不开", "the file is damaged and cannot be opened") from error


def _sheet(sheet: Any, hidden: bool, extra: Extra, emit: Emit) -> None:
    end = sheet.end
    merges = [(a[0], a[1], b[0], b[1]) for a, b in (sheet.merged_cell_ranges or [])] or extra.merges
    height = end[0] + 1 if end else 0
    if end and (end[0] + 1) * (end[1] + 1) > (MAX_AREA if end[0] > 65_535 or end[1] < 60 else MAX_AREA // 6):
        raise Refused("表格范围过大，请删去表格以外的内容再传", "a sheet spans too many cells; delete what lies outside the table")
    hidden_rows, hidden_columns = extra.hidden_rows[:100_000], extra.hidden_columns[:MAX_COLUMNS]
    emit(("sheet", sheet.name, hidden, merges[:200_000], hidden_rows, hidden_columns, extra.struck[:100_000], height))
    if not end:
        return
    lead = [""] * (sheet.start[1] if sheet.start else 0)  # rows come from the top, but only from the first used column on
    rows = ([*lead, *row] for row in sheet.iter_rows()) if lead else sheet.iter_rows()
    if not (extra.errors or extra.formulas):
        _rows(rows, emit, _text_row)
        return
    whole = [_text_row(row) for row in rows]
    _fill_special(whole, extra)
    _rows(whole, emit, None)


def _fill_special(grid: list[list[str]], extra: Extra) -> None:
    """Put error values in, and work out the formulas whose result is not stored."""
    for (row, column), text in extra.errors.items():
        _put(grid, row, column, text)
    pending = dict(list(extra.formulas.items())[:200_000])
    for _ in range(6):  # formulas that stand on formulas
        left: dict[tuple[int, int], str] = {}
        for (row, column), formula in pending.items():
            found = calculate(formula, grid, pending, (row, column))
            if found is None:
                left[row, column] = formula
            else:
                _put(grid, row, column, found)
        if len(left) == len(pending):
            break
        pending = left
    for (row, column), formula in pending.items():
        _put(grid, row, column, f"={formula}"[:200])


def _put(grid: list[list[str]], row: int, column: int, text: str) -> None:
    if row >= len(grid) + 2000 or column > MAX_COLUMNS:
        return
    while len(grid) <= row:
        grid.append([])
    line = grid[row]
    if len(line) <= column:
        line.extend([""] * (column + 1 - len(line)))
    line[column] = text


_SUM = re.compile(r"(?:SUM|SUBTOTAL\(\s*(?:9|109)\s*,)\s*\(?([^()]*)\)", re.IGNORECASE)
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})\s*:\s*\$?([A-Z]{1,3})\$?(\d{1,7})")
_ONE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_ARITHMETIC = re.compile(r"[\d.+\-*/() ]+")


class _Unknown(Exception):  # noqa: N818
    """A formula that is beyond plain arithmetic, or stands on a cell that is no number."""


def calculate(formula: str, grid: list[list[str]], pending: dict[tuple[int, int], str], at: tuple[int, int]) -> str | None:
    """The result of a formula of sums, products and references (SUM, SUBTOTAL 9, ROUND, + - * /); None where it cannot be worked out."""
    text = formula.lstrip("=+").strip()
    single = _ONE.fullmatch(text)
    try:
        if single is not None:
            place = int(single[2]) - 1, column_of(single[1])
            if place in pending or place == at:
                return None
            return _cell(grid, *place)
        text = re.sub(r"ROUND\(([^(),]+(?:\([^()]*\))?[^(),]*),\s*(\d)\)", r"(\1)", text, flags=re.IGNORECASE)
        text = _SUM.sub(lambda m: _total(m[1], grid, pending, at), text)
        text = _ONE.sub(lambda m: _number(grid, int(m[2]) - 1, column_of(m[1]), pending, at), text)
        if not _ARITHMETIC.fullmatch(text) or len(text) > 2000 or "**" in text or "//" in text:
            return None
        return number_text(float(_Sum(text).value()))
    except (_Unknown, ZeroDivisionError, OverflowError, ValueError, RecursionError):
        return None


def _total(arguments: str, grid: list[list[str]], pending: dict[tuple[int, int], str], at: tuple[int, int]) -> str:
    total = 0.0
    for argument in arguments.split(","):
        span = _RANGE.fullmatch(argument.strip())
        if span is None:
            raise _Unknown
        for row in range(int(span[2]) - 1, min(int(span[4]), len(grid))):
            for column in range(column_of(span[1]), min(column_of(span[3]), MAX_COLUMNS) + 1):
                if (row, column) in pending or (row, column) == at:
                    raise _Unknown
                try:
                    total += float(_cell(grid, row, column) or 0)
                except ValueError:
                    continue  # SUM leaves texts out
    return repr(total)


def _number(grid: list[list[str]], row: int, column: int, pending: dict[tuple[int, int], str], at: tuple[int, int]) -> str:
    if (row, column) in pending or (row, column) == at:
        raise _Unknown
    return f"({float(_cell(grid, row, column) or 0)!r})"


def _cell(grid: list[list[str]], row: int, column: int) -> str:
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else ""


class _Sum:
    """Arithmetic of + - * / and parentheses, by descent (no eval)."""

    def __init__(self, text: str) -> None:
        self.tokens = re.findall(r"\d+\.?\d*(?:e[+-]?\d+)?|[-+*/()]", text.replace(" ", ""))
        self.at = 0

    def value(self) -> float:
        found = self._terms()
        if self.at != len(self.tokens):
            raise _Unknown
        return found

    def _take(self, options: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in options:
            self.at += 1
            return str(self.tokens[self.at - 1])
        return ""

    def _terms(self) -> float:
        found = self._factors()
        while sign := self._take("+-"):
            found = found + self._factors() if sign == "+" else found - self._factors()
        return found

    def _factors(self) -> float:
        found = self._atom()
        while sign := self._take("*/"):
            found = found * self._atom() if sign == "*" else found / self._atom()
        return found

    def _atom(self) -> float:
        if sign := self._take("+-"):
            return self._atom() if sign == "+" else -self._atom()
        if self._take("("):
            found = self._terms()
            if not self._take(")"):
                raise _Unknown
            return found
        if self.at >= len(self.tokens):
            raise _Unknown
        self.at += 1
        return float(self.tokens[self.at - 1])


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_EDGE = " \t\r\n\u3000\xa0\ufeff\u200b\u200c\u200d\u2028"


def number_text(value: float) -> str:
    """A number as a spreadsheet means it: 15 significant digits, whole numbers without a point; beyond 2^53 with its exponent, as it is no longer exact."""
    if not math.isfinite(value):
        return "#NUM!"
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if abs(value) >= 1e15:
        return repr(value) if "e" in repr(value) else f"{value:.14e}"
    text = f"{value:.15g}"
    return f"{value:.20f}".rstrip("0") if "e" in text else text


def text_of(value: Any) -> str:
    """A cell's value as the text a reader sees."""
    if isinstance(value, str):
        return value.strip(_EDGE)[:MAX_CELL].replace("\r\n", "\n")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.datetime):
        return str(value.date() if value.time() == dt.time(0) else value.isoformat(" ", "seconds"))
    if isinstance(value, (dt.date, dt.time)):
        return str(value.isoformat())
    if isinstance(value, dt.timedelta):
        return number_text(value.total_seconds() / 86400)
    return str(value)


def _text_row(row: list[Any]) -> list[str]:
    out = [
        v.strip(_EDGE) if v.__class__ is str else (str(int(v)) if v.__class__ is float and -1e15 < v < 1e15 and v == int(v) else text_of(v))
        for v in row
    ]
    return out if len(out) <= MAX_COLUMNS else out[:MAX_COLUMNS]


def _clean_row(row: list[str]) -> list[str]:
    return [v.strip(_EDGE) for v in row[:MAX_COLUMNS]]


def _rows(rows: Iterable[list[Any]], emit: Emit, clean: Callable[[list[Any]], list[str]] | None, *, spans: bool = False) -> None:
    """Emit rows in batches. With `spans` (csv) a row that took several lines is followed by as many empty ones, so that positions are lines."""
    batch: list[list[str]] = []
    reader: Any = rows
    seen = 0
    for row in rows:
        batch.append(clean(row) if clean else row)
        if spans:
            line = reader.line_num
            batch.extend([] for _ in range(min(line - seen - 1, 200)))
            seen = line
        if len(batch) >= BATCH:
            emit(("rows", batch))
            batch = []
    if batch:
        emit(("rows", batch))


def _limit(seconds: int) -> None:
    """Let the system stop this process before it takes the machine down (where the system can)."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """`python cells.py FILE SECONDS`: the child's side."""
    out = sys.stdout.buffer

    def emit(message: tuple[Any, ...]) -> None:
        marshal.dump(message, out)
        out.flush()

    _limit(int(sys.argv[2]))
    try:
        read(Path(sys.argv[1]), emit)
        emit(("end",))
    except Refused as refused:
        emit(("refused", refused.zh, refused.en))
    except (MemoryError, RecursionError):
        emit(("refused", "文件太大或太复杂，内存不够读取", "the file is too large or too complex to be read"))


if __name__ == "__main__":
    main()
