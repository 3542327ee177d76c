"""What a product is in plain words, other words for it, and the identifier for Samenwerkende Catalogi

Revision: 0029
Follows: 0028
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0029'
down_revision: str | None = '0028'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql')
    for table, column in (
        ('wmebv_product', sa.Column('summary', sa.String(length=300), nullable=False, server_default='')),
        ('wmebv_product', sa.Column('keywords', json, nullable=False, server_default='[]')),
        ('core_organisation', sa.Column('owms_uri', sa.String(length=300), nullable=False, server_default='')),
        ('core_organisation', sa.Column('owms_label', sa.String(length=200), nullable=False, server_default='')),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(column)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column.name, existing_type=column.type, server_default=None)
