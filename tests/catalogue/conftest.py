"""The catalogue that comes with Bangfu, loaded once."""

from __future__ import annotations

import pytest

from bangfu.catalogue import Catalogue, load


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()
