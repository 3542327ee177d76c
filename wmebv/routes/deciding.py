"""The seven questions about one message: is it official, and which kind is it?"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from core.accounts.services import Person
from core.errors import Conflict, RuleViolation
from core.web.conflicts import conflict_page, settle
from core.web.drafts import DraftForm
from core.web.forms import Form, Typed, bind, fill
from core.web.security import ReadSession, WriteSession
from wmebv import labels, meetings, queries, rows, services
from wmebv.content import Official
from wmebv.deciding import STEPS
from wmebv.forms import DECISION_LABELS, DecisionInput, decision_of
from wmebv.models import MessageType
from wmebv.routes.facts import assessment
from wmebv.routes.shared import HOME, PRODUCTS, Editor, address_of, function_of, on_to, show, typed_on

router = APIRouter()
TypedDecision = Annotated[Typed, Depends(DraftForm("Is dit een officieel bericht", DECISION_LABELS))]
_CHOICES = [("", "Zoals de uitkomst zegt"), *((code.value, labels.OFFICIAL[code]) for code in Official)]


@router.get("/berichten/{message_id}/beoordelen")
def ask(request: Request, session: ReadSession, person: Editor, message_id: UUID) -> Response:
    message = queries.find_message(session, message_id)
    return _page(request, session, person, message, fill(decision_of(rows.message_content(message)), DECISION_LABELS))


@router.post("/berichten/{message_id}/beoordelen")
def decide(request: Request, session: WriteSession, person: Editor, typed: TypedDecision, message_id: UUID) -> Response:
    message = queries.find_message(session, message_id)
    meeting = meetings.of_decision(message)
    goes_on = bool(typed.value("verder"))
    typed, version = settle(session, typed, meeting)
    form = bind(DecisionInput, typed, DECISION_LABELS)
    if not typed.values("kind"):
        form.errors["kind"] = "Lees de vragen van boven naar beneden en kies wat past."
    decided = form.cleaned
    if decided is None or form.errors:
        return _page(request, session, person, message, form, version=version, status_code=422)
    try:
        services.assess(
            session,
            message,
            decided.kind,
            decided.official,
            decided.reasoning,
            by=function_of(person),
            version=version,
            actor=person.actor,
        )
    except RuleViolation as refused:
        form.refuse(refused)
        return _page(request, session, person, message, form, version=version, status_code=422)
    except Conflict:
        mine = fill(decided, DECISION_LABELS).typed
        return conflict_page(request, session, meeting, person=person, mine=mine, opened=version)
    return on_to(session, message, queries.Waiting.ASSESSMENT, "beoordelen", goes_on=goes_on)


def _page(
    request: Request,
    session: Session,
    person: Person,
    message: MessageType,
    form: Form[Any],
    *,
    version: int | None = None,
    status_code: int = 200,
) -> Response:
    title = f"Is dit een officieel bericht? {message.name}"
    content = rows.message_content(message)
    return show(
        request,
        "deciding.html",
        person,
        title,
        [
            HOME,
            PRODUCTS,
            (message.product.kenmerk, address_of(message.product)),
            (message.name, f"/wmebv/berichten/{message.id}/"),
            ("Officieel", ""),
        ],
        status_code=status_code,
        form_of=session,
        form=form,
        version=typed_on(version, message),
        message_type=message,
        is_answered=message.assessed_on is not None or bool(form.typed.values("kind")),
        steps=STEPS,
        kinds=labels.KINDS,
        choices=_CHOICES,
        facts=assessment(content),
        waiting=queries.count_waiting(session, queries.Waiting.ASSESSMENT),
    )
