"""Establishing many records with a preview of what changes in public (issue 4, point 4)."""

import pytest
from lxml import html
from sqlmodel import select

from app.jobs import RETRIES, handlers
from core import clock, jobs
from core.audit import COMMAND_LINE, faults
from core.jobs import Job, JobState
from core.organisations import change_organisation, the_organisation
from register import queries, services
from register.content import Publication, Status
from register.services import ESTABLISH_JOB, Verdict, establish_each, preview_batch
from support.pages import Visit
from support.register import COMPLETE, ESTABLISHER

PAGE = "/register/vaststellen"


def content(**facts):
    return COMPLETE.model_copy(update=facts)


@pytest.fixture
def records(database, organisation):
    """One that is new, one that changed in public, one that changed inside, one with an error, one that is hidden."""
    with database.write(organisation.id) as session:
        new, public, inside, wrong, hidden = (
            services.add(session, content(name=name, **facts), actor=ESTABLISHER)
            for name, facts in {
                "Nieuw": {},
                "Openbaar": {},
                "Intern": {},
                "Fout": {"security": ""},
                "Verborgen": {"publication": Publication.NO, "publication_reason": "Opsporing."},
            }.items()
        )
        for activity, change in ((public, {"security": "Beter beveiligd."}), (inside, {"remarks": "Iets anders"})):
            services.establish(session, activity, actor=COMMAND_LINE)
            changed = content(name=activity.name, **change)
            services.change(session, activity, changed, version=activity.version, actor=ESTABLISHER)
        return [activity.number for activity in (new, public, inside, wrong, hidden)]


@pytest.fixture
def statuses(database, organisation, records):
    def read():
        with database.read(organisation.id) as session:
            return [activity.status for activity in queries.living(session, records)]

    return read


def test_the_preview_says_of_each_record_what_changes_in_public(database, organisation, records):
    with database.read(organisation.id) as session:
        rows = preview_batch(session, records, actor=COMMAND_LINE)
        assert [row.verdict for row in rows] == [
            Verdict.NEW,
            Verdict.CHANGED,
            Verdict.INTERNAL,
            Verdict.NEW,
            Verdict.HIDDEN,
        ]
        assert [(one.title, one.after) for one in rows[1].differences] == [
            ("Beveiliging (algemeen)", ("Beter beveiligd.",))
        ]
        places = {one.place for one in rows[0].differences}
        assert "purposes" in places
        assert not places & {"remarks", "process_owner", "systems", "team", "next_review_on"}  # internal, section 3
        assert [row.refusal is None for row in rows] == [True, True, True, False, True]
        assert set(rows[3].refusal.points) == {"security"}
        four_eyes = preview_batch(session, records[:1], actor=ESTABLISHER)
        assert "Vraag een collega" in four_eyes[0].refusal.message


def test_the_number_of_queries_of_a_preview_does_not_grow(database, organisation, records):
    from sqlalchemy import event

    def asked(numbers):
        counted = []

        def count(_connection, _cursor, statement, *_rest):
            counted.append(statement)

        with database.read(organisation.id) as session:
            event.listen(database.engine, "before_cursor_execute", count)
            preview_batch(session, numbers, actor=COMMAND_LINE)
            event.remove(database.engine, "before_cursor_execute", count)
        return len(counted)

    assert asked(records[1:3]) == asked(records)


def test_what_can_is_established_and_the_rest_is_named(client_as, records, statuses, database, organisation):
    establisher = client_as("vaststeller")
    visit = Visit(establisher, PAGE)
    assert [one.get("value") for one in visit.form.xpath(".//input[@type='checkbox']")] == ["1", "2", "3", "5"]
    versions = {f"version-{number}": version for number, version in _versions(visit)}
    data = {"record": ["1", "2", "3", "4"], "action": "ticked", "version-4": "1"} | versions
    answer = establisher.post(PAGE, data=data)
    text = " ".join(html.document_fromstring(answer.text).text_content().split())
    assert "Vastgesteld: 3. Niet vastgesteld: 1." in text
    assert "VW-0004 Fout: Er zijn nog fouten" in text
    assert "VW-0002 Openbaar, versie 2" in text
    established = Status.ESTABLISHED
    assert statuses() == [established, established, established, Status.CONCEPT, Status.CONCEPT]
    with database.read(organisation.id) as session:
        assert faults(session, organisation.id) == []


def _versions(visit):
    fields = visit.form.xpath(".//input[starts-with(@name, 'version-')]")
    return [(one.get("name").removeprefix("version-"), one.get("value")) for one in fields]


def test_a_record_that_changed_since_the_preview_waits(client_as, records, statuses, database, organisation):
    establisher = client_as("vaststeller")
    data = {"record": ["1", "2"], "action": "ticked"} | {
        f"version-{n}": v for n, v in _versions(Visit(establisher, PAGE))
    }
    with database.write(organisation.id) as session:
        activity = queries.find(session, "VW-0001")
        services.change(session, activity, content(name="Anders"), version=activity.version, actor=ESTABLISHER)
    answer = establisher.post(PAGE, data=data)
    assert "Iemand anders heeft dit intussen opgeslagen" in answer.text
    assert statuses()[:2] == [Status.CONCEPT, Status.ESTABLISHED]


def test_filters_and_numbers_choose_what_is_shown(client_as, records):
    establisher = client_as("vaststeller")

    def shown(**query):
        found = html.document_fromstring(establisher.get(PAGE, params=query).text).xpath("//h2/a")
        return [one.text_content().split()[0] for one in found]

    assert shown() == [f"VW-000{number}" for number in range(1, 6)]
    assert shown(zoek="Openbaar") == ["VW-0002"]
    assert shown(nummers="VW-0003,VW-0001") == ["VW-0001", "VW-0003"]
    assert shown(nummers="4, 2") == ["VW-0002", "VW-0004"]
    assert shown(status="vastgesteld") == []


def test_where_approval_comes_first_only_approved_records_are_proposed(client_as, records, database, organisation):
    with database.write(organisation.id) as session:
        settings = the_organisation(session)
        change_organisation(session, settings, {"approval_first": True}, version=settings.version, actor=ESTABLISHER)
        activity = queries.find(session, "VW-0001")
        services.submit(session, activity, note="", actor=ESTABLISHER)
        services.approve(session, activity, actor=ESTABLISHER)
    page = html.document_fromstring(client_as("vaststeller").get(PAGE).text)
    assert [one.text_content() for one in page.xpath("//h2/a")] == ["VW-0001 Nieuw"]


def test_a_large_batch_runs_in_the_background_and_says_what_was_not(
    client_as, records, statuses, database, organisation, folder, monkeypatch
):
    monkeypatch.setattr("register.routes_batch.PER_PAGE", 2)
    monkeypatch.setattr("register.services.batch.STEP", 2)
    establisher = client_as("vaststeller")
    answer = Visit(establisher, PAGE).submit(("action", "all"))
    assert "Bezig met vaststellen" in answer.text
    with database.write(organisation.id) as session:
        activity = queries.find(session, "VW-0005")
        changed = content(name="Later", publication=Publication.NO, publication_reason="Opsporing.")
        services.change(session, activity, changed, version=activity.version, actor=ESTABLISHER)
    assert jobs.run_one(database, handlers(folder), "test", retries=RETRIES)
    result = establisher.get(answer.url.path)
    text = " ".join(html.document_fromstring(result.text).text_content().split())
    assert "Vastgesteld: 3. Niet vastgesteld: 2." in text
    assert "VW-0005 Later: Iemand heeft deze verwerking intussen gewijzigd" in text
    assert statuses() == [Status.ESTABLISHED] * 3 + [Status.CONCEPT] * 2


def test_a_job_goes_on_where_an_earlier_worker_stopped(database, organisation, records, statuses, monkeypatch):
    monkeypatch.setattr("register.services.batch.STEP", 2)
    numbers = [records[3], *records[:3]]
    with database.write(organisation.id) as session:
        payload = {"numbers": numbers, "seen_at": clock.now().isoformat()}
        job = jobs.enqueue(session, ESTABLISH_JOB, payload, created_by="Bram")
        job_id = job.id
    first = jobs.claim(database, "een")
    with first.step(2, 4) as session:
        assert [one.version for one in establish_each(session, numbers[:2], actor=COMMAND_LINE)] == [None, 1]
        session.get(Job, job_id).result = {"established": 1, "refused": [[records[3], "Er zijn nog fouten."]]}
    jobs.give_back(database, "een")
    monkeypatch.setattr(jobs, "LONGEST_TURN", 0)
    assert [jobs.run_one(database, {ESTABLISH_JOB: services.establish_job}, "twee") for _ in "abc"] == [
        True,
        True,
        False,
    ]
    with database.read(organisation.id) as session:
        job = session.exec(select(Job).where(Job.kind == ESTABLISH_JOB)).one()
        assert (job.state, job.result["established"]) == (JobState.DONE, 1)
        assert [one[0] for one in job.result["refused"]] == [4, 2, 3]  # Bram was their last editor


def test_nothing_ticked_and_strange_input_say_what_to_do(client_as, records):
    establisher = client_as("vaststeller")
    for data, message in (
        ({}, "Kies minstens één verwerking"),
        ({"record": "x"}, "Niet vastgesteld: 1."),
        ({"action": "all", "zoek": "qqzz"}, "Er is niets meer om vast te stellen"),
    ):
        assert message in establisher.post(PAGE, data=data).text
    assert establisher.get(f"{PAGE}/00000000-0000-0000-0000-000000000000").status_code == 404
    assert "Er is niets om vast te stellen" in establisher.get(PAGE, params={"nummers": "999999999"}).text


@pytest.mark.parametrize("role", ["fg", "invuller"])
def test_only_who_may_establish_sees_the_page(client_as, records, role):
    assert client_as(role).get(PAGE).status_code == 403
