"""The words of the pages in both languages: `words.toml`, one line a word, Chinese first."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
PLACE = Path(__file__).parent / "words.toml"


@cache
def words() -> dict[str, tuple[str, str]]:
    """All words by "section.name", as (Chinese, English). Raises ValueError naming the line that does not hold both."""
    found: dict[str, tuple[str, str]] = {}
    with PLACE.open("rb") as file:
        for section, names in tomllib.load(file).items():
            for name, pair in names.items():
                if not (isinstance(pair, list) and len(pair) == len(LANGUAGES) and all(isinstance(w, str) for w in pair)):
                    raise ValueError(f"words.toml: {section}.{name}: should be [Chinese, English]")
                found[f"{section}.{name}"] = (pair[0], pair[1])
    return found


def say(key: str, lang: str = "zh", **details: object) -> str:
    """The word `key` in `lang`, with its {places} filled in. Raises KeyError for a word that is not in words.toml."""
    word = words()[key][LANGUAGES.index(lang)]
    return word.format(**details) if details else word
