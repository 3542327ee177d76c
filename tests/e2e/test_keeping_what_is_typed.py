"""What somebody types is never lost: a log-in that expires, a connection that goes, a colleague who saves first."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import update
from sqlmodel import select

from core import clock
from core.accounts.models import LoginSession, RoleCode, User
from core.accounts.services import add_user
from core.audit import COMMAND_LINE
from core.cli import Installation
from support.browsing import WIDE, Example, Open, faults

PASSWORD = "een lang wachtwoord"
PEOPLE = ("gerda", "henk")
"""Nobody of the other journeys: a log-in that expires, and drafts, would be theirs too."""


@pytest.fixture(scope="module", autouse=True)
def _people(installation: Installation) -> None:
    with installation.database.write(None) as session:
        for username in PEOPLE:
            add_user(
                session,
                username=username,
                name=username.capitalize(),
                password=PASSWORD,
                roles=tuple(RoleCode),
                organisation_id=installation.organisation_id,
                actor=COMMAND_LINE,
                must_change_password=False,
            )


def log_in(page: Page, username: str) -> None:
    page.get_by_label("Gebruikersnaam").fill(username)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()


@pytest.fixture
def gerda(open_as: Open) -> Page:
    page = open_as(None)
    page.goto("/inloggen")
    log_in(page, "gerda")
    expect(page.locator(".ob-user__name")).to_contain_text("Gerda")
    return page


@pytest.fixture
def henk(open_as: Open) -> Page:
    page = open_as(None)
    page.goto("/inloggen")
    log_in(page, "henk")
    expect(page.locator(".ob-user__name")).to_contain_text("Henk")
    return page


def field(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.locator(f'[id="veld-{name}"]')


def expire(installation: Installation, username: str) -> None:
    """The log-ins of this person began thirteen hours ago."""
    moment = clock.now() - timedelta(hours=13)
    with installation.database.write(None) as session:
        user_id = session.exec(select(User.id).where(User.username == username)).one()
        change = update(LoginSession).where(LoginSession.user_id == user_id)
        session.exec(change.values(created_at=moment, seen_at=moment))


def everything_about(page: Page) -> list[str]:
    """What is wrong with the page, wide and narrow; the window is wide again afterwards."""
    found = faults(page)
    page.set_viewport_size(WIDE)
    return found


def test_a_log_in_that_expires_costs_no_text(gerda: Page, installation: Installation) -> None:
    gerda.goto("/register/nieuw")
    field(gerda, "name").fill("Standplaats op de markt")
    field(gerda, "explanation").fill("Wij verdelen de plekken op de markt.")
    expire(installation, "gerda")
    gerda.get_by_role("button", name="Opslaan").first.click()
    expect(gerda.get_by_role("main")).to_contain_text("Wat u typte, is bewaard.")
    assert everything_about(gerda) == []
    log_in(gerda, "gerda")
    expect(gerda.get_by_role("heading", level=1)).to_have_text("Nieuwe verwerking")
    expect(gerda.get_by_role("main")).to_contain_text("U was hier bezig op")
    expect(field(gerda, "name")).to_have_value("Standplaats op de markt")
    expect(field(gerda, "explanation")).to_have_value("Wij verdelen de plekken op de markt.")
    assert everything_about(gerda) == []
    gerda.get_by_role("button", name="Opslaan").first.click()
    expect(gerda.get_by_role("main")).to_contain_text("Opgeslagen.")
    expect(field(gerda, "explanation")).to_have_value("Wij verdelen de plekken op de markt.")
    gerda.goto("/niet-opgeslagen/")
    expect(gerda.get_by_role("main")).to_contain_text("Alles wat u typte, is opgeslagen.")


def test_the_script_keeps_what_is_typed_and_says_so(gerda: Page, installation: Installation) -> None:
    gerda.goto("/wmebv/kanalen/nieuw")
    field(gerda, "name").fill("Balie op zaterdag")
    expect(gerda.locator(".ob-draft-status")).to_contain_text("Uw tekst is bewaard om")
    assert everything_about(gerda) == []
    field(gerda, "note").fill("Dit typte ik vlak voor ik wegging.")
    gerda.goto("/")  # without a question, and without waiting
    gerda.goto("/wmebv/kanalen/nieuw")
    expect(field(gerda, "name")).to_have_value("Balie op zaterdag")
    expect(field(gerda, "note")).to_have_value("Dit typte ik vlak voor ik wegging.")

    gerda.goto("/")
    expect(gerda.get_by_role("main")).to_contain_text("Kanaal: Balie op zaterdag")
    assert everything_about(gerda) == []
    gerda.goto("/niet-opgeslagen/")
    assert everything_about(gerda) == []
    gerda.get_by_role("link", name="lees").click()
    expect(gerda.get_by_role("main")).to_contain_text("Dit typte ik vlak voor ik wegging.")
    assert everything_about(gerda) == []

    gerda.goto("/wmebv/kanalen/nieuw")
    expire(installation, "gerda")
    field(gerda, "note").fill("En dit daarna.")
    expect(gerda.locator(".ob-draft-status")).to_contain_text("Kies Opslaan om opnieuw in te loggen.")
    gerda.get_by_role("button", name="Opslaan").click()
    log_in(gerda, "gerda")
    expect(field(gerda, "note")).to_have_value("En dit daarna.")
    gerda.get_by_role("button", name="Begin opnieuw met een leeg formulier").click()
    expect(field(gerda, "name")).to_have_value("")


def test_who_types_before_the_script_is_there_keeps_it_too(gerda: Page) -> None:
    held: list[Route] = []
    gerda.route("**/bewaren*.js", lambda route: held.append(route), times=1)  # noqa: PLW0108 it refuses a builtin
    gerda.goto("/wmebv/kanalen/nieuw", wait_until="commit")
    field(gerda, "name").fill("Sneller dan het script")
    assert len(held) == 1
    held[0].continue_()
    expect(gerda.locator(".ob-draft-status")).to_contain_text("Uw tekst is bewaard om")
    gerda.goto("/wmebv/kanalen/nieuw")
    expect(field(gerda, "name")).to_have_value("Sneller dan het script")
    gerda.get_by_role("button", name="Begin opnieuw met een leeg formulier").click()
    expect(field(gerda, "name")).to_have_value("")


def test_a_form_that_nobody_touched_is_not_kept(gerda: Page) -> None:
    sent: list[str] = []
    gerda.on("request", lambda request: sent.append(request.url))
    for address in ("/wmebv/kanalen/nieuw", "/register/VW-0003/bewerken/herkenning", "/register/VW-0003/bewerken"):
        gerda.goto(address)
        expect(gerda.locator(".ob-draft-status").first).to_be_attached()
        gerda.goto("/")  # who leaves sends what is left
    assert [url for url in sent if "/niet-opgeslagen/bewaren" in url] == []


def test_a_lost_connection_is_told_and_mended(browser: Browser, example: Example) -> None:
    gerda = browser.new_page(base_url=example.app)  # one that may complain: about the connection
    gerda.goto("/wmebv/kanalen/nieuw")
    log_in(gerda, "gerda")
    expect(field(gerda, "name")).to_be_editable()  # only then is it this page whose connection goes
    gerda.route("**/niet-opgeslagen/bewaren*", lambda route: route.abort("internetdisconnected"))
    field(gerda, "name").fill("Zonder verbinding getypt")
    expect(gerda.locator(".ob-draft-status")).to_contain_text("Geen verbinding. Laat deze pagina open")
    gerda.unroute("**/niet-opgeslagen/bewaren*")
    status = gerda.locator(".ob-draft-status")
    expect(status).to_contain_text("Uw tekst is bewaard om", timeout=60_000)  # by itself, after a pause
    gerda.goto("/wmebv/kanalen/nieuw")
    expect(field(gerda, "name")).to_have_value("Zonder verbinding getypt")
    gerda.get_by_role("button", name="Begin opnieuw met een leeg formulier").click()
    expect(field(gerda, "name")).to_have_value("")
    gerda.close()


def test_two_people_in_one_record_put_their_texts_together(gerda: Page, henk: Page, example: Example) -> None:
    address = "/register/VW-0003/bewerken/herkenning"
    gerda.goto(address)
    henk.goto(address)
    field(henk, "remarks").fill("Henk: bel eerst de leverancier.\nEn noteer het antwoord.")
    field(henk, "process_owner").fill("Teamleider Publiekszaken")
    henk.get_by_role("button", name="Opslaan").first.click()
    expect(henk.get_by_role("main")).to_contain_text("Opgeslagen.")

    field(gerda, "remarks").fill("Gerda: " + "de overeenkomst moet dit jaar opnieuw. " * 12)
    field(gerda, "contacts").fill("postbus Burgerzaken")
    gerda.get_by_role("button", name="Opslaan").first.click()
    expect(gerda.get_by_role("heading", level=1)).to_have_text("Iemand anders was u voor")
    assert everything_about(gerda) == []
    gerda.get_by_role("button", name="Opslaan").click()
    expect(gerda.get_by_role("main")).to_contain_text("U heeft nog niet overal gekozen")
    assert everything_about(gerda) == []
    gerda.get_by_role("group", name="Opmerkingen (intern)").get_by_label("Tekst van Henk").check()
    gerda.get_by_role("button", name="Opslaan").click()
    expect(gerda.get_by_role("main")).to_contain_text("Opgeslagen.")
    gerda.goto("/register/VW-0003/")
    for text in ("Henk: bel eerst de leverancier.", "Teamleider Publiekszaken", "postbus Burgerzaken"):
        expect(gerda.get_by_role("main")).to_contain_text(text)
    expect(gerda.get_by_role("main")).not_to_contain_text("Gerda: de overeenkomst")
    assert example.app in gerda.url
