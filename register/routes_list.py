"""The list of the register: search, filters, order, columns, saved views, and the same list as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core import audit, clock, sheets
from core.accounts.services import Person
from core.db import end_reading
from core.errors import NotFound, RuleViolation
from core.web.forms import Typed
from core.web.lists import paging
from core.web.pages import NOTICES, dutch_date, page, redirect
from core.web.security import Allowed, CurrentPerson, ReadSession, TypedForm, WriteSession, database
from register import listing, permissions, services, views
from register.listing import ALWAYS_SHOWN, COLUMNS, FILTERS, PAGE_SIZE, PAGE_SIZES, Wanted
from register.summaries import Summary
from register.views import Known

router = APIRouter(prefix="/register")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
HOME = "/register/"
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
ORDERS = (("", ""), ("-", " (andersom)"))
ALL = f"{HOME}?toon=alles"
"""The list without anything chosen, also for who opens it with a view."""


def fresh_session(request: Request, session: ReadSession, person: CurrentPerson) -> Iterator[Session]:
    """A session to read in, in which the summaries of the records are true."""
    if services.sees_summaries(session):
        yield session
        return
    end_reading(session)
    with services.fresh(database(request), person.organisation_id) as anew:
        yield anew


def findings_session(request: Request, person: CurrentPerson) -> Iterator[Session]:
    """The same, for a page with all findings."""
    with services.fresh_findings(database(request), person.organisation_id) as anew:
        yield anew


FreshSession = Annotated[Session, Depends(fresh_session, scope="function")]
FindingsSession = Annotated[Session, Depends(findings_session, scope="function")]


async def wanted_list(request: Request) -> Wanted:
    """What is asked of the list, from the address."""
    return Wanted.read(Typed(tuple(request.query_params.multi_items())))


Asked = Annotated[Wanted, Depends(wanted_list)]


@router.get("/")
def list_page(request: Request, session: FreshSession, person: Reader, wanted: Asked, melding: str = "") -> Response:
    known = views.known_to(session, person.id)
    if (start := known.start) and not set(request.query_params) - {"melding"}:
        return redirect(f"{HOME}?{start.query or 'toon=alles'}", melding if melding in NOTICES else "")
    return _list_page(request, session, person, wanted, known)


@router.get("/lijst.{ending}")
def download_list(request: Request, person: Reader, wanted: Asked, ending: str) -> Response:
    """What the list shows, on all its pages, as a file. Written down first: who took what along."""
    if ending not in MEDIA:
        raise NotFound("Dit bestand is er niet. Kies in de lijst csv, xlsx of ods.")
    source = database(request)
    with services.fresh(source, person.organisation_id) as session:
        found = listing.everything(session, wanted)
    name = f"verwerkingen-{clock.today().isoformat()}.{ending}"
    with source.write(person.organisation_id) as writing:
        subject = ("core_organisation", person.organisation_id, person.organisation_name)
        file = f"{name} ({len(found)} verwerkingen)"
        audit.note_download(writing, actor=person.actor, action="register:list:download", subject=subject, file=file)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_file(found, wanted, ending), media_type=MEDIA[ending], headers=headers)


@router.post("/weergaven")
def save_view(session: WriteSession, request: Request, person: Reader, typed: TypedForm) -> Response:
    """Keep the filters, order and columns of the list under a name."""
    wanted = Wanted.read(typed)
    is_shared = bool(typed.value("shared")) and person.may(permissions.EDIT)
    try:
        view = views.save(session, typed.value("name"), wanted.query(), is_shared=is_shared, actor=person.actor)
    except RuleViolation as refused:
        services.refresh(session)
        known, name = views.known_to(session, person.id), typed.value("name")
        return _list_page(request, session, person, wanted, known, problem=refused.message, name=name)
    if typed.value("start"):
        views.start_with(session, person.id, view)
    return redirect(_address(wanted), "weergave")


@router.post("/weergaven/start")
def choose_start(session: WriteSession, person: Reader, typed: TypedForm) -> Response:
    """Open the list from now on with a view, or with everything."""
    view = views.find(session, person.id, _id(typed.value("view"))) if typed.value("view") else None
    views.start_with(session, person.id, view)
    return redirect(ALL, "opgeslagen")


@router.post("/weergaven/{view_id}/weg")
def remove_view(session: WriteSession, person: Reader, view_id: UUID) -> Response:
    views.remove(session, views.find(session, person.id, view_id), actor=person.actor)
    return redirect(ALL, "weergave-weg")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("Deze weergave is er niet (meer). Kies een andere in de lijst.") from None


def _address(wanted: Wanted) -> str:
    return f"{HOME}?{wanted.query() or 'toon=alles'}"


def _file(found: Sequence[Summary], wanted: Wanted, ending: str) -> bytes:
    columns = [COLUMNS[name] for name in wanted.columns]
    rows = [[column.read(row) for column in columns] for row in found]
    table = sheets.Table("Verwerkingen", [column.label for column in columns], rows)
    if ending == "csv":
        return sheets.write_csv(table)
    return sheets.write_ods([table]) if ending == "ods" else sheets.write_xlsx([table], made_on=clock.today())


def _list_page(
    request: Request,
    session: Session,
    person: Person,
    wanted: Wanted,
    known: Known,
    *,
    problem: str = "",
    name: str = "",
) -> Response:
    found = listing.find(session, wanted)
    counts = listing.counts(session)
    query = wanted.query()
    return page(
        request,
        "register/list.html",
        person=person,
        status_code=422 if problem else 200,
        page_title="Verwerkingsregister",
        problem=problem,
        typed_name=name,
        headings=[_heading(wanted, column) for column in wanted.columns],
        rows=list(_lines(found.rows, wanted.columns)),
        counts=counts,
        filters=[(key, FILTERS[key]) for key in ALWAYS_SHOWN],
        more_filters=[(key, one) for key, one in FILTERS.items() if key not in ALWAYS_SHOWN],
        folded=len(wanted.folded),
        choices=listing.choices(session),
        columns=[(key, column.label) for key, column in COLUMNS.items()],
        wanted=wanted,
        order=f"-{wanted.sort}" if wanted.is_reversed else wanted.sort,
        orders=[(f"{sign}{key}", f"{one.label}{words}") for key, one in COLUMNS.items() for sign, words in ORDERS],
        sizes=[(str(size), str(size)) for size in PAGE_SIZES if size != PAGE_SIZE],
        pairs=wanted.pairs(),
        paging=paging(HOME, wanted.pairs(), found.page, found.pages, found.total),
        views=[(view, f"{HOME}?{view.query or 'toon=alles'}", view.query == query) for view in known.views],
        start=known.start,
        may_remove=[view for view in known.views if view.owner_id == person.id],
        files=[(ending, f"/register/lijst.{ending}?{query}") for ending in MEDIA],
        bulk=f"/register/wijzigen?{query}",
        all_records=ALL,
        establish=f"/register/vaststellen?{query}",
        may_edit=person.may(permissions.EDIT),
        may_establish=person.may(permissions.ESTABLISH),
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that sorts: its address turns the order round when the list is sorted by it already."""

    label: str
    href: str
    aria_sort: str


def _heading(wanted: Wanted, name: str) -> Heading:
    is_current = wanted.sort == name
    order = f"-{name}" if is_current and not wanted.is_reversed else name
    aria = ("descending" if wanted.is_reversed else "ascending") if is_current else ""
    return Heading(COLUMNS[name].label, f"{HOME}?{wanted.query(sorteer=order)}", aria)


def _lines(rows: Sequence[Summary], names: Sequence[str]) -> Iterator[tuple[str, str, Sequence[tuple[str, str, str]]]]:
    """For each row its kenmerk, the words that lead to it, and the other cells: name and label of the column, words."""
    first, *others = ((name, COLUMNS[name].label, COLUMNS[name].read) for name in names)
    for row in rows:
        cells = [(name, label, _in_words(read(row))) for name, label, read in others]
        yield row.kenmerk, _in_words(first[2](row)), cells


def _in_words(value: listing.Value) -> str:
    return dutch_date(value) if isinstance(value, date) else "" if value is None else str(value)
