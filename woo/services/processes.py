"""Processes mapped: which kinds of documents the work brings forth, and how far they are on their way to the public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from core import audit, history, values
from core.db import refuse_stale
from core.errors import RuleViolation
from core.organisations import System, Team, find_or_add
from woo import lists
from woo.content import SCHEMA_NUMBER, ProcessContent
from woo.importer import ProcessRow
from woo.models import MappedProcess


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a list of processes: how many were new, changed, or there already."""

    added: int = 0
    changed: int = 0
    same: int = 0


def add_process(session: Session, content: ProcessContent, *, actor: audit.Actor) -> MappedProcess:
    """Put a kind of document that a process brings forth on the map. A team or system that is new joins the lists.

    Raises:
        RuleViolation: the process has no name, no such category, or it stands on the map already.
    """
    _check(content)
    _refuse_double(session, content)
    return _add(session, content, actor)


def change_process(
    session: Session, process: MappedProcess, content: ProcessContent, *, version: int, actor: audit.Actor
) -> None:
    """Change it. Saving what is there already changes nothing.

    Raises:
        Conflict: somebody saved in between.
        RuleViolation: see `add_process`.
    """
    refuse_stale(process, version)
    _check(content)
    if key_of(process.content()) != key_of(content):
        _refuse_double(session, content)
    _change(session, process, content, actor)


def remove_process(session: Session, process: MappedProcess, *, version: int, actor: audit.Actor) -> None:
    """Take a line that should not be there off the map; the trail keeps what it said.

    Raises:
        Conflict: somebody saved in between.
    """
    refuse_stale(process, version)
    audit.record(
        session,
        actor=actor,
        action="woo:process:remove",
        subject=process,
        before=process.content().model_dump(mode="json"),
    )
    session.delete(process)


@dataclass(frozen=True, slots=True)
class PlannedProcess:
    """What a row of a list would do: what stands there now (None: it is new) and what would."""

    row: int
    before: ProcessContent | None
    after: ProcessContent


def plan_processes(session: Session, rows: Sequence[ProcessRow]) -> list[PlannedProcess]:
    """What `take_processes` would do, row by row."""
    known = {key_of(one.content()): one.content() for one in all_processes(session)}
    planned = []
    for row in rows:
        before = known.get(key_of(row.content))
        after = row.over(before) if before else row.content
        known[key_of(row.content)] = after
        planned.append(PlannedProcess(row.row, before, after))
    return planned


def take_processes(session: Session, rows: Sequence[ProcessRow], *, actor: audit.Actor) -> Taken:
    """Bring a list in. A row about a process and document kind that are there changes what it fills in, no more.

    Raises:
        RuleViolation: a row has no process, or a category that does not exist. Roll back: then nothing is taken.
    """
    known = {key_of(one.content()): one for one in all_processes(session)}
    added, changed, same = 0, 0, 0
    for row in rows:
        found = known.get(key_of(row.content))
        if found is None:
            _check(row.content)
            known[key_of(row.content)] = _add(session, row.content, actor)
            added += 1
        elif _change(session, found, row.over(found.content()), actor):
            changed += 1
        else:
            same += 1
    return Taken(added, changed, same)


def all_processes(session: Session) -> Sequence[MappedProcess]:
    """Everything on the map, by process and kind of document."""
    order = (col(MappedProcess.process), col(MappedProcess.document_kind), col(MappedProcess.id))
    return session.exec(select(MappedProcess).order_by(*order)).all()


def key_of(content: ProcessContent) -> tuple[str, str]:
    """What makes two lines the same one, whatever the case of the letters."""
    return values.fold(content.process), values.fold(content.document_kind)


def _check(content: ProcessContent) -> None:
    if not content.process:
        raise RuleViolation("Geef het proces een naam.", {"process": "Vul in: 'Proces'."})
    if content.category and content.category not in lists.categories():
        raise RuleViolation("Kies een categorie uit de lijst.", {"category": "Kies een categorie uit de lijst."})


def _refuse_double(session: Session, content: ProcessContent) -> None:
    if any(key_of(other.content()) == key_of(content) for other in all_processes(session)):
        message = "Dit proces met deze documentsoort staat al in de lijst. Pas die regel aan."
        raise RuleViolation(message, {"document_kind": message})


def _add(session: Session, content: ProcessContent, actor: audit.Actor) -> MappedProcess:
    process = MappedProcess()
    _write(session, process, content, actor)
    session.add(process)
    _save(session, process, "add", None, actor)
    return process


def _change(session: Session, process: MappedProcess, content: ProcessContent, actor: audit.Actor) -> bool:
    """Whether there was something to change."""
    before = process.content()
    if before == content:
        return False
    _write(session, process, content, actor)
    _save(session, process, "change", before, actor)
    return True


def _write(session: Session, process: MappedProcess, content: ProcessContent, actor: audit.Actor) -> None:
    process.system = find_or_add(session, System, content.system, actor=actor)
    process.team = find_or_add(session, Team, content.team, actor=actor)
    for name, value in content.model_dump(exclude={"system", "team"}).items():
        setattr(process, name, value)


def _save(
    session: Session, process: MappedProcess, verb: str, before: ProcessContent | None, actor: audit.Actor
) -> None:
    history.record_save(
        session,
        process,
        verb,
        actor=actor,
        schema_number=SCHEMA_NUMBER,
        before=before.model_dump(mode="json") if before else None,
        after=_facts(process),
    )


def _facts(process: MappedProcess) -> Mapping[str, object]:
    return process.content().model_dump(mode="json")
