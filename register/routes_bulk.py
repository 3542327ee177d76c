"""One change in many records: choose the records, see what becomes of them, and only then do it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field
from sqlmodel import Session

from core.accounts.services import Person
from core.content import Line, Part
from core.errors import Conflict, RuleViolation
from core.organisations import Party, Team, in_use, shared
from core.web.forms import Form, Labels, Typed, bind, whole_number
from core.web.pages import dutch_date, page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from register import permissions, queries, services
from register.places import address_of
from register.services import BulkChange, BulkField, BulkRow

router = APIRouter(prefix="/register")

Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]
ADDRESS = "/register/wijzigen"
FIELDS = {
    BulkField.TEAM: "Team",
    BulkField.OWNER: "Proceseigenaar",
    BulkField.PROCESSOR: "Verwerker: de ene in de plaats van de andere",
    BulkField.REVIEW: "Volgende controle",
}
LABELS = {
    "what": Labels("Wat wilt u wijzigen", required=True),
    "team": Labels("Nieuw team", "Alleen als u het team wijzigt."),
    "process_owner": Labels("Nieuwe proceseigenaar", "Een functie, geen naam van een mens."),
    "replaces": Labels("Verwerker nu", "Het bedrijf dat ermee stopt."),
    "processor": Labels(
        "Verwerker straks", "De overeenkomst met het nieuwe bedrijf vult u daarna bij elke verwerking in."
    ),
    "next_review_on": Labels("Nieuwe dag van controle"),
}


class BulkInput(Part):
    """What to change and into what; only the field that `what` names counts."""

    what: BulkField
    team: Line = ""
    process_owner: Line = ""
    replaces: Line = ""
    processor: Line = ""
    next_review_on: Annotated[date | None, Field()] = None

    def wanted(self) -> BulkChange:
        """The change.

        Raises:
            RuleViolation: the new value is missing.
        """
        name = self.what.value
        value = getattr(self, name)
        missing = {name: f"Vul in: '{LABELS[name].label}'."} if not value else {}
        if self.what is BulkField.PROCESSOR and not self.replaces:
            missing["replaces"] = f"Vul in: '{LABELS['replaces'].label}'."
        if missing:
            raise RuleViolation(" ".join(missing.values()), missing)
        return BulkChange(self.what, value, self.replaces)


@router.get("/wijzigen")
def choose_page(
    request: Request, session: ReadSession, person: Editor, zoek: str = "", status: str = "", onderwerp: str = ""
) -> Response:
    chosen = {"zoek": zoek, "status": status, "onderwerp": onderwerp}
    pairs = (*chosen.items(), *(("record", str(number)) for number in _found(session, chosen)))
    return _choose_page(request, session, person, Form(BulkInput, Typed(pairs), LABELS))


@router.post("/wijzigen")
def change_many(request: Request, session: WriteSession, person: Editor, typed: TypedForm) -> Response:
    form = bind(BulkInput, typed, LABELS, require=("what",))
    numbers = {whole_number(value) for value in typed.values("record")}
    if not numbers:
        form.errors["records"] = "Kies minstens één verwerking."
    if form.cleaned is None or not numbers or typed.value("action") == "back":
        form.errors = {} if typed.value("action") == "back" else form.errors
        return _choose_page(request, session, person, form, status_code=422 if form.errors else 200)
    try:
        rows = services.preview_bulk(session, numbers, form.cleaned.wanted())
    except RuleViolation as refused:
        form.refuse(refused)
        return _choose_page(request, session, person, form, status_code=422)
    if typed.value("action") != "apply":
        return _preview_page(request, person, form, rows)
    versions = {number: typed.number(f"version-{number}") for number in numbers}
    try:
        services.apply_bulk(session, rows, versions, actor=person.actor)
    except Conflict as conflict:
        return _preview_page(request, person, form, rows, problem=conflict.message)
    return redirect("/register/", "opgeslagen")


def _found(session: Session, chosen: dict[str, str]) -> list[int]:
    """Numbers of all records that the list would show with these filters."""
    return queries.numbers_of(session, search=chosen["zoek"], status=chosen["status"], domain=chosen["onderwerp"])


def _choose_page(
    request: Request, session: Session, person: Person, form: Form[BulkInput], *, status_code: int = 200
) -> Response:
    chosen = {name: form.value(name) for name in ("zoek", "status", "onderwerp")}
    return page(
        request,
        "register/bulk.html",
        person=person,
        status_code=status_code,
        page_title="Veel verwerkingen tegelijk wijzigen",
        form=form,
        chosen=chosen,
        fields=list(FIELDS.items()),
        records=queries.living(session, _found(session, chosen)),
        ticked=set(form.values("record")),
        hints={
            "teams": in_use(session, Team),
            "parties": [party.name for party in shared(session, Party)],  # also one that stopped: it is replaced
        },
    )


def _preview_page(
    request: Request, person: Person, form: Form[BulkInput], rows: Sequence[BulkRow], *, problem: str = ""
) -> Response:
    return page(
        request,
        "register/bulk_preview.html",
        person=person,
        status_code=409 if problem else 200,
        page_title="Dit gaat veranderen",
        problem=problem,
        typed=[
            pair
            for pair in form.typed.pairs
            if pair[0] not in {"action", "record"} and not pair[0].startswith("version-")
        ],
        rows=[(row.activity, address_of(row.activity), _in_words(row.was), _in_words(row.becomes)) for row in rows],
    )


def _in_words(value: str | date | None) -> str:
    return dutch_date(value) if isinstance(value, date) else value or ""
