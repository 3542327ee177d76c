"""What a person typed and did not save: the list, one text to read, throwing it away, and what the script keeps."""

import re
from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlmodel import Session

from core import clock, drafts
from core.accounts.services import Person
from core.drafts import Draft
from core.errors import BadInput, Failed
from core.web.drafts import autosave, drafted_form, sent_by
from core.web.forms import Labels, pattern_of
from core.web.pages import dutch_moment, page, redirect
from core.web.security import CurrentPerson, ReadSession, TypedForm, WriteSession

HOME = "/niet-opgeslagen/"
router = APIRouter(prefix="/niet-opgeslagen")


@router.get("/")
def show_drafts(request: Request, person: CurrentPerson, session: ReadSession) -> Response:
    return page(
        request,
        "drafts/list.html",
        person=person,
        page_title="Nog niet opgeslagen",
        drafts=unsaved(session, person),
        kept_for=drafts.KEPT_FOR.days,
    )


@router.post("/bewaren")
def keep_typed(request: Request, person: CurrentPerson, typed: TypedForm) -> Response:
    """Keep a form while somebody types; the answer is what the page then says."""
    if sent_by(request) != str(person.id):
        text = "In deze browser is nu iemand anders ingelogd. Uw tekst wordt niet bewaard."
        return JSONResponse({"tekst": text, "bewaard": False}, status_code=409)
    form = drafted_form(request, request.query_params.get("formulier", ""))
    if form is None or not all(person.may(permission) for permission in form.permissions):
        return JSONResponse({"tekst": "Van dit formulier wordt niets bewaard.", "bewaard": False}, status_code=404)
    try:
        at = autosave(request, person.organisation_id, person.id, typed)
    except BadInput as refused:
        return JSONResponse({"tekst": refused.message, "bewaard": False}, status_code=413)
    except Failed as away:
        return JSONResponse({"tekst": away.message, "bewaard": False}, status_code=503)
    return JSONResponse(
        {
            "tekst": f"Uw tekst is bewaard om {at.astimezone(clock.AMSTERDAM):%H:%M}" if at else "",
            "bewaard": at is not None,
        }
    )


@router.get("/{draft_id}")
def show_draft(request: Request, person: CurrentPerson, session: ReadSession, draft_id: UUID) -> Response:
    """What was typed, to read and copy, also when the form is not there any more."""
    draft = drafts.get(session, person.id, draft_id)
    known = drafted_form(request, draft.address)
    labels = known.form.labels if known else {}
    return page(
        request,
        "drafts/text.html",
        person=person,
        page_title=draft.title or "Nog niet opgeslagen",
        draft_record=draft,
        at=dutch_moment(draft.at),
        facts=[(_label(labels, name), value) for name, value in draft.pairs if value.strip()],
    )


@router.post("/{draft_id}/weg")
def throw_away(person: CurrentPerson, session: WriteSession, draft_id: UUID, typed: TypedForm) -> Response:
    draft = drafts.get(session, person.id, draft_id)
    address = draft.address
    drafts.drop(session, person.id, address)
    if typed.value("terug") == "formulier":
        return RedirectResponse(address, status_code=303)
    return redirect(HOME, "weggegooid")


def unsaved(session: Session, person: Person) -> list[Draft]:
    """What this person did not save yet, newest first."""
    return list(drafts.drafts_of(session, person.id))


def _label(labels: Mapping[str, Labels], name: str) -> str:
    """The label of a field; in a list with the number of the row, as on the form."""
    words = labels.get(pattern_of(name))
    rows = [str(int(step) + 1) for step in name.split("-") if re.fullmatch("[0-9]{1,3}", step)]
    label = words.label if words else name.rsplit("-", 1)[-1].replace("_", " ").capitalize()
    return f"{label} ({'.'.join(rows)})" if rows else label
