"""Throws random and hostile texts at repair and claims: no exception, no broken promise, no text that costs more than in proportion to its length.

    python bench/fuzz_claims.py 100000 [--seed 1] [--traced 10]

Texts are mutated from sentences of the trade: cut, joined, repeated, mixed with digits, measure words, hedges, joints, tags, entities, pinyin, torn bytes. Every
tenth one (`--traced`) is watched line by line; one that takes a path through the code that none took before is kept and mutated further. Text that passes
is asked for what `read` promises (places in the original, order, ends of a range). At the end every kept text is repeated, and ten times the text must
not cost more than fifteen times the time.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bangfu.claims import read  # noqa: E402 - the path is set above
from bangfu.claims.measures import measures  # noqa: E402
from bangfu.quantities import HEDGES  # noqa: E402

WATCHED = (str(ROOT / "bangfu" / "claims"), str(ROOT / "bangfu" / "quantities.py"))
LONGEST = 400
ALLOWED, EACH = 0.05, 0.0005  # seconds of CPU for any text, and for each of its characters

SEEDS = (
    "累计投入帮扶资金739.7万元、实施项目145个，其中新建道路3.5公里。",
    "近1000名师生，三千余人次，几十户，两百来亩，上万斤，七八百元至一千二百元。",
    "比上年增长12.5%，占比由三成升至三分之二，约占1/3，人均增收1600-1800元。",
    "新龙、丹巴、开江、道孚4县，二〇一九年3月5日，第3批，附件2，〔2020〕14号，9+3。",
    "一、基本情况\n（二）主要做法\n1.组织领导 2015年以来，连续三年，5年来",
    "學(xué)校選派6名干部，當?shù)攸h委，<p>捐赠&nbsp;12&#19975;元</p><script>1</script>",
    "å­¦æ¡æèµ12ä¸‡å…ƒ 瀛︽牎鎹愯禒",
    "１２３．４万元　￥5,000,000　€3 km²　40千瓦时",
)
PIECES = (
    *"0123456789.,，、。；：（）()〔〕“”《》<>&;+-—~～至到/%％·•×*?\ufffd\u200b\ue000\n\t 　",
    *"零〇一二两三四五六七八九十百千万亿壹贰几数余多来半成",
    *HEDGES,
    *measures().measures,
    *(
        "其中",
        "分别",
        "累计",
        "同比",
        "人均",
        "每户",
        "第",
        "之",
        "分之",
        "年",
        "月",
        "日",
        "(xué)",
        "?shù)",
        "&amp;",
        "&#x4e07;",
        "<!--",
        "-->",
        "</p>",
        "<style>",
    ),
    *("1" * 40, "万" * 30, "二十" * 20, "3-" * 20, "((" * 20, "&" * 20, "<a " * 10, "、" * 30, "９" * 25, "1/2/3/", "1.2.3.4"),
)


def mutated(rng: random.Random, pool: list[str]) -> str:
    text = rng.choice(pool)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        at = rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.choice((0, 1, 2, 5, 20)))
        what = rng.randrange(8)
        if what < 3:
            text = text[:at] + "".join(rng.choices(PIECES, k=rng.choice((1, 1, 2, 4)))) + text[to:]
        elif what == 3:
            text = text[:at] + text[to:]
        elif what == 4:
            other = rng.choice(pool)
            text = text[:at] + other[rng.randrange(len(other) + 1) :]
        elif what == 5:
            text = text[:at] + text[at:to] * rng.choice((2, 3, 10)) + text[to:]
        elif what == 6:
            text = (
                text[:at]
                + chr(rng.choice((rng.randrange(32, 0x3000), rng.randrange(0x4E00, 0xA000), rng.randrange(0xE000, 0x11000))))
                + text[at:]
            )
        else:
            text = (
                text.encode("gb18030", "replace").decode(rng.choice(("latin-1", "utf-8")), "replace") if rng.random() < 0.2 else text[::-1]
            )
    return text[:LONGEST]


def broken(text: str) -> str | None:
    """What of the promises of `read` does not hold for a text; None where all do."""
    reading = read(text)
    last = 0
    for claim in reading.claims:
        start, end = claim.span
        if not 0 <= start < end <= len(text) or claim.quote != text[start:end]:
            return f"the span {claim.span} is not in the text"
        if claim.at[0] < last or claim.at[1] > len(reading.text):
            return f"{claim.at} stands before the claim before it, or not in the text"
        last = claim.at[1]
        q = claim.quantity
        if (q.low is None) != (q.high is None) or (q.low is not None and q.high is not None and q.low > q.high):
            return f"{q} has its ends the wrong way round"
    return None


class Paths:
    """The arcs between lines that were taken so far."""

    def __init__(self) -> None:
        self.taken: set[tuple[str, int, int]] = set()
        self.new = False

    def watch(self, work: Callable[[], Any]) -> Any:
        self.new = False
        sys.settrace(self._call)
        try:
            return work()
        finally:
            sys.settrace(None)

    def _call(self, frame: FrameType, _event: str, _arg: object) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(WATCHED):
            return None
        before = frame.f_lineno

        def line(frame: FrameType, event: str, _arg: object) -> Any:
            nonlocal before
            if event == "line":
                arc = (name, before, frame.f_lineno)
                before = frame.f_lineno
                if arc not in self.taken:
                    self.taken.add(arc)
                    self.new = True
            return line

        return line


def cost(text: str, runs: int = 3) -> float:
    """CPU seconds of reading a text, the least of some runs."""

    def once() -> float:
        begin = time.process_time()
        read(text)
        return time.process_time() - begin

    return min(once() for _ in range(runs))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("inputs", type=int, nargs="?", default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--traced", type=int, default=10, metavar="N", help="watch every N-th text")
    told = options.parse_args()
    rng = random.Random(told.seed)
    paths, pool, faults, slow, signs = Paths(), list(SEEDS), 0, 0, 0
    begin = time.monotonic()
    for count in range(1, told.inputs + 1):
        text = mutated(rng, pool)
        signs += len(text)
        started = time.process_time()
        watched = count % told.traced == 0
        try:
            fault = paths.watch(lambda text=text: broken(text)) if watched else broken(text)
        except Exception as raised:  # noqa: BLE001 - whatever it is, it is what is looked for
            fault = repr(raised)
        if fault is not None:
            faults += 1
            print(f"FAULT {fault}: {text!r}")
        elif watched and paths.new:
            pool.append(text)
        elif not watched and time.process_time() - started > ALLOWED + EACH * len(text) and cost(text) > ALLOWED + EACH * len(text):
            slow += 1
            print(f"SLOW: {text!r}")
        if count % 20_000 == 0:
            print(
                f"{count:,} texts, {len(pool)} kept, {len(paths.taken):,} arcs, {faults} faults, {slow} slow, {time.monotonic() - begin:.0f} s",
                flush=True,
            )
    steep = 0
    for text in pool:
        times = max(1, 1_500 // (len(text) or 1))
        ratio = cost(text * times * 10) / max(cost(text * times), 1e-4)
        if ratio > 15 and cost(text * times * 10, 5) / max(cost(text * times, 5), 1e-4) > 15:
            steep += 1
            print(f"STEEP {ratio:.1f}: {text!r}")
    print(
        f"{told.inputs:,} texts of {signs:,} characters: {faults} faults, {slow} slow; of {len(pool)} kept texts repeated, {steep} cost more than in proportion"
    )
    return 1 if faults or slow or steep else 0


if __name__ == "__main__":
    sys.exit(main())
