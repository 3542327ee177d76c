"""One change in many records: choose the records, see what becomes of them, and only then do it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from urllib.parse import parse_qsl

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
from core.web.security import Allowed, TypedForm, WriteSession
from register import listing, permissions, services
from register.listing import Wanted
from register.places import address_of
from register.routes_list import Asked, FreshSession
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
def choose_page(request: Request, session: FreshSession, person: Editor, wanted: Asked) -> Response:
    ticked = [("record", str(row.number)) for row in listing.living(session, wanted.chosen)]
    form = Form(BulkInput, Typed((("lijst", wanted.query()), *ticked)), LABELS)
    return _choose_page(request, session, person, form)


@router.post("/wijzigen")
def change_many(request: Request, session: WriteSession, person: Editor, typed: TypedForm) -> Response:
    form = bind(BulkInput, typed, LABELS, require=("what",))
    services.refresh(session)
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


def _choose_page(
    request: Request, session: Session, person: Person, form: Form[BulkInput], *, status_code: int = 200
) -> Response:
    wanted = Wanted.read(Typed(tuple(parse_qsl(form.value("lijst")))))
    return page(
        request,
        "register/bulk.html",
        person=person,
        status_code=status_code,
        page_title="Veel verwerkingen tegelijk wijzigen",
        form=form,
        query=wanted.query(),
        fields=list(FIELDS.items()),
        records=listing.living(session, wanted.chosen),
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
