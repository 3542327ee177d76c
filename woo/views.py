"""What the pages of the Woo show, in the shapes that the templates take; choosing and wording happens here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlencode
from uuid import UUID

from core.audit import AuditEvent
from core.findings import FindingRow, Severity
from core.organisations import Organisation
from core.sheets import Table
from core.values import ValueList
from core.web.lists import Cell
from core.web.pages import dutch_date, dutch_moment, dutch_number, file_size
from woo import document_list, forms, lists, overviews, rules
from woo.content import CategoryContent, DocumentContent, DocumentState, GroundContent, LocationKind, OverviewContent
from woo.importer import ProcessRow
from woo.models import Document, MappedProcess, Readiness
from woo.queries import CategoryRow, Filters, OverviewRow, ProcessFilters, RequestRow, ToDo
from woo.rules import Finding, Light
from woo.services import PlannedProcess

LIGHT_BADGES = {Light.RED: "fout", Light.ORANGE: "waarschuwing", Light.GREEN: "in orde", Light.NONE: ""}
ACTIONS = {
    "add": "Toegevoegd",
    "download": "Bestand gedownload",
    "change": "Gewijzigd",
    "attach": "Bestand toegevoegd",
    "inspect": "Bestand nagekeken",
    "confirm": "Gezegd waarom een melding openbaar mag",
    "approve": "Kritieke melding mag openbaar",
    "refuse": "Kritieke melding mag niet openbaar",
    "reopen": "Melding weer open",
    "offer": "Nieuw bestand wacht op de controle",
    "drop_offer": "Nieuw bestand weggegooid",
    "ready": "Klaar voor publicatie",
    "plan": "Gepland",
    "unplan": "Niet meer gepland",
    "publish": "Gepubliceerd",
    "replace": "Bestand vervangen",
    "reclassify": "Andere categorie",
    "withdraw": "Ingetrokken",
    "renew": "Een ander document waar dit naar verwijst is veranderd",
    "establish": "Vastgesteld voor de website",
    "term": "Andere laatste dag om het openbaar te maken",
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
            Cell(row.content.status.value, badge=LIGHT_BADGES[row.light]),
            in_force(row.content, today),
            sum(1 for location in row.content.locations if location.url),
            share_connected(row.connected),
            row.documents,
            len(row.findings),
            "op de website" if row.is_shown else "nog niet op de website",
        ]
        for row in rows
    ]


OVERVIEW_HELP = "Een rekenblad (xlsx, ods, xls of csv) met de koppen hierboven. De website verandert nog niet."
_FIRST_ROWS = 10


def overview_rows(rows: Sequence[OverviewRow]) -> list[list[Cell | str | int]]:
    return [
        [
            Cell(form.title, f"/woo/overzichten/{row.content.kind.value}"),
            form.article,
            Cell("", badge="openbaar") if row.is_shown else "nog niet op de website",
            len(row.content.rows) if form.columns else "uit de documenten",
            dutch_date(row.content.renewed_on) if form.columns else "elke nacht",
            dutch_date(row.renew_by) if row.renew_by else "niet van toepassing",
        ]
        for row in rows
        for form in [overviews.FORMS[row.content.kind]]
    ]


def overview_facts(row: OverviewRow) -> list[tuple[str, str]]:
    """What is told above an overview."""
    form = overviews.FORMS[row.content.kind]
    facts = [("Artikel", form.article), ("Website", "staat erop" if row.is_shown else "staat er nog niet op")]
    if form.columns:
        facts += [
            ("Regels", dutch_number(len(row.content.rows))),
            ("Bijgewerkt op", dutch_date(row.content.renewed_on)),
        ]
    if row.renew_by:
        facts.append(("Bijwerken voor", f"{dutch_date(row.renew_by)} (elke twee weken, Woo 3.3a lid 5)"))
    return facts


def overview_cells(content: OverviewContent) -> list[list[str]]:
    """The first rows, with days in words."""
    columns = overviews.FORMS[content.kind].columns
    return [
        [
            dutch_date(date.fromisoformat(text)) if column.is_day and text else text
            for column, text in zip(columns, row, strict=True)
        ]
        for row in content.rows[:_FIRST_ROWS]
    ]


def share_connected(counts: tuple[int, int]) -> str:
    """How many of the mapped processes publish already; empty when nothing is mapped."""
    done, total = counts
    return f"{done} van {total}" if total else ""


def term(content: CategoryContent) -> str:
    if content.deadline_days is None:
        return "geen vaste termijn"
    return f"{content.deadline_days} dagen" if content.deadline_days else "meteen"


def ambitions(content: CategoryContent) -> list[str]:
    """What is wanted, in general and for each year."""
    yearly = []
    for one in content.ambitions:
        share = f"{one.share} % van de processen aangesloten" if one.share is not None else ""
        yearly.append(f"{one.year}: {'; '.join(filter(None, (one.goal, share)))}")
    return [*filter(None, [content.ambition]), *yearly]


def in_force(content: CategoryContent, today: date) -> Cell:
    """Whether the category binds a municipality; what nobody has looked up says so."""
    if rules.is_in_force(content, today):
        text = f"verplicht sinds {dutch_date(content.in_force_since)}"
    elif content.in_force_since:
        text = f"verplicht vanaf {dutch_date(content.in_force_since)}"
    else:
        text = "nog niet verplicht"
    return Cell(text, badge="" if content.in_force_checked else "nakijken")


def document_rows(
    documents: Sequence[Document], today: date, marks: Mapping[UUID, str] | None = None
) -> list[list[Cell | str]]:
    """`marks`: a word about what must be looked at first, for some of the documents."""
    return [
        [
            Cell(document.title or "zonder titel", f"/woo/documenten/{document.id}"),
            Cell((marks or {}).get(document.id, ""), badge=document.state.value),
            category_name(document.category),
            Cell(document.dossier.title, f"/woo/dossiers/{document.dossier.public_id}"),
            due_cell(document, today),
            dutch_date(document.updated_at),
        ]
        for document in documents
    ]


@dataclass(frozen=True, slots=True)
class PlacedDocument:
    """A document on the page of its dossier, with the number that the buttons of its place name."""

    number: int
    title: str
    cells: list[Cell | str]
    attachment_to: str


def dossier_rows(documents: Sequence[Document], today: date, marks: Mapping[UUID, str]) -> list[PlacedDocument]:
    """The documents of a dossier in their order; an attachment says so. `marks`: see `document_rows`."""
    titles = {document.id: document.title for document in documents}
    return [
        PlacedDocument(
            document.number,
            document.title or "zonder titel",
            [
                Cell(document.title or "zonder titel", f"/woo/documenten/{document.id}"),
                Cell(marks.get(document.id, ""), badge=document.state.value),
                category_name(document.category),
                due_cell(document, today),
            ],
            titles.get(document.part_of, "") if document.part_of else "",
        )
        for document in documents
    ]


def due_cell(document: Document, today: date) -> Cell:
    if document.state in {DocumentState.PUBLISHED, DocumentState.WITHDRAWN}:
        return Cell(dutch_date(document.published_at))
    if document.due_on is None:
        return Cell("geen vaste datum")
    is_late = document.due_on < today
    return Cell(f"uiterlijk {dutch_date(document.due_on)}", badge="waarschuwing" if is_late else "")


def look_rows(found: Sequence[Readiness]) -> list[list[object]]:
    """A row for each step of each look: where, what, whether it is in order, and when."""
    return [
        [
            Cell(step["name"]),
            Cell(step["about"], step["about"]),
            Cell(step["fault"], badge="fout") if step["fault"] else Cell(badge="in orde"),
            dutch_moment(one.at),
        ]
        for one in found
        for step in one.steps
    ]


def request_rows(rows: Sequence[RequestRow]) -> list[list[object]]:
    return [
        [
            Cell(row.content.case_number, f"/woo/verzoeken/{row.request.id}"),
            row.content.subject,
            dutch_date(row.content.received_on),
            Cell(dutch_date(row.decide_by)) if row.decide_by else Cell("", badge="nakijken"),
            time_left(row),
            row.content.team,
            row.published,
        ]
        for row in rows
    ]


def time_left(row: RequestRow) -> Cell:
    """How many days there are to decide, or why that is no question (any more)."""
    if row.content.decision:
        return Cell(row.content.decision.value)
    if rules.stands_still(row.content):
        return Cell("de termijn staat stil")
    if row.days_left is None:
        return Cell("onbekend")
    if row.days_left < 0:
        return Cell(f"{-row.days_left} {'dag' if row.days_left == -1 else 'dagen'}", badge="te laat")
    is_soon = any(finding.rule_id == "WOO-202" for finding in row.findings)
    left = f"nog {row.days_left} {'dag' if row.days_left == 1 else 'dagen'}"
    return Cell(left, badge="waarschuwing" if is_soon else "")


def request_facts(row: RequestRow) -> list[tuple[str, object]]:
    content = row.content
    return [
        ("Beslissen uiterlijk op", dutch_date(row.decide_by)),
        ("Tijd", time_left(row)),
        ("Openbare documenten", row.published),
        ("Team", content.team),
    ]


def letter_about_withdrawal(document: Document, organisation: Organisation) -> str:
    """What to send to the service desk of the national platform, which may show the document a day longer."""
    if document.loc is None or document.withdrawn_at is None:
        return ""
    address = document.loc if document.source_url else f"{organisation.base_url}{document.loc}"
    reason = lists.REASONS.label(document.withdrawal_reason) if document.withdrawal_reason else "zie onze toelichting"
    return (
        f"Onderwerp: document met spoed uit de Woo-index halen\n\n{organisation.name} heeft een document ingetrokken. "
        f"Het staat niet meer op onze website.\n\nAdres: {address}\n"
        f"Ingetrokken op: {dutch_moment(document.withdrawn_at)}\nReden: {reason}\n\n"
        "Wilt u dit document, de tekst en een eventuele kopie meteen uit de zoekmachine halen, en laten weten wanneer "
        "dat is gedaan?"
    )


def to_do_rows(found: Sequence[ToDo], today: date) -> list[list[object]]:
    return [
        [
            Cell(one.what, one.href),
            one.kind,
            Cell(dutch_date(one.on), badge="te laat" if one.on < today else "") if one.on else "geen vaste datum",
            one.note,
        ]
        for one in found
    ]


def roo_table(rows: Sequence[CategoryRow]) -> Table:
    """What must be typed over into the Register van Overheidsorganisaties: a line per place (woo-index section 2).

    What stands in the official gazettes is left out: KOOP puts that in the index itself.
    """
    lines = [
        [
            row.category.number,
            row.category.entry.label,
            location.url,
            location.explanation,
            location.registered_in_roo_on,
            "aangemeld" if location.registered_in_roo_on else "nog aanmelden",
        ]
        for row in rows
        for location in row.content.locations
        if location.url and location.kind is not LocationKind.GAZETTE
    ]
    headings = ("categorie", "naam van de categorie", "url", "toelichting", "aangemeld in roo op", "stand")
    return Table("ROO", headings, lines)


PROCESS_HEADINGS = (
    *("proces", "documentsoort", "categorie", "stand", "systeem", "team", "aantal per jaar", "opmerkingen"),
)
"""As `importer.PROCESS_HEADINGS` knows them, so that a list that was kept can be read back."""


def process_rows(processes: Sequence[MappedProcess]) -> list[list[object]]:
    return [
        [
            Cell(one.process, f"/woo/processen/{one.id}"),
            one.document_kind,
            Cell(one.category, f"/woo/categorieen/{one.category}") if one.category else "",
            Cell(badge=one.state.value),
            one.system.name if one.system else "",
            one.team.name if one.team else "",
            dutch_number(one.yearly_volume) if one.yearly_volume is not None else "",
        ]
        for one in processes
    ]


def process_facts(one: MappedProcess) -> list[tuple[str, object]]:
    content = one.content()
    shown = content.model_dump(mode="json") | {"category": category_name(content.category)}
    return [(forms.PROCESS[name].label, shown[name]) for name in forms.PROCESS]


def process_table(processes: Sequence[MappedProcess]) -> Table:
    rows = [
        [
            *(one.process, one.document_kind, one.category, one.state.value),
            *(one.system.name if one.system else "", one.team.name if one.team else ""),
            *(one.yearly_volume, one.remarks),
        ]
        for one in processes
    ]
    return Table("Processen", PROCESS_HEADINGS, rows)


def document_table(documents: Sequence[Document], titles: Mapping[UUID, str]) -> Table:
    """Documents as a list that can be read in again. `titles`: of those that others are an attachment to."""
    headings = [known[0].capitalize() for known in document_list.HEADINGS.values()]
    rows = []
    places: Counter[UUID] = Counter()
    for one in sorted(documents, key=_place_in_dossier):
        places[one.dossier_id] += 1
        said = {
            "file": one.source_url or one.file_name,
            "dossier": one.dossier.title,
            "attachment_to": titles.get(one.part_of, "") if one.part_of else "",
            "sequence": places[one.dossier_id],
            "kinds": "; ".join(lists.KINDS.label(code) for code in one.kinds),
            "themes": "; ".join(lists.THEMES.label(code) for code in one.themes),
            "language": lists.LANGUAGES.label(one.language),
            "descriptions": "\n".join(one.descriptions),
        }
        rows.append([_cell(said[name] if name in said else getattr(one, name)) for name in document_list.HEADINGS])
    return Table("Documenten", [*headings], rows)


def _place_in_dossier(document: Document) -> tuple[datetime, str, int, int]:
    dossier, given = document.dossier, document.dossier.sequence
    place = given.index(document.number) if document.number in given else len(given)
    return dossier.created_at, str(dossier.id), place, document.number


def _cell(value: object) -> str | int | date | None:
    if isinstance(value, list):
        return "; ".join(value)
    return value if isinstance(value, str | int | date) else None


def taken_table(rows: Sequence[ProcessRow]) -> Table:
    """The rows of a list as they were understood, to be read again; what a row leaves open stays open."""
    fields = ("process", "document_kind", "category", "state", "system", "team", "yearly_volume", "remarks")
    cells = [
        [_plain(getattr(row.content, name)) if name in row.filled or name == "process" else "" for name in fields]
        for row in rows
    ]
    return Table("Processen", PROCESS_HEADINGS, cells)


def _plain(value: str | int | None) -> str | int | None:
    return value.value if isinstance(value, StrEnum) else value


def planned_rows(planned: Sequence[PlannedProcess]) -> list[list[object]]:
    return [
        [
            one.after.process,
            one.after.document_kind,
            category_name(one.after.category),
            one.after.state.value,
            Cell(badge="nieuw" if one.before is None else ("gewijzigd" if one.before != one.after else "staat er al")),
            one.row,
        ]
        for one in planned
    ]


def process_query(filters: ProcessFilters) -> str:
    """The filters as they stand behind an address."""
    chosen = {"zoek": filters.text, "categorie": filters.category, "stand": filters.state, "team": filters.team}
    return as_query(chosen)


def as_query(chosen: Mapping[str, str]) -> str:
    """What was chosen, as it stands behind an address."""
    filled = urlencode({name: value for name, value in chosen.items() if value})
    return f"?{filled}" if filled else ""


def differences(before: DocumentContent, after: DocumentContent) -> list[str]:
    """What a document would say instead of what it says, field by field."""
    was, becomes = (forms.document_form(content).typed for content in (before, after))
    return [
        f"{labels.label}: {_short(was.values(name))} wordt {_short(becomes.values(name))}."
        for name, labels in forms.DOCUMENT.items()
        if was.values(name) != becomes.values(name)
    ]


def _short(values: Sequence[str]) -> str:
    text = ", ".join(values) or "leeg"
    return f"'{text[:100]}…'" if len(text) > 100 else f"'{text}'"


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
    document: Document,
    content: DocumentContent,
    others: Mapping[UUID, str],
    base_url: str,
    category: CategoryContent,
) -> list[tuple[str, str | Cell | list[str] | list[Cell]]]:
    """All metadata of a document, as terms and values; what is empty stays away but for the important ones."""
    due = rules.due(content, category.deadline_days)
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
        ("Naar het archief", dutch_date(rules.archive_on(content, category.archive_years))),
        ("Toegezonden of vergadering", dutch_date(content.distributed_on)),
        ("Niet openbaar voor", dutch_date(content.not_before_on)),
        ("Weggelaten", content.withheld.value if content.withheld else ""),
        ("Gronden", [_ground(ground) for ground in content.grounds]),
        ("Mededeling", content.notice),
        ("Zienswijze", " tot ".join(filter(None, map(dutch_date, (content.heard_from, content.heard_until))))),
        ("Bezwaar verwacht", "ja" if content.objection_expected else ""),
        ("Betrokkenen geïnformeerd", dutch_date(content.noticed_on)),
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


def _ground(ground: GroundContent) -> str:
    passage = f" ({ground.passage})" if ground.passage else ""
    return f"{ground.code} {lists.GROUNDS.label(ground.code)}{passage}"


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
    pages = f", {document.pages} {'bladzijde' if document.pages == 1 else 'bladzijden'}" if document.pages else ""
    told = f"{document.file_name} ({label}, {file_size(document.size)}{pages})"
    return Cell(told, f"/woo/documenten/{document.id}/bestand")


def _address(document: Document, base_url: str) -> Cell | str:
    if not document.loc:
        return ""
    address = document.loc if document.source_url else base_url + document.loc
    return Cell(address, address if document.is_public else "")


def _because(moment: str, reason: str) -> str:
    return f"{moment}: {lists.REASONS.label(reason)}" if moment and reason else moment
