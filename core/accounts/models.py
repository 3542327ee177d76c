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
