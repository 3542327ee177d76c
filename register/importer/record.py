"""One record of a spreadsheet becomes one processing activity; all that needs a look becomes a note."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from core import values
from core.content import MAX_LIST, YesNo
from register.content import (
    ActivityContent,
    Automation,
    DataItem,
    DataSet,
    DataSource,
    Dpia,
    JointController,
    Law,
    ProcessorUse,
    Publication,
    Purpose,
    Recipient,
    RecipientKind,
    Retention,
    Role,
    SpecialCategory,
    SystemUse,
    Transfer,
)
from register.importer import texts
from register.importer.texts import is_blank

CHECK = "nakijken"
REMARKS_FIELD = "opmerkingen"
LINE = 300
TEXT = 4000
MAX_REMARKS = 20_000

BODIES = (
    ("college", r"college|\bb\s*(?:&|en)\s*w\b"),
    ("burgemeester", r"burgemeester"),
    ("raad", r"\braad\b|gemeenteraad"),
    ("ambtenaar-burgerlijke-stand", r"burgerlijke stand|\babs\b"),
    ("heffingsambtenaar", r"heffingsambtenaar|\binspecteur\b"),
    ("invorderingsambtenaar", r"invorderingsambtenaar|\bontvanger\b"),
    ("rekenkamer", r"rekenkamer"),
    ("ombudsman", r"ombudsman"),
    ("gemeenschappelijke-regeling", r"gemeenschappelijke regeling"),
)
_ROLES = (("gezamenlijk", Role.JOINT), ("verantwoordelijk", Role.CONTROLLER), ("verwerker", Role.PROCESSOR))
_THE_PERSON = re.compile(
    r"^(?:de )?(?:betrokkenen?|aanvragers?|inwoners?|burgers?|klant|cliënt|persoon|medewerker)(?: zelf)?$|\bzelf$",
    re.IGNORECASE,
)
_ALL_PEOPLE = re.compile(r"^(?:iedereen|openbaar|publiek)\b", re.IGNORECASE)
_NOBODY = frozenset({"geen", "nvt", "n.v.t", "n.v.t.", "niet van toepassing", "geen ontvangers", "nee"})
_PERSON = re.compile(r"^(?:dhr|mevr|mw|de heer|mevrouw)\b|^[A-Z]\.(?:\s?[A-Z]\.)*\s", re.IGNORECASE)
_NAME_AND_ADDRESS = re.compile(r"^naw\b(?:[- ]?gegevens)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Note:
    """A value that was changed, guessed, or kept as it was for a person to look at."""

    record: int
    """Number of the record in the plan, from 1."""
    heading: str
    value: str
    kind: str
    """`changed`, `guessed` or `kept`."""
    became: str


@dataclass(frozen=True)
class Cell:
    """A filled cell under its heading."""

    heading: str
    text: str


Cells = Mapping[str, Sequence[Cell]]


def build(number: int, name: Cell, cells: Cells, other: Sequence[Cell]) -> tuple[ActivityContent, list[Note]]:
    """Make the content of one activity.

    Args:
        number: number of the record in the plan, for its notes.
        name: the name, with the heading (or headings) it came from.
        cells: the other cells by the path of the field they fill.
        other: the cells of columns that fill no field.
    """
    builder = _Builder(number)
    content = builder.content(name, cells, other)
    return content, builder.notes


class _Builder:
    """Collects notes and remarks while it reads; used for one record and thrown away."""

    def __init__(self, number: int) -> None:
        self.notes: list[Note] = []
        self._number = number
        self._remarks: list[str] = []
        self._cells: Cells = {}

    def content(self, name: Cell, cells: Cells, other: Sequence[Cell]) -> ActivityContent:
        self._cells = {path: [self._printable(cell) for cell in found] for path, found in cells.items()}
        transfers_outside_eea, transfers = self._transfers()
        joint_controllers, role = self._joint_controllers()
        data_sets, special_categories = self._data_sets()
        bsn_ground, bsn_law = self._bsn()
        criminal_ground, criminal_law = self._criminal()
        no_recipients, recipients = self._recipients()
        fields = {
            "name": self._clipped(self._printable(name), 120),
            "external_number": self._line("id", 80),
            "domain": self._domain(),
            "team": self._line("team", LINE),
            "process_owner": self._process_owner(),
            "contacts": self._contacts(),
            "controller": self._controller(),
            "role": role,
            "publication": self._publication(),
            "reviewed_on": self._date("laatst_gecontroleerd"),
            "joint_controllers": joint_controllers,
            "purposes": self._purposes(),
            "data_sets": data_sets,
            "special_categories": special_categories,
            "criminal_ground": criminal_ground,
            "criminal_law": criminal_law,
            "bsn_ground": bsn_ground,
            "bsn_law": bsn_law,
            "no_recipients": no_recipients,
            "recipients": recipients,
            "processors": self._processors(),
            "covenants": self._covenants(),
            "transfers_outside_eea": transfers_outside_eea,
            "transfers": transfers,
            "retentions": self._retentions(),
            "security": self._long_text("maatregelen.algemeen"),
            "systems": self._systems(),
            "algorithm_register": self._algorithms(),
            "dpia": self._dpia(),
        } | self._automation()
        self._remember_other(other)
        return ActivityContent(**fields, remarks=self._joined_remarks())

    # --- helpers ---

    def _of(self, path: str) -> list[Cell]:
        """The cells of a field that say something."""
        return [cell for cell in self._cells.get(path, ()) if not is_blank(cell.text)]

    def _note(self, cell: Cell, kind: str, became: str) -> None:
        self.notes.append(Note(self._number, cell.heading, cell.text, kind, became))

    def _aside(self, cell: Cell, *, text: str = "") -> None:
        """Keep what no field can hold in the remarks, under its heading."""
        self._remarks.append(f"{cell.heading}: {text or cell.text}")
        self._note(cell, "kept", REMARKS_FIELD)

    def _printable(self, cell: Cell) -> Cell:
        """The cell without characters that cannot be printed; the sheet reader put U+FFFD in their place."""
        clean = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd-\uffff]", "", cell.text).strip()
        if clean != cell.text.strip():
            self._note(cell, "changed", clean)
        return Cell(cell.heading, clean)

    def _clipped(self, cell: Cell, limit: int) -> str:
        """One line that fits; what is too long stands whole in the remarks."""
        text = " ".join(cell.text.split())
        if len(text) <= limit:
            return text
        short = text[: limit - 1].rsplit(" ", 1)[0].rstrip() + "…"
        self._remarks.append(f"{cell.heading}: {text}")
        self._note(cell, "changed", short)
        return short

    def _line(self, path: str, limit: int) -> str:
        """The one value of a field; a second column for the same field goes to the remarks."""
        found = self._of(path)
        for cell in found[1:]:
            self._aside(cell)
        return self._clipped(found[0], limit) if found else ""

    def _pieces(self, path: str, split: Callable[[str], Iterable[str]]) -> list[Cell]:
        """The parts of all cells of a field, each under the heading of its own cell, without repeats."""
        found = {part: Cell(cell.heading, part) for cell in self._of(path) for part in split(cell.text)}
        return list(found.values())

    def _read_as(self, cell: Cell, became: str) -> None:
        """A note, unless the cell said it in the very same words."""
        if values.normalise(cell.text) != values.normalise(became):
            self._note(cell, "changed", became)

    def _fitting(self, found: Iterable[str]) -> tuple[str, ...]:
        """Each text once, as many as fit in a list; the others stand in the remarks."""
        lines = tuple(dict.fromkeys(found))
        many = sum(size <= MAX_LIST for size in accumulate(len(line) + 1 for line in lines))
        for line in lines[many:]:
            self._aside(Cell("te lange lijst", line))
        return lines[:many]

    def _long_text(self, path: str) -> str:
        whole = "\n".join(cell.text for cell in self._of(path))
        if len(whole) > TEXT:
            for cell in self._of(path):
                self._aside(cell)
        return whole[:TEXT].strip()

    def _date(self, path: str) -> date | None:
        found = None
        for cell in self._of(path):
            day = texts.find_date(cell.text)
            if day is None or found is not None:
                self._aside(cell)
            elif cell.text != day.isoformat():
                self._note(cell, "changed", day.isoformat())
            found = found or day
        return found

    def _codes(self, cell: Cell, values_list: values.ValueList) -> str:
        """The code of a value list for this text, with a note unless the text is the label or the code itself."""
        found = values_list.match(cell.text)
        if found.score < values.SURE:
            return ""
        label = values_list.label(found.code)
        if values.normalise(cell.text) not in {values.normalise(label), values.normalise(found.code)}:
            self._note(cell, "changed" if found.score == 1.0 else "guessed", label)
        return found.code

    def _remember_other(self, other: Sequence[Cell]) -> None:
        for cell in (*self._of(REMARKS_FIELD), *(self._printable(cell) for cell in other)):
            if is_blank(cell.text):
                continue
            is_plain = values.normalise(cell.heading) in {"opmerking", "opmerkingen"}
            self._remarks.append(cell.text if is_plain else f"{cell.heading}: {cell.text}")
            if cell not in self._of(REMARKS_FIELD):
                self._note(cell, "kept", REMARKS_FIELD)

    def _joined_remarks(self) -> str:
        whole = "\n".join(dict.fromkeys(self._remarks))
        if len(whole) > MAX_REMARKS:
            lost = Cell("opmerkingen (vervolg)", whole[MAX_REMARKS:])
            self._note(lost, "changed", "te lang: kort de opmerkingen in en voeg dit zelf toe")
        return whole[:MAX_REMARKS].strip()

    # --- identity ---

    def _domain(self) -> str:
        text = self._line("domein", 80)
        if not text:
            return ""
        cell = Cell(self._of("domein")[0].heading, text)
        code = self._codes(cell, values.load("register", "starter-verwerkingen", "domeinen"))
        if not code:
            self._note(cell, "kept", CHECK)
        return code or text

    def _process_owner(self) -> str:
        owner = self._line("proceseigenaar", LINE)
        if _PERSON.search(owner):
            self._note(Cell(self._of("proceseigenaar")[0].heading, owner), "kept", f"{CHECK}: vul een functie in")
        return owner

    def _contacts(self) -> tuple[str, ...]:
        return self._fitting(self._clipped(cell, LINE) for cell in self._pieces("contact_intern", texts.items))

    def _controller(self) -> str:
        """One body; a second one means joint control or several records, so that is left to a person."""
        found: list[str] = []
        for cell in self._of("bestuursorgaan"):
            codes = [code for code, words in BODIES if re.search(words, cell.text, re.IGNORECASE)]
            bodies = values.load("register", "starter-verwerkingen", "bestuursorganen")
            is_college = codes[:2] == ["college", "burgemeester"] and re.search(
                r"burgemeester en wethouders", cell.text, re.IGNORECASE
            )
            if is_college and not re.search(r"burgemeester(?! en wethouders)", cell.text, re.IGNORECASE):
                codes.remove("burgemeester")
            if len(codes) != 1 or found:
                self._aside(cell)
            elif values.normalise(cell.text) != values.normalise(bodies.label(codes[0])):
                self._note(cell, "changed", bodies.label(codes[0]))
            found += codes[:1]
        return found[0] if found else ""

    def _joint_controllers(self) -> tuple[tuple[JointController, ...], Role]:
        """GDPR art. 26. A list of partners is no joint control when the sheet itself says "nee" to that question."""
        role = self._role()
        denied = asserted = False
        parties: list[Cell] = []
        for cell in self._of("gezamenlijk[].partij"):
            answer, rest = texts.yes_no(cell.text)
            is_question = "verantwoordelijk" in cell.heading.casefold()
            denied |= is_question and answer is YesNo.NO
            asserted |= is_question and answer is YesNo.YES
            if answer is None:
                parties += [Cell(cell.heading, part) for part in texts.items(cell.text)]
            elif answer is YesNo.YES:
                parties += [Cell(cell.heading, part) for part in texts.items(rest)]
                self._note(cell, "guessed", "rol: gezamenlijk verantwoordelijk")
            elif rest:
                self._aside(cell)
            else:
                self._note(cell, "changed", "niet samen verantwoordelijk")
        if denied and not asserted:
            for cell in parties:
                self._aside(cell)
            return (), role
        for cell in parties:
            self._note(cell, "guessed", "samen verantwoordelijk")
        found = tuple(JointController(party=self._clipped(cell, LINE)) for cell in parties)
        return found, Role.JOINT if found or asserted else role

    def _role(self) -> Role:
        role = Role.CONTROLLER
        for cell in self._of("rol"):
            named = [found for word, found in _ROLES if word in cell.text.casefold()]
            # "publiek/privaat" says under which law, not in which capacity
            if not named or "publiek" in cell.heading.casefold():
                self._aside(cell)
                continue
            role = named[0]
            self._read_as(cell, role)
        return role

    def _publication(self) -> Publication | None:
        found: Publication | None = None
        for cell in self._of("openbaar"):
            answer, rest = texts.yes_no(cell.text)
            if "beperkt" in cell.text.casefold():
                found = Publication.LIMITED
            elif answer is not None and not rest:
                found = Publication(answer.value)
            else:
                self._aside(cell)
                continue
            self._read_as(cell, found)
        return found

    # --- purposes ---

    def _purposes(self) -> tuple[Purpose, ...]:
        """Each line is a purpose. Legal bases and laws stand beside all of them, so every purpose gets them all."""
        purposes = self._pieces("doelen[].tekst", texts.lines)
        bases, laws = self._bases(), self._laws()
        further_use, test = self._further_use()
        if len(purposes) > 1 and (len(bases) > 1 or len(laws) > 1):
            for cell in (*self._of("doelen[].grondslag"), *self._of("doelen[].wet[]")):
                self._note(cell, "guessed", "bij elk doel")
        if not (purposes or bases or laws or further_use or test):
            return ()
        return tuple(
            Purpose(text=text, legal_bases=bases, laws=laws, further_use=further_use, further_use_test=test)
            for text in [self._clipped(cell, 600) for cell in purposes] or [""]
        )

    def _bases(self) -> tuple[str, ...]:
        listed = values.load("register", "grondslagen")
        codes: dict[str, None] = {}
        for cell in self._of("doelen[].grondslag"):
            found = texts.find_bases(cell.text)
            codes |= dict.fromkeys(found.codes)
            names = {
                values.normalise(str(listed.entry(code)[key])) for code in found.codes for key in ("naam", "label")
            }
            if found.codes and values.normalise(cell.text) not in names:
                became = "; ".join(str(listed.entry(code)["naam"]) for code in found.codes)
                self._note(cell, "guessed" if found.guessed else "changed", became)
            for rest in found.rest:
                self._aside(Cell(cell.heading, rest))
        return tuple(codes)

    def _laws(self) -> tuple[Law, ...]:
        named = [
            Cell(cell.heading, law)
            for cell in self._of("doelen[].grondslag")
            for law in texts.find_bases(cell.text).laws
        ]
        for cell in named:
            self._note(cell, "guessed", "wet")
        found: dict[Law, None] = {}
        for cell in (*named, *self._of("doelen[].wet[]")):
            answer, rest = texts.yes_no(cell.text)
            if answer is not None and not rest:  # "n.v.t." names no law
                self._aside(cell)
                continue
            for part in texts.lines(cell.text):
                if len(part) > LINE:
                    self._clipped(Cell(cell.heading, part), LINE)
            laws = texts.find_laws(cell.text)
            if cell not in named and (len(laws) > 1 or any(law.article for law in laws)):
                self._note(cell, "changed", "; ".join(f"{law.name} ({law.article})".replace(" ()", "") for law in laws))
            found |= dict.fromkeys(laws)
        return tuple(found)

    def _further_use(self) -> tuple[YesNo | None, str]:
        answer, tests = None, []
        for cell in self._of("doelen[].verder_gebruik"):
            found, rest = texts.yes_no(cell.text)
            answer = answer or found
            if rest:
                tests.append(rest)
            if found is None:
                self._note(cell, "kept", CHECK)
            else:
                self._read_as(cell, found)
        return answer, "\n".join(tests)[:TEXT]

    # --- people and data ---

    def _data_sets(self) -> tuple[tuple[DataSet, ...], tuple[SpecialCategory, ...]]:
        """The sheet names people and data side by side, so every group gets all data and all sources."""
        subjects, kinds = values.load("register", "betrokkenen"), values.load("register", "persoonsgegevens")
        groups = [self._group(cell) for cell in self._listed("gegevenssets[].betrokkene", subjects)]
        ordinary = [item for cell in self._listed("gegevenssets[].gegeven[]", kinds) for item in self._data(cell)]
        special, categories = self._special()
        items = tuple(dict.fromkeys([*ordinary, *special, *self._asked_about()]))
        sources = self._sources()
        if len(groups) > 1 and items:
            for cell in self._of("gegevenssets[].gegeven[]"):
                self._note(cell, "guessed", "bij elke groep mensen")
        if not (groups or items or sources):
            return (), categories
        names = dict.fromkeys(groups or [""])
        return tuple(DataSet(data_subject=group, data=items, sources=sources) for group in names), categories

    def _listed(self, path: str, listed: values.ValueList) -> list[Cell]:
        """The parts of a list, also those with "en" between them, unless all the words together are one name."""
        found: list[Cell] = []
        for cell in self._pieces(path, texts.items):
            is_one = listed.match(cell.text).score >= 0.95 or "(" in cell.text
            parts = [cell.text] if is_one else re.split(r"\s+en\s+", cell.text)
            found += [Cell(cell.heading, part) for part in parts if not is_blank(part)]
        return list(dict.fromkeys(found))

    def _group(self, cell: Cell) -> str:
        code = self._codes(cell, values.load("register", "betrokkenen"))
        if code:
            return code
        self._note(cell, "kept", CHECK)
        return self._clipped(cell, LINE)

    def _data(self, cell: Cell, sensitivity: str = "") -> list[DataItem]:
        kinds = values.load("register", "persoonsgegevens")
        if _NAME_AND_ADDRESS.match(cell.text):
            self._note(cell, "changed", f"{kinds.label('naam')}; {kinds.label('adres')}")
            return [self._known("naam"), self._known("adres")]
        brackets = re.fullmatch(r"[^(]+\((.+)\)", cell.text)
        if brackets and kinds.match(cell.text).score < 0.95:
            return self._data_within(cell, texts.items(brackets[1]), sensitivity)
        if code := self._codes(cell, kinds):
            return [self._known(code)]
        self._note(cell, "kept", CHECK)
        return [DataItem(label=self._clipped(cell, LINE), sensitivity=sensitivity)]

    def _data_within(self, cell: Cell, parts: Sequence[str], sensitivity: str) -> list[DataItem]:
        """Of "financiële gegevens (inkomen, schulden)" what stands between the brackets, if all of that is known."""
        kinds = values.load("register", "persoonsgegevens")
        found = [kinds.match(part) for part in parts]
        if all(match.score >= values.SURE for match in found):
            self._note(cell, "guessed", "; ".join(kinds.label(match.code) for match in found))
            return [self._known(match.code) for match in found]
        self._note(cell, "kept", CHECK)
        return [DataItem(label=self._clipped(cell, LINE), sensitivity=sensitivity)]

    def _known(self, code: str) -> DataItem:
        return DataItem(code=code, sensitivity=values.load("register", "persoonsgegevens").entry(code)["soort"])

    def _special(self) -> tuple[list[DataItem], tuple[SpecialCategory, ...]]:
        """Data of GDPR art. 9. A bare yes or no names no data: that is for a person to fill in."""
        items: list[DataItem] = []
        for cell in self._of("bijzonder[].categorie"):
            answer, rest = texts.yes_no(cell.text)
            if answer is YesNo.NO or (answer is YesNo.YES and not rest):
                self._aside(cell)
                continue
            if answer:
                self._note(cell, "changed", rest)
            sensitivity = "bijzonder" if "bijzonder" in cell.heading.casefold() else "gevoelig"
            for part in texts.items(rest if answer else cell.text):
                items += self._data(Cell(cell.heading, part), sensitivity)
        kinds = values.load("register", "persoonsgegevens")
        found = [str(kinds.entry(item.code)["bijzondere_categorie"] or "") for item in items if item.code]
        exception, law = self._exception()
        if exception and not any(found):  # the exception belongs to whatever special data the ordinary column names
            listed = [kinds.match(cell.text) for cell in self._pieces("gegevenssets[].gegeven[]", texts.items)]
            codes = [match.code for match in listed if match.score >= values.SURE]
            found = [str(kinds.entry(code)["bijzondere_categorie"] or "") for code in codes]
        categories = dict.fromkeys(category for category in found if category)
        if exception and not categories:
            categories = {"": None}
        return items, tuple(SpecialCategory(category=name, exception=exception, law=law) for name in categories)

    def _exception(self) -> tuple[str, str]:
        code, law = "", ""
        for cell in self._of("bijzonder[].uitzondering"):
            found = texts.find_exception(cell.text)
            if found and not code:
                code = found
                self._note(cell, "guessed", found)
            elif not found or found != code:
                self._aside(cell)
            if not law and texts.looks_like_law(cell.text):
                law = self._clipped(cell, LINE)
        return code, law

    def _asked_about(self) -> list[DataItem]:
        """Yes to "BSN?" or "strafrechtelijke gegevens?" says that these data are used."""
        items = []
        for path, code in (("bsn.grond", "bsn"), ("strafrechtelijk.grond", "strafrecht")):
            for cell in self._of(path):
                if texts.yes_no(cell.text).answer is not YesNo.NO:
                    items.append(self._known(code))
                    self._note(cell, "guessed", values.load("register", "persoonsgegevens").label(code))
        return items

    def _sources(self) -> tuple[DataSource, ...]:
        sources: dict[DataSource, None] = {}
        for cell in self._pieces("gegevenssets[].bron[]", texts.items):
            if _THE_PERSON.search(cell.text):
                sources[DataSource(kind="betrokkene")] = None
                self._read_as(cell, "betrokkene")
            else:
                sources[DataSource(text=self._clipped(cell, LINE))] = None
        return tuple(sources)

    def _bsn(self) -> tuple[str, str]:
        return self._ground("bsn.grond", (("wabb-10", r"\bwabb\b|algemene bepalingen burgerservicenummer"),))

    def _criminal(self) -> tuple[str, str]:
        return self._ground(
            "strafrechtelijk.grond",
            (
                ("uavg-32", r"uavg.*\b32\b|\b32\b.*uavg"),
                ("uavg-33-1", r"\b33\b.*(?:lid 1|eerste lid)"),
                ("uavg-33-2", r"\b33\b.*(?:lid 2|tweede lid)"),
                ("uavg-33-3", r"\b33\b.*(?:lid 3|derde lid)"),
                ("uavg-33-4", r"\b33\b.*(?:lid 4|vierde lid)"),
                ("overheidstoezicht", r"toezicht van de overheid|overheidstoezicht"),
            ),
        )

    def _ground(self, path: str, grounds: Sequence[tuple[str, str]]) -> tuple[str, str]:
        """The ground that a cell names, and its law. A bare yes or no names neither; the ground is asked for later."""
        code, law = "", ""
        for cell in self._of(path):
            answer, rest = texts.yes_no(cell.text)
            if answer is YesNo.NO or not rest:
                self._aside(cell)
                continue
            if answer:
                self._note(cell, "changed", rest)
            code = code or next((ground for ground, words in grounds if re.search(words, rest, re.IGNORECASE)), "")
            if law or not texts.looks_like_law(rest):
                self._aside(cell)
            else:
                law = self._clipped(Cell(cell.heading, rest), LINE)
        return code, law

    # --- recipients, processors, systems ---

    def _recipients(self) -> tuple[bool, tuple[Recipient, ...]]:
        recipients: dict[Recipient, None] = {}
        is_nobody = False
        for cell in self._pieces("ontvangers[].naam", texts.items):
            if cell.text.casefold().rstrip(".") in {word.rstrip(".") for word in _NOBODY}:
                is_nobody = True
                self._note(cell, "changed", "geen ontvangers")
                continue
            kind = RecipientKind.OWN if values.normalise(cell.heading).startswith("interne") else None
            kind = RecipientKind.EVERYONE if _ALL_PEOPLE.match(cell.text) else kind
            recipients[Recipient(name=self._clipped(cell, LINE), kind=kind)] = None
        return is_nobody and not recipients, tuple(recipients)

    def _processors(self) -> tuple[ProcessorUse, ...]:
        parties = []
        for cell in self._of("verwerkers[].naam"):
            answer, rest = texts.yes_no(cell.text)
            if answer is not None and (answer is YesNo.NO or not rest):
                self._aside(cell)
                continue
            if answer:
                self._note(cell, "changed", rest)
            parties += [self._clipped(Cell(cell.heading, part), LINE) for part in texts.items(rest)]
        agreements = self._of("verwerkers[].overeenkomst")
        if len(parties) != 1:  # which agreement belongs to which processor, the sheet does not say
            for cell in agreements:
                self._aside(cell)
            return tuple(ProcessorUse(party=party) for party in dict.fromkeys(parties))
        document, day = "", None
        for cell in agreements:
            answer, rest = texts.yes_no(cell.text)
            found = texts.find_date(cell.text)
            if found and not day:
                day = found
                self._note(cell, "changed", found.isoformat())
            elif answer is None and not document:
                document = self._clipped(Cell(cell.heading, rest), LINE)
            else:
                self._aside(cell)
        return (ProcessorUse(party=parties[0], agreement_document=document, agreement_on=day),)

    def _covenants(self) -> tuple[str, ...]:
        found = []
        for cell in self._of("convenanten[]"):
            answer, rest = texts.yes_no(cell.text)
            if answer is None:
                found += [self._clipped(Cell(cell.heading, part), LINE) for part in texts.lines(rest)]
            else:
                self._aside(cell)
        return self._fitting(found)

    def _systems(self) -> tuple[SystemUse, ...]:
        names = []
        for cell in self._pieces("systemen[]", texts.items):
            if texts.yes_no(cell.text) == (YesNo.NO, ""):
                self._aside(cell)
            else:
                names.append(self._clipped(cell, LINE))
        return tuple(SystemUse(name=name) for name in dict.fromkeys(names))

    # --- transfers ---

    def _transfers(self) -> tuple[YesNo | None, tuple[Transfer, ...]]:
        """GDPR art. 44. One country abroad outweighs a no elsewhere in the row; silence is no answer."""
        answers: list[YesNo | None] = []
        countries: list[str] = []
        for cell in self._cells.get("doorgifte.is", ()):
            if cell.text.strip():
                answer, outside = self._transfer(cell)
                answers.append(answer)
                countries += outside
        answer = next((found for found in (YesNo.YES, YesNo.NO) if found in answers), None)
        instruments = self._instruments()
        if instruments and not countries and answer is not YesNo.NO:
            return answer, tuple(Transfer(instrument=code) for code in instruments)
        first = instruments[0] if len(instruments) == 1 else ""
        if instruments and not (first and countries):
            for cell in self._of("doorgifte[].instrument"):
                self._aside(cell)
        return answer, tuple(Transfer(country=country, instrument=first) for country in dict.fromkeys(countries))

    def _transfer(self, cell: Cell) -> tuple[YesNo | None, tuple[str, ...]]:
        """What one cell says, with the countries outside the European Economic Area; within it there is no transfer."""
        answer, rest = texts.yes_no(cell.text)
        inside, outside = texts.find_countries(rest)
        if rest and (answer is YesNo.NO or not (inside or outside)):
            self._aside(cell)
        if answer is YesNo.NO or not (inside or outside):
            if answer:
                self._read_as(cell, answer)
            return answer, ()
        if outside:
            self._note(cell, "changed", f"ja: {', '.join(outside)}")
            return YesNo.YES, outside
        self._note(cell, "changed", f"nee: {', '.join(inside)} ligt in de EER")
        return YesNo.NO, ()

    def _instruments(self) -> tuple[str, ...]:
        found = []
        for cell in self._pieces("doorgifte[].instrument", texts.items):
            if code := self._codes(cell, values.load("register", "doorgifte-instrumenten")):
                found.append(code)
            else:
                self._aside(cell)
        return tuple(dict.fromkeys(found))

    # --- retention ---

    def _retentions(self) -> tuple[Retention, ...]:
        """One line for each period; a cell with several periods on lines of their own has several."""
        own_numbers = self._list_numbers()
        pieces = [part for cell in self._of("bewaren[].tekst") for part in self._retention_parts(cell)]
        if not pieces:
            return (Retention(selection_list=own_numbers),) if own_numbers else ()
        return tuple(self._retention(cell, own_numbers if len(pieces) == 1 else ()) for cell in pieces) + (
            (Retention(selection_list=own_numbers),) if own_numbers and len(pieces) > 1 else ()
        )

    def _retention_parts(self, cell: Cell) -> list[Cell]:
        parts = texts.lines(cell.text)
        if len(parts) > 1 and all(texts.find_period(part).durations for part in parts):
            return [Cell(cell.heading, part) for part in parts]
        return [cell]

    def _retention(self, cell: Cell, own_numbers: Sequence[str]) -> Retention:
        period = texts.find_period(cell.text)
        numbers = texts.list_numbers(cell.text, is_own_column=False)
        became = ", ".join(filter(None, [period.duration, *numbers, period.afterwards or ""]))
        if became:
            self._note(cell, "guessed", became)
        if len(cell.text) > TEXT:
            self._aside(cell)
        return Retention(
            text=cell.text[:TEXT].strip(),
            duration=period.duration if len(period.duration) <= 20 else "",
            trigger=period.trigger[:LINE],
            selection_list=tuple(dict.fromkeys([*own_numbers, *numbers])),
            afterwards=period.afterwards,
        )

    def _list_numbers(self) -> tuple[str, ...]:
        known = values.load("register", "selectielijst-2020").entries
        numbers: list[str] = []
        for cell in self._of("bewaren[].selectielijst"):
            found = texts.list_numbers(cell.text, is_own_column=True)
            numbers += found
            unknown = [number for number in found if number not in known]
            if unknown:
                self._note(cell, "kept", f"{CHECK}: {', '.join(unknown)} staat niet in de selectielijst")
            if not found or cell.text.strip() != ", ".join(found):
                self._aside(cell)
        return tuple(dict.fromkeys(numbers))

    # --- automated decisions and DPIA ---

    def _automation(self) -> dict[str, Automation | YesNo | None]:
        """A bare yes may mean that a computer helps or that it decides; "deels" makes a person choose."""
        automation: Automation | None = None
        profiling: YesNo | None = None
        for cell in self._of("adm.soort"):
            answer, rest = texts.yes_no(cell.text)
            words = cell.text.casefold()
            if values.normalise(cell.heading) == "profilering":
                profiling = answer
                self._read_as(cell, answer or CHECK)
            elif "volledig" in words and answer is not YesNo.NO:
                automation = Automation.FULLY
            elif "deels" in words or "gedeeltelijk" in words:
                automation = Automation.PARTLY
            elif answer is not None:
                automation = Automation.NO if answer is YesNo.NO else Automation.PARTLY
                self._read_as(cell, automation)
            if rest:
                self._aside(cell)
        return {"automation": automation, "profiling": profiling}

    def _algorithms(self) -> tuple[str, ...]:
        links = []
        for cell in self._of("algoritmeregister"):
            found = [link for link in re.findall(r"https?://[^\s;,]+", cell.text) if len(link) <= LINE]
            links += found
            if not found or cell.text.strip() != found[0]:
                self._aside(cell)
        return self._fitting(links)

    def _dpia(self) -> Dpia:
        """A yes to "is there a DPIA" says it was done, without a date. A no says nobody looked, not "not needed"."""
        statuses = values.load("register", "dpia-criteria", "statussen")
        status = ""
        done_on = self._date("dpia.datum")
        for cell in self._of("dpia.status"):
            answer, rest = texts.yes_no(cell.text)
            day = texts.find_date(cell.text)
            if answer is YesNo.YES:
                found = "nodig" if "verplicht" in cell.heading.casefold() else "uitgevoerd"
            elif answer is YesNo.NO:
                found = "niet_beoordeeld"
            else:
                found = "uitgevoerd" if day else self._codes(cell, statuses)
            if answer is not None or day:
                self._note(cell, "guessed", statuses.label(found))
            if not found or (rest and not day):
                self._aside(cell)
            status = status or found
            done_on = done_on or day
        return Dpia(status=status, done_on=done_on)
