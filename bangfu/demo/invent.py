"""Inventions of the demonstration: persons, dates, numbers and amounts, the same on every run.

Nobody described here exists: ID numbers use the region code 990101, which is not given out, telephone numbers begin with
1600000, a range without subscribers. Totals are designed first (`split`), single records are invented to add up to them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import TypeVar

SEED = 20201221

SURNAMES = tuple(
    "陈林黄郑谢何许邓冯曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎易常武乔贺赖龚"
)
GIVEN = (
    "明远",
    "思齐",
    "雨桐",
    "建国",
    "志强",
    "晓雯",
    "文博",
    "佳宁",
    "海涛",
    "春燕",
    "立新",
    "俊杰",
    "雪梅",
    "国栋",
    "丽华",
    "子涵",
    "永康",
    "秀芳",
    "家豪",
    "玉兰",
    "云峰",
    "静怡",
    "德林",
    "红梅",
    "天佑",
    "小蓉",
    "世杰",
    "婉清",
    "长青",
    "慧敏",
)
TIBETAN = (
    "扎西",
    "次仁",
    "格桑",
    "卓玛",
    "泽仁",
    "多吉",
    "达瓦",
    "尼玛",
    "央金",
    "白玛",
    "洛桑",
    "拉姆",
    "德吉",
    "丹增",
    "旺堆",
    "曲珍",
    "降措",
    "四郎",
    "益西",
    "桑登",
    "仁青",
    "班玛",
    "志玛",
    "呷绒",
    "俄热",
)
"""Words of which names are put together; any likeness to a living person is chance."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    name: str
    sex: str
    id_number: str
    phone: str
    born: date


class Inventor:
    """A stream of inventions. Every table takes one of its own, by name: a change in one table leaves the others as they are."""

    def __init__(self, name: str) -> None:
        self.random = random.Random(f"{SEED}:{name}")
        self._names: set[str] = set()

    def pick(self, things: Sequence[T]) -> T:
        return self.random.choice(things)

    def between(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def split(self, total: int, parts: int, *, low: int = 1, step: int = 1) -> list[int]:
        """`total` as `parts` numbers of at least `low`, each `low` plus a multiple of `step`; the last takes what is over.

        Raises ValueError where no such split exists.
        """
        free = total - low * parts
        if parts < 1 or free < 0:
            raise ValueError(f"{total} does not split into {parts} parts of at least {low}")
        weights = [self.between(40, 160) for _ in range(parts)]
        cuts = [free // step * part // sum(weights) for part in accumulate(weights, initial=0)]
        numbers = [low + step * (b - a) for a, b in pairwise(cuts)]
        numbers[-1] += free % step
        return numbers

    def days(self, count: int, begin: date, end: date) -> list[date]:
        """`count` working days from `begin` to `end` (both may fall in), in order, spread evenly with some play."""
        span = (end - begin).days
        found = []
        for i in range(count):
            low, high = span * i // count, max(span * i // count, span * (i + 1) // count - 1)
            day = begin + timedelta(days=self.random.randint(low, high))
            if day.weekday() >= 5:
                day -= timedelta(days=day.weekday() - 4)
            found.append(max(day, begin))
        return sorted(found)

    def name(self, *, tibetan: bool = False) -> str:
        """A name that this stream has not given before."""
        while True:
            name = self.pick(TIBETAN) + self.pick(TIBETAN) if tibetan else self.pick(SURNAMES) + self.pick(GIVEN)
            if name not in self._names and not (tibetan and name[:2] == name[2:]):
                self._names.add(name)
                return name

    def person(self, number: int, *, tibetan: bool = False, born: tuple[int, int] = (1960, 1990)) -> Person:
        """A person with an ID number (good check digit, region 990101) and the telephone number 1600000 + `number`."""
        day = date(self.between(*born), self.between(1, 12), self.between(1, 28))
        sex = self.between(0, 1)
        order = self.between(0, 99) * 10 + self.between(0, 4) * 2 + sex
        body = f"990101{day:%Y%m%d}{order:03d}"
        check = _CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]
        return Person(self.name(tibetan=tibetan), "男" if sex else "女", body + check, f"1600000{number:04d}", day)


def money(fen: int) -> Decimal:
    """分 as yuan."""
    return Decimal(fen) / 100
