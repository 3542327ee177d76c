"""The mail that a team gets on Monday: its actions that are late or must be done soon. A worker sends it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit, clock, jobs, mail
from core.db import Database, bind_organisation
from core.folder import Folder
from core.mail import Letter
from core.organisations import Team, all_organisations, the_organisation
from core.settings import Settings
from core.web.pages import dutch_date
from wmebv import actions
from wmebv.models import Action

MAIL_JOB = "wmebv:action_mail"
CLOCK = audit.Actor("klok")
FROM_HOUR = 8
"""Mails go out during the day, Dutch time."""
AHEAD = timedelta(days=30)
"""What must be done within this time stands in the mail."""


def reminder(session: Session, team_id: UUID, settings: Settings) -> Letter | None:
    """What a team gets; None without a mail server, an address of the team, or anything to do.

    Raises:
        BadInput: the settings lack the address of the application.
    """
    team, today = session.get(Team, team_id), clock.today()
    own = [
        one for one in actions.waiting(session) if one.team_id == team_id and one.due_on and one.due_on <= today + AHEAD
    ]
    if not settings.smtp_host or team is None or not team.email or not own:
        return None
    lines = []
    for one in own:
        about, _ = actions.subject_of(one)
        late = " (te laat)" if one.is_late(today) else ""
        lines.append(f"- {dutch_date(one.due_on)}{late}: {one.title}" + (f" ({about})" if about else ""))
    text = (
        f"Beste collega,\n\nDit staat bij {the_organisation(session).name} op naam van {team.name}, om digitaal zaken "
        "doen op orde te krijgen:\n\n" + "\n".join(lines) + "\n\n"
        f"Is iets klaar? Zet dat dan in Openboek:\n\n{settings.address_for_links()}{actions.ADDRESS}\n"
    )
    number = len(own)
    subject = f"{number} {'actie' if number == 1 else 'acties'} voor digitaal zaken doen"
    return Letter(team.email, subject, text)


def mail_job(folder: Folder) -> jobs.Handler:
    """The handler that sends the mail of one team."""

    def handle(claimed: jobs.Claimed) -> Mapping[str, Any]:
        team_id = UUID(claimed.payload["team"])
        with claimed.database.read(claimed.organisation_id) as session:
            letter = reminder(session, team_id, folder.settings)
        if letter is None:
            return {"message": "De mail was niet meer nodig, of het team heeft geen adres."}
        mail.send(folder.settings, to=letter.to, subject=letter.subject, text=letter.text)
        with claimed.step(1, 1) as session:
            team = session.get_one(Team, team_id)
            audit.record(
                session, actor=claimed.actor, action="wmebv:action:mail", subject=team, after={"to": letter.to}
            )
        return {"message": f"De mail is verstuurd aan {letter.to}."}

    return handle


def ask_for_mails(database: Database, settings: Settings) -> int:
    """Ask for the mail of each team on Monday, once; returns how many. Safe to call every second, from any worker."""
    here = clock.now().astimezone(clock.AMSTERDAM)
    if not settings.smtp_host or here.weekday() != 0 or here.hour < FROM_HOUR:
        return 0
    monday, count = datetime.combine(here.date(), time(), clock.AMSTERDAM), 0
    with database.read(None) as session:
        organisations = [one.id for one in all_organisations(session)]
    for organisation_id in organisations:
        with database.read(organisation_id) as session:
            if not _not_asked(session, monday):
                continue
        with database.write(None) as session:
            bind_organisation(session, organisation_id)
            for team_id in _not_asked(session, monday):
                jobs.enqueue(session, MAIL_JOB, {"team": str(team_id)}, created_by=CLOCK.label)
                count += 1
    return count


def _not_asked(session: Session, since: datetime) -> Sequence[UUID]:
    """Teams with an address and something to do, for which nobody asked a mail since a moment."""
    asked = session.exec(select(jobs.Job.payload).where(jobs.Job.kind == MAIL_JOB, col(jobs.Job.created_at) >= since))
    done = {payload["team"] for payload in asked}
    soon = select(Action.team_id).where(col(Action.ended_on).is_(None), col(Action.due_on) <= clock.today() + AHEAD)
    teams = select(Team.id).where(Team.email != "", col(Team.id).in_(soon)).order_by(Team.name)
    return [one for one in session.exec(teams) if str(one) not in done]
