"""Beheer: settings of the organisation, shared lists, accounts and the trail of changes."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, func, select

import register.queries as register
import wmebv.queries as wmebv
from app import connections
from app.roles import ADMINISTER
from core.accounts import services as accounts
from core.accounts.services import Person
from core.errors import BadInput, Conflict, NotFound
from core.organisations import (
    SHARED_KINDS,
    Body,
    Organisation,
    Party,
    System,
    Team,
    change_organisation,
    change_shared,
    find_or_add,
    shared,
    the_organisation,
)
from core.web.conflicts import Meeting, conflict_page, known_part, settle
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Labels, Typed, bind, fill
from core.web.pages import page, redirect
from core.web.related import Related
from core.web.security import Allowed, ReadSession, WriteSession
from register.places import again
from wmebv.rows import living_messages

router = APIRouter(prefix="/beheer")
Administrator = Annotated[Person, Depends(Allowed(ADMINISTER))]

LIST_TITLES = {
    "teams": "Teams",
    "partijen": "Partijen",
    "systemen": "Systemen",
    "bestuursorganen": "Bestuursorganen",
}


class OrganisationInput(BaseModel):
    """What an administrator may change of an organisation."""

    model_config = ConfigDict(str_strip_whitespace=True)

    version: int
    name: str = Field(min_length=3, max_length=200)
    base_url: str = Field(max_length=200)
    oin: str = Field(default="", max_length=20, pattern=r"^([0-9]{20})?$")
    owms_label: str = Field(default="", max_length=200)
    owms_uri: str = Field(
        default="", max_length=300, pattern=r"^(http://standaarden\.overheid\.nl/owms/terms/[^\s/]+)?$"
    )
    address: str = Field(default="", max_length=300)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=200, pattern=r"^([^@\s]+@[^@\s]+)?$")
    website: str = Field(default="", max_length=300)
    dpo_contact: str = Field(default="", max_length=200)
    dpo_name: str = Field(default="", max_length=200)
    dpo_registered_on: date | None = None
    rights_url: str = Field(default="", max_length=300)
    accessibility_url: str = Field(default="", max_length=300)
    security_sentence: str = Field(default="", max_length=1000)
    four_eyes: bool = False
    cooling_off_hours: int | None = Field(default=None, ge=1, le=720)
    approval_first: bool = False
    nightly_at: str = Field(default="", max_length=5, pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")


ORGANISATION_LABELS = {
    "name": Labels("Naam van de gemeente", article="AVG art. 30 lid 1 onder a", required=True),
    "base_url": Labels(
        "Adres van de openbare website", help="Zoals https://openboek.gemeente.nl, zonder pad.", required=True
    ),
    "oin": Labels("OIN", help="20 cijfers."),
    "owms_label": Labels(
        "Naam in de lijst van Samenwerkende Catalogi",
        help="Precies zoals in https://standaarden.overheid.nl/owms/terms/Gemeente.xml.",
    ),
    "owms_uri": Labels(
        "Adres in de lijst van Samenwerkende Catalogi",
        help="Begint met http://standaarden.overheid.nl/owms/terms/. Leeg: dan maken we dat bestand niet.",
    ),
    "address": Labels("Adres", article="AVG art. 30 lid 1 onder a"),
    "phone": Labels("Telefoon", article="AVG art. 30 lid 1 onder a"),
    "email": Labels("E-mail", help="Een algemeen adres. Het staat op de website bij 'Klopt dit niet?'."),
    "website": Labels("Website van de gemeente"),
    "dpo_contact": Labels(
        "Contact met de FG", help="Een functieadres. Het staat op de website.", article="AVG art. 37 lid 7"
    ),
    "dpo_name": Labels("Naam van de FG", help="Blijft intern.", article="AVG art. 30 lid 1 onder a"),
    "dpo_registered_on": Labels("FG aangemeld bij de AP op", article="AVG art. 37 lid 7"),
    "rights_url": Labels(
        "Waar kan een inwoner rechten gebruiken", help="Adres van een pagina.", article="AVG art. 12 lid 2"
    ),
    "accessibility_url": Labels("Adres van de toegankelijkheidsverklaring"),
    "security_sentence": Labels(
        "Beveiliging in het algemeen", help="Deze zin komt in een nieuwe verwerking.", article="AVG art. 32"
    ),
    "four_eyes": Labels("Vaststellen doet iemand anders dan de laatste bewerker"),
    "cooling_off_hours": Labels(
        "Wachttijd in uren",
        help="Voor een kleine gemeente. Na zoveel uur zonder wijziging mag de laatste bewerker zelf vaststellen. "
        "Laat leeg als dat nooit mag.",
    ),
    "approval_first": Labels(
        "De privacy officer keurt een verwerking goed voor iemand die vaststelt",
        help="Zonder vinkje mag goedkeuren, maar het hoeft niet.",
    ),
    "nightly_at": Labels(
        "Tijd van de nachtelijke export", help="Zoals 02:30. Laat leeg voor de tijd van de installatie."
    ),
}


class SharedInput(BaseModel):
    """A record of a shared list; which fields a list has depends on its kind."""

    model_config = ConfigDict(str_strip_whitespace=True)

    version: int = 0
    name: str = Field(min_length=2, max_length=300)
    email: str = Field(default="", max_length=200)
    contact: str = Field(default="", max_length=300)
    supplier: str = Field(default="", max_length=300)
    hosting: str = Field(default="", max_length=300)
    country: str = Field(default="", max_length=10)
    signatory: str = Field(default="", max_length=300)
    ended_on: date | None = None


SHARED_LABELS = {
    "name": Labels("Naam", required=True),
    "email": Labels("E-mail van het team", help="Een gedeeld postvak."),
    "contact": Labels("Contact"),
    "supplier": Labels("Leverancier", help="Blijft intern."),
    "hosting": Labels("Waar draait het", help="Blijft intern."),
    "country": Labels("Land", help="Twee letters, zoals NL of US."),
    "signatory": Labels("Wie tekent namens dit orgaan", help="Een functie, zoals de burgemeester. Geen naam."),
    "ended_on": Labels(
        "Gestopt op",
        help="Vul in als dit stopt. Het formulier biedt het dan niet meer aan. "
        "Wie het nog gebruikt, krijgt een melding.",
    ),
}

TypedOrganisation = Annotated[Typed, Depends(DraftForm("Gegevens van de gemeente", ORGANISATION_LABELS))]
TypedShared = Annotated[Typed, Depends(DraftForm("Gedeelde lijst", SHARED_LABELS))]


@router.get("/")
def show_administration(request: Request, session: ReadSession, person: Administrator) -> Response:
    cards = [
        (title, session.exec(select(func.count()).select_from(SHARED_KINDS[kind])).one(), f"/beheer/lijsten/{kind}/")
        for kind, title in LIST_TITLES.items()
    ]
    return page(
        request,
        "app/admin.html",
        person=person,
        page_title="Beheer",
        organisation_record=the_organisation(session),
        list_cards=cards,
        accounts_number=len(accounts.all_users(session, person.organisation_id)),
    )


@router.get("/organisatie")
def show_organisation(request: Request, session: ReadSession, person: Administrator) -> Response:
    return _organisation_page(request, session, person, fill(_as_input(the_organisation(session)), ORGANISATION_LABELS))


@router.post("/organisatie")
def change_settings(
    request: Request, session: WriteSession, person: Administrator, typed: TypedOrganisation
) -> Response:
    organisation = the_organisation(session)
    meeting = _meeting_of_organisation(organisation)
    typed, version = settle(session, typed, meeting)
    form = bind(OrganisationInput, typed, ORGANISATION_LABELS)
    if form.cleaned is None:
        return _organisation_page(request, session, person, form, status_code=422)
    facts = form.cleaned.model_dump(exclude={"version"})
    try:
        change_organisation(session, organisation, facts, version=version, actor=person.actor)
    except BadInput as refused:
        form.errors["base_url"] = refused.message
        return _organisation_page(request, session, person, form, status_code=422)
    except Conflict:
        mine = fill(form.cleaned, ORGANISATION_LABELS).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect("/beheer/", "opgeslagen")


@router.get("/lijsten/{kind}/")
def show_list(request: Request, session: ReadSession, person: Administrator, kind: str) -> Response:
    return _list_page(request, session, person, kind, Form(SharedInput, Typed(), SHARED_LABELS))


@router.post("/lijsten/{kind}/")
def add_to_list(
    request: Request, session: WriteSession, person: Administrator, typed: TypedShared, kind: str
) -> Response:
    table = _table(kind)
    form = bind(SharedInput, typed, SHARED_LABELS)
    if form.cleaned is None:
        return _list_page(request, session, person, kind, form, status_code=422)
    find_or_add(session, table, form.cleaned.name, actor=person.actor)
    return redirect(f"/beheer/lijsten/{kind}/", "opgeslagen")


@router.get("/lijsten/{kind}/{number}")
def show_shared(request: Request, session: ReadSession, person: Administrator, kind: str, number: str) -> Response:
    item = _item(session, kind, number)
    form = fill(SharedInput.model_validate(item.model_dump(include=set(SharedInput.model_fields))), SHARED_LABELS)
    return _shared_page(request, session, person, kind, item, form)


@router.post("/lijsten/{kind}/{number}")
def change_list(
    request: Request, session: WriteSession, person: Administrator, typed: TypedShared, kind: str, number: str
) -> Response:
    item = _item(session, kind, number)
    meeting = _meeting_of_shared(kind, item)
    typed, version = settle(session, typed, meeting)
    form = bind(SharedInput, typed, SHARED_LABELS)
    if form.cleaned is None:
        return _shared_page(request, session, person, kind, item, form, status_code=422)
    facts = form.cleaned.model_dump(include=set(_fields(kind)))
    try:
        change_shared(session, item, facts, version=version, actor=person.actor)
    except Conflict as conflict:
        if version == item.version:  # another one has this name
            form.errors["name"] = conflict.message
            return _shared_page(request, session, person, kind, item, form, status_code=409)
        mine = fill(form.cleaned, SHARED_LABELS).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(f"/beheer/lijsten/{kind}/", "opgeslagen")


def _organisation_page(
    request: Request, session: Session, person: Person, form: Form[Any], *, status_code: int = 200
) -> Response:
    return form_page(
        request,
        session,
        "app/organisation.html",
        person=person,
        page_title="Gegevens van de gemeente",
        form=form,
        status_code=status_code,
    )


def _list_page(
    request: Request, session: Session, person: Person, kind: str, form: Form[Any], *, status_code: int = 200
) -> Response:
    items = shared(session, _table(kind))
    return form_page(
        request,
        session,
        "app/shared_list.html",
        person=person,
        page_title=LIST_TITLES[kind],
        kind=kind,
        items=items,
        form=form,
        status_code=status_code,
    )


def _shared_page(
    request: Request,
    session: Session,
    person: Person,
    kind: str,
    item: Body | Team | Party | System,
    form: Form[Any],
    *,
    status_code: int = 200,
) -> Response:
    return form_page(
        request,
        session,
        "app/shared_item.html",
        person=person,
        page_title=item.name,
        kind=kind,
        kind_title=LIST_TITLES[kind],
        item=item,
        fields=_fields(kind),
        uses=_uses(session, item),
        again=again(session, register.using(session, item), item.name),
        form=form,
        status_code=status_code,
    )


def _uses(session: Session, item: Body | Team | Party | System) -> Sequence[Related]:
    """Where a shared thing is named, in each register."""
    lists = [
        Related(
            "Verwerkingen",
            [(f"{one.kenmerk} {one.name}", f"/register/{one.kenmerk}/") for one in register.using(session, item)],
            "Geen verwerking noemt dit.",
        )
    ]
    if isinstance(item, Party):
        named = [(one.label, f"/register/overeenkomsten/{one.id}") for one in register.agreements_with(session, item)]
        lists.append(Related("Overeenkomsten", named, "Er is geen overeenkomst met deze partij."))
    if isinstance(item, Team):
        products = [
            (f"{one.kenmerk} {one.name} ({_messages(len(living_messages(one)))})", f"/wmebv/producten/{one.kenmerk}/")
            for one in wmebv.of_team(session, item)
        ]
        lists.append(Related("Producten", products, "Geen product hoort bij dit team."))
    if isinstance(item, System):
        lists += connections.related(session, item)
    return lists


def _messages(number: int) -> str:
    return "1 bericht" if number == 1 else f"{number} berichten"


def _meeting_of_organisation(organisation: Organisation) -> Meeting:
    """The settings as the page after a conflict shows them."""
    return Meeting(
        subject_id=organisation.id,
        version=organisation.version,
        name="Gegevens van de gemeente",
        address="/beheer/organisatie",
        form_address="/beheer/organisatie",
        now=fill(_as_input(organisation), ORGANISATION_LABELS).typed,
        as_form=lambda facts: fill(known_part(OrganisationInput, {**facts, "version": 0}), ORGANISATION_LABELS).typed,
        labels=ORGANISATION_LABELS,
    )


def _meeting_of_shared(kind: str, item: Body | Team | Party | System) -> Meeting:
    address = f"/beheer/lijsten/{kind}/{item.id}"
    return Meeting(
        subject_id=item.id,
        version=item.version,
        name=item.name,
        address=address,
        form_address=address,
        now=fill(known_part(SharedInput, item.model_dump()), SHARED_LABELS).typed,
        as_form=lambda facts: fill(known_part(SharedInput, facts), SHARED_LABELS).typed,
        labels=SHARED_LABELS,
    )


def _as_input(organisation: Organisation) -> OrganisationInput:
    return OrganisationInput.model_construct(**organisation.model_dump(include=set(OrganisationInput.model_fields)))


def _fields(kind: str) -> list[str]:
    columns = set(_table(kind).model_fields)
    return [name for name in SharedInput.model_fields if name in columns and name != "version"]


def _table(kind: str) -> type[Any]:
    if kind not in SHARED_KINDS:
        raise NotFound("Deze lijst bestaat niet. Ga terug naar Beheer.")
    return SHARED_KINDS[kind]


def _item(session: Session, kind: str, number: str) -> Any:  # noqa: ANN401 - one of the shared tables
    item = next((found for found in shared(session, _table(kind)) if str(found.id) == number), None)
    if item is None:
        raise NotFound("Dit staat niet (meer) in de lijst. Ga terug naar de lijst.")
    return item
