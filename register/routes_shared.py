"""Pages of agreements and laws: what several records rest on, kept in one place; and the files of an agreement."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from core import attached, audit
from core.accounts.services import Person
from core.content import Line, Text
from core.errors import BadInput, Conflict, RuleViolation
from core.organisations import Party, find_or_add, in_use
from core.web.attached import file_rows, send
from core.web.conflicts import Meeting, conflict_page, known_part, settle
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Labels, Typed, bind, fill, whole_number
from core.web.lists import Cell, paging
from core.web.pages import dutch_date, redirect
from core.web.security import Allowed, ReadSession, WriteSession
from core.web.uploads import OnlyFile, OurFolder
from register import files, permissions, queries, services
from register.lists import MODELS, STATUSES
from register.models import Agreement, AgreementKind, Law, address_of
from register.places import address_of as place_of_activity
from register.places import again
from register.services.sharing import facts_of

router = APIRouter(prefix="/register")
Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Editor = Annotated[Person, Depends(Allowed(permissions.EDIT))]


class AgreementInput(BaseModel):
    """An agreement as people fill it in."""

    model_config = ConfigDict(str_strip_whitespace=True)

    version: int = 0
    kind: AgreementKind = AgreementKind.PROCESSING
    title: Line = ""
    party: Line = ""
    agreed_on: date | None = None
    until: date | None = None
    model: Line = ""
    remarks: Text = ""


class LawInput(BaseModel):
    """A law as people fill it in."""

    model_config = ConfigDict(str_strip_whitespace=True)

    version: int = 0
    name: str = Field(min_length=2, max_length=300)
    short_name: str = Field(default="", max_length=100)
    bwb_number: str = Field(default="", max_length=20, pattern=r"^(BWB[A-Z][0-9]{7})?$")
    url: str = Field(default="", max_length=300, pattern=r"^(https?://\S+)?$")
    remarks: Text = ""


AGREEMENT_LABELS = {
    "kind": Labels("Soort", article="AVG art. 26 lid 1 en 28 lid 3", required=True),
    "title": Labels("Titel", help="Zoals op het document. Daarmee kiest u de overeenkomst in een verwerking."),
    "party": Labels("Met wie", help="De leverancier, partner of opdrachtgever."),
    "agreed_on": Labels("Gesloten op"),
    "until": Labels("Geldt tot en met", help="Laat leeg als er geen einddatum is afgesproken."),
    "model": Labels("Model", help="VNG-standaard, of een eigen model.", article="AVG art. 28 lid 3"),
    "remarks": Labels("Opmerkingen", help="Blijft intern."),
}
LAW_LABELS = {
    "name": Labels("Naam van de wet", required=True),
    "short_name": Labels("Korte naam", help="Zoals Wmo 2015. Wie die invult, bedoelt deze wet."),
    "bwb_number": Labels("BWB-nummer", help="Het nummer op wetten.overheid.nl, zoals BWBR0035362."),
    "url": Labels("Adres van de wet", help="Laat leeg: met een BWB-nummer komt het adres vanzelf."),
    "remarks": Labels("Opmerkingen", help="Blijft intern."),
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list with its words."""

    path: str
    title: str
    one: str
    lead: str
    model: type[Any]
    labels: Mapping[str, Labels]
    columns: Sequence[str]
    row: Callable[[Any], list[object]]
    """The cells of a record, without the number of its users."""

    @property
    def address(self) -> str:
        return f"/register/{self.path}/"

    def place(self, item: Agreement | Law) -> str:
        return f"{self.address}{item.id}"

    @property
    def fields(self) -> list[str]:
        return [name for name in self.model.model_fields if name != "version"]


AGREEMENTS = Shelf(
    "overeenkomsten",
    "Overeenkomsten",
    "overeenkomst",
    "Wat de gemeente met anderen afspreekt over persoonsgegevens. Wijzig een overeenkomst één keer: dat geldt voor "
    "elke verwerking die hem gebruikt.",
    AgreementInput,
    AGREEMENT_LABELS,
    ("Titel", "Soort", "Met wie", "Geldt tot en met", "Verwerkingen"),
    lambda item: [
        Cell(item.label, f"/register/overeenkomsten/{item.id}"),
        item.kind.capitalize(),
        item.party.name if item.party else "",
        dutch_date(item.until) if item.until else "",
    ],
)
LAWS = Shelf(
    "wetten",
    "Wetten",
    "wet",
    "De wetten waar verwerkingen op rusten. Kies een wet en zie welke verwerkingen dat zijn, per artikel.",
    LawInput,
    LAW_LABELS,
    ("Naam", "Korte naam", "BWB-nummer", "Verwerkingen"),
    lambda item: [Cell(item.label, f"/register/wetten/{item.id}"), item.short_name, item.bwb_number],
)
TypedAgreement = Annotated[Typed, Depends(DraftForm("Overeenkomst", AGREEMENT_LABELS))]
TypedLaw = Annotated[Typed, Depends(DraftForm("Wet", LAW_LABELS))]


# --- agreements


@router.get("/overeenkomsten/")
def show_agreements(
    request: Request, session: ReadSession, person: Reader, zoek: str = "", soort: str = "", pagina: str = "1"
) -> Response:
    chosen = {"zoek": zoek, "soort": soort}
    found = queries.agreements(session, search=zoek, kind=soort, page=whole_number(pagina))
    return _list_page(request, session, person, AGREEMENTS, found, chosen)


@router.post("/overeenkomsten/")
def add_agreement(request: Request, session: WriteSession, person: Editor, typed: TypedAgreement) -> Response:
    form = bind(AgreementInput, typed, AGREEMENT_LABELS)
    if form.cleaned is not None:
        try:
            item = Agreement(**_agreement_facts(session, form.cleaned, person.actor))
        except RuleViolation as refused:
            form.refuse(refused)
        else:
            services.add_shared(session, item, actor=person.actor)
            return redirect(AGREEMENTS.place(item), "opgeslagen")
    return _list_page(request, session, person, AGREEMENTS, queries.agreements(session), {}, form, status_code=422)


@router.get("/overeenkomsten/{agreement_id}")
def show_agreement(request: Request, session: ReadSession, person: Reader, agreement_id: UUID) -> Response:
    return _agreement_page(request, session, person, queries.find_shared(session, Agreement, agreement_id))


@router.post("/overeenkomsten/{agreement_id}")
def change_agreement(
    request: Request, session: WriteSession, person: Editor, agreement_id: UUID, typed: TypedAgreement
) -> Response:
    item = queries.find_shared(session, Agreement, agreement_id)
    return _change(
        request,
        session,
        person,
        AGREEMENTS,
        item,
        typed,
        lambda filled: _agreement_facts(session, filled, person.actor),
        lambda form: _agreement_page(request, session, person, item, form, status_code=422),
    )


@router.post("/overeenkomsten/{agreement_id}/weghalen")
def remove_agreement(session: WriteSession, person: Editor, agreement_id: UUID) -> Response:
    item = queries.find_shared(session, Agreement, agreement_id)
    if attached.files_of(session, item):
        raise RuleViolation("Bij deze overeenkomst staan bestanden. Haal die eerst weg.")
    services.remove_shared(session, item, actor=person.actor)
    return redirect(AGREEMENTS.address, "weggehaald")


@router.post("/overeenkomsten/{agreement_id}/bestanden")
def attach_to_agreement(
    request: Request, session: WriteSession, person: Editor, agreement_id: UUID, upload: OnlyFile, folder: OurFolder
) -> Response:
    item = queries.find_shared(session, Agreement, agreement_id)
    if upload.source is None:
        fault = "Kies eerst een bestand."
    else:
        try:
            files.attach(session, item, attached.receive(folder, upload.source, upload.name), actor=person.actor)
        except BadInput as refused:
            fault = refused.message
        else:
            return redirect(f"{AGREEMENTS.place(item)}#bestanden", "opgeslagen")
    return _agreement_page(request, session, person, item, fault=fault, status_code=422)


@router.get("/overeenkomsten/{agreement_id}/bestanden/{file_id}")
def download_of_agreement(
    session: WriteSession, person: Reader, agreement_id: UUID, file_id: UUID, folder: OurFolder
) -> Response:
    return send(session, person, queries.find_shared(session, Agreement, agreement_id), file_id, folder)


@router.post("/overeenkomsten/{agreement_id}/bestanden/{file_id}/weghalen")
def detach_from_agreement(session: WriteSession, person: Editor, agreement_id: UUID, file_id: UUID) -> Response:
    item = queries.find_shared(session, Agreement, agreement_id)
    files.detach(session, item, attached.find(session, item, file_id), actor=person.actor)
    return redirect(f"{AGREEMENTS.place(item)}#bestanden", "weggehaald")


# --- files of the DPIA


@router.post("/{kenmerk}/dpia/bestanden")
def attach_to_dpia(
    session: WriteSession, person: Editor, kenmerk: str, upload: OnlyFile, folder: OurFolder
) -> Response:
    activity = queries.find(session, kenmerk)
    if upload.source is None:
        raise BadInput("Kies eerst een bestand. Ga terug naar de verwerking.")
    files.attach(session, activity, attached.receive(folder, upload.source, upload.name), actor=person.actor)
    return redirect(f"{place_of_activity(activity)}#dpia-bestanden", "opgeslagen")


@router.get("/{kenmerk}/dpia/bestanden/{dpia_file_id}")
def download_of_dpia(
    session: WriteSession, person: Reader, kenmerk: str, dpia_file_id: UUID, folder: OurFolder
) -> Response:
    return send(session, person, queries.find(session, kenmerk), dpia_file_id, folder)


@router.post("/{kenmerk}/dpia/bestanden/{dpia_file_id}/weghalen")
def detach_from_dpia(session: WriteSession, person: Editor, kenmerk: str, dpia_file_id: UUID) -> Response:
    activity = queries.find(session, kenmerk)
    files.detach(session, activity, attached.find(session, activity, dpia_file_id), actor=person.actor)
    return redirect(f"{place_of_activity(activity)}#dpia-bestanden", "weggehaald")


# --- laws


@router.get("/wetten/")
def show_laws(request: Request, session: ReadSession, person: Reader, zoek: str = "", pagina: str = "1") -> Response:
    found = queries.laws(session, search=zoek, page=whole_number(pagina))
    return _list_page(request, session, person, LAWS, found, {"zoek": zoek})


@router.post("/wetten/")
def add_law(request: Request, session: WriteSession, person: Editor, typed: TypedLaw) -> Response:
    form = bind(LawInput, typed, LAW_LABELS)
    if form.cleaned is None:
        return _list_page(request, session, person, LAWS, queries.laws(session), {}, form, status_code=422)
    item = services.add_shared(session, Law(**form.cleaned.model_dump(exclude={"version"})), actor=person.actor)
    return redirect(LAWS.place(item), "opgeslagen")


@router.get("/wetten/{law_id}")
def show_law(request: Request, session: ReadSession, person: Reader, law_id: UUID) -> Response:
    return _law_page(request, session, person, queries.find_shared(session, Law, law_id))


@router.post("/wetten/{law_id}")
def change_law(request: Request, session: WriteSession, person: Editor, law_id: UUID, typed: TypedLaw) -> Response:
    item = queries.find_shared(session, Law, law_id)
    return _change(
        request,
        session,
        person,
        LAWS,
        item,
        typed,
        lambda filled: filled.model_dump(exclude={"version"}),
        lambda form: _law_page(request, session, person, item, form, status_code=422),
    )


@router.post("/wetten/{law_id}/weghalen")
def remove_law(session: WriteSession, person: Editor, law_id: UUID) -> Response:
    services.remove_shared(session, queries.find_shared(session, Law, law_id), actor=person.actor)
    return redirect(LAWS.address, "weggehaald")


# --- what the pages share


def _agreement_facts(session: Session, filled: AgreementInput, actor: audit.Actor) -> dict[str, Any]:
    facts = filled.model_dump(exclude={"version"})
    services.check_agreement(facts)
    return facts | {"party": find_or_add(session, Party, filled.party, actor=actor)}


def _change(
    request: Request,
    session: Session,
    person: Person,
    shelf: Shelf,
    item: Agreement | Law,
    typed: Typed,
    facts: Callable[[Any], dict[str, Any]],
    again: Callable[[Form[Any]], Response],
) -> Response:
    meeting = Meeting(
        subject_id=item.id,
        version=item.version,
        name=item.label,
        address=shelf.place(item),
        form_address=shelf.place(item),
        now=_filled(shelf, item).typed,
        as_form=lambda known: fill(known_part(shelf.model, known), shelf.labels).typed,
        labels=shelf.labels,
    )
    sent, version = settle(session, typed, meeting)
    form: Form[Any] = bind(shelf.model, sent, shelf.labels)
    if form.cleaned is None:
        return again(form)
    try:
        services.change_shared(session, item, facts(form.cleaned), version=version, actor=person.actor)
    except RuleViolation as refused:
        form.refuse(refused)
        return again(form)
    except Conflict:
        mine = fill(form.cleaned, shelf.labels).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return redirect(shelf.place(item), "opgeslagen")


def _filled(shelf: Shelf, item: Agreement | Law) -> Form[Any]:
    known = shelf.model.model_construct(**facts_of(item), version=item.version)
    return fill(known, shelf.labels)


def _list_page(
    request: Request,
    session: Session,
    person: Person,
    shelf: Shelf,
    found: queries.Shelf[Any],
    chosen: Mapping[str, str],
    form: Form[Any] | None = None,
    *,
    status_code: int = 200,
) -> Response:
    return form_page(
        request,
        session,
        "register/shelf.html",
        person=person,
        status_code=status_code,
        page_title=shelf.title,
        shelf=shelf,
        rows=[[*shelf.row(item), found.uses[item.id] or "wordt niet gebruikt"] for item in found.items],
        chosen=chosen,
        kinds=[(kind.value, kind.capitalize()) for kind in AgreementKind],
        paging=paging(shelf.address, chosen, found.page, found.pages, found.total),
        form=form or Form(shelf.model, Typed(), shelf.labels),
        may_edit=person.may(permissions.EDIT),
        hints=_hints(session),
    )


def _agreement_page(
    request: Request,
    session: Session,
    person: Person,
    item: Agreement,
    form: Form[Any] | None = None,
    *,
    fault: str = "",
    status_code: int = 200,
) -> Response:
    users = queries.using(session, item)
    found = services.findings_by_record(session, users)
    rows = [
        [
            Cell(one.name or "(zonder naam)", place_of_activity(one)),
            one.kenmerk,
            Cell(badge=STATUSES[one.status]),
            " ".join(finding.message for finding in found[one.id] if finding.rule_id in ABOUT_AGREEMENTS) or "geen",
        ]
        for one in users
    ]
    return _item_page(
        request,
        session,
        person,
        AGREEMENTS,
        item,
        form,
        lead=f"{item.kind.capitalize()}{f' met {item.party.name}' if item.party else ''}.",
        columns=("Verwerking", "Kenmerk", "Status", "Bevindingen over overeenkomsten"),
        rows=rows,
        files=file_rows(f"{AGREEMENTS.place(item)}/bestanden", attached.files_of(session, item)),
        file_fault=fault,
        status_code=status_code,
    )


ABOUT_AGREEMENTS = frozenset({"AVG-070", "AVG-071", "AVG-080", "AVG-087"})


def _law_page(
    request: Request,
    session: Session,
    person: Person,
    item: Law,
    form: Form[Any] | None = None,
    *,
    status_code: int = 200,
) -> Response:
    rows = [
        [
            article or "heel de wet",
            Cell(activity.name or "(zonder naam)", place_of_activity(activity)),
            activity.kenmerk,
            Cell(badge=STATUSES[activity.status]),
        ]
        for article, activity in queries.articles_of(session, item)
    ]
    return _item_page(
        request,
        session,
        person,
        LAWS,
        item,
        form,
        lead="Welke verwerkingen rusten op deze wet? Hieronder staan ze, per artikel.",
        columns=("Artikel", "Verwerking", "Kenmerk", "Status"),
        rows=rows,
        law_address=address_of(item),
        status_code=status_code,
    )


def _item_page(
    request: Request,
    session: Session,
    person: Person,
    shelf: Shelf,
    item: Agreement | Law,
    form: Form[Any] | None,
    *,
    status_code: int,
    **shown: Any,  # noqa: ANN401 - what one of the two pages shows
) -> Response:
    return form_page(
        request,
        session,
        "register/shelf_item.html",
        person=person,
        status_code=status_code,
        page_title=item.label,
        shelf=shelf,
        item=item,
        address=shelf.place(item),
        form=form or _filled(shelf, item),
        known=_in_words(shelf, item),
        may_edit=person.may(permissions.EDIT),
        kinds=[(kind.value, kind.capitalize()) for kind in AgreementKind],
        hints=_hints(session),
        again=again(session, queries.using(session, item), item.title if isinstance(item, Agreement) else item.name),
        **({"files": None, "file_fault": "", "law_address": ""} | shown),
    )


def _in_words(shelf: Shelf, item: Agreement | Law) -> list[tuple[str, str]]:
    """For who may only read."""
    facts = facts_of(item)
    days = {"agreed_on", "until"}
    return [
        (
            shelf.labels[name].label,
            dutch_date(date.fromisoformat(facts[name])) if name in days and facts[name] else facts[name],
        )
        for name in shelf.fields
    ]


def _hints(session: Session) -> dict[str, Sequence[str]]:
    return {"parties": in_use(session, Party), "models": MODELS}
