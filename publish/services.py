"""The export: read what is public, write it beside the live site, look at it as the harvester would, then switch."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import func, text
from sqlmodel import Session, col, select

import register.public as register
import woo.public as woo
from core import anchors, audit, clock
from core.db import Database
from core.errors import BadInput, Busy, DomainError, ExportRefused, Failed
from core.folder import Folder
from core.jobs import Stopped
from core.look import look_of
from core.organisations import Organisation, all_organisations, the_organisation
from publish import queries, refusals, signing, site, states, taking_out, writer
from publish.changes import changes_between, fewer
from publish.check import verify_release
from publish.check.ahead import About, Ahead
from publish.check.secrets import Secrets
from publish.check.signatures import keys_of
from publish.models import PublishRun, RunState
from publish.secrets import secrets_of

log = structlog.get_logger()
MAX_FAULTS_KEPT = 200
TIMES = 3
"""How often a run begins anew because a document was withdrawn in the meantime."""
Progress = Callable[[str], None]


class Overtaken(Busy):
    """A document was withdrawn while the new site that names it was being made."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `seconds` is per step; `live` is the link that readers follow."""

    export_id: str
    changed: bool
    live: Path
    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    units: states.Count
    is_confirmed: bool = False
    """There is much less on the site than last time, and a person said that it is right."""
    categories: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, list[int]] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    """What a person should look at, although the site is good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What who asked for a run said about it; see `run`."""

    full: bool
    may_be_fewer: bool


@dataclass(slots=True)
class _Clock:
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0) + time.perf_counter() - start, 3)


def live_link(folder: Folder, database: Database, organisation: Organisation) -> Path:
    """`D/site`, or `D/sites/CODE` when the installation holds several organisations."""
    with database.read(None) as session:
        several = len(all_organisations(session)) > 1
    return folder.root / "sites" / organisation.code if several else folder.root / "site"


def separate_sites(folder: Folder, first_code: str) -> None:
    """A second organisation came: the site of the first gets its own link. `D/site` follows it, so readers see no gap.

    Raises:
        Failed: the link cannot be written.
    """
    old, new = folder.root / "site", folder.root / "sites" / first_code
    release = writer.current(old)
    if release is None or new.is_symlink():
        return
    writer.switch(new, release)
    writer.switch(old, new)


def run(
    database: Database,
    folder: Folder,
    organisation_id: UUID,
    *,
    actor: audit.Actor,
    output: Path | None = None,
    full: bool = False,
    may_be_fewer: bool = False,
    progress: Progress = lambda _step: None,
) -> Outcome:
    """Make the site anew and put it live when it is right and different; the old one stands when anything fails.

    Documents planned for today become public first. The order protects readers: documents are put in place before the
    switch, and the list of withdrawn documents is read again under the lock as the last step before it.

    Args:
        database: of the installation.
        folder: of the installation.
        organisation_id: whose site it is.
        actor: who asked.
        output: another name for the link that readers follow, which follows that link from then on.
        full: make everything, also what did not change since the site that is live.
        may_be_fewer: a person said that much less on the site than last time is right.
        progress: is told what the run is at; it may stop the run by raising.

    Raises:
        Busy: another run is going on (here, or on another machine with the same PostgreSQL), or documents were
            withdrawn during each of a few tries.
        ExportRefused: the new site has faults; `faults` lists them.
        Failed: the disk or the database gave way.
    """
    with database.read(organisation_id) as session:
        organisation = the_organisation(session)
        session.expunge(organisation)
    link = live_link(folder, database, organisation)
    for place in filter(None, (output, link)):
        if place.expanduser().exists() and not place.expanduser().is_symlink():
            raise BadInput(f"{place} is een echte map of een bestand. Kies een andere plek, of haal die eerst weg.")
    chosen = _Chosen(full=full, may_be_fewer=may_be_fewer)
    with writer.publish_lock(folder.exports, organisation.code), _lock_between_machines(database, organisation_id):
        if output:
            _follow(output.expanduser().absolute(), link, folder)
        for _ in range(TIMES - 1):
            try:
                return _run_once(database, folder, organisation, link, actor, progress, chosen)
            except Overtaken:
                progress("Er is intussen iets ingetrokken of vervangen. De export begint opnieuw.")
        return _run_once(database, folder, organisation, link, actor, progress, chosen)


def _follow(name: Path, link: Path, folder: Folder) -> None:
    """Let another name follow our own link: then readers there see each export, whoever asks for it, and no withdrawal
    is forgotten. Of what they see at both now, the newest stays.
    """
    if name == link:
        return
    seen, live = writer.current(name), writer.current(link)
    if seen and seen.parent == folder.exports.resolve() and (live is None or live.name < seen.name):
        writer.switch(link, seen)
    writer.switch(name, link)


def _run_once(
    database: Database,
    folder: Folder,
    organisation: Organisation,
    link: Path,
    actor: audit.Actor,
    progress: Progress,
    chosen: _Chosen,
) -> Outcome:
    """One run, with its place in the list of exports."""
    run_id, export_id = _start(database, organisation, actor)
    try:
        outcome = _run(database, folder, organisation, export_id, link, actor, progress, chosen)
    except ExportRefused as refused:
        _finish(database, organisation.id, run_id, actor, RunState.REFUSED, refused.message, faults=refused.faults)
        refusals.ask_for_mails(database, folder.settings, organisation.id, run_id)
        raise
    except (Stopped, Overtaken) as stopped:
        message = f"{stopped.message} De oude site bleef online."
        _finish(database, organisation.id, run_id, actor, RunState.STOPPED, message)
        raise
    except DomainError as error:
        _finish(database, organisation.id, run_id, actor, RunState.FAILED, error.message)
        refusals.ask_for_mails(database, folder.settings, organisation.id, run_id)
        raise
    except Exception:
        message = "Er ging iets mis in het programma. De oude site staat nog online."
        _finish(database, organisation.id, run_id, actor, RunState.FAILED, message)
        refusals.ask_for_mails(database, folder.settings, organisation.id, run_id)
        raise
    _finish(database, organisation.id, run_id, actor, RunState.DONE, "", outcome=outcome)
    anchors.write(folder, database, "export")
    return outcome


def _run(
    database: Database,
    folder: Folder,
    organisation: Organisation,
    export_id: str,
    link: Path,
    actor: audit.Actor,
    progress: Progress,
    chosen: _Chosen,
) -> Outcome:
    timer = _Clock()
    due = woo.publish_due(database, folder, organisation.id, actor=actor)
    tree, made = documents_of(folder, organisation), folder.exports / export_id
    signers, secrets = signing.keys(folder, organisation.code), cache(partial(secrets_of, database, organisation))
    with timer.step("plaatsen"):
        _place_files(database, folder, organisation.id)
    with (
        states.ledger_of(made) as ledger,
        writer.new_release(folder.exports, export_id) as release,
        Ahead(partial(_about, database, folder, organisation, release.path, secrets)) as ahead,
    ):
        release.finished = ahead.add
        progress("Pagina's en bestanden maken")
        with timer.step("maken"), database.read(organisation.id) as session:
            since = None if chosen.full else writer.current(link)
            records = register.known_register(session)
            taken = _make(session, records, folder, organisation.code, release, ledger, since, signers)
            documents = site.document_files(session)
            counts = dict(site.counts(session, records))
            categories = site.categories(session)
            warnings = [*due.waiting, *site.warnings(session), *_unsigned(signers, writer.current(link))]
            hosts = site.document_hosts(session)
            missing = _missing(database, folder, organisation, documents)
            release.link_documents(tree, documents)
            release.write_manifests(
                {
                    "export": export_id,
                    "finished_at": clock.now().isoformat(timespec="seconds"),
                    "base_url": organisation.base_url,
                    "organisation": organisation.code,
                    "audit_head": audit.head(session, organisation.id),
                    "audit_sequence": audit.length(session, organisation.id),
                },
                signers,
            )
        if missing:
            raise ExportRefused(
                f"Van {len(missing)} documenten ontbreekt het bestand of is het veranderd. Zet een back-up terug.",
                tuple(f"{name}: het bestand ontbreekt of heeft een andere grootte." for name in missing),
            )
        progress("Controleren zoals de Woo-index leest")
        with timer.step("controleren"):
            ahead.finish()
            less = _look(database, folder, organisation, release.path, hosts, secrets(), counts)
            if less and not chosen.may_be_fewer:
                raise ExportRefused(
                    "Er staat veel minder op de nieuwe site. Zeg eerst of dat klopt. De oude site staat nog online.",
                    tuple(less),
                )
        with timer.step("naar de schijf"):
            release.to_disk()
    live = writer.current(link)
    changed = live is None or writer.fingerprint(live) != writer.fingerprint(made)
    if live and not changed:
        states.hand_over(made, live)
        writer.set_aside(made)
    else:
        try:
            progress("Omschakelen")
        except DomainError:  # who asked for the export stopped it
            writer.set_aside(made)
            raise
        with timer.step("omschakelen"):
            _let_withdrawals_win(database, organisation.id, tree, documents, made)
            writer.switch(link, made)
            warnings += _tidied(partial(taking_out.take_out, database, folder, organisation, link))
    warnings += _tidied(partial(_clear_files, database, folder, organisation.id))
    with timer.step("vergelijken"):
        changes = changes_between(live, made) if changed else {}
    writer.clean_up(folder.exports, organisation.code, writer.current(link))
    return Outcome(export_id, changed, link, counts, timer.seconds, taken, bool(less), categories, changes, warnings)


def _look(
    database: Database,
    folder: Folder,
    organisation: Organisation,
    release: Path,
    hosts: Collection[str],
    secrets: Secrets,
    counts: dict[str, int],
) -> Sequence[str]:
    """Look at a site that was made; counts its pages. Gives back of what there is much less than last time.

    Raises:
        ExportRefused: it has faults.
    """
    found = verify_release(
        release,
        hosts=hosts,
        proofs=writer.proofs_of(folder.exports, organisation.code),
        secrets=secrets,
    )
    counts["pagina's"] = found.pages
    with database.read(organisation.id) as session:
        less = refusals.much_less(session, counts, folder.settings.export_least_percent)
    if faults := [str(fault) for fault in found.faults]:
        raise ExportRefused(
            f"De nieuwe site heeft {len(faults)} fouten en is niet geplaatst. De oude site staat nog online.",
            (*faults, *less),
        )
    return less


def _about(
    database: Database, folder: Folder, organisation: Organisation, release: Path, secrets: Callable[[], Secrets]
) -> About:
    """For who looks at files while others are made. Asked after that was begun, so it knows what is hidden since."""
    with database.read(organisation.id) as session:
        hosts = sorted(site.document_hosts(session))
    return About(
        root=str(release.absolute()),
        base_url=organisation.base_url,
        hosts=hosts,
        proofs=str(writer.proofs_of(folder.exports, organisation.code).absolute()),
        pieces=secrets().pieces,
    )


def _unsigned(signers: Sequence[signing.Key], live: Path | None) -> Iterator[str]:
    """What to say when readers lose the signature that they know."""
    if live and not signers and keys_of(live):
        yield "De vorige site was ondertekend, deze niet meer. Zet de sleutel terug: zie 'openboek signing list'."


def _place_files(database: Database, folder: Folder, organisation_id: UUID) -> None:
    """In a view of its own: that of the pages may be older than a file that was replaced since."""
    with database.read(organisation_id) as session:
        woo.place_files(session, folder, database)


def _missing(
    database: Database, folder: Folder, organisation: Organisation, documents: Mapping[str, tuple[str, int]]
) -> Sequence[str]:
    """The public files that are not there, by their path; one that became public since they were placed is put."""
    tree = documents_of(folder, organisation)
    if any(writer.tree_faults(tree, documents)):
        _place_files(database, folder, organisation.id)
    return list(writer.tree_faults(tree, documents))


def _make(
    session: Session,
    records: register.KnownRegister,
    folder: Folder,
    code: str,
    release: writer.Release,
    ledger: states.Ledger,
    since: Path | None,
    signers: Sequence[signing.Key],
) -> states.Count:
    """Every file but the documents and the manifests; what did not change is taken over from the release `since`."""
    names, look = release.files.keys(), look_of(folder, code)
    with (
        writer.kept(folder.exports, code) as keep,
        states.since(since, ledger) as before,
        closing(site.units(session, records, before, names, look, keep, signers)) as units,
    ):
        return states.write(release, units, before, ledger)


def roll_back(
    database: Database, folder: Folder, organisation_id: UUID, *, actor: audit.Actor, output: Path | None = None
) -> str:
    """Put the release before the live one back. Withdrawn documents stay gone: their files are in no release.

    Raises:
        BadInput: there is no earlier release.
        Busy: an export is running.
    """
    with database.read(organisation_id) as session:
        organisation = the_organisation(session)
        session.expunge(organisation)
    link = live_link(folder, database, organisation)
    with writer.publish_lock(folder.exports, organisation.code), _lock_between_machines(database, organisation_id):
        if output:
            _follow(output.expanduser().absolute(), link, folder)
        live = writer.current(link)
        kept = writer.releases(folder.exports, organisation.code)
        earlier = kept[: kept.index(live)] if live in kept else []
        if not earlier:
            raise BadInput("Er is geen eerdere site om naar terug te gaan.")
        with database.read(organisation_id) as session:
            _take_away_withdrawn(documents_of(folder, organisation), session)
        writer.switch(link, earlier[-1])
        taking_out.take_out(database, folder, organisation, link)
    with database.write(organisation_id) as session:
        audit.append(
            session,
            chain=organisation_id,
            actor=actor,
            action="publish:site:roll_back",
            subject=("core_organisation", organisation_id, organisation.name),
            contents={"after": {"export": earlier[-1].name}},
        )
    return earlier[-1].name


def _tidied(work: Callable[[], object]) -> Iterator[str]:
    """Do what is left when the new site is live: the export is done by then, and what gives way is a warning."""
    try:
        work()
    except DomainError as error:
        yield f"De site staat online, maar er bleef iets liggen. {error.message}"


def _clear_files(database: Database, folder: Folder, organisation_id: UUID) -> None:
    with database.read(organisation_id) as session:
        woo.clear_files(session, folder)


def documents_of(folder: Folder, organisation: Organisation) -> Path:
    """The lasting tree of published document files of an organisation."""
    return folder.documents / organisation.code


def _let_withdrawals_win(
    database: Database, organisation_id: UUID, tree: Path, documents: Mapping[str, tuple[str, int]], made: Path
) -> None:
    """What was withdrawn or replaced while we were writing wins: a release that does not know of it is dropped.

    The file of a withdrawn document goes again.
    """
    with database.read(organisation_id) as session:
        _take_away_withdrawn(tree, session)
        gone = {entry.path for entry in woo.withdrawn(session)} & set(documents)
        gone.update(woo.replaced_files(session, documents))
    if gone:
        writer.set_aside(made)
        raise Overtaken("Tijdens de export is een document ingetrokken of vervangen. Start de export opnieuw.")


def _take_away_withdrawn(tree: Path, session: Session) -> None:
    for entry in woo.withdrawn(session):
        if entry.path:
            writer.remove_document(tree, entry.path)


@contextmanager
def _lock_between_machines(database: Database, organisation_id: UUID) -> Iterator[None]:
    if database.engine.dialect.name != "postgresql":
        yield
        return
    key = int.from_bytes(organisation_id.bytes[:7])
    with database.engine.connect() as connection:  # its own connection: the lock is freed when that closes
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one():
            raise Busy("Er loopt al een export op een andere machine. Wacht tot die klaar is.")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})


def _start(database: Database, organisation: Organisation, actor: audit.Actor) -> tuple[UUID, str]:
    """Enter a run in the log. Its name comes after all earlier ones, also when the clock was put back."""
    with database.write(organisation.id) as session:
        newest = session.exec(
            select(func.max(PublishRun.export_id)).where(col(PublishRun.export_id).startswith(f"{organisation.code}-"))
        ).one()
        earlier = writer.moment_of(newest or "")
        named_for = max(clock.now(), earlier + timedelta(microseconds=1)) if earlier else clock.now()
        export_id = writer.name_of(organisation.code, named_for)
        # We hold the lock, so whoever is still "running" was killed.
        for left in session.exec(select(PublishRun).where(PublishRun.state == RunState.RUNNING)):
            left.state, left.finished_at = RunState.STOPPED, clock.now()
            left.message = "De export is halverwege gestopt. De oude site bleef online."
        new = PublishRun(export_id=export_id, started_at=clock.now(), started_by=actor.label)
        session.add(new)
        session.flush()
        return new.id, export_id


def _finish(
    database: Database,
    organisation_id: UUID,
    run_id: UUID,
    actor: audit.Actor,
    state: RunState,
    message: str,
    *,
    faults: tuple[str, ...] = (),
    outcome: Outcome | None = None,
) -> None:
    log.info(
        "export ended",
        organisation=str(organisation_id),
        run=str(run_id),
        state=state.value,
        reason=message,
        faults=len(faults),
        changed=outcome.changed if outcome else False,
        counts=dict(outcome.counts) if outcome else {},
        seconds=dict(outcome.seconds) if outcome else {},
    )
    try:
        with database.write(organisation_id) as session:
            before = queries.last_good_run(session)
            found = session.get_one(PublishRun, run_id)
            found.state, found.message, found.finished_at = state, message[:500], clock.now()
            found.faults = list(faults[:MAX_FAULTS_KEPT])
            if outcome:
                found.changed, found.counts = outcome.changed, dict(outcome.counts)
                found.seconds, found.categories = dict(outcome.seconds), dict(outcome.categories)
                found.changes = dict(outcome.changes)
                less = fewer(before.counts, outcome.counts) if before else ()
                found.warnings = [*outcome.warnings[:MAX_FAULTS_KEPT], *less]
            after = {"state": state.value, "changed": found.changed, "faults": len(faults)}
            if outcome and outcome.is_confirmed:
                after["much_less"] = True
            audit.append(
                session,
                chain=organisation_id,
                actor=actor,
                action="publish:site:export",
                subject=("publish_run", run_id, found.export_id),
                contents={"after": after},
            )
    except Failed:
        if outcome:  # the site is live; only the log could not be written, and that must be said
            raise
