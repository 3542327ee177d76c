"""Beheer, Logboek: the trail of the organisation that one works for, to search, to read and to take along."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel import Session, select

import register.queries as register
import wmebv.queries as wmebv
from app import logbook_words as words
from app.roles import ADMINISTER, READ_TRAIL
from core import audit, clock
from core.accounts.models import RoleCode, RoleHeld
from core.accounts.services import Person
from core.audit_search import MAX_NUMBER, Search, actions_in, all_of, page_of
from core.db import Database
from core.errors import NotFound
from core.organisations import all_organisations
from core.web.lists import Cell
from core.web.pages import dutch_moment, page
from core.web.security import Allowed, database

router = APIRouter(prefix="/beheer/logboek")
Reader = Annotated[Person, Depends(Allowed(READ_TRAIL))]
PER_PAGE = 50
INSTALLATION = "installatie"
HEADINGS = ("Nummer", "Wanneer", "Wie", "Wat", "Waarvan", "Soort", "Kenmerk", "Van", "Naar", "Controlegetal")
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
CANNOT_READ = "Kies een datum zoals 21-11-2026, en een van de andere mogelijkheden uit de lijst."


def _reading(request: Request, person: Reader, keten: str = "") -> Iterator[Session]:
    """Inside the border; without one for the chain of the installation, by who may read that."""
    with database(request).read(None if keten == INSTALLATION else person.organisation_id) as session:
        if keten == INSTALLATION and not may_read_installation(session, person):
            raise NotFound("Dit logboek is er niet. Ga terug naar het logboek van uw organisatie.")
        yield session


TrailSession = Annotated[Session, Depends(_reading, scope="function")]


def may_read_installation(session: Session, person: Person) -> bool:
    """Log-ins and accounts are of the whole installation: for who administers every organisation in it."""
    if not person.may(ADMINISTER):
        return False
    held = select(RoleHeld.organisation_id).where(
        RoleHeld.user_id == person.id, RoleHeld.role == RoleCode.ADMINISTRATOR
    )
    return {one.id for one in all_organisations(session)} <= set(session.exec(held))


class Asked:
    """What the address asks of the trail."""

    def __init__(
        self,
        van: str = "",
        tot: str = "",
        wie: Annotated[str, Query(max_length=200)] = "",
        wat: Annotated[str, Query(max_length=100)] = "",
        record: Annotated[str, Query(max_length=300)] = "",
        tekst: Annotated[str, Query(max_length=300)] = "",
        keten: str = "",
    ) -> None:
        self.typed = {
            name: value.strip()
            for name, value in {
                "van": van,
                "tot": tot,
                "wie": wie,
                "wat": wat,
                "record": record,
                "tekst": tekst,
                "keten": keten,
            }.items()
        }
        self.days = {name: _day(self.typed[name]) for name in ("van", "tot")}

    @property
    def is_readable(self) -> bool:
        return all(self.days[name] or not self.typed[name] for name in self.days)

    def search(self, session: Session) -> Search:
        label = self.typed["record"]
        made = Search(self.days["van"], self.days["tot"], self.typed["wie"], self.typed["wat"], label, (), "")
        return replace(made, subjects=_records(session, label), words=self.typed["tekst"])

    def address(self, place: str, **more: object) -> str:
        asked = {name: value for name, value in {**self.typed, **more}.items() if value}
        return f"{place}?{urlencode(asked)}" if asked else place

    def chain(self, person: Person) -> UUID:
        return audit.INSTALLATION if self.typed["keten"] == INSTALLATION else person.organisation_id


def _day(typed: str) -> date | None:
    parts = re.split("[-/.]", typed)
    numbers = [int(part) for part in parts if re.fullmatch("[0-9]{1,4}", part)]
    if len(parts) != 3 or len(numbers) != 3:
        return None
    year, month, day = numbers if len(parts[0]) == 4 else reversed(numbers)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _records(session: Session, typed: str) -> list[UUID]:
    """The record with this number (`VW-0001`, `PD-0001`) or id."""
    found: list[UUID] = []
    try:
        found.append(UUID(typed))
    except ValueError:
        for find in (register.find, wmebv.find_product):
            try:
                found.append(find(session, typed).id)
            except NotFound:
                continue
    return found


@router.get("")
def show_trail(
    request: Request,
    session: TrailSession,
    person: Reader,
    asked: Annotated[Asked, Depends()],
    voor: Annotated[int | None, Query(ge=1, le=MAX_NUMBER)] = None,
) -> Response:
    chain, is_installation = asked.chain(person), asked.typed["keten"] == INSTALLATION
    if is_installation:
        asked.typed["record"] = ""  # numbers are of an organisation
    events = page_of(session, chain, asked.search(session), before=voor, limit=PER_PAGE) if asked.is_readable else []
    return page(
        request,
        "app/trail.html",
        person=person,
        status_code=200 if asked.is_readable else 422,
        page_title="Logboek van de installatie" if is_installation else "Logboek",
        rows=[_row(event) for event in events],
        asked=asked.typed,
        is_search=any(value for name, value in asked.typed.items() if name != "keten"),
        fault="" if asked.is_readable else CANNOT_READ,
        actions=words.names_of(actions_in(session, chain)),
        older=asked.address("/beheer/logboek", voor=events[-1].sequence) if len(events) == PER_PAGE else "",
        newest=asked.address("/beheer/logboek") if voor else "",
        files=[(ending, asked.address(f"/beheer/logboek/bestand.{ending}")) for ending in MEDIA],
        may_read_installation=not is_installation and may_read_installation(session, person),
        is_installation=is_installation,
    )


@router.get("/bestand.{ending}")
def download_trail(request: Request, person: Reader, asked: Annotated[Asked, Depends()], ending: str) -> Response:
    """What was found as a file. Written down first: who took what along."""
    if ending not in MEDIA or not asked.is_readable:
        raise NotFound("Dit bestand is er niet. Ga terug naar het logboek en kies csv of json.")
    source, chain = database(request), asked.chain(person)
    is_installation = chain == audit.INSTALLATION
    with source.write(None if is_installation else person.organisation_id) as session:
        if is_installation and not may_read_installation(session, person):
            raise NotFound("Dit logboek is er niet. Ga terug naar het logboek van uw organisatie.")
        search = asked.search(session)
        filters = {name: value for name, value in asked.typed.items() if value and name not in {"keten", "tekst"}}
        audit.append(
            session,
            chain=chain,
            actor=person.actor,
            action=audit.EXPORT,
            subject=("core_audit_event", chain, "Logboek"),
            # Never the text that was looked for: it may be the very thing that must be cleaned.
            contents={"after": {"format": ending, "filter": filters | ({"text": "ja"} if search.words else {})}},
        )
    lines = {"csv": _csv, "json": _json}[ending](source, None if is_installation else chain, chain, search)
    name = f"logboek-{clock.today().isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=MEDIA[ending], headers=headers)


@router.get("/{event_id}")
def show_event(
    request: Request,
    session: TrailSession,
    person: Reader,
    event_id: Annotated[int, Path(ge=1, le=MAX_NUMBER)],
    keten: str = "",
) -> Response:
    chain = audit.INSTALLATION if keten == INSTALLATION else person.organisation_id
    query = select(audit.AuditEvent).where(audit.AuditEvent.id == event_id, audit.AuditEvent.organisation_id == chain)
    event = session.exec(query).first()
    if event is None:
        raise NotFound("Deze gebeurtenis is er niet. Ga terug naar het logboek.")
    return page(
        request,
        "app/event.html",
        person=person,
        page_title=words.in_words(event.action),
        event=event,
        what=words.in_words(event.action),
        place=_place_of(session, event, person),
        fingerprint=" ".join(event.hash[at : at + 8] for at in range(0, 64, 8)),  # so that it fits a narrow screen
        changes=words.changes(event.subject_kind, event.contents),
        was_cleaned=audit.is_cleaned(event),
        others=f"/beheer/logboek?record={event.subject_id}" if chain != audit.INSTALLATION else "",
        back="/beheer/logboek?keten=installatie" if keten == INSTALLATION else "/beheer/logboek",
    )


def _row(event: audit.AuditEvent) -> list[object]:
    suffix = f"?keten={INSTALLATION}" if event.organisation_id == audit.INSTALLATION else ""
    what = Cell(words.in_words(event.action), f"/beheer/logboek/{event.id}{suffix}")
    return [what, event.subject_label, event.actor, dutch_moment(event.at), event.sequence]


PLACES: Mapping[str, tuple[str, str]] = {
    "register_activity": ("/register/{}/", "register:read"),
    "register_import": ("/register/inlezen/{}/", "register:edit"),
    "woo_import": ("/woo/inlezen/{}/", "woo:edit"),
    "wmebv_import": ("/wmebv/inlezen/{}/", "wmebv:edit"),
    "register_agreement": ("/register/overeenkomsten/{}", "register:read"),
    "register_law": ("/register/wetten/{}", "register:read"),
    "woo_document": ("/woo/documenten/{}", "woo:read"),
    "woo_request": ("/woo/verzoeken/{}", "woo:read"),
    "woo_process": ("/woo/processen/{}", "woo:read"),
    "wmebv_message_type": ("/wmebv/berichten/{}/", "wmebv:read"),
    "wmebv_channel": ("/wmebv/kanalen/{}/", "wmebv:read"),
    "wmebv_template": ("/wmebv/sjablonen/{}/", "wmebv:read"),
    "core_user": ("/beheer/accounts/{}", ADMINISTER),
    "core_body": ("/beheer/lijsten/bestuursorganen/{}", ADMINISTER),
    "core_team": ("/beheer/lijsten/teams/{}", ADMINISTER),
    "core_party": ("/beheer/lijsten/partijen/{}", ADMINISTER),
    "core_system": ("/beheer/lijsten/systemen/{}", ADMINISTER),
    "core_organisation": ("/beheer/organisatie", ADMINISTER),
}
"""Kind of record -> where it is shown, and which permission that takes."""


def _place_of(session: Session, event: audit.AuditEvent, person: Person) -> str:
    if event.subject_kind == "wmebv_product" and person.may("wmebv:read"):
        number = wmebv.kenmerk_of(session, event.subject_id)
        return f"/wmebv/producten/{number}/" if number else ""
    address, permission = PLACES.get(event.subject_kind, ("", ""))
    return address.format(event.subject_id) if address and person.may(permission) else ""


def _events(source: Database, border: UUID | None, chain: UUID, search: Search) -> Iterator[audit.AuditEvent]:
    with source.read(border) as session:
        yield from all_of(session, chain, search)


def _csv(source: Database, border: UUID | None, chain: UUID, search: Search) -> Iterator[str]:
    def line(*cells: object) -> str:
        out = io.StringIO()
        # A cell that begins so is a formula to a spreadsheet.
        texts = [str(cell) for cell in cells]
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(
            [f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text for text in texts]
        )
        return out.getvalue()

    yield "\ufeff" + line(*HEADINGS)
    for event in _events(source, border, chain, search):
        changed = words.changes(event.subject_kind, event.contents)
        yield line(
            event.sequence,
            event.at.astimezone(clock.AMSTERDAM).isoformat(timespec="seconds"),
            event.actor,
            words.in_words(event.action),
            event.subject_label,
            event.subject_kind,
            event.subject_id,
            "\n".join(f"{name}: {old}" for name, old, _ in changed if old),
            "\n".join(f"{name}: {new}" for name, _, new in changed if new),
            event.hash,
        )


def _json(source: Database, border: UUID | None, chain: UUID, search: Search) -> Iterator[str]:
    """Everything that is in the hash, so that who has the file can check the chain."""
    yield "[\n"
    comma = ""
    for event in _events(source, border, chain, search):
        yield comma + json.dumps(event.model_dump(mode="json"), ensure_ascii=False)
        comma = ",\n"
    yield "\n]\n"
