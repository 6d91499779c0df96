"""Goods, villages or departments that stand across the columns of a table: each names an entry of its own in every line.

«部门 | 大米 | 菜油 | 合计» says in one line what was bought of each; «收入来源 | 上寨村 | 下寨村» what each village took in. What stands over such columns is
the entry's title, place or department; the total beside them counts for nothing more. (Years and quarters across the columns: across.py.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bangfu.office.intake.structure import Column
from bangfu.office.intake.words import Vocabulary, heading, unit_of

if TYPE_CHECKING:
    from bangfu.office.intake.registers import Registers

TOTAL = re.compile(r".*(?:合计|小计|总计|共计|总数|总额|总量|总值|总价)|[合总小]?计|合|总")
PERIOD = re.compile(r"(?:19|20)\d\d.*|.*(?:半年|季度|学期|月份?|年度?)")
GOODS = re.compile(r"[头只羽尾匹株棵本册份套台件个条张箱袋桶盒瓶斤吨块盏对支根把床辆包双副罐筐盆提板]|公斤|千克|kg")
_HELD = 0.5


@dataclass(frozen=True, slots=True)
class Head:
    """One entry among several of a line: `text` stands over its `columns` (with what is left of their headers) and is its `name`: title, place or unit."""

    name: str
    text: str
    columns: tuple[Column, ...]


def over(
    columns: Sequence[Column], numbers: frozenset[int], words: Vocabulary, registers: Registers | None, titles: Sequence[str]
) -> tuple[Head, ...]:
    """Names of the register over columns of numbers, or unknown names each over the same leaves (大米: 数量, 金额); () where there are none."""
    some = [c for c in columns if c.index in numbers and c.path and not TOTAL.fullmatch(heading(c.path[0]).word)]
    money = any(re.search(r"[元万]", unit_of(t)) for t in titles)
    if registers is not None:
        for name in ("place", "unit"):
            found = _alike(name, [(one, c, at) for c in some for at, one in _known(c, name, registers)], money=money)
            words_too = any(_known(c, name, registers) for c in columns if c not in some)  # names and days below it: a table of its own
            if found and not words_too:
                return found
    below = [(c.path[-2], c, len(c.path) - 2) for c in some if len(c.path) > 1]
    mixed = {c.path[-2] for c in columns if len(c.path) > 1 and c not in some}
    strange = [
        (word, c, at) for word, c, at in below if word not in mixed and not words.known(word) and not PERIOD.fullmatch(heading(word).word)
    ]
    found = _alike("title", [one for one in strange if words.known(one[1].leaf)], money=money)
    if found:
        return found
    goods = [c for c in some if GOODS.fullmatch(heading(c.leaf).unit)]  # 棉被（床） | 大米（袋）
    return each(goods) if sum(not words.known(c.leaf) for c in goods) > 1 else ()


def each(columns: Sequence[Column]) -> tuple[Head, ...]:
    """Every column an entry's: what stands over it is its title."""
    return tuple(
        Head("title", heading(c.leaf).word, (replace(c, path=(f"数量（{heading(c.leaf).unit}）",)) if heading(c.leaf).unit else c,))
        for c in columns
    )


def _known(column: Column, name: str, registers: Registers) -> list[tuple[int, str]]:
    for at, part in enumerate(column.path):
        word = heading(part).word
        found = registers.place(word) if name == "place" else registers.unit(word)
        if found.one is not None and len(word) > 1 and found.how in {"exact", "prefix", "short"}:
            return [(at, found.one.name)]
    return []


def _alike(name: str, found: Sequence[tuple[str, Column, int]], *, money: bool) -> tuple[Head, ...]:
    """One head for each name, where there are at least two and the same stands under each."""
    groups: dict[str, list[Column]] = {}
    for text, column, at in found:
        left = tuple(p for i, p in enumerate(column.path) if i > at)
        unit = heading(column.path[at]).unit
        if not left:
            left = (("金额" if money or unit.endswith("元") else "数量") + (f"（{unit}）" if unit else ""),)
            column = replace(column, path=left, bare=not unit)  # noqa: PLW2901
        else:
            column = replace(column, path=left)  # noqa: PLW2901
        groups.setdefault(text if name != "title" else heading(text).word, []).append(column)
    same = {tuple(tuple(heading(p).word for p in c.path) for c in columns) for columns in groups.values()}
    return tuple(Head(name, text, tuple(columns)) for text, columns in groups.items()) if len(groups) > 1 and len(same) == 1 else ()


def numbers_of(columns: Sequence[Column], shares: Mapping[int, tuple[int, float]]) -> frozenset[int]:
    """The columns that hold numbers or nothing; `shares` tells of each how many cells are filled, and the share of numbers among them."""
    return frozenset(c.index for c in columns if not shares[c.index][0] or shares[c.index][1] >= _HELD)
