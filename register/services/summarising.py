"""Keeping the summaries true: made again for what changed, and never shown when they may be old.

What a summary says follows from the record, from the shared things it names, from the limits and settings of the
organisation, from reasons with which findings were closed, and from the day. The trail tells of every change of the
first four: since the point up to where the summaries are true, it names the records to look at again. A new day, other
limits or other rules make all of them again.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, insert
from sqlalchemy import select as plain_select
from sqlmodel import Session, SQLModel, col, delete, select

from core import audit, clock, values
from core.db import Database, organisation_of
from core.findings import Severity
from core.organisations import bodies
from register import derive, rules
from register.checks import Finding
from register.content import ActivityContent
from register.kept import sees
from register.lists import LISTS, codes_in
from register.models import ProcessingActivity, kenmerk
from register.rules import Context
from register.services.findings import contexts_of, surroundings
from register.services.loading import batches
from register.summaries import KEPT, Summary, SummaryFindings, SummaryMark, SummaryWords, packed, unpacked

_MANY = 2000
"""From so many things that happened on it is quicker to look at every record than to ask which."""
_FEW_NAMES = 20
_ALIKE = frozenset({"core_organisation", "core_user"})
"""Kinds of records that no processing names; what follows from settings is in the fingerprint."""
Row = dict[str, Any]
State = tuple[UUID, str, date, str]
"""Organisation, last event of its trail, day, and rules."""


@dataclass(frozen=True, slots=True)
class Work:
    """What must be made again, and what holds from then on."""

    mark: Row
    ids: Collection[UUID]


def is_fresh(session: Session) -> bool:
    """Whether the list may be shown as it is kept."""
    return _state(session) is not None


def refresh(session: Session) -> None:
    """Make again what is not true any more. The session is one that may change things."""
    if work := _work(session):
        _store(session, work.mark, work.ids, _judged(session, work.ids))


@contextmanager
def fresh(database: Database, organisation_id: UUID) -> Iterator[Session]:
    """A session to read in, in which all summaries are true.

    Somebody may save between making them and reading them; after a few times the lock is kept while reading.
    """
    for _ in range(3):
        with database.read(organisation_id) as session:
            if state := _state(session):
                sees(session, state)
                yield session
                return
            work = _work(session)
            made = list(_judged(session, work.ids)) if work else []
        if work:
            with database.write(organisation_id) as session:
                _store(session, work.mark, work.ids, made)
    with database.write(organisation_id) as session:
        refresh(session)
        yield session


def found_in_records(session: Session, records: Mapping[UUID, str]) -> Iterator[Finding]:
    """What is open in these records (id to kenmerk). True in any session: what is not kept is worked out."""
    work = _work(session)
    anew = {row["activity_id"]: kept for row, _, kept in _judged(session, work.ids)} if work else {}
    stored = select(SummaryFindings.activity_id, SummaryFindings.findings)
    known = {key: found for key, found in session.exec(stored) if key not in anew} | anew
    for key, number in records.items():
        yield from (unpacked(one, number) for one in known[key])


# --- what is old


@cache
def _last_event_and_mark() -> Any:  # noqa: ANN401 - as SQLModel has it
    mark, head = SummaryMark, audit.AuditHead
    columns = map(col, (head.hash, mark.hash, mark.day, mark.program))
    return plain_select(*columns).join(mark, col(mark.organisation_id) == col(head.organisation_id))


def _state(session: Session) -> State | None:
    """What the summaries follow from, as long as they are true; None when they may be old."""
    found = session.execute(_last_event_and_mark()).first()
    if found is None:
        return None
    end, *made_from = found
    now = (clock.today(), _program())
    return (organisation_of(session), end, *now) if made_from == [end, *now] else None


def _work(session: Session) -> Work | None:
    if _state(session):
        return None
    organisation_id = organisation_of(session)
    mark = session.get(SummaryMark, organisation_id, populate_existing=True)
    context = surroundings(session)
    chain = session.get(audit.AuditHead, organisation_id, populate_existing=True)
    now = {
        "organisation_id": organisation_id,
        "sequence": chain.sequence if chain else 0,
        "hash": chain.hash if chain else audit.GENESIS,
        "day": context.today,
        "program": _program(),
        "context": _fingerprint(context, bodies(session)),
        "technical_names": sorted(context.technical_names),
    }
    if mark and all(getattr(mark, name) == now[name] for name in ("day", "program", "context")):
        changed = _changed_since(session, mark, context.technical_names)
        if changed is not None:
            return Work(now, changed)
    return Work(now, session.exec(select(ProcessingActivity.id)).all())


def _fingerprint(context: Context, names: Mapping[str, str]) -> str:
    # No check on a record looks at the settings of the organisation (a test sees to that); names are kept apart.
    facts = {name: value for name, value in asdict(context).items() if name not in {"organisation", "technical_names"}}
    return hashlib.sha256(json.dumps([facts, dict(names)], sort_keys=True, default=str).encode()).hexdigest()


@cache
def _program() -> str:
    """Fingerprint of the code and the lists of this register: with other rules everything is looked at again."""
    made = hashlib.sha256()
    folder = Path(__file__).parents[1]
    for path in sorted([*folder.rglob("*.py"), *folder.glob("data/*.json")]):
        made.update(path.read_bytes())
    return made.hexdigest()


def _changed_since(session: Session, mark: SummaryMark, names: frozenset[str]) -> set[UUID] | None:
    """The records that what happened since may have changed; None when that cannot be said."""
    event = audit.AuditEvent
    here = select(event.hash).where(event.organisation_id == mark.organisation_id, event.sequence == mark.sequence)
    if mark.sequence and session.exec(here).first() != mark.hash:
        return None  # another trail than the one that these summaries were made from
    since = select(event.subject_kind, event.subject_id).where(
        event.organisation_id == mark.organisation_id, event.sequence > mark.sequence
    )
    happened = set(session.exec(since.limit(_MANY + 1)))
    new_names = names.symmetric_difference(mark.technical_names)
    if len(happened) > _MANY or len(new_names) > _FEW_NAMES:
        return None
    by_kind: dict[str, set[UUID]] = {}
    for kind, subject_id in happened:
        by_kind.setdefault(kind, set()).add(subject_id)
    found: set[UUID] = set()
    for kind, ids in by_kind.items():
        if kind in SQLModel.metadata.tables and kind not in _ALIKE:
            found |= _naming(session, SQLModel.metadata.tables[kind], ids)
    for name in new_names:
        found |= set(session.exec(select(Summary.activity_id).where(*holding(name))))
    return found


def _naming(session: Session, table: Table, ids: Collection[UUID]) -> set[UUID]:
    """The records that these rows are, belong to, or are named in, also by way of something else that names them."""
    if table.name == ProcessingActivity.__tablename__:
        return set(ids)
    found: set[UUID] = set()
    for model, column in _pointing_at(table.name):
        own = model if "activity_id" not in model.model_fields else None
        if model is ProcessingActivity:
            found |= set(session.exec(select(ProcessingActivity.id).where(column.in_(ids))))
        elif own is None:
            found |= set(session.exec(select(model.activity_id).where(column.in_(ids))))
        elif others := set(session.exec(select(model.id).where(column.in_(ids)))):
            found |= _naming(session, SQLModel.metadata.tables[str(model.__tablename__)], others)
    if "activity_id" in table.columns:
        [model] = [one for one in _models() if one.__tablename__ == table.name]
        found |= set(session.exec(select(model.activity_id).where(model.id.in_(ids))))
    return found - {None}


def _models() -> Iterator[Any]:
    return (mapper.class_ for mapper in SQLModel._sa_registry.mappers)  # noqa: SLF001


@cache
def _pointing_at(table: str) -> Sequence[tuple[Any, ColumnElement[Any]]]:
    """Columns of this register, or of what it shares, that name a row of a table."""
    return [
        (model, getattr(model, column.name))
        for model in _models()
        if str(model.__tablename__).startswith(("register_", "core_"))
        for column in SQLModel.metadata.tables[model.__tablename__].columns
        for key in column.foreign_keys
        if key.column.table.name == table
    ]


# --- making


def _judged(session: Session, ids: Collection[UUID]) -> Iterator[tuple[Row, str, list[Any]]]:
    """The summary of each record, its words, and what is open in it."""
    if not ids:
        return
    common, lists = surroundings(session), {**LISTS, "controller": bodies(session)}
    for batch in batches(session, ids):
        contexts = contexts_of(session, batch, common)
        for row, content in batch:
            context = contexts[row.id]
            found = rules.open_findings(rules.findings(content, context), context.closed)
            summary = summary_of(row, content, found, lists)
            yield summary, words_of(content, kenmerk(row.number), lists), [packed(one) for one in found]


def summary_of(
    row: ProcessingActivity,
    content: ActivityContent,
    found: Sequence[Finding],
    lists: Mapping[str, Mapping[str, str]],
) -> Row:
    """The row of `Summary`. Pure."""
    facts = derive.facts(content)
    severities = [one.severity for one in found]
    bases = dict.fromkeys(code for purpose in content.purposes for code in purpose.legal_bases)
    return {
        "activity_id": row.id,
        "organisation_id": row.organisation_id,
        "number": row.number,
        "status": row.status,
        "status_at": row.status_at,
        "errors": severities.count(Severity.ERROR),
        "warnings": severities.count(Severity.WARNING),
        "tips": severities.count(Severity.TIP),
        "name": content.name,
        "sort_name": values.fold(content.name)[:300],
        "external_number": content.external_number,
        "domain": content.domain,
        "team": content.team,
        "sort_team": values.fold(content.team)[:300],
        "process_owner": content.process_owner,
        "sort_owner": values.fold(content.process_owner)[:300],
        "controller": content.controller,
        "body": lists["controller"].get(content.controller, content.controller),
        "role": content.role,
        "regime": content.regime,
        "publication": content.publication,
        "legal_bases": f" {' '.join(bases)} "[:300] if bases else "",
        "has_special": facts.has_special,
        "has_bsn": facts.has_bsn,
        "about_children": facts.about_children,
        "dpia_status": content.dpia.status,
        "processors": _lines(one.party for one in content.processors),
        "systems": _lines(one.name for one in content.systems),
        "reviewed_on": content.reviewed_on,
        "next_review_on": content.next_review_on,
        "changed_at": row.updated_at,
        "last_editor": row.last_editor,
    }


def _lines(names: Iterator[str]) -> str:
    return "\n".join(sorted({name for name in names if name}, key=values.fold))


def words_of(content: ActivityContent, number: str, lists: Mapping[str, Mapping[str, str]]) -> str:
    """Every word that somebody typed or chose, and the kenmerk. A word that stands within another one is left out.

    A part of a word finds the record, so that loses nothing, and these texts are read from end to end.
    """
    texts = {lists.get(path, {}).get(text, text) for path, text in codes_in(content)}
    texts.update(number for one in content.retentions for number in one.selection_list)
    words = set(_words_in(number)).union(*map(_words_in, texts))
    kept = ""
    for word in sorted(words, key=lambda word: (-len(word), word)):
        if word not in kept:
            kept = f"{kept} {word}"
    return kept.lstrip()


@lru_cache(maxsize=16_384)  # labels of lists, names of suppliers: most texts stand in many records
def _words_in(text: str) -> frozenset[str]:
    return frozenset(values.fold(text).split())


def holding(search: str) -> list[ColumnElement[bool]]:
    """The condition that a record holds all of these words, or words that these are part of."""
    words = [col(SummaryWords.words).contains(word, autoescape=True) for word in values.fold(search).split()]
    return [col(Summary.number).in_(select(SummaryWords.number).where(*words))] if words else []


def _store(session: Session, mark: Row, ids: Collection[UUID], made: Any) -> None:  # noqa: ANN401 - of `_judged`
    found = list(made)
    wanted = list(ids)
    for start in range(0, len(wanted), 500):
        for table in KEPT:
            session.exec(delete(table).where(col(table.activity_id).in_(wanted[start : start + 500])))
    if found:
        keys = [{name: row[name] for name in ("activity_id", "organisation_id")} for row, _, _ in found]
        session.execute(insert(Summary), [row for row, _, _ in found])
        numbered = zip(keys, found, strict=True)
        session.execute(
            insert(SummaryWords), [key | {"number": row["number"], "words": words} for key, (row, words, _) in numbered]
        )
        pairs = zip(keys, found, strict=True)
        session.execute(insert(SummaryFindings), [key | {"findings": kept} for key, (_, _, kept) in pairs])
    session.exec(delete(SummaryMark))
    session.execute(insert(SummaryMark), [mark])
