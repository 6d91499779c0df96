"""The workbooks of the demonstration: which ledgers the office keeps in which file."""

from __future__ import annotations

from functools import lru_cache

from bangfu.demo import money, organisation, people, talent
from bangfu.demo.layout import Table, Workbook


@lru_cache(maxsize=1)
def ledgers() -> tuple[Workbook, ...]:
    """All workbooks, in the order in which the office would hand them in."""

    def book(name: str, *tables: Table) -> Workbook:
        return Workbook(f"{name}.xlsx", tables)

    o, p, t, m = organisation, people, talent, money
    return (
        book("01 定点帮扶村情况", o.designations(), o.profiles(), o.profiles_now(), m.contexts()),
        book("02 组织领导台账", o.leading_group(), o.committee_meetings(), o.study_sessions(), o.rules(), o.campaigns()),
        book("03 领导调研与驻村干部台账", o.leader_visits(), o.postings(), o.attendance(), o.appraisals()),
        book("04 责任监督与整改台账", o.responsibilities(), o.supervision(), o.findings()),
        book("05 表彰与宣传台账", o.awards(), o.publicity()),
        book("06 党建共建台账", p.branch_pairings(), p.branch_activities()),
        book("07 结对认亲与农户台账", p.household_pairings(), p.household_measures(), p.household_statuses(), p.household_incomes()),
        book("08 走访慰问记录", *p.home_visits(), p.group_visits()),
        book("09 志愿服务与学生实践台账", p.volunteers(), p.field_practice(), p.camps()),
        book("10 培训台账（2016-2021）", *t.trainings()),
        book("11 讲座咨询与规划台账", t.lectures(), t.advisories(), t.plannings(), t.think_tank()),
        book("12 教育帮扶台账", t.enrolments(), t.scholarships(), t.education_funds(), *t.student_aids()),
        book("13 科普丛书与赠书台账", t.publications(), t.books_given()),
        book("14 帮扶项目台账", *m.projects(), m.improvements(), m.assets(), m.notices()),
        book("15 帮扶资金拨付台账（2015-2020）", *m.payments()),
        book("16 引进资金与捐赠台账", m.funds_raised(), m.goods(), m.gifts_of_money()),
        book("17 产业帮扶台账", m.bases(), m.firms(), m.products(), m.brands(), m.seeds(), m.village_incomes(), m.employments()),
        book("18 消费帮扶采购台账（2016-2021）", *m.purchases(), m.participants(), m.helped_sales()),
        book("19 认养认种登记表", *m.adoptions()),
    )
