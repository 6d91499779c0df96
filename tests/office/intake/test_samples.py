"""The sample ledgers against what a careful clerk reads out of them (issue: row recall and precision 0.99, fields 0.98, errors 0.95)."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from bangfu.office.intake.preview import dry_run
from bangfu.office.intake.registers import Registers
from bangfu.office.intake.words import Vocabulary

pytestmark = pytest.mark.samples


def scorer(samples: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score_ledgers", samples / "score_ledgers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_gold_is_met(samples: Path, words: Vocabulary) -> None:
    folder = samples / "ledgers"
    pool = Registers.from_json(json.loads((folder / "registers.json").read_text(encoding="utf-8")))
    score = scorer(samples)
    golds = score.load_dir(str(folder), gold=True)
    found = {name: dry_run(folder / name, pool, words.catalogue, words=words) for name in golds}
    totals, fields, *_ = score.score(golds, found)
    metrics = score.metrics(totals, fields)
    assert metrics["row_recall"] >= 0.99
    assert metrics["row_precision"] >= 0.99
    assert metrics["field_accuracy"] >= 0.98
    assert metrics["error_recall"] >= 0.95
    assert metrics["false_errors"] <= 10
