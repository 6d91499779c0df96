"""What the cells of a ledger say in the clerk's own shorthand."""

from __future__ import annotations

from bangfu.office.intake.words import Vocabulary, legend
from tests.office.intake.test_layouts import column, read


def test_signs_mean_what_a_line_or_the_header_says(words: Vocabulary) -> None:
    """监测类别 ① under the line 户类型：①脱贫不稳定户 …; A under 走访方式（A.入户 B.电话)."""
    above = read(
        words,
        """
        2022年防止返贫监测对象台账
        户类型：①脱贫不稳定户 ②边缘易致贫户 ③突发严重困难户
        序号|户主姓名|村|监测类别|家庭人口数|纳入时间
        1|方远|柳湾村|①|4|2021年9月
        2|石林|南坪社区|③|3|2021年10月
        3|姜山|南坪社区|②|2|2022年1月
        """,
    )
    assert column(above, "kind") == ["household_status"] * 3
    assert above["errors"] == []
    assert legend(["走访方式（A.入户 B.电话 C.慰问）"]) == {"A": "入户", "B": "电话", "C": "慰问"}
    assert legend(["一、2021年3.5万元", "类别：种植"]) == {}


def test_parts_of_months_and_prices_with_a_dash(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年捐赠物资登记
        序号|日期|物资名称|数量|价值（元）|捐赠单位|受赠村
        1|2022.3上旬|电脑|5台|1500.-|综合办|柳湾村
        2|2022.12下旬|书包|50|¥12,000.00|安质部|南坪社区
        """,
    )
    assert column(answer, "date") == ["2022-03-01", "2022-12-01"]
    assert column(answer, "amount_cny") == [1500, 12000]


def test_a_total_in_words_and_lines_above_that_settle_day_and_place(words: Vocabulary) -> None:
    """合计（大写）：壹仟元整 is no entry; 移交日期 and 接收单位 above the table are every row's."""
    paid = read(
        words,
        """
        困难群众慰问金发放花名册（柳湾村，2023年1月）
        序号|姓名|金额（元）|领取人签字
        1|方远|500|
        2|石林|500|
        合计（大写）：壹仟元整||1000|
        """,
    )
    assert column(paid, "title") == ["方远", "石林"]
    given = read(
        words,
        """
        捐赠设备移交清单
        移交单位：某水务集团    接收单位：柳湾村村民委员会    移交日期：2023.5.6
        物资名称|规格型号|数量|单价（元）|金额（元）
        变压器|S11-200|1|32000|32000
        水泵|QJ-50|2|4500|9000
        """,
    )
    assert column(given, "place") == ["柳湾村", "柳湾村"]
    assert column(given, "date") == ["2023-05-06", "2023-05-06"]


def test_terms_with_their_beginning_and_money_with_goods(words: Vocabulary) -> None:
    leased = read(
        words,
        """
        “一亩茶园”认领台账（2023）
        序号|认领单位|认领品种|面积|认领费用（元）|认领期|所在村|收款票据
        1|综合办|茶树|2亩|3000|2023.3.1-2024.2.29|柳湾村|No.0012345
        2|安质部|茶树|1|1500|一年（2023年3月起）|柳湾村|No.0012345
        """,
    )
    assert column(leased, "date") == ["2023-03-01", "2023-03-01"]
    assert [(e["excel_row"], e["why"]) for e in leased["errors"]] == [(4, "duplicate")]
    visited = read(
        words,
        """
        2023年“七一”走访慰问登记
        慰问领导|慰问对象|村|慰问标准|慰问时间
        方远、石林|姜山|柳湾村|1000元+慰问品|6月28日
        方远|佟雨|南坪社区|1000元|6月29日
        """,
    )
    assert column(visited, "amount_cny") == [1000, 1000]


def test_the_whole_of_a_plan_is_the_amount_and_not_what_is_among_it(words: Vocabulary) -> None:
    """计划总投资 | 其中：帮扶资金 | 已完成投资: what was done has a field of its own, so the plan is no rival of it."""
    answer = read(
        words,
        """
        帮扶项目进度月报（截至2023年9月30日，单位：万元）
        项目名称|责任部门|计划总投资|其中：帮扶资金|已完成投资|计划完工时间
        柳湾村冷库|综合办|120|80|96|2023年12月
        南坪社区路灯|安质部|12|10|0|2023年11月底
        """,
    )
    assert column(answer, "amount_cny") == [1200000, 120000]
