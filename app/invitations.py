"""Inviting somebody: an account without a password, and a link to choose one, by mail or once on the screen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import select

from app.roles import ADMINISTER, ROLE_NAMES
from core import audit, mail
from core.accounts import one_time_links
from core.accounts import roles as accounts
from core.accounts.models import RoleCode, User
from core.accounts.services import Person
from core.db import Database
from core.errors import BadInput, Conflict, Failed
from core.organisations import Organisation
from core.settings import Settings
from core.web.forms import Form, Labels, Typed, bind
from core.web.pages import page
from core.web.security import Allowed, TypedForm, database, settings_of

router = APIRouter(prefix="/beheer/uitnodigen")
Administrator = Annotated[Person, Depends(Allowed(ADMINISTER))]


class InvitationInput(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)

    username: str = Field(min_length=1, max_length=100)
    name: str = Field(min_length=2, max_length=200)
    email: str = Field(default="", max_length=200, pattern=r"^([^@\s]+@[^@\s]+)?$")
    roles: tuple[RoleCode, ...] = ()


LABELS = {
    "username": Labels("Gebruikersnaam", help="Hiermee logt deze persoon in.", required=True),
    "name": Labels("Naam", help="Zo komt de naam in het logboek.", required=True),
    "email": Labels("E-mail", help="Hierheen gaat de uitnodiging. Zonder adres ziet u de link op het scherm."),
    "roles": Labels("Rollen", required=True),
}


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of an invitation. `link` is empty when it was mailed: then only the receiver has it."""

    link: str = ""
    mailed: bool = False
    problem: str = ""


def invite(
    database: Database,
    settings: Settings,
    *,
    username: str,
    name: str,
    email: str,
    roles: Iterable[RoleCode],
    organisation_id: UUID,
    actor: audit.Actor,
    may_exist: bool = False,
) -> Invited:
    """Make the account and its link in one transaction, and mail the link when there is a server and an address.

    A mail that fails undoes nothing: the link comes back, to be handed over in another way. With `may_exist` an account
    that is there gets a new link; its roles stay as they are.

    Raises:
        BadInput: the username cannot be used, or a setting that the link needs is missing.
        Conflict: the username is taken, and `may_exist` is not set.
    """
    if problem := why_impossible(settings):
        raise BadInput(problem)
    with database.write(None) as session:
        organisation = session.get_one(Organisation, organisation_id)
        user = session.exec(select(User).where(User.username == username)).first()
        if user is None:
            user = accounts.add_account(
                session,
                username=username,
                name=name,
                email=email,
                password=None,
                roles=roles,
                organisation_id=organisation_id,
                actor=actor,
            )
        elif not may_exist:
            raise Conflict(f"De gebruikersnaam '{username}' bestaat al. Kies een andere.")
        link = one_time_links.make(session, user, purpose=one_time_links.INVITATION, settings=settings, actor=actor)
        to, greeting, sender = email or user.email, user.name, organisation.name
    if not (settings.smtp_host and to):
        return Invited(link=link)
    text = (
        f"Beste {greeting},\n\nU hebt een account in Openboek van {sender}.\n"
        f"Open deze link en kies een wachtwoord. De link werkt één keer, zeven dagen lang:\n\n{link}\n\n"
        "Verwacht u deze mail niet? Dan hoeft u niets te doen.\n"
    )
    try:
        mail.send(settings, to=to, subject=f"Uw account in Openboek van {sender}", text=text)
    except Failed as error:
        return Invited(link=link, problem=f"{error.message} Geef de link zelf door.")
    return Invited(mailed=True)


def why_impossible(settings: Settings) -> str:
    """The setting that is missing for any invitation at all, as a sentence; empty when none is."""
    try:
        settings.address_for_links()
        settings.secret()
    except BadInput as missing:
        return missing.message
    return ""


@router.get("/")
def show_invitation(request: Request, person: Administrator) -> Response:
    return _page(request, person, Form(InvitationInput, Typed(), LABELS))


@router.post("/")
def send_invitation(request: Request, person: Administrator, typed: TypedForm) -> Response:
    form = bind(InvitationInput, typed, LABELS, require=("username", "name"))
    if form.cleaned is not None and not form.cleaned.roles:
        form.errors["roles"] = "Kies minstens één rol."
    elif form.cleaned is not None:
        try:
            invited = invite(
                database(request),
                settings_of(request),
                username=form.cleaned.username,
                name=form.cleaned.name,
                email=form.cleaned.email,
                roles=form.cleaned.roles,
                organisation_id=person.organisation_id,
                actor=person.actor,
            )
        except (BadInput, Conflict) as refused:
            form.errors["username"] = refused.message
        else:
            return page(
                request,
                "app/invited.html",
                person=person,
                page_title="Uitgenodigd",
                invited=invited,
                name=form.cleaned.name,
            )
    return _page(request, person, form, status_code=422)


def _page(request: Request, person: Person, form: Form[InvitationInput], *, status_code: int = 200) -> Response:
    return page(
        request,
        "app/invitation.html",
        person=person,
        page_title="Iemand uitnodigen",
        problem=why_impossible(settings_of(request)),
        form=form,
        roles=[(role.value, label) for role, label in ROLE_NAMES.items()],
        status_code=status_code,
    )
