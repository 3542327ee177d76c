"""Without a mouse, and on the first day."""

from playwright.sync_api import Locator, Page, expect

from support.browsing import Example, Open

UNSEEN = """() => {
    const element = document.activeElement, style = getComputedStyle(element);
    const isCalendarButton = element.type === "date" && !element.matches(":focus");  // inside the field, drawn by the browser
    return isCalendarButton || style.outlineStyle !== "none" || style.boxShadow !== "none" ? "" : element.outerHTML;
}"""
"""What has the focus without showing it; empty when all is well."""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, which must be visible on the way."""
    for _ in range(80):
        page.keyboard.press("Tab")
        unseen = page.evaluate(UNSEEN)
        assert unseen == ""
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError("out of reach of the keyboard")


def enter(page: Page) -> None:
    """Press Enter, and wait for the page that follows."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_whole_task_without_a_mouse(open_as: Open) -> None:
    page = open_as(None)
    page.goto("/register/")
    tab_to(page, page.get_by_label("Gebruikersnaam"))
    page.keyboard.type("aisha")
    page.keyboard.press("Tab")
    page.keyboard.type("een lang wachtwoord")
    enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Verwerkingsregister")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the link that skips the menu
    tab_to(page, page.get_by_role("searchbox"))
    page.keyboard.type("rijbewijs")
    enter(page)
    tab_to(page, page.get_by_role("link", name="Rijbewijs"))
    enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Rijbewijs")
    tab_to(page, page.get_by_role("link", name="Bewerken", exact=True))
    enter(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the menus
    tab_to(page, page.get_by_label("Opmerkingen (intern)"))
    page.keyboard.type("Zonder muis getypt.")
    page.keyboard.press("Shift+Tab")  # past why it is asked
    page.keyboard.press("Shift+Tab")  # Enter in a field of one line saves the form
    enter(page)
    expect(page.get_by_role("status")).to_have_text("Opgeslagen.")
    expect(page.get_by_role("main")).to_contain_text("Zonder muis getypt.")


def test_the_first_log_in_asks_for_a_password_of_ones_own(open_as: Open, example: Example) -> None:
    page = open_as(None)
    page.goto("/")
    page.get_by_label("Gebruikersnaam").fill("beheerder")
    page.get_by_label("Wachtwoord").fill(example.one_time_password)
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kies een nieuw wachtwoord")
    page.goto("/register/")  # there is no way around it
    expect(page.get_by_role("heading", level=1)).to_have_text("Kies een nieuw wachtwoord")

    page.get_by_label("Nieuw wachtwoord", exact=True).fill("mijn eigen lange zin")
    page.get_by_label("Nieuw wachtwoord, nog een keer").fill("mijn eigen lange zin")
    page.get_by_role("button", name="Opslaan").click()
    page.get_by_label("Gebruikersnaam").fill("beheerder")
    page.get_by_label("Wachtwoord").fill("mijn eigen lange zin")
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overzicht")
    page.get_by_role("button", name="Uitloggen").click()
    page.goto("/register/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")
