"""A municipality's own list of products: what its columns hold and what each row says. Pure, no database.

Nothing is lost and nothing happens unseen: each value that was changed, guessed or kept gives a note, a column that we
do not know goes to the remarks of the product, and a row that cannot be read is told with the reason.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from itertools import accumulate
from typing import TypeVar

from core import clock, sheets, values
from core.content import MAX_LIST, YesNo
from core.errors import BadInput
from core.sheets import Sheet
from core.values import ValueList
from wmebv.content import (
    MAX_VOLUME,
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
from wmebv.duties import Scope, duties, support_forms
from wmebv.importer import (
    DOUBLE,
    MAX_LINE,
    NO_NAME_YET,
    UPL_NAMESPACE,
    WITHOUT_NAME,
    ChannelRow,
    Column,
    ImportNote,
    Layout,
    ProductRow,
    ProductsResult,
    SkippedRow,
)
from wmebv.public import safe_address
from wmebv.reading import read_answer, read_day

CERTAIN = 0.86
"""A heading that looks less like one that we know is not taken for it."""
_OWN: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "nr", "nummer", "kenmerk", "volgnummer", "productnummer"),
    "productnaam": (
        *("productnaam", "product", "naam product", "naam", "dienst", "product of dienst", "titel"),
        *("naam v/h product", "naam van het product", "product/dienst", "producten"),
    ),
    "korte uitleg": ("korte uitleg", "samenvatting", "publiekstekst"),
    "andere woorden": ("andere woorden", "trefwoorden", "zoekwoorden", "synoniemen", "zoektermen"),
    "UPL-naam": ("UPL-naam", "UPL", "uniforme productnaam", "UniformeProductnaam"),
    "UPL-URI": ("UPL-URI", "URI", "UPL link", "UPL-code"),
    "doelgroep": ("doelgroep", "voor wie", "particulier of ondernemer", "particulier / ondernemer", "klantgroep"),
    "afdeling": ("afdeling", "team", "organisatieonderdeel", "verantwoordelijke afdeling", "cluster"),
    "proceseigenaar": ("proceseigenaar", "eigenaar", "producteigenaar"),
    "bestuursorgaan": ("bestuursorgaan", "bevoegd bestuursorgaan", "bevoegd gezag"),
    "uitvoerder": ("uitvoerder", "wie voert uit", "uitgevoerd door", "uitvoerende organisatie"),
    "aantal per jaar": ("aantal per jaar", "aantal", "volume", "aantallen", "aantal berichten per jaar"),
    "wettelijke grondslag": ("wettelijke grondslag", "grondslag", "wet", "wettelijke basis", "regeling"),
    "artikel": ("artikel", "wetsartikel"),
    "beslistermijn": ("beslistermijn", "afhandeltermijn", "wettelijke termijn"),
    "bezwaar mogelijk": ("bezwaar mogelijk", "bezwaar", "staat bezwaar open"),
    "bijzondere wet": ("bijzondere wet", "speciale wet"),
    "hulp nodig": ("support_need", "hulp nodig", "kans op hulpvraag", "ondersteuningsbehoefte"),
    "doelgroepen hulp": ("doelgroepen", "doelgroepen hulp", "wie heeft hulp nodig"),
    "SDG-code": ("SDG-code", "SDG", "SDG codes"),
    "ambitie": ("ambitie", "ambitieniveau", "gewenst niveau", "hoe digitaal moet het worden"),
    "jaar ambitie": ("jaar ambitie", "ambitiejaar", "streefjaar"),
    "fysiek": ("persoonlijk verschijnen", "fysieke aanwezigheid", "komt langs", "fysiek"),
    "landelijke voorziening": ("landelijke voorziening", "landelijk loket"),
    "berichttype": ("berichttype", "bericht", "naam bericht", "formulier", "naam formulier"),
    "soort bericht": ("soort bericht", "berichtsoort", "aard bericht", "soort"),
    "officieel": ("officieel", "officieel bericht", "formeel bericht"),
    "motivering": ("motivering", "waarom officieel"),
    "richting": ("richting", "in of uit", "inkomend of uitgaand"),
    "op verzoek": (
        *("op verzoek", "op verzoek van de gemeente", "op eigen initiatief of op verzoek"),
        "op eigen initiatief of op verzoek van de gemeente",
    ),
    "aantal in een jaar": ("aantal in een jaar", "geteld aantal", "aantal geteld"),
    "servicenorm": ("servicenorm", "kwaliteitsnorm", "norm voor de afhandeling"),
    "servicenorm gehaald": (
        *("servicenorm gehaald", "binnen de norm", "binnen servicenorm", "% binnen de norm"),
        *("percentage binnen de norm", "norm gehaald", "servicenorm gehaald %"),
    ),
    "jaar cijfers": ("jaar cijfers", "jaar", "peiljaar", "verslagjaar", "meetjaar"),
    "bron cijfers": ("bron cijfers", "bron", "bron van de cijfers"),
    "kanaal": ("kanaal", "naam kanaal", "kanalen", "indieningswijze", "digitaal kanaal"),
    "sjabloon": ("sjabloon", "formulierengenerator", "formulierenmotor", "formulierensysteem"),
    "soort kanaal": ("soort kanaal", "kanaalsoort", "type kanaal"),
    "URL": ("URL", "link", "webadres", "link formulier", "url formulier", "website"),
    "niveau": ("niveau", "niveau digitaal", "digitaal niveau", "mate van digitalisering", "niveau D0-DX"),
    "inlogmiddel": ("inlogmiddel", "inloggen", "authenticatie", "inlog", "inlogmiddelen"),
    "leverancier": ("leverancier", "leverancier formulier"),
    "formulier-id": ("formulier-id", "formuliernummer", "nummer formulier", "id formulier"),
    "productpagina": ("productpagina-URL", "productpagina", "pagina op de website", "link productpagina"),
    "tevredenheid": ("tevredenheid", "klanttevredenheid", "rapportcijfer", "waardering"),
    "terugvalkanaal": ("terugvalkanaal", "vangnet", "terugval", "kanaal als vangnet"),
    "aangewezen": ("aangewezen", "aangewezen kanaal", "kanaal aangewezen"),
    "besluit": ("besluit", "aanwijzingsbesluit", "naam besluit"),
    "datum besluit": ("datum besluit", "besluitdatum", "datum aanwijzing"),
    "vindplaats": ("vindplaats", "vindplaats gemeenteblad", "gemeenteblad"),
    "beoordelaar": ("beoordelaar", "beantwoord door", "beoordeeld door"),
    "beoordeeld op": ("beoordeeld op", "datum beoordeling", "beantwoord op", "peildatum"),
    "bewijs": ("bewijs", "bewijsstuk", "vindplaats bewijs"),
    "opmerking": ("opmerking", "opmerkingen", "toelichting", "notitie", "bijzonderheden"),
}
"""The columns of the inventory, with what other lists call them; the answers to duties come beside them."""
_ANSWERED_AS: Mapping[str, tuple[str, ...]] = {
    "W04": ("op papier", "alternatief zonder internet", "kan ook op papier", "papieren weg"),
    "W05": ("machtigen", "machtiging", "namens iemand anders"),
    "W06": ("B1", "B1-datum", "taalniveau", "datum taaltoets"),
    "W07": ("WCAG", "WCAG-status", "toegankelijkheid", "toegankelijkheidsstatus"),
    "W09": ("wettelijke uitzondering", "digitaal verplicht of verboden"),
    "W11": ("digitaal mogelijk", "kan digitaal", "digitaal beschikbaar"),
    "W14": ("betrouwbaar en vertrouwelijk beoordeeld", "betrouwbaar en vertrouwelijk", "vertrouwelijk"),
    "W15": ("op productpagina", "kanaal op website"),
    "W16": ("geen onnodige eisen",),
    "W17": ("alleen nodige gegevens", "dataminimalisatie"),
    "W22": ("ontvangstbevestiging", "bevestiging", "ontvangstbericht"),
    "W23": ("afschrift", "kopie", "kopie van ingevulde gegevens"),
    "W24": ("storing", "storingsregeling"),
    "W26": ("logging", "logboek", "log"),
    "W27": ("toestemming vastgelegd", "toestemming"),
    "W28": ("terug naar papier",),
    "W29": ("notificatie", "seintje"),
    "W30": ("inhoud notificatie",),
    "W31": ("niet-bezorgd", "niet bezorgd"),
    "W33": ("ondertekening", "handtekening nodig"),
    "Z01": ("balie", "hulp balie"),
    "Z02": ("telefoon", "hulp telefoon"),
    "Z07": ("tolk", "vertaling"),
    "Z10": ("huisbezoek",),
}
WCAG_DATE = "datum W07"
_PER_YEAR = frozenset({"aantal in een jaar", "servicenorm gehaald", "tevredenheid", "ambitie"})
_YEAR = re.compile(r"\b20[0-9]{2}\b")
_RECORDED = frozenset({"W10", "W12"})
"""Said by the kind of message, and by the channels."""


@cache
def columns() -> Mapping[str, tuple[str, ...]]:
    """Every column that a list may have, with its names: those of the inventory, then an answer for each duty."""
    answers: dict[str, tuple[str, ...]] = {}
    for duty in duties().values():
        if duty.scope is not Scope.ORGANISATION and duty.code not in _RECORDED:
            answers[duty.code] = (duty.name, duty.code, f"{duty.code} {duty.name}", *_ANSWERED_AS.get(duty.code, ()))
    answers[WCAG_DATE] = ("WCAG-datum", "datum WCAG", "datum toegankelijkheid")
    for form in support_forms().values():
        if form.scope is not Scope.ORGANISATION and not form.same_as:
            answers[form.code] = (form.label, form.code, f"{form.code} {form.label}", *_ANSWERED_AS.get(form.code, ()))
    return {**_OWN, **answers}


def label_of(field: str) -> str:
    """What a person reads for a column."""
    return field if field in _OWN or field == WCAG_DATE else f"{field} {columns()[field][0]}"


def layout(
    found: Sequence[Sheet],
    *,
    mapping: Mapping[str, str | None] | None = None,
    sheet: str = "",
    heading_row: int = 0,
) -> Layout:
    """Find the sheet and the row with the headings, and propose a field for each column.

    Args:
        found: as `core.sheets.read` gives them.
        mapping: heading -> field, or None for the remarks; goes before what is proposed.
        sheet: the one that a person chose; without it the one with the most headings that we know.
        heading_row: the row that a person chose, from 1.

    Raises:
        BadInput: there is no such sheet or row.
    """
    best, top = sheets.place_of_list(found, _is_heading, sheet=sheet, heading_row=heading_row)
    decided = {values.normalise(heading): field for heading, field in (mapping or {}).items()}
    proposed = [_proposed(at, heading, decided) for at, heading in enumerate(best.rows[top]) if heading]
    first = {_place(column): column for column in sorted(proposed, key=lambda one: (-one.score, one.index))[::-1]}
    return Layout(
        best,
        top,
        # Of two columns for one field the first that is most certain counts.
        tuple(one if first[_place(one)] is one else replace(one, field="", score=0.0) for one in proposed),
    )


def _is_heading(text: str) -> bool:
    return len(text) <= 80 and _match(text)[1] == 1.0


def _proposed(index: int, heading: str, decided: Mapping[str, str | None]) -> Column:
    if (name := values.normalise(heading)) in decided:
        return _column(index, heading, decided[name] or "", 1.0)
    field, score = _match(heading)
    return _column(index, heading, field, score) if score >= CERTAIN else Column(index, heading, "", 0.0)


def _column(index: int, heading: str, field: str, score: float) -> Column:
    year = _YEAR.search(heading)
    return Column(index, heading, field, score, int(year[0]) if year and field in _PER_YEAR else None)


def _place(column: Column) -> tuple[str, int | None]:
    """What one column of a list can hold: figures of other years stand in other columns."""
    return column.field, column.year


@lru_cache(maxsize=2048)
def _match(heading: str) -> tuple[str, float]:
    """The field that a heading names; spaces make no difference ("UniformeProductnaam")."""
    if (plain := _YEAR.sub(" ", heading)) != heading:
        field, score = _match(" ".join(plain.replace("()", " ").split()))
        field = "aantal in een jaar" if field == "aantal per jaar" else field
        if field in _PER_YEAR:
            return field, score
    same = _names().get(values.normalise(heading).replace(" ", ""))
    return (same, 1.0) if same else _known().match(heading)


@cache
def _names() -> Mapping[str, str]:
    named: dict[str, str] = {}
    for field, names in columns().items():
        for name in names:
            named.setdefault(values.normalise(name).replace(" ", ""), field)
    return named


@cache
def _known() -> ValueList:
    return ValueList(
        "wmebv/product-list",
        {field: {"label": names[0], "koppen": names} for field, names in columns().items()},
    )


_ABOUT_PRODUCT = frozenset(
    {"productnaam", "UPL-naam", "UPL-URI", "doelgroep", "afdeling", "proceseigenaar", "wettelijke grondslag", "artikel"}
)
_ABOUT_MESSAGE = ("berichttype", "soort bericht", "kanaal")
MAX_NOTE = 4000
_TOO_MANY = f"meer dan {MAX_VOLUME // 1_000_000} miljoen"
_ABOUT_LOGIN = frozenset({"niveau", "betrouwbaarheidsniveau", "inloggen", "inlog", "met", "via", "nodig", "plus", "+"})
_JOINING = frozenset({"en", "of", "and"})
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
_DIRECTIONS: Mapping[Direction, tuple[str, ...]] = {
    Direction.IN: ("inkomend", "ontvangen", "aan de gemeente", "naar gemeente"),
    Direction.OUT: ("uitgaand", "verzonden", "van de gemeente"),
}
_ON_REQUEST: Mapping[YesNo, tuple[str, ...]] = {
    YesNo.YES: ("j", "x", "op verzoek", "op verzoek van de gemeente"),
    YesNo.NO: ("n", "eigen initiatief", "op eigen initiatief"),
}
_EXECUTORS: Mapping[Executor, tuple[str, ...]] = {
    Executor.OWN: ("gemeente", "zelf", "intern"),
    Executor.JOINT: ("gr", "regeling", "samenwerkingsverband"),
    Executor.EXTERNAL: ("andere organisatie", "uitbesteed", "extern bureau"),
}
_BODIES = {
    "college": ("college", "b en w", "burgemeester en wethouder", "college van burgemeester en wethouder"),
    "burgemeester": ("burgemeester",),
    "raad": ("raad", "gemeenteraad"),
}
_NEEDS: Mapping[str, int] = {"0": 0, "1": 1, "2": 2, "gewoon": 0, "verhoogd": 1, "hoog": 2}
_GROUPS: Mapping[TargetGroup, tuple[str, ...]] = {
    TargetGroup.LOW_LITERACY: ("laaggeletterd",),
    TargetGroup.LOW_DIGITAL_SKILLS: ("digitaal", "digibeet"),
    TargetGroup.NO_DEVICE: ("computer", "internet"),
    TargetGroup.NO_LOGIN: ("digid", "eherkenning"),
    TargetGroup.DISABILITY: ("beperking", "blind", "doof", "slechtziend"),
    TargetGroup.OTHER_LANGUAGE: ("anderstalig", "taal", "tolk"),
    TargetGroup.REPRESENTED: ("bewind", "mantelzorg"),
    TargetGroup.NO_ADDRESS: ("adres", "dakloos"),
    TargetGroup.EU_WITHOUT_BSN: ("bsn", "eu"),
    TargetGroup.SMALL_BUSINESS: ("ondernemer", "zzp"),
}
Code = TypeVar("Code", bound=StrEnum)
Figure = TypeVar("Figure")


def read_product_list(
    found: Sequence[Sheet],
    *,
    mapping: Mapping[str, str | None] | None = None,
    sheet: str = "",
    heading_row: int = 0,
    official: frozenset[str] = frozenset(),
) -> ProductsResult:
    """Read a municipality's own list of products, one row for each product, message or channel.

    Headings are those of the inventory or words that others use for them. A row that leaves out the product belongs
    to the product above it. What no field can hold is kept in `note` with its heading, and reported.

    Args:
        found: as for `layout`.
        mapping: as for `layout`.
        sheet: as for `layout`.
        heading_row: as for `layout`.
        official: the URIs of the official list, when it is known here; a URI that is not in it is told.

    Raises:
        BadInput: no row has a heading for the name of the product, or no row could be read.
    """
    place = layout(found, mapping=mapping, sheet=sheet, heading_row=heading_row)
    if not {"productnaam", "UPL-naam"} & {column.field for column in place.columns}:
        raise BadInput("Er is geen kolom met de naam van het product. Zet boven die kolom 'productnaam'.")
    reader = _OwnList(place, official)
    for number, cells in enumerate(place.sheet.rows[place.top + 1 :], start=place.top + 2):
        if any(cells):
            reader.read(number, cells)
    if not reader.products:
        raise BadInput("In deze lijst staat geen enkel product. Vul de kolom 'productnaam'.")
    rows_read = len(reader.products) + len(reader.skipped)
    return ProductsResult(
        tuple(reader.products), tuple(reader.skipped), place, tuple(reader.notes), rows_read=rows_read
    )


class _OwnList:
    """Reads row after row, because a row may lean on the one above it."""

    def __init__(self, place: Layout, official: frozenset[str]) -> None:
        self.headings = place.sheet.rows[place.top]
        self.columns = {column.field: column.index for column in place.columns if column.field}
        self.filled = {column.index for column in place.columns if column.field}
        self.per_year = [column for column in place.columns if column.field in _PER_YEAR]
        self.official = official
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
                self.notes.append(ImportNote(number, self.heading("productnaam"), "", "guessed", name))
            self._seen.add(tuple(cells))
            self._above = row
            self.products.append(_Row(number, row, self, cells).product(cells))

    def heading(self, name: str) -> str:
        return self.headings[self.columns[name]] if name in self.columns else name


class _Row:
    """Turns the texts of one row into values; what cannot be turned is set aside with its heading, never dropped."""

    def __init__(self, number: int, cells: Mapping[str, str], owner: _OwnList, every: Sequence[str]) -> None:
        self._every = every
        self.texts: list[str] = []
        self._answered_on: date | None = None
        self._used: set[str] = set()
        """Columns that only say something of another one, and did."""
        self._number = number
        self._cells = cells
        self._owner = owner

    def product(self, cells: Sequence[str]) -> ProductRow:
        kind = self.code("soort bericht", MessageKind, _KINDS)
        direction = self.code("richting", Direction, _DIRECTIONS)
        is_out = direction is Direction.OUT or kind is MessageKind.OUTGOING_DECISION
        executor, executor_name = self.executor()
        self._answered_on = self.day("beoordeeld op")
        row = ProductRow(
            name=self.line("productnaam", _name_of(self._cells)),
            summary=self.line("korte uitleg"),
            keywords=self.list_of(
                "andere woorden", (word.strip() for word in re.split(r"[;,\n]", self.said("andere woorden")))
            ),
            upl_label=self.line("UPL-naam"),
            upl_uri=self.upl_uri(),
            audiences=self.audiences(),
            department=self.line("afdeling"),
            process_owner=self.line("proceseigenaar"),
            controller=self.body(),
            executor=executor,
            executor_name=executor_name,
            yearly_volume=self.number("aantal per jaar"),
            legal_bases=_basis(self.line("wettelijke grondslag"), self.line("artikel")),
            decision_term=self.line("beslistermijn"),
            objection_possible=self.code("bezwaar mogelijk", YesNo, _YES_NO),
            special_act=self.line("bijzondere wet"),
            support_need=self.support_need(),
            target_groups=self.target_groups(),
            answers=self.answers(Scope.PRODUCT),
            message_name=self.line("berichttype"),
            message_kind=kind,
            official_message=self.code("officieel", Official, _OFFICIAL) or Official.UNKNOWN,
            direction=direction,
            on_request=self.code("op verzoek", YesNo, _ON_REQUEST),
            reasoning=self.fits("motivering", MAX_NOTE),
            message_answers=self.answers(Scope.OUTGOING if is_out else Scope.MESSAGE),
            ambitions=tuple(
                Ambition(year=year, level=level, source=source)
                for year, level, source in self.figures("ambitie", "jaar ambitie", self._level)
            ),
            service_norm=self.line("servicenorm"),
            volumes=tuple(
                YearVolume(year=year, number=number, source=source)
                for year, number, source in self.figures("aantal in een jaar", "jaar cijfers", self._whole)
            ),
            norm_results=tuple(
                NormResult(year=year, percentage=share, source=source)
                for year, share, source in self.figures("servicenorm gehaald", "jaar cijfers", self._share)
            ),
            channels=tuple(self.channels()),
            national_facility=self.line("landelijke voorziening"),
            physical_presence=self.code("fysiek", YesNo, _YES_NO),
            sdg_codes=self.sdg_codes(),
            external_id=self.fits("id", 80),
            row=self._number,
        )
        is_official_said = row.official_message is not Official.UNKNOWN
        if not (kind or row.message_name or row.channels or row.message_answers or is_official_said):
            row = self._without_message(row)
        if row.answers or row.message_answers or any(channel.answers for channel in row.channels):
            self._used.add("beoordeeld op")
        for name in ("beoordelaar", "beoordeeld op", "bewijs", "jaar cijfers", "bron cijfers", "jaar ambitie"):
            if (text := self.said(name)) and name not in self._used:
                self.aside(name, text)
        for name in _asked(Scope.MESSAGE if is_out else Scope.OUTGOING):  # a question for the other direction
            if text := self.said(name):
                self.aside(name, text)
        for column, heading in enumerate(self._owner.headings):
            if column not in self._owner.filled and column < len(cells) and cells[column]:
                self.keep(heading or f"kolom {column + 1}", cells[column])
        note = "\n".join(filter(None, [self.said("opmerking"), *self.texts]))
        if len(note) > MAX_NOTE:
            self._note("opmerking", note[MAX_NOTE:], "kept", "te lang: het einde staat hier")
        return replace(row, note=note[:MAX_NOTE])

    def channels(self) -> Iterator[ChannelRow]:
        kind = self.code("soort kanaal", ChannelKind, _CHANNELS)
        named = self.said("kanaal")
        if not self.said("soort kanaal") and (kind := _kind_in(named)) and values.fold(named.strip()) != kind:
            self._note("kanaal", self.said("kanaal"), "guessed", kind.value)
        channel = ChannelRow(
            name=self.line("kanaal"),
            kind=kind,
            url=self.url("URL"),
            level=self.level(),
            login_levels=self.logins(),
            supplier=self.line("leverancier"),
            template=self.line("sjabloon"),
            form_id=self.line("formulier-id"),
            product_page_url=self.url("productpagina"),
            designated=self.code("aangewezen", YesNo, _YES_NO),
            designation=Designation(
                title=self.line("besluit"),
                decided_on=self.day("datum besluit"),
                reference=self.fits("vindplaats", 2000),
            ),
            answers=self.answers(Scope.CHANNEL),
        )
        satisfaction = tuple(
            Satisfaction(year=year, grade=grade, source=source)
            for year, grade, source in self.figures("tevredenheid", "jaar cijfers", self._grade)
        )
        if channel != ChannelRow():
            yield replace(channel, satisfaction=satisfaction)
        elif satisfaction:  # of no channel that the row names
            self.keep(
                self._owner.heading("tevredenheid"),
                "; ".join(f"{one.year or '?'}: {one.grade}" for one in satisfaction),
            )
        if fallback := self.line("terugvalkanaal"):
            yield ChannelRow(name=fallback, kind=_kind_in(fallback), use=ChannelUse.FALLBACK)

    def said(self, name: str) -> str:
        return self._cells.get(name, "")

    def aside(self, name: str, text: str) -> None:
        self.keep(self._owner.heading(name), text)

    def keep(self, heading: str, text: str) -> None:
        self.texts.append(f"{heading}: {text}")
        self._owner.notes.append(ImportNote(self._number, heading, text, "kept", "opmerking"))

    def _note(self, name: str, text: str, kind: str, became: str) -> None:
        self._owner.notes.append(ImportNote(self._number, self._owner.heading(name), text, kind, became))

    def _guessed(self, name: str, became: str) -> None:
        """What a part of a text was taken for; the whole text stays in the remarks too."""
        self._note(name, self.said(name), "guessed", became)
        self.texts.append(f"{self._owner.heading(name)}: {self.said(name)}")

    def line(self, name: str, text: str | None = None) -> str:
        text = " ".join((self.said(name) if text is None else text).split())
        if len(text) > MAX_LINE:
            self.aside(name, text)
        return text[:MAX_LINE].rstrip()

    def fits(self, name: str, longest: int) -> str:
        if len(text := self.said(name).strip()) > longest:
            self.aside(name, text)
        return text[:longest].rstrip()

    def list_of(self, name: str, texts: Iterable[str]) -> tuple[str, ...]:
        """The texts of a list, as far as they fit; the whole cell stays in the remarks when they do not."""
        every = [text for text in texts if text]
        ends = accumulate(len(text) + 1 for text in every)
        kept = [text[:MAX_LINE].rstrip() for text, end in zip(every, ends, strict=True) if end <= MAX_LIST]
        if kept != every:
            self.aside(name, self.said(name))
        return tuple(kept)

    def url(self, name: str) -> str:
        text = self.said(name).strip()
        full = f"https://{text}" if text.casefold().startswith("www.") else text
        if text and not (safe_address(full) and len(full) <= 2000 and " " not in full):
            self.aside(name, text)
            return ""
        if full != text:
            self._note(name, text, "changed", full)
        return full

    def upl_uri(self) -> str:
        text = self.said("UPL-URI").strip()
        uri = text.replace("https://standaarden", "http://standaarden")
        if not text or uri.endswith(NO_NAME_YET):
            return ""
        if not uri.startswith(UPL_NAMESPACE) or len(uri) > 2000 or " " in uri:
            self.aside("UPL-URI", text)
            return ""
        if uri != text:
            self._note("UPL-URI", text, "changed", uri)
        if self._owner.official and uri not in self._owner.official:
            self.aside("UPL-URI", text)
            self._note("UPL-URI", text, "guessed", "geen UPL-URI: hij staat niet in de officiële lijst")
            return ""
        return uri

    def figures(
        self, name: str, year_name: str, read: Callable[[str, str], Figure | None]
    ) -> Iterator[tuple[int | None, Figure, str]]:
        """The figures of a kind that the row gives, each with its year and where it comes from."""
        for column in self._owner.per_year:
            text = self._every[column.index].strip() if column.index < len(self._every) else ""
            if column.field == name and text and (found := read(column.heading, text)) is not None:
                source = " ".join(self.said("bron cijfers").split())[:MAX_LINE].rstrip()
                self._use("bron cijfers", source)
                yield column.year or self._year(year_name), found, source

    def _year(self, name: str) -> int | None:
        found = _YEAR.search(self.said(name))
        self._use(name, found[0] if found else "")
        return int(found[0]) if found else None

    def _use(self, name: str, taken: str) -> None:
        """Note that a column, which more than one value may need, was used; the remarks keep what was not taken."""
        if name not in self._used and self.said(name).split() != taken.split():
            self.aside(name, self.said(name))
        self._used.add(name)

    def _without_message(self, row: ProductRow) -> ProductRow:
        """Figures of a row that names no message: a count is that of the product, all stay in the remarks."""
        figures = [(f"aantal {one.year or '?'}", str(one.number)) for one in row.volumes]
        figures += [(f"servicenorm gehaald {one.year or '?'}", f"{one.percentage}%") for one in row.norm_results]
        for what, said in [*figures, *([("servicenorm", row.service_norm)] if row.service_norm else ())]:
            self.keep(what, said)
        for name in ("officieel", "motivering", "richting", "op verzoek"):
            if (text := self.said(name)) and f"{self._owner.heading(name)}: {text}" not in self.texts:
                self.aside(name, text)
        newest = max(row.volumes, key=lambda one: one.year or 0, default=None)
        volume = newest.number if newest and row.yearly_volume is None else row.yearly_volume
        return replace(row, yearly_volume=volume, volumes=(), service_norm="", norm_results=())

    def _share(self, heading: str, text: str) -> int | None:
        """Whole percents; a spreadsheet writes 92% as 0.92."""
        found = re.fullmatch(r"([0-9]{1,3})(?:[.,]([0-9]+))?\s*%?", text)
        share = float(f"{found[1]}.{found[2] or 0}") if found else 101
        if found and found[2] and share <= 1 and not text.endswith("%"):
            share *= 100
        return self._read(heading, text, round(share) if share <= 100 else None, "geen percentage van 0 tot en met 100")

    def _grade(self, heading: str, text: str) -> str | None:
        """One of ten, with one decimal at most."""
        found = re.fullmatch(r"([0-9]{1,2})(?:[.,]([0-9]+))?", text)
        grade = round(float(f"{found[1]}.{found[2] or 0}"), 1) if found else 0
        said = f"{grade:g}".replace(".", ",") if 1 <= grade <= 10 else None
        return self._read(heading, text, said, "geen rapportcijfer van 1 tot en met 10")

    def _level(self, heading: str, text: str) -> Availability | None:
        found = re.search(r"\bD[0-6X]\b", text.upper())
        return self._read(
            heading, text, Availability(found[0]) if found else None, "geen niveau D0 tot en met D6 of DX"
        )

    def _whole(self, heading: str, text: str) -> int | None:
        digits = re.sub(r"(?<=[0-9])[. ](?=[0-9]{3}\b)", "", text)
        number = int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else None
        if number is not None and number > MAX_VOLUME:
            return self._read(heading, text, None, _TOO_MANY)
        return self._read(heading, text, number, "geen heel getal")

    def _read(self, heading: str, text: str, became: Figure | None, problem: str) -> Figure | None:
        """What a figure was read as; told when that looks different, and kept with the reason when it is none."""
        if became is None:
            self.texts.append(f"{heading}: {text}")
            self._owner.notes.append(
                ImportNote(self._number, heading, text, "kept", f"opmerking, want dit is {problem}")
            )
        elif text.removesuffix("%").strip() != str(became):
            self._owner.notes.append(ImportNote(self._number, heading, text, "changed", str(became)))
        return became

    def number(self, name: str) -> int | None:
        text = self.said(name).strip()
        digits = re.sub(r"(?<=[0-9])[. ](?=[0-9]{3}\b)", "", text)
        if found := re.fullmatch(r"(ca\.?|circa|ongeveer|\u00b1|~)?\s*([0-9]{1,9})", digits, re.IGNORECASE):
            if int(found[2]) > MAX_VOLUME:
                return self._read(self._owner.heading(name), text, None, _TOO_MANY)
            if found[2] != text:
                self._note(name, text, "guessed" if found[1] else "changed", found[2])
            return int(found[2])
        return self._read(self._owner.heading(name), text, None, "geen heel getal") if text else None

    def day(self, name: str) -> date | None:
        text = self.said(name).strip()
        found = read_day(text)
        if text and found is None:
            self.aside(name, text)
        if found and found.is_other:
            self._note(name, text, "guessed" if found.is_guess else "changed", clock.written(found.day))
        return found.day if found else None

    def code(self, name: str, codes: type[Code], synonyms: Mapping[Code, Sequence[str]]) -> Code | None:
        """The code that equals the text, or goes by that name; else the only one that the text mentions."""
        text = self.said(name)
        if not text:
            return None
        wanted = values.normalise(text)
        names = {
            code: {values.normalise(known) or known for known in [str(code), *synonyms.get(code, ())]} for code in codes
        }
        if found := [code for code in codes if (wanted or text.strip()) in names[code]]:
            if wanted != values.normalise(found[0]):
                self._note(name, text, "guessed", found[0])
            return found[0]
        mentioned = [code for code in codes if any(f" {known} " in f" {wanted} " for known in names[code])]
        if len(mentioned) == 1:
            self._guessed(name, mentioned[0])
            return mentioned[0]
        self.aside(name, text)
        return None

    def audiences(self) -> tuple[Audience, ...]:
        return self._words_of("doelgroep", _AUDIENCES)

    def target_groups(self) -> tuple[TargetGroup, ...]:
        return self._words_of("doelgroepen hulp", _GROUPS)

    def _words_of(self, name: str, known: Mapping[Code, Sequence[str]]) -> tuple[Code, ...]:
        """Every code of which the text has a word; what it says more stays in the remarks."""
        text = self.said(name)
        words = values.normalise(text).split()

        def means(word: str, code: Code) -> bool:
            return any(word.startswith(values.normalise(start)) for start in known[code])

        found = tuple(code for code in known if any(means(word, code) for word in words))
        if text and not found:
            self.aside(name, text)
        elif any(word not in _JOINING and not any(means(word, code) for code in found) for word in words):
            self._guessed(name, ", ".join(found))
        return found

    def support_need(self) -> int | None:
        text = self.said("hulp nodig").strip()
        found = _NEEDS.get(text.casefold())
        if text and found is None:
            self.aside("hulp nodig", text)
        return found

    def body(self) -> str:
        text = self.said("bestuursorgaan")
        words = f" {values.normalise(text.replace('&', ' en '))} "
        found = next((code for code, names in _BODIES.items() if any(f" {name} " in words for name in names)), "")
        if text and not found:
            self.aside("bestuursorgaan", text)
        elif text.strip().casefold() != found:
            self._note("bestuursorgaan", text, "guessed", found)
        return found

    def executor(self) -> tuple[Executor | None, str]:
        """Which kind of organisation carries it out; a name that says no kind is that of another organisation."""
        text = " ".join(self.said("uitvoerder").split())
        wanted = f" {values.normalise(text)} "
        for kind in (Executor.JOINT, Executor.OWN, Executor.EXTERNAL):
            names = [values.normalise(name) for name in (kind, *_EXECUTORS[kind])]
            if wanted.strip() in names:
                return kind, ""
            if kind is Executor.JOINT and any(f" {name} " in wanted for name in names):
                self._note("uitvoerder", text, "guessed", f"{kind}: {text}")
                return kind, self.line("uitvoerder")
        if not text:
            return None, ""
        self._note("uitvoerder", text, "guessed", f"{Executor.EXTERNAL}: {text}")
        return Executor.EXTERNAL, self.line("uitvoerder")

    def sdg_codes(self) -> tuple[str, ...]:
        text = self.said("SDG-code")
        codes = re.findall(r"\b[A-Z][0-9]{1,2}\b", text)
        found = self.list_of("SDG-code", codes)
        if len(found) == len(codes) and re.sub(r"\b[A-Z][0-9]{1,2}\b|[\s,;/]", "", text):
            self.aside("SDG-code", text)
        return found

    def level(self) -> Availability | None:
        text = self.said("niveau").strip()
        found = re.search(r"\bD[0-6X]\b", text.upper())
        if text and not found:
            self.aside("niveau", text)
        elif found and found[0] != text:
            self._guessed("niveau", found[0])
        return Availability(found[0]) if found else None

    def logins(self) -> tuple[LoginLevel, ...]:
        """Only what the text says: "DigiD" alone names no level, and a level is what the duty is about."""
        levels: list[LoginLevel] = []
        for part in re.split(r"[;,/|\n]|\ben\b|\bof\b", self.said("inlogmiddel")):
            if not part.strip():
                continue
            plain = " ".join(re.findall(r"[^\W_]+|\+", part.casefold()))
            level = next((level for pattern, level in _LOGINS if pattern.search(plain)), None)
            if level is None:
                self.aside("inlogmiddel", part.strip())
                continue
            pattern = next(pattern for pattern, known in _LOGINS if known is level)
            if set(pattern.sub(" ", plain).split()) - _ABOUT_LOGIN:
                self._note("inlogmiddel", part.strip(), "guessed", level)
                self.texts.append(f"{self._owner.heading('inlogmiddel')}: {part.strip()}")
            if level not in levels:
                levels.append(level)
        return tuple(levels)

    def answers(self, scope: Scope) -> tuple[Answer, ...]:
        """The answers that the row gives about a product, a message or a channel, in whatever words."""
        found = []
        for code in _asked(scope):
            if not (text := self.said(code)):
                continue
            said = read_answer(code, text)
            if said is None:
                self.aside(code, text)
                continue
            if said.became:
                self._note(code, text, "guessed", said.became)
            found.append(said.answer)
        if scope is Scope.CHANNEL and (day := self.day(WCAG_DATE)):
            known = next((answer for answer in found if answer.duty == "W07"), Answer(duty="W07"))
            dated = known.model_copy(update={"evidence_on": day})
            found = [dated, *(answer for answer in found if answer is not known)]
        return tuple(self._answered(answer) for answer in found)

    def _answered(self, answer: Answer) -> Answer:
        """Who answered and when, and the proof, if the row says so. Without a day an answer counts as old."""
        proof = self.said("bewijs").strip()
        has_own = answer.evidence_url or answer.evidence_document
        facts: dict[str, object] = {}
        if proof and not has_own:
            is_address = safe_address(proof) and len(proof) <= 2000
            told = proof if is_address else proof[:MAX_LINE]
            self._use("bewijs", told)
            facts["evidence_url" if is_address else "evidence_document"] = told
        by = self.said("beoordelaar")[:MAX_LINE].strip()
        self._use("beoordelaar", by)
        facts |= {"answered_on": self._answered_on, "answered_by": by}
        return answer.model_copy(update=facts)


@cache
def _asked(scope: Scope) -> tuple[str, ...]:
    known = {**{code: duty.scope for code, duty in duties().items()}, **_form_scopes()}
    return tuple(code for code in columns() if known.get(code) is scope)


def _form_scopes() -> Mapping[str, Scope]:
    return {code: form.scope for code, form in support_forms().items()}


def _name_of(row: Mapping[str, str]) -> str:
    return row.get("productnaam") or row.get("UPL-naam") or ""


def _basis(law: str, article: str) -> tuple[LegalBasis, ...]:
    return (LegalBasis(law=law, article=article),) if law or article else ()


def _kind_in(text: str) -> ChannelKind | None:
    """The kind that the name of a channel gives away ("webformulier verhuizing"); nothing when it names two."""
    words = f" {values.normalise(text)} "
    names: dict[ChannelKind, list[str]] = {kind: [str(kind), *_CHANNELS.get(kind, ())] for kind in ChannelKind}
    found = [kind for kind in ChannelKind if any(f" {values.normalise(known)} " in words for known in names[kind])]
    return found[0] if len(found) == 1 else None
