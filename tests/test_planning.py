"""The verb `targets` as a person or a program meets it."""

import json

import pytest

from bangfu.cli import main
from bangfu.office import targets
from bangfu.office.models import Target
from tests.web.conftest import sheet


@pytest.fixture
def bangfu(office, monkeypatch, capfd):
    """Run a verb in the tests' office; gives exit status, standard output and standard error."""
    monkeypatch.setenv("BANGFU_LANG", "en")
    monkeypatch.setenv("BANGFU_PROGRAMME", office.programme.slug)
    monkeypatch.setenv("BANGFU_USER", "clerk")

    def run(*arguments):
        capfd.readouterr()
        status = main([str(a) for a in arguments])
        said = capfd.readouterr()
        return status, said.out, said.err

    return run


def test_targets_are_set_listed_and_changed(bangfu, office):
    assert bangfu("targets", "direct_input=10万元", "cadres_trained=60", "--year", 2019)[0] == 0
    assert bangfu("targets", "direct_input=40000", "--year", 2019, "--unit", "动医系", "--due", "2019-06-30")[0] == 0
    found = json.loads(bangfu("targets", "--year", 2019, "--json")[1])
    assert [(t["figure"], t["unit"], t["target"], t["reached"], t["due"]) for t in found["targets"]] == [
        ("direct_input", None, 100000, 0, None),
        ("direct_input", "动物医学系", 40000, 0, "2019-06-30"),
        ("cadres_trained", None, 60, 0, None),
    ]
    assert [d["gap"] for d in found["divisions"]] == [-60000]
    status, out, _ = bangfu("targets", "--year", 2019)
    assert status == 0
    assert "missed" in out
    assert "60,000" in out or "60" in out
    assert bangfu("targets", "direct_input=12万元", "--year", 2019)[0] == 2
    assert bangfu("targets", "direct_input=", "--year", 2019, "--reason", "withdrawn")[0] == 0
    steps = json.loads(bangfu("targets", "--history", "--json")[1])
    assert (steps[0]["before"], steps[0]["after"], steps[0]["by"], steps[0]["reason"]) == (100000, None, "clerk", "withdrawn")


def test_targets_from_a_file(bangfu, office, tmp_path):
    table = tmp_path / "tasks.xlsx"
    table.write_bytes(
        sheet([["2019年任务"], ["指标", "部门", "目标（万元）"], ["投入帮扶资金", "学院", 10], ["投入帮扶资金", "园艺系", 4]])
    )
    tried = json.loads(bangfu("targets", "--file", table, "--dry-run", "--json")[1])
    assert (tried["read"], len(tried["changed"]), Target.objects.count()) == (2, 2, 0)
    assert json.loads(bangfu("targets", "--file", table, "--json")[1])["changed"][0]["after"] == 100000
    assert json.loads(bangfu("targets", "--file", table, "--json")[1])["changed"] == []
    plain = tmp_path / "tasks.json"
    plain.write_text(json.dumps([{"figure": "direct_input", "year": 2020, "value": 123456.78}]), encoding="utf-8")
    assert bangfu("targets", "--file", plain)[0] == 0
    assert str(targets.standing(office.programme, [2020]).popitem()[1].value) == "123456.78"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("direct_input=1",), "--year"),
        (("direct_input", "--year", "2019"), "FIGURE=VALUE"),
        (("nothing=1", "--year", "2019"), "no figure"),
        (("direct_input=x", "--year", "2019"), "no number"),
        (("direct_input=1", "--year", "2019", "--unit", "nobody"), "nobody"),
        (("--file", "missing.xlsx"), "missing.xlsx"),
    ],
)
def test_what_cannot_be_set_is_said(bangfu, arguments, said):
    status, out, err = bangfu("targets", *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert not Target.objects.exists()


def test_findings_are_listed_and_an_error_is_bad_news(bangfu, office):
    from tests.web.conftest import record

    status, out, _ = bangfu("findings")
    assert (status, out.splitlines()[-1]) == (0, "0 in all.")
    record(office, "payment", title="路", begin="2019-05-01", place="甲村", amount="20000", approved="10000", document="1号")
    status, out, _ = bangfu("findings")
    assert status == 1
    assert "20,000 yuan paid, 10,000 approved" in out
    status, out, _ = bangfu("findings", "--rule", "C01", "--json")
    assert (status, json.loads(out)[0]["severity"]) == (1, "error")
    assert bangfu("findings", "--rule", "C05")[0] == 0
    key = json.loads(out)[0]["key"]
    assert bangfu("findings", "--close", key)[0] == 2
    assert bangfu("findings", "--close", "0" * 32, "--reason", "x")[0] == 2
    assert bangfu("findings", "--close", key, "--reason", "补充协议已报批")[:2] == (0, "closed: 20,000 yuan paid, 10,000 approved\n")
    assert bangfu("findings")[0] == 0
    assert json.loads(bangfu("findings", "--all", "--json")[1])[0]["replies"][0]["said"] == "补充协议已报批"
    assert json.loads(bangfu("findings", "--reopen", key, "--reason", "未批", "--json")[1])["closed"] is False


def test_a_department_is_assessed(bangfu, office):
    from bangfu.office.targets import set_targets
    from tests.office.test_targets import wish

    set_targets(office.programme, [wish(4, unit=office.units["vet"].pk)], by=office.clerk)
    assert "department_annual" in bangfu("assess", "--year", 2019)[1]
    one = ("assess", "department_annual", "--year", 2019, "--unit", "动医系")
    status, out, _ = bangfu(*one, "--enter", "vote=优秀=8，称职=2", "--enter", "returns=1")
    assert status == 1
    assert "10 ballots, worth 96%: 9.6 points" in out
    assert "3 items are open" in out
    found = json.loads(bangfu(*one, "--enter", "meetings=0", "--enter", "innovation=7.5", "--enter", "falsified=0", "--json")[1])
    assert (found["points"], found["open"], found["grade"]["en"]) == (35.1, [], "Failed")
    ranked = json.loads(bangfu("assess", "department_annual", "--year", 2019, "--json")[1])
    assert [(r["unit"], r["rank"], r["points"]) for r in ranked] == [("动物医学系", 1, 35.1)]
    assert bangfu(*one, "--enter", "bought=1")[0] == 2
    assert bangfu("assess", "nothing")[0] == 2
    assert bangfu("assess", "helper_unit_annual", "--year", 2021, "--unit", "动医系")[0] == 2
