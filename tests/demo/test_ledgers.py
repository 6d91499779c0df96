"""The ledgers of the demonstration: read whole, and adding up to what the article publishes."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from python_calamine import CalamineWorkbook

from bangfu.catalogue.reading import read_identity
from bangfu.demo import workbooks
from bangfu.demo.cast import cast
from bangfu.demo.invent import Inventor
from bangfu.demo.ledgers import ledgers


def test_every_header_is_one_that_the_catalogue_knows_and_every_row_is_read(facts):
    rows = sum(len(list(table.records())) for workbook in ledgers() for table in workbook.tables)
    assert len(facts) == rows > 2000


def test_every_kind_has_something_to_show(catalogue, facts):
    assert set(catalogue.kinds) - set(Counter(fact.kind for fact in facts)) == set()


def test_the_workbooks_are_the_same_on_every_run(tmp_path):
    first, second = workbooks(tmp_path / "a"), workbooks(tmp_path / "b")
    assert [p.name for p in first] == [w.filename for w in ledgers()]
    assert [hashlib.sha256(p.read_bytes()).digest() for p in first] == [hashlib.sha256(p.read_bytes()).digest() for p in second]


def test_a_workbook_says_what_the_ledgers_say(tmp_path):
    """Rows, totals and refused cells stand in the file as an office writes them."""
    path = next(p for p in workbooks(tmp_path) if p.name.startswith("18"))
    book = CalamineWorkbook.from_path(path)
    rows = book.get_sheet_by_name("2020年").to_python()
    assert rows[0][0] == "2020年消费帮扶采购台账"
    assert rows[2][:4] == ["序号", "采购日期", "采购部门", "采购渠道"]
    table = next(t for w in ledgers() for t in w.tables if t.kind == "purchase" and t.sheet == "2020年")
    entries = [row for row in rows[3:] if isinstance(row[0], float)]
    assert len(entries) == len(table.rows)
    assert [row[7] for row in entries if isinstance(row[7], str)] == ["待结算"]
    total = next(row for row in rows if row[0] == "合计")
    assert total[7] == sum(row[7] for row in entries if isinstance(row[7], float))


def test_everybody_is_invented():
    """ID numbers of the region 990101 with a good check digit, telephones of the range without subscribers."""
    people = [*cast().cadres, *(p for p, _ in cast().leaders), *(p for p, _ in cast().staff), *(p for p, _ in cast().students)]
    people += [family.head for family in cast().families]
    assert len({p.id_number for p in people}) == len(people) > 200
    for person in people:
        assert read_identity(person.id_number).region == "990101"
        assert person.phone.startswith("1600000")
        assert len(person.phone) == 11


def test_a_split_adds_up():
    inventor = Inventor("test")
    for total, parts, low, step in ((739, 7, 1, 1), (100_000, 25, 1500, 500), (10, 10, 1, 1), (17, 3, 2, 5)):
        numbers = inventor.split(total, parts, low=low, step=step)
        assert sum(numbers) == total
        assert len(numbers) == parts
        assert min(numbers) >= low
    with pytest.raises(ValueError, match="does not split"):
        inventor.split(3, 4)
