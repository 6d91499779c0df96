"""The parser of all verbs, and the one place where what went wrong becomes a sentence and an exit status."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence

from bangfu import __version__
from bangfu.cli import intake, ledger, numbers, office, planning, running, thinking
from bangfu.cli.say import Stop, note, open_streams, say

WHY = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "这个磁盘只能读",
    errno.ENOSPC: "磁盘满了",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.ENAMETOOLONG: "文件名太长",
}
"""What the system says in English alone."""

MODULES = (running, office, intake, ledger, numbers, planning, thinking)


class Verbs:
    """The verbs as they are added: a name, a sentence in both languages, an example that can be typed as it stands."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True, title=say("命令", "verbs"))

    def add(self, name: str, zh: str, en: str, example: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        """A verb with `--json`; `run` gets the arguments and gives the exit status."""
        parser = self._parsers.add_parser(
            name,
            help=say(zh, en),
            description=f"{zh}\n{en}",
            epilog=f"{say('例', 'example')}:\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.add_argument(
            "--json", action="store_true", help=say("标准输出只有 JSON（UTF-8）", "the standard output carries JSON alone (UTF-8)")
        )
        parser.set_defaults(run=run)
        return parser


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="bangfu",
        description="帮扶 Bangfu: "
        + say("台账记一次，报表自动出，数字查得到，说法核得准。", "record once; every figure computed, traced and checked."),
        epilog=say(
            "数据都在一个文件夹里：BANGFU_DATA（默认是程序旁的 data/）。每个命令都有 --help 和例子。",
            "Everything lives in one folder: BANGFU_DATA (data/ beside the program). Every verb has --help with an example.",
        ),
    )
    whole.add_argument("--version", action="version", version=f"bangfu {__version__}")
    verbs = Verbs(whole)
    for module in MODULES:
        module.add(verbs)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb. Exit status 0: done; 1: done, and the answer is bad news; 2: it could not be done."""
    open_streams()
    try:
        asked = parser().parse_args(arguments)
        status: int = asked.run(asked)
        sys.stdout.flush()
    except Stop as stop:
        note(str(stop))
        return stop.status
    except KeyboardInterrupt:
        note(say("已中断。", "Interrupted."))
        return 130
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        why = error.strerror or str(error)
        told = WHY.get(error.errno or 0, why)
        where = f" {error.filename}" if error.filename else ""
        note(say(f"{told}：{where.strip() or '标准输出'}。请检查后重试。", f"{why}:{where or ' the output'}. Mend this and try again."))
        return 2
    except Exception as error:
        sentence = faulty_catalogue(error) or closed_data(error) or database_trouble(error)
        if sentence is None:
            raise
        note(sentence)
        return 2
    return status


def faulty_catalogue(error: Exception) -> str | None:
    """The faults of a catalogue that cannot be used, by file and key; None for anything else."""
    from bangfu.catalogue import CatalogueError

    if not isinstance(error, CatalogueError):
        return None
    listed = "\n  ".join(error.faults)
    return say(f"目录里有错误，请改好这些文件：\n  {listed}", f"The catalogue cannot be used; mend these files:\n  {listed}")


def closed_data(error: Exception) -> str | None:
    """The sentence for encrypted data whose key is not at hand; None for anything else."""
    if "bangfu.ledger.crypt" not in sys.modules:
        return None
    from bangfu.ledger.crypt import CannotDecrypt

    return f"{error}" if isinstance(error, CannotDecrypt) else None


def database_trouble(error: Exception) -> str | None:
    """The sentence for a database that cannot be reached, is locked or full; None for anything else, which is a fault of ours."""
    if "django.db" not in sys.modules:
        return None
    from django.conf import settings
    from django.db import DatabaseError, OperationalError

    if not isinstance(error, OperationalError) and type(error) is not DatabaseError:  # its other children are faults of ours
        return None
    why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    place = settings.DATABASES["default"]
    if "no such " in why or "syntax" in why:  # SQLite calls these operational too
        return None
    if "locked" in why:
        return say("数据库正被别的程序写着，请稍后再试。", "Another program is writing the database: try again in a moment.")
    if place["ENGINE"].endswith("sqlite3"):
        return say(
            f"数据库 {place['NAME']} 用不了（{why}）：请检查权限和磁盘空间。",
            f"The database {place['NAME']} cannot be used ({why}): check its rights and the free space.",
        )
    return say(
        f"连不上数据库 {place['HOST']}:{place['PORT']}/{place['NAME']}（{why}）：请检查 BANGFU_DATABASE 和服务器。",
        f"The database {place['HOST']}:{place['PORT']}/{place['NAME']} does not answer ({why}): check BANGFU_DATABASE and the server.",
    )
