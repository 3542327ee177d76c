"""The page of the check before publishing: what a person sees there, says and decides, alone and as the second one."""

from typing import Any

import pytest
from lxml import html
from sqlmodel import Session, select

from core import clock
from core.audit import AuditEvent
from core.db import Database
from core.folder import Folder
from core.organisations import Organisation
from support import woo_documents as make
from support.pages import Visit
from woo import files, lists, public, services
from woo.content import DocumentState
from woo.models import Document
from woo.services import inspecting

REASON = "Het nummer is verzonnen."
BSN, NAME = "Het BSN is 111222333.", "Aanwezig was mevrouw K. Bakker."


def page(*lines: str) -> bytes:
    told = "".join(f"<p>{line}</p>" for line in lines)
    return f'<!doctype html><html lang="nl"><head><title>Besluit</title></head><body>{told}</body></html>'.encode()


def add(session: Session, folder: Folder, *lines: str) -> Document:
    file = make.store(folder, page(*lines), "besluit.html")
    content = make.content(adopted_on=clock.today())
    return services.add_document(session, make.dossier(session), content, file, actor=make.AISHA)


@pytest.fixture
def document(database: Database, organisation: Organisation, folder: Folder) -> Document:
    """A concept with a BSN and a name in it, that the worker has looked at."""
    with database.write(organisation.id) as session:
        made = add(session, folder, BSN, NAME)
        inspecting.keep(session, inspecting.look(folder, made.sha256, services.basis(session)), actor=make.AISHA)
        return made


def stored(database: Database, organisation: Organisation, wanted: Document) -> Document:
    with database.read(organisation.id) as session:
        return session.exec(select(Document).where(Document.id == wanted.id)).one()


def send(client: Any, address: str, form: str, **filled: Any) -> Any:
    """Fill in the form of a page that goes to `form`, and send it."""
    tree = html.document_fromstring(client.get(address).text)
    (found,) = tree.xpath(f"//form[contains(@action, '/controle/{form}')]")
    hidden = {one.get("name"): one.get("value") for one in found.xpath(".//input[@type='hidden']")}
    return client.post(f"{address}/{form}", data=hidden | filled)


def test_a_document_with_something_critical_becomes_public_by_two_persons(client_as, database, organisation, document):
    editor = client_as("woo_redacteur", name="Aisha")
    address = f"/woo/documenten/{document.id}/controle"
    asked = editor.get(address)
    assert "Kritiek: Burgerservicenummer (1)" in asked.text
    assert "Naam (1)" in asked.text
    assert asked.text.index("Kritiek:") < asked.text.index("Naam (1)")
    assert "111222333" not in asked.text
    refused = send(editor, address, "bevestigen", **{"hit-bsn-kritiek": "*"})
    assert (refused.status_code, "Waarom mag dit openbaar zijn" in refused.text) == (422, True)
    nothing = send(editor, address, "bevestigen", reason=REASON)
    assert (nothing.status_code, "Kies eerst een melding" in nothing.text) == (422, True)
    (number,) = html.document_fromstring(asked.text).xpath("//input[@name='hit-bsn-kritiek']/@value")
    (name,) = html.document_fromstring(asked.text).xpath("//input[@name='hit-naam' or @name='hit-name']/@value")
    after = send(editor, address, "bevestigen", **{"hit-bsn-kritiek": number, "hit-name": name, "reason": REASON})
    assert "Een tweede persoon moet nog beslissen" in after.text
    assert "Een Woo-coördinator of privacy officer beslist" in after.text
    assert "beslissen over kritieke melding" not in editor.get("/woo/te-doen").text

    officer = client_as("privacy_officer", name="Bram")
    row = html.document_fromstring(officer.get("/woo/te-doen").text).xpath("//tr[contains(., 'kritieke melding')]")[0]
    assert (row.xpath(".//a/@href"), "gevraagd door Aisha" in row.text_content()) == ([address], True)
    assert REASON in officer.get(address).text
    done = send(officer, address, "beslissen", **{"beslis-bsn-kritiek": "*", "knop": "ja"})
    assert "Niets staat publiceren in de weg" in done.text
    assert f"Aisha: {REASON} Akkoord: Bram" in done.text

    coordinator = client_as("woo_coordinator", name="Carla")
    answer = Visit(coordinator, f"/woo/documenten/{document.id}", form=0).submit()
    assert "Gepubliceerd" in answer.text
    assert stored(database, organisation, document).state is DocumentState.PUBLISHED


def test_publishing_shows_what_must_be_looked_at_first(client, document, database, organisation):
    answer = Visit(client, f"/woo/documenten/{document.id}", form=0).submit()
    assert answer.url.path == f"/woo/documenten/{document.id}/controle"
    assert "Nog niet openbaar. De controle vond 1 kritieke melding" in answer.text
    assert stored(database, organisation, document).state is DocumentState.CONCEPT
    assert "kritieke melding" in client.get("/woo/documenten/").text
    assert "WOO-040" in client.get(f"/woo/documenten/{document.id}").text
    assert "WOO-040" in client.get("/").text


@pytest.mark.on_both
def test_who_said_why_does_not_decide_and_who_refuses_opens_it_again(client_as, document, database, organisation):
    address = f"/woo/documenten/{document.id}/controle"
    carla = client_as("woo_coordinator", name="Carla")
    send(carla, address, "bevestigen", **{"hit-bsn-kritiek": "*", "reason": REASON})
    shown = carla.get(address).text
    assert "Laat een collega beslissen" in shown
    assert "controle/beslissen" not in shown
    (mark,) = set(html.document_fromstring(shown).xpath("//input[@name='gezien']/@value"))
    forced = carla.post(f"{address}/beslissen", data={"gezien": mark, "beslis-bsn-kritiek": "*", "knop": "ja"})
    assert (forced.status_code, "U heeft dit zelf gevraagd" in forced.text) == (422, True)
    other = client_as("woo_coordinator", name="Dirk")
    long = send(other, address, "beslissen", **{"beslis-bsn-kritiek": "*", "knop": "nee", "answer": "x" * 1001})
    assert (long.status_code, "x" * 1001 in long.text) == (422, True)
    why = "Het nummer is van een bestaand persoon."
    after = send(other, address, "beslissen", **{"beslis-bsn-kritiek": "*", "knop": "nee", "answer": why})
    told = f"Dirk vond: mag niet openbaar, omdat: {why}"
    assert told in after.text
    assert told in carla.get(address).text
    with database.read(organisation.id) as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "woo:document:refuse")).one()
    assert event.contents["after"] == {"hits": {"bsn": 1}, "reason": why}
    stale = carla.post(f"{address}/bevestigen", data={"gezien": "oud", "hit-bsn-kritiek": "*", "reason": REASON})
    assert (stale.status_code, "intussen vervangen of opnieuw nagekeken" in stale.text) == (409, True)


def test_what_was_confirmed_can_be_taken_back(client, document):
    address = f"/woo/documenten/{document.id}/controle"
    shown = send(client, address, "bevestigen", **{"hit-name": "*", "reason": "Zij is wethouder."})
    assert "Zij is wethouder." in shown.text
    after = send(client, address, "heropenen", **{"terug-name": "*"})
    assert "Zij is wethouder." not in after.text


def test_the_page_says_what_the_check_is_waiting_for(client_as, client, database, organisation, folder):
    with database.write(organisation.id) as session:
        waiting = add(session, folder, "Niets bijzonders.")
        content = make.content(source_url="https://elders.example/besluit.pdf")
        elsewhere = services.add_document(session, waiting.dossier, content, actor=make.AISHA)
        empty = services.add_document(session, waiting.dossier, make.content(), actor=make.AISHA)
    address = f"/woo/documenten/{waiting.id}/controle"
    assert "data-refresh" in client.get(address).text
    assert client.get(f"{address}/bestand").status_code == 404
    assert "Gestart" in send(client, address, "opnieuw").text
    assert "kijkt het niet na" in client.get(f"/woo/documenten/{elsewhere.id}/controle").text
    assert "Er is nog geen bestand" in client.get(f"/woo/documenten/{empty.id}/controle").text
    Visit(client, f"/woo/documenten/{waiting.id}", form=0).submit()  # nobody looked yet, so this does
    assert stored(database, organisation, waiting).is_public
    reader = client_as("lezer")
    assert "Dit document is openbaar. De controle was in orde." in reader.get(address).text
    assert reader.get(f"{address}/bestand").content == page("Niets bijzonders.")
    assert reader.post(f"{address}/opnieuw").status_code == 403
    Visit(client, "/woo/controle").submit(known="0541 123 456")  # what is public is not looked at again
    assert "nagekeken als u het opnieuw publiceert" in client.get(address).text


def test_a_new_file_for_a_public_document_waits_when_something_is_in_it(client, database, organisation, folder):
    with database.write(organisation.id) as session:
        document = add(session, folder, "Niets bijzonders.")
        services.publish_document(session, document, actor=make.AISHA, folder=folder)
        public.place_files(session, folder)
    shown = files.public_path(folder, organisation.code, document.loc)
    before = shown.read_bytes()

    def replace(data: bytes) -> Any:
        version = stored(database, organisation, document).version
        return client.post(
            f"/woo/documenten/{document.id}/vervangen",
            data={"version": version, "reason": lists.REASONS.codes[0]},
            files={"file": ("beter.html", data)},
        )

    answer = replace(page(NAME))
    assert answer.url.path == f"/woo/documenten/{document.id}/controle"
    assert "Lezers zien nog het oude bestand" in answer.text
    assert "Een nieuw bestand wacht" in client.get(f"/woo/documenten/{document.id}").text
    assert shown.read_bytes() == before
    dropped = send(client, answer.url.path, "weggooien")
    assert (dropped.status_code, "Weggehaald" in dropped.text) == (200, True)
    replace(page(NAME))
    send(client, answer.url.path, "bevestigen", **{"hit-name": "*", "reason": "Zij is wethouder."})
    send(client, answer.url.path, "plaatsen")
    assert b"Bakker" in shown.read_bytes()
    replace(page("Niets bijzonders meer."))
    assert b"meer" in shown.read_bytes()


def test_what_belongs_to_the_organisation_is_kept_on_a_page(client_as, client):
    answer = Visit(client, "/woo/controle").submit(known="0541 123 456\n\n@losser.nl\n0541 123 456")
    assert "Opgeslagen" in answer.text
    assert "0541 123 456\n@losser.nl</textarea>" in client.get("/woo/controle").text
    refused = Visit(client, "/woo/controle").submit(known="06")
    assert (refused.status_code, "te kort" in refused.text) == (422, True)
    reader = client_as("lezer")
    assert "@losser.nl" in reader.get("/woo/controle").text
    assert reader.post("/woo/controle", data={"known": ""}).status_code == 403


def test_an_overview_with_something_critical_is_shown_by_two_persons(client_as):
    editor, page_of = client_as("woo_redacteur", name="Aisha"), "/woo/overzichten/subsidies"
    address = f"{page_of}/controle"
    assert editor.get(address).status_code == 404
    listed = b"grondslag;ontvanger;activiteiten;datum\nASV;Stichting Speelplek;BSN 111222333;1-10-2026\n"
    editor.post(f"{page_of}/inlezen", data={"version": "0"}, files={"file": ("lijst.csv", listed)})
    assert "Bekijk de controle" in editor.get(page_of).text
    assert "data-refresh" in editor.get(address).text
    carla = client_as("woo_coordinator", name="Carla")
    refused = Visit(carla, page_of, form=0).submit(("knop", "tonen"))
    assert (refused.url.path, "Nog niet openbaar" in refused.text) == (address, True)
    assert "111222333" not in refused.text
    after = send(editor, address, "bevestigen", **{"hit-bsn-kritiek": "*", "reason": REASON})
    assert "Een tweede persoon moet nog beslissen" in after.text
    assert address in carla.get("/woo/te-doen").text
    send(carla, address, "beslissen", **{"beslis-bsn-kritiek": "*", "knop": "nee", "answer": "Kijk het na."})
    assert "Carla vond: mag niet openbaar, omdat: Kijk het na." in editor.get(address).text
    send(editor, address, "bevestigen", **{"hit-bsn-kritiek": "*", "reason": REASON})
    done = send(carla, address, "beslissen", **{"beslis-bsn-kritiek": "*", "knop": "ja"})
    assert "Niets staat publiceren in de weg" in done.text
    assert "staat erop" in Visit(carla, page_of, form=0).submit(("knop", "tonen")).text
    assert "Dit overzicht is openbaar. De controle was in orde." in carla.get(address).text
    assert b"Stichting Speelplek" in carla.get(f"{address}/bestand").content
    again = send(editor, address, "heropenen", **{"terug-bsn-kritiek": "*"})
    assert "Voor u het opnieuw publiceert: De controle vond 1 kritieke melding" in again.text
