"""The words of the trail: what an action and a field are called on screens. No page shows JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import register.forms
import wmebv.forms
import woo.forms
from core.web.forms import Labels
from core.web.pages import dutch_date, dutch_moment

SUBJECTS: Mapping[str, str] = {
    "duty_article": "Plicht",
    "template": "Sjabloon",
    "access": "Toegang",
    "action": "Actie",
    "activity": "Verwerking",
    "address": "Adres van een document",
    "agreement": "Overeenkomst",
    "audit": "Logboek",
    "body": "Bestuursorgaan",
    "category": "Woo-categorie",
    "channel": "Kanaal",
    "check_settings": "Grenzen van de controles",
    "cleaning": "Schonen",
    "closing": "Bevinding gesloten met een reden",
    "document": "Document",
    "designation": "Aanwijzingsbesluit",
    "dossier": "Dossier",
    "emergency": "Noodtoegang",
    "file": "Bestand",
    "goal": "Doel",
    "general": "Antwoorden van de organisatie",
    "column_mapping": "Koppeling van kolommen",
    "import": "Inlezen",
    "installation": "Installatie",
    "inspection_settings": "Controle voor het publiceren",
    "invitation": "Uitnodiging",
    "link": "Koppeling",
    "list": "Lijst van verwerkingen",
    "login": "Inloggen",
    "message": "Bericht",
    "message_type": "Bericht",
    "organisation": "Gegevens van de gemeente",
    "overview": "Overzicht",
    "party": "Partij",
    "process": "Proces met documenten",
    "product": "Product",
    "public_fields": "Velden op de website",
    "job": "Werk op de achtergrond",
    "remark": "Opmerking van de FG",
    "law": "Wet",
    "report": "Rapport",
    "request": "Woo-verzoek",
    "review": "Controle door een team",
    "second_factor": "Tweede stap",
    "sheet": "Vragenblad",
    "site": "Website",
    "system": "Systeem",
    "target": "Kopie van de website",
    "team": "Team",
    "user": "Account",
    "view": "Weergave van de lijst",
}
VERBS: Mapping[str, str] = {
    "accept": "gelukt",
    "add": "toegevoegd",
    "anchor": "einde opgeschreven",
    "answer": "beantwoord",
    "approve": "goedgekeurd",
    "ask": "gevraagd",
    "attach": "bestand toegevoegd",
    "backup": "back-up gemaakt",
    "cancel": "afgebroken",
    "change": "gewijzigd",
    "change_roles": "rollen gewijzigd",
    "clean": "geschoond",
    "close": "gesloten voor de laatste dag",
    "confirm": "gecontroleerd en akkoord",
    "decide": "over een voorstel beslist",
    "detach": "bestand weggehaald",
    "disable": "gesloten",
    "download": "gedownload",
    "enable": "aangezet",
    "end": "beëindigd",
    "establish": "vastgesteld",
    "export": "geëxporteerd",
    "follow_roles": "rollen overgenomen van het werkaccount",
    "inspect": "nagekeken",
    "mail": "link gemaild",
    "make": "gemaakt",
    "offer": "aangeboden",
    "open": "begonnen",
    "plan": "gepland",
    "publish": "gepubliceerd",
    "read": "ingelezen",
    "ready": "klaargezet",
    "reclassify": "in een andere categorie gezet",
    "refuse": "geweigerd",
    "remind": "herinnering gevraagd",
    "remove": "weggehaald",
    "renew": "bijgewerkt door een ander document",
    "reopen": "weer geopend",
    "replace": "bestand vervangen",
    "restore": "back-up teruggezet",
    "retry": "opnieuw gestart",
    "roll_back": "vorige teruggezet",
    "send_back": "teruggestuurd met een vraag",
    "set_password": "wachtwoord gewijzigd",
    "settle": "afgehandeld",
    "look_up": "nagezocht",
    "amend": "eigen keuze vastgelegd",
    "strict": "strikte modus gewijzigd",
    "sign_off": "afgetekend",
    "submit": "ter controle aangeboden",
    "start": "gestart",
    "switch": "van organisatie gewisseld",
    "term": "andere laatste dag",
    "unplan": "niet meer gepland",
    "withdraw": "ingetrokken",
}
WHOLE: Mapping[str, str] = {
    "core:link:try": "Links: geprobeerd",
    "core:login:accept": "Ingelogd",
    "core:login:end": "Uitgelogd",
    "core:login:refuse": "Inloggen geweigerd",
    "core:second_factor:disable": "Tweede stap: uitgezet",
    "woo:document:approve": "Document: kritieke melding mag openbaar",
    "woo:overview:approve": "Overzicht: kritieke melding mag openbaar",
    "woo:overview:confirm": "Overzicht: gezegd waarom een melding openbaar mag",
    "woo:overview:inspect": "Overzicht: nagekeken",
    "woo:overview:refuse": "Overzicht: kritieke melding mag niet openbaar",
    "woo:overview:reopen": "Overzicht: melding weer open",
    "woo:document:confirm": "Document: gezegd waarom een melding openbaar mag",
    "woo:document:drop_offer": "Document: nieuw bestand weggegooid",
    "woo:document:inspect": "Document: bestand nagekeken",
    "woo:document:offer": "Document: nieuw bestand wacht op de controle",
    "woo:document:refuse": "Document: kritieke melding mag niet openbaar",
    "woo:document:reopen": "Document: melding weer open",
}
"""Actions that read better as one word."""
FIELDS: Mapping[str, str] = {
    "asked_by": "Gevraagd door",
    "systems": "Systemen",
    "activity": "Verwerking",
    "activity_id": "Verwerking (nummer)",
    "address": "Van welk adres",
    "ambitions": "Ambities per jaar",
    "critical": "Kritieke meldingen",
    "fault": "Fout",
    "file_before": "Openbaar bestand tot de vervanging",
    "hits": "Meldingen",
    "known": "Van de gemeente zelf",
    "public_sha256": "Controlegetal van wat openbaar is",
    "file_is_notice": "Het bestand is een mededeling",
    "pages": "Bladzijden",
    "sequence": "Volgorde van de documenten",
    "grounds": "Gronden om iets weg te laten",
    "answer": "Antwoord",
    "answered_by": "Beantwoord door",
    "answered_on": "Beantwoord op",
    "answers": "Antwoorden",
    "article": "Artikel",
    "assessed_on": "Beoordeeld op",
    "base": "Pdf-formulieren op die dag (nummers)",
    "basis": "Waaruit het volgde",
    "bodies": "Bestuursorganen",
    "body": "Bestuursorgaan",
    "category": "Categorie",
    "changed": "Er was iets nieuws",
    "channel_id": "Kanaal (nummer)",
    "channel_ids": "Kanalen (nummers)",
    "added": "Toegevoegd",
    "completed": "Aangevuld",
    "unchanged": "Stond er al",
    "message_types": "Berichten",
    "channels": "Kanalen",
    "choices": "Keuzes",
    "closed_by": "Gesloten door",
    "code": "Code",
    "controller": "Bestuursorgaan",
    "columns": "Kolommen",
    "corrections": "Verbeteringen",
    "cooling_off_hours": "Wachttijd in uren",
    "country": "Land",
    "data": "Gegevens",
    "data_sets": "Gegevens",
    "decided_on": "Datum van het besluit",
    "designated": "Aangewezen",
    "designation": "Aanwijzing",
    "description": "Omschrijving",
    "direction": "Richting",
    "dpia": "DPIA",
    "dossier": "Dossier",
    "duty": "Plicht",
    "encrypted": "Versleuteld",
    "ended_on": "Gestopt op",
    "established_version": "Vastgestelde versie",
    "events": "Gebeurtenissen",
    "evidence_document": "Bewijs: document",
    "evidence_on": "Bewijs: datum",
    "evidence_url": "Bewijs: adres",
    "executor": "Wie voert het uit",
    "explanation": "Uitleg",
    "export": "Export",
    "external_id": "Nummer in het oude systeem",
    "extra": "Extra metadata",
    "faults": "Fouten",
    "file": "Bestand",
    "is_shared": "Voor iedereen",
    "query": "Keuzes in de lijst",
    "file_name": "Naam van het bestand",
    "fields": "Velden van het record",
    "files": "Bestanden",
    "filter": "Gezocht op",
    "format": "Vorm",
    "hidden": "Niet op de website",
    "shown": "Wel op de website",
    "format_code": "Soort bestand",
    "form_id": "Formulier",
    "frequency": "Hoe vaak",
    "from": "Van",
    "heads": "Einde van de ketens",
    "identifiers": "Kenmerken",
    "in_force_checked": "Nagekeken",
    "in_force_since": "Geldt sinds",
    "in_force_source": "Bron daarvan",
    "ambition": "Ambitie",
    "is_active": "Account is open",
    "is_demo": "Voorbeeld",
    "is_research_on_itself": "Onderzoek over de eigen organisatie",
    "joint_controllers": "Samen verantwoordelijk",
    "key": "Waarvoor de reden geldt",
    "kind": "Soort",
    "kinds": "Soorten",
    "label": "Naam",
    "language": "Taal",
    "last_checked_on": "Laatst gecontroleerd op",
    "law": "Wet",
    "laws": "Wetten",
    "level": "Niveau",
    "loc": "Adres op de website",
    "locations": "Adressen",
    "login_levels": "Niveau van inloggen",
    "made_at": "Back-up van",
    "message": "Wat de bevinding zei",
    "method": "Hoe",
    "name": "Naam",
    "gelaten": "Gelaten zoals het was",
    "gewijzigd": "Gewijzigd",
    "note": "Opmerking",
    "number": "Nummer",
    "official": "Officieel bericht",
    "origin": "Herkomst",
    "place": "Waar in het bestand",
    "planned_on": "Gepland op",
    "position": "Plaats in de lijst",
    "principals": "Opdrachtgevers",
    "processors": "Verwerkers",
    "purposes": "Doelen",
    "template_id": "Sjabloon (nummer)",
    "message_type_id": "Bericht (nummer)",
    "is_removed": "Weggehaald",
    "product_id": "Product (nummer)",
    "renewed_on": "Bijgewerkt op",
    "product": "Product",
    "product_page_url": "Adres van de productpagina",
    "proposal": "Voorstel",
    "public_id": "Nummer van het dossier",
    "published_version": "Gepubliceerde versie",
    "much_less": "Veel minder op de website, en dat klopt",
    "reaches": "Wordt gehaald",
    "reason": "Reden",
    "reasoning": "Toelichting",
    "recipients": "Ontvangers",
    "records": "Verwerkingen",
    "reference": "Kenmerk",
    "registered_in_roo_on": "Aangemeld in ROO op",
    "relations": "Relaties met andere documenten",
    "reopened_at": "Weer geopend op",
    "replaced_at": "Vervangen op",
    "replacement_note": "Toelichting bij het vervangen",
    "replacement_reason": "Reden van het vervangen",
    "request": "Verzoek",
    "retentions": "Bewaartermijnen",
    "right_restrictions": "Uitzonderingen op rechten",
    "revisions": "Oude versies in de geschiedenis",
    "role": "Rol",
    "roles": "Rollen",
    "rows": "Regels",
    "rule_id": "Regel",
    "sensitivity": "Hoe gevoelig",
    "sequences": "Nummers van het einde",
    "sha256": "Controlegetal van het bestand",
    "signed_off_by": "Afgetekend door",
    "is_strict": "Strikte modus",
    "signed_off_on": "Afgetekend op",
    "size": "Grootte in bytes",
    "slug": "Naam in het adres",
    "source": "Waar het vandaan komt",
    "source_system": "Bronsysteem",
    "sources": "Bronnen",
    "special_categories": "Bijzondere gegevens",
    "state": "Stand",
    "status": "Stand",
    "subject": "Kenmerk",
    "subject_kind": "Soort record",
    "supplier": "Leverancier",
    "hosting": "Waar draait het",
    "team": "Team",
    "text": "Tekst",
    "title": "Titel",
    "toegevoegd": "Toegevoegd",
    "to": "Naar",
    "tooi_label": "Naam in TOOI",
    "tooi_uri": "Adres in TOOI",
    "transfers": "Doorgiften",
    "until": "Tot en met",
    "owms_label": "Naam in de lijst van Samenwerkende Catalogi",
    "owms_uri": "Adres in de lijst van Samenwerkende Catalogi",
    "upl_label": "Naam in de UPL",
    "url": "Adres",
    "username": "Gebruikersnaam",
    "value": "Antwoord",
    "version": "Versie",
    "versions": "Vastgestelde versies",
    "wet": "Wet",
    "with": "Met welke organisatie",
    "withdrawal_note": "Toelichting bij het intrekken",
    "withdrawal_reason": "Reden van het intrekken",
    "withdrawn_at": "Ingetrokken op",
    "wpg": "Wet politiegegevens",
}
"""Fields that no form asks, or that are asked in other words."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}.*([+-]\d{2}:\d{2}|Z)")


def in_words(action: str) -> str:
    """`woo:document:publish` -> `Document: gepubliceerd`; a part without a word is shown as it is."""
    if action in WHOLE:
        return WHOLE[action]
    _folder, _, rest = action.partition(":")
    subject, _, verb = rest.partition(":")
    return f"{SUBJECTS.get(subject, subject)}: {VERBS.get(verb, verb)}"


def changes(kind: str, contents: Mapping[str, Any] | None) -> list[list[str]]:
    """What changed, a row for each field: its name, what it was and what it became."""
    told = contents or {}
    before, after = (dict(_flat(told.get(side) or {})) for side in ("before", "after"))
    paths = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    rows = [[_label(kind, path), _shown(before.get(path)), _shown(after.get(path))] for path in paths]
    return sorted(rows, key=lambda row: row[0].casefold())


Path = tuple[str | int, ...]


def _flat(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401 - any JSON
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, (*at, str(name)))
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        for number, item in enumerate(value, start=1):
            yield from _flat(item, (*at, number))
    else:
        yield at, value


def _label(kind: str, path: Path) -> str:
    """The words of the form where there is one; in a list with the number of the item behind it."""
    pattern = "-".join("*" if isinstance(part, int) else part for part in path)
    numbers = [str(part) for part in path if isinstance(part, int)]
    known = _forms().get(kind, {}).get(pattern)
    words = [known] if known else [name_of(part) for part in path if isinstance(part, str)]
    name = ", ".join(words)
    return f"{name} ({'.'.join(numbers)})" if numbers else name


def name_of(field: str) -> str:
    """A field that no form asks, in Dutch where we have a word for it."""
    found = FIELDS.get(field) or _by_name().get(field)
    return found or field.replace("_", " ")


def has_words(kind: str, field: str) -> bool:
    """Whether a field of a record has words of its own."""
    return field in FIELDS or field in _by_name() or field in _forms().get(kind, {})


@cache
def _forms() -> Mapping[str, Mapping[str, str]]:
    def words(labels: Mapping[str, Labels]) -> Mapping[str, str]:
        return {pattern: label.label for pattern, label in labels.items()}

    from app.admin import ORGANISATION_LABELS, SHARED_LABELS
    from app.thresholds import LIMIT_LABELS
    from register.routes_shared import AGREEMENT_LABELS, LAW_LABELS

    return {
        "register_activity": words(register.forms.labels()),
        "woo_category": words(woo.forms.CATEGORY),
        "register_check_settings": words(LIMIT_LABELS),
        "woo_document": words(woo.forms.DOCUMENT),
        "woo_process": words(woo.forms.PROCESS),
        "woo_request": words(woo.forms.REQUEST),
        "wmebv_action": words(wmebv.forms.ACTION_LABELS),
        "wmebv_goal": words(wmebv.forms.GOAL_LABELS),
        "wmebv_product": words(wmebv.forms.PRODUCT_LABELS),
        "wmebv_message_type": words(wmebv.forms.MESSAGE_LABELS),
        "wmebv_channel": words(wmebv.forms.CHANNEL_LABELS),
        "wmebv_duty_article": words(wmebv.forms.AMENDMENT_LABELS),
        "wmebv_template": words(wmebv.forms.TEMPLATE_LABELS),
        "core_organisation": words(ORGANISATION_LABELS),
        "core_body": words(SHARED_LABELS),
        "core_team": words(SHARED_LABELS),
        "core_party": words(SHARED_LABELS),
        "core_system": words(SHARED_LABELS),
        "register_agreement": words(AGREEMENT_LABELS),
        "register_law": words(LAW_LABELS),
    }


@cache
def _by_name() -> Mapping[str, str]:
    """The last name of every pattern, whatever the form; the first form that has it gives the words."""
    found: dict[str, str] = {}
    for words in _forms().values():
        for pattern, label in words.items():
            found.setdefault(pattern.rpartition("-")[2], label)
    return found


def _shown(value: Any) -> str:  # noqa: ANN401 - any JSON
    match value:
        case None | "" | []:
            return ""
        case bool():
            return "ja" if value else "nee"
        case list():
            return ", ".join(_shown(item) for item in value)
        case str() if _DAY.fullmatch(value) or _MOMENT.fullmatch(value):
            return _dated(value)
        case _:
            return str(value)


def _dated(value: str) -> str:
    try:
        return dutch_moment(datetime.fromisoformat(value)) if "T" in value else dutch_date(date.fromisoformat(value))
    except ValueError:
        return value


def names_of(actions: Sequence[str]) -> list[tuple[str, str]]:
    """Actions with their words, by those words, for a list to choose from."""
    return sorted(((action, in_words(action)) for action in actions), key=lambda pair: pair[1].casefold())
