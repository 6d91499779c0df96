"""The ledger as a list, the figures with their traces, the overview, search and the trail."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bangfu.office.models import Download, SavedView
from tests.conftest import Office
from tests.web.conftest import record, text


def at(office: Office, name: str, *args: object) -> str:
    return reverse(name, args=[office.programme.slug, *args])


def book(answer: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="title" href="[^"]*/entry/\d+/[^"]*">([^<]*)</a>', page)


def test_the_ledger_is_filtered_by_everything(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    page = at(office, "ledger")
    assert len(titles(text(clerk.get(page)))) == 6
    assert titles(text(clerk.get(page + "?kind=training"))) == ["村干部培训", "养牛技术培训"]
    assert titles(text(clerk.get(page + "?kind=training&sort=oldest"))) == ["养牛技术培训", "村干部培训"]
    assert titles(text(clerk.get(page + "?kind=payment&sort=amount"))) == ["牛舍建设", "路灯安装", "水渠维修"]
    assert titles(text(clerk.get(page + "?kind=payment&sort=-amount"))) == ["水渠维修", "路灯安装", "牛舍建设"]
    assert titles(text(clerk.get(page + "?period=2020&kind=payment"))) == ["水渠维修"]
    assert titles(text(clerk.get(page + "?q=路灯"))) == ["路灯安装"]
    in_county = titles(text(clerk.get(page + f"?place={office.places['开江县'].pk}")))
    assert sorted(in_county) == ["张*", "水渠维修"]


def test_the_totals_are_those_of_the_filter(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    """Payments of 2019: 3 + 2 万元; without a kind nothing is added up."""
    page = text(clerk.get(at(office, "ledger") + "?kind=payment&period=2019"))
    foot = page.split("<tfoot>")[1]
    assert "50,000.00" in foot
    assert "2 条记录" in foot
    assert "60,000.00" not in text(clerk.get(at(office, "ledger"))).split("<tfoot>")[1]
    assert "50,000.00" in text(clerk.get(at(office, "ledger_totals") + "?kind=payment&period=2019&col=amount"))


def test_what_does_not_add_up_has_no_total(office: Office, clerk: Client) -> None:
    """Two purchases at 30 and 40 a piece come to 700, never to a price of 70; neither on the page nor in the workbook."""
    for price, amount in (("30", "300"), ("40", "400")):
        record(office, "purchase", begin="2019-05-01", title="苹果", unit_price=price, amount=amount)
    query = "?kind=purchase&col=unit_price&col=amount"
    foot = text(clerk.get(at(office, "ledger") + query)).split("<tfoot>")[1]
    assert "700.00" in foot
    assert "70.00" not in foot.replace("700.00", "")
    rows = [[cell.value for cell in row] for row in book(clerk.get(at(office, "ledger_export") + query)).iter_rows()]
    assert 700 in rows[-1]
    assert 70 not in rows[-1]


def test_pages_follow_one_another_without_gap_or_repeat(office: Office, ledger: dict[str, int], clerk: Client, monkeypatch: Any) -> None:
    from bangfu.web.pages import ledger as pages

    monkeypatch.setattr(pages, "PAGE", 2)
    for query in ("?", "?sort=oldest", "?kind=payment&sort=amount"):
        seen: list[str] = []
        url: str | None = at(office, "ledger") + query
        while url:
            page = text(clerk.get(url))
            seen += titles(page)
            found = re.search(r'href="([^"]*after=[^"]*)"', page)
            url = found[1].replace("&amp;", "&") if found else None
        assert len(seen) == len(set(seen)) == (3 if "payment" in query else 6)


def test_what_is_seen_is_exported_with_its_totals(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    record(office, "payment", title="=1+1", begin="2019-07-01", place="甲村", amount="100")
    answer = clerk.get(at(office, "ledger_export") + "?kind=payment&period=2019")
    sheet = book(answer)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(r for r in rows if r[0] == "日期")
    data = rows[rows.index(head) + 1 : -1]
    assert [r[2] for r in data] == ["=1+1", "路灯安装", "牛舍建设"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    amount = head.index(next(h for h in head if h and h.startswith("拨付金额")))
    assert rows[-1][0] == "合计"
    assert rows[-1][amount] == 50_100
    assert Download.objects.get(what="ledger").by == office.clerk


def test_a_ledger_goes_out_in_the_form_of_its_template(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    sheet = book(clerk.get(at(office, "ledger_form", "training")))
    texts = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert {"养牛技术培训", "村干部培训"} <= texts


def test_a_filter_is_kept_under_a_name(office: Office, ledger: dict[str, int], clerk: Client, leader: Client) -> None:
    answer = clerk.post(at(office, "save_view"), {"name": "2019拨款", "query": "kind=payment&period=2019", "shared": "1"})
    assert answer["Location"] == at(office, "ledger") + "?kind=payment&period=2019"
    assert "2019拨款" in text(leader.get(at(office, "ledger")))
    view = SavedView.objects.get()
    assert leader.post(at(office, "save_view"), {"forget": str(view.pk)}).status_code == 404
    clerk.post(at(office, "save_view"), {"forget": str(view.pk)})
    assert not SavedView.objects.exists()


def test_a_number_is_followed_down_to_its_entries(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    """Direct input 6 万元 = 3 + 2 + 1: the overview leads to the figure, its trace adds up to it, each line to an entry."""
    overview = text(clerk.get(at(office, "overview")))
    link = re.search(r'<a class="core" href="([^"]*direct_input/[^"]*)"', overview)
    assert link
    page = text(clerk.get(link[1]))
    assert 'bigvalue">6<small>万元' in page
    assert titles(page) == ["牛舍建设", "路灯安装", "水渠维修"]
    foot = page.split('id="trace"')[1].split("<tfoot>")[1]
    assert "60,000.00" in foot
    assert "与指标相等" in foot
    entry = re.search(r'href="([^"]*/entry/\d+/[^"]*)"', page.split('id="trace"')[1])
    assert entry
    assert "牛舍建设" in text(clerk.get(entry[1]))


def test_a_figure_by_place_and_year(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    page = text(clerk.get(at(office, "figure", "direct_input")))
    place = office.places["新龙县"].pk
    assert re.search(rf'place={place}">新龙县</a></th><td class="right num">50,000.00', page)
    assert re.search(r'period=2020">2020</a></th><td class="right num">10,000.00', page)
    sliced = text(clerk.get(at(office, "figure", "direct_input") + f"?place={place}&period=2019"))
    assert 'bigvalue">5<small>万元' in sliced


def test_a_figure_as_it_was_known_at_a_mark(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    """At mark 3 only the first payment (3 万元) was posted."""
    page = text(clerk.get(at(office, "figure", "direct_input") + "?mark=3"))
    assert 'bigvalue">3<small>万元' in page
    assert "显示的是第 3 号记账时的台账" in page


def test_a_trace_goes_out_whole(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    rows = [[c.value for c in r] for r in book(clerk.get(at(office, "trace_export", "direct_input"))).iter_rows()]
    assert rows[-1][-1] == 60_000
    assert [r[1] for r in rows[-4:-1]] == ["牛舍建设", "路灯安装", "水渠维修"]


def test_a_combination_shows_what_it_rests_on(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    from bangfu.ledger import catalogue

    figure = next(f for f in catalogue().figures.values() if f.combine == "total")
    page = text(clerk.get(at(office, "figure", figure.code)))
    for part in figure.parts:
        assert f"/figures/{part}/" in page
    assert clerk.get(at(office, "trace_export", figure.code)).status_code == 404


def test_figures_of_every_make_answer(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    """One figure of each fold, combination and unit; the numbers themselves are held against their definitions elsewhere."""
    from bangfu.ledger import catalogue

    known = catalogue()
    makes = {(figure.fold, figure.combine, figure.unit): figure.code for figure in known.figures.values()}
    for code in makes.values():
        assert clerk.get(at(office, "figure", code)).status_code == 200, code
    for chapter in known.chapters:
        assert clerk.get(at(office, "trends") + f"?chapter={chapter}").status_code == 200
    assert clerk.get(at(office, "trends") + "?chapter=nothing").status_code == 404


def test_search_finds_entries_figures_kinds_and_places(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    page = text(clerk.get(at(office, "search") + "?q=培训"))
    assert "养牛技术培训" in page
    assert "/figures/cadres_trained/" in page
    assert "kind=training" in page
    assert "没有找到" in text(clerk.get(at(office, "search") + "?q=航天飞机"))


def test_people_are_found_by_their_whole_name_and_never_by_address(
    office: Office, ledger: dict[str, int], clerk: Client, leader: Client
) -> None:
    page = clerk.post(at(office, "search"), {"name": "张三"})
    assert f"/entry/{ledger['visit']}/" in text(page)
    assert "张三" not in text(page)
    assert "没有这个姓名" in text(clerk.post(at(office, "search"), {"name": "张"}))
    assert leader.post(at(office, "search"), {"name": "张三"}).status_code == 403


def test_the_trail_tells_who_when_what_why(office: Office, ledger: dict[str, int], clerk: Client) -> None:
    clerk.post(at(office, "void", ledger["payment"]), {"reason": "记重了"})
    page = text(clerk.get(at(office, "audit")))
    assert "记重了" in page
    assert "第 7 号" in page
    assert "牛舍建设" in text(clerk.get(at(office, "posting", 7)))
    assert "记重了" not in text(clerk.get(at(office, "audit") + "?q=别的"))


def test_an_empty_ledger_says_what_to_do(office: Office, clerk: Client) -> None:
    assert "台账还是空的" in text(clerk.get(at(office, "overview")))
    assert "没有符合条件的记录" in text(clerk.get(at(office, "ledger")))


def test_an_office_that_has_only_its_villages_begins_today(office: Office, clerk: Client) -> None:
    """Its village was designated in 2015; the year in which targets are set is this one, and a figure without entries shows no empty years."""
    record(office, "designation", place="甲村", begin="2015-01-01")
    assert f"{timezone.localdate().year}年还没有下达目标" in text(clerk.get(at(office, "targets")))
    assert "按年" not in text(clerk.get(at(office, "figure", "direct_input")))
