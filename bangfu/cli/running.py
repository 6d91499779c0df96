"""Verbs that run the house: demo, serve, upgrade, backup, restore, keys."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bangfu.cli import ground
from bangfu.cli.say import Progress, Stop, emit, note, say, table

if TYPE_CHECKING:
    from bangfu.cli.door import Verbs
    from bangfu.demo.build import Demonstration
    from bangfu.ledger.backup import Backup


def add(verbs: Verbs) -> None:
    parser = verbs.add(
        "demo",
        "演示：导入台账、写报告、核对文章，再打开网页",
        "the demonstration: workbooks in, a report out, an article checked, then the pages",
        "bangfu demo --no-serve",
        demo,
    )
    parser.add_argument("--no-serve", action="store_true", help=say("不开网页", "stop before the pages"))
    parser.add_argument("--fresh", action="store_true", help=say("从头再来", "begin anew"))
    serving(parser)

    parser = verbs.add(
        "serve",
        "打开网页（只服务本机；--host 0.0.0.0 服务全网）",
        "serve the pages (this machine only; --host 0.0.0.0 for the network)",
        "bangfu serve --port 8000",
        serve,
    )
    serving(parser)
    parser = verbs.add(
        "backup",
        "整个办公室备份成一个文件（默认不含密钥）",
        "the whole office in one file (without the key, unless asked)",
        "bangfu backup 备份.zip",
        backup,
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--with-key",
        action="store_true",
        help=say("连同密钥（拿到文件的人就能看到个人信息）", "the key too (whoever has the file can then read personal data)"),
    )
    parser = verbs.add(
        "restore",
        "把备份恢复到空的数据文件夹，并核对每一项指标",
        "put a backup into an empty data folder, and prove that every figure is the same",
        "bangfu restore 备份.zip",
        restore,
    )
    parser.add_argument("file", metavar="FILE")
    verbs.add(
        "upgrade",
        "把旧版本的数据库升级到本版本，先留一份副本",
        "bring an older database up to date, keeping a copy",
        "bangfu upgrade",
        upgrade,
    )
    parser = verbs.add(
        "keys",
        "列出加密密钥；换新密钥并把全部数据改用新密钥加密",
        "list the encryption keys; renew them, and seal everything under the new one",
        "bangfu keys --renew",
        keys,
    )
    parser.add_argument(
        "--renew", action="store_true", help=say("换一把新密钥，再接着做 --reseal", "make a new key, then do as --reseal does")
    )
    parser.add_argument(
        "--reseal",
        action="store_true",
        help=say(
            "把旧密钥加密的数据和文件改用现用密钥（中断后可再次运行）",
            "seal what a former key holds under the current one (goes on after a stop)",
        ),
    )
    parser.add_argument(
        "--forget",
        action="store_true",
        help=say("删去已无数据使用的旧密钥（此前的备份将打不开）", "throw away former keys that nothing needs (older backups stay closed)"),
    )


def serving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=say("地址", "address"))
    parser.add_argument("--port", type=int, default=8000, help=say("端口", "port"))
    parser.add_argument("--workers", type=ground.positive, default=1 if os.name == "nt" else 2, help=say("进程数", "processes"))


# --- demo


def demo(arguments: argparse.Namespace) -> int:
    """The main job from end to end; what is there already is kept, unless --fresh."""
    ground.start()
    from django.conf import settings

    data = Path(settings.DATA)
    with alone(data / "demo.lock", "bangfu demo"):
        if arguments.fresh:
            begin_anew(data)
        ground.open_database()
        from bangfu.demo.build import build

        bar = Progress(say("演示台账", "demonstration"))
        made = build(data / "demo", lambda _name, done, of: bar(done, of))
        bar.done()
        answer = {"programme": made.programme.slug, "files": dict(made.counts), **report_and_check(made, quiet=arguments.json)}
    if arguments.json:
        emit(answer)
    else:
        tell_accounts()
    return 0 if arguments.no_serve else serve(arguments)


def report_and_check(made: Demonstration, *, quiet: bool) -> dict[str, Any]:
    """What came in, the report as Word and page, and the article's verdicts: printed unless `quiet`, and given as JSON values."""
    from bangfu.cli.intake import Outcome, add_up
    from bangfu.cli.numbers import show_checked
    from bangfu.demo.cast import BEGIN, DATELINE
    from bangfu.office import checking, documents
    from bangfu.office.books import Books
    from bangfu.office.reports import docx, html, issue

    if not quiet:
        add_up(Outcome(list(made.counts)), dry=False)
    outline = issue.known_outlines()["annual"]
    composed = issue.report(Books(made.programme), outline, (BEGIN, DATELINE + timedelta(days=1)))
    word, page = made.folder / "report.docx", made.folder / "report.html"
    word.write_bytes(docx.write(composed))
    page.write_text(html.write(composed), encoding="utf-8")
    checked = checking.check(made.programme, documents.open(made.article), earlier=False)
    if not quiet:
        print(say(f"\n报告：{word}\n　　　{page}", f"\nThe report: {word}\n            {page}"))
        print(say(f"\n核对文章：{made.article}", f"\nThe article checked: {made.article}"))
        show_checked(checked)
    return {"report": [str(word), str(page)], "article": str(made.article), "check": checking.as_json(checked)}


def tell_accounts() -> None:
    from bangfu.demo.build import ACCOUNTS, PASSWORD

    names = "、".join(f"{name}（{word}）" for name, word in ACCOUNTS.items())
    print(
        say(
            f"\n演示账号：{names}，密码都是 {PASSWORD}",
            f"\nDemonstration accounts: {', '.join(ACCOUNTS)}; the password of each is {PASSWORD}",
        )
    )


def begin_anew(data: Path) -> None:
    """Empty the data folder of a demonstration. Raises Stop where it holds anything that is not one."""
    from django.db import connection, connections

    known, _, missing = ground.migrations()
    if known and not missing:
        from bangfu.ledger.models import Programme

        others = list(Programme.objects.filter(demonstration=False).values_list("name", flat=True)[:3])
        if others:
            names = "、".join(others)
            raise Stop(
                f"数据文件夹里有正式项目（{names}），--fresh 不会删除它：请用 BANGFU_DATA 另指一个文件夹。",
                f"The data folder holds a programme that is no demonstration ({names}); --fresh will not delete it: point BANGFU_DATA elsewhere.",
            )
    elif known:
        raise Stop(
            "数据库是旧版本的，看不出里面有什么，没有删除。",
            "The database is of an older version; what is in it cannot be told, so it was not deleted.",
        )
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        connections.close_all()
        for suffix in ("", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    for folder in ("files", "demo"):
        shutil.rmtree(data / folder, ignore_errors=True)


# --- serve


def serve(arguments: argparse.Namespace) -> int:
    if arguments.host not in {"127.0.0.1", "localhost", "::1"} and not os.environ.get("BANGFU_HOSTS"):
        os.environ["BANGFU_HOSTS"] = ",".join(["localhost", "127.0.0.1", "[::1]", socket.gethostname(), *own_addresses()])
    ground.open_database()
    from django.conf import settings
    from django.db import connections

    from bangfu.web.pages.accounts import first_token

    address = f"http://{'127.0.0.1' if arguments.host == '0.0.0.0' else arguments.host}:{arguments.port}"  # noqa: S104 - compared, not bound
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    with alone(Path(settings.DATA) / "serve.lock", address):
        check_port(arguments.host, arguments.port)
        first = first_token()
        connections.close_all()  # the workers open their own
        greet = threading.Thread(target=when_ready, args=(arguments, address, first), daemon=True)
        greet.start()
        run_server(arguments)
    return 0


def run_server(arguments: argparse.Namespace) -> None:
    """Until somebody stops it; what is under way is finished first."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LOGGING_CONFIG, LogLevels

    usual: dict[str, Any] = LOGGING_CONFIG
    handlers = {name: handler | {"stream": "ext://sys.stderr"} for name, handler in usual["handlers"].items()}

    Granian(
        "bangfu.web.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=arguments.workers,
        blocking_threads=4,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig={"handlers": handlers},
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


def when_ready(arguments: argparse.Namespace, address: str, first: str | None) -> None:
    """Say where the pages are once they answer; `first` is the token with which the first account is made, where there is none yet."""
    begin = f"{address}/first/?token={first}" if first else None
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", arguments.port), timeout=1):
            break
        time.sleep(0.1)
    if arguments.json:
        emit({"address": address, "first_account": begin})
        return
    note(say(f"网页已打开：{address}  （按 Ctrl+C 停止）", f"The pages are open at {address}  (Ctrl+C stops them)"))
    if begin:
        note(say(f"还没有账号：请打开 {begin} 建第一个账号。", f"There is no account yet: make the first one at {begin}"))


def check_port(host: str, port: int) -> None:
    """Raises Stop where somebody else listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Stop(
                f"端口 {port} 需要管理员权限：请用 --port 8000。",
                f"Port {port} is for the administrator only: choose another with --port 8000.",
            ) from None
        except OSError as error:
            raise Stop(
                f"端口 {host}:{port} 用不了（{error.strerror}）：请用 --port 另选一个。",
                f"Port {port} of {host} cannot be had ({error.strerror}): choose another with --port.",
            ) from None
        except OverflowError:
            raise Stop(f"没有端口 {port}：请选 1–65535。", f"There is no port {port}: choose one from 1 to 65535.") from None


def own_addresses() -> list[str]:
    with contextlib.suppress(OSError):
        return sorted({str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)})
    return []


@contextlib.contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Hold the lock of the data folder; the system lets go of it when the process ends, however it ends. Raises Stop where it is held."""
    with path.open("a+", encoding="utf-8") as file:
        if not seize(file.fileno()):
            file.seek(0)
            told = file.read().strip() if os.name != "nt" else ""  # Windows locks the content too
            raise Stop(
                f"这个数据文件夹已有一个服务在运行（{told or path.parent}）：请用它，或先停掉它。",
                f"A server already runs on this data folder ({told or path.parent}): use that one, or stop it first.",
            )
        file.truncate(0)
        file.write(f"{what} pid {os.getpid()}\n")
        file.flush()
        yield


def seize(descriptor: int) -> bool:
    """Take the system's lock of an open file without waiting; whether that worked."""
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# --- upgrade


def upgrade(arguments: argparse.Namespace) -> int:
    ground.start()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import DatabaseError

    known, unknown, missing = ground.migrations()
    if unknown:
        ground.open_database()  # says what is wrong
    answer: dict[str, Any] = {"steps": missing, "copy": None}
    if known and missing:
        place = settings.DATABASES["default"]
        if place["ENGINE"].endswith("sqlite3"):
            answer["copy"] = str(copy_aside(Path(place["NAME"])))
        else:
            note(
                say(
                    "PostgreSQL 不自动留副本：升级在一个事务里，失败即还原。", "No copy is made of PostgreSQL: a step that fails is undone."
                )
            )
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        kept = say(f"；升级前的副本在 {answer['copy']}", f"; as it was before it is kept as {answer['copy']}") if answer["copy"] else ""
        raise Stop(f"升级没有成功（{error}）{kept}。", f"The upgrade did not succeed ({error}){kept}.") from None
    if arguments.json:
        emit(answer)
    elif missing:
        kept = say(f"，副本在 {answer['copy']}", f"; the copy is {answer['copy']}") if answer["copy"] else ""
        print(say(f"已升级 {len(missing)} 步{kept}", f"{len(missing)} steps done{kept}"))
    else:
        print(say("数据库已是本版本。", "The database is up to date."))
    return 0


def copy_aside(database: Path) -> Path:
    """A whole copy of an SQLite database beside it, safe while others read and write."""
    copy = database.with_name(f"{database.stem}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.sqlite3")
    with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


# --- backup and restore


def backup(arguments: argparse.Namespace) -> int:
    ground.open_database()
    from bangfu.ledger import backup as whole
    from bangfu.ledger.crypt import key_file

    path = Path(arguments.file)
    if path.exists():
        raise Stop(f"{path} 已存在，请另取名字。", f"{path} is there already: choose another name.")
    bar = Progress(say("备份", "backup"))
    made = whole.write(path, key=arguments.with_key, progress=bar)
    bar.done()
    told_of(made, path, arguments)
    if not arguments.with_key:
        note(
            say(
                f"密钥不在备份里：请把 {key_file()} 另存一处，丢了就打不开个人信息。",
                f"The key is not in it: keep a copy of {key_file()} elsewhere; without it personal data stay closed.",
            )
        )
    return 0


def restore(arguments: argparse.Namespace) -> int:
    path = ground.readable(arguments.file)
    ground.open_database()
    from bangfu.ledger import backup as whole
    from bangfu.ledger.crypt import key_file

    bar = Progress(say("恢复", "restore"))
    try:
        made = whole.restore(path, bar)
    except whole.BackupRefused as refused:
        raise Stop(refused.why.zh, refused.why.en) from None
    bar.done()
    told_of(made, path, arguments)
    if not made.opens:
        note(
            say(
                f"个人信息还打不开：请把原来的密钥文件放到 {key_file()}。",
                f"Personal data do not open yet: put the former key file at {key_file()}.",
            )
        )
        return 1
    return 0


def told_of(made: Backup, path: Path, arguments: argparse.Namespace) -> None:
    """What is in the backup: rows, files, and how many figures were compared."""
    count = sum(made.tables.values())
    if arguments.json:
        answer = {
            "file": str(path),
            "made": made.made,
            "rows": count,
            "files": made.files,
            "figures": made.figures,
            "key": made.key,
            "opens": made.opens,
        }
        emit(answer)
        return
    print(
        say(
            f"{path.name}：{count} 行，{made.files} 个文件，{made.figures} 项指标一致",
            f"{path.name}: {count} rows, {made.files} files, {made.figures} figures the same",
        )
    )


# --- keys


def keys(arguments: argparse.Namespace) -> int:
    """List the keys; with --renew, --reseal, --forget do that first, in this order."""
    ground.open_database()
    from django.conf import settings

    from bangfu.ledger import crypt
    from bangfu.ledger import keys as stored

    if arguments.renew:
        crypt.renew()
    if arguments.renew or arguments.reseal:
        bar = Progress(say("改用现用密钥", "sealing anew"))
        try:
            stored.reseal(bar)
        except (crypt.CannotDecrypt, crypt.FileDamaged) as error:
            raise Stop(
                f"{error}。已改的不受影响；处理后运行 bangfu keys --reseal 继续。",
                f"{error}. What was done stays done; mend this and go on with `bangfu keys --reseal`.",
            ) from None
        bar.done()
    known = stored.held()
    if arguments.forget:
        unused = [key.name for key in known if key.known and not key.current and not key.values + key.files]
        with alone(Path(settings.DATA) / "serve.lock", "bangfu keys"):  # a server may still seal with the key that it read
            crypt.forget(unused)
        known = [key for key in known if key.name not in unused]
    if arguments.json:
        shown = [{"key": k.name, "current": k.current, "in_file": k.known, "values": k.values, "files": k.files} for k in known]
        emit({"file": str(crypt.key_file()), "keys": shown})
    else:
        words = {True: say("现用", "current"), False: say("旧", "former")}
        rows = [(k.name, words[k.current] if k.known else say("密钥文件中没有", "not in the key file"), k.values, k.files) for k in known]
        table(rows, (say("密钥", "key"), say("状态", "state"), say("数据", "values"), say("文件", "files")), right=(2, 3))
    if arguments.renew or arguments.reseal or arguments.forget:
        note(
            say(
                f"请把 {crypt.key_file()} 重新另存一份：旧的副本打不开新数据。换密钥前的备份仍要旧密钥才能打开。",
                f"Copy {crypt.key_file()} anew: the old copy does not open new data. Backups made before still need the former key.",
            )
        )
    return 0 if all(k.known for k in known) else 1
