"""What the Woo and the Woo-index ask of a document and of a category. Pure: no database, no clock, no files.

Every rule is a function that yields what it found; numbers `WOO-0xx` are about a document, `WOO-1xx` about a category.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from core import plain_language
from core.findings import Severity
from core.inside import is_inside
from core.terms import after, last_day
from woo import lists, notice, overviews
from woo.content import (
    CategoryContent,
    CategoryStatus,
    Decision,
    DocumentContent,
    DocumentState,
    LocationKind,
    OverviewContent,
    RequestContent,
    Withholding,
)

AGENDA = "https://identifier.overheid.nl/tooi/def/thes/kern/c_f90465b3"
REPORT_OF_MEETING = "https://identifier.overheid.nl/tooi/def/thes/kern/c_42e406dd"
TWO_WEEKS = 14
FOUR_WEEKS = 28
CHECK_AFTER = timedelta(days=365)
_SOON = 7
"""Days before the last day to decide on a request from which it is told."""
_WITHOUT_GROUNDS = frozenset({"001", "002", "003", "004", "005"})
_EXCEPTIONAL = "5.1.5"
_A_PERSON = re.compile(r"\b(?:dhr|mevr|mw|mr|ir|drs|de heer|mevrouw|meneer)\b\.?\s", re.IGNORECASE)

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
    file_is_notice: bool = False
    """The file is the notice in the place of a document that is withheld as a whole."""
    deadline_days: int | None = None
    """The term of the category, as the organisation keeps it; None without a fixed term."""
    public_notice: notice.Words | None = None
    """What the notice says that readers see in its place; None when they see none."""
    planned_on: date | None = None
    """The day on which the night publishes it; None when nobody planned that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFacts:
    """What surrounds the content of a category."""

    number: str
    today: date
    documents: int = 0
    """How many are public."""
    late: int = 0
    """How many wait although their term has passed."""
    looked_at: Mapping[str, tuple[date, str]] = dataclasses.field(default_factory=dict)
    """By address: when a look from outside was taken, and what was wrong (empty: nothing)."""
    connected: tuple[int, int] = (0, 0)
    """How many mapped processes publish, of how many that must."""


OF_TERMS = (
    *("category", "kinds", "adopted_on", "received_on", "signed_on", "distributed_on"),
    *("is_research_on_itself", "not_before_on", "heard_until"),
)
"""What the term of a document depends on."""

# --- terms -----------------------------------------------------------------------------------------------------------


def due(content: DocumentContent, deadline_days: int | None) -> Due:
    """When a document must be public at the latest (Woo art. 3.3 lid 4 and 5).

    The term counts from adoption or receipt; an agreement is adopted when it is signed. A date before which it may
    not be public (a third party is heard, an objection is expected) moves the term. `deadline_days` is the term of
    the category as the organisation keeps it; the law's own exceptions to it stand here. A term that ends in a weekend
    or on a holiday ends on the next working day, as for requests (Algemene termijnenwet art. 1 lid 1).
    """
    found = _term(content, deadline_days)
    heard = after(content.heard_until, 1) if content.heard_until else None
    first = max(filter(None, (content.not_before_on, heard)), default=None)
    if found.on and first and first > found.on:
        return Due(first, "na de termijn voor een zienswijze of bezwaar", "Woo 3.3 lid 5 onder h en i")
    return found


def _term(content: DocumentContent, days: int | None) -> Due:
    entry = lists.categories().get(content.category)
    if entry is None:
        return Due(None, "er is nog geen categorie gekozen", "")
    if days is None:
        return Due(None, "zonder vaste termijn", entry.article)
    if content.category == "009" and AGENDA in content.kinds:
        return Due(content.distributed_on, "uiterlijk bij het begin van de vergadering", "Woo 3.3 lid 5 onder d")
    is_report = content.category == "008" and REPORT_OF_MEETING in content.kinds
    if days == 0 and not is_report:
        return Due(content.distributed_on, "bij toezending aan de deelnemers", "Woo 3.3 lid 5 onder c")
    if content.category == "015" and content.is_research_on_itself:
        received = content.received_on or content.adopted_on
        return _after(received, FOUR_WEEKS, "vier weken na ontvangst", "Woo 3.3 lid 5 onder f")
    start = content.adopted_on or content.signed_on or content.received_on
    days = days or TWO_WEEKS  # the report of a meeting whose papers go round at once
    words = "twee weken" if days == TWO_WEEKS else f"{days} dagen"
    return _after(start, days, f"{words} na vaststelling of ontvangst", "Woo 3.3 lid 4")


def _after(start: date | None, days: int, reason: str, article: str) -> Due:
    return Due(last_day(start, days) if start else None, reason, article)


def archive_on(content: DocumentContent, years: int | None) -> date | None:
    """The day on which a document goes to the archive, counted from when it was made final; None when nobody knows."""
    start = content.adopted_on or content.signed_on or content.received_on
    if start is None or years is None:
        return None
    year = min(start.year + years, date.max.year)
    try:
        return start.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)


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
    for field, day in (dates | {"created_on": content.created_on}).items():
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
        if content.withheld is Withholding.FULLY:
            message = "De mededeling is er nog niet, of past niet meer bij de gegevens. Maak de mededeling."
        yield _error("WOO-010", message, article, content, "file")
    elif content.source_url and facts.has_file:
        message = "Kies: een bestand hier, of een adres elders. Maak een van de twee leeg."
        yield _error("WOO-010", message, article, content, "source_url")
    elif content.source_url and is_inside(urlsplit(content.source_url).hostname or ""):
        message = "Dit adres werkt alleen in uw eigen netwerk. Vul een adres in dat iedereen kan openen."
        yield _error("WOO-016", message, article, content, "source_url")
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
    term = due(content, facts.deadline_days)
    waits = facts.state not in {DocumentState.PUBLISHED, DocumentState.WITHDRAWN}
    if waits and term.on and term.on < facts.today:
        message = f"Dit document had op {term.on:%d-%m-%Y} openbaar moeten zijn ({term.reason})."
        yield _finding("WOO-020", Severity.WARNING, message, term.article, content, "")
    elif term.on and facts.planned_on and term.on < facts.planned_on:
        message = (
            f"Dit document wordt pas op {facts.planned_on:%d-%m-%Y} openbaar en moet dat op {term.on:%d-%m-%Y} zijn "
            f"({term.reason}). Plan een eerdere dag."
        )
        yield _finding("WOO-023", Severity.WARNING, message, term.article, content, "")


def _advice(content: DocumentContent, _facts: DocumentFacts) -> Iterator[Finding]:
    if not content.kinds:
        message = "Kies een documentsoort. Lezers kunnen daarop zoeken."
        yield _finding("WOO-021", Severity.TIP, message, "DiWoo documentsoort", content, "kinds")
    if not content.descriptions:
        message = "Schrijf in een of twee zinnen waar het document over gaat."
        yield _finding("WOO-022", Severity.TIP, message, "DiWoo omschrijving", content, "descriptions")


def _withheld(content: DocumentContent, facts: DocumentFacts) -> Iterator[Finding]:
    """Woo art. 3.3 lid 8: what is withheld is told with the document, or in its place."""
    is_withheld = content.withheld in {Withholding.PARTLY, Withholding.FULLY}
    if is_withheld and not content.grounds:
        message = "Er is iets weggelaten. Kies waarom dat mag (artikel 5.1 of 5.2)."
        yield _error("WOO-030", message, "Woo 3.3 lid 8; 5.1, 5.2", content, "grounds-0-code")
    if content.grounds and not is_withheld:
        message = "Er staat een weigeringsgrond. Kies of het document deels of helemaal is geweigerd."
        yield _error("WOO-030", message, "Woo 3.3 lid 8", content, "withheld")
    if content.withheld is Withholding.FULLY and not content.notice:
        message = "Schrijf een mededeling: wat is er niet openbaar, en waarom?"
        yield _error("WOO-031", message, "Woo 3.3 lid 8", content, "notice")
    if content.withheld is Withholding.FULLY and (facts.has_file or content.source_url) and not facts.file_is_notice:
        message = "Dit document is helemaal geweigerd, maar het bestand zelf hangt eraan. Maak de mededeling."
        yield _error("WOO-032", message, "Woo 3.3 lid 8", content, "")
    if facts.public_notice and facts.public_notice != notice.words(content):
        message = (
            "Op de website staat de mededeling met de oude woorden. Trek dit document in, voeg het opnieuw toe en maak "
            "een nieuwe mededeling. Of zet de oude titel, mededeling en gronden terug."
        )
        yield _error("WOO-042", message, "Woo 3.3 lid 8", content, "notice")
    if facts.file_is_notice and content.withheld is not Withholding.FULLY:
        message = "Het bestand is een mededeling, maar het document is niet helemaal geweigerd. Vervang het bestand."
        yield _error("WOO-032", message, "Woo 3.3 lid 8", content, "withheld")


def _grounds(content: DocumentContent, _facts: DocumentFacts) -> Iterator[Finding]:
    by_passage: dict[str, set[str]] = {}
    for place, ground in enumerate(content.grounds):
        field = f"grounds-{place}-code"
        if ground.code not in lists.GROUNDS.entries:
            yield _error("WOO-033", "Kies een weigeringsgrond uit de lijst.", "Woo 5.1, 5.2", content, field)
            continue
        by_passage.setdefault(ground.passage.casefold(), set()).add(ground.code)
        entry = lists.GROUNDS.entry(ground.code)
        if not entry["applies_to_active_publication"]:
            message = f"Grond {ground.code} geldt niet bij openbaarmaking uit eigen beweging. Kies een andere."
            yield _error("WOO-034", message, "Woo 3.1 lid 1; 3.3 lid 2", content, field)
        if content.category in _WITHOUT_GROUNDS:
            message = "Bij deze categorie noemt de wet geen gronden om iets weg te laten. Klopt dit?"
            yield _finding("WOO-035", Severity.WARNING, message, "Woo 3.3 lid 1", content, field)
    for codes in by_passage.values():
        if _EXCEPTIONAL in codes and any(code.startswith(("5.1.1", "5.1.2")) for code in codes):
            message = "Lid 5 gaat voor dezelfde passage nooit samen met lid 1 of lid 2. Kies een van beide."
            yield _error("WOO-036", message, "Woo 5.1 lid 5", content, "grounds-0-code")


def _others_were_told(content: DocumentContent, facts: DocumentFacts) -> Iterator[Finding]:
    """Woo art. 3.3 lid 5 onder h and i, lid 7: others are heard, and can object before it is public."""
    if content.heard_from and content.heard_until is None and facts.state is not DocumentState.PUBLISHED:
        message = "Een ander is om een zienswijze gevraagd. Vul in wanneer die termijn voorbij is."
        yield _error("WOO-037", message, "Woo 3.3 lid 5 onder h", content, "heard_until")
    if content.heard_from and content.heard_until and content.heard_until < content.heard_from:
        message = "De zienswijze eindigt voor zij begint. Draai de datums om."
        yield _error("WOO-037", message, "Woo 3.3 lid 5 onder h", content, "heard_until")
    if content.heard_until and content.heard_until >= facts.today and facts.state is not DocumentState.PUBLISHED:
        until = f"{content.heard_until:%d-%m-%Y}"
        message = f"Een ander kan tot en met {until} een zienswijze geven. Plan de publicatie voor daarna."
        yield _error("WOO-037", message, "Woo 3.3 lid 5 onder h", content, "heard_until")
    if not content.objection_expected or facts.state is DocumentState.PUBLISHED:
        return
    if content.noticed_on is None:
        message = "U verwacht bezwaar. Laat eerst weten wat wanneer openbaar wordt, en vul die dag in."
        yield _error("WOO-038", message, "Woo 3.3 lid 5 onder i, lid 7", content, "noticed_on")
        return
    first = after(content.noticed_on, TWO_WEEKS)
    if content.not_before_on is None or content.not_before_on < first:
        message = f"Wacht twee weken na de mededeling: vul bij 'Niet openbaar voor' {first:%d-%m-%Y} of later in."
        yield _error("WOO-039", message, "Woo 3.3 lid 5 onder i", content, "not_before_on")


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


def check_findings(title: str, *, critical: int, is_asked: bool) -> Iterator[Finding]:
    """What a check that leaves hits open asks. It is no rule about the metadata: publishing asks the check itself."""
    rule_id, severity, message = "WOO-041", Severity.WARNING, "Bevestig wat de controle vond, of vervang het bestand."
    if critical:
        rule_id, severity = "WOO-040", Severity.ERROR
        message = "Beoordeel de kritieke meldingen van de controle, of vervang het bestand."
    if critical and is_asked:
        message = "Een tweede persoon moet beslissen over kritieke meldingen van de controle."
    yield Finding(rule_id, severity, message, "AVG 5 lid 1 onder c; Woo 5.1", title[:200])


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
    _withheld,
    _grounds,
    _others_were_told,
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


# --- requests for information ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """What surrounds a request."""

    today: date
    published: int = 0
    """Documents of its dossier that are public."""


def decide_by(content: RequestContent) -> date | None:
    """The last day to decide on a request (Woo art. 4.4); None while nobody said when it was received.

    Four weeks, two more when that was announced in time, and as many days more as the term stood still.
    """
    first = _decide_first_by(content)
    if content.received_on is None or first is None or content.extended_on is None or content.extended_on > first:
        return first
    return last_day(content.received_on, FOUR_WEEKS + TWO_WEEKS + _stood_still(content))


def _decide_first_by(content: RequestContent) -> date | None:
    """The last day without more time: that of the first term."""
    start = content.received_on
    return last_day(start, FOUR_WEEKS + _stood_still(content)) if start else None


def _stood_still(content: RequestContent) -> int:
    """For how many days."""
    start, end = content.suspended_from, content.suspended_until
    return max(0, (end - start).days) if start and end else 0


def days_left(content: RequestContent, today: date) -> int | None:
    """Days until the last day to decide, negative when that has passed; None when it is decided or stands still."""
    by = decide_by(content)
    if by is None or content.decision or stands_still(content):
        return None
    return (by - today).days


def stands_still(content: RequestContent) -> bool:
    """Whether others are being asked for their view, so that the term does not run (Woo art. 4.4 lid 3)."""
    return content.suspended_from is not None and content.suspended_until is None and content.decision is None


def request_findings(content: RequestContent, facts: RequestFacts) -> tuple[Finding, ...]:
    """What is to be done about a request, the worst first."""
    found = [finding for rule in REQUEST_RULES for finding in rule(content, facts)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def _about(
    content: RequestContent, rule_id: str, severity: Severity, message: str, article: str, field: str
) -> Finding:
    return Finding(rule_id, severity, message, article, content.case_number, field)


def _decision_is_late(content: RequestContent, facts: RequestFacts) -> Iterator[Finding]:
    left = days_left(content, facts.today)
    if left is not None and left < 0:
        message = f"Er had uiterlijk {decide_by(content):%d-%m-%Y} een besluit moeten zijn."
        yield _about(content, "WOO-201", Severity.ERROR, message, "Woo 4.4", "decision")
    elif left is not None and left <= _SOON:
        message = f"Er moet uiterlijk {decide_by(content):%d-%m-%Y} een besluit zijn. Dat is al bijna."
        yield _about(content, "WOO-202", Severity.WARNING, message, "Woo 4.4", "decision")


def _extension(content: RequestContent, _facts: RequestFacts) -> Iterator[Finding]:
    if content.extended_on and not content.extension_reason:
        message = "Schrijf op waarom er meer tijd nodig is. Dat moet ook in de brief staan."
        yield _about(content, "WOO-203", Severity.ERROR, message, "Woo 4.4 lid 2", "extension_reason")
    first = _decide_first_by(content)
    if content.extended_on and first and content.extended_on > first:
        message = f"De verlenging kwam na de eerste termijn ({first:%d-%m-%Y}). Dan telt zij niet."
        yield _about(content, "WOO-204", Severity.ERROR, message, "Woo 4.4 lid 2", "extended_on")


def _order_of_days(content: RequestContent, facts: RequestFacts) -> Iterator[Finding]:
    start = content.received_on
    if start is None:
        message = "Vul in wanneer het verzoek binnenkwam. Dan is de termijn te berekenen."
        yield _about(content, "WOO-205", Severity.WARNING, message, "Woo 4.4 lid 1", "received_on")
        return
    for field in ("extended_on", "suspended_from", "suspended_until", "decided_on"):
        day = getattr(content, field)
        if day and (day < start or day > facts.today):
            message = "Kies een dag na de ontvangst en niet in de toekomst."
            yield _about(content, "WOO-206", Severity.ERROR, message, "Woo 4.4", field)
    if content.suspended_from and content.suspended_until and content.suspended_until < content.suspended_from:
        message = "De zienswijze is ontvangen voor zij is gevraagd. Draai de datums om."
        yield _about(content, "WOO-206", Severity.ERROR, message, "Woo 4.4 lid 3", "suspended_until")


def _decided(content: RequestContent, facts: RequestFacts) -> Iterator[Finding]:
    if bool(content.decision) != bool(content.decided_on):
        field = "decided_on" if content.decision else "decision"
        message = "Vul het besluit en de datum van het besluit allebei in."
        yield _about(content, "WOO-207", Severity.WARNING, message, "Woo 4.4", field)
    must_be_public = content.decision not in {None, Decision.TAKEN_BACK, Decision.FORWARDED}
    if must_be_public and content.decided_on and not facts.published:
        by = last_day(content.decided_on, TWO_WEEKS)
        late = by < facts.today
        message = f"Het verzoek en het besluit {'hadden' if late else 'moeten'} uiterlijk {by:%d-%m-%Y} openbaar"
        message += " moeten zijn." if late else " zijn."
        severity = Severity.WARNING if late else Severity.TIP
        yield _about(content, "WOO-208", severity, message, "Woo 3.3 lid 2 onder i", "")


def _name(content: RequestContent, _facts: RequestFacts) -> Iterator[Finding]:
    for field in ("case_number", "subject", "remarks"):
        if _A_PERSON.search(getattr(content, field)):
            message = "Hier staat misschien een naam van een mens. Haal die weg: het zaaknummer is genoeg."
            yield _about(content, "WOO-209", Severity.WARNING, message, "AVG 5 lid 1 onder c", field)


RequestRule = Callable[[RequestContent, RequestFacts], Iterable[Finding]]
REQUEST_RULES: Sequence[RequestRule] = (_decision_is_late, _extension, _order_of_days, _decided, _name)


# --- overviews -------------------------------------------------------------------------------------------------------


def overview_findings(content: OverviewContent, *, is_shown: bool, today: date) -> Iterator[Finding]:
    """What is to be done about an overview that the public sees (Woo art. 3.3a)."""
    form = overviews.FORMS[content.kind]
    by = overviews.renew_by(content)
    if is_shown and by and by < today:
        message = f"Het overzicht had uiterlijk {by:%d-%m-%Y} moeten zijn bijgewerkt. Dat moet elke twee weken."
        yield Finding("WOO-301", Severity.WARNING, message, "Woo 3.3a lid 5", form.title, "")
    names = [column.heading for column in form.columns]
    place = names.index("ontvanger") if "ontvanger" in names else None
    if place is not None and any(_A_PERSON.search(row[place]) for row in content.rows):
        message = "Bij een ontvanger staat misschien de naam van een mens. Hier staan alleen organisaties."
        yield Finding("WOO-302", Severity.WARNING, message, form.article, form.title, "")


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
        # What stands in the official gazettes is put in the index by KOOP itself (woo-index 1).
        if location.url and location.registered_in_roo_on is None and location.kind is not LocationKind.GAZETTE:
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
        looked, _ = facts.looked_at.get(location.url, (None, ""))
        checked = max(filter(None, (location.last_checked_on, looked)), default=None)
        if location.url and (checked is None or checked < facts.today - CHECK_AFTER):
            message = f"Kijk of {location.url} nog klopt, en vul de datum in waarop u dat deed."
            yield Finding(
                "WOO-105", Severity.TIP, message, "Woo 3.3b", facts.number, f"locations-{place}-last_checked_on"
            )


def _not_ready(content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    for place, location in enumerate(content.locations):
        looked, fault = facts.looked_at.get(location.url, (None, ""))
        if looked and fault:
            message = f"De Woo-index kan {location.url} niet gebruiken. {fault}"
            yield Finding("WOO-109", Severity.WARNING, message, "Woo 3.3b", facts.number, f"locations-{place}-url")


def _not_checked_in_force(content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    if not content.in_force_checked:
        message = "Kijk na of en sinds wanneer deze categorie verplicht is, en vul de bron in."
        yield Finding("WOO-106", Severity.TIP, message, "Woo 3.3", facts.number, "in_force_since")


def _late(_content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    if facts.late:
        many = "Een document is" if facts.late == 1 else f"{facts.late} documenten zijn"
        message = f"{many} te laat: de termijn voor openbaarmaking is voorbij."
        yield Finding("WOO-107", Severity.WARNING, message, "Woo 3.3 lid 4", facts.number, "")


def _ambition_not_reached(content: CategoryContent, facts: CategoryFacts) -> Iterator[Finding]:
    """What the organisation set itself for a year that is over, in figures; of words nobody can say whether."""
    done, total = facts.connected
    over = [one for one in content.ambitions if one.share is not None and one.year < facts.today.year]
    latest = max(over, key=lambda one: one.year, default=None)
    if latest is None or latest.share is None:
        return
    if done * 100 < latest.share * total or (latest.share and not total):
        message = (
            f"Voor {latest.year} was het doel {latest.share} % van de processen aangesloten; "
            f"nu zijn dat er {done} van {total}."
        )
        yield Finding("WOO-108", Severity.WARNING, message, "eigen ambitie", facts.number, "ambitions-0-share")


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
    _not_ready,
    _not_checked_in_force,
    _late,
    _ambition_not_reached,
    _plain_category,
)


def _error(rule_id: str, message: str, article: str, content: DocumentContent, field: str) -> Finding:
    return _finding(rule_id, Severity.ERROR, message, article, content, field)


def _finding(
    rule_id: str, severity: Severity, message: str, article: str, content: DocumentContent, field: str
) -> Finding:
    return Finding(rule_id, severity, message, article, content.title[:200], field)
