"""A small ledger behind the pages, and visitors before them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
import xlsxwriter
from django.test import Client

from tests.conftest import PASSWORD, Office


def record(office: Office, code: str, by: Any = None, **typed: str) -> int:
    """Record one entry as a form would: texts by field name; places and units by name. Gives its id."""
    from bangfu.ledger import catalogue
    from bangfu.ledger.models import Entry
    from bangfu.ledger.post import post
    from bangfu.office.entering import enter

    read = enter(office.programme, catalogue().kinds[code], typed)
    assert read.problems == {}
    assert read.draft is not None
    post(office.programme, [read.draft], by=by or office.clerk)
    return int(Entry.objects.filter(programme=office.programme).order_by("-pk").values_list("pk", flat=True)[0])


@pytest.fixture
def ledger(office: Office) -> dict[str, int]:
    """甲村 2019: two trainings (60 and 40 people) and three payments (3, 2 and 1 万元); 丙村 2020: one visit by 李四 to 张三."""
    training = record(
        office,
        "training",
        title="养牛技术培训",
        begin="2019-03-05",
        end="2019-03-07",
        place="甲村",
        unit="动物医学系",
        people="60",
        attendances="120",
        category="技术人员",
    )
    record(
        office,
        "training",
        title="村干部培训",
        begin="2019-06-01",
        place="乙村",
        unit="园艺系",
        people="40",
        attendances="40",
        category="基层干部",
    )
    payment = record(office, "payment", title="牛舍建设", begin="2019-04-01", place="甲村", unit="动物医学系", amount="30000")
    record(office, "payment", title="路灯安装", begin="2019-05-01", place="甲村", unit="园艺系", amount="20000")
    record(office, "payment", title="水渠维修", begin="2020-05-01", place="丙村", unit="园艺系", amount="10000")
    visit = record(office, "visit", household="张三", person="李四", begin="2020-01-20", place="丙村", unit="动物医学系", amount="500")
    return {"training": training, "payment": payment, "visit": visit}


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clerk(office: Office) -> Client:
    return signed_in(office.clerk)


@pytest.fixture
def leader(office: Office) -> Client:
    return signed_in(office.leader)


@pytest.fixture
def liaison(office: Office) -> Client:
    return signed_in(office.liaison)


@pytest.fixture
def stranger(office: Office) -> Client:
    return signed_in(office.stranger)


@pytest.fixture
def administrator(db: None) -> Client:
    from django.contrib.auth.models import User

    return signed_in(User.objects.create_superuser("root", password=PASSWORD))


def sheet(rows: list[list[Any]], name: str = "培训") -> bytes:
    """An .xlsx of one sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(2019, 1, 1, tzinfo=UTC)})  # the same file each time
    page = book.add_worksheet(name)
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return out.getvalue()


TRAININGS = [
    ["2019年培训台账"],
    ["序号", "培训名称", "培训时间", "参训对象来源", "承办部门", "参训人数", "参训人次"],
    [1, "蔬菜种植培训", "2019-03-05", "甲村", "园艺系", 30, 60],
    [2, "兽医培训", "2019-04-05", "乙村", "动物医学系", "六十来人", 50],
    [3, "电商培训", "2019-05-05", "丙村", "园艺系", 25, 25],
    ["合计", "", "", "", "", "", 135],
]


def text(answer: Any) -> str:
    return str(answer.content.decode())
