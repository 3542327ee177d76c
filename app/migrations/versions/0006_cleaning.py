"""Cleaning of the trail: names with a digest, requests; what the last look at the trail found

Revision: 0006
Follows: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy.dialects import postgresql

import core.db
from core.append_only import protect_trail

revision: str = '0006'
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table('core_audit_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('label_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
        batch_op.drop_index(batch_op.f('ix_core_audit_event_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_core_audit_event_action'))
        batch_op.drop_index(batch_op.f('ix_core_audit_event_subject_id'))
        batch_op.create_index('ix_core_audit_event_action', ['organisation_id', 'action', 'sequence'], unique=False)
        batch_op.create_index('ix_core_audit_event_subject', ['organisation_id', 'subject_id', 'sequence'], unique=False)
        batch_op.create_index('ix_core_audit_event_at', ['organisation_id', 'at'], unique=False)
    op.create_table('core_audit_check',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('checked_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('faults', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('organisation_id', name=op.f('pk_core_audit_check'))
    )
    op.create_table('core_cleaning_request',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('gevraagd', 'geschoond', 'geweigerd', name='state', native_enum=False, length=40), nullable=False),
    sa.Column('subject_kind', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('event_sequence', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('is_whole_value', sa.Boolean(), nullable=False),
    sa.Column('takes_files', sa.Boolean(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('asked_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('outcome', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_cleaning_request_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_cleaning_request'))
    )
    with op.batch_alter_table('core_cleaning_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_cleaning_request_organisation_id'), ['organisation_id'], unique=False)
    protect_trail(op.get_bind())
