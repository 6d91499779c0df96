"""What can be wrong between rows: totals that do not agree with their rows, a voucher used twice. Everything is reported at once, at its cell."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from bangfu.catalogue import Field, FieldType
from bangfu.catalogue.reading import Period, is_blank, norm
from bangfu.office.intake.marks import Marks
from bangfu.office.intake.reading import place_of
from bangfu.office.intake.rows import Issue, Record, number_of
from bangfu.office.intake.understanding import Understood
from bangfu.office.intake.words import ONCE, is_carried
from bangfu.quantities import plain

NOT_TOTALLED = frozenset({"unit_price", "per_capita", "standard", "days", "hours", "share", "balance"})


class Duplicates:
    """What one sheet may have recorded twice: a voucher, invoice or order used before; money of the same day, amount, payee and purpose."""

    def __init__(self) -> None:
        self.numbers = Marks()
        self.payments = Marks()

    def check(self, record: Record) -> None:
        """Adds a `duplicate` issue to a record whose number an earlier row of the sheet has, else `alike` to one that says what an earlier row says."""
        for name in ONCE:
            code = record.values.get(name)
            if not code:
                continue
            key = code.lower() if code.isascii() else norm(code)
            if len(key) < 3:
                continue
            earlier = self.numbers.first(hash(key), record.row)
            if earlier != record.row:
                label = record.kind.fields[name].label
                zh = f"{label.zh}“{code}”在第 {earlier + 1} 行用过，请核对是否重复登记"
                en = f"{label.en} “{code}” was used in row {earlier + 1}; is this the same one recorded twice?"
                record.issues.append(Issue(record.row, record.places.get(name, 0), name, "duplicate", zh, en, earlier))
                return
        if record.kind.money:
            self._alike(record)

    def _alike(self, record: Record) -> None:
        values = record.values
        amount, begin = values.get("amount"), values.get("begin")
        if amount is None or begin is None or begin.precision != "day":
            return
        get = values.get
        unit, place = get("unit"), get("place")
        said = (
            get("title"),
            get("party"),
            getattr(unit, "name", unit),
            getattr(place, "name", place),
            get("person"),
            get("household"),
            get("supplier"),
        )
        if said.count(None) > len(said) - 3:
            return
        earlier = self.payments.first(hash((record.kind.code, amount, begin.begin, said)), record.row)
        if earlier != record.row:
            zh = f"与第 {earlier + 1} 行同日、同额、同用途，请核对是否重复登记"
            en = f"the same day, amount and purpose as row {earlier + 1}; is this the same one recorded twice?"
            record.issues.append(Issue(record.row, record.places.get("amount", 0), "amount", "alike", zh, en, earlier))


_OF_TIME = re.compile(r"[本当](月|季|年)")


class _Column:
    """One number column of a table: the sums of its stretches between total lines."""

    def __init__(self, index: int, fld: Field, scale: str) -> None:
        self.index = index
        self.field = fld
        self.scale = scale
        self.stretches: list[Decimal] = [Decimal(0)]
        self.counts: list[int] = [0]
        self.bad: list[bool] = [False]
        self.totals: list[tuple[int, int, str, Decimal]] = []  # row, stretch before it, text, value
        self.rows: list[tuple[int, Decimal | None]] = []  # every row's value (None: unreadable), where tables stand beside each other


class Totals:
    """Compares every total line of one table with the rows it can mean: those since the last total, all before it, all of the table, those that follow."""

    def __init__(self, understood: Understood, *, beside: bool = False) -> None:
        """`beside`: other tables stand beside this one, and a total may be of the rows of both."""
        self.beside = beside
        self.ends: list[int] = []  # the total line that ends each stretch
        self.columns = [
            _Column(m.column.index, m.field, m.scale)
            for m in understood.meanings
            if m.field is not None
            and m.field.type is FieldType.NUMBER
            and m.field.name not in NOT_TOTALLED
            and m.field.unit not in {"percent", "year", "month"}
            and (m.head is not None or sum(1 for other in understood.meanings if other.field is m.field) == 1)
        ]
        self.apart = any(m.head is not None for m in understood.meanings)  # a line's records have a column each
        self.neighbours: Sequence[Totals] = ()
        self.labels: dict[int, str] = {}
        self.by_place: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        self.by_month: dict[tuple[int, int], Decimal] = defaultdict(Decimal)  # column, months since the year 0
        self.month = 0  # of the last row
        self.at: dict[int, dict[int, Decimal]] = {}  # total line → column → what its month, quarter or year came to

    def add(self, record: Record) -> None:
        """A data row; a cell that could not be read makes its stretch unknowable."""
        wrong = {i.field for i in record.issues if i.why in {"not_a_number", "negative"}}
        place = getattr(record.values.get("place"), "name", "")
        begin = record.values.get("begin")
        if isinstance(begin, Period):
            self.month = begin.begin.year * 12 + begin.begin.month - 1
        for column in self.columns:
            name = column.field.name
            if self.apart and record.places.get(name) != column.index and not any(i.column == column.index for i in record.issues):
                continue
            column.counts[-1] += 1
            if name in wrong:
                column.bad[-1] = True
                if self.beside:
                    column.rows.append((record.row, None))
                continue
            value = record.values.get(name)
            if isinstance(value, Decimal):
                if self.beside:
                    column.rows.append((record.row, value))
                column.stretches[-1] += value
                self.by_month[column.index, self.month] += value
                if place and len(self.by_place) < 5000:
                    self.by_place[column.index, place] += value

    def passed(self, cells: Sequence[str], measured: frozenset[int]) -> None:
        """A row that says nothing under the table's period: what it says beside it is in the totals all the same."""
        for column in self.columns:
            text = cells[column.index] if column.index < len(cells) and column.index not in measured else ""
            value = number_of(text, column.field, column.scale) if text else None
            column.stretches[-1] += value or 0
            column.counts[-1] += value is not None
            column.bad[-1] = column.bad[-1] or (value is None and not is_blank(text))

    def total(self, row: int, cells: Sequence[str]) -> None:
        """A total line."""
        self.labels[row] = next((c for c in cells if c and (is_carried(c) or any(w in norm(c) for w in ("计", "均", "total", "汇总")))), "")
        if "均" in self.labels[row]:
            return
        span = _OF_TIME.search(norm(self.labels[row]))
        if span is not None:
            months = {"月": 1, "季": 3, "年": 12}[span[1]]
            first = self.month - self.month % months
            self.at[row] = {
                c.index: sum((self.by_month[c.index, m] for m in range(first, first + months)), Decimal(0)) for c in self.columns
            }
        for column in self.columns:
            text = cells[column.index] if column.index < len(cells) else ""
            value = number_of(text, column.field, column.scale) if text else None
            if value is not None:
                column.totals.append((row, len(column.stretches) - 1, text, value))
        self.ends.append(row)
        for column in self.columns:
            column.stretches.append(Decimal(0))
            column.counts.append(0)
            column.bad.append(False)

    def issues(
        self,
        elsewhere: Mapping[str, Decimal] | None = None,
        before: Mapping[str, Decimal] | None = None,
        neighbours: Sequence[Totals] = (),
    ) -> list[Issue]:
        """Every total line that agrees with none of the sums it can mean. `elsewhere`: sums of the sheet's other tables by field name; `before`: of those
        that stand above this one; `neighbours`: the tables beside it, of which those without a total of their own are summed here.
        """
        out: list[Issue] = []
        self.neighbours = [n for n in neighbours if n.beside and not n.ends]
        for column in self.columns:
            for row, stretch, text, value in column.totals:
                name = column.field.name
                issue = self._judge(column, row, stretch, text, value, (elsewhere or {}).get(name), (before or {}).get(name))
                if issue is not None:
                    out.append(issue)
        return out

    def sums(self) -> dict[str, Decimal]:
        """All rows together, by field name."""
        return {c.field.name: sum(c.stretches, Decimal(0)) for c in self.columns}

    def _judge(
        self, column: _Column, row: int, stretch: int, text: str, value: Decimal, elsewhere: Decimal | None, before: Decimal | None
    ) -> Issue | None:
        sums, bad = column.stretches, column.bad
        brought = is_carried(self.labels.get(row, "")) and not any(column.counts[: stretch + 1])
        if brought and before is None:
            return None  # what another page or year came to stands nowhere here
        candidates: list[tuple[Decimal, bool]] = []
        # the rows before it, back to each earlier total; the rows after it, if totals stand before their rows here
        spans = [(first, stretch + 1) for first in range(stretch, -1, -1)]
        if not column.counts[stretch] or not column.counts[0]:
            spans += [(stretch + 1, last + 1) for last in range(stretch + 1, len(sums))]
        candidates.extend(self._with_neighbours(column, a, b) for a, b in spans)
        candidates.append((sum(sums, Decimal(0)), any(bad)))
        if elsewhere is not None:
            candidates.append((sum(sums, Decimal(0)) + elsewhere, any(bad)))
        so_far = sum(sums[: stretch + 1], Decimal(0)), any(bad[: stretch + 1])
        opening = None if brought else self._brought(column)
        candidates.extend((so_far[0] + more, so_far[1]) for more in (before, opening) if more is not None)
        if row in self.at:
            candidates.append((self.at[row][column.index], any(bad)))
        below = _subtotals(column, row)
        if below is not None:
            candidates.append((below, False))
        label = norm(self.labels.get(row, ""))
        candidates.extend(
            (total, False)
            for (index, place), total in self.by_place.items()
            if index == column.index and len(place) > 1 and place[:-1] in label
        )
        if any(_agrees(value, total, text, column.scale, column.field) for total, _ in candidates):
            return None
        whole = "小计" not in label and ("总计" in label or "累计" in label or "合计" in label)
        if brought:
            return self._mismatch(column, row, text, before or Decimal(0))
        expected, unknowable = (candidates[stretch] if whole else self._own(column, stretch)) if candidates else (Decimal(0), True)
        if unknowable:
            if below is None:
                return None  # a row of it cannot be read: nothing can be said
            expected = below
        return self._mismatch(column, row, text, expected)

    def _with_neighbours(self, column: _Column, a: int, b: int) -> tuple[Decimal, bool]:
        """The stretches from `a` to `b`, with what the tables beside hold in the same rows, and whether a row of them is unreadable."""
        total, bad = sum(column.stretches[a:b], Decimal(0)), any(column.bad[a:b])
        first = self.ends[a - 1] if a else -1
        last = self.ends[b - 1] if b <= len(self.ends) else None
        for neighbour in self.neighbours:
            for other in neighbour.columns:
                if other.field.name == column.field.name:
                    values = [v for row, v in other.rows if first < row and (last is None or row < last)]
                    total += sum((v for v in values if v is not None), Decimal(0))
                    bad = bad or None in values
        return total, bad

    def _brought(self, column: _Column) -> Decimal | None:
        """What a first line above all rows carries forward from an earlier page or period."""
        row, stretch, _, value = column.totals[0]
        return value if is_carried(self.labels.get(row, "")) and not any(column.counts[: stretch + 1]) else None

    @staticmethod
    def _mismatch(column: _Column, row: int, text: str, expected: Decimal) -> Issue:
        fld = column.field
        unit = fld.label
        return Issue(
            row,
            column.index,
            fld.export or fld.name,
            "total_mismatch",
            f"{unit.zh}的合计写的是“{text}”，按各行相加应为 {_shown(expected, column)}，请核对",
            f"the total of {unit.en} says “{text}”; its rows add up to {_shown(expected, column)}",
        )

    def _own(self, column: _Column, stretch: int) -> tuple[Decimal, bool]:
        """The rows right before the total; those after it where there are none before."""
        if column.counts[stretch] or stretch + 1 >= len(column.stretches):
            return self._with_neighbours(column, stretch, stretch + 1)
        return sum(column.stretches[: stretch + 1], Decimal(0)), any(column.bad[: stretch + 1])


def _subtotals(column: _Column, row: int) -> Decimal | None:
    """The sum of the totals that stand before a total line, if there are at least two."""
    before = [value for r, _, _, value in column.totals if r < row]
    return sum(before, Decimal(0)) if len(before) >= 2 else None


def _agrees(stated: Decimal, total: Decimal, text: str, scale: str, fld: Field) -> bool:
    difference = abs(stated - total)
    if difference <= Decimal("0.005"):
        return True
    written = unicodedata.normalize("NFKC", text)
    digits = "".join(c for c in written if c.isdigit() or c == ".")
    places = len(digits.partition(".")[2])
    factor = number_of("1", fld, scale) or Decimal(1)
    if "万" in written and "万" not in scale:
        factor *= 10000
    return bool(places) and difference <= factor.scaleb(-places) * Decimal("0.5")


def _shown(total: Decimal, column: _Column) -> str:
    factor = number_of("1", column.field, column.scale) or Decimal(1)
    return plain((total / factor).normalize() + 0) + (column.scale or "")


def where(sheet: str, issue: Issue) -> str:
    """The sentence's beginning: 培训!E17."""
    return f"{sheet}!{place_of(issue.row, issue.column)}"


def sentence(sheet: str, issue: Issue, lang: str = "zh") -> str:
    """The whole sentence for people: 培训!E17：“六十来人”读不出人数，请填数字."""
    return f"{where(sheet, issue)}：{issue.zh}" if lang == "zh" else f"{where(sheet, issue)}: {issue.en}"
