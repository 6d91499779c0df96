"""What a verdict says: numbers as a report writes them, every digit only where rounding would hide the difference."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bangfu.catalogue import Catalogue, load
from bangfu.claims.binding import Binding
from bangfu.claims.verdicts import judge
from bangfu.figures import Value
from bangfu.quantities import read


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return load()


@pytest.mark.parametrize(
    ("text", "ledger", "entries", "zh", "en"),
    [
        ("739.7万元", "7397000", 180, "为739.7万元（180 条记录）", "is CNY 7,397,000 (180 entries)"),
        ("5.54万元", "55400", 1, "为5.54万元（1 条记录）", "is CNY 55,400 (1 entry)"),
        ("739.7万元", "7397123", 2, "为739.71万元，即7,397,123元（2 条记录）", "is CNY 7,397,123 (2 entries)"),
        ("739.8万元", "7397123", 2, "为739.71万元，即7,397,123元，比文中少877元", "is CNY 7,397,123, CNY 877 less than the text"),
        ("80万元", "7397123", 2, "为739.71万元，比文中多659.71万元", "is CNY 7,397,123, CNY 6,597,123 more than the text"),
    ],
)
def test_money_is_told_as_a_report_writes_it(known: Catalogue, text: str, ledger: str, entries: int, zh: str, en: str) -> None:
    bound = Binding(known.figures["direct_input"], confidence=1.0)
    found = judge(read(text), bound, lambda _code, _slice: Value(Decimal(ledger), entries))
    assert found.zh == f"台账“投入帮扶资金”{zh}"
    assert found.en == f"The ledger's “Direct input” {en}"
