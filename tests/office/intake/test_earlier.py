"""What an earlier batch has already is shown beside the row, never dropped."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from bangfu.ledger import post
from bangfu.ledger.models import Entry
from bangfu.office.intake import earlier, recording
from bangfu.office.intake.rows import Issue

pytestmark = pytest.mark.django_db

HEAD = ["采购日期", "采购部门", "产品名称", "金额", "产地", "供应商", "发票号"]
APPLES = ["2020-03-05", "园艺系", "苹果", 1200, "甲村", "青山合作社", "F20200031"]
HONEY = ["2020-03-06", "园艺系", "蜂蜜", 500, "乙村", "王*养蜂场", "F20200032"]


def written(path: Path, *rows: list[Any]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows])
    return path


def asked(office: Any, path: Path) -> list[Issue]:
    found = recording.preview(path, office.programme)
    assert found.refused == 0
    return [i for s in found.sheets for i in s.issues()]


def test_the_same_number_or_payee_amount_and_day(office: Any, tmp_path: Path) -> None:
    """One purchase of 1,200 yuan is recorded; of three rows of another workbook the first has its number, the second its payee, amount and day."""
    recording.bring_in(written(tmp_path / "一季度.csv", APPLES, HONEY), office.programme, by=office.clerk)
    first = Entry.objects.get(programme=office.programme, title="苹果")
    other = written(
        tmp_path / "食堂.csv",
        ["2020-04-01", "动物医学系", "水果", 800, "丁村", "某公司", "f20200031"],
        ["2020-03-05", "动物医学系", "水果", 1200, "丁村", "青山合作社", "G-7"],
        ["2020-03-05", "动物医学系", "水果", 1201, "丁村", "青山合作社", "G-8"],
    )
    found = asked(office, other)
    assert [(i.row, i.why, i.entry) for i in found] == [(1, "duplicate", first.pk), (2, "alike", first.pk)]
    assert "F20200031" in earlier.told([first.pk])[first.pk]
    result = recording.bring_in(other, office.programme, by=office.clerk)[1]
    assert result.counts["recorded"] == 3


def test_neither_the_same_row_nor_a_corrected_one_is_asked_about(office: Any, tmp_path: Path) -> None:
    rows = [[f"2020-05-{d:02}", "园艺系", "大米", 100 + d, "甲村", "青山合作社", f"F2020050{d:02}"] for d in range(1, 9)]
    recording.bring_in(written(tmp_path / "五月.csv", *rows), office.programme, by=office.clerk)
    assert asked(office, written(tmp_path / "五月.csv", *rows)) == []
    rows[3][3] = 999
    assert asked(office, written(tmp_path / "五月（改）.csv", *rows)) == []


def test_what_has_ended_is_passed_over_and_what_others_wrote_is_found(office: Any, tmp_path: Path) -> None:
    """Voided: nothing is asked. Written by a form, not by an import: found all the same."""
    recording.bring_in(written(tmp_path / "甲.csv", APPLES), office.programme, by=office.clerk)
    entry = Entry.objects.get(programme=office.programme, title="苹果").pk
    draft = post.drafts_of([entry])[entry]
    post.void(office.programme, [entry], by=office.clerk, reason="试")
    other = written(tmp_path / "乙.csv", ["2020-07-01", "园艺系", "梨", 30, "甲村", "某店", "F20200031"])
    assert asked(office, other) == []
    post.post(office.programme, [draft], by=office.clerk)
    (issue,) = asked(office, other)
    assert issue.entry == Entry.objects.filter(programme=office.programme).latest("pk").pk


def test_a_short_number_is_counted_anew_each_year(office: Any, tmp_path: Path) -> None:
    recording.bring_in(written(tmp_path / "甲.csv", [*APPLES[:6], "记-112"]), office.programme, by=office.clerk)
    rows = [["2021-03-05", "园艺系", "梨", 30, "甲村", "某店", "记-112"], ["2020-11-05", "园艺系", "梨", 30, "甲村", "某店", "记-112"]]
    assert [i.row for i in asked(office, written(tmp_path / "乙.csv", rows[0])) + asked(office, written(tmp_path / "丙.csv", rows[1]))] == [
        1
    ]
