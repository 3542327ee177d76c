"""Anchors: what gives away who knows how the chain is made, and makes it anew."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from core import anchors, audit, clock, verification
from core.audit import Actor, Anchor
from core.errors import BadInput
from core.folder import Folder
from core.organisations import Organisation, add_organisation
from core.settings import Settings
from support.tampering import tamper, tamper_well

ACTOR = Actor("Aisha")


@pytest.fixture
def place(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "plek", Settings(_env_file=None))
    made.prepare()
    return made


@pytest.fixture
def other(database, organisation, _images) -> Organisation:
    def make() -> None:
        with database.write(None) as session:
            add_organisation(
                session,
                code="gm0153",
                name="Gemeente Enschede",
                base_url="https://enschede.example",
                tooi_uri="x",
                tooi_label="x",
                actor=ACTOR,
            )

    _images.put(database, "losser, enschede", make)
    with database.read(None) as session:
        made = session.exec(audit.select(Organisation).where(Organisation.code == "gm0153")).one()
        session.expunge(made)
    return made


@pytest.fixture
def anchored(database, organisation, other, place, _images) -> Folder:
    """Two chains of thirty events, anchored at the end of both, and of the installation's."""

    def make() -> None:
        for chain in (organisation.id, other.id, audit.INSTALLATION):
            grow(database, chain, to=30)

    _images.put(database, "losser, enschede, thirty events", make)
    anchors.write(place, database, "export")
    return place


def grow(database, chain: UUID, *, to: int) -> None:
    with database.write(None) as session:
        while audit.length(session, chain) < to:
            number = audit.length(session, chain) + 1
            audit.append(
                session,
                chain=chain,
                actor=Actor(f"Persoon {number}", uuid4()),
                action="register:activity:change",
                subject=("register_activity", uuid4(), f"Verwerking {number}"),
                contents={"after": {"naam": f"Naam {number}"}},
            )


def found(database, place: Folder, **options) -> dict[UUID, list[str]]:
    with database.read(None) as session:
        return {chain: faults for chain, faults in verification.examine(session, place, **options).items() if faults}


def test_an_untouched_installation_has_no_faults(database, anchored, organisation):
    assert found(database, anchored) == {}
    grow(database, organisation.id, to=40)
    anchors.write(anchored, database, "night")
    assert found(database, anchored) == {}


OWN = "organisation_id = :me"
WELL = {
    "the tail is cut off": (f"DELETE FROM core_audit_event WHERE {OWN} AND sequence > 20", 20),
    "the newest event is removed": (f"DELETE FROM core_audit_event WHERE {OWN} AND sequence = 30", 30),
    "an event is removed and the rest follows": (f"DELETE FROM core_audit_event WHERE {OWN} AND sequence = 15", 15),
    "the first event is removed": (f"DELETE FROM core_audit_event WHERE {OWN} AND sequence = 1", 1),
    "the actor is another one": (f"UPDATE core_audit_event SET actor = 'Niemand' WHERE {OWN} AND sequence = 15", 15),
    "the account is another one": (f"UPDATE core_audit_event SET actor_id = NULL WHERE {OWN} AND sequence = 15", 15),
    "the moment is another one": (
        f"UPDATE core_audit_event SET at = '2020-01-01 00:00:00.000000' WHERE {OWN} AND sequence = 15",
        15,
    ),
    "all moments are others": (f"UPDATE core_audit_event SET at = '2020-01-01 00:00:00.000000' WHERE {OWN}", 1),
    "the action is another one": (f"UPDATE core_audit_event SET action = 'a:b:c' WHERE {OWN} AND sequence = 15", 15),
    "the name is another one": (
        f"UPDATE core_audit_event SET subject_label = 'Anders' WHERE {OWN} AND sequence = 15",
        15,
    ),
    "contents are others": (
        f"""UPDATE core_audit_event SET contents = '{{"after": {{"naam": "Ander"}}}}' WHERE {OWN} AND sequence = 15""",
        15,
    ),
    "contents and salt are others": (
        f"UPDATE core_audit_event SET contents = NULL, salt = 'aaaa' WHERE {OWN} AND sequence = 15",
        15,
    ),
    "the newest event is another one": (f"UPDATE core_audit_event SET actor = 'x' WHERE {OWN} AND sequence = 30", 30),
    "the whole chain is made anew": (f"UPDATE core_audit_event SET actor = 'Niemand' WHERE {OWN}", 1),
}


@pytest.mark.parametrize("way", WELL)
def test_who_makes_the_chain_right_again_is_found_by_the_anchors(database, anchored, organisation, way):
    statement, since = WELL[way]
    tamper_well(database, organisation.id, statement, since=since, me=organisation.id)
    with database.read(None) as session:
        assert audit.faults(session, organisation.id) == []  # right in itself
    told = found(database, anchored)
    assert list(told) == [organisation.id]
    assert all("anker bij een export" in fault and fault.endswith(".") for fault in told[organisation.id])


def test_a_chain_made_anew_and_grown_past_its_anchor_is_found(database, anchored, organisation):
    tamper_well(
        database,
        organisation.id,
        f"DELETE FROM core_audit_event WHERE {OWN} AND sequence > 20",
        since=20,
        me=organisation.id,
    )
    grow(database, organisation.id, to=50)
    assert "opnieuw gemaakt" in found(database, anchored)[organisation.id][0]


def test_the_chain_of_a_whole_organisation_removed_is_found(database, anchored, place, organisation, tmp_path):
    tamper(
        database,
        f"DELETE FROM core_audit_event WHERE {OWN}",
        f"DELETE FROM core_audit_head WHERE {OWN}",
        me=organisation.id,
    )
    assert set(found(database, anchored)) == {organisation.id}
    (anchored.root / anchors.NAME).unlink()  # also without any anchor
    assert found(database, anchored) == {organisation.id: ["De hele keten ontbreekt."]}


def test_the_chain_of_the_installation_removed_is_found(database, anchored):
    tamper(
        database,
        f"DELETE FROM core_audit_event WHERE {OWN}",
        f"DELETE FROM core_audit_head WHERE {OWN}",
        me=audit.INSTALLATION,
    )
    assert set(found(database, anchored)) == {audit.INSTALLATION}


def test_two_chains_exchanged_are_found(database, anchored, organisation, other):
    exchange = [
        "UPDATE core_audit_event SET organisation_id = :tmp WHERE organisation_id = :me",
        "UPDATE core_audit_event SET organisation_id = :me WHERE organisation_id = :you",
        "UPDATE core_audit_event SET organisation_id = :you WHERE organisation_id = :tmp",
        "UPDATE core_audit_head SET organisation_id = :tmp WHERE organisation_id = :me",
        "UPDATE core_audit_head SET organisation_id = :me WHERE organisation_id = :you",
        "UPDATE core_audit_head SET organisation_id = :you WHERE organisation_id = :tmp",
    ]
    tamper(database, *exchange, me=organisation.id, you=other.id, tmp=uuid4())
    assert set(found(database, anchored)) == {organisation.id, other.id}
    for chain in (organisation.id, other.id):  # also when both are made right again
        tamper_well(database, chain, "UPDATE core_audit_head SET sequence = sequence", since=1)
    assert set(found(database, anchored)) == {organisation.id, other.id}


COPY = (
    "INSERT INTO core_audit_event (organisation_id, sequence, at, actor, actor_id, action, subject_kind, subject_id,"
    " subject_label, contents, salt, digest, previous, hash, label_digest) SELECT {to}, {number}, at, actor, actor_id,"
    " action, subject_kind, subject_id, subject_label, contents, salt, digest, previous, hash, label_digest"
    " FROM core_audit_event WHERE organisation_id = :me AND sequence = 15"
)


def test_an_event_copied_to_another_chain_is_found(database, anchored, organisation, other):
    tamper(database, COPY.format(to=":you", number=31), me=organisation.id, you=other.id)
    assert set(found(database, anchored)) == {other.id}


def test_an_event_slipped_in_between_is_found_also_when_all_is_right_again(database, anchored, organisation):
    away = [f"UPDATE core_audit_event SET sequence = -sequence WHERE {OWN} AND sequence > 20"]
    back = [f"UPDATE core_audit_event SET sequence = 1 - sequence WHERE {OWN} AND sequence < 0"]
    statements = [*away, *back, COPY.format(to=":me", number=21)]
    tamper_well(database, organisation.id, *statements, since=21, me=organisation.id)
    assert set(found(database, anchored)) == {organisation.id}


# Cleaning


def clean(database, chain: UUID, first: int, last: int) -> None:
    with database.write(None) as session:
        for event in session.exec(
            audit.select(audit.AuditEvent).where(
                audit.AuditEvent.organisation_id == chain, audit.AuditEvent.sequence.between(first, last)
            )
        ):
            event.contents, event.subject_label = None, audit.CLEANED
        audit.append(
            session,
            chain=chain,
            actor=ACTOR,
            action=audit.CLEAN,
            subject=("core_audit_event", chain, "Schonen"),
            contents={"after": {"events": [[first, last]]}},
        )


def test_what_was_cleaned_with_an_event_is_no_fault(database, anchored, organisation):
    clean(database, organisation.id, 10, 12)
    assert found(database, anchored) == {}


CLEANING = {
    "the cleaning is removed": f"DELETE FROM core_audit_event WHERE {OWN} AND sequence = 31",
    "the cleaning names others": (
        f"""UPDATE core_audit_event SET contents = '{{"after": {{"events": [[1, 29]]}}}}' WHERE {OWN} AND sequence = 31"""
    ),
    "the cleaning is cleaned": f"UPDATE core_audit_event SET contents = NULL WHERE {OWN} AND sequence = 31",
    "the cleaning is another action": f"UPDATE core_audit_event SET action = 'a:b:c' WHERE {OWN} AND sequence = 31",
    "something beside it is emptied": f"UPDATE core_audit_event SET contents = NULL WHERE {OWN} AND sequence = 13",
    "a name beside it is emptied": (
        f"UPDATE core_audit_event SET subject_label = '[geschoond]' WHERE {OWN} AND sequence = 13"
    ),
    "the name is no longer clean": f"UPDATE core_audit_event SET subject_label = 'x' WHERE {OWN} AND sequence = 11",
    "the contents are back": (
        f"""UPDATE core_audit_event SET contents = '{{"after": {{"naam": "x"}}}}' WHERE {OWN} AND sequence = 11"""
    ),
}


@pytest.mark.parametrize("way", CLEANING)
def test_a_cleaning_that_was_tampered_with_is_found(database, anchored, organisation, way):
    clean(database, organisation.id, 10, 12)
    tamper(database, CLEANING[way], me=organisation.id)
    assert set(found(database, anchored)) == {organisation.id}


def test_a_forged_cleaning_that_is_right_in_itself_is_found_by_a_later_anchor(database, anchored, organisation):
    grow(database, organisation.id, to=40)
    anchors.write(anchored, database, "night")
    forge = (
        f"""UPDATE core_audit_event SET action = '{audit.CLEAN}', contents = '{{"after": {{"events": [[1, 39]]}}}}' """
        f"WHERE {OWN} AND sequence = 40"
    )
    empty = f"UPDATE core_audit_event SET contents = NULL WHERE {OWN} AND sequence = 13"
    tamper_well(database, organisation.id, forge, since=40, me=organisation.id)
    tamper(database, empty, me=organisation.id)
    with database.read(None) as session:
        assert audit.faults(session, organisation.id) == []
    assert "anker van de nacht" in found(database, anchored)[organisation.id][0]


def test_an_event_of_the_old_form_still_holds(database, organisation):
    """Before there was a digest of the name, the name itself was in the hash."""
    with database.write(None) as session:
        made = audit.append(
            session, chain=organisation.id, actor=ACTOR, action="a:b:c", subject=("soort", uuid4(), "Naam")
        )
        chain, number = made.organisation_id, made.sequence
    with database.read(None) as session:
        row = session.exec(audit.select(audit.AuditEvent).where(audit.AuditEvent.id == made.id)).one()
        row.label_digest = None
        old = audit._link(row)
        session.expunge_all()
    statements = [
        f"UPDATE core_audit_event SET label_digest = NULL, hash = '{old}' WHERE {OWN} AND sequence = {number}",
        f"UPDATE core_audit_head SET hash = '{old}' WHERE {OWN}",
    ]
    tamper(database, *statements, me=chain)
    with database.read(None) as session:
        assert audit.faults(session, chain) == []
    tamper(database, f"UPDATE core_audit_event SET subject_label = 'x' WHERE {OWN} AND sequence = {number}", me=chain)
    with database.read(None) as session:
        assert audit.faults(session, chain) == [f"Gebeurtenis {number}: is na het vastleggen veranderd."]


# Where anchors come from


def test_an_anchor_of_a_manifest_and_of_a_backup_count_too(database, organisation, place):
    grow(database, organisation.id, to=30)
    with database.read(None) as session:
        head = audit.head(session, organisation.id)
    (place.exports / "gm0168-1").mkdir()
    manifest = {
        "organisation": "gm0168",
        "audit_head": head,
        "audit_sequence": 30,
        "finished_at": "2026-11-22T02:00:00+00:00",
    }
    (place.exports / "gm0168-1" / "manifest.json").write_text(json.dumps(manifest))
    backup = place.root / "manifest-van-de-back-up.json"
    backup.write_text(json.dumps({"made_at": "2026-11-22T03:00:00+00:00", "audit_heads": {organisation.id.hex: head}}))
    kept = anchors.read(backup, {})
    assert found(database, place, kept_elsewhere=kept) == {}
    tamper_well(
        database,
        organisation.id,
        f"DELETE FROM core_audit_event WHERE {OWN} AND sequence > 25",
        since=25,
        me=organisation.id,
    )
    assert found(database, place, kept_elsewhere=kept) == {
        organisation.id: [
            "Na gebeurtenis 25 is het einde weggehaald: volgens het manifest van een export van 22-11-2026 03:00 uur waren er 30.",
            "Het einde volgens een back-up van 22-11-2026 04:00 uur komt niet voor: de keten is ingekort of opnieuw gemaakt.",
        ]
    }


def test_lines_of_a_log_are_anchors(database, organisation, place):
    with database.read(None) as session:
        head = audit.head(session, organisation.id)
        number = audit.length(session, organisation.id)
    line = {"event": "security", "action": anchors.ACTION, "chain": organisation.id.hex, "sequence": number}
    log = place.root / "openboek.log"
    log.write_text(
        '{"event": "job broke"}\nkapot\n'
        + json.dumps({**line, "hash": head, "timestamp": "2026-11-22T02:00:00Z", "why": "night"})
    )
    assert list(anchors.read(log, {})) == [
        Anchor(organisation.id, head, number, datetime(2026, 11, 22, 2, tzinfo=UTC), "het anker van de nacht")
    ]


@pytest.mark.parametrize(
    "contents", [b"", b"niets\n", b"\xff\xfe", b'{"chain": "x", "sequence": 1, "hash": "y"}', b"[1]"]
)
def test_a_file_without_anchors_is_refused(place, contents):
    (place.root / "leeg").write_bytes(contents)
    with pytest.raises(BadInput, match="geen anker"):
        anchors.read(place.root / "leeg", {})
    with pytest.raises(BadInput, match="kan niet worden gelezen"):
        anchors.read(place.root, {})


def test_half_a_line_is_no_anchor_and_stops_nothing(database, anchored):
    with (anchored.root / anchors.NAME).open("a") as file:
        file.write('{"at": "2026-')
    assert found(database, anchored) == {}


def test_anchors_are_added_and_nobody_else_may_read_them(database, anchored):
    file = anchored.root / anchors.NAME
    before = file.read_bytes()
    anchors.write(anchored, database, "night")
    assert file.read_bytes().startswith(before)
    assert file.read_bytes().count(b"\n") == before.count(b"\n") * 2 == 6
    assert file.stat().st_mode & 0o007 == 0


def test_a_place_that_cannot_be_written_stops_nothing(database, anchored, capsys):
    (anchored.root / anchors.NAME).unlink()
    (anchored.root / anchors.NAME).mkdir()
    anchors.write(anchored, database, "export")


# A backup that was put back


def restored(session, before: dict[UUID, tuple[int, str]], after: dict[UUID, tuple[int, str]]) -> None:
    sides = {
        side: {
            "heads": {chain.hex: head for chain, (_, head) in ends.items()},
            "sequences": {chain.hex: number for chain, (number, _) in ends.items()},
        }
        for side, ends in (("before", before), ("after", after))
    }
    audit.append(
        session,
        chain=audit.INSTALLATION,
        actor=audit.COMMAND_LINE,
        action=audit.RESTORE,
        subject=("core_installation", audit.INSTALLATION, "Openboek"),
        contents=sides,
    )


def end_of(database, chain: UUID, number: int) -> tuple[int, str]:
    with database.read(None) as session:
        query = audit.select(audit.AuditEvent.hash).where(
            audit.AuditEvent.organisation_id == chain, audit.AuditEvent.sequence == number
        )
        return number, session.exec(query).one()


def go_back(database, chain: UUID, number: int) -> None:
    statements = [f"DELETE FROM core_audit_event WHERE {OWN} AND sequence > {number}"]
    tamper_well(database, chain, *statements, since=number, me=chain)


def test_an_anchor_of_before_a_restore_is_explained_by_it(database, anchored, organisation):
    before, after = end_of(database, organisation.id, 30), end_of(database, organisation.id, 20)
    go_back(database, organisation.id, 20)
    with database.write(None) as session:
        restored(session, {organisation.id: before}, {organisation.id: after})
    assert found(database, anchored) == {}
    grow(database, organisation.id, to=40)  # other events, with the same numbers
    anchors.write(anchored, database, "night")
    assert found(database, anchored) == {}
    with clock.frozen(clock.now() + timedelta(hours=1)):
        go_back(database, organisation.id, 35)  # a tail cut off after the restore is not explained by it
        assert list(found(database, anchored)) == [organisation.id]


def test_a_restore_does_not_explain_what_was_in_the_backup(database, anchored, organisation):
    """The end of the backup is an anchor of its own."""
    before, after = end_of(database, organisation.id, 30), end_of(database, organisation.id, 20)
    go_back(database, organisation.id, 15)
    with database.write(None) as session:
        restored(session, {organisation.id: before}, {organisation.id: after})
    assert "de teruggezette back-up" in found(database, anchored)[organisation.id][0]


def test_a_restore_does_not_explain_more_than_the_old_chain_had(database, anchored, organisation):
    """Somebody cut the tail off, and a backup was put back to hide it."""
    before, after = end_of(database, organisation.id, 25), end_of(database, organisation.id, 20)
    go_back(database, organisation.id, 20)
    with database.write(None) as session:
        restored(session, {organisation.id: before}, {organisation.id: after})
    assert list(found(database, anchored)) == [organisation.id]


# What is remembered of it


def test_what_was_found_is_kept_until_the_next_look(database, anchored, organisation, other, capsys):
    with database.read(None) as session:
        assert verification.known(session) == 0
    tamper(database, f"UPDATE core_audit_event SET actor = 'x' WHERE {OWN} AND sequence = 3", me=organisation.id)
    verification.keep(database, found(database, anchored))
    with database.read(None) as session:
        assert verification.known(session) == 1
        assert verification.known(session, organisation.id) == 1
        assert verification.known(session, other.id) == 0
        kept = session.get(verification.AuditCheck, organisation.id)
        assert kept.faults == ["Gebeurtenis 3: is na het vastleggen veranderd."]
    verification.keep(database, {organisation.id: []})
    with database.read(None) as session:
        assert verification.known(session) == 0
