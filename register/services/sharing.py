"""Agreements and laws: the shared records behind what a content says of them.

A content names them by title or name, with their facts beside it, as it does with systems. Facts typed about one that
the record names already go to the shared record, for everybody. Facts that contradict one that only others name make
another one: what two registers said of an agreement with the same title is never mixed.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from core import audit, history, values
from core.content import Part
from core.db import refuse_stale
from core.errors import RuleViolation
from core.organisations import Party
from register import content as shapes
from register import queries
from register.content import ActivityContent
from register.models import Agreement, AgreementKind, CovenantUse, Law, ProcessingActivity, ProcessorUse

SHARED_SCHEMA_NUMBER = 1
Said = Mapping[str, Any]
"""What a content says of a shared record: its key and its facts, by column."""
Known = TypeVar("Known", Agreement, Law)

SHARED_FACTS: Mapping[type[Part], tuple[str, Mapping[str, str]]] = {
    shapes.SystemUse: ("system", {name: name for name in shapes.SystemUse.model_fields}),
    shapes.ProcessorUse: (
        "agreement",
        {
            "agreement_document": "title",
            "agreement_on": "agreed_on",
            "agreement_until": "until",
            "agreement_model": "model",
        },
    ),
    shapes.JointController: ("agreement", {"arrangement_document": "title", "arrangement_on": "agreed_on"}),
    shapes.Principal: ("agreement", {"agreement_document": "title", "agreement_on": "agreed_on"}),
    shapes.Law: ("law", {"name": "name", "bwb_number": "bwb_number"}),
}
"""Per part of a content: the shared record that it names, and its field -> the column there."""
_AGREEMENTS = {
    "processors": AgreementKind.PROCESSING,
    "joint_controllers": AgreementKind.JOINT,
    "principals": AgreementKind.ASSIGNMENT,
}


def facts_of(item: Agreement | Law) -> dict[str, Any]:
    """A shared record as plain data, for the trail and revisions; the party by its name."""
    facts = item.model_dump(
        mode="json", exclude={"id", "version", "organisation_id", "created_at", "updated_at", "party_id"}
    )
    return facts | {"party": item.party.name if item.party else ""} if isinstance(item, Agreement) else facts


def add_shared(session: Session, item: Known, *, actor: audit.Actor) -> Known:
    """Put an agreement or a law in its list."""
    session.add(item)
    session.flush()
    history.record_save(
        session, item, "add", actor=actor, schema_number=SHARED_SCHEMA_NUMBER, before=None, after=facts_of(item)
    )
    return item


def change_shared(
    session: Session, item: Agreement | Law, facts: Mapping[str, Any], *, version: int | None = None, actor: audit.Actor
) -> None:
    """Change an agreement or a law once, for every record that names it. Versions stay as they were frozen.

    Raises:
        Conflict: somebody saved since `version`.
    """
    refuse_stale(item, version)
    before = facts_of(item)
    for name, value in facts.items():
        if getattr(item, name) != value:
            setattr(item, name, value)
    after = facts_of(item)
    if after == before:
        return
    if history.newest_revision(session, item.id) is None:  # it came from an older version of Openboek
        history.keep_revision(session, item, actor=actor, schema_number=SHARED_SCHEMA_NUMBER, content=before)
    history.record_save(
        session, item, "change", actor=actor, schema_number=SHARED_SCHEMA_NUMBER, before=before, after=after
    )


def check_agreement(facts: Mapping[str, Any]) -> None:
    """Refuse an agreement that nobody could find again, or that ends before it begins.

    Raises:
        RuleViolation: `points` says what to fill in.
    """
    points: dict[str, str] = {}
    if not facts["title"] and not facts["party"]:
        points["title"] = "Vul een titel in, of met wie de overeenkomst is."
    if facts["agreed_on"] and facts["until"] and facts["until"] < facts["agreed_on"]:
        points["until"] = "Kies een einddatum na de dag waarop de overeenkomst is gesloten."
    if points:
        raise RuleViolation("De overeenkomst is niet opgeslagen. " + " ".join(points.values()), points)


def remove_shared(session: Session, item: Agreement | Law, *, actor: audit.Actor) -> None:
    """Take an agreement or a law out of its list.

    Raises:
        RuleViolation: a record names it.
    """
    if users := queries.using(session, item):
        raise RuleViolation(f"{users[0].kenmerk} gebruikt dit. Haal het daar eerst weg.")
    audit.record(session, actor=actor, action=_action(item, "remove"), subject=item, before=facts_of(item), after=None)
    session.delete(item)


def _action(item: Agreement | Law, verb: str) -> str:
    return f"{item.audit_key()[0].replace('_', ':', 1)}:{verb}"


def loose_names(session: Session) -> list[str]:
    """What agreements with processors and covenants are called of which no record speaks."""
    query = select(Agreement).where(
        col(Agreement.kind).in_([AgreementKind.PROCESSING, AgreementKind.COVENANT]),
        col(Agreement.id).not_in(select(ProcessorUse.agreement_id).where(col(ProcessorUse.agreement_id).is_not(None))),
        col(Agreement.id).not_in(select(CovenantUse.agreement_id)),
    )
    found = session.exec(query.order_by(col(Agreement.created_at), col(Agreement.id)))
    return [one.label for one in found]


def agreements_and_laws(
    session: Session,
    content: ActivityContent,
    root: ProcessingActivity,
    parties: Mapping[str, Party],
    *,
    actor: audit.Actor,
) -> dict[object, Agreement | Law]:
    """What is behind each part of a content that names an agreement or a law, by that part; a covenant by its name.

    Args:
        session: of the organisation.
        content: what somebody said.
        root: the record with the rows that it had until now; a new one has none.
        parties: by the names in the content.
        actor: who said it.
    """
    found: dict[object, Agreement | Law] = {}
    agreements, laws = _Agreements(session, actor), _Laws(session, actor)
    for name, kind in _AGREEMENTS.items():
        if not getattr(content, name):
            continue  # so that the rows of a list that nobody speaks of are not even read
        before = [row.agreement for row in getattr(root, name)]
        for place, part in enumerate(getattr(content, name)):
            said = _said(part)
            if any(said.values()) and part not in found:
                said |= {"kind": kind, "party": parties.get(part.party)}
                found[part] = agreements.find(said, before, place)
    before = [row.agreement for row in root.covenants] if content.covenants else []
    for place, title in enumerate(content.covenants):
        found["covenants", title] = agreements.find({"kind": AgreementKind.COVENANT, "title": title}, before, place)
    for number, purpose in enumerate(content.purposes):
        rows = root.purposes[number].laws if number < len(root.purposes) else []
        for place, law in enumerate(purpose.laws):
            if law not in found and any(_said(law).values()):
                found[law] = laws.find(_said(law), [row.law for row in rows], place)
    return found


def _said(part: Part) -> dict[str, Any]:
    return {column: getattr(part, name) for name, column in SHARED_FACTS[type(part)][1].items()}


class _Finder(ABC, Generic[Known]):
    """Finds the shared record that a person means, and says there what the person says of it."""

    name: str
    """The column that people know it by."""
    key: tuple[str, ...]
    """The columns that tell one from another."""

    def __init__(self, session: Session, actor: audit.Actor) -> None:
        self.session, self.actor = session, actor
        self._taken: set[UUID] = set()
        """What another row of this record means already: it changes no more."""

    @abstractmethod
    def is_meant(self, known: Known, said: Said) -> bool:
        """Whether the name is that of a shared record."""

    @abstractmethod
    def others(self, said: Said) -> Sequence[Known]:
        """What has this name in the whole list, oldest first."""

    @abstractmethod
    def make(self, said: Said) -> Known:
        """A new one."""

    def may_name(self, known: Known, said: Said) -> bool:
        """Whether a name is one for a shared record that had none."""
        return not getattr(known, self.name) and bool(said[self.name])

    def find(self, said: Said, before: Sequence[Known | None], place: int) -> Known:
        """The shared record.

        Args:
            said: what stands in a row.
            before: what the rows of this list meant until now.
            place: of the row in the list.
        """
        there = before[place] if place < len(before) else None
        facts = {name: value for name, value in said.items() if name not in self.key}
        one, news = self._own(said, facts, before, there) or self._known(said, facts, there) or (self.make(said), None)
        self._taken.add(one.id)
        if news is None:
            return add_shared(self.session, one, actor=self.actor)
        change_shared(self.session, one, news, actor=self.actor)
        return one

    def _own(
        self, said: Said, facts: Said, before: Sequence[Known | None], there: Known | None
    ) -> tuple[Known, Said] | None:
        """What a row of this record meant already, and what must be changed there."""
        own = [one for one in before if one is not None and one.id not in self._taken and self.is_meant(one, said)]
        own.sort(key=lambda one: one is not there)
        for one in own:
            if _agrees(one, facts):
                return one, {}
        if not own:
            return None
        # When the row moved, what it does not say may still come from the shared record.
        is_moved = own[0] is not there and said[self.name]
        return own[0], _filled(facts) if is_moved else facts

    def _known(self, said: Said, facts: Said, there: Known | None) -> tuple[Known, Said] | None:
        """What stands in the list, and what must be changed there."""
        others, name = self.others(said), said[self.name]
        if others and name and there is not None and any(facts.values()) and _agrees(there, facts):
            return others[0], {}  # another name, and facts that are left over from the one that stood here
        for one in others:
            if _agrees(one, facts) or (name and _fits(one, facts)):
                return one, _filled(facts)
        if there is not None and there.id not in self._taken and self.may_name(there, said):
            return there, {self.name: name, **facts}
        return None


class _Agreements(_Finder[Agreement]):
    name, key = "title", ("kind", "party", "title")

    def is_meant(self, known: Agreement, said: Said) -> bool:
        """The party of a covenant is not said in a record."""
        has_name = values.fold(known.title) == values.fold(said["title"])
        return known.kind is said["kind"] and has_name and ("party" not in said or known.party is said["party"])

    def others(self, said: Said) -> Sequence[Agreement]:
        """One without title and party is nobody else's."""
        query = select(Agreement).where(Agreement.kind == said["kind"], _is_named(col(Agreement.title), said["title"]))
        if "party" in said:
            party: Party | None = said["party"]
            if party is None and not said["title"]:
                return ()
            query = query.where(col(Agreement.party_id) == (party.id if party else None))
        return self.session.exec(query.order_by(col(Agreement.created_at), col(Agreement.id))).all()

    def make(self, said: Said) -> Agreement:
        return Agreement(**said)

    def may_name(self, known: Agreement, said: Said) -> bool:
        return super().may_name(known, said) and known.party is said.get("party")


class _Laws(_Finder[Law]):
    name, key = "name", ("name",)

    def is_meant(self, known: Law, said: Said) -> bool:
        """A law also has a short name; without any name it is known by its number."""
        if not said["name"]:
            return bool(known.bwb_number == said["bwb_number"])
        return values.fold(said["name"]) in {values.fold(known.name), values.fold(known.short_name)}

    def others(self, said: Said) -> Sequence[Law]:
        if said["name"]:
            meant = or_(_is_named(col(Law.name), said["name"]), _is_named(col(Law.short_name), said["name"]))
        else:
            meant = col(Law.bwb_number) == said["bwb_number"]
        return self.session.exec(select(Law).where(meant).order_by(col(Law.created_at), col(Law.id))).all()

    def make(self, said: Said) -> Law:
        return Law(**said)


def _is_named(column: Mapped[str], name: str) -> ColumnElement[bool]:
    # SQLite's lower() knows ASCII only: an exact look-up finds what has other letters.
    return or_(func.lower(column) == name.lower(), column.in_([name]))


def _agrees(known: Agreement | Law, facts: Said) -> bool:
    return all(getattr(known, name) == value for name, value in facts.items())


def _fits(known: Agreement | Law, facts: Said) -> bool:
    """Whether nothing contradicts."""
    return all(getattr(known, name) in {value, "", None} for name, value in _filled(facts).items())


def _filled(facts: Said) -> Said:
    return {name: value for name, value in facts.items() if value}
