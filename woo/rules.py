"""What the Woo and the Woo-index ask of a document and of a category. Pure: no database, no clock, no files.

Every rule is a function that yields what it found; numbers `WOO-0xx` are about a document, `WOO-1xx` about a category.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from core import plain_language
from core.findings import Severity
from woo import lists
from woo.content import CategoryContent, CategoryStatus, DocumentContent, DocumentState

AGENDA = "https://identifier.overheid.nl/tooi/def/thes/kern/c_f90465b3"
REPORT_OF_MEETING = "https://identifier.overheid.nl/tooi/def/thes/kern/c_42e406dd"
TWO_WEEKS = 14
FOUR_WEEKS = 28
CHECK_AFTER = timedelta(days=365)

_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FILE_NAME = re.compile(
    r"^\S.*\.(7z|csv|docx?|docm|html?|od[fpst]|pdf|pp[st]x?|rtf|txt|xlsx?|zip|xml|json|jpe?g|png|gif|tiff?|msg|eml|mp[34])$",
    re.IGNORECASE,
)


class Light(StrEnum):
    """How a category does, in the words of the overview."""

    RED = "rood"
    ORANGE = "oranje"
    GREEN = "groen"
    NONE = "niet van toepassing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `subject` names the document or category; `field` the field of the form, if there is one."""

    rule_id: str
    severity: Severity
    message: str
    article: str
    subject: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """The last day on which a document may become public, and why. `on` is None without a fixed term."""

    on: date | None
    reason: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What surrounds the content of a document. `publisher` is the TOOI address of the organisation itself."""

    today: date
    publisher: str
    state: DocumentState = DocumentState.CONCEPT
    format_code: str = ""
    has_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFacts:
    """What surrounds the content of a category."""

    number: str
    today: date
    documents: int = 0
    """How many are public."""
    late: int = 0
    """How many wait although their term has passed."""


# --- terms -----------------------------------------------------------------------------------------------------------


def due(content: DocumentContent) -> Due:
    """When a document must be public at the latest (Woo art. 3.3 lid 4 and 5).

    The term counts from adoption or receipt; an agreement is adopted when it is signed. A date before which it may
    not be public (a third party is heard, an objection is expected) moves the term.
    """
    found = _term(content)
    if found.on and content.not_before_on and content.not_before_on > found.on:
        return Due(content.not_before_on, "na de termijn voor een zienswijze of bezwaar", "Woo 3.3 lid 5 onder h en i")
    return found


def _term(content: DocumentContent) -> Due:
    entry = lists.categories().get(content.category)
    if entry is None:
        return Due(None, "er is nog geen categorie gekozen", "")
    if entry.deadline_days is None:
        return Due(None, "zonder vaste termijn", entry.article)
    if content.category == "009" and AGENDA in content.kinds:
        return Due(content.distributed_on, "uiterlijk bij het begin van de vergadering", "Woo 3.3 lid 5 onder d")
    is_report = content.category == "008" and REPORT_OF_MEETING in content.kinds
    if entry.deadline_days == 0 and not is_report:
        return Due(content.distributed_on, "bij toezending aan de deelnemers", "Woo 3.3 lid 5 onder c")
    if content.category == "015" and content.is_research_on_itself:
        received = content.received_on or content.adopted_on
        return _after(received, FOUR_WEEKS, "vier weken na ontvangst", "Woo 3.3 lid 5 onder f")
    start = content.adopted_on or content.signed_on or content.received_on
    return _after(start, TWO_WEEKS, "twee weken na vaststelling of ontvangst", "Woo 3.3 lid 4")


def _after(start: date | None, days: int, reason: str, article: str) -> Due:
    return Due(start + timedelta(days=days) if start else None, reason, article)


# --- documents -------------------------------------------------------------------------------------------------------

DocumentRule = Callable[[DocumentContent, DocumentFacts], Iterable[Finding]]


def document_findings(content: DocumentContent, facts: DocumentFacts) -> tuple[Finding, ...]:
    """Everything that is wrong or can be better, errors first. Only errors stand in the way of publishing."""
    found = [finding for rule in DOCUMENT_RULES for finding in rule(content, facts)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def what_blocks(content: DocumentContent, facts: DocumentFacts) -> tuple[Finding, ...]:
    """The errors, which must be mended before the document may become public."""
    return tuple(f for f in document_findings(content, facts) if f.severity is Severity.ERROR)


def _title(content: DocumentContent, _facts: DocumentFacts) -> Iterator[Finding]:
    if not content.title.strip():
        yield _error("WOO-001", "Vul een titel in.", "DiWoo officieleTitel", content, "title")
    elif _FILE_NAME.match(content.title.strip()):
        message = "De titel is de naam van een bestand. Geef het document een titel die een lezer begrijpt."
        yield _error("WOO-002", message, "DiWoo officieleTitel", content, "title")


def _action(content: DocumentContent, facts: DocumentFacts) -> Iterator[Finding]:
    dates = {"adopted_on": content.adopted_on, "signed_on": content.signed_on, "received_on": content.received_on}
    if not any(dates.values()):
        message = "Vul in wanneer het document is vastgesteld, ondertekend of ontvangen. Een van de drie is genoeg."
        yield _error("WOO-003", message, "DiWoo documenthandeling", content, "adopted_on")
    for field, day in dates.items():
        if day and day > facts.today:
            message = "Deze datum ligt in de toekomst. Vul de dag in waarop het is gebeurd."
            yield _error("WOO-004", message, "DiWoo documenthandeling", content, field)


def _organisations(content: DocumentContent, facts: DocumentFacts) -> Iterator[Finding]:
    named = {
        "publisher": (content.publisher or facts.publisher,),
        "responsible": (content.responsible,),
        "co_responsible": content.co_responsible,
        "author": (content.author,),
        "acted_by": (content.acted_by,),
    }
    for field, codes in named.items():
        for code in filter(None, codes):
            name = lists.organisation_name(code)
            ended = lists.ended_organisations().get(code)
            if not lists.is_organisation(code):
                message = f"'{name}' staat niet in de lijst van organisaties. Kies de officiële naam."
                yield _error("WOO-006", message, "DiWoo waardelijsten", content, field)
            elif ended and ended < facts.today and field == "publisher":
                message = f"'{name}' bestaat niet meer sinds {ended:%d-%m-%Y}. Kies de organisatie die er nu is."
                yield _error("WOO-005", message, "DiWoo publisher", content, field)
            elif code in lists.NEWER_ORGANISATIONS.entries:
                message = f"'{name}' staat nog niet in DiWoo 0.9.8 en gaat zonder identificatie mee."
                yield _finding("WOO-012", Severity.TIP, message, "DiWoo waardelijsten", content, field)


def _codes(content: DocumentContent, _facts: DocumentFacts) -> Iterator[Finding]:
    used = {
        "kinds": (lists.KINDS, content.kinds),
        "themes": (lists.THEMES, content.themes),
        "language": (lists.LANGUAGES, (content.language,) if content.language else ()),
        "relations": (lists.ROLES, tuple(relation.role for relation in content.relations)),
    }
    for field, (values, codes) in used.items():
        for code in codes:
            if code not in values.entries:
                message = f"'{code[:100]}' staat niet in de lijst. Kies een waarde uit de lijst."
                yield _error("WOO-007", message, "DiWoo waardelijsten", content, field)


def _category(content: DocumentContent, _facts: DocumentFacts) -> Iterator[Finding]:
    if not content.category:
        yield _error("WOO-008", "Kies een informatiecategorie.", "Woo 3.3", content, "category")
    for number in filter(None, (content.category, *content.other_categories)):
        entry = lists.categories().get(number)
        if entry is None:
            message = f"Categorie '{number[:20]}' bestaat niet. Kies er een uit de lijst."
            yield _error("WOO-008", message, "Woo 3.3", content, "category")
        elif entry.municipality == "no":
            message = f"'{entry.label}' is niet voor gemeenten. Kies een andere categorie."
            yield _error("WOO-009", message, entry.article, content, "category")
        elif entry.municipality != "yes":
            message = f"'{entry.label}' komt bij gemeenten bijna niet voor. Kijk of een andere categorie beter past."
            yield _finding("WOO-009", Severity.WARNING, message, entry.article, content, "category")


def _file(content: DocumentContent, facts: DocumentFacts) -> Iterator[Finding]:
    article = "Woo-index, bestandsformaten"
    if not content.source_url and not facts.has_file:
        message = "Er is nog geen bestand. Voeg een bestand toe of vul het adres in waar het document staat."
        yield _error("WOO-010", message, article, content, "file")
    elif content.source_url and facts.has_file:
        message = "Kies: een bestand hier, of een adres elders. Maak een van de twee leeg."
        yield _error("WOO-010", message, article, content, "source_url")
    elif content.source_url and not format_of_address(content.source_url):
        message = "Het adres moet naar het document zelf gaan en eindigen op bijvoorbeeld .pdf of .html."
        yield _error("WOO-011", message, article, content, "source_url")


def _characters(content: DocumentContent, _facts: DocumentFacts) -> Iterator[Finding]:
    for field, text in _texts(content):
        if _INVISIBLE.search(text) or "\ufffd" in text:
            message = "Er staat een teken in dat niet kan worden getoond. Typ de tekst daar opnieuw."
            yield _error("WOO-013", message, "XML 1.0", content, field)


def _not_before(content: DocumentContent, facts: DocumentFacts) -> Iterator[Finding]:
    if content.not_before_on and content.not_before_on > facts.today:
        message = f"Het document mag niet openbaar worden voor {content.not_before_on:%d-%m-%Y}. Plan de publicatie."
        yield _error("WOO-014", message, "Woo 3.3 lid 5 onder h en i", content, "not_before_on")


def _validity(content: DocumentContent, _facts: DocumentFacts) -> Iterator[Finding]:
    if content.valid_from and content.valid_until and content.valid_until < content.valid_from:
        message = "De geldigheid eindigt voor hij begint. Draai de datums om of verbeter ze."
        yield _error("WOO-015", message, "DiWoo geldigheid", content, "valid_until")


def _term_passed(content: DocumentContent, facts: DocumentFacts) -> Iterator[Finding]:
    term = due(content)
    waits = facts.state not in {DocumentState.PUBLISHED, DocumentState.WITHDRAWN}
    if waits and term.on and term.on < facts.today:
        message = f"Dit document had op {term.on:%d-%m-%Y} openbaar moeten zijn ({term.reason})."
        yield _finding("WOO-020", Severity.WARNING, message, term.article, content, "")


def _advice(content: DocumentContent, _facts: DocumentFacts) -> Iterator[Finding]:
    if not content.kinds:
        message = "Kies een documentsoort. Lezers kunnen daarop zoeken."
        yield _finding("WOO-021", Severity.TIP, message, "DiWoo documentsoort", content, "kinds")
    if not content.descriptions:
        message = "Schrijf in een of twee zinnen waar het document over gaat."
        yield _finding("WOO-022", Severity.TIP, message, "DiWoo omschrijving", content, "descriptions")


def _plain_language(content: DocumentContent, _facts: DocumentFacts) -> Iterator[Finding]:
    """The same check as on the texts of the register for the website."""
    texts = [("title", content.title), *(("descriptions", typed) for typed in content.descriptions)]
    for field in dict.fromkeys(field for field, typed in texts if plain_language.is_hard_to_read(typed)):
        yield _finding(
            plain_language.RULE_ID,
            plain_language.SEVERITY,
            plain_language.MESSAGE,
            plain_language.ARTICLE,
            content,
            field,
        )


DOCUMENT_RULES: Sequence[DocumentRule] = (
    _title,
    _action,
    _organisations,
    _codes,
    _category,
    _file,
    _characters,
    _not_before,
    _validity,
    _term_passed,
    _advice,
    _plain_language,
)


def format_of_address(address: str) -> lists.Format | None:
    """The format of a document elsewhere, by the extension in its address; None when the harvester cannot tell."""
    path = urlsplit(address).path
    return lists.format_of_extension().get(path.rpartition(".")[2].lower()) if "." in path else None


def _texts(content: DocumentContent) -> Iterator[tuple[str, str]]:
    for field in ("title", "author_name", "aggregation"):
        yield field, getattr(content, field)
    for field in ("keywords", "descriptions", "short_titles", "alternative_titles", "identifiers"):
        yield from ((field, text) for text in getattr(content, field))
    for place, pair in enumerate(content.extra):
        yield from ((f"extra-{place}-values", text) for text in (pair.key, *pair.values))


# --- categories ------------------------------------------------------------------------------------------------------


def category_findings(content: CategoryContent, facts: CategoryFacts) -> tuple[Finding, ...]:
    """What is to be done about a category, the worst first."""
    if content.status is CategoryStatus.NOT_APPLICABLE:
        return tuple(_not_applicable(content, facts))
    found = [finding for rule in CATEGORY_RULES for finding in rule(content, facts)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def light(content: CategoryContent, findings: Iterable[Finding]) -> Light:
    """Red with an error, orange while something is to be done, green when all is in order."""
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return Light.RED
    if content.status is CategoryStatus.NOT_APPLICABLE:
        return Light.NONE
    in_order = content.status is CategoryStatus.IN_ORDER and Severity.WARNING not in severities
    return Light.GREEN if in_order else Light.ORANGE


def is_in_force(content: CategoryContent, today: date) -> bool:
    return content.in_force_since is not None and content.in_force_since <= today


def _not_applicable(content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    entry = lists.categories()[facts.number]
    if entry.municipality == "yes" and facts.number != lists.WITHOUT_DUTY:
        severity = Severity.ERROR if is_in_force(content, facts.today) else Severity.WARNING
        message = "Deze categorie geldt ook voor gemeenten. Kies een andere status."
        yield Finding("WOO-104", severity, message, entry.article, facts.number, "status")
    if facts.documents:
        message = f"Er staan documenten van deze categorie op de website ({facts.documents}). Kies een andere status."
        yield Finding("WOO-104", Severity.WARNING, message, entry.article, facts.number, "status")


def _without_location(content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    entry = lists.categories()[facts.number]
    if facts.number == lists.WITHOUT_DUTY or entry.municipality != "yes" or any(p.url for p in content.locations):
        return
    severity = Severity.ERROR if is_in_force(content, facts.today) else Severity.WARNING
    message = "Er is geen locatie. Vul in op welke webpagina de documenten van deze categorie staan."
    yield Finding("WOO-101", severity, message, f"{entry.article}; Woo 3.3b", facts.number, "locations-0-url")


def _not_started(content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    if content.status is CategoryStatus.NOT_STARTED and is_in_force(content, facts.today):
        entry = lists.categories()[facts.number]
        severity = Severity.WARNING if facts.number == lists.WITHOUT_DUTY else Severity.ERROR
        message = "Deze categorie is al verplicht, maar u bent nog niet begonnen."
        yield Finding("WOO-102", severity, message, entry.article, facts.number, "status")


def _not_in_roo(content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    for place, location in enumerate(content.locations):
        if location.url and location.registered_in_roo_on is None:
            message = f"{location.url} is nog niet aangemeld in het ROO. De Woo-index kent deze pagina dan niet."
            yield Finding(
                "WOO-103",
                Severity.WARNING,
                message,
                "Woo 3.3b",
                facts.number,
                f"locations-{place}-registered_in_roo_on",
            )


def _not_looked_at(content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    for place, location in enumerate(content.locations):
        checked = location.last_checked_on
        if location.url and (checked is None or checked < facts.today - CHECK_AFTER):
            message = f"Kijk of {location.url} nog klopt, en vul de datum in waarop u dat deed."
            yield Finding(
                "WOO-105", Severity.TIP, message, "Woo 3.3b", facts.number, f"locations-{place}-last_checked_on"
            )


def _not_checked_in_force(content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    if not content.in_force_checked:
        message = "Kijk na of en sinds wanneer deze categorie verplicht is, en vul de bron in."
        yield Finding("WOO-106", Severity.TIP, message, "Woo 3.3", facts.number, "in_force_since")


def _late(_content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    if facts.late:
        many = "Een document is" if facts.late == 1 else f"{facts.late} documenten zijn"
        message = f"{many} te laat: de termijn voor openbaarmaking is voorbij."
        yield Finding("WOO-107", Severity.WARNING, message, "Woo 3.3 lid 4", facts.number, "")


def _plain_category(content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    """Of a category the public reads how often it is added to; the rest are words of the law."""
    if plain_language.is_hard_to_read(content.frequency):
        yield Finding(
            plain_language.RULE_ID,
            plain_language.SEVERITY,
            plain_language.MESSAGE,
            plain_language.ARTICLE,
            facts.number,
            "frequency",
        )


CategoryRule = Callable[[CategoryContent, CategoryFacts], Iterable[Finding]]
CATEGORY_RULES: Sequence[CategoryRule] = (
    _without_location,
    _not_started,
    _not_in_roo,
    _not_looked_at,
    _not_checked_in_force,
    _late,
    _plain_category,
)


def _error(rule_id: str, message: str, article: str, content: DocumentContent, field: str) -> Finding:
    return _finding(rule_id, Severity.ERROR, message, article, content, field)


def _finding(
    rule_id: str, severity: Severity, message: str, article: str, content: DocumentContent, field: str
) -> Finding:
    return Finding(rule_id, severity, message, article, content.title[:200], field)
