"""What a verb stands on: Django started on the data folder, a database of the right age, a programme, and somebody who acts."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bangfu.cli.say import Stop, language, note, say

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from bangfu.catalogue import Catalogue, Figure, Kind, Label
    from bangfu.figures import Slice
    from bangfu.ledger.models import Programme
    from bangfu.office.books import Books

    K = TypeVar("K", Figure, Kind)


def start() -> None:
    """Start Django on the data folder, without looking at the database. Raises Stop where the folder cannot be used."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
    try:
        django.setup()
    except OSError as error:
        raise Stop(
            f"数据文件夹用不了（{error.filename}：{error.strerror}）：请改它的权限，或用 BANGFU_DATA 指到别处。",
            f"Cannot use the data folder ({error.filename}: {error.strerror}): change its rights, or point BANGFU_DATA elsewhere.",
        ) from None
    except ImproperlyConfigured as error:
        raise Stop(f"设置有误：{error}。", f"A setting is wrong: {error}.") from None


def open_database() -> None:
    """Start Django and make sure that the database is there and of this program's age; a new one is made.

    Raises Stop for an older database (`bangfu upgrade` takes it on, after a copy) and for a newer one (the program is too old).
    """
    start()
    from django.core.management import call_command

    known, unknown, missing = migrations()
    if not known:
        call_command("migrate", verbosity=0, interactive=False)
    elif unknown:
        raise Stop(
            f"数据库是更新版本的帮扶写的（{unknown[0]}）：请先更新程序。",
            f"The database was written by a newer Bangfu ({unknown[0]}): update the program first.",
        )
    elif missing:
        raise Stop(
            "数据库是旧版本的：请运行 bangfu upgrade，它先备份再升级。",
            "The database is of an older version: run `bangfu upgrade`, which keeps a copy and then brings it up to date.",
        )


def migrations() -> tuple[bool, list[str], list[str]]:
    """Whether the database holds anything of ours, the steps it has that we do not know, and those that it lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    loader = MigrationExecutor(connection).loader
    applied = set(loader.applied_migrations)
    ours = {app for app, _ in loader.disk_migrations if app in {"ledger", "office"}}
    unknown = sorted(f"{app}.{name}" for app, name in applied - set(loader.disk_migrations) if app in ours)
    missing = sorted(f"{app}.{name}" for app, name in set(loader.graph.nodes) - applied)
    return bool(applied), unknown, missing


def programme(named: str | None) -> Programme:
    """The programme of that slug or name (or the one whose name holds it); without a name, the only one there is.

    Raises Stop where there is none, or more than one.
    """
    from bangfu.ledger.models import Programme

    named = named or os.environ.get("BANGFU_PROGRAMME")
    all_of_them = list(Programme.objects.select_related("helper").order_by("name"))
    if not all_of_them:
        raise Stop(
            "还没有项目：先运行 bangfu setup FILE，或 bangfu demo 看演示。",
            "There is no programme yet: run `bangfu setup FILE` first, or `bangfu demo` to look around.",
        )
    found = all_of_them
    if named:
        found = [p for p in all_of_them if named in {p.slug, p.name}]
        found = found or [p for p in all_of_them if named in p.name or named in p.helper.name]
    if len(found) == 1:
        return found[0]
    names = "、".join(f"{p.slug}（{p.helper.name} {p.name}）" for p in found or all_of_them)
    if found:
        raise Stop(f"有几个项目，请用 --programme 指明：{names}。", f"Several programmes; choose one with --programme: {names}.")
    raise Stop(f"没有叫“{named}”的项目；现有：{names}。", f"No programme is called {named!r}; there are: {names}.")


def acting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--by", metavar="USER", help=say("以谁的名义（默认是本机登录名）", "in whose name (default: who is logged in here)")
    )


def refused(problems: Sequence[Label]) -> Stop:
    """All the problems, a line each, in the language of the person at the prompt."""
    return Stop("\n".join(p.zh for p in problems), "\n".join(p.en for p in problems))


def actor(named: str | None) -> User:
    """Who writes: `--by`, else BANGFU_USER, else the person logged in to this machine.

    An account that is missing is made without a password: whoever can write the data folder may write the ledger, under their own name.
    """
    from django.contrib.auth.models import User

    username = named or os.environ.get("BANGFU_USER") or getpass.getuser()
    user, fresh = User.objects.get_or_create(username=username)
    if fresh:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        note(
            say(
                f"以“{username}”的名义记账（新账号，无密码，不能登录页面）。",
                f"Writing as {username!r} (a new account without a password).",
            )
        )
    return user


def books(arguments: argparse.Namespace) -> Books:
    """The books of the chosen programme, at the chosen mark. Raises Stop for a mark that was never reached."""
    from bangfu.office.books import Books

    of = programme(arguments.programme)
    return Books(of, mark=reached(of, arguments.mark))


def reached(of: Programme, mark: int | None) -> int | None:
    """The mark, where the ledger has come so far. Raises Stop."""
    from bangfu.office import books

    try:
        return books.reached(of, mark)
    except books.MarkNotReached as refused:
        raise Stop(refused.why.zh, refused.why.en) from None


def period(text: str | None) -> tuple[date | None, date | None]:
    """A period as people write it → half-open [begin, end). Raises Stop where it cannot be read."""
    from bangfu.web.filter import UnreadablePeriod, read_period

    try:
        return read_period(text or "")
    except UnreadablePeriod:
        raise Stop(
            f"读不出期间“{text}”：请写成 2019、2019-03、2015-2020 或 2019-03-01至2019-06-30。",
            f"Cannot read the period {text!r}: write 2019, 2019-03, 2015-2020 or 2019-03-01..2019-06-30.",
        ) from None


def readable(name: str) -> Path:
    """A file that is there and can be read. Raises Stop."""
    path = Path(name)
    if path.is_dir():
        raise Stop(f"{name} 是文件夹，这里要一个文件。", f"{name} is a folder; a file is wanted here.")
    if not path.is_file():
        raise Stop(f"没有这个文件：{name}。", f"There is no file {name}.")
    if not os.access(path, os.R_OK):
        raise Stop(f"文件读不了：{name}，请检查权限。", f"The file {name} cannot be read: check its rights.")
    return path


def asked(arguments: argparse.Namespace, books: Books) -> Slice:
    """The slice that --period, --place, --unit and --project describe. Raises Stop for a name that is unknown, or known twice."""
    from bangfu.ledger.models import Party, Place, Project

    of = books.programme
    helper = Party.objects.filter(path__startswith=of.helper.path)
    return books.slice(
        period=period(arguments.period),
        place=named(arguments.place, Place.objects.all(), "地点", "place", variants=True),
        unit=named(arguments.unit, helper, "部门", "unit", variants=True),
        project=named(arguments.project, Project.objects.filter(programme=of), "工程", "project", variants=False),
    )


def named(text: str | None, among: QuerySet[Any], zh: str, en: str, *, variants: bool) -> int | None:
    """The id of what is called `text` (its number, its name, or another way in which the office writes it). Raises Stop."""
    from bangfu.ledger.rows import row_id

    if not text:
        return None
    number = row_id(text)
    if number is not None:
        found = list(among.filter(pk=number))
    else:
        found = list(among.filter(name=text))
        if not found and variants:
            found = [thing for thing in among if text in thing.variants]
    if len(found) == 1:
        return int(found[0].pk)
    if found:
        choices = "、".join(f"{thing.pk} ({thing})" for thing in found)
        raise Stop(
            f"叫“{text}”的{zh}不止一个，请写编号：{choices}。", f"More than one {en} is called {text!r}; give its number: {choices}."
        )
    near = "、".join(str(thing) for thing in among[:20])
    if not near:
        raise Stop(f"没有叫“{text}”的{zh}：还没有登记过{zh}。", f"No {en} is called {text!r}: none is known yet.")
    raise Stop(f"没有叫“{text}”的{zh}；现有：{near}。", f"No {en} is called {text!r}; there are: {near}.")


def called(code: str, among: Mapping[str, K], zh: str, en: str) -> K:
    """What has that code or name in the catalogue. Raises Stop, with those that come near."""
    found = among.get(code) or next((one for one in among.values() if code in {one.label.zh, one.label.en}), None)
    if found is not None:
        return found
    near = "、".join(f"{o.code} {o.label.say(language())}" for o in among.values() if code and (code in o.code or code in o.label.zh))
    if near:
        raise Stop(f"没有{zh}“{code}”；相近的：{near}。", f"There is no {en} {code!r}; near it: {near}.")
    raise Stop(f"没有{zh}“{code}”：bangfu catalogue 列出全部。", f"There is no {en} {code!r}: `bangfu catalogue` lists them.")


def kind(catalogue: Catalogue, code: str) -> Kind:
    """The kind of that code or name. Raises Stop."""
    return called(code, catalogue.kinds, "类别", "kind")


def figure(catalogue: Catalogue, code: str) -> Figure:
    """The figure of that code or name. Raises Stop."""
    return called(code, catalogue.figures, "指标", "figure")


def moment(at: datetime | None) -> str:
    """When something was done, to the minute and in the office's own time; "" for never."""
    from django.utils import timezone

    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def positive(text: str) -> int:
    """A number of things, 1 or more, for argparse."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
