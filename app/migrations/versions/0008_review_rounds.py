"""Review rounds: a team without an account confirms or corrects its records

Revision: 0008
Follows: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text

import core.db

revision: str = '0008'
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('register_review',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=False),
    sa.Column('team_name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('opened_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('closed_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_review_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_register_review_team_id_core_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_review'))
    )
    with op.batch_alter_table('register_review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_review_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_review_team_id'), ['team_id'], unique=False)

    op.create_table('register_review_answer',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('review_id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Enum('klopt', 'klopt_niet', name='outcome', native_enum=False, length=40), nullable=True),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('answered_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('answered_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('settled_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_review_answer_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_review_answer_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['review_id'], ['register_review.id'], name=op.f('fk_register_review_answer_review_id_register_review')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_review_answer'))
    )
    with op.batch_alter_table('register_review_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_review_answer_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_review_answer_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_review_answer_review_id'), ['review_id'], unique=False)

