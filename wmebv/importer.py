"""Lists of products from outside: the official product names, a municipality's own list, and our starter list.

Pure: rows of text go in, `ProductRow` comes out. Storing them, and matching them with products that are there already
(on UPL-URI, then UPL name, then name), is the work of the services.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import TypeVar

from core import values
from core.content import YesNo
from core.errors import BadInput
from core.sheets import Sheet, find_headings
from wmebv.content import Audience, Availability, ChannelKind, LegalBasis, LoginLevel, MessageKind, Official

NOT_MUNICIPAL = "niet voor gemeenten"
DOUBLE = "dubbel"
WITHOUT_NAME = "zonder naam"
UNKNOWN = "zonder geldige UPL-URI"

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


@dataclass(frozen=True)
class ProductRow:
    """One product with its first message, as a list from outside knows it. Empty means: the list does not say."""

    name: str
    upl_label: str = ""
    upl_uri: str = ""
    audiences: tuple[Audience, ...] = ()
    department: str = ""
    process_owner: str = ""
    yearly_volume: int | None = None
    legal_bases: tuple[LegalBasis, ...] = ()
    message_name: str = ""
    message_kind: MessageKind | None = None
    official_message: Official = Official.UNKNOWN
    reasoning: str = ""
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
    """`guessed` or `kept`."""
    became: str


@dataclass(frozen=True)
class ProductsResult:
    """What a list gave: products, the columns as they were understood, and all that needs a look."""

    products: tuple[ProductRow, ...]
    skipped: tuple[SkippedRow, ...]
    columns: Mapping[str, str | None]
    """Heading of the file -> our column; None for a column that only ends up in the notes."""
    notes: tuple[ImportNote, ...] = ()
    rows_read: int = 0

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
    headings = {heading: _key_of(columns, index) for index, heading in enumerate(sheet.rows[top]) if heading}
    return ProductsResult(tuple(products.values()), tuple(skipped), headings, rows_read=rows_read)


def _upl_fault(row: Mapping[str, str], is_seen: bool) -> str:  # noqa: FBT001 - private, one caller
    if not row["UniformeProductnaam"]:
        return WITHOUT_NAME
    if not row["URI"].startswith(UPL_NAMESPACE):
        return UNKNOWN
    if not _is_marked(row, "Gemeente"):
        return NOT_MUNICIPAL
    return DOUBLE if is_seen else ""


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
        sdg_codes=tuple(code.strip() for code in row.get("SDG", "").split(";") if code.strip()),
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


# --- a list of the municipality itself -------------------------------------------------------------------------------

OWN_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "nr", "nummer", "kenmerk", "volgnummer", "productnummer"),
    "productnaam": ("productnaam", "product", "naam product", "naam", "dienst", "product of dienst", "titel"),
    "UPL-naam": ("UPL-naam", "UPL", "uniforme productnaam", "UniformeProductnaam"),
    "UPL-URI": ("UPL-URI", "URI", "UPL link", "UPL-code"),
    "doelgroep": ("doelgroep", "voor wie", "particulier of ondernemer", "klantgroep"),
    "afdeling": ("afdeling", "team", "organisatieonderdeel", "verantwoordelijke afdeling", "cluster"),
    "proceseigenaar": ("proceseigenaar", "eigenaar", "producteigenaar"),
    "aantal per jaar": ("aantal per jaar", "aantal", "volume", "aantallen", "aantal berichten per jaar"),
    "wettelijke grondslag": ("wettelijke grondslag", "grondslag", "wet", "wettelijke basis", "regeling"),
    "artikel": ("artikel", "wetsartikel"),
    "berichttype": ("berichttype", "bericht", "naam bericht", "formulier", "naam formulier"),
    "soort bericht": ("soort bericht", "berichtsoort", "aard bericht", "soort"),
    "officieel": ("officieel", "officieel bericht", "formeel bericht"),
    "motivering": ("motivering", "waarom officieel"),
    "kanaal": ("kanaal", "naam kanaal", "kanalen", "indieningswijze", "digitaal kanaal"),
    "soort kanaal": ("soort kanaal", "kanaalsoort", "type kanaal"),
    "URL": ("URL", "link", "webadres", "link formulier", "url formulier", "website"),
    "niveau": ("niveau", "niveau digitaal", "digitaal niveau", "mate van digitalisering"),
    "inlogmiddel": ("inlogmiddel", "inloggen", "authenticatie", "inlog", "inlogmiddelen"),
    "leverancier": ("leverancier", "leverancier formulier"),
    "SDG-code": ("SDG-code", "SDG", "SDG codes"),
    "fysiek": ("persoonlijk verschijnen", "fysieke aanwezigheid", "komt langs", "fysiek"),
    "landelijke voorziening": ("landelijke voorziening", "landelijk loket"),
    "opmerking": ("opmerking", "opmerkingen", "toelichting", "notitie", "bijzonderheden"),
}
"""The columns of the inventory, with what other lists call them."""

_ABOUT_PRODUCT = frozenset(
    {"productnaam", "UPL-naam", "UPL-URI", "doelgroep", "afdeling", "proceseigenaar", "wettelijke grondslag", "artikel"}
)
_ABOUT_MESSAGE = ("berichttype", "soort bericht", "kanaal")
MAX_NOTE = 4000
_AUDIENCES = {
    Audience.RESIDENT: ("particulier", "burger", "inwoner", "persoon", "beide", "iedereen", "alle"),
    Audience.BUSINESS: ("ondernemer", "bedrijf", "bedrijven", "organisatie", "zakelijk", "beide", "iedereen", "alle"),
}
_KINDS: Mapping[MessageKind, tuple[str, ...]] = {
    MessageKind.APPLICATION: ("aanvragen", "vergunningaanvraag", "subsidieaanvraag"),
    MessageKind.NOTIFICATION: ("kennisgeving", "meldingen"),
    MessageKind.BEZWAAR: ("bezwaarschrift",),
    MessageKind.SIGNAL: ("melding openbare ruimte", "tip"),
    MessageKind.PRIVATE_LAW: ("overeenkomst", "privaatrecht"),
    MessageKind.OUTGOING_DECISION: ("besluit", "beschikking", "uitgaand bericht"),
    MessageKind.SUPPLEMENT: ("aanvullende gegevens",),
}
_CHANNELS: Mapping[ChannelKind, tuple[str, ...]] = {
    ChannelKind.WEB_FORM: (
        "e-formulier",
        "eformulier",
        "formulier",
        "online formulier",
        "webform",
        "digitaal formulier",
    ),
    ChannelKind.EMAIL: ("email", "mail", "e-mailadres"),
    ChannelKind.PORTAL: ("mijn omgeving", "persoonlijke pagina", "mijngemeente"),
    ChannelKind.MESSAGE_BOX: ("berichtenbox mijnoverheid", "mijnoverheid"),
    ChannelKind.NATIONAL: ("landelijke voorziening", "omgevingsloket", "landelijk loket"),
    ChannelKind.PAPER: ("post", "brief", "schriftelijk", "per post"),
    ChannelKind.DESK: ("loket", "aan de balie", "afspraak", "stadskantoor"),
    ChannelKind.PHONE: ("bellen", "telefonisch"),
}
_LOGINS = (
    (re.compile(r"digid\D*(substantieel|hoog)"), LoginLevel.DIGID_SUBSTANTIEEL),
    (re.compile(r"digid\D*midden"), LoginLevel.DIGID_MIDDEN),
    (re.compile(r"(eherkenning|eh)\D*3"), LoginLevel.EH3),
    (re.compile(r"(eherkenning|eh)\D*2"), LoginLevel.EH2PLUS),
    (re.compile(r"eidas"), LoginLevel.EIDAS),
    (re.compile(r"\b(balie|persoonlijk)\b"), LoginLevel.DESK),
    (re.compile(r"^(geen|nee|zonder( inlog)?|nvt|n v t)$"), LoginLevel.NONE),
)
_YES_NO: Mapping[YesNo, tuple[str, ...]] = {
    YesNo.YES: ("j", "x", "yes", "waar", "true", "1", "wel"),
    YesNo.NO: ("n", "no", "onwaar", "false", "0", "niet", "geen"),
}
_OFFICIAL: Mapping[Official, tuple[str, ...]] = {
    Official.YES: ("j", "x", "yes", "waar", "true", "1", "officieel", "formeel"),
    Official.NO: ("n", "no", "onwaar", "false", "0", "niet officieel", "informeel"),
    Official.MIXED: ("deels", "soms", "beide"),
    Official.UNKNOWN: ("?", "weet niet", "nog bepalen"),
}
Code = TypeVar("Code", bound=StrEnum)


def read_product_list(sheets: Sequence[Sheet]) -> ProductsResult:
    """Read a municipality's own list of products, one row for each product, message or channel.

    Headings are those of the inventory or words that others use for them. A row that leaves out the product belongs
    to the product above it. What no field can hold is kept in `note` with its heading, and reported.

    Raises:
        BadInput: no row has a heading for the name of the product, or no row could be read.
    """
    known = {_key(name): column for column, names in OWN_COLUMNS.items() for name in names}
    sheet, top, columns = _headings(sheets, known)
    if not {"productnaam", "UPL-naam"} & set(columns):
        raise BadInput("Er is geen kolom met de naam van het product. Zet boven die kolom 'productnaam'.")
    reader = _OwnList(sheet.rows[top], columns)
    for number, cells in enumerate(sheet.rows[top + 1 :], start=top + 2):
        if any(cells):
            reader.read(number, cells)
    if not reader.products:
        raise BadInput("In deze lijst staat geen enkel product. Vul de kolom 'productnaam'.")
    headings = {heading: _key_of(columns, index) for index, heading in enumerate(sheet.rows[top]) if heading}
    rows_read = len(reader.products) + len(reader.skipped)
    return ProductsResult(
        tuple(reader.products), tuple(reader.skipped), headings, tuple(reader.notes), rows_read=rows_read
    )


class _OwnList:
    """Reads row after row, because a row may lean on the one above it."""

    def __init__(self, headings: Sequence[str], columns: Mapping[str, int]) -> None:
        self.headings = headings
        self.columns = columns
        self.products: list[ProductRow] = []
        self.skipped: list[SkippedRow] = []
        self.notes: list[ImportNote] = []
        self._above: Mapping[str, str] = {}
        self._seen: set[tuple[str, ...]] = set()

    def read(self, number: int, cells: Sequence[str]) -> None:
        row = {name: cells[column] if column < len(cells) else "" for name, column in self.columns.items()}
        is_leaning = not _name_of(row) and any(row.get(column) for column in _ABOUT_MESSAGE)
        if is_leaning:
            row |= {column: self._above.get(column, "") for column in _ABOUT_PRODUCT & set(row)}
        name = _name_of(row)
        if not name:
            self.skipped.append(SkippedRow(number, next(filter(None, cells)), WITHOUT_NAME))
        elif tuple(cells) in self._seen and not is_leaning:
            self.skipped.append(SkippedRow(number, name, DOUBLE))
        else:
            if is_leaning:
                self.notes.append(ImportNote(number, self._heading("productnaam"), "", "guessed", name))
            self._seen.add(tuple(cells))
            self._above = row
            self.products.append(self._product(number, row, cells))

    def _product(self, number: int, row: Mapping[str, str], cells: Sequence[str]) -> ProductRow:
        keep = _Kept(number, self)
        product = ProductRow(
            name=keep.line("productnaam", _name_of(row)),
            upl_label=keep.line("UPL-naam", row.get("UPL-naam", "")),
            upl_uri=keep.url("UPL-URI", row.get("UPL-URI", "")),
            audiences=keep.audiences("doelgroep", row.get("doelgroep", "")),
            department=keep.line("afdeling", row.get("afdeling", "")),
            process_owner=keep.line("proceseigenaar", row.get("proceseigenaar", "")),
            yearly_volume=keep.number("aantal per jaar", row.get("aantal per jaar", "")),
            legal_bases=_own_basis(
                keep.line("wettelijke grondslag", row.get("wettelijke grondslag", "")),
                keep.line("artikel", row.get("artikel", "")),
            ),
            message_name=keep.line("berichttype", row.get("berichttype", "")),
            message_kind=keep.code("soort bericht", row.get("soort bericht", ""), MessageKind, _KINDS),
            official_message=keep.code("officieel", row.get("officieel", ""), Official, _OFFICIAL) or Official.UNKNOWN,
            reasoning=row.get("motivering", "")[:4000],
            channels=self._channels(row, keep),
            national_facility=keep.line("landelijke voorziening", row.get("landelijke voorziening", "")),
            physical_presence=keep.code("fysiek", row.get("fysiek", ""), YesNo, _YES_NO),
            sdg_codes=tuple(re.findall(r"\b[A-Z][0-9]{1,2}\b", row.get("SDG-code", ""))),
            external_id=row.get("id", "")[:80],
            row=number,
        )
        taken = set(self.columns.values())
        for column, heading in enumerate(self.headings):
            if column not in taken and column < len(cells) and cells[column]:
                keep.aside(heading or f"kolom {column + 1}", cells[column])
        note = "\n".join(filter(None, [row.get("opmerking", ""), *keep.texts]))
        if len(note) > MAX_NOTE:
            self.notes.append(ImportNote(number, "opmerking", note[MAX_NOTE:], "kept", "te lang: het einde staat hier"))
        return replace(product, note=note[:MAX_NOTE])

    def _channels(self, row: Mapping[str, str], keep: "_Kept") -> tuple[ChannelRow, ...]:
        named, kind = row.get("kanaal", ""), row.get("soort kanaal", "")
        channel = ChannelRow(
            name=keep.line("kanaal", named),
            kind=keep.code("soort kanaal", kind, ChannelKind, _CHANNELS) if kind else _kind_in(named),
            url=keep.url("URL", row.get("URL", "")),
            level=keep.level("niveau", row.get("niveau", "")),
            login_levels=keep.logins("inlogmiddel", row.get("inlogmiddel", "")),
            supplier=keep.line("leverancier", row.get("leverancier", "")),
        )
        return () if channel == ChannelRow() else (channel,)

    def _heading(self, name: str) -> str:
        return self.headings[self.columns[name]] if name in self.columns else name


class _Kept:
    """Turns the texts of one row into values; what cannot be turned is set aside with its heading, never dropped."""

    def __init__(self, number: int, owner: _OwnList) -> None:
        self.texts: list[str] = []
        self._number = number
        self._owner = owner

    def aside(self, heading: str, text: str) -> None:
        self.texts.append(f"{heading}: {text}")
        self._owner.notes.append(ImportNote(self._number, heading, text, "kept", "opmerking"))

    def _aside(self, name: str, text: str) -> None:
        self.aside(self._owner._heading(name), text)  # noqa: SLF001 - two halves of one reader

    def _guessed(self, name: str, text: str, became: str) -> None:
        heading = self._owner._heading(name)  # noqa: SLF001 - idem
        self._owner.notes.append(ImportNote(self._number, heading, text, "guessed", became))

    def line(self, name: str, text: str) -> str:
        text = " ".join(text.split())
        if len(text) > 300:
            self._aside(name, text)
        return text[:300].rstrip()

    def url(self, name: str, text: str) -> str:
        is_address = re.fullmatch(r"(https?://|mailto:)\S+|[^\s@]+@[^\s@]+\.[^\s@]+|www\.\S+", text, re.IGNORECASE)
        if text and not (is_address and len(text) <= 2000):
            self._aside(name, text)
            return ""
        return text

    def number(self, name: str, text: str) -> int | None:
        digits = re.sub(r"(?<=[0-9])[. ](?=[0-9]{3}\b)", "", text)
        if found := re.fullmatch(r"(?:ca\.?|circa|ongeveer|\u00b1|~)?\s*([0-9]{1,9})", digits, re.IGNORECASE):
            if found[1] != text:
                self._guessed(name, text, found[1])
            return min(int(found[1]), 100_000_000)
        if text:
            self._aside(name, text)
        return None

    def code(self, name: str, text: str, codes: type[Code], synonyms: Mapping[Code, Sequence[str]]) -> Code | None:
        """The code that equals the text, or goes by that name; else the only one that the text mentions."""
        if not text:
            return None
        wanted = values.normalise(text)
        names = {code: {values.normalise(known) for known in [str(code), *synonyms.get(code, ())]} for code in codes}
        if found := [code for code in codes if wanted in names[code]]:
            if wanted != values.normalise(found[0]):
                self._guessed(name, text, found[0])
            return found[0]
        mentioned = [code for code in codes if any(f" {known} " in f" {wanted} " for known in names[code])]
        if len(mentioned) == 1:
            self._guessed(name, text, mentioned[0])
            return mentioned[0]
        self._aside(name, text)
        return None

    def audiences(self, name: str, text: str) -> tuple[Audience, ...]:
        words = values.normalise(text).split()
        found = tuple(
            audience
            for audience, names in _AUDIENCES.items()
            if any(word.startswith(values.normalise(known)) for word in words for known in names)
        )
        if text and not found:
            self._aside(name, text)
        return found

    def level(self, name: str, text: str) -> Availability | None:
        found = re.search(r"\bD[0-6X]\b", text.upper())
        if text and not found:
            self._aside(name, text)
        return Availability(found[0]) if found else None

    def logins(self, name: str, text: str) -> tuple[LoginLevel, ...]:
        """Only what the text says: "DigiD" alone names no level, and a level is what the duty is about."""
        levels: list[LoginLevel] = []
        for part in re.split(r"[;,/|\n]|\ben\b|\bof\b", text):
            if not part.strip():
                continue
            plain = " ".join(re.findall(r"[^\W_]+|\+", part.casefold()))
            level = next((level for pattern, level in _LOGINS if pattern.search(plain)), None)
            if level is None:
                self._aside(name, part.strip())
            elif level not in levels:
                levels.append(level)
        return tuple(levels)


def _name_of(row: Mapping[str, str]) -> str:
    return row.get("productnaam") or row.get("UPL-naam") or ""


def _own_basis(law: str, article: str) -> tuple[LegalBasis, ...]:
    return (LegalBasis(law=law, article=article),) if law or article else ()


def _kind_in(text: str) -> ChannelKind | None:
    """The kind that the name of a channel gives away ("webformulier verhuizing"); nothing when it names two."""
    words = f" {values.normalise(text)} "
    names: dict[ChannelKind, list[str]] = {kind: [str(kind), *_CHANNELS.get(kind, ())] for kind in ChannelKind}
    found = [kind for kind in ChannelKind if any(f" {values.normalise(known)} " in words for known in names[kind])]
    return found[0] if len(found) == 1 else None


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


def _key_of(columns: Mapping[str, int], index: int) -> str | None:
    return next((name for name, column in columns.items() if column == index), None)


def _capitalised(label: str) -> str:
    """The UPL writes all names in lower case; a name on a page starts with a capital."""
    return label[:1].upper() + label[1:]


def _yes_no(*, is_true: bool) -> YesNo:
    return YesNo.YES if is_true else YesNo.NO
