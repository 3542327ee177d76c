"""Many records at once: the starter set, and the rows of files, compared with what is in the register."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, delete, select, update

from core import audit, clock, history, jobs, originals, reading_in, values
from core.db import Database, refuse_stale
from core.errors import Conflict, RuleViolation
from core.findings import Severity
from core.folder import Folder
from core.web.forms import whole_number
from register import imports, rules, workbook
from register.checks import Finding
from register.content import ActivityContent, Status, with_breaches_by_number
from register.importer import ImportPlan, Note, SkippedRow, national
from register.importer.matching import Found, How, Present, match, merged
from register.imports import Choice, ColumnMapping, Import, ImportRow, Kind, Outcome, RowKind, State
from register.models import ProcessingActivity, kenmerk
from register.services.findings import contexts_of
from register.services.rows import content_of
from register.services.saving import add, begun, change
from register.starter import starter_contents

IMPORT_JOB = "register:import"
_AT_ONCE = 500
"""How many records are looked up by one query."""
_EXACT = 1.0
KEPT_FOR = timedelta(days=30)


def add_starter_set(
    session: Session, *, actor: audit.Actor, only: Collection[str] | None = None
) -> Sequence[ProcessingActivity]:
    """Add proposals of the starter set as concepts: all 78, or `only` these. What is there already is left alone.

    Returns:
        The new records.
    """
    present = taken_from_starter_set(session)
    return [
        add(session, begun(session, content), actor=actor, source="startset")
        for content in starter_contents()
        if content.based_on not in present and (only is None or content.based_on in only)
    ]


def taken_from_starter_set(session: Session) -> Collection[str]:
    """Which proposals are in the register already."""
    return set(session.exec(select(ProcessingActivity.based_on).where(ProcessingActivity.based_on != "")))


# --- from rows to proposals ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record of a file. With a kenmerk it is about that one, otherwise it is recognised by number or name."""

    content: ActivityContent
    kenmerk: str = ""
    sheet: str = ""
    rows: tuple[int, ...] = ()
    notes: tuple[Mapping[str, str], ...] = ()


def incoming_of(plan: ImportPlan) -> list[Incoming]:
    """The records that the importer made of a spreadsheet, each with its notes."""
    notes: dict[int, list[Note]] = {}
    for note in plan.notes:
        notes.setdefault(note.record, []).append(note)
    return [
        Incoming(one.content, sheet=one.sheet, rows=one.rows, notes=_told(notes.get(number, ())))
        for number, one in enumerate(plan.records, start=1)
    ]


def incoming_of_workbook(
    records: Sequence[workbook.ReadRecord],
) -> tuple[list[Incoming], list[dict[str, Any]]]:
    """The records of our own workbook, and the cells that could not be read."""
    incoming = [Incoming(one.content, kenmerk=one.kenmerk) for one in records if one.content]
    faults = [fault for one in records for fault in one.faults]
    told = [
        {"sheet": fault.sheet, "row": whole_number(re.sub("[^0-9]", "", fault.cell)), "reason": str(fault), "text": ""}
        for fault in faults
    ]
    return incoming, [{**one, "aside": False} for one in told]


def incoming_of_export(content: bytes, name: str) -> tuple[list[Incoming], list[dict[str, Any]]]:
    """The records of an export of the national register, and what in it is no record.

    Raises:
        BadInput: too large when unpacked, damaged, or without a single record.
    """
    found, other = national.read(content, name)
    incoming = [Incoming(one, sheet=place, notes=_told(notes)) for place, one, notes in found]
    return incoming, [{**row.as_json(), "aside": True} for row in other]


def _told(notes: Sequence[Note]) -> tuple[Mapping[str, str], ...]:
    return tuple({"heading": n.heading, "value": n.value, "kind": n.kind, "became": n.became} for n in notes)


def told_of(plan: ImportPlan) -> list[dict[str, Any]]:
    """The rows that gave no record, as `Import.told` keeps them."""
    return [{**row.as_json(), "aside": False} for row in plan.skipped] + [
        {**row.as_json(), "aside": True} for row in plan.aside
    ]


def compared(session: Session, incoming: Sequence[Incoming], *, kind: Kind) -> list[ImportRow]:
    """Put each record of a file beside the register: new, there already, or a proposal. Nothing is stored.

    A row that was read before and did not change since proposes nothing, whatever became of its record: the same file
    twice changes nothing.
    """
    incoming = [_by_number(one) for one in incoming]
    prints = [_fingerprint(one.content) for one in incoming]
    read_before = _read_before(session, prints)
    known = [
        Present(number, kenmerk(number), external, name)
        for number, external, name in session.exec(
            select(ProcessingActivity.number, ProcessingActivity.external_number, ProcessingActivity.name).order_by(
                col(ProcessingActivity.number)
            )
        )
    ]
    by_kenmerk = {one.kenmerk: one.number for one in known}
    found: list[Found | None] = [None] * len(incoming)
    unchanged: set[int] = set()
    taken: set[int] = set()
    for place, one in enumerate(incoming):
        if before := read_before.get(prints[place]):
            found[place] = Found(before.pop(0), How.NUMBER)
            unchanged.add(place)
        elif one.kenmerk in by_kenmerk and by_kenmerk[one.kenmerk] not in taken:
            found[place] = Found(by_kenmerk[one.kenmerk], How.KENMERK)
        if (there := found[place]) is not None:
            taken.add(there.number)
    open_places = [place for place, there in enumerate(found) if there is None]
    least = rules.Thresholds().similarity
    free = [one for one in known if one.number not in taken]
    others = match(free, [incoming[place].content for place in open_places], least=least)
    for place, there in zip(open_places, others, strict=True):
        found[place] = there
    records = _records(session, {there.number for there in found if there})
    context = next(iter(contexts_of(session, [(ProcessingActivity(number=0), ActivityContent())]).values()))
    rows = []
    for place, one in enumerate(incoming):
        there = found[place]
        activity = records[there.number] if there else None
        row = ImportRow(
            position=place,
            kind=RowKind.NEW,
            name=one.content.name,
            sheet=one.sheet,
            rows=list(one.rows),
            planned=one.content.model_dump(mode="json"),
            notes=[dict(note) for note in one.notes],
            fingerprint=prints[place],
            findings=_counted(rules.findings(one.content, context)),
            choice=Choice.ADD,
        )
        if activity is not None and there is not None:
            is_same = (
                place in unchanged
                or becomes(row, activity, kind) == content_of(activity)
                or (kind is Kind.OWN and _was_once(session, activity, row))
            )
            row.activity_id, row.how, row.seen_version = activity.id, there.how, activity.version
            row.kind = RowKind.SAME if is_same else RowKind.PROPOSAL
            row.outcome = Outcome.SAME if is_same else None
            may_change = not is_same and activity.status is not Status.ENDED
            row.choice = Choice.CHANGE if kind is Kind.OWN and may_change else None
        rows.append(row)
    return rows


def _was_once(session: Session, activity: ProcessingActivity, row: ImportRow) -> bool:
    """Whether a row of our own file says what its record once held: the record went on, and that row did not change."""
    fields = set(ActivityContent.model_fields)
    return any(
        {name: value for name, value in revision.content.items() if name in fields} == row.planned
        for revision in history.revisions_of(session, activity.id)
    )


def _by_number(one: Incoming) -> Incoming:
    """What a file tells of data breaches is kept as a remark when it is no number or link."""
    content = with_breaches_by_number(one.content)
    if content is one.content:
        return one
    told = {"heading": "Datalekken", "value": one.content.data_breaches, "kind": "kept", "became": "opmerkingen"}
    return replace(one, content=content, notes=(*one.notes, told))


def becomes(row: ImportRow, activity: ProcessingActivity, kind: Kind) -> ActivityContent:
    """What a record becomes when a row is taken over. A file of our own says everything, another what it fills in."""
    planned = ActivityContent.model_validate(row.planned)
    return planned if kind is Kind.OWN else merged(content_of(activity), planned)


def _fingerprint(content: ActivityContent) -> str:
    return hashlib.sha256(json.dumps(content.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


def _read_before(session: Session, prints: Sequence[str]) -> dict[str, list[int]]:
    """The numbers of records that came from a row that said exactly this."""
    found: dict[str, dict[int, None]] = {}
    for start in range(0, len(prints), _AT_ONCE):
        query = (
            select(ImportRow.fingerprint, ProcessingActivity.number)
            .join(ProcessingActivity, col(ProcessingActivity.id) == ImportRow.activity_id)
            .where(
                col(ImportRow.fingerprint).in_(prints[start : start + _AT_ONCE]),
                col(ImportRow.outcome).in_([Outcome.ADDED, Outcome.CHANGED]),
            )
            .order_by(col(ProcessingActivity.number))
        )
        for fingerprint, number in session.exec(query):
            found.setdefault(fingerprint, {})[number] = None
    return {fingerprint: list(numbers) for fingerprint, numbers in found.items()}


def _records(session: Session, numbers: Collection[int]) -> Mapping[int, ProcessingActivity]:
    wanted = sorted(numbers)
    parts = [wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE)]
    return {
        one.number: one
        for part in parts
        for one in session.exec(select(ProcessingActivity).where(col(ProcessingActivity.number).in_(part)))
    }


def _counted(found: Sequence[Finding]) -> list[int]:
    return [sum(one.severity is severity for one in found) for severity in Severity]


# --- an import from its beginning to its end -------------------------------------------------------------------------


def open_import(session: Session, *, file_name: str, kind: Kind, sha256: str = "", actor: audit.Actor) -> Import:
    """Begin to read a file. Nothing of it is in the register yet."""
    state = State.COLUMNS if kind is Kind.SPREADSHEET else State.DECIDING
    made = Import(file_name=file_name[-300:], kind=kind, state=state, sha256=sha256, started_by=actor.label[:200])
    session.add(made)
    _tell(session, made, "open", actor)
    return made


def prepare(
    session: Session, made: Import, rows: Sequence[ImportRow], told: Sequence[Mapping[str, Any]], *, actor: audit.Actor
) -> None:
    """Keep what `compared` gave, for a person to decide over; what an earlier look gave is gone.

    Raises:
        RuleViolation: its rows are being read in, or were.
    """
    _refuse_late(session, made)
    session.exec(delete(ImportRow).where(col(ImportRow.import_id) == made.id))
    for row in rows:
        row.import_id = made.id
        session.add(row)
    made.state, made.prepared_at, made.told = State.DECIDING, clock.now(), [dict(one) for one in told]
    noted = Counter((note["heading"], note["kind"]) for row in rows for note in row.notes)
    made.noted = [[*key, number] for key, number in sorted(noted.items())]
    made.findings = [sum(row.findings[at] for row in rows if row.kind is RowKind.NEW) for at in range(len(Severity))]
    _tell(session, made, "change", actor)


def choose_place(session: Session, made: Import, sheet: str, heading_row: int, *, actor: audit.Actor) -> None:
    """Say on which sheet and in which row (from 1) the headings stand. What was decided of other headings is forgotten.

    Raises:
        RuleViolation: its rows are being read in, or were.
    """
    _refuse_late(session, made)
    if (made.sheet, made.heading_row) != (sheet, heading_row):
        made.sheet, made.heading_row, made.chosen, made.state = sheet, heading_row, [], State.COLUMNS
        session.exec(delete(ImportRow).where(col(ImportRow.import_id) == made.id))
        _tell(session, made, "change", actor)


def _refuse_late(session: Session, made: Import) -> None:
    if made.state is State.DONE or is_started(session, made) or reading_in.is_running(session, made):
        raise RuleViolation("Dit bestand is al (deels) ingelezen. Upload het opnieuw als u de kolommen anders wilt.")


def is_started(session: Session, made: Import) -> bool:
    """Whether something of it was carried out: its columns can no longer change."""
    query = select(ImportRow.id).where(
        ImportRow.import_id == made.id, col(ImportRow.outcome).is_not(None), ImportRow.outcome != Outcome.SAME
    )
    return session.exec(query.limit(1)).first() is not None


def choose(session: Session, made: Import, choices: Mapping[UUID, tuple[Choice | None, int]]) -> None:
    """Keep what a person decided over rows: id -> the choice, and the version of the record that was on the page."""
    for row in session.exec(select(ImportRow).where(ImportRow.import_id == made.id, col(ImportRow.id).in_(choices))):
        if row.outcome is None:
            row.choice, row.seen_version = choices[row.id]
            row.problem = ""


def choose_all(session: Session, made: Import, choice: Choice) -> None:
    """The same choice for every proposal over which nothing was decided."""
    open_ones = (
        col(ImportRow.import_id) == made.id,
        col(ImportRow.kind) == RowKind.PROPOSAL,
        col(ImportRow.choice).is_(None),
        col(ImportRow.outcome).is_(None),
    )
    session.exec(update(ImportRow).where(*open_ones).values(choice=choice, problem=""))


def start(session: Session, made: Import, *, actor: audit.Actor) -> jobs.Job:
    """Ask a worker to do what was decided.

    Raises:
        RuleViolation: it is being done already, or nothing was decided.
    """
    if reading_in.is_running(session, made):
        raise RuleViolation("Dit bestand wordt al ingelezen. Ververs de pagina om de voortgang te zien.")
    if not imports.to_do(session, made):
        raise RuleViolation("Er is niets om in te lezen. Kies eerst wat er met de voorstellen moet gebeuren.")
    job = jobs.enqueue(
        session, IMPORT_JOB, {"import": str(made.id)}, created_by=actor.label, created_by_id=actor.user_id
    )
    made.job_id = job.id
    _tell(session, made, "start", actor)
    return job


def carry_out(session: Session, made: Import, row_ids: Sequence[UUID], *, actor: audit.Actor) -> None:
    """Do what was decided over rows, once. What cannot be done any more waits for another decision."""
    others = _came_since(session, made)
    for row in session.exec(
        select(ImportRow).where(col(ImportRow.id).in_(row_ids)).order_by(col(ImportRow.position))
    ).all():
        if row.outcome is not None or row.choice is None:
            continue
        place = imports.place_of(row)
        if row.choice is Choice.LEAVE:
            _settle(row, Outcome.LEFT)
            continue
        planned = ActivityContent.model_validate(row.planned)
        if (
            row.choice is Choice.ADD
            and row.kind is RowKind.NEW
            and (found := match(others, [planned], least=_EXACT)[0])
        ):
            _propose(session, row, found)
            continue
        try:
            if row.choice is Choice.ADD:
                row.activity_id = add(session, planned, actor=actor, source=made.file_name, place=place).id
            else:
                activity = session.get_one(ProcessingActivity, row.activity_id)
                wanted, version = becomes(row, activity, made.kind), row.seen_version or 0
                if not history.is_saved_since(session, activity, version):
                    version = activity.version  # a row before this one said something new of what they both name
                change(session, activity, wanted, version=version, actor=actor, source=made.file_name, place=place)
        except (Conflict, RuleViolation) as refused:
            row.choice, row.problem = None, refused.message
        else:
            _settle(row, Outcome.ADDED if row.choice is Choice.ADD else Outcome.CHANGED)


def _propose(session: Session, row: ImportRow, found: Found) -> None:
    activity = session.exec(select(ProcessingActivity).where(ProcessingActivity.number == found.number)).one()
    row.kind, row.choice, row.activity_id, row.how = RowKind.PROPOSAL, None, activity.id, found.how
    row.problem = f"Intussen kwam {activity.kenmerk} met dit nummer of deze naam in het register."


def _settle(row: ImportRow, outcome: Outcome) -> None:
    row.outcome, row.planned, row.problem = outcome, None, ""


def _came_since(session: Session, made: Import) -> list[Present]:
    """What others put in the register after these rows were compared with it."""
    own = select(ImportRow.activity_id).where(ImportRow.import_id == made.id, ImportRow.outcome == Outcome.ADDED)
    query = select(ProcessingActivity.number, ProcessingActivity.external_number, ProcessingActivity.name).where(
        ProcessingActivity.created_at > (made.prepared_at or made.created_at), col(ProcessingActivity.id).not_in(own)
    )
    return [Present(number, kenmerk(number), external, name) for number, external, name in session.exec(query)]


def end_run(session: Session, made: Import, *, actor: audit.Actor) -> None:
    """All that was decided has been done. The import is over when no row is open any more."""
    open_rows = select(ImportRow.id).where(ImportRow.import_id == made.id, col(ImportRow.outcome).is_(None)).limit(1)
    is_over = session.exec(open_rows).first() is None
    made.state, made.job_id = (State.DONE if is_over else State.DECIDING), None
    made.finished_at = clock.now() if is_over else None
    _tell(session, made, "read", actor)


def close(session: Session, made: Import, *, actor: audit.Actor) -> None:
    """Decide over nothing more: what is open is left, and the contents of the file are forgotten.

    Raises:
        RuleViolation: it is being read in just now.
    """
    if reading_in.is_running(session, made):
        raise RuleViolation("Dit bestand wordt nu ingelezen. Wacht tot dat klaar is, of breek het werk af.")
    mine = col(ImportRow.import_id) == made.id
    session.exec(update(ImportRow).where(mine, col(ImportRow.outcome).is_(None)).values(outcome=Outcome.LEFT))
    session.exec(update(ImportRow).where(mine).values(planned=None, notes=[]))
    made.state, made.finished_at = State.DONE, made.finished_at or clock.now()
    made.told, made.is_cleared = [], True
    _tell(session, made, "close", actor)


def clear_old(database: Database, folder: Folder) -> int:
    """Close imports that nobody touched for thirty days and forget their contents; returns how many. Looks first.

    Which record came from which row of which file stays.
    """
    old = (col(Import.is_cleared).is_(False), Import.updated_at < clock.now() - KEPT_FOR)
    with database.read(None) as session:
        found = session.exec(select(Import.id, Import.organisation_id, Import.sha256).where(*old)).all()
    for import_id, organisation_id, sha256 in found:
        originals.remove(folder, sha256)
        with database.write(organisation_id) as session:
            made = reading_in.find(session, Import, import_id)
            made.sha256 = ""
            close(session, made, actor=audit.Actor("klok"))
    return len(found)


def _tell(session: Session, made: Import, verb: str, actor: audit.Actor) -> None:
    session.flush()
    done = imports.counts(session, made)
    after = {"file_name": made.file_name, "state": made.state.value} | {
        outcome.value: sum(number for (_, _, found), number in done.items() if found is outcome)
        for outcome in (Outcome.ADDED, Outcome.CHANGED, Outcome.LEFT)
    }
    made.updated_at = clock.now()
    audit.record(session, actor=actor, action=f"register:import:{verb}", subject=made, after=after)


# --- saved mappings --------------------------------------------------------------------------------------------------


def save_mapping(session: Session, name: str, fields: Mapping[str, str | None], *, actor: audit.Actor) -> ColumnMapping:
    """Keep what the columns of a file hold, in the place of what was kept for the same set of headings."""
    wanted = {values.normalise(heading) for heading in fields}
    for known in imports.mappings_of(session):
        if {values.normalise(heading) for heading in known.fields} == wanted:
            change_mapping(session, known, known.name, fields, version=None, actor=actor)
            return known
    made = ColumnMapping(name=name.strip()[:300] or "Koppeling", pairs=reading_in.pairs_of(fields))
    session.add(made)
    audit.record(session, actor=actor, action="register:column_mapping:add", subject=made, after=_facts(made))
    return made


def change_mapping(
    session: Session,
    mapping: ColumnMapping,
    name: str,
    fields: Mapping[str, str | None],
    *,
    version: int | None,
    actor: audit.Actor,
) -> None:
    """Change a saved mapping.

    Raises:
        Conflict: somebody saved in between.
    """
    refuse_stale(mapping, version)
    before = _facts(mapping)
    mapping.name, mapping.pairs = name.strip()[:300] or mapping.name, reading_in.pairs_of(fields)
    if (after := _facts(mapping)) != before:
        mapping.updated_at = clock.now()
        audit.record(
            session, actor=actor, action="register:column_mapping:change", subject=mapping, before=before, after=after
        )


def remove_mapping(session: Session, mapping: ColumnMapping, *, actor: audit.Actor) -> None:
    """Forget a saved mapping. Imports that used it stay as they are."""
    audit.record(
        session, actor=actor, action="register:column_mapping:remove", subject=mapping, before=_facts(mapping), after={}
    )
    session.delete(mapping)


def _facts(mapping: ColumnMapping) -> dict[str, Any]:
    told = [f"{heading}: {path or 'opmerkingen'}" for heading, path in mapping.fields.items()]
    return {"name": mapping.name, "columns": told}


# --- the command line ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: new concepts, and the rows that gave none, with the reason in Dutch."""

    added: tuple[ProcessingActivity, ...]
    skipped: tuple[SkippedRow, ...]


def import_records(session: Session, plan: ImportPlan, *, actor: audit.Actor, source: str) -> ImportResult:
    """Add the records of a file as concepts, at once. What is there already, by number or name, is left alone.

    What differs from a record that is there waits as a proposal under Inlezen. The same file twice changes nothing.

    Args:
        session: of the organisation that gets the records.
        plan: what the importer made of the file.
        actor: whoever asked for it.
        source: name of the file, for the trail.
    """
    rows = compared(session, incoming_of(plan), kind=Kind.SPREADSHEET)
    skipped = [*plan.skipped, *_there_already(session, rows)]
    if all(row.kind is RowKind.SAME for row in rows) or not _has_news(session, rows):
        return ImportResult((), tuple(skipped))
    made = open_import(session, file_name=source, kind=Kind.SPREADSHEET, actor=actor)
    prepare(session, made, rows, told_of(plan), actor=actor)
    session.flush()
    new = [row for row in rows if row.kind is RowKind.NEW]
    carry_out(session, made, [row.id for row in new], actor=actor)
    end_run(session, made, actor=actor)
    return ImportResult(tuple(session.get_one(ProcessingActivity, row.activity_id) for row in new), tuple(skipped))


def _has_news(session: Session, rows: Sequence[ImportRow]) -> bool:
    """Whether there is something to add, or to propose that does not wait already."""
    if any(row.kind is RowKind.NEW for row in rows):
        return True
    waiting = set(session.exec(select(ImportRow.fingerprint).where(col(ImportRow.outcome).is_(None))))
    return any(row.fingerprint not in waiting for row in rows if row.kind is RowKind.PROPOSAL)


def _there_already(session: Session, rows: Sequence[ImportRow]) -> Iterator[SkippedRow]:
    for row in rows:
        if row.activity_id is None:
            continue
        activity = session.get_one(ProcessingActivity, row.activity_id)
        what = (
            f"'{row.name}' staat er al als {activity.kenmerk}."
            if row.kind is RowKind.SAME
            else f"'{row.name}' lijkt op {activity.kenmerk}, maar is anders. Beslis erover op het scherm bij Inlezen."
        )
        yield SkippedRow(row.rows[0] if row.rows else 0, what, row.sheet)
