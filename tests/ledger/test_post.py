"""Invariants 1, 2, 5, 11, 12 at the only door into the ledger."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import ProtectedError

from bangfu.figures import Slice
from bangfu.ledger import catalogue, facts, post
from bangfu.ledger.models import Batch, Ended, Entry, Line, Measure, Party, Posting, Total, Voucher
from bangfu.ledger.post import Draft, PostingRefused
from tests.ledger.world import World

pytestmark = pytest.mark.usefixtures("small_catalogue")

DAY = date(2019, 3, 1)


def training(**more: Any) -> Draft:
    return Draft("training", DAY, title="电商培训", measures={"sessions": 1, "person_times": 60}, **more)


def record(office: Any, *drafts: Draft, **more: Any) -> list[int]:
    """Post, and give the new entries' ids."""
    posting = post.post(office.programme, drafts, by=office.clerk, **more)
    return list(Entry.objects.filter(programme=office.programme, mark=posting.mark).order_by("pk").values_list("pk", flat=True))


def sessions(office: Any, mark: int | None = None) -> int:
    value = facts.value(office.programme, catalogue().figures["trainings"], Slice(), mark).value
    return int(value or 0)


def refusal(office: Any, *drafts: Draft, **more: Any) -> str:
    with pytest.raises(PostingRefused) as refused:
        post.post(office.programme, drafts, **({"by": office.clerk} | more))
    return str(refused.value)


# --- recording


def test_an_entry_is_kept_as_said(office: Any, world: World) -> None:
    voucher = Voucher.objects.create(
        programme=office.programme, sha256="0" * 64, filename="签到表.pdf", size=1, media_type="", by=office.clerk
    )
    draft = training(
        end=date(2019, 3, 6),
        category="cadres",
        facets={"on_site": "yes", "commissioned_by": "county"},
        place=world.places[3],
        unit=world.units[1],
        persons=(world.persons[2], world.persons[0]),
        details={"remark": "省委组织部委托"},
        vouchers=(voucher.pk,),
        sheet="培训",
        row=17,
        row_hash=b"0123456789abcdef",
    )
    (entry,) = record(office, draft)
    (again,) = post.drafts_of([entry]).values()
    assert again == Draft(**{**as_dict(draft), "persons": (world.persons[0], world.persons[2])})
    assert Posting.objects.get(programme=office.programme, mark=1).by == office.clerk


def as_dict(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__slots__}


def test_details_are_not_readable_in_the_database(office: Any) -> None:
    record(office, training(details={"remark": "省委组织部委托"}), training())
    with connection.cursor() as cursor:
        cursor.execute("SELECT details FROM ledger_entry ORDER BY id")
        kept, empty = (bytes(row[0]) for row in cursor.fetchall())
    assert len(kept) > 32
    assert "省委".encode() not in kept
    assert empty == b""


def test_marks_have_no_gaps(office: Any) -> None:
    """A refused posting takes no mark; each programme counts its own."""
    record(office, training())
    refusal(office, training(place=999_999))
    record(office, training())
    post.post(office.elsewhere, [training()], by=office.stranger)
    assert list(Posting.objects.filter(programme=office.programme).values_list("mark", flat=True)) == [1, 2]
    assert office.programme.mark == 2
    assert office.elsewhere.mark == 1


def test_progress_is_told(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "CHUNK", 2)
    heard: list[int] = []
    post.post(office.programme, (training() for _ in range(5)), by=office.clerk, progress=heard.append)
    assert heard == [2, 4, 5]


# --- refusing


def test_every_problem_at_once_and_nothing_written(office: Any) -> None:
    said = refusal(
        office,
        training(),
        Draft("wedding", DAY),
        Draft("training", DAY, end=DAY, category="kings", facets={"on_site": "perhaps"}, measures={"amount": 5}),
        Draft("payment", DAY, counts_to="help", measures={"amount": 12}),
        Draft("visit", DAY, title="张三", counts_to="input", details={"remark": ""}),
        Draft("training", DAY, details={"trainer": "李四"}, sheet="培训", row=9),
    )
    for sentence in (
        "第2条（wedding 2019-03-01）：没有“wedding”这个类别",
        "“training”没有“amount”这一项",
        "“on_site”没有“perhaps”这个选项",
        "“category”没有“kings”这个选项，可选：cadres、technicians、villagers",
        "结束（2019-03-01）不晚于开始（2019-03-01）",
        "第4条（payment 2019-03-01）：“counts_to”没有“help”这个选项",
        "缺少“title”",
        "“visit”的金额不计入任何指标",
        "“visit”没有名称一栏：人名应关联到人员或农户",
        "培训!9行（training 2019-03-01）：“trainer”是个人信息，只能记在人员或农户名下",
    ):
        assert sentence in said, sentence
    assert not Entry.objects.exists()
    assert not Posting.objects.exists()


def test_a_measure_is_a_whole_number_of_parts(office: Any) -> None:
    for wrong in (1.5, "1", True, 10**18):
        assert "应是最小计量的整数" in refusal(office, Draft("training", DAY, measures={"sessions": wrong}))  # type: ignore[dict-item]


def test_a_person_named_twice_is_there_once(office: Any, world: World) -> None:
    one, other = world.persons[:2]
    (entry,) = record(office, Draft("posting", DAY, persons=(one, other, one)))
    assert post.drafts_of([entry])[entry].persons == (one, other)


def test_a_draft_refers_to_its_own_programme(office: Any, world: World) -> None:
    """Persons, households and projects of another programme, and units of another helper, are unknown here."""
    draft = Draft(
        "payment",
        DAY,
        title="路",
        project=world.projects[1],
        household=world.households[1],
        unit=world.units[1],
        persons=(world.persons[0],),
    )
    with pytest.raises(PostingRefused) as refused:
        post.post(office.elsewhere, [draft], by=office.stranger)
    assert refused.value.count == 4


def test_an_anonymous_user_cannot_write(office: Any) -> None:
    assert "请先登录" in refusal(office, training(), by=AnonymousUser())
    assert "请先登录" in refusal(office, training(), by=None)


def test_nothing_is_no_posting(office: Any) -> None:
    assert refusal(office) == "没有可记的内容"
    assert office.programme.mark == 0


# --- amending and voiding


def test_an_amendment_supersedes(office: Any) -> None:
    (first,) = record(office, training())
    amended = Draft("training", DAY, measures={"sessions": 3}, supersedes=first)
    (second,) = record(office, amended, verb="amend", reason="签到表有三期")
    assert (sessions(office), sessions(office, mark=1)) == (3, 1)
    ended = Ended.objects.get(entry=first)
    assert (ended.mark, ended.successor_id) == (2, second)
    said = refusal(office, amended, verb="amend", reason="再改")
    assert f"记录 {first} 已由 clerk 于" in said
    assert "请在新记录上更正" in said


def test_one_posting_amends_an_entry_once(office: Any) -> None:
    (first,) = record(office, training())
    assert "已更正过一次" in refusal(office, training(supersedes=first), training(supersedes=first), reason="两次")


def test_void_ends_an_entry(office: Any) -> None:
    first, second = record(office, training(), training())
    post.void(office.programme, [first], by=office.clerk, reason="重复登记")
    assert (sessions(office), sessions(office, mark=1)) == (1, 2)
    with pytest.raises(PostingRefused, match="作废"):
        post.void(office.programme, [first, second], by=office.clerk, reason="重复登记")
    with pytest.raises(PostingRefused, match="没有编号"):
        post.void(office.elsewhere, [second], by=office.stranger, reason="不是我的")
    with pytest.raises(PostingRefused, match="没有选定"):
        post.void(office.programme, [], by=office.clerk, reason="空")


@pytest.mark.parametrize("verb", ["amend", "void", "take_back"])
def test_a_change_needs_a_reason(office: Any, verb: str) -> None:
    assert "写明原因" in refusal(office, training(), verb=verb, reason=" ")


# --- taking an import back


def batch(office: Any, name: str = "培训台账.xlsx") -> Batch:
    return Batch.objects.create(programme=office.programme, filename=name, sha256="0" * 64, by=office.clerk)


def test_an_import_is_taken_back(office: Any) -> None:
    """What it recorded is void; what it had amended stands again as before, with the batch and row it came from."""
    old = batch(office, "旧.xlsx")
    (first,) = record(office, training(sheet="培训", row=4), batch=old, verb="import")
    new = batch(office)
    amended = Draft("training", DAY, measures={"sessions": 7}, supersedes=first)
    record(office, amended, training(), batch=new, verb="import")
    assert sessions(office) == 8
    post.take_back(office.programme, new, by=office.clerk, reason="传错了文件")
    assert (sessions(office), sessions(office, mark=2)) == (1, 8)
    standing = Entry.objects.get(ended=None)
    assert (standing.batch, standing.sheet, standing.row) == (old, "培训", 4)
    assert new.taken_back is not None
    with pytest.raises(PostingRefused, match=r"已于 .* 撤回"):
        post.take_back(office.programme, new, by=office.clerk, reason="再来一次")


def test_later_work_is_not_lost_by_taking_back(office: Any) -> None:
    new = batch(office)
    (first,) = record(office, training(), batch=new, verb="import")
    record(office, training(supersedes=first), verb="amend", reason="核对")
    with pytest.raises(PostingRefused, match="导入后又被更正过"):
        post.take_back(office.programme, new, by=office.clerk, reason="传错了文件")


# --- only grows


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET title = 'x'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_measure SET value = value + 1",
        "DELETE FROM ledger_measure",
        "UPDATE ledger_posting SET reason = 'x'",
        "DELETE FROM ledger_posting",
        "DELETE FROM ledger_ended",
        "UPDATE ledger_ended SET mark = 0",
        "UPDATE ledger_participation SET person_id = person_id",
        "DELETE FROM ledger_participation",
    ],
)
def test_the_database_refuses_to_change_what_is_recorded(office: Any, world: World, statement: str) -> None:
    first, _ = record(office, training(persons=(world.persons[0],)), training())
    post.void(office.programme, [first], by=office.clerk, reason="重复登记")
    with pytest.raises(DatabaseError, match="账本只能增加"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Measure.objects.count() == 4


def test_replace_is_refused_too(office: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a statement of SQLite's own")
    (first,) = record(office, training())
    with pytest.raises(DatabaseError, match="账本只能增加"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO ledger_measure (entry_id, name, value) VALUES (%s, 'sessions', 9)", [first])


# --- two at once


@pytest.mark.parametrize("size", [1, 2])
def test_two_amendments_at_once_end_in_one_and_a_clear_refusal(own_database: None, size: int) -> None:
    """Two connections amend the same entries at the same moment: one wins, the other reads who did it and what to amend now."""
    from tests.conftest import build_office

    office = build_office()
    first = record(office, *(training() for _ in range(size)))
    start = threading.Barrier(2)
    outcome: list[str] = []

    def amend(number: int) -> None:
        start.wait()
        try:
            drafts = [Draft("training", DAY, measures={"sessions": number}, supersedes=e) for e in first]
            post.post(type(office.programme).objects.get(pk=office.programme.pk), drafts, by=office.clerk, verb="amend", reason="核对")
            outcome.append("amended")
        except PostingRefused as refused:
            outcome.append(str(refused))
        finally:
            connections.close_all()

    both = [threading.Thread(target=amend, args=[n]) for n in (2, 3)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(o == "amended" for o in outcome) == [False, True]
    assert "请在新记录上更正" in next(o for o in outcome if o != "amended")
    assert list(Posting.objects.filter(programme=office.programme).values_list("mark", flat=True)) == [1, 2]


def test_a_crowd_at_one_ledger_leaves_no_gap_and_loses_nothing(own_database: None) -> None:
    """Two clerks record three entries each, a posting for each, while two others amend and void the same entry: 1 + 6 + 1 marks without a gap.

    Of the two at the same entry one is told what the other did. 7 or 6 entries stand, and the kept lines are what they would be made anew.
    """
    from bangfu.ledger.lines import rebuild
    from tests.conftest import build_office

    office = build_office()
    (contested,) = record(office, training())
    start = threading.Barrier(4)
    refusals: list[str] = []
    faults: list[BaseException] = []

    def fresh() -> Any:
        return type(office.programme).objects.get(pk=office.programme.pk)

    def recording() -> None:
        for day in (1, 2, 3):
            post.post(fresh(), [Draft("training", date(2019, 5, day), measures={"sessions": 1})], by=office.clerk)

    def amending() -> None:
        draft = Draft("training", DAY, measures={"sessions": 9}, supersedes=contested)
        post.post(fresh(), [draft], by=office.clerk, verb="amend", reason="核对")

    def voiding() -> None:
        post.void(fresh(), [contested], by=office.clerk, reason="重复登记")

    def run(act: Any) -> None:
        start.wait()
        try:
            act()
        except PostingRefused as refused:
            refusals.append(str(refused))
        except Exception as fault:  # noqa: BLE001 - told by the test
            faults.append(fault)
        finally:
            connections.close_all()

    crowd = [threading.Thread(target=run, args=[act]) for act in (recording, recording, amending, voiding)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert faults == []
    (refusal,) = refusals
    amended = Ended.objects.get(entry=contested).successor_id is not None
    assert ("请在新记录上更正" if amended else "作废") in refusal
    assert sorted(Posting.objects.filter(programme=office.programme).values_list("mark", flat=True)) == list(range(1, 9))
    assert Entry.objects.filter(programme=office.programme, ended=None).count() == (7 if amended else 6)
    programme = fresh()
    assert (programme.mark, programme.kept) == (8, 8)
    kept = kept_lines()
    rebuild(programme)
    assert kept_lines() == kept


def kept_lines() -> list[Any]:
    return sorted(
        (
            *Line.objects.values_list("entry", "year", "value"),
            *Total.objects.exclude(lines=0).values_list("year", "place", "lines", "value"),
        )
    )


# --- what entries refer to


def test_what_entries_refer_to_cannot_be_deleted(office: Any, world: World) -> None:
    """Neither through Django nor behind its back; what nothing refers to can go."""
    used = Draft(
        "payment",
        DAY,
        title="路",
        place=world.places[3],
        unit=world.units[1],
        party=world.parties[1],
        project=world.projects[1],
        household=world.households[1],
        persons=(world.persons[0],),
    )
    record(office, used, batch=batch(office))
    tables = ("place", world.places[3]), ("party", world.units[1]), ("party", world.parties[1]), ("project", world.projects[1])
    more = ("household", world.households[1]), ("person", world.persons[0]), ("programme", office.programme.pk)
    for table, pk in (*tables, *more):
        with pytest.raises(DatabaseError, match="不能删除"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM ledger_{table} WHERE id = %s", [pk])  # noqa: S608
    with pytest.raises(ProtectedError):
        office.places["甲村"].__class__.objects.get(pk=world.places[3]).delete()
    assert Party.objects.filter(pk=world.parties[2]).delete()[0] == 1
