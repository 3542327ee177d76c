"""The grid: many answers on one page, typed in letters or pasted from a spreadsheet."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import clock, history, values
from core.accounts.services import Person
from core.content import Part
from core.errors import BadInput, NotFound
from core.web.drafts import OF_THE_PAGE, DraftForm
from core.web.forms import Form, Labels, Typed, whole_number
from core.web.lists import paging
from core.web.pages import redirect
from core.web.security import ReadSession, WriteSession
from wmebv import queries, rows, services
from wmebv.content import Answer, MessageTypeContent, ProductContent, Value
from wmebv.duties import Rulebook, Scope
from wmebv.forms import Question, columns, message_questions, questions_of
from wmebv.grid import SHORT, Change, Read, cell_of, change_of, letters_of, place
from wmebv.models import Channel, MessageType, Product
from wmebv.queries import GridKind
from wmebv.routes.shared import HOME, Editor, Reader, function_of, show
from wmebv.rules import Case, message_verdict

router = APIRouter()
NAMES: Mapping[GridKind, str] = {
    GridKind.INCOMING: "Berichten aan de gemeente",
    GridKind.OUTGOING: "Berichten van de gemeente",
    GridKind.PRODUCTS: "Producten",
    GridKind.CHANNELS: "Kanalen",
}
_SCOPES = {
    GridKind.INCOMING: Scope.MESSAGE,
    GridKind.OUTGOING: Scope.OUTGOING,
    GridKind.PRODUCTS: Scope.PRODUCT,
    GridKind.CHANNELS: Scope.CHANNEL,
}
_BACK = f"{OF_THE_PAGE}terug"
_LABELS = {f"rows-*-{question.code}": Labels(question.title) for question in questions_of(*_SCOPES.values())} | {
    "block": Labels("Plak hier uit uw werkblad"),
    "first_row": Labels("Eerste rij"),
    "first_code": Labels("Eerste kolom"),
}
TypedGrid = Annotated[Typed, Depends(DraftForm("Raster", _LABELS))]
AnySubject = MessageType | Product | Channel


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell: the name of its field, what it shows, and whether the question applies to this record."""

    question: Question
    name: str
    value: str
    applies: bool
    inherited: str = ""
    """What the template of a channel answers: that holds as long as the cell is empty."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One record in the grid."""

    number: int
    subject: AnySubject
    name: str
    beside: str
    href: str
    cells: Sequence[GridCell]

    @property
    def names(self) -> frozenset[str]:
        """What a pasted line may call it."""
        return frozenset(map(values.fold, {self.name, self.beside, *self.beside.split(" ", 1), ""}))


@dataclass(slots=True)
class Found:
    """What a form of the grid would change."""

    changes: dict[int, list[Change]] = field(default_factory=dict)
    """By row."""
    left_out: list[str] = field(default_factory=list)
    """What was typed or pasted where nothing is asked, in words."""
    is_conflict: bool = False

    @property
    def is_exact(self) -> bool:
        """Nothing had to be guessed."""
        return all(change.read in {Read.EXACT, Read.CLEARED} for changes in self.changes.values() for change in changes)


@router.get("/raster/{grid}/")
def show_grid(
    request: Request,
    session: ReadSession,
    person: Reader,
    grid: GridKind,
    zoek: str = "",
    team: str = "",
    pagina: int = 1,
) -> Response:
    return _page(request, session, person, grid, {"zoek": zoek, "team": team}, pagina)


@router.post("/raster/{grid}/")
def save_grid(request: Request, session: WriteSession, person: Editor, typed: TypedGrid, grid: GridKind) -> Response:
    asked = {name: text for name, text in parse_qsl(typed.value(_BACK)) if name in {"zoek", "team", "pagina"}}
    form: Form[Any] = Form(Part, typed, _LABELS)
    lines = _rows(session, grid, form)
    pasted = _pasted(form, lines)
    found = _changes(session, form, lines, pasted, person)
    if not found.changes and pasted and not form.errors:
        form.errors["block"] = "Er verandert niets: alles in uw blok staat er al, of geldt hier niet."
    if form.errors:
        status_code = 409 if found.is_conflict else 422
        number = whole_number(asked.get("pagina", ""))
        return _page(request, session, person, grid, asked, number, form, status_code=status_code)
    if typed.value("agreed") != "ja" and (pasted or not found.is_exact):
        return _preview(request, session, person, grid, form, lines, found, typed.value(_BACK))
    for row in lines:
        if changes := found.changes.get(row.number):
            answers = [change.after for change in changes]
            services.answer(session, row.subject, *answers, actor=person.actor, version=row.subject.version)
    return redirect(f"/wmebv/raster/{grid}/{f'?{urlencode(asked)}' if asked else ''}", "opgeslagen")


def _pasted(form: Form[Any], grid: Sequence[GridRow]) -> Mapping[tuple[int, str], str]:
    """What was pasted, by row and question; only when the person asked to look at it."""
    if not form.value("paste"):
        return {}
    codes = [cell.question.code for cell in grid[0].cells] if grid else []
    placed = place(
        form.value("block"),
        [row.names for row in grid],
        codes,
        first_row=form.typed.number("first_row"),
        first_code=form.value("first_code"),
    )
    if placed.problem:
        form.errors["block"] = placed.problem
    return placed.cells


def _changes(
    session: Session,
    form: Form[Any],
    grid: Sequence[GridRow],
    pasted: Mapping[tuple[int, str], str],
    person: Person,
) -> Found:
    """What would change. A cell that somebody else changed too goes into the form as an error, with both answers."""
    today, by = clock.today(), function_of(person)
    found = Found()
    shown = dict(form.typed.pairs)
    for row in grid:
        known = {answer.duty: answer for answer in rows.answers_of(row.subject)}
        base = _base(session, row, form)
        for cell in row.cells:
            code = cell.question.code
            text = pasted.get((row.number, code), shown.get(cell.name))
            if text is None:
                continue
            if not cell.applies:
                found.left_out.extend([f"{row.name} ({row.beside}), {code}: {text}"] if text.strip() else [])
                continue
            now = cell_of(cell.question, known.get(code))
            was = base(code, now)
            if text.strip() == was:
                shown[cell.name] = now  # left as it was: what another made of it stays
            elif change := change_of(cell.question, known.get(code), text, on=today, by=by):
                shown[cell.name] = text
                is_exception = cell.inherited not in {"", SHORT[Value.UNKNOWN]}
                if is_exception and not change.after.text and change.read is not Read.CLEARED:
                    form.errors[cell.name] = (
                        f"{row.name}, {code}: leg uit waarom dit kanaal afwijkt van zijn sjabloon. Typ bijvoorbeeld "
                        "'nee, want de leverancier kan dit niet'."
                    )
                elif was == now:
                    found.changes.setdefault(row.number, []).append(change)
                else:
                    form.errors[cell.name] = _both(session, row, cell.question, now)
                    found.is_conflict = True
        shown[f"rows-{row.number}-version"] = str(row.subject.version)
    if found.is_conflict:
        form.typed = Typed(tuple((name, text) for name, text in shown.items() if name != "block"))
    return found


def _base(session: Session, row: GridRow, form: Form[Any]) -> Callable[[str, str], str | None]:
    """What the person saw in a cell, by its code and what it holds now; None when nobody knows any more."""
    opened = form.typed.number(f"rows-{row.number}-version")
    if opened == row.subject.version:
        return lambda _code, now: now
    revision = history.opened_revision(session, row.subject.id, opened)
    if revision is None or not revision.content:
        return lambda _code, _now: None
    known = {each["duty"]: Answer.model_validate(each) for each in revision.content["answers"]}
    questions = {cell.question.code: cell.question for cell in row.cells}
    return lambda code, _now: cell_of(questions[code], known.get(code))


def _both(session: Session, row: GridRow, question: Question, now: str) -> str:
    saved = history.newest_revision(session, row.subject.id)
    who = saved.actor if saved else "Een ander"
    return (
        f"{row.name} ({row.beside}), {question.code}: {who} vulde intussen '{now or 'leeg'}' in. In de cel staat uw "
        "antwoord. Sla nog een keer op om dat te houden, of typ dat van de ander. Er is nog niets opgeslagen."
    )


def _rows(
    session: Session, kind: GridKind, form: Form[Any], known: Mapping[UUID, AnySubject] | None = None
) -> list[GridRow]:
    """The rows that a form holds, as they are stored, with what was typed in their cells.

    Raises:
        BadInput: more rows than a page has.
        NotFound: one of them is no record of this kind here.
    """
    count = form.typed.rows("rows")
    if count > queries.PAGE_SIZE:
        raise BadInput(f"Sla hooguit {queries.PAGE_SIZE} rijen in één keer op.")
    try:
        ids = [UUID(form.value(f"rows-{number}-subject")) for number in range(count)]
    except ValueError:
        raise NotFound("Dit raster klopt niet meer. Open het opnieuw.") from None
    found = queries.grid_subjects(session, kind, ids) if known is None else known
    if any(one not in found for one in ids):
        raise NotFound("Een van deze rijen bestaat niet (meer). Open het raster opnieuw.")
    today, book = clock.today(), queries.rulebook(session)
    return [_row(form, number, found[one], kind, today, book) for number, one in enumerate(ids)]


def _row(form: Form[Any], number: int, subject: AnySubject, kind: GridKind, today: date, book: Rulebook) -> GridRow:
    answers = rows.answers_of(subject)
    known = {answer.duty: answer for answer in answers}
    name, beside, href = subject.name, "", f"/wmebv/kanalen/{subject.id}/"
    applying: frozenset[str] | None = None
    inherited: Mapping[str, Answer] = {}
    if isinstance(subject, MessageType):
        product = subject.product
        beside, href = f"{product.kenmerk} {product.name}", f"/wmebv/berichten/{subject.id}/"
        facts = {"kind": subject.kind, "official": subject.official, "direction": subject.direction}
        case = Case(ProductContent(), MessageTypeContent(**facts, answers=answers))
        verdict = message_verdict(case, today, book=book)
        asked = message_questions(verdict, is_incoming=kind is GridKind.INCOMING)
        applying = frozenset(question.code for question in asked)
    elif isinstance(subject, Channel) and subject.template:
        inherited = {answer.duty: answer for answer in rows.answers_of(subject.template)}
    elif isinstance(subject, Product):
        beside, href = subject.kenmerk, f"/wmebv/producten/{subject.kenmerk}/antwoorden"
    cells = []
    for question in columns(_SCOPES[kind]):
        place_of = f"rows-{number}-{question.code}"
        stored = cell_of(question, known.get(question.code))
        typed = form.values(place_of)
        applies = applying is None or question.code in applying
        cells.append(
            GridCell(
                question,
                place_of,
                typed[-1] if typed else stored,
                applies,
                cell_of(question, inherited.get(question.code)),
            )
        )
    return GridRow(number, subject, name, beside, href, cells)


def _page(
    request: Request,
    session: Session,
    person: Person,
    kind: GridKind,
    asked: Mapping[str, str],
    number: int,
    form: Form[Any] | None = None,
    *,
    status_code: int = 200,
) -> Response:
    filters = {"zoek": asked.get("zoek", ""), "team": asked.get("team", "")}
    ids, total, at, pages = queries.grid_ids(session, kind, search=filters["zoek"], team=filters["team"], page=number)
    known = None
    if form is None:
        known = queries.grid_subjects(session, kind, ids)
        form = Form(Part, _as_form(kind, [known[one] for one in ids]), _LABELS)
    chosen = {name: text for name, text in {**filters, "pagina": str(at) if at > 1 else ""}.items() if text}
    questions = columns(_SCOPES[kind])
    return show(
        request,
        "grid.html",
        person,
        f"Raster: {NAMES[kind]}",
        [HOME, ("Raster", "")],
        status_code=status_code,
        form_of=session,
        form=form,
        # Asked for when the page is made: a draft that comes back may hold other rows.
        rows=lambda: _rows(session, kind, form, known if _ids(form) <= (known or {}).keys() else None),
        kind=kind,
        kinds=NAMES,
        filters=filters,
        teams=[(name, name) for name in queries.teams_with_products(session)],
        back=urlencode(chosen),
        questions=questions,
        letters=[(question, letters_of(question)) for question in questions if not question.values],
        paging=paging(f"/wmebv/raster/{kind}/", filters, at, pages, total),
    )


def _ids(form: Form[Any]) -> set[UUID]:
    found = set()
    for number in range(form.typed.rows("rows")):
        with suppress(ValueError):
            found.add(UUID(form.value(f"rows-{number}-subject")))
    return found


def _as_form(kind: GridKind, subjects: Sequence[AnySubject]) -> Typed:
    pairs = []
    for number, subject in enumerate(subjects):
        pairs += [(f"rows-{number}-subject", str(subject.id)), (f"rows-{number}-version", str(subject.version))]
        known = {answer.duty: answer for answer in rows.answers_of(subject)}
        for question in columns(_SCOPES[kind]):
            pairs.append((f"rows-{number}-{question.code}", cell_of(question, known.get(question.code))))
    return Typed(tuple(pairs))


def _preview(
    request: Request,
    session: Session,
    person: Person,
    kind: GridKind,
    form: Form[Any],
    grid: Sequence[GridRow],
    found: Found,
    back: str,
) -> Response:
    address = f"/wmebv/raster/{kind}/"
    return show(
        request,
        "grid_preview.html",
        person,
        "Klopt dit?",
        [HOME, ("Raster", address), ("Klopt dit?", "")],
        form_of=session,
        form=form,
        address=address,
        back=back,
        rows=[(row, found.changes[row.number]) for row in grid if row.number in found.changes],
        count=sum(map(len, found.changes.values())),
        left_out=found.left_out,
        read_names={
            Read.EXACT: "Precies zo",
            Read.GUESSED: "Opgevat: kijk dit na",
            Read.NOT_UNDERSTOOD: "Niet begrepen: de tekst blijft als opmerking",
            Read.CLEARED: "Leeggemaakt",
        },
    )
