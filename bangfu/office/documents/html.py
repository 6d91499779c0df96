"""A web page → its main text, with positions in the page's source: menus, scripts and hidden advertising are left out.

The tokenizer is a single pass over the source, so hostile pages cost no more than long ones. The main text is the innermost
element that holds most of the page's prose (text outside links, in blocks with sentence marks), as reader views of browsers choose it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bangfu.office.documents.shapes import Builder, Where
from bangfu.office.documents.tables import Cell, lay

_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "iframe",
        "svg",
        "select",
        "option",
        "button",
        "object",
        "audio",
        "video",
        "canvas",
        "map",
        "datalist",
        "textarea",
    ]
)
_ASIDE = frozenset(["nav", "footer", "aside", "menu", "form"])
_BLOCK = frozenset(
    [
        "html",
        "body",
        "div",
        "p",
        "section",
        "article",
        "main",
        "header",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "address",
        "center",
        "fieldset",
        "details",
        "summary",
        "nav",
        "footer",
        "aside",
        "menu",
        "form",
        "hr",
    ],
)
_CLOSES = {"li": ("li",), "td": ("td", "th"), "th": ("td", "th"), "tr": ("td", "th", "tr"), "dt": ("dt", "dd"), "dd": ("dt", "dd")}
_SHORT = 16  # signs: below this a block without links may still be a label
_LONGEST_DATELINE = 80
_DEPTH = 400
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});?")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])|"
    r"(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{3,}|(?<![\w-])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"(?:^|\s)hidden(?:\s|=|/|$)|aria-hidden\s*=\s*[\"']?true", re.IGNORECASE)
_STYLE = re.compile(r"style\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_CLASS = re.compile(r"\b(class|id)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_SPANNED = re.compile(r"\b(col|row)span\s*=\s*[\"']?\s*(\d{1,4})", re.IGNORECASE)
_MOST_SPANNED = 64
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_SELECTOR = re.compile(r"([.#])([A-Za-z_][\w-]*)\s*$")
_SENTENCE = re.compile("[。，；：！？,;]")
_DATELINE = re.compile(r"(?:19|20)\d\d\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}")


@dataclass(slots=True, eq=False)
class Node:
    tag: str
    parent: Node | None
    hidden: bool
    name: str = ""  # its class, by which sections of one kind are known
    across: int = 1  # columns and rows that a table's cell spans
    down: int = 1
    inside: list[Node | Words] = field(default_factory=list)
    prose: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of text in the source: what it reads as, and where it stands."""

    text: str
    at: int
    until: int


def read(source: str) -> Builder:
    """The main text of the page, paragraph by paragraph; title and dateline before it, as they say of when and what it speaks."""
    root = _tree(source)
    blocks = list(_blocks(root, linked=False))
    main = _main(root, blocks)
    out = Builder()
    wanted = [b for b in blocks if b.node is main or _inside(b.node, main)]
    titles = [b for b in blocks if b.node.tag == "h1"]
    title = titles[0] if len(titles) == 1 else None
    if title is not None:
        _write(title, out)
    for block in blocks[: blocks.index(wanted[0])] if wanted and main is not root else ():
        if block is not title and (block.node.tag == "h1" or (block.size < _LONGEST_DATELINE and _DATELINE.search(block.text))):
            _write(block, out)
    tables, done = _Tables(main), set[int]()
    for block in wanted:
        table = tables.around(block.node)
        if table is not None:
            if id(table) not in done:
                done.add(id(table))
                lay(tables.grid(table) or [], out)
        elif block is not title and (block.linked * 5 < block.size * 3 or block.size > 120):
            _write(block, out)
    return out


def _tree(source: str) -> Node:
    root = Node("html", None, hidden=False)
    here, depth = root, 0
    hiding = _hiding_names(source)
    at, size = 0, len(source)
    while at < size:
        mark = source.find("<", at)
        mark = size if mark < 0 else mark
        if mark > at:
            here.inside.extend(_words(source, at, mark))
            at = mark
            continue
        if source.startswith("<!--", at):
            end = source.find("-->", at + 4)
            at = size if end < 0 else end + 3
            continue
        name = _NAME.match(source, at + 1)
        if name is None:
            end = source.find(">", at) if source[at + 1 : at + 2] in {"!", "?", "/"} else -1
            if end < 0:
                here.inside.append(Words("<", at, at + 1))
                at += 1
            else:
                at = end + 1
            continue
        end = _tag_end(source, name.end())
        attributes, tag = source[name.end() : end], name[1].lower()
        at = end + 1
        if source[name.start()] == "/":
            here, depth = _close(here, depth, tag)
            continue
        for old in _CLOSES.get(tag, ("p",) if tag in _BLOCK else ()):
            if here.tag == old:
                here, depth = here.parent or root, depth - 1
        node = Node(tag, here, hidden=_hides(tag, attributes, hiding), name=_class_of(attributes))
        if tag in {"td", "th"} and attributes:
            node.across, node.down = _spans(attributes)
        here.inside.append(node)
        if tag in {"script", "style", "textarea", "template"} and not attributes.endswith("/"):
            closing = re.compile(rf"</{tag}\b", re.IGNORECASE).search(source, at)
            at = size if closing is None else closing.start()
            at = size if (shut := source.find(">", at)) < 0 else shut + 1
        elif tag not in _VOID and not attributes.endswith("/") and depth < _DEPTH:
            here, depth = node, depth + 1
    return root


def _tag_end(source: str, at: int) -> int:
    """The position of the tag's `>`, past quoted attribute values of a sane length."""
    limit = min(len(source), at + 20_000)
    quote = ""
    for i in range(at, limit):
        c = source[i]
        if quote:
            quote = "" if c == quote else quote
        elif c == ">":
            return i
        elif c in "\"'" and source[i - 1] == "=":
            quote = c
    end = source.find(">", at)
    return len(source) if end < 0 else end


def _close(here: Node, depth: int, tag: str) -> tuple[Node, int]:
    node: Node | None = here
    steps = 0
    while node is not None and steps < 60:
        if node.tag == tag and node.parent is not None:
            return node.parent, depth - steps - 1
        node, steps = node.parent, steps + 1
    return here, depth


def _words(source: str, start: int, end: int) -> Iterator[Words]:
    at = start
    for entity in _ENTITY.finditer(source, start, end):
        said = html.unescape(entity[0])
        if said == entity[0]:
            continue
        if entity.start() > at:
            yield Words(source[at : entity.start()], at, entity.start())
        yield Words(said, entity.start(), entity.end())
        at = entity.end()
    if at < end:
        yield Words(source[at:end], at, end)


def _hiding_names(source: str) -> frozenset[str]:
    """Classes and ids that the page's own style sheets hide (".x" and "#x")."""
    names: set[str] = set()
    at = 0
    while (begin := source.find("<style", at)) >= 0:
        end = source.find("</style", begin)
        end = len(source) if end < 0 else end
        for rule in _RULE.finditer(source[begin : min(end, begin + 200_000)]):
            if _HIDING.search(rule[2]):
                names.update(s[1] + s[2] for part in rule[1].split(",") if (s := _SELECTOR.search(part.strip())))
        at = end + 1
    return frozenset(names)


def _spans(attributes: str) -> tuple[int, int]:
    found = {m[1].lower(): max(1, min(int(m[2]), _MOST_SPANNED)) for m in _SPANNED.finditer(attributes)}
    return found.get("col", 1), found.get("row", 1)


def _class_of(attributes: str) -> str:
    found = next((m for m in _CLASS.finditer(attributes) if m[1].lower() == "class"), None) if attributes else None
    return "" if found is None else (found[2] or found[3] or found[4] or "")


def _hides(tag: str, attributes: str, hiding: frozenset[str]) -> bool:
    if tag in _SILENT:
        return True
    if not attributes:
        return False
    style = _STYLE.search(attributes)
    if style is not None and _HIDING.search(html.unescape(style[1] or style[2] or style[3] or "")):
        return True
    if _HIDDEN.search(re.sub(r"\"[^\"]*\"|'[^']*'", '""', attributes)) or re.search(
        r"aria-hidden\s*=\s*[\"']?true", attributes, re.IGNORECASE
    ):
        return True
    if hiding:
        for found in _CLASS.finditer(attributes):
            mark = "." if found[1].lower() == "class" else "#"
            if any(mark + word in hiding for word in (found[2] or found[3] or found[4] or "").split()):
                return True
    return False


@dataclass(slots=True)
class Block:
    """The inline content of one block element between its block children: a paragraph as the reader sees it."""

    node: Node
    words: list[Words]
    linked: int = 0  # characters inside links

    @property
    def text(self) -> str:
        return "".join(w.text for w in self.words)

    @property
    def size(self) -> int:
        return len("".join(self.text.split()))


def _blocks(root: Node, *, linked: bool) -> Iterator[Block]:
    """All visible blocks in document order, without recursion: pages may be nested deeply."""
    current: Block | None = None
    stack: list[tuple[Node, Iterator[Node | Words], bool, bool]] = [(root, iter(root.inside), linked, False)]
    while stack:
        node, inside, in_link, aside = stack[-1]
        item = next(inside, None)
        owner = _block_of(node)
        if item is None:
            stack.pop()
            if node.tag in _BLOCK and current is not None:
                yield current
                current = None
        elif isinstance(item, Words):
            if aside:
                continue
            if current is None or current.node is not owner:
                if current is not None:
                    yield current
                current = Block(owner, [])
            current.words.append(item)
            current.linked += len("".join(item.text.split())) if in_link else 0
        elif not item.hidden:
            if item.tag in _BLOCK and current is not None:
                yield current
                current = None
            if item.tag == "br" and current is not None:
                current.words.append(Words("\n", current.words[-1].until, current.words[-1].until))
            stack.append((item, iter(item.inside), in_link or item.tag == "a", aside or item.tag in _ASIDE))
    if current is not None:
        yield current


def _block_of(node: Node) -> Node:
    while node.tag not in _BLOCK and node.parent is not None:
        node = node.parent
    return node


_LEAVES = frozenset({"p", "li", "dd", "dt", "tr", "tbody", "thead", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"})
_HOME = 0.6  # the share of a page's prose that its main text holds at least


def _main(root: Node, blocks: list[Block]) -> Node:
    """The innermost element that holds most of the page's prose; the whole page where there is hardly any."""
    for block in blocks:
        free = block.size - block.linked
        if free < _SHORT or block.linked > free or not (_SENTENCE.search(block.text) or free > 2 * _SHORT):
            continue
        node: Node | None = block.node
        while node is not None:
            node.prose += free
            node = node.parent
    best = root
    while root.prose:
        children = [c for c in best.inside if isinstance(c, Node) and c.prose]
        inner = max(children, key=lambda c: c.prose, default=None)
        if inner is None or inner.prose < _HOME * root.prose or inner.tag in _LEAVES:
            break
        if any(c is not inner and (c.tag, c.name) == (inner.tag, inner.name) for c in children):
            break  # sections side by side belong together
        best = inner
    return best


def _inside(node: Node, home: Node) -> bool:
    here: Node | None = node
    while here is not None:
        if here is home:
            return True
        here = here.parent
    return False


class _Tables:
    """The tables of a page by their node, each read once: a long one has thousands of blocks that ask for it."""

    def __init__(self, home: Node) -> None:
        self.home = home
        self.grids: dict[int, list[list[Cell]] | None] = {}

    def around(self, node: Node) -> Node | None:
        """The innermost data table around `node`; tables that lay out the page (a cell as long as prose) are none."""
        here: Node | None = node
        while here is not None:
            if here.tag == "table" and self.grid(here) is not None:
                return here
            if here is self.home:
                return None
            here = here.parent
        return None

    def grid(self, table: Node) -> list[list[Cell]] | None:
        if id(table) not in self.grids:
            rows = _grid(table)
            data = len(rows) > 1 and max(map(len, rows)) > 1 and all(len(c.text) <= _LONGEST_CELL for row in rows for c in row)
            self.grids[id(table)] = rows if data else None
        return self.grids[id(table)]


_LONGEST_CELL = 200


def _grid(table: Node) -> list[list[Cell]]:
    """The rows of a table, its cells repeated over the columns and rows they span."""
    rows: list[list[Cell]] = []
    hanging: dict[int, tuple[int, Cell]] = {}  # column → for how many rows more a cell from above stands there
    stack: list[Node] = [table]
    while stack:
        node = stack.pop()
        if node.tag == "tr":
            rows.append(_spanned([c for c in node.inside if isinstance(c, Node) and c.tag in {"td", "th"} and not c.hidden], hanging))
        elif not (node.tag == "table" and node is not table):
            stack.extend(reversed([c for c in node.inside if isinstance(c, Node) and not c.hidden]))
    return rows


def _spanned(cells: list[Node], hanging: dict[int, tuple[int, Cell]]) -> list[Cell]:
    row: list[Cell] = []
    ends: list[Node | None] = [*cells, None]
    for node in ends:
        while len(row) in hanging:
            left, cell = hanging.pop(len(row))
            if left > 1:
                hanging[len(row)] = left - 1, cell
            row.append(cell)
        if node is None:
            break
        cell = _cell(node)
        again = Cell(cell.pieces, merged=True)
        for place in range(len(row), len(row) + node.across):
            if node.down > 1:
                hanging[place] = node.down - 1, again
        row += [cell, *[again] * (node.across - 1)]
    return row


def _cell(node: Node) -> Cell:
    words: list[Words] = []
    stack: list[Node | Words] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, Words):
            words.append(item)
        elif not item.hidden:
            stack.extend(reversed(item.inside))
    return Cell([(w.text, w.at, w.until, Where("table"), None) for w in words])


def _write(block: Block, out: Builder) -> None:
    if not block.text.strip():
        return
    out.line()
    for words in block.words:
        if words.until > words.at:
            out.add(words.text, Where(), words.at, words.until)
        else:
            out.say(words.text)
    out.line()
