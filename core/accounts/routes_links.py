"""Pages behind a one-time link: an invitation, and emergency access. Opening one changes nothing; the button does."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from core.accounts import one_time_links
from core.accounts.devices import describe
from core.accounts.one_time_links import EMERGENCY, INVITATION
from core.accounts.routes import PASSWORD_LABELS, PasswordInput
from core.errors import RuleViolation
from core.web.forms import Form, Typed, bind
from core.web.pages import page, redirect
from core.web.security import TypedForm, address_of, database, set_cookie, settings_of

router = APIRouter()


@router.get("/uitnodiging/{token}")
def show_invitation(request: Request, token: str) -> Response:
    return _invitation_page(request, token, Form(PasswordInput, Typed(), PASSWORD_LABELS))


@router.post("/uitnodiging/{token}")
def accept_invitation(request: Request, token: str, typed: TypedForm) -> Response:
    form = bind(PasswordInput, typed, PASSWORD_LABELS, require=("password", "again"))
    if form.cleaned is not None and form.cleaned.password != form.cleaned.again:
        form.errors["again"] = "De twee wachtwoorden zijn niet gelijk. Typ ze opnieuw."
    elif form.cleaned is not None:
        try:
            with database(request).write(None) as session:
                one_time_links.accept_invitation(
                    session,
                    token,
                    form.cleaned.password,
                    settings=settings_of(request),
                    address=address_of(request),
                )
        except RuleViolation as refused:
            form.errors.update(refused.points)
        else:
            return redirect("/inloggen", "uitgenodigd")
    form.typed = Typed()
    return _invitation_page(request, token, form, status_code=422)


def _invitation_page(request: Request, token: str, form: Form[PasswordInput], *, status_code: int = 200) -> Response:
    with database(request).read(None) as session:
        _, user = one_time_links.open_link(session, token, purpose=INVITATION, settings=settings_of(request))
        username = user.username
    return page(request, "accounts/invitation.html", person=None, form=form, username=username, status_code=status_code)


@router.get("/noodtoegang/{token}")
def show_emergency(request: Request, token: str) -> Response:
    with database(request).read(None) as session:
        _, user = one_time_links.open_link(session, token, purpose=EMERGENCY, settings=settings_of(request))
        username = user.username
    return page(request, "accounts/emergency.html", person=None, username=username)


@router.post("/noodtoegang/{token}")
def use_emergency(request: Request, token: str) -> Response:
    with database(request).write(None) as session:
        key = one_time_links.enter(
            session,
            token,
            settings=settings_of(request),
            address=address_of(request),
            device=describe(request.headers.get("user-agent", "")),
        )
    answer = redirect("/")
    set_cookie(request, answer, key)
    return answer
