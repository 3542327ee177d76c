"""Accounts of people who log in at an identity provider: made at the first log-in, with the roles of the claim."""

import re
from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session, col, select

from core import audit, security_log
from core.accounts import roles, services
from core.accounts.models import ExternalIdentity, User
from core.accounts.oidc import Identity, Refused
from core.errors import Failed
from core.organisations import Organisation

METHOD = "werkaccount"
NO_ROLE = (
    "U bent bekend bij de aanmelddienst, maar u hebt geen rol in Openboek. Vraag uw beheerder om een rol, en log "
    "daarna opnieuw in."
)
TAKEN = (
    "Er is in Openboek al een ander account met uw gebruikersnaam. Vraag uw beheerder om dat account te sluiten of een "
    "andere naam te geven."
)
CLOSED = "Uw account in Openboek is gesloten. Vraag uw beheerder om het te openen."


def log_in(
    session: Session, identity: Identity, *, address: str = "", device: str = "", replaces: str = ""
) -> str | Refused:
    """Let an identity in: make or find its account, make its roles those of the claim, open a log-in.

    Returns the key for the cookie, or why not. A refusal is returned and not raised, because what goes with it must
    stay: roles that are gone at the provider are gone here too, and the log-ins that leaned on them end.

    Raises:
        Failed: an organisation of the settings is not in this database.
    """
    places = _places(session, identity)
    has_role = any(identity.roles.values())
    user = _find(session, identity)
    if user is None and not has_role:
        return _refuse(session, None, "role", NO_ROLE, address)
    if user is None:
        username = _username(identity)
        if session.exec(select(User).where(User.username == username)).first():
            return _refuse(session, None, "taken", TAKEN, address)
        user = _add(session, identity, username)
    if not user.is_active:
        return _refuse(session, user, "closed", CLOSED, address)
    for code, place in places.items():
        roles.follow_provider(session, user, identity.roles[code], organisation_id=place, actor=_PROVIDER)
    if not has_role:
        services.end_all_logins(session, user)
        return _refuse(session, user, "role", NO_ROLE, address)
    return services.open_login(session, user, method=METHOD, address=address, device=device, replaces=replaces)


def _places(session: Session, identity: Identity) -> Mapping[str, UUID]:
    """The organisations that the claim decides about, locked: one person who clicks twice gets one account."""
    query = select(Organisation.code, Organisation.id).where(col(Organisation.code).in_(identity.roles))
    found = dict(session.exec(query.order_by(Organisation.code).with_for_update()).all())
    missing = sorted(identity.roles.keys() - found)
    if missing:
        raise Failed(
            f"De organisatie {missing[0]} uit OPENBOEK_OIDC_ROLES of OPENBOEK_OIDC_ORGANISATION bestaat niet. Laat uw "
            "beheerder die code verbeteren."
        )
    return found


_PROVIDER = audit.Actor("aanmelddienst")


def _find(session: Session, identity: Identity) -> User | None:
    """By issuer and subject only. A name or mail address can be given to somebody else; it opens no account."""
    query = select(ExternalIdentity).where(
        ExternalIdentity.issuer == identity.issuer, ExternalIdentity.subject == identity.subject
    )
    known = session.exec(query).first()
    return session.get(User, known.user_id) if known else None


def _add(session: Session, identity: Identity, username: str) -> User:
    user = User(username=username, name=identity.name, email=identity.email)
    session.add(user)
    session.flush()
    session.add(ExternalIdentity(user_id=user.id, issuer=identity.issuer, subject=identity.subject))
    audit.record(session, actor=_PROVIDER, action="core:user:add", subject=user, after={"username": username})
    security_log.tell(session, "core:user:add", succeeded=True, user_id=user.id, actor=_PROVIDER.label)
    return user


def _username(identity: Identity) -> str:
    """The name of the provider, in the signs that a username may have."""
    plain = re.sub(r"[^\w.@+-]", "-", identity.username).lstrip("_.@+-")
    return plain[:100] or f"account-{services.key_hash(identity.subject)[:10]}"


def _refuse(session: Session, user: User | None, reason: str, sentence: str, address: str) -> Refused:
    services.refuse_login(session, user, reason=reason, address=address)
    return Refused(reason, sentence)
