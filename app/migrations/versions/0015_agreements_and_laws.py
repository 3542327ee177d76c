"""Agreements and laws become records of their own; internal files; data breaches by number

Revision: 0015
Follows: 0014
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text

import core.db

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_AGREEMENT_USES = {
    'register_processor_use': (
        'verwerkersovereenkomst',
        {'agreement_document': 'title', 'agreement_on': 'agreed_on', 'agreement_until': 'until', 'agreement_model': 'model'},
    ),
    'register_joint_controller': (
        'gezamenlijke regeling',
        {'arrangement_document': 'title', 'arrangement_on': 'agreed_on'},
    ),
    'register_principal': (
        'opdracht van een ander',
        {'agreement_document': 'title', 'agreement_on': 'agreed_on'},
    ),
}
_KINDS = sa.Enum(
    'verwerkersovereenkomst', 'gezamenlijke regeling', 'convenant', 'opdracht van een ander',
    name='agreementkind', native_enum=False, length=40,
)
_DATES = {'agreed_on', 'until', 'agreement_on', 'agreement_until', 'arrangement_on'}


def upgrade() -> None:
    op.create_table('register_agreement',
    *_of_a_record(),
    sa.Column('kind', _KINDS, nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=True),
    sa.Column('agreed_on', sa.Date(), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('model', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('remarks', Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_agreement_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['party_id'], ['core_party.id'], name=op.f('fk_register_agreement_party_id_core_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_agreement'))
    )
    _index('register_agreement', 'organisation_id', 'party_id', 'title')
    op.create_table('register_law',
    *_of_a_record(),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('short_name', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('bwb_number', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('remarks', Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_law_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_law'))
    )
    _index('register_law', 'name', 'organisation_id')
    op.create_table('register_covenant_use',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('agreement_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_covenant_use_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['agreement_id'], ['register_agreement.id'], name=op.f('fk_register_covenant_use_agreement_id_register_agreement')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_covenant_use_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_covenant_use'))
    )
    _index('register_covenant_use', 'activity_id', 'agreement_id', 'organisation_id')
    op.create_table('register_file',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subject_kind', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('added_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('added_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_file_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_file'))
    )
    _index('register_file', 'organisation_id', 'subject_id')
    for table in _AGREEMENT_USES:
        _point(table, 'agreement_id', 'register_agreement')
    _point('register_purpose_law', 'law_id', 'register_law')

    connection = op.get_bind()
    _move_agreements(connection)
    _move_covenants(connection)
    _move_laws(connection)
    _move_breaches(connection)

    for table, (_, columns) in _AGREEMENT_USES.items():
        _drop(table, columns)
    _drop('register_purpose_law', ('name', 'bwb_number'))
    _drop('register_activity', ('covenants',))


def _of_a_record() -> Iterable[sa.Column[Any]]:
    return (
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    )


def _index(table: str, *columns: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.create_index(batch_op.f(f'ix_{table}_{column}'), [column], unique=False)


def _point(table: str, column: str, to: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column(column, sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f(f'fk_{table}_{column}_{to}'), to, [column], ['id'])
        batch_op.create_index(batch_op.f(f'ix_{table}_{column}'), [column], unique=False)


def _drop(table: str, columns: Iterable[str]) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.drop_column(column)


def _move_agreements(connection: sa.Connection) -> None:
    """Rows that say exactly the same of one party share an agreement; what differs in anything stays apart."""
    for name, (kind, columns) in _AGREEMENT_USES.items():
        table = _table(name, 'party_id', *columns, 'agreement_id')
        rows = connection.execute(sa.select(table).order_by(table.c.activity_id, table.c.position)).mappings()
        facts = {
            row['id']: {'kind': kind, 'party_id': row['party_id'], **{to: row[of] for of, to in columns.items()}}
            for row in rows
            if any(row[of] for of in columns)
        }
        owners = {row.id: row.organisation_id for row in connection.execute(sa.select(table))}
        _share(connection, table, 'agreement_id', 'register_agreement', facts, owners, _same_agreement)


def _same_agreement(facts: Mapping[str, Any], row: uuid.UUID) -> Hashable:
    """One without a title and a party is of that row alone."""
    alone = row if not facts['title'] and facts['party_id'] is None else None
    return (alone, *({**facts, 'title': _folded(facts['title'])}.items()))


def _move_covenants(connection: sa.Connection) -> None:
    activities = sa.table(
        'register_activity', *_columns('id', 'organisation_id'), sa.column('covenants', core.db.JSON_TYPE)
    )
    uses, agreements = _table('register_covenant_use', 'agreement_id'), _target('register_agreement')
    known: dict[Hashable, uuid.UUID] = {}
    for activity in connection.execute(sa.select(activities)).mappings().all():
        for position, title in enumerate(activity['covenants'] or ()):
            key = (activity['organisation_id'], _folded(title))
            if key not in known:
                facts = {'kind': 'convenant', 'title': title}
                known[key] = _add(connection, agreements, activity['organisation_id'], facts)
            connection.execute(
                uses.insert().values(
                    id=uuid.uuid4(),
                    organisation_id=activity['organisation_id'],
                    activity_id=activity['id'],
                    position=position,
                    agreement_id=known[key],
                )
            )


def _move_laws(connection: sa.Connection) -> None:
    """A law without a number is the one of that name, if there is only one number that goes with the name."""
    table = _table('register_purpose_law', 'name', 'bwb_number', 'law_id')
    rows = connection.execute(sa.select(table).order_by(table.c.activity_id, table.c.position)).mappings().all()
    numbers = defaultdict[Hashable, set[str]](set)
    for row in rows:
        if row['name'] and row['bwb_number']:
            numbers[row['organisation_id'], _folded(row['name'])].add(row['bwb_number'])
    facts = {}
    for row in rows:
        known = numbers[row['organisation_id'], _folded(row['name'])]
        number = row['bwb_number'] or (next(iter(known)) if row['name'] and len(known) == 1 else '')
        if row['name'] or number:
            facts[row['id']] = {'name': row['name'], 'bwb_number': number}
    owners = {row['id']: row['organisation_id'] for row in rows}
    _share(connection, table, 'law_id', 'register_law', facts, owners, _same_law)


def _move_breaches(connection: sa.Connection) -> None:
    """A description of a data breach becomes a remark, where it fits; only a number or a link stays."""
    reference = re.compile(r'https?://[^\s,;]+|(?=[^\s,;]*[0-9])[A-Za-z0-9][A-Za-z0-9./_-]{0,59}')
    table = sa.table('register_activity', *_columns('id', 'data_breaches', 'remarks'))
    for row in connection.execute(sa.select(table).where(table.c.data_breaches != '')).all():
        if all(reference.fullmatch(part) for part in re.split(r'[\s,;]+', row.data_breaches.strip()) if part):
            continue
        remarks = f'{row.remarks}\nDatalekken: {row.data_breaches}'.strip()
        if len(remarks) <= 20000:
            connection.execute(table.update().where(table.c.id == row.id).values(data_breaches='', remarks=remarks))


def _same_law(facts: Mapping[str, Any], _row: uuid.UUID) -> Hashable:
    return _folded(facts['name']), facts['bwb_number']


def _share(
    connection: sa.Connection,
    table: sa.TableClause,
    column: str,
    to: str,
    facts: Mapping[uuid.UUID, Mapping[str, Any]],
    owners: Mapping[uuid.UUID, uuid.UUID],
    key_of: Callable[[Mapping[str, Any], uuid.UUID], Hashable],
) -> None:
    """Make a record for each thing that rows say, and let the rows point to it."""
    target = _target(to)
    known: dict[Hashable, uuid.UUID] = {}
    for row, said in facts.items():
        key = (owners[row], key_of(said, row))
        if key not in known:
            known[key] = _add(connection, target, owners[row], said)
        connection.execute(table.update().where(table.c.id == row).values({column: known[key]}))


def _add(connection: sa.Connection, table: sa.TableClause, organisation_id: uuid.UUID, facts: Mapping[str, Any]) -> uuid.UUID:
    made, now = uuid.uuid4(), datetime.now(UTC)
    empty = {name: '' for name in table.c.keys() if isinstance(table.c[name].type, sa.String)}
    connection.execute(
        table.insert().values(
            **empty | dict(facts), id=made, organisation_id=organisation_id, version=1, created_at=now, updated_at=now
        )
    )
    return made


def _table(name: str, *columns: str) -> sa.TableClause:
    """A table of parts with some of its columns."""
    return sa.table(name, *_columns('id', 'organisation_id', 'activity_id', 'position', *columns))


def _target(name: str) -> sa.TableClause:
    own = {
        'register_agreement': ('kind', 'title', 'party_id', 'agreed_on', 'until', 'model', 'remarks'),
        'register_law': ('name', 'short_name', 'bwb_number', 'url', 'remarks'),
    }
    return sa.table(name, *_columns('id', 'organisation_id', 'version', 'created_at', 'updated_at', *own[name]))


def _columns(*names: str) -> Iterable[sa.ColumnClause[Any]]:
    for name in names:
        kind: sa.types.TypeEngine[Any] = sa.String()
        if name == 'id' or name.endswith('_id'):
            kind = sa.Uuid()
        elif name in _DATES:
            kind = sa.Date()
        elif name in {'position', 'version'}:
            kind = sa.Integer()
        elif name.endswith('_at'):
            kind = core.db.UtcDateTime(timezone=True)
        yield sa.column(name, kind)


def _folded(text: str) -> str:
    return ' '.join(text.casefold().split())
