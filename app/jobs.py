"""Which code does which kind of job, what people call it, and how it is tried again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import publish.permissions as publishing
import register.permissions as register
import wmebv.permissions as wmebv
import woo.permissions as woo
from app.readiness import readiness_job
from app.roles import READ_TRAIL
from app.trail import NIGHT_JOB, night_job
from core.folder import Folder
from core.jobs import Claimed, Handler, Retry
from core.link_check import LINK_JOB, RETRY, check_links
from publish import refusals
from publish.refusals import MAIL_JOB as REFUSAL_MAIL_JOB
from publish.routes import export_job
from publish.work import EXPORT_JOB, LOOK_JOB, TARGET_JOB, look_job, target_job, withdrawn_job
from register.review_mails import MAIL_JOB, mail_job
from register.routes_files import FILE_JOB, file_job
from register.routes_import import import_job
from register.services import ESTABLISH_JOB, IMPORT_JOB, establish_job, link_addresses
from wmebv.action_mails import MAIL_JOB as ACTION_MAIL_JOB
from wmebv.action_mails import mail_job as action_mail_job
from wmebv.import_work import import_job as product_import_job
from wmebv.links import link_places
from wmebv.report_mails import MAIL_JOB as REPORT_MAIL_JOB
from wmebv.report_mails import mail_job as report_mail_job
from wmebv.services import IMPORT_JOB as PRODUCT_IMPORT_JOB
from wmebv.services import keep_reachable
from woo.import_work import import_job as document_import_job
from woo.services import DOCUMENT_IMPORT_JOB, INSPECT_JOB, READINESS_JOB, WITHDRAWN_JOB, inspect_job


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job. Who holds `permission` could have asked for it, so may see, stop and restart it."""

    label: str
    permission: str
    retry: Retry
    outcome: tuple[str, str]
    """What to read on the link to where the outcome is seen, and its address."""


# An export that finds the disk full, or the storage away, has a whole night to try again.
KINDS: Mapping[str, Kind] = {
    EXPORT_JOB: Kind(
        "Export naar de website",
        publishing.RUN,
        Retry(attempts=5, pause=timedelta(minutes=2)),
        ("Bekijk alle exports", "/publicatie/"),
    ),
    REFUSAL_MAIL_JOB: Kind(
        "Mail over een export die niet lukte", publishing.RUN, Retry(), ("Bekijk alle exports", "/publicatie/")
    ),
    TARGET_JOB: Kind(
        "Kopie van de website bijwerken",
        publishing.RUN,
        Retry(attempts=5, pause=timedelta(minutes=2)),
        ("Bekijk de kopieën", "/publicatie/"),
    ),
    LOOK_JOB: Kind("Website van buiten bekijken", publishing.RUN, Retry(), ("Bekijk hoe dat ging", "/publicatie/")),
    WITHDRAWN_JOB: Kind(
        "Ingetrokken document weghalen",
        publishing.RUN,
        Retry(attempts=10, pause=timedelta(seconds=15)),
        ("Bekijk alle exports", "/publicatie/"),
    ),
    FILE_JOB: Kind("Bestand van het register", register.READ, Retry(), ("Bekijk de bestanden", "/register/bestanden")),
    READINESS_JOB: Kind("Woo-locaties van buiten nakijken", woo.EDIT, Retry(), ("Bekijk de categorieën", "/woo/")),
    DOCUMENT_IMPORT_JOB: Kind("Documenten inlezen", woo.EDIT, Retry(), ("Bekijk het inlezen", "/woo/inlezen/")),
    INSPECT_JOB: Kind(
        "Bestanden nakijken voor publicatie", woo.EDIT, Retry(), ("Bekijk de documenten", "/woo/documenten/")
    ),
    IMPORT_JOB: Kind("Inlezen in het register", register.EDIT, Retry(), ("Bekijk het inlezen", "/register/inlezen/")),
    PRODUCT_IMPORT_JOB: Kind("Producten inlezen", wmebv.EDIT, Retry(), ("Bekijk het inlezen", "/wmebv/inlezen/")),
    LINK_JOB: Kind("Links proberen", register.EDIT, RETRY, ("Bekijk de links", "/register/links")),
    ESTABLISH_JOB: Kind(
        "Verwerkingen vaststellen",
        register.ESTABLISH,
        Retry(),
        ("Bekijk wat er is vastgesteld", "/register/vaststellen"),
    ),
    MAIL_JOB: Kind("Mail aan een team", register.ESTABLISH, Retry(), ("Bekijk de controles", "/controles/")),
    REPORT_MAIL_JOB: Kind(
        "Rapport over digitaal zakendoen mailen", wmebv.EDIT, Retry(), ("Bekijk het rapport", "/wmebv/rapport/")
    ),
    ACTION_MAIL_JOB: Kind("Mail over acties", wmebv.EDIT, Retry(), ("Bekijk de acties", "/wmebv/acties/")),
    NIGHT_JOB: Kind("Controle van het logboek", READ_TRAIL, Retry(), ("Bekijk het logboek", "/beheer/logboek")),
}
URGENT = frozenset({WITHDRAWN_JOB})
"""What a worker does beside whatever else it is at."""
RETRIES: Mapping[str, Retry] = {name: kind.retry for name, kind in KINDS.items()}


def handlers(folder: Folder) -> Mapping[str, Handler]:
    """Every kind of job that a worker can do."""
    return {
        EXPORT_JOB: export_job(folder),
        REFUSAL_MAIL_JOB: refusals.mail_job(folder),
        TARGET_JOB: target_job(folder),
        LOOK_JOB: look_job(folder),
        WITHDRAWN_JOB: withdrawn_job(folder),
        FILE_JOB: file_job(folder),
        DOCUMENT_IMPORT_JOB: document_import_job(folder),
        IMPORT_JOB: import_job(folder),
        PRODUCT_IMPORT_JOB: product_import_job(folder),
        ESTABLISH_JOB: establish_job,
        LINK_JOB: link_job,
        READINESS_JOB: readiness_job(),
        INSPECT_JOB: inspect_job(folder),
        MAIL_JOB: mail_job(folder),
        ACTION_MAIL_JOB: action_mail_job(folder),
        REPORT_MAIL_JOB: report_mail_job(folder),
        NIGHT_JOB: night_job(folder),
    }


def link_job(claimed: Claimed) -> Mapping[str, Any]:
    """Try the links that stand in the registers of one organisation."""
    with claimed.database.read(claimed.organisation_id) as session:
        addresses = {*link_addresses(session), *link_places(session)}
    result = check_links(claimed, addresses)
    with claimed.database.write(claimed.organisation_id) as session:
        keep_reachable(session, actor=claimed.actor)
    return result
