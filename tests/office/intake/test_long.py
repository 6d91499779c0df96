"""Long files: nothing is cut off, what was corrected far down counts, a corrected workbook amends."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from bangfu.ledger.models import Entry, Measure
from bangfu.office.intake import preview, recording
from bangfu.office.intake.preview import Reader, answer_of
from bangfu.office.intake.registers import Place, Registers, Unit
from bangfu.office.intake.words import Vocabulary

HEAD = ["序号", "采购日期", "采购部门", "产品名称", "数量", "金额", "产地", "发票号"]


def written(path: Path, count: int, **changed: list[Any]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for n in range(1, count + 1):
            row = [n, f"2020-{n % 12 + 1:02}-{n % 28 + 1:02}", "园艺系", "苹果", n % 9 + 1, 10 * (n % 9 + 1), "甲村", f"F{n:07}"]
            writer.writerow(changed.get(f"row{n}", row))
        writer.writerow(["合计", "", "", "", "", sum(10 * (n % 9 + 1) for n in range(1, count + 1)), "", ""])
    return path


REGISTERS = Registers("某校", (Place("甲村", "village", "新龙县"),), (Unit("园艺系"),))


def test_every_row_of_a_long_file_is_answered_for(words: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "KEPT", 2_000)  # what a reader made from now on holds
    count = 4_500
    path = written(tmp_path / "长.csv", count, row4001=[4001, "2020-13-40", "园艺系", "苹果", 1, 10, "甲村", "F0000001"])
    found = Reader(words, [REGISTERS]).file(path, alone=False)
    assert not found.complete
    assert found.read == count + 2  # with the header and the total
    answer = answer_of(found)
    assert len(answer["rows"]) == count
    assert {(e["excel_row"], e["why"]) for e in answer["errors"]} >= {(4002, "bad_date"), (4002, "duplicate")}


def test_a_cell_corrected_far_down(words: Vocabulary, tmp_path: Path) -> None:
    path = written(tmp_path / "长.csv", 4_000, row3500=[3500, "待定", "园艺系", "苹果", 1, 10, "甲村", "F0003500"])
    wrong = Reader(words, [REGISTERS]).file(path, alone=False)
    assert wrong.refused == 1
    right = Reader(words, [REGISTERS], answers={("长", 0): {"cells": {(3500, 1): "2020-5-6"}}}).file(path, alone=False)
    assert right.refused == 0


@pytest.mark.django_db
def test_a_corrected_workbook_amends(office: Any, tmp_path: Path) -> None:
    first = recording.bring_in(written(tmp_path / "采购.csv", 60), office.programme, by=office.clerk)[1]
    assert first.counts["recorded"] == 60
    changed = [30, "2020-07-03", "园艺系", "苹果", 4, 999, "乙村", "F0000030"]
    path = written(tmp_path / "采购.csv", 60, row30=changed, row7=[61, "2020-12-01", "动物医学系", "核桃", 3, 77, "丁村", "X-1"])
    second = recording.bring_in(path, office.programme, by=office.clerk)[1]
    assert second.adds_up()
    assert second.counts["unchanged"] == 58
    assert second.counts["amended"] + second.counts["recorded"] == 2
    assert second.counts["amended"] >= 1
    amended = next(c for c in second.changes if c.row == 31)
    assert amended.fields["amount"][1] == "99900"
    assert Measure.objects.filter(entry__programme=office.programme, entry__ended__isnull=True, name="amount", value=99900).count() == 1
    third = recording.bring_in(path, office.programme, by=office.clerk)[1]
    assert third.batch is None
    assert third.counts["unchanged"] == 60
    assert second.batch is not None
    recording.take_back(second.batch, by=office.clerk, reason="退回修改前")
    standing = Entry.objects.filter(programme=office.programme, kind="purchase", ended__isnull=True)
    assert standing.count() == 60
    assert not Measure.objects.filter(entry__in=standing, name="amount", value=99900).exists()


@pytest.mark.django_db
def test_long_and_short_ways_record_the_same(office: Any, tmp_path: Path) -> None:
    path = written(tmp_path / "采购.csv", 3_600)
    found = recording.preview(path, office.programme)
    held = recording.record(found, office.programme, by=office.clerk)
    again = recording.bring_in(path, office.programme, by=office.clerk)[1]
    assert held.counts["recorded"] == again.counts["unchanged"] == 3_600
    assert held.counts["read"] == again.counts["read"] == 3_602
    assert [code for code, before, after in held.figures if before != after]


def test_another_table_that_begins_far_below(words: Vocabulary, tmp_path: Path) -> None:
    """3,400 purchases, then a title and a table of trainings: the cells of both are told where they stand."""
    path = written(tmp_path / "长.csv", 3_400)
    more = [
        "",
        "2021年培训台账",
        "序号,培训名称,培训时间,承办部门,参训人数",
        "1,养蜂,3月5日,园艺系,12",
        "2,养鸡,4月31日,园艺系,14",
        "合计,,,,27",
    ]
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(more), encoding="utf-8")
    found = Reader(words, [REGISTERS]).file(path, alone=False)
    assert [(p.kind.code, p.count) for p in found.parts() if p.kind] == [("purchase", 3_400), ("training", 2)]
    assert found.read == 3_400 + 2 + 2 + 3
    answer = answer_of(found)
    assert [(r["excel_row"], r["title"]) for r in answer["rows"][-2:]] == [(3_406, "养蜂"), (3_407, "养鸡")]
    assert {(e["excel_row"], e["why"]) for e in answer["errors"]} == {(3_407, "bad_date"), (3_408, "total_mismatch")}
