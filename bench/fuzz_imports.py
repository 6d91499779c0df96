"""Throws mutated workbooks at the intake: nothing but an answer or a refusal may come back, within ten seconds and bounded memory.

    python bench/fuzz_imports.py 20000 [--seed 1] [--samples FOLDER]

A worker process reads file after file (as the intake's child does, under the same limits) and understands what it reads; where the worker dies the file is
read once more the way the server reads it, alone in a child, and must give a refusal. Counted: answers, refusals, deaths that the child takes, and
what must never happen: any other error, a hang, a death of the reading process itself.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SECONDS = 10


def originals(folder: Path | None, count: int = 24) -> list[tuple[str, bytes]]:
    """Workbooks to be mutated: made-up ones, and the samples where they are at hand."""
    import xlsxwriter

    from bangfu.catalogue import load
    from tests.office.intake.mess import workbook

    catalogue = load()
    found: list[tuple[str, bytes]] = []
    for seed in range(count):
        mess = workbook(seed, catalogue)
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        for name, rows, merges in mess.sheets:
            sheet = book.add_worksheet(name)
            for top, left, bottom, right in merges:
                if (top, left) != (bottom, right):
                    sheet.merge_range(top, left, bottom, right, "")
            for r, row in enumerate(rows):
                for c, text in enumerate(row):
                    sheet.write(r, c, text)
            sheet.write_formula(len(rows), 1, "=SUM(B1:B9)", None, "")
        book.close()
        found.append((".xlsx", out.getvalue()))
        found.append((".csv", "\n".join(",".join(r) for r in mess.sheets[0][1]).encode(random.Random(seed).choice(["utf-8", "gb18030"]))))
    if folder is not None:
        found.extend((p.suffix, p.read_bytes()) for p in sorted(folder.iterdir()) if p.suffix in {".xlsx", ".xls", ".csv"})
    return found


def mutated(rng: random.Random, suffix: str, data: bytes, other: bytes) -> bytes:
    """One file, broken in one to four ways."""
    for _ in range(rng.randint(1, 4)):
        way = rng.choice((0, 0, 0, 0, 0, 0, 0, 5, 6, 7)) if suffix == ".xlsx" else rng.randrange(5, 8)
        if way < 5:
            data = mutated_part(rng, data)
        elif way == 5 and len(data) > 10:
            data = data[: rng.randrange(len(data))]
        elif way == 6:
            at = rng.randrange(len(data) + 1)
            piece = other[(start := rng.randrange(max(len(other) - 1, 1))) : start + rng.randrange(1, 400)]
            data = data[:at] + piece + data[at:]
        else:
            body = bytearray(data)
            for _ in range(rng.randint(1, 12)):
                if body:
                    body[rng.randrange(len(body))] = rng.randrange(256)
            data = bytes(body)
    return data


def mutated_part(rng: random.Random, data: bytes) -> bytes:
    """Change the text of one part of the package: numbers, references, names, whole tags."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            parts = [(i.filename, pack.read(i)) for i in pack.infolist()]
    except (zipfile.BadZipFile, EOFError, OSError, KeyError, NotImplementedError, RuntimeError, ValueError):
        return data
    except Exception:  # noqa: BLE001 - a mutated package may fail in zlib in many ways
        return data
    if not parts:
        return data
    name, body = rng.choice(parts)
    text = bytearray(body)
    way = rng.randrange(7)
    numbers = list(re.finditer(rb'"\d+"', body))
    if way == 0 and numbers:
        one = rng.choice(numbers)
        text[one.start() : one.end()] = b'"%d"' % rng.choice([0, -1, 1048576, 2**31, 2**63, 999999999999, rng.randrange(5000)])
    elif way == 1:
        refs = list(re.finditer(rb'r="[A-Z]+\d+"', body))
        if refs:
            one = rng.choice(refs)
            text[one.start() : one.end()] = rng.choice([b'r="XFD1048576"', b'r="A0"', b'r="ZZZZ1"', b'r=""', b'r="A999999999"'])
    elif way == 2:
        tags = list(re.finditer(rb"<[^>]+>", body))
        if tags:
            one = rng.choice(tags)
            text[one.start() : one.end()] = rng.choice([b"", body[one.start() : one.end()] * 3, b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>&a;"])
    elif way == 3 and len(body) > 4:
        del text[rng.randrange(len(body)) :]
    elif way == 4:
        values = list(re.finditer(rb">([^<>]+)<", body))
        if values:
            one = rng.choice(values)
            text[one.start(1) : one.end(1)] = rng.choice(
                [b"9" * 400, b"-1e308", b"nan", "单位：万元".encode(), "合计".encode(), b"\xff\xfe", b"=" * 3000, "〃".encode()]
            )
    elif way == 5 and body:
        for _ in range(5):
            text[rng.randrange(len(text))] = rng.randrange(256)
    else:
        parts.append((name, body))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for n, b in parts:
                if n == name:
                    b = bytes(text)  # noqa: PLW2901
                if rng.random() > 0.02:
                    pack.writestr(n, b)
    return out.getvalue()


def worker(pipe: Any) -> None:
    """Reads what it is sent, until it is told to stop."""
    from bangfu.catalogue import load
    from bangfu.office.intake import cells
    from bangfu.office.intake.preview import Reader, answer_of
    from bangfu.office.intake.words import Vocabulary

    cells._limit(100_000)  # noqa: SLF001 - the child's own limits
    reader = Reader(Vocabulary(load()), [])
    while (path := pipe.recv()) is not None:
        try:
            answer = answer_of(reader.file(Path(path), alone=False))
            json.dumps(answer)
            pipe.send(("answer", ""))
        except cells.Refused as refused:
            pipe.send(("refused", refused.zh))
        except MemoryError:
            pipe.send(("refused", "memory"))
        except BaseException as error:  # noqa: BLE001 - this is what we are looking for
            import traceback

            pipe.send(
                (
                    "reader died" if "Panic" in type(error).__name__ else "error",
                    f"{type(error).__name__}: {error}\n{traceback.format_exc()[-700:]}",
                )
            )


def answered(pipe: Any, pid: int) -> bool:
    """Whether the worker answers before it has worked for SECONDS (on a busy machine waiting is not working)."""
    began = worked(pid)
    until = time.monotonic() + 60 * SECONDS
    while time.monotonic() < until:
        if pipe.poll(1):
            return True
        if worked(pid) - began > SECONDS:
            return False
    return False


def worked(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def alone(path: Path) -> str:
    """The file as the server reads it."""
    from bangfu.office.intake.cells import Refused
    from bangfu.office.intake.reading import read_book

    try:
        read_book(path, seconds=SECONDS)
    except Refused:
        return "refused by the child"
    return "read by the child"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=Path)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    files = originals(options.samples)
    counts: Counter[str] = Counter()
    slowest = 0.0
    started = time.perf_counter()
    context = multiprocessing.get_context("spawn")

    def start() -> tuple[Any, Any]:
        ours, theirs = context.Pipe()
        process = context.Process(target=worker, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        return process, ours

    process, pipe = start()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.count):
            suffix, data = rng.choice(files)
            path = Path(folder) / f"f{number % 50}{suffix}"
            path.write_bytes(mutated(rng, suffix, data, rng.choice(files)[1]))
            at = time.perf_counter()
            try:
                pipe.send(str(path))
                found, text = pipe.recv() if answered(pipe, process.pid) else ("hang", "")
            except (EOFError, BrokenPipeError, ConnectionResetError):
                found, text = "reader died", ""
            slowest = max(slowest, time.perf_counter() - at) if number else 0.0
            if found in {"reader died", "hang"}:
                process.kill()
                process.join()
                process, pipe = start()
                pipe.send(str(Path(__file__)))  # warm: not a workbook, refused
                pipe.recv()
                if found == "reader died":
                    found = f"reader died, {alone(path)}"
            counts[found] += 1
            if (number + 1) % 1000 == 0:
                print(f"{number + 1} files, {time.perf_counter() - started:.0f} s: {dict(counts)}", file=sys.stderr, flush=True)
            if found in {"error", "hang"}:
                kept = Path(tempfile.gettempdir()) / f"fuzz-{options.seed}-{number}{suffix}"
                kept.write_bytes(path.read_bytes())
                print(f"{found} at {number}: {kept}\n{text}")
    pipe.send(None)
    print(f"{options.count} files in {time.perf_counter() - started:.0f} s, slowest {slowest:.2f} s: {dict(counts)}")
    if counts["error"] or counts["hang"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
