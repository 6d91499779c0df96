"""Writing, amending and voiding one entry on the pages; drafts, vouchers, personal data."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bangfu.ledger.models import Ended, Entry, Measure, Posting, Reveal, Voucher
from bangfu.office.books import Books
from bangfu.office.models import Download, FormDraft
from tests.conftest import Office
from tests.web.conftest import record, text


def at(office: Office, name: str, *args: object) -> str:
    return reverse(name, args=[office.programme.slug, *args])


def newest(office: Office) -> Entry:
    return Entry.objects.filter(programme=office.programme).order_by("-pk")[0]


def training(**changes: str) -> dict[str, str]:
    typed = {
        "title": "菌菇培训",
        "begin": "2019年3月5日—8日",
        "people": "30",
        "attendances": "90",
        "category": "technician",
        "amount": "1.2",
    }
    typed |= changes
    return {f"f.{name}": value for name, value in typed.items()} | {"scale.amount": "万元"}


def total(office: Office, code: str) -> Decimal | None:
    books = Books(office.programme)
    return books.value(code, books.slice()).value


def test_an_entry_is_recorded_as_typed(office: Office, clerk: Client) -> None:
    """2019年3月5日—8日 is half-open [5 March, 9 March); 1.2 万元 is 12,000 yuan; a unit is chosen by id."""
    answer = clerk.post(
        at(office, "new_entry", "training"), training(unit=str(office.units["agro"].pk), place=str(office.places["甲村"].pk))
    )
    fresh = newest(office)
    assert answer["Location"] == at(office, "entry", fresh.pk)
    assert (str(fresh.begin), str(fresh.end)) == ("2019-03-05", "2019-03-09")
    assert (fresh.unit, fresh.place, fresh.category) == (office.units["agro"], office.places["甲村"], "technician")
    assert dict(fresh.measures.values_list("name", "value"))["amount"] == 1_200_000
    page = text(clerk.get(at(office, "entry", fresh.pk)))
    assert "2019-03-05" in page
    assert "2019-03-08" in page
    assert "12,000.00 元" in page


def test_every_problem_is_told_at_once_at_its_field_and_nothing_is_lost(office: Office, clerk: Client) -> None:
    answer = clerk.post(at(office, "new_entry", "training"), training(title="", begin="三月初", people="六十来人"))
    assert answer.status_code == 422
    page = text(answer)
    assert page.count('aria-invalid="true"') == 3
    assert "六十来人" in page
    assert "三月初" in page
    assert not Entry.objects.filter(programme=office.programme).exists()


def test_an_amendment_keeps_before_after_and_why(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    """Direct input is 3 + 2 + 1 万元; the first payment becomes 5 万元."""
    assert total(office, "direct_input") == 60_000
    payment = ledger["payment"]
    form = text(clerk.get(at(office, "amend", payment)))
    assert 'value="30000"' in form
    typed = {
        "f.title": "牛舍建设",
        "f.begin": "2019-04-01",
        "f.place": str(office.places["甲村"].pk),
        "f.unit": str(office.units["vet"].pk),
        "f.amount": "50000",
    }
    refused = clerk.post(at(office, "amend", payment), typed)
    assert refused.status_code == 422
    assert "请填写更正原因" in text(refused)
    clerk.post(at(office, "amend", payment), typed | {"reason": "按凭证更正"})
    assert total(office, "direct_input") == 80_000
    page = text(clerk.get(at(office, "entry", newest(office).pk)))
    for words in ("30,000.00 元", "50,000.00 元", "按凭证更正"):
        assert words in page
    old = text(clerk.get(at(office, "entry", payment)))
    assert "更正前的旧版本" in old
    again = clerk.post(at(office, "amend", payment), typed | {"reason": "再来"}, follow=True)
    assert "不能再改" in text(again)


def test_what_a_form_does_not_show_stays(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    """The cell it came from, the columns nobody understood and the vouchers survive an amendment."""
    from dataclasses import replace

    from bangfu.ledger.post import drafts_of, post

    draft = replace(
        drafts_of([ledger["payment"]])[ledger["payment"]], sheet="2019", row=7, details={"经办": "会计科"}, supersedes=ledger["payment"]
    )
    post(office.programme, [draft], by=office.clerk, verb="amend", reason="补来源")
    now = newest(office).pk
    typed = {"f.title": "牛舍", "f.begin": "2019-04-01", "f.amount": "3", "scale.amount": "万元", "reason": "改名"}
    clerk.post(at(office, "amend", now), typed)
    kept = newest(office)
    assert (kept.sheet, kept.row, kept.details["经办"], kept.title) == ("2019", 7, "会计科", "牛舍")


def test_numbers_of_persons_in_an_offices_own_columns_are_covered(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    from dataclasses import replace

    from bangfu.ledger.post import drafts_of, post

    told = {"监护人证件": "990101198503070123", "备注": "联系16000001234"}
    draft = replace(drafts_of([ledger["payment"]])[ledger["payment"]], details=told, supersedes=ledger["payment"])
    post(office.programme, [draft], by=office.clerk, verb="amend", reason="补来源")
    page = text(clerk.get(at(office, "entry", newest(office).pk)))
    assert "990101********23" in page
    assert "联系160****34" in page
    assert "19850307" not in page


def test_voiding_needs_a_reason_and_leaves_a_trail(office: Office, ledger: dict[str, int], clerk: Client, leader: Client) -> None:
    payment = ledger["payment"]
    assert leader.post(at(office, "void", payment), {"reason": "x"}).status_code == 403
    assert clerk.post(at(office, "void", payment), {"reason": " "}).status_code == 422
    assert total(office, "direct_input") == 60_000
    clerk.post(at(office, "void", payment), {"reason": "重复"})
    assert total(office, "direct_input") == 30_000
    assert "已作废" in text(clerk.get(at(office, "entry", payment)))
    assert clerk.post(at(office, "void", payment), {"reason": "再作废"}).status_code == 422
    assert Posting.objects.get(verb="void").reason == "重复"


def test_a_draft_survives_and_goes_when_it_is_recorded(office: Office, clerk: Client) -> None:
    clerk.post(at(office, "keep_draft", "training"), training(title="没写完"))
    form = text(clerk.get(at(office, "new_entry", "training")))
    assert "没写完" in form
    assert "已恢复" in form
    assert "没写完的草稿" in text(clerk.get(at(office, "overview")))
    clerk.post(at(office, "new_entry", "training"), training())
    assert not FormDraft.objects.exists()
    clerk.post(at(office, "keep_draft", "training"), training(title="又没写完"))
    clerk.post(at(office, "keep_draft", "training"), {"verb": "discard"})
    assert not FormDraft.objects.exists()


def test_a_draft_is_encrypted_and_ones_own(office: Office, clerk: Client, liaison: Client) -> None:
    from django.db import connection

    clerk.post(at(office, "keep_draft", "visit"), {"f.household": "王麻子"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM office_formdraft")
        assert "王麻子".encode() not in bytes(cursor.fetchone()[0])
    assert "王麻子" not in text(liaison.get(at(office, "new_entry", "visit")))


def test_a_copy_begins_a_new_entry_without_date_and_people(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    form = text(clerk.get(at(office, "new_entry", "training") + f"?copy={ledger['training']}"))
    assert "养牛技术培训" in form
    assert "2019-03-05" not in form.split("data-draft")[1].replace("2019-03-05 或 2019年3月", "")


def test_a_liaison_writes_for_the_own_unit_only(office: Office, liaison: Client) -> None:
    liaison.post(at(office, "new_entry", "training"), training(unit=str(office.units["agro"].pk)))
    assert newest(office).unit == office.units["vet"]


def test_personal_data_is_opened_for_a_reason_that_is_kept(office: Office, ledger: dict[str, int], clerk: Client, leader: Client) -> None:
    visit = at(office, "entry", ledger["visit"])
    assert "张三" not in text(clerk.get(visit))
    assert leader.post(visit, {"reason": "看看"}).status_code == 403
    assert clerk.post(visit, {"reason": ""}).status_code == 422
    assert not Reveal.objects.exists()
    opened = clerk.post(visit, {"reason": "核对名单"})
    assert "张三" in text(opened)
    assert opened["Cache-Control"] == "no-store"
    assert set(Reveal.objects.values_list("field", "reason")) == {("head", "核对名单"), ("name", "核对名单")}
    assert "核对名单" in text(clerk.get(at(office, "audit")))


def test_an_amendment_keeps_people_it_did_not_see(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    """The form shows 张* and 李*; sent back unchanged they stay who they were."""
    before = Entry.objects.get(pk=ledger["visit"])
    form = text(clerk.get(at(office, "amend", ledger["visit"])))
    assert 'value="张*"' in form
    typed = {
        "f.household": "张*",
        "f.person": "李*",
        "f.begin": "2020-01-20",
        "f.place": str(office.places["丙村"].pk),
        "f.amount": "600",
        "reason": "金额",
    }
    clerk.post(at(office, "amend", ledger["visit"]), typed)
    after = newest(office)
    assert after.household == before.household
    assert list(after.participations.values_list("person")) == list(before.participations.values_list("person"))
    assert Measure.objects.get(entry=after, name="amount").value == 60_000


def test_vouchers_are_kept_and_given_back_as_they_were(office: Office, ledger: dict[str, int], clerk: Client, stranger: Client) -> None:
    content = b"%PDF-1.4 <script>"
    clerk.post(at(office, "add_vouchers", ledger["payment"]), {"vouchers": SimpleUploadedFile("签到表.pdf", content)})
    fresh = newest(office)
    voucher = Voucher.objects.get()
    file = at(office, "voucher", fresh.pk, voucher.sha256)
    answer = clerk.get(file)
    assert answer.content == content
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Content-Type"] == "application/octet-stream"
    assert stranger.get(file).status_code == 404
    assert Download.objects.get(what="voucher").by == office.clerk
    none = clerk.post(at(office, "add_vouchers", fresh.pk), {}, follow=True)
    assert "请先选择文件" in text(none)


def test_two_people_cannot_amend_the_same_entry(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    typed = {"f.title": "甲", "f.begin": "2019-04-01", "f.amount": "1", "reason": "a"}
    assert clerk.post(at(office, "amend", ledger["payment"]), typed).status_code == 302
    assert clerk.post(at(office, "amend", ledger["payment"]), typed).status_code == 302
    assert Ended.objects.filter(entry=ledger["payment"]).count() == 1
    assert Entry.objects.filter(supersedes=ledger["payment"]).count() == 1


def test_every_kind_has_a_form_that_works(office: Office, clerk: Client) -> None:
    """Made from the catalogue: required fields filled with something that fits, every kind is recorded."""
    from bangfu.catalogue import FieldType
    from bangfu.ledger import catalogue

    fits: dict[FieldType, Any] = {
        FieldType.NUMBER: "3",
        FieldType.DATE: "2019-03-05",
        FieldType.FLAG: "是",
        FieldType.PLACE: str(office.places["甲村"].pk),
        FieldType.UNIT: str(office.units["vet"].pk),
        FieldType.PERSON: "王五",
        FieldType.HOUSEHOLD: "赵六",
    }
    for kind in catalogue().kinds.values():
        assert clerk.get(at(office, "new_entry", kind.code)).status_code == 200
        typed = {"f.begin": "2019-03-05"}
        for fld in kind.fields.values():
            if fld.required and fld.name != "begin":
                typed[f"f.{fld.name}"] = fld.choices[0].code if fld.choices else fits.get(fld.type, "某事")
        answer = clerk.post(at(office, "new_entry", kind.code), typed)
        assert answer.status_code == 302, f"{kind.code}: {text(answer)[-3000:]}"
        assert newest(office).kind == kind.code


def counted(client: Client, office: Office, entry: int) -> set[str]:
    """The figures that an entry's page lists."""
    return set(re.findall(r"/figures/(\w+)/", text(client.get(at(office, "entry", entry)))))


def test_an_entry_lists_the_figures_in_which_it_counts_and_no_others(
    office: Office, ledger: dict[str, int], clerk: Client, stranger: Client
) -> None:
    """A payment for Party building in a designated village is direct input there: nothing brought in, nothing for industry, nothing elsewhere."""
    record(office, "designation", place="甲村", begin="2015-01-01")
    here = record(office, "payment", title="党建阵地", begin="2019-04-01", place="甲村", amount="100", purpose="党建帮扶")
    there = record(
        office, "payment", title="大棚", begin="2019-04-01", place="丁村", amount="100", purpose="产业帮扶", counts_to="引进帮扶资金"
    )
    assert counted(clerk, office, here) == {"direct_input", "payments", "direct_input_designated", "funds_total"}
    assert counted(clerk, office, there) == {"introduced_funds", "funds_total"}
    assert counted(clerk, office, ledger["payment"]) >= {"direct_input_designated"}
    assert stranger.get(at(office, "entry", here)).status_code == 404
    clerk.post(at(office, "void", here), {"reason": "重复"})
    assert counted(clerk, office, here) == set()
    assert "不再计入任何指标" in text(clerk.get(at(office, "entry", here)))


def test_an_amendment_shows_what_was_only_where_it_changed(office: Office, clerk: Client) -> None:
    """The flag yes is 是, direct_input is 投入帮扶资金, 3 万元 is 30000: only what now says something else shows what it said, in the form's own words."""
    entry = record(office, "payment", title="牛舍", begin="2019-04-01", place="甲村", amount="30000", purpose="产业帮扶", grant="是")
    typed = {
        "f.title": "牛舍",
        "f.begin": "2019年4月1日",
        "f.place": str(office.places["乙村"].pk),
        "f.amount": "3",
        "scale.amount": "万元",
        "f.purpose": "education",
        "f.grant": "是",
        "f.counts_to": "direct_input",
    }
    was = re.findall(r'class="was">(.*?)</p>', text(clerk.post(at(office, "amend", entry), typed)))
    assert was == ["原值 甲村", "原值 产业帮扶"]
