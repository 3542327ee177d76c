"""Who sees and may do what on the way to the register: invuller, privacy officer, vaststeller, FG."""

from datetime import timedelta

import pytest
from lxml import html
from sqlmodel import select

from core import clock
from register import queries, remarks, services
from register.content import Status
from register.remarks import Remark
from support.pages import Visit
from support.register import COMPLETE, ESTABLISHER


@pytest.fixture
def record(database, organisation):
    """The address of a concept."""
    with database.write(organisation.id) as session:
        return f"/register/{services.add(session, COMPLETE, actor=ESTABLISHER).kenmerk}/"


@pytest.fixture
def status(database, organisation, record):
    def read():
        with database.read(organisation.id) as session:
            return queries.find(session, record.split("/")[2]).status

    return read


def buttons(answer) -> list[str]:
    page = html.document_fromstring(answer.text)
    found = page.xpath("//div[@class='ob-buttons'][1]//button | //div[@class='ob-buttons'][1]//a")
    return [one.text_content().strip() for one in found]


def test_a_record_goes_from_the_one_to_the_other(client_as, record, status):
    contributor, officer, establisher = (client_as(role) for role in ("invuller", "privacy_officer", "vaststeller"))
    answer = Visit(contributor, f"{record}aanbieden").submit(text="Let op de termijn")
    assert "Aangeboden" in answer.text
    assert "schrijft hierbij: Let op de termijn" in answer.text
    answer = Visit(officer, f"{record}terugsturen").submit(text="Welke termijn bedoelt u?")
    assert "vraagt: Welke termijn bedoelt u?" in contributor.get(record).text
    assert status() is Status.CONCEPT
    Visit(contributor, f"{record}aanbieden").submit(text="Die van 10 jaar")
    assert "Terugsturen met een vraag" in buttons(officer.get(record))
    version = html.document_fromstring(officer.get(record).text).xpath("//input[@name='version']/@value")[0]
    assert "Goedgekeurd" in officer.post(f"{record}goedkeuren", data={"version": version}).text
    assert status() is Status.APPROVED
    page = establisher.get(record)
    assert buttons(page) == ["Vaststellen", "Beëindigen"]
    history = html.document_fromstring(page.text).xpath("//section[@aria-labelledby='geschiedenis']")[0].text_content()
    assert 'teruggestuurd met een vraag door Persoon1: "Welke termijn bedoelt u?"' in history


def test_a_text_that_misses_or_is_too_long_comes_back(client_as, record, status):
    contributor, officer = client_as("invuller"), client_as("privacy_officer")
    answer = Visit(contributor, f"{record}aanbieden").submit(text="x" * 1001)
    assert (answer.status_code, "1000" in answer.text, "x" * 1001 in answer.text) == (422, True, True)
    Visit(contributor, f"{record}aanbieden").submit(text="")
    answer = Visit(officer, f"{record}terugsturen").submit(text=" ")
    assert (answer.status_code, status()) == (422, Status.IN_REVIEW)
    stale = officer.post(f"{record}terugsturen", data={"version": "1", "text": "Mijn lange vraag"})
    assert stale.status_code == 409
    assert "Mijn lange vraag" in officer.get(f"{record}terugsturen").text


def test_approving_with_errors_says_which(client_as, database, organisation):
    officer = client_as("privacy_officer")
    with database.write(organisation.id) as session:
        activity = services.add(session, COMPLETE.model_copy(update={"security": ""}), actor=ESTABLISHER)
        services.submit(session, activity, note="", actor=ESTABLISHER)
        address, version = f"/register/{activity.kenmerk}/", activity.version
    answer = officer.post(f"{address}goedkeuren", data={"version": version})
    assert (answer.status_code, "Er zijn nog fouten" in answer.text) == (422, True)


@pytest.mark.parametrize("role", ["fg", "beheerder", "lezer", "vaststeller", "invuller"])
def test_only_a_privacy_officer_approves_or_sends_back(client_as, record, role):
    somebody = client_as(role)
    assert somebody.post(f"{record}goedkeuren", data={"version": 1}).status_code == 403
    assert somebody.post(f"{record}terugsturen", data={"version": 1, "text": "Waarom?"}).status_code == 403


def test_the_data_protection_officer_never_approves_or_establishes(client_as, record):
    """GDPR art. 38(6): no tasks that conflict with the supervision."""
    dpo = client_as("fg")
    for step in ("vaststellen", "goedkeuren", "aanbieden", "terugsturen", "beeindigen", "concept"):
        assert dpo.post(f"{record}{step}", data={"version": 1, "text": "x"}).status_code == 403
    assert buttons(dpo.get(record)) == []


def test_a_remark_of_the_dpo_is_answered_and_closed(client_as, record, database, organisation):
    dpo, officer, administrator = client_as("fg"), client_as("privacy_officer"), client_as("beheerder")
    Visit(dpo, f"{record}opmerkingen/nieuw").submit(text="De termijn lijkt te lang.")
    with database.read(organisation.id) as session:
        at = f"{record}opmerkingen/{session.exec(select(Remark)).one().id}/"
    for somebody in (officer, administrator):
        assert "De termijn lijkt te lang." in somebody.get(record).text
        assert somebody.post(f"{at}wijzigen", data={"text": "Niets", "version": 1}).status_code == 403
        assert somebody.post(f"{at}sluiten").status_code == 403
    assert administrator.post(f"{at}antwoorden", data={"text": "Niets", "version": 1}).status_code == 403
    assert Visit(officer, f"{at}antwoorden").submit(text="").status_code == 422
    assert "Wij kijken ernaar." in Visit(officer, f"{at}antwoorden").submit(text="Wij kijken ernaar.").text
    visit = Visit(dpo, f"{at}wijzigen")
    assert "Wij kijken ernaar." in visit.answer.text
    assert "Tien jaar is te lang." in visit.submit(text="Tien jaar is te lang.").text
    assert "Gesloten op" in dpo.post(f"{at}sluiten").text


@pytest.mark.on_both
def test_another_dpo_writes_a_remark_of_their_own(client_as, record, database, organisation):
    Visit(client_as("fg"), f"{record}opmerkingen/nieuw").submit(text="Van de een")
    with database.read(organisation.id) as session:
        at = f"{record}opmerkingen/{session.exec(select(Remark)).one().id}/"
    other = client_as("fg")
    assert "Opmerking wijzigen" not in other.get(record).text
    answer = other.post(f"{at}wijzigen", data={"text": "Van de ander", "version": 1})
    assert (answer.status_code, "Alleen wie een opmerking schreef" in answer.text) == (403, True)
    assert "Gesloten op" in other.post(f"{at}sluiten").text


def test_the_worklist_says_what_waits_for_whom(client_as, record, database, organisation):
    """Each role has its own work first; AVG-142 shows what waits too long."""
    old = clock.now() - timedelta(days=32)  # also where the clock went back an hour in between
    dpo = client_as("fg")
    with database.write(organisation.id) as session, clock.frozen(old):
        late = services.add(session, COMPLETE.model_copy(update={"name": "Laat"}), actor=ESTABLISHER)
        services.submit(session, late, note="Kijk even", actor=ESTABLISHER)
        back = services.add(session, COMPLETE.model_copy(update={"name": "Terug"}), actor=ESTABLISHER)
        services.submit(session, back, note="", actor=ESTABLISHER)
        services.send_back(session, back, question="Waarom?", actor=ESTABLISHER)
        good = services.add(session, COMPLETE.model_copy(update={"name": "Goed"}), actor=ESTABLISHER)
        services.submit(session, good, note="", actor=ESTABLISHER)
        services.approve(session, good, actor=ESTABLISHER)
        remark = remarks.add(session, good, "Te lang bewaard", actor=ESTABLISHER)
        remarks.add(session, good, "Nog iets", actor=ESTABLISHER)
        remarks.answer(session, remark, "Klopt", version=remark.version, actor=ESTABLISHER)

    def mine(client) -> dict[str, str]:
        page = html.document_fromstring(client.get("/register/werk").text)
        found, own = {}, True
        for heading in page.xpath("//main//h2 | //main//h3"):
            if heading.tag == "h2":
                own = "op u" in heading.text_content()
            elif own:
                table = heading.xpath("following::table[1]")[0]
                found[heading.text_content()] = " ".join(table.text_content().split())
        return found

    officer = mine(client_as("privacy_officer"))
    assert "VW-0002 Laat" in officer["Ter controle aangeboden (1)"]
    assert "Te lang" in officer["Ter controle aangeboden (1)"]
    assert "Nog iets" in officer["Opmerkingen van de FG (1)"]
    assert list(mine(client_as("invuller"))) == ["Teruggekomen met een vraag (1)"]
    assert "Waarom?" in mine(client_as("invuller"))["Teruggekomen met een vraag (1)"]
    assert list(mine(client_as("vaststeller"))) == ["Goedgekeurd (1)"]
    assert list(mine(dpo)) == ["Antwoorden aan de FG (1)"]
    assert mine(client_as("lezer")) == {}
