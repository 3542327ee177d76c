"""What people say of the check of an overview, and why a second person refuses

Revision: 0026
Follows: 0025
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0026'
down_revision: str | None = '0025'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table('woo_hit_decision', schema=None) as batch_op:
        batch_op.alter_column('document_id', existing_type=sa.Uuid(), nullable=True)
        batch_op.add_column(sa.Column('overview_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('answer', sa.Text(), nullable=False, server_default=''))
        batch_op.create_index(batch_op.f('ix_woo_hit_decision_overview_id'), ['overview_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_woo_hit_decision_overview_id_woo_overview'), 'woo_overview', ['overview_id'], ['id'])
        batch_op.create_unique_constraint(batch_op.f('uq_woo_hit_decision_overview_id_key'), ['overview_id', 'key'])
    with op.batch_alter_table('woo_hit_decision', schema=None) as batch_op:
        batch_op.alter_column('answer', existing_type=sa.Text(), server_default=None)
