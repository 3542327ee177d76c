"""Review rounds: a team that has no account looks at its own records through a signed link, and confirms or corrects.

Who gets the link answers per record: it is right, or what is wrong. Right moves the day of the last check; what is
wrong waits on the record's page until somebody settles it. A round ends on its last day, or when it is closed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Field, Session, col, select

from core import audit, clock, columns, signed_links
from core.db import JSON_TYPE, Audited, Owned, Record, UtcDateTime, enum_type
from core.errors import NotFound, RuleViolation
from core.organisations import Team
from core.settings import Settings
from register.content import Status
from register.models import ProcessingActivity
from register.services import confirm

PURPOSE = "controle"
LONGEST = timedelta(days=92)
"""A link opens internal data without an account, so no round lasts longer than a quarter."""


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
        return datetime.combine(self.closes_on + timedelta(days=1), time(), clock.AMSTERDAM)

    @property
    def is_over(self) -> bool:
        return self.closed_at is not None or clock.now() >= self.ends_at


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of one record."""

    outcome: Outcome | None
    remark: str = ""


def teams(session: Session) -> Sequence[Team]:
    """The teams that have a living record, by name."""
    living = select(ProcessingActivity.team_id).where(ProcessingActivity.status != Status.ENDED)
    return session.exec(select(Team).where(col(Team.id).in_(living)).order_by(col(Team.name))).all()


def open_review(session: Session, team: Team, *, closes_on: date, actor: audit.Actor) -> Review:
    """Begin a round about every living record of a team.

    Raises:
        RuleViolation: the last day has passed or is too far away, the team has no record, or has a round already.
    """
    query = select(ProcessingActivity).where(
        ProcessingActivity.team_id == team.id, ProcessingActivity.status != Status.ENDED
    )
    activities = session.exec(query.order_by(col(ProcessingActivity.number))).all()
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
    for answer in review.answers:
        one = said.get(answer.id)
        if one and one.outcome is Outcome.WRONG and not one.remark.strip():
            points[str(answer.id)] = "Schrijf op wat er niet klopt."
    if points:
        raise RuleViolation("Uw antwoorden zijn nog niet bewaard. " + " ".join(dict.fromkeys(points.values())), points)
    actor = audit.Actor(f"{name.strip()} (met een link, {review.team_name})"[:200])
    before: list[str] = []
    after: list[str] = []
    for answer in review.answers:
        one = said.get(answer.id)
        if not one or one.outcome is None or (one.outcome, one.remark.strip()) == (answer.outcome, answer.remark):
            continue
        kenmerk = answer.activity.kenmerk
        if answer.outcome:
            before.append(f"{kenmerk} {_in_words(answer)}")
        answer.outcome, answer.remark = one.outcome, one.remark.strip()
        answer.answered_by, answer.answered_at, answer.settled_at = name.strip()[:200], clock.now(), None
        after.append(f"{kenmerk} {_in_words(answer)}")
        if answer.outcome is Outcome.RIGHT and answer.activity.status is not Status.ENDED:
            confirm(session, answer.activity, actor=actor)
    if after:
        _tell(session, review, "answer", actor, before={"answers": before}, after={"answers": after})
    return len(after)


def note_mail(session: Session, review: Review, to: str, *, actor: audit.Actor) -> None:
    """Keep in the trail that the link went to this address."""
    _tell(session, review, "mail", actor, after={"to": to})


def settle(session: Session, review: Review, answer_id: UUID, *, actor: audit.Actor) -> None:
    """Say that what a team asked for is done; harmless when it was said before.

    Raises:
        NotFound: this round has no such answer.
    """
    answer = next((one for one in review.answers if one.id == answer_id), None)
    if answer is None:
        raise NotFound("Dit antwoord bestaat niet. Ga terug naar de controle.")
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


def _in_words(answer: ReviewAnswer) -> str:
    return f"{answer.outcome}: {answer.remark}" if answer.remark else str(answer.outcome)


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
