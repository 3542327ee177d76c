"""Actions: from a finding in one click, who does what by when, in a list, in a calendar and in the trail."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from app.jobs import RETRIES, handlers
from core import clock, history, jobs
from core.audit import AuditEvent
from core.errors import Conflict, NotFound, RuleViolation
from core.jobs import Job
from core.organisations import Party, Team, change_shared, find_or_add, the_organisation
from core.papers import WRITERS
from core.settings import Settings
from support.inventories import good_channel, good_message, good_product
from support.mail_server import mail_server
from support.pages import Visit
from wmebv import actions, services
from wmebv.action_mails import ask_for_mails
from wmebv.calendar import calendar
from wmebv.content import ActionContent, ActionStatus, MessageTypeContent, ProductContent
from wmebv.duties import duties
from wmebv.models import Action
from wmebv.report import as_report

TODAY = date(2026, 11, 22)


@pytest.fixture
def product(session, actor):
    services.add_channel(session, good_channel(supplier="Formulieren BV"), actor=actor)
    made = services.add_product(session, good_product(), actor=actor)
    services.add_message_type(session, made, good_message(), actor=actor)
    return made


def titles(session, **asked):
    return [one.title for one in actions.listed(session, TODAY, **asked).actions]


@pytest.mark.parametrize("word", ["überprüfen", "Überprüfen", "uberprufen", "cafe", "CAFÉ", "café straße"])
def test_the_list_finds_words_whatever_their_case_and_accents(session, product, actor, word):
    services.add_action(session, ActionContent(title="Überprüfen café Straße"), actor=actor)
    services.add_action(session, ActionContent(title="Iets anders"), actor=actor)
    assert titles(session, text=word) == ["Überprüfen café Straße"]
    assert titles(session, text="%") == []


def test_a_new_action_begins_with_what_the_duty_says_to_do_and_who_looks_after_the_product(session, product):
    [message] = product.messages
    proposal = services.proposed("W13", message)
    assert proposal.title == duties()["W13"].todo
    assert (proposal.team, proposal.owner) == ("Vergunningen", "Teamleider vergunningen")
    assert proposal.phase == clock.today().year
    [link] = message.channels
    assert services.proposed("W22", link.channel).supplier == "Formulieren BV"
    assert services.proposed("W01", None).team == ""


def test_an_action_keeps_what_it_is_about_when_names_change(session, product, actor):
    [message] = product.messages
    made = services.add_action(session, ActionContent(title="Besluit nemen"), duty="W13", about=message, actor=actor)
    assert actions.about_of(made) == str(message.id)
    services.change_product(session, product, good_product(name="Boom kappen"), version=product.version, actor=actor)
    assert actions.subject_of(made)[0].startswith("PD-0001 Boom kappen: ")
    for about, name in ((product, "PD-0001 Boom kappen"), (message.channels[0].channel, "Formulier kapvergunning")):
        other = services.add_action(session, ActionContent(title="Iets"), duty="W06", about=about, actor=actor)
        assert actions.subject_of(other)[0] == name
        assert actions.find_about(session, actions.about_of(other)) is about
    whole = services.add_action(session, ActionContent(title="Beleid"), duty="W02", actor=actor)
    assert actions.subject_of(whole) == ("Hele organisatie", "/wmebv/organisatie/")
    assert actions.subject_of(services.add_action(session, ActionContent(title="Los"), actor=actor)) == ("", "")


def test_every_change_of_an_action_stands_in_the_trail_and_in_a_revision(session, actor):
    content = ActionContent(title="Formulier maken", team="Balie", supplier="Formulieren BV", cost=2500)
    made = services.add_action(session, content, actor=actor)
    assert made.content() == content
    assert session.exec(select(Party.name)).one() == "Formulieren BV"
    services.change_action(session, made, content, version=made.version, actor=actor)
    done = content.model_copy(update={"status": ActionStatus.DONE})
    services.change_action(session, made, done, version=made.version, actor=actor)
    assert made.ended_on == clock.today()
    services.change_action(session, made, content, version=made.version, actor=actor)
    assert made.ended_on is None
    events = session.exec(
        select(AuditEvent.action).where(AuditEvent.subject_id == made.id).order_by(AuditEvent.sequence)
    )
    assert list(events) == ["wmebv:action:add", "wmebv:action:change", "wmebv:action:change"]
    assert [one.content["status"] for one in history.revisions_of(session, made.id)] == ["open", "klaar", "open"]
    with pytest.raises(Conflict):
        services.change_action(session, made, done, version=made.version - 1, actor=actor)


def test_an_action_says_what_must_be_done_about_a_duty_that_is_there(session, actor):
    with pytest.raises(RuleViolation, match="Vul in wat er moet gebeuren"):
        services.add_action(session, ActionContent(), actor=actor)
    with pytest.raises(RuleViolation, match="geen plicht met code W99"):
        services.add_action(session, ActionContent(title="Iets"), duty="W99", actor=actor)
    assert not session.exec(select(Action)).all()


def test_what_must_be_done_first_stands_first_and_costs_are_added_up(session, actor):
    for title, facts in {
        "Later": {"due_on": date(2027, 3, 1), "cost": 100, "phase": 2027},
        "Zonder dag": {"team": "Balie"},
        "Te laat": {"due_on": date(2026, 11, 1), "cost": 50, "phase": 2026},
        "Af": {"due_on": date(2026, 1, 1), "status": ActionStatus.DONE, "cost": 7},
    }.items():
        services.add_action(session, ActionContent(title=title, **facts), actor=actor)
    assert titles(session) == ["Te laat", "Later", "Zonder dag", "Af"]
    assert titles(session, state=actions.OPEN) == ["Te laat", "Later", "Zonder dag"]
    assert titles(session, state=actions.LATE) == ["Te laat"]
    assert titles(session, state="klaar") == ["Af"]
    assert titles(session, team="Balie") == ["Zonder dag"]
    assert titles(session, phase="2027") == ["Later"]
    assert titles(session, phase="jaar") == []
    assert titles(session, text="ZONDER d") == ["Zonder dag"]
    found = actions.listed(session, TODAY, state=actions.OPEN)
    assert (found.total, found.cost, found.unknown) == (3, 150, 1)
    assert actions.late(session, TODAY) == 1
    assert actions.choices(session) == (["Balie"], [2026, 2027])


def test_an_action_that_is_nowhere_is_not_found(session, product):
    for about in ("PD-9999", "5f0c0e6e-1111-4222-8333-444455556666", "niets"):
        with pytest.raises(NotFound):
            actions.find_about(session, about)


# The calendar (RFC 5545)


def test_rfc_5545_lines_end_in_crlf_and_have_at_most_75_bytes(session, actor):
    title = "Maak het formulier toegankelijk; ook voor wie één hand heeft, en vraag de leverancier \\ het team" * 2
    services.add_action(
        session, ActionContent(title=title[:300], due_on=date(2027, 2, 28), remarks="Een\nTwee"), actor=actor
    )
    services.add_action(session, ActionContent(title="Zonder dag"), actor=actor)
    text = calendar(the_organisation(session), actions.waiting(session))
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = text.replace("\r\n ", "").split("\r\n")
    escaped = title[:300].replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    assert f"SUMMARY:{escaped}" in unfolded
    assert "DESCRIPTION:Een\\nTwee" in unfolded
    assert ("DTSTART;VALUE=DATE:20270228" in unfolded, "DTEND;VALUE=DATE:20270301" in unfolded) == (True, True)
    assert text.count("BEGIN:VEVENT") == 1


def test_rfc_5545_a_day_has_eight_digits_and_the_last_one_there_is_needs_no_end(session, actor):
    for day in (date(26, 1, 5), date.max):
        services.add_action(session, ActionContent(title="Ooit", due_on=day), actor=actor)
    lines = calendar(the_organisation(session), actions.waiting(session)).split("\r\n")
    days = [line.split(":")[1] for line in lines if line.startswith(("DTSTART", "DTEND"))]
    assert days == ["00260105", "00260106", "99991231"]


# On the pages


def test_a_finding_becomes_an_action_in_one_click_and_then_shows_it(client, database, organisation, actor):
    with database.write(organisation.id) as session:
        services.add_channel(session, good_channel(), actor=actor)
        made = services.add_product(session, good_product(answers=()), actor=actor)
        services.add_message_type(session, made, good_message(), actor=actor)
    page = client.get("/wmebv/producten/PD-0001/").text
    assert "/wmebv/acties/nieuw/W03/PD-0001" in page
    visit = Visit(client, "/wmebv/acties/nieuw/W03/PD-0001")
    assert visit.form.fields["team"] == "Vergunningen"
    answer = visit.submit(due_on="2026-11-01", cost="1200")
    assert answer.url.path == "/wmebv/producten/PD-0001/"
    assert "Actie: open" in answer.text
    assert "/wmebv/acties/nieuw/W03/PD-0001" not in answer.text
    listed = client.get("/wmebv/acties/").text
    assert ("te laat" in listed, "€ 1.200" in listed) == (True, True)
    with database.read(organisation.id) as session:
        action = session.exec(select(Action)).one()
    done = Visit(client, f"/wmebv/acties/{action.id}").submit(status="klaar")
    assert "hierbij passen" in done.text
    assert "/wmebv/acties/nieuw/W03/PD-0001" in client.get("/wmebv/producten/PD-0001/").text


def test_faults_come_back_beside_their_fields_and_nothing_is_lost(client):
    answer = Visit(client, "/wmebv/acties/nieuw").submit(title=" ", cost="veel", remarks="Blijft staan")
    assert answer.status_code == 422
    assert ("Blijft staan" in answer.text, "Vul in" in answer.text) == (True, True)


def test_a_list_and_a_calendar_can_be_taken_along_and_the_trail_knows(client, database, organisation, actor):
    with database.write(organisation.id) as session:
        services.add_action(session, ActionContent(title="=1+1", due_on=date(2027, 1, 5)), actor=actor)
    assert "'=1+1" in client.get("/wmebv/acties/lijst.csv").content.decode("utf-8-sig")
    assert "SUMMARY:=1+1" in client.get("/wmebv/acties/agenda.ics").text
    with database.read(organisation.id) as session:
        downloads = session.exec(select(AuditEvent.action).where(AuditEvent.action == "wmebv:action:download")).all()
        assert len(downloads) == 2


def test_who_may_only_read_sees_the_action_and_no_form(client_as, database, organisation, actor):
    from core.accounts.models import RoleCode

    with database.write(organisation.id) as session:
        services.add_product(session, good_product(answers=()), actor=actor)
        made = services.add_action(session, ActionContent(title="Beleid vaststellen"), duty="W02", actor=actor)
    reader = client_as(RoleCode.READER, name="lezer")
    page = reader.get(f"/wmebv/acties/{made.id}").text
    assert ("Hele organisatie" in page, "data-draft" in page) == (True, False)
    assert "acties/nieuw" not in reader.get("/wmebv/producten/PD-0001/").text
    assert reader.get("/wmebv/acties/nieuw").status_code == 403


# The mail on Monday

MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=clock.AMSTERDAM)


def test_on_monday_each_team_gets_one_mail_of_what_is_late_or_must_be_done_soon(database, organisation, folder, actor):
    with database.write(organisation.id) as session:
        team = find_or_add(session, Team, "Balie", actor=actor)
        change_shared(session, team, {"email": "balie@losser.example"}, version=team.version, actor=actor)
        for title, facts in {
            "Te laat": {"team": "Balie", "due_on": date(2026, 11, 20)},
            "Volgende week": {"team": "Balie", "due_on": date(2026, 12, 1)},
            "Volgend jaar": {"team": "Balie", "due_on": date(2027, 6, 1)},
            "Al klaar": {"team": "Balie", "due_on": date(2026, 11, 20), "status": ActionStatus.DONE},
            "Geen adres": {"team": "Griffie", "due_on": date(2026, 11, 20)},
        }.items():
            services.add_action(session, ActionContent(title=title, **facts), duty="W02", actor=actor)
    with mail_server() as server:
        settings = Settings(
            _env_file=None,
            app_url="http://localhost",
            smtp_host="127.0.0.1",
            smtp_port=server.port,
            smtp_security="none",
            smtp_from="o@x.nl",
        )
        mailing = replace(folder, settings=settings)
        for moment, asked in (
            (MONDAY - timedelta(days=1), 0),
            (MONDAY - timedelta(hours=1), 0),
            (MONDAY, 1),
            (MONDAY + timedelta(hours=3), 0),
        ):
            with clock.frozen(moment):
                assert ask_for_mails(database, settings) == asked
        with database.read(organisation.id) as session:
            assert [job.payload for job in session.exec(select(Job))] == [{"team": str(team.id)}]
        with clock.frozen(MONDAY):
            while jobs.run_one(database, handlers(mailing), "test", retries=RETRIES):
                pass
        [sent] = server.received
    text = sent.get_content()
    assert sent["To"] == "balie@losser.example"
    assert [line for line in text.splitlines() if line.startswith("- ")] == [
        "- 20 november 2026 (te laat): Te laat (Hele organisatie)",
        "- 1 december 2026: Volgende week (Hele organisatie)",
    ]
    assert "http://localhost/wmebv/acties/" in text
    with database.read(organisation.id) as session:
        assert session.exec(select(AuditEvent.action).where(AuditEvent.action == "wmebv:action:mail")).all()


def test_an_action_is_made_of_a_message_of_which_nothing_is_known_and_the_report_tells_of_it(session, actor):
    product = services.add_product(session, ProductContent(name="Paspoort", team="Burgerzaken"), actor=actor)
    messages = [
        services.add_message_type(session, product, MessageTypeContent(name=name), actor=actor)
        for name in ("Aanvraag", "Klacht")
    ]
    [row, *_] = services.finding_rows_of(session, product, clock.today())
    duty, about = row.action_href.split("/")[-2:]
    assert (duty, about) == ("W00", str(messages[0].id))
    proposal = services.proposed(duty, actions.find_about(session, about))
    assert (proposal.title, proposal.team) == ("Beantwoord de vragen.", "Burgerzaken")
    content = proposal.model_copy(update={"due_on": date(2030, 5, 1)})
    services.add_action(session, content, duty=duty, about=messages[0], actor=actor)
    report = services.report_on(session, clock.today())
    assert [(one.about, one.mends) for one in report.actions.waiting] == [("Paspoort: Aanvraag", 1)]
    assert (report.unknowns.untouched, report.unknowns.planned, report.unknowns.ready_on) == (2, 1, date(2030, 5, 1))
    page = WRITERS[".html"](as_report(report).paper).decode()
    assert "1 mei 2030 (1 van 2)" in page
    assert "W00" not in WRITERS[".html"](services.draft_plan(session)).decode()
