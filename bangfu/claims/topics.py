"""What a number is about: the words of `catalogue/topics.toml` that stand near it, weighed by how near they stand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

_WEIGHTS = {"sure": 7.0, "strong": 4.0, "usual": 1.5, "weak": 1.0}
_UNIT_POINT = 0.3
_OWN_UNIT = {
    "project": ("project", 2.5),
    "branch": ("pairing_branch", 3.0),
    "other:篇": ("publicity", 2.0),
    "copy": ("publication", 1.0),
    "km": ("infrastructure", 1.0),
    "mu": ("industry_base", 1.0),
    "other:头": ("industry_base", 1.0),
    "other:只": ("industry_base", 1.0),
    "other:株": ("industry_base", 1.0),
    "other:羽": ("industry_base", 1.0),
    "other:千瓦": ("industry_base", 1.0),
    "other:队": ("volunteer", 1.0),
    "other:小时": ("other", 1.5),
    "other:分钟": ("other", 1.5),
    "other:天": ("other", 1.5),
    "other:月": ("other", 1.5),
}
"""Units that tell a topic by themselves, and how clearly."""
_LEAST = 1.0
_NEVER, _SPENT, _FOREIGN = 0.02, 0.3, 0.9
_NEAR_IN, _NEAR_OUT, _SHARE_OUT, _ACROSS, _AFTER = 30.0, 12.0, 0.3, 0.85, 0.95
SAME, LISTED, REACHED = 1.0, 2.0, 4.0


class Topic(NamedTuple):
    """A topic of the catalogue: its word, labels, group, and the units it is usually and never counted in."""

    code: str
    zh: str
    en: str
    group: str
    units: frozenset[str]
    never: frozenset[str]


class Cue(NamedTuple):
    """A cue word found in a sentence: where, and what it says for which topics."""

    start: int
    end: int
    speaks: tuple[tuple[int, float], ...]


class Spot(NamedTuple):
    """Where a number stands: `start`-`end`, in `clause`, `between` the numbers before and behind it; its unit; what the number before it was about, and how
    closely it follows that one; whether it is money `spent` on a thing that is named behind it.
    """

    start: int
    end: int
    clause: tuple[int, int]
    between: tuple[int, int]
    unit: str
    last: str | None = None
    bond: float = SAME
    spent: bool = False


class Topics:
    """The topics with an index of their words by the first two characters."""

    def __init__(self, tables: Mapping[str, Mapping[str, object]]) -> None:
        self.topics: list[Topic] = []
        words: dict[str, list[tuple[int, float]]] = {}
        for number, (code, table) in enumerate(tables.items()):
            self.topics.append(
                Topic(
                    code,
                    str(table["zh"]),
                    str(table["en"]),
                    str(table["group"]),
                    frozenset(_strings(table["units"])),
                    frozenset(_strings(table.get("never", []))),
                )
            )
            weights = {word: weight for level, weight in reversed(_WEIGHTS.items()) for word in _strings(table.get(level, []))}
            for word, weight in weights.items():
                hides_sure = any(weights.get(part) == _WEIGHTS["sure"] for part in _parts(word))
                words.setdefault(word, []).append((number, _WEIGHTS["sure"] if hides_sure else weight))
        self.fits: dict[tuple[str, bool], list[float]] = {}
        self.codes = [topic.code for topic in self.topics]
        self.places = {code: place for place, code in enumerate(self.codes)}
        self.single = {w: tuple(s) for w, s in words.items() if len(w) == 1}
        self.index: dict[str, list[tuple[str, tuple[tuple[int, float], ...]]]] = {}
        for word in sorted(words, key=len, reverse=True):
            if len(word) > 1:
                self.index.setdefault(word[:2], []).append((word, tuple(words[word])))
        self.units: dict[str, tuple[int, ...]] = {}
        for number, topic in enumerate(self.topics):
            for unit in topic.units:
                self.units[unit] = (*self.units.get(unit, ()), number)

    def cues(self, text: str, start: int, end: int) -> list[Cue]:
        """The cue words of a stretch of text, in order; a longer word hides those inside it."""
        index, single, stretch = self.index, self.single, text[start:end]
        found: list[Cue] = []
        done = start
        for at, (first, second) in enumerate(zip(stretch, stretch[1:] + " ", strict=True), start):
            if at < done:
                continue
            words = index.get(first + second)
            if words is None and first not in single:
                continue
            for word, speaks in words or ():
                if text.startswith(word, at, end):
                    done = at + len(word)
                    found.append(Cue(at, done, speaks))
                    break
            else:
                if first in single:
                    found.append(Cue(at, at + 1, single[first]))
        return found

    def _fit(self, unit: str, *, spent: bool) -> list[float]:
        """How far the words of each topic speak for a number in this unit. Money that is spent on a thing is about the thing."""
        found = self.fits.get((unit, spent))
        if found is None:
            found = [
                _NEVER if unit in topic.never else _SPENT if spent and topic.group == "money" else 1.0 if unit in topic.units else _FOREIGN
                for topic in self.topics
            ]
            if len(self.fits) < 500:
                self.fits[unit, spent] = found
        return found

    def kind(self, cues: Sequence[Cue], spot: Spot) -> tuple[str, float]:
        """The kind of the number at `spot`, and its points. Words in its own clause count in full when they stand close, less where another number stands
        between; those of the clauses around it less the farther they are. What the number before it was about still speaks.
        """
        points = [0.0] * len(self.codes)
        for number in self.units.get(spot.unit, ()):
            points[number] += _UNIT_POINT
        own = _OWN_UNIT.get(spot.unit)
        if own is not None:
            points[self.places[own[0]]] += own[1]
        fit = self._fit(spot.unit, spent=spot.spent)
        start, end, (left, right), (floor, ceiling) = spot.start, spot.end, spot.clause, spot.between
        for cue_start, cue_end, speaks in cues:
            gap = start - cue_end if cue_end <= start else cue_start - end if cue_start > end else 0
            if left <= cue_start < right:
                near = _NEAR_IN / (_NEAR_IN + gap)
                if cue_end <= floor or cue_start >= ceiling:
                    near *= _ACROSS
                elif cue_start >= end:
                    near *= _AFTER
            else:
                near = _SHARE_OUT * _NEAR_OUT / (_NEAR_OUT + gap)
            for number, weight in speaks:
                points[number] += weight * near * fit[number]
        if spot.last is not None:
            points[self.places[spot.last]] += spot.bond
        best = max(points)
        return (self.codes[points.index(best)], best) if best >= _LEAST else ("other", best)


def _parts(word: str) -> Iterator[str]:
    """A word and all that stand inside it: it hides them, and of a sure word says as much as that."""
    for start in range(len(word)):
        for end in range(start + 1, len(word) + 1):
            yield word[start:end]


def _strings(value: object) -> list[str]:
    return [str(x) for x in value] if isinstance(value, list) else []


@cache
def topics() -> Topics:
    """The topics of the catalogue, read once."""
    return Topics(tomllib.loads((resources.files("bangfu.catalogue") / "topics.toml").read_text("utf-8")))
