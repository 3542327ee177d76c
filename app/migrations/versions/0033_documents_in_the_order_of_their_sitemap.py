"""Documents in the order of their sitemap, so that an export need not sort them

Revision: 0033
Follows: 0030
"""

from collections.abc import Sequence

from alembic import op

revision: str = '0033'
down_revision: str | None = '0030'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index('ix_woo_document_sitemap_id', 'woo_document')
    op.create_index('ix_woo_document_sitemap_id', 'woo_document', ['sitemap_id', 'loc'])
