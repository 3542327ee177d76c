"""The trail can only grow, says the database itself: triggers that refuse to remove an event or to change one.

Only its contents may become NULL, and the name of its subject `CLEANED`: that is cleaning. A statement of the program
that slips past the sessions, or of somebody at the database's own prompt, fails here. Who holds every right can take
the triggers away first; the chain and its anchors find what was done then (`core.audit.faults`).
"""

from sqlalchemy import Connection, inspect

_TABLE = "core_audit_event"
CLEANED = "[geschoond]"
"""What stands where a text was cleaned."""
_MAY_CHANGE = ("contents", "subject_label")
_REFUSAL = f"{_TABLE} can only grow"
_POSTGRES = (
    f"""
    CREATE OR REPLACE FUNCTION {_TABLE}_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF NEW.contents IS NULL
                AND (NEW.subject_label = OLD.subject_label OR NEW.subject_label = '{CLEANED}')
                AND to_jsonb(NEW) - 'contents' - 'subject_label' = to_jsonb(OLD) - 'contents' - 'subject_label' THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{_REFUSAL}';
    END
    $$
    """,
    f"""
    CREATE OR REPLACE TRIGGER {_TABLE}_rows BEFORE UPDATE OR DELETE ON {_TABLE}
    FOR EACH ROW EXECUTE FUNCTION {_TABLE}_only_grows()
    """,
    f"""
    CREATE OR REPLACE TRIGGER {_TABLE}_whole BEFORE TRUNCATE ON {_TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {_TABLE}_only_grows()
    """,
)


def protect_trail(connection: Connection) -> None:
    """Make the triggers, or make them anew: do so in a migration that adds a column to the trail or rebuilds it."""
    for statement in _POSTGRES if connection.dialect.name == "postgresql" else _sqlite(connection):
        connection.exec_driver_sql(statement)


def _sqlite(connection: Connection) -> tuple[str, ...]:
    names = [column["name"] for column in inspect(connection).get_columns(_TABLE)]
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in names if name not in _MAY_CHANGE)
    label = f"(NEW.subject_label IS OLD.subject_label OR NEW.subject_label IS '{CLEANED}')"
    cleaning = f"NEW.contents IS NULL AND {label} AND {same}"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    return (
        f"DROP TRIGGER IF EXISTS {_TABLE}_delete",
        f"DROP TRIGGER IF EXISTS {_TABLE}_update",
        f"CREATE TRIGGER {_TABLE}_delete BEFORE DELETE ON {_TABLE} {refuse}",
        f"CREATE TRIGGER {_TABLE}_update BEFORE UPDATE ON {_TABLE} WHEN NOT ({cleaning}) {refuse}",
    )
