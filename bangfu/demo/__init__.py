"""The demonstration: one college, four villages in two counties, 2015–2020, as its office keeps it in Excel.

Everything in it is invented but for the shape of such work: `workbooks` writes the ledgers, `article` is a report about them with three planted errors,
`build` makes the programme of them.
"""

from __future__ import annotations

from pathlib import Path

from bangfu.demo.layout import write
from bangfu.demo.ledgers import ledgers

PLANTED = ("实施帮扶项目154个", "班子成员74人深入帮扶地实地调研", "带动村集体增收121.09元")
"""What the article says wrongly, and the check must find: digits changed places, 人 for 人次, 元 for 万元."""


def workbooks(folder: Path) -> list[Path]:
    """Write the office's workbooks into `folder` (made where it is missing) and give their paths; the same on every run."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write(workbook, folder) for workbook in ledgers()]


def article() -> Path:
    """The article that the demonstration checks (UTF-8)."""
    return Path(__file__).parent / "article.txt"
