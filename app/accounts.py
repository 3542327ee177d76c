"""Beheer, Accounts: who may come in and with which roles, in the organisation that one works for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.invitations import invite
from app.roles import ADMINISTER, PERMISSIONS, ROLE_NAMES, WORDS
from core.accounts import roles as services
from core.accounts import second_factor
from core.accounts.models import ExternalIdentity, RoleCode, User
from core.accounts.services import Person, all_users, one_time_password
from core.errors import BadInput, Conflict, NotAllowed, RuleViolation
from core.web.forms import Form, Labels, Typed, bind, fill
from core.web.pages import page, redirect
from core.web.security import Allowed, TypedForm, database, settings_of

router = APIRouter(prefix="/beheer/accounts")
Administrator = Annotated[Person, Depends(Allowed(ADMINISTER))]


def _reading(request: Request, _person: Administrator) -> Iterator[Session]:
    with database(request).read(None) as session:
        yield session


def _writing(request: Request, _person: Administrator) -> Iterator[Session]:
    with database(request).write(None) as session:
        yield session


# Accounts are of the installation, so these sessions have no border: each look-up names the organisation itself.
WholeReadSession = Annotated[Session, Depends(_reading, scope="function")]
WholeWriteSession = Annotated[Session, Depends(_writing, scope="function")]


class AccountInput(BaseModel):
    """A new account."""

    model_config = ConfigDict(str_strip_whitespace=True)

    username: str = Field(min_length=1, max_length=100)
    name: str = Field(min_length=2, max_length=200)
    email: str = Field(default="", max_length=200, pattern=r"^([^@\s]+@[^@\s]+)?$")
    roles: list[RoleCode] = []


class RolesInput(BaseModel):
    """The roles of an account in one organisation; `seen` are those that the page showed."""

    roles: list[RoleCode] = []
    seen: list[RoleCode] = []


LABELS = {
    "username": Labels(
        "Gebruikersnaam", help="Om mee in te loggen. Letters, cijfers, punt, streepje of @.", required=True
    ),
    "name": Labels("Naam", help="Zo staat de persoon in het logboek.", required=True),
    "email": Labels("E-mail"),
    "roles": Labels("Rollen", help="Geef niet meer rollen dan nodig is.", required=True),
    "seen": Labels("Rollen op deze pagina"),
}
ROLE_OPTIONS = [
    (role.value, f"{ROLE_NAMES[role]}: {'; '.join(WORDS[one] for one in WORDS if one in PERMISSIONS[role])}")
    for role in RoleCode
]


@dataclass(frozen=True, slots=True)
class _Link:
    text: str
    href: str
    badge: str = ""


@router.get("/")
def show_accounts(request: Request, session: WholeReadSession, person: Administrator) -> Response:
    return page(
        request,
        "app/accounts.html",
        person=person,
        page_title="Accounts",
        rows=[
            [
                _Link(user.name, f"/beheer/accounts/{user.id}"),
                user.username,
                ", ".join(ROLE_NAMES[role] for role in RoleCode if role in roles),
                "open" if user.is_active else "gesloten",
            ]
            for user, roles in all_users(session, person.organisation_id)
        ],
    )


@router.get("/nieuw")
def new_account(request: Request, person: Administrator) -> Response:
    return _new_page(request, person, Form(AccountInput, Typed(), LABELS))


@router.post("/nieuw")
def add_account(request: Request, session: WholeWriteSession, person: Administrator, typed: TypedForm) -> Response:
    form = bind(AccountInput, typed, LABELS)
    if form.cleaned is None:
        return _new_page(request, person, form, status_code=422)
    facts, password = form.cleaned, one_time_password()
    try:
        user = services.add_account(
            session,
            username=facts.username,
            name=facts.name,
            email=facts.email,
            password=password,
            roles=facts.roles,
            organisation_id=person.organisation_id,
            actor=person.actor,
        )
    except RuleViolation as refused:
        form.errors.update(refused.points)
        return _new_page(request, person, form, status_code=422)
    except (BadInput, Conflict) as refused:
        form.errors["username"] = refused.message
        return _new_page(request, person, form, status_code=422)
    return _password_page(request, person, user, password)


@router.get("/{user_id}")
def show_account(request: Request, session: WholeReadSession, person: Administrator, user_id: UUID) -> Response:
    return _account_page(request, session, person, services.account(session, user_id, person.organisation_id))


@router.post("/{user_id}")
def change_roles(
    request: Request, session: WholeWriteSession, person: Administrator, typed: TypedForm, user_id: UUID
) -> Response:
    user = services.account(session, user_id, person.organisation_id)
    form = bind(RolesInput, typed, LABELS)
    if form.cleaned is None:
        return _account_page(request, session, person, user, form=form, status_code=422)
    try:
        services.change_roles(
            session,
            user,
            form.cleaned.roles,
            organisation_id=person.organisation_id,
            actor=person.actor,
            seen=form.cleaned.seen,
        )
    except RuleViolation as refused:
        form.errors.update(refused.points)
        return _account_page(request, session, person, user, form=form, status_code=422)
    except Conflict as conflict:
        return _account_page(request, session, person, user, refused=conflict.message, status_code=409)
    return redirect("/beheer/accounts/", "opgeslagen")


@router.post("/{user_id}/sluiten")
def close_account(request: Request, session: WholeWriteSession, person: Administrator, user_id: UUID) -> Response:
    user = services.account(session, user_id, person.organisation_id)
    try:
        services.close_account(session, user, organisation_id=person.organisation_id, actor=person.actor)
    except RuleViolation as refused:
        return _account_page(request, session, person, user, refused=refused.message, status_code=422)
    return redirect("/beheer/accounts/", "gesloten")


@router.post("/{user_id}/openen")
def reopen_account(request: Request, session: WholeWriteSession, person: Administrator, user_id: UUID) -> Response:
    user, password = services.account(session, user_id, person.organisation_id), one_time_password()
    try:
        services.reopen_account(session, user, password, organisation_id=person.organisation_id, actor=person.actor)
    except RuleViolation as refused:
        return _account_page(request, session, person, user, refused=refused.message, status_code=422)
    return _password_page(request, person, user, password)


@router.post("/{user_id}/wachtwoord")
def reset_password(request: Request, session: WholeWriteSession, person: Administrator, user_id: UUID) -> Response:
    user, password = services.account(session, user_id, person.organisation_id), one_time_password()
    try:
        services.reset_password(session, user, password, organisation_id=person.organisation_id, actor=person.actor)
    except RuleViolation as refused:
        return _account_page(request, session, person, user, refused=refused.message, status_code=422)
    return _password_page(request, person, user, password)


@router.post("/{user_id}/tweede-stap-uit")
def forget_second_step(request: Request, session: WholeWriteSession, person: Administrator, user_id: UUID) -> Response:
    user = services.account(session, user_id, person.organisation_id)
    try:
        services.forget_second_step(session, user, organisation_id=person.organisation_id, actor=person.actor)
    except RuleViolation as refused:
        return _account_page(request, session, person, user, refused=refused.message, status_code=422)
    return redirect(f"/beheer/accounts/{user.id}", "stap-weg")


@router.post("/{user_id}/uitnodigen")
def invite_again(request: Request, person: Administrator, user_id: UUID) -> Response:
    """A new link for who never used the first one; that one stops working."""
    with database(request).read(None) as session:
        user = services.account(session, user_id, person.organisation_id)
        try:
            services.refuse_no_answer_for(session, user, organisation_id=person.organisation_id, actor=person.actor)
        except RuleViolation as refused:
            return _account_page(request, session, person, user, refused=refused.message, status_code=422)
    try:
        invited = invite(
            database(request),
            settings_of(request),
            username=user.username,
            name=user.name,
            email=user.email,
            roles=(),
            organisation_id=person.organisation_id,
            actor=person.actor,
            may_exist=True,
        )
    except (BadInput, NotAllowed) as refused:
        with database(request).read(None) as session:
            user = services.account(session, user_id, person.organisation_id)
            return _account_page(request, session, person, user, refused=refused.message, status_code=422)
    return page(request, "app/invited.html", person=person, page_title="Uitgenodigd", invited=invited, name=user.name)


def _new_page(request: Request, person: Person, form: Form[AccountInput], *, status_code: int = 200) -> Response:
    return page(
        request,
        "app/account_new.html",
        person=person,
        page_title="Nieuw account",
        form=form,
        options=ROLE_OPTIONS,
        status_code=status_code,
    )


def _account_page(
    request: Request,
    session: Session,
    person: Person,
    user: User,
    *,
    form: Form[Any] | None = None,
    refused: str = "",
    status_code: int = 200,
) -> Response:
    held = sorted(services.roles_of(session, user).get(person.organisation_id, ()))
    return page(
        request,
        "app/account.html",
        person=person,
        page_title=user.name,
        account=user,
        form=form or fill(RolesInput(roles=held, seen=held), LABELS),
        options=ROLE_OPTIONS,
        is_own=user.id == person.id,
        has_second_step=second_factor.is_on(session, user),
        is_invited=not user.password_hash and session.get(ExternalIdentity, user.id) is None,
        refused=refused,
        status_code=status_code,
    )


def _password_page(request: Request, person: Person, user: User, password: str) -> Response:
    """Answers the request itself: the password stands nowhere, so it can be shown once only."""
    return page(
        request, "app/account_password.html", person=person, page_title=user.name, account=user, password=password
    )
