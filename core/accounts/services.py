"""Accounts: who may come in, and as whom. The only code that changes accounts and log-ins."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from pwdlib import PasswordHash
from sqlmodel import Session, col, select

from core import audit, clock
from core.accounts.models import LoginSession, RoleCode, RoleHeld, User
from core.errors import BadInput, Conflict, NotFound, RuleViolation
from core.organisations import Organisation

IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
MIN_PASSWORD = 12
"""NIST SP 800-63B: length matters, composition rules do not."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever is logged in, as pages and services need to know it."""

    id: UUID
    name: str
    organisation_id: UUID
    organisation_name: str
    is_demo: bool
    roles: frozenset[RoleCode]
    permissions: frozenset[str]
    must_change_password: bool

    @property
    def actor(self) -> audit.Actor:
        return audit.Actor(self.name, self.id)

    def may(self, permission: str) -> bool:
        """Whether one of the roles held gives this permission."""
        return permission in self.permissions


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _no_such_user_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def add_user(
    session: Session,
    *,
    username: str,
    name: str,
    password: str,
    roles: Iterable[RoleCode],
    organisation_id: UUID,
    actor: audit.Actor,
    must_change_password: bool = True,
    email: str = "",
) -> User:
    """Make an account with roles in one organisation.

    Raises:
        BadInput: the username cannot be typed at the log-in.
        Conflict: the username is taken.
        RuleViolation: the password is too short.
    """
    if not re.fullmatch(r"[^\W_][\w.@+-]{0,99}", username):
        raise BadInput("Kies een gebruikersnaam van letters, cijfers, punt, streepje of @, hoogstens 100 tekens.")
    if session.exec(select(User).where(User.username == username)).first():
        raise Conflict(f"De gebruikersnaam '{username}' bestaat al. Kies een andere.")
    check_password(password)
    user = User(
        username=username,
        name=name,
        email=email,
        password_hash=_hasher().hash(password),
        must_change_password=must_change_password,
    )
    session.add(user)
    session.flush()
    held = sorted(set(roles))
    session.add_all(RoleHeld(user_id=user.id, organisation_id=organisation_id, role=role) for role in held)
    audit.record(
        session, actor=actor, action="core:user:add", subject=user, after={"username": username, "roles": list(held)}
    )
    return user


def check_password(password: str) -> None:
    """Refuse what is too short to be safe.

    Raises:
        RuleViolation: shorter than `MIN_PASSWORD`.
    """
    if len(password) < MIN_PASSWORD:
        message = f"Kies een wachtwoord van minstens {MIN_PASSWORD} tekens. Een korte zin werkt goed."
        raise RuleViolation(message, {"password": message})


def one_time_password() -> str:
    """A password that a person can read aloud and must change at the first log-in."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(3))


def set_password(session: Session, user: User, password: str, *, actor: audit.Actor, must_change: bool) -> None:
    """Set a new password and end every log-in of this account.

    Raises:
        RuleViolation: too short, or the same as before.
    """
    check_password(password)
    if user.password_hash and _hasher().verify(password, user.password_hash):
        message = "Kies een ander wachtwoord dan het oude."
        raise RuleViolation(message, {"password": message})
    user.password_hash = _hasher().hash(password)
    user.must_change_password = must_change
    _revoke_all(session, user)
    audit.record(session, actor=actor, action="core:user:set_password", subject=user)


def disable_user(session: Session, user: User, *, actor: audit.Actor) -> None:
    """Close an account: it keeps its place in the trail and can never log in again."""
    user.is_active = False
    _revoke_all(session, user)
    audit.record(
        session,
        actor=actor,
        action="core:user:disable",
        subject=user,
        before={"is_active": True},
        after={"is_active": False},
    )


def user_named(session: Session, username: str) -> User:
    """Find an account.

    Raises:
        NotFound: no account has this username.
    """
    found = session.exec(select(User).where(User.username == username)).first()
    if found is None:
        raise NotFound(f"Er is geen account met de naam '{username}'.")
    return found


def all_users(session: Session, organisation_id: UUID) -> Sequence[tuple[User, list[RoleCode]]]:
    """The accounts that hold a role in an organisation, with those roles."""
    query = (
        select(User, RoleHeld.role)
        .join(RoleHeld, col(RoleHeld.user_id) == col(User.id))
        .where(RoleHeld.organisation_id == organisation_id)
        .order_by(col(User.name), col(RoleHeld.role))
    )
    found: dict[UUID, tuple[User, list[RoleCode]]] = {}
    for user, role in session.exec(query):
        found.setdefault(user.id, (user, []))[1].append(RoleCode(role))
    return list(found.values())


def log_in(session: Session, *, username: str, password: str) -> str | None:
    """Check a password and open a log-in; returns the key for the cookie, or None when it is refused.

    An unknown name takes as long as a wrong password. Both ways leave an event.
    """
    user = session.exec(select(User).where(User.username == username.strip())).first()
    known = user is not None and user.is_active and bool(user.password_hash)
    right = _hasher().verify(password, user.password_hash if user and known else _no_such_user_hash())
    if user is None or not (known and right):
        label = username.strip()[:100] if user else "onbekend"  # what is typed here may be a password
        subject = ("core_user", user.id if user else audit.INSTALLATION, label)
        audit.append(
            session, chain=audit.INSTALLATION, actor=audit.Actor(label), action="core:login:refuse", subject=subject
        )
        return None
    key = secrets.token_urlsafe(32)
    moment = clock.now()
    held = session.exec(select(RoleHeld).where(RoleHeld.user_id == user.id).order_by(col(RoleHeld.organisation_id)))
    first = held.first()
    session.add(
        LoginSession(
            key_hash=_key_hash(key),
            user_id=user.id,
            organisation_id=first.organisation_id if first else None,
            created_at=moment,
            seen_at=moment,
        )
    )
    audit.append(
        session,
        chain=audit.INSTALLATION,
        actor=audit.Actor(user.name, user.id),
        action="core:login:accept",
        subject=("core_user", user.id, user.name),
    )
    return key


def log_out(session: Session, key: str) -> None:
    """End a log-in; ending one that is gone is harmless."""
    found = session.get(LoginSession, _key_hash(key))
    if found and found.revoked_at is None:
        found.revoked_at = clock.now()


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A living log-in as found in the database."""

    user: User
    organisation: Organisation
    roles: frozenset[RoleCode]
    is_stale: bool
    """Whether `touch` should move the idle time-out; not at every page, to spare the write lock."""


def find_login(session: Session, key: str) -> LoggedIn | None:
    """Who belongs to this key; None when it is unknown, ended, idle too long or too old."""
    found = session.get(LoginSession, _key_hash(key))
    moment = clock.now()
    if found is None or found.revoked_at or found.organisation_id is None:
        return None
    if moment - found.seen_at > IDLE or moment - found.created_at > ABSOLUTE:
        return None
    user = session.get(User, found.user_id)
    organisation = session.get(Organisation, found.organisation_id)
    if user is None or not user.is_active or organisation is None:
        return None
    query = select(RoleHeld.role).where(RoleHeld.user_id == user.id, RoleHeld.organisation_id == found.organisation_id)
    roles = frozenset(RoleCode(role) for role in session.exec(query))
    return LoggedIn(user, organisation, roles, moment - found.seen_at > timedelta(minutes=1)) if roles else None


def touch(session: Session, key: str) -> None:
    """Move the idle time-out of a living log-in."""
    found = session.get(LoginSession, _key_hash(key))
    if found:
        found.seen_at = clock.now()


def parse_role(text: str) -> RoleCode:
    """Read a role code from the shell.

    Raises:
        BadInput: there is no such role.
    """
    try:
        return RoleCode(text)
    except ValueError:
        known = ", ".join(RoleCode)
        raise BadInput(f"De rol '{text}' bestaat niet. Kies uit: {known}.") from None


def _revoke_all(session: Session, user: User) -> None:
    for login in session.exec(select(LoginSession).where(LoginSession.user_id == user.id)):
        login.revoked_at = login.revoked_at or clock.now()


def _key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
