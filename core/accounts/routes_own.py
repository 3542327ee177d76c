"""The own account: where somebody is logged in, and the second step of the log-in."""

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO

import segno
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from core.accounts import second_factor, services
from core.accounts.models import LoginSession, SecondFactor, User
from core.accounts.routes import CODE_LABELS, CodeInput, try_code
from core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from core.web.forms import Form, Labels, Typed, bind
from core.web.pages import dutch_moment, page, redirect
from core.web.security import (
    CurrentPerson,
    TypedForm,
    address_of,
    cookie_of,
    database,
    settings_of,
)

router = APIRouter(prefix="/account")
FIRST_CODE_LABELS = {"code": Labels("Code uit de app", help="Zes cijfers.", required=True)}
ELSEWHERE = "U logt in met een werkaccount. De tweede stap regelt u daar."


@router.get("/")
def show_account(request: Request, person: CurrentPerson) -> Response:
    return _account_page(request, person, Form(CodeInput, Typed(), CODE_LABELS))


def _account_page(
    request: Request, person: CurrentPerson, form: Form[CodeInput], *, status_code: int = 200
) -> Response:
    here = services.key_hash(cookie_of(request))
    with database(request).read(None) as session:
        user = session.get_one(User, person.id)
        logins = _logins(request, session, person)
        return page(
            request,
            "accounts/account.html",
            person=person,
            page_title="Uw account",
            status_code=status_code,
            username=user.username,
            has_password=bool(user.password_hash),
            second_step=second_factor.is_on(session, user),
            codes_left=second_factor.recovery_codes_left(session, user),
            form=form,
            logins=[
                (
                    login.device or "Een onbekend programma",
                    dutch_moment(login.created_at),
                    dutch_moment(login.seen_at),
                    login.key_hash,
                    login.key_hash == here,
                )
                for login in logins
            ],
        )


def _logins(request: Request, session: Session, person: CurrentPerson) -> Sequence[LoginSession]:
    settings = settings_of(request)
    return services.logins_of(
        session,
        person.id,
        idle=timedelta(minutes=settings.session_idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
    )


@router.post("/aanmeldingen/einde")
def end_login(request: Request, person: CurrentPerson, typed: TypedForm) -> Response:
    """End one log-in, or every one but this."""
    here = services.key_hash(cookie_of(request))
    with database(request).write(None) as session:
        if typed.value("login") == "andere":
            for login in _logins(request, session, person):
                if login.key_hash != here:
                    services.end_login(session, person.id, login.key_hash)
        else:
            services.end_login(session, person.id, typed.value("login"))
    return redirect("/account/", "aanmelding")


@router.post("/tweede-stap/begin")
def begin_second_step(request: Request, person: CurrentPerson) -> Response:
    with database(request).write(None) as session:
        second_factor.propose(session, _local(session.get_one(User, person.id)))
    return RedirectResponse("/account/tweede-stap", status_code=303)


@router.get("/tweede-stap")
def show_second_step(request: Request, person: CurrentPerson) -> Response:
    return _second_step_page(request, person, Form(CodeInput, Typed(), FIRST_CODE_LABELS))


@router.get("/tweede-stap/code.svg")
def show_square_code(request: Request, person: CurrentPerson) -> Response:
    """The square code as a picture of its own: no style attribute, no script."""
    with database(request).read(None) as session:
        user = session.get_one(User, person.id)
        address = second_factor.address_for_app(_begun(session.get(SecondFactor, user.id)), user)
    out = BytesIO()
    segno.make(address, micro=False, error="m").save(
        out, kind="svg", scale=6, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return Response(out.getvalue(), media_type="image/svg+xml")


@router.post("/tweede-stap")
def confirm_second_step(request: Request, person: CurrentPerson, typed: TypedForm) -> Response:
    form = bind(CodeInput, typed, FIRST_CODE_LABELS, require=("code",))
    if form.cleaned is not None:
        try:
            with database(request).write(None) as session:
                user = session.get_one(User, person.id)
                codes: Sequence[str] = second_factor.confirm(
                    session, user, form.cleaned.code, actor=person.actor, address=address_of(request)
                )
        except RuleViolation as refused:
            form.errors.update(refused.points)
        else:
            return page(
                request, "accounts/recovery_codes.html", person=person, page_title="Uw herstelcodes", codes=codes
            )
    form.typed = Typed()
    return _second_step_page(request, person, form, status_code=422)


def _second_step_page(
    request: Request, person: CurrentPerson, form: Form[CodeInput], *, status_code: int = 200
) -> Response:
    with database(request).read(None) as session:
        secret = _begun(session.get(SecondFactor, person.id)).secret
    return page(
        request,
        "accounts/second_step.html",
        person=person,
        page_title="Tweede stap bij het inloggen",
        form=form,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        status_code=status_code,
    )


@router.post("/tweede-stap/uit")
def turn_off_second_step(request: Request, person: CurrentPerson, typed: TypedForm) -> Response:
    form = bind(CodeInput, typed, CODE_LABELS, require=("code",))
    if form.cleaned is not None:
        with database(request).write(None) as session:
            user = session.get_one(User, person.id)
            if not second_factor.is_on(session, user):
                raise Conflict("De tweede stap staat al uit. Ga terug naar uw account.")
            fault = try_code(request, session, user, form.cleaned.code)
            if not fault:
                second_factor.turn_off(session, user, actor=person.actor, address=address_of(request))
        if not fault:
            return redirect("/account/", "stap-uit")
        form.errors["code"] = fault
    form.typed = Typed()
    return _account_page(request, person, form, status_code=422)


def _local(user: User) -> User:
    if not user.password_hash:
        raise NotAllowed(ELSEWHERE)
    return user


def _begun(factor: SecondFactor | None) -> SecondFactor:
    """The secret is shown until it is confirmed, and never again."""
    if factor is None or factor.confirmed_at is not None:
        raise NotFound("Er is geen nieuwe code om te tonen. Ga terug naar uw account.")
    return factor
