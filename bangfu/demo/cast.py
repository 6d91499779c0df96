"""Who and where: the college with its units, the places, and the invented people who appear in several ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from bangfu.demo.invent import Inventor, Person

COLLEGE = "四川××学院"
BEGIN, DATELINE = date(2015, 1, 1), date(2020, 12, 21)
"""The period of the article: «2015年以来», closed by its own dateline."""

VILLAGES = {"德麦巴村": "新龙县", "吉汝村": "丹巴县", "日卡村": "丹巴县", "各尔沟村": "丹巴县"}
"""The four designated villages and their counties."""

TOWNSHIPS = {
    "博美乡": "新龙县",
    "如龙镇": "新龙县",
    "大盖镇": "新龙县",
    "拉日马镇": "新龙县",
    "沙堆乡": "新龙县",
    "边耳乡": "丹巴县",
    "丹东镇": "丹巴县",
    "巴底镇": "丹巴县",
    "革什扎镇": "丹巴县",
    "聂呷乡": "丹巴县",
    "东谷镇": "丹巴县",
    "八美镇": "道孚县",
    "鲜水镇": "道孚县",
}
TOWNSHIP_OF = {"德麦巴村": "博美乡", "仁乃村": "博美乡", "吉汝村": "边耳乡", "二瓦槽村": "边耳乡", "日卡村": "边耳乡", "各尔沟村": "丹东镇"}
OTHER_VILLAGES = {"二瓦槽村": "丹巴县", "仁乃村": "新龙县"}
SITES = {"甲居藏寨": ("聂呷乡", "丹巴县"), "莫斯卡景区": ("丹东镇", "丹巴县")}
COUNTIES = {"新龙县": "甘孜州", "丹巴县": "甘孜州", "道孚县": "甘孜州", "开江县": "达州市", "喜德县": "凉山州", "昭觉县": "凉山州"}

TEACHING = (
    "轻工技术系",
    "食品工程系",
    "信息技术系",
    "经贸管理系",
    "建筑艺术系",
    "机电技术系",
    "旅游管理系",
    "财经系",
    "公共教学部",
    "思政教学部",
)
OFFICES = (
    "党政办公室",
    "党委组织部",
    "党委宣传部",
    "纪委办公室",
    "帮扶工作办公室",
    "教务处",
    "学生处",
    "财务处",
    "后勤服务中心",
    "校工会",
    "校团委",
    "图书馆",
    "继续教育学院",
    "招生就业处",
    "科研处",
)
SHORT = {
    "党政办公室": ("党政办",),
    "党委组织部": ("组织部",),
    "党委宣传部": ("宣传部",),
    "纪委办公室": ("纪委办",),
    "帮扶工作办公室": ("帮扶办",),
    "后勤服务中心": ("后勤中心", "后勤"),
    "校工会": ("工会",),
    "校团委": ("团委",),
    "继续教育学院": ("继教院",),
    "招生就业处": ("招就处",),
    "轻工技术系": ("轻工系",),
    "食品工程系": ("食品系",),
    "信息技术系": ("信息系",),
    "经贸管理系": ("经管系",),
    "建筑艺术系": ("建艺系",),
    "机电技术系": ("机电系",),
    "旅游管理系": ("旅游系",),
    "公共教学部": ("公教部",),
    "思政教学部": ("思政部",),
}
UNITS = OFFICES + TEACHING
BRANCHES = {
    "机关党总支": "",
    "后勤党总支": "后勤服务中心",
    **{f"{name}党总支": name for name in TEACHING[:8]},
    **{f"{name}直属党支部": name for name in (*TEACHING[8:], "图书馆")},
}
"""13 general branches and branches directly under the committee, each with its unit."""


@dataclass(frozen=True, slots=True)
class Family:
    """A household of a designated village with its head."""

    head: Person
    village: str
    size: int
    cause: str


@dataclass(frozen=True, slots=True)
class Cast:
    """All people who appear in more than one ledger."""

    leaders: tuple[tuple[Person, str], ...]  # with their post
    staff: tuple[tuple[Person, str], ...]  # with their unit
    cadres: tuple[Person, ...]  # the six posted ones
    families: tuple[Family, ...]
    students: tuple[tuple[Person, str], ...]  # aided from the fund, with their village


POSTS = ("党委书记", "校长", "党委副书记", "副校长", "纪委书记", "副校长", "副校长", "总会计师")


@lru_cache(maxsize=1)
def cast() -> Cast:
    """The people of the demonstration, the same on every run."""
    inventor = Inventor("cast")
    number = iter(range(1, 10_000))

    def person(*, tibetan: bool = False, born: tuple[int, int] = (1960, 1990)) -> Person:
        return inventor.person(next(number), tibetan=tibetan, born=born)

    villages = tuple(VILLAGES)
    causes = ("缺技术", "缺资金", "因学", "因病", "缺劳力", "交通条件落后", "自身发展动力不足")
    return Cast(
        leaders=tuple((person(born=(1960, 1972)), post) for post in POSTS),
        staff=tuple((person(), UNITS[i % len(UNITS)]) for i in range(60)),
        cadres=tuple(person(born=(1976, 1990)) for _ in range(6)),
        families=tuple(
            Family(person(tibetan=True, born=(1945, 1985)), villages[i % 4], inventor.between(2, 7), inventor.pick(causes))
            for i in range(66)
        ),
        students=tuple((person(tibetan=True, born=(1998, 2009)), villages[i % 4]) for i in range(109)),
    )


def registers() -> dict[str, Any]:
    """The set-up of the programme, in the form that `bangfu setup` takes: organisation, places, units.

    Which villages are designated is not said here: a workbook of the office records it, with its days and documents.
    """
    places: list[dict[str, Any]] = [
        {"name": name, "kind": "county", "province": "四川省", "prefecture": prefecture} for name, prefecture in COUNTIES.items()
    ]
    places += [{"name": name, "kind": "township", "county": county} for name, county in TOWNSHIPS.items()]
    for names in (VILLAGES, OTHER_VILLAGES):
        places += [{"name": name, "kind": "village", "township": TOWNSHIP_OF[name], "county": county} for name, county in names.items()]
    places += [{"name": name, "kind": "site", "township": township, "county": county} for name, (township, county) in SITES.items()]
    return {
        "organisations": [
            {
                "organisation": COLLEGE,
                "organisation_variants": ["学校", "学院", "我校"],
                "places": places,
                "units": [
                    *({"name": name, "short": list(SHORT.get(name, ()))} for name in UNITS),
                    *({"name": branch, **({"parent": unit} if unit else {})} for branch, unit in BRANCHES.items()),
                ],
                "programme": {"name": "定点帮扶", "begin": "2015-01-01"},
            },
        ],
    }
