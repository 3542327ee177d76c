"""The Wmebv coordinator answers what the law asks, and sees at once what it comes to."""

import re

from playwright.sync_api import expect

from support.browsing import Open

ALT_V = {
    "type": "keyDown",
    "modifiers": 1,
    "key": "v",
    "code": "KeyV",
    "windowsVirtualKeyCode": 86,
    "unmodifiedText": "v",
    "text": "v",
}
"""As a keyboard sends it; Playwright's own leaves out the text, by which a browser finds an access key."""


PASTE = """(text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_an_answer_changes_the_verdict_on_a_message(open_as: Open) -> None:
    page = open_as("daan")
    page.goto("/wmebv/producten/?zoek=grafuitgifte")
    page.get_by_role("link", name="Grafuitgifte").click()
    page.locator("table", has_text="Berichten over dit product").get_by_role("rowheader").first.get_by_role(
        "link"
    ).click()
    question = page.get_by_role("group", name=re.compile("^W04 "))
    expect(question.locator(".ob-badge")).to_have_text("Ontbreekt")
    before = score(page.get_by_role("main").inner_text())

    question.get_by_label("Ja", exact=True).check()
    question.get_by_label("Adres van het bewijs").fill("https://openboek.example/balie")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Opgeslagen.")
    expect(question.locator(".ob-badge")).to_have_text("In orde")
    expect(question.get_by_label("Adres van het bewijs")).to_have_value("https://openboek.example/balie")
    assert score(page.get_by_role("main").inner_text()) > before


def test_message_after_message_without_a_mouse(open_as: Open) -> None:
    page = open_as("daan")
    page.goto("/wmebv/producten/PD-0114/")
    page.locator("table", has_text="Berichten over dit product").get_by_role("link").first.press("Enter")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("Aanvraag: Grafuitgifte")
    page.get_by_role("group", name=re.compile("^W04 ")).get_by_label("Nog niet beantwoord").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")  # ja, deels, nee
    with page.expect_navigation():
        page.context.new_cdp_session(page).send("Input.dispatchKeyEvent", ALT_V)
    expect(page.get_by_role("status")).to_have_text("Opgeslagen.")
    expect(title).not_to_have_text("Aanvraag: Grafuitgifte")
    page.keyboard.press("Tab")  # the menus are behind us
    assert page.evaluate("document.activeElement.closest('main') !== null")

    page.goto("/wmebv/producten/PD-0114/")
    page.locator("table", has_text="Berichten over dit product").get_by_role("link").first.press("Enter")
    expect(page.get_by_role("group", name=re.compile("^W04 ")).get_by_label("Nee")).to_be_checked()


def test_the_grid_with_arrow_keys_and_a_block_from_a_spreadsheet(open_as: Open) -> None:
    page = open_as("daan")
    page.goto("/wmebv/raster/aan-de-gemeente/?zoek=grafuitgifte")
    page.locator("#veld-rows-0-W04").focus()
    for key, there in (("ArrowDown", "rows-1-W04"), ("ArrowRight", "rows-1-W05"), ("ArrowUp", "rows-0-W05")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.name") == there
    page.keyboard.press("Delete")
    with page.expect_navigation():
        page.evaluate(PASTE, "Ja, met een brief\tmisschien\nn\t1\n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Klopt dit?")
    expect(page.locator("tbody tr")).to_have_count(4)
    page.get_by_label("Neem W09 over bij Aanvulling").uncheck()
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#veld-rows-0-W05")).to_have_value("j")
    expect(page.locator("#veld-rows-0-W09")).to_have_value("?")
    expect(page.locator("#veld-rows-1-W05")).to_have_value("n")
    expect(page.locator("#veld-rows-1-W09")).to_have_value("")


def score(text: str) -> int:
    found = re.search(r"Score: ([0-9]+)%", text)
    assert found
    return int(found[1])
