"""Write into a Word document where its text was read: comments, highlights, live fields, a table at its end; all else stays byte for byte.

Positions are those of the text that `word.read` gave. Edits are made from the last to the first, so that a position stays where it was until
its own turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from lxml import etree

from bangfu.office.documents import word
from bangfu.office.documents.packages import Element, pack, unpack, xml
from bangfu.office.documents.shapes import Document, Piece
from bangfu.office.documents.word import BODY, NOTES, W

NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_COMMENTS = "word/comments.xml"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
AUTHOR = "帮扶 Bangfu"


@dataclass(slots=True)
class Editor:
    """A docx being written into. `document` is its text; `at` dates the comments."""

    document: Document
    at: datetime
    parts: dict[str, bytes]
    trees: dict[str, Element]
    comments: Element | None = None
    _last_comment: int = -1
    _last_bookmark: int = 0

    @classmethod
    def open(cls, content: bytes, name: str, at: datetime) -> Editor:
        """Raises DocumentRefused."""
        parts = unpack(content)
        trees = {n: xml(parts[n]) for n in (BODY, *(p for p, _ in NOTES)) if n in parts}
        document = word.read_parts(parts, trees).build(name, "docx", content)
        editor = cls(document, at, parts, trees)
        if _COMMENTS in parts:
            editor.comments = xml(parts[_COMMENTS])
            editor._last_comment = max((_id(c) for c in editor.comments), default=-1)
        editor._last_bookmark = max((_id(b) for b in trees[BODY].iter(f"{W}bookmarkStart")), default=0)
        return editor

    # ── where ──

    def runs(self, start: int, end: int) -> list[Element]:
        """The runs that hold exactly `text[start:end]`, split off from their neighbours. Empty where no file text stands there."""
        found: list[Element] = []
        for piece in reversed(self.document.within(start, end)):
            if piece.handle.tag != f"{W}t":
                continue
            run = self._cut(piece, max(start, piece.start) - piece.start, min(end, piece.end) - piece.start)
            if run is not None:
                found.append(run)
        return list(reversed(found))

    @staticmethod
    def _cut(piece: Piece, first: int, last: int) -> Element | None:
        text = piece.handle
        run = text.getparent()
        if run is None or run.tag != f"{W}r":
            return None
        said = text.text or ""
        if last < len(said) or text.getnext() is not None:
            _split(run, text, last)
        return _split(run, text, first) if first > 0 else _alone(run, text)

    # ── what ──

    def comment(self, runs: Sequence[Element], lines: Iterable[str]) -> bool:
        """A comment at the runs; False where Word allows none (footnotes, text boxes)."""
        if not runs or not _may_comment(runs[0]):
            return False
        if self.comments is None:
            self.comments = etree.Element(f"{W}comments", nsmap={"w": NS})
        self._last_comment += 1
        number = str(self._last_comment)
        note = etree.SubElement(self.comments, f"{W}comment")
        for key, value in (("id", number), ("author", AUTHOR), ("date", self.at.strftime("%Y-%m-%dT%H:%M:%SZ")), ("initials", "BF")):
            note.set(W + key, value)
        for line in lines:
            _run(etree.SubElement(note, f"{W}p"), line)
        start, end = etree.Element(f"{W}commentRangeStart"), etree.Element(f"{W}commentRangeEnd")
        for mark in (start, end):
            mark.set(f"{W}id", number)
        runs[0].addprevious(start)
        runs[-1].addnext(end)
        reference = etree.Element(f"{W}r")
        etree.SubElement(reference, f"{W}commentReference").set(f"{W}id", number)
        end.addnext(reference)
        return True

    @staticmethod
    def highlight(runs: Iterable[Element], colour: str) -> None:
        for run in runs:
            properties = run.find(f"{W}rPr")
            if properties is None:
                properties = etree.Element(f"{W}rPr")
                run.insert(0, properties)
            for old in properties.findall(f"{W}highlight"):
                properties.remove(old)
            mark = etree.Element(f"{W}highlight")
            mark.set(f"{W}val", colour)
            # Word wants the highlight after these and before the rest (ECMA-376, part 1, annex A).
            before = [p for p in properties if etree.QName(p).localname in _BEFORE_HIGHLIGHT]
            properties.insert(properties.index(before[-1]) + 1 if before else 0, mark)

    def replace(self, runs: Sequence[Element], text: str) -> Element:
        """Put `text` in the place of the runs' own, in the form of the first; returns the run that holds it."""
        first, *rest = runs
        for run in rest:
            parent = run.getparent()
            if parent is not None:
                parent.remove(run)
        for item in list(first):
            if item.tag != f"{W}rPr":
                first.remove(item)
        _say(first, text)
        return first

    def field(self, run: Element, instruction: str, bookmark: str) -> None:
        """Make the run a live field (`w:fldSimple`) inside a bookmark, so that its number can be renewed and found."""
        field = etree.Element(f"{W}fldSimple")
        field.set(f"{W}instr", f" {instruction} ")
        run.addprevious(field)
        field.tail = None
        field.append(run)
        self._last_bookmark += 1
        start, end = etree.Element(f"{W}bookmarkStart"), etree.Element(f"{W}bookmarkEnd")
        for mark in (start, end):
            mark.set(f"{W}id", str(self._last_bookmark))
        start.set(f"{W}name", bookmark)
        field.addprevious(start)
        field.addnext(end)

    def rows_headed(self, *words: str) -> Iterator[list[Element]]:
        """The rows (lists of cells) of every table whose first row holds all these words, that row left out."""
        for table in self.trees[BODY].iter(f"{W}tbl"):
            head, *rows = [[c for c in row if c.tag == f"{W}tc"] for row in table.iterchildren(f"{W}tr")] or [[]]
            if set(words) <= {cell_text(c) for c in head}:
                yield from rows

    @staticmethod
    def set_cell(cell: Element, text: str) -> None:
        """Put `text` into a cell, in the form of its first run."""
        runs = list(cell.iter(f"{W}r"))
        if not runs:
            return
        for run in runs[1:]:
            parent = run.getparent()
            if parent is not None:
                parent.remove(run)
        for item in list(runs[0]):
            if item.tag != f"{W}rPr":
                runs[0].remove(item)
        _say(runs[0], text)

    def table(self, title: str, header: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        """A table on a page of its own at the end of the document; widths in twentieths of a point."""
        body = self.trees[BODY].find(f"{W}body")
        if body is None:
            return
        last = body[-1] if len(body) and body[-1].tag == f"{W}sectPr" else None

        def add(block: Element) -> None:
            if last is None:
                body.append(block)
            else:
                last.addprevious(block)

        head = etree.Element(f"{W}p")
        properties = etree.SubElement(head, f"{W}pPr")
        etree.SubElement(properties, f"{W}pageBreakBefore")
        _run(head, title, bold=True)
        add(head)
        table = etree.Element(f"{W}tbl")
        form = etree.SubElement(table, f"{W}tblPr")
        width = etree.SubElement(form, f"{W}tblW")
        width.set(f"{W}w", str(sum(widths)))
        width.set(f"{W}type", "dxa")
        borders = etree.SubElement(form, f"{W}tblBorders")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            line = etree.SubElement(borders, W + side)
            for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "auto")):
                line.set(W + key, value)
        layout = etree.SubElement(form, f"{W}tblLayout")
        layout.set(f"{W}type", "fixed")
        grid = etree.SubElement(table, f"{W}tblGrid")
        for w in widths:
            etree.SubElement(grid, f"{W}gridCol").set(f"{W}w", str(w))
        for number, row in enumerate((header, *rows)):
            tr = etree.SubElement(table, f"{W}tr")
            if number == 0:
                etree.SubElement(etree.SubElement(tr, f"{W}trPr"), f"{W}tblHeader")
            for text, w in zip(row, widths, strict=True):
                cell = etree.SubElement(tr, f"{W}tc")
                size = etree.SubElement(etree.SubElement(cell, f"{W}tcPr"), f"{W}tcW")
                size.set(f"{W}w", str(w))
                size.set(f"{W}type", "dxa")
                _run(etree.SubElement(cell, f"{W}p"), text, bold=number == 0, small=True)
        add(table)
        add(etree.Element(f"{W}p"))

    def property_part(self, properties: Sequence[tuple[str, str]]) -> None:
        """Custom document properties (docProps/custom.xml) that live fields show; earlier ones of the same name are replaced."""
        name, kind = "docProps/custom.xml", "application/vnd.openxmlformats-officedocument.custom-properties+xml"
        space = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
        types = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
        root = (
            xml(self.parts[name])
            if name in self.parts
            else etree.Element(f"{{{space}}}Properties", nsmap=cast("dict[str, str]", {None: space, "vt": types}))
        )
        known = {p.get("name"): p for p in root}
        for key, value in properties:
            if key in known:
                root.remove(known[key])
            one = etree.SubElement(root, f"{{{space}}}property")
            one.set("fmtid", "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}")
            one.set("name", key)
            etree.SubElement(one, f"{{{types}}}lpwstr").text = _clean(value)
        for number, one in enumerate(root, 2):
            one.set("pid", str(number))
        self.parts[name] = _bytes(root)
        self._relate("_rels/.rels", f"{_OFFICE}/custom-properties", name)
        self._type(name, kind)

    def save(self) -> bytes:
        """The document as it now is."""
        for name, tree in self.trees.items():
            self.parts[name] = _bytes(tree)
        if self.comments is not None:
            self.parts[_COMMENTS] = _bytes(self.comments)
            self._relate("word/_rels/document.xml.rels", f"{_OFFICE}/comments", "comments.xml")
            self._type(_COMMENTS, _COMMENTS_TYPE)
        return pack(self.parts, self.document.content)

    def _relate(self, part: str, kind: str, target: str) -> None:
        root = (
            xml(self.parts[part])
            if part in self.parts
            else etree.Element(f"{{{_RELS}}}Relationships", nsmap=cast("dict[str, str]", {None: _RELS}))
        )
        if any(r.get("Type") == kind for r in root):
            return
        taken = {r.get("Id") for r in root}
        one = etree.SubElement(root, f"{{{_RELS}}}Relationship")
        one.set("Id", next(i for n in range(1, 10_000) if (i := f"rIdBangfu{n}") not in taken))
        one.set("Type", kind)
        one.set("Target", target)
        self.parts[part] = _bytes(root)

    def _type(self, part: str, kind: str) -> None:
        root = xml(self.parts["[Content_Types].xml"])
        if not any(t.get("PartName") == f"/{part}" for t in root):
            one = etree.SubElement(root, f"{{{_TYPES}}}Override")
            one.set("PartName", f"/{part}")
            one.set("ContentType", kind)
            self.parts["[Content_Types].xml"] = _bytes(root)


def cell_text(cell: Element) -> str:
    """What a cell says, its paragraphs run together."""
    return "".join(t.text or "" for t in cell.iter(f"{W}t"))


_BEFORE_HIGHLIGHT = frozenset(
    {"rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow", "emboss", "imprint"}
    | {"noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern", "position", "sz", "szCs"},
)


def _id(element: Element) -> int:
    value = element.get(f"{W}id") or ""
    return int(value) if re.fullmatch(r"\d{1,9}", value) else -1


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("", text)


def _bytes(tree: Element) -> bytes:
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _say(run: Element, text: str) -> None:
    said = etree.SubElement(run, f"{W}t")
    said.text = _clean(text)
    said.set(_XML_SPACE, "preserve")


def _run(paragraph: Element, text: str, *, bold: bool = False, small: bool = False) -> None:
    run = etree.SubElement(paragraph, f"{W}r")
    if bold or small:
        properties = etree.SubElement(run, f"{W}rPr")
        if bold:
            etree.SubElement(properties, f"{W}b")
        if small:
            etree.SubElement(properties, f"{W}sz").set(f"{W}val", "18")
    _say(run, text)


def _like(run: Element) -> Element:
    """An empty run of the same form."""
    new = etree.Element(f"{W}r")
    for key, value in run.attrib.items():
        new.set(key, value)
    properties = run.find(f"{W}rPr")
    if properties is not None:
        new.append(deepcopy(properties))
    return new


def _split(run: Element, text: Element, at: int) -> Element:
    """Part the run behind `at` characters of its `text`; the new run to the right, with the same form, holds the rest and is returned."""
    said = text.text or ""
    right = _like(run)
    following = list(text.itersiblings())
    text.text = said[:at]
    text.set(_XML_SPACE, "preserve")
    _say(right, said[at:])
    for item in following:
        right.append(item)
    run.addnext(right)
    return right


def _alone(run: Element, text: Element) -> Element:
    """The run beginning at `text`: what stands before it in the run is parted off to the left."""
    earlier = [i for i in text.itersiblings(preceding=True) if i.tag != f"{W}rPr"]
    if not earlier:
        return run
    left = _like(run)
    for item in reversed(earlier):
        left.append(item)
    run.addprevious(left)
    return run


def _may_comment(run: Element) -> bool:
    return not any(a.tag in {f"{W}txbxContent", f"{W}footnote", f"{W}endnote"} for a in run.iterancestors())
