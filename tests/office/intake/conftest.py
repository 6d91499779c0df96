"""The words of the catalogue, once."""

from __future__ import annotations

import pytest

from bangfu.catalogue import load
from bangfu.office.intake.words import Vocabulary


@pytest.fixture(scope="session")
def words() -> Vocabulary:
    return Vocabulary(load())
