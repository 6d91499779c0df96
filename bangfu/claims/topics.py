"""What a number is about: the words of `catalogue/topics.toml` that stand near it, weighed by how near they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import NamedTuple

# Points are counted in integers: a word says WEIGHT halves of a point, so many ten-thousandths of it at its distance, so many hundredths of it in the unit.
POINT = 2 * 10_000 * 100
"""One point of `Claim.points`."""
_WEIGHTS = {"governs": 26, "sure": 14, "strong": 8, "usual": 3, "weak": 2, "hides": 0}
_BESIDE = 12
_UNIT_POINT = 3 * POINT // 10
_OWN_UNIT = {
    unit: (topic, tenths * POINT // 10)
    for topic, tenths, units in (
        ("project", 35, "project"),
        ("pairing_branch", 30, "branch"),
        ("publicity", 20, "other:篇"),
        ("publication", 10, "copy"),
        ("infrastructure", 10, "km other:眼 other:盏 other:座 other:处"),
        ("industry_base", 10, "mu other:头 other:只 other:株 other:羽"),
        ("industry_base", 35, "other:千瓦"),
        ("volunteer", 10, "other:队"),
        ("other", 15, "other:小时 other:分钟 other:天 other:月"),
        ("other", 25, "other:平方公里"),
    )
    for unit in units.split(" ")
}
"""Units that tell a topic by themselves, and how clearly."""
_LEAST = 7 * POINT // 10
_NEVER, _YIELDS, _FOREIGN, _USUAL = 2, 30, 90, 100
_FARTHEST = 1024


def _fading(full: int, reach: int) -> tuple[int, ...]:
    """How much a word says at each distance: `full` at none, half of it at `reach` signs."""
    return tuple(round(Decimal(full * reach) / (reach + gap)) for gap in range(_FARTHEST + 1))


_WITHIN, _ACROSS, _BEHIND, _AROUND = _fading(10_000, 30), _fading(8_500, 30), _fading(9_500, 30), _fading(2_500, 12)
"""In the number's own clause; beyond another number there; behind the number; in the clauses around it."""
SAME, LISTED, REACHED = POINT, 2 * POINT, 4 * POINT


Speaks = tuple[tuple[int, int, frozenset[str] | None], ...]
"""For which topics a word speaks, how much, and beside which units alone (None: beside all)."""


class Topic(NamedTuple):
    """A topic of the catalogue: its word, labels, group, the units it is usually and never counted in, and whether it gives way: money to what it is spent on
    (`spends`), produce to its being sold and bought (`traded`).
    """

    code: str
    zh: str
    en: str
    group: str
    units: frozenset[str]
    never: frozenset[str]
    spends: bool
    traded: bool

    def hears(self, unit: str, done: str, *, spent: bool, traded: bool) -> int:
        """How far its words speak for a number in this unit, in hundredths. Money that is spent on a thing is about the thing, and produce that is traded about
        the trade; organisations that do a thing to counties (结对) do what is never counted in counties.
        """
        if unit in self.never or (done == "county" and unit == "organisation" and done in self.never):
            return _NEVER
        if (spent and self.spends) or (traded and self.traded):
            return _YIELDS
        return _USUAL if unit in self.units else _FOREIGN


class Cue(NamedTuple):
    """A cue word found in a sentence: where, and what it says for which topics."""

    start: int
    end: int
    speaks: Speaks


class Spot(NamedTuple):
    """Where a number stands: `start`-`end`, in `clause`, `between` the numbers before and behind it; its unit; what the number before it was about, and how
    closely it follows that one; whether it is money `spent` on a thing that is named behind it; whether words before it say that things are `traded`; if it
    counts people or places, the unit of what is `done` to or by them, which the number behind it in its clause counts (向3个村捐赠图书500册).
    """

    start: int
    end: int
    clause: tuple[int, int]
    between: tuple[int, int]
    unit: str
    last: str | None = None
    bond: int = SAME
    spent: bool = False
    traded: bool = False
    done: str = ""


class Topics:
    """The topics with all their words, and how long those are that begin with the same two characters."""

    def __init__(self, tables: Mapping[str, Mapping[str, object]]) -> None:
        self.topics: list[Topic] = []
        words: dict[str, list[tuple[int, int, frozenset[str] | None]]] = {}
        for number, (code, table) in enumerate(tables.items()):
            self.topics.append(
                Topic(
                    code,
                    str(table["zh"]),
                    str(table["en"]),
                    str(table["group"]),
                    frozenset(_strings(table["units"])),
                    frozenset(_strings(table.get("never", []))),
                    table.get("spends") is True,
                    table.get("traded") is True,
                )
            )
            weights = {word: weight for level, weight in reversed(_WEIGHTS.items()) for word in _strings(table.get(level, []))}
            for word, weight in weights.items():
                hidden = max(weights.get(part, 0) for part in _parts(word))
                words.setdefault(word, []).append((number, hidden if hidden >= _WEIGHTS["sure"] else weight, None))
            for word, units in _beside(
                table.get("beside"), [word for level in ("governs", "sure", "strong") for word in _strings(table.get(level, []))]
            ).items():
                words.setdefault(word, []).append((number, _BESIDE, units))
        self.fits: dict[tuple[str, str, bool, bool], tuple[list[int], list[int]]] = {}
        self.codes = [topic.code for topic in self.topics]
        self.places = {code: place for place, code in enumerate(self.codes)}
        self.words: dict[str, Speaks] = {word: tuple(said for said in speaks if said[1]) for word, speaks in words.items()}
        self.lengths: dict[str, tuple[int, ...]] = {}
        for word in self.words:
            if len(word) > 1:
                self.lengths[word[:2]] = tuple(sorted({*self.lengths.get(word[:2], ()), len(word)}, reverse=True))
        first, second = ("".join(sorted({pair[place] for pair in self.lengths})) for place in (0, 1))
        self.begins = re.compile(f"[{first}](?=[{second}])|[{''.join(sorted(word for word in words if len(word) == 1))}]")

    def cues(self, text: str, start: int, end: int) -> list[Cue]:
        """The cue words of a stretch of text, in order; a longer word hides those inside it."""
        lengths, words = self.lengths, self.words
        found: list[Cue] = []
        done = start
        for sign in self.begins.finditer(text, start, end):
            at = sign.start()
            if at < done:
                continue
            for length in (*lengths.get(text[at : at + 2], ()), 1):
                speaks = words.get(text[at : at + length])
                if speaks is not None and at + length <= end:
                    done = at + length
                    if speaks:
                        found.append(Cue(at, done, speaks))
                    break
        return found

    def _fit(self, spot: Spot) -> tuple[list[int], list[int]]:
        """How far the words of each topic speak for a number like this, and the points its unit gives by itself."""
        like = (spot.unit, spot.done, spot.spent, spot.traded)
        found = self.fits.get(like)
        if found is None:
            fit = [topic.hears(spot.unit, spot.done, spent=spot.spent, traded=spot.traded) for topic in self.topics]
            own, told = _OWN_UNIT.get(spot.unit, ("", 0))
            points = [
                _UNIT_POINT * (spot.unit in topic.units) + told * (topic.code == own) * far // 100
                for topic, far in zip(self.topics, fit, strict=True)
            ]
            found = fit, points
            if len(self.fits) < 500:
                self.fits[like] = found
        return found

    @staticmethod
    def _inherited(spot: Spot) -> str:
        """What the number before hands on: the money of a project is money put in."""
        return "fund_input" if spot.last == "project" and spot.unit == "CNY" else str(spot.last)

    def kind(self, cues: Sequence[Cue], spot: Spot) -> tuple[str, int]:
        """The kind of the number at `spot`, and its points. Words in its own clause count in full when they stand close, less where another number stands
        between; those of the clauses around it less the farther they are. What the number before it was about still speaks.
        """
        fit, said = self._fit(spot)
        points = said.copy()
        done = "" if spot.unit == "organisation" else spot.done
        unit, start, end, (left, right), (floor, ceiling) = spot.unit, spot.start, spot.end, spot.clause, spot.between
        for cue_start, cue_end, speaks in cues:
            gap = start - cue_end if cue_end <= start else cue_start - end if cue_start > end else 0
            if not left <= cue_start < right:
                near = _AROUND[gap]
            elif cue_end <= floor or cue_start >= ceiling:
                near = _ACROSS[gap]
            elif cue_start >= end:
                near = _BEHIND[gap]
            else:
                near = _WITHIN[gap]
            for number, weight, units in speaks:
                if units is None:
                    points[number] += weight * near * fit[number]
                elif unit in units or done in units:
                    points[number] += weight * near * max(fit[number], _YIELDS)  # told beside it, and so not never
        if spot.last is not None:
            points[self.places[self._inherited(spot)]] += spot.bond
        best = max(points)
        return (self.codes[points.index(best)], best) if best >= _LEAST else ("other", best)


def _parts(word: str) -> Iterator[str]:
    """A word and all that stand inside it: it hides them, and of a sure word says as much as that."""
    for start in range(len(word)):
        for end in range(start + 1, len(word) + 1):
            yield word[start:end]


def _beside(told: object, words: Iterable[str]) -> dict[str, frozenset[str]]:
    """The units beside which a word says more, of [{units, words}]. A longer word of `words` that hides such a word says as much."""
    found: dict[str, frozenset[str]] = {}
    for said in told if isinstance(told, list) else ():
        for word in _strings(said["words"]):
            found[word] = found.get(word, frozenset()).union(_strings(said["units"]))
    for word in words:
        hidden = frozenset[str]().union(*(found.get(part, ()) for part in _parts(word)))
        if hidden:
            found[word] = hidden
    return found


def _strings(value: object) -> list[str]:
    return [str(x) for x in value] if isinstance(value, list) else []


@cache
def topics() -> Topics:
    """The topics of the catalogue, read once."""
    return Topics(tomllib.loads((resources.files("bangfu.catalogue") / "topics.toml").read_text("utf-8")))
