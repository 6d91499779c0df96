"""`python -m bangfu.demo FOLDER` writes the workbooks, the set-up and the article of the demonstration into a folder."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from bangfu.demo import article, workbooks
from bangfu.demo.cast import registers


def main(arguments: list[str]) -> int:
    """Write into the folder named; 2 where none is named."""
    if len(arguments) != 1:
        print("用法：python -m bangfu.demo 文件夹　(usage: python -m bangfu.demo FOLDER)", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    for path in workbooks(folder):
        print(path)
    setup = folder / "registers.json"
    setup.write_text(json.dumps(registers(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(setup)
    print(shutil.copy(article(), folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
