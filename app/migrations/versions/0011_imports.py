"""Imports on their way, row by row, and saved mappings of columns

Revision: 0011
Follows: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import core.db

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('register_column_mapping',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('pairs', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_column_mapping_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_column_mapping'))
    )
    with op.batch_alter_table('register_column_mapping', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_column_mapping_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_import',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('file_name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('kind', sa.Enum('rekenblad', 'rijksregister', 'openboek', name='kind', native_enum=False, length=40), nullable=False),
    sa.Column('state', sa.Enum('koppelen', 'nakijken', 'klaar', name='state', native_enum=False, length=40), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('sheet', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('heading_row', sa.Integer(), nullable=False),
    sa.Column('chosen', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('told', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('noted', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('findings', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('started_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('prepared_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('finished_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('is_cleared', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_import_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_import'))
    )
    with op.batch_alter_table('register_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_import_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('register_import_row',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('nieuw', 'voorstel', 'zelfde', name='rowkind', native_enum=False, length=40), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('sheet', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('rows', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('planned', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=True),
    sa.Column('notes', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('fingerprint', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=True),
    sa.Column('how', sa.Enum('kenmerk', 'nummer', 'naam', 'lijkt', name='how', native_enum=False, length=40), nullable=True),
    sa.Column('findings', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('choice', sa.Enum('toevoegen', 'wijzigen', 'laten', name='choice', native_enum=False, length=40), nullable=True),
    sa.Column('seen_version', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.Enum('toegevoegd', 'gewijzigd', 'gelaten', 'zelfde', name='outcome', native_enum=False, length=40), nullable=True),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['register_activity.id'], name=op.f('fk_register_import_row_activity_id_register_activity')),
    sa.ForeignKeyConstraint(['import_id'], ['register_import.id'], name=op.f('fk_register_import_row_import_id_register_import')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_register_import_row_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_import_row'))
    )
    with op.batch_alter_table('register_import_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_import_row_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_import_row_fingerprint'), ['fingerprint'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_import_row_import_id'), ['import_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_import_row_organisation_id'), ['organisation_id'], unique=False)
