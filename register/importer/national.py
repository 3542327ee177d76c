"""The export of the national register (AVG-register Rijksoverheid): JSON, loose or in a zip, record by record.

Purposes keep their own legal basis, and groups of people their own data, sources and periods. A key that no field can
hold goes with its name to the remarks, so that nothing of the file is lost.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.content import YesNo
from core.errors import BadInput
from register.content import ActivityContent, DataSet, Retention, SpecialCategory
from register.importer import texts
from register.importer.plan import ImportPlan, PlannedRecord, SkippedRow
from register.importer.record import Cell, Note, build

MAX_BYTES = 20_000_000
"""Unpacked. A register of a thousand records takes some five million."""
MAX_FILES = 200
_SIGNS = ("Doelen", "Betrokkenen", "Doorgifte", "Verantwoordelijken", "Beveiliging")
"""A record has at least one of these beside its name."""
_PLAIN = {
    "Nummer": "id",
    "Dienst": "domein",
    "LaatsteWijzigDatum": "laatst_gecontroleerd",
    "Verantwoordelijken.Naam": "bestuursorgaan",
    "Verwerkers.Naam": "verwerkers[].naam",
    "Ontvangers.Omschrijving": "ontvangers[].naam",
    "Systemen.Omschrijving": "systemen[]",
    "Contactpersonen.Naam": "contact_intern",
    "Contactpersonen.Functie": "contact_intern",
    "Contactpersonen.Email": "contact_intern",
    "Contactpersonen.Telefoon": "contact_intern",
    "Opmerkingen": "opmerkingen",
    "Opmerkingen.Tekst": "opmerkingen",
    "Opmerkingen.tekst": "opmerkingen",
    "Besluitvorming.HasBesluitvorming": "adm.soort",
    "Doorgifte.BuitenEu": "doorgifte.is",
    "Doorgifte.BuitenEuOmschrijving": "doorgifte.is",
    "Doorgifte.BuitenEuPassendBeschermingsniveauOmschrijving": "doorgifte[].instrument",
    "GebPia.IsGebpiaAlUitgevoerd": "dpia.status",
    "GebPia.Uitgevoerd": "dpia.status",
}
"""Key -> the field that it fills, as a column of a spreadsheet would."""
_SECURITY = "Beveiliging."
_SPECIAL = {
    "RasOfEtniciteit": "ras of etnische afkomst",
    "PolitiekeGezindheid": "politieke opvattingen",
    "GodsdienstOfLevensovertuiging": "godsdienst of levensovertuiging",
    "LidmaatschapVakvereniging": "lidmaatschap van een vakbond",
    "Genetisch": "genetische gegevens",
    "Biometrisch": "biometrische gegevens",
    "Gezondheid": "gezondheid",
    "SeksueleLeven": "seksueel gedrag of seksuele gerichtheid",
}
_PURPOSE = {"Doel": "doelen[].tekst", "Rechtsgrond": "doelen[].grondslag"}
_PEOPLE = {
    "Omschrijving": "gegevenssets[].betrokkene",
    "bijzonder": "bijzonder[].categorie",
    "strafrecht": "strafrechtelijk.grond",
}
_DATA = {
    "bron": "gegevenssets[].bron[]",
    "Omschrijving": "gegevenssets[].gegeven[]",
    "BronOmschrijving": "gegevenssets[].bron[]",
    "Bewaartermijn": "bewaren[].tekst",
}


def is_json(content: bytes) -> bool:
    """Is this a JSON text, or a zip with JSON in it and no spreadsheet?"""
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError):
            return False
        return any(name.lower().endswith(".json") for name in names) and "[Content_Types].xml" not in names
    return content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def read(content: bytes, called: str) -> tuple[list[tuple[str, ActivityContent, list[Note]]], list[SkippedRow]]:
    """The records of an export, each with the name of its file and its notes; and what is no record.

    Raises:
        BadInput: too large when unpacked, damaged, or without a single record.
    """
    found: list[tuple[str, ActivityContent, list[Note]]] = []
    other: list[SkippedRow] = []
    for name, document in _documents(content, called):
        for number, item in enumerate(document if isinstance(document, list) else [document], start=1):
            if isinstance(item, dict) and item.get("Naam") and any(sign in item for sign in _SIGNS):
                made, notes = _Record(len(found) + 1).content(item)
                found.append((name, made, notes))
            else:
                told = "Dit is geen verwerking, zoals het nationale register die schrijft."
                other.append(SkippedRow(number, told, name, json.dumps(item, ensure_ascii=False)[:2000]))
    if not found:
        raise BadInput(f"In '{called}' staat geen verwerking. Kies de export van het nationale register (JSON of zip).")
    return found, other


def as_plan(content: bytes, called: str) -> ImportPlan:
    """The same as the plan of a spreadsheet without columns: for a dry run, and for the command line."""
    found, other = read(content, called)
    records = tuple(PlannedRecord(made, place, ()) for place, made, _ in found)
    notes = tuple(note for _, _, seen in found for note in seen)
    return ImportPlan(called, 0, records, (), notes, (), tuple(other))


def _documents(content: bytes, called: str) -> Iterator[tuple[str, Any]]:
    try:
        if not content.startswith(b"PK\x03\x04"):
            if len(content) > MAX_BYTES:
                raise _too_large(called)
            yield called, json.loads(content.decode("utf-8-sig"))
            return
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if part.filename.lower().endswith(".json")]
            left = MAX_BYTES
            if len(parts) > MAX_FILES:
                raise _too_large(called)
            for part in parts:
                with archive.open(part) as file:
                    text = file.read(left + 1)  # what a part claims to unpack to is only a claim
                left -= len(text)
                if left < 0:
                    raise _too_large(called)
                yield part.filename[-200:], json.loads(text.decode("utf-8-sig"))
    except (ValueError, RuntimeError, OSError, zipfile.BadZipFile):
        raise BadInput(f"'{called}' is beschadigd. Maak de export opnieuw en probeer het nog een keer.") from None


def _too_large(called: str) -> BadInput:
    return BadInput(f"'{called}' is uitgepakt te groot: hoogstens {MAX_BYTES // 1_000_000} MB. Splits de export.")


class _Record:
    """Reads one record; used once."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._notes: list[Note] = []
        self._remarks: list[str] = []

    def content(self, item: Mapping[str, Any]) -> tuple[ActivityContent, list[Note]]:
        cells: dict[str, list[Cell]] = {}
        other: list[Cell] = []
        own = {"Naam", "Doelen", "Betrokkenen"}
        for key, text in _flat({name: value for name, value in item.items() if name not in own}):
            path = _PLAIN.get(key)
            if path == "dpia.status" and texts.yes_no(text).answer is None:
                path = None
            if path:
                cells.setdefault(path, []).append(Cell(key, text))
            elif key.startswith(_SECURITY) and texts.yes_no(text).rest:
                measure = Cell(key, f"{key.removeprefix(_SECURITY)}: {text}")
                cells.setdefault("maatregelen.algemeen", []).append(measure)
            elif key not in {"Besluitvorming.Logica", "Besluitvorming.BelangGevolgen"}:
                other.append(Cell(key, text))
        whole = self._built(Cell("Naam", _text(item["Naam"])), cells, other)
        purposes = [
            purpose for one in _objects(item.get("Doelen")) for purpose in self._part(one, _PURPOSE, "Doelen").purposes
        ]
        sets, retentions, special = self._people(_objects(item.get("Betrokkenen")))
        decisions = dict(_flat({"Besluitvorming": item.get("Besluitvorming")}))
        content = whole.model_copy(
            update={
                "purposes": tuple(purposes),
                "data_sets": tuple(sets),
                "retentions": tuple(retentions),
                "special_categories": tuple(dict.fromkeys(special)),
                "automation_logic": decisions.get("Besluitvorming.Logica", "")[:4000],
                "automation_consequences": decisions.get("Besluitvorming.BelangGevolgen", "")[:4000],
                "remarks": "\n".join(dict.fromkeys(filter(None, [whole.remarks, *self._remarks])))[:20_000],
            }
        )
        return content, self._notes

    def _built(self, name: Cell, cells: Mapping[str, Sequence[Cell]], other: Sequence[Cell]) -> ActivityContent:
        content, notes = build(self._number, name, cells, other)
        self._notes += notes
        return content

    def _part(self, item: Mapping[str, Any], paths: Mapping[str, str], called: str) -> ActivityContent:
        """A part of the record as if it were a row of its own; what it cannot hold joins the remarks."""
        cells: dict[str, list[Cell]] = {}
        other = []
        for key, text in _flat(item):
            if path := paths.get(key):
                cells.setdefault(path, []).append(Cell(f"{called}.{key}", text))
            else:
                other.append(Cell(f"{called}.{key}", text))
        made = self._built(Cell("Naam", "x"), cells, other)
        self._remarks.append(made.remarks)
        return made

    def _people(
        self, groups: Sequence[Mapping[str, Any]]
    ) -> tuple[list[DataSet], list[Retention], list[SpecialCategory]]:
        sets: list[DataSet] = []
        retentions: list[Retention] = []
        special: list[SpecialCategory] = []
        for group in groups:
            kinds = [word for key, word in _SPECIAL.items() if _answer(group.get(key)) is YesNo.YES]
            is_criminal = _answer(group.get("Strafrechtelijk")) is YesNo.YES
            rows = _objects(group.get("Gegevens"))
            flags = {*_SPECIAL, "Strafrechtelijk", "Gegevens"}
            one = {key: value for key, value in group.items() if key not in flags or _is_odd(key, value)}
            if kinds:
                one["bijzonder"] = kinds
            if is_criminal:
                one["strafrecht"] = "ja"
            made = self._part(one, _PEOPLE, "Betrokkenen")
            parts = [self._part(_source(row), _DATA, "Gegevens") for row in rows]
            items = [item for part in (made, *parts) for one_set in part.data_sets for item in one_set.data]
            sources = [source for part in parts for one_set in part.data_sets for source in one_set.sources]
            obligatory = [_answer(row.get("IsBetrokkeneVerplicht")) for row in rows]
            consequences = [_text(row.get("BetrokkeneConsequenties")) for row in rows]
            first = len(sets) + 1
            common = DataSet(
                data=tuple(dict.fromkeys(items)),
                sources=tuple(dict.fromkeys(sources)),
                obligatory=next((answer for answer in (YesNo.YES, YesNo.NO) if answer in obligatory), None),
                obligatory_consequence="\n".join(dict.fromkeys(filter(None, consequences)))[:4000],
            )
            names = dict.fromkeys(one_set.data_subject for one_set in made.data_sets or (common,))
            sets += [common.model_copy(update={"data_subject": name}) for name in names]
            found = dict.fromkeys(period for part in parts for period in part.retentions)
            retentions += [
                period.model_copy(update={"data_set": number})
                for number in range(first, len(sets) + 1)
                for period in found
            ]
            special += made.special_categories
        return sets, retentions, special


def _source(row: Mapping[str, Any]) -> dict[str, Any]:
    """A kind of data without the answers that are about the whole group; "from the person" as a source."""
    read = {"IsBetrokkeneVerplicht", "BetrokkeneConsequenties", "IsBronBetrokkene"}
    one = {key: value for key, value in row.items() if key not in read}
    if _answer(row.get("IsBronBetrokkene")) is YesNo.YES:
        one["bron"] = "betrokkene"
    return one


def _is_odd(key: str, value: object) -> bool:
    """A flag that is neither yes nor no says something that a person should see."""
    return key != "Gegevens" and bool(_text(value)) and _answer(value) is None


def _answer(value: object) -> YesNo | None:
    return texts.yes_no(_text(value)).answer


def _objects(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list; a plain text in it is an object with that text."""
    items = value if isinstance(value, list) else [] if value is None else [value]
    return [item if isinstance(item, dict) else {"Omschrijving": item} for item in items]


def _flat(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner, key)
    elif text := _text(value):
        yield key, text


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return "" if value is None else str(value).strip()
