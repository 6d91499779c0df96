"""What a number is about: the words of `catalogue/topics.toml` that stand near it, weighed by how near they stand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

_WEIGHTS = {"sure": 7.0, "strong": 4.0, "usual": 2.0, "weak": 1.0}
_UNIT_POINT = 0.5
_OWN_UNIT = {"project": ("project", 2.5), "branch": ("pairing_branch", 3.0), "other:篇": ("publicity", 2.0), "copy": ("publication", 1.0)}
_LEAST = 1.0
_NEVER = 0.35
_NEAR_IN, _NEAR_OUT, _SHARE_OUT, _FOREIGN, SAME, LISTED, REACHED = 20.0, 12.0, 0.3, 0.9, 1.5, 2.5, 4.0


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
        self.fits: dict[str, list[float]] = {}
        self.codes = [topic.code for topic in self.topics]
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
        index, single = self.index, self.single
        found: list[Cue] = []
        at = start
        while at < end:
            for word, speaks in index.get(text[at : at + 2], ()):
                if text.startswith(word, at) and at + len(word) <= end:
                    found.append(Cue(at, at + len(word), speaks))
                    at += len(word)
                    break
            else:
                if text[at] in single:
                    found.append(Cue(at, at + 1, single[text[at]]))
                at += 1
        return found

    def _fit(self, unit: str) -> list[float]:
        """How far the words of each topic speak for a number in this unit."""
        found = self.fits.get(unit)
        if found is None:
            found = [1.0 if unit in topic.units else _NEVER if unit in topic.never else _FOREIGN for topic in self.topics]
            if len(self.fits) < 500:
                self.fits[unit] = found
        return found

    def kind(
        self, cues: Sequence[Cue], start: int, end: int, clause: tuple[int, int], unit: str, last: str | None = None, *, bond: float = SAME
    ) -> tuple[str, float]:
        """The kind of the number at `start`-`end` in `clause`, and its points. Words in its own clause count in full when they stand close, those of
        the clauses around it less the farther they are.
        """
        points = [0.0] * len(self.codes)
        for number in self.units.get(unit, ()):
            points[number] += _UNIT_POINT
        own = _OWN_UNIT.get(unit)
        if own is not None:
            points[self.codes.index(own[0])] += own[1]
        fit = self._fit(unit)
        left, right = clause
        for cue_start, cue_end, speaks in cues:
            gap = max(start - cue_end if cue_end <= start else cue_start - end, 0)
            near = _NEAR_IN / (_NEAR_IN + gap) if left <= cue_start < right else _SHARE_OUT * _NEAR_OUT / (_NEAR_OUT + gap)
            for number, weight in speaks:
                points[number] += weight * near * fit[number]
        if last is not None:
            points[self.codes.index(last)] += bond
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
