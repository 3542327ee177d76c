"""Anchors of the trail: the end of each chain, written down outside of the database.

Who can change the database can also make a chain anew that is right in itself. What gives that away is an end of the
chain that was kept elsewhere. It is kept in four places, each within reach of other people:

* `D/anchors.jsonl`: a line for each chain with every export, backup and restore, and every night;
* the log of the program, with the same lines: municipalities send that to another machine;
* `manifest.json` of every export, which the whole world can read and keep;
* the manifest of every backup.

`core.audit.faults` compares; `openboek audit verify --anchor FILE` takes what was kept on another machine.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlmodel import Session, select

from core import clock
from core.audit import Anchor, AuditHead
from core.db import Database
from core.errors import BadInput
from core.folder import Folder

NAME = "anchors.jsonl"
ACTION = "core:audit:anchor"
SOURCES = {
    "export": "het anker bij een export",
    "backup": "het anker bij een back-up",
    "restore": "het anker bij het terugzetten",
    "night": "het anker van de nacht",
}
"""Why an anchor was written -> what a fault calls it."""
log = structlog.get_logger()


def heads(session: Session) -> Sequence[Anchor]:
    """Where every chain ends now."""
    return [Anchor(one.organisation_id, one.hash, one.sequence) for one in session.exec(select(AuditHead))]


def write(folder: Folder, database: Database, why: str) -> None:
    """Write down where every chain ends now. `why` is one of `SOURCES`."""
    with database.read(None) as session:
        found = heads(session)
    note(folder, found, why)


def note(folder: Folder, ends: Iterable[Anchor], why: str) -> None:
    """Add lines to the file and to the log. A disk that gives way stops no export: the log has them too."""
    lines = [
        {"at": clock.now().isoformat(), "chain": one.chain.hex, "sequence": one.sequence, "hash": one.hash, "why": why}
        for one in sorted(ends, key=lambda one: one.chain)
    ]
    for line in lines:
        log.info("security", action=ACTION, **{name: value for name, value in line.items() if name != "at"})
    data = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    try:
        handle = os.open(folder.root / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            os.write(handle, data)  # one write: lines of two processes do not mix
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        log.exception("anchors could not be written", place=str(folder.root / NAME), reason=error.strerror)


def of_folder(folder: Folder, chains: Mapping[str, UUID]) -> Sequence[Anchor]:
    """The anchors in a folder: the file and the manifests of exports. `chains` are those of the organisation codes.

    What cannot be read is no anchor: a line that was cut off when the power went, an export of long ago.
    """
    found = list(_lines((folder.root / NAME).read_bytes())) if (folder.root / NAME).is_file() else []
    for path in sorted(folder.exports.glob("*/manifest.json")):
        found += _of_manifest(_json(path.read_bytes()), chains)
    return found


def read(path: Path, chains: Mapping[str, UUID]) -> Sequence[Anchor]:
    """The anchors in a file that was kept elsewhere: `anchors.jsonl`, a log, or the manifest of an export or backup.

    Raises:
        BadInput: it cannot be read, or holds no anchor of this installation.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} kan niet worden gelezen. Controleer de naam en de rechten.") from error
    found = [*_of_manifest(_json(data), chains), *_lines(data)]
    if not found:
        raise BadInput(
            f"In {path} staat geen anker van deze installatie. Geef anchors.jsonl, een logboek van het programma "
            "(json) of manifest.json van een export."
        )
    return found


def of_backup(facts: Mapping[str, Any], source: str = "een back-up") -> Sequence[Anchor]:
    """The anchors in the manifest of a backup, as plain data."""
    at, told, numbers = _moment(facts.get("made_at")), facts.get("audit_heads"), facts.get("audit_sequences")
    if not isinstance(told, dict):
        return []
    return [
        made
        for chain, head in told.items()
        if (made := _anchor(chain, head, numbers.get(chain) if isinstance(numbers, dict) else None, at, source))
    ]


def _of_manifest(facts: Any, chains: Mapping[str, UUID]) -> Sequence[Anchor]:  # noqa: ANN401 - whatever a file holds
    if not isinstance(facts, dict):
        return []
    chain = chains.get(str(facts.get("organisation")))
    if chain is None or "audit_head" not in facts:
        return of_backup(facts)
    at, number = _moment(facts.get("finished_at")), facts.get("audit_sequence")
    made = _anchor(chain.hex, facts["audit_head"], number, at, "het manifest van een export")
    return [made] if made else []


def _lines(data: bytes) -> Iterator[Anchor]:
    for line in data.split(b"\n"):
        facts = _json(line)
        if isinstance(facts, dict) and {"chain", "sequence", "hash"} <= facts.keys():
            source = SOURCES.get(str(facts.get("why")), "een anker")
            moment = _moment(facts.get("at") or facts.get("timestamp"))
            if made := _anchor(facts["chain"], facts["hash"], facts["sequence"], moment, source):
                yield made


def _anchor(chain: object, head: object, sequence: object, at: datetime | None, source: str) -> Anchor | None:
    try:
        return Anchor(UUID(str(chain)), str(head), None if sequence is None else int(str(sequence)), at, source)
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _json(data: bytes) -> Any:  # noqa: ANN401 - whatever a file holds
    try:
        return json.loads(data)
    except ValueError:
        return None
