"""Beheer: the limits that no law fixes, which the checks on the processing register count with."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import Session

import register.services as register
from app.roles import ADMINISTER
from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.web.forms import Form, Labels, Typed, bind
from core.web.pages import page, redirect
from core.web.security import Allowed, ReadSession, TypedForm, WriteSession

router = APIRouter(prefix="/beheer/controles")
Administrator = Annotated[Person, Depends(Allowed(ADMINISTER))]


class LimitsInput(BaseModel):
    """The limits as whole numbers."""

    version: int = 0
    review_months: int
    publish_months: int
    dpia_months: int
    agreement_days: int
    waiting_days: int
    similarity_percent: int
    closing_months: int


WORDS = {
    "review_months": (
        "Maanden tot een verwerking opnieuw wordt bekeken",
        "Daarna ziet u AVG-140. Ook de volgende controle na 'klopt nog' valt dan.",
    ),
    "publish_months": (
        "Maanden tot een verwerking te oud is om te publiceren",
        "Daarna is het een fout (AVG-141).",
    ),
    "dpia_months": ("Maanden tot een DPIA opnieuw wordt bekeken", "Daarna ziet u AVG-106."),
    "agreement_days": (
        "Dagen vooraf dat een overeenkomst opvalt",
        "Zo veel dagen voor het einde van een verwerkersovereenkomst ziet u AVG-071.",
    ),
    "waiting_days": ("Dagen dat een verwerking op controle mag wachten", "Daarna ziet u AVG-142."),
    "similarity_percent": (
        "Hoeveel procent twee verwerkingen op elkaar mogen lijken",
        "Lijken naam of doel meer op elkaar, dan ziet u AVG-144 (dubbel).",
    ),
    "closing_months": (
        "Maanden dat een bevinding dicht mag blijven met een reden",
        "Daarna moet iemand opnieuw kijken.",
    ),
}
_DEFAULTS = register.numbers_of(None)
LIMIT_LABELS = {
    name: Labels(
        label,
        f"{help_text} Van {register.RANGES[name][0]} tot en met {register.RANGES[name][1]}. "
        f"Voorstel: {_DEFAULTS[name]}.",
        required=True,
    )
    for name, (label, help_text) in WORDS.items()
}


@router.get("/")
def show_limits(request: Request, session: ReadSession, person: Administrator) -> Response:
    return _page(request, session, person, Form(LimitsInput, _stored(session), LIMIT_LABELS))


@router.post("/")
def change_limits(request: Request, session: WriteSession, person: Administrator, typed: TypedForm) -> Response:
    form = bind(LimitsInput, typed, LIMIT_LABELS)
    if form.cleaned:
        numbers = form.cleaned.model_dump(exclude={"version"})
        try:
            register.change_thresholds(session, numbers, version=form.cleaned.version, actor=person.actor)
        except RuleViolation as refused:
            form.refuse(refused)
        except Conflict as conflict:
            form.errors[""] = conflict.message
            return _page(request, session, person, form, status_code=409)
        else:
            return redirect("/beheer/", "opgeslagen")
    return _page(request, session, person, form, status_code=422)


def _stored(session: Session) -> Typed:
    return Typed(
        tuple((name, str(number)) for name, number in register.numbers_of(register.check_settings(session)).items())
    )


def _page(
    request: Request, session: Session, person: Person, form: Form[LimitsInput], *, status_code: int = 200
) -> Response:
    settings = register.check_settings(session)
    return page(
        request,
        "app/thresholds.html",
        person=person,
        status_code=status_code,
        page_title="Grenzen van de controles",
        form=form,
        fields=list(WORDS),
        version=settings.version if settings else 0,
    )
