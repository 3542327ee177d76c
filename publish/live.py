"""The public site as it looks from outside, compared with what should be online. Every look is kept."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel import Session, col, select

import woo.public as woo
from core import audit, clock
from core.db import Database
from core.errors import BadInput, Failed
from core.folder import Folder
from core.organisations import Organisation, the_organisation
from core.settings import Settings
from publish import queries, services, site, taking_out, writer
from publish.check import Fault, Report, verify_live
from publish.check.manifest import spread
from publish.check.signatures import keys_of
from publish.check.sources import Piece, Website, address
from publish.models import PublishVerdict

log = structlog.get_logger()
SAMPLE = 25
"""Documents in each sitemap, pages, files of the manifest and withdrawn addresses that are looked into."""
MAX_SECONDS = 900.0
MAX_FAULTS_KEPT = 200
MAX_VERDICTS = 100
_ONLY_ON_PAPER = (".example", ".invalid", ".test", ".localhost")
"""Names that nobody can have (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What should be online."""

    export_id: str
    categories: Mapping[str, int]
    gone: Sequence[str]
    gone_since: Mapping[str, int] = field(default_factory=dict)
    """Documents of each category that were withdrawn since that site was made; the live list may not name them now."""
    keys: Sequence[Ed25519PublicKey] = ()
    """Those that it is signed with."""


def address_of(organisation: Organisation, settings: Settings) -> str:
    """Where the site of an organisation can be read from here; empty when its address is only an example."""
    given = settings.site_at.get(organisation.code, "")
    host = urlsplit(organisation.base_url).hostname or ""
    if given or f".{host}".endswith(_ONLY_ON_PAPER):
        return given
    return organisation.base_url


def look(
    database: Database, folder: Folder, organisation_id: UUID, *, actor: audit.Actor, at: str = ""
) -> tuple[Report, Sequence[str]]:
    """Read the live site as the harvester does, compare, and keep the verdict. Returns the report and all faults.

    Only the organisation's own address is read. Within the own network only at an address that the administrator gave:
    `at`, from the command line, or the setting `SITE_AT`.

    Raises:
        BadInput: there is no address to look at.
        Failed: it takes too long.
    """
    with database.read(organisation_id) as session:
        organisation = the_organisation(session)
        expected = _expected(session, folder, database)
        hosts = site.document_hosts(session)
        session.expunge(organisation)
    root = at or address_of(organisation, folder.settings)
    if not root:
        raise BadInput(
            f"{organisation.base_url} is een voorbeeld. Vul bij Beheer het echte adres van de website in, of zet "
            f"OPENBOEK_SITE_AT__{organisation.code.upper()}."
        )
    is_given = bool(at or folder.settings.site_at.get(organisation.code))
    source = _Bounded(root, organisation.base_url, outside_only=not is_given)
    start = time.monotonic()
    report, export_id = verify_live(source, sample=SAMPLE, hosts=hosts, keys=expected.keys)
    found = [*report.faults, *_differences(report, export_id, expected), *_not_gone(source, expected.gone)]
    faults = list(map(str, found))
    seconds = round(time.monotonic() - start)
    _keep(database, organisation_id, actor, root, export_id, report.documents, faults, seconds)
    return report, faults


class _Bounded(Website):
    """Asks one thing at a time, and stops when it takes too long."""

    def __init__(self, root: str, base_url: str, *, outside_only: bool) -> None:
        super().__init__(root, base_url, outside_only=outside_only)
        self.root, self.outside_only, self._until = root, outside_only, time.monotonic() + MAX_SECONDS

    def in_time(self) -> None:
        if time.monotonic() > self._until:
            raise Failed(f"{self.root} is te traag om helemaal te bekijken. Probeer het op een rustig moment.")

    def read(self, url: str, *, max_bytes: int) -> bytes:
        self.in_time()
        return super().read(url, max_bytes=max_bytes)

    def head(self, url: str) -> Piece:
        self.in_time()
        return super().head(url)


def _expected(session: Session, folder: Folder, database: Database) -> Expected:
    live = writer.current(services.live_link(folder, database, the_organisation(session)))
    # After a way back the site is not that of the last run.
    run = (queries.run_of(session, live.name) if live else None) or queries.last_good_run(session)
    gone = [entry.path for entry in woo.withdrawn(session) if entry.path]
    since = taking_out.withdrawn_since(session, live) if live else {}
    gone_since = {category: len(locs) for category, locs in since.items()}
    return Expected(
        live.name if live else "", run.categories if run else {}, gone, gone_since, keys_of(live) if live else ()
    )


def _differences(report: Report, export_id: str, expected: Expected) -> Iterator[Fault]:
    if expected.export_id and export_id != expected.export_id:
        shown = f"is export {export_id}" if export_id else "ontbreekt of noemt geen export"
        yield Fault("manifest.json", f"{shown}, maar {expected.export_id} is de laatste. Zet die op de webserver.")
        return  # then the numbers differ too
    for number in sorted(expected.categories.keys() | report.per_category.keys()):
        here, there = expected.categories.get(number, 0), report.per_category.get(number, 0)
        if not here - expected.gone_since.get(number, 0) <= there <= here:
            yield Fault(f"categorie {number}", f"heeft online {there} documenten, dat moeten er {here} zijn.")


def _not_gone(source: _Bounded, gone: Sequence[str]) -> Iterator[Fault]:
    """Withdrawn documents that are still there: the newest of all, and some of the rest."""
    from core import http  # every export asks for a look, and that needs no web

    chosen = dict.fromkeys([*gone[-SAMPLE:], *spread(gone, SAMPLE)])
    for path in chosen:
        source.in_time()
        try:
            answer = http.get(address(source.root, path), max_bytes=1, whole=False, outside_only=source.outside_only)
        except Failed as error:
            yield Fault(path, f"is niet te controleren: {error.message}")
            continue
        # A plain object store has no 410.
        if answer.status not in {404, 410}:
            yield Fault(path, f"is ingetrokken, maar geeft status {answer.status}. Haal het bestand weg bij de server.")


def _keep(
    database: Database,
    organisation_id: UUID,
    actor: audit.Actor,
    root: str,
    export_id: str,
    documents: int,
    faults: Sequence[str],
    seconds: int,
) -> None:
    with database.write(organisation_id) as session:
        verdict = PublishVerdict(
            seen_at=clock.now(),
            address=root[:300],
            export_id=export_id[:60],
            documents=documents,
            faults=list(faults[:MAX_FAULTS_KEPT]),
            seconds=seconds,
            asked_by=actor.label[:200],
        )
        session.add(verdict)
        session.flush()
        newest = select(PublishVerdict).order_by(col(PublishVerdict.seen_at).desc())
        for old in session.exec(newest.offset(MAX_VERDICTS)):
            session.delete(old)
        audit.append(
            session,
            chain=organisation_id,
            actor=actor,
            action="publish:site:look",
            subject=("publish_verdict", verdict.id, root),
            contents={"after": {"export": export_id, "documents": documents, "faults": len(faults)}},
        )
    log.info("site was looked at", address=root, export=export_id, documents=documents, faults=len(faults))
