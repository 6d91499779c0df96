"""What every test may ask for: a programme with its people, the sample files, an own database, a server and a browser.

Tests read as examples. `db` (pytest-django) undoes everything at its end, which the append-only ledger allows; `flush`, on which
pytest-django's `transaction=True` rests, it does not: whoever needs real commits takes `own_database`, a copy of the migrated one.
"""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from run import chromium

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = bool(os.environ.get("BANGFU_DATABASE"))
TOUCHES_DATABASE = {"db", "own_database", "transactional_db", "django_db_setup"}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


settings.register_profile("bangfu", deadline=None)  # a busy machine is no counterexample
settings.load_profile("bangfu")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches the database runs again; what only PostgreSQL can show waits for it."""

    def chosen(item: pytest.Item) -> bool:
        if POSTGRES:
            touches = TOUCHES_DATABASE & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
            return bool(item.get_closest_marker("postgres") or (touches and not item.get_closest_marker("browser")))
        return not (item.get_closest_marker("postgres") and os.environ.get("BANGFU_TEST_BOTH"))

    deselected = [item for item in items if not chosen(item)]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if chosen(item)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("postgres") and not POSTGRES:
        pytest.skip("needs PostgreSQL: python3 run.py test starts one")
    if item.get_closest_marker("browser") and chromium() is None:
        pytest.skip("needs Chromium")
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        pytest.fail("an append-only ledger cannot be flushed: take the fixture own_database instead of transaction=True")


@pytest.fixture(autouse=True)
def nothing_remembered(request: pytest.FixtureRequest) -> None:
    """What a process keeps of a programme at a mark is true of one database; every test has another under the same numbers."""
    if TOUCHES_DATABASE & set(request.fixturenames) or "demonstration" in request.fixturenames:
        from bangfu.ledger import lines
        from bangfu.office import books

        books._answers.cache_clear()
        lines.varieties.cache_clear()


# --- files that are not part of the project


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample ledgers and claims: BANGFU_SAMPLES, else shared/samples beside the clone; skipped where there is none."""
    folder = Path(os.environ.get("BANGFU_SAMPLES") or ROOT.parent / "shared" / "samples")
    if not folder.is_dir():
        pytest.skip("needs the sample files: set BANGFU_SAMPLES to their folder")
    return folder


@pytest.fixture(scope="session")
def seed(samples: Path) -> Path:
    """The article the project grew from, as damaged as it was found; skipped where it is not at hand."""
    found = sorted((samples.parent / "seed").glob("*.txt"))
    if not found:
        pytest.skip("needs the seed article beside the sample files")
    return found[0]


# --- an office


@dataclass(frozen=True, slots=True)
class Office:
    """A small programme: one college with three units, four villages in two counties, and the people around it.

    `clerk` (经办人) writes, `leader` (分管领导) reads, `liaison` (联络员) writes for the unit `vet`; `stranger` (外单位的人)
    has an account and belongs to another programme, `elsewhere`. Every password is `tian-you-ji`.
    """

    programme: Any
    elsewhere: Any
    helper: Any
    units: dict[str, Any]
    places: dict[str, Any]
    clerk: Any
    leader: Any
    liaison: Any
    stranger: Any


PASSWORD = "tian-you-ji"


@pytest.fixture
def office(db: None) -> Office:
    return build_office()


def build_office() -> Office:
    """The office of the tests, in whatever database is current."""
    from bangfu.ledger.models import Party, Place, Programme

    province = grow(Place, None, name="四川省", level="province")
    places = {"四川省": province}
    for county, villages in {"新龙县": ("甲村", "乙村"), "开江县": ("丙村", "丁村")}.items():
        places[county] = grow(Place, province, name=county, level="county")
        for village in villages:
            places[village] = grow(Place, places[county], name=village, level="village")
    helper = grow(Party, None, name="四川农牧学院", kind="organisation", variants=["学院", "学校"])
    units = {
        "vet": grow(Party, helper, name="动物医学系", kind="unit", variants=["动医系"]),
        "agro": grow(Party, helper, name="园艺系", kind="unit"),
        "office": grow(Party, helper, name="帮扶工作办公室", kind="unit", variants=["帮扶办"]),
    }
    programme = Programme.objects.create(slug="dingdian", name="定点帮扶", helper=helper, begin=date(2015, 1, 1))
    programme.places.set(places.values())
    other = grow(Party, None, name="外地师范学院", kind="organisation")
    elsewhere = Programme.objects.create(slug="elsewhere", name="外单位定点帮扶", helper=other, begin=date(2016, 1, 1))
    return Office(
        programme=programme,
        elsewhere=elsewhere,
        helper=helper,
        units=units,
        places=places,
        clerk=member("clerk", programme, "clerk"),
        leader=member("leader", programme, "leader"),
        liaison=member("liaison", programme, "liaison", unit=units["vet"]),
        stranger=member("stranger", elsewhere, "clerk"),
    )


def grow(model: Any, parent: Any, **fields: Any) -> Any:
    """A place or party under its parent, with its path of ids."""
    fresh = model.objects.create(parent=parent, path="", **fields)
    fresh.path = f"{parent.path if parent else '/'}{fresh.pk}/"
    fresh.save(update_fields=["path"])
    return fresh


def member(username: str, programme: Any, role: str, unit: Any = None) -> Any:
    """An account with one role in one programme."""
    from django.contrib.auth import get_user_model

    from bangfu.office.models import Membership

    user = get_user_model().objects.create_user(username, password=PASSWORD)
    Membership.objects.create(user=user, programme=programme, role=role, unit=unit)
    return user


# --- a database with real commits, a server on it, a browser before it


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """The migrated database, also where only tests of an own database are run (pytest-django makes it for `db` alone)."""
    from django.test.utils import setup_databases, teardown_databases

    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of this test alone, copied from the migrated one: commits are real, threads see them, nothing is undone."""
    with django_db_blocker.unblock(), standing_on(copied("own")):
        yield


@pytest.fixture(scope="session")
def built_demonstration(django_db_setup: None, django_db_blocker: Any) -> str:
    """The demonstration, made once a run from its workbooks; gives the name of its database, to be copied."""
    from bangfu.demo.build import build

    with django_db_blocker.unblock():
        name = copied("demonstration")
        with standing_on(name, keep=True):
            build(Path(os.environ["BANGFU_DATA"]) / "demo", lambda *_: None)
    return name


@pytest.fixture
def demonstration(built_demonstration: str, django_db_blocker: Any) -> Iterator[Any]:
    """The demonstration programme in a database of this test alone. Its accounts: `bangfu.demo.build.ACCOUNTS`, one PASSWORD."""
    from bangfu.ledger.models import Programme

    with django_db_blocker.unblock(), standing_on(copied("own", built_demonstration)):
        yield Programme.objects.get(demonstration=True)


def copied(name: str, source: str = "") -> str:
    """A copy of the migrated database, or of another copy; gives what the settings call it."""
    from django.db import connection, connections

    if connection.vendor == "sqlite":
        fresh = str(Path(os.environ["BANGFU_DATA"]) / f"{name}-{os.getpid()}.sqlite3")
        discard(fresh)
        if source:
            shutil.copy(source, fresh)
            return fresh
        connection.ensure_connection()
        with closing(sqlite3.connect(fresh)) as copy:
            connection.connection.backup(copy)
        return fresh
    template = source or str(connections.settings["default"]["NAME"])
    fresh = f"{connections.settings['default']['NAME']}_{name}"
    connection.close()
    discard(fresh)
    administer(f'CREATE DATABASE "{fresh}" TEMPLATE "{template}"')
    return fresh


def discard(name: str) -> None:
    from django.db import connection

    if connection.vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)
    else:
        administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def standing_on(name: str, *, keep: bool = False) -> Iterator[None]:
    """Let every connection of this process lead to another database for a while; then throw it away, or keep it."""
    from django.db import connections

    settings, connection = connections.settings["default"], connections["default"]
    usual = settings["NAME"]
    held = connection.connection if connection.vendor == "sqlite" else None  # a database in memory lives as long as somebody holds it
    if held is None:
        connection.close()
    connection.connection = None
    connection.settings_dict["NAME"] = settings["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = settings["NAME"] = usual
        connection.connection = held
        if not keep:
            discard(name)


def administer(*statements: str) -> None:
    """Statements about databases, said from the database `postgres`."""
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def server(own_database: None) -> Iterator[str]:
    """The pages, served for real on an own database; gives the address, without a slash at its end."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, port=free_port())
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        pytest.skip("needs Chromium")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright runs a loop in this thread, Django sees it
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Any]:
    """A fresh window on the served pages (1280 wide, Chinese first); an error in the page's own scripts fails the test."""
    context = browser.new_context(base_url=server, locale="zh-CN", viewport={"width": 1280, "height": 800})
    fresh = context.new_page()
    errors: list[str] = []
    fresh.on("pageerror", lambda error: errors.append(str(error)))
    yield fresh
    context.close()
    assert errors == []
