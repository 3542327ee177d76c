"""Overviews that may stand in the place of documents

Revision: 0019
Follows: 0018
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql
import core.db

revision: str = '0019'
down_revision: str | None = '0018'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('woo_overview',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Enum('geweigerd', 'subsidies', 'beschikkingen', 'klachtoordelen', name='overviewkind', native_enum=False, length=40), nullable=False),
    sa.Column('rows', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('renewed_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_overview_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_overview')),
    sa.UniqueConstraint('organisation_id', 'kind', name=op.f('uq_woo_overview_organisation_id_kind'))
    )
    with op.batch_alter_table('woo_overview', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_overview_organisation_id'), ['organisation_id'], unique=False)
