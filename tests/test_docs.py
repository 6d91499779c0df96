"""What the documents show is true: links lead somewhere, and the files that docs/catalogue.md shows are a kind and its figures."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bangfu.catalogue import load
from bangfu.figures import Fact, Slice, evaluate
from bangfu.quantities import unit

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / name for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")))
]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


def test_the_two_readmes_lead_to_each_other():
    assert "(README.zh-CN.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(README.md)" in (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


@pytest.fixture
def shown(tmp_path):
    """The two files of docs/catalogue.md in a folder of the office's own."""
    blocks = re.findall(
        r"`catalogue/(\w+/\w+\.toml)`.*?```toml\n(.*?)```", (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert [name for name, _ in blocks] == ["kinds/seedlings.toml", "figures/seedlings.toml"]
    for name, text in blocks:
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    return load(tmp_path)


def test_the_kind_and_figures_of_the_manual_load_as_they_stand(shown):
    """甲 gets 30 trees on 5 March and 20 on 6 April, 乙 gets 40 on 6 April: 90 trees, 2 households, 45 a household."""
    parts = unit("item").parts
    assert shown.kinds["seedlings"].fields["trees"].unit == "item"
    facts = [
        Fact(1, "seedlings", date(2019, 3, 5), household=1, measures={"trees": 30 * parts}),
        Fact(2, "seedlings", date(2019, 4, 6), household=1, measures={"trees": 20 * parts}),
        Fact(3, "seedlings", date(2019, 4, 6), household=2, measures={"trees": 40 * parts}),
    ]
    found = {code: evaluate(shown.figures[code], facts, Slice(), shown.figures).value for code in shown.figures if "seedling" in code}
    assert found == {"seedlings_given": 90, "seedling_households": 2, "seedlings_per_household": Decimal(45)}


def test_the_example_of_the_readmes_runs_as_it_stands(capsys):
    programs = {
        re.search(r"```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)[1]
        for name in ("README.md", "README.zh-CN.md")
    }
    (program,) = programs
    exec(program, {})  # noqa: S102 - our own manual
    assert capsys.readouterr().out.splitlines() == ["42期 session exact False", "近2000人次 person-time about True"]


def test_the_manual_of_the_api_names_every_call(client):
    """Each path of the schema stands in docs/api.md, and no other."""
    said = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for path in client.get("/api/openapi.json").json()["paths"]:
        ending = path.removeprefix("/api/programmes/{slug}")
        variants = (path, "…" + ending, "…" + ending.replace("{number}", "{id}"), path.replace("{number}", "{id}"))
        assert any(f"{v}`" in said or f"{v}?" in said for v in variants), path


COMMANDS = [
    line[6:].split("  #")[0].strip()
    for line in (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("    $ ")
]


@pytest.mark.no_cover  # what it runs is covered elsewhere, and takes three times as long when it is measured
def test_the_tutorial_can_be_typed_as_it_stands(own_database, tmp_path, monkeypatch, capfd):
    """Every command after `$` in order, in one folder: each succeeds, but for the check that finds the three planted errors."""
    from bangfu.cli import main
    from bangfu.demo.__main__ import main as write

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BANGFU_LANG", "en")
    monkeypatch.setenv("BANGFU_USER", "reader")
    ran = 0
    for command in COMMANDS:
        program, *arguments = command.split()
        if command.startswith("python -m bangfu.demo "):
            assert write(arguments[2:]) == 0
        elif program == "bangfu":
            capfd.readouterr()
            status = main(arguments)
            said = capfd.readouterr()
            expected = (
                1 if "article.txt" in command or (command.startswith("bangfu import practice/*.xlsx") and "--dry-run" not in command) else 0
            )
            assert status == expected, (command, said.err)
            ran += 1
    assert ran > 10
