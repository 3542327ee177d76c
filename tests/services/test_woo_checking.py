"""The check before publishing: what becomes public, what stands in the way, who decides, and when it is done."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pikepdf
import pytest
from sqlmodel import Session, select

from app import cli
from core import audit, clock, jobs
from core.errors import Conflict, RuleViolation
from core.folder import Folder
from core.history import Version
from core.jobs import JobState
from core.organisations import the_organisation
from publish.models import PublishRun
from support import woo_documents as make
from support.other_sites import standing_at
from support.small_files import pdf
from woo import cleaning, files, inspection, lists, public, queries, services
from woo.content import DocumentState, InspectionState
from woo.files import StoredFile
from woo.inspection import Kind
from woo.models import Document, FileInspection, InspectionHit
from woo.services import inspecting

AISHA, BRAM = make.AISHA, audit.Actor("Bram")
REASON = "Dit is een verzonnen nummer."
PRIVACY = lists.REASONS.codes[0]
BSN, NAME = "Het BSN is 111222333.", "Aanwezig was mevrouw K. Bakker."


def page(*lines: str, title: str = "Besluit") -> bytes:
    told = "".join(f"<p>{line}</p>" for line in lines)
    return f'<!doctype html><html lang="nl"><head><title>{title}</title></head><body>{told}</body></html>'.encode()


def store(folder: Folder, data: bytes, name: str = "besluit.html") -> StoredFile:
    return files.store(folder, io.BytesIO(data), name)


def add(session: Session, folder: Folder, *lines: str, **changes: Any) -> Document:
    file = store(folder, page(*lines))
    return services.add_document(session, make.dossier(session), make.content(**changes), file, actor=AISHA)


def publish(session: Session, folder: Folder, document: Document) -> Version:
    return services.publish_document(session, document, actor=AISHA, folder=folder)


def looked(session: Session, folder: Folder, document: Document) -> FileInspection:
    found = inspecting.look(folder, document.sha256, services.basis(session))
    return inspecting.keep(session, found, actor=AISHA)


def keys(session: Session, document: Document, *kinds: Kind) -> set[str]:
    found = services.inspection_of(session, document.sha256)
    return {hit.key for hit in found.hits if not kinds or hit.kind in kinds}


def confirm(session: Session, document: Document, *kinds: Kind, actor: audit.Actor = AISHA) -> None:
    chosen = keys(session, document, *kinds)
    services.confirm(session, document, chosen, reason=REASON, original=document.sha256, actor=actor)


def decide(session: Session, document: Document, *, approve: bool = True, actor: audit.Actor = BRAM) -> None:
    chosen = keys(session, document, Kind.BSN)
    services.decide(session, document, chosen, approve=approve, original=document.sha256, actor=actor)


def with_author() -> bytes:
    with pikepdf.open(io.BytesIO(pdf("met maker"))) as made:
        made.docinfo["/Author"] = "K. Bakker"
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()


# --- what becomes public ---------------------------------------------------------------------------------------------


def test_what_becomes_public_is_the_file_without_its_maker(session, folder):
    file = store(folder, with_author(), "besluit.pdf")
    document = services.add_document(session, make.dossier(session), make.content(), file, actor=AISHA)
    publish(session, folder, document)
    public.place_files(session, folder)
    (shown,) = public.public_documents(session)
    placed = files.public_path(folder, the_organisation(session).code, document.loc).read_bytes()
    with folder.store().open(document.sha256) as original:
        assert b"Bakker" in original.read()
    assert b"Bakker" not in placed
    assert (shown.sha256, shown.size) == (document.public_sha256, len(placed))
    assert document.public_sha256 != document.sha256 == file.sha256
    assert not services.has_unpublished_changes(session, document)


def test_a_file_that_cannot_be_stripped_becomes_public_as_it_is_only_after_two_persons(session, folder, monkeypatch):
    def refuse(_source: object) -> bytes:
        raise inspection.BadInput("Het vraagt te veel tijd.")

    monkeypatch.setattr(inspection, "strip", refuse)
    document = add(session, folder, "Het college besluit.")
    found = looked(session, folder, document)
    assert [(hit.kind, hit.critical) for hit in found.hits] == [(Kind.METADATA, True)]
    assert (found.stripped, found.stripped_size) == (document.sha256, document.size)
    with pytest.raises(RuleViolation, match="1 kritieke melding"):
        publish(session, folder, document)


def test_what_was_public_before_there_was_a_check_stays_so_until_it_is_published_again(session, folder):
    document = add(session, folder, "Het college besluit.")
    publish(session, folder, document)
    session.delete(services.inspection_of(session, document.sha256))
    session.flush()
    assert not services.has_unpublished_changes(session, document)
    assert public.place_files(session, folder) == 1
    assert services.inspection_of(session, document.sha256) is None
    assert queries.check_findings(session) == []


# --- people ----------------------------------------------------------------------------------------------------------


def test_without_hits_nobody_has_to_do_anything(session, folder):
    document = add(session, folder, "Het college besluit.")
    publish(session, folder, document)
    assert document.state is DocumentState.PUBLISHED


def test_personal_data_ask_one_confirmation_with_a_reason_for_all_of_a_kind(session, folder):
    document = add(session, folder, NAME, "Afwezig was de heer P. de Vries.")
    with pytest.raises(RuleViolation, match="2 meldingen") as refused:
        publish(session, folder, document)
    assert "inspection" in refused.value.points
    assert (document.state, document.public_sha256) == (DocumentState.CONCEPT, "")
    with pytest.raises(RuleViolation, match="waarom"):
        services.confirm(session, document, keys(session, document), reason=" ", original=document.sha256, actor=AISHA)
    confirm(session, document)
    publish(session, folder, document)
    said = session.exec(select(audit.AuditEvent).where(audit.AuditEvent.action == "woo:document:confirm")).one()
    assert said.contents["after"] == {"hits": {"name": 2}, "reason": REASON}


def test_something_critical_waits_for_another_person_than_who_said_why(session, folder):
    document = add(session, folder, BSN)
    with pytest.raises(RuleViolation, match="1 kritieke melding"):
        publish(session, folder, document)
    confirm(session, document)
    with pytest.raises(RuleViolation, match="tweede persoon moet nog beslissen over 1 kritieke melding"):
        publish(session, folder, document)
    assert services.waiting_for(session, AISHA) == []
    assert [one.id for one, _ in services.waiting_for(session, BRAM)] == [document.id]
    with pytest.raises(RuleViolation, match="Laat een collega beslissen"):
        decide(session, document, actor=AISHA)
    decide(session, document)
    publish(session, folder, document)
    assert services.waiting_for(session, BRAM) == []


def test_who_works_alone_decides_after_the_time_to_cool_off(session, folder):
    the_organisation(session).cooling_off_hours = 24
    audit.record(session, actor=AISHA, action="core:organisation:change", subject=the_organisation(session))
    document = add(session, folder, BSN)
    looked(session, folder, document)
    confirm(session, document)
    with pytest.raises(RuleViolation, match="Of beslis zelf na"):
        decide(session, document, actor=AISHA)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        decide(session, document, actor=AISHA)
        publish(session, folder, document)


def test_what_the_second_person_refuses_is_open_again(session, folder):
    document = add(session, folder, BSN)
    looked(session, folder, document)
    confirm(session, document)
    decide(session, document, approve=False)
    with pytest.raises(RuleViolation, match="1 kritieke melding"):
        publish(session, folder, document)
    with pytest.raises(Conflict, match="al over beslist"):
        decide(session, document)
    confirm(session, document, actor=BRAM)
    decide(session, document, actor=AISHA)
    publish(session, folder, document)


def test_a_confirmation_can_be_taken_back(session, folder):
    document = add(session, folder, NAME)
    looked(session, folder, document)
    confirm(session, document)
    services.take_back(session, document, keys(session, document), original=document.sha256, actor=BRAM)
    with pytest.raises(RuleViolation, match="1 melding"):
        publish(session, folder, document)


def test_another_file_asks_again_unless_the_same_stands_at_the_same_place(session, folder):
    document = add(session, folder, BSN, NAME)
    looked(session, folder, document)
    confirm(session, document)
    decide(session, document)
    old = document.sha256
    again = store(folder, page(BSN, NAME, title="Beter"))
    services.attach_file(session, document, again, version=document.version, actor=AISHA)
    with pytest.raises(Conflict, match="vervangen of opnieuw nagekeken"):
        services.confirm(session, document, {"x"}, reason=REASON, original=old, actor=AISHA)
    found = looked(session, folder, document)
    standing = services.standing(session, document, found)
    assert {(hit.kind, stand.value) for hit, stand in standing.hits} == {
        (Kind.BSN, "beoordelen"),  # behind the same masked text another number may stand
        (Kind.NAME, "mag openbaar"),
    }


def test_the_list_in_sql_says_the_same_as_the_rules(session, folder):
    document = add(session, folder, BSN, NAME)
    looked(session, folder, document)

    def told() -> list[tuple[int, int, bool]]:
        return [(one.total, one.critical, one.is_asked) for one in inspecting.open_hits(session)]

    assert told() == [(2, 1, False)]
    assert [finding.rule_id for _, finding in queries.findings(session, clock.today())].count("WOO-040") == 1
    assert queries.check_marks(session, [document]) == {document.id: "kritieke melding"}
    confirm(session, document)
    assert told() == [(1, 1, True)]
    decide(session, document, approve=False)
    assert told() == [(1, 1, False)]
    confirm(session, document, Kind.BSN)
    decide(session, document)
    assert told() == []
    other = add(session, folder, NAME, "En nog iets.")
    looked(session, folder, other)
    assert told() == [(1, 0, False)]
    assert [finding.rule_id for _, finding in queries.check_findings(session)] == ["WOO-041"]


# --- when ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def looks(monkeypatch) -> list[str]:
    done = []
    really = inspecting.look

    def look(folder: Folder, sha256: str, wanted: inspecting.Basis) -> inspecting.Looked:
        done.append(sha256)
        return really(folder, sha256, wanted)

    monkeypatch.setattr(inspecting, "look", look)
    return done


def test_the_same_bytes_are_looked_at_once_until_something_is_known_to_be_ours(session, folder, looks, monkeypatch):
    first, second = add(session, folder, "Bel 0541 123 456."), add(session, folder, "Bel 0541 123 456.")
    for document in (first, second, first):
        with pytest.raises(RuleViolation, match="1 melding"):
            publish(session, folder, document)
    assert looks == [first.sha256]
    services.change_known(session, ["0541-123456", "@losser.example"], version=0, actor=AISHA)
    publish(session, folder, first)
    publish(session, folder, second)
    assert looks == [first.sha256] * 2
    monkeypatch.setattr(inspection, "VERSION", inspection.VERSION + 1)
    third = add(session, folder, "Bel 0541 123 456.", title="Derde")
    publish(session, folder, third)
    assert looks == [first.sha256] * 3
    assert session.exec(select(FileInspection)).one().engine == inspection.VERSION


def test_the_domain_of_the_organisation_is_known_as_a_whole_and_one_address_is_not(session, folder):
    services.change_known(session, ["@losser.example.nl", "j.bos@elders.nl"], version=0, actor=AISHA)
    document = add(session, folder, "Mail k.bakker@losser.example.nl, j.bos@elders.nl of p.bos@elders.nl.")
    found = looked(session, folder, document)
    assert [hit.kind for hit in found.hits] == [Kind.EMAIL]
    with pytest.raises(RuleViolation, match="te kort"):
        services.change_known(session, ["06"], version=1, actor=AISHA)
    with pytest.raises(Conflict):
        services.change_known(session, ["0541 123 456"], version=0, actor=AISHA)


def test_the_worker_looks_at_what_waits_and_publishing_then_does_not(database, organisation, folder, looks):
    with database.write(organisation.id) as session:
        first, second = add(session, folder, "Een."), add(session, folder, "Twee.")
        names = [first.sha256, second.sha256]
        (job,) = session.exec(select(jobs.Job)).all()  # one for both
    assert jobs.run_one(database, {services.INSPECT_JOB: services.inspect_job(folder)}, "w")
    with database.write(organisation.id) as session:
        done = session.get_one(jobs.Job, job.id)
        assert (done.state, done.message) == (JobState.DONE, "2 nagekeken.")
        assert sorted(looks) == sorted(names)
        publish(session, folder, session.get_one(Document, first.id))
        assert len(looks) == 2
        told = [event.action for event in queries.events_of(session, second.id)]
        assert told == ["woo:document:inspect", "woo:document:add"]


def test_a_long_row_of_files_lets_other_work_go_first_in_between(database, organisation, folder, monkeypatch):
    monkeypatch.setattr(jobs, "TURN", 0)
    with database.write(organisation.id) as session:
        for number in range(3):
            add(session, folder, f"Stuk {number}.")
        jobs.enqueue(session, "export", {}, created_by="Aisha")
    left = []

    def export(_job):
        with database.read(organisation.id) as session:
            left.extend(one.state for one in session.exec(select(FileInspection)))
        return {}

    work = {services.INSPECT_JOB: services.inspect_job(folder), "export": export}
    assert [jobs.run_one(database, work, "w") for _ in range(4)] == [True, True, True, False]
    assert left == [InspectionState.DONE]
    with database.read(organisation.id) as session:
        told = session.exec(select(jobs.Job.message).order_by(jobs.Job.kind)).all()
        assert told == ["", "3 nagekeken."]
        assert {one.state for one in session.exec(select(FileInspection))} == {InspectionState.DONE}


def test_a_look_that_went_by_what_was_known_before_does_not_count(session, folder):
    document = add(session, folder, "Bel 0541 123 456.")
    before = inspecting.look(folder, document.sha256, services.basis(session))
    services.change_known(session, ["0541 123 456"], version=0, actor=AISHA)
    inspecting.keep(session, before, actor=AISHA)
    assert services.inspection_of(session, document.sha256) is None
    publish(session, folder, document)


def test_the_command_publishes_nothing_that_waits_for_a_person(here, capsys):
    with here.database.write(here.organisation_id) as session:
        good, bad = add(session, here.folder, "Een."), add(session, here.folder, BSN, title="Met een nummer")
    with pytest.raises(SystemExit) as ended:
        cli.main(["publish", str(good.id), str(bad.id), "--directory", str(here.folder.root)])
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert good.dossier.public_id in said.out
    assert "Met een nummer: De controle vond 1 kritieke melding." in said.err
    with here.database.read(here.organisation_id) as session:
        states = {one.id: one.state for one in session.exec(select(Document))}
        assert states == {good.id: DocumentState.PUBLISHED, bad.id: DocumentState.CONCEPT}
        assert services.inspection_of(session, bad.sha256) is not None


def test_an_address_that_sends_on_becomes_public_by_no_command_and_not_by_the_clock(here, capsys):
    pages = ("goed", "ander")
    with here.database.write(here.organisation_id) as session:
        place = make.dossier(session)
        made = [make.content(title=f"Besluit {page}", source_url=f"https://raad.example/{page}.pdf") for page in pages]
        good, bad = (services.add_document(session, place, content, actor=AISHA) for content in made)
        planned = make.content(title="Besluit later", source_url="https://raad.example/intern.pdf")
        late = services.add_document(session, place, planned, actor=AISHA)
        services.plan_document(session, late, on=clock.today() + timedelta(days=1), version=late.version, actor=AISHA)
    with standing_at("raad.example"):
        with pytest.raises(SystemExit) as ended:
            cli.main(["publish", str(good.id), str(bad.id), "--directory", str(here.folder.root)])
        with clock.frozen(clock.now() + timedelta(days=1)):
            due = public.publish_due(here.database, here.folder, here.organisation_id, actor=AISHA)
    assert due.published == 0
    assert due.waiting[0].startswith(
        f"'Besluit later' had openbaar moeten worden op {clock.today() + timedelta(days=1):%d-%m-%Y}. "
    )
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (1, "https://raad.example/goed.pdf\n")
    assert "Besluit ander: Dit adres stuurt door naar elders.example." in said.err
    with here.database.read(here.organisation_id) as session:
        states = {one.title: one.state for one in session.exec(select(Document))}
    assert states == {
        "Besluit goed": DocumentState.PUBLISHED,
        "Besluit ander": DocumentState.CONCEPT,
        "Besluit later": DocumentState.PLANNED,
    }


def test_the_log_of_a_night_tells_what_waits_and_why(here):
    """Found nowhere else: the address was tried at night."""
    with here.database.write(here.organisation_id) as session:
        planned = make.content(title="Besluit later", source_url="https://raad.example/intern.pdf")
        late = services.add_document(session, make.dossier(session), planned, actor=AISHA)
        services.plan_document(session, late, on=clock.today() + timedelta(days=1), version=late.version, actor=AISHA)
    with standing_at("raad.example"), clock.frozen(clock.now() + timedelta(days=1)):
        here.export()
    with here.database.read(here.organisation_id) as session:
        warnings = session.exec(select(PublishRun)).one().warnings
    assert sum(one.startswith("'Besluit later' had openbaar moeten worden op ") for one in warnings) == 1


def test_a_file_that_is_damaged_fails_the_check_and_can_be_tried_again(database, organisation, folder):
    with database.write(organisation.id) as session:
        document = add(session, folder, "Een.")
    kept = folder.store().path(document.sha256)
    good = kept.read_bytes()
    kept.write_bytes(b"kapot")
    work = {services.INSPECT_JOB: services.inspect_job(folder)}
    assert jobs.run_one(database, work, "w")
    with database.write(organisation.id) as session:
        found = services.inspection_of(session, document.sha256)
        assert (found.state, "veranderd of beschadigd" in found.fault) == (InspectionState.FAILED, True)
        services.ask_again(session, document, actor=AISHA)
    kept.write_bytes(good)
    assert jobs.run_one(database, work, "w")
    with database.read(organisation.id) as session:
        assert services.inspection_of(session, document.sha256).state is InspectionState.DONE


def test_what_was_planned_waits_when_its_check_leaves_something_open(database, organisation, folder, looks):
    with database.write(organisation.id) as session:
        good, bad = add(session, folder, "Een."), add(session, folder, BSN)
        for document in (good, bad):
            on = clock.today() + timedelta(days=1)
            services.plan_document(session, document, on=on, version=document.version, actor=AISHA)
    with clock.frozen(clock.now() + timedelta(days=1)):
        published, (told,) = public.publish_due(database, folder, organisation.id, actor=AISHA)
    assert (published, len(looks)) == (1, 2)
    assert told.startswith(f"'{bad.title}' had openbaar moeten worden op ")
    with database.read(organisation.id) as session:
        states = {one.id: one.state for one in session.exec(select(Document))}
    assert states == {good.id: DocumentState.PUBLISHED, bad.id: DocumentState.PLANNED}


# --- replacing and removing ------------------------------------------------------------------------------------------


def test_a_file_that_takes_the_place_of_a_public_one_waits_for_people_too(session, folder):
    document = add(session, folder, "Het college besluit.")
    publish(session, folder, document)
    public.place_files(session, folder)
    shown = files.public_path(folder, the_organisation(session).code, document.loc)
    before, first = shown.read_bytes(), document.sha256
    file = store(folder, page(BSN))
    services.offer_file(session, document, file, reason=PRIVACY, actor=AISHA)
    with pytest.raises(RuleViolation, match="1 kritieke melding"):
        services.put_in_place(session, document, actor=AISHA, folder=folder)
    public.place_files(session, folder)
    assert shown.read_bytes() == before
    assert services.has_unpublished_changes(session, document)
    assert [one.what for one in queries.to_do(session, date(2026, 1, 1)) if "nakijken" in one.kind] == [document.title]
    services.drop_offer(session, document, actor=AISHA)
    assert (document.sha256, document.replacement_reason) == (first, "")
    assert not services.has_unpublished_changes(session, document)
    services.offer_file(session, document, file, reason=PRIVACY, actor=AISHA)
    confirm(session, document)
    decide(session, document)
    services.put_in_place(session, document, actor=AISHA, folder=folder)
    assert b"111222333" in shown.read_bytes()
    assert (document.file_before, document.replaced_at is not None) == (None, True)
    with pytest.raises(RuleViolation, match="wacht geen nieuw bestand"):
        services.put_in_place(session, document, actor=AISHA, folder=folder)


def test_a_file_that_waited_leaves_nothing_behind_when_it_is_dropped(session, folder):
    document = add(session, folder, "Het college besluit.")
    document.pages = 1
    publish(session, folder, document)
    before = services.document_facts(document)
    file = replace(store(folder, page(BSN), "ander.html"), pages=7)
    services.offer_file(session, document, file, reason=PRIVACY, note="Een nummer.", actor=AISHA)
    assert document.pages == 7
    services.drop_offer(session, document, actor=AISHA)
    assert services.document_facts(document) == before


def test_a_file_that_waited_asks_nothing_any_more_once_its_document_is_withdrawn(session, folder):
    document = add(session, folder, "Het college besluit.")
    publish(session, folder, document)
    first = document.sha256
    services.offer_file(session, document, store(folder, page(BSN)), reason=PRIVACY, actor=AISHA)
    looked(session, folder, document)
    assert [one.rule_id for _, one in queries.check_findings(session)] == ["WOO-040"]
    services.withdraw(session, document, note="Er staat een nummer in.", actor=AISHA, folder=folder)
    session.flush()
    assert queries.check_findings(session) == []
    assert (document.sha256, document.file_before, document.replacement_reason) == (first, None, "")


def test_cleaning_removes_both_forms_of_a_file_and_what_was_found_in_it(session, folder):
    file = store(folder, with_author(), "besluit.pdf")
    document = services.add_document(session, make.dossier(session), make.content(), file, actor=AISHA)
    publish(session, folder, document)
    both = {document.sha256, document.public_sha256}
    assert len(both) == 2
    with pytest.raises(RuleViolation, match="geen bestand dat weg kan"):
        cleaning.remove_originals(session, folder, document.id)
    better = store(folder, pdf("beter"), "besluit.pdf")
    services.replace_file(session, document, better, reason=PRIVACY, actor=AISHA, folder=folder)
    assert cleaning.remove_originals(session, folder, document.id) == 2
    assert [folder.store().size(digest) for digest in both] == [None, None]
    assert folder.store().size(document.public_sha256) is not None
    left = session.exec(select(FileInspection.original)).all()
    assert left == [better.sha256]
    assert {hit.inspection_id for hit in session.exec(select(InspectionHit))} <= {
        one.id for one in session.exec(select(FileInspection))
    }


def test_a_look_of_a_file_whose_public_bytes_are_gone_is_done_again(session, folder, looks):
    file = store(folder, with_author(), "besluit.pdf")
    document = services.add_document(session, make.dossier(session), make.content(), file, actor=AISHA)
    found = looked(session, folder, document)
    folder.store().delete(found.stripped)
    publish(session, folder, document)
    assert looks == [file.sha256] * 2
    assert folder.store().size(document.public_sha256) == document.public_size


def test_a_document_on_another_website_has_no_check(session, folder):
    content = make.content(source_url="https://elders.example/besluit.pdf")
    document = services.add_document(session, make.dossier(session), content, actor=AISHA)
    publish(session, folder, document)
    assert session.exec(select(FileInspection)).all() == []


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield
