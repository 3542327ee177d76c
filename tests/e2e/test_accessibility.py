"""Every page for everybody: axe finds nothing, nothing sticks out of a narrow screen, the browser has no complaints."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState

from core.cli import Installation
from support.addresses import addresses, routes
from support.browsing import NARROW, Example, Open, faults, quiet, violations

FORMS = {
    "/inloggen": "Inloggen",
    "/wachtwoord": "Opslaan",
    "/register/nieuw": "Opslaan",
    "/register/VW-0001/beeindigen": "Beëindigen",
    "/woo/documenten/nieuw": "Opslaan",
    "/wmebv/producten/nieuw": "Opslaan",
    "/wmebv/producten/PD-0001/bericht": "Opslaan",
    "/wmebv/kanalen/nieuw": "Opslaan",
    "/koppelingen/PD-0001": "Toevoegen",
    "/beheer/lijsten/teams/": "Toevoegen",
}
"""Forms that refuse to be sent as they open, with the button that sends them."""
NOTHING_FOUND = ("/register/?zoek=qqzz", "/woo/documenten/?zoek=qqzz", "/wmebv/producten/?zoek=qqzz")
NARROW_TOO = ("/", "/register/", "/register/VW-0001/", "/register/nieuw", "/woo/", "/wmebv/producten/PD-0001/")


@pytest.fixture(scope="module")
def everything(browser: Browser, example: Example, state_of: Callable[[str], StorageState]) -> Iterator[Page]:
    """A browser of Els, who may see and do everything."""
    context = browser.new_context(base_url=example.app, storage_state=state_of("els"), locale="nl-NL")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def outside(browser: Browser, example: Example) -> Iterator[Page]:
    """A browser on the published site."""
    context = browser.new_context(base_url=example.site, locale="nl-NL")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("route", routes())
def test_every_page_of_the_application_is_for_everybody(
    everything: Page, installation: Installation, route: str
) -> None:
    with installation.database.read(installation.organisation_id) as session:
        real = addresses(session, route)
    for address in real:
        with quiet(everything):
            answer = everything.goto(address)
            assert answer is not None
            assert (address, answer.status) == (address, 200)
            assert faults(everything) == []


@pytest.mark.parametrize("address", FORMS)
def test_a_form_with_errors_is_for_everybody(everything: Page, address: str) -> None:
    with quiet(everything):
        everything.goto(address)
        with everything.expect_navigation():
            everything.get_by_role("main").get_by_role("button", name=FORMS[address], exact=True).first.click()
        assert everything.locator("#foutmelding").is_visible()
        assert faults(everything) == []


@pytest.mark.parametrize("address", NOTHING_FOUND)
def test_an_empty_list_is_for_everybody_and_says_what_to_do(everything: Page, address: str) -> None:
    with quiet(everything):
        everything.goto(address)
        assert everything.locator(".ob-empty").inner_text().count(".") == 2
        assert faults(everything) == []


@pytest.mark.parametrize(("username", "address", "status"), [("els", "/bestaat-niet", 404), ("femke", "/beheer/", 403)])
def test_a_page_that_says_no_is_for_everybody(open_as: Open, username: str, address: str, status: int) -> None:
    page = open_as(username)
    answer = page.goto(address)
    assert answer is not None
    assert (answer.status, faults(page)) == (status, [])


@pytest.mark.parametrize("address", NARROW_TOO)
def test_axe_finds_nothing_on_a_narrow_screen_either(everything: Page, address: str) -> None:
    everything.set_viewport_size(NARROW)
    everything.goto(address)
    assert violations(everything) == []


def test_every_kind_of_public_page_is_for_everybody(outside: Page, example: Example) -> None:
    pages = one_of_each(example.directory / "site")
    assert (
        len(pages) >= 15
    )  # start, three registers with their lists and records, open data, accessibility, two refusals
    for address in pages:
        with quiet(outside):
            outside.goto(address)
            assert [f"{address}: {fault}" for fault in faults(outside)] == []


def one_of_each(site: Path) -> list[str]:
    """An address of every kind of page: the one with most text, for there is most to go wrong."""
    largest: dict[tuple[str, ...], Path] = {}
    for path in site.rglob("*.html"):
        parts = path.relative_to(site).parts
        if parts[:2] == ("woo", "documenten"):
            continue  # files of others
        # Names that say which kind of page it is stay; those of one record, value or version do not.
        kind = tuple("*" if place and part != "index.html" else part for place, part in enumerate(parts))
        if re.fullmatch(r"VW-[0-9]{4}", parts[1] if len(parts) > 1 else ""):
            kind = (*kind, "record")
        if parts[0] in {"verwerkingsregister", "woo"} and len(parts) > 2 and parts[1] in {"wijzigingen", "dossiers"}:
            kind = (*kind, parts[1])
        if kind not in largest or path.stat().st_size > largest[kind].stat().st_size:
            largest[kind] = path
    return sorted("/" + path.relative_to(site).as_posix().removesuffix("index.html") for path in largest.values())
