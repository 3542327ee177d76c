"""Which files there are, and making them: the whole register on a date, and some records to mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from sqlmodel import Session

from core import audit, clock
from core.errors import BadInput, NotFound
from core.sheets import Cell, Table, write_ods, write_xlsx
from core.web.pages import dutch_date, dutch_moment
from register import as_of, workbook
from register.as_of import Cover, Record
from register.as_of_notes import Notes
from register.public import public_activities
from register.report import as_json, docx, pdf, public_version
from register.report.document import Chapter, organisation_lines, public_records, some_records, whole_register

REGISTER_FORMATS = ("xlsx", "ods", "pdf", "json")
RECORD_FORMATS = ("docx", "pdf")
IN_ONE_PDF = 300
"""Records. Setting type takes megabytes for each: a larger register comes in parts."""
_REMARKS, _CLOSINGS = "Opmerkingen FG", "Gesloten bevindingen"
_REMARK_HEADINGS = (
    "Kenmerk",
    "Opmerking",
    "Stand",
    "Geschreven door",
    "Geschreven op",
    "Antwoord",
    "Beantwoord door",
    "Beantwoord op",
    "Gesloten door",
    "Gesloten op",
)
_CLOSING_HEADINGS = ("Kenmerk", "Regel", "Bevinding", "Reden", "Geldt tot en met", "Gesloten door", "Gesloten op")

Told = Callable[[int, int], None]
"""Is told how many records are done, and of how many."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that is ready. A register in parts is several files."""

    name: str
    content: bytes


def register_on(session: Session, day: date, ending: str, *, tell: Told | None = None) -> Iterator[File]:
    """The whole register as it was at the end of a day, as one file or as parts.

    Args:
        session: bounded by the organisation.
        day: a date in the Netherlands.
        ending: one of `REGISTER_FORMATS`.
        tell: hears how far it is, and may stop it by raising.

    Raises:
        BadInput: there is no such format, the day is still to come, or the register was empty.
        Failed: the PDF cannot be made.
    """
    if ending not in REGISTER_FORMATS:
        raise BadInput(f"Een register als '{ending}' kan niet. Kies uit: {', '.join(REGISTER_FORMATS)}.")
    total = as_of.count(session, day)
    cover = as_of.cover(session, day)
    name = f"register-{cover.organisation['code']}-{day.isoformat()}"
    found = as_of.records(session, day)
    if tell:
        found = _told(found, tell, total)
    if ending == "json":
        yield File(f"{name}.json", as_json.write(cover, found))
    elif ending == "pdf":
        yield from _pdfs(cover, found, name, total)
    else:
        tables = workbook.tables((record.row() for record in found), lists=cover.lists, about=_about(cover, total))
        yield File(f"{name}.{ending}", _sheets([*tables, *_noted(cover.notes)], ending, day))


def records_now(
    session: Session, ending: str, *, kenmerk: str = "", team: str = "", is_public: bool = False
) -> Iterator[File]:
    """One record, or those of one team, as a document to mail; in parts when a team has very many.

    Args:
        session: bounded by the organisation.
        ending: one of `RECORD_FORMATS`.
        kenmerk: the record.
        team: the name of the team, when it is not one record.
        is_public: as the public sees it on the website, instead of with all that is known.

    Raises:
        BadInput: there is no such format.
        NotFound: there is no such record, the team has none, or nothing of it is public.
        Failed: the PDF cannot be made.
    """
    if ending not in RECORD_FORMATS:
        raise BadInput(f"Een verwerking als '{ending}' kan niet. Kies uit: {', '.join(RECORD_FORMATS)}.")
    day = clock.today()
    cover = as_of.cover(session, day)
    records = as_of.records(session, day, kenmerken=[kenmerk] if kenmerk else (), team=team)
    name = "-".join([kenmerk or f"verwerkingen-{_slug(team)}", "openbaar" if is_public else "intern", day.isoformat()])
    for number, part in enumerate(_parts(records, IN_ONE_PDF)):
        title = f"Verwerkingen van team {team}" if team else f"Verwerking {kenmerk}"
        if is_public:
            document = public_records(cover, _public_chapters(session, part), title=title)
        else:
            document = some_records(cover, part, title=title)
        content = docx.write(document) if ending == "docx" else pdf.write(document, has_cover=False)
        yield File(f"{name}{f'-deel-{number + 1}' if number else ''}.{ending}", content)


def _public_chapters(session: Session, records: Sequence[Record]) -> Sequence[Chapter]:
    wanted = {record.kenmerk for record in records}
    found = [public_version.chapter(view) for view in public_activities(session) if view.number in wanted]
    if not found:
        raise NotFound("Hiervan staat niets op de website. Stel de verwerking eerst vast, of kies de interne versie.")
    return found


def _pdfs(cover: Cover, records: Iterator[Record], name: str, total: int) -> Iterator[File]:
    parts = -(-total // IN_ONE_PDF)
    for number, part in enumerate(_parts(records, IN_ONE_PDF), start=1):
        told = f"(deel {number} van {parts}: {part[0].kenmerk} tot en met {part[-1].kenmerk})" if parts > 1 else ""
        content = pdf.write(whole_register(cover, part, part=told), has_cover=True)
        yield File(f"{name}{f'-deel-{number}' if parts > 1 else ''}.pdf", content)


def _parts(records: Iterator[Record], size: int) -> Iterator[list[Record]]:
    while part := list(islice(records, size)):
        yield part


def _told(records: Iterator[Record], tell: Told, total: int) -> Iterator[Record]:
    for done, record in enumerate(records):
        if done % 50 == 0:
            tell(done, total)
        yield record


def _sheets(tables: Sequence[Table], ending: str, day: date) -> bytes:
    return write_ods(tables) if ending == "ods" else write_xlsx(tables, made_on=day)


def _noted(notes: Notes) -> Sequence[Table]:
    """Sheets that a workbook of ours does not read back."""
    remarks = [
        (
            kenmerk,
            one.text,
            one.state.value,
            one.made_by,
            _moment(one.made_at),
            one.answer or None,
            one.answered_by or None,
            _moment(one.answered_at),
            one.closed_by or None,
            _moment(one.closed_at),
        )
        for kenmerk, found in notes.remarks.items()
        for one in found
    ]
    closings = [
        (kenmerk or None, one.rule_id, one.message, one.reason, one.until, one.closed_by, _moment(one.closed_at))
        for kenmerk, found in notes.closings.items()
        for one in found
    ]
    return [Table(_REMARKS, _REMARK_HEADINGS, remarks), Table(_CLOSINGS, _CLOSING_HEADINGS, closings)]


def _moment(moment: datetime | None) -> str | None:
    return dutch_moment(moment) if moment else None


def _about(cover: Cover, total: int) -> Sequence[tuple[str, Cell]]:
    return [
        ("Stand van", dutch_date(cover.day)),
        ("Verwerkingen", total),
        *organisation_lines(cover.organisation),
        ("Niet ingelezen", f"De bladen '{_REMARKS}' en '{_CLOSINGS}' zijn om te lezen. Ze worden niet ingelezen."),
    ]


def _slug(text: str) -> str:
    return "-".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def note_file(session: Session, organisation_id: UUID, name: str, *, actor: audit.Actor) -> None:
    """Tell the trail that a file with what is not public goes out."""
    audit.note_download(
        session,
        actor=actor,
        action="register:file:download",
        subject=("core_organisation", organisation_id, "Verwerkingsregister"),
        file=name,
    )
