"""What every page carries, and what none may hold."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.conftest import Office
from tests.web.conftest import text
from tests.web.test_access import READ, address

PAGES = [
    (name, args)
    for name, args in READ
    if not name.endswith("_export") and name not in {"template", "ledger_form", "ledger_totals", "flags"}
]


@pytest.mark.parametrize(("name", "args"), PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_inline_and_nothing_from_elsewhere(
    office: Office, ledger: dict[str, int], clerk: Client, name: str, args: tuple[object, ...], lang: str
) -> None:
    clerk.cookies["bangfu_language"] = lang
    answer = clerk.get(address(office, ledger, name, args))
    page = text(answer)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page)
    assert f'lang="{"en" if lang == "en" else "zh-CN"}"' in page


def test_the_demonstration_is_marked_on_every_page(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    office.programme.demonstration = True
    office.programme.save(update_fields=["demonstration"])
    for name, args in PAGES:
        assert "演示数据" in text(clerk.get(address(office, ledger, name, args))), name


def test_no_page_shows_a_name_unmasked(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    for name, args in [*PAGES, ("entry", ("visit",)), ("amend", ("visit",))]:
        at = reverse("amend", args=[office.programme.slug, ledger["visit"]]) if name == "amend" else address(office, ledger, name, args)
        page = text(clerk.get(at))
        assert "张三" not in page, name
        assert "李四" not in page, name


def test_a_form_from_elsewhere_is_refused_with_a_clear_page(office: Office) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("sign_in"), {"username": "clerk", "password": "x"})
    assert answer.status_code == 403
    assert "页面已失效" in text(answer)


@override_settings(DEBUG=False)
def test_a_fault_of_ours_is_a_clear_page(office: Office, clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from bangfu.web.pages import figures

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(figures, "_recent", broken)
    clerk.raise_request_exception = False
    answer = clerk.get(reverse("overview", args=[office.programme.slug]))
    assert answer.status_code == 500
    assert "系统出错了" in text(answer)


def test_too_much_at_once_is_a_413(office: Office, clerk: Client) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        answer = clerk.post(reverse("search", args=[office.programme.slug]), {"name": "x" * 1000})
    assert answer.status_code == 413
    assert "文件太大" in text(answer)


@pytest.mark.parametrize("number", ["²", "9" * 30, "٣"])
def test_what_is_no_number_of_a_row_is_no_fault(
    office: Office, ledger: dict[str, int], clerk: Client, liaison: Client, number: str
) -> None:
    slug = office.programme.slug
    new = reverse("new_entry", args=[slug, "training"])
    assert clerk.get(new, {"copy": number}).status_code == 200
    typed = {"f.title": "养羊培训", "f.begin": "2019-04-01", "f.place": "甲村", "f.people": "3", "f.unit": number}
    assert liaison.post(new, typed).status_code in {302, 422}
    assert clerk.post(new, typed).status_code == 422
    assert clerk.post(reverse("keep_draft", args=[slug, "training"]) + f"?entry={number}", {"f.title": "x"}).status_code == 200
    assert clerk.post(reverse("save_view", args=[slug]), {"forget": number}).status_code == 302
    for verb in ("keep_place", "designate", "keep_unit", "drop_member"):
        assert clerk.post(reverse("settings", args=[slug]), {"verb": verb, "id": number}).status_code == 404


def test_a_place_lies_below_one_of_the_same_programme(office: Office, clerk: Client, stranger: Client) -> None:
    """Neither another office's place or unit nor a level that is none is taken: a sentence says so, and nothing is made."""
    from bangfu.ledger.models import Party, Place

    theirs = Place.objects.create(name="别处", level="county", path="")
    Place.objects.filter(pk=theirs.pk).update(path=f"/{theirs.pk}/")
    other = Party.objects.create(name="别单位", kind="organisation", path="/999999/")
    page = reverse("settings", args=[office.programme.slug])
    new = {"verb": "add_place", "name": "新村", "level": "village"}
    for wrong, said in (
        (new | {"parent": str(theirs.pk)}, "上级不在本项目里"),
        (new | {"level": "galaxy", "parent": str(office.places["新龙县"].pk)}, "请选择地点的级别"),
        ({"verb": "add_unit", "name": "新村", "parent": str(other.pk)}, "上级不在本项目里"),
    ):
        answer = clerk.post(page, wrong)
        assert answer.status_code == 422
        assert said in text(answer)
    assert stranger.post(page, new).status_code == 404
    assert not Place.objects.filter(name="新村").exists()
    assert not Party.objects.filter(name="新村").exists()
    assert clerk.post(page, new | {"parent": str(office.places["新龙县"].pk)}).status_code == 302
    assert Place.objects.get(name="新村").parent == office.places["新龙县"]
