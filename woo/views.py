"""What the pages of the Woo show, in the shapes that the templates take; choosing and wording happens here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from core.audit import AuditEvent
from core.findings import FindingRow, Severity
from core.values import ValueList
from core.web.lists import Cell
from core.web.pages import dutch_date, dutch_moment, file_size
from woo import lists, rules
from woo.content import CategoryContent, DocumentContent, DocumentState
from woo.models import Document
from woo.queries import CategoryRow, Filters
from woo.rules import Finding, Light

LIGHT_BADGES = {Light.RED: "fout", Light.ORANGE: "waarschuwing", Light.GREEN: "in orde", Light.NONE: ""}
ACTIONS = {
    "add": "Toegevoegd",
    "download": "Bestand gedownload",
    "change": "Gewijzigd",
    "attach": "Bestand toegevoegd",
    "ready": "Klaar voor publicatie",
    "plan": "Gepland",
    "publish": "Gepubliceerd",
    "replace": "Bestand vervangen",
    "reclassify": "Andere categorie",
    "withdraw": "Ingetrokken",
    "renew": "Een ander document waar dit naar verwijst is veranderd",
    "establish": "Vastgesteld voor de website",
}


def finding_rows(findings: Sequence[Finding], form: str) -> list[FindingRow]:
    """`form`: the address where the findings are mended; empty for who may not change anything."""
    return [
        FindingRow(
            finding.rule_id,
            finding.severity,
            finding.message,
            finding.article,
            f"{form}#veld-{finding.field}" if form and finding.field else form,
        )
        for finding in findings
    ]


def overview_findings(rows: Sequence[CategoryRow]) -> list[FindingRow]:
    """What is wrong over all categories, errors first, each with the name of its category; tips stay on its page."""
    found = [
        replace(finding, message=f"{row.category.number} {row.category.entry.label}: {finding.message}")
        for row in rows
        for finding in row.findings
        if finding.severity is not Severity.TIP
    ]
    found.sort(key=lambda finding: list(Severity).index(finding.severity))
    return [one for f in found for one in finding_rows([f], f"/woo/categorieen/{f.subject}")]


def category_rows(rows: Sequence[CategoryRow], today: date) -> list[list[Cell | str | int]]:
    return [
        [
            Cell(f"{row.category.number} {row.category.entry.label}", f"/woo/categorieen/{row.category.number}"),
            Cell("" if LIGHT_BADGES[row.light] else row.light.value, badge=LIGHT_BADGES[row.light]),
            row.content.status.value,
            in_force(row.content, today),
            sum(1 for location in row.content.locations if location.url),
            row.documents,
            len(row.findings),
            "op de website" if row.is_shown else "nog niet op de website",
        ]
        for row in rows
    ]


def in_force(content: CategoryContent, today: date) -> Cell:
    """Whether the category binds a municipality; what nobody has looked up says so."""
    if rules.is_in_force(content, today):
        text = f"verplicht sinds {dutch_date(content.in_force_since)}"
    elif content.in_force_since:
        text = f"verplicht vanaf {dutch_date(content.in_force_since)}"
    else:
        text = "nog niet verplicht"
    return Cell(text, badge="" if content.in_force_checked else "nakijken")


def document_rows(documents: Sequence[Document], today: date) -> list[list[Cell | str]]:
    return [
        [
            Cell(document.title or "zonder titel", f"/woo/documenten/{document.id}"),
            Cell(badge=document.state.value),
            category_name(document.category),
            Cell(document.dossier.title, f"/woo/dossiers/{document.dossier.public_id}"),
            due_cell(document, today),
            dutch_date(document.updated_at),
        ]
        for document in documents
    ]


def due_cell(document: Document, today: date) -> Cell:
    if document.state in {DocumentState.PUBLISHED, DocumentState.WITHDRAWN}:
        return Cell(dutch_date(document.published_at))
    if document.due_on is None:
        return Cell("geen vaste datum")
    is_late = document.due_on < today
    return Cell(f"uiterlijk {dutch_date(document.due_on)}", badge="waarschuwing" if is_late else "")


def category_name(number: str) -> str:
    entry = lists.categories().get(number)
    return f"{number} {entry.label}" if entry else ""


def asked(filters: Filters) -> Mapping[str, str]:
    """The filters as they stand in an address."""
    return {
        "zoek": filters.text,
        "status": filters.state,
        "categorie": filters.category,
        "dossier": filters.dossier,
        "laat": "ja" if filters.late else "",
    }


def document_facts(
    document: Document, content: DocumentContent, others: Mapping[UUID, str], base_url: str
) -> list[tuple[str, str | Cell | list[str] | list[Cell]]]:
    """All metadata of a document, as terms and values; what is empty stays away but for the important ones."""
    due = rules.due(content)
    facts: list[tuple[str, str | Cell | list[str] | list[Cell]]] = [
        ("Informatiecategorie", [category_name(n) for n in (content.category, *content.other_categories)]),
        ("Documentsoort", _labels(lists.KINDS, content.kinds)),
        ("Thema", _labels(lists.THEMES, content.themes)),
        ("Omschrijving", list(content.descriptions)),
        ("Trefwoorden", ", ".join(content.keywords)),
        ("Vastgesteld", dutch_date(content.adopted_on)),
        ("Ontvangen", dutch_date(content.received_on)),
        ("Ondertekend", dutch_date(content.signed_on)),
        ("Uiterlijk openbaar", Cell(f"{dutch_date(due.on)} ({due.reason}; {due.article})" if due.on else due.reason)),
        ("Bestand", _file(document)),
    ]
    extra: list[tuple[str, str | Cell | list[str] | list[Cell]]] = [
        ("Gepland op", dutch_date(document.planned_on)),
        ("Openbaar sinds", dutch_moment(document.published_at)),
        ("Adres", _address(document, base_url)),
        ("Laatst veranderd voor de lezer", dutch_moment(document.lastmod_at)),
        ("Vervangen", _because(dutch_moment(document.replaced_at), document.replacement_reason)),
        ("Ingetrokken", _because(dutch_moment(document.withdrawn_at), document.withdrawal_reason)),
        ("Toelichting (intern)", document.withdrawal_note or document.replacement_note),
        ("Toegezonden of vergadering", dutch_date(content.distributed_on)),
        ("Niet openbaar voor", dutch_date(content.not_before_on)),
        ("Publicerende organisatie", lists.organisation_name(content.publisher)),
        ("Verantwoordelijk", lists.organisation_name(content.responsible)),
        ("Medeverantwoordelijk", ", ".join(map(lists.organisation_name, content.co_responsible))),
        ("Opsteller", ", ".join(filter(None, (lists.organisation_name(content.author), content.author_name)))),
        ("Vastgesteld, getekend of ontvangen door", lists.organisation_name(content.acted_by)),
        ("Verkorte titels", list(content.short_titles)),
        ("Alternatieve titels", list(content.alternative_titles)),
        ("Kenmerken", ", ".join(content.identifiers)),
        ("Gemaakt op", dutch_date(content.created_on)),
        ("Geldig vanaf", dutch_date(content.valid_from)),
        ("Geldig tot", dutch_date(content.valid_until)),
        ("Taal", lists.LANGUAGES.label(content.language)),
        ("Kenmerk van het geheel", content.aggregation),
        ("Is deel van", [_other(content.part_of, others)] if content.part_of else []),
        (
            "Relaties",
            [
                Cell(f"{lists.ROLES.label(r.role)}: {others.get(r.target, '')}", f"/woo/documenten/{r.target}")
                for r in content.relations
            ],
        ),
        ("Extra gegevens", [f"{pair.key}: {', '.join(pair.values)}" for pair in content.extra]),
        ("Interne notitie", content.internal_note),
    ]
    return facts + [(term, value) for term, value in extra if value]


def history_rows(events: Sequence[AuditEvent]) -> list[list[str]]:
    return [
        [dutch_moment(event.at), ACTIONS.get(event.action.rpartition(":")[2], event.action), event.actor]
        for event in events
    ]


def _labels(values: ValueList, codes: Sequence[str]) -> list[str]:
    return [values.label(code) for code in codes]


def _other(document_id: UUID, others: Mapping[UUID, str]) -> Cell:
    return Cell(others.get(document_id, ""), f"/woo/documenten/{document_id}")


def _file(document: Document) -> Cell | str:
    if document.source_url:
        return Cell(document.source_url, document.source_url)
    if not document.sha256:
        return ""
    label = lists.formats()[document.format_code].label
    return Cell(f"{document.file_name} ({label}, {file_size(document.size)})", f"/woo/documenten/{document.id}/bestand")


def _address(document: Document, base_url: str) -> Cell | str:
    if not document.loc:
        return ""
    address = document.loc if document.source_url else base_url + document.loc
    return Cell(address, address if document.is_public else "")


def _because(moment: str, reason: str) -> str:
    return f"{moment}: {lists.REASONS.label(reason)}" if moment and reason else moment
