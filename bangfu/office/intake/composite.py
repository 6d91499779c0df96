"""Two things in one cell: 32户/128人 under 户数/人数, 500元、棉被1床 under 慰问金及物品, 张三（5人/3劳力） under 户主（家庭人口/劳力）."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from bangfu.catalogue import Field, FieldType, Kind
from bangfu.catalogue.reading import is_blank
from bangfu.office.intake.words import heading

_COUNTED = (
    (re.compile(r"人次|人次数"), "person-time"),
    (re.compile(r"(?:.*[^\u4e00-\u9fff])?(?:人|名|口|位|人数|人口)|.*(?:人数|人口数?)"), "person"),
    (re.compile(r"户次?|.*户数"), "household"),
    (re.compile(r"期|场|场次|次数|.*(?:期数|场次|场数|班次)"), "session"),
    (re.compile(r"[百千]?[万亿]?元|.*(?:金额|资金|现金|慰问金|款)"), "CNY"),
)
_HEADS = frozenset({"household", "person", "person-time"})
_BESIDE = re.compile(r"(?<=[\d户人])\s*\((\s*(?:共|约|近)?\d[\d,]*\s*(?:余|多)?\s*(?:人次|[人户名口])?\s*)\)$")
_PARENTHESES = re.compile(r"\([^()]*\)")
_JOINT = re.compile(r"[/／、及和与＋+]")
_TOKEN = re.compile(
    r"(?P<n>(?:近|约|超|逾|共)?\s*-?\d[\d,]*(?:\.\d+)?\s*(?:余|多)?\s*[万千]?)\s*(?P<u>户次?|人次|人|口|名|位|期|场次|场|次|元)?"
)
_CUT = re.compile(r"\s*(?:[/／、;；+＋\n]|[，,](?!\d{3}(?!\d)))\s*")
_MONEY = re.compile(r"(?:现金|慰问金|发放)?\s*(?P<m>[¥￥]?\s*\d[\d,]*(?:\.\d+)?\s*[万千]?元|[¥￥]\s*\d[\d,]*(?:\.\d+)?)")
_COUNT = re.compile(r"(?:共计?|约|近)?\s*(?P<n>\d[\d,]*)\s*(?:余|多)?\s*(?P<u>人次|[人名位户])")
_GOODS = re.compile(r"(?P<w>[^\d、,，;；]*[^\d、,，;；:：\s])[\s:：]*(?P<n>\d[\d,]*(?:\.\d+)?\s*[万千]?\s*[^\d\s、,，;；]{1,2})")
"""猕猴桃200箱: one thing and how much of it."""
_PENDING = re.compile(r"待|未定|另行|核定")
_WITHIN = re.compile(r"(?P<head>[^（()）]+)\((?P<inner>[^()]*)\)")


def unit_meant(word: str) -> str:
    """The unit that a header word counts in (人次, 受益户数, 慰问金), or ""."""
    return next((code for pattern, code in _COUNTED if pattern.fullmatch(word)), "")


def parts_of(path: Sequence[str], kind: Kind, known: Callable[[str], Field | None]) -> tuple[Field | None, ...]:
    """The fields that a header names together, in their order; none where it names but one. `known` gives the field of a header word.

    None stands for a count that the kind has no field for.
    """
    if not path:
        return ()
    header = re.sub(r"\s+", "", unicodedata.normalize("NFKC", path[-1]))
    word = _PARENTHESES.sub("", header)
    pieces = [p for p in _JOINT.split(word) if p]
    inside = [p for part in _PARENTHESES.findall(header) for p in _JOINT.split(part.strip("()")) if p]
    if len(pieces) == 1 and inside and all(unit_meant(p) for p in inside):
        base = _field(word, kind, known)
        if len(inside) > 1:
            pieces = inside  # 受众（户/人）
        elif base is not None and base.unit in _HEADS and unit_meant(inside[0]) in _HEADS - {base.unit}:
            pieces = [word, *inside]  # 受益户数（人数）
    if len(pieces) < 2:
        return ()
    found: list[Field | None] = []
    for piece in pieces:
        fld = _field(piece, kind, known)
        if (fld is None and not unit_meant(piece)) or (fld is not None and fld in found):
            return ()
        found.append(fld)
    return tuple(found) if any(f is not None and f.type is FieldType.NUMBER for f in found) else ()


def inner_parts(path: Sequence[str], kind: Kind, known: Callable[[str], Field | None]) -> tuple[Field | None, ...]:
    """The fields that a header names in its parentheses, beside the one before them: 户主（家庭人口/劳力）. None for a word that means nothing to us."""
    pieces = [p for p in _JOINT.split(heading(path[-1]).remark) if p] if path else []
    found = tuple(_field(p, kind, known) for p in pieces)
    return found if any(f is not None and f.type is FieldType.NUMBER for f in found) else ()


def _field(word: str, kind: Kind, known: Callable[[str], Field | None]) -> Field | None:
    code = unit_meant(word)
    exact = known(word)
    if exact is not None and (not code or exact.unit == code):
        return exact
    return next((f for f in kind.fields.values() if code and f.unit == code and f.export and not f.part_of), None)


def looks_joined(texts: Iterable[str]) -> bool:
    """Whether enough of a column's cells hold two numbers, or money with something else."""
    some = [unicodedata.normalize("NFKC", t) for t in texts if not is_blank(t)][:100]
    two = sum(len(_TOKEN.findall(t)) > 1 or (_MONEY.search(t) is not None and _MONEY.sub("", t).strip("、,，+ ") != "") for t in some)
    return bool(some) and two >= 0.2 * len(some)


def cut(text: str, fields: Sequence[Field | None]) -> dict[str, str]:
    """Which piece of the cell belongs to which field (name → text); a piece that cannot be told apart is the first field's."""
    named = [f for f in fields if f is not None]
    cell = _BESIDE.sub(r"/\1", unicodedata.normalize("NFKC", text).strip())  # 20（88）
    if is_blank(cell):
        return {}
    words = [f for f in named if f.type is not FieldType.NUMBER]
    if words:
        return _with_words(cell, [f for f in named if f.type is FieldType.NUMBER], words[0])
    pieces = [p for p in _CUT.split(cell) if p]
    if len(pieces) == 1:
        tokens = list(_TOKEN.finditer(cell))
        if len(tokens) > 1 and all(t["u"] for t in tokens):
            pieces = [t[0] for t in tokens]
    found: dict[str, str] = {}
    for place, piece in enumerate(pieces):
        token = _TOKEN.search(piece)
        code = unit_meant(token["u"]) if token is not None and token["u"] else ""
        fld = next((f for f in named if code and f.unit == code), None)
        if fld is None and (not code or code not in {"session", "household", "person", "person-time"}):
            fld = fields[place] if place < len(fields) else named[0]
        if fld is not None:
            found.setdefault(fld.name, piece)
        elif len(pieces) == 1 and None not in fields:
            found.setdefault(named[0].name, piece)
    return found


def _with_words(cell: str, numbers: Sequence[Field], words: Field) -> dict[str, str]:
    if not numbers:
        return {words.name: cell}
    if numbers[0].unit in _HEADS:
        counts = list(_COUNT.finditer(cell))
        rest = _COUNT.sub("", cell).strip(" ,，、;；:：共计约()")
        heads = "、".join(c[0] for c in counts) if len({unit_meant(c["u"]) for c in counts}) == 1 else cell
        return {numbers[0].name: heads, **({words.name: rest} if rest else {})} if counts else {words.name: cell}
    goods = _GOODS.fullmatch(cell) if numbers[0].unit != "CNY" else None
    if goods is not None:
        return {words.name: goods["w"], numbers[0].name: goods["n"]}
    money = _MONEY.search(cell)
    if money is not None:
        rest = (cell[: money.start()] + cell[money.end() :]).strip("、,，;；+ ")
        return {numbers[0].name: money["m"], **({words.name: rest} if rest else {})}
    if re.fullmatch(r"[¥￥]?\s*-?[\d,.]+", cell) or _PENDING.search(cell):
        return {numbers[0].name: cell}
    return {words.name: cell}


def cut_within(text: str, fields: Sequence[Field | None]) -> tuple[str, dict[str, str]]:
    """佟玉（5人/3劳力） → what stands before the parentheses, and the pieces inside them by field."""
    match = _WITHIN.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return text, {}
    pieces = [p for p in _CUT.split(match["inner"]) if p]
    if len(pieces) > len(fields):
        return text, {}
    found = {f.name: p for f, p in zip(fields, pieces, strict=False) if f is not None}
    token = _TOKEN.fullmatch(pieces[0]) if len(pieces) == 1 < len(fields) else None
    if token is not None and token["u"]:  # 石林（3人） under 结对户（户主及人口）
        found = {f.name: pieces[0] for f in fields if f is not None and f.unit == unit_meant(token["u"])}
    return match["head"].strip(), found
