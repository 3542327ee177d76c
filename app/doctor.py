"""Looks whether an installation is healthy. It changes nothing; each finding says what a person can do."""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, text
from sqlmodel import Session, select

import woo.public as woo_public
import woo.queries as woo
from app import schema
from core import audit, clock, verification
from core.accounts.models import RoleCode
from core.accounts.services import all_users
from core.db import Database, bind_organisation
from core.errors import DomainError, Failed
from core.folder import Folder
from core.organisations import Organisation, all_organisations
from core.storage import Disk, Store
from publish import deliveries, queries, services, signing, writer
from publish.models import RunState

LITTLE_SPACE, NO_SPACE = 2_000_000_000, 200_000_000
CLOCK_TOLERANCE = timedelta(minutes=1)
BUILT_AFTER = datetime(2026, 1, 1, tzinfo=UTC)


class Outcome(StrEnum):
    GOOD = "goed"
    CAREFUL = "let op"
    WRONG = "fout"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do."""

    subject: str
    outcome: Outcome
    message: str


def examine(folder: Folder) -> list[Finding]:
    """Every check that can be made; when the database cannot be used, those that need no database."""
    found = [*_folder(folder), *_settings(folder)]
    store, finding = _storage(folder)
    found.append(finding)
    usable, finding = _database(folder)
    found.append(finding)
    if usable is None:
        return found
    with contextlib.closing(usable), usable.read(None) as session:
        found += [*_trail(session, folder), *_clock(session)]
        for organisation in all_organisations(session):
            bind_organisation(session, organisation.id)
            found += _administrator(session, organisation)
            if store:
                found += _documents(session, folder, store, organisation)
            found += _site(session, services.live_link(folder, usable, organisation), organisation)
            found += _export(session, organisation)
            found += _copies(session, folder)
            found += _keys(folder, organisation)
    return found


def _good(subject: str, message: str) -> Finding:
    return Finding(subject, Outcome.GOOD, message)


def _careful(subject: str, message: str) -> Finding:
    return Finding(subject, Outcome.CAREFUL, message)


def _wrong(subject: str, message: str) -> Finding:
    return Finding(subject, Outcome.WRONG, message)


def _folder(folder: Folder) -> Iterator[Finding]:
    places = (folder.root, folder.files, folder.documents, folder.exports)
    closed = [place for place in places if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK)]
    if closed:
        names = ", ".join(map(str, closed))
        yield _wrong("Map", f"Deze mappen ontbreken of zijn niet te schrijven: {names}. Pas de rechten aan.")
    else:
        yield _good("Map", f"{folder.root} is te lezen en te schrijven.")
    if not folder.root.is_dir():
        return
    free = shutil.disk_usage(folder.root).free
    if free < NO_SPACE:
        yield _wrong("Schijf", f"Er is nog maar {free // 1_000_000} MB vrij. Maak nu ruimte.")
    elif free < LITTLE_SPACE:
        yield _careful("Schijf", f"Er is nog {free // 1_000_000} MB vrij. Maak binnenkort ruimte.")
    else:
        yield _good("Schijf", f"Er is {free // 1_000_000_000} GB vrij.")


def _settings(folder: Folder) -> Iterator[Finding]:
    settings, faults = folder.settings, 0
    secret_file = folder.root / ".env"
    if secret_file.exists() and secret_file.stat().st_mode & 0o007:
        faults += 1
        yield _wrong("Instellingen", f"Iedereen op deze computer kan {secret_file} lezen. Doe: chmod 640 .env")
    if not settings.secure_cookies:
        faults += 1
        yield _careful(
            "Instellingen",
            "OPENBOEK_SECURE_COOKIES staat uit. Zet op true als de applicatie achter https staat, en dat hoort zo.",
        )
    if not settings.security_contact:
        faults += 1
        yield _careful("Instellingen", "OPENBOEK_SECURITY_CONTACT is leeg. Zet er het adres voor meldingen in.")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        faults += 1
        yield _careful("Instellingen", "U voert dit uit als root. Laat Openboek draaien onder een eigen account.")
    if not faults:
        yield _good("Instellingen", "Er staan geen gevaarlijke instellingen aan.")


def _storage(folder: Folder) -> tuple[Store | None, Finding]:
    try:
        store = folder.store()
        store.check()
    except DomainError as error:
        return None, _wrong("Opslag", error.message)
    return store, _good("Opslag", f"In {store.name} kan worden gelezen en geschreven.")


def _database(folder: Folder) -> tuple[Database | None, Finding]:
    try:
        database = folder.database()
    except DomainError as error:
        return None, _wrong("Database", error.message)
    try:
        with database.read(None) as session:
            session.exec(select(1)).one()
            schema_version = schema.version_on(session.connection())
        schema.require_current(database)
    except DomainError as error:
        database.close()
        return None, _wrong("Database", error.message)
    return database, _good("Database", f"De database is bereikbaar en van deze versie ({schema_version}).")


def _trail(session: Session, folder: Folder) -> Iterator[Finding]:
    found = verification.examine(session, folder)
    count = sum(map(len, found.values()))
    if count:
        yield _wrong("Logboek", f"De keten is op {count} plaatsen niet heel. Doe: openboek audit verify")
    else:
        yield _good("Logboek", f"{len(found)} ketens zijn heel.")


def _administrator(session: Session, organisation: Organisation) -> Iterator[Finding]:
    active = [name for user, held in all_users(session, organisation.id) if user.is_active for name in held]
    if RoleCode.ADMINISTRATOR in active:
        yield _good(f"Beheerder {organisation.code}", "Er is iemand met de rol beheerder.")
    else:
        yield _careful(
            f"Beheerder {organisation.code}",
            "Niemand heeft hier de rol beheerder. Geef die aan iemand met: openboek users roles NAAM --role beheerder "
            f"--organisation {organisation.code}",
        )


def _clock(session: Session) -> Iterator[Finding]:
    moment = clock.now()
    newest = session.exec(select(func.max(audit.AuditEvent.at))).one()
    if moment < BUILT_AFTER or (newest and newest > moment + CLOCK_TOLERANCE):
        yield _wrong("Klok", "De klok van deze computer loopt achter op het logboek. Zet de tijd gelijk (NTP).")
        return
    if session.get_bind().dialect.name == "postgresql":
        there = session.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(there - moment) > CLOCK_TOLERANCE:
            yield _wrong("Klok", "De klok van de databaseserver loopt anders dan die van hier. Zet beide gelijk (NTP).")
            return
    yield _good("Klok", f"Het is hier {moment.astimezone(clock.AMSTERDAM):%d-%m-%Y %H:%M}, Nederlandse tijd.")


def _documents(session: Session, folder: Folder, store: Store, organisation: Organisation) -> Iterator[Finding]:
    subject = f"Documenten {organisation.code}"
    missing: list[str] = []
    count = 0
    for loc, shown, sha256 in woo.public_files(session, folder):
        count += 1
        if not _is_whole(store, shown, sha256):
            missing.append(loc)
    if missing:
        named = ", ".join(missing[:5])
        yield _wrong(
            subject,
            f"Van {len(missing)} openbare documenten ontbreekt het bestand of is het veranderd: {named}. "
            "Exporteer opnieuw; helpt dat niet, zet dan een back-up terug.",
        )
    else:
        yield _good(subject, f"{count} openbare bestanden staan er en zijn ongewijzigd.")


def _site(session: Session, link: Path, organisation: Organisation) -> Iterator[Finding]:
    subject = f"Website {organisation.code}"
    live = writer.current(link)
    if live is None:
        yield _careful(subject, f"{link} wijst nog niet naar een website. Doe: openboek export")
        return
    withdrawn = {entry.path for entry in woo_public.withdrawn(session)}
    faults = list(_release_faults(live, withdrawn))
    if faults:
        yield _wrong(subject, f"De website in {live} is niet heel: {faults[0]}. Doe: openboek export")
    else:
        yield _good(subject, f"{link.name} wijst naar een hele website: {live.name}.")


def _release_faults(live: Path, withdrawn: Collection[str | None]) -> Iterator[str]:
    """What misses. A document that was withdrawn or replaced since the export is no fault."""
    try:
        root = json.loads((live / "manifest.json").read_bytes())
        for shard in root["shards"]:
            data = (live / shard["manifest"]).read_bytes()
            if hashlib.sha256(data).hexdigest() != shard["sha256"]:
                yield f"{shard['manifest']} is veranderd"
                continue
            for name, facts in json.loads(data)["files"].items():
                is_document = name.startswith(f"{writer.DOCUMENTS}/")
                if not (live / name).is_file():
                    if name not in withdrawn:
                        yield f"{name} ontbreekt"
                elif not is_document and (live / name).stat().st_size != facts["size"]:
                    yield f"{name} heeft een andere grootte"
    except (OSError, ValueError, KeyError, TypeError):
        yield "het overzicht manifest.json is niet te lezen"


def _export(session: Session, organisation: Organisation) -> Iterator[Finding]:
    subject = f"Export {organisation.code}"
    last, good = queries.last_run(session), queries.last_good_run(session)
    if last is None or good is None or good.finished_at is None:
        yield _careful(subject, "Er is nog geen export gelukt. Doe: openboek export")
        return
    age = clock.now() - good.finished_at
    hours = int(age.total_seconds() // 3600)
    if last.state in {RunState.FAILED, RunState.REFUSED}:
        yield _wrong(subject, f"De laatste export is niet gelukt: {last.message}")
    elif age > queries.OLD_EXPORT:
        yield _wrong(subject, f"De laatste export is {hours} uur oud. Kijk of de werker draait.")
    else:
        yield _good(subject, f"De laatste export is {hours} uur oud.")


def _keys(folder: Folder, organisation: Organisation) -> Iterator[Finding]:
    subject = f"Sleutels {organisation.code}"
    try:
        found = signing.keys(folder, organisation.code)
    except Failed as error:
        yield _wrong(subject, error.message)
        return
    open_to_others = [key.path for key in found if not key.is_only_ours]
    if open_to_others:
        yield _careful(subject, f"Anderen kunnen {open_to_others[0]} lezen. Doe: chmod 600 {open_to_others[0]}")
    elif found:
        yield _good(subject, f"Elke export wordt ondertekend met {', '.join(key.id for key in found)}.")


def _copies(session: Session, folder: Folder) -> Iterator[Finding]:
    for one in deliveries.states(session, folder.settings):
        subject = f"Kopie {one.name}"
        if one.error:
            yield _careful(subject, f"{one.error} Doe daarna: openboek targets send {one.name}")
        elif one.export_id:
            yield _good(subject, f"Daar staat {one.export_id}.")
        else:
            yield _careful(subject, f"Daar staat nog niets. Doe: openboek targets send {one.name}")


def _is_whole(store: Store, shown: Path, sha256: str) -> bool:
    """Whether the bytes of a document are what they were. A bucket is asked for the file only, not for its bytes:
    those are checked whenever they are read.
    """
    try:
        if isinstance(store, Disk):
            store.open(sha256).close()
        elif store.size(sha256) is None:
            return False
        return not shown.exists() or store.is_at(sha256, shown)  # it is not there before the first export
    except (Failed, OSError):
        return False
