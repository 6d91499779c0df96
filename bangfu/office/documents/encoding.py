"""Bytes → text: which of the encodings that Chinese offices and web pages use a file is in."""

from __future__ import annotations

import codecs
import re

from bangfu.office.documents.shapes import DocumentRefused

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_NAMES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "utf-8": "utf-8",
    "utf8": "utf-8",
}

# The characters that carry most of any Chinese text, Simplified and Traditional: wrongly decoded bytes almost never give them.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家"
    "這個國為時來們對會發動產種後學經進著說過萬與開長關業務實黨幫扶貧村縣戶",
)


def decode(content: bytes, *, html: bool = False) -> tuple[str, str, tuple[str, ...]]:
    """The decoded file, the encoding's name, and notes for the reader. Line ends stay as they are (DESIGN.md, Span).

    Raises DocumentRefused for what is no text at all.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[0 if name == "utf-8" else len(mark) :].decode(name, "replace"), name, ()
    if b"\x00" in content[:4096]:
        raise DocumentRefused(
            "这个文件不是文本：请交 txt、html、docx、pdf 或 xlsx 文件",
            "This file is not text: hand in a txt, html, docx, pdf or xlsx file",
        )
    try:
        return content.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError as error:
        # A file cut off inside its last character is still UTF-8.
        if error.start >= len(content) - 3 and error.start > 0:
            return content.decode("utf-8", "replace"), "utf-8", ("文件末尾的一个字符不完整",)
    declared = _DECLARED.search(content[:4096]) if html else None
    named = _NAMES.get(declared[1].decode("ascii").lower()) if declared else None
    best = max(("gb18030", "big5hkscs", "utf-8"), key=lambda name: (_readable(content, name), name == named))
    text = content.decode(best, "replace")
    broken = text.count("\ufffd")
    if broken * 5 > len(text):
        raise DocumentRefused(
            "这个文件的文字编码认不出来：请用记事本另存为 UTF-8 再交",
            "The encoding of this file is not recognised: save it as UTF-8 and hand it in again",
        )
    return text, best, (f"有 {broken} 处字节无法识别",) if broken else ()


def _readable(content: bytes, name: str) -> int:
    """How much of a sample looks like Chinese prose in this encoding; undecodable bytes count heavily against it."""
    text = content[:40_000].decode(name, "replace")
    good = sum(c in _COMMON for c in text)
    bad = text.count("\ufffd") + sum("\ue000" <= c <= "\uf8ff" for c in text)
    return (good - 10 * bad) * 1000 // max(len(text), 1)
