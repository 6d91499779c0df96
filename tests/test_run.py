"""run.py without its two long steps: what it says when something stands in the way, and that its answer is honest."""

import os
import runpy
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def in_english(monkeypatch):
    monkeypatch.setenv("BANGFU_LANG", "en")


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A folder in which nothing has been set up yet, with a lock of one package."""
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(run, "BIN", tmp_path / ".venv" / "bin")
    monkeypatch.setattr(run, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(run, "STAMP", tmp_path / ".venv" / "bangfu-stamp")
    monkeypatch.setattr(run, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(run.tempfile, "tempdir", str(tmp_path))
    run.LOCK.write_text("some-package==1.0 \\\n    --hash=sha256:00\n")
    return tmp_path


def python_that(clone, script):
    """A stand-in for the environment's Python."""
    run.BIN.mkdir(parents=True, exist_ok=True)
    run.PYTHON.write_text(f"#!/bin/sh\n{script}\n")
    run.PYTHON.chmod(0o755)


def test_an_old_python_is_told_in_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer; this is Python 3\.9"):
        runpy.run_path(str(ROOT / "run.py"), run_name="__main__")


def test_run_needs_nothing_but_the_standard_library():
    ran = subprocess.run([sys.executable, "-I", "-S", str(ROOT / "run.py")], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "python3 run.py demo" in ran.stdout


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for Python")
class TestPreparing:
    def test_what_is_ready_is_not_installed_again(self, clone, monkeypatch):
        made = []
        monkeypatch.setattr(run, "make_environment", lambda: (made.append("environment"), python_that(clone, "exit 0")))
        monkeypatch.setattr(run, "install", lambda: made.append("packages"))
        monkeypatch.setattr(run, "give_command", lambda: made.append("command"))
        run.prepare()
        run.prepare()
        assert made == ["environment", "packages", "command"]
        run.LOCK.write_text("some-package==1.1\n")
        run.prepare()
        assert made == ["environment", "packages", "command", "packages", "command"]

    def test_a_broken_environment_is_made_anew(self, clone, monkeypatch, capsys):
        python_that(clone, "exit 127")
        made = []
        monkeypatch.setattr(run.venv.EnvBuilder, "create", lambda _self, folder: made.append(folder))
        assert not run.works()
        run.make_environment()
        assert made == [run.VENV]
        assert "made anew" in capsys.readouterr().err

    def test_no_network_is_one_sentence_and_leaves_no_stamp(self, clone, monkeypatch):
        python_that(clone, 'case "$*" in *"pip install"*) echo "ERROR: No matching distribution found"; exit 1;; esac')
        with pytest.raises(run.Stop, match=r"No matching distribution found.*network") as stop:
            run.prepare()
        assert "\n" not in str(stop.value)
        assert not run.STAMP.exists()

    def test_a_folder_that_cannot_be_written_is_one_sentence(self, clone, monkeypatch):
        def refuse():
            raise PermissionError(13, "Permission denied", str(run.VENV))

        monkeypatch.setattr(run, "make_environment", refuse)
        with pytest.raises(run.Stop, match="Cannot write"):
            run.prepare()

    def test_the_command_works_from_a_folder_with_spaces(self, clone, monkeypatch, tmp_path):
        home = tmp_path / "a folder 帮扶"
        monkeypatch.setattr(run, "VENV", home)
        monkeypatch.setattr(run, "BIN", home / "bin")
        monkeypatch.setattr(run, "PYTHON", home / "bin" / "python")
        python_that(clone, f'case "$1" in -c) echo "{home}";; *) echo "$@";; esac')
        run.give_command()
        ran = subprocess.run([run.BIN / "bangfu", "claims", "一 二.txt"], capture_output=True, text=True, check=True)
        assert ran.stdout == "-m bangfu claims 一 二.txt\n"
        assert (home / "bangfu-clone.pth").read_text(encoding="utf-8") == f"{run.ROOT}\n"

    def test_two_runs_do_not_set_up_at_once(self, clone):
        order = []

        def second():
            with run.one_at_a_time():
                order.append("second")

        with run.one_at_a_time():
            waiting = threading.Thread(target=second)
            waiting.start()
            waiting.join(0.2)
            order.append("first")
        waiting.join()
        assert order == ["first", "second"]


class TestAnswering:
    def report(self, folder, name, tests, failures=0, skipped=0):
        text = f'<testsuites><testsuite tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}"/></testsuites>'
        (folder / f"{name}.xml").write_text(text)

    def test_both_engines_are_summed_and_what_was_left_out_is_counted(self, tmp_path, capsys):
        self.report(tmp_path, "SQLite", 10, skipped=2)
        self.report(tmp_path, "PostgreSQL", 5)
        assert run.conclude(tmp_path, {"pytest on SQLite": 0, "pytest on PostgreSQL": 0}) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "13 passed, 0 failed, 2 skipped"

    @pytest.mark.parametrize("outcome", [{"ruff check": 1, "pytest on SQLite": 0}, {"pytest on SQLite": 3}])
    def test_whatever_failed_fails_the_whole(self, tmp_path, capsys, outcome):
        self.report(tmp_path, "SQLite", 1)
        assert run.conclude(tmp_path, outcome) == 1
        assert "Not in order" in capsys.readouterr().out

    def test_no_test_is_no_success(self, tmp_path):
        assert run.conclude(tmp_path, {"pytest on SQLite": 0}) == 1

    def test_an_engine_that_was_left_out_is_named(self, tmp_path, capsys):
        self.report(tmp_path, "SQLite", 1)
        run.conclude(tmp_path, {"pytest on SQLite": 0})
        assert "Left out: every test on PostgreSQL" in capsys.readouterr().out

    def test_what_the_system_lacks_is_said_in_one_sentence_each(self, monkeypatch, capsys):
        monkeypatch.setattr(run, "is_root_on_debian", lambda: False)
        monkeypatch.setattr(run, "there_already", lambda: dict.fromkeys(run.DEBIAN, False))
        run.fetch_system_packages()
        said = capsys.readouterr().err.splitlines()
        assert len(said) == len(run.DEBIAN)
        assert all(line.startswith("Missing: ") and "skipped" in line for line in said)


def test_ci_calls_the_command_of_the_readmes():
    command = "python3 run.py test"
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for readme in ("README.md", "README.zh-CN.md"):
        assert f"    {command}\n" in (ROOT / readme).read_text(encoding="utf-8")
        assert "    python3 run.py demo\n" in (ROOT / readme).read_text(encoding="utf-8")
