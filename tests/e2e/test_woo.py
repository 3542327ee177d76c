"""A document of the Woo coordinator: from upload to the site, and off it at once."""

from datetime import date

from playwright.sync_api import Page, expect

from support.browsing import Example, Open, export

TITLE = "Advies over de fietsenstalling “Zuid” & omgeving"
FILE = (
    b"<!doctype html><html lang='nl'><head><title>Advies</title></head><body><h1>Bouw een stalling</h1></body></html>"
)


def test_a_document_is_published_read_and_taken_back(open_as: Open, resident: Page, example: Example) -> None:
    carla = open_as("carla")
    carla.goto("/woo/")
    carla.get_by_role("link", name="Nieuw document").click()
    carla.get_by_label("Titel", exact=True).fill(TITLE)
    carla.get_by_label("Informatiecategorie").select_option("010")
    carla.get_by_label("Titel van een nieuw dossier").fill("Fietsen in Zuid")
    carla.get_by_label("Bestand").set_input_files(
        {"name": "advies.html", "mimeType": "text/html", "buffer": FILE},
    )
    carla.get_by_label("Datum ontvangen").fill(date.today().isoformat())  # noqa: DTZ011 - what a person here would type
    carla.get_by_text("Documentsoort", exact=True).click()
    carla.get_by_label("advies", exact=True).check()
    carla.get_by_role("button", name="Opslaan").click()
    expect(carla.get_by_role("heading", level=1)).to_have_text(TITLE)
    carla.get_by_role("button", name="Publiceren", exact=True).click()
    expect(carla.get_by_role("status")).to_have_text("Gepubliceerd. De volgende export zet dit op de website.")
    document = carla.url.split("?")[0]
    export(carla)

    resident.goto("/woo/")
    resident.get_by_role("link", name="Adviezen", exact=True).click()
    link = resident.get_by_role("link", name=TITLE)
    file = f"{example.site}{link.get_attribute('href')}"
    shown = resident.goto(file)
    assert shown is not None
    assert (shown.status, shown.body()) == (200, FILE)
    assert "sandbox" in shown.headers["content-security-policy"]

    carla.goto(document)
    carla.get_by_role("link", name="Intrekken").click()
    carla.get_by_label("correctie privacygevoelige gegevens").check()
    carla.get_by_role("button", name="Intrekken").click()
    expect(carla.get_by_role("status")).to_have_text("Ingetrokken. Het bestand is nu van de website gehaald.")
    gone = resident.goto(file)  # at once, before any export
    assert gone is not None
    assert gone.status == 410
    expect(resident.get_by_role("heading", level=1)).to_have_text("Dit document is ingetrokken")
    assert list((example.directory / "documenten").rglob("*fietsenstalling*")) == []
