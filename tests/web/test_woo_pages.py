"""The pages of the Woo: what a person sees, types and presses."""

import io
from typing import Any

import pytest
from lxml import html
from sqlmodel import select

from core import clock
from core.db import Database
from core.folder import Folder
from core.organisations import Organisation, add_organisation
from support import woo_documents as make
from support.pages import Visit, field
from woo import files, lists, public, services
from woo.content import DocumentState, RelationContent
from woo.models import Category, Document, Dossier

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


def test_what_was_typed_comes_back_and_the_file_is_asked_again(client, database, organisation):
    data = {**FORM, "title": " ", "keywords": "een\ntwee", "themes": [lists.THEMES.codes[3]]}
    answer = send(client, "/woo/documenten/nieuw", data, ("besluit.pdf", make.pdf()))
    assert answer.status_code == 422
    assert field(answer, "keywords").strip() == "een\ntwee"
    assert field(answer, "adopted_on") == "2026-11-16", "a date field shows nothing else"
    assert "Kies het bestand &#39;besluit.pdf&#39; opnieuw" in answer.text
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
