"""The words that the list searches in, apart from what it filters and sorts by

Revision: 0017
Follows: 0016
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0017'
down_revision: str | None = '0016'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('register_summary_words',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_summary_words_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_summary_words_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('activity_id', name=op.f('pk_register_summary_words'))
    )
    with op.batch_alter_table('register_summary_words', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_summary_words_organisation_id'), ['organisation_id'], unique=False)

    # All of it follows from the records, and is made again at the first look.
    op.execute("UPDATE register_summary_mark SET program = ''")
    with op.batch_alter_table('register_summary', schema=None) as batch_op:
        batch_op.drop_column('words')
