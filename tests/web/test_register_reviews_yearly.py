"""The yearly review: what is due, all rounds at once, mails, and what a team proposes (issue 4, point 4)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from lxml import html
from sqlmodel import select

from app.jobs import RETRIES, handlers
from core import clock, jobs
from core.audit import Actor, AuditEvent, faults
from core.errors import Conflict, RuleViolation
from core.jobs import Job, JobState
from core.organisations import Team, find_or_add
from core.settings import Settings
from register import queries, reviews, services
from register.content import Status
from register.proposals import own_fields
from register.review_mails import ask_for_reminders
from register.reviews import Decision, Outcome, Review, Said
from support.mail_server import mail_server
from support.pages import InspectedClient, Visit
from support.register import COMPLETE, ESTABLISHER

OFFICER = Actor("Olga", uuid4())
SECRET = "een geheim voor de tests, lang genoeg"


@pytest.fixture
def records(database, organisation):
    """Three records of Burgerzaken of which one is not due, one of Financiën, one of no team."""
    today = clock.today()
    later, soon = today + timedelta(days=200), today + timedelta(days=3)
    with database.write(organisation.id) as session:
        find_or_add(session, Team, "Burgerzaken", actor=ESTABLISHER)
        made = []
        for name, team, next_on in (
            ("Paspoort", "Burgerzaken", soon),
            ("Rijbewijs", "Burgerzaken", None),
            ("Huwelijk", "Burgerzaken", later),
            ("Belasting", "Financiën", today),
            ("Niemands", "", today),
        ):
            content = COMPLETE.model_copy(update={"name": name, "team": team, "next_review_on": next_on})
            made.append(services.add(session, content, actor=ESTABLISHER).kenmerk)
        team = session.exec(select(Team).where(Team.name == "Burgerzaken")).one()
        from core.organisations import change_shared

        change_shared(session, team, {"email": "burgerzaken@losser.example"}, version=team.version, actor=ESTABLISHER)
    return made


@pytest.fixture
def mailing(client, folder):
    """A mail server, and the settings that lead to it; gives what it received and the folder."""
    from dataclasses import replace

    with mail_server() as server:
        settings = Settings(
            _env_file=None,
            app_url="http://localhost",
            secret_key=SECRET,
            smtp_host="127.0.0.1",
            smtp_port=server.port,
            smtp_security="none",
            smtp_from="o@x.nl",
        )
        changed = replace(folder, settings=settings)
        client.app.state.folder = changed
        yield server, changed


def work(database, folder) -> int:
    count = 0
    while jobs.run_one(database, handlers(folder), "test", retries=RETRIES):
        count += 1
    return count


def open_one(session, **facts) -> Review:
    team = session.exec(select(Team).where(Team.name == "Burgerzaken")).one()
    return reviews.open_review(
        session, team, **{"closes_on": clock.today() + timedelta(days=28), "actor": OFFICER} | facts
    )


def test_what_is_due_stands_by_team(database, organisation, records):
    with database.read(organisation.id) as session:
        found = reviews.due(session, until=clock.today() + timedelta(days=28))
        assert [
            (one.team.name if one.team else "", [record.name for record in one.records], one.since) for one in found
        ] == [
            ("Burgerzaken", ["Paspoort", "Rijbewijs"], None),
            ("Financiën", ["Belasting"], clock.today()),
            ("", ["Niemands"], clock.today()),
        ]
        assert found[0].owners == ["Teamleider parkeren"]


@pytest.mark.on_both
def test_all_rounds_begin_at_once_and_the_links_go_by_mail(client, mailing, records, database, organisation):
    server, folder = mailing
    visit = Visit(client, "/controles/begin")
    text = " ".join(visit.page.text_content().split())
    assert "Burgerzaken: 2 verwerkingen; mail naar burgerzaken@losser.example" in text
    assert "Financiën: 1 verwerking; geen mailadres, u kopieert de link" in text
    assert "Zonder team" in text
    assert "De controles zijn begonnen." in visit.submit().text
    with database.read(organisation.id) as session:
        rounds = session.exec(select(Review).order_by(Review.team_name)).all()
        asked = [[answer.activity.name for answer in one.answers] for one in rounds]
        assert asked == [["Paspoort", "Rijbewijs"], ["Belasting"]]
    assert work(database, folder) == 1
    (sent,) = server.received
    assert (sent["To"], "http://localhost/controle/" in sent.get_content()) == ("burgerzaken@losser.example", True)
    with database.read(organisation.id) as session:
        assert session.exec(select(Review).order_by(Review.team_name)).first().mailed_at
        assert faults(session, organisation.id) == []
    again = client.get("/controles/begin")
    assert "Er is geen team om nu te vragen." in again.text
    assert "loopt" in client.get("/controles/").text.casefold()


def test_beginning_without_a_team_or_too_late_keeps_nothing_half(client, mailing, records, database, organisation):
    assert "Kies minstens één team." in client.post("/controles/begin", data={"closes_on": "31-12-2030"}).text
    visit = Visit(client, "/controles/begin")
    answer = visit.submit(closes_on="2030-12-31")
    assert (answer.status_code, "drie maanden" in answer.text) == (422, True)
    with database.read(organisation.id) as session:
        assert session.exec(select(Review)).all() == []
        assert session.exec(select(Job)).all() == []


@pytest.mark.on_both
def test_a_reminder_goes_out_once_before_the_last_day(mailing, records, database, organisation):
    server, folder = mailing
    start = clock.now().astimezone(clock.AMSTERDAM).replace(hour=9)
    with clock.frozen(start), database.write(organisation.id) as session:
        review = open_one(session)
        reviews.note_mail(session, review, "burgerzaken@losser.example", actor=OFFICER)

    def asked(days: int, hour: int = 9) -> int:
        with clock.frozen(start.replace(hour=hour) + timedelta(days=days)):
            return ask_for_reminders(database, folder.settings)

    assert [asked(20), asked(21, hour=7), asked(21), asked(21), asked(22)] == [0, 0, 1, 0, 0]
    with clock.frozen(start + timedelta(days=21)):
        assert work(database, folder) == 1
    (sent,) = server.received
    assert sent["Subject"].startswith("Herinnering")
    assert "nog 3 van 3 verwerkingen" in sent.get_content()


@pytest.mark.on_both
def test_who_answered_all_gets_no_reminder(mailing, records, database, organisation):
    _, folder = mailing
    start = clock.now()
    with database.write(organisation.id) as session:
        review = open_one(session)
        reviews.note_mail(session, review, "x@y.nl", actor=OFFICER)
        reviews.say(session, review, {one.id: Said(Outcome.RIGHT) for one in review.answers}, name="Jan")
    with clock.frozen(start + timedelta(days=25)):
        assert ask_for_reminders(database, folder.settings) == 0


def test_a_mail_that_does_not_go_out_is_tried_again(mailing, records, database, organisation, folder):
    _, working = mailing
    with database.write(organisation.id) as session:
        from register.review_mails import ask

        ask(session, open_one(session), actor=OFFICER)
    from dataclasses import replace

    broken = replace(working, settings=working.settings.model_copy(update={"smtp_port": 9}))
    assert jobs.run_one(database, handlers(broken), "test", retries=RETRIES)
    with database.read(organisation.id) as session:
        job = session.exec(select(Job)).one()
        assert (job.state, "niet verstuurd" in job.message) == (JobState.WAITING, True)


@pytest.fixture
def link(client, mailing, records, database, organisation):
    with database.write(organisation.id) as session:
        return reviews.link_of(open_one(session), mailing[1].settings).removeprefix("http://localhost")


@pytest.fixture
def stranger(client):
    return InspectedClient(client.app, base_url="http://localhost", headers={"Sec-Fetch-Site": "same-origin"})


def shown(answer) -> list[list[str]]:
    rows = html.document_fromstring(answer.text).xpath("//section[starts-with(@aria-labelledby, 'voorstel')]//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_a_team_corrects_fields_and_the_privacy_officer_takes_them_over(
    client, stranger, link, records, database, organisation
):
    with database.write(organisation.id) as session:
        services.establish(session, queries.find(session, records[0]), actor=OFFICER)
    proposal = {"answers-0-outcome": "klopt_niet", "answers-0-systems": "Parkeersysteem\nZaaksysteem"}
    answer = Visit(stranger, link).submit(name="Jan", **proposal)
    assert "Uw antwoorden zijn bewaard" in answer.text
    with database.read(organisation.id) as session:
        activity = queries.find(session, records[0])
        assert (activity.status, len(activity.systems)) == (Status.ESTABLISHED, 1)  # nothing changed by itself
        at = f"/controles/{session.exec(select(Review)).one().id}"
    page = client.get(at)
    assert [row for row in shown(page) if "Systeem" in row[0]] == [
        ["Systeem: Zaaksysteem Erbij", "niet ingevuld", "Naam van het systeem: Zaaksysteem"]
    ]
    forms = html.document_fromstring(page.text).forms
    form = next(one for one in forms if one.get("action", "").endswith("/beslissen"))
    data = dict(form.form_values()) | {"decision": "overgenomen"}
    assert "Opgeslagen." in client.post(f"{at}/beslissen", data=data).text
    with database.read(organisation.id) as session:
        activity = queries.find(session, records[0])
        assert [use.name for use in services.content_of(activity).systems] == ["Parkeersysteem", "Zaaksysteem"]
        assert (activity.status, activity.reviewed_on) == (Status.CONCEPT, clock.today())
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "register:review:decide")).one()
        assert event.contents["after"]["proposal"] == {"systems": ["Parkeersysteem", "Zaaksysteem"]}
        assert faults(session, organisation.id) == []
    assert "is er op" in client.get(f"/register/{records[0]}/").text
    again = Visit(stranger, link)
    assert "Uw voorstel is overgenomen." in again.answer.text
    assert "Uw antwoorden zijn bewaard" in again.submit(name="Jan").text  # sending twice changes nothing
    assert client.post(f"{at}/beslissen", data=data).status_code == 422


def test_what_is_not_taken_over_changes_nothing(session, records):
    review = open_one(session)
    answer, version = review.answers[0], review.answers[0].activity.version
    fields = own_fields(services.content_of(answer.activity)).model_copy(update={"process_owner": "Iemand anders"})
    reviews.say(session, review, {answer.id: Said(Outcome.WRONG, "Nieuwe baas", fields, version)}, name="Jan")
    reviews.decide(session, review, answer.id, Decision.REFUSED, version=version, actor=OFFICER)
    assert (answer.activity.process_owner, answer.is_open, answer.has_proposal) == ("Teamleider parkeren", True, False)
    reviews.settle(session, review, answer.id, actor=OFFICER)
    assert not answer.is_open
    with pytest.raises(RuleViolation, match="al beslist"):
        reviews.decide(session, review, answer.id, Decision.ACCEPTED, version=version, actor=OFFICER)


def test_a_record_that_changed_since_the_difference_was_shown_is_not_overwritten(session, records):
    review = open_one(session)
    answer = review.answers[0]
    fields = own_fields(services.content_of(answer.activity)).model_copy(update={"explanation": "Andere uitleg."})
    reviews.say(session, review, {answer.id: Said(Outcome.WRONG, "", fields)}, name="Jan")
    seen = answer.activity.version
    changed = services.content_of(answer.activity).model_copy(update={"remarks": "Intussen"})
    services.change(session, answer.activity, changed, version=seen, actor=OFFICER)
    session.flush()
    with pytest.raises(Conflict):
        reviews.decide(session, review, answer.id, Decision.ACCEPTED, version=seen, actor=OFFICER)
    reviews.decide(session, review, answer.id, Decision.ACCEPTED, version=answer.activity.version, actor=OFFICER)
    content = services.content_of(answer.activity)
    assert (content.explanation, content.remarks) == ("Andere uitleg.", "Intussen")


def test_a_page_that_was_opened_before_a_change_proposes_only_what_was_typed(session, records):
    review = open_one(session)
    answer = review.answers[0]
    before = services.content_of(answer.activity)
    opened, fields = answer.activity.version, own_fields(before).model_copy(update={"process_owner": "Nieuwe functie"})
    changed = before.model_copy(update={"explanation": "De privacy officer schreef dit."})
    services.change(session, answer.activity, changed, version=opened, actor=OFFICER)
    session.flush()
    reviews.say(session, review, {answer.id: Said(Outcome.WRONG, "", fields, opened)}, name="Jan")
    assert answer.proposal == {"process_owner": "Nieuwe functie"}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"answers-0-outcome": "klopt", "answers-0-systems": "Iets"}, "U wijzigde iets."),
        ({"answers-0-outcome": "", "answers-0-remark": "Nee"}, "Kies of dit klopt."),
        ({"answers-0-outcome": "klopt_niet", "answers-0-ended_on": "gisteren"}, "datum"),
        ({"answers-0-outcome": "klopt_niet", "answers-0-process_owner": "x" * 301}, "300"),
    ],
)
def test_input_that_cannot_be_meant_comes_back_with_a_sentence(stranger, link, said, message):
    visit = Visit(stranger, link)
    data = dict(visit.form.form_values()) | {"name": "Jan"} | said
    answer = stranger.post(link, data=data)
    assert (answer.status_code, message in answer.text) == (422, True)
    typed = next(value for name, value in said.items() if not name.endswith("outcome"))
    assert typed in answer.text


def test_many_records_stand_on_pages(stranger, link, monkeypatch, database, organisation):
    monkeypatch.setattr("register.routes_reviews.PER_PAGE", 2)
    first = Visit(stranger, link)
    assert "Pagina 1 van 2" in " ".join(first.page.text_content().split())
    second = Visit(stranger, f"{link}?pagina=2")
    assert [found.text_content() for found in second.page.xpath("//section/h2")] == ["VW-0003 Huwelijk"]
    answer = second.submit(**{"name": "Jan", "answers-0-outcome": "klopt"})
    assert "pagina=2" in str(answer.url)
    with database.read(organisation.id) as session:
        review = session.exec(select(Review)).one()
        assert [one.outcome for one in review.answers] == [None, None, Outcome.RIGHT]


def test_only_a_privacy_officer_decides(client_as, link, database, organisation):
    with database.read(organisation.id) as session:
        at = f"/controles/{session.exec(select(Review)).one().id}/beslissen"
    for role in ("fg", "invuller", "vaststeller", "beheerder"):
        assert client_as(role).post(at, data={}).status_code == 403
    assert client_as("privacy_officer").post(at, data={"answer": "x"}).status_code == 404
