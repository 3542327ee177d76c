"""What a municipality says of a duty itself, strict judging, and what an internal file is about

Revision: 0032
Follows: 0029
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0032'
down_revision: str | None = '0029'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    severity = sa.Enum('kritiek', 'hoog', 'midden', 'laag', name='severity', native_enum=False, length=40)
    with op.batch_alter_table('wmebv_duty_article', schema=None) as batch_op:
        batch_op.add_column(sa.Column('in_force_from', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('severity', severity, nullable=True))
    for table, column in (
        ('wmebv_duty_article', sa.Column('reason', sa.Text(), nullable=False, server_default='')),
        ('wmebv_general', sa.Column('is_strict', sa.Boolean(), nullable=False, server_default=sa.false())),
        ('register_file', sa.Column('about', sa.String(length=20), nullable=False, server_default='')),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(column)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column.name, existing_type=column.type, server_default=None)
