"""Cleaning on the screen and by command: asked by one, decided by another, and told what is left to do."""

import io
import json

import pytest
from lxml import html
from sqlmodel import select

from app.cli import main
from core import audit, cleaning
from core.audit import AuditEvent
from core.cleaning import CleaningRequest
from register import services as register
from register.content import ActivityContent
from support.activities import complete
from support.pages import Visit
from support.woo_documents import publish

SAMIR = audit.Actor("Samir")
BSN = "123456782"


@pytest.fixture
def typed(database, organisation) -> int:
    """The first of two events of a record in which a BSN stood."""
    with database.write(organisation.id) as session:
        activity = register.add(session, ActivityContent(name=f"Zaak {BSN}"), actor=SAMIR)
        register.change(session, activity, ActivityContent(name="Zaken"), version=activity.version, actor=SAMIR)
        return event_of(session, activity.id)


def event_of(session, subject_id) -> int:
    query = select(AuditEvent.id).where(AuditEvent.subject_id == subject_id)
    return session.exec(query.order_by(AuditEvent.sequence)).first()


def the_request(database) -> CleaningRequest:
    with database.read(None) as session:
        return session.exec(select(CleaningRequest)).one()


def text_of(answer) -> str:
    return " ".join(html.document_fromstring(answer.text).text_content().split())


def test_one_asks_and_another_cleans(client_as, database, typed):
    aisha, bram = client_as("privacy_officer", name="aisha"), client_as("beheerder", name="bram")
    page = aisha.get(f"/beheer/logboek/{typed}").text
    assert f"/beheer/schonen/nieuw/{typed}" in page
    made = Visit(aisha, f"/beheer/schonen/nieuw/{typed}").submit(text=BSN, reason="Een nummer in de naam")
    assert (made.status_code, "Gevraagd. Laat een collega beslissen." in made.text) == (200, True)
    assert "U heeft dit zelf gevraagd." in made.text
    place = f"/beheer/schonen/{the_request(database).id}"
    assert f'action="{place}/uitvoeren"' not in made.text
    assert "Back-ups van eerder houden het" in bram.get(place).text
    assert "Een nummer in de naam" in text_of(bram.get("/beheer/schonen/"))
    done = bram.post(f"{place}/uitvoeren", data={"version": the_request(database).version})
    assert "Geschoond. Exporteer als er iets van op de website staat." in done.text
    assert "2 gebeurtenissen, 1 oude standen" in done.text
    assert BSN not in done.text + bram.get("/beheer/schonen/").text + bram.get("/beheer/logboek").text
    assert "De inhoud is geschoond" in bram.get(f"/beheer/logboek/{typed}").text
    trail = bram.get("/beheer/logboek?wat=core:audit:clean").text
    assert "Logboek: geschoond" in trail


@pytest.mark.on_both
def test_who_asked_may_take_it_back_but_not_do_it(client_as, database, typed):
    aisha = client_as("privacy_officer", name="aisha")
    Visit(aisha, f"/beheer/schonen/nieuw/{typed}").submit(text=BSN, reason="Een nummer")
    request = the_request(database)
    place = f"/beheer/schonen/{request.id}"
    refused = aisha.post(f"{place}/uitvoeren", data={"version": request.version})
    assert (refused.status_code, "Laat een collega beslissen" in refused.text) == (422, True)
    aisha.post(f"{place}/weigeren", data={"version": request.version})
    assert (the_request(database).state.value, the_request(database).text) == ("geweigerd", "")


def test_a_decision_over_an_older_version_is_a_conflict(client_as, database, typed):
    aisha, bram = client_as("privacy_officer"), client_as("beheerder")
    Visit(aisha, f"/beheer/schonen/nieuw/{typed}").submit(text=BSN, reason="Een nummer")
    place = f"/beheer/schonen/{the_request(database).id}"
    for verb in ("uitvoeren", "weigeren"):
        assert bram.post(f"{place}/{verb}", data={"version": "77"}).status_code == 409
    assert the_request(database).text == BSN


def test_what_must_be_done_first_is_told(client_as, database, organisation, typed):
    aisha, bram = client_as("privacy_officer"), client_as("beheerder")
    with database.write(organisation.id) as session:
        made = event_of(session, register.add(session, complete(name=f"Nog {BSN}"), actor=SAMIR).id)
    Visit(aisha, f"/beheer/schonen/nieuw/{made}").submit(text=BSN, reason="Een nummer")
    request = the_request(database)
    first = "De tekst staat nog in het record zelf. Verbeter dat eerst, en schoon daarna."
    assert first in text_of(bram.get(f"/beheer/schonen/{request.id}"))
    refused = bram.post(f"/beheer/schonen/{request.id}/uitvoeren", data={"version": request.version})
    assert (refused.status_code, first in text_of(refused)) == (422, True)
    assert the_request(database).text == BSN


@pytest.mark.parametrize(
    ("typing", "word"),
    [
        ({"text": "", "reason": ""}, "Gebruik minstens 3 tekens"),
        ({"text": "123", "reason": "Een nummer"}, "minstens 4 tekens"),
        ({"text": BSN, "reason": f"Het is {BSN}"}, "de reden blijft staan"),
        ({"text": "staat nergens in", "reason": "Een nummer"}, "staat in niets"),
    ],
)
def test_what_cannot_be_asked_comes_back_with_what_was_typed(client_as, database, typed, typing, word):
    aisha = client_as("privacy_officer")
    answer = Visit(aisha, f"/beheer/schonen/nieuw/{typed}").submit(**typing)
    assert (answer.status_code, word in text_of(answer)) == (422, True)
    assert typing["text"] in answer.text


def test_files_are_asked_of_documents_only(client_as, database, organisation, folder, typed):
    aisha = client_as("privacy_officer")
    with database.write(organisation.id) as session:
        number = event_of(session, publish(session, folder, title="Besluit een").id)
    assert 'name="takes_files"' in aisha.get(f"/beheer/schonen/nieuw/{number}").text
    assert 'name="takes_files"' not in aisha.get(f"/beheer/schonen/nieuw/{typed}").text


@pytest.mark.parametrize("number", ["", "/999999", "/0", "/99999999999999999999", "/x"])
def test_without_an_event_there_is_nothing_to_ask(client_as, number):
    assert client_as("privacy_officer").get(f"/beheer/schonen/nieuw{number}").status_code == 404


@pytest.mark.on_both
def test_who_may_not_clean_sees_no_button(client_as, typed):
    client = client_as("fg")
    assert "Schonen vragen" not in client.get(f"/beheer/logboek/{typed}").text
    assert client.get("/beheer/schonen/").status_code == 403


# By command


def run(here, capsys, monkeypatch, *arguments: str, typed: str = "") -> tuple[int, str, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    with pytest.raises(SystemExit) as ended:
        main(["audit", *arguments, "--directory", str(here.folder.root)])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_a_command_asks_and_somebody_else_decides(here, capsys, monkeypatch):
    with here.database.write(here.organisation_id) as session:
        activity = register.add(session, ActivityContent(name=f"Zaak {BSN}"), actor=SAMIR)
        register.change(session, activity, ActivityContent(name="Zaken"), version=activity.version, actor=SAMIR)
        number = session.exec(select(AuditEvent.sequence).where(AuditEvent.subject_id == activity.id)).first()
        wanted = cleaning.Wanted(reason="Een nummer", text=BSN, subject_id=activity.id)
        asked = str(cleaning.ask(session, wanted, actor=SAMIR).id)
    code, out, _ = run(here, capsys, monkeypatch, "cleanings")
    assert (code, asked in out, BSN in out) == (0, True, False)
    code, out, _ = run(
        here, capsys, monkeypatch, "ask-cleaning", "--event", str(number), "--reason", "Ook nog", typed=BSN
    )
    own = json.loads(out)["request"]
    code, _, said = run(here, capsys, monkeypatch, "clean", own)
    assert (code, "Laat een collega beslissen" in said) == (1, True)
    code, out, _ = run(here, capsys, monkeypatch, "clean", own, "--refuse")
    assert (code, json.loads(out)["refused"]) == (0, True)
    code, out, _ = run(here, capsys, monkeypatch, "clean", asked)
    assert (code, json.loads(out)["events"]) == (0, 2)
    for wrong in ("x", "00000000-0000-4000-8000-000000000000"):
        assert run(here, capsys, monkeypatch, "clean", wrong)[0] == 2
    assert run(here, capsys, monkeypatch, "ask-cleaning", "--event", "9999", "--reason", "Weg", typed=BSN)[0] == 2
