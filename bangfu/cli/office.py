"""Verbs that set an office up: setup, programme, user, token."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

from bangfu.cli import ground
from bangfu.cli.say import Stop, emit, language, note, say, table

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from bangfu.cli.door import Verbs

ROLES = ("clerk", "leader", "liaison")


def add(verbs: Verbs) -> None:
    parser = verbs.add(
        "setup",
        "按设置文件建立单位、地点、部门和默认项目；可重复运行",
        "the organisation, places, units and a default programme from a set-up file; may be run again",
        "bangfu setup registers.json",
        setup,
    )
    parser.add_argument("file", metavar="FILE", help=say("JSON：organisation、places、units", "JSON: organisation, places, units"))
    ground.acting(parser)

    parser = verbs.add("programme", "列出或新建项目", "list the programmes, or begin one", "bangfu programme", programme)
    parser.add_argument("name", nargs="?", help=say("新项目的名称", "the name of a new programme"))
    parser.add_argument("--helper", help=say("帮扶单位（已在 setup 中）", "the helper organisation (known from setup)"))
    parser.add_argument("--slug", help=say("网址里的短名", "its short name in addresses"))
    parser.add_argument("--begin", type=day, help=say("起始日", "its first day"))

    parser = verbs.add(
        "user",
        "列出账号；新建账号，改密码、角色或停用",
        "list the accounts; make one, set its password or role, lock it",
        "bangfu user wang --role clerk",
        user,
    )
    parser.add_argument("username", nargs="?")
    parser.add_argument(
        "--role", choices=ROLES, help=say("经办人、领导、联络员", "clerk writes, leader reads, liaison writes for the own unit")
    )
    parser.add_argument("--programme")
    parser.add_argument("--unit", help=say("联络员的部门", "a liaison's unit"))
    parser.add_argument("--admin", action="store_true", help=say("管理员：所有项目的经办人", "administrator: clerk of every programme"))
    parser.add_argument(
        "--password",
        action="store_true",
        help=say("设密码（提示输入，或从标准输入读一行）", "set the password (asked for, or one line of the standard input)"),
    )
    parser.add_argument("--lock", action="store_true", help=say("停用", "lock the account"))
    parser.add_argument("--unlock", action="store_true", help=say("恢复", "unlock it"))

    parser = verbs.add(
        "token",
        "API 令牌：新建、列出、作废",
        "tokens for the API: make, list, revoke",
        "bangfu token wang --for 报表系统 --days 365",
        token,
    )
    parser.add_argument("username", nargs="?")
    parser.add_argument("--for", dest="purpose", help=say("用途；给出即新建", "what it is for; makes one"))
    parser.add_argument("--days", type=days, help=say("有效天数", "valid for so many days"))
    parser.add_argument("--revoke", type=int, metavar="ID")


def day(text: str) -> date:
    return date.fromisoformat(text)


def days(text: str) -> int:
    """How long a token is valid, for argparse: a day to a hundred years."""
    number = ground.positive(text)
    if number > 36_500:
        raise ValueError(text)
    return number


def setup(arguments: argparse.Namespace) -> int:
    path = ground.readable(arguments.file)
    ground.open_database()
    from django.db import transaction

    from bangfu.ledger import setup as register
    from bangfu.ledger.models import Entry, Party

    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Stop(
            f"{path.name} 不是 UTF-8 的 JSON（{error}）：请检查文件。", f"{path.name} is not JSON in UTF-8 ({error}): check the file."
        ) from None
    try:
        with transaction.atomic():  # a file that is refused leaves no account behind either
            made = register.setup(data, by=ground.actor(arguments.by))
    except register.SetupRefused as refused:
        raise ground.refused(refused.problems) from None
    rows = [
        {
            "programme": p.slug,
            "name": p.name,
            "helper": p.helper.name,
            "places": p.places.count(),
            "designated": Entry.objects.filter(programme=p, kind=register.DESIGNATION, ended=None).values("place").distinct().count(),
            "units": Party.objects.filter(path__startswith=p.helper.path, kind="unit").count(),
        }
        for p in made
    ]
    if arguments.json:
        emit(rows)
    else:
        table(
            [tuple(r.values()) for r in rows],
            say("短名 项目 单位 地点数 定点村数 部门数", "slug programme helper places designated units").split(),
            right=[3, 4, 5],
        )
    return 0


def programme(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from bangfu.ledger import setup as register
    from bangfu.ledger.models import Party, Programme

    if arguments.name:
        helpers = list(Party.objects.filter(parent=None, kind="organisation"))
        chosen = [p for p in helpers if not arguments.helper or arguments.helper in {p.name, *p.variants}]
        if len(chosen) != 1:
            names = "、".join(p.name for p in helpers) or "-"
            raise Stop(f"请用 --helper 指明帮扶单位；现有：{names}。", f"Say which organisation with --helper; known: {names}.")
        try:
            register.programme(chosen[0], arguments.name, begin=arguments.begin or register.BEGIN, slug=arguments.slug or "")
        except register.SetupRefused as refused:
            raise ground.refused(refused.problems) from None
    rows = [
        {"slug": p.slug, "name": p.name, "helper": p.helper.name, "begin": p.begin, "mark": p.mark, "demonstration": p.demonstration}
        for p in Programme.objects.select_related("helper").order_by("slug")
    ]
    if arguments.json:
        emit(rows)
        return 0
    shown = [(r["slug"], r["helper"], r["name"], r["begin"], r["mark"]) for r in rows]
    table(shown, say("短名 单位 项目 起始 序号", "slug helper name begin mark").split(), right=[4])
    return 0


def user(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from django.db import transaction

    if not arguments.username:
        return list_users(arguments)
    with transaction.atomic():
        shown = set_up_user(arguments)
    if arguments.json:
        emit(shown)
    elif "password" in shown:
        password = shown["password"]
        print(
            say(
                f"账号 {arguments.username}，首次密码 {password}（登录后须改）",
                f"account {arguments.username}, first password {password} (to be changed at sign-in)",
            )
        )
    else:
        print(say(f"账号 {arguments.username} 已更新", f"account {arguments.username} updated"))
    return 0


def set_up_user(arguments: argparse.Namespace) -> dict[str, Any]:
    """Make the account where it is new, and set what the arguments say; a first password is in the answer, once."""
    from django.contrib.auth.models import User

    from bangfu.office.models import Account
    from bangfu.web.pages.accounts import new_account, username_problems

    shown: dict[str, Any] = {"username": arguments.username}
    account = User.objects.filter(username=arguments.username).first()
    if account is None and (arguments.lock or arguments.unlock):
        raise Stop(f"没有账号“{arguments.username}”。", f"There is no account {arguments.username!r}.")
    if account is None:
        wrong = username_problems(arguments.username, language())
        if wrong:
            raise Stop("；".join(wrong), " ".join(wrong))
        account, shown["password"] = new_account(arguments.username)
    if arguments.password:
        account.set_password(typed_password(account))
        Account.objects.update_or_create(user=account, defaults={"must_change": False})
        shown.pop("password", None)
    if arguments.admin:
        account.is_superuser = account.is_staff = True
    account.is_active = (account.is_active or arguments.unlock) and not arguments.lock
    account.save()
    return shown | (give_role(account, arguments) if arguments.role else {})


def list_users(arguments: argparse.Namespace) -> int:
    from django.contrib.auth.models import User

    rows: list[dict[str, Any]] = []
    for account in User.objects.order_by("username").prefetch_related("memberships__programme"):
        roles = {m.programme.slug: m.role for m in account.memberships.all()}
        rows.append(
            {
                "username": account.username,
                "active": account.is_active and account.has_usable_password(),
                "admin": account.is_superuser,
                "roles": roles,
            }
        )
    if arguments.json:
        emit(rows)
        return 0
    yes, no = say("是", "yes"), say("否", "no")
    shown = [
        (r["username"], yes if r["active"] else no, yes if r["admin"] else no, ", ".join(f"{k}:{v}" for k, v in r["roles"].items()))
        for r in rows
    ]
    table(shown, say("账号 可登录 管理员 角色", "account active administrator roles").split())
    return 0


def typed_password(account: User) -> str:
    """A password from the prompt or the standard input. Raises Stop where it is too weak, with what would be strong enough."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if sys.stdin.isatty():
        password = getpass.getpass(say("新密码：", "New password: "))
        if password != getpass.getpass(say("再输一次：", "Once more: ")):
            raise Stop("两次输入不同，请重来。", "The two are not the same: try again.")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Stop("；".join(error.messages), " ".join(error.messages)) from None
    return password


def give_role(account: User, arguments: argparse.Namespace) -> dict[str, Any]:
    from bangfu.ledger.models import Party
    from bangfu.office.models import Membership

    programme = ground.programme(arguments.programme)
    unit = None
    if arguments.role == "liaison":
        units = Party.objects.filter(path__startswith=programme.helper.path, kind="unit")
        unit = next((u for u in units if arguments.unit and arguments.unit in {u.name, *u.variants}), None)
        if unit is None:
            names = "、".join(u.name for u in units) or "-"
            raise Stop(f"请用 --unit 指明联络员的部门；现有：{names}。", f"Say the liaison's unit with --unit; known: {names}.")
    Membership.objects.update_or_create(user=account, programme=programme, defaults={"role": arguments.role, "unit": unit})
    return {"programme": programme.slug, "role": arguments.role, "unit": unit.name if unit else None}


def token(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from django.contrib.auth.models import User

    from bangfu.office import tokens
    from bangfu.office.models import Token

    if arguments.revoke is not None and not Token.objects.filter(pk=arguments.revoke).delete()[0]:
        raise Stop(f"没有编号为 {arguments.revoke} 的令牌。", f"There is no token number {arguments.revoke}.")
    if arguments.purpose:
        account = User.objects.filter(username=arguments.username).first()
        if account is None:
            raise Stop(
                f"没有账号“{arguments.username}”：先运行 bangfu user。",
                f"There is no account {arguments.username!r}: make it with `bangfu user` first.",
            )
        text = tokens.issue(account, arguments.purpose, arguments.days)
        if arguments.json:
            emit({"token": text, "username": account.username, "for": arguments.purpose})
        else:
            print(text)
            note(say("令牌只显示这一次，请保存好。", "The token is shown this once: keep it."))
        return 0
    found = Token.objects.select_related("user").order_by("pk")
    if arguments.username:
        found = found.filter(user__username=arguments.username)
    rows = [{"id": t.pk, "username": t.user.username, "for": t.name, "made": t.made, "used": t.used, "expires": t.expires} for t in found]
    if arguments.json:
        emit(rows)
    else:
        shown = [(t.pk, t.user.username, t.name, ground.moment(t.made), ground.moment(t.used), ground.moment(t.expires)) for t in found]
        table(shown, say("编号 账号 用途 建于 最近使用 失效", "id account for made used expires").split())
    return 0
