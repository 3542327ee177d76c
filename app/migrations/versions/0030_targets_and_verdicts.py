"""Copies of the site elsewhere, how it looks from outside, and more about each export

Revision: 0030
Follows: 0032
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import core.db

revision: str = '0030'
down_revision: str | None = '0032'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql')
    for name, empty in (('categories', '{}'), ('changes', '{}'), ('warnings', '[]'), ('targets', '{}')):
        with op.batch_alter_table('publish_run', schema=None) as batch_op:
            batch_op.add_column(sa.Column(name, json, nullable=False, server_default=empty))
        with op.batch_alter_table('publish_run', schema=None) as batch_op:
            batch_op.alter_column(name, existing_type=json, server_default=None)
    op.create_table('publish_target',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('export_id', sa.String(length=60), nullable=False),
    sa.Column('sent_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('tried_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('behind_since', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_publish_target_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publish_target')),
    sa.UniqueConstraint('organisation_id', 'name', name=op.f('uq_publish_target_organisation_id_name'))
    )
    with op.batch_alter_table('publish_target', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_publish_target_organisation_id'), ['organisation_id'], unique=False)
    op.create_table('publish_verdict',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seen_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('export_id', sa.String(length=60), nullable=False),
    sa.Column('documents', sa.Integer(), nullable=False),
    sa.Column('faults', json, nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('asked_by', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_publish_verdict_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publish_verdict'))
    )
    with op.batch_alter_table('publish_verdict', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_publish_verdict_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_publish_verdict_seen_at'), ['seen_at'], unique=False)
