"""The command as a person or a program meets it: what it prints, where, and its exit status."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from bangfu.cli import main, running, say
from bangfu.cli.door import parser
from bangfu.ledger.models import Entry, Party, Place, Programme
from bangfu.office import tokens
from bangfu.office.models import Account, Membership, Token

ROOT = Path(__file__).resolve().parent.parent
VERBS = {
    "demo", "setup", "import", "entries", "record", "amend", "void", "figures", "trace", "report", "check", "claims", "serve", "catalogue",
    "backup", "restore", "upgrade", "draft", "user", "programme", "token", "targets", "findings", "assess", "keys",
}  # fmt: skip
REGISTER = {
    "organisation": "四川农牧学院",
    "places": [{"name": "甲村", "kind": "village", "county": "新龙县"}, {"name": "新龙县", "kind": "county"}],
    "units": [{"name": "动物医学系"}, {"name": "园艺系"}],
}


@pytest.fixture(autouse=True)
def in_english(monkeypatch):
    monkeypatch.setenv("BANGFU_LANG", "en")
    monkeypatch.setenv("BANGFU_USER", "clerk-at-the-prompt")


@pytest.fixture
def bangfu(capfd):
    """Run a verb; gives exit status, standard output and standard error."""

    def run(*arguments):
        capfd.readouterr()
        status = main([str(a) for a in arguments])
        said = capfd.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def answer(bangfu):
    """Run a verb with --json that must succeed; gives what it answered."""

    def run(*arguments):
        status, out, err = bangfu(*arguments, "--json")
        assert status == 0, err
        return json.loads(out)

    return run


# --- the door


def test_every_verb_of_the_house_is_there_with_a_sentence_in_both_languages_and_an_example():
    known = parser()._subparsers._group_actions[0].choices
    assert set(known) == VERBS
    for name, verb in known.items():
        assert f"bangfu {name}" in verb.epilog
        chinese, english = verb.description.split("\n")
        assert not chinese.isascii()
        assert english.isascii()
        assert "--json" in verb.format_help()


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_example_can_be_parsed(verb):
    example = parser()._subparsers._group_actions[0].choices[verb].epilog.split("\n  ")[1]
    asked = parser().parse_args(example.split()[1:])
    assert asked.verb == verb


def test_help_needs_neither_data_nor_django(tmp_path):
    program = "import sys; from bangfu.cli import main\ntry: main(['--help'])\nfinally: assert 'django' not in sys.modules"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "BANGFU_DATA": str(tmp_path / "none")},
        capture_output=True,
        check=False,
        cwd=ROOT,
    )
    assert ran.returncode == 0
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("setting", "expected"), [("zh_CN.UTF-8", "zh"), ("en_GB.UTF-8", "en"), ("C.UTF-8", "en")])
def test_it_speaks_the_language_of_the_system(monkeypatch, setting, expected):
    monkeypatch.delenv("BANGFU_LANG")
    monkeypatch.setenv("LC_ALL", setting)
    assert say.language() == expected


def test_json_is_utf8_on_any_code_page(tmp_path):
    """As on a Chinese Windows, whose pipes are GBK: the answer is UTF-8 all the same, and nothing else stands beside it."""
    text = tmp_path / "总结.txt"
    text.write_text("共举办培训42期，培训1987人次。", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0", "BANGFU_DATA": str(tmp_path / "data")}
    ran = subprocess.run(
        [sys.executable, "-m", "bangfu", "claims", str(text), "--json"], env=environment, capture_output=True, check=False, cwd=ROOT
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.decode("utf-8"))
    assert [(c["quote"], c["low"], c["unit"]) for c in found["claims"]] == [("42期", 42, "session"), ("1987人次", 1987, "person-time")]
    assert ran.stdout.count(b"\n") == 1


def test_tables_line_up_whatever_the_script(capsys):
    say.table([("甲村", 5), ("Long name", 12)], ["place", "n"], right=[1])
    lines = capsys.readouterr().out.splitlines()
    assert len({say.wide(line) for line in lines}) == 1


# --- what stands in the way


def test_a_file_that_is_not_there_is_one_sentence(bangfu):
    status, out, err = bangfu("claims", "nowhere.txt", "--json")
    assert (status, out) == (2, "")
    assert err == "There is no file nowhere.txt.\n"


def test_a_file_that_cannot_be_read_is_one_sentence_and_status_2(bangfu, tmp_path):
    path = tmp_path / "scan.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    status, out, err = bangfu("claims", path, "--json")
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_without_a_programme_the_way_in_is_named(bangfu, db):
    status, _, err = bangfu("figures")
    assert status == 2
    assert "bangfu setup" in err


def test_where_there_are_several_programmes_one_is_asked_for(bangfu, office):
    status, _, err = bangfu("figures")
    assert status == 2
    assert "dingdian" in err
    assert "elsewhere" in err
    assert bangfu("figures", "--programme", "dingdian")[0] == 0
    assert bangfu("figures", "--programme", "外地师范")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--period", "去年"), "Cannot read the period"),
        (("--place", "无此村"), "No place is called"),
        (("--unit", "无此系"), "No unit is called"),
        (("no_such_figure",), "There is no figure"),
        (("--mark", "1"), "There is no mark 1"),
        (("--mark", "-1"), "There is no mark -1"),
    ],
)
def test_what_is_not_understood_is_said_with_what_would_be(bangfu, office, arguments, expected):
    status, out, err = bangfu("figures", "--programme", "dingdian", *arguments)
    assert (status, out) == (2, "")
    assert expected in err


def run_with(tmp_path, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "bangfu", *arguments],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "bangfu.settings", "BANGFU_DATA": str(tmp_path), "BANGFU_DATABASE": "", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
    )


def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path):
    (tmp_path / "data").write_text("a file is in the way")
    ran = run_with(tmp_path / "data", "programme")
    assert ran.returncode == 2
    assert "point BANGFU_DATA elsewhere" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data folder whose database has just been made."""
    folder = tmp_path_factory.mktemp("made") / "data"
    ran = run_with(folder, "programme", "--json")
    assert (ran.returncode, ran.stdout) == (0, "[]\n"), ran.stderr
    return folder


def test_an_older_database_is_named_and_upgraded_with_a_copy(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "bangfu.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        database.execute("DROP TABLE django_session")
    ran = run_with(tmp_path, "programme")
    assert ran.returncode == 2
    assert ran.stderr == "The database is of an older version: run `bangfu upgrade`, which keeps a copy and then brings it up to date.\n"
    done = run_with(tmp_path, "upgrade", "--json")
    assert done.returncode == 0, done.stderr
    assert Path(json.loads(done.stdout)["copy"]).exists()
    assert run_with(tmp_path, "programme").returncode == 0


def test_a_newer_database_is_named(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "bangfu.sqlite3") as database:
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '9999_future', '2030-01-01')")
    ran = run_with(tmp_path, "programme")
    assert ran.returncode == 2
    assert "written by a newer Bangfu (ledger.9999_future)" in ran.stderr


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path):
    ran = run_with(tmp_path, "programme", BANGFU_DATABASE="postgresql://nobody@127.0.0.1:1/none")
    assert ran.returncode == 2
    assert "does not answer" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("address", ["mysql://a/b", "postgresql://", "postgresql://u@h"])
def test_an_address_that_is_no_database_is_one_sentence(tmp_path, address):
    ran = run_with(tmp_path, "figures", BANGFU_DATABASE=address)
    assert ran.returncode == 2
    assert "postgresql://user:password@host:port/name" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_a_file_that_is_no_database_is_one_sentence(tmp_path):
    (tmp_path / "bangfu.sqlite3").write_bytes(b"not a database at all, but long enough to look like a file" * 20)
    ran = run_with(tmp_path, "programme")
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr


# --- serving


def test_a_port_in_use_is_one_sentence():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(say.Stop, match="choose another with --port"):
            running.check_port("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("port", [70000, -1])
def test_a_port_that_is_none_is_one_sentence(port):
    with pytest.raises(say.Stop, match="There is no port"):
        running.check_port("127.0.0.1", port)


def test_two_servers_on_one_data_folder_are_told_apart(tmp_path):
    with (
        running.alone(tmp_path / "serve.lock", "http://127.0.0.1:8000"),
        pytest.raises(say.Stop, match=r"already runs on this data folder \(http://127\.0\.0\.1:8000"),
        running.alone(tmp_path / "serve.lock", "http://127.0.0.1:8001"),
    ):
        pass
    with running.alone(tmp_path / "serve.lock", "http://127.0.0.1:8002"):  # the first has let go
        pass


# --- an office from nothing


@pytest.fixture
def register(tmp_path):
    path = tmp_path / "registers.json"
    path.write_text(json.dumps(REGISTER, ensure_ascii=False), encoding="utf-8")
    return path


def test_setup_makes_an_office_and_changes_nothing_the_second_time(answer, db, register):
    for _ in range(2):
        (made,) = answer("setup", register)
        assert (made["helper"], made["units"]) == ("四川农牧学院", 2)
        assert Programme.objects.count() == 1
        assert set(Place.objects.values_list("name", flat=True)) >= {"甲村", "新龙县"}
        assert Party.objects.filter(kind="unit").count() == 2


@pytest.mark.parametrize("content", ["{", "[1, 2]", '{"organisation": 3}', '{"places": []}'])
def test_a_register_that_is_none_is_refused_with_sentences(bangfu, db, tmp_path, content):
    path = tmp_path / "registers.json"
    path.write_text(content, encoding="utf-8")
    status, out, err = bangfu("setup", path)
    assert (status, out) == (2, "")
    assert err.strip()
    assert not Programme.objects.exists()


def test_a_further_programme_of_the_same_organisation(answer, bangfu, db, register):
    answer("setup", register)
    rows = answer("programme", "托底性帮扶", "--slug", "tuodi")
    assert [r["slug"] for r in rows if r["name"] == "托底性帮扶"] == ["tuodi"]
    assert bangfu("programme", "又一个", "--slug", "tuodi")[0] == 2


def test_an_account_gets_a_first_password_that_must_be_changed(answer, office):
    made = answer("user", "wang", "--role", "clerk", "--programme", "dingdian")
    user = User.objects.get(username="wang")
    assert user.check_password(made["password"])
    assert Account.objects.get(user=user).must_change
    assert Membership.objects.get(user=user).role == "clerk"
    assert "password" not in answer("user", "wang", "--role", "leader", "--programme", "dingdian")
    assert Membership.objects.get(user=user).role == "leader"


@pytest.mark.parametrize(
    "arguments",
    [("user", "nobody", "--lock"), ("programme", "驻村帮扶", "--helper", "四川农牧学院", "--slug", "a/b")],
)
def test_what_cannot_be_is_not_made(bangfu, office, arguments):
    before = User.objects.count(), Programme.objects.count()
    assert bangfu(*arguments)[0] == 2
    assert (User.objects.count(), Programme.objects.count()) == before


def test_nothing_stays_behind_where_a_role_cannot_be_given(bangfu, office):
    status, _, err = bangfu("user", "li", "--role", "liaison", "--programme", "dingdian", "--unit", "无此系")
    assert status == 2
    assert "动物医学系" in err
    assert not User.objects.filter(username="li").exists()


def test_a_password_is_read_from_the_standard_input_and_weak_ones_are_refused(bangfu, office, monkeypatch):
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO("12345\n"))
    assert bangfu("user", "clerk", "--password")[0] == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO("zhi-ya-lian-tian\n"))
    assert bangfu("user", "clerk", "--password")[0] == 0
    assert User.objects.get(username="clerk").check_password("zhi-ya-lian-tian")


def test_an_account_is_locked_and_unlocked(answer, office):
    answer("user", "clerk", "--lock")
    assert not User.objects.get(username="clerk").is_active
    answer("user", "clerk", "--unlock")
    assert {"username": "clerk", "active": True, "admin": False, "roles": {"dingdian": "clerk"}} in answer("user")


def test_a_token_is_shown_once_listed_and_revoked(answer, bangfu, office):
    text = answer("token", "clerk", "--for", "报表系统", "--days", "30")["token"]
    assert tokens.holder(text) == office.clerk
    (row,) = answer("token", "clerk")
    assert row["for"] == "报表系统"
    assert text not in json.dumps(row)
    answer("token", "--revoke", row["id"])
    assert tokens.holder(text) is None
    assert bangfu("token", "--revoke", row["id"])[0] == 2
    assert not Token.objects.exists()


# --- one entry, there and back


def test_one_entry_recorded_amended_and_voided(answer, bangfu, office):
    """60 attendances are recorded, become 62, and are taken out; the old ledger can still be asked."""
    (first,) = answer(
        "record",
        "training",
        "title=兽医技术培训班",
        "begin=2019-03-05",
        "place=甲村",
        "people=60",
        "attendances=60",
        "--programme",
        "dingdian",
    )["entries"]
    assert Entry.objects.get(pk=first).title == "兽医技术培训班"
    changed = answer("amend", first, "参训人次=62", "--reason", "漏计2人")
    (second,) = changed["entries"]
    assert Entry.objects.get(pk=second).supersedes_id == first
    assert Entry.objects.get(pk=second).measures.get(name="attendances").value == 62
    assert bangfu("amend", first, "attendances=63", "--reason", "再改")[0] == 2
    answer("void", second, "--reason", "重复登记")
    assert bangfu("void", second, "--reason", "重复登记")[0] == 2
    assert User.objects.get(username="clerk-at-the-prompt").has_usable_password() is False


def test_heads_alone_count_as_attendances_and_go_on_doing_so_when_amended(answer, office):
    fields = ["title=基层干部培训班", "begin=2019-03-05", "place=甲村", "category=基层干部"]
    (course,) = answer("record", "培训", *fields, "people=45", "--programme", "dingdian")["entries"]
    (amended,) = answer("amend", course, "people=43", "--reason", "两人缺席")["entries"]
    (stated,) = answer("amend", amended, "attendances=86", "--reason", "两天")["entries"]
    (last,) = answer("amend", stated, "people=42", "--reason", "又一人缺席")["entries"]
    told = [answer("figures", "cadres_trained", "--programme", "dingdian", "--mark", mark)[0]["value"] for mark in (1, 2, 3, 4)]
    assert told == [45, 43, 86, 86]
    assert last > stated


def test_an_unknown_kind_is_no_empty_list(bangfu, office):
    assert bangfu("entries", "--kind", "no_such", "--programme", "dingdian")[0] == 2
    assert bangfu("entries", "--kind", "培训", "--programme", "dingdian")[0] == 0


def test_every_problem_of_an_entry_is_told_at_its_field_and_nothing_is_recorded(bangfu, office):
    status, out, err = bangfu("record", "training", "begin=2019-02-30", "attendances=六十来人哪", "--programme", "dingdian")
    assert (status, out) == (2, "")
    assert {line.split(":")[0] for line in err.splitlines()} >= {"begin", "attendances", "title"}
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("training", "place=²"), "No place '²'"),
        (("training", "place=99999999999999999999"), "No place"),
        (("no_such_kind", "a=b"), "no kind"),
        (("training", "colour=red"), "colour"),
        (("training", "title"), "FIELD=VALUE"),
    ],
)
def test_what_an_entry_cannot_be_is_said(bangfu, office, arguments, expected):
    status, _, err = bangfu("record", *arguments, "--programme", "dingdian")
    assert status == 2
    assert expected in err


# --- the main job


def test_the_second_demo_starts_from_what_is_there(answer, demonstration):
    """What came in adds up file by file; the article's three planted errors, and nothing else, are contradicted."""
    from bangfu.demo import PLANTED

    made = answer("demo", "--no-serve")
    assert len(made["files"]) == 19
    for counts in made["files"].values():
        assert counts["read"] == sum(counts[n] for n in ("recorded", "amended", "unchanged", "skipped", "refused"))
    assert all(Path(path).stat().st_size > 1000 for path in made["report"])
    article = Path(made["article"]).read_text(encoding="utf-8")
    wrong = [article[c["start"] - 12 : c["end"] + 2] for c in made["check"]["claims"] if c["verdict"] == "contradicted"]
    assert len(wrong) == len(PLANTED)
    quotes = [c["quote"] for c in made["check"]["claims"] if c["verdict"] == "contradicted"]
    assert all(quote in planted for quote, planted in zip(quotes, PLANTED, strict=True))


def test_fresh_never_deletes_what_is_no_demonstration(bangfu, office):
    status, _, err = bangfu("demo", "--fresh", "--no-serve")
    assert status == 2
    assert "point BANGFU_DATA elsewhere" in err
    assert Programme.objects.filter(slug="dingdian").exists()


def test_figures_and_traces_are_the_same_number(answer, demonstration):
    (figure,) = answer("figures", "trainings", "--period", "2019")
    trace = answer("trace", "trainings", "--period", "2019")
    assert figure["value"] == trace["value"] == sum(e["adds"] for e in trace["trace"])
    assert len(trace["trace"]) == figure["entries"]
    assert (figure["begin"], figure["end"]) == ("2019-01-01", "2019-12-31")
    county = answer("figures", "trainings", "--period", "2019", "--place", "新龙县")[0]
    assert 0 < county["value"] < figure["value"]
    assert answer("figures", "trainings", "--mark", "1")[0]["value"] == 0


def test_a_combination_is_traced_to_its_parts(answer, demonstration):
    trace = answer("trace", "funds_total")
    assert {part["figure"] for part in trace["of"]} == {"direct_input", "introduced_funds"}
    assert trace["value"] == sum(part["value"] for part in trace["of"])


def test_all_figures_are_those_with_entries_behind_them(answer, demonstration):
    shown, whole = answer("figures"), answer("figures", "--all")
    assert 0 < len(shown) <= len(whole)
    assert all(f["entries"] for f in shown)


def test_entries_are_listed_and_paged(answer, demonstration):
    first = answer("entries", "--kind", "training", "--period", "2019", "--limit", "4")
    assert len(first["entries"]) == 4
    second = answer("entries", "--kind", "training", "--period", "2019", "--limit", "4", "--after", first["after"])
    days = [e["begin"] for page in (first, second) for e in page["entries"]]
    assert days == sorted(days, reverse=True)
    assert first["entries"][0]["source"]["file"].endswith(".xlsx")


def test_the_next_report_is_drafted_from_the_last_one(bangfu, demonstration, tmp_path):
    """Every number of 2019's report that the ledger knows is 2020's in the draft; what is left is counted and makes the status 1."""
    bangfu("report", "--period", "2019", "--output", tmp_path / "2019.docx")
    status, out, err = bangfu("draft", tmp_path / "2019.docx", "--period", "2020", "--output", tmp_path / "2020.docx", "--json")
    made = json.loads(out)
    assert status == int(made["left"] > 0), err
    assert made["renewed"] > 10
    assert made["renewed"] + made["left"] == len(made["numbers"])
    assert (tmp_path / "2020.docx").read_bytes() != (tmp_path / "2019.docx").read_bytes()
    assert bangfu("draft", tmp_path / "2019.docx", "--period", "2020", "--output", tmp_path / "2019.docx")[0] == 2
    assert bangfu("draft", tmp_path / "2019.docx", "--period", "2020..", "--json")[0] == 2


@pytest.mark.parametrize("suffix", [".docx", ".html"])
def test_a_report_is_written(answer, demonstration, tmp_path, suffix):
    written = answer("report", "--period", "2015-2020", "--output", tmp_path / f"report{suffix}")
    assert Path(written["file"]).stat().st_size > 1000
    assert written["numbers"] > 10


def test_a_report_is_not_written_as_anything_else(bangfu, demonstration, tmp_path):
    status, _, err = bangfu("report", "--period", "2020", "--output", tmp_path / "report.pdf")
    assert status == 2
    assert ".docx or .html" in err


def check_text(bangfu, tmp_path, text):
    path = tmp_path / "text.txt"
    path.write_text(text, encoding="utf-8")
    status, out, _ = bangfu("check", path, "--json")
    return status, json.loads(out)


def test_check_says_by_its_exit_status_whether_anything_is_contradicted(bangfu, demonstration, tmp_path):
    status, right = check_text(bangfu, tmp_path, "2015年以来，学校累计投入帮扶资金739.7万元。")
    assert (status, [c["verdict"] for c in right["claims"]]) == (0, ["supported"])
    assert right["claims"][0]["ledger"] == 7397000
    status, wrong = check_text(bangfu, tmp_path, "2015年以来，学校累计投入帮扶资金793.7万元。")
    assert (status, [c["verdict"] for c in wrong["claims"]]) == (1, ["contradicted"])
    assert set(wrong["counts"]) == {"supported", "contradicted", "no_record", "ambiguous", "unreadable"}


def test_a_kept_check_is_recalled_by_the_next_one(bangfu, demonstration, tmp_path):
    """Last year's report said 42 in other words."""
    first, second = tmp_path / "2019.txt", tmp_path / "2020.txt"
    first.write_text("2019年，学校派出42名干部驻村帮扶。", encoding="utf-8")
    second.write_text("学校在2019年选派驻村干部38名。", encoding="utf-8")
    assert "42名" not in bangfu("check", second)[1]
    bangfu("check", first, "--keep", "--by", "demo-clerk")
    assert "For the same period “2019年，学校派出42名干部驻村帮扶。” said “42名”, this text says “38名”" in bangfu("check", second)[1]


def test_the_verdicts_are_given_back_as_a_list(bangfu, demonstration, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("2015年以来，学校累计投入帮扶资金793.7万元。", encoding="utf-8")
    assert bangfu("check", path, "--output", tmp_path / "verdicts.xlsx")[0] == 1
    assert (tmp_path / "verdicts.xlsx").read_bytes().startswith(b"PK")
    assert bangfu("check", path, "--output", tmp_path / "verdicts.docx")[0] == 2  # a text cannot carry Word's comments


# --- workbooks in


@pytest.fixture
def practice(tmp_path):
    """The demonstration's workbooks and set-up in a folder, as `python -m bangfu.demo` writes them."""
    from bangfu.demo.__main__ import main as write

    write([str(tmp_path / "practice")])
    return tmp_path / "practice"


def test_a_dry_run_writes_nothing_and_answers_a_line_a_file(bangfu, own_database, practice):
    bangfu("setup", practice / "registers.json")
    files = sorted(practice.glob("0[56]*.xlsx"))
    status, out, _ = bangfu("import", *files, "--dry-run", "--json")
    assert status == 0
    answers = [json.loads(line) for line in out.splitlines()]
    assert [a["file"] for a in answers] == [p.name for p in files]
    assert all(set(a) >= {"file", "rows", "skipped", "errors"} and a["rows"] for a in answers)
    assert not Entry.objects.exists()


def test_a_department_nobody_knows_is_told_once(bangfu, own_database, practice, tmp_path):
    """Purchases: 3 rows of one department that is not in the register."""
    bangfu("setup", practice / "registers.json")
    file = tmp_path / "采购.csv"
    rows = [f"2019-0{month}-05,星际事务处,核桃,新龙县,{month}00" for month in (3, 4, 5)]
    file.write_text("\n".join(["采购日期,采购部门,产品名称,产地,金额（元）", *rows]), encoding="utf-8")
    status, _, err = bangfu("import", file, "--dry-run")
    assert status == 0
    (told,) = [line for line in err.splitlines() if "星际事务处" in line]
    assert "3 cells" in told


def test_a_workbook_comes_in_once_and_is_taken_back_whole(answer, bangfu, own_database, practice):
    answer("setup", practice / "registers.json")
    mark = Programme.objects.get().mark
    file = practice / "05 表彰与宣传台账.xlsx"
    first = answer("import", file)
    assert first["counts"]["recorded"] > 0
    assert first["counts"]["read"] == sum(first["counts"][n] for n in ("recorded", "amended", "unchanged", "skipped", "refused"))
    assert first["figures"]
    again = answer("import", file)
    assert (again["counts"]["recorded"], again["counts"]["unchanged"]) == (0, first["counts"]["recorded"])
    assert again["batch"] is None
    (batch,) = answer("import", "--batches")
    assert batch["batch"] == first["batch"]
    assert bangfu("import", "--take-back", first["batch"])[0] == 2  # without a reason
    back = answer("import", "--take-back", first["batch"], "--reason", "导错文件")
    assert {f["figure"] for f in back["figures"]} == {f["figure"] for f in first["figures"]}
    assert Programme.objects.get().mark == mark + 2


def test_what_a_corrected_workbook_no_longer_has_is_voided_only_when_asked(answer, bangfu, own_database, practice, tmp_path):
    answer("setup", practice / "registers.json")
    lines = ["培训名称,培训时间,参训人数", "养蜂,2019-03-05,12", "养鸡,2019-04-05,14"]
    file = tmp_path / "培训台账.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert answer("import", file)["counts"]["recorded"] == 2
    file.write_text("\n".join(lines[:2]), encoding="utf-8")
    (gone,) = answer("import", file)["gone"]
    assert Entry.objects.filter(pk=gone, ended=None).exists()
    assert bangfu("import", file, "--void-gone")[0] == 2  # without a reason
    assert answer("import", file, "--void-gone", "--reason", "表里删去")["voided"] == [gone]
    assert not Entry.objects.filter(pk=gone, ended=None).exists()


def test_a_file_that_is_no_workbook_is_told_and_the_others_come_in(bangfu, own_database, practice):
    bangfu("setup", practice / "registers.json")
    (practice / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    status, out, err = bangfu("import", practice / "broken.xlsx", practice / "05 表彰与宣传台账.xlsx", "--json")
    broken, good = (json.loads(line) for line in out.splitlines())
    assert status == 2
    assert (broken["file"], broken["rows"]) == ("broken.xlsx", [])
    assert broken["refused"]
    assert good["counts"]["recorded"]
    assert "broken.xlsx" in err


def test_a_folder_stands_for_its_workbooks(bangfu, own_database, practice, tmp_path):
    bangfu("setup", practice / "registers.json")
    (tmp_path / "two").mkdir()
    for file in sorted(practice.glob("0[56]*.xlsx")):
        shutil.copy(file, tmp_path / "two")
    (tmp_path / "two" / "~$05.xlsx").write_bytes(b"lock file of an open workbook")
    status, out, _ = bangfu("import", tmp_path / "two", "--dry-run", "--json")
    assert (status, len(out.splitlines())) == (0, 2)
    (tmp_path / "none").mkdir()
    assert bangfu("import", tmp_path / "none")[0] == 2


def test_of_several_programmes_the_one_that_is_named_takes_the_workbook(answer, bangfu, own_database, practice, register):
    """Two organisations; the workbook names the places and units of one of them."""
    answer("setup", practice / "registers.json")
    answer("setup", register)
    first = answer("import", practice / "05 表彰与宣传台账.xlsx")
    assert Programme.objects.get(slug=first["programme"]).helper.name == "四川××学院"


# --- as people read it


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (("figures", "direct_input"), "投入帮扶资金", "Direct input"),
        (("trace", "trainings", "--period", "2019"), "笔", "entries"),
        (("trace", "funds_total"), "引进", "Funds"),
        (("entries", "--kind", "training", "--limit", "3"), "还有更早的", "There are earlier ones"),
        (("catalogue", "training"), "培训", "Training"),
        (("catalogue", "direct_input"), "投入帮扶资金", "Direct input"),
        (("catalogue",), "指标", "figures"),
        (("import", "--batches"), "批次", "batch"),
        (("programme",), "四川××学院", "slug"),
        (("user",), "账号", "account"),
    ],
)
def test_every_answer_speaks_both_languages(bangfu, demonstration, monkeypatch, arguments, zh, en):
    for language, expected in (("zh", zh), ("en", en)):
        monkeypatch.setenv("BANGFU_LANG", language)
        status, out, err = bangfu(*arguments)
        assert status == 0
        assert expected in out + err


def test_the_demo_tells_what_came_in_and_how_to_sign_in(bangfu, demonstration, monkeypatch):
    from bangfu.demo.build import ACCOUNTS, PASSWORD

    monkeypatch.setenv("BANGFU_LANG", "zh")
    status, out, _ = bangfu("demo", "--no-serve")
    assert status == 0
    assert "合计" in out
    assert "不符 3" in out
    assert PASSWORD in out
    assert all(name in out for name in ACCOUNTS)


def test_a_faulty_catalogue_is_told_fault_by_fault(bangfu, tmp_path):
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "wrong.toml").write_text('zh = "错"\ncolour = "red"\n', encoding="utf-8")
    status, out, err = bangfu("catalogue", "--folder", tmp_path)
    assert (status, out) == (2, "")
    assert err.count("wrong.toml") > 1
    assert bangfu("catalogue", "--folder", tmp_path / "none")[0] == 2
    assert bangfu("catalogue", "no_such_thing")[0] == 2


def test_the_claims_of_a_file_as_a_table(bangfu, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("举办培训42期，惠及300至500户。", encoding="utf-8")
    status, out, _ = bangfu("claims", path)
    assert status == 0
    assert "300–500" in out


# --- the server itself


@pytest.mark.skipif(os.name == "nt", reason="stops by a signal that Windows does not have")
def test_the_server_answers_and_stops_when_told(made, tmp_path):
    import signal
    import urllib.request

    from tests.conftest import free_port

    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    port = free_port()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bangfu.settings", "BANGFU_DATA": str(tmp_path), "BANGFU_DATABASE": ""}
    command = [sys.executable, "-m", "bangfu", "serve", "--port", str(port), "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as server:
        told = json.loads(server.stdout.readline())
        assert told["address"] == f"http://127.0.0.1:{port}"
        assert "/first/?token=" in told["first_account"]
        with urllib.request.urlopen(f"{told['address']}/api/openapi.json", timeout=20) as answer:  # noqa: S310 - our own server
            assert answer.status == 200
        second = run_with(tmp_path, "serve", "--port", str(free_port()))
        assert second.returncode == 2
        assert "already runs on this data folder" in second.stderr
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
        assert server.stdout.read() == b""


def test_claims_leave_no_trace_and_know_no_django(tmp_path):
    """It needs no data folder and makes none; Django is not even looked at."""
    text = tmp_path / "text.txt"
    text.write_text("举办培训42期。", encoding="utf-8")
    program = (
        "import sys; from bangfu.cli import main\n"
        f"status = main(['claims', {str(text)!r}, '--json'])\n"
        "assert 'django' not in sys.modules, 'django'\nsys.exit(status)"
    )
    environment = {**os.environ, "BANGFU_DATA": str(tmp_path / "none")}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    assert not (tmp_path / "none").exists()


def test_a_backup_is_written_once_and_restored_into_an_empty_office(answer, bangfu, demonstration, tmp_path):
    file = tmp_path / "office.zip"
    made = answer("backup", file)
    assert made["rows"] > 2000
    assert made["figures"] > 100
    assert bangfu("backup", file)[0] == 2  # never over another
    status, _, err = bangfu("restore", file)
    assert status == 2
    assert "empty data folder" in err
    ran = run_with(tmp_path / "elsewhere", "restore", str(file), "--json")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["opens"]) == (1, False), ran.stderr  # the key was not in it, and this folder has another
    assert (told["rows"], told["figures"]) == (made["rows"], made["figures"])


def test_a_key_is_renewed_and_the_former_one_forgotten(tmp_path):
    ran = run_with(tmp_path, "keys", "--renew", "--forget", "--json")
    told = json.loads(ran.stdout)
    assert ran.returncode == 0, ran.stderr
    assert [(k["current"], k["values"], k["files"]) for k in told["keys"]] == [(True, 0, 0)]
    assert [line.split()[0] for line in Path(told["file"]).read_text().splitlines()] == ["index", told["keys"][0]["key"]]
