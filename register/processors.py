"""One municipality works for another in the same installation: its processing as processor, linked with theirs.

Both must agree: one offers the link with a record of its own, the other accepts with one of its own (GDPR art. 28 and
30(2)). Each then sees of the other the name and number as they were when that was agreed, and nothing more: the border
between organisations stands. This table belongs to two organisations, so every look-up here names the one that asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlmodel import Field, Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from core import audit, clock
from core.db import Audited, UtcDateTime, Versioned, enum_type, organisation_of
from core.errors import NotFound, RuleViolation
from core.organisations import Organisation, all_organisations
from register.content import Role, Status
from register.models import ProcessingActivity

LABEL_LENGTH = 200


class LinkState(StrEnum):
    OFFERED = "aangeboden"
    ACCEPTED = "geaccepteerd"
    REFUSED = "geweigerd"
    ENDED = "beeindigd"


LIVING = (LinkState.OFFERED, LinkState.ACCEPTED)


class ProcessorLink(Versioned, Audited, table=True):
    """The processing of a processor and that of its controller, in two registers. A label is number and name."""

    __tablename__ = "register_link"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    state: LinkState = Field(default=LinkState.OFFERED, sa_type=enum_type(LinkState))
    offered_by_id: UUID = Field(foreign_key="core_organisation.id")
    changed_by_id: UUID = Field(foreign_key="core_organisation.id")
    """Whoever did the last step: the event of that step stands in its chain."""
    changed_at: datetime = Field(sa_type=UtcDateTime)
    processor_organisation_id: UUID = Field(foreign_key="core_organisation.id", index=True)
    processor_activity_id: UUID | None = Field(default=None, foreign_key="register_activity.id", index=True)
    processor_label: str = Field(default="", max_length=LABEL_LENGTH)
    controller_organisation_id: UUID = Field(foreign_key="core_organisation.id", index=True)
    controller_activity_id: UUID | None = Field(default=None, foreign_key="register_activity.id", index=True)
    controller_label: str = Field(default="", max_length=LABEL_LENGTH)

    @property
    def organisation_id(self) -> UUID:
        """Where its next event stands."""
        return self.changed_by_id

    def audit_label(self) -> str:
        return f"{self.processor_label or '(nog niet gekozen)'} voor {self.controller_label or '(nog niet gekozen)'}"


@dataclass(frozen=True, slots=True)
class Side:
    """A link as one of the two organisations sees it."""

    id: UUID
    state: LinkState
    is_processor: bool
    """Whether this organisation is the processor of the two."""
    is_offered_by_us: bool
    partner: str
    own_activity_id: UUID | None
    own_label: str
    other_label: str
    changed_at: datetime

    @property
    def waits_for_us(self) -> bool:
        return self.state is LinkState.OFFERED and not self.is_offered_by_us

    @property
    def is_living(self) -> bool:
        return self.state in LIVING


def offer(session: Session, activity: ProcessingActivity, *, to_code: str, actor: audit.Actor) -> ProcessorLink:
    """Offer another organisation to link this record with one of theirs.

    A record with the role of processor is offered to the controller; any other record to its processor.

    Raises:
        NotFound: there is no other organisation with this code.
        RuleViolation: the record has ended, or the same was offered or agreed already.
    """
    us = organisation_of(session)
    them = next((one for one in partners(session) if one.code == to_code), None)
    if them is None:
        raise NotFound("Deze organisatie is er niet. Kies een organisatie uit de lijst.")
    if activity.status is Status.ENDED:
        raise RuleViolation("Deze verwerking is beëindigd. Kies een verwerking die nog loopt.")
    is_processor = activity.role is Role.PROCESSOR
    for side in sides(session):
        same = side.own_activity_id == activity.id and side.partner == them.name
        if same and side.state is LinkState.OFFERED:
            raise RuleViolation(f"Deze verwerking is al aangeboden aan {them.name}. Wacht op het antwoord.")
    made = ProcessorLink(
        offered_by_id=us,
        changed_by_id=us,
        changed_at=clock.now(),
        processor_organisation_id=us if is_processor else them.id,
        controller_organisation_id=them.id if is_processor else us,
    )
    _fill_own_side(made, us, activity)
    session.add(made)
    _record(session, made, "offer", actor, {"state": made.state.value, "with": them.code, "activity": _label(activity)})
    return made


def accept(session: Session, link: ProcessorLink, activity: ProcessingActivity, *, actor: audit.Actor) -> None:
    """Agree, with a record of our own.

    Raises:
        RuleViolation: it is not for us to accept (any more), or the role of the record does not fit.
    """
    us = organisation_of(session)
    if link.state is not LinkState.OFFERED or link.offered_by_id == us:
        raise RuleViolation("Dit aanbod staat niet meer open. Ververs de pagina.")
    if activity.status is Status.ENDED:
        raise RuleViolation("Deze verwerking is beëindigd. Kies een verwerking die nog loopt.")
    wanted = link.processor_organisation_id == us
    if (activity.role is Role.PROCESSOR) is not wanted:
        message = (
            "Kies een verwerking waarin u verwerker bent."
            if wanted
            else "Kies een verwerking waarin u geen verwerker bent."
        )
        raise RuleViolation(message, {"activity": message})
    _fill_own_side(link, us, activity)
    _change_state(session, link, LinkState.ACCEPTED, "accept", actor, activity=_label(activity))


def end(session: Session, link: ProcessorLink, *, actor: audit.Actor) -> None:
    """Refuse an offer, take it back, or end what was agreed: either side may do so alone.

    Raises:
        RuleViolation: it is over already.
    """
    if link.state not in LIVING:
        raise RuleViolation("Deze koppeling is al gestopt.")
    refused = link.state is LinkState.OFFERED and link.offered_by_id != organisation_of(session)
    _change_state(session, link, LinkState.REFUSED if refused else LinkState.ENDED, "end", actor)


def find(session: Session, link_id: UUID) -> ProcessorLink:
    """A link that this organisation is one of the two sides of.

    Raises:
        NotFound: there is none.
    """
    found = session.exec(_ours(session).where(ProcessorLink.id == link_id)).first()
    if found is None:
        raise NotFound("Deze koppeling bestaat niet. Ga terug naar de lijst.")
    return found


def sides(session: Session, activity_id: UUID | None = None) -> Sequence[Side]:
    """The links of this organisation, or of one record of it, newest first. A fixed number of queries."""
    us = organisation_of(session)
    names = {one.id: one.name for one in all_organisations(session)}
    found = [
        _side(link, us, names) for link in session.exec(_ours(session).order_by(col(ProcessorLink.changed_at).desc()))
    ]
    return [side for side in found if activity_id is None or side.own_activity_id == activity_id]


def side_of(session: Session, link: ProcessorLink) -> Side:
    """A link as this organisation sees it."""
    return _side(link, organisation_of(session), {one.id: one.name for one in all_organisations(session)})


def partners(session: Session) -> Sequence[Organisation]:
    """The other organisations in this installation; empty when ours is alone in it."""
    us = organisation_of(session)
    return [one for one in all_organisations(session) if one.id != us]


def _ours(session: Session) -> SelectOfScalar[ProcessorLink]:
    us = organisation_of(session)
    return select(ProcessorLink).where(
        or_(ProcessorLink.processor_organisation_id == us, ProcessorLink.controller_organisation_id == us)
    )


def _side(link: ProcessorLink, us: UUID, names: dict[UUID, str]) -> Side:
    is_processor = link.processor_organisation_id == us
    return Side(
        id=link.id,
        state=LinkState(link.state),
        is_processor=is_processor,
        is_offered_by_us=link.offered_by_id == us,
        partner=names[link.controller_organisation_id if is_processor else link.processor_organisation_id],
        own_activity_id=link.processor_activity_id if is_processor else link.controller_activity_id,
        own_label=link.processor_label if is_processor else link.controller_label,
        other_label=link.controller_label if is_processor else link.processor_label,
        changed_at=link.changed_at,
    )


def _fill_own_side(link: ProcessorLink, us: UUID, activity: ProcessingActivity) -> None:
    if link.processor_organisation_id == us:
        link.processor_activity_id, link.processor_label = activity.id, _label(activity)
    else:
        link.controller_activity_id, link.controller_label = activity.id, _label(activity)


def _change_state(
    session: Session, link: ProcessorLink, state: LinkState, verb: str, actor: audit.Actor, **facts: str
) -> None:
    before = {"state": LinkState(link.state).value}
    link.state, link.changed_at, link.changed_by_id = state, clock.now(), organisation_of(session)
    _record(session, link, verb, actor, {"state": state.value, **facts}, before=before)


def _record(
    session: Session,
    link: ProcessorLink,
    verb: str,
    actor: audit.Actor,
    after: dict[str, str],
    *,
    before: dict[str, str] | None = None,
) -> None:
    audit.record(session, actor=actor, action=f"register:link:{verb}", subject=link, before=before, after=after)


def _label(activity: ProcessingActivity) -> str:
    return activity.audit_label()[:LABEL_LENGTH]
