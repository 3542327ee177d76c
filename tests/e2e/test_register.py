"""The day of a privacy officer: from a first concept to the words a resident reads."""

from playwright.sync_api import Locator, Page, expect

from support.browsing import Example, Open, export

NEEDED = {
    "explanation": "U vraagt een plek op de kermis. Wij kijken of u die krijgt. U mag bezwaar maken.",
    "team": "Openbare Orde en Veiligheid",
    "process_owner": "Adviseur Veiligheid",
    "reviewed_on": "2026-06-01",
    "data_sets-0-data_subject": "Inwoners",
    "security": "Alleen medewerkers die de gegevens nodig hebben, kunnen erbij.",
    "retentions-0-text": "1 jaar na de kermis",
    "retentions-0-duration": "P1Y",
    "retentions-0-trigger": "na het einde van de kermis",
}
CHOSEN = {
    "domain": "fysieke-leefomgeving",
    "controller": "college",
    "scale": "<1000",
    "retentions-0-afterwards": "vernietigen",
    "automation": "nee",
    "dpia-status": "niet_nodig",
}


def field(page: Page, name: str) -> Locator:
    return page.locator(f'[id="veld-{name}"]')


def fill_in(page: Page, *names: str) -> None:
    for name in names:
        if name in CHOSEN:
            field(page, name).select_option(CHOSEN[name])
        else:
            field(page, name).fill(NEEDED[name])


def save(page: Page) -> None:
    page.get_by_role("button", name="Opslaan", exact=True).first.click()
    expect(page.get_by_role("main")).to_contain_text("Opgeslagen.")


def go_to(page: Page, part: str) -> None:
    """Another page of the form, through its menu."""
    page.get_by_role("navigation", name="Onderdelen").get_by_role("link", name=part).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(part)


def add_concept(page: Page, name: str) -> str:
    """A processing with a name only; gives its address."""
    page.goto("/register/nieuw")
    field(page, "name").fill(name)
    save(page)
    return page.url.split("bewerken")[0]


def fill_in_what_is_missing(page: Page) -> None:
    """From the page about transfers through all others that have something to do."""
    field(page, "transfers_outside_eea").locator("xpath=ancestor::fieldset[1]").get_by_label("Nee").check()
    save(page)
    go_to(page, "Herkenning en beheer")
    fill_in(page, "explanation", "team", "process_owner", "reviewed_on", "domain", "controller")
    page.locator('[name="publication"][value="ja"]').check()
    save(page)
    go_to(page, "Doel en grondslag")
    field(page, "purposes-0-laws-0-name").fill("Algemene plaatselijke verordening")
    field(page, "purposes-0-laws-0-article").fill("artikel 5:18")
    page.get_by_role("button", name="Opslaan en verder").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mensen en gegevens")
    fill_in(page, "data_sets-0-data_subject", "scale")
    field(page, "data_sets-0-from_the_person").check()
    page.locator("summary", has_text="Identiteit").first.click()
    page.locator('[name="data_sets-0-kinds"][value="naam"]').check()
    save(page)
    go_to(page, "Ontvangers en verwerkers")
    field(page, "no_recipients").check()
    save(page)
    go_to(page, "Bewaren")
    page.get_by_label("Zoek in de selectielijst").fill("11.1.2")
    page.get_by_role("button", name="Kies 11.1.2", exact=True).click()
    expect(field(page, "retentions-0-selection_list")).to_have_value("11.1.2")
    fill_in(page, "retentions-0-text", "retentions-0-duration", "retentions-0-trigger", "retentions-0-afterwards")
    save(page)
    go_to(page, "Beveiliging")
    fill_in(page, "security")
    save(page)
    go_to(page, "Besluiten door de computer")
    fill_in(page, "automation", "dpia-status")
    page.locator('[name="profiling"][value="nee"]').check()
    save(page)


def test_a_processing_goes_from_concept_to_the_words_that_a_resident_reads(
    open_as: Open, resident: Page, example: Example
) -> None:
    aisha, bram = open_as("aisha"), open_as("bram")

    # Two purposes, and no more than that: it can be kept, and the findings say what is missing and which article asks it.
    aisha.goto("/register/")
    aisha.get_by_role("link", name="Nieuwe verwerking").click()
    field(aisha, "name").fill("Kermis en standplaatsen")
    save(aisha)
    address = aisha.url.split("bewerken")[0]
    go_to(aisha, "Doel en grondslag")
    field(aisha, "purposes-0-text").fill("Plekken op de kermis verdelen.")
    aisha.locator('[name="purposes-0-legal_bases"][value="6-1-e"]').check()
    aisha.get_by_role("button", name="Nog een doel toevoegen").click()
    expect(field(aisha, "purposes-0-text")).to_have_value("Plekken op de kermis verdelen.")
    expect(field(aisha, "purposes-1-text")).to_be_focused()
    field(aisha, "purposes-1-text").fill("Rekeningen sturen voor de plek.")
    aisha.locator('[name="purposes-1-legal_bases"][value="6-1-b"]').check()
    expect(aisha.locator("#gevolg")).to_contain_text("Recht om bezwaar te maken")  # before anything is saved
    save(aisha)
    aisha.goto(address)
    expect(aisha.locator(".ob-title")).to_contain_text("Concept")
    missing = aisha.locator("tr", has_text="AVG-006")
    expect(missing).to_contain_text("Fout")
    expect(missing).to_contain_text("AVG art. 30 lid 1 onder e")

    # With errors nobody can establish it.
    bram.goto(address)
    bram.get_by_role("button", name="Vaststellen").click()
    expect(bram.get_by_role("alert")).to_contain_text("fouten")

    # A finding brings her to the field where it can be mended.
    missing.get_by_role("link", name="Geef aan of gegevens").click()
    assert aisha.url.endswith("#veld-transfers_outside_eea")
    fill_in_what_is_missing(aisha)
    aisha.goto(address)
    assert aisha.locator("tr", has_text="Fout").all_inner_texts() == []

    # A second person establishes; after the export by button it stands on the site, in the same words.
    bram.goto(address)
    bram.get_by_role("button", name="Vaststellen").click()
    expect(bram.locator("main")).to_contain_text("Vastgesteld. De volgende export zet dit op de website.")
    export(aisha)
    resident.goto("/")
    resident.get_by_label("Wat weet de gemeente over mij?").fill("kermis standplaatsen")
    resident.get_by_role("button", name="Zoek verwerking").click()
    expect(resident.locator("#zoek-uitkomst")).to_contain_text("1 verwerking gevonden.")
    resident.get_by_role("link", name="Kermis en standplaatsen").click()
    page = resident.get_by_role("main")
    expect(resident.get_by_role("heading", level=1)).to_have_text("Kermis en standplaatsen")
    for words in (
        NEEDED["explanation"],
        "Plekken op de kermis verdelen.",
        "Rekeningen sturen voor de plek.",
        "Algemene plaatselijke verordening, artikel 5:18",
        "1 jaar na de kermis",
    ):
        expect(page).to_contain_text(words)
    assert "Adviseur Veiligheid" not in page.inner_text()  # who it is inside the town hall stays there


def test_a_form_with_mistakes_says_what_to_do_and_keeps_every_word(open_as: Open) -> None:
    page = open_as("aisha")
    page.goto("/register/nieuw")
    field(page, "explanation").fill("Dit heb ik net uitgezocht.")
    field(page, "reviewed_on").evaluate("(field) => { field.type = 'text'; field.value = 'vorige week'; }")
    page.get_by_role("button", name="Opslaan").first.click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("listitem")).to_have_text(
        [
            "Vul in: 'Naam van de verwerking'.",
            "Vul bij 'Laatst gecontroleerd op' een datum in, zoals 21-11-2026.",
        ]
    )
    expect(field(page, "explanation")).to_have_value("Dit heb ik net uitgezocht.")
    expect(field(page, "reviewed_on")).to_have_value("vorige week")
    expect(field(page, "reviewed_on")).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link", name="Laatst gecontroleerd op").click()
    expect(field(page, "reviewed_on")).to_be_focused()


def test_rows_can_be_added_and_saved_without_javascript(open_as: Open) -> None:
    page = open_as("aisha", java_script_enabled=False)
    address = add_concept(page, "Speelgoedbank")
    go_to(page, "Doel en grondslag")
    field(page, "purposes-0-text").fill("Speelgoed uitlenen.")
    page.get_by_role("button", name="Nog een doel toevoegen").click()
    field(page, "purposes-1-text").fill("Speelgoed terugvragen.")
    page.get_by_role("button", name="Nog een wet toevoegen").last.click()
    field(page, "purposes-1-laws-0-name").fill("Gemeentewet")
    field(page, "purposes-1-laws-1-name").fill("Speelgoedverordening")
    page.get_by_role("button", name="Verwijder doel 1").click()
    expect(field(page, "purposes-0-text")).to_have_value("Speelgoed terugvragen.")
    save(page)
    go_to(page, "Bewaren")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Zoek een nummer in de selectielijst").click()
    found = opened.value
    found.get_by_label("Woord of nummer").fill("wmo voorziening")
    found.get_by_role("button", name="Zoek").click()
    expect(found.get_by_role("main")).to_contain_text("8.1.1")
    page.goto(address)
    main = page.get_by_role("main")
    expect(main).to_contain_text("Speelgoed terugvragen.")
    expect(main).to_contain_text("Gemeentewet")
    expect(main).to_contain_text("Speelgoedverordening")
    expect(main).not_to_contain_text("Speelgoed uitlenen.")
