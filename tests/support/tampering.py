"""The attacker at the database's own prompt, who holds every right."""

from uuid import UUID

from sqlalchemy import bindparam, text
from sqlmodel import Session, select

from core import audit
from core.db import UNBOUNDED, Database
from support.postgres import UNGUARDED


def tamper(database: Database, *statements: str, **values: object) -> None:
    """Change rows behind the program's back, without the triggers that would refuse it."""
    with database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(UNGUARDED)
        else:
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
            for name in triggers.all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            named = [bindparam(name, value) for name, value in values.items() if f":{name}" in statement]
            done = connection.execute(text(statement).bindparams(*named))
            assert done.rowcount >= 1, statement


def tamper_well(database: Database, chain: UUID, *statements: str, since: int, **values: object) -> None:
    """As `tamper`, by who also knows how the chain is made: everything from `since` on gets hashes that are right.

    Only anchors that were kept elsewhere can give this away.
    """
    tamper(database, *statements, **values)
    with database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(UNGUARDED)
        with Session(connection) as session:
            session.info["organisation"] = UNBOUNDED
            rows = session.exec(
                select(audit.AuditEvent)
                .where(audit.AuditEvent.organisation_id == chain)
                .order_by(audit.AuditEvent.sequence)
            ).all()
            previous = audit.GENESIS
            for number, row in enumerate(rows, start=1):
                if number >= since:
                    row.sequence, row.previous = number, previous
                    row.digest = audit._digest(row.salt, row.contents)
                    row.label_digest = audit._digest_of_text(row.salt, row.subject_label)
                    row.hash = audit._link(row)
                    session.flush()
                previous = row.hash
            head = session.get(audit.AuditHead, chain) or audit.AuditHead(organisation_id=chain)
            head.sequence, head.hash = len(rows), previous
            session.add(head)
            session.commit()
