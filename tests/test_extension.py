"""A kind and its figures, added as the manual shows, are everywhere at once: form, template, import, list, API, documentation, checker."""

import json
import os
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from django.test import Client

from bangfu.cli import main
from bangfu.ledger import catalogue
from bangfu.office import tokens
from bangfu.office.intake import recording
from bangfu.office.intake.giving_back import template

ROOT = Path(__file__).resolve().parent.parent
ROWS = [
    ("花椒苗", "2019-03-05", "甲村", "扎西", 30),
    ("核桃苗", "2019-04-06", "甲村", "扎西", 20),
    ("花椒苗", "2019-04-06", "乙村", "卓玛", 40),
]


@pytest.fixture
def seedlings():
    """The two files of docs/catalogue.md in the data folder, for as long as the test runs."""
    folder = Path(os.environ["BANGFU_DATA"]) / "catalogue"
    blocks = re.findall(
        r"`catalogue/(\w+/\w+\.toml)`.*?```toml\n(.*?)```", (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8"), re.DOTALL
    )
    for name, text in blocks:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    catalogue.cache_clear()
    yield catalogue().kinds["seedlings"]
    shutil.rmtree(folder)
    catalogue.cache_clear()


@pytest.fixture
def workbook(tmp_path):
    """What an office hands in: a title, a header, three rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "苗木发放"
    for line in (("苗木发放登记表",), ("树种", "发放日期", "村", "户主", "数量（株）"), *ROWS):
        sheet.append(line)
    book.save(tmp_path / "苗木发放登记表.xlsx")
    return tmp_path / "苗木发放登记表.xlsx"


def test_a_kind_added_in_toml_is_everywhere_with_no_code(seedlings, office, workbook, tmp_path, capfd, monkeypatch):
    """甲村's 扎西 gets 30 and 20, 乙村's 卓玛 40: 90 seedlings to 2 households, 45 each."""
    # the import reads it
    result = recording.record(recording.preview(workbook, office.programme, name=workbook.name), office.programme, by=office.clerk)
    assert result.counts["recorded"] == 3, result.counts

    # the pages have its form, its documentation, its list, its figures
    client = Client()
    client.force_login(office.clerk)
    at = f"/p/{office.programme.slug}"
    for address, words in {
        f"{at}/new/": "苗木发放",
        f"{at}/new/seedlings/": "株数",
        f"{at}/catalogue/": "苗木发放",
        f"{at}/catalogue/seedlings/": "是否嫁接",
        f"{at}/ledger/?kind=seedlings": "核桃苗",
        f"{at}/figures/": "户均苗木",
        f"{at}/figures/seedlings_given/": "花椒苗",
    }.items():
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert words in answer.content.decode(), (address, words)

    # there is a blank template, with its headers
    blank = tmp_path / "blank.xlsx"
    blank.write_bytes(template(seedlings))
    said = {str(cell.value) for row in openpyxl.load_workbook(blank).worksheets[0].iter_rows() for cell in row if cell.value}
    assert any("苗木名称" in word or "树种" in word for word in said)

    # the API knows it
    caller = Client(headers={"authorization": f"Bearer {tokens.issue(office.clerk, 'test')}"})
    assert "seedlings" in {k["code"] for k in caller.get("/api/kinds").json()}
    fields = {"title": "花椒苗", "begin": "2019-05-01", "place": "乙村", "household": "卓玛", "trees": "10"}
    made = caller.post(
        f"/api/programmes/{office.programme.slug}/entries",
        json.dumps({"kind": "seedlings", "fields": fields}),
        content_type="application/json",
    )
    assert made.status_code == 201, made.content.decode()

    # the command counts it, and the checker holds a text to it
    monkeypatch.setenv("BANGFU_PROGRAMME", office.programme.slug)
    capfd.readouterr()
    main(["figures", "seedlings_given", "seedling_households", "seedlings_per_household", "--json"])
    assert [f["value"] for f in json.loads(capfd.readouterr().out)] == [100, 2, 50]
    text = tmp_path / "text.txt"
    for claimed, verdict in (("100", "supported"), ("110", "contradicted")):
        text.write_text(f"2019年，学校向农户发放苗木{claimed}株。", encoding="utf-8")
        main(["check", str(text), "--json"])
        (claim,) = json.loads(capfd.readouterr().out)["claims"]
        assert (claim["figure"], claim["verdict"]) == ("seedlings_given", verdict)
