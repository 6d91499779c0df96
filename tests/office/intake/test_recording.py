"""A workbook goes into the ledger once; corrected it amends; a batch comes back out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bangfu.ledger.models import Entry, Programme
from bangfu.ledger.post import PostingRefused
from bangfu.ledger.setup import setup
from bangfu.office.intake import recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def college(office: Any, samples: Path) -> Programme:
    data = json.loads((samples / "ledgers" / "registers.json").read_text(encoding="utf-8"))
    data.pop("files", None)
    return setup(data, by=office.clerk)[0]


SAMPLES = [
    "2019年消费帮扶采购台账.xlsx",
    "捐赠物资登记台账.xls",
    "走访慰问记录.xlsx",
    "驻村干部与结对认亲名册.xlsx",
    "2018年以购代捐订单导出.csv",
    "村集体经济与农户收入.xlsx",
]


@pytest.mark.samples
@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_goes_in_once_and_comes_back(college: Programme, office: Any, samples: Path, name: str) -> None:
    path = samples / "ledgers" / name
    found = recording.preview(path, college)
    first = recording.record(found, college, by=office.clerk)
    assert first.adds_up()
    assert first.counts["recorded"] + first.counts["refused"] == sum(p.count for p in found.parts())
    assert first.counts["recorded"] > 10
    assert first.figures or name.startswith("走访")
    again = recording.record(recording.preview(path, college), college, by=office.clerk)
    assert again.batch is None
    assert again.counts["recorded"] == again.counts["amended"] == 0
    assert again.counts["unchanged"] == first.counts["recorded"]
    assert first.batch is not None
    recording.take_back(first.batch, by=office.clerk, reason="试")
    assert not Entry.objects.filter(programme=college, batch=first.batch, ended__isnull=True).exists()
    with pytest.raises(PostingRefused):
        recording.take_back(first.batch, by=office.clerk, reason="再试")


def test_a_row_that_lacks_what_the_ledger_needs_stays_out_alone(office: Any, tmp_path: Path) -> None:
    """The second of two purchases names no product: it is refused at its cell, the first is recorded."""
    path = tmp_path / "采购.csv"
    path.write_text("采购日期,产品名称,金额,产地\n2020-03-05,苹果,12,甲村\n2020-03-06,,13,甲村\n", encoding="utf-8")
    found = recording.preview(path, office.programme)
    assert [(i.cell, i.why) for s in found.sheets for i in s.issues()] == [("B3", "required")]
    result = recording.record(found, office.programme, by=office.clerk)
    assert (result.counts["recorded"], result.counts["refused"]) == (1, 1)
