"""What every format is read into: one text for the claims, and the way back from each character to its place in the file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from bangfu.claims.tables import Table


class DocumentRefused(ValueError):  # noqa: N818 - the trade's own word for it
    """The file cannot be read. `zh` and `en` say what is wrong and what to do next, in one sentence each."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh = zh
        self.en = en
        super().__init__(zh)


@dataclass(frozen=True, slots=True)
class Where:
    """Where a piece stands, as a person would look for it. Indexes count from 0, pages from 1.

    `part` is "body", "table", "textbox", "footnote" or "endnote"; `paragraph` counts the paragraphs of that part of a docx, `run` the
    runs of that paragraph; `cell` is a cell's address as a spreadsheet names it (B7).
    """

    part: str = "body"
    page: int | None = None
    paragraph: int | None = None
    run: int | None = None
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """`text[start:end]` of the document was read from `source[at:until]`; words without a piece (a table's heading said again) are ours.

    Where both have the same length the way back is character by character, otherwise (an entity) the piece is taken whole.
    `handle` is what a format needs to write there again (the w:t of a docx).
    """

    start: int
    end: int
    at: int
    until: int
    where: Where
    handle: Any = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it is read. `source` is the decoded file (txt, html) or the text itself (docx, pdf, xlsx); spans of JSON point into it.

    `tables` are its tables as cells, with spans of `text`.
    """

    name: str
    format: str
    text: str
    source: str
    pieces: tuple[Piece, ...]
    content: bytes = field(repr=False, default=b"")
    encoding: str = ""
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    _starts: tuple[int, ...] = field(repr=False, default=())

    def within(self, start: int, end: int) -> tuple[Piece, ...]:
        """The pieces that `text[start:end]` touches, in order; none where it is wholly our own words."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        found = []
        for piece in self.pieces[first:]:
            if piece.start >= max(end, start + 1):
                break
            if piece.end > start:
                found.append(piece)
        return tuple(found)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The span of `source` that `text[start:end]` was read from (DESIGN.md, Span)."""
        touched = self.within(start, end)
        if not touched:
            near = self.pieces[max(bisect_right(self._starts, start) - 1, 0)] if self.pieces else None
            at = near.until if near else 0
            return at, at
        first, last = touched[0], touched[-1]
        linear_first, linear_last = first.until - first.at == first.end - first.start, last.until - last.at == last.end - last.start
        begin = first.at + max(start - first.start, 0) if linear_first else first.at
        until = last.at + min(end, last.end) - last.start if linear_last else last.until
        return begin, until

    def where(self, start: int, end: int) -> Where:
        touched = self.within(start, end)
        return touched[0].where if touched else Where()


_TAIL = 20  # pieces to look back for the line above: a line is often cut into runs


class Builder:
    """Puts a document's text together, remembering where each piece came from."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._pieces: list[Piece] = []
        self.tables: list[Table] = []
        self.length = 0

    def add(self, text: str, where: Where, at: int | None = None, until: int | None = None, handle: Any = None) -> None:
        """Text of the file. `at` is its position in the source; without it the source is this very text."""
        if not text:
            return
        end = self.length + len(text)
        begin = self.length if at is None else at
        self._pieces.append(Piece(self.length, end, begin, begin + len(text) if until is None else until, where, handle))
        self._text.append(text)
        self.length = end

    def say(self, text: str) -> None:
        """Words of ours between them: a line break, a table's heading before its number."""
        if text:
            self._text.append(text)
            self.length += len(text)

    def above(self) -> str:
        """The last line that was written: what stands above a table."""
        return "".join(self._text[-_TAIL:]).rstrip().rpartition("\n")[2].strip()

    def line(self) -> None:
        if self._text and not self._text[-1].endswith("\n"):
            self.say("\n")

    def build(
        self, name: str, form: str, content: bytes, *, source: str | None = None, encoding: str = "", notes: tuple[str, ...] = ()
    ) -> Document:
        text = "".join(self._text)
        pieces = tuple(self._pieces)
        return Document(
            name,
            form,
            text,
            text if source is None else source,
            pieces,
            content,
            encoding,
            notes,
            tuple(self.tables),
            tuple(p.start for p in pieces),
        )
