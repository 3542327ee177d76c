"""The list of the register: summaries that searching and filtering read, saved views

Revision: 0014
Follows: 0013
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy.dialects import postgresql

import core.db

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('register_summary_mark',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('program', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('context', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('technical_names', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_summary_mark_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('organisation_id', name=op.f('pk_register_summary_mark'))
    )
    op.create_table('register_view',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('is_shared', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_view_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['owner_id'], ['core_user.id'], name=op.f('fk_register_view_owner_id_core_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_view'))
    )
    with op.batch_alter_table('register_view', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_view_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_view_owner_id'), ['owner_id'], unique=False)

    op.create_table('register_start_view',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('view_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_start_view_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_register_start_view_user_id_core_user')),
    sa.ForeignKeyConstraint(['view_id'], ['register_view.id'], name=op.f('fk_register_start_view_view_id_register_view')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_start_view')),
    sa.UniqueConstraint('organisation_id', 'user_id', name=op.f('uq_register_start_view_organisation_id_user_id'))
    )
    with op.batch_alter_table('register_start_view', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_start_view_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_start_view_user_id'), ['user_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_start_view_view_id'), ['view_id'], unique=False)

    op.create_table('register_summary',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('concept', 'in_controle', 'goedgekeurd', 'vastgesteld', 'beeindigd', name='status', native_enum=False, length=40), nullable=False),
    sa.Column('status_at', sa.Date(), nullable=True),
    sa.Column('errors', sa.Integer(), nullable=False),
    sa.Column('warnings', sa.Integer(), nullable=False),
    sa.Column('tips', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('sort_name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('external_number', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('domain', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('team', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('sort_team', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('process_owner', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('sort_owner', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('controller', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('role', sa.Enum('verantwoordelijke', 'gezamenlijk', 'verwerker', name='role', native_enum=False, length=40), nullable=False),
    sa.Column('regime', sa.Enum('avg', 'wpg', name='regime', native_enum=False, length=40), nullable=False),
    sa.Column('publication', sa.Enum('ja', 'beperkt', 'nee', name='publication', native_enum=False, length=40), nullable=True),
    sa.Column('legal_bases', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('has_special', sa.Boolean(), nullable=False),
    sa.Column('has_bsn', sa.Boolean(), nullable=False),
    sa.Column('about_children', sa.Boolean(), nullable=False),
    sa.Column('dpia_status', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('processors', sa.Text(), nullable=False),
    sa.Column('systems', sa.Text(), nullable=False),
    sa.Column('reviewed_on', sa.Date(), nullable=True),
    sa.Column('next_review_on', sa.Date(), nullable=True),
    sa.Column('changed_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_editor', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_summary_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_summary_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('activity_id', name=op.f('pk_register_summary')),
    sa.UniqueConstraint('organisation_id', 'number', name=op.f('uq_register_summary_organisation_id_number'))
    )
    with op.batch_alter_table('register_summary', schema=None) as batch_op:
        batch_op.create_index('ix_register_summary_status', ['organisation_id', 'status'], unique=False)

    op.create_table('register_summary_findings',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('findings', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_summary_findings_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_summary_findings_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('activity_id', name=op.f('pk_register_summary_findings'))
    )
    with op.batch_alter_table('register_summary_findings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_summary_findings_organisation_id'), ['organisation_id'], unique=False)

    op.drop_column('register_activity', 'search_text')
