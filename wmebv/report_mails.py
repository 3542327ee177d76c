"""The mail that management gets every month: the gap report of the day, with its PDF. A worker sends it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit, clock, jobs, mail
from core.accounts.models import RoleCode, User
from core.accounts.services import all_users
from core.db import Database, bind_organisation
from core.folder import Folder
from core.mail import Attachment
from core.organisations import all_organisations
from core.reports import FORMS
from core.settings import Settings
from wmebv import queries, services
from wmebv.report import as_report, headlines

MAIL_JOB = "wmebv:report_mail"
CLOCK = audit.Actor("klok")
FROM_HOUR = 8
"""Mails go out during the day, Dutch time."""
LAST_DAY = 7
"""Of the month: an installation that was away for longer waits for the next month."""


def mail_job(folder: Folder) -> jobs.Handler:
    """The handler that sends the report to one person. When it is tried again, it is the report of that moment."""

    def handle(claimed: jobs.Claimed) -> Mapping[str, Any]:
        user_id, settings = UUID(claimed.payload["user"]), folder.settings
        with claimed.database.read(None) as session:
            to = next((one.email for one in _readers(session, claimed.organisation_id) if one.id == user_id), "")
        if not to or not settings.smtp_host:
            return {"message": "De mail was niet meer nodig: geen adres, geen rol management of geen mailserver."}
        with claimed.database.read(claimed.organisation_id) as session:
            report = services.report_on(session, clock.today())
        day, name = clock.written(report.on), f"wmebv-{report.on}.pdf"
        points = "\n".join(f"- {line}" for line in headlines(report, clock.written))
        mail.send(
            settings,
            to=to,
            subject=f"Digitaal zakendoen op {day}: wat moet beter?",
            text=(
                f"Beste collega,\n\nZo staat {report.organisation} ervoor met digitaal zakendoen (Wmebv) op {day}:\n\n"
                f"{points}\n\nHet hele rapport zit als pdf bij deze mail. In Openboek staat het hier:\n\n"
                f"{settings.address_for_links()}/wmebv/rapport/\n\n"
                "Het rapport over register, Woo en digitaal zakendoen samen staat hier:\n\n"
                f"{settings.address_for_links()}/rapport/\n"
            ),
            attachments=[Attachment(name, "application/pdf", FORMS["pdf"].write(as_report(report)))],
        )
        with claimed.step(1, 1) as session:
            services.keep_figures(session, report)
            subject = ("core_organisation", claimed.organisation_id, "Wmebv-rapport")
            audit.note_download(session, actor=claimed.actor, action="wmebv:report:mail", subject=subject, file=name)
        return {"message": f"De mail is verstuurd aan {to}."}

    return handle


def ask_for_reports(database: Database, settings: Settings) -> int:
    """Ask for the mail to each reader in the first week of the month, once; returns how many.

    Safe to call every second, from any worker.
    """
    here = clock.now().astimezone(clock.AMSTERDAM)
    if not settings.smtp_host or here.day > LAST_DAY or here.hour < FROM_HOUR:
        return 0
    month, count = here.date().replace(day=1), 0
    with database.read(None) as session:
        readers = {one.id: [user.id for user in _readers(session, one.id)] for one in all_organisations(session)}
    for organisation_id, wanted in readers.items():
        with database.read(organisation_id) as session:
            if not _not_asked(session, wanted, month):
                continue
        with database.write(None) as session:
            bind_organisation(session, organisation_id)
            for user_id in _not_asked(session, wanted, month):
                jobs.enqueue(session, MAIL_JOB, {"user": str(user_id)}, created_by=CLOCK.label)
                count += 1
    return count


def _readers(session: Session, organisation_id: UUID) -> Sequence[User]:
    """Who has the role management here, an account that is open, and an address."""
    held = all_users(session, organisation_id)
    return [user for user, roles in held if RoleCode.MANAGEMENT in roles and user.is_active and user.email]


def _not_asked(session: Session, wanted: Sequence[UUID], month: date) -> Sequence[UUID]:
    """Of these readers, those for whom nobody asked a mail this month; none while there is nothing to report."""
    if not wanted or not queries.counts(session)["message_types"]:
        return []
    since = datetime.combine(month, time(), clock.AMSTERDAM)
    asked = session.exec(select(jobs.Job.payload).where(jobs.Job.kind == MAIL_JOB, col(jobs.Job.created_at) >= since))
    done = {payload["user"] for payload in asked}
    return [one for one in wanted if str(one) not in done]
