"""The register on a date as JSON, with a JSON Schema of our own.

Names of the content follow the English text of the GDPR, as in `register.content`; the schema gives the Dutch label of
each. What nobody filled in is left out: it never becomes "no". Every code that occurs stands in `keuzelijsten` with
its label, by the name of its field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_args

from core.content import Part
from register import forms
from register.as_of import Cover, Record
from register.as_of_notes import Notes
from register.content import AS_OF_SCHEMA_PLACE, SCHEMA_NUMBER, ActivityContent, Status
from register.lists import codes_in, fields_of
from register.remarks import RemarkState

_ORGANISATION = {
    "name": "naam",
    "code": "code",
    "tooi_uri": "tooi",
    "oin": "oin",
    "address": "adres",
    "phone": "telefoon",
    "email": "email",
    "website": "website",
    "dpo_name": "fg_naam",
    "dpo_contact": "fg_contact",
    "dpo_registered_on": "fg_aangemeld_op",
    "rights_url": "rechten",
}


def write(cover: Cover, records: Iterable[Record]) -> bytes:
    """The whole register. The same data gives the same bytes."""
    labels: dict[tuple[str, str], str] = {}
    found = []
    for record in records:
        for place, code in codes_in(record.content):
            if label := cover.lists.get(place, {}).get(code):
                labels[place, code] = label
        found.append(_record(record, cover.notes))
    facts = {
        "schema": f"{cover.organisation['base_url']}{AS_OF_SCHEMA_PLACE}",
        "vorm": SCHEMA_NUMBER,
        "peildatum": cover.day.isoformat(),
        "organisatie": _filled({name: cover.organisation.get(key) for key, name in _ORGANISATION.items()}),
        "keuzelijsten": [
            {"veld": place, "code": code, "betekenis": label} for (place, code), label in sorted(labels.items())
        ],
        "verwerkingen": found,
        **_closings(cover.notes, ""),
    }
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


def _record(record: Record, notes: Notes) -> dict[str, Any]:
    version = {"versie": record.version, "vastgesteld_op": _moment(record.established_at)} if record.version else {}
    return {
        "kenmerk": record.kenmerk,
        "status": record.status.value,
        "concept": record.is_concept,
        **version,
        "opgeslagen_op": _moment(record.saved_at),
        "opgeslagen_door": record.saved_by,
        "inhoud": _filled(record.content.model_dump(mode="json")),
        **_remarks(notes, record.kenmerk),
        **_closings(notes, record.kenmerk),
    }


def _remarks(notes: Notes, kenmerk: str) -> dict[str, Any]:
    found = [
        {
            "opmerking": one.text,
            "door": one.made_by,
            "op": _moment(one.made_at),
            "stand": one.state.value,
            "antwoord": one.answer,
            "antwoord_door": one.answered_by,
            "antwoord_op": _moment(one.answered_at),
            "gesloten_door": one.closed_by,
            "gesloten_op": _moment(one.closed_at),
        }
        for one in notes.remarks.get(kenmerk, ())
    ]
    return {"opmerkingen_fg": _filled(found)} if found else {}


def _closings(notes: Notes, kenmerk: str) -> dict[str, Any]:
    found = [
        {
            "regel": one.rule_id,
            "bevinding": one.message,
            "reden": one.reason,
            "geldt_tot_en_met": one.until.isoformat(),
            "door": one.closed_by,
            "op": _moment(one.closed_at),
        }
        for one in notes.closings.get(kenmerk, ())
    ]
    return {"gesloten_bevindingen": _filled(found)} if found else {}


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _filled(value: Any) -> Any:  # noqa: ANN401 - JSON can be anything
    """Without what is empty; a part of a list stays, for its number may be named elsewhere."""
    if isinstance(value, list):
        return [_filled(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _filled(one) for name, one in value.items()}
    return {name: one for name, one in found.items() if one is not False and one not in (None, "", [], {})}


def content_of(facts: Mapping[str, Any]) -> ActivityContent:
    """Read `inhoud` back."""
    return ActivityContent.model_validate(facts)


def schema() -> Mapping[str, Any]:
    """The JSON Schema (2020-12) of the file, made from the shape of the content."""
    moment, text = {"type": "string", "format": "date-time"}, {"type": "string"}
    closings = {"type": "array", "items": {"$ref": "#/$defs/gesloten_bevinding"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Register van verwerkingen op een datum",
        "description": "Het volledige register (AVG artikel 30), ook wat niet op de website staat. Leeg is weggelaten.",
        "type": "object",
        "required": ["schema", "vorm", "peildatum", "organisatie", "keuzelijsten", "verwerkingen"],
        "additionalProperties": False,
        "properties": {
            "schema": {"type": "string", "pattern": f"^https://[^/]+{AS_OF_SCHEMA_PLACE}$"},
            "vorm": {"const": SCHEMA_NUMBER},
            "peildatum": {"type": "string", "format": "date"},
            "organisatie": {
                "type": "object",
                "required": ["naam"],
                "additionalProperties": False,
                "properties": {name: {"type": "string"} for name in _ORGANISATION.values()},
            },
            "keuzelijsten": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["veld", "code", "betekenis"],
                    "additionalProperties": False,
                    "properties": {name: {"type": "string"} for name in ("veld", "code", "betekenis")},
                },
            },
            "verwerkingen": {"type": "array", "items": {"$ref": "#/$defs/verwerking"}},
            "gesloten_bevindingen": closings,
        },
        "$defs": {
            "verwerking": {
                "type": "object",
                "required": ["kenmerk", "status", "concept", "opgeslagen_op", "inhoud"],
                "additionalProperties": False,
                "properties": {
                    "kenmerk": {"type": "string", "pattern": "^VW-[0-9]{4,}$"},
                    "status": {"enum": [status.value for status in Status]},
                    "concept": {"type": "boolean"},
                    "versie": {"type": "integer", "minimum": 1},
                    "vastgesteld_op": moment,
                    "opgeslagen_op": moment,
                    "opgeslagen_door": {"type": "string"},
                    "inhoud": _schema_of(ActivityContent, ""),
                    "opmerkingen_fg": {"type": "array", "items": {"$ref": "#/$defs/opmerking"}},
                    "gesloten_bevindingen": closings,
                },
            },
            "opmerking": {
                "type": "object",
                "required": ["opmerking", "door", "op", "stand"],
                "additionalProperties": False,
                "properties": {
                    "opmerking": text,
                    "door": text,
                    "op": moment,
                    "stand": {"enum": [state.value for state in RemarkState]},
                    "antwoord": text,
                    "antwoord_door": text,
                    "antwoord_op": moment,
                    "gesloten_door": text,
                    "gesloten_op": moment,
                },
            },
            "gesloten_bevinding": {
                "type": "object",
                "required": ["regel", "bevinding", "reden", "geldt_tot_en_met", "door", "op"],
                "additionalProperties": False,
                "properties": {
                    "regel": text,
                    "bevinding": text,
                    "reden": text,
                    "geldt_tot_en_met": {"type": "string", "format": "date"},
                    "door": text,
                    "op": moment,
                },
            },
        },
    }


def _schema_of(model: type[Part], place: str) -> Mapping[str, Any]:
    words = {pattern.replace("-*-", ".").replace("-", "."): found.label for pattern, found in forms.labels().items()}
    properties = {}
    for name, part, is_list in fields_of(model):
        here = f"{place}.{name}".lstrip(".")
        inner = _schema_of(part, here) if part else _type_of(model, name, is_list=is_list)
        made = {"type": "array", "items": inner} if is_list else dict(inner)
        properties[name] = made | ({"title": words[here]} if here in words else {})
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _type_of(model: type[Part], name: str, *, is_list: bool) -> Mapping[str, Any]:
    annotation = model.model_fields[name].annotation
    inner = get_args(annotation)[0] if is_list else annotation
    kind = next(one for one in (*get_args(inner), inner) if isinstance(one, type) and one is not type(None))
    if issubclass(kind, StrEnum):
        return {"enum": [member.value for member in kind]}
    if kind is date:
        return {"type": "string", "format": "date"}
    return {"type": {bool: "boolean", int: "integer"}.get(kind, "string")}
