"""The pages of the Woo: what a person sees, types and presses."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import html
from sqlmodel import select

from core import clock, sheets
from core.audit import AuditEvent
from core.db import Database
from core.folder import Folder
from core.organisations import Organisation, add_organisation
from core.terms import last_day
from support import woo_documents as make
from support.pages import Visit, field, filled_in
from support.small_files import pdf
from woo import files, lists, public, queries, services
from woo.content import (
    DocumentState,
    ExtraContent,
    GroundContent,
    ProcessContent,
    RelationContent,
    RequestContent,
    Withholding,
)
from woo.models import Category, Document, Dossier, WooRequest

FORM = {
    "title": "Besluit over de speelplek",
    "category": "002",
    "new_dossier": "Speelplekken",
    "adopted_on": "16-11-2026",
    "keywords": "spelen\nbuiten",
}


@pytest.fixture
def categories(database: Database, organisation: Organisation) -> None:
    with database.write(organisation.id) as session:
        services.add_categories(session, actor=make.AISHA)


@pytest.fixture
def concept(database: Database, organisation: Organisation, folder: Folder) -> Document:
    with database.write(organisation.id) as session:
        return make.add(session, folder, adopted_on=clock.today())


@pytest.fixture
def document(database: Database, organisation: Organisation, folder: Folder) -> Document:
    """A public document, with its file in the public tree."""
    with database.write(organisation.id) as session:
        made = make.publish(session, folder, adopted_on=clock.today())
        public.place_files(session, folder)
        return made


def stored(database: Database, organisation: Organisation, wanted: Document) -> Document:
    with database.read(organisation.id) as session:
        return session.exec(select(Document).where(Document.id == wanted.id)).one()


def send(client: Any, address: str, data: dict[str, Any], file: tuple[str, bytes] | None = None) -> Any:
    files_sent = {"file": (file[0], io.BytesIO(file[1]))} if file else {"file": ("", b"")}
    return client.post(address, data=data, files=files_sent)


def test_the_overview_starts_empty_and_takes_the_categories_of_the_law(client):
    assert "Er zijn nog geen categorieën" in client.get("/woo/").text
    answer = Visit(client, "/woo/").submit()
    rows = html.document_fromstring(answer.text).xpath("//table[1]/tbody/tr")
    assert len(rows) == 18
    assert "nog niet verplicht" in answer.text
    assert "Nakijken" in answer.text


def test_a_category_can_be_changed_and_established(client, categories, database, organisation):
    answer = Visit(client, "/woo/categorieen/001").submit(
        **{
            "status": "op orde",
            "team": "Juridische Zaken",
            "locations-0-url": "https://voorbeeld.example/regels",
            "locations-0-registered_in_roo_on": "2026-11-01",
            "locations-0-last_checked_on": "2026-11-20",
        }
    )
    assert "Opgeslagen" in answer.text
    assert "in het ROO sinds 1 november 2026" in answer.text
    answer = Visit(client, "/woo/categorieen/001", form=0).submit()
    assert "Vastgesteld" in answer.text
    with database.read(organisation.id) as session:
        (shown,) = public.public_categories(session)
    assert (shown.number, shown.status, shown.locations[0].url, shown.in_force_checked) == (
        "001",
        "op orde",
        "https://voorbeeld.example/regels",
        False,
    )


@pytest.mark.on_both
def test_another_term_of_a_category_moves_the_last_day_of_what_waits(
    client, categories, database, organisation, concept, document
):
    answer = Visit(client, "/woo/categorieen/002").submit(deadline_days="7")
    assert "Opgeslagen" in answer.text
    moved = stored(database, organisation, concept)
    assert moved.due_on == last_day(clock.today(), 7)
    assert stored(database, organisation, document).due_on == document.due_on
    page = client.get(f"/woo/documenten/{concept.id}").text
    assert "Andere laatste dag om het openbaar te maken" in page
    assert "Opgeslagen" in Visit(client, f"/woo/documenten/{concept.id}/bewerken").submit(keywords="spelen").text


def test_an_overview_instead_of_documents_is_taken_in_shown_and_taken_off(client):
    page_of = "/woo/overzichten/subsidies"
    answer = send(
        client, f"{page_of}/inlezen", {"version": "0"}, ("lijst.csv", b"ontvanger;datum\nStichting;1-1-2026\n")
    )
    assert (answer.status_code, "grondslag" in answer.text) == (422, True)
    good = b"grondslag;ontvanger;activiteiten;datum\nASV;Stichting Speelplek;Toestellen;1-10-2026\n"
    answer = send(client, f"{page_of}/inlezen", {"version": "0"}, ("lijst.csv", good))
    assert "Stichting Speelplek" in answer.text
    assert "staat er nog niet op" in answer.text
    assert "staat erop" in Visit(client, page_of, form=0).submit(("knop", "tonen")).text
    assert "Bijwerken voor" in client.get("/woo/overzichten/").text
    assert "staat er nog niet op" in Visit(client, page_of, form=0).submit(("knop", "weghalen")).text
    assert client.get("/woo/overzichten/anders").status_code == 404


def test_the_report_on_screen_is_that_of_a_day(client, categories):
    page = client.get("/woo/rapport/").text
    assert "Openheidsparagraaf (Woo artikel 3.5)" in page
    assert "/woo/rapport/woo.pdf" in page
    earlier = client.get("/woo/rapport/?dag=2024-01-01").text
    assert "stand op 1 januari 2024" in earlier
    assert "/woo/rapport/woo.xlsx?dag=2024-01-01" in earlier
    for wrong, told in (("3000-01-01", "moet nog komen"), ("gisteren", "geen datum")):
        answer = client.get(f"/woo/rapport/?dag={wrong}")
        assert (answer.status_code, told in answer.text) == (422, True)


def test_one_more_location_is_asked_without_losing_what_was_typed(client, categories):
    visit = Visit(client, "/woo/categorieen/002")
    answer = visit.submit(("knop", "locatie"), **{"ambition": "Nog dit jaar", "locations-0-url": "https://a.example/x"})
    assert field(answer, "ambition").strip() == "Nog dit jaar"
    assert field(answer, "locations-1-url") == ""


def test_a_wrong_address_comes_back_with_what_was_typed(client, categories):
    answer = Visit(client, "/woo/categorieen/002").submit(**{"locations-0-url": "http://a.example/x"})
    assert answer.status_code == 422
    assert field(answer, "locations-0-url") == "http://a.example/x"
    assert "begint met https://" in answer.text


def test_a_new_document_with_its_file_in_a_new_dossier(client, database, organisation, folder):
    answer = send(client, "/woo/documenten/nieuw", FORM, ("besluit.pdf", make.pdf()))
    assert "Opgeslagen" in answer.text
    with database.read(organisation.id) as session:
        (document,) = session.exec(select(Document)).all()
        assert (document.title, document.format_code, document.keywords) == (
            "Besluit over de speelplek",
            "PDF",
            ["spelen", "buiten"],
        )
        assert document.dossier.public_id == "1-speelplekken"
        assert folder.store().path(document.sha256).read_bytes() == make.pdf()


@pytest.mark.on_both
def test_what_was_typed_comes_back_and_the_file_is_kept(client, database, organisation):
    data = {**FORM, "title": " ", "keywords": "een\ntwee", "themes": [lists.THEMES.codes[3]]}
    answer = send(client, "/woo/documenten/nieuw", data, ("besluit.pdf", make.pdf()))
    assert answer.status_code == 422
    assert field(answer, "keywords").strip() == "een\ntwee"
    assert field(answer, "adopted_on") == "2026-11-16", "a date field shows nothing else"
    assert "Het bestand &#39;besluit.pdf&#39; is bewaard" in answer.text
    assert html.document_fromstring(answer.text).xpath("//input[@name='themes' and @checked]/@value") == [
        lists.THEMES.codes[3]
    ]
    with database.read(organisation.id) as session:
        assert session.exec(select(Dossier)).all() == []


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("leeg.pdf", b"", "is leeg (0 bytes)"),
        ("besluit.pdf", b"<html><p>geen pdf</p></html>", "maar de inhoud is HTML"),
        ("foto.jpg", b"\xff\xd8\xff\xe0", "niet leest"),
        ("gegevens.xml", b"<?xml version='1.0'?><a/>", "niet leest"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(client, folder, name, data, told):
    answer = send(client, "/woo/documenten/nieuw", FORM, (name, data))
    assert answer.status_code == 422
    assert told in answer.text
    assert [path for path in folder.files.rglob("*") if path.is_file()] == []


def test_a_document_needs_one_dossier(client):
    answer = send(client, "/woo/documenten/nieuw", {**FORM, "new_dossier": ""})
    assert answer.status_code == 422
    assert "Kies een dossier" in answer.text


def test_a_title_of_three_thousand_characters_is_refused_and_kept(client):
    answer = send(client, "/woo/documenten/nieuw", {**FORM, "title": "a" * 3000})
    assert answer.status_code == 422
    assert field(answer, "title") == "a" * 3000


def test_a_control_character_is_refused(client):
    answer = send(client, "/woo/documenten/nieuw", {**FORM, "title": "Besluit\x08"})
    assert answer.status_code == 422
    assert "onzichtbaar teken" in answer.text


@pytest.mark.on_both
def test_the_edit_page_gives_back_every_field_unchanged(client, database, organisation, folder):
    with database.write(organisation.id) as session:
        place = make.dossier(session)
        other = make.add(session, folder, place, title="Bijlage")
        full = make.add(
            session,
            folder,
            place,
            keywords=("een", "twee"),
            kinds=lists.KINDS.codes[:2],
            themes=lists.THEMES.codes[:3],
            co_responsible=("gemeente Dinkelland", "gemeente Enschede"),
            publisher="gemeente Losser",
            other_categories=("012",),
            relations=(RelationContent(role=lists.ROLES.codes[0], target=other.id),),
            part_of=other.id,
            is_research_on_itself=True,
            extra=({"key": "zaak", "values": ("Z-1", "Z-2")},),
            valid_from=clock.today(),
            descriptions=("Een zin.", "Nog een."),
        )
        before = full.content()
    answer = Visit(client, f"/woo/documenten/{full.id}/bewerken").submit()
    assert "Opgeslagen" in answer.text
    assert stored(database, organisation, full).content().model_dump() == before.model_dump()


def test_publish_from_the_page(client, database, organisation, concept):
    answer = Visit(client, f"/woo/documenten/{concept.id}", form=0).submit()
    assert "Gepubliceerd" in answer.text
    assert stored(database, organisation, concept).state is DocumentState.PUBLISHED


def test_what_stands_in_the_way_is_told(client, database, organisation, concept):
    with database.write(organisation.id) as session:
        mine = session.get_one(Document, concept.id)
        services.change_document(session, mine, make.content(adopted_on=None), version=mine.version, actor=make.AISHA)
    answer = Visit(client, f"/woo/documenten/{concept.id}", form=0).submit()
    assert answer.status_code == 422
    assert "vastgesteld, ondertekend of ontvangen" in answer.text


def test_withdraw_from_the_page(client, database, organisation, folder, document):
    path = files.public_path(folder, organisation.code, document.loc)
    assert path.exists()
    address = f"/woo/documenten/{document.id}/intrekken"
    assert Visit(client, address).submit().status_code == 422
    answer = Visit(client, address).submit(reason=lists.REASONS.codes[0], note="BSN op bladzijde 3")
    assert "Ingetrokken" in answer.text
    assert not path.exists()
    assert "BSN op bladzijde 3" in answer.text, "the record says why"
    assert "Intrekken</a>" not in answer.text


def test_replace_from_the_page(client, database, organisation, folder, document):
    address = f"/woo/documenten/{document.id}/vervangen"
    data = {"version": str(document.version), "reason": lists.REASONS.codes[0]}
    assert "Kies een bestand." in send(client, address, data).text
    answer = send(client, address, {**data, "reason": ""}, ("b.pdf", make.pdf("nieuw")))
    assert (answer.status_code, "Kies een reden uit de lijst" in answer.text) == (422, True)
    assert "Opgeslagen" in send(client, address, data, ("b.pdf", make.pdf("nieuw"))).text
    assert files.public_path(folder, organisation.code, document.loc).read_bytes() == make.pdf("nieuw")


def test_a_file_can_be_added_later(client, database, organisation, concept):
    data = {"version": str(concept.version)}
    answer = send(client, f"/woo/documenten/{concept.id}/vervangen", data, ("b.odt", make.open_document("text")))
    assert "Opgeslagen" in answer.text
    assert stored(database, organisation, concept).format_code == "ODT"


def test_plan_and_ready_from_the_page(client, database, organisation, concept):
    assert Visit(client, f"/woo/documenten/{concept.id}", form=1).submit().status_code == 200
    assert stored(database, organisation, concept).state is DocumentState.READY
    answer = Visit(client, f"/woo/documenten/{concept.id}").submit(planned_on="2020-01-01")
    assert (answer.status_code, "in de toekomst" in answer.text) == (422, True)
    Visit(client, f"/woo/documenten/{concept.id}").submit(planned_on="2099-01-01")
    assert stored(database, organisation, concept).state is DocumentState.PLANNED


@pytest.mark.on_both
def test_the_list_finds_by_words_state_and_category(client, database, organisation, folder):
    with database.write(organisation.id) as session:
        make.add(session, folder, title="Over 100% _zeker_ water")
        make.publish(session, folder, title="Over groen", category="011", adopted_on=clock.today())
    titles = "//tbody/tr/th//a/text()"

    def found(query: str) -> list[str]:
        return html.document_fromstring(client.get(f"/woo/documenten/?{query}").text).xpath(titles)

    assert set(found("")) == {"Over 100% _zeker_ water", "Over groen"}
    assert found("zoek=WATER+over") == ["Over 100% _zeker_ water"]
    assert found("zoek=100%25") == ["Over 100% _zeker_ water"]
    assert found("zoek=1_0") == []
    assert found("status=gepubliceerd") == ["Over groen"]
    assert found("categorie=011") == ["Over groen"]
    assert found("pagina=99999&status=onzin") == found("")


def test_the_list_goes_by_pages(client, database, organisation, folder):
    with database.write(organisation.id) as session:
        place = make.dossier(session)
        for number in range(27):
            make.add(session, folder, place, title=f"Stuk {number}")
    answer = client.get("/woo/documenten/?pagina=2")
    assert "Pagina 2 van 2" in answer.text
    assert len(html.document_fromstring(answer.text).xpath("//tbody/tr")) == 2


def test_a_dossier_shows_its_documents_and_can_be_changed(client, concept):
    answer = client.get("/woo/dossiers/1-speelplekken")
    assert "Besluit over de speelplek" in answer.text
    answer = Visit(client, "/woo/dossiers/1-speelplekken").submit(title="Alle speelplekken")
    assert "<h1>Alle speelplekken</h1>" in answer.text
    answer = Visit(client, "/woo/dossiers/1-speelplekken").submit(title="")
    assert answer.status_code == 422


def test_the_original_is_downloaded_never_shown(client, concept):
    answer = client.get(f"/woo/documenten/{concept.id}/bestand")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content == make.pdf("")


@pytest.mark.parametrize(
    ("role", "may_read", "may_edit", "may_publish"),
    [
        ("woo_coordinator", True, True, True),
        ("woo_redacteur", True, True, False),
        ("lezer", True, False, False),
        ("invuller", False, False, False),
    ],
)
def test_who_may_do_what(client_as, categories, concept, document, role, may_read, may_edit, may_publish):
    client = client_as(role)
    read = [client.get(a).status_code for a in ("/woo/", "/woo/documenten/", f"/woo/documenten/{document.id}")]
    assert read == [200 if may_read else 403] * 3
    edit = [client.get(a).status_code for a in ("/woo/documenten/nieuw", f"/woo/documenten/{concept.id}/bewerken")]
    assert edit == [200 if may_edit else 403] * 2
    publish = client.post(f"/woo/documenten/{concept.id}/publiceren", data={"version": str(concept.version)})
    assert publish.status_code == (200 if may_publish else 403)
    withdraw = client.get(f"/woo/documenten/{document.id}/intrekken")
    assert withdraw.status_code == (200 if may_publish else 403)
    data = {"version": str(document.version), "reason": lists.REASONS.codes[0]}
    replace = send(client, f"/woo/documenten/{document.id}/vervangen", data, ("b.pdf", make.pdf("nieuw")))
    assert replace.status_code == (200 if may_publish else 403)


def test_a_document_of_another_organisation_does_not_exist(client, database, folder):
    with database.write(None) as session:
        other = add_organisation(
            session,
            code="gm1774",
            name="Gemeente Dinkelland",
            base_url="https://dinkelland.example",
            tooi_uri="https://identifier.overheid.nl/tooi/id/gemeente/gm1774",
            tooi_label="gemeente Dinkelland",
            actor=make.AISHA,
        )
        other_id = other.id
    with database.write(other_id) as session:
        services.add_categories(session, actor=make.AISHA)
        theirs = make.publish(session, folder, adopted_on=clock.today())
        public_id = theirs.dossier.public_id
    for address in (
        f"/woo/documenten/{theirs.id}",
        f"/woo/documenten/{theirs.id}/bewerken",
        f"/woo/documenten/{theirs.id}/bestand",
        f"/woo/dossiers/{public_id}",
        "/woo/categorieen/001",
        "/woo/documenten/geen-uuid",
    ):
        assert client.get(address).status_code == 404
    assert client.post(f"/woo/documenten/{theirs.id}/publiceren", data={"version": "1"}).status_code == 404
    with database.read(other_id) as session:
        assert session.exec(select(Category)).first()


# --- processes mapped


def test_a_process_is_added_found_changed_and_taken_away(client, categories, database, organisation):
    visit = Visit(client, "/woo/processen/nieuw?categorie=009")
    answer = visit.submit(
        process="College voorbereiden", document_kind="besluitenlijst", state="in kaart", team="Bestuur"
    )
    assert "Opgeslagen" in answer.text
    with database.read(organisation.id) as session:
        (made,) = services.all_processes(session)
    assert made.category == "009"
    assert "College voorbereiden" in client.get("/woo/processen/?zoek=COLLEGE").text
    assert "Er staat niets in de lijst" in client.get("/woo/processen/?stand=aangesloten").text
    assert "besluitenlijst" in client.get("/woo/categorieen/009").text
    Visit(client, f"/woo/processen/{made.id}", form=-2).submit(state="aangesloten")
    assert "1 van 1" in client.get("/woo/").text
    answer = Visit(client, f"/woo/processen/{made.id}").submit()
    assert "Verwijderd" in answer.text


def test_a_process_without_a_name_or_that_is_there_says_what_to_do(client, categories):
    assert "Vul in: &#39;Proces&#39;." in Visit(client, "/woo/processen/nieuw").submit(state="in kaart").text
    Visit(client, "/woo/processen/nieuw").submit(process="Klachten", state="in kaart")
    again = Visit(client, "/woo/processen/nieuw").submit(process="klachten", state="in kaart")
    assert (again.status_code, "staat al in de lijst" in again.text) == (422, True)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
@pytest.mark.parametrize("address", ["/woo/processen/lijst", "/woo/roo"])
def test_lists_of_processes_and_for_roo_can_be_kept(client, categories, address, kind):
    answer = client.get(f"{address}.{kind}")
    assert answer.status_code == 200
    (sheet,) = sheets.read(answer.content, f"lijst.{kind}")
    assert sheet.rows[0][0] in {"proces", "categorie"}


def test_the_list_for_roo_has_each_place_but_for_the_official_gazettes(client, categories):
    Visit(client, "/woo/categorieen/001").submit(
        **{"locations-0-url": "https://bekendmakingen.example/", "locations-0-kind": "officiële bekendmakingen"}
    )
    Visit(client, "/woo/categorieen/009").submit(**{"locations-0-url": "https://raad.example/lijst"})
    text = client.get("/woo/roo.csv").text
    assert ("https://raad.example/lijst" in text, "bekendmakingen.example" in text) == (True, False)
    assert "bekendmakingen.example/ is nog niet aangemeld" not in client.get("/woo/categorieen/001").text


def test_an_ambition_is_asked_per_year_without_losing_what_was_typed(client, categories):
    visit = Visit(client, "/woo/categorieen/009")
    more = visit.submit(("knop", "ambitie"), **{"ambitions-0-year": "2027", "ambitions-0-share": "80"})
    assert 'name="ambitions-1-year"' in more.text
    answer = Visit(client, "/woo/categorieen/009").submit(
        **{"ambitions-0-year": "2027", "ambitions-0-share": "80", "ambitions-0-goal": "Alles aangesloten"}
    )
    assert (
        "2027: Alles aangesloten; 80 % van de processen aangesloten"
        in html.document_fromstring(answer.text).text_content()
    )
    wrong = Visit(client, "/woo/categorieen/009").submit(**{"ambitions-0-share": "101"})
    assert "van 100 of lager" in wrong.text


# --- the next one of a series


def test_the_next_of_a_series_begins_with_what_the_last_one_said(client, database, organisation, folder):
    with database.write(organisation.id) as session:
        for day in (date(2026, 11, 3), date(2026, 11, 17)):
            last = make.add(
                session,
                folder,
                category="009",
                title=f"Besluitenlijst van {day.day} november 2026",
                adopted_on=day,
                keywords=("college",),
                extra=(ExtraContent(key="vergadering", values=("college",)),),
            )
    visit = Visit(client, f"/woo/documenten/{last.id}/volgende")
    assert "Dit is een voorstel naar het voorbeeld van" in visit.answer.text
    fields = visit.form.fields
    assert (fields["title"], fields["adopted_on"]) == ("Besluitenlijst van 1 december 2026", "2026-12-01")
    assert (fields["category"], fields["keywords"].strip()) == ("009", "college")
    assert fields["dossier"] == last.dossier.public_id
    assert f"/woo/documenten/{last.id}/volgende" in client.get(f"/woo/documenten/{last.id}").text
    send(client, "/woo/documenten/nieuw", {"title": "Iets heel anders"})  # what was not saved there stays there
    again = Visit(client, f"/woo/documenten/{last.id}/volgende")
    assert again.form.fields["title"] == "Besluitenlijst van 1 december 2026"
    answer = send(client, again.address, filled_in(again.form, {"title": "Besluitenlijst"}), ("lijst.pdf", make.pdf()))
    assert "Opgeslagen" in answer.text
    assert "vergadering: college" in answer.text


# --- requests for information


@pytest.mark.on_both
def test_a_request_is_kept_with_its_days_and_gets_a_dossier(client, database, organisation):
    answer = Visit(client, "/woo/verzoeken/nieuw").submit(
        case_number="Z-2026-117", subject="Herinrichting", received_on=clock.today().isoformat()
    )
    assert "Opgeslagen" in answer.text
    left = (last_day(clock.today(), 28) - clock.today()).days
    assert f"nog {left} dagen" in client.get("/woo/verzoeken/?stand=open").text
    assert "Er zijn geen verzoeken" in client.get("/woo/verzoeken/?stand=besloten").text
    with database.read(organisation.id) as session:
        made = session.exec(select(WooRequest)).one()
    dossier = Visit(client, f"/woo/verzoeken/{made.id}", form=-2).submit()
    assert "Woo-verzoek Z-2026-117: Herinrichting" in dossier.text
    assert "Woo-verzoek Z-2026-117: Herinrichting" in client.get(f"/woo/verzoeken/{made.id}").text
    assert f"/woo/verzoeken/{made.id}" in client.get("/woo/verzoeken/?zoek=herinrichting").text


def test_a_request_without_case_number_or_twice_says_what_to_do(client):
    wrong = Visit(client, "/woo/verzoeken/nieuw").submit(subject="Wegen")
    assert (wrong.status_code, "Vul in: &#39;Zaaknummer&#39;." in wrong.text) == (422, True)
    assert "Vul in: &#39;Ontvangen op&#39;." in wrong.text
    day = clock.today().isoformat()
    Visit(client, "/woo/verzoeken/nieuw").submit(case_number="Z-1", received_on=day)
    again = Visit(client, "/woo/verzoeken/nieuw").submit(case_number="Z-1", received_on=day)
    assert "staat al in de lijst" in again.text


def test_a_request_that_did_not_come_in_yet_is_refused_and_a_day_that_never_comes_breaks_no_page(
    client, categories, database, organisation
):
    refused = Visit(client, "/woo/verzoeken/nieuw").submit(case_number="Z-1", received_on="31-12-9999")
    assert (refused.status_code, "Deze dag moet nog komen." in refused.text) == (422, True)
    day = clock.today().isoformat()
    Visit(client, "/woo/verzoeken/nieuw").submit(
        case_number="Z-2", received_on=day, suspended_from=day, suspended_until="31-12-9999"
    )
    never = FORM | {"adopted_on": "31-12-9999", "objection_expected": "on", "noticed_on": "31-12-9999"}
    assert "Opgeslagen" in send(client, "/woo/documenten/nieuw", never).text
    Visit(client, "/woo/categorieen/002").submit(archive_years="50")
    with database.read(organisation.id) as session:
        document, request = session.exec(select(Document)).one(), session.exec(select(WooRequest)).one()
    pages = [
        f"/woo/documenten/{document.id}",
        f"/woo/verzoeken/{request.id}",
        f"/woo/documenten/{document.id}/volgende",
    ]
    pages += ["/", "/woo/", "/woo/te-doen", "/woo/verzoeken/", "/woo/documenten/", "/woo/rapport", "/rapport"]
    assert [client.get(address).status_code for address in pages] == [200] * len(pages)


def test_a_late_request_stands_among_what_must_be_done(client, database, organisation):
    with database.write(organisation.id) as session:
        content = RequestContent(case_number="Z-9", received_on=date(2026, 1, 5))
        services.add_request(session, content, actor=make.AISHA)
    assert "Te laat" in client.get("/woo/verzoeken/").text
    with database.read(organisation.id) as session:
        assert "WOO-201" in [found.rule_id for _, found in queries.findings(session, clock.today())]


# --- withholding


def test_a_document_that_is_withheld_as_a_whole_gets_a_notice_in_its_place(
    client, concept, database, organisation, folder
):
    address = f"/woo/documenten/{concept.id}"
    Visit(client, f"{address}/bewerken").submit(
        **{"withheld": "helemaal", "grounds-0-code": "5.1.2e", "notice": "Hierin staan gegevens van inwoners."}
    )
    assert "Maak de mededeling" in client.get(address).text
    page = html.document_fromstring(client.get(address).text)
    (form,) = [one for one in page.forms if one.get("action").endswith("/mededeling")]
    assert "Opgeslagen" in client.post(f"{address}/mededeling", data=dict(form.form_values())).text
    made = stored(database, organisation, concept)
    assert (made.file_name, made.format_code, made.file_is_notice) == ("mededeling.html", "HTML", True)
    with folder.store().open(made.sha256) as file:
        text = file.read().decode()
    assert "Hierin staan gegevens van inwoners." in text
    assert "Woo 5.1 lid 2 onder e" in text
    with database.write(organisation.id) as session:
        services.publish_document(session, session.get(Document, concept.id), actor=make.AISHA, folder=folder)
    with database.read(organisation.id) as session:
        (shown,) = public.public_documents(session)
    assert (shown.withheld, [ground.code for ground in shown.grounds]) == ("helemaal", ["5.1.2e"])
    assert ("weigeringsgronden", ("5.1.2e",)) in [(pair.key, pair.values) for pair in shown.extra]


def test_a_notice_without_ground_is_not_made(client, concept):
    answer = client.post(f"/woo/documenten/{concept.id}/mededeling", data={"version": concept.version})
    assert answer.status_code == 422
    assert "Kies eerst dat het document helemaal is geweigerd." in answer.text


def test_one_more_ground_is_asked_without_losing_what_was_typed(client, concept):
    visit = Visit(client, f"/woo/documenten/{concept.id}/bewerken")
    answer = visit.submit(
        ("knop", "grounds"), **{"withheld": "deels", "grounds-0-code": "5.1.2e", "notice": "Een naam"}
    )
    assert 'name="grounds-1-code"' in answer.text
    assert "Een naam" in answer.text


# --- what must be done, and afterwards


def test_what_must_be_done_stands_in_the_order_of_its_days(client, database, organisation, folder):
    with database.write(organisation.id) as session:
        make.add(session, folder, title="Later", category="002", adopted_on=date(2026, 11, 20))
        make.add(session, folder, title="Eerst", category="002", adopted_on=date(2026, 11, 2))
        make.add(session, folder, title="Gehoord", category="002", heard_from=date(2026, 11, 2))
        request = RequestContent(case_number="Z-1", received_on=date(2026, 10, 26))
        services.add_request(session, request, actor=make.AISHA)
        others = RequestContent(case_number="Z-2", received_on=date(2026, 10, 1), suspended_from=date(2026, 10, 9))
        services.add_request(session, others, actor=make.AISHA)
    rows = html.document_fromstring(client.get("/woo/te-doen?pagina=9").text).xpath("//table//tbody/tr")
    told = [" ".join(row.text_content().split()) for row in rows]
    assert [one.split()[0] for one in told] == ["Eerst", "Verzoek", "Later", "Gehoord", "Verzoek"]
    assert "23 november 2026" in told[1]
    assert "de termijn staat stil" in told[4]


def test_a_third_party_is_waited_for_until_the_last_day_that_was_given(client, database, organisation, folder):
    with database.write(organisation.id) as session:
        hearing = {"heard_from": date(2026, 11, 20), "heard_until": date(2026, 12, 4)}
        make.add(session, folder, title="Gehoord", category="002", **hearing)
        planned = make.add(session, folder, title="Gepland", category="002", **hearing)
        services.plan_document(session, planned, on=date(2026, 12, 5), version=planned.version, actor=make.AISHA)
    rows = html.document_fromstring(client.get("/woo/te-doen").text).xpath("//table//tbody/tr")
    told = [" ".join(row.text_content().split()) for row in rows]
    assert ("Gehoord zienswijze afwachten" in told[0], "4 december 2026" in told[0]) == (True, True), told
    assert "Gepland wordt vanzelf openbaar" in told[1], told


def test_who_plans_a_document_after_its_last_day_is_told_on_its_page_and_in_the_list_of_work(
    client, database, organisation, folder
):
    with database.write(organisation.id) as session:
        late = make.add(session, folder, title="Laat gepland", category="002", adopted_on=date(2026, 11, 20))
        services.plan_document(session, late, on=date(2026, 12, 8), version=late.version, actor=make.AISHA)
        address = f"/woo/documenten/{late.id}"
    assert "wordt pas op 08-12-2026 openbaar en moet dat op 04-12-2026 zijn" in client.get(address).text
    (row,) = html.document_fromstring(client.get("/woo/te-doen").text).xpath("//table//tbody/tr")
    assert "gepland na de laatste dag (4 december 2026)" in row.text_content()


@pytest.mark.on_both
def test_what_who_may_not_publish_changed_does_not_become_public_by_itself(
    client, client_as, database, organisation, folder, concept
):
    address, tomorrow = f"/woo/documenten/{concept.id}", clock.today() + timedelta(days=1)
    fully = {"withheld": Withholding.FULLY, "grounds": (GroundContent(code="5.1.2e"),), "notice": "Niet openbaar."}
    with database.write(organisation.id) as session:
        other = make.add(session, folder, title="Niet", category="014", adopted_on=clock.today(), **fully)
        services.make_notice(session, other, folder, version=other.version, actor=make.AISHA)
        for one in (concept, other):
            planned = session.get_one(Document, one.id)
            services.plan_document(session, planned, on=tomorrow, version=planned.version, actor=make.AISHA)
    Visit(client, f"{address}/bewerken").submit(title="Besluit over de speelplek Noord")
    assert stored(database, organisation, concept).state is DocumentState.PLANNED, "a publisher changed it"
    editor = client_as("woo_redacteur")
    told = "Het document was gepland. Dat is het nu niet meer"

    def plan_again() -> int:
        with database.write(organisation.id) as session:
            found = session.get_one(Document, concept.id)
            assert (found.state, found.planned_on) == (DocumentState.READY, None)
            services.plan_document(session, found, on=tomorrow, version=found.version, actor=make.AISHA)
            session.flush()
            return found.version

    assert told in Visit(editor, f"{address}/bewerken").submit(title="Ander besluit").text
    version = plan_again()
    assert told in send(editor, f"{address}/vervangen", {"version": version}, ("ander.pdf", pdf("ander"))).text
    plan_again()
    version = stored(database, organisation, other).version
    assert told in editor.post(f"/woo/documenten/{other.id}/mededeling", data={"version": version}).text
    assert "Niet meer gepland" in editor.get(f"/woo/documenten/{other.id}").text
    with clock.frozen(clock.now() + timedelta(days=1)), database.write(organisation.id) as session:
        done = services.publish_due(session, clock.today(), actor=make.AISHA, folder=folder)
    assert [one.id for one in done.published] == [concept.id]


@pytest.mark.on_both
def test_what_who_may_not_publish_says_of_a_dossier_or_adds_to_a_document_does_not_become_public_by_itself(
    client, client_as, database, organisation, folder, concept
):
    tomorrow, place = clock.today() + timedelta(days=1), f"/woo/dossiers/{concept.dossier.public_id}"

    def plan_again() -> None:
        with database.write(organisation.id) as session:
            found = session.get_one(Document, concept.id)
            if found.state is not DocumentState.PLANNED:
                services.plan_document(session, found, on=tomorrow, version=found.version, actor=make.AISHA)

    def is_planned() -> bool:
        return stored(database, organisation, concept).state is DocumentState.PLANNED

    plan_again()
    editor = client_as("woo_redacteur")
    Visit(client, place, form=-1).submit(description="Wat een publicerende schreef")
    Visit(editor, place, form=-1).submit()
    assert is_planned(), "a publisher changed it, and then it was saved as it is"
    told = Visit(editor, place, form=-1).submit(description="Klacht van mevrouw K. de Boer").text
    assert "In dit dossier waren documenten gepland" in told
    assert not is_planned()
    for who, held in ((client, False), (editor, True)):
        plan_again()
        form = Visit(who, f"/woo/documenten/nieuw?dossier={concept.dossier.public_id}").form
        answer = send(
            who, "/woo/documenten/nieuw", filled_in(form, {"title": "Bijlage"}), ("b.pdf", pdf(who is editor))
        )
        assert ("Het document waar dit een bijlage bij is, was gepland" in answer.text) is held
        assert is_planned() is not held


def test_who_withdraws_gets_the_words_for_the_national_platform(client, document):
    Visit(client, f"/woo/documenten/{document.id}/intrekken").submit(note="Er stond een naam in.")
    text = client.get(f"/woo/documenten/{document.id}").text
    assert "document met spoed uit de Woo-index halen" in text
    assert document.loc in text


def test_the_day_for_the_archive_is_shown_and_nothing_is_deleted(client, categories, database, organisation, folder):
    Visit(client, "/woo/categorieen/002").submit(archive_years="7")
    with database.write(organisation.id) as session:
        made = make.add(session, folder, category="002", adopted_on=date(2024, 2, 29))
    assert "1 maart 2031" in client.get(f"/woo/documenten/{made.id}").text


def test_a_list_of_processes_is_looked_at_before_it_comes_in(client, categories, database, organisation):
    with database.write(organisation.id) as session:
        known = ProcessContent(process="Klachten", document_kind="oordeel", team="Klantcontact")
        services.add_process(session, known, actor=make.AISHA)
    listed = "proces;documentsoort;stand;kleur\nKlachten;oordeel;aangesloten;rood\n=Nieuw;nota;;\nFout;x;bijna;\n"
    sent = {"file": ("kaart.csv", io.BytesIO(listed.encode()))}
    answer = client.post("/woo/processen/inlezen", files=sent)
    page = html.document_fromstring(answer.text)
    assert "blijven weg: kleur." in page.text_content()
    assert "Rij 4: de stand 'bijna' bestaat niet" in page.text_content()
    with database.read(organisation.id) as session:
        assert len(services.all_processes(session)) == 1, "nothing is kept before a person says yes"
    (form,) = [one for one in page.forms if one.get("action").endswith("/overnemen")]
    for _ in range(2):
        assert "De lijst is ingelezen" in client.post(form.get("action"), data=dict(form.form_values())).text
    with database.read(organisation.id) as session:
        found = {one.process: one.content() for one in services.all_processes(session)}
    assert (found["Klachten"].team, found["Klachten"].state.value) == ("Klantcontact", "aangesloten")
    assert set(found) == {"Klachten", "=Nieuw"}


@pytest.mark.parametrize(("content", "says"), [(None, "Kies eerst een bestand."), (b"naam\nx\n", "kolom 'proces'")])
def test_a_list_that_cannot_be_read_says_what_to_do(client, content, says):
    sent = {"file": ("kaart.csv", io.BytesIO(content))} if content else {"file": ("", b"")}
    answer = client.post("/woo/processen/inlezen", files=sent)
    assert answer.status_code == 422
    assert says in html.document_fromstring(answer.text).text_content()


@pytest.mark.on_both
def test_every_list_that_is_kept_is_in_the_trail(client, categories, database, organisation):
    for address in ("/woo/processen/lijst.csv", "/woo/roo.xlsx"):
        client.get(address)
    with database.read(organisation.id) as session:
        actions = session.exec(
            select(AuditEvent.action).where(AuditEvent.action.like("%:download")).order_by(AuditEvent.sequence)
        ).all()
    assert actions == ["woo:process:download", "woo:category:download"]


def test_a_list_of_processes_larger_than_a_spreadsheet_may_be_is_not_read(client, categories, monkeypatch):
    monkeypatch.setattr("core.sheets.MAX_BYTES", 1_000)
    sent = {"file": ("kaart.csv", io.BytesIO(b"x" * 6_000_000))}
    answer = client.post("/woo/processen/inlezen", files=sent)
    assert answer.status_code == 422
    assert "Ga terug en kies een kleiner." in answer.text
