"""Tables of accounts. An account is of the installation; its roles are held per organisation."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core import clock
from core.db import Audited, UtcDateTime, Versioned, enum_type


class RoleCode(StrEnum):
    """The ten roles. What each may do stands in `app/roles.py`."""

    ADMINISTRATOR = "beheerder"
    PRIVACY_OFFICER = "privacy_officer"
    CONTRIBUTOR = "invuller"
    ESTABLISHER = "vaststeller"
    DATA_PROTECTION_OFFICER = "fg"
    WOO_COORDINATOR = "woo_coordinator"
    WOO_EDITOR = "woo_redacteur"
    WMEBV_COORDINATOR = "wmebv_coordinator"
    READER = "lezer"
    MANAGEMENT = "management"


class User(Versioned, Audited, table=True):
    """Somebody who can log in. `name` is what the audit trail shows."""

    __tablename__ = "core_user"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    username: str = Field(max_length=100, unique=True)
    name: str = Field(max_length=200)
    email: str = Field(default="", max_length=200)
    password_hash: str = Field(default="", max_length=300)
    must_change_password: bool = False
    is_active: bool = True
    created_at: datetime = Field(default_factory=clock.now, sa_type=UtcDateTime)


class RoleHeld(Audited, SQLModel, table=True):
    """A role of a user in one organisation."""

    __tablename__ = "core_role_held"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id", "role"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(foreign_key="core_user.id", index=True)
    organisation_id: UUID = Field(foreign_key="core_organisation.id", index=True)
    role: RoleCode = Field(sa_type=enum_type(RoleCode))

    def audit_key(self) -> tuple[str, UUID]:
        return ("core_user", self.user_id)


class LoginSession(SQLModel, table=True):
    """A log-in. The cookie holds an opaque key; only its hash is stored, so a stolen database opens no door."""

    __tablename__ = "core_login_session"

    key_hash: str = Field(primary_key=True, max_length=64)
    user_id: UUID = Field(foreign_key="core_user.id", index=True)
    organisation_id: UUID | None = Field(default=None, foreign_key="core_organisation.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    method: str = Field(default="wachtwoord", max_length=20)
    device: str = Field(default="", max_length=100)
    """Browser and system in words, for the page 'Waar bent u ingelogd'; never the whole header."""


class PendingLogin(SQLModel, table=True):
    """A log-in between two steps: the code after the password, or the way to the identity provider and back.

    The cookie holds an opaque key; only its hash is stored. A row is used once.
    """

    __tablename__ = "core_pending_login"

    key_hash: str = Field(primary_key=True, max_length=64)
    user_id: UUID | None = Field(default=None, foreign_key="core_user.id", index=True)
    state: str = Field(default="", max_length=100)
    nonce: str = Field(default="", max_length=100)
    code_verifier: str = Field(default="", max_length=100)
    back_to: str = Field(default="/", max_length=2000)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class FailedAttempts(SQLModel, table=True):
    """How often a name or an address failed to log in. `key` is a shortened hash: a mistyped password is not in it."""

    __tablename__ = "core_failed_attempts"

    key: str = Field(primary_key=True, max_length=40)
    failures: int = 0
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)
    locked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SecondFactor(SQLModel, table=True):
    """The app that makes codes for an account (TOTP, RFC 6238). Counts only once confirmed with a first code."""

    __tablename__ = "core_second_factor"

    user_id: UUID = Field(foreign_key="core_user.id", primary_key=True)
    secret: str = Field(max_length=64)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_step: int = 0
    """The newest half minute whose code was used: that one and older ones are refused."""


class RecoveryCode(SQLModel, table=True):
    """A code for who lost the app. Stored as a hash; the row goes when the code is used."""

    __tablename__ = "core_recovery_code"

    code_hash: str = Field(primary_key=True, max_length=64)
    user_id: UUID = Field(foreign_key="core_user.id", index=True)


class OneTimeLink(SQLModel, table=True):
    """A signed link that opens a door once: an invitation, or emergency access."""

    __tablename__ = "core_one_time_link"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(foreign_key="core_user.id", index=True)
    purpose: str = Field(max_length=30)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ExternalIdentity(SQLModel, table=True):
    """Joins an account to a person at an identity provider (OpenID Connect `iss` and `sub`)."""

    __tablename__ = "core_external_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    user_id: UUID = Field(foreign_key="core_user.id", primary_key=True)
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=255)
