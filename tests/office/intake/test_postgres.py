"""What only PostgreSQL can show: several at once."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.ledger import post
from bangfu.office.intake import earlier


@pytest.mark.postgres
def test_two_previews_may_catch_up_at_once(own_database: None) -> None:
    """Four entries that no import wrote; whoever looks first makes their signs, the others wait and find them made."""
    from threading import Thread

    from django.db import connection, connections

    from tests.conftest import build_office

    office = build_office()
    drafts = [
        post.Draft(
            "purchase",
            date(2020, 3, n),
            title="苹果",
            counts_to="direct_purchase",
            measures={"amount": 100},
            details={"invoice": f"F202000{n}"},
        )
        for n in range(1, 5)
    ]
    post.post(office.programme, drafts, by=office.clerk)
    failed: list[BaseException] = []

    def look() -> None:
        try:
            earlier.catch_up(office.programme)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT entry) FROM office_sign")
        assert cursor.fetchone() == (4, 4)
