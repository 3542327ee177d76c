"""What a GPP-publicatiebank calls our documents

Revision: 0035
Follows: 0034
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = '0035'
down_revision: str | None = '0034'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('publish_gpp_document',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('target', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('loc', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('publication', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('file', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_publish_gpp_document_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publish_gpp_document')),
    sa.UniqueConstraint('organisation_id', 'target', 'document_id', name=op.f('uq_publish_gpp_document_organisation_id_target_document_id'))
    )
    with op.batch_alter_table('publish_gpp_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_publish_gpp_document_organisation_id'), ['organisation_id'], unique=False)
