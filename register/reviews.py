"""Review rounds: a team that has no account looks at its own records through a signed link, and confirms or corrects.

Who gets the link answers per record: it is right, or what is wrong, in words or by filling in some fields otherwise.
Right moves the day of the last check; what is wrong waits until the privacy officer settles it, and takes over what was
proposed or not. A round ends on its last day, or when it is closed.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError
from sqlalchemy import ColumnElement
from sqlalchemy import select as plain_select
from sqlmodel import Field, Session, col, or_, select

from core import audit, clock, columns, history, signed_links
from core.db import JSON_TYPE, Audited, Owned, Record, UtcDateTime, enum_type
from core.errors import NotFound, RuleViolation
from core.organisations import Team
from core.settings import Settings
from register.content import ActivityContent, Status
from register.models import ProcessingActivity, kenmerk
from register.proposals import OwnFields, applied, proposed
from register.rules.risk import months_before
from register.services import change, confirm, content_of, thresholds_of

PURPOSE = "controle"
LONGEST = timedelta(days=92)
"""A link opens internal data without an account, so no round lasts longer than a quarter."""
REMIND = timedelta(days=7)


class Outcome(StrEnum):
    RIGHT = "klopt"
    WRONG = "klopt_niet"


class Decision(StrEnum):
    """What the privacy officer did with what a team proposed."""

    ACCEPTED = "overgenomen"
    REFUSED = "niet overgenomen"


class ReviewAnswer(Owned, Audited, table=True):
    """What a team said of one of its records; no outcome: not answered yet. Settled: somebody did what was asked."""

    __tablename__ = "register_review_answer"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    review_id: UUID = Field(foreign_key="register_review.id", index=True)
    activity_id: UUID = Field(foreign_key="register_activity.id", index=True)
    position: int = 0
    outcome: Outcome | None = Field(default=None, sa_type=enum_type(Outcome))
    remark: str = columns.text()
    answered_by: str = columns.line(200)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proposal: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    """The fields that the team would fill in otherwise (`register.proposals`); None when it proposes nothing."""
    decision: Decision | None = Field(default=None, sa_type=enum_type(Decision))
    activity: ProcessingActivity = columns.shared()

    def audit_key(self) -> tuple[str, UUID]:
        return Review.__tablename__, self.review_id

    @property
    def is_open(self) -> bool:
        """Whether it asks for something: what is wrong has not been settled."""
        return self.outcome is Outcome.WRONG and self.settled_at is None

    @property
    def has_proposal(self) -> bool:
        """Whether it proposes something that nobody decided about."""
        return self.proposal is not None and self.decision is None and self.settled_at is None


class Review(Record, table=True):
    """One round for one team. `closes_on` is the last day, in the Netherlands."""

    __tablename__ = "register_review"

    team_id: UUID = Field(foreign_key="core_team.id", index=True)
    team_name: str = columns.line()
    closes_on: date
    opened_by: str = columns.line(200)
    mailed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the link last went out by mail."""
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answers: list[ReviewAnswer] = columns.parts(ReviewAnswer.position)

    def audit_label(self) -> str:
        return f"Controle door {self.team_name}"

    @property
    def ends_at(self) -> datetime:
        """The first moment after the last day."""
        return clock.end_of_day(self.closes_on)

    @property
    def is_over(self) -> bool:
        return self.closed_at is not None or clock.now() >= self.ends_at


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of one record."""

    outcome: Outcome | None
    remark: str = ""
    fields: OwnFields | None = None
    version: int = 0
    """Of the record, when its fields were shown; 0 when that is not known."""


@dataclass(frozen=True, slots=True)
class DueRecord:
    """What a list says of a record whose next check is due; without all that it holds, for there can be thousands."""

    id: UUID
    number: int
    name: str
    process_owner: str
    next_review_on: date | None

    @property
    def kenmerk(self) -> str:
        return kenmerk(self.number)

    @property
    def label(self) -> str:
        return f"{self.kenmerk} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Due:
    """A team with records whose next check is due; None: records of no team, which nobody can be asked about."""

    team: Team | None
    records: Sequence[DueRecord]
    running: bool

    @property
    def owners(self) -> Sequence[str]:
        return sorted({record.process_owner for record in self.records if record.process_owner})

    @property
    def since(self) -> date | None:
        """The earliest day on which a check was due; None when one of them was never planned."""
        days = [record.next_review_on for record in self.records]
        return None if None in days else min(day for day in days if day)


def due(session: Session, *, until: date) -> Sequence[Due]:
    """What must be checked by a day, team by team: records whose next check is then, or that have none planned."""
    table = ProcessingActivity
    query = (
        plain_select(
            col(table.team_id),
            col(table.id),
            col(table.number),
            col(table.name),
            col(table.process_owner),
            col(table.next_review_on),
        )
        .where(
            col(table.status) != Status.ENDED,
            or_(col(table.next_review_on).is_(None), col(table.next_review_on) <= until),
        )
        .order_by(col(table.number))
    )
    by_team: dict[UUID | None, list[DueRecord]] = {}
    for team_id, *facts in session.execute(query):
        by_team.setdefault(team_id, []).append(DueRecord(*facts))
    named = {team.id: team for team in session.exec(select(Team).where(col(Team.id).in_(by_team)))}
    running = set(session.exec(select(Review.team_id).where(*_still_runs())))
    found = [
        Due(named.get(team_id) if team_id else None, rows, team_id in running) for team_id, rows in by_team.items()
    ]
    return sorted(found, key=lambda one: (one.team is None, one.team.name if one.team else ""))


def _still_runs() -> tuple[ColumnElement[bool], ...]:
    """The conditions of a round that is not over."""
    return col(Review.closed_at).is_(None), col(Review.closes_on) >= clock.today()


def teams(session: Session) -> Sequence[Team]:
    """The teams that have a living record, by name."""
    living = select(ProcessingActivity.team_id).where(ProcessingActivity.status != Status.ENDED)
    return session.exec(select(Team).where(col(Team.id).in_(living)).order_by(col(Team.name))).all()


def open_review(
    session: Session,
    team: Team,
    *,
    closes_on: date,
    actor: audit.Actor,
    only: Collection[UUID] | None = None,
) -> Review:
    """Begin a round about every living record of a team, or about `only` these.

    Raises:
        RuleViolation: the last day has passed or is too far away, the team has no record, or has a round already.
    """
    query = select(ProcessingActivity).where(
        ProcessingActivity.team_id == team.id, ProcessingActivity.status != Status.ENDED
    )
    living = session.exec(query.order_by(col(ProcessingActivity.number))).all()
    activities = [activity for activity in living if only is None or activity.id in only]
    points: dict[str, str] = {}
    if not activities:
        points["team"] = "Dit team heeft geen verwerkingen. Kies een ander team."
    elif any(not review.is_over for review in session.exec(select(Review).where(Review.team_id == team.id))):
        points["team"] = "Dit team heeft al een controle die loopt. Sluit die eerst."
    if not clock.today() <= closes_on <= clock.today() + LONGEST:
        points["closes_on"] = "Kies een dag tussen vandaag en drie maanden later."
    if points:
        raise RuleViolation("De controle is niet begonnen. " + " ".join(points.values()), points)
    review = Review(team_id=team.id, team_name=team.name, closes_on=closes_on, opened_by=actor.label[:200])
    review.answers = [
        ReviewAnswer(review_id=review.id, activity_id=activity.id, position=place)
        for place, activity in enumerate(activities)
    ]
    session.add(review)
    _tell(session, review, "open", actor, after={"records": [activity.kenmerk for activity in activities]})
    return review


def link_of(review: Review, settings: Settings) -> str:
    """The address that opens the round without an account, until its last day is over.

    Raises:
        BadInput: the settings lack the key to sign with, or the address of the application.
    """
    address = settings.address_for_links()
    token = signed_links.sign(settings.secret(), purpose=PURPOSE, subject=str(review.id), expires_at=review.ends_at)
    return f"{address}/controle/{token}"


def owner_of(session: Session, token: str, settings: Settings) -> tuple[UUID, UUID]:
    """The organisation and the round that a link opens. The session is of no organisation: the link says which.

    Raises:
        NotAllowed: not ours, altered, expired, or the round is closed.
    """
    if not settings.has_secret:
        raise signed_links.LinkRefused(signed_links.WRONG)
    found: list[Review] = []

    def is_open(subject: str) -> bool:
        review = session.get(Review, UUID(subject))
        found.extend([review] if review else [])
        return review is not None and review.closed_at is None

    signed_links.read(settings.secret(), token, purpose=PURPOSE, is_open=is_open)
    return found[0].organisation_id, found[0].id


def find(session: Session, review_id: UUID) -> Review:
    """One round of this organisation.

    Raises:
        NotFound: there is none.
    """
    review = session.exec(select(Review).where(Review.id == review_id)).first()
    if review is None:
        raise NotFound("Deze controle bestaat niet. Ga terug naar de lijst met controles.")
    return review


def all_reviews(session: Session) -> Sequence[Review]:
    """Every round, newest first."""
    return session.exec(select(Review).order_by(col(Review.created_at).desc())).all()


def say(session: Session, review: Review, said: Mapping[UUID, Said], *, name: str) -> int:
    """Keep what the team says, by id of the answer; gives how many are new. All of it, or nothing.

    Saying the same again changes nothing. Until the round is over a team may think again.

    Raises:
        RuleViolation: the round is over, nobody gave a name, or something is wrong without saying what; `points` are by
            id of the answer, and `name`.
    """
    if review.is_over:
        raise RuleViolation("Deze controle is voorbij. Vraag een nieuwe link aan wie hem stuurde.")
    points = {} if name.strip() else {"name": "Vul uw naam in. Dan weet de privacy officer aan wie iets te vragen is."}
    new: list[_New] = []
    for answer in review.answers:
        if one := said.get(answer.id):
            proposal = _proposal(session, answer, one)
            if fault := _fault(one, proposal):
                points[str(answer.id)] = fault
            kept = (answer.outcome, answer.remark, answer.proposal)
            if one.outcome and (one.outcome, one.remark.strip(), proposal) != kept:
                new.append((answer, one, proposal))
    if points:
        raise RuleViolation("Uw antwoorden zijn nog niet bewaard. " + " ".join(dict.fromkeys(points.values())), points)
    actor = audit.Actor(f"{name.strip()} (met een link, {review.team_name})"[:200])
    before = [f"{answer.activity.kenmerk} {_in_words(answer)}" for answer, _, _ in new if answer.outcome]
    for answer, one, proposal in new:
        answer.outcome, answer.remark, answer.proposal = one.outcome, one.remark.strip(), proposal
        answer.decision = None
        answer.answered_by, answer.answered_at, answer.settled_at = name.strip()[:200], clock.now(), None
        if answer.outcome is Outcome.RIGHT and answer.activity.status is not Status.ENDED:
            confirm(session, answer.activity, actor=actor)
    if new:
        after = [f"{answer.activity.kenmerk} {_in_words(answer)}" for answer, _, _ in new]
        fields = {answer.activity.kenmerk: proposal for answer, _, proposal in new if proposal}
        facts = {"answers": after} | ({"proposal": fields} if fields else {})
        _tell(session, review, "answer", actor, before={"answers": before}, after=facts)
    return len(new)


_New = tuple[ReviewAnswer, Said, dict[str, Any] | None]
"""An answer that differs from what was kept: which, what was said, and what is proposed."""


def _proposal(session: Session, answer: ReviewAnswer, said: Said) -> dict[str, Any] | None:
    """The fields that somebody filled in otherwise than the page showed them."""
    if said.fields is None:
        return None
    shown = content_of(answer.activity)
    if said.version and said.version != answer.activity.version:
        revision = history.opened_revision(session, answer.activity_id, said.version)
        facts = revision.content if revision else {}
        with suppress(ValidationError):  # something in it was cleaned: then what is there now counts
            shown = ActivityContent.model_validate(
                {name: facts[name] for name in ActivityContent.model_fields if name in facts}
            )
    found = proposed(shown, said.fields)
    # What was decided is in the record now, or was not taken over: sending the page once more proposes nothing new.
    return answer.proposal if found is None and answer.decision else found


def _fault(said: Said, proposal: Mapping[str, Any] | None) -> str:
    has_words = bool(said.remark.strip() or proposal)
    if said.outcome is Outcome.WRONG and not has_words:
        return "Schrijf op wat er niet klopt."
    if said.outcome is None and has_words:
        return "Kies of dit klopt."
    if said.outcome is Outcome.RIGHT and proposal:
        return "U wijzigde iets. Kies dan 'Klopt niet', of zet de tekst terug."
    return ""


def content_with(session: Session, answer: ReviewAnswer) -> ActivityContent:
    """The record as it would be with what the team proposes. Whoever proposed looked at it that day."""
    content = content_of(answer.activity)
    if not answer.proposal or not answer.answered_at:
        return content
    seen_on = answer.answered_at.astimezone(clock.AMSTERDAM).date()
    next_on = months_before(seen_on, -thresholds_of(session).review_months)
    return applied(content, answer.proposal).model_copy(update={"reviewed_on": seen_on, "next_review_on": next_on})


def decide(
    session: Session, review: Review, answer_id: UUID, decision: Decision, *, version: int, actor: audit.Actor
) -> None:
    """Take over what a team proposes (the record is a concept then), or not. Words beside it are settled separately.

    Raises:
        Conflict: somebody changed the record since the person saw the difference (`version`).
        NotFound: this round has no such answer.
        RuleViolation: it was decided already, or the record has ended.
    """
    answer = _answer(review, answer_id)
    if not answer.has_proposal:
        raise RuleViolation("Over dit voorstel is al beslist. Ververs de pagina.")
    if decision is Decision.ACCEPTED:
        change(session, answer.activity, content_with(session, answer), version=version, actor=actor)
    answer.decision = decision
    if not answer.remark:
        answer.settled_at = clock.now()
    said = {"answers": [f"{answer.activity.kenmerk} {decision.value}"], "proposal": answer.proposal}
    _tell(session, review, "decide", actor, after=said)


def note_mail(session: Session, review: Review, to: str, *, actor: audit.Actor) -> None:
    """Keep in the trail that the link went to this address."""
    review.mailed_at = clock.now()
    _tell(session, review, "mail", actor, after={"to": to})


def remind_on(review: Review) -> date:
    """The day from which a team that did not answer all is reminded: a week before the last day, or half-way."""
    began = review.created_at.astimezone(clock.AMSTERDAM).date()
    return review.closes_on - min(REMIND, (review.closes_on - began) / 2)


def to_remind(session: Session) -> Sequence[Review]:
    """The rounds whose link was mailed, that are nearly over, not answered, and of which nobody was reminded."""
    query = select(Review).where(*_still_runs(), col(Review.reminded_at).is_(None), col(Review.mailed_at).is_not(None))
    return [
        review
        for review in session.exec(query)
        if clock.today() >= remind_on(review) and any(answer.outcome is None for answer in review.answers)
    ]


def note_reminder(session: Session, review: Review, *, actor: audit.Actor) -> None:
    """Keep that a reminder was asked for, so that it goes out once."""
    review.reminded_at = clock.now()
    _tell(session, review, "remind", actor)


def settle(session: Session, review: Review, answer_id: UUID, *, actor: audit.Actor) -> None:
    """Say that what a team asked for is done; harmless when it was said before.

    Raises:
        NotFound: this round has no such answer.
    """
    answer = _answer(review, answer_id)
    if answer.is_open:
        answer.settled_at = clock.now()
        _tell(session, review, "settle", actor, after={"answers": [f"{answer.activity.kenmerk} {_in_words(answer)}"]})


def close(session: Session, review: Review, *, actor: audit.Actor) -> None:
    """End a round before its last day: its link opens nothing any more. Harmless when it is closed."""
    if review.closed_at is None:
        review.closed_at = clock.now()
        _tell(session, review, "close", actor)


def open_remarks(session: Session, activity: ProcessingActivity) -> Sequence[ReviewAnswer]:
    """What teams said is wrong with a record and nobody settled, oldest first."""
    query = select(ReviewAnswer).where(
        ReviewAnswer.activity_id == activity.id,
        ReviewAnswer.outcome == Outcome.WRONG,
        col(ReviewAnswer.settled_at).is_(None),
    )
    return session.exec(query.order_by(col(ReviewAnswer.answered_at))).all()


def proposals(session: Session) -> Sequence[ReviewAnswer]:
    """What teams said is wrong and nobody settled yet, oldest first."""
    query = select(ReviewAnswer).where(ReviewAnswer.outcome == Outcome.WRONG, col(ReviewAnswer.settled_at).is_(None))
    return session.exec(query.order_by(col(ReviewAnswer.answered_at))).all()


def _answer(review: Review, answer_id: UUID) -> ReviewAnswer:
    answer = next((one for one in review.answers if one.id == answer_id), None)
    if answer is None:
        raise NotFound("Dit antwoord bestaat niet. Ga terug naar de controle.")
    return answer


def _in_words(answer: ReviewAnswer) -> str:
    said = f"{answer.outcome}: {answer.remark}" if answer.remark else str(answer.outcome)
    return f"{said} (met een voorstel)" if answer.proposal else said


def _tell(
    session: Session,
    review: Review,
    verb: str,
    actor: audit.Actor,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.record(session, actor=actor, action=f"register:review:{verb}", subject=review, before=before, after=after)
