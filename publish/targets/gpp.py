"""Public documents to a GPP-publicatiebank (API version 2): each becomes a publication there, with our file in it.

A publication is made as a concept, and shown when its file is there. By what id that server knows it is kept in
`GppDocument`. It gets our id as a `kenmerk`, so that one whose answer was lost is found again and not made twice.
"""

import json
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col, select

import woo.public as woo
from core import http
from core.clock import AMSTERDAM
from core.db import Database
from core.errors import Failed
from core.settings import GPP, TargetSettings
from publish.models import GppDocument
from publish.states import digest
from publish.targets.sending import Withdrawn, is_as_promised

_MAX_ANSWER = 20_000_000
_AT_ONCE = 50
_CHUNK = 1_048_576
_LONGEST = 255
_SOURCE = "Openboek"
"""Whose `kenmerk` it is; what has none of ours was made by somebody else, and is left alone."""
_SHOWN, _CONCEPT, _WITHDRAWN = "gepubliceerd", "concept", "ingetrokken"
_JSON = "application/json"
_REASONS = {
    401: "{host} kent deze API-sleutel niet. Controleer het bestand bij SECRET_FILE.",
    403: "{host} laat deze API-sleutel niet schrijven. Geef hem daar schrijfrechten.",
    404: "{host} heeft op dit adres geen publicatiebank met versie 2 van de API. Controleer het adres.",
}


class Refused(Failed):
    """The server does not take this one document; others may be good."""


class _NotThere(Failed):
    """The server does not know what was asked for."""


@dataclass(frozen=True, slots=True)
class GppCopy:
    """The public documents of an organisation at one publicatiebank; `name` is that of the target."""

    database: Database
    organisation_id: UUID
    name: str
    settings: TargetSettings

    def bring(self, release: Path) -> str:
        """Bring the public documents that changed since last time, and take back those that are no longer public.

        What is public but not yet in this release waits for the next one. Says in Dutch what was done.

        Raises:
            Failed: the server gave way, or refused some documents; what was sent counts.
        """
        with _Bank(self.settings) as bank:
            withdrawn = Withdrawn(self._withdrawn)
            known = withdrawn.now()
            removed = self._take_back(bank, known)
            changed, seen = self._changed()
            sent, refused = 0, []
            for document in self._each(changed):
                if withdrawn.now() != known:  # a withdrawal does not wait for the end of a long night
                    known = withdrawn.now()
                    removed += self._take_back(bank, known)
                if document.loc in known:
                    continue
                try:
                    sent += self._bring(bank, document, release)
                except Refused as error:
                    refused.append(f"'{document.content['title']}': {error.message}")
            removed += self._take_back(bank, self._withdrawn(), seen)
            if refused:
                raise Failed(f"{len(refused)} documenten gingen niet naar {bank.host}, zoals {refused[0]}")
            return f"{sent} documenten gestuurd, {removed} ingetrokken."

    def take_away(self) -> int:
        """Take back what was withdrawn, at once. Returns how many.

        Raises:
            Failed: the server gave way.
        """
        gone = self._withdrawn()
        if not any(loc in gone for _id, loc, _publication in self._there()):
            return 0
        with _Bank(self.settings) as bank:
            return self._take_back(bank, gone)

    def forget(self) -> None:
        """Compare everything with that server anew."""
        with self.database.write(self.organisation_id) as session:
            session.exec(update(GppDocument).where(col(GppDocument.target) == self.name).values(state=""))

    def _changed(self) -> tuple[Sequence[UUID], Collection[UUID]]:
        """The documents that are not there as they are here; and all that are public."""
        changed, seen = [], set()
        with self.database.read(self.organisation_id) as session:
            query = select(GppDocument.document_id, GppDocument.state).where(GppDocument.target == self.name)
            before = dict(session.exec(query).all())
            for document in woo.frozen_documents(session):
                seen.add(document.id)
                if before.get(document.id) != _state(document):
                    changed.append(document.id)
        return changed, seen

    def _each(self, ids: Sequence[UUID]) -> Iterator[woo.FrozenDocument]:
        """These documents, as far as they are public now. While one is sent the database is free."""
        for start in range(0, len(ids), _AT_ONCE):
            with self.database.read(self.organisation_id) as session:
                found = woo.documents_of(session, ids[start : start + _AT_ONCE])
            yield from found.values()

    def _bring(self, bank: "_Bank", frozen: woo.FrozenDocument, release: Path) -> int:
        """Make a document there, or change it. Returns how many were sent: none when it is not on the live site yet."""
        if not _is_live(frozen, release):
            return 0
        document = frozen.public
        source = release / document.path if document.path else None
        about = _about(bank, document)
        with self.database.read(self.organisation_id) as session:
            row = self._row(session, document.id)
            publication = row.publication if row else ""
        if not publication or not bank.status_of(publication):
            listed = bank.listed("/publicaties", kenmerk=document.id.hex, bron=_SOURCE)
            lost = [one for one in listed if one["publicatiestatus"] != _WITHDRAWN]
            made = lost[0] if lost else bank.ask("POST", "/publicaties", {**about, "publicatiestatus": _CONCEPT})
            publication = str(made["uuid"])
            self._keep(frozen, publication)
        file = _bring_file(bank, publication, document, source) if source else ""
        bank.ask("PATCH", f"/publicaties/{publication}", {**about, "publicatiestatus": _SHOWN})
        self._keep(frozen, publication, file, _state(frozen))
        return 1

    def _keep(self, frozen: woo.FrozenDocument, publication: str, file: str = "", state: str = "") -> None:
        with self.database.write(self.organisation_id) as session:
            row = self._row(session, frozen.id) or GppDocument(
                target=self.name, document_id=frozen.id, loc=frozen.loc, publication=publication
            )
            row.loc, row.publication, row.file, row.state = frozen.loc, publication, file, state
            session.add(row)

    def _row(self, session: Session, document_id: UUID) -> GppDocument | None:
        query = select(GppDocument).where(GppDocument.target == self.name, GppDocument.document_id == document_id)
        return session.exec(query).first()

    def _withdrawn(self) -> frozenset[str]:
        with self.database.read(self.organisation_id) as session:
            return frozenset(entry.loc for entry in woo.withdrawn(session))

    def _there(self) -> Sequence[tuple[UUID, str, str]]:
        """Id, address and publication of every document that is there."""
        query = select(GppDocument.document_id, GppDocument.loc, GppDocument.publication)
        with self.database.read(self.organisation_id) as session:
            found = session.exec(query.where(GppDocument.target == self.name).order_by(col(GppDocument.document_id)))
            return [(document_id, loc, publication) for document_id, loc, publication in found]

    def _take_back(self, bank: "_Bank", gone: Collection[str], public: Collection[UUID] | None = None) -> int:
        """Take back what was withdrawn and, when `public` is given, what is not public for another reason."""
        taken = 0
        for document_id, loc, publication in self._there():
            if loc in gone or (public is not None and document_id not in public):
                _withdraw(bank, publication)
                with self.database.write(self.organisation_id) as session:
                    session.delete(self._row(session, document_id))
                taken += 1
        return taken


class _Bank:
    """A line to a GPP-publicatiebank. Methods raise Failed when it gives way, and Refused for what it does not take."""

    def __init__(self, settings: TargetSettings) -> None:
        self._root = settings.to.removeprefix(GPP).rstrip("/")
        self.host = urlsplit(self._root).netloc
        self._secret = settings.the_secret()
        self._known: dict[tuple[str, str], str] = {}

    def __enter__(self) -> Self:
        self._line = http.Line(f"Token {self._secret}", at_once=1)
        return self

    def __exit__(self, *_error: object) -> None:
        self._line.close()

    def ask(self, method: str, path: str, body: Mapping[str, Any] | BinaryIO | None = None, kind: str = _JSON) -> Any:  # noqa: ANN401 - whatever the JSON holds
        """The answer to a request, read; None when it has no contents."""
        data = json.dumps(body).encode() if isinstance(body, Mapping) else body
        headers = {
            "Accept": _JSON,
            "Audit-User-ID": "openboek",
            "Audit-User-Representation": "Openboek",
            "Audit-Remarks": "Publicatie uit Openboek",
        } | ({"Content-Type": kind} if body is not None else {})
        url = f"{self._root}/api/v2{path}"
        answer = self._line.ask(method, url, max_bytes=_MAX_ANSWER, data=data, headers=headers)
        if method == "DELETE" and answer.status == 404:  # it went the time before
            return None
        if answer.status in {400, 409}:
            raise Refused(f"geweigerd door {self.host}: {answer.content[:200].decode(errors='replace')}")
        if not 200 <= answer.status < 300:
            reason = _REASONS.get(answer.status, "{host} antwoordt met status {status}. Probeer het later opnieuw.")
            raise (_NotThere if answer.status == 404 else Failed)(reason.format(host=self.host, status=answer.status))
        try:
            return json.loads(answer.content) if answer.content else None
        except ValueError as error:
            raise Failed(_REASONS[404].format(host=self.host)) from error

    def listed(self, path: str, **query: str) -> Sequence[Mapping[str, Any]]:
        """The first page of a list."""
        found = self.ask("GET", f"{path}?{urlencode(query)}")
        listed = found.get("results") if isinstance(found, dict) else None
        if not isinstance(listed, list):
            raise Failed(_REASONS[404].format(host=self.host))
        return listed

    def status_of(self, publication: str) -> str:
        """How a publication stands; empty when it is not there."""
        try:
            return str(self.ask("GET", f"/publicaties/{publication}")["publicatiestatus"])
        except _NotThere:
            return ""

    def uuid_of(self, path: str, term: woo.Term) -> str:
        """What it calls an organisation or a category of a national list."""
        key = (path, term.uri or "")
        if key not in self._known:
            found = self.listed(path, identifier=term.uri or term.label)
            if not found:
                raise Refused(f"{self.host} kent '{term.label}' niet. Zet het daar op actief of voeg het toe.")
            self._known[key] = str(found[0]["uuid"])
        return self._known[key]

    def upload(self, document: str, parts: Sequence[Mapping[str, Any]], source: Path) -> None:
        """Send a file in the pieces that it asked for."""
        with source.open("rb") as file:
            for part in sorted(parts, key=lambda one: int(one["volgnummer"])):
                boundary, left = uuid4().hex, int(part["omvang"])
                with tempfile.TemporaryFile() as form:
                    form.write(
                        f'--{boundary}\r\nContent-Disposition: form-data; name="inhoud"; filename="deel"\r\n'
                        "Content-Type: application/octet-stream\r\n\r\n".encode()
                    )
                    while chunk := file.read(min(_CHUNK, left)):
                        form.write(chunk)
                        left -= len(chunk)
                    form.write(f"\r\n--{boundary}--\r\n".encode())
                    form.seek(0)
                    kind = f"multipart/form-data; boundary={boundary}"
                    self.ask("PUT", f"/documenten/{document}/bestandsdelen/{part['uuid']}", form, kind)


def _state(document: woo.FrozenDocument) -> str:
    return digest(document.loc, document.text)


def _is_live(frozen: woo.FrozenDocument, release: Path) -> bool:
    """Whether a release shows this document: has its file or, of one that stands elsewhere, was made after it."""
    if frozen.path:
        return is_as_promised(release / frozen.path, frozen.content["sha256"])
    made = json.loads((release / "manifest.json").read_bytes())["finished_at"]
    return frozen.lastmod < datetime.fromisoformat(made) + timedelta(seconds=1)  # it tells whole seconds


def _bring_file(bank: _Bank, publication: str, document: woo.PublicDocument, source: Path) -> str:
    """Have exactly this file of ours in a publication. Returns its id."""
    mark = document.sha256[:40]
    about = {
        "officieleTitel": document.title[:_LONGEST],
        "creatiedatum": (document.created_on or document.actions[0].at.astimezone(AMSTERDAM).date()).isoformat(),
    }
    there = {str(one["uuid"]): one for one in bank.listed("/documenten", publicatie=publication) if _mark_of(one)}
    same = [name for name, one in there.items() if _mark_of(one) == mark and one["uploadVoltooid"]]
    if same:
        bank.ask("PATCH", f"/documenten/{same[0]}", about)
    else:
        made = bank.ask(
            "POST",
            "/documenten",
            {
                **about,
                "publicatie": publication,
                "kenmerken": [{"kenmerk": mark, "bron": _SOURCE}],
                "bestandsnaam": source.name[-_LONGEST:],
                "bestandsformaat": document.media_type[:_LONGEST],
                "bestandsomvang": document.size,
            },
        )
        same = [str(made["uuid"])]
        bank.upload(same[0], made["bestandsdelen"] or (), source)
    for old in there.keys() - {same[0]}:  # the file was replaced, or an earlier time stopped half-way
        bank.ask("DELETE", f"/documenten/{old}")
    return same[0]


def _about(bank: _Bank, document: woo.PublicDocument) -> Mapping[str, Any]:
    """What is told of a document, in the words of that server."""
    text = "\n\n".join(document.descriptions)
    if document.path is None:
        text = f"{text}\n\nHet document staat op {document.loc}".strip()
    publisher = bank.uuid_of("/organisaties", document.publisher)
    return {
        "officieleTitel": document.title[:_LONGEST],
        "verkorteTitel": (document.short_titles or ("",))[0][:_LONGEST],
        "omschrijving": text,
        "informatieCategorieen": [bank.uuid_of("/informatiecategorieen", term) for term in document.categories],
        "publisher": publisher,
        "verantwoordelijke": bank.uuid_of("/organisaties", document.responsible) if document.responsible else publisher,
        "datumBeginGeldigheid": _day(document.valid_from),
        "datumEindeGeldigheid": _day(document.valid_until),
        "kenmerken": [{"kenmerk": document.id.hex, "bron": _SOURCE}],
    }


def _day(moment: datetime | None) -> str | None:
    return moment.astimezone(AMSTERDAM).date().isoformat() if moment else None


def _mark_of(found: Mapping[str, Any]) -> str:
    """Our `kenmerk` of a document or a publication; empty when it is not ours."""
    return next((str(one["kenmerk"]) for one in found.get("kenmerken", ()) if one["bron"] == _SOURCE), "")


def _withdraw(bank: _Bank, publication: str) -> None:
    """Its documents go with it. A concept cannot be withdrawn: nobody saw it, and it is removed."""
    status = bank.status_of(publication)
    if status == _CONCEPT:
        bank.ask("DELETE", f"/publicaties/{publication}")
    elif status == _SHOWN:
        bank.ask("PATCH", f"/publicaties/{publication}", {"publicatiestatus": _WITHDRAWN})
