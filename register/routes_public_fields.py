"""Which fields are on the website: for all records on one page, and where one record differs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field
from sqlmodel import Session

from core import history
from core.accounts.services import Person
from core.content import Lines, Part
from core.errors import RuleViolation
from core.web.drafts import DraftForm, form_page
from core.web.forms import Form, Labels, Typed, bind, fill
from core.web.lists import Cell
from core.web.pages import redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession
from register import permissions, public, public_fields, publication, queries
from register.models import ProcessingActivity
from register.places import address_of
from register.publication import CHOICES
from register.services import content_of

router = APIRouter(prefix="/register")

Reader = Annotated[Person, Depends(Allowed(permissions.READ))]
Establisher = Annotated[Person, Depends(Allowed(permissions.ESTABLISH))]
ADDRESS = "/register/op-de-website"
PAGE = "op-de-website"
EXAMPLES = 50
LABELS = {
    "shown": Labels("Laat deze velden zien"),
    "hidden": Labels("Laat deze velden hier niet zien", "Bij andere verwerkingen staan ze wel op de website."),
    "reason": Labels("Waarom is deze verwerking anders", "Blijft intern."),
}
RECORD_LABELS = LABELS | {
    "shown": Labels("Laat deze velden hier wel zien", "Bij andere verwerkingen staan ze niet op de website.")
}


class PublicFieldsInput(Part):
    """What a person ticks."""

    version: int = 0
    shown: Lines = ()
    hidden: Lines = ()
    reason: Annotated[str, Field(max_length=2000)] = ""


TypedException = Annotated[Typed, Depends(DraftForm("Velden op de website", RECORD_LABELS))]


@router.get("/op-de-website")
def choices_page(request: Request, session: ReadSession, person: Reader, veld: str = "") -> Response:
    found = public_fields.choice_of(session, None)
    return _choices_page(request, session, person, _filled(found, LABELS), field=veld)


@router.post("/op-de-website")
def choose_fields(request: Request, session: WriteSession, person: Establisher, typed: TypedForm) -> Response:
    form = bind(PublicFieldsInput, typed, LABELS)
    if form.cleaned is not None:
        try:
            wanted = form.cleaned
            public_fields.choose(session, None, shown=wanted.shown, actor=person.actor, version=wanted.version)
        except RuleViolation as refused:
            form.refuse(refused)
        else:
            return redirect(ADDRESS, "opgeslagen")
    return _choices_page(request, session, person, form, status_code=422)


@router.get("/{kenmerk}/op-de-website")
def exception_page(request: Request, session: ReadSession, person: Reader, kenmerk: str) -> Response:
    activity = queries.find(session, kenmerk)
    form = _filled(public_fields.choice_of(session, activity), RECORD_LABELS)
    return _exception_page(request, session, person, activity, form)


@router.post("/{kenmerk}/op-de-website")
def choose_exception(
    request: Request, session: WriteSession, person: Establisher, kenmerk: str, typed: TypedException
) -> Response:
    activity = queries.find(session, kenmerk)
    form = bind(PublicFieldsInput, typed, RECORD_LABELS)
    if form.cleaned is not None:
        try:
            wanted = form.cleaned
            public_fields.choose(
                session,
                activity,
                shown=wanted.shown,
                hidden=wanted.hidden,
                reason=wanted.reason,
                actor=person.actor,
                version=wanted.version,
            )
        except RuleViolation as refused:
            form.refuse(refused)
        else:
            return redirect(address_of(activity), "opgeslagen")
    return _exception_page(request, session, person, activity, form, status_code=422)


def _filled(found: public_fields.PublicFields, labels: Mapping[str, Labels]) -> Form[PublicFieldsInput]:
    facts = public_fields.facts_of(found) | {"version": found.version}
    return fill(PublicFieldsInput.model_validate(facts), labels)


def _choices_page(
    request: Request,
    session: Session,
    person: Person,
    form: Form[Any],
    *,
    field: str = "",
    status_code: int = 200,
) -> Response:
    touched = _touched(session)
    return form_page(
        request,
        session,
        "register/public_fields.html",
        person=person,
        status_code=status_code,
        page_title="Velden op de website",
        form=form,
        may_choose=person.may(permissions.ESTABLISH),
        options=[(choice.path, choice.label) for choice in CHOICES],
        rows=[
            [
                Cell(choice.label, f"{ADDRESS}?veld={choice.path}#voorbeeld" if touched[choice.path] else ""),
                "Ja" if choice.path in form.values("shown") else "Nee",
                len(touched[choice.path]),
                choice.article.strip("-") or "Geen",
            ]
            for choice in CHOICES
        ],
        example=public_fields.label_of(field) if touched.get(field) else "",
        examples=touched.get(field, [])[:EXAMPLES],
        more=max(0, len(touched.get(field, [])) - EXAMPLES),
    )


def _touched(session: Session) -> Mapping[str, Sequence[Sequence[object]]]:
    """Per field the records on the website that have something there, with what the public would read."""
    found: dict[str, list[list[object]]] = defaultdict(list)
    for number, frozen in sorted(public.newest_in_full(session), key=itemgetter(0)):
        values: dict[str, list[str]] = defaultdict(list)
        labels = frozen["labels"]
        for path, place, value in publication.choices_in(frozen["content"]):
            values[path].append(labels.get(place, {}).get(value, value))
        for path, texts in values.items():
            name = f"{number} {frozen['content']['name']}"
            found[path].append([Cell(name, f"/register/{number}/{PAGE}"), ", ".join(dict.fromkeys(texts))])
    return found


def _filled_in(session: Session, activity: ProcessingActivity) -> set[str]:
    """The fields in which something stands now, or stood in the newest version."""
    known = [content_of(activity).model_dump(mode="json")]
    if version := history.newest_version(session, activity.id):
        known.append(version.content["content"])
    return {filled.path for facts in known for filled in publication.choices_in(facts)}


def _exception_page(
    request: Request,
    session: Session,
    person: Person,
    activity: ProcessingActivity,
    form: Form[Any],
    *,
    status_code: int = 200,
) -> Response:
    everywhere = public_fields.chosen(session).everywhere
    ticked = {*form.values("shown"), *form.values("hidden")}
    offered = [choice for choice in CHOICES if choice.path in _filled_in(session, activity) | ticked]
    return form_page(
        request,
        session,
        "register/public_fields_of.html",
        person=person,
        status_code=status_code,
        page_title=f"{activity.name or activity.kenmerk}: velden op de website",
        form=form,
        activity=activity,
        address=address_of(activity),
        may_choose=person.may(permissions.ESTABLISH),
        to_show=[
            (choice.path, choice.label)
            for choice in offered
            if choice.path not in everywhere or choice.path in form.values("shown")
        ],
        to_hide=[
            (choice.path, choice.label)
            for choice in offered
            if choice.path in everywhere or choice.path in form.values("hidden")
        ],
    )
