"""Which of a million marks was seen before, and in which row, in a few bytes a mark (a dict of texts would take fifteen times as much)."""

from __future__ import annotations

from array import array

SMALL = 50_000


class Marks:
    """64-bit marks with the row that had each first. A plain dict while there are few; two flat arrays with open addressing beyond."""

    def __init__(self) -> None:
        self.few: dict[int, int] | None = {}
        self.keys = array("Q")
        self.rows = array("I")
        self.mask = 0
        self.count = 0

    def first(self, mark: int, row: int) -> int:
        """The row that had `mark` before; `row` itself, which is then kept, where none had."""
        mark = mark & 0xFFFFFFFFFFFFFFFF or 1
        if self.few is not None:
            found = self.few.setdefault(mark, row)
            if len(self.few) > SMALL:
                self._grow(1 << 18)
            return found
        at = self._find(mark)
        if self.keys[at]:
            return self.rows[at]
        self.keys[at], self.rows[at] = mark, row
        self.count += 1
        if self.count * 4 > self.mask * 3:
            self._grow((self.mask + 1) * 2)
        return row

    def __contains__(self, mark: object) -> bool:
        if not isinstance(mark, int):
            return False
        mark = mark & 0xFFFFFFFFFFFFFFFF or 1
        return mark in self.few if self.few is not None else bool(self.keys[self._find(mark)])

    def _find(self, mark: int) -> int:
        keys, mask = self.keys, self.mask
        at = mark & mask
        while keys[at] and keys[at] != mark:
            at = (at + 1) & mask
        return at

    def _grow(self, size: int) -> None:
        before = self.few.items() if self.few is not None else zip(self.keys, self.rows, strict=True)
        self.few = None
        self.keys, self.rows, self.mask, self.count = (
            array("Q", bytes(8 * size)),
            array("I", bytes(4 * size)),
            size - 1,
            0,
        )
        for mark, row in before:
            if mark:
                at = self._find(mark)
                self.keys[at], self.rows[at] = mark, row
                self.count += 1
