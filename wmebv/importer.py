"""Lists of products from outside: the official product names and our starter list; an own list: `product_list`.

Pure: rows of text go in, `ProductRow` comes out. Storing them, and matching them with products that are there already
(on UPL-URI, then UPL name, then name), is the work of the services.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from core import values
from core.content import YesNo
from core.errors import BadInput
from core.sheets import Sheet, find_headings
from wmebv.content import (
    Ambition,
    Answer,
    Audience,
    Availability,
    ChannelKind,
    ChannelUse,
    Designation,
    Direction,
    Executor,
    LegalBasis,
    LoginLevel,
    MessageKind,
    NormResult,
    Official,
    Satisfaction,
    TargetGroup,
    YearVolume,
)

NOT_MUNICIPAL = "niet voor gemeenten"
DOUBLE = "dubbel"
WITHOUT_NAME = "zonder naam"
UNKNOWN = "zonder geldige UPL-URI"
TOO_LONG = "een tekst is te lang"
MAX_LINE = 300
NO_NAME_YET = "UPL-naam_nog_niet_beschikbaar"
"""The official list has a row for products that it has no name for yet; it stands for many, so for none."""

UPL_NAMESPACE = "http://standaarden.overheid.nl/owms/terms/"
UPL_REQUIRED = ("UniformeProductnaam", "URI", "Gemeente")
UPL_COLUMNS = (
    *UPL_REQUIRED,
    *("Rijk", "Provincie", "Waterschap", "Burger", "Bedrijf", "Dienstenwet", "SDG", "Autonomie", "Medebewind"),
    *("Aanvraag", "Subsidie", "Melding", "Verplichting", "Grondslag", "Grondslaglabel", "Grondslaglink", "DigiDMacht"),
)


@dataclass(frozen=True)
class ChannelRow:
    """A way to send the message, as far as a list tells."""

    name: str = ""
    kind: ChannelKind | None = None
    url: str = ""
    level: Availability | None = None
    login_levels: tuple[LoginLevel, ...] = ()
    supplier: str = ""
    form_id: str = ""
    product_page_url: str = ""
    designated: YesNo | None = None
    designation: Designation = field(default_factory=Designation)
    use: ChannelUse | None = None
    answers: tuple[Answer, ...] = ()
    template: str = ""
    satisfaction: tuple[Satisfaction, ...] = ()


@dataclass(frozen=True)
class ProductRow:
    """One product with its first message, as a list from outside knows it. Empty means: the list does not say."""

    name: str
    summary: str = ""
    keywords: tuple[str, ...] = ()
    upl_label: str = ""
    upl_uri: str = ""
    audiences: tuple[Audience, ...] = ()
    department: str = ""
    process_owner: str = ""
    controller: str = ""
    executor: Executor | None = None
    executor_name: str = ""
    yearly_volume: int | None = None
    legal_bases: tuple[LegalBasis, ...] = ()
    decision_term: str = ""
    objection_possible: YesNo | None = None
    special_act: str = ""
    target_groups: tuple[TargetGroup, ...] = ()
    answers: tuple[Answer, ...] = ()
    message_name: str = ""
    message_kind: MessageKind | None = None
    official_message: Official = Official.UNKNOWN
    direction: Direction | None = None
    on_request: YesNo | None = None
    reasoning: str = ""
    message_answers: tuple[Answer, ...] = ()
    volumes: tuple[YearVolume, ...] = ()
    service_norm: str = ""
    norm_results: tuple[NormResult, ...] = ()
    ambitions: tuple[Ambition, ...] = ()
    channels: tuple[ChannelRow, ...] = ()
    login_levels: Mapping[Audience, LoginLevel] = field(default_factory=dict)
    """The log-in to expect for each audience (starter list only); what a channel really asks stands in `channels`."""
    expected_availability: Availability | None = None
    national_facility: str = ""
    physical_presence: YesNo | None = None
    support_need: int | None = None
    sdg_codes: tuple[str, ...] = ()
    services_directive: YesNo | None = None
    note: str = ""
    external_id: str = ""
    row: int = 0
    """The row of the file it came from, counted from 1 as on screen; 0 when it came from no file."""


@dataclass(frozen=True)
class SkippedRow:
    """A row that was not taken over, counted from 1 as on screen, with the reason in Dutch."""

    row: int
    name: str
    reason: str


@dataclass(frozen=True)
class ImportNote:
    """A value that was read as something else, or kept as text because no field could hold it."""

    row: int
    heading: str
    value: str
    kind: str
    """`changed`, `guessed` or `kept`."""
    became: str


@dataclass(frozen=True)
class Column:
    """A column of a list. An empty `field`: its cells go to the remarks. `score`: 1 is certain, 0 unknown."""

    index: int
    heading: str
    field: str
    score: float
    year: int | None = None
    """The year that the heading of a yearly figure names, such as 2025 in `Tevredenheid 2025`."""


@dataclass(frozen=True)
class Layout:
    """Where the products stand in a file, and what the columns are taken for; `top` counts from 0."""

    sheet: Sheet
    top: int
    columns: tuple[Column, ...]

    def cells(self, column: Column) -> list[str]:
        """What stands in a column, without the empty cells."""
        rows = self.sheet.rows[self.top + 1 :]
        return [row[column.index] for row in rows if column.index < len(row) and row[column.index]]


@dataclass(frozen=True)
class ProductsResult:
    """What a list gave: products, the columns as they were understood, and all that needs a look."""

    products: tuple[ProductRow, ...]
    skipped: tuple[SkippedRow, ...]
    layout: Layout
    notes: tuple[ImportNote, ...] = ()
    rows_read: int = 0

    @property
    def columns(self) -> Mapping[str, str | None]:
        """Heading of the file -> our column; None for a column that only ends up in the remarks."""
        return {column.heading: column.field or None for column in self.layout.columns}

    @property
    def skipped_by_reason(self) -> Mapping[str, int]:
        """How many rows were skipped for each reason, the most frequent first."""
        return dict(Counter(row.reason for row in self.skipped).most_common())


# --- the starter list ------------------------------------------------------------------------------------------------


@cache
def starter_products() -> tuple[ProductRow, ...]:
    """120 products that most municipalities have, as proposals; `external_id` holds the id in the list (WMS-001)."""
    return tuple(
        ProductRow(
            name=_capitalised(row["label"]),
            upl_label=row["label"],
            upl_uri=row["uri"],
            audiences=tuple(Audience(code) for code in row["audience"]),
            department=row["department"],
            legal_bases=_starter_basis(row["legal_basis_law"], row["legal_basis_article"]),
            message_kind=MessageKind(row["message_kind"]),
            official_message=Official(row["official_message"]),
            login_levels={Audience(who): LoginLevel(level) for who, level in row["login_level"].items()},
            expected_availability=Availability(row["expected_availability"]),
            national_facility=row["national_facility"] or "",
            physical_presence=_yes_no(is_true=row["physical_presence"]),
            support_need=row["support_need"],
            sdg_codes=tuple(row["sdg_codes"]),
            services_directive=_yes_no(is_true=row["services_directive"]),
            note=row["note"],
            external_id=row["id"],
        )
        for row in values.document("wmebv", "starter-products")["products"]
    )


def _starter_basis(law: str, article: str) -> tuple[LegalBasis, ...]:
    """The list writes "Artikel 26 Paspoortwet" beside "Paspoortwet", and says so where the UPL has no legal basis."""
    if law == "Geen wettelijke grondslag in de UPL":
        return ()
    article = article.removesuffix(law).strip()
    return (LegalBasis(law=law, article="" if article.casefold() == law.casefold() else article),)


# --- the official list of product names ------------------------------------------------------------------------------


def read_upl(sheets: Sequence[Sheet]) -> ProductsResult:
    """Read the official list of uniform product names (UPL), and keep what municipalities offer.

    Columns are found by name, so older and newer editions work too. A product with several legal bases has several
    rows that differ in those alone; they become one product. The key is the URI: labels change.

    Raises:
        BadInput: a column that cannot be missed is not there, or no row is for municipalities.
    """
    sheet, top, columns = _headings(sheets, {_key(name): name for name in UPL_COLUMNS})
    missing = [name for name in UPL_REQUIRED if name not in columns]
    if missing:
        raise BadInput(
            f"Dit is niet de lijst met uniforme productnamen: de kolom '{missing[0]}' ontbreekt. "
            "Download de lijst 'UPL-actueel' opnieuw bij standaarden.overheid.nl."
        )
    products: dict[str, ProductRow] = {}
    seen: set[tuple[str, ...]] = set()
    skipped: list[SkippedRow] = []
    rows_read = 0
    for number, cells in enumerate(sheet.rows[top + 1 :], start=top + 2):
        if not any(cells):
            continue
        rows_read += 1
        row = {name: cells[column] if column < len(cells) else "" for name, column in columns.items()}
        name, uri = row["UniformeProductnaam"], row["URI"]
        if reason := _upl_fault(row, tuple(cells) in seen):
            skipped.append(SkippedRow(number, name or uri, reason))
            continue
        seen.add(tuple(cells))
        basis = _upl_basis(row)
        if uri in products:
            known = products[uri]
            products[uri] = replace(known, legal_bases=known.legal_bases + basis)
        else:
            products[uri] = _upl_product(row, basis, number)
    if not products:
        raise BadInput("In deze lijst staat geen product voor gemeenten. Kies de lijst 'UPL-actueel'.")
    place = Layout(sheet, top, tuple(_columns(sheet.rows[top], columns)))
    return ProductsResult(tuple(products.values()), tuple(skipped), place, rows_read=rows_read)


def is_official_list(found: Sequence[Sheet]) -> bool:
    """Whether a sheet has the headings of the official list of product names (UPL)."""
    wanted = {values.normalise(name) for name in UPL_REQUIRED}
    return any(wanted <= {values.normalise(cell) for cell in row} for sheet in found for row in sheet.rows[:15])


def _upl_fault(row: Mapping[str, str], is_seen: bool) -> str:  # noqa: FBT001 - private, one caller
    if not row["UniformeProductnaam"]:
        return WITHOUT_NAME
    if not row["URI"].startswith(UPL_NAMESPACE):
        return UNKNOWN
    if not _is_marked(row, "Gemeente"):
        return NOT_MUNICIPAL
    if any(len(text) > MAX_LINE for text in (row["UniformeProductnaam"], row["URI"], *_sdg_codes(row))):
        return TOO_LONG
    return DOUBLE if is_seen else ""


def _sdg_codes(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(code.strip() for code in row.get("SDG", "").split(";") if code.strip())


def _upl_product(row: Mapping[str, str], bases: tuple[LegalBasis, ...], number: int) -> ProductRow:
    audiences = {"Burger": Audience.RESIDENT, "Bedrijf": Audience.BUSINESS}
    kinds = {
        "Aanvraag": MessageKind.APPLICATION,
        "Subsidie": MessageKind.APPLICATION,
        "Melding": MessageKind.NOTIFICATION,
    }
    label = row["UniformeProductnaam"]
    return ProductRow(
        name=_capitalised(label),
        upl_label=label,
        upl_uri=row["URI"],
        audiences=tuple(audience for column, audience in audiences.items() if _is_marked(row, column)),
        legal_bases=bases,
        message_kind=next((kind for column, kind in kinds.items() if _is_marked(row, column)), None),
        sdg_codes=_sdg_codes(row),
        services_directive=_yes_no(is_true=_is_marked(row, "Dienstenwet")) if "Dienstenwet" in row else None,
        note="Kan met DigiD Machtigen." if _is_marked(row, "DigiDMacht") else "",
        row=number,
    )


def _upl_basis(row: Mapping[str, str]) -> tuple[LegalBasis, ...]:
    """Labels read "Artikel 2.43 Wet basisregistratie personen"; some name no article."""
    label, link = row.get("Grondslaglabel", ""), row.get("Grondslaglink", "")
    if not (label or link):
        return ()
    if parts := re.fullmatch(
        r"((?:Artikel(?:en)?|Paragraaf|Hoofdstuk|Afdeling|§) [0-9]\S*(?: lid [0-9]+)?) (.+)", label
    ):
        return (LegalBasis(law=parts[2][:300], article=parts[1][:300], url=link[:2000]),)
    return (LegalBasis(law=label[:300], url=link[:2000]),)


def _is_marked(row: Mapping[str, str], column: str) -> bool:
    return row.get(column, "").casefold() in {"x", "ja", "1"}


def _headings(sheets: Sequence[Sheet], known: Mapping[str, str]) -> tuple[Sheet, int, dict[str, int]]:
    """The sheet and row with the most known headings, and the place of each known column; the first one counts."""

    def is_known(heading: str) -> bool:
        return _key(heading) in known

    ranked = [(find_headings(sheet, is_known), sheet) for sheet in sheets if sheet.rows]
    (top, _), sheet = max(ranked, key=lambda ranking: (ranking[0][1], not ranking[1].is_hidden))
    columns: dict[str, int] = {}
    for index, heading in enumerate(sheet.rows[top]):
        if column := known.get(_key(heading)):
            columns.setdefault(column, index)
    return sheet, top, columns


def _key(heading: str) -> str:
    """Headings are compared without spaces: "UniformeProductnaam" is "uniforme productnaam"."""
    return values.normalise(heading).replace(" ", "")


def _columns(headings: Sequence[str], known: Mapping[str, int]) -> Iterator[Column]:
    names = {index: name for name, index in known.items()}
    for index, heading in enumerate(headings):
        if heading:
            yield Column(index, heading, names.get(index, ""), 1.0 if index in names else 0.0)


def _capitalised(label: str) -> str:
    """The UPL writes all names in lower case; a name on a page starts with a capital."""
    return label[:1].upper() + label[1:]


def _yes_no(*, is_true: bool) -> YesNo:
    return YesNo.YES if is_true else YesNo.NO
