"""Import on the pages: look, answer, correct, confirm; nothing twice; take it back."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bangfu.ledger.models import Batch, Entry
from bangfu.office.models import Download, Upload
from tests.conftest import Office, build_office
from tests.web.conftest import TRAININGS, sheet, signed_in, text


def at(office: Office, name: str, *args: object) -> str:
    return reverse(name, args=[office.programme.slug, *args])


def hand_in(office: Office, client: Client, content: bytes, name: str = "培训台账.xlsx") -> Any:
    return client.post(at(office, "intake"), {"files": SimpleUploadedFile(name, content)}, follow=True)


def counts(page: str) -> list[int]:
    return [int(n.replace(",", "")) for n in re.findall(r'<b class="num">([\d,]+)</b>', page)]


def say(office: Office, client: Client, upload: Upload, **said: object) -> str:
    return text(
        client.post(
            at(office, "answer", upload.pk), {"name": "培训", "part": 0, **said}, headers={"HX-Request": "true", "HX-Target": "preview"}
        )
    )


def test_the_whole_round(office: Office, clerk: Client) -> None:
    """Seven lines are read: two can be recorded, one is refused («六十来人»), the rest are titles, header and total."""
    page = text(hand_in(office, clerk, sheet(TRAININGS)))
    upload = Upload.objects.get()
    read, new, same, skipped, refused = counts(page)
    assert read == new + same + skipped + refused
    assert (new, same, refused) == (2, 0, 1)
    assert "培训!F4：“六十来人”" in page
    assert 'class="s-bad' in page
    assert not Entry.objects.filter(programme=office.programme).exists()

    fixed = say(office, clerk, upload, verb="cell", row=3, column=5, text="60")
    assert counts(fixed)[1] == 3
    assert "s-fixed" in fixed
    left = say(office, clerk, upload, verb="leave", row=4)
    assert counts(left)[1] == 2
    again = say(office, clerk, upload, verb="leave", row=4)
    assert counts(again)[1] == 3

    result = text(clerk.post(at(office, "confirm", upload.pk), follow=True))
    done = counts(result)
    assert done[0] == sum(done[1:6])
    assert done[1] == 3
    assert "举办培训" in result
    entry = Entry.objects.get(title="兽医培训")
    assert (entry.sheet, entry.row) == ("培训", 4)
    assert dict(entry.measures.values_list("name", "value"))["people"] == 60
    shown = text(clerk.get(at(office, "entry", entry.pk)))
    assert "培训台账.xlsx" in shown
    assert "第 4 行" in shown
    assert openpyxl.load_workbook(io.BytesIO(clerk.get(at(office, "source", entry.pk)).content)).sheetnames == ["培训"]

    second = text(hand_in(office, clerk, sheet(TRAININGS)))
    assert counts(second)[1] == 0
    assert "同一个文件" in second

    batch = Batch.objects.get()
    assert clerk.post(at(office, "undo", batch.pk), {"reason": ""}).status_code == 422
    clerk.post(at(office, "undo", batch.pk), {"reason": "传错了"})
    assert not Entry.objects.filter(batch=batch, ended=None).exists()
    assert "已于" in text(clerk.get(at(office, "batch", batch.pk)))


def test_a_column_means_what_a_person_says_and_is_remembered(office: Office, clerk: Client) -> None:
    rows = [["培训台账"], ["培训名称", "培训时间", "来了多少"], ["养蜂培训", "2019-03-05", 12], ["养鸡培训", "2019-04-05", 14]]
    hand_in(office, clerk, sheet(rows))
    upload = Upload.objects.get()
    page = say(office, clerk, upload, verb="kind", kind="training")
    assert "来了多少" in page
    said = say(office, clerk, upload, verb="column", column=2, field="people")
    assert re.search(r'data-column="2".*?value="people" selected', said, re.DOTALL)
    clerk.post(at(office, "confirm", upload.pk))
    assert sorted(v for e in Entry.objects.all() for v in e.measures.filter(name="people").values_list("value", flat=True)) == [12, 14]
    hand_in(office, clerk, sheet([rows[0], rows[1], ["养鹅培训", "2019-05-05", 9], ["养鱼培训", "2019-06-05", 8]]))
    later = text(clerk.get(at(office, "preview", Upload.objects.latest("pk").pk)))
    assert re.search(r'data-column="2".*?value="people" selected', later, re.DOTALL)


def test_what_such_a_table_records_is_remembered(office: Office, clerk: Client) -> None:
    """Nothing says that these are lectures; told once, the next year's table of the same form is known."""
    rows = [["2019年情况表"], ["名称", "时间", "来了多少"], ["养蜂", "2019-03-05", 12], ["养鸡", "2019-04-05", 14]]
    hand_in(office, clerk, sheet(rows))
    say(office, clerk, Upload.objects.get(), verb="kind", kind="lecture")
    clerk.post(at(office, "confirm", Upload.objects.get().pk))
    assert set(Entry.objects.values_list("kind", flat=True)) == {"lecture"}
    hand_in(office, clerk, sheet([["2020年情况表"], rows[1], ["养鹅", "2020-05-05", 9], ["养鱼", "2020-06-05", 8]]))
    later = text(clerk.get(at(office, "preview", Upload.objects.latest("pk").pk)))
    assert '<option value="lecture" selected>' in later
    assert "您上次把这样的表选作" in later


def test_a_table_may_be_left_out(office: Office, clerk: Client) -> None:
    hand_in(office, clerk, sheet(TRAININGS))
    page = say(office, clerk, Upload.objects.get(), verb="kind", kind="-")
    assert counts(page)[1] == 0
    assert "不导入" in page


def test_a_block_is_pasted_without_a_file(office: Office, clerk: Client) -> None:
    block = "培训名称\t培训时间\t参训对象来源\t参训人数\n养蜂培训\t2019-03-05\t甲村\t12\n养鸡培训\t2019-04-05\t乙村\t14"
    page = text(clerk.post(at(office, "intake"), {"paste": block}, follow=True))
    assert counts(page)[1] == 2
    upload = Upload.objects.get()
    name = re.search(r'data-name="([^"]*)"', page)
    assert name
    fixed = clerk.post(
        at(office, "answer", upload.pk),
        {"name": name[1], "part": 0, "verb": "cell", "row": 1, "column": 0, "text": "养鸭培训\t2019-03-06\n养鹅培训\t2019-03-07"},
        follow=True,
    )
    assert "养鹅培训" in text(fixed)


def test_files_that_cannot_be_read_cost_a_sentence(office: Office, clerk: Client) -> None:
    assert clerk.post(at(office, "intake"), {}).status_code == 422
    broken = hand_in(office, clerk, b"PK\x03\x04 nothing of the kind", "坏的.xlsx")
    assert broken.status_code == 422
    assert "没有读成" in text(broken)
    empty = clerk.post(at(office, "intake"), {"files": SimpleUploadedFile("空.xlsx", b"")})
    assert empty.status_code == 422
    assert "“空.xlsx”是空文件" in text(empty)


def test_a_file_thrown_away_leaves_nothing(office: Office, clerk: Client) -> None:
    from bangfu.ledger.crypt import stored

    hand_in(office, clerk, sheet(TRAININGS))
    upload = Upload.objects.get()
    assert stored(upload.sha256).exists()
    clerk.post(at(office, "confirm", upload.pk), {"verb": "discard"})
    assert not Upload.objects.exists()
    assert not stored(upload.sha256).exists()


def test_an_upload_is_ones_own(office: Office, clerk: Client, liaison: Client, leader: Client) -> None:
    hand_in(office, clerk, sheet(TRAININGS))
    upload = Upload.objects.get()
    assert liaison.get(at(office, "preview", upload.pk)).status_code == 404
    assert leader.get(at(office, "preview", upload.pk)).status_code == 403
    assert clerk.post(at(office, "answer", upload.pk), {"verb": "nothing"}).status_code == 404


def test_a_large_file_is_read_in_the_background(office: Office, clerk: Client, monkeypatch: Any) -> None:
    """The page comes at once and asks again; the work itself is the same."""
    from bangfu.web import staging

    hand_in(office, clerk, sheet(TRAININGS))
    upload = Upload.objects.get()
    job = staging.Job()
    job.rows = 1234
    monkeypatch.setattr(staging, "previewed", lambda _: job)
    page = text(clerk.get(at(office, "preview", upload.pk)))
    assert "已处理 1,234 行" in page
    assert 'hx-trigger="load delay:1s"' in page


def test_the_workbook_goes_back_with_its_problems(office: Office, clerk: Client) -> None:
    hand_in(office, clerk, sheet(TRAININGS))
    book = openpyxl.load_workbook(io.BytesIO(clerk.get(at(office, "marked", Upload.objects.get().pk)).content))
    assert len(book.sheetnames) == 2
    assert book["培训"]["F4"].comment is not None


def test_a_template_comes_for_every_kind(office: Office, leader: Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(leader.get(at(office, "template", "training")).content))
    assert "培训名称" in {str(c.value).rstrip("*") for r in book.worksheets[0].iter_rows(max_row=4) for c in r}


def test_looking_at_the_result_records_nothing(office: Office, clerk: Client) -> None:
    hand_in(office, clerk, sheet(TRAININGS))
    upload = Upload.objects.get()
    assert clerk.get(at(office, "imported", upload.pk))["Location"] == at(office, "preview", upload.pk)
    assert clerk.get(at(office, "confirm", upload.pk)).status_code == 405
    assert not Entry.objects.filter(programme=office.programme).exists()


def test_confirming_twice_records_once(office: Office, clerk: Client) -> None:
    hand_in(office, clerk, sheet(TRAININGS))
    upload = Upload.objects.get()
    clerk.post(at(office, "confirm", upload.pk))
    clerk.post(at(office, "confirm", upload.pk))
    assert Batch.objects.count() == 1
    assert Entry.objects.filter(programme=office.programme).count() == 2


def test_a_refusal_is_told_and_can_be_mended(office: Office, clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from bangfu.catalogue import Label
    from bangfu.ledger.post import PostingRefused
    from bangfu.web import staging

    hand_in(office, clerk, sheet(TRAININGS))
    upload = Upload.objects.get()
    real = staging.record

    def refuse(*_: Any, **__: Any) -> Any:
        raise PostingRefused([Label("第3行：结束早于开始", "row 3: it ends before it begins")])

    monkeypatch.setattr(staging, "record", refuse)
    page = clerk.post(at(office, "confirm", upload.pk), follow=True)
    assert page.status_code == 422
    assert "结束早于开始" in text(page)
    monkeypatch.setattr(staging, "record", real)
    assert counts(text(clerk.post(at(office, "confirm", upload.pk), follow=True)))[1] == 2


def test_a_large_file_is_read_and_recorded_in_the_background(own_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same work in threads of their own; the page asks until it is done."""
    from bangfu.web import staging

    office = build_office()
    clerk = signed_in(office.clerk)
    monkeypatch.setattr(staging, "AT_ONCE", -1)
    hand_in(office, clerk, sheet(TRAININGS))
    upload = Upload.objects.get()
    assert staging.previewed(upload).finished.wait(30)
    assert counts(text(clerk.get(at(office, "preview", upload.pk))))[1] == 2
    clerk.post(at(office, "confirm", upload.pk))
    for _ in range(300):
        upload.refresh_from_db()
        if upload.done:
            break
        assert clerk.get(at(office, "imported", upload.pk)).status_code == 200
        time.sleep(0.1)
    answer = clerk.get(at(office, "imported", upload.pk), headers={"HX-Request": "true", "HX-Target": "waiting"})
    assert answer["HX-Redirect"] == at(office, "imported", upload.pk)
    assert Entry.objects.filter(programme=office.programme).count() == 2


def test_rows_that_are_gone_are_voided_on_a_persons_word(office: Office, clerk: Client, stranger: Client) -> None:
    """The corrected workbook lacks the first of two trainings: it stands until somebody voids it, with a reason."""
    hand_in(office, clerk, sheet(TRAININGS))
    clerk.post(at(office, "confirm", Upload.objects.get().pk))
    first = Entry.objects.order_by("pk")[0]
    hand_in(office, clerk, sheet([row for n, row in enumerate(TRAININGS) if n != first.row - 1]))
    upload = Upload.objects.latest("pk")
    page = text(clerk.post(at(office, "confirm", upload.pk), follow=True))
    assert "仍然有效" in page
    assert first.title in page
    assert stranger.get(at(office, "gone", upload.pk)).status_code == 404
    assert "checked" in text(clerk.get(at(office, "gone", upload.pk)))
    assert clerk.post(at(office, "gone", upload.pk), {"entry": first.pk}).status_code == 422  # no reason
    assert clerk.post(at(office, "gone", upload.pk), {"reason": "表里删去"}).status_code == 422  # none chosen
    done = text(clerk.post(at(office, "gone", upload.pk), {"entry": first.pk, "reason": "表里删去"}, follow=True))
    assert "已作废 1 条" in done
    assert not Entry.objects.filter(pk=first.pk, ended=None).exists()


def test_all_that_is_gone_is_counted_and_voided_a_part_at_a_time(office: Office, clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of six trainings are gone; one is listed at once, the other after it."""
    monkeypatch.setattr("bangfu.web.pages.intake.GONE_AT_ONCE", 1)
    six = [[n, f"第{n}期花椒培训", f"2019-0{n}-05", "甲村", "园艺系", 10 + n, 20 + n] for n in range(1, 7)]
    hand_in(office, clerk, sheet([*TRAININGS[:2], *six]))
    clerk.post(at(office, "confirm", Upload.objects.get().pk))
    hand_in(office, clerk, sheet([*TRAININGS[:2], *six[2:]]))
    upload = Upload.objects.latest("pk")
    assert "没有的 2 条记录" in text(clerk.post(at(office, "confirm", upload.pk), follow=True))
    for left in (1, 0):
        page = text(clerk.get(at(office, "gone", upload.pk)))
        assert ("还有 1 条" in page) == bool(left)
        (entry,) = re.findall(r'name="entry" value="(\d+)"', page)
        clerk.post(at(office, "gone", upload.pk), {"entry": entry, "reason": "表里删去"})
    assert "没有这样的记录了" in text(clerk.get(at(office, "gone", upload.pk)))


def test_what_an_earlier_batch_has_stands_beside_the_row(office: Office, clerk: Client, liaison: Client) -> None:
    rows = [["采购台账"], ["采购日期", "产品名称", "金额", "产地", "发票号"], ["2020-03-05", "苹果", 12, "甲村", "F2020031"]]
    hand_in(office, clerk, sheet(rows), "一.xlsx")
    clerk.post(at(office, "confirm", Upload.objects.get().pk))
    entry = Entry.objects.get()
    rows[2] = ["2020-04-05", "苹果", 13, "乙村", "F2020031"]
    page = text(hand_in(office, clerk, sheet(rows), "二.xlsx"))
    assert f"记录 {entry.pk}" in page
    assert "一.xlsx 培训!3" in page
    assert at(office, "entry", entry.pk) in page
    assert "一.xlsx 培训!3" not in text(hand_in(office, liaison, sheet(rows), "三.xlsx"))  # not of the own unit


def test_a_workbook_of_all_units_is_not_for_a_liaison(office: Office, clerk: Client, liaison: Client) -> None:
    hand_in(office, clerk, sheet(TRAININGS))
    clerk.post(at(office, "confirm", Upload.objects.get().pk))
    batch = Batch.objects.get()
    assert clerk.get(at(office, "batch_file", batch.pk)).content[:2] == b"PK"
    assert liaison.get(at(office, "batch", batch.pk)).status_code == 200
    assert liaison.get(at(office, "batch_file", batch.pk)).status_code == 404
    for entry in Entry.objects.filter(batch=batch):
        assert liaison.get(at(office, "source", entry.pk)).status_code == 404


def test_a_workbook_is_for_those_who_may_unmask(office: Office, clerk: Client, leader: Client, stranger: Client) -> None:
    """The original holds names and numbers unmasked: a leader, who may not open them, has no way to it; every download is on record."""
    hand_in(office, clerk, sheet(TRAININGS))
    clerk.post(at(office, "confirm", Upload.objects.get().pk))
    batch = Batch.objects.get()
    entry = Entry.objects.filter(batch=batch).first()
    assert entry is not None
    ways = [at(office, "batch_file", batch.pk), at(office, "source", entry.pk)]
    for way, page in zip(ways, (at(office, "batch", batch.pk), at(office, "entry", entry.pk)), strict=True):
        assert clerk.get(way).content == sheet(TRAININGS)
        assert leader.get(way).status_code == 404
        assert stranger.get(way).status_code == 404
        assert way in text(clerk.get(page))
        assert way not in text(leader.get(page))
    assert leader.get(at(office, "marked", Upload.objects.get().pk)).status_code == 403
    assert list(Download.objects.values_list("what", "by", "detail")) == [("workbook", office.clerk.pk, batch.filename)] * 2
