"""Lists of documents that are read in, the order of a dossier, and how many pages a file has

Revision: 0018
Follows: 0017
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import core.db

revision: str = '0018'
down_revision: str | None = '0017'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('woo_import',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('file_name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('state', sa.Enum('koppelen', 'bekijken', 'nakijken', 'klaar', name='importstate', native_enum=False, length=40), nullable=False),
    sa.Column('list_name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('kept', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('archives', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('sheet', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('heading_row', sa.Integer(), nullable=False),
    sa.Column('chosen', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('takes_changes', sa.Boolean(), nullable=False),
    sa.Column('started_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('finished_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('is_cleared', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_import_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_import'))
    )
    with op.batch_alter_table('woo_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_import_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('woo_import_row',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('nieuw', 'anders', 'zelfde', 'overgeslagen', name='rowkind', native_enum=False, length=40), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('planned', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=True),
    sa.Column('notes', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('noted', sa.Integer(), nullable=False),
    sa.Column('errors', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=True),
    sa.Column('outcome', sa.Enum('toegevoegd', 'gewijzigd', 'gelaten', name='rowoutcome', native_enum=False, length=40), nullable=True),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['woo_document.id'], name=op.f('fk_woo_import_row_document_id_woo_document')),
    sa.ForeignKeyConstraint(['import_id'], ['woo_import.id'], name=op.f('fk_woo_import_row_import_id_woo_import')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_import_row_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_import_row'))
    )
    with op.batch_alter_table('woo_import_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_import_row_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_import_row_fingerprint'), ['fingerprint'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_import_row_import_id'), ['import_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_import_row_organisation_id'), ['organisation_id'], unique=False)

    with op.batch_alter_table('woo_document', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pages', sa.Integer(), nullable=True))
    with op.batch_alter_table('woo_dossier', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sequence', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False, server_default='[]'))
    with op.batch_alter_table('woo_dossier', schema=None) as batch_op:
        batch_op.alter_column('sequence', server_default=None)
