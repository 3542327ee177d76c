"""The register as it was on a day (GDPR art. 30(4)), and the round trip through our own files (issue 4, points 5, 8)."""

import io
import json
import os
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from app import jobs as job_handlers
from core import clock, history, jobs, sheets
from core.audit import Actor
from core.errors import BadInput, NotFound, RuleViolation
from core.organisations import Party, System, Team, change_organisation, change_shared, the_organisation
from register import as_of, remarks, routes_files, services, workbook
from register.content import ActivityContent, Law, ProcessorUse, Publication, Purpose, Status, SystemUse
from register.models import Agreement, AgreementKind, ProcessingActivity
from register.models import Law as LawRow
from register.remarks import RemarkState
from register.report import files
from support.municipalities import add_municipality
from support.register import COMPLETE, ESTABLISHER, contents

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))


@contextmanager
def on(day: date, hour: int = 12):
    with clock.frozen(datetime(day.year, day.month, day.day, hour, tzinfo=clock.AMSTERDAM)):
        yield


def register_of(session, day):
    return {record.kenmerk: record for record in as_of.records(session, day)}


def test_art_30_4_the_register_is_what_we_knew_at_the_end_of_that_day(session, actor):
    with on(MONDAY):
        first = services.add(session, ActivityContent(name="Een"), actor=actor)
    with on(TUESDAY):
        services.change(session, first, ActivityContent(name="Een nieuw"), version=first.version, actor=actor)
        services.add(session, ActivityContent(name="Twee"), actor=actor)
    with on(WEDNESDAY):
        assert [record.content.name for record in as_of.records(session, MONDAY)] == ["Een"]
        assert [record.content.name for record in as_of.records(session, TUESDAY)] == ["Een nieuw", "Twee"]
        assert as_of.count(session, WEDNESDAY) == 2


def test_a_day_ends_at_midnight_in_the_netherlands(session, actor):
    just_before = datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC)  # in summer Amsterdam is two hours ahead
    with clock.frozen(just_before):
        first = services.add(session, ActivityContent(name="Voor"), actor=actor)
    with clock.frozen(just_before + timedelta(seconds=1)):
        services.change(session, first, ActivityContent(name="Na"), version=first.version, actor=actor)
        assert register_of(session, date(2026, 7, 1))["VW-0001"].content.name == "Voor"
        assert register_of(session, date(2026, 7, 2))["VW-0001"].content.name == "Na"


def test_concepts_are_marked_and_versions_are_those_of_that_day(session, actor):
    with on(MONDAY):
        activity = services.add(session, COMPLETE, actor=actor)
    with on(TUESDAY):
        services.establish(session, activity, actor=ESTABLISHER)
    with on(WEDNESDAY):
        changed = COMPLETE.model_copy(update={"name": "Parkeren"})
        services.change(session, activity, changed, version=activity.version, actor=actor)
        found = [register_of(session, day)["VW-0001"] for day in (MONDAY, TUESDAY, WEDNESDAY)]
    assert [(one.status, one.is_concept, one.version, one.established_on) for one in found] == [
        (Status.CONCEPT, True, None, None),
        (Status.ESTABLISHED, False, 1, TUESDAY),
        (Status.CONCEPT, True, 1, TUESDAY),
    ]


def test_teams_parties_and_systems_are_called_what_they_were_called_then(session, actor):
    content = ActivityContent(
        name="Een",
        team="Zorg",
        processors=(ProcessorUse(party="Alfa"),),
        systems=(SystemUse(name="Suite", supplier="Alfa"),),
    )
    with on(MONDAY):
        services.add(session, content, actor=actor)
    with on(TUESDAY):
        for kind, facts in (
            (Team, {"name": "Team Zorg"}),
            (Party, {"name": "Alfa BV"}),
            (System, {"name": "Suite 2", "supplier": "Beta", "country": "NL"}),
        ):
            (item,) = session.exec(select(kind)).all()
            change_shared(session, item, facts, version=item.version, actor=actor)
    with on(WEDNESDAY):
        assert register_of(session, MONDAY)["VW-0001"].content == content
        assert register_of(session, TUESDAY)["VW-0001"].content == ActivityContent(
            name="Een",
            team="Team Zorg",
            processors=(ProcessorUse(party="Alfa BV"),),
            systems=(SystemUse(name="Suite 2", supplier="Beta", country="NL"),),
        )


def test_agreements_and_laws_are_what_they_were_then(session, actor):
    law = Law(name="Wmo 2015", article="artikel 2.3.5", bwb_number="BWBR0035362")
    use = ProcessorUse(party="Alfa", agreement_document="Contract 1", agreement_until=TUESDAY)
    own = ActivityContent(
        name="Een", purposes=(Purpose(text="Doel", laws=(law,)),), processors=(use,), covenants=("Convenant",)
    )
    others = ActivityContent(name="Twee", processors=(use.model_copy(update={"agreement_until": WEDNESDAY}),))
    with on(MONDAY):
        for content in (own, others):  # two agreements with one title and party
            services.add(session, content, actor=actor)
        (alfa,) = session.exec(select(Party)).all()
        change_shared(session, alfa, {"name": "Alfa BV"}, version=alfa.version, actor=actor)
    with on(TUESDAY):
        agreement = session.exec(select(Agreement).where(Agreement.until == TUESDAY)).one()
        covenant = session.exec(select(Agreement).where(Agreement.kind == AgreementKind.COVENANT)).one()
        services.change_shared(session, agreement, {"title": "Contract 2", "until": WEDNESDAY}, actor=actor)
        services.change_shared(session, covenant, {"title": "Convenant zorg"}, actor=actor)
        services.change_shared(session, session.exec(select(LawRow)).one(), {"bwb_number": "BWBR0035363"}, actor=actor)
        before, after = (register_of(session, day) for day in (MONDAY, TUESDAY))
    first = before["VW-0001"].content
    assert (first.processors[0].agreement_document, first.processors[0].agreement_until) == ("Contract 1", TUESDAY)
    assert (first.covenants, first.purposes[0].laws[0].bwb_number) == (("Convenant",), "BWBR0035362")
    for kenmerk, record in after.items():
        row = session.exec(select(ProcessingActivity).where(ProcessingActivity.number == int(kenmerk[-4:]))).one()
        assert record.content == services.content_of(row)
    assert after["VW-0001"].content.purposes[0].laws[0].url.endswith("BWBR0035363")
    assert after["VW-0002"].content.processors[0].agreement_document == "Contract 1"


def test_a_name_that_another_took_over_stays_with_who_had_it_then(session, actor):
    with on(MONDAY):
        services.add(session, ActivityContent(name="Een", team="Zorg"), actor=actor)
    with on(TUESDAY):
        (team,) = session.exec(select(Team)).all()
        change_shared(session, team, {"name": "Welzijn"}, version=team.version, actor=actor)
    with on(WEDNESDAY):
        services.add(session, ActivityContent(name="Twee", team="Zorg"), actor=actor)
        found = register_of(session, WEDNESDAY)
    assert [found[kenmerk].content.team for kenmerk in ("VW-0001", "VW-0002")] == ["Welzijn", "Zorg"]


def test_art_30_1_a_the_controller_and_dpo_are_those_of_that_day(session, actor):
    organisation = the_organisation(session)
    before = organisation.dpo_contact
    with on(MONDAY):
        services.add(session, COMPLETE, actor=actor)
    with on(TUESDAY):
        change_organisation(
            session, organisation, {"dpo_contact": "nieuw@voorbeeld.example"}, version=organisation.version, actor=actor
        )
    with on(WEDNESDAY):
        found = [as_of.cover(session, day).organisation["dpo_contact"] for day in (MONDAY, TUESDAY)]
    assert found == [before, "nieuw@voorbeeld.example"]


def test_a_day_before_the_first_record_or_to_come_is_refused_with_a_sentence(session, actor):
    with on(MONDAY), pytest.raises(BadInput, match=r"stond er nog geen verwerking in het register. Kies"):
        as_of.count(session, MONDAY)
    with on(TUESDAY):
        services.add(session, COMPLETE, actor=actor)
        with pytest.raises(BadInput, match=r"Op 2 maart 2026 .* De eerste kwam erin op 3 maart 2026. Kies een latere"):
            as_of.count(session, MONDAY)
        with pytest.raises(BadInput, match="moet nog komen"):
            as_of.count(session, WEDNESDAY)


def test_one_record_or_one_team(session, actor):
    with on(MONDAY):
        for name, team in (("Een", "Zorg"), ("Twee", "Parkeren"), ("Drie", "zorg")):
            services.add(session, ActivityContent(name=name, team=team), actor=actor)
        assert [one.content.name for one in as_of.records(session, MONDAY, team="ZORG")] == ["Een", "Drie"]
        assert [one.kenmerk for one in as_of.records(session, MONDAY, kenmerken=["vw-0002"])] == ["VW-0002"]
        with pytest.raises(NotFound, match="stond VW-0009 niet in het register"):
            list(as_of.records(session, MONDAY, kenmerken=["VW-0009"]))
        with pytest.raises(NotFound, match="Team 'Wegen' had op 2 maart 2026 geen verwerkingen"):
            list(as_of.records(session, MONDAY, team="Wegen"))


def test_a_revision_that_cleaning_made_too_long_is_still_given(session, actor):
    with on(MONDAY):
        activity = services.add(session, COMPLETE.model_copy(update={"name": "x" * 120}), actor=actor)
        revision = history.newest_revision(session, activity.id)
        revision.content = revision.content | {"name": "[geschoond]" + "x" * 116, "started_on": "[geschoond]"}
        session.flush()
        (found,) = as_of.records(session, MONDAY)
    assert (len(found.content.name), found.content.started_on) == (120, None)


def test_another_organisation_has_a_register_of_its_own(database, organisation, actor):
    with database.write(organisation.id) as session:
        services.add(session, COMPLETE, actor=actor)
    other = add_municipality(database, "gm9999", "Gemeente Anders")
    with database.read(other.id) as session, pytest.raises(BadInput):
        as_of.count(session, clock.today())


def test_remarks_and_answers_are_what_they_were_at_that_moment(session):
    actor = Actor("Fatma", uuid4())
    with on(MONDAY):
        activity = services.add(session, ActivityContent(name="Een"), actor=actor)
        remark = remarks.add(session, activity, "Doel is vaag.", actor=actor)
        remarks.answer(session, remark, "Dat klopt.", version=remark.version, actor=ESTABLISHER)
    with on(TUESDAY):
        session.flush()
        remarks.change(session, remark, "Doel is te vaag.", version=remark.version, actor=actor)
        session.flush()
        remarks.change(session, remark, "Doel is veel te vaag.", version=remark.version, actor=actor)
    with on(WEDNESDAY):
        session.flush()
        remarks.answer(session, remark, "Doel is aangepast.", version=remark.version, actor=actor)
        remarks.close(session, remark, actor=actor)
        remarks.add(session, activity, "Nog een.", actor=actor)
        session.flush()
        found = [as_of.cover(session, day).notes.remarks["VW-0001"] for day in (MONDAY, TUESDAY, WEDNESDAY)]
    assert [(one.text, one.answer, one.answered_by, one.closed_by, one.state) for (one, *_) in found] == [
        ("Doel is vaag.", "Dat klopt.", ESTABLISHER.label, "", RemarkState.ANSWERED),
        ("Doel is veel te vaag.", "Dat klopt.", ESTABLISHER.label, "", RemarkState.OPEN),
        ("Doel is veel te vaag.", "Doel is aangepast.", actor.label, actor.label, RemarkState.CLOSED),
    ]
    assert [len(some) for some in found] == [1, 1, 2]


def test_a_finding_that_was_closed_is_told_until_somebody_opens_it(session, actor):
    with on(MONDAY):
        activity = services.add(session, COMPLETE, actor=actor)
        finding = next(one for one in services.findings_of(session, activity) if one.check.closable)
    with on(TUESDAY):
        given = {"reason": "Dit is zo afgesproken.", "until": WEDNESDAY, "actor": actor}
        closing = services.close(session, finding, activity, **given)
    with on(WEDNESDAY):
        services.reopen_finding(session, closing, actor=actor)
        found = [as_of.cover(session, day).notes.closings for day in (MONDAY, TUESDAY, WEDNESDAY)]
    assert [[one.reason for one in some.get("VW-0001", ())] for some in found] == [[], ["Dit is zo afgesproken."], []]


# --- files


def test_the_files_hold_the_whole_register(session, actor):
    with on(MONDAY):
        activity = services.add(session, COMPLETE, actor=actor)
        services.establish(session, activity, actor=ESTABLISHER)
        services.add(session, ActivityContent(name="Twee"), actor=actor)
        remarks.add(session, activity, "Doel is vaag.", actor=actor)
        told = []
        made = {
            ending: next(files.register_on(session, MONDAY, ending, tell=lambda *how_far: told.append(how_far)))
            for ending in ("xlsx", "ods", "json")
        }
    assert told == [(0, 2)] * 3
    assert made["json"].name.endswith("-2026-03-02.json")
    assert len(json.loads(made["json"].content)["verwerkingen"]) == 2
    for ending in ("xlsx", "ods"):
        read = sheets.read(made[ending].content)
        assert [record.content for record in workbook.read(read)] == [COMPLETE, ActivityContent(name="Twee")]
        first = dict(zip(read[0].rows[0], read[0].rows[1], strict=True))
        assert (first["Status"], first["Vastgestelde versie"], first["Vastgesteld op"]) == (
            "vastgesteld",
            "1",
            "2026-03-02",
        )
        told_of = {row[0]: row[1] for row in next(sheet for sheet in read if sheet.name == "Uitleg").rows}
        assert told_of["Stand van"] == "2 maart 2026"
        remarked = next(sheet for sheet in read if sheet.name == "Opmerkingen FG").rows
        assert remarked[1][:3] == ["VW-0001", "Doel is vaag.", "open"]
        assert next(sheet for sheet in read if sheet.name == "Gesloten bevindingen").rows[0][1] == "Regel"
    with pytest.raises(BadInput, match="Kies uit: xlsx, ods, pdf, json"):
        next(files.register_on(session, MONDAY, "doc"))


def test_a_large_register_comes_as_several_pdfs(session, actor, monkeypatch):
    monkeypatch.setattr(files, "IN_ONE_PDF", 2)
    for name in ("Een", "Twee", "Drie"):
        services.add(session, ActivityContent(name=name), actor=actor)
    made = list(files.register_on(session, clock.today(), "pdf"))
    assert [file.name.rpartition("-deel-")[2] for file in made] == ["1.pdf", "2.pdf"]
    assert all(file.content.startswith(b"%PDF") for file in made)


@pytest.mark.parametrize(("in_one", "ending", "start"), [(150, "xlsx", b"PK"), (1, "pdf", b"PK"), (150, "json", b"{")])
def test_a_job_makes_a_file_that_waits_and_takes_old_ones_away(here, monkeypatch, in_one, ending, start):
    monkeypatch.setattr(files, "IN_ONE_PDF", in_one)
    with here.database.write(here.organisation_id) as session:
        for name in ("Een", "Twee"):
            services.add(session, ActivityContent(name=name), actor=ESTABLISHER)
        payload = {"day": clock.today().isoformat(), "ending": ending}
        asked = jobs.enqueue(session, routes_files.FILE_JOB, payload, created_by="Aisha").id
    place = here.folder.reports / "register"
    place.mkdir(parents=True)
    (place / "oud").touch()
    os.utime(place / "oud", (0, 0))
    jobs.run_one(here.database, job_handlers.handlers(here.folder), "een")
    with here.database.read(here.organisation_id) as session:
        job = session.get_one(jobs.Job, asked)
        assert (job.state, job.message) == (jobs.JobState.DONE, "Het bestand staat klaar.")
        assert job.result["file"].endswith("-pdf.zip" if in_one == 1 else f".{ending}")
    assert [path.name for path in place.iterdir()] == [str(asked)]
    assert (place / str(asked)).read_bytes().startswith(start)


def test_the_public_version_has_nothing_internal(session, actor):
    content = COMPLETE.model_copy(update={"process_owner": "Teamleider geheim", "remarks": "geheime opmerking"})
    activity = services.add(session, content, actor=actor)
    with pytest.raises(NotFound, match="Hiervan staat niets op de website"):
        next(files.records_now(session, "docx", kenmerk="VW-0001", is_public=True))
    services.establish(session, activity, actor=ESTABLISHER)
    hidden = services.add(session, content.model_copy(update={"publication": Publication.NO}), actor=actor)
    texts = {}
    for is_public in (True, False):
        (file,) = files.records_now(session, "docx", team=content.team, is_public=is_public)
        texts[is_public] = words_in(file.content)
    assert "Beslissen over een aanvraag" in texts[True]
    for secret in ("geheim", hidden.kenmerk, "Parkeersysteem", "Niet ingevuld"):
        assert secret in texts[False]
        assert secret not in texts[True]


def words_in(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in document.paragraphs] + cells)


# --- round trip (point 8)


@settings(deadline=None, max_examples=2, suppress_health_check=list(HealthCheck))
@given(register=st.lists(contents(), min_size=1, max_size=2), ending=st.sampled_from(["xlsx", "ods"]))
def test_export_and_import_into_an_empty_register_gives_identical_content(database, organisation, register, ending):
    _there_and_back(database, organisation, register, ending)


@pytest.mark.soak
@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(register=st.lists(contents(), min_size=1, max_size=6), ending=st.sampled_from(["xlsx", "ods"]))
def test_any_register_survives_the_round_trip(database, organisation, register, ending):
    _there_and_back(database, organisation, register, ending)


def _there_and_back(database, organisation, register, ending):
    with database.write(organisation.id) as session:
        for content in register:
            services.add(session, content, actor=ESTABLISHER)
        kept = [services.content_of(one) for one in all_of(session)]
        (file,) = files.register_on(session, clock.today(), ending)
        session.rollback()
    assert kept == register
    found = sheets.read(file.content)
    with database.write(organisation.id) as session:
        for record in workbook.read(found):
            services.add(session, record.content, actor=ESTABLISHER)
        assert [services.content_of(one) for one in all_of(session)] == register
        session.rollback()


def all_of(session):
    return session.exec(select(ProcessingActivity).order_by(ProcessingActivity.number)).all()


def test_a_control_character_is_refused_by_the_service(session, actor):
    with pytest.raises(RuleViolation, match="onzichtbaar teken"):
        services.add(session, ActivityContent(name="Bel\x07len"), actor=actor)
    activity = services.add(session, ActivityContent(name="Bellen"), actor=actor)
    with pytest.raises(RuleViolation, match="onzichtbaar teken"):
        services.change(session, activity, ActivityContent(name="\x00"), version=activity.version, actor=actor)
    assert services.content_of(activity).name == "Bellen"
