"""Random workbooks as clerks keep them, with what they say: random entries of random kinds, written with random mess (seeded).

`workbook(seed)` gives sheets of texts and merges, the registers of a made-up office, and the rows that a careful reader gets from them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bangfu.catalogue import Catalogue, FieldType, Kind
from bangfu.office.intake.registers import Place, Registers, Unit

COUNTIES = ("青河县", "白马县", "云岭县", "石泉县", "沙湾县", "红原县", "乌兰县")
VILLAGES = (
    "上寨村",
    "龙泉村",
    "金坪村",
    "大槐树村",
    "南洼村",
    "新民村",
    "洛桑村",
    "和平村",
    "东风社区",
    "桃花沟村",
    "白杨坝村",
    "石头寨村",
)
TOWNS = ("永兴镇", "红旗乡", "河口镇", "清水乡")
UNITS = (
    "党委办公室",
    "人力资源部",
    "财务资产部",
    "工会工作部",
    "科技处",
    "研究生院",
    "基建处",
    "国际合作处",
    "数学科学学院",
    "附属医院",
    "信息中心",
    "保卫处",
    "图文信息中心",
    "市场营销部",
    "安全监察部",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马胡朱郭何罗高林"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"
SAYS_NOTHING = {"一览表", "花名册", "项目", "资金", "经费"}  # words of titles that several kinds have
THINGS = ("苹果", "蜂蜜", "木耳", "腊肉", "土鸡蛋", "大米", "核桃", "花椒", "小米", "红枣", "牛肉干", "香菇")
WORKS = ("饮水工程", "道路硬化", "文化广场建设", "路灯安装", "卫生室改造", "大棚建设", "电商服务站", "养殖基地", "危房改造", "图书室建设")
COURSES = ("种植技术培训班", "电商人才培训班", "基层干部能力提升班", "养殖技术培训班", "财务管理培训班", "民宿经营培训班")


@dataclass(slots=True)
class Mess:
    """A made-up workbook: `sheets` as (name, rows, merges), and `rows` that should be read from them in the form of a dry run."""

    sheets: list[tuple[str, list[list[str]], list[tuple[int, int, int, int]]]]
    rows: list[dict[str, Any]]
    totals: list[tuple[str, int]]
    registers: Registers
    errors: list[tuple[str, int, str]] = field(default_factory=list)  # sheet, row, why
    kinds: set[str] = field(default_factory=set)


class Maker:
    """Makes one workbook from a seed."""

    def __init__(self, seed: int, catalogue: Catalogue, kinds: tuple[str, ...]) -> None:
        self.rng = random.Random(seed)
        self.catalogue = catalogue
        self.kinds = kinds
        rng = self.rng
        counties = rng.sample(COUNTIES, 2)
        villages = rng.sample(VILLAGES, 4)
        self.places = [Place(c, "county", prefecture="西岭州", province="江北省") for c in counties]
        self.villages = [Place(v, "village", counties[i % 2], rng.choice(TOWNS), "西岭州", "江北省", True) for i, v in enumerate(villages)]
        self.units = rng.sample(UNITS, 6)
        self.registers = Registers("江北××大学", (*self.places, *self.villages), tuple(Unit(u) for u in self.units), ("大学", "我校"))

    def make(self) -> Mess:
        """One to three sheets, each with one or two tables of one kind."""
        out = Mess([], [], [], self.registers)
        for number in range(self.rng.randint(1, 3)):
            kind = self.catalogue.kinds[self.rng.choice(self.kinds)]
            out.kinds.add(kind.code)
            self._sheet(out, kind, f"表{number + 1}")
        return out

    def _sheet(self, out: Mess, kind: Kind, name: str) -> None:
        rng = self.rng
        rows: list[list[str]] = []
        merges: list[tuple[int, int, int, int]] = []
        year = rng.randint(2016, 2023)
        columns = self._columns(kind)
        width = len(columns)
        money = rng.choice(["元", "元", "万元", "千元"])
        said_above = rng.random() < 0.3
        self.layout = rng.choice(["plain", "plain", "bands", "titled", "beside"])
        if self.layout != "plain" and "place" in columns and self.layout != "beside":
            columns.remove("place")
            width = len(columns)
        if "place" not in kind.fields or width < 4:
            self.layout = "plain"
        self.here = rng.choice(self.villages)
        title = f"{self.registers.organisation}{year}年{rng.choice([t for t in kind.titles if t not in SAYS_NOTHING])}{rng.choice(['台账', '一览表', '情况统计表', '登记表'])}"
        if self.layout == "titled":
            title += rng.choice([f"（{self.here.name}）", f"——{self.here.county}{self.here.name}"])
        rows.append([title])
        if self.layout == "beside":
            self._beside(out, kind, name, rows, merges, columns, year, money)
            return
        merges.append((0, 0, 0, width - 1))
        if said_above:
            rows.append([f"填报单位：{self.units[0]}"] + [""] * (width - 2) + [f"单位：{money}"])
        if rng.random() < 0.3:
            rows.append([])
        for _ in range(rng.choice([1, 1, 1, 2])):
            self._table(out, kind, name, rows, merges, columns, year, money, said_above)
            if rng.random() < 0.5:
                rows.append([])
        if rng.random() < 0.5:
            rows.append([rng.choice(["注：以上数据经核对。", "说明：1.按实际填写；2.一事一行。", "填表人：李某    审核人：王某"])])
        for line in rows:
            line.extend([""] * (width - len(line)))
        out.sheets.append((name, rows, merges))

    def _beside(
        self,
        out: Mess,
        kind: Kind,
        name: str,
        rows: list[list[str]],
        merges: list[tuple[int, int, int, int]],
        columns: list[str],
        year: int,
        money: str,
    ) -> None:
        """Two tables of one kind beside each other, of different length."""
        if columns[0] != "#":
            columns = ["#", *columns]
        self.layout = "plain"
        gap = self.rng.choice([0, 1])
        parts = []
        for _ in range(2):
            lines: list[list[str]] = [list(r) for r in rows]
            spans: list[tuple[int, int, int, int]] = []
            self._table(out, kind, name, lines, spans, columns, year, money, said_above=False)
            parts.append((lines, spans))
        shift = len(columns) + gap
        height = max(len(lines) for lines, _ in parts)
        whole = [[""] * (shift + len(columns)) for _ in range(height)]
        for number, (lines, spans) in enumerate(parts):
            for r, line in enumerate(lines):
                for c, text in enumerate(line):
                    if text:
                        whole[r][number * shift + c] = text
            merges.extend((a, b + number * shift, c, d + number * shift) for a, b, c, d in spans)
        whole[0] = [rows[0][0]] + [""] * (shift + len(columns) - 1)
        merges.append((0, 0, 0, shift + len(columns) - 1))
        out.sheets.append((name, whole, merges))

    def _spoil(self, kind: Kind, columns: list[str], line: list[str], gold: dict[str, Any], sheet: str, out: Mess) -> None:
        """Make one cell wrong, in a way that must be reported."""
        rng = self.rng
        fields = {c: kind.fields[c] for c in columns if c in kind.fields}
        numbers = [c for c, f in fields.items() if f.type is FieldType.NUMBER]
        ways = (
            [("bad_date", "begin")] * ("begin" in columns)
            + [("not_a_number", c) for c in numbers]
            + [("negative", c) for c in numbers if fields[c].unit != "CNY"]
        )
        if not ways:
            return
        why, column = rng.choice(ways)
        fld = fields[column]
        line[columns.index(column)] = {
            "bad_date": rng.choice(["2019-13-40", "2月30日", "2021.4.31"]),
            "not_a_number": rng.choice(["待定", "若干", "已完成"]),
            "negative": f"-{rng.randint(1, 20)}",
        }[why]
        for key in ("date", "date_end") if column == "begin" else (fld.export,):
            gold.pop(key, None)
        gold["wrong"] = column
        out.errors.append((sheet, gold["excel_row"], why))

    def _columns(self, kind: Kind) -> list[str]:
        rng = self.rng
        needed = [f.name for f in kind.fields.values() if f.export and f.name not in {"end", "households", "attendances", "area"}]
        named = kind.titled_by
        assert named is not None
        if named.name not in needed:
            needed.append(named.name)
        wanted = [n for n in needed if n in {named.name, "begin", "place", "unit", "amount"} or rng.random() < 0.7]
        wanted = list(dict.fromkeys(wanted))
        rng.shuffle(wanted)
        return (["#"] if rng.random() < 0.8 else []) + wanted + (["remark"] if rng.random() < 0.6 and "remark" in kind.fields else [])

    def _table(
        self,
        out: Mess,
        kind: Kind,
        sheet: str,
        rows: list[list[str]],
        merges: list[tuple[int, int, int, int]],
        columns: list[str],
        year: int,
        money: str,
        said_above: bool,
    ) -> None:
        rng = self.rng
        rows.append([self._header(kind, c, money, said_above) for c in columns])
        merged_place = rng.random() < 0.4 and "place" in columns
        ditto = rng.random() < 0.3
        sums: dict[str, Decimal] = {}
        count = rng.randint(3, 9)
        group = rng.choice(self.villages)
        start = len(rows)
        last: dict[str, Any] = {}
        groups: list[tuple[int, int]] = []
        spoiled = False  # a total over a cell that cannot be read says nothing
        for number in range(count):
            if merged_place and number and rng.random() < 0.4:
                groups.append((start, len(rows) - 1))
                start, group = len(rows), rng.choice([v for v in self.villages if v is not group])
            if self.layout == "bands" and (number == 0 or rng.random() < 0.3):
                self.here = rng.choice(self.villages)
                band = rng.choice([self.here.name, f"一、{self.here.name}", f"{self.here.county}{self.here.name}"])
                rows.append([band] + [""] * (len(columns) - 1))
                if rng.random() < 0.6:
                    merges.append((len(rows) - 1, 0, len(rows) - 1, len(columns) - 1))
            gold: dict[str, Any] = {"sheet": sheet, "excel_row": len(rows) + 1, "kind": kind.ledger}
            if self.layout in {"bands", "titled"}:
                gold["place"] = self.here.name
            line = []
            for column in columns:
                if column == "#":
                    line.append(str(number + 1))
                    continue
                if column == "place" and merged_place:
                    gold["place"] = group.name
                    line.append(self._place(group) if len(rows) == start else "")
                    continue
                if ditto and column == "begin" and number and last.get("begin") and rng.random() < 0.3:
                    gold.update(last["begin"])
                    line.append(rng.choice(["同上", "〃"]))
                    continue
                before = dict(gold)
                line.append(self._cell(kind, column, gold, year, money, sums))
                if column == "begin":
                    last["begin"] = {k: v for k, v in gold.items() if k not in before}
            if rng.random() < 0.04 and not (ditto and number < count - 1):
                self._spoil(kind, columns, line, gold, sheet, out)
                spoiled = True
            rows.append(line)
            out.rows.append(gold)
            if rng.random() < 0.08:
                rows.append([""] * len(columns))
        if merged_place:
            groups.append((start, len(rows) - 1))
            at = columns.index("place")
            merges.extend((a, at, b, at) for a, b in groups if b > a)
        if sums and not spoiled and rng.random() < 0.6:
            out.totals.append((sheet, len(rows) + 1))
            line = ["" for _ in columns]
            line[0] = rng.choice(["合计", "合  计", "总计", "小计"])
            for column, value in sums.items():
                at = columns.index(column)
                if at:
                    factor = (
                        {"万元": Decimal(10000), "千元": Decimal(1000)}.get(money, Decimal(1)) if _is_money(kind, column) else Decimal(1)
                    )
                    line[at] = _text(value / factor)
            rows.append(line)

    def _header(self, kind: Kind, column: str, money: str, said_above: bool) -> str:
        rng = self.rng
        if column == "#":
            return rng.choice(["序号", "序 号", "编号", "No."])
        fld = kind.fields[column]
        word = rng.choice([h for h in fld.headers[: 1 + len(fld.headers) // 2] if not h.endswith("元")] or [fld.label.zh])
        if rng.random() < 0.2 and len(word) > 2:
            word = f"{word[:2]}{rng.choice([' ', chr(10)])}{word[2:]}"
        if _is_money(kind, column) and not (said_above and rng.random() < 0.6):
            word += rng.choice([f"（{money}）", f"({money})"])
        return word

    # ── cells ──

    def _cell(self, kind: Kind, column: str, gold: dict[str, Any], year: int, money: str, sums: dict[str, Decimal]) -> str:
        rng = self.rng
        fld = kind.fields[column]
        if column == "remark":
            return rng.choice(["", "", "/", "已公示", "经办人已核对"])
        if fld.type is FieldType.DATE:
            return self._date(gold, year)
        if fld.type is FieldType.PLACE:
            village = rng.choice(self.villages)
            gold["place"] = village.name
            return self._place(village)
        if fld.type is FieldType.UNIT:
            unit = rng.choice(self.units)
            gold["unit"] = unit
            return unit
        if fld.type is FieldType.NUMBER:
            return self._number(fld.name, fld.export, fld.unit or "", gold, money, sums)
        if fld.type in {FieldType.PERSON, FieldType.HOUSEHOLD}:
            name = rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.randint(1, 2)))
            if fld is kind.titled_by:
                gold["title"] = name
            return name if rng.random() < 0.8 or len(name) > 2 else f"{name[0]}　{name[1]}"
        title = self._title(kind)
        if column == "title":
            gold["title"] = title
        return title

    def _title(self, kind: Kind) -> str:
        rng = self.rng
        pool = {"training": COURSES, "project": WORKS, "payment": WORKS}.get(kind.code, THINGS)
        return rng.choice(pool) + (rng.choice(["", "（二期）", "项目"]) if pool is WORKS else "")

    def _place(self, place: Place) -> str:
        return self.rng.choice(
            [
                place.name,
                place.name,
                f"{place.county}{place.name}",
                f"{place.county[:-1]}{place.name}",
                f"{place.township}{place.name}",
                f"西岭州{place.county}{place.name}",
            ]
        )

    def _number(self, name: str, export: str, unit: str, gold: dict[str, Any], money: str, sums: dict[str, Decimal]) -> str:
        rng = self.rng
        if unit == "CNY":
            value = Decimal(rng.randint(1, 400)) * rng.choice([10, 100, 1000])
            sums[name] = sums.get(name, Decimal(0)) + value
            gold[export] = int(value)
            factor = {"万元": Decimal(10000), "千元": Decimal(1000)}.get(money, Decimal(1))
            written = _text(value / factor)
            forms: list[Callable[[], str]] = [
                lambda: written,
                lambda: written,
                lambda: f"{value:,}元",
                lambda: f"{_text(value / 10000)}万元",
                lambda: written.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")),
                lambda: f"￥{value:,}.00" if money == "元" else written,
            ]
            return rng.choice(forms)()
        value = Decimal(rng.randint(1, 300))
        sums[name] = sums.get(name, Decimal(0)) + value
        gold[export] = int(value)
        words = {
            "person": "人",
            "person-time": "人次",
            "session": "期",
            "household": "户",
            "item": rng.choice(["件", "头", "袋", "只", "箱"]),
            "copy": "本",
        }
        forms = [
            lambda: str(value),
            lambda: str(value),
            lambda: f"{value}{words.get(unit, '')}",
            lambda: f"近{value}{words.get(unit, '')}",
            lambda: f"{value}余{words.get(unit, '')}",
        ]
        return rng.choice(forms)()

    def _date(self, gold: dict[str, Any], year: int) -> str:
        rng = self.rng
        day = date(year, 1, 1) + timedelta(days=rng.randint(0, 350))
        gold["date"] = day.isoformat()
        last = day + timedelta(days=rng.randint(1, 6))
        y, m, d = day.year, day.month, day.day

        def month() -> str:
            gold["date"] = day.replace(day=1).isoformat()
            return rng.choice([f"{y}年{m}月", f"{y}.{m:02}", f"{y}-{m:02}", f"{y}/{m}" if m > 9 else f"{y}年{m}月份"])

        def span() -> str:
            if last.year != y:
                return day.isoformat()
            gold["date_end"] = last.isoformat()
            if last.month == m:
                return rng.choice(
                    [
                        f"{y}年{m}月{d}-{last.day}日",
                        f"{m}月{d}日—{last.day}日",
                        f"{y}.{m}.{d}-{m}.{last.day}",
                        f"{y}/{m}/{d}至{y}/{last.month}/{last.day}",
                    ]
                )
            return rng.choice(
                [
                    f"{y}年{m}月{d}日至{last.month}月{last.day}日",
                    f"{m}月{d}日-{last.month}月{last.day}日",
                    f"{day.isoformat()}至{last.isoformat()}",
                ]
            )

        forms: list[Callable[[], str]] = [
            day.isoformat,
            lambda: f"{y}.{m}.{d}",
            lambda: f"{y}年{m}月{d}日",
            lambda: f"{y}/{m}/{d}",
            lambda: f"{m}月{d}日",
            lambda: f"{y}{m:02}{d:02}",
            lambda: str((day - date(1899, 12, 30)).days),
            month,
            span,
        ]
        return rng.choice(forms)()


def _text(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


KINDS = (
    "training",
    "project",
    "payment",
    "purchase",
    "donation",
    "student_aid",
    "pairing",
    "visit",
    "meeting",
    "lecture",
    "publication",
    "award",
    "branch_activity",
    "adoption",
    "publicity",
    "posting",
)


def workbook(seed: int, catalogue: Catalogue) -> Mess:
    """The workbook of a seed."""
    return Maker(seed, catalogue, KINDS).make()


def _is_money(kind: Kind, column: str) -> bool:
    return column in kind.fields and kind.fields[column].unit == "CNY"
