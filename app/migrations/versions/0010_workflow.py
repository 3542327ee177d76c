"""The way of a record to the register, remarks of the data protection officer, what teams propose

Revision: 0010
Follows: 0009
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import core.db

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table('core_organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('approval_first', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('core_organisation', schema=None) as batch_op:
        batch_op.alter_column('approval_first', server_default=None)
    with op.batch_alter_table('register_activity', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('status_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False, server_default='')
        )
        batch_op.add_column(sa.Column('status_note', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('register_activity', schema=None) as batch_op:
        batch_op.alter_column('status_by', server_default=None)
        batch_op.alter_column('status_note', server_default=None)
    with op.batch_alter_table('register_review', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mailed_at', core.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('reminded_at', core.db.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table('register_review_answer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('proposal', core.db.JSON_TYPE, nullable=True))
        batch_op.add_column(
            sa.Column(
                'decision',
                sa.Enum('overgenomen', 'niet overgenomen', name='decision', native_enum=False, length=40),
                nullable=True,
            )
        )
    op.create_table(
        'register_remark',
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('activity_id', sa.Uuid(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column('made_by_id', sa.Uuid(), nullable=True),
        sa.Column('made_at', core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('changed_at', core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('answered_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column('answered_at', core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column('closed_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column('closed_at', core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['activity_id'], ['register_activity.id'], name=op.f('fk_register_remark_activity_id_register_activity')
        ),
        sa.ForeignKeyConstraint(
            ['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_remark_organisation_id_core_organisation')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_register_remark')),
    )
    with op.batch_alter_table('register_remark', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_remark_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_remark_organisation_id'), ['organisation_id'], unique=False)
