"""For random workbooks made of random entries with random mess: what is read equals what was written, or is a reported problem; never something else."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bangfu.office.intake.preview import Reader, answer_of, preview_book
from bangfu.office.intake.reading import Book, Sheet
from bangfu.office.intake.words import Vocabulary
from tests.office.intake.mess import Mess, workbook

FIELDS = ("date", "date_end", "place", "unit", "amount_cny", "people", "person_times", "sessions", "items", "households", "title")


def hold_against(mess: Mess, answer: dict[str, Any]) -> None:
    """Every row written is read as it was written; where a cell was spoilt, the row is reported; nothing else is read or reported."""
    read: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in answer["rows"]:
        read.setdefault((row["sheet"], row["excel_row"]), []).append(row)
    wrong = {(sheet, row) for sheet, row, _ in mess.errors}
    reported = {(e["sheet"], e["excel_row"]) for e in answer["errors"]}
    assert reported == wrong
    for gold in mess.rows:
        here = read.get((gold["sheet"], gold["excel_row"]), [])
        assert here, f"not read: {gold}"
        best = min(here, key=lambda r: len(differences(r, gold)))
        here.remove(best)
        assert best["kind"] == gold["kind"]
        assert not differences(best, gold), (differences(best, gold), gold)
    assert not any(read.values())


def differences(row: dict[str, Any], gold: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    loose = {"date", "date_end"} if gold.get("wrong") == "begin" or "date" not in gold else set()
    return [(f, row.get(f), gold.get(f)) for f in FIELDS if f not in loose and row.get(f) != gold.get(f)]


@pytest.mark.parametrize("seed", range(40))
def test_in_memory(seed: int, words: Vocabulary) -> None:
    mess = workbook(seed, words.catalogue)
    book = Book("x.xlsx", [Sheet(name, [list(r) for r in rows], merges) for name, rows, merges in mess.sheets])
    hold_against(mess, answer_of(preview_book(book, words, [mess.registers])))


@pytest.mark.parametrize("seed", range(1000, 1008))
def test_as_a_workbook(seed: int, words: Vocabulary, tmp_path: Path) -> None:
    mess = workbook(seed, words.catalogue)
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(path))
    rng = random.Random(seed)
    for name, rows, merges in mess.sheets:
        sheet = book.add_worksheet(name)
        for top, left, bottom, right in merges:
            if (top, left) != (bottom, right):
                sheet.merge_range(top, left, bottom, right, "")
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                number = (
                    text.isascii() and text.replace(".", "", 1).isdecimal() and text[0] != "0" and not ("." in text and text[-1] == "0")
                )
                if number and len(text) < 10 and text.count(".") <= (len(text) > 4) and rng.random() < 0.8:
                    sheet.write_number(r, c, float(text))
                    continue
                if text:
                    sheet.write_string(r, c, text)
    book.close()
    hold_against(mess, answer_of(Reader(words, [mess.registers]).file(path, alone=seed % 4 == 0)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_as_csv(encoding: str, words: Vocabulary, tmp_path: Path) -> None:
    for seed in range(2000, 2012):
        mess = workbook(seed, words.catalogue)
        if (
            len(mess.sheets) > 1
            or any(a != c for a, _, c, _ in mess.sheets[0][2])
            or len({r["excel_row"] for r in mess.rows}) < len(mess.rows)
        ):
            continue  # merged cells and tables side by side need a workbook
        name, rows, _ = mess.sheets[0]
        path = tmp_path / f"{name}.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([[text.replace("\n", "") for text in row] for row in rows])  # a line is a row
        hold_against(mess, answer_of(Reader(words, [mess.registers]).file(path, alone=False)))
