"""Which fields of the processing register a municipality shows on its website

Revision: 0012
Follows: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import core.db

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LIST = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql')


def upgrade() -> None:
    op.create_table('register_public_fields',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('kenmerk', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('shown', LIST, nullable=False),
    sa.Column('hidden', LIST, nullable=False),
    sa.Column('reason', Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_public_fields_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_public_fields')),
    sa.UniqueConstraint('organisation_id', 'kenmerk', name=op.f('uq_register_public_fields_organisation_id_kenmerk'))
    )
    with op.batch_alter_table('register_public_fields', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_public_fields_organisation_id'), ['organisation_id'], unique=False)
