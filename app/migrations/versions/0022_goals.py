"""Goals of digital services

Revision: 0022
Follows: 0021
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql
import core.db

revision: str = '0022'
down_revision: str | None = '0021'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('wmebv_goal',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('measure', sa.Enum('pdf_omgezet', 'score', 'aangewezen', 'beoordeeld', 'niet_rood', 'minimum_hulp', name='measure', native_enum=False, length=40), nullable=False),
    sa.Column('target', sa.Integer(), nullable=False),
    sa.Column('by', sa.Date(), nullable=False),
    sa.Column('base_on', sa.Date(), nullable=True),
    sa.Column('base', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_goal_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_goal'))
    )
    with op.batch_alter_table('wmebv_goal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_goal_organisation_id'), ['organisation_id'], unique=False)
