"""First tables

Revision: 0001
Follows: 
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql
import core.db

revision: str = '0001'
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('core_audit_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('action', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('subject_kind', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('subject_label', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('contents', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=True),
    sa.Column('salt', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('previous', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_audit_event')),
    sa.UniqueConstraint('organisation_id', 'sequence', name=op.f('uq_core_audit_event_organisation_id_sequence'))
    )
    with op.batch_alter_table('core_audit_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_audit_event_action'), ['action'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_audit_event_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_audit_event_subject_id'), ['subject_id'], unique=False)

    op.create_table('core_audit_head',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.PrimaryKeyConstraint('organisation_id', name=op.f('pk_core_audit_head'))
    )
    op.create_table('core_organisation',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('tooi_uri', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('tooi_label', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('base_url', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('oin', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('phone', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('website', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('dpo_contact', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('dpo_name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('dpo_registered_on', sa.Date(), nullable=True),
    sa.Column('rights_url', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('accessibility_url', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('security_sentence', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('four_eyes', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_organisation')),
    sa.UniqueConstraint('code', name=op.f('uq_core_organisation_code'))
    )
    op.create_table('core_user',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('username', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('password_hash', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_user')),
    sa.UniqueConstraint('username', name=op.f('uq_core_user_username'))
    )
    op.create_table('core_body',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_body_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_body')),
    sa.UniqueConstraint('organisation_id', 'code', name=op.f('uq_core_body_organisation_id_code'))
    )
    with op.batch_alter_table('core_body', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_body_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('core_job',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('payload', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('state', sa.Enum('wacht', 'bezig', 'klaar', 'mislukt', name='jobstate', native_enum=False, length=40), nullable=False),
    sa.Column('run_after', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('leased_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('leased_until', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('finished_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('message', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('result', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_job_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_job'))
    )
    with op.batch_alter_table('core_job', schema=None) as batch_op:
        batch_op.create_index('ix_core_job_next', ['state', 'run_after'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_job_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('core_link',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Enum('collects', 'yields', 'relates', name='linkkind', native_enum=False, length=40), nullable=False),
    sa.Column('from_kind', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('from_id', sa.Uuid(), nullable=False),
    sa.Column('to_kind', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('to_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_link_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_link')),
    sa.UniqueConstraint('organisation_id', 'from_id', 'to_id', 'kind', name=op.f('uq_core_link_organisation_id_from_id_to_id_kind'))
    )
    with op.batch_alter_table('core_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_link_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index('ix_core_link_to', ['to_id'], unique=False)

    op.create_table('core_login_session',
    sa.Column('key_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_login_session_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_login_session_user_id_core_user')),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_core_login_session'))
    )
    with op.batch_alter_table('core_login_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_login_session_user_id'), ['user_id'], unique=False)

    op.create_table('core_numbering',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_numbering_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_numbering')),
    sa.UniqueConstraint('organisation_id', 'kind', name=op.f('uq_core_numbering_organisation_id_kind'))
    )
    with op.batch_alter_table('core_numbering', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_numbering_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('core_party',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('contact', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('country', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_party_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_party')),
    sa.UniqueConstraint('organisation_id', 'name', name=op.f('uq_core_party_organisation_id_name'))
    )
    with op.batch_alter_table('core_party', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_party_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('core_revision',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('schema_number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_revision_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_revision')),
    sa.UniqueConstraint('subject_id', 'number', name=op.f('uq_core_revision_subject_id_number'))
    )
    with op.batch_alter_table('core_revision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_revision_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_revision_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_revision_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('core_role_held',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('beheerder', 'privacy_officer', 'invuller', 'vaststeller', 'fg', 'woo_coordinator', 'woo_redacteur', 'wmebv_coordinator', 'lezer', 'management', name='rolecode', native_enum=False, length=40), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_role_held_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_role_held_user_id_core_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_role_held')),
    sa.UniqueConstraint('user_id', 'organisation_id', 'role', name=op.f('uq_core_role_held_user_id_organisation_id_role'))
    )
    with op.batch_alter_table('core_role_held', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_role_held_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_role_held_user_id'), ['user_id'], unique=False)

    op.create_table('core_system',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('supplier', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('hosting', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('country', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_system_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_system')),
    sa.UniqueConstraint('organisation_id', 'name', name=op.f('uq_core_system_organisation_id_name'))
    )
    with op.batch_alter_table('core_system', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_system_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('core_team',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_team_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_team')),
    sa.UniqueConstraint('organisation_id', 'name', name=op.f('uq_core_team_organisation_id_name'))
    )
    with op.batch_alter_table('core_team', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_team_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('core_version',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('schema_number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('established_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('established_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('ended_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_core_version_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_version')),
    sa.UniqueConstraint('subject_id', 'number', name=op.f('uq_core_version_subject_id_number'))
    )
    with op.batch_alter_table('core_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_version_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_version_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('publish_run',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('export_id', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('state', sa.Enum('bezig', 'gelukt', 'geweigerd', 'mislukt', 'afgebroken', name='runstate', native_enum=False, length=40), nullable=False),
    sa.Column('started_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('finished_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('started_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('changed', sa.Boolean(), nullable=False),
    sa.Column('counts', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('seconds', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('faults', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('message', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_publish_run_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publish_run'))
    )
    with op.batch_alter_table('publish_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_publish_run_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_publish_run_started_at'), ['started_at'], unique=False)

    op.create_table('wmebv_general',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('signed_off_by', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_general_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_general')),
    sa.UniqueConstraint('organisation_id', name=op.f('uq_wmebv_general_organisation_id'))
    )
    with op.batch_alter_table('wmebv_general', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_general_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('wmebv_report_figures',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('percentage', sa.Integer(), nullable=True),
    sa.Column('message_types', sa.Integer(), nullable=False),
    sa.Column('red', sa.Integer(), nullable=False),
    sa.Column('orange', sa.Integer(), nullable=False),
    sa.Column('green', sa.Integer(), nullable=False),
    sa.Column('grey', sa.Integer(), nullable=False),
    sa.Column('maturity', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_report_figures_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_report_figures')),
    sa.UniqueConstraint('organisation_id', 'on', name=op.f('uq_wmebv_report_figures_organisation_id_on'))
    )
    with op.batch_alter_table('wmebv_report_figures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_report_figures_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('woo_dossier',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_dossier_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_dossier')),
    sa.UniqueConstraint('organisation_id', 'public_id', name=op.f('uq_woo_dossier_organisation_id_public_id'))
    )
    with op.batch_alter_table('woo_dossier', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_dossier_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('woo_sitemap',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('changed_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_sitemap_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_sitemap')),
    sa.UniqueConstraint('organisation_id', 'category', 'number', name=op.f('uq_woo_sitemap_organisation_id_category_number'))
    )
    with op.batch_alter_table('woo_sitemap', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_sitemap_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_activity',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('concept', 'in_controle', 'goedgekeurd', 'vastgesteld', 'beeindigd', name='status', native_enum=False, length=40), nullable=False),
    sa.Column('status_at', sa.Date(), nullable=True),
    sa.Column('last_editor', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('last_editor_id', sa.Uuid(), nullable=True),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('explanation', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('domain', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('role', sa.Enum('verantwoordelijke', 'gezamenlijk', 'verwerker', name='role', native_enum=False, length=40), nullable=False),
    sa.Column('regime', sa.Enum('avg', 'wpg', name='regime', native_enum=False, length=40), nullable=False),
    sa.Column('controller', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('process_owner', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('contacts', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('publication', sa.Enum('ja', 'beperkt', 'nee', name='publication', native_enum=False, length=40), nullable=True),
    sa.Column('publication_reason', sa.Text(), nullable=False),
    sa.Column('publish_from', sa.Date(), nullable=True),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('reviewed_on', sa.Date(), nullable=True),
    sa.Column('next_review_on', sa.Date(), nullable=True),
    sa.Column('based_on', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('external_number', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('scale', sa.Enum('<100', '<1000', '<10.000', '>=10.000', 'onbekend', name='scale', native_enum=False, length=40), nullable=True),
    sa.Column('criminal_ground', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('criminal_law', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('bsn_ground', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('bsn_law', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('no_recipients', sa.Boolean(), nullable=False),
    sa.Column('covenants', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('transfers_outside_eea', sa.Enum('ja', 'nee', name='answer', native_enum=False, length=40), nullable=True),
    sa.Column('security', sa.Text(), nullable=False),
    sa.Column('confidentiality', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('pseudonymised', sa.Enum('ja', 'nee', name='answer', native_enum=False, length=40), nullable=True),
    sa.Column('automation', sa.Enum('nee', 'deels', 'volledig', name='automation', native_enum=False, length=40), nullable=True),
    sa.Column('automation_logic', sa.Text(), nullable=False),
    sa.Column('automation_consequences', sa.Text(), nullable=False),
    sa.Column('automation_human', sa.Text(), nullable=False),
    sa.Column('profiling', sa.Enum('ja', 'nee', name='answer', native_enum=False, length=40), nullable=True),
    sa.Column('algorithm_register', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('ai_class', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('dpia_criteria', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('dpia_status', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('dpia_done_on', sa.Date(), nullable=True),
    sa.Column('dpia_dpo_advice', sa.Text(), nullable=False),
    sa.Column('dpia_dpo_advice_on', sa.Date(), nullable=True),
    sa.Column('dpia_residual_risk', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('dpia_consultation', sa.Text(), nullable=False),
    sa.Column('dpia_consultation_on', sa.Date(), nullable=True),
    sa.Column('dpia_motivation', sa.Text(), nullable=False),
    sa.Column('dpia_reasons_not', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('dpia_public_url', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('iama_on', sa.Date(), nullable=True),
    sa.Column('iama_url', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('privacy_notice', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('case_types', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('data_breaches', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('wpg_controller', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('wpg_articles', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('wpg_boa_domain', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('wpg_data_subjects', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('wpg_sensitive', sa.Text(), nullable=False),
    sa.Column('wpg_disclosure', sa.Text(), nullable=False),
    sa.Column('wpg_retention', sa.Text(), nullable=False),
    sa.Column('wpg_authorisations', sa.Text(), nullable=False),
    sa.Column('wpg_logging', sa.Enum('ja', 'nee', name='answer', native_enum=False, length=40), nullable=True),
    sa.Column('wpg_impact_assessment', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('wpg_privacy_officer', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('wpg_internal_audit_on', sa.Date(), nullable=True),
    sa.Column('wpg_external_audit_on', sa.Date(), nullable=True),
    sa.Column('wpg_measures', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_activity_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_register_activity_team_id_core_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_activity')),
    sa.UniqueConstraint('organisation_id', 'number', name=op.f('uq_register_activity_organisation_id_number'))
    )
    with op.batch_alter_table('register_activity', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_activity_domain'), ['domain'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_activity_external_number'), ['external_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_activity_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_activity_status'), ['status'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_activity_team_id'), ['team_id'], unique=False)

    op.create_table('wmebv_channel',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('kind', sa.Enum('webformulier', 'e-mail', 'portaal', 'berichtenbox', 'landelijk', 'papier', 'balie', 'telefoon', name='channelkind', native_enum=False, length=40), nullable=True),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('level', sa.Enum('D0', 'D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'DX', name='availability', native_enum=False, length=40), nullable=True),
    sa.Column('login_levels', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('supplier_id', sa.Uuid(), nullable=True),
    sa.Column('form_id', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('product_page_url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('changed_on', sa.Date(), nullable=True),
    sa.Column('designated', sa.Enum('ja', 'nee', name='yesno', native_enum=False, length=40), nullable=True),
    sa.Column('designation_bodies', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('designation_title', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('designation_decided_on', sa.Date(), nullable=True),
    sa.Column('designation_reference', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('reachable', sa.Enum('ja', 'nee', name='yesno', native_enum=False, length=40), nullable=True),
    sa.Column('reachable_checked_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_channel_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['supplier_id'], ['core_party.id'], name=op.f('fk_wmebv_channel_supplier_id_core_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_channel')),
    sa.UniqueConstraint('organisation_id', 'name', name=op.f('uq_wmebv_channel_organisation_id_name'))
    )
    with op.batch_alter_table('wmebv_channel', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_channel_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_channel_supplier_id'), ['supplier_id'], unique=False)

    op.create_table('wmebv_general_answer',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('duty', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('value', sa.Enum('ja', 'deels', 'nee', 'nvt', 'onbekend', name='value', native_enum=False, length=40), nullable=True),
    sa.Column('choices', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('law', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('article', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('evidence_url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('evidence_document', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('evidence_on', sa.Date(), nullable=True),
    sa.Column('reaches', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answered_by', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('general_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['general_id'], ['wmebv_general.id'], name=op.f('fk_wmebv_general_answer_general_id_wmebv_general')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_general_answer_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_general_answer')),
    sa.UniqueConstraint('general_id', 'duty', name=op.f('uq_wmebv_general_answer_general_id_duty'))
    )
    with op.batch_alter_table('wmebv_general_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_general_answer_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('wmebv_product',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('slug', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('upl_label', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('upl_uri', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('audiences', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('process_owner', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('controller', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('executor', sa.Enum('eigen', 'gemeenschappelijke regeling', 'extern', name='executor', native_enum=False, length=40), nullable=True),
    sa.Column('executor_name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('yearly_volume', sa.Integer(), nullable=True),
    sa.Column('special_act', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('support_need', sa.Integer(), nullable=True),
    sa.Column('target_groups', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('tested_with_target_group_on', sa.Date(), nullable=True),
    sa.Column('sdg_codes', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('services_directive', sa.Enum('ja', 'nee', name='yesno', native_enum=False, length=40), nullable=True),
    sa.Column('national_facility', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('physical_presence', sa.Enum('ja', 'nee', name='yesno', native_enum=False, length=40), nullable=True),
    sa.Column('can_be_digital', sa.Enum('ja', 'nee', name='yesno', native_enum=False, length=40), nullable=True),
    sa.Column('why_not_digital', sa.Text(), nullable=False),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_product_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_wmebv_product_team_id_core_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_product')),
    sa.UniqueConstraint('organisation_id', 'number', name=op.f('uq_wmebv_product_organisation_id_number')),
    sa.UniqueConstraint('organisation_id', 'slug', name=op.f('uq_wmebv_product_organisation_id_slug'))
    )
    with op.batch_alter_table('wmebv_product', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_product_external_id'), ['external_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_product_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_product_team_id'), ['team_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_product_upl_uri'), ['upl_uri'], unique=False)

    op.create_table('woo_category',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('status', sa.Enum('niet gestart', 'bezig', 'op orde', 'niet van toepassing', name='categorystatus', native_enum=False, length=40), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('ambition', sa.Text(), nullable=False),
    sa.Column('frequency', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('in_force_since', sa.Date(), nullable=True),
    sa.Column('in_force_source', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('in_force_checked', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_category_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_woo_category_team_id_core_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_category')),
    sa.UniqueConstraint('organisation_id', 'number', name=op.f('uq_woo_category_organisation_id_number'))
    )
    with op.batch_alter_table('woo_category', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_category_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('woo_document',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('other_categories', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('kinds', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('themes', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('keywords', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('descriptions', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('adopted_on', sa.Date(), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('distributed_on', sa.Date(), nullable=True),
    sa.Column('acted_by', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('publisher', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('responsible', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('co_responsible', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('author', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('author_name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('short_titles', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('alternative_titles', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('identifiers', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('created_on', sa.Date(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('aggregation', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('part_of', sa.Uuid(), nullable=True),
    sa.Column('extra', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('source_url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('is_research_on_itself', sa.Boolean(), nullable=False),
    sa.Column('not_before_on', sa.Date(), nullable=True),
    sa.Column('internal_note', sa.Text(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('file_name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('format_code', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('state', sa.Enum('concept', 'klaar', 'gepland', 'gepubliceerd', 'ingetrokken', name='documentstate', native_enum=False, length=40), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('planned_on', sa.Date(), nullable=True),
    sa.Column('published_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('published_version', sa.Integer(), nullable=True),
    sa.Column('loc', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True),
    sa.Column('sitemap_id', sa.Uuid(), nullable=True),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('lastmod_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('replaced_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('replacement_reason', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('replacement_note', sa.Text(), nullable=False),
    sa.Column('withdrawn_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('withdrawal_reason', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('withdrawal_note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['woo_dossier.id'], name=op.f('fk_woo_document_dossier_id_woo_dossier')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_document_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['part_of'], ['woo_document.id'], name=op.f('fk_woo_document_part_of_woo_document')),
    sa.ForeignKeyConstraint(['sitemap_id'], ['woo_sitemap.id'], name=op.f('fk_woo_document_sitemap_id_woo_sitemap')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_document')),
    sa.UniqueConstraint('dossier_id', 'number', name=op.f('uq_woo_document_dossier_id_number')),
    sa.UniqueConstraint('organisation_id', 'loc', name=op.f('uq_woo_document_organisation_id_loc'))
    )
    with op.batch_alter_table('woo_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_document_category'), ['category'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_document_dossier_id'), ['dossier_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_document_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_document_planned_on'), ['planned_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_document_sitemap_id'), ['sitemap_id'], unique=False)
        batch_op.create_index('ix_woo_document_state_due', ['state', 'due_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_document_withdrawn_at'), ['withdrawn_at'], unique=False)

    op.create_table('register_data_set',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('data_subject', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('obligatory', sa.Enum('ja', 'nee', name='answer', native_enum=False, length=40), nullable=True),
    sa.Column('obligatory_consequence', sa.Text(), nullable=False),
    sa.Column('unneeded', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_data_set_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_data_set_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_data_set'))
    )
    with op.batch_alter_table('register_data_set', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_data_set_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_data_set_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_joint_controller',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=True),
    sa.Column('arrangement_document', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('arrangement_on', sa.Date(), nullable=True),
    sa.Column('essence', sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False),
    sa.Column('contact_point', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_joint_controller_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_joint_controller_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['party_id'], ['core_party.id'], name=op.f('fk_register_joint_controller_party_id_core_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_joint_controller'))
    )
    with op.batch_alter_table('register_joint_controller', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_joint_controller_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_joint_controller_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_joint_controller_party_id'), ['party_id'], unique=False)

    op.create_table('register_measure',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('bio2', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_measure_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_measure_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_measure'))
    )
    with op.batch_alter_table('register_measure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_measure_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_measure_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_principal',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=True),
    sa.Column('contact', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('representative', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('data_protection_officer', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('categories', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('agreement_document', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('agreement_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_principal_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_principal_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['party_id'], ['core_party.id'], name=op.f('fk_register_principal_party_id_core_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_principal'))
    )
    with op.batch_alter_table('register_principal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_principal_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_principal_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_principal_party_id'), ['party_id'], unique=False)

    op.create_table('register_processor_use',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=True),
    sa.Column('service', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('agreement_document', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('agreement_on', sa.Date(), nullable=True),
    sa.Column('agreement_until', sa.Date(), nullable=True),
    sa.Column('agreement_model', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('sub_processors', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('countries', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_processor_use_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_processor_use_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['party_id'], ['core_party.id'], name=op.f('fk_register_processor_use_party_id_core_party')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_processor_use'))
    )
    with op.batch_alter_table('register_processor_use', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_processor_use_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_processor_use_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_processor_use_party_id'), ['party_id'], unique=False)

    op.create_table('register_purpose',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False),
    sa.Column('legal_bases', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('necessity', sa.Text(), nullable=False),
    sa.Column('consent_asked', sa.Text(), nullable=False),
    sa.Column('consent_withdrawn', sa.Text(), nullable=False),
    sa.Column('consent_evidence', sa.Text(), nullable=False),
    sa.Column('interests_assessment', sa.Text(), nullable=False),
    sa.Column('interests_assessed_on', sa.Date(), nullable=True),
    sa.Column('further_use', sa.Enum('ja', 'nee', name='answer', native_enum=False, length=40), nullable=True),
    sa.Column('further_use_test', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_purpose_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_purpose_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_purpose'))
    )
    with op.batch_alter_table('register_purpose', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_purpose_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_purpose_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_recipient',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('kind', sa.Enum('eigen organisatie', 'overheid', 'andere organisatie', 'iedereen', name='recipientkind', native_enum=False, length=40), nullable=True),
    sa.Column('basis', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_recipient_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_recipient_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_recipient'))
    )
    with op.batch_alter_table('register_recipient', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_recipient_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_recipient_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_retention',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('data_set', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('duration', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('trigger', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('selection_list', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('deviation', sa.Text(), nullable=False),
    sa.Column('afterwards', sa.Enum('vernietigen', 'naar archief', 'anonimiseren', name='afterwards', native_enum=False, length=40), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_retention_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_retention_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_retention'))
    )
    with op.batch_alter_table('register_retention', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_retention_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_retention_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_right_restriction',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('right', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('law', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_right_restriction_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_right_restriction_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_right_restriction'))
    )
    with op.batch_alter_table('register_right_restriction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_right_restriction_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_right_restriction_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_special_category',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('exception', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('law', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_special_category_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_special_category_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_special_category'))
    )
    with op.batch_alter_table('register_special_category', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_special_category_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_special_category_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_system_use',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('system_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_system_use_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_system_use_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['system_id'], ['core_system.id'], name=op.f('fk_register_system_use_system_id_core_system')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_system_use'))
    )
    with op.batch_alter_table('register_system_use', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_system_use_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_system_use_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_system_use_system_id'), ['system_id'], unique=False)

    op.create_table('register_transfer',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('country', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('importer', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('instrument', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('safeguards_document', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('assessed_on', sa.Date(), nullable=True),
    sa.Column('assessment', sa.Text(), nullable=False),
    sa.Column('covered_by_decision', sa.Enum('ja', 'nee', name='answer', native_enum=False, length=40), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_transfer_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_transfer_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_transfer'))
    )
    with op.batch_alter_table('register_transfer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_transfer_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_transfer_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('wmebv_channel_answer',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('duty', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('value', sa.Enum('ja', 'deels', 'nee', 'nvt', 'onbekend', name='value', native_enum=False, length=40), nullable=True),
    sa.Column('choices', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('law', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('article', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('evidence_url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('evidence_document', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('evidence_on', sa.Date(), nullable=True),
    sa.Column('reaches', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answered_by', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['wmebv_channel.id'], name=op.f('fk_wmebv_channel_answer_channel_id_wmebv_channel')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_channel_answer_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_channel_answer')),
    sa.UniqueConstraint('channel_id', 'duty', name=op.f('uq_wmebv_channel_answer_channel_id_duty'))
    )
    with op.batch_alter_table('wmebv_channel_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_channel_answer_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('wmebv_legal_basis',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('law', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('article', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_legal_basis_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['product_id'], ['wmebv_product.id'], name=op.f('fk_wmebv_legal_basis_product_id_wmebv_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_legal_basis'))
    )
    with op.batch_alter_table('wmebv_legal_basis', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_legal_basis_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_legal_basis_product_id'), ['product_id'], unique=False)

    op.create_table('wmebv_message_type',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('kind', sa.Enum('aanvraag', 'aanvulling', 'ingebrekestelling', 'zienswijze', 'bezwaar', 'administratief_beroep', 'procedurevraag', 'klacht', 'melding', 'aangifte', 'opgave', 'verzoek', 'signaal', 'privaatrechtelijk', 'ander_bericht', 'uitgaand_besluit', name='messagekind', native_enum=False, length=40), nullable=True),
    sa.Column('official', sa.Enum('ja', 'nee', 'gemengd', 'onbekend', name='official', native_enum=False, length=40), nullable=False),
    sa.Column('reasoning', sa.Text(), nullable=False),
    sa.Column('direction', sa.Enum('in', 'uit', name='direction', native_enum=False, length=40), nullable=False),
    sa.Column('on_request', sa.Enum('ja', 'nee', name='yesno', native_enum=False, length=40), nullable=True),
    sa.Column('yearly_volume', sa.Integer(), nullable=True),
    sa.Column('assessed_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_message_type_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['product_id'], ['wmebv_product.id'], name=op.f('fk_wmebv_message_type_product_id_wmebv_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_message_type'))
    )
    with op.batch_alter_table('wmebv_message_type', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_message_type_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_message_type_product_id'), ['product_id'], unique=False)

    op.create_table('wmebv_product_answer',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('duty', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('value', sa.Enum('ja', 'deels', 'nee', 'nvt', 'onbekend', name='value', native_enum=False, length=40), nullable=True),
    sa.Column('choices', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('law', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('article', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('evidence_url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('evidence_document', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('evidence_on', sa.Date(), nullable=True),
    sa.Column('reaches', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answered_by', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_product_answer_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['product_id'], ['wmebv_product.id'], name=op.f('fk_wmebv_product_answer_product_id_wmebv_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_product_answer')),
    sa.UniqueConstraint('product_id', 'duty', name=op.f('uq_wmebv_product_answer_product_id_duty'))
    )
    with op.batch_alter_table('wmebv_product_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_product_answer_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('woo_category_location',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('category_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('explanation', sa.Text(), nullable=False),
    sa.Column('source_system', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('registered_in_roo_on', sa.Date(), nullable=True),
    sa.Column('last_checked_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['category_id'], ['woo_category.id'], name=op.f('fk_woo_category_location_category_id_woo_category')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_category_location_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_category_location'))
    )
    with op.batch_alter_table('woo_category_location', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_category_location_category_id'), ['category_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_category_location_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('woo_document_relation',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['woo_document.id'], name=op.f('fk_woo_document_relation_document_id_woo_document')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_document_relation_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['target_id'], ['woo_document.id'], name=op.f('fk_woo_document_relation_target_id_woo_document')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_document_relation'))
    )
    with op.batch_alter_table('woo_document_relation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_document_relation_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_document_relation_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_document_relation_target_id'), ['target_id'], unique=False)

    op.create_table('woo_public_reference',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=False),
    sa.Column('is_part', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_public_reference_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['source_id'], ['woo_document.id'], name=op.f('fk_woo_public_reference_source_id_woo_document')),
    sa.ForeignKeyConstraint(['target_id'], ['woo_document.id'], name=op.f('fk_woo_public_reference_target_id_woo_document')),
    sa.PrimaryKeyConstraint('source_id', 'target_id', 'is_part', name=op.f('pk_woo_public_reference'))
    )
    with op.batch_alter_table('woo_public_reference', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_public_reference_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_public_reference_target_id'), ['target_id'], unique=False)

    op.create_table('register_data_item',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('data_set_id', sa.Uuid(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('label', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('sensitivity', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_data_item_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['data_set_id'], ['register_data_set.id'], name=op.f('fk_register_data_item_data_set_id_register_data_set')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_data_item_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_data_item'))
    )
    with op.batch_alter_table('register_data_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_data_item_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_data_item_data_set_id'), ['data_set_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_data_item_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_data_source',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('data_set_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_data_source_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['data_set_id'], ['register_data_set.id'], name=op.f('fk_register_data_source_data_set_id_register_data_set')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_data_source_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_data_source'))
    )
    with op.batch_alter_table('register_data_source', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_data_source_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_data_source_data_set_id'), ['data_set_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_data_source_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_purpose_law',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('purpose_id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('article', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('bwb_number', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_purpose_law_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_purpose_law_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['purpose_id'], ['register_purpose.id'], name=op.f('fk_register_purpose_law_purpose_id_register_purpose')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_purpose_law'))
    )
    with op.batch_alter_table('register_purpose_law', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_purpose_law_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_purpose_law_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_purpose_law_purpose_id'), ['purpose_id'], unique=False)

    op.create_table('wmebv_message_answer',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('duty', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('value', sa.Enum('ja', 'deels', 'nee', 'nvt', 'onbekend', name='value', native_enum=False, length=40), nullable=True),
    sa.Column('choices', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('law', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('article', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('evidence_url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('evidence_document', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('evidence_on', sa.Date(), nullable=True),
    sa.Column('reaches', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answered_by', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('message_type_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['message_type_id'], ['wmebv_message_type.id'], name=op.f('fk_wmebv_message_answer_message_type_id_wmebv_message_type')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_message_answer_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_message_answer')),
    sa.UniqueConstraint('message_type_id', 'duty', name=op.f('uq_wmebv_message_answer_message_type_id_duty'))
    )
    with op.batch_alter_table('wmebv_message_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_message_answer_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('wmebv_message_channel',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_type_id', sa.Uuid(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('use', sa.Enum('voorkeur', 'terugval', name='channeluse', native_enum=False, length=40), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['wmebv_channel.id'], name=op.f('fk_wmebv_message_channel_channel_id_wmebv_channel')),
    sa.ForeignKeyConstraint(['message_type_id'], ['wmebv_message_type.id'], name=op.f('fk_wmebv_message_channel_message_type_id_wmebv_message_type')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_message_channel_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_message_channel')),
    sa.UniqueConstraint('message_type_id', 'channel_id', name=op.f('uq_wmebv_message_channel_message_type_id_channel_id'))
    )
    with op.batch_alter_table('wmebv_message_channel', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_message_channel_channel_id'), ['channel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_message_channel_organisation_id'), ['organisation_id'], unique=False)

