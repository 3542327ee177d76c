"""Addresses that were taken back of documents that a restored backup does not know

Revision: 0034
Follows: 0033
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import core.db

revision: str = '0034'
down_revision: str | None = '0033'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('woo_withdrawn_address',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('loc', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('withdrawn_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('withdrawal_reason', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('withdrawal_note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_withdrawn_address_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_withdrawn_address')),
    sa.UniqueConstraint('organisation_id', 'loc', name=op.f('uq_woo_withdrawn_address_organisation_id_loc'))
    )
    with op.batch_alter_table('woo_withdrawn_address', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_withdrawn_address_organisation_id'), ['organisation_id'], unique=False)
