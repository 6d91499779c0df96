"""Claims: accuracy and speed beside the well-known tools, on the same rows in the same run; then 10 MB of mixed text, and whether the time is linear.

    python bench/claims.py [--samples FOLDER] [--megabytes 10]

FOLDER (or BANGFU_SAMPLES) holds `claims/dev.jsonl`, annotated clauses, and `claims/score.py`, their scorer. Without it only the speed is measured. The
other tools run where they can be imported; they are no part of the project, so put them into an environment of their own and run this with its
python (reading claims needs nothing but the standard library):

    uv venv peers && uv pip install --python peers/bin/python jionlp cn2an recognizers-text-suite "emoji<2"
    BANGFU_SAMPLES=… peers/bin/python bench/claims.py

None of them knows what a number counts. To compare like with like they are lent Bangfu's table of measure words: the word behind a number that they found
gives its unit. Kinds, hedges and repair they are not asked for.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bangfu.claims import read  # noqa: E402 - the path is set above
from bangfu.claims.measures import measures  # noqa: E402

Found = tuple[float | list[float], int]  # what a tool found: the number, and where it ends
Prediction = dict[str, Any]

# ── the tools ────────────────────────────────────────────────────────────────────────────────────────────────────────

NUMERAL = re.compile(r"\d+(?:[.,]\d+)*[十百千万亿]*|[零〇一二两三四五六七八九十百千万亿]+")


def bangfu(text: str) -> list[Prediction]:
    found = []
    for claim in read(text).claims:
        q = claim.quantity
        if q.low is not None and q.high is not None:
            value = float(q.low) if q.low == q.high else [float(q.low), float(q.high)]
            found.append({"value": value, "unit": q.unit, "approx": str(q.hedge), "kind": claim.kind})
    return found


def with_units(tool: Callable[[str], Iterator[Found]]) -> Callable[[str], list[Prediction]]:
    """A tool that finds numbers, with the measure word behind each of them."""
    table = measures()

    def predict(text: str) -> list[Prediction]:
        found = []
        for value, end in tool(text):
            at = end + len(re.match(r"[余多来]?", text[end:])[0])  # type: ignore[index]
            word = next((text[at : at + n] for n in (4, 3, 2, 1) if text[at : at + n] in table.measures), None)
            if word is None:
                continue
            unit, each = table.measures[word]
            values = value if isinstance(value, list) else [value]
            scaled = [v * float(each) for v in values]
            found.append({"value": scaled if isinstance(value, list) else scaled[0], "unit": unit})
        return found

    return predict


def with_cn2an() -> Callable[[str], Iterator[Found]]:
    cn2an = importlib.import_module("cn2an")

    def find(text: str) -> Iterator[Found]:
        for run in NUMERAL.finditer(text):
            try:
                yield float(cn2an.cn2an(run[0].replace(",", ""), "smart")), run.end()
            except ValueError:
                continue

    return find


def with_jionlp() -> Callable[[str], Iterator[Found]]:
    jionlp = importlib.import_module("jionlp")

    def find(text: str) -> Iterator[Found]:
        for run in NUMERAL.finditer(text):
            try:
                number = jionlp.parse_money(run[0] + "元")["num"]
            except (ValueError, TypeError, KeyError, IndexError):
                continue
            if number is not None and not isinstance(number, list):
                yield float(number), run.end()

    return find


def with_recognizers() -> Callable[[str], Iterator[Found]]:
    culture = importlib.import_module("recognizers_text").Culture.Chinese
    recognize = importlib.import_module("recognizers_number").recognize_number

    def find(text: str) -> Iterator[Found]:
        for number in recognize(text, culture):
            value = (number.resolution or {}).get("value")
            if value is not None:
                yield (float(value) * 100 if "分之" in number.text else float(value)), number.end + 1

    return find


PEERS = {
    "JioNLP": ("jionlp", with_jionlp),
    "Recognizers-Text": ("recognizers_number", with_recognizers),
    "cn2an": ("cn2an", with_cn2an),
}


def tools() -> Iterator[tuple[str, Callable[[str], list[Prediction]]]]:
    yield "Bangfu", bangfu
    for name, (module, make) in PEERS.items():
        if importlib.util.find_spec(module) is None:
            print(f"{name}: not installed here, left out")
            continue
        try:
            yield name, with_units(make())
        except ImportError as fault:
            print(f"{name}: cannot be imported ({fault}), left out")


# ── accuracy ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{folder}: no score.py there")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows_of(predict: Callable[[str], list[Prediction]], texts: list[str]) -> list[list[Prediction]]:
    return [predict(text) for text in texts]


def compare(folder: Path) -> None:
    score = scorer(folder)
    gold = [json.loads(line) for line in (folder / "dev.jsonl").read_text("utf-8").splitlines() if line.strip()]
    texts = [row.get("damaged_clause") or row["clause"] for row in gold]
    signs = sum(map(len, texts))
    print(f"{len(gold)} rows, {signs} characters")
    print(f"{'tool':18}{'F1 all':>8}{'F1 undamaged':>14}{'hedge':>8}{'kind':>8}{'coarse':>8}{'characters/s':>14}")
    for name, predict in tools():
        predict(texts[0])
        seconds = min(timed(partial(rows_of, predict, texts)) for _ in range(3))
        rows = [{"id": row["id"], "claims": predict(text)} for row, text in zip(gold, texts, strict=True)]
        result, _ = score.score(gold, rows)
        f1 = [result["scores"][part]["value+unit"]["f1"] for part in ("all", "undamaged")]
        told = [
            "–" if result[what]["accuracy"] is None else f"{result[what]['accuracy']:.3f}" for what in ("approx", "kind", "kind coarse")
        ]
        print(f"{name:18}{f1[0]:8.3f}{f1[1]:14.3f}{told[0]:>8}{told[1]:>8}{told[2]:>8}{signs / seconds:14,.0f}")


# ── speed ────────────────────────────────────────────────────────────────────────────────────────────────────────────

DENSE = (
    "全年投入帮扶资金{a}.6万元，引进资金{b}万元，实施项目{c}个，覆盖{d}个村{b}户{a}余人。",
    "举办培训班{c}期，培训基层干部{a}人次、技术人员近{b}人次，户均增收{a}-{b}元。",
    "硬化村道{c}.4公里，安装路灯{a}盏，建成蔬菜大棚{b}座，种植花椒{a}亩、核桃{b}亩。",
    "师生认购农产品{a}.35万元，帮助销售{b}万斤；捐赠图书{a}册、电脑{c}台，价值约{b}万元。",
    "二〇一九年，{d}名医生赴县医院接诊{a}多人次，手术{c}台，带教{b}名医护人员。",
)
PLAIN = (
    "村里的老人说，路通了以后，孩子上学再也不用蹚水过河，收来的菜当天就能运进城里。",
    "工作队白天走访农户，晚上和村干部一起商量办法，把大家的意见一条一条记在本子上。",
    "学校党委把定点帮扶放在心上，各学院分头联系，教师带着学生住进村里，同吃同住同劳动。",
    "合作社的院子里晒满了辣椒，妇女们一边分拣一边说笑，等着下午的货车来拉走。",
)
DAMAGED = (
    "學(xué)校選派{d}名干部駐村，投入資金{a}萬(wàn)元，幫助{b}戶貧困戶脫貧。",
    "<p>捐赠校服{a}套&nbsp;、书包{b}个，资助学生{c}名。</p>",
)


def mixed(size: int, seed: int = 4) -> str:
    """About `size` bytes of text as it comes: two parts prose, one part figures, a little of it damaged."""
    rng = random.Random(seed)
    parts: list[str] = []
    length = 0
    while length < size:
        kind = rng.choices((PLAIN, DENSE, DAMAGED), (60, 35, 5))[0]
        sentence = rng.choice(kind).format(
            a=rng.randrange(100, 9999), b=rng.randrange(20, 999), c=rng.randrange(2, 60), d=rng.randrange(2, 9)
        )
        if rng.random() < 0.2:
            sentence += "\n"
        parts.append(sentence)
        length += len(sentence.encode())
    return "".join(parts)


def timed(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def spent(text: str) -> float:
    return timed(lambda: read(text))


def speed(megabytes: int) -> None:
    step = min(timed(lambda: sum(i for i in range(1_000_000))) for _ in range(3))
    print(f"\nthis machine, now: a million additions in plain Python take {step:.3f} s")
    print(f"{'text':>18}{'characters':>12}{'claims':>9}{'CPU s':>8}{'MB/s':>7}")
    parts = [mixed(megabytes * 100_000, seed) for seed in range(4, 14)]
    whole = "".join(parts)
    seconds = []
    # as much text both times, each read once: neither a busy minute nor remembered numbers help one of them
    for name, texts in ((f"10 × {megabytes / 10:.1f} MB", parts), (f"{megabytes:.1f} MB", [whole])):
        begin = time.process_time()
        claims = sum(len(read(text).claims) for text in texts)
        seconds.append(time.process_time() - begin)
        print(f"{name:>18}{len(whole):12,}{claims:9,}{seconds[-1]:8.2f}{len(whole.encode()) / 1e6 / seconds[-1]:7.2f}")
    print(f"10 times the text takes {10 * seconds[1] / seconds[0]:.1f} times the time")
    text = "".join(sentence.format(a=739, b=86, c=12, d=3) for sentence in DENSE) * 1500
    took = min(spent(text) for _ in range(3))
    print(f"nothing but figures: {len(text.encode()) / 1e6 / took:.2f} MB/s, {len(read(text).claims) / took:,.0f} claims/s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--samples", type=Path, default=Path(os.environ["BANGFU_SAMPLES"]) if "BANGFU_SAMPLES" in os.environ else None)
    options.add_argument("--megabytes", type=int, default=10)
    told = options.parse_args()
    if told.samples is None:
        print("no samples: set BANGFU_SAMPLES or give --samples to compare accuracy")
    else:
        compare(told.samples / "claims" if (told.samples / "claims").is_dir() else told.samples)
    speed(told.megabytes)


if __name__ == "__main__":
    main()
