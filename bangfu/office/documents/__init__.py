"""A report as somebody hands it in → one text with positions: txt, html, docx, pdf with a text layer, xlsx annex tables."""

from __future__ import annotations

from pathlib import Path

from bangfu.office.documents import encoding, html, pdf, sheets, word
from bangfu.office.documents.shapes import Builder, Document, DocumentRefused, Piece, Where

__all__ = ["MOST_BYTES", "Document", "DocumentRefused", "Piece", "Where", "open", "text"]

MOST_BYTES = 50_000_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open(file: Path | bytes, name: str = "") -> Document:  # noqa: A001 - documents.open reads as one says it
    """Read a file or its bytes. What it is is told by its content first, by its name only between text and html.

    Raises DocumentRefused, with a sentence in both languages, for what cannot be read; FileNotFoundError and PermissionError for a path.
    """
    if isinstance(file, Path):
        name = name or file.name
        if file.stat().st_size > MOST_BYTES:
            raise _too_large()
        content = file.read_bytes()
    else:
        content = file
    if len(content) > MOST_BYTES:
        raise _too_large()
    if not content.strip():
        raise DocumentRefused("文件是空的：请检查是否选对了文件", "The file is empty: check that the right one was chosen")
    end = name.rpartition(".")[2].lower()
    if content.startswith(b"%PDF") or (end == "pdf" and b"%PDF" in content[:1024]):
        built, notes = pdf.read(content)
        return _filled(built.build(name, "pdf", content, notes=notes))
    if content.startswith(b"PK\x03\x04"):
        return _office(content, name)
    if content.startswith(_OLD_OFFICE):
        raise DocumentRefused(
            "这是旧版 Office 文件（doc、xls、wps）或加了密码：请另存为不加密的 docx 或 xlsx 再交",
            "This is an old Office file (doc, xls, wps) or locked by a password: save it as an unlocked docx or xlsx",
        )
    if content[:4] in {b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*"} or content[:3] == b"\xff\xd8\xff":
        raise DocumentRefused(
            "这是图片，没有文字，无法核验：请交 Word 原件，或先做文字识别（OCR）",
            "This is a picture without text and cannot be checked: hand in the Word file, or run text recognition (OCR) first",
        )
    as_html = end in {"html", "htm", "xhtml", "shtml"} or (end not in {"txt", "md", "csv"} and _looks_html(content))
    source, code, notes = encoding.decode(content, html=as_html)
    if as_html:
        return _filled(html.read(source).build(name, "html", content, source=source, encoding=code, notes=notes))
    return text(source, name, content=content, code=code, notes=notes)


def text(source: str, name: str = "", *, content: bytes = b"", code: str = "utf-8", notes: tuple[str, ...] = ()) -> Document:
    """A document of plain text, as pasted into the page: every position is its own."""
    out = Builder()
    out.add(source, Where())
    return _filled(out.build(name, "txt", content or source.encode("utf-8", "surrogatepass"), encoding=code, notes=notes))


def _office(content: bytes, name: str) -> Document:
    head = content[:200_000] + content[-200_000:]
    if b"xl/workbook" in head:
        return _filled(sheets.read(content).build(name, "xlsx", content))
    if b"word/" in head or b"WordDocument" in head:
        return _filled(word.read(content).build(name, "docx", content))
    raise DocumentRefused(
        "压缩包里没有 Word 或 Excel 文档：请交 txt、html、docx、pdf 或 xlsx 文件",
        "There is no Word or Excel document in this archive: hand in a txt, html, docx, pdf or xlsx file",
    )


def _looks_html(content: bytes) -> bool:
    head = content[:4096].lower()
    return b"<!doctype html" in head or b"<html" in head or b"<body" in head


def _filled(document: Document) -> Document:
    if not document.text.strip():
        raise DocumentRefused(
            "文件里没有找到正文：请检查文件，或把正文粘贴到页面上",
            "No text was found in the file: check it, or paste the text into the page",
        )
    return document


def _too_large() -> DocumentRefused:
    return DocumentRefused(
        f"文件超过 {MOST_BYTES // 1_000_000} MB：请去掉图片或拆开再交",
        f"The file is larger than {MOST_BYTES // 1_000_000} MB: take out the pictures or split it",
    )
