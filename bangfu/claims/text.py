"""Text as it should read, with the way back to the text as it is.

Reports are found damaged in a few well-known ways, and each is undone exactly where the bytes allow it:

- *Cloaked*: made Traditional, then the pinyin of some characters was put behind them, «學(xué)», by searching and replacing in the GBK bytes of
  the page. Where the two bytes of such a character were found across the border of two others, the pinyin tears them apart and everything up to the next
  single byte is read shifted by one: 當地黨委 became «當?shù)攸h委», because 94 B5 in the middle of AE94 B5D8 is the code of 數 (shù). The bytes are still there.
- UTF-8 read as GBK or as Latin-1 and written out again; GBK read as Latin-1.
- HTML entities, tags, zero-width characters.

What cannot be recovered stays as it is, or as «�», and is marked (`Damage.repaired` is None): nothing is guessed. Width and punctuation are never changed, and
undamaged text repairs into itself: pinyin in a textbook, rare characters and a quoted Traditional name stay.
"""

from __future__ import annotations

import codecs
import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import NamedTuple

LOST = "\ufffd"


class Damage(NamedTuple):
    """A damaged run: where it is in the original, and what it should read; None where that is not known."""

    start: int
    end: int
    repaired: str | None


class _Edit(NamedTuple):
    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class _Way:
    """Back from an edited text to the text before: pieces, each beginning at `after[i]` here and `before[i]` there; kept or replaced."""

    after: list[int]
    before: list[int]
    kept: list[bool]

    def start(self, at: int) -> int:
        i = bisect_right(self.after, at) - 1
        return self.before[i] + (at - self.after[i] if self.kept[i] else 0)

    def end(self, at: int) -> int:
        """Of an exclusive end: the end of what the last character came from."""
        i = bisect_right(self.after, at - 1) - 1
        return self.before[i] + (at - self.after[i]) if self.kept[i] else self.before[i + 1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Both ends of a span that is not empty; most lie within one piece."""
        i = bisect_right(self.after, start) - 1
        if self.kept[i] and (i + 1 == len(self.after) or end <= self.after[i + 1]):
            shift = self.before[i] - self.after[i]
            return start + shift, end + shift
        return self.start(start), self.end(end)


@dataclass(frozen=True, slots=True)
class Text:
    """`original` as it was given and `text` as it should read. Positions count code points."""

    original: str
    text: str
    damaged: tuple[Damage, ...] = ()
    _ways: tuple[_Way, ...] = field(default=(), repr=False)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original from which `text[start:end]` came. An empty span stays empty."""
        if end <= start:
            for way in reversed(self._ways):
                start = way.start(start)
            return start, start
        for way in reversed(self._ways):
            start, end = way.span(start, end)
        return start, end


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Tables(NamedTuple):
    simple: dict[int, str]  # Traditional character → Simplified
    phrases: dict[str, str]
    phrase: re.Pattern[str]
    traditional: re.Pattern[str]  # a character that Simplified text does not have
    simplified: re.Pattern[str]  # a character that Traditional text does not have
    readings: dict[str, str]  # reading → Traditional characters
    torn: dict[tuple[int, str], tuple[int, ...]]  # (first byte, reading) → the second bytes of the characters that GBK has
    only: frozenset[str]


# 著 is 着 in Simplified text except in these words (OpenCC leaves it to the reader).
_ZHU = "著名 著作 著述 著者 著称 著稱 著录 著錄 著书 著書 显著 顯著 卓著 昭著 专著 專著 编著 編著 名著 原著 论著 論著 译著 譯著 巨著 土著 合著 遗著 遺著 较著 較著 拙著 著有"


def _class(chars: frozenset[str]) -> re.Pattern[str]:
    """A character class. Only of the basic plane, where `re` looks a character up in one step; beyond it stand a few that no report uses."""
    return re.compile(f"[{''.join(sorted(c for c in chars if c < chr(0x10000)))}]")


@cache
def _tables() -> _Tables:
    here = resources.files("bangfu.claims") / "data"
    lines = [x for x in (here / "traditional.txt").read_text("utf-8").splitlines() if not x.startswith("#")]
    keys, values, both, simplified, *pairs = lines
    simple = {ord(k): v for k, v in zip(keys, values, strict=True)} | {ord("著"): "着"}
    phrases = dict(pair.split("\t") for pair in pairs) | {p: p.translate(simple).replace("着", "著") for p in _ZHU.split(" ")}
    by_first: dict[str, list[str]] = {}
    for word in sorted(phrases, key=len, reverse=True):
        by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    phrase = re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_first.items()))
    only = frozenset(keys) - frozenset(both)
    readings = dict(x.split("\t") for x in (here / "readings.txt").read_text("utf-8").splitlines() if not x.startswith("#"))
    torn: dict[tuple[int, str], list[int]] = {}
    for reading, chars in readings.items():
        for char in chars:
            first, second = char.encode("gbk")
            torn.setdefault((first, reading), []).append(second)
    return _Tables(
        simple,
        phrases,
        phrase,
        _class(only),
        _class(frozenset(simplified)),
        readings,
        {key: tuple(seconds) for key, seconds in torn.items()},
        only,
    )


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────────


def repair(original: str) -> Text:
    """The text as it should read. Never raises; undamaged text comes back unchanged. Linear in the length of the text."""
    state = _State(original)
    if _HIGH.search(original):
        state.apply(_recoded(original))
    state.apply(_unwrapped(state.text))
    state.apply(_uncloaked(state.text))
    text = _simplified(state.text)
    for lost in _LOST_RUN.finditer(text):
        state.mark(lost.start(), lost.end(), None)
    if not state.ways and text == original:
        text = original
    return Text(original, text, tuple(_merged(state.damaged)), tuple(state.ways))


_LOST_RUN = re.compile(r"\ufffd+|锟斤拷|(?:锟斤拷)+|[\ue000-\uefff\uf100-\uf8ff]+")


class _State:
    """The text between two steps, with the way back so far and the damage found, in positions of the original."""

    def __init__(self, original: str) -> None:
        self.text = original
        self.ways: list[_Way] = []
        self.damaged: list[Damage] = []

    def mark(self, start: int, end: int, repaired: str | None) -> None:
        for way in reversed(self.ways):
            start, end = way.start(start), way.end(end)
        self.damaged.append(Damage(start, end, repaired))

    def apply(self, found: tuple[list[_Edit], list[Damage]]) -> None:
        edits, damaged = found
        for run in damaged:
            self.mark(*run)
        if not edits:
            return
        out: list[str] = []
        after: list[int] = []
        before: list[int] = []
        kept: list[bool] = []
        at = length = 0
        for start, end, new in edits:
            if start > at:
                out.append(self.text[at:start])
                after.append(length)
                before.append(at)
                kept.append(True)
                length += start - at
            if new:
                out.append(new)
                after.append(length)
                before.append(start)
                kept.append(False)
                length += len(new)
            at = end
        out.append(self.text[at:])
        after.append(length)
        before.append(at)
        kept.append(True)
        self.text = "".join(out)
        self.ways.append(_Way(after, before, kept))


def _merged(damaged: list[Damage]) -> Iterator[Damage]:
    """In order; of runs that overlap (a private-use character inside a run that was repaired) the first, longer one stands for all."""
    end = -1
    for run in sorted(damaged, key=lambda d: (d.start, -d.end)):
        if run.start >= end:
            yield run
            end = run.end


# ── UTF-8 taken for something else ───────────────────────────────────────────────────────────────────────────────────

_CP1252 = {c.decode("cp1252"): c[0] for c in (bytes([b]) for b in range(0x80, 0xA0)) if c not in b"\x81\x8d\x8f\x90\x9d"}
_X = "\u0080-\u00bf" + re.escape("".join(_CP1252))
_HIGH = re.compile(r"[\u0080-\U0010ffff]")
_LATIN_UTF8 = re.compile(f"(?:[\u00c2-\u00df][{_X}]|[\u00e0-\u00ef][{_X}]{{2}}|[\u00f0-\u00f4][{_X}]{{3}})+")
_LATIN_GBK = re.compile(r"(?:[\u00a1-\u00a3\u00b0-\u00f7][\u00a1-\u00fe]){2,}")
_WIDE_RUN = re.compile(r"[\u0080-\ufffc\U00010000-\U0010ffff]+")
_SIGNS = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2010-\u2026\u00b7]")


@cache
def _mojibake() -> re.Pattern[str]:
    """Where a run of wide characters begins with one whose GBK bytes begin a Chinese character in UTF-8 (E4-E9, then 80-BF; or E3 80, «、。»)."""
    chars = []
    for lead in range(0xE4, 0xEA):
        for trail in range(0x80, 0xC0):
            try:
                chars.append(bytes([lead, trail]).decode("gbk"))
            except UnicodeDecodeError:
                continue
    return re.compile(rf"(?<![\u0080-\U0010ffff])[{''.join(chars)}銆锛锟][\u0080-\U0010ffff]")


def _recoded(text: str) -> tuple[list[_Edit], list[Damage]]:
    edits: list[_Edit] = []
    damaged: list[Damage] = []
    for run in _LATIN_UTF8.finditer(text):
        data = bytes(_CP1252.get(c) or ord(c) for c in run[0])
        new = data.decode("utf-8", "replace")
        if LOST not in new and len(_SIGNS.findall(new)) * 2 > len(new):
            edits.append(_Edit(run.start(), run.end(), new))
    for run in () if edits else _LATIN_GBK.finditer(text):
        try:
            new = run[0].encode("latin-1").decode("gb2312")
        except UnicodeDecodeError:
            continue
        edits.append(_Edit(run.start(), run.end(), new))
    at = 0
    for begin in _mojibake().finditer(text):
        if begin.start() < at:
            continue
        wide = _WIDE_RUN.match(text, begin.start())
        at = wide.end() if wide is not None else begin.end()
        edit = _gbk_of_utf8(text, begin.start(), at)
        if edit is not None:
            edits.append(edit)
            if LOST in edit.new:
                damaged.append(Damage(edit.end - 1, edit.end, None))
    edits.sort()
    kept = [e for i, e in enumerate(edits) if i == 0 or e.start >= edits[i - 1].end]
    damaged += [Damage(e.start, e.end, e.new) for e in kept if LOST not in e.new]
    return kept, damaged


def _gbk_of_utf8(text: str, start: int, end: int) -> _Edit | None:
    """A run of GBK characters whose bytes are UTF-8; where an odd last byte was lost, everything but the last character."""
    data = text[start:end].encode("gb18030", "replace")
    try:
        new = data.decode("utf-8")
    except UnicodeDecodeError as torn:
        if torn.start < len(data) - 2 or torn.start < 3:
            return None
        new = data[: torn.start].decode("utf-8") + LOST
        end += text[end : end + 1] in {"?", LOST}
    return _Edit(start, end, new) if len(_SIGNS.findall(new)) * 2 >= len(new) else None


# ── markup and characters that are not seen ──────────────────────────────────────────────────────────────────────────

_BLOCK = "address article aside blockquote body br dd div dl dt footer form h1 h2 h3 h4 h5 h6 head header hr html li main nav ol p section table tbody td tfoot th thead title tr ul"
_INLINE = "a abbr acronym b bdo big center cite code del dfn em fieldset font i iframe img input ins kbd label legend link meta object optgroup option pre q samp select small span strike strong sub sup tt u var noframes noscript caption tfoot center marquee"
_NAMES = "|".join(sorted({*_BLOCK.split(), *_INLINE.split()}, key=len, reverse=True))
_MARK = re.compile(
    rf"(?P<tag></?(?P<name>{_NAMES})(?:\s+[A-Za-z_:@][^<>]*)?\s*/?>)|(?P<open><(?:script|style)\b[^<>]*>|<!--)|&(?:amp;)*(?P<entity>#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});"
    r"|(?P<unseen>[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u00ad\ufeff\uf000-\uf0ff]+)",
    re.IGNORECASE,
)
_BLOCKS = frozenset(_BLOCK.split())
_MARK_SIGN = re.compile(r"[<&\u200b-\u200f\u202a-\u202e\u2060-\u2064\u00ad\ufeff\uf000-\uf0ff]")


def _unwrapped(text: str) -> tuple[list[_Edit], list[Damage]]:
    edits: list[_Edit] = []
    if not _MARK_SIGN.search(text):
        return edits, []
    at = 0
    gone: set[str] = set()  # closings that do not come any more: not looked for again, so that hostile text costs no more
    while (mark := _MARK.search(text, at)) is not None:
        at = mark.end()
        if mark["tag"]:
            edits.append(_Edit(mark.start(), at, "\n" if mark["name"].lower() in _BLOCKS else ""))
        elif mark["open"]:
            closing = "-->" if mark["open"] == "<!--" else f"</{mark['open'][1:7].rstrip('>').rstrip().lower()}"
            closing = "</style" if closing.startswith("</style") else closing
            end = -1 if closing in gone else text.find(closing, at)
            if end < 0:
                gone.add(closing)
                continue
            end = end + 3 if closing == "-->" else text.find(">", end) + 1 or len(text)
            edits.append(_Edit(mark.start(), end, ""))
            at = end
        elif mark["entity"]:
            new = html.unescape(f"&{mark['entity']};")
            if not new.startswith("&") or mark["entity"] == "amp":
                edits.append(_Edit(mark.start(), at, new))
        else:
            edits.append(_Edit(mark.start(), at, ""))
    return edits, []


# ── the cloak ────────────────────────────────────────────────────────────────────────────────────────────────────────

_SYLLABLE = r"[a-zɡüāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜêńňǹḿ]{1,6}"
_NOTE = re.compile(rf"\(({_SYLLABLE})\)")
_TEAR = re.compile(rf"[?\ufffd]\(?({_SYLLABLE})\)")
_NOTE_OR_TEAR = re.compile(rf"\((?P<note>{_SYLLABLE})\)|[?\ufffd]\(?(?P<tear>{_SYLLABLE})\)|(?P<stop>[,，、;；。])(?P=stop)")
_LONGEST_SHIFT = 2000
_LONGEST_BACK = 40
_AHEAD = 6


def _uncloaked(text: str) -> tuple[list[_Edit], list[Damage]]:
    edits: list[_Edit] = []
    damaged: list[Damage] = []
    narrow = re.search(r"[\uff01-\uff5e]", text) is None  # full-width punctuation was made half-width after the damage
    at = 0
    line = _Line(text)
    noted = (0, "")  # where the last note ended, and the character it belongs to
    while (found := _NOTE_OR_TEAR.search(text, at)) is not None:
        at, start = found.end(), found.start()
        if not start:
            continue
        if found["stop"]:
            if line.traditional(start):  # some of these pages double their commas
                edits.append(_Edit(start + 1, at, ""))
            continue
        if found["note"]:
            if text[start - 1] in _tables().only and found["note"] in _syllables() and line.traditional(start):
                edits.append(_Edit(start, at, ""))
                noted = (at, text[start - 1])
            elif "@" <= text[start - 1] <= "~":
                back = _mended_back(text, start, found["note"], edits[-1].end if edits else 0)
                if back is not None:
                    edits.append(_Edit(back[0], at, back[1]))
                    damaged.append(Damage(back[0], at, None))
            continue
        run = _mended(text, noted[1] if noted[0] == start else text[start - 1], found["tear"], at)
        if run is None:
            if found["tear"] in _tables().readings and line.traditional(start):
                damaged.append(Damage(start, at, None))
            continue
        new, at, whole = run
        if narrow:
            new = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in new)
        edits.append(_Edit(start, at, new))
        damaged.append(Damage(start, at, new.translate(_tables().simple) if whole else None))
    return edits, damaged


@cache
def _syllables() -> frozenset[str]:
    return frozenset(_tables().readings)


class _Line:
    """Whether the line around a position is written in Traditional characters; asked in rising order."""

    def __init__(self, text: str) -> None:
        self.text, self.end, self.answer = text, -1, False

    def traditional(self, at: int) -> bool:
        if at >= self.end:
            start = self.text.rfind("\n", max(0, self.end), at) + 1 or max(0, self.end)
            self.end = self.text.find("\n", at)
            self.end = len(self.text) if self.end < 0 else self.end
            self.answer = _is_traditional(self.text[start : self.end])
        return self.answer


def _mended(text: str, last: str, reading: str, at: int) -> tuple[str, int, bool] | None:
    """What the run should read whose tear, behind the character `last`, ends at `at`; where it ends; whether all of it is known.

    None where it cannot be told.
    """
    before = _bytes(last)
    if before is None:
        return None
    found = []
    for second in _tables().torn.get((before[1], reading), ()):
        shift = _Shift(text, at, second)
        if shift.run():
            found.append(shift)
    if not found:
        return None
    found.sort(key=lambda s: s.score, reverse=True)
    best = found[0]
    if len(found) > 1 and found[1].score == best.score and found[1].out != best.out:
        return None
    return "".join(best.out), best.at, best.whole


def _mended_back(text: str, start: int, reading: str, floor: int) -> tuple[int, str] | None:
    """A run whose end is known by its pinyin: 校現 became «?，F(xiàn)» where the byte after the torn one was swallowed. What stands between is read
    backwards from there; the character at the tear keeps only its second half and is lost. None where there is no such run.
    """
    data: list[int] = [ord(text[start - 1])]
    at = start - 2
    while at >= floor and start - at < _LONGEST_BACK and text[at] not in "?\ufffd":
        char = text[at]
        pair = bytes((0xA3, ord(char) + 0x80)) if "!" <= char <= "/" else _bytes(char)
        if pair is None:
            return None
        data[:0] = pair
        at -= 1
    if at < floor or text[at] not in "?\ufffd" or len(data) < 3:
        return None
    try:
        new = bytes(data[1:]).decode("gbk")
    except UnicodeDecodeError:
        return None
    return (at, LOST + new) if new[-1] in _tables().readings.get(reading, "") else None


def _bytes(char: str) -> bytes | None:
    """The two bytes of a character in GBK, private-use places included; None for all others."""
    try:
        data = char.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return data if len(data) == 2 else None


class _Shift:
    """Read on with one byte in hand: each character gives its first byte to the one before and keeps its second in hand, until a single byte ends it."""

    def __init__(self, text: str, at: int, pending: int) -> None:
        self.text, self.at, self.pending = text, at, pending
        self.out: list[str] = []
        self.whole = True
        self.score = 0

    def run(self) -> bool:
        text, begin = self.text, self.at
        while self.at < len(text) and self.at - begin < _LONGEST_SHIFT:
            char = text[self.at]
            note = _NOTE.match(text, self.at) if char == "(" and self.at > begin else None
            if note is not None and note[1] in _syllables():
                self.at = note.end()  # a character of the replacement that stood across a border: read as itself, with its pinyin
                continue
            if char in "?\ufffd":
                return self._torn_again() or self._lost()
            if char < "\x80":
                if char <= " ":
                    return bool(self.out) and self._lost(keep=True)
                if char >= "@" and char != "\x7f" and self._ordinary(self.at + 1) and self._put(ord(char)):
                    self.at += 1
                    self._skip_note()
                    return True
                if not self._put(0xA3):
                    return bool(self.out) and self._lost(keep=True)
                self.pending = ord(char) + 0x80  # ＜ was made < after the damage
            else:
                data = _bytes(char)
                if data is None or not self._put(data[0]):
                    return bool(self.out) and self._lost(keep=True)
                self.pending = data[1]
            self.at += 1
        return bool(self.out) and self._lost(keep=True)

    def _put(self, second: int) -> bool:
        try:
            char = bytes((self.pending, second)).decode("gbk")
        except UnicodeDecodeError:
            return False
        self.out.append(char)
        self.score += _ordinary_char(char)
        return True

    def _ordinary(self, at: int) -> bool:
        ahead = self.text[at : at + _AHEAD]
        return sum(_ordinary_char(c) for c in ahead) * 2 >= len(ahead) - 1

    def _skip_note(self) -> None:
        note = _NOTE.match(self.text, self.at)
        if note is not None and self.out[-1] in _tables().readings.get(note[1], ""):
            self.at = note.end()

    def _torn_again(self) -> bool:
        """A replaced character that stands right: its second byte went with the bracket, its first is in hand."""
        tear = _TEAR.match(self.text, self.at)
        seconds = () if tear is None else _tables().torn.get((self.pending, tear[1]), ())
        if tear is None or len(seconds) != 1 or not self._put(seconds[0]):
            return False
        self.at = tear.end()
        return True

    def _lost(self, *, keep: bool = False) -> bool:
        """The byte in hand has lost its other half, and with it the single byte that followed, unless that is `keep`-t."""
        self.out.append(LOST)
        self.whole = False
        self.at += not keep
        return True


def _ordinary_char(char: str) -> int:
    """1 for what common text consists of, -1 for what appears in shifted runs (rare characters, Greek, circled numbers)."""
    if char < "\x80":
        return 1
    if char in _tables().only:
        return 1
    data = _bytes(char)
    if data is None:
        return -1
    return 1 if 0xB0 <= data[0] <= 0xD7 and data[1] >= 0xA1 else 0 if data[0] in {0xA1, 0xA3} else -1


# ── Traditional to Simplified ────────────────────────────────────────────────────────────────────────────────────────


_HAN = re.compile(r"[\u4e00-\u9fff]")


def _is_traditional(text: str) -> bool:
    """Whether a text is written in Traditional characters: about every third one shows it there, and none shows the other script."""
    tables = _tables()
    count = len(tables.traditional.findall(text))
    return count > 2 * len(tables.simplified.findall(text)) and count * 12 >= len(_HAN.findall(text))


def _simplified(text: str) -> str:
    """Lines in Traditional characters become Simplified, character by character: the length stays, so do positions.

    In a Traditional text every line that shows it; in another only whole lines that cannot be anything else, so that a name or a quoted title stays.
    """
    tables = _tables()
    if not tables.traditional.search(text):
        return text
    whole = _is_traditional(text)
    lines = text.split("\n")
    for i, line in enumerate(lines):
        count = len(tables.traditional.findall(line))
        if count and (count > 2 * len(tables.simplified.findall(line)) if whole else count > 5 and _is_traditional(line)):
            lines[i] = (
                tables.phrase.sub(lambda m: tables.phrases[m[0]].translate(_UNTOUCHED), line).translate(tables.simple).translate(_TOUCHED)
            )
    return "\n".join(lines)


# Phrases are settled before characters: what a phrase keeps (乾坤, 著名) must not be changed by the character table after it.
_UNTOUCHED = {ord("乾"): "\ue900", ord("著"): "\ue901"}
_TOUCHED = {0xE900: "乾", 0xE901: "著"}


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_COMMON = frozenset(
    "的一是在了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也能下过過子说說产產种種面而方后後多定行学學法所民得经經十三之进進着著等部度家电電力里如水化高自二理起小物现現实實加量都两兩体體制机機当當使点點从從业業本去把性好应應开開它合还還因由其些然前外天政四日那社义義事平形相全表间間样樣与與关關各重新线線内內数數正心反你明看原又么麼利比或但质質气氣第向道命此变變条條只没沒结結解问問意建月公无無系军軍很情者最立代想已通并並提直题題党黨程展五果料象员員革位入常文总總次品式活设設及管特件长長求老头頭基资資边邊流路级級少图圖山统統接知较較将將组組见見计計别別她手角期根论論运運农農指村户戶扶贫貧脱脫帮幫元万萬，。、：；“”（）",
)


def decode(data: bytes) -> str:
    """The text of a file: by its mark (BOM), as UTF-8, else GB18030 or Big5, whichever reads as ordinary text. Never raises; bytes that
    mean nothing become «�», which `repair` marks as damage. Line ends stay.
    """
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        if fault.start >= len(data) - 3 and fault.start > 0:  # cut off in the middle of a character
            return data.decode("utf-8", "replace")
    readings = []
    for name in ("gb18030", "big5hkscs", "utf-8", "utf-16-le", "utf-16-be"):
        if name.startswith("utf-16") and data.count(0) * 8 < len(data):
            continue
        text = data.decode(name, "replace")
        sample = text[:20000]
        common = sum(c in _COMMON for c in sample) - 4 * sample.count(LOST)
        readings.append((common / (len(sample) or 1), text))
    return max(readings, key=lambda r: r[0])[1]
