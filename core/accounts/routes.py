"""Logging in and out with a password and a code, and choosing a new password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import Session

from core.accounts import attempts, pending, roles, second_factor, services
from core.accounts.devices import describe
from core.accounts.models import User
from core.accounts.passwords import MAX_PASSWORD, MIN_PASSWORD
from core.accounts.services import Person
from core.errors import NotAllowed, RuleViolation
from core.web.forms import Form, Labels, Typed, bind
from core.web.pages import page, redirect
from core.web.security import (
    STEP_COOKIE,
    SWITCH,
    LoginNeeded,
    TypedForm,
    address_of,
    cookie_of,
    database,
    drop_cookie,
    logged_in,
    set_cookie,
    settings_of,
)

router = APIRouter()


class LoginInput(BaseModel):
    username: str = ""
    password: str = ""


class CodeInput(BaseModel):
    code: str = ""


class PasswordInput(BaseModel):
    current: str = ""
    password: str = ""
    again: str = ""


LOGIN_LABELS = {
    "username": Labels("Gebruikersnaam", required=True),
    "password": Labels("Wachtwoord", required=True),
}
CODE_LABELS = {
    "code": Labels("Code", help="De zes cijfers uit uw app, of een van uw herstelcodes.", required=True),
}
PASSWORD_LABELS = {
    "current": Labels("Uw wachtwoord van nu", required=True),
    "password": Labels(
        "Nieuw wachtwoord",
        help=f"Minstens {MIN_PASSWORD} en hoogstens {MAX_PASSWORD} tekens. Een zin die alleen u bedenkt, werkt goed. "
        "Plakken mag.",
        required=True,
    ),
    "again": Labels("Nieuw wachtwoord, nog een keer", required=True),
}
NO_PASSWORDS = "Inloggen met een wachtwoord staat uit. Log in met uw werkaccount."
WRONG_LOGIN = "Deze gebruikersnaam en dit wachtwoord horen niet bij elkaar. Probeer het opnieuw."
WRONG_CODE = "Deze code klopt niet of is al gebruikt. Typ de volgende code uit uw app, of een andere herstelcode."


@router.get("/inloggen")
def show_login(request: Request, terug: str = "/") -> Response:
    return _login_page(request, Form(LoginInput, Typed(), LOGIN_LABELS), our_own(terug))


@router.post("/inloggen")
def log_in(request: Request, typed: TypedForm) -> Response:
    if not settings_of(request).local_login:
        raise NotAllowed(NO_PASSWORDS)
    back_to = our_own(typed.value("back_to"))
    form = bind(LoginInput, typed, LOGIN_LABELS, require=("username", "password"))
    if form.cleaned is not None:
        with database(request).write(None) as session:
            checked = services.check_credentials(
                session,
                username=form.cleaned.username,
                password=form.cleaned.password,
                address=address_of(request),
            )
            if checked.user and second_factor.is_on(session, checked.user):
                step = pending.begin(session, user_id=checked.user.id, back_to=back_to)
                key = ""
            elif checked.user:
                step, key = "", open_login(request, session, checked.user)
        if checked.user and step:
            answer = redirect("/inloggen/code")
            set_cookie(request, answer, step, STEP_COOKIE)
            return answer
        if checked.user:
            answer = redirect(back_to)
            set_cookie(request, answer, key)
            return answer
        waiting = checked.locked_until
        form.errors["username"] = attempts.waiting_sentence(waiting) if waiting else WRONG_LOGIN
    # The password does not go back to the page.
    form.typed = Typed(tuple(pair for pair in form.typed.pairs if pair[0] == "username"))
    return _login_page(request, form, back_to, status_code=422)


def open_login(request: Request, session: Session, user: User) -> str:
    """Open a log-in of a local account for this browser, in the place of the one it had."""
    return services.open_login(
        session,
        user,
        address=address_of(request),
        device=describe(request.headers.get("user-agent", "")),
        replaces=cookie_of(request),
    )


def _login_page(request: Request, form: Form[LoginInput], back_to: str, *, status_code: int = 200) -> Response:
    return page(
        request,
        "accounts/login.html",
        person=None,
        form=form,
        back_to=back_to,
        local=settings_of(request).local_login,
        external=request.app.state.oidc is not None,
        status_code=status_code,
    )


@router.get("/inloggen/code")
def show_code(request: Request) -> Response:
    with database(request).read(None) as session:
        if pending.look(session, cookie_of(request, STEP_COOKIE)) is None:
            raise LoginNeeded("")
    return page(request, "accounts/code.html", person=None, form=Form(CodeInput, Typed(), CODE_LABELS))


@router.post("/inloggen/code")
def give_code(request: Request, typed: TypedForm) -> Response:
    form = bind(CodeInput, typed, CODE_LABELS, require=("code",))
    key, back_to = "", "/"
    with database(request).write(None) as session:
        step = pending.find(session, cookie_of(request, STEP_COOKIE))
        user = session.get(User, step.user_id) if step and step.user_id else None
        if step is None or user is None or not user.is_active or not settings_of(request).local_login:
            raise LoginNeeded("")
        if form.cleaned is not None:
            fault = try_code(request, session, user, form.cleaned.code)
            if fault:
                form.errors["code"] = fault
            else:
                back_to = step.back_to
                session.delete(step)
                key = open_login(request, session, user)
    if key:
        answer = redirect(back_to)
        set_cookie(request, answer, key)
        drop_cookie(request, answer, STEP_COOKIE)
        return answer
    form.typed = Typed()
    return page(request, "accounts/code.html", person=None, form=form, status_code=422)


def try_code(request: Request, session: Session, user: User, code: str) -> str:
    """Use a code of the second step; returns what to tell the person when it is refused. Counts like a password."""
    address = address_of(request)
    waiting = attempts.locked_until(session, username=user.username, address=address)
    if waiting:
        services.refuse_login(session, user, reason="locked", address=address)
        return attempts.waiting_sentence(waiting)
    if second_factor.use(session, user, code):
        return ""
    waiting = attempts.count_failure(session, username=user.username, address=address)
    services.refuse_login(session, user, reason="code", address=address)
    return attempts.waiting_sentence(waiting) if waiting else WRONG_CODE


@router.post("/uitloggen")
def log_out(request: Request) -> Response:
    with database(request).write(None) as session:
        services.log_out(session, cookie_of(request))
    answer = redirect("/inloggen", "uitgelogd")
    drop_cookie(request, answer)
    return answer


@router.post(SWITCH)
def switch_organisation(request: Request, typed: TypedForm, person: Annotated[Person, Depends(logged_in)]) -> Response:
    with database(request).write(None) as session:
        roles.switch_organisation(session, cookie_of(request), typed.value("code"), actor=person.actor)
    return redirect("/", "gewisseld")


@router.get("/wachtwoord")
def show_password(request: Request, person: Annotated[Person, Depends(logged_in)]) -> Response:
    form = Form(PasswordInput, Typed(), PASSWORD_LABELS)
    return page(request, "accounts/password.html", person=person, form=form)


@router.post("/wachtwoord")
def change_password(request: Request, typed: TypedForm, person: Annotated[Person, Depends(logged_in)]) -> Response:
    wanted = ("password", "again") if person.must_change_password else ("current", "password", "again")
    form = bind(PasswordInput, typed, PASSWORD_LABELS, require=wanted)
    if form.cleaned is not None and form.cleaned.password != form.cleaned.again:
        form.errors["again"] = "De twee wachtwoorden zijn niet gelijk. Typ ze opnieuw."
    elif form.cleaned is not None:
        fault = "" if person.must_change_password else _check_current(request, person, form.cleaned.current)
        if fault:
            form.errors["current"] = fault
        else:
            try:
                with database(request).write(None) as session:
                    user = session.get_one(User, person.id)
                    services.set_password(session, user, form.cleaned.password, actor=person.actor, must_change=False)
            except RuleViolation as refused:
                form.errors.update(refused.points)
            else:
                return redirect("/inloggen", "wachtwoord")
    form.typed = Typed()
    return page(request, "accounts/password.html", person=person, form=form, status_code=422)


def _check_current(request: Request, person: Person, password: str) -> str:
    """Who finds a computer open cannot take the account over; guesses count as those at the log-in do."""
    with database(request).write(None) as session:
        user = session.get_one(User, person.id)
        checked = services.check_credentials(
            session, username=user.username, password=password, address=address_of(request)
        )
    if checked.user:
        return ""
    waiting = checked.locked_until
    return attempts.waiting_sentence(waiting) if waiting else "Dit is niet uw wachtwoord van nu. Typ het opnieuw."


def our_own(address: str) -> str:
    """Only a path on this site: a link must not send somebody elsewhere after logging in.

    A browser reads a backslash as a slash and skips invisible signs, so an address with either is not ours.
    """
    plain = all("!" <= sign <= "~" for sign in address) and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"
