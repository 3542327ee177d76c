"""The check before publishing: what it found in a file, what people said of that, and which bytes are public

Revision: 0020
Follows: 0019
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy.dialects import postgresql
import core.db

revision: str = '0020'
down_revision: str | None = '0019'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('woo_inspection',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('original', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('engine', sa.Integer(), nullable=False),
    sa.Column('known', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('state', sa.Enum('wacht', 'bezig', 'klaar', 'mislukt', name='inspectionstate', native_enum=False, length=40), nullable=False),
    sa.Column('at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('stripped', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('stripped_size', sa.Integer(), nullable=False),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_inspection_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_inspection')),
    sa.UniqueConstraint('organisation_id', 'original', name=op.f('uq_woo_inspection_organisation_id_original'))
    )
    with op.batch_alter_table('woo_inspection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_inspection_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('woo_inspection_settings',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('known', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_inspection_settings_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_inspection_settings')),
    sa.UniqueConstraint('organisation_id', name=op.f('uq_woo_inspection_settings_organisation_id'))
    )
    with op.batch_alter_table('woo_inspection_settings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_inspection_settings_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('woo_inspection_hit',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('inspection_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('kind', sa.Enum('bsn', 'iban', 'email', 'phone', 'address', 'birthdate', 'plate', 'name', 'signature', 'hidden_text', 'annotation', 'attachment', 'revision', 'metadata', 'form_field', 'tracked_change', 'comment', 'hidden_sheet', 'hidden_row', 'macro', 'exif', 'no_text_layer', 'untagged', 'unreadable', name='kind', native_enum=False, length=40), nullable=False),
    sa.Column('critical', sa.Boolean(), nullable=False),
    sa.Column('page', sa.Integer(), nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('snippet', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['inspection_id'], ['woo_inspection.id'], name=op.f('fk_woo_inspection_hit_inspection_id_woo_inspection')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_inspection_hit_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_inspection_hit'))
    )
    with op.batch_alter_table('woo_inspection_hit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_inspection_hit_inspection_id'), ['inspection_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_inspection_hit_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('woo_hit_decision',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('original', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('state', sa.Enum('bevestigd', 'wacht op een tweede persoon', 'goedgekeurd', 'geweigerd', name='decisionstate', native_enum=False, length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['woo_document.id'], name=op.f('fk_woo_hit_decision_document_id_woo_document')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_hit_decision_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_hit_decision')),
    sa.UniqueConstraint('document_id', 'key', name=op.f('uq_woo_hit_decision_document_id_key'))
    )
    with op.batch_alter_table('woo_hit_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_hit_decision_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_hit_decision_organisation_id'), ['organisation_id'], unique=False)

    with op.batch_alter_table('woo_document', schema=None) as batch_op:
        batch_op.add_column(sa.Column('public_sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('public_size', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('file_before', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=True))
        batch_op.create_index('ix_woo_document_sha256', ['sha256'], unique=False)

    # What is public stays so until somebody publishes it again: the files as they came.
    op.execute('UPDATE woo_document SET public_sha256 = sha256, public_size = size WHERE published_version IS NOT NULL')
