"""What the kinds that come with Bangfu promise: words in both languages, headers that point one way, the ledgers of the trade."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from bangfu.catalogue import Catalogue, FieldType, load
from bangfu.catalogue.shapes import EXPORTS
from bangfu.quantities import unit

KINDS = load().kinds.values()

# domain.md 2: some of the real column lists of the trade, by the kind that must know each of them.
COLUMNS = {
    "posting": "姓名 性别 出生年月 民族 政治面貌 学历 派出单位 原职务 职级 驻村职务 驻村地点 选派批次 身份证号 联系电话 工作经费 考核等次",
    "attendance": "年月 姓名 村 应驻村天数 实际驻村天数 请假天数 公务离村事由 审批人",
    "pairing": "村 组 户主姓名 家庭人口 户类型 主要致贫原因 帮扶责任人 单位 职务 电话 结对起止时间 年度帮扶计划 帮扶措施 帮扶成效",
    "visit": "日期 帮扶干部 户主 走访方式 时长 了解情况 宣传政策 帮办实事 慰问金 发现问题 处理结果 户主签字 照片",
    "household_measure": "类别 项目内容 规模 帮扶单位 时间 投入金额 成效 农户签字",
    "project": "项目名称 建设性质 实施地点 建设内容 建设规模 实施进度 自筹 实际投入 受益户数 受益人数 责任单位 责任人",
    "payment": "年度 资金来源 会议纪要 批准金额 拨付日期 收款单位 账号尾号 对应项目 已支出 结余 凭证号 是否无偿 计入指标",
    "asset": "资产名称 类别 购建时间 资金来源 原值 确权对象 管护责任人 年收益 收益分配 现状 处置情况",
    "training": "培训名称 类别 时间 天数 地点 承办 主讲人 参训人数 人次 来源地 经费 签到表 结业情况",
    "purchase": "日期 采购单位 渠道 产品名称 规格 数量 单价 金额 产地 供应商 是否帮扶村产品 带动户数 订单号 发票号 付款日期 验收人",
    "adoption": "编号 认养物名称 认养费用 认养总数 状态 认养人 农户 品种 数量 单价 预付款 尾款 交付日期 交付重量 损失处理 农户净增收",
    "donation": "捐赠人 物资名称 规格 数量 单价 总价值 使用意向 交付时间 质量证明 票据号 经办人 发放对象",
    "student_aid": "姓名 学段 学校 年级班级 监护人 资助类型 资助时间 资助金额 学期 资金来源 审核意见 发放凭证 学籍号 身份证号 户籍地址",
    "industry_base": "基地名称 类型 地点 面积 建成时间 投资额 运营主体 联农带农方式 带动户数 户均增收 村集体年收益 产品 合同",
    "collective_income": "总收入 经营收入 发包及上交收入 投资收益 补助收入 其他收入 总支出 本年收益 农户分配",
    "meeting": "日期 会议类型 主持人 议题 参会人数 议定事项 责任部门 时限 纪要文号",
    "leader_visit": "日期 领导姓名 职务 是否主要负责人 县 村 陪同人数 内容 解决问题",
    "branch_activity": "组织名称 结对组织名称 活动类型 是否联点领导参加 谈心次数 开始时间 结束时间 参加人数 图片",
    "award": "名称 级别 授予机关 文号 获奖单位/个人 时间",
    "publicity": "日期 媒体 级别 标题 网址 作者 截图",
    "rectification": "问题 来源 牵头单位 责任单位 整改措施 整改时限 完成情况 佐证 销号 回头看",
    "publication": "书名 册数 印数 编写单位 主编 发放地 发放数量 签收",
    "planning": "规划名称 委托方 编制团队 起止 采纳批复 成果",
    "field_practice": "批次 队名 人数 地点 起止 内容 保险 成果",
    "household_income": "家庭人口 收入合计 工资性收入 生产经营性收入 财产性收入 转移性收入 支出合计 家庭年纯收入 人均纯收入",
    "volunteer": "人数 人次 地点 时间 带队教师 服务内容",
    "lecture": "讲座题目 主讲人 时间 地点 听众人数 场次",
}

LEDGERS = [
    "training",
    "project",
    "payment",
    "purchase",
    "adoption",
    "donation",
    "student_aid",
    "posting",
    "pairing",
    "visit",
    "meeting",
    "leader_visit",
    "branch_activity",
    "award",
    "publicity",
    "collective_income",
    "household_income",
    "rectification",
    "publication",
    "lecture",
    "volunteer",
]


def test_every_kind_speaks_both_languages_and_says_what_it_is() -> None:
    for kind in KINDS:
        assert kind.label.zh
        assert kind.label.en
        assert kind.note.zh.endswith("。")
        assert kind.note.en.endswith(".")
        assert kind.titles, "a sheet's title points to its kind"
        for field in kind.fields.values():
            assert field.label.zh, field.name
            assert field.label.en, field.name
            assert not re.search(r"[㐀-鿿]", field.label.en), "the English label is English"
            for choice in field.choices:
                assert choice.label.zh, (field.name, choice.code)
                assert choice.label.en, (field.name, choice.code)


def test_a_header_points_to_one_field() -> None:
    for kind in KINDS:
        pointed = [h for f in kind.fields.values() for h in f.headers]
        assert len(set(pointed)) == len(pointed)
        for field in kind.fields.values():
            assert field.headers, field.name
            assert field.headers[0] == field.label.zh, "templates carry the label"
            assert all(h == h.strip() and not re.search(r"[\s（）()]", h) for h in field.headers), "headers stand without spaces and units"


def test_every_kind_knows_when_and_keeps_remarks() -> None:
    for kind in KINDS:
        assert kind.fields["begin"].required
        assert {"remark", "evidence"} <= kind.fields.keys()
        assert kind.titled_by is not None or {"place", "party", "unit"} & kind.fields.keys()
        assert not kind.state or "end" in kind.fields, "a state holds until it ends"


def test_personal_data_has_an_owner_and_no_place_in_the_entry() -> None:
    """Invariant 12 on the side of the catalogue."""
    for kind in KINDS:
        personal = [f for f in kind.fields.values() if f.personal]
        assert all(f.about in kind.fields and f.home == "person" for f in personal)
        assert {f.name for f in kind.fields.values() if f.name.endswith(("id_number", "phone", "bank_account"))} <= {
            f.name for f in personal
        }


def test_money_says_which_indicator_it_reaches() -> None:
    """Invariant 11: only a kind of money has counts_to, and one that the office leaves empty falls to one indicator."""
    for kind in KINDS:
        assert kind.money == ("counts_to" in kind.fields)
        if kind.money:
            assert kind.fields["counts_to"].default in {c.code for c in kind.fields["counts_to"].choices}
            assert kind.fields["amount"].unit == "CNY"


def test_voucher_order_and_document_numbers_are_text(catalogue: Catalogue) -> None:
    for kind in catalogue.kinds.values():
        for name in {"voucher", "invoice", "order_number", "document", "minutes", "contract", "id_number", "phone"} & kind.fields.keys():
            assert kind.fields[name].type is FieldType.CODE, (kind.code, name)


def test_the_ledgers_of_the_samples_are_all_there(catalogue: Catalogue) -> None:
    assert set(LEDGERS) <= {k.ledger for k in catalogue.kinds.values()}


def test_what_a_dry_run_answers_is_declared(catalogue: Catalogue) -> None:
    measured = {"amount_cny": "CNY", "people": "person", "person_times": "person-time", "sessions": "session", "households": "household"}
    for kind in catalogue.kinds.values():
        assert kind.exports("date") == (kind.fields["begin"],)
        for column in EXPORTS:
            fields = kind.exports(column)
            assert len(fields) <= 1 or column in {"items", "title", "person_times"}, (kind.code, column)
            assert all(unit(f.unit or "").code == measured[column] for f in fields if column in measured), (kind.code, column)


@pytest.mark.parametrize(("code", "columns"), COLUMNS.items())
def test_the_real_column_lists_of_the_trade_are_known(catalogue: Catalogue, code: str, columns: str) -> None:
    known = {h for f in catalogue.kinds[code].fields.values() for h in f.headers}
    assert [c for c in columns.split() if c not in known] == []


@pytest.mark.samples
def test_every_field_of_gold_has_a_field_in_its_kind(catalogue: Catalogue, samples: Path) -> None:
    for path in sorted((samples / "ledgers").glob("*.gold.json")):
        for row in json.loads(path.read_text("utf-8"))["rows"]:
            kinds = [k for k in catalogue.kinds.values() if k.ledger == row["kind"]]
            stated = set(row) & set(EXPORTS)
            assert any(all(k.exports(column) for column in stated) for k in kinds), (path.name, row)


# ── what the catalogue settles for empty fields ──────────────────────────────────────────────────────────────────────


def test_a_course_without_a_number_is_one(catalogue: Catalogue) -> None:
    training = catalogue.kinds["training"]
    assert training.complete({"title": "甲"})["sessions"] == 1
    assert training.complete({"title": "甲", "sessions": Decimal(3)})["sessions"] == 3
    assert training.complete({"title": "甲", "sessions": None})["sessions"] == 1


def test_a_category_may_settle_the_level(catalogue: Catalogue) -> None:
    training = catalogue.kinds["training"]
    assert training.complete({"category": "provincial"})["level"] == "province"
    assert training.complete({"category": "provincial", "level": "county"})["level"] == "county", "what is stated stands"
    assert "level" not in training.complete({"category": "cadre"})


def test_sources_add_up_where_nobody_wrote_the_total(catalogue: Catalogue) -> None:
    payment = catalogue.kinds["payment"]
    parts = {"source_own": Decimal(7), "source_staff": Decimal(2), "source_student": Decimal(1)}
    assert payment.complete(parts)["amount"] == 10
    assert payment.complete({**parts, "amount": Decimal(11)})["amount"] == 11, "a stated total stands; that it differs is for the checks"
    assert "amount" not in payment.complete({"title": "甲"}), "nothing is no zero"


def test_leaders_are_counted_by_their_names(catalogue: Catalogue) -> None:
    visit = catalogue.kinds["leader_visit"]
    assert visit.complete({"person": "甲某、乙某，丙某"})["attendances"] == 3
    assert visit.complete({"person": ("甲某", "乙某")})["attendances"] == 2
    assert visit.complete({"person": "甲某", "attendances": Decimal(4)})["attendances"] == 4
    assert "attendances" not in visit.complete({"matter": "查看大棚"})


def test_a_project_is_called_by_its_title_and_begins(catalogue: Catalogue) -> None:
    done = catalogue.kinds["project"].complete({"title": "路灯安装"})
    assert (done["project"], done["category"]) == ("路灯安装", "started")
