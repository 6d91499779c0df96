"""Texts on the pages: checked against the ledger, reports composed, kept and compared; programmes set up."""

from __future__ import annotations

import io
import json
import re

import docx as python_docx
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bangfu.ledger.models import Entry, Party, Place, Programme
from bangfu.office.models import BindingMemory, Report, Review
from tests.conftest import Office
from tests.web.conftest import record, text

TEXT = "2019年以来，学院累计投入帮扶资金6万元，举办培训2期，走访慰问5次。"
"""The ledger holds 6 万元, 2 trainings and 1 visit."""


def at(office: Office, name: str, *args: object) -> str:
    return reverse(name, args=[office.programme.slug, *args])


def checked(office: Office, client: Client, words: str = TEXT) -> Review:
    client.post(at(office, "check"), {"text": words})
    return Review.objects.latest("pk")


def test_a_pasted_text_is_checked_claim_by_claim(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    review = checked(office, clerk)
    page = text(clerk.get(at(office, "review", review.pk)))
    assert "v-supported" in page
    assert "v-contradicted" in page
    assert "6万元" in page
    only = text(clerk.get(at(office, "review", review.pk) + "?verdict=contradicted"))
    listed = re.findall(r'<a class="title" href="[^"]*/claim/\d+/[^"]*">([^<]*)</a>', only.split('id="list"')[1])
    assert listed == ["5次"]


def test_a_claim_opens_down_to_its_entries(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    page = text(clerk.get(at(office, "claim", checked(office, clerk).pk, 0)))
    assert "投入帮扶资金" in page
    assert "牛舍建设" in page
    assert "与指标相等" in page
    assert clerk.get(at(office, "claim", Review.objects.get().pk, 99)).status_code == 404


def test_a_binding_is_corrected_and_remembered(office: Office, ledger: dict[str, int], clerk: Client, leader: Client) -> None:
    review = checked(office, clerk)
    assert leader.post(at(office, "correct", review.pk, 0), {"figure": "introduced_funds"}).status_code == 403
    assert clerk.post(at(office, "correct", review.pk, 0), {"figure": "nothing"}).status_code == 404
    clerk.post(at(office, "correct", review.pk, 0), {"figure": "introduced_funds"})
    assert BindingMemory.objects.get().figure == "introduced_funds"
    assert "人工指定" in text(clerk.get(at(office, "claim", review.pk, 0)))


def test_a_check_goes_out_in_every_form(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    review = checked(office, clerk)
    data = json.loads(clerk.get(at(office, "review_file", review.pk, "json")).content)
    assert data["counts"]["contradicted"] == 1
    assert clerk.get(at(office, "review_file", review.pk, "xlsx")).content[:2] == b"PK"
    assert clerk.get(at(office, "review_file", review.pk, "pdf")).status_code == 404
    back = clerk.get(at(office, "review_file", review.pk, "docx"), follow=True)
    assert "只有 Word 文档" in text(back)


def test_a_word_document_comes_back_with_comments(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    out = io.BytesIO()
    document = python_docx.Document()
    document.add_paragraph(TEXT)
    document.save(out)
    clerk.post(at(office, "check"), {"file": SimpleUploadedFile("总结.docx", out.getvalue())})
    answer = clerk.get(at(office, "review_file", Review.objects.get().pk, "docx"))
    assert b"comments.xml" in answer.content


def test_a_check_is_run_again_and_tells_what_changed(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    review = checked(office, clerk)
    assert "结论与当时相同" in text(clerk.get(at(office, "review", review.pk) + "?now=1"))
    record(office, "payment", title="新增", begin="2020-06-01", amount="10000")
    page = text(clerk.get(at(office, "review", review.pk) + "?now=1"))
    assert "处结论变了" in page
    assert "v-contradicted" not in text(clerk.get(at(office, "review", review.pk))).split("6万元")[0].split("text")[-1]


def test_what_an_earlier_text_said_is_shown_with_the_list_and_with_the_claim(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    checked(office, clerk, "2019年，学院投入帮扶资金6万元。")
    review = checked(office, clerk, "学院在2019年直接投入帮扶资金5万元。")
    for page in (clerk.get(at(office, "review", review.pk)), clerk.get(at(office, "claim", review.pk, 0))):
        assert "写的是“6万元”，这里是“5万元”" in text(page)


def test_what_cannot_be_checked_is_said(office: Office, clerk: Client) -> None:
    assert "请粘贴文稿" in text(clerk.post(at(office, "check"), {"text": " "}))
    picture = clerk.post(at(office, "check"), {"file": SimpleUploadedFile("扫描.png", b"\x89PNG\r\n\x1a\n....")})
    assert picture.status_code == 422
    assert "图片" in text(picture)


def test_text_of_others_is_shown_as_text(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    review = checked(office, clerk, "<script>alert(1)</script>投入帮扶资金6万元。")
    assert "<script>alert" not in text(clerk.get(at(office, "review", review.pk)))


def test_a_report_leads_from_every_number_to_its_figure(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    page = text(clerk.get(at(office, "report_view") + "?outline=annual&period=2019..2020"))
    assert "四川农牧学院" in page
    link = re.search(r'<a class="figure"[^>]*href="([^"]*)"', page)
    assert link
    assert clerk.get(link[1].replace("&amp;", "&")).status_code == 200
    assert clerk.get(at(office, "report_view") + "?outline=nothing").status_code == 404
    assert clerk.get("/report.css").status_code == 200


def test_a_report_comes_as_word_and_in_english(office: Office, ledger: dict[str, int], leader: Client) -> None:
    answer = leader.get(at(office, "report_word") + "?outline=annual&period=2019..2020")
    assert python_docx.Document(io.BytesIO(answer.content)).paragraphs
    assert 'lang="en"' in text(leader.get(at(office, "report_view") + "?outline=annual&lang=en"))


def test_an_issued_report_stays_and_its_differences_are_explained(
    office: Office, ledger: dict[str, int], clerk: Client, leader: Client
) -> None:
    keep = at(office, "report_keep") + "?outline=annual&period=2019..2020"
    assert leader.post(keep).status_code == 403
    clerk.post(keep)
    report = Report.objects.get()
    assert "都没有变" in text(clerk.get(at(office, "kept_report", report.pk)))
    record(office, "payment", title="补记的钱", begin="2020-07-01", amount="40000")
    page = text(clerk.get(at(office, "kept_report", report.pk)))
    assert "补记的钱" in page
    assert "6万元" in page
    assert "10万元" in page
    assert clerk.get(at(office, "kept_report", report.pk) + "?form=docx").content[:2] == b"PK"


def test_last_years_report_is_renewed(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    """2019: 5 万元; 2020: 1 万元."""
    out = io.BytesIO()
    document = python_docx.Document()
    document.add_paragraph("2019年，学院投入帮扶资金5万元。")
    document.save(out)
    answer = clerk.post(at(office, "renew"), {"file": SimpleUploadedFile("2019.docx", out.getvalue()), "old": "2019", "new": "2020"})
    assert "1万元" in "".join(
        t.text or "" for p in python_docx.Document(io.BytesIO(answer.content)).paragraphs for t in p._p.iter() if t.tag.endswith("}t")
    )
    assert clerk.post(at(office, "renew"), {"old": "2019", "new": "2020"}).status_code == 422
    wrong = clerk.post(at(office, "renew"), {"file": SimpleUploadedFile("2019.docx", out.getvalue()), "old": "早先", "new": "2020"})
    assert wrong.status_code == 422


# ── setting up ──


def test_a_programme_is_set_up_from_a_register(administrator: Client, office: Office, clerk: Client) -> None:
    register = {
        "organisation": "四川工业学院",
        "places": [{"name": "东村", "kind": "village", "county": "平武县", "designated": True}],
        "units": [{"name": "教务处", "short": "教务"}],
    }
    file = SimpleUploadedFile("登记.json", json.dumps(register).encode())
    assert clerk.get("/programmes/new/").status_code == 403
    answer = administrator.post("/programmes/new/", {"verb": "file", "file": file})
    made = Programme.objects.get(helper__name="四川工业学院")
    assert answer["Location"] == reverse("settings", args=[made.slug])
    page = text(administrator.get(answer["Location"]))
    assert "东村" in page
    assert "定点帮扶村" in page
    assert "教务" in page
    for bad in (b"{", b'{"organisations": []}', b"\xff\xfe\x00"):
        assert administrator.post("/programmes/new/", {"verb": "file", "file": SimpleUploadedFile("x.json", bad)}).status_code == 422
    assert administrator.post("/programmes/new/", {"verb": "file"}).status_code == 422


def test_a_programme_is_set_up_by_hand(administrator: Client, office: Office) -> None:
    form = {"verb": "hand", "helper": "四川农牧学院", "name": "托底帮扶", "begin": "2023-01-01", "end": "2025-12-31", "slug": "tuodi"}
    administrator.post("/programmes/new/", form)
    made = Programme.objects.get(slug="tuodi")
    assert (made.helper, str(made.end)) == (office.helper, "2026-01-01")
    assert administrator.post("/programmes/new/", form).status_code == 422
    assert administrator.post("/programmes/new/", {**form, "slug": "x", "name": "另一个", "begin": "去年"}).status_code == 422


def test_places_and_units_are_kept_on_the_settings_page(office: Office, clerk: Client) -> None:
    here = at(office, "settings")
    county = office.places["开江县"]
    clerk.post(
        here,
        {"verb": "add_place", "name": "戊村", "level": "village", "parent": str(county.pk), "variants": "戊、老戊村", "designated": "1"},
    )
    place = Place.objects.get(name="戊村")
    assert (place.parent, place.variants) == (county, ["戊", "老戊村"])
    assert Entry.objects.filter(programme=office.programme, kind="designation", place=place, ended=None).exists()
    clerk.post(here, {"verb": "designate", "id": str(place.pk)})
    assert not Entry.objects.filter(kind="designation", place=place, ended=None).exists()
    clerk.post(here, {"verb": "keep_place", "id": str(place.pk), "variants": "戊村组"})
    clerk.post(here, {"verb": "add_unit", "name": "图书馆", "variants": "馆", "parent": str(office.helper.pk)})
    assert Party.objects.get(name="图书馆").parent == office.helper
    upside_down = clerk.post(here, {"verb": "add_place", "name": "己县", "level": "county", "parent": str(place.pk)})
    assert upside_down.status_code == 422
    assert clerk.post(here, {"verb": "programme", "name": "", "begin": "2015-01-01"}).status_code == 422
    clerk.post(here, {"verb": "programme", "name": "新名", "begin": "2015-01-01", "end": "2020-12-31"})
    office.programme.refresh_from_db()
    assert (office.programme.name, str(office.programme.end)) == ("新名", "2021-01-01")
    assert clerk.post(here, {"verb": "conquer"}).status_code == 422


def test_one_switches_between_programmes_that_are_ones_own(office: Office, clerk: Client, stranger: Client, administrator: Client) -> None:
    assert clerk.get("/")["Location"] == at(office, "overview")
    page = text(administrator.get("/programmes/"))
    assert "定点帮扶" in page
    assert "外单位定点帮扶" in page
    assert "外单位定点帮扶" not in text(clerk.get("/programmes/"))
