"""Lists of products that are read in

Revision: 0027
Follows: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import core.db

revision: str = '0027'
down_revision: str | None = '0026'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    json = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'
    )
    op.create_table('wmebv_import',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('file_name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('source', sa.Enum('eigen lijst', 'UPL', 'voorbeelden', name='listsource', native_enum=False, length=40), nullable=False),
    sa.Column('state', sa.Enum('koppelen', 'nakijken', 'klaar', name='liststate', native_enum=False, length=40), nullable=False),
    sa.Column('kept', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('sheet', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('heading_row', sa.Integer(), nullable=False),
    sa.Column('chosen', json, nullable=False),
    sa.Column('generate', sa.Boolean(), nullable=False),
    sa.Column('picked', json, nullable=True),
    sa.Column('taken', json, nullable=False),
    sa.Column('uris', json, nullable=False),
    sa.Column('result', json, nullable=False),
    sa.Column('started_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('finished_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_import_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_import'))
    )
    with op.batch_alter_table('wmebv_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_import_organisation_id'), ['organisation_id'], unique=False)


