"""What follows an export or a withdrawal, as jobs: copies elsewhere, and a look from outside."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from core import jobs
from core.folder import Folder
from core.organisations import the_organisation
from publish import deliveries, live, services, taking_out, writer

EXPORT_JOB = "publish:export"
TARGET_JOB = "publish:target:send"
LOOK_JOB = "publish:site:look"


def ask_for_the_rest(session: Session, folder: Folder, *, created_by: str) -> None:
    """Ask for what follows an export: each copy by itself, then a look at the site when it can be read from here."""
    for name in deliveries.names(session, folder.settings):
        jobs.enqueue(session, TARGET_JOB, {"target": name}, created_by=created_by)
    ask_for_a_look(session, folder, created_by=created_by)


def ask_for_a_look(session: Session, folder: Folder, *, created_by: str) -> None:
    """Ask for a look at the site, when it can be read from here."""
    if live.address_of(the_organisation(session), folder.settings):
        jobs.enqueue(session, LOOK_JOB, {}, created_by=created_by)


def target_job(folder: Folder) -> jobs.Handler:
    """The handler that brings one copy up to date."""

    def handle(claimed: jobs.Claimed) -> Mapping[str, Any]:
        name = str(claimed.payload.get("target", ""))
        done = deliveries.deliver(claimed.database, folder, claimed.organisation_id, name, actor=claimed.actor)
        return {"message": f"{name}: {done}"}

    return handle


def look_job(folder: Folder) -> jobs.Handler:
    """The handler that looks at the live site from outside."""

    def handle(claimed: jobs.Claimed) -> Mapping[str, Any]:
        report, faults = live.look(claimed.database, folder, claimed.organisation_id, actor=claimed.actor)
        found = f"{len(faults)} fouten" if faults else "geen fouten"
        return {"message": f"{report.documents} documenten bekeken: {found}.", "faults": len(faults)}

    return handle


def withdrawn_job(folder: Folder) -> jobs.Handler:
    """The handler that follows a withdrawal at once: gone from list and copies, and a new site without it."""

    def handle(claimed: jobs.Claimed) -> Mapping[str, Any]:
        with claimed.database.write(claimed.organisation_id, urgent=True) as session:
            organisation = the_organisation(session)
            link = services.live_link(folder, claimed.database, organisation)
            if writer.current(link) is not None:
                jobs.enqueue(session, EXPORT_JOB, {}, created_by=claimed.created_by)
        try:
            taking_out.take_out(claimed.database, folder, organisation, link)
        finally:  # a full disk here is no reason to leave the document elsewhere
            deliveries.take_away_withdrawn(claimed.database, folder, claimed.organisation_id, actor=claimed.actor)
        return {"message": "Het document is weg. De website wordt opnieuw gemaakt."}

    return handle
