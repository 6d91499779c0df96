"""Years, halves, quarters or months that stand across the columns of a table: the table becomes one for each period.

«户主 | 2018年 | 2019年 | 2020年» under one header, or the same group of leaves once for each period, says in one line what are as many entries. Where the
periods of one year stand beside their total (上半年 | 下半年 | 全年), the line is one entry, and the total counts, unless the line is nobody's (a department's
purchases by quarter); it is one entry also where the table has dates of its own. First, second and third times with a day each (第一次拨付 | 第二次拨付) are an entry each.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bangfu.catalogue import Field, FieldType
from bangfu.office.intake.structure import CALENDAR_YEAR, SCHOOL_YEAR, WITHIN, Column, Table
from bangfu.office.intake.words import Vocabulary, heading, unit_of

_YEAR = rf"(?:{SCHOOL_YEAR}|{CALENDAR_YEAR})"
_PERIOD = re.compile(rf"(?P<year>{_YEAR})?(?P<within>{WITHIN})?(?P<rest>.*)", re.DOTALL)
_TOTAL = re.compile(r"(?:全年|年度|本年|三年|两年|[总合小累共]).{0,2}计(?:数)?|全年|累计")

Key = tuple[str, ...]


def apart(table: Table, words: Vocabulary) -> list[Table]:
    """The table, or one table for each period that stands across its columns, with the same lines; `Table.period` says which."""
    several = _batches(table, words) or _repeated(table, words)
    if several:
        return several
    found = _periods(table.columns)
    told = {match[0][:4] for period, _ in found.values() if (match := re.match(_YEAR, period)) is not None}
    within_one = len(told) == 1 and all(len(period) > 5 for period, _ in found.values())  # 2021年一季度, 2021年二季度 …
    years = bool(told) and not within_one
    keys = {period: {key for p, key in found.values() if p == period} for period, _ in found.values()}
    if (
        len(keys) < 2
        or len({frozenset(k) for k in keys.values()}) != 1
        or any(c.path and c.index not in found and words.dates([c.leaf]) for c in table.columns)
    ):
        return [table]
    outside = [c for c in table.columns if c.index not in found]
    totals = _totals(outside, next(iter(keys.values())))
    common = [c for c in outside if c.index not in totals]
    if totals and not years and _called(common, words):
        titles = (*table.titles, *(f"{year}年" for year in told))
        return [replace(table, columns=_with_totals(table.columns, totals), aside=frozenset(found), titles=titles)]
    under = next(iter(keys.values()))
    exports = {fld.export for key in under if key for fld in _near(key, words) if fld.export}
    told = {fld.export for c in common if c.path for fld in _near(c.path, words) if fld.export}
    if not common or not all(_measures(key, words) for key in under) or (any(under) and not exports - told):
        return [replace(table, aside=frozenset(found))]  # the lines have such a number beside the periods: these only divide it
    money = any(re.search(r"[元万]", unit_of(t)) for t in table.titles)
    out = []
    for period in keys:
        mine = [
            Column(c.index, found[c.index][1] or ("金额" if money else "数量",), bare=not found[c.index][1])
            for c in table.columns
            if found.get(c.index, ("",))[0] == period
        ]
        columns = sorted([*common, *mine], key=lambda c: c.index)
        out.append(replace(table, columns=columns, period=period, measured=frozenset(c.index for c in mine)))
    return out


_BATCH = re.compile(r"((?:第[一二三四五六七八1-8]|首)[次批期笔轮])(.*)")
_SO_FAR = re.compile(r".*(?:累计|合计|总计|共计).*|已[拨付支].*")


def _batches(table: Table, words: Vocabulary) -> list[Table]:
    """One table for each time that stands across the columns with its own day: 第一次拨付: 时间, 金额 | 第二次拨付: 时间, 金额; [] where none do."""
    found: dict[str, list[Column]] = {}
    for column in table.columns:
        for at, part in enumerate(column.path):
            match = _BATCH.fullmatch("".join(part.split()))
            if match is not None:
                path = (*((match[2],) if match[2] else ()), *column.path[at + 1 :])
                found.setdefault(match[1], []).append(Column(column.index, path))
                break
    keys = {tuple("".join(heading(p).word for p in c.path) for c in columns) for columns in found.values()}
    mine = next(iter(found.values()), [])
    if (
        len(found) < 2
        or len(keys) != 1
        or not all(c.path for c in mine)
        or not words.dates([w for c in mine for w in (c.leaf, "".join(c.path))])
    ):
        return []
    inside = {c.index for columns in found.values() for c in columns}
    outside = [c for c in table.columns if c.index not in inside]
    aside = frozenset(c.index for c in outside if c.path and _SO_FAR.fullmatch(heading(c.leaf).word))
    return [
        replace(
            table,
            columns=sorted([*outside, *columns], key=lambda c: c.index),
            period=batch,
            measured=frozenset(c.index for c in columns),
            aside=aside,
        )
        for batch, columns in found.items()
    ]


def _repeated(table: Table, words: Vocabulary) -> list[Table]:
    """One table for each time that the same words of somebody stand beside what is common (支部 | 姓名, 金额 | 姓名, 金额); [] where none do."""
    counts = Counter(c.path for c in table.columns if c.path)
    again = [c for c in table.columns if counts[c.path] > 1]
    size = len({c.path for c in again})
    times = len(again) // size if size > 1 else 0
    paths = [c.path for c in again]
    names = any(f.name in {"title", "person", "household"} for path in paths[:size] for f in _near(path, words))
    if times < 2 or paths != paths[:size] * times or not names:
        return []
    outside = [c for c in table.columns if counts[c.path] <= 1]
    parts = [again[at : at + size] for at in range(0, len(again), size)]
    return [
        replace(
            table,
            columns=sorted([*outside, *part], key=lambda c: c.index),
            period=f"第{number}列",
            measured=frozenset(c.index for c in part),
        )
        for number, part in enumerate(parts, 1)
    ]


def _periods(columns: Sequence[Column]) -> dict[int, tuple[str, Key]]:
    """Column → its period, and what is left of its header without it."""
    found: dict[int, tuple[str, Key]] = {}
    for column in columns:
        period, rest = "", []
        for part in column.path:
            plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", part))
            match = _PERIOD.fullmatch(plain)
            said = (match["year"] or "") + (match["within"] or "") if match is not None else ""
            if match is None or not said:
                rest.append(part)
                continue
            period += said if said[:4].isdigit() and not said.endswith("年") and len(said) > 4 else said + ("年" if said.isdigit() else "")
            left = match["rest"].lstrip("的—-_")
            if left and not re.fullmatch(r"[（(].*[)）]", left):
                rest.append(left)
        if period:
            found[column.index] = (period, tuple(rest))
    return found


def _called(columns: Sequence[Column], words: Vocabulary) -> bool:
    """Whether the lines are of something or somebody: then the periods only divide what the line says."""
    names = {"title", "person", "household", "project", "place"}
    return any(m.field in names and m.score >= 0.9 for c in columns if c.path for m in words.matches(heading(c.leaf).word).values())


def _totals(outside: Sequence[Column], keys: set[Key]) -> dict[int, Key]:
    """Column of the total over the periods → its header without the word for it."""
    found = {}
    for column in outside:
        rest = tuple(p for p in column.path if not _TOTAL.fullmatch(heading(p).word))
        if len(rest) < len(column.path) and (
            rest in keys or (not rest and len(keys) == 1)
        ):  # 合计 beside the periods, not under their word
            found[column.index] = rest or next(iter(keys))
    return found


def _with_totals(columns: Sequence[Column], totals: dict[int, Key]) -> list[Column]:
    return [Column(c.index, totals[c.index] or c.path) if c.index in totals else c for c in columns]


def _measures(key: Key, words: Vocabulary) -> bool:
    """Whether what stands under the periods is what an entry is about: a number that goes into answers, or one that has no word of its own."""
    return not key or any(fld.type is FieldType.NUMBER for fld in _near(key, words))


def _near(key: Key, words: Vocabulary) -> Iterator[Field]:
    for word in dict.fromkeys((heading(key[-1]).word, "".join(heading(p).word for p in key))):
        for (code, name), match in words.matches(word).items():
            if match.score >= 0.75:
                yield words.catalogue.kinds[code].fields[name]
