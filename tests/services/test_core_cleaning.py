"""Cleaning: a text that should never have been typed goes out of everything that is kept, by two people."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Text, cast
from sqlmodel import SQLModel, select

from core import audit, cleaning, clock, drafts, history
from core.accounts.services import add_user
from core.audit import Actor, AuditEvent
from core.cleaning import CleaningRequest, State, Wanted
from core.errors import Conflict, NotFound, RuleViolation
from core.organisations import Organisation, change_organisation
from register import services as register
from register.content import ActivityContent, Purpose
from register.models import ProcessingActivity
from support.activities import complete
from support.municipalities import add_municipality
from support.woo_documents import add, pdf, publish, store
from woo import cleaning as woo_cleaning
from woo import lists
from woo import services as woo
from woo.imports import DocumentImportRow, RowKind
from woo.models import Document

BSN = "123456782"
PRIVACY, _ = lists.REASONS.codes
ASKER, DECIDER = Actor("Aisha", uuid4()), Actor("Bram", uuid4())


@pytest.fixture
def typed(database, organisation):
    """A BSN that was typed in the name and in a purpose, and mended since."""
    with database.write(organisation.id) as session:
        content = ActivityContent(
            name=f"Dossier {BSN}", purposes=(Purpose(text=f"Van mevrouw Zanger, {BSN}, Losser"),), remarks="Blijft"
        )
        activity = register.add(session, content, actor=ASKER)
        mended = content.model_copy(update={"name": "Dossiers", "purposes": (Purpose(text="Hulp geven"),)})
        register.change(session, activity, mended, version=activity.version, actor=ASKER)
        return activity.id


def ask(database, organisation, subject_id, **wanted) -> cleaning.CleaningRequest:
    facts = {"reason": "Een nummer stond in de naam", "text": BSN, "subject_id": subject_id} | wanted
    with database.write(organisation.id) as session:
        made = cleaning.ask(session, Wanted(**facts), actor=ASKER)
        session.flush()
        session.expunge(made)
    return made


def clean(database, organisation, request, actor=DECIDER, take_files=None, closed=None):
    with database.write(organisation.id) as session:
        found = cleaning.find(session, request.id)
        return cleaning.clean(
            session, found, version=request.version, actor=actor, take_files=take_files, closed=closed
        )


def whole_database(database) -> str:
    """Every value of every row, as one text."""
    with database.engine.connect() as connection:
        return "\n".join(
            str(value)
            for table in SQLModel.metadata.sorted_tables
            for row in connection.execute(select(*(cast(column, Text) for column in table.columns)))
            for value in row
        )


def faults(database, chain) -> list[str]:
    with database.read(None) as session:
        return audit.faults(session, chain)


def test_a_text_goes_out_of_everything_that_is_kept_and_the_chain_still_holds(database, organisation, typed):
    request = ask(database, organisation, typed)
    assert BSN in whole_database(database)
    counts = clean(database, organisation, request)
    assert BSN not in whole_database(database)
    assert faults(database, organisation.id) == []
    assert counts == {"events": 2, "fields": 0, "files": 0, "revisions": 1, "versions": 0}
    with database.read(organisation.id) as session:
        first = history.revisions_of(session, typed)[-1].content
        assert (first["name"], first["purposes"][0]["text"]) == (
            "Dossier [geschoond]",
            "Van mevrouw Zanger, [geschoond], Losser",
        )
        assert first["remarks"] == "Blijft"


def test_the_drafts_that_hold_the_text_go_too(database, organisation, typed):
    with database.write(None) as session:
        person = add_user(
            session,
            username="els",
            name="Els",
            password=None,
            roles=[],
            organisation_id=organisation.id,
            actor=ASKER,
        ).id
    with database.write(organisation.id) as session:
        drafts.keep(session, person, "/register/VW-0001/bewerken", [("name", f"Nog {BSN}")], version=1)
        drafts.keep(session, person, "/register/VW-0002/bewerken", [("name", "Iets anders")], version=1)
    clean(database, organisation, ask(database, organisation, typed))
    with database.read(organisation.id) as session:
        assert [draft.address for draft in drafts.drafts_of(session, person)] == ["/register/VW-0002/bewerken"]


def test_the_event_names_what_was_cleaned_and_never_the_text(database, organisation, typed):
    request = ask(database, organisation, typed)
    clean(database, organisation, request)
    with database.read(organisation.id) as session:
        made = session.exec(select(AuditEvent).where(AuditEvent.action == audit.CLEAN)).one()
        emptied = session.exec(
            select(AuditEvent).where(AuditEvent.subject_id == typed, AuditEvent.contents.is_(None))
        ).all()
        assert made.actor == "Bram"
        after = made.contents["after"]
        assert (after["asked_by"], after["reason"], after["revisions"]) == ("Aisha", "Een nummer stond in de naam", [1])
        assert after["events"] == [[one.sequence, one.sequence] for one in emptied]
        asked = session.exec(select(AuditEvent).where(AuditEvent.action == "core:cleaning:ask")).one()
        assert BSN not in json.dumps(asked.contents)
        kept = cleaning.find(session, request.id)
        assert (kept.state, kept.text, kept.decided_by) == (State.DONE, "", "Bram")


def test_a_whole_value_goes_when_asked(database, organisation, typed):
    clean(database, organisation, ask(database, organisation, typed, is_whole_value=True))
    with database.read(organisation.id) as session:
        assert history.revisions_of(session, typed)[-1].content["purposes"][0]["text"] == "[geschoond]"


def test_a_whole_event_goes_with_the_state_that_was_kept_with_it(database, organisation, typed):
    with database.read(organisation.id) as session:
        first = session.exec(select(AuditEvent.sequence).where(AuditEvent.subject_id == typed)).first()
    counts = clean(database, organisation, ask(database, organisation, None, text="", event_sequence=first))
    assert (counts["events"], counts["revisions"]) == (1, 1)
    assert faults(database, organisation.id) == []
    with database.read(organisation.id) as session:
        assert [one.number for one in history.revisions_of(session, typed)] == [2]


def test_a_register_that_was_cleaned_still_works(database, organisation, typed):
    clean(database, organisation, ask(database, organisation, typed))
    with database.write(organisation.id) as session:
        activity = session.get_one(ProcessingActivity, typed)
        content = register.content_of(activity).model_copy(update={"name": "Weer anders"})
        register.change(session, activity, content, version=activity.version, actor=ASKER)
        assert register.all_findings(session) is not None
        assert [one.number for one in history.revisions_of(session, typed)] == [3, 2, 1]


# Who decides


def test_who_asked_does_not_decide(database, organisation, typed):
    request = ask(database, organisation, typed)
    with pytest.raises(RuleViolation, match="Laat een collega beslissen"):
        clean(database, organisation, request, actor=ASKER)
    assert BSN in whole_database(database)


def test_in_a_municipality_of_one_who_asked_decides_after_the_cooling_off_time(database, organisation, typed):
    with database.write(organisation.id) as session:
        here = session.get_one(Organisation, organisation.id)
        change_organisation(session, here, {"cooling_off_hours": 24}, version=here.version, actor=ASKER)
    request = ask(database, organisation, typed)
    with pytest.raises(RuleViolation, match="Of beslis zelf na"):
        clean(database, organisation, request, actor=ASKER)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        clean(database, organisation, request, actor=ASKER)
    assert BSN not in whole_database(database)


def test_two_times_the_command_line_is_one_person(database, organisation, typed):
    with database.write(organisation.id) as session:
        wanted = Wanted(reason="Een nummer", text=BSN, subject_id=typed)
        request = cleaning.ask(session, wanted, actor=audit.COMMAND_LINE)
        session.flush()
        with pytest.raises(RuleViolation, match="collega"):
            cleaning.clean(session, request, version=request.version, actor=audit.COMMAND_LINE)


def test_a_refusal_wipes_the_text_of_the_request(database, organisation, typed):
    request = ask(database, organisation, typed)
    with database.write(organisation.id) as session:
        cleaning.refuse(session, cleaning.find(session, request.id), version=request.version, actor=DECIDER)
    with database.read(organisation.id) as session:
        kept = cleaning.find(session, request.id)
        assert (kept.state, kept.text) == (State.REFUSED, "")
        assert cleaning.waiting(session) == []
    with pytest.raises(Conflict):
        clean(database, organisation, request)


def test_what_was_decided_is_not_decided_again(database, organisation, typed):
    request = ask(database, organisation, typed)
    clean(database, organisation, request)
    with pytest.raises(Conflict, match="al over beslist"):
        clean(database, organisation, request)


# What must be done first


def test_a_text_that_still_stands_in_the_record_is_mended_first(database, organisation):
    for content in (
        ActivityContent(name=f"Dossier {BSN}"),
        ActivityContent(name="Dossiers", purposes=(Purpose(text=f"Voor {BSN}"),)),
        ActivityContent(name="Dossiers", covenants=(f"Convenant é {BSN}",)),
    ):
        with database.write(organisation.id) as session:
            number = register.add(session, content, actor=ASKER).id
        request = ask(database, organisation, number)
        with pytest.raises(RuleViolation, match="Verbeter dat eerst"):
            clean(database, organisation, request)
    assert BSN in whole_database(database)


def test_the_same_text_in_another_record_does_not_stand_in_the_way(database, organisation, typed):
    with database.write(organisation.id) as session:
        register.add(session, ActivityContent(name=f"Ander {BSN}"), actor=ASKER)
    assert clean(database, organisation, ask(database, organisation, typed))["events"] == 2


def test_a_version_that_is_public_is_replaced_first_and_then_cleaned_too(database, organisation):
    with database.write(organisation.id) as session:
        content = complete().model_copy(
            update={"explanation": "U vraagt een vergunning. Bel met Kanariezang voor uitleg."}
        )
        activity = register.add(session, content, actor=ASKER)
        register.establish(session, activity, actor=audit.COMMAND_LINE)
        mended = content.model_copy(update={"explanation": "U vraagt een vergunning. Bel ons voor uitleg."})
        register.change(session, activity, mended, version=activity.version, actor=ASKER)
        number = activity.id
    request = ask(database, organisation, number, text="kanariezang")
    with pytest.raises(RuleViolation, match="versie 1, die openbaar is"):
        clean(database, organisation, request)
    with database.write(organisation.id) as session:
        register.establish(session, session.get_one(ProcessingActivity, number), actor=audit.COMMAND_LINE)
    counts = clean(database, organisation, request)
    assert (counts["versions"], "anariezang" in whole_database(database)) == (1, False)


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        ({"text": "123"}, "minstens 4 tekens"),
        ({"text": "   "}, "welke tekst"),
        ({"text": ""}, "welke tekst"),
        ({"reason": " "}, "waarom"),
        ({"reason": f"Het nummer {BSN}"}, "de reden blijft staan"),
        ({"text": "staat nergens"}, "in niets"),
        ({"text": "%%%%"}, "in niets"),
    ],
)
def test_a_request_that_cannot_be_is_told_why(database, organisation, typed, wanted, word):
    with pytest.raises(RuleViolation, match=word):
        ask(database, organisation, typed, **wanted)


def test_what_is_not_there_cannot_be_cleaned(database, organisation, typed):
    for wanted in ({"subject_id": uuid4()}, {"subject_id": None}, {"event_sequence": 9999}):
        with pytest.raises(NotFound):
            ask(database, organisation, **({"subject_id": None} | wanted))


def test_a_cleaning_itself_cannot_be_cleaned(database, organisation, typed):
    clean(database, organisation, ask(database, organisation, typed))
    with database.read(organisation.id) as session:
        number = session.exec(select(AuditEvent.sequence).where(AuditEvent.action == audit.CLEAN)).one()
    request = ask(database, organisation, None, text="", event_sequence=number)
    with pytest.raises(RuleViolation, match="kan niet weg"):
        clean(database, organisation, request)


def test_the_state_of_now_is_not_cleaned_by_its_event(database, organisation, typed):
    with database.read(organisation.id) as session:
        last = max(session.exec(select(AuditEvent.sequence).where(AuditEvent.subject_id == typed)))
    request = ask(database, organisation, None, text="", event_sequence=last)
    with pytest.raises(RuleViolation, match="hoe het record nu is"):
        clean(database, organisation, request)


def test_another_organisation_has_no_such_request_record_or_event(database, organisation, typed):
    other = add_municipality(database, "gm0153", "Gemeente Enschede")
    request = ask(database, organisation, typed)
    with database.read(other.id) as session:
        assert cleaning.waiting(session) == []
        with pytest.raises(NotFound):
            cleaning.find(session, request.id)
    with pytest.raises(NotFound):
        ask(database, other, typed)


def test_when_it_breaks_half_way_nothing_was_cleaned(database, organisation, typed):
    request = ask(database, organisation, typed, takes_files=True)

    def broken(_session, _request):
        raise RuleViolation("Kan niet.")

    before = whole_database(database)
    with pytest.raises(RuleViolation, match=r"Kan niet\."):
        clean(database, organisation, request, take_files={"register_activity": broken})
    assert whole_database(database) == before


# Files


def taker(folder):
    return {
        woo_cleaning.KIND: lambda session, request: woo_cleaning.remove_originals(session, folder, request.subject_id)
    }


def is_kept(folder, sha256) -> bool:
    return folder.store().size(sha256) is not None


def test_the_file_of_before_a_replacement_goes_and_the_one_of_now_stays(database, organisation, folder):
    with database.write(organisation.id) as session:
        document = publish(session, folder, title="Besluit een")
        number, old = document.id, document.sha256
        new = store(folder, pdf("nieuw"))
        woo.replace_file(
            session, document, new, reason=PRIVACY, note="Er stond een naam in.", actor=ASKER, folder=folder
        )
        session.flush()
        now = document.sha256
    counts = clean(
        database,
        organisation,
        ask(database, organisation, number, text="", takes_files=True),
        take_files=taker(folder),
    )
    assert (counts["files"], is_kept(folder, old), is_kept(folder, now)) == (
        1,
        False,
        True,
    )
    assert faults(database, organisation.id) == []


def test_the_file_of_a_withdrawn_document_goes(database, organisation, folder):
    with database.write(organisation.id) as session:
        document = publish(session, folder, title="Besluit een")
        number, old = document.id, document.sha256
    request = ask(database, organisation, number, text="", takes_files=True)
    with pytest.raises(RuleViolation, match="geen bestand dat weg kan"):
        clean(database, organisation, request, take_files=taker(folder))
    assert is_kept(folder, old)
    with database.write(organisation.id) as session:
        woo.withdraw(session, session.get_one(Document, number), note="Een naam.", actor=ASKER, folder=folder)
    assert clean(database, organisation, request, take_files=taker(folder))["files"] == 1
    assert not is_kept(folder, old)


def test_a_file_that_another_document_has_too_stays(database, organisation, folder):
    other = add_municipality(database, "gm0153", "Gemeente Enschede")
    with database.write(organisation.id) as session:
        document = publish(session, folder, title="Besluit een")
        number, old = document.id, document.sha256
        woo.withdraw(session, document, note="Een naam.", actor=ASKER, folder=folder)
    with database.write(other.id) as session:
        assert add(session, folder, title="Besluit een").sha256 == old
    request = ask(database, organisation, number, text="", takes_files=True)
    with pytest.raises(RuleViolation, match="geen bestand dat weg kan"):
        clean(database, organisation, request, take_files=taker(folder))
    assert is_kept(folder, old)


def test_the_text_of_a_withdrawn_document_goes_for_nobody_can_mend_it(database, organisation, folder):
    with database.write(organisation.id) as session:
        document = publish(session, folder, title=f"Besluit {BSN}", internal_note="Blijft")
        woo.withdraw(session, document, note=f"Er stond {BSN} in.", actor=ASKER, folder=folder)
        number, loc = document.id, document.loc
    request = ask(database, organisation, number)
    with pytest.raises(RuleViolation, match="Verbeter dat eerst"):
        clean(database, organisation, request)
    counts = clean(database, organisation, request, closed={woo_cleaning.KIND: woo_cleaning.is_closed})
    assert counts["fields"] == 2
    with database.read(organisation.id) as session:
        kept = session.get(Document, number)
        assert (kept.title, kept.withdrawal_note) == ("Besluit [geschoond]", "Er stond [geschoond] in.")
        assert kept.loc == loc  # the address answers for ever that it is gone
        assert {one.content.get("loc", loc) for one in history.versions_of(session, number)} == {loc}
    rest = [line for line in whole_database(database).splitlines() if BSN in line]
    assert [line for line in rest if loc not in line] == []
    assert faults(database, organisation.id) == []


def test_every_table_that_keeps_old_contents_is_a_place(database):
    """Whoever makes a table with contents of a record as JSON adds it to `core.cleaning.PLACES`, or says why not here."""
    kept = {
        name
        for name, table in SQLModel.metadata.tables.items()
        if {"content", "subject_id"} <= set(table.columns.keys())
    }
    kept |= {name for name in SQLModel.metadata.tables if name.endswith("_import_row")}
    assert kept == {str(place.table.__tablename__) for place in cleaning.PLACES}
    assert CleaningRequest.__tablename__ not in kept


def test_a_text_that_came_with_a_list_goes_out_of_the_row_of_the_list_too(database, organisation, folder):
    with database.write(organisation.id) as session:
        document = add(session, folder, title=f"Besluit {BSN}")
        listed = woo.open_import(session, file_name="lijst.csv", actor=ASKER)
        row = DocumentImportRow(
            position=2,
            kind=RowKind.NEW,
            name=f"Besluit {BSN}",
            planned={"content": {"title": f"Besluit {BSN}"}},
            notes=[{"heading": "Titel", "value": f"Besluit  {BSN}", "kind": "changed", "became": f"Besluit {BSN}"}],
            fingerprint="",
            document_id=document.id,
        )
        woo.prepare_import(session, listed, [row], actor=ASKER)
        content = document.content().model_copy(update={"title": "Besluit"})
        woo.change_document(session, document, content, version=document.version, actor=ASKER)
        number, row_id = document.id, row.id
    clean(database, organisation, ask(database, organisation, number))
    with database.read(organisation.id) as session:
        kept = session.get_one(DocumentImportRow, row_id)
        assert (kept.name, kept.planned) == ("Besluit [geschoond]", {"content": {"title": "Besluit [geschoond]"}})
        assert kept.notes[0]["value"] == "Besluit  [geschoond]"
    assert BSN not in whole_database(database)
    assert faults(database, organisation.id) == []
