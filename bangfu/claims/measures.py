"""The words that follow a number (`data/measures.toml`): measure words with their units, and the nouns that «个» counts."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import NamedTuple

from bangfu.quantities import ONE


class Measures(NamedTuple):
    """`measures`: word → (unit, how many of it); `lengths`: first two signs → lengths of the words beginning with them, longest first; `nouns`: noun → unit,
    "" for words that only begin like one; `not_before`, `not_after`: signs that make a measure word or a hedge part of another word, `still`: words that
    begin with such a sign and yet follow the measure word;
    `points`: what 四个… counts that is no thing, `sets`: what 六项… names and does not count; `names`: slogans and names that begin like a number.
    """

    measures: dict[str, tuple[str, Decimal]]
    lengths: dict[str, tuple[int, ...]]
    nouns: dict[str, str]
    not_before: dict[str, frozenset[str]]
    still: dict[str, tuple[str, ...]]
    not_after: dict[str, frozenset[str]]
    points: tuple[str, ...]
    sets: tuple[str, ...]
    names: tuple[str, ...]


@cache
def measures() -> Measures:
    """The table, read once."""
    table = tomllib.loads((resources.files("bangfu.claims") / "data" / "measures.toml").read_text("utf-8"))
    words = {word: (row["unit"], Decimal(row["each"])) for row in table["measure"] for word in row["words"].split(" ")}
    words |= {word: (f"other:{word}", ONE) for word in table["own"]["words"].split(" ")}
    lengths: dict[str, set[int]] = {}
    for word in words:
        if len(word) > 1:
            lengths.setdefault(word[:2], {1} if word[0] in words else set()).add(len(word))
    return Measures(
        words,
        {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
        {noun: "" if code == "none" else code for code, nouns in table["nouns"].items() for noun in nouns.split(" ")},
        {word: frozenset(signs) for word, signs in table["not_before"].items()},
        {word: tuple(words.split(" ")) for word, words in table["still"].items()},
        {word: frozenset(signs) for word, signs in table["not_after"].items()},
        tuple(table["points"]["words"].split(" ")),
        tuple(table["sets"]["words"].split(" ")),
        tuple(table["names"]["words"].split(" ")),
    )
