"""Pictures of every page, at 1280 and 360 px, from the demonstration: `python docs/screenshots.py [FOLDER]` after `bangfu demo --no-serve`.

Works on a copy of the data folder (BANGFU_DATA, else data/), so that the demonstration stays as it is. Needs a Chromium.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {1280: 1500, 360: 1700}
"""Width of the window → the greatest height of a picture."""
COLOURS = 160

CLERK = ("demo-clerk", "kan-kan-zhang-ben")
"""The demonstration's clerk (bangfu/demo/build.py)."""

Page = Any

PLAIN = {
    "overview": "",
    "ledger": "ledger/",
    "ledger-kind": "ledger/?kind=training&period=2015..2020",
    "figures": "figures/",
    "figure": "figures/direct_input/",
    "targets": "targets/",
    "targets-edit": "targets/edit/?period=2020",
    "assess": "assess/department_annual/?period=2020",
    "findings": "findings/",
    "new": "new/",
    "form": "new/training/",
    "intake": "intake/",
    "templates": "intake/templates/",
    "reports": "reports/",
    "report": "reports/view/?outline=annual&period=2015..2020",
    "renew": "reports/renew/",
    "check": "check/",
    "catalogue": "catalogue/",
    "kind": "catalogue/training/",
    "search": "search/?q=培训",
    "audit": "audit/",
    "posting": "audit/3/",
    "settings": "settings/",
}


@contextmanager
def served() -> Iterator[str]:
    """The pages on a copy of the data folder; gives their address."""
    data = Path(os.environ.get("BANGFU_DATA") or ROOT / "data")
    if not (data / "bangfu.sqlite3").exists():
        sys.exit(f"{data} holds no database: run `bangfu demo --no-serve` first")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "data"
        shutil.copytree(data, copy, ignore=shutil.ignore_patterns("*.lock"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = os.environ | {"BANGFU_DATA": str(copy)}
        server = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "bangfu", "serve", "--port", str(port), "--workers", "1"], env=environment, cwd=ROOT
        )
        try:
            for _ in range(600):
                if server.poll() is not None:
                    sys.exit("the server did not start; see above")
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            time.sleep(1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def take(page: Page, folder: Path, name: str) -> None:
    """The page as it is now, at both widths, with few colours (a picture stays below 150 kB)."""
    for width, highest in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(250)
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(640, min(height, highest))})
        page.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
        page.wait_for_timeout(450)
        file = folder / f"{name}-{width}.png"
        page.screenshot(path=file)
        with Image.open(file) as picture:
            few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(file, optimize=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        print(f"{file.name:28} {file.stat().st_size / 1024:6.0f} kB{'   STICKS OUT' if wide > 0 else ''}")


def workbook(path: Path) -> None:
    """A small ledger with the usual mess, to be previewed."""
    rows = [
        ["2020年培训台账", "", "", "", "", "", ""],
        ["序号", "培训班名称", "培训时间", "参训对象来源", "承办部门", "参训人数", "参训人次"],
        [1, "花椒栽培技术培训班", "2020年3月5日-8日", "德麦巴村", "食品工程系", 46, 138],
        [2, "村级财务人员培训班", "2020.4", "吉汝村", "财经系", "六十来人", 60],
        [3, "乡村旅游服务培训班", "5月3日—5月9日", "各尔沟村", "旅游管理系", "近50人", 200],
        [4, "牦牛养殖培训班", "2020-13-05", "日卡村", "畜牧系", 32, -32],
        [5, "电商运营培训班", "2020/6/12", "丹巴县", "信息技术系", 41, 82],
        ["", "合计", "", "", "", 179, 448],
    ]
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("2020年")
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()


def sign_in(page: Page, address: str) -> str:
    """Sign in as the demonstration's clerk; gives the address of its programme."""
    page.goto(f"{address}/sign-in/")
    page.fill("#f-username", CLERK[0])
    page.fill("#f-password", CLERK[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    return str(page.url).split("?")[0]


def walk(page: Page, address: str, folder: Path, scratch: Path) -> None:
    """Through every page, as an office would."""
    page.goto(f"{address}/sign-in/")
    take(page, folder, "sign-in")
    home = sign_in(page, address)
    for name, path in PLAIN.items():
        page.goto(home + path)
        page.wait_for_timeout(700)
        take(page, folder, name)

    page.goto(home + "ledger/?kind=payment")
    page.click("[data-row] a.title")
    take(page, folder, "entry")
    page.click("[data-edit-link]:visible")
    page.fill("#f-amount", "没定")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".is-wrong")
    take(page, folder, "amend")
    page.go_back()
    page.go_back()
    page.click("main >> text=作废")
    take(page, folder, "void")

    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(home + "check/")
    page.fill("#f-text", (ROOT / "bangfu" / "demo" / "article.txt").read_text(encoding="utf-8"))
    page.click("[data-primary]")
    page.wait_for_selector(".text mark")
    take(page, folder, "review")
    page.locator("mark.v-contradicted").first.click()
    page.wait_for_load_state()
    take(page, folder, "claim")

    file = scratch / "2020年培训台账.xlsx"
    workbook(file)
    page.goto(home + "intake/")
    page.set_input_files("#f-files", file)
    page.click("[data-primary]")
    page.wait_for_selector("#preview")
    take(page, folder, "preview")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click("[data-primary]")
    page.wait_for_url("**/result/")
    take(page, folder, "imported")
    page.click("main .acts a >> nth=0")
    take(page, folder, "batch")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click("main .btn-danger")
    take(page, folder, "take-back")

    page.goto(home + "reports/view/?outline=annual&period=2015..2019")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click("text=定稿留存")
    page.wait_for_load_state()
    take(page, folder, "kept-report")

    for name, path in {"programmes": "/programmes/", "help": "/help/", "password": "/password/", "not-found": "/p/nowhere/"}.items():
        page.goto(address + path)
        take(page, folder, name)
    page.goto(home)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click("text=English")
    page.wait_for_timeout(700)
    take(page, folder, "overview-en")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with served() as address, sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        page = browser.new_context(locale="zh-CN").new_page()
        page.on("console", lambda said: print("console:", said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: print("error:", error))
        walk(page, address, folder, Path(scratch))
        browser.close()


if __name__ == "__main__":
    main()
