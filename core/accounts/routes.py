"""Logging in and out, and changing the one-time password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from core.accounts import services
from core.accounts.models import User
from core.accounts.services import Person
from core.errors import RuleViolation
from core.web.forms import Form, Labels, Typed, bind
from core.web.pages import page, redirect
from core.web.security import COOKIE, TypedForm, database, logged_in

router = APIRouter()


class LoginInput(BaseModel):
    username: str = ""
    password: str = ""


class PasswordInput(BaseModel):
    password: str = ""
    again: str = ""


LOGIN_LABELS = {
    "username": Labels("Gebruikersnaam", required=True),
    "password": Labels("Wachtwoord", required=True),
}
PASSWORD_LABELS = {
    "password": Labels(
        "Nieuw wachtwoord", help=f"Minstens {services.MIN_PASSWORD} tekens. Een korte zin werkt goed.", required=True
    ),
    "again": Labels("Nieuw wachtwoord, nog een keer", required=True),
}


@router.get("/inloggen")
def show_login(request: Request, terug: str = "/") -> Response:
    form = Form(LoginInput, Typed(), LOGIN_LABELS)
    return page(request, "accounts/login.html", person=None, form=form, back_to=_our_own(terug))


@router.post("/inloggen")
def log_in(request: Request, typed: TypedForm) -> Response:
    back_to = _our_own(typed.value("back_to"))
    form = bind(LoginInput, typed, LOGIN_LABELS, require=("username", "password"))
    if form.cleaned is not None:
        with database(request).write(None) as session:
            key = services.log_in(session, username=form.cleaned.username, password=form.cleaned.password)
        if key:
            answer = redirect(back_to)
            secure = request.app.state.secure_cookies
            answer.set_cookie(COOKIE, key, httponly=True, samesite="lax", secure=secure, path="/")
            return answer
        form.errors["username"] = "Deze gebruikersnaam en dit wachtwoord horen niet bij elkaar. Probeer het opnieuw."
    # The password does not go back to the page.
    form.typed = Typed(tuple(pair for pair in form.typed.pairs if pair[0] == "username"))
    return page(request, "accounts/login.html", person=None, form=form, back_to=back_to, status_code=422)


@router.post("/uitloggen")
def log_out(request: Request) -> Response:
    key = request.cookies.get(COOKIE, "")
    with database(request).write(None) as session:
        services.log_out(session, key)
    answer = redirect("/inloggen", "uitgelogd")
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.get("/wachtwoord")
def show_password(request: Request, person: Annotated[Person, Depends(logged_in)]) -> Response:
    form = Form(PasswordInput, Typed(), PASSWORD_LABELS)
    return page(request, "accounts/password.html", person=person, form=form)


@router.post("/wachtwoord")
def change_password(request: Request, typed: TypedForm, person: Annotated[Person, Depends(logged_in)]) -> Response:
    form = bind(PasswordInput, typed, PASSWORD_LABELS, require=("password", "again"))
    if form.cleaned is not None and form.cleaned.password != form.cleaned.again:
        form.errors["again"] = "De twee wachtwoorden zijn niet gelijk. Typ ze opnieuw."
    elif form.cleaned is not None:
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


def _our_own(address: str) -> str:
    """Only a path on this site: a link must not send somebody elsewhere after logging in.

    A browser reads a backslash as a slash and skips invisible signs, so an address with either is not ours.
    """
    plain = all("!" <= sign <= "~" for sign in address) and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"
