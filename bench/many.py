"""Ten thousand processings for a bench: the starter set, varied, loaded past the services in a few seconds.

As a service centre would have them: hundreds of suppliers and systems, forty teams, remarks in words of their own, all
statuses, two thirds with a version. The same number gives the same register.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, inspect
from sqlalchemy.orm import RelationshipDirection
from sqlmodel import SQLModel

from core import audit, values
from core.audit import AuditEvent, AuditHead
from core.content import YesNo
from core.db import Database
from core.history import Revision, Version
from core.organisations import BODIES, Numbering, Party, System, Team
from register.content import (
    SCHEMA_NUMBER,
    ActivityContent,
    Afterwards,
    Automation,
    Dpia,
    Law,
    Measure,
    ProcessorUse,
    Publication,
    Retention,
    Scale,
    Status,
    SystemUse,
    Transfer,
)
from register.models import NUMBER_PREFIX, ProcessingActivity
from register.services.rows import facts_of, write
from register.snapshot import snapshot
from register.starter import starter_contents

Row = dict[str, Any]
DISTRICTS = ("Noord", "Oost", "Zuid", "West", "Centrum", "Buitengebied", "Haven", "Stadsveld", "Dorpen", "Regio")
KINDS_OF_COMPANY = ("Diensten", "Software", "Advies", "Archief", "Zorg", "Vervoer", "Data", "Beheer")
OFTEN = (Status.ESTABLISHED,) * 6 + (Status.CONCEPT,) * 3 + (Status.ENDED,)
STARTED = datetime(2024, 1, 2, 8, 0, tzinfo=UTC)


def load(database: Database, organisation_id: UUID, number: int) -> None:
    """Fill an empty register with `number` records, each with a revision, an event and mostly a version."""
    made = _Register(organisation_id, random.Random(number))  # noqa: S311 - no secrets
    heads, numbering = _table(AuditHead), _table(Numbering)
    with database.engine.begin() as connection:
        begun = connection.execute(heads.select().where(heads.c.organisation_id == organisation_id)).one()
        made.sequence, made.last = begun.sequence, begun.hash
        _insert(connection, made.shared_rows())
        for start in range(0, number, 500):
            rows: dict[Table, list[Row]] = {}
            for place in range(start, min(start + 500, number)):
                for table, row in made.record(place):
                    rows.setdefault(table, []).append(row)
            _insert(connection, rows)
        end = {"sequence": made.sequence, "hash": made.last}
        connection.execute(heads.update().where(heads.c.organisation_id == organisation_id), end)
        last = {"organisation_id": organisation_id, "kind": NUMBER_PREFIX, "last": number}
        connection.execute(numbering.insert(), [last])
    if database.engine.dialect.name == "postgresql":
        # What the server does by itself soon after, and would else do while we measure.
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")


class _Register:
    """Makes the rows. What is chosen depends on the seed only."""

    def __init__(self, organisation_id: UUID, chance: random.Random) -> None:
        self.organisation_id = organisation_id
        self.chance = chance
        self.sequence, self.last = 0, audit.GENESIS
        words = {word for one in starter_contents() for word in values.fold(one.explanation + one.remarks).split()}
        parts = sorted(word for word in words if word.isalpha() and 4 <= len(word) <= 9)
        self.words = [f"{left}{right}" for left in parts[::4] for right in parts[::40]][:4000]
        self.parties = [
            Party(name=f"{chance.choice(self.words).capitalize()} {chance.choice(KINDS_OF_COMPANY)} {place} B.V.")
            for place in range(400)
        ]
        self.systems = [
            System(
                name=f"{chance.choice(self.words).capitalize()}systeem {place}",
                supplier=chance.choice(self.parties).name,
                hosting=chance.choice(("eigen beheer", "bij de leverancier")),
                country="NL",
            )
            for place in range(250)
        ]
        self.teams = [Team(name=f"Team {chance.choice(self.words)} {place}") for place in range(40)]
        self.names: Mapping[Any, Any] = {
            **{("party", one.name): one for one in self.parties},
            **{("system", one.name): one for one in self.systems},
            **{("team", one.name): one for one in self.teams},
        }

    def shared_rows(self) -> Mapping[Table, list[Row]]:
        return {
            _table(Party): [self._row(one) for one in self.parties],
            _table(System): [self._row(one) for one in self.systems],
            _table(Team): [self._row(one) for one in self.teams],
        }

    def record(self, place: int) -> Iterator[tuple[Table, Row]]:
        """Everything that is kept of one record."""
        content = self._content(place)
        status = self.chance.choice(OFTEN)
        at = STARTED + timedelta(minutes=place * 90)
        activity = ProcessingActivity(number=place + 1, created_at=at, updated_at=at, status=status)
        activity.status_at, activity.last_editor = at.date(), f"Medewerker {place % 25}"
        if status is Status.ENDED:
            content = content.model_copy(update={"ended_on": at.date() + timedelta(days=30)})
        write(activity, content, self.names, root=activity)
        yield from self._rows(activity)
        facts = facts_of(activity)
        yield (
            _table(Revision),
            self._row(
                Revision(
                    kind="register_activity",
                    subject_id=activity.id,
                    number=1,
                    at=at,
                    actor=activity.last_editor,
                    schema_number=SCHEMA_NUMBER,
                    content=facts,
                    record_version=1,
                )
            ),
        )
        if status is not Status.CONCEPT:
            yield (
                _table(Version),
                self._row(
                    Version(
                        kind="register_activity",
                        subject_id=activity.id,
                        number=1,
                        schema_number=SCHEMA_NUMBER,
                        content=snapshot(content, number=activity.kenmerk, bodies=BODIES),
                        established_at=at,
                        established_by="Bram de Vries",
                        ended_at=at if status is Status.ENDED else None,
                    )
                ),
            )
        yield _table(AuditEvent), self._event(activity, facts, at)

    def _event(self, activity: ProcessingActivity, facts: Row, at: datetime) -> Row:
        salt, contents = f"{activity.number:032}", {"after": facts}
        self.sequence += 1
        event = AuditEvent(
            organisation_id=self.organisation_id,
            sequence=self.sequence,
            at=at,
            actor=activity.last_editor,
            action="register:activity:add",
            subject_kind="register_activity",
            subject_id=activity.id,
            subject_label=activity.audit_label(),
            contents=contents,
            salt=salt,
            digest=audit._digest(salt, contents),  # noqa: SLF001 - a chain that holds, without ten thousand saves
            label_digest=audit._digest_of_text(salt, activity.audit_label()),  # noqa: SLF001
            previous=self.last,
        )
        self.last = event.hash = audit._link(event)  # noqa: SLF001
        return self._row(event)

    def _rows(self, row: Any) -> Iterator[tuple[Table, Row]]:  # noqa: ANN401 - any table
        """A row and those of its parts, with the keys that a flush would fill in."""
        relationships = inspect(type(row)).relationships
        for one in relationships:
            if one.direction is RelationshipDirection.MANYTOONE and (shared := getattr(row, one.key)):
                for local, remote in one.local_remote_pairs:
                    setattr(row, local.key, getattr(shared, remote.key))
        yield _table(type(row)), self._row(row)
        for one in relationships:
            if one.direction is RelationshipDirection.ONETOMANY:
                for part in getattr(row, one.key):
                    for local, remote in one.local_remote_pairs:
                        setattr(part, remote.key, getattr(row, local.key))
                    yield from self._rows(part)

    def _row(self, row: SQLModel) -> Row:
        made = row.model_dump()
        if "organisation_id" in made:
            made["organisation_id"] = self.organisation_id
        if made.get("id", 0) is None:
            del made["id"]  # the database counts
        return made

    def _content(self, place: int) -> ActivityContent:
        """One of the starter set, filled in as a municipality would: sometimes well, sometimes half."""
        chance = self.chance
        begin = starter_contents()[place % len(starter_contents())]
        district = DISTRICTS[place // len(starter_contents()) % len(DISTRICTS)]
        own = [chance.choice(self.words) for _ in range(3)]
        reviewed_on = date(2024, 1, 1) + timedelta(days=chance.randrange(1050))
        purposes = tuple(
            one.model_copy(
                update={
                    "text": f"{one.text} In {district.lower()} gaat het ook om {own[0]} en {own[1]}."[:600],
                    "necessity": f"Zonder deze gegevens kan de gemeente {own[2]} niet uitvoeren.",
                    "laws": (*one.laws, Law(name=f"Verordening {own[0]}", article=f"artikel {place % 30 + 1}")),
                }
            )
            for one in begin.purposes
        )
        processors = tuple(
            ProcessorUse(
                party=party.name,
                service=f"Beheer van {chance.choice(self.words)}",
                agreement_document=f"VO-{chance.randrange(9999):04}",
                agreement_on=date(2022, 3, 1) if chance.random() < 0.8 else None,
                agreement_until=date(2025, 1, 1) + timedelta(days=chance.randrange(1500)),
                countries=("Nederland",),
            )
            for party in chance.sample(self.parties, chance.choice((0, 1, 1, 2)))
        )
        systems = tuple(
            SystemUse(name=one.name, supplier=one.supplier, hosting=one.hosting, country=one.country)
            for one in chance.sample(self.systems, chance.choice((1, 1, 2, 3)))
        )
        retentions = begin.retentions or (Retention(text="7 jaar", duration="P7Y", afterwards=Afterwards.DESTROY),)
        transfers = (Transfer(country="US", importer=processors[0].party, instrument="45"),) if processors else ()
        abroad = chance.random() < 0.08 and bool(transfers)
        facts: dict[str, Any] = {
            "name": f"{begin.name} {own[0]} {district} {place // 780 + 1}"[:120],
            "team": chance.choice(self.teams).name if chance.random() < 0.95 else "",
            "process_owner": f"Teamleider {own[1]}",
            "contacts": (f"privacy-{place % 40}@openboek.example",),
            "external_number": f"R{chance.randrange(10**6):06}" if chance.random() < 0.5 else "",
            "publication": chance.choice((Publication.YES, Publication.YES, Publication.LIMITED)),
            "reviewed_on": reviewed_on,
            "next_review_on": reviewed_on + timedelta(days=365),
            "started_on": date(2018, 5, 25),
            "remarks": " ".join(chance.choice(self.words) for _ in range(30)),
            "purposes": purposes,
            "scale": chance.choice(list(Scale)),
            "processors": processors,
            "systems": systems,
            "transfers_outside_eea": YesNo.YES if abroad else YesNo.NO,
            "transfers": transfers if abroad else (),
            "retentions": retentions,
            "security": "Alleen medewerkers die de gegevens nodig hebben, kunnen erbij.",
            "measures": (Measure(name="Toegang met rollen", bio2="8.3"), Measure(name="Logboek", bio2="8.15")),
            "automation": chance.choice((Automation.NO, Automation.NO, Automation.PARTLY)),
            "profiling": YesNo.NO,
            "dpia": Dpia(
                status=chance.choice(("niet_nodig", "nodig", "niet_beoordeeld")),
                motivation="Er is geen hoog risico." if chance.random() < 0.5 else "",
                criteria=begin.dpia.criteria,
            ),
            "privacy_notice": "https://openboek.example/privacy",
        }
        return begin.model_copy(update=facts)


def _table(model: type[Any]) -> Table:
    found = inspect(model).local_table
    assert isinstance(found, Table)
    return found


def _insert(connection: Connection, rows: Mapping[Table, Sequence[Row]]) -> None:
    for table in SQLModel.metadata.sorted_tables:  # what is pointed to stands first
        if table in rows:
            connection.execute(table.insert(), rows[table])
