"""The forms of the Woo: labels and help texts, and what a person typed on the way in and out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from core.content import Line, Text
from core.web.forms import Form, Labels, Typed, fill, pattern_of
from woo import lists
from woo.content import CategoryContent, DocumentContent, DocumentId, DossierContent, Part
from woo.inspection.facts import Described

_ORGANISATION = "Schrijf de officiële naam, bijvoorbeeld 'gemeente Losser'."
_ONE_PER_LINE = "Zet elk op een eigen regel."

DOCUMENT = {
    "title": Labels("Titel", "Een titel die een lezer begrijpt. Niet de naam van het bestand.", required=True),
    "category": Labels("Informatiecategorie", article="Woo artikel 3.3", required=True),
    "dossier": Labels(
        "Dossier",
        "Documenten die bij elkaar horen staan in een dossier. Is dit een bijlage? Kies dan onderaan "
        "'Toon de documenten van dit dossier'.",
    ),
    "new_dossier": Labels("Titel van een nieuw dossier", "Laat leeg als u hierboven een dossier kiest."),
    "attachment_to": Labels("Bijlage bij", "Is dit een bijlage? Dan verwijzen beide documenten naar elkaar."),
    "sequence": Labels("Volgorde in het dossier"),
    "kinds": Labels("Documentsoort"),
    "themes": Labels("Thema"),
    "descriptions": Labels("Omschrijving", "Waar gaat het document over? Elke regel is een eigen omschrijving."),
    "keywords": Labels("Trefwoorden", _ONE_PER_LINE),
    "adopted_on": Labels("Datum vastgesteld", "Vul minstens een van deze drie datums in."),
    "received_on": Labels("Datum ontvangen"),
    "signed_on": Labels("Datum ondertekend"),
    "distributed_on": Labels("Datum toegezonden of vergadering", "Voor vergaderstukken en agenda's."),
    "is_research_on_itself": Labels("Dit onderzoek gaat over de eigen organisatie", "Dan is de termijn vier weken."),
    "not_before_on": Labels("Niet openbaar voor", "Bijvoorbeeld zolang een ander nog bezwaar kan maken."),
    "file": Labels(
        "Bestand",
        "PDF, ODT, DOCX, XLSX, HTML of een ander soort dat de Woo-index leest. Onderaan kunt u er gegevens uit halen.",
    ),
    "source_url": Labels("Adres elders", "Als het document op een andere website staat. Begint met https://."),
    "withheld": Labels("Is er iets weggelaten?", article="Woo artikel 3.3 lid 8"),
    "grounds-*-code": Labels("Waarom mag dat?", article="Woo artikel 5.1 en 5.2"),
    "grounds-*-passage": Labels(
        "Welk deel?", "Bijvoorbeeld: bladzijde 3, een naam. Leeg: het hele document. Dit staat op de website."
    ),
    "grounds-*-reason": Labels("Afweging", "Alleen voor intern gebruik."),
    "notice": Labels("Mededeling voor de lezer", "Wat is er niet openbaar, en waarom? In gewone woorden."),
    "heard_from": Labels("Zienswijze gevraagd op", article="Woo artikel 3.3 lid 5 onder h"),
    "heard_until": Labels("Zienswijze mogelijk tot en met"),
    "objection_expected": Labels("Er komt misschien bezwaar tegen openbaarmaking"),
    "noticed_on": Labels("Betrokkenen geïnformeerd op", article="Woo artikel 3.3 lid 5 onder i en lid 7"),
    "internal_note": Labels("Interne notitie", "Dit komt nooit op de website."),
    "other_categories": Labels("Andere categorieën"),
    "publisher": Labels("Publicerende organisatie", f"Leeg: uw eigen organisatie. {_ORGANISATION}"),
    "responsible": Labels("Verantwoordelijke organisatie", _ORGANISATION),
    "co_responsible": Labels("Medeverantwoordelijke organisaties", f"{_ORGANISATION} {_ONE_PER_LINE}"),
    "author": Labels("Organisatie die het document maakte", _ORGANISATION),
    "author_name": Labels("Naam van de opsteller", "Noem een team of functie, geen naam van een medewerker."),
    "acted_by": Labels("Organisatie die vaststelde, tekende of ontving", _ORGANISATION),
    "short_titles": Labels("Verkorte titels", _ONE_PER_LINE),
    "alternative_titles": Labels("Alternatieve titels", _ONE_PER_LINE),
    "identifiers": Labels("Kenmerken", f"Bijvoorbeeld een zaaknummer. {_ONE_PER_LINE}"),
    "created_on": Labels("Datum gemaakt"),
    "valid_from": Labels("Geldig vanaf"),
    "valid_until": Labels("Geldig tot"),
    "language": Labels("Taal"),
    "aggregation": Labels("Kenmerk van het geheel", "Leeg: het dossier."),
    "part_of": Labels("Is deel van"),
    "relations-*-role": Labels("Soort relatie"),
    "relations-*-target": Labels("Ander document"),
    "extra-*-key": Labels("Naam van het gegeven"),
    "extra-*-values": Labels("Waarden", _ONE_PER_LINE),
    "reason": Labels("Reden"),
    "note": Labels("Toelichting", "Alleen voor intern gebruik. Komt niet op de website."),
    "planned_on": Labels("Openbaar op", required=True),
}
CATEGORY = {
    "status": Labels("Status", required=True),
    "ambition": Labels("Ambitie", "Wat wilt u bereiken, en wanneer? Alleen voor intern gebruik."),
    "ambitions-*-year": Labels("Jaar", required=True),
    "ambitions-*-goal": Labels("Wat wilt u dit jaar bereiken?", "Alleen voor intern gebruik."),
    "ambitions-*-share": Labels("Deel van de processen dat is aangesloten (%)", "Leeg: geen doel in cijfers."),
    "frequency": Labels("Hoe vaak komt er iets bij?", "Bijvoorbeeld: elke week na de vergadering."),
    "team": Labels("Team"),
    "in_force_since": Labels(
        "Verplicht sinds", "Leeg: nog niet verplicht.", "Woo artikel 3.3; de wet groeit in stappen"
    ),
    "deadline_days": Labels(
        "Termijn in dagen",
        "Binnen hoeveel dagen moet een document openbaar zijn? Leeg: geen vaste termijn.",
        "Woo artikel 3.3 lid 4 en 5",
    ),
    "archive_years": Labels(
        "Naar het archief na (jaren)", "Leeg: nog niet bepaald. Openboek verwijdert nooit vanzelf iets.", "Archiefwet"
    ),
    "in_force_source": Labels("Bron", "Waar hebt u dat gezien, en wanneer?"),
    "in_force_checked": Labels("Ik heb dit nagekeken"),
    "locations-*-url": Labels("Adres", "De pagina waar de documenten staan. Begint met https://."),
    "locations-*-kind": Labels("Wat voor plek is dit?", "Publiceren op een andere plek telt ook."),
    "locations-*-explanation": Labels("Toelichting"),
    "locations-*-source_system": Labels("Bronsysteem", "Alleen voor intern gebruik."),
    "locations-*-registered_in_roo_on": Labels("Aangemeld in het ROO op"),
    "locations-*-last_checked_on": Labels("Laatst nagekeken op"),
}
PROCESS = {
    "process": Labels("Proces", "Bijvoorbeeld: besluiten van het college voorbereiden.", required=True),
    "document_kind": Labels("Documentsoort", "Welk soort document komt hieruit? Maak voor elk soort een eigen regel."),
    "category": Labels("Informatiecategorie", article="Woo artikel 3.3"),
    "state": Labels("Hoe ver bent u?", required=True),
    "system": Labels("Systeem", "Waar staan deze documenten nu?"),
    "team": Labels("Team"),
    "yearly_volume": Labels("Aantal per jaar", "Een schatting is goed."),
    "remarks": Labels("Opmerkingen", "Alleen voor intern gebruik."),
}
REQUEST = {
    "case_number": Labels("Zaaknummer", "Noem nooit de naam van wie het verzoek deed.", required=True),
    "subject": Labels("Waar gaat het over?", "Kort, zonder namen van mensen."),
    "received_on": Labels("Ontvangen op", article="Woo artikel 4.4 lid 1", required=True),
    "extended_on": Labels(
        "Verlengd op", "De dag waarop u liet weten dat u twee weken meer nodig heeft.", "Woo artikel 4.4 lid 2"
    ),
    "extension_reason": Labels("Waarom is er meer tijd nodig?"),
    "suspended_from": Labels(
        "Zienswijze gevraagd op",
        "De dag waarop u anderen om hun mening vroeg. De termijn staat dan stil.",
        "Woo 4.4 lid 3",
    ),
    "suspended_until": Labels("Zienswijze ontvangen, of termijn daarvoor voorbij, op"),
    "decision": Labels("Besluit"),
    "decided_on": Labels("Besloten op"),
    "team": Labels("Team"),
    "remarks": Labels("Opmerkingen", "Alleen voor intern gebruik. Zonder namen van indieners."),
}
DOSSIER = {
    "title": Labels("Titel van het dossier", required=True),
    "description": Labels("Omschrijving"),
    "category": Labels("Informatiecategorie"),
}
LANGUAGES: Mapping[str, str] = {
    short: f"http://publications.europa.eu/resource/authority/language/{code}"
    for short, code in {"nl": "NLD", "en": "ENG", "de": "DEU", "fr": "FRA"}.items()
}
"""Two letters, as files say it, and the address in the list."""
ORGANISATION_FIELDS = ("publisher", "responsible", "co_responsible", "author", "acted_by")
_TYPED_AS_LINES = frozenset(
    {
        "keywords",
        "descriptions",
        "short_titles",
        "alternative_titles",
        "identifiers",
        "co_responsible",
        "extra-*-values",
    }
)


class NewDocument(DocumentContent):
    """A document with the dossier it goes into: an existing one, or the title of a new one."""

    dossier: Annotated[str, Field(max_length=80)] = ""
    new_dossier: Annotated[str, Field(max_length=2000)] = ""
    attachment_to: DocumentId | None = None

    def content(self) -> DocumentContent:
        return DocumentContent.model_validate(self.model_dump(exclude={"dossier", "new_dossier", "attachment_to"}))


class ReasonInput(Part):
    """Why a document is replaced or withdrawn."""

    reason: Line = ""
    note: Text = ""


class PlanInput(Part):
    planned_on: date


def propose(form: Form[Any], told: Described) -> None:
    """Fill in what a file says where a person typed nothing, and mark it as a proposal; elsewhere say what it says."""
    code = LANGUAGES.get(told.language, "")
    days = ("adopted_on", "received_on", "signed_on")
    has_day = any(form.value(name).strip() for name in days)
    said = {
        "title": told.title,
        "adopted_on": "" if has_day or not told.adopted_on else told.adopted_on.isoformat(),
        "created_on": told.created_on.isoformat() if told.created_on else "",
        "language": code,
    }
    for name, value in said.items():
        typed = form.value(name).strip()
        if not value or typed == value:
            continue
        if typed:
            shown = lists.LANGUAGES.label(value) if name == "language" else value
            _help(form, name, f"In het bestand staat: '{shown}'.")
        else:
            others = tuple(pair for pair in form.typed.pairs if pair[0] != name)
            form.typed = Typed((*others, (name, value)))
            _help(form, name, "Voorstel uit het bestand. Kijk of het klopt.")


def _help(form: Form[Any], name: str, text: str) -> None:
    words = form.labels[name]
    form.labels = {**form.labels, name: replace(words, help=f"{text} {words.help}".strip())}


def told_words(told: Described) -> str:
    """That a file was read, and how long it is."""
    pages = f" Het heeft {told.pages} {'bladzijde' if told.pages == 1 else 'bladzijden'}." if told.pages else ""
    if not (told.title or told.adopted_on or told.created_on or told.language):
        return f"In het bestand staan geen gegevens om over te nemen.{pages}"
    return f"Wat leeg was, is voorgesteld uit het bestand. Er is nog niets opgeslagen.{pages}"


def document_form(content: DocumentContent) -> Form[Any]:
    """The form of a stored document; organisations by name."""
    named: dict[str, Any] = {
        field: lists.organisation_name(getattr(content, field))
        for field in ORGANISATION_FIELDS
        if field != "co_responsible"
    }
    named["co_responsible"] = tuple(lists.organisation_name(code) for code in content.co_responsible)
    return _with_lines(fill(content.model_copy(update=named), DOCUMENT))


def category_form(content: CategoryContent) -> Form[Any]:
    return fill(content, CATEGORY)


def dossier_form(content: DossierContent) -> Form[Any]:
    return fill(content, DOSSIER)


def category_options() -> list[tuple[str, str]]:
    """The categories a municipality can use, in the order of the law."""
    return [
        (
            number,
            f"{number} {entry.label}"
            if number != lists.WITHOUT_DUTY
            else "3.1 zonder plicht (inspanningsverplichting)",
        )
        for number, entry in lists.categories().items()
        if entry.municipality != "no"
    ]


def _with_lines(form: Form[Any]) -> Form[Any]:
    """Texts of a list stand in one field, each on a line of its own."""
    form.typed = Typed(tuple(_joined(form.typed.pairs)))
    return form


def _joined(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    lines: dict[str, list[str]] = {}
    for name, value in pairs:
        if pattern_of(name) in _TYPED_AS_LINES:
            lines.setdefault(name, []).append(value)
        else:
            yield name, value
    for name, values in lines.items():
        yield name, "\n".join(values)
