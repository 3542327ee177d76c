"""What waits between two steps of a log-in: for a code after the password, or for the identity provider."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from core import clock
from core.accounts.models import PendingLogin
from core.accounts.services import key_hash

LIFETIME = timedelta(minutes=10)


def begin(
    session: Session,
    *,
    back_to: str,
    user_id: UUID | None = None,
    state: str = "",
    nonce: str = "",
    code_verifier: str = "",
) -> str:
    """Keep the step; returns the key for the cookie. Steps that nobody finished go."""
    moment = clock.now()
    session.execute(delete(PendingLogin).where(col(PendingLogin.expires_at) < moment))
    key = secrets.token_urlsafe(32)
    session.add(
        PendingLogin(
            key_hash=key_hash(key),
            user_id=user_id,
            state=state,
            nonce=nonce,
            code_verifier=code_verifier,
            back_to=back_to[:2000],
            expires_at=moment + LIFETIME,
        )
    )
    return key


def look(session: Session, key: str) -> PendingLogin | None:
    """The step that belongs to this key, while it lives, to show a page."""
    found = session.get(PendingLogin, key_hash(key))
    return found if found and found.expires_at > clock.now() else None


def find(session: Session, key: str) -> PendingLogin | None:
    """The same, to change it: one request at a time has it."""
    found = session.get(PendingLogin, key_hash(key), with_for_update=True)
    return found if found and found.expires_at > clock.now() else None


def take(session: Session, key: str) -> PendingLogin | None:
    """The step, for the last time: it is gone once this commits, so nobody takes it twice."""
    found = find(session, key)
    if found is not None:
        session.delete(found)
        session.flush()
    return found
