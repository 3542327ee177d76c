"""Keeping the summaries true: made again for what changed, and never shown when they may be old.

What a summary says follows from the record, from the shared things it names, from the limits and settings of the
organisation, from reasons with which findings were closed, and from the day. The trail tells of every change of the
first four: since the point up to where the summaries are true, it names the records to look at again. A new day, other
limits or other rules make all of them again.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, cast, insert
from sqlalchemy import select as plain_select
from sqlmodel import Session, SQLModel, col, delete, select

from core import audit, clock, values
from core.db import Database, organisation_of
from core.findings import Severity
from core.organisations import bodies
from register import rules
from register.checks import Finding
from register.content import ActivityContent
from register.kept import sees
from register.lists import LISTS, codes_in
from register.models import ProcessingActivity, kenmerk
from register.rules import Context, Entry
from register.services.findings import contexts_of, surroundings
from register.services.loading import batches
from register.summaries import (
    KEPT,
    Packed,
    Summary,
    SummaryFindings,
    SummaryMark,
    SummaryWhole,
    SummaryWords,
    packed,
    unpacked,
)

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
    return state_of(session) is not None


def sees_trail(session: Session) -> None:
    """Let a session that only reads keep what follows from settings and lists: the trail tells of each change."""
    organisation_id = organisation_of(session)
    heads = select(audit.AuditHead.hash).where(audit.AuditHead.organisation_id == organisation_id)
    sees(session, ("trail", organisation_id, session.exec(heads).first(), clock.today()))


def refresh(session: Session) -> None:
    """Make again what is not true any more. The session is one that may change things."""
    if work := _work(session):
        _store(session, work.mark, work.ids, _judged(session, work.ids))


def sees_summaries(session: Session) -> bool:
    """Let a session that only reads keep what follows from the summaries; False when these are not true any more."""
    if state := state_of(session):
        sees(session, state)
    return state is not None


@contextmanager
def fresh(database: Database, organisation_id: UUID) -> Iterator[Session]:
    """A session to read in, in which all summaries are true.

    Somebody may save between making them and reading them; after a few times the lock is kept while reading.
    """
    for _ in range(3):
        with database.read(organisation_id) as session:
            if sees_summaries(session):
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


class Standing:
    """What holds in this session, whichever it is: what is not kept, or not true any more, is worked out."""

    def __init__(self, session: Session) -> None:
        self._session = session
        work = _work(session)
        self._anew = {one.summary["activity_id"]: one for one in _judged(session, work.ids)} if work else {}

    def findings(self, records: Mapping[UUID, str]) -> Iterator[Finding]:
        """What is open in these records, by id and kenmerk."""
        known = self._kept(SummaryFindings.findings) | {key: one.findings for key, one in self._anew.items()}
        for key, number in records.items():
            for one in known[key]:
                yield unpacked(one, number)

    def entries(self, records: Mapping[UUID, str]) -> Sequence[Entry]:
        """These records as the checks on the whole register see them."""
        known = self._kept(SummaryFindings.entry) | {key: one.entry for key, one in self._anew.items()}
        return [Entry(number, *known[key]) for key, number in records.items()]

    def _kept(self, column: Any) -> dict[UUID, Any]:  # noqa: ANN401 - a column of a model is typed as its value
        rows = self._session.exec(select(SummaryFindings.activity_id, cast(column, Text))).all()
        texts = json.loads(f"[{','.join(text for _, text in rows)}]")  # all at once: ten thousand times costs more
        return {key: kept for (key, _), kept in zip(rows, texts, strict=True)}


def whole_kept(session: Session) -> list[Finding] | None:
    """What the checks on the organisation and the whole register find, when that is kept and true."""
    kept = session.exec(select(SummaryWhole.findings)).first()
    return [unpacked(one) for one in kept] if kept is not None and is_fresh(session) else None


# --- what is old


@cache
def _last_event_and_mark() -> Any:  # noqa: ANN401 - as SQLModel has it
    mark, head = SummaryMark, audit.AuditHead
    columns = map(col, (head.hash, mark.hash, mark.day, mark.program))
    return plain_select(*columns).join(mark, col(mark.organisation_id) == col(head.organisation_id))


def state_of(session: Session) -> State | None:
    """What the summaries follow from, as long as they are true; None when they may be old."""
    found = session.execute(_last_event_and_mark()).first()
    if found is None:
        return None
    end, *made_from = found
    now = (clock.today(), _program())
    return (organisation_of(session), end, *now) if made_from == [end, *now] else None


def _work(session: Session) -> Work | None:
    if state_of(session):
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
    if mark and mark.day <= context.today and all(getattr(mark, name) == now[name] for name in ("program", "context")):
        changed = _changed_since(session, mark, context.technical_names)
        if changed is not None:
            turned = select(Summary.activity_id).where(Summary.turns_on <= context.today)
            return Work(now, changed.union(session.exec(turned)))
    return Work(now, session.exec(select(ProcessingActivity.id)).all())


def _fingerprint(context: Context, names: Mapping[str, str]) -> str:
    # No check on a record looks at the settings of the organisation (a test sees to that); names are kept apart, and
    # each record says on which day it must be looked at again.
    apart = {"organisation", "technical_names", "today"}
    facts = {name: value for name, value in asdict(context).items() if name not in apart}
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


class Judged(NamedTuple):
    """What is kept of one record."""

    summary: Row
    words: str
    findings: list[Packed]
    entry: Sequence[Any]
    """Of `Entry`, without the number."""


def _judged(session: Session, ids: Collection[UUID]) -> Iterator[Judged]:
    if not ids:
        return
    common, lists = surroundings(session), {**LISTS, "controller": bodies(session)}
    for batch in batches(session, ids):
        contexts = contexts_of(session, batch, common)
        for row, content in batch:
            verdict, number = rules.judged(content, contexts[row.id]), kenmerk(row.number)
            yield Judged(
                summary_of(row, content, verdict, lists),
                words_of(content, number, lists),
                [packed(one) for one in verdict.found],
                rules.entry_of(number, content)[1:],
            )


def summary_of(
    row: ProcessingActivity,
    content: ActivityContent,
    verdict: rules.Verdict,
    lists: Mapping[str, Mapping[str, str]],
) -> Row:
    """The row of `Summary`. Pure."""
    facts = verdict.facts
    severities = [one.severity for one in verdict.found]
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
        "turns_on": verdict.turns_on,
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


def _store(session: Session, mark: Row, ids: Collection[UUID], made: Iterable[Judged]) -> None:
    found = list(made)
    wanted = list(ids)
    for start in range(0, len(wanted), 500):
        for table in KEPT:
            session.exec(delete(table).where(col(table.activity_id).in_(wanted[start : start + 500])))
    if found:
        of_all = ("activity_id", "organisation_id")
        keyed = [({name: one.summary[name] for name in of_all}, one) for one in found]
        words = [{**key, "number": one.summary["number"], "words": one.words} for key, one in keyed]
        findings = [{**key, "findings": one.findings, "entry": one.entry} for key, one in keyed]
        session.execute(insert(Summary), [one.summary for one in found])
        session.execute(insert(SummaryWords), words)
        session.execute(insert(SummaryFindings), findings)
    session.exec(delete(SummaryWhole))
    session.exec(delete(SummaryMark))
    session.execute(insert(SummaryMark), [mark])
