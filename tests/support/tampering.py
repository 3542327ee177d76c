"""The attacker at the database's own prompt, who holds every right."""

from sqlalchemy import bindparam, text

from core.db import Database
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
