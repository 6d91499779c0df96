"""The ledgers of the demonstration: read whole, and adding up to what the article publishes."""

from __future__ import annotations

from collections import Counter

from bangfu.demo.ledgers import ledgers


def test_every_header_is_one_that_the_catalogue_knows_and_every_row_is_read(facts):
    rows = sum(len(list(table.records())) for workbook in ledgers() for table in workbook.tables)
    assert len(facts) == rows > 2000


def test_every_kind_has_something_to_show(catalogue, facts):
    assert set(catalogue.kinds) - set(Counter(fact.kind for fact in facts)) == set()
