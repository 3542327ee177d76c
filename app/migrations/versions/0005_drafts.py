"""Drafts; and which version of a record each revision is

Revision: 0005
Follows: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text

import core.db

revision: str = '0005'
down_revision: str | None = '0004'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('core_draft',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('record_version', sa.Integer(), nullable=True),
    sa.Column('typed', Text(), nullable=False),
    sa.Column('at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_draft_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_draft_user_id_core_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_draft')),
    sa.UniqueConstraint('organisation_id', 'user_id', 'address', name=op.f('uq_core_draft_organisation_id_user_id_address'))
    )
    with op.batch_alter_table('core_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_draft_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_draft_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_draft_user_id'), ['user_id'], unique=False)

    # In place, not by rebuilding: triggers on the table stay.
    op.add_column('core_revision', sa.Column('record_version', sa.Integer(), nullable=True))
    _say_which_version_the_newest_revisions_are(op.get_bind())


def _say_which_version_the_newest_revisions_are(connection: sa.Connection) -> None:
    """What somebody opens from now on is the newest revision of its record; of older ones nobody knows any more."""
    looked_at = sa.inspect(connection)
    tables = set(looked_at.get_table_names())
    kinds = connection.execute(sa.text("SELECT DISTINCT kind FROM core_revision")).scalars().all()
    for kind in kinds:
        if kind in tables and {'id', 'version'} <= {column['name'] for column in looked_at.get_columns(kind)}:
            connection.execute(
                sa.text(
                    f"UPDATE core_revision SET record_version = "  # noqa: S608 - a name of a table of this database
                    f"(SELECT {kind}.version FROM {kind} WHERE {kind}.id = core_revision.subject_id) "
                    "WHERE kind = :kind AND number = (SELECT max(other.number) FROM core_revision AS other "
                    "WHERE other.subject_id = core_revision.subject_id)"
                ),
                {"kind": kind},
            )
