"""When an export is refused or fails: much less on the site than last time, and the mail to the administrators."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

import woo.public as woo
from core import audit, clock, jobs, mail
from core.accounts.models import RoleCode, User
from core.accounts.services import all_users
from core.db import Database
from core.errors import Failed
from core.folder import Folder
from core.organisations import the_organisation
from core.settings import Settings
from publish import queries
from publish.models import PublishRun, RunState

SIZE = "omvang"
"""Where a fault stands that a person may say yes to."""
FEW = 10
"""So many less are never much: in a small register every record is a large share."""
MAIL_JOB = "publish:refusal_mail"
QUIET = timedelta(hours=20)
"""The same refusal is mailed again the next night, not the next minute."""
SHOWN = 20
_CLOCK = audit.Actor("klok")


def much_less(session: Session, counts: Mapping[str, int], least_percent: int) -> Sequence[str]:
    """A line for each kind of which there is much less than at the last good export; what was withdrawn does not count.

    `least_percent`: of what was there then; 0 asks for nothing.
    """
    last = queries.last_good_run(session)
    if last is None:
        return []
    taken_back = sum(1 for entry in woo.withdrawn(session) if entry.at >= last.started_at)
    found = []
    for kind, before in last.counts.items():
        now = counts.get(kind, 0) + (taken_back if kind in {"documenten", "pagina's"} else 0)
        if before - now > FEW and now * 100 < before * least_percent:
            found.append(
                f"{SIZE}: er staan {counts.get(kind, 0)} {kind} op de nieuwe site, de vorige had er {before}. Klopt "
                "dat? Kies dan bij Publicatie voor toch exporteren, of geef --confirm-fewer mee."
            )
    return found


def asks_for_a_yes(run: PublishRun) -> bool:
    """Whether this run was refused only because much less would stand on the site."""
    return (
        run.state is RunState.REFUSED and bool(run.faults) and all(line.startswith(f"{SIZE}: ") for line in run.faults)
    )


def ask_for_mails(database: Database, settings: Settings, organisation_id: UUID, run_id: UUID) -> int:
    """Ask for a mail about a run to each administrator of the organisation; returns how many.

    Nobody gets the same message twice in a night, however often the export is tried. Without a mail server, or without
    a database, there is nothing to ask.
    """
    if not settings.smtp_host:
        return 0
    try:
        with database.write(organisation_id) as session:
            run = session.get_one(PublishRun, run_id)
            about = hashlib.sha256("\n".join([run.message, *run.faults]).encode()).hexdigest()
            query = select(jobs.Job.payload).where(
                jobs.Job.kind == MAIL_JOB, col(jobs.Job.created_at) > clock.now() - QUIET
            )
            asked = {(payload["user"], payload["about"]) for payload in session.exec(query)}
            wanted = [str(one.id) for one in _administrators(session, organisation_id)]
            missing = [one for one in wanted if (one, about) not in asked]
            for one in missing:
                jobs.enqueue(
                    session, MAIL_JOB, {"user": one, "run": str(run_id), "about": about}, created_by=_CLOCK.label
                )
            return len(missing)
    except Failed:
        return 0  # the log of runs could not be written either, and that is told


def mail_job(folder: Folder) -> jobs.Handler:
    """The handler that mails one administrator about one run."""

    def handle(claimed: jobs.Claimed) -> Mapping[str, Any]:
        user_id, settings = UUID(claimed.payload["user"]), folder.settings
        with claimed.database.read(claimed.organisation_id) as session:
            run = session.get(PublishRun, UUID(claimed.payload["run"]))
            name = the_organisation(session).name
        with claimed.database.read(None) as session:
            to = next((one.email for one in _administrators(session, claimed.organisation_id) if one.id == user_id), "")
        if run is None or not to or not settings.smtp_host:
            return {"message": "De mail was niet meer nodig: geen adres, geen beheerder of geen mailserver."}
        more = len(run.faults) - SHOWN
        lines = [*(f"- {line}" for line in run.faults[:SHOWN]), *([f"- en nog {more} andere."] if more > 0 else [])]
        where = f"Alles staat hier:\n\n{settings.app_url}/publicatie/\n" if settings.app_url else ""
        mail.send(
            settings,
            to=to,
            subject=f"De website van {name} is niet bijgewerkt",
            text=(
                f"Beste beheerder,\n\nDe export naar de website is {run.state.value}. De oude site staat nog online. "
                f"Wat u intrekt, is ook nu meteen weg.\n\n{run.message}\n\n" + "\n".join([*lines, "", where])
            ),
        )
        return {"message": f"De mail is verstuurd aan {to}."}

    return handle


def _administrators(session: Session, organisation_id: UUID) -> Sequence[User]:
    held = all_users(session, organisation_id)
    return [user for user, roles in held if RoleCode.ADMINISTRATOR in roles and user.is_active and user.email]
