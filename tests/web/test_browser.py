"""The pages in a real Chromium: what an office does in a day."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PASSWORD, Office, build_office
from tests.web.conftest import TRAININGS, record, sheet

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(page: Any) -> Any:
    """A clerk signed in at a small ledger: payments of 3 and 2 万元."""
    fill(build_office())
    page.set_default_timeout(10_000)
    page.goto("/")
    page.fill("#f-username", "clerk")
    page.fill("#f-password", PASSWORD)
    page.click("text=登录 >> nth=-1")
    page.wait_for_url("**/p/dingdian/")
    return page


def fill(office: Office) -> None:
    record(office, "payment", title="牛舍建设", begin="2019-04-01", place="甲村", unit="动物医学系", amount="30000")
    record(office, "payment", title="路灯安装", begin="2019-05-01", place="甲村", unit="园艺系", amount="20000")
    record(
        office,
        "training",
        title="养牛培训",
        begin="2019-03-05",
        place="甲村",
        unit="动物医学系",
        people="60",
        attendances="120",
        category="技术人员",
    )


def numbers(page: Any) -> list[int]:
    return [int(t.replace(",", "")) for t in page.locator(".counts b").all_inner_texts()]


def overflow(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def correct_both(desk: Any) -> None:
    """A number that could not be read, and a name, each typed over in its cell."""
    for count, (cell, typed) in enumerate((("td.s-bad", "60"), ("td >> text=电商培训", "电商直播培训")), 1):
        desk.locator(cell).dblclick()
        desk.keyboard.press("Control+A")
        desk.keyboard.type(typed)
        desk.keyboard.press("Enter")
        desk.locator("td.s-fixed").nth(count - 1).wait_for()


def test_a_workbook_is_imported_and_its_number_followed_to_its_row(desk: Any, tmp_path: Path) -> None:
    """Upload, correct two cells, re-assign a column and back, confirm, follow an entry to its cell, upload again, take it back."""
    file = tmp_path / "培训台账.xlsx"
    file.write_bytes(sheet(TRAININGS))
    desk.click("nav >> text=导入表格")
    desk.set_input_files("#f-files", file)
    desk.click("[data-primary]")
    desk.wait_for_selector("#preview")
    assert numbers(desk)[1] == 2
    assert "读不出数" in desk.locator("td.s-bad").inner_text()
    correct_both(desk)
    assert numbers(desk)[1] == 3
    column = desk.locator("select[data-column='5']")
    column.select_option("")
    desk.wait_for_function("document.querySelector(\"select[data-column='5']\").value === ''")
    desk.locator("select[data-column='5']").select_option("people")
    desk.wait_for_function("document.querySelector(\"select[data-column='5']\").value === 'people'")
    desk.click("[data-leave='4']")
    desk.wait_for_selector("tr.left-out")
    assert numbers(desk)[1] == 2
    desk.click("[data-leave='4']")
    desk.wait_for_selector("tr.left-out", state="detached")
    desk.click("[data-primary]")
    desk.wait_for_url("**/result/")
    read, recorded, amended, unchanged, skipped, refused = numbers(desk)
    assert recorded == 3
    assert read == recorded + amended + unchanged + skipped + refused

    desk.click("text=举办培训")
    desk.wait_for_selector("#trace")
    assert desk.locator(".bigvalue").inner_text().startswith("4")
    assert "电商直播培训" in desk.inner_text("#trace")
    desk.click("#trace >> text=兽医培训")
    desk.wait_for_selector("text=第 4 行")
    assert "培训台账.xlsx" in desk.inner_text("main")

    desk.goto("/p/dingdian/intake/")
    desk.set_input_files("#f-files", file)
    desk.click("[data-primary]")
    desk.wait_for_selector("#preview")
    correct_both(desk)
    assert numbers(desk)[1] == 0
    assert desk.locator("[data-primary]").is_disabled()

    desk.goto("/p/dingdian/intake/")
    desk.click("a.title >> text=培训台账.xlsx >> nth=-1")
    desk.click("text=撤回整批")
    desk.fill("#f-reason", "传错了")
    desk.click("[data-primary]")
    desk.wait_for_selector("text=已于")


def test_a_text_is_checked_and_a_claim_opened(desk: Any) -> None:
    desk.click("nav >> text=核验文稿")
    desk.fill("#f-text", "2019年，学院投入帮扶资金5万元，举办培训3期。")
    desk.keyboard.press("Control+s")
    desk.wait_for_selector(".text mark")
    assert "相符" in desk.locator("mark.v-supported").inner_text()
    assert "不符" in desk.locator("mark.v-contradicted").inner_text()
    desk.click("mark.v-supported")
    desk.wait_for_selector("#trace")
    assert "牛舍建设" in desk.inner_text("#trace")


def test_an_entry_is_written_amended_and_voided_by_keyboard(desk: Any) -> None:
    desk.keyboard.press("n")
    desk.wait_for_url("**/new/")
    desk.click("a.title >> text=培训")
    desk.fill("#f-title", "菌菇培训")
    desk.fill("#f-people", "六十来人")
    desk.keyboard.press("Control+s")
    desk.wait_for_selector(".is-wrong")
    assert desk.locator(".is-wrong").count() == 2
    assert desk.input_value("#f-title") == "菌菇培训"
    desk.fill("#f-begin", "2019年6月")
    desk.fill("#f-people", "60")
    desk.keyboard.press("Control+s")
    desk.wait_for_url(re.compile(r"/entry/\d+/"))
    desk.keyboard.press("Escape")
    desk.keyboard.press("e")
    desk.wait_for_url("**/amend/")
    desk.fill("#f-people", "61")
    desk.fill("#f-reason", "按签到表")
    desk.keyboard.press("Control+s")
    desk.wait_for_url(re.compile(r"/entry/\d+/"))
    assert "60 人" in desk.inner_text(".ba del")
    assert "61 人" in desk.inner_text(".ba ins")
    desk.click("main >> text=作废")
    desk.fill("#f-reason", "没办成")
    desk.keyboard.press("Control+s")
    desk.wait_for_selector("text=已作废")


def test_a_draft_saves_itself_and_survives_signing_out(desk: Any) -> None:
    desk.goto("/p/dingdian/new/training/")
    desk.fill("#f-title", "写到一半的培训")
    desk.wait_for_selector("text=草稿已保存")
    desk.context.clear_cookies()
    desk.fill("#f-people", "30")
    desk.wait_for_selector("text=登录已过期")
    assert desk.locator("[data-again]").is_visible()
    desk.goto("/p/dingdian/new/training/")
    desk.fill("#f-username", "clerk")
    desk.fill("#f-password", PASSWORD)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/new/training/")
    assert desk.input_value("#f-title") == "写到一半的培训"


def test_rows_are_walked_by_keyboard(desk: Any) -> None:
    desk.keyboard.press("g")
    desk.keyboard.press("l")
    desk.wait_for_url("**/ledger/")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    assert desk.locator("tr.is-at").inner_text().startswith("2019-05-01")
    desk.keyboard.press("?")
    assert desk.locator("#keys").is_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("/")
    assert desk.evaluate("document.activeElement.name") == "q"
    desk.keyboard.type("牛舍")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**q=*")
    assert desk.locator("[data-row]").count() == 1
    desk.keyboard.press("Escape")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/entry/*/**")


def test_the_filter_follows_from_page_to_page(desk: Any) -> None:
    desk.fill("input[name=period]", "2019")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**period=2019*")
    desk.click("nav >> text=指标")
    desk.wait_for_url("**/figures/?period=2019*")
    desk.click("nav >> text=台账")
    desk.wait_for_url("**/ledger/?period=2019*")
    assert desk.input_value("input[name=period]") == "2019"
    desk.click("text=清除 >> nth=0")
    desk.wait_for_url("**/ledger/")


PAGES = [
    "",
    "ledger/",
    "ledger/?kind=payment",
    "figures/",
    "figures/direct_input/",
    "new/",
    "new/training/",
    "intake/",
    "reports/",
    "check/",
    "catalogue/",
    "catalogue/training/",
    "search/?q=培训",
    "audit/",
    "settings/",
]


LONG = "四川省甘孜藏族自治州" + "高原特色种养殖产业示范基地附属配套" * 4
"""As long as names get."""

SCROLLING = "[...document.querySelectorAll('.box')].filter(box => box.scrollWidth > box.clientWidth + 1).length"
PULLED_APART = """[...document.querySelectorAll('table.cards td')]
    .filter(cell => getComputedStyle(cell).display == 'flex')
    .map(cell => [...cell.childNodes].filter(one => one.nodeType == 1 || one.textContent.trim()).length)
    .filter(parts => parts > 1).length"""
BROKEN_DAYS = """[...document.querySelectorAll('td.days .nowrap')].filter(day => day.getClientRects().length > 1).length"""


def test_a_list_fits_its_card_however_long_its_names(desk: Any) -> None:
    """At 1280 px no list of entries needs to be scrolled aside; on a phone a cell's parts stay together; a day is never broken."""
    from bangfu.ledger.models import Party, Place

    Place.objects.filter(name="甲村").update(name=LONG)
    Party.objects.filter(name="动物医学系").update(name=LONG)
    for width in (1280, 360):
        desk.set_viewport_size({"width": width, "height": 740})
        for path in ("ledger/", "ledger/?kind=training", "ledger/?kind=payment", "figures/direct_input/", "assess/", "audit/", "settings/"):
            desk.goto(f"/p/dingdian/{path}")
            assert overflow(desk) <= 0, path
            assert desk.evaluate(SCROLLING) == 0, (path, width)
            assert desk.evaluate(PULLED_APART) == 0, (path, width)
            assert desk.evaluate(BROKEN_DAYS) == 0, (path, width)


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_sticks_out_and_nothing_breaks_the_policy(desk: Any, width: int) -> None:
    """No page is wider than its window (what is wide scrolls inside its own box), and the browser has nothing to complain of."""
    said: list[str] = []
    desk.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    desk.set_viewport_size({"width": width, "height": 740})
    for path in PAGES:
        desk.goto(f"/p/dingdian/{path}")
        assert overflow(desk) <= 0, path
        if path == "figures/direct_input/":
            desk.wait_for_selector(".chart canvas")
    assert said == []


def test_a_phone_has_its_own_way_around(desk: Any) -> None:
    desk.set_viewport_size({"width": 360, "height": 740})
    desk.goto("/p/dingdian/ledger/")
    assert desk.locator(".tabbar").is_visible()
    assert not desk.locator("#side").is_visible()
    desk.click(".burger")
    desk.wait_for_selector("#side", state="visible")
    desk.keyboard.press("Escape")
    desk.click(".filter-toggle")
    desk.fill("input[name=period]", "2018")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**period=2018*")
    assert "没有符合条件的记录" in desk.inner_text("main")


def test_it_prints_without_its_frame(desk: Any) -> None:
    desk.goto("/p/dingdian/ledger/")
    desk.emulate_media(media="print")
    assert not desk.locator("#side").is_visible()
    assert not desk.locator("#filter").is_visible()
    assert desk.locator(".print-head").is_visible()


def test_targets_are_pasted_into_the_grid_and_confirmed(desk: Any) -> None:
    """Two cells pasted from Excel, one typed below; the parts are added up as one types; the trace of what was reached is one click away."""
    desk.click("nav >> text=目标与完成")
    desk.goto("/p/dingdian/targets/edit/?period=2019")
    desk.focus("input[data-at='0,0']")
    desk.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "10\\t60\\r\\n4\\t");
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert desk.input_value("input[data-at='0,1']") == "60"
    assert desk.input_value("input[data-at='1,0']") == "4"
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.dataset.at") == "2,0"
    desk.keyboard.type("5")
    assert desk.inner_text("[data-total='0']") == "9 (−1)"
    desk.keyboard.press("Control+s")
    desk.wait_for_selector("text=确认 4 处改动")
    assert "少 10000元" in desk.inner_text(".note-warn")
    desk.keyboard.press("Control+s")
    desk.wait_for_selector("text=已下达 4 个目标")
    assert "50.0%" in desk.inner_text("main")
    desk.click("main a >> text=5万元 >> nth=0")
    desk.wait_for_selector("#trace")
    assert "牛舍建设" in desk.inner_text("#trace")
