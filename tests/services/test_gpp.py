"""Documents to a GPP-publicatiebank: a server with its API on this machine, and what is on it after each step."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import select

import woo.services as woo_services
from core import clock
from core.audit import COMMAND_LINE
from core.errors import BadInput, Failed
from core.settings import Settings, TargetSettings, check_targets
from publish import deliveries, writer
from publish.models import GppDocument, PublishTarget
from publish.targets import gpp, sending
from support.gpp_server import TOKEN, GppServer
from support.installation import Installation
from woo import lists
from woo.content import CategoryContent, CategoryStatus, DocumentContent, DossierContent, LocationContent
from woo.models import Category

ORGANISATION = "https://identifier.overheid.nl/tooi/id/gemeente/gm0168"
CATEGORY = lists.categories()["014"].uri


@pytest.fixture
def bank(monkeypatch) -> Iterator[GppServer]:
    monkeypatch.setattr("core.http.BACKOFF_SECONDS", 0.001)
    made = GppServer(ORGANISATION, CATEGORY)
    yield made
    made.stop()


@pytest.fixture
def here(here: Installation, bank: GppServer) -> Installation:
    here.folder.settings.targets = {"woo": TargetSettings(to=bank.address, secret=TOKEN)}
    return here


def send(here: Installation, **options) -> str:
    here.export()
    return deliver(here, **options)


def deliver(here: Installation, **options) -> str:
    return deliveries.deliver(
        here.database, here.folder, here.organisation_id, "woo", actor=COMMAND_LINE, pause=0, **options
    )


def rows(here: Installation) -> dict[UUID, GppDocument]:
    with here.database.read(here.organisation_id) as session:
        found = {row.document_id: row for row in session.exec(select(GppDocument))}
        session.expunge_all()
    return found


def statuses(bank: GppServer) -> dict[str, str]:
    return {one["officieleTitel"]: one["publicatiestatus"] for one in bank.publications.values()}


def on_site(here: Installation, slug: str) -> bytes:
    return next((here.folder.root / "site" / writer.DOCUMENTS).rglob(f"*{slug}.pdf")).read_bytes()


def test_every_public_document_becomes_a_publication_with_its_file(here, bank):
    first = here.add_document("Eerste besluit")
    here.add_document("Tweede besluit")
    here.add_document("Concept", published=False)
    assert send(here) == "2 documenten gestuurd, 0 ingetrokken."
    assert statuses(bank) == {"Eerste besluit": "gepubliceerd", "Tweede besluit": "gepubliceerd"}
    row = rows(here)[first]
    publication, document = bank.publications[row.publication], bank.documents[row.file]
    assert publication["publisher"] == bank.names["organisaties"][ORGANISATION]
    assert publication["informatieCategorieen"] == [bank.names["informatiecategorieen"][CATEGORY]]
    assert (document["publicatie"], document["publicatiestatus"]) == (row.publication, "gepubliceerd")
    assert (document["bestandsnaam"], document["creatiedatum"]) == ("1-eerste-besluit.pdf", "2026-11-02")
    assert document["bestandsformaat"] == "application/pdf"
    assert bank.file(row.file) == on_site(here, "eerste-besluit")
    assert len(bank.pieces[row.file]) > 1


def test_only_what_changed_is_sent_and_a_file_that_was_replaced_goes(here, bank):
    first = here.add_document("Eerste besluit")
    here.add_document("Tweede besluit")
    send(here)
    before = rows(here)[first]
    bank.asked.clear()
    assert send(here) == "0 documenten gestuurd, 0 ingetrokken."
    assert bank.asked == []
    here.replace_file(first, "zonder de naam")
    assert send(here) == "1 documenten gestuurd, 0 ingetrokken."
    after = rows(here)[first]
    assert after.publication == before.publication
    assert before.file not in bank.documents, "its bytes may be why it was replaced"
    assert bank.file(after.file) == on_site(here, "eerste-besluit")
    assert len(bank.documents) == 2
    assert send(here, anew=True) == "2 documenten gestuurd, 0 ingetrokken."
    assert len(bank.publications) == len(bank.documents) == 2


def test_a_withdrawn_document_is_withdrawn_there_at_once(here, bank):
    document = here.add_document("Intrekken")
    here.add_document("Blijft")
    send(here)
    here.withdraw_document(document)

    def take_away():
        return deliveries.take_away_withdrawn(here.database, here.folder, here.organisation_id, actor=COMMAND_LINE)

    assert take_away() == {"woo": 1}
    assert statuses(bank) == {"Intrekken": "ingetrokken", "Blijft": "gepubliceerd"}
    assert {one["publicatiestatus"] for one in bank.documents.values()} == {"ingetrokken", "gepubliceerd"}
    assert document not in rows(here)
    bank.asked.clear()
    assert take_away() == {"woo": 0}
    assert send(here) == "0 documenten gestuurd, 0 ingetrokken."
    assert bank.asked == []


@pytest.mark.parametrize("patience", [0.0, 3600.0])
def test_a_document_that_is_withdrawn_while_others_are_sent_does_not_stay(here, bank, monkeypatch, patience):
    """Whether it is noticed at the next document or at the end."""
    document = here.add_document("Intrekken")
    here.add_document("Blijft")
    bring = gpp.GppCopy._bring

    def withdraws(copy, line, frozen, release):
        sent = bring(copy, line, frozen, release)
        if frozen.id == document:
            here.withdraw_document(document)
        return sent

    monkeypatch.setattr(gpp.GppCopy, "_bring", withdraws)
    monkeypatch.setattr(sending, "_LOOK_AGAIN", patience)
    assert send(here) == "2 documenten gestuurd, 1 ingetrokken."
    assert statuses(bank) == {"Intrekken": "ingetrokken", "Blijft": "gepubliceerd"}


def test_a_document_on_another_website_is_a_publication_that_says_where(here, bank):
    address = "https://elders.example/a.pdf"
    content = DocumentContent(title="Elders", category="014", adopted_on=date(2026, 11, 2), source_url=address)
    with here.database.write(here.organisation_id) as session:
        category = session.exec(select(Category).where(Category.number == "014")).one()
        place = CategoryContent(
            status=CategoryStatus.STARTED, locations=(LocationContent(url="https://elders.example/"),)
        )
        woo_services.change_category(session, category, place, version=category.version, actor=COMMAND_LINE)
        woo_services.establish_category(session, category, actor=COMMAND_LINE)
    here.export()
    with here.database.write(here.organisation_id) as session:
        dossier = woo_services.add_dossier(session, DossierContent(title="D", category="014"), actor=COMMAND_LINE)
        document = woo_services.add_document(session, dossier, content, None, actor=COMMAND_LINE)
        with clock.frozen(clock.now() + timedelta(seconds=2)):
            woo_services.publish_document(session, document, actor=COMMAND_LINE, folder=here.folder)
    assert deliver(here) == "0 documenten gestuurd, 0 ingetrokken.", "it is not on the live site yet"
    with clock.frozen(clock.now() + timedelta(seconds=3)):
        assert send(here) == "1 documenten gestuurd, 0 ingetrokken."
    [publication] = bank.publications.values()
    assert publication["omschrijving"] == f"Het document staat op {address}"
    assert bank.documents == {}


def test_what_was_withdrawn_while_that_server_was_away_goes_first_when_it_is_back(here, bank):
    document = here.add_document("Intrekken")
    send(here)
    here.withdraw_document(document)
    here.add_document("Nieuw")
    bank.forbids = True
    with pytest.raises(Failed, match="laat deze API-sleutel niet schrijven"):
        deliveries.take_away_withdrawn(here.database, here.folder, here.organisation_id, actor=COMMAND_LINE)
    bank.forbids = False
    bank.asked.clear()
    assert send(here) == "1 documenten gestuurd, 1 ingetrokken."
    assert bank.asked[:2] == ["PATCH publicaties", "POST publicaties"]
    assert statuses(bank) == {"Intrekken": "ingetrokken", "Nieuw": "gepubliceerd"}


@pytest.mark.parametrize("step", range(5))
def test_wherever_the_line_breaks_nothing_is_made_twice(here, bank, step):
    """The answer is lost to: the publication, the document, a piece of the file, and so on."""
    here.add_document("Eerste besluit")
    here.export()
    bank.breaks_after = step
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "TRIES", 1)
        patch.setattr("core.http.TRIES", 0)
        with pytest.raises(Failed, match="is niet te bereiken"):
            send(here)
    bank.breaks_after = None
    send(here)
    assert statuses(bank) == {"Eerste besluit": "gepubliceerd"}
    [document] = bank.documents.values()
    assert (document["uploadVoltooid"], document["publicatiestatus"]) == (True, "gepubliceerd")
    [row] = rows(here).values()
    assert bank.file(row.file) == on_site(here, "eerste-besluit")


def test_a_document_that_is_refused_stops_no_other_and_is_tried_again(here, bank):
    here.add_document("Convenant", category="008")
    here.add_document("Besluit")
    with pytest.raises(Failed, match=r"^1 documenten gingen niet naar 127.*'Convenant'.*kent '.*' niet"):
        send(here)
    assert statuses(bank) == {"Besluit": "gepubliceerd"}
    with here.database.read(here.organisation_id) as session:
        assert "Convenant" in session.exec(select(PublishTarget)).one().error
    bank.names["informatiecategorieen"][lists.categories()["008"].uri] = CATEGORY
    assert send(here) == "1 documenten gestuurd, 0 ingetrokken."


def test_what_somebody_else_put_there_is_left_alone(here, bank):
    document = here.add_document("Besluit")
    send(here)
    theirs = {
        "uuid": "van-hen",
        "publicatie": rows(here)[document].publication,
        "kenmerken": [],
        "uploadVoltooid": True,
    }
    bank.documents["van-hen"] = theirs
    here.replace_file(document, "een ander")
    send(here)
    assert "van-hen" in bank.documents
    assert len(bank.documents) == 2


def test_a_publication_that_somebody_removed_there_is_made_again(here, bank):
    here.add_document("Besluit")
    send(here)
    bank.publications.clear()
    bank.documents.clear()
    assert send(here, anew=True) == "1 documenten gestuurd, 0 ingetrokken."
    assert statuses(bank) == {"Besluit": "gepubliceerd"}


def test_a_wrong_key_or_address_is_told_in_a_sentence(here, bank):
    here.add_document("Besluit")
    for settings, sentence in (
        (TargetSettings(to=bank.address, secret="fout"), "kent deze API-sleutel niet"),
        (TargetSettings(to=f"{bank.address}/elders", secret=TOKEN), "geen publicatiebank met versie 2"),
        (TargetSettings(to="gpp+http://127.0.0.1:1", secret=TOKEN), "is niet te bereiken"),
    ):
        here.folder.settings.targets = {"woo": settings}
        with pytest.raises(Failed, match=sentence) as told:
            send(here)
        assert TOKEN not in str(told.value)


@pytest.mark.parametrize("said", [None, [], {"detail": "Onderhoud"}, {"results": None}])
def test_a_server_that_answers_something_else_is_told_and_stops_no_other_copy(here, bank, monkeypatch, tmp_path, said):
    (tmp_path / "zaal").mkdir()
    here.folder.settings.targets |= {"zaal": TargetSettings(to=str(tmp_path / "zaal"))}  # comes after it
    here.add_document("Besluit")
    here.export()
    monkeypatch.setattr(bank, "answer", lambda *_asked: (200, said))
    errors = deliveries.deliver_all(here.database, here.folder, here.organisation_id, actor=COMMAND_LINE, pause=0)
    assert errors.keys() == {"woo"}
    assert "geen publicatiebank met versie 2" in errors["woo"]
    assert (tmp_path / "zaal" / "site" / "index.html").exists()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"to": "gpp+http://bank.example", "secret": "x"}, r"gpp\+https://naam"),
        ({"to": "gpp+https://wie@bank.example", "secret": "x"}, r"gpp\+https://naam"),
        ({"to": "gpp+https://bank.example"}, "WOO__SECRET_FILE"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(facts, sentence):
    with pytest.raises(BadInput, match=sentence):
        check_targets(Settings(_env_file=None, targets={"woo": TargetSettings(**facts)}))
