"""Turns errors into pages: the four kinds of the domain into their status, all else into a page with a reference."""

import secrets
import traceback
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from core.accounts.services import Person
from core.errors import BadInput, Busy, Conflict, DomainError, Failed, NotAllowed, NotFound, RuleViolation
from core.web.drafts import AUTOSAVE, Rescue, autosave_refused, rescue, rescue_expired
from core.web.pages import page
from core.web.security import HEADERS, LoginNeeded, StepNeeded, address_of

log = structlog.get_logger()

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    RuleViolation: 422,
    Conflict: 409,
    BadInput: 422,
    Busy: 409,
    Failed: 503,
}
TITLES = {
    400: "Dit verzoek klopt niet",
    403: "Dit mag u niet",
    404: "Deze pagina bestaat niet",
    405: "Dit kan hier niet",
    409: "Iemand anders was u voor",
    413: "Dit bestand is te groot",
    422: "Dit kan nu niet",
    500: "Er ging iets mis",
    503: "Openboek is even niet bereikbaar",
}
TEXTS = {
    400: "Er kwam te veel of onleesbare tekst binnen. Ga terug en verstuur minder tegelijk.",
    413: "Ga terug en kies een kleiner bestand, of verstuur minder tegelijk.",
}
NOTHING_HALF = "Er is niets half opgeslagen."
RELOAD = "Ververs deze pagina straks: uw browser verstuurt dan nog een keer wat u typte."
"""Said when the database gives way while a form is sent that keeps no draft."""
CHECK_THE_ADDRESS = "Controleer het adres, of ga terug naar het overzicht."


def unreadable(request: Request, _error: Exception) -> Response:
    """An address with something in it that no page has, such as a word where a number belongs."""
    return error_page(request, 404, CHECK_THE_ADDRESS)


def install(app: FastAPI) -> None:
    """Register the handlers on the application."""

    async def domain(request: Request, error: Exception) -> Response:
        assert isinstance(error, DomainError)  # noqa: S101 - registered for this class only
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        _tell_refused(request, status)
        points = dict(error.points) if isinstance(error, RuleViolation) else {}
        title = getattr(error, "title", "")
        kept = await rescue(request)
        text = error.message
        if status == HTTPStatus.SERVICE_UNAVAILABLE and request.method == "POST":
            text = " ".join([text, NOTHING_HALF, *([] if kept else [RELOAD])])
        return error_page(request, status, text, points=list(points.values()), title=title, kept=kept)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - idem
        text = TEXTS.get(error.status_code, CHECK_THE_ADDRESS)
        answer = error_page(request, error.status_code, text, kept=await rescue(request))
        answer.headers.update(error.headers or {})  # which methods there are (405)
        return answer

    async def stale(request: Request, _error: Exception) -> Response:
        return error_page(
            request,
            409,
            "Iemand anders heeft dit intussen opgeslagen. Ga terug, ververs de pagina en probeer het opnieuw.",
            kept=await rescue(request),
        )

    async def login(request: Request, error: Exception) -> Response:
        assert isinstance(error, LoginNeeded)  # noqa: S101 - idem
        if request.url.path == AUTOSAVE:
            return await autosave_refused(request, error.expired)
        if error.expired and await rescue_expired(request, error.expired):
            back = LoginNeeded(request.url.path)
            return RedirectResponse(f"{back.address}&melding=bewaard", status_code=303)
        return RedirectResponse(error.address, status_code=303)

    def step(_request: Request, error: Exception) -> Response:
        assert isinstance(error, StepNeeded)  # noqa: S101 - idem
        return RedirectResponse(error.address, status_code=303)

    async def broken(request: Request, error: Exception) -> Response:
        reference = secrets.token_hex(4)
        # The trace as text: a log that prints the values of variables would hold passwords and what was typed.
        trace = "".join(traceback.format_exception(error))
        log.error("request broke", reference=reference, path=request.url.path, trace=trace)
        answer = error_page(
            request,
            500,
            f"De fout ligt bij ons, niet bij u. Geef dit nummer door aan de beheerder: {reference}.",
            kept=await rescue(request),
        )
        answer.headers.update({**HEADERS, "Cache-Control": "no-store"})  # made outside the layer that adds them
        return answer

    app.add_exception_handler(DomainError, domain)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(StaleDataError, stale)
    app.add_exception_handler(LoginNeeded, login)
    app.add_exception_handler(StepNeeded, step)
    app.add_exception_handler(Exception, broken)


def _tell_refused(request: Request, status: int) -> None:
    """Somebody asked for what is not allowed, or is not there (for this organisation): a line in the security log.

    The address as the program knows it, with names in place of what was typed.
    """
    person: Person | None = getattr(request.state, "person", None)
    if person is None or status not in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
        return  # a log-in that was refused tells of itself
    log.info(
        "security",
        action="core:access:refuse",
        outcome="refused",
        reason={403: "not_allowed", 404: "not_found"}[status],
        user_id=str(person.id),
        actor=person.name,
        address=address_of(request),
        subject=f"{request.method} {getattr(request.scope.get('route'), 'path', '')}",
    )


def error_page(
    request: Request,
    status: int,
    text: str,
    *,
    points: list[str] | None = None,
    title: str = "",
    kept: Rescue | None = None,
) -> HTMLResponse:
    """A page that says what went wrong and what to do, and where one finds what was typed (`kept`)."""
    person: Person | None = getattr(request.state, "person", None)
    title = title or TITLES.get(status, "Er ging iets mis")
    return page(
        request,
        "errors/error.html",
        person=person,
        status_code=status,
        page_title=title,
        text=text,
        points=points or [],
        kept=kept,
        is_gone=status == HTTPStatus.NOT_FOUND,
    )
