"""Jobs: a lease of their own at each claim, who asked, when begun, who stopped them

Revision: 0007
Follows: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import core.db

revision: str = '0007'
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table('core_job', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lease', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('created_by_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('started_at', core.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('cancelled_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False, server_default=''))
        batch_op.create_index(batch_op.f('ix_core_job_created_by_id'), ['created_by_id'], unique=False)
