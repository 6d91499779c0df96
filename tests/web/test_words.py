"""All words of the pages stand in one place, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from bangfu.web.words import say, words

WEB = Path(__file__).parents[2] / "bangfu" / "web"
HAN = re.compile(r"[\u4e00-\u9fff]")
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
SOURCES = [*TEMPLATES, *WEB.glob("*.py"), *(WEB / "pages").glob("*.py")]


def test_every_word_is_there_in_both_languages() -> None:
    for key, (zh, en) in words().items():
        assert zh, key
        assert en, key
        assert not HAN.search(en), key
        assert set(re.findall(r"{(\w+)}", zh)) == set(re.findall(r"{(\w+)}", en)), key


def test_every_word_that_is_asked_for_is_there() -> None:
    for path in SOURCES:
        for key in re.findall(r"""\bsay\(\s*["']([a-z_]+\.[a-z_0-9]+)["'](?!\s*~)""", path.read_text(encoding="utf-8")):
            assert key in words(), f"{path.name}: {key}"


def test_no_word_is_idle() -> None:
    """A word is used by its whole name, or by its section and a name made at run time (say("verb." ~ …))."""
    everything = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    made = tuple(re.findall(r"""["']([a-z]+\.[a-z_]*)(?:["'] ~|{)""", everything))
    for key in words():
        assert key in everything or key.startswith(made), key


def test_templates_hold_no_words_of_their_own() -> None:
    allowed = {
        "帮",
        "中",
        "文",
        "村",
        "乡",
        "县",
        "学",
        "院",
        "我",
        "校",
        "教",
        "务",
        "处",
        "是",
        "否",
    }  # seal, language names, an example file, codes of the form
    for path in TEMPLATES:
        found = set(HAN.findall(re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)))
        assert found <= allowed, f"{path.name}: {found - allowed}"


def test_a_word_in_either_language() -> None:
    assert say("show.entries", n=3) == "3 条记录"
    assert say("show.entries", "en", n=3) == "3 entries"
