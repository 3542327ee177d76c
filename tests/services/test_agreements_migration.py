"""What stood in each record about agreements, laws and data breaches moves to shared records, and nothing is lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from app import schema
from core.db import Database, UtcDateTime
from core.rows import broken_references, tables_of
from support.postgres import own_database

BEFORE = "0014"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path, _all_tables) -> Iterator[Database]:
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'openboek.db'}")
        yield made
        made.close()
        return
    with own_database(request.getfixturevalue("postgres_url")) as url:
        made = Database(url)
        yield made
        made.close()


class Old:
    """Puts rows in the tables of before; a column that nobody names is as empty as it may be."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection, self.tables = connection, {one.name: one for one in tables_of(connection)}
        self.owner = self.add("core_organisation", code="gm1", base_url="https://x.example")

    def add(self, name: str, /, **facts: Any) -> UUID:
        number = uuid4()
        reflected = sa.inspect(self.connection).get_columns(name)
        empty = {one["name"]: self._empty(name, one["name"]) for one in reflected if not one["nullable"]}
        given = {"organisation_id": getattr(self, "owner", None), **facts, "id": number}
        values = empty | {key: value for key, value in given.items() if key in self.tables[name].columns}
        self.connection.execute(self.tables[name].table.insert().values(values))
        return number

    def _empty(self, table: str, column: str) -> Any:
        kind = self.tables[table].columns[column].type
        for types, value in (
            ((sa.JSON,), []),
            ((UtcDateTime,), datetime(2026, 1, 1, tzinfo=UTC)),
            ((sa.Boolean,), False),
            ((sa.Integer,), 1),
        ):
            if isinstance(kind, types):
                return value
        return ""


def rows(connection: sa.Connection, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(sa.text(query))]


def test_rows_move_to_shared_records_and_what_differs_stays_apart(empty):
    with schema.one_transaction(empty) as connection:
        schema.migrate(connection, BEFORE)
        old = Old(connection)
        party = old.add("core_party", name="Alfa")
        facts = {"status": "concept", "role": "verantwoordelijke", "regime": "avg"}
        first = old.add("register_activity", **facts, number=1, covenants=["Veilig"], data_breaches="DL-3")
        second = old.add(
            "register_activity",
            **facts,
            number=2,
            covenants=["veilig", "Zorg"],
            data_breaches="laptop",
            remarks="Let op",
        )
        said = {"party_id": party, "agreement_document": "VO", "agreement_on": date(2024, 1, 1)}
        old.add("register_processor_use", activity_id=first, **said)
        old.add("register_processor_use", activity_id=second, **said)
        old.add("register_processor_use", activity_id=second, **said | {"agreement_on": date(2020, 1, 1)})
        old.add("register_processor_use", activity_id=second, party_id=party)  # says nothing of an agreement
        old.add("register_processor_use", activity_id=first, agreement_on=date(2021, 1, 1))  # of whom nobody knows
        purpose = old.add("register_purpose", activity_id=first)
        for law, number in (("Wmo 2015", "BWBR0035362"), ("wmo 2015", ""), ("Jeugdwet", "")):
            old.add("register_purpose_law", activity_id=first, purpose_id=purpose, name=law, bwb_number=number)
        schema.migrate(connection)
        assert broken_references(connection) == []
        assert rows(
            connection,
            "SELECT kind, title, agreed_on IS NOT NULL, party_id IS NOT NULL FROM register_agreement "
            "ORDER BY kind, title, agreed_on",
        ) == [
            ("convenant", "Veilig", False, False),
            ("convenant", "Zorg", False, False),
            ("verwerkersovereenkomst", "", True, False),
            ("verwerkersovereenkomst", "VO", True, True),
            ("verwerkersovereenkomst", "VO", True, True),
        ]
        used = "SELECT count(DISTINCT agreement_id), count(agreement_id), count(*) FROM register_processor_use"
        assert rows(connection, used) == [(3, 4, 5)]
        covenants = (
            "SELECT a.number, g.title FROM register_covenant_use u JOIN register_activity a ON a.id = u.activity_id "
            "JOIN register_agreement g ON g.id = u.agreement_id ORDER BY a.number, u.position"
        )
        assert rows(connection, covenants) == [(1, "Veilig"), (2, "Veilig"), (2, "Zorg")]
        assert rows(connection, "SELECT name, bwb_number FROM register_law ORDER BY name") in (
            [("Jeugdwet", ""), ("Wmo 2015", "BWBR0035362")],
            [("Jeugdwet", ""), ("wmo 2015", "BWBR0035362")],
        )
        assert rows(connection, "SELECT data_breaches, remarks FROM register_activity ORDER BY number") == [
            ("DL-3", ""),
            ("", "Let op\nDatalekken: laptop"),
        ]
