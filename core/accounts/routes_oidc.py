"""Logging in with an account of the own organisation: there to the provider, and back."""

import hmac
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from core.accounts import external, pending, services
from core.accounts.devices import describe
from core.accounts.models import PendingLogin
from core.accounts.oidc import CALLBACK, Provider, Refused
from core.accounts.routes import our_own
from core.errors import Failed, NotFound
from core.web.pages import redirect
from core.web.security import STEP_COOKIE, address_of, cookie_of, database, drop_cookie, set_cookie

router = APIRouter()


def _provider(request: Request) -> Provider:
    found = request.app.state.oidc
    if not isinstance(found, Provider):
        raise NotFound("Inloggen met een werkaccount staat hier niet aan. Log in met uw wachtwoord.")
    return found


@router.get("/inloggen/werkaccount")
def go_to_provider(request: Request, terug: str = "/") -> Response:
    """A link and not a form: the security policy then needs no exception for the address of the provider."""
    state, nonce, code_verifier = (secrets.token_urlsafe(48) for _ in range(3))
    address = _provider(request).start(state=state, nonce=nonce, code_verifier=code_verifier)
    with database(request).write(None) as session:
        step = pending.begin(session, back_to=our_own(terug), state=state, nonce=nonce, code_verifier=code_verifier)
    answer = RedirectResponse(address, status_code=303)
    set_cookie(request, answer, step, STEP_COOKIE)
    return answer


@router.get(CALLBACK)
def come_back(request: Request, state: str = "", code: str = "", error: str = "", iss: str = "") -> Response:
    provider = _provider(request)
    with database(request).write(None) as session:
        # Gone before anything is asked of the provider: whatever happens, this step is never taken twice.
        step = pending.take(session, cookie_of(request, STEP_COOKIE))
    try:
        step = _right(step, state=state, was_denied=bool(error) or not code)
        identity = provider.finish(code=code, nonce=step.nonce, code_verifier=step.code_verifier, issuer=iss)
    except (Refused, Failed) as refused:
        reason = refused.reason if isinstance(refused, Refused) else "provider"
        with database(request).write(None) as session:
            services.refuse_login(session, None, reason=reason, address=address_of(request))
        raise
    with database(request).write(None) as session:
        outcome = external.log_in(
            session,
            identity,
            address=address_of(request),
            device=describe(request.headers.get("user-agent", "")),
            replaces=cookie_of(request),
        )
    if isinstance(outcome, Refused):
        raise outcome
    answer = redirect(step.back_to)
    set_cookie(request, answer, outcome)
    drop_cookie(request, answer, STEP_COOKIE)
    return answer


def _right(step: PendingLogin | None, *, state: str, was_denied: bool) -> PendingLogin:
    """The step of this browser, when the answer belongs to it."""
    if step is None or not step.state or not hmac.compare_digest(step.state.encode(), state.encode()):
        raise Refused("state")
    if was_denied:
        raise Refused("denied")
    return step


@router.get("/uitloggen/werkaccount")
def log_out_at_provider(request: Request) -> Response:
    """On to the page of the provider that ends the log-in there; ours has ended already."""
    return RedirectResponse(_provider(request).logout_address() or "/inloggen", status_code=303)
