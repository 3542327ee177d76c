"""What a GPP-publicatiebank answers, on this machine: the parts of its API (version 2) that a sender of documents needs.

After its OpenAPI description: a token and three audit headers with every request; a status goes from concept to
gepubliceerd to ingetrokken and never back; a document is as public as its publication; a file comes in pieces.
"""

import json
import re
import threading
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

TOKEN = "een-sleutel-die-nergens-mag-staan"
AUDIT = ("Audit-User-ID", "Audit-User-Representation", "Audit-Remarks")
PART = 400
"""Bytes of a piece of a file."""
NEXT = {"concept": "gepubliceerd", "gepubliceerd": "ingetrokken"}
Record = dict[str, Any]


class Refusal(Exception):
    """A status, and what is said with it."""

    def __init__(self, status: int, said: object = None) -> None:
        super().__init__(status)
        self.status, self.said = status, said


class GppServer:
    """Knows one organisation and the categories that it is given, by the addresses of the national lists."""

    def __init__(self, organisation: str, *categories: str) -> None:
        self.names = {"organisaties": {organisation: str(uuid4())}}
        self.names["informatiecategorieen"] = {name: str(uuid4()) for name in categories}
        self.publications: dict[str, Record] = {}
        self.documents: dict[str, Record] = {}
        self.pieces: dict[str, dict[str, bytes]] = {}
        self.asked: list[str] = []
        """Method and path of every request that changes something."""
        self.breaks_after: int | None = None
        """So many changes are made; of the next one the answer is lost."""
        self.forbids = False
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                try:
                    status, said = server.answer(self.command, self.path, self.headers, body)
                except Refusal as refusal:
                    status, said = refusal.status, refusal.said
                if self.command != "GET" and server.is_broken():
                    self.close_connection = True
                    return
                data = b"" if said is None else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        for verb in ("GET", "POST", "PATCH", "PUT", "DELETE"):
            setattr(Handler, f"do_{verb}", Handler.answer)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"gpp+http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(20)
        self._server.server_close()

    def is_broken(self) -> bool:
        if self.breaks_after is None:
            return False
        self.breaks_after -= 1
        return self.breaks_after < 0

    def answer(self, method: str, address: str, headers: Any, body: bytes) -> tuple[int, object]:
        self._let_in(method, headers)
        parts = urlsplit(address)
        asked = dict(parse_qsl(parts.query))
        match = re.fullmatch(r"/api/v2/([a-z]+)(?:/([0-9a-f-]{36})(?:/bestandsdelen/([0-9a-f-]{36}))?)?", parts.path)
        if match is None:
            raise Refusal(404)
        if method != "GET":
            self.asked.append(f"{method} {match[1]}")
        kind, name, part = match.groups()
        if part:
            return 200, self._receive(name, part, headers, body)
        if kind in self.names:
            known = self.names[kind].get(asked["identifier"])
            return 200, _listed([{"uuid": known, "identifier": asked["identifier"]}] if known else [])
        return self._do(method, kind, name, json.loads(body) if body else {}, asked)

    def _let_in(self, method: str, headers: Any) -> None:
        if headers.get("Authorization") != f"Token {TOKEN}":
            raise Refusal(401, {"detail": "Ongeldige token."})
        if self.forbids and method != "GET":
            raise Refusal(403, {"detail": "Geen rechten."})
        if missing := [name for name in AUDIT if not headers.get(name)]:
            raise Refusal(400, {"missing": missing})

    def _do(self, method: str, kind: str, name: str | None, facts: Record, asked: Record) -> tuple[int, object]:
        records = {"publicaties": self.publications, "documenten": self.documents}[kind]
        if name is None:
            if method == "POST":
                return 201, (self._publish if kind == "publicaties" else self._register)(facts)
            return 200, _listed([one for one in records.values() if _fits(one, asked)])
        if name not in records:
            raise Refusal(404)
        if method == "PATCH":
            self._change(kind, records[name], facts)
        elif method == "DELETE":
            del records[name]
            return 204, None
        return 200, records[name]

    def _publish(self, facts: Record) -> Record:
        if facts.get("publicatiestatus") == "ingetrokken":
            raise Refusal(400, {"publicatiestatus": ["U kunt geen ingetrokken publicatie aanmaken."]})
        self._look(facts)
        made = {"publicatiestatus": "gepubliceerd", **facts, "uuid": str(uuid4())}
        self.publications[made["uuid"]] = made
        return made

    def _look(self, facts: Record) -> None:
        known = set(self.names["informatiecategorieen"].values())
        if not facts["informatieCategorieen"] or not known.issuperset(facts["informatieCategorieen"]):
            raise Refusal(400, {"informatieCategorieen": ["Onbekend."]})
        if facts["publisher"] not in self.names["organisaties"].values():
            raise Refusal(400, {"publisher": ["Onbekend."]})
        if not facts["officieleTitel"] or len(facts["officieleTitel"]) > 255:
            raise Refusal(400, {"officieleTitel": ["Te lang of leeg."]})
        if any(len(one[name]) > 40 for one in facts["kenmerken"] for name in ("kenmerk", "bron")):
            raise Refusal(400, {"kenmerken": ["Te lang."]})

    def _register(self, facts: Record) -> Record:
        publication = self.publications[facts["publicatie"]]
        if publication["publicatiestatus"] == "ingetrokken":
            raise Refusal(400, {"nonFieldErrors": ["De publicatie is ingetrokken."]})
        size = facts["bestandsomvang"]
        pieces = [
            {"uuid": str(uuid4()), "volgnummer": place + 1, "omvang": min(PART, size - place * PART)}
            for place in range(-(-size // PART))
        ]
        status = publication["publicatiestatus"]
        made = {**facts, "uuid": str(uuid4()), "publicatiestatus": status, "uploadVoltooid": False}
        self.documents[made["uuid"]] = made
        self.pieces[made["uuid"]] = {one["uuid"]: b"" for one in pieces}
        return {**made, "bestandsdelen": pieces[::-1]}

    def _receive(self, name: str, part: str, headers: Any, body: bytes) -> Record:
        message = BytesParser(policy=HTTP).parsebytes(
            f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode() + body
        )
        [field] = message.iter_parts()
        assert field.get_param("name", header="Content-Disposition") == "inhoud"
        pieces = self.pieces[name]
        pieces[part] = field.get_payload(decode=True)
        self.documents[name]["uploadVoltooid"] = all(pieces.values())
        return {"documentUploadVoltooid": all(pieces.values())}

    def file(self, name: str) -> bytes:
        """What was uploaded of a document."""
        return b"".join(self.pieces[name].values())

    def _change(self, kind: str, record: Record, facts: Record) -> None:
        before, after = record["publicatiestatus"], facts.get("publicatiestatus", record["publicatiestatus"])
        if before == "ingetrokken":
            raise Refusal(400, {"nonFieldErrors": ["U kunt een ingetrokken publicatie niet wijzigen."]})
        if after not in {before, NEXT[before]}:
            raise Refusal(400, {"publicatiestatus": [f"Van {before} naar {after} kan niet."]})
        record.update(facts)
        if kind == "publicaties":
            self._look(record)
            for document in self.documents.values():
                if document["publicatie"] == record["uuid"]:
                    document["publicatiestatus"] = after


def _listed(found: list[Record]) -> Record:
    return {"count": len(found), "next": None, "previous": None, "results": found}


def _fits(record: Record, asked: Record) -> bool:
    if "kenmerk" in asked:
        return {"kenmerk": asked["kenmerk"], "bron": asked["bron"]} in record["kenmerken"]
    return record["publicatie"] == asked["publicatie"]
