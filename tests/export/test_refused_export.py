"""An export that is refused: what was on the website stays there, and the administrators hear of it once."""

from dataclasses import replace

import pytest
from sqlmodel import select

from app.jobs import RETRIES, handlers
from core import audit, clock, jobs
from core.accounts.models import RoleCode
from core.accounts.services import add_user
from core.errors import ExportRefused
from core.settings import Settings
from publish import queries, refusals, services, writer
from publish.check import verify
from publish.check.secrets import Secrets, piece_of
from publish.models import PublishRun, RunState
from register.content import Law
from support.activities import complete
from support.installation import Installation
from support.mail_server import mail_server
from support.tampering import tamper
from woo.models import Document


def lose_documents(here: Installation) -> None:
    """Nobody withdrew them: something went wrong in the database."""
    tamper(here.database, "UPDATE woo_document SET state = 'concept'")


@pytest.fixture
def here(here: Installation) -> Installation:
    here.add_documents(15)
    here.export()
    return here


def run(here: Installation, **chosen: bool) -> services.Outcome:
    return services.run(here.database, here.folder, here.organisation_id, actor=audit.COMMAND_LINE, **chosen)


def test_much_less_than_last_time_is_refused_until_a_person_says_yes(here):
    site = here.folder.root / "site"
    live = site.resolve()
    lose_documents(here)
    with pytest.raises(ExportRefused, match="veel minder") as refused:
        run(here)
    assert refused.value.exit_code == 4
    assert refused.value.faults[0].startswith("omvang: er staan 0 documenten op de nieuwe site, de vorige had er 15.")
    assert site.resolve() == live
    assert verify(str(site)).faults == ()
    with here.database.read(here.organisation_id) as session:
        assert refusals.asks_for_a_yes(queries.runs(session)[0])
    outcome = run(here, may_be_fewer=True)
    assert (outcome.changed, outcome.is_confirmed, outcome.counts["documenten"]) == (True, True, 0)
    assert run(here).is_confirmed is False  # from now on this is what was there last time


def test_what_was_withdrawn_goes_without_a_question(here):
    with here.database.read(here.organisation_id) as session:
        found = session.exec(select(Document.id).order_by(Document.id)).all()
    for document_id in found[:13]:
        here.withdraw_document(document_id)
    assert run(here).counts["documenten"] == 2


@pytest.mark.parametrize(
    ("before", "now", "percent", "refused"),
    [
        (100, 79, 80, True),
        (100, 80, 80, False),
        (11, 1, 80, False),
        (12, 1, 80, True),
        (100, 0, 0, False),
        (100, 99, 100, False),
        (1000, 985, 100, True),
    ],
)
def test_how_much_less_is_much(database, organisation, before, now, percent, refused):
    with database.write(organisation.id) as session:
        session.add(
            PublishRun(
                organisation_id=organisation.id,
                export_id="x",
                state=RunState.DONE,
                started_at=clock.now(),
                started_by="klok",
                counts={"verwerkingen": before},
            )
        )
    with database.read(organisation.id) as session:
        assert bool(refusals.much_less(session, {"verwerkingen": now}, percent)) is refused


def test_each_administrator_gets_one_mail_about_a_refusal(here):
    with here.database.write(None) as session:
        for name, role in (("Ada", RoleCode.ADMINISTRATOR), ("Lezer", RoleCode.READER)):
            add_user(
                session,
                username=name.lower(),
                name=name,
                password=None,
                roles=[role],
                organisation_id=here.organisation_id,
                actor=audit.COMMAND_LINE,
                email=f"{name.lower()}@losser.example",
            )
    lose_documents(here)
    with mail_server() as server:
        mailing = Settings(
            _env_file=None,
            app_url="http://localhost",
            smtp_host="127.0.0.1",
            smtp_port=server.port,
            smtp_security="none",
            smtp_from="o@x.nl",
        )
        here.folder = replace(here.folder, settings=mailing)
        for _ in range(3):
            with pytest.raises(ExportRefused):
                run(here)
            while jobs.run_one(here.database, handlers(here.folder), "test", retries=RETRIES):
                pass
        [sent] = server.received
    assert (sent["To"], sent["Subject"]) == ("ada@losser.example", "De website van Gemeente Losser is niet bijgewerkt")
    text = sent.get_content()
    assert "De export naar de website is geweigerd. De oude site staat nog online" in text
    assert "- omvang: er staan 0 documenten op de nieuwe site" in text
    assert "http://localhost/publicatie/" in text


def test_the_button_that_says_yes_is_there_when_it_is_asked_for(database, organisation, client_as):
    coordinator = client_as("woo_coordinator")
    assert "Toch exporteren" not in coordinator.get("/publicatie/").text
    with database.write(organisation.id) as session:
        session.add(
            PublishRun(
                organisation_id=organisation.id,
                export_id="x",
                state=RunState.REFUSED,
                started_at=clock.now(),
                started_by="klok",
                faults=["omvang: er staan 0 documenten op de nieuwe site, de vorige had er 15."],
            )
        )
    coordinator.post("/publicatie/exporteren", data={"minder": "ja"})
    page = coordinator.get("/publicatie/").text
    assert "Toch exporteren" in page
    assert "Toch exporteren" not in client_as("lezer").get("/publicatie/").text
    with database.read(organisation.id) as session:
        [job] = session.exec(select(jobs.Job)).all()
    assert job.payload == {"may_be_fewer": True}


# Texts that are not public


NOTE = "De aanvrager belde hierover op dinsdag en was erg ontevreden over het antwoord"


def test_a_text_that_is_not_public_stops_the_site(here, monkeypatch):
    here.add_document("Met notitie", note=f"Let op: {NOTE} & <zo>.")
    here.add_activity(complete().model_copy(update={"remarks": f"Intern. {NOTE.upper()}"}))
    run(here)
    write, leak = writer.Release.write, [b""]

    def leaky(release, name, data):
        return write(
            release, name, data if name != "woo/index.html" else data.replace(b"</main>", leak[0] + b"</main>")
        )

    monkeypatch.setattr(writer.Release, "write", leaky)
    for text, field in (
        (NOTE, "interne notitie (Woo)"),
        (f"Intern. {NOTE.upper()}", "opmerkingen (verwerkingsregister)"),
    ):
        leak[0] = text.encode()
        with pytest.raises(ExportRefused) as refused:
            run(here, full=True)
        told = f"woo/index.html: noemt tekst die niet openbaar is: {field}. Meld dit aan de maker."
        assert refused.value.faults == (told,)
        with pytest.raises(ExportRefused):
            run(here, full=True)  # nor the second time


def test_words_that_are_public_elsewhere_stop_nothing(here):
    here.add_document(NOTE, note=NOTE)
    assert run(here).changed


@pytest.mark.parametrize(
    "words",
    [
        "Misschien is het adres niet goed getypt, of is de pagina verplaatst",  # of a template
        "Adressen en metadata van de documenten die volgens de Wet open overheid openbaar zijn",  # of a page
    ],
)
def test_what_the_program_itself_says_is_no_secret(here, words):
    """Who copies a sentence of the website into an internal note must not lose the website."""
    here.add_document("Met notitie", note=words)
    assert piece_of(words)
    assert run(here).changed


def test_a_law_with_its_article_is_public_also_where_a_hidden_field_names_it(here):
    """A page shows both as one text, while the register keeps them apart."""
    content = complete()
    law = Law(name="Algemene verordening gegevensbescherming", article="art. 12 tot en met 22")
    purpose = content.purposes[0].model_copy(update={"laws": (law,)})
    recipient = content.recipients[0].model_copy(update={"basis": f"{law.name}, {law.article}"})
    here.add_activity(content.model_copy(update={"purposes": (purpose,), "recipients": (recipient,)}))
    assert piece_of(recipient.basis)
    assert run(here).changed


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("Kort.", ""),
        ("x" * 60, ""),
        (f"Let op & {NOTE}; ja", NOTE[:60].strip()),
        ("één twee " * 20, ""),
        ("woord " * 60, ("woord " * 10).strip()),
    ],
)
def test_only_a_long_and_plain_piece_is_looked_for(text, piece):
    assert piece_of(text) == piece


def test_a_piece_is_found_where_two_reads_meet():
    secrets = Secrets({piece_of(NOTE): "notitie"}, is_public=lambda _piece: False)
    for cut in range(len(NOTE)):
        data = NOTE.encode()
        assert secrets.fields_in([b"x" * 500 + data[:cut], data[cut:] + b"x"]) == ["notitie"]
