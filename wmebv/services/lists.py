"""An import of a list of products, from its beginning to its end (ADR 36)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from sqlmodel import Session, select

from core import audit, clock, jobs, originals, reading_in
from core.db import Database
from core.errors import RuleViolation
from core.folder import Folder
from wmebv.imports import ListSource, ListState, ProductImport
from wmebv.services.importing import ImportOutcome, Outcome

IMPORT_JOB = "wmebv:import"
KEPT_FOR = timedelta(days=30)
_COUNTED = {Outcome.ADDED: "added", Outcome.COMPLETED: "completed", Outcome.UNCHANGED: "unchanged"}


def open_list(
    session: Session,
    source: ListSource,
    *,
    file_name: str,
    actor: audit.Actor,
    kept: str = "",
    place: tuple[str, int] = ("", 0),
    uris: Iterable[str] = (),
) -> ProductImport:
    """Begin to read a list. Nothing of it is in the inventory yet; of a list of others nothing is chosen yet.

    `place` is the sheet and the row of the headings (from 1) of an own list.
    """
    made = ProductImport(
        file_name=file_name[-300:],
        source=source,
        state=ListState.COLUMNS if source is ListSource.OWN else ListState.DECIDING,
        kept=kept,
        sheet=place[0],
        heading_row=place[1],
        generate=source is ListSource.STARTER,
        picked=None if source is ListSource.OWN else [],
        uris=sorted(uris),
        started_by=actor.label[:200],
    )
    session.add(made)
    _tell(session, made, "open", actor)
    return made


def choose_place(session: Session, made: ProductImport, sheet: str, heading_row: int, *, actor: audit.Actor) -> None:
    """Say on which sheet and in which row (from 1) the headings stand; what was decided of columns is forgotten.

    Raises:
        RuleViolation: it is being read in, or was.
    """
    _refuse_late(session, made)
    made.sheet, made.heading_row, made.chosen, made.state = sheet, heading_row, [], ListState.COLUMNS
    made.picked, made.taken = None, []
    _tell(session, made, "change", actor)


def choose_columns(
    session: Session, made: ProductImport, fields: Mapping[str, str | None], *, actor: audit.Actor
) -> None:
    """Say what the columns hold.

    Raises:
        RuleViolation: it is being read in, or was.
    """
    _refuse_late(session, made)
    made.chosen, made.state = [[heading, name] for heading, name in fields.items()], ListState.DECIDING
    made.picked, made.taken = None, []
    _tell(session, made, "change", actor)


def choose_rows(
    session: Session,
    made: ProductImport,
    *,
    among: Collection[int],
    picked: Collection[int],
    every: Collection[int],
    actor: audit.Actor,
) -> None:
    """Say which of the rows `among` are read in; the choice of the other rows stays. `every`: all rows of the list.

    Raises:
        RuleViolation: it is being read in.
    """
    _refuse_late(session, made)
    before = {row for row in every if made.is_picked(row)}
    now = (before - set(among)) | (set(picked) & set(among))
    made.picked = None if now == set(every) else sorted(now)
    _tell(session, made, "change", actor)


def choose_values(
    session: Session, made: ProductImport, *, among: Collection[str], taken: Collection[str], actor: audit.Actor
) -> None:
    """Say of which of the differences `among` the value in the list is taken over.

    Raises:
        RuleViolation: it is being read in.
    """
    _refuse_late(session, made)
    made.taken = sorted((set(made.taken) - set(among)) | (set(taken) & set(among)))
    _tell(session, made, "change", actor)


def choose_company(session: Session, made: ProductImport, *, generate: bool, actor: audit.Actor) -> None:
    """Say whether messages and channels that usually go with a product come along.

    Raises:
        RuleViolation: it is being read in, or was.
    """
    _refuse_late(session, made)
    made.generate = generate
    _tell(session, made, "change", actor)


def start_list(session: Session, made: ProductImport, *, generate: bool, actor: audit.Actor) -> None:
    """Ask a worker to read the chosen rows in.

    Raises:
        RuleViolation: it is being done already, or nothing was chosen.
    """
    _refuse_late(session, made)
    if made.state is not ListState.DECIDING or made.picked == []:
        raise RuleViolation("Kies eerst een of meer producten.")
    made.generate, made.result = generate, {}
    payload = {"import": str(made.id)}
    made.job_id = jobs.enqueue(session, IMPORT_JOB, payload, created_by=actor.label, created_by_id=actor.user_id).id
    _tell(session, made, "start", actor)


def note_part(session: Session, made: ProductImport, outcome: ImportOutcome, *, actor: audit.Actor) -> None:
    """Add what a part of the list gave to what it gave so far."""
    found = dict(made.result)
    more = {name: outcome.count(kind) for kind, name in _COUNTED.items()}
    more |= {"message_types": outcome.message_types_added, "channels": outcome.channels_added}
    made.result = {name: found.get(name, 0) + number for name, number in more.items()}
    _tell(session, made, "read", actor)


def end_list(session: Session, made: ProductImport, *, actor: audit.Actor) -> None:
    """All that was chosen has been read in."""
    made.job_id, made.state, made.finished_at = None, ListState.DONE, clock.now()
    _tell(session, made, "settle", actor)


def close_list(session: Session, made: ProductImport, *, actor: audit.Actor) -> None:
    """Leave what was not read in.

    Raises:
        RuleViolation: it is being read in just now.
    """
    _refuse_running(session, made)
    made.job_id, made.state, made.finished_at = None, ListState.DONE, made.finished_at or clock.now()
    _tell(session, made, "cancel", actor)


def forget_file(session: Session, folder: Folder, made: ProductImport) -> None:
    """Remove the upload of an import: nobody needs it any more."""
    originals.remove(folder, made.kept)
    made.kept = ""
    session.add(made)


def clear_old_lists(database: Database, folder: Folder) -> int:
    """Close imports that nobody touched for thirty days and forget their files; returns how many. Looks first."""
    old = (ProductImport.state != ListState.DONE, ProductImport.updated_at < clock.now() - KEPT_FOR)
    with database.read(None) as session:
        found = session.exec(select(ProductImport.id, ProductImport.organisation_id).where(*old)).all()
    for import_id, organisation_id in found:
        with database.write(organisation_id) as session:
            made = reading_in.find(session, ProductImport, import_id)
            close_list(session, made, actor=audit.Actor("klok"))
            forget_file(session, folder, made)
    return len(found)


def _refuse_late(session: Session, made: ProductImport) -> None:
    _refuse_running(session, made)
    if made.state is ListState.DONE:
        raise RuleViolation("Deze lijst is al ingelezen. Begin opnieuw als u meer wilt inlezen.")


def _refuse_running(session: Session, made: ProductImport) -> None:
    if reading_in.is_running(session, made):
        raise RuleViolation("Openboek is nu met deze lijst bezig. Wacht tot dat klaar is, of breek het werk af.")


def _tell(session: Session, made: ProductImport, verb: str, actor: audit.Actor) -> None:
    session.flush()
    made.updated_at = clock.now()
    after = {"file_name": made.file_name, "state": made.state.value, **made.result}
    audit.record(session, actor=actor, action=f"wmebv:import:{verb}", subject=made, after=after)
