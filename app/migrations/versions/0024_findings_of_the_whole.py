"""What the checks on the whole register look at and find, and on which day a record must be looked at again

Revision: 0024
Follows: 0023
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0024'
down_revision: str | None = '0023'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql')
    op.create_table('register_summary_whole',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('findings', json, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_summary_whole_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('organisation_id', name=op.f('pk_register_summary_whole'))
    )
    for table, column in (
        ('register_summary', sa.Column('turns_on', sa.Date(), nullable=False, server_default='9999-12-31')),
        ('register_summary_findings', sa.Column('entry', json, nullable=False, server_default='[]')),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(column)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column.name, existing_type=column.type, server_default=None)
    # All of it follows from the records, and is made again at the first look.
    op.execute("UPDATE register_summary_mark SET program = ''")
