"""Migrating an empty database says the same each time: listened to once in each test process, and then repeated."""

from typing import Any

from sqlalchemy import Connection, event

from app import schema
from core import rows


class Repeated:
    """`schema.migrate`, but what it said to an empty database is only worked out the first time."""

    def __init__(self) -> None:
        self._migrate, self._scripts = schema.migrate, schema.MIGRATIONS
        self._said: dict[tuple[str, str], list[tuple[str, Any]]] = {}

    def migrate(self, connection: Connection, to: str = "head") -> None:
        if self._scripts != schema.MIGRATIONS or not rows.is_empty(connection):
            self._migrate(connection, to)
            return
        key = connection.dialect.name, to
        if key not in self._said:
            self._said[key] = self._listen(connection, to)
            return
        for statement, parameters in self._said[key]:
            connection.exec_driver_sql(statement, parameters or None)

    def _listen(self, connection: Connection, to: str) -> list[tuple[str, Any]]:
        said: list[tuple[str, Any]] = []

        def hear(*told: Any) -> None:
            _connection, _cursor, statement, parameters, _context, _is_many = told
            if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):  # what it only asked
                said.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", hear)
        try:
            self._migrate(connection, to)
        finally:
            event.remove(connection, "before_cursor_execute", hear)
        return said
