"""Organisations and the things their registers share: public bodies, teams, parties, systems, numbers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint, event, func, or_
from sqlmodel import Field, Session, col, select

from core import audit, clock, following, history, values
from core.db import Audited, Owned, Record, Versioned, bind_organisation, organisation_of, refuse_stale
from core.errors import BadInput, Conflict, NotFound

SHARED_SCHEMA_NUMBER = 1
SETTINGS_SCHEMA_NUMBER = 1
_AT_ONCE = 500
Kept = TypeVar("Kept", bound=Record)


class Organisation(Versioned, Audited, table=True):
    """A municipality (or a joint body) with its own registers, site, look and numbering."""

    __tablename__ = "core_organisation"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    code: str = Field(max_length=20, unique=True)
    """TOOI code, such as `gm0168`."""
    name: str = Field(max_length=200)
    tooi_uri: str = Field(max_length=200)
    tooi_label: str = Field(max_length=200)
    owms_uri: str = Field(default="", max_length=300)
    """Its identifier in the older OWMS lists, that Samenwerkende Catalogi asks for. Opaque: not made from the name."""
    owms_label: str = Field(default="", max_length=200)
    base_url: str = Field(max_length=200)
    """https, without a path: robots.txt must stand at the root of the host."""
    is_demo: bool = False
    oin: str = Field(default="", max_length=20)
    address: str = Field(default="", max_length=300)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=200)
    website: str = Field(default="", max_length=300)
    dpo_contact: str = Field(default="", max_length=200)
    dpo_name: str = Field(default="", max_length=200)
    dpo_registered_on: date | None = None
    rights_url: str = Field(default="", max_length=300)
    accessibility_url: str = Field(default="", max_length=300)
    security_sentence: str = Field(default="", max_length=1000)
    four_eyes: bool = True
    """The person who establishes a record is another one than its last editor."""
    cooling_off_hours: int | None = None
    """For a municipality of one: with four eyes, the last editor may establish after so many hours. None: never."""
    approval_first: bool = False
    """A privacy officer approves a record of the register before anybody establishes it."""
    nightly_at: str = Field(default="", max_length=5)
    """When the nightly export starts (hh:mm, Dutch time); empty: as the installation says."""

    @property
    def organisation_id(self) -> UUID:
        """Its own chain in the audit trail."""
        return self.id


class Body(Record, table=True):
    """A bestuursorgaan: the controller in the sense of GDPR art. 4(7) inside a municipality."""

    __tablename__ = "core_body"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    code: str = Field(max_length=80)
    name: str = Field(max_length=200)
    signatory: str = Field(default="", max_length=300)
    """The function of who signs for it, such as "de burgemeester"."""


class Team(Record, table=True):
    """A unit of the organisation that looks after records. From `ended_on` it is no more; the same holds below."""

    __tablename__ = "core_team"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    named_facts: ClassVar[frozenset[str]] = frozenset({"name"})
    name: str = Field(max_length=300)
    email: str = Field(default="", max_length=200)
    ended_on: date | None = None


class Party(Record, table=True):
    """A supplier, recipient, authority or partner outside the organisation."""

    __tablename__ = "core_party"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    named_facts: ClassVar[frozenset[str]] = frozenset({"name"})
    name: str = Field(max_length=300)
    contact: str = Field(default="", max_length=300)
    country: str = Field(default="", max_length=10)
    ended_on: date | None = None


class System(Record, table=True):
    """An application. Supplier and hosting are internal, never published."""

    __tablename__ = "core_system"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    named_facts: ClassVar[frozenset[str]] = frozenset({"name", "supplier", "hosting", "country"})
    name: str = Field(max_length=300)
    supplier: str = Field(default="", max_length=300)
    hosting: str = Field(default="", max_length=300)
    country: str = Field(default="", max_length=10)
    ended_on: date | None = None


event.listen(Record, "after_update", following.move_on, propagate=True)


class Numbering(Owned, table=True):
    """The last number given out per kind. A number is never given twice, not even after removal."""

    __tablename__ = "core_numbering"
    __table_args__ = (UniqueConstraint("organisation_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    last: int = 0


Shared = TypeVar("Shared", Body, Team, Party, System)
SHARED_KINDS: Mapping[str, type[Body] | type[Team] | type[Party] | type[System]] = {
    "teams": Team,
    "partijen": Party,
    "systemen": System,
    "bestuursorganen": Body,
}
BODIES = {
    "college": "College van burgemeester en wethouders",
    "burgemeester": "Burgemeester",
    "raad": "Gemeenteraad",
    "ambtenaar-burgerlijke-stand": "Ambtenaar van de burgerlijke stand",
    "heffingsambtenaar": "Heffingsambtenaar (inspecteur)",
    "invorderingsambtenaar": "Invorderingsambtenaar (ontvanger)",
    "rekenkamer": "Rekenkamer",
    "ombudsman": "Gemeentelijke ombudsman",
    "gemeenschappelijke-regeling": "Gemeenschappelijke regeling",
}
"""The bodies that a municipality usually has; each has the duties for its own powers (GDPR art. 4(7), Awb 1:1)."""


def check_base_url(url: str) -> str:
    """Return the address without a final slash.

    Raises:
        BadInput: not https, or with a path, query or fragment (robots.txt must stand at a host's root).
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not re.fullmatch(r"[a-z0-9.-]+(:[0-9]+)?", parts.netloc):
        raise BadInput("Het adres van de website moet beginnen met https:// en een gewone hostnaam hebben.")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise BadInput("Het adres van de website mag geen pad hebben, want robots.txt moet op de hoofdmap staan.")
    return f"https://{parts.netloc}"


def add_organisation(
    session: Session,
    *,
    code: str,
    name: str,
    base_url: str,
    tooi_uri: str,
    tooi_label: str,
    actor: audit.Actor,
    **facts: Any,  # noqa: ANN401 - the fields of Organisation, checked by pydantic
) -> Organisation:
    """Make an organisation with its public bodies. The session may be unbounded; it is bound to the new one.

    Raises:
        BadInput: the address or the facts cannot be used, or another organisation has this address.
        Conflict: there is already an organisation with this code.
    """
    if session.exec(select(Organisation).where(Organisation.code == code)).first():
        raise Conflict(f"Er is al een organisatie met code {code}.")
    address = check_base_url(base_url)
    _refuse_taken(session, address, code)
    organisation = Organisation(
        code=code, name=name, base_url=address, tooi_uri=tooi_uri, tooi_label=tooi_label, **facts
    )
    session.add(organisation)
    session.info["organisation"] = organisation.id
    audit.record(
        session,
        actor=actor,
        action="core:organisation:add",
        subject=organisation,
        after=organisation_facts(organisation),
    )
    for body_code, label in BODIES.items():
        _add_shared(session, Body(code=body_code, name=label), actor=actor)
    return organisation


def change_organisation(
    session: Session, organisation: Organisation, facts: Mapping[str, Any], *, version: int, actor: audit.Actor
) -> None:
    """Change the settings of an organisation.

    Raises:
        Conflict: somebody saved in between (`version` is what the form was made from).
        BadInput: the base URL cannot be used, or another organisation has it.
    """
    refuse_stale(organisation, version)
    before = organisation_facts(organisation)
    checked = {field: check_base_url(value) if field == "base_url" else value for field, value in facts.items()}
    if checked.get("base_url", organisation.base_url) != organisation.base_url:
        _refuse_taken(session, checked["base_url"], organisation.code)
    if history.newest_revision(session, organisation.id) is None:  # what was set up is the first one
        history.keep_revision(session, organisation, actor=actor, schema_number=SETTINGS_SCHEMA_NUMBER, content=before)
    for field, value in checked.items():
        setattr(organisation, field, value)
    after = organisation_facts(organisation)
    audit.record(
        session, actor=actor, action="core:organisation:change", subject=organisation, before=before, after=after
    )
    history.keep_revision(session, organisation, actor=actor, schema_number=SETTINGS_SCHEMA_NUMBER, content=after)


def _refuse_taken(session: Session, base_url: str, code: str) -> None:
    """Two sites cannot stand on one host: each has its own robots.txt."""
    if session.exec(select(Organisation).where(Organisation.base_url == base_url, Organisation.code != code)).first():
        raise BadInput(f"Het adres {base_url} is al van een andere organisatie in deze installatie. Kies een ander.")


def organisation_facts(organisation: Organisation) -> dict[str, Any]:
    """The settings as plain data."""
    return organisation.model_dump(mode="json", exclude={"id", "version"})


def settings_then(session: Session, moment: datetime) -> Mapping[str, Any]:
    """The settings at a moment; before their first change those that it replaced, which were kept then."""
    organisation = the_organisation(session)
    query = select(history.Revision).where(
        history.Revision.kind == Organisation.__tablename__, history.Revision.subject_id == organisation.id
    )
    by_then = query.where(col(history.Revision.at) < moment).order_by(col(history.Revision.number).desc()).limit(1)
    first = query.order_by(col(history.Revision.number)).limit(1)
    found = session.exec(by_then).first() or session.exec(first).first()
    return found.content if found else organisation_facts(organisation)


def all_organisations(session: Session) -> Sequence[Organisation]:
    return session.exec(select(Organisation).order_by(col(Organisation.code))).all()


def records_of_all(session: Session, kind: type[Kept], ids: Sequence[UUID]) -> Iterator[Kept]:
    """These records, whichever organisation has them. The session is not bounded yet, and is so by each in turn."""
    for organisation in all_organisations(session):
        bind_organisation(session, organisation.id)
        for start in range(0, len(ids), _AT_ONCE):
            yield from session.exec(select(kind).where(col(kind.id).in_(ids[start : start + _AT_ONCE]))).all()


def the_organisation(session: Session) -> Organisation:
    """The organisation that this session is bounded by."""
    found = session.get(Organisation, organisation_of(session))
    if found is None:
        raise NotFound("Deze organisatie bestaat niet.")
    return found


def shared(session: Session, kind: type[Shared]) -> Sequence[Shared]:
    """All records of a shared list, by name."""
    return session.exec(select(kind).order_by(func.lower(kind.name), kind.name)).all()


def in_use(session: Session, kind: type[Team] | type[Party] | type[System]) -> list[str]:
    """Names of a shared list to choose from: what stopped is not among them."""
    runs = or_(col(kind.ended_on).is_(None), col(kind.ended_on) > clock.today())
    return list(session.exec(select(kind.name).where(runs).order_by(func.lower(kind.name), kind.name)))


def stopped_names(session: Session, today: date) -> Sequence[str]:
    """The names of all teams, parties and systems that are no more."""
    found: list[str] = []
    for kind in (Team, Party, System):
        ended = select(kind.name).where(col(kind.ended_on) <= today)
        found += session.exec(ended.order_by(kind.name))
    return found


def bodies(session: Session) -> Mapping[str, str]:
    """Code and name of the public bodies of this organisation."""
    return {body.code: body.name for body in session.exec(select(Body).order_by(col(Body.created_at), col(Body.code)))}


def find_or_add(session: Session, kind: type[Shared], name: str, *, actor: audit.Actor) -> Shared | None:
    """The shared record with this name (case does not matter), made when it is new. None for an empty name."""
    wanted = " ".join(name.split())
    if not wanted:
        return None
    # As it is written first: that has an index, and SQLite's lower() knows ASCII only ("Één" would be added twice).
    found = session.exec(select(kind).where(kind.name == wanted)).first()
    if found is None:
        found = session.exec(select(kind).where(func.lower(kind.name) == wanted.lower())).first()
    return found or _add_shared(session, _named(session, kind, wanted), actor=actor)


def _named(session: Session, kind: type[Shared], name: str) -> Shared:
    """A new one. A public body also gets a code, which stays when its name changes."""
    facts: dict[str, Any] = {"name": name}
    if issubclass(kind, Body):
        facts["code"] = _free_code(session, name)
    return kind(**facts)


def _free_code(session: Session, name: str) -> str:
    plain = "-".join(re.findall(r"[a-z0-9]+", values.fold(name)))[:76] or "orgaan"
    taken = bodies(session)
    return next(one for one in (plain, *(f"{plain}-{number}" for number in range(2, 100))) if one not in taken)


def change_shared(
    session: Session, item: Shared, facts: Mapping[str, Any], *, version: int, actor: audit.Actor
) -> None:
    """Change a shared record once, for every record that uses it. Frozen versions keep the old name.

    Raises:
        Conflict: somebody saved in between, or another record has this name.
    """
    refuse_stale(item, version)
    kind = type(item)
    wanted = str(facts.get("name", item.name))
    if session.exec(select(kind).where(kind.name == wanted, kind.id != item.id)).first():
        raise Conflict(f"'{wanted}' staat al in de lijst. Kies een andere naam.")
    before = _shared_facts(item)
    for field, value in facts.items():
        setattr(item, field, value)
    history.record_save(
        session,
        item,
        "change",
        actor=actor,
        schema_number=SHARED_SCHEMA_NUMBER,
        before=before,
        after=_shared_facts(item),
    )


def next_number(session: Session, kind: str) -> int:
    """Take the next number of this kind for the organisation; the row is locked until the transaction ends."""
    numbering = session.exec(select(Numbering).where(Numbering.kind == kind).with_for_update()).first()
    if numbering is None:
        numbering = Numbering(kind=kind)
        session.add(numbering)
    numbering.last += 1
    session.flush()
    return numbering.last


def _add_shared(session: Session, item: Shared, *, actor: audit.Actor) -> Shared:
    session.add(item)
    session.flush()
    facts = _shared_facts(item)
    history.record_save(session, item, "add", actor=actor, schema_number=SHARED_SCHEMA_NUMBER, before=None, after=facts)
    return item


def _shared_facts(item: Body | Team | Party | System) -> dict[str, Any]:
    return item.model_dump(mode="json", exclude={"id", "version", "organisation_id", "created_at", "updated_at"})
