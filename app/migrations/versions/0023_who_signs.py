"""Who signs for a public body

Revision: 0023
Follows: 0022
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text

import core.db

revision: str = '0023'
down_revision: str | None = '0022'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table('core_body', schema=None) as batch_op:
        batch_op.add_column(sa.Column('signatory', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False, server_default=''))
    with op.batch_alter_table('core_body', schema=None) as batch_op:
        batch_op.alter_column('signatory', server_default=None)
