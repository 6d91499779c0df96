"""Who may see which page: the same questions asked of every page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.conftest import Office
from tests.web.conftest import text

READ = [
    ("overview", ()),
    ("ledger", ()),
    ("ledger_totals", ()),
    ("ledger_export", ()),
    ("ledger_form", ("training",)),
    ("entry", ("training",)),
    ("new", ()),
    ("new_entry", ("training",)),
    ("figures", ()),
    ("figures_export", ()),
    ("figure", ("direct_input",)),
    ("trace_export", ("direct_input",)),
    ("targets", ()),
    ("targets_export", ()),
    ("targets_edit", ()),
    ("flags", ()),
    ("assess", ()),
    ("assess_by", ("department_annual",)),
    ("assess_export", ("department_annual",)),
    ("findings", ()),
    ("findings_export", ()),
    ("intake", ()),
    ("templates", ()),
    ("template", ("training",)),
    ("reports", ()),
    ("renew", ()),
    ("check", ()),
    ("catalogue", ()),
    ("kind", ("training",)),
    ("search", ()),
    ("audit", ()),
    ("posting", (1,)),
    ("settings", ()),
]
WRITING = {"new", "new_entry", "intake", "renew"}
MANAGING = {"settings", "targets_edit"}
WHOLE = {"reports", "renew", "check", "audit"}
"""What speaks of the whole ledger is not for a liaison."""


def address(office: Office, ledger: dict[str, int], name: str, args: tuple[object, ...], slug: str = "") -> str:
    known = tuple(ledger[a] if name == "entry" and a in ledger else a for a in args)  # type: ignore[index]
    return reverse(name, args=(slug or office.programme.slug, *known))


@pytest.mark.parametrize(("name", "args"), READ)
def test_every_page_answers_everybody_as_it_should(
    office: Office,
    ledger: dict[str, int],
    clerk: Client,
    leader: Client,
    liaison: Client,
    stranger: Client,
    name: str,
    args: tuple[object, ...],
) -> None:
    at = address(office, ledger, name, args)
    assert clerk.get(at).status_code == 200
    assert leader.get(at).status_code == (403 if name in WRITING | MANAGING else 200)
    assert liaison.get(at).status_code == (403 if name in WHOLE | MANAGING else 200)
    assert stranger.get(at).status_code == 404
    assert Client().get(at)["Location"].startswith("/sign-in/?next=")
    assert clerk.delete(at).status_code == 405
    assert clerk.get(address(office, ledger, name, args, slug="nowhere")).status_code == 404


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("entry", (999999,)),
        ("amend", (999999,)),
        ("void", (999999,)),
        ("source", (999999,)),
        ("new_entry", ("nothing",)),
        ("figure", ("nothing",)),
        ("kind", ("nothing",)),
        ("template", ("nothing",)),
        ("posting", (99999,)),
        ("preview", (99999,)),
        ("batch", (99999,)),
        ("review", (99999,)),
        ("claim", (99999, 0)),
        ("kept_report", (99999,)),
    ],
)
def test_what_is_not_there_is_a_clear_page(office: Office, clerk: Client, name: str, args: tuple[object, ...]) -> None:
    answer = clerk.get(reverse(name, args=(office.programme.slug, *args)))
    assert answer.status_code == 404
    assert "没有这个页面" in text(answer)


@pytest.mark.parametrize("query", ["?after=x", "?after=1~2~3~4", "?kind=nothing", "?after=2019-99-99~5"])
def test_an_address_that_was_tampered_with_is_a_404(office: Office, ledger: dict[str, int], clerk: Client, query: str) -> None:
    assert clerk.get(reverse("ledger", args=[office.programme.slug]) + query).status_code == 404


@pytest.mark.parametrize("query", ["?period=胡写", "?place=99999", "?unit=99999", "?place=abc", "?mark=999999", "?q=%00x"])
@pytest.mark.parametrize("name", ["overview", "ledger", "figures", "search"])
def test_a_filter_that_finds_nothing_is_no_fault(office: Office, ledger: dict[str, int], clerk: Client, name: str, query: str) -> None:
    assert clerk.get(reverse(name, args=[office.programme.slug]) + query).status_code == 200


def test_a_liaison_sees_the_own_unit_only(office: Office, ledger: dict[str, int], liaison: Client) -> None:
    """Of the trainings one is of the liaison's unit; of the payments one (3 万元)."""
    slug = office.programme.slug
    listed = text(liaison.get(reverse("ledger", args=[slug])))
    assert "养牛技术培训" in listed
    assert "村干部培训" not in listed
    everywhere = text(liaison.get(reverse("ledger", args=[slug]) + f"?unit={office.units['agro'].pk}"))
    assert "村干部培训" not in everywhere
    assert "30,000.00" in text(liaison.get(reverse("figure", args=[slug, "direct_input"])))
    assert "60,000.00" not in text(liaison.get(reverse("figure", args=[slug, "direct_input"])))


def test_a_liaison_gets_404_for_an_entry_of_another_unit(office: Office, ledger: dict[str, int], liaison: Client) -> None:
    from bangfu.ledger.models import Entry

    other = Entry.objects.get(programme=office.programme, title="村干部培训")
    for name in ("entry", "amend", "void"):
        assert liaison.get(reverse(name, args=[office.programme.slug, other.pk])).status_code == 404
