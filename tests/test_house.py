"""Who stands on whom, and what no room may do. A failing line says where it belongs instead.

The table of the invariants in docs/architecture.md names a guard for each; this file holds it to that.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "bangfu"

THINKING = ("quantities", "catalogue", "figures", "scoring", "claims")

STANDS_ON = {  # room → the rooms it may import; each may import itself
    "quantities": (),
    "catalogue": ("quantities",),
    "figures": ("quantities", "catalogue"),
    "scoring": ("quantities", "catalogue", "figures"),
    "claims": ("quantities", "catalogue", "figures"),
    "settings": (),
    "ledger": ("quantities", "catalogue", "figures"),
    "office": (*THINKING, "ledger"),
    "demo": (*THINKING, "ledger", "office"),
    "web": (*THINKING, "ledger", "office"),
    "cli": (*THINKING, "settings", "ledger", "office", "demo", "web"),
    "__main__": ("cli",),
}

WHAT_BELONGS_WHERE = {
    "quantities": "a number, its unit and its hedge",
    "catalogue": "what is declared in TOML, and reading a cell by it",
    "figures": "the definition of every number",
    "scoring": "figure × target × rule",
    "claims": "text → claims → verdicts",
    "settings": "the environment only",
    "ledger": "what happened, written by post.py and read by facts.py",
    "office": "what we make of the ledger",
    "demo": "the demonstration programme",
    "web": "pages and API",
    "cli": "the verbs at a prompt",
}

LEDGER_TABLES = ("Entry", "Measure", "Participation", "Evidence", "Ended", "Posting")
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete"}
WRITERS = {"ledger/post.py", "ledger/backup.py", "ledger/keys.py"}  # a restore puts back what post.py wrote; a new key seals the same again


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module of the package but the migrations, which Django writes."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts
    }


def room_of(path: Path) -> str:
    """`bangfu/ledger/post.py` lies in the room `ledger`; the package's own front door is nobody's."""
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imports(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every module that is imported, at the top or inside a function, with its line; relative ones by their full name."""
    here = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: len(here) - node.level]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            if module == "bangfu":
                yield from ((node.lineno, f"bangfu.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_every_room_is_known():
    strangers = {room_of(path) for path in modules()} - set(STANDS_ON) - {""}
    assert not strangers, f"new rooms {strangers}: say in STANDS_ON on whom they stand, and in docs/architecture.md what they are for"


def test_imports_go_down():
    wrong = []
    for path, tree in modules().items():
        room = room_of(path)
        for line, name in imports(path, tree):
            if not name.startswith("bangfu.") or not room:
                continue
            target = name.split(".")[1]
            if target in STANDS_ON and target != room and target not in STANDS_ON[room]:
                wrong.append(
                    f"{where(path, line)}: {room} imports {target}, which stands above it. {room} is for {WHAT_BELONGS_WHERE[room]}; "
                    f"what needs {target} belongs there ({WHAT_BELONGS_WHERE[target]}) or is handed in as an argument"
                )
    assert not wrong, "\n".join(wrong)


def test_the_thinking_half_stands_on_the_standard_library_alone():
    wrong = []
    for path, tree in modules().items():
        if room_of(path) in THINKING:
            for line, name in imports(path, tree):
                top = name.split(".")[0]
                if top != "bangfu" and top not in sys.stdlib_module_names:
                    wrong.append(
                        f"{where(path, line)}: {name}. What needs it belongs in the keeping half (ledger, office), not in {room_of(path)}"
                    )
    assert not wrong, "\n".join(wrong)


def test_the_thinking_half_can_be_imported_as_a_library():
    """In a Python that sees no installed package at all, and without a Django on its way."""
    rooms = [room for room in THINKING if (PACKAGE / room / "__init__.py").exists() or (PACKAGE / f"{room}.py").exists()]
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        + "".join(f"import bangfu.{room}\n" for room in rooms)
        + "assert not [m for m in sys.modules if m.split('.')[0] == 'django']"
    )
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


WEIGHING = {
    "claims/around.py",
    "claims/binding.py",
    "claims/consistency.py",
    "claims/extract.py",
    "claims/topics.py",
    "claims/verdicts.py",
    "claims/verify.py",
}
"""Where what a claim speaks of is weighed: a likelihood is a float and meets no number of the trade, so no number may be made a float there."""

JSON_DOOR = {("claims/verify.py", "number")}
"""Functions by which a number leaves as JSON, which knows no Decimal."""


def test_no_float_where_numbers_are_thought_or_kept():
    wrong = []
    for path, tree in modules().items():
        name = path.relative_to(PACKAGE).as_posix()
        if room_of(path) not in {*THINKING, "ledger"}:
            continue
        doors = {n for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and (name, f.name) in JSON_DOOR for n in ast.walk(f)}
        found = (node for node in ast.walk(tree) if node not in doors and (makes_float(node) or (name not in WEIGHING and is_float(node))))
        wrong += [f"{where(path, node.lineno)}: float. Decimal in thought, integers of the smallest part in the ledger" for node in found]
    assert not wrong, "\n".join(wrong)


def is_float(node: ast.AST) -> bool:
    return (isinstance(node, ast.Constant) and isinstance(node.value, float)) or (isinstance(node, ast.Name) and node.id == "float")


def makes_float(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"


def test_only_post_writes_entries():
    wrong = []
    statement = re.compile(rf"""(insert\s+into|update|delete\s+from|copy)\s+["`]?ledger_({"|".join(LEDGER_TABLES)})\b""", re.IGNORECASE)
    tables = {f"ledger_{table.lower()}" for table in LEDGER_TABLES}
    for path, tree in modules().items():
        if str(path.relative_to(PACKAGE).as_posix()) in WRITERS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and writes_ledger(node.func):
                wrong.append(f"{where(path, node.lineno)}: {ast.unparse(node.func)}. Only ledger/post.py writes entries: give it a Draft")
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value in tables:
                wrong.append(f"{where(path, node.lineno)}: {ast.unparse(node.func)} into the ledger. Only ledger/post.py writes entries")
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.search(node.value):
                wrong.append(f"{where(path, node.lineno)}: SQL that writes the ledger. Only ledger/post.py does")
    assert not wrong, "\n".join(wrong)


def writes_ledger(called: ast.expr) -> bool:
    """`Entry(…)` itself, or a writing method at the end of a chain that starts at `Entry.objects`."""
    if isinstance(called, ast.Name):
        return called.id in LEDGER_TABLES
    return (
        isinstance(called, ast.Attribute)
        and called.attr in WRITES
        and bool(re.match(rf"(\w+\.)*({'|'.join(LEDGER_TABLES)})\.objects\b", ast.unparse(called)))
    )


def test_only_post_constructs_are_told_apart():
    """The guard itself: what it must see, and what it must leave alone."""

    def called(text: str) -> ast.expr:
        expression = ast.parse(text, mode="eval").body
        assert isinstance(expression, ast.Call)
        return expression.func

    for text in ("Entry(kind='a')", "Entry.objects.create()", "models.Entry.objects.filter(id=1).update(kind='x')"):
        assert writes_ledger(called(text)), text
    for text in ("Entry.objects.filter()", "Membership.objects.create()", "reading.Entry", "entry.get()"):
        if text.endswith(")"):
            assert not writes_ledger(called(text)), text


def test_nothing_happens_behind_ones_back():
    """No signals, no save() that does more than save."""
    wrong = []
    for path, tree in modules().items():
        wrong += [
            f"{where(path, line)}: {name}. Call what should happen"
            for line, name in imports(path, tree)
            if "signals" in name or "dispatch" in name
        ]
        wrong += [
            f"{where(path, node.lineno)}: a {node.name}() override. Write a function named after the act"
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and node.name == "save"
            and "self" in {a.arg for a in node.args.args}
            and under_model(tree, node)
        ]
    assert not wrong, "\n".join(wrong)


def under_model(tree: ast.Module, method: ast.FunctionDef) -> bool:
    return any(
        method in cls.body and any("Model" in ast.unparse(base) for base in cls.bases)
        for cls in ast.walk(tree)
        if isinstance(cls, ast.ClassDef)
    )


def test_every_module_has_a_name_of_its_own():
    names = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py", "tools.py", "lib.py"}
    wrong = [path.relative_to(ROOT) for path in PACKAGE.rglob("*.py") if path.name in names]
    assert not wrong, f"{wrong}: a module is named after what it is about, in the trade's words"


def test_the_lock_names_no_host():
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_no_file_of_the_project_knows_the_machine_it_was_written_on():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git clone")
    foreign = re.compile(rb"(?<![\w.])/" + rb"(work|root|home/\w+)/[\w.]")
    wrong = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".html", ".jinja", ".css", ".lock", ".json", ".txt", ""}:
            found = foreign.search(path.read_bytes())
            if found:
                wrong.append(f"{name}: {found.group().decode()}…")
    assert not wrong, "\n".join(wrong)


# --- the invariants and their guards


def invariants() -> list[tuple[int, str, list[str]]]:
    """The rows of the table in docs/architecture.md: number, sentence, guards as `tests/file.py::name`."""
    rows = re.findall(
        r"^\| *(\d+) *\| *(.+?) *\| *(.+?) *\|$", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    return [(int(number), sentence, re.findall(r"`(tests/[^`]+)`", guards)) for number, sentence, guards in rows]


def test_each_of_the_twelve_invariants_has_a_guard():
    assert [number for number, _, _ in invariants()] == list(range(1, 13))
    assert [number for number, _, guards in invariants() if not guards] == []


@pytest.mark.parametrize("guard", sorted({guard for _, _, guards in invariants() for guard in guards}))
def test_a_guard_that_is_named_exists(guard):
    file, _, name = guard.partition("::")
    path = ROOT / file
    assert path.exists(), f"docs/architecture.md names {guard}, but there is no {file}"
    defined = {
        node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert name in defined, f"docs/architecture.md names {guard}, but {file} defines no {name}"
