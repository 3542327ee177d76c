"""Accounts: who may come in, and as whom. The only code that changes accounts and log-ins."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from uuid import UUID

from pwdlib import PasswordHash
from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from core import audit, clock, security_log
from core.accounts import attempts
from core.accounts.models import ExternalIdentity, LoginSession, OneTimeLink, PendingLogin, RoleCode, RoleHeld, User
from core.accounts.passwords import MIN_PASSWORD, check_chosen, check_length
from core.errors import BadInput, Conflict, NotAllowed, NotFound, RuleViolation
from core.organisations import Organisation

IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
EXPIRED_FOR = timedelta(days=4)
"""So long after a log-in ran out of time, what its browser still sends is kept as a draft: more than a weekend."""
LOCAL = "wachtwoord"


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
    organisation_code: str = ""
    elsewhere: tuple[tuple[str, str], ...] = ()
    """Code and name of the other organisations in which this person holds a role."""
    must_add_second_step: bool = False

    @property
    def actor(self) -> audit.Actor:
        return audit.Actor(self.name, self.id)

    @property
    def must_first_go_to(self) -> str:
        """The only page that is open to somebody who is not through the log-in yet; empty for who is."""
        if self.must_change_password:
            return "/wachtwoord"
        return "/account/" if self.must_add_second_step else ""

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
    password: str | None,
    roles: Iterable[RoleCode],
    organisation_id: UUID,
    actor: audit.Actor,
    must_change_password: bool = True,
    email: str = "",
) -> User:
    """Make an account with roles in one organisation. Without a password nobody can log in until an invitation is used.

    Raises:
        BadInput: the username cannot be typed at the log-in.
        Conflict: the username is taken.
        RuleViolation: the password is too short, or chosen and easily guessed.
    """
    if not re.fullmatch(r"[^\W_][\w.@+-]{0,99}", username):
        raise BadInput("Kies een gebruikersnaam van letters, cijfers, punt, streepje of @, hoogstens 100 tekens.")
    if session.exec(select(User).where(User.username == username)).first():
        raise Conflict(f"De gebruikersnaam '{username}' bestaat al. Kies een andere.")
    if password is not None:
        _check_password(
            session,
            password,
            username=username,
            name=name,
            organisations=[organisation_id],
            chosen=not must_change_password,
        )
    user = User(
        username=username,
        name=name,
        email=email,
        password_hash=_hasher().hash(password) if password is not None else "",
        must_change_password=must_change_password,
    )
    session.add(user)
    session.flush()
    held = sorted(set(roles))
    session.add_all(RoleHeld(user_id=user.id, organisation_id=organisation_id, role=role) for role in held)
    audit.record(
        session, actor=actor, action="core:user:add", subject=user, after={"username": username, "roles": list(held)}
    )
    security_log.tell(session, "core:user:add", succeeded=True, user_id=user.id, actor=actor.label)
    return user


def _check_password(
    session: Session, password: str, *, username: str, name: str, organisations: Iterable[UUID], chosen: bool
) -> None:
    """A password that a person chose may not be easy to guess; one of ours is random."""
    if not chosen:
        check_length(password)
        return
    query = select(Organisation.name).where(col(Organisation.id).in_(list(organisations)))
    check_chosen(password, personal=(username, name, *session.exec(query)))


def one_time_password() -> str:
    """A password that a person can read aloud and must change at the first log-in."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(MIN_PASSWORD // 4))


def set_password(session: Session, user: User, password: str, *, actor: audit.Actor, must_change: bool) -> None:
    """Set a new password and end every log-in of this account. `must_change` says that it is ours and for one time.

    Raises:
        NotAllowed: this account logs in at an identity provider.
        RuleViolation: too short, easily guessed, or the same as before.
    """
    if session.get(ExternalIdentity, user.id):
        raise NotAllowed(
            "Dit account logt in met een werkaccount en heeft hier geen wachtwoord. Wijzig het wachtwoord daar."
        )
    check_length(password)
    if user.password_hash and _hasher().verify(password, user.password_hash):
        message = "Kies een ander wachtwoord dan het oude."
        raise RuleViolation(message, {"password": message})
    held = session.exec(select(RoleHeld.organisation_id).where(RoleHeld.user_id == user.id)).all()
    _check_password(
        session, password, username=user.username, name=user.name, organisations=held, chosen=not must_change
    )
    user.password_hash = _hasher().hash(password)
    user.must_change_password = must_change
    end_all_logins(session, user)
    audit.record(session, actor=actor, action="core:user:set_password", subject=user)
    security_log.tell(session, "core:user:set_password", succeeded=True, user_id=user.id, actor=actor.label)


def disable_user(session: Session, user: User, *, actor: audit.Actor) -> None:
    """Close an account: it keeps its place in the trail and can never log in again."""
    user.is_active = False
    end_all_logins(session, user)
    audit.record(
        session,
        actor=actor,
        action="core:user:disable",
        subject=user,
        before={"is_active": True},
        after={"is_active": False},
    )
    security_log.tell(session, "core:user:disable", succeeded=True, user_id=user.id, actor=actor.label)


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


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a password: an account, or none; and until when the next try must wait."""

    user: User | None
    locked_until: datetime | None = None


def check_credentials(session: Session, *, username: str, password: str, address: str = "") -> Checked:
    """Check a name and a password. A refusal is counted and leaves an event; the caller commits either way.

    An unknown name takes as long as a wrong password, and is locked out like one.
    """
    user = session.exec(select(User).where(User.username == username.strip())).first()
    waiting = attempts.locked_until(session, username=username, address=address)
    if waiting:
        refuse_login(session, user, reason="locked", address=address)
        return Checked(None, waiting)
    known = user is not None and user.is_active and bool(user.password_hash)
    right = _hasher().verify(password, user.password_hash if user and known else _no_such_user_hash())
    if user is None or not (known and right):
        waiting = attempts.count_failure(session, username=username, address=address)
        refuse_login(session, user, reason="password", address=address)
        if waiting:
            label = user.username if user else "onbekend"
            security_log.tell(session, "core:login:lock", succeeded=True, actor=label, address=address)
        return Checked(None, waiting)
    return Checked(user)


def refuse_login(session: Session, user: User | None, *, reason: str, address: str) -> None:
    """Leave an event of a log-in that failed. What was typed as a name is not kept: it may be a password."""
    label = user.username if user else "onbekend"
    facts = {"address": address, "reason": reason}
    audit.append(
        session,
        chain=audit.INSTALLATION,
        actor=audit.Actor(label),
        action="core:login:refuse",
        subject=("core_user", user.id if user else audit.INSTALLATION, label),
        contents={"after": {name: value for name, value in facts.items() if value}},
    )
    user_id = user.id if user else None
    security_log.tell(
        session, "core:login:refuse", succeeded=False, user_id=user_id, actor=label, address=address, reason=reason
    )


def open_login(
    session: Session,
    user: User,
    *,
    method: str = LOCAL,
    address: str = "",
    device: str = "",
    replaces: str = "",
) -> str:
    """Open a log-in for somebody who proved who it is; returns the key for the cookie.

    The key is always new, and the log-in that the browser had (`replaces`) ends: a key that somebody planted or kept is
    worth nothing. Who logs in again goes on in the organisation of the log-in that ended.
    """
    log_out(session, replaces)
    key = secrets.token_urlsafe(32)
    moment = clock.now()
    session.add(
        LoginSession(
            key_hash=key_hash(key),
            user_id=user.id,
            organisation_id=_where_to_work(session, user, replaces),
            created_at=moment,
            seen_at=moment,
            method=method,
            device=device,
        )
    )
    attempts.forget(session, username=user.username)
    audit.append(
        session,
        chain=audit.INSTALLATION,
        actor=audit.Actor(user.name, user.id),
        action="core:login:accept",
        subject=("core_user", user.id, user.name),
        contents={"after": {"address": address, "method": method} if address else {"method": method}},
    )
    security_log.tell(
        session,
        "core:login:accept",
        succeeded=True,
        user_id=user.id,
        actor=user.name,
        address=address,
        reason=method,
    )
    return key


def _where_to_work(session: Session, user: User, key: str) -> UUID | None:
    """Where this person went on last, while a role there is still held: in this browser, or else anywhere.

    `key` is the log-in that the browser had; what was typed in it waits there.
    """
    held = select(RoleHeld.organisation_id).where(RoleHeld.user_id == user.id).order_by(col(RoleHeld.organisation_id))
    places = list(session.exec(held))
    here = session.get(LoginSession, key_hash(key))
    if here is not None and here.user_id == user.id and here.organisation_id in places:
        return here.organisation_id
    query = select(LoginSession.organisation_id).where(
        LoginSession.user_id == user.id, col(LoginSession.organisation_id).in_(places)
    )
    last = session.exec(query.order_by(col(LoginSession.seen_at).desc()).limit(1)).first()
    return last or next(iter(places), None)


def log_out(session: Session, key: str) -> None:
    """End a log-in; ending one that is gone is harmless."""
    found = session.get(LoginSession, key_hash(key))
    if found and found.revoked_at is None:
        _end(session, found)


def logins_of(
    session: Session, user_id: UUID, *, idle: timedelta = IDLE, absolute: timedelta = ABSOLUTE
) -> Sequence[LoginSession]:
    """The living log-ins of an account, newest first."""
    moment = clock.now()
    query = select(LoginSession).where(
        LoginSession.user_id == user_id,
        col(LoginSession.revoked_at).is_(None),
        LoginSession.seen_at >= moment - idle,
        LoginSession.created_at >= moment - absolute,
    )
    return session.exec(query.order_by(col(LoginSession.created_at).desc())).all()


def end_login(session: Session, user_id: UUID, key_hash_: str) -> None:
    """End one log-in of one's own, on whatever device.

    Raises:
        NotFound: this account has no such log-in.
    """
    found = session.get(LoginSession, key_hash_)
    if found is None or found.user_id != user_id:
        raise NotFound("Deze aanmelding is er niet (meer). Ga terug naar uw account.")
    if found.revoked_at is None:
        _end(session, found)


def _end(session: Session, login: LoginSession) -> None:
    login.revoked_at = clock.now()
    user = session.get_one(User, login.user_id)
    audit.append(
        session,
        chain=audit.INSTALLATION,
        actor=audit.Actor(user.name, user.id),
        action="core:login:end",
        subject=("core_user", user.id, user.name),
    )
    security_log.tell(session, "core:login:end", succeeded=True, user_id=user.id, actor=user.name)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A living log-in as found in the database."""

    user: User
    organisation: Organisation
    roles: frozenset[RoleCode]
    method: str
    is_stale: bool
    """Whether `touch` should move the idle time-out; not at every page, to spare the write lock."""
    elsewhere: tuple[tuple[str, str], ...] = ()
    """Code and name of the other organisations in which this user holds a role, by name."""


@cache  # every page begins with this one, and to put it together takes as long as asking
def _belonging_to_key() -> Select[LoginSession, User, Organisation, RoleHeld]:
    return (
        select(LoginSession, User, Organisation, RoleHeld)
        .join(User, col(User.id) == LoginSession.user_id)
        .join(Organisation, col(Organisation.id) == LoginSession.organisation_id)
        .join(RoleHeld, col(RoleHeld.user_id) == User.id)
        .where(LoginSession.key_hash == bindparam("key_hash"))
    )


def find_login(
    session: Session, key: str, *, idle: timedelta = IDLE, absolute: timedelta = ABSOLUTE
) -> LoggedIn | None:
    """Who belongs to this key; None when it is unknown, ended, idle too long or too old, or without a role here."""
    rows = session.exec(_belonging_to_key(), params={"key_hash": key_hash(key)}).all()
    if not rows:
        return None
    found, user, organisation, _ = rows[0]
    moment = clock.now()
    if found.revoked_at or not user.is_active:
        return None
    if moment - found.seen_at > idle or moment - found.created_at > absolute:
        return None
    held = [row[3] for row in rows]
    roles = frozenset(RoleCode(one.role) for one in held if one.organisation_id == organisation.id)
    if not roles:
        return None
    others = {one.organisation_id for one in held} - {organisation.id}
    query = select(Organisation.code, Organisation.name).where(col(Organisation.id).in_(others))
    elsewhere = tuple((code, name) for code, name in session.exec(query.order_by(Organisation.name))) if others else ()
    return LoggedIn(user, organisation, roles, found.method, moment - found.seen_at > timedelta(minutes=1), elsewhere)


@dataclass(frozen=True, slots=True)
class Expired:
    """Whose a log-in was that ran out of time, and for which organisation."""

    user_id: UUID
    organisation_id: UUID
    organisation_code: str


def find_expired(session: Session, key: str, *, absolute: timedelta = ABSOLUTE) -> Expired | None:
    """Whose log-in this key was, when it ended by nothing but time and not long ago; only to keep what was typed.

    None for a key that is unknown, that somebody ended (who logged out or was logged out is gone), or of somebody who
    may not log in any more. `absolute` is how long a log-in lasts.
    """
    found = session.get(LoginSession, key_hash(key))
    if found is None or found.revoked_at or found.organisation_id is None:
        return None
    if clock.now() > found.created_at + absolute + EXPIRED_FOR:
        return None
    user = session.get(User, found.user_id)
    organisation = session.get(Organisation, found.organisation_id)
    held = select(RoleHeld).where(RoleHeld.user_id == found.user_id, RoleHeld.organisation_id == found.organisation_id)
    if user is None or not user.is_active or organisation is None or session.exec(held).first() is None:
        return None
    return Expired(user.id, organisation.id, organisation.code)


def touch(session: Session, key: str) -> None:
    """Move the idle time-out of a living log-in."""
    found = session.get(LoginSession, key_hash(key))
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


def end_all_logins(session: Session, user: User) -> None:
    """End every log-in of an account, also those that are half-way, and the links that would open a new one."""
    moment = clock.now()
    for login in session.exec(select(LoginSession).where(LoginSession.user_id == user.id)):
        login.revoked_at = login.revoked_at or moment
    for pending in session.exec(select(PendingLogin).where(PendingLogin.user_id == user.id)):
        session.delete(pending)
    for link in session.exec(select(OneTimeLink).where(OneTimeLink.user_id == user.id)):
        link.used_at = link.used_at or moment


def key_hash(key: str) -> str:
    """What is stored of the key in a cookie."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
