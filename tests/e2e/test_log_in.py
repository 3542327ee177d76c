"""Somebody turns the second step on and logs in with it, in a real browser; every page on the way is for everybody."""

import pyotp
from playwright.sync_api import Browser

from core import audit, clock
from core.accounts.models import RoleCode
from core.accounts.services import add_user
from core.cli import Installation
from support.browsing import Example, faults

PASSWORD = "paarse olifant fluit"


def test_the_second_step_in_a_real_browser(browser: Browser, example: Example, installation: Installation) -> None:
    with installation.database.write(None) as session:
        add_user(
            session,
            username="ilse",
            name="Ilse",
            password=PASSWORD,
            roles=[RoleCode.READER],
            organisation_id=installation.organisation_id,
            actor=audit.COMMAND_LINE,
            must_change_password=False,
        )
    context = browser.new_context(base_url=example.app, locale="nl-NL")
    page = context.new_page()
    page.goto("/inloggen?terug=/account/")
    page.get_by_label("Gebruikersnaam").fill("ilse")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    assert (page.locator("h1").inner_text(), faults(page)) == ("Uw account", [])
    page.get_by_role("button", name="Tweede stap aanzetten").click()
    square = page.locator("main img")
    assert square.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    assert faults(page) == []
    app = pyotp.TOTP(page.locator("main code").inner_text().replace(" ", ""))
    page.get_by_label("Code uit de app").fill(app.at(clock.now()))
    page.get_by_role("button", name="Aanzetten").click()
    spare = page.locator("main code").all_inner_texts()
    assert (len(spare), faults(page)) == (10, [])
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    assert faults(page) == []
    page.get_by_role("button", name="Uitloggen").click()
    page.get_by_label("Gebruikersnaam").fill("ilse")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    assert faults(page) == []
    page.get_by_label("Code").fill(spare[0])
    page.get_by_role("button", name="Inloggen").click()
    assert page.locator(".ob-user__name").inner_text().endswith("Ilse")
    context.close()


def test_a_link_that_does_not_work_is_a_page_for_everybody(browser: Browser, example: Example) -> None:
    context = browser.new_context(base_url=example.app, locale="nl-NL")
    page = context.new_page()
    page.goto("/uitnodiging/verzonnen")
    assert ("Deze link klopt niet." in page.locator("main").inner_text(), faults(page)) == (True, [])
    context.close()
