"""Actions about gaps in digital services

Revision: 0021
Follows: 0020
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import core.db

revision: str = '0021'
down_revision: str | None = '0020'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('wmebv_action',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('duty', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=True),
    sa.Column('message_type_id', sa.Uuid(), nullable=True),
    sa.Column('channel_id', sa.Uuid(), nullable=True),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('phase', sa.Integer(), nullable=True),
    sa.Column('cost', sa.Integer(), nullable=True),
    sa.Column('supplier_id', sa.Uuid(), nullable=True),
    sa.Column('status', sa.Enum('open', 'bezig', 'klaar', 'vervallen', name='actionstatus', native_enum=False, length=40), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['wmebv_channel.id'], name=op.f('fk_wmebv_action_channel_id_wmebv_channel')),
    sa.ForeignKeyConstraint(['message_type_id'], ['wmebv_message_type.id'], name=op.f('fk_wmebv_action_message_type_id_wmebv_message_type')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_action_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['product_id'], ['wmebv_product.id'], name=op.f('fk_wmebv_action_product_id_wmebv_product')),
    sa.ForeignKeyConstraint(['supplier_id'], ['core_party.id'], name=op.f('fk_wmebv_action_supplier_id_core_party')),
    sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_wmebv_action_team_id_core_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_action'))
    )
    with op.batch_alter_table('wmebv_action', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_action_channel_id'), ['channel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_action_duty'), ['duty'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_action_message_type_id'), ['message_type_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_action_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_action_product_id'), ['product_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_action_supplier_id'), ['supplier_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_action_team_id'), ['team_id'], unique=False)
