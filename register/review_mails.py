"""Mails of review rounds: the link to a team, and one reminder before the last day. A worker sends them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core import audit, clock, jobs, mail
from core.db import Database, bind_organisation
from core.folder import Folder
from core.mail import Letter
from core.organisations import Team, all_organisations, the_organisation
from core.settings import Settings
from core.web.pages import dutch_date
from register import reviews
from register.reviews import Review

MAIL_JOB = "register:review_mail"
CLOCK = audit.Actor("klok")
FROM_HOUR = 8
"""Reminders go out during the day, Dutch time."""


def invitation(session: Session, review: Review, settings: Settings, *, is_reminder: bool = False) -> Letter | None:
    """The mail with the link; None without a mail server or an address of the team.

    Raises:
        BadInput: the settings lack the key to sign with, or the address of the application.
    """
    team = session.get(Team, review.team_id)
    if not settings.smtp_host or team is None or not team.email:
        return None
    sender, last = the_organisation(session).name, dutch_date(review.closes_on)
    left = sum(answer.outcome is None for answer in review.answers)
    opening = (
        f"U heeft nog {left} van {len(review.answers)} verwerkingen van {review.team_name} niet bekeken."
        if is_reminder
        else f"{sender} houdt bij welke persoonsgegevens teams gebruiken."
    )
    text = (
        f"Beste collega,\n\n{opening} Wilt u kijken of dit voor {review.team_name} nog klopt? "
        f"Dat kan tot en met {last}, zonder account:\n\n{reviews.link_of(review, settings)}\n\n"
        f"Vragen? Stel ze aan {review.opened_by}.\n"
    )
    subject = "Kloppen de verwerkingen van uw team nog?"
    return Letter(team.email, f"Herinnering: {subject}" if is_reminder else subject, text)


def ask(session: Session, review: Review, *, actor: audit.Actor, is_reminder: bool = False) -> None:
    """Let a worker send the mail."""
    payload = {"review": str(review.id), "reminder": is_reminder}
    jobs.enqueue(session, MAIL_JOB, payload, created_by=actor.label, created_by_id=actor.user_id)


def mail_job(folder: Folder) -> jobs.Handler:
    """The handler that sends one mail, unless it is not needed any more."""

    def handle(claimed: jobs.Claimed) -> Mapping[str, Any]:
        review_id, is_reminder = UUID(claimed.payload["review"]), bool(claimed.payload["reminder"])
        with claimed.database.read(claimed.organisation_id) as session:
            review = reviews.find(session, review_id)
            is_done = all(answer.outcome is not None for answer in review.answers)
            letter = invitation(session, review, folder.settings, is_reminder=is_reminder)
            if letter is None or review.is_over or is_done:
                return {"message": "De mail was niet meer nodig, of het team heeft geen adres."}
        mail.send(folder.settings, to=letter.to, subject=letter.subject, text=letter.text)
        with claimed.step(1, 1) as session:
            reviews.note_mail(session, reviews.find(session, review_id), letter.to, actor=claimed.actor)
        return {"message": f"De mail is verstuurd aan {letter.to}."}

    return handle


def ask_for_reminders(database: Database, settings: Settings) -> int:
    """Ask for each reminder that is due, once. Returns how many. Safe to call every second, from several workers."""
    if not settings.smtp_host or clock.now().astimezone(clock.AMSTERDAM).hour < FROM_HOUR:
        return 0
    with database.read(None) as session:
        waiting = {organisation.id for organisation in all_organisations(session)} & {
            review.organisation_id for review in reviews.to_remind(session)
        }
    count = 0
    for organisation_id in waiting:
        with database.write(None) as session:
            bind_organisation(session, organisation_id)
            for review in reviews.to_remind(session):
                reviews.note_reminder(session, review, actor=CLOCK)
                ask(session, review, actor=CLOCK, is_reminder=True)
                count += 1
    return count
