"""Review rounds: a team without an account confirms or corrects its own records through a signed link."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html
from sqlmodel import select
from starlette.testclient import TestClient

from core import clock
from core.audit import COMMAND_LINE, AuditEvent, faults
from core.organisations import Team, add_organisation, change_shared
from core.settings import Settings
from register import queries, reviews, services
from register.content import ActivityContent, Recipient, Status, SystemUse
from register.models import ProcessingActivity
from register.reviews import Outcome, Review, ReviewAnswer, Said
from support.mail_server import mail_server
from support.pages import InspectedClient, Visit
from support.register import COMPLETE, ESTABLISHER

SECRET = "een geheim voor de tests, lang genoeg"


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None, app_url="http://localhost", secret_key=SECRET)


@pytest.fixture
def officer(client, folder, settings) -> TestClient:
    client.app.state.folder = replace(folder, settings=settings)
    return client


@pytest.fixture
def stranger(officer) -> TestClient:
    """A browser without any cookie."""
    return InspectedClient(officer.app, base_url="http://localhost", headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def records(database, organisation) -> list[str]:
    """Two records of the team Burgerzaken, one of another team, and one that has ended."""
    with database.write(organisation.id) as session:
        made = []
        for name, team in (("Paspoort", "Burgerzaken"), ("Rijbewijs", "Burgerzaken"), ("Belasting", "Financiën")):
            content = COMPLETE.model_copy(update={"name": name, "team": team, "reviewed_on": None})
            made.append(services.add(session, content, actor=ESTABLISHER))
        gone = services.add(session, ActivityContent(name="Oud", team="Burgerzaken"), actor=ESTABLISHER)
        services.end(session, gone, on=clock.today(), reason="Stopt", actor=ESTABLISHER)
        return [activity.kenmerk for activity in made]


def begin(officer: TestClient, *, team: str = "Burgerzaken") -> str:
    """Begin a round as a person does; gives the link."""
    visit = Visit(officer, "/controles/")
    options = {option.text: option.get("value") for option in visit.form.xpath(".//option")}
    answer = visit.submit(team=options[team])
    assert answer.status_code == 200, answer.text
    found = html.document_fromstring(answer.text).findtext(".//code")
    assert found.startswith("http://localhost/controle/")
    return found.removeprefix("http://localhost")


def test_a_team_reads_and_corrects_a_record_with_very_many_recipients_and_systems(
    officer, stranger, records, database, organisation
):
    with database.write(organisation.id) as session:
        activity = queries.find(session, records[0])
        names = [f"{number} ".ljust(290, "x") for number in range(40)]
        facts = {
            "recipients": tuple(Recipient(name=name) for name in names),
            "systems": tuple(SystemUse(name=name) for name in names),
        }
        content = services.content_of(activity).model_copy(update=facts)
        services.change(session, activity, content, version=activity.version, actor=ESTABLISHER)
    link = begin(officer)
    wrong = {"answers-0-outcome": "klopt_niet", "answers-0-recipients": "\n".join([*names, "Erbij"])}
    answer = Visit(stranger, link).submit(name="Team", **wrong, **{"answers-1-outcome": "klopt"})
    assert (answer.status_code, "Dat is te veel" in answer.text) == (200, False)
    with database.read(organisation.id) as session:
        [said] = [one for one in session.exec(select(ReviewAnswer)) if one.proposal]
    assert said.proposal == {"recipients": [*names, "Erbij"]}


@pytest.mark.on_both
def test_a_team_without_an_account_confirms_and_corrects_its_records(
    officer, stranger, records, database, organisation
):
    link = begin(officer)
    visit = Visit(stranger, link)
    headings = [found.text_content().strip() for found in visit.page.xpath("//h2[starts-with(@id, 'verwerking-')]")]
    assert headings == ["VW-0001 Paspoort", "VW-0002 Rijbewijs"]
    wrong = {"answers-1-outcome": "klopt_niet", "answers-1-remark": "Het systeem heet nu anders"}
    answer = visit.submit(**{"name": "Jan Jansen", "answers-0-outcome": "klopt", **wrong})
    assert (answer.status_code, "Uw antwoorden zijn bewaard" in answer.text) == (200, True)
    with database.read(organisation.id) as session:
        first, second = (queries.find(session, kenmerk) for kenmerk in records[:2])
        assert (first.reviewed_on, second.reviewed_on) == (clock.today(), None)
        assert first.next_review_on.year == clock.today().year + 1
        events = session.exec(select(AuditEvent).order_by(AuditEvent.sequence.desc()).limit(2)).all()
        assert [(event.action, event.actor) for event in events] == [
            ("register:review:answer", "Jan Jansen (met een link, Burgerzaken)"),
            ("register:activity:confirm", "Jan Jansen (met een link, Burgerzaken)"),
        ]
        assert faults(session, organisation.id) == []
    page = officer.get(f"/register/{records[1]}/")
    assert "Het team zegt dat iets niet klopt: Het systeem heet nu anders" in page.text
    round_ = html.document_fromstring(page.text).xpath("//a[starts-with(@href, '/controles/')]/@href")[-1]
    assert "2 van 2 beantwoord, 1 te verwerken" in officer.get(round_).text
    assert "afgehandeld op" in Visit(officer, round_).submit().text
    assert "Het team zegt" not in officer.get(f"/register/{records[1]}/").text


def test_confirming_leaves_an_established_record_established(database, organisation, records):
    with database.write(organisation.id) as session:
        activity = queries.find(session, records[0])
        services.establish(session, activity, actor=COMMAND_LINE)
        services.confirm(session, activity, actor=ESTABLISHER)
        services.confirm(session, activity, actor=ESTABLISHER)
        assert (activity.status, activity.reviewed_on) == (Status.ESTABLISHED, clock.today())
        assert [save.verb for save in queries.saves_of(session, activity)] == ["confirm", "establish", "add"]


def test_what_was_typed_stays_when_something_misses(officer, stranger, records, database, organisation):
    link = begin(officer)
    answer = Visit(stranger, link).submit(**{"answers-0-outcome": "klopt_niet", "answers-1-remark": "Bijna goed"})
    assert answer.status_code == 422
    for text in ("Vul uw naam in", "Schrijf op wat er niet klopt.", "Bijna goed"):
        assert text in answer.text
    with database.read(organisation.id) as session:
        assert {one.outcome for one in session.exec(select(Review)).one().answers} == {None}


def test_a_team_may_think_again_until_the_round_is_over(officer, stranger, records, database, organisation):
    link = begin(officer)
    Visit(stranger, link).submit(**{"name": "Jan", "answers-0-outcome": "klopt"})
    again = Visit(stranger, link)
    assert "U hebt 1 van 2 beantwoord" in again.answer.text
    again.submit(**{"name": "Els", "answers-0-outcome": "klopt_niet", "answers-0-remark": "Toch niet"})
    with database.read(organisation.id) as session:
        first = session.exec(select(Review)).one().answers[0]
        assert (first.outcome, first.remark, first.answered_by) == (Outcome.WRONG, "Toch niet", "Els")
        review = session.exec(select(Review)).one()
    with database.write(organisation.id) as session:
        said = {first.id: Said(Outcome.WRONG, "Toch niet")}
        assert reviews.say(session, reviews.find(session, review.id), said, name="Els") == 0


@pytest.mark.parametrize("change", [lambda link: link[:-2], lambda link: f"{link}x", lambda _link: "/controle/a.b"])
def test_a_link_that_was_altered_opens_nothing(officer, stranger, records, change):
    answer = stranger.get(change(begin(officer)))
    assert (answer.status_code, "Deze link klopt niet" in answer.text) == (403, True)


@pytest.mark.on_both
def test_a_link_opens_until_its_last_day_is_over_in_the_netherlands(officer, stranger, records, database, organisation):
    link = begin(officer)
    with database.read(organisation.id) as session:
        ends = session.exec(select(Review)).one().ends_at
    assert (ends.astimezone(clock.AMSTERDAM).hour, ends.astimezone(clock.AMSTERDAM).minute) == (0, 0)
    with clock.frozen(ends - timedelta(seconds=1)):
        assert stranger.get(link).status_code == 200
    with clock.frozen(ends):
        late = stranger.post(link, data={"name": "Jan"})
        assert (late.status_code, "verlopen" in late.text) == (403, True)


def test_a_closed_round_opens_nothing_any_more(officer, stranger, records):
    link = begin(officer)
    round_ = html.document_fromstring(officer.get("/controles/").text).xpath("//td//a/@href|//th//a/@href")[0]
    Visit(officer, round_).submit()
    answer = stranger.get(link)
    assert (answer.status_code, "al gebruikt of is gesloten" in answer.text) == (403, True)


def test_an_invitation_or_another_key_opens_no_round(officer, stranger, records, settings, folder, database):
    link = begin(officer)
    other = settings.model_copy(update={"secret_key": type(settings.secret_key)(SECRET[::-1])})
    officer.app.state.folder = replace(folder, settings=other)
    assert stranger.get(link).status_code == 403
    officer.app.state.folder = replace(folder, settings=settings)
    assert stranger.get(link.replace("/controle/", "/uitnodiging/")).status_code == 403


def test_a_link_gives_no_way_into_anything_else(officer, stranger, records):
    link = begin(officer)
    assert stranger.get(link).status_code == 200
    assert stranger.cookies == {}
    for path in ("/register/", f"/register/{records[0]}/", "/controles/"):
        assert stranger.get(path, follow_redirects=False).headers["location"].startswith("/inloggen")


def test_one_round_at_a_time_and_only_for_a_team_with_records(officer, records):
    begin(officer)
    visit = Visit(officer, "/controles/")
    team = next(option.get("value") for option in visit.form.xpath(".//option") if option.text == "Burgerzaken")
    assert "heeft al een controle die loopt" in visit.submit(team=team).text
    answer = officer.post("/controles/", data={"team": "iets", "closes_on": "01-01-2020"})
    assert (answer.status_code, "Kies een team uit de lijst." in answer.text) == (422, True)


@pytest.mark.parametrize("days", [-1, 93])
def test_the_last_day_is_within_a_quarter(database, organisation, records, days):
    with database.write(organisation.id) as session:
        team = session.exec(select(Team).where(Team.name == "Burgerzaken")).one()
        with pytest.raises(Exception, match="drie maanden"):
            reviews.open_review(session, team, closes_on=clock.today() + timedelta(days=days), actor=ESTABLISHER)


def test_without_a_key_the_page_says_what_to_set(officer, records, folder):
    officer.app.state.folder = folder
    visit = Visit(officer, "/controles/")
    team = next(option.get("value") for option in visit.form.xpath(".//option") if option.text == "Burgerzaken")
    assert "OPENBOEK_APP_URL" in visit.submit(team=team).text


def test_the_link_goes_by_mail_to_the_team(officer, records, settings, folder, database, organisation):
    with database.write(organisation.id) as session:
        team = session.exec(select(Team).where(Team.name == "Burgerzaken")).one()
        change_shared(session, team, {"email": "burgerzaken@losser.example"}, version=team.version, actor=ESTABLISHER)
    with mail_server() as server:
        mailing = settings.model_copy(
            update={"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none", "smtp_from": "o@x.nl"}
        )
        officer.app.state.folder = replace(folder, settings=mailing)
        link = begin(officer)
        round_ = html.document_fromstring(officer.get("/controles/").text).xpath("//td//a/@href|//th//a/@href")[0]
        answer = officer.post(f"{round_}/mailen")
        assert "De mail is verstuurd." in answer.text
    (sent,) = server.received
    assert (sent["To"], link in sent.get_content()) == ("burgerzaken@losser.example", True)


def test_another_organisation_never_sees_a_round(officer, records, database, organisation):
    begin(officer)
    with database.write(None) as session:
        other = add_organisation(
            session,
            code="gm0153",
            name="B",
            base_url="https://b.example",
            tooi_uri="x",
            tooi_label="x",
            actor=ESTABLISHER,
        ).id
    with database.read(other) as session:
        assert reviews.all_reviews(session) == []
        assert session.exec(select(ProcessingActivity)).all() == []


def test_only_who_may_establish_begins_a_round(client_as, records):
    reader = client_as("lezer")
    assert "Nieuwe controle" not in reader.get("/controles/").text
    assert reader.post("/controles/", data={}).status_code == 403
