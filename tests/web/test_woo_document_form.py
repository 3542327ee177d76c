"""The form of a document: what its file proposes, a file that need not be chosen twice, attachments and their order."""

import io
import os
import time

import pikepdf
import pytest
from lxml import html
from sqlmodel import select

from core import kept_uploads
from core.folder import Folder
from support import woo_documents as make
from support.pages import Visit, field
from woo import elsewhere, forms, lists, public, queries, services
from woo.models import Document, Dossier

FORM = {"title": "", "category": "002", "new_dossier": "Speelplekken", "adopted_on": ""}


def pdf(title="Besluit over de speelplek"):
    with pikepdf.new() as document:
        document.add_blank_page()
        document.add_blank_page()
        document.docinfo["/Title"] = title
        document.docinfo["/CreationDate"] = "D:20261105"
        document.Root["/Lang"] = pikepdf.String("en-GB")
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def send(client, data, file=None, address="/woo/documenten/nieuw"):
    return client.post(address, data=data, files={"file": file or ("", b"")})


def kept(answer):
    page = html.document_fromstring(answer.text)
    return {name: page.xpath(f"string(//input[@name='{name}']/@value)") for name in ("op:bestand", "op:naam")}


def documents(database, organisation):
    with database.read(organisation.id) as session:
        return session.exec(select(Document).order_by(Document.number)).all()


def test_the_file_proposes_and_a_person_saves(client, database, organisation, folder):
    answer = send(client, FORM | {"knop": "voorstel"}, ("besluit.pdf", pdf()))
    assert (answer.status_code, documents(database, organisation)) == (200, [])
    assert (field(answer, "title"), field(answer, "created_on")) == ("Besluit over de speelplek", "2026-11-05")
    page = html.document_fromstring(answer.text)
    for name in ("title", "created_on"):
        help_text = page.xpath(f"string(//*[@id='veld-{name}-help'])")
        assert "Voorstel uit het bestand. Kijk of het klopt." in help_text
    assert "Het heeft 2 bladzijden." in answer.text
    assert list(folder.store().every()) == []

    data = FORM | kept(answer) | {"title": "Besluit over de speelplek", "created_on": "2026-11-05"}
    assert "Opgeslagen" in send(client, data).text
    (document,) = documents(database, organisation)
    assert (document.file_name, document.pages, document.size) == ("besluit.pdf", 2, len(pdf()))
    assert list((folder.root / "uploads").iterdir()) == []
    assert "2 bladzijden" in client.get(f"/woo/documenten/{document.id}").text


def test_what_a_person_typed_is_never_written_over(client):
    typed = FORM | {"title": "Mijn titel", "language": lists.DUTCH, "knop": "voorstel"}
    answer = send(client, typed, ("besluit.pdf", pdf()))
    assert (field(answer, "title"), field(answer, "language")) == ("Mijn titel", lists.DUTCH)
    assert "In het bestand staat: &#39;Besluit over de speelplek&#39;." in answer.text
    assert "In het bestand staat: &#39;Engels&#39;." in answer.text


def test_a_title_that_was_forgotten_is_proposed_and_must_be_looked_at(client, database, organisation):
    answer = send(client, FORM, ("besluit.pdf", pdf()))
    assert (answer.status_code, field(answer, "title")) == (422, "Besluit over de speelplek")
    assert "Kijk of deze titel uit het bestand klopt" in answer.text
    assert documents(database, organisation) == []


def test_an_address_that_sends_on_is_refused_and_nothing_typed_is_lost(client, database, organisation, monkeypatch):
    told = "Dit adres stuurt door naar elders.example. Vul het adres in waar het document zelf staat."
    monkeypatch.setattr(elsewhere, "fault_of", lambda _address: told)
    data = FORM | {"title": "Besluit", "source_url": "https://ris.example/b.pdf", "keywords": "een"}
    answer = send(client, data)
    assert (answer.status_code, told in answer.text, field(answer, "keywords").strip()) == (422, True, "een")
    with monkeypatch.context() as fine:
        fine.setattr(elsewhere, "fault_of", lambda _address: "")
        assert "Opgeslagen" in send(client, data).text
    (document,) = documents(database, organisation)
    address = f"/woo/documenten/{document.id}/bewerken"
    assert Visit(client, address).submit(title="Beter").status_code == 200  # an address that stays is not tried again
    answer = Visit(client, address).submit(source_url="https://ris.example/c.pdf", keywords="twee")
    assert (answer.status_code, told in answer.text, field(answer, "keywords").strip()) == (422, True, "twee")


def test_an_address_that_a_list_brought_in_is_tried_before_it_becomes_public(
    client, database, organisation, monkeypatch
):
    with database.write(organisation.id) as session:
        content = make.content(source_url="https://ris.example/b.pdf")
        services.add_document(session, make.dossier(session), content, actor=make.AISHA)
    (document,) = documents(database, organisation)
    address = f"/woo/documenten/{document.id}/publiceren"
    monkeypatch.setattr(elsewhere, "fault_of", lambda _address: elsewhere.OWN_NETWORK)
    answer = client.post(address, data={"version": document.version})
    assert (answer.status_code, elsewhere.OWN_NETWORK in answer.text) == (422, True)
    monkeypatch.setattr(elsewhere, "fault_of", lambda _address: "")
    client.post(address, data={"version": document.version})
    assert documents(database, organisation)[0].is_public


def test_a_file_with_a_password_is_refused_in_a_sentence(client, folder):
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        out = io.BytesIO()
        opened.save(out, encryption=pikepdf.Encryption(user="geheim", owner="geheim"))
    answer = send(client, FORM | {"title": "Besluit"}, ("geheim.pdf", out.getvalue()))
    assert (answer.status_code, "beveiligd met een wachtwoord" in answer.text) == (422, True)
    assert list(folder.store().every()) == []


@pytest.mark.on_both
def test_a_file_over_the_limit_is_refused_before_it_is_stored(client, folder, database, organisation):
    client.app.state.folder = Folder(folder.root, folder.settings.model_copy(update={"max_upload": 500}))
    answer = send(client, FORM | {"title": "Besluit", "keywords": "een"}, ("groot.pdf", pdf()))
    assert (answer.status_code, "te groot" in answer.text) == (422, True)
    assert field(answer, "keywords").strip() == "een"
    assert (list(folder.store().every()), documents(database, organisation)) == ([], [])


def test_asking_without_a_file_says_so(client):
    answer = send(client, FORM | {"knop": "voorstel"})
    assert (answer.status_code, "Kies eerst een bestand." in answer.text) == (422, True)


def test_a_kept_file_is_of_one_person_and_of_one_day(folder: Folder, client, database, organisation):
    answer = send(client, FORM | {"knop": "voorstel"}, ("besluit.pdf", pdf()))
    (path,) = (folder.root / "uploads").iterdir()
    mine, token = path.name.split("-", 1)
    path.rename(path.with_name(f"{'0' * 32}-{token}"))
    data = FORM | kept(answer) | {"title": "Van een ander"}
    assert "Opgeslagen" in send(client, data).text
    assert [one.sha256 for one in documents(database, organisation)] == [""]
    assert kept_uploads.clear_old(folder) == 0
    (path,) = (folder.root / "uploads").iterdir()
    os.utime(path, (0, time.time() - kept_uploads.KEPT_SECONDS - 60))
    assert kept_uploads.clear_old(folder) == 1
    assert len(mine) == 32


def test_an_edited_document_is_filled_in_from_its_file(client, database, organisation):
    send(client, FORM | {"title": "Mijn titel"}, ("besluit.pdf", pdf()))
    (document,) = documents(database, organisation)
    answer = Visit(client, f"/woo/documenten/{document.id}/bewerken").submit(("knop", "voorstel"))
    assert (field(answer, "title"), field(answer, "created_on")) == ("Mijn titel", "2026-11-05")
    assert documents(database, organisation)[0].created_on is None


def test_a_second_file_is_offered_as_an_attachment_to_the_first(client, database, organisation):
    with database.write(organisation.id) as session:
        place = make.dossier(session)
        main = services.add_document(session, place, make.content(title="Het besluit"), actor=make.AISHA)
    answer = client.get(f"/woo/documenten/nieuw?dossier={place.public_id}")
    assert field(answer, "attachment_to") == str(main.id)
    data = {"title": "De kaart", "category": "002", "dossier": place.public_id, "attachment_to": str(main.id)}
    assert "Opgeslagen" in send(client, data).text
    first, second = documents(database, organisation)
    assert second.part_of == first.id
    with database.read(organisation.id) as session:
        relations = session.get_one(Document, first.id).content().relations
        assert [(lists.ROLES.label(one.role), one.target) for one in relations] == [("heeft bijlage", second.id)]
        assert [one.title for one in queries.mains_of(session, session.get_one(Dossier, place.id))] == ["Het besluit"]
    assert "Bijlage bij Het besluit" in client.get(f"/woo/dossiers/{place.public_id}").text


def test_the_documents_of_a_dossier_are_shown_without_losing_what_was_typed(client, database, organisation):
    with database.write(organisation.id) as session:
        place, empty = make.dossier(session), make.dossier(session)
        main = services.add_document(session, place, make.content(title="Het besluit"), actor=make.AISHA)
    button = {"knop": "stukken"}
    asked = send(client, {"title": "De kaart", "dossier": place.public_id} | button, ("kaart.pdf", pdf()))
    assert (asked.status_code, field(asked, "title")) == (200, "De kaart")
    assert kept(asked)["op:naam"] == "kaart.pdf"
    page = html.document_fromstring(asked.text)
    assert page.xpath("//select[@name='attachment_to']/option/@value") == ["", str(main.id)]
    assert "nog geen document" in send(client, {"title": "De kaart", "dossier": empty.public_id} | button).text
    nothing = send(client, {"title": "De kaart"} | button)
    assert (nothing.status_code, "Kies eerst een dossier" in nothing.text) == (422, True)
    data = {"title": "De kaart", "category": "002", "dossier": place.public_id, "attachment_to": str(main.id)}
    assert "Opgeslagen" in send(client, data | kept(asked)).text
    first, second = documents(database, organisation)
    assert (second.part_of, second.file_name) == (first.id, "kaart.pdf")


def test_an_attachment_stays_within_its_dossier(client, database, organisation):
    with database.write(organisation.id) as session:
        other = services.add_document(session, make.dossier(session), make.content(), actor=make.AISHA)
    answer = send(client, FORM | {"title": "De kaart", "attachment_to": str(other.id)}, ("kaart.pdf", pdf()))
    assert (answer.status_code, "Kies een document uit hetzelfde dossier" in answer.text) == (422, True)
    assert len(documents(database, organisation)) == 1
    assert kept(answer)["op:naam"] == "kaart.pdf"


def titles(client, address):
    return html.document_fromstring(client.get(address).text).xpath("//tbody/tr/th//a/text()")


def press(client, address, button):
    version = Visit(client, address, form=-2).form.fields["version"]
    return client.post(f"{address}/volgorde", data={"version": version, "knop": button})


def test_documents_are_put_in_order_and_the_website_follows_when_asked(client, database, organisation, folder):
    with database.write(organisation.id) as session:
        place = make.dossier(session)
        for title in ("Een", "Twee", "Drie"):
            make.publish(session, folder, place, title=title)
    address = f"/woo/dossiers/{place.public_id}"
    press(client, address, "op-3")
    press(client, address, "neer-1")
    assert titles(client, address) == ["Drie", "Een", "Twee"]
    press(client, address, "op-3")  # it stands on top already
    press(client, address, "op-99")
    press(client, address, "onzin")
    assert titles(client, address) == ["Drie", "Een", "Twee"]
    assert "Lezers zien dit dossier nog zoals het was" in client.get(address).text
    with database.read(organisation.id) as session:
        assert public.public_dossiers(session)[0].order == ()
    client.post(f"{address}/publiceren")
    assert "Lezers zien dit dossier nog" not in client.get(address).text
    with database.write(organisation.id) as session:
        (shown,) = public.public_dossiers(session)
        assert [loc.rpartition("/")[2] for loc in shown.order] == ["3-drie.pdf", "1-een.pdf", "2-twee.pdf"]
        make.publish(session, folder, session.get_one(Dossier, place.id), title="Vier")
    assert titles(client, address)[-1] == "Vier"


def test_an_order_that_somebody_else_changed_meanwhile_is_a_conflict(client, database, organisation, folder):
    with database.write(organisation.id) as session:
        place = make.dossier(session)
        for title in ("Een", "Twee"):
            make.add(session, folder, place, title=title)
    address = f"/woo/dossiers/{place.public_id}"
    old = Visit(client, address, form=-2).form.fields["version"]
    press(client, address, "op-2")
    assert client.post(f"{address}/volgorde", data={"version": old, "knop": "op-1"}).status_code == 409


def test_every_language_that_a_file_can_say_is_in_the_list():
    assert all(code in lists.LANGUAGES.entries for code in forms.LANGUAGES.values())
